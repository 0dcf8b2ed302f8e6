"""Elementary functions beyond those of pointwise.pyx: trigonometric and hyperbolic functions, powers of two, error functions,
logarithms of sums and products, and what looks at the parts of a number (sign, fraction, exponent).

A block per op as there, in the same families.
"""

from libc.math cimport INFINITY, NAN, log as log_c
from lucet._dtype cimport BOOL, FLOAT16, FLOAT64, COMPLEX64, COMPLEX128, dtype_object
from lucet._engine cimport Node, Run, saved, saved_tensor, needs, give, recording2
from lucet._kernels.kernels cimport *
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport DEAR, MATH
from lucet._ops.convert cimport deliver
from lucet._ops.pointwise cimport (
    Rule, ARITH, REAL, COMPARE, SAVE_A, SAVE_B, SAVE_OUT, EXP_RULE, LOG1P_RULE, SIN_RULE, COS_RULE,
    RSQRT_RULE, EQ_RULE, GE_RULE, LE_RULE, NE_RULE, ISFINITE_RULE, SGN_RULE, conj_of, of, exactly, rule, unary, unary_p, binary, binary_kernel, zeros_of, add, sub,
    mul, div, neg, where,
)
from lucet._tensor cimport Tensor, is_plain

from lucet import return_types
from lucet._errors import DtypeError, error
from lucet._ops.pointwise import also_complex, _pairs, _positives, _singles, _tensor_pairs, binary_op, tensors_op, unary_op
from lucet._registry import OPS, alias, op
from lucet._type_info import finfo


def _units(r):
    """Samples between -1 and 1."""
    return [(x / (1.5 + abs(x)),) for (x,) in _singles(r)]


def _above_one(r):
    return [(x + 1,) for (x,) in _positives(r)]


def _positive_tensors(r):
    return [(abs(a) + 0.5, abs(b) + 0.5) for a, b in _tensor_pairs(r)]


# trigonometric and hyperbolic functions -----------------------------------------------------------------------------
cdef int tan_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, conj_of(add(mul(y, y), 1))))

cdef int asin_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, conj_of(of(RSQRT_RULE, sub(1, mul(x, x))))))

cdef int acos_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, neg(mul(g, conj_of(of(RSQRT_RULE, sub(1, mul(x, x)))))))

cdef int atan_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, div(g, conj_of(add(mul(x, x), 1))))

cdef int sinh_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, conj_of(of(COSH_RULE, saved(n, 0)))))

cdef int cosh_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, conj_of(of(SINH_RULE, saved(n, 0)))))

cdef int asinh_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, conj_of(of(RSQRT_RULE, add(mul(x, x), 1)))))

cdef int acosh_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    if x.code >= COMPLEX64:                  # the root of the product is another branch
        return give(run, n, 0, mul(g, conj_of(mul(of(RSQRT_RULE, sub(x, 1)), of(RSQRT_RULE, add(x, 1))))))
    return give(run, n, 0, mul(g, of(RSQRT_RULE, sub(mul(x, x), 1))))

cdef int atanh_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, div(g, conj_of(sub(1, mul(x, x)))))

cdef int sinc_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), t = mul(x, 3.141592653589793)
    slope = div(sub(mul(t, of(COS_RULE, t)), of(SIN_RULE, t)), mul(t, x))
    return give(run, n, 0, where(binary(EQ_RULE, x.detach(), 0, None, False), 0.0, mul(g, conj_of(slope))))

cdef Rule TAN_RULE = rule("tan", TAN, REAL, b"TanBackward0", tan_vjp, SAVE_OUT, MATH)
cdef Rule ASIN_RULE = rule("asin", ASIN, REAL, b"AsinBackward0", asin_vjp, SAVE_A, MATH)
cdef Rule ACOS_RULE = rule("acos", ACOS, REAL, b"AcosBackward0", acos_vjp, SAVE_A, MATH)
cdef Rule ATAN_RULE = rule("atan", ATAN, REAL, b"AtanBackward0", atan_vjp, SAVE_A, MATH)
cdef Rule SINH_RULE = rule("sinh", SINH, REAL, b"SinhBackward0", sinh_vjp, SAVE_A, MATH)
cdef Rule COSH_RULE = rule("cosh", COSH, REAL, b"CoshBackward0", cosh_vjp, SAVE_A, MATH)
cdef Rule ASINH_RULE = rule("asinh", ASINH, REAL, b"AsinhBackward0", asinh_vjp, SAVE_A, MATH)
cdef Rule ACOSH_RULE = rule("acosh", ACOSH, REAL, b"AcoshBackward0", acosh_vjp, SAVE_A, MATH)
cdef Rule ATANH_RULE = rule("atanh", ATANH, REAL, b"AtanhBackward0", atanh_vjp, SAVE_A, MATH)
cdef Rule SINC_RULE = rule("sinc", SINC, REAL, b"SincBackward0", sinc_vjp, SAVE_A, MATH)

