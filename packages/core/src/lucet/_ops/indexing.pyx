"""Subscripts and index ops: reading and writing elements that tensors of indices or masks name.

All indices of one access are turned into one tensor of byte offsets, checked on the way (`pick_of`); rows are then moved between
the offsets and a dense tensor. gather and scatter move lines along one dimension. Views by slices are made here for subscripts,
otherwise in shape.pyx.
"""

from cpython.long cimport PyLong_CheckExact, PyLong_AsSsize_t
from cpython.bool cimport PyBool_Check
from cpython.slice cimport PySlice_Check
from libc.stdint cimport int64_t, uint8_t
from lucet._dtype cimport BOOL, UINT8, INT32, INT64, FLOAT16, COMPLEX64, itemsize_of, Scalar, dtype_object, is_number, read_scalar
from lucet._engine cimport (
    Node, Run, vjp_fn, engine_ops, recording, recording2, requires_grad, new_node, connect, set_history, record, named, save, save_output, saved,
    saved_tensor, check_inplace, rebase, needs, give,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport LoopArgs, line_fn, ADD
from lucet._modes cimport thread_state, slow_call, view_call, passed
from lucet._ops._loops cimport (
    Operand, operand_of, iterate, convert_into, converted, contiguous, broadcast2, prepare_out, check_no_internal_overlap,
    check_out_overlap, overlaps_itself, warn_of_overlap, CHEAP,
)
from lucet._ops.convert cimport clone_of, copy_inplace, cast_to
from lucet._ops.create cimport fill_with, store_checked, tensor_of, zeros_tensor, filled
from lucet._ops.pointwise cimport div, mul, where
from lucet._ops.shape cimport (
    dim_of, intercepted, edge_shape, edge_meta, meta_of, reshape_to, expand_to, unsqueeze_at, select_at, slice_of, shared,
    conj_view, spread,
)
from lucet._tensor cimport (
    Tensor, MAX_DIMS, CPU, META, F_CONTIGUOUS, F_REQUIRES_GRAD, bare_tensor, bump, data_of, describe, empty_like,
    empty_permuted, empty_tensor, finish_geometry, is_lazy, is_meta, is_plain, read_size, same_shape, slots, take_geometry, view,
)
from lucet._threads cimport run_unlocked, begin_unlocked, end_unlocked

import warnings

from lucet._errors import DeviceError, DtypeError, ShapeError, error, need_deterministic, warn_once
from lucet._ops._loops import out_apart
from lucet._registry import OPS, op, dress

cdef extern from "Python.h":
    int PySlice_Unpack(object slice, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t* step) except -1
    Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t step) noexcept

cdef enum:
    SERIAL = 400000            # bytes below which a copy is not split
    TASK = 262144              # bytes a task moves


cdef list sizes_list(Tensor a):
    cdef int i
    return [a.shape_[i] for i in range(a.ndim_)]


cdef inline int log2_size(int code) noexcept:
    cdef int size = itemsize_of[code]
    return 0 if size == 1 else 1 if size == 2 else 2 if size == 4 else 3 if size == 8 else 4


# --- from indices to places -------------------------------------------------------------------------------------------

cdef class Pick:
    """What one access by index names: a block of index dimensions (byte offsets), and the dimensions left whole."""
    cdef Tensor at                 # int64, row-major, in the shape of the block; None on the meta device
    cdef int first                 # the result's dimension where the block begins
    cdef int block                 # how many dimensions it has
    cdef int ndim                  # of the result
    cdef Py_ssize_t shape[64]
    cdef Py_ssize_t steps[64]      # of the indexed tensor along the result's dimensions, 0 in the block
    cdef list lines                # the index tensors, for the order of the result in memory


cdef Tensor placed(Tensor index, int64_t low, int64_t size, int64_t scale, Py_ssize_t dim, object kind):
    """Checked indices times `scale`, in the shape of `index`."""
    cdef Tensor x = contiguous(index), y = empty_tensor(INT64, index.ndim_, index.shape_, CPU)
    cdef Py_ssize_t bad = K.place[0 if index.code == INT32 else 1](data_of(x), x.numel_, low, size, scale, <int64_t*>data_of(y))
    if bad >= 0:
        value = (<int64_t*>data_of(x))[bad] if x.code == INT64 else (<int*>data_of(x))[bad]
        raise kind(f"index {value} is out of bounds for dimension {dim} with size {size}")
    return y


