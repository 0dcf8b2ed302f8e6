"""Special functions: gamma and its kin, Bessel functions, the normal distribution.

A block per op as in pointwise.pyx; kernels in `_kernels/micro/specfun.h` and `bessel.h`. `lucet.special` has the names.
"""

from cpython.exc cimport PyErr_CheckSignals
from libc.math cimport log as log_c
from lucet._dtype cimport BOOL, FLOAT16, default_code, dtype_object
from lucet._engine cimport Node, Run, connect, give, needs, new_node, recording, save, saved, saved_tensor, set_history
from lucet._kernels.kernels cimport *
from lucet._modes cimport passed, slow_call, thread_state
from lucet._ops._loops cimport DEAR
from lucet._ops.convert cimport cast_to, deliver
from lucet._ops.pointwise cimport (
    Rule, ARITH, REAL, SAVE_NOTHING, SAVE_A, SAVE_B, SAVE_OUT, EXP_RULE, LOG_RULE, EQ_RULE, of, rule, unary_p, binary, add, sub, mul, div, neg, where,
)
from lucet._tensor cimport Tensor, is_plain

from lucet._errors import DtypeError, error
from lucet._ops.elementary import _positive_tensors
from lucet._ops.pointwise import _positives, _singles, binary_op, tensors_op, unary_op
from lucet._registry import OPS, dress, op
from lucet._tensor import attach


# gamma ---------------------------------------------------------------------------------------------------------------
cdef int lgamma_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, of(DIGAMMA_RULE, saved(n, 0))))


cdef int digamma_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, unary_p(POLYGAMMA_RULE, saved_tensor(n, 0), None, False, 1, 0, 0)))


cdef int polygamma_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, unary_p(POLYGAMMA_RULE, saved_tensor(n, 0), None, False, n.d0 + 1, 0, 0)))


cdef Rule LGAMMA_RULE = rule("lgamma", LGAMMA, REAL, b"LgammaBackward0", lgamma_vjp, SAVE_A, DEAR)
cdef Rule DIGAMMA_RULE = rule("digamma", DIGAMMA, REAL, b"DigammaBackward0", digamma_vjp, SAVE_A, DEAR)
cdef Rule POLYGAMMA_RULE = rule("polygamma", POLYGAMMA, REAL, b"PolygammaBackward0", polygamma_vjp, SAVE_A, DEAR)


cdef int _order(object n) except -1:
    if n < 0:
        raise RuntimeError(f"polygamma: negative n are not supported, got {n}")
    return 0


def polygamma(int n, Tensor input not None, *, Tensor out=None):
    """polygamma(n, input, *, out=None) -> Tensor

    The derivative of order `n` of `digamma`, elementwise. Integers and bools are promoted to the default floating type.
    Raises RuntimeError for negative `n`.

    >>> import lucet
    >>> lucet.polygamma(1, lucet.tensor([1.]))
    tensor([1.6449])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(polygamma, (n, input), {} if out is None else {"out": out})
        if result is not passed:
            return result
    _order(n)
    return unary_p(POLYGAMMA_RULE, input, out, False, n, 0, 0)


def _polygamma_method(Tensor self not None, int n):
    """polygamma(n) -> Tensor

    See `lucet.polygamma`.
    """
    return polygamma(n, self)


def polygamma_(Tensor input not None, int n):
    """polygamma_(n) -> Tensor

    In-place form of `polygamma`.
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(polygamma_, (input, n), {})
        if result is not passed:
            return result
    _order(n)
    return unary_p(POLYGAMMA_RULE, input, input, True, n, 0, 0)


op(polygamma, method=False, also="special", samples=lambda r: [(1, x) for (x,) in _positives(r)] + [(0, r(3).abs() + 1), (3, r(3).abs() + 1)], family="pointwise")
attach("polygamma", dress(_polygamma_method, "polygamma", None))
attach("polygamma_", dress(polygamma_, "polygamma_", None))


cdef int mvlgamma_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), slope = of(DIGAMMA_RULE, x)
    for k in range(1, n.i0):
        PyErr_CheckSignals()                 # `p` may be billions
        slope = add(slope, of(DIGAMMA_RULE, sub(x, 0.5 * k)))
    return give(run, n, 0, mul(g, slope))


