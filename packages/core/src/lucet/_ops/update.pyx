"""Optimizer steps: one call updates all parameters of a group in place. The formulas are in _kernels/update.pxi.tp.

Lists are checked before anything is written. Tensors that do not lie in memory like their parameter are copied into its order and back.
"""

from cpython.mem cimport PyMem_Malloc, PyMem_Free
from libc.math cimport pow as pow_c, sqrt
from libc.stdlib cimport qsort
from lucet._dtype cimport FLOAT32, FLOAT64, dtype_object, itemsize_of
from lucet._engine cimport check_inplace
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport (
    step_fn, STEP_SGD, STEP_ADAM, STEP_ADADELTA, STEP_ADAMAX, STEP_NADAM, STEP_RADAM, STEP_RMSPROP, STEP_ADAGRAD, STEP_ASGD, STEP_RPROP, STEP_MAXIMIZE,
    STEP_DECAY, STEP_MOMENTUM, STEP_FIRST, STEP_NESTEROV, STEP_AMSGRAD, STEP_SHRINK, STEP_RECTIFY, STEP_CENTER, adafactor_fn,
)
from lucet._modes cimport passed, slow_call, thread_state
from lucet._ops._loops cimport check_no_internal_overlap, convert_into
from lucet._tensor cimport Tensor, bump, data_of, describe, empty_like, empty_tensor, is_contiguous, is_dense, is_meta, same_shape, F_CONTIGUOUS
from lucet._threads cimport parallel_for, run_unlocked

from itertools import pairwise

from lucet._errors import DeviceError, DtypeError, ShapeError, error
from lucet._registry import op

cdef enum:
    MAX_PARTS = 5                    # tensors that one parameter's step touches
    CHUNK = 16384                    # elements a task
    SERIAL = 50000                   # elements below which the calling thread does it all: about 50 us
    HOLD_LOCK = 200000               # below about 200 us the interpreter lock is kept

# One parameter: its tensors' memory, its coefficients, and where its chunks begin among all.
cdef struct Step:
    step_fn fn
    char* data[MAX_PARTS]
    Py_ssize_t n
    Py_ssize_t first_chunk
    int itemsize
    int flags
    double c[10]

cdef struct Steps:
    Step* at
    Py_ssize_t count
    Py_ssize_t chunks


cdef bint _taken(op, tuple args, dict kwargs) except -1:
    """Whether a mode took the call."""
    return slow_call(op, args, kwargs) is not passed


cdef void _chunk_task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    """Find the parameter that chunk `task` belongs to and update those elements."""
    cdef Steps* all = <Steps*>context
    cdef Py_ssize_t low = 0, high = all.count, middle, start, n
    cdef char* data[MAX_PARTS]
    cdef Step* s
    cdef int k
    while high - low > 1:
        middle = (low + high) // 2
        if all.at[middle].first_chunk <= task:
            low = middle
        else:
            high = middle
    s = &all.at[low]
    start = (task - s.first_chunk) * CHUNK
    n = s.n - start if s.n - start < CHUNK else CHUNK
    for k in range(MAX_PARTS):
        data[k] = s.data[k] + start * s.itemsize if s.data[k] != NULL else NULL
    s.fn(data, n, s.c, s.flags)


cdef struct Span:
    char* start
    char* end


cdef int _by_address(const void* a, const void* b) noexcept nogil:
    cdef char* x = (<Span*>a).start
    cdef char* y = (<Span*>b).start
    return (x > y) - (x < y)


cdef bint _distinct(Steps* all) except -1:
    """Whether no two parameters have memory in common: those that do are updated one after the other."""
    cdef Span* spans = <Span*>PyMem_Malloc((all.count + 1) * sizeof(Span))
    cdef Py_ssize_t i, count = 0
    cdef bint distinct = True
    if spans == NULL:
        raise MemoryError
    for i in range(all.count):
        if all.at[i].n:
            spans[count].start = all.at[i].data[0]
            spans[count].end = all.at[i].data[0] + all.at[i].n * all.at[i].itemsize
            count += 1
    qsort(spans, count, sizeof(Span), _by_address)
    for i in range(1, count):
        if spans[i].start < spans[i - 1].end:
            distinct = False
    PyMem_Free(spans)
    return distinct


cdef int _run(Steps* all, Py_ssize_t total) except -1:
    cdef Py_ssize_t i
    if total < SERIAL or not _distinct(all):
        for i in range(all.chunks):
            _chunk_task(all, i, 0)
    elif total < HOLD_LOCK:
        parallel_for(all.chunks, _chunk_task, all)
    else:
        run_unlocked(all.chunks, _chunk_task, all)
    return 0


