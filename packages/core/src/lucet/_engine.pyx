"""The graph: nodes, how ops record them, in-place history, and the backward walk. Knows Tensor, knows no op.

The walk counts, in one pass over the edges, how many gradients each node waits for; ready nodes run latest-recorded first, so
sums are added in a fixed order. Its state lives in claims that belong to the run. Neither the walk nor the release of a graph
recurses, whatever its depth.
"""

cimport cython
from cpython.mem cimport PyMem_Malloc, PyMem_Realloc, PyMem_Free
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF, Py_DECREF, Py_XDECREF
from lucet._dtype cimport FLOAT16, COMPLEX64, dtype_object
from lucet._tensor cimport (
    Tensor, F_CONTIGUOUS, F_REQUIRES_GRAD, F_INFERENCE, F_RETAINS_GRAD, F_NO_GRAD_VIEW, F_MULTI_VIEW, F_INFERENCE_VIEW, F_FUNCTION_ALIAS, F_CONJ, INLINE_DIMS,
    alias, bump, version_of, describe, bury, drain, empty_tensor, same_shape, shape_tuple, is_dense, is_exact,
    take_geometry, move_version,
)

from collections import OrderedDict
import threading
import warnings
import weakref

from lucet._errors import DeviceError, VersionError, ShapeError, error, warn_once
from lucet._hooks import add_hook
from lucet._modes import LazilyWritten, _record_always
from lucet._registry import dress
from lucet._tensor import attach, _fresh_version, _last_writer, _watch_writes

cdef extern from "dealloc.h":
    ctypedef void (*Dealloc "destructor")(PyObject*) noexcept
    Dealloc set_dealloc "lucet_set_dealloc"(PyObject*, Dealloc) noexcept
    void forget "PyObject_GC_UnTrack"(PyObject*) noexcept

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(PyObject*)
    void Py_SET_TYPE(PyObject*, PyTypeObject*)

cdef extern from *:
    """
    static __thread struct { PyObject *run; long long number; int levels, open_levels; PyObject *recorded; } lucet_at_work = {NULL, -1, 0, 0, NULL};
    """
    ctypedef struct AtWork:
        PyObject* run
        long long number
        int levels                           # forward-mode levels that everything is recorded for: none inside a run
        int open_levels                      # those that are open in this thread
        PyObject* recorded                   # a list of what they recorded, NULL outside
    AtWork at_work "lucet_at_work"           # the run that this thread walks, innermost

cdef long long _runs = 0
cdef int _open_levels = 0                    # of forward mode, in all threads
cdef unsigned long long _sequence = 0
cdef EngineOps engine_ops
cdef PyObject* _anomaly = NULL              # owned: what anomaly mode notes and asks, for the whole process; NULL while it is off


