# Arithmetic, comparison, logic and bits: ops of two operands. A block per op: gradient rule, Rule, registration.

# add, sub -----------------------------------------------------------------------------------------------------------
cdef int add_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)
    give(run, n, 1, g)
    return 0

cdef int sub_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)
    if needs(n, 1):
        give(run, n, 1, neg(g))
    return 0

cdef int add_scaled_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)
    if needs(n, 1):
        give(run, n, 1, mul(g, n.d0))
    return 0

cdef Rule ADD_RULE = rule("add", ADD, ARITH, b"AddBackward0", add_vjp)
cdef Rule SUB_RULE = rule("sub", SUB, ARITH, b"SubBackward0", sub_vjp)
cdef Rule ADD_SCALED_RULE = rule("add", ADD_SCALED, ARITH, b"AddBackward0", add_scaled_vjp)
cdef Rule SUB_SCALED_RULE = rule("sub", ADD_SCALED, ARITH, b"SubBackward0", add_scaled_vjp)
cdef Rule RSUB_RULE = rule("sub", SUB, ARITH, b"RsubBackward0", sub_vjp)
cdef Rule RSUB_SCALED_RULE = rule("sub", ADD_SCALED, ARITH, b"RsubBackward0", add_scaled_vjp)
cdef Rule NUMBER_SUB_RULE = rule("sub", SUB, ARITH, b"RsubBackward1", sub_vjp)
cdef Rule NUMBER_SUB_SCALED_RULE = rule("sub", ADD_SCALED, ARITH, b"RsubBackward1", add_scaled_vjp)

cdef object add_scaled(Rule plain, Rule scaled, object x, object z, object alpha, double sign, Tensor out, bint inplace):
    """input + sign * alpha * other; without an alpha the plain op."""
    cdef LoopArgs args
    cdef Scalar s
    if PyLong_CheckExact(alpha) and <object>alpha == 1:
        _check_bool_sub(plain, x, z)
        return binary(plain, x, z, out, inplace)
    if not is_number(alpha) and not isinstance(alpha, Tensor):
        raise TypeError(f"{plain.name.decode()}(): argument 'alpha' must be Number, not {type(alpha).__name__}")
    read_scalar(alpha.item() if isinstance(alpha, Tensor) else alpha, &s)
    if not (isinstance(x, Tensor) or is_number(x)) or not (isinstance(z, Tensor) or is_number(z)):
        return binary(plain, x, z, out, inplace)
    code = result_code(x, z)
    if s.category > category_of[code] and not (s.category == CAT_BOOL):
        if s.category == CAT_COMPLEX:
            raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
        if s.category == CAT_FLOAT:
            raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if s.category == CAT_BOOL and code != BOOL:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    _check_bool_sub(plain, x, z)
    if s.category == CAT_COMPLEX:
        return binary(plain, x, mul(z, alpha) if isinstance(z, Tensor) else z * alpha, out, inplace)
    args.failed = 0
    check_range(&s, code, plain.name)
    args.d[0] = sign * s.re
    args.i[0] = s.re != 0 if code == BOOL else <int64_t>sign * s.i
    return _binary(scaled, x, z, out, inplace, &args)

cdef bint _is_bool(object x):
    return isinstance(x, bool) or isinstance(x, Tensor) and (<Tensor>x).code == BOOL

cdef int _check_bool_sub(Rule plain, object x, object z) except -1:
    if plain.kernel != SUB or not (_is_bool(x) or _is_bool(z)):
        return 0
    if _is_bool(x) and _is_bool(z):
        raise error(DtypeError, "sub: Subtraction, the `-` operator, with two bool tensors is not supported", fix="the `^` or `logical_xor()` operator")
    raise error(DtypeError, "sub: Subtraction, the `-` operator, with a bool tensor is not supported", fix="the `~` or `logical_not()` operator to invert a mask")

cdef object _given_alpha(object alpha):
    """None where the default stands."""
    return None if PyLong_CheckExact(alpha) and <object>alpha == 1 else alpha

def _scale_first(op, Py_ssize_t count, str factor, str operands, tuple args, dict kwargs):
    """The old form of a call, in which a factor without a name stands before the last operands: `add(input, alpha, other)`."""
    if len(args) != count + 1 or factor in kwargs or not (is_number(args[1]) or isinstance(args[1], Tensor) and (<Tensor>args[1]).ndim_ == 0):
        return NotImplemented
    name = op.__name__
    first, last = ("", "") if name.endswith("_") else ("Tensor input, ", ", Tensor out = None")
    warn_once(
        f"This overload of {name} is deprecated:\n\t{name}({first}Number {factor}, {operands}{', *' + last if last else ''})\nConsider using one of the "
        f"following signatures instead:\n\t{name}({first}{operands}, *, Number {factor} = 1{last})",
        key="an overload is deprecated",
    )
    return op(args[0], *args[2:], **kwargs, **{factor: args[1]})

