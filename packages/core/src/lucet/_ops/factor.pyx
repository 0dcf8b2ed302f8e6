"""LU, Cholesky, LDL and triangular solves of stacks of matrices, without history: recursive, so that nearly all work is GEMM's.

The public ops, their checks and gradients are in _composed/linalg_*.py.
"""

from libc.stdint cimport int32_t
from libc.string cimport memcpy, memset
from lucet._dtype cimport FLOAT32, FLOAT64, INT32, itemsize_of
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport gemm_plan, GEMM_BIAS_NONE
from lucet._ops._loops cimport contiguous, convert_into
from lucet._ops._plans cimport run_gemm, run_weighed, workers_for
from lucet._storage cimport Storage, new_storage, storage_data, CPU
from lucet._tensor cimport Tensor, data_of, empty_tensor, is_lazy, is_meta

from lucet._errors import ShapeError, error

cdef enum:
    WHOLE = 48                # a matrix of up to so many columns is factored by the kernel alone
    PANEL = 16                # columns of the blocks at the end of the recursion
    TRIANGLE = 32             # rows of the triangles at the end of the recursion
    TASK = 30000              # multiplications a task
    PER_NS = 4                # multiplications a nanosecond


cdef struct Stack:            # matrices of one size and type, `step` elements apart, and their strides
    char* data
    Py_ssize_t batch
    Py_ssize_t step
    Py_ssize_t row
    Py_ssize_t col
    int code


cdef struct Job:
    Stack a
    Stack b
    Py_ssize_t m
    Py_ssize_t n
    Py_ssize_t first
    Py_ssize_t per_task
    Py_ssize_t parts          # column blocks a matrix (of b)
    Py_ssize_t width
    int32_t* pivots
    Py_ssize_t pivot_step
    int32_t* info
    bint upper
    bint unit
    bint back


cdef inline Stack part(Stack a, Py_ssize_t i, Py_ssize_t j) noexcept nogil:
    """The stack of submatrices that begin at (i, j)."""
    a.data += (i * a.row + j * a.col) * itemsize_of[a.code]
    return a


cdef Stack stack_of(Tensor t):
    """A (batch, rows, columns) tensor."""
    cdef Stack s
    s.data, s.batch, s.step, s.row, s.col, s.code = data_of(t), t.shape_[0], t.strides[0], t.strides[1], t.strides[2], t.code
    return s


cdef inline char* matrix(Stack* s, Py_ssize_t i) noexcept nogil:
    return s.data + i * s.step * itemsize_of[s.code]


cdef void _run(Job* j, Py_ssize_t count, double cost, void (*fn)(void*, Py_ssize_t, int) noexcept nogil) noexcept:
    """`count` units of `cost` multiplications each."""
    j.per_task = <Py_ssize_t>(TASK / cost) + 1
    cdef Py_ssize_t tasks = (count + j.per_task - 1) // j.per_task
    run_weighed(tasks, workers_for(tasks), fn, j, cost * count / PER_NS)


# --- row exchanges ---------------------------------------------------------------------------------------------------

cdef void _swap_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i, last = min((task + 1) * j.per_task, j.a.batch), k, other, done, size, width = j.width * itemsize_of[j.a.code]
    cdef Py_ssize_t row = j.a.row * itemsize_of[j.a.code]
    cdef const int32_t* pivots
    cdef char* a
    cdef char room[512]
    for i in range(task * j.per_task, last):
        pivots = j.pivots + i * j.pivot_step
        a = matrix(&j.a, i)
        for k in range(j.n):
            if j.back:
                k = j.n - 1 - k
            other = pivots[k] - 1
            if other == k:
                continue
            done = 0
            while done < width:
                size = min(width - done, 512)
                memcpy(room, a + k * row + done, size)
                memcpy(a + k * row + done, a + other * row + done, size)
                memcpy(a + other * row + done, room, size)
                done += size


