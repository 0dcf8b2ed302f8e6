# Factors L D L' of symmetric and Hermitian matrices, and what is solved by them. A matrix is one task: pivots look at rows and columns.

cdef void _ldl_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i, last = min((task + 1) * j.per_task, j.a.batch)
    for i in range(task * j.per_task, last):
        j.info[i] = K.ldl[j.a.code](matrix(&j.a, i), j.m, j.a.row, j.pivots + i * j.pivot_step, j.unit)


def ldl(Tensor a not None, bint hermitian):
    """(LD, pivots, info) of (batch, n, n) matrices of which the lower triangles are read; pivots and info as LAPACK's sytrf and hetrf."""
    cdef Tensor y = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    cdef Tensor pivots = empty_tensor(INT32, 2, a.shape_, a.storage.device)
    cdef Tensor info = empty_tensor(INT32, 1, a.shape_, a.storage.device)
    cdef Job j
    if is_meta(a):
        return y, pivots, info
    convert_into(y, a)
    if info.numel_:
        memset(data_of(info), 0, info.numel_ * 4)
    if y.numel_:
        j.a, j.m, j.unit = stack_of(y), y.shape_[1], hermitian
        j.pivots, j.pivot_step, j.info = <int32_t*>data_of(pivots), j.m, <int32_t*>data_of(info)
        _run(&j, j.a.batch, j.m * j.m * j.m / 6 + 20, _ldl_task)
    return y, pivots, info


cdef int _check_blocks(const int32_t* pivots, Py_ssize_t batch, Py_ssize_t n) except -1:
    """Pivots name rows that are still to come, and those of a block of two are a pair."""
    cdef Py_ssize_t i, k
    for i in range(batch):
        k = 0
        while k < n:
            if pivots[k] < 0 and (k + 1 == n or pivots[k + 1] != pivots[k]) or pivots[k] == 0 or pivots[k] > n or pivots[k] < -n:
                raise error(ShapeError, f"linalg.ldl_solve: pivots must be from 1 to {n}, or equal pairs of negative ones, but one is {pivots[k]}", fix="the pivots that ldl_factor returned")
            k += 1 if pivots[k] > 0 else 2
        pivots += n
    return 0


cdef void _ldl_solve_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t unit, i, column, last = min((task + 1) * j.per_task, j.b.batch * j.parts)
    for unit in range(task * j.per_task, last):
        i, column = unit // j.parts, unit % j.parts * j.width
        K.ldl_solve[j.a.code](
            matrix(&j.a, i), j.a.row, j.m, j.pivots + i * j.pivot_step, matrix(&j.b, i) + column * itemsize_of[j.b.code], j.b.row,
            min(j.width, j.n - column), j.unit,
        )


def ldl_solve(Tensor factors not None, Tensor pivots not None, Tensor b not None, bint hermitian):
    """The solutions for (batch, n, m) right sides, from (batch, n, n) factors and (batch, n) int32 pivots."""
    cdef Tensor x = empty_tensor(b.code, b.ndim_, b.shape_, b.storage.device)
    cdef Tensor rows
    cdef Job j
    if is_meta(x) or is_meta(factors) or is_meta(pivots) or x.numel_ == 0:
        return x
    rows, factors = contiguous(pivots), contiguous(factors)
    _check_blocks(<const int32_t*>data_of(rows), rows.shape_[0], rows.shape_[1])
    convert_into(x, b)
    j.a, j.b, j.m, j.n, j.unit, j.width = stack_of(factors), stack_of(x), x.shape_[1], x.shape_[2], hermitian, 64
    j.parts = (j.n + j.width - 1) // j.width
    j.pivots, j.pivot_step = <int32_t*>data_of(rows), j.m
    _run(&j, j.b.batch * j.parts, j.m * j.m * min(j.n, j.width) + 20, _ldl_solve_task)
    return x
