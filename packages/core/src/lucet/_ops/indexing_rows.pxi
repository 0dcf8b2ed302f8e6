# One vector of indices along one dimension: index_select and the index_ ops; take, put and index_put with any indices.

cdef list _at_dim(int dim, Tensor index):
    """Indices for `pick_of`: `index` at dimension `dim`."""
    return [None] * dim + [index]

cdef Tensor _vector(Tensor index, Py_ssize_t size, int dim, const char* name, object kind, bint negative):
    """A checked index vector as int64; a 0-d index counts as one of length 1."""
    if index.ndim_ > 1:
        raise IndexError(f"{name.decode()}(): Index is supposed to be a vector, got shape {sizes_list(index)}")
    if index.code != INT64 and index.code != INT32:
        raise error(
            DtypeError,
            f"{name.decode()}(): Expected dtype int32 or int64 for index, got {dtype_object(index.code)._name}",
            fix="index.long()",
        )
    if index.ndim_ == 0:
        index = unsqueeze_at(index, 0)
    if is_meta(index):
        return index
    return placed(index, -size if negative else 0, size, 1, dim, kind)

# index_select ---------------------------------------------------------------------------------------------------------
cdef int index_select_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    if ndim == 0:
        return give(run, n, 0, reshape_to(g, 0, shape))
    return give(run, n, 0, index_sum(g, _at_dim(<int>n.i0, saved_tensor(n, 0)), ndim, shape))

def index_select(Tensor input not None, dim, Tensor index not None, *, Tensor out=None):
    """index_select(input, dim, index, *, out=None) -> Tensor

    The indices of dimension `dim` that the vector `index` (int64 or int32) names, copied. IndexError for one out of range.

    >>> import lucet
    >>> lucet.index_select(lucet.tensor([[1, 2], [3, 4]]), 1, lucet.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    if intercepted(input) or not is_plain(index):
        result = slow_call(index_select, (input, dim, index), {} if out is None else {"out": out})
        if result is not passed:
            return result
    cdef int d = dim_of(dim, input.ndim_, b"index_select")
    cdef Tensor vector = index, y, source = input
    cdef Node n
    if d == 0 and index.ndim_ == 1 and is_simple(input, index):
        y = rows_taken(input, index, 0, _OutOfSelf)
    elif input.ndim_ == 0:
        vector = _vector(index, 1, d, b"index_select", _OutOfSelf, False)
        if vector.numel_ != 1:
            raise error(ShapeError, f"index_select(): Index to scalar can have only 1 value, got {vector.numel_} value(s)")
        y = clone_of(input.detach())
    else:
        vector = _vector(index, input.shape_[d], d, b"index_select", _OutOfSelf, False)
        source = input if input.flags & F_CONTIGUOUS else contiguous(input)
        y = taken(source, pick_of(source, _at_dim(d, vector), b"index_select"))
    if recording(input):
        n = record(y, index_select_vjp, b"IndexSelectBackward0", input)
        n.i0 = d
        save(n, 0, vector)
    out_apart(out, "index_select", input, index, may_coincide=False)
    return y if out is None else _stored(y, out, b"index_select")

def _OutOfSelf(message):
    return IndexError(f"index_select: index out of range in self: {message}")

cdef Tensor _stored(Tensor y, Tensor out, const char* name):
    """The result moved into `out`, which is made to fit."""
    if requires_grad(y) or requires_grad(out) and thread_state().grad_enabled:
        raise RuntimeError(
            f"{name.decode()}(): functions with out=... arguments don't support automatic differentiation, but one "
            "of the arguments requires grad."
        )
    if out.code != y.code:
        raise error(
            DtypeError,
            f"{name.decode()}: Expected out tensor to have dtype {dtype_object(y.code)._name}, but got "
            f"{dtype_object(out.code)._name} instead",
        )
    check_inplace(out, False, name)
    check_no_internal_overlap(out, name)
    prepare_out(out, y.ndim_, y.shape_, y.code, name)
    convert_into(out, y)
    bump(out, name)
    return out

# index_add, index_copy, index_fill ---------------------------------------------------------------------------------------
cdef int index_add_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim
    give(run, n, 0, g)
    if needs(n, 1):
        ndim = edge_shape(n, 1, shape)
        part = g.reshape(1) if g.ndim_ == 0 else index_of(g, _at_dim(<int>n.i0, saved_tensor(n, 0)), b"index_add")
        give(run, n, 1, reshape_to(part if n.d0 == 1 else mul(part, n.d0), ndim, shape))
    return 0

cdef int index_copy_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef list indices = _at_dim(<int>n.i0, saved_tensor(n, 0))
    cdef Tensor whole = reshape_line(g)
    if needs(n, 0):
        give(run, n, 0, put_into(clone_of(whole), indices, filled(g.code, 0, NULL, 0), False, b"index_copy").reshape(sizes_list(g)))
    if needs(n, 1):
        ndim = edge_shape(n, 1, shape)
        give(run, n, 1, reshape_to(index_of(whole, indices, b"index_copy"), ndim, shape))
    return 0

cdef int index_fill_vjp(Node n, Tensor g, Run run) except -1:
    """The value's gradient is summed where it is delivered."""
    cdef list indices = _at_dim(<int>n.i0, saved_tensor(n, 0))
    cdef Tensor whole = reshape_line(g)
    if needs(n, 0):
        give(run, n, 0, put_into(clone_of(whole), indices, filled(g.code, 0, NULL, 0), False, b"index_fill").reshape(sizes_list(g)))
    if needs(n, 1):
        give(run, n, 1, index_of(whole, _at_dim(<int>n.i0, saved_tensor(n, 0).unique()), b"index_fill"))    # a place filled twice counts once
    return 0

