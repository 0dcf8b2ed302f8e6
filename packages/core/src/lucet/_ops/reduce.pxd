# Reductions for other ops: the C-level calls that gradient rules are written in. Sets of dimensions are bit masks.
from libc.stdint cimport uint64_t
from lucet._tensor cimport Tensor

cdef uint64_t all_dims(int ndim) noexcept nogil
cdef uint64_t dims_mask(object dim, int ndim, const char* op) except? 0
cdef Py_ssize_t count_in(Tensor a, uint64_t mask) noexcept
cdef Tensor new_reduced(Tensor a, uint64_t mask, bint keepdim, int code)
cdef int reduce_into(int op, Tensor a, uint64_t mask, Tensor out, int how, Tensor out2=*, int how2=*, double p=*) except -1
cdef Tensor sum_dims(Tensor a, uint64_t mask, bint keepdim)
cdef Tensor mean_dims(Tensor a, uint64_t mask, bint keepdim)
cdef Tensor sum_to(Tensor g, int ndim, const Py_ssize_t* shape)
cdef Tensor spread(Tensor g, uint64_t mask, uint64_t present, int ndim, const Py_ssize_t* shape)
cdef Tensor spread_like(Tensor g, uint64_t mask, bint keepdim, Tensor a)