def _takes_scale_first(op, Py_ssize_t count, str factor, str operands):
    old_forms[op] = lambda args, kwargs: _scale_first(op, count, factor, operands, args, kwargs)

def add_function(input, other, *, alpha=1, Tensor out=None):
    """add(input, other, *, alpha=1, out=None) -> Tensor

    input + alpha * other, elementwise. Shapes broadcast, element types promote.
    Raises RuntimeError for shapes that do not broadcast, and for a floating alpha with integer operands.

    >>> import lucet
    >>> lucet.add(lucet.tensor([1, 2]), lucet.tensor([10, 20]), alpha=2)
    tensor([21, 42])
    """
    if intercepted(input, other):
        result = offered(add_function, input, other, {"alpha": _given_alpha(alpha), "out": out})
        if result is not passed:
            return result
    result = add_scaled(ADD_RULE, ADD_SCALED_RULE, input, other, alpha, 1, out, False)
    if result is NotImplemented:
        return without_tensor("add", input, other, {"alpha": alpha, "out": out})
    return result

def add_function_(Tensor input not None, other, *, alpha=1):
    if intercepted(input, other):
        result = offered(add_function_, input, other, {"alpha": _given_alpha(alpha)})
        if result is not passed:
            return result
    result = add_scaled(ADD_RULE, ADD_SCALED_RULE, input, other, alpha, 1, input, True)
    if result is NotImplemented:
        without_tensor("add_", input, other)
    return result

def sub_function(input, other, *, alpha=1, Tensor out=None):
    """sub(input, other, *, alpha=1, out=None) -> Tensor

    input - alpha * other, elementwise. Shapes broadcast, element types promote.
    Raises DtypeError for two bool tensors.

    >>> import lucet
    >>> lucet.sub(lucet.tensor([1, 2]), 1)
    tensor([0, 1])
    """
    if intercepted(input, other):
        result = offered(sub_function, input, other, {"alpha": _given_alpha(alpha), "out": out})
        if result is not passed:
            return result
    result = add_scaled(SUB_RULE, SUB_SCALED_RULE, input, other, alpha, -1, out, False)
    if result is NotImplemented:
        return without_tensor("sub", input, other, {"alpha": alpha, "out": out})
    return result

def sub_function_(Tensor input not None, other, *, alpha=1):
    if intercepted(input, other):
        result = offered(sub_function_, input, other, {"alpha": _given_alpha(alpha)})
        if result is not passed:
            return result
    result = add_scaled(SUB_RULE, SUB_SCALED_RULE, input, other, alpha, -1, input, True)
    if result is NotImplemented:
        without_tensor("sub_", input, other)
    return result

ADD_RULE.fn = ADD_SCALED_RULE.fn = op(add_function, name="add", inplace=add_function_, formula="input + other", samples=also_complex(_pairs), family="pointwise")
ADD_RULE.fn_inplace = ADD_SCALED_RULE.fn_inplace = add_function_
for _fn in (add_function, add_function_, sub_function, sub_function_):
    _takes_scale_first(_fn, 2, "alpha", "Tensor other")
SUB_RULE.fn = SUB_SCALED_RULE.fn = op(sub_function, name="sub", inplace=sub_function_, formula="input - other", samples=also_complex(_pairs), family="pointwise", dtypes="no bool")
SUB_RULE.fn_inplace = SUB_SCALED_RULE.fn_inplace = sub_function_
for _r in (RSUB_RULE, RSUB_SCALED_RULE, NUMBER_SUB_RULE, NUMBER_SUB_SCALED_RULE):
    (<Rule>_r).fn = sub_function
alias("subtract", "sub")

def rsub(Tensor input not None, other, *, alpha=1):
    """rsub(input, other, *, alpha=1) -> Tensor

    other - alpha * input, elementwise.

    >>> import lucet
    >>> lucet.rsub(lucet.tensor([1., 2.]), 3)
    tensor([2., 1.])
    """
    cdef bint number = not isinstance(other, Tensor)
    if intercepted(input, other):
        result = offered(sub_function, other, input, {"alpha": _given_alpha(alpha)})
        if result is not passed:
            return result
    result = add_scaled(
        NUMBER_SUB_RULE if number else RSUB_RULE, NUMBER_SUB_SCALED_RULE if number else RSUB_SCALED_RULE, other, input, alpha, -1, None, False,
    )
    if result is NotImplemented:
        without_tensor("rsub", input, other)
    return result

