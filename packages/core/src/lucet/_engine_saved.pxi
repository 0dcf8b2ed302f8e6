# What a node keeps for its gradient rule: tensors with the version they had, or what `saved_tensors_hooks` made of them.

cdef int _packers = 0                        # how many pairs of hooks are in force, in all threads: 0 keeps the fast path
cdef object _before_write = None             # called with a tensor that is about to be written in place while hooks are in force
_packing = threading.local()                 # .stack: this thread's pairs of hooks; .refusal: why there may be none


@cython.final
cdef class Packed:
    """A saved tensor as the hooks packed it, with the place in the graph that the tensor came from."""
    cdef object content, unpack, shape, span   # of integers: least and greatest, which rules index with
    cdef int code, device
    cdef Node node
    cdef unsigned int output_nr


cdef object _packed(Tensor t):
    """`t` packed by this thread's innermost hooks; itself where it has none."""
    cdef list stack = getattr(_packing, "stack", None)
    cdef int grad_before = thread_state().grad_enabled
    cdef unsigned int version
    cdef Packed packed
    if not stack:
        return t
    pack, unpack = stack[len(stack) - 1]
    packed = Packed.__new__(Packed)
    packed.unpack = unpack
    packed.code, packed.shape, packed.device = t.code, shape_tuple(t), t.storage.device
    if requires_grad(t):
        packed.node, packed.output_nr = _gradient_edge(t)
    version = version_of(t)
    thread_state().grad_enabled = 0
    try:
        packed.span = _span(t)
        packed.content = pack(t)
    finally:
        thread_state().grad_enabled = grad_before
    if version_of(t) != version:
        raise RuntimeError(
            "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by "
            "in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place "
            "operations on the input to a pack hook."
        )
    return packed


cdef object _span(Tensor t):
    """(least, greatest) of integers; None where there are none."""
    if t.code >= FLOAT16 or t.code == BOOL or t.numel_ == 0 or t.storage.device == META:
        return None
    return t.amin().item(), t.amax().item()


def pack_saved(Tensor t not None):
    """`t` as a node would keep it: packed where hooks are in force."""
    return _packed(t) if _packers else t


cpdef Tensor unpack_saved(Packed packed):
    """The tensor, which leads back into the graph as the one did that was packed."""
    cdef Tensor t
    result = packed.unpack(packed.content)
    if not isinstance(result, Tensor):
        raise TypeError(f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(result).__name__}")
    t = alias(engine_ops.resolve(<Tensor>result) if (<Tensor>result).flags & F_CONJ else <Tensor>result)
    if packed.node is not None:
        t.node = packed.node
        t.output_nr = packed.output_nr
        t.flags |= F_REQUIRES_GRAD
    return t


cdef Tensor _unpacked_as_saved(Node n, Packed packed):
    """... for a rule, which relies on what was saved: of the same shape, and brought back to the same type."""
    cdef Tensor t = unpack_saved(packed)
    span = None if packed.span is None else _span(t)
    if span is not None and (span[0] < packed.span[0] or span[1] > packed.span[1]):
        raise IndexError(
            f"backward of {_label(n)}: index out of bounds: the unpack hook returned integers from {span[0]} to {span[1]}, "
            f"those that were saved are from {packed.span[0]} to {packed.span[1]}"
        )
    if shape_tuple(t) != packed.shape or t.storage.device != packed.device:
        raise error(
            ShapeError,
            f"backward of {_label(n)}: the unpack hook returned {describe(t)} on {t.device}, expected {tuple(packed.shape)} as it was saved",
            fix="return a tensor of the shape and device that the pack hook got",
        )
    return engine_ops.cast(t, packed.code) if t.code != packed.code else t


def is_packed(value):
    return type(value) is Packed


def push_packing(pack, unpack):
    """Put a pair of hooks in force in this thread."""
    global _packers
    refusal = getattr(_packing, "refusal", None)
    if refusal is not None:
        raise RuntimeError(refusal)
    if not hasattr(_packing, "stack"):
        _packing.stack = []
    _packing.stack.append((pack, unpack))
    _packers += 1


def pop_packing():
    """End the innermost pair."""
    global _packers
    _packing.stack.pop()
    _packers -= 1


