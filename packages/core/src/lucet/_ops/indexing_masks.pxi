# Ops on masks, and class indices: masked_fill, masked_select, masked_scatter, one_hot, embedding.

# masked_fill ----------------------------------------------------------------------------------------------------------
cdef int masked_fill_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor mask = saved_tensor(n, 0)
    if needs(n, 0):
        give(run, n, 0, where(mask, 0.0, g))
    if needs(n, 1):
        give(run, n, 1, where(mask, g, 0.0))
    return 0

cdef int _check_mask_type(Tensor mask, const char* name) except -1:
    if mask.code != BOOL:
        raise error(
            DtypeError,
            f"{name.decode()} only supports boolean masks: expected BoolTensor for mask, but got mask with dtype "
            f"{dtype_object(mask.code)._name}",
            fix="mask.bool()",
        )
    return 0

cdef Tensor _fill_masked(Tensor y, Tensor a, Tensor mask, object value, const char* name, bint inplace):
    """y = where(mask, value, a), all of y's shape or broadcast to it; recorded."""
    cdef Operand ops[4]
    cdef Tensor number = _one_value(a, value, name)
    cdef bint will_record = a.code >= FLOAT16 and recording2(a, number)
    cdef Node n
    if inplace:
        check_inplace(a, will_record, name)
        if overlaps_itself(a):               # only chosen places may be written to, whatever the order
            warn_of_overlap(a, "masked_fill_")
            return put_into(a, _mask_indices(expand_to(mask, a.ndim_, a.shape_)), number, False, name)
    if not (is_meta(y) or is_meta(mask) or is_meta(number) or is_meta(a)):
        operand_of(y, y.code, &ops[0])
        operand_of(mask, BOOL, &ops[1])
        operand_of(number, y.code, &ops[2])
        operand_of(a, y.code, &ops[3])
        iterate(K.where[log2_size(y.code)], NULL, 4, ops, CHEAP)
    if inplace:
        bump(a, name)
    if will_record:
        n = new_node(masked_fill_vjp, b"MaskedFillBackward1" if isinstance(value, Tensor) else b"MaskedFillBackward0", 2)
        connect(n, 0, a)
        connect(n, 1, number)
        save(n, 0, mask)
        if inplace:
            rebase(a, n)
        else:
            set_history(n, y, 0)
    return y

cdef Tensor masked_fill_of(Tensor a, Tensor mask, object value):
    cdef Py_ssize_t shape[64]
    cdef int ndim
    _check_mask_type(mask, b"masked_fill")
    ndim = broadcast2(a, mask, shape, b"masked_fill")
    return _fill_masked(empty_tensor(a.code, ndim, shape, a.storage.device), a, mask, value, b"masked_fill", False)

def masked_fill(Tensor input not None, Tensor mask not None, value):
    """masked_fill(input, mask, value) -> Tensor

    A copy of `input` with a number (or 0-d tensor) where the bool `mask` is true; the two broadcast. DtypeError for another mask.

    >>> import lucet
    >>> lucet.masked_fill(lucet.tensor([1., 2.]), lucet.tensor([True, False]), 0)
    tensor([0., 2.])
    """
    if intercepted(input) or not is_plain(mask) or isinstance(value, Tensor) and not is_plain(value):
        result = slow_call(masked_fill, (input, mask, value), {})
        if result is not passed:
            return result
    return masked_fill_of(input, mask, value)

def masked_fill_(Tensor input not None, Tensor mask not None, value):
    if intercepted(input) or not is_plain(mask) or isinstance(value, Tensor) and not is_plain(value):
        result = slow_call(masked_fill_, (input, mask, value), {})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int ndim, i
    _check_mask_type(mask, b"masked_fill_")
    ndim = broadcast2(input, mask, shape, b"masked_fill_")
    for i in range(ndim):
        if ndim != input.ndim_ or shape[i] != input.shape_[i]:
            raise error(
                ShapeError,
                f"masked_fill_: output with shape {sizes_list(input)} doesn't match the broadcast shape "
                f"{[shape[k] for k in range(ndim)]}",
            )
    return _fill_masked(input, input, mask, value, b"masked_fill_", True)

# masked_select, masked_scatter ----------------------------------------------------------------------------------------
cdef list _mask_indices(Tensor mask):
    return [mask] + [None] * (mask.ndim_ - 1)