op(rsub, method=False, formula="other - input", samples=also_complex(_pairs), family="pointwise", dtypes="no bool")
# behind a number, alpha needs no name
old_forms[rsub] = lambda args, kwargs: rsub(args[0], args[1], alpha=args[2]) if len(args) == 3 and not kwargs and is_number(args[1]) else NotImplemented

cdef object slot_add(object a, object b):
    return binary(ADD_RULE, a, b, None, False)

cdef object slot_sub(object a, object b):
    _check_bool_sub(SUB_RULE, a, b)
    return binary(SUB_RULE if isinstance(a, Tensor) else NUMBER_SUB_RULE, a, b, None, False)

cdef object slot_iadd(object a, object b):
    return binary(ADD_RULE, a, b, <Tensor>a, True)

cdef object slot_isub(object a, object b):
    _check_bool_sub(SUB_RULE, a, b)
    return binary(SUB_RULE, a, b, <Tensor>a, True)

slots().binary[SLOT_ADD] = slot_add
slots().binary[SLOT_SUB] = slot_sub
slots().binary[SLOT_IADD] = slot_iadd
slots().binary[SLOT_ISUB] = slot_isub

# mul ----------------------------------------------------------------------------------------------------------------
cdef int mul_vjp(Node n, Tensor g, Run run) except -1:
    if needs(n, 0):
        give(run, n, 0, mul(g, conj_or_number(saved(n, 1))))
    if needs(n, 1):
        give(run, n, 1, mul(g, conj_or_number(saved(n, 0))))
    return 0

cdef Rule MUL_RULE = rule("mul", MUL, ARITH, b"MulBackward0", mul_vjp, A_FOR_B | B_FOR_A)
binary_op(MUL_RULE, """input * other, elementwise. Shapes broadcast, element types promote.

    >>> import lucet
    >>> lucet.mul(lucet.tensor([1., 2.]), 3)
    tensor([3., 6.])
    """, formula="input * other", samples=lambda r: [*also_complex(_pairs)(r), *_mixed_pairs(r)])
alias("multiply", "mul")

cdef object slot_mul(object a, object b):
    return binary(MUL_RULE, a, b, None, False)

cdef object slot_imul(object a, object b):
    return binary(MUL_RULE, a, b, <Tensor>a, True)

slots().binary[SLOT_MUL] = slot_mul
slots().binary[SLOT_IMUL] = slot_imul

# div ----------------------------------------------------------------------------------------------------------------
cdef int div_vjp(Node n, Tensor g, Run run) except -1:
    cdef object other = saved(n, 1)
    if needs(n, 0):
        give(run, n, 0, div(g, conj_or_number(other)))
    if needs(n, 1):
        give(run, n, 1, neg(mul(g, conj_of(div(div(saved(n, 0), other), other)))))
    return 0

cdef int rounded_div_vjp(Node n, Tensor g, Run run) except -1:
    """The quotient is piecewise constant: zero gradients."""
    if needs(n, 0):
        give(run, n, 0, zeros_of(g))
    if needs(n, 1):
        give(run, n, 1, zeros_of(g))
    return 0

cdef Rule DIV_RULE = rule("div", DIV, REAL, b"DivBackward0", div_vjp, A_FOR_B | SAVE_B)
cdef Rule FLOOR_DIV_RULE = rule("div", FLOOR_DIV, ARITH, b"DivBackward2", rounded_div_vjp, 0, MATH)
cdef Rule TRUNC_DIV_RULE = rule("div", TRUNC_DIV, ARITH, b"DivBackward2", rounded_div_vjp, 0, MATH)
cdef int floor_divide_vjp(Node n, Tensor g, Run run) except -1:
    raise RuntimeError("derivative for floor_divide is not implemented; div(rounding_mode='floor') has one, which is zero")

cdef Rule FLOOR_DIVIDE_RULE = rule("floor_divide", FLOOR_DIV, ARITH, b"torch::autograd::NotImplemented", floor_divide_vjp, 0, MATH)

cdef Rule div_rule(object rounding_mode):
    if rounding_mode is None:
        return DIV_RULE
    if rounding_mode == "floor":
        return FLOOR_DIV_RULE
    if rounding_mode == "trunc":
        return TRUNC_DIV_RULE
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")

def div_function(input, other, *, rounding_mode=None, Tensor out=None):
    """div(input, other, *, rounding_mode=None, out=None) -> Tensor

    input / other, elementwise; integers give floats unless `rounding_mode` is "floor" or "trunc".
    Raises RuntimeError where integers are divided by zero in a rounding mode.

    >>> import lucet
    >>> lucet.div(lucet.tensor([7, -7]), 2), lucet.div(lucet.tensor([7, -7]), 2, rounding_mode="floor")
    (tensor([ 3.5000, -3.5000]), tensor([ 3, -4]))
    """
    if intercepted(input, other):
        result = offered(div_function, input, other, {"rounding_mode": rounding_mode, "out": out})
        if result is not passed:
            return result
    result = binary(div_rule(rounding_mode), input, other, out, False)
    if result is NotImplemented:
        return without_tensor("div", input, other, {"rounding_mode": rounding_mode, "out": out})
    return result

