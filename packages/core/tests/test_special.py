"""Special functions at values known from elsewhere, against each other, at their edges."""

import math

import pytest

import lucet
from lucet import special

INF, NAN, EULER = float("inf"), float("nan"), 0.57721566490153286
TYPES = pytest.mark.parametrize("dtype,close", [(lucet.float32, 2e-7), (lucet.float64, 2e-13)])


def value(function, *arguments, dtype):
    return function(*[lucet.tensor(x, dtype=dtype) if isinstance(x, float) else x for x in arguments]).item()


KNOWN = [
    (lucet.lgamma, (0.5,), math.log(math.pi) / 2),
    (lucet.lgamma, (-0.5,), math.log(2 * math.sqrt(math.pi))),
    (lucet.lgamma, (100.0,), 359.13420536957540),
    (lucet.digamma, (1.0,), -EULER),
    (lucet.digamma, (0.5,), -EULER - 2 * math.log(2)),
    (lucet.digamma, (-0.5,), 2 - EULER - 2 * math.log(2)),
    (lambda x: lucet.polygamma(1, x), (0.25,), math.pi**2 + 8 * 0.91596559417721902),
    (lambda x: lucet.polygamma(2, x), (1.0,), -2 * 1.2020569031595943),
    (lambda x: lucet.polygamma(1, x), (-0.5,), math.pi**2 / 2 + 4),
    (lambda x: lucet.polygamma(3, x), (-1.5,), math.pi**4 + 96 + 6 * 16 / 81),
    (lucet.digamma, (-9.25,), 2.277704790686724 + math.pi),
    (lucet.lgamma, (-2.25,), 0.5555015450206473),
    (special.zeta, (2.0, 1.0), math.pi**2 / 6),
    (special.zeta, (4.0, 1.0), math.pi**4 / 90),
    (special.zeta, (2.0, 0.5), math.pi**2 / 2),
    (lambda x: lucet.mvlgamma(x, 2), (2.0,), math.log(math.pi) / 2 + math.lgamma(2.0) + math.lgamma(1.5)),
    (lucet.igamma, (0.5, 2.0), math.erf(math.sqrt(2.0))),
    (lucet.igamma, (1.0, 3.0), 1 - math.exp(-3)),
    (lucet.igammac, (1.0, 30.0), math.exp(-30)),
    (lucet.igammac, (3.0, 2.0), math.exp(-2) * (1 + 2 + 2)),
    (lucet.i0, (1.0,), 1.2660658777520083),
    (lucet.i0, (10.0,), 2815.7166284662545),
    (special.i1, (1.0,), 0.56515910399248503),
    (special.i1, (-10.0,), -2670.9883037012542),
    (special.erfcx, (1.0,), math.e * math.erfc(1.0)),
    (special.erfcx, (30.0,), 0.018795888861416751),
    (special.ndtr, (1.0,), 0.5 * math.erfc(-math.sqrt(0.5))),
    (special.log_ndtr, (-40.0,), -804.60844201375388),
    (special.ndtri, (0.975,), 1.9599639845400543),
    (special.entr, (0.25,), 0.25 * math.log(4)),
    (special.bessel_j0, (0.5,), 0.938469807240812904),
    (special.bessel_j0, (20.0,), 0.167024664340583155),
    (special.bessel_j1, (3.0,), 0.339058958525936459),
    (special.bessel_j1, (-12.0,), 0.223447104490627612),
    (special.bessel_y0, (0.5,), -0.444518733506706557),
    (special.bessel_y0, (9.0,), 0.249936698285024676),
    (special.bessel_y1, (0.25,), -2.70410522931528244),
    (special.bessel_y1, (40.0,), -0.00579350582154963294),
    (special.modified_bessel_i0, (1.0,), 1.2660658777520083),
    (special.modified_bessel_i1, (1.0,), 0.56515910399248503),
    (special.modified_bessel_k0, (0.5,), 0.924419071227665862),
    (special.modified_bessel_k0, (5.0,), 0.00369109833404259427),
    (special.modified_bessel_k1, (0.5,), 1.65644112000330089),
    (special.modified_bessel_k1, (5.0,), 0.00404461344545216421),
    (special.scaled_modified_bessel_k0, (5.0,), 0.00369109833404259427 * math.exp(5)),
    (special.scaled_modified_bessel_k1, (0.5,), 1.65644112000330089 * math.exp(0.5)),
    (special.spherical_bessel_j0, (2.0,), math.sin(2.0) / 2),
    (special.airy_ai, (0.0,), 3 ** (-2 / 3) / math.gamma(2 / 3)),
    (special.airy_ai, (1.0,), 0.135292416312881416),
    (special.airy_ai, (5.0,), 0.000108344428136074417),
    (special.airy_ai, (-3.0,), -0.378814293677658074),
    (special.airy_ai, (-10.0,), 0.0402412384864431907),
]