@cython.binding(False)                       # methods that check their self, as written in C
@cython.embedsignature(True)
@cython.embedsignature.format("clinic")
@cython.freelist(1024)
@cython.no_gc_clear
cdef class Node:
    """One recorded operation: it turns gradients of its outputs into gradients of its inputs (`tensor.grad_fn`).

    Python code sees it as an instance of a subclass named after the operation (`shown`).
    """

    def __init__(self):
        raise TypeError("Node: nodes are made by recorded operations")

    def name(self):
        """torch's name of the operation, such as 'AddBackward0'."""
        return _label(self)

    def __repr__(self):
        where = "" if _module_of(self) == "builtins" else _module_of(self) + "."
        return f"<{where}{_class_name(self)} object at {hex(<size_t><PyObject*>self)}>"

    @property
    def next_functions(self):
        """A tuple of (node or None, output number) for each input; of a Function written in Python, for each tensor."""
        cdef int i
        takes = self.extra._takes_tensor if self.marks & M_PYTHON else None
        return tuple([
            (shown(edge_node(self, i)), _edge_nr(self, i) if edge_node(self, i) is not None else 0)
            for i in range(self.num_edges) if takes is None or takes[i]
        ])

    @property
    def variable(self):
        """The leaf tensor of an AccumulateGrad node. Raises AttributeError on other nodes."""
        if not self.marks & M_ACCUMULATE:
            raise AttributeError(f"'{_label(self)}' object has no attribute 'variable'")
        return self.leaf

    @property
    def metadata(self):
        """A dict for notes about this node."""
        return _node_hooks(self).metadata

    @property
    def saved_tensors(self):
        """The tensors that a Python Function saved, or the values saved by this node."""
        if self.marks & M_PYTHON:
            return self.extra.saved_tensors
        return tuple([saved(self, i) for i in range(3) if (self.s0, self.s1, self.s2)[i] is not None])

    def _sequence_nr(self):
        """The order in which nodes were recorded."""
        return self.seq

    @property
    def _input_metadata(self):
        """A list of (dtype, shape) of the outputs that gradients arrive for."""
        return [_output_meta(self, i) for i in range(self.num_outputs)]

    def register_hook(self, fn):
        """Call `fn(grad_inputs, grad_outputs)` after each run of this node; a tuple returned replaces grad_inputs. Returns a handle."""
        return add_hook(_node_hooks(self).post, fn)

    def register_prehook(self, fn):
        """Call `fn(grad_outputs)` before each run of this node; a tuple returned replaces them. Returns a handle."""
        return add_hook(_node_hooks(self).pre, fn)

    def __getattr__(self, name):
        if self.marks & M_PYTHON:
            return getattr(self.extra, name)
        raise AttributeError(f"'{_label(self)}' object has no attribute '{name}'")


cdef Dealloc _dealloc_rest


cdef void _dealloc_node(PyObject* o) noexcept:
    """What a node holds goes, then the node: `__dealloc__` without what Cython puts around it (see dealloc.h)."""
    forget(o)                                # the garbage collector must not meet it half empty
    if (<Node>o).leaf is not None and (<Node>o).leaf.accumulator == o:
        (<Node>o).leaf.accumulator = NULL
    # Edges and saved tensors may hold the last references to the rest of a long chain: see bury().
    if (<Node>o).e0 is not None:
        bury((<Node>o).e0)
        (<Node>o).e0 = None
    if (<Node>o).e1 is not None:
        bury((<Node>o).e1)
        (<Node>o).e1 = None
    if (<Node>o).e2 is not None:
        bury((<Node>o).e2)
        (<Node>o).e2 = None
    if (<Node>o).more_edges is not None:
        bury((<Node>o).more_edges)
        (<Node>o).more_edges = None
    if (<Node>o).s0 is not None:
        bury((<Node>o).s0)
        (<Node>o).s0 = None
    if (<Node>o).s1 is not None:
        bury((<Node>o).s1)
        (<Node>o).s1 = None
    if (<Node>o).s2 is not None:
        bury((<Node>o).s2)
        (<Node>o).s2 = None
    if (<Node>o).more_saved is not None:
        bury((<Node>o).more_saved)
        (<Node>o).more_saved = None
    if (<Node>o).extra is not None:
        bury((<Node>o).extra)
        (<Node>o).extra = None
    if (<Node>o).leaf is not None:
        bury((<Node>o).leaf)
        (<Node>o).leaf = None
    drain()
    _dealloc_rest(o)


_dealloc_rest = set_dealloc(<PyObject*>Node, _dealloc_node)


cdef class NodeHooks:
    """Hooks of one node; most nodes have none."""
    cdef public object pre, post, metadata
    cdef public dict tensor_pre      # {output_nr: OrderedDict of hooks on that output's gradient}
    cdef public dict retain          # {output_nr: weak reference to the tensor whose .grad is kept}

    def __init__(self):
        self.pre = OrderedDict()
        self.post = OrderedDict()
        self.metadata = {}
        self.tensor_pre = {}
        self.retain = {}


