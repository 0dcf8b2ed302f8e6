"""Convolution in one and two dimensions: the op and its two gradients, each of which is differentiable by the other two.

Everything runs through one two-dimensional plan (see `_kernels/micro/conv.h`); a one-dimensional convolution is an image of one row.
"""

from libc.string cimport memset
from lucet._dtype cimport FLOAT16, BFLOAT16, FLOAT32, FLOAT64, dtype_object, itemsize_of
from lucet._engine cimport (
    Node, Run, recording, recording2, new_node, connect, set_history, save, saved, needs, give,
)
from lucet._kernels.kernels cimport conv_plan, CONV_FORWARD, CONV_BACKWARD_DATA, CONV_BACKWARD_WEIGHT
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous
from lucet._ops._plans cimport run_conv
from lucet._ops.reduce cimport sum_dims
from lucet._ops.shape cimport unsqueeze_at, squeeze_at
from lucet._tensor cimport Tensor, empty_tensor, is_plain, is_meta, data_of, describe, read_size, CPU, META

from lucet._errors import DtypeError, ShapeError, error
from lucet._registry import op


# Stride, zeros before the first row and column, dilation, groups; and the output's size, which also settles the zeros behind.
cdef struct Geometry:
    Py_ssize_t stride[2]
    Py_ssize_t pad[2]
    Py_ssize_t dilation[2]
    Py_ssize_t groups
    Py_ssize_t out[2]


cdef tuple _packed(const Geometry* g):
    return (g.stride[0], g.stride[1], g.pad[0], g.pad[1], g.dilation[0], g.dilation[1], g.groups, g.out[0], g.out[1])


cdef Geometry _unpacked(tuple t):
    cdef Geometry g
    g.stride[0], g.stride[1], g.pad[0], g.pad[1], g.dilation[0], g.dilation[1], g.groups, g.out[0], g.out[1] = t
    return g


cdef int _run(int which, Tensor x, Tensor weight, Tensor bias, Tensor y, const Geometry* g) except -1:
    """One pass over contiguous float32 or float64 tensors; empty results and empty sums need no kernel."""
    cdef conv_plan p
    cdef Tensor result = y if which == CONV_FORWARD else x if which == CONV_BACKWARD_DATA else weight
    if result.numel_ == 0:
        return 0
    if x.numel_ == 0 or y.numel_ == 0 or weight.numel_ == 0:
        memset(data_of(result), 0, result.numel_ * itemsize_of[result.code])
        if which == CONV_BACKWARD_WEIGHT and bias is not None:
            memset(data_of(bias), 0, bias.numel_ * itemsize_of[bias.code])
        if which != CONV_FORWARD or bias is None:
            return 0
    memset(&p, 0, sizeof(p))
    p.pass_ = which
    p.x = data_of(x)
    p.weight = data_of(weight)
    p.bias = NULL if bias is None else data_of(bias)
    p.y = data_of(y)
    p.n, p.c, p.h, p.w = x.shape_[0], x.shape_[1], x.shape_[2], x.shape_[3]
    p.k, p.r, p.s = weight.shape_[0], weight.shape_[2], weight.shape_[3]
    p.oh, p.ow = g.out[0], g.out[1]
    p.groups = g.groups
    p.stride_h, p.stride_w = g.stride[0], g.stride[1]
    p.pad_h, p.pad_w = g.pad[0], g.pad[1]
    p.dilation_h, p.dilation_w = g.dilation[0], g.dilation[1]
    return run_conv(&p, x.code == FLOAT64)


cdef inline bint _half(Tensor t) noexcept:
    return t.code == FLOAT16 or t.code == BFLOAT16


# --- the three passes, recorded -------------------------------------------------------------------------------------

cdef int conv_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved(n, 0), weight = saved(n, 1), weight_grad, bias_grad
    cdef Geometry geometry = _unpacked(n.extra)
    if needs(n, 0):
        give(run, n, 0, input_gradient(g, weight, x, &geometry))
    if needs(n, 1) and needs(n, 2) and not recording2(g, x):
        weight_grad, bias_grad = _weight_and_bias_gradient(x, g, weight, &geometry)
        give(run, n, 1, weight_grad)
        give(run, n, 2, bias_grad)
        return 0
    if needs(n, 1):
        give(run, n, 1, weight_gradient(x, g, weight, &geometry))
    if needs(n, 2):
        give(run, n, 2, sum_dims(g, 0b1101, False))
    return 0


