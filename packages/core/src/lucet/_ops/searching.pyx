"""Finding and telling apart: searchsorted, bucketize, isin, unique, unique_consecutive. Loops in `_kernels/statistics.pxi.tp`.

Nothing here has a gradient. What follows from equality alone treats every NaN as different from all others.
"""

from libc.stdint cimport int64_t, uint8_t
from libc.string cimport memcpy
from lucet._dtype cimport BOOL, INT32, INT64, FLOAT16, itemsize_of, dtype_object, is_number
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport SEARCH_EQUAL, SEARCH_LEFT, SEARCH_RIGHT
from lucet._engine cimport Node, Run, record, recording
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops._plans cimport run_weighed
from lucet._ops.create cimport filled, tensor_of
from lucet._ops.pointwise cimport result_code
from lucet._ops.reduce cimport foldable, one_dim, put, store_out, store_same
from lucet._ops.sorting cimport positions_of, sorted_parts
from lucet._tensor cimport Tensor, CPU, F_CONTIGUOUS, META, data_of, describe, empty_tensor, is_meta, is_plain
from lucet._threads cimport run_unlocked

from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._ops._loops import out_apart
from lucet._registry import OPS, op

cdef enum:
    TASK = 4096                    # values that one task looks up
    WHOLE = 8192                   # values that are not worth a second thread


# --- searchsorted, bucketize --------------------------------------------------------------------------------------------

cdef struct Search:
    int kernel
    int how
    const char* rows
    Py_ssize_t row                 # bytes from one sorted row to the next, 0: all values are sought in one
    Py_ssize_t n
    const char* values
    Py_ssize_t m                   # values a row
    Py_ssize_t total
    Py_ssize_t size
    Py_ssize_t out_size
    char* out