def mvlgamma(Tensor input not None, int p, *, Tensor out=None):
    """mvlgamma(input, p, *, out=None) -> Tensor

    The logarithm of the multivariate gamma function of dimension `p`, elementwise: p (p - 1) log(pi) / 4 and the sum of
    lgamma(input - k / 2) for k below `p`. Integers are promoted to the default floating type; DtypeError for bool. Raises RuntimeError
    where `p` is below 1.

    >>> import lucet
    >>> lucet.mvlgamma(lucet.tensor([2.]), 2)
    tensor([0.4516])
    """
    cdef Tensor x = input, y
    cdef Node n
    if not is_plain(input) or thread_state().modes:
        result = slow_call(mvlgamma, (input, p), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if p < 1:
        raise RuntimeError(f"mvlgamma: p has to be greater than or equal to 1, got {p}")
    if x.code == BOOL:
        raise error(DtypeError, "mvlgamma: The input tensor may not be a boolean tensor.", fix="input.float()")
    if x.code < FLOAT16:
        x = cast_to(x, default_code())
    y = of(LGAMMA_RULE, x.detach())
    for k in range(1, p):
        PyErr_CheckSignals()                 # `p` may be billions
        y = add(y, of(LGAMMA_RULE, sub(x.detach(), 0.5 * k)))
    y = add(y, <double>p * (p - 1) / 4.0 * log_c(3.141592653589793))
    if recording(x):
        n = new_node(mvlgamma_vjp, b"MvlgammaBackward0", 1)
        connect(n, 0, x)
        n.i0 = p
        save(n, 0, x)
        set_history(n, y, 0)
    return deliver(y, out, "mvlgamma", True)


def mvlgamma_(Tensor input not None, int p):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(mvlgamma_, (input, p), {})
        if result is not passed:
            return result
    if input.code < FLOAT16:
        raise error(DtypeError, f"mvlgamma: result type {dtype_object(default_code())._name} can't be cast to the desired output type {dtype_object(input.code)._name}")
    return input.copy_(mvlgamma(OPS["clone"].function(input), p))


op(mvlgamma, inplace=mvlgamma_, samples=lambda r: [(x + 2, 3) for (x,) in _positives(r)] + [(r(3).abs() + 1, 1)], family="pointwise")


def _orders(r):
    """Positive numbers: orders in float32, which the tests ask no gradient of, and float64."""
    return [((a * 2 + 1).float(), b) for a, b in _positive_tensors(r)]


cdef int igamma_vjp(Node n, Tensor g, Run run) except -1:
    if needs(n, 0):
        raise NotImplementedError("the derivative for 'igamma: input' is not implemented.")
    return give(run, n, 1, mul(g, gamma_density(n)))


cdef int igammac_vjp(Node n, Tensor g, Run run) except -1:
    if needs(n, 0):
        raise NotImplementedError("the derivative for 'igammac: input' is not implemented.")
    return give(run, n, 1, neg(mul(g, gamma_density(n))))


cdef Tensor gamma_density(Node n):
    """x ** (a - 1) exp(-x) / Gamma(a)"""
    cdef Tensor x = saved_tensor(n, 1), a = cast_to(saved_tensor(n, 0), x.code)
    return of(EXP_RULE, sub(sub(mul(sub(a, 1), of(LOG_RULE, x)), x), of(LGAMMA_RULE, a)))


cdef Rule IGAMMA_RULE = rule("igamma", IGAMMA, ARITH, b"IgammaBackward0", igamma_vjp, SAVE_A | SAVE_B, DEAR)
cdef Rule IGAMMAC_RULE = rule("igammac", IGAMMAC, ARITH, b"IgammacBackward0", igammac_vjp, SAVE_A | SAVE_B, DEAR)
tensors_op(IGAMMA_RULE, """The regularized lower incomplete gamma function of order `input` at `other`, elementwise; both at least 0, else NaN.
    DtypeError for integers. Only `other` has a gradient.

    >>> import lucet
    >>> lucet.igamma(lucet.tensor([1.]), lucet.tensor([2.]))
    tensor([0.8647])
    """, samples=_orders, dtypes="floats")
tensors_op(IGAMMAC_RULE, """1 - igamma(input, other), elementwise, without cancellation. DtypeError for integers. Only `other` has a gradient.

    >>> import lucet
    >>> lucet.igammac(lucet.tensor([1.]), lucet.tensor([2.]))
    tensor([0.1353])
    """, samples=_orders, dtypes="floats")


cdef int zeta_vjp(Node n, Tensor g, Run run) except -1:
    cdef object x = saved(n, 0), q = saved(n, 1)
    if needs(n, 0):
        raise NotImplementedError("the derivative for 'zeta' is not implemented.")
    return give(run, n, 1, mul(g, mul(mul(x, -1), binary(ZETA_RULE, add(x, 1), q, None, False))))


cdef Rule ZETA_RULE = rule("zeta", ZETA, REAL, b"SpecialZetaBackward0", zeta_vjp, SAVE_A | SAVE_B, DEAR)
binary_op(ZETA_RULE, """Hurwitz's zeta function, the sum of (other + k) ** -input over k from 0 on, elementwise; infinite for `input` 1, NaN below.
    Integers and bools are promoted to the default floating type. Only `other` has a gradient.

    >>> import lucet
    >>> lucet.special.zeta(lucet.tensor([2.]), 1)
    tensor([1.6449])
    """, also="special", samples=_orders, public=False, method=False, inplace=False)


# Bessel functions ----------------------------------------------------------------------------------------------------
cdef int i0_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, of(I1_RULE, saved(n, 0))))