_WITHOUT = object()                # in place of a list that a step does not look at

# --- checks -----------------------------------------------------------------------------------------------------------

cdef list _checked_list(object tensors, Py_ssize_t count, str name, str what):
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(f"{name}: {what} is {type(tensors).__name__}, expected a list of tensors")
    if len(tensors) != count:
        raise error(ShapeError, f"{name}: {what} has {len(tensors)} tensors, params has {count}")
    return list(tensors)


cdef int _check_part(Tensor p, object part, bint written, str name, str what, Py_ssize_t i) except -1:
    """One tensor that goes with parameter `p`: type, shape, place, and whether it may be written."""
    cdef Tensor t
    if not isinstance(part, Tensor):
        raise TypeError(f"{name}: {what}[{i}] is {type(part).__name__}, expected a tensor")
    t = <Tensor>part
    if t.code != FLOAT32 and t.code != FLOAT64 or t.code != p.code:
        raise error(DtypeError, f"{name}: {what}[{i}] is {dtype_object(t.code)._name}, params[{i}] is {dtype_object(p.code)._name}; expected float32 or float64 for both")
    if not same_shape(t, p):
        raise error(ShapeError, f"{name}: {what}[{i}] has shape {list(t.shape)}, params[{i}] has {list(p.shape)}")
    if is_meta(t):
        raise error(DeviceError, f"{name}: {what}[{i}] is a meta tensor, which has no elements", facts=[describe(t)])
    if written:
        check_inplace(t, False, name.encode())
        check_no_internal_overlap(t, name.encode())
    return 0


cdef list _checked_numbers(object tensors, Py_ssize_t count, str name, str what):
    """A list of tensors of one number each, such as step counters, that may be written."""
    cdef list numbers = _checked_list(tensors, count, name, what)
    cdef Py_ssize_t i
    cdef Tensor t
    for i in range(count):
        if not isinstance(numbers[i], Tensor):
            raise TypeError(f"{name}: {what}[{i}] is {type(numbers[i]).__name__}, expected a tensor")
        t = <Tensor>numbers[i]
        if t.numel_ != 1 or is_meta(t) or t.code != FLOAT32 and t.code != FLOAT64:
            raise error(ShapeError, f"{name}: {what}[{i}] is {describe(t)}, expected one float32 or float64 number")
        check_inplace(t, False, name.encode())
    return numbers


cdef double _number(Tensor t) noexcept:
    return (<float*>data_of(t))[0] if t.code == FLOAT32 else (<double*>data_of(t))[0]


cdef double _keep(Tensor t, double value):
    """Write a number and return it as it was rounded."""
    if t.code == FLOAT32:
        (<float*>data_of(t))[0] = <float>value
    else:
        (<double*>data_of(t))[0] = value
    bump(t, b"an optimizer")
    return _number(t)


cdef double _count_up(Tensor step):
    """Add 1 to a step counter and return it."""
    return _keep(step, _number(step) + 1)


# --- one group --------------------------------------------------------------------------------------------------------

cdef class Group:
    """The checked lists of one call, and what has to be copied back because it lay in another order."""
    cdef Steps all
    cdef Py_ssize_t total
    cdef list kept                   # (original, copy) pairs
    cdef list copied                 # tensors made here, which must live until the end
    cdef list written                # tensors whose version moves
    cdef list steps                  # the step counters

    def __cinit__(self, Py_ssize_t count):
        self.all.count = 0
        self.all.chunks = 0
        self.total = 0
        self.kept = []
        self.copied = []
        self.written = []
        self.all.at = <Step*>PyMem_Malloc((count + 1) * sizeof(Step))
        if self.all.at == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.all.at)


cdef char* _place(Group group, Tensor order, Tensor t, bint written) except NULL:
    """The memory of `t` if its elements lie like those of `order`, else that of a copy."""
    cdef Tensor copy
    cdef int i
    cdef bint same = True
    if written:
        group.written.append(t)
    if not (t.flags & order.flags & F_CONTIGUOUS):
        for i in range(t.ndim_):
            if t.shape_[i] > 1 and t.strides[i] != order.strides[i]:
                same = False
        same = same and is_dense(t)
    if same:
        return data_of(t)
    copy = empty_like(order, t.code)
    convert_into(copy, t)
    group.copied.append(copy)
    if written:
        group.kept.append((t, copy))
    return data_of(copy)


cdef Tensor _order_of(Group group, Tensor p):
    """The tensor whose memory order the step follows: the parameter, or a dense tensor of its shape where it has gaps."""
    cdef Tensor dense = p
    if not is_dense(p):
        dense = empty_like(p, p.code)
        group.copied.append(dense)
    return dense


