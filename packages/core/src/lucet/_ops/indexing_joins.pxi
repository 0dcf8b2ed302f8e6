# scatter_reduce and index_reduce: joins of what comes with what is there, by sums, products, means and extremes; put.

cdef enum:
    JOIN_MEAN = 100                # a sum, then divided by how many there are
    ROWS = 1                       # flags: whole rows by one vector of indices; what was there takes part
    WITH_SELF = 2

cdef dict _reductions = {
    "sum": SCATTER_ADD, "prod": SCATTER_MUL, "mean": JOIN_MEAN, "amax": SCATTER_MAX, "amin": SCATTER_MIN, "max": SCATTER_MAX, "min": SCATTER_MIN,
}

cdef int _put_lines(Tensor a, int dim, Tensor at, Tensor source, int kind, bint rows) except -1:
    """Write or join `source` at checked places: of single elements, or (rows) of whole slices along `dim`. Nothing is noted."""
    cdef Tensor whole = a
    if not rows:
        return _along(_scatter_fn(kind, a.code), a, source, at, a, dim, dim > 0 and dim == at.ndim_ - 1)
    if a.ndim_ == 0:
        whole = view(a, 1, _one, _one, a.offset)
        source = source.reshape(1)
    return written(whole, pick_of(whole, _at_dim(dim, at), b"index_reduce"), source, PUT if kind == SCATTER_SET else SUM + kind - SCATTER_ADD)

cdef Tensor _like_source(Tensor a, Tensor at, Tensor source, object value, bint rows):
    """A number for each element that is written."""
    cdef Tensor number = filled(a.code, 0, NULL, value)
    return expand_to(number, source.ndim_, source.shape_) if rows else expand_to(number, at.ndim_, at.shape_)

cdef object _nothing(int kind, int code):
    """What a join starts from where the old elements do not count."""
    if kind == SCATTER_MUL:
        return 1
    if kind != SCATTER_MAX and kind != SCATTER_MIN:
        return 0
    if code >= FLOAT16:
        return float("-inf") if kind == SCATTER_MAX else float("inf")
    if code == BOOL:
        return kind == SCATTER_MIN
    bits = 8 * itemsize_of[code]
    if code == UINT8:
        return 0 if kind == SCATTER_MAX else 255
    return -(1 << bits - 1) if kind == SCATTER_MAX else (1 << bits - 1) - 1

cdef int _join(Tensor a, int dim, Tensor at, Tensor source, int kind, int flags) except -1:
    """The whole join, in place, without history. All is checked before."""
    cdef bint rows = flags & ROWS != 0
    cdef Tensor counts
    if is_meta(a) or is_meta(source) or is_meta(at) or at.numel_ == 0 or source.numel_ == 0:
        return 0
    if source.storage.block == a.storage.block:
        source = clone_of(source.detach())
    if not flags & WITH_SELF:
        _put_lines(a, dim, at, _like_source(a, at, source, _nothing(kind, a.code), rows), SCATTER_SET, rows)
    if kind != JOIN_MEAN:
        return _put_lines(a, dim, at, source, kind, rows)
    _put_lines(a, dim, at, source, SCATTER_ADD, rows)
    counts = empty_like(a, a.code)
    fill_with(counts, 1 if flags & WITH_SELF else 0, b"mean")
    _put_lines(counts, dim, at, _like_source(a, at, source, 1, rows), SCATTER_ADD, rows)
    counts = where(OPS["eq"].function(counts, 0), 1, counts)
    return convert_into(a, OPS["div"].function(a.detach(), counts, rounding_mode=None if a.code >= FLOAT16 else "floor"))

cdef Tensor _unversioned(Tensor a):
    """The same elements, whose writes nobody counts."""
    cdef Tensor t = bare_tensor(a.code, a.ndim_)
    take_geometry(t, a)
    t.storage = a.storage
    return t

