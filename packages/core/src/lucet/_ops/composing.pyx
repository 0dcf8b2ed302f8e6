"""What ops written in Python share: their front door, and nodes whose gradient rules are Python functions.

`front` makes the public function of a body: it checks that tensors are tensors, offers the call to modes and subclasses, and
hands the result over to `out=`. `recorded` gives results that were computed without history (by NumPy, by factor.pyx) their node.
"""

from cpython.bytes cimport PyBytes_AS_STRING
from lucet._engine cimport (
    Node, Run, check_inplace, connect, give, grad_of, named as name_node, needs, new_node, requires_grad, save, save_output, saved, set_history,
)
from lucet._modes cimport passed, slow_call, thread_state, view_call
from lucet._ops._loops cimport check_no_internal_overlap
from lucet._ops.convert cimport deliver
from lucet._tensor cimport Tensor, is_plain

from lucet._errors import DtypeError, error
from lucet._ops._loops import out_apart


# --- the front door --------------------------------------------------------------------------------------------------

cdef bint _special(object value):
    """Whether a tensor, or one in a list, has to be offered to a subclass."""
    if isinstance(value, Tensor):
        return not is_plain(value)
    if type(value) is list or type(value) is tuple:
        for part in value:
            if isinstance(part, Tensor) and not is_plain(part):
                return True
    return False


cdef object _handed_over(object result, object out, str name, tuple args, bint cast):
    """A result in `out`, a tensor or a tuple of them."""
    cdef Py_ssize_t i
    if isinstance(result, Tensor):
        if not isinstance(out, Tensor):
            raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
        out_apart(out, name, *args)
        return deliver(result, out, name, cast)
    if not isinstance(out, (tuple, list)) or len(out) != len(result):
        raise TypeError(f"{name}(): argument 'out' must be tuple of {len(result)} Tensors, not {type(out).__name__}")
    for i in range(len(result)):
        _check_part(result[i], out[i], name)
    for i in range(len(result)):
        out_apart(out[i], name, *args)
        deliver(result[i], out[i], name)
    kind = getattr(type(result), "with_out", None)
    return tuple(out) if kind is None else kind(out)


cdef int _check_part(Tensor result, object out, str name) except -1:
    """What `deliver` will say of one of several, before any is written."""
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, but found {type(out).__name__}")
    if (<Tensor>out).code != result.code:
        raise error(DtypeError, f"{name}: Expected out tensor to have dtype {str(result.dtype)[6:]}, but got {str(out.dtype)[6:]} instead")
    return check_no_internal_overlap(<Tensor>out, name.encode())


