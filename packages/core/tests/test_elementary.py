"""Elementary functions: float32 against float64 to the last bit, special values, what each refuses."""

import math

import numpy as np
import pytest

import lucet

INF, NAN = float("inf"), float("nan")

REFERENCES = {
    "exp2": np.exp2, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "erfc": np.vectorize(math.erfc, otypes=[np.float64]),
}  # fmt: skip


def points(seed=0):
    """float32 numbers of every size and sign, and those where functions end or turn."""
    random = np.random.default_rng(seed)
    edges = [0.0, 1.0, 0.5, 0.99999994, 1.0000001, 1e-3, 1e-4, 1e-30, 1e-40, 88.0, 89.0, 127.9, 128.0, 149.0, 10.06, 2e6, 3e38, INF]
    sizes = [random.normal(size=4000), random.uniform(-1, 1, 4000), random.normal(size=4000) * 30, np.exp(random.uniform(-80, 80, 2000))]
    near_one = 1 - np.exp(random.uniform(-16, -1, 2000))
    values = np.concatenate([edges, *sizes, near_one])
    with np.errstate(over="ignore"):
        return np.concatenate([values, -values, [NAN]]).astype(np.float32)


def distance(actual, exact):
    """In units of the last place of float32; infinities, NaN and signs of zero have to be the same."""
    with np.errstate(all="ignore"):
        rounded = exact.astype(np.float32)
        finite = np.isfinite(rounded)
        assert np.array_equal(np.isfinite(actual), finite)
        assert np.array_equal(actual[~finite], rounded[~finite], equal_nan=True)
        assert np.array_equal(np.signbit(actual[finite]), np.signbit(rounded[finite]))
        return np.max(np.abs(actual[finite] - exact[finite]) / np.spacing(np.abs(rounded[finite])).astype(np.float64))


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_float32_is_float64_rounded(name):
    x = points()
    with np.errstate(all="ignore"):
        exact = REFERENCES[name](x.astype(np.float64))
    y = getattr(lucet, name)(lucet.from_numpy(x)).numpy().astype(np.float64)
    assert distance(y, exact) < (1.01 if name == "exp2" else 0.51)


@pytest.mark.parametrize("name", [*sorted(REFERENCES), "erfinv", "sinc"])
def test_bits_do_not_depend_on_where_an_element_stands(name):
    x = lucet.from_numpy(points(1)[:203])
    whole = getattr(lucet, name)(x)
    apart = lucet.stack([getattr(lucet, name)(x[i]) for i in range(len(x))])
    spread = getattr(lucet, name)(lucet.stack([x, x], 1)[:, 0])
    assert lucet.equal(whole.nan_to_num(7), apart.nan_to_num(7)) and lucet.equal(whole.nan_to_num(7), spread.nan_to_num(7))


@pytest.mark.parametrize("dtype,steps", [(lucet.float32, 2), (lucet.float64, 4)])
def test_erfinv_is_the_inverse_of_erf(dtype, steps):
    tails = 1 - lucet.logspace(-1, -7 if dtype is lucet.float32 else -15, 60, dtype=dtype)
    x = lucet.cat([lucet.linspace(-0.999, 0.999, 1001, dtype=dtype), tails, -tails])
    y = lucet.erfinv(x)
    for a, b in zip(x.tolist(), y.tolist()):
        slope = 2 / math.sqrt(math.pi) * math.exp(-b * b)
        room = steps * lucet.finfo(dtype).eps * (abs(b) + 1e-300)
        assert abs(math.erf(b) - a) <= slope * room + 2.3e-16
    assert lucet.erfinv(lucet.tensor([1.0, -1.0, 1.5, 0.0], dtype=dtype)).nan_to_num(5, 7, -7).tolist() == [7, -7, 5, 0]


