"""Images, sequences and volumes of another size, and elements at places between pixels: what `interpolate` and `grid_sample` are made of.

A size is changed along one axis after the other, each by a table of which inputs an output takes with which weights (_kernels/micro/resample.h).
That is linear, so the gradient is the same kernel with the tables turned round, and so is the gradient of that. The public functions with
their arguments are in _composed/resizing.py and _composed/grids.py.
"""

from libc.math cimport M_PI, ceil, fabs, floor, floorf, sin
from libc.stdint cimport int16_t, int32_t
from libc.string cimport memset
from lucet._dtype cimport FLOAT16, FLOAT32, FLOAT64, INT16, INT32, UINT8, itemsize_of
from lucet._engine cimport Node, Run, connect, give, new_node, recording, set_history
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport grid_fn, grid_shape, resample_axis, resample_bytes_axis, resample_bytes_plan, resample_plan
from lucet._ops._layout cimport as_images, channels_last, empty_image_as, raw_of, says_channels_last, says_channels_last_3d
from lucet._ops._loops cimport contiguous, convert_into, converted, widened
from lucet._ops._plans cimport run_weighed, workers_for
from lucet._ops.create cimport empty_formatted
from lucet._storage cimport CPU, Storage, new_storage, storage_data
from lucet._tensor cimport Tensor, data_of, describe, empty_tensor, is_meta

from operator import index

from lucet._device import channels_last_3d
from lucet._errors import DtypeError, RangeError, ShapeError, error

cdef enum:
    TASK_NS = 30000
    MOST = 0x7ffffffe          # places of an axis: tables hold them in 32 bits

cdef enum Mode:
    NEAREST, EXACT, LINEAR, CUBIC, LINEAR_SMOOTH, CUBIC_SMOOTH, LANCZOS_SMOOTH

_MODES = {
    ("nearest", False): NEAREST, ("nearest-exact", False): EXACT, ("linear", False): LINEAR, ("cubic", False): CUBIC,
    ("linear", True): LINEAR_SMOOTH, ("cubic", True): CUBIC_SMOOTH, ("lanczos", True): LANCZOS_SMOOTH,
}


# --- tables --------------------------------------------------------------------------------------------------------------

cdef inline double kept(double x, bint single) noexcept:
    """Rounded as the type that is computed in: which pixel is the nearest depends on it."""
    return <double><float>x if single else x


cdef double scale_of(Py_ssize_t n_in, Py_ssize_t n_out, bint align, double factor, bint single) noexcept:
    """How far apart outputs lie, in pixels of the input; `factor` is the one that was given, 0 for none."""
    if align:
        return kept(kept(n_in - 1, single) / kept(n_out - 1, single), single) if n_out > 1 else 0
    if factor > 0:
        return kept(1.0 / factor, single)
    return kept(kept(n_in, single) / kept(n_out, single), single)


cdef double source_of(double scale, Py_ssize_t j, bint align, bint cubic, bint single) noexcept:
    cdef double at
    if align:
        return kept(scale * j, single)
    at = kept(kept(scale * kept(j + 0.5, single), single) - 0.5, single)
    return 0 if at < 0 and not cubic else at


cdef double smooth_weight(int mode, double x) noexcept:
    """Weights of filters that take in all inputs of an output: triangle; Keys's cubic with a = -0.5; Lanczos with three lobes."""
    x = fabs(x)
    if mode == LINEAR_SMOOTH:
        return 1 - x if x < 1 else 0
    if mode == CUBIC_SMOOTH:
        return keys(x, -0.5)
    if x >= 3:
        return 0
    return 1 if x == 0 else 3 * sin(M_PI * x) * sin(M_PI * x / 3) / (M_PI * M_PI * x * x)


cdef double keys(double x, double a) noexcept:
    """Keys, Cubic convolution interpolation for digital image processing (1981), equation 15, for x >= 0."""
    if x < 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0


cdef int span_of(int mode) noexcept:
    return 2 if mode == LINEAR or mode == LINEAR_SMOOTH else 4 if mode == CUBIC or mode == CUBIC_SMOOTH else 6


cdef Py_ssize_t most_taps(int mode, Py_ssize_t n_in, double scale) noexcept:
    cdef double support
    if mode <= EXACT:
        return 1
    if mode <= CUBIC:
        return span_of(mode)
    support = span_of(mode) * 0.5 * (scale if scale >= 1 else 1)
    return min(<Py_ssize_t>ceil(support) * 2 + 1, n_in)