def masked_select(Tensor input not None, Tensor mask not None, *, Tensor out=None):
    """masked_select(input, mask, *, out=None) -> Tensor

    The elements of `input` where the bool `mask` is true, as one row; the two broadcast. DtypeError for another mask.

    >>> import lucet
    >>> lucet.masked_select(lucet.tensor([1., 2.]), lucet.tensor([True, False]))
    tensor([1.])
    """
    if intercepted(input) or not is_plain(mask):
        result = slow_call(masked_select, (input, mask), {} if out is None else {"out": out})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef Tensor a, m
    cdef int ndim
    _check_mask_type(mask, b"masked_select")
    ndim = broadcast2(input, mask, shape, b"masked_select")
    a = input if ndim == input.ndim_ and _has_shape(input, shape) else expand_to(input, ndim, shape)
    m = mask if ndim == mask.ndim_ and _has_shape(mask, shape) else expand_to(mask, ndim, shape)
    if ndim == 0:
        a = unsqueeze_at(a, 0)
        m = unsqueeze_at(m, 0)
    y = named(index_of(a, _mask_indices(m), b"masked_select"), b"MaskedSelectBackward0")
    out_apart(out, "masked_select", input, mask, may_coincide=False)
    return y if out is None else _stored(y, out, b"masked_select")

cdef bint _has_shape(Tensor a, const Py_ssize_t* shape) noexcept:
    cdef int i
    for i in range(a.ndim_):
        if a.shape_[i] != shape[i]:
            return False
    return True

def masked_scatter_(Tensor input not None, Tensor mask not None, Tensor source not None):
    if intercepted(input) or not is_plain(mask) or not is_plain(source):
        result = slow_call(masked_scatter_, (input, mask, source), {})
        if result is not passed:
            return result
    cdef Tensor wide = expand_to(mask, input.ndim_, input.shape_), line
    cdef Py_ssize_t count
    _check_mask_type(mask, b"masked_scatter_")
    if source.code != input.code:
        raise error(
            DtypeError,
            f"masked_scatter: expected self and source to have same dtypes but got {dtype_object(input.code)._name} "
            f"and {dtype_object(source.code)._name}",
        )
    if is_meta(input) and is_meta(mask) and is_meta(source):
        check_inplace(input, recording2(input, source), b"masked_scatter_")
        bump(input, b"masked_scatter_")
        return input
    check_no_internal_overlap(input, b"masked_scatter_")
    count = true_positions(wide, 1).numel_
    if count > source.numel_:
        raise error(
            ShapeError,
            f"masked_scatter: Number of elements of source < number of ones in mask, {source.numel_} and {count}",
        )
    line = slice_of(reshape_to(source, 1, &source.numel_), 0, 0, count, 1)
    if input.ndim_ == 0:
        return masked_fill_(input, mask, line[0]) if count else input
    return put_into(input, _mask_indices(wide), line, False, b"masked_scatter_")

def masked_scatter(Tensor input not None, Tensor mask not None, Tensor source not None):
    """masked_scatter(input, mask, source) -> Tensor

    A copy of `input` with the elements of `source`, in order, where the bool `mask` is true. ShapeError when there are too few.

    >>> import lucet
    >>> lucet.masked_scatter(lucet.zeros(3), lucet.tensor([True, False, True]), lucet.tensor([1., 2.]))
    tensor([1., 0., 2.])
    """
    if intercepted(input) or not is_plain(mask) or not is_plain(source):
        result = slow_call(masked_scatter, (input, mask, source), {})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int ndim = broadcast2(input, mask, shape, b"masked_scatter")
    return masked_scatter_(row_major_clone(expand_to(input, ndim, shape)), mask, source)

op(masked_fill, inplace=masked_fill_, family="indexing", formula="where(mask, value, input)",
   samples=lambda r: [(r(3, 4), r(3, 4) > 0, 1.5), (r(3, 1), r(4) > 0, r()), (r(), r() > 0, 2.0)])
op(masked_select, family="indexing", samples=lambda r: [(r(3, 4), r(3, 4) > 0), (r(3, 1), r(4) > 0), (r(0), r(0) > 0)])
op(masked_scatter, inplace=masked_scatter_, family="indexing", samples=lambda r: [(r(3, 4), r(3, 4) > 0, r(12))])

