# Variances and norms.

# var, std, var_mean, std_mean ---------------------------------------------------------------------------------------
cdef int _var_vjp(Node n, Tensor g, Run run) except -1:
    """d var / dx = 2 (x - mean) / (n - correction); of a standard deviation that over 2 std, zero where std is zero."""
    cdef Tensor x = saved_tensor(n, 0), y, slope, mean, gm
    cdef uint64_t mask = <uint64_t>n.i0, present = <uint64_t>n.i1
    cdef double count = <double>count_in(x, mask), free_ = count - n.d0
    cdef Tensor total = None
    slope = grad_of(run, n, 0) if n.num_outputs > 1 else g
    if slope is not None:
        if n.d1:
            y = saved_tensor(n, 1)
            slope = where(OPS["eq"].function(y, 0), 0.0, div(slope, mul(y, 2)))
        mean = mean_dims(x, mask, True)
        slope = mul(slope, 2 / free_ if free_ > 0 else NAN if free_ == 0 else INFINITY)
        total = mul(sub(x, mean), spread(slope, mask, present, x.ndim_, x.shape_))
    gm = grad_of(run, n, 1) if n.num_outputs > 1 else None
    if gm is not None:
        gm = spread(div(gm, count), mask, present, x.ndim_, x.shape_)
        total = gm if total is None else add(total, gm)
    return give(run, n, 0, total)


cdef tuple _var_args(str name, object dim, object unbiased, object keepdim, object correction):
    """dim, correction, keepdim from both of torch's forms: (dim, unbiased, keepdim), where a lone bool is `unbiased`, and (dim, *, correction)."""
    if isinstance(dim, bool):
        if unbiased is not None:
            raise TypeError(f"{name}(): argument 'dim' must be int or tuple of ints, not bool")
        unbiased = dim
        dim = None
    if unbiased is not None:
        if correction is not None:
            raise TypeError(f"{name}() received an invalid combination of arguments: both 'unbiased' and 'correction'")
        if not isinstance(unbiased, bool):
            raise TypeError(f"{name}(): argument 'unbiased' must be bool, not {type(unbiased).__name__}")
        return dim, 1.0 if unbiased else 0.0, keepdim
    return dim, 1.0 if correction is None else float(correction), keepdim


cdef bint reduces_to_nothing(Tensor a, uint64_t mask) noexcept:
    """Whether a dimension that stays has no elements: then torch counts none in those that go."""
    cdef int i
    for i in range(a.ndim_):
        if not (mask >> i) & 1 and a.shape_[i] == 0:
            return True
    return False


cdef double SMALLEST_SQUARED = 1e-17           # its square and those of smaller ones lose digits in single precision


cdef object _variance(Tensor a, object dim, double correction, bint keepdim, bint root, bint with_mean, const char* name):
    """Variance or standard deviation, with the mean if asked for, in two walks over the elements."""
    cdef uint64_t mask
    cdef Py_ssize_t count
    cdef Tensor y, mean = None
    cdef Node n
    cdef double free_
    if a.code < FLOAT16:
        raise error(DtypeError, f"{name.decode()}: std and var only support floating point and complex dtypes", facts=[f"input {describe(a)}"], fix="input.float()")
    mask = dims_mask(dim, a.ndim_, name)
    count = count_in(a, mask)
    free_ = <double>count - correction
    if free_ <= 0 or correction >= 0 and reduces_to_nothing(a, mask):
        warnings.warn(
            f"{name.decode()}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            "(input numel divided by output numel).", UserWarning, stacklevel=2,
        )
        free_ = max(free_, 0)
    if with_mean:
        mean = new_reduced(a, mask, keepdim, a.code)
    if a.code >= COMPLEX64:
        y = _complex_variance(a, mask, keepdim, root, mean, free_)
    else:
        y = new_reduced(a, mask, keepdim, a.code)
        reduce_into(RED_DEV, foldable(a, name), mask, y, FIN_STD if root else FIN_VAR, mean, FIN_CENTRE, free_)
        if root and a.code < FLOAT64 and not is_meta(a) and _squares_were_lost(y, a):
            reduce_into(RED_DEV, converted(a, FLOAT64), mask, y, FIN_STD, mean, FIN_CENTRE, free_)
    if recording(a):
        n = new_node(_var_vjp, _var_label(root, with_mean), 1)
        connect(n, 0, a)
        n.i0 = <Py_ssize_t>mask
        n.i1 = <Py_ssize_t>(mask if keepdim else 0)
        n.d0 = correction
        n.d1 = root
        save(n, 0, a)
        set_history(n, y, 0)
        if root:
            save_output(n, 1, y)
        if with_mean:
            set_history(n, mean, 1)
    return (y, mean) if with_mean else y


