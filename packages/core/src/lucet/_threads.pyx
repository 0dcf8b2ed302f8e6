"""The process's one thread pool: how many threads it has and how other compiled modules run tasks in it.

The pool itself is `pool.h`. How work is cut into tasks is the kernels' business.
"""

import os
import warnings
from numbers import Integral

cdef extern from "pool.h":
    enum: LUCET_MAX_WORKERS
    void lucet_pool_run(Py_ssize_t ntasks, int max_workers, task_fn fn, void* ctx) noexcept nogil
    int lucet_pool_size() noexcept nogil
    void lucet_pool_resize(int size) noexcept nogil
    int lucet_pool_init() noexcept nogil


MAX_THREADS = LUCET_MAX_WORKERS                            # that set_num_threads gives an operation


cdef void parallel_for(Py_ssize_t ntasks, task_fn fn, void* ctx) noexcept nogil:
    lucet_pool_run(ntasks, LUCET_MAX_WORKERS, fn, ctx)


cdef void parallel_for_workers(Py_ssize_t ntasks, int workers, task_fn fn, void* ctx) noexcept nogil:
    lucet_pool_run(ntasks, workers, fn, ctx)


cdef int pool_threads() noexcept nogil:
    return lucet_pool_size()


cdef void begin_unlocked() noexcept:
    global unlocked
    unlocked += 1


cdef void end_unlocked() noexcept:
    global unlocked
    unlocked -= 1


cdef void run_unlocked(Py_ssize_t ntasks, task_fn fn, void* ctx) noexcept:
    begin_unlocked()
    with nogil:
        lucet_pool_run(ntasks, LUCET_MAX_WORKERS, fn, ctx)
    end_unlocked()


cdef void run_unlocked_workers(Py_ssize_t ntasks, int workers, task_fn fn, void* ctx) noexcept:
    begin_unlocked()
    with nogil:
        lucet_pool_run(ntasks, workers, fn, ctx)
    end_unlocked()


def _affinity():
    """CPUs that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read(*parts):
    with open("/".join(parts)) as file:
        return file.read()


def _cgroup_mounts(root):
    """Yield (folder, root inside the hierarchy, is v2) for each mounted hierarchy that can hold a CPU quota."""
    for line in _read(root, "proc/self/mountinfo").splitlines():
        fields, _, tail = line.partition(" - ")
        kind, _, options = (tail.split() + ["", "", ""])[:3]
        inside, where = fields.split()[3:5]
        if kind == "cgroup2" or (kind == "cgroup" and "cpu" in options.split(",")):
            yield root + where, inside, kind == "cgroup2"


def _cgroup_path(root, v2):
    """Path of this process in the v2 hierarchy, or in v1's cpu hierarchy."""
    for line in _read(root, "proc/self/cgroup").splitlines():
        number, controllers, path = line.split(":", 2)
        if (number == "0" and not controllers) if v2 else "cpu" in controllers.split(","):
            return path
    return "/"


def _quota_of(folder, v2):
    """CPUs' worth of time that one cgroup folder grants, or infinity."""
    try:
        if v2:
            quota, period = _read(folder, "cpu.max").split()
        else:
            quota, period = _read(folder, "cpu.cfs_quota_us"), _read(folder, "cpu.cfs_period_us")
        granted = int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):       # no such file, or "max"
        return float("inf")
    return granted if granted > 0 else float("inf")


def _cgroup_quota(root=""):
    """The tightest CPU quota of this process's cgroup and the groups above it, in CPUs; infinity without one."""
    best = float("inf")
    try:
        for mount, inside, v2 in _cgroup_mounts(root):
            path = _cgroup_path(root, v2)
            if inside != "/" and (path + "/").startswith(inside + "/"):
                path = path[len(inside):]                  # a container sees its own group as the root
            names = path.strip("/").split("/")
            for depth in range(len(names) + 1):
                best = min(best, _quota_of("/".join([mount, *names[:depth]]), v2))
    except (OSError, ValueError):                          # no /proc: not Linux, or hidden
        pass
    return best


def _environment(variables):
    """Thread count that LUCET_NUM_THREADS, else OMP_NUM_THREADS, asks for, or None."""
    for name in ("LUCET_NUM_THREADS", "OMP_NUM_THREADS"):
        text = variables.get(name, "").split(",")[0].strip()   # OpenMP allows a list: one count per nesting level
        if text.isdecimal() and int(text) > 0:
            return int(text)
        if text and name == "LUCET_NUM_THREADS":
            warnings.warn(f"LUCET_NUM_THREADS is {text!r}, expected a positive integer; it is ignored", stacklevel=2)
    return None