def div_function_(Tensor input not None, other, *, rounding_mode=None):
    if intercepted(input, other):
        result = offered(div_function_, input, other, {"rounding_mode": rounding_mode})
        if result is not passed:
            return result
    result = binary(div_rule(rounding_mode), input, other, input, True)
    if result is NotImplemented:
        without_tensor("div_", input, other)
    return result

DIV_RULE.fn = op(div_function, name="div", inplace=div_function_, formula="input / other", samples=lambda r: [*also_complex(_positive_pairs)(r), *_mixed_pairs(r)], family="pointwise")
DIV_RULE.fn_inplace = div_function_
FLOOR_DIV_RULE.fn = TRUNC_DIV_RULE.fn = div_function
FLOOR_DIV_RULE.fn_inplace = TRUNC_DIV_RULE.fn_inplace = div_function_
alias("divide", "div")
alias("true_divide", "div")
binary_op(FLOOR_DIVIDE_RULE, """The largest whole number not above input / other, elementwise.
    Raises RuntimeError where integers are divided by zero.

    >>> import lucet
    >>> lucet.floor_divide(lucet.tensor([7, -7]), 2)
    tensor([ 3, -4])
    """, formula="floor(input / other)", grad="no", samples=_positive_pairs)

cdef object slot_div(object a, object b):
    if not isinstance(a, Tensor) and is_number(a) and is_plain(b) and not thread_state().modes:
        return mul(unary(RECIPROCAL_RULE, <Tensor>b, None, False), a)          # two roundings, as in torch
    return binary(DIV_RULE, a, b, None, False)

cdef object slot_idiv(object a, object b):
    return binary(DIV_RULE, a, b, <Tensor>a, True)

cdef object slot_floordiv(object a, object b):
    return binary(FLOOR_DIVIDE_RULE, a, b, None, False)

cdef object slot_ifloordiv(object a, object b):
    return binary(FLOOR_DIVIDE_RULE, a, b, <Tensor>a, True)

slots().binary[SLOT_TRUEDIV] = slot_div
slots().binary[SLOT_ITRUEDIV] = slot_idiv
slots().binary[SLOT_FLOORDIV] = slot_floordiv
slots().binary[SLOT_IFLOORDIV] = slot_ifloordiv

# remainder, fmod ----------------------------------------------------------------------------------------------------
cdef int remainder_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)
    if needs(n, 1):
        give(run, n, 1, neg(mul(g, div_function(saved(n, 0), saved(n, 1), rounding_mode="floor"))))
    return 0

cdef int fmod_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)
    if needs(n, 1):
        give(run, n, 1, neg(mul(g, div_function(saved(n, 0), saved(n, 1), rounding_mode="trunc"))))
    return 0

cdef Rule REMAINDER_RULE = rule("remainder", REMAINDER, ARITH, b"RemainderBackward0", remainder_vjp, A_FOR_B | SAVE_B, MATH)
cdef Rule FMOD_RULE = rule("fmod", FMOD, ARITH, b"FmodBackward0", fmod_vjp, A_FOR_B | SAVE_B, MATH)
REMAINDER_RULE.label_of_two = b"RemainderBackward1"
FMOD_RULE.label_of_two = b"FmodBackward1"
binary_op(REMAINDER_RULE, """Remainder of input / other with the sign of `other` (Python's %). Raises RuntimeError for integers modulo zero.

    >>> import lucet
    >>> lucet.remainder(lucet.tensor([-3., 3.]), 2)
    tensor([1., 1.])
    """, formula="input % other", samples=_positive_pairs)
binary_op(FMOD_RULE, """Remainder of input / other with the sign of `input` (C's fmod). Raises RuntimeError for integers modulo zero.

    >>> import lucet
    >>> lucet.fmod(lucet.tensor([-3., 3.]), 2)
    tensor([-1.,  1.])
    """, formula="fmod(input, other)", samples=_positive_pairs)

cdef object slot_mod(object a, object b):
    return binary(REMAINDER_RULE, a, b, None, False)

cdef object slot_imod(object a, object b):
    return binary(REMAINDER_RULE, a, b, <Tensor>a, True)

slots().binary[SLOT_MOD] = slot_mod
slots().binary[SLOT_IMOD] = slot_imod

