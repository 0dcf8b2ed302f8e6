# Copies and conversions with history, for other ops.
from lucet._tensor cimport Tensor

cdef Tensor clone_of(Tensor a)
cdef Tensor cast_to(Tensor a, int code)               # recorded conversion; itself when the type is the same
cdef Tensor copy_inplace(Tensor target, Tensor source)
cdef Tensor contiguous_of(Tensor a)
cpdef Tensor deliver(Tensor result, Tensor out, str op, bint cast=*)  # hands a computed result over to out=
