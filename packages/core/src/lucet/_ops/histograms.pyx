"""Histograms: histc, histogram, histogramdd. Bins are found and counted block by block; loops in `_kernels/statistics.pxi.tp`.

Counts are whole numbers, and sums of weights are made piece by piece in double: cut by shape alone, joined in their order.
"""

from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset
from lucet._dtype cimport FLOAT16, FLOAT32, FLOAT64, COMPLEX64, dtype_object, is_number, itemsize_of
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport BINS_EVEN, BINS_NEAR, BINS_SEARCH
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops.reduce cimport pair_of, store_out, two_outputs
from lucet._tensor cimport Tensor, MAX_DIMS, CPU, data_of, describe, empty_tensor, is_meta, is_plain, read_size
from lucet._threads cimport run_unlocked

from math import isfinite, prod

from lucet import return_types
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops._loops import out_apart
from lucet._registry import OPS, op

cdef enum:
    BLOCK = 512                    # values whose bins are found before they are counted
    PIECE = 32768                  # values of one piece, which has counts of its own
    MAX_PIECES = 64

cdef struct Histogram:
    int kernel                     # the element type
    int how
    int size
    int dims
    Py_ssize_t n
    const char* x                  # (n, dims) without gaps
    const double* weights          # n, or NULL
    const char** borders           # of each dimension
    const Py_ssize_t* bins
    Py_ssize_t total               # bins of all dimensions
    Py_ssize_t piece
    int64_t* counts                # one row of 1 + total a piece; the first place takes what lies outside


