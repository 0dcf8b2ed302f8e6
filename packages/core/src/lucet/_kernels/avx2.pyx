"""The kernels built for one instruction set: the common element types for x86-64-v3 (AVX2, FMA, F16C)."""

include "common.pxi"
