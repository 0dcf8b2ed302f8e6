# Tensor: element type, shape, strides and offset over a storage. Knows no op and no graph beyond an opaque node.
from cpython.object cimport PyObject, PyTypeObject, Py_TYPE
from lucet._storage cimport Storage, storage_data, CPU, META
from lucet._dtype cimport itemsize_of

cdef extern from *:
    """
    #define LUCET_MAX_DIMS 64
    #define LUCET_INLINE_DIMS 5
    /* op: who changed the elements last, a constant; NULL for nobody */
    typedef struct lucet_version { long refs; unsigned value; const char *op; struct lucet_version *next; } lucet_version;
    """
    enum:
        MAX_DIMS "LUCET_MAX_DIMS"
        INLINE_DIMS "LUCET_INLINE_DIMS"
    ctypedef struct Version "lucet_version":
        long refs
        unsigned value
        const char* op
        Version* next

cdef enum:
    F_REQUIRES_GRAD = 1       # leaf that wants a gradient, or result of a recorded op
    F_CONTIGUOUS = 2          # row-major without gaps; kept by every function that changes the geometry
    F_INFERENCE = 4           # made in inference mode: no version counter, never in a graph
    F_RETAINS_GRAD = 8
    F_NO_GRAD_VIEW = 16       # view made while recording was off
    F_MULTI_VIEW = 32         # one of several views made by one call (split, unbind)
    F_FUNCTION_ALIAS = 128    # an input that a Function written in Python handed through as an output
    F_INFERENCE_VIEW = 64     # view made in inference mode of a normal tensor
    F_CONJ = 256              # complex: its elements are the conjugates of what the storage holds (`conj`)

cdef class Tensor:
    cdef Storage storage
    cdef Py_ssize_t offset            # elements from the start of the storage
    cdef Py_ssize_t numel_
    cdef Py_ssize_t* shape_           # points at dims, or to the heap above INLINE_DIMS dimensions
    cdef Py_ssize_t* strides          # in elements, after the shape
    cdef Py_ssize_t dims[10]
    cdef int ndim_
    cdef int code                     # element type
    cdef unsigned int flags
    cdef unsigned int attr_version    # views: the version at which `node` was true
    cdef Version* version             # NULL stands for a private counter at 0
    cdef object node                  # the graph node that computed it (grad_fn), or None
    cdef unsigned int output_nr       # which output of the node it is
    cdef PyObject* accumulator        # borrowed: the live AccumulateGrad node of a leaf
    cdef object grad_                 # Tensor or None
    cdef Tensor base                  # the root tensor this is a view of
    cdef object hooks                 # hooks on a leaf's gradient, or None
    cdef PyObject* attributes         # what Python code set on it (`__dict__`), NULL until then
    cdef object __weakref__

ctypedef object (*binary_slot)(object a, object b)
ctypedef object (*unary_slot)(Tensor a)
ctypedef object (*index_slot)(Tensor a, object index, object value)

cdef enum:
    SLOT_ADD
    SLOT_SUB
    SLOT_MUL
    SLOT_TRUEDIV
    SLOT_FLOORDIV
    SLOT_MOD
    SLOT_POW
    SLOT_MATMUL
    SLOT_AND
    SLOT_OR
    SLOT_XOR
    SLOT_LSHIFT
    SLOT_RSHIFT
    SLOT_LT
    SLOT_LE
    SLOT_EQ
    SLOT_NE
    SLOT_GT
    SLOT_GE
    SLOT_IADD
    SLOT_ISUB
    SLOT_IMUL
    SLOT_ITRUEDIV
    SLOT_IFLOORDIV
    SLOT_IMOD
    SLOT_IPOW
    SLOT_IAND
    SLOT_IOR
    SLOT_IXOR
    SLOT_ILSHIFT
    SLOT_IRSHIFT
    NUM_BINARY_SLOTS

cdef enum:
    SLOT_NEG
    SLOT_POS
    SLOT_ABS
    SLOT_INVERT
    NUM_UNARY_SLOTS