cdef Group _grouped(str name, int kernel, int flags, tuple names, tuple lists, object steps):
    """The records of one call, for the caller to put coefficients in. `lists` are the parameters, their gradients, and what else the kernel
    takes in its order, with _WITHOUT for a list that it does without. Nothing is written before all of it is checked."""
    cdef Py_ssize_t i, count = len(lists[0])
    cdef int k
    cdef list checked = [], members
    cdef Group group = Group(count)
    cdef Tensor p, order
    cdef Step* s
    for k in range(len(lists)):
        checked.append(None if lists[k] is _WITHOUT else _checked_list(lists[k], count, name, names[k]))
    for k in range(len(lists)):
        members = checked[k]
        for i in range(count if members is not None else 0):
            if k == 0 and not isinstance(members[i], Tensor):
                raise TypeError(f"{name}: params[{i}] is {type(members[i]).__name__}, expected a tensor")
            _check_part(<Tensor>checked[0][i], members[i], k != 1, name, names[k], i)
    group.steps = [] if steps is _WITHOUT else _checked_numbers(steps, count, name, "steps")
    for i in range(count):
        p = <Tensor>checked[0][i]
        order = _order_of(group, p)
        s = &group.all.at[i]
        s.fn = K.step[kernel][p.code]
        s.n = p.numel_
        s.itemsize = itemsize_of[p.code]
        s.flags = flags
        s.first_chunk = group.all.chunks
        for k in range(MAX_PARTS):
            s.data[k] = NULL
        for k in range(len(lists)):
            if checked[k] is not None:
                s.data[k] = _place(group, order, <Tensor>checked[k][i], k != 1)
        group.all.chunks += (s.n + CHUNK - 1) // CHUNK
        group.total += s.n
    group.all.count = count
    return group


cdef int _finish(Group group) except -1:
    _run(&group.all, group.total)
    for original, copy in group.kept:
        convert_into(<Tensor>original, <Tensor>copy)
    for t in group.written:
        bump(<Tensor>t, b"an optimizer")
    return 0


cdef int _common_flags(double weight_decay, bint maximize) noexcept:
    return (STEP_DECAY if weight_decay != 0 else 0) | (STEP_MAXIMIZE if maximize else 0)


def sgd_step(params, grads, momentum_buffers, *, double lr, double momentum, double dampening, bint nesterov, double weight_decay, bint maximize, first):
    """sgd_step(params, grads, momentum_buffers, *, lr, momentum, dampening, nesterov, weight_decay, maximize, first) -> None

    One step of stochastic gradient descent on lists of tensors, in place; where `first[i]` is true the buffer takes the gradient.
    With momentum 0 the buffers are not looked at. Dtype: float32 or float64, the same in all tensors of one position.
    Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).

    >>> import lucet
    >>> from lucet._ops.update import sgd_step
    >>> w = lucet.ones(2)
    >>> sgd_step([w], [lucet.ones(2)], [None], lr=0.5, momentum=0, dampening=0, nesterov=False, weight_decay=0, maximize=False, first=[False])
    >>> w
    tensor([0.5000, 0.5000])
    """
    if thread_state().modes and _taken(sgd_step, (params, grads, momentum_buffers), {"lr": lr, "momentum": momentum, "dampening": dampening, "nesterov": nesterov, "weight_decay": weight_decay, "maximize": maximize, "first": first}):
        return
    cdef Py_ssize_t i
    cdef bint buffered = momentum != 0
    cdef int flags = _common_flags(weight_decay, maximize) | (STEP_NESTEROV if nesterov else 0) | (STEP_MOMENTUM if buffered else 0)
    cdef Step* s
    if buffered and len(first) != len(params):
        raise error(ShapeError, f"sgd_step: first has {len(first)} entries, params has {len(params)}")
    cdef Group group = _grouped("sgd_step", STEP_SGD, flags, ("params", "grads", "momentum_buffers"), (params, grads, momentum_buffers if buffered else _WITHOUT), _WITHOUT)
    for i in range(group.all.count):
        s = &group.all.at[i]
        if buffered and first[i]:
            s.flags |= STEP_FIRST
        s.c[0] = -lr
        s.c[1] = weight_decay
        s.c[2] = momentum
        s.c[3] = 1 - dampening
    _finish(group)