cdef Tensor true_positions(Tensor mask, int64_t scale):
    """Row-major positions of the true elements of a bool or uint8 mask, times `scale`."""
    cdef Tensor m = contiguous(mask), y
    cdef Py_ssize_t count, room
    if is_meta(mask):
        raise error(DeviceError, "index: a mask on the meta device has no elements to count")
    count = K.count_true(<uint8_t*>data_of(m), m.numel_) if m.numel_ else 0
    room = count + 1
    y = empty_tensor(INT64, 1, &room, CPU)
    if m.numel_:
        K.true_places(<uint8_t*>data_of(m), m.numel_, scale, <int64_t*>data_of(y))
    y.shape_[0] = count
    y.numel_ = count
    return y


cdef int check_mask(Tensor a, Tensor mask, int dim) except -1:
    cdef int i
    if dim + mask.ndim_ > a.ndim_:
        raise IndexError(f"too many indices for tensor of dimension {a.ndim_}")
    for i in range(mask.ndim_):
        if mask.shape_[i] != a.shape_[dim + i]:
            raise IndexError(
                f"The shape of the mask {sizes_list(mask)} at index {i} does not match the shape of the indexed "
                f"tensor {sizes_list(a)} at index {dim + i}"
            )
    return 0


cdef list mask_columns(Tensor mask):
    """One index tensor for each dimension of the mask, as nonzero gives them."""
    cdef Tensor flat = true_positions(mask, 1), column
    cdef list columns = []
    cdef Py_ssize_t k, after = 1
    cdef int64_t* source = <int64_t*>data_of(flat)
    cdef int64_t* target
    cdef int i = mask.ndim_ - 1
    while i >= 0:
        column = empty_tensor(INT64, 1, flat.shape_, CPU)
        target = <int64_t*>data_of(column)
        for k in range(flat.numel_):
            target[k] = source[k] // after % mask.shape_[i]
        after *= mask.shape_[i]
        columns.insert(0, column)
        i -= 1
    return columns


cdef bint joins(Tensor a, int dim, int count) noexcept:
    """Whether dimensions dim .. dim + count - 1 of `a` lie at one constant step."""
    cdef int i
    for i in range(dim, dim + count - 1):
        if a.strides[i] != a.strides[i + 1] * a.shape_[i + 1]:
            return False
    return True


cdef Pick pick_of(Tensor a, list indices, const char* name):
    """Check the indices (one per dimension of `a`, None where it is left whole; a mask stands at its first dimension)."""
    cdef Pick p = Pick.__new__(Pick)
    cdef Py_ssize_t block[64]
    cdef bint indexed[64]
    cdef int i, d = 0, known = <int>len(indices), nblock = 0
    cdef Tensor x, only = None
    cdef list dims = [], lines = []
    for i in range(a.ndim_):
        indexed[i] = False
    while d < known:
        if indices[d] is None:
            d += 1
            continue
        x = <Tensor>indices[d]
        if x.code != BOOL and x.code != UINT8:
            if x.code != INT64 and x.code != INT32:
                raise IndexError(
                    f"{name.decode()}: tensors used as indices must be long, int, byte or bool tensors, got "
                    f"{dtype_object(x.code)._name}"
                )
            if d >= a.ndim_:
                raise IndexError(f"too many indices for tensor of dimension {a.ndim_}")
            indexed[d] = True
            dims.append(d)
            lines.append(x)
            d += 1
            continue
        if x.code == UINT8 and x.ndim_:
            warnings.warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.", UserWarning, stacklevel=2)
        check_mask(a, x, d)
        for i in range(x.ndim_):
            indexed[d + i] = True
        if x.ndim_ and joins(a, d, x.ndim_) and _is_only(indices, d):
            only = true_positions(x, a.strides[d + x.ndim_ - 1] * itemsize_of[a.code])
            lines.append(only)
        else:
            for column in mask_columns(x) if x.ndim_ else [_bool_index(x)]:
                indexed[d] = True
                dims.append(d)
                lines.append(column)
                d += 1
            continue
        d += x.ndim_
    p.lines = lines
    nblock = _block_shape(lines, block)
    if only is not None:
        p.at = only
    elif not is_meta(a):
        p.at = _places(a, dims, lines, nblock, block)
    _lay_out(p, a, indexed, nblock, block)
    return p