cdef bint _squares_were_lost(Tensor y, Tensor a) except -1:
    """Whether single precision holds one of the standard deviations of `a` and not its square, which the loops add up."""
    cdef double only, largest
    cdef bint zeros
    if y.numel_ == 1:
        only = y.item()
        if only == INFINITY or 0 < only < SMALLEST_SQUARED:
            return True
        zeros = only == 0
    else:
        small = OPS["logical_and"].function(OPS["gt"].function(y, 0), OPS["lt"].function(y, SMALLEST_SQUARED))
        if OPS["any"].function(OPS["logical_or"].function(small, OPS["eq"].function(y, INFINITY))):
            return True
        zeros = OPS["any"].function(OPS["eq"].function(y, 0))
    if not zeros:
        return False
    largest = norm_dims(a.detach(), INFINITY, all_dims(a.ndim_), False).item()     # beside larger elements a small deviation is rounding
    return 0 < largest < 1e-14


cdef Tensor _complex_variance(Tensor a, uint64_t mask, bint keepdim, bint root, Tensor mean, double free_):
    """The variances of both parts together: what |z - mean|**2 sums up to."""
    cdef uint64_t those = beside_parts(a, mask)
    cdef Tensor x = parts_of(a), each = new_reduced(x, those, keepdim, x.code), y
    cdef int last = each.ndim_ - 1
    reduce_into(RED_DEV, x, those, each, FIN_VAR, None if mean is None else parts_of(mean), FIN_CENTRE, free_)
    y = new_reduced(each, <uint64_t>1 << last, False, each.code)
    reduce_into(RED_SUM, each, <uint64_t>1 << last, y, FIN_SQRT if root else FIN_VALUE)
    return y


cdef const char* _var_label(bint root, bint with_mean) noexcept:
    if with_mean:
        return b"StdMeanBackward0" if root else b"VarMeanBackward0"
    return b"StdBackward0" if root else b"VarBackward0"


cdef object _var_op(object fn, Tensor input, object dim, object unbiased, object keepdim, object correction, Tensor out, bint root, bint with_mean):
    cdef const char* name = (b"std_mean" if root else b"var_mean") if with_mean else b"std" if root else b"var"
    cdef double ddof
    dim, ddof, keepdim = _var_args(name.decode(), dim, unbiased, keepdim, correction)
    if not is_plain(input) or thread_state().modes:
        result = slow_call(fn, (input, dim), {"correction": ddof, "keepdim": keepdim} | _given(None, out))
        if result is not passed:
            return result
    y = _variance(input, dim, ddof, flag(keepdim, name), root, with_mean, name)
    return y if out is None else store_out(y, out, name, recording(input))


cdef object var_fn, std_fn, var_mean_fn, std_mean_fn


def var(Tensor input not None, dim=None, unbiased=None, keepdim=False, *, correction=None, Tensor out=None):
    """var(input, dim=None, *, correction=1, keepdim=False, out=None) -> Tensor

    Sum of squared deviations from the mean over (n - correction), over `dim` (an int, a tuple, or None for all). `unbiased` is the
    older spelling of a correction of 1 or 0. DtypeError for integers; a warning where n <= correction.

    >>> import lucet
    >>> lucet.var(lucet.tensor([1., 2., 3., 4.]), correction=0)
    tensor(1.2500)
    """
    return _var_op(var_fn, input, dim, unbiased, keepdim, correction, out, False, False)


def std(Tensor input not None, dim=None, unbiased=None, keepdim=False, *, correction=None, Tensor out=None):
    """std(input, dim=None, *, correction=1, keepdim=False, out=None) -> Tensor

    The square root of `var`.

    >>> import lucet
    >>> lucet.std(lucet.tensor([1., 3.]), correction=0)
    tensor(1.)
    """
    return _var_op(std_fn, input, dim, unbiased, keepdim, correction, out, True, False)


def var_mean(Tensor input not None, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """var_mean(input, dim=None, *, correction=1, keepdim=False) -> (Tensor, Tensor)

    `var` and `mean` from one pass.

    >>> import lucet
    >>> lucet.var_mean(lucet.tensor([1., 3.]), correction=0)
    (tensor(1.), tensor(2.))
    """
    return _var_op(var_mean_fn, input, dim, unbiased, keepdim, correction, None, False, True)


def std_mean(Tensor input not None, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """std_mean(input, dim=None, *, correction=1, keepdim=False) -> (Tensor, Tensor)

    `std` and `mean` from one pass.

    >>> import lucet
    >>> lucet.std_mean(lucet.tensor([1., 3.]), correction=0)
    (tensor(1.), tensor(2.))
    """
    return _var_op(std_mean_fn, input, dim, unbiased, keepdim, correction, None, True, True)


@also_complex
def _spreads(r):
    return [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), (0, 2))]


