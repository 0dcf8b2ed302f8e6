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
cdef int (*check_argument)(object arg) except -1     # set by _tensor: refuses tensors whose elements are gone
