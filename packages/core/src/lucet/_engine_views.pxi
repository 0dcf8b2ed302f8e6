# The graph around views and writes in place: how a view leads back to its base, and how a write makes history for both.

cdef bint view_follows(Tensor t) noexcept:
    """Whether a view's base wanting a gradient means that the view does: not for views made while recording was off,
    until they are written in place."""
    return not t.flags & (F_NO_GRAD_VIEW | F_INFERENCE_VIEW) or version_of(t) != t.attr_version


cdef int _as_strided_vjp(Node n, Tensor g, Run run) except -1:
    """The gradient of a view with respect to its base: zeros with `g` written into the view's place."""
    cdef Tensor geometry = <Tensor>n.extra
    cdef Tensor base_grad = _scatter_view(n, _turned(g, geometry), geometry)
    return give(run, n, 0, base_grad)


cdef Tensor _turned(Tensor g, Tensor geometry):
    """The gradient of a view on its way between the view and the base: conjugated where one of them is the other's conjugate."""
    return engine_ops.conj(g) if geometry.flags & F_CONJ else g


cdef Tensor _scatter_view(Node n, Tensor g, Tensor geometry):
    return <Tensor>_scatter_hook(g, geometry, _output_meta_of_edge(n, 0))


cdef object _scatter_hook = None


def _set_scatter(hook):
    """The op that spreads a view's gradient over its base (from the shape ops)."""
    global _scatter_hook
    _scatter_hook = hook


cdef object _output_meta_of_edge(Node n, int i):
    return _output_meta(edge_node(n, i), _edge_nr(n, i))


cdef Tensor _geometry_of(Tensor v, Tensor base):
    """The view's place inside its base, as a meta tensor whose offset counts from the base's first element.

    A base that is not row-major hangs on it, for its strides are what the place is told in. So does one whose elements are of the
    other kind, complex or real; both then keep their offsets, which count different things. It is a lazy conjugate where just one of
    the two is.
    """
    cdef Tensor m = _outline(v)
    m.flags ^= base.flags & F_CONJ
    if (v.code >= COMPLEX64) != (base.code >= COMPLEX64):
        m.base = _outline(base)
        return m
    m.offset = v.offset - base.offset
    if not base.flags & F_CONTIGUOUS:
        m.base = _outline(base)
        m.base.offset = 0
    return m


cdef Tensor _outline(Tensor t):
    """The geometry of a tensor without its elements."""
    cdef Tensor m = alias(t)
    m.storage = _empty_meta
    if m.version != NULL:
        _fresh_version(m)
    return m


cdef Storage _empty_meta = new_storage(0, META)


cdef int _refresh(Tensor t) except -1:
    """Bring a view's history up to date after its base (or a sibling view) was changed in place."""
    cdef Node n
    cdef Tensor base = t.base
    cdef object before
    cdef unsigned int before_nr
    if t.attr_version == version_of(t):
        return 0
    if not base.flags & F_REQUIRES_GRAD:
        t.attr_version = version_of(t)
        return 0
    before = t.node
    before_nr = t.output_nr
    n = new_node(_as_strided_vjp, b"ConjBackward0" if t.flags & F_CONJ else b"AsStridedBackward0", 1)
    connect(n, 0, base)
    n.extra = _geometry_of(t, base)
    set_history(n, t, 0)
    t.attr_version = version_of(t)
    _move_retained(t, before, before_nr)
    return 0


cdef int record_view(Tensor out, Tensor a, vjp_fn vjp, const char* label) except -1:
    """History of a view op, when recording."""
    cdef Node n = new_node(vjp, label, 1)
    connect(n, 0, a)
    set_history(n, out, 0)
    return 0


cdef str _maker(Tensor t):
    """What computed `t`, as torch's errors call it: a Function by its own name."""
    if t.node is None:
        return "a function"
    return _label(<Node>t.node).removesuffix("Backward")


cdef int check_inplace(Tensor t, bint will_record, const char* op) except -1:
    """Whether `t` may be written in place, as it lies; called before anything is computed."""
    if t.flags & F_CONJ:
        raise LazilyWritten(f"{op.decode()}: a conjugate that is a view cannot be written here; resolve_conj() it first")
    return check_change(t, will_record, op)