cdef Tensor reshape_line(Tensor a):
    """A tensor without dimensions as one of length 1."""
    return unsqueeze_at(a, 0) if a.ndim_ == 0 else a

cdef Tensor _write_vector(
    Tensor a, int dim, Tensor vector, Tensor source, bint accumulate, vjp_fn vjp, const char* label, const char* name, double alpha
):
    """a[vector along dim] = source (or += source) in place; recorded with the given rule."""
    cdef bint will_record = a.code >= FLOAT16 and recording2(a, source)
    cdef Tensor whole = a
    cdef Pick p
    cdef Node n
    check_inplace(a, will_record, name)
    if vjp == index_fill_vjp:
        warn_of_overlap(a, "index_fill_")
    else:
        check_no_internal_overlap(a, name)
    if a.ndim_ == 0:
        whole = view(a, 1, _one, _one, a.offset)
    if not (is_meta(a) or is_meta(source) or is_meta(vector)):
        p = pick_of(whole, _at_dim(dim, vector), name)
        written(whole, p, source, SUM if accumulate else PUT)
    bump(a, name)
    if will_record:
        n = new_node(vjp, label, 2)
        connect(n, 0, a)
        connect(n, 1, source)
        n.i0 = dim
        n.d0 = alpha
        save(n, 0, vector)
        rebase(a, n)
    return a

cdef Py_ssize_t* _one = [1]

cdef int _check_slices(Tensor a, int dim, Tensor source, const char* name) except -1:
    """All but `dim` must agree."""
    cdef int i
    cdef bint fits = a.ndim_ == source.ndim_ or a.ndim_ == 0 and source.ndim_ <= 1 or source.ndim_ == 0 and a.ndim_ <= 1
    for i in range(min(a.ndim_, source.ndim_)):
        if i != dim and fits and a.shape_[i] != source.shape_[i]:
            fits = False
    if not fits:
        _no_slices(a, source, name)
    return 0