cdef Tensor _joined(Tensor a, int dim, Tensor at, Tensor index, Tensor source, int kind, int flags, bint inplace, const char* name):
    """`a`, or a copy of it, with `source` joined in; recorded."""
    cdef bint will_record = a.code >= FLOAT16 and recording2(a, source)
    cdef Tensor y = a, old = a
    cdef Node n
    if K.scatter_join[(SCATTER_ADD if kind == JOIN_MEAN else kind) - SCATTER_ADD][a.code] == NULL or kind == JOIN_MEAN and a.code == BOOL:
        raise error(DtypeError, f"{name.decode()}: not implemented for {dtype_object(a.code)._name}")
    if inplace:
        check_inplace(a, will_record, name)
        check_no_internal_overlap(a, name)
        check_out_overlap(a, source, name)
        if will_record and kind != SCATTER_ADD and kind != JOIN_MEAN:
            old = engine_ops.clone(a)
    else:
        y = row_major_clone(a.detach())
    _join(_unversioned(y), dim, at, source.detach(), kind, flags)
    if inplace:
        bump(a, name)
    if will_record:
        n = new_node(_join_vjp, b"IndexReduceBackward0" if flags & ROWS else b"ScatterReduceBackward0", 2)
        connect(n, 0, a)
        connect(n, 1, source)
        n.i0 = dim
        n.i1 = kind
        n.extra = flags
        save(n, 0, index)
        if kind != SCATTER_ADD and kind != JOIN_MEAN:
            save(n, 1, source)
            save(n, 2, old)
        if inplace:
            rebase(a, n)
        else:
            set_history(n, y, 0)
        if kind != SCATTER_ADD and kind != JOIN_MEAN:
            save_output(n, 3, y)
    return y

# gradients ------------------------------------------------------------------------------------------------------------
cdef Tensor _there(Tensor a, int dim, Tensor index, bint rows):
    """The elements that the indices name, as many as were joined in."""
    return OPS["index_select"].function(a, dim, index) if rows else gather_along(a, dim, index, None)

cdef Tensor _summed(Tensor a, int dim, Tensor index, Tensor source, bint rows):
    return OPS["index_add" if rows else "scatter_add"].function(a, dim, index, source)

cdef Tensor _within(Tensor source, Tensor index):
    """The part of a scatter's source that the index reaches."""
    cdef int i
    if source.ndim_ != index.ndim_:
        return reshape_to(source if source.numel_ == 1 else slice_of(source, 0, 0, 1, 1), index.ndim_, index.shape_)
    for i in range(source.ndim_):
        if source.shape_[i] != index.shape_[i]:
            source = slice_of(source, i, 0, index.shape_[i], 1)
    return source

cdef int _join_vjp(Node n, Tensor g, Run run) except -1:
    """Sums and means hand on what they get; extremes share it among all that equal them; products divide by what the element was,
    and where it was 0 multiply the others anew."""
    cdef int dim = <int>n.i0, kind = <int>n.i1, flags = n.extra
    cdef bint rows = flags & ROWS != 0
    cdef Tensor index = saved_tensor(n, 0), source = None, old = None, y, own, come
    if kind != SCATTER_ADD and kind != JOIN_MEAN:
        source = saved_tensor(n, 1)
        old = saved_tensor(n, 2)
        y = saved_tensor(n, 3)
        if not rows:
            source = _within(source, index)
    if kind == SCATTER_ADD:
        own = g
        come = _there(g, dim, index, rows) if needs(n, 1) else None
    elif kind == JOIN_MEAN:
        counts = zeros_tensor(g.code, g.ndim_, g.shape_) if not is_meta(g) else empty_like(g, g.code)
        if flags & WITH_SELF:
            counts = counts + 1
        ones = expand_to(filled(g.code, 0, NULL, 1), index.ndim_, index.shape_) if not rows else OPS["ones_like"].function(_there(counts, dim, index, True))
        counts = _summed(counts, dim, index, ones, rows)
        counts = where(OPS["eq"].function(counts, 0), 1, counts)
        own = div(g, counts)
        come = _there(own, dim, index, rows) if needs(n, 1) else None
    elif kind == SCATTER_MUL:
        own = _product_of_old(g, dim, index, source, old, flags) if needs(n, 0) else None
        come = _product_of_come(g, dim, index, source, old, y, flags) if needs(n, 1) else None
    else:
        mine = OPS["eq"].function(old, y).to(dtype_object(old.code))
        theirs = OPS["eq"].function(source, _there(y, dim, index, rows)).to(dtype_object(old.code))
        share = div(g, _summed(mine, dim, index, theirs, rows))
        own = mul(share, mine)
        come = mul(_there(share, dim, index, rows), theirs) if needs(n, 1) else None
    if needs(n, 0):
        if not flags & WITH_SELF:
            own = OPS["index_fill" if rows else "scatter"].function(own, dim, index.long() if rows else index, 0)
        give(run, n, 0, own)
    if needs(n, 1):
        give(run, n, 1, come if rows else grown(come, n))
    return 0