# powers of two and error functions ----------------------------------------------------------------------------------
cdef int exp2_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(mul(g, conj_of(saved_tensor(n, 0))), 0.6931471805599453))

cdef int erfc_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, mul(of(EXP_RULE, neg(mul(x, x))), -1.1283791670955126)))

cdef int erfinv_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, mul(of(EXP_RULE, mul(y, y)), 0.886226925452758)))

cdef Rule EXP2_RULE = rule("exp2", EXP2, REAL, b"Exp2Backward0", exp2_vjp, SAVE_OUT, MATH)
cdef Rule ERFC_RULE = rule("erfc", ERFC, REAL, b"ErfcBackward0", erfc_vjp, SAVE_A, MATH)
cdef Rule ERFINV_RULE = rule("erfinv", ERFINV, REAL, b"ErfinvBackward0", erfinv_vjp, SAVE_OUT, MATH)

for _rule_, _text, _formula, _samples, _at, _result, _also in (
    (TAN_RULE, "The tangent of an angle in radians", "tan(input)", also_complex(_units), "0.", "0.", ""),
    (ASIN_RULE, "The angle in radians whose sine is `input`, in [-pi/2, pi/2]; NaN beyond 1", "arcsin(input)", also_complex(_units), "0.", "0.", ""),
    (ACOS_RULE, "The angle in radians whose cosine is `input`, in [0, pi]; NaN beyond 1", "arccos(input)", also_complex(_units), "1.", "0.", ""),
    (ATAN_RULE, "The angle in radians whose tangent is `input`, in (-pi/2, pi/2)", "arctan(input)", also_complex(_singles), "0.", "0.", ""),
    (SINH_RULE, "The hyperbolic sine", "sinh(input)", also_complex(_singles), "0.", "0.", ""),
    (COSH_RULE, "The hyperbolic cosine", "cosh(input)", also_complex(_singles), "0.", "1.", ""),
    (ASINH_RULE, "The inverse of `sinh`", "arcsinh(input)", also_complex(_singles), "0.", "0.", ""),
    (ACOSH_RULE, "The inverse of `cosh`, at least 0; NaN below 1", "arccosh(input)", also_complex(_above_one), "1.", "0.", ""),
    (ATANH_RULE, "The inverse of `tanh`; infinite at 1 and -1, NaN beyond", "arctanh(input)", also_complex(_units), "0.", "0.", ""),
    (SINC_RULE, "sin(pi input) / (pi input), and 1 at 0", "sinc(input)", also_complex(_singles), "0.", "1.", "special"),
    (EXP2_RULE, "2 ** input", "exp2(input)", also_complex(_singles), "3.", "8.", "special"),
    (ERFC_RULE, "1 - erf(input), without cancellation", None, _singles, "0.", "1.", "special"),
    (ERFINV_RULE, "The inverse of `erf`; infinite at 1 and -1, NaN beyond", None, _units, "0.", "0.", "special"),
):
    unary_op(_rule_, f"""{_text}, elementwise. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.{(<Rule>_rule_).name.decode()}(lucet.tensor([{_at}]))
    tensor([{_result}])
    """, formula=_formula, samples=_samples, also=_also)
for _long, _short in (
    ("arcsin", "asin"), ("arccos", "acos"), ("arctan", "atan"), ("arcsinh", "asinh"), ("arccosh", "acosh"), ("arctanh", "atanh"),
):
    alias(_long, _short)

# degrees ------------------------------------------------------------------------------------------------------------
cdef int scale_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, n.d0))

cdef double DEGREE = 0.017453292519943295

