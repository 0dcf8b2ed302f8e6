# Functions of one operand and activations. A block per op: gradient rule, Rule, registration.

# neg, abs, sign -----------------------------------------------------------------------------------------------------
cdef int neg_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, neg(g))

cdef int abs_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, unary(SGN_RULE, saved_tensor(n, 0), None, False)))

cdef int zero_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, zeros_of(g))

cdef int sgn_vjp(Node n, Tensor g, Run run) except -1:
    """z / |z| of a complex number turns with z and keeps its length; it stands still at 0, and everywhere for real numbers."""
    cdef Tensor x, y, size
    if g.code < COMPLEX64:
        return zero_vjp(n, g, run)
    x = saved_tensor(n, 0)
    size = unary(ABS_RULE, x, None, False)
    y = unary(SGN_RULE, x, None, False)
    along = cast_to(mul(g, conj_of(y)), real_of[g.code])
    return give(run, n, 0, where(eq_op(size, 0), 0.0, div(sub(g, mul(y, along)), size)))

cdef int conj_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, conj_of(g))

cdef int angle_vjp(Node n, Tensor g, Run run) except -1:
    """d atan2(y, x) = (x dy - y dx) / |z|**2: the gradient is i z / |z|**2, and 0 at 0 and for real numbers."""
    cdef Tensor z = saved_tensor(n, 0), turned
    if z.code < COMPLEX64:
        return zero_vjp(n, g, run)
    turned = div(mul(g, 1j), conj_of(z))
    return give(run, n, 0, where(eq_op(z, 0), 0.0, turned))

cdef Rule NEG_RULE = exactly(rule("neg", NEG, ARITH, b"NegBackward0", neg_vjp))
cdef Rule ABS_RULE = exactly(rule("abs", ABS, TO_REAL, b"AbsBackward0", abs_vjp, SAVE_A))
cdef Rule SIGN_RULE = exactly(rule("sign", SIGN, ARITH, b"SignBackward0", zero_vjp))
cdef Rule SGN_RULE = exactly(rule("sgn", SGN, ARITH, b"SgnBackward0", sgn_vjp, SAVE_A))
cdef Rule CONJ_RULE = rule("conj_physical", CONJ, ARITH, b"ConjPhysicalBackward0", conj_vjp)
cdef Rule ANGLE_RULE = rule("angle", ANGLE, TO_REAL, b"AngleBackward0", angle_vjp, SAVE_A)
unary_op(NEG_RULE, """-input, elementwise. DtypeError for bool.

    >>> import lucet
    >>> lucet.neg(lucet.tensor([1., -2.]))
    tensor([-1.,  2.])
    """, formula="-input", samples=also_complex(_singles), dtypes="no bool")
alias("negative", "neg")
unary_op(ABS_RULE, """|input|, elementwise; of complex numbers their length, a real number. The gradient at 0 is 0. DtypeError for bool.

    >>> import lucet
    >>> lucet.abs(lucet.tensor([1., -2.]))
    tensor([1., 2.])
    """, formula="abs(input)", samples=also_complex(_singles), dtypes="no bool")
alias("absolute", "abs")
unary_op(SIGN_RULE, """-1, 0 or 1 with the sign of `input`, elementwise. DtypeError for complex numbers, for which there is `sgn`.

    >>> import lucet
    >>> lucet.sign(lucet.tensor([3., 0., -2.]))
    tensor([ 1.,  0., -1.])
    """, formula="sign(input)", samples=_positives)

cdef Tensor neg(Tensor a):
    return unary(NEG_RULE, a, None, False)

cdef object slot_neg(Tensor a):
    return NEG_RULE.fn(a)

cdef object slot_abs(Tensor a):
    return ABS_RULE.fn(a)

cdef object slot_pos(Tensor a):
    if a.code == BOOL:
        raise error(DtypeError, "positive: The `+` operator, on a bool tensor is not supported")
    return a

cdef object slot_invert(Tensor a):
    return INVERT_RULE.fn(a)

slots().unary[SLOT_NEG] = slot_neg
slots().unary[SLOT_ABS] = slot_abs
slots().unary[SLOT_POS] = slot_pos
slots().unary[SLOT_INVERT] = slot_invert

# roots and powers ---------------------------------------------------------------------------------------------------
cdef int sqrt_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, div(g, mul(conj_of(saved_tensor(n, 0)), 2)))

cdef int rsqrt_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(mul(g, -0.5), conj_of(pow_op(saved(n, 0), 3))))

