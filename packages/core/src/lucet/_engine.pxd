# Node, recording, and the backward walk. Knows Tensor, knows no op.
from cpython.object cimport PyObject
from lucet._tensor cimport Tensor, F_REQUIRES_GRAD, F_INFERENCE
from lucet._modes cimport thread_state

ctypedef int (*vjp_fn)(Node n, Tensor g, Run run) except -1

# What one run knows of one node. Lives as long as the run, so two runs may walk the same graph.
cdef struct Claim:
    PyObject* run
    PyObject* node              # owned
    Py_ssize_t deps             # edges into the node that this run has not walked yet
    bint needed                 # on a path to something the caller asked for
    PyObject** grads            # gradients of the outputs so far, owned, NULL where none arrived
    PyObject* first             # room for the common single output
    Claim* next

cdef class Node:
    cdef vjp_fn vjp
    cdef const char* label      # torch's name, "AddBackward0"
    cdef unsigned long long seq
    cdef int num_edges
    cdef int num_outputs
    cdef Node e0
    cdef Node e1
    cdef Node e2
    cdef unsigned int nr0
    cdef unsigned int nr1
    cdef unsigned int nr2
    cdef list more_edges        # [(Node or None, output_nr)] from the fourth on
    cdef object s0              # saved: tensors or plain values
    cdef object s1
    cdef object s2
    cdef list more_saved        # [(value, version, is_output)] from the fourth on
    cdef unsigned int v0
    cdef unsigned int v1
    cdef unsigned int v2
    cdef unsigned int marks     # M_* below
    cdef double d0
    cdef double d1
    cdef Py_ssize_t i0
    cdef Py_ssize_t i1
    cdef object extra           # whatever an op needs beyond the slots
    cdef int out_code           # element type, shape of output 0
    cdef int out_ndim
    cdef Py_ssize_t out_shape[5]
    cdef list out_more          # [(code, shape)] of all outputs, where one inline record is not enough
    cdef Tensor leaf            # AccumulateGrad: the tensor it adds to
    cdef object hooks           # NodeHooks or None
    cdef object trace           # anomaly mode: where the op was called
    cdef Claim* claim
    cdef object __weakref__

cdef enum Marks:
    M_OUTPUT0 = 1               # the saved value in slot 0 is the node's own output
    M_OUTPUT1 = 2
    M_OUTPUT2 = 4
    M_RELEASED = 8              # saved values were freed by a backward
    M_ACCUMULATE = 16
    M_PYTHON = 32               # a Function written in Python
    M_ONCE = 64                 # its gradient cannot be differentiated again
    M_SAVES = 128               # saved something
    M_ON_META = 256             # its outputs have no elements
    M_OPEN = 512                # a place (_engine_places.pxi) whose derivative is still asked for
    M_DUAL = 1024               # a place of a forward-mode level: a run that captures it goes no further

cdef class Run:
    cdef Claim* head
    cdef Claim* tail
    cdef dict shadow
    cdef Claim** heap
    cdef Py_ssize_t heap_size
    cdef Py_ssize_t heap_room
    cdef bint create_graph
    cdef bint keep_graph
    cdef bint selective
    cdef dict captures          # {(address of node, output_nr): [positions]}
    cdef list captured
    cdef list collected         # gradients of one node's edges while post hooks wait for them

# Ops that the engine itself needs; filled by the ops package.
cdef struct EngineOps:
    Tensor (*add)(Tensor a, Tensor b)
    int (*add_inplace)(Tensor a, Tensor b) except -1
    Tensor (*sum_to)(Tensor g, int ndim, const Py_ssize_t* shape)
    Tensor (*cast)(Tensor g, int code)
    Tensor (*fill)(int code, int ndim, const Py_ssize_t* shape, double value)
    Tensor (*clone)(Tensor g)
    Tensor (*clone_like)(Tensor g, Tensor layout)      # with the strides of `layout`
    Tensor (*as_strided)(Tensor a, Tensor geometry)
    Tensor (*zero_slice)(Tensor g, Tensor geometry)
    Tensor (*conj)(Tensor g)
    Tensor (*resolve)(Tensor g)                        # a lazy conjugate as a tensor that holds what it says

cdef EngineOps engine_ops

# --- recording ------------------------------------------------------------------------------------------------------
cdef inline bint requires_grad(Tensor t) noexcept:
    return t.flags & F_REQUIRES_GRAD != 0 or (t.base is not None and t.base.flags & F_REQUIRES_GRAD != 0 and view_follows(t))

cdef inline bint recording(Tensor a) noexcept:
    return requires_grad(a) and thread_state().grad_enabled

cdef inline bint recording2(Tensor a, Tensor b) noexcept:
    return (requires_grad(a) or requires_grad(b)) and thread_state().grad_enabled

cdef bint view_follows(Tensor t) noexcept
cdef Node new_node(vjp_fn vjp, const char* label, int num_edges)
cdef int connect(Node n, int i, Tensor t) except -1
cdef int set_history(Node n, Tensor out, unsigned int nr) except -1
cdef Node record(Tensor out, vjp_fn vjp, const char* label, Tensor a, Tensor b=*, Tensor c=*)
cdef Node record_gradient(Tensor grad, vjp_fn vjp, const char* label, Tensor g, Node n, int first, int count)
cdef int save(Node n, int slot, object value) except -1
cdef int save_output(Node n, int slot, Tensor out) except -1
cdef object saved(Node n, int slot)
cdef Tensor saved_tensor(Node n, int slot)
cdef int record_view(Tensor out, Tensor a, vjp_fn vjp, const char* label) except -1

cdef inline Tensor named(Tensor y, const char* label):
    """`y`, which a more general op has just recorded, under the name of the op that was called."""
    if y.node is not None:
        (<Node>y.node).label = label
    return y

# --- in place -------------------------------------------------------------------------------------------------------
cdef int check_inplace(Tensor t, bint will_record, const char* op) except -1
cdef int check_change(Tensor t, bint will_record, const char* op) except -1
cdef int rebase(Tensor t, Node n) except -1

# --- inside a gradient rule -----------------------------------------------------------------------------------------
cdef Node edge_node(Node n, int i)
cdef bint needs(Node n, int i)
cdef int give(Run run, Node n, int i, Tensor grad) except -1
cdef int give_zeros(Run run, Node n, int i) except -1
cdef Tensor tied(Tensor grad, Node n, const char* label, int count, bint zeros)
cdef Tensor grad_of(Run run, Node n, int output_nr)
cdef Tensor zeros_of_output(Node n, int output_nr)
