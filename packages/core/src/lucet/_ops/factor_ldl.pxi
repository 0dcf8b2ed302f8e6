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


cdef void _swap_starts(char* a, char* b, Py_ssize_t size) noexcept:
    cdef char room[512]
    cdef Py_ssize_t some
    while size > 0:
        some = min(size, 512)
        memcpy(room, a, some)
        memcpy(a, b, some)
        memcpy(b, room, some)
        a, b, size = a + some, b + some, size - some


def ldl_parts(Tensor factors not None, Tensor pivots not None):
    """(L, low, order) of (batch, n, n) factors and (batch, n) int32 pivots: L with all rows exchanged, and D's diagonal in it; what stands
    below D's diagonal, zeros but for blocks of two; the exchanges as those of LU."""
    cdef Tensor L = empty_tensor(factors.code, factors.ndim_, factors.shape_, factors.storage.device)
    cdef Tensor low = empty_tensor(factors.code, 2, factors.shape_, factors.storage.device)
    cdef Tensor order = empty_tensor(INT32, 2, factors.shape_, factors.storage.device)
    cdef Tensor rows
    cdef Py_ssize_t i, k, last, n = factors.shape_[1], size = itemsize_of[factors.code]
    cdef const int32_t* p
    cdef int32_t* out
    cdef char* a
    cdef char* below
    if is_meta(factors) or is_meta(pivots) or L.numel_ == 0:
        return L, low, order
    rows = contiguous(pivots)
    _check_blocks(<const int32_t*>data_of(rows), rows.shape_[0], n)
    convert_into(L, factors)
    memset(data_of(low), 0, low.numel_ * size)
    for i in range(L.shape_[0]):
        p, out = <const int32_t*>data_of(rows) + i * n, <int32_t*>data_of(order) + i * n
        a, below = data_of(L) + i * n * n * size, data_of(low) + i * n * size
        k = 0
        while k < n:
            last = k if p[k] > 0 else k + 1
            out[k] = <int32_t>(k + 1)
            out[last] = p[last] if p[last] > 0 else -p[last]
            if last > k:
                memcpy(below + k * size, a + (last * n + k) * size, size)
                memset(a + (last * n + k) * size, 0, size)
            if out[last] != last + 1:
                _swap_starts(a + last * n * size, a + (out[last] - 1) * n * size, k * size)
            k = last + 1
    return L, low, order