cdef int reciprocal_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    return give(run, n, 0, neg(mul(g, conj_of(mul(y, y)))))

cdef Rule SQRT_RULE = rule("sqrt", SQRT, REAL, b"SqrtBackward0", sqrt_vjp, SAVE_OUT)
cdef Rule RSQRT_RULE = rule("rsqrt", RSQRT, REAL, b"RsqrtBackward0", rsqrt_vjp, SAVE_OUT)
cdef Rule RECIPROCAL_RULE = rule("reciprocal", RECIPROCAL, REAL, b"ReciprocalBackward0", reciprocal_vjp, SAVE_OUT)
unary_op(SQRT_RULE, """The square root, elementwise; NaN below 0.

    >>> import lucet
    >>> lucet.sqrt(lucet.tensor([4., 9.]))
    tensor([2., 3.])
    """, formula="sqrt(input)", samples=also_complex(_positives))
unary_op(RSQRT_RULE, """1 / sqrt(input), elementwise.

    >>> import lucet
    >>> lucet.rsqrt(lucet.tensor([4.]))
    tensor([0.5000])
    """, formula="1 / sqrt(input)", samples=also_complex(_positives))
unary_op(RECIPROCAL_RULE, """1 / input, elementwise.

    >>> import lucet
    >>> lucet.reciprocal(lucet.tensor([4.]))
    tensor([0.2500])
    """, formula="1 / input", samples=also_complex(_positives))
