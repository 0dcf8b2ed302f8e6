# prod, nansum, count_nonzero, any, all, and comparisons of whole tensors.

# prod ---------------------------------------------------------------------------------------------------------------
cdef int _prod_vjp(Node n, Tensor g, Run run) except -1:
    """g * y / x; where elements are zero, the products of the others (forwards and backwards running products)."""
    cdef Tensor x = saved_tensor(n, 0), y = saved_tensor(n, 1)
    cdef uint64_t mask = <uint64_t>n.i0, present = <uint64_t>n.i1
    cdef Tensor wide = spread(g, mask, present, x.ndim_, x.shape_)
    if not _has_zero(x):
        return give(run, n, 0, div(mul(wide, conj_of(spread(y, mask, present, x.ndim_, x.shape_))), conj_of(x)))
    if x.ndim_ == 0:
        return give(run, n, 0, g)
    if present or _single(mask):
        return give(run, n, 0, mul(wide, conj_of(_products_of_others(x, _lowest(mask)))))
    flat = x.reshape(-1)
    return give(run, n, 0, mul(wide, conj_of(_products_of_others(flat, 0).reshape(x.shape))))


cdef bint _single(uint64_t mask) noexcept:
    return mask & (mask - 1) == 0


cdef int _lowest(uint64_t mask) noexcept:
    cdef int d = 0
    while not mask >> d & 1:
        d += 1
    return d


cdef Tensor _products_of_others(Tensor x, int dim):
    """For each element along `dim` the product of the elements beside it."""
    cdef Py_ssize_t size = x.shape_[dim]
    one = mul(x.narrow(dim, 0, 1).detach(), 0) + 1
    if size == 1:
        return one
    before = cumprod_fn(cat_fn([one, x.narrow(dim, 0, size - 1)], dim), dim)
    after = cumprod_fn(cat_fn([one, OPS["flip"].function(x.narrow(dim, 1, size - 1), (dim,))], dim), dim)
    return mul(before, OPS["flip"].function(after, (dim,)))


cdef object prod_fn


def prod_function(Tensor input not None, dim=None, keepdim=False, *, dtype=None, Tensor out=None):
    """prod(input, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor

    The product of all elements, or along the dimension `dim`. Integers and bools multiply to int64 unless `dtype` says otherwise.

    >>> import lucet
    >>> lucet.prod(lucet.tensor([[1., 2.], [3., 4.]]), 1)
    tensor([ 2., 12.])
    """
    cdef int code
    cdef uint64_t mask
    cdef bint keep
    cdef Tensor y
    cdef Node n
    if not is_plain(input) or thread_state().modes:
        result = slow_call(prod_fn, (input,) if dim is None else (input, dim, keepdim), _given(dtype, out))
        if result is not passed:
            return result
    keep = flag(keepdim, b"prod")
    mask = all_dims(input.ndim_) if dim is None else <uint64_t>1 << one_dim(dim, input.ndim_, b"prod")
    code = _out_type(dtype, out, INT64 if input.code < FLOAT16 else input.code)
    y = new_reduced(input, mask, keep, code)
    reduce_into(RED_PROD, whole(_for_sum(input, code), b"prod"), mask, y, FIN_VALUE)
    if out is not None:
        return store_out(y, out, b"prod", recording(input))
    if recording(input):
        n = record(y, _prod_vjp, b"ProdBackward0" if dim is None else b"ProdBackward1", input)
        n.i0 = <Py_ssize_t>mask
        n.i1 = <Py_ssize_t>(mask if keep else 0)
        save(n, 0, cast_to(input, code))
        save_output(n, 1, y)
    return y


prod_fn = op(prod_function, name="prod", formula="prod(input, axis=dim, keepdims=keepdim)", family="reduce",
             samples=also_complex(lambda r: [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), -1, True), (r(),), (r(0, 2), 0)]))

# nansum, count_nonzero ----------------------------------------------------------------------------------------------
cdef object nansum_fn, count_nonzero_fn


cdef int _nansum_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0)
    return give(run, n, 0, where(OPS["ne"].function(x, x), 0.0, spread(g, <uint64_t>n.i0, <uint64_t>n.i1, x.ndim_, x.shape_)))


def nansum(Tensor input not None, dim=None, keepdim=False, *, dtype=None, Tensor out=None):
    """nansum(input, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor

    `sum` with every NaN taken as zero.

    >>> import lucet
    >>> lucet.nansum(lucet.tensor([1., float("nan"), 2.]))
    tensor(3.)
    """
    cdef int code
    cdef uint64_t mask
    cdef bint keep
    cdef Tensor y
    cdef Node n
    if not is_plain(input) or thread_state().modes:
        result = slow_call(nansum_fn, (input,) if dim is None else (input, dim, keepdim), _given(dtype, out))
        if result is not passed:
            return result
    if input.code >= COMPLEX64:
        raise error(DtypeError, "nansum on CPU does not support complex inputs")
    code = _out_type(dtype, out, input.code)
    if category_of[input.code] != CAT_FLOAT or category_of[code] != CAT_FLOAT:
        return sum_fn(input if input.code < FLOAT16 else where(OPS["ne"].function(input, input), 0.0, input), dim, keepdim, dtype=dtype, out=out)
    keep = flag(keepdim, b"nansum")
    mask = dims_mask(dim, input.ndim_, b"nansum")
    y = new_reduced(input, mask, keep, code)
    reduce_into(RED_NANSUM, foldable(converted(input, code), b"nansum"), mask, y, FIN_VALUE)
    if out is not None:
        return store_out(y, out, b"nansum", recording(input))
    if recording(input):
        n = record(y, _nansum_vjp, b"NansumBackward0", input)
        n.i0 = <Py_ssize_t>mask
        n.i1 = <Py_ssize_t>(mask if keep else 0)
        save(n, 0, input)
    return y


