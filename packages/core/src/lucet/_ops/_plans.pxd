# Running planned kernels (matrix products, convolutions) in the pool, with scratch from the block cache.
from lucet._kernels.kernels cimport gemm_plan, conv_plan
from lucet._threads cimport task_fn

cdef enum:
    HOLD_LOCK_NS = 200000            # work shorter than this keeps the interpreter lock

cdef int run_gemm(gemm_plan* p, int double_precision) except -1
cdef int run_conv(conv_plan* p, int double_precision) except -1

# How many threads so many tasks occupy: for as many there is to be scratch.
cdef int workers_for(Py_ssize_t ntasks) noexcept

# Tasks that take `ns` nanoseconds together on one thread, without the interpreter lock where that pays.
cdef void run_weighed(Py_ssize_t ntasks, int workers, task_fn fn, void* ctx, double ns) noexcept