# pow ----------------------------------------------------------------------------------------------------------------
cdef int pow_vjp(Node n, Tensor g, Run run) except -1:
    cdef object base = saved(n, 0), exponent = saved(n, 1)
    if needs(n, 0):
        if isinstance(exponent, Tensor):
            slope = mul(exponent, pow_op(base, sub(exponent, 1)))
            give(run, n, 0, mul(g, where(eq_op(exponent, 0), 0.0, conj_of(slope))))
        elif exponent == 0:
            give(run, n, 0, mul(g, 0))
        elif exponent == 2:
            give(run, n, 0, mul(g, conj_of(mul(base, 2))))
        else:
            give(run, n, 0, mul(g, conj_of(mul(pow_op(base, exponent - 1), exponent))))
    if needs(n, 1):
        power = saved(n, 2)
        if isinstance(base, Tensor):
            slope = mul(power, unary(LOG_RULE, cast_to(<Tensor>base, (<Tensor>power).code), None, False))
            flat = binary(LOGICAL_AND_RULE, eq_op(base, 0), _grows(<Tensor>exponent), None, False)
            give(run, n, 1, mul(g, where(flat, 0.0, conj_of(slope))))
        elif base == 0:
            give(run, n, 1, mul(g, where(_grows(<Tensor>exponent), 0.0, conj_of(mul(power, float("-inf"))))))
        else:
            give(run, n, 1, mul(g, conj_of(mul(power, _log_of_number(base, (<Tensor>power).code >= COMPLEX64)))))
    return 0

cdef object _log_of_number(object base, bint of_complex):
    if of_complex:
        return cmath.log(base)
    return log_c(<double>base) if base > 0 else float("nan")

cdef Tensor _grows(Tensor exponent):
    """Where the real part of an exponent is not negative: a power of 0 stays 0 nearby."""
    return binary(GE_RULE, exponent if exponent.code < COMPLEX64 else cast_to(exponent.detach(), real_of[exponent.code]), 0, None, False)

cdef Rule POW_RULE = rule("pow", POW, ARITH, b"PowBackward1", pow_vjp, SAVE_A | SAVE_B | SAVE_OUT, DEAR)
cdef Rule NUMBER_POW_RULE = rule("pow", POW, ARITH, b"PowBackward2", pow_vjp, SAVE_A | SAVE_B | SAVE_OUT, DEAR)
cdef Rule POW_SCALAR_RULE = rule("pow", POW, ARITH, b"PowBackward0", pow_vjp, SAVE_A | SAVE_B, DEAR)
cdef Rule POW2_RULE = rule("pow", SQUARE, ARITH, b"PowBackward0", square_vjp, SAVE_A)
cdef Rule POW3_RULE = rule("pow", CUBE, ARITH, b"PowBackward0", cube_vjp, SAVE_A)
cdef Rule POW_HALF_RULE = rule("pow", SQRT, ARITH, b"PowBackward0", sqrt_vjp, SAVE_OUT)

cdef int square_vjp(Node n, Tensor g, Run run) except -1:
    x = saved(n, 0)
    # As a power while recording, so that the derivatives that are constants still hang on x, as in torch.
    return give(run, n, 0, mul(g, conj_of(mul(pow_op(x, 1) if recording2(g, <Tensor>x) else x, 2))))

cdef int cube_vjp(Node n, Tensor g, Run run) except -1:
    x = saved(n, 0)
    return give(run, n, 0, mul(g, conj_of(mul(pow_op(x, 2) if recording2(g, <Tensor>x) else mul(x, x), 3))))

cdef Tensor pow_op(object base, object exponent):
    return power(base, exponent, None, False)

cdef Tensor eq_op(object a, object b):
    return binary(EQ_RULE, a, b, None, False)

cdef object power(object base, object exponent, Tensor out, bint inplace):
    """base ** exponent; squares, cubes and roots have loops of their own, as in torch."""
    cdef Tensor a
    if isinstance(base, Tensor) and is_plain(base) and not thread_state().modes and is_number(exponent):
        a = <Tensor>base
        _check_integer_power(a, exponent)
        if not isinstance(exponent, bool) and not isinstance(exponent, complex) and a.code != BOOL:
            if a.code >= FLOAT16 or isinstance(exponent, int):
                if exponent == 2:
                    return unary(POW2_RULE, a, out, inplace)
                if exponent == 3:
                    return unary(POW3_RULE, a, out, inplace)
            if exponent == 0.5 and a.code >= FLOAT16:
                return unary(POW_HALF_RULE, a, out, inplace)
        return binary(POW_SCALAR_RULE, base, exponent, out, inplace)
    return binary(POW_RULE if isinstance(base, Tensor) else NUMBER_POW_RULE, base, exponent, out, inplace)

cdef int _check_integer_power(Tensor a, object exponent) except -1:
    if a.code < FLOAT16 and isinstance(exponent, int) and not isinstance(exponent, bool) and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return 0