cdef Py_ssize_t taps_of(
    int mode, Py_ssize_t n_in, Py_ssize_t n_out, Py_ssize_t j, bint align, double scale, bint single, int32_t* at, double* w
) noexcept:
    """The taps of output j."""
    cdef double x, t, support, total = 0
    cdef Py_ssize_t low, high, k, count
    if mode <= EXACT:
        x = source_of(scale, j, mode == NEAREST, False, single)
        low = <Py_ssize_t>floorf(<float>(x if mode == NEAREST else kept(x + 0.5, single)))
        at[0] = <int32_t>min(low, n_in - 1)
        w[0] = 1
        return 1
    if mode <= CUBIC:
        if mode == LINEAR and n_in == n_out:
            at[0] = at[1] = <int32_t>j
            w[0], w[1] = 1, 0
            return 2
        x = source_of(scale, j, align, mode == CUBIC, single)
        low = min(<Py_ssize_t>floorf(<float>x), n_in - 1)
        t = min(max(kept(x - low, single), 0.0), 1.0)
        if mode == LINEAR:
            at[0], at[1] = <int32_t>low, <int32_t>min(low + 1, n_in - 1)
            w[0], w[1] = kept(1 - t, single), t
            return 2
        for k in range(4):
            at[k] = <int32_t>min(max(low + k - 1, 0), n_in - 1)
            w[k] = kept(keys(fabs(t + 1 - k), -0.75), single)
        return 4
    support = span_of(mode) * 0.5 * (scale if scale >= 1 else 1)
    x = kept(scale * (j + 0.5), single)
    low = max(<Py_ssize_t>kept(x - support + 0.5, single), 0)
    high = min(<Py_ssize_t>kept(x + support + 0.5, single), n_in)
    count = min(max(high - low, 0), most_taps(mode, n_in, scale))
    for k in range(count):
        at[k] = <int32_t>(low + k)
        w[k] = kept(smooth_weight(mode, kept((k + low - x + 0.5) * (1 / scale if scale >= 1 else 1), single)), single)
        total = kept(total + w[k], single)
    for k in range(count):
        if total != 0:
            w[k] = kept(w[k] / total, single)
    if count == 0:                 # nothing within reach: torch gives 0
        at[0], w[0] = <int32_t>min(low, n_in - 1), 0
        count = 1
    return count


cdef class Table:
    """Which inputs each output takes: `index` and `weight` (None: 1 for the one tap), taps first."""
    cdef Py_ssize_t n_in, n_out, taps
    cdef Tensor index, weight
    cdef bint padded


cdef Tensor block_of(int code, Py_ssize_t count):
    return empty_tensor(code, 1, &count, CPU)


cdef inline int put(Tensor weights, Py_ssize_t at, double w) noexcept:
    if weights.code == FLOAT32:
        (<float*>data_of(weights))[at] = <float>w
    else:
        (<double*>data_of(weights))[at] = w
    return 0


cdef inline double got(Tensor weights, Py_ssize_t at) noexcept:
    return (<float*>data_of(weights))[at] if weights.code == FLOAT32 else (<double*>data_of(weights))[at]


cdef inline bint keeps(int mode, bint plane) noexcept:
    """Whether an axis that keeps its size is left alone whatever its factor: torch copies planes of nearest pixels, and filters no such axis."""
    return mode == LINEAR or mode > CUBIC or mode == NEAREST and plane


cdef Table table_of(int mode, Py_ssize_t n_in, Py_ssize_t n_out, bint align, double factor, int code, bint plane):
    cdef Table table = Table()
    cdef bint single = code != FLOAT64
    cdef double scale = scale_of(n_in, n_out, align, factor, single)
    cdef Py_ssize_t taps = most_taps(mode, n_in, scale), j, t, count
    cdef Tensor places = block_of(INT32, taps), shares = block_of(FLOAT64, taps)
    cdef int32_t* at = <int32_t*>data_of(places)
    cdef int32_t* index
    cdef double* w = <double*>data_of(shares)
    table.n_in, table.n_out, table.taps, table.padded = n_in, n_out, taps, mode > CUBIC
    if n_in == n_out and (factor <= 0 and mode <= CUBIC or keeps(mode, plane)):
        table.taps = 0
        return table
    table.index = block_of(INT32, taps * n_out)
    index = <int32_t*>data_of(table.index)
    if mode > EXACT:
        table.weight = block_of(code, taps * n_out)
    for j in range(n_out):
        count = taps_of(mode, n_in, n_out, j, align, scale, single, at, w)
        for t in range(taps):
            index[t * n_out + j] = at[t] if t < count else at[0]
            if mode > EXACT:
                put(table.weight, t * n_out + j, w[t] if t < count else 0)
    return table


