# Other shapes over the same elements: view, reshape, flatten, unflatten, and views as another element type.

cdef bint strides_for(Tensor a, int ndim, const Py_ssize_t* shape, Py_ssize_t* strides) noexcept:
    """Strides that show the elements of `a` in `shape` without a copy, if there are any. Sizes multiply to the same number."""
    cdef Py_ssize_t step = 1, block, run
    cdef int i = ndim - 1, d = a.ndim_ - 1
    if a.flags & F_CONTIGUOUS:
        while i >= 0:
            strides[i] = step
            step *= shape[i] if shape[i] > 1 else 1
            i -= 1
        if a.numel_ == 0 and a.ndim_ == ndim:
            for i in range(ndim):
                if a.shape_[i] != shape[i]:
                    return True
            for i in range(ndim):
                strides[i] = a.strides[i]
        return True
    # Walk both shapes from the end: each run of dimensions of `a` that lies at constant steps must be filled exactly.
    while d >= 0:
        step = a.strides[d]
        block = a.shape_[d]
        while d > 0 and (a.shape_[d - 1] == 1 or a.strides[d - 1] == block * step):
            d -= 1
            block *= a.shape_[d]
        run = 1
        while i >= 0 and (run < block or shape[i] == 1):
            strides[i] = run * step
            run *= shape[i]
            i -= 1
        if run != block:
            return False
        d -= 1
    return i < 0

cdef int infer_shape(Tensor a, int ndim, Py_ssize_t* shape, const char* op) except -1:
    """Put a number in place of -1 and check that the sizes multiply to the number of elements."""
    cdef Py_ssize_t known = 1
    cdef int i, unknown = -1
    cdef bint fits = True
    for i in range(ndim):
        if shape[i] == -1:
            if unknown >= 0:
                raise RuntimeError(f"{op.decode()}: only one dimension can be inferred, got {sizes_list(ndim, shape)}")
            unknown = i
        elif shape[i] < 0:
            raise RuntimeError(f"invalid shape dimension {shape[i]} at index {i} of shape {sizes_list(ndim, shape)}")
        elif shape[i] == 0:
            known = 0
        elif known > (<Py_ssize_t>1 << 62) // shape[i]:
            fits = False
        else:
            known *= shape[i]
    for i in range(ndim):
        if shape[i] == 0:
            fits = True
    if unknown < 0:
        fits = fits and known == a.numel_
    elif known == 0:
        if a.numel_ == 0:
            raise RuntimeError(
                f"cannot reshape tensor of 0 elements into shape {sizes_list(ndim, shape)} because the unspecified "
                "dimension size -1 can be any value and is ambiguous"
            )
        fits = False
    else:
        fits = fits and a.numel_ % known == 0
    if not fits:
        raise error(
            ShapeError,
            f"{op.decode()}: shape '{sizes_list(ndim, shape)}' is invalid for input of size {a.numel_}",
            facts=[describe(a)],
        )
    if unknown >= 0:
        shape[unknown] = a.numel_ // known
    return 0

cdef Tensor view_as_shape(Tensor a, int ndim, const Py_ssize_t* shape):
    """The view, recorded; None where it cannot be one."""
    cdef Py_ssize_t strides[64]
    if not strides_for(a, ndim, shape, strides):
        return None
    return noted(view(a, ndim, shape, strides, a.offset), a, shape_vjp, b"ViewBackward0", 0, 0)

cdef Tensor reshape_to(Tensor a, int ndim, const Py_ssize_t* shape):
    """`a` in another shape of as many elements: a view where possible, else a row-major copy."""
    cdef Tensor y = view_as_shape(a, ndim, shape)
    return _copied_as(a, ndim, shape, b"UnsafeViewBackward0") if y is None else y

cdef Tensor _copied_as(Tensor a, int ndim, const Py_ssize_t* shape, const char* label):
    """The elements of `a` in row-major order, in another shape, apart from a's unless they lie so already; recorded."""
    cdef Tensor copied = contiguous(a), y = bare_tensor(a.code, ndim)
    cdef int i
    for i in range(ndim):
        y.shape_[i] = shape[i]
    y.numel_ = a.numel_
    set_contiguous(y)
    y.storage = copied.storage
    if recording(a):
        record(y, shape_vjp, label, a)
    return y

cdef int _no_view(Tensor a, int ndim, const Py_ssize_t* shape) except -1:
    raise error(
        ShapeError,
        "view: view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces)",
        facts=[f"{describe(a)} with strides {a.stride()} as {sizes_list(ndim, shape)}"],
        fix="Use .reshape(...) instead",
    )

