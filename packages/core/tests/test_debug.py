"""first_nonfinite without models: what it finds, what it leaves alone, and that nothing is left behind."""

import math

import numpy as np
import pytest

import lucet
from lucet import _modes
from lucet._errors import AnomalyError


def test_the_first_op_is_named_with_its_line_and_the_numbers():
    x = lucet.tensor([4.0, -1.0, 0.5])
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        y = x * 2
        z = y.sqrt()  # here
        z.exp()
    problem = caught.value
    assert problem.op == "sqrt"
    assert problem.filename == __file__
    line = open(__file__).read().splitlines()[problem.lineno - 1]
    assert line.endswith("# here")
    text = str(problem)
    assert "sqrt: its result holds nan, its inputs are finite" in text
    assert "input 0: (3,) float32: all finite, -2 to 8, mean 2.33333" in text
    assert "result: (3,) float32: 1 nan of 3, else 1 to 2.82843" in text


def test_backward_is_named_too():
    x = lucet.tensor([0.0, 1.0], requires_grad=True)
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        y = x.sqrt()  # recorded here
        (y * 3).sum().backward()
    assert caught.value.op == "SqrtBackward0"
    assert open(__file__).read().splitlines()[caught.value.lineno - 1].endswith("# recorded here")
    assert "arriving gradient 0: (2,) float32: all finite, 3 to 3" in str(caught.value)


def test_data_that_hold_nan_are_named_where_they_are_read():
    x = lucet.tensor([1.0, math.nan])
    with pytest.raises(AnomalyError, match="mul: one of its inputs holds nan already"), lucet.debug.first_nonfinite():
        x * 2


def test_infinities_that_are_asked_for_are_no_finding():
    with lucet.debug.first_nonfinite():
        scores = lucet.zeros(2, 2).masked_fill(lucet.tensor([[True, False], [False, False]]), -math.inf)
        assert scores.softmax(1).tolist() == [[0, 1], [0.5, 0.5]]
        lucet.full((2,), math.inf) + 1
        lucet.empty(100).normal_()
    with lucet.debug.first_nonfinite(infinities=False):
        lucet.zeros(1).log()
    with pytest.raises(AnomalyError), lucet.debug.first_nonfinite():
        lucet.zeros(1).log()


def test_results_and_gradients_are_the_same_inside():
    def run():
        x = lucet.arange(6.0).view(2, 3).requires_grad_()
        y = (x.exp() @ lucet.ones(3, 2)).log().sum()
        y.backward()
        return y.tolist(), x.grad.tolist()

    plain = run()
    with lucet.debug.first_nonfinite():
        assert run() == plain


def test_nothing_is_left_behind():
    with pytest.raises(AnomalyError), lucet.debug.first_nonfinite():
        lucet.zeros(1).log()
    assert _modes._modes_in_force() == (True, False, 0, ())
    assert not lucet.is_anomaly_enabled()
    assert lucet.zeros(1).log().tolist() == [-math.inf]
    x = lucet.zeros(1, requires_grad=True)
    x.sqrt().backward()
    assert x.grad.tolist() == [math.inf]


def test_anomaly_mode_works_beside_it():
    x = lucet.zeros(1, requires_grad=True)
    with lucet.debug.first_nonfinite(), lucet.autograd.set_detect_anomaly(True):
        assert lucet.is_anomaly_enabled()
        (x * 2).sum().backward()
    assert not lucet.is_anomaly_enabled()
    with pytest.raises(AnomalyError, match="its gradient is infinite"):
        with lucet.debug.first_nonfinite():
            with lucet.autograd.set_detect_anomaly(True):
                pass
            x.sqrt().sum().backward()


NAN = float("nan")
NANS, ONE_NAN, ZERO_DIM_NAN = (lucet.from_numpy(np.full(shape, NAN, "float32")) for shape in (3, 1, ()))


def _log_into(x):
    lucet.log(x - 1, out=x)


WRITES = {
    "__setitem__": [
        lambda x: x.__setitem__(0, NAN),
        lambda x: x.__setitem__(slice(0, 2), NAN),
        lambda x: x.__setitem__(x == 0, NAN),
        lambda x: x.__setitem__(lucet.tensor([1]), NAN),
        lambda x: x.data.__setitem__(1, NAN),
        lambda x: x.__setitem__(0, ZERO_DIM_NAN),
    ],
    "copy_": [lambda x: x.copy_(NANS)],
    "index_put_": [lambda x: x.index_put_((lucet.tensor([0]),), ONE_NAN)],
    "masked_fill_": [lambda x: x.masked_fill_(x == 0, NAN)],
    "fill_": [lambda x: x.fill_(NAN)],
    "div_": [lambda x: x.div_(0)],
    "addcdiv_": [lambda x: x.addcdiv_(x, x)],
    "scatter_": [lambda x: x.scatter_(0, lucet.tensor([0]), NAN)],
    "log": [_log_into],
}


@pytest.mark.parametrize("name,write", [(name, write) for name, writes in WRITES.items() for write in writes])
def test_writes_in_place_are_named(name, write):
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        write(lucet.zeros(3))
    assert caught.value.op == name and caught.value.filename == __file__


def test_an_item_may_be_written_beside_what_was_never_written():
    x = NANS.clone()
    with lucet.debug.first_nonfinite():
        x[0] = 1.0
        x[1:] = lucet.ones(2)
    assert x.tolist() == [1.0, 1.0, 1.0]


def test_the_step_of_an_optimizer_is_an_op():
    from lucet._ops.update import adadelta_step, adam_step, sgd_step

    seen = []

    class Seeing(_modes.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    settings = {
        sgd_step: dict(lr=math.inf, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0, maximize=False, first=[]),
        adam_step: dict(
            lr=math.inf, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, amsgrad=False, maximize=False, decoupled_weight_decay=False
        ),
        adadelta_step: dict(lr=math.inf, rho=0.9, eps=1e-6, weight_decay=0.0, maximize=False),
    }
    for step, keywords in settings.items():
        w, zero = lucet.ones(2), lucet.zeros(2)
        more = {sgd_step: ([],), adam_step: ([zero + 0], [zero + 0], [], [lucet.tensor(0.0)]), adadelta_step: ([zero + 0], [zero + 0], [lucet.tensor(0.0)])}[step]
        with Seeing(), pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
            step([w], [zero], *more, **keywords)
        assert caught.value.op == step.__name__ and "its inputs are finite" in str(caught.value)
    assert [name for name in seen if name.endswith("_step")] == ["sgd_step", "adam_step", "adadelta_step"]
