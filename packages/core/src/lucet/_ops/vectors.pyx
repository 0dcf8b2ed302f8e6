"""Distances and cross products of vectors, without history. Loops in `_kernels/products.pxi.tp`."""

from lucet._dtype cimport FLOAT64, itemsize_of
from lucet._kernels.dispatch cimport K
from lucet._ops._loops cimport contiguous
from lucet._ops._plans cimport run_weighed, workers_for
from lucet._storage cimport CPU
from lucet._tensor cimport Tensor, data_of, empty_tensor

cdef enum:
    PER_NS = 4                # multiplications a nanosecond
    TASK = 32768              # numbers a task makes


# --- distances -------------------------------------------------------------------------------------------------------

cdef struct Pairs:
    char* rows
    char* columns             # the same matrix the other way round; NULL: the gradient
    char* g
    char* distances
    char* out
    Py_ssize_t n
    Py_ssize_t m
    double p
    int code


cdef void _pairs_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Pairs* s = <Pairs*>context
    cdef Py_ssize_t size = itemsize_of[s.code], i, turn
    for turn in range(2):     # a long row and a short one
        i = task if turn == 0 else s.n - 1 - task
        if turn and i == task:
            return
        if s.columns == NULL:
            K.pairs_gradient[s.code == FLOAT64](s.rows, i, s.n, s.m, s.g, s.distances, s.out)
        else:
            K.distances[s.code == FLOAT64](
                s.rows + i * s.m * size, 1, s.m, s.columns + (i + 1) * size, s.n, s.n - i - 1, s.p, s.out + i * (2 * s.n - i - 1) // 2 * size,
            )


cdef void _pairs(Pairs* s) noexcept:
    cdef Py_ssize_t tasks = (s.n + 1) // 2
    run_weighed(tasks, workers_for(tasks), _pairs_task, s, <double>s.n * s.n * (s.m + 1) / PER_NS)


def pair_distances(Tensor x not None, double p):
    """The p-norms of the differences of all pairs of rows of a matrix of float32 or float64."""
    cdef Pairs s
    cdef Tensor rows = contiguous(x.detach()), columns = contiguous(rows.t()), y
    cdef Py_ssize_t count = x.shape_[0] * (x.shape_[0] - 1) // 2
    y = empty_tensor(x.code, 1, &count, CPU)
    s.rows, s.columns, s.out, s.n, s.m, s.p, s.code = data_of(rows), data_of(columns), data_of(y), x.shape_[0], x.shape_[1], p, x.code
    if count:
        _pairs(&s)
    return y


def pair_distances_gradient(Tensor x not None, Tensor g not None, Tensor distances not None):
    """That of `pair_distances` with p = 2."""
    cdef Pairs s
    cdef Tensor rows = contiguous(x.detach()), dense = contiguous(g), far = contiguous(distances), y = empty_tensor(x.code, 2, x.shape_, CPU)
    s.rows, s.columns, s.g, s.distances, s.out = data_of(rows), NULL, data_of(dense), data_of(far), data_of(y)
    s.n, s.m, s.code = x.shape_[0], x.shape_[1], x.code
    if y.numel_:
        _pairs(&s)
    return y


cdef struct Rows:
    const char* rows
    const char* columns       # the other matrix the other way round
    char* out
    Py_ssize_t n
    Py_ssize_t k
    Py_ssize_t m
    double p
    int code


cdef void _rows_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Rows* s = <Rows*>context
    cdef Py_ssize_t size = itemsize_of[s.code]
    K.distances[s.code == FLOAT64](
        s.rows + task * s.m * size, 1, s.m, s.columns + task // s.n * s.m * s.k * size, s.k, s.k, s.p, s.out + task * s.k * size
    )


def row_distances(Tensor x1 not None, Tensor x2 not None, double p):
    """The p-norms of the differences of each row of x1 (b, n, m) and each of x2 (b, k, m), of float32 or float64: (b, n, k)."""
    cdef Rows s
    cdef Tensor rows = contiguous(x1.detach()), columns = contiguous(x2.detach().transpose(1, 2)), y
    cdef Py_ssize_t shape[3]
    shape[0], shape[1], shape[2] = x1.shape_[0], x1.shape_[1], x2.shape_[1]
    y = empty_tensor(x1.code, 3, shape, CPU)
    s.rows, s.columns, s.out, s.n, s.k, s.m, s.p, s.code = data_of(rows), data_of(columns), data_of(y), shape[1], shape[2], x1.shape_[2], p, x1.code
    if y.numel_:
        run_weighed(shape[0] * s.n, workers_for(shape[0] * s.n), _rows_task, &s, <double>y.numel_ * (s.m + 1) / PER_NS)
    return y


# --- cross products --------------------------------------------------------------------------------------------------

cdef struct Cross:
    const char* a
    const char* b
    char* out
    Py_ssize_t outer
    Py_ssize_t inner
    Py_ssize_t per_task
    int code


cdef void _cross_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Cross* c = <Cross*>context
    cdef Py_ssize_t first = task * c.per_task, at = first * 3 * c.inner * itemsize_of[c.code]
    K.cross[c.code == FLOAT64](c.a + at, c.b + at, c.out + at, min(c.per_task, c.outer - first), c.inner)


def cross_products(Tensor a not None, Tensor b not None, int dim):
    """Of tensors of one shape, of float32 or float64, along a dimension of three elements, counted from 0."""
    cdef Cross c
    cdef Tensor y = empty_tensor(a.code, a.ndim_, a.shape_, CPU)
    cdef Py_ssize_t tasks
    cdef int i
    a, b = contiguous(a.detach()), contiguous(b.detach())
    c.a, c.b, c.out, c.code, c.outer, c.inner = data_of(a), data_of(b), data_of(y), y.code, 1, 1
    for i in range(y.ndim_):
        if i < dim:
            c.outer *= y.shape_[i]
        elif i > dim:
            c.inner *= y.shape_[i]
    c.per_task = TASK // (3 * c.inner + 1) + 1
    tasks = (c.outer + c.per_task - 1) // c.per_task
    if y.numel_:
        run_weighed(tasks, workers_for(tasks), _cross_task, &c, <double>y.numel_)
    return y
