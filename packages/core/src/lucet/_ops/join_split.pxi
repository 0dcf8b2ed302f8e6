# Several views of one tensor: unbind, split and its kin. One node stands for all of them.

cdef list _grads(Node n, Run run):
    """The gradients of all outputs, zeros where none arrived."""
    cdef int k
    cdef list found = []
    for k in range(n.num_outputs):
        g = grad_of(run, n, k)
        found.append(zeros_of_output(n, k) if g is None else g)
    return found

cdef int unbind_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, joined(_grads(n, run), <int>n.i0, True, None, b"unbind"))

cdef int split_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, joined(_grads(n, run), <int>n.i0, False, None, b"split"))

cdef tuple _noted_views(list views, Tensor a, int dim, vjp_fn vjp, const char* label):
    """Mark the views as outputs of one call, and record them if a graph is wanted."""
    cdef Node n
    cdef unsigned int k
    for y in views:
        (<Tensor>y).flags |= F_MULTI_VIEW
    if recording(a) and views:
        n = new_node(vjp, label, 1)
        connect(n, 0, a)
        n.i0 = dim
        for k in range(len(views)):
            set_history(n, <Tensor>views[k], k)
    return tuple(views)

cdef int _countable(Py_ssize_t n, str name) except -1:
    """A number of views that a tuple can hold."""
    if n > 1 << 26:
        raise error(ShapeError, f"{name}: {n} views are more than a tuple of tensors should hold")
    return 0

cdef tuple unbound(Tensor a, int dim):
    cdef Py_ssize_t k
    _countable(a.shape_[dim], "unbind")
    return _noted_views([_window(a, dim, k, -1) for k in range(a.shape_[dim])], a, dim, unbind_vjp, b"UnbindBackward0")

