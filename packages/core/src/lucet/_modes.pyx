"""Thread-local switches (grad mode, inference mode, interception modes, generator override) and the interception point.

An op's front door asks `thread_state().modes` and each argument's subclass flag; when both are clear, nothing here runs.
"""

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_DECREF

from lucet._errors import DeviceError, error, explained

cdef extern from *:
    """
    static __thread lucet_thread_state lucet_this_thread = {1, 0, 0, 0, NULL, NULL, NULL};
    static __thread struct { int depth, asked; } lucet_always = {0, 1};
    """
    ctypedef struct Always:
        int depth           # how many forward-mode levels are open: inside, recording is never off, for tangents need the graph
        int asked           # what no_grad and its kin asked for meanwhile
    ThreadState this_thread "lucet_this_thread"
    Always always "lucet_always"

# Every op is entered here: the same one step as Cython's own entry, with a look at the names of arguments, where there are any,
# and at the error, where there is one. The names may be NumPy's (`axis`). The error, because Cython writes a function's name
# into those of its argument parser when it compiles the function, so that an op made by a factory would call itself
# `function()` whatever its __name__ says later.
cdef extern from *:
    """
    static void lucet_explain(PyObject *op);
    static PyObject *lucet_resolved_call(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames);
    static PyObject *lucet_lazily_written;
    static PyObject *lucet_old_form(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames);
    static PyObject *lucet_own_names(PyObject *op, Py_ssize_t count, PyObject *kwnames);
    typedef PyObject *(*lucet_call)(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames);

    /* What `again` makes of a call that ended in an error; that error stays where it answers NotImplemented. */
    static PyObject *lucet_again(lucet_call again, PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames) {
        PyObject *kind, *value, *traceback, *result;
        PyErr_Fetch(&kind, &value, &traceback);
        result = again(op, args, count, kwnames);
        if (result == Py_NotImplemented) {
            Py_CLEAR(result);
            PyErr_Restore(kind, value, traceback);
        } else {
            Py_XDECREF(kind);
            Py_XDECREF(value);
            Py_XDECREF(traceback);
        }
        return result;
    }

    /* What an op answers instead of an error: a lazy conjugate that it would have written as it lies is resolved first, and a call in an
     * old form is brought to the one of today. */
    static PyObject *lucet_answer(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames) {
        PyObject *result = NULL;
        if (lucet_lazily_written && PyErr_ExceptionMatches(lucet_lazily_written))
            result = lucet_again(lucet_resolved_call, op, args, count, kwnames);
        else if (PyErr_ExceptionMatches(PyExc_TypeError))
            result = lucet_again(lucet_old_form, op, args, count, kwnames);
        if (result == NULL)
            lucet_explain(op);
        return result;
    }

    static inline PyObject *lucet_called(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames) {
        PyCFunction body = ((PyCFunctionObject *)op)->m_ml->ml_meth;
        return ((lucet_call)(void (*)(void))body)(op, args, count, kwnames);
    }

    /* for bodies with *args, which take a tuple and a dict */
    static PyObject *lucet_variadic_called(PyObject *op, PyObject *const *args, Py_ssize_t count, PyObject *kwnames) {
        PyCFunctionWithKeywords body = (PyCFunctionWithKeywords)(void (*)(void))((PyCFunctionObject *)op)->m_ml->ml_meth;
        Py_ssize_t named = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
        PyObject *result = NULL, *keywords = NULL, *positional = PyTuple_New(count);
        if (positional == NULL)
            return NULL;
        for (Py_ssize_t i = 0; i < count; i++)
            PyTuple_SET_ITEM(positional, i, Py_NewRef(args[i]));
        if (named && (keywords = PyDict_New()) == NULL)
            goto done;
        for (Py_ssize_t i = 0; i < named; i++)
            if (PyDict_SetItem(keywords, PyTuple_GET_ITEM(kwnames, i), args[count + i]) < 0)
                goto done;
        result = body(op, positional, keywords);
    done:
        Py_DECREF(positional);
        Py_XDECREF(keywords);
        return result;
    }

    static int lucet_is_numpys(PyObject *name) {
        const char *s = PyUnicode_IS_COMPACT_ASCII(name) ? (const char *)PyUnicode_1BYTE_DATA(name) : "";
        switch (s[0]) {
        case 'a': return s[1] == 0 || strcmp(s, "axis") == 0;
        case 'k': return strcmp(s, "keepdims") == 0;
        case 'x': return s[1] == 0 || ((s[1] == '1' || s[1] == '2') && s[2] == 0);
        default: return 0;
        }
    }

    static inline PyObject *lucet_entered(lucet_call call, PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames) {
        Py_ssize_t count = PyVectorcall_NARGS(nargsf);
        PyObject *result, *names = NULL;
        for (Py_ssize_t i = kwnames ? PyTuple_GET_SIZE(kwnames) : 0; i-- > 0 && names == NULL;)
            if (__builtin_expect(lucet_is_numpys(PyTuple_GET_ITEM(kwnames, i)), 0))
                names = lucet_own_names(op, count, kwnames);
        result = call(op, args, count, names ? names : kwnames);
        if (__builtin_expect(result == NULL, 0))
            result = lucet_answer(op, args, count, names ? names : kwnames);
        Py_XDECREF(names);
        return result;
    }

    static PyObject *lucet_entry(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames) {
        return lucet_entered(lucet_called, op, args, nargsf, kwnames);
    }

    static PyObject *lucet_variadic_entry(PyObject *op, PyObject *const *args, size_t nargsf, PyObject *kwnames) {
        return lucet_entered(lucet_variadic_called, op, args, nargsf, kwnames);
    }

    static int lucet_enter_named(PyObject *op) {
        Py_ssize_t at = Py_TYPE(op)->tp_vectorcall_offset;
        int flags = ((PyCFunctionObject *)op)->m_ml->ml_flags;
        vectorcallfunc entry = flags == (METH_FASTCALL | METH_KEYWORDS)  ? lucet_entry
                               : flags == (METH_VARARGS | METH_KEYWORDS) ? lucet_variadic_entry
                                                                         : NULL;
        if (entry == NULL || at <= 0)
            return 0;
        *(vectorcallfunc *)((char *)op + at) = entry;
        return 1;
    }

    static const char *lucet_compiled_name(PyObject *op) { return ((PyCFunctionObject *)op)->m_ml->ml_name; }
    """
    int lucet_enter_named(object op)
    const char* lucet_compiled_name(object op)
    PyObject* lucet_lazily_written