var_fn = op(var, formula="var(input, axis=dim, ddof=1)", family="reduce", samples=_spreads, dtypes="floats and complex")
std_fn = op(std, formula="std(input, axis=dim, ddof=1)", family="reduce", samples=_spreads, dtypes="floats and complex")
var_mean_fn = op(var_mean, method=False, family="reduce", samples=_spreads, dtypes="floats and complex")
std_mean_fn = op(std_mean, method=False, family="reduce", samples=_spreads, dtypes="floats and complex")

# norms --------------------------------------------------------------------------------------------------------------
cdef int _norm_vjp(Node n, Tensor g, Run run) except -1:
    """x |x|**(p - 2) (g / norm**(p - 1)), and zero where the norm is zero; extremes share the gradient."""
    cdef Tensor x = saved_tensor(n, 0), y = saved_tensor(n, 1), at, share
    cdef uint64_t mask = <uint64_t>n.i0, present = <uint64_t>n.i1
    cdef double p = n.d0
    cdef object absolute = OPS["abs"].function, sign = OPS["sgn"].function, power = OPS["pow"].function
    if p == 0:
        return give(run, n, 0, mul(x, 0))
    if p == INFINITY or p == -INFINITY:
        at = converted(_places_of(absolute(x.detach()), spread(y.detach(), mask, present, x.ndim_, x.shape_)), g.code)
        share = div(g, _sum_masked(at, mask, present, at.code, b""))
        return give(run, n, 0, mul(mul(at, sign(x)), spread(share, mask, present, x.ndim_, x.shape_)))
    if p == 1:
        return give(run, n, 0, mul(sign(x), spread(g, mask, present, x.ndim_, x.shape_)))
    if p == 2:
        share = where(OPS["eq"].function(y, 0), 0.0, div(g, y))
        return give(run, n, 0, mul(x, spread(share, mask, present, x.ndim_, x.shape_)))
    share = where(OPS["eq"].function(y, 0), 0.0, div(g, power(y, p - 1)))
    share = spread(share, mask, present, x.ndim_, x.shape_)
    if p > 2:
        return give(run, n, 0, mul(mul(x, power(absolute(x), p - 2)), share))
    steep = where(OPS["eq"].function(x, 0), 0.0, power(absolute(x), p - 1)) if p < 1 else power(absolute(x), p - 1)
    return give(run, n, 0, mul(mul(sign(x), steep), share))


cdef Tensor norm_dims(Tensor a, double p, uint64_t mask, bint keepdim):
    """(sum of |a|**p)**(1/p) over `mask`; p may be 0 (how many are not zero) or infinite (extremes)."""
    cdef Tensor x, y
    cdef Node n
    cdef int kernel = RED_SUMPOW, how = FIN_ROOT
    cdef bint alone = p != 0 and count_in(a, mask) == 1
    if alone:                                # its magnitude, which its powers may leave the range of
        kernel, how = RED_MAXABS, FIN_VALUE
    elif p == 2:
        kernel, how = RED_SUMSQ, FIN_SQRT
    elif p == 1:
        kernel, how = RED_SUMABS, FIN_VALUE
    elif p == INFINITY:
        kernel, how = RED_MAXABS, FIN_VALUE
    elif p == -INFINITY:
        kernel, how = RED_MINABS, FIN_VALUE
    if p == 0:
        x = new_reduced(a, mask, keepdim, INT64)
        reduce_into(RED_NONZERO, whole(a, b"norm"), mask, x, FIN_VALUE)
        y = converted(x, real_of[a.code])
    elif mask == all_dims(a.ndim_) and not keepdim and a.code >= FLOAT32 and not (alone and a.code >= COMPLEX64) and _is_short(a):
        y = _fold_all(a, kernel, how, a.code, p)
    elif a.code >= COMPLEX64:
        y = new_reduced(a, mask, keepdim, real_of[a.code])
        if p == 2 and not alone:             # both parts are squared and summed: one dimension more
            reduce_into(kernel, parts_of(a), beside_parts(a, mask) | <uint64_t>1 << a.ndim_, y, how, None, 0, p)
        else:
            reduce_into(kernel, OPS["abs"].function(a.detach()), mask, y, how, None, 0, p)
    else:
        y = new_reduced(a, mask, keepdim, a.code)
        reduce_into(kernel, foldable(a, b"norm"), mask, y, how, None, 0, p)
    if recording(a):
        n = record(y, _norm_vjp, b"LinalgVectorNormBackward0", a)
        n.i0 = <Py_ssize_t>mask
        n.i1 = <Py_ssize_t>(mask if keepdim else 0)
        n.d0 = p
        save(n, 0, a)
        save_output(n, 1, y)
    return y


