# Elementwise iteration: broadcasting, coalescing, conversion of element types, splitting over threads.
from lucet._kernels.kernels cimport loop_fn, LoopArgs
from lucet._tensor cimport Tensor

cdef enum:
    MAX_OPERANDS = 4

# One operand of a loop. shape/strides describe it before broadcasting; loop_code is the type that the loop works in.
cdef struct Operand:
    char* data
    int ndim
    const Py_ssize_t* shape
    const Py_ssize_t* strides
    int code
    int loop_code
    Py_ssize_t own[4]          # strides of a hidden layout

# About how many nanoseconds one element costs on one core; decides when threads and releasing the lock pay.
cdef enum Cost:
    CHEAP = 1          # memory-bound: a quarter of a nanosecond, counted in quarters
    MATH = 6
    DEAR = 24

cdef void operand_of(Tensor t, int loop_code, Operand* op) noexcept
cdef void operand_as_it_lies(Tensor t, int loop_code, Operand* op) noexcept
cdef void operand_of_scalar(char* value, int code, Operand* op) noexcept
cdef int iterate(loop_fn fn, LoopArgs* args, int count, Operand* ops, int cost) except -1
cdef void run_contiguous(loop_fn fn, LoopArgs* args, int count, char** data, const Py_ssize_t* steps, Py_ssize_t n, int cost)
cdef int broadcast2(Tensor a, Tensor b, Py_ssize_t* shape, const char* op) except -1
cdef int check_out_overlap(Tensor out, Tensor a, const char* op, bint may_coincide=*) except -1
cdef bint overlaps_itself(Tensor t) noexcept
cdef int check_no_internal_overlap(Tensor out, const char* op) except -1
cdef int warn_of_overlap(Tensor out, str op, str form=*) except -1
cdef int prepare_out(Tensor out, int ndim, const Py_ssize_t* shape, int code, const char* op) except -1
cdef int lay_out_as(Tensor out, Tensor model) except -1
cdef int convert_into(Tensor target, Tensor source) except -1
cdef Tensor converted(Tensor a, int code)
cdef Tensor contiguous(Tensor a)
cdef Tensor widened(Tensor a)