cdef Table turned(Table table, int code):
    """The table of the gradient: for each input, the outputs that took it."""
    cdef Table back = Table()
    cdef Tensor counts
    cdef int32_t* count
    cdef int32_t* index
    cdef int32_t* from_
    cdef Py_ssize_t j, t, i
    back.n_in, back.n_out, back.taps = table.n_out, table.n_in, 0
    if table.taps == 0:
        return back
    counts = block_of(INT32, table.n_in)
    count = <int32_t*>data_of(counts)
    from_ = <int32_t*>data_of(table.index)
    memset(count, 0, table.n_in * sizeof(int32_t))
    for t in range(table.taps):
        for j in range(table.n_out):
            if table.weight is None or got(table.weight, t * table.n_out + j) != 0:
                count[from_[t * table.n_out + j]] += 1
    back.taps, back.padded = 1, True
    for i in range(table.n_in):
        back.taps = max(back.taps, count[i])
    back.index = block_of(INT32, back.taps * back.n_out)
    back.weight = block_of(code, back.taps * back.n_out)
    index = <int32_t*>data_of(back.index)
    memset(index, 0, back.taps * back.n_out * sizeof(int32_t))
    memset(data_of(back.weight), 0, back.taps * back.n_out * itemsize_of[code])
    memset(count, 0, table.n_in * sizeof(int32_t))
    for j in range(table.n_out):
        for t in range(table.taps):
            i = from_[t * table.n_out + j]
            if table.weight is None or got(table.weight, t * table.n_out + j) != 0:
                index[count[i] * back.n_out + i] = <int32_t>j
                put(back.weight, count[i] * back.n_out + i, 1 if table.weight is None else got(table.weight, t * table.n_out + j))
                count[i] += 1
    return back


cdef int fill_axis(resample_axis* axis, Table table, Py_ssize_t size) except -1:
    axis.n_in = axis.n_out = size
    axis.taps = axis.padded = 0
    axis.index = NULL
    axis.weight = NULL
    if table is not None:
        axis.n_in, axis.n_out, axis.taps = table.n_in, table.n_out, table.taps
        if table.taps:
            axis.index = <int32_t*>data_of(table.index)
            axis.weight = NULL if table.weight is None else data_of(table.weight)
            axis.padded = table.padded
    return 0


# --- running -------------------------------------------------------------------------------------------------------------

cdef struct Job:
    const resample_plan* plan
    const resample_bytes_plan* whole
    const void* x
    void* y
    char* room
    Py_ssize_t room_size, rows, per_task
    int wide


cdef void _task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task
    if last > j.rows:
        last = j.rows
    if j.whole != NULL:
        K.resample_bytes(j.x, j.y, j.whole, j.room + worker * j.room_size, first, last)
    else:
        K.resample[j.wide](j.x, j.y, j.plan, j.room + worker * j.room_size, first, last)


cdef int run(Job* j, double row_ns) except -1:
    cdef Py_ssize_t tasks
    cdef Storage room
    cdef int workers
    if j.rows == 0:
        return 0
    j.per_task = max(<Py_ssize_t>(TASK_NS / (row_ns + 1)), 1)
    tasks = (j.rows + j.per_task - 1) // j.per_task
    if tasks <= 2:
        tasks, j.per_task = 1, j.rows
    workers = workers_for(tasks)
    j.room_size = (j.room_size + 63) & ~<Py_ssize_t>63
    room = new_storage(j.room_size * workers + 64, CPU)
    j.room = <char*>storage_data(room)
    if tasks == 1:
        _task(j, 0, 0)
    else:
        run_weighed(tasks, workers, _task, j, row_ns * j.rows)
    return 0


