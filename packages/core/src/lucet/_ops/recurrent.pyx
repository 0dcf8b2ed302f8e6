"""One layer of a recurrent network over a batch of sequences: all inputs in one product, then the steps in `_kernels/micro/recurrent.h`.

What makes networks of layers, and the public ops, is in `_composed/recurrence.py`, which also says the steps in ops for what differentiates
twice.
"""

from libc.string cimport memcpy, memset
from lucet._dtype cimport FLOAT32, FLOAT64, INT64
from lucet._engine cimport Node, Run, recording, new_node, connect, set_history, save, save_output, saved, needs, give, grad_of
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport (
    gemm_plan, recurrent_pass, RECURRENT_LSTM, RECURRENT_GRU, RECURRENT_TANH, RECURRENT_RELU,
    GEMM_BIAS_NONE, GEMM_BIAS_COLUMN,
)
from lucet._ops._loops cimport converted, contiguous
from lucet._ops._plans cimport run_gemm
from lucet._ops.reduce cimport sum_dims
from lucet._storage cimport Storage, new_storage, storage_data
from lucet._tensor cimport Tensor, data_of, empty_tensor, is_meta, CPU
from lucet._threads cimport pool_threads, run_unlocked_workers

from lucet._errors import ShapeError, error

LSTM, GRU, TANH, RELU = RECURRENT_LSTM, RECURRENT_GRU, RECURRENT_TANH, RECURRENT_RELU

cdef enum:
    SERIAL = 200000               # multiplications of all steps below which one thread does them
    PARTS = 5                     # of one direction: w_ih, w_hh, b_ih, b_hh, w_hr
    FIRST = 3                     # edges and saved values before those of the first direction: input, h0, c0

cdef object _in_ops               # the same layer in ops


def set_steps_in_ops(function):
    """Who computes a layer in ops: called by the module that does."""
    global _in_ops
    _in_ops = function


cdef class Steps:
    """How sequences lie: at each step those that are as long, the longest first; `sizes` never grow."""
    cdef Tensor table             # int64: how many sequences each step has, then the first row of each
    cdef Py_ssize_t steps, rows, batch
    cdef bint even                # all steps have all sequences
    cdef readonly tuple sizes

    def __init__(self, sizes):
        cdef Py_ssize_t i, n, before = -1, length
        cdef Py_ssize_t* at
        self.sizes = tuple(sizes)
        self.steps = len(self.sizes)
        length = 2 * self.steps
        self.table = empty_tensor(INT64, 1, &length, CPU)
        at = <Py_ssize_t*>data_of(self.table)
        self.even = True
        for i in range(self.steps):
            n = self.sizes[i]
            if n < 0 or before >= 0 and n > before:
                raise ValueError("sizes of steps never grow")
            self.even = self.even and (before < 0 or n == before)
            before = n
            at[i] = n
            at[self.steps + i] = self.rows
            self.rows += n
        self.batch = at[0] if self.steps else 0


# --- matrices ---------------------------------------------------------------------------------------------------------

cdef struct Matrix:
    const char* at
    Py_ssize_t row, col           # in elements


cdef inline Matrix _matrix(const char* at, Py_ssize_t row, Py_ssize_t col) noexcept:
    cdef Matrix m
    m.at, m.row, m.col = at, row, col
    return m


cdef int _multiply(int slot, Py_ssize_t m, Py_ssize_t n, Py_ssize_t k, Matrix a, Matrix b, const char* bias, char* c, bint accumulate) except -1:
    """c (m, n) = a b, plus a bias of columns, or plus c."""
    cdef gemm_plan p
    memset(&p, 0, sizeof(p))
    p.a, p.a_row, p.a_col = a.at, a.row, a.col
    p.b, p.b_row, p.b_col = b.at, b.row, b.col
    p.c, p.c_row = c, n
    p.bias = bias
    p.bias_kind = GEMM_BIAS_NONE if bias == NULL else GEMM_BIAS_COLUMN
    p.m, p.n, p.k = m, n, k
    p.batch = 1
    p.accumulate = accumulate
    return run_gemm(&p, slot)


cdef Storage _panels(int slot, Matrix b, Py_ssize_t k, Py_ssize_t n, bint wide):
    cdef Storage room = new_storage(K.panels_room[slot](k, n) * (8 if slot else 4), CPU)
    K.panels_pack[slot](b.at, b.row, b.col, k, n, wide, storage_data(room))
    return room


