# Running planned kernels (matrix products, convolutions) in the pool, with scratch from the block cache.
from lucet._kernels.kernels cimport gemm_plan, conv_plan

cdef int run_gemm(gemm_plan* p, int double_precision) except -1
cdef int run_conv(conv_plan* p, int double_precision) except -1
