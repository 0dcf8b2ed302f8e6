# max, min, amax, amin, aminmax, argmax, argmin.

cdef int _check_not_empty(Tensor a, uint64_t mask, const char* name, bint all_of_it) except -1:
    """Extremes of nothing do not exist."""
    cdef int d
    if all_of_it:
        if a.numel_ == 0:
            raise error(
                ShapeError,
                f"{name.decode()}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.",
                facts=[f"input {describe(a)}"],
            )
        return 0
    for d in range(a.ndim_):
        if mask >> d & 1 and a.shape_[d] == 0:
            raise IndexError(f"{name.decode()}(): Expected reduction dim {d} to have non-zero size.")
    return 0


# amax, amin: gradients are shared among equal extremes ----------------------------------------------------------------
cdef Tensor _places_of(Tensor x, Tensor wide):
    """Where `x` holds the extreme, NaN included."""
    cdef Tensor at = OPS["eq"].function(x, wide)
    if x.code >= FLOAT16:
        at = OPS["logical_or"].function(at, OPS["logical_and"].function(OPS["ne"].function(x, x), OPS["ne"].function(wide, wide)))
    return at


cdef int _shared_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved_tensor(n, 0), y = saved_tensor(n, 1), at, share
    cdef uint64_t mask = <uint64_t>n.i0, present = <uint64_t>n.i1
    at = _places_of(x.detach(), spread(y.detach(), mask, present, x.ndim_, x.shape_))
    share = div(g, _sum_masked(converted(at, g.code), mask, present, g.code, b""))
    return give(run, n, 0, where(at, spread(share, mask, present, x.ndim_, x.shape_), 0.0))      # a product would make NaN of inf * 0


cdef Tensor extreme(Tensor a, uint64_t mask, bint keepdim, bint largest, const char* label):
    """The largest (smallest) element over `mask`; the caller has checked that there is one."""
    cdef Tensor y
    if mask == all_dims(a.ndim_) and not keepdim and _is_short(a):
        y = _fold_all(a, RED_MAX if largest else RED_MIN, FIN_VALUE, a.code, 1)
    else:
        y = new_reduced(a, mask, keepdim, a.code)
        reduce_into(RED_MAX if largest else RED_MIN, foldable(a, b"max" if largest else b"min"), mask, y, FIN_VALUE)
    if recording(a):
        record_shared(y, a, mask, keepdim, label)
    return y


cdef int record_shared(Tensor y, Tensor a, uint64_t mask, bint keepdim, const char* label) except -1:
    """y is elements of a, one over `mask`: all that equal it share its gradient."""
    cdef Node n = record(y, _shared_vjp, label, a)
    n.i0 = <Py_ssize_t>mask
    n.i1 = <Py_ssize_t>(mask if keepdim else 0)
    save(n, 0, a)
    save_output(n, 1, y)
    return 0


cdef object amax_fn, amin_fn, aminmax_fn


cdef object _amax_op(object fn, Tensor input, object dim, object keepdim, Tensor out, bint largest):
    cdef const char* name = b"amax" if largest else b"amin"
    cdef uint64_t mask
    cdef Tensor y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input, dim, keepdim), _given(None, out))
        if result is not passed:
            return result
    mask = dims_mask(dim, input.ndim_, name)
    _check_not_empty(input, mask, name, dim is None or isinstance(dim, (tuple, list)) and not len(dim))
    y = extreme(input, mask, flag(keepdim, name), largest, b"AmaxBackward0" if largest else b"AminBackward0")
    return y if out is None else store_same(y, out, name, recording(input))


def amax(Tensor input not None, dim=(), keepdim=False, *, Tensor out=None):
    """amax(input, dim=(), keepdim=False, *, out=None) -> Tensor

    The largest element over `dim` (an int or a tuple; empty for all); NaN wins. Equal extremes share the gradient.
    RuntimeError or IndexError over nothing.

    >>> import lucet
    >>> lucet.amax(lucet.tensor([[1., 5.], [3., 2.]]), 0)
    tensor([3., 5.])
    """
    return _amax_op(amax_fn, input, dim, keepdim, out, True)


def amin(Tensor input not None, dim=(), keepdim=False, *, Tensor out=None):
    """amin(input, dim=(), keepdim=False, *, out=None) -> Tensor

    The smallest element over `dim` (an int or a tuple; empty for all); NaN wins. Equal extremes share the gradient.
    RuntimeError or IndexError over nothing.

    >>> import lucet
    >>> lucet.amin(lucet.tensor([[1., 5.], [3., 2.]]), 0)
    tensor([1., 2.])
    """
    return _amax_op(amin_fn, input, dim, keepdim, out, False)