cdef object _anew(int dim, Tensor index, int flags):
    """The product itself as a function of (old, source)."""
    name = "index_reduce" if flags & ROWS else "scatter_reduce"
    return lambda old, source: OPS[name].function(old, dim, index, source, "prod", include_self=bool(flags & WITH_SELF))

cdef Tensor _product_of_old(Tensor g, int dim, Tensor index, Tensor source, Tensor old, int flags):
    product = _anew(dim, index, flags)
    whole = where(OPS["eq"].function(old, 0), 1, old)
    return div(mul(g, product(whole, source)), whole)

cdef int _many_zeros_vjp(Node n, Tensor g, Run run) except -1:
    raise RuntimeError(
        f"{'index' if n.i0 else 'scatter'}_reduce(): Double backward is unsupported for source when >1 zeros in source are scattered to the same position in self"
    )

cdef Tensor _product_of_come(Tensor g, int dim, Tensor index, Tensor source, Tensor old, Tensor y, int flags):
    cdef bint rows = flags & ROWS != 0
    cdef Tensor come, marked
    product = _anew(dim, index, flags)
    zero = OPS["eq"].function(source, 0)
    zeros = _there(_summed(OPS["zeros_like"].function(old.detach()), dim, index, zero.to(dtype_object(old.code)), rows), dim, index, rows)
    alone = OPS["logical_and"].function(zero, OPS["eq"].function(zeros, 1))
    others = product(old, where(alone, 1, source))
    come = where(
        alone, _there(mul(g, others), dim, index, rows), div(_there(mul(g, y), dim, index, rows), where(zero, 1, source))
    )
    if recording(come) and OPS["gt"].function(zeros, 1).any():
        marked = view(come, come.ndim_, come.shape_, come.strides, come.offset)
        record(marked, _many_zeros_vjp, b"Error", come).i0 = rows
        return marked
    return come

# scatter_reduce -------------------------------------------------------------------------------------------------------
cdef int _reduction(object reduce, dict kinds, str name) except -1:
    if not isinstance(reduce, str):
        raise TypeError(f"{name}(): argument 'reduce' must be str, not {type(reduce).__name__}")
    kind = kinds.get(reduce)
    if kind is None or kind == SCATTER_ADD and name == "index_reduce":
        raise RuntimeError(f"{name}(): Expected reduce to be one of {'' if name == 'index_reduce' else 'sum, '}prod, mean, amax or amin but got {reduce}.")
    return kind

cdef Tensor _scatter_reduce(Tensor a, object dim, Tensor index, Tensor source, object reduce, object include_self, bint inplace):
    cdef int d = dim_of(dim, a.ndim_, b"scatter_reduce"), kind = _reduction(reduce, _reductions, "scatter_reduce")
    cdef Tensor at = index
    if source.code != a.code:
        raise error(
            DtypeError,
            f"scatter_reduce(): Expected self.dtype to be equal to src.dtype, got {dtype_object(a.code)._name} and {dtype_object(source.code)._name}",
        )
    _check_lines(a, d, index, source, b"scatter_reduce")
    if not is_meta(index):
        at = _line_index(index, a.shape_[d] if a.ndim_ else 1, d, b"scatter_reduce")
    return _joined(a, d, at, index, source, kind, WITH_SELF if include_self else 0, inplace, b"scatter_reduce_" if inplace else b"scatter_reduce")

def scatter_reduce_(Tensor input not None, dim, Tensor index not None, Tensor src not None, reduce, *, include_self=True):
    if intercepted(input) or not is_plain(index) or not is_plain(src):
        result = slow_call(scatter_reduce_, (input, dim, index, src, reduce), {"include_self": include_self})
        if result is not passed:
            return result
    return _scatter_reduce(input, dim, index, src, reduce, include_self, True)