cdef Tensor _checked_norm(Tensor input, double p, object dim, object keepdim, object dtype):
    cdef uint64_t mask
    cdef int d
    if input.code < FLOAT16:
        raise error(
            DtypeError, f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {dtype_object(input.code)._name}",
            fix="input.float()",
        )
    if dtype is not None:
        if category_of[code_of(dtype)] != category_of[input.code]:
            kind = "complex for complex inputs" if input.code >= COMPLEX64 else "floating point"
            raise error(DtypeError, f"linalg.vector_norm: dtype should be {kind}, got {dtype_object(code_of(dtype))._name}")
        if promote(input.code, code_of(dtype)) != code_of(dtype):
            raise error(DtypeError, f"linalg.vector_norm: the dtype of the input ({dtype_object(input.code)._name}) should be convertible without narrowing to the specified dtype ({dtype_object(code_of(dtype))._name})")
        input = cast_to(input, code_of(dtype))
    mask = dims_mask(dim, input.ndim_, b"linalg.vector_norm")
    if count_in(input, mask) == 0 and (p < 0 or p == INFINITY):
        if dim is None or input.ndim_ == 0:
            raise error(ShapeError, f"linalg.vector_norm cannot compute the {p:g} norm on an empty tensor because the operation does not have an identity")
        for d in range(input.ndim_):
            if mask >> d & 1 and input.shape_[d] == 0:
                raise error(ShapeError, f"linalg.vector_norm cannot compute the {p:g} norm on the dimension {d} because this dimension is empty and the operation does not have an identity")
    return norm_dims(input, p, mask, flag(keepdim, b"linalg.vector_norm"))


cdef object vector_norm_fn, norm_fn


def vector_norm(Tensor x not None, ord=2, dim=None, keepdim=False, *, dtype=None, Tensor out=None):
    """vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor

    (sum of |x|**ord)**(1/ord) over `dim` (an int, a tuple, or None for all). `ord` 0 counts what is not zero, inf and -inf give
    the extremes of |x|. DtypeError for integers.

    >>> import lucet
    >>> lucet.linalg.vector_norm(lucet.tensor([3., 4.]))
    tensor(5.)
    """
    cdef Tensor y
    if not is_plain(x) or thread_state().modes:
        result = slow_call(vector_norm_fn, (x, ord, dim, keepdim), _given(dtype, out))
        if result is not passed:
            return result
    if isinstance(ord, (str, Tensor)) or not hasattr(type(ord), "__float__"):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' must be Number, not {type(ord).__name__}")
    y = _checked_norm(x, float(ord), dim, keepdim, dtype)
    return y if out is None else store_same(y, out, b"linalg.vector_norm", recording(x))


vector_norm_fn = op(
    vector_norm, method=False, public=False, also="linalg", family="reduce", dtypes="floats and complex",
    samples=also_complex(lambda r: [(r(3, 4),), (r(3, 4), 2, 0), (r(2, 3, 4), 1, (0, 2)), (r(3, 4), float("inf"), 1, True), (r(3, 4), 3.0), (r(3, 4), 0.5, 1), (r(),)]),
)


def norm(Tensor input not None, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None) -> Tensor

    The p-norm (sum of |input|**p)**(1/p) over `dim` (an int, a tuple, or None for all); "fro" and None are 2.
    DtypeError for integers, ValueError for "nuc".

    >>> import lucet
    >>> lucet.norm(lucet.tensor([[3., 4.], [6., 8.]]), dim=1)
    tensor([ 5., 10.])
    """
    cdef Tensor y
    if not is_plain(input) or thread_state().modes:
        result = slow_call(norm_fn, (input, p, dim, keepdim), _given(dtype, out))
        if result is not passed:
            return result
    if isinstance(p, str) and p != "fro":
        matrices = tuple(range(input.ndim_)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
        return OPS["linalg_matrix_norm"].function(input, p, matrices, keepdim, **_given(dtype, out))
    y = _checked_norm(input, 2.0 if p is None or isinstance(p, str) else float(p), dim, keepdim, dtype)
    return y if out is None else store_same(y, out, b"norm", recording(input))


norm_fn = op(norm, family="reduce", dtypes="floats and complex",
             samples=also_complex(lambda r: [(r(3, 4),), (r(3, 4), 2, 0), (r(2, 3, 4), 1, (0, 2)), (r(3, 4), float("inf"), 1, True), (r(3, 4), 3.0), (r(),)]))
