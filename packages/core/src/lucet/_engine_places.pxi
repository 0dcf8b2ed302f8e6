# Places where a derivative begins: tensors that `lucet.func` and `forward_ad` differentiate with respect to, each the output of a
# node of its own, whatever it was before. A place is open until its transform or level has ended.


cdef int _place_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, g)


def place(Tensor t not None, bint dual=False):
    """The elements of `t` as the output of a new open node that leads on to what computed `t`, and that node."""
    cdef Node n = new_node(_place_vjp, b"PlaceBackward0", 1)
    cdef Tensor out = alias(t)
    n.marks |= M_OPEN | (M_DUAL if dual else 0)
    connect(n, 0, t)
    set_history(n, out, 0)
    return out, n


def set_open(Node n not None, bint value):
    """Whether the derivative that begins here is still asked for."""
    if value:
        n.marks |= M_OPEN
    else:
        n.marks &= ~M_OPEN


def place_of(Tensor t not None):
    """The node that computed `t` where `t` is a place as it was made, or None."""
    if t.node is not None and t.output_nr == 0 and (<Node>t.node).vjp == _place_vjp:
        return t.node
    return None


# What a walk back through the graph looks for.
cdef enum Sought:
    ONE_OF_THEM                              # nodes that are named
    A_START                                  # a leaf or an open place
    A_VISIBLE_START                          # the same without the places of forward mode: what a program sees as requires_grad


def leads_out(Tensor t not None) -> bool:
    """Whether the graph of `t` leads to an open place or a leaf: whether anybody can ask for its gradient."""
    return _leads(t, A_START, None)


def leads_to(Tensor t not None, set nodes not None) -> bool:
    """Whether the graph of `t` leads to one of `nodes`."""
    return _leads(t, ONE_OF_THEM, nodes)


cdef bint _is_sought(Node n, Sought what, set nodes) except -1:
    if what == ONE_OF_THEM:
        return n in nodes
    if n.marks & M_ACCUMULATE:
        return True
    if what == A_START:
        return n.marks & M_OPEN != 0
    return n.marks & (M_OPEN | M_DUAL) == M_OPEN


cdef bint _leads(Tensor t, Sought what, set nodes) except -1:
    cdef Node n, target
    cdef int i
    cdef set seen
    cdef list waiting
    if not requires_grad(t):
        return False
    n = _gradient_edge(t)[0]
    seen = {<size_t><PyObject*>n}
    waiting = [n]
    while waiting:
        n = <Node>waiting.pop()
        if _is_sought(n, what, nodes):
            return True
        for i in range(n.num_edges):
            target = edge_node(n, i)
            if target is not None and <size_t><PyObject*>target not in seen:
                seen.add(<size_t><PyObject*>target)
                waiting.append(target)
    return False


cdef bint _shows_history(Tensor t) except -1:
    """Whether the history of `t` is the program's: inside a forward-mode level everything is recorded, for the tangents."""
    return not _open_levels or not at_work.levels or t.node is None and t.base is None or _leads(t, A_VISIBLE_START, None)


# --- what a level recorded: its history ends with the level, unless it leads further ----------------------------------

cdef int _note_recorded(Tensor t) except -1:
    cdef list noted
    if at_work.recorded == NULL:
        noted = []
        Py_INCREF(noted)
        at_work.recorded = <PyObject*>noted
    noted = <list><object>at_work.recorded
    if len(noted) >= 1024 and len(noted) & (len(noted) - 1) == 0:        # now and then without those that are gone
        noted[:] = [each for each in noted if each() is not None]
    noted.append(weakref.ref(t))
    return 0


def forget_recorded():
    """A level has ended, its places closed: what is left of the tensors that it recorded has no history that leads nowhere."""
    cdef Tensor t
    cdef list noted, kept = []
    if at_work.recorded == NULL:
        return
    noted = <list><object>at_work.recorded
    for each in noted:
        t = each()
        if t is None or t.node is None:
            continue
        if _leads(t, A_START, None):
            kept.append(each)
        else:
            t.node = None
            t.output_nr = 0
            t.flags &= ~F_REQUIRES_GRAD
    noted[:] = kept
    if at_work.open_levels == 0:
        Py_DECREF(noted)
        at_work.recorded = NULL


cdef inline bint _ends_run(Run run, Node n) except -1:
    return n.marks & M_DUAL != 0 and run.captures is not None and (<size_t><PyObject*>n, 0) in run.captures
