# The generator and fills from it, for other ops.
from lucet._kernels.kernels cimport Draw
from lucet._tensor cimport Tensor

cdef extern from "micro/mt19937.h" nogil:
    ctypedef struct mt_state:
        pass

cdef class Generator:
    cdef mt_state state
    cdef void* lock
    cdef unsigned long busy       # the fork epoch in which a fill without the interpreter lock began, 0 when none runs
    cdef object __weakref__

cdef Generator source(Generator generator)
cdef int fill(Tensor t, Generator g, int draw, int code, Draw* what, int cost_ns) except -1
