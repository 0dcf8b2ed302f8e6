"""Eigenvalues of symmetric matrices and singular values of stacks of real matrices, without history.

The steps are kernels (_kernels/micro/spectral.h); here they are put together for one matrix, and matrices are tasks. A matrix alone is cut
where its vectors are made. The public ops, their checks and gradients are in _composed/hermitian.py and singular.py.
"""

from libc.math cimport fabs, ilogb, isfinite, ldexp
from lucet._dtype cimport FLOAT32, FLOAT64, itemsize_of
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport spectral_fn, spectral_state, spectral_sweep, SPECTRAL_DONE, SPECTRAL_FULL
from lucet._ops._plans cimport run_weighed, workers_for
from lucet._storage cimport Storage, new_storage, storage_data, CPU
from lucet._tensor cimport Tensor, data_of, empty_tensor, is_meta
from lucet._threads cimport parallel_for

ctypedef fused real:
    float
    double

cdef enum:
    LOG = 4096                # rotations that are kept before they are applied
    ROWS = 8                  # rows of vectors a task
    COLUMNS = 64              # columns of vectors a task
    ALONE = 48                # a matrix of so many columns is cut
    TASK = 30000              # multiplications a task
    PER_NS = 4                # multiplications a nanosecond


cdef struct Job:              # matrices of one size, their results, and a room for each thread
    char* a
    Py_ssize_t step, row, col
    int code
    Py_ssize_t batch, m, n    # m >= n
    bint singular, vectors, swapped
    Py_ssize_t rows           # of the left vectors: n, or m
    char* values
    char* left                # eigenvectors, or left vectors, as columns
    char* right               # right vectors as rows
    char* room
    Py_ssize_t room_size, per_task
    int failed


cdef struct Room:             # what one matrix needs meanwhile
    char* a
    char* v
    char* u
    char* left
    char* right
    char* work
    double* numbers
    Py_ssize_t* order
    spectral_state state
    Py_ssize_t v_row, u_row
    double scale
    # of the step that is cut
    Job* job
    char* z
    char* reflectors
    double* tau
    double* log
    Py_ssize_t count, width, row, v_width, reflections, shift


