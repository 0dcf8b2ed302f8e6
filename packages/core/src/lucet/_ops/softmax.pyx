"""softmax, log_softmax, softmin and logsumexp: one pass over rows in `_kernels/reduce.pxi.tp`. Losses have their own file."""

from libc.stdint cimport uint64_t
from lucet._dtype cimport FLOAT16, FLOAT32, FLOAT64, COMPLEX64, itemsize_of, dtype_object, code_of, default_code
from lucet._engine cimport Node, Run, named, recording, recording2, record, save, save_output, saved_tensor, give
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport LoopArgs, ROWS_SOFTMAX, ROWS_LOG_SOFTMAX, ROWS_LOGSUMEXP, ROWS_SOFTMAX_GRAD, ROWS_LOG_SOFTMAX_GRAD
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops.convert cimport cast_to
from lucet._ops.create cimport filled
from lucet._ops.pointwise cimport sub, mul, neg
from lucet._ops.reduce cimport (
    run_rows, run_lines, around, one_dim, dims_mask, new_reduced, store_out, store_same, flag, spread, sum_dims,
)
from lucet._tensor cimport Tensor, alias, data_of, empty_tensor, finish_geometry, is_meta, is_plain

import warnings

from lucet._errors import DtypeError, error
from lucet._ops.pointwise import also_complex
from lucet._registry import OPS, op


# --- rows along any dimension -----------------------------------------------------------------------------------------

cdef Tensor _along(bint gradient, bint logarithm, Tensor a, Tensor b, int dim):
    """Softmax of `a` (or the gradient from gradient `a` and result `b`) along `dim`, row-major, computed in float32 for half types."""
    cdef int loop = FLOAT64 if a.code == FLOAT64 else FLOAT32
    cdef Tensor y = empty_tensor(loop, a.ndim_, a.shape_, a.storage.device), x, z
    cdef Py_ssize_t outer, inner
    cdef Py_ssize_t lengths[3]
    cdef char* data[3]
    cdef int sizes[3]
    cdef LoopArgs args
    if is_meta(a) or a.numel_ == 0:
        return y if y.code == a.code else empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    x = contiguous(converted(a, loop))
    z = contiguous(converted(b, loop)) if gradient else x
    around(a, dim, &outer, &inner)
    lengths[0] = lengths[1] = lengths[2] = a.shape_[dim] if a.ndim_ else 1
    data[0] = data_of(y)
    data[1] = data_of(x)
    data[2] = data_of(z)
    sizes[0] = sizes[1] = sizes[2] = itemsize_of[loop]
    if inner == 1:
        kernel = (ROWS_LOG_SOFTMAX_GRAD if logarithm else ROWS_SOFTMAX_GRAD) if gradient else ROWS_LOG_SOFTMAX if logarithm else ROWS_SOFTMAX
        run_rows(K.rows[kernel][loop], data[0], data[1], data[2], 0, sizes[0], lengths[0], outer, 3 if gradient and not logarithm else 8)
    else:
        args.i[0] = logarithm
        if gradient:
            run_lines(K.softmax_grad_columns[loop], &args, 3, data, sizes, lengths, outer, inner, lengths[0], 8, 0)
        else:
            run_lines(K.softmax_columns[loop], &args, 2, data, sizes, lengths, outer, inner, lengths[0], 8, 0)
    return converted(y, a.code)


cdef int _softmax_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    cdef uint64_t mask = <uint64_t>1 << n.i0
    if recording2(g, y):
        return give(run, n, 0, mul(y, sub(g, sum_dims(mul(g, y), mask, True))))
    return give(run, n, 0, _along(True, False, converted(g, y.code), y, <int>n.i0))


cdef int _log_softmax_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor y = saved_tensor(n, 0)
    cdef uint64_t mask = <uint64_t>1 << n.i0
    if recording2(g, y):
        return give(run, n, 0, sub(g, mul(OPS["exp"].function(y), sum_dims(g, mask, True))))
    return give(run, n, 0, _along(True, True, converted(g, y.code), y, <int>n.i0))


