# What the norms of rows share with batch norm.
from lucet._tensor cimport Tensor

cdef double* row_of(Tensor t, Py_ssize_t k) noexcept
cdef Tensor rows_of(Py_ssize_t rows, Py_ssize_t channels, int code)
cdef tuple normalized(Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor var, double eps, const char* label)
cdef int check_parameter(Tensor t, Tensor x, Py_ssize_t channels, str op_name, str name) except -1
cdef int check_floating(Tensor x, str op_name) except -1
cdef int check_statistics(Tensor x, Tensor running_mean, Tensor running_var, bint training, str op_name) except -1
cdef int move_statistics(Tensor running, Tensor stats, Py_ssize_t k, double momentum, double factor) except -1