cdef Tensor _sign(Tensor x):
    return OPS["sgn"].function(x)


cdef int i0e_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, sub(of(I1E_RULE, x), mul(_sign(x), of(I0E_RULE, x)))))


cdef Tensor _off_zero(Tensor x, Tensor slope):
    """`slope`, a quotient by x, with its limit at 0."""
    return where(binary(EQ_RULE, x.detach(), 0, None, False), 0.5, slope)


cdef Tensor _divisor(Tensor x):
    """x, and 1 at 0, where the quotient is not used: its derivatives stay numbers."""
    return where(binary(EQ_RULE, x.detach(), 0, None, False), 1.0, x)


cdef int i1_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, _off_zero(x, sub(of(I0_RULE, x), div(of(I1_RULE, x), _divisor(x))))))


cdef int i1e_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), y = of(I1E_RULE, x)
    return give(run, n, 0, mul(g, _off_zero(x, sub(of(I0E_RULE, x), add(mul(y, _sign(x)), div(y, _divisor(x)))))))


cdef Rule I0_RULE = rule("i0", I0, REAL, b"I0Backward0", i0_vjp, SAVE_A, DEAR)
cdef Rule I0E_RULE = rule("i0e", I0E, REAL, b"SpecialI0EBackward0", i0e_vjp, SAVE_A, DEAR)
cdef Rule I1_RULE = rule("i1", I1, REAL, b"SpecialI1Backward0", i1_vjp, SAVE_A, DEAR)
cdef Rule I1E_RULE = rule("i1e", I1E, REAL, b"SpecialI1EBackward0", i1e_vjp, SAVE_A, DEAR)


# the normal distribution ---------------------------------------------------------------------------------------------
cdef int entr_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, sub(-1, of(LOG_RULE, saved(n, 0)))))


cdef int erfcx_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, sub(mul(mul(x, of(ERFCX_RULE, x)), 2), 1.1283791670955126)))


cdef int ndtr_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, mul(of(EXP_RULE, mul(mul(x, x), -0.5)), 0.3989422804014327)))


cdef int log_ndtr_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(div(g, of(ERFCX_RULE, mul(x, -0.7071067811865476))), 0.7978845608028654))


cdef int ndtri_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, mul(of(EXP_RULE, mul(mul(y, y), 0.5)), 2.5066282746310002)))


cdef Rule ENTR_RULE = rule("entr", ENTR, REAL, b"SpecialEntrBackward0", entr_vjp, SAVE_A, DEAR)
cdef Rule ERFCX_RULE = rule("erfcx", ERFCX, REAL, b"SpecialErfcxBackward0", erfcx_vjp, SAVE_A, DEAR)
cdef Rule NDTR_RULE = rule("ndtr", NDTR, REAL, b"SpecialNdtrBackward0", ndtr_vjp, SAVE_A, DEAR)
cdef Rule LOG_NDTR_RULE = rule("log_ndtr", LOG_NDTR, REAL, b"SpecialLogNdtrBackward0", log_ndtr_vjp, SAVE_A, DEAR)
cdef Rule NDTRI_RULE = rule("ndtri", NDTRI, REAL, b"SpecialNdtriBackward0", ndtri_vjp, SAVE_OUT, DEAR)

