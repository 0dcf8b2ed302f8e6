# Matrix products for other ops.
from lucet._tensor cimport Tensor

cdef Tensor product(Tensor a, Tensor b, Tensor bias, bint bias_is_row)
cdef Tensor mm_of(Tensor a, Tensor b)
cdef Tensor linear_of(Tensor x, Tensor weight, Tensor bias)
