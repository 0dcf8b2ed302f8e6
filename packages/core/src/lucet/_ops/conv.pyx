"""Convolution in one to three dimensions, plain and transposed: three passes, each differentiable by the other two.

Everything runs through one plan over images that lie channels-last (see `_kernels/micro/conv.h` and `_ops/_layout.pxd`): a
one-dimensional convolution is an image of one row, a transposed one is the gradient of the input. Integers and complex numbers,
which have no plan, are in conv_numbers.pxi.
"""

from libc.string cimport memset, strcmp
from lucet._dtype cimport BOOL, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, dtype_object, itemsize_of
from lucet._engine cimport (
    Node, Run, vjp_fn, recording, recording2, new_node, connect, set_history, save, saved, needs, give, tied,
)
from lucet._kernels.kernels cimport conv_plan, CONV_FORWARD, CONV_BACKWARD_DATA, CONV_BACKWARD_WEIGHT
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._layout cimport channels_last, empty_image, raw_of, says_channels_last, settle_views
from lucet._ops._loops cimport converted, convert_into, contiguous
from lucet._ops._plans cimport run_conv
from lucet._ops.pointwise cimport add
from lucet._ops.reduce cimport sum_dims
from lucet._ops.create cimport zeros_tensor
from lucet._ops.shape cimport joined, permute_by, reshape_to, select_at, squeeze_at, transpose_of, unsqueeze_at, view_as_real_of
from lucet._tensor cimport (
    Tensor, empty_tensor, is_plain, is_meta, data_of, describe, read_size, set_contiguous, strided_over, view, CPU, META, F_NO_GRAD_VIEW,
)

from lucet._errors import DtypeError, ShapeError, error
from lucet._registry import OPS, op

# Whether 3x3 convolutions may go by Winograd's algorithm; `lucet.backends.winograd` sets it.
cdef bint winograd_allowed = True


def set_winograd(bint allowed):
    global winograd_allowed
    winograd_allowed = allowed


def get_winograd() -> bool:
    return bool(winograd_allowed)


# Stride, zeros before the first element, dilation of each of three dimensions (depth, height, width), and groups; the output's
# size also settles the zeros behind the last.
cdef struct Geometry:
    int spatial                          # 2 or 3: how many dimensions follow the channels
    Py_ssize_t stride[3]
    Py_ssize_t pad[3]
    Py_ssize_t dilation[3]
    Py_ssize_t groups
    Py_ssize_t out[3]


cdef tuple _packed(const Geometry* g):
    return (
        g.spatial, g.stride[0], g.stride[1], g.stride[2], g.pad[0], g.pad[1], g.pad[2], g.dilation[0], g.dilation[1], g.dilation[2], g.groups,
        g.out[0], g.out[1], g.out[2],
    )


cdef Geometry _unpacked(tuple t):
    cdef Geometry g
    (g.spatial, g.stride[0], g.stride[1], g.stride[2], g.pad[0], g.pad[1], g.pad[2], g.dilation[0], g.dilation[1], g.dilation[2], g.groups,
     g.out[0], g.out[1], g.out[2]) = t
    return g


# --- the three passes -----------------------------------------------------------------------------------------------

cdef Tensor _flat(Tensor t):
    """(n, c, d, h, w) as (n, c, d * h, w), without history; images as they are."""
    cdef Py_ssize_t shape[4]
    cdef Py_ssize_t strides[4]
    if t.ndim_ == 4:
        return t
    t = contiguous(t)
    shape[0], shape[1], shape[2], shape[3] = t.shape_[0], t.shape_[1], t.shape_[2] * t.shape_[3], t.shape_[4]
    strides[3], strides[2], strides[1] = 1, shape[3], shape[3] * shape[2]
    strides[0] = strides[1] * shape[1]
    return strided_over(t.storage, t.code, t.offset, 4, shape, strides)


cdef Tensor _unflat(Tensor t, const Py_ssize_t* shape, int spatial):
    """The way back for a result: it may keep its hidden layout, which the first reader in five dimensions turns."""
    cdef Py_ssize_t strides[5]
    if spatial == 2:
        return t
    strides[4], strides[3], strides[2] = 1, shape[4], shape[4] * shape[3]
    strides[1] = strides[2] * shape[2]
    strides[0] = strides[1] * shape[1]
    return strided_over(t.storage, t.code, 0, 5, shape, strides)


cdef inline bint _half(Tensor t) noexcept:
    return t.code == FLOAT16 or t.code == BFLOAT16


cdef Tensor _computable(Tensor t):
    """In a type that kernels have: float32 for the half types."""
    return None if t is None else converted(t, FLOAT32) if _half(t) else t


