# Convolutions of integers, as matrix products, and of complex numbers, as one convolution of real ones.

# --- integers ---------------------------------------------------------------------------------------------------------

cdef Tensor _whole_numbers(Tensor x, Tensor weight, Tensor bias, const Geometry* g):
    """Integers, exactly (sums wrap around): every window as a row of a matrix product."""
    cdef Py_ssize_t shape[16]
    cdef Py_ssize_t strides[16]
    cdef Py_ssize_t out[5]
    cdef Tensor padded, windows, y
    cdef int d = g.spatial, i
    cdef Py_ssize_t n = x.shape_[0], c = x.shape_[1] // g.groups, k = weight.shape_[0] // g.groups, taps = 1, places = 1, at
    pads = []
    for i in range(3 - d, 3):                # as many zeros behind as the last window reaches over the end
        at = (g.out[i] - 1) * g.stride[i] + g.dilation[i] * (weight.shape_[weight.ndim_ - 3 + i] - 1) + 1 - g.pad[i] - x.shape_[x.ndim_ - 3 + i]
        pads = [g.pad[i], at if at > 0 else 0, *pads]
    padded = contiguous(OPS["pad"].function(x, pads))
    _shape_with(n, weight.shape_[0], g, out)
    if is_meta(x):
        return empty_tensor(x.code, x.ndim_, out, META)
    shape[0], shape[1], shape[2] = n, g.groups, c
    strides[0], strides[1], strides[2] = padded.strides[0], c * padded.strides[1], padded.strides[1]
    for i in range(d):
        shape[3 + i], strides[3 + i] = weight.shape_[2 + i], padded.strides[2 + i] * g.dilation[3 - d + i]
        shape[3 + d + i], strides[3 + d + i] = g.out[3 - d + i], padded.strides[2 + i] * g.stride[3 - d + i]
        taps *= weight.shape_[2 + i]
        places *= g.out[3 - d + i]
    windows = contiguous(strided_over(padded.storage, padded.code, padded.offset, 3 + 2 * d, shape, strides))
    shape[0], shape[1], shape[2], shape[3] = n, g.groups, c * taps, places
    windows = reshape_to(windows, 4, shape)
    shape[0], shape[1], shape[2] = g.groups, k, c * taps
    y = reshape_to(OPS["matmul"].function(reshape_to(weight, 3, shape), windows), x.ndim_, out)
    if bias is None:
        return y
    for i in range(x.ndim_ - 1):
        shape[i] = 1
    shape[0] = bias.numel_
    return add(y, reshape_to(bias, x.ndim_ - 1, shape))


cdef Tensor _whole_numbers_spread(Tensor x, Tensor weight, Tensor bias, const Py_ssize_t* shape, const Geometry* g):
    """A transposed convolution: that of x, with zeros between its elements, by the weight turned round, in steps of one."""
    cdef Py_ssize_t wide[5]
    cdef Py_ssize_t strides[5]
    cdef Geometry plain = g[0]
    cdef Tensor apart, kernel
    cdef int i, at, ndim = x.ndim_
    if is_meta(x):
        return empty_tensor(x.code, ndim, shape, META)
    wide[0], wide[1] = x.shape_[0], x.shape_[1]
    for i in range(3 - g.spatial, 3):
        at = ndim - 3 + i
        wide[at] = (x.shape_[at] - 1) * g.stride[i] + 1 if x.shape_[at] else 0
        plain.stride[i] = 1
        plain.pad[i] = g.dilation[i] * (weight.shape_[at] - 1) - g.pad[i]
        plain.out[i] = shape[at]
    apart = zeros_tensor(x.code, ndim, wide)
    for i in range(ndim):
        strides[i] = apart.strides[i] * (g.stride[i + 3 - ndim] if i > 1 else 1)
    if x.numel_:
        convert_into(strided_over(apart.storage, apart.code, apart.offset, ndim, x.shape_, strides), x)
    kernel = OPS["flip"].function(weight, tuple(range(2, ndim)))
    kernel = OPS["unflatten"].function(kernel, 0, (g.groups, weight.shape_[0] // g.groups))
    kernel = OPS["flatten"].function(transpose_of(kernel, 1, 2), 0, 1)
    return _whole_numbers(apart, kernel, bias, &plain)


# --- complex numbers --------------------------------------------------------------------------------------------------

cdef Tensor _as_channels(Tensor a):
    """Real and imaginary parts as channels that follow each other; recorded."""
    cdef Py_ssize_t shape[5]
    cdef int order[6]
    cdef int i
    if a is None:
        return None
    for i in range(a.ndim_):
        shape[i], order[i + (i > 1)] = a.shape_[i], i
    i = 0 if a.ndim_ == 1 else 1                 # of a bias, or of images
    shape[i] *= 2
    order[i + 1] = a.ndim_
    return reshape_to(permute_by(view_as_real_of(a), order), a.ndim_, shape)


cdef Tensor _as_block(Tensor weight, bint spreads):
    """Filters between such channels: each number is the block [re -im; im re], which multiplies (re, im) by it. Of a transposed
    convolution rows are what goes in, so that the block is turned."""
    cdef Py_ssize_t shape[5]
    cdef Tensor parts = view_as_real_of(weight)
    cdef Tensor re = select_at(parts, weight.ndim_, 0), im = select_at(parts, weight.ndim_, 1)
    cdef int i
    stack, minus = OPS["stack"].function, OPS["neg"].function(im)
    rows = [stack(row, 2) for row in ([[re, im], [minus, re]] if spreads else [[re, minus], [im, re]])]
    for i in range(weight.ndim_):
        shape[i] = weight.shape_[i] * (2 if i < 2 else 1)
    return reshape_to(stack(rows, 1), weight.ndim_, shape)


cdef Tensor _complex_images(Tensor y, int spatial):
    """Channels of real and imaginary parts as complex numbers again, a row as a sequence; not a view of anything that is seen."""
    cdef Py_ssize_t shape[6]
    cdef int order[6]
    cdef int i
    shape[0], shape[1], shape[2] = y.shape_[0], y.shape_[1] // 2, 2
    order[0], order[1], order[y.ndim_] = 0, 1, 2
    for i in range(2, y.ndim_):
        shape[i + 1], order[i] = y.shape_[i], i + 1
    y = joined(permute_by(reshape_to(y, y.ndim_ + 1, shape), order))
    if spatial == 1:
        y = squeeze_at(y, 2)
    set_contiguous(y)                        # by its strides too where sizes are 1
    y.base = None
    y.flags &= ~F_NO_GRAD_VIEW
    return y