cdef void swap_rows(Stack a, Py_ssize_t width, int32_t* pivots, Py_ssize_t pivot_step, Py_ssize_t count, bint back) noexcept:
    """Exchange rows 0, 1, .. of each matrix with those that its pivots name, in order or (back) in the opposite order."""
    cdef Job j
    if width == 0 or count == 0 or a.batch == 0:
        return
    j.a, j.width, j.pivots, j.pivot_step, j.n, j.back = a, width, pivots, pivot_step, count, back
    _run(&j, a.batch, width * count / 2 + 1, _swap_task)


# --- products --------------------------------------------------------------------------------------------------------

cdef void _negate_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i, last = min((task + 1) * j.per_task, j.a.batch)
    for i in range(task * j.per_task, last):
        K.negate[j.a.code](matrix(&j.a, i), j.a.row, j.a.col, matrix(&j.b, i), j.m, j.n)


cdef int minus_product(Stack c, Stack a, Stack b, Py_ssize_t m, Py_ssize_t n, Py_ssize_t k) except -1:
    """c (m, n) -= a (m, k) b (k, n), of float32 or float64."""
    cdef Job j
    cdef gemm_plan p
    cdef Stack* smaller = &a if m < n else &b
    cdef Py_ssize_t rows = m if m < n else k, columns = k if m < n else n
    cdef Storage room
    if m == 0 or n == 0 or k == 0 or c.batch == 0:
        return 0
    room = new_storage(c.batch * rows * columns * itemsize_of[c.code], CPU)
    j.a, j.m, j.n = smaller[0], rows, columns
    smaller.data, smaller.step, smaller.row, smaller.col = storage_data(room), rows * columns, columns, 1
    j.b = smaller[0]
    _run(&j, c.batch, rows * columns, _negate_task)
    memset(&p, 0, sizeof(p))
    p.a, p.b, p.c = a.data, b.data, c.data
    p.bias_kind = GEMM_BIAS_NONE
    p.m, p.n, p.k = m, n, k
    p.a_row, p.a_col, p.b_row, p.b_col, p.c_row = a.row, a.col, b.row, b.col, c.row
    p.batch, p.a_batch, p.b_batch, p.c_batch = c.batch, a.step, b.step, c.step
    p.accumulate = 1
    return run_gemm(&p, c.code == FLOAT64)


cdef inline bint has_gemm(int code) noexcept nogil:
    return code == FLOAT32 or code == FLOAT64


# --- triangular solves -----------------------------------------------------------------------------------------------

cdef void _triangle_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t unit, i, column, last = min((task + 1) * j.per_task, j.b.batch * j.parts)
    for unit in range(task * j.per_task, last):
        i, column = unit // j.parts, unit % j.parts * j.width
        K.triangular[j.a.code](
            matrix(&j.a, i), j.a.row, j.a.col, j.m, matrix(&j.b, i) + column * itemsize_of[j.b.code], j.b.row,
            min(j.width, j.n - column), j.upper, j.unit,
        )


