# Dropout of elements and of channels: a mask from the generator, and the gradient through it.

cdef int dropout_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor mask = saved_tensor(n, 0), y
    cdef LoopArgs args
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    if g.code != FLOAT32 or is_meta(g) or recording(g) or not same_layout(g, mask):
        return give(run, n, 0, mul(g, mul(converted(mask, FLOAT32), n.d0)))
    y = empty_like(g, FLOAT32)
    args.d[0] = n.d0
    data[0] = data_of(y)
    data[1] = data_of(g)
    data[2] = data_of(mask)
    steps[0] = steps[1] = 4
    steps[2] = 1
    run_contiguous(K.masked, &args, 3, data, steps, y.numel_, CHEAP)
    return give(run, n, 0, y)


cdef bint same_layout(Tensor a, Tensor b) noexcept:
    """Whether a and b have one shape and their elements lie in memory in the same order, without gaps."""
    cdef int i
    if not same_shape(a, b):
        return False
    if a.flags & b.flags & F_CONTIGUOUS:
        return True
    for i in range(a.ndim_):
        if a.shape_[i] > 1 and a.strides[i] != b.strides[i]:
            return False
    return is_dense(a)


cdef int dropout_range(double p, bint python_face) except -1:
    if 0 <= p <= 1:
        return 0
    kind = ValueError if python_face and p == p else RuntimeError
    raise kind(f"dropout probability has to be between 0 and 1, but got {p}")


cdef int needs_noise(Tensor x) except -1:
    if category_of[x.code] != CAT_FLOAT:
        raise error(
            DtypeError, f"dropout: result type Float can't be cast to the desired output type {dtype_object(x.code)._name}", fix="input.float() before it"
        )
    return 0


cdef Tensor times(Tensor x, object factor, bint inplace):
    return x.mul_(factor) if inplace else mul(x, factor)


cdef Tensor zeroed(Tensor x, bint inplace):
    """x * 0, so that NaN and infinity stay visible."""
    cdef Tensor zero = empty_tensor(x.code, 0, NULL, x.storage.device)
    fill_with(zero, 0, b"dropout")
    return times(x, zero, inplace)


cdef double scale_of(int code, double keep) noexcept:
    """1 / keep as torch rounds it."""
    return 1.0 / keep if code == FLOAT64 else <double>(<float>1 / <float>keep)


cdef int draw_mask(Tensor noise, double keep, double scale) except -1:
    """`scale` with probability `keep`, else 0."""
    cdef Draw what
    what.a = keep
    what.b = scale
    return fill(noise, source(None), DRAW_BERNOULLI, FLOAT64 if noise.code == FLOAT64 else FLOAT32, &what, 2)


cdef Tensor dropped(Tensor x, double p, bint training, bint inplace):
    """Dropout of single elements; p was checked."""
    cdef Tensor noise
    if p == 0 or not training or x.numel_ == 0:
        return x
    if p == 1:
        return zeroed(x, inplace)
    needs_noise(x)
    if x.code == FLOAT32 and (not inplace or is_dense(x)):
        return dropped_f32(x, 1 - p, inplace)
    if inplace:
        open_target(x, b"dropout_")
    noise = empty_like(x, x.code)
    draw_mask(noise, 1 - p, scale_of(x.code, 1 - p))
    return times(x, noise, inplace)


cdef Tensor dropped_f32(Tensor x, double keep, bint inplace):
    """Draw, multiply and keep the mask as bytes, in one pass."""
    cdef bint will_record = recording(x)
    cdef float scale = <float>1 / <float>keep
    cdef Tensor y, mask, packed = x
    cdef Node n
    if inplace:
        open_target(x, b"dropout_")
        y = x
    else:
        y = empty_like(x, FLOAT32)
    mask = empty_like(y, BOOL)
    if not is_meta(x):
        if not same_layout(x, y):
            packed = empty_like(x, FLOAT32)
            convert_into(packed, x)
        run_dropout(source(None), keep, scale, <const float*>data_of(packed), <float*>data_of(y), <uint8_t*>data_of(mask), y.numel_)
    if inplace:
        bump(y, b"dropout")
    if will_record:
        n = new_node(dropout_vjp, b"MulBackward0", 1)
        connect(n, 0, x)
        save(n, 0, mask)
        n.d0 = scale
        if inplace:
            rebase(y, n)
        else:
            set_history(n, y, 0)
    return y


cdef int run_dropout(Generator g, double keep, float scale, const float* x, float* y, uint8_t* mask, Py_ssize_t n) except -1:
    if n < HOLD_LOCK_NS // 2:
        wait_for(g)
        K.dropout(&g.state, keep, scale, x, y, mask, n)
        return 0
    claim(g)
    begin_unlocked()
    with nogil:
        K.dropout(&g.state, keep, scale, x, y, mask, n)
    end_unlocked()
    let_go(g)
    return 0