cdef extern from "Python.h":
    void PyErr_Fetch(PyObject** kind, PyObject** value, PyObject** traceback)
    void PyErr_NormalizeException(PyObject** kind, PyObject** value, PyObject** traceback)
    void PyErr_Restore(PyObject* kind, PyObject* value, PyObject* traceback)
    int PyException_SetTraceback(PyObject* value, PyObject* traceback)
    enum: CO_VARKEYWORDS


cdef void lucet_explain "lucet_explain"(object op) noexcept:
    """Put the error that is set into the op's words; one that cannot be read stays as it is."""
    cdef PyObject* kind
    cdef PyObject* value
    cdef PyObject* traceback
    PyErr_Fetch(&kind, &value, &traceback)
    PyErr_NormalizeException(&kind, &value, &traceback)
    if traceback != NULL:
        PyException_SetTraceback(value, traceback)
    try:
        told = explained(<object>value, op.__name__, lucet_compiled_name(op).decode())
    except Exception:
        told = <object>value
    if <PyObject*>told != value:
        Py_INCREF(told)
        Py_DECREF(<object>value)
        value = <PyObject*>told
        told_kind = type(told)
        Py_INCREF(told_kind)
        Py_DECREF(<object>kind)
        kind = <PyObject*>told_kind
    PyErr_Restore(kind, value, traceback)


cdef dict _own_names = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
cdef dict _translations = {}             # process-wide: {(op, how many arguments have no name, names): names as the op has them}


cdef tuple _translated(object op, Py_ssize_t count, tuple given):
    """`given`, the names of arguments behind `count` without, with the op's own in the place of NumPy's.

    None where that would be no better: the op has the name itself, or has not what it stands for, or has been given that already.
    """
    code = getattr(op, "__wrapped__", op).__code__          # of a composed op, the body's
    if code.co_flags & CO_VARKEYWORDS:
        return None
    known = code.co_varnames[:code.co_argcount + code.co_kwonlyargcount]
    cdef list names = []
    for name in given:
        own = _own_names.get(name) if name not in known else None
        if own is not None and own not in known[min(count, code.co_argcount):]:
            return None
        names.append(name if own is None else own)
    return tuple(names) if len(set(names)) == len(names) and names != list(given) else None


cdef PyObject* lucet_own_names "lucet_own_names"(object op, Py_ssize_t count, PyObject* kwnames) noexcept:
    """The names to call `op` with; NULL where it is to get those that were given."""
    given = <tuple><object>kwnames
    key = (op, count, given)
    names = _translations.get(key)
    if names is None:
        names = _translated(op, count, given)
        if names is None:
            return NULL
        _translations[key] = names
    Py_INCREF(names)
    return <PyObject*>names


# --- old forms of calls -----------------------------------------------------------------------------------------------

old_forms = {}                           # {op: what makes (args, kwargs) that the op refused out of an old form of it, or NotImplemented}


