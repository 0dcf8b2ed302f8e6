"""Pooling in one and two dimensions: max, average, adaptive. Planes are spread over the pool; 1-d is a plane of one row."""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memset
from lucet._dtype cimport FLOAT16, FLOAT32, FLOAT64, INT64, UINT8, dtype_object, itemsize_of
from lucet._engine cimport Node, Run, recording, new_node, connect, set_history, save, saved, give, tied
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport pool_shape, pool_fn, pool_index_fn, pool_scatter_fn, image_max_pool_fn, image_max_pool_grad_fn
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._layout cimport as_images, channels_last, empty_image_as, raw_of, says_channels_last
from lucet._ops._loops cimport contiguous, converted, widened
from lucet._ops.convert cimport deliver
from lucet._ops.reduce cimport mean_dims
from lucet._ops.shape cimport unsqueeze_at, squeeze_at
from lucet._tensor cimport Tensor, empty_tensor, is_plain, is_meta, data_of, describe, read_size, CPU
from lucet._threads cimport run_unlocked

from lucet._errors import DtypeError, ShapeError, error
from lucet._registry import op

cdef enum:
    TASK_ELEMENTS = 32768            # window elements per task, about 30 us


# --- running over planes, or over images that lie channels-last ---------------------------------------------------------

# One of the kernels is set. `index`: positions (int64) in planes, winners (bytes) of images.
cdef struct Job:
    pool_shape* p
    pool_index_fn forward_index
    pool_scatter_fn scatter
    image_max_pool_fn maximum
    image_max_pool_grad_fn maximum_grad
    pool_fn average
    const void* x
    void* y
    void* index
    Py_ssize_t units, per_task           # planes; of images, rows of the output forward and images backward


cdef void _task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task
    if last > j.units:
        last = j.units
    if j.forward_index != NULL:
        j.forward_index(j.x, j.y, <int64_t*>j.index, j.p, first, last)
    elif j.scatter != NULL:
        j.scatter(j.x, <int64_t*>j.index, j.y, j.p, first, last)
    elif j.maximum != NULL:
        j.maximum(j.x, j.y, <uint8_t*>j.index, j.p, first, last)
    elif j.maximum_grad != NULL:
        j.maximum_grad(j.x, <uint8_t*>j.index, j.y, j.p, first, last)
    else:
        j.average(j.x, j.y, j.p, first, last)


cdef void _spread(Job* j, pool_shape* p, Py_ssize_t units, double elements) noexcept:
    """Run over all units, of that many window elements each."""
    cdef Py_ssize_t tasks
    j.p = p
    j.units = units
    j.per_task = <Py_ssize_t>(TASK_ELEMENTS / elements) + 1
    tasks = (units + j.per_task - 1) // j.per_task
    if tasks <= 2:
        j.per_task = units
        _task(j, 0, 0)
    else:
        run_unlocked(tasks, _task, j)


