# Losses of two operands that broadcast: squares, distances, their mixtures, and binary cross-entropy.

cdef struct Pairs:
    int kind, slot, size
    const char* a
    const char* b
    const char* g
    char* out
    double* partial
    double p, scale
    Py_ssize_t n, step


cdef void _pairs_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Pairs* j = <Pairs*>context
    cdef Py_ssize_t at = task * PIECE, n = PIECE if at + PIECE < j.n else j.n - at
    if j.partial != NULL:
        j.partial[task] = K.loss_total[j.kind][j.slot](j.a + at * j.size, j.b + at * j.size, n, j.p)
    elif j.g == NULL:
        K.loss_terms[j.kind][j.slot](j.a + at * j.size, j.b + at * j.size, j.out + at * j.size, n, j.p)
    else:
        K.loss_slopes[j.kind][j.slot](
            j.a + at * j.size, j.b + at * j.size, j.g + at * j.step * j.size, j.step, j.out + at * j.size, n, j.p, j.scale
        )


cdef void _run_pairs(Pairs* j, Tensor a, Tensor b) noexcept:
    j.slot = _slot(a.code)
    j.size = itemsize_of[a.code]
    j.a = data_of(a)
    j.b = data_of(b)
    j.n = a.numel_
    if j.n == 0:
        return
    if j.n <= PIECE:
        _pairs_task(j, 0, 0)
        return
    run_unlocked((j.n + PIECE - 1) // PIECE, _pairs_task, j)


cdef Tensor _operand(Tensor t, int code, Tensor like):
    """One side of the loss: in the loops' type, broadcast, contiguous; no history."""
    cdef int before = thread_state().grad_enabled
    t = converted(t, code)
    if not same_shape(t, like):
        thread_state().grad_enabled = 0
        try:
            t = expand_to(t, like.ndim_, like.shape_)
        finally:
            thread_state().grad_enabled = before
    return contiguous(t)


cdef Tensor _total(Pairs* j, Tensor a, Tensor b, bint mean, int code):
    """Partial sums of fixed pieces, then their sum."""
    cdef Py_ssize_t pieces = (a.numel_ + PIECE - 1) // PIECE
    cdef Tensor partial = empty_tensor(FLOAT64, 1, &pieces, CPU)
    cdef double total
    j.partial = <double*>data_of(partial)
    _run_pairs(j, a, b)
    total = K.loss_sum[1](data_of(partial), pieces)
    return _scalar(total / a.numel_ if mean else total, code)


cdef Tensor pair_loss(int kind, Tensor a, Tensor b, double p, int reduction, const char* label, str op_name):
    """Recorded loss of two operands that broadcast; `p` is the kind's own parameter."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = broadcast2(a, b, shape, op_name.encode())
    # both take the shape of the result before types are promoted, so that a tensor of no dimensions counts like the other
    cdef int code = result_code(a, b) if kind == LOSS_HUBER else promote(a.code, b.code), loop = _loop_code(code)
    cdef Tensor like = empty_tensor(code, ndim, shape, META), y, x, z
    cdef Pairs j
    cdef Node n
    if code < FLOAT16 or code > FLOAT64:
        raise error(DtypeError, f"{op_name}: not implemented for {dtype_object(code)._name}", fix="input.float(), target.float()")
    if is_meta(a) or is_meta(b):
        y = like if reduction == NONE else empty_tensor(code, 0, NULL, META)
    else:
        x = _operand(a, loop, like)
        z = _operand(b, loop, like)
        j.kind = kind
        j.p = p
        j.g = NULL
        j.partial = NULL
        if reduction == NONE:
            y = empty_tensor(loop, ndim, shape, CPU)
            j.out = data_of(y)
            _run_pairs(&j, x, z)
            y = converted(y, code)
        else:
            y = _total(&j, x, z, reduction == MEAN, code)
    if recording2(a, b):
        n = new_node(pair_vjp, label, 2)
        connect(n, 0, a)
        connect(n, 1, b)
        save(n, 0, a)
        save(n, 1, b)
        n.extra = like
        n.i0 = kind
        n.i1 = reduction
        n.d0 = p
        set_history(n, y, 0)
    return y


cdef int pair_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor a = saved(n, 0), b = saved(n, 1), like = n.extra, slope
    if recording2(g, a) or recording(b):
        return _composed_slopes(n, g, a, b, like, run)
    if needs(n, 0) or n.i0 != LOSS_BINARY:
        slope = _slopes(n, g, a, b, like)
        give(run, n, 0, slope)
        if n.i0 != LOSS_BINARY and needs(n, 1):
            give(run, n, 1, neg(slope))
    if n.i0 == LOSS_BINARY and needs(n, 1):
        give(run, n, 1, _binary_target_slope(_spread_out(g, n, like), a))
    return 0


cdef Tensor _slopes(Node n, Tensor g, Tensor a, Tensor b, Tensor like):
    cdef int loop = _loop_code(like.code)
    cdef Tensor x, z, w, dx
    cdef Pairs j
    if is_meta(g) or is_meta(a) or is_meta(b):
        return empty_tensor(like.code, like.ndim_, like.shape_, META)
    x = _operand(a, loop, like)
    z = _operand(b, loop, like)
    w = contiguous(converted(g, loop))
    dx = empty_tensor(loop, like.ndim_, like.shape_, CPU)
    j.kind = <int>n.i0
    j.p = n.d0
    j.g = data_of(w)
    j.step = 1 if n.i1 == NONE else 0
    j.scale = 1 / <double>like.numel_ if n.i1 == MEAN and like.numel_ else 1
    j.partial = NULL
    j.out = data_of(dx)
    _run_pairs(&j, x, z)
    return converted(dx, like.code)


cdef Tensor _spread_out(Tensor g, Node n, Tensor like):
    """The gradient of each term, recorded."""
    if n.i1 == MEAN:
        g = div(g, float(like.numel_))
    return g if n.i1 == NONE else expand_to(g, like.ndim_, like.shape_)


cdef Tensor _binary_target_slope(Tensor each, Tensor a):
    log = OPS["log"].function
    return mul(each, sub(log(sub(1, a)), log(a)))


cdef Tensor _clamped(Tensor z, double limit):
    """z within limits; its gradient is 0 at the limits too, where clamp's is 1."""
    cdef Tensor held = OPS["clamp"].function(z.detach(), -limit, limit)
    return where(OPS["lt"].function(OPS["abs"].function(held), limit), z, held)


cdef int _composed_slopes(Node n, Tensor g, Tensor a, Tensor b, Tensor like, Run run) except -1:
    """The gradients in ops, as functions of g and both operands."""
    cdef Tensor each = _spread_out(g, n, like), z = sub(cast_to(a, like.code), cast_to(b, like.code)), slope
    clamp = OPS["clamp"].function
    if n.i0 == LOSS_SQUARE:
        slope = mul(z, 2)
    elif n.i0 == LOSS_DISTANCE:
        slope = OPS["sign"].function(z)
    elif n.i0 == LOSS_SMOOTH:
        slope = _clamped(div(z, n.d0), 1)
    elif n.i0 == LOSS_HUBER:
        slope = _clamped(z, n.d0)
    else:
        slope = div(z, clamp(mul(sub(1, a), a), 1e-12))
    slope = mul(slope, each)
    if needs(n, 0):
        give(run, n, 0, slope)
    if needs(n, 1):
        give(run, n, 1, _binary_target_slope(each, a) if n.i0 == LOSS_BINARY else neg(slope))
    return 0


cdef void _warn_sizes(Tensor input, Tensor target):
    if not same_shape(input, target):
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely lead to incorrect "
            "results due to broadcasting. Please ensure they have the same size.",
            UserWarning, stacklevel=1,
        )