cdef Tensor _softmax(Tensor a, object dim, object dtype, bint logarithm, Tensor out):
    """Softmax or its logarithm along `dim`, computed in float32 for half types."""
    cdef const char* name = b"log_softmax" if logarithm else b"softmax"
    cdef int at, code = a.code if dtype is None else code_of(dtype)
    cdef Tensor y
    cdef Node n
    at = one_dim(dim, a.ndim_, name)
    if code < FLOAT16 or code >= COMPLEX64:
        raise error(DtypeError, f'{name.decode()}: not implemented for {dtype_object(code)._name}', facts=[f'"softmax_lastdim_kernel_impl" not implemented for {dtype_object(code)._name}'],
                    fix="dtype=lucet.float32")
    y = _along(False, logarithm, converted(a, code), None, at)
    if out is not None:
        return store_same(y, out, name, recording(a))
    if recording(a):
        n = record(y, _log_softmax_vjp if logarithm else _softmax_vjp, b"LogSoftmaxBackward0" if logarithm else b"SoftmaxBackward0", a)
        n.i0 = at
        save_output(n, 0, y)
    return y


cdef int _implicit_dim(str name, int ndim, int stacklevel) except -1:
    """The dimension that torch's deprecated call without `dim` means."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        UserWarning, stacklevel=stacklevel - 1 if stacklevel > 1 else 1,
    )
    return 0 if ndim == 0 or ndim == 1 or ndim == 3 else 1


cdef object softmax_fn, log_softmax_fn, softmin_fn


cdef object _softmax_op(object fn, Tensor input, object dim, object level, object dtype, Tensor out, bint logarithm, bint negative):
    """The call in both of torch's forms: the third argument of `softmax(input, dim, dtype)` is `_stacklevel` in nn.functional."""
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input, dim, level), _options(dtype, out))
        if result is not passed:
            return result
    if not isinstance(level, int):
        dtype = level
        level = 3
    if dim is None:
        dim = _implicit_dim("softmin" if negative else "log_softmax" if logarithm else "softmax", input.ndim_, level)
    return _softmax(neg(input) if negative else input, dim, dtype, logarithm, out)


def softmax(Tensor input not None, dim=None, _stacklevel=3, dtype=None, *, Tensor out=None):
    """softmax(input, dim, dtype=None, *, out=None) -> Tensor

    exp(input) over its sum along `dim`, shifted so that nothing overflows. With `dtype` the input is converted first. Without
    `dim` a warning, and dimension 0 for 0, 1 or 3 dimensions, else 1. DtypeError for integers.

    >>> import lucet
    >>> lucet.softmax(lucet.tensor([0., 0.]), 0)
    tensor([0.5000, 0.5000])
    """
    return _softmax_op(softmax_fn, input, dim, _stacklevel, dtype, out, False, False)


def log_softmax(Tensor input not None, dim=None, _stacklevel=3, dtype=None, *, Tensor out=None):
    """log_softmax(input, dim, dtype=None, *, out=None) -> Tensor

    The logarithm of `softmax`, without its underflow. Arguments as there.

    >>> import lucet
    >>> lucet.log_softmax(lucet.tensor([0., 0.]), 0)
    tensor([-0.6931, -0.6931])
    """
    return _softmax_op(log_softmax_fn, input, dim, _stacklevel, dtype, out, True, False)


def softmin(Tensor input not None, dim=None, _stacklevel=3, dtype=None):
    """softmin(input, dim, dtype=None) -> Tensor

    The softmax of -input. Arguments as there.

    >>> from lucet._registry import OPS
    >>> import lucet
    >>> OPS["softmin"].function(lucet.tensor([0., 0.]), 0)
    tensor([0.5000, 0.5000])
    """
    return _softmax_op(softmin_fn, input, dim, _stacklevel, dtype, None, False, True)


cdef dict _options(object dtype, Tensor out):
    cdef dict kwargs = {}
    if dtype is not None:
        kwargs["dtype"] = dtype
    if out is not None:
        kwargs["out"] = out
    return kwargs


def _along_dim(r):
    return [(r(3, 4), 1), (r(3, 4), 0), (r(2, 3, 4), 1), (r(), 0), (r(0, 2), 1), (r(3, 5) * 300, 1)]


cdef str _SHIFTED = "input - amax(input, axis=dim, keepdims=True)"
softmax_fn = op(softmax, also="special nn.functional", formula=f"exp({_SHIFTED}) / sum(exp({_SHIFTED}), axis=dim, keepdims=True)",
                family="softmax", dtypes="floats", samples=_along_dim)
log_softmax_fn = op(log_softmax, also="special nn.functional", formula=f"{_SHIFTED} - log(sum(exp({_SHIFTED}), axis=dim, keepdims=True))",
                    family="softmax", dtypes="floats", samples=_along_dim)
softmin_fn = op(softmin, method=False, public=False, also="nn.functional", family="softmax", dtypes="floats", samples=_along_dim)