cdef int run_floats(const void* x, void* y, Py_ssize_t planes, Table v, Py_ssize_t rows, Table h, Py_ssize_t columns, Py_ssize_t inner, int code) except -1:
    """Planes of rows by columns by `inner`; a table that is None leaves its axis."""
    cdef resample_plan p
    cdef Job j
    fill_axis(&p.v, v, rows)
    fill_axis(&p.h, h, columns)
    p.inner = inner
    # where the rows outnumber their sources
    p.across_first = p.v.weight != NULL and p.h.taps and p.v.taps <= 4 and p.v.n_out > p.v.n_in and p.v.n_in < 1 << 24
    j.plan, j.whole, j.x, j.y, j.wide = &p, NULL, x, y, code == FLOAT64
    j.rows = planes * (p.v.n_out if p.v.taps else p.v.n_in)
    j.room_size = K.resample_room[j.wide](&p) * itemsize_of[code]
    return run(&j, 0.2 * inner * (<double>p.h.n_in * p.v.taps + <double>p.h.n_out * (2 * p.h.taps + 1)))


cdef int label_of(int mode, int spatial) noexcept:
    return mode * 3 + spatial - 1


cdef tuple _labels = tuple(
    f"Upsample{name.replace('#', d)}Backward0".encode()
    for names in (
        ("Nearest#D",) * 3, ("NearestExact#D",) * 3, ("Linear#D", "Bilinear#D", "Trilinear#D"), ("Bicubic#D",) * 3,
        ("Bilinear#DAa",) * 3, ("Bicubic#DAa",) * 3, ("Lanczos#DAa",) * 3,
    )
    for name, d in zip(names, "123")
)
cdef tuple _labels_back = tuple(label.replace(b"Backward0", b"BackwardBackward0") for label in _labels)


cdef int resample_vjp(Node n, Tensor g, Run run) except -1:
    geometry, back = n.extra
    return give(run, n, 0, resampled(g, geometry, not back))


cdef Tensor resampled(Tensor x, tuple geometry, bint back):
    """x of another size, or a gradient brought back to the first one; recorded."""
    cdef int mode, k, spatial = x.ndim_ - 2
    cdef bint align
    cdef Py_ssize_t shape[5]
    cdef Tensor y, wide
    cdef Node n
    mode, align, factors, small, large = geometry
    sizes = small if back else large
    shape[0], shape[1] = x.shape_[0], x.shape_[1]
    for k in range(spatial):
        shape[2 + k] = sizes[k]
    if x.code == UINT8:
        return bytes_resampled(x, geometry)
    if is_meta(x):
        y = empty_tensor(x.code, x.ndim_, shape, x.storage.device)
    else:                          # half types in float32; images may lie channels-last
        wide = x
        if x.code != FLOAT32 and x.code != FLOAT64:
            wide = converted(x, FLOAT32)
        y = converted(computed(wide, shape, mode, align, factors, small, large, back), x.code)
    if says_channels_last_3d(x):
        wide = empty_formatted(y.code, y.ndim_, shape, channels_last_3d, y.storage.device)
        if not is_meta(y):
            convert_into(wide, y)
        y = wide
    if recording(x):
        labels = _labels_back if back else _labels
        n = new_node(resample_vjp, <const char*>labels[label_of(mode, spatial)], 1)
        connect(n, 0, x)
        n.extra = (geometry, back)
        set_history(n, y, 0)
    return y


