"""Batch norm's last pass put off, for a sum and an activation to join it. The rules are in the .pxd."""

cimport cython
from lucet._dtype cimport FLOAT64
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport norm_shape, norm_tail, ACT_NONE
from lucet._ops._layout cimport hidden
from lucet._storage cimport Deferred, defer, raw_data
from lucet._tensor cimport Tensor, data_of, same_shape
from lucet._threads cimport parallel_for

cdef enum:
    TASK = 32768                # elements per task


cdef struct Pass:
    norm_shape p
    norm_tail tail
    int slot
    const void* x
    void* y
    const char* mean
    const char* scale
    const char* shift
    Py_ssize_t per_task


cdef void _task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Pass* j = <Pass*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task if first + j.per_task < j.p.batch else j.p.batch
    K.norm_rows_apply[j.slot](&j.p, j.x, j.y, j.mean, j.scale, j.shift, &j.tail, first, last)


@cython.final
@cython.no_gc
cdef class Scaled(Deferred):
    cdef void fill(self, char* to) noexcept:
        cdef Pass j
        cdef Py_ssize_t step = self.p.channels * (8 if self.slot else 4)
        j.p = self.p
        j.slot = self.slot
        j.x, j.y = raw_data(self.source), to
        j.mean = data_of(self.constants)
        j.scale, j.shift = j.mean + step, j.mean + 2 * step
        j.tail.other = NULL if self.other is None else raw_data(self.other)
        j.tail.mean = j.tail.scale = j.tail.shift = NULL
        if self.other_constants is not None:
            j.tail.mean = data_of(self.other_constants)
            j.tail.scale = <const char*>j.tail.mean + step
            j.tail.shift = <const char*>j.tail.mean + 2 * step
        j.tail.act, j.tail.low, j.tail.high = self.act, self.low, self.high
        j.per_task = (TASK // j.p.channels + 64) & ~63
        parallel_for((j.p.batch + j.per_task - 1) // j.per_task, _task, &j)


cdef void defer_scaled(Tensor y, Tensor x, const norm_shape* p, Tensor constants) noexcept:
    """`constants`: rows of mean, scale, shift in the type of x; kept, not copied."""
    cdef Scaled work = Scaled.__new__(Scaled)
    work.p = p[0]
    work.slot = x.code == FLOAT64
    work.constants = constants
    work.act = ACT_NONE
    defer(y.storage, work, x.storage, None)


cdef inline Scaled _scaled(Tensor t):
    """How t will be filled, where a sum or an activation can still join; else None."""
    cdef Deferred work = t.storage.deferred
    return <Scaled>work if work is not None and (<Scaled>work).act == ACT_NONE and hidden(t) else None


cdef bint clamp_joins(Tensor y, Tensor a, int act, double low, double high) noexcept:
    cdef Scaled before = _scaled(a), work
    if before is None or y.code != a.code or not hidden(y):
        return False
    work = Scaled.__new__(Scaled)
    work.p, work.slot, work.constants, work.other_constants = before.p, before.slot, before.constants, before.other_constants
    work.act, work.low, work.high = act, low, high
    defer(y.storage, work, before.source, before.other)
    return True


cdef bint add_joins(Tensor y, Tensor a, Tensor b) noexcept:
    cdef Scaled before = _scaled(a), second, work
    if before is None or before.other is not None:
        a, b = b, a
        before = _scaled(a)
    if (
        before is None or before.other is not None or a.code != b.code or y.code != a.code or not hidden(y) or not hidden(b)
        or not same_shape(a, b)
    ):
        return False
    second = _scaled(b)
    work = Scaled.__new__(Scaled)
    work.p, work.slot, work.constants, work.act = before.p, before.slot, before.constants, ACT_NONE
    if second is not None and second.other is None:
        work.other_constants = second.constants
        defer(y.storage, work, before.source, second.source)
    elif y.storage is b.storage:            # in place: what b was to hold is part of the sum
        return False
    else:
        defer(y.storage, work, before.source, b.storage)
    return True