cdef Tensor _images(const Py_ssize_t* shape, int spatial, int code, bint visible):
    """An uninitialised result, in the order that kernels write: (n, c, h, w), or (n, c, d * h, w) to be unflattened."""
    cdef Py_ssize_t flat[4]
    if spatial == 2:
        return empty_image(code, shape, visible)
    flat[0], flat[1], flat[2], flat[3] = shape[0], shape[1], shape[2] * shape[3], shape[4]
    return empty_image(code, flat)


cdef int _run(int which, Tensor x, Tensor weight, Tensor bias, Tensor y, const Py_ssize_t* size, const Geometry* g) except -1:
    """One pass over images, flattened, of `size` (of x: depth, height, width). Empty results and sums need no kernel.

    Operands may share a storage, and plain ones settle it: they are asked first, and the images after that.
    """
    cdef conv_plan p
    cdef char* weight_at = data_of(weight)
    cdef char* bias_at = NULL if bias is None else data_of(bias)
    cdef Tensor result = y if which == CONV_FORWARD else x if which == CONV_BACKWARD_DATA else weight
    if result.numel_ == 0:
        return 0
    if x.numel_ == 0 or y.numel_ == 0 or weight.numel_ == 0:
        memset(raw_of(result), 0, result.numel_ * itemsize_of[result.code])
        if which == CONV_BACKWARD_WEIGHT and bias is not None:
            memset(bias_at, 0, bias.numel_ * itemsize_of[bias.code])
        if which == CONV_BACKWARD_WEIGHT or bias is None:
            return 0
    settle_views(x)
    settle_views(y)
    x, y = channels_last(x), channels_last(y)
    memset(&p, 0, sizeof(p))
    p.pass_ = which
    p.x, p.weight, p.bias, p.y = raw_of(x), weight_at, bias_at, raw_of(y)
    p.n, p.c, p.d, p.h, p.w = x.shape_[0], x.shape_[1], size[0], size[1], size[2]
    p.k, p.t, p.r, p.s = weight.shape_[0], 1 if g.spatial == 2 else weight.shape_[2], weight.shape_[g.spatial], weight.shape_[g.spatial + 1]
    p.od, p.oh, p.ow = g.out[0], g.out[1], g.out[2]
    p.groups = g.groups
    p.stride_d, p.stride_h, p.stride_w = g.stride[0], g.stride[1], g.stride[2]
    p.pad_d, p.pad_h, p.pad_w = g.pad[0], g.pad[1], g.pad[2]
    p.dilation_d, p.dilation_h, p.dilation_w = g.dilation[0], g.dilation[1], g.dilation[2]
    p.winograd = winograd_allowed
    return run_conv(&p, x.code == FLOAT64)


cdef void _size_of(const Py_ssize_t* shape, int spatial, Py_ssize_t* size) noexcept:
    size[0] = 1 if spatial == 2 else shape[2]
    size[1], size[2] = shape[spatial], shape[spatial + 1]


cdef void _shape_with(Py_ssize_t n, Py_ssize_t channels, const Geometry* g, Py_ssize_t* shape) noexcept:
    """(n, channels, *g.out)."""
    shape[0], shape[1] = n, channels
    if g.spatial == 3:
        shape[2] = g.out[0]
    shape[g.spatial], shape[g.spatial + 1] = g.out[1], g.out[2]


cdef Tensor _forward_pass(Tensor x, Tensor weight, Tensor bias, const Py_ssize_t* shape, const Geometry* g):
    cdef Py_ssize_t size[3]
    cdef Tensor y = _images(shape, g.spatial, FLOAT32 if _half(x) else x.code, says_channels_last(x) or says_channels_last(weight))
    cdef Tensor kernel = contiguous(_computable(weight)), b = _computable(bias)
    _size_of(x.shape_, g.spatial, size)
    _run(CONV_FORWARD, _flat(_computable(x)), kernel, None if b is None else contiguous(b), y, size, g)
    return converted(_unflat(y, shape, g.spatial), x.code)


cdef Tensor _input_pass(Tensor g, Tensor weight, Tensor bias, const Py_ssize_t* shape, const Geometry* geometry):
    """The input's gradient, of `shape`; plus a bias where it is the result of a transposed convolution."""
    cdef Py_ssize_t size[3]
    cdef Tensor made = _images(shape, geometry.spatial, FLOAT32 if _half(g) else g.code, says_channels_last(g) or says_channels_last(weight))
    cdef Tensor kernel = contiguous(_computable(weight)), b = _computable(bias)
    _size_of(shape, geometry.spatial, size)
    _run(CONV_BACKWARD_DATA, made, kernel, None if b is None else contiguous(b), _flat(_computable(g)), size, geometry)
    return converted(_unflat(made, shape, geometry.spatial), g.code)