cdef Tensor _room(int code, Py_ssize_t rows, Py_ssize_t columns):
    cdef Py_ssize_t shape[2]
    shape[0], shape[1] = rows, columns
    return empty_tensor(code, 2, shape, CPU)


cdef Tensor _own(Tensor t, int code, int ndim, const Py_ssize_t* shape):
    """A copy that may be written to; zeros in place of None."""
    cdef Tensor copy = empty_tensor(code, ndim, shape, CPU), dense
    cdef Py_ssize_t size = copy.numel_ * (8 if code == FLOAT64 else 4)
    if t is None:
        memset(data_of(copy), 0, size)
    else:
        dense = contiguous(converted(t, code))
        memcpy(data_of(copy), data_of(dense), size)
    return copy


# --- one layer --------------------------------------------------------------------------------------------------------

cdef class Layer:
    """Sizes of a layer, and its operands without gaps."""
    cdef int kind, code, slot, size, directions, gates
    cdef Py_ssize_t inputs, hidden, out, rows_per_task, tasks
    cdef int workers
    cdef bint wide
    cdef Steps steps
    cdef Tensor x, h0, c0
    cdef list weights             # for each direction its five parts


cdef Layer _layer_of(int kind, Steps steps, list operands):
    cdef Layer l = Layer.__new__(Layer)
    cdef Tensor w, h
    cdef double work
    cdef Py_ssize_t batch = steps.batch, cuts
    l.kind = kind
    l.steps = steps
    l.gates = 4 if kind == RECURRENT_LSTM else 3 if kind == RECURRENT_GRU else 1
    l.x, l.h0, l.c0 = contiguous(operands[0]), contiguous(operands[1]), None if operands[2] is None else contiguous(operands[2])
    l.weights = [None if w is None else contiguous(w) for w in operands[FIRST:]]
    l.code = l.x.code
    l.slot = l.code == FLOAT64
    l.size = 8 if l.slot else 4
    l.directions = <int>((len(operands) - FIRST) // PARTS)
    w, h = l.weights[0], l.h0
    l.inputs = w.shape_[1]
    l.hidden = w.shape_[0] // l.gates
    l.out = h.shape_[2]
    work = <double>steps.rows * l.gates * l.hidden * l.out
    cuts = 1
    if work >= SERIAL:
        cuts = pool_threads() * (1 if steps.even else 2)
        cuts = max(1, min(cuts, (batch + 3) // 4))
    l.rows_per_task = (batch + cuts - 1) // cuts
    l.tasks = (batch + l.rows_per_task - 1) // l.rows_per_task
    l.workers = <int>min(l.tasks, pool_threads())
    l.wide = l.rows_per_task <= 4
    return l


cdef inline Tensor _part(Layer l, int direction, int part):
    return <Tensor>l.weights[direction * PARTS + part]


cdef inline const char* _values(Tensor t) noexcept:
    return NULL if t is None else data_of(t)


cdef int _check(int kind, Steps steps, list operands) except -1:
    """That every operand has the size the others ask for: the kernels believe it. All were checked before, with better words."""
    cdef Tensor x = operands[0], h = operands[1], w = operands[FIRST], t
    cdef Py_ssize_t gates = 4 if kind == RECURRENT_LSTM else 3 if kind == RECURRENT_GRU else 1
    cdef Py_ssize_t hidden = w.shape_[0] // gates if w.ndim_ == 2 else 0, directions = (len(operands) - FIRST) // PARTS, out
    cdef bint fits = x.ndim_ == 2 and h.ndim_ == 3 and w.ndim_ == 2 and hidden > 0 and x.shape_[0] == steps.rows
    if fits:
        out = h.shape_[2]
        state = (directions, steps.batch)
        fits = (h.shape_[0], h.shape_[1]) == state and (operands[2] is None) == (kind != RECURRENT_LSTM)
        fits = fits and (operands[2] is None or tuple(operands[2].shape) == (*state, hidden))
        for d in range(directions):
            parts = operands[FIRST + d * PARTS:FIRST + (d + 1) * PARTS]
            w_ih, w_hh, b_ih, b_hh, w_hr = parts
            fits = fits and tuple(w_ih.shape) == (gates * hidden, x.shape_[1]) and tuple(w_hh.shape) == (gates * hidden, out)
            for b in (b_ih, b_hh):
                fits = fits and (b is None or tuple(b.shape) == (gates * hidden,))
            fits = fits and (out == hidden if w_hr is None else kind == RECURRENT_LSTM and tuple(w_hr.shape) == (out, hidden))
    fits = fits and (x.code == FLOAT32 or x.code == FLOAT64)
    for t in operands:
        fits = fits and (t is None or t.code == x.code and not is_meta(t))
    if not fits:
        raise error(ShapeError, "recurrent layer: operands do not fit each other", facts=[", ".join(str(None if t is None else tuple(t.shape)) for t in operands)])
    return 0


cdef Tensor _bias(Layer l, int d):
    """What is added to the part of the inputs: both biases, of a GRU's new gate only that of the inputs."""
    cdef Tensor b_ih = _part(l, d, 2), b_hh = _part(l, d, 3), total
    cdef Py_ssize_t n = l.gates * l.hidden, common = n if l.kind != RECURRENT_GRU else 2 * l.hidden, i
    if b_ih is None and b_hh is None:
        return None
    total = _own(b_ih, l.code, 1, &n)
    if b_hh is None:
        return total
    for i in range(common):
        if l.slot:
            (<double*>data_of(total))[i] += (<const double*>data_of(b_hh))[i]
        else:
            (<float*>data_of(total))[i] += (<const float*>data_of(b_hh))[i]
    return total


cdef int _describe(Layer l, int d, recurrent_pass* p) except -1:
    memset(p, 0, sizeof(recurrent_pass))
    p.kind, p.backwards, p.wide = l.kind, d == 1, l.wide
    p.steps, p.hidden, p.out = l.steps.steps, l.hidden, l.out
    p.sizes = <const Py_ssize_t*>data_of(l.steps.table)
    p.starts = p.sizes + l.steps.steps
    p.rows_per_task = l.rows_per_task
    p.y_row = l.directions * l.out
    return 0


cdef tuple _forward(Layer l):
    """(y, hn, cn, what the backward needs: gates, cells, unprojected of each direction)"""
    cdef recurrent_pass p
    cdef Steps s = l.steps
    cdef Py_ssize_t G = l.gates * l.hidden
    cdef Tensor y = _room(l.code, s.rows, l.directions * l.out), h, c = None, gates, cells, unprojected, bias, w_hh, w_hr, b_hh
    cdef Storage w, w_new, w_projection
    cdef list kept = []
    cdef int d
    h = _own(l.h0, l.code, 3, l.h0.shape_)
    if l.c0 is not None:
        c = _own(l.c0, l.code, 3, l.c0.shape_)
    for d in range(l.directions):
        _describe(l, d, &p)
        gates, cells, unprojected, w_hr, b_hh = _room(l.code, s.rows, G), None, None, _part(l, d, 4), _part(l, d, 3)
        bias = _bias(l, d)
        _multiply(
            l.slot, s.rows, G, l.inputs, _matrix(data_of(l.x), l.inputs, 1), _matrix(data_of(_part(l, d, 0)), 1, l.inputs), _values(bias),
            data_of(gates), False,
        )
        if l.kind == RECURRENT_LSTM or l.kind == RECURRENT_GRU:
            cells = _room(l.code, s.rows, l.hidden)
        w_hh = _part(l, d, 1)
        w = _panels(l.slot, _matrix(data_of(w_hh), 1, l.out), l.out, 2 * l.hidden if l.kind == RECURRENT_GRU else G, l.wide)
        p.w = storage_data(w)
        if l.kind == RECURRENT_GRU:
            w_new = _panels(l.slot, _matrix(data_of(w_hh) + 2 * l.hidden * l.out * l.size, 1, l.out), l.out, l.hidden, l.wide)
            p.w_new = storage_data(w_new)
            p.b_new = NULL if b_hh is None else data_of(b_hh) + 2 * l.hidden * l.size
        if w_hr is not None:
            unprojected = _room(l.code, s.rows, l.hidden)
            w_projection = _panels(l.slot, _matrix(data_of(w_hr), 1, l.hidden), l.hidden, l.out, l.wide)
            p.w_projection = storage_data(w_projection)
            p.unprojected = data_of(unprojected)
        p.gates = data_of(gates)
        p.y = data_of(y) + d * l.out * l.size
        p.h = data_of(h) + d * s.batch * l.out * l.size
        p.cells = p.gates if cells is None else data_of(cells)            # of what a kind has not, an address that is one
        p.c = p.h if c is None else data_of(c) + d * s.batch * l.hidden * l.size
        run_unlocked_workers(l.tasks, l.workers, K.recurrent_forward[l.slot], &p)
        kept += [gates, cells, unprojected]
    return y, h, c, kept


cdef int _backward(Node n, Run run, Layer l, Tensor y, list kept, Tensor gy, Tensor gh, Tensor gc) except -1:
    cdef recurrent_pass p
    cdef Steps s = l.steps
    cdef Py_ssize_t H = l.hidden, G = l.gates * l.hidden, B = s.batch, out = l.out
    cdef Tensor dh, dc = None, dx = None, dgates, dcells, dout, before, w_hr, w_hh, dw
    cdef Storage w, w_new, w_projection, scratch
    cdef int d, first
    cdef bint gru = l.kind == RECURRENT_GRU
    dh = _own(gh, l.code, 3, l.h0.shape_)
    if l.c0 is not None:
        dc = _own(gc, l.code, 3, l.c0.shape_)
    gy = None if gy is None else contiguous(converted(gy, l.code))
    if needs(n, 0):
        dx = _room(l.code, s.rows, l.inputs)
    for d in range(l.directions):
        first = FIRST + d * PARTS
        _describe(l, d, &p)
        w_hh, w_hr = _part(l, d, 1), _part(l, d, 4)
        dgates, dcells, dout, before = _room(l.code, s.rows, G), None, None, None
        w = _panels(l.slot, _matrix(data_of(w_hh), out, 1), 2 * H if gru else G, out, l.wide)
        p.w = storage_data(w)
        if gru:
            dcells = _room(l.code, s.rows, H)
            w_new = _panels(l.slot, _matrix(data_of(w_hh) + 2 * H * out * l.size, out, 1), H, out, l.wide)
            p.w_new = storage_data(w_new)
        if w_hr is not None:
            dout = _room(l.code, s.rows, out)
            w_projection = _panels(l.slot, _matrix(data_of(w_hr), H, 1), out, H, l.wide)
            p.w_projection = storage_data(w_projection)
        if not s.even and needs(n, first + 1):
            before = _room(l.code, s.rows, out)
            p.before = data_of(before)
        p.scratch_stride = (l.rows_per_task * H * l.size + 63) & ~63 if w_hr is not None else 64
        scratch = new_storage(p.scratch_stride * l.workers, CPU)
        p.scratch = storage_data(scratch)
        p.gates, p.dgates = data_of(<Tensor>kept[3 * d]), data_of(dgates)
        p.cells = p.gates if kept[3 * d + 1] is None else data_of(<Tensor>kept[3 * d + 1])
        p.dcells = p.dgates if dcells is None else data_of(dcells)
        p.dout = NULL if dout is None else data_of(dout)
        p.y = data_of(y) + d * out * l.size
        p.h0 = data_of(l.h0) + d * B * out * l.size
        p.h = data_of(dh) + d * B * out * l.size
        p.c0 = p.h0 if l.c0 is None else data_of(l.c0) + d * B * H * l.size
        p.c = p.h if dc is None else data_of(dc) + d * B * H * l.size
        p.dy_row = l.directions * out
        p.dy = NULL if gy is None else data_of(gy) + d * out * l.size
        run_unlocked_workers(l.tasks, l.workers, K.recurrent_backward[l.slot], &p)
        if dx is not None:
            _multiply(
                l.slot, s.rows, l.inputs, G, _matrix(data_of(dgates), G, 1), _matrix(data_of(_part(l, d, 0)), l.inputs, 1), NULL, data_of(dx), d > 0,
            )
        if needs(n, first):
            dw = _room(l.code, G, l.inputs)
            _multiply(l.slot, G, l.inputs, s.rows, _matrix(data_of(dgates), 1, G), _matrix(data_of(l.x), l.inputs, 1), NULL, data_of(dw), False)
            give(run, n, first, dw)
        if needs(n, first + 1):
            dw = _room(l.code, G, out)
            _from_states(l, d, dgates, G, 2 * H if gru else G, y, before, data_of(dw))
            if gru:
                _from_states(l, d, dcells, H, H, y, before, data_of(dw) + 2 * H * out * l.size)
            give(run, n, first + 1, dw)
        if needs(n, first + 2):
            give(run, n, first + 2, sum_dims(dgates, 1, False))
        if needs(n, first + 3):
            dw = sum_dims(dgates, 1, False)
            if gru:
                dcells = sum_dims(dcells, 1, False)
                memcpy(data_of(dw) + 2 * H * l.size, data_of(dcells), H * l.size)
            give(run, n, first + 3, dw)
        if w_hr is not None and needs(n, first + 4):
            dw = _room(l.code, out, H)
            _multiply(l.slot, out, H, s.rows, _matrix(data_of(dout), 1, out), _matrix(data_of(<Tensor>kept[3 * d + 2]), H, 1), NULL, data_of(dw), False)
            give(run, n, first + 4, dw)
    if dx is not None:
        give(run, n, 0, dx)
    if needs(n, 1):
        give(run, n, 1, dh)
    if dc is not None and needs(n, 2):
        give(run, n, 2, dc)
    return 0


cdef int _from_states(Layer l, int d, Tensor dgates, Py_ssize_t width, Py_ssize_t n, Tensor y, Tensor before, char* dw) except -1:
    """dw (n, out): the sum over all rows of a gate's gradient times the state before. `dgates` has rows of `width`.

    Where all steps have all sequences, the states before are those of the step before as they lie, and h0.
    """
    cdef Py_ssize_t rows = l.steps.rows, B = l.steps.batch, row = l.directions * l.out, later = (rows - B) * width * l.size
    cdef char* g = data_of(dgates)
    cdef char* states = data_of(y) + d * l.out * l.size
    cdef char* h0 = data_of(l.h0) + d * B * l.out * l.size
    if before is not None:
        return _multiply(l.slot, n, l.out, rows, _matrix(g, 1, width), _matrix(data_of(before), l.out, 1), NULL, dw, False)
    _multiply(l.slot, n, l.out, B, _matrix(g + later if d else g, 1, width), _matrix(h0, l.out, 1), NULL, dw, False)
    if rows > B:
        _multiply(
            l.slot, n, l.out, rows - B, _matrix(g if d else g + B * width * l.size, 1, width),
            _matrix(states + B * row * l.size if d else states, row, 1), NULL, dw, True,
        )
    return 0


# --- recording --------------------------------------------------------------------------------------------------------

cdef int layer_vjp(Node n, Tensor g, Run run) except -1:
    cdef list operands = [], kept = [], grads = [grad_of(run, n, i) for i in range(3)]
    cdef int i, count = n.num_edges
    cdef Tensor t
    cdef bint twice = False
    kind, steps, like = n.extra
    for i in range(count):
        operands.append(saved(n, i))
    for t in operands + grads:
        twice = twice or t is not None and recording(t)
    if twice:
        found = _in_ops(kind, (<Steps>steps).sizes, operands, [needs(n, i) for i in range(count)], grads)
        for i in range(count):
            if found[i] is not None and needs(n, i):
                give(run, n, i, found[i])
        return 0
    _check(kind, steps, operands)
    for i in range(len(like)):
        t = saved(n, count + i)
        if t is not None:
            if is_meta(t) or t.code != (<Tensor>operands[0]).code or tuple(t.shape) != like[i]:
                raise error(ShapeError, f"recurrent layer: a saved tensor came back as {tuple(t.shape)}, expected {like[i]}")
            t = contiguous(t)
        kept.append(t)
    return _backward(n, run, _layer_of(kind, steps, operands), kept[0], kept[1:], grads[0], grads[1], grads[2])


cdef bint _wants_history(list operands):
    cdef Tensor t
    for t in operands:
        if t is not None and recording(t):
            return True
    return False


def layer(int kind, Tensor x not None, Steps steps not None, Tensor h0 not None, Tensor c0, list weights) -> tuple:
    """(y, hn, cn) of a layer: x (rows, inputs) as `steps` say, h0 and c0 (directions, batch, ..), five weights for each direction.

    float32 and float64 on the CPU, nothing empty; cn is None but of an LSTM.
    """
    cdef list operands = [x, h0, c0, *weights]
    cdef Node n
    cdef int i, count = <int>len(operands)
    cdef Tensor t
    _check(kind, steps, operands)
    if x.code != FLOAT32 and x.code != FLOAT64 or x.numel_ == 0 or h0.numel_ == 0:
        raise error(ShapeError, "recurrent layer: expected float32 or float64, and something in it")
    y, hn, cn, kept = _forward(_layer_of(kind, steps, operands))
    if _wants_history(operands):
        n = new_node(layer_vjp, b"MkldnnRnnLayerBackward0" if kind == RECURRENT_LSTM else b"StackBackward0", count)
        for i in range(count):
            connect(n, i, operands[i])
        for i in range(count):
            save(n, i, operands[i])
        save_output(n, count, y)
        for i in range(len(kept)):
            save(n, count + 1 + i, kept[i])
        n.extra = kind, steps, [tuple(y.shape), *(None if t is None else tuple(t.shape) for t in kept)]
        set_history(n, y, 0)
        set_history(n, hn, 1)
        if cn is not None:
            set_history(n, cn, 2)
    return y, hn, cn
