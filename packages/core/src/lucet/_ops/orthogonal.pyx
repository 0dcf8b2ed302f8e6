"""Orthogonal factors of stacks of real matrices, without history: reflectors, the triangle that they leave, and their product.

Columns are rows here, as LAPACK keeps them, so that a reflector lies in one piece. A panel of columns is made triangular at a time, and what
is right of it goes through the panel's reflectors a few columns at a time, which stay in the first cache meanwhile. The steps are
kernels (_kernels/micro/spectral.h). The public ops, their checks and gradients are in _composed/spectra.py.
"""

from libc.math cimport fabs, ilogb, ldexp
from libc.string cimport memcpy, memset
from lucet._dtype cimport FLOAT32, FLOAT64, itemsize_of
from lucet._kernels.dispatch cimport K
from lucet._ops._loops cimport contiguous
from lucet._ops._plans cimport run_weighed, workers_for
from lucet._storage cimport Storage, new_storage, storage_data, CPU
from lucet._tensor cimport Tensor, data_of, empty_tensor, is_meta
from lucet._threads cimport parallel_for

ctypedef fused real:
    float
    double

cdef enum:
    PANEL = 16                # columns a panel
    COLUMNS = 8               # columns a task
    ALONE = 48                # a matrix of so many columns is cut
    TASK = 30000              # multiplications a task
    PER_NS = 4                # multiplications a nanosecond


cdef struct Job:              # matrices of one size, and what is made of them
    int code
    Py_ssize_t batch, m, n, k  # k: reflectors
    bint given                # whether `columns` and `tau` are reflectors
    char* columns             # (batch, n, m): each column as a row
    char* tau                 # (batch, k), or NULL where nobody wants it
    char* q                   # (batch, rows, m): columns of Q, or NULL
    Py_ssize_t rows
    char* r                   # (batch, n, height): columns of R, or NULL
    Py_ssize_t height
    double* numbers           # (batch, 2, k): the diagonal, and the factors of the reflectors
    Py_ssize_t per_task
    # of the step that is cut
    Py_ssize_t index, begin, end


cdef inline char* matrix(Job* j, Py_ssize_t index) noexcept nogil:
    return j.columns + index * j.n * j.m * itemsize_of[j.code]


cdef void _apply_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = j.end + task * COLUMNS
    K.reflect[j.code == FLOAT64](matrix(j, j.index), first, min(first + COLUMNS, j.n), j.begin, j.end, j.m, j.numbers + 2 * j.index * j.k + j.k)


cdef void _product_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * COLUMNS
    K.reflected[j.code == FLOAT64](
        j.q + j.index * j.rows * j.m * itemsize_of[j.code], first, min(first + COLUMNS, j.rows), j.m, j.m, matrix(j, j.index), j.m,
        j.numbers + 2 * j.index * j.k + j.k, j.k, 0,
    )


cdef void cut(Job* j, Py_ssize_t columns, void (*fn)(void*, Py_ssize_t, int) noexcept nogil) noexcept nogil:
    """In tasks of some columns; those of a matrix that is a task itself all run here."""
    cdef Py_ssize_t task, count = (columns + COLUMNS - 1) // COLUMNS
    if j.batch == 1 and j.k >= ALONE:
        parallel_for(count, fn, j)
    else:
        for task in range(count):
            fn(j, task, 0)


cdef int scaled(double* a, Py_ssize_t count) noexcept nogil:
    """Bring numbers into a range where their squares are numbers too; the power of two that takes them back."""
    cdef Py_ssize_t i
    cdef double most = 0
    cdef int power
    for i in range(count):
        most = max(most, fabs(a[i]))
    if most == 0 or 1e-100 < most < 1e100 or not most <= 1.7976931348623157e308:
        return 0
    power = max(min(ilogb(most), 1000), -1000)
    for i in range(count):
        a[i] = ldexp(a[i], -power)
    return power


cdef void take(Job* j, real* a, const real* tau, double* factors) noexcept nogil:
    """Reflectors as the kernels want them: the 1 of each in its place."""
    cdef Py_ssize_t i
    for i in range(j.k):
        a[i * j.m + i] = 1
        factors[i] = tau[i]


cdef void write(Job* j, real* a, real* tau, real* r, const double* numbers, int power) noexcept nogil:
    """R's diagonal in its place, and R, of one matrix."""
    cdef Py_ssize_t i, c
    cdef double back = ldexp(1, power)
    for i in range(j.k):
        a[i * j.m + i] = <real>numbers[i]
    if power:
        for c in range(j.n):
            for i in range(min(c + 1, j.k)):
                a[c * j.m + i] = <real>(a[c * j.m + i] * back)
    if tau != NULL:
        for i in range(j.k):
            tau[i] = <real>numbers[j.k + i]
    if r != NULL:
        for c in range(j.n):
            i = min(c + 1, j.k)
            memcpy(r + c * j.height, a + c * j.m, i * sizeof(real))
            memset(r + c * j.height + i, 0, (j.height - i) * sizeof(real))