cdef Tensor _weight_pass(Tensor x, Tensor g, Tensor weight, Tensor bias_grad, const Geometry* geometry):
    cdef Py_ssize_t size[3]
    cdef Tensor made = empty_tensor(FLOAT32 if _half(x) else x.code, weight.ndim_, weight.shape_, CPU)
    _size_of(x.shape_, geometry.spatial, size)
    _run(CONV_BACKWARD_WEIGHT, _flat(_computable(x)), made, bias_grad, _flat(_computable(g)), size, geometry)
    return converted(made, x.code)


cdef unsigned long long _all_but_channels(Tensor t) noexcept:
    return (<unsigned long long>1 << t.ndim_) - 1 - 2


# --- the same, recorded -----------------------------------------------------------------------------------------------

cdef Tensor _recorded(Tensor y, vjp_fn vjp, const char* label, int inputs, Tensor a, Tensor b, Tensor bias, const Geometry* g):
    """y with its history, where one is wanted: a and b are saved, as each is the other's slope."""
    cdef Node n
    if not recording2(a, b) and (bias is None or not recording(bias)):
        return y
    n = new_node(vjp, label, inputs)
    connect(n, 0, a)
    connect(n, 1, b)
    if bias is not None:
        connect(n, 2, bias)
    save(n, 0, a)
    save(n, 1, b)
    n.extra = _packed(g)
    set_history(n, y, 0)
    return y


cdef int _give(Run run, Node n, int i, Tensor grad) except -1:
    """torch's pass back is one op on g, input and weight; for where its results do not change with them, nobody gets anything."""
    grad = tied(grad, n, b"ConvolutionBackwardBackward0", 2, False)
    return give(run, n, i, squeeze_at(grad, 2) if n.i0 and i < 2 else grad)


cdef inline Tensor _image(Tensor t, Node n):
    """An operand of the node's passes: a sequence is an image of one row."""
    return unsqueeze_at(t, 2) if n.i0 else t


cdef Tensor _sequence(Tensor y, vjp_fn vjp, Tensor x, Tensor weight, Tensor bias, const Geometry* g):
    """What images of one row gave, as the result of a one-dimensional convolution of x."""
    cdef Py_ssize_t shape[3]
    cdef Py_ssize_t strides[3]
    shape[0], shape[1], shape[2] = y.shape_[0], y.shape_[1], y.shape_[3]
    strides[0], strides[1], strides[2] = y.strides[0], y.strides[1], y.strides[3]
    y = view(y, 3, shape, strides, y.offset)
    y.base = None                            # nobody sees the image
    y.flags &= ~F_NO_GRAD_VIEW
    _recorded(y, vjp, b"ConvolutionBackward0", 3, x, weight, bias, g)
    if y.node is not None:
        (<Node>y.node).i0 = 1
    return y


cdef int conv_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = _image(saved(n, 0), n), weight = _image(saved(n, 1), n), weight_grad, bias_grad
    cdef Geometry geometry = _unpacked(n.extra)
    g = _image(g, n)
    if needs(n, 0):
        _give(run, n, 0, input_gradient(g, weight, x.shape_, &geometry))
    if needs(n, 1) and needs(n, 2) and not recording2(g, x):
        weight_grad, bias_grad = _weight_and_bias_gradient(x, g, weight, &geometry)
        _give(run, n, 1, weight_grad)
        _give(run, n, 2, bias_grad)
        return 0
    if needs(n, 1):
        _give(run, n, 1, weight_gradient(x, g, weight, &geometry))
    if needs(n, 2):
        _give(run, n, 2, sum_dims(g, _all_but_channels(g), False))
    return 0


cdef Tensor _made(Tensor x, Tensor weight, Tensor bias, const Geometry* g):
    """(n, c, [d,] h, w) * (k, c / groups, [t,] r, s) -> (n, k, [od,] oh, ow); no history."""
    cdef Py_ssize_t shape[5]
    _shape_with(x.shape_[0], weight.shape_[0], g, shape)
    if is_meta(x) or is_meta(weight):
        return empty_tensor(x.code, x.ndim_, shape, META)
    return _forward_pass(x, weight, bias, shape, g)


cdef Tensor forward(Tensor x, Tensor weight, Tensor bias, const Geometry* g):
    return _recorded(_made(x, weight, bias, g), conv_vjp, b"ConvolutionBackward0", 3, x, weight, bias, g)


cdef int input_gradient_vjp(Node n, Tensor gg, Run run) except -1:
    """x_grad = C'(g, weight) is linear in both: gg convolved forward for g, correlated with g for the weight."""
    cdef Tensor g = saved(n, 0), weight = saved(n, 1)
    cdef Geometry geometry = _unpacked(n.extra)
    if needs(n, 0):
        give(run, n, 0, forward(gg, weight, None, &geometry))
    if needs(n, 1):
        give(run, n, 1, weight_gradient(gg, g, weight, &geometry))
    return 0


