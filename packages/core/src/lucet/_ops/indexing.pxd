# Picking and writing by index, for other ops. Recorded; indices are checked inside.
from lucet._tensor cimport Tensor

cdef Tensor index_of(Tensor a, list indices, const char* name)
cdef Tensor index_sum(Tensor g, list indices, int ndim, const Py_ssize_t* shape)
cdef Tensor put_into(Tensor a, list indices, Tensor value, bint accumulate, const char* name)
cdef Tensor gather_along(Tensor a, int dim, Tensor index, Tensor out)
cdef Tensor scatter_into(Tensor a, int dim, Tensor index, Tensor source, int kind, const char* name)
cdef Tensor masked_fill_of(Tensor a, Tensor mask, object value)

cdef enum ScatterKind:
    SCATTER_SET
    SCATTER_ADD
    SCATTER_MUL
    SCATTER_MAX
    SCATTER_MIN
