# The kernels for one instruction set above the base: loops for the common element types, and their places in the table.

from cpython.pycapsule cimport PyCapsule_New
from libc.math cimport (
    INFINITY, fabs, fabsf, sqrt, sqrtf, exp, expf, log, logf, expm1, expm1f, log1p, log1pf, floor, floorf, ceil, ceilf, trunc, truncf,
    rint, rintf, pow, powf, atan2, atan2f, erf, erff, fma, fmaf, copysign, copysignf, exp2, exp2f,
)
from libc.string cimport memmove, memset
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from lucet._dtype cimport (
    NUM_CODES, BOOL, UINT8, INT8, INT16, INT32, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128,
)
from lucet._kernels.kernels cimport *

include "pointwise.level.pxi"
include "reduce.level.pxi"
include "random.level.pxi"
include "update.level.pxi"
include "products.level.pxi"
include "sequences.level.pxi"
include "factor.level.pxi"
include "spectral.level.pxi"
include "fourier.level.pxi"
include "pool.level.pxi"
include "resample.level.pxi"
include "norm.level.pxi"
include "loss.level.pxi"
include "indexing.level.pxi"


cdef void fill(KernelTable* table) noexcept nogil:
    fill_pointwise(table)
    fill_indexing(table)
    fill_pool(table)
    fill_resample(table)
    fill_norm(table)
    fill_loss(table)
    fill_products(table)
    fill_sequences(table)
    fill_factor(table)
    fill_spectral(table)
    fill_fourier(table)
    fill_reduce(table)
    fill_random(table)
    fill_update(table)


filler = PyCapsule_New(<void*>fill, "lucet.kernels", NULL)
