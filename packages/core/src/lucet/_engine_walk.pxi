# The backward walk: claims, the heap of ready nodes, delivery of gradients, hooks on nodes, `run_backward`.

@cython.final
cdef class Run:
    """One backward walk: its claims, its heap of ready nodes, what it was asked to capture."""

    def __dealloc__(self):
        cdef Claim* c = self.head
        cdef Claim* after
        cdef Node n
        cdef int i
        while c != NULL:
            after = c.next
            n = <Node>c.node
            if n.claim == c:
                n.claim = NULL
            for i in range(n.num_outputs):
                Py_XDECREF(c.grads[i])
            if c.grads != &c.first:
                PyMem_Free(c.grads)
            _free_claim(c)
            Py_DECREF(n)
            c = after
        PyMem_Free(self.heap)


cdef Claim* _spare = NULL


cdef void _free_claim(Claim* c) noexcept:
    global _spare
    c.next = _spare
    _spare = c


cdef Claim* _find_claim(Run run, Node n):
    """This run's claim on a node, or NULL."""
    if n.claim != NULL and n.claim.run == <PyObject*>run:
        return n.claim
    if run.shadow is not None and <size_t><PyObject*>n in run.shadow:
        return <Claim*><size_t>run.shadow[<size_t><PyObject*>n]
    return NULL


cdef Claim* _make_claim(Run run, Node n) except NULL:
    global _spare
    cdef Claim* c = _spare
    cdef int i
    if c != NULL:
        _spare = c.next
    else:
        c = <Claim*>PyMem_Malloc(sizeof(Claim))
        if c == NULL:
            raise MemoryError
    c.first = NULL
    c.grads = &c.first
    if n.num_outputs > 1:
        c.grads = <PyObject**>PyMem_Malloc(n.num_outputs * sizeof(PyObject*))
        if c.grads == NULL:
            _free_claim(c)
            raise MemoryError
        for i in range(n.num_outputs):
            c.grads[i] = NULL
    c.run = <PyObject*>run
    c.deps = 0
    c.needed = not run.selective
    c.next = NULL
    Py_INCREF(n)
    c.node = <PyObject*>n
    if n.claim == NULL:
        n.claim = c
    else:                                    # another run is at work on this node: ours goes into a dictionary
        if run.shadow is None:
            run.shadow = {}
        run.shadow[<size_t><PyObject*>n] = <size_t>c
    if run.tail == NULL:
        run.head = c
    else:
        run.tail.next = c
    run.tail = c
    return c


cdef int _discover(Run run) except -1:
    """Claim every node that can be reached and count the edges into each. The list of claims is its own work list."""
    cdef Claim* c = run.head
    cdef Claim* t
    cdef Node n, target
    cdef int i
    while c != NULL:
        n = <Node>c.node
        if n.marks & M_DUAL and _ends_run(run, n):
            c = c.next
            continue
        for i in range(n.num_edges):
            target = edge_node(n, i)
            if target is None:
                continue
            t = _find_claim(run, target)
            if t == NULL:
                t = _make_claim(run, target)
            t.deps += 1
        c = c.next
    return 0


cdef int _mark_needed(Run run) except -1:
    """Which nodes lie on a path to something captured. Inputs were recorded before what uses them, so one sweep in that order does."""
    cdef Claim* c = run.head
    cdef Claim* t
    cdef Node n, target
    cdef int i
    cdef list order = []
    while c != NULL:
        n = <Node>c.node
        if n.marks & M_ACCUMULATE:
            c.needed = (<size_t><PyObject*>n, 0) in run.captures
        else:
            order.append((n.seq, <size_t>c))
        c = c.next
    order.sort()
    for _, address in order:
        c = <Claim*><size_t>address
        n = <Node>c.node
        for i in range(n.num_outputs):
            if (<size_t><PyObject*>n, i) in run.captures:
                c.needed = True
        for i in range(n.num_edges):
            target = edge_node(n, i)
            if target is not None:
                t = _find_claim(run, target)
                if t != NULL and t.needed:
                    c.needed = True
                    break
    return 0