cdef object _keywords(PyObject* const* args, Py_ssize_t count, PyObject* kwnames):
    """The named arguments of a call, behind `count` without names."""
    cdef Py_ssize_t i
    if kwnames == NULL:
        return {}
    names = <tuple><object>kwnames
    return {names[i]: <object>args[count + i] for i in range(len(names))}


cdef object lucet_old_form "lucet_old_form"(object op, PyObject* const* args, Py_ssize_t count, PyObject* kwnames):
    """What an op that has raised TypeError answers to an old form of its call; NotImplemented where it has none."""
    cdef Py_ssize_t i
    form = old_forms.get(op)
    return NotImplemented if form is None else form(tuple([<object>args[i] for i in range(count)]), _keywords(args, count, kwnames))


# --- lazy conjugates -------------------------------------------------------------------------------------------------
# A tensor whose elements are the conjugates of what its storage holds is no plain one, so the ops that do not know of the bit (all but
# views, copies and questions) come here by way of `slow_call` and are called again with copies that hold what they say. A tensor that
# an op meets only as `out=`, or changes in place, is found where writing is checked: `LazilyWritten`, which leads here as well.

class LazilyWritten(RuntimeError):
    """An op was about to write a lazy conjugate as if it were none. Raised before anything is changed."""


cdef int _set_lazily_written() except -1:
    global lucet_lazily_written
    Py_INCREF(LazilyWritten)
    lucet_lazily_written = <PyObject*>LazilyWritten


_set_lazily_written()
cdef object (*resolved_copy)(object lazy)
cdef int (*written)(object copy, object lazy) except -1


cdef int _checked(tuple args, dict kwargs) except -1:
    """What is among the arguments, in lists as well, as bits of `Argument`."""
    cdef int found = 0
    for arg in args:
        found |= _checked_argument(arg)
    if kwargs:
        for arg in kwargs.values():
            found |= _checked_argument(arg)
    return found


cdef int _checked_argument(object arg) except -1:
    cdef int found = 0
    if type(arg) is not list and type(arg) is not tuple:
        return check_argument(arg)
    for part in arg:
        found |= check_argument(part)
    return found


cdef object _resolved(object value, dict copies):
    """`value` with resolved copies in place of lazy conjugates, which `copies` holds by the address of the lazy one."""
    if type(value) is list or type(value) is tuple:
        return type(value)([_resolved(part, copies) if check_argument(part) & IS_LAZY else part for part in value])
    if not check_argument(value) & IS_LAZY:
        return value
    found = copies.get(id(value))
    if found is None:
        copies[id(value)] = found = (resolved_copy(value), value)
    return found[0]


cdef object _given_back(object value, dict lazy):
    """A result with the lazy conjugates that it is made of, where it holds their copies: of ops that return what they were given."""
    if isinstance(value, tuple) and lazy and any([id(part) in lazy for part in value]):
        parts = [lazy.get(id(part), part) for part in value]
        return type(value)(parts)
    return lazy.get(id(value), value)


cdef object resolved_call(object op, tuple args, dict kwargs):
    """The op on resolved copies of its lazy arguments. What it wrote into a copy is written through the lazy one."""
    cdef dict copies = {}
    cdef tuple values = tuple([_resolved(arg, copies) for arg in args])
    if kwargs:
        result = op(*values, **{name: _resolved(value, copies) for name, value in kwargs.items()})
    else:
        result = op(*values)
    for copy, lazy in copies.values():
        written(copy, lazy)
    return _given_back(result, {id(copy): lazy for copy, lazy in copies.values()})


cdef object lucet_resolved_call "lucet_resolved_call"(object op, PyObject* const* args, Py_ssize_t count, PyObject* kwnames):
    """The same from an op's entry, which met `LazilyWritten`; NotImplemented where no argument is lazy."""
    cdef Py_ssize_t i
    cdef dict named = _keywords(args, count, kwnames)
    cdef tuple values = tuple([<object>args[i] for i in range(count)])
    return resolved_call(op, values, named) if _checked(values, named) & IS_LAZY else NotImplemented