def adam_step(
    params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, steps, *, double lr, double beta1, double beta2, double eps, double weight_decay,
    bint amsgrad, bint maximize, bint decoupled_weight_decay,
):
    """adam_step(params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, steps, *, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay) -> None

    One step of Adam (AdamW with `decoupled_weight_decay`) on lists of tensors, in place; each of `steps`, one number, grows by 1 first.
    `max_exp_avg_sqs` is not looked at unless `amsgrad`. Dtype: float32 or float64, the same in all tensors of one position.
    Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1; Loshchilov and Hutter, "Decoupled weight
    decay regularization" (2019), algorithm 2; Reddi et al., "On the convergence of Adam and beyond" (2018), algorithm 2.

    >>> import lucet
    >>> from lucet._ops.update import adam_step
    >>> w, m, v, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.)
    >>> adam_step([w], [lucet.ones(1)], [m], [v], [], [t], lr=0.5, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0, amsgrad=False, maximize=False, decoupled_weight_decay=False)
    >>> w, t
    (tensor([0.5000]), tensor(1.))
    """
    if thread_state().modes and _taken(adam_step, (params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, steps), {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay}):
        return
    cdef Py_ssize_t i
    cdef int flags = _common_flags(0 if decoupled_weight_decay else weight_decay, maximize) | (STEP_AMSGRAD if amsgrad else 0)
    cdef Step* s
    cdef double t
    cdef Group group = _grouped(
        "adam_step", STEP_ADAM, flags | (STEP_SHRINK if decoupled_weight_decay else 0), ("params", "grads", "exp_avgs", "exp_avg_sqs", "max_exp_avg_sqs"),
        (params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs if amsgrad else _WITHOUT), steps,
    )
    for i in range(group.all.count):
        s = &group.all.at[i]
        t = _count_up(<Tensor>group.steps[i])
        s.c[0] = -(lr / (1 - pow_c(beta1, t)))
        s.c[1] = weight_decay
        s.c[2] = 1 - beta1
        s.c[3] = beta2
        s.c[4] = 1 - beta2
        s.c[5] = sqrt(1 - pow_c(beta2, t))
        s.c[6] = eps
        s.c[7] = 1 - lr * weight_decay
    _finish(group)


def adadelta_step(params, grads, square_avgs, acc_deltas, steps, *, double lr, double rho, double eps, double weight_decay, bint maximize):
    """adadelta_step(params, grads, square_avgs, acc_deltas, steps, *, lr, rho, eps, weight_decay, maximize) -> None

    One step of Adadelta on lists of tensors, in place; each of `steps`, one number, grows by 1. Dtype: float32 or float64, the same in
    all tensors of one position. Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method" (2012), algorithm 1.

    >>> import lucet
    >>> from lucet._ops.update import adadelta_step
    >>> w, s, a, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.)
    >>> adadelta_step([w], [lucet.ones(1)], [s], [a], [t], lr=1, rho=0, eps=1, weight_decay=0, maximize=False)
    >>> w
    tensor([0.2929])
    """
    if thread_state().modes and _taken(adadelta_step, (params, grads, square_avgs, acc_deltas, steps), {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef Group group = _grouped(
        "adadelta_step", STEP_ADADELTA, _common_flags(weight_decay, maximize), ("params", "grads", "square_avgs", "acc_deltas"),
        (params, grads, square_avgs, acc_deltas), steps,
    )
    for i in range(group.all.count):
        s = &group.all.at[i]
        _count_up(<Tensor>group.steps[i])
        s.c[0] = -lr
        s.c[1] = weight_decay
        s.c[2] = rho
        s.c[3] = 1 - rho
        s.c[4] = eps
    _finish(group)


include "update_means.pxi"
include "update_signs.pxi"
include "update_factors.pxi"


def _list(r):
    return [r(3), r(2, 2)]


def _squares(r):
    return [r(3).abs(), r(2, 2).abs()]


def _steps(r):
    return [r().abs(), r().abs()]


for _function, _samples in (
    (sgd_step, lambda r: [(_list(r), _list(r), _list(r), dict(
        lr=0.1, momentum=0.9, dampening=0.0, nesterov=False, weight_decay=0.1, maximize=False, first=[False, True],
    ))]),
    (adam_step, lambda r: [(_list(r), _list(r), _list(r), _squares(r), _squares(r), _steps(r), dict(
        lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8, weight_decay=0.1, amsgrad=True, maximize=False, decoupled_weight_decay=False,
    ))]),
    (adadelta_step, lambda r: [(_list(r), _list(r), _squares(r), _squares(r), _steps(r), dict(
        lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.1, maximize=False,
    ))]),
):
    op(_function, public=False, method=False, grad="no", samples=_samples, dtypes="float32 float64", family="update")
