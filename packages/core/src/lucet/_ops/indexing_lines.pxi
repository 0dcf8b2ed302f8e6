# gather and scatter: along one dimension every element has an index of its own.

cdef struct Lines:
    line_fn fn
    int ndim                       # outer dimensions, outermost first
    Py_ssize_t shape[64]
    Py_ssize_t out_steps[64]
    Py_ssize_t in_steps[64]
    Py_ssize_t outer
    Py_ssize_t per_task
    char* out
    char* a
    const int64_t* at
    Py_ssize_t n
    Py_ssize_t out_step
    Py_ssize_t in_step
    Py_ssize_t scale
    int64_t size                   # of the dimension that is indexed: where indices are checked on the way; else -1
    bint failed                    # one was out of bounds

cdef void _run_checked(Lines* l, char* out, char* a, const int64_t* at) noexcept nogil:
    """A line whose indices are checked, part by part."""
    cdef int64_t places[512]
    cdef Py_ssize_t k = 0, n
    while k < l.n and not l.failed:
        n = l.n - k if l.n - k < 512 else 512
        if K.place[1](<const char*>(at + k), n, 0, l.size, 1, places) >= 0:
            l.failed = True
        else:
            l.fn(out + k * l.out_step, l.out_step, a + k * l.in_step, l.in_step, places, l.scale, n)
        k += n