def name_in_errors(op) -> bool:
    """Let `op`, a compiled function, call itself by its __name__ in errors and take NumPy's names; False where it can't."""
    return type(op).__name__ == "cython_function_or_method" and lucet_enter_named(op) != 0


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
    return (always.asked if always.depth or this_thread.inference else this_thread.grad_enabled) != 0


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`."""
    return this_thread.inference != 0


def _set_grad_enabled(bint mode):
    if always.depth or this_thread.inference:      # nothing is recorded in inference mode, whatever is asked for
        always.asked = mode
    else:
        this_thread.grad_enabled = mode


def _record_always(int step):
    """Begin (1) or end (-1) a time in which everything is recorded, whatever no_grad says."""
    if always.depth == 0 and not this_thread.inference:
        always.asked = this_thread.grad_enabled
    always.depth += step
    this_thread.grad_enabled = True if always.depth else always.asked and not this_thread.inference


def _set_inference(bint mode):
    if always.depth == 0:
        if mode and not this_thread.inference:
            always.asked = this_thread.grad_enabled
        this_thread.grad_enabled = not mode and (always.asked if this_thread.inference else this_thread.grad_enabled)
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


def _modes_in_force():
    """What of this thread another one needs, to see ops as this one does: `_adopt_modes(*...)` there."""
    stack = tuple(<list><object>this_thread.mode_stack) if this_thread.mode_stack != NULL else ()
    return is_grad_enabled(), this_thread.inference != 0, this_thread.no_subclass, stack


def _adopt_modes(bint grad=True, bint inference=False, int no_subclass=0, tuple stack=()):
    """Set this thread's switches; without arguments to those of a new thread. A stack of None stays, and so the generator."""
    if stack is not None:
        while this_thread.modes:
            _pop_mode()
        for mode in stack:
            _push_mode(mode)
    always.asked = grad
    this_thread.grad_enabled = grad and not inference
    this_thread.inference = inference
    this_thread.no_subclass = no_subclass


cdef int (*check_argument)(object arg) except -1


# Ops that ask tensors of two devices for no more than their shapes and types, or move elements.
ACROSS_DEVICES = frozenset("result_type can_cast is_same_size data_ptr".split())
# Ops that take indices on the CPU for a tensor on meta, which is the argument of this number.
PICKED_FROM = {"index_select": 0, "gather": 0, "index_put": 0, "index_put_": 0, "embedding": 1}


cdef bint _picks_from_meta(str name, tuple args, dict kwargs) except -1:
    at = PICKED_FROM.get(name)
    return at is not None and len(args) > at and check_argument(args[at]) == ON_META and "out" not in kwargs


cdef object slow_call(object op, tuple args, dict kwargs):
    """Offer the call to the innermost mode, else to the arguments' `__torch_function__`; `passed` when nobody wants it.

    Where nobody does and an argument is a lazy conjugate, the op is called again with resolved arguments.
    """
    cdef int found = 0 if this_thread.modes else _checked(args, kwargs)
    result = _offer(op, args, kwargs, args, kwargs)
    if result is not passed:
        return result
    if found & ON_META and found & ON_CPU and op.__name__ not in ACROSS_DEVICES and not _picks_from_meta(op.__name__, args, kwargs):
        raise error(
            DeviceError, f"{op.__name__}: Expected all tensors to be on the same device, but found at least two devices, meta and cpu!",
            fix="move what is on meta with to_empty(device='cpu') and give it values, or the others with .to('meta')",
        )
    return resolved_call(op, args, kwargs) if found & IS_LAZY else passed


cdef object view_call(object op, tuple args, dict kwargs):
    """`slow_call` of ops that lazy conjugates go through as they are: views, copies, and what looks at no element."""
    if not this_thread.modes:
        _checked(args, kwargs)
    return _offer(op, args, kwargs, args, kwargs)


cdef object _offer(object op, tuple relevant, dict named, tuple args, dict kwargs):
    """The same, where the types of `relevant` and `named` decide who is asked."""
    cdef list stack
    cdef tuple types
    if this_thread.modes:
        stack = _stack()
        mode = stack[len(stack) - 1]
        _pop_mode()
        try:
            return mode.__torch_function__(op, _overriding_types(relevant, named), args, kwargs)
        finally:
            _push_mode(mode)
    if this_thread.no_subclass:
        return passed
    types = _overriding_types(relevant, named)
    if not types:
        return passed
    for kind in types:
        result = kind.__torch_function__(op, types, args, kwargs)
        if result is not NotImplemented:
            return result
    raise TypeError(
        f"no implementation found for 'lucet.{op.__name__}' on types that implement __torch_function__: {list(types)}"
    )


def _is_overridden(tuple relevant):
    """Whether a mode or the `__torch_function__` of an argument would be asked."""
    return this_thread.modes > 0 or (not this_thread.no_subclass and bool(_overriding_types(relevant, {})))


def _offered(op, tuple relevant, tuple args, dict kwargs):
    """(whether somebody took the call, the result)."""
    result = _offer(op, relevant, {}, args, kwargs)
    return result is not passed, None if result is passed else result


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
        if kind in plain_types or kind in found:
            continue
        hook = getattr(kind, "__torch_function__", None)
        if hook is None or hook is _disabled_torch_function_impl:
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
