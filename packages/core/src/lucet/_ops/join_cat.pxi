# cat and stack, and the stacks named after directions.

# What one join copies: from each tensor a chunk of bytes per outer index, one after the other.
cdef struct Chunks:
    char* out
    Py_ssize_t count
    Py_ssize_t outer
    Py_ssize_t total           # bytes of the output per outer index
    Py_ssize_t per_task        # outer indices of one task; 0 where a task is one tensor
    char** data
    Py_ssize_t* size
    Py_ssize_t* at

cdef void _copy_chunks(Chunks* c, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Some outer indices at a time, of one tensor after the other: where a chunk is a number or two, that is one move of known size."""
    cdef Py_ssize_t o, k, last, size
    cdef char* to
    cdef const char* source
    while start < stop:
        last = min(stop, start + OUTER)
        for k in range(c.count):
            size = c.size[k]
            to, source = c.out + start * c.total + c.at[k], c.data[k] + start * size
            if size == 4:
                for o in range(last - start):
                    memcpy(to + o * c.total, source + o * 4, 4)
            elif size == 8:
                for o in range(last - start):
                    memcpy(to + o * c.total, source + o * 8, 8)
            else:
                for o in range(last - start):
                    memcpy(to + o * c.total, source + o * size, size)
        start = last

cdef void _chunks_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Chunks* c = <Chunks*>context
    cdef Py_ssize_t start = task * c.per_task
    if c.per_task:
        _copy_chunks(c, start, start + c.per_task if start + c.per_task < c.outer else c.outer)
    else:
        memcpy(c.out + c.at[task], c.data[task], c.size[task])

cdef int _join_runs(Tensor y, list tensors, Py_ssize_t outer) except -1:
    """Join row-major tensors of the output's type into a row-major output."""
    cdef Chunks c
    cdef Py_ssize_t count = len(tensors), k
    cdef Tensor t
    cdef void* room = malloc(count * (sizeof(char*) + 2 * sizeof(Py_ssize_t)))
    if room == NULL:
        raise MemoryError
    c.data = <char**>room
    c.size = <Py_ssize_t*>(c.data + count)
    c.at = c.size + count
    c.out = data_of(y)
    c.outer = outer
    c.total = 0
    c.count = 0
    for k in range(count):
        t = <Tensor>tensors[k]
        if t.numel_ == 0:
            continue
        c.data[c.count] = data_of(t)
        c.size[c.count] = t.numel_ // outer * itemsize_of[t.code]
        c.at[c.count] = c.total
        c.total += c.size[c.count]
        c.count += 1
    if c.total * outer < SERIAL:
        _copy_chunks(&c, 0, outer)
    else:
        c.per_task = TASK // c.total + 1 if outer > 1 else 0
        run_unlocked((outer + c.per_task - 1) // c.per_task if c.per_task else c.count, _chunks_task, &c)
    free(room)
    return 0

cdef int cat_vjp(Node n, Tensor g, Run run) except -1:
    """Each input gets its part of the gradient; i0 is the dimension, the sizes are those of the edges."""
    cdef Py_ssize_t start = 0, length
    cdef int dim = <int>n.i0, i = 0
    for size in <tuple>n.extra:
        length = size
        if needs(n, i) and length >= 0:
            give(run, n, i, slice_of(g, dim, start, length, 1))
        elif needs(n, i):
            give(run, n, i, zeros_like_edge(n, i))
        if length > 0:
            start += length
        i += 1
    return 0

cdef Tensor zeros_like_edge(Node n, int i):
    """For an input of cat that was skipped: it has no elements."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, i, shape)
    return engine_ops.fill(FLOAT32, ndim, shape, 0)

cdef int stack_vjp(Node n, Tensor g, Run run) except -1:
    cdef int i
    for i in range(n.num_edges):
        if needs(n, i):
            give(run, n, i, select_at(g, <int>n.i0, i))
    return 0

cdef bint _skipped(Tensor t) noexcept:
    """torch's exception for cat: a one-dimensional tensor without elements fits everything."""
    return t.ndim_ == 1 and t.numel_ == 0

cdef int _check_parts(list tensors, Tensor first, int dim, Py_ssize_t* length, int* code, bint* runs) except -1:
    """Every part must have the first one's shape but for `dim`; sums the lengths and joins the element types."""
    cdef Tensor t
    cdef int i, k
    length[0] = 0
    code[0] = first.code
    runs[0] = True
    for k in range(len(tensors)):
        t = <Tensor>tensors[k]
        if t.code != code[0]:
            code[0] = promote(code[0], t.code)
            runs[0] = False
        if _skipped(t):
            continue
        if t.ndim_ != first.ndim_:
            raise error(
                ShapeError,
                f"cat: Tensors must have same number of dimensions: got {first.ndim_} and {t.ndim_}",
                facts=[f"{describe(first)} and, at position {k}, {describe(t)}"],
            )
        for i in range(t.ndim_):
            if i != dim and t.shape_[i] != first.shape_[i]:
                raise error(
                    ShapeError,
                    f"cat: Sizes of tensors must match except in dimension {dim}. Expected size {first.shape_[i]} "
                    f"but got size {t.shape_[i]} for tensor number {k} in the list.",
                    facts=[f"{describe(first)} and {describe(t)}"],
                )
        if not t.flags & F_CONTIGUOUS or is_meta(t):
            runs[0] = False
        length[0] += t.shape_[dim]
        if length[0] > <Py_ssize_t>1 << 62:
            raise error(ShapeError, "cat: the sizes overflow")
    return 0

cdef bint _meet(Tensor a, Tensor b) noexcept:
    """Whether the memory between the first and the last element of the two has a part in common."""
    cdef Py_ssize_t a_last = a.offset, b_last = b.offset
    cdef int i
    if a.numel_ == 0 or b.numel_ == 0 or a.storage is not b.storage and (a.storage.block == NULL or a.storage.block != b.storage.block):
        return False
    for i in range(a.ndim_):
        a_last += (a.shape_[i] - 1) * a.strides[i]
    for i in range(b.ndim_):
        b_last += (b.shape_[i] - 1) * b.strides[i]
    return a.offset * itemsize_of[a.code] < (b_last + 1) * itemsize_of[b.code] and b.offset * itemsize_of[b.code] < (a_last + 1) * itemsize_of[a.code]

cdef Tensor _join_target(Tensor out, Tensor first, list tensors, int dim, bint stacked, const Py_ssize_t* shape, int code, const char* name):
    """A new output (channels-last where all inputs say so; a stack is then a view of what cat would make), or `out` made to fit."""
    cdef Py_ssize_t sizes[5]
    cdef Py_ssize_t strides[6]
    cdef int k, ndim = first.ndim_ + stacked
    cdef bint last = dim < first.ndim_
    cdef bint meta = False
    cdef Tensor y
    for t in tensors:
        last = last and (says_channels_last(<Tensor>t) or says_channels_last_3d(<Tensor>t))
        meta = meta or is_meta(<Tensor>t)
    if out is not None:
        check_inplace(out, False, name)
        if not can_cast(code, out.code):
            raise error(
                DtypeError,
                f"{name.decode()}: input types can't be cast to the desired output type "
                f"{dtype_object(out.code)._name}",
                facts=[f"result type {dtype_object(code)._name}"],
            )
        for t in tensors:
            if t is out or _meet(<Tensor>t, out):
                raise error(
                    ShapeError,
                    f"{name.decode()}: unsupported operation: some elements of the input tensor and the written-to "
                    "tensor refer to a single memory location",
                    fix="clone() the tensor before performing the operation",
                )
        check_no_internal_overlap(out, name)
        prepare_out(out, ndim, shape, code, name)
        return out
    if last:
        for k in range(first.ndim_):
            sizes[k] = shape[k + (stacked and k >= dim)] * (shape[dim] if stacked and k == dim else 1)
        y = empty_formatted(code, first.ndim_, sizes, channels_last if first.ndim_ == 4 else channels_last_3d, META if meta else CPU)
        if not stacked:
            return y
        strides_for(y, ndim, shape, strides)
        return strided_over(y.storage, code, 0, ndim, shape, strides)
    return empty_tensor(code, ndim, shape, META if meta else CPU)

cdef Tensor joined(list tensors, int dim, bint stacked, Tensor out, const char* name):
    """Join along `dim`, or along a new dimension put in there; recorded."""
    cdef Py_ssize_t shape[65]
    cdef Py_ssize_t length = 0, outer = 1, start = 0
    cdef Tensor first = <Tensor>tensors[0], t, y
    cdef int code, i, k, ndim
    cdef bint runs, will_record = False
    cdef Node n
    for k in range(len(tensors)):
        t = <Tensor>tensors[k]
        if _skipped(first) and not stacked and not _skipped(t):
            first = t
        will_record = will_record or recording(t)
    ndim = first.ndim_ + stacked
    if stacked:
        _check_equal(tensors, first, &code, &runs)
        if ndim > MAX_DIMS:
            raise error(ShapeError, f"stack: {ndim} dimensions, at most {MAX_DIMS} are supported")
        length = len(tensors)
    else:
        code = (<Tensor>tensors[0]).code
        _check_parts(tensors, first, dim, &length, &code, &runs)
        if code != (<Tensor>tensors[0]).code:
            runs = False
    for i in range(ndim):
        shape[i] = length if i == dim else first.shape_[i - (stacked and i > dim)]
        if i < dim:
            outer *= shape[i]
    if out is not None and will_record:
        raise RuntimeError(
            f"{name.decode()}(): functions with out=... arguments don't support automatic differentiation, but one "
            "of the arguments requires grad."
        )
    y = _join_target(out, first, tensors, dim, stacked, shape, code, name)
    if not is_meta(y) and y.numel_:
        if runs and y.code == code and y.flags & F_CONTIGUOUS:
            _join_runs(y, tensors, outer)
        else:
            for k in range(len(tensors)):
                t = <Tensor>tensors[k]
                if stacked:
                    convert_into(_window(y, dim, k, -1), t)
                elif not _skipped(t):
                    convert_into(_window(y, dim, start, t.shape_[dim]), t)
                    start += t.shape_[dim]
    if out is not None:
        bump(y, name)
    if will_record:
        n = new_node(stack_vjp if stacked else cat_vjp, b"StackBackward0" if stacked else b"CatBackward0", <int>len(tensors))
        for k in range(len(tensors)):
            connect(n, k, <Tensor>tensors[k])
        n.i0 = dim
        if not stacked:
            n.extra = tuple([-1 if _skipped(<Tensor>x) else (<Tensor>x).shape_[dim] for x in tensors])
        set_history(n, y, 0)
    return y

cdef Tensor _window(Tensor y, int dim, Py_ssize_t start, Py_ssize_t length):
    """Part of a result that is being written: indices of `dim`, or one index without the dimension where length is -1."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int i, n = 0
    for i in range(y.ndim_):
        if i == dim and length < 0:
            continue
        shape[n] = length if i == dim else y.shape_[i]
        strides[n] = y.strides[i]
        n += 1
    return view(y, n, shape, strides, y.offset + start * y.strides[dim])

cdef int _check_equal(list tensors, Tensor first, int* code, bint* runs) except -1:
    cdef Tensor t
    cdef int k
    code[0] = first.code
    runs[0] = True
    for k in range(len(tensors)):
        t = <Tensor>tensors[k]
        if not same_shape(t, first):
            raise error(
                ShapeError,
                f"stack expects each tensor to be equal size, but got {sizes_list(first)} at entry 0 and "
                f"{sizes_list(t)} at entry {k}",
            )
        if t.code != code[0]:
            code[0] = promote(code[0], t.code)
            runs[0] = False
        if not t.flags & F_CONTIGUOUS or is_meta(t):
            runs[0] = False
    return 0

def cat(tensors, dim=0, *, Tensor out=None):
    """cat(tensors, dim=0, *, out=None) -> Tensor

    The tensors one after the other along an existing dimension. Shapes must agree elsewhere; element types promote; a tensor of
    shape (0,) fits anywhere. ValueError for an empty list, ShapeError for shapes that differ.

    >>> import lucet
    >>> lucet.cat([lucet.tensor([1, 2]), lucet.tensor([3])])
    tensor([1, 2, 3])
    """
    cdef bint special = False
    cdef list found = tensors_of(tensors, "cat", &special)
    cdef Tensor t
    cdef int k, ndim = 1
    if special:
        result = slow_call(cat, (tensors, dim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if not found:
        raise ValueError("cat: expected a non-empty list of Tensors")
    for k in range(len(found)):
        t = <Tensor>found[k]
        if t.ndim_ == 0:
            raise error(
                ShapeError,
                f"cat: zero-dimensional tensor (at position {k}) cannot be concatenated",
                fix="stack() joins tensors without dimensions",
            )
        if not _skipped(t):
            ndim = t.ndim_
    for k in range(len(found)):
        t = <Tensor>found[k]
        if not _skipped(t):
            ndim = t.ndim_
            break
    return joined(found, dim_of(dim, ndim, b"cat"), False, out, b"cat")

def stack(tensors, dim=0, *, Tensor out=None):
    """stack(tensors, dim=0, *, out=None) -> Tensor

    Tensors of one shape along a new dimension at `dim`. RuntimeError for an empty list, ShapeError for shapes that differ.

    >>> import lucet
    >>> lucet.stack([lucet.tensor([1, 2]), lucet.tensor([3, 4])], 1)
    tensor([[1, 3],
            [2, 4]])
    """
    cdef bint special = False
    cdef list found = tensors_of(tensors, "stack", &special)
    if special:
        result = slow_call(stack, (tensors, dim), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if not found:
        raise RuntimeError("stack expects a non-empty TensorList")
    return joined(found, dim_of(dim, (<Tensor>found[0]).ndim_ + 1, b"stack"), True, out, b"stack")

cdef list _at_least(object tensors, str name, int ndim):
    cdef bint special
    return [_ATLEAST[ndim](x) for x in tensors_of(tensors, name, &special)]

cdef Tensor atleast(Tensor a, int ndim):
    """torch's rules for short shapes: (n) becomes (1, n) and (1, n, 1), (n, m) becomes (n, m, 1)."""
    if a.ndim_ == 0:
        a = unsqueeze_at(a, 0)
    if a.ndim_ == 1 and ndim > 1:
        a = unsqueeze_at(a, 0)
    if a.ndim_ == 2 and ndim > 2:
        a = unsqueeze_at(a, 2)
    return a

def hstack(tensors, *, Tensor out=None):
    """hstack(tensors, *, out=None) -> Tensor

    Tensors side by side: along dimension 0 for one dimension, else along dimension 1.

    >>> import lucet
    >>> lucet.hstack([lucet.tensor([1, 2]), lucet.tensor([3])])
    tensor([1, 2, 3])
    """
    cdef list found = _at_least(tensors, "hstack", 1)
    if not found:
        raise RuntimeError("hstack expects a non-empty TensorList")
    return cat(found, 0 if (<Tensor>found[0]).ndim_ == 1 else 1, out=out)

def vstack(tensors, *, Tensor out=None):
    """vstack(tensors, *, out=None) -> Tensor

    Tensors below each other, one-dimensional ones as rows.

    >>> import lucet
    >>> lucet.vstack([lucet.tensor([1, 2]), lucet.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    cdef list found = _at_least(tensors, "vstack", 2)
    if not found:
        raise RuntimeError("vstack expects a non-empty TensorList")
    return cat(found, 0, out=out)

def dstack(tensors, *, Tensor out=None):
    """dstack(tensors, *, out=None) -> Tensor

    Tensors along their third dimension.

    >>> import lucet
    >>> lucet.dstack([lucet.tensor([1, 2]), lucet.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    cdef list found = _at_least(tensors, "dstack", 3)
    if not found:
        raise RuntimeError("dstack expects a non-empty TensorList")
    return cat(found, 2, out=out)

def column_stack(tensors, *, Tensor out=None):
    """column_stack(tensors, *, out=None) -> Tensor

    One-dimensional tensors as columns beside each other; matrices as they are.

    >>> import lucet
    >>> lucet.column_stack([lucet.tensor([1, 2]), lucet.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    cdef bint special
    cdef list found = tensors_of(tensors, "column_stack", &special)
    if not found:
        raise RuntimeError("column_stack expects a non-empty TensorList")
    return cat([x.reshape(-1, 1) if (<Tensor>x).ndim_ <= 1 else x for x in found], 1, out=out)

def _atleast_form(int ndim):
    def form(*tensors):
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            if intercepted(<Tensor>tensors[0]):
                result = view_call(form, tensors, {})
                if result is not passed:
                    return result
            return atleast(<Tensor>tensors[0], ndim)
        found = tensors[0] if len(tensors) == 1 else tensors
        return tuple(_at_least(found, f"atleast_{ndim}d", ndim))
    form.__name__ = form.__qualname__ = f"atleast_{ndim}d"
    form.__doc__ = f"""atleast_{ndim}d(*tensors) -> Tensor or tuple of Tensors

    A view of each tensor with at least {ndim} dimension{"s" * (ndim > 1)}.

    >>> import lucet
    >>> lucet.atleast_{ndim}d(lucet.tensor(1)).ndim
    {ndim}
    """
    return form

op(cat, method=False, family="join",
   samples=lambda r: [([r(2, 3), r(4, 3)],), ([r(2, 3), r(2, 1)], 1), ([r(0), r(2, 3)],), ([r(3)],), ([r(2, 3), r(2, 3)], -1)])
_alias("concat", "cat", method=False)
_alias("concatenate", "cat", method=False)
op(stack, method=False, family="join", samples=lambda r: [([r(2, 3), r(2, 3)],), ([r(2, 3), r(2, 3)], -1), ([r(), r(), r()],)])
op(hstack, method=False, family="join", samples=lambda r: [([r(2, 3), r(2, 1)],), ([r(2), r(3)],)])
op(vstack, method=False, family="join", samples=lambda r: [([r(2, 3), r(1, 3)],), ([r(3), r(3)],)])
_alias("row_stack", "vstack", method=False)
op(dstack, method=False, family="join", samples=lambda r: [([r(2, 3), r(2, 3)],)])
op(column_stack, method=False, family="join", samples=lambda r: [([r(2), r(2, 3)],)])
_ATLEAST = {_ndim: _atleast_form(_ndim) for _ndim in (1, 2, 3)}
for _ndim in (1, 2, 3):
    op(_ATLEAST[_ndim], name=f"atleast_{_ndim}d", method=False, family="join", samples=lambda r: [(r(),), (r(3),), (r(2, 3),)])