cdef void _run_lines(Lines* l, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    cdef Py_ssize_t o, rest, k
    cdef char* out
    cdef char* a
    cdef int d
    for o in range(start, stop):
        rest = o
        out = l.out
        a = l.a
        d = l.ndim - 1
        while d >= 0:
            k = rest % l.shape[d]
            rest //= l.shape[d]
            out += k * l.out_steps[d]
            a += k * l.in_steps[d]
            d -= 1
        if l.size >= 0:
            _run_checked(l, out, a, l.at + o * l.n)
        else:
            l.fn(out, l.out_step, a, l.in_step, l.at + o * l.n, l.scale, l.n)

cdef void _lines_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Lines* l = <Lines*>context
    cdef Py_ssize_t start = task * l.per_task
    _run_lines(l, start, start + l.per_task if start + l.per_task < l.outer else l.outer)

cdef bint _along(line_fn fn, Tensor out, Tensor a, Tensor at, Tensor indexed, int dim, bint splits, int64_t size=-1) except -1:
    """Run `fn` for every line of `at`; the steps of `indexed` (out or a) along `dim` are what the indices count.

    With a `size` indices are checked on the way: False where one is out of bounds.
    """
    cdef Lines l
    cdef int i, last = at.ndim_ - 1
    cdef Py_ssize_t item = itemsize_of[out.code]
    if at.numel_ == 0:
        return True
    l.fn = fn
    l.size = size
    l.failed = False
    l.out = data_of(out)
    l.a = data_of(a)
    l.at = <const int64_t*>data_of(at)
    l.scale = indexed.strides[dim] * item if indexed.ndim_ else item
    l.n = at.shape_[last] if last >= 0 else 1
    l.out_step = 0 if last < 0 or out is indexed and last == dim else out.strides[last] * item
    l.in_step = 0 if last < 0 or a is indexed and last == dim or a.ndim_ == 0 else a.strides[last] * item
    l.ndim = last if last > 0 else 0
    l.outer = at.numel_ // l.n
    for i in range(l.ndim):
        l.shape[i] = at.shape_[i]
        l.out_steps[i] = 0 if out is indexed and i == dim else out.strides[i] * item
        l.in_steps[i] = 0 if a is indexed and i == dim or a.ndim_ == 0 else a.strides[i] * item
    if at.numel_ < 65536:
        _run_lines(&l, 0, l.outer)
    elif splits:
        l.per_task = 32768 // l.n + 1
        run_unlocked((l.outer + l.per_task - 1) // l.per_task, _lines_task, &l)
    else:
        begin_unlocked()
        with nogil:
            _run_lines(&l, 0, l.outer)
        end_unlocked()
    return not l.failed

cdef Tensor _line_index(Tensor index, int64_t size, int dim, const char* name):
    """Checked indices of gather and scatter, as row-major int64."""
    if index.code != INT64 and index.code != INT32 and index.numel_:
        raise error(
            DtypeError,
            f"{name.decode()}(): Expected dtype int32/int64 for index, got {dtype_object(index.code)._name}",
            fix="index.long()",
        )
    return placed(index, 0, size, 1, dim, RuntimeError)

cdef int _check_lines(Tensor a, int dim, Tensor index, Tensor source, const char* name) except -1:
    """The index must fit inside `a` but for `dim`, and inside the source of a scatter."""
    cdef int i, ndim = a.ndim_ if a.ndim_ else 1
    cdef Py_ssize_t size
    cdef bint fits = True
    if index.numel_ == 0:
        return 0
    if (index.ndim_ if index.ndim_ else 1) != ndim:
        raise error(
            ShapeError,
            f"{name.decode()}: Index tensor must have the same number of dimensions as input tensor",
            facts=[f"index {describe(index)}, input {describe(a)}"],
        )
    if source is not None and (source.ndim_ if source.ndim_ else 1) != ndim:
        raise error(
            ShapeError,
            f"{name.decode()}: Index tensor must have the same number of dimensions as src tensor",
            facts=[f"index {describe(index)}, src {describe(source)}"],
        )
    for i in range(ndim):                    # a tensor without dimensions counts as one of a single element
        size = index.shape_[i] if index.ndim_ else 1
        if i != dim and a.ndim_ and size > a.shape_[i]:
            fits = False
        if source is not None and size > (source.shape_[i] if source.ndim_ else 1):
            fits = False
    if fits:
        return 0
    if source is None:
        raise error(
            ShapeError,
            f"{name.decode()}: Size does not match: expected index {sizes_list(index)} to be no larger than self "
            f"{sizes_list(a)} apart from dimension {dim}",
        )
    raise error(
        ShapeError,
        f"{name.decode()}: Expected index {sizes_list(index)} to be no larger than self {sizes_list(a)} apart from "
        f"dimension {dim} and to be no larger size than src {sizes_list(source)}",
    )

# gather ---------------------------------------------------------------------------------------------------------------
cdef int gather_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    cdef Tensor zeros = zeros_tensor(g.code, ndim, shape) if not is_meta(g) else empty_tensor(g.code, ndim, shape, META)
    return give(run, n, 0, scatter_into(zeros, <int>n.i0, saved_tensor(n, 0), g, SCATTER_ADD, b"scatter_add"))

cdef Tensor gather_along(Tensor a, int dim, Tensor index, Tensor out):
    cdef Tensor y, at = None
    cdef Node n
    cdef bint will_record = recording(a)
    _check_lines(a, dim, index, None, b"gather")
    cdef int64_t size = a.shape_[dim] if a.ndim_ else 1
    cdef bint on_the_way = out is None and index.code == INT64 and index.flags & F_CONTIGUOUS      # nothing is there that could be half written
    if not is_meta(a) and not is_meta(index):
        at = index if on_the_way else _line_index(index, size, dim, b"gather")
    if out is None:
        y = empty_tensor(a.code, index.ndim_, index.shape_, META if at is None else CPU)
    else:
        if will_record:
            raise RuntimeError(
                "gather(): functions with out=... arguments don't support automatic differentiation, but one of "
                "the arguments requires grad."
            )
        y = out
        if out.code != a.code:
            raise error(
                DtypeError,
                f"gather: Expected out tensor to have dtype {dtype_object(a.code)._name}, but got "
                f"{dtype_object(out.code)._name} instead",
            )
        check_inplace(out, False, b"gather")
        check_no_internal_overlap(out, b"gather")
        check_out_overlap(out, a, b"gather", False)
        check_out_overlap(out, index, b"gather", False)
        if not same_shape(out, index) and (out.storage is a.storage or out.storage is index.storage):
            raise error(
                ShapeError,
                "gather: unsupported operation: the written-to tensor shares memory with an argument and would be resized",
                fix="an `out` of its own memory",
            )
        prepare_out(out, index.ndim_, index.shape_, a.code, b"gather")
        bump(out, b"gather")
    if at is not None and not _along(K.gather[log2_size(a.code)], y, a, at, a, dim, True, size if on_the_way else -1):
        _line_index(index, size, dim, b"gather")                       # says which one is out of bounds
    if will_record:
        n = record(y, gather_vjp, b"GatherBackward0", a)
        n.i0 = dim
        save(n, 0, index)
    return y

def gather(Tensor input not None, dim, Tensor index not None, *, bint sparse_grad=False, Tensor out=None):
    """gather(input, dim, index, *, sparse_grad=False, out=None) -> Tensor

    out[i][j] = input[index[i][j]][j] for dim 0, and alike for the others: the shape of `index` (int64 or int32), which may not be
    larger than `input` but along `dim`. The gradient is dense whatever `sparse_grad` says.
    RuntimeError for an index out of range, ShapeError for shapes that do not fit.

    >>> import lucet
    >>> lucet.gather(lucet.tensor([[1, 2], [3, 4]]), 1, lucet.tensor([[0], [1]]))
    tensor([[1],
            [4]])
    """
    if intercepted(input) or not is_plain(index) or out is not None and not is_plain(out):
        result = slow_call(gather, (input, dim, index), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return gather_along(input, dim_of(dim, input.ndim_, b"gather"), index, out)

def take_along_dim(Tensor input not None, Tensor indices not None, dim=None, *, Tensor out=None):
    """take_along_dim(input, indices, dim=None, *, out=None) -> Tensor

    `gather` with `input` and `indices` (int64, taken modulo the size) broadcast but along `dim`; without `dim` both count as one row.
    RuntimeError for indices of another type.

    >>> import lucet
    >>> x = lucet.tensor([[3, 1], [2, 4]])
    >>> lucet.take_along_dim(x, lucet.argsort(x, 1), 1)
    tensor([[1, 3],
            [2, 4]])
    """
    if intercepted(input) or not is_plain(indices) or out is not None and not is_plain(out):
        result = slow_call(take_along_dim, (input, indices, dim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    cdef Py_ssize_t wide[64]
    cdef Py_ssize_t index_shape[64]
    cdef Tensor index
    cdef int d, i
    if indices.code != INT64:
        raise error(
            DtypeError,
            f"take_along_dim(): dtype of indices should be Long but got {dtype_object(indices.code)._name}",
            fix="indices.long()",
        )
    if dim is None:
        return gather_along(input.reshape(-1), 0, _wrapped(indices.reshape(-1), input.numel_, 0), out)
    if input.ndim_ != indices.ndim_:
        raise error(
            ShapeError,
            f"take_along_dim(): input and indices should have the same number of dimensions, but got {input.ndim_} "
            f"dimensions for input, and {indices.ndim_} dimensions for indices",
        )
    d = dim_of(dim, input.ndim_, b"take_along_dim")
    for i in range(input.ndim_):
        wide[i] = input.shape_[i]
        index_shape[i] = indices.shape_[i]
        if i != d:
            if input.shape_[i] != indices.shape_[i] and input.shape_[i] != 1 and indices.shape_[i] != 1:
                raise error(
                    ShapeError,
                    f"take_along_dim: The size of tensor a ({input.shape_[i]}) must match the size of tensor b "
                    f"({indices.shape_[i]}) at non-singleton dimension {i}",
                )
            wide[i] = index_shape[i] = indices.shape_[i] if input.shape_[i] == 1 else input.shape_[i]
    index = expand_to(_wrapped(indices, input.shape_[d] if input.ndim_ else 1, d), input.ndim_, index_shape)
    return gather_along(expand_to(input, input.ndim_, wide), d, index, out)

cdef Tensor _wrapped(Tensor index, Py_ssize_t size, int dim):
    """Indices modulo the size, as torch takes them here."""
    return index.remainder(size) if size else index

# scatter --------------------------------------------------------------------------------------------------------------
cdef line_fn _scatter_fn(int kind, int code) noexcept:
    return K.scatter[log2_size(code)] if kind == SCATTER_SET else K.scatter_join[kind - SCATTER_ADD][code]

cdef int scatter_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor index = saved_tensor(n, 0), zero
    if needs(n, 0):
        if n.i1 == SCATTER_SET:
            zero = filled(g.code, 0, NULL, 0)
            give(run, n, 0, scatter_into(clone_of(g), <int>n.i0, index, expand_to(zero, index.ndim_, index.shape_), SCATTER_SET, b"scatter"))
        else:
            give(run, n, 0, g)
    if needs(n, 1):
        give(run, n, 1, grown(gather_along(g, <int>n.i0, index, None), n))
    return 0

cdef Tensor grown(Tensor g, Node n):
    """The gradient of a scatter's source: what lay outside the index gets zeros."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t steps[64]
    cdef int ndim = edge_shape(n, 1, shape), i
    cdef Tensor whole
    if ndim != g.ndim_:
        return reshape_to(g, ndim, shape)
    whole = meta_of(g.code, ndim, shape)
    if same_shape(whole, g):
        return g
    for i in range(ndim):
        steps[i] = whole.strides[i]
    return spread(g, view(whole, ndim, g.shape_, steps, 0), whole)

cdef Tensor scatter_into(Tensor a, int dim, Tensor index, Tensor source, int kind, const char* name):
    """Write, add or multiply `source` into `a` in place, at the indices along `dim`; recorded."""
    cdef bint will_record = a.code >= FLOAT16 and recording2(a, source)
    cdef Tensor at = None, from_ = source
    cdef Node n
    check_inplace(a, will_record, name)
    check_no_internal_overlap(a, name)
    if source.code != a.code:
        raise error(
            DtypeError,
            f"{name.decode()}(): Expected self.dtype to be equal to src.dtype, got {dtype_object(a.code)._name} and "
            f"{dtype_object(source.code)._name}",
        )
    if will_record and kind == SCATTER_MUL:
        raise RuntimeError(
            f"{name.decode()}: the gradient of a scatter that multiplies is not defined; use scatter_add or index ops"
        )
    _check_lines(a, dim, index, source, name)
    check_out_overlap(a, source, name)
    if not (is_meta(a) or is_meta(index) or is_meta(source)):
        at = _line_index(index, a.shape_[dim] if a.ndim_ else 1, dim, name)
        if source.storage.block == a.storage.block:
            from_ = empty_like(source, source.code)
            convert_into(from_, source)
        _along(_scatter_fn(kind, a.code), a, from_, at, a, dim, dim > 0 and dim == at.ndim_ - 1)      # no line meets another
    bump(a, name)
    if will_record:
        n = new_node(scatter_vjp, b"ScatterAddBackward0" if kind == SCATTER_ADD else b"ScatterBackward0", 2)
        connect(n, 0, a)
        connect(n, 1, source)
        n.i0 = dim
        n.i1 = kind
        save(n, 0, index)
        rebase(a, n)
    return a

cdef int _scatter_kind(object reduce) except -1:
    if reduce is None:
        return SCATTER_SET
    if reduce == "add":
        return SCATTER_ADD
    if reduce == "multiply":
        return SCATTER_MUL
    raise RuntimeError(f"scatter: reduce argument must be either add or multiply, got {reduce!r}")

cdef Tensor _scatter_source(Tensor a, Tensor index, object src, object value):
    """The source tensor; a number stands for one of the index's shape."""
    cdef Py_ssize_t ones[64]
    cdef int i
    if value is None and src is None:
        raise TypeError("scatter(): missing argument 'src' or 'value'")
    if isinstance(src, Tensor):
        return <Tensor>src
    if not is_number(src if value is None else value):
        raise TypeError(f"scatter(): argument 'value' must be Number, not {type(src).__name__}")
    return expand_to(filled(a.code, 0, NULL, src if value is None else value, b"scatter"), index.ndim_, index.shape_)

def scatter(Tensor input not None, dim, Tensor index not None, src=None, *, value=None, reduce=None, Tensor out=None):
    """scatter(input, dim, index, src, *, reduce=None, out=None) -> Tensor

    A copy of `input` with out[index[i][j]][j] = src[i][j] for dim 0, and alike for the others; `src` is a tensor of input's type or
    a number. With `reduce` "add" or "multiply" it is joined with what is there. Where indices repeat, the last one stays.
    RuntimeError for an index out of range, ShapeError for shapes that do not fit.

    >>> import lucet
    >>> lucet.scatter(lucet.zeros(2, 3), 1, lucet.tensor([[0], [2]]), 1.)
    tensor([[1., 0., 0.],
            [0., 0., 1.]])
    """
    if intercepted(input) or not is_plain(index) or isinstance(src, Tensor) and not is_plain(src):
        result = slow_call(scatter, (input, dim, index, src), {"value": value, "reduce": reduce} | ({} if out is None else {"out": out}))
        if result is not passed:
            return result
    return _apart(scatter_(row_major_clone(input), dim, index, src, value=value, reduce=reduce), out, b"scatter", input, index, src)

cdef Tensor _apart(Tensor y, Tensor out, const char* name, Tensor a, Tensor index, object source):
    """The result in `out`, which is none of the operands."""
    if out is None:
        return y
    out_apart(out, name.decode(), a)
    out_apart(out, name.decode(), index, source, may_coincide=False)
    return _stored(y, out, name)

cdef Tensor row_major_clone(Tensor a):
    return a.clone(memory_format=_row_major)

from lucet._device import contiguous_format as _row_major

def scatter_(Tensor input not None, dim, Tensor index not None, src=None, *, value=None, reduce=None):
    if intercepted(input) or not is_plain(index) or isinstance(src, Tensor) and not is_plain(src):
        result = slow_call(scatter_, (input, dim, index, src), {"value": value, "reduce": reduce})
        if result is not passed:
            return result
    cdef int kind = _scatter_kind(reduce)
    if kind != SCATTER_SET and isinstance(src, Tensor):
        warn_once(
            "The reduce argument of torch.scatter with Tensor src is deprecated: torch.scatter_reduce has more reductions"
        )
    cdef Tensor y = scatter_into(input, dim_of(dim, input.ndim_, b"scatter"), index, _scatter_source(input, index, src, value), kind, b"scatter")
    return y if isinstance(src, Tensor) or kind != SCATTER_SET or y.base is not None else named(y, b"ScatterBackward1")

def scatter_add(Tensor input not None, dim, Tensor index not None, Tensor src not None, *, Tensor out=None):
    """scatter_add(input, dim, index, src, *, out=None) -> Tensor

    A copy of `input` with src[i][j] added to out[index[i][j]][j] for dim 0, and alike for the others; repeated indices add up.
    RuntimeError for an index out of range, ShapeError for shapes that do not fit.

    >>> import lucet
    >>> lucet.scatter_add(lucet.zeros(3), 0, lucet.tensor([0, 0, 2]), lucet.tensor([1., 2., 3.]))
    tensor([3., 0., 3.])
    """
    if intercepted(input) or not is_plain(index) or not is_plain(src):
        result = slow_call(scatter_add, (input, dim, index, src), {} if out is None else {"out": out})
        if result is not passed:
            return result
    y = scatter_into(row_major_clone(input), dim_of(dim, input.ndim_, b"scatter_add"), index, src, SCATTER_ADD, b"scatter_add")
    return _apart(y, out, b"scatter_add", input, index, src)

def scatter_add_(Tensor input not None, dim, Tensor index not None, Tensor src not None):
    if intercepted(input) or not is_plain(index) or not is_plain(src):
        result = slow_call(scatter_add_, (input, dim, index, src), {})
        if result is not passed:
            return result
    return scatter_into(input, dim_of(dim, input.ndim_, b"scatter_add_"), index, src, SCATTER_ADD, b"scatter_add_")

def _long(r, limit, *shape):
    """Sample indices below `limit`, drawn from the sampler."""
    return (abs(r(*shape)) * 7).long() % limit

op(gather, family="indexing",
   samples=lambda r: [(r(3, 4), 0, _long(r, 3, 2, 4)), (r(3, 4), -1, _long(r, 4, 3, 5)), (r(3), 0, _long(r, 3, 0))])
op(take_along_dim, family="indexing",
   samples=lambda r: [(r(3, 4), _long(r, 3, 2, 4), 0), (r(3, 1), _long(r, 3, 2, 4), 0), (r(3, 4), _long(r, 12, 5))])
op(scatter, inplace=scatter_, family="indexing",
   samples=lambda r: [(r(3, 4), 0, _permuted(3).view(3, 1), r(3, 2)), (r(3, 4), 1, _long(r, 4, 3, 1), 1.5)])
op(scatter_add, inplace=scatter_add_, family="indexing",
   samples=lambda r: [(r(3, 4), 0, _long(r, 3, 2, 4), r(2, 4)), (r(3), 0, _long(r, 3, 5), r(5))])

def _permuted(n):
    return tensor_of(list(range(n - 1, -1, -1)), INT64)