def square(Tensor input not None, *, Tensor out=None):
    """square(input, *, out=None) -> Tensor

    input ** 2, elementwise; bools are promoted to int64.

    >>> import lucet
    >>> lucet.square(lucet.tensor([4, -3]))
    tensor([16,  9])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(square, (input,), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return power(input, 2, out, False)

def square_(Tensor input not None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(square_, (input,), {})
        if result is not passed:
            return result
    return power(input, 2, input, True)

op(square, inplace=square_, formula="input * input", samples=also_complex(_singles), family="pointwise")

# exponentials, logarithms, trigonometry -----------------------------------------------------------------------------
cdef int exp_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, conj_of(saved_tensor(n, 0))))

cdef int expm1_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, conj_of(add(saved(n, 0), 1))))

cdef int log_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, div(g, conj_of(saved_tensor(n, 0))))

cdef int log1p_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, div(g, conj_of(add(saved(n, 0), 1))))

cdef int log2_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, div(g, mul(conj_of(saved_tensor(n, 0)), 0.6931471805599453)))

cdef int log10_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, div(g, mul(conj_of(saved_tensor(n, 0)), 2.302585092994046)))

cdef int sin_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, mul(g, conj_of(unary(COS_RULE, saved_tensor(n, 0), None, False))))

cdef int cos_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, neg(mul(g, conj_of(unary(SIN_RULE, saved_tensor(n, 0), None, False)))))

cdef int erf_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, mul(g, mul(unary(EXP_RULE, neg(mul(x, x)), None, False), 1.1283791670955126)))

cdef int tanh_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    if recording2(g, y) or y.code >= COMPLEX64:
        return give(run, n, 0, mul(g, conj_of(sub(1, mul(y, y)))))
    return give(run, n, 0, binary_kernel(TANH_GRAD, g, y))

cdef int sigmoid_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    if recording2(g, y) or y.code >= COMPLEX64:
        return give(run, n, 0, mul(g, conj_of(mul(y, sub(1, y)))))
    return give(run, n, 0, binary_kernel(SIGMOID_GRAD, g, y))

cdef Rule EXP_RULE = rule("exp", EXP, REAL, b"ExpBackward0", exp_vjp, SAVE_OUT, MATH)
cdef Rule EXPM1_RULE = rule("expm1", EXPM1, REAL, b"Expm1Backward0", expm1_vjp, SAVE_OUT, MATH)
cdef Rule LOG_RULE = rule("log", LOG, REAL, b"LogBackward0", log_vjp, SAVE_A, MATH)
cdef Rule LOG1P_RULE = rule("log1p", LOG1P, REAL, b"Log1PBackward0", log1p_vjp, SAVE_A, MATH)
cdef Rule LOG2_RULE = rule("log2", LOG2, REAL, b"Log2Backward0", log2_vjp, SAVE_A, MATH)
cdef Rule LOG10_RULE = rule("log10", LOG10, REAL, b"Log10Backward0", log10_vjp, SAVE_A, MATH)
cdef Rule SIN_RULE = rule("sin", SIN, REAL, b"SinBackward0", sin_vjp, SAVE_A, MATH)
cdef Rule COS_RULE = rule("cos", COS, REAL, b"CosBackward0", cos_vjp, SAVE_A, MATH)
cdef Rule ERF_RULE = rule("erf", ERF, REAL, b"ErfBackward0", erf_vjp, SAVE_A, MATH)
cdef Rule TANH_RULE = rule("tanh", TANH, REAL, b"TanhBackward0", tanh_vjp, SAVE_OUT, MATH)
cdef Rule SIGMOID_RULE = rule("sigmoid", SIGMOID, REAL, b"SigmoidBackward0", sigmoid_vjp, SAVE_OUT, MATH)

for _rule_, _text, _formula, _samples, _at, _result, _also in (
    (EXP_RULE, "e ** input", "exp(input)", also_complex(_singles), "0.", "1.", ""),
    (EXPM1_RULE, "e ** input - 1 without cancellation near 0", "expm1(input)", also_complex(_singles), "0.", "0.", "special"),
    (LOG_RULE, "The natural logarithm; -inf at 0, NaN below", "log(input)", also_complex(_positives), "1.", "0.", ""),
    (LOG1P_RULE, "log(1 + input) without cancellation near 0", "log1p(input)", also_complex(_positives), "0.", "0.", "special"),
    (LOG2_RULE, "The logarithm to base 2", "log2(input)", also_complex(_positives), "8.", "3.", ""),
    (LOG10_RULE, "The logarithm to base 10", "log10(input)", also_complex(_positives), "100.", "2.", ""),
    (SIN_RULE, "The sine of an angle in radians", "sin(input)", also_complex(_singles), "0.", "0.", ""),
    (COS_RULE, "The cosine of an angle in radians", "cos(input)", also_complex(_singles), "0.", "1.", ""),
    (ERF_RULE, "The error function, 2 / sqrt(pi) times the integral of exp(-t**2) from 0 to input", None, _singles, "0.", "0.", "special"),
    (TANH_RULE, "The hyperbolic tangent", "tanh(input)", also_complex(_singles), "0.", "0.", "nn.functional"),
    (SIGMOID_RULE, "The logistic function 1 / (1 + exp(-input))", "1 / (1 + exp(-input))", also_complex(_singles), "0.", "0.5000", "nn.functional"),
):
    unary_op(_rule_, f"""{_text}, elementwise. Integers and bools are promoted to the default floating type.

    >>> import lucet
    >>> lucet.{(<Rule>_rule_).name.decode()}(lucet.tensor([{_at}]))
    tensor([{_result}])
    """, formula=_formula, samples=_samples, also=_also)

# rounding -----------------------------------------------------------------------------------------------------------
cdef Rule FLOOR_RULE = exactly(rule("floor", FLOOR, ARITH, b"FloorBackward0", zero_vjp))
cdef Rule CEIL_RULE = exactly(rule("ceil", CEIL, ARITH, b"CeilBackward0", zero_vjp))
cdef Rule TRUNC_RULE = exactly(rule("trunc", TRUNC, ARITH, b"TruncBackward0", zero_vjp))
cdef Rule ROUND_RULE = exactly(rule("round", ROUND, ARITH, b"RoundBackward0", zero_vjp))
for _rule_, _text, _formula, _result in (
    (FLOOR_RULE, "The largest whole number not above `input`", "floor(input)", "-2."),
    (CEIL_RULE, "The smallest whole number not below `input`", "ceil(input)", "-1."),
    (TRUNC_RULE, "`input` without its fraction", "trunc(input)", "-1."),
):
    unary_op(_rule_, f"""{_text}, elementwise. The gradient is 0.

    >>> import lucet
    >>> lucet.{(<Rule>_rule_).name.decode()}(lucet.tensor([-1.5]))
    tensor([{_result}])
    """, formula=_formula, samples=_positives, dtypes="floats")
alias("fix", "trunc")

cdef Tensor rounded(Tensor input, int decimals, Tensor out, bint inplace):
    cdef double scale = 10.0 ** (decimals if decimals >= 0 else -decimals)
    if decimals == 0:
        return unary(ROUND_RULE, input, out, inplace)
    if input.code == FLOAT16 or input.code == BFLOAT16:      # rounded to the type once, at the end; 10 ** 5 is none of float16
        scaled = cast_to(rounded(single(input), decimals, None, False), input.code)
    elif decimals > 0:
        scaled = div(unary(ROUND_RULE, mul(input, scale), None, False), scale)
    else:
        scaled = mul(unary(ROUND_RULE, div(input, scale), None, False), scale)
    if inplace:
        return out.copy_(scaled)
    return deliver(scaled, out, "round")

def round_function(Tensor input not None, *, int decimals=0, Tensor out=None):
    """round(input, *, decimals=0, out=None) -> Tensor

    Round half to even, to `decimals` places, elementwise. The gradient is 0.

    >>> import lucet
    >>> lucet.round(lucet.tensor([0.5, 1.5, 2.346]), decimals=2)
    tensor([0.5000, 1.5000, 2.3500])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(ROUND_RULE.fn, (input,), {"decimals": decimals} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    return rounded(input, decimals, out, False)

def round_function_(Tensor input not None, *, int decimals=0):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(ROUND_RULE.fn_inplace, (input,), {"decimals": decimals})
        if result is not passed:
            return result
    return rounded(input, decimals, input, True)

ROUND_RULE.fn = op(round_function, name="round", inplace=round_function_, formula="round(input)", samples=_positives, family="pointwise", dtypes="floats")
ROUND_RULE.fn_inplace = round_function_

# tests for special values, not --------------------------------------------------------------------------------------
cdef Rule ISNAN_RULE = rule("isnan", ISNAN, COMPARE)
cdef Rule ISINF_RULE = rule("isinf", ISINF, COMPARE)
cdef Rule ISFINITE_RULE = rule("isfinite", ISFINITE, COMPARE)
cdef Rule LOGICAL_NOT_RULE = rule("logical_not", LOGICAL_NOT, COMPARE)
cdef Rule INVERT_RULE = exactly(rule("bitwise_not", INVERT, ARITH))

cdef object special_value(Rule r, Tensor input, bint of_integers):
    """A test for NaN or infinity; integers are all finite."""
    if not is_plain(input) or thread_state().modes:
        result = slow_call(r.fn, (input,), {})
        if result is not passed:
            return result
    if input.code < FLOAT16:
        return eq_op(input, input) if of_integers else binary(NE_RULE, input, input, None, False)
    return unary(r, input, None, False)

def isnan(Tensor input not None):
    """isnan(input) -> Tensor

    Whether each element is NaN, as a bool tensor.

    >>> import lucet
    >>> lucet.isnan(lucet.tensor([1., float("nan")]))
    tensor([False,  True])
    """
    return special_value(ISNAN_RULE, input, False)

def isinf(Tensor input not None):
    """isinf(input) -> Tensor

    Whether each element is infinite, as a bool tensor.

    >>> import lucet
    >>> lucet.isinf(lucet.tensor([1., float("inf")]))
    tensor([False,  True])
    """
    return special_value(ISINF_RULE, input, False)

def isfinite(Tensor input not None):
    """isfinite(input) -> Tensor

    Whether each element is neither infinite nor NaN, as a bool tensor.

    >>> import lucet
    >>> lucet.isfinite(lucet.tensor([1., float("inf")]))
    tensor([ True, False])
    """
    return special_value(ISFINITE_RULE, input, True)

for _rule_, _function in ((ISNAN_RULE, isnan), (ISINF_RULE, isinf), (ISFINITE_RULE, isfinite)):
    (<Rule>_rule_).fn = _function
    op(_function, formula=f"{_function.__name__}(input)", grad="no", samples=also_complex(_singles), family="pointwise")

unary_op(LOGICAL_NOT_RULE, """Whether each element is zero, as a bool tensor.

    >>> import lucet
    >>> lucet.logical_not(lucet.tensor([0, 2]))
    tensor([ True, False])
    """, formula="input == 0", grad="no", samples=also_complex(_singles))
unary_op(INVERT_RULE, """~input: all bits flipped, or not on bools. DtypeError for floats.

    >>> import lucet
    >>> lucet.bitwise_not(lucet.tensor([0, 5]))
    tensor([-1, -6])
    """, formula="invert(input)", grad="no", samples=lambda r: [(r(3, 4).mul(7).long(),), (r(3, 4) > 0,), (r(0, 2) > 0,)], dtypes="integers")

# relu and kin -------------------------------------------------------------------------------------------------------
cdef int give_sloped(Run run, Node n, Tensor g, Tensor x_grad, const char* label) except -1:
    """Give x_grad, which is g times slopes that the input chooses from a few: recorded, the same rule is the gradient of it.

    Of such a record `n` the input is the second edge, which gets zeros.
    """
    cdef int x = n.num_edges - 1
    cdef Node made
    if x:
        give_zeros(run, n, x)
    if thread_state().grad_enabled:
        made = record_gradient(x_grad, n.vjp, label, g, n, x, 1)
        made.s0, made.v0, made.d0, made.d1 = n.s0, n.v0, n.d0, n.d1
        made.marks |= M_SAVES
    return give(run, n, 0, x_grad)

cdef int relu_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(RELU_GRAD, g, saved_tensor(n, 0)), b"ThresholdBackwardBackward0")

