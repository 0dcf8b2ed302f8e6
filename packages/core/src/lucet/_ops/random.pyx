"""Random numbers: the generator, random tensors, in-place fills, samples, dropout. The streams are in micro/mt19937.h.

Elements are drawn one generator word after the other in the order in which they lie in memory. A call checks, allocates, and only
then draws, so one that fails leaves the generator where it was.
"""

from cpython.long cimport PyLong_CheckExact, PyLong_AsLongLongAndOverflow
from cpython.pythread cimport PyThread_type_lock, PyThread_allocate_lock, PyThread_free_lock, PyThread_acquire_lock, PyThread_release_lock, WAIT_LOCK
from libc.float cimport DBL_MIN, FLT_MIN
from libc.math cimport sqrt, INFINITY
from libc.stdint cimport int64_t, uint8_t, uint64_t
from lucet._dtype cimport (
    BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, CAT_FLOAT, CAT_COMPLEX,
    category_of, itemsize_of, code_of, dtype_object, default_code, is_number,
)
from lucet._engine cimport (
    Node, Run, requires_grad, recording, recording2, new_node, connect, set_history, record, save, saved_tensor, check_inplace, rebase, needs, give,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport *
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport broadcast2, check_no_internal_overlap, prepare_out, convert_into, converted, contiguous, run_contiguous, CHEAP
from lucet._ops._plans cimport HOLD_LOCK_NS
from lucet._ops.create cimport fill_with, parse_shape, sizes_of
from lucet._ops.pointwise cimport mul, add, div
from lucet._threads cimport begin_unlocked, end_unlocked
from lucet._tensor cimport (
    Tensor, is_plain, is_meta, is_dense, same_shape, data_of, empty_tensor, empty_like, empty_preserved, bump, describe, read_size, F_CONTIGUOUS, F_REQUIRES_GRAD,
    CPU, META,
)

import os
import warnings

from lucet._device import CPU_DEVICE, _default_device, usable
from lucet._errors import DeviceError, DtypeError, LoadError, ShapeError, error
from lucet._modes import _set_generator
from lucet._ops.create import empty as empty_function, empty_like_function
from lucet._registry import OPS, Op, dress, op

cdef extern from "micro/mt19937.h" nogil:
    enum: MT_STATE_BYTES
    void mt_seed(mt_state* g, uint64_t seed)
    void mt_get_state(mt_state* g, unsigned char* bytes)
    int mt_set_state(mt_state* g, const unsigned char* bytes)
    uint64_t seed_of "lucet_mt_seed_of"(const mt_state* g)

cdef extern from *:
    """
    static inline uint64_t lucet_mt_seed_of(const mt_state *g) { return g->seed; }
    """

include "random_generator.pxi"
include "random_fills.pxi"
include "random_factories.pxi"
include "random_dropout.pxi"
include "random_counts.pxi"
include "random_gamma.pxi"
