"""Initialisers: formulas, streams (figures taken from the reference framework), arguments, older names."""

import math

import numpy as np
import pytest

import lucet
from lucet import nn

LAYERS = [
    (
        0,
        lambda: nn.Linear(3, 2),
        {
            "weight": [-0.00432252, 0.30971584, -0.47518533, -0.4248946, -0.22236897, 0.15482073],
            "bias": [-0.01143914, 0.45777494],
        },
    ),
    (
        0,
        lambda: nn.Conv2d(2, 2, 2, groups=2),
        {
            "weight": [
                -0.003743410110473633,
                0.26822179555892944,
                -0.4115225672721863,
                -0.3679695129394531,
                -0.19257718324661255,
                0.13407868146896362,
                -0.009906589984893799,
                0.39644473791122437,
            ],
            "bias": [-0.04437202215194702, 0.1323062777519226],
        },
    ),
    (
        7,
        lambda: nn.Linear(4, 1, dtype=lucet.float64),
        {
            "weight": [-0.22061957009359598, -0.22630628634823433, 0.3620929614176254, 0.15668843058820134],
            "bias": [0.4225293674529872],
        },
    ),
]


@pytest.mark.parametrize(("seed", "make", "expected"), LAYERS)
def test_layers_start_with_the_reference_weights(seed, make, expected):
    lucet.manual_seed(seed)
    state = make().state_dict()
    assert list(state) == list(expected)
    for name, figures in expected.items():
        np.testing.assert_allclose(state[name].flatten().tolist(), figures, rtol=2e-6)


DRAWN = [
    (
        "xavier_uniform_",
        {},
        [
            0.5644425749778748,
            -0.48350563645362854,
            -0.21236462891101837,
            0.5141679,
            -1.03129243850708,
            0.6569573879241943,
        ],
    ),
    (
        "kaiming_normal_",
        {"mode": "fan_out", "nonlinearity": "relu"},
        [
            0.6613521575927734,
            0.266924113035202,
            0.06167725846171379,
            0.6213173270225525,
            -0.45190596,
            -0.16613022983074188,
        ],
    ),
    (
        "normal_",
        {"mean": 1.0, "std": 0.5},
        [
            1.3306760787963867,
            1.1334620714187622,
            1.0308386087417603,
            1.3106586933135986,
            0.7740470170974731,
            0.91693490,
        ],
    ),
    (
        "trunc_normal_",
        {},
        [
            0.6613521575927734,
            0.266924113035202,
            0.06167725846171379,
            0.6213173270225525,
            -0.45190596,
            -0.16613022983074188,
        ],
    ),
    (
        "trunc_normal_",
        {"a": 0.5, "b": 0.8},
        [
            0.7272894978523254,
            0.5837932825088501,
            0.6209207773208618,
            0.7204053401947021,
            0.50878447,
            0.7399575710296631,
        ],
    ),
    (
        "orthogonal_",
        {},
        [
            0.9238713979721069,
            0.372877836227417,
            0.08615963160991669,
            0.38121151,
            -0.8767916560173035,
            -0.29311075806617737,
        ],
    ),
    ("sparse_", {"sparsity": 0.5}, [0.0, 0.0026692410465329885, 0.0006167725659906864, 0.006213173270225525, 0.0, 0.0]),
]


@pytest.mark.parametrize(("name", "options", "figures"), DRAWN)
def test_initialisers_draw_the_reference_stream(name, options, figures):
    lucet.manual_seed(1)
    tensor = lucet.empty(2, 3)
    assert getattr(nn.init, name)(tensor, **options) is tensor
    np.testing.assert_allclose(tensor.flatten().tolist(), figures, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "name",
    [
        "uniform_",
        "normal_",
        "trunc_normal_",
        "xavier_uniform_",
        "xavier_normal_",
        "kaiming_uniform_",
        "kaiming_normal_",
        "orthogonal_",
    ],
)
def test_a_generator_is_used_and_the_global_stream_is_not(name):
    def draw():
        return getattr(nn.init, name)(lucet.empty(4, 4), generator=lucet.Generator().manual_seed(5)).tolist()

    lucet.manual_seed(0)
    first = draw()
    after = lucet.rand(1).item()
    lucet.manual_seed(0)
    assert lucet.rand(1).item() == after
    assert draw() == first