def view_(Tensor input not None, *args, size=None, dtype=None):
    """view(input, *shape) -> Tensor, view(input, dtype) -> Tensor

    The same elements in another shape, or the same bytes as another element type, without a copy; one size may be -1.
    ShapeError where sizes do not multiply to the number of elements, or where only a copy could have the shape.

    >>> import lucet
    >>> lucet.tensor([1, 2, 3, 4]).view(2, -1)
    tensor([[1, 2],
            [3, 4]])
    >>> lucet.tensor([1.]).view(lucet.int32)
    tensor([1065353216], dtype=lucet.int32)
    """
    if intercepted(input):
        result = view_call(view_, (input, *args), {} if size is None else {"size": size})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int n
    if dtype is not None or len(args) == 1 and isinstance(args[0], _dtype_type):
        return _view_bytes(input, code_of(dtype if dtype is not None else args[0]))
    n = ints_of(args, size, shape, b"view", b"size")
    infer_shape(input, n, shape, b"view")
    cdef Tensor y = view_as_shape(input, n, shape)
    if y is None:
        _no_view(input, n, shape)
    return y

_dtype_type = dtype

cdef Tensor _view_bytes(Tensor a, int code):
    """The same bytes as another type, outside the graph; the last dimension takes the difference in width."""
    cdef int old = itemsize_of[a.code], new = itemsize_of[code], last = a.ndim_ - 1, i
    cdef Py_ssize_t ratio
    cdef Tensor y
    if is_lazy(a):
        raise RuntimeError("lucet.Tensor.view is not supported for conjugate view tensors when converting to a different dtype.")
    if code == a.code:
        return a
    where = f"to view {dtype_object(a.code)._name} as {dtype_object(code)._name} (different element sizes)"
    if old != new and a.ndim_ == 0:
        raise error(ShapeError, f"view: self.dim() cannot be 0 {where}")
    if old != new and a.strides[last] != 1:
        raise error(ShapeError, f"view: self.stride(-1) must be 1 {where}, but got {a.strides[last]}", facts=[describe(a)])
    y = alias(a)
    y.code = code
    if old > new:
        ratio = old // new
        for i in range(last):
            y.strides[i] *= ratio
        y.shape_[last] *= ratio
        y.offset *= ratio
    elif old < new:
        ratio = new // old
        if a.shape_[last] % ratio:
            raise error(
                ShapeError,
                f"view: self.size(-1) must be divisible by {ratio} {where}, but got {a.shape_[last]}",
                facts=[describe(a)],
            )
        if a.offset % ratio:
            raise error(
                ShapeError,
                f"view: self.storage_offset() must be divisible by {ratio} {where}, but got {a.offset}",
                facts=[describe(a)],
            )
        for i in range(last):
            if a.strides[i] % ratio:
                raise error(
                    ShapeError,
                    f"view: self.stride({i}) must be divisible by {ratio} {where}, but got {a.strides[i]}",
                    facts=[describe(a)],
                )
            y.strides[i] //= ratio
        y.shape_[last] //= ratio
        y.offset //= ratio
    finish_geometry(y)
    if code == BOOL and not is_meta(y):
        y.code = UINT8
        if OPS["any"].function(OPS["gt"].function(y, 1)):
            raise RuntimeError("view: bytes other than 0 and 1 cannot be viewed as bool, use tensor != 0 for truth values")
        y.code = BOOL
    return y

def view_as(Tensor input not None, Tensor other not None):
    """view_as(input, other) -> Tensor

    The same elements in the shape of `other`, as a view.

    >>> import lucet
    >>> lucet.zeros(6).view_as(lucet.zeros(2, 3)).shape
    lucet.Size([2, 3])
    """
    return view_(input, tuple(sizes_list(other.ndim_, other.shape_)))