def test_sinc_of_whole_numbers_is_next_to_nothing():
    x = lucet.arange(-2000, 2001).float()
    y = lucet.sinc(x)
    assert y[2000] == 1 and (y.abs() < 1e-15).sum() == 4000
    assert lucet.sinc(lucet.tensor([0.5, 1.5])).tolist() == pytest.approx([2 / math.pi, -2 / (3 * math.pi)], rel=1e-7)


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
def test_atan2_of_the_axes_and_infinities(dtype):
    edge = [0.0, -0.0, 1.0, -1.0, INF, -INF, NAN, 1e-30, 3e38]
    for y in edge:
        for x in edge:
            value = lucet.atan2(lucet.tensor(y, dtype=dtype), lucet.tensor(x, dtype=dtype)).item()
            exact = math.atan2(*(lucet.tensor([y, x], dtype=dtype).tolist()))
            assert value == pytest.approx(exact, rel=1e-7, nan_ok=True) and math.copysign(1, value) == math.copysign(1, exact) or math.isnan(exact)


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
def test_functions_of_two_numbers_at_their_edges(dtype):
    def of(name, a, b):
        return getattr(lucet if hasattr(lucet, name) else lucet.special, name)(lucet.tensor(a, dtype=dtype), lucet.tensor(b, dtype=dtype)).item()

    assert of("xlogy", 0.0, 0.0) == of("xlogy", 0.0, -1.0) == of("xlogy", 0.0, INF) == of("xlog1py", 0.0, -1.0) == 0
    assert math.isnan(of("xlogy", 0.0, NAN)) and math.isnan(of("xlogy", 1.0, -1.0)) and math.isnan(of("xlog1py", 0.0, NAN))
    assert of("xlogy", 2.0, 0.0) == of("xlog1py", 2.0, -1.0) == -INF
    assert of("xlog1py", 1.0, 1e-12) == pytest.approx(1e-12, rel=1e-6)
    assert of("logaddexp", -INF, -INF) == -INF and of("logaddexp", INF, -INF) == of("logaddexp", INF, INF) == INF
    assert of("logaddexp2", -INF, 3.0) == 3 and of("logaddexp2", 2.0, 2.0) == 3 and math.isnan(of("logaddexp", NAN, 1.0))
    assert of("logaddexp", 1000.0, 0.0) == 1000 and of("logaddexp", 0.0, -20.0) == pytest.approx(math.log1p(math.exp(-20)), abs=1e-12)
    assert of("hypot", INF, NAN) == of("hypot", NAN, -INF) == INF and math.isnan(of("hypot", NAN, 1.0))
    assert of("hypot", 3e37, 4e37) == pytest.approx(5e37) and of("hypot", 3e-30, 4e-30) == pytest.approx(5e-30)
    assert of("fmax", NAN, 1.0) == of("fmax", 1.0, NAN) == of("fmin", NAN, 1.0) == of("fmin", 1.0, NAN) == 1 and math.isnan(of("fmax", NAN, NAN))
    assert math.copysign(1, of("copysign", 0.0, -0.0)) == -1 and of("heaviside", 0.0, 0.25) == 0.25 and of("heaviside", NAN, 0.25) == 0


def test_the_parts_of_numbers_put_together_give_the_number():
    x = lucet.from_numpy(points(2))
    x = x[x.isfinite()]
    for dtype in (lucet.float32, lucet.float64, lucet.float16, lucet.bfloat16):
        v = x.to(dtype)
        v = v[v.isfinite()]
        mantissa, exponent = lucet.frexp(v)
        assert exponent.dtype is lucet.int32 and ((mantissa.abs() >= 0.5) & (mantissa.abs() < 1) | (v == 0)).all()
        assert lucet.equal(lucet.ldexp(mantissa.double(), exponent), v.double())
    assert lucet.frexp(lucet.tensor([INF, -INF, 0.0])).exponent.tolist() == [0, 0, 0]


def test_divisors_and_multiples():
    a = lucet.randint(-1000, 1000, (200,))
    b = lucet.cat([lucet.randint(-1000, 1000, (196,)), lucet.tensor([0, 1, -1, 0])])
    assert lucet.gcd(a, b).tolist() == [math.gcd(x, y) for x, y in zip(a.tolist(), b.tolist())]
    assert lucet.lcm(a, b).tolist() == [math.lcm(x, y) for x, y in zip(a.tolist(), b.tolist())]
    assert lucet.gcd(lucet.tensor([-(2**63)]), lucet.tensor([6])).tolist() == [2]
    assert lucet.gcd(lucet.tensor([12], dtype=lucet.uint8), lucet.tensor([18], dtype=lucet.int8)).dtype is lucet.int16


@pytest.mark.parametrize("dtype", [lucet.float16, lucet.bfloat16, lucet.float32, lucet.float64])
def test_what_is_no_number_becomes_one_that_the_type_holds(dtype):
    x = lucet.tensor([NAN, INF, -INF, 2.0], dtype=dtype)
    largest = lucet.finfo(dtype).max
    assert lucet.nan_to_num(x).tolist() == [0, largest, -largest, 2]
    assert x.nan_to_num(1, 3, 4).tolist() == [1, 3, 4, 2]
    assert x.nan_to_num_().isfinite().all()


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
def test_logit_within_and_beyond_its_bounds(dtype):
    x = lucet.tensor([-1.0, 0.0, 0.1, 0.5, 1.0, 2.0], dtype=dtype, requires_grad=True)
    inside = math.log(0.1 / 0.9)
    assert lucet.logit(x).nan_to_num(99, 50, -50).tolist() == pytest.approx([99, -50, inside, 0, 50, 99], rel=1e-6)
    y = lucet.logit(x, 0.25)
    assert y.tolist() == pytest.approx([math.log(1 / 3)] * 3 + [0] + [math.log(3)] * 2, rel=1e-6)
    y.sum().backward()
    assert x.grad.tolist() == [0, 0, 0, 4, 0, 0]


