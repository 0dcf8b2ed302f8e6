# Folds of runs of elements that follow each other along a dimension: what segment_reduce computes.

cdef struct Segments:
    fold_fn fold
    finish_fn finish
    const char* x
    char* out
    const int64_t* begins
    const int64_t* ends
    Py_ssize_t count, size, inner, task, total      # segments of a row, elements of a row, of each of them; segments of a task, of all
    int item, op
    bint mean, has_initial
    double initial, neutral


cdef inline double _joined_with(int op, double value, double initial) noexcept nogil:
    if op == RED_SUM:
        return value + initial
    if op == RED_PROD:
        return value * initial
    if value != value or (value > initial) == (op == RED_MAX):
        return value
    return initial


cdef void _segments_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Segments* p = <Segments*>context
    cdef Acc acc
    cdef Py_ssize_t s, begin, n, c, c0, w
    cdef Py_ssize_t stop = (task + 1) * p.task if (task + 1) * p.task < p.total else p.total
    for s in range(task * p.task, stop):
        begin = p.begins[s] if 0 <= p.begins[s] <= p.size else p.size         # unchecked ones lead nowhere else
        n = p.ends[s] - begin if begin <= p.ends[s] <= p.size else 0
        c0 = 0
        while c0 < p.inner:
            w = p.inner - c0 if p.inner - c0 < LUCET_ACC else LUCET_ACC
            if n:
                p.fold(&acc, 0, p.x + ((s // p.count * p.size + begin) * p.inner + c0) * p.item, p.inner, n, 1, w, 0, 1, True)
            for c in range(w):
                if n == 0:
                    acc.d[c] = p.initial if p.has_initial else NAN if p.mean else p.neutral
                elif p.has_initial:
                    acc.d[c] = _joined_with(p.op, acc.d[c], p.initial)
            p.finish(&acc, w, p.out + (s * p.inner + c0) * p.item, FIN_MEAN if p.mean and n else FIN_VALUE, <double>n, <double>n)
            c0 += w


def segments_folded(Tensor x not None, Tensor begins not None, Tensor ends not None, str how, double neutral, initial, int dim):
    """Each run of elements of a floating tensor along `dim` from `begins` to `ends`, int64 (rows, segments), folded: dense, no history.

    `how` is "sum", "mean", "prod", "max" or "min"; `initial`, unless None, takes part in each, and a run of none has it or `neutral`.
    """
    cdef int code = x.code, loop = code if code == FLOAT64 else FLOAT32
    cdef Tensor a = contiguous(converted(x, loop)), first = contiguous(begins), last = contiguous(ends), y
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t outer, work
    cdef Segments p
    for d in range(a.ndim_):
        shape[d] = a.shape_[d]
    shape[dim] = first.shape_[first.ndim_ - 1]
    y = empty_tensor(loop, a.ndim_, shape, CPU)
    around(a, dim, &outer, &p.inner)
    p.op = RED_SUM if how == "sum" or how == "mean" else RED_PROD if how == "prod" else RED_MAX if how == "max" else RED_MIN
    p.fold = K.fold[p.op][loop]
    p.finish = K.finish[loop]
    p.x, p.out, p.begins, p.ends = data_of(a), data_of(y), <const int64_t*>data_of(first), <const int64_t*>data_of(last)
    p.count, p.size, p.item, p.total = shape[dim], a.shape_[dim], itemsize_of[loop], outer * shape[dim]
    p.mean, p.neutral, p.has_initial = how == "mean", neutral, initial is not None
    p.initial = initial if p.has_initial else 0
    if y.numel_:
        work = a.numel_ + y.numel_
        p.task = p.total if work < SERIAL else TASK // (work // p.total + 1) + 1
        if p.task >= p.total:
            p.task = p.total
            _segments_task(&p, 0, 0)
        else:
            run_unlocked((p.total + p.task - 1) // p.task, _segments_task, &p)
    return converted(y, code)