cdef bint _is_only(list indices, int d):
    for i, x in enumerate(indices):
        if x is not None and i != d:
            return False
    return True


cdef Tensor _bool_index(Tensor flag):
    """A 0-d mask as an index of the dimension of size 1 that the subscript put in for it."""
    cdef Py_ssize_t n = 1 if flag.item() else 0
    return zeros_tensor(INT64, 1, &n)


cdef int _block_shape(list lines, Py_ssize_t* block) except -1:
    """The common shape of all index tensors; returns its number of dimensions."""
    cdef Tensor wide = <Tensor>lines[0]
    cdef int ndim, i
    for i in range(wide.ndim_):
        block[i] = wide.shape_[i]
    ndim = wide.ndim_
    for x in lines:
        if same_shape(wide, <Tensor>x):
            continue
        wide = meta_of(INT64, ndim, block)
        try:
            ndim = broadcast2(wide, <Tensor>x, block, b"index")
        except ShapeError:
            raise IndexError(
                "shape mismatch: indexing tensors could not be broadcast together with shapes "
                f"{', '.join([str(sizes_list(<Tensor>t)) for t in lines])}"
            ) from None
    return ndim


cdef Tensor _places(Tensor a, list dims, list lines, int ndim, const Py_ssize_t* block):
    """The sum over the indexed dimensions of index times step, in bytes."""
    cdef Operand ops[3]
    cdef LoopArgs args
    cdef Tensor total = None, part, sum_
    cdef int d
    for dim, x in zip(dims, lines):
        d = dim
        if is_meta(<Tensor>x):
            raise error(DeviceError, "index: Expected all tensors to be on the same device, an index is on meta")
        part = placed(<Tensor>x, -a.shape_[d], a.shape_[d], a.strides[d] * itemsize_of[a.code], d, IndexError)
        if total is None:
            total = part
            continue
        sum_ = empty_tensor(INT64, ndim, block, CPU)
        operand_of(sum_, INT64, &ops[0])
        operand_of(total, INT64, &ops[1])
        operand_of(part, INT64, &ops[2])
        iterate(K.pointwise[ADD][INT64], &args, 3, ops, CHEAP)
        total = sum_
    return total


cdef int _lay_out(Pick p, Tensor a, const bint* indexed, int nblock, const Py_ssize_t* block) except -1:
    """The result's shape: the block stands where the indexed dimensions stood if they were neighbours, else in front."""
    cdef int i, first = -1, last = -1, n = 0, count = 0
    for i in range(a.ndim_):
        if indexed[i]:
            first = i if first < 0 else first
            last = i
            count += 1
    p.first = first if last - first + 1 == count else 0
    p.block = nblock
    p.ndim = a.ndim_ - count + nblock
    if p.ndim > MAX_DIMS:
        raise error(ShapeError, f"index: the result has {p.ndim} dimensions, at most {MAX_DIMS} are supported")
    for i in range(a.ndim_):
        if indexed[i]:
            continue
        if n == p.first:
            n += nblock
        p.shape[n] = a.shape_[i]
        p.steps[n] = a.strides[i]
        n += 1
    for i in range(nblock):
        p.shape[p.first + i] = block[i]
        p.steps[p.first + i] = 0
    return 0


# --- moving rows ------------------------------------------------------------------------------------------------------

cdef enum Move:
    TAKE
    PUT
    SUM                            # and from here on what joins, as JOIN_ADD and on