cdef Rule DEG2RAD_RULE = rule("deg2rad", SCALE, REAL, b"Deg2RadBackward0", scale_vjp)
cdef Rule RAD2DEG_RULE = rule("rad2deg", SCALE, REAL, b"Rad2DegBackward0", scale_vjp)

cdef object scaled_op(Rule r, double factor, str doc, str formula):
    def function(Tensor input not None, *, Tensor out=None):
        if not is_plain(input) or thread_state().modes:
            result = slow_call(r.fn, (input,), {} if out is None else {"out": out})
            if result is not passed:
                return result
        return unary_p(r, input, out, False, factor, 0, 0)

    def function_(Tensor input not None):
        if not is_plain(input) or thread_state().modes:
            result = slow_call(r.fn_inplace, (input,), {})
            if result is not passed:
                return result
        return unary_p(r, input, input, True, factor, 0, 0)

    name = r.name.decode()
    function.__doc__ = f"{name}(input, *, out=None) -> Tensor\n\n    {doc}"
    r.fn = op(function, name=name, inplace=function_, formula=formula, samples=_singles, family="pointwise")
    r.fn_inplace = function_

scaled_op(DEG2RAD_RULE, DEGREE, """Degrees to radians, elementwise. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.deg2rad(lucet.tensor([180.]))
    tensor([3.1416])
    """, "deg2rad(input)")
scaled_op(RAD2DEG_RULE, 1 / DEGREE, """Radians to degrees, elementwise. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.rad2deg(lucet.tensor([3.141592653589793]))
    tensor([180.])
    """, "rad2deg(input)")

# functions of two numbers -------------------------------------------------------------------------------------------
cdef int hypot_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 2)
    for i in range(2):
        if needs(n, i):
            give(run, n, i, mul(g, div(saved(n, i), y)))
    return 0

cdef int shares_vjp(Node n, Tensor g, Run run, Rule power) except -1:
    """g / (1 + base ** (other - this)) for each operand."""
    cdef Tensor a = saved_tensor(n, 0), b = saved_tensor(n, 1)
    if needs(n, 0):
        give(run, n, 0, div(g, conj_of(add(of(power, sub(b, a)), 1))))
    if needs(n, 1):
        give(run, n, 1, div(g, conj_of(add(of(power, sub(a, b)), 1))))
    return 0

cdef int logaddexp_vjp(Node n, Tensor g, Run run) except -1:
    return shares_vjp(n, g, run, EXP_RULE)

cdef int logaddexp2_vjp(Node n, Tensor g, Run run) except -1:
    return shares_vjp(n, g, run, EXP2_RULE)

cdef int xlogy_vjp(Node n, Tensor g, Run run) except -1:
    cdef object a = saved(n, 0), b = saved(n, 1)
    if needs(n, 0):
        give(run, n, 0, where(_neither(a, b, 0), 0.0, mul(g, binary(XLOGY_RULE, 1.0, b, None, False) if isinstance(b, Tensor) else _log_of(b))))
    if needs(n, 1):
        give(run, n, 1, mul(g, div(a, b)))
    return 0

cdef int xlog1py_vjp(Node n, Tensor g, Run run) except -1:
    cdef object a = saved(n, 0), b = saved(n, 1)
    if needs(n, 0):
        give(run, n, 0, where(_neither(a, b, -1), 0.0, mul(g, of(LOG1P_RULE, b) if isinstance(b, Tensor) else _log_of(b + 1))))
    if needs(n, 1):
        give(run, n, 1, mul(g, div(a, add(b, 1))))
    return 0

cdef object _neither(object a, object b, double edge):
    """Where a is 0 and the logarithm of b is not finite: the product is 0 and stays so."""
    zero = binary(EQ_RULE, a, 0, None, False)
    low = binary(LE_RULE, b, edge, None, False) if isinstance(b, Tensor) else b <= edge
    return mul(zero, low) if isinstance(b, Tensor) or low else mul(zero, False)

cdef double _log_of(double x):
    return log_c(x) if x > 0 else (-INFINITY if x == 0 else NAN)

cdef int ldexp_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor b = saved_tensor(n, 1)
    cdef Tensor power = binary(LDEXP_RULE, g, conj_of(b), None, False)
    if needs(n, 0):
        give(run, n, 0, power)
    if needs(n, 1):
        give(run, n, 1, mul(mul(power, conj_of(saved_tensor(n, 0))), 0.6931471805599453))
    return 0

