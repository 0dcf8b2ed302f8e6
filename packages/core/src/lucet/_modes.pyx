"""Thread-local switches (grad mode, inference mode, interception modes, generator override) and the interception point.

An op's front door asks `thread_state().modes` and each argument's subclass flag; when both are clear, nothing here runs.
"""

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_DECREF

cdef extern from *:
    """
    static __thread lucet_thread_state lucet_this_thread = {1, 0, 0, 0, NULL, NULL};
    """
    ThreadState this_thread "lucet_this_thread"


cdef ThreadState* thread_state() noexcept nogil:
    return &this_thread


class _Passed:
    def __repr__(self):
        return "<nobody took the call>"


passed = _Passed()
plain_types = set()          # Tensor and Parameter: their inherited `__torch_function__` is no reason to take the slow way


def is_grad_enabled() -> bool:
    """Whether operations record a graph in this thread.

    >>> import lucet
    >>> lucet.is_grad_enabled()
    True
    """
    return this_thread.grad_enabled != 0


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`."""
    return this_thread.inference != 0


def _set_grad_enabled(bint mode):
    this_thread.grad_enabled = mode


def _set_inference(bint mode):
    this_thread.inference = mode


def _set_generator(generator):
    """Replace the default generator of this thread (None ends it); returns the one that was set."""
    cdef PyObject* before = this_thread.generator
    if generator is None:
        this_thread.generator = NULL
    else:
        Py_INCREF(generator)
        this_thread.generator = <PyObject*>generator
    if before == NULL:
        return None
    result = <object>before
    Py_DECREF(result)
    return result


cdef list _stack():
    if this_thread.mode_stack == NULL:
        made = []
        Py_INCREF(made)
        this_thread.mode_stack = <PyObject*>made
    return <list><object>this_thread.mode_stack


def _push_mode(mode):
    _stack().append(mode)
    this_thread.modes += 1


def _pop_mode():
    this_thread.modes -= 1
    mode = _stack().pop()
    if not _stack():       # a thread that ends leaves nothing behind
        Py_DECREF(<object>this_thread.mode_stack)
        this_thread.mode_stack = NULL
    return mode


def _no_subclass(int step):
    this_thread.no_subclass += step


cdef int (*check_argument)(object arg) except -1


cdef object slow_call(object op, tuple args, dict kwargs):
    """Offer the call to the innermost mode, else to the arguments' `__torch_function__`; `passed` when nobody wants it."""
    cdef list stack
    cdef tuple types
    if this_thread.modes:
        stack = _stack()
        mode = stack[len(stack) - 1]
        _pop_mode()
        try:
            return mode.__torch_function__(op, _overriding_types(args, kwargs), args, kwargs)
        finally:
            _push_mode(mode)
    for arg in _flatten_once(args, kwargs):
        check_argument(arg)
    if this_thread.no_subclass:
        return passed
    types = _overriding_types(args, kwargs)
    if not types:
        return passed
    for kind in types:
        result = kind.__torch_function__(op, types, args, kwargs)
        if result is not NotImplemented:
            return result
    raise TypeError(
        f"no implementation found for 'lucet.{op.__name__}' on types that implement __torch_function__: {list(types)}"
    )


def _flatten_once(args, kwargs):
    for arg in (*args, *kwargs.values()):
        if type(arg) in (list, tuple):
            yield from arg
        else:
            yield arg


cdef tuple _overriding_types(tuple args, dict kwargs):
    """Types of the arguments with a `__torch_function__` of their own, subclasses before their bases."""
    cdef list found = []
    for arg in _flatten_once(args, kwargs):
        kind = type(arg)
        hook = getattr(kind, "__torch_function__", None)
        if hook is None or hook is _disabled_torch_function_impl or kind in found or kind in plain_types:
            continue
        at = len(found)
        for i, other in enumerate(found):
            if issubclass(kind, other):
                at = i
                break
        found.insert(at, kind)
    return tuple(found)


def _disabled_torch_function_impl(func, types, args=(), kwargs=None):
    """A `__torch_function__` that steps aside: the op runs and its result stays a plain tensor."""
    this_thread.no_subclass += 1
    try:
        return func(*args, **(kwargs or {}))
    finally:
        this_thread.no_subclass -= 1


class DisableTorchFunctionSubclass:
    """Inside this context ops treat tensor subclasses as plain tensors."""

    def __enter__(self):
        _no_subclass(1)
        return self

    def __exit__(self, *exc):
        _no_subclass(-1)


class TorchFunctionMode:
    """A context that sees every op of its thread: override `__torch_function__(func, types, args, kwargs)`.

    While the method runs, the mode itself is inactive, so calling `func` reaches the next mode or the op.
    """

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))

    def __enter__(self):
        _push_mode(self)
        return self

    def __exit__(self, *exc):
        _pop_mode()
