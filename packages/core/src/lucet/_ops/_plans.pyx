"""Running planned kernels: scratch memory for each worker from the block cache, tasks over the pool."""

from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport gemm_plan, conv_plan, plan_run_fn
from lucet._storage cimport Storage, new_storage, storage_data, CPU
from lucet._threads cimport parallel_for_workers, run_unlocked_workers, pool_threads, task_fn


cdef int run_gemm(gemm_plan* p, int double_precision) except -1:
    """Plan and run a matrix product whose operands are filled in."""
    cdef plan_run_fn run = K.gemm_run[double_precision]
    cdef Storage scratch
    cdef int workers
    p.workers = pool_threads()
    K.gemm_plan[double_precision](p)
    if p.ntasks <= 1:
        if p.scratch_bytes:
            scratch = new_storage(p.scratch_bytes, CPU)
            p.scratch = storage_data(scratch)
            p.scratch_stride = p.scratch_bytes
        if p.ntasks:
            run(p, 0, 0)
        return 0
    workers = workers_for(p.ntasks)
    p.scratch_stride = (p.scratch_bytes + 63) & ~63
    scratch = new_storage(p.scratch_stride * workers, CPU)
    p.scratch = storage_data(scratch)
    run_unlocked_workers(p.ntasks, workers, run, p)
    return 0


cdef int run_conv(conv_plan* p, int double_precision) except -1:
    """Plan and run a convolution pass whose operands are filled in."""
    cdef plan_run_fn run = K.conv_run[double_precision]
    cdef Storage scratch, shared
    cdef Py_ssize_t most = 1
    cdef int workers, step
    K.conv_plan[double_precision](p)
    for step in range(p.steps):
        if p.ntasks[step] > most:
            most = p.ntasks[step]
    workers = workers_for(most)
    p.scratch_stride = (p.scratch_bytes + 63) & ~63
    scratch = new_storage(p.scratch_stride * workers, CPU)
    shared = new_storage(p.shared_bytes, CPU)
    p.scratch = storage_data(scratch)
    p.shared = storage_data(shared)
    for step in range(p.steps):
        p.step = step
        if p.ntasks[step] == 1:
            run(p, 0, 0)
        elif p.ntasks[step] > 1:
            run_unlocked_workers(p.ntasks[step], workers, run, p)
    return 0


cdef int workers_for(Py_ssize_t ntasks) noexcept:
    cdef int workers = pool_threads()
    return workers if workers < ntasks else <int>ntasks


cdef void run_weighed(Py_ssize_t ntasks, int workers, task_fn fn, void* ctx, double ns) noexcept:
    if ns < HOLD_LOCK_NS:
        parallel_for_workers(ntasks, workers, fn, ctx)
    else:
        run_unlocked_workers(ntasks, workers, fn, ctx)
