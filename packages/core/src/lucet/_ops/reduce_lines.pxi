# Walks along one dimension: the lines driver, picking and putting by index, running sums and products.

cdef int around(Tensor a, int dim, Py_ssize_t* outer, Py_ssize_t* inner) except -1:
    """How many lines lie before and after `dim`: the shape as (outer, n, inner)."""
    cdef int d
    outer[0] = inner[0] = 1
    for d in range(a.ndim_):
        if d < dim:
            outer[0] *= a.shape_[d]
        elif d > dim:
            inner[0] *= a.shape_[d]
    return 0


cdef enum:
    COLUMNS = 64                   # lines side by side that are walked together

cdef struct Lines:
    lines_fn fn
    LoopArgs* args
    int count
    char* data[3]
    int sizes[3]
    Py_ssize_t lengths[3]
    Py_ssize_t outer
    Py_ssize_t inner
    Py_ssize_t n
    Py_ssize_t units               # lines (inner == 1) or blocks of columns
    Py_ssize_t task
    Py_ssize_t scratch
    bint backwards                 # from the end of each line to its beginning
    int failed


cdef void _lines_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Lines* p = <Lines*>context
    cdef char* data[3]
    cdef Py_ssize_t steps[3]
    cdef Py_ssize_t nexts[3]
    cdef Py_ssize_t unit = task * p.task, stop, blocks, block, o, c, w
    cdef char* room = NULL
    cdef int k
    if p.scratch:
        room = <char*>malloc(p.scratch)
        if room == NULL:
            p.failed = 1
            return
    stop = unit + p.task if unit + p.task < p.units else p.units
    if p.inner == 1:
        for k in range(p.count):
            data[k] = p.data[k] + unit * p.lengths[k] * p.sizes[k]
            steps[k] = 1
            nexts[k] = p.lengths[k]
            if p.backwards:
                data[k] += (p.lengths[k] - 1) * p.sizes[k]
                steps[k] = -1
        p.fn(data, steps, nexts, p.n, stop - unit, p.args, room)
    else:
        blocks = (p.inner + COLUMNS - 1) // COLUMNS
        while unit < stop:
            o = unit // blocks
            block = unit % blocks
            c = block * COLUMNS
            w = p.inner - c if p.inner - c < COLUMNS else COLUMNS
            for k in range(p.count):
                data[k] = p.data[k] + (o * p.lengths[k] * p.inner + c) * p.sizes[k]
                steps[k] = p.inner
                nexts[k] = 1
                if p.backwards:
                    data[k] += (p.lengths[k] - 1) * p.inner * p.sizes[k]
                    steps[k] = -p.inner
            p.fn(data, steps, nexts, p.n, w, p.args, room)
            unit += 1
    free(room)


