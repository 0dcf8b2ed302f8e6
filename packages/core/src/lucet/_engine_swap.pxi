# What two tensors are, exchanged: for utils.swap_tensors.

def _poisoned(grads):
    raise RuntimeError(
        "backward reached a tensor that swap_tensors has exchanged since; swap before the forward pass, or after the backward pass"
    )


cdef int _may_swap(Tensor t, str name) except -1:
    if t.node is not None or t.base is not None or t.version != NULL and t.version.refs > 1:
        raise RuntimeError(f"swap_tensors: {name} is the result of an operation or a view, or other tensors show its elements")
    return 0


def swap_contents(Tensor a not None, Tensor b not None):
    """Exchange elements, shapes, types, gradients, hooks and attributes of two leaves. Graphs that hold one of them refuse to go back."""
    cdef Tensor c = Tensor.__new__(Tensor)
    _may_swap(a, "t1")
    _may_swap(b, "t2")
    for t in (a, b):
        if (<Tensor>t).accumulator != NULL:
            (<object>(<Tensor>t).accumulator).register_prehook(_poisoned)
            _drop_accumulator(<Tensor>t)
    take_geometry(c, a)
    take_geometry(a, b)
    take_geometry(b, c)
    a.storage, b.storage = b.storage, a.storage
    a.code, b.code = b.code, a.code
    a.flags, b.flags = b.flags, a.flags
    a.grad_, b.grad_ = b.grad_, a.grad_
    a.hooks, b.hooks = b.hooks, a.hooks
    a.attributes, b.attributes = b.attributes, a.attributes
    bump(a, b"swap_tensors")                  # counters stay, so that who saved one of the two finds out
    bump(b, b"swap_tensors")
