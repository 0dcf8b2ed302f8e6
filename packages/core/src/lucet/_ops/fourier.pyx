"""Discrete Fourier transforms: three linear functions, each the adjoint of another, of which lucet.fft makes all of its own.

With e(k, i) = exp(s 2 pi i k / n): `spectrum` sums over complex numbers (or over real ones, half the work in one dimension); `half_spectrum`
gives the first half of the sums of real numbers, times weights; `real_sums` the real part of sums over such a half, times weights. Weights
of 2 (or 1) apply to all but the first and, for even n, the last, for which another element of the whole spectrum stands.

How a length falls apart is planned once (_kernels/micro/fourier_plan.h) and kept; the loops are kernels (_kernels/micro/fourier.h). Lines
are tasks; a long line alone is cut itself. The public ops are in _composed/fourier.py.
"""

from libc.math cimport log2, sqrt
from lucet._dtype cimport BFLOAT16, CAT_COMPLEX, CAT_FLOAT, FLOAT16, FLOAT64, category_of, complex_of, default_code, dtype_object, real_of
from lucet._engine cimport Node, Run, give, record, recording
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport (
    fourier_job, fourier_plan, FOURIER_CHIRP, FOURIER_COLUMNS_MOST, FOURIER_COMPLEX, FOURIER_ENTER, FOURIER_FIRST,
    FOURIER_HALF, FOURIER_LEAVE, FOURIER_READ, FOURIER_REAL, FOURIER_SECOND, FOURIER_STEPS,
    FOURIER_WHOLE, FOURIER_WIDEST, FOURIER_WRITE,
)
from lucet._ops._plans cimport run_weighed, workers_for
from lucet._ops.convert cimport cast_to, clone_of
from lucet._ops.shape cimport slice_of
from lucet._storage cimport CPU, Storage, new_storage, storage_data
from lucet._tensor cimport MAX_DIMS, Tensor, data_of, empty_tensor, is_lazy, is_meta

from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.create import zeros
from lucet._ops.join import cat

cdef extern from "micro/fourier_plan.h":
    fourier_plan* fourier_plan_make(Py_ssize_t n, int size, int beside, int halves)
    void fourier_plan_free(fourier_plan* plan)
    void fourier_chirp(const fourier_plan* plan, void* line)

cdef enum:
    LONG = 16384              # a line of so many numbers is cut, where there are few
    FEW = 8
    PARTS = 16                # of a step of such a line, whatever the number of threads
    TASK_NS = 20000
    KEPT_BYTES = 1 << 26      # plans that are kept


# --- plans -----------------------------------------------------------------------------------------------------------

cdef class Plan:
    cdef fourier_plan* plan

    def __dealloc__(self):
        fourier_plan_free(self.plan)


cdef dict _plans = {}         # oldest first
cdef size_t _kept = 0


cdef Plan plan_of(Py_ssize_t n, int code, bint beside, bint halves):
    """The plan for n complex numbers; `beside` may be ignored where a large prime divides n."""
    global _kept
    cdef Py_ssize_t key = ((n * 2 + (real_of[code] == FLOAT64)) * 2 + beside) * 2 + halves
    cdef Plan found = _plans.get(key)
    if found is not None:
        return found
    found = Plan()
    found.plan = fourier_plan_make(n, 8 if real_of[code] == FLOAT64 else 4, beside, halves)
    if found.plan == NULL and beside:
        return plan_of(n, code, False, halves)
    if found.plan == NULL:
        raise MemoryError(f"fft: no memory to plan a transform of {n} numbers")
    if found.plan.kind == FOURIER_CHIRP:
        answer(found.plan, real_of[code] == FLOAT64)
    if found.plan.bytes > KEPT_BYTES:
        return found
    while _plans and _kept + found.plan.bytes > KEPT_BYTES:
        _kept -= (<Plan>_plans.pop(next(iter(_plans)))).plan.bytes
    _kept += found.plan.bytes
    _plans[key] = found
    return found


cdef int answer(fourier_plan* plan, bint wide) except -1:
    cdef fourier_job j
    cdef Py_ssize_t m = plan.inner.n
    cdef Storage line = new_storage(m * (16 if wide else 8), CPU), room
    fourier_chirp(plan, storage_data(line))
    j.plan, j.mode, j.inverse, j.scale, j.weight, j.n, j.dims = plan.inner, FOURIER_COMPLEX, False, 1.0 / m, 1, m, 0
    j.x, j.y, j.x_step, j.y_step = storage_data(line), <char*>plan.answer, 1, 1
    room = new_storage(K.fourier_room[wide](&j), CPU)
    K.fourier_lines[wide](&j, 0, 1, storage_data(room))
    return 0


