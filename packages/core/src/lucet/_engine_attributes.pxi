# What of Tensor belongs to the graph: hooks, grad, requires_grad, data, detach; attached to the class here.

# --- hooks on tensors -----------------------------------------------------------------------------------------------

cdef class LeafHooks:
    """Hooks on a leaf's gradient: before it is accumulated, and after."""
    cdef public object pre, post_accumulate

    def __init__(self):
        self.pre = OrderedDict()
        self.post_accumulate = OrderedDict()


def _register_hook(Tensor self not None, hook):
    """Call `hook(grad)` whenever a gradient of this tensor is computed; a tensor returned replaces it. Returns a handle.

    Raises RuntimeError for a tensor that does not require a gradient.

    >>> import lucet
    >>> x = lucet.ones(2, requires_grad=True); h = x.register_hook(lambda g: g * 2)
    >>> x.sum().backward(); x.grad
    tensor([2., 2.])
    """
    if not requires_grad(self):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.base is not None:
        _refresh(self)
    if self.node is None:
        if self.hooks is None:
            self.hooks = LeafHooks()
        return add_hook((<LeafHooks>self.hooks).pre, hook)
    table = _node_hooks(<Node>self.node).tensor_pre.setdefault(self.output_nr, OrderedDict())
    return add_hook(table, hook)


def _hooks_on(Tensor self not None):
    if self.node is None:
        return (<LeafHooks>self.hooks).pre or None if self.hooks is not None else None
    hooks = (<Node>self.node).hooks
    return (<NodeHooks>hooks).tensor_pre.get(self.output_nr) if hooks is not None else None


def _post_accumulate_hooks_on(Tensor self not None):
    return (<LeafHooks>self.hooks).post_accumulate or None if self.node is None and self.hooks is not None else None


def _register_post_accumulate_grad_hook(Tensor self not None, hook):
    """Call `hook(tensor)` after a gradient was added to this leaf's `.grad`. Returns a handle. RuntimeError for other tensors."""
    if not requires_grad(self):
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if self.node is not None:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    if self.hooks is None:
        self.hooks = LeafHooks()
    return add_hook((<LeafHooks>self.hooks).post_accumulate, hook)


def _retain_grad(Tensor self not None):
    """Keep the gradient of this non-leaf tensor in `.grad` during backward; no effect on leaves."""
    if not requires_grad(self):
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if self.base is not None:
        _refresh(self)
    if self.node is None or self.flags & F_RETAINS_GRAD:
        return
    self.flags |= F_RETAINS_GRAD
    _node_hooks(<Node>self.node).retain[self.output_nr] = weakref.ref(self)


# --- attributes of Tensor that belong to the graph -------------------------------------------------------------------

def _get_grad_fn(Tensor self not None):
    if self.base is not None:
        _refresh(self)
    if not _shows_history(self):
        return None
    return shown(<Node>self.node)


def _get_requires_grad(Tensor self not None):
    return requires_grad(self) and _shows_history(self)


def _is_recorded(Tensor self not None):
    return requires_grad(self)


def _assign_requires_grad(Tensor self not None, value):
    if not isinstance(value, bool):
        raise RuntimeError("requires_grad must be a bool")
    if not _is_leaf(self):
        raise RuntimeError("you can only change requires_grad flags of leaf variables.")
    _set_requires_grad(self, value)


def _set_requires_grad(Tensor self not None, bint value):
    if value and self.code < FLOAT16:
        raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
    if self.node is not None or (self.base is not None and requires_grad(self)):
        if value:
            return
        raise RuntimeError(
            "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph "
            "that doesn't require differentiation use var_no_grad = var.detach()."
        )
    if self.flags & F_INFERENCE and value and not thread_state().inference:
        raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
    if value:
        self.flags |= F_REQUIRES_GRAD
    else:
        self.flags &= ~F_REQUIRES_GRAD


def _requires_grad_(Tensor self not None, requires_grad=True):
    """Set whether this leaf wants a gradient, in place; returns the tensor. RuntimeError for integers and non-leaves."""
    if not isinstance(requires_grad, bool):
        raise TypeError(f"requires_grad_(): argument 'requires_grad' must be bool, not {type(requires_grad).__name__}")
    _set_requires_grad(self, requires_grad)
    return self


def _get_grad(Tensor self not None):
    if self.grad_ is None and (self.node is not None or self.base is not None) and not self.flags & F_RETAINS_GRAD and not _is_leaf(self):
        warnings.warn(
            "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during "
            "autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf "
            "Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
            "github.com/pytorch/pytorch/pull/30531 for more information.",
            UserWarning, stacklevel=1,
        )
    return self.grad_