amax_fn = op(amax, formula="amax(input, axis=None if dim == () else dim, keepdims=keepdim)", family="reduce", samples=_reductions)
amin_fn = op(amin, formula="amin(input, axis=None if dim == () else dim, keepdims=keepdim)", family="reduce", samples=_reductions)


def aminmax(Tensor input not None, *, dim=None, keepdim=False, out=None):
    """aminmax(input, *, dim=None, keepdim=False, out=None) -> (min, max)

    The smallest and the largest element, of all or along the dimension `dim`. RuntimeError or IndexError over nothing.

    >>> import lucet
    >>> lucet.aminmax(lucet.tensor([3., 1., 2.])).max
    tensor(3.)
    """
    cdef uint64_t mask
    cdef bint keep = flag(keepdim, b"aminmax")
    if not is_plain(input) or thread_state().modes:
        result = slow_call(aminmax_fn, (input,), {"dim": dim, "keepdim": keepdim, "out": out})
        if result is not passed:
            return result
    mask = all_dims(input.ndim_) if dim is None else <uint64_t>1 << one_dim(dim, input.ndim_, b"aminmax")
    if dim is None and input.numel_ == 0:
        raise error(ShapeError, "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.")
    _check_not_empty(input, mask, b"aminmax", False)
    low = extreme(input, mask, keep, False, b"AminmaxBackward0")
    high = extreme(input, mask, keep, True, b"AminmaxBackward0")
    if out is not None:
        out = two_outputs(out, b"aminmax")
        for part in out:
            _check_type(part, low, b"aminmax")
        low = store_out(low, out[0], b"aminmax", recording(input))
        return return_types.aminmax_out((low, store_out(high, out[1], b"aminmax", recording(input))))
    return return_types.aminmax((low, high))


aminmax_fn = op(aminmax, family="reduce", samples=lambda r: [(r(3, 4),), (r(3, 4), {"dim": 1}), (r(3, 4), {"dim": -2, "keepdim": True})])

