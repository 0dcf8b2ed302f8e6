# Adafactor, whose step looks at a parameter as matrices: sums over rows and columns, so a parameter is one task. Included by update.pyx.

cdef struct FactorStep:
    adafactor_fn fn
    char* data[MAX_PARTS]
    double* sums                     # room for a row, and for a number a matrix
    Py_ssize_t batch, rows, cols
    int flags
    double c[6]


cdef void _factor_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef FactorStep* s = &(<FactorStep*>context)[task]
    if s.batch * s.rows * s.cols:
        s.fn(s.data, s.sums, s.batch, s.rows, s.cols, s.c, s.flags)


cdef int _check_factor(Tensor p, object part, int axis, str name, str what, Py_ssize_t i) except -1:
    """One kept tensor of a parameter: shaped like it, but of size 1 along `axis` (counted from the end; 0 for none)."""
    cdef Tensor t
    cdef int d
    if not isinstance(part, Tensor):
        raise TypeError(f"{name}: {what}[{i}] is {type(part).__name__}, expected a tensor")
    t = <Tensor>part
    expected = [1 if d == p.ndim_ - axis else p.shape_[d] for d in range(p.ndim_)]
    if list(t.shape) != expected:
        raise error(ShapeError, f"{name}: {what}[{i}] has shape {list(t.shape)}, params[{i}] has {list(p.shape)}; expected {expected}")
    if t.code != p.code:
        raise error(DtypeError, f"{name}: {what}[{i}] is {dtype_object(t.code)._name}, params[{i}] is {dtype_object(p.code)._name}; expected the same")
    if is_meta(t):
        raise error(DeviceError, f"{name}: {what}[{i}] is a meta tensor, which has no elements", facts=[describe(t)])
    check_inplace(t, False, name.encode())
    check_no_internal_overlap(t, name.encode())
    return 0


cdef Tensor _rows_of(Tensor p):
    """A contiguous tensor of p's shape, whose rows are its last dimension."""
    return p if is_contiguous(p) else empty_tensor(p.code, p.ndim_, p.shape_)