cdef int _push(Run run, Claim* c) except -1:
    cdef Py_ssize_t i, parent
    cdef unsigned long long key = (<Node>c.node).seq
    cdef Claim** grown
    if run.heap_size == run.heap_room:
        grown = <Claim**>PyMem_Realloc(run.heap, (run.heap_room * 2 + 16) * sizeof(Claim*))
        if grown == NULL:
            raise MemoryError
        run.heap = grown
        run.heap_room = run.heap_room * 2 + 16
    i = run.heap_size
    run.heap_size += 1
    while i > 0:
        parent = (i - 1) >> 1
        if (<Node>run.heap[parent].node).seq >= key:
            break
        run.heap[i] = run.heap[parent]
        i = parent
    run.heap[i] = c
    return 0


cdef Claim* _pop(Run run) noexcept:
    cdef Claim* top = run.heap[0]
    cdef Claim* last
    cdef Py_ssize_t i = 0, child
    run.heap_size -= 1
    last = run.heap[run.heap_size]
    while True:
        child = 2 * i + 1
        if child >= run.heap_size:
            break
        if child + 1 < run.heap_size and (<Node>run.heap[child + 1].node).seq > (<Node>run.heap[child].node).seq:
            child += 1
        if (<Node>last.node).seq >= (<Node>run.heap[child].node).seq:
            break
        run.heap[i] = run.heap[child]
        i = child
    run.heap[i] = last
    return top


cdef bint _is_ours(Tensor g, Py_ssize_t refs) noexcept:
    """Whether nobody but the engine can see this gradient, so it may be written in place or handed over."""
    return (
        Py_REFCNT(<PyObject*>g) <= refs and Py_REFCNT(<PyObject*>g.storage) == 1 and g.base is None and g.node is None
        and g.storage.block != NULL and g.storage.block.refs == 1 and not g.storage.block.readonly
        and type(g) is Tensor
    )


cdef Tensor _fit(Node target, unsigned int nr, Tensor g):
    """Bring a gradient to the shape and element type of the output it belongs to (sums over broadcast dimensions)."""
    cdef int i, ndim, code
    cdef Py_ssize_t room[64]
    cdef const Py_ssize_t* shape
    cdef bint fits
    if target.out_more is None:
        ndim = target.out_ndim
        code = target.out_code
        shape = target.out_shape
    else:
        meta = target.out_more[nr]
        code = meta[0]
        ndim = len(meta[1])
        for i in range(ndim):
            room[i] = meta[1][i]
        shape = room
    fits = g.ndim_ == ndim
    if fits:
        for i in range(ndim):
            if g.shape_[i] != shape[i]:
                fits = False
                break
    if not fits:
        if not _expandable(ndim, shape, g):
            raise error(
                ShapeError,
                f"backward: {_label(target)} got a gradient of shape {list(shape_tuple(g))}, expected one that reduces to {[shape[i] for i in range(ndim)]}",
            )
        g = engine_ops.sum_to(g, ndim, shape)
    if g.code != code:
        g = engine_ops.cast(g, code)
    if (g.storage.device == META) != (target.marks & M_ON_META != 0):
        expected, got = ("cpu", "meta") if g.storage.device == META else ("meta", "cpu")
        raise error(DeviceError, f"backward: {_label(target)} got an invalid gradient: expected device {expected} but got {got}")
    return g


cdef bint _expandable(int ndim, const Py_ssize_t* shape, Tensor g):
    cdef int i
    if ndim > g.ndim_:
        return False
    for i in range(ndim):
        if shape[i] != g.shape_[g.ndim_ - ndim + i] and shape[i] != 1:
            return False
    return True


cdef int give(Run run, Node n, int i, Tensor grad) except -1:
    """Hand `grad` to input `i` of `n`; None and inputs that want none are ignored."""
    if grad is None or edge_node(n, i) is None:
        return 0
    if grad.flags & F_CONJ:
        grad = engine_ops.resolve(grad)
    if run.collected is not None:
        run.collected[i] = grad if run.collected[i] is None else engine_ops.add(run.collected[i], grad)
        return 0
    return _deliver(run, edge_node(n, i), _edge_nr(n, i), grad)