cdef int solve_triangle(Stack t, Stack b, Py_ssize_t m, Py_ssize_t n, bint upper, bint unit) except -1:
    """b (m, n) becomes the solution x of t x = b."""
    cdef Job j
    cdef Py_ssize_t half
    if m == 0 or n == 0 or b.batch == 0:
        return 0
    if m <= TRIANGLE or not has_gemm(t.code):
        j.a, j.b, j.m, j.n, j.upper, j.unit = t, b, m, n, upper, unit
        j.width = 128
        j.parts = (n + j.width - 1) // j.width
        _run(&j, b.batch * j.parts, m * m * min(n, j.width) / 2 + 20, _triangle_task)
        return 0
    half = (m // 2 + TRIANGLE - 1) // TRIANGLE * TRIANGLE
    if upper:
        solve_triangle(part(t, half, half), part(b, half, 0), m - half, n, upper, unit)
        minus_product(b, part(t, 0, half), part(b, half, 0), half, n, m - half)
        return solve_triangle(t, b, half, n, upper, unit)
    solve_triangle(t, b, half, n, upper, unit)
    minus_product(part(b, half, 0), part(t, half, 0), b, m - half, n, half)
    return solve_triangle(part(t, half, half), part(b, half, 0), m - half, n, upper, unit)


def triangular(Tensor t not None, Tensor b not None, bint upper, bint unit):
    """The solution of t x = b for (batch, m, m) triangles and (batch, m, n) right sides; the other half of t is not read."""
    cdef Tensor x = empty_tensor(b.code, b.ndim_, b.shape_, b.storage.device)
    if is_meta(x) or is_meta(t) or x.numel_ == 0:
        return x
    if is_lazy(t) or not (t.strides[1] == 1 or t.strides[2] == 1):
        t = contiguous(t)
    convert_into(x, b)
    solve_triangle(stack_of(t), stack_of(x), x.shape_[1], x.shape_[2], upper, unit)
    return x


# --- LU --------------------------------------------------------------------------------------------------------------

cdef void _lu_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i, last = min((task + 1) * j.per_task, j.a.batch)
    cdef int32_t* pivots
    cdef int found
    for i in range(task * j.per_task, last):
        pivots = j.pivots + i * j.pivot_step + j.first
        found = K.lu[j.a.code](matrix(&j.a, i), j.m, j.n, j.a.row, pivots)
        if found and j.info[i] == 0:
            j.info[i] = <int32_t>(j.first + found)


cdef void _shift_pivots(int32_t* pivots, Py_ssize_t batch, Py_ssize_t step, Py_ssize_t count, Py_ssize_t by) noexcept nogil:
    cdef Py_ssize_t i, k
    for i in range(batch):
        for k in range(count):
            pivots[i * step + k] += <int32_t>by


cdef int factor_lu(Stack a, Py_ssize_t m, Py_ssize_t n, int32_t* pivots, Py_ssize_t pivot_step, Py_ssize_t first, int32_t* info) except -1:
    """(m, n) in place. `pivots` and `info` are those of the whole matrices, `first` the row and column this part begins at.

    Recursive over columns (S. Toledo, Locality of reference in LU decomposition with partial pivoting, 1997).
    """
    cdef Job j
    cdef Py_ssize_t half
    if m == 0 or n == 0 or a.batch == 0:
        return 0
    if n <= PANEL or not has_gemm(a.code) or first == 0 and m <= WHOLE and n <= WHOLE:
        j.a, j.m, j.n, j.pivots, j.pivot_step, j.first, j.info = a, m, n, pivots, pivot_step, first, info
        _run(&j, a.batch, m * n * min(m, n) / 2 + 20, _lu_task)
        return 0
    half = m if m < n else n
    half = m if n > m and m <= PANEL else (half // 2 + PANEL - 1) // PANEL * PANEL
    factor_lu(a, m, half, pivots, pivot_step, first, info)
    swap_rows(part(a, 0, half), n - half, pivots + first, pivot_step, half, False)
    solve_triangle(a, part(a, 0, half), half, n - half, False, True)
    if m == half:
        return 0
    minus_product(part(a, half, half), part(a, half, 0), part(a, 0, half), m - half, n - half, half)
    factor_lu(part(a, half, half), m - half, n - half, pivots, pivot_step, first + half, info)
    swap_rows(part(a, half, 0), half, pivots + first + half, pivot_step, min(m, n) - half, False)
    _shift_pivots(pivots + first + half, a.batch, pivot_step, min(m, n) - half, half)
    return 0


def lu(Tensor a not None):
    """(LU, pivots, info) of (batch, m, n) matrices: L below a diagonal of ones that is not there and U, pivots and info as LAPACK's getrf."""
    cdef Tensor y = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    cdef Py_ssize_t shape[2]
    cdef Tensor pivots, info
    shape[0], shape[1] = a.shape_[0], min(a.shape_[1], a.shape_[2])
    pivots = empty_tensor(INT32, 2, shape, a.storage.device)
    info = empty_tensor(INT32, 1, shape, a.storage.device)
    if is_meta(a):
        return y, pivots, info
    convert_into(y, a)
    if info.numel_:
        memset(data_of(info), 0, info.numel_ * 4)
    if pivots.numel_:
        factor_lu(stack_of(y), y.shape_[1], y.shape_[2], <int32_t*>data_of(pivots), shape[1], 0, <int32_t*>data_of(info))
    return y, pivots, info


cdef int _check_pivots(const int32_t* pivots, Py_ssize_t count, Py_ssize_t rows) except -1:
    cdef Py_ssize_t i
    for i in range(count):
        if pivots[i] < 1 or pivots[i] > rows:
            raise error(ShapeError, f"pivots must be from 1 to {rows}, the number of rows, but one is {pivots[i]}", fix="the pivots that lu_factor returned")
    return 0


def exchanged(Tensor b not None, Tensor pivots not None, bint back):
    """A copy of (batch, m, n) matrices with rows exchanged as (batch, count) pivots say."""
    cdef Tensor y = empty_tensor(b.code, b.ndim_, b.shape_, b.storage.device)
    cdef Tensor order
    if is_meta(y) or is_meta(pivots) or y.numel_ == 0:
        return y
    order = contiguous(pivots)
    if order.ndim_ != 2 or order.shape_[0] != y.shape_[0] or order.shape_[1] > y.shape_[1]:
        raise error(ShapeError, f"pivots of shape {list(order.shape)} do not belong to matrices of shape {list(y.shape)}")
    _check_pivots(<const int32_t*>data_of(order), order.numel_, y.shape_[1])
    convert_into(y, b)
    swap_rows(stack_of(y), y.shape_[2], <int32_t*>data_of(order), order.shape_[1], order.shape_[1], back)
    return y


# --- Cholesky --------------------------------------------------------------------------------------------------------

cdef void _cholesky_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i, last = min((task + 1) * j.per_task, j.a.batch)
    cdef int found
    for i in range(task * j.per_task, last):
        if j.info[i] == 0:
            found = K.cholesky[j.a.code](matrix(&j.a, i), j.m, j.a.row)
            j.info[i] = <int32_t>(j.first + found) if found else 0


cdef void _turn_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    """b becomes the transpose of a (m, n)."""
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i, last = min((task + 1) * j.per_task, j.a.batch)
    for i in range(task * j.per_task, last):
        K.turn[j.a.code == FLOAT64](matrix(&j.a, i), matrix(&j.b, i), j.m, j.n, j.a.row, j.b.row)


cdef void turned(Stack a, Stack b, Py_ssize_t m, Py_ssize_t n) noexcept:
    cdef Job j
    j.a, j.b, j.m, j.n = a, b, m, n
    _run(&j, a.batch, m * n, _turn_task)


cdef int factor_cholesky(Stack a, Py_ssize_t n, Py_ssize_t first, int32_t* info) except -1:
    """The lower triangles of (n, n) matrices in place; what is above the diagonal is left undefined. Recursive like `factor_lu`."""
    cdef Job j
    cdef Stack turn = a
    cdef Storage room
    cdef Py_ssize_t half
    if n == 0 or a.batch == 0:
        return 0
    if n <= WHOLE or not has_gemm(a.code):
        j.a, j.m, j.first, j.info = a, n, first, info
        _run(&j, a.batch, n * n * n / 6 + 20, _cholesky_task)
        return 0
    half = (n // 2 + TRIANGLE - 1) // TRIANGLE * TRIANGLE
    factor_cholesky(a, half, first, info)
    room = new_storage(a.batch * half * (n - half) * itemsize_of[a.code], CPU)
    turn.data, turn.step, turn.row = storage_data(room), half * (n - half), n - half
    turned(part(a, half, 0), turn, n - half, half)
    solve_triangle(a, turn, half, n - half, False, False)
    turned(turn, part(a, half, 0), half, n - half)
    minus_product(part(a, half, half), part(a, half, 0), turn, n - half, n - half, half)
    return factor_cholesky(part(a, half, half), n - half, first + half, info)


def cholesky(Tensor a not None):
    """(L, info) of (batch, n, n) matrices of which the lower triangles are read; info as LAPACK's potrf. The upper ones are undefined."""
    cdef Tensor y = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    cdef Tensor info = empty_tensor(INT32, 1, a.shape_, a.storage.device)
    if is_meta(a):
        return y, info
    convert_into(y, a)
    if info.numel_:
        memset(data_of(info), 0, info.numel_ * 4)
        factor_cholesky(stack_of(y), y.shape_[1], 0, <int32_t*>data_of(info))
    return y, info


include "factor_ldl.pxi"
