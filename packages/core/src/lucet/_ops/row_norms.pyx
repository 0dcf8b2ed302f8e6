"""Norms of rows, each by its own statistics, with a weight and a bias of their own: layer, group, instance and RMS norm.

All of them end in `_normed`: one pass over the rows forward, one backward. Other norms of vectors (p-norms) are reductions and not here.
"""

from lucet._dtype cimport FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX128, dtype_object
from lucet._engine cimport Node, Run, recording, recording2, new_node, connect, set_history, save, saved, needs, give, tied
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport row_norm
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._layout cimport says_channels_last, says_channels_last_3d
from lucet._ops._loops cimport converted, contiguous, widened
from lucet._ops.batch_norm cimport check_floating, check_parameter, check_statistics, move_statistics, normalized, row_of, rows_of
from lucet._ops.convert cimport cast_to
from lucet._ops.pointwise cimport add, sub, mul
from lucet._ops.reduce cimport sum_dims, mean_dims
from lucet._ops.shape cimport reshape_to
from lucet._tensor cimport Tensor, empty_tensor, is_plain, is_meta, data_of, read_size, shape_tuple, CPU
from lucet._threads cimport run_unlocked

from lucet._device import channels_last, channels_last_3d
from lucet._errors import DtypeError, ShapeError, error
from lucet._registry import OPS, op
from lucet._type_info import finfo

cdef enum:
    SERIAL = 65536                # elements below which one thread does all rows
    TASK = 32768                  # elements per task
    SHARES = 16                   # tasks at most where each sums gradients of weights


# --- all rows ---------------------------------------------------------------------------------------------------------

cdef struct Job:
    row_norm p
    int slot                      # 0 float32, 1 float64
    const void* x
    const void* g
    void* y
    const void* weight
    const void* bias
    double* sums                  # two of each weight from each task, and room
    Py_ssize_t weights
    Py_ssize_t per_task


cdef void _forward_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task
    K.row_norm[j.slot](&j.p, j.x, j.y, j.weight, j.bias, first, min(first + j.per_task, j.p.rows))


cdef void _backward_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task
    cdef double* sums = NULL if j.sums == NULL else j.sums + task * 4 * j.weights
    K.row_norm_grad[j.slot](
        &j.p, j.x, j.g, j.y, j.weight, sums, sums + 2 * j.weights, first, min(first + j.per_task, j.p.rows)
    )