cdef Tensor input_gradient(Tensor g, Tensor weight, const Py_ssize_t* shape, const Geometry* geometry):
    """The gradient of an input of `shape`."""
    cdef Tensor made
    if is_meta(g) or is_meta(weight):
        made = empty_tensor(g.code, g.ndim_, shape, META)
    else:
        made = _input_pass(g, weight, None, shape, geometry)
    return _recorded(made, input_gradient_vjp, b"ConvolutionBackwardBackward0", 2, g, weight, None, geometry)


cdef int weight_gradient_vjp(Node n, Tensor gg, Run run) except -1:
    """weight_grad = W'(x, g) is linear in both: gg in the weight's place gives both gradients."""
    cdef Tensor x = saved(n, 0), g = saved(n, 1)
    cdef Geometry geometry = _unpacked(n.extra)
    if needs(n, 0):
        give(run, n, 0, input_gradient(g, gg, x.shape_, &geometry))
    if needs(n, 1):
        give(run, n, 1, forward(x, gg, None, &geometry))
    return 0


cdef Tensor weight_gradient(Tensor x, Tensor g, Tensor weight, const Geometry* geometry):
    """The gradient of the weight, which has the shape of `weight` (whose elements are not read)."""
    cdef Tensor made
    if is_meta(g):
        made = empty_tensor(x.code, weight.ndim_, weight.shape_, META)
    else:
        made = _weight_pass(x, g, weight, None, geometry)
    return _recorded(made, weight_gradient_vjp, b"ConvolutionBackwardBackward0", 2, x, g, None, geometry)


cdef tuple _weight_and_bias_gradient(Tensor x, Tensor g, Tensor weight, const Geometry* geometry):
    """Both in one pass over g, when no graph of the gradients is wanted."""
    cdef Tensor bias_grad
    if is_meta(g) or _half(x):
        return weight_gradient(x, g, weight, geometry), sum_dims(g, _all_but_channels(g), False)
    bias_grad = empty_tensor(x.code, 1, weight.shape_, CPU)
    return _weight_pass(x, g, weight, bias_grad, geometry), bias_grad


cdef int transposed_vjp(Node n, Tensor g, Run run) except -1:
    """y = C'(x, weight) + bias: g convolved forward for x, correlated with x for the weight."""
    cdef Tensor x = _image(saved(n, 0), n), weight = _image(saved(n, 1), n)
    cdef Geometry geometry = _unpacked(n.extra)
    g = _image(g, n)
    if needs(n, 0):
        _give(run, n, 0, forward(g, weight, None, &geometry))
    if needs(n, 1):
        _give(run, n, 1, weight_gradient(g, x, weight, &geometry))
    if needs(n, 2):
        _give(run, n, 2, sum_dims(g, _all_but_channels(g), False))
    return 0


cdef Tensor transposed(Tensor x, Tensor weight, Tensor bias, const Py_ssize_t* shape, const Geometry* g):
    """The gradient of a convolution's input as an op of its own: x in the place of that convolution's output; no history."""
    if is_meta(x) or is_meta(weight):
        return empty_tensor(x.code, x.ndim_, shape, META)
    return _input_pass(x, weight, bias, shape, g)


# --- arguments ------------------------------------------------------------------------------------------------------

cdef int _each(object value, Py_ssize_t* out, int spatial, str name, const char* argument, Py_ssize_t least, str complaint) except -1:
    """An int, or one value a spatial dimension, into the last `spatial` of three places; the rest is filled in by the caller."""
    cdef int i
    if isinstance(value, int):
        value = (value,) * spatial
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name}: {argument.decode()} must be an int or a tuple of {spatial} ints, not {type(value).__name__}")
    if len(value) == 1:
        value = tuple(value) * spatial
    if len(value) != spatial:
        raise error(ShapeError, f"{name}: expected {argument.decode()} to be a single integer value or a list of {spatial} values to match the convolution dimensions, but got {argument.decode()}={list(value)}")
    for i in range(spatial):
        out[3 - spatial + i] = read_size(value[i], argument)
        if out[3 - spatial + i] < least:
            raise error(ShapeError, f"{name}: {complaint} is not supported, got {argument.decode()}={list(value)}")
        if out[3 - spatial + i] > 0x7fffffff and strcmp(argument, b"stride"):
            raise error(ShapeError, f"{name}: {argument.decode()} is too large, got {list(value)}")
    return 0