def scatter_reduce(Tensor input not None, dim, Tensor index not None, Tensor src not None, reduce, *, include_self=True, Tensor out=None):
    """scatter_reduce(input, dim, index, src, reduce, *, include_self=True, out=None) -> Tensor

    A copy of `input` with src[i][j] joined into out[index[i][j]][j] for dim 0, and alike for the others: by "sum", "prod", "mean",
    "amax" or "amin". What was there takes part, unless `include_self` is False. The mean of integers is rounded down.
    RuntimeError for an index out of range, ShapeError for shapes that do not fit, DtypeError for another type.

    >>> import lucet
    >>> lucet.scatter_reduce(lucet.zeros(2), 0, lucet.tensor([0, 0, 1]), lucet.tensor([1., 5., 2.]), "amax")
    tensor([5., 2.])
    """
    if intercepted(input) or not is_plain(index) or not is_plain(src):
        result = slow_call(scatter_reduce, (input, dim, index, src, reduce), {"include_self": include_self} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    return _apart(_scatter_reduce(input, dim, index, src, reduce, include_self, False), out, b"scatter_reduce", input, index, src)

# index_reduce ---------------------------------------------------------------------------------------------------------
cdef Tensor _index_reduce(Tensor a, object dim, Tensor index, Tensor source, object reduce, object include_self, bint inplace):
    cdef int d = dim_of(dim, a.ndim_, b"index_reduce"), kind = _reduction(reduce, _reductions, "index_reduce")
    warn_once("index_reduce() is in beta and the API may change at any time.")
    cdef Tensor vector = _vector(index, a.shape_[d] if a.ndim_ else 1, d, b"index_reduce", IndexError, False)
    cdef Py_ssize_t length = source.shape_[d] if source.ndim_ > d else 1
    if source.code != a.code:
        raise error(
            DtypeError,
            f"index_reduce_(): self ({dtype_object(a.code)._name}) and source ({dtype_object(source.code)._name}) must have the same scalar type",
        )
    if source.ndim_ != a.ndim_:
        _no_slices(a, source, b"index_reduce_")
    _check_slices(a, d, source, b"index_reduce_")
    if vector.numel_ != length:
        raise error(
            ShapeError,
            f"index_reduce_(): Number of indices ({vector.numel_}) should be equal to source.size(dim): ({length}), for dim: {d}",
        )
    return _joined(a, d, vector, vector, source, kind, ROWS | (WITH_SELF if include_self else 0), inplace, b"index_reduce_" if inplace else b"index_reduce")

def index_reduce_(Tensor input not None, dim, Tensor index not None, Tensor source not None, reduce, *, include_self=True):
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(index_reduce_, (input, dim, index, source, reduce), {"include_self": include_self})
        if result is not passed:
            return result
    return _index_reduce(input, dim, index, source, reduce, include_self, True)

def index_reduce(Tensor input not None, dim, Tensor index not None, Tensor source not None, reduce, *, include_self=True, Tensor out=None):
    """index_reduce(input, dim, index, source, reduce, *, include_self=True, out=None) -> Tensor

    A copy of `input` with `source` joined into the indices of `dim` that the vector `index` names: by "prod", "mean", "amax" or "amin".
    What was there takes part, unless `include_self` is False. The mean of integers is rounded down.
    IndexError for an index out of range, ShapeError for shapes that do not fit, DtypeError for another type.

    >>> import lucet
    >>> lucet.index_reduce(lucet.ones(2), 0, lucet.tensor([0, 0, 1]), lucet.tensor([2., 5., 3.]), "prod")
    tensor([10.,  3.])
    """
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(index_reduce, (input, dim, index, source, reduce), {"include_self": include_self} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    return _apart(_index_reduce(input, dim, index, source, reduce, include_self, False), out, b"index_reduce", input, index, source)

# put ------------------------------------------------------------------------------------------------------------------
cdef int _put_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef Tensor index = saved_tensor(n, 0)
    if needs(n, 0):
        give(run, n, 0, g if n.i0 else put(g, index, OPS["zeros"].function(sizes_list(index), dtype=dtype_object(g.code)), False))
    if needs(n, 1):
        ndim = edge_shape(n, 1, shape)
        give(run, n, 1, reshape_to(OPS["take"].function(g, index), ndim, shape))
    return 0

cdef Tensor _put(Tensor a, Tensor index, Tensor source, object accumulate, bint inplace):
    cdef bint will_record = a.code >= FLOAT16 and recording2(a, source)
    cdef Tensor y, flat
    cdef Node n
    if index.code != INT64:
        raise error(DtypeError, f"put_(): Expected a long tensor for index, but got {dtype_object(index.code)._name}", fix="index.long()")
    if source.code != a.code:
        raise error(
            DtypeError,
            f"put_(): self and source expected to have the same dtype, but got self.dtype = {dtype_object(a.code)._name} and "
            f"source.dtype = {dtype_object(source.code)._name}",
        )
    if source.numel_ != index.numel_:
        raise IndexError(
            f"put_(): Expected source and index to have the same number of elements, but got source.numel() = {source.numel_}, index.numel() = {index.numel_}"
        )
    if a.numel_ == 0 and index.numel_:
        raise IndexError("put_(): Tried to put elements into an empty tensor")
    if inplace:
        check_inplace(a, will_record, b"put_")
        check_no_internal_overlap(a, b"put_")
        check_out_overlap(a, source, b"put_")
        check_out_overlap(a, index, b"put_")
    y = a if inplace and a.flags & F_CONTIGUOUS else a.detach().clone(memory_format=_row_major)
    if index.numel_ and not (is_meta(a) or is_meta(index) or is_meta(source)):
        flat = reshape_to(_unversioned(y), 1, &y.numel_)
        written(flat, pick_of(flat, [index.reshape(-1)], b"put_"), source.detach().reshape(-1), SUM if accumulate else PUT)
    if inplace:
        if y is not a:
            convert_into(a, y)
            y = a
        bump(a, b"put_")
    elif not a.flags & F_CONTIGUOUS:                 # the order in memory stays
        flat = y
        y = empty_like(a, a.code)
        convert_into(y, flat)
    if will_record:
        n = new_node(_put_vjp, b"PutBackward0", 2)
        connect(n, 0, a)
        connect(n, 1, source)
        n.i0 = bool(accumulate)
        save(n, 0, index)
        if inplace:
            rebase(a, n)
        else:
            set_history(n, y, 0)
    return y

def put_(Tensor input not None, Tensor index not None, Tensor source not None, accumulate=False):
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(put_, (input, index, source, accumulate), {})
        if result is not passed:
            return result
    if not accumulate:
        need_deterministic("put_")
    return _put(input, index, source, accumulate, True)

def put(Tensor input not None, Tensor index not None, Tensor source not None, accumulate=False):
    """put(input, index, source, accumulate=False) -> Tensor

    A copy of `input` with `source` written to the int64 indices `index`, which count its elements as one row, negative ones from the
    end; added where `accumulate` is set, so that repeated places add up. IndexError for an index out of range.

    >>> import lucet
    >>> lucet.put(lucet.zeros(2, 2), lucet.tensor([1, -1]), lucet.tensor([5., 6.]))
    tensor([[0., 5.],
            [0., 6.]])
    """
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(put, (input, index, source, accumulate), {})
        if result is not passed:
            return result
    if not accumulate:
        need_deterministic("put_")
    return _put(input, index, source, accumulate, False)

def _scattered(r):
    return [
        (r(3, 4), 0, _long(r, 3, 2, 4), r(2, 4), "sum"),
        (r(3, 4), 1, _long(r, 4, 3, 5), r(3, 6), "prod"),
        (r(3), 0, _long(r, 3, 5), r(5), "mean"),
        (r(3), 0, _long(r, 3, 5), r(5), "mean", {"include_self": False}),
        (r(3, 2), 0, _long(r, 3, 4, 2), r(4, 2), "amax"),
        (r(3), 0, _long(r, 3, 5), r(5), "amin", {"include_self": False}),
        (r(3), 0, _long(r, 3, 5), r(5), "prod", {"include_self": False}),
    ]

def _rows_joined(r):
    return [
        (r(3, 4), 0, _long(r, 3, 2), r(2, 4), "prod"),
        (r(2, 3), 1, _long(r, 3, 5), r(2, 5), "mean"),
        (r(2, 3), 1, _long(r, 3, 5), r(2, 5), "mean", {"include_self": False}),
        (r(3), 0, _long(r, 3, 5), r(5), "amax"),
        (r(3, 2), 0, _long(r, 3, 4), r(4, 2), "amin", {"include_self": False}),
    ]

op(scatter_reduce, inplace=scatter_reduce_, family="indexing", samples=_scattered)
op(index_reduce, inplace=index_reduce_, family="indexing", samples=_rows_joined)
op(put, inplace=put_, family="indexing",
   samples=lambda r: [(r(3, 4), _permuted(3), r(3)), (r(3, 4), _long(r, 12, 2, 3), r(2, 3), True), (r(3), _long(r, 3, 0), r(0))])
