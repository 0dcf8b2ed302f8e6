# Choosing between operands: where, clamp, addcmul, addcdiv, lerp.

# where --------------------------------------------------------------------------------------------------------------
cdef int where_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor condition = saved_tensor(n, 0)
    if needs(n, 0):
        give(run, n, 0, where(condition, g, 0.0))
    if needs(n, 1):
        give(run, n, 1, where(condition, 0.0, g))
    return 0

cdef Tensor _as_tensor(object x, int code):
    """A number as a 0-d tensor of the given type; tensors pass."""
    cdef Scalar s
    cdef Tensor t
    if isinstance(x, Tensor):
        return <Tensor>x
    t = scalar_tensor(code)
    read_scalar(x, &s)
    store_checked(&s, code, data_of(t), b"where")
    return t

cdef int _log2_size(int code) noexcept:
    cdef int size = itemsize_of[code], k = 0
    while size > 1:
        size >>= 1
        k += 1
    return k

cdef Tensor _where(Tensor condition, object x, object z, Tensor out):
    cdef Operand ops[4]
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t pair[64]
    cdef int code = result_code(x, z), ndim, i
    cdef Tensor a = _as_tensor(x, code), b = _as_tensor(z, code), y, wide
    cdef Node n
    cdef bint will_record = recording2(a, b)
    if condition.code != BOOL and condition.code != UINT8:
        raise error(DtypeError, f"where: expected condition to be a boolean tensor, but got a tensor with dtype {dtype_object(condition.code)._name}", fix="condition != 0")
    if condition.code == UINT8:
        warn_once("where received a uint8 condition tensor. This behavior is deprecated: condition != 0 is a bool")
    ndim = broadcast2(a, b, pair, b"where")
    wide = empty_tensor(BOOL, ndim, pair, META)
    ndim = broadcast2(condition, wide, shape, b"where")
    if out is None:
        y = _new_output(condition, a, ndim, shape, code, b)
    else:
        y = out
        if y.code != code:
            raise error(DtypeError, f"where: Expected out type to be {dtype_object(code)._name} but got {dtype_object(y.code)._name}")
        if will_record:
            raise RuntimeError("where(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.")
        check_inplace(y, False, b"where")
        check_no_internal_overlap(y, b"where")
        for t in (condition, a, b):
            check_out_overlap(y, <Tensor>t, b"where")
        fit_out(y, ndim, shape, code, b"where", condition, a, b)
    if not (is_meta(y) or is_meta(a) or is_meta(b) or is_meta(condition)):
        settle_views(y)
        settle_views(condition)
        settle_views(a)
        settle_views(b)
        operand_as_it_lies(y, code, &ops[0])
        operand_as_it_lies(condition, condition.code, &ops[1])
        operand_as_it_lies(a, code, &ops[2])
        operand_as_it_lies(b, code, &ops[3])
        iterate(K.where[_log2_size(code)], NULL, 4, ops, CHEAP)
    if out is not None:
        bump(y, b"where")
    if will_record:
        n = new_node(where_vjp, b"WhereBackward0", 2)
        connect(n, 0, a)
        connect(n, 1, b)
        save(n, 0, condition)
        set_history(n, y, 0)
    return y

cdef Tensor where(Tensor condition, object a, object b):
    return _where(condition, a, b, None)

_where_fn = None