cdef int _arguments(Tensor x, object stride, object padding, object dilation, object groups, int spatial, str name, Geometry* g) except -1:
    """Read what both directions share; `padding` may be a string, which leaves pad alone."""
    cdef int i
    g.spatial = 3 if spatial == 3 else 2
    for i in range(3):
        g.stride[i] = g.dilation[i] = g.out[i] = 1
        g.pad[i] = 0
    _each(stride, g.stride, spatial, name, b"stride", 1, "non-positive stride")
    _each(dilation, g.dilation, spatial, name, b"dilation", 1, "dilation should be greater than zero; anything else")
    g.groups = read_size(groups, b"groups")
    if g.groups < 1:
        raise error(ShapeError, f"{name}: non-positive groups is not supported, got {groups}")
    if not isinstance(padding, str):
        _each(padding, g.pad, spatial, name, b"padding", 0, "negative padding")
    return 0


cdef int _geometry(Tensor x, Tensor weight, object stride, object padding, object dilation, object groups, int spatial, str name, Tensor given, Tensor given_weight, Geometry* g) except -1:
    """Read the arguments, and the output's size, for a batch (n, c, h, w) or (n, c, d, h, w)."""
    cdef int i
    cdef Py_ssize_t reach, total, size, kernel
    _arguments(x, stride, padding, dilation, groups, spatial, name, g)
    _check_channels(x, weight, g.groups, spatial, name, given, given_weight)
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            raise RuntimeError(f"{name}: Invalid padding string: '{padding}'")
        if padding == "same" and max(g.stride[0], g.stride[1], g.stride[2]) > 1:
            raise RuntimeError(f"{name}: padding='same' is not supported for strided convolutions")
    for i in range(3 - g.spatial, 3):
        size = x.shape_[x.ndim_ - 3 + i]
        kernel = weight.shape_[x.ndim_ - 3 + i]
        reach = g.dilation[i] * (kernel - 1)
        if isinstance(padding, str):
            g.pad[i] = reach // 2 if padding == "same" else 0
            total = reach if padding == "same" else 0
        else:
            total = 2 * g.pad[i]
        if size + total < reach + 1:
            sizes = [f"{x.shape_[x.ndim_ - 3 + k] + (2 * g.pad[k] if not isinstance(padding, str) else 0)}" for k in range(3 - spatial, 3)]
            kernels = [f"{g.dilation[k] * (weight.shape_[x.ndim_ - 3 + k] - 1) + 1}" for k in range(3 - spatial, 3)]
            raise error(
                ShapeError,
                f"{name}: Calculated padded input size per channel: ({' x '.join(sizes)}). Kernel size: ({' x '.join(kernels)}). Kernel size can't be greater than actual input size",
                facts=[_facts(given, given_weight)],
            )
        g.out[i] = (size + total - reach - 1) // g.stride[i] + 1
        if g.out[i] == 1:                    # a step that is never taken, however long
            g.stride[i] = 1
        if kernel == 1:
            g.dilation[i] = 1
    return 0


cdef str _facts(Tensor given, Tensor given_weight):
    return f"input {describe(given)}, weight {describe(given_weight)}"


cdef list _sizes(Tensor x, int spatial):
    """The sizes of a batch, without the row that makes an image of a sequence."""
    return [x.shape_[i] for i in range(x.ndim_) if not (spatial == 1 and i == 2)]


cdef bint _has_elements(Tensor weight) noexcept:
    cdef int i
    for i in range(1, weight.ndim_):
        if weight.shape_[i] == 0:
            return False
    return True