@TYPES
@pytest.mark.parametrize("function,arguments,known", KNOWN)
def test_known_values(function, arguments, known, dtype, close):
    assert value(function, *arguments, dtype=dtype) == pytest.approx(known, rel=4 * close)


def test_lgamma_is_that_of_the_standard_library():
    x = lucet.cat([lucet.logspace(-30, 5, 300, dtype=lucet.float64), lucet.linspace(0.9, 2.1, 200, dtype=lucet.float64), lucet.linspace(-6.9, -0.1, 97, dtype=lucet.float64)])
    exact = [math.lgamma(v) for v in x.float().tolist()]
    assert lucet.lgamma(x.float()).tolist() == pytest.approx(exact, rel=1.2e-7)
    assert lucet.lgamma(x).tolist() == pytest.approx([math.lgamma(v) for v in x.tolist()], rel=1e-14)


@TYPES
def test_functions_agree_with_each_other(dtype, close):
    x = lucet.linspace(0.05, 30, 400, dtype=dtype)
    a = lucet.linspace(20, 0.1, 400, dtype=dtype)
    assert (lucet.igamma(a, x) + lucet.igammac(a, x) - 1).abs().max() < 4 * close
    assert (lucet.digamma(x + 1) - lucet.digamma(x) - 1 / x).abs().max() < 400 * close  # x + 1 is rounded
    assert (special.i0e(x) * x.exp() / lucet.i0(x) - 1).abs().max() < 40 * close
    assert (special.i1e(x) * x.exp() / special.i1(x) - 1).abs().max() < 40 * close
    p = lucet.cat([lucet.logspace(-30, -1, 200, dtype=dtype), lucet.linspace(0.1, 0.9, 100, dtype=dtype)])
    assert (special.ndtr(special.ndtri(p)) / p - 1).abs().max() < 200 * close
    t = lucet.linspace(-3, 3, 100, dtype=dtype)
    assert (special.log_ndtr(t).exp() / special.ndtr(t) - 1).abs().max() < 40 * close


@TYPES
def test_bessel_functions_hold_their_wronskians(dtype, close):
    x = lucet.cat([lucet.logspace(-3, 0, 100, dtype=dtype), lucet.linspace(1, 60, 900, dtype=dtype)])
    j0, j1, y0, y1 = (getattr(special, f"bessel_{name}")(x) for name in ("j0", "j1", "y0", "y1"))
    assert ((j1 * y0 - j0 * y1) * x * (math.pi / 2) - 1).abs().max() < 100 * close
    k0, k1 = special.scaled_modified_bessel_k0(x), special.scaled_modified_bessel_k1(x)
    assert ((special.i0e(x) * k1 + special.i1e(x) * k0) * x - 1).abs().max() < 20 * close


def test_airy_function_solves_its_equation():
    x = lucet.linspace(-12, 4, 1601, dtype=lucet.float64)  # the seams of its three forms at -6 and 2 are among them
    y = special.airy_ai(x)
    second = (y[2:] - 2 * y[1:-1] + y[:-2]) / 0.01**2
    fourth = (x[1:-1] ** 2 * y[1:-1]).abs().max() * 0.01**2  # the rest of the difference quotient
    assert (second - x[1:-1] * y[1:-1]).abs().max() < fourth