def test_nothing_is_recorded():
    parameter = nn.Parameter(lucet.empty(3, 3))
    for name in ("uniform_", "normal_", "ones_", "zeros_", "eye_", "xavier_uniform_", "kaiming_normal_", "orthogonal_"):
        result = getattr(nn.init, name)(parameter)
        assert result is parameter and parameter.is_leaf and parameter.requires_grad


def test_constants():
    tensor = lucet.empty(2, 2)
    assert nn.init.constant_(tensor, 0.3) is tensor
    assert nn.init.ones_(tensor).tolist() == [[1.0, 1.0]] * 2
    assert nn.init.zeros_(tensor).tolist() == [[0.0, 0.0]] * 2
    assert nn.init.eye_(lucet.empty(3, 2)).tolist() == [[1, 0], [0, 1], [0, 0]]


def test_dirac_passes_channels_through():
    image = np.random.default_rng(0).standard_normal((1, 4, 3, 3)).astype("float32")
    conv = nn.Conv2d(4, 4, 3, padding=1, groups=2, bias=False)
    nn.init.dirac_(conv.weight, groups=2)
    np.testing.assert_array_equal(conv(lucet.from_numpy(image)).detach().numpy(), image)


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3), (2, 3, 2)])
def test_orthogonal_rows_or_columns(shape):
    tensor = nn.init.orthogonal_(lucet.empty(shape, dtype=lucet.float64), gain=2.0).numpy().reshape(shape[0], -1)
    product = tensor @ tensor.T if tensor.shape[0] <= tensor.shape[1] else tensor.T @ tensor
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)


def test_sparse_zeroes_a_share_of_each_column():
    tensor = nn.init.sparse_(lucet.empty(10, 4), sparsity=0.25)
    assert (tensor == 0).sum(0).tolist() == [3, 3, 3, 3]


def test_spread_follows_the_formula():
    lucet.manual_seed(0)
    tensor = lucet.empty(200, 300, 2)
    fan_in, fan_out = 600, 400
    bounds = {
        "xavier_uniform_": ({"gain": 2.0}, 2.0 * math.sqrt(6 / (fan_in + fan_out))),
        "kaiming_uniform_": ({"a": 0.5}, math.sqrt(2 / 1.25) * math.sqrt(3 / fan_in)),
    }
    for name, (options, bound) in bounds.items():
        largest = getattr(nn.init, name)(tensor, **options).abs().max().item()
        assert 0.999 * bound < largest <= bound
    deviations = {
        "xavier_normal_": ({}, math.sqrt(2 / (fan_in + fan_out))),
        "kaiming_normal_": ({"mode": "fan_out", "nonlinearity": "relu"}, math.sqrt(2 / fan_out)),
    }
    for name, (options, std) in deviations.items():
        assert np.std(getattr(nn.init, name)(tensor, **options).numpy()) == pytest.approx(std, rel=0.01)


@pytest.mark.parametrize(
    "options", [{}, {"a": -1.0, "b": 0.5}, {"a": 0.5, "b": 0.7}, {"mean": 3.0, "std": 2.0, "a": -1.0, "b": 1.0}]
)
def test_truncated_normal_has_the_truncated_distribution(options):
    lucet.manual_seed(0)
    values = np.sort(nn.init.trunc_normal_(lucet.empty(20000), **options).numpy())
    mean, std = options.get("mean", 0.0), options.get("std", 1.0)
    a, b = options.get("a", -2.0), options.get("b", 2.0)
    assert a <= values[0] and values[-1] <= np.float32(b)

    def below(x):
        return math.erf((x - mean) / std / math.sqrt(2))

    for share in (0.1, 0.5, 0.9):
        quantile = float(values[int(share * len(values))])
        assert (below(quantile) - below(a)) / (below(b) - below(a)) == pytest.approx(share, abs=0.015)


