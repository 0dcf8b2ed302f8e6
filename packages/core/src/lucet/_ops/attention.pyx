"""Scaled dot-product attention over heads, without scores in memory: `_kernels/micro/attention.h`. The public op, what it takes and what
differentiates twice are in `_composed/attention.py`.
"""

from libc.string cimport memset
from lucet._dtype cimport FLOAT32, FLOAT64
from lucet._engine cimport Node, Run, recording, new_node, connect, set_history, save, save_output, saved, needs, give
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport attention_operand, attention_pass
from lucet._ops._loops cimport converted, contiguous
from lucet._storage cimport Storage, new_storage, storage_data
from lucet._tensor cimport Tensor, data_of, empty_permuted, empty_tensor, innermost_first, is_meta, CPU
from lucet._threads cimport pool_threads, run_unlocked_workers

from lucet._errors import ShapeError, error

cdef enum:
    BLOCK = 56                    # queries at once: whole tiles of every level
    LEAST_BLOCK = 14
    BLOCK_SCORES = 32768          # of one block at most, so that they stay near
    SERIAL = 100000               # multiplications below which one thread does all

cdef object _in_ops               # the gradients in ops


def set_attention_in_ops(function):
    """Who computes the gradients in ops: called by the module that does."""
    global _in_ops
    _in_ops = function


cdef Tensor _rowed(Tensor t):
    """The same with the elements of a row side by side."""
    return t if t.strides[3] == 1 and t.strides[0] >= 0 and t.strides[1] >= 0 and t.strides[2] >= 0 else contiguous(t)


cdef Tensor _laid_as(Tensor model, Py_ssize_t rows, Py_ssize_t width):
    """New (batch, heads, rows, width) whose dimensions lie in the order of those of `model`, the last one innermost."""
    cdef Py_ssize_t shape[4]
    cdef int inner[64]
    cdef int order[4]
    cdef int i, at = 0
    shape[0], shape[1], shape[2], shape[3] = model.shape_[0], model.shape_[1], rows, width
    order[0], order[1], order[2], order[3] = 0, 1, 2, 3
    if not _is_spread(model):
        innermost_first(model, inner)
        for i in range(3, -1, -1):
            if inner[i] != 3:
                order[at] = inner[i]
                at += 1
    return empty_permuted(model.code, 4, shape, order, CPU)


cdef bint _is_spread(Tensor t) noexcept:
    """Whether one row stands for several: then the order of its dimensions says nothing."""
    cdef int i
    for i in range(4):
        if t.strides[i] == 0 and t.shape_[i] > 1:
            return True
    return False


cdef attention_operand _operand(Tensor t) noexcept:
    cdef attention_operand o
    o.at, o.batch, o.head, o.row = data_of(t), t.strides[0], t.strides[1], t.strides[2]
    return o


cdef int _check(Tensor q, Tensor k, Tensor v, Tensor mask) except -1:
    """That sizes fit: the kernels believe them. All were checked before, with better words."""
    cdef bint fits = q.ndim_ == 4 and k.ndim_ == 4 and v.ndim_ == 4 and (mask is None or mask.ndim_ == 4)
    cdef Tensor t
    for t in (q, k, v, mask):
        fits = fits and (t is None or t.code == q.code and t.numel_ > 0 and not is_meta(t))
    fits = fits and (q.code == FLOAT32 or q.code == FLOAT64)
    fits = fits and q.shape_[0] == k.shape_[0] == v.shape_[0] and k.shape_[1] == v.shape_[1] and q.shape_[1] % k.shape_[1] == 0
    fits = fits and q.shape_[3] == k.shape_[3] and k.shape_[2] == v.shape_[2]
    if fits and mask is not None:
        fits = mask.shape_[0] == q.shape_[0] and mask.shape_[1] == q.shape_[1] and mask.shape_[2] == q.shape_[2] and mask.shape_[3] == k.shape_[2]
        fits = fits and (mask.strides[3] == 1 or mask.strides[3] == 0)
    if not fits:
        raise error(ShapeError, "scaled_dot_product_attention: operands do not fit each other")
    return 0