cdef int give_zeros(Run run, Node n, int i) except -1:
    """Zeros for input `i` of `n`, unless it has a gradient already, to which they would add nothing."""
    cdef Node target = edge_node(n, i)
    cdef Tensor zeros, g = grad_of(run, n, 0)
    cdef Claim* c
    if target is None:
        return 0
    c = _find_claim(run, target)
    if c == NULL or not c.needed or c.grads[_edge_nr(n, i)] != NULL and run.collected is None:
        return 0
    zeros = zeros_of_output(target, _edge_nr(n, i))
    if g is not None and g.storage.device == META:
        zeros = empty_tensor(zeros.code, zeros.ndim_, zeros.shape_, META)
    return give(run, n, i, zeros)


cdef int _deliver(Run run, Node target, unsigned int nr, Tensor grad) except -1:
    cdef Claim* c = _find_claim(run, target)
    cdef Tensor total
    if c == NULL or not c.needed:
        return 0
    if grad.flags & F_CONJ:                  # of the caller of backward, or of a hook
        grad = engine_ops.resolve(grad)
    grad = _fit(target, nr, grad)
    if c.grads[nr] == NULL:
        Py_INCREF(grad)
        c.grads[nr] = <PyObject*>grad
        return 0
    total = <Tensor>c.grads[nr]              # one reference in the claim, one in `total`
    if not run.create_graph and _is_ours(total, 2) and same_shape(total, grad):
        engine_ops.add_inplace(total, grad)
        return 0
    total = engine_ops.add(total, grad)
    Py_DECREF(<object>c.grads[nr])
    Py_INCREF(total)
    c.grads[nr] = <PyObject*>total
    return 0


cdef Tensor grad_of(Run run, Node n, int output_nr):
    """The gradient that arrived for output `output_nr` of the node that is running, or None."""
    cdef Claim* c = _find_claim(run, n)
    if c == NULL or output_nr >= n.num_outputs or c.grads[output_nr] == NULL:
        return None
    return <Tensor>c.grads[output_nr]


cdef Tensor zeros_of_output(Node n, int nr):
    """Zeros with the shape and element type of an output."""
    cdef Py_ssize_t room[64]
    cdef int i
    if n.out_more is None:
        return engine_ops.fill(n.out_code, n.out_ndim, n.out_shape, 0)
    code, shape = n.out_more[nr]
    for i in range(len(shape)):
        room[i] = shape[i]
    return engine_ops.fill(code, len(shape), room, 0)


cdef bint _laid_out_as(Tensor g, Tensor leaf) noexcept:
    """Whether a gradient has the strides that its leaf's `.grad` should have: the leaf's own where that is dense."""
    cdef int i
    if g.flags & leaf.flags & F_CONTIGUOUS:
        return True
    if not is_dense(leaf):
        return is_dense(g)
    for i in range(g.ndim_):
        if g.strides[i] != leaf.strides[i] and g.shape_[i] > 1:
            return False
    return True


cdef int _accumulate(Run run, Tensor leaf, Claim* c) except -1:
    """Add to the leaf's `.grad`, in place unless the gradient itself is to be differentiated."""
    cdef Tensor g = <Tensor>c.grads[0]
    cdef Tensor before
    if leaf.grad_ is None:
        if not run.create_graph and _is_ours(g, 2) and _laid_out_as(g, leaf):
            g.flags &= ~F_REQUIRES_GRAD
            leaf.grad_ = g
        elif run.create_graph:
            leaf.grad_ = g
        else:
            leaf.grad_ = engine_ops.clone_like(g, leaf)
        return 0
    before = <Tensor>leaf.grad_
    if before.flags & F_CONJ:                # set by the user
        leaf.grad_ = engine_ops.add(engine_ops.resolve(before), g) if run.create_graph else before.add_(g)
    elif run.create_graph:
        leaf.grad_ = engine_ops.add(before, g)
    else:
        bump(before, b"accumulation into .grad")
        engine_ops.add_inplace(before, g)
    return 0


cdef int _apply_tensor_hooks(object hooks, Claim* c, int nr) except -1:
    for hook in list(hooks.values()):
        g = <object>c.grads[nr] if c.grads[nr] != NULL else None
        result = hook(g)
        if result is not None:
            _check_hook_result(g, result)
            if (<Tensor>result).flags & F_CONJ:
                result = engine_ops.resolve(<Tensor>result)
            Py_INCREF(result)
            Py_XDECREF(c.grads[nr])
            c.grads[nr] = <PyObject*>result
    return 0