cdef Tensor channel_mask(Tensor x, int lead):
    """Room for one number a channel: the first `lead` sizes of x, then ones."""
    cdef Py_ssize_t shape[64]
    cdef int i
    if x.ndim_ < lead:
        raise error(ShapeError, "dropout: Feature dropout requires at least 2 dimensions in the input", facts=[f"input {describe(x)}"])
    for i in range(x.ndim_):
        shape[i] = x.shape_[i] if i < lead else 1
    return empty_tensor(x.code, x.ndim_, shape, x.storage.device)


cdef Tensor dropped_channels(Tensor x, double p, bint training, bint inplace, int lead):
    """Dropout of whole channels, which the first `lead` dimensions count; p was checked."""
    cdef Tensor noise
    if p == 0 or not training or x.numel_ == 0:
        return x
    if p == 1:
        return zeroed(x, inplace)
    needs_noise(x)
    if inplace:
        open_target(x, b"dropout_")
    noise = channel_mask(x, lead)
    draw_mask(noise, 1 - p, scale_of(x.code, 1 - p))
    return times(x, noise, inplace)


cdef Tensor dropped_alpha(Tensor x, double p, bint training, bint inplace, bint channels):
    """Alpha dropout: dropped elements become SELU's lower limit, then mean and variance are put back; p was checked."""
    cdef double alpha = 1.7580993408473766, a
    cdef Tensor noise
    if p == 0 or not training or x.numel_ == 0:
        return x
    if p == 1:
        return zeroed(x, inplace)
    needs_noise(x)
    if inplace:
        open_target(x, b"alpha_dropout_")
    noise = channel_mask(x, 2) if channels else empty_like(x, x.code)
    draw_mask(noise, 1 - p, 1)
    a = 1 / sqrt((alpha * alpha * p + 1) * (1 - p))
    shift = noise.add(-1).mul_(alpha * a).add_(alpha * a * p)
    return times(x, noise.mul_(a), inplace).add_(shift)


# --- public forms -----------------------------------------------------------------------------------------------------

def dropout(Tensor input not None, double p=0.5, bint training=True, bint inplace=False):
    """dropout(input, p=0.5, training=True, inplace=False) -> Tensor

    In training set each element to zero with probability `p` and divide the others by 1 - p; else return the input.
    Dtype: floating. Raises ValueError for a probability outside [0, 1].

    Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).

    >>> import lucet
    >>> from lucet import _ops
    >>> x = lucet.ones(2)
    >>> _ops.random.dropout(x, 0.5, training=False) is x
    True
    """
    if intercepted(input):
        result = slow_call(dropout, (input,), {"p": p, "training": training, "inplace": inplace})
        if result is not passed:
            return result
    dropout_range(p, True)
    return dropped(input, p, training, inplace)


def dropout1d(Tensor input not None, double p=0.5, bint training=True, bint inplace=False):
    """dropout1d(input, p=0.5, training=True, inplace=False) -> Tensor

    `dropout` of whole channels. Shape: (N, C, L) or (C, L), returned unchanged.
    Raises ValueError for a probability outside [0, 1], ShapeError for other shapes.

    Source: Tompson et al., "Efficient object localization using convolutional networks" (2015), section 3.2.
    """
    if intercepted(input):
        result = slow_call(dropout1d, (input,), {"p": p, "training": training, "inplace": inplace})
        if result is not passed:
            return result
    dropout_range(p, True)
    if not 2 <= input.ndim_ <= 3:
        raise error(
            ShapeError, f"dropout1d: Expected 2D or 3D input, but received a {input.ndim_}D input", facts=[f"input {describe(input)}, expected (N, C, L) or (C, L)"]
        )
    return dropped_channels(input, p, training, inplace, input.ndim_ - 1)


def dropout2d(Tensor input not None, double p=0.5, bint training=True, bint inplace=False):
    """dropout2d(input, p=0.5, training=True, inplace=False) -> Tensor

    `dropout` of whole channels. Shape: (N, C, H, W), or (N, C, L) with a warning; returned unchanged.
    Raises ValueError for a probability outside [0, 1], ShapeError for fewer than 2 dimensions.

    Source: Tompson et al., "Efficient object localization using convolutional networks" (2015), section 3.2.
    """
    if intercepted(input):
        result = slow_call(dropout2d, (input,), {"p": p, "training": training, "inplace": inplace})
        if result is not passed:
            return result
    dropout_range(p, True)
    if not 3 <= input.ndim_ <= 4:
        warnings.warn(
            f"dropout2d: Received a {input.ndim_}-D input to dropout2d, which is deprecated and will result in an error in a future release. "
            "To retain the behavior and silence this warning, please use dropout instead. Note that dropout2d exists to provide channel-wise dropout on inputs with 2 "
            "spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).",
            UserWarning, stacklevel=2,
        )
    elif input.ndim_ == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is "
            "the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the "
            "1D channel-wise dropout behavior, please switch to using dropout1d instead.",
            UserWarning, stacklevel=2,
        )
    return dropped_channels(input, p, training, inplace, 2)


