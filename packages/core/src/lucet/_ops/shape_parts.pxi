# Views of some elements: select, narrow, slices, diagonals, windows, as_strided. Gradients go back through `spread`.

# select, narrow, slices -----------------------------------------------------------------------------------------------
cdef int select_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor whole = edge_meta(n, 0)
    return give(run, n, 0, spread(g, select_at(whole, <int>n.i0, n.i1), whole))

cdef Tensor select_at(Tensor a, int dim, Py_ssize_t index):
    """Index `index`, 0 <= index < size, of dimension `dim`."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int i
    for i in range(dim):
        shape[i] = a.shape_[i]
        strides[i] = a.strides[i]
    for i in range(dim, a.ndim_ - 1):
        shape[i] = a.shape_[i + 1]
        strides[i] = a.strides[i + 1]
    return noted(view(a, a.ndim_ - 1, shape, strides, a.offset + index * a.strides[dim]), a, select_vjp, b"SelectBackward0", dim, index)

cdef int slice_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor whole = edge_meta(n, 0)
    cdef int dim = <int>(n.i1 & 63)
    return give(run, n, 0, spread(g, slice_of(whole, dim, n.i0, g.shape_[dim], n.i1 >> 6), whole))

cdef Tensor slice_of(Tensor a, int dim, Py_ssize_t start, Py_ssize_t length, Py_ssize_t step):
    """`length` indices of dimension `dim`, from `start` on, `step` apart; all of them inside."""
    cdef Tensor y = view(a, a.ndim_, a.shape_, a.strides, a.offset + start * a.strides[dim])
    if length != a.shape_[dim] or step != 1:
        y.shape_[dim] = length
        y.strides[dim] = a.strides[dim] * step
        finish_geometry(y)
    return noted(y, a, slice_vjp, b"SliceBackward0", start, step << 6 | dim)

def select(Tensor input not None, dim, index):
    """select(input, dim, index) -> Tensor

    Index `index` of dimension `dim`, as a view without that dimension. IndexError when it is out of range.

    >>> import lucet
    >>> lucet.select(lucet.tensor([[1, 2], [3, 4]]), 0, -1)
    tensor([3, 4])
    """
    if intercepted(input):
        result = view_call(select, (input, dim, index), {})
        if result is not passed:
            return result
    return _select(input, dim, index)

cdef Tensor _select(Tensor input, object dim, object index):
    if input.ndim_ == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    cdef int d = dim_of(dim, input.ndim_, b"select")
    cdef Py_ssize_t at = read_size(index, b"select: index"), size = input.shape_[d]
    if not -size <= at < size:
        raise IndexError(
            f"select(): index {at} out of range for tensor of size {sizes_list(input.ndim_, input.shape_)} at "
            f"dimension {d}"
        )
    return select_at(input, d, at + size if at < 0 else at)

def narrow(Tensor input not None, dim, start, length):
    """narrow(input, dim, start, length) -> Tensor

    The indices start .. start + length - 1 of dimension `dim`, as a view. IndexError for a start outside, RuntimeError for a length
    that does not fit.

    >>> import lucet
    >>> lucet.narrow(lucet.tensor([1, 2, 3, 4]), 0, 1, 2)
    tensor([2, 3])
    """
    if intercepted(input):
        result = view_call(narrow, (input, dim, start, length), {})
        if result is not passed:
            return result
    if input.ndim_ == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if isinstance(start, Tensor) and ((<Tensor>start).ndim_ or category_of[(<Tensor>start).code] != CAT_INT):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    cdef int d = dim_of(dim, input.ndim_, b"narrow")
    cdef Py_ssize_t first = read_size(start, b"narrow: start"), n = read_size(length, b"narrow: length"), size = input.shape_[d]
    if n < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -size <= first <= size:
        raise IndexError(f"narrow: start out of range (expected to be in range of [{-size}, {size}], but got {first})")
    if first < 0:
        first += size
    if n > size - first:
        raise RuntimeError(f"narrow: start ({first}) + length ({n}) exceeds dimension size ({size}).")
    return slice_of(input, d, first, n, 1)

op(select, family="shape", formula="take(input, index, dim)",
   samples=lambda r: [(r(2, 3, 4), 1, 2), (r(3), 0, -1), (r(2, 3, 4), -1, 0)])
op(narrow, family="shape", samples=lambda r: [(r(2, 3, 4), 1, 1, 2), (r(3), 0, -2, 1), (r(3), 0, 3, 0)])

# diagonal, unfold -----------------------------------------------------------------------------------------------------
cdef int diagonal_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor whole = edge_meta(n, 0)
    return give(run, n, 0, spread(g, diagonal_of(whole, n.i0, <int>(n.i1 & 63), <int>(n.i1 >> 6)), whole))

cdef Tensor diagonal_of(Tensor a, Py_ssize_t offset, int d0, int d1):
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef Py_ssize_t at = a.offset, rows = a.shape_[d0], columns = a.shape_[d1], size
    cdef int i, n = 0
    if offset >= 0:
        columns = columns - offset if columns > offset else 0
    else:
        rows = rows + offset if rows > -offset else 0
    size = rows if rows < columns else columns
    if size:
        at += offset * a.strides[d1] if offset >= 0 else -offset * a.strides[d0]
    for i in range(a.ndim_):
        if i != d0 and i != d1:
            shape[n] = a.shape_[i]
            strides[n] = a.strides[i]
            n += 1
    shape[n] = size
    strides[n] = a.strides[d0] + a.strides[d1]
    return noted(view(a, n + 1, shape, strides, at), a, diagonal_vjp, b"DiagonalBackward0", offset, d1 << 6 | d0)

def diagonal(Tensor input not None, offset=0, dim1=0, dim2=1):
    """diagonal(input, offset=0, dim1=0, dim2=1) -> Tensor

    The diagonal of two dimensions, `offset` places above the main one, as a view with the diagonal as its last dimension.
    RuntimeError when dim1 and dim2 are the same.

    >>> import lucet
    >>> lucet.diagonal(lucet.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    if intercepted(input):
        result = view_call(diagonal, (input, offset, dim1, dim2), {})
        if result is not passed:
            return result
    return _diagonal(input, offset, dim1, dim2)

cdef Tensor _diagonal(Tensor input, object offset, object dim1, object dim2):
    cdef int d1 = dim_of(dim1, input.ndim_, b"diagonal"), d2 = dim_of(dim2, input.ndim_, b"diagonal")
    if d1 == d2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return diagonal_of(input, read_size(offset, b"diagonal: offset"), d1, d2)

cdef int unfold_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor whole = edge_meta(n, 0)
    return give(run, n, 0, spread(g, windows(whole, <int>n.i0, g.shape_[g.ndim_ - 1], n.i1), whole))

cdef Tensor windows(Tensor a, int dim, Py_ssize_t size, Py_ssize_t step):
    """All windows of `size` along `dim`, `step` apart, as a last dimension."""
    cdef Py_ssize_t shape[65]
    cdef Py_ssize_t strides[65]
    cdef int i
    if a.ndim_ == MAX_DIMS:
        raise error(ShapeError, f"unfold: {MAX_DIMS + 1} dimensions, at most {MAX_DIMS} are supported")
    for i in range(a.ndim_):
        shape[i] = a.shape_[i]
        strides[i] = a.strides[i]
    shape[a.ndim_] = size
    strides[a.ndim_] = a.strides[dim] if a.ndim_ else 1
    if a.ndim_:
        shape[dim] = (a.shape_[dim] - size) // step + 1
        strides[dim] = step * a.strides[dim] if shape[dim] > 1 or a.strides[dim] < (<Py_ssize_t>1 << 62) // step else 0
    return noted(view(a, a.ndim_ + 1, shape, strides, a.offset), a, unfold_vjp, b"UnfoldBackward0", dim, step)

def unfold(Tensor input not None, dimension, size, step):
    """unfold(input, dimension, size, step) -> Tensor

    All windows of `size` elements along a dimension, `step` apart, as a view; the window is a new last dimension.
    RuntimeError for a window larger than the dimension, a negative size or a step below 1.

    >>> import lucet
    >>> lucet.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    if intercepted(input):
        result = view_call(unfold, (input, dimension, size, step), {})
        if result is not passed:
            return result
    cdef int d = dim_of(dimension, input.ndim_, b"unfold")
    cdef Py_ssize_t width = read_size(size, b"unfold: size"), stride = read_size(step, b"unfold: step")
    cdef Py_ssize_t room = input.shape_[d] if input.ndim_ else 1
    if width < 0:
        raise RuntimeError(f"unfold: size is {width} but must be >= 0")
    if width > room:
        raise RuntimeError(f"unfold: maximum size for tensor at dimension {d} is {room} but size is {width}")
    if stride <= 0:
        raise RuntimeError(f"unfold: step is {stride} but must be > 0")
    return windows(input, d, width, stride)

op(diagonal, family="shape", formula="diagonal(input, offset, dim1, dim2)",
   samples=lambda r: [(r(3, 4), 0, 0, 1), (r(3, 4), -1, 0, 1), (r(2, 3, 4), 1, 2, 0), (r(2, 3), 7, 0, 1)])
op(unfold, public=False, family="shape", samples=lambda r: [(r(5), 0, 3, 1), (r(2, 6), 1, 2, 2), (r(), 0, 1, 1)])

# as_strided -----------------------------------------------------------------------------------------------------------
cdef int as_strided_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor place = (<tuple>n.extra)[0], layout = (<tuple>n.extra)[1], counts
    cdef Tensor grad = spread(g, place, layout)
    if overlapping_dim(layout) >= 0:             # an element seen by several indices shares its gradient among them
        counts = engine_ops.fill(FLOAT32, layout.ndim_, layout.shape_, 1)
        counts = spread(counts, layout, layout)
        grad = grad / engine_ops.cast(counts, g.code)
    return give(run, n, 0, grad)

cdef Tensor _strided(Tensor a, object size, object stride, object storage_offset):
    """The geometry asked for over the storage of `a`, checked, not recorded."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t strides[64]
    cdef int n = ints_of((), size, shape, b"as_strided", b"size"), m = ints_of((), stride, strides, b"as_strided", b"stride")
    cdef Py_ssize_t offset = a.offset if storage_offset is None else read_size(storage_offset, b"as_strided: storage_offset")
    if n != m:
        raise error(ShapeError, f"as_strided: mismatch in length of strides and shape, {m} and {n}")
    strided_over(a.storage, a.code, offset, n, shape, strides)
    return view(a, n, shape, strides, offset)

def as_strided(Tensor input not None, size, stride, storage_offset=None):
    """as_strided(input, size, stride, storage_offset=None) -> Tensor

    A view of any geometry over the storage of `input`: sizes, steps in elements, and the position of the first element (where
    `input` starts, if None). RuntimeError when an element would lie outside the storage.

    >>> import lucet
    >>> lucet.as_strided(lucet.arange(5), (3, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    if intercepted(input):
        result = view_call(as_strided, (input, size, stride, storage_offset), {})
        if result is not passed:
            return result
    cdef Tensor y = _strided(input, size, stride, storage_offset), place
    if recording(input):
        place = layout_of(y)
        place.offset = y.offset - input.offset
        record_view(y, input, as_strided_vjp, b"AsStridedBackward0")
        (<Node>y.node).extra = (place, layout_of(input))
    return y

def as_strided_(Tensor input not None, size, stride, storage_offset=None):
    if intercepted(input):
        result = view_call(as_strided_, (input, size, stride, storage_offset), {})
        if result is not passed:
            return result
    cdef Tensor y = _strided(input, size, stride, storage_offset), place = layout_of(y)
    place.offset = y.offset - input.offset
    return _inplace(input, y, as_strided_vjp, b"AsStridedBackward1", b"as_strided_", 0, 0, (place, layout_of(input)))

op(as_strided, inplace=as_strided_, family="shape",
   samples=lambda r: [(r(2, 3), (2, 3), (1, 2)), (r(6), (2, 2), (1, 2)), (r(6), (3,), (2,), 1), (r(2, 3), (4, 3), (1, 1))])
