# Random tensors from sizes: rand, randn, randint, randperm, their *_like forms, normal.

cdef int made_code(Tensor out, object dtype, int code, const char* name) except -1:
    """The element type that a factory will fill."""
    if out is None:
        return code if dtype is None else code_of(dtype)
    check_out(out, False, name)
    if dtype is not None and code_of(dtype) != out.code:
        raise RuntimeError(f"{name.decode()}: dtype {dtype!r} does not match dtype of out parameter ({dtype_object(out.code)!r})")
    return out.code


cdef Tensor made(object size, Tensor out, int code, object layout, object device, bint pin_memory, bint wants_grad, const char* name):
    """An uninitialised tensor, or `out` in this shape."""
    cdef Py_ssize_t shape[64]
    cdef int ndim
    cdef Tensor t
    if wants_grad and code < FLOAT16:
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
    ndim = parse_shape(size, shape, name)
    if out is None and layout is None and not pin_memory:
        t = empty_tensor(code, ndim, shape, CPU if device is None and _default_device.current is None or usable(device, name.decode()) is CPU_DEVICE else META)
    elif out is not None:
        t = out
        take_shape(t, ndim, shape)
        bump(t, name)
    else:
        t = empty_function(tuple([shape[i] for i in range(ndim)]), dtype=dtype_object(code), layout=layout, device=device, pin_memory=pin_memory)
    if wants_grad:
        t.flags |= F_REQUIRES_GRAD
    return t


cdef Tensor made_like(Tensor a, object dtype, object layout, object device, bint pin_memory, bint wants_grad, object memory_format):
    """An uninitialised tensor in the shape of `a`."""
    if dtype is None and layout is None and device is None and memory_format is None and not pin_memory and not wants_grad:
        return empty_preserved(a, a.code)
    return empty_like_function(a, dtype=dtype, layout=layout, device=device, requires_grad=wants_grad, memory_format=memory_format, pin_memory=pin_memory)


cdef object offer_factory(str name, tuple args, object generator, dict options):
    """Offer a factory call to the innermost mode; options that were not given are left out."""
    return offer(name, args, generator, {key: value for key, value in options.items() if value is not None and value is not False})