def test_truncated_normal_warns_far_from_the_mean():
    with pytest.warns(UserWarning, match="mean is more than 2 std from"):
        nn.init.trunc_normal_(lucet.empty(2), mean=5.0)


@pytest.mark.parametrize(
    ("name", "param", "gain"),
    [
        ("linear", None, 1),
        ("conv_transpose3d", None, 1),
        ("sigmoid", None, 1),
        ("tanh", None, 5 / 3),
        ("relu", None, math.sqrt(2)),
        ("leaky_relu", None, math.sqrt(2 / (1 + 0.01**2))),
        ("leaky_relu", 0.5, math.sqrt(2 / 1.25)),
        ("leaky_relu", 0, math.sqrt(2)),
        ("selu", None, 0.75),
    ],
)
def test_gains(name, param, gain):
    assert nn.init.calculate_gain(name, param) == gain


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: nn.init.calculate_gain("swish"), "Unsupported nonlinearity swish"),
        (lambda: nn.init.calculate_gain("leaky_relu", True), "negative_slope True not a valid number"),
        (lambda: nn.init.calculate_gain("leaky_relu", "a"), "negative_slope a not a valid number"),
        (lambda: nn.init.xavier_uniform_(lucet.empty(3)), "fewer than 2 dimensions"),
        (lambda: nn.init.kaiming_normal_(lucet.empty(3, 3), mode="fan_avg"), "Mode fan_avg not supported"),
        (lambda: nn.init.eye_(lucet.empty(3)), "Only tensors with 2 dimensions are supported"),
        (lambda: nn.init.sparse_(lucet.empty(3), 0.1), "Only tensors with 2 dimensions are supported"),
        (lambda: nn.init.orthogonal_(lucet.empty(3)), "Only tensors with 2 or more dimensions"),
        (lambda: nn.init.dirac_(lucet.empty(3, 3)), "Only tensors with 3, 4, or 5 dimensions"),
        (lambda: nn.init.dirac_(lucet.empty(3, 3, 3), 2), "dim 0 must be divisible by groups"),
    ],
)
def test_senseless_requests_are_refused(run, words):
    with pytest.raises(ValueError, match=words):
        run()


def test_empty_tensors():
    for name in ("kaiming_uniform_", "kaiming_normal_"):
        with pytest.warns(UserWarning, match="Initializing zero-element tensors is a no-op"):
            getattr(nn.init, name)(lucet.empty(0, 3))
    assert nn.init.orthogonal_(lucet.empty(0, 3)).shape == (0, 3)
    with pytest.warns(UserWarning):
        assert nn.Linear(0, 2).bias.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("uniform", ()),
        ("normal", ()),
        ("constant", (0.5,)),
        ("eye", ()),
        ("xavier_uniform", ()),
        ("xavier_normal", ()),
        ("kaiming_uniform", ()),
        ("kaiming_normal", ()),
        ("orthogonal", ()),
        ("sparse", (0.5,)),
    ],
)
def test_older_names_warn_and_work(name, args):
    lucet.manual_seed(0)
    expected = getattr(nn.init, name + "_")(lucet.empty(3, 3), *args)
    lucet.manual_seed(0)
    with pytest.warns(FutureWarning, match=f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`"):
        assert lucet.equal(getattr(nn.init, name)(lucet.empty(3, 3), *args), expected)


def test_older_name_of_dirac():
    with pytest.warns(FutureWarning):
        assert nn.init.dirac(lucet.empty(1, 1, 1)).item() == 1.0
