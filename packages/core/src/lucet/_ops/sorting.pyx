"""Order: sort, argsort, topk, kthvalue, medians, mode, nonzero, bincount. Kernels in `_kernels/sorting.pxi.tp`.

Equal elements keep their order in every function here, NaN counts as the largest value, and gradients of values go back to the
places that the indices name.
"""

from libc.stdint cimport int64_t, uint64_t
from lucet._dtype cimport (
    BOOL, INT32, INT64, FLOAT16, FLOAT32, FLOAT64, itemsize_of, dtype_object,
)
from lucet._engine cimport Node, Run, recording, record, save, saved_tensor, give
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport (
    LoopArgs, RED_NONZERO, FIN_VALUE, SORT_ALL, SORT_FIRST, SORT_KTH, SORT_MEDIAN, SORT_NANMEDIAN, SORT_MODE,
)
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops._plans cimport run_weighed
from lucet._ops.create cimport filled
from lucet._ops.reduce cimport (
    run_lines, around, one_dim, new_reduced, store_out, store_same, store_pair, flag, foldable, whole, reduce_into, all_dims, put, edge_shape, pair_of,
    record_shared, two_outputs,
)
from lucet._tensor cimport (
    Tensor, CPU, META, F_CONTIGUOUS, data_of, empty_like, empty_tensor, innermost_first, scalar_tensor, view, is_meta, is_plain, describe,
    read_size,
)

from lucet import return_types
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops._loops import out_apart
from lucet._registry import OPS, op


cdef int _sort_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, put(g, saved_tensor(n, 0), <int>n.i0, ndim, shape))


cdef int _wide(Tensor x, Py_ssize_t n) except -1:
    """Bytes of one key joined with its position."""
    if itemsize_of[x.code] == 8:
        return 16
    if n >= 1 << 32:
        raise error(ShapeError, f"sort: a line of {n} elements is longer than positions of 32 bits reach", fix="input.double()")
    return 8


cdef int _order(Tensor a, int dim, int how, Py_ssize_t k, bint descending, Tensor values, Tensor indices, const char* name) except -1:
    """Sort or select along `dim` of `a` into contiguous `values` (of the working type of `a`) and `indices`."""
    cdef char* data[3]
    cdef int sizes[3]
    cdef Py_ssize_t lengths[3]
    cdef Py_ssize_t outer, inner, n = a.shape_[dim] if a.ndim_ else 1
    cdef LoopArgs args
    cdef Tensor x
    if is_meta(a) or a.numel_ == 0 or values.numel_ == 0:
        return 0
    x = contiguous(a)
    around(a, dim, &outer, &inner)
    data[0] = data_of(values)
    data[1] = data_of(indices)
    data[2] = data_of(x)
    sizes[0] = sizes[2] = itemsize_of[a.code]
    sizes[1] = 8
    lengths[0] = lengths[1] = values.numel_ // (outer * inner)
    lengths[2] = n
    args.i[0] = how
    args.i[1] = k
    args.i[2] = descending
    return run_lines(K.sort[a.code], &args, 3, data, sizes, lengths, outer, inner, n, 40, 2 * n * _wide(a, n))


cdef object _recorded(object kind, Tensor a, Tensor values, Tensor indices, int dim, object out, const char* name, const char* label):
    """Values and indices as the named result, stored in out= or with the way back to `a`."""
    cdef Node n
    values = converted(values, a.code)
    if out is not None:
        return store_pair(kind, values, indices, out, name, recording(a))
    if recording(a):
        n = record(values, _sort_vjp, label, a)
        n.i0 = dim
        save(n, 0, indices)
    return pair_of(kind, values, indices)


cdef object sort_fn, argsort_fn, msort_fn, topk_fn, kthvalue_fn, median_fn, nonzero_fn_, bincount_fn, argwhere_fn


cdef tuple sorted_parts(Tensor a, int dim, bint descending, const char* name):
    """All values and indices in order, in the dimension order of `a` in memory."""
    cdef Tensor x = foldable(a, name)
    cdef Tensor values = empty_like(x, x.code), indices = empty_like(x, INT64)
    if values.flags & F_CONTIGUOUS:
        _order(x, dim, SORT_ALL, 0, descending, values, indices, name)
    else:
        _order(_outermost_first(x, values), _place_of(dim, values), SORT_ALL, 0, descending, _outermost_first(values, values), _outermost_first(indices, values), name)
    return values, indices