def _default_threads():
    """The smallest of CPU affinity, whole CPUs of the cgroup quota, and the environment's wish; at least 1."""
    asked = _environment(os.environ)
    quota = _cgroup_quota()
    count = min(_affinity(), int(quota) if quota < LUCET_MAX_WORKERS else LUCET_MAX_WORKERS)
    return max(1, count if asked is None else min(count, asked))


cdef int _positive_int(str op, object value) except -1:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise RuntimeError(f"{op}: got {type(value).__name__}, expected an int")
    if value < 1:
        raise RuntimeError(f"{op}: got {value}, expected a positive integer")
    return min(int(value), 2**31 - 1)


def set_num_threads(num, /):
    """Set how many threads one operation may use, the calling one included.

    Counts for the whole process and from the next operation on; results never depend on it. More than 256 means 256.

    Raises: RuntimeError if `num` is not a positive integer.

    Example:
        >>> import lucet
        >>> before = lucet.get_num_threads()
        >>> lucet.set_num_threads(1)
        >>> lucet.get_num_threads()
        1
        >>> lucet.set_num_threads(before)
    """
    lucet_pool_resize(_positive_int("set_num_threads", num))


def get_num_threads():
    """Return how many threads one operation may use.

    At start it is the smallest of the CPUs this process may run on, the whole CPUs of its cgroup quota, and
    LUCET_NUM_THREADS (else OMP_NUM_THREADS) if set.

    Example:
        >>> import lucet
        >>> lucet.get_num_threads() >= 1
        True
    """
    return lucet_pool_size()


cdef int interop_threads = 0


def set_num_interop_threads(num, /):
    """Set the number that `get_num_interop_threads` reports; lucet has no inter-op pool that it could size.

    Operations of one Python thread run one after the other, each over `get_num_threads()` threads.

    Raises: RuntimeError if `num` is not a positive integer, or at the second call.

    Example:
        >>> import lucet
        >>> lucet.set_num_interop_threads(0)
        Traceback (most recent call last):
            ...
        RuntimeError: set_num_interop_threads: got 0, expected a positive integer
    """
    global interop_threads
    count = _positive_int("set_num_interop_threads", num)
    if interop_threads:
        raise RuntimeError("set_num_interop_threads: was called before, expected one call per process")
    interop_threads = count


def get_num_interop_threads():
    """Return the number given to `set_num_interop_threads`, else 1: operations never run beside each other.

    Example:
        >>> import lucet
        >>> lucet.get_num_interop_threads() >= 1
        True
    """
    return interop_threads or 1


# ---- for the tests: the pool has no Python face of its own ----

cdef struct Census:
    Py_ssize_t ntasks
    unsigned int* runs                                     # how often each task ran
    int* workers                                           # who ran it
    Py_ssize_t spin                                        # how long a task takes, in loop turns
    Py_ssize_t nested                                      # tasks of the call that each task makes itself
    unsigned int* nested_runs


cdef extern from *:
    """
    #define lucet_count(counter) __atomic_fetch_add(counter, 1u, __ATOMIC_RELAXED)
    """
    void lucet_count(unsigned int* counter) nogil


cdef void _count_nested(void* ctx, Py_ssize_t task, int worker) noexcept nogil:
    lucet_count(<unsigned int*>ctx)                        # a call of one task does not hold the pool: this one may use it


cdef void _count(void* ctx, Py_ssize_t task, int worker) noexcept nogil:
    cdef Census* census = <Census*>ctx
    cdef volatile Py_ssize_t turn = 0
    while turn < census.spin:
        turn += 1
    census.runs[task] += 1
    census.workers[task] = worker
    if census.nested:
        parallel_for(census.nested, _count_nested, census.nested_runs + task)


def _census(Py_ssize_t ntasks, Py_ssize_t spin=0, Py_ssize_t nested=0, bint release_lock=True, int workers=0):
    """Run `ntasks` counting tasks; returns (runs, worker, nested runs) per task as three uint32 arrays."""
    import numpy

    columns = numpy.zeros((3, ntasks + 1), numpy.uint32)   # the spare one keeps the pointers valid for no tasks
    cdef unsigned int* first = <unsigned int*><size_t>columns.ctypes.data
    cdef Census census
    census.ntasks, census.spin, census.nested = ntasks, spin, nested
    census.runs, census.workers, census.nested_runs = first, <int*>(first + ntasks + 1), first + 2 * (ntasks + 1)
    if release_lock:
        with nogil:
            parallel_for_workers(ntasks, workers or LUCET_MAX_WORKERS, _count, &census)
    else:
        parallel_for_workers(ntasks, workers or LUCET_MAX_WORKERS, _count, &census)
    return list(columns[:, :ntasks])


if lucet_pool_init():
    raise MemoryError("lucet: the system refuses a fork handler")
lucet_pool_resize(min(_default_threads(), LUCET_MAX_WORKERS))