cdef int _check_weights(Tensor input, Tensor weight) except -1:
    if weight is not None and not same_shape(input, weight):
        raise ValueError("Weights and input must have the same size.")
    return 0


cdef Tensor _weighted(Tensor terms, Tensor weight, int reduction):
    """Terms times weights; the mean is over the weights' sum."""
    terms = mul(terms, weight)
    if reduction == MEAN:
        return div(_reduced(terms, SUM), sum_dims(weight, all_dims(weight.ndim_), False))
    return _reduced(terms, reduction)


cdef object mse_loss_fn, l1_loss_fn, smooth_l1_loss_fn, huber_loss_fn, binary_cross_entropy_fn, with_logits_fn


def mse_loss(Tensor input not None, Tensor target not None, size_average=None, reduce=None, reduction="mean", Tensor weight=None):
    """mse_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None) -> Tensor

    (input - target)**2, its mean, sum or every element. With `weight` each square is multiplied, and the mean divided by the sum of
    the weights. Warns where the sizes differ (they broadcast). `size_average` and `reduce` are older names of the reduction and warn.

    Shape: any, the same; a scalar unless reduction is "none". Raises: ValueError for another reduction or size of weights, DtypeError.

    >>> import lucet, lucet.nn.functional as F
    >>> F.mse_loss(lucet.tensor([1., 2.]), lucet.tensor([1., 4.]))
    tensor(2.)
    """
    cdef int how
    if not _plain(input, target, weight):
        result = slow_call(mse_loss_fn, (input, target, size_average, reduce, reduction, weight), {})
        if result is not passed:
            return result
    _warn_sizes(input, target)
    how = reduction_of(reduction, size_average, reduce)
    _check_weights(input, weight)
    if weight is not None:
        return _weighted(pair_loss(LOSS_SQUARE, input, target, 0, NONE, b"MseLossBackward0", "mse_loss"), weight, how)
    return pair_loss(LOSS_SQUARE, input, target, 0, how, b"MseLossBackward0", "mse_loss")