cdef int _check_channels(Tensor x, Tensor weight, Py_ssize_t groups, int spatial, str name, Tensor given, Tensor given_weight) except -1:
    """`given` and `given_weight` are the operands as the user wrote them, for the message."""
    cdef Py_ssize_t wanted = weight.shape_[1] * groups
    if weight.shape_[0] >= groups and weight.shape_[0] % groups == 0 and x.shape_[1] == wanted and _has_elements(weight):
        return 0
    facts = [f"{_facts(given, given_weight)}, groups {groups}"]
    if weight.shape_[0] < groups or weight.shape_[0] % groups:
        raise error(ShapeError, f"{name}: Given groups={groups}, expected weight to be at least {groups} at dimension 0, and divisible by it, but got weight of {weight.shape_[0]} filters", facts=facts)
    if x.shape_[1] != wanted:
        layer = f"in_channels={x.shape_[1]}" if x.shape_[1] % groups == 0 else f"in_channels={x.shape_[1]}, groups=1"
        raise error(
            ShapeError,
            f"{name}: Given groups={groups}, weight of size {list(given_weight.shape)}, expected input{_sizes(x, spatial)} to have {wanted} channels, but got {x.shape_[1]} channels instead",
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
    if x.code == BOOL:
        raise error(DtypeError, f"{name}: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    if bias is None:
        return 0
    if bias.code != x.code:
        raise error(DtypeError, f"{name}: Input type ({dtype_object(x.code)._name}) and bias type ({dtype_object(bias.code)._name}) should be the same")
    return 0


cdef int _check_bias(Tensor weight, Tensor bias, Py_ssize_t channels, str name) except -1:
    if bias is not None and (bias.ndim_ != 1 or bias.shape_[0] != channels):
        raise error(
            ShapeError,
            f"{name}: Given weight of size {[weight.shape_[i] for i in range(weight.ndim_)]}, expected bias to be 1-dimensional with {channels} elements, but got bias of size {[bias.shape_[i] for i in range(bias.ndim_)]} instead",
        )
    return 0


cdef int _check_dimensions(Tensor x, Tensor weight, int spatial, str name) except -1:
    if weight.ndim_ != spatial + 2:
        raise error(ShapeError, f"{name}: weight must have {spatial + 2} dimensions, got {weight.ndim_}", facts=[f"input {describe(x)}, weight {describe(weight)}"])
    if x.ndim_ != spatial + 2 and x.ndim_ != spatial + 1:
        raise error(
            ShapeError,
            f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {name}, but got input of size: {[x.shape_[i] for i in range(x.ndim_)]}",
            facts=[f"input {describe(x)}, weight {describe(weight)}"],
        )
    return 0


cdef Tensor _convolve(Tensor x, Tensor weight, Tensor bias, object stride, object padding, object dilation, object groups, int spatial, str name):
    cdef Geometry g
    cdef Tensor given = x, given_weight = weight
    cdef bint single = x.ndim_ == spatial + 1
    _check_dimensions(x, weight, spatial, name)
    _check_types(x, weight, bias, name)
    _check_bias(weight, bias, weight.shape_[0], name)
    if single:
        x = unsqueeze_at(x, 0)
    cdef Tensor sequence = x, taps = weight
    if spatial == 1:
        x = unsqueeze_at(x, 2)
        weight = unsqueeze_at(weight, 2)
    _geometry(x, weight, stride, padding, dilation, groups, spatial, name, given, given_weight, &g)
    if x.code < FLOAT16:
        y = _whole_numbers(x, weight, bias, &g)
        y = squeeze_at(y, 2) if spatial == 1 else y
    elif x.code >= COMPLEX64:
        y = _complex_images(forward(_as_channels(x), _as_block(weight, False), _as_channels(bias), &g), spatial)
    elif spatial == 1:
        y = _sequence(_made(x, weight, bias, &g), conv_vjp, sequence, taps, bias, &g)
    else:
        y = forward(x, weight, bias, &g)
    return squeeze_at(y, 0) if single else y


include "conv_numbers.pxi"


cdef Tensor _transpose(Tensor x, Tensor weight, Tensor bias, object stride, object padding, object output_padding, object groups, object dilation, int spatial, str name):
    """The arguments of a transposed convolution: x has the place of an ordinary one's output."""
    cdef Geometry g
    cdef Py_ssize_t shape[5]
    cdef Py_ssize_t behind[3]
    cdef Tensor given = x, given_weight = weight
    cdef bint single = x.ndim_ == spatial + 1
    cdef Py_ssize_t kernel, size
    cdef int i
    _check_dimensions(x, weight, spatial, name)
    _check_types(x, weight, bias, name)
    if single:
        x = unsqueeze_at(x, 0)
    cdef Tensor sequence = x, taps = weight
    if spatial == 1:
        x = unsqueeze_at(x, 2)
        weight = unsqueeze_at(weight, 2)
    _arguments(x, stride, padding, dilation, groups, spatial, name, &g)
    behind[0] = behind[1] = behind[2] = 0
    _each(output_padding, behind, spatial, name, b"output_padding", 0, "negative output_padding")
    if weight.shape_[0] % g.groups or weight.shape_[0] != x.shape_[1]:
        raise error(
            ShapeError,
            f"{name}: Given transposed=1, weight of size {list(given_weight.shape)}, expected input{_sizes(x, spatial)} to have {weight.shape_[0]} channels, but got {x.shape_[1]} channels instead",
            facts=[f"{_facts(given, given_weight)}, groups {g.groups}"],
            fix=f"an input of {weight.shape_[0]} channels",
        )
    _check_bias(weight, bias, weight.shape_[1] * g.groups, name)
    for i in range(3 - g.spatial, 3):
        size, kernel = x.shape_[x.ndim_ - 3 + i], weight.shape_[x.ndim_ - 3 + i]
        if behind[i] >= g.stride[i] and behind[i] >= g.dilation[i]:
            raise RuntimeError(f"{name}: output padding must be smaller than either stride or dilation, but got output_padding={behind[i]}, stride={g.stride[i]}, dilation={g.dilation[i]}")
        g.out[i] = size
        if g.stride[i] > 0x7fffffff or size > 0x7fffffff:
            raise error(ShapeError, f"{name}: stride is too large, got {stride}")
        shape[x.ndim_ - 3 + i] = (size - 1) * g.stride[i] - 2 * g.pad[i] + g.dilation[i] * (kernel - 1) + behind[i] + 1
        if shape[x.ndim_ - 3 + i] < 1 or kernel < 1:
            raise error(ShapeError, f"{name}: Given input size per channel: {_sizes(x, spatial)[2:]}. Calculated output size is too small", facts=[_facts(given, given_weight)])
    shape[0], shape[1] = x.shape_[0], weight.shape_[1] * g.groups
    if x.code < FLOAT16:
        y = _whole_numbers_spread(x, weight, bias, shape, &g)
        y = squeeze_at(y, 2) if spatial == 1 else y
        return squeeze_at(y, 0) if single else y
    if x.code >= COMPLEX64:
        x, weight, bias = _as_channels(x), _as_block(weight, True), _as_channels(bias)
        shape[1] *= 2
        y = transposed(x, weight, bias, shape, &g)
        _recorded(y, transposed_vjp, b"ConvolutionBackward0", 3, x, weight, bias, &g)
        y = _complex_images(y, spatial)
        return squeeze_at(y, 0) if single else y
    y = transposed(x, weight, bias, shape, &g)
    if spatial == 1:
        y = _sequence(y, transposed_vjp, sequence, taps, bias, &g)
    else:
        _recorded(y, transposed_vjp, b"ConvolutionBackward0", 3, x, weight, bias, &g)
    return squeeze_at(y, 0) if single else y


cdef object _intercepted(object fn, Tensor x, Tensor weight, Tensor bias, tuple rest):
    """`passed`, unless a mode or a subclass takes the call."""
    if not is_plain(x) or not is_plain(weight) or bias is not None and not is_plain(bias) or thread_state().modes:
        return slow_call(fn, (x, weight, bias, *rest), {})
    return passed


def conv2d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, dilation=1, groups=1):
    """conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> Tensor

    Cross-correlation of images with filters. `stride`, `padding` and `dilation` are an int or (height, width); padding is also "valid"
    or "same". Each of `groups` parts of the channels has filters of its own.

    Shape: input (N, C, H, W) or (C, H, W); weight (K, C / groups, R, S); bias (K,); output (N, K, OH, OW) or (K, OH, OW) with
    OH = (H + 2 padding - dilation (R - 1) - 1) // stride + 1.
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types.

    >>> import lucet
    >>> lucet.conv2d(lucet.ones(1, 1, 3, 3), lucet.ones(1, 1, 2, 2)).shape
    lucet.Size([1, 1, 2, 2])
    """
    result = _intercepted(conv2d, input, weight, bias, (stride, padding, dilation, groups))
    if result is not passed:
        return result
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 2, "conv2d")


