# Triangles of matrices, and matrices made from diagonals.

# tril, triu -----------------------------------------------------------------------------------------------------------
cdef struct Triangle:
    char* out
    const char* a
    Py_ssize_t rows
    Py_ssize_t columns
    Py_ssize_t item
    Py_ssize_t diagonal
    Py_ssize_t total           # rows of all matrices
    Py_ssize_t per_task
    bint upper

cdef void _triangle_rows(Triangle* t, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Copy what is kept of each row and clear the rest; `a` is NULL where the row is already there."""
    cdef Py_ssize_t r, edge, width = t.columns * t.item
    cdef char* out
    for r in range(start, stop):
        edge = r % t.rows + t.diagonal + (0 if t.upper else 1)
        edge = (0 if edge < 0 else t.columns if edge > t.columns else edge) * t.item
        out = t.out + r * width
        if t.upper:
            memset(out, 0, edge)
            if t.a != NULL:
                memcpy(out + edge, t.a + r * width + edge, width - edge)
        else:
            if t.a != NULL:
                memcpy(out, t.a + r * width, edge)
            memset(out + edge, 0, width - edge)

cdef void _triangle_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Triangle* t = <Triangle*>context
    cdef Py_ssize_t start = task * t.per_task
    _triangle_rows(t, start, start + t.per_task if start + t.per_task < t.total else t.total)

cdef int _triangle_into(Tensor y, Tensor a, Py_ssize_t diagonal, bint upper) except -1:
    """Row-major `y` gets the triangle of row-major `a`, or of itself when they are one tensor."""
    cdef Triangle t
    if y.numel_ == 0 or is_meta(y) or is_meta(a):
        return 0
    t.out = data_of(y)
    t.a = NULL if data_of(a) == data_of(y) else data_of(a)
    t.rows = y.shape_[y.ndim_ - 2]
    t.columns = y.shape_[y.ndim_ - 1]
    t.item = itemsize_of[y.code]
    t.diagonal = max(-t.rows - 1, min(diagonal, t.columns + 1))
    t.total = y.numel_ // t.columns
    t.upper = upper
    if y.numel_ * t.item < SERIAL:
        _triangle_rows(&t, 0, t.total)
        return 0
    t.per_task = TASK // (t.columns * t.item) + 1
    run_unlocked((t.total + t.per_task - 1) // t.per_task, _triangle_task, &t)
    return 0

cdef int tril_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, triangle(g, n.i0, False, None, False))

cdef int triu_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, triangle(g, n.i0, True, None, False))

cdef Tensor triangle(Tensor a, Py_ssize_t diagonal, bint upper, Tensor out, bint inplace):
    cdef const char* name = b"triu" if upper else b"tril"
    cdef bint will_record = recording(a)
    cdef Tensor y = out, work
    cdef Node n
    if a.ndim_ < 2:
        raise error(ShapeError, f"{name.decode()}: input tensor must have at least 2 dimensions", facts=[describe(a)])
    if out is None:
        y = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    elif inplace:
        check_inplace(a, will_record, name)
        check_no_internal_overlap(a, name)
    else:
        if will_record:
            raise RuntimeError(
                f"{name.decode()}(): functions with out=... arguments don't support automatic differentiation, but "
                "one of the arguments requires grad."
            )
        check_inplace(out, False, name)
        check_no_internal_overlap(out, name)
        check_out_overlap(out, a, name)
        if out.code != a.code:
            raise error(
                DtypeError,
                f"{name.decode()}: Expected out tensor to have dtype {dtype_object(a.code)._name}, but got "
                f"{dtype_object(out.code)._name} instead",
            )
        prepare_out(out, a.ndim_, a.shape_, a.code, name)
    work = y if y.flags & F_CONTIGUOUS else empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    _triangle_into(work, a if inplace and work is y else contiguous(a), diagonal, upper)
    if work is not y:
        convert_into(y, work)
    if out is not None:
        bump(y, name)
    if will_record:
        n = new_node(triu_vjp if upper else tril_vjp, b"TriuBackward0" if upper else b"TrilBackward0", 1)
        connect(n, 0, a)
        n.i0 = diagonal
        if inplace:
            rebase(y, n)
        else:
            set_history(n, y, 0)
    return y

def tril(Tensor input not None, diagonal=0, *, Tensor out=None):
    """tril(input, diagonal=0, *, out=None) -> Tensor

    The lower triangle of each matrix, up to `diagonal` places above the main diagonal; zero elsewhere.
    ShapeError for fewer than two dimensions.

    >>> import lucet
    >>> lucet.tril(lucet.tensor([[1, 2], [3, 4]]))
    tensor([[1, 0],
            [3, 4]])
    """
    if intercepted(input):
        result = slow_call(tril, (input, diagonal), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return triangle(input, read_size(diagonal, b"tril: diagonal"), False, out, False)

def triu(Tensor input not None, diagonal=0, *, Tensor out=None):
    """triu(input, diagonal=0, *, out=None) -> Tensor

    The upper triangle of each matrix, from `diagonal` places above the main diagonal on; zero elsewhere.
    ShapeError for fewer than two dimensions.

    >>> import lucet
    >>> lucet.triu(lucet.tensor([[1, 2], [3, 4]]))
    tensor([[1, 2],
            [0, 4]])
    """
    if intercepted(input):
        result = slow_call(triu, (input, diagonal), {} if out is None else {"out": out})
        if result is not passed:
            return result
    return triangle(input, read_size(diagonal, b"triu: diagonal"), True, out, False)

def tril_(Tensor input not None, diagonal=0):
    if intercepted(input):
        result = slow_call(tril_, (input, diagonal), {})
        if result is not passed:
            return result
    return triangle(input, read_size(diagonal, b"tril_: diagonal"), False, input, True)

def triu_(Tensor input not None, diagonal=0):
    if intercepted(input):
        result = slow_call(triu_, (input, diagonal), {})
        if result is not passed:
            return result
    return triangle(input, read_size(diagonal, b"triu_: diagonal"), True, input, True)

op(tril, inplace=tril_, family="join", formula="tril(input, diagonal)",
   samples=lambda r: [(r(3, 4), 0), (r(3, 4), -1), (r(2, 3, 3), 1), (r(0, 2), 0)])
op(triu, inplace=triu_, family="join", formula="triu(input, diagonal)",
   samples=lambda r: [(r(3, 4), 0), (r(3, 4), -1), (r(2, 3, 3), 1), (r(0, 2), 0)])

# diag_embed, diag, diagflat ----------------------------------------------------------------------------------------------
cdef int diag_embed_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, diagonal_of(g, n.i0, <int>(n.i1 & 63), <int>(n.i1 >> 6)))

cdef Tensor embedded(Tensor a, Py_ssize_t offset, int d0, int d1):
    """Matrices over dimensions d0 and d1 whose diagonals are the last dimension of `a`."""
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t size
    cdef int i, k = 0, ndim = a.ndim_ + 1
    cdef Tensor y
    if not -(<Py_ssize_t>1 << 40) < offset < <Py_ssize_t>1 << 40 or ndim > MAX_DIMS:
        raise error(ShapeError, f"diag_embed: an offset of {offset} for {describe(a)} is too large")
    size = a.shape_[a.ndim_ - 1] + (offset if offset >= 0 else -offset)
    for i in range(ndim):
        if i == d0 or i == d1:
            shape[i] = size
        else:
            shape[i] = a.shape_[k]
            k += 1
    y = empty_tensor(a.code, ndim, shape, a.storage.device)
    zero_fill(y)
    if a.numel_:
        convert_into(diagonal_of(y, offset, d0, d1), a)
    if recording(a):
        n = record(y, diag_embed_vjp, b"DiagEmbedBackward0", a)
        n.i0 = offset
        n.i1 = d1 << 6 | d0
    return y

def diag_embed(Tensor input not None, offset=0, dim1=-2, dim2=-1):
    """diag_embed(input, offset=0, dim1=-2, dim2=-1) -> Tensor

    Matrices, over dimensions dim1 and dim2 of the result, with the last dimension of `input` on a diagonal and zeros elsewhere.
    RuntimeError when dim1 and dim2 are the same, IndexError for a tensor without dimensions.

    >>> import lucet
    >>> lucet.diag_embed(lucet.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    if intercepted(input):
        result = slow_call(diag_embed, (input, offset, dim1, dim2), {})
        if result is not passed:
            return result
    cdef int d1 = dim_of(dim1, input.ndim_ + 1, b"diag_embed"), d2 = dim_of(dim2, input.ndim_ + 1, b"diag_embed")
    if d1 == d2:
        raise RuntimeError(f"diag_embed: diagonal dimensions cannot be identical {dim1}, {dim2}")
    return embedded(input, read_size(offset, b"diag_embed: offset"), d1, d2)

def diag(Tensor input not None, diagonal=0, *, Tensor out=None):
    """diag(input, diagonal=0, *, out=None) -> Tensor

    A matrix with the one-dimensional `input` on a diagonal, or a copy of a diagonal of a matrix. ShapeError for other shapes.

    >>> import lucet
    >>> lucet.diag(lucet.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    if intercepted(input):
        result = slow_call(diag, (input, diagonal), {} if out is None else {"out": out})
        if result is not passed:
            return result
    cdef Py_ssize_t offset = read_size(diagonal, b"diag: diagonal")
    cdef Tensor y
    if input.ndim_ != 1 and input.ndim_ != 2:
        raise error(ShapeError, f"diag(): Supports 1D or 2D tensors. Got {input.ndim_}D", facts=[describe(input)])
    y = embedded(input, offset, 0, 1) if input.ndim_ == 1 else contiguous_clone(diagonal_of(input, offset, 0, 1))
    return y if out is None else stored(y, out, b"diag")

cdef Tensor stored(Tensor y, Tensor out, const char* name):
    """The result moved into `out`, which is made to fit."""
    if requires_grad(y) or requires_grad(out) and thread_state().grad_enabled:
        raise RuntimeError(
            f"{name.decode()}(): functions with out=... arguments don't support automatic differentiation, but one "
            "of the arguments requires grad."
        )
    check_inplace(out, False, name)
    check_no_internal_overlap(out, name)
    prepare_out(out, y.ndim_, y.shape_, y.code, name)
    convert_into(out, y)
    bump(out, name)
    return out

def diagflat(Tensor input not None, offset=0):
    """diagflat(input, offset=0) -> Tensor

    A matrix with all elements of `input` on a diagonal.

    >>> import lucet
    >>> lucet.diagflat(lucet.tensor([1, 2]), 1).shape
    lucet.Size([3, 3])
    """
    return diag(input.reshape(-1), offset)

op(diag_embed, family="join", samples=lambda r: [(r(3),), (r(2, 3), 1), (r(2, 3), 0, 0, 2)])
op(diag, family="join", formula="diag(input, diagonal)", samples=lambda r: [(r(3),), (r(3, 4), 1), (r(3), -1), (r(3, 4), 9)])
op(diagflat, family="join", samples=lambda r: [(r(3),), (r(2, 2), 1)])
