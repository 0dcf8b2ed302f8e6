"""View ops and reshapes: other geometries over the same elements, and the gradients that lead back from them.

A view op computes shape, strides and offset, makes the view, and records one node. Gradients of views that show only a part
go through one pair of ops: `spread` writes a gradient into a view's place among zeros, `gathered` reads the place back.
Ops that join or rearrange copies are in join.pyx, subscripts in indexing.pyx.
"""

from cpython.long cimport PyLong_CheckExact, PyLong_AsLongLongAndOverflow
from cpython.bool cimport PyBool_Check
from libc.string cimport memset
from lucet._dtype cimport BOOL, UINT8, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, COMPLEX128, CAT_INT, category_of, itemsize_of, real_of, dtype, dtype_object, code_of
from lucet._engine cimport (
    Node, Run, vjp_fn, engine_ops, recording, recording2, new_node, connect, set_history, record, record_view, named, check_change, check_inplace, rebase,
    edge_node, needs, give,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport LoopArgs, ADD
from lucet._modes cimport thread_state, slow_call, view_call, passed
from lucet._ops.convert cimport clone_of, contiguous_of
from lucet._ops.pointwise cimport conj_of, neg
from lucet._ops._loops cimport Operand, check_no_internal_overlap, operand_of, operand_of_scalar, iterate, convert_into, contiguous, CHEAP
from lucet._ops.convert cimport deliver
from lucet._storage cimport Storage, new_storage
from lucet._tensor cimport (
    Tensor, MAX_DIMS, CPU, META, F_CONTIGUOUS, alias, bare_tensor, bump, checked_numel, data_of, describe, finish_geometry,
    F_CONJ, is_lazy, is_meta, is_plain, read_size, same_shape, set_contiguous, strided_over, take_geometry, view, wrap_dim,
)


from lucet import _engine
from lucet._device import contiguous_format
from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._registry import OPS, dress, op
from lucet._tensor import attach


# --- arguments ------------------------------------------------------------------------------------------------------

cdef bint intercepted(Tensor t) noexcept:
    """Whether the call has to be offered to modes or to a subclass first."""
    return not is_plain(t) or thread_state().modes != 0


cdef int dim_of(object dim, int ndim, const char* op) except -1:
    """A dimension as a non-negative int; the common exact int without detours."""
    cdef int overflow = 0
    cdef long long d
    if PyLong_CheckExact(dim):
        d = PyLong_AsLongLongAndOverflow(dim, &overflow)
        if -ndim <= d < ndim and not overflow:
            return <int>(d + ndim if d < 0 else d)
    return wrap_dim(dim, ndim, op)


cdef int ints_of(tuple args, object named, Py_ssize_t* out, const char* op, const char* name) except -1:
    """Ints given one by one, as one sequence, or by keyword; returns how many."""
    cdef object items = args
    cdef Py_ssize_t n, i
    if named is not None:
        if args:
            raise TypeError(f"{op.decode()}(): got multiple values for argument '{name.decode()}'")
        items = named
    elif len(args) == 1 and isinstance(args[0], (tuple, list)):
        items = args[0]
    elif not args:
        raise TypeError(f"{op.decode()}(): missing argument '{name.decode()}'")
    if not isinstance(items, (tuple, list)):
        items = (items,)
    n = len(items)
    if n > MAX_DIMS:
        raise error(ShapeError, f"{op.decode()}: {n} sizes, at most {MAX_DIMS} dimensions are supported")
    for i in range(n):
        item = items[i]
        if not PyLong_CheckExact(item) and (PyBool_Check(item) or not hasattr(item, "__index__")):
            raise TypeError(
                f"{op.decode()}(): argument '{name.decode()}' must be tuple of ints, but found element of type "
                f"{type(item).__name__} at pos {i}"
            )
        out[i] = read_size(item, name)
    return <int>n


cdef int dims_of(object dims, int ndim, int* out, const char* op) except -1:
    """One dimension or a sequence of distinct ones, non-negative; returns how many."""
    cdef int i, k, n
    if not isinstance(dims, (tuple, list)):
        dims = (dims,)
    n = len(dims) if len(dims) <= MAX_DIMS else MAX_DIMS + 1
    if n > MAX_DIMS:
        raise error(ShapeError, f"{op.decode()}: {len(dims)} dimensions, at most {MAX_DIMS} are supported")
    for i in range(n):
        out[i] = dim_of(dims[i], ndim, op)
        for k in range(i):
            if out[k] == out[i]:
                raise RuntimeError(f"{op.decode()}: dim {out[i]} appears multiple times in the list of dims")
    return n


cdef list sizes_list(int ndim, const Py_ssize_t* shape):
    cdef int i
    return [shape[i] for i in range(ndim)]


# --- the input of a node, seen from its gradient rule -----------------------------------------------------------------

cdef int edge_shape(Node n, int i, Py_ssize_t* shape) except -1:
    """The shape of input `i`, as the edge's other end remembers it; returns its number of dimensions."""
    cdef Node target = edge_node(n, i)
    cdef unsigned int nr = n.nr0 if i == 0 else n.nr1 if i == 1 else n.nr2 if i == 2 else (<tuple>n.more_edges[i - 3])[1]
    cdef int k
    if target.out_more is None:
        for k in range(target.out_ndim):
            shape[k] = target.out_shape[k]
        return target.out_ndim
    sizes = target.out_more[nr][1]
    for k in range(len(sizes)):
        shape[k] = sizes[k]
    return len(sizes)


cdef Storage _no_elements = new_storage(0, META)


cdef Tensor meta_of(int code, int ndim, const Py_ssize_t* shape):
    """A row-major tensor that has a shape only."""
    cdef Tensor t = bare_tensor(code, ndim)
    cdef int i
    t.numel_ = 1
    for i in range(ndim):
        t.shape_[i] = shape[i]
        t.numel_ *= shape[i]
    set_contiguous(t)
    t.storage = _no_elements
    return t


cdef Tensor edge_meta(Node n, int i):
    """Input `i` of a node as a row-major tensor without elements: a view op replayed on it gives the place of the view."""
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, i, shape)
    return meta_of(FLOAT32, ndim, shape)