@TYPES
def test_edges_of_bessel_functions(dtype, close):
    def at(name, *points):
        return getattr(special, name)(lucet.tensor(points, dtype=dtype)).tolist()

    for name, at_zero in (("bessel_j0", 1), ("bessel_j1", 0), ("spherical_bessel_j0", 1)):
        assert at(name, 0.0, INF, -INF) == [at_zero, 0, 0] and math.isnan(at(name, NAN)[0])
    for name in ("bessel_y0", "bessel_y1"):
        assert at(name, 0.0, INF) == [-INF, 0] and all(map(math.isnan, at(name, -1.0, NAN, -INF)))
    for name in ("modified_bessel_k0", "modified_bessel_k1", "scaled_modified_bessel_k0", "scaled_modified_bessel_k1"):
        assert at(name, 0.0, INF) == [INF, 0] and all(map(math.isnan, at(name, -1.0, NAN)))
    assert at("airy_ai", INF, -INF) == [0, 0] and math.isnan(at("airy_ai", NAN)[0])
    x = [0.1 * k for k in range(200)]
    assert at("bessel_j1", *(-v for v in x)) == [-v for v in at("bessel_j1", *x)] and at("bessel_j0", *(-v for v in x)) == at("bessel_j0", *x)


@TYPES
def test_edges(dtype, close):
    def all_of(function, *arguments):
        return [value(function, x, dtype=dtype) if not isinstance(x, tuple) else value(function, *x, dtype=dtype) for x in arguments]

    assert all_of(lucet.lgamma, 0.0, -3.0, INF, -INF) == [INF, INF, INF, INF]
    assert all_of(lucet.lgamma, 1.0, 2.0) == pytest.approx([0, 0], abs=4e-15)
    assert all_of(lucet.digamma, 0.0, -0.0, INF) == [-INF, INF, INF] and math.isnan(all_of(lucet.digamma, -2.0)[0])
    assert all_of(special.zeta, (1.0, 2.0), (2.0, 0.0), (2.0, -3.0)) == [INF] * 3 and math.isnan(all_of(special.zeta, (0.5, 1.0))[0])
    assert all_of(lucet.igamma, (2.0, 0.0), (2.0, INF), (0.0, 1.0)) == [0, 1, 1]
    assert all(map(math.isnan, all_of(lucet.igamma, (-1.0, 1.0), (1.0, -1.0), (0.0, 0.0), (1.0, NAN))))
    assert all_of(special.ndtri, 0.0, 1.0) == [-INF, INF] and all(map(math.isnan, all_of(special.ndtri, -0.1, 1.1, NAN)))
    assert all_of(special.entr, 0.0, -1.0) == [0, -INF] and math.isnan(all_of(special.entr, NAN)[0])
    assert all_of(special.erfcx, -30.0, INF) == [INF, 0] and all_of(lucet.i0, INF, -INF) == [INF, INF]


def test_what_has_no_derivative_says_so():
    a, x = lucet.ones(2, requires_grad=True), lucet.ones(2, requires_grad=True)
    for function in (lucet.igamma, lucet.igammac, special.zeta):
        with pytest.raises(NotImplementedError, match=f"the derivative for '{function.__name__}"):
            function(a, x).sum().backward()
    lucet.igamma(a.detach(), x).sum().backward()
    assert x.grad.tolist() == pytest.approx([math.exp(-1)] * 2)


@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_incomplete_gamma_in_place(name):
    a, x = lucet.tensor([0.5, 2.0, 3.0]), lucet.tensor([1.0, 0.5, 4.0], requires_grad=True)
    expected = getattr(lucet, name)(a, x)
    (gradient,) = lucet.autograd.grad(expected.sum(), x)
    result = getattr(a, name + "_")(x)
    assert result is a and lucet.equal(result, expected)
    result.sum().backward()
    assert lucet.equal(x.grad, gradient)
    assert gradient.tolist() == pytest.approx([(1 if name == "igamma" else -1) * d for d in (math.exp(-1) / math.sqrt(math.pi), 0.5 * math.exp(-0.5), 8 * math.exp(-4))])
    with pytest.raises(RuntimeError, match="can't be cast"):
        getattr(lucet.tensor([1, 2, 3]), name + "_")(x.detach())