def pow_function(input, exponent, *, Tensor out=None):
    """pow(input, exponent, *, out=None) -> Tensor

    input ** exponent, elementwise; either may be a number. Raises RuntimeError for integers to a negative integer power.

    >>> import lucet
    >>> lucet.pow(lucet.tensor([1., 2., 3.]), 2)
    tensor([1., 4., 9.])
    """
    result = power(input, exponent, out, False)
    if result is NotImplemented:
        without_tensor("pow", input, exponent, None, "exponent")
    return result

def pow_function_(Tensor input not None, exponent):
    result = power(input, exponent, input, True)
    if result is NotImplemented:
        without_tensor("pow_", input, exponent, None, "exponent")
    return result

op(pow_function, name="pow", inplace=pow_function_, formula="input ** exponent", family="pointwise",
   samples=lambda r: [*also_complex(_positive_pairs)(r), (r(3), 2), (r(3), 3), (abs(r(3)) + 0.5, 0.5), (r(3), 0), (2.0, r(3)),
                      *[(_complex(r(3), r), k) for k in (0, 1, 2, 3, -1, 0.5, 1 + 2j)], (1 + 2j, r(3)), *_mixed_pairs(r)])
for _r in (POW_RULE, NUMBER_POW_RULE, POW_SCALAR_RULE, POW2_RULE, POW3_RULE, POW_HALF_RULE):
    (<Rule>_r).fn = pow_function
    (<Rule>_r).fn_inplace = pow_function_

cdef object slot_pow(object a, object b):
    return power(a, b, None, False)

cdef object slot_ipow(object a, object b):
    return power(a, b, <Tensor>a, True)

slots().binary[SLOT_POW] = slot_pow
slots().binary[SLOT_IPOW] = slot_ipow

# maximum, minimum, atan2 --------------------------------------------------------------------------------------------
cdef int maximum_vjp(Node n, Tensor g, Run run) except -1:
    """The larger operand gets the gradient, equal ones half each."""
    cdef Tensor a = saved(n, 0), b = saved(n, 1), half = div(g, 2)
    tie = eq_op(a, b)
    give(run, n, 0, where(tie, half, where(binary(LT_RULE, a, b, None, False), 0.0, g)))
    give(run, n, 1, where(tie, half, where(binary(GT_RULE, a, b, None, False), 0.0, g)))
    return 0

cdef int minimum_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor a = saved(n, 0), b = saved(n, 1), half = div(g, 2)
    tie = eq_op(a, b)
    give(run, n, 0, where(tie, half, where(binary(GT_RULE, a, b, None, False), 0.0, g)))
    give(run, n, 1, where(tie, half, where(binary(LT_RULE, a, b, None, False), 0.0, g)))
    return 0

cdef int atan2_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor a = saved(n, 0), b = saved(n, 1)
    slope = div(g, add(mul(a, a), mul(b, b)))
    if needs(n, 0):
        give(run, n, 0, mul(slope, b))
    if needs(n, 1):
        give(run, n, 1, mul(slope, neg(a)))
    return 0

def _tensor_pairs(r):
    return [pair for pair in _pairs(r) if not isinstance(pair[1], float)]

cdef Rule MAXIMUM_RULE = rule("maximum", MAXIMUM, ARITH, b"MaximumBackward0", maximum_vjp, SAVE_A | SAVE_B)
cdef Rule MINIMUM_RULE = rule("minimum", MINIMUM, ARITH, b"MinimumBackward0", minimum_vjp, SAVE_A | SAVE_B)
cdef Rule ATAN2_RULE = rule("atan2", ATAN2, REAL, b"Atan2Backward0", atan2_vjp, SAVE_A | SAVE_B, DEAR)
binary_op(MAXIMUM_RULE, """The larger of two tensors, elementwise; NaN wins.

    >>> import lucet
    >>> lucet.maximum(lucet.tensor([1, 5]), lucet.tensor([3, 2]))
    tensor([3, 5])
    """, formula="maximum(input, other)", samples=_tensor_pairs, inplace=False)
binary_op(MINIMUM_RULE, """The smaller of two tensors, elementwise; NaN wins.

    >>> import lucet
    >>> lucet.minimum(lucet.tensor([1, 5]), lucet.tensor([3, 2]))
    tensor([1, 2])
    """, formula="minimum(input, other)", samples=_tensor_pairs, inplace=False)
binary_op(ATAN2_RULE, """The angle in radians of the point (other, input), in (-pi, pi].

    >>> import lucet
    >>> lucet.atan2(lucet.tensor([0.]), lucet.tensor([1.]))
    tensor([0.])
    """, formula="arctan2(input, other)", samples=_tensor_pairs)
alias("arctan2", "atan2")