cdef Rule HYPOT_RULE = rule("hypot", HYPOT, ARITH, b"HypotBackward0", hypot_vjp, SAVE_A | SAVE_B | SAVE_OUT)
cdef Rule LOGADDEXP_RULE = rule("logaddexp", LOGADDEXP, ARITH, b"LogaddexpBackward0", logaddexp_vjp, SAVE_A | SAVE_B, DEAR)
cdef Rule LOGADDEXP2_RULE = rule("logaddexp2", LOGADDEXP2, ARITH, b"Logaddexp2Backward0", logaddexp2_vjp, SAVE_A | SAVE_B, DEAR)
cdef Rule XLOGY_RULE = rule("xlogy", XLOGY, REAL, b"XlogyBackward0", xlogy_vjp, SAVE_A | SAVE_B, DEAR)
cdef Rule XLOG1PY_RULE = rule("xlog1py", XLOG1PY, REAL, b"SpecialXlog1PyBackward0", xlog1py_vjp, SAVE_A | SAVE_B, DEAR)
XLOGY_RULE.label = b"XlogyBackward2"                # with a number
cdef Rule LDEXP_RULE = rule("ldexp", LDEXP, REAL, b"LdexpBackward0", ldexp_vjp, SAVE_A | SAVE_B, DEAR)
tensors_op(HYPOT_RULE, """sqrt(input ** 2 + other ** 2), elementwise, without overflow. DtypeError for integers.

    >>> import lucet
    >>> lucet.hypot(lucet.tensor([3.]), lucet.tensor([4.]))
    tensor([5.])
    """, formula="hypot(input, other)", samples=_positive_tensors, dtypes="floats")
tensors_op(LOGADDEXP_RULE, """log(exp(input) + exp(other)), elementwise, without overflow. DtypeError for integers.

    >>> import lucet
    >>> lucet.logaddexp(lucet.tensor([0.]), lucet.tensor([0.]))
    tensor([0.6931])
    """, formula="log(exp(input) + exp(other))", samples=also_complex(_tensor_pairs), dtypes="floats and complex", inplace=False)
tensors_op(LOGADDEXP2_RULE, """log2(2 ** input + 2 ** other), elementwise, without overflow. DtypeError for integers.

    >>> import lucet
    >>> lucet.logaddexp2(lucet.tensor([3.]), lucet.tensor([3.]))
    tensor([4.])
    """, formula="logaddexp2(input, other)", samples=_tensor_pairs, dtypes="floats", inplace=False)
tensors_op(LDEXP_RULE, """input * 2 ** other, elementwise. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.ldexp(lucet.tensor([1., 3.]), lucet.tensor([2, 3]))
    tensor([ 4., 24.])
    """, formula="input * 2 ** other", samples=also_complex(_tensor_pairs))
binary_op(XLOGY_RULE, """input * log(other), elementwise, and 0 where `input` is 0 (NaN where `other` is NaN).
    Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.xlogy(lucet.tensor([0., 2.]), lucet.tensor([0., 1.]))
    tensor([0., 0.])
    """, formula="where(input == 0, 0, input * log(other))", samples=_positive_tensors, also="special")
binary_op(XLOG1PY_RULE, """input * log(1 + other), elementwise, and 0 where `input` is 0 (NaN where `other` is NaN).
    Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.special.xlog1py(lucet.tensor([0., 2.]), lucet.tensor([-1., 0.]))
    tensor([0., 0.])
    """, formula="where(input == 0, 0, input * log1p(other))", samples=_positive_tensors, also="special", public=False, method=False, inplace=False)

# the larger and the smaller one, NaN put aside ----------------------------------------------------------------------
cdef int chosen_vjp(Node n, Tensor g, Run run, Rule order) except -1:
    """All to the first operand where the two are in order or the second is NaN, else to the second."""
    first = add(binary(order, saved(n, 0), saved(n, 1), None, False), binary(NE_RULE, saved(n, 1), saved(n, 1), None, False))      # an integer is no NaN
    if needs(n, 0):
        give(run, n, 0, where(first, g, 0.0))
    if needs(n, 1):
        give(run, n, 1, where(first, 0.0, g))
    return 0

