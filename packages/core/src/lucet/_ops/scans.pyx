"""Running extremes and running logarithms of sums: cummax, cummin, logcumsumexp. Running sums and products are in reduce.pyx.

Loops in `_kernels/statistics.pxi.tp`, `_kernels/reduce.pxi.tp` and `_kernels/complex.pxi.tp`.
"""

from lucet._dtype cimport FLOAT16, FLOAT32, COMPLEX64, INT64, dtype_object, itemsize_of
from lucet._engine cimport Node, Run, recording, recording2, record, save, save_output, saved_tensor, give
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport lines_fn
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops.indexing cimport scatter_into, SCATTER_ADD
from lucet._ops.pointwise cimport add, conj_of, sub, mul, where
from lucet._ops.reduce cimport run_lines, around, one_dim, store_out, store_pair, foldable, pair_of, edge_shape
from lucet._ops.create cimport zeros_tensor
from lucet._tensor cimport Tensor, META, data_of, empty_tensor, is_meta, is_plain

from lucet import return_types
from lucet._errors import DtypeError, error
from lucet._ops._loops import out_apart
from lucet._ops.reduce import _along
from lucet._registry import OPS, op
from lucet._type_info import finfo


cdef int _walk(lines_fn fn, int count, Tensor x, int dim, Tensor y, Tensor indices) except -1:
    """Run a kernel over the lines of `x` along `dim`; data: result, (indices,) input."""
    cdef char* data[3]
    cdef int sizes[3]
    cdef Py_ssize_t lengths[3]
    cdef Py_ssize_t outer, inner
    cdef int k
    if is_meta(x) or x.numel_ == 0:
        return 0
    around(x, dim, &outer, &inner)
    data[0] = data_of(y)
    if count == 3:
        data[1] = data_of(indices)
    data[count - 1] = data_of(x)
    for k in range(count):
        sizes[k] = itemsize_of[x.code]
        lengths[k] = x.shape_[dim] if x.ndim_ else 1
    if count == 3:
        sizes[1] = 8
    return run_lines(fn, NULL, count, data, sizes, lengths, outer, inner, lengths[0], 6, 0)


# --- cummax, cummin -----------------------------------------------------------------------------------------------------

