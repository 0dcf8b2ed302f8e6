# Numbers evenly spaced, and the places of triangles. Their loops are in `_kernels/indexing.pxi.tp`.

cdef enum:
    RAMP_TASK = 32768
    RAMP_ROOM = 1024               # numbers that are converted at a time

cdef union Number:
    int64_t i
    float f
    double d


cdef struct Ramp:
    Number first
    Number by
    Number last
    Py_ssize_t n
    Py_ssize_t turn                # from here on counted back from `last`
    int code                       # the type it is counted in
    int out_code
    char* out


cdef void _ramp_part(Ramp* r, char* out, Py_ssize_t at, Py_ssize_t n) noexcept nogil:
    cdef Py_ssize_t n_up = min(n, max(0, r.turn - at))
    K.ramp[r.code](out, <char*>&r.first, <char*>&r.by, at, n_up)
    if n_up < n:
        K.ramp[r.code](out + n_up * itemsize_of[r.code], <char*>&r.last, <char*>&r.by, at + n_up - (r.n - 1), n - n_up)


cdef void _ramp_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Ramp* r = <Ramp*>context
    cdef Py_ssize_t at = task * RAMP_TASK, stop = min(r.n, at + RAMP_TASK), m
    cdef double room[RAMP_ROOM]
    cdef char* pair[2]
    cdef Py_ssize_t steps[2]
    if r.code == r.out_code:
        _ramp_part(r, r.out + at * itemsize_of[r.code], at, stop - at)
        return
    steps[0], steps[1] = itemsize_of[r.out_code], itemsize_of[r.code]
    while at < stop:
        m = min(RAMP_ROOM, stop - at)
        _ramp_part(r, <char*>room, at, m)
        pair[0], pair[1] = r.out + at * steps[0], <char*>room
        K.cast[r.code][r.out_code](pair, steps, m, NULL)
        at += m