cdef int run_lines(
    lines_fn fn, LoopArgs* args, int count, char** data, const int* sizes, const Py_ssize_t* lengths, Py_ssize_t outer, Py_ssize_t inner,
    Py_ssize_t n, int cost, Py_ssize_t scratch, bint backwards=False
) except -1:
    """Run `fn` over outer * inner lines; n is what the kernel walks. Tasks are whole lines, cut by shape."""
    cdef Lines p
    cdef Py_ssize_t per
    cdef int k
    if outer == 0 or inner == 0:
        return 0
    p.fn = fn
    p.args = args
    p.count = count
    for k in range(count):
        p.data[k] = data[k]
        p.sizes[k] = sizes[k]
        p.lengths[k] = lengths[k]
    p.outer = outer
    p.inner = inner
    p.n = n
    p.scratch = scratch
    p.backwards = backwards
    p.failed = 0
    p.units = outer if inner == 1 else outer * ((inner + COLUMNS - 1) // COLUMNS)
    per = (n + 1) * cost * (1 if inner == 1 else COLUMNS if inner > COLUMNS else inner)
    p.task = p.units if p.units * per < SERIAL else TASK // per + 1
    if p.task >= p.units:
        p.task = p.units
        _lines_task(&p, 0, 0)
    else:
        run_unlocked((p.units + p.task - 1) // p.task, _lines_task, &p)
    if p.failed:
        raise MemoryError("no room for the working copies of the lines")
    return 0


cdef struct Rows:
    rows_fn fn
    char* out
    const char* a
    const char* b
    Py_ssize_t out_step            # bytes
    Py_ssize_t step
    Py_ssize_t n
    Py_ssize_t rows
    Py_ssize_t task


cdef void _rows_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Rows* p = <Rows*>context
    cdef Py_ssize_t start = task * p.task
    cdef Py_ssize_t rows = p.task if start + p.task < p.rows else p.rows - start
    p.fn(p.out + start * p.out_step, p.a + start * p.step, p.b + start * p.step, p.n, rows)


cdef int run_rows(rows_fn fn, char* out, const char* a, const char* b, int out_step, int size, Py_ssize_t n, Py_ssize_t rows, int cost) except -1:
    """Run `fn` over rows of n elements of `size` bytes, `out_step` elements of output each."""
    cdef Rows p
    if n == 0 or rows == 0:
        return 0
    p.fn = fn
    p.out = out
    p.a = a
    p.b = b
    p.out_step = <Py_ssize_t>out_step * size if out_step else n * size
    p.step = n * size
    p.n = n
    p.rows = rows
    if n * rows * cost < SERIAL:
        fn(out, a, b, n, rows)
        return 0
    p.task = TASK // (n * cost) + 1
    run_unlocked((rows + p.task - 1) // p.task, _rows_task, &p)
    return 0


# --- pick and put: one element of each line by index, and back -----------------------------------------------------------

cdef int _size_class(int code) noexcept:
    cdef int size = itemsize_of[code], k = 0
    while size > 1:
        size >>= 1
        k += 1
    return k


cdef Py_ssize_t _picked_length(Tensor index, Py_ssize_t outer, Py_ssize_t inner) noexcept:
    return index.numel_ // (outer * inner) if outer * inner else 0


cdef int _pick_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, put(g, saved_tensor(n, 0), <int>n.i0, ndim, shape))


cdef int _put_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, pick(g, saved_tensor(n, 0), <int>n.i0))


cdef Tensor pick(Tensor a, Tensor index, int dim):
    """The elements of `a` at `index` along `dim`; `index` has the shape of `a` but for that dimension, which it may lack."""
    cdef Tensor x = contiguous(a), at = contiguous(index), y = empty_tensor(a.code, index.ndim_, index.shape_, a.storage.device)
    cdef Node n
    _pick_into(K.pick[_size_class(a.code)], y, at, x, x, dim)
    if recording(a):
        n = record(y, _pick_vjp, b"GatherBackward0", a)
        n.i0 = dim
        save(n, 0, index)
    return y


cdef Tensor put(Tensor g, Tensor index, int dim, int ndim, const Py_ssize_t* shape):
    """Zeros of the given shape with the elements of `g` at `index` along `dim`; indices of a line differ."""
    cdef Tensor x = contiguous(g), at = contiguous(index), y = empty_tensor(g.code, ndim, shape, g.storage.device)
    cdef Node n
    if not is_meta(y):
        memset(data_of(y), 0, y.numel_ * itemsize_of[y.code])
    _pick_into(K.put[_size_class(g.code)], y, at, x, y, dim)
    if recording(g):
        n = record(y, _put_vjp, b"ScatterBackward0", g)
        n.i0 = dim
        save(n, 0, index)
    return y


cdef int _pick_into(lines_fn fn, Tensor y, Tensor index, Tensor x, Tensor whole, int dim) except -1:
    cdef char* data[3]
    cdef int sizes[3]
    cdef Py_ssize_t lengths[3]
    cdef Py_ssize_t outer, inner, k, n
    if is_meta(y) or is_meta(x) or is_meta(index) or index.numel_ == 0:
        return 0
    around(whole, dim, &outer, &inner)
    k = _picked_length(index, outer, inner)
    n = whole.shape_[dim] if whole.ndim_ else 1
    data[0] = data_of(y)
    data[1] = data_of(index)
    data[2] = data_of(x)
    sizes[0] = sizes[2] = itemsize_of[y.code]
    sizes[1] = 8
    lengths[0] = n if y is whole else k
    lengths[1] = k
    lengths[2] = n if x is whole else k
    return run_lines(fn, NULL, 3, data, sizes, lengths, outer, inner, k, 4, 0)


# --- cumsum, cumprod -----------------------------------------------------------------------------------------------------

cdef Tensor _running(Tensor a, int dim, int code, bint product, const char* name, bint backwards=False):
    """Running sums or products along `dim`, from its end if `backwards`, in element type `code`, without history."""
    cdef char* data[2]
    cdef int sizes[2]
    cdef Py_ssize_t lengths[2]
    cdef Py_ssize_t outer, inner
    cdef int loop = INT64 if code < FLOAT16 else code if code >= FLOAT32 else FLOAT32
    cdef Tensor x, y
    if code == BOOL:
        raise error(DtypeError, f"{name.decode()}: not implemented for {dtype_object(code)._name}")
    x = contiguous(converted(converted(a, code), loop))
    y = empty_tensor(loop, a.ndim_, a.shape_, a.storage.device)
    if not is_meta(a) and a.numel_:
        around(x, dim, &outer, &inner)
        data[0] = data_of(y)
        data[1] = data_of(x)
        sizes[0] = sizes[1] = itemsize_of[loop]
        lengths[0] = lengths[1] = a.shape_[dim] if a.ndim_ else 1
        run_lines(K.cumprod[loop] if product else K.cumsum[loop], NULL, 2, data, sizes, lengths, outer, inner, lengths[0], 4, 0, backwards)
    return converted(y, code)


cdef int _cumsum_vjp(Node n, Tensor g, Run run) except -1:
    """The sum of what comes after: total minus running sum plus the element itself."""
    return give(run, n, 0, _reversed_cumsum(g, <int>n.i0))


cdef int _reversed_cumsum_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, _cumsum(g, <int>n.i0, g.code))