cdef Tensor _outermost_first(Tensor a, Tensor model):
    """A view whose dimensions go from the longest steps of `model` to its shortest: of `model` itself one in row-major order."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int order[64]
    cdef int i, n = a.ndim_
    innermost_first(model, order)
    for i in range(n):
        shape[i], strides[i] = a.shape_[order[n - 1 - i]], a.strides[order[n - 1 - i]]
    return view(a, n, shape, strides, a.offset)


cdef int _place_of(int dim, Tensor model) noexcept:
    """Where `_outermost_first` puts a dimension."""
    cdef int order[64]
    cdef int i
    innermost_first(model, order)
    for i in range(model.ndim_):
        if order[i] == dim:
            return model.ndim_ - 1 - i
    return dim


cdef object _sort(Tensor a, int dim, bint descending, object out):
    cdef tuple parts = sorted_parts(a, dim, descending, b"sort")
    return _recorded(return_types.sort, a, parts[0], parts[1], dim, out, b"sort", b"SortBackward0")


def sort(Tensor input not None, dim=-1, descending=False, *, stable=None, out=None):
    """sort(input, dim=-1, descending=False, *, stable=False, out=None) -> (values, indices)

    The elements along `dim` in rising (falling) order, and where they came from (int64). NaN counts as the largest value. Equal
    elements keep their order, whether `stable` asks for it or not.

    >>> import lucet
    >>> lucet.sort(lucet.tensor([3, 1, 2])).indices
    tensor([1, 2, 0])
    """
    dim, descending = _sort_args("sort", dim, descending)
    if not is_plain(input) or thread_state().modes:
        result = slow_call(sort_fn, (input, dim, descending), {"stable": stable, "out": out})
        if result is not passed:
            return result
    return _sort(input, one_dim(dim, input.ndim_, b"sort"), descending, out)


cdef tuple _sort_args(str name, object dim, object descending):
    if not isinstance(descending, bool):
        raise TypeError(f"{name}(): argument 'descending' must be bool, not {type(descending).__name__}")
    return dim, descending


def argsort(Tensor input not None, dim=-1, descending=False, *, stable=False, out=None):
    """argsort(input, dim=-1, descending=False, *, stable=False, out=None) -> Tensor

    The indices that sort `input` along `dim`, as int64. Equal elements keep their order.

    >>> import lucet
    >>> lucet.argsort(lucet.tensor([3, 1, 2]))
    tensor([1, 2, 0])
    """
    dim, descending = _sort_args("argsort", dim, descending)
    if not is_plain(input) or thread_state().modes:
        result = slow_call(argsort_fn, (input, dim, descending), {"stable": stable} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    y = sorted_parts(input, one_dim(dim, input.ndim_, b"argsort"), descending, b"argsort")[1]
    return y if out is None else store_same(y, out, b"argsort", False)


def msort(Tensor input not None, *, out=None):
    """msort(input, *, out=None) -> Tensor

    The elements in rising order along the first dimension.

    >>> import lucet
    >>> lucet.msort(lucet.tensor([3, 1, 2]))
    tensor([1, 2, 3])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(msort_fn, (input,), {} if out is None else {"out": out})
        if result is not passed:
            return result
    y = _sort(input, one_dim(0, input.ndim_, b"msort"), False, None)[0]
    out_apart(out, "msort", input)
    return y if out is None else store_same(y, out, b"msort", recording(input))


def _orders(r):
    return [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), 1), (r(),), (r(700),)]


sort_fn = op(sort, family="sorting", samples=lambda r: [s for s in _orders(r) if s[0].dim()])
argsort_fn = op(argsort, formula="argsort(input, axis=dim, kind='stable')", grad="no", family="sorting", samples=lambda r: [s for s in _orders(r) if s[0].dim()])
msort_fn = op(msort, formula="sort(input, axis=0)", family="sorting", samples=lambda r: [(r(3, 4),), (r(5),)])