for _rule_, _text, _formula, _samples, _at, _result, _core in (
    (LGAMMA_RULE, "The logarithm of |Gamma(input)|", None, _positives, "3.", "0.6931", True),
    (DIGAMMA_RULE, "The derivative of `lgamma`; minus infinity at 0, NaN at negative whole numbers", None, _positives, "1.", "-0.5772", True),
    (I0_RULE, "The modified Bessel function of the first kind of order 0", "i0(input)", _singles, "0.", "1.", True),
    (I0E_RULE, "i0(input) exp(-|input|)", "i0(input) * exp(-abs(input))", _positives, "0.", "1.", False),
    (I1_RULE, "The modified Bessel function of the first kind of order 1", None, _positives, "0.", "0.", False),
    (I1E_RULE, "i1(input) exp(-|input|)", None, _positives, "0.", "0.", False),
    (ENTR_RULE, "-input log(input); 0 at 0, minus infinity below", "-input * log(input)", _positives, "1.", "-0.", False),
    (ERFCX_RULE, "exp(input ** 2) erfc(input), without overflow", None, _singles, "0.", "1.", False),
    (NDTR_RULE, "The probability that a standard normal variable is below `input`", None, _singles, "0.", "0.5000", False),
    (LOG_NDTR_RULE, "The logarithm of `ndtr`, right far below 0 too", None, _singles, "0.", "-0.6931", False),
    (NDTRI_RULE, "The inverse of `ndtr`; infinite at 0 and 1, NaN beyond", None, lambda r: [(x.sigmoid(),) for (x,) in _singles(r)], "0.5", "0.", False),
):
    _name = (<Rule>_rule_).name.decode()
    unary_op(_rule_, f"""{_text}, elementwise. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.{"" if _core else "special."}{_name}(lucet.tensor([{_at}]))
    tensor([{_result}])
    """, formula=_formula, samples=_samples, also="" if _name == "lgamma" else "special", public=_core, method=_core, inplace=_core)

for _name, _kernel, _text, _samples, _at, _result in (
    ("bessel_j0", BESSEL_J0, "The Bessel function of the first kind of order 0", _singles, "1.", "0.7652"),
    ("bessel_j1", BESSEL_J1, "The Bessel function of the first kind of order 1", _singles, "1.", "0.4401"),
    ("bessel_y0", BESSEL_Y0, "The Bessel function of the second kind of order 0; minus infinity at 0, NaN below", _positives, "1.", "0.0883"),
    ("bessel_y1", BESSEL_Y1, "The Bessel function of the second kind of order 1; minus infinity at 0, NaN below", _positives, "1.", "-0.7812"),
    ("spherical_bessel_j0", SPHERICAL_BESSEL_J0, "sin(input) / input", _singles, "0.", "1."),
    ("modified_bessel_i0", I0, "The modified Bessel function of the first kind of order 0", _singles, "0.", "1."),
    ("modified_bessel_i1", I1, "The modified Bessel function of the first kind of order 1", _singles, "1.", "0.5652"),
    ("modified_bessel_k0", MODIFIED_BESSEL_K0, "The modified Bessel function of the second kind of order 0; infinite at 0, NaN below", _positives, "1.", "0.4210"),
    ("modified_bessel_k1", MODIFIED_BESSEL_K1, "The modified Bessel function of the second kind of order 1; infinite at 0, NaN below", _positives, "1.", "0.6019"),
    ("scaled_modified_bessel_k0", SCALED_MODIFIED_BESSEL_K0, "modified_bessel_k0(input) exp(input)", _positives, "1.", "1.1445"),
    ("scaled_modified_bessel_k1", SCALED_MODIFIED_BESSEL_K1, "modified_bessel_k1(input) exp(input)", _positives, "1.", "1.6362"),
    ("airy_ai", AIRY_AI, "Airy's function Ai", _singles, "0.", "0.3550"),
):
    unary_op(rule(_name, _kernel, REAL, b"", NULL, SAVE_NOTHING, DEAR), f"""{_text}, elementwise. Integers and bools are promoted to the default floating type. No gradient.

    >>> import lucet
    >>> lucet.special.{_name}(lucet.tensor([{_at}]))
    tensor([{_result}])
    """, grad="no", samples=_samples, also="special", public=False, method=False, inplace=False)
