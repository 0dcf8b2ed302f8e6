# Places where a derivative begins: tensors that `lucet.func` and `forward_ad` differentiate with respect to, each the output of a
# node of its own, whatever it was before. A place is open until its transform or level has ended.

cdef enum PlaceMarks:
    M_OPEN = 256
    M_DUAL = 512                             # of a forward-mode level: a run that captures it goes no further


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


def leads_out(Tensor t not None) -> bool:
    """Whether the graph of `t` leads to an open place or a leaf: whether anybody can ask for its gradient."""
    return _leads(t, None)


def leads_to(Tensor t not None, set nodes not None) -> bool:
    """Whether the graph of `t` leads to one of `nodes`."""
    return _leads(t, nodes)


cdef bint _leads(Tensor t, set nodes) except -1:
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
        if nodes is None and n.marks & (M_OPEN | M_ACCUMULATE) or nodes is not None and n in nodes:
            return True
        for i in range(n.num_edges):
            target = edge_node(n, i)
            if target is not None and <size_t><PyObject*>target not in seen:
                seen.add(<size_t><PyObject*>target)
                waiting.append(target)
    return False


cdef inline bint _ends_run(Run run, Node n) except -1:
    return n.marks & M_DUAL != 0 and run.captures is not None and (<size_t><PyObject*>n, 0) in run.captures
