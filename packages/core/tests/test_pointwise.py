"""Pointwise ops where they are peculiar: alpha, rounding modes, bools, interception with keywords, a second backward."""

import math

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


def test_alpha_of_bools_is_true_or_false():
    a = lucet.tensor([True, False])
    for alpha in (2, -4, True):
        assert lucet.add(a, ~a, alpha=alpha).tolist() == [True, True]
    assert lucet.add(a, ~a, alpha=0).tolist() == [True, False]


def test_numbers_that_the_type_does_not_hold_are_refused():
    u, here = lucet.tensor([1, 2], dtype=lucet.uint8), lucet.tensor([True, False])
    calls = [
        lambda: lucet.add(u, u, alpha=300),
        lambda: lucet.where(here, 300, u),
        lambda: lucet.where(here, lucet.ones(2), 1e39),
        lambda: u.masked_fill(here, lucet.tensor(-1.0)),
        lambda: u.masked_fill(here, lucet.tensor(300)),
        lambda: u.masked_fill_(here, 300),
        lambda: u.index_fill(0, lucet.tensor([0]), lucet.tensor(300)),
        lambda: lucet.clamp(u, max=300),
        lambda: u.clamp_(-300, 1),
        lambda: lucet.ones(2).clamp(max=1e39),
        lambda: lucet.tensor([-1.0], dtype=lucet.uint8),
    ]
    for call in calls:
        with pytest.raises(RuntimeError, match="without overflow"):
            call()
    assert u.tolist() == [1, 2]
    assert lucet.clamp(u, min=-1).tolist() == [1, 2]
    assert lucet.clamp(u, max=-1).tolist() == [0, 0]
    assert lucet.clamp(lucet.tensor([2**62, 3]), 5, 2**61 + 1).tolist() == [2**61 + 1, 5]
    assert lucet.clamp(lucet.tensor([2, 3]), 5, 2).tolist() == [2, 2]
    assert lucet.where(here, -1, u).tolist() == [255, 2]
    assert u.fill_(lucet.tensor(300)).tolist() == [44, 44]  # a copy converts


def test_two_numbers_make_a_tensor_where_torch_lets_them():
    cases = [(lucet.add(1, 2), 3), (lucet.sub(1, 2), -1), (lucet.mul(3, 2), 6), (lucet.floor_divide(7, 2), 3), (lucet.div(3, 2), 1.5)]
    cases += [(lucet.add(1, 2, alpha=3), 7), (lucet.div(7, 2, rounding_mode="floor"), 3), (lucet.add(1.5, True), 2.5)]
    for result, value in cases:
        assert result.shape == ()
        assert result.item() == value
        assert result.dtype is (lucet.float32 if isinstance(value, float) else lucet.int64)
    for function in (lucet.remainder, lucet.pow, lucet.eq, lucet.maximum):
        with pytest.raises(TypeError, match="one of the arguments must be Tensor, got int and int"):
            function(1, 2)


def test_the_operand_that_is_wrong_is_named():
    x = lucet.ones(1)
    for call, words in (
        (lambda: lucet.add("a", x), "'input' .* not str"),
        (lambda: lucet.add(x, None), "'other' .* not NoneType"),
        (lambda: lucet.add("a", x, alpha=2), "'input' .* not str"),
        (lambda: lucet.mul(object(), 2), "'input' .* not object"),
        (lambda: lucet.pow(x, "a"), "'exponent' .* not str"),
        (lambda: x.add_("a"), "'other' .* not str"),
    ):
        with pytest.raises(TypeError, match=words):
            call()


def test_remainders_are_exact():
    r = np.random.default_rng(0)
    inf, nan = np.inf, np.nan
    for kind in (np.float32, np.float64):
        a = np.concatenate([r.normal(size=2000) * 10.0 ** r.integers(-30, 30, 2000), r.integers(-99, 99, 2000) * 0.1]).astype(kind)
        b = np.concatenate([r.normal(size=2000) * 10.0 ** r.integers(-30, 30, 2000), r.integers(1, 9, 2000) * 0.1]).astype(kind)
        for x, y in ((a, b), (a, -b), *((a, np.full_like(a, v)) for v in (0.3, -3, inf, -inf, 0, nan)), (np.array([inf, -inf, -0.0, 0.0], kind), np.full(4, 2, kind))):
            with np.errstate(invalid="ignore"):
                expected = np.fmod(x, y)
            got = lucet.fmod(lucet.from_numpy(x), lucet.from_numpy(y)).numpy()
            assert np.array_equal(got, expected, equal_nan=True)
            assert np.array_equal(np.signbit(got), np.signbit(expected) | np.isnan(expected) & np.signbit(got))
            moved = np.where((expected != 0) & ((expected < 0) != (y < 0)), expected + y, expected)
            assert np.array_equal(lucet.remainder(lucet.from_numpy(x), lucet.from_numpy(y)).numpy(), moved, equal_nan=True)


def test_an_empty_out_takes_the_order_of_the_operands():
    x = lucet.ones(4, 3, 2).permute(2, 0, 1)
    for call in (lambda out: lucet.add(x, 1, out=out), lambda out: lucet.exp(x, out=out), lambda out: lucet.where(x > 0, x, 0, out=out), lambda out: lucet.lerp(x, x, 0.5, out=out)):
        out = call(lucet.empty(0))
        assert (out.shape, out.stride()) == (x.shape, x.stride())
        assert out.storage_offset() == 0
        assert out.is_contiguous() is False
    part = lucet.zeros(4)[2:2]
    lucet.add(x, 1, out=part)
    assert part.tolist() == (x + 1).tolist()


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