cdef int _refuse_recording(object value, str name) except -1:
    """`out=` keeps no history, so no tensor among the arguments may want one."""
    if isinstance(value, Tensor):
        if requires_grad(<Tensor>value):
            raise RuntimeError(f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.")
    elif type(value) is list or type(value) is tuple:
        for part in value:                    # of a list in a list nobody asks: no op takes one
            if isinstance(part, Tensor):
                _refuse_recording(part, name)
    return 0


cdef object _wrong_kind(str name, object failure, tuple args, dict kwargs):
    """The TypeError for an attribute that an argument, or a part of one, does not have; None where something else failed."""
    wanted = failure.obj
    if wanted is None and "'NoneType'" not in str(failure):
        return None
    for label, value in [*enumerate(args, 1), *kwargs.items()]:
        if wanted is value or type(value) in (list, tuple) and any(part is wanted for part in value):
            where = f"(position {label})" if isinstance(label, int) else f"'{label}'"
            return TypeError(f"{name}(): argument {where} holds {type(wanted).__name__}, which is of another kind than what is expected there")
    return None


cdef object _computed(object body, str name, tuple args, dict kwargs):
    try:
        return body(*args, **kwargs)
    except AttributeError as failure:
        refused = _wrong_kind(name, failure, args, kwargs)
        if refused is None:
            raise
        raise refused from None


def front(body, str name, tuple required, bint differentiable, bint views, bint casts=False):
    """The public function of `body`. `required` are (position, name) of the arguments that must be tensors.

    With `views`, lazy conjugates reach the body as they are; with `casts`, `out` may have another type that holds the result, and is
    what a body with a `dtype` computes in.
    """
    cdef bint typed = casts and "dtype" in body.__code__.co_varnames[body.__code__.co_argcount:][:body.__code__.co_kwonlyargcount]

    def call(*args, **kwargs):
        cdef Py_ssize_t count = len(args)
        cdef bint special = thread_state().modes != 0
        out = kwargs.pop("out", None) if kwargs else None
        for value in args:
            if _special(value):
                special = True
        for value in kwargs.values():
            if _special(value):
                special = True
        if special or out is not None and _special(out):
            named = kwargs if out is None else kwargs | {"out": out}
            result = view_call(call, args, named) if views else slow_call(call, args, named)
            if result is not passed:
                return result
        for position, parameter in required:
            value = args[position] if position < count else kwargs.get(parameter, call)
            if value is not call and not isinstance(value, Tensor):
                raise TypeError(f"{name}(): argument '{parameter}' (position {position + 1}) must be Tensor, not {type(value).__name__}")
        if out is None:
            return _computed(body, name, args, kwargs)
        if differentiable and thread_state().grad_enabled:
            for value in args:
                _refuse_recording(value, name)
        if typed and isinstance(out, Tensor) and kwargs.get("dtype") is None:
            kwargs["dtype"] = out.dtype
        return _handed_over(_computed(body, name, args, kwargs), out, name, args, casts)

    call.__wrapped__ = body
    return call


# --- gradient rules in Python ----------------------------------------------------------------------------------------

cdef int python_vjp(Node n, Tensor g, Run run) except -1:
    cdef int i, inputs = n.num_edges
    cdef Tensor t
    cdef list kept = []
    rule, numbers, options = n.extra
    for i in range(len(numbers)):
        value = saved(n, i)
        if numbers[i] is not None and isinstance(value, Tensor):
            t = <Tensor>value
            if t.node is n:                # re-attached for a second derivative
                t.output_nr = numbers[i]
        kept.append(value)
    grads = [grad_of(run, n, i) for i in range(n.num_outputs)]
    wanted = [needs(n, i) for i in range(inputs)]
    found = rule(wanted, grads, kept, options)
    for i in range(inputs):
        if wanted[i] and found[i] is not None:
            give(run, n, i, <Tensor>found[i])
    return 0


cdef dict _labels = {}            # text -> bytes, which nodes point at


cdef const char* _lasting(str label) except NULL:
    if label not in _labels:
        _labels[label] = label.encode()
    return PyBytes_AS_STRING(_labels[label])


def named(Tensor result not None, str label) -> Tensor:
    """`result`, which other ops have just recorded, under the name of the op that they make up."""
    return name_node(result, _lasting(label))


def is_recorded(*inputs) -> bool:
    """Whether results of these tensors will have a history."""
    if not thread_state().grad_enabled:
        return False
    for t in inputs:
        if isinstance(t, Tensor) and requires_grad(<Tensor>t):
            return True
    return False


def check_written(Tensor t not None, str label):
    """Raise unless `t` may be written in place: for ops that draw before they write."""
    check_inplace(t, is_recorded(t), _lasting(label))
    check_no_internal_overlap(t, _lasting(label))


def recorded(str label, rule, tuple inputs, tuple outputs, tuple keep, options=None):
    """Make `outputs` the results of a node over `inputs`, if one of them wants a gradient.

    `rule(wanted, grads, kept, options)` returns a gradient, or None, for each input; `grads` are those of the outputs, None where
    none arrived; `kept` are the tensors of `keep`, which are inputs or outputs.
    """
    cdef Node n
    cdef int i, k
    cdef list numbers = []
    if not is_recorded(*inputs):
        return
    n = new_node(python_vjp, _lasting(label), len(inputs))
    for i in range(len(inputs)):
        connect(n, i, <Tensor>inputs[i])
    for i in range(len(outputs)):
        set_history(n, <Tensor>outputs[i], i)
    for k in range(len(keep)):
        numbers.append(None)
        for i in range(len(outputs)):
            if keep[k] is outputs[i]:
                numbers[k] = i
        if numbers[k] is None:
            save(n, k, keep[k])
        else:
            save_output(n, k, <Tensor>keep[k])
    n.extra = (rule, tuple(numbers), options)