cdef struct Slots:
    binary_slot binary[NUM_BINARY_SLOTS]
    unary_slot unary[NUM_UNARY_SLOTS]
    index_slot getitem
    index_slot setitem

cdef Slots* slots() noexcept
cdef PyTypeObject* parameter_type        # the one subclass that counts as plain, set by register_exact_type

# --- making tensors -------------------------------------------------------------------------------------------------
cdef Tensor bare_tensor(int code, int ndim)
cdef Py_ssize_t checked_numel(int ndim, const Py_ssize_t* shape, int code) except -1
cdef Tensor empty_tensor(int code, int ndim, const Py_ssize_t* shape, int device=*)
cdef Tensor empty_permuted(int code, int ndim, const Py_ssize_t* shape, const int* order, int device)
cdef Tensor empty_like(Tensor a, int code)
cdef Tensor empty_preserved(Tensor a, int code)
cdef Tensor empty_result(int code, int ndim, const Py_ssize_t* shape, int device, Tensor a, Tensor b=*, Tensor c=*)
cdef Tensor scalar_tensor(int code)
cdef Tensor alias(Tensor a)
cdef Tensor view(Tensor a, int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides, Py_ssize_t offset)
cdef Tensor strided_over(Storage storage, int code, Py_ssize_t offset, int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides)
cdef int set_dims(Tensor t, int ndim) except -1
cdef void finish_geometry(Tensor t) noexcept
cdef void set_contiguous(Tensor t) noexcept
cdef bint strides_are_contiguous(int ndim, const Py_ssize_t* shape, const Py_ssize_t* strides) noexcept nogil
cdef void innermost_first(Tensor t, int* order) noexcept
cdef bint is_dense(Tensor t) noexcept
cdef int take_geometry(Tensor t, Tensor source) except -1

# --- versions -------------------------------------------------------------------------------------------------------
cdef void share_version(Tensor source, Tensor target)
cdef void bump(Tensor t, const char* op)
cdef int move_version(Tensor t, const char* op) except -1
cdef inline unsigned version_of(Tensor t) noexcept:
    return t.version.value if t.version != NULL else 0

# --- reading --------------------------------------------------------------------------------------------------------
cdef inline char* data_of(Tensor t) noexcept:
    return storage_data(t.storage) + t.offset * itemsize_of[t.code]

cdef inline bint is_meta(Tensor t) noexcept:
    return t.storage.device == META

cdef inline bint is_contiguous(Tensor t) noexcept:
    return (t.flags & F_CONTIGUOUS) != 0

cdef inline bint is_exact(object t) noexcept:
    """A Tensor or Parameter, no other subclass."""
    return Py_TYPE(t) == <PyTypeObject*>Tensor or Py_TYPE(t) == parameter_type

cdef inline bint is_plain(object t) noexcept:
    """Whether ops may skip the interception point for this argument: no subclass, and its elements are there as they are.

    A tensor whose storage was made smaller goes the slow way, where it is refused (`check_reach`); one on meta, which must not meet
    others; and a lazy conjugate, which is resolved there.
    """
    return is_exact(t) and not (<Tensor>t).flags & F_CONJ and not (<Tensor>t).storage.guarded

cdef inline bint is_lazy(Tensor t) noexcept:
    """Whether the elements are the conjugates of what the storage holds."""
    return (t.flags & F_CONJ) != 0

cdef inline bint same_shape(Tensor a, Tensor b) noexcept:
    cdef int i
    if a.ndim_ != b.ndim_:
        return False
    for i in range(a.ndim_):
        if a.shape_[i] != b.shape_[i]:
            return False
    return True

cdef object shape_tuple(Tensor t)
cdef object read_element(const char* at, int code)
cdef int check_reach(object t) except -1
cdef str describe(Tensor t)
cdef int wrap_dim(object dim, int ndim, const char* op) except -1
cdef Py_ssize_t read_size(object x, const char* what) except? -9223372036854775807

# --- release without recursion (for nodes, which live above) ---------------------------------------------------------
cdef void bury(object thing) noexcept
cdef void drain() noexcept