def topk(Tensor input not None, k, dim=-1, largest=True, sorted=True, *, out=None):
    """topk(input, k, dim=-1, largest=True, sorted=True, *, out=None) -> (values, indices)

    The k largest (smallest) elements along `dim`, in falling (rising) order whether or not `sorted`, and where they are (int64).
    Of equal elements the earlier come first. RuntimeError for a k beyond the dimension, DtypeError for bool.

    >>> import lucet
    >>> lucet.topk(lucet.tensor([1., 4., 3.]), 2).values
    tensor([4., 3.])
    """
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t count
    cdef int at, d
    cdef Tensor x, values, indices
    if not is_plain(input) or thread_state().modes:
        result = slow_call(topk_fn, (input, k, dim, largest, sorted), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.code == BOOL:
        raise error(DtypeError, "topk does not support bool dtypes on CPU", fix="input.to(lucet.uint8)")
    count = read_size(k, b"topk: k")
    at = one_dim(dim, input.ndim_, b"topk")
    if count < 0 or count > (input.shape_[at] if input.ndim_ else 1):
        raise error(ShapeError, "topk: selected index k out of range", facts=[f"k {count}, dimension {at} of input {describe(input)}"])
    for d in range(input.ndim_):
        shape[d] = count if d == at else input.shape_[d]
    x = foldable(input, b"topk")
    values = empty_tensor(x.code, input.ndim_, shape, input.storage.device)
    indices = empty_tensor(INT64, input.ndim_, shape, input.storage.device)
    _order(x, at, SORT_FIRST, count if input.ndim_ else 1, bool(largest), values, indices, b"topk")
    return _recorded(return_types.topk, input, values, indices, at, out, b"topk", b"TopkBackward0")


topk_fn = op(topk, family="sorting", dtypes="no bool",
             samples=lambda r: [(r(9), 3), (r(200), 5)])


cdef object _chosen(object kind, Tensor input, int how, Py_ssize_t k, int dim, bint keepdim, object out, const char* name, const char* label):
    """One element of each line along `dim` and its index: the k-th smallest (from 0), or what else `how` says."""
    cdef uint64_t mask = <uint64_t>1 << dim
    cdef Tensor x = foldable(input, name)
    if out is not None:
        out_apart(two_outputs(out, name)[0], name.decode(), input, may_coincide=False)
    cdef Tensor values = new_reduced(input, mask, keepdim, x.code)
    cdef Tensor indices = new_reduced(input, mask, keepdim, INT64)
    _order(x, dim, how, k, False, values, indices, name)
    return _recorded(kind, input, values, indices, dim, out, name, label)


cdef int _no_bools(Tensor a, const char* name) except -1:
    if a.code == BOOL:
        raise error(DtypeError, f"{name.decode()}: not implemented for bool", fix="input.to(lucet.uint8)")
    return 0


cdef int _not_empty(Tensor a, int dim, const char* name) except -1:
    if a.ndim_ and a.shape_[dim] == 0:
        raise IndexError(f"{name.decode()}(): Expected reduction dim {dim} to have non-zero size.")
    return 0


def kthvalue(Tensor input not None, k, dim=-1, keepdim=False, *, out=None):
    """kthvalue(input, k, dim=-1, keepdim=False, *, out=None) -> (values, indices)

    The k-th smallest element (counted from 1) along `dim` and where it is. RuntimeError for a k beyond the dimension.

    >>> import lucet
    >>> lucet.kthvalue(lucet.tensor([3., 1., 2.]), 2).values
    tensor(2.)
    """
    cdef Py_ssize_t count
    cdef int at
    if not is_plain(input) or thread_state().modes:
        result = slow_call(kthvalue_fn, (input, k, dim, keepdim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    count = read_size(k, b"kthvalue: k")
    at = one_dim(dim, input.ndim_, b"kthvalue")
    _not_empty(input, at, b"kthvalue")
    if count < 1 or count > (input.shape_[at] if input.ndim_ else 1):
        raise error(ShapeError, f"kthvalue(): selected number k out of range for dimension {at}", facts=[f"k {count}, input {describe(input)}"])
    if input.ndim_:
        _no_bools(input, b"kthvalue")
    return _chosen(return_types.kthvalue, input, SORT_KTH, count - 1, at, flag(keepdim, b"kthvalue"), out, b"kthvalue", b"KthvalueBackward0")


kthvalue_fn = op(kthvalue, family="sorting", samples=lambda r: [(r(9), 3), (r(100), 50)])


cdef object nanmedian_fn, mode_fn


cdef object _median_of_nothing(int code):
    """NaN; of integers what a NaN converts to."""
    if code >= FLOAT16:
        return float("nan")
    return -(1 << 63) if code == INT64 else -(1 << 31) if code == INT32 else 0


cdef object _median_op(object fn, object kind, Tensor input, object dim, object keepdim, object out, int how):
    cdef const char* name = b"median" if how == SORT_MEDIAN else b"nanmedian"
    cdef Tensor y
    cdef int at
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input,) if dim is None else (input, dim, keepdim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if dim is not None:
        at = one_dim(dim, input.ndim_, name)
        _not_empty(input, at, name)
        _no_bools(input, name)
        return _chosen(kind, input, how, 0, at, flag(keepdim, name), out, name, b"MedianBackward1" if how == SORT_MEDIAN else b"NanmedianBackward1")
    if input.numel_ == 0:
        y = empty_tensor(input.code, 0, NULL, META) if is_meta(input) else filled(input.code, 0, NULL, _median_of_nothing(input.code))
    else:
        _no_bools(input, name)
        y = _chosen(kind, input.detach().reshape(-1), how, 0, 0, False, None, name, NULL)[0]
    if recording(input) and out is None:
        record_shared(y, input, all_dims(input.ndim_), False, b"MedianBackward0" if how == SORT_MEDIAN else b"NanmedianBackward0")
    return y if out is None else store_out(y, out, name, recording(input))


def median(Tensor input not None, dim=None, keepdim=False, *, out=None):
    """median(input) -> Tensor; median(input, dim=-1, keepdim=False, *, out=None) -> (values, indices)

    The middle element in order, the lower of two; NaN if there is one, and NaN of nothing where all is asked for.

    >>> import lucet
    >>> lucet.median(lucet.tensor([4., 1., 3., 2.]))
    tensor(2.)
    """
    return _median_op(median_fn, return_types.median, input, dim, keepdim, out, SORT_MEDIAN)


def nanmedian(Tensor input not None, dim=None, keepdim=False, *, out=None):
    """nanmedian(input) -> Tensor; nanmedian(input, dim=-1, keepdim=False, *, out=None) -> (values, indices)

    The middle in order of the elements that are not NaN, the lower of two; NaN where there are none.

    >>> import lucet
    >>> lucet.nanmedian(lucet.tensor([4., float("nan"), 3.]))
    tensor(3.)
    """
    return _median_op(nanmedian_fn, return_types.nanmedian, input, dim, keepdim, out, SORT_NANMEDIAN)


def mode(Tensor input not None, dim=-1, keepdim=False, *, out=None):
    """mode(input, dim=-1, keepdim=False, *, out=None) -> (values, indices)

    The most frequent element along `dim`, the smallest of several, and where its last is (int64). A NaN is like no other.

    >>> import lucet
    >>> lucet.mode(lucet.tensor([3, 1, 1, 3, 2])).values
    tensor(1)
    """
    cdef int at
    if not is_plain(input) or thread_state().modes:
        result = slow_call(mode_fn, (input, dim, keepdim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    at = one_dim(dim, input.ndim_, b"mode")
    _not_empty(input, at, b"mode")
    return _chosen(return_types.mode, input, SORT_MODE, 0, at, flag(keepdim, b"mode"), out, b"mode", b"ModeBackward0")


def _medians(r):
    return [(r(9),), (r(3, 4),), (r(),)]


median_fn = op(median, formula="sort(input.reshape(-1))[(input.size - 1) // 2]", family="sorting", samples=_medians)
nanmedian_fn = op(nanmedian, formula="sort(input.reshape(-1))[(input.size - 1) // 2]", family="sorting", samples=_medians)
mode_fn = op(mode, family="sorting", samples=lambda r: [(r(9),), (r(3, 4), 0, True), (r(),)])


# --- nonzero ----------------------------------------------------------------------------------------------------------

cdef struct Scan:
    char* x
    int64_t* y
    Py_ssize_t n, found
    int code


cdef void _nonzero_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Scan* s = <Scan*>context
    K.nonzero[s.code](s.x, s.n, s.y, s.found)


cdef Tensor positions_of(Tensor a):
    """Row-major positions of the elements that are not zero."""
    cdef Scan s
    cdef Tensor x = contiguous(whole(a, b"nonzero")), count = scalar_tensor(INT64), y
    cdef Py_ssize_t shape[1]
    reduce_into(RED_NONZERO, x, all_dims(x.ndim_), count, FIN_VALUE)
    shape[0] = (<int64_t*>data_of(count))[0]
    y = empty_tensor(INT64, 1, shape, CPU)
    if shape[0]:
        s.x, s.y, s.n, s.found, s.code = data_of(x), <int64_t*>data_of(y), x.numel_, shape[0], x.code
        run_weighed(1, 1, _nonzero_task, &s, <double>x.numel_)
    return y


cdef Tensor _coordinates(Tensor a, Tensor positions):
    """Positions taken apart: (dimensions, how many)."""
    cdef Py_ssize_t shape[2]
    cdef Tensor table
    shape[0] = a.ndim_
    shape[1] = positions.numel_
    table = empty_tensor(INT64, 2, shape, CPU)
    if table.numel_:
        K.coordinates(<int64_t*>data_of(positions), shape[1], a.ndim_, a.shape_, <int64_t*>data_of(table))
    return table


def nonzero(Tensor input not None, *, out=None, as_tuple=False):
    """nonzero(input, *, out=None, as_tuple=False) -> Tensor or tuple of Tensors

    Indices of the elements that are not zero, in row-major order, as int64: (how many, dimensions), or with `as_tuple` one tensor
    a dimension, fit for indexing.

    >>> import lucet
    >>> lucet.nonzero(lucet.tensor([[1, 0], [0, 2]]))
    tensor([[0, 0],
            [1, 1]])
    """
    cdef Tensor positions, table
    if not is_plain(input) or thread_state().modes:
        result = slow_call(nonzero_fn_, (input,), {"as_tuple": as_tuple} if out is None else {"out": out, "as_tuple": as_tuple})
        if result is not passed:
            return result
    if is_meta(input):
        raise NotImplementedError("nonzero: the shape of the result depends on elements, which a meta tensor does not have")
    positions = positions_of(input)
    if as_tuple and input.ndim_ < 2:
        return (positions,)
    table = _coordinates(input, positions)
    if as_tuple:
        return table.unbind(0)
    table = table.t()
    return table if out is None else store_same(table, out, b"nonzero", False)


nonzero_fn_ = op(nonzero, grad="no", family="sorting", formula="argwhere(input)", samples=lambda r: [(r(3, 4) > 0,), (r(2, 3, 4) > 0,), (r(0, 2) > 0,)])


def argwhere(Tensor input not None):
    """argwhere(input) -> Tensor

    Indices of the elements that are not zero: (how many, dimensions) int64.

    >>> import lucet
    >>> lucet.argwhere(lucet.tensor([1, 0, 3]))
    tensor([[0],
            [2]])
    """
    return nonzero(input)


argwhere_fn = op(argwhere, grad="no", family="sorting", formula="argwhere(input)", samples=lambda r: [(r(3, 4) > 0,)])


# --- bincount --------------------------------------------------------------------------------------------------------

def bincount(Tensor input not None, Tensor weights=None, minlength=0):
    """bincount(input, weights=None, minlength=0) -> Tensor

    How often each number of a 1-d tensor of non-negative integers occurs (int64), or the sum of its `weights` (float32 for float32
    weights, else float64). RuntimeError for negative numbers and other shapes.

    >>> import lucet
    >>> lucet.bincount(lucet.tensor([1, 1, 3]))
    tensor([0, 2, 0, 1])
    """
    cdef Tensor x, w, y
    cdef Py_ssize_t shape[1]
    cdef Py_ssize_t least = read_size(minlength, b"bincount: minlength")
    cdef int64_t top = -1
    if not is_plain(input) or weights is not None and not is_plain(weights) or thread_state().modes:
        result = slow_call(bincount_fn, (input, weights, minlength), {})
        if result is not passed:
            return result
    if input.code >= FLOAT16 or input.code == BOOL:
        raise error(DtypeError, f"bincount: not implemented for {dtype_object(input.code)._name}", fix="input.long()")
    if least < 0:
        raise RuntimeError("minlength should be >= 0")
    x = contiguous(converted(input, INT64))
    if input.ndim_ == 1 and input.numel_:
        top = OPS["amax"].function(x).item()
    if input.ndim_ != 1 or input.numel_ and OPS["amin"].function(x).item() < 0:
        raise error(ShapeError, "bincount only supports 1-d non-negative integral inputs.", facts=[f"input {describe(input)}"])
    if weights is not None and (weights.ndim_ != 1 or weights.numel_ != input.numel_):
        raise error(ShapeError, "bincount: weights should be 1-d and have the same length as input", facts=[f"input {describe(input)}, weights {describe(weights)}"])
    if top == 0x7fffffffffffffff:
        raise error(ShapeError, "bincount: the largest number has no room for its count", facts=[f"input {describe(input)}, largest {top}"])
    shape[0] = top + 1 if top + 1 > least else least
    if weights is None:
        y = filled(INT64, 1, shape, 0)
        K.count(data_of(x), NULL, x.numel_, data_of(y))
        return y
    w = contiguous(converted(weights, FLOAT64))
    y = filled(FLOAT64, 1, shape, 0)
    K.count(data_of(x), data_of(w), x.numel_, data_of(y))
    return converted(y, FLOAT32 if weights.code == FLOAT32 else FLOAT64)


bincount_fn = op(bincount, grad="no", family="sorting", dtypes="integers", samples=lambda r: [
    (r(6).mul(7).abs().long(),), (r(6).mul(7).abs().long(), r(6)), (r(6).mul(7).abs().long(), None, 20), (r(0).long(),),
])