cdef inline Py_ssize_t padded(Py_ssize_t n, Py_ssize_t size) noexcept nogil:
    """Elements from row to row: an odd number of cache lines, for rows a power of two apart push each other out."""
    return ((n * size + 63) // 64 | 1) * 64 // size


cdef inline Py_ssize_t whole(Py_ssize_t size) noexcept nogil:
    """Bytes in whole cache lines, and one more: kernels read no further."""
    return (size + 127) // 64 * 64


cdef char* take(char** at, Py_ssize_t size) noexcept nogil:
    cdef char* found = at[0]
    at[0] = found + whole(size)
    return found


cdef Py_ssize_t divide(Room* room, Job* j, char* memory) noexcept nogil:
    """The parts of a room; how many bytes that takes."""
    cdef char* at = memory
    cdef Py_ssize_t size = itemsize_of[j.code], m = j.m, n = j.n, log = min(2 * n * n + 16, <Py_ssize_t>LOG)
    log = max(log, 4 * n + 16)
    room.job = j
    room.v_row, room.u_row = padded(n, size), padded(m, size)
    room.a = take(&at, m * n * size)
    room.work = take(&at, (2 * m + 2 * n) * size)
    room.numbers = <double*>take(&at, 4 * n * 8)
    room.order = <Py_ssize_t*>take(&at, n * sizeof(Py_ssize_t))
    room.state.vectors, room.state.room = j.vectors, log
    room.u = room.v = room.left = room.right = NULL
    if j.singular:
        room.left = take(&at, m * n * size)
        room.right = take(&at, n * n * size)
    if j.vectors:
        room.v = take(&at, n * room.v_row * size)
        room.state.left = <double*>take(&at, log * 16)
        room.state.sweep = <spectral_sweep*>take(&at, (log + 1) * sizeof(spectral_sweep))
        if j.singular:
            room.u = take(&at, j.rows * room.u_row * size)
            room.state.right = <double*>take(&at, log * 16)
    return at - memory


cdef bint read(Room* room, const real* a, real* y) noexcept nogil:
    """A copy of a matrix, of a symmetric one the lower triangle, in a scale whose squares are numbers; whether all its elements are."""
    cdef Job* j = room.job
    cdef Py_ssize_t i, k, m = j.m, n = j.n, row = j.row, col = j.col
    cdef double most = 0, x, factor, sum = 0
    for i in range(m):
        for k in range(n if j.singular else i + 1):
            x = fabs(<double>a[i * row + k * col])
            sum += x
            most = max(most, x)
            y[i * n + k] = a[i * row + k * col]
    room.scale = 1
    if not isfinite(sum):
        for i in range(m):
            for k in range(n if j.singular else i + 1):
                if not isfinite(<double>y[i * n + k]):
                    return False
    if most != 0 and not ((1e-25 if sizeof(real) == 4 else 1e-100) < most < (1e30 if sizeof(real) == 4 else 1e100)):
        k = max(min(-ilogb(most), 1000), -1000)
        factor, room.scale = ldexp(1, <int>k), ldexp(1, <int>-k)
        for i in range(m * n):
            y[i] = <real>(<double>y[i] * factor)
    return True


cdef void sort(Room* room) noexcept nogil:
    """The order of values: eigenvalues rising, magnitudes of singular values falling."""
    cdef Py_ssize_t i, k, n = room.job.n
    cdef double x
    cdef double* d = room.numbers
    for i in range(n):
        x = d[i] = -fabs(d[i]) if room.job.singular else d[i]
        k = i
        while k > 0 and d[room.order[k - 1]] > x:
            room.order[k] = room.order[k - 1]
            k -= 1
        room.order[k] = i


cdef void turn(real* y, const real* z, Py_ssize_t row, const Py_ssize_t* order, Py_ssize_t n, Py_ssize_t count, Py_ssize_t width) noexcept nogil:
    """y (width, count): rows of z as columns, the first n in `order`. Eight at a time, so that lines are written whole."""
    cdef Py_ssize_t i, k, first
    cdef const real* lines[8]
    for first in range(0, count, 8):
        for k in range(first, min(first + 8, count)):
            lines[k - first] = z + (order[k] if k < n else k) * row
        for i in range(width):
            for k in range(first, min(first + 8, count)):
                y[i * count + k] = lines[k - first][i]


cdef void arrange(real* y, const real* z, Py_ssize_t row, const Py_ssize_t* order, Py_ssize_t n, Py_ssize_t count, Py_ssize_t width) noexcept nogil:
    """y (count, width): rows of z, the first n in `order`."""
    cdef Py_ssize_t i, k
    cdef const real* line
    for k in range(count):
        line = z + (order[k] if k < n else k) * row
        for i in range(width):
            y[k * width + i] = line[i]


cdef void negate(Room* room, real* v) noexcept nogil:
    """Singular values are not negative: where one came out so, its right vector is turned round."""
    cdef Py_ssize_t i, k, n = room.job.n
    for k in range(n):
        if room.numbers[k] < 0:
            for i in range(n):
                v[k * room.v_row + i] = -v[k * room.v_row + i]


cdef void orient(Room* room, real* lead, Py_ssize_t row, Py_ssize_t width, real* other, Py_ssize_t other_row, Py_ssize_t other_width) noexcept nogil:
    """The sign of each vector, and of the one that belongs to it: the first element of at least 0.618 of the largest magnitude is positive.
    So vectors change with the matrix without jumps; no matrix of small whole numbers has elements in that proportion."""
    cdef Py_ssize_t i, k
    cdef real most
    for k in range(room.job.n):
        most = 0
        for i in range(width):
            most = max(most, abs(lead[k * row + i]))
        i = 0
        while i < width - 1 and abs(lead[k * row + i]) < <real>0.618 * most:
            i += 1
        if lead[k * row + i] < 0:
            for i in range(width):
                lead[k * row + i] = -lead[k * row + i]
            for i in range(other_width):
                other[k * other_row + i] = -other[k * other_row + i]


cdef void write(Room* room, Py_ssize_t index, real* values, real* left, real* right) noexcept nogil:
    cdef Job* j = room.job
    cdef Py_ssize_t k, n = j.n, m = j.m
    cdef real* v = <real*>room.v
    cdef real* u = <real*>room.u
    if j.singular and j.vectors:
        negate(room, v)
        if j.swapped:
            orient(room, v, room.v_row, n, u, room.u_row, m)
        else:
            orient(room, u, room.u_row, m, v, room.v_row, n)
    elif j.vectors:
        orient(room, v, room.v_row, n, u, 0, 0)
    sort(room)
    values += index * n
    for k in range(n):
        values[k] = <real>(room.numbers[room.order[k]] * room.scale)
        if j.singular:
            values[k] = -values[k]
    if not j.vectors:
        return
    if not j.singular:
        turn(left + index * n * n, v, room.v_row, room.order, n, n, n)
    elif j.swapped:
        turn(left + index * n * n, v, room.v_row, room.order, n, n, n)
        arrange(right + index * j.rows * m, u, room.u_row, room.order, n, j.rows, m)
    else:
        turn(left + index * j.rows * m, u, room.u_row, room.order, n, j.rows, m)
        arrange(right + index * n * n, v, room.v_row, room.order, n, n, n)


cdef void _reflect_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Room* r = <Room*>context
    K.reflected[r.job.code == FLOAT64](
        r.z, task * ROWS, min((task + 1) * ROWS, r.count), r.row, r.width, r.reflectors, r.v_width, r.tau, r.reflections, r.shift
    )


cdef void _rotate_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Room* r = <Room*>context
    K.rotated[r.job.code == FLOAT64](r.z, r.row, task * COLUMNS, min((task + 1) * COLUMNS, r.width), r.state.sweep, r.state.sweeps, r.log)


cdef void _cut(Room* r, Py_ssize_t size, Py_ssize_t unit, void (*fn)(void*, Py_ssize_t, int) noexcept nogil) noexcept nogil:
    """In tasks of `unit` rows or columns; those of a matrix that is a task itself all run here."""
    cdef Py_ssize_t task, count = (size + unit - 1) // unit
    if r.job.batch == 1 and r.job.n >= ALONE:
        parallel_for(count, fn, r)
    else:
        for task in range(count):
            fn(r, task, 0)


cdef void reflected(Room* r, char* z, Py_ssize_t count, Py_ssize_t width, Py_ssize_t row, char* v, double* tau, Py_ssize_t reflections, Py_ssize_t shift) noexcept nogil:
    r.z, r.count, r.width, r.row, r.reflectors, r.v_width, r.tau, r.reflections, r.shift = z, count, width, row, v, width, tau, reflections, shift
    _cut(r, count, ROWS, _reflect_task)


cdef void rotated(Room* r, char* z, Py_ssize_t width, Py_ssize_t row, double* log) noexcept nogil:
    r.z, r.width, r.row, r.log = z, width, row, log
    _cut(r, width, COLUMNS, _rotate_task)


cdef bint decompose(Job* j, Py_ssize_t index, char* memory) noexcept nogil:
    """One matrix; False where it has elements that are no numbers, or the iteration does not end."""
    cdef Room room
    cdef spectral_state* t = &room.state
    cdef Py_ssize_t n = j.n, m = j.m
    cdef bint wide = j.code == FLOAT64
    cdef char* a = j.a + index * j.step * itemsize_of[j.code]
    cdef int how = SPECTRAL_FULL
    cdef spectral_fn iterate = K.qr if j.singular else K.ql
    divide(&room, j, memory)
    if not (read[double](&room, <double*>a, <double*>room.a) if wide else read[float](&room, <float*>a, <float*>room.a)):
        return False
    t.d, t.e, t.n, t.rounds = room.numbers, room.numbers + n, n, 0
    t.eps = 2.220446049250313e-16 if wide else 3e-8
    if j.singular:
        t.at = n
        K.bidiagonal[wide](room.a, m, n, n, t.d, t.e, room.left, room.right, room.numbers + 2 * n, room.numbers + 3 * n, room.work)
    else:
        t.at = 0
        K.tridiagonal[wide](room.a, n, n, t.d, t.e, room.numbers + 2 * n, room.work)
    t.e[n - 1] = 0
    if j.vectors:
        if j.singular:
            reflected(&room, room.u, j.rows, m, room.u_row, room.left, room.numbers + 2 * n, n, 0)
            reflected(&room, room.v, n, n, room.v_row, room.right, room.numbers + 3 * n, n - 1, 1)
        else:
            reflected(&room, room.v, n, n, room.v_row, room.a, room.numbers + 2 * n, n, -1)
    while how == SPECTRAL_FULL:
        t.sweeps = t.used = 0
        how = iterate(t)
        if j.vectors:
            rotated(&room, room.v, n, room.v_row, t.right if j.singular else t.left)
            if j.singular:
                rotated(&room, room.u, m, room.u_row, t.left)
    if how != SPECTRAL_DONE:
        return False
    if wide:
        write[double](&room, index, <double*>j.values, <double*>j.left, <double*>j.right)
    else:
        write[float](&room, index, <float*>j.values, <float*>j.left, <float*>j.right)
    return True


cdef void _task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t i
    for i in range(task * j.per_task, min((task + 1) * j.per_task, j.batch)):
        if not decompose(j, i, j.room + worker * j.room_size):
            j.failed = 1


cdef bint run(Job* j) except -1:
    """All matrices; whether all went well."""
    cdef Room sizes
    cdef Storage memory
    cdef int workers
    cdef Py_ssize_t tasks
    cdef double cost = (4.0 * j.m + 6.0 * j.n) * j.n * j.n + 500
    j.failed = 0
    j.room_size = divide(&sizes, j, NULL)
    j.per_task = <Py_ssize_t>(TASK / cost) + 1
    tasks = (j.batch + j.per_task - 1) // j.per_task
    workers = workers_for(tasks)
    memory = new_storage(workers * j.room_size, CPU)
    j.room = storage_data(memory)
    run_weighed(tasks, workers, _task, j, cost * j.batch / PER_NS)
    return not j.failed


cdef Tensor made(Tensor a, Py_ssize_t rows, Py_ssize_t columns):
    """Room for the values (columns 0) or vectors of each matrix."""
    cdef Py_ssize_t shape[3]
    shape[0], shape[1], shape[2] = a.shape_[0], rows, columns
    return empty_tensor(a.code, 3 if columns else 2, shape, a.storage.device)


cdef bint suits(Tensor a) noexcept:
    return not is_meta(a) and a.numel_ != 0 and (a.code == FLOAT32 or a.code == FLOAT64)


def eigh(Tensor a not None, bint upper, bint vectors):
    """(values, vectors) of (batch, n, n) matrices of which one triangle is read, values rising; without `vectors` None for them. None where
    there is nothing to compute, or a matrix has elements that are no numbers or does not converge."""
    cdef Job j
    cdef Tensor values, columns = None
    if not suits(a):
        return None
    j.a, j.code, j.batch, j.m, j.n, j.step = data_of(a), a.code, a.shape_[0], a.shape_[1], a.shape_[1], a.strides[0]
    j.row, j.col = (a.strides[2], a.strides[1]) if upper else (a.strides[1], a.strides[2])
    j.singular, j.vectors, j.swapped, j.rows = False, vectors, False, 0
    values = made(a, j.n, 0)
    j.values, j.left, j.right = data_of(values), NULL, NULL
    if vectors:
        columns = made(a, j.n, j.n)
        j.left = data_of(columns)
    return (values, columns) if run(&j) else None


def svd(Tensor a not None, bint full, bint vectors):
    """(U, S, Vh) of (batch, m, n) matrices, values falling; without `vectors` None for U and Vh. None where `eigh` returns it."""
    cdef Job j
    cdef Tensor values, left = None, right = None
    cdef Py_ssize_t m, n, k
    if not suits(a):
        return None
    m, n = a.shape_[1], a.shape_[2]
    k = min(m, n)
    j.swapped = m < n
    j.a, j.code, j.batch, j.m, j.n, j.step = data_of(a), a.code, a.shape_[0], max(m, n), k, a.strides[0]
    j.row, j.col = (a.strides[2], a.strides[1]) if j.swapped else (a.strides[1], a.strides[2])
    j.singular, j.vectors, j.rows = True, vectors, max(m, n) if full else k
    values = made(a, k, 0)
    j.values, j.left, j.right = data_of(values), NULL, NULL
    if vectors:
        left = made(a, m, m if full else k)
        right = made(a, n if full else k, n)
        j.left, j.right = data_of(left), data_of(right)
    return (left, values, right) if run(&j) else None
