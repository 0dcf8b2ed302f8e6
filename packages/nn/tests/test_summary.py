"""nn.summary: shapes, counts and memory of small networks, and a model that stays as it was."""

import pytest

import lucet
from lucet import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.act = nn.ReLU()
        self.fc = nn.Linear(8 * 4 * 4, 16)
        self.out = nn.Linear(16, 5)
        self.spare = nn.Linear(3, 3)
        self.fc.weight.requires_grad_(False)
        self.drop = nn.Dropout(0.5)

    def forward(self, x, scale=1.0):
        x = self.act(self.fc(self.body(x).flatten(1)))
        return self.act(self.out(self.drop(x) * scale)), x @ x.mT


def rows(report):
    return {layer.name: layer for layer in report.layers}


@pytest.mark.parametrize("given", [{"input_size": (2, 1, 8, 8)}, {"input_data": lucet.rand(2, 1, 8, 8)}])
def test_layers_and_totals(given):
    report = nn.summary(Net(), **given)
    found = rows(report)
    assert list(found) == ["", "body", "body.0", "body.1", "body.2", "body.3", "act", "fc", "out", "spare", "drop"]
    assert found[""].output_shape == [(2, 5), (2, 2)] and found[""].multiply_adds == 2 * 2 * 16
    assert found["body.0"].input_shape == (2, 1, 8, 8) and found["body.0"].output_shape == (2, 8, 8, 8)
    assert found["body.0"].parameters == 80 and found["body.0"].multiply_adds == 2 * 8 * 64 * 9
    assert found["body.0"].depth == 2 and found["body.0"].type == "Conv2d"
    assert found["act"].calls == 2 and found["act"].output_shape == (2, 16) and found["act"].activation_bytes == 2 * 21 * 4
    assert (found["fc"].parameters, found["fc"].trainable) == (128 * 16 + 16, 16)
    assert found["spare"].calls == 0 and found["spare"].output_shape is None and found["spare"].parameters == 12
    assert report.total_parameters == sum(p.numel() for p in Net().parameters())
    assert report.trainable_parameters == report.total_parameters - 2048
    assert report.multiply_adds == 64 + 9216 + 2 * 128 * 16 + 2 * 16 * 5 and report.flops == 2 * report.multiply_adds
    assert report.parameter_bytes == 4 * report.total_parameters and report.buffer_bytes == 2 * 8 * 4 + 8
    assert report.input_bytes == 2 * 64 * 4
    assert report.activation_bytes == 4 * 2 * (3 * 512 + 128 + 16 + 16 + 16 + 5 + 5)


def test_the_text_lines_up_and_says_what_it_counts():
    text = str(nn.summary(Net(), (2, 1, 8, 8)))
    lines = text.splitlines()
    assert lines[0].split() == ["Layer", "(type)", "Input", "Output", "Parameters", "Multiply-adds"]
    assert "act (ReLU) x2" in text and "of convolutions and matrix products" in text and "trainable)" in text
    assert all(len(line) <= len(lines[1]) for line in lines[:12])
    assert "body.0" not in text and "Conv2d" not in str(nn.summary(Net(), (2, 1, 8, 8), depth=1))


def test_the_dictionary_holds_plain_values():
    report = nn.summary(nn.Linear(2, 3), (4, 2)).to_dict()
    assert report["layers"] == [
        {
            "name": "", "type": "Linear", "depth": 0, "input_shape": (4, 2), "output_shape": (4, 3), "parameters": 9, "trainable": 9,
            "multiply_adds": 24, "calls": 1, "activation_bytes": 48,
        }
    ]  # fmt: skip
    assert report["flops"] == 48 and report["total_parameters"] == 9


def unchanged(net, call):
    net.train()
    net.body[1].eval()
    state = {name: t.clone() for name, t in net.state_dict().items()}
    versions = {name: (id(t), t._version) for name, t in net.state_dict(keep_vars=True).items()}
    generator, modes = lucet.get_rng_state(), [m.training for m in net.modules()]
    call()
    assert all(lucet.equal(t, state[name]) for name, t in net.state_dict().items())
    assert {name: (id(t), t._version) for name, t in net.state_dict(keep_vars=True).items()} == versions
    assert lucet.equal(lucet.get_rng_state(), generator) and [m.training for m in net.modules()] == modes
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())
    assert not lucet._modes._modes_in_force()[3]


@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize("given", [{"input_size": (2, 1, 8, 8)}, {"input_data": lucet.rand(2, 1, 8, 8)}])
def test_the_model_stays_as_it_was(mode, given):
    net = Net()
    unchanged(net, lambda: nn.summary(net, mode=mode, **given))


def test_the_model_stays_as_it_was_after_an_error():
    net = Net()

    def call():
        with pytest.raises(lucet.errors.ShapeError, match="conv2d") as caught:
            nn.summary(net, (2, 3, 8, 8))
        assert caught.value.at.startswith("body.0")

    unchanged(net, call)


def test_shared_modules_and_parameters_count_once():
    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(4, 4, bias=False)
            self.again = self.first
            self.tied = nn.Linear(4, 4, bias=False)
            self.tied.weight = self.first.weight

        def forward(self, x):
            return self.tied(self.again(self.first(x)))

    report = nn.summary(Shared(), (1, 4))
    found = rows(report)
    assert list(found) == ["", "first", "tied"]
    assert found["first"].calls == 2 and found["first"].multiply_adds == 32 and found["tied"].parameters == 0
    assert report.total_parameters == 16 and report.parameter_bytes == 64


