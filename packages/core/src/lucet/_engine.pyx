"""The graph: nodes, how ops record them, in-place history, and the backward walk. Knows Tensor, knows no op.

The walk counts, in one pass over the edges, how many gradients each node waits for; ready nodes run latest-recorded first, so
sums are added in a fixed order. Its state lives in claims that belong to the run. Neither the walk nor the release of a graph
recurses, whatever its depth.
"""

cimport cython
from cpython.mem cimport PyMem_Malloc, PyMem_Realloc, PyMem_Free
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF, Py_DECREF, Py_XDECREF
from lucet._dtype cimport BOOL, FLOAT16, COMPLEX64, dtype_object
from lucet._modes cimport view_call, passed
from lucet._storage cimport Storage, new_storage, finish_readers, META
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


include "_engine_views.pxi"
include "_engine_places.pxi"
include "_engine_walk.pxi"
include "_engine_attributes.pxi"


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