def l1_loss(Tensor input not None, Tensor target not None, size_average=None, reduce=None, reduction="mean", Tensor weight=None):
    """l1_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None) -> Tensor

    abs(input - target), its mean, sum or every element; arguments as in `mse_loss`. Integers and complex numbers are taken too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.l1_loss(lucet.tensor([1., 2.]), lucet.tensor([1., 4.]))
    tensor(1.)
    """
    cdef int how
    if not _plain(input, target, weight):
        result = slow_call(l1_loss_fn, (input, target, size_average, reduce, reduction, weight), {})
        if result is not passed:
            return result
    _warn_sizes(input, target)
    how = reduction_of(reduction, size_average, reduce)
    _check_weights(input, weight)
    return _l1(input, target, weight, how)


cdef Tensor _l1(Tensor input, Tensor target, Tensor weight, int how):
    cdef int code = result_code(input, target)
    if input.code == BOOL or target.code == BOOL:
        raise error(
            DtypeError, "l1_loss: Subtraction, the `-` operator, with a bool tensor is not supported",
            facts=[f"input {describe(input)}, target {describe(target)}"], fix="input.float(), target.float()",
        )
    if code < FLOAT16 or code >= COMPLEX64:
        terms = OPS["abs"].function(sub(input, target))
        if weight is not None:
            return _weighted(terms, weight, how)
        return OPS["mean"].function(terms) if how == MEAN else _reduced(terms, how)
    if weight is not None:
        return _weighted(pair_loss(LOSS_DISTANCE, input, target, 0, NONE, b"AbsBackward0", "l1_loss"), weight, how)
    label = b"AbsBackward0" if how == NONE else b"SumBackward0" if how == SUM else b"MeanBackward0"
    return pair_loss(LOSS_DISTANCE, input, target, 0, how, label, "l1_loss")


def smooth_l1_loss(Tensor input not None, Tensor target not None, size_average=None, reduce=None, reduction="mean", double beta=1.0):
    """smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0) -> Tensor

    With d = abs(input - target): d**2 / (2 beta) where d < beta, d - beta / 2 elsewhere. Arguments as in `mse_loss`; RuntimeError for a
    negative beta. Source: Girshick, Fast R-CNN, 2015, equation 3.

    >>> from lucet._ops import smooth_l1_loss
    >>> import lucet
    >>> smooth_l1_loss(lucet.tensor([1., 2.]), lucet.tensor([1.5, 4.]), reduction="none")
    tensor([0.1250, 1.5000])
    """
    cdef int how
    if not _plain(input, target, None):
        result = slow_call(smooth_l1_loss_fn, (input, target, size_average, reduce, reduction, beta), {})
        if result is not passed:
            return result
    _warn_sizes(input, target)
    how = reduction_of(reduction, size_average, reduce)
    if beta == 0:
        return _l1(input, target, None, how)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    return pair_loss(LOSS_SMOOTH, input, target, beta, how, b"SmoothL1LossBackward0", "smooth_l1_loss")