cdef Tensor computed(Tensor x, const Py_ssize_t* shape, int mode, bint align, tuple factors, tuple small, tuple large, bint back):
    """float32 or float64, without history."""
    cdef int spatial = x.ndim_ - 2, k
    cdef Table table
    cdef list tables = []
    cdef Tensor y, between, source
    cdef Py_ssize_t planes = x.shape_[0] * x.shape_[1]
    cdef Py_ssize_t middle[5]
    cdef bint images = spatial == 2 and x.numel_ > 0 and as_images(x)
    for k in range(spatial):
        table = table_of(mode, small[k], large[k], align, factors[k], x.code, spatial == 2)
        tables.append(turned(table, x.code) if back else table)
    if images:
        source = channels_last(x)
        y = empty_image_as(x, x.code, shape)
        run_floats(raw_of(source), raw_of(y), x.shape_[0], tables[0], x.shape_[2], tables[1], x.shape_[3], x.shape_[1], x.code)
        return y
    source = contiguous(x)
    y = empty_tensor(x.code, x.ndim_, shape, CPU)
    if y.numel_ == 0:
        return y
    if spatial == 1:
        run_floats(data_of(source), data_of(y), 1, None, planes, tables[0], x.shape_[2], 1, x.code)
    elif spatial == 2:
        run_floats(data_of(source), data_of(y), planes, tables[0], x.shape_[2], tables[1], x.shape_[3], 1, x.code)
    else:                          # the axis of slices where it makes less of them, else the slices first
        for k in range(5):
            middle[k] = shape[k]
        if shape[2] <= x.shape_[2]:
            middle[3], middle[4] = x.shape_[3], x.shape_[4]
            between = empty_tensor(x.code, 5, middle, CPU)
            run_floats(data_of(source), data_of(between), planes, tables[0], x.shape_[2], None, x.shape_[3] * x.shape_[4], 1, x.code)
            run_floats(data_of(between), data_of(y), planes * shape[2], tables[1], x.shape_[3], tables[2], x.shape_[4], 1, x.code)
        else:
            middle[2] = x.shape_[2]
            between = empty_tensor(x.code, 5, middle, CPU)
            run_floats(data_of(source), data_of(between), planes * x.shape_[2], tables[1], x.shape_[3], tables[2], x.shape_[4], 1, x.code)
            run_floats(data_of(between), data_of(y), planes, tables[0], x.shape_[2], None, shape[3] * shape[4], 1, x.code)
    return y


# --- bytes ---------------------------------------------------------------------------------------------------------------

cdef list bytes_axis(resample_bytes_axis* axis, int mode, Py_ssize_t n_in, Py_ssize_t n_out, bint align, double factor, bint plane):
    """Fill in an axis; returns what it points at. Weights are whole multiples of a power of two, as many bits as 16 hold."""
    cdef bint whole = mode > EXACT
    cdef double scale = scale_of(n_in, n_out, align, factor, not whole), most = 0, v
    cdef Py_ssize_t taps = most_taps(mode, n_in, scale), j, t, count, room
    cdef Tensor places = block_of(INT32, taps), shares = block_of(FLOAT64, taps), firsts, all_shares, weights = None
    cdef int32_t* at = <int32_t*>data_of(places)
    cdef int32_t* first
    cdef double* w = <double*>data_of(shares)
    cdef double* every
    cdef int16_t* out
    axis.n_in, axis.n_out, axis.taps, axis.bits, axis.weight, axis.first = n_in, n_out, 0, 0, NULL, NULL
    if n_in == n_out and (factor <= 0 or whole or keeps(mode, plane)):
        return []
    room = min(taps, n_in)
    firsts = block_of(INT32, n_out)
    all_shares = block_of(FLOAT64, room * n_out)
    first, every = <int32_t*>data_of(firsts), <double*>data_of(all_shares)
    memset(every, 0, room * n_out * sizeof(double))
    for j in range(n_out):
        count = taps_of(mode, n_in, n_out, j, align, scale, not whole, at, w)
        first[j] = <int32_t>min(at[0], n_in - room)
        for t in range(count):                         # taps that meet at the border add up
            every[j * room + at[t] - first[j]] += w[t]
        for t in range(room):
            most = max(most, every[j * room + t])
    axis.taps, axis.first = room, first
    if not whole:
        return [firsts]
    while axis.bits < 22 and <int32_t>(0.5 + most * (1 << (axis.bits + 1))) < 1 << 15:
        axis.bits += 1
    weights = block_of(INT16, room * n_out)
    out = <int16_t*>data_of(weights)
    for j in range(room * n_out):
        v = every[j] * (1 << axis.bits)
        out[j] = <int16_t><int32_t>(v - 0.5 if v < 0 else v + 0.5)
    axis.weight = out
    return [firsts, weights]