def rand(*sizes, size=None, Generator generator=None, Tensor out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """rand(*size, generator=None, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    Numbers drawn evenly from [0, 1), in the given shape. Dtype: floating or complex, the default type unless given.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.rand(2)
    tensor([0.4963, 0.7682])
    """
    if thread_state().modes:
        result = offer_factory("rand", sizes, generator, {"size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    shape = sizes_of(sizes, size, "rand")
    cdef int code = made_code(out, dtype, default_code(), b"rand")
    need_float(code, "rand", True)
    cdef Tensor t = made(shape, out, code, layout, device, pin_memory, requires_grad, b"rand")
    draw_uniform(t, source(generator), 0, 1)
    return t


def randn(*sizes, size=None, Generator generator=None, Tensor out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """randn(*size, generator=None, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    Numbers drawn from the normal distribution with mean 0 and variance 1, in the given shape. Dtype: floating or complex, the
    default type unless given.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.randn(2)
    tensor([ 1.5410, -0.2934])
    """
    if thread_state().modes:
        result = offer_factory("randn", sizes, generator, {"size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    shape = sizes_of(sizes, size, "randn")
    cdef int code = made_code(out, dtype, default_code(), b"randn")
    need_float(code, "randn", True, 0 if code < FLOAT16 and 0 in shape else 1)
    cdef Tensor t = made(shape, out, code, layout, device, pin_memory, requires_grad, b"randn")
    draw_normal(t, source(generator), 0, 1)
    return t


cdef tuple low_high_size(tuple args, object low, object high, object size, str name):
    """The arguments of randint(low=0, high, size), given by place or by name."""
    if len(args) == 3 and type(args[2]) is tuple and low is None and high is None and size is None:
        return args
    given = list(args)
    if size is None:
        if not given:
            raise TypeError(f"{name}(): argument 'size' is missing")
        size = given.pop()
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"{name}(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    return (*low_high(given, low, high, name), size)


cdef tuple low_high(list given, object low, object high, str name):
    """(low, high) of [high] or [low, high], each of which may be named instead."""
    if len(given) == 2 and low is None and high is None:
        return given[0], given[1]
    if len(given) == 1 and high is None:
        return 0 if low is None else low, given[0]
    if len(given) == 1 and low is None:
        return given[0], high
    if not given and high is not None:
        return 0 if low is None else low, high
    raise TypeError(f"{name}() received an invalid combination of arguments, expected (high, size) or (low, high, size)")


def randint(*args, low=None, high=None, size=None, Generator generator=None, Tensor out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """randint(low=0, high, size, *, generator=None, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    Integers drawn evenly from [low, high), in the given shape. Dtype: any but complex, int64 unless given.
    Raises RuntimeError for an empty range or one that the dtype does not hold.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.randint(1, 7, (3,))
    tensor([3, 4, 6])
    """
    if thread_state().modes:
        result = offer_factory("randint", args, generator, {"low": low, "high": high, "size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    cdef Draw what
    low, high, shape = low_high_size(args, low, high, size, "randint")
    cdef int code = made_code(out, dtype, INT64, b"randint")
    whole_range(low, high, code, "randint", &what)
    cdef Tensor t = made(shape, out, code, layout, device, pin_memory, requires_grad, b"randint")
    draw_whole(t, source(generator), &what)
    return t


def randperm(n, *, Generator generator=None, Tensor out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """randperm(n, *, generator=None, out=None, dtype=lucet.int64, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    The integers 0 to n - 1 in random order, each order equally likely. Dtype: integer or floating.
    Raises RuntimeError for a negative n and for one that the dtype does not hold.

    Source: Fisher and Yates; Durstenfeld, "Algorithm 235: random permutation" (1964).

    >>> import lucet
    >>> sorted(lucet.randperm(4).tolist())
    [0, 1, 2, 3]
    """
    if thread_state().modes:
        result = offer_factory("randperm", (n,), generator, {"out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    if isinstance(n, bool):
        raise TypeError("randperm(): argument 'n' (position 1) must be int, not bool")
    cdef Draw what
    cdef int64_t length = long_of(n, "randperm(): argument 'n'")
    cdef int code = made_code(out, dtype, INT64, b"randperm")
    if code == BOOL or category_of[code] == CAT_COMPLEX:
        raise error(DtypeError, f"randperm: not implemented for {dtype_object(code)._name}")
    if category_of[code] == CAT_FLOAT and code != BFLOAT16 and length > (<int64_t>1 << digits_of(code)) + 1 or code < FLOAT16 and length - 1 > highest_of(code):
        raise RuntimeError(f"randperm: n cannot be greater than what {dtype_object(code)._name} holds exactly, value cannot be converted without overflow: {length}")
    cdef Tensor t = made((length,), out, code, layout, device, pin_memory, requires_grad, b"randperm")
    fill(t, source(generator), DRAW_PERMUTATION, INT64, &what, 4)
    return t


def rand_like(Tensor input not None, *, Generator generator=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False, memory_format=None):
    """rand_like(input, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    Numbers drawn evenly from [0, 1), in the shape (and type, unless given) of `input`.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.rand_like(lucet.zeros(2))
    tensor([0.4963, 0.7682])
    """
    if intercepted(input):
        result = offer_factory("rand_like", (input,), generator, {"dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad, "memory_format": memory_format})
        if result is not passed:
            return result
    need_float(input.code if dtype is None else code_of(dtype), "rand_like", True)
    cdef Tensor t = made_like(input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    draw_uniform(t, source(generator), 0, 1)
    return t


def randn_like(Tensor input not None, *, Generator generator=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False, memory_format=None):
    """randn_like(input, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    Numbers drawn from the normal distribution with mean 0 and variance 1, in the shape (and type, unless given) of `input`.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.randn_like(lucet.zeros(2))
    tensor([ 1.5410, -0.2934])
    """
    if intercepted(input):
        result = offer_factory("randn_like", (input,), generator, {"dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad, "memory_format": memory_format})
        if result is not passed:
            return result
    need_float(input.code if dtype is None else code_of(dtype), "randn_like", True, input.numel_)
    cdef Tensor t = made_like(input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    draw_normal(t, source(generator), 0, 1)
    return t


def randint_like(Tensor input not None, *args, low=None, high=None, Generator generator=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False, memory_format=None):
    """randint_like(input, low=0, high, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=lucet.preserve_format) -> Tensor

    Integers drawn evenly from [low, high), in the shape (and type, unless given) of `input`. `high` may be a 0-d tensor.

    >>> import lucet
    >>> lucet.randint_like(lucet.zeros(2), 4, 5)
    tensor([4., 4.])
    """
    if intercepted(input):
        result = offer_factory("randint_like", (input, *args), generator, {"low": low, "high": high, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad, "memory_format": memory_format})
        if result is not passed:
            return result
    cdef Draw what
    low, high = low_high(list(args), low, high, "randint_like")
    if isinstance(high, Tensor):
        if (<Tensor>high).ndim_:
            raise error(ShapeError, "randint_like: high must be a scalar tensor and on CPU", facts=[f"high {describe(<Tensor>high)}"])
        high = int(high)
    whole_range(low, high, input.code if dtype is None else code_of(dtype), "randint_like", &what)
    cdef Tensor t = made_like(input, dtype, layout, device, pin_memory, requires_grad, memory_format)
    draw_whole(t, source(generator), &what)
    return t


# --- normal -----------------------------------------------------------------------------------------------------------

def normal(mean, std=None, size=None, *, Generator generator=None, Tensor out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """normal(mean, std=1, *, generator=None, out=None) -> Tensor; normal(mean, std, size, *, generator=None, out=None, dtype=None, ...) -> Tensor

    Numbers drawn from normal distributions. `mean` and `std` are numbers with a `size`, or at least one of them is a tensor: then
    each element of their common shape has its own. The gradient is zero. Raises RuntimeError for a negative deviation.

    >>> import lucet
    >>> generator = lucet.manual_seed(0)
    >>> lucet.normal(lucet.tensor([10., 20.]), 1.0)
    tensor([11.5410, 19.7066])
    """
    if thread_state().modes or isinstance(mean, Tensor) and not is_plain(mean) or isinstance(std, Tensor) and not is_plain(std):
        result = offer_factory("normal", (mean,) if std is None else (mean, std), generator, {"size": size, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    cdef bint tensors = isinstance(mean, Tensor) or isinstance(std, Tensor)
    if tensors and (size is not None or dtype is not None or device is not None or layout is not None) or not tensors and (std is None or size is None):
        raise TypeError("normal() received an invalid combination of arguments: expected tensors (mean, std), or numbers (mean, std) and a size")
    if tensors:
        return normal_of(mean, 1.0 if std is None else std, source(generator), out)
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"normal(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    cdef int code = made_code(out, dtype, default_code(), b"normal")
    check_normal(std, code, "normal")
    cdef Tensor t = made(size, out, code, layout, device, pin_memory, requires_grad, b"normal")
    draw_normal(t, source(generator), mean, std)
    return t


cdef Tensor normal_of(object mean, object std, Generator g, Tensor out):
    """z * std + mean where at least one of the two is a tensor; the other may be a number."""
    cdef Tensor m = <Tensor>mean if isinstance(mean, Tensor) else None, s = <Tensor>std if isinstance(std, Tensor) else None
    cdef Tensor like = s if m is None else m, z
    cdef Py_ssize_t shape[64]
    cdef int i, ndim = like.ndim_
    cdef bint will_record = thread_state().grad_enabled and (m is not None and requires_grad(m) or s is not None and requires_grad(s))
    cdef Node n
    for x in (mean, std):
        if not isinstance(x, Tensor) and (not is_number(x) or isinstance(x, complex)):
            raise TypeError(f"normal(): mean and std must be Tensor or Number, not {type(x).__name__}")
    if m is None:
        mean = float(mean)
    check_deviations(s, std)
    if m is not None and s is not None and is_meta(m) != is_meta(s) or out is not None and is_meta(out) != is_meta(like):
        raise error(DeviceError, "normal: Expected all tensors to be on the same device, but found at least two devices, meta and cpu!")
    for i in range(ndim):
        shape[i] = like.shape_[i]
    if m is not None and s is not None:
        ndim = broadcast2(m, s, shape, b"normal")
    elif out is not None and m is not None:
        ndim = broadcast2(like, out, shape, b"normal")
    check_normal(1, like.code if out is None else out.code, "normal")
    if category_of[like.code] == CAT_COMPLEX or out is not None and category_of[out.code] == CAT_COMPLEX:
        raise error(DtypeError, "normal: not implemented for complex numbers whose mean or deviation is a tensor")
    if out is not None:
        check_out(out, will_record, b"normal")
        prepare_out(out, ndim, shape, out.code, b"normal")
    z = empty_tensor(like.code if out is None else out.code, ndim, shape, like.storage.device) if out is None or not out.flags & F_CONTIGUOUS else out
    place_normals(z, g, mean, std, s is not None)
    if out is not None:
        if z is not out:
            convert_into(out, z)
        bump(out, b"normal")
        return out
    if will_record:
        n = new_node(nothing_vjp, b"NormalBackward3" if m is not None and s is not None else b"NormalBackward1" if s is None else b"NormalBackward2", 2)
        connect(n, 0, m)
        connect(n, 1, s)
        set_history(n, z, 0)
    return z


cdef int place_normals(Tensor z, Generator g, object mean, object std, bint scaled) except -1:
    """Draw, scale, shift: each is rounded by itself, as in torch."""
    cdef int enabled = thread_state().grad_enabled
    draw_normal(z, g, 0, 1 if scaled else <double>std)
    thread_state().grad_enabled = False
    try:
        if scaled:
            convert_into(z, mul(z, std))
        if scaled or isinstance(mean, Tensor):
            convert_into(z, add(z, mean))
    finally:
        thread_state().grad_enabled = enabled
    return 0


cdef int check_deviations(Tensor s, object std) except -1:
    if s is None:
        return check_normal(std, FLOAT32, "normal")
    if category_of[s.code] == CAT_COMPLEX:
        raise error(DtypeError, f"normal expects standard deviation to be non-complex, got {dtype_object(s.code)._name}")
    cdef Tensor wide
    if s.numel_ and not is_meta(s):
        wide = contiguous(converted(s, FLOAT64))
        if not K.non_negative[FLOAT64](data_of(wide), wide.numel_):
            raise RuntimeError("normal expects all elements of std >= 0.0")
    return 0


def _sizes_samples(r):
    return [((2, 3),), (2, 3), ((0, 2),), ((),)]


def _like_samples(r):
    return [(r(3, 4),), (r(4, 3).t(),), (r(),), (r(0, 2),)]


for _function, _samples in (
    (rand, _sizes_samples),
    (randn, _sizes_samples),
    (randint, lambda r: [(5, (2, 3)), (-3, 5, (4,)), (5, (0, 2))]),
    (randperm, lambda r: [(5,), (0,)]),
    (rand_like, _like_samples),
    (randn_like, _like_samples),
    (randint_like, lambda r: [(r(3, 4), 5), (r(4, 3).t(), -2, 5)]),
):
    op(_function, method=False, grad="no", samples=_samples, family="random")
op(normal, method=False, grad="no", family="random",
   samples=lambda r: [(0.0, 1.0, (2, 3)), (r(3, 4), 1.0), (0.0, r(3, 4).abs()), (r(3, 4), r(3, 4).abs())])
