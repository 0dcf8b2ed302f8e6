"""Elementwise iteration over strided operands: the one loop under pointwise ops, conversions, copies and fills.

`iterate` broadcasts, orders dimensions by the output's strides, joins those that lie in one run, converts element types in
blocks where an operand is stored in another type than the loop computes in, and splits long work over the pool. Ops whose
operands are contiguous and of one type come in by `run_contiguous` directly.
"""

from lucet._dtype cimport FLOAT16, BFLOAT16, FLOAT32, COMPLEX64, itemsize_of, dtype_object, can_cast
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport loop_fn, LoopArgs, CONJ
from lucet._ops._layout cimport raw_of, same_layout, settle_views
from lucet._storage cimport storage_resize, turn_planes, finish_readers
from lucet._tensor cimport (
    Tensor, data_of, innermost_first, is_meta, same_shape, set_dims, set_contiguous, describe, empty_tensor, empty_like, check_reach,
    checked_numel, is_dense, F_CONTIGUOUS, F_CONJ,
)
from lucet._threads cimport parallel_for, run_unlocked

import warnings

from lucet._errors import DtypeError, ShapeError, error

cdef enum:
    BLOCK = 256                    # elements converted at a time
    SMALLEST_TURN = 1024           # elements, and the rows and columns, of a copy that turns planes
    NARROWEST_TURN = 8
    SERIAL = 200000                # cost units (quarter nanoseconds) below which nothing is split: about 50 us
    HOLD_LOCK = 800000             # below about 200 us the interpreter lock is kept
    TASK = 32768                   # cost units per task
    STREAMED = 16777216            # bytes of a result from which it goes past the cache
    ROOM = 512                     # bytes of it on their way

cdef struct Plan:
    loop_fn fn
    LoopArgs* args
    int count
    int ndim
    Py_ssize_t total
    Py_ssize_t chunk
    bint converts
    Py_ssize_t shape[64]
    Py_ssize_t steps[MAX_OPERANDS][64]
    char* data[MAX_OPERANDS]
    int code[MAX_OPERANDS]
    int loop_code[MAX_OPERANDS]


cdef void operand_of(Tensor t, int loop_code, Operand* op) noexcept:
    op.data = data_of(t)
    op.ndim = t.ndim_
    op.shape = t.shape_
    op.strides = t.strides
    op.code = t.code
    op.loop_code = loop_code


cdef void operand_as_it_lies(Tensor t, int loop_code, Operand* op) noexcept:
    """`operand_of` that takes a hidden layout as it is. Call `settle_views` for all operands before the first of these."""
    cdef Py_ssize_t row
    if not t.storage.channels:
        operand_of(t, loop_code, op)
        return
    op.data = raw_of(t)
    op.ndim = 4
    op.shape = t.shape_
    op.strides = op.own
    op.code = t.code
    op.loop_code = loop_code
    row = t.shape_[3] * t.shape_[1]
    op.own[0], op.own[1], op.own[2], op.own[3] = t.shape_[2] * row, 1, row, t.shape_[1]


cdef void operand_of_scalar(char* value, int code, Operand* op) noexcept:
    op.data = value
    op.ndim = 0
    op.shape = NULL
    op.strides = NULL
    op.code = code
    op.loop_code = code


# --- contiguous runs ------------------------------------------------------------------------------------------------

cdef extern from "stream.h" nogil:
    enum: LUCET_LINE, LUCET_STREAMS
    void stream "lucet_stream"(char*, const char*, Py_ssize_t)
    void stream_end "lucet_stream_end"()


cdef struct Run:
    loop_fn fn
    LoopArgs* args
    int count
    Py_ssize_t n
    Py_ssize_t chunk
    bint streams
    char* data[MAX_OPERANDS]
    Py_ssize_t steps[MAX_OPERANDS]


cdef void _run_streaming(Run* r, char** data, Py_ssize_t n) noexcept nogil:
    """Some lines at a time into a room that stays in cache, and from there past it."""
    cdef char room[ROOM + LUCET_LINE]
    cdef char* to = data[0]
    cdef char* lines = <char*>((<size_t>room + LUCET_LINE - 1) & ~<size_t>(LUCET_LINE - 1))
    cdef Py_ssize_t piece = ROOM // r.steps[0], m
    cdef int k
    while n > 0:
        m = min(n, piece)
        data[0] = lines
        r.fn(data, r.steps, m, r.args)
        stream(to, lines, m * r.steps[0])
        to += m * r.steps[0]
        for k in range(1, r.count):
            data[k] += m * r.steps[k]
        n -= m
    stream_end()