# --- running ---------------------------------------------------------------------------------------------------------

cdef struct Work:
    fourier_job* job
    bint wide
    Py_ssize_t lines, per_task, blocks    # blocks: of columns, tasks a line; 0 where lines are no columns
    char* room
    Py_ssize_t room_size


cdef void _lines_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Work* w = <Work*>context
    K.fourier_lines[w.wide](w.job, task * w.per_task, min((task + 1) * w.per_task, w.lines), w.room + worker * w.room_size)


cdef void _columns_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Work* w = <Work*>context
    cdef Py_ssize_t first = task % w.blocks * w.per_task
    K.fourier_columns[w.wide](w.job, task // w.blocks, first, first + w.per_task, w.room + worker * w.room_size)


cdef void _phase_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Work* w = <Work*>context
    K.fourier_phase[w.wide](w.job, task, w.room + worker * w.room_size)


cdef int run(fourier_job* j, Py_ssize_t lines, int code) except -1:
    """All lines of a job, of columns those of one block of memory each."""
    cdef Work w
    cdef Storage memory, shared
    cdef Py_ssize_t tasks, line, each = FOURIER_WIDEST if j.columns or j.plan.kind == FOURIER_STEPS else 1
    cdef double ns = j.n * (log2(j.n) + 4) * (0.5 if real_of[code] == FLOAT64 else 0.25) * (5 if j.plan.kind == FOURIER_CHIRP else 1) + 20
    cdef int workers, phase
    cdef char small[6144]
    w.job, w.wide, w.lines, w.blocks = j, real_of[code] == FLOAT64, lines, 0
    w.room_size = (K.fourier_room[w.wide](j) + 127) & ~63
    w.per_task = (<Py_ssize_t>(TASK_NS / (ns * each)) + 1) * each
    if j.n >= LONG and lines < FEW and j.plan.kind != FOURIER_STEPS and not j.columns:
        workers = workers_for(PARTS)
        memory = new_storage(workers * w.room_size, CPU)
        shared = new_storage(K.fourier_shared[w.wide](j), CPU)
        w.room, j.shared, j.tasks = storage_data(memory), storage_data(shared), PARTS
        for line in range(lines):
            j.line = line
            for phase in range(FOURIER_READ, FOURIER_WRITE + 1):
                if j.plan.kind != FOURIER_CHIRP and FOURIER_ENTER <= phase <= FOURIER_LEAVE and phase != FOURIER_FIRST and phase != FOURIER_SECOND:
                    continue
                j.phase = phase
                run_weighed(PARTS, workers, _phase_task, &w, ns / 2)
        return 0
    if j.columns:
        w.per_task = w.per_task // each
        w.blocks = ((j.columns + FOURIER_WIDEST - 1) // FOURIER_WIDEST + w.per_task - 1) // w.per_task
        tasks = lines * w.blocks
        ns *= j.columns
    else:
        tasks = (lines + w.per_task - 1) // w.per_task
    if tasks == 1 and w.room_size <= <Py_ssize_t>sizeof(small) - 64:
        w.room = <char*>((<size_t>&small[0] + 63) & ~<size_t>63)
        (_columns_task if j.columns else _lines_task)(&w, 0, 0)
        return 0
    workers = workers_for(tasks)
    memory = new_storage(workers * w.room_size, CPU)
    w.room = storage_data(memory)
    run_weighed(tasks, workers, _columns_task if j.columns else _lines_task, &w, ns * lines)
    return 0


cdef int transform(Tensor x, Tensor y, int dim, int mode, Py_ssize_t n, bint inverse, double scale, double weight) except -1:
    """y, of the right shape and type, becomes the transform of x along one dimension. They may be the same where `mode` is COMPLEX."""
    cdef fourier_job j
    cdef Plan plan
    cdef Py_ssize_t lines = 1, inner, size
    cdef int d, code = y.code
    cdef bint paired = mode != FOURIER_COMPLEX and n % 2 == 0
    if y.numel_ == 0 or is_meta(y):
        return 0
    j.mode, j.inverse, j.scale, j.weight, j.n = mode, inverse, scale, weight, n
    j.x, j.y, j.dims, j.columns = data_of(x), data_of(y), 0, 0
    j.x_step = x.strides[dim] if x.shape_[dim] > 1 else 1
    j.y_step = y.strides[dim] if y.shape_[dim] > 1 else 1
    for d in range(y.ndim_):
        size = y.shape_[d]
        if d == dim or size == 1:
            continue
        lines *= size
        inner = j.dims - 1
        if inner >= 0 and j.x_stride[inner] == x.strides[d] * size and j.y_stride[inner] == y.strides[d] * size:
            j.size[inner] *= size
        else:
            inner += 1
            j.dims += 1
            j.size[inner] = size
        j.x_stride[inner], j.y_stride[inner] = x.strides[d], y.strides[d]
    inner = j.dims - 1
    if mode == FOURIER_COMPLEX and inner >= 0 and j.x_stride[inner] == 1 and j.y_stride[inner] == 1 and 1 < n <= FOURIER_COLUMNS_MOST:
        plan = plan_of(n, code, True, False)
        if plan.plan.kind == FOURIER_STEPS:
            j.columns, j.dims = j.size[inner], inner
            lines //= j.columns
    else:
        plan = plan_of(n // 2 if paired else n, code, False, paired)
    j.plan = plan.plan
    return run(&j, lines, code)


cdef Tensor sized(Tensor x, int dim, Py_ssize_t n, int code):
    """Room for a result: x's shape but for one dimension."""
    cdef Py_ssize_t shape[MAX_DIMS]
    cdef int d
    for d in range(x.ndim_):
        shape[d] = x.shape_[d]
    shape[dim] = n
    return empty_tensor(code, x.ndim_, shape, x.storage.device)


# --- the three functions, with their gradients -----------------------------------------------------------------------

cdef int spectrum_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, spectrum(g, <tuple>n.extra, not n.i0, n.d0))


cdef Tensor spectrum(Tensor x, tuple dims, bint inverse, double scale):
    """Sums over dimensions, complex. The first pass takes the last of them, so that real numbers are done at half the cost."""
    cdef Tensor y
    cdef Node node
    cdef int d, code = complex_of[x.code]
    cdef bint real = x.code != code
    if len(dims) == 0:
        return cast_to(x, code) if real else clone_of(x)
    d = dims[len(dims) - 1]
    y = sized(x, d, x.shape_[d], code)
    transform(x, y, d, FOURIER_WHOLE if real else FOURIER_COMPLEX, y.shape_[d], inverse, scale, 1)
    for d in dims[:len(dims) - 1]:
        transform(y, y, d, FOURIER_COMPLEX, y.shape_[d], inverse, 1, 1)
    if recording(x):
        node = record(y, spectrum_vjp, "FftR2CBackward0" if real and len(dims) == 1 else "FftC2CBackward0", x)
        node.extra, node.i0, node.d0 = dims, inverse, scale
    return y


cdef int half_vjp(Node n, Tensor g, Run run) except -1:
    size, weight = n.extra
    return give(run, n, 0, real_sums(g, n.i0 >> 1, size, not n.i0 & 1, n.d0, weight))


cdef Tensor half_spectrum(Tensor x, int dim, bint inverse, double scale, double weight):
    cdef Py_ssize_t n = x.shape_[dim]
    cdef Tensor y = sized(x, dim, n // 2 + 1, complex_of[x.code])
    cdef Node node
    transform(x, y, dim, FOURIER_HALF, n, inverse, scale, weight)
    if recording(x):
        node = record(y, half_vjp, "FftR2CBackward0", x)
        node.extra, node.i0, node.d0 = (n, weight), dim * 2 + inverse, scale
    return y


cdef int real_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, half_spectrum(g, n.i0 >> 1, not n.i0 & 1, n.d0, n.extra))


cdef Tensor real_sums(Tensor x, int dim, Py_ssize_t n, bint inverse, double scale, double weight):
    cdef Tensor y = sized(x, dim, n, real_of[x.code])
    cdef Node node
    transform(x, y, dim, FOURIER_REAL, n, inverse, scale, weight)
    if recording(x):
        node = record(y, real_vjp, "FftC2RBackward0", x)
        node.extra, node.i0, node.d0 = weight, dim * 2 + inverse, scale
    return y


# --- arguments -------------------------------------------------------------------------------------------------------

cdef Tensor floats(Tensor input, str name):
    """Floats of the types that are transformed; integers become the default type. `name` is that of an op that takes real numbers only."""
    if name is not None and category_of[input.code] == CAT_COMPLEX:
        raise error(DtypeError, f"{name} expects a real input tensor, but got {dtype_object(input.code)._name}")
    if input.code == FLOAT16 or input.code == BFLOAT16:
        raise error(DtypeError, f"Unsupported dtype {dtype_object(input.code)._name}")
    if is_lazy(input):
        return clone_of(input)
    return input if category_of[input.code] >= CAT_FLOAT else cast_to(input, default_code())


cdef double scale_of(object norm, double n, bint inverse) except? -1:
    """What sums over n numbers are multiplied by."""
    if norm is None or norm == "backward":
        return 1 / n if inverse else 1
    if norm == "ortho":
        return 1 / sqrt(n)
    if norm == "forward":
        return 1 if inverse else 1 / n
    raise RuntimeError(f'Invalid normalization mode: "{norm}"')


cdef tuple places(Tensor x, object s, object dim):
    """Dimensions, and the sizes they are brought to (-1: as they are), both tuples."""
    cdef int ndim = x.ndim_, d
    if isinstance(s, int):
        s = (s,)
    if dim is None:
        if s is not None and len(s) > x.ndim_:
            raise error(ShapeError, f"Got shape with {len(s)} values but input tensor only has {x.ndim_} dimensions.")
        dims = list(range(0 if s is None else x.ndim_ - len(s), x.ndim_))
    else:
        dims = [dim] if isinstance(dim, int) else list(dim)
        if s is not None and len(s) != len(dims):
            raise error(ShapeError, "When given, dim and shape arguments must have the same length")
    for d in range(len(dims)):
        if ndim == 0:
            raise IndexError(f"Dimension specified as {dims[d]} but tensor has no dimensions")
        if not -ndim <= dims[d] < ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {dims[d]})")
        dims[d] = dims[d] % ndim
    if len(dims) > 1 and len(set(dims)) != len(dims):
        raise RuntimeError("FFT dims must be unique")
    return tuple(dims), (-1,) * len(dims) if s is None else tuple(s)


cdef Tensor brought(Tensor x, int dim, Py_ssize_t n):
    """x cut off or followed by zeros to n numbers along a dimension (-1: as it is)."""
    cdef Py_ssize_t now = x.shape_[dim]
    if n == -1:
        n = now
    if n < 1:
        raise error(ShapeError, f"Invalid number of data points ({n}) specified")
    if n == now:
        return x
    if n < now:
        return slice_of(x, dim, 0, n, 1)
    shape = list(x.shape)
    shape[dim] = n - now
    return cat([x, zeros(shape, dtype=x.dtype, device=x.device)], dim)


def complex_to_complex(Tensor input not None, s, dim, norm, bint inverse):
    """fft and ifft over dimensions."""
    cdef Tensor x = floats(input, None)
    cdef double n = 1
    dims, sizes = places(x, s, dim)
    for d, size in zip(dims, sizes):
        x = brought(x, d, size)
        n *= x.shape_[<int>d]
    return spectrum(x, dims, inverse, scale_of(norm, n, inverse))


def real_to_complex(Tensor input not None, s, dim, norm, bint inverse, str name):
    """rfft and ihfft: half a spectrum along the last of the dimensions."""
    cdef Tensor x = floats(input, name)
    cdef double n = 1
    cdef int last
    dims, sizes = places(x, s, dim)
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")
    for d, size in zip(dims, sizes):
        x = brought(x, d, size)
        n *= x.shape_[<int>d]
    last = dims[len(dims) - 1]
    x = half_spectrum(x, last, inverse, scale_of(norm, n, inverse), 1)
    return spectrum(x, dims[:-1], inverse, 1) if len(dims) > 1 else x


def complex_to_real(Tensor input not None, s, dim, norm, bint inverse, str name):
    """irfft and hfft: real numbers from half a spectrum along the last of the dimensions."""
    cdef Tensor x = floats(input, None)
    cdef double n
    cdef Py_ssize_t points
    cdef int last
    x = cast_to(x, complex_of[x.code])
    dims, sizes = places(x, s, dim)
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")
    last = dims[len(dims) - 1]
    points = sizes[len(sizes) - 1]
    if points == -1:
        points = 2 * (x.shape_[last] - 1)
    if points < 1:
        raise error(ShapeError, f"Invalid number of data points ({points}) specified")
    n = points
    for d, size in zip(dims[:-1], sizes):
        x = brought(x, d, size)
        n *= x.shape_[<int>d]
    x = brought(x, last, points // 2 + 1)
    if len(dims) > 1:
        x = spectrum(x, dims[:-1], inverse, 1)
    return real_sums(x, last, points, inverse, scale_of(norm, n, inverse), 2)