cdef NodeHooks _node_hooks(Node n):
    if n.hooks is None:
        n.hooks = NodeHooks()
    return <NodeHooks>n.hooks


cdef str _label(Node n):
    if n.marks & M_PYTHON:
        return type(n.extra).__name__
    return n.label.decode() if n.label != NULL else "Node"


cdef str _class_name(Node n):
    return _label(n).rpartition("::")[2]


cdef str _module_of(Node n):
    return type(n.extra).__module__ if n.marks & M_PYTHON else "builtins"


cdef dict _classes = {}                      # {operation: the type its nodes are shown as}


cpdef object shown(Node n):
    """`n` on its way to Python code, where type(n).__name__ tells the operation.

    Nodes are recorded as plain ones; only one that is looked at changes its type, to a subclass that adds nothing but the name.
    """
    if n is None or type(n) is not Node:
        return n
    name = _class_name(n)
    kind = _classes.get(name)
    if kind is None:
        kind = _classes[name] = type(name, (Node,), {"__slots__": (), "__module__": _module_of(n)})
    Py_INCREF(kind)                          # an instance of a type made at run time owns a reference to it
    Py_SET_TYPE(<PyObject*>n, <PyTypeObject*>kind)
    return n


cdef object _output_meta(Node n, int nr):
    cdef int i
    if n.out_more is not None:
        meta = n.out_more[nr]
        return (dtype_object(meta[0]), meta[1])
    return (dtype_object(n.out_code), tuple([n.out_shape[i] for i in range(n.out_ndim)]))


# --- edges and saved values -----------------------------------------------------------------------------------------

cdef Node edge_node(Node n, int i):
    if i == 0:
        return n.e0
    if i == 1:
        return n.e1
    if i == 2:
        return n.e2
    return <Node>(<tuple>n.more_edges[i - 3])[0]


cdef unsigned int _edge_nr(Node n, int i):
    if i == 0:
        return n.nr0
    if i == 1:
        return n.nr1
    if i == 2:
        return n.nr2
    return (<tuple>n.more_edges[i - 3])[1]


cdef bint needs(Node n, int i):
    """Whether input `i` wants a gradient: at all, and of the run that is at work on `n`."""
    cdef Node target = edge_node(n, i)
    cdef PyObject* run = thread_state().run
    cdef Claim* c
    if target is None:
        return False
    if run == NULL or _find_claim(<Run>run, n) == NULL:
        return True
    c = _find_claim(<Run>run, target)
    return c != NULL and c.needed


cdef Node new_node(vjp_fn vjp, const char* label, int num_edges):
    global _sequence
    cdef Node n = Node.__new__(Node)
    n.vjp = vjp
    n.label = label
    n.num_edges = num_edges
    _sequence += 1
    n.seq = _sequence
    if num_edges > 3:
        n.more_edges = [(None, 0)] * (num_edges - 3)
    if _anomaly != NULL:
        n.trace = (<object>_anomaly).note()
    return n


cdef Node _accumulator(Tensor leaf):
    """The node that adds to the leaf's `.grad`; one lives per leaf as long as some graph refers to it."""
    cdef Node n
    if leaf.accumulator != NULL:
        return <Node>leaf.accumulator
    n = Node.__new__(Node)
    n.label = b"torch::autograd::AccumulateGrad"
    n.marks = M_ACCUMULATE
    n.leaf = leaf
    n.num_outputs = 1
    n.seq = <unsigned long long>-1          # leaves go first, as soon as they are ready
    _note_output(n, leaf, 0)
    leaf.accumulator = <PyObject*>n
    return n


