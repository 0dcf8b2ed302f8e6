# View ops and reshapes for other ops: recorded, without the interception point. Dimensions are non-negative and checked by the caller.
from lucet._engine cimport Node, Run, vjp_fn
from lucet._tensor cimport Tensor

cdef int dim_of(object dim, int ndim, const char* op) except -1
cdef int ints_of(tuple args, object named, Py_ssize_t* out, const char* op, const char* name) except -1
cdef int dims_of(object dims, int ndim, int* out, const char* op) except -1
cdef bint intercepted(Tensor t) noexcept
cdef int edge_shape(Node n, int i, Py_ssize_t* shape) except -1
cdef Tensor edge_meta(Node n, int i)
cdef Tensor meta_of(int code, int ndim, const Py_ssize_t* shape)

cdef Tensor shared(Tensor a)
cdef Tensor parts_of(Tensor a)                   # complex numbers as pairs of real ones, and back; the first one has no history
cdef Tensor view_as_real_of(Tensor a)
cdef Tensor imag_of(Tensor a)
cdef Tensor conj_view(Tensor a)
cdef Tensor joined(Tensor a)
cdef Tensor reshape_to(Tensor a, int ndim, const Py_ssize_t* shape)
cdef Tensor expand_to(Tensor a, int ndim, const Py_ssize_t* shape)
cdef Tensor permute_by(Tensor a, const int* order)
cdef Tensor transpose_of(Tensor a, int d0, int d1)
cdef Tensor unsqueeze_at(Tensor a, int dim)
cdef Tensor squeeze_at(Tensor a, int dim)
cdef Tensor select_at(Tensor a, int dim, Py_ssize_t index)
cdef Tensor slice_of(Tensor a, int dim, Py_ssize_t start, Py_ssize_t length, Py_ssize_t step)
cdef Tensor diagonal_of(Tensor a, Py_ssize_t offset, int d0, int d1)

# Between a tensor's own layout and a view's place in it; recorded, each the gradient of the other.
cdef Tensor spread(Tensor g, Tensor place, Tensor layout)
cdef Tensor gathered(Tensor a, Tensor place, Tensor layout)
cdef Tensor without(Tensor a, Tensor place, Tensor layout)
cdef int zero_fill(Tensor v) except -1
cdef int add_into(Tensor target, Tensor g) except -1
cdef bint strides_for(Tensor a, int ndim, const Py_ssize_t* shape, Py_ssize_t* strides) noexcept   # those of a view in that shape; False: none
