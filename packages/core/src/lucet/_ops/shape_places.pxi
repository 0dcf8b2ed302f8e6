# Copies with one part replaced: the part is a view as select, a slice, diagonal or as_strided make it.

cdef int replaced_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor place = (<tuple>n.extra)[0], layout = (<tuple>n.extra)[1]
    if needs(n, 0):
        give(run, n, 0, without(g, place, layout))
    if needs(n, 1):
        give(run, n, 1, gathered(g, place, layout))
    return 0

cdef Tensor replaced(Tensor a, Tensor source, Tensor place, Tensor layout, const char* label):
    """A copy of `a`, laid out as it, with `source` where `place` points; recorded."""
    cdef Py_ssize_t shift = -place.offset if place.offset < 0 else 0
    cdef Storage s
    cdef Tensor y
    cdef Node n
    if not same_shape(place, source):
        raise error(
            ShapeError,
            f"expected src to have a size equal to the slice of self. src size = {sizes_list(source.ndim_, source.shape_)}, "
            f"slice size = {sizes_list(place.ndim_, place.shape_)}",
        )
    s = laid_out(a, place, layout)
    y = over(s, a.code, layout, shift)
    convert_into(over(s, a.code, place, shift), source)
    if a.code >= FLOAT16 and recording2(a, source):
        n = new_node(replaced_vjp, label, 2)
        connect(n, 0, a)
        connect(n, 1, source)
        n.extra = (place, layout)
        set_history(n, y, 0)
    return y

cdef Tensor _own_layout(Tensor a):
    """The layout of a copy of `a`: its own, unless elements lie on each other."""
    return layout_of(a) if overlapping_dim(a) < 0 else meta_of(a.code, a.ndim_, a.shape_)

def select_scatter(Tensor input not None, Tensor src not None, dim, index):
    """select_scatter(input, src, dim, index) -> Tensor

    A copy of `input` with `src` as index `index` of dimension `dim`. IndexError for an index out of range, ShapeError for another shape.

    >>> import lucet
    >>> lucet.select_scatter(lucet.zeros(2, 2), lucet.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    if intercepted(input) or not is_plain(src):
        result = slow_call(select_scatter, (input, src, dim, index), {})
        if result is not passed:
            return result
    cdef Tensor layout = _own_layout(input)
    return replaced(input, src, _select(layout, dim, index), layout, b"SelectScatterBackward0")

def slice_scatter(Tensor input not None, Tensor src not None, dim=0, start=None, end=None, step=1, *, Tensor out=None):
    """slice_scatter(input, src, dim=0, start=None, end=None, step=1, *, out=None) -> Tensor

    A copy of `input` with `src` in the place of a slice along `dim`, whose bounds count as in a subscript. ShapeError for another shape.

    >>> import lucet
    >>> lucet.slice_scatter(lucet.zeros(4), lucet.ones(2), 0, 1, step=2)
    tensor([0., 1., 0., 1.])
    """
    if intercepted(input) or not is_plain(src):
        result = slow_call(slice_scatter, (input, src, dim, start, end, step), {} if out is None else {"out": out})
        if result is not passed:
            return result
    if input.ndim_ == 0:
        raise RuntimeError("slice() cannot be applied to a 0-dim tensor.")
    cdef Tensor layout = _own_layout(input)
    cdef int d = dim_of(dim, input.ndim_, b"slice_scatter")
    cdef Py_ssize_t pace = read_size(step, b"slice_scatter: step"), low, high
    if pace <= 0:
        raise RuntimeError("slice step must be positive")
    low, high, _ = slice(
        None if start is None else read_size(start, b"slice_scatter: start"), None if end is None else read_size(end, b"slice_scatter: end")
    ).indices(input.shape_[d])
    place = slice_of(layout, d, low, (high - low + pace - 1) // pace if high > low else 0, pace)
    return deliver(replaced(input, src, place, layout, b"SliceScatterBackward0"), out, "slice_scatter")

def diagonal_scatter(Tensor input not None, Tensor src not None, offset=0, dim1=0, dim2=1):
    """diagonal_scatter(input, src, offset=0, dim1=0, dim2=1) -> Tensor

    A copy of `input` with `src` as the diagonal of two dimensions, `offset` places above the main one. ShapeError for another shape.

    >>> import lucet
    >>> lucet.diagonal_scatter(lucet.zeros(2, 2), lucet.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if intercepted(input) or not is_plain(src):
        result = slow_call(diagonal_scatter, (input, src, offset, dim1, dim2), {})
        if result is not passed:
            return result
    cdef Tensor layout = _own_layout(input)
    return replaced(input, src, _diagonal(layout, offset, dim1, dim2), layout, b"DiagonalScatterBackward0")

def as_strided_scatter(Tensor input not None, Tensor src not None, size, stride, storage_offset=None):
    """as_strided_scatter(input, src, size, stride, storage_offset=None) -> Tensor

    A copy of `input` with `src` in the place of the view that `as_strided` makes. ShapeError for another shape.

    >>> import lucet
    >>> lucet.as_strided_scatter(lucet.zeros(2, 2), lucet.ones(2), (2,), (3,))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if intercepted(input) or not is_plain(src):
        result = slow_call(as_strided_scatter, (input, src, size, stride, storage_offset), {})
        if result is not passed:
            return result
    cdef Tensor seen = _strided(input, size, stride, storage_offset), place = layout_of(seen)
    check_no_internal_overlap(seen, b"as_strided_scatter")
    place.offset = seen.offset - input.offset
    return replaced(input, src, place, layout_of(input), b"AsStridedScatterBackward0")

def narrow_copy(Tensor input not None, dim, start, length, *, Tensor out=None):
    """narrow_copy(input, dim, start, length, *, out=None) -> Tensor

    `narrow`, copied.

    >>> import lucet
    >>> lucet.narrow_copy(lucet.tensor([1, 2, 3, 4]), 0, 1, 2)
    tensor([2, 3])
    """
    if intercepted(input):
        result = slow_call(narrow_copy, (input, dim, start, length), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return deliver(named(row_major(narrow(input, dim, start, length)), b"NarrowCopyBackward0"), out, "narrow_copy")

cdef Tensor row_major(Tensor a):
    return a.clone(memory_format=contiguous_format)

op(select_scatter, family="shape", samples=lambda r: [(r(3, 4), r(4), 0, 1), (r(2, 3, 4), r(2, 3), -1, -2)])
op(slice_scatter, family="shape", samples=lambda r: [(r(3, 4), r(2, 4), 0, 1), (r(3, 5), r(3, 2), 1, 0, 4, 2), (r(3), r(0), 0, 3), (r(3), r(3))])
op(diagonal_scatter, family="shape", samples=lambda r: [(r(3, 4), r(3)), (r(3, 4), r(2), -1), (r(2, 3, 4), r(3, 2), 0, 0, 2)])
op(as_strided_scatter, family="shape", samples=lambda r: [(r(2, 3), r(2, 2), (2, 2), (3, 2)), (r(6), r(3), (3,), (2,), 1)])
op(narrow_copy, family="shape", samples=lambda r: [(r(2, 3, 4), 1, 1, 2), (r(3), 0, -2, 1), (r(3), 0, 3, 0)])