cdef int connect(Node n, int i, Tensor t) except -1:
    """Make input `i` of `n` lead to what computed `t`, if `t` wants a gradient."""
    global _sequence
    cdef Node target
    cdef unsigned int nr = 0
    if t is None:
        return 0
    if t.base is not None:
        _refresh(t)
    if t.node is not None:
        target = <Node>t.node
        nr = t.output_nr
        if target.seq > n.seq:               # a view whose history was just rebuilt: a node comes after its inputs
            _sequence += 1
            n.seq = _sequence
    elif t.flags & F_REQUIRES_GRAD:
        target = _accumulator(t)
    else:
        return 0
    _lead(n, i, target, nr)
    if t.flags & F_INFERENCE:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd."
        )
    return 0


cdef inline int _lead(Node n, int i, Node target, unsigned int nr) except -1:
    if i == 0:
        n.e0 = target
        n.nr0 = nr
    elif i == 1:
        n.e1 = target
        n.nr1 = nr
    elif i == 2:
        n.e2 = target
        n.nr2 = nr
    else:
        n.more_edges[i - 3] = (target, nr)
    return 0


cdef int _note_output(Node n, Tensor out, unsigned int nr) except -1:
    """Remember element type, shape and device of an output: gradients are brought to the first two, and have to be on the third."""
    cdef int i
    if out.storage.device == META:
        n.marks |= M_ON_META
    if nr == 0 and out.ndim_ <= INLINE_DIMS and n.out_more is None:
        n.out_code = out.code
        n.out_ndim = out.ndim_
        for i in range(out.ndim_):
            n.out_shape[i] = out.shape_[i]
        return 0
    if n.out_more is None:
        n.out_more = [None if nr == 0 else (n.out_code, tuple([n.out_shape[i] for i in range(n.out_ndim)]))]
    while len(n.out_more) <= <Py_ssize_t>nr:
        n.out_more.append(None)
    n.out_more[nr] = (out.code, tuple([out.shape_[i] for i in range(out.ndim_)]))
    return 0


cdef int set_history(Node n, Tensor out, unsigned int nr) except -1:
    """Make `out` output `nr` of `n`."""
    out.node = n
    out.output_nr = nr
    out.flags |= F_REQUIRES_GRAD
    if n.num_outputs <= <int>nr:
        n.num_outputs = nr + 1
    _note_output(n, out, nr)
    if _open_levels and at_work.open_levels:
        _note_recorded(out)
    return 0


cdef Node record(Tensor out, vjp_fn vjp, const char* label, Tensor a, Tensor b=None, Tensor c=None):
    """A new node that computed `out` from up to three tensors."""
    cdef Node n = new_node(vjp, label, 1 if b is None and c is None else 2 if c is None else 3)
    connect(n, 0, a)
    if b is not None:
        connect(n, 1, b)
    if c is not None:
        connect(n, 2, c)
    set_history(n, out, 0)
    return n


cdef Node record_gradient(Tensor grad, vjp_fn vjp, const char* label, Tensor g, Node n, int first, int count):
    """A new node that computed `grad`, a gradient of n's op, from `g` and from what `count` edges of `n` lead to.

    For gradients that depend on the op's inputs, as torch's graph has it, but do not change with them: the rule gives those inputs
    zeros (`give_zeros`) or nothing.
    """
    cdef Node made = new_node(vjp, label, 1 + count)
    cdef int i
    connect(made, 0, g)
    for i in range(count):
        _lead(made, 1 + i, edge_node(n, first + i), _edge_nr(n, first + i))
    set_history(made, grad, 0)
    return made


cdef int _tied_vjp(Node n, Tensor g, Run run) except -1:
    give(run, n, 0, g)
    if n.i0:
        give_zeros(run, n, 1)
    return 0


cdef Tensor tied(Tensor grad, Node n, const char* label, int count, bint zeros):
    """`grad`, newly made by the rule of `n`, as it is or recorded as also depending on the first `count` inputs of `n`.

    The first of them gets zeros through it, or none do.
    """
    if thread_state().grad_enabled:
        record_gradient(grad, _tied_vjp, label, grad, n, 0, count).i0 = zeros
    return grad


include "_engine_saved.pxi"


# --- views and in-place history -------------------------------------------------------------------------------------

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