def _set_grad(Tensor self not None, value):
    cdef Tensor g
    if value is None:
        self.grad_ = None
        return
    if not isinstance(value, Tensor):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}")
    g = <Tensor>value
    if g is self:
        raise RuntimeError("can't assign a tensor as its own grad")
    if g.code != self.code:
        raise RuntimeError(
            f"assigned grad has data of a different type: {dtype_object(g.code)!r}, expected {dtype_object(self.code)!r}"
        )
    if g.storage.device != self.storage.device:
        raise RuntimeError("assigned grad has data located on a different device")
    if not same_shape(g, self):
        raise RuntimeError("assigned grad has data of a different size")
    self.grad_ = g


def _is_leaf(Tensor self not None):
    if self.base is not None:
        _refresh(self)
    return self.node is None or not _shows_history(self)


def _retains_grad(Tensor self not None):
    return (self.flags & F_RETAINS_GRAD) != 0


def _detach(Tensor self not None):
    """The same elements in a tensor outside the graph; in-place changes are seen by both.

    >>> import lucet
    >>> lucet.ones(1, requires_grad=True).detach().requires_grad
    False
    """
    if not is_exact(self) or thread_state().modes:
        result = _modes_call(_detach, self)
        if result is not None:
            return result
    return alias(self)


cdef object _modes_call(fn, Tensor t):
    cdef object result = view_call(fn, (t,), {})
    return None if result is passed else result


def _detach_(Tensor self not None):
    """Take this tensor out of the graph, in place; returns it. RuntimeError for a view."""
    if self.base is not None:
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    self.node = None
    self.output_nr = 0
    self.flags &= ~F_REQUIRES_GRAD
    return self


def _get_data(Tensor self not None):
    cdef Tensor t = alias(self)
    _fresh_version(t)
    return t


cdef bint _is_alike(Tensor a, Tensor b) noexcept:
    return a.code == b.code and a.storage.device == b.storage.device and same_shape(a, b)


def _set_data(Tensor self not None, Tensor value not None):
    if value.code < FLOAT16 and self.flags & F_REQUIRES_GRAD:
        raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
    if not _is_alike(self, value):
        move_version(self, b"data")           # gradient rules that saved it rely on its shape and type
    take_geometry(self, value)
    self.storage = value.storage
    self.code = value.code
    self.flags = self.flags & ~F_CONJ | value.flags & F_CONJ
    _drop_accumulator(self)


cdef int _drop_accumulator(Tensor t) except -1:
    """New data may have another shape: graphs recorded from now on get a fresh leaf node."""
    t.accumulator = NULL
    return 0


include "_engine_swap.pxi"


def _output_number(Tensor self not None):
    return self.output_nr


attach("grad_fn", property(_get_grad_fn, doc="The node that computed this tensor, or None for a leaf."))
attach("requires_grad", property(_get_requires_grad, _assign_requires_grad, doc="Whether operations on this tensor are recorded."))
attach("_is_recorded", _is_recorded)      # requires_grad, and true of a dual too
attach("requires_grad_", dress(_requires_grad_, "requires_grad_", None))
attach("grad", property(_get_grad, _set_grad, lambda self: _set_grad(self, None), doc="The gradient accumulated so far, or None."))
attach("is_leaf", property(_is_leaf, doc="Whether no recorded operation computed this tensor."))
attach("retains_grad", property(_retains_grad, doc="Whether retain_grad was called on a non-leaf."))
attach("data", property(_get_data, _set_data, doc="The same elements outside the graph, with a version counter of its own."))
attach("output_nr", property(_output_number, doc="Which output of its grad_fn this tensor is."))
attach("register_hook", dress(_register_hook, "register_hook", None))
attach("register_post_accumulate_grad_hook", dress(_register_post_accumulate_grad_hook, "register_post_accumulate_grad_hook", None))
attach("_backward_hooks", property(_hooks_on, doc="The hooks that `register_hook` put on the gradient of this tensor, by number, or None."))
attach("_post_accumulate_grad_hooks", property(_post_accumulate_hooks_on, doc="Those of `register_post_accumulate_grad_hook`, or None."))
attach("retain_grad", dress(_retain_grad, "retain_grad", None))
attach("detach", dress(_detach, "detach", None))
attach("detach_", dress(_detach_, "detach_", None))