nansum_fn = op(nansum, formula="nansum(input, axis=dim, keepdims=keepdim)", family="reduce", samples=_reductions)


def count_nonzero(Tensor input not None, dim=None):
    """count_nonzero(input, dim=None) -> Tensor

    How many elements are not zero, over `dim` (an int, a tuple, or None for all), as int64.

    >>> import lucet
    >>> lucet.count_nonzero(lucet.tensor([[0, 1], [2, 3]]), 0)
    tensor([1, 2])
    """
    cdef uint64_t mask
    cdef Tensor y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(count_nonzero_fn, (input, dim), {})
        if result is not passed:
            return result
    mask = dims_mask(dim, input.ndim_, b"count_nonzero")
    y = new_reduced(input, mask, False, INT64)
    reduce_into(RED_NONZERO, whole(input, b"count_nonzero"), mask, y, FIN_VALUE)
    return y


count_nonzero_fn = op(count_nonzero, formula="count_nonzero(input, axis=dim)", grad="no", family="reduce",
                      samples=also_complex(lambda r: [s[:2] for s in _reductions(r)]))

# any, all -----------------------------------------------------------------------------------------------------------
cdef Tensor truth(Tensor a, uint64_t mask, bint keepdim, bint every):
    """Whether any (every) element of `mask` is not zero: bool, or uint8 for uint8."""
    cdef Tensor y = new_reduced(a, mask, keepdim, UINT8 if a.code == UINT8 else BOOL)
    reduce_into(RED_NONZERO, whole(a, b"all" if every else b"any"), mask, y, FIN_ALL if every else FIN_TRUE, None, 0, <double>count_in(a, mask))
    return y


cdef object _truth_op(object fn, Tensor input, object dim, object keepdim, Tensor out, bint every):
    cdef const char* name = b"all" if every else b"any"
    cdef Tensor y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input,) if dim is None else (input, dim, keepdim), _given(None, out))
        if result is not passed:
            return result
    # unlike elsewhere, an empty tuple means no dimension at all
    y = truth(input, 0 if isinstance(dim, (tuple, list)) and not len(dim) else dims_mask(dim, input.ndim_, name), flag(keepdim, name), every)
    if out is not None and out.code != BOOL and out.code != UINT8:
        raise error(DtypeError, f"{name.decode()} only supports bool tensor for result, got: {dtype_object(out.code)._name}")
    if out is not None:
        y = converted(y, out.code)
    return y if out is None else store_out(y, out, name, False)


cdef object any_fn, all_fn


def any_function(Tensor input not None, dim=None, keepdim=False, *, Tensor out=None):
    """any(input, dim=None, keepdim=False, *, out=None) -> Tensor

    Whether any element is not zero, over `dim` (an int, a tuple, or None for all): bool, uint8 for uint8 input.

    >>> import lucet
    >>> lucet.any(lucet.tensor([[0, 1], [0, 0]]), 1)
    tensor([ True, False])
    """
    return _truth_op(any_fn, input, dim, keepdim, out, False)


def all_function(Tensor input not None, dim=None, keepdim=False, *, Tensor out=None):
    """all(input, dim=None, keepdim=False, *, out=None) -> Tensor

    Whether no element is zero, over `dim` (an int, a tuple, or None for all): bool, uint8 for uint8 input; true over nothing.

    >>> import lucet
    >>> lucet.all(lucet.tensor([[0, 1], [1, 1]]), 1)
    tensor([False,  True])
    """
    return _truth_op(all_fn, input, dim, keepdim, out, True)


any_fn = op(any_function, name="any", formula="any(input, axis=dim, keepdims=keepdim)", grad="no", family="reduce", samples=also_complex(_reductions))
all_fn = op(all_function, name="all", formula="all(input, axis=dim, keepdims=keepdim)", grad="no", family="reduce", samples=also_complex(_reductions))

# equal, isclose, allclose -------------------------------------------------------------------------------------------
cdef object equal_fn, isclose_fn, allclose_fn


cdef bint _whole_truth(Tensor t) except -1:
    """Whether a bool tensor is true everywhere."""
    cdef Acc acc
    if is_meta(t):
        raise NotImplementedError("equal and allclose need elements, which a meta tensor does not have")
    if _is_short(t):
        K.fold[RED_NONZERO][BOOL](&acc, 0, data_of(t), 1, t.numel_, 0, 1, 0, 0, True)
        return acc.i[0] == t.numel_
    return truth(t, all_dims(t.ndim_), False, True).item()