cdef int _no_slices(Tensor a, Tensor source, const char* name) except -1:
    raise error(
        ShapeError,
        f"{name.decode()}: Source/destination tensor must have same slice shapes: source tensor shape must match "
        f"self tensor shape, excluding the specified dimension. Got self.shape = {sizes_list(a)} source.shape = "
        f"{sizes_list(source)}",
    )

def index_add_(Tensor input not None, dim, Tensor index not None, Tensor source not None, *, alpha=1):
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(index_add_, (input, dim, index, source), {"alpha": alpha})
        if result is not passed:
            return result
    cdef int d = dim_of(dim, input.ndim_, b"index_add_")
    cdef Tensor vector = _vector(index, input.shape_[d] if input.ndim_ else 1, d, b"index_add_", RuntimeError, False), part = source
    cdef Py_ssize_t length = source.shape_[d] if source.ndim_ > d else 1
    if source.code != input.code:
        raise error(
            DtypeError,
            f"index_add_(): self ({dtype_object(input.code)._name}) and source ({dtype_object(source.code)._name}) "
            "must have the same scalar type",
        )
    if vector.numel_ != length:
        raise error(
            ShapeError,
            f"index_add_(): Number of indices ({vector.numel_}) should be equal to source.size(dim): ({length}), "
            f"for dim: {d}",
        )
    if source.ndim_ != input.ndim_:
        _no_slices(input, source, b"index_add_")
    _check_slices(input, d, source, b"index_add_")
    check_out_overlap(input, source, b"index_add_")
    if isinstance(alpha, float) and input.code < FLOAT16:
        alpha = int(alpha)
    if alpha != 1:
        part = mul(source, alpha)
        if part.code != input.code:
            part = converted(part, input.code)
    return _write_vector(input, d, vector, part, True, index_add_vjp, b"IndexAddBackward0", b"index_add_", 1)

def index_add(Tensor input not None, dim, Tensor index not None, Tensor source not None, *, alpha=1, Tensor out=None):
    """index_add(input, dim, index, source, *, alpha=1, out=None) -> Tensor

    A copy of `input` with alpha * source added to the indices of `dim` that the vector `index` names; repeated ones add up.
    RuntimeError for an index out of range, ShapeError for shapes that do not fit, DtypeError for another type.

    >>> import lucet
    >>> lucet.index_add(lucet.zeros(3), 0, lucet.tensor([0, 0, 2]), lucet.tensor([1., 2., 3.]))
    tensor([3., 0., 3.])
    """
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(index_add, (input, dim, index, source), {"alpha": alpha} if out is None else {"alpha": alpha, "out": out})
        if result is not passed:
            return result
    y = index_add_(row_major_clone(input), dim, index, source, alpha=alpha)
    out_apart(out, "index_add", input, source)
    return y if out is None else _stored(y, out, b"index_add")

def index_copy_(Tensor input not None, dim, Tensor index not None, Tensor source not None):
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(index_copy_, (input, dim, index, source), {})
        if result is not passed:
            return result
    cdef int d = dim_of(dim, input.ndim_, b"index_copy_")
    cdef Tensor vector = _vector(index, input.shape_[d] if input.ndim_ else 1, d, b"index_copy_", IndexError, False)
    cdef Py_ssize_t length = source.shape_[d] if source.ndim_ > d else 1
    if source.ndim_ and input.ndim_ and source.ndim_ != input.ndim_:
        raise IndexError(
            "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
            f"dimensionality ({source.ndim_}), destination dimensionality ({input.ndim_})"
        )
    if source.code != input.code:
        raise error(
            DtypeError,
            "index_copy_(): self and source expected to have the same dtype, but got (self) "
            f"{dtype_object(input.code)._name} and (source) {dtype_object(source.code)._name}",
        )
    if vector.numel_ != length:
        raise IndexError(f"index_copy_(): Number of indices ({vector.numel_}) should be equal to source.size(dim) ({length})")
    _check_slices(input, d, source, b"index_copy_")
    check_out_overlap(input, source, b"index_copy_")
    return _write_vector(input, d, vector, source, False, index_copy_vjp, b"IndexCopyBackward0", b"index_copy_", 1)