def test_several_inputs_named_ones_and_arguments():
    class Two(nn.Module):
        def forward(self, a, b=None, scale=1.0):
            return {"sum": a + b * scale, "rest": [a, (b,)]}

    for report in (
        nn.summary(Two(), [(2, 3), (2, 3)]),
        nn.summary(Two(), input_data=(lucet.ones(2, 3), lucet.ones(2, 3))),
        nn.summary(Two(), input_data={"a": lucet.ones(2, 3), "b": lucet.ones(2, 3)}, scale=2.0),
    ):
        (layer,) = report.layers
        assert layer.input_shape == [(2, 3), (2, 3)]
        assert layer.output_shape == {"sum": (2, 3), "rest": [(2, 3), (2, 3)]}


def test_models_that_need_elements_run_on_zeros():
    class Looks(nn.Module):
        def forward(self, x):
            return x if x.sum().item() == 0 else None

    assert nn.summary(Looks(), (2, 3)).layers[0].output_shape == (2, 3)
    kinds = nn.summary(Looks(), (2, 3), dtypes=lucet.float64)
    assert kinds.input_bytes == 48


@pytest.mark.parametrize(
    "given,told",
    [
        ({}, "give input_size"),
        ({"input_size": (1, 2), "input_data": lucet.ones(1, 2)}, "give input_size"),
        ({"input_size": (1, 2), "mode": "test"}, 'mode must be "eval" or "train"'),
        ({"input_size": [(1, 2), (1, 2)], "dtypes": [lucet.float32]}, "1 dtypes for 2 inputs"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(given, told):
    with pytest.raises(ValueError, match=told):
        nn.summary(nn.Linear(2, 2), **given)


def test_wrappers_pass_everything_on():
    net = nn.Linear(2, 3)
    for wrapped in (nn.DataParallel(net, device_ids=[0, 1], output_device=0, dim=1), nn.parallel.DistributedDataParallel(net, device_ids=[0])):
        assert wrapped.module is net and list(wrapped.state_dict()) == ["module.weight", "module.bias"]
        assert lucet.equal(wrapped(input=lucet.ones(1, 2)), net(lucet.ones(1, 2)))
    with wrapped.no_sync():
        assert not wrapped.require_backward_grad_sync
    assert wrapped.require_backward_grad_sync
    assert lucet.equal(nn.parallel.data_parallel(net, lucet.ones(1, 2)), net(lucet.ones(1, 2)))


def test_factory_kwargs_are_checked():
    assert nn.factory_kwargs(None) == {}
    assert nn.factory_kwargs({"device": "cpu", "factory_kwargs": {"dtype": lucet.int64}}) == {"device": "cpu", "dtype": lucet.int64}
    with pytest.raises(TypeError, match="unexpected kwargs {'size'}"):
        nn.factory_kwargs({"size": 1})
    with pytest.raises(TypeError, match="device specified twice"):
        nn.factory_kwargs({"device": "cpu", "factory_kwargs": {"device": "cpu"}})


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.utils.prune.random_unstructured(nn.Linear(3, 2), "weight", 0.5),
        lambda: nn.utils.weight_norm(nn.Linear(3, 2)),
        lambda: nn.utils.spectral_norm(nn.Linear(3, 2)),
        lambda: nn.GRU(3, 2),
    ],
)
def test_what_modules_keep_beside_their_parameters_stays(make):
    lucet.manual_seed(0)
    model = make()
    x = lucet.randn(4, 3)
    before = [t for t in vars(model).values() if isinstance(t, lucet.Tensor)]
    expected = model.eval()(x)
    nn.summary(model, (4, 3))
    after = [t for t in vars(model).values() if isinstance(t, lucet.Tensor)]
    assert len(before) == len(after) and not any(t.is_meta for t in after)
    assert not any(t.is_meta for t in getattr(model, "_flat_weights", []))
    found = model(x)
    assert str(found) == str(expected)


def test_lazy_modules_are_counted_in_a_copy():
    model = nn.Sequential(nn.LazyLinear(4), nn.LazyBatchNorm1d())
    report = nn.summary(model, (2, 5))
    assert report.total_parameters == 5 * 4 + 4 + 8 and report.multiply_adds == 2 * 5 * 4
    assert type(model[0]) is nn.LazyLinear and type(model[1]) is nn.LazyBatchNorm1d
    nn.summary(model, input_data=lucet.zeros(2, 5))
    assert type(model[0]) is nn.LazyLinear


@pytest.mark.parametrize(
    "model, sizes, expected",
    [
        (nn.LSTM(3, 4, 2), (5, 2, 3), 10 * (16 * 3 + 16 * 4 + 2 * 16 * 4)),
        (nn.LSTM(3, 4, proj_size=2), (5, 2, 3), 10 * (16 * 3 + 16 * 2 + 2 * 4)),
        (nn.GRUCell(3, 4), (2, 3), 2 * (12 * 3 + 12 * 4)),
        (nn.Bilinear(3, 4, 5), [(2, 3), (2, 4)], 2 * 5 * 12),
        # four projections of 3 x 2 rows of 4; scores of 3 by 3 and their sums, for each of 2 samples
        (nn.MultiheadAttention(4, 2), [(3, 2, 4)] * 3, 4 * 6 * 16 + 2 * 2 * 9 * 4),
    ],
)
def test_multiply_adds_of_recurrent_layers_and_attention(model, sizes, expected):
    assert nn.summary(model, sizes).multiply_adds == expected


def test_the_input_has_the_models_type():
    assert nn.summary(nn.Linear(3, 2).double(), (4, 3)).input_bytes == 4 * 3 * 8
    assert nn.summary(nn.Linear(3, 2), 3).layers[0].output_shape == (2,)