cdef Rule RELU_RULE = rule("relu", RELU, ARITH, b"ReluBackward0", relu_vjp, SAVE_OUT)
unary_op(RELU_RULE, """max(input, 0), elementwise. The gradient at 0 is 0. DtypeError for bool.

    Source: Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, 2010.

    >>> import lucet
    >>> lucet.relu(lucet.tensor([-1., 2.]))
    tensor([0., 2.])
    """, formula="maximum(input, 0)", samples=_singles, dtypes="no bool")

def functional_relu(Tensor input not None, bint inplace=False):
    """relu(input, inplace=False) -> Tensor

    max(input, 0), elementwise; written into `input` with `inplace`. See `lucet.relu`.

    >>> import lucet.nn.functional as F, lucet
    >>> F.relu(lucet.tensor([-1., 2.]))
    tensor([0., 2.])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(functional_relu, (input,), {"inplace": inplace})
        if result is not passed:
            return result
    return unary(RELU_RULE, input, input if inplace else None, inplace)

op(functional_relu, name="relu", key="nn.functional.relu", public=False, method=False, inplace=OPS["relu"].inplace, also="nn.functional",
   formula="maximum(input, 0)", samples=_singles, family="pointwise", dtypes="no bool")

cdef int leaky_relu_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(LEAKY_RELU_GRAD, g, saved_tensor(n, 0), n.d0), b"LeakyReluBackwardBackward0")

cdef int hardtanh_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(HARDTANH_GRAD, g, saved_tensor(n, 0), n.d0, n.d1), b"HardtanhBackwardBackward0")

cdef int hardshrink_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(HARDSHRINK_GRAD, g, saved_tensor(n, 0), n.d0), b"HardshrinkBackwardBackward0")

cdef int prelu_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), w = saved_tensor(n, 1)
    above = binary(GT_RULE, x.detach(), 0, None, False)
    if needs(n, 0):
        give(run, n, 0, mul(g, where(above, 1.0, w)))
    if needs(n, 1):
        give(run, n, 1, mul(g, where(above, 0.0, x)))
    return 0

cdef int threshold_vjp(Node n, Tensor g, Run run) except -1:
    return give_sloped(run, n, g, binary_kernel(THRESHOLD_GRAD, g, saved_tensor(n, 0), n.d0), b"ThresholdBackwardBackward0")

cdef int elu_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    cdef double input_scale = 1.0 if n.extra is None else n.extra
    if recording2(g, x):
        curved = binary(LT_RULE, x.detach(), 0, None, False)           # at 0 the slope is that of this side, and stands still
        slope = mul(unary(EXP_RULE, mul(where(curved, x, 0.0), input_scale), None, False), n.d0 * input_scale)
        return give(run, n, 0, mul(g, where(binary(LE_RULE, x.detach(), 0, None, False), slope, n.d1)))
    return give(run, n, 0, binary_kernel(ELU_GRAD, g, x, n.d0, n.d1, input_scale))

cdef int silu_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), s
    if recording2(g, x) or x.code >= COMPLEX64:
        s = unary(SIGMOID_RULE, x, None, False)
        return give(run, n, 0, mul(g, conj_of(mul(s, add(mul(x, sub(1, s)), 1)))))
    return give(run, n, 0, binary_kernel(SILU_GRAD, g, x))

cdef int softplus_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    if recording2(g, x):
        scaled = mul(x.detach(), n.d0)
        slope = unary(SIGMOID_RULE, mul(x, n.d0), None, False)
        slope = where(binary(LT_RULE, scaled, n.d1, None, False), slope, slope.detach())           # at the threshold it stands still
        return give(run, n, 0, mul(g, where(binary(GT_RULE, scaled, n.d1, None, False), 1.0, slope)))
    return give(run, n, 0, binary_kernel(SOFTPLUS_GRAD, g, x, n.d0, n.d1))

cdef int gelu_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), density
    if recording2(g, x):
        density = mul(unary(EXP_RULE, mul(mul(x, x), -0.5), None, False), 0.3989422804014327)
        cdf = mul(add(unary(ERF_RULE, mul(x, 0.7071067811865476), None, False), 1), 0.5)
        return give(run, n, 0, mul(g, add(cdf, mul(x, density))))
    return give(run, n, 0, binary_kernel(GELU_GRAD, g, x))

cdef int gelu_tanh_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), t, inner_slope
    if recording2(g, x):
        t = unary(TANH_RULE, mul(add(x, mul(pow_op(x, 3), 0.044715)), 0.7978845608028654), None, False)
        inner_slope = mul(add(mul(mul(x, x), 3 * 0.044715), 1), 0.7978845608028654)
        slope = add(mul(add(t, 1), 0.5), mul(mul(mul(x, sub(1, mul(t, t))), inner_slope), 0.5))
        return give(run, n, 0, mul(g, slope))
    return give(run, n, 0, binary_kernel(GELU_TANH_GRAD, g, x))

cdef Rule LEAKY_RELU_RULE = rule("leaky_relu", LEAKY_RELU, ARITH, b"LeakyReluBackward0", leaky_relu_vjp, SAVE_A)
cdef Rule HARDTANH_RULE = rule("hardtanh", CLAMP, ARITH, b"HardtanhBackward0", hardtanh_vjp, SAVE_A)
cdef Rule THRESHOLD_RULE = rule("threshold", THRESHOLD, ARITH, b"ThresholdBackward0", threshold_vjp, SAVE_A)
# In place the result tells the gradient as well, which saves a copy of what is written over.
cdef Rule LEAKY_RELU_IN_PLACE = rule("leaky_relu", LEAKY_RELU, ARITH, b"LeakyReluBackward1", leaky_relu_vjp, SAVE_OUT)
cdef Rule HARDTANH_IN_PLACE = rule("hardtanh", CLAMP, ARITH, b"HardtanhBackward0", hardtanh_vjp, SAVE_OUT)
cdef Rule HARDSHRINK_RULE = rule("hardshrink", HARDSHRINK, ARITH, b"HardshrinkBackward0", hardshrink_vjp, SAVE_A)
cdef Rule PRELU_RULE = rule("prelu", PRELU, ARITH, b"PreluKernelBackward0", prelu_vjp, SAVE_A | SAVE_B)
cdef Rule CELU_RULE = rule("celu", ELU, ARITH, b"CeluBackward0", elu_vjp, SAVE_A, MATH)
cdef Rule SELU_RULE = rule("selu", ELU, ARITH, b"EluBackward0", elu_vjp, SAVE_A, MATH)
cdef Rule ELU_RULE = rule("elu", ELU, ARITH, b"EluBackward0", elu_vjp, SAVE_A, MATH)
cdef Rule SILU_RULE = rule("silu", SILU, ARITH, b"SiluBackward0", silu_vjp, SAVE_A, MATH)
cdef Rule SOFTPLUS_RULE = rule("softplus", SOFTPLUS, ARITH, b"SoftplusBackward0", softplus_vjp, SAVE_A, MATH)
cdef Rule GELU_RULE = rule("gelu", GELU, ARITH, b"GeluBackward0", gelu_vjp, SAVE_A, MATH)
cdef Rule GELU_TANH_RULE = rule("gelu", GELU_TANH, ARITH, b"GeluBackward0", gelu_tanh_vjp, SAVE_A, MATH)

cdef object activation(Rule r, Tensor input, bint inplace, double p0, double p1, double p2, dict kwargs, Tensor out=None):
    """An activation of nn.functional: intercepted, in place on request, or into `out`."""
    if not is_plain(input) or thread_state().modes or out is not None and not is_plain(out):
        result = slow_call(r.fn, (input,), kwargs if not inplace and out is None else dict(kwargs, inplace=inplace) if inplace else dict(kwargs, out=out))
        if result is not passed:
            return result
    return unary_p(r, input, input if inplace else out, inplace, p0, p1, p2)

def leaky_relu(Tensor input not None, double negative_slope=0.01, bint inplace=False):
    """leaky_relu(input, negative_slope=0.01, inplace=False) -> Tensor

    input where positive, negative_slope * input elsewhere, elementwise.
    Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013.

    >>> import lucet.nn.functional as F, lucet
    >>> F.leaky_relu(lucet.tensor([-1., 2.]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    r = LEAKY_RELU_IN_PLACE if inplace and negative_slope >= 0 else LEAKY_RELU_RULE
    return activation(r, input, inplace, negative_slope, 0, 0, {"negative_slope": negative_slope})

def hardtanh(Tensor input not None, double min_val=-1.0, double max_val=1.0, bint inplace=False):
    """hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False) -> Tensor

    input limited to [min_val, max_val], elementwise. Raises ValueError where min_val is above max_val.

    >>> import lucet.nn.functional as F, lucet
    >>> F.hardtanh(lucet.tensor([-3., 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if input.code == UINT8 and min_val < 0:
        raise RuntimeError("hardtanh: an unsigned type cannot be limited to negative values")
    return activation(HARDTANH_IN_PLACE if inplace else HARDTANH_RULE, input, inplace, min_val, max_val, 0, {"min_val": min_val, "max_val": max_val})

def relu6(Tensor input not None, bint inplace=False):
    """relu6(input, inplace=False) -> Tensor

    min(max(input, 0), 6), elementwise.
    Source: Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010.

    >>> import lucet.nn.functional as F, lucet
    >>> F.relu6(lucet.tensor([-3., 8.]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)

def threshold(Tensor input not None, double threshold, double value, bint inplace=False, *, Tensor out=None):
    """threshold(input, threshold, value, inplace=False, *, out=None) -> Tensor

    input where it is above `threshold`, else `value`, elementwise.

    >>> import lucet.nn.functional as F, lucet
    >>> F.threshold(lucet.tensor([1., 3.]), 2, 0)
    tensor([0., 3.])
    """
    return activation(THRESHOLD_RULE, input, inplace, threshold, value, 0, {"threshold": threshold, "value": value}, out)

def elu(Tensor input not None, double alpha=1.0, bint inplace=False):
    """elu(input, alpha=1.0, inplace=False) -> Tensor

    input where positive, alpha * (exp(input) - 1) elsewhere, elementwise.
    Source: Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential linear units, 2016.

    >>> import lucet.nn.functional as F, lucet
    >>> F.elu(lucet.tensor([0., 2.]))
    tensor([0., 2.])
    """
    return activation(ELU_RULE, input, inplace, alpha, 1.0, 1.0, {"alpha": alpha})

def celu(Tensor input not None, double alpha=1.0, bint inplace=False):
    """celu(input, alpha=1.0, inplace=False) -> Tensor

    input where positive, alpha * (exp(input / alpha) - 1) elsewhere, elementwise: no corner at 0. RuntimeError for an alpha of 0.
    Source: Barron, Continuously differentiable exponential linear units, 2017.

    >>> import lucet
    >>> lucet.celu(lucet.tensor([-1., 2.]), 0.5)
    tensor([-0.4323,  2.0000])
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return activation(CELU_RULE, input, inplace, alpha, 1.0, 1 / alpha, {"alpha": alpha})

def selu(Tensor input not None, bint inplace=False):
    """selu(input, inplace=False) -> Tensor

    scale * elu(input, alpha), with the two numbers that keep mean 0 and variance 1 from layer to layer.
    Source: Klambauer et al., Self-normalizing neural networks, 2017.

    >>> import lucet
    >>> lucet.selu(lucet.tensor([-1., 2.]))
    tensor([-1.1113,  2.1014])
    """
    return activation(SELU_RULE, input, inplace, 1.7580993408473766, 1.0507009873554805, 1.0, {})

def hardshrink(Tensor input not None, double lambd=0.5, *, Tensor out=None):
    """hardshrink(input, lambd=0.5, *, out=None) -> Tensor

    input where it is outside of [-lambd, lambd], 0 inside, elementwise.

    >>> import lucet
    >>> lucet.hardshrink(lucet.tensor([-1., 0.3, 2.]))
    tensor([-1.,  0.,  2.])
    """
    return activation(HARDSHRINK_RULE, input, False, lambd, 0, 0, {"lambd": lambd}, out)

def prelu_of(Tensor input not None, Tensor weight not None):
    """input where positive, weight * input elsewhere; shapes broadcast. `prelu` in _composed lines the weight up with the channels."""
    return binary(PRELU_RULE, input, weight, None, False)

def silu(Tensor input not None, bint inplace=False):
    """silu(input, inplace=False) -> Tensor

    input * sigmoid(input), elementwise (also known as swish).
    Source: Elfwing, Uchibe and Doya, Sigmoid-weighted linear units, 2018.

    >>> import lucet.nn.functional as F, lucet
    >>> F.silu(lucet.tensor([0.]))
    tensor([0.])
    """
    return activation(SILU_RULE, input, inplace, 0, 0, 0, {})

def softplus(Tensor input not None, double beta=1.0, double threshold=20.0, *, Tensor out=None):
    """softplus(input, beta=1.0, threshold=20.0, *, out=None) -> Tensor

    log(1 + exp(beta * input)) / beta, elementwise; the input itself where beta * input is above `threshold`.

    >>> import lucet.nn.functional as F, lucet
    >>> F.softplus(lucet.tensor([0.]))
    tensor([0.6931])
    """
    return activation(SOFTPLUS_RULE, input, False, beta, threshold, 0, {"beta": beta, "threshold": threshold}, out)

def gelu(Tensor input not None, *, str approximate="none", Tensor out=None):
    """gelu(input, *, approximate="none", out=None) -> Tensor

    input times the normal distribution function at input; approximate="tanh" is a cheaper formula.
    Raises RuntimeError for another value. Source: Hendrycks and Gimpel, Gaussian error linear units, 2016.

    >>> import lucet.nn.functional as F, lucet
    >>> F.gelu(lucet.tensor([0.]))
    tensor([0.])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return activation(GELU_TANH_RULE if approximate == "tanh" else GELU_RULE, input, False, 0, 0, 0, {"approximate": approximate}, out)

def _thresholds(r):
    return [(r(3, 4), 0.1, 2.0), (r(), -0.5, 1.0), (r(0, 2), 1.0, 1.0)]

def leaky_relu_(Tensor input not None, double negative_slope=0.01):
    return leaky_relu(input, negative_slope, True)

def hardtanh_(Tensor input not None, double min_val=-1.0, double max_val=1.0):
    return hardtanh(input, min_val, max_val, True)

def threshold_(Tensor input not None, double threshold, double value):
    return threshold_function(input, threshold, value, True)

def elu_(Tensor input not None, double alpha=1.0):
    return elu(input, alpha, True)

def celu_(Tensor input not None, double alpha=1.0):
    return celu(input, alpha, True)

def selu_(Tensor input not None):
    return selu(input, True)

threshold_function = threshold               # the argument of threshold_ hides it

for _rule_, _function, _formula, _twin in (
    (LEAKY_RELU_RULE, leaky_relu, "where(input > 0, input, 0.01 * input)", leaky_relu_),
    (HARDTANH_RULE, hardtanh, "clip(input, -1, 1)", hardtanh_),
    (THRESHOLD_RULE, threshold, "where(input > threshold, input, value)", threshold_),
    (ELU_RULE, elu, "where(input > 0, input, expm1(minimum(input, 0)))", elu_),
    (SILU_RULE, silu, "input / (1 + exp(-input))", None),
    (SOFTPLUS_RULE, softplus, "log1p(exp(input))", None),
    (GELU_RULE, gelu, None, None),
    (None, relu6, "clip(input, 0, 6)", None),
):
    if _rule_ is not None:
        (<Rule>_rule_).fn = _function
    op(_function, method=False, public=_function is threshold, inplace=_twin, also="nn.functional",
       formula=_formula, samples=_singles if _function is not threshold else _thresholds, family="pointwise", dtypes="floats")
LEAKY_RELU_IN_PLACE.fn = leaky_relu
CELU_RULE.fn = op(celu, method=False, inplace=celu_, also="nn.functional", formula="where(input > 0, input, alpha * expm1(minimum(input, 0) / alpha))",
                  samples=lambda r: [(r(3, 4), 1.0), (r(3, 4), 0.5), (r(), 1.0), (r(0, 2), 1.0)], family="pointwise", dtypes="floats")
SELU_RULE.fn = op(selu, method=False, inplace=selu_, also="nn.functional", samples=_singles, family="pointwise", dtypes="floats",
                  formula="1.0507009873554805 * where(input > 0, input, 1.6732632423543772 * expm1(minimum(input, 0)))")
HARDSHRINK_RULE.fn = op(hardshrink, also="nn.functional", formula="where(abs(input) <= lambd, 0, input)", family="pointwise", dtypes="floats",
                        samples=lambda r: [(r(3, 4), 0.5), (r(3, 4), 0.1), (r(), 0.5), (r(0, 2), 0.5)])
PRELU_RULE.fn = prelu_of
HARDTANH_IN_PLACE.fn = hardtanh
GELU_TANH_RULE.fn = gelu
