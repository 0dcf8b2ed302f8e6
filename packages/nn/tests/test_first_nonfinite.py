"""Twelve NaNs planted in models, in forward and backward: each is found by op, module and line."""

import math

import pytest

import lucet
from lucet import nn
from lucet._errors import AnomalyError

F = nn.functional


class Planted(nn.Module):
    """A layer that does `what` with its input, on the line marked with its name."""

    def __init__(self, what):
        super().__init__()
        self.what = what
        self.weight = nn.Parameter(lucet.zeros(3))

    def forward(self, x):
        return getattr(self, self.what)(x)

    def log(self, x):
        return (x.detach() * 0 - 1 + 0 * x).log()  # log

    def sqrt(self, x):
        return (x - x - 1).sqrt()  # sqrt

    def divide(self, x):
        return (x - x) / (x - x)  # divide

    def overflow(self, x):
        return (x * 0 + 1000).exp()  # overflow

    def in_place(self, x):
        return (x * 0).clone().div_(0)  # in_place

    def power(self, x):
        return (x * 0 - 2) ** 0.5  # power

    def difference(self, x):
        big = (x * 0).masked_fill(lucet.ones(3, dtype=lucet.bool), math.inf)
        return big - big  # difference

    def parameter(self, x):
        return x + self.weight  # parameter

    def norm(self, x):
        return (x - x.detach()).norm(dim=1, keepdim=True).sqrt() + x * 0  # norm

    def root(self, x):
        return (x * self.weight).sqrt()  # root


    def arctangent(self, x):
        return x + lucet.acos(self.weight + 1)  # arctangent


class Block(nn.Module):
    def __init__(self, what):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.planted = Planted(what)

    def forward(self, x):
        return self.planted(F.relu(self.first(x)))


class Net(nn.Module):
    def __init__(self, what):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 3), Block(what))
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        return self.head(self.body(x))


# what is planted -> the op that is named
FORWARD = {
    "log": "log", "sqrt": "sqrt", "divide": "div", "overflow": "exp", "in_place": "div_", "power": "pow", "difference": "sub", "parameter": "add",
}  # fmt: skip
BACKWARD = {"norm": "SqrtBackward0", "root": "SqrtBackward0", "arctangent": "AcosBackward0"}


@pytest.mark.parametrize("what,op", [*FORWARD.items(), *BACKWARD.items()])
def test_a_planted_nan_is_found_by_op_module_and_line(what, op):
    lucet.manual_seed(0)
    net = Net(what)
    if what == "parameter":
        with lucet.no_grad():
            net.body[1].planted.weight[1] = math.nan
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        out = net(lucet.ones(5, 4))
        assert what in BACKWARD
        out.sum().backward()
    problem = caught.value
    assert problem.op == op
    assert problem.module == "body.1.planted: Planted()"
    assert problem.at == problem.module
    assert problem.filename == __file__
    assert open(__file__).read().splitlines()[problem.lineno - 1].endswith(f"# {what}")
    assert "all finite" in str(problem) or "nan of" in str(problem)


def test_a_loss_outside_modules_is_found_by_op_and_line():
    lucet.manual_seed(0)
    net = nn.Linear(4, 3)
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        out = net(lucet.ones(2, 4))
        probability = (out * 0).clamp(0, 1)
        loss = -(probability * probability.log()).sum()  # loss
        loss.backward()
    assert caught.value.op == "log"
    assert caught.value.module is None
    assert open(__file__).read().splitlines()[caught.value.lineno - 1].endswith("# loss")


def test_a_healthy_model_trains_on():
    lucet.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    with lucet.debug.first_nonfinite():
        loss = F.cross_entropy(net(lucet.ones(5, 4)), lucet.zeros(5, dtype=lucet.int64))
        loss.backward()
    assert math.isfinite(loss.item())


def test_an_item_written_inside_a_module_is_named_with_its_path():
    class Spoils(nn.Module):
        def forward(self, x):
            x = x.clone()
            x[0] = math.nan  # spoilt
            return x

    net = nn.Sequential(nn.Linear(4, 3), Spoils())
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        net(lucet.ones(2, 4))
    problem = caught.value
    assert problem.op == "__setitem__" and problem.module.startswith("1: Spoils")
    assert open(__file__).read().splitlines()[problem.lineno - 1].endswith("# spoilt")