cdef Tensor forward(Tensor x, Tensor weight, Tensor bias, const Geometry* g):
    """(n, c, h, w) * (k, c / groups, r, s) -> (n, k, oh, ow)."""
    cdef Py_ssize_t shape[4]
    cdef Tensor y
    cdef Node n
    shape[0], shape[1], shape[2], shape[3] = x.shape_[0], weight.shape_[0], g.out[0], g.out[1]
    if is_meta(x) or is_meta(weight):
        y = empty_tensor(x.code, 4, shape, META)
    elif _half(x):
        y = empty_tensor(FLOAT32, 4, shape, CPU)
        _run(CONV_FORWARD, contiguous(converted(x, FLOAT32)), contiguous(converted(weight, FLOAT32)), None if bias is None else contiguous(converted(bias, FLOAT32)), y, g)
        y = converted(y, x.code)
    else:
        y = empty_tensor(x.code, 4, shape, CPU)
        _run(CONV_FORWARD, contiguous(x), contiguous(weight), None if bias is None else contiguous(bias), y, g)
    if recording2(x, weight) or bias is not None and recording(bias):
        n = new_node(conv_vjp, b"ConvolutionBackward0", 3)
        connect(n, 0, x)
        connect(n, 1, weight)
        if bias is not None:
            connect(n, 2, bias)
        save(n, 0, x)
        save(n, 1, weight)
        n.extra = _packed(g)
        set_history(n, y, 0)
    return y


cdef int input_gradient_vjp(Node n, Tensor gg, Run run) except -1:
    """x_grad = C'(g, weight) is linear in both: gg convolved forward for g, correlated with g for the weight."""
    cdef Tensor g = saved(n, 0), weight = saved(n, 1)
    cdef Geometry geometry = _unpacked(n.extra)
    if needs(n, 0):
        give(run, n, 0, forward(gg, weight, None, &geometry))
    if needs(n, 1):
        give(run, n, 1, weight_gradient(gg, g, weight, &geometry))
    return 0


cdef Tensor input_gradient(Tensor g, Tensor weight, Tensor x, const Geometry* geometry):
    """The gradient of the input, which has the shape of `x` (whose elements are not read)."""
    cdef Tensor made
    cdef Node n
    if is_meta(g):
        made = empty_tensor(x.code, 4, x.shape_, META)
    elif _half(g):
        made = empty_tensor(FLOAT32, 4, x.shape_, CPU)
        _run(CONV_BACKWARD_DATA, made, contiguous(converted(weight, FLOAT32)), None, contiguous(converted(g, FLOAT32)), geometry)
        made = converted(made, g.code)
    else:
        made = empty_tensor(x.code, 4, x.shape_, CPU)
        _run(CONV_BACKWARD_DATA, made, contiguous(weight), None, contiguous(g), geometry)
    if recording2(g, weight):
        n = new_node(input_gradient_vjp, b"ConvolutionBackwardBackward0", 2)
        connect(n, 0, g)
        connect(n, 1, weight)
        save(n, 0, g)
        save(n, 1, weight)
        n.extra = _packed(geometry)
        set_history(n, made, 0)
    return made


cdef int weight_gradient_vjp(Node n, Tensor gg, Run run) except -1:
    """weight_grad = W'(x, g) is linear in both: gg in the weight's place gives both gradients."""
    cdef Tensor x = saved(n, 0), g = saved(n, 1)
    cdef Geometry geometry = _unpacked(n.extra)
    if needs(n, 0):
        give(run, n, 0, input_gradient(g, gg, x, &geometry))
    if needs(n, 1):
        give(run, n, 1, forward(x, gg, None, &geometry))
    return 0