cdef Tensor layout_of(Tensor a):
    """The geometry of `a`, counted from its own first element, without its elements."""
    cdef Tensor m = bare_tensor(a.code, a.ndim_)
    take_geometry(m, a)
    m.offset = 0
    m.storage = _no_elements
    return m


# --- places: parts of a layout ----------------------------------------------------------------------------------------

cdef Py_ssize_t reach(Tensor t) noexcept:
    """One past the last element, from the start that offsets are counted from; 0 for a tensor without elements."""
    cdef Py_ssize_t last = t.offset + 1
    cdef int i
    if t.numel_ == 0:
        return 0
    for i in range(t.ndim_):
        last += (t.shape_[i] - 1) * t.strides[i]
    return last


cdef Tensor over(Storage storage, int code, Tensor geometry, Py_ssize_t shift):
    """A tensor with the given geometry over `storage`, without history."""
    cdef Tensor t = bare_tensor(code, geometry.ndim_)
    take_geometry(t, geometry)
    t.offset = geometry.offset + shift
    t.storage = storage
    return t


cdef int overlapping_dim(Tensor v) noexcept:
    """A dimension along which two indices can be one element, or -1 where none can."""
    cdef int order[64]
    cdef int i, k, best
    cdef Py_ssize_t span = 0
    if v.flags & F_CONTIGUOUS or v.numel_ < 2:
        return -1
    for i in range(v.ndim_):
        k = i
        while k > 0 and v.strides[order[k - 1]] > v.strides[i]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = i
    for i in range(v.ndim_):
        if v.shape_[order[i]] == 1:
            continue
        if v.strides[order[i]] <= span:
            best = order[i]                  # the smallest dimension so far gives the fewest passes
            for k in range(i):
                if 1 < v.shape_[order[k]] < v.shape_[best]:
                    best = order[k]
            return best
        span += (v.shape_[order[i]] - 1) * v.strides[order[i]]
    return -1


cdef int zero_fill(Tensor v) except -1:
    """Write zeros. No checks, no version, no history."""
    cdef Operand ops[2]
    cdef char zero[16]
    if is_meta(v) or v.numel_ == 0:
        return 0
    if v.flags & F_CONTIGUOUS:
        memset(data_of(v), 0, v.numel_ * itemsize_of[v.code])
        return 0
    memset(zero, 0, 16)
    operand_of(v, v.code, &ops[0])
    operand_of_scalar(zero, v.code, &ops[1])
    return iterate(K.cast[v.code][v.code], NULL, 2, ops, CHEAP)


cdef int add_into(Tensor target, Tensor g) except -1:
    """target += g for equal shapes, also where indices of `target` share elements: each one counts."""
    cdef Operand ops[3]
    cdef LoopArgs args
    cdef int code = FLOAT32 if target.code == FLOAT16 or target.code == BFLOAT16 else target.code
    cdef int dim = overlapping_dim(target)
    cdef Py_ssize_t i
    if is_meta(target) or target.numel_ == 0:
        return 0
    if K.pointwise[ADD][code] == NULL:
        raise error(DtypeError, f"backward: views that overlap have no gradient for {dtype_object(code)._name}")
    if dim < 0:
        operand_of(target, code, &ops[0])
        operand_of(target, code, &ops[1])
        operand_of(g, code, &ops[2])
        return iterate(K.pointwise[ADD][code], &args, 3, ops, CHEAP)
    for i in range(target.shape_[dim]):
        add_into(part(target, dim, i), part(g, dim, i))
    return 0


