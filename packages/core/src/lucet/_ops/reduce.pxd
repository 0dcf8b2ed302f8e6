# Reductions for other ops: the C-level calls that gradient rules are written in. Sets of dimensions are bit masks.
from libc.stdint cimport uint64_t
from lucet._engine cimport Node
from lucet._kernels.kernels cimport lines_fn, rows_fn, LoopArgs
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
cdef Tensor store_out(Tensor y, Tensor out, const char* name, bint will_record)
cdef Tensor store_same(Tensor y, Tensor out, const char* name, bint will_record)
cdef object store_pair(object kind, Tensor values, Tensor indices, object out, const char* name, bint will_record)
cdef Tensor foldable(Tensor a, const char* name)
cdef Tensor whole(Tensor a, const char* name)
cdef bint flag(object keepdim, const char* name) except -1
cdef int one_dim(object dim, int ndim, const char* name) except -1
cdef int record_shared(Tensor y, Tensor a, uint64_t mask, bint keepdim, const char* label) except -1
cdef int edge_shape(Node n, int i, Py_ssize_t* shape) except -1

# Lines along one dimension: operands seen as (outer, length, inner), each with its own length, without gaps.
cdef int run_lines(
    lines_fn fn, LoopArgs* args, int count, char** data, const int* sizes, const Py_ssize_t* lengths, Py_ssize_t outer, Py_ssize_t inner,
    Py_ssize_t n, int cost, Py_ssize_t scratch, bint backwards=*
) except -1
cdef int run_rows(rows_fn fn, char* out, const char* a, const char* b, int out_step, int size, Py_ssize_t n, Py_ssize_t rows, int cost) except -1
cdef int around(Tensor a, int dim, Py_ssize_t* outer, Py_ssize_t* inner) except -1
cdef Tensor pick(Tensor a, Tensor index, int dim)         # a[index] along dim: shape of index; recorded
cdef Tensor put(Tensor g, Tensor index, int dim, int ndim, const Py_ssize_t* shape)   # g at index among zeros; recorded
cdef object pair_of(object kind, object first, object second)
cdef tuple two_outputs(object out, const char* name)