cdef Tensor weight_gradient(Tensor x, Tensor g, Tensor weight, const Geometry* geometry):
    """The gradient of the weight, which has the shape of `weight` (whose elements are not read)."""
    cdef Tensor made
    cdef Node n
    if is_meta(g):
        made = empty_tensor(x.code, 4, weight.shape_, META)
    else:
        made = _weight_pass(x, g, weight, None, geometry)
    if recording2(x, g):
        n = new_node(weight_gradient_vjp, b"ConvolutionBackwardBackward0", 2)
        connect(n, 0, x)
        connect(n, 1, g)
        save(n, 0, x)
        save(n, 1, g)
        n.extra = _packed(geometry)
        set_history(n, made, 0)
    return made


cdef Tensor _weight_pass(Tensor x, Tensor g, Tensor weight, Tensor bias_grad, const Geometry* geometry):
    cdef Tensor made
    if _half(x):
        made = empty_tensor(FLOAT32, 4, weight.shape_, CPU)
        _run(CONV_BACKWARD_WEIGHT, contiguous(converted(x, FLOAT32)), made, None, contiguous(converted(g, FLOAT32)), geometry)
        return converted(made, x.code)
    made = empty_tensor(x.code, 4, weight.shape_, CPU)
    _run(CONV_BACKWARD_WEIGHT, contiguous(x), made, bias_grad, contiguous(g), geometry)
    return made


cdef tuple _weight_and_bias_gradient(Tensor x, Tensor g, Tensor weight, const Geometry* geometry):
    """Both in one pass over g, when no graph of the gradients is wanted."""
    cdef Tensor bias_grad
    if is_meta(g) or _half(x):
        return weight_gradient(x, g, weight, geometry), sum_dims(g, 0b1101, False)
    bias_grad = empty_tensor(x.code, 1, weight.shape_, CPU)
    return _weight_pass(x, g, weight, bias_grad, geometry), bias_grad


# --- arguments ------------------------------------------------------------------------------------------------------

cdef int _pair(object value, Py_ssize_t* out, int spatial, str name, Py_ssize_t least, str complaint) except -1:
    """An int or one value a spatial dimension; the row of a one-dimensional convolution is filled in by the caller."""
    cdef int i
    if isinstance(value, int):
        value = (value,) * spatial
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name} must be an int or a tuple of {spatial} ints, not {type(value).__name__}")
    if len(value) == 1:
        value = tuple(value) * spatial
    if len(value) != spatial:
        raise error(ShapeError, f"expected {name} to be a single integer value or a list of {spatial} values to match the convolution dimensions, but got {name}={list(value)}")
    for i in range(spatial):
        out[2 - spatial + i] = read_size(value[i], name.encode())
        if out[2 - spatial + i] < least:
            raise error(ShapeError, f"{complaint} is not supported, got {name}={list(value)}")
        if out[2 - spatial + i] > 0x7fffffff:
            raise error(ShapeError, f"{name} is too large, got {list(value)}")
    return 0


cdef int _geometry(Tensor x, Tensor weight, object stride, object padding, object dilation, object groups, int spatial, str name, Tensor given, Tensor given_weight, Geometry* g) except -1:
    """Read the arguments, and the output's size, for 4-d operands."""
    cdef int i
    cdef Py_ssize_t reach, total
    g.stride[0] = g.dilation[0] = 1
    g.pad[0] = 0
    _pair(stride, g.stride, spatial, "stride", 1, "non-positive stride")
    _pair(dilation, g.dilation, spatial, "dilation", 1, "dilation should be greater than zero; anything else")
    g.groups = read_size(groups, b"groups")
    if g.groups < 1:
        raise error(ShapeError, f"{name}: non-positive groups is not supported, got {groups}")
    _check_channels(x, weight, g.groups, name, given, given_weight)
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise RuntimeError(f"Invalid padding string: '{padding}'")
        if padding == "same" and (g.stride[0] != 1 or g.stride[1] != 1):
            raise RuntimeError("padding='same' is not supported for strided convolutions")
    else:
        _pair(padding, g.pad, spatial, "padding", 0, "negative padding")
    for i in range(2):
        reach = g.dilation[i] * (weight.shape_[2 + i] - 1)
        if isinstance(padding, str):
            g.pad[i] = reach // 2 if padding == "same" else 0
            total = reach if padding == "same" else 0
        else:
            total = 2 * g.pad[i]
        if x.shape_[2 + i] + total < reach + 1:
            sizes = [f"{x.shape_[2 + k] + (2 * g.pad[k] if not isinstance(padding, str) else 0)}" for k in range(2 - spatial, 2)]
            kernel = [f"{g.dilation[k] * (weight.shape_[2 + k] - 1) + 1}" for k in range(2 - spatial, 2)]
            raise error(
                ShapeError,
                f"{name}: Calculated padded input size per channel: ({' x '.join(sizes)}). Kernel size: ({' x '.join(kernel)}). Kernel size can't be greater than actual input size",
                facts=[f"input {describe(x)}, weight {describe(weight)}"],
            )
        g.out[i] = (x.shape_[2 + i] + total - reach - 1) // g.stride[i] + 1
        if g.out[i] == 1:                    # a step that is never taken, however long
            g.stride[i] = 1
        if weight.shape_[2 + i] == 1:
            g.dilation[i] = 1
    return 0