def huber_loss(Tensor input not None, Tensor target not None, reduction="mean", double delta=1.0, Tensor weight=None):
    """huber_loss(input, target, reduction='mean', delta=1.0, weight=None) -> Tensor

    With d = abs(input - target): d**2 / 2 where d <= delta, delta (d - delta / 2) elsewhere, times `weight`; the mean is over the number
    of elements. RuntimeError for a delta that is not positive. Source: Huber, Robust estimation of a location parameter, 1964.

    >>> from lucet._ops import huber_loss
    >>> import lucet
    >>> huber_loss(lucet.tensor([1., 2.]), lucet.tensor([1.5, 4.]), reduction="none")
    tensor([0.1250, 1.5000])
    """
    cdef int how
    if not _plain(input, target, weight):
        result = slow_call(huber_loss_fn, (input, target, reduction, delta, weight), {})
        if result is not passed:
            return result
    _warn_sizes(input, target)
    how = reduction_of(reduction, None, None)
    _check_weights(input, weight)
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    target = cast_to(target, input.code)
    if weight is None:
        return pair_loss(LOSS_HUBER, input, target, delta, how, b"HuberLossBackward0", "huber_loss")
    return _reduced(mul(pair_loss(LOSS_HUBER, input, target, delta, NONE, b"HuberLossBackward0", "huber_loss"), weight), how)


cdef bint _within_unit(Tensor x):
    """Whether every element is in 0..1; NaN is not."""
    if is_meta(x) or x.numel_ == 0:
        return True
    inside = OPS["logical_and"].function(OPS["ge"].function(x, 0), OPS["le"].function(x, 1))
    return bool(OPS["all"].function(inside))


def binary_cross_entropy(
    Tensor input not None, Tensor target not None, Tensor weight=None, size_average=None, reduce=None, reduction="mean"
):
    """binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction='mean') -> Tensor

    -(target * log(input) + (1 - target) * log(1 - input)) of probabilities, logarithms cut off at -100, times `weight` (which broadcasts).

    Shape: any, the same for input and target.
    Raises: ValueError where they differ, RuntimeError for an input or target outside 0..1, DtypeError.

    >>> from lucet._ops import binary_cross_entropy
    >>> import lucet
    >>> binary_cross_entropy(lucet.tensor([0.5]), lucet.tensor([1.]))
    tensor(0.6931)
    """
    cdef int how
    if not _plain(input, target, weight):
        result = slow_call(binary_cross_entropy_fn, (input, target, weight, size_average, reduce, reduction), {})
        if result is not passed:
            return result
    how = reduction_of(reduction, size_average, reduce)
    if not same_shape(input, target):
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if weight is not None:
        weight = expand_to(weight, input.ndim_, input.shape_)
    _check_floating(input, "binary_cross_entropy")
    for t in (target, weight):
        if t is not None and (<Tensor>t).code != input.code:
            found, expected = dtype_object((<Tensor>t).code)._name, dtype_object(input.code)._name
            raise error(DtypeError, f"binary_cross_entropy: Found dtype {found} but expected {expected}")
    if not _within_unit(input):
        raise RuntimeError("binary_cross_entropy: all elements of input should be between 0 and 1")
    if not _within_unit(target):
        raise RuntimeError("binary_cross_entropy: all elements of target should be between 0 and 1")
    if weight is None:
        return pair_loss(LOSS_BINARY, input, target, 0, how, b"BinaryCrossEntropyBackward0", "binary_cross_entropy")
    terms = pair_loss(LOSS_BINARY, input, target, 0, NONE, b"BinaryCrossEntropyBackward0", "binary_cross_entropy")
    return _reduced(mul(terms, weight), how)