cdef int fill_ramp(Tensor t, Ramp* r) except -1:
    """Write evenly spaced numbers into a vector."""
    cdef Tensor dense = t if t.flags & F_CONTIGUOUS else empty_tensor(t.code, 1, &r.n, CPU)
    r.out_code = t.code
    r.out = data_of(dense)
    run_weighed((r.n + RAMP_TASK - 1) // RAMP_TASK, workers_for((r.n + RAMP_TASK - 1) // RAMP_TASK), _ramp_task, r, 0.5 * <double>r.n)
    if dense is not t:
        convert_into(t, dense)
    return 0


cdef double _number(object x, str what) except? -1:
    if isinstance(x, Tensor):
        x = x.item()
    if not is_number(x) or isinstance(x, complex):
        raise TypeError(f"{what} must be Number, not {type(x).__name__}")
    return x


cdef object _end(object x, str op, str name):
    """An end of `linspace` or `logspace`: a number, complex too, or a tensor of no dimensions."""
    if isinstance(x, Tensor):
        if (<Tensor>x).ndim_:
            raise error(ShapeError, f"{op} only supports 0-dimensional start and end tensors, but got {name} with {(<Tensor>x).ndim_} dimension(s).")
        x = x.item()
    if not is_number(x):
        raise TypeError(f"{op}(): argument '{name}' must be Number, not {type(x).__name__}")
    return x


cdef object _complex_space(object start, object end, Py_ssize_t steps, object base, str op, object out, object dtype, object layout, object device, bint requires_grad, bint pin_memory):
    """`linspace`, or with a base `logspace`, between complex numbers."""
    cdef Tensor t, made
    cdef int code = default_complex_code() if dtype is None else code_of(dtype), part = FLOAT32
    if out is None and category_of[code] != CAT_COMPLEX:
        raise RuntimeError(f"{op}(): inferred dtype {dtype_object(default_complex_code())._name} can't be safely cast to passed dtype {dtype_object(code)._name}")
    if out is not None and category_of[(<Tensor?>out).code] != CAT_COMPLEX:
        raise error(RangeError, f"{op}: value cannot be converted to type {dtype_object((<Tensor>out).code)._name} without overflow")
    t = _factory((steps,), dtype, device, layout, requires_grad, pin_memory, out, op, code)
    if is_meta(t) or steps == 0:
        return t
    if base is not None or t.code == COMPLEX128:
        part = FLOAT64
    first, last = complex(start), complex(end)
    made = OPS["complex"].function(
        linspace(first.real, last.real, steps, dtype=dtype_object(part)), linspace(first.imag, last.imag, steps, dtype=dtype_object(part)),
    )
    convert_into(t, made if base is None else float(base) ** made)
    return t


def arange(start=None, end=None, step=None, *, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """arange(start=0, end, step=1, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    start, start + step, ... up to but without `end`; integers if all arguments are. RuntimeError for a zero step or one of the wrong sign.

    >>> import lucet
    >>> lucet.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if thread_state().modes:
        result = offered(arange, () if start is None else (start,) if end is None else (start, end) if step is None else (start, end, step), {"end": end if start is None else None, "out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    if step is not None and (start is None or end is None) or start is None and end is None:
        given = [f"{name}={type(x).__name__}" for name, x in (("start", start), ("end", end), ("step", step)) if x is not None]
        raise TypeError(f"arange() received an invalid combination of arguments - got ({', '.join(given)}), but expected (end), (start, end) or (start, end, step)")
    if end is None:
        start, end = 0, start
    if start is None:
        start = 0
    if step is None:
        step = 1
    numbers = [x.item() if isinstance(x, Tensor) else x for x in (start, end, step)]
    cdef double first = _number(numbers[0], "arange(): argument 'start'"), last = _number(numbers[1], "arange(): argument 'end'"), by = _number(numbers[2], "arange(): argument 'step'")
    if out is not None and dtype is None:
        dtype = dtype_object((<Tensor?>out).code)
    cdef bint whole = all(isinstance(x, int) or hasattr(x, "__index__") for x in numbers)
    cdef int code = (INT64 if whole else default_code()) if dtype is None else code_of(dtype)
    cdef long long i_first = 0, i_by = 1
    cdef Py_ssize_t n
    cdef Scalar number
    cdef Ramp r
    if not (by > 0 or by < 0):
        raise RuntimeError("step must be nonzero")
    if not (-1.7e308 < first < 1.7e308 and -1.7e308 < last < 1.7e308):
        raise RuntimeError(f"unsupported range: {numbers[0]} -> {numbers[1]}")
    if category_of[code] == CAT_INT and not whole:
        for x in numbers:
            read_scalar(x, &number)
            check_range(&number, INT64, b"arange")
    if code == INT64 and not whole:                     # counts in whole numbers too; smaller integers only hold them
        numbers = [int(x) for x in numbers]
        first, last, by = numbers
        whole = True
        if by == 0:
            raise ValueError("step must be nonzero")
    if (by > 0) != (last >= first) and first != last:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if whole and category_of[code] <= CAT_INT:
        i_first, i_by = numbers[0], numbers[2]
        n = -((numbers[0] - numbers[1]) // numbers[2])
        if not -0x7fffffffffffffff <= n <= 0x7fffffffffffffff:
            raise RuntimeError(f"arange: {n} elements do not fit memory")
    else:
        if (last - first) / by > 9e18:
            raise error(ShapeError, "arange: too many elements", facts=[f"from {first} to {last} by {by}"])
        n = <Py_ssize_t>ceil((last - first) / by)
        if category_of[code] == CAT_INT:
            first, by = trunc(first), trunc(by)
    cdef Tensor t = _factory((n,), dtype, device, layout, requires_grad, pin_memory, out, "arange", code)
    if is_meta(t):
        return t
    r.n = r.turn = n
    if whole and category_of[t.code] <= CAT_INT:
        r.code = INT64
        r.first.i, r.by.i = i_first, i_by
    else:
        r.code = FLOAT64
        r.first.d, r.by.d = first, by
    fill_ramp(t, &r)
    return t


def range_function(start, end, step=1, *, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """range(start=0, end, step=1, ...) -> Tensor

    As `arange` with `end` included; deprecated in favour of it.

    >>> import lucet, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore"); lucet.range(1, 3)
    tensor([1., 2., 3.])
    """
    if thread_state().modes:
        result = offered(range_function, (start, end, step), {"out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    warnings.warn("torch.range is deprecated and will be removed in a future release: torch.arange leaves out its end, as Python's range does", UserWarning, stacklevel=2)
    kind = (<Tensor?>out).dtype if out is not None else dtype
    if kind is not None and category_of[code_of(kind)] <= CAT_INT:
        start, end, step = trunc(start), trunc(end), trunc(step)       # integers count in whole numbers
    cdef double by = _number(step, "range(): argument 'step'")
    cdef double count = (_number(end, "range(): argument 'end'") - _number(start, "range(): argument 'start'")) / by + 1 if by else 0
    if by == 0:
        raise RuntimeError("step must be nonzero")
    if not count >= 1:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    if count > 9e18:
        raise error(ShapeError, "range: too many elements", facts=[f"from {start} to {end} by {step}"])
    return add_scaled_range(start, step, <Py_ssize_t>count, default_code() if dtype is None else code_of(dtype), out, device, layout, requires_grad, pin_memory)


cdef Tensor add_scaled_range(double start, double step, Py_ssize_t n, int code, object out, object device, object layout, bint requires_grad, bint pin_memory):
    cdef Tensor t = _factory((n,), None, device, layout, requires_grad, pin_memory, out, "range", code)
    cdef Ramp r
    if not is_meta(t):
        r.n = r.turn = n
        r.code = FLOAT64
        r.first.d, r.by.d = start, step
        fill_ramp(t, &r)
    return t


cdef Py_ssize_t _steps(object steps, str op) except? -1:
    if PyBool_Check(steps):
        raise TypeError(f"{op}(): argument 'steps' (position 3) must be int, not bool")
    cdef Py_ssize_t n = read_size(steps, b"steps")
    if n < 0:
        raise RuntimeError("number of steps must be non-negative")
    return n


def linspace(start, end, steps, *, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """linspace(start, end, steps, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    `steps` evenly spaced numbers from `start` to `end`, both included: real or complex, or tensors of one. RuntimeError for a negative count.

    >>> import lucet
    >>> lucet.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if thread_state().modes:
        result = offered(linspace, (start, end, steps), {"out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    cdef Py_ssize_t n = _steps(steps, "linspace")
    cdef Ramp r
    start, end = _end(start, "linspace", "start"), _end(end, "linspace", "end")
    if isinstance(start, complex) or isinstance(end, complex):
        return _complex_space(start, end, n, None, "linspace", out, dtype, layout, device, requires_grad, pin_memory)
    cdef double first = start, last = end
    cdef Tensor t = _factory((n,), dtype, device, layout, requires_grad, pin_memory, out, "linspace", default_code())
    if category_of[t.code] <= CAT_INT:
        first, last = trunc(first), trunc(last)
    if is_meta(t) or n == 0:
        return t
    r.n = n
    r.turn = n // 2 if n > 1 else 1        # from both ends, so that the last value is exact
    if t.code == FLOAT32:
        r.code = FLOAT32
        r.first.f, r.last.f = <float>first, <float>last
        r.by.f = (r.last.f - r.first.f) / (n - 1) if n > 1 else 0
    else:
        r.code = FLOAT64
        r.first.d, r.last.d = first, last
        r.by.d = (last - first) / (n - 1) if n > 1 else 0
    fill_ramp(t, &r)
    return t


def logspace(start, end, steps, base=10.0, *, out=None, dtype=None, layout=None, device=None, bint pin_memory=False, bint requires_grad=False):
    """logspace(start, end, steps, base=10.0, *, out=None, dtype=None, ...) -> Tensor

    base ** x for `steps` evenly spaced x from `start` to `end`.

    >>> import lucet
    >>> lucet.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    if thread_state().modes:
        result = offered(logspace, (start, end, steps, base), {"out": out, "dtype": dtype, "layout": layout, "device": device, "pin_memory": pin_memory, "requires_grad": requires_grad})
        if result is not passed:
            return result
    if isinstance(base, complex):
        raise TypeError("logspace(): argument 'base' must be float, not complex")
    start, end = _end(start, "logspace", "start"), _end(end, "logspace", "end")
    if isinstance(start, complex) or isinstance(end, complex):
        return _complex_space(start, end, _steps(steps, "logspace"), base, "logspace", out, dtype, layout, device, requires_grad, pin_memory)
    kind = (<Tensor?>out).dtype if out is not None else dtype
    if kind is not None and category_of[code_of(kind)] <= CAT_INT and steps != 1:        # the one power is of `start` as it is
        start, end = trunc(start), trunc(end)
    exponents = linspace(start, end, steps, dtype=dtype_object(FLOAT64))
    cdef Tensor t = _factory((len(exponents),), dtype, device, layout, requires_grad, pin_memory, out, "logspace", default_code())
    cdef Tensor powers = OPS["exp"].function(exponents * log(base)) if base > 0 and t.code < FLOAT64 and t.code >= FLOAT16 else float(base) ** exponents
    if not is_meta(t):
        convert_into(t, powers)
    return t


# --- triangles --------------------------------------------------------------------------------------------------------

def _left_of(row, col, reach):
    """How many elements of `row` rows of `col` columns stand in the first i + reach columns of row i: sums that nobody counts."""
    first = min(max(0, 1 - reach), row)          # rows before it have none, from `full` on they have all
    full = max(min(max(0, col - reach), row), first)
    return (full - first) * (first + full - 1 + 2 * reach) // 2 + (row - full) * col


def triangle_places(row, col, offset, bint upper, dtype, layout, device, bint pin_memory):
    """The rows, and below them the columns, of the elements of a triangle of a (row, col) matrix: int32 or int64."""
    name = "triu_indices" if upper else "tril_indices"
    row, col, offset = read_size(row, b"row"), read_size(col, b"col"), read_size(offset, b"offset")
    offset = min(max(offset, -row), col)
    begin = 0 if upper else min(max(0, -offset), row)
    end = min(row, col - offset) if upper else row
    count = row * col - _left_of(row, col, offset) if upper else _left_of(row, col, offset + 1)
    if count >> 60:
        raise error(ShapeError, f"{name}: a triangle of {count} elements is too large")
    cdef Tensor t = _factory((2, count), dtype, device, layout, False, pin_memory, None, name, INT64)
    if not is_meta(t) and count:
        K.triangle[t.code == INT64](data_of(t), data_of(t) + t.shape_[1] * itemsize_of[t.code], begin, end, col, offset, upper)
    return t