cdef int fmax_vjp(Node n, Tensor g, Run run) except -1:
    return chosen_vjp(n, g, run, GE_RULE)

cdef int fmin_vjp(Node n, Tensor g, Run run) except -1:
    return chosen_vjp(n, g, run, LE_RULE)

cdef Rule FMAX_RULE = rule("fmax", FMAX, ARITH, b"FmaxBackward0", fmax_vjp, SAVE_A | SAVE_B)
cdef Rule FMIN_RULE = rule("fmin", FMIN, ARITH, b"FminBackward0", fmin_vjp, SAVE_A | SAVE_B)
tensors_op(FMAX_RULE, """The larger of two tensors, elementwise; where one is NaN, the other.

    >>> import lucet
    >>> lucet.fmax(lucet.tensor([1., float("nan")]), lucet.tensor([3., 2.]))
    tensor([3., 2.])
    """, formula="fmax(input, other)", samples=_tensor_pairs, inplace=False)
tensors_op(FMIN_RULE, """The smaller of two tensors, elementwise; where one is NaN, the other.

    >>> import lucet
    >>> lucet.fmin(lucet.tensor([1., float("nan")]), lucet.tensor([3., 2.]))
    tensor([1., 2.])
    """, formula="fmin(input, other)", samples=_tensor_pairs, inplace=False)

# sign, fraction, neighbours -----------------------------------------------------------------------------------------
cdef int copysign_vjp(Node n, Tensor g, Run run) except -1:
    """Where the sign changed the gradient changes its own; at 0 it is 0. The operand with the sign gets zeros."""
    cdef Tensor x
    if needs(n, 0):
        x = saved_tensor(n, 0)
        ratio = where(binary(EQ_RULE, x.detach(), 0, None, False), 0.0, div(saved_tensor(n, 2), x))
        give(run, n, 0, mul(g, ratio))
    if needs(n, 1):
        give(run, n, 1, zeros_of(g))
    return 0

cdef int nextafter_vjp(Node n, Tensor g, Run run) except -1:
    if needs(n, 0):
        same = binary(EQ_RULE, saved_tensor(n, 0).detach(), saved_tensor(n, 1).detach(), None, False)
        give(run, n, 0, where(same, 0.0, g))
    if needs(n, 1):
        give(run, n, 1, zeros_of(g))
    return 0

cdef int frac_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, g)

cdef int heaviside_vjp(Node n, Tensor g, Run run) except -1:
    raise RuntimeError("derivative for heaviside is not implemented")

cdef Rule COPYSIGN_RULE = rule("copysign", COPYSIGN, REAL, b"CopysignBackward0", copysign_vjp, SAVE_A | SAVE_OUT)
COPYSIGN_RULE.label = b"CopysignBackward1"          # with a number
cdef Rule NEXTAFTER_RULE = rule("nextafter", NEXTAFTER, ARITH, b"NextafterBackward0", nextafter_vjp, SAVE_A | SAVE_B)
cdef Rule FRAC_RULE = exactly(rule("frac", FRAC, ARITH, b"FracBackward0", frac_vjp))
cdef Rule GCD_RULE = rule("gcd", GCD, ARITH, b"", NULL, 0, DEAR)
cdef Rule LCM_RULE = rule("lcm", LCM, ARITH, b"", NULL, 0, DEAR)
cdef Rule HEAVISIDE_RULE = rule("heaviside", HEAVISIDE, ARITH, b"torch::autograd::NotImplemented", heaviside_vjp)
cdef Rule SIGNBIT_RULE = exactly(rule("signbit", SIGNBIT, COMPARE))
cdef Rule ISPOSINF_RULE = exactly(rule("isposinf", ISPOSINF, COMPARE))
cdef Rule ISNEGINF_RULE = exactly(rule("isneginf", ISNEGINF, COMPARE))


def _whole_pairs(r):
    return [((a * 20).long(), (b * 20).long()) for a, b in _tensor_pairs(r)]


binary_op(COPYSIGN_RULE, """`input` with the sign of `other`, elementwise; of zeros too.
    Integers and bools are promoted to the default floating type. The gradient at 0 is 0.

    >>> import lucet
    >>> lucet.copysign(lucet.tensor([1., 2.]), lucet.tensor([-3., 4.]))
    tensor([-1.,  2.])
    """, formula="copysign(input, other)", samples=_pairs)