from lucet._storage cimport Storage, new_storage, finish_readers, META
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


include "_engine_places.pxi"


# --- the walk -------------------------------------------------------------------------------------------------------

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


from lucet._modes cimport view_call, passed


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


# --- Functions written in Python -------------------------------------------------------------------------------------

cdef int _python_vjp(Node n, Tensor g, Run run) except -1:
    cdef int i
    grads = [grad_of(run, n, i) for i in range(n.num_outputs)]
    ctx = n.extra
    if ctx._materialize_grads:
        grads = [zeros_of_output(n, i) if grad is None and ctx._is_tensor[i] else grad for i, grad in enumerate(grads)]
    grads.extend([None] * (len(ctx._differentiable) - len(grads)))       # outputs that are no tensors
    results = ctx._call_backward(grads)
    if len(results) > n.num_edges and all([result is None for result in results[n.num_edges:]]):
        results = results[:n.num_edges]
    if len(results) != n.num_edges:
        raise RuntimeError(
            f"function {_label(n)} returned an incorrect number of gradients (expected {n.num_edges}, got {len(results)})"
        )
    for i, result in enumerate(results):
        if result is None:
            continue
        if not ctx._takes_tensor[i]:
            raise RuntimeError(
                f"function {_label(n)} returned a gradient different from None at position {i + 1}, but the corresponding forward input was not a Tensor"
            )
        if not isinstance(result, Tensor):
            raise RuntimeError(f"{_label(n)}: expected Tensor or None (got {type(result).__name__})")
        give(run, n, i, <Tensor>result)
    return 0


def record_function(ctx, inputs):
    """A node for a Python Function whose tensor inputs (None where an argument is no tensor) are `inputs`."""
    cdef Node n = new_node(_python_vjp, b"", len(inputs))
    cdef int i
    n.marks |= M_PYTHON
    n.extra = ctx
    for i, t in enumerate(inputs):
        if isinstance(t, Tensor):
            connect(n, i, <Tensor>t)
    return n


def set_function_output(Node n not None, Tensor out not None, unsigned int nr):
    """Make `out` output `nr` of a Python Function's node."""
    set_history(n, out, nr)


def set_function_output_inplace(Node n not None, Tensor out not None, unsigned int nr):
    """The same for an input that the Function changed in place (`mark_dirty`)."""
    if nr == 0:
        rebase(out, n)
    else:
        set_history(n, out, nr)


def mark_function_view(Tensor out not None, bint one_of_many):
    """An output that is a view of an input: writing it in place is refused."""
    out.flags = out.flags & ~F_NO_GRAD_VIEW | (F_MULTI_VIEW if one_of_many else F_FUNCTION_ALIAS)


def note_untracked_output(Node n not None, Tensor out not None, unsigned int nr):
    """An output without a gradient still counts in the node's numbering."""
    if n.num_outputs <= <int>nr:
        n.num_outputs = nr + 1
    _note_output(n, out, nr)


def check_function_inplace(Tensor t not None):
    check_change(t, True, b"mark_dirty")


def bump_version(Tensor t not None):
    """Note an in-place change made by other means (`lucet.autograd.graph.increment_version`)."""
    bump(t, b"increment_version")


def version(Tensor t not None) -> int:
    """The version counter's value."""
    return version_of(t)


def set_anomaly(watch):
    """Let the walk be watched, by an object that notes and asks (see autograd/_watch.py), or no more with None."""
    global _anomaly
    cdef PyObject* before = _anomaly
    if watch is not None:
        Py_INCREF(watch)
    _anomaly = <PyObject*>watch if watch is not None else NULL
    _watch_writes(watch.written if watch is not None else None)
    Py_XDECREF(before)


def trace_of(Node n not None):
    """Anomaly mode: what was noted when the node was recorded, or None."""
    return n.trace


def is_recording() -> bool:
    return thread_state().grad_enabled != 0