cdef Tensor _reversed_cumsum(Tensor g, int dim):
    cdef Tensor y = _running(g, dim, g.code, False, b"cumsum", True)
    cdef Node n
    if recording(g):
        n = record(y, _reversed_cumsum_vjp, b"FlipBackward0", g)
        n.i0 = dim
    return y


cdef Tensor _cumsum(Tensor a, int dim, int code):
    cdef Tensor y = _running(a, dim, code, False, b"cumsum")
    cdef Node n
    if recording(a):
        n = record(y, _cumsum_vjp, b"CumsumBackward0", a)
        n.i0 = dim
    return y


cdef int _cumprod_vjp(Node n, Tensor g, Run run) except -1:
    """(sum over j >= i of g_j y_j) / x_i; where a line holds zeros, its products are made again without each element."""
    cdef Tensor x = saved_tensor(n, 0), y = saved_tensor(n, 1)
    cdef int dim = <int>n.i0
    if not _has_zero(x):
        return give(run, n, 0, div(_reversed_cumsum(mul(g, conj_of(y)), dim), conj_of(x)))
    return give(run, n, 0, _cumprod_grad_with_zeros(g, x, dim))


cdef Tensor _cumprod_grad_with_zeros(Tensor g, Tensor x, int dim):
    """Element by element: the products of a line with that element replaced by one, from its place on."""
    parts = []
    size = x.shape_[dim] if x.ndim_ else 1
    if x.ndim_ == 0:
        return g
    for k in range(size):
        line = x.narrow(dim, k, size - k)
        ones = mul(line.narrow(dim, 0, 1), 0) + 1
        rest = cat_fn([ones, line.narrow(dim, 1, size - k - 1)], dim) if k < size - 1 else ones
        before = x.narrow(dim, 0, k).prod(dim, keepdim=True) if k else ones
        parts.append(mul(conj_of(mul(cumprod_fn(rest, dim), before)), g.narrow(dim, k, size - k)).sum(dim, keepdim=True))
    return cat_fn(parts, dim)


cdef object cat_fn(list parts, int dim):
    """`cat`, which another file registers after this one is loaded."""
    return OPS["cat"].function(parts, dim)


cdef Tensor _cumprod(Tensor a, int dim, int code):
    cdef Tensor y = _running(a, dim, code, True, b"cumprod"), x
    cdef Node n
    if recording(a):
        n = record(y, _cumprod_vjp, b"CumprodBackward0", a)
        n.i0 = dim
        save(n, 0, cast_to(a, code))
        save_output(n, 1, y)
    return y


cdef bint _has_zero(Tensor x) except -1:
    cdef Tensor y
    if is_meta(x) or x.numel_ == 0:
        return False
    y = scalar_tensor(INT64)
    reduce_into(RED_NONZERO, whole(x, b"prod"), all_dims(x.ndim_), y, FIN_VALUE)
    return (<int64_t*>data_of(y))[0] != x.numel_