tensors_op(NEXTAFTER_RULE, """The floating-point number after `input` in the direction of `other`, elementwise. DtypeError for integers.

    >>> import lucet
    >>> lucet.nextafter(lucet.tensor([1.]), lucet.tensor([2.])) == 1 + lucet.finfo(lucet.float32).eps
    tensor([True])
    """, formula="nextafter(input, other)", samples=_tensor_pairs, dtypes="floats", grad="once")
unary_op(FRAC_RULE, """The part behind the point with the sign of `input`, elementwise. DtypeError for integers.

    >>> import lucet
    >>> lucet.frac(lucet.tensor([1.5, -2.25]))
    tensor([ 0.5000, -0.2500])
    """, formula="input - trunc(input)", samples=_positives, dtypes="floats")
unary_op(SGN_RULE, """-1, 0 or 1 with the sign of `input`, elementwise; of complex numbers input / |input|, and 0 of 0.

    >>> import lucet
    >>> lucet.sgn(lucet.tensor([3., 0., -2.])), lucet.sgn(lucet.tensor([3 + 4j]))
    (tensor([ 1.,  0., -1.]), tensor([0.6000+0.8000j]))
    """, formula="input / maximum(abs(input), 1e-300)", samples=also_complex(_positives))
unary_op(SIGNBIT_RULE, """Whether the sign of each element is set, as a bool tensor; of -0 it is.

    >>> import lucet
    >>> lucet.signbit(lucet.tensor([1., -0.]))
    tensor([False,  True])
    """, formula="signbit(input)", grad="no", samples=_singles, inplace=False)
unary_op(ISPOSINF_RULE, """Whether each element is infinite and positive, as a bool tensor.

    >>> import lucet
    >>> lucet.isposinf(lucet.tensor([1., float("inf"), -float("inf")]))
    tensor([False,  True, False])
    """, formula="isposinf(input)", grad="no", samples=_singles, inplace=False)
unary_op(ISNEGINF_RULE, """Whether each element is infinite and negative, as a bool tensor.

    >>> import lucet
    >>> lucet.isneginf(lucet.tensor([1., float("inf"), -float("inf")]))
    tensor([False, False,  True])
    """, formula="isneginf(input)", grad="no", samples=_singles, inplace=False)
tensors_op(GCD_RULE, """The greatest common divisor, elementwise; at least 0. DtypeError for floats and bools.

    >>> import lucet
    >>> lucet.gcd(lucet.tensor([12, -8]), lucet.tensor([18, 20]))
    tensor([6, 4])
    """, formula="gcd(input, other)", grad="no", samples=_whole_pairs, dtypes="whole")
tensors_op(LCM_RULE, """The least common multiple, elementwise; at least 0. DtypeError for floats and bools.

    >>> import lucet
    >>> lucet.lcm(lucet.tensor([4, -6]), lucet.tensor([6, 8]))
    tensor([12, 24])
    """, formula="lcm(input, other)", grad="no", samples=_whole_pairs, dtypes="whole")

cdef int _one_type(Tensor input, Tensor values) except -1:
    if input.code != values.code:
        raise error(
            DtypeError, f"heaviside: tensors with different dtypes are not supported, got {dtype_object(input.code)._name} and {dtype_object(values.code)._name}",
            fix="values.to(input.dtype)",
        )
    return 0


def heaviside(Tensor input not None, Tensor values not None, *, Tensor out=None):
    """heaviside(input, values, *, out=None) -> Tensor

    0 where `input` is below 0, 1 above, and `values` at 0, elementwise. DtypeError for operands of two types.

    >>> import lucet
    >>> lucet.heaviside(lucet.tensor([-1., 0., 2.]), lucet.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if is_plain(input) and is_plain(values):
        _one_type(input, values)
    if out is not None and out.code != input.code:
        raise error(DtypeError, "heaviside is not yet implemented for tensors with different dtypes.")
    return binary(HEAVISIDE_RULE, input, values, out, False)


def heaviside_(Tensor input not None, Tensor values not None):
    if is_plain(input) and is_plain(values):
        _one_type(input, values)
    return binary(HEAVISIDE_RULE, input, values, input, True)


HEAVISIDE_RULE.fn = op(heaviside, inplace=heaviside_, formula="heaviside(input, values)", grad="no", samples=_tensor_pairs, family="pointwise")
HEAVISIDE_RULE.fn_inplace = heaviside_


def positive(Tensor input not None):
    """positive(input) -> Tensor

    `input` itself. DtypeError for bool.

    >>> import lucet
    >>> lucet.positive(lucet.tensor([-1.]))
    tensor([-1.])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(positive, (input,), {})
        if result is not passed:
            return result
    if input.code == BOOL:
        raise error(DtypeError, "positive: The `+` operator, on a bool tensor is not supported")
    return input


