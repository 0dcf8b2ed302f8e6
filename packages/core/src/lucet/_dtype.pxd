# Element types as C sees them: codes, sizes, promotion. No tensors here.
from libc.stdint cimport int64_t

cdef enum:
    BOOL
    UINT8
    INT8
    INT16
    INT32
    INT64
    FLOAT16
    BFLOAT16
    FLOAT32
    FLOAT64
    COMPLEX64
    COMPLEX128
    NUM_CODES

# The four categories of torch's promotion rule, lowest first.
cdef enum:
    CAT_BOOL
    CAT_INT
    CAT_FLOAT
    CAT_COMPLEX

cdef extern from *:
    """
    static const signed char lucet_itemsize[12] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16};
    static const signed char lucet_category[12] = {0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3};
    static const signed char lucet_complex[12] = {10, 10, 10, 10, 10, 10, 10, 10, 10, 11, 10, 11};
    static const signed char lucet_real[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 9};
    """
    const signed char itemsize_of "lucet_itemsize"[12]
    const signed char category_of "lucet_category"[12]
    const signed char complex_of "lucet_complex"[12]         # the complex type of a float's width; of others the nearest
    const signed char real_of "lucet_real"[12]               # the type of the parts of a complex number; of others themselves

# A Python number as an operand: its category decides promotion, the value is converted to the compute type later.
cdef struct Scalar:
    int category
    int64_t i                   # of an int from 2**63 to 2**64 (`is_wide`) its 64 bits, which are negative
    double re
    double im


cdef class dtype:
    cdef readonly int code
    cdef readonly int itemsize
    cdef readonly str _name

cdef object dtype_object(int code)
cdef int code_of(object dt) except -1
cdef int default_code() noexcept
cdef int default_complex_code() noexcept
cdef int promote(int a, int b) noexcept nogil
cdef bint can_cast(int source, int target) noexcept nogil
cdef bint is_number(object x)
cdef bint is_wide(const Scalar* s) noexcept
cdef int read_scalar(object x, Scalar* out) except -1
cdef int scalar_code(int category) noexcept
cdef int store_scalar(const Scalar* s, int code, char* out, const char* op) except -1