@pytest.mark.parametrize(
    "call,told",
    [
        (lambda: lucet.heaviside(lucet.ones(2), lucet.ones(2, dtype=lucet.int64)), "heaviside: tensors with different dtypes"),
        (lambda: lucet.ones(2).float_power_(2), "float_power_: the base has dtype float32"),
        (lambda: lucet.float_power(lucet.ones(2), 2, out=lucet.ones(2)), "float_power: the output given has dtype float32"),
        (lambda: lucet.frexp(lucet.arange(3)), "frexp: only floating types"),
        (lambda: lucet.frac(lucet.arange(3)), "frac: not implemented for int64"),
        (lambda: lucet.gcd(lucet.ones(2), lucet.ones(2)), "gcd: not implemented for float32"),
        (lambda: lucet.hypot(lucet.arange(3), lucet.arange(3)), "hypot: not implemented for int64"),
        (lambda: lucet.positive(lucet.tensor([True])), "positive: The `\\+` operator, on a bool tensor"),
    ],
)
def test_what_is_refused_is_named(call, told):
    with pytest.raises(lucet.errors.DtypeError, match=told):
        call()


def test_numbers_are_refused_where_tensors_are_wanted():
    for name in ("hypot", "logaddexp", "fmax", "nextafter", "gcd", "ldexp"):
        with pytest.raises(TypeError):
            getattr(lucet, name)(lucet.ones(2), 1.0)


@pytest.mark.parametrize("kind", [lucet.float32, lucet.float64])
def test_division_of_any_signs_and_sizes(kind):
    """Quotients beyond a vector's reach, zeros, infinities and NaN are as Python has them."""
    values = [0.0, -0.0, 1.0, -1.0, 0.5, 3.0, -7.5, 1e10, -1e30, 1e-40, math.inf, -math.inf, math.nan]
    pairs = [(a, b) for a in values for b in values]
    a, b = (lucet.tensor([p[k] for p in pairs] * 2, dtype=kind) for k in range(2))
    remainder, quotient, rest = lucet.remainder(a, b).tolist(), lucet.floor_divide(a, b).tolist(), lucet.fmod(a, b).tolist()
    for i, (x, y) in enumerate(zip(a.tolist(), b.tolist())):
        if math.isnan(x) or math.isnan(y) or y == 0 or math.isinf(x):
            assert math.isnan(remainder[i]) and math.isnan(rest[i])
            continue
        assert rest[i] == math.fmod(x, y) and math.copysign(1, rest[i]) == math.copysign(1, x)
        if math.isfinite(y) and abs(x / y) < 1e38:
            assert remainder[i] == pytest.approx(x % y, rel=1e-6) and quotient[i] == pytest.approx(x // y, rel=1e-6)


@pytest.mark.parametrize("kind", [lucet.float32, lucet.float64])
def test_parts_and_neighbours_of_extreme_numbers(kind):
    least = 2.0**-149 if kind is lucet.float32 else 2.0**-1074
    x = lucet.tensor([0.0, -0.0, least, -3 * least, 1.0, -1.0, math.inf], dtype=kind)
    mantissa, exponent = lucet.frexp(x)
    known = [math.frexp(v) if math.isfinite(v) else (v, 0) for v in x.tolist()]
    assert mantissa.tolist() == [m for m, _ in known] and exponent.tolist() == [e for _, e in known]
    up = lucet.nextafter(x, lucet.full_like(x, math.inf))
    assert up[:4].tolist() == [least, least, 2 * least, -2 * least] and up[6] == math.inf
    assert lucet.nextafter(lucet.tensor([math.inf, 1.0, 0.0], dtype=kind), lucet.tensor([0.0, 1.0, -0.0], dtype=kind)).tolist()[1:] == [1.0, 0.0]
    assert lucet.nextafter(lucet.tensor(math.inf, dtype=kind), lucet.tensor(0.0, dtype=kind)) == lucet.finfo(kind).max