cdef void _count_piece(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Histogram* h = <Histogram*>context
    cdef int64_t places[BLOCK]
    cdef char* counts = <char*>(h.counts + task * (h.total + 1) + 1)
    cdef Py_ssize_t at = task * h.piece, m
    cdef Py_ssize_t stop = at + h.piece if at + h.piece < h.n else h.n
    cdef int d
    while at < stop:
        m = stop - at if stop - at < BLOCK else BLOCK
        memset(places, 0, m * sizeof(int64_t))
        for d in range(h.dims):
            K.bins[h.kernel](h.x + (at * h.dims + d) * h.size, h.dims, m, h.borders[d], h.bins[d], h.how, places)
        K.count(<char*>places, <char*>(h.weights + at) if h.weights != NULL else NULL, m, counts)
        at += m


cdef Tensor _counted(Tensor x, Tensor weights, list edges, int how):
    """How many rows of `x` (n, dims), or the sum of their weights, lie in each cell between the borders."""
    cdef Histogram h
    cdef const char* borders[MAX_DIMS]
    cdef Py_ssize_t bins[MAX_DIMS]
    cdef Py_ssize_t pieces, k, p
    cdef Tensor total, w
    cdef list held = [contiguous(e) for e in edges]
    cdef double* sums
    h.dims = <int>len(held)
    h.total = 1
    for k in range(h.dims):
        borders[k] = data_of(<Tensor>held[k])
        bins[k] = (<Tensor>held[k]).numel_ - 1
        h.total *= bins[k]
    total = empty_tensor(FLOAT64, h.dims, bins, CPU)
    x = contiguous(x)
    w = None if weights is None else contiguous(converted(weights, FLOAT64))
    h.kernel = x.code
    h.how = how
    h.size = itemsize_of[x.code]
    h.n = x.numel_ // h.dims if h.dims else 0
    h.x = data_of(x)
    h.weights = NULL if w is None else <double*>data_of(w)
    h.borders = borders
    h.bins = bins
    h.piece = PIECE
    while h.piece < h.total or (h.n + h.piece - 1) // h.piece > MAX_PIECES:
        h.piece *= 2
    pieces = (h.n + h.piece - 1) // h.piece
    h.counts = <int64_t*>calloc((pieces if pieces else 1) * (h.total + 1), sizeof(int64_t))
    if h.counts == NULL:
        raise MemoryError("no room for the counts of a histogram")
    run_unlocked(pieces, _count_piece, &h)
    sums = <double*>h.counts
    for p in range(1, pieces):
        for k in range(1, h.total + 1):
            if w is None:
                h.counts[k] += h.counts[p * (h.total + 1) + k]
            else:
                sums[k] += sums[p * (h.total + 1) + k]
    sums = <double*>data_of(total)
    for k in range(h.total):
        sums[k] = <double>h.counts[k + 1] if w is None else (<double*>h.counts)[k + 1]
    free(h.counts)
    return converted(total, x.code)


cdef int _check_floats(Tensor x, str name) except -1:
    if x.code < FLOAT16 or x.code >= COMPLEX64:
        raise error(DtypeError, f"{name}: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    return 0


cdef Tensor _even(double low, double high, Py_ssize_t bins, int code):
    return OPS["linspace"].function(low, high, bins + 1, dtype=dtype_object(code))


cdef tuple _span(Tensor x, double low, double high, double apart, str name):
    """The outer borders: those asked for, else the extremes; moved apart where they are equal."""
    if low == high and x.numel_:
        ends = OPS["aminmax"].function(x.detach())
        low, high = ends[0].item(), ends[1].item()
    if low == high:
        low -= apart
        high += apart
    if not (isfinite(low) and isfinite(high)):
        raise RuntimeError(f"{name}: range of [{low:g}, {high:g}] is not finite")
    if low > high:
        raise RuntimeError(f"{name}: max must be larger than min")
    return low, high


# --- histc --------------------------------------------------------------------------------------------------------------

cdef object histc_fn, histogram_fn, histogramdd_fn


def histc(Tensor input not None, bins=100, min=0, max=0, *, Tensor out=None):
    """histc(input, bins=100, min=0, max=0, *, out=None) -> Tensor

    How many elements lie in each of `bins` equal parts of [min, max] (of the range of the elements if both are 0), in the type of
    `input`. Elements outside, and NaN, are not counted. DtypeError for integers.

    >>> import lucet
    >>> lucet.histc(lucet.tensor([1., 2., 1.]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    cdef Py_ssize_t count
    cdef Tensor x, y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(histc_fn, (input, bins, min, max), {} if out is None else {"out": out})
        if result is not passed:
            return result
    count = read_size(bins, b"histc: bins")
    if count <= 0:
        raise RuntimeError("histc(): bins must be > 0")
    _check_floats(input, "histc")
    out_apart(out, "histc", input)
    x = input.detach()
    if is_meta(x):
        y = empty_tensor(x.code, 1, &count, x.storage.device)
    else:
        low, high = _span(x, float(min), float(max), 1, "histc")
        y = _counted(x.reshape(-1), None, [_even(low, high, count, x.code)], BINS_EVEN)
    return y if out is None else store_out(y, out, b"histc", False)


histc_fn = op(histc, grad="no", family="sorting", dtypes="floats", formula="histogram(input, bins, None if min == max else (min, max))[0]", samples=lambda r: [
    (r(30), 7), (r(3, 4), 5, -1, 1), (r(4), 3, 0.5, 1.5), (r(), 2),
])


# --- histogram, histogramdd ---------------------------------------------------------------------------------------------

cdef int _check_edges(Tensor edges, Tensor x, str name) except -1:
    if edges.code != x.code:
        raise error(DtypeError, f"{name}(): input tensor and bins tensors should have the same dtype, but got input with dtype {dtype_object(x.code)._name} and bins with dtype {dtype_object(edges.code)._name}")
    if edges.ndim_ != 1:
        raise error(ShapeError, f"{name}(): bins tensor should have one dimension", facts=[f"bins {describe(edges)}"])
    if edges.numel_ < 2:
        raise error(ShapeError, f"{name}(): bins tensor should have at least 2 elements, but got {edges.numel_}")
    return 0


cdef Tensor _as_density(Tensor hist, list edges):
    """Divided by the total and by the size of each cell."""
    hist = hist / hist.sum()
    for d, border in enumerate(edges):
        shape = [1] * len(edges)
        shape[d] = -1
        hist = hist / border.diff().view(shape)
    return hist


cdef tuple _cells(Tensor x, list bins, object span, Tensor weight, bint density, str name):
    """(histogram, borders of each dimension) of x (n, dims); bins: numbers or borders."""
    cdef list edges = []
    cdef int how = BINS_SEARCH if x.code < FLOAT32 else BINS_NEAR, d           # a half type has too few digits for the division
    cdef Tensor hist, column
    _check_floats(x, name)
    if is_meta(x) or weight is not None and is_meta(weight) or any([isinstance(b, Tensor) and is_meta(<Tensor>b) for b in bins]):
        raise NotImplementedError(f"{name}: the borders depend on elements, which a meta tensor does not have")
    if weight is not None and weight.code != x.code:
        raise error(DtypeError, f"{name}(): if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got input {dtype_object(x.code)._name}, and weight {dtype_object(weight.code)._name}")
    if weight is not None and weight.numel_ != x.shape_[0]:
        raise error(ShapeError, f"{name}(): if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension", facts=[f"input {describe(x)}, weight {describe(weight)}"])
    if span is not None and len(span) != 2 * len(bins):
        raise RuntimeError(f"{name}(): for a {len(bins)}-dimensional histogram range should have {2 * len(bins)} elements, but got {len(span)}")
    for d in range(len(bins)):
        if isinstance(bins[d], Tensor):
            _check_edges(<Tensor>bins[d], x, name)
            edges.append((<Tensor>bins[d]).detach())
            how = BINS_SEARCH
            continue
        if bins[d] <= 0:
            raise RuntimeError(f"{name}(): bins must be > 0, but got {bins[d]} for dimension {d}")
        if span is not None:
            if span[2 * d] > span[2 * d + 1]:
                raise RuntimeError(f"{name}(): min should not exceed max, but got min {span[2 * d]} max {span[2 * d + 1]} for dimension {d}")
            low, high = float(span[2 * d]), float(span[2 * d + 1])
            if low == high:
                low, high = low - 0.5, high + 0.5
        else:
            column = x.select(1, d)
            low, high = _span(column, 0, 0, 0.5, name) if column.numel_ else (0.0, 1.0)
        edges.append(_even(low, high, bins[d], x.code))
    hist = _counted(x, weight, edges, how)
    return (_as_density(hist, edges) if density else hist), edges


def histogram(Tensor input not None, bins=100, *, range=None, Tensor weight=None, density=False, out=None):
    """histogram(input, bins=100, *, range=None, weight=None, density=False, out=None) -> (hist, bin_edges)

    How many elements, or how much of their `weight`, lie in each of `bins` equal parts of `range` (of that of the elements if None),
    or between the rising borders that `bins` holds; and the borders. The last bin has both its borders. With `density` the integral
    is 1. DtypeError for integers.

    >>> import lucet
    >>> lucet.histogram(lucet.tensor([1., 2., 1.]), bins=3, range=(0., 3.)).hist
    tensor([0., 2., 1.])
    """
    cdef Tensor x, w = None
    if not is_plain(input) or thread_state().modes:
        result = slow_call(histogram_fn, (input, bins), {"range": range, "weight": weight, "density": density} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    if weight is not None:
        if weight.ndim_ != input.ndim_ or weight.shape != input.shape:
            raise error(ShapeError, "histogram(): if weight tensor is provided it should have the same shape as the input tensor", facts=[f"input {describe(input)}, weight {describe(weight)}"])
        w = weight.detach().reshape(-1)
    if not isinstance(bins, Tensor):
        bins = read_size(bins, b"histogram: bins")
    elif range is not None:
        raise TypeError("histogram(): range is for a number of bins, not for borders")
    x = input.detach().reshape(-1, 1)
    hist, edges = _cells(x, [bins], range, w, density, "histogram")
    if out is not None:
        out = two_outputs(out, b"histogram")
        return pair_of(return_types.histogram_out, store_out(hist, out[0], b"histogram", False), store_out(edges[0], out[1], b"histogram", False))
    return pair_of(return_types.histogram, hist, edges[0])


cdef bint _weighs_points(Tensor weight, Tensor input) noexcept:
    """Whether there is a weight for each point, the last dimension of `input`."""
    cdef int i
    for i in range(weight.ndim_):
        if i == input.ndim_ or weight.shape_[i] != input.shape_[i]:
            return False
    return weight.ndim_ == input.ndim_ - 1


def histogramdd(Tensor input not None, bins, range=None, Tensor weight=None, density=False):
    """histogramdd(input, bins, range=None, weight=None, density=False) -> (hist, bin_edges)

    A histogram of the points that the last dimension of `input` holds: `bins` is a number of equal parts for all coordinates, a list of
    one for each, or a list of rising borders; `range` lists the two outer borders of each. Otherwise as `histogram`.

    >>> import lucet
    >>> lucet.histogramdd(lucet.tensor([[0., 1.], [1., 0.], [1., 1.]]), bins=[2, 2]).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    cdef Tensor x, w = None
    cdef Py_ssize_t dims
    if not is_plain(input) or thread_state().modes:
        result = slow_call(histogramdd_fn, (input, bins), {"range": range, "weight": weight, "density": density})
        if result is not passed:
            return result
    if input.ndim_ < 2:
        raise error(ShapeError, f"histogramdd(): input tensor should have at least 2 dimensions, but got {input.ndim_}")
    dims = input.shape_[input.ndim_ - 1]
    if dims > MAX_DIMS:
        raise error(ShapeError, f"histogramdd(): a histogram has up to {MAX_DIMS} dimensions, but got points of {dims} coordinates")
    bins = [bins] * dims if is_number(bins) else list(bins)
    if len(bins) != dims:
        raise RuntimeError(f"histogramdd(): expected {dims} sequences of bin edges for a {dims}-dimensional histogram but got {len(bins)}")
    bins = [b if isinstance(b, Tensor) else read_size(b, b"histogramdd: bins") for b in bins]
    if weight is not None:
        if not _weighs_points(weight, input):
            raise error(ShapeError, "histogramdd(): if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension", facts=[f"input {describe(input)}, weight {describe(weight)}"])
        w = weight.detach().reshape(-1)
    x = input.detach().reshape(prod(input.shape[:-1]), dims)
    hist, edges = _cells(x, bins, range, w, density, "histogramdd")
    return pair_of(return_types.histogramdd, hist, tuple(edges))


histogram_fn = op(histogram, grad="no", family="sorting", dtypes="floats", samples=lambda r: [
    (r(30), 7), (r(3, 4), 5, {"range": (-1.0, 1.0), "weight": r(3, 4)}), (r(30), r(6).sort()[0], {"density": True}), (r(), 2),
])
histogramdd_fn = op(histogramdd, method=False, grad="no", family="sorting", dtypes="floats", samples=lambda r: [
    (r(30, 2), [3, 4]), (r(3, 4, 2), 2, None, r(3, 4)), (r(30, 2), [r(4).sort()[0], r(3).sort()[0]], None, None, True),
])