op(positive, formula="input", samples=also_complex(_singles), family="pointwise", dtypes="no bool")

# infinities and NaN replaced ----------------------------------------------------------------------------------------
cdef int nan_to_num_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, of(ISFINITE_RULE, saved_tensor(n, 0).detach())))

cdef Rule NAN_TO_NUM_RULE = exactly(rule("nan_to_num", NAN_TO_NUM, ARITH, b"NanToNumBackward0", nan_to_num_vjp, SAVE_A))

cdef Tensor replaced(Tensor input, object nan, object posinf, object neginf, Tensor out, bint inplace):
    cdef double largest = 0
    if input.code >= COMPLEX64:              # each part by itself
        if inplace:
            whole = OPS["view_as_real"].function(input)
            replaced(whole, nan, posinf, neginf, whole, True)
            return input
        whole = OPS["view_as_complex"].function(replaced(OPS["view_as_real"].function(input).contiguous(), nan, posinf, neginf, None, False))
        return deliver(whole, out, "nan_to_num")
    if input.code >= FLOAT16:
        largest = finfo(dtype_object(input.code)).max
    return unary_p(
        NAN_TO_NUM_RULE, input, out, inplace,
        0.0 if nan is None else nan, largest if posinf is None else posinf, -largest if neginf is None else neginf,
    )


