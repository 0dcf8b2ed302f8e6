"""Pointwise ops where they are peculiar: alpha, rounding modes, bools, interception with keywords, a second backward."""

import numpy as np
import pytest

import lucet
import lucet._ops as F
from lucet import _modes

NUMBERS = [lucet.float32, lucet.float64, lucet.int64, lucet.int32, lucet.uint8]


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("shapes", [((3,), (3,)), ((2, 3), (3,)), ((3,), ()), ((40, 50), (40, 50))])
def test_alpha_scales_the_other_operand(dtype, shapes):
    a, b = (lucet.full(shape, value, dtype=dtype) for shape, value in zip(shapes, (9, 2)))
    assert (lucet.add(a, b, alpha=3).numpy() == 15).all()
    assert (lucet.sub(a, b, alpha=3).numpy() == 3).all()
    assert (a.clone().add_(b, alpha=2).numpy() == 13).all()
    assert (a.clone().sub_(b, alpha=2).numpy() == 5).all()


def test_alpha_reaches_the_gradient():
    a, b = lucet.ones(3, requires_grad=True), lucet.ones(3, requires_grad=True)
    lucet.sub(a, b, alpha=2.5).sum().backward()
    assert a.grad.tolist() == [1, 1, 1]
    assert b.grad.tolist() == [-2.5, -2.5, -2.5]


def test_value_of_addcmul_and_addcdiv():
    one, a, b = lucet.ones(4), lucet.full((4,), 6.0), lucet.full((4,), 3.0)
    assert lucet.addcmul(one, a, b, value=0.5).tolist() == [10] * 4
    assert lucet.addcdiv(one, a, b, value=0.5).tolist() == [2] * 4
    assert one.clone().addcmul_(a, b, value=2).tolist() == [37] * 4


def test_alpha_of_a_higher_category_is_refused():
    with pytest.raises(RuntimeError, match="must not be a floating point number"):
        lucet.add(lucet.ones(2, dtype=lucet.int64), 1, alpha=0.5)


class Plain(lucet.Tensor):
    """A subclass that changes nothing."""


CALLS = [
    lambda x, y: lucet.add(x, y, alpha=5),
    lambda x, y: lucet.sub(x, y, alpha=5),
    lambda x, y: x.clone().add_(y, alpha=5),
    lambda x, y: x.clone().sub_(y, alpha=5),
    lambda x, y: lucet.div(x, y, rounding_mode="floor"),
    lambda x, y: x.clone().div_(y, rounding_mode="trunc"),
    lambda x, y: lucet.round(x / 3, decimals=1),
    lambda x, y: lucet.clamp(x, 1, 2),
]


@pytest.mark.parametrize("call", CALLS)
def test_interception_keeps_every_argument(call):
    x, y = lucet.tensor([7.0, -7.0]), lucet.tensor([2.0, 2.0])
    expected = call(x, y).tolist()
    assert call(x.as_subclass(Plain), y).tolist() == expected
    with _modes.TorchFunctionMode():
        assert call(x, y).tolist() == expected


@pytest.mark.parametrize("make", [lambda x: x * 2, lambda x: x / 2, lambda x: 3 - 2 * x, lambda x: x**2, lambda x: x.exp()])
def test_a_second_backward_says_that_the_graph_is_gone(make):
    y = make(lucet.ones(1, requires_grad=True))
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


@pytest.mark.parametrize("pair", [(lucet.ones(2), lucet.tensor([True, False])), (lucet.tensor([True]), 1), (lucet.ones(2), True)])
def test_bools_are_not_subtracted(pair):
    with pytest.raises(RuntimeError, match="bool tensor"):
        lucet.sub(*pair)
    with pytest.raises(TypeError):  # DtypeError is both
        pair[0] - pair[1]