# one_hot --------------------------------------------------------------------------------------------------------------
def one_hot(Tensor input not None, num_classes=-1):
    """one_hot(input, num_classes=-1) -> Tensor

    int64 rows of zeros with a one at the class: the shape of `input` (int64) and `num_classes` (-1: the largest class + 1).
    RuntimeError for classes that are negative or too large.

    >>> import lucet
    >>> lucet.nn.functional.one_hot(lucet.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if intercepted(input):
        result = slow_call(one_hot, (input, num_classes), {})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[65]
    cdef Py_ssize_t count = read_size(num_classes, b"one_hot(): argument 'num_classes'"), i, largest = -1
    cdef Tensor x = contiguous(input), y, at
    cdef int64_t* classes
    cdef int k
    if input.code != INT64:
        raise error(
            DtypeError,
            f"one_hot is only applicable to index tensor of type LongTensor, got {dtype_object(input.code)._name}",
            fix="input.long()",
        )
    if input.ndim_ == MAX_DIMS:
        raise error(ShapeError, f"one_hot: at most {MAX_DIMS - 1} dimensions are supported")
    if is_meta(input) and count < 1:
        raise error(DeviceError, "one_hot: a meta tensor has no classes to count", fix="one_hot(input, num_classes)")
    if input.numel_ == 0 and count <= 0:
        raise RuntimeError("one_hot: Can not infer total number of classes from empty tensor.")
    if is_meta(input):
        for k in range(input.ndim_):
            shape[k] = input.shape_[k]
        shape[input.ndim_] = count
        return empty_tensor(INT64, input.ndim_ + 1, shape, META)
    classes = <int64_t*>data_of(x)
    for i in range(x.numel_):
        if classes[i] < 0:
            raise RuntimeError(f"one_hot: Class values must be non-negative, got {classes[i]}")
        if classes[i] > largest:
            largest = classes[i]
    if count == -1:
        count = largest + 1
    elif count < 1 or largest >= count:
        raise RuntimeError(f"one_hot: Class values must be smaller than num_classes, got {largest} and {count}")
    for k in range(input.ndim_):
        shape[k] = input.shape_[k]
    shape[input.ndim_] = count
    y = zeros_tensor(INT64, input.ndim_ + 1, shape)
    for i in range(x.numel_):
        (<int64_t*>data_of(y))[i * count + classes[i]] = 1
    return y

op(one_hot, public=False, method=False, also="nn.functional", grad="no", family="indexing",
   samples=lambda r: [(r(2, 3).mul(7).abs().long(), 14), (r(2, 3).mul(7).abs().long(),)])

# embedding ------------------------------------------------------------------------------------------------------------
cdef int embedding_vjp(Node n, Tensor g, Run run) except -1:
    """Rows add up; the padding row gets nothing (i0), and each row is divided by how often it was used if asked for (i1)."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    cdef Tensor index = saved_tensor(n, 0)
    if n.i0 >= 0:
        g = where(unsqueeze_at(index.ne(n.i0), index.ndim_), g, 0.0)
    if n.i1:
        times = index.reshape(-1).bincount(minlength=shape[0])
        g = g / unsqueeze_at(times[index], index.ndim_)
    return give(run, n, 0, index_sum(g, [index], ndim, shape))

cdef int _shrink_rows(Tensor weight, Tensor index, double most, double kind) except -1:
    """Scale the rows that are looked up down to the norm `most`, in place and outside the graph."""
    rows = weight.detach()
    used = index.reshape(-1).unique()
    picked = rows[used]
    norms = picked.norm(kind, 1, keepdim=True)
    rows[used] = where(norms > most, picked * div(most, norms + 1e-7), picked)
    return 0

def embedding(Tensor input not None, Tensor weight not None, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    """embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False) -> Tensor

    Rows of `weight` (rows, width) looked up by `input` (int64 or int32): the shape of `input` and width. Row `padding_idx` gets no
    gradient; rows longer than `max_norm` are shortened in place first; the gradient is dense whatever `sparse` says.
    IndexError for a row that is not there, DtypeError for another type of index.

    >>> import lucet
    >>> lucet.nn.functional.embedding(lucet.tensor([1, 0]), lucet.tensor([[1., 2.], [3., 4.]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    if intercepted(weight) or not is_plain(input):
        result = slow_call(embedding, (input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse), {})
        if result is not passed:
            return result
    cdef Tensor at, y
    cdef Node n
    cdef Py_ssize_t rows, padding = -1
    if weight.ndim_ != 2:
        raise error(ShapeError, f"embedding: 'weight' must be 2-D, got {describe(weight)}")
    rows = weight.shape_[0]
    by_count = bool(scale_grad_by_freq)      # before any row is shrunk: it may be no flag at all
    if padding_idx is not None:
        padding = read_size(padding_idx, b"embedding: padding_idx")
        if not -rows <= padding < rows:
            raise AssertionError(f"embedding: Padding_idx must be within num_embeddings, got {padding} and {rows}")
        padding += rows if padding < 0 else 0
    if input.code != INT64 and input.code != INT32:
        raise error(
            DtypeError,
            "embedding: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, "
            f"Int; but got {dtype_object(input.code)._name} instead",
            fix="input.long()",
        )
    at = input
    if max_norm is not None and input.numel_ and not is_meta(input):
        placed(input, 0, rows, 1, 0, _OutOfRows)
        _shrink_rows(weight, input, max_norm, norm_type)
    if is_simple(weight, input):
        y = rows_taken(weight, input, 0, _OutOfRows)
    else:
        at = contiguous(input) if is_meta(input) else placed(input, 0, rows, 1, 0, _OutOfRows)
        y = taken(weight, pick_of(weight, [at], b"embedding"))
    if recording(weight):
        n = record(y, embedding_vjp, b"EmbeddingBackward0", weight)
        n.i0 = padding
        n.i1 = by_count
        save(n, 0, at)
    return y

def _OutOfRows(message):
    return IndexError(f"embedding: index out of range in self: {message}")

op(embedding, public=False, method=False, also="nn.functional", family="indexing",
   samples=lambda r: [(_long(r, 5, 2, 3), r(5, 4)), (_long(r, 5, 4), r(5, 2), 1)])
