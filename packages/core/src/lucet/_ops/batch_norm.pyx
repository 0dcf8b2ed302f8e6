"""Batch norm, by its own statistics or by given ones (`normalized`): one pass forward, one backward, over channels.

Running statistics move only after everything else succeeded. Norms of rows by themselves (layer, group, instance) are in row_norms.pyx.
"""

from libc.math cimport sqrt
from lucet._dtype cimport FLOAT16, BFLOAT16, FLOAT32, FLOAT64, dtype_object
from lucet._engine cimport (
    Node, Run, requires_grad, recording, recording2, new_node, connect, set_history, save, saved, needs, give, tied,
    check_inplace,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport norm_shape, norm_tail, ACT_NONE
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._deferred cimport defer_scaled
from lucet._ops._layout cimport as_images, channels_last, empty_image_as, raw_of, settle_views
from lucet._ops._loops cimport convert_into, converted, contiguous, check_no_internal_overlap, widened
from lucet._ops.convert cimport cast_to
from lucet._ops.pointwise cimport add, sub, mul
from lucet._ops.reduce cimport sum_dims, mean_dims
from lucet._ops.shape cimport reshape_to
from lucet._tensor cimport (
    Tensor, empty_tensor, is_plain, is_meta, data_of, describe, bump, itemsize_of, shape_tuple, CPU,
)
from lucet._threads cimport run_unlocked

from lucet._errors import DtypeError, ShapeError, error
from lucet._registry import OPS, op

cdef enum:
    SERIAL = 65536                # elements below which one thread does all channels
    TASK = 32768                  # elements per task
    TOGETHER = 4096               # elements of the channels that go through all passes before the next: they stay in cache


# --- passes over the channels -----------------------------------------------------------------------------------------

# Arrays with one value a channel: doubles for sums and statistics, element type for what the loops over elements read.
cdef struct Job:
    norm_shape p
    int slot                      # 0 float32, 1 float64
    const void* x
    const void* g
    void* y
    double* mean
    double* var
    double* inverse               # 1 / sqrt(var + eps)
    double* sum_g
    double* sum_gx
    const double* weight
    const double* bias
    char* centre                  # four arrays in the element type
    char* first
    char* second
    char* third
    bint given                    # statistics are given, not measured
    bint later                    # y is filled when it is asked for
    norm_tail tail                # none
    double eps
    double* partial               # rows: two sums a channel from each task
    Py_ssize_t per_task
    Py_ssize_t together           # channels


cdef inline void _put(char* array, int slot, Py_ssize_t c, double value) noexcept nogil:
    if slot:
        (<double*>array)[c] = value
    else:
        (<float*>array)[c] = <float>value


cdef inline double _get(const char* array, int slot, Py_ssize_t c) noexcept nogil:
    return (<const double*>array)[c] if slot else <double>(<const float*>array)[c]


cdef void _scale(Job* j, Py_ssize_t c) noexcept nogil:
    """What the loop over elements of channel c needs forward."""
    cdef double scale
    j.inverse[c] = 1 / sqrt(j.var[c] + j.eps)
    scale = j.inverse[c] if j.weight == NULL else j.inverse[c] * j.weight[c]
    _put(j.centre, j.slot, c, j.mean[c])
    _put(j.first, j.slot, c, scale)
    # what rounding the mean lost comes back with the shift
    _put(j.second, j.slot, c, (0 if j.bias == NULL else j.bias[c]) + (_get(j.centre, j.slot, c) - j.mean[c]) * scale)


cdef void _slope(Job* j, Py_ssize_t c) noexcept nogil:
    """... and backward: dx = (g - mean of g - xhat * mean of g * xhat) * scale, or g * scale with given statistics."""
    cdef double scale = j.inverse[c] if j.weight == NULL else j.inverse[c] * j.weight[c], off, n = <double>(j.p.batch * j.p.size)
    _put(j.first, j.slot, c, scale)
    if j.given:                              # nothing of x matters: the kernels get g in its place, and 0 * g adds nothing
        _put(j.centre, j.slot, c, 0)
        _put(j.second, j.slot, c, 0)
        _put(j.third, j.slot, c, 0)
        return
    off = j.sum_gx[c] / n * j.inverse[c] * j.inverse[c] * scale
    _put(j.second, j.slot, c, -off)
    _put(j.third, j.slot, c, -j.sum_g[c] / n * scale - (_get(j.centre, j.slot, c) - j.mean[c]) * off)


cdef void _forward_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t c0 = task * j.per_task, last = min(c0 + j.per_task, j.p.channels), c, c1, i
    while c0 < last:
        c1 = min(c0 + j.together, last)
        K.norm_moments[j.slot](&j.p, j.x, j.mean, j.var, c0, c1)
        for c in range(c0, c1):
            _scale(j, c)
        for i in range(j.p.batch):
            K.norm_apply[j.slot](&j.p, j.x, j.y, j.centre, j.first, j.second, i * j.p.channels + c0, i * j.p.channels + c1)
        c0 = c1


cdef void _planes_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    """Statistics are given: nothing is to be gathered from afar, so the planes go in the order they lie in."""
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task
    K.norm_apply[j.slot](
        &j.p, j.x, j.y, j.centre, j.first, j.second, first, min(first + j.per_task, j.p.batch * j.p.channels)
    )


cdef void _backward_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    """Sums of g and g * (x - mean), then dx."""
    cdef Job* j = <Job*>context
    cdef Py_ssize_t c0 = task * j.per_task, last = min(c0 + j.per_task, j.p.channels), c, c1
    while c0 < last:
        c1 = min(c0 + j.together, last)
        for c in range(c0, c1):
            _put(j.centre, j.slot, c, j.mean[c])
        if j.sum_g != NULL:
            K.norm_grad_sums[j.slot](&j.p, j.x, j.g, j.centre, j.sum_g, j.sum_gx, c0, c1)
            for c in range(c0, c1):
                j.sum_gx[c] += (_get(j.centre, j.slot, c) - j.mean[c]) * j.sum_g[c]
        if j.y != NULL:
            for c in range(c0, c1):
                _slope(j, c)
            K.norm_grad[j.slot](&j.p, j.g if j.given else j.x, j.g, j.y, j.centre, j.first, j.second, j.third, c0, c1)
        c0 = c1


# Channels side by side: partial sums over blocks of rows, joined in their order, then one pass over the elements.
cdef void _rows_sums_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task if first + j.per_task < j.p.batch else j.p.batch
    cdef double* out = j.partial + task * 2 * j.p.channels
    if j.g == NULL:
        K.norm_rows_moments[j.slot](&j.p, j.x, out, first, last)
    else:
        K.norm_rows_grad_sums[j.slot](&j.p, j.x, j.g, j.centre, out, first, last)


cdef void _rows_elements_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task if first + j.per_task < j.p.batch else j.p.batch
    if j.g == NULL:
        K.norm_rows_apply[j.slot](&j.p, j.x, j.y, j.centre, j.first, j.second, &j.tail, first, last)
    else:
        K.norm_rows_grad[j.slot](&j.p, j.g if j.given else j.x, j.g, j.y, j.centre, j.first, j.second, j.third, first, last)


cdef void _join_moments(Job* j, Py_ssize_t tasks) noexcept nogil:
    """Means and sums of squared deviations of the blocks, one after the other (Chan, Golub and LeVeque, 1979)."""
    cdef Py_ssize_t task, c, rows
    cdef double done = 0, share, d
    cdef double* part
    for task in range(tasks):
        part = j.partial + task * 2 * j.p.channels
        rows = j.p.batch - task * j.per_task if j.p.batch - task * j.per_task < j.per_task else j.per_task
        share = rows / (done + rows)
        for c in range(j.p.channels):
            if task == 0:
                j.mean[c] = part[c]
                j.var[c] = part[j.p.channels + c]
                continue
            d = part[c] - j.mean[c]
            j.mean[c] += d * share
            j.var[c] += part[j.p.channels + c] + d * d * done * share
        done += rows
    for c in range(j.p.channels):
        j.var[c] = j.var[c] / done if j.var[c] > 0 or j.var[c] != j.var[c] else 0


cdef void _join_sums(Job* j, Py_ssize_t tasks) noexcept nogil:
    cdef Py_ssize_t task, c
    cdef double* part
    for task in range(tasks):
        part = j.partial + task * 2 * j.p.channels
        for c in range(j.p.channels):
            j.sum_g[c] += part[c]
            j.sum_gx[c] += part[j.p.channels + c]
    for c in range(j.p.channels):
        j.sum_gx[c] += (_get(j.centre, j.slot, c) - j.mean[c]) * j.sum_g[c]


cdef int _run_rows(Job* j) except -1:
    """Forward where j.g is NULL, else backward; p.size is 1 and p.batch counts the rows."""
    cdef Py_ssize_t c, tasks
    cdef Tensor room
    if j.p.batch * j.p.channels == 0:
        return 0
    j.per_task = j.p.batch
    if j.p.batch * j.p.channels >= SERIAL:
        j.per_task = (TASK // j.p.channels + 64) & ~63
    tasks = (j.p.batch + j.per_task - 1) // j.per_task
    if j.g != NULL:
        for c in range(j.p.channels):
            _put(j.centre, j.slot, c, j.mean[c])
    if not j.given if j.g == NULL else j.sum_g != NULL:
        room = rows_of(tasks, 2 * j.p.channels, FLOAT64)
        j.partial = <double*>data_of(room)
        run_unlocked(tasks, _rows_sums_task, j)
        if j.g == NULL:
            _join_moments(j, tasks)
        else:
            _join_sums(j, tasks)
    if j.y == NULL:
        return 0
    for c in range(j.p.channels):
        if j.g == NULL:
            _scale(j, c)
        else:
            _slope(j, c)
    if j.later and j.g == NULL:
        return 0
    j.tail.other = NULL
    j.tail.act = ACT_NONE
    run_unlocked(tasks, _rows_elements_task, j)
    return 0


cdef int _run(Job* j, bint forward) except -1:
    cdef Py_ssize_t total = j.p.batch * j.p.channels * j.p.size
    cdef Py_ssize_t per_channel = j.p.batch * j.p.size, planes = j.p.batch * j.p.channels, c
    if total == 0:
        return 0
    if j.p.size == 1:
        return _run_rows(j)
    if forward and j.given:
        for c in range(j.p.channels):
            _scale(j, c)
        j.per_task = TASK // j.p.size + 1 if total >= SERIAL else planes
        run_unlocked((planes + j.per_task - 1) // j.per_task, _planes_task, j)
        return 0
    j.per_task = j.p.channels
    if total >= SERIAL and j.p.channels > 1:
        j.per_task = TASK // per_channel + 1
    j.together = TOGETHER // per_channel + 1
    run_unlocked((j.p.channels + j.per_task - 1) // j.per_task, _forward_task if forward else _backward_task, j)
    return 0


cdef Tensor _doubles(Tensor t):
    """The values of one parameter or statistic as a contiguous float64 row; None stays None."""
    return None if t is None else contiguous(converted(t, FLOAT64))


cdef double* row_of(Tensor t, Py_ssize_t k) noexcept:
    """Row k of a (rows, channels) float64 tensor; NULL for None."""
    return NULL if t is None else <double*>data_of(t) + k * t.shape_[t.ndim_ - 1]


cdef Tensor rows_of(Py_ssize_t rows, Py_ssize_t channels, int code):
    cdef Py_ssize_t shape[2]
    shape[0] = rows
    shape[1] = channels
    return empty_tensor(code, 2, shape, CPU)


cdef void _constants(Job* j, Tensor room) noexcept:
    cdef Py_ssize_t step = room.shape_[1] * itemsize_of[room.code]
    j.centre = data_of(room)
    j.first = j.centre + step
    j.second = j.first + step
    j.third = j.second + step


cdef void _shape_of(Tensor x, bint images, norm_shape* p) noexcept:
    """`images`: the channels of x lie side by side, pixel by pixel."""
    cdef int i
    p.batch = x.shape_[0]
    p.channels = x.shape_[1]
    p.size = 1
    for i in range(2, x.ndim_):
        p.size *= x.shape_[i]
    if images:
        p.batch *= p.size
        p.size = 1


cdef inline bint _as_images(Tensor x) noexcept:
    return x.ndim_ == 4 and x.numel_ > 0 and (x.code == FLOAT32 or x.code == FLOAT64) and as_images(x)


cdef Tensor _operand(Tensor t, bint images):
    """t as the loops read it through `raw_of`: channels-last, or plain."""
    cdef Tensor wide
    if images:
        return channels_last(t)
    wide = widened(t)
    settle_views(wide)
    return wide


# --- the op and its gradient ------------------------------------------------------------------------------------------

cdef tuple normalized(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor var, double eps, const char* label):
    """(y, statistics): x (N, C, ...) normalised by the given statistics, or by its own where `mean` is None.

    `statistics` is (3, C) float64: mean, variance, 1 / sqrt(variance + eps); None on meta.
    """
    cdef Tensor wide, y, stats = None, room, w, b
    cdef bint given = mean is not None, images = False
    cdef Job j
    cdef Node n
    if is_meta(x):
        y = empty_tensor(x.code, x.ndim_, x.shape_, x.storage.device)
    else:
        images = _as_images(x)
        _shape_of(x, images, &j.p)
        stats = rows_of(3, j.p.channels, FLOAT64)
        w = _doubles(weight)
        b = _doubles(bias)
        j.mean, j.var, j.inverse = row_of(stats, 0), row_of(stats, 1), row_of(stats, 2)
        j.weight, j.bias = row_of(w, 0), row_of(b, 0)
        j.given = given
        j.eps = eps
        if given:
            _copy_row(stats, 0, mean)
            _copy_row(stats, 1, var)
        # the images last: a parameter that views their storage has settled it
        wide = _operand(x, images)
        y = empty_image_as(x, x.code, x.shape_) if images else empty_tensor(wide.code, x.ndim_, x.shape_, CPU)
        room = rows_of(4, j.p.channels, wide.code)
        _constants(&j, room)
        j.slot = wide.code == FLOAT64
        j.x, j.g, j.y = raw_of(wide), NULL, raw_of(y)
        j.later = wide is x and x.storage.channels and y.storage.channels
        _run(&j, True)
        if j.later:
            defer_scaled(y, x, &j.p, room)
        y = converted(y, x.code)
    if recording(x) or weight is not None and recording(weight) or bias is not None and recording(bias):
        n = new_node(normalized_vjp, label, 3)
        connect(n, 0, x)
        connect(n, 1, weight)
        connect(n, 2, bias)
        save(n, 0, x)
        save(n, 1, weight)
        n.extra = stats
        n.i0 = given
        n.d0 = eps
        set_history(n, y, 0)
    return y, stats


cdef int _copy_row(Tensor stats, Py_ssize_t k, Tensor source) except -1:
    cdef Tensor values = _doubles(source)
    cdef double* row = row_of(stats, k)
    cdef double* from_ = <double*>data_of(values)
    cdef Py_ssize_t c
    for c in range(stats.shape_[1]):
        row[c] = from_[c]
    return 0


cdef int normalized_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor x = saved(n, 0), weight = saved(n, 1), stats = n.extra
    if recording2(g, x) or weight is not None and recording(weight):
        return _composed_gradients(n, g, x, weight, stats, run)
    if is_meta(g) or is_meta(x):
        return _meta_gradients(n, x, run)
    return _fused_gradients(n, g, x, weight, stats, run)


cdef int _fused_gradients(Node n, Tensor g, Tensor x, Tensor weight, Tensor stats, Run run) except -1:
    cdef Tensor wide, wide_g, dx = None, sums = None, room, w = _doubles(weight), d
    cdef bint to_weight = needs(n, 1), to_bias = needs(n, 2), to_input = needs(n, 0)
    cdef bint images = _as_images(x) or _as_images(g)
    cdef Py_ssize_t c
    cdef Job j
    _shape_of(x, images, &j.p)
    if to_weight or to_bias or to_input and not n.i0:
        sums = rows_of(2, j.p.channels, FLOAT64)
        for c in range(2 * j.p.channels):
            (<double*>data_of(sums))[c] = 0
    j.mean, j.var, j.inverse = row_of(stats, 0), row_of(stats, 1), row_of(stats, 2)
    j.sum_g, j.sum_gx = row_of(sums, 0), row_of(sums, 1)
    j.weight, j.bias = row_of(w, 0), NULL
    j.given = n.i0
    g = converted(g, x.code)
    settle_views(x)
    settle_views(g)
    wide, wide_g = _operand(x, images), _operand(g, images)
    if to_input:
        dx = empty_image_as(x, x.code, x.shape_) if images else empty_tensor(wide.code, x.ndim_, x.shape_, CPU)
    room = rows_of(4, j.p.channels, wide.code)
    _constants(&j, room)
    j.slot = wide.code == FLOAT64
    j.x, j.g, j.y = raw_of(wide), raw_of(wide_g), NULL if dx is None else raw_of(dx)
    _run(&j, False)
    if to_input:
        give(run, n, 0, converted(dx, x.code))
    if to_weight:
        d = empty_tensor(FLOAT64, 1, &j.p.channels, CPU)
        for c in range(j.p.channels):
            (<double*>data_of(d))[c] = 0 if j.p.batch * j.p.size == 0 else j.sum_gx[c] * j.inverse[c]
        give(run, n, 1, converted(d, weight.code))
    if to_bias:
        d = empty_tensor(FLOAT64, 1, &j.p.channels, CPU)
        for c in range(j.p.channels):
            (<double*>data_of(d))[c] = j.sum_g[c]
        give(run, n, 2, converted(d, x.code))
    return 0


cdef int _meta_gradients(Node n, Tensor x, Run run) except -1:
    if needs(n, 0):
        give(run, n, 0, empty_tensor(x.code, x.ndim_, x.shape_, x.storage.device))
    for i in range(1, 3):
        if needs(n, i):
            give(run, n, i, empty_tensor(x.code, 1, x.shape_ + 1, x.storage.device))
    return 0


cdef Tensor _per_channel(Tensor t, int ndim):
    """(C,) as (C, 1, ..., 1), to broadcast over (N, C, ...)."""
    cdef Py_ssize_t shape[64]
    cdef int i
    for i in range(ndim - 1):
        shape[i] = 1
    shape[0] = t.numel_
    return reshape_to(t, ndim - 1, shape)


cdef Tensor _statistic(Tensor stats, Py_ssize_t k, int code, int ndim):
    """One row of the saved statistics as a constant."""
    cdef Tensor row = empty_tensor(FLOAT64, 1, stats.shape_ + 1, CPU)
    cdef Py_ssize_t c
    for c in range(row.numel_):
        (<double*>data_of(row))[c] = row_of(stats, k)[c]
    return _per_channel(converted(row, code), ndim)


cdef int _composed_gradients(Node n, Tensor g, Tensor x, Tensor weight, Tensor stats, Run run) except -1:
    """The same gradients in ops, as functions of g, x and weight, to be differentiated again."""
    cdef unsigned long long over = 0
    cdef int i, code = FLOAT64 if x.code == FLOAT64 else FLOAT32
    cdef Tensor centred, inverse, scaled, xhat
    for i in range(x.ndim_):
        if i != 1:
            over |= <unsigned long long>1 << i
    x = cast_to(x, code)
    g = cast_to(g, code)
    if n.i0:
        centred = sub(x, _statistic(stats, 0, code, x.ndim_))
        inverse = _statistic(stats, 2, code, x.ndim_)
    else:
        centred = sub(x, mean_dims(x, over, True))
        inverse = OPS["rsqrt"].function(add(mean_dims(mul(centred, centred), over, True), n.d0))
    xhat = mul(centred, inverse)
    if needs(n, 0):
        scaled = g if weight is None else mul(g, _per_channel(cast_to(weight, code), x.ndim_))
        if not n.i0:
            scaled = sub(sub(scaled, mean_dims(scaled, over, True)), mul(xhat, mean_dims(mul(scaled, xhat), over, True)))
        give(run, n, 0, mul(scaled, inverse))
    if needs(n, 1):
        give(run, n, 1, sum_dims(mul(g, xhat), over, False))
    if needs(n, 2):
        give(run, n, 2, tied(sum_dims(g, over, False), n, b"NativeBatchNormBackwardBackward0", 2, False))
    return 0


# --- batch norm -------------------------------------------------------------------------------------------------------

cdef int check_parameter(Tensor t, Tensor x, Py_ssize_t channels, str op_name, str name) except -1:
    if t is None:
        return 0
    if t.numel_ != channels:
        facts = [f"input {describe(x)}, {name} {describe(t)}"]
        raise error(ShapeError, f"{op_name}: {name} should contain {channels} elements not {t.numel_}", facts=facts)
    if t.ndim_ != 1:
        raise error(ShapeError, f"{op_name}: {name} has {t.ndim_} dimensions, expected 1", facts=[f"{name} {describe(t)}"])
    if t.code != x.code and x.numel_ and not ((x.code == FLOAT16 or x.code == BFLOAT16) and t.code == FLOAT32):
        raise error(
            DtypeError,
            f"{op_name}: mixed dtype: {name} is {dtype_object(t.code)._name}, input {dtype_object(x.code)._name}, expected the same",
            fix=f"input.to({dtype_object(t.code)!r})" if t.code == FLOAT32 or t.code == FLOAT64 else None,
        )
    return 0


cdef int _check_statistic(Tensor t, Tensor x, Py_ssize_t channels, str op_name, str name) except -1:
    if t is None:
        return 0
    check_parameter(t, x, channels, op_name, name)
    if requires_grad(t) and thread_state().grad_enabled:
        raise RuntimeError(f"{op_name} is not differentiable with respect to argument '{name}'. This input cannot have requires_grad True.")
    return 0


cdef int check_floating(Tensor x, str op_name) except -1:
    if x.code < FLOAT16 or x.code > FLOAT64:
        raise error(DtypeError, f"{op_name}: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    return 0


cdef int check_statistics(Tensor x, Tensor running_mean, Tensor running_var, bint training, str op_name) except -1:
    cdef Py_ssize_t channels = x.shape_[1] if x.ndim_ > 1 else 0
    if not training:
        if running_mean is None:
            raise error(ShapeError, f"{op_name}: running_mean must be defined in evaluation mode")
        if running_var is None:
            raise error(ShapeError, f"{op_name}: running_var must be defined in evaluation mode")
    _check_statistic(running_mean, x, channels, op_name, "running_mean")
    _check_statistic(running_var, x, channels, op_name, "running_var")
    if (running_mean is None) != (running_var is None):
        raise ValueError(f"{op_name}: running_mean and running_var must either both be None or neither be None")
    if x.ndim_ < 2:
        raise error(ShapeError, f"{op_name}: input has {x.ndim_} dimensions, expected (N, C, ...)", facts=[f"input {describe(x)}"])
    if training and running_mean is not None:
        for t in (running_mean, running_var):
            check_inplace(<Tensor>t, False, b"batch_norm")
            check_no_internal_overlap(<Tensor>t, b"batch_norm")
    return 0


cdef int move_statistics(Tensor running, Tensor stats, Py_ssize_t k, double momentum, double factor) except -1:
    """running = (1 - momentum) * running + momentum * factor * row k, in double."""
    cdef Tensor values = contiguous(converted(running, FLOAT64)), moved = empty_tensor(FLOAT64, 1, running.shape_, CPU)
    cdef double* row = row_of(stats, k)
    cdef Py_ssize_t c
    for c in range(moved.numel_):
        (<double*>data_of(moved))[c] = momentum * (row[c] * factor) + (1 - momentum) * (<double*>data_of(values))[c]
    convert_into(running, moved)
    bump(running, b"batch_norm")
    return 0


cdef Tensor _without_channels(Tensor x, Tensor weight, Tensor bias):
    """Nothing at all comes out as it is, tied to the first weight and bias as torch ties it."""
    cdef object first = OPS["select"].function
    x = OPS["clone"].function(x)
    if weight is not None:
        x = mul(x, first(weight, 0, 0))
    return x if bias is None else add(x, first(bias, 0, 0))


cdef Tensor _batch_norm(
    Tensor x, Tensor running_mean, Tensor running_var, Tensor weight, Tensor bias, bint training, double momentum, double eps
):
    cdef Tensor y, stats
    cdef double n
    if eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    if training and eps == 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    check_floating(x, "batch_norm")
    if x.ndim_ == 1 and x.numel_ == 0:
        return _without_channels(x, weight, bias)
    check_statistics(x, running_mean, running_var, training, "batch_norm")
    check_parameter(weight, x, x.shape_[1], "batch_norm", "weight")
    check_parameter(bias, x, x.shape_[1], "batch_norm", "bias")
    mean, var = (None, None) if training else (running_mean, running_var)
    y, stats = normalized(x, weight, bias, mean, var, eps, b"NativeBatchNormBackward0")
    if training and running_mean is not None and stats is not None and x.numel_ and not is_meta(running_mean):
        n = <double>(x.numel_ // x.shape_[1])
        move_statistics(running_mean, stats, 0, momentum, 1)
        move_statistics(running_var, stats, 1, momentum, n / (n - 1))
    return y


cdef bint _all_plain(Tensor x, Tensor a, Tensor b, Tensor c, Tensor d):
    return (is_plain(x) and (a is None or is_plain(a)) and (b is None or is_plain(b)) and (c is None or is_plain(c))
            and (d is None or is_plain(d)) and not thread_state().modes)


cdef object batch_norm_fn, batch_norm_plain_fn


def batch_norm(
    Tensor input not None, Tensor running_mean, Tensor running_var, Tensor weight=None, Tensor bias=None, bint training=False,
    double momentum=0.1, double eps=1e-5,
):
    """batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-05) -> Tensor

    Each channel less its mean, over its deviation: (input - mean) / sqrt(var + eps) * weight + bias. With `training` mean and (biased)
    variance are the input's, and the running statistics move towards them in place, by `momentum`, the variance unbiased; else the
    running statistics are used.

    Shape: input (N, C) or (N, C, ...), the others (C,). Dtype: floating; half types compute in float32 and take float32 parameters too.
    Raises: ValueError for one value per channel in training, ShapeError and DtypeError for parameters that do not fit.
    Source: Ioffe and Szegedy, Batch normalization, 2015, algorithms 1 and 2.

    >>> import lucet, lucet.nn.functional as F
    >>> F.batch_norm(lucet.tensor([[1.], [3.]]), None, None, training=True, eps=1e-12)
    tensor([[-1.],
            [ 1.]])
    """
    if not _all_plain(input, running_mean, running_var, weight, bias):
        result = slow_call(batch_norm_fn, (input, running_mean, running_var, weight, bias, training, momentum, eps), {})
        if result is not passed:
            return result
    if training and input.ndim_ > 1 and input.shape_[1] and input.numel_ == input.shape_[1]:
        raise ValueError(f"batch_norm: Expected more than 1 value per channel when training, got input size {shape_tuple(input)}")
    return _batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def batch_norm_plain(
    Tensor input not None, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var, bint training, double momentum, double eps,
    bint cudnn_enabled,
):
    """batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled) -> Tensor

    `nn.functional.batch_norm` with its arguments in another order. `cudnn_enabled` chooses nothing on a CPU. One value per channel
    is allowed in training: its unbiased variance is NaN.

    >>> import lucet
    >>> lucet.batch_norm(lucet.tensor([[1.], [3.]]), None, None, None, None, True, 0.1, 1e-12, False)
    tensor([[-1.],
            [ 1.]])
    """
    if not _all_plain(input, running_mean, running_var, weight, bias):
        result = slow_call(batch_norm_plain_fn, (input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled), {})
        if result is not passed:
            return result
    return _batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


# --- registration -----------------------------------------------------------------------------------------------------

def _batches(r):
    yield r(4, 3), None, None, r(3), r(3), True
    yield r(2, 3, 4), None, None, None, r(3), True
    yield r(2, 2, 2, 3), None, None, r(2), None, True
    yield r(2, 2, 3, 1, 2), None, None, None, None, True, 0.1, 1e-3
    yield r(1, 2, 3, 3), None, None, r(2), r(2), True


batch_norm_fn = op(batch_norm, name="batch_norm", key="nn.functional.batch_norm", method=False, public=False, also="nn.functional",
                   samples=_batches, family="normalization", dtypes="floats")
batch_norm_plain_fn = op(
    batch_norm_plain, name="batch_norm", method=False, family="normalization", dtypes="floats",
    samples=lambda r: [
        (r(4, 3), r(3), r(3), None, None, True, 0.1, 1e-5, False), (r(2, 3, 5), r(3), None, None, None, True, 0.1, 1e-5, True)
    ],
)
