# The process's thread pool, for kernels and ops. What runs in it must not need the interpreter lock.

ctypedef void (*task_fn)(void* ctx, Py_ssize_t task, int worker) noexcept nogil

# Run fn for tasks 0..ntasks-1 and return when all are done; with or without the interpreter lock held.
# worker < min(pool_threads(), ntasks); the caller is worker 0; a nested or concurrent call runs serially as worker 0.
cdef void parallel_for(Py_ssize_t ntasks, task_fn fn, void* ctx) noexcept nogil

# The same with worker < workers: for callers that hold scratch for exactly that many (another thread may change
# the size of the pool at any time, so read pool_threads() once, allocate, and pass that number).
cdef void parallel_for_workers(Py_ssize_t ntasks, int workers, task_fn fn, void* ctx) noexcept nogil

cdef int pool_threads() noexcept nogil

# Work without the interpreter lock, which the caller holds. While any is under way, memory that it may read or write is
# kept: `lucet._storage.retire` asks `unlocked`, which changes only under the lock.
cdef int unlocked
cdef void begin_unlocked() noexcept
cdef void end_unlocked() noexcept
cdef void run_unlocked(Py_ssize_t ntasks, task_fn fn, void* ctx) noexcept
cdef void run_unlocked_workers(Py_ssize_t ntasks, int workers, task_fn fn, void* ctx) noexcept
