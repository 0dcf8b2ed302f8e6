# Elements of images and volumes at places between pixels (_kernels/micro/grid.h). Included in resample.pyx.

cdef enum:
    BLOCK = 64                 # points whose taps are found together, GRID_BLOCK of the kernels

cdef struct GridJob:
    const grid_shape* p
    grid_fn fn
    const void* x
    const void* grid
    const void* g
    void* y
    Py_ssize_t units, per_task


cdef void _grid_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef GridJob* j = <GridJob*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task
    j.fn(j.x, j.grid, j.g, j.y, j.p, first, last if last < j.units else j.units)


cdef int run_grid(GridJob* j, double unit_ns) except -1:
    cdef Py_ssize_t tasks
    j.per_task = max(<Py_ssize_t>(TASK_NS / (unit_ns + 1)), 1)
    tasks = (j.units + j.per_task - 1) // j.per_task
    if tasks <= 2:
        j.per_task = j.units
        _grid_task(j, 0, 0)
    else:
        run_weighed(tasks, workers_for(tasks), _grid_task, j, unit_ns * j.units)
    return 0


cdef int shape_grid(grid_shape* p, Tensor x, Tensor grid, tuple options) except -1:
    cdef int k, axes = x.ndim_ - 2
    p.axes = axes
    p.channels = x.shape_[1]
    p.size[0] = 1
    p.points = 1
    for k in range(axes):
        p.size[3 - axes + k] = x.shape_[2 + k]
        p.points *= grid.shape_[1 + k]
    p.mode, p.padding, p.align = options
    p.group = 1
    if p.size[0] * <double>p.size[1] * p.size[2] >= MOST:
        raise error(ShapeError, "grid_sampler(): a channel of input has too many elements", facts=[describe(x)])
    return 0