def binary_cross_entropy_with_logits(
    Tensor input not None, Tensor target not None, Tensor weight=None, size_average=None, reduce=None, reduction="mean",
    Tensor pos_weight=None,
):
    """binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None) -> Tensor

    `binary_cross_entropy` of sigmoid(input), without its rounding: (1 - t) x + (1 + (pos_weight - 1) t) log(1 + exp(-x)). `weight` and
    `pos_weight` broadcast.

    Shape: any, the same for input and target; ValueError where they differ. Dtype: floating.

    >>> from lucet._ops import binary_cross_entropy_with_logits
    >>> import lucet
    >>> binary_cross_entropy_with_logits(lucet.tensor([0.]), lucet.tensor([1.]))
    tensor(0.6931)
    """
    cdef int how
    if not _plain(input, target, weight) or pos_weight is not None and not is_plain(pos_weight):
        result = slow_call(with_logits_fn, (input, target, weight, size_average, reduce, reduction, pos_weight), {})
        if result is not passed:
            return result
    how = reduction_of(reduction, size_average, reduce)
    if not same_shape(input, target):
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    _check_floating(input, "binary_cross_entropy_with_logits")
    if target.code < FLOAT16:
        found = dtype_object(target.code)._name
        raise error(DtypeError, f"binary_cross_entropy_with_logits: target is {found}, expected a floating type", fix="target.float()")
    return named(_with_logits(input, target, weight, how, pos_weight), b"BinaryCrossEntropyWithLogitsBackward0")


cdef Tensor _with_logits(Tensor x, Tensor target, Tensor weight, int how, Tensor pos_weight):
    logs = OPS["softplus"].function(neg(x), 1.0, 40.0)          # beyond 40 the logarithm and its argument round to the same number
    if pos_weight is not None:
        logs = mul(logs, add(mul(sub(pos_weight, 1), target), 1))
    terms = add(mul(sub(1, target), x), logs)
    return _reduced(terms if weight is None else mul(terms, weight), how)


# --- registration -----------------------------------------------------------------------------------------------------

def _pairs(r):
    return [(r(3, 4), r(3, 4)), (r(5), r(5), None, None, "sum"), (r(2, 3), r(2, 3), None, None, "none"), (r(), r())]


def _probability_pairs(r):
    yield r(3, 4).abs() / 2, r(3, 4).abs() / 2
    yield r(5).abs() / 2, r(5).abs() / 2, r(5), None, None, "sum"
    yield r(2, 3).abs() / 2, r(2, 3).abs() / 2, None, None, None, "none"


cdef str _REDUCE = "(lambda t: mean(t) if reduction == 'mean' else (sum(t) if reduction == 'sum' else t))"

mse_loss_fn = op(mse_loss, method=False, public=False, also="nn.functional", samples=_pairs, family="loss", dtypes="floats",
                 formula=_REDUCE + "((input - target) ** 2)")
l1_loss_fn = op(l1_loss, method=False, public=False, also="nn.functional", samples=_pairs, family="loss",
                formula=_REDUCE + "(abs(input - target))")
smooth_l1_loss_fn = op(
    smooth_l1_loss, method=False, public=False, also="nn.functional", samples=_pairs, family="loss", dtypes="floats",
    formula=_REDUCE + "(where(abs(input - target) < beta, (input - target) ** 2 / (2 * beta), abs(input - target) - beta / 2))",
)
huber_loss_fn = op(
    huber_loss, method=False, public=False, also="nn.functional", family="loss", dtypes="floats",
    formula=_REDUCE + "(where(abs(input - target) <= delta, (input - target) ** 2 / 2, delta * (abs(input - target) - delta / 2)))",
    samples=lambda r: [(r(3, 4), r(3, 4)), (r(5), r(5), "sum", 0.5), (r(2, 3), r(2, 3), "none", 0.7)],
)
binary_cross_entropy_fn = op(
    binary_cross_entropy, method=False, public=False, also="nn.functional", family="loss", dtypes="floats",
    formula=_REDUCE + "(-(target * log(input) + (1 - target) * log(1 - input)) * (1 if weight is None else weight))",
    samples=_probability_pairs,
)
with_logits_fn = op(
    binary_cross_entropy_with_logits, method=False, public=False, also="nn.functional", family="loss", dtypes="floats",
    formula=_REDUCE + "(((1 - target) * input + (1 + (0 if pos_weight is None else pos_weight - 1) * target) * log1p(exp(-input)))"
    " * (1 if weight is None else weight))",
    samples=lambda r: [(r(3, 4), r(3, 4)), (r(5), r(5), r(5), None, None, "sum"), (r(2, 3), r(2, 3), None, None, None, "none", r(3))],
)