# --- logsumexp --------------------------------------------------------------------------------------------------------

cdef int _logsumexp_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), y = saved_tensor(n, 1)
    cdef uint64_t mask = <uint64_t>n.i0, present = <uint64_t>n.i1
    cdef object weight = OPS["exp"].function(sub(x, spread(y, mask, present, x.ndim_, x.shape_)))
    return give(run, n, 0, mul(weight, spread(g, mask, present, x.ndim_, x.shape_)))


cdef Tensor _rows_of(Tensor a, uint64_t mask):
    """`a` as a row-major copy with the dimensions of `mask` last."""
    cdef Tensor t = alias(a)
    cdef int d, at = 0
    for turn in range(2):
        for d in range(a.ndim_):
            if (mask >> d & 1) == turn:
                t.shape_[at] = a.shape_[d]
                t.strides[at] = a.strides[d]
                at += 1
    finish_geometry(t)
    return contiguous(t)


cdef Tensor _logsumexp(Tensor a, uint64_t mask, bint keepdim):
    cdef int loop = FLOAT64 if a.code == FLOAT64 else FLOAT32
    cdef Tensor y = new_reduced(a, mask, keepdim, loop), rows
    cdef Py_ssize_t n = 1
    cdef Node node
    if not is_meta(a) and y.numel_:
        n = a.numel_ // y.numel_
        rows = _rows_of(converted(a, loop), mask)
        if n == 0:
            y = filled(loop, y.ndim_, y.shape_, float("-inf"))
        else:
            run_rows(K.rows[ROWS_LOGSUMEXP][loop], data_of(y), data_of(rows), data_of(rows), 1, itemsize_of[loop], n, y.numel_, 8)
    y = converted(y, a.code)
    if recording(a):
        node = record(y, _logsumexp_vjp, b"LogsumexpBackward0", a)
        node.i0 = <Py_ssize_t>mask
        node.i1 = <Py_ssize_t>(mask if keepdim else 0)
        save(node, 0, a)
        save_output(node, 1, y)
    return y


cdef object logsumexp_fn


def logsumexp(Tensor input not None, dim=None, keepdim=False, *, Tensor out=None):
    """logsumexp(input, dim, keepdim=False, *, out=None) -> Tensor

    log(sum(exp(input))) over `dim` (an int or a tuple), shifted so that nothing overflows; -inf over nothing. Integers are
    promoted to the default floating type.

    >>> import lucet
    >>> lucet.logsumexp(lucet.tensor([1000., 1000.]), 0)
    tensor(1000.6932)
    """
    cdef Tensor y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(logsumexp_fn, (input, dim, keepdim), _options(None, out))
        if result is not passed:
            return result
    if dim is None:
        raise TypeError('logsumexp() missing 1 required positional arguments: "dim"')
    if input.code >= COMPLEX64:
        y = _complex_logsumexp(input, dims_mask(dim, input.ndim_, b"logsumexp"), flag(keepdim, b"logsumexp"))
        return y if out is None else store_out(y, out, b"logsumexp", recording(input))
    if input.code < FLOAT16:
        input = cast_to(input, default_code())
    y = _logsumexp(input, dims_mask(dim, input.ndim_, b"logsumexp"), flag(keepdim, b"logsumexp"))
    return y if out is None else store_out(y, out, b"logsumexp", recording(input))


cdef Tensor _complex_logsumexp(Tensor x, uint64_t mask, bint keepdim):
    """Recorded part by part; the largest real part is taken out first."""
    cdef Tensor size = OPS["real"].function(x.detach()), y
    cdef tuple dims = tuple([d for d in range(x.ndim_) if mask >> d & 1])
    if x.numel_:
        high = OPS["amax"].function(size, dims, True) if dims else size
        high = OPS["where"].function(high.isfinite(), high, 0.0)
        y = OPS["log"].function(sum_dims(OPS["exp"].function(sub(x, high)), mask, keepdim))
        y = OPS["add"].function(y, sum_dims(high, mask, keepdim))
    else:
        y = OPS["log"].function(sum_dims(x, mask, keepdim))
    return named(y, b"LogsumexpBackward0")


logsumexp_fn = op(logsumexp, also="special", formula="log(sum(exp(input), axis=dim, keepdims=keepdim))", family="softmax",
                  samples=also_complex(lambda r: [(r(3, 4), 0), (r(3, 4), 1), (r(2, 3, 4), (0, 2)), (r(2, 3, 4), -1, True), (r(), 0)]))