@pytest.mark.parametrize("dtype", [lucet.int64, lucet.int32])
def test_integer_division_by_zero_is_an_error_and_not_a_crash(dtype):
    a, b = lucet.tensor([1, -(2**31)], dtype=dtype), lucet.tensor([0, -1], dtype=dtype)
    for call in (lambda: a // b, lambda: a % b, lambda: lucet.fmod(a, b), lambda: lucet.div(a, b, rounding_mode="trunc")):
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            call()
    assert (a // -1).tolist() == [-1, 2**31 if dtype is lucet.int64 else -(2**31)]


def test_promotion_goes_by_tiers():
    ints, scalar = lucet.ones(2, dtype=lucet.int32), lucet.tensor(1.5, dtype=lucet.float64)
    assert (ints + 1).dtype is lucet.int32
    assert (ints + 1.5).dtype is lucet.float32
    assert (ints + scalar).dtype is lucet.float64
    assert (lucet.ones(2) + scalar).dtype is lucet.float32
    assert (lucet.ones(2, dtype=lucet.uint8) + lucet.ones(2, dtype=lucet.int8)).dtype is lucet.int16


def test_special_values_follow_ieee():
    x = lucet.tensor([float("nan"), float("inf"), -0.0, 5e-324], dtype=lucet.float64)
    assert np.isnan(lucet.maximum(x, lucet.zeros(4, dtype=lucet.float64)).numpy()[0])
    assert np.signbit((x * 1).numpy()[2])
    assert (x * 1).numpy()[3] == 5e-324


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "round"])
@pytest.mark.parametrize("dtype", [lucet.int64, lucet.int32, lucet.int16, lucet.int8, lucet.uint8])
def test_rounding_leaves_integers_alone(name, dtype):
    x = lucet.tensor([1, 2, 100], dtype=dtype)
    y = getattr(lucet, name)(x)
    assert y.dtype is dtype
    assert y.tolist() == [1, 2, 100]


# --- activations that are computed in vectors -------------------------------------------------------------------------

CURVES = {
    "elu": lambda x: F.elu(x, 1.5),
    "silu": F.silu,
    "softplus": lambda x: F.softplus(x, 2, 15),
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
}


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("count", [1, 7, 16, 33, 300])
def test_float32_activations_agree_with_float64_in_value_and_gradient(name, count):
    f = CURVES[name]
    x64 = lucet.linspace(-30, 30, count, dtype=lucet.float64).requires_grad_()
    x32 = x64.detach().float().requires_grad_()
    y64, y32 = f(x64), f(x32)
    y64.sum().backward()
    y32.sum().backward()
    for a, b in ((y32.double(), y64), (x32.grad.double(), x64.grad)):
        assert ((a - b).abs() <= 3e-6 * (1 + b.abs())).all()  # a few roundings of float32, also of the argument


@pytest.mark.parametrize("name", CURVES)
def test_activations_give_the_same_bits_wherever_an_element_stands(name):
    f = CURVES[name]
    x = lucet.linspace(-6, 6, 600)
    whole = f(x)
    assert f(x[3:]).equal(whole[3:])
    assert f(x[5:22]).equal(whole[5:22])
    assert f(x[::3]).equal(whole[::3])
    assert f(x.view(30, 20).t()).equal(whole.view(30, 20).t())


@pytest.mark.parametrize("name", CURVES)
def test_activations_of_infinities_and_nan(name):
    x = [float("inf"), float("nan"), -100.0, 100.0]
    got, expected = CURVES[name](lucet.tensor(x)), CURVES[name](lucet.tensor(x, dtype=lucet.float64))
    assert lucet.allclose(got.double(), expected, equal_nan=True, atol=1e-37)


def test_float32_powers_are_those_of_float64_rounded():
    x = lucet.tensor([0.0, -0.0, 1.0, -1.0, 0.3, -2.0, 5.5, 1e-40, 3e38, lucet.inf, -lucet.inf, lucet.nan] * 9)
    for y in (2.5, -2.5, 3.0, -1.0, 0.0, 0.375, 1e30, -1e31, lucet.inf, -lucet.inf, lucet.nan):
        exact = lucet.pow(x.double(), y).float()
        got = lucet.pow(x, y)
        assert lucet.allclose(got, exact, rtol=1.2e-7, atol=1e-44, equal_nan=True)
        assert repr(lucet.pow(x, lucet.full_like(x, y))) == repr(got)
        assert repr(lucet.pow(x[::3], y)) == repr(got[::3])
