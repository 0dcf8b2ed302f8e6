"""The kernels built for one instruction set: the common element types for x86-64-v4 (AVX-512)."""

include "common.pxi"