cdef object cumsum_fn, cumprod_fn, cumsum_fn_, cumprod_fn_


cdef Tensor _running_op(Tensor input, object dim, object dtype, Tensor out, bint product, const char* name):
    cdef int at = one_dim(dim, input.ndim_, name)
    cdef int code = _out_type(dtype, out, INT64 if input.code < FLOAT16 else input.code)
    cdef Tensor y
    if out is not None:
        check_out_overlap(out, input, name)
        return store_out(_running(input, at, code, product, name), out, name, recording(input))
    return _cumprod(input, at, code) if product else _cumsum(input, at, code)


cdef Tensor _running_inplace(Tensor input, object dim, object dtype, bint product, const char* name):
    """The form that writes over its input, whose element type stays."""
    cdef Node n
    cdef Tensor y
    cdef int at = one_dim(dim, input.ndim_, name)
    cdef bint will_record = recording(input)
    if dtype is not None and code_of(dtype) != input.code:
        raise error(DtypeError, f"{name.decode()}: provided dtype must match the dtype of self tensor, got {dtype} for {dtype_object(input.code)._name}")
    check_inplace(input, will_record, name)
    check_no_internal_overlap(input, name)
    y = _running(input, at, input.code, product, name)
    if will_record:
        n = new_node(_cumprod_vjp if product else _cumsum_vjp, b"CumprodBackward0" if product else b"CumsumBackward0", 1)
        connect(n, 0, input)
        n.i0 = at
        if product:
            save(n, 0, engine_ops.clone(input))
    convert_into(input, y)
    bump(input, name)
    if will_record:
        rebase(input, n)
        if product:
            save_output(n, 1, input)
    return input


def cumsum_function(Tensor input not None, dim=None, *, dtype=None, Tensor out=None):
    """cumsum(input, dim, *, dtype=None, out=None) -> Tensor

    Running sums along `dim`; integers and bools add up to int64 unless `dtype` says otherwise.

    >>> import lucet
    >>> lucet.cumsum(lucet.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(cumsum_fn, (input, dim), _given(dtype, out))
        if result is not passed:
            return result
    if dim is None:
        raise TypeError('cumsum() missing 1 required positional arguments: "dim"')
    return _running_op(input, dim, dtype, out, False, b"cumsum")


def cumsum_function_(Tensor input not None, dim, *, dtype=None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(cumsum_function_, (input, dim), _given(dtype, None))
        if result is not passed:
            return result
    return _running_inplace(input, dim, dtype, False, b"cumsum_")


def cumprod_function(Tensor input not None, dim=None, *, dtype=None, Tensor out=None):
    """cumprod(input, dim, *, dtype=None, out=None) -> Tensor

    Running products along `dim`; integers and bools multiply to int64 unless `dtype` says otherwise.

    >>> import lucet
    >>> lucet.cumprod(lucet.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    if not is_plain(input) or thread_state().modes:
        result = slow_call(cumprod_fn, (input, dim), _given(dtype, out))
        if result is not passed:
            return result
    if dim is None:
        raise TypeError('cumprod() missing 1 required positional arguments: "dim"')
    return _running_op(input, dim, dtype, out, True, b"cumprod")


def cumprod_function_(Tensor input not None, dim, *, dtype=None):
    if not is_plain(input) or thread_state().modes:
        result = slow_call(cumprod_function_, (input, dim), _given(dtype, None))
        if result is not passed:
            return result
    return _running_inplace(input, dim, dtype, True, b"cumprod_")


def _along(r):
    """Argument samples of ops along one dimension."""
    return [(r(3, 4), 0), (r(3, 4), 1), (r(2, 3, 4), 1), (r(), 0), (r(5), -1)]


cumsum_fn = op(cumsum_function, name="cumsum", inplace=cumsum_function_, formula="cumsum(input, axis=dim)", family="reduce",
               samples=also_complex(lambda r: [s for s in _along(r) if s[0].dim()]))
cumprod_fn = op(cumprod_function, name="cumprod", inplace=cumprod_function_, formula="cumprod(input, axis=dim)", family="reduce",
                samples=also_complex(lambda r: [s for s in _along(r) if s[0].dim()]))