cdef Tensor part(Tensor a, int dim, Py_ssize_t index):
    """Index `index` of dimension `dim`, as a tensor without history."""
    cdef Tensor t = bare_tensor(a.code, a.ndim_ - 1)
    cdef int i
    for i in range(dim):
        t.shape_[i] = a.shape_[i]
        t.strides[i] = a.strides[i]
    for i in range(dim, a.ndim_ - 1):
        t.shape_[i] = a.shape_[i + 1]
        t.strides[i] = a.strides[i + 1]
    t.offset = a.offset + index * a.strides[dim]
    finish_geometry(t)
    t.storage = a.storage
    return t


cdef Storage flat(int code, Py_ssize_t n, int device, bint zeros):
    """Room for n elements."""
    cdef Storage s = new_storage(n * itemsize_of[code], device)
    if zeros and device == CPU:
        memset(s.block.data, 0, n * itemsize_of[code])
    return s


cdef int spread_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, gathered(g, (<tuple>n.extra)[0], (<tuple>n.extra)[1]))


cdef int gathered_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, spread(g, (<tuple>n.extra)[0], (<tuple>n.extra)[1]))


cdef int without_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, without(g, (<tuple>n.extra)[0], (<tuple>n.extra)[1]))


cdef Tensor spread(Tensor g, Tensor place, Tensor layout):
    """Zeros of the given layout with `g` added at `place`."""
    cdef Py_ssize_t shift = -place.offset if place.offset < 0 else 0
    cdef Py_ssize_t room = max(reach(place), reach(layout)) + shift
    cdef Storage s = flat(g.code, room, g.storage.device, True)
    cdef Tensor target = over(s, g.code, place, shift)
    if overlapping_dim(target) < 0:
        convert_into(target, g)
    else:
        add_into(target, g)
    cdef Tensor y = over(s, g.code, layout, shift)
    if recording(g):
        record(y, spread_vjp, b"SliceBackward0", g).extra = (place, layout)
    return y


cdef Tensor gathered(Tensor a, Tensor place, Tensor layout):
    """The elements of `a`, laid out as `layout`, that `place` points at; places outside read as zero."""
    cdef Tensor y = over(laid_out(a, place, layout), a.code, place, -place.offset if place.offset < 0 else 0)
    if recording(a):
        record(y, gathered_vjp, b"AsStridedBackward0", a).extra = (place, layout)
    return y


cdef Storage laid_out(Tensor a, Tensor place, Tensor layout):
    """A new storage with the elements of `a` in the given layout, and room for `place`."""
    cdef Py_ssize_t shift = -place.offset if place.offset < 0 else 0
    cdef Py_ssize_t room = max(reach(place), reach(layout)) + shift
    cdef Storage s = flat(a.code, room, a.storage.device, layout.numel_ != room)      # zeros where nothing will be
    convert_into(over(s, a.code, layout, shift), a)
    return s


cdef Tensor without(Tensor a, Tensor place, Tensor layout):
    """`a`, laid out as `layout`, with zeros at `place`."""
    cdef Py_ssize_t shift = -place.offset if place.offset < 0 else 0
    cdef Storage s = laid_out(a, place, layout)
    cdef Tensor y = over(s, a.code, layout, shift)
    zero_fill(over(s, a.code, place, shift))
    if recording(a):
        record(y, without_vjp, b"SliceBackward0", a).extra = (place, layout)
    return y


# --- what the engine asks for ------------------------------------------------------------------------------------------

cdef Tensor layout_behind(Tensor geometry, int ndim, const Py_ssize_t* shape):
    """The layout of a view's base: the engine hangs it on the geometry; a row-major base need not be told."""
    return geometry.base if geometry.base is not None else meta_of(geometry.code, ndim, shape)


cdef Tensor engine_as_strided(Tensor a, Tensor geometry):
    if of_two_kinds(geometry):
        place, layout = in_parts(geometry)
        return of_kind(gathered(as_real(a), place, layout), geometry.code >= COMPLEX64)
    return gathered(a, geometry, layout_behind(geometry, a.ndim_, a.shape_))


cdef Tensor engine_zero_slice(Tensor g, Tensor geometry):
    if of_two_kinds(geometry):
        place, layout = in_parts(geometry)
        return of_kind(without(as_real(g), place, layout), g.code >= COMPLEX64)
    return without(g, geometry, layout_behind(geometry, g.ndim_, g.shape_))


def _spread_for_engine(Tensor g not None, Tensor geometry not None, meta):
    cdef Py_ssize_t shape[64]
    cdef int ndim
    if of_two_kinds(geometry):
        place, layout = in_parts(geometry)
        return of_kind(spread(as_real(g), place, layout), geometry.base.code >= COMPLEX64)
    ndim = ints_of((meta[1],), None, shape, b"backward", b"shape")
    return spread(g, geometry, layout_behind(geometry, ndim, shape))


engine_ops.as_strided = engine_as_strided
engine_ops.zero_slice = engine_zero_slice
_engine._set_scatter(_spread_for_engine)


include "shape_views.pxi"
include "shape_forms.pxi"
include "shape_parts.pxi"
include "shape_complex.pxi"
include "shape_places.pxi"