cdef int _check_channels(Tensor x, Tensor weight, Py_ssize_t groups, str name, Tensor given, Tensor given_weight) except -1:
    """`given` and `given_weight` are the operands as the user wrote them, for the message."""
    cdef int i, dims = given_weight.ndim_ - 2
    cdef Py_ssize_t wanted = weight.shape_[1] * groups
    if weight.shape_[0] >= groups and weight.shape_[0] % groups == 0 and x.shape_[1] == wanted and wanted and weight.shape_[2] and weight.shape_[3]:
        return 0
    facts = [f"input {describe(given)}, weight {describe(given_weight)}, groups {groups}"]
    if weight.shape_[0] < groups or weight.shape_[0] % groups:
        raise error(ShapeError, f"{name}: Given groups={groups}, expected weight to be at least {groups} at dimension 0, and divisible by it, but got weight of {weight.shape_[0]} filters", facts=facts)
    if x.shape_[1] != wanted:
        layer = f"in_channels={x.shape_[1]}" if x.shape_[1] % groups == 0 else f"in_channels={x.shape_[1]}, groups=1"
        sizes = [x.shape_[0], x.shape_[1]] + [x.shape_[4 - dims + i] for i in range(dims)]
        raise error(
            ShapeError,
            f"{name}: Given groups={groups}, weight of size {[given_weight.shape_[i] for i in range(dims + 2)]}, expected input{sizes} to have {wanted} channels, but got {x.shape_[1]} channels instead",
            facts=facts,
            fix=f"{layer} where the layer is made, or an input of {wanted} channels",
        )
    raise error(ShapeError, f"{name}: kernel size and channels should be greater than zero", facts=facts)