cdef Tensor sampled(Tensor x, Tensor grid, tuple options):
    """Without history; of one floating type."""
    cdef grid_shape p
    cdef GridJob j
    cdef Py_ssize_t shape[5]
    cdef int k
    cdef Tensor y, wide, places
    shape_grid(&p, x, grid, options)
    shape[0], shape[1] = x.shape_[0], x.shape_[1]
    for k in range(p.axes):
        shape[2 + k] = grid.shape_[1 + k]
    if is_meta(x) or is_meta(grid):
        return empty_tensor(x.code, x.ndim_, shape, x.storage.device)
    wide, places = widened(x), widened(grid)
    y = empty_tensor(wide.code, x.ndim_, shape, CPU)
    if y.numel_:
        j.p, j.x, j.grid, j.g, j.y = &p, data_of(wide), data_of(places), NULL, data_of(y)
        j.fn = K.grid_sample[wide.code == FLOAT64]
        j.units = x.shape_[0] * ((p.points + BLOCK - 1) // BLOCK)
        run_grid(&j, min(p.points, BLOCK) * (60 + <double>p.channels * 4 * (1 if p.mode == 1 else 4)) / 4)
    return converted(y, x.code)


cdef Tensor slope_of_input(Tensor x, Tensor grid, Tensor g, tuple options):
    cdef grid_shape p
    cdef GridJob j
    cdef Tensor to, wide, places
    if is_meta(x) or is_meta(g):
        return empty_tensor(x.code, x.ndim_, x.shape_, x.storage.device)
    wide, places = widened(g), widened(grid)
    shape_grid(&p, x, grid, options)
    p.group = min(max(p.channels // 4, 8), max(p.channels, 1))
    to = empty_tensor(wide.code, x.ndim_, x.shape_, CPU)
    if to.numel_:
        j.p, j.x, j.grid, j.g, j.y = &p, NULL, data_of(places), data_of(wide), data_of(to)
        j.fn = K.grid_scatter[wide.code == FLOAT64]
        j.units = x.shape_[0] * ((p.channels + p.group - 1) // p.group)
        run_grid(&j, <double>p.points * (15 + 4.0 * p.group) + 0.1 * p.group * p.size[0] * p.size[1] * p.size[2])
    return converted(to, x.code)


cdef Tensor slope_of_grid(Tensor x, Tensor grid, Tensor g, tuple options):
    cdef grid_shape p
    cdef GridJob j
    cdef Tensor to, wide, slopes, places
    if is_meta(x) or is_meta(g) or is_meta(grid):
        return empty_tensor(grid.code, grid.ndim_, grid.shape_, grid.storage.device)
    wide, slopes, places = widened(x), widened(g), widened(grid)
    shape_grid(&p, x, grid, options)
    to = empty_tensor(wide.code, grid.ndim_, grid.shape_, CPU)
    if to.numel_ and x.numel_:
        j.p, j.x, j.grid, j.g, j.y = &p, data_of(wide), data_of(places), data_of(slopes), data_of(to)
        j.fn = K.grid_slope[wide.code == FLOAT64]
        j.units = x.shape_[0] * ((p.points + BLOCK - 1) // BLOCK)
        run_grid(&j, min(p.points, BLOCK) * (60 + <double>p.channels * 8) / 2)
    elif to.numel_:
        memset(data_of(to), 0, to.numel_ * itemsize_of[to.code])
    return converted(to, grid.code)


cdef str shape_text(Tensor x):
    return str([x.shape_[k] for k in range(x.ndim_)])


cdef int check_grid(Tensor input, Tensor grid, str name, object mode, object padding) except -1:
    cdef int k
    if input.code < FLOAT16 or input.code > FLOAT64 or grid.code != input.code:
        raise error(
            DtypeError,
            f"{name}(): expected input and grid to have same dtype, but input has {str(input.dtype)[6:]} and grid has {str(grid.dtype)[6:]}"
            if grid.code != input.code else f"{name}(): not implemented for {str(input.dtype)[6:]}",
        )
    if input.ndim_ != grid.ndim_ or input.ndim_ not in (4, 5):
        raise error(
            ShapeError,
            f"{name}(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes {shape_text(input)} and grid with "
            f"sizes {shape_text(grid)}",
        )
    if input.shape_[0] != grid.shape_[0]:
        raise error(
            ShapeError,
            f"{name}(): expected grid and input to have same batch size, but got input with sizes {shape_text(input)} and grid with sizes "
            f"{shape_text(grid)}",
        )
    if grid.shape_[grid.ndim_ - 1] != input.ndim_ - 2:
        raise error(
            ShapeError, f"{name}(): expected grid to have size {input.ndim_ - 2} in last dimension, but got grid with sizes {shape_text(grid)}"
        )
    for k in range(2, input.ndim_):
        if input.shape_[k] <= 0:
            raise error(
                ShapeError,
                f"{name}(): expected input to have non-empty spatial dimensions, but input has sizes {shape_text(input)} with dimension {k} being empty",
            )
    if mode not in (0, 1, 2) or padding not in (0, 1, 2):
        raise error(RangeError, f"{name}(): modes go from 0 to 2, got {mode} and {padding}")
    if input.ndim_ == 5 and mode == 2:
        raise error(ShapeError, f"{name}(): bicubic interpolation only supports 4D input")
    return 0


def grid_values(Tensor input not None, Tensor grid not None, mode, padding, bint align, str name) -> Tensor:
    """The elements of `input` at the places `grid`, checked; without history."""
    mode, padding = index(mode), index(padding)
    check_grid(input, grid, name, mode, padding)
    return sampled(input, grid, (mode, padding, align))


def grid_slope(Tensor input not None, Tensor grid not None, Tensor g not None, tuple options, bint places) -> Tensor:
    """The gradient of `input`, or that of the `places`; without history. What was saved may have been exchanged since `grid_values` took it."""
    cdef tuple shape = (input.shape_[0], input.shape_[1]) if input.ndim_ > 1 else ()
    check_grid(input, grid, "grid_sampler_backward", options[0], options[1])
    if g.code != input.code or tuple(g.shape) != (*shape, *tuple(grid.shape)[1:-1]) or is_meta(input) != is_meta(grid) or is_meta(g) != is_meta(grid):
        raise error(
            ShapeError, "grid_sampler_backward(): input, grid and the gradient do not fit each other",
            facts=[f"input {describe(input)}, grid {describe(grid)}, gradient {describe(g)}"],
        )
    if places:
        return slope_of_grid(input, grid, g, options)
    return slope_of_input(input, grid, g, options)