# max, min: three forms ----------------------------------------------------------------------------------------------
cdef int _chosen_vjp(Node n, Tensor g, Run run) except -1:
    """The gradient of values goes back to the places that the indices name."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, put(g, saved_tensor(n, 0), <int>n.i0, ndim, shape))


cdef object _max_pair = return_types.max, _min_pair = return_types.min


cdef object _extreme_dim(Tensor a, object dim, bint keepdim, object out, bint largest):
    """Values and first indices of the extremes along one dimension."""
    cdef const char* name = b"max" if largest else b"min"
    cdef int at = one_dim(dim, a.ndim_, name)
    cdef uint64_t mask = <uint64_t>1 << at
    cdef Tensor values, indices
    cdef Node n
    cdef object kind = _max_pair if largest else _min_pair
    _check_not_empty(a, mask, name, False)
    values = new_reduced(a, mask, keepdim, a.code)
    indices = new_reduced(a, mask, keepdim, INT64)
    reduce_into(RED_ARGMAX if largest else RED_ARGMIN, foldable(a, name), mask, values, FIN_VALUE, indices, FIN_INDEX)
    if out is not None:
        return store_pair(kind, values, indices, out, name, recording(a))
    if recording(a):
        n = record(values, _chosen_vjp, b"MaxBackward0" if largest else b"MinBackward0", a)
        n.i0 = at
        save(n, 0, indices)
    return pair_of(kind, values, indices)


cdef object max_fn, min_fn


cdef object _extreme_op(object fn, Tensor input, object dim, object keepdim, object out, object other, bint largest):
    cdef const char* name = b"max" if largest else b"min"
    cdef Tensor y
    if other is None and isinstance(dim, Tensor):
        other = dim
        dim = None
    if not is_plain(input) or thread_state().modes or other is not None and not is_plain(other):
        args = (input, other) if other is not None else (input,) if dim is None else (input, dim, keepdim)
        result = slow_call(fn, args, {} if out is None else {"out": out})
        if result is not passed:
            return result
    if other is not None:
        return OPS["maximum" if largest else "minimum"].function(input, other, out=out)
    if dim is not None:
        return _extreme_dim(input, dim, flag(keepdim, name), out, largest)
    _check_not_empty(input, 0, name, True)
    y = extreme(input, all_dims(input.ndim_), False, largest, b"MaxBackward1" if largest else b"MinBackward1")
    return y if out is None else store_out(y, out, name, recording(input))


def max_function(Tensor input not None, dim=None, keepdim=False, *, out=None, other=None):
    """max(input) -> Tensor; max(input, dim, keepdim=False) -> (values, indices); max(input, other) -> Tensor

    The largest element of all; the largest along `dim` with its (first) index; or the larger of two tensors, elementwise.
    NaN wins. RuntimeError or IndexError over nothing.

    >>> import lucet
    >>> lucet.max(lucet.tensor([[1., 5.], [3., 2.]]), 1).indices
    tensor([1, 0])
    """
    return _extreme_op(max_fn, input, dim, keepdim, out, other, True)


def min_function(Tensor input not None, dim=None, keepdim=False, *, out=None, other=None):
    """min(input) -> Tensor; min(input, dim, keepdim=False) -> (values, indices); min(input, other) -> Tensor

    The smallest element of all; the smallest along `dim` with its (first) index; or the smaller of two tensors, elementwise.
    NaN wins. RuntimeError or IndexError over nothing.

    >>> import lucet
    >>> lucet.min(lucet.tensor([[1., 5.], [3., 2.]]), 1).values
    tensor([1., 2.])
    """
    return _extreme_op(min_fn, input, dim, keepdim, out, other, False)


max_fn = op(max_function, name="max", formula="amax(input)", family="reduce", samples=lambda r: [(r(3, 4),), (r(),)])
min_fn = op(min_function, name="min", formula="amin(input)", family="reduce", samples=lambda r: [(r(3, 4),), (r(),)])

# argmax, argmin -----------------------------------------------------------------------------------------------------
cdef object argmax_fn, argmin_fn


cdef object _arg_op(object fn, Tensor input, object dim, object keepdim, Tensor out, bint largest):
    cdef const char* name = b"argmax" if largest else b"argmin"
    cdef uint64_t mask
    cdef Tensor y, x
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input, dim, keepdim), _given(None, out))
        if result is not passed:
            return result
    if input.code == BOOL:
        raise error(DtypeError, f"{name.decode()}(): does not support bool input", fix="input.to(lucet.uint8)")
    if dim is None:
        if input.numel_ == 0:
            raise IndexError(f"{name.decode()}(): Expected reduction dim to be specified for input.numel() == 0.")
        mask = all_dims(input.ndim_)
        x = contiguous(input)                # one index counts through all elements in row-major order
    else:
        if isinstance(dim, (tuple, list)):
            raise TypeError(f"{name.decode()}(): argument 'dim' must be int, not {type(dim).__name__}")
        mask = <uint64_t>1 << one_dim(dim, input.ndim_, name)
        _check_not_empty(input, mask, name, False)
        x = input
    y = new_reduced(input, mask, flag(keepdim, name), INT64)
    reduce_into(RED_ARGMAX if largest else RED_ARGMIN, foldable(x, name), mask, y, FIN_INDEX)
    return y if out is None else store_same(y, out, name, False)


def argmax(Tensor input not None, dim=None, keepdim=False, *, Tensor out=None):
    """argmax(input, dim=None, keepdim=False) -> Tensor

    The first index of the largest element along `dim`, or in row-major order over all, as int64. NaN wins.

    >>> import lucet
    >>> lucet.argmax(lucet.tensor([[1., 5.], [3., 2.]]), 1)
    tensor([1, 0])
    """
    return _arg_op(argmax_fn, input, dim, keepdim, out, True)


def argmin(Tensor input not None, dim=None, keepdim=False, *, Tensor out=None):
    """argmin(input, dim=None, keepdim=False) -> Tensor

    The first index of the smallest element along `dim`, or in row-major order over all, as int64. NaN wins.

    >>> import lucet
    >>> lucet.argmin(lucet.tensor([[1., 5.], [3., 2.]]), 1)
    tensor([0, 1])
    """
    return _arg_op(argmin_fn, input, dim, keepdim, out, False)


argmax_fn = op(argmax, formula="argmax(input, axis=dim, keepdims=keepdim)", grad="no", dtypes="no bool", family="reduce",
               samples=lambda r: [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), -1, True), (r(),)])
argmin_fn = op(argmin, formula="argmin(input, axis=dim, keepdims=keepdim)", grad="no", dtypes="no bool", family="reduce",
               samples=lambda r: [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), -1, True), (r(),)])
