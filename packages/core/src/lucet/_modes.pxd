# Thread-local switches that ops read on their way in. One call gives the thread's record.
from cpython.object cimport PyObject

cdef extern from *:
    """
    typedef struct {
        int grad_enabled;               /* record a graph (torch's GradMode) */
        int inference;                  /* inside inference_mode: tensors without versions */
        int modes;                      /* how many interception modes are active: 0 keeps the fast path */
        int no_subclass;                /* depth of DisableTorchFunctionSubclass */
        PyObject *mode_stack;           /* list of active modes, innermost last; NULL while never used */
        PyObject *generator;            /* generator that replaces the default one in this thread, or NULL */
        PyObject *run;                  /* backward run whose rule this thread is in and that wants some gradients only, or NULL */
    } lucet_thread_state;
    """
    ctypedef struct ThreadState "lucet_thread_state":
        int grad_enabled
        int inference
        int modes
        int no_subclass
        PyObject* mode_stack
        PyObject* generator
        PyObject* run

cdef ThreadState* thread_state() noexcept nogil
cdef object passed                      # what slow_call returns when nobody took the call
cdef object slow_call(object op, tuple args, dict kwargs)
cdef object view_call(object op, tuple args, dict kwargs)    # the same, of ops that know of lazy conjugates
cdef object resolved_call(object op, tuple args, dict kwargs)
# What check_argument says of an argument, as bits.
cdef enum Argument:
    IS_LAZY = 1                 # a lazy conjugate, which most ops have to be spared
    ON_META = 2
    ON_CPU = 4                  # ... with dimensions: one without goes with every device

cdef int (*check_argument)(object arg) except -1     # set by _tensor: refuses tensors whose elements are gone
cdef object (*resolved_copy)(object lazy)            # set by complex_numbers: a new tensor with the elements of a lazy conjugate
cdef int (*written)(object copy, object lazy) except -1      # and what an op changed in such a copy is brought to the lazy one