cdef void factor(Job* j, Py_ssize_t index) noexcept nogil:
    cdef Job one = j[0]       # the step that is cut is this matrix's own
    cdef bint wide = j.code == FLOAT64
    cdef char* a = matrix(j, index)
    cdef double* numbers = j.numbers + 2 * index * j.k
    cdef Py_ssize_t size = itemsize_of[j.code]
    cdef char* tau = NULL if j.tau == NULL else j.tau + index * j.k * size
    cdef char* r = NULL if j.r == NULL else j.r + index * j.n * j.height * size
    cdef int power = 0
    one.index, one.end = index, 0
    if j.given:
        if wide:
            take[double](j, <double*>a, <double*>tau, numbers + j.k)
        else:
            take[float](j, <float*>a, <float*>tau, numbers + j.k)
        cut(&one, j.rows, _product_task)
        return
    if wide:
        power = scaled(<double*>a, j.n * j.m)
    while one.end < j.k:
        one.begin, one.end = one.end, min(one.end + PANEL, j.k)
        K.columns[wide](a, one.begin, one.end, j.m, numbers, numbers + j.k)
        if one.end < j.n:
            cut(&one, j.n - one.end, _apply_task)
    if j.q != NULL:
        cut(&one, j.rows, _product_task)
    if wide:
        write[double](j, <double*>a, <double*>tau, <double*>r, numbers, power)
    else:
        write[float](j, <float*>a, <float*>tau, <float*>r, numbers, power)


cdef void _task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i
    for i in range(task * j.per_task, min((task + 1) * j.per_task, j.batch)):
        factor(j, i)


cdef bint suits(Tensor columns) noexcept:
    return not is_meta(columns) and columns.numel_ != 0 and (columns.code == FLOAT32 or columns.code == FLOAT64)


cdef Tensor made(Tensor columns, Py_ssize_t rows, Py_ssize_t width):
    cdef Py_ssize_t shape[3]
    shape[0], shape[1], shape[2] = columns.shape_[0], rows, width
    return empty_tensor(columns.code, 3 if width else 2, shape, CPU)


cdef int run(Job* j, Tensor columns) except -1:
    """All matrices of `columns`, in place."""
    cdef Storage numbers
    cdef Py_ssize_t tasks
    cdef double cost
    j.columns, j.code = data_of(columns), columns.code
    j.batch, j.n, j.m = columns.shape_[0], columns.shape_[1], columns.shape_[2]
    numbers = new_storage(2 * j.batch * j.k * sizeof(double), CPU)
    j.numbers = <double*>storage_data(numbers)
    cost = 2.0 * j.k * j.m * (j.n + (j.rows if j.q != NULL else 0)) + 100
    j.per_task = <Py_ssize_t>(TASK / cost) + 1
    tasks = (j.batch + j.per_task - 1) // j.per_task
    run_weighed(tasks, workers_for(tasks), _task, j, cost * j.batch / PER_NS)
    return 0


def geqrf(Tensor columns not None):
    """The factors tau (batch, k) of the reflectors of (batch, m, n) matrices, which come as dense (batch, n, m) columns that are written
    over as LAPACK does. None where there is nothing to compute, or not by this code."""
    cdef Job j
    cdef Tensor tau
    if not suits(columns):
        return None
    tau = made(columns, min(columns.shape_[1], columns.shape_[2]), 0)
    j.given, j.k, j.tau, j.q, j.rows, j.r, j.height = False, tau.shape_[1], data_of(tau), NULL, 0, NULL, 0
    run(&j, columns)
    return tau


def product(Tensor columns not None, Tensor tau not None):
    """The columns (batch, n, m) of the product of the reflectors that stand in such `columns`, which are lost, by their factors (batch, k). None
    where `geqrf` returns it."""
    cdef Job j
    cdef Tensor q
    if not suits(columns) or is_meta(tau):
        return None
    tau = contiguous(tau)
    q = made(columns, columns.shape_[1], columns.shape_[2])
    j.given, j.k, j.tau, j.q, j.rows, j.r, j.height = True, tau.shape_[1], data_of(tau), data_of(q), q.shape_[1], NULL, 0
    run(&j, columns)
    return q


def qr(Tensor columns not None, Py_ssize_t inner, bint product):
    """(Q, R) of matrices that come as in `geqrf` and are lost: the columns of Q (batch, inner, m), None without `product`, and those of R
    (batch, n, inner). None where `geqrf` returns it."""
    cdef Job j
    cdef Tensor q = None, r
    if not suits(columns):
        return None
    j.given, j.k, j.tau, j.q, j.rows = False, min(columns.shape_[1], columns.shape_[2]), NULL, NULL, 0
    if product:
        q = made(columns, inner, columns.shape_[2])
        j.q, j.rows = data_of(q), inner
    r = made(columns, columns.shape_[1], inner)
    j.r, j.height = data_of(r), inner
    run(&j, columns)
    return q, r
