# generated from kernels.pxd.tp: edit that
# The contract between ops and kernels: one table of typed function pointers, filled once at import for the CPU at hand.
from libc.stdint cimport int64_t, uint8_t
from lucet._dtype cimport NUM_CODES

# Parameters of a loop; the p0..p3 of the kernel table. `failed` is set by loops that meet a zero divisor.
cdef struct LoopArgs:
    double d[4]
    int64_t i[4]
    int failed

# One run of n elements: data[0] is the output, the rest inputs, steps in bytes (0 repeats one element).
ctypedef void (*loop_fn)(char** data, const Py_ssize_t* steps, Py_ssize_t n, LoopArgs* args) noexcept nogil

cdef enum:
    ADD
    ADD_SCALED
    SUB
    MUL
    DIV
    FLOOR_DIV
    TRUNC_DIV
    REMAINDER
    FMOD
    POW
    MAXIMUM
    MINIMUM
    ATAN2
    EQ
    NE
    LT
    LE
    GT
    GE
    LOGICAL_AND
    LOGICAL_OR
    LOGICAL_XOR
    LOGICAL_NOT
    AND
    OR
    XOR
    INVERT
    LSHIFT
    RSHIFT
    ISNAN
    ISINF
    ISFINITE
    NEG
    ABS
    SIGN
    SQRT
    RSQRT
    RECIPROCAL
    SQUARE
    CUBE
    FLOOR
    CEIL
    TRUNC
    ROUND
    CLAMP
    CLAMP_GRAD
    RELU
    RELU_GRAD
    THRESHOLD
    THRESHOLD_GRAD
    LEAKY_RELU
    LEAKY_RELU_GRAD
    HARDTANH_GRAD
    SIGMOID_GRAD
    TANH_GRAD
    ELU
    ELU_GRAD
    SILU
    SILU_GRAD
    SOFTPLUS
    SOFTPLUS_GRAD
    GELU
    GELU_GRAD
    GELU_TANH
    GELU_TANH_GRAD
    ADDCMUL
    ADDCDIV
    LERP
    CLAMP3
    EXP
    EXPM1
    LOG
    LOG1P
    LOG2
    LOG10
    SIN
    COS
    TANH
    SIGMOID
    ERF
    NUM_POINTWISE

cdef struct KernelTable:
    loop_fn pointwise[NUM_POINTWISE][NUM_CODES]
    loop_fn cast[NUM_CODES][NUM_CODES]
    loop_fn where[5]                             # by element size: 1, 2, 4, 8, 16 bytes (log2)