cdef void _search_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Search* s = <Search*>context
    cdef Py_ssize_t at = task * TASK, stop = at + TASK if at + TASK < s.total else s.total, count
    while at < stop:
        count = s.m - at % s.m if s.row else stop - at
        if count > stop - at:
            count = stop - at
        K.search[s.kernel](s.rows + at // s.m * s.row, s.n, s.values + at * s.size, count, s.how, s.out + at * s.out_size)
        at += count


cdef int _search(Tensor rows, Tensor values, int how, Tensor out) except -1:
    """Look `values` up in the sorted last dimension of `rows`: both of one type, contiguous, and (but for one row) of one shape before it."""
    cdef Search s
    cdef Py_ssize_t task
    if is_meta(rows) or is_meta(values) or values.numel_ == 0:
        return 0
    s.kernel = rows.code
    s.how = how
    s.n = rows.shape_[rows.ndim_ - 1] if rows.ndim_ else 1
    s.size = itemsize_of[rows.code]
    s.out_size = itemsize_of[out.code]
    s.row = s.n * s.size if rows.ndim_ > 1 else 0
    s.m = values.shape_[values.ndim_ - 1] if rows.ndim_ > 1 else values.numel_
    s.total = values.numel_
    s.rows = data_of(rows)
    s.values = data_of(values)
    s.out = data_of(out)
    if s.total <= WHOLE:
        for task in range((s.total + TASK - 1) // TASK):
            _search_task(&s, task, 0)
    else:
        run_unlocked((s.total + TASK - 1) // TASK, _search_task, &s)
    return 0


cdef Tensor _places(str name, Tensor rows, object input, object out_int32, object right, Tensor out, Tensor sorter):
    cdef Tensor x, s, y
    cdef int code, i
    cdef bint fits
    if out is not None and out.code != (INT32 if out_int32 else INT64):
        raise error(
            DtypeError,
            f"searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether "
            f"out_int32 flag is True, but we got output tensor's dtype {dtype_object(out.code)._name} and out_int32 flag is {bool(out_int32)}",
        )
    if not isinstance(input, Tensor):
        if not is_number(input):
            raise TypeError(f"{name}(): argument 'input' must be Tensor or Number, not {type(input).__name__}")
        if rows.ndim_ != 1:
            raise error(ShapeError, f"{name}(): input value can be a scalar only when boundaries tensor dimension is 1", facts=[f"boundaries {describe(rows)}"])
        code = result_code(rows, input)
        x = tensor_of(input, code)
    else:
        x = <Tensor>input
        code = result_code(rows, x) if rows.code != x.code else x.code
    if rows.ndim_ == 0:
        raise error(ShapeError, f"{name}(): boundaries tensor should have positive dimension, but got 0 dimension")
    if rows.ndim_ != 1:
        fits = rows.ndim_ == x.ndim_
        for i in range(rows.ndim_ - 1 if fits else 0):
            fits = fits and rows.shape_[i] == x.shape_[i]
        if not fits:
            raise error(
                ShapeError,
                f"{name}(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match",
                facts=[f"boundaries {describe(rows)}, input {describe(x)}"],
            )
    for what, t in (("boundary", rows), ("input value", x), ("sorter", sorter)):
        if t is not None and not (<Tensor>t).flags & F_CONTIGUOUS:
            warn_once(
                f"torch.searchsorted(): {what} tensor is non-contiguous, this will lower the performance: each call makes a contiguous copy of it"
            )
    if sorter is not None:
        rows = _in_order(name, rows, sorter)
    if code == BOOL:
        raise error(DtypeError, f"{name}: not implemented for bool", fix="input.to(lucet.uint8)")
    s = contiguous(foldable(converted(rows, code), name.encode()))
    x = contiguous(foldable(converted(x, code), name.encode()))
    y = empty_tensor(INT64, x.ndim_, x.shape_, META if is_meta(rows) or is_meta(x) else CPU)
    _search(s, x, SEARCH_RIGHT if right else SEARCH_LEFT, y)
    y = converted(y, INT32 if out_int32 else INT64)
    return y if out is None else store_out(y, out, b"bucketize" if name == "bucketize" else b"searchsorted", False)


cdef Tensor _in_order(str name, Tensor rows, Tensor sorter):
    """The rows as `sorter` orders them."""
    cdef int i
    if sorter.ndim_ != rows.ndim_:
        fits = False
    else:
        fits = all([rows.shape_[i] == sorter.shape_[i] for i in range(rows.ndim_)])
    if not fits:
        raise error(ShapeError, f"{name}(): boundary and sorter must have the same size", facts=[f"boundaries {describe(rows)}, sorter {describe(sorter)}"])
    if sorter.code != INT64:
        raise error(DtypeError, f"{name}(): sorter must be a tensor of long dtype but got dtype {dtype_object(sorter.code)._name}", fix="sorter.long()")
    try:
        return OPS["gather"].function(rows.detach(), rows.ndim_ - 1, sorter)
    except (RuntimeError, IndexError):
        raise RuntimeError(f"{name}(): sorter index out of range") from None


cdef object searchsorted_fn, bucketize_fn


def searchsorted(Tensor sorted_sequence not None, input, *, out_int32=False, right=False, side=None, Tensor out=None, Tensor sorter=None):
    """searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, out=None, sorter=None) -> Tensor

    Where each element of `input` (or a number) belongs in the rising last dimension of `sorted_sequence`, so that the order stays:
    before its equals, or behind them with `right` (side="right"); int64, or int32. `sorter` holds the indices that sort the sequence,
    if it is not. A sequence of several dimensions is searched row by row. NaN belongs at the end.
    RuntimeError for shapes that do not fit.

    >>> import lucet
    >>> lucet.searchsorted(lucet.tensor([1, 3, 5]), lucet.tensor([0, 3, 6]))
    tensor([0, 1, 3])
    """
    if not is_plain(sorted_sequence) or isinstance(input, Tensor) and not is_plain(input) or thread_state().modes:
        result = slow_call(searchsorted_fn, (sorted_sequence, input), {"out_int32": out_int32, "right": right, "side": side, "sorter": sorter} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    if side is not None:
        if side not in ("left", "right"):
            raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side}")
        if side == "left" and right:
            raise RuntimeError(f"searchsorted(): side and right can't be set to opposites, got side of {side} while right was True")
        right = side == "right"
    return _places("searchsorted", sorted_sequence, input, out_int32, right, out, sorter)


def bucketize(input, Tensor boundaries not None, *, out_int32=False, right=False, Tensor out=None):
    """bucketize(input, boundaries, *, out_int32=False, right=False, out=None) -> Tensor

    Which of the intervals between rising `boundaries` each element of `input` (or a number) lies in: how many boundaries are below it,
    or with `right` also those equal to it; int64, or int32. NaN lies in the last.

    >>> import lucet
    >>> lucet.bucketize(lucet.tensor([0.5, 2.0, 9.0]), lucet.tensor([1.0, 2.0, 3.0]))
    tensor([0, 1, 3])
    """
    if not is_plain(boundaries) or isinstance(input, Tensor) and not is_plain(input) or thread_state().modes:
        result = slow_call(bucketize_fn, (input, boundaries), {"out_int32": out_int32, "right": right} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    if boundaries.ndim_ != 1:
        raise error(ShapeError, f"bucketize(): boundaries tensor must be 1 dimension, but got dim({boundaries.ndim_})")
    return _places("bucketize", boundaries, input, out_int32, right, out, None)


searchsorted_fn = op(searchsorted, method=False, grad="no", family="sorting", samples=lambda r: [
    (r(5).sort()[0], r(2, 3)), (r(2, 5).sort()[0], r(2, 3), {"right": True}), (r(5).sort()[0], 0.5, {"side": "right"}), (r(0), r(3)),
    (r(20).sort()[0], r(3, 0)), (r(4).sort()[0], r(3), {"out_int32": True}),
])
bucketize_fn = op(bucketize, method=False, grad="no", family="sorting", formula="searchsorted(boundaries, input, 'right' if right else 'left')", samples=lambda r: [
    (r(2, 3), r(5).sort()[0]), (r(7), r(4).sort()[0], {"right": True}), (r(), r(40).sort()[0]), (r(3), r(0)),
])


# --- isin -----------------------------------------------------------------------------------------------------------------

cdef object isin_fn


def isin(elements=None, test_elements=None, *, assume_unique=False, invert=False, Tensor out=None, element=None, test_element=None):
    """isin(elements, test_elements, *, assume_unique=False, invert=False, out=None) -> Tensor

    Whether each of `elements` is among `test_elements`, or with `invert` whether it is not; either may be a number. NaN is nowhere.
    `assume_unique` is accepted: it makes no difference. DtypeError for bool.

    >>> import lucet
    >>> lucet.isin(lucet.tensor([1, 2, 3]), lucet.tensor([2, 5]))
    tensor([False,  True, False])
    """
    cdef Tensor a, b, x, y
    cdef int code
    elements = element if elements is None else elements              # torch's names where it is a number
    test_elements = test_element if test_elements is None else test_elements
    for given in (elements, test_elements):
        if isinstance(given, Tensor):
            if not is_plain(given) or thread_state().modes:
                result = slow_call(isin_fn, (elements, test_elements), {"assume_unique": assume_unique, "invert": invert} | ({} if out is None else {"out": out}))
                if result is not passed:
                    return result
                break
        elif not is_number(given):
            raise TypeError(f"isin(): arguments must be Tensors or Numbers, not {type(given).__name__}")
    if not isinstance(elements, Tensor) and not isinstance(test_elements, Tensor):
        raise TypeError("isin(): at least one of elements and test_elements must be a Tensor")
    code = result_code(elements, test_elements)
    a = <Tensor>elements if isinstance(elements, Tensor) else tensor_of(elements, code)
    b = <Tensor>test_elements if isinstance(test_elements, Tensor) else tensor_of(test_elements, code)
    if a.code == BOOL or b.code == BOOL:
        raise error(DtypeError, "isin: Unsupported input type encountered for isin(): bool", fix="elements.to(lucet.uint8)")
    x = contiguous(foldable(converted(a, code), b"isin"))
    y = empty_tensor(BOOL, a.ndim_, a.shape_, META if is_meta(a) or is_meta(b) else CPU)
    if not is_meta(y):
        b = contiguous(foldable(converted(b, code), b"isin")).detach().reshape(-1)
        if b.numel_ > 8:                         # fewer are compared one by one
            b = sorted_parts(b, 0, False, b"isin")[0]
        _search(b, x, SEARCH_EQUAL, y)
    if invert:
        y = OPS["logical_not"].function(y)
    out_apart(out, "isin", a, b)
    return y if out is None else store_same(y, out, b"isin", False)


isin_fn = op(isin, method=False, grad="no", family="sorting", dtypes="no bool", formula="isin(elements, test_elements, invert=invert)", samples=lambda r: [
    (r(3, 4).mul(2).round(), r(5).mul(2).round()), (r(30).mul(9).round(), r(20).mul(9).round(), {"invert": True}), (r(3).round(), 1), (r(3), r(0)), (r(), r(2)),
])


# --- unique, unique_consecutive -----------------------------------------------------------------------------------------

cdef object unique_fn, unique_consecutive_fn


cdef int _underivable_vjp(Node n, Tensor g, Run run) except -1:
    raise NotImplementedError(f"the derivative for '{n.extra}' is not implemented.")


cdef object _underivable(object found, Tensor input, const char* label, str name):
    """What was found, whose values belong to the graph so that a backward says that there is no way through."""
    cdef Tensor values = found[0] if isinstance(found, tuple) else found
    cdef Node n
    if recording(input):
        n = record(values, _underivable_vjp, label, input)
        n.extra = name
    return found


def unique(Tensor input not None, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None) -> Tensor or tuple of Tensors

    The different elements in rising order; with `return_inverse` also where each element of `input` is among them, with
    `return_counts` also how often each occurs. With `dim` whole slices along that dimension are compared.

    >>> import lucet
    >>> lucet.unique(lucet.tensor([3, 1, 1]), return_counts=True)
    (tensor([1, 3]), tensor([2, 1]))
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(unique_fn, (input, sorted, return_inverse, return_counts, dim), {})
        if result is not passed:
            return result
    if dim is not None:
        return _underivable(_different_slices(input, one_dim(dim, input.ndim_, b"unique"), True, return_inverse, return_counts, "unique"), input, b"UniqueDimBackward0", "unique_dim")
    found = _by_counting(input, return_inverse, return_counts) if not is_meta(input) else None
    if found is not None:
        return found
    ordered, order = sorted_parts(input.detach().reshape(-1), 0, False, b"unique")
    return _underivable(_different(input, ordered, order, return_inverse, return_counts), input, b"Unique2Backward0", "_unique2")


def unique_consecutive(Tensor input not None, return_inverse=False, return_counts=False, dim=None):
    """unique_consecutive(input, return_inverse=False, return_counts=False, dim=None) -> Tensor or tuple of Tensors

    The elements without those that equal the one before them; with `return_inverse` also where each element of `input` went, with
    `return_counts` also how many became one. With `dim` whole slices along that dimension are compared.

    >>> import lucet
    >>> lucet.unique_consecutive(lucet.tensor([1, 1, 2, 1]), return_counts=True)
    (tensor([1, 2, 1]), tensor([2, 1, 1]))
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(unique_consecutive_fn, (input, return_inverse, return_counts, dim), {})
        if result is not passed:
            return result
    if dim is not None:
        found = _different_slices(input, one_dim(dim, input.ndim_, b"unique_consecutive"), False, return_inverse, return_counts, "unique_consecutive")
    else:
        found = _different(input, contiguous(foldable(input.detach().reshape(-1), b"unique_consecutive")), None, return_inverse, return_counts)
    return _underivable(found, input, b"UniqueConsecutiveBackward0", "unique_consecutive")


cdef object _parts(Tensor values, Tensor group, Tensor starts, object order, Py_ssize_t n, object shape):
    """What was asked for: the values, the number of its group for each of n elements in its old place, the sizes of the groups,
    which begin at `starts`."""
    cdef Py_ssize_t one = 1
    parts = [values]
    if group is not None:
        parts.append((group if order is None else put(group, order, 0, 1, (<Tensor>order).shape_)).reshape(shape))
    if starts is not None:
        ends = OPS["cat"].function([starts, filled(INT64, 1, &one, n)])
        parts.append(ends.narrow(0, 1, starts.numel_) - starts)
    return values if len(parts) == 1 else tuple(parts)


cdef object _by_counting(Tensor input, bint inverse, bint counts):
    """`unique` of integers that lie close together: a table of them all. None where they do not, or are few."""
    cdef Tensor x, places
    if input.code >= FLOAT16 or input.code == BOOL or input.numel_ < 512:
        return None
    low, high = OPS["aminmax"].function(input.detach())
    low, high = low.item(), high.item()
    if high - low >= input.numel_:
        return None
    x = converted(input.detach(), INT64).reshape(-1)
    x = x - low if low else x
    table = OPS["bincount"].function(x)
    places = positions_of(table)
    parts = [converted(places + low if low else places, input.code)]
    if inverse:
        parts.append(OPS["index_select"].function(OPS["cumsum"].function(OPS["ne"].function(table, 0), 0).sub_(1), 0, x).reshape(input.shape))
    if counts:
        parts.append(OPS["index_select"].function(table, 0, places))
    return parts[0] if len(parts) == 1 else tuple(parts)


cdef Tensor _first(Tensor x, Py_ssize_t count):
    """The first `count` elements, in no more memory than they need."""
    cdef Tensor y
    if count == x.numel_:
        return x
    y = empty_tensor(x.code, 1, &count, CPU)
    memcpy(data_of(y), data_of(x), count * itemsize_of[x.code])
    return y


cdef struct Runs:
    char* x
    char* values
    int64_t* starts
    int64_t* group
    Py_ssize_t n, found
    int code


cdef void _runs_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Runs* r = <Runs*>context
    r.found = K.runs[r.code](r.x, r.n, r.values, r.starts, r.group)


cdef object _different(Tensor input, Tensor ordered, object order, bint inverse, bint counts):
    """First elements of the runs of equal neighbours, and the number of the run each element is in."""
    cdef Py_ssize_t n = ordered.numel_
    cdef Runs r
    cdef Tensor values, starts = None, group = None
    if is_meta(ordered):
        raise NotImplementedError("unique: the shape of the result depends on elements, which a meta tensor does not have")
    values = empty_tensor(ordered.code, 1, &n, CPU)
    if counts:
        starts = empty_tensor(INT64, 1, &n, CPU)
    if inverse:
        group = empty_tensor(INT64, 1, &n, CPU)
    r.x, r.values, r.n, r.code = data_of(ordered), data_of(values), n, ordered.code
    r.starts = <int64_t*>data_of(starts) if counts else NULL
    r.group = <int64_t*>data_of(group) if inverse else NULL
    run_weighed(1, 1, _runs_task, &r, <double>n)
    values = converted(_first(values, r.found), input.code)
    return _parts(values, group, _first(starts, r.found) if counts else None, order, n, input.shape)


cdef object _different_slices(Tensor input, int dim, bint ordered, bint inverse, bint counts, str name):
    """The same for slices along a dimension, ordered by their elements from the first on."""
    cdef Py_ssize_t n, width = 1
    cdef Tensor rows, fresh, order = None, room, starts
    if is_meta(input):
        raise NotImplementedError(f"{name}: the shape of the result depends on elements, which a meta tensor does not have")
    rows = input.detach()
    if input.ndim_ == 0:
        rows = rows.reshape(1)
    n = rows.shape_[dim]
    if rows.numel_ == 0 and n:
        raise error(ShapeError, f"{name}: there are 0 sized dimensions, and they aren't selected, so unique cannot be applied", facts=[f"input {describe(input)}"])
    rows = contiguous(foldable(rows.movedim(dim, 0), name.encode()))
    if n:
        width = rows.numel_ // n
    fresh = empty_tensor(BOOL, 1, &n, CPU)
    if ordered:
        order = empty_tensor(INT64, 1, &n, CPU)
        room = empty_tensor(INT64, 1, &n, CPU)
        if n:
            K.order_rows[rows.code](data_of(rows), n, width, <int64_t*>data_of(order), <int64_t*>data_of(room))
    if n:
        K.new_rows[rows.code](data_of(rows), n, width, <int64_t*>data_of(order) if ordered else NULL, <uint8_t*>data_of(fresh))
    starts = positions_of(fresh)
    places = OPS["index_select"].function(order, 0, starts) if ordered else starts
    values = OPS["index_select"].function(input.detach() if input.ndim_ else input.detach().reshape(1), dim, places)
    group = OPS["cumsum"].function(fresh, 0).sub_(1) if inverse else None
    return _parts(values, group, starts if counts else None, order, n, (n,))


unique_fn = op(unique, grad="no", family="sorting", samples=lambda r: [
    (r(3, 4).mul(2).round(),), (r(3, 4).mul(2).round(), True, True, True), (r(4, 1).mul(2).round(), True, True, True, 0),
])
unique_consecutive_fn = op(unique_consecutive, grad="no", family="sorting", samples=lambda r: [
    (r(3, 4).mul(2).round(),), (r(3, 4).mul(2).round(), True, True), (r(6, 1).mul(2).round(), True, True, 0), (r(0),),
])