cdef int _cummax_vjp(Node n, Tensor g, Run run) except -1:
    """Each place's gradient goes to the element that was the extreme there."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    cdef Tensor zeros = empty_tensor(g.code, ndim, shape, META) if is_meta(g) else zeros_tensor(g.code, ndim, shape)
    return give(run, n, 0, scatter_into(zeros, <int>n.i0, saved_tensor(n, 0), g, SCATTER_ADD, b"scatter_add"))


cdef object cummax_fn, cummin_fn


cdef object _extremes(object fn, object kind, Tensor input, object dim, object out, bint largest):
    cdef const char* name = b"cummax" if largest else b"cummin"
    cdef Tensor x, y, indices
    cdef Node n
    cdef int at
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input, dim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    at = one_dim(dim, input.ndim_, name)
    x = contiguous(foldable(input, name))
    y = empty_tensor(x.code, x.ndim_, x.shape_, x.storage.device)
    indices = empty_tensor(INT64, x.ndim_, x.shape_, x.storage.device)
    _walk(K.cummax[x.code] if largest else K.cummin[x.code], 3, x, at, y, indices)
    y = converted(y, input.code)
    if out is not None:
        return store_pair(kind, y, indices, out, name, recording(input))
    if recording(input):
        n = record(y, _cummax_vjp, b"CummaxBackward0" if largest else b"CumminBackward0", input)
        n.i0 = at
        save(n, 0, indices)
    return pair_of(kind, y, indices)


def cummax(Tensor input not None, dim=None, *, out=None):
    """cummax(input, dim, *, out=None) -> (values, indices)

    The largest element so far along `dim`, and where it is (int64): of equal ones the last. NaN stays once there is one.

    >>> import lucet
    >>> lucet.cummax(lucet.tensor([1, 3, 2, 3]), 0).indices
    tensor([0, 1, 1, 3])
    """
    return _extremes(cummax_fn, return_types.cummax, input, dim, out, True)


def cummin(Tensor input not None, dim=None, *, out=None):
    """cummin(input, dim, *, out=None) -> (values, indices)

    The smallest element so far along `dim`, and where it is (int64): of equal ones the last. NaN stays once there is one.

    >>> import lucet
    >>> lucet.cummin(lucet.tensor([3, 1, 2, 1]), 0).indices
    tensor([0, 1, 1, 3])
    """
    return _extremes(cummin_fn, return_types.cummin, input, dim, out, False)


cummax_fn = op(cummax, family="reduce", samples=lambda r: _along(r))
cummin_fn = op(cummin, family="reduce", samples=lambda r: _along(r))


# --- logcumsumexp -------------------------------------------------------------------------------------------------------

cdef int _logcumsumexp_vjp(Node n, Tensor g, Run run) except -1:
    """exp(x_i) * sum over j >= i of g_j exp(-y_j), the sum made by its logarithm: of real numbers for positive and negative g apart. Of
    complex ones x and y are conjugated.

    That has no derivative where g is 0. So while it is recorded the sum is made as it is written, beside the largest y.
    """
    cdef Tensor x = conj_of(saved_tensor(n, 0)), y = conj_of(saved_tensor(n, 1)), most
    cdef int dim = <int>n.i0
    if x.numel_ == 0:
        return give(run, n, 0, mul(g, x))
    if recording2(g, x):
        most = OPS["amax"].function(OPS["real"].function(y.detach()), dim, True)
        behind = where(OPS["isfinite"].function(y), sub(most, y), 0)         # before -inf, x is that too
        flipped = OPS["flip"].function(mul(g, OPS["exp"].function(behind)), (dim,) if x.ndim_ else ())
        total = OPS["flip"].function(OPS["cumsum"].function(flipped, dim), (dim,) if x.ndim_ else ())
        return give(run, n, 0, mul(OPS["exp"].function(sub(x, most)), total))
    low = finfo(dtype_object(g.code)).min        # not -inf: differences of those are NaN
    if g.code >= COMPLEX64:
        size = where(OPS["ne"].function(g, 0), OPS["log"].function(g), low)
        return give(run, n, 0, OPS["exp"].function(add(_from_the_end(sub(size, y), dim), x)))
    size = OPS["log"].function(OPS["abs"].function(g))
    up = where(OPS["gt"].function(g, 0), size, low)
    down = where(OPS["lt"].function(g, 0), size, low)
    parts = [OPS["exp"].function(add(_from_the_end(sub(part, y), dim), x)) for part in (up, down)]
    return give(run, n, 0, sub(parts[0], parts[1]))


cdef Tensor _from_the_end(Tensor a, int dim):
    flip = OPS["flip"].function
    dims = (dim,) if a.ndim_ else ()
    return flip(_running_log(flip(a, dims), dim), dims)


cdef Tensor _plain_log(Tensor a, int dim):
    """Without history, in the type of `a`."""
    cdef Tensor x, y
    if a.code < FLOAT16:
        raise error(DtypeError, f"logcumsumexp: not implemented for {dtype_object(a.code)._name}", fix="input.float()")
    x = contiguous(a if a.code >= FLOAT32 else converted(a, FLOAT32))
    y = empty_tensor(x.code, x.ndim_, x.shape_, x.storage.device)
    _walk(K.logcumsumexp[x.code], 2, x, dim, y, None)
    return converted(y, a.code)


cdef Tensor _running_log(Tensor a, int dim):
    cdef Tensor y = _plain_log(a, dim)
    cdef Node n
    if recording(a):
        n = record(y, _logcumsumexp_vjp, b"LogcumsumexpBackward0", a)
        n.i0 = dim
        save(n, 0, a)
        save_output(n, 1, y)
    return y


cdef object logcumsumexp_fn


def logcumsumexp(Tensor input not None, dim=None, *, Tensor out=None):
    """logcumsumexp(input, dim, *, out=None) -> Tensor

    The logarithms of the running sums of exp(input) along `dim`, without overflow. DtypeError for integers.

    >>> import lucet
    >>> lucet.logcumsumexp(lucet.tensor([0., 0., 0.]), 0).exp()
    tensor([1., 2., 3.])
    """
    cdef int at
    if not is_plain(input) or thread_state().modes:
        result = slow_call(logcumsumexp_fn, (input, dim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    at = one_dim(dim, input.ndim_, b"logcumsumexp")
    if out is None:
        return _running_log(input, at)
    out_apart(out, "logcumsumexp", input)
    return store_out(_plain_log(input, at), out, b"logcumsumexp", recording(input))


logcumsumexp_fn = op(logcumsumexp, formula="log(cumsum(exp(input), axis=dim)) if input.ndim else input", family="reduce",
                     dtypes="floats and complex", samples=lambda r: [*_along(r), (r(300) * 30, 0), (r(2, 0, 3), 1)])