# comparison ---------------------------------------------------------------------------------------------------------
cdef int overwritten_vjp(Node n, Tensor g, Run run) except -1:
    """Of a comparison in place, whose result is stored as floats: it does not depend on the operands."""
    for i in range(2):
        if needs(n, i):
            give(run, n, i, zeros_of(g))
    return 0

cdef Rule EQ_RULE = rule("eq", EQ, COMPARE, b"EqBackward0", overwritten_vjp)
cdef Rule NE_RULE = rule("ne", NE, COMPARE, b"NeBackward0", overwritten_vjp)
cdef Rule LT_RULE = rule("lt", LT, COMPARE, b"LtBackward0", overwritten_vjp)
cdef Rule LE_RULE = rule("le", LE, COMPARE, b"LeBackward0", overwritten_vjp)
cdef Rule GT_RULE = rule("gt", GT, COMPARE, b"GtBackward0", overwritten_vjp)
cdef Rule GE_RULE = rule("ge", GE, COMPARE, b"GeBackward0", overwritten_vjp)

for _rule_, _sign, _long in (
    (EQ_RULE, "==", ""), (NE_RULE, "!=", "not_equal"), (LT_RULE, "<", "less"), (LE_RULE, "<=", "less_equal"),
    (GT_RULE, ">", "greater"), (GE_RULE, ">=", "greater_equal"),
):
    binary_op(_rule_, f"""Whether input {_sign} other, elementwise, as a bool tensor. Shapes broadcast.

    >>> import lucet
    >>> lucet.{(<Rule>_rule_).name.decode()}(lucet.tensor([1, 2]), 2)
    tensor([{"False,  True" if _sign in ("==", ">=") else "True, True" if _sign == "<=" else " True, False" if _sign in ("!=", "<") else "False, False"}])
    """, formula=f"input {_sign} other", grad="no", samples=also_complex(_pairs) if _sign in ("==", "!=") else _pairs)
    if _long:
        alias(_long, (<Rule>_rule_).name.decode())

cdef object slot_eq(object a, object b):
    return binary(EQ_RULE, a, b, None, False)

cdef object slot_ne(object a, object b):
    return binary(NE_RULE, a, b, None, False)

cdef object slot_lt(object a, object b):
    return binary(LT_RULE, a, b, None, False)

cdef object slot_le(object a, object b):
    return binary(LE_RULE, a, b, None, False)

cdef object slot_gt(object a, object b):
    return binary(GT_RULE, a, b, None, False)

cdef object slot_ge(object a, object b):
    return binary(GE_RULE, a, b, None, False)

slots().binary[SLOT_EQ] = slot_eq
slots().binary[SLOT_NE] = slot_ne
slots().binary[SLOT_LT] = slot_lt
slots().binary[SLOT_LE] = slot_le
slots().binary[SLOT_GT] = slot_gt
slots().binary[SLOT_GE] = slot_ge

# logic and bits -----------------------------------------------------------------------------------------------------
cdef Rule LOGICAL_AND_RULE = rule("logical_and", LOGICAL_AND, COMPARE)
cdef Rule LOGICAL_OR_RULE = rule("logical_or", LOGICAL_OR, COMPARE)
cdef Rule LOGICAL_XOR_RULE = rule("logical_xor", LOGICAL_XOR, COMPARE)
cdef Rule AND_RULE = rule("bitwise_and", AND, ARITH)
cdef Rule OR_RULE = rule("bitwise_or", OR, ARITH)
cdef Rule XOR_RULE = rule("bitwise_xor", XOR, ARITH)
cdef Rule LSHIFT_RULE = rule("bitwise_left_shift", LSHIFT, ARITH)
cdef Rule RSHIFT_RULE = rule("bitwise_right_shift", RSHIFT, ARITH)

for _rule_, _word in ((LOGICAL_AND_RULE, "and"), (LOGICAL_OR_RULE, "or"), (LOGICAL_XOR_RULE, "xor")):
    binary_op(_rule_, f"""Logical {_word} of two tensors, elementwise; whatever is not zero counts as true. Returns bool.

    >>> import lucet
    >>> lucet.logical_{_word}(lucet.tensor([0, 1]), lucet.tensor([1, 1]))
    tensor([{dict([("and", "False,  True"), ("or", "True, True"), ("xor", " True, False")])[_word]}])
    """, formula=f"logical_{_word}(input, other)", grad="no", samples=also_complex(_tensor_pairs))
def _bit_pairs(r):
    return [(r(3, 4).mul(7).long(), r(3, 4).mul(7).long()), (r(3, 4).mul(7).long(), r(4).mul(7).long()), (r(3, 4).mul(7).long(), 3), (r(3, 4) > 0, r(3, 4) > 0)]

def _shift_pairs(r):
    return [(r(3, 4).mul(7).long(), r(3, 4).abs().mul(2).long()), (r(3, 4).mul(7).long(), r(4).abs().mul(2).long()), (r(3, 4).mul(7).long(), 2)]

