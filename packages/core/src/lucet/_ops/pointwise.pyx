"""Pointwise ops: arithmetic, comparison, logic, elementary functions, activations, where and clamp.

A block per op: its gradient rule, its `Rule`, one registering line. What the op does not say, its family says once: type
promotion, broadcasting, `out=`, the in-place form, overlap and version rules, meta tensors, recording, interception.
"""

from cpython.float cimport PyFloat_CheckExact
from cpython.long cimport PyLong_CheckExact
from libc.math cimport log as log_c
from lucet._dtype cimport (
    BOOL, UINT8, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, NUM_CODES, CAT_BOOL, CAT_INT, CAT_FLOAT, CAT_COMPLEX,
    Scalar, category_of, itemsize_of, real_of, complex_of, can_cast, dtype_object, default_code, promote, read_scalar, scalar_code, store_scalar, is_number,
)
from lucet._engine cimport (
    Node, Run, vjp_fn, engine_ops, requires_grad, recording, recording2, new_node, connect, set_history, save, save_output, saved,
    saved_tensor, check_inplace, rebase, needs, give, give_zeros, record_gradient, named, M_SAVES,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport *
from lucet._ops._deferred cimport add_joins, clamp_joins
from lucet._ops._layout cimport aligned, empty_as, empty_image, hidden, raw_of, same_layout, settle_views
from lucet._modes cimport thread_state, slow_call, passed
from lucet._storage cimport finish_readers
from lucet._ops._loops cimport (
    Operand, operand_as_it_lies, operand_of_scalar, iterate, run_contiguous, broadcast2, check_out_overlap, check_no_internal_overlap,
    prepare_out, lay_out_as, convert_into, converted, CHEAP, MATH, DEAR,
)
from lucet._ops.convert cimport cast_to, deliver
from lucet._ops.create cimport check_range, fill_with, store_checked
from lucet._tensor cimport (
    Tensor, is_plain, is_contiguous, is_meta, same_shape, data_of, empty_tensor, empty_like, empty_result, scalar_tensor, bump, describe, slots,
    F_CONTIGUOUS, CPU, META, SLOT_ADD, SLOT_SUB, SLOT_MUL, SLOT_TRUEDIV, SLOT_FLOORDIV, SLOT_MOD, SLOT_POW, SLOT_AND, SLOT_OR,
    SLOT_XOR, SLOT_LSHIFT, SLOT_RSHIFT, SLOT_LT, SLOT_LE, SLOT_EQ, SLOT_NE, SLOT_GT, SLOT_GE, SLOT_IADD, SLOT_ISUB, SLOT_IMUL,
    SLOT_ITRUEDIV, SLOT_IFLOORDIV, SLOT_IMOD, SLOT_IPOW, SLOT_IAND, SLOT_IOR, SLOT_IXOR, SLOT_ILSHIFT, SLOT_IRSHIFT, SLOT_NEG,
    SLOT_POS, SLOT_ABS, SLOT_INVERT,
)

import cmath

from lucet._errors import DtypeError, DeviceError, RangeError, error, warn_once
from lucet._ops._loops import out_apart
from lucet._modes import old_forms
from lucet._registry import OPS, op, alias, dress
from lucet._type_info import finfo


cdef class Rule:
    """How one pointwise op is computed, recorded and named."""


cdef Rule rule(str name, int kernel, int kind, bytes label=b"", vjp_fn vjp=NULL, int saves=0, int cost=CHEAP):
    cdef Rule r = Rule.__new__(Rule)
    r.name = name.encode()
    r.name_in_place = r.name + b"_"
    r.kernel = kernel
    r.kind = kind
    r.label = r.label_of_two = label
    r.vjp = vjp
    r.saves = saves
    r.cost = cost
    return r


# --- element types --------------------------------------------------------------------------------------------------

cdef Rule exactly(Rule r):
    """The rule, with an `out=` that has to have the type of the result."""
    r.exact = True
    return r


cdef int combine(int higher, int lower) noexcept:
    """torch's rule for joining the results of two tiers; NUM_CODES stands for an empty tier."""
    if higher == NUM_CODES:
        return lower
    if lower == NUM_CODES:
        return higher
    if category_of[higher] == CAT_COMPLEX:
        return higher
    if category_of[higher] == CAT_FLOAT:
        if category_of[lower] == CAT_COMPLEX:
            return promote(higher, COMPLEX64)
        return higher
    if higher == BOOL or category_of[lower] >= CAT_FLOAT:
        return promote(higher, lower)
    return higher


cdef int result_code(object a, object b) except -1:
    """The element type of a op b: tensors with dimensions rule over 0-d tensors, those over Python numbers."""
    cdef int tiers[3]
    cdef int tier, code
    cdef Scalar s
    tiers[0] = tiers[1] = tiers[2] = NUM_CODES
    for x in (a, b):
        if x is None:
            continue
        if isinstance(x, Tensor):
            tier = 0 if (<Tensor>x).ndim_ else 1
            code = (<Tensor>x).code
        else:
            read_scalar(x, &s)
            tier = 2
            code = scalar_code(s.category)
        tiers[tier] = code if tiers[tier] == NUM_CODES else promote(tiers[tier], code)
    return combine(tiers[0], combine(tiers[1], tiers[2]))


def result_dtype(a, b):
    """The element type of an operation on two tensors or numbers."""
    if a is None or b is None:
        raise TypeError("result_type: expected tensors or numbers, got None")
    return dtype_object(result_code(a, b))


cdef inline int loop_code_of(int code) noexcept:
    """Half types are stored as they are and computed in float32."""
    return FLOAT32 if code == FLOAT16 or code == BFLOAT16 else code


cdef loop_fn loop_for(Rule r, int code) except NULL:
    cdef loop_fn fn = K.pointwise[r.kernel][loop_code_of(code)]
    if fn == NULL:
        raise error(DtypeError, f"{r.name.decode()}: not implemented for {dtype_object(code)._name}", facts=_torchs_words(r, code))
    return fn


cdef list _torchs_words(Rule r, int code):
    """What torch says of a complex number where an op takes none."""
    return [f"\"{r.name.decode()}_cpu\" not implemented for '{'ComplexFloat' if code == COMPLEX64 else 'ComplexDouble'}'"] if code >= COMPLEX64 else []


cdef inline int result_of(Rule r, int code) noexcept:
    """The type of the result of a rule that computes in `code`."""
    return code if r.kind < COMPARE else BOOL if r.kind == COMPARE else real_of[code] if r.kind == TO_REAL else complex_of[code]


cdef object conj_or_number(object x):
    return conj_of(<Tensor>x) if isinstance(x, Tensor) else x.conjugate() if isinstance(x, complex) else x


cdef Tensor zeros_of(Tensor g):
    """The gradient of what does not matter; not g * 0, which is NaN where g is infinite."""
    return engine_ops.fill(g.code, g.ndim_, g.shape_, 0)


# --- the families ---------------------------------------------------------------------------------------------------

cdef int _same_device(Tensor a, Tensor b, Rule r) except -1:
    if a.storage.device != b.storage.device and a.ndim_ and b.ndim_:
        raise error(
            DeviceError, f"{r.name.decode()}: Expected all tensors to be on the same device, but found at least two devices, meta and cpu!"
        )
    return 0


cdef int check_target(Tensor target, bint inplace, bint will_record, Rule r) except -1:
    """What must hold before a result is written into an existing tensor."""
    if inplace:
        check_inplace(target, will_record, r.name_in_place)
    else:
        if will_record or requires_grad(target) and thread_state().grad_enabled:
            raise RuntimeError(
                f"{r.name.decode()}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
            )
        check_inplace(target, False, r.name)
    check_no_internal_overlap(target, r.name)
    return 0


cdef int fit_out(Tensor out, int ndim, const Py_ssize_t* shape, int code, const char* name, Tensor a, Tensor b=None, Tensor c=None) except -1:
    """`prepare_out`; where it resizes, `out` takes the order in memory that a new result would have."""
    if prepare_out(out, ndim, shape, code, name):
        lay_out_as(out, empty_result(code, ndim, shape, META, a, b, c))
    return 0


cdef Tensor unary(Rule r, Tensor a, Tensor out, bint inplace):
    """One operand: checks, element type, output, loop, history."""
    return unary_p(r, a, out, inplace, 0, 0, 0)


cdef Tensor unary_p(Rule r, Tensor a, Tensor out, bint inplace, double p0, double p1, double p2):
    """`unary` with parameters for the loop."""
    cdef LoopArgs args
    args.d[0] = p0
    args.d[1] = p1
    args.d[2] = p2
    args.i[0] = <int64_t>p0
    args.i[1] = <int64_t>p1
    args.i[2] = <int64_t>p2
    return unary_args(r, a, out, inplace, &args)


cdef Tensor unary_args(Rule r, Tensor a, Tensor out, bint inplace, LoopArgs* args):
    """`unary` with parameters that are filled in: d for loops in floats, i for those in integers."""
    cdef Operand ops[2]
    cdef char* data[2]
    cdef Py_ssize_t steps[2]
    cdef int code = a.code, result
    cdef loop_fn fn
    cdef Tensor y
    cdef Node n
    cdef bint will_record = r.vjp != NULL and recording(a)
    if r.kind == REAL and code < FLOAT16:
        code = default_code()
    result = result_of(r, code)
    fn = loop_for(r, code)
    if out is None:
        y = empty_as(a, result)
    else:
        y = out
        if inplace and r.kind == TO_REAL and result != code:
            raise RuntimeError(f"In-place {r.name.decode()} is not supported for complex tensors.")
        check_target(y, inplace, will_record, r)
        check_out_overlap(y, a, r.name)
        if y.code != result and not inplace:
            if r.exact:
                raise error(DtypeError, f"{r.name.decode()}: Found dtype {dtype_object(y.code)._name} but expected {dtype_object(result)._name}")
            if result < FLOAT32 and result >= FLOAT16:
                return _rounded_into(y, unary_args(r, a, None, False, args), r, a)
        fit_out(y, a.ndim_, a.shape_, result, r.name, a)
    if inplace and will_record and r.saves & SAVE_A:
        kept = engine_ops.clone(a)
    else:
        kept = a
    if a.storage.deferred is not None and (out is None or inplace) and _clamp_joins(r, y, a, args.d[0], args.d[1]):
        pass
    elif a.storage.device == CPU and y.storage.device == CPU:
        settle_views(a)
        settle_views(y)
        if (
            a.code == loop_code_of(code) and y.code == loop_code_of(result) and a.flags & y.flags & F_CONTIGUOUS
            and same_layout(a, y)
        ):
            data[0] = raw_of(y)
            data[1] = raw_of(a)
            steps[0] = itemsize_of[y.code]
            steps[1] = itemsize_of[a.code]
            run_contiguous(fn, args, 2, data, steps, y.numel_, r.cost)
        else:
            operand_as_it_lies(y, loop_code_of(result), &ops[0])
            operand_as_it_lies(a, loop_code_of(code), &ops[1])
            iterate(fn, args, 2, ops, r.cost)
    if out is not None:
        bump(y, r.name_in_place if inplace else r.name)
    if will_record:
        n = new_node(r.vjp, r.label, 1)
        connect(n, 0, a)
        n.d0 = args.d[0]
        n.d1 = args.d[1]
        if args.d[2] != 0:
            n.extra = args.d[2]
        if r.saves & SAVE_A:
            save(n, 0, kept)
        if inplace:
            rebase(y, n)
        else:
            set_history(n, y, 0)
        if r.saves & SAVE_OUT:
            save_output(n, 0, y)
    return y


cdef Tensor _rounded_into(Tensor out, Tensor y, Rule r, Tensor a, Tensor b=None):
    """A result of a half type in an `out` of another: rounded as it is without one."""
    fit_out(out, y.ndim_, y.shape_, y.code, r.name, a, b)
    convert_into(out, y)
    bump(out, r.name)
    return out


cdef bint _clamp_joins(Rule r, Tensor y, Tensor a, double p0, double p1) noexcept:
    """Whether r is an activation that a's deferred computation takes on."""
    if r.kernel == RELU:
        return clamp_joins(y, a, ACT_RELU, 0, 0)
    return r.kernel == CLAMP and p0 <= p1 and clamp_joins(y, a, ACT_CLAMP, p0, p1)


cdef Tensor _binary_fast(Rule r, Tensor a, Tensor b, LoopArgs* args):
    """Two contiguous tensors of one shape and type, or None when that is not the case."""
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    cdef loop_fn fn
    cdef Tensor y
    if a.code != b.code or not a.flags & b.flags & F_CONTIGUOUS or not same_shape(a, b):
        return None
    if (a.storage.device | b.storage.device) != CPU or r.kind == REAL and a.code < FLOAT16:
        return None
    fn = K.pointwise[r.kernel][a.code]
    if fn == NULL:
        return None
    if a.storage.channels | b.storage.channels:
        if r.kind >= COMPARE or not hidden(a) or not hidden(b):
            return None
        y = empty_image(a.code, a.shape_)
        if r.kernel == ADD and (a.storage.deferred is not None or b.storage.deferred is not None) and add_joins(y, a, b):
            return y
    else:
        y = empty_tensor(result_of(r, a.code), a.ndim_, a.shape_, CPU)
    data[0] = raw_of(y)
    data[1] = raw_of(a)
    data[2] = raw_of(b)
    steps[0] = itemsize_of[y.code]
    steps[1] = steps[2] = itemsize_of[a.code]
    run_contiguous(fn, args, 3, data, steps, y.numel_, r.cost)
    if args.failed:
        _zero_divisor(r)
    return y


cdef bint _binary_into(Rule r, Tensor a, Tensor b, Tensor out, bint inplace, LoopArgs* args) except -1:
    """`_binary_fast` into a tensor of the same shape and type that has no history; False when that is not the case."""
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    cdef loop_fn fn
    if r.kind >= COMPARE or a.code != b.code or a.code != out.code or a.code < FLOAT16 and (r.kind == REAL or _may_fail(r)):
        return False
    if not a.flags & b.flags & out.flags & F_CONTIGUOUS or not same_shape(a, b) or not same_shape(a, out) or requires_grad(out):
        return False
    if (a.storage.device | b.storage.device | out.storage.device) != CPU or a.storage.channels | b.storage.channels | out.storage.channels:
        return False
    fn = K.pointwise[r.kernel][a.code]
    if fn == NULL:
        return False
    check_target(out, inplace, False, r)
    check_out_overlap(out, a, r.name)
    check_out_overlap(out, b, r.name)
    data[0] = raw_of(out)
    data[1] = raw_of(a)
    data[2] = raw_of(b)
    steps[0] = steps[1] = steps[2] = itemsize_of[a.code]
    run_contiguous(fn, args, 3, data, steps, out.numel_, r.cost)
    return True


cdef bint _may_fail(Rule r) noexcept:
    """Whether integers may be divided by zero."""
    return r.kernel == FLOOR_DIV or r.kernel == TRUNC_DIV or r.kernel == REMAINDER or r.kernel == FMOD


cdef int _zero_divisor(Rule r) except -1:
    raise RuntimeError(f"{r.name.decode()}: ZeroDivisionError: an integer tensor was divided by zero")


cdef Tensor _binary_general(Rule r, object x, object z, Tensor out, bint inplace, bint will_record, LoopArgs* args):
    """Everything else: Python numbers, broadcasting, mixed types, strides, out=, in place, meta."""
    cdef Tensor a = <Tensor>x if isinstance(x, Tensor) else None
    cdef Tensor b = <Tensor>z if isinstance(z, Tensor) else None
    cdef Tensor y
    cdef Operand ops[3]
    cdef Py_ssize_t shape[64]
    cdef char room[2][16]
    cdef Scalar s
    cdef int code = result_code(x, z), result, loop_code, ndim, i
    cdef loop_fn fn
    cdef bint may_fail
    if r.kind == REAL and code < FLOAT16:
        code = default_code()
    loop_code = loop_code_of(code)
    result = result_of(r, code)
    fn = loop_for(r, code)
    may_fail = code < FLOAT16 and _may_fail(r)
    if a is not None and b is not None:
        _same_device(a, b, r)
        ndim = broadcast2(a, b, shape, r.name)
    else:
        y = a if a is not None else b
        ndim = y.ndim_
        for i in range(ndim):
            shape[i] = y.shape_[i]
    if a is None:
        read_scalar(x, &s)
        store_scalar(&s, loop_code, room[0], r.name)
    if b is None:
        read_scalar(z, &s)
        store_scalar(&s, loop_code, room[1], r.name)
    if out is not None:
        y = out
        check_target(y, inplace, will_record, r)
        if a is not None:
            check_out_overlap(y, a, r.name)
        if b is not None:
            check_out_overlap(y, b, r.name)
        if inplace:
            _check_broadcast_into(y, ndim, shape, r)
        if not is_meta(y) and (may_fail or FLOAT16 <= result < FLOAT32 and y.code != result and not inplace):
            # a zero divisor must have written nothing; a half type is rounded to before `out` has it
            y = _binary_general(r, x, z, None, False, False, args)
            fit_out(out, ndim, shape, result, r.name, a, b)
            convert_into(out, y)
            return out
        fit_out(y, ndim, shape, result, r.name, a, b)
        if inplace and r.kernel == ADD and b is not None and y.storage.deferred is not None and result == code and add_joins(y, a, b):
            return y
    else:
        y = _new_output(a, b, ndim, shape, result)
        if y.storage.channels:
            a, b = None if a is None else aligned(a, y), None if b is None else aligned(b, y)
    if y.storage.device == META or (a is not None and is_meta(a)) or (b is not None and is_meta(b)):
        return y
    settle_views(y)
    if a is not None:
        settle_views(a)
    if b is not None:
        settle_views(b)
    operand_as_it_lies(y, loop_code_of(result), &ops[0])
    if a is not None:
        operand_as_it_lies(a, loop_code, &ops[1])
    else:
        operand_of_scalar(room[0], loop_code, &ops[1])
    if b is not None:
        operand_as_it_lies(b, loop_code, &ops[2])
    else:
        operand_of_scalar(room[1], loop_code, &ops[2])
    iterate(fn, args, 3, ops, r.cost)
    if args.failed:
        _zero_divisor(r)
    return y


cdef int _check_broadcast_into(Tensor y, int ndim, const Py_ssize_t* shape, Rule r) except -1:
    cdef int i
    cdef bint same = ndim == y.ndim_
    for i in range(ndim):
        if same and shape[i] != y.shape_[i]:
            same = False
    if not same:
        raise RuntimeError(
            f"output with shape {[y.shape_[i] for i in range(y.ndim_)]} doesn't match the broadcast shape {[shape[i] for i in range(ndim)]}"
        )
    return 0


cdef bint _fills(Tensor t, const Py_ssize_t* shape) noexcept:
    """Whether t has the hidden layout and this shape."""
    cdef int i
    for i in range(4):
        if t.ndim_ != 4 or t.shape_[i] != shape[i]:
            return False
    return hidden(t)


cdef Tensor _new_output(Tensor a, Tensor b, int ndim, const Py_ssize_t* shape, int code, Tensor c=None):
    """A result of up to three operands, on the meta device where one of them is there; hidden where one of full shape is so."""
    cdef int device = META if (a is not None and is_meta(a)) or (b is not None and is_meta(b)) or (c is not None and is_meta(c)) else CPU
    if ndim == 4 and device == CPU:
        if a is not None and a.storage.channels and _fills(a, shape):
            return empty_as(a, code)
        if b is not None and b.storage.channels and _fills(b, shape):
            return empty_as(b, code)
    return empty_result(code, ndim, shape, device, a, b, c)


cdef object binary(Rule r, object x, object z, Tensor out, bint inplace):
    """Two operands, either of which may be a Python number; NotImplemented for anything else."""
    cdef LoopArgs args
    args.failed = 0
    return _binary(r, x, z, out, inplace, &args)


cdef object _binary(Rule r, object x, object z, Tensor out, bint inplace, LoopArgs* args):
    cdef Tensor a = None, b = None, y = None
    cdef bint will_record = False
    cdef object kept_a = x
    cdef Node n
    if isinstance(x, Tensor):
        a = <Tensor>x
        if not is_plain(a) or thread_state().modes:
            result = _intercept(r, x, z, out, inplace)
            if result is not passed:
                return result
        will_record = requires_grad(a)
    elif not is_number(x):
        return _ask_other(r, x, z, out, inplace, x)
    if isinstance(z, Tensor):
        b = <Tensor>z
        if not is_plain(b) or thread_state().modes:
            result = _intercept(r, x, z, out, inplace)
            if result is not passed:
                return result
        will_record = will_record or requires_grad(b)
    elif a is None or not is_number(z):
        return _ask_other(r, x, z, out, inplace, z)
    will_record = will_record and r.vjp != NULL and (inplace or r.kind != COMPARE) and thread_state().grad_enabled
    if a is not None and b is not None:
        if out is None:
            y = _binary_fast(r, a, b, args)
        elif not will_record and _binary_into(r, a, b, out, inplace, args):
            y = out
    if will_record:
        if inplace:
            check_inplace(a, will_record, r.name_in_place)
            if r.saves & SAVE_A or r.saves & A_FOR_B and b is not None and requires_grad(b):
                kept_a = engine_ops.clone(a)
        # Saved before anything is written: an operand that the op itself overwrites must be found changed by backward.
        n = new_node(r.vjp, r.label if b is None else r.label_of_two, 2)
        if a is not None:
            connect(n, 0, a)
        if b is not None:
            connect(n, 1, b)
        if r.saves & SAVE_A or r.saves & A_FOR_B and needs(n, 1):
            save(n, 0, kept_a)
        if r.saves & SAVE_B or r.saves & B_FOR_A and needs(n, 0):
            save(n, 1, z)
        n.d0 = args.d[0]
    if y is None:
        y = _binary_general(r, x, z, out, inplace, will_record, args)
    if out is not None:
        bump(y, r.name_in_place if inplace else r.name)
    if will_record:
        if inplace:
            rebase(y, n)
        else:
            set_history(n, y, 0)
        if r.saves & SAVE_OUT:
            save_output(n, 2, y)
    return y


cdef object _ask_other(Rule r, object x, object z, Tensor out, bint inplace, object other):
    """An operand that is neither tensor nor number may still offer `__torch_function__`."""
    if not hasattr(type(other), "__torch_function__"):
        return NotImplemented
    result = _intercept(r, x, z, out, inplace)
    return NotImplemented if result is passed else result


cdef object _intercept(Rule r, object x, object z, Tensor out, bint inplace):
    if inplace:
        return slow_call(r.fn_inplace, (x, z), {})
    return slow_call(r.fn, (x, z), {} if out is None else {"out": out})


cdef Tensor binary_kernel(int kernel, Tensor a, Tensor b, double p0=0, double p1=0, double p2=0):
    """A fused two-operand loop inside a gradient rule: same shape and type, no history."""
    cdef LoopArgs args
    cdef Operand ops[3]
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    cdef Tensor y
    cdef int loop_code = loop_code_of(a.code)
    cdef loop_fn fn = K.pointwise[kernel][loop_code]
    args.d[0] = p0
    args.d[1] = p1
    args.d[2] = p2
    settle_views(a)
    settle_views(b)
    y = empty_as(a if a.storage.channels and same_shape(a, b) else b, a.code)
    if is_meta(a) or is_meta(b):
        return y
    a, b = aligned(a, y), aligned(b, y)
    if (
        loop_code == a.code and a.code == b.code and a.flags & b.flags & y.flags & F_CONTIGUOUS and same_shape(a, b)
        and same_layout(a, b) and same_layout(a, y)
    ):
        data[0] = raw_of(y)
        data[1] = raw_of(a)
        data[2] = raw_of(b)
        steps[0] = steps[1] = steps[2] = itemsize_of[a.code]
        run_contiguous(fn, &args, 3, data, steps, y.numel_, CHEAP)
        return y
    operand_as_it_lies(y, loop_code, &ops[0])
    operand_as_it_lies(a, loop_code, &ops[1])
    operand_as_it_lies(b, loop_code, &ops[2])
    iterate(fn, &args, 3, ops, CHEAP)
    return y


# --- public forms of a family ----------------------------------------------------------------------------------------

cdef inline bint intercepted(object x, object z) noexcept:
    """Whether somebody may want to see a call on these operands."""
    return (isinstance(x, Tensor) and not is_plain(x)) or (isinstance(z, Tensor) and not is_plain(z)) or thread_state().modes


cdef object offered(object fn, object x, object z, dict kwargs):
    """Offer an intercepted call with keywords; `passed` when nobody takes it."""
    return slow_call(fn, (x, z), {name: value for name, value in kwargs.items() if value is not None})


cdef tuple _OF_NUMBERS = ("add", "sub", "mul", "div", "floor_divide")


cdef object without_tensor(str name, object x, object z, dict options=None, str second="other"):
    """What an op makes of operands of which none is a tensor, or one is no number either: torch has some for two numbers."""
    if is_number(x) and is_number(z):
        if name not in _OF_NUMBERS:
            raise TypeError(f"{name}(): one of the arguments must be Tensor, got {type(x).__name__} and {type(z).__name__}")
        return OPS[name].function(_as_tensor(x, result_code(x, None)), z, **(options or {}))
    at, bad = (1, x) if not isinstance(x, Tensor) and not is_number(x) else (2, z)
    raise TypeError(f"{name}(): argument '{'input' if at == 1 else second}' (position {at}) must be Tensor or Number, not {type(bad).__name__}")


def unary_op(Rule r, str doc, str also="", str formula=None, str grad="yes", object samples=None, bint inplace=True, bint public=True, bint method=True, str dtypes="all"):
    """The function and in-place form of a one-operand op, registered."""
    def function(Tensor input not None, *, Tensor out=None):
        if not is_plain(input) or thread_state().modes:
            result = slow_call(r.fn, (input,), {} if out is None else {"out": out})
            if result is not passed:
                return result
        return unary(r, input, out, False)

    def function_(Tensor input not None):
        if not is_plain(input) or thread_state().modes:
            result = slow_call(r.fn_inplace, (input,), {})
            if result is not passed:
                return result
        return unary(r, input, input, True)

    name = r.name.decode()
    r.fn = dress(function, name, f"{name}(input, *, out=None) -> Tensor\n\n{doc}")
    r.fn_inplace = function_ if inplace else None
    if inplace:
        dress(function_, name + "_", f"In-place form of `{name}`.")
    op(function, name=name, inplace=r.fn_inplace, also=also, formula=formula, grad=grad, samples=samples, public=public, method=method, dtypes=dtypes, family="pointwise")
    return function


def binary_op(Rule r, str doc, str also="", str formula=None, str grad="yes", object samples=None, bint inplace=True, bint public=True, bint method=True, str dtypes="all"):
    """The function and in-place form of a two-operand op, registered."""
    def function(input, other, *, Tensor out=None):
        result = binary(r, input, other, out, False)
        if result is NotImplemented:
            return without_tensor(r.name.decode(), input, other, {"out": out})
        return result

    def function_(Tensor input not None, other):
        result = binary(r, input, other, input, True)
        if result is NotImplemented:
            without_tensor(r.name.decode() + "_", input, other)
        return result

    name = r.name.decode()
    r.fn = dress(function, name, f"{name}(input, other, *, out=None) -> Tensor\n\n{doc}")
    r.fn_inplace = function_ if inplace else None
    if inplace:
        dress(function_, name + "_", f"In-place form of `{name}`.")
    op(function, name=name, inplace=r.fn_inplace, also=also, formula=formula, grad=grad, samples=samples, public=public, method=method, dtypes=dtypes, family="pointwise")
    return function


def tensors_op(Rule r, str doc, str also="", str formula=None, str grad="yes", object samples=None, bint inplace=True, str dtypes="all", bint method=True, bint public=True):
    """`binary_op` of what takes no Python numbers."""
    def function(Tensor input not None, Tensor other not None, *, Tensor out=None):
        return binary(r, input, other, out, False)

    def function_(Tensor input not None, Tensor other not None):
        return binary(r, input, other, input, True)

    name = r.name.decode()
    r.fn = dress(function, name, f"{name}(input, other, *, out=None) -> Tensor\n\n{doc}")
    r.fn_inplace = function_ if inplace else None
    if inplace:
        dress(function_, name + "_", f"In-place form of `{name}`.")
    op(function, name=name, inplace=r.fn_inplace, also=also, formula=formula, grad=grad, samples=samples, dtypes=dtypes, family="pointwise", method=method, public=public)
    return function


def _pairs(r):
    """Argument samples of two-operand ops: equal shapes, broadcasting, no dimensions, nothing, a number."""
    return [(r(3, 4), r(3, 4)), (r(3, 1), r(4)), (r(), r(2)), (r(0, 2), r(2)), (r(2, 3), 1.5)]


def _complex(t, r):
    """The tensor as the real part of a complex one."""
    return OPS["complex"].function(t, r(*t.shape)) if isinstance(t, Tensor) and t.is_floating_point() else t


def also_complex(samples):
    """The same samples, and behind them those of one tensor or more with complex numbers."""
    def both(r):
        rows = list(samples(r))
        return rows + [tuple([_complex(x, r) for x in row]) for row in rows]
    return both


def _mixed_pairs(r):
    """Complex numbers with real ones: the gradient of a real operand is the real part."""
    return [(r(3, 4).abs() + 0.5, _complex(r(4), r)), (_complex(r(3, 4), r), r(3, 1)), (r(3).abs(), 2 - 1j)]


def _positive_pairs(r):
    return [(abs(a) + 0.5, (abs(b) if isinstance(b, float) else abs(b)) + 0.5) for a, b in _pairs(r)]


def _singles(r):
    return [(r(3, 4),), (r(),), (r(0, 2),), (r(5),)]


def _positives(r):
    return [(abs(x) + 0.5,) for (x,) in _singles(r)]


include "pointwise_arithmetic.pxi"
include "pointwise_functions.pxi"
include "pointwise_activations.pxi"
include "pointwise_select.pxi"