def where_function(Tensor condition not None, input=None, other=None, *, Tensor out=None):
    """where(condition, input, other, *, out=None) -> Tensor

    Elements of `input` where `condition` (bool) holds, of `other` elsewhere; all three broadcast. With `condition` alone, the
    indices of its true elements as a tuple of int64 tensors. DtypeError where the condition is no bool.

    >>> import lucet
    >>> lucet.where(lucet.tensor([True, False]), lucet.tensor([1., 2.]), 0.)
    tensor([1., 0.])
    """
    if input is None and other is None:
        return condition.nonzero(as_tuple=True)
    for x in (input, other):
        if not isinstance(x, Tensor) and not is_number(x):
            raise TypeError(f"where(): arguments 'input' and 'other' must be Tensor or Number, not {type(x).__name__}")
    if thread_state().modes or not is_plain(condition) or (isinstance(input, Tensor) and not is_plain(input)) or (isinstance(other, Tensor) and not is_plain(other)):
        result = slow_call(_where_fn, (condition, input, other), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return _where(condition, input, other, out)

_where_fn = op(where_function, name="where", method=False, grad="yes", family="pointwise", formula="where(condition, input, other)",
               samples=also_complex(lambda r: [(r(3, 4) > 0, r(3, 4), r(3, 4)), (r(3, 1) > 0, r(4), r()), (r(0) > 0, r(0), r(1))]))

def _where_method(Tensor self not None, Tensor condition not None, other, *, Tensor out=None):
    """self.where(condition, other): elements of self where `condition` holds, of `other` elsewhere."""
    return where_function(condition, self, other, out=out)

from lucet._tensor import attach as _attach
_attach("where", dress(_where_method, "where", None))

# clamp --------------------------------------------------------------------------------------------------------------
cdef int clamp_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    if recording2(g, x):
        x = x.detach()
        inside = binary(LOGICAL_AND_RULE, binary(GE_RULE, x, n.d0, None, False), binary(LE_RULE, x, n.d1, None, False), None, False)
        return give(run, n, 0, where(inside, g, 0.0))
    return give(run, n, 0, binary_kernel(CLAMP_GRAD, g, x, n.d0, n.d1))

cdef Rule CLAMP_RULE = exactly(rule("clamp", CLAMP, ARITH, b"ClampBackward1", clamp_vjp, SAVE_A))

cdef int clamp_by_tensors_vjp(Node n, Tensor g, Run run) except -1:
    """Within both bounds, ties included, the gradient is the input's; else it is that of the bound that holds, the upper one where they cross."""
    cdef Tensor x = saved_tensor(n, 0)
    cdef object within = None, met
    low, high = saved(n, 1), saved(n, 2)
    if low is not None:
        within = binary(GE_RULE, x, low, None, False)
    if high is not None:
        met = binary(LE_RULE, x, high, None, False)
        within = met if within is None else binary(LOGICAL_AND_RULE, within, met, None, False)
    if needs(n, 0):
        give(run, n, 0, where(within, g, 0.0))
    if needs(n, 1):
        met = binary(LT_RULE, x, low, None, False)
        if high is not None:
            met = binary(LOGICAL_AND_RULE, met, binary(LT_RULE, low, high, None, False), None, False)
        give(run, n, 1, where(met, g, 0.0))
    if needs(n, 2):
        met = binary(GT_RULE, x, high, None, False)
        if low is not None:
            met = binary(LOGICAL_OR_RULE, met, binary(LT_RULE, high, low, None, False), None, False)
        give(run, n, 2, where(met, g, 0.0))
    return 0


cdef object _plain_bound(object bound):
    return bound.detach() if isinstance(bound, Tensor) else bound


cdef Tensor _clamped_by_tensors(Tensor a, object low, object high, bint overwritten):
    cdef Tensor y = a
    cdef Node n
    cdef int before = thread_state().grad_enabled
    cdef bint will_record = recording(a) or isinstance(low, Tensor) and recording(<Tensor>low) or isinstance(high, Tensor) and recording(<Tensor>high)
    thread_state().grad_enabled = 0
    try:
        if low is not None:
            y = maximum_of(y, low)
        if high is not None:
            y = minimum_of(y, high)
    finally:
        thread_state().grad_enabled = before
    if will_record and y.code >= FLOAT16:
        n = new_node(clamp_by_tensors_vjp, b"ClampBackward0", 3)
        connect(n, 0, a)
        if isinstance(low, Tensor):
            connect(n, 1, <Tensor>low)
        if isinstance(high, Tensor):
            connect(n, 2, <Tensor>high)
        save(n, 0, a.detach().clone() if overwritten else a.detach())
        save(n, 1, _plain_bound(low))
        save(n, 2, _plain_bound(high))
        set_history(n, y, 0)
    return y


cdef Tensor _clamp(Tensor a, object low, object high, Tensor out, bint inplace, str name):
    """Bounds are numbers (one loop) or tensors (maximum and minimum)."""
    cdef LoopArgs args
    cdef Scalar s
    cdef char room[16]
    cdef int code = a.code, k
    cdef int64_t lowest = 0, highest = 0
    cdef bint unordered
    cdef Tensor y
    if low is None and high is None:
        raise RuntimeError(f"{name}: At least one of 'min' or 'max' must not be None")
    if isinstance(low, Tensor) or isinstance(high, Tensor):
        y = _clamped_by_tensors(a, low, high, inplace)
        if inplace:
            if not can_cast(y.code, out.code):
                raise _uncastable(y.code, out.code, name)
            return out.copy_(y)
        out_apart(out, name, a, low, high)
        return deliver(y, out, name, True)
    for bound in (low, high):
        if bound is not None:
            code = result_code(a if code == a.code else scalar_tensor(code), bound)
    if code < FLOAT16:
        highest = 255 if code == UINT8 else <int64_t>0x7fffffffffffffff >> (64 - 8 * itemsize_of[code])
        lowest = 0 if code == UINT8 else -highest - 1
    args.d[0], args.d[1], args.d[2] = float("-inf"), float("inf"), 0
    args.i[0], args.i[1] = lowest, highest
    for k in range(2):
        bound = high if k else low
        if bound is not None:
            read_scalar(bound, &s)
            store_checked(&s, code, room, b"clamp")
            args.d[k] = s.re
            args.i[k] = s.i if s.i > lowest else lowest      # -1 of uint8 is below all elements
    unordered = code >= FLOAT16 and (args.d[0] != args.d[0] or args.d[1] != args.d[1])
    if code != a.code:
        if inplace:
            raise _uncastable(code, a.code, name)
        a = converted(a, code)
    if args.i[0] > args.i[1]:                # all become the upper bound, as in the loops of floats
        args.i[0] = args.i[1]
    y = unary_args(CLAMP_RULE, a, out, inplace, &args)
    if unordered:                            # a NaN bound makes everything NaN; nothing lies within, so the gradient is 0
        fill_with(y, float("nan"), b"clamp")
    return y

cdef object _uncastable(int code, int into, str name):
    return error(DtypeError, f"{name}: result type {dtype_object(code)._name} can't be cast to the desired output type {dtype_object(into)._name}")

cdef Tensor maximum_of(object a, object b):
    return binary(MAXIMUM_RULE, a, b, None, False)

cdef Tensor minimum_of(object a, object b):
    return binary(MINIMUM_RULE, a, b, None, False)

def clamp_function(Tensor input not None, min=None, max=None, *, Tensor out=None):
    """clamp(input, min=None, max=None, *, out=None) -> Tensor

    `input` limited to [min, max], elementwise; bounds are numbers or tensors, and `max` wins where they cross.
    Raises RuntimeError without a bound. The gradient passes where min <= input <= max.

    >>> import lucet
    >>> lucet.clamp(lucet.tensor([-2., 0.5, 3.]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(CLAMP_RULE.fn, (input, min, max), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return _clamp(input, min, max, out, False, "clamp")

def clamp_function_(Tensor input not None, min=None, max=None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(CLAMP_RULE.fn_inplace, (input, min, max), {})
        if result is not passed:
            return result
    return _clamp(input, min, max, input, True, "clamp_")

CLAMP_RULE.fn = op(clamp_function, name="clamp", inplace=clamp_function_, formula="clip(input, min, max)", family="pointwise", dtypes="no bool",
                   samples=lambda r: [(r(3, 4), -0.5, 0.5), (r(), 0.0, 1.0), (r(0, 2), -1.0, 1.0), (r(5), -0.5, None), (r(5), None, 0.3)])
CLAMP_RULE.fn_inplace = clamp_function_
alias("clip", "clamp")

cdef object _one_bound(object y, Tensor a, const char* label):
    """What clamp made, under torch's name for one with a single bound, unless a mode or subclass made it."""
    return named(<Tensor>y, label) if is_plain(a) and not thread_state().modes else y

def clamp_min(Tensor input not None, min, *, Tensor out=None):
    """clamp_min(input, min, *, out=None) -> Tensor

    max(input, min), elementwise.

    >>> import lucet
    >>> lucet.clamp_min(lucet.tensor([-2., 3.]), 0)
    tensor([0., 3.])
    """
    if min is None:
        raise TypeError("clamp_min(): argument 'min' must be Tensor or Number, not NoneType")
    return _one_bound(clamp_function(input, min, None, out=out), input, b"ClampMinBackward1" if isinstance(min, Tensor) else b"ClampMinBackward0")

def clamp_min_(Tensor input not None, min):
    return clamp_function_(input, min, None)

def clamp_max(Tensor input not None, max, *, Tensor out=None):
    """clamp_max(input, max, *, out=None) -> Tensor

    min(input, max), elementwise.

    >>> import lucet
    >>> lucet.clamp_max(lucet.tensor([-2., 3.]), 0)
    tensor([-2.,  0.])
    """
    if max is None:
        raise TypeError("clamp_max(): argument 'max' must be Tensor or Number, not NoneType")
    return _one_bound(clamp_function(input, None, max, out=out), input, b"ClampMaxBackward1" if isinstance(max, Tensor) else b"ClampMaxBackward0")

def clamp_max_(Tensor input not None, max):
    return clamp_function_(input, None, max)

op(clamp_min, inplace=clamp_min_, formula="maximum(input, min)", samples=lambda r: [(r(3, 4), 0.1)], family="pointwise", dtypes="no bool")
op(clamp_max, inplace=clamp_max_, formula="minimum(input, max)", samples=lambda r: [(r(3, 4), 0.1)], family="pointwise", dtypes="no bool")

# addcmul, addcdiv, lerp: sums of the ops above -----------------------------------------------------------------------
cdef object _offered_three(object fn, Tensor a, Tensor b, object c, object value, Tensor out):
    """What a mode or subclass makes of the call; `passed` where nobody takes it."""
    if is_plain(a) and is_plain(b) and (not isinstance(c, Tensor) or is_plain(c)) and not thread_state().modes:
        return passed
    named = {"value": _given_alpha(value), "out": out}
    return slow_call(fn, (a, b, c), {name: given for name, given in named.items() if given is not None})

def addcmul(Tensor input not None, Tensor tensor1 not None, Tensor tensor2 not None, *, value=1, Tensor out=None):
    """addcmul(input, tensor1, tensor2, *, value=1, out=None) -> Tensor

    input + value * tensor1 * tensor2, elementwise.

    >>> import lucet
    >>> lucet.addcmul(lucet.ones(1), lucet.tensor([2.]), lucet.tensor([3.]), value=0.5)
    tensor([4.])
    """
    result = _offered_three(addcmul, input, tensor1, tensor2, value, out)
    if result is not passed:
        return result
    _no_bools(input, tensor1, tensor2)
    out_apart(out, "addcmul", input, tensor1, tensor2)
    if _of_one_float(input, tensor1, tensor2, value):
        return deliver(_joined(ADDCMUL_RULE, addcmul_vjp, b"AddcmulBackward0", input, tensor1, tensor2, value), out, "addcmul", True)
    product = mul(tensor1, tensor2)
    return add_function(input, product, alpha=_factor(value, input, product), out=out)

def addcmul_(Tensor input not None, Tensor tensor1 not None, Tensor tensor2 not None, *, value=1):
    result = _offered_three(addcmul_, input, tensor1, tensor2, value, None)
    if result is not passed:
        return result
    _no_bools(input, tensor1, tensor2)
    out_apart(input, "addcmul_", tensor1, tensor2)
    if _of_one_float(input, tensor1, tensor2, value):
        return input.copy_(addcmul(input, tensor1, tensor2, value=value))
    product = mul(tensor1, tensor2)
    return add_function_(input, product, alpha=_factor(value, input, product))

def addcdiv(Tensor input not None, Tensor tensor1 not None, Tensor tensor2 not None, *, value=1, Tensor out=None):
    """addcdiv(input, tensor1, tensor2, *, value=1, out=None) -> Tensor

    input + value * tensor1 / tensor2, elementwise. Raises RuntimeError for integers.

    >>> import lucet
    >>> lucet.addcdiv(lucet.ones(1), lucet.tensor([6.]), lucet.tensor([3.]), value=0.5)
    tensor([2.])
    """
    result = _offered_three(addcdiv, input, tensor1, tensor2, value, out)
    if result is not passed:
        return result
    _no_integer_division(tensor1, tensor2)
    out_apart(out, "addcdiv", input, tensor1, tensor2)
    if _of_one_float(input, tensor1, tensor2, value):
        return deliver(_joined(ADDCDIV_RULE, addcdiv_vjp, b"AddcdivBackward0", input, tensor1, tensor2, value), out, "addcdiv", True)
    return add_function(input, div(tensor1, tensor2), alpha=_factor(value, input, None), out=out)

def addcdiv_(Tensor input not None, Tensor tensor1 not None, Tensor tensor2 not None, *, value=1):
    result = _offered_three(addcdiv_, input, tensor1, tensor2, value, None)
    if result is not passed:
        return result
    _no_integer_division(tensor1, tensor2)
    out_apart(input, "addcdiv_", tensor1, tensor2)
    if _of_one_float(input, tensor1, tensor2, value):
        return input.copy_(addcdiv(input, tensor1, tensor2, value=value))
    return add_function_(input, div(tensor1, tensor2), alpha=_factor(value, input, None))

cdef object _factor(object value, Tensor a, Tensor product):
    """What `value` is as a factor: a number, and between integers a whole one."""
    if isinstance(value, bool) or isinstance(value, float) and product is not None and a.code < FLOAT16 and product.code < FLOAT16:
        return int(value)
    return value

cdef bint are_half(Tensor a, Tensor b, Tensor c) noexcept:
    """Whether all are of one half type."""
    return (a.code == FLOAT16 or a.code == BFLOAT16) and a.code == b.code == c.code

cdef Tensor single(Tensor a):
    """In float32, recorded: half types are rounded once, at the end."""
    return cast_to(a, FLOAT32)

cdef int _no_bools(Tensor a, Tensor b, Tensor c) except -1:
    if a.code == b.code == c.code == BOOL:
        raise error(DtypeError, "addcmul: not implemented for bool")
    return 0

cdef int _no_integer_division(Tensor a, Tensor b) except -1:
    if a.code < FLOAT16 and b.code < FLOAT16:
        raise RuntimeError("Integer division with addcdiv is no longer supported; convert an operand to a floating type, or use input + value * trunc(tensor1 / tensor2)")
    return 0

def lerp(Tensor input not None, Tensor end not None, weight, *, Tensor out=None):
    """lerp(input, end, weight, *, out=None) -> Tensor

    input + weight * (end - input), elementwise; the weight is a number or a tensor.

    >>> import lucet
    >>> lucet.lerp(lucet.tensor([0.]), lucet.tensor([10.]), 0.3)
    tensor([3.])
    """
    result = _offered_three(lerp, input, end, weight, 1, out)
    if result is not passed:
        return result
    if out is not None and isinstance(weight, Tensor) and out.code != input.code:        # a number as the weight lets the result be cast
        raise error(DtypeError, f"lerp: Found dtype {dtype_object(out.code)._name} but expected {dtype_object(input.code)._name}")
    out_apart(out, "lerp", input, end, weight)
    return deliver(_lerp(input, end, weight), out, "lerp", True)

def lerp_(Tensor input not None, Tensor end not None, weight):
    result = _offered_three(lerp_, input, end, weight, 1, None)
    if result is not passed:
        return result
    out_apart(input, "lerp_", end, weight)
    source = OPS["clone"].function(input) if isinstance(weight, Tensor) and recording(<Tensor>weight) else input    # the weight's gradient needs it
    return input.copy_(_lerp(source, end, weight))

cdef Tensor _lerp(Tensor a, Tensor b, object w):
    """The form that is exact at the nearer end, as torch chooses it."""
    if a.code != b.code:
        raise error(DtypeError, f"lerp: expected dtype {dtype_object(a.code)._name} for `end` but got dtype {dtype_object(b.code)._name}")
    if isinstance(w, Tensor) and (<Tensor>w).code != a.code and (<Tensor>w).ndim_:
        raise error(DtypeError, f"lerp: expected dtype {dtype_object(a.code)._name} for `weight` but got dtype {dtype_object((<Tensor>w).code)._name}")
    if a.code < FLOAT16:
        raise error(DtypeError, f"lerp: not implemented for {dtype_object(a.code)._name}")
    if a.code < COMPLEX64 and ((<Tensor>w).code == a.code if isinstance(w, Tensor) else not isinstance(w, complex)):
        return _lerp_of_floats(a, b, w)
    if isinstance(w, Tensor):
        near = binary(LT_RULE, unary(ABS_RULE, <Tensor>w, None, False), 0.5, None, False)
        return where(near, add(a, mul(w, sub(b, a))), sub(b, mul(sub(b, a), sub(1, w))))
    if abs(w) < 0.5:
        return add(a, mul(sub(b, a), w))
    return sub(b, mul(sub(b, a), 1 - w))

cdef bint _of_one_float(Tensor a, Tensor b, Tensor c, object value) noexcept:
    """Whether one loop serves: real numbers of one floating type, and a real factor."""
    return FLOAT16 <= a.code < COMPLEX64 and a.code == b.code == c.code and type(value) in (int, float)

cdef Tensor _joined(Rule r, vjp_fn vjp, const char* label, Tensor a, Tensor b, Tensor c, object value):
    cdef LoopArgs args
    cdef Tensor y
    cdef Node n
    args.d[0] = value
    y = _three(r, a, b, c, &args)
    if recording2(a, b) or recording(c):
        n = new_node(vjp, label, 3)
        connect(n, 0, a)
        connect(n, 1, b)
        connect(n, 2, c)
        n.d0 = args.d[0]
        if needs(n, 1) or needs(n, 2):
            save(n, 1, b)
            save(n, 2, c)
        set_history(n, y, 0)
    return y

cdef int addcmul_vjp(Node n, Tensor g, Run run) except -1:
    if needs(n, 0):
        give(run, n, 0, g)
    if needs(n, 1):
        give(run, n, 1, mul(g, mul(saved_tensor(n, 2), n.d0)))
    if needs(n, 2):
        give(run, n, 2, mul(g, mul(saved_tensor(n, 1), n.d0)))
    return 0

cdef int addcdiv_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor along
    if needs(n, 0):
        give(run, n, 0, g)
    if needs(n, 1) or needs(n, 2):
        along = div(mul(g, n.d0), saved_tensor(n, 2))
        if needs(n, 1):
            give(run, n, 1, along)
        if needs(n, 2):
            give(run, n, 2, neg(mul(along, div(saved_tensor(n, 1), saved_tensor(n, 2)))))
    return 0

cdef Rule ADDCMUL_RULE = rule("addcmul", ADDCMUL, ARITH)
cdef Rule ADDCDIV_RULE = rule("addcdiv", ADDCDIV, ARITH)

cdef int lerp_vjp(Node n, Tensor g, Run run) except -1:
    cdef object w = n.d0 if n.d1 else saved_tensor(n, 2) if needs(n, 0) or needs(n, 1) else None
    if needs(n, 0):
        give(run, n, 0, mul(g, 1 - w if n.d1 else sub(1, w)))
    if needs(n, 1):
        give(run, n, 1, mul(g, w))
    if needs(n, 2):
        give(run, n, 2, mul(g, sub(saved_tensor(n, 1), saved_tensor(n, 0))))
    return 0

cdef Rule LERP_RULE = rule("lerp", LERP, ARITH)

cdef Tensor _three(Rule r, Tensor a, Tensor b, Tensor c, LoopArgs* args):
    """The loop of a rule over three operands of one floating type, without history."""
    cdef Operand ops[4]
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t pair[64]
    cdef int ndim = broadcast2(a, b, pair, r.name), loop_code = FLOAT32 if a.code < FLOAT32 else a.code
    cdef Tensor y
    _same_device(a, b, r)
    _same_device(a, c, r)
    ndim = broadcast2(c, empty_tensor(BOOL, ndim, pair, META), shape, r.name)
    y = _new_output(a, b, ndim, shape, a.code, c)
    if not (is_meta(a) or is_meta(b) or is_meta(c)):
        settle_views(a)
        settle_views(b)
        settle_views(c)
        operand_as_it_lies(y, loop_code, &ops[0])
        operand_as_it_lies(a, loop_code, &ops[1])
        operand_as_it_lies(b, loop_code, &ops[2])
        operand_as_it_lies(c, loop_code, &ops[3])
        iterate(loop_for(r, a.code), args, 4, ops, CHEAP)
    return y

cdef Tensor _lerp_of_floats(Tensor a, Tensor b, object weight):
    """In one loop; a weight that is a number stands in the node, one that is a tensor is saved."""
    cdef bint number = not isinstance(weight, Tensor)
    cdef Tensor w = _as_tensor(weight, FLOAT32 if a.code < FLOAT32 else a.code), y = _three(LERP_RULE, a, b, w, NULL)
    cdef Node n
    if recording2(a, b) or recording(w):
        n = new_node(lerp_vjp, b"LerpBackward0" if number else b"LerpBackward1", 2 if number else 3)
        connect(n, 0, a)
        connect(n, 1, b)
        n.d1 = number
        if number:
            n.d0 = weight
        else:
            connect(n, 2, w)
            if needs(n, 0) or needs(n, 1):
                save(n, 2, w)
            if needs(n, 2):
                save(n, 0, a)
                save(n, 1, b)
        set_history(n, y, 0)
    return y

op(addcmul, inplace=addcmul_, formula="input + tensor1 * tensor2", samples=also_complex(lambda r: [(r(3, 4), r(3, 1), r(4))]), family="pointwise", dtypes="no bool")
op(addcdiv, inplace=addcdiv_, formula="input + tensor1 / tensor2", samples=also_complex(lambda r: [(r(3, 4), r(3, 1), abs(r(4)) + 0.5)]), family="pointwise", dtypes="floats and complex")
op(lerp, inplace=lerp_, formula="input + weight * (end - input)", samples=also_complex(lambda r: [(r(3, 4), r(3, 4), 0.3), (r(3), r(3), abs(r(3)))]), family="pointwise", dtypes="floats and complex")
for _fn in (addcmul, addcmul_, addcdiv, addcdiv_):
    _takes_scale_first(_fn, 3, "value", "Tensor tensor1, Tensor tensor2")
