# Storage: one block of memory that tensors share. Knows no shape and no element type.
cdef extern from "block.h":
    ctypedef struct Block "lucet_block":
        char* data
        size_t size
        long refs
        int kind
        int readonly

cdef enum DeviceCode:
    CPU
    META

cdef class Storage:
    cdef Block* block           # NULL on the meta device
    cdef Py_ssize_t used        # bytes in use; the block may be larger
    cdef Py_ssize_t reach       # the most bytes it ever had: tensors made then may still look there, so the block keeps them
    cdef bint shrunk            # used < reach: ops look before they read (is_plain)
    cdef int device
    cdef bint can_resize
    cdef void* layout           # reserved for a hidden memory layout; only storage_data reads through it

cdef Storage new_storage(Py_ssize_t nbytes, int device)
cdef int storage_resize(Storage s, Py_ssize_t nbytes) except -1
cdef Storage storage_from_object(object buffer_owner, bint writable)
cdef void hold(Block* b) noexcept
cdef void release(Block* b) noexcept

# The one way to the bytes of a storage.
cdef inline char* storage_data(Storage s) noexcept:
    return s.block.data if s.block != NULL else NULL
cdef Storage storage_of_view(void* view, char* data, Py_ssize_t nbytes, bint readonly)