def adafactor_step(
    params, grads, row_vars, col_vars, variances, steps, *, double lr, double beta2_decay, double weight_decay, double d, eps1, double eps2, bint maximize,
):
    """adafactor_step(params, grads, row_vars, col_vars, variances, steps, *, lr, beta2_decay, weight_decay, d, eps1, eps2, maximize) -> None

    One step of Adafactor on lists of tensors, in place; each of `steps`, one number, grows by 1 first. A parameter of two or more dimensions
    is (..., rows, cols) and keeps `row_vars[i]` (..., rows, 1) and `col_vars[i]` (..., 1, cols), another one `variances[i]` of its own shape.
    With `eps1` None it is the dtype's precision. Dtype: float32 or float64, the same in all tensors of one position. Raises ShapeError,
    DtypeError or TypeError for lists that do not go together.

    Source: Shazeer, Stern, "Adafactor: adaptive learning rates with sublinear memory cost" (2018), algorithms 4 and 5.

    >>> import lucet
    >>> from lucet._ops.update import adafactor_step
    >>> w, v, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(0.)
    >>> adafactor_step([w], [lucet.ones(1)], [None], [None], [v], [t], lr=0.5, beta2_decay=-0.8, weight_decay=0, d=1, eps1=None, eps2=1e-3, maximize=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(adafactor_step, (params, grads, row_vars, col_vars, variances, steps), {"lr": lr, "beta2_decay": beta2_decay, "weight_decay": weight_decay, "d": d, "eps1": eps1, "eps2": eps2, "maximize": maximize}):
        return
    cdef str name = "adafactor_step"
    cdef Py_ssize_t i, count = len(params), total = 0, room = 0
    cdef list ps = _checked_list(params, count, name, "params"), gs = _checked_list(grads, count, name, "grads")
    cdef list row = _checked_list(row_vars, count, name, "row_vars"), col = _checked_list(col_vars, count, name, "col_vars")
    cdef list whole = _checked_list(variances, count, name, "variances"), counters
    cdef double floor = -1 if eps1 is None else eps1, t
    cdef Group group = Group(0)
    cdef FactorStep* all
    cdef FactorStep* s
    cdef double* sums
    cdef Tensor p, order
    for i in range(count):
        if not isinstance(ps[i], Tensor):
            raise TypeError(f"{name}: params[{i}] is {type(ps[i]).__name__}, expected a tensor")
        p = <Tensor>ps[i]
        _check_part(p, p, True, name, "params", i)
        _check_part(p, gs[i], False, name, "grads", i)
        if p.ndim_ > 1:
            _check_factor(p, row[i], 1, name, "row_vars", i)
            _check_factor(p, col[i], 2, name, "col_vars", i)
            room += p.shape_[p.ndim_ - 1] + (p.numel_ // (p.shape_[p.ndim_ - 1] * p.shape_[p.ndim_ - 2]) if p.numel_ else 0)
        else:
            _check_factor(p, whole[i], 0, name, "variances", i)
            room += p.numel_ + 1
    counters = _checked_numbers(steps, count, name, "steps")
    all = <FactorStep*>PyMem_Malloc((count + 1) * sizeof(FactorStep) + (room + 1) * sizeof(double))
    if all == NULL:
        raise MemoryError
    sums = <double*>(all + count + 1)
    try:
        for i in range(count):
            p = <Tensor>ps[i]
            order = _rows_of(p)
            group.copied.append(order)
            s = &all[i]
            s.fn = K.adafactor[p.code]
            s.flags = STEP_MAXIMIZE if maximize else 0
            s.rows = p.shape_[p.ndim_ - 2] if p.ndim_ > 1 else 1
            s.cols = p.shape_[p.ndim_ - 1] if p.ndim_ > 0 else 1
            s.batch = p.numel_ // (s.rows * s.cols) if p.numel_ else 0
            s.data[0] = _place(group, order, p, True)
            s.data[1] = _place(group, order, <Tensor>gs[i], False)
            s.data[2] = s.data[3] = s.data[4] = NULL
            if p.ndim_ > 1:
                s.data[2] = _place(group, _rows_of(<Tensor>row[i]), <Tensor>row[i], True)
                s.data[3] = _place(group, _rows_of(<Tensor>col[i]), <Tensor>col[i], True)
            else:
                s.data[4] = _place(group, order, <Tensor>whole[i], True)
            s.sums = sums
            sums += s.cols + s.batch
            total += p.numel_
        for i in range(count):
            s = &all[i]
            t = _count_up(<Tensor>counters[i])
            s.c[0] = lr if lr < 1 / sqrt(t) else 1 / sqrt(t)
            s.c[1] = pow_c(t, beta2_decay)
            s.c[2] = floor if floor >= 0 else (1.1920928955078125e-07 if (<Tensor>ps[i]).code == FLOAT32 else 2.220446049250313e-16)
            s.c[3] = eps2
            s.c[4] = d
            s.c[5] = 1 - lr * weight_decay
        spans = []
        for i in range(count):
            spans.append((<size_t>all[i].data[0], (<Tensor>ps[i]).numel_ * itemsize_of[(<Tensor>ps[i]).code]))
        spans.sort()
        shared = any(first + size > second for (first, size), (second, _) in pairwise(spans))
        if total < SERIAL or shared:                   # parameters with memory in common take turns
            for i in range(count):
                _factor_task(all, i, 0)
        else:
            run_unlocked(count, _factor_task, all)
    finally:
        PyMem_Free(all)
    for original, copy in group.kept:
        convert_into(<Tensor>original, <Tensor>copy)
    for tensor in group.written:
        bump(<Tensor>tensor, b"an optimizer")


op(
    adafactor_step, public=False, method=False, grad="no", dtypes="float32 float64", family="update",
    samples=lambda r: [([r(3), r(2, 2)], [r(3), r(2, 2)], [None, r(2, 1).abs()], [None, r(1, 2).abs()], [r(3).abs(), None], _steps(r), dict(
        lr=0.1, beta2_decay=-0.8, weight_decay=0.1, d=1.0, eps1=None, eps2=1e-3, maximize=False,
    ))],
)