cdef bint _equal_runs(Tensor a, Tensor b) except -1:
    """Whether dense runs of one type are equal; stops at the first block that is not."""
    cdef char same[4096]
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    cdef Py_ssize_t done = 0, m
    check_reach(a)
    check_reach(b)
    data[0] = same
    steps[0] = 1
    steps[1] = steps[2] = itemsize_of[a.code]
    while done < a.numel_:
        m = a.numel_ - done if a.numel_ - done < 4096 else 4096
        data[1] = data_of(a) + done * steps[1]
        data[2] = data_of(b) + done * steps[1]
        K.pointwise[EQ][a.code](data, steps, m, NULL)
        if memchr(same, 0, m) != NULL:
            return False
        done += m
    return True


def equal(Tensor input not None, Tensor other not None):
    """equal(input, other) -> bool

    Whether two tensors have one shape and equal elements; NaN equals nothing.

    >>> import lucet
    >>> lucet.equal(lucet.tensor([1, 2]), lucet.tensor([1, 2]))
    True
    """
    if not is_plain(input) or not is_plain(other) or thread_state().modes:
        result = slow_call(equal_fn, (input, other), {})
        if result is not passed:
            return result
    if not same_shape(input, other):
        return False
    if input.code == other.code and K.pointwise[EQ][input.code] != NULL and input.flags & other.flags & F_CONTIGUOUS and not is_meta(input) and not is_meta(other):
        return _equal_runs(input, other)
    return bool(_whole_truth(OPS["eq"].function(input, other)))


equal_fn = op(equal, grad="no", family="reduce", samples=also_complex(lambda r: [(r(3, 4), r(3, 4)), (r(3, 4), r(4))]))


cdef Tensor _close(Tensor a, Tensor b, double rtol, double atol, bint equal_nan, str name):
    """|a - b| <= atol + rtol |b|, equal infinities, and equal NaN where asked for; nothing is recorded."""
    cdef Tensor y
    cdef int mode = thread_state().grad_enabled
    if a.code != b.code:
        raise error(DtypeError, f"{name}: {dtype_object(a.code)._name} did not match {dtype_object(b.code)._name}", fix="other.to(input.dtype)")
    if rtol < 0 or atol < 0:
        which, value = ("rtol", rtol) if rtol < 0 else ("atol", atol)
        raise RuntimeError(f"{name}: {which} must be greater than or equal to zero, but got {value:g}")
    thread_state().grad_enabled = 0
    try:
        both = OPS["logical_or"].function
        y = OPS["eq"].function(a, b)
        if equal_nan and a.code >= FLOAT16:
            y = both(y, OPS["logical_and"].function(OPS["ne"].function(a, a), OPS["ne"].function(b, b)))
        if rtol == 0 and atol == 0:
            return y
        if a.code < FLOAT16:
            a = converted(a, FLOAT64)
            b = converted(b, FLOAT64)
        distance = OPS["abs"].function(sub(a, b))
        allowed = add(OPS["abs"].function(mul(b, rtol)), atol)
        near = OPS["logical_and"].function(OPS["isfinite"].function(distance), OPS["le"].function(distance, allowed))
        return both(y, near)
    finally:
        thread_state().grad_enabled = mode


def isclose(Tensor input not None, Tensor other not None, double rtol=1e-05, double atol=1e-08, bint equal_nan=False):
    """isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False) -> Tensor

    Whether |input - other| <= atol + rtol * |other|, elementwise, as bool. DtypeError where the element types differ.

    >>> import lucet
    >>> lucet.isclose(lucet.tensor([1., 2.]), lucet.tensor([1.000001, 2.1]))
    tensor([ True, False])
    """
    if not is_plain(input) or not is_plain(other) or thread_state().modes:
        result = slow_call(isclose_fn, (input, other, rtol, atol, equal_nan), {})
        if result is not passed:
            return result
    return _close(input, other, rtol, atol, equal_nan, "isclose")


isclose_fn = op(isclose, formula="isclose(input, other, rtol, atol, equal_nan)", grad="no", family="reduce",
                samples=also_complex(lambda r: [(r(3, 4), r(3, 4), 0.1, 0.5), (r(3, 1), r(4), 0.0, 1.0), (r(0), r(0))]))


def allclose(Tensor input not None, Tensor other not None, double rtol=1e-05, double atol=1e-08, bint equal_nan=False):
    """allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False) -> bool

    Whether `isclose` holds everywhere.

    >>> import lucet
    >>> lucet.allclose(lucet.tensor([1., 2.]), lucet.tensor([1., 2.1]))
    False
    """
    if not is_plain(input) or not is_plain(other) or thread_state().modes:
        result = slow_call(allclose_fn, (input, other, rtol, atol, equal_nan), {})
        if result is not passed:
            return result
    return bool(_whole_truth(_close(input, other, rtol, atol, equal_nan, "allclose")))


allclose_fn = op(allclose, grad="no", family="reduce", samples=also_complex(lambda r: [(r(3, 4), r(3, 4)), (r(3, 4), r(4), 2.0, 2.0)]))