for _rule_, _sign, _result in ((AND_RULE, "&", "2, 0"), (OR_RULE, "|", "3, 7"), (XOR_RULE, "^", "1, 7")):
    binary_op(_rule_, f"""input {_sign} other on the bits of integers or bools, elementwise.

    >>> import lucet
    >>> lucet.{(<Rule>_rule_).name.decode()}(lucet.tensor([3, 3]), lucet.tensor([2, 4]))
    tensor([{_result}])
    """, formula=f"{(<Rule>_rule_).name.decode()}(input, other)", grad="no", samples=_bit_pairs, dtypes="integers")
for _rule_, _sign, _result in ((LSHIFT_RULE, "<<", "4, 8"), (RSHIFT_RULE, ">>", "1, 2")):
    binary_op(_rule_, f"""input {_sign} other, elementwise on integers.

    >>> import lucet
    >>> lucet.{(<Rule>_rule_).name.decode()}(lucet.tensor([2, 4]), 1)
    tensor([{_result}])
    """, formula=f"input {_sign} other", grad="no", samples=_shift_pairs, dtypes="integers")

cdef object slot_and(object a, object b):
    return binary(AND_RULE, a, b, None, False)

cdef object slot_or(object a, object b):
    return binary(OR_RULE, a, b, None, False)

cdef object slot_xor(object a, object b):
    return binary(XOR_RULE, a, b, None, False)

cdef object slot_lshift(object a, object b):
    return binary(LSHIFT_RULE, a, b, None, False)

cdef object slot_rshift(object a, object b):
    return binary(RSHIFT_RULE, a, b, None, False)

cdef object slot_iand(object a, object b):
    return binary(AND_RULE, a, b, <Tensor>a, True)

cdef object slot_ior(object a, object b):
    return binary(OR_RULE, a, b, <Tensor>a, True)

cdef object slot_ixor(object a, object b):
    return binary(XOR_RULE, a, b, <Tensor>a, True)

cdef object slot_ilshift(object a, object b):
    return binary(LSHIFT_RULE, a, b, <Tensor>a, True)

cdef object slot_irshift(object a, object b):
    return binary(RSHIFT_RULE, a, b, <Tensor>a, True)

slots().binary[SLOT_AND] = slot_and
slots().binary[SLOT_OR] = slot_or
slots().binary[SLOT_XOR] = slot_xor
slots().binary[SLOT_LSHIFT] = slot_lshift
slots().binary[SLOT_RSHIFT] = slot_rshift
slots().binary[SLOT_IAND] = slot_iand
slots().binary[SLOT_IOR] = slot_ior
slots().binary[SLOT_IXOR] = slot_ixor
slots().binary[SLOT_ILSHIFT] = slot_ilshift
slots().binary[SLOT_IRSHIFT] = slot_irshift


# --- C-level calls for gradient rules --------------------------------------------------------------------------------

cdef Tensor add(object a, object b):
    return binary(ADD_RULE, a, b, None, False)

cdef Tensor sub(object a, object b):
    return binary(SUB_RULE, a, b, None, False)

cdef Tensor mul(object a, object b):
    return binary(MUL_RULE, a, b, None, False)

cdef Tensor div(object a, object b):
    return binary(DIV_RULE, a, b, None, False)

cdef Tensor _engine_add(Tensor a, Tensor b):
    return binary(ADD_RULE, a, b, None, False)

cdef int _engine_add_inplace(Tensor a, Tensor b) except -1:
    """a += b without version or history, for gradients that only the engine sees."""
    cdef LoopArgs args
    cdef Operand ops[3]
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    cdef int loop_code = loop_code_of(a.code)
    if is_meta(a) or is_meta(b):
        return 0
    settle_views(a)
    settle_views(b)
    if a.storage.readers:
        finish_readers(a.storage)
    b = aligned(b, a)
    if a.code == b.code and a.code == loop_code and a.flags & b.flags & F_CONTIGUOUS and same_shape(a, b) and same_layout(a, b):
        data[0] = data[1] = raw_of(a)
        data[2] = raw_of(b)
        steps[0] = steps[1] = steps[2] = itemsize_of[a.code]
        run_contiguous(K.pointwise[ADD][a.code], &args, 3, data, steps, a.numel_, CHEAP)
        return 0
    operand_as_it_lies(a, loop_code, &ops[0])
    operand_as_it_lies(a, loop_code, &ops[1])
    operand_as_it_lies(b, loop_code, &ops[2])
    return iterate(K.pointwise[ADD][loop_code], &args, 3, ops, CHEAP)

engine_ops.add = _engine_add
engine_ops.add_inplace = _engine_add_inplace