cdef int _check_hook_result(Tensor before, object after) except -1:
    if not isinstance(after, Tensor):
        raise TypeError(f"expected Tensor, but hook returned '{type(after).__name__}'")
    if before is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if not same_shape(before, <Tensor>after):
        raise RuntimeError("hook has changed the size of value")
    if before.code != (<Tensor>after).code:
        raise RuntimeError("hook has changed the type of value")
    if before.storage.device != (<Tensor>after).storage.device:
        raise RuntimeError("hook has changed the device of value")
    return 0


cdef int _run_node(Run run, Claim* c) except -1:
    cdef Node n = <Node>c.node
    cdef NodeHooks hooks = <NodeHooks>n.hooks if n.hooks is not None else None
    cdef bint any_grad = False, leads_on
    cdef int i
    cdef Tensor leaf
    for i in range(n.num_outputs):
        if c.grads[i] != NULL:
            any_grad = True
    if not any_grad and not n.marks & M_PYTHON and hooks is None and (n.leaf is None or n.leaf.hooks is None):
        return 0                             # an input of a Function that returned None for it; Functions and hooks still run
    if n.marks & M_ACCUMULATE:
        leaf = n.leaf
        if leaf.hooks is not None:
            _apply_tensor_hooks((<LeafHooks>leaf.hooks).pre, c, 0)
        if run.captures is not None:
            _capture(run, n, c)
            if run.captured is not None:
                return 0
        if hooks is not None:
            _pre_hooks(n, hooks, c)
        if c.grads[0] != NULL:
            _accumulate(run, leaf, c)
        if leaf.hooks is not None:
            for hook in list((<LeafHooks>leaf.hooks).post_accumulate.values()):
                hook(leaf)
        if hooks is not None and hooks.post:
            for hook in list(hooks.post.values()):
                hook((), (<object>c.grads[0] if c.grads[0] != NULL else None,))
        return 0
    leads_on = run.captures is None or not (n.marks & M_DUAL and _ends_run(run, n)) and _leads_on(run, n)
    if run.captures is not None and leads_on:
        _capture(run, n, c)                  # before the hooks where the walk goes on, after them where it ends: as torch does
    if hooks is not None:
        for i in range(n.num_outputs):
            if i in hooks.tensor_pre:
                _apply_tensor_hooks(hooks.tensor_pre[i], c, i)
            if c.grads[i] != NULL and i in hooks.retain:
                _retain(hooks.retain[i](), <Tensor>c.grads[i], run)
    if not leads_on:
        _capture(run, n, c)
        return 0
    if hooks is not None and hooks.pre:
        _pre_hooks(n, hooks, c)
    if run.create_graph and n.marks & M_ONCE:
        raise RuntimeError(f"derivative for {_label(n)} is not implemented: its gradient cannot be differentiated again")
    if n.marks & M_RELEASED and n.marks & (M_SAVES | M_PYTHON):
        saved(n, 0)                          # raises: the graph was freed
    if _anomaly != NULL or hooks is not None and hooks.post:
        _run_with_post_hooks(run, n, hooks, c)
    elif _has_gradient(n, c):
        _apply_rule(run, n, <Tensor>c.grads[0] if c.grads[0] != NULL else None)
    if not run.keep_graph:
        _release(n)
    return 0


cdef int _pre_hooks(Node n, NodeHooks hooks, Claim* c) except -1:
    cdef int i
    for hook in list(hooks.pre.values()):
        grads = tuple([<object>c.grads[i] if c.grads[i] != NULL else None for i in range(n.num_outputs)])
        result = hook(grads)
        if result is None:
            continue
        if not isinstance(result, tuple):
            result = (result,)
        if len(result) != n.num_outputs:
            raise RuntimeError(f"hook has returned an incorrect number of values (got {len(result)}, but expected {n.num_outputs})")
        for i in range(n.num_outputs):
            value = result[i]
            if value is not None:
                if not isinstance(value, Tensor):
                    raise TypeError(f"expected Tensor or None, but hook returned '{type(value).__name__}'")
                if (<Tensor>value).flags & F_CONJ:
                    value = engine_ops.resolve(<Tensor>value)
                Py_INCREF(value)
            Py_XDECREF(c.grads[i])
            c.grads[i] = <PyObject*>value if value is not None else NULL
    return 0


