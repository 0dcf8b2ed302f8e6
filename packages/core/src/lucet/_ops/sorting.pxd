# Order for other ops: values and where they came from, positions of what is not zero. Nothing is recorded.
from lucet._tensor cimport Tensor

cdef tuple sorted_parts(Tensor a, int dim, bint descending, const char* name)     # (values, indices), half types as float32
cdef Tensor positions_of(Tensor a)