def index_copy(Tensor input not None, dim, Tensor index not None, Tensor source not None, *, Tensor out=None):
    """index_copy(input, dim, index, source, *, out=None) -> Tensor

    A copy of `input` with `source` written to the indices of `dim` that the vector `index` names. IndexError for one out of range,
    ShapeError for shapes that do not fit, DtypeError for another type.

    >>> import lucet
    >>> lucet.index_copy(lucet.zeros(3), 0, lucet.tensor([2, 0]), lucet.tensor([1., 2.]))
    tensor([2., 0., 1.])
    """
    if intercepted(input) or not is_plain(index) or not is_plain(source):
        result = slow_call(index_copy, (input, dim, index, source), {} if out is None else {"out": out})
        if result is not passed:
            return result
    y = index_copy_(row_major_clone(input), dim, index, source)
    out_apart(out, "index_copy", input, source)
    return y if out is None else _stored(y, out, b"index_copy")

def index_fill_(Tensor input not None, dim, Tensor index not None, value):
    if intercepted(input) or not is_plain(index) or isinstance(value, Tensor) and not is_plain(value):
        result = slow_call(index_fill_, (input, dim, index, value), {})
        if result is not passed:
            return result
    cdef int d = dim_of(dim, input.ndim_, b"index_fill_")
    cdef Tensor vector
    if index.code != INT64:
        raise IndexError("index_fill_(): Expected dtype int64 for index.")
    if input.code < COMPLEX64 and (isinstance(value, complex) or isinstance(value, Tensor) and (<Tensor>value).code >= COMPLEX64):
        raise error(DtypeError, "index_fill_(): Converting complex Scalar to non-complex type is not supported")
    vector = _vector(index, input.shape_[d] if input.ndim_ else 1, d, b"index_fill_", IndexError, True)
    return _write_vector(input, d, vector, _one_value(input, value, b"index_fill_"), False, index_fill_vjp, b"IndexFillBackward1" if isinstance(value, Tensor) else b"IndexFillBackward0", b"index_fill_", 1)

cdef Tensor _one_value(Tensor a, object value, const char* name):
    """A number or 0-d tensor as a 0-d tensor of a's type, with history."""
    if isinstance(value, Tensor):
        if (<Tensor>value).ndim_:
            raise error(
                ShapeError,
                f"{name.decode()} only supports a 0-dimensional value tensor, but got tensor with "
                f"{(<Tensor>value).ndim_} dimension(s).",
            )
        return as_element(<Tensor>value, a.code, name)
    if not is_number(value):
        raise TypeError(f"{name.decode()}(): argument 'value' must be Number or Tensor, not {type(value).__name__}")
    return filled(a.code, 0, NULL, value, name)

def index_fill(Tensor input not None, dim, Tensor index not None, value):
    """index_fill(input, dim, index, value) -> Tensor

    A copy of `input` with a number (or 0-d tensor) written to the indices of `dim` that the int64 vector `index` names, negative ones
    counting from the end. IndexError for one out of range.

    >>> import lucet
    >>> lucet.index_fill(lucet.zeros(3), 0, lucet.tensor([0, -1]), 1)
    tensor([1., 0., 1.])
    """
    if intercepted(input) or not is_plain(index) or isinstance(value, Tensor) and not is_plain(value):
        result = slow_call(index_fill, (input, dim, index, value), {})
        if result is not passed:
            return result
    return index_fill_(clone_of(input), dim, index, value)