def reshape(Tensor input not None, *args, shape=None):
    """reshape(input, shape) -> Tensor

    The same elements, in row-major order, in another shape; one size may be -1. A view where possible, else a copy.
    ShapeError where the sizes do not multiply to the number of elements.

    >>> import lucet
    >>> lucet.reshape(lucet.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    if intercepted(input):
        result = view_call(reshape, (input, *args), {} if shape is None else {"shape": shape})
        if result is not passed:
            return result
    cdef Py_ssize_t sizes[64]
    cdef int n = ints_of(args, shape, sizes, b"reshape", b"shape")
    infer_shape(input, n, sizes, b"reshape")
    return reshape_to(input, n, sizes)

def reshape_as(Tensor input not None, Tensor other not None):
    """reshape_as(input, other) -> Tensor

    `input` reshaped to the shape of `other`.

    >>> import lucet
    >>> lucet.zeros(6).reshape_as(lucet.zeros(2, 3)).shape
    lucet.Size([2, 3])
    """
    return reshape(input, tuple(sizes_list(other.ndim_, other.shape_)))

def flatten(Tensor input not None, start_dim=0, end_dim=-1):
    """flatten(input, start_dim=0, end_dim=-1) -> Tensor

    The dimensions start_dim..end_dim joined to one; a view where possible. RuntimeError when end_dim comes before start_dim.

    >>> import lucet
    >>> lucet.flatten(lucet.zeros(2, 3, 4), 1).shape
    lucet.Size([2, 12])
    """
    if intercepted(input):
        result = view_call(flatten, (input, start_dim, end_dim), {})
        if result is not passed:
            return result
    cdef Py_ssize_t shape[64]
    cdef int first = dim_of(start_dim, input.ndim_, b"flatten"), last = dim_of(end_dim, input.ndim_, b"flatten"), i, n = 0
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if input.ndim_ == 0:
        shape[0] = 1
        return reshape_to(input, 1, shape)
    if first == last:
        return input
    for i in range(input.ndim_):
        if first < i <= last:
            shape[n - 1] *= input.shape_[i]
        else:
            shape[n] = input.shape_[i]
            n += 1
    return reshape_to(input, n, shape)

def ravel(Tensor input not None):
    """ravel(input) -> Tensor

    All elements in one dimension, row-major; a view of `input` where that is so.

    >>> import lucet
    >>> lucet.ravel(lucet.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    if intercepted(input):
        result = view_call(ravel, (input,), {})
        if result is not passed:
            return result
    cdef Py_ssize_t n = input.numel_
    if input.flags & F_CONTIGUOUS:
        return reshape_to(input, 1, &n)
    return _copied_as(input, 1, &n, b"ViewBackward0")

def unflatten(Tensor input not None, dim, sizes):
    """unflatten(input, dim, sizes) -> Tensor

    Dimension `dim` split into `sizes` (one may be -1), as a view. RuntimeError where they do not multiply to its size.

    >>> import lucet
    >>> lucet.unflatten(lucet.zeros(2, 12), 1, (3, -1)).shape
    lucet.Size([2, 3, 4])
    """
    if intercepted(input):
        result = view_call(unflatten, (input, dim, sizes), {})
        if result is not passed:
            return result
    cdef Py_ssize_t parts[64]
    cdef Py_ssize_t shape[128]
    cdef int d = dim_of(dim, input.ndim_, b"unflatten"), i, n
    cdef Tensor line
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(f"unflatten(): argument 'sizes' must be tuple of ints, not {type(sizes).__name__}")
    n = ints_of((sizes,), None, parts, b"unflatten", b"sizes")
    if n == 0:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if n + input.ndim_ - 1 > MAX_DIMS or input.ndim_ == 0:
        raise error(ShapeError, f"unflatten: {describe(input)} into {n} sizes")
    line = meta_of(input.code, 1, &input.shape_[d])
    try:
        infer_shape(line, n, parts, b"unflatten")
    except ShapeError as unfit:
        raise error(
            ShapeError,
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} ({input.shape_[d]}) "
            "in the input tensor",
        ) from unfit
    for i in range(d):
        shape[i] = input.shape_[i]
    for i in range(n):
        shape[d + i] = parts[i]
    for i in range(d + 1, input.ndim_):
        shape[n + i - 1] = input.shape_[i]
    return reshape_to(input, n + input.ndim_ - 1, shape)

def _unflatten_method(Tensor input not None, dim, *args, sizes=None):
    """Split dimension `dim` into `sizes`, given as a sequence or one by one."""
    return unflatten(input, dim, sizes if sizes is not None else args[0] if len(args) == 1 else args)

op(view_, name="view", public=False, family="shape", formula="reshape(input, args[0])",
   samples=lambda r: [(r(2, 6), (3, -1)), (r(), (1, 1)), (r(0, 2), (2, 0))])
op(view_as, public=False, family="shape", formula="reshape(input, other.shape)", samples=lambda r: [(r(2, 6), r(3, 4))])
op(reshape, family="shape", formula="reshape(input, args[0])",
   samples=lambda r: [(r(2, 6), (3, -1)), (r(), (1,)), (r(0, 2), (2, 0))])
op(reshape_as, public=False, family="shape", formula="reshape(input, other.shape)", samples=lambda r: [(r(2, 6), r(3, 4))])
op(flatten, family="shape", formula="reshape(input, -1)", samples=lambda r: [(r(2, 3, 4),), (r(),), (r(0, 2),)])
op(ravel, family="shape", formula="ravel(input)", samples=lambda r: [(r(2, 3, 4),), (r(),)])
op(unflatten, method=False, family="shape", samples=lambda r: [(r(2, 6), 1, (3, 2)), (r(6), 0, (-1, 3))])
attach("unflatten", dress(_unflatten_method, "unflatten", None))