cdef bint _has_gradient(Node n, Claim* c) noexcept:
    """Whether there is something for the gradient rule; a Function's is called in any case."""
    cdef int i
    for i in range(n.num_outputs):
        if c.grads[i] != NULL:
            return True
    return n.marks & M_PYTHON != 0


cdef int _apply_rule(Run run, Node n, Tensor g) except -1:
    """The gradient rule of `n`, which asks `needs` what this run wants."""
    cdef PyObject* outer = thread_state().run
    thread_state().run = <PyObject*>run if run.selective else NULL
    try:
        return n.vjp(n, g, run)
    finally:
        thread_state().run = outer


cdef int _run_with_post_hooks(Run run, Node n, NodeHooks hooks, Claim* c) except -1:
    cdef int i
    cdef list outer = run.collected
    run.collected = [None] * n.num_edges
    try:
        if _has_gradient(n, c):
            _apply_rule(run, n, <Tensor>c.grads[0] if c.grads[0] != NULL else None)
        grads = tuple(run.collected)
    finally:
        run.collected = outer
    outputs = tuple([<object>c.grads[i] if c.grads[i] != NULL else None for i in range(n.num_outputs)])
    for hook in list(hooks.post.values()) if hooks is not None else ():
        result = hook(grads, outputs)
        if result is not None:
            grads = result if isinstance(result, tuple) else (result,)
            if len(grads) != n.num_edges:
                raise RuntimeError(f"hook has returned an incorrect number of values (got {len(grads)}, but expected {n.num_edges})")
    if _anomaly != NULL:
        (<object>_anomaly).check(n, grads, outputs)
    for i in range(n.num_edges):
        if grads[i] is not None and edge_node(n, i) is not None:
            _deliver(run, edge_node(n, i), _edge_nr(n, i), grads[i])
    return 0


cdef void _release(Node n):
    """Free what the node saved: it has run and the graph is not kept."""
    if n.marks & (M_SAVES | M_PYTHON):
        n.marks |= M_RELEASED
    n.s0 = None
    n.s1 = None
    n.s2 = None
    n.more_saved = None
    if n.marks & M_PYTHON:
        n.extra._release_saved()


cdef int _capture(Run run, Node n, Claim* c) except -1:
    cdef int i
    if run.captured is None:
        return 0
    for i in range(n.num_outputs):
        places = run.captures.get((<size_t><PyObject*>n, i))
        if places is not None and c.grads[i] != NULL:
            for place in places:
                run.captured[place] = <object>c.grads[i]
    return 0


cdef bint _leads_on(Run run, Node n) except -1:
    """Whether some input of `n` is still wanted by a selective run."""
    cdef int i
    cdef Claim* t
    for i in range(n.num_edges):
        if edge_node(n, i) is not None:
            t = _find_claim(run, edge_node(n, i))
            if t != NULL and t.needed:
                return True
    return False


cdef int _retain(object tensor, Tensor g, Run run) except -1:
    cdef Tensor t
    if tensor is None:
        return 0
    t = <Tensor>tensor
    if t.grad_ is None:
        t.grad_ = g if run.create_graph else engine_ops.clone(g)
    else:
        t.grad_ = engine_ops.add(<Tensor>t.grad_, g)      # an op with a front door: it may be lazy
    return 0


cdef int _walk(Run run) except -1:
    cdef Claim* c
    cdef Claim* t
    cdef Node n, target
    cdef int i
    while run.heap_size:
        c = _pop(run)
        n = <Node>c.node
        if c.needed:
            if _anomaly == NULL:
                _run_node(run, c)
            else:
                _run_watched(run, c)
        for i in range(n.num_outputs):       # the gradients of this node are spent
            Py_XDECREF(c.grads[i])
            c.grads[i] = NULL
        if n.marks & M_DUAL and _ends_run(run, n):
            continue
        for i in range(n.num_edges):
            target = edge_node(n, i)
            if target is None:
                continue
            t = _find_claim(run, target)
            t.deps -= 1
            if t.deps == 0:
                _push(run, t)
    return 0