cdef void _cut(Job* j, bint shares) noexcept:
    """How many rows are a task's."""
    j.per_task = j.p.rows
    if j.p.rows * j.p.size >= SERIAL:
        j.per_task = TASK // j.p.size + 1
        if shares:
            j.per_task = max(j.per_task, (j.p.rows + SHARES - 1) // SHARES)


cdef void _describe(Job* j, Tensor x, Tensor stats, Py_ssize_t run, Py_ssize_t period, double eps, bint centred) noexcept:
    j.p.rows = stats.shape_[1]
    j.p.size = x.numel_ // j.p.rows
    j.p.run = run
    j.p.period = period
    j.p.eps = eps
    j.p.centred = centred
    j.p.mean, j.p.var, j.p.inverse = row_of(stats, 0), row_of(stats, 1), row_of(stats, 2)
    j.weights = j.p.size // run * period


cdef Tensor _parameter(Tensor t, int code):
    return None if t is None else contiguous(converted(t, code))


cdef inline const void* _values(Tensor t) noexcept:
    return NULL if t is None else data_of(t)


cdef tuple _normed(
    Tensor x, Tensor weight, Tensor bias, Py_ssize_t rows, Py_ssize_t run, Py_ssize_t period, double eps, bint centred, const char* label
):
    """(y, statistics): `rows` equal runs of x, each normalised by itself; element i of row r has weight r % period * size // run + i // run.

    `statistics` is (3, rows) float64: mean, variance, 1 / sqrt(variance + eps); None on meta. `centred`: else by the mean square.
    """
    cdef Tensor wide, y, stats = None, w, b
    cdef Job j
    cdef Node n
    if is_meta(x):
        y = empty_tensor(x.code, x.ndim_, x.shape_, x.storage.device)
    else:
        stats = rows_of(3, rows, FLOAT64)
        wide = widened(x)
        y = empty_tensor(wide.code, x.ndim_, x.shape_, CPU)
        if x.numel_:
            _describe(&j, x, stats, run, period, eps, centred)
            w, b = _parameter(weight, wide.code), _parameter(bias, wide.code)
            j.slot = wide.code == FLOAT64
            j.x, j.y, j.weight, j.bias = data_of(wide), data_of(y), _values(w), _values(b)
            _cut(&j, False)
            run_unlocked((j.p.rows + j.per_task - 1) // j.per_task, _forward_task, &j)
        y = converted(y, x.code)
        if label == GROUPS:
            y = _in_order_of(x, y)
    if recording(x) or weight is not None and recording(weight) or bias is not None and recording(bias):
        n = new_node(_normed_vjp, label, 3)
        connect(n, 0, x)
        connect(n, 1, weight)
        connect(n, 2, bias)
        save(n, 0, x)
        save(n, 1, weight)
        n.extra = stats, weight if weight is None else weight.shape, bias if bias is None else (bias.shape, bias.code), rows, centred
        n.i0 = run
        n.i1 = period
        n.d0 = eps
        set_history(n, y, 0)
    return y, stats


cdef int _normed_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved(n, 0), weight = saved(n, 1)
    if is_meta(g) or is_meta(x) or x.numel_ == 0:
        return _zeros(n, x, run)
    if recording2(g, x) or weight is not None and recording(weight):
        return _composed_gradients(n, g, x, weight, run)
    return _fused_gradients(n, g, x, weight, run)


cdef int _fused_gradients(Node n, Tensor g, Tensor x, Tensor weight, Run run) except -1:
    cdef Tensor wide = widened(x), wide_g = widened(converted(g, x.code)), w = _parameter(weight, wide.code), dx = None, sums = None
    cdef bint centred, to_weight = needs(n, 1), to_bias = needs(n, 2)
    cdef Py_ssize_t tasks
    cdef Job j
    stats, weight_shape, bias_like, _, centred = n.extra
    if needs(n, 0):
        dx = empty_tensor(wide.code, x.ndim_, x.shape_, CPU)
    _describe(&j, x, <Tensor>stats, n.i0, n.i1, n.d0, centred)
    _cut(&j, to_weight or to_bias)
    tasks = (j.p.rows + j.per_task - 1) // j.per_task
    if to_weight or to_bias:
        sums = rows_of(tasks, 4 * j.weights, FLOAT64)
    j.slot = wide.code == FLOAT64
    j.x, j.g, j.weight, j.sums = data_of(wide), data_of(wide_g), _values(w), row_of(sums, 0)
    j.y = NULL if dx is None else data_of(dx)
    run_unlocked(tasks, _backward_task, &j)
    if dx is not None:
        give(run, n, 0, _in_order_of(x, converted(dx, x.code)) if n.label == GROUPS else converted(dx, x.code))
    if to_weight:
        give(run, n, 1, _joined(&j, tasks, j.weights, weight_shape, weight.code))
    if to_bias:
        shape, code = bias_like
        give(run, n, 2, _joined(&j, tasks, 0, shape, code))
    return 0


cdef Tensor _joined(Job* j, Py_ssize_t tasks, Py_ssize_t at, object shape, int code):
    """The sums of the tasks, added in their order."""
    cdef Tensor total = empty_tensor(FLOAT64, 1, &j.weights, CPU)
    cdef double* out = <double*>data_of(total)
    cdef Py_ssize_t task, i
    for i in range(j.weights):
        out[i] = j.sums[at + i]
    for task in range(1, tasks):
        for i in range(j.weights):
            out[i] += j.sums[task * 4 * j.weights + at + i]
    return _shaped(converted(total, code), shape)


cdef Tensor _shaped(Tensor t, object shape):
    cdef Py_ssize_t sizes[64]
    cdef int i
    for i in range(len(shape)):
        sizes[i] = shape[i]
    return reshape_to(t, len(shape), sizes)


cdef int _zeros(Node n, Tensor x, Run run) except -1:
    """The gradients of nothing at all, and those on meta."""
    if needs(n, 0):
        give(run, n, 0, OPS["zeros_like"].function(x))
    if needs(n, 1):
        give(run, n, 1, OPS["zeros_like"].function(saved(n, 1)))
    if needs(n, 2):
        shape, code = n.extra[2]
        give(run, n, 2, OPS["zeros"].function(shape, dtype=dtype_object(code), device=x.device))
    return 0


cdef int _composed_gradients(Node n, Tensor g, Tensor x, Tensor weight, Run run) except -1:
    """The same gradients in ops, as functions of g, x and weight, to be differentiated again."""
    cdef int code = FLOAT64 if x.code == FLOAT64 else FLOAT32
    cdef unsigned long long row = 12, over = 9                       # the dims of a row, and those that share a weight
    cdef Tensor wide, centred, inverse, scaled, xhat
    _, weight_shape, bias_like, rows, is_centred = n.extra
    size = x.numel_ // rows
    weights = (1, n.i1, size // n.i0, 1)
    wide = _shaped(cast_to(x, code), (rows // n.i1, n.i1, size // n.i0, n.i0))
    g = _shaped(cast_to(g, code), wide.shape)
    centred = sub(wide, mean_dims(wide, row, True)) if is_centred else wide
    inverse = OPS["rsqrt"].function(add(mean_dims(mul(centred, centred), row, True), n.d0))
    xhat = mul(centred, inverse)
    if needs(n, 0):
        scaled = g if weight is None else mul(g, _shaped(cast_to(weight, code), weights))
        wide = mul(xhat, mean_dims(mul(scaled, xhat), row, True))
        if is_centred:
            wide = add(wide, mean_dims(scaled, row, True))
        give(run, n, 0, cast_to(_shaped(mul(sub(scaled, wide), inverse), x.shape), x.code))
    if needs(n, 1):
        give(run, n, 1, cast_to(_shaped(sum_dims(mul(g, xhat), over, False), weight_shape), weight.code))
    if needs(n, 2):
        shape, bias_code = bias_like
        bias = cast_to(_shaped(sum_dims(g, over, False), shape), bias_code)
        give(run, n, 2, tied(bias, n, b"NativeLayerNormBackwardBackward0", 2, False) if n.label == LAYERS else bias)
    return 0


cdef const char* LAYERS = b"NativeLayerNormBackward0"
cdef const char* GROUPS = b"NativeGroupNormBackward0"


cdef Tensor _in_order_of(Tensor x, Tensor y):
    """y, newly made, in the order of the dimensions of images x."""
    if says_channels_last(x) or says_channels_last_3d(x):
        return OPS["contiguous"].function(y, memory_format=channels_last if x.ndim_ == 4 else channels_last_3d)
    return y


# --- the ops ----------------------------------------------------------------------------------------------------------

cdef bint _all_plain(Tensor x, Tensor weight, Tensor bias):
    return (
        is_plain(x) and (weight is None or is_plain(weight)) and (bias is None or is_plain(bias)) and not thread_state().modes
    )


cdef int _check_layer(Tensor x, tuple shape, Tensor weight, Tensor bias, str op_name) except -1:
    cdef tuple sizes = tuple([x.shape_[i] for i in range(x.ndim_)])
    cdef int k = len(shape)
    if k == 0:
        raise error(
            ShapeError,
            f"{op_name}: Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, "
            "but got normalized_shape = []",
        )
    for t, name in ((weight, "weight"), (bias, "bias")):
        if t is not None and tuple(t.shape) != shape:
            raise error(
                ShapeError,
                f"{op_name}: Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(t.shape)} "
                f"and normalized_shape = {list(shape)}",
            )
        if t is not None and op_name == "layer_norm":
            _check_mix(<Tensor>t, x, op_name, name)
    if len(sizes) < k or sizes[len(sizes) - k:] != shape:
        raise error(
            ShapeError,
            f"{op_name}: Given normalized_shape={list(shape)}, expected input with shape [*, {', '.join(map(str, shape))}], "
            f"but got input of size{list(sizes)}",
        )
    return 0


cdef int _check_mix(Tensor t, Tensor x, str op_name, str name) except -1:
    if t.code != x.code and not ((x.code == FLOAT16 or x.code == BFLOAT16) and t.code == FLOAT32):
        raise error(
            DtypeError,
            f"{op_name}: mixed dtype: {name} is {dtype_object(t.code)._name}, input {dtype_object(x.code)._name}, expected the same",
        )
    return 0


cdef tuple _row_shape(object normalized_shape, str op_name):
    if not isinstance(normalized_shape, (tuple, list)):
        kind = type(normalized_shape).__name__
        raise TypeError(f"{op_name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {kind}")
    return tuple([read_size(size, b"normalized_shape") for size in normalized_shape])


cdef Py_ssize_t _rows_in(Tensor x, tuple shape):
    cdef Py_ssize_t inner = 1
    for size in shape:
        inner *= size
    return x.numel_ // inner if inner else 0


cdef Tensor _layer_norm(Tensor x, object normalized_shape, Tensor weight, Tensor bias, double eps):
    shape = _row_shape(normalized_shape, "layer_norm")
    check_floating(x, "layer_norm")
    _check_layer(x, shape, weight, bias, "layer_norm")
    return _normed(x, weight, bias, _rows_in(x, shape), 1, 1, eps, True, LAYERS)[0]


cdef object layer_norm_fn, layer_norm_plain_fn, rms_norm_fn, group_norm_fn, group_norm_plain_fn, instance_norm_fn


def layer_norm(Tensor input not None, normalized_shape, Tensor weight=None, Tensor bias=None, double eps=1e-5):
    """layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05) -> Tensor

    Normalise over the last dimensions, whose sizes are `normalized_shape`, by mean and biased variance; then * weight + bias.

    Shape: input (..., *normalized_shape), weight and bias normalized_shape. Raises: ShapeError, DtypeError where they do not fit.
    Source: Ba, Kiros and Hinton, Layer normalization, 2016.

    >>> from lucet._ops import layer_norm
    >>> import lucet
    >>> layer_norm(lucet.tensor([[1., 3.]]), (2,), eps=1e-12)
    tensor([[-1.,  1.]])
    """
    if not _all_plain(input, weight, bias):
        result = slow_call(layer_norm_fn, (input, normalized_shape, weight, bias, eps), {})
        if result is not passed:
            return result
    return _layer_norm(input, normalized_shape, weight, bias, eps)


def layer_norm_plain(Tensor input not None, normalized_shape, Tensor weight=None, Tensor bias=None, double eps=1e-5, bint cudnn_enable=True):
    """layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True) -> Tensor

    `nn.functional.layer_norm`; `cudnn_enable` chooses nothing on a CPU.

    >>> import lucet
    >>> lucet.layer_norm(lucet.tensor([[1., 3.]]), (2,), eps=1e-12)
    tensor([[-1.,  1.]])
    """
    if not _all_plain(input, weight, bias):
        result = slow_call(layer_norm_plain_fn, (input, normalized_shape, weight, bias, eps, cudnn_enable), {})
        if result is not passed:
            return result
    return _layer_norm(input, normalized_shape, weight, bias, eps)


cdef Tensor _rms_norm(Tensor x, object normalized_shape, Tensor weight, object eps):
    cdef int dims
    cdef unsigned long long row = 0
    cdef Tensor y
    shape = _row_shape(normalized_shape, "rms_norm")
    if not (x.dtype.is_floating_point or x.dtype.is_complex):
        raise error(DtypeError, f"rms_norm: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    _check_layer(x, shape, weight, None, "rms_norm")
    if eps is None:
        eps = finfo(dtype_object(FLOAT64 if x.code in (FLOAT64, COMPLEX128) else FLOAT32)).eps
    if not x.dtype.is_complex:
        return _normed(x, weight, None, _rows_in(x, shape), 1, 1, eps, False, b"MulBackward0")[0]
    for dims in range(x.ndim_ - <int>len(shape), x.ndim_):
        row |= <unsigned long long>1 << dims
    y = mul(x, OPS["rsqrt"].function(add(mean_dims(mul(x, x), row, True), eps)))
    return y if weight is None else cast_to(mul(y, weight), x.code)


def rms_norm(Tensor input not None, normalized_shape, Tensor weight=None, eps=None):
    """rms_norm(input, normalized_shape, weight=None, eps=None) -> Tensor

    The last dimensions, whose sizes are `normalized_shape`, over the root of their mean square: input / sqrt(mean(input^2) + eps) * weight.
    `eps` is by default the smallest step from 1 of the type that is computed in.

    Shape: input (..., *normalized_shape), weight normalized_shape. Dtype: floating or complex. Raises: ShapeError, DtypeError.
    Source: Zhang and Sennrich, Root mean square layer normalization, 2019.

    >>> import lucet
    >>> lucet.rms_norm(lucet.tensor([[1., 7.]]), (2,))
    tensor([[0.2000, 1.4000]])
    """
    if not _all_plain(input, weight, None):
        result = slow_call(rms_norm_fn, (input, normalized_shape, weight, eps), {})
        if result is not passed:
            return result
    return _rms_norm(input, normalized_shape, weight, eps)


cdef int _check_group(Tensor x, Py_ssize_t groups, Tensor weight, Tensor bias) except -1:
    sizes = [x.shape_[i] for i in range(x.ndim_)]
    if x.ndim_ < 2:
        raise error(ShapeError, f"group_norm: Expected at least 2 dimensions for input tensor but received {x.ndim_}")
    if groups <= 0:
        raise error(ShapeError, f"group_norm: Expected num groups to be greater than 0, got {groups}")
    if x.shape_[1] % groups:
        raise error(
            ShapeError,
            f"group_norm: Expected number of channels in input to be divisible by num_groups, but got input of shape {sizes} "
            f"and num_groups={groups}",
        )
    for t, name in ((weight, "weight"), (bias, "bias")):
        if t is None:
            continue
        if t.dim() != 1 or t.numel() != x.shape_[1]:
            raise error(
                ShapeError,
                f"group_norm: Expected {name} to be a vector of size equal to the number of channels in input, "
                f"but got {name} of shape {list(t.shape)} and input of shape {sizes}",
            )
        _check_mix(<Tensor>t, x, "group_norm", name)
    return 0


cdef Tensor _group_norm(Tensor x, object num_groups, Tensor weight, Tensor bias, double eps):
    cdef Py_ssize_t groups = read_size(num_groups, b"num_groups"), plane = 1
    check_floating(x, "group_norm")
    _check_group(x, groups, weight, bias)
    for i in range(2, x.ndim_):
        plane *= x.shape_[i]
    return _normed(x, weight, bias, x.shape_[0] * groups, plane, groups, eps, True, GROUPS)[0]


def group_norm(Tensor input not None, num_groups, Tensor weight=None, Tensor bias=None, double eps=1e-5):
    """group_norm(input, num_groups, weight=None, bias=None, eps=1e-05) -> Tensor

    The channels in `num_groups` groups, each normalised for itself in each sample; then * weight + bias of each channel.

    Shape: input (N, C, ...), weight and bias (C,). Raises: ShapeError where sizes do not fit; ValueError for one value per group.
    Source: Wu and He, Group normalization, 2018.

    >>> from lucet._ops import group_norm
    >>> import lucet
    >>> group_norm(lucet.tensor([[1., 3., 2., 6.]]), 2, eps=1e-12)
    tensor([[-1.,  1., -1.,  1.]])
    """
    if not _all_plain(input, weight, bias):
        result = slow_call(group_norm_fn, (input, num_groups, weight, bias, eps), {})
        if result is not passed:
            return result
    groups = read_size(num_groups, b"num_groups")
    if input.ndim_ > 1 and groups > 0 and input.numel_ and input.numel_ == groups * input.shape_[0] and input.shape_[0] == 1:
        raise ValueError(f"group_norm: Expected more than 1 value per channel when training, got input size {list(shape_tuple(input))}")
    return _group_norm(input, groups, weight, bias, eps)


def group_norm_plain(Tensor input not None, num_groups, Tensor weight=None, Tensor bias=None, double eps=1e-5, bint cudnn_enabled=True):
    """group_norm(input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True) -> Tensor

    `nn.functional.group_norm`; `cudnn_enabled` chooses nothing on a CPU.

    >>> import lucet
    >>> lucet.group_norm(lucet.tensor([[1., 3., 2., 6.]]), 2, eps=1e-12)
    tensor([[-1.,  1., -1.,  1.]])
    """
    if not _all_plain(input, weight, bias):
        result = slow_call(group_norm_plain_fn, (input, num_groups, weight, bias, eps, cudnn_enabled), {})
        if result is not passed:
            return result
    return _group_norm(input, num_groups, weight, bias, eps)


cdef int _move_over_samples(Tensor running, Tensor stats, Py_ssize_t k, Py_ssize_t samples, double momentum, double factor) except -1:
    """Running statistics of instance norm: each sample moves a copy, the mean of the copies stays."""
    cdef Py_ssize_t channels = running.numel_, c, i
    cdef Tensor means = rows_of(3, channels, FLOAT64)
    for c in range(channels):
        row_of(means, k)[c] = 0
        for i in range(samples):
            row_of(means, k)[c] += row_of(stats, k)[i * channels + c] / samples
    return move_statistics(running, means, k, momentum, factor)


cdef Tensor _instance_norm(Tensor x, Tensor running_mean, Tensor running_var, Tensor weight, Tensor bias, double momentum, double eps):
    cdef Py_ssize_t channels = x.shape_[1]
    cdef Py_ssize_t shape[3]
    cdef double n
    shape[0] = 1
    shape[1] = x.shape_[0] * channels
    shape[2] = x.numel_ // shape[1] if shape[1] else 0
    y, stats = _normed(reshape_to(x, 3, shape), weight, bias, shape[1], shape[2], channels, eps, True, b"NativeBatchNormBackward0")
    y = reshape_to(y, x.ndim_, x.shape_)
    if running_mean is not None and stats is not None and x.numel_ and not is_meta(running_mean):
        n = <double>shape[2]
        _move_over_samples(running_mean, stats, 0, x.shape_[0], momentum, 1)
        _move_over_samples(running_var, stats, 1, x.shape_[0], momentum, n / (n - 1))
    return y


def instance_norm(
    Tensor input not None, Tensor running_mean=None, Tensor running_var=None, Tensor weight=None, Tensor bias=None,
    bint use_input_stats=True, double momentum=0.1, double eps=1e-5,
):
    """instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05) -> Tensor

    Each channel of each sample normalised for itself; then * weight + bias. Running statistics follow the mean over the samples, and
    are used instead of the input's where `use_input_stats` is False.

    Shape: input (N, C, L), (N, C, H, W), ...; the others (C,). Raises: ValueError for one element per channel.
    Source: Ulyanov, Vedaldi and Lempitsky, Instance normalization, 2016.

    >>> from lucet._ops import instance_norm
    >>> import lucet
    >>> instance_norm(lucet.tensor([[[1., 3.], [2., 6.]]]), eps=1e-12)
    tensor([[[-1.,  1.],
             [-1.,  1.]]])
    """
    if not (_all_plain(input, weight, bias) and (running_mean is None or is_plain(running_mean)) and (running_var is None or is_plain(running_var))):
        result = slow_call(instance_norm_fn, (input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps), {})
        if result is not passed:
            return result
    if use_input_stats and input.ndim_ >= 2 and input.numel_ and input.numel_ == input.shape_[0] * input.shape_[1]:
        raise ValueError(f"instance_norm: Expected more than 1 spatial element when training, got input size {shape_tuple(input)}")
    if not use_input_stats and (running_mean is None or running_var is None):
        raise error(ShapeError, "instance_norm: Expected running_mean and running_var to be defined when use_input_stats is false")
    check_floating(input, "instance_norm")
    if weight is None and bias is None and running_mean is not None and running_var is not None and running_mean.code != input.code:
        # statistics of another type are kept in theirs, as torch does where no weight tells the type of the computing
        mean, var = running_mean.to(input.dtype), running_var.to(input.dtype)
        result = instance_norm(input, mean, var, None, None, use_input_stats, momentum, eps)
        if use_input_stats:
            running_mean.copy_(mean)
            running_var.copy_(var)
        return result
    check_statistics(input, running_mean, running_var, use_input_stats, "instance_norm")
    check_parameter(weight, input, input.shape_[1], "instance_norm", "weight")
    check_parameter(bias, input, input.shape_[1], "instance_norm", "bias")
    if not use_input_stats:
        return normalized(input, weight, bias, running_mean, running_var, eps, b"NativeBatchNormBackward0")[0]
    return _instance_norm(input, running_mean, running_var, weight, bias, momentum, eps)


# --- registration -----------------------------------------------------------------------------------------------------

layer_norm_fn = op(
    layer_norm, name="layer_norm", key="nn.functional.layer_norm", method=False, public=False, also="nn.functional", family="normalization",
    dtypes="floats", samples=lambda r: [(r(3, 4), (4,), r(4), r(4)), (r(2, 3, 4), (3, 4), r(3, 4)), (r(5), [5]), (r(0, 3), (3,))],
)
layer_norm_plain_fn = op(layer_norm_plain, name="layer_norm", method=False, family="normalization", dtypes="floats",
                         samples=lambda r: [(r(3, 4), (4,), r(4), r(4))])
rms_norm_fn = op(
    rms_norm, method=False, also="nn.functional", family="normalization", dtypes="floats and complex",
    samples=lambda r: [(r(3, 4), (4,), r(4)), (r(2, 3, 4), (3, 4)), (r(5), [5], None, 0.1), (r(0, 3), (3,))],
)
group_norm_fn = op(
    group_norm, name="group_norm", key="nn.functional.group_norm", method=False, public=False, also="nn.functional", family="normalization",
    dtypes="floats", samples=lambda r: [(r(2, 4, 3), 2, r(4), r(4)), (r(3, 6), 3), (r(2, 2, 2, 3), 1, None, r(2))],
)
group_norm_plain_fn = op(group_norm_plain, name="group_norm", method=False, family="normalization", dtypes="floats",
                         samples=lambda r: [(r(2, 4, 3), 2, r(4), r(4))])
instance_norm_fn = op(
    instance_norm, method=False, public=False, also="nn.functional", family="normalization", dtypes="floats",
    samples=lambda r: [(r(2, 3, 4), None, None, r(3), r(3)), (r(1, 2, 3, 2), None, None)],
)