cdef int _describe(attention_pass* p, Tensor q, Tensor k, Tensor v, Tensor mask, Tensor y, Tensor logs, bint causal, double scale) except -1:
    memset(p, 0, sizeof(attention_pass))
    p.batches, p.heads, p.shared = q.shape_[0], k.shape_[1], q.shape_[1] // k.shape_[1]
    p.queries, p.keys, p.width, p.value_width = q.shape_[2], k.shape_[2], q.shape_[3], v.shape_[3]
    p.q, p.k, p.v, p.y = _operand(q), _operand(k), _operand(v), _operand(y)
    if mask is not None:
        p.mask = _operand(mask)
        p.mask_column = mask.strides[3]
    p.scale, p.causal = scale, causal
    p.logs = data_of(logs)
    p.block = max(LEAST_BLOCK, min(BLOCK, BLOCK_SCORES // p.keys))
    p.blocks_per_task = (p.queries + p.block - 1) // p.block
    p.tasks_per_head = 1
    return 0


cdef int _run(attention_pass* p, int slot, bint backward) except -1:
    cdef double work = <double>p.batches * p.heads * p.shared * p.queries * p.keys * (p.width + p.value_width)
    cdef Py_ssize_t blocks = p.blocks_per_task, tasks = p.batches * p.heads
    cdef int workers = pool_threads() if work >= SERIAL else 1
    cdef Storage scratch
    if not backward:
        tasks *= p.shared
        if tasks < 2 * workers and blocks > 1:                # few heads: cut their queries too
            p.blocks_per_task = max(1, blocks * tasks // (2 * workers))
            p.tasks_per_head = (blocks + p.blocks_per_task - 1) // p.blocks_per_task
            tasks *= p.tasks_per_head
    workers = <int>min(workers, tasks)
    p.scratch_stride = (K.attention_room[slot](p, backward) + 63) & ~63
    scratch = new_storage(p.scratch_stride * workers, CPU)
    p.scratch = storage_data(scratch)
    run_unlocked_workers(tasks, workers, K.attention_backward[slot] if backward else K.attention_forward[slot], p)
    return 0


cdef int attention_vjp(Node n, Tensor g, Run run) except -1:
    cdef Tensor q = saved(n, 0), k = saved(n, 1), v = saved(n, 2), mask = saved(n, 3), y = saved(n, 4), logs = saved(n, 5), dq, dk, dv, dy
    cdef attention_pass p
    if recording(g) or recording(q) or recording(k) or recording(v):
        found = _in_ops(q, k, v, mask, n.i0 != 0, n.d0, [needs(n, i) for i in range(3)], g)
        for i in range(3):
            if found[i] is not None and needs(n, i):
                give(run, n, i, found[i])
        return 0
    mask = None if mask is None else _masked(mask)
    q, k, v, y, logs, dy = _rowed(q), _rowed(k), _rowed(v), _rowed(y), contiguous(logs), _rowed(converted(g, q.code))
    _check(q, k, v, mask)
    if (
        logs.code != q.code or logs.numel_ != q.shape_[0] * q.shape_[1] * q.shape_[2] or not _is_result(y, q, v) or not _is_result(dy, q, v)
        or is_meta(logs)
    ):
        raise error(ShapeError, "scaled_dot_product_attention: a saved tensor came back with another shape")
    _describe(&p, q, k, v, mask, y, logs, n.i0 != 0, n.d0)
    dq, dk, dv = _laid_as(q, q.shape_[2], q.shape_[3]), _laid_as(k, k.shape_[2], k.shape_[3]), _laid_as(v, v.shape_[2], v.shape_[3])
    p.dy, p.dq, p.dk, p.dv = _operand(dy), _operand(dq), _operand(dk), _operand(dv)
    _run(&p, q.code == FLOAT64, True)
    if needs(n, 0):
        give(run, n, 0, dq)
    if needs(n, 1):
        give(run, n, 1, dk)
    if needs(n, 2):
        give(run, n, 2, dv)
    return 0


cdef bint _is_result(Tensor y, Tensor q, Tensor v) noexcept:
    return (
        y.ndim_ == 4 and y.code == q.code and not is_meta(y) and y.shape_[0] == q.shape_[0] and y.shape_[1] == q.shape_[1]
        and y.shape_[2] == q.shape_[2] and y.shape_[3] == v.shape_[3]
    )


cdef Tensor _masked(Tensor mask):
    """A mask whose columns lie side by side, or are one number."""
    if (mask.strides[3] == 1 or mask.strides[3] == 0) and mask.strides[0] >= 0 and mask.strides[1] >= 0 and mask.strides[2] >= 0:
        return mask
    return contiguous(mask)


def attention(Tensor q not None, Tensor k not None, Tensor v not None, Tensor mask, bint causal, double scale) -> Tensor:
    """softmax(q k^T * scale + mask) v: q (batch, heads, queries, width), k and v (batch, shared heads, keys, ..), mask as the scores.

    float32 and float64 on the CPU, nothing empty. The mask gets no gradient.
    """
    cdef Tensor y, logs, rq = _rowed(q), rk = _rowed(k), rv = _rowed(v), rm = None if mask is None else _masked(mask)
    cdef attention_pass p
    cdef Node n
    _check(rq, rk, rv, rm)
    y = _laid_as(rq, q.shape_[2], v.shape_[3])
    logs = empty_tensor(q.code, 3, q.shape_, CPU)
    _describe(&p, rq, rk, rv, rm, y, logs, causal, scale)
    _run(&p, q.code == FLOAT64, False)
    if recording(q) or recording(k) or recording(v):
        n = new_node(attention_vjp, b"ScaledDotProductFlashAttentionForCpuBackward0", 3)
        connect(n, 0, q)
        connect(n, 1, k)
        connect(n, 2, v)
        save(n, 0, q)
        save(n, 1, k)
        save(n, 2, v)
        save(n, 3, mask)
        save_output(n, 4, y)
        save(n, 5, logs)
        n.i0 = causal
        n.d0 = scale
        set_history(n, y, 0)
    return y