def conv1d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, dilation=1, groups=1):
    """conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> Tensor

    Cross-correlation of sequences with filters; see `conv2d`. `padding` is also "valid" or "same".

    Shape: input (N, C, L) or (C, L); weight (K, C / groups, S); bias (K,); output (N, K, OL) or (K, OL).
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types.

    >>> import lucet
    >>> lucet.conv1d(lucet.ones(1, 1, 4), lucet.ones(1, 1, 2))
    tensor([[[2., 2., 2.]]])
    """
    result = _intercepted(conv1d, input, weight, bias, (stride, padding, dilation, groups))
    if result is not passed:
        return result
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 1, "conv1d")


def conv3d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, dilation=1, groups=1):
    """conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> Tensor

    Cross-correlation of volumes with filters; see `conv2d`. `padding` is also "valid" or "same".

    Shape: input (N, C, D, H, W) or (C, D, H, W); weight (K, C / groups, T, R, S); bias (K,); output (N, K, OD, OH, OW) or without N.
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types.

    >>> import lucet
    >>> lucet.conv3d(lucet.ones(1, 1, 2, 3, 3), lucet.ones(1, 1, 2, 2, 2)).shape
    lucet.Size([1, 1, 1, 2, 2])
    """
    result = _intercepted(conv3d, input, weight, bias, (stride, padding, dilation, groups))
    if result is not passed:
        return result
    return _convolve(input, weight, bias, stride, padding, dilation, groups, 3, "conv3d")


def conv_transpose1d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """conv_transpose1d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1) -> Tensor

    Transposed convolution of sequences; see `conv_transpose2d`.

    Shape: input (N, C, L) or (C, L); weight (C, K / groups, S); bias (K,); output (N, K, OL) or (K, OL).

    >>> import lucet
    >>> lucet.conv_transpose1d(lucet.ones(1, 1, 2), lucet.ones(1, 1, 2))
    tensor([[[1., 2., 1.]]])
    """
    result = _intercepted(conv_transpose1d, input, weight, bias, (stride, padding, output_padding, groups, dilation))
    if result is not passed:
        return result
    return _transpose(input, weight, bias, stride, padding, output_padding, groups, dilation, 1, "conv_transpose1d")