def refuse_packing(message):
    """Let `push_packing` raise with this message in this thread (None ends it); returns the message before."""
    before = getattr(_packing, "refusal", None)
    if message is not None and getattr(_packing, "stack", None):
        raise RuntimeError(message)
    _packing.refusal = message
    return before


def set_before_write(hook):
    """Call `hook(tensor)` before each write in place, in any thread, while hooks on saved tensors are in force."""
    global _before_write
    _before_write = hook


def storage_number(Tensor t not None):
    """The same for tensors that share a storage, as long as one of them lives."""
    return <size_t><PyObject*>t.storage


cdef int save(Node n, int slot, object value) except -1:
    """Keep an input (or any value) for the gradient rule; tensors are checked for in-place changes when read."""
    cdef unsigned int version = 0
    if value is not None:
        n.marks |= M_SAVES
    if isinstance(value, Tensor):
        version = version_of(<Tensor>value)
        if (<Tensor>value).flags & F_INFERENCE:
            raise RuntimeError(
                "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd."
            )
        if _packers:
            value = _packed(<Tensor>value)
    if slot == 0:
        n.s0 = value
        n.v0 = version
    elif slot == 1:
        n.s1 = value
        n.v1 = version
    elif slot == 2:
        n.s2 = value
        n.v2 = version
    else:
        if n.more_saved is None:
            n.more_saved = []
        while len(n.more_saved) <= slot - 3:
            n.more_saved.append((None, 0, False))
        n.more_saved[slot - 3] = (value, version, False)
    return 0


cdef int save_output(Node n, int slot, Tensor out) except -1:
    """Keep an output without its history (else node and tensor would keep each other alive); it is re-attached when read."""
    save(n, slot, alias(out))
    if slot < 3:
        n.marks |= M_OUTPUT0 << slot
    else:
        n.more_saved[slot - 3] = (*n.more_saved[slot - 3][:2], True)
    return 0


cdef object saved(Node n, int slot):
    """A saved value; raises if backward freed it or an in-place op changed it since."""
    cdef object value
    cdef unsigned int version
    cdef bint is_output
    cdef Tensor t
    if n.marks & M_RELEASED:
        raise RuntimeError(
            "Trying to backward through the graph a second time (or directly access saved tensors after they have already been "
            "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
            "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors "
            "after calling backward."
        )
    if slot == 0:
        value = n.s0
        version = n.v0
        is_output = n.marks & M_OUTPUT0 != 0
    elif slot == 1:
        value = n.s1
        version = n.v1
        is_output = n.marks & M_OUTPUT1 != 0
    elif slot == 2:
        value = n.s2
        version = n.v2
        is_output = n.marks & M_OUTPUT2 != 0
    else:
        value, version, is_output = n.more_saved[slot - 3]
    if isinstance(value, Tensor):
        t = <Tensor>value
        if version_of(t) != version:
            raise _version_error(n, t, version, is_output)
    elif type(value) is Packed:
        t = _unpacked_as_saved(n, <Packed>value)      # no version: what the hooks keep is theirs
    else:
        return value
    if is_output and thread_state().grad_enabled:
        t = alias(t)
        t.node = n
        t.output_nr = 0
        t.flags |= F_REQUIRES_GRAD
    return t


cdef Tensor saved_tensor(Node n, int slot):
    return <Tensor>saved(n, slot)


def last_change(Tensor t not None) -> str:
    """Which op changed `t` last, and in anomaly mode where it was called."""
    op, counter, value = _last_writer(t) or ("an op that is not known", 0, 0)
    where = (<object>_anomaly).line_of_write(counter, value) if _anomaly != NULL else None
    return f"last changed by {op}" + (f", called at {where}" if where else "")


cdef object _version_error(Node n, Tensor t, unsigned int version, bint is_output):
    what = "output" if is_output else "input"
    op = _label(n)
    return error(
        VersionError,
        f"backward of {op}: its saved {what} was changed in place afterwards",
        facts=[
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"{describe(t)} is at version {version_of(t)}; expected version {version} instead",
            last_change(t),
            *([f"called at {n.trace.line}"] if n.trace is not None else []),
        ],
        fix="the out-of-place form of the op that changed it, or a clone() before it; detect_anomaly() names the line",
    )