def unbind(Tensor input not None, dim=0):
    """unbind(input, dim=0) -> tuple of Tensors

    A view of every index of a dimension, without that dimension. IndexError for a tensor without dimensions.

    >>> import lucet
    >>> lucet.unbind(lucet.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    if intercepted(input):
        result = view_call(unbind, (input, dim), {})
        if result is not passed:
            return result
    if input.ndim_ == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return unbound(input, dim_of(dim, input.ndim_, b"unbind"))

cdef tuple _split_equal(Tensor a, Py_ssize_t size, int dim):
    cdef Py_ssize_t total = a.shape_[dim], start = 0
    cdef list views = []
    if size == 0 and total:
        raise RuntimeError(f"split_size can only be 0 if dimension size is 0, but got dimension size of {total}")
    _countable(total // size if size else 0, "split")
    while start < total or not views:
        views.append(_window(a, dim, start, min(size, total - start)))
        start += size
    return _noted_views(views, a, dim, split_vjp, b"SplitBackward0")

cdef tuple _split_sizes(Tensor a, object sizes, int dim):
    cdef Py_ssize_t start = 0, n
    cdef list views = []
    lengths = [read_size(x, b"split_with_sizes: split_sizes") for x in sizes]
    for x in lengths:
        if x < 0:
            raise RuntimeError(
                f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={lengths}"
            )
    if sum(lengths) != a.shape_[dim]:
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {a.shape_[dim]} (input tensor's size at "
            f"dimension {dim}), but got split_sizes={lengths}"
        )
    for x in lengths:
        n = x
        views.append(_window(a, dim, start, n))
        start += n
    return _noted_views(views, a, dim, split_vjp, b"SplitWithSizesBackward0")

cdef int _splittable(Tensor a, str name) except -1:
    if a.ndim_ == 0:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")
    return 0

def split(Tensor tensor not None, split_size_or_sections, dim=0):
    """split(tensor, split_size_or_sections, dim=0) -> tuple of Tensors

    Views of consecutive parts of a dimension: each of the given size (the last may be smaller), or of the sizes in a list.
    RuntimeError for sizes that are negative or do not add up.

    >>> import lucet
    >>> lucet.split(lucet.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    if intercepted(tensor):
        result = view_call(split, (tensor, split_size_or_sections, dim), {})
        if result is not passed:
            return result
    _splittable(tensor, "split")
    cdef int d = dim_of(dim, tensor.ndim_, b"split")
    cdef Py_ssize_t size
    if isinstance(split_size_or_sections, (list, tuple)):
        return _split_sizes(tensor, split_size_or_sections, d)
    size = read_size(split_size_or_sections, b"split(): argument 'split_size'")
    if size < 0:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
    return _split_equal(tensor, size, d)

def _split_method(Tensor self not None, split_size, dim=0):
    """Views of consecutive parts of a dimension, of one size or of the sizes in a list."""
    return split(self, split_size, dim)

def split_with_sizes(Tensor input not None, split_sizes, dim=0):
    """split_with_sizes(input, split_sizes, dim=0) -> tuple of Tensors

    Views of consecutive parts of a dimension, of the given sizes. RuntimeError where they do not add up to its size.

    >>> import lucet
    >>> lucet.split_with_sizes(lucet.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    if intercepted(input):
        result = view_call(split_with_sizes, (input, split_sizes, dim), {})
        if result is not passed:
            return result
    _splittable(input, "split")
    if not isinstance(split_sizes, (list, tuple)):
        raise TypeError(f"split_with_sizes(): argument 'split_sizes' must be tuple of ints, not {type(split_sizes).__name__}")
    return _split_sizes(input, split_sizes, dim_of(dim, input.ndim_, b"split_with_sizes"))

def chunk(Tensor input not None, chunks, dim=0):
    """chunk(input, chunks, dim=0) -> tuple of Tensors

    At most `chunks` views of equal consecutive parts of a dimension; the last may be smaller. RuntimeError for less than one.

    >>> import lucet
    >>> lucet.chunk(lucet.arange(5), 3)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    if intercepted(input):
        result = view_call(chunk, (input, chunks, dim), {})
        if result is not passed:
            return result
    _splittable(input, "chunk")
    cdef Py_ssize_t n = read_size(chunks, b"chunk(): argument 'chunks'")
    cdef int d = dim_of(dim, input.ndim_, b"chunk")
    if n <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {n}")
    if input.shape_[d] == 0:
        _countable(n, "chunk")
        return _split_sizes(input, [0] * n, d)
    return _split_equal(input, (input.shape_[d] - 1) // n + 1, d)

cdef tuple _split_at(Tensor a, object where, int dim, str name):
    """Slices at the given positions, with Python's rules for positions outside; or `where` nearly equal sections."""
    cdef Py_ssize_t total = a.shape_[dim], n, k, start = 0, stop
    cdef list views = []
    if isinstance(where, Tensor):
        if (<Tensor>where).ndim_ > 1 or (<Tensor>where).code != INT64:
            raise RuntimeError(
                f"{name} expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional int64 tensor"
            )
        where = where.tolist()
    if not isinstance(where, (list, tuple)):
        n = read_size(where, b"tensor_split: sections")
        if n <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {n}")
        _countable(n, name)
        for k in range(n):
            stop = start + total // n + (k < total % n)
            views.append(slice_of(a, dim, start, stop - start, 1))
            start = stop
        return tuple(views)
    for position in [*where, None]:
        first, stop, _ = slice(start_of(views, where), position).indices(total)
        views.append(slice_of(a, dim, first, max(stop - first, 0), 1))
    return tuple(views)

cdef object start_of(list views, object where):
    return where[len(views) - 1] if views else 0

def tensor_split(Tensor input not None, indices_or_sections=None, dim=0, *, sections=None, indices=None, tensor_indices_or_sections=None):
    """tensor_split(input, indices_or_sections, dim=0) -> tuple of Tensors

    Views of consecutive parts of a dimension: a number of nearly equal sections, or cut before each of the given indices.
    RuntimeError for less than one section.

    >>> import lucet
    >>> lucet.tensor_split(lucet.arange(5), (1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    for given in (sections, indices, tensor_indices_or_sections):
        if given is not None:
            indices_or_sections = given
    if intercepted(input):
        result = view_call(tensor_split, (input, indices_or_sections, dim), {})
        if result is not passed:
            return result
    if input.ndim_ == 0:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    if indices_or_sections is None:
        raise TypeError("tensor_split(): missing argument 'indices_or_sections'")
    return _split_at(input, indices_or_sections, dim_of(dim, input.ndim_, b"tensor_split"), "tensor_split")

cdef tuple _split_along(Tensor a, object where, int dim, int least, str name):
    if a.ndim_ < least:
        raise RuntimeError(
            f"{name} requires a tensor with at least {least} dimension, but got a tensor with {a.ndim_} dimensions!"
        )
    if not isinstance(where, (list, tuple, Tensor)):
        if read_size(where, b"split: sections") <= 0 or a.shape_[dim] % where:
            raise RuntimeError(
                f"{name} attempted to split along dimension {dim}, but the size of the dimension {a.shape_[dim]} is "
                f"not divisible by the split_size {where}!"
            )
    return _split_at(a, where, dim, name)

cdef object _where_to_split(str name, object where, object sections, object indices):
    """The one of torch's names for it that is given."""
    given = [x for x in (where, sections, indices) if x is not None]
    if len(given) != 1:
        raise TypeError(f"{name}(): expected one of 'sections' and 'indices', got {len(given)}")
    return given[0]

def hsplit(Tensor input not None, indices_or_sections=None, *, sections=None, indices=None):
    """hsplit(input, indices_or_sections) -> tuple of Tensors

    `tensor_split` along dimension 1 (0 for one dimension); a number of sections must divide its size.

    >>> import lucet
    >>> [x.shape[1] for x in lucet.hsplit(lucet.zeros(2, 4), 2)]
    [2, 2]
    """
    indices_or_sections = _where_to_split("hsplit", indices_or_sections, sections, indices)
    if intercepted(input):
        result = view_call(hsplit, (input, indices_or_sections), {})
        if result is not passed:
            return result
    return _split_along(input, indices_or_sections, 0 if input.ndim_ == 1 else 1, 1, "hsplit")

def vsplit(Tensor input not None, indices_or_sections=None, *, sections=None, indices=None):
    """vsplit(input, indices_or_sections) -> tuple of Tensors

    `tensor_split` along dimension 0 of at least two; a number of sections must divide its size.

    >>> import lucet
    >>> [x.shape[0] for x in lucet.vsplit(lucet.zeros(4, 2), 2)]
    [2, 2]
    """
    indices_or_sections = _where_to_split("vsplit", indices_or_sections, sections, indices)
    if intercepted(input):
        result = view_call(vsplit, (input, indices_or_sections), {})
        if result is not passed:
            return result
    return _split_along(input, indices_or_sections, 0, 2, "vsplit")

def dsplit(Tensor input not None, indices_or_sections=None, *, sections=None, indices=None):
    """dsplit(input, indices_or_sections) -> tuple of Tensors

    `tensor_split` along dimension 2; a number of sections must divide its size.

    >>> import lucet
    >>> [x.shape[2] for x in lucet.dsplit(lucet.zeros(1, 1, 4), 2)]
    [2, 2]
    """
    indices_or_sections = _where_to_split("dsplit", indices_or_sections, sections, indices)
    if intercepted(input):
        result = view_call(dsplit, (input, indices_or_sections), {})
        if result is not passed:
            return result
    return _split_along(input, indices_or_sections, 2, 3, "dsplit")

op(unbind, family="join", samples=lambda r: [(r(2, 3),), (r(2, 3), -1), (r(0, 2),)])
op(split, method=False, family="join", samples=lambda r: [(r(5, 2), 2), (r(2, 5), [1, 4], 1), (r(0, 2), 3)])
attach("split", dress(_split_method, "split", None))
op(split_with_sizes, family="join", samples=lambda r: [(r(5, 2), [2, 3])])
op(chunk, family="join", samples=lambda r: [(r(5, 2), 3), (r(2, 5), 2, 1), (r(0, 2), 2)])
op(tensor_split, family="join", samples=lambda r: [(r(5, 2), 3), (r(2, 5), (1, 3), 1)])
op(hsplit, family="join", samples=lambda r: [(r(2, 4), 2)])
op(vsplit, family="join", samples=lambda r: [(r(4, 2), 2)])
op(dsplit, family="join", samples=lambda r: [(r(1, 2, 4), 2)])