cdef Tensor bytes_resampled(Tensor x, tuple geometry):
    """uint8, without a gradient: nearest pixels of anything, filters of images."""
    cdef resample_bytes_plan p
    cdef Job j
    cdef int mode, k, spatial = x.ndim_ - 2
    cdef bint align, images = spatial == 2 and x.numel_ > 0 and not is_meta(x) and says_channels_last(x)
    cdef Py_ssize_t shape[5]
    cdef Py_ssize_t planes = x.shape_[0] * x.shape_[1], inner = 1
    cdef Tensor y, source
    mode, align, factors, small, large = geometry
    shape[0], shape[1] = x.shape_[0], x.shape_[1]
    for k in range(spatial):
        shape[2 + k] = large[k]
    if images:
        source, y = channels_last(x), empty_image_as(x, UINT8, shape)
        planes, inner = x.shape_[0], x.shape_[1]
    else:
        source = x if is_meta(x) else contiguous(x)
        y = empty_tensor(UINT8, x.ndim_, shape, x.storage.device)
    if says_channels_last_3d(x):
        source = empty_formatted(UINT8, 5, shape, channels_last_3d, x.storage.device)
        if not is_meta(x):
            convert_into(source, bytes_resampled(contiguous(x), geometry))
        return source
    if is_meta(x) or y.numel_ == 0:
        return y
    if spatial == 3:               # the slices that are wanted, then in each of them
        source = slices(source, mode, align, factors[0], small[0], large[0])
        planes *= large[0]
    j.plan, j.whole = NULL, &p
    p.inner = inner
    p.v.n_in = p.v.n_out = planes
    p.v.taps = 0
    kept_alive = []
    if spatial > 1:
        kept_alive += bytes_axis(&p.v, mode, small[spatial - 2], large[spatial - 2], align, factors[spatial - 2], spatial == 2)
    kept_alive += bytes_axis(&p.h, mode, small[spatial - 1], large[spatial - 1], align, factors[spatial - 1], spatial == 2)
    j.x, j.y = raw_of(source), raw_of(y)
    j.rows = (planes if spatial > 1 else 1) * (p.v.n_out if p.v.taps else p.v.n_in)
    j.room_size = K.resample_bytes_room(&p)
    run(&j, 0.3 * inner * p.h.n_out * (p.h.taps + p.v.taps + 1))
    return y


cdef Tensor slices(Tensor x, int mode, bint align, double factor, Py_ssize_t n_in, Py_ssize_t n_out):
    """The slices along the first spatial axis that each output takes: rows of an image of d by (h w) bytes."""
    cdef resample_bytes_plan p
    cdef Job j
    cdef Py_ssize_t shape[5]
    cdef Tensor y
    cdef int k
    for k in range(5):
        shape[k] = x.shape_[k]
    shape[2] = n_out
    y = empty_tensor(UINT8, 5, shape, CPU)
    p.inner = 1
    tables = bytes_axis(&p.v, mode, n_in, n_out, align, factor, False)      # which hold what p points at
    p.h.n_in = p.h.n_out = x.shape_[3] * x.shape_[4]
    p.h.taps = 0
    j.plan, j.whole, j.x, j.y = NULL, &p, data_of(x), data_of(y)
    j.rows = x.shape_[0] * x.shape_[1] * (p.v.n_out if p.v.taps else p.v.n_in)
    j.room_size = 0
    run(&j, 0.1 * p.h.n_in)
    del tables
    return y


def resample(Tensor input not None, tuple sizes, str mode, bint align_corners, tuple factors, bint antialias) -> Tensor:
    """`input` (N, C, ...) of other sizes; `factors` are the scale factors to compute with, None where the sizes tell. Recorded."""
    cdef int k, spatial = input.ndim_ - 2
    if not 1 <= spatial <= 3 or len(sizes) != spatial or len(factors) != spatial:
        raise error(ShapeError, f"interpolate: input has {input.ndim_} dimensions, sizes are {sizes}")
    if not (input.code == UINT8 and (mode == "nearest" or mode == "nearest-exact" or spatial == 2) or FLOAT16 <= input.code <= FLOAT64):
        raise error(DtypeError, f"interpolate: not implemented for {str(input.dtype)[6:]} with mode '{mode}'", fix="input.float()")
    small = tuple([input.shape_[2 + k] for k in range(spatial)])
    if any(not 0 < size <= MOST for size in sizes) or any(not 0 < size <= MOST for size in small):
        raise error(
            ShapeError, f"Input and output sizes should be greater than 0, but got input {small} and output {sizes}", facts=[f"input {tuple(input.shape)}"]
        )
    return resampled(input, (_MODES[mode, antialias], align_corners, tuple([f or 0.0 for f in factors]), small, sizes), False)


# --- places between pixels -----------------------------------------------------------------------------------------------

include "resample_grid.pxi"
