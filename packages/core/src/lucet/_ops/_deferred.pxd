# Work on images that is put off until somebody asks for the elements, so that what follows can join the same pass:
# batch norm's scale and shift, then the sum with a second tensor, then relu or a clamp.
#
# batch_norm defers (`defer_scaled`); add and relu join where they can and say so (`add_joins`, `clamp_joins`); whoever else takes the
# bytes (`raw_of`, `data_of`), writes or turns a source makes it happen (lucet._storage). Only tensors in the hidden layout
# are ever deferred: their bytes have no other way out. The result has the bits of the same ops one after the other.
from lucet._kernels.kernels cimport norm_shape
from lucet._storage cimport Deferred, Storage
from lucet._tensor cimport Tensor

# y = act((x - mean) * scale + shift + other): y and x hidden, of one shape and type.
cdef class Scaled(Deferred):
    cdef norm_shape p               # rows and channels; size 1
    cdef int slot                   # 0 float32, 1 float64
    cdef Tensor constants           # (3, channels): mean, scale, shift
    cdef Tensor other_constants     # of a sum with another such; None where `other` is taken as it is
    cdef int act
    cdef double low, high

cdef void defer_scaled(Tensor y, Tensor x, const norm_shape* p, Tensor constants) noexcept

# Whether y, with room for the result or one of the operands, now waits for act(a), or a + b. False: nothing happened.
cdef bint clamp_joins(Tensor y, Tensor a, int act, double low, double high) noexcept
cdef bint add_joins(Tensor y, Tensor a, Tensor b) noexcept