def dropout3d(Tensor input not None, double p=0.5, bint training=True, bint inplace=False):
    """dropout3d(input, p=0.5, training=True, inplace=False) -> Tensor

    `dropout` of whole channels. Shape: (N, C, D, H, W) or (C, D, H, W), returned unchanged.
    Raises ValueError for a probability outside [0, 1], ShapeError for no dimensions.

    Source: Tompson et al., "Efficient object localization using convolutional networks" (2015), section 3.2.
    """
    if intercepted(input):
        result = slow_call(dropout3d, (input,), {"p": p, "training": training, "inplace": inplace})
        if result is not passed:
            return result
    dropout_range(p, True)
    if not 4 <= input.ndim_ <= 5:
        warnings.warn(
            f"dropout3d: Received a {input.ndim_}-D input to dropout3d, which is deprecated and will result in an error in a future release. "
            "To retain the behavior and silence this warning, please use dropout instead. Note that dropout3d exists to provide channel-wise dropout on inputs with 3 "
            "spatial dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            UserWarning, stacklevel=2,
        )
    return dropped_channels(input, p, training, inplace, 2 if input.ndim_ == 5 else 1)


def alpha_dropout(Tensor input not None, double p=0.5, bint training=False, bint inplace=False):
    """alpha_dropout(input, p=0.5, training=False, inplace=False) -> Tensor

    Dropout that keeps mean 0 and variance 1: dropped elements take SELU's lower limit. Dtype: floating.
    Raises ValueError for a probability outside [0, 1].

    Source: Klambauer et al., "Self-normalizing neural networks" (2017), section 2.
    """
    if intercepted(input):
        result = slow_call(alpha_dropout, (input,), {"p": p, "training": training, "inplace": inplace})
        if result is not passed:
            return result
    dropout_range(p, True)
    return dropped_alpha(input, p, training, inplace, False)


def feature_alpha_dropout(Tensor input not None, double p=0.5, bint training=False, bint inplace=False):
    """feature_alpha_dropout(input, p=0.5, training=False, inplace=False) -> Tensor

    `alpha_dropout` of whole channels. Shape: (N, C, ...), returned unchanged.
    Raises ValueError for a probability outside [0, 1], ShapeError for fewer than 2 dimensions.
    """
    if intercepted(input):
        result = slow_call(feature_alpha_dropout, (input,), {"p": p, "training": training, "inplace": inplace})
        if result is not passed:
            return result
    dropout_range(p, True)
    return dropped_alpha(input, p, training, inplace, True)


for _function, _samples in (
    (dropout, lambda r: [(r(3, 4),), (r(4, 3).t(), 0.2), (r(3, 4), 0.5, False), (r(0, 2),)]),
    (dropout1d, lambda r: [(r(2, 3, 4),), (r(3, 4), 0.3)]),
    (dropout2d, lambda r: [(r(2, 3, 4, 2),)]),
    (dropout3d, lambda r: [(r(2, 3, 2, 2, 2),)]),
    (alpha_dropout, lambda r: [(r(3, 4),), (r(3, 4), 0.2, True), (r(3, 4), 0.2, False)]),
    (feature_alpha_dropout, lambda r: [(r(2, 3, 4), 0.5, True)]),
):
    op(_function, method=False, public=False, also="nn.functional", grad="yes", samples=_samples, dtypes="floats", family="random")


cdef enum Drops:
    ELEMENTS
    CHANNELS
    ALPHA
    ALPHA_CHANNELS


cdef Tensor drop(int what, Tensor x, double p, bint train, bint inplace):
    dropout_range(p, False)
    if what == ELEMENTS:
        return dropped(x, p, train, inplace)
    if what == CHANNELS:
        return dropped_channels(x, p, train, inplace, 2)
    return dropped_alpha(x, p, train, inplace, what == ALPHA_CHANNELS)


def _plain_samples(r):
    return [(r(2, 3, 4), 0.3, True), (r(2, 3, 4), 0.3, False), (r(2, 0, 4), 0.3, True)]


def plain_dropout(str name, int what):
    """`lucet.<name>(input, p, train)` and its in-place form, registered beside the nn.functional op of the same name."""
    def function(Tensor input not None, double p, bint train):
        if intercepted(input):
            result = slow_call(function, (input, p, train), {})
            if result is not passed:
                return result
        return drop(what, input, p, train, False)

    def function_(Tensor input not None, double p, bint train):
        if intercepted(input):
            result = slow_call(function_, (input, p, train), {})
            if result is not passed:
                return result
        return drop(what, input, p, train, True)

    dress(function, name, f"{name}(input, p, train) -> Tensor\n\nAs the op of this kind in lucet.nn.functional; RuntimeError for a probability outside [0, 1].")
    dress(function_, name + "_", f"In-place form of `{name}`.")
    OPS["plain_" + name] = Op(name, function, function_, False, ("lucet",), None, "yes", _plain_samples, "floats", "random")


plain_dropout("dropout", ELEMENTS)
plain_dropout("feature_dropout", CHANNELS)
plain_dropout("alpha_dropout", ALPHA)
plain_dropout("feature_alpha_dropout", ALPHA_CHANNELS)