def conv_transpose2d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """conv_transpose2d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1) -> Tensor

    Each input element spread over the output by the filters: the gradient of `conv2d` with respect to its input, as an op.
    `output_padding` adds rows and columns at the end, where several sizes of input would give the same size of output.

    Shape: input (N, C, H, W) or (C, H, W); weight (C, K / groups, R, S); bias (K,); output (N, K, OH, OW) or (K, OH, OW) with
    OH = (H - 1) stride - 2 padding + dilation (R - 1) + output_padding + 1.
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types.

    >>> import lucet
    >>> lucet.conv_transpose2d(lucet.ones(1, 1, 1, 2), lucet.ones(1, 1, 2, 2))
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    result = _intercepted(conv_transpose2d, input, weight, bias, (stride, padding, output_padding, groups, dilation))
    if result is not passed:
        return result
    return _transpose(input, weight, bias, stride, padding, output_padding, groups, dilation, 2, "conv_transpose2d")


def conv_transpose3d(Tensor input not None, Tensor weight not None, Tensor bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """conv_transpose3d(input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1) -> Tensor

    Transposed convolution of volumes; see `conv_transpose2d`.

    Shape: input (N, C, D, H, W) or (C, D, H, W); weight (C, K / groups, T, R, S); bias (K,); output (N, K, OD, OH, OW) or without N.

    >>> import lucet
    >>> lucet.conv_transpose3d(lucet.ones(1, 1, 1, 1, 2), lucet.ones(1, 1, 1, 1, 2), stride=2)
    tensor([[[[[1., 1., 1., 1.]]]]])
    """
    result = _intercepted(conv_transpose3d, input, weight, bias, (stride, padding, output_padding, groups, dilation))
    if result is not passed:
        return result
    return _transpose(input, weight, bias, stride, padding, output_padding, groups, dilation, 3, "conv_transpose3d")


def _conv2d_samples(r):
    return [
        (r(2, 3, 6, 5), r(4, 3, 3, 2), r(4)), (r(1, 4, 5, 5), r(6, 2, 3, 3), None, 2, 1, 1, 2), (r(3, 6, 7), r(2, 3, 2, 3), r(2), (2, 1), (1, 0), (2, 1)),
        (r(2, 2, 4, 4), r(2, 1, 3, 3), r(2), 1, "same", 1, 2), (r(0, 3, 4, 4), r(2, 3, 1, 1), r(2)),
    ]


op(conv2d, method=False, also="nn.functional", samples=_conv2d_samples, family="conv", dtypes="no bool")
op(conv1d, method=False, also="nn.functional", family="conv", dtypes="no bool",
   samples=lambda r: [(r(2, 3, 6), r(4, 3, 3), r(4)), (r(2, 4, 7), r(4, 2, 3), None, 2, 1, 1, 2), (r(3, 5), r(2, 3, 2), r(2), 1, "same", 2)])
op(conv3d, method=False, also="nn.functional", family="conv", dtypes="no bool",
   samples=lambda r: [(r(2, 3, 3, 4, 3), r(4, 3, 2, 3, 2), r(4)), (r(1, 4, 3, 3, 4), r(2, 2, 2, 2, 2), None, (2, 1, 2), (1, 0, 1), 1, 2), (r(2, 3, 3, 3), r(1, 2, 2, 2, 2), r(1), 1, "same")])
op(conv_transpose1d, method=False, also="nn.functional", family="conv", dtypes="no bool",
   samples=lambda r: [(r(2, 3, 4), r(3, 2, 3), r(2)), (r(2, 4, 3), r(4, 1, 3), r(2), 2, 1, 1, 2, 2)])
op(conv_transpose2d, method=False, also="nn.functional", family="conv", dtypes="no bool",
   samples=lambda r: [(r(2, 3, 4, 3), r(3, 2, 3, 2), r(2)), (r(1, 4, 3, 4), r(4, 2, 3, 3), None, 2, 1, 1, 2), (r(3, 3, 3), r(3, 1, 2, 2), r(1), (1, 2), 0, 0, 1, (2, 1))])
op(conv_transpose3d, method=False, also="nn.functional", family="conv", dtypes="no bool",
   samples=lambda r: [(r(1, 2, 2, 3, 2), r(2, 2, 2, 2, 2), r(2)), (r(2, 2, 2, 3), r(2, 1, 2, 2, 2), r(2), 2, 1, 1, 2)])