# index_put, take ------------------------------------------------------------------------------------------------------
cdef list _indices_of(object indices, str name):
    if isinstance(indices, Tensor) or not isinstance(indices, (list, tuple)):
        raise TypeError(f"{name}(): argument 'indices' must be tuple of Tensors, not {type(indices).__name__}")
    for i, x in enumerate(indices):
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}: expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
    if not indices:
        raise RuntimeError(f"{name}: indices are empty, expected at least one index tensor")
    cdef list found = []
    for x in indices:
        found.append(x)
        if (<Tensor>x).code == BOOL or (<Tensor>x).code == UINT8:
            found.extend([None] * ((<Tensor>x).ndim_ - 1))
    return found

def index_put_(Tensor input not None, indices, Tensor values not None, accumulate=False):
    if intercepted(input) or not is_plain(values):
        result = slow_call(index_put_, (input, indices, values, accumulate), {})
        if result is not passed:
            return result
    warn_of_overlap(input, "index_put_", "tensor[indices] = tensor")
    return put_into(input, _indices_of(indices, "index_put_"), values, accumulate, b"index_put_")

def index_put(Tensor input not None, indices, Tensor values not None, accumulate=False):
    """index_put(input, indices, values, accumulate=False) -> Tensor

    A copy of `input` with `values` (of its type, broadcast) written to input[indices], a tuple of index tensors or masks; added where
    `accumulate` is set, so that repeated places add up. IndexError for an index out of range.

    >>> import lucet
    >>> lucet.index_put(lucet.zeros(3), (lucet.tensor([1, 1]),), lucet.tensor(1.), accumulate=True)
    tensor([0., 2., 0.])
    """
    if intercepted(input) or not is_plain(values):
        result = slow_call(index_put, (input, indices, values, accumulate), {})
        if result is not passed:
            return result
    return put_into(clone_of(input), _indices_of(indices, "index_put"), values, accumulate, b"index_put")

def take(Tensor input not None, Tensor index not None, *, Tensor out=None):
    """take(input, index, *, out=None) -> Tensor

    The elements of `input`, counted as one row, at the int64 indices: the shape of `index`. Negative ones count from the end.
    IndexError for one out of range.

    >>> import lucet
    >>> lucet.take(lucet.tensor([[1, 2], [3, 4]]), lucet.tensor([0, -1]))
    tensor([1, 4])
    """
    if intercepted(input) or not is_plain(index):
        result = slow_call(take, (input, index), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if index.code != INT64:
        raise error(
            DtypeError,
            f"take(): Expected a long tensor for index, but got {dtype_object(index.code)._name}",
            fix="index.long()",
        )
    cdef Tensor y = named(index_of(input if input.ndim_ == 1 else reshape_to(input, 1, &input.numel_), [index], b"take"), b"TakeBackward0")
    out_apart(out, "take", input, index, may_coincide=False)
    return y if out is None else _stored(y, out, b"take")

op(index_select, family="indexing", formula="take(input, index, dim)",
   samples=lambda r: [(r(3, 4), 0, _long(r, 3, 5)), (r(3, 4), -1, _long(r, 4, 2)), (r(3), 0, _long(r, 3, 0))])
op(index_add, inplace=index_add_, family="indexing",
   samples=lambda r: [(r(3, 4), 0, _long(r, 3, 2), r(2, 4)), (r(3), 0, _long(r, 3, 5), r(5))])
op(index_copy, inplace=index_copy_, family="indexing",
   samples=lambda r: [(r(3, 4), 0, _permuted(3), r(3, 4)), (r(2, 3), 1, _permuted(3), r(2, 3))])
op(index_fill, inplace=index_fill_, family="indexing",
   samples=lambda r: [(r(3, 4), 0, _long(r, 3, 2), 1.5), (r(3), 0, _long(r, 3, 2), r())])
op(index_put, inplace=index_put_, family="indexing",
   samples=lambda r: [(r(3, 4), (_permuted(3),), r(3, 4)), (r(3, 4), (_long(r, 3, 5), _long(r, 4, 5)), r(5), True)])
op(take, family="indexing", formula="take(input, index)",
   samples=lambda r: [(r(3, 4), _long(r, 12, 2, 2)), (r(3), _long(r, 3, 0))])
