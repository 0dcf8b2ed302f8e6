# Making tensors from shapes and data, for other ops.
from lucet._dtype cimport Scalar
from lucet._tensor cimport Tensor

cdef Tensor zeros_tensor(int code, int ndim, const Py_ssize_t* shape)
cdef Tensor filled(int code, int ndim, const Py_ssize_t* shape, object value, const char* op=*)
cdef Tensor tensor_of(object data, int code)          # as lucet.tensor; code < 0 infers the type
cdef Tensor empty_formatted(int code, int ndim, const Py_ssize_t* shape, object format, int device)    # with a memory format's strides
cdef int fill_with(Tensor t, object value, const char* op) except -1
cdef int check_range(const Scalar* s, int code, const char* op) except -1
cdef int store_checked(const Scalar* s, int code, char* room, const char* op) except -1
cdef object sizes_of(tuple sizes, object size, str name)
cdef int parse_shape(object size, Py_ssize_t* shape, const char* op) except -1