@pytest.mark.parametrize("low, high", [(lucet.nan, None), (None, lucet.nan), (lucet.nan, 1.0), (2.0, 1.0)])
def test_bounds_that_nothing_lies_within(low, high):
    values = [-1.0, 1.0, 2.0, 3.0]
    expected = repr([1.0 if low == 2.0 else lucet.nan] * 4)
    x = lucet.tensor(values, requires_grad=True)
    y = lucet.clamp(x, low, high)
    y.sum().backward()
    assert repr(y.tolist()) == expected and x.grad.tolist() == [0, 0, 0, 0]
    assert repr(lucet.tensor(values).clamp_(low, high).tolist()) == expected
    out = lucet.zeros(4)
    lucet.clamp(lucet.tensor(values), low, high, out=out)
    assert repr(out.tolist()) == expected


def test_results_too_large_for_the_cache_are_the_same():
    n = (1 << 22) + 3
    a, b = np.arange(n, dtype=np.float32), np.ones(n, np.float32)
    x, y = lucet.from_numpy(a), lucet.from_numpy(b)
    np.testing.assert_array_equal((x + y).numpy(), a + 1)
    np.testing.assert_array_equal((2 - x).numpy(), 2 - a)
    np.testing.assert_array_equal(x.double().numpy(), a)
    np.testing.assert_array_equal(x.clone().numpy(), a)
    out = lucet.zeros(n + 1)
    lucet.add(x, y, out=out[1:])  # starts within a line of the cache
    np.testing.assert_array_equal(out.numpy()[1:], a + 1)
    assert out[0] == 0
    expected = a + 1
    x.add_(y)
    np.testing.assert_array_equal(x.numpy(), expected)


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_float64_sines_are_exact_to_the_last_digit(name):
    """Near multiples of a quarter turn, where subtracting it cancels; over all sizes; and where the digits of pi run out."""
    quarters = np.rint(np.random.default_rng(0).uniform(-6e5, 6e5, 2000)) * (math.pi / 2)
    draw = np.random.default_rng(1)
    sizes = np.ldexp(draw.uniform(-1, 1, 2000), draw.integers(-60, 40, 2000))
    x = np.concatenate([quarters, np.nextafter(quarters, 0), sizes, [0.0, -0.0, 1048575.9, 1048576.0, 1e300]])
    found, exact = getattr(lucet.from_numpy(x), name)().numpy(), [getattr(math, name)(v) for v in x]
    assert (np.abs(found - exact) <= np.spacing(np.abs(exact))).all()
    assert np.array_equal(np.signbit(found[x == 0]), np.signbit(np.array(exact)[x == 0]))
    strided = lucet.from_numpy(np.repeat(x, 2))[::2]
    assert np.array_equal(getattr(strided, name)().numpy(), found)
    assert np.isnan(getattr(lucet.tensor([math.inf, math.nan], dtype=lucet.float64), name)().numpy()).all()


@pytest.mark.parametrize("dtype", [lucet.float16, lucet.bfloat16, lucet.float32, lucet.float64])
@pytest.mark.parametrize("name", ["addcmul", "addcdiv"])
def test_addcmul_and_addcdiv_are_one_op_of_three_operands(name, dtype):
    lucet.manual_seed(0)
    a, b, c = (lucet.rand(*shape).add(0.5).to(dtype) for shape in ((3, 1, 5), (4, 1), (4, 5)))
    x, y, z = (t.double().numpy() for t in (a, b, c))
    exact = x + 1.5 * (y * z if name == "addcmul" else y / z)
    found = getattr(lucet, name)(a, b, c, value=1.5)
    assert found.dtype is dtype and found.shape == (3, 4, 5)
    assert np.allclose(found.double().numpy(), exact, rtol=2 * lucet.finfo(dtype).eps, atol=0)
    out = lucet.empty(0, dtype=dtype)
    assert getattr(lucet, name)(a, b, c, value=1.5, out=out) is out and lucet.equal(out, found)
    a.requires_grad_()
    assert getattr(lucet, name)(a, b, c, value=2).grad_fn.name() == f"{name.capitalize()}Backward0"


def test_lerp_chooses_the_nearer_end():
    weights = lucet.tensor([-0.5, 0.0, 0.4999999, 0.5, 1.0, 1.5])
    start, end = lucet.full((6,), 1e8), lucet.full((6,), 1.0)
    assert lucet.lerp(start, end, weights)[1] == 1e8 and lucet.lerp(start, end, weights)[4] == 1.0
    exact = 1e8 + weights.double().numpy() * (1 - 1e8)
    assert np.allclose(lucet.lerp(start, end, weights).numpy(), exact, rtol=1e-6)


@pytest.mark.parametrize("dtype", [lucet.uint8, lucet.int8, lucet.int16, lucet.int32, lucet.int64])
def test_shifts_by_the_width_and_beyond(dtype):
    """Right: the sign stays alone (0 or -1). Left, and both by a negative number: as by the width."""
    bits, low = lucet.iinfo(dtype).bits, lucet.iinfo(dtype).min
    values = [lucet.iinfo(dtype).max, 5, 0, low, low // 2]
    x = lucet.tensor(values, dtype=dtype)
    for by in (1, bits - 1, bits, bits + 1, 64, -1, -64):
        inside = 0 <= by < bits
        right = [v >> by if inside else -1 if v < 0 else 0 for v in values]
        left = [((v << by) - low) % 2**bits + low if inside else 0 for v in values]
        for amount in (by, lucet.tensor(by), lucet.full((5,), by, dtype=dtype) if low <= by <= lucet.iinfo(dtype).max else by):
            assert (x >> amount).tolist() == right, (by, amount)
            assert (x << amount).tolist() == left, (by, amount)