cdef void _run_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Run* r = <Run*>context
    cdef char* data[MAX_OPERANDS]
    cdef Py_ssize_t start = task * r.chunk
    cdef Py_ssize_t n = r.chunk if start + r.chunk <= r.n else r.n - start
    cdef int k
    for k in range(r.count):
        data[k] = r.data[k] + start * r.steps[k]
    if r.streams:
        _run_streaming(r, data, n)
    else:
        r.fn(data, r.steps, n, r.args)


cdef bint _streams(int count, char** data, const Py_ssize_t* steps, Py_ssize_t n) noexcept:
    """Whether the result is too large to be found in cache by its reader, its lines are not read here either, and more is read
    than written: a loop over one operand is through sooner without the detour."""
    cdef int k
    cdef Py_ssize_t read = 0
    if not LUCET_STREAMS or n * steps[0] < STREAMED or <size_t>data[0] % LUCET_LINE:
        return False
    for k in range(1, count):
        read += steps[k]
        if data[k] == data[0]:
            return False
    return read > steps[0]


cdef void run_contiguous(loop_fn fn, LoopArgs* args, int count, char** data, const Py_ssize_t* steps, Py_ssize_t n, int cost):
    """Run a loop over n elements at constant steps, split over threads when it is long."""
    cdef Run r
    cdef int k
    if n * cost < SERIAL:
        fn(data, steps, n, args)
        return
    r.fn = fn
    r.args = args
    r.count = count
    r.n = n
    r.chunk = (TASK // cost + 1023) & ~1023
    r.streams = cost == CHEAP and _streams(count, data, steps, n)
    for k in range(count):
        r.data[k] = data[k]
        r.steps[k] = steps[k]
    if n * cost < HOLD_LOCK:
        parallel_for((n + r.chunk - 1) // r.chunk, _run_task, &r)
    else:
        run_unlocked((n + r.chunk - 1) // r.chunk, _run_task, &r)


# --- strided, broadcast, mixed types --------------------------------------------------------------------------------

cdef void _converting_piece(Plan* p, char** data, Py_ssize_t n) noexcept nogil:
    """Run the loop over n elements of the innermost dimension, through conversion buffers where types differ."""
    cdef char room[MAX_OPERANDS][BLOCK * 16]
    cdef char* at[MAX_OPERANDS]
    cdef Py_ssize_t steps[MAX_OPERANDS]
    cdef char* pair[2]
    cdef Py_ssize_t pair_steps[2]
    cdef Py_ssize_t done = 0, m
    cdef int k
    while done < n:
        m = n - done if n - done < BLOCK else BLOCK
        for k in range(p.count):
            if p.code[k] == p.loop_code[k]:
                at[k] = data[k] + done * p.steps[k][0]
                steps[k] = p.steps[k][0]
                continue
            at[k] = room[k]
            steps[k] = itemsize_of[p.loop_code[k]]
            if k:
                pair[0] = room[k]
                pair[1] = data[k] + done * p.steps[k][0]
                pair_steps[0] = steps[k]
                pair_steps[1] = p.steps[k][0]
                if pair_steps[1] == 0:
                    steps[k] = 0
                    K.cast[p.code[k]][p.loop_code[k]](pair, pair_steps, 1, NULL)
                else:
                    K.cast[p.code[k]][p.loop_code[k]](pair, pair_steps, m, NULL)
        p.fn(at, steps, m, p.args)
        if p.code[0] != p.loop_code[0]:
            pair[0] = data[0] + done * p.steps[0][0]
            pair[1] = room[0]
            pair_steps[0] = p.steps[0][0]
            pair_steps[1] = itemsize_of[p.loop_code[0]]
            K.cast[p.loop_code[0]][p.code[0]](pair, pair_steps, m, NULL)
        done += m


cdef inline void _piece(Plan* p, char** data, const Py_ssize_t* steps, Py_ssize_t n) noexcept nogil:
    if p.converts:
        _converting_piece(p, data, n)
    else:
        p.fn(data, steps, n, p.args)


cdef inline void _advance(Plan* p, char** data, int d, Py_ssize_t count) noexcept nogil:
    cdef int k
    for k in range(p.count):
        data[k] += count * p.steps[k][d]


cdef void _span(Plan* p, Py_ssize_t start, Py_ssize_t stop) noexcept nogil:
    """Run elements start..stop of the flattened index space (dimension 0 innermost)."""
    cdef Py_ssize_t index[64]
    cdef Py_ssize_t steps[MAX_OPERANDS]
    cdef char* data[MAX_OPERANDS]
    cdef Py_ssize_t rest = start, n
    cdef int d, k
    for k in range(p.count):
        data[k] = p.data[k]
        steps[k] = p.steps[k][0]
    for d in range(p.ndim):
        index[d] = rest % p.shape[d]
        rest //= p.shape[d]
        _advance(p, data, d, index[d])
    while start < stop:
        n = p.shape[0] - index[0]
        if n == p.shape[0] and n <= stop - start and p.ndim > 1:
            while index[1] < p.shape[1] and n <= stop - start:      # short rows: little may happen between them
                _piece(p, data, steps, n)
                _advance(p, data, 1, 1)
                index[1] += 1
                start += n
        else:
            n = min(n, stop - start)
            _piece(p, data, steps, n)
            start += n
            if start >= stop:
                break
            _advance(p, data, 0, -index[0])
            index[0] = 0
            _advance(p, data, 1, 1)
            index[1] += 1
        d = 1
        while d < p.ndim and index[d] == p.shape[d]:
            _advance(p, data, d, -index[d])
            index[d] = 0
            d += 1
            if d < p.ndim:
                _advance(p, data, d, 1)
                index[d] += 1


cdef void _span_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Plan* p = <Plan*>context
    cdef Py_ssize_t start = task * p.chunk
    _span(p, start, start + p.chunk if start + p.chunk < p.total else p.total)


cdef int iterate(loop_fn fn, LoopArgs* args, int count, Operand* ops, int cost) except -1:
    """Run `fn` over ops[0] (the output, whose shape rules) and the inputs broadcast to it."""
    cdef Plan p
    cdef int order[64]
    cdef int ndim = ops[0].ndim, d, k, i, j, lead, used = 0
    cdef bint joins
    p.fn = fn
    p.args = args
    p.count = count
    p.total = 1
    p.converts = False
    for d in range(ndim):
        p.total *= ops[0].shape[d]
    if p.total == 0:
        return 0
    for k in range(count):
        p.data[k] = ops[k].data
        p.code[k] = ops[k].code
        p.loop_code[k] = ops[k].loop_code
        if ops[k].code != ops[k].loop_code:
            p.converts = True
    # innermost first: by the output's strides, ties (and outputs of one element) in row-major order
    for i in range(ndim):
        d = ndim - 1 - i
        j = i
        while j > 0 and ops[0].strides[order[j - 1]] > ops[0].strides[d]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = d
    for i in range(ndim):
        d = order[i]
        if ops[0].shape[d] == 1:
            continue
        for k in range(count):
            lead = d - (ndim - ops[k].ndim)
            if lead < 0 or ops[k].shape[lead] == 1:
                p.steps[k][used] = 0
            else:
                p.steps[k][used] = ops[k].strides[lead] * itemsize_of[ops[k].code]
        p.shape[used] = ops[0].shape[d]
        joins = used > 0
        for k in range(count):
            if joins and p.steps[k][used] != p.steps[k][used - 1] * p.shape[used - 1]:
                joins = False
        if joins:
            p.shape[used - 1] *= p.shape[used]
        else:
            used += 1
    if used == 0:
        for k in range(count):
            p.steps[k][0] = itemsize_of[ops[k].code]
        p.shape[0] = 1
        used = 1
    p.ndim = used
    if p.converts:
        cost += 2
    if p.total * cost < SERIAL:
        _span(&p, 0, p.total)
        return 0
    p.chunk = (TASK // cost + 1023) & ~1023  # whole lines, whatever the type
    if p.shape[0] < p.chunk:                 # whole inner runs, so that a task does not start in the middle of one
        p.chunk = (p.chunk + p.shape[0] - 1) // p.shape[0] * p.shape[0]
    run_unlocked((p.total + p.chunk - 1) // p.chunk, _span_task, &p)
    return 0


# --- shapes ---------------------------------------------------------------------------------------------------------

cdef int broadcast2(Tensor a, Tensor b, Py_ssize_t* shape, const char* op) except -1:
    """The common shape of two tensors; returns its number of dimensions."""
    cdef int ndim = a.ndim_ if a.ndim_ > b.ndim_ else b.ndim_
    cdef int i
    cdef Py_ssize_t m, n
    for i in range(ndim):
        m = a.shape_[i - ndim + a.ndim_] if i >= ndim - a.ndim_ else 1
        n = b.shape_[i - ndim + b.ndim_] if i >= ndim - b.ndim_ else 1
        if m != n and m != 1 and n != 1:
            raise error(
                ShapeError,
                f"{op.decode()}: the size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension {i}",
                facts=[f"a {describe(a)}, b {describe(b)}"],
            )
        shape[i] = n if m == 1 else m
    return ndim


# --- outputs --------------------------------------------------------------------------------------------------------

cdef bint overlaps_itself(Tensor t) noexcept:
    """Whether two indices of `t` are one memory location, as in an expanded tensor."""
    cdef int i
    if t.flags & F_CONTIGUOUS:
        return False
    for i in range(t.ndim_):
        if t.strides[i] == 0 and t.shape_[i] > 1:
            return True
    return False


cdef int check_no_internal_overlap(Tensor out, const char* op) except -1:
    """Raise when two indices of `out` are one memory location."""
    if overlaps_itself(out):
        raise error(
            ShapeError,
            f"{op.decode()}: unsupported operation: more than one element of the written-to tensor refers to a single memory location",
            facts=[f"written to {describe(out)} with strides {out.stride()}"],
            fix="clone() the tensor before performing the operation",
        )
    return 0


cdef int warn_of_overlap(Tensor out, str op, str form="tensor[mask] = scalar") except -1:
    """`check_no_internal_overlap` of the ops that torch still lets write to an expanded tensor."""
    if overlaps_itself(out):
        warnings.warn(
            f"Use of {op} on expanded tensors is deprecated. Please clone() the tensor before performing this operation. "
            f"This also applies to advanced indexing e.g. {form}",
            UserWarning,
            stacklevel=2,
        )
    return 0


cdef int check_out_overlap(Tensor out, Tensor a, const char* op, bint may_coincide=True) except -1:
    """Raise when `out` and an input share some, but not the same, elements: the result would depend on the loop's order. Where an
    element comes from other places than its own, the same ones are no better."""
    cdef Py_ssize_t out_first, out_last, a_first, a_last
    cdef int i
    if out is a and may_coincide or out.storage is not a.storage and (out.storage.block == NULL or out.storage.block != a.storage.block):
        return 0
    if out.numel_ == 0 or a.numel_ == 0 or not is_dense(out) or not is_dense(a):
        return 0                             # tensors with gaps: too hard to decide, as in torch
    out_first = out.offset * itemsize_of[out.code]
    out_last = out_first + out.numel_ * itemsize_of[out.code]
    a_first = a.offset * itemsize_of[a.code]
    a_last = a_first + a.numel_ * itemsize_of[a.code]
    if may_coincide and out_first == a_first and out_last == a_last and out.ndim_ == a.ndim_:
        for i in range(a.ndim_):
            if out.strides[i] != a.strides[i]:
                break
        else:
            return 0
    if out_first < a_last and a_first < out_last:
        raise error(
            ShapeError,
            f"{op.decode()}: unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location",
            facts=[f"input {describe(a)} at offset {a.offset}, written to {describe(out)} at offset {out.offset}"],
            fix="clone() the tensor before performing the operation",
        )
    return 0


def out_apart(Tensor out, str op, *operands, bint may_coincide=True):
    """`check_out_overlap` for ops that compute their result first and then move it into `out` (None: nothing to check)."""
    if out is not None:
        name = op.encode()
        for operand in operands:
            if isinstance(operand, Tensor):
                check_out_overlap(out, <Tensor>operand, name, may_coincide)


cdef int prepare_out(Tensor out, int ndim, const Py_ssize_t* shape, int code, const char* op) except -1:
    """Check that a result of `code` may be stored in `out`, and give it the shape, row-major, if it has another (then 1)."""
    cdef bint same = out.ndim_ == ndim
    cdef int i
    cdef Py_ssize_t n
    if not can_cast(code, out.code):
        raise error(
            DtypeError,
            f"{op.decode()}: result type {dtype_object(code)._name} can't be cast to the desired output type {dtype_object(out.code)._name}",
            fix=f"out=lucet.empty(..., dtype={dtype_object(code)!r})",
        )
    for i in range(ndim):
        if not same or out.shape_[i] != shape[i]:
            same = False
            break
    if same:
        return check_reach(out)
    n = checked_numel(ndim, shape, out.code)
    if out.numel_:
        warnings.warn(
            f"An output with one or more elements was resized since it had shape {list(out.shape)}, which does not match the required "
            f"output shape {[shape[i] for i in range(ndim)]}. This behavior is deprecated, and in a future release outputs will not be "
            "resized unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0).",
            UserWarning,
            stacklevel=3,
        )
    if (out.offset + n) * itemsize_of[out.code] > out.storage.used:
        storage_resize(out.storage, (out.offset + n) * itemsize_of[out.code])
    set_dims(out, ndim)
    for i in range(ndim):
        out.shape_[i] = shape[i]
    out.numel_ = n
    set_contiguous(out)
    return 1


cdef int lay_out_as(Tensor out, Tensor model) except -1:
    """Give the fresh elements of `out` the order in memory of a dense tensor of its shape."""
    cdef int i
    for i in range(out.ndim_):
        out.strides[i] = model.strides[i]
    out.flags = out.flags & ~F_CONTIGUOUS | model.flags & F_CONTIGUOUS
    return 0


# --- copies and conversions ------------------------------------------------------------------------------------------

# A copy into a dense target from a source whose steps of one lie in another dimension: planes of `rows` by `cols`, turned.
cdef struct Turning:
    const char* source
    char* target
    Py_ssize_t item, rows, cols, in_row, out_row, block, blocks
    int ndim                               # the other dimensions, innermost first: steps in elements
    Py_ssize_t shape[64]
    Py_ssize_t in_step[64]
    Py_ssize_t out_step[64]


cdef void _turning_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Turning* t = <Turning*>context
    cdef Py_ssize_t first = task % t.blocks * t.block, rest = task // t.blocks, source = first, target = first * t.out_row
    cdef Py_ssize_t cols = t.block if first + t.block < t.cols else t.cols - first
    cdef int d
    for d in range(t.ndim):
        source += rest % t.shape[d] * t.in_step[d]
        target += rest % t.shape[d] * t.out_step[d]
        rest //= t.shape[d]
    K.turn[t.item == 8](t.source + source * t.item, t.target + target * t.item, t.rows, cols, t.in_row, t.out_row)


cdef bint _turned(Tensor target, Tensor source) except -1:
    """Whether the copy is one of this kind, and then it is made."""
    cdef Turning t
    cdef Py_ssize_t out_step = 1, others = 1
    cdef int order[64]
    cdef int d, i, at = -1, used = 0
    if target.numel_ < SMALLEST_TURN or itemsize_of[target.code] != 4 and itemsize_of[target.code] != 8:
        return False
    innermost_first(target, order)
    for i in range(target.ndim_):
        d = order[i]
        if target.shape_[d] == 1:
            continue
        if target.strides[d] != out_step:
            return False
        if used and source.strides[d] == t.in_step[used - 1] * t.shape[used - 1]:
            t.shape[used - 1] *= target.shape_[d]
        else:
            t.shape[used], t.in_step[used], t.out_step[used] = target.shape_[d], source.strides[d], out_step
            used += 1
        out_step *= target.shape_[d]
    for d in range(1, used):
        if t.in_step[d] == 1:
            at = d
    if at < 0 or t.shape[0] < NARROWEST_TURN or t.shape[at] < NARROWEST_TURN:
        return False
    t.rows, t.in_row, t.cols, t.out_row = t.shape[0], t.in_step[0], t.shape[at], t.out_step[at]
    t.ndim = 0
    for d in range(1, used):
        if d != at:
            t.shape[t.ndim], t.in_step[t.ndim], t.out_step[t.ndim] = t.shape[d], t.in_step[d], t.out_step[d]
            others *= t.shape[d]
            t.ndim += 1
    t.source, t.target, t.item = data_of(source), data_of(target), itemsize_of[target.code]
    t.block = 32 if t.rows >= 512 else (16384 // t.rows + 31) & ~31          # lines of the target that stay in cache
    t.blocks = (t.cols + t.block - 1) // t.block
    if target.numel_ * CHEAP < SERIAL:
        for d in range(others * t.blocks):
            _turning_task(&t, d, 0)
    else:
        run_unlocked(others * t.blocks, _turning_task, &t)
    return True


cdef int convert_into(Tensor target, Tensor source) except -1:
    """Write `source`, broadcast and converted, into `target`. No checks, no version, no history."""
    cdef Operand ops[2]
    cdef char* data[2]
    cdef Py_ssize_t steps[2]
    cdef Tensor turned
    if is_meta(target):
        return 0
    if is_meta(source):
        raise NotImplementedError("Cannot copy out of meta tensor; no data!")
    settle_views(target)
    settle_views(source)
    if target.storage.readers:
        finish_readers(target.storage)
    if (target.flags | source.flags) & F_CONJ and _convert_conjugates(target, source):
        return 0
    if target.flags & source.flags & F_CONTIGUOUS and same_shape(target, source) and same_layout(target, source):
        data[0] = raw_of(target)
        data[1] = raw_of(source)
        steps[0] = itemsize_of[target.code]
        steps[1] = itemsize_of[source.code]
        run_contiguous(K.cast[source.code][target.code], NULL, 2, data, steps, target.numel_, CHEAP)
        return 0
    if source.storage.channels and target.flags & F_CONTIGUOUS and target.code == source.code and same_shape(target, source):
        turn_planes(raw_of(source), data_of(target), source.shape_[0], source.storage.pixels, source.storage.channels, itemsize_of[source.code])
        return 0
    if not target.storage.channels and not source.storage.channels and same_shape(target, source):
        if target.code == source.code:
            if _turned(target, source):
                return 0
        elif target.numel_ >= SMALLEST_TURN and is_dense(target) and is_dense(source):      # else nothing that can be turned is likely
            turned = empty_like(target, source.code)
            if _turned(turned, source):
                return convert_into(target, turned)
    operand_as_it_lies(target, target.code, &ops[0])
    operand_as_it_lies(source, source.code, &ops[1])
    return iterate(K.cast[source.code][target.code], NULL, 2, ops, CHEAP)


cdef bint _convert_conjugates(Tensor target, Tensor source) except -1:
    """`convert_into` where one of the two is a lazy conjugate; False where the elements can be copied as they lie."""
    cdef Operand ops[2]
    cdef LoopArgs args
    cdef Tensor turned
    if target.code < COMPLEX64 or (target.flags ^ source.flags) & F_CONJ == 0:
        return False                         # real parts are their own conjugates, and two bits cancel
    if target.code == source.code:
        operand_as_it_lies(target, target.code, &ops[0])
        operand_as_it_lies(source, source.code, &ops[1])
        iterate(K.pointwise[CONJ][target.code], &args, 2, ops, CHEAP)
        return True
    turned = empty_like(source, target.code)
    turned.flags |= source.flags & F_CONJ
    convert_into(turned, source)
    convert_into(target, turned)
    return True


cdef Tensor converted(Tensor a, int code):
    """`a` as another element type: itself if it has it, else a new tensor in the same dimension order."""
    cdef Tensor t
    if a.code == code and not a.flags & F_CONJ:
        return a
    t = empty_like(a, code)
    convert_into(t, a)
    return t


cdef Tensor contiguous(Tensor a):
    """`a` in row-major order: itself if it is, else a copy without history."""
    cdef Tensor t
    if a.flags & (F_CONTIGUOUS | F_CONJ) == F_CONTIGUOUS:
        return a
    t = empty_tensor(a.code, a.ndim_, a.shape_, a.storage.device)
    convert_into(t, a)
    return t


cdef Tensor widened(Tensor a):
    """`a` contiguous and in a type that loops compute in: float32 for the half types. None stays None."""
    if a is None:
        return None
    if a.code == FLOAT16 or a.code == BFLOAT16:
        a = converted(a, FLOAT32)
    return contiguous(a)