def test_orders_that_do_not_exist_are_refused():
    with pytest.raises(RuntimeError, match="polygamma: negative n are not supported, got -1"):
        lucet.polygamma(-1, lucet.ones(2))
    with pytest.raises(RuntimeError, match="mvlgamma: p has to be greater than or equal to 1, got 0"):
        lucet.mvlgamma(lucet.ones(2), 0)


def test_polygamma_of_large_orders_and_arguments_is_that_of_small_ones():
    """In vectors up to order 20; psi_n(x) - psi_n(x + 1) = (-1)^(n + 1) n! / x^(n + 1)."""
    x = lucet.tensor([0.75, 3.0, 40.0, -0.25, -70.5], dtype=lucet.float64)
    for n in (1, 2, 7, 20, 21):
        step = float((-1) ** (n + 1) * math.factorial(n)) / x ** (n + 1)
        found = lucet.polygamma(n, x) - lucet.polygamma(n, x + 1)
        assert (found / step - 1).abs()[:2].max() < 1e-10, n
    assert lucet.polygamma(1, lucet.tensor([0.0, -0.0, -3.0, math.inf])).tolist() == [math.inf, math.inf, math.inf, 0]
    assert lucet.polygamma(2, lucet.tensor([0.0, math.nan])).isnan().tolist() == [False, True]


def test_gamma_functions_of_long_rows_of_any_sign():
    x = lucet.linspace(-20, 20, 1001)[1:-1]
    x = x[(x - x.round()).abs() > 0.01]
    wide = x.double()
    lgamma = [math.lgamma(v) for v in wide.tolist()]
    assert (lucet.lgamma(x).double() - lucet.tensor(lgamma, dtype=lucet.float64)).abs().max() < 2e-6
    mirrored = lucet.digamma(1 - wide) - math.pi / lucet.tan(math.pi * wide)
    assert ((lucet.digamma(x).double() - mirrored) / (1 + mirrored.abs())).abs().max() < 1e-6
    assert lucet.digamma(lucet.tensor([0.0, -0.0, -1.0])).tolist()[:2] == [-math.inf, math.inf]
    assert lucet.lgamma(lucet.tensor([0.0, -3.0, -math.inf])).tolist() == [math.inf, math.inf, math.inf]


@pytest.mark.parametrize("function", [special.erfcx, special.log_ndtr])
def test_float32_of_the_normal_distribution_is_float64_rounded(function):
    """Computed another way: a polynomial in vectors, of which the parts meet at -1, 0 and 10 or 14."""
    lucet.manual_seed(0)
    near = lucet.cat([lucet.linspace(-9.3, 12, 3001), lucet.tensor([-1.0, 0.0, -0.0, 10.0, 14.2, -14.2])])
    x = lucet.cat([near, lucet.randn(997) * 30, lucet.tensor([1e30, 3e38, 1e-30, INF])])
    exact = function(x.double())
    kept = exact.abs() < 3e38
    error = ((function(x).double() - exact) / exact).abs()
    assert error[kept & (exact.abs() > 1e-37)].max() <= 1.01 * 2**-24
    assert (function(x)[exact.abs() > 3.5e38].abs() == INF).all()
    assert math.isnan(function(lucet.tensor(NAN)).item())


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
@pytest.mark.parametrize("order", [1, 2, 5])
def test_polygamma_does_not_look_at_its_neighbours(order, dtype):
    x = lucet.tensor([-4.1, -300.5, 0.3, 7.25, -99.9, 1e31, 50.0, -12.7], dtype=dtype)
    alone = lucet.stack([lucet.polygamma(order, v) for v in x])
    assert lucet.equal(lucet.polygamma(order, x), alone)
