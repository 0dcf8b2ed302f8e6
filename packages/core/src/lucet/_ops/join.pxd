# Joining, splitting and rearranging, for other ops. Arguments are checked by the caller.
from lucet._tensor cimport Tensor

cdef Tensor joined(list tensors, int dim, bint stacked, Tensor out, const char* name)
cdef tuple unbound(Tensor a, int dim)
cdef Tensor flipped(Tensor a, const bint* turned)