cdef int check_change(Tensor t, bint will_record, const char* op) except -1:
    """The same for ops that may change a lazy conjugate."""
    if _packers and _before_write is not None:
        _before_write(t)
    if t.storage.readers:
        finish_readers(t.storage)
    if t.flags & F_INFERENCE and not thread_state().inference:
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to get a normal tensor before doing inplace update."
        )
    if t.storage.block != NULL and t.storage.block.readonly:
        raise RuntimeError(f"{op.decode()}: the memory of this tensor is read-only; clone() it before writing in place")
    if not will_record and not (t.flags & (F_NO_GRAD_VIEW | F_INFERENCE_VIEW) and t.base.flags & F_REQUIRES_GRAD and thread_state().grad_enabled):
        return 0
    if t.flags & F_FUNCTION_ALIAS:
        raise RuntimeError(
            f"Output {t.output_nr} of {_maker(t)} is a view and is being modified inplace. This view was created "
            "inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom "
            "backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function."
        )
    if t.base is not None:
        if t.flags & F_NO_GRAD_VIEW:
            raise RuntimeError(
                f"{op.decode()}: A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, "
                "it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked)."
            )
        if t.flags & F_INFERENCE_VIEW:
            raise RuntimeError(f"{op.decode()}: A view was created in inference mode and is being modified inplace with grad mode enabled; clone() it first")
        if t.flags & F_MULTI_VIEW:
            raise RuntimeError(
                f"{op.decode()}: Output {t.output_nr} of {_maker(t)} is a view and is being modified inplace. This view is the output of a function that returns multiple views. "
                "Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one."
            )
        if requires_grad(t) and t.base.node is None:
            raise RuntimeError("a view of a leaf tensor that requires grad is being used in an in-place operation.")
    if t.flags & F_REQUIRES_GRAD and t.node is None and t.base is None:
        raise RuntimeError("a leaf tensor that requires grad is being used in an in-place operation.")
    return 0


cdef int _copy_slices_vjp(Node n, Tensor g, Run run) except -1:
    """A base after one of its views was written: the view's part goes to the op that wrote it, the rest to the old base."""
    cdef Tensor geometry = <Tensor>n.extra
    if needs(n, 1):
        give(run, n, 1, _turned(engine_ops.as_strided(g, geometry), geometry))
    if needs(n, 0):
        give(run, n, 0, engine_ops.zero_slice(g, geometry))
    return 0


cdef int rebase(Tensor t, Node n) except -1:
    """After an in-place op recorded as `n` (edges already set): `t`, and the base it views, get new history."""
    cdef Node outer
    cdef Tensor base = t.base
    cdef Tensor result
    cdef object before = t.node, base_before
    cdef unsigned int before_nr = t.output_nr, base_before_nr
    if base is None:
        set_history(n, t, 0)
        _move_retained(t, before, before_nr)
        return 0
    base_before = base.node
    base_before_nr = base.output_nr
    result = alias(t)
    set_history(n, result, 0)
    outer = new_node(_copy_slices_vjp, b"torch::autograd::CopySlices", 2)
    connect(outer, 0, base)
    outer.e1 = n
    outer.nr1 = 0
    outer.extra = _geometry_of(t, base)
    set_history(outer, base, 0)
    _move_retained(base, base_before, base_before_nr)
    t.attr_version = version_of(t) - 1       # stale by intent: the next look rebuilds it from the new base
    _refresh(t)
    _move_retained(t, before, before_nr)
    return 0


cdef int _move_retained(Tensor t, object before, unsigned int nr) except -1:
    """retain_grad follows a tensor through in-place changes, to the gradient of what it is now; other hooks stay where they were."""
    cdef NodeHooks hooks
    if not t.flags & F_RETAINS_GRAD or before is None or (<Node>before).hooks is None:
        return 0
    hooks = <NodeHooks>(<Node>before).hooks
    if nr in hooks.retain and hooks.retain[nr]() is t:
        _node_hooks(<Node>t.node).retain[t.output_nr] = hooks.retain.pop(nr)
    return 0