def nan_to_num(Tensor input not None, nan=None, posinf=None, neginf=None, *, Tensor out=None):
    """nan_to_num(input, nan=None, posinf=None, neginf=None, *, out=None) -> Tensor

    NaN and infinities replaced, elementwise: NaN by `nan` or 0, infinities by `posinf` and `neginf` or the largest and the
    smallest finite number of the type. Integers stay as they are. The gradient is 0 where something was replaced.

    >>> import lucet
    >>> lucet.nan_to_num(lucet.tensor([float("nan"), 2., float("inf")]), posinf=9.)
    tensor([0., 2., 9.])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(nan_to_num, (input,), {"nan": nan, "posinf": posinf, "neginf": neginf} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    return replaced(input, nan, posinf, neginf, out, False)


def nan_to_num_(Tensor input not None, nan=None, posinf=None, neginf=None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(nan_to_num_, (input,), {"nan": nan, "posinf": posinf, "neginf": neginf})
        if result is not passed:
            return result
    return replaced(input, nan, posinf, neginf, input, True)


op(nan_to_num, inplace=nan_to_num_, formula="nan_to_num(input)", samples=also_complex(_singles), family="pointwise")

# logit --------------------------------------------------------------------------------------------------------------
cdef int logit_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), slope
    if not recording2(g, x):
        return give(run, n, 0, binary_kernel(LOGIT_GRAD, g, x, n.d0))
    slope = div(g, mul(x, sub(1, x)))
    low, high = (n.d0, 1 - n.d0) if n.d0 >= 0 else (0.0, 1.0)
    within = mul(binary(GE_RULE, x.detach(), low, None, False), binary(LE_RULE, x.detach(), high, None, False))
    return give(run, n, 0, where(within, slope, 0.0 if n.d0 >= 0 else NAN))

cdef Rule LOGIT_RULE = rule("logit", LOGIT, REAL, b"LogitBackward0", logit_vjp, SAVE_A, MATH)


def logit(Tensor input not None, eps=None, *, Tensor out=None):
    """logit(input, eps=None, *, out=None) -> Tensor

    log(input / (1 - input)), elementwise, the inverse of `sigmoid`; `input` is first brought into [eps, 1 - eps] where `eps` is
    given, else NaN outside [0, 1]. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.logit(lucet.tensor([0.5, 0.]), eps=0.5)
    tensor([0., 0.])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(logit, (input,), {"eps": eps} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    return unary_p(LOGIT_RULE, input, out, False, -1.0 if eps is None else eps, 0, 0)


def logit_(Tensor input not None, eps=None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(logit_, (input,), {"eps": eps})
        if result is not passed:
            return result
    return unary_p(LOGIT_RULE, input, input, True, -1.0 if eps is None else eps, 0, 0)


op(logit, inplace=logit_, also="special", formula="log(input / (1 - input))", samples=lambda r: [(x.sigmoid(),) for (x,) in _singles(r)], family="pointwise")

# powers in float64, mantissa and exponent ---------------------------------------------------------------------------
cdef object _double(object x):
    if isinstance(x, Tensor):
        return x.double() if (<Tensor>x).code < COMPLEX64 else x.cdouble()
    return x if isinstance(x, complex) else float(x)


cdef int _power_code(object a, object b):
    """The type of a power in double precision: complex where an operand is."""
    for x in (a, b):
        if isinstance(x, complex) or isinstance(x, Tensor) and (<Tensor>x).code >= COMPLEX64:
            return COMPLEX128
    return FLOAT64


def float_power(input, exponent, *, Tensor out=None):
    """float_power(input, exponent, *, out=None) -> Tensor

    input ** exponent, elementwise, computed and returned in float64, or complex128 where one is complex. One of the two may be a number.

    >>> import lucet
    >>> lucet.float_power(lucet.tensor([2, 3]), -1)
    tensor([0.5000, 0.3333], dtype=lucet.float64)
    """
    for x in (input, exponent):
        if isinstance(x, Tensor) and (not is_plain(<Tensor>x) or thread_state().modes):
            result = slow_call(float_power, (input, exponent), {} if out is None else {"out": out})
            if result is not passed:
                return result
            break
    if out is not None and out.code != _power_code(input, exponent):
        raise error(DtypeError, f"float_power: the output given has dtype {dtype_object(out.code)._name} but the result has dtype {dtype_object(_power_code(input, exponent))._name}")
    return OPS["pow"].function(_double(input), _double(exponent), out=out)


def float_power_(Tensor input not None, exponent):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(float_power_, (input, exponent), {})
        if result is not passed:
            return result
    if input.code != _power_code(input, exponent):
        raise error(DtypeError, f"float_power_: the base has dtype {dtype_object(input.code)._name} but the result has dtype {dtype_object(_power_code(input, exponent))._name}")
    return OPS["pow"].inplace(input, _double(exponent))


op(float_power, inplace=float_power_, formula="float_power(input, exponent)", samples=also_complex(_positive_tensors), family="pointwise")


def frexp(Tensor input not None, *, out=None):
    """frexp(input, *, out=None) -> (mantissa, exponent)

    The parts of each number: input = mantissa * 2 ** exponent with 0.5 <= |mantissa| < 1, or 0; `exponent` is int32 (0 for 0, NaN
    and infinities). `out` takes two tensors. DtypeError for integers.

    >>> import lucet
    >>> lucet.frexp(lucet.tensor([3., -0.25]))
    lucet.return_types.frexp(
    mantissa=tensor([ 0.7500, -0.5000]),
    exponent=tensor([ 2, -1], dtype=lucet.int32))
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(frexp, (input,), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.code < FLOAT16 or input.code >= COMPLEX64:
        raise error(DtypeError, f"frexp: only floating types are supported, got {dtype_object(input.code)._name}", fix="input.float()")
    mantissa = unary(MANTISSA_RULE, input, None, False)
    exponent = unary(EXPONENT_RULE, input.detach(), None, False).int()
    if out is not None:
        first, second = out
        return return_types.frexp_out((deliver(mantissa, first, "frexp"), deliver(exponent, second, "frexp")))
    return return_types.frexp((mantissa, exponent))


cdef int mantissa_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor exponent = of(EXPONENT_RULE, saved_tensor(n, 0).detach())
    return give(run, n, 0, mul(g, of(EXP2_RULE, neg(exponent))))

cdef Rule MANTISSA_RULE = rule("frexp", MANTISSA, ARITH, b"FrexpBackward0", mantissa_vjp, SAVE_A)
cdef Rule EXPONENT_RULE = rule("frexp", EXPONENT, ARITH)
op(frexp, samples=_positives, family="pointwise", dtypes="floats", grad="once")