cdef int _run_watched(Run run, Claim* c) except -1:
    """_run_node in anomaly mode: nodes recorded meanwhile know what they come from, and an error is told with its place."""
    cdef object watch = <object>_anomaly     # held, for a hook may switch the mode off
    watch.enter(<Node>c.node)
    try:
        _run_node(run, c)
    except Exception as exception:
        watch.explain(<Node>c.node, exception)
        raise
    finally:
        watch.leave()
    return 0


def run_backward(list roots, list grads, bint keep_graph, bint create_graph, inputs, bint accumulate, bint allow_unused):
    """Walk back from `roots` with `grads`. With `inputs`, only towards them: their gradients are returned, or accumulated.

    Called by `backward` and `grad`, which check the arguments.
    """
    cdef Run run = Run.__new__(Run)
    cdef Node n
    cdef Claim* c
    cdef int levels = at_work.levels, grad_before
    cdef Py_ssize_t k
    cdef PyObject* outer_run = at_work.run
    cdef long long outer_number = at_work.number
    global _runs
    run.keep_graph = keep_graph
    run.create_graph = create_graph
    run.selective = inputs is not None
    anchors = []
    if inputs is not None:
        run.captures = {}
        if not accumulate:
            run.captured = [None] * len(inputs)
        for k, x in enumerate(inputs):
            n, nr = _gradient_edge(x)
            anchors.append(n)
            run.captures.setdefault((<size_t><PyObject*>n, nr), []).append(k)
    for k, root in enumerate(roots):
        if isinstance(root, Tensor) and not requires_grad(<Tensor>root):
            raise RuntimeError(f"element {k} of tensors does not require grad and does not have a grad_fn")
        n, nr = _gradient_edge(root)
        if _find_claim(run, n) == NULL:
            _make_claim(run, n)
    if accumulate and create_graph:
        warn_once(
            "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause "
            "a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make "
            "sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak.",
            stacklevel=3,
        )
    if levels:                               # a rule records what the run asks for, not what a level around it does
        _count_levels(-levels)
    grad_before = thread_state().grad_enabled
    thread_state().grad_enabled = create_graph
    at_work.run = <PyObject*>run
    at_work.number = _runs
    _runs += 1
    try:
        _discover(run)
        if run.selective:
            _mark_needed(run)
        for root, g in zip(roots, grads):
            n, nr = _gradient_edge(root)
            _deliver(run, n, nr, g)
        c = run.head
        while c != NULL:
            if c.deps == 0:
                _push(run, c)
            c = c.next
        g = None
        grads.clear()                        # so that an initial gradient can be handed over instead of copied
        _walk(run)
    finally:
        thread_state().grad_enabled = grad_before
        at_work.run = outer_run
        at_work.number = outer_number
        if levels:
            _count_levels(levels)
    return run.captured


def record_always(int step):
    """Begin (1) or end (-1) levels of forward mode in this thread, in which everything is recorded."""
    global _open_levels
    _count_levels(step)
    at_work.open_levels += step
    _open_levels += step


cdef int _count_levels(int step) except -1:
    _record_always(step)
    at_work.levels += step
    return 0


def current_run() -> int:
    """The number of the backward run that this thread is in, -1 outside of any."""
    return at_work.number


def run_is_whole() -> bool:
    """Whether the run that this thread is in goes to all leaves, not only to tensors that were asked for."""
    return at_work.run == NULL or not (<Run>at_work.run).selective


def run_reaches(Node n not None) -> bool:
    """Whether the run that this thread is in computes gradients for `n`."""
    cdef Claim* c
    if at_work.run == NULL:
        raise RuntimeError("run_reaches: there is no backward run in this thread")
    c = _find_claim(<Run>at_work.run, n)
    return c != NULL and c.needed


def _gradient_edge(place):
    """(node, output number) that stands for a tensor (or GradientEdge) in the graph; RuntimeError for one that is not in any."""
    if not isinstance(place, Tensor):
        return place.node, place.output_nr
    cdef Tensor t = <Tensor>place
    if t.base is not None:
        _refresh(t)
    if t.node is not None:
        return t.node, t.output_nr
    if t.flags & F_REQUIRES_GRAD:
        return _accumulator(t), 0
    raise RuntimeError("element of tensors does not require grad and does not have a grad_fn")