cdef int _check_types(Tensor x, Tensor weight, Tensor bias, str name) except -1:
    if x.code != weight.code:
        raise error(
            DtypeError,
            f"{name}: Input type ({dtype_object(x.code)._name}) and weight type ({dtype_object(weight.code)._name}) should be the same",
            facts=[f"input {describe(x)}, weight {describe(weight)}"],
            fix=f"input.to({dtype_object(weight.code)!r})" if weight.code >= FLOAT16 else None,
        )
    if x.code < FLOAT16 or x.code > FLOAT64:
        raise error(DtypeError, f"{name}: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    if bias is None:
        return 0
    if bias.code != x.code:
        raise error(DtypeError, f"{name}: Input type ({dtype_object(x.code)._name}) and bias type ({dtype_object(bias.code)._name}) should be the same")
    if bias.ndim_ != 1 or bias.shape_[0] != weight.shape_[0]:
        raise error(
            ShapeError,
            f"{name}: Given weight of size {[weight.shape_[i] for i in range(weight.ndim_)]}, expected bias to be 1-dimensional with {weight.shape_[0]} elements, but got bias of size {[bias.shape_[i] for i in range(bias.ndim_)]} instead",
        )
    return 0


cdef Tensor _convolve(Tensor x, Tensor weight, Tensor bias, object stride, object padding, object dilation, object groups, int spatial, str name):
    cdef Geometry g
    cdef bint single
    cdef Tensor given = x, given_weight = weight
    if weight.ndim_ != spatial + 2:
        raise error(ShapeError, f"{name}: weight must have {spatial + 2} dimensions, got {weight.ndim_}", facts=[f"input {describe(x)}, weight {describe(weight)}"])
    if x.ndim_ != spatial + 2 and x.ndim_ != spatial + 1:
        raise error(
            ShapeError,
            f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {name}, but got input of size: {[x.shape_[i] for i in range(x.ndim_)]}",
            facts=[f"input {describe(x)}, weight {describe(weight)}"],
        )
    _check_types(x, weight, bias, name)
    single = x.ndim_ == spatial + 1
    if single:
        x = unsqueeze_at(x, 0)
    if spatial == 1:
        x = unsqueeze_at(x, 2)
        weight = unsqueeze_at(weight, 2)
    _geometry(x, weight, stride, padding, dilation, groups, spatial, name, given, given_weight, &g)
    y = forward(x, weight, bias, &g)
    if spatial == 1:
        y = squeeze_at(y, 2)
    return squeeze_at(y, 0) if single else y


def conv2d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, dilation=1, groups=1):
    """conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> Tensor

    Cross-correlation of images with filters. `stride`, `padding` and `dilation` are an int or (height, width); padding is also "valid"
    or "same". Each of `groups` parts of the channels has filters of its own.

    Shape: input (N, C, H, W) or (C, H, W); weight (K, C / groups, R, S); bias (K,); output (N, K, OH, OW) or (K, OH, OW) with
    OH = (H + 2 padding - dilation (R - 1) - 1) // stride + 1.
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types and for integers.

    >>> import lucet
    >>> lucet.conv2d(lucet.ones(1, 1, 3, 3), lucet.ones(1, 1, 2, 2)).shape
    lucet.Size([1, 1, 2, 2])
    """
    if not is_plain(input) or not is_plain(weight) or bias is not None and not is_plain(bias) or thread_state().modes:
        result = slow_call(conv2d, (input, weight, bias, stride, padding, dilation, groups), {})
        if result is not passed:
            return result
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 2, "conv2d")


def conv1d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, dilation=1, groups=1):
    """conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> Tensor

    Cross-correlation of sequences with filters; see `conv2d`. `padding` is also "valid" or "same".

    Shape: input (N, C, L) or (C, L); weight (K, C / groups, S); bias (K,); output (N, K, OL) or (K, OL).
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types and for integers.

    >>> import lucet
    >>> lucet.conv1d(lucet.ones(1, 1, 4), lucet.ones(1, 1, 2))
    tensor([[[2., 2., 2.]]])
    """
    if not is_plain(input) or not is_plain(weight) or bias is not None and not is_plain(bias) or thread_state().modes:
        result = slow_call(conv1d, (input, weight, bias, stride, padding, dilation, groups), {})
        if result is not passed:
            return result
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 1, "conv1d")


def _conv2d_samples(r):
    return [
        (r(2, 3, 6, 5), r(4, 3, 3, 2), r(4)), (r(1, 4, 5, 5), r(6, 2, 3, 3), None, 2, 1, 1, 2), (r(3, 6, 7), r(2, 3, 2, 3), r(2), (2, 1), (1, 0), (2, 1)),
        (r(2, 2, 4, 4), r(2, 1, 3, 3), r(2), 1, "same", 1, 2), (r(0, 3, 4, 4), r(2, 3, 1, 1), r(2)),
    ]


op(conv2d, method=False, also="nn.functional", samples=_conv2d_samples, family="conv", dtypes="floats")
op(conv1d, method=False, also="nn.functional", family="conv", dtypes="floats",
   samples=lambda r: [(r(2, 3, 6), r(4, 3, 3), r(4)), (r(2, 4, 7), r(4, 2, 3), None, 2, 1, 1, 2), (r(3, 5), r(2, 3, 2), r(2), 1, "same", 2)])