cdef struct Rows:
    int move
    int code
    int ndim                       # outer dimensions: what is neither in the block nor in a row
    Py_ssize_t shape[64]
    Py_ssize_t dense_steps[64]
    Py_ssize_t steps[64]
    Py_ssize_t outer
    char* dense
    char* base
    const int64_t* at
    Py_ssize_t n
    Py_ssize_t step                # bytes from one row of the dense side to the next
    Py_ssize_t run                 # bytes of a row
    Py_ssize_t n_per_task
    Py_ssize_t tasks_per_outer
    Py_ssize_t outer_per_task


cdef void _move(Rows* r, Py_ssize_t outer, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Rows start..stop for one outer index."""
    cdef char* dense = r.dense + start * r.step
    cdef char* base = r.base
    cdef Py_ssize_t k
    cdef int d = r.ndim - 1
    while d >= 0:
        k = outer % r.shape[d]
        outer //= r.shape[d]
        dense += k * r.dense_steps[d]
        base += k * r.steps[d]
        d -= 1
    if r.move == TAKE:
        K.take_rows(dense, r.step, base, r.at + start, stop - start, r.run)
    elif r.move == PUT:
        K.put_rows(base, r.at + start, dense, r.step, stop - start, r.run)
    else:
        K.join_rows[r.move - SUM][r.code](base, r.at + start, dense, r.step, stop - start, r.run)


cdef void _rows_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Rows* r = <Rows*>context
    cdef Py_ssize_t o, start
    if r.outer_per_task:
        start = task * r.outer_per_task
        for o in range(start, start + r.outer_per_task if start + r.outer_per_task < r.outer else r.outer):
            _move(r, o, 0, r.n)
    else:
        start = task % r.tasks_per_outer * r.n_per_task
        _move(r, task // r.tasks_per_outer, start, start + r.n_per_task if start + r.n_per_task < r.n else r.n)


cdef bint _plan(Rows* r, Pick p, Tensor a, Tensor dense) except -1:
    """Fill in everything but the kind of move; False when the dense side's block does not lie at one step."""
    cdef int order[64]
    cdef int i, d, k, used = 0, last = p.first + p.block - 1
    cdef Py_ssize_t item = itemsize_of[a.code], size = 1
    r.step = 0
    i = last
    while i >= p.first:                      # the block's own dimensions must join
        if p.shape[i] != 1:
            if size == 1:
                r.step = dense.strides[i] * item
            elif dense.strides[i] * item != r.step * size:
                return False
            size *= p.shape[i]
        i -= 1
    for i in range(p.ndim):                  # the others by rising step, so that the ones that make up a row come first
        if p.first <= i <= last or p.shape[i] == 1:
            continue
        k = used
        while k > 0 and p.steps[order[k - 1]] >= p.steps[i]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = i
        used += 1
    r.run = item
    i = 0
    while i < used and p.steps[order[i]] * item == r.run and dense.strides[order[i]] * item == r.run:
        r.run *= p.shape[order[i]]
        i += 1
    r.ndim = used - i
    r.outer = 1
    for k in range(r.ndim):                  # outermost first
        d = order[used - 1 - k]
        r.shape[k] = p.shape[d]
        r.steps[k] = p.steps[d] * item
        r.dense_steps[k] = dense.strides[d] * item
        r.outer *= p.shape[d]
    r.dense = data_of(dense)
    r.base = data_of(a)
    r.at = <const int64_t*>data_of(p.at)
    r.n = p.at.numel_
    r.code = a.code
    return True


cdef int _run(Rows* r) except -1:
    cdef Py_ssize_t o, bytes_ = r.n * r.run
    if bytes_ == 0 or r.outer == 0:
        return 0
    if bytes_ < SERIAL and bytes_ * r.outer < SERIAL or r.move != TAKE:
        if bytes_ * r.outer < 4 * SERIAL:
            for o in range(r.outer):
                _move(r, o, 0, r.n)
        else:
            begin_unlocked()
            with nogil:                      # writes may meet in one place: they keep their order
                for o in range(r.outer):
                    _move(r, o, 0, r.n)
            end_unlocked()
        return 0
    if bytes_ < TASK:
        r.outer_per_task = TASK // bytes_ + 1
        run_unlocked((r.outer + r.outer_per_task - 1) // r.outer_per_task, _rows_task, r)
        return 0
    r.outer_per_task = 0
    r.n_per_task = TASK // r.run + 1
    r.tasks_per_outer = (r.n + r.n_per_task - 1) // r.n_per_task
    run_unlocked(r.outer * r.tasks_per_outer, _rows_task, r)
    return 0


cdef int memory_order(Pick p, int* order) noexcept:
    """The order of dimensions, outermost first, that torch gives the result: by the steps of the source, then of the indices."""
    cdef int perm[64]
    cdef int i, at, below, answer
    for i in range(p.ndim):
        perm[i] = p.ndim - 1 - i
    for i in range(1, p.ndim):
        at = i
        below = i - 1
        while below >= 0:
            answer = _compare(p, perm[below], perm[at])
            if answer < 0:
                break
            if answer > 0:
                perm[below], perm[at] = perm[at], perm[below]
                at = below
            below -= 1
    for i in range(p.ndim):
        order[i] = perm[p.ndim - 1 - i]
    return 0


cdef int _compare(Pick p, int x, int y) noexcept:
    """-1 where dimension x belongs inside y, 1 outside, 0 where no operand tells."""
    cdef Py_ssize_t s, t
    cdef int k
    for k in range(-1, <int>len(p.lines)):
        s = p.steps[x] if k < 0 else _line_step(p, <Tensor>p.lines[k], x)
        t = p.steps[y] if k < 0 else _line_step(p, <Tensor>p.lines[k], y)
        if s == 0 or t == 0:
            continue
        if s < t:
            return -1
        if s > t or p.shape[x] > p.shape[y]:
            return 1
    return 0


cdef Py_ssize_t _line_step(Pick p, Tensor line, int d) noexcept:
    """The step of an index tensor along a dimension of the result, once it has that many; 0 where it is repeated."""
    cdef int at = d - (p.first + p.block - line.ndim_)
    if p.first <= d < p.first + p.block:
        return line.strides[at] if at >= 0 and (line.shape_[at] != 1 or p.shape[d] == 1) else 0
    if p.shape[d] != 1 or line.ndim_ == 0:
        return 0
    if d > p.first:
        return line.strides[line.ndim_ - 1]
    return line.shape_[0] * line.strides[0] if line.ndim_ == p.block else 0


cdef Tensor taken(Tensor a, Pick p):
    """The elements a pick names, in a new tensor."""
    cdef int order[64]
    cdef Rows r
    cdef Tensor y, dense
    if a.flags & F_CONTIGUOUS and (len(p.lines) > 1 or (<Tensor>p.lines[0]).flags & F_CONTIGUOUS):
        y = empty_tensor(a.code, p.ndim, p.shape, a.storage.device)
    else:
        memory_order(p, order)
        y = empty_permuted(a.code, p.ndim, p.shape, order, a.storage.device)
    if y.numel_ == 0 or is_meta(a):
        return y
    dense = y
    if not _plan(&r, p, a, y):
        dense = empty_tensor(a.code, p.ndim, p.shape, CPU)
        _plan(&r, p, a, dense)
    r.move = TAKE
    _run(&r)
    if dense is not y:
        convert_into(y, dense)
    return y


cdef int written(Tensor a, Pick p, Tensor value, int move) except -1:
    """Write or join `value`, broadcast, to the places a pick names."""
    cdef Rows r
    cdef Tensor dense = value
    cdef Py_ssize_t n = 1
    cdef int i
    if is_meta(a) or p.at.numel_ == 0:
        return 0
    for i in range(p.ndim):
        n *= p.shape[i]
    if n == 0:
        return 0
    if value.numel_ == 1 and p.ndim > p.first + p.block:      # one number: a row of it, to be put everywhere
        dense = empty_tensor(a.code, p.ndim - p.first - p.block, p.shape + p.first + p.block, CPU)
        convert_into(dense, reshape_to(value.detach(), 0, NULL))
    elif value.storage.block == a.storage.block:
        dense = empty_tensor(a.code, value.ndim_, value.shape_, CPU)
        convert_into(dense, value)
    dense = widened(dense, p)
    if not _plan(&r, p, a, dense) or r.run == itemsize_of[a.code] and not dense.flags & F_CONTIGUOUS and value.numel_ > 1:
        value = empty_tensor(a.code, p.ndim, p.shape, CPU)
        convert_into(value, dense)
        dense = value
        _plan(&r, p, a, dense)
    r.move = move
    return _run(&r)


cdef Tensor widened(Tensor value, Pick p):
    """`value` broadcast to the pick's shape, without history; leading dimensions of size 1 too many are let pass."""
    cdef Tensor t = bare_tensor(value.code, p.ndim)
    cdef int i, lead, extra = value.ndim_ - p.ndim
    for i in range(extra):
        if value.shape_[i] != 1:
            _no_broadcast(value, p)
    for i in range(p.ndim):
        lead = i + extra
        t.shape_[i] = p.shape[i]
        t.strides[i] = 0
        if lead >= 0 and value.shape_[lead] != 1:
            if value.shape_[lead] != p.shape[i]:
                _no_broadcast(value, p)
            t.strides[i] = value.strides[lead]
    t.offset = value.offset
    finish_geometry(t)
    t.storage = value.storage
    return t


cdef int _no_broadcast(Tensor value, Pick p) except -1:
    cdef int i
    raise error(
        ShapeError,
        f"shape mismatch: value tensor of shape {sizes_list(value)} cannot be broadcast to indexing result of shape "
        f"{[p.shape[i] for i in range(p.ndim)]}",
    )


cdef enum:
    FEW = 128                      # indices that need no tensor of places


cdef bint is_simple(Tensor a, Tensor index) noexcept:
    """Whether `index` picks whole rows of a row-major tensor: what most index accesses are."""
    return (
        a.flags & index.flags & F_CONTIGUOUS != 0 and index.code == INT64 and index.ndim_ > 0 and a.ndim_ > 0
        and (a.storage.device | index.storage.device) == CPU and a.ndim_ + index.ndim_ <= MAX_DIMS
    )


cdef Tensor rows_taken(Tensor a, Tensor index, int64_t low, object kind):
    """a[index] for a simple index: rows copied in one go."""
    cdef Py_ssize_t shape[64]
    cdef int64_t few[FEW]
    cdef Rows r
    cdef Py_ssize_t bad, row = itemsize_of[a.code]
    cdef int i
    cdef Tensor y, places = None
    for i in range(index.ndim_):
        shape[i] = index.shape_[i]
    for i in range(1, a.ndim_):
        shape[index.ndim_ + i - 1] = a.shape_[i]
        row *= a.shape_[i]
    r.at = few
    if index.numel_ > FEW:
        places = empty_tensor(INT64, index.ndim_, index.shape_, CPU)
        r.at = <const int64_t*>data_of(places)
    bad = K.place[1](data_of(index), index.numel_, low, a.shape_[0], row, <int64_t*>r.at)
    if bad >= 0:
        raise kind(f"index {(<int64_t*>data_of(index))[bad]} is out of bounds for dimension 0 with size {a.shape_[0]}")
    y = empty_tensor(a.code, index.ndim_ + a.ndim_ - 1, shape, CPU)
    r.move = TAKE
    r.ndim = 0
    r.outer = 1
    r.dense = data_of(y)
    r.base = data_of(a)
    r.n = index.numel_
    r.step = r.run = row
    _run(&r)
    return y


# --- reading, writing and their gradients -------------------------------------------------------------------------------

cdef int keep_indices(Node n, list indices) except -1:
    """Save the index tensors in the slots from 0 on, and which dimensions they belong to."""
    cdef int k = 0
    for x in indices:
        if x is not None:
            save(n, k, x)
            k += 1
    n.extra = tuple([x is not None for x in indices])
    return 0


cdef list kept_indices(Node n):
    cdef list found = []
    cdef int k = 0
    for given in <tuple>n.extra:
        found.append(saved(n, k) if given else None)
        k += given
    return found


cdef int index_vjp(Node n, Tensor g, Run run) except -1:
    cdef Py_ssize_t shape[64]
    cdef int ndim = edge_shape(n, 0, shape)
    return give(run, n, 0, index_sum(g, kept_indices(n), ndim, shape))


cdef int index_sum_vjp(Node n, Tensor g, Run run) except -1:
    return give(run, n, 0, index_of(g, kept_indices(n), b"index"))


cdef Tensor index_of(Tensor a, list indices, const char* name):
    """a[indices], recorded."""
    cdef Tensor y
    if is_lazy(a):
        a = clone_of(a)
    if len(indices) == 1 and is_simple(a, <Tensor>indices[0]):
        y = rows_taken(a, <Tensor>indices[0], -a.shape_[0], IndexError)
    else:
        y = taken(a, pick_of(a, indices, name))
    if recording(a):
        keep_indices(record(y, index_vjp, b"IndexBackward0", a), indices)
    return y


cdef Tensor index_sum(Tensor g, list indices, int ndim, const Py_ssize_t* shape):
    """Zeros of the given shape with `g` added at the indices, recorded: what leads a gradient back through `index_of`."""
    cdef Tensor y
    if is_meta(g):
        y = empty_tensor(g.code, ndim, shape, META)
    else:
        y = zeros_tensor(g.code, ndim, shape)
        written(y, pick_of(y, indices, b"index"), g, SUM)
    if recording(g):
        keep_indices(record(y, index_sum_vjp, b"IndexPutBackward0", g), indices)
    return y


cdef int index_put_vjp(Node n, Tensor g, Run run) except -1:
    cdef list indices = kept_indices(n)
    if needs(n, 0):
        give(run, n, 0, g if n.i0 else put_into(clone_of(g), indices, filled(g.code, 0, NULL, 0), False, b"index_put"))
    if needs(n, 1):
        give(run, n, 1, index_of(g, indices, b"index_put"))
    return 0


cdef bint _is_one_mask(list indices):
    """Whether a mask, beside dimensions left whole, is all there is to say."""
    given = [x for x in indices if x is not None]
    return len(given) == 1 and ((<Tensor>given[0]).code == BOOL or (<Tensor>given[0]).code == UINT8)


cdef Tensor as_element(Tensor value, int code, const char* name):
    """One number in a tensor as another type, with history; raises where the type does not hold it."""
    cdef char room[16]
    cdef Scalar s
    if value.code != code and not is_meta(value):
        read_scalar(value.item(), &s)
        store_checked(&s, code, room, name)
    return cast_to(clone_of(value) if is_lazy(value) else value, code)


cdef Tensor put_into(Tensor a, list indices, Tensor value, bint accumulate, const char* name):
    """a[indices] = value (or += value) in place, with version and history."""
    if value.code != a.code and value.numel_ == 1 and not accumulate and _is_one_mask(indices):
        value = as_element(value, a.code, name)      # a mask chooses elements, whatever type the one number has
    cdef bint will_record = a.code >= FLOAT16 and recording2(a, value)
    cdef Pick p
    cdef Node n
    check_inplace(a, will_record, name)
    if value.code != a.code:
        raise error(
            DtypeError,
            f"{name.decode()}: Index put requires the source and destination dtypes match, got "
            f"{dtype_object(a.code)._name} for the destination and {dtype_object(value.code)._name} for the source.",
            fix=f"value.to({dtype_object(a.code)!r})",
        )
    if is_meta(value) and not is_meta(a):
        raise error(DeviceError, f"{name.decode()}: the values are on the meta device, which has no elements")
    check_out_overlap(a, value, name)
    p = pick_of(a, indices, name)
    widened(value, p)
    written(a, p, value, SUM if accumulate else PUT)
    bump(a, name)
    if will_record:
        n = new_node(index_put_vjp, b"IndexPutBackward0", 2)
        connect(n, 0, a)
        connect(n, 1, value)
        n.i0 = accumulate
        keep_indices(n, indices)
        rebase(a, n)
    return a


include "indexing_subscripts.pxi"
include "indexing_lines.pxi"
include "indexing_rows.pxi"
include "indexing_joins.pxi"
include "indexing_masks.pxi"
