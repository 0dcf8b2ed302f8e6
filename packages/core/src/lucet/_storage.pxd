# Storage: one block of memory that tensors share. Knows no shape and no element type.
from cpython.object cimport PyObject

cdef extern from "block.h":
    ctypedef struct Block "lucet_block":
        char* data
        size_t size
        long refs
        int kind
        int readonly
        Block* next

cdef enum DeviceCode:
    CPU
    META

cdef class Deferred:
    """How to fill a block whose bytes nobody has asked for yet, from one or two other storages in the hidden layout."""
    cdef Storage source, other  # what it reads; whoever is about to write or turn one of them calls finish_readers first
    cdef PyObject* target       # the storage to be filled, borrowed; NULL once that is done or no longer wanted
    cdef void fill(self, char* to) noexcept

cdef class Storage:
    cdef Block* block           # NULL on the meta device
    cdef Py_ssize_t used        # bytes in use; the block may be larger
    cdef Py_ssize_t reach       # the most bytes it ever had: tensors made then may still look there, so the block keeps them
    cdef bint guarded           # used < reach, or on meta: ops look before they read (is_plain)
    cdef int device
    cdef bint can_resize
    # A hidden layout, when channels > 0: the block holds images channels-last, [pixel][channel], while the tensors over
    # it report [channel][pixel]. storage_data() turns it to the plain one first; who knows the layout asks raw_data().
    cdef Py_ssize_t channels
    cdef Py_ssize_t pixels
    cdef int itemsize
    cdef Deferred deferred      # how to fill the block, where that has been put off; then channels > 0. Else None
    cdef Py_ssize_t readers     # how many Deferred have this as a source

cdef Storage new_storage(Py_ssize_t nbytes, int device)
cdef int storage_resize(Storage s, Py_ssize_t nbytes) except -1
cdef Storage storage_from_object(object buffer_owner, bint writable)

cdef void turn_planes(const char* source, char* target, Py_ssize_t images, Py_ssize_t rows, Py_ssize_t cols, int itemsize) noexcept
cdef void settle(Storage s) noexcept    # give up the hidden layout

cdef void defer(Storage s, Deferred work, Storage source, Storage other) noexcept
cdef void finish(Storage s) noexcept            # fill the block now
cdef void finish_readers(Storage s) noexcept    # fill all blocks that are to be filled from this one

# The one way to the bytes of a storage.
cdef inline char* storage_data(Storage s) noexcept:
    if s.channels:
        settle(s)
    return s.block.data if s.block != NULL else NULL

# The bytes as they lie, for those who know the hidden layout (lucet._ops._layout).
cdef inline char* raw_data(Storage s) noexcept:
    if s.deferred is not None:
        finish(s)
    return s.block.data
cdef Storage storage_of_view(void* view, char* data, Py_ssize_t nbytes, bint readonly)
cdef Storage storage_of_foreign(void* owner, void (*release)(void*) noexcept, char* data, Py_ssize_t nbytes, bint readonly)
cdef void hold_block(Block* b) noexcept         # for those who keep a block without its storage
cdef void release_block(Block* b) noexcept