cdef int _run(Job* j, pool_shape* p, Tensor source, Tensor target, Tensor index, Py_ssize_t planes) except -1:
    cdef double work
    if planes == 0 or target.numel_ == 0:
        return 0
    if source.numel_ == 0:                   # windows without an output (adaptive, size 0) spread no gradient
        memset(data_of(target), 0, target.numel_ * itemsize_of[target.code])
        return 0
    work = <double>p.oh * p.ow * (<double>p.kernel_h * p.kernel_w if not p.adaptive else p.h * p.w // (p.oh * p.ow) + 1) + 1
    j.x = data_of(source)
    j.y = data_of(target)
    j.index = NULL if index is None else data_of(index)
    _spread(j, p, planes, work)
    return 0


cdef int _run_images(Job* j, pool_shape* p, Tensor source, Tensor target, Tensor winner, Py_ssize_t units) except -1:
    p.channels = source.shape_[1]
    j.x = raw_of(source)
    j.y = raw_of(target)
    j.index = NULL if winner is None else raw_of(winner)
    _spread(j, p, units, (<double>source.numel_ + target.numel_) / 4 / units)       # vectors take four at a time, or more
    return 0


cdef void _clear(Job* j) noexcept:
    j.forward_index = NULL
    j.scatter = NULL
    j.maximum = NULL
    j.maximum_grad = NULL
    j.average = NULL


cdef inline int _slot(Tensor t) noexcept:
    return 1 if t.code == FLOAT64 else 2 if t.code == INT64 else 0


cdef Tensor _widened(Tensor x):
    """In a type that kernels have: float32 for the half types, int64 for integers."""
    return contiguous(converted(x, INT64)) if x.code < FLOAT16 else widened(x)


cdef Py_ssize_t _planes(Tensor x) noexcept:
    return x.shape_[0] * x.shape_[1] if x.ndim_ == 4 else x.shape_[0]


cdef Tensor _result(Tensor x, const pool_shape* p, int code):
    """An uninitialised output for the pooled planes of x, 3-d or 4-d."""
    cdef Py_ssize_t shape[4]
    cdef int i
    for i in range(x.ndim_ - 2):
        shape[i] = x.shape_[i]
    shape[x.ndim_ - 2] = p.oh
    shape[x.ndim_ - 1] = p.ow
    return empty_tensor(code, x.ndim_, shape, x.storage.device)


# --- images that lie channels-last --------------------------------------------------------------------------------------

cdef inline bint _as_images(Tensor x) noexcept:
    """Whether to pool x channels-last."""
    return x.ndim_ == 4 and x.numel_ > 0 and (x.code == FLOAT32 or x.code == FLOAT64) and not is_meta(x) and as_images(x)


# A winner's place in its window takes one byte.
cdef inline bint _places_fit(const pool_shape* p) noexcept:
    if p.adaptive:
        return p.oh > 0 and p.ow > 0 and (p.h // p.oh + 2) * (p.w // p.ow + 2) <= 256
    return p.kernel_h * p.kernel_w <= 256


cdef Tensor _turned(Tensor y):
    """A fresh result channels-last, by its strides too where sizes are 1."""
    y = channels_last(y)
    y.strides[3] = y.shape_[1]
    y.strides[2] = y.strides[3] * y.shape_[3]
    y.strides[1] = 1
    y.strides[0] = y.strides[2] * y.shape_[2]
    return y


cdef Tensor _image_max_pool(Tensor x, pool_shape* p):
    cdef Tensor images = channels_last(x), y, winner = None
    cdef Py_ssize_t shape[4]
    cdef Job j
    cdef Node n
    cdef bint will_record = recording(x)
    shape[0], shape[1], shape[2], shape[3] = x.shape_[0], x.shape_[1], p.oh, p.ow
    y = empty_image_as(x, x.code, shape)
    if will_record:
        winner = empty_tensor(UINT8, 4, shape, CPU)           # in the order of y's elements
    _clear(&j)
    j.maximum = K.image_max_pool[_slot(x)]
    _run_images(&j, p, images, y, winner, x.shape_[0] * p.oh)
    if will_record:
        n = new_node(image_max_pool_vjp, b"AdaptiveMaxPool2DBackward0" if p.adaptive else b"MaxPool2DWithIndicesBackward0", 1)
        connect(n, 0, x)
        save(n, 0, winner)
        n.extra = _packed(p)
        set_history(n, y, 0)
    return y


cdef int image_max_pool_vjp(Node n, Tensor g, Run run) except -1:
    cdef pool_shape p = _unpacked(n.extra)
    cdef Tensor winner = saved(n, 0), images, x
    cdef Py_ssize_t shape[4]
    cdef Job j
    if recording(g) or is_meta(g):
        return give(run, n, 0, tied(scatter_planes(g, _positions(winner, &p), &p), n, _max_grad_label(&p), 1, True))
    shape[0], shape[1], shape[2], shape[3] = g.shape_[0], g.shape_[1], p.h, p.w
    images = channels_last(g)
    x = empty_image_as(g, g.code, shape)
    _clear(&j)
    j.maximum_grad = K.image_max_pool_grad[_slot(g)]
    _run_images(&j, &p, images, x, winner, g.shape_[0])
    return give(run, n, 0, tied(x, n, _max_grad_label(&p), 1, True))


cdef Tensor _positions(Tensor winner, const pool_shape* p):
    """Winners as positions in their planes (n, c, oh, ow), the form in which gradients of gradients want them."""
    cdef Tensor index = empty_tensor(INT64, 4, winner.shape_, CPU)
    cdef const uint8_t* place = <const uint8_t*>data_of(winner)
    cdef int64_t* out = <int64_t*>data_of(index)
    cdef Py_ssize_t image, i, j, c, r, s, width, channels = winner.shape_[1]
    for image in range(winner.shape_[0]):
        for i in range(p.oh):
            for j in range(p.ow):
                width = ((j + 1) * p.w + p.ow - 1) // p.ow - j * p.w // p.ow if p.adaptive else p.kernel_w
                for c in range(channels):
                    r = place[((image * p.oh + i) * p.ow + j) * channels + c]
                    s = r % width
                    r //= width
                    if p.adaptive:
                        r += i * p.h // p.oh
                        s += j * p.w // p.ow
                    else:
                        r = i * p.stride_h - p.pad_h + r * p.dilation_h
                        s = j * p.stride_w - p.pad_w + s * p.dilation_w
                    out[((image * channels + c) * p.oh + i) * p.ow + j] = r * p.w + s
    return index


cdef Tensor _image_avg_pool(Tensor x, pool_shape* p, Py_ssize_t h, Py_ssize_t w, bint backward):
    """Averages (n, c, oh, ow), or their gradients spread over (n, c, h, w)."""
    cdef Tensor images = channels_last(x), y
    cdef Py_ssize_t shape[4]
    cdef Job j
    shape[0], shape[1], shape[2], shape[3] = x.shape_[0], x.shape_[1], h, w
    y = empty_image_as(x, x.code, shape)
    _clear(&j)
    j.average = K.image_avg_pool_grad[_slot(x)] if backward else K.image_avg_pool[_slot(x)]
    _run_images(&j, p, images, y, None, x.shape_[0] if backward else x.shape_[0] * h)
    return y


# --- saved geometry -------------------------------------------------------------------------------------------------

cdef tuple _packed(const pool_shape* p):
    return (
        p.h, p.w, p.oh, p.ow, p.kernel_h, p.kernel_w, p.stride_h, p.stride_w, p.pad_h, p.pad_w, p.dilation_h, p.dilation_w, p.divisor,
        p.count_pad, p.adaptive,
    )


cdef pool_shape _unpacked(tuple t):
    cdef pool_shape p
    (p.h, p.w, p.oh, p.ow, p.kernel_h, p.kernel_w, p.stride_h, p.stride_w, p.pad_h, p.pad_w, p.dilation_h, p.dilation_w, p.divisor,
     p.count_pad, p.adaptive) = t
    return p


# --- max pooling ----------------------------------------------------------------------------------------------------

cdef int max_pool_vjp(Node n, Tensor g, Run run) except -1:
    cdef pool_shape p = _unpacked(n.extra)
    return give(run, n, 0, tied(scatter_planes(g, <Tensor>saved(n, 0), &p), n, _max_grad_label(&p), 1, True))


cdef const char* _max_grad_label(const pool_shape* p) noexcept:
    return b"AdaptiveMaxPool2DBackwardBackward0" if p.adaptive else b"MaxPool2DWithIndicesBackwardBackward0"


cdef int scatter_vjp(Node n, Tensor gg, Run run) except -1:
    cdef pool_shape p = _unpacked(n.extra)
    return give(run, n, 0, gather_planes(gg, <Tensor>saved(n, 0), &p))


cdef int gather_vjp(Node n, Tensor g, Run run) except -1:
    cdef pool_shape p = _unpacked(n.extra)
    return give(run, n, 0, scatter_planes(g, <Tensor>saved(n, 0), &p))


cdef Tensor scatter_planes(Tensor g, Tensor index, const pool_shape* p):
    """Gradients back at the positions that won."""
    cdef Py_ssize_t shape[4]
    cdef pool_shape local = p[0]
    cdef Tensor wide = widened(g), x
    cdef Job j
    cdef Node n
    cdef int i
    for i in range(g.ndim_ - 2):
        shape[i] = g.shape_[i]
    shape[g.ndim_ - 2] = p.h
    shape[g.ndim_ - 1] = p.w
    x = empty_tensor(wide.code, g.ndim_, shape, g.storage.device)
    if not is_meta(g):
        _clear(&j)
        j.scatter = K.max_pool_grad[_slot(wide)]
        _run(&j, &local, wide, x, index, _planes(g))
    x = converted(x, g.code)
    if recording(g):
        n = new_node(scatter_vjp, _max_grad_label(p), 1)
        connect(n, 0, g)
        save(n, 0, index)
        n.extra = _packed(p)
        set_history(n, x, 0)
    return x


cdef Tensor gather_planes(Tensor x, Tensor index, const pool_shape* p):
    """The elements of x at the positions that won."""
    cdef pool_shape local = p[0]
    cdef Tensor wide = widened(x), y
    cdef Job j
    cdef Node n
    y = _result(wide, p, wide.code)
    if not is_meta(x):
        _clear(&j)
        j.scatter = K.gather_plane[_slot(wide)]
        _run(&j, &local, wide, y, index, _planes(x))
    y = converted(y, x.code)
    if recording(x):
        n = new_node(gather_vjp, b"GatherBackward0", 1)
        connect(n, 0, x)
        save(n, 0, index)
        n.extra = _packed(p)
        set_history(n, y, 0)
    return y


cdef tuple _max_pool(Tensor x, pool_shape* p, bint with_index):
    """(output, positions or None) of a 3-d or 4-d input."""
    cdef Tensor wide, y, index = None, shown
    cdef bint will_record = recording(x)
    cdef Job j
    cdef Node n
    if not with_index and _as_images(x) and _places_fit(p) and p.oh and p.ow:
        return _image_max_pool(x, p), None
    wide = _widened(x)
    y = _result(wide, p, wide.code)
    if with_index or will_record:
        index = _result(wide, p, INT64)
    if not is_meta(x):
        _clear(&j)
        if p.adaptive:
            j.forward_index = K.adaptive_max_pool[_slot(wide)]
        elif (x.code >= FLOAT16 and p.kernel_h == 2 and p.kernel_w == 2 and p.stride_h == 2 and p.stride_w == 2 and p.pad_h == 0 and p.pad_w == 0 and p.dilation_h == 1
              and p.dilation_w == 1 and 2 * p.oh <= p.h and 2 * p.ow <= p.w):
            j.forward_index = K.max_pool_2x2[_slot(wide)]
        else:
            j.forward_index = K.max_pool[_slot(wide)]
        _run(&j, p, wide, y, index, _planes(x))
    y = converted(y, x.code)
    shown = index
    if says_channels_last(x):                              # as the input lies
        y = _turned(y)
        shown = _turned(index) if with_index else None
    if will_record:
        n = new_node(max_pool_vjp, b"AdaptiveMaxPool2DBackward0" if p.adaptive else b"MaxPool2DWithIndicesBackward0", 1)
        connect(n, 0, x)
        save(n, 0, index)
        n.extra = _packed(p)
        set_history(n, y, 0)
    return y, shown


# --- average pooling ------------------------------------------------------------------------------------------------

cdef int avg_pool_vjp(Node n, Tensor g, Run run) except -1:
    cdef pool_shape p = _unpacked(n.extra)
    return give(run, n, 0, tied(_avg_spread(g, &p, n.i0), n, _avg_grad_label(&p), 1, True))


cdef const char* _avg_grad_label(const pool_shape* p) noexcept:
    return b"AdaptiveAvgPool2DBackwardBackward0" if p.adaptive else b"AvgPool2DBackwardBackward0"


cdef int avg_spread_vjp(Node n, Tensor gg, Run run) except -1:
    cdef pool_shape p = _unpacked(n.extra)
    return give(run, n, 0, _avg_pool(gg, &p))


cdef Tensor _avg_pool(Tensor x, pool_shape* p):
    cdef Tensor wide, y
    cdef bint images = False
    cdef Job j
    cdef Node n
    if _as_images(x) and p.oh and p.ow:
        y = _image_avg_pool(x, p, p.oh, p.ow, False)
        images = True
    else:
        wide = _widened(x)
        y = _result(wide, p, wide.code)
        if not is_meta(x):
            _clear(&j)
            j.average = K.avg_pool[_slot(wide)]
            _run(&j, p, wide, y, None, _planes(x))
        y = converted(y, x.code)
        if says_channels_last(x):
            y = _turned(y)
    if recording(x):
        n = new_node(avg_pool_vjp, b"AdaptiveAvgPool2DBackward0" if p.adaptive else b"AvgPool2DBackward0", 1)
        connect(n, 0, x)
        n.extra = _packed(p)
        n.i0 = images
        set_history(n, y, 0)
    return y


cdef Tensor _avg_spread(Tensor g, pool_shape* p, bint images):
    """Each gradient in equal parts over its window; `images`: channels-last, as it was computed forward."""
    cdef Py_ssize_t shape[4]
    cdef Tensor wide, x
    cdef Job j
    cdef Node n
    cdef int i
    if (images or g.ndim_ == 4 and as_images(g)) and g.numel_ and not is_meta(g) and (g.code == FLOAT32 or g.code == FLOAT64):
        x = _image_avg_pool(g, p, p.h, p.w, True)
    else:
        wide = widened(g)
        for i in range(g.ndim_ - 2):
            shape[i] = g.shape_[i]
        shape[g.ndim_ - 2] = p.h
        shape[g.ndim_ - 1] = p.w
        x = empty_tensor(wide.code, g.ndim_, shape, g.storage.device)
        if not is_meta(g):
            _clear(&j)
            j.average = K.avg_pool_grad[_slot(wide)]
            _run(&j, p, wide, x, None, _planes(g))
        x = converted(x, g.code)
    if recording(g):
        n = new_node(avg_spread_vjp, _avg_grad_label(p), 1)
        connect(n, 0, g)
        n.extra = _packed(p)
        set_history(n, x, 0)
    return x


# --- arguments ------------------------------------------------------------------------------------------------------

cdef str _complaint(str name, bint zero):
    if name == "padding":
        return "pad must be non-negative"
    return f"{name} should not be zero" if name == "stride" and zero else f"{name} should be greater than zero"


cdef int _pair(object value, Py_ssize_t* rows, Py_ssize_t* columns, int spatial, str op_name, const char* name, Py_ssize_t least) except -1:
    if isinstance(value, int):
        rows[0] = columns[0] = read_size(value, name)
    elif isinstance(value, (tuple, list)) and len(value) in (1, spatial):
        columns[0] = read_size(value[len(value) - 1], name)
        rows[0] = read_size(value[0], name)
    elif isinstance(value, (tuple, list)):
        raise error(ShapeError, f"{op_name}: {name.decode()} must either be a single int, or a tuple of {spatial} ints, got {tuple(value)}")
    else:
        raise TypeError(f"{op_name}(): argument '{name.decode()}' must be int or tuple of ints, not {type(value).__name__}")
    if least <= rows[0] <= 0x7fffffff and least <= columns[0] <= 0x7fffffff:
        return 0
    value = (value,) if isinstance(value, int) else tuple(value)
    if rows[0] < least or columns[0] < least:
        raise error(ShapeError, f"{op_name}: {_complaint(name.decode(), rows[0] == 0 or columns[0] == 0)}, but got {name.decode()}={value}")
    raise error(ShapeError, f"{op_name}: {name.decode()} is too large, got {value}")


cdef Py_ssize_t _size_after(Py_ssize_t size, Py_ssize_t kernel, Py_ssize_t stride, Py_ssize_t pad, Py_ssize_t dilation, bint ceil_mode) noexcept:
    cdef Py_ssize_t room = size + 2 * pad - dilation * (kernel - 1) - 1 + (stride - 1 if ceil_mode else 0)
    cdef Py_ssize_t n = (room // stride if room >= 0 else -((-room + stride - 1) // stride)) + 1
    if ceil_mode and (n - 1) * stride >= size + pad:
        n -= 1                               # the last window has to start inside the image or its left border
    return n


cdef int _check_type(Tensor x, str op_name, int least) except -1:
    """Floats, and integers from the type `least`."""
    if x.code < least or x.code > FLOAT64:
        raise error(DtypeError, f"{op_name}: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    return 0


cdef int _check_input(Tensor x, int spatial, str op_name, bint channels=True, bint planes=True) except -1:
    """No size may be 0 but the batch's; where not `channels`, nor that of the channels, and where not `planes`, nor theirs without a batch."""
    cdef int i
    if x.ndim_ != spatial + 1 and x.ndim_ != spatial + 2:
        raise error(
            ShapeError, f"{op_name}: Expected {spatial + 1}D or {spatial + 2}D (batch mode) tensor, but got: {[x.shape_[i] for i in range(x.ndim_)]}"
        )
    for i in range(x.ndim_ - spatial - (1 if channels and (planes or x.ndim_ == spatial + 2) else 0), x.ndim_):
        if x.shape_[i] == 0:
            raise error(
                ShapeError,
                f"{op_name}: Expected {spatial + 1}D or {spatial + 2}D (batch mode) tensor with optional 0 dim batch size for input, but got: {[x.shape_[k] for k in range(x.ndim_)]}",
            )
    return 0


cdef int _window(Tensor x, int spatial, str op_name, object kernel_size, object stride, object padding, object dilation, bint ceil_mode, pool_shape* p) except -1:
    """Read the window, check it, and work out the output's size; x is already 3-d or 4-d."""
    p.adaptive = False
    p.count_pad = True
    p.divisor = 0
    _pair(kernel_size, &p.kernel_h, &p.kernel_w, spatial, op_name, b"kernel_size", 1)
    if stride is None or isinstance(stride, (tuple, list)) and len(stride) == 0:
        p.stride_h, p.stride_w = p.kernel_h, p.kernel_w
    else:
        _pair(stride, &p.stride_h, &p.stride_w, spatial, op_name, b"stride", 1)
    _pair(padding, &p.pad_h, &p.pad_w, spatial, op_name, b"padding", 0)
    _pair(dilation, &p.dilation_h, &p.dilation_w, spatial, op_name, b"dilation", 1)
    if spatial == 1:
        p.kernel_h = p.stride_h = p.dilation_h = 1
        p.pad_h = 0
    if 2 * p.pad_h > p.kernel_h or 2 * p.pad_w > p.kernel_w:
        raise error(
            ShapeError,
            f"{op_name}: pad should be at most half of effective kernel size, but got pad={max(p.pad_h, p.pad_w)}, kernel_size={p.kernel_w} and dilation={p.dilation_w}",
        )
    p.h = x.shape_[x.ndim_ - 2]
    p.w = x.shape_[x.ndim_ - 1]
    p.oh = _size_after(p.h, p.kernel_h, p.stride_h, p.pad_h, p.dilation_h, ceil_mode)
    p.ow = _size_after(p.w, p.kernel_w, p.stride_w, p.pad_w, p.dilation_w, ceil_mode)
    if p.oh < 1 or p.ow < 1:
        raise error(
            ShapeError,
            f"{op_name}: Given input size: ({x.shape_[x.ndim_ - 3]}x{p.h}x{p.w}). Calculated output size: ({x.shape_[x.ndim_ - 3]}x{p.oh}x{p.ow}). Output size is too small",
            facts=[f"input {describe(x)}, kernel_size ({p.kernel_h}, {p.kernel_w}), stride ({p.stride_h}, {p.stride_w})"],
        )
    return 0


cdef int _adaptive(Tensor x, int spatial, str op_name, object output_size, pool_shape* p) except -1:
    """Read the output size; None keeps the input's."""
    if isinstance(output_size, int) or output_size is None:
        output_size = (output_size,) * spatial
    if not isinstance(output_size, (tuple, list)):
        raise TypeError(f"{op_name}(): argument 'output_size' must be int or tuple of ints, not {type(output_size).__name__}")
    if len(output_size) not in (1, spatial):
        raise error(ShapeError, f"{op_name}: output_size must be {spatial}, got {tuple(output_size)}")
    if len(output_size) < spatial:
        output_size = tuple(output_size) * spatial
    p.h = x.shape_[x.ndim_ - 2]
    p.w = x.shape_[x.ndim_ - 1]
    p.oh = 1 if spatial == 1 else p.h if output_size[0] is None else read_size(output_size[0], b"output_size")
    p.ow = p.w if output_size[spatial - 1] is None else read_size(output_size[spatial - 1], b"output_size")
    if p.oh < 0 or p.ow < 0:
        raise error(ShapeError, f"{op_name}: elements of output_size must be greater than or equal to 0, got {tuple(output_size)}")
    p.kernel_h = p.kernel_w = p.stride_h = p.stride_w = p.dilation_h = p.dilation_w = 1
    p.pad_h = p.pad_w = p.divisor = 0
    p.adaptive = True
    p.count_pad = True
    return 0


cdef Tensor _row(Tensor x, int spatial):
    """A sequence as an image of one row."""
    return unsqueeze_at(x, x.ndim_ - 1) if spatial == 1 else x


cdef object _unrow(object y, int spatial):
    return squeeze_at(<Tensor>y, (<Tensor>y).ndim_ - 2) if spatial == 1 and y is not None else y


# --- public forms ---------------------------------------------------------------------------------------------------

cdef tuple _max_form(Tensor input, object kernel_size, object stride, object padding, object dilation, bint ceil_mode, bint with_index, int spatial, str name):
    cdef pool_shape p
    _check_input(input, spatial, name)
    _check_type(input, name, UINT8)
    x = _row(input, spatial)
    _window(x, spatial, name, kernel_size, stride, padding, dilation, ceil_mode, &p)
    y, index = _max_pool(x, &p, with_index)
    return _unrow(y, spatial), _unrow(index, spatial)


def max_pool2d(Tensor input not None, kernel_size, stride=None, padding=0, dilation=1, bint ceil_mode=False, bint return_indices=False):
    """max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> Tensor

    The largest element of each window. `stride` is the kernel size unless given; padding counts as -inf; `ceil_mode` keeps windows
    that reach over the end. With `return_indices` also the position of each maximum in its plane, int64.

    Shape: (N, C, H, W) or (C, H, W). Raises: ShapeError for windows that do not fit, DtypeError for bools and complex numbers.
    The gradient goes to the first of equal maxima.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_pool2d(lucet.tensor([[[1., 2.], [3., 4.]]]), 2)
    tensor([[[4.]]])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(max_pool2d, (input, kernel_size, stride, padding, dilation, ceil_mode, return_indices), {})
        if result is not passed:
            return result
    y, index = _max_form(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 2, "max_pool2d")
    return (y, index) if return_indices else y


def max_pool1d(Tensor input not None, kernel_size, stride=None, padding=0, dilation=1, bint ceil_mode=False, bint return_indices=False):
    """max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> Tensor

    The largest element of each window along the last dimension of (N, C, L) or (C, L); see `max_pool2d`.

    >>> import lucet
    >>> lucet.max_pool1d(lucet.tensor([[1., 2., 3., 0.]]), 2)
    tensor([[2., 3.]])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(max_pool1d, (input, kernel_size, stride, padding, dilation, ceil_mode, return_indices), {})
        if result is not passed:
            return result
    y, index = _max_form(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices, 1, "max_pool1d")
    return (y, index) if return_indices else y


def max_pool2d_with_indices(Tensor input not None, kernel_size, stride=None, padding=0, dilation=1, bint ceil_mode=False, bint return_indices=False):
    """max_pool2d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> (Tensor, Tensor)

    `max_pool2d` that always returns the positions of the maxima too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_pool2d_with_indices(lucet.tensor([[[1., 2.], [3., 4.]]]), 2)[1]
    tensor([[[3]]])
    """
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, True)


def avg_pool2d(Tensor input not None, kernel_size, stride=None, padding=0, bint ceil_mode=False, bint count_include_pad=True, divisor_override=None, *, Tensor out=None):
    """avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None, *, out=None) -> Tensor

    The mean of each window. Padding counts as zeros, and as elements unless `count_include_pad` is False; `divisor_override`
    replaces the number of elements.

    Shape: (N, C, H, W) or (C, H, W). Dtype: floats and int64, whose means are cut off towards zero.
    Raises: ShapeError for windows that do not fit, RuntimeError for a divisor of 0.

    >>> import lucet, lucet.nn.functional as F
    >>> F.avg_pool2d(lucet.tensor([[[1., 2.], [3., 4.]]]), 2)
    tensor([[[2.5000]]])
    """
    cdef pool_shape p
    if not is_plain(input) or thread_state().modes:
        result = slow_call(avg_pool2d, (input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override), {} if out is None else {"out": out})
        if result is not passed:
            return result
    _check_input(input, 2, "avg_pool2d")
    _check_type(input, "avg_pool2d", INT64)
    _window(input, 2, "avg_pool2d", kernel_size, stride, padding, 1, ceil_mode, &p)
    p.count_pad = count_include_pad
    if divisor_override is not None:
        p.divisor = read_size(divisor_override, b"divisor_override")
        if p.divisor == 0:
            raise RuntimeError("divisor must be not zero")
    return _avg_pool(input, &p) if out is None else deliver(_avg_pool(input, &p), out, "avg_pool2d")


def avg_pool1d(Tensor input not None, kernel_size, stride=None, padding=0, bint ceil_mode=False, bint count_include_pad=True):
    """avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True) -> Tensor

    The mean of each window along the last dimension of (N, C, L) or (C, L); see `avg_pool2d`.

    >>> import lucet
    >>> lucet.avg_pool1d(lucet.tensor([[1., 2., 3., 5.]]), 2)
    tensor([[1.5000, 4.0000]])
    """
    cdef pool_shape p
    if not is_plain(input) or thread_state().modes:
        result = slow_call(avg_pool1d, (input, kernel_size, stride, padding, ceil_mode, count_include_pad), {})
        if result is not passed:
            return result
    _check_input(input, 1, "avg_pool1d")
    _check_type(input, "avg_pool1d", INT64)
    x = _row(input, 1)
    _window(x, 1, "avg_pool1d", kernel_size, stride, padding, 1, ceil_mode, &p)
    p.count_pad = count_include_pad
    return _unrow(_avg_pool(x, &p), 1)


cdef int _check_batch(Tensor x, object output_size, int spatial) except -1:
    if spatial > 1 and isinstance(output_size, (list, tuple)) and x.ndim_ <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}, got {x.ndim_}")
    return 0


cdef object _adaptive_avg(Tensor input, object output_size, int spatial, str name):
    cdef pool_shape p
    _check_batch(input, output_size, spatial)
    _check_input(input, spatial, name, False)
    _check_type(input, name, FLOAT16)
    x = _row(input, spatial)
    _adaptive(x, spatial, name, output_size, &p)
    if spatial == 2 and p.oh == 1 and p.ow == 1 and (x.code == FLOAT32 or x.code == FLOAT64) and not (x.ndim_ == 4 and as_images(x)):
        return mean_dims(x, <uint64_t>3 << (x.ndim_ - 2), True)          # one window: rows to sum, which has its own kernel
    return _unrow(_avg_pool(x, &p), spatial)


cdef object _adaptive_max(Tensor input, object output_size, bint with_index, int spatial, str name):
    cdef pool_shape p
    _check_batch(input, output_size, spatial)
    _check_input(input, spatial, name, True, False)
    _check_type(input, name, FLOAT16)
    x = _row(input, spatial)
    _adaptive(x, spatial, name, output_size, &p)
    y, index = _max_pool(x, &p, with_index)
    y = _unrow(y, spatial)
    return (y, _unrow(index, spatial)) if with_index else y


def adaptive_avg_pool2d(Tensor input not None, output_size):
    """adaptive_avg_pool2d(input, output_size) -> Tensor

    Means over windows chosen so that the output has `output_size`, an int or (height, width); None keeps the input's size.

    Shape: (N, C, H, W) or (C, H, W).

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_avg_pool2d(lucet.tensor([[[1., 2.], [3., 4.]]]), 1)
    tensor([[[2.5000]]])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(adaptive_avg_pool2d, (input, output_size), {})
        if result is not passed:
            return result
    return _adaptive_avg(input, output_size, 2, "adaptive_avg_pool2d")


def adaptive_avg_pool1d(Tensor input not None, output_size):
    """adaptive_avg_pool1d(input, output_size) -> Tensor

    Means over windows of the last dimension, `output_size` of them; see `adaptive_avg_pool2d`.

    >>> import lucet
    >>> lucet.adaptive_avg_pool1d(lucet.tensor([[1., 2., 3., 5.]]), 2)
    tensor([[1.5000, 4.0000]])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(adaptive_avg_pool1d, (input, output_size), {})
        if result is not passed:
            return result
    return _adaptive_avg(input, output_size, 1, "adaptive_avg_pool1d")


def adaptive_max_pool2d(Tensor input not None, output_size, bint return_indices=False):
    """adaptive_max_pool2d(input, output_size, return_indices=False) -> Tensor

    Maxima over windows chosen so that the output has `output_size`; with `return_indices` also their positions in the plane.

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_max_pool2d(lucet.tensor([[[1., 2.], [3., 4.]]]), 1)
    tensor([[[4.]]])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(adaptive_max_pool2d, (input, output_size, return_indices), {})
        if result is not passed:
            return result
    return _adaptive_max(input, output_size, return_indices, 2, "adaptive_max_pool2d")


def adaptive_max_pool1d(Tensor input not None, output_size, bint return_indices=False):
    """adaptive_max_pool1d(input, output_size, return_indices=False) -> Tensor

    Maxima over windows of the last dimension; see `adaptive_max_pool2d`.

    >>> from lucet._ops import adaptive_max_pool1d
    >>> import lucet
    >>> adaptive_max_pool1d(lucet.tensor([[1., 2., 3., 5.]]), 2)
    tensor([[2., 5.]])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(adaptive_max_pool1d, (input, output_size, return_indices), {})
        if result is not passed:
            return result
    return _adaptive_max(input, output_size, return_indices, 1, "adaptive_max_pool1d")


def adaptive_max_pool2d_with_indices(Tensor input not None, output_size, bint return_indices=False):
    """adaptive_max_pool2d_with_indices(input, output_size, return_indices=False) -> (Tensor, Tensor)

    `adaptive_max_pool2d` that always returns the positions too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_max_pool2d_with_indices(lucet.tensor([[[1., 2.], [3., 4.]]]), 1)[1]
    tensor([[[3]]])
    """
    return adaptive_max_pool2d(input, output_size, True)


def _images(r):
    return r(2, 3, 6, 5)


for _function, _public, _samples in (
    (max_pool2d, True, lambda r: [(r(2, 3, 6, 5), 2), (r(3, 5, 5), 3, 2, 1), (r(1, 1, 6, 6), (3, 2), (2, 1), (1, 0), (1, 2), True)]),
    (max_pool1d, True, lambda r: [(r(2, 3, 6), 2), (r(3, 5), 3, 2, 1)]),
    (max_pool2d_with_indices, False, lambda r: [(r(2, 3, 6, 5), 2), (r(3, 5, 5), 3, 2, 1)]),
    (avg_pool2d, False, lambda r: [(r(2, 3, 6, 5), 2), (r(3, 5, 5), 3, 2, 1, False, False), (r(1, 1, 5, 5), 2, 2, 0, True, True, 3)]),
    (avg_pool1d, True, lambda r: [(r(2, 3, 6), 2), (r(3, 5), 3, 2, 1)]),
    (adaptive_avg_pool2d, False, lambda r: [(r(2, 3, 6, 5), (2, 3)), (r(3, 5, 5), 1), (r(1, 2, 3, 3), (None, 5))]),
    (adaptive_avg_pool1d, True, lambda r: [(r(2, 3, 6), 4)]),
    (adaptive_max_pool2d, False, lambda r: [(r(2, 3, 6, 5), (2, 3)), (r(3, 5, 5), 1)]),
    (adaptive_max_pool1d, False, lambda r: [(r(2, 3, 6), 4)]),
    (adaptive_max_pool2d_with_indices, False, lambda r: [(r(2, 3, 6, 5), (2, 3)), (r(3, 5, 5), 1)]),
):
    op(_function, method=False, public=_public, also="nn.functional", samples=_samples, family="pool",
       dtypes="floats" if _function.__name__[0:8] == "adaptive" else "floats and int64" if _function.__name__[:3] == "avg" else "no bool, no complex")
