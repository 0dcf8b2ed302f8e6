"""Losses: class losses (nll, cross-entropy) in one pass each way, and losses of two operands; their reductions and deprecated arguments.

Labels are checked once, before anything is computed; kernels skip what is out of range, so that a target changed behind the
version counter cannot make them read elsewhere.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int64_t, uint64_t
from lucet._dtype cimport BOOL, UINT8, INT64, FLOAT16, BFLOAT16, FLOAT32, FLOAT64, COMPLEX64, dtype_object, promote
from lucet._engine cimport (
    Node, Run, requires_grad, recording, recording2, new_node, connect, set_history, named, save, saved, needs, give, grad_of, tied,
)
from lucet._kernels.dispatch cimport K
from lucet._kernels.kernels cimport nll_shape, LOSS_SQUARE, LOSS_DISTANCE, LOSS_SMOOTH, LOSS_HUBER, LOSS_BINARY
from lucet._modes cimport thread_state, slow_call, passed
from lucet._ops._loops cimport converted, contiguous, broadcast2, widened
from lucet._ops.convert cimport cast_to
from lucet._ops.create cimport filled
from lucet._ops.pointwise cimport add, sub, mul, div, neg, where, result_code
from lucet._ops.reduce cimport sum_dims, all_dims
from lucet._ops.shape cimport reshape_to, expand_to, unsqueeze_at
from lucet._tensor cimport (
    Tensor, alias, empty_tensor, is_plain, is_meta, same_shape, data_of, describe, itemsize_of, read_size, CPU, META,
)
from lucet._threads cimport run_unlocked

import warnings

from lucet._errors import DtypeError, RangeError, ShapeError, error
from lucet._registry import OPS, op

cdef enum Reduction:
    NONE
    MEAN
    SUM

cdef enum:
    SERIAL = 32768                # scores below which one thread does all
    TASK = 16384                  # scores per task
    PIECE = 65536                 # terms per partial sum


# --- arguments --------------------------------------------------------------------------------------------------------

cdef str _legacy(object size_average, object reduce):
    """The reduction that the deprecated pair of switches means."""
    average = True if size_average is None else size_average
    folds = True if reduce is None else reduce
    meant = "none" if not folds else "mean" if average else "sum"
    warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{meant}' instead.", UserWarning, stacklevel=1)
    return meant


cdef int reduction_of(object reduction, object size_average, object reduce) except -1:
    if size_average is not None or reduce is not None:
        reduction = _legacy(size_average, reduce)
    if reduction == "mean":
        return MEAN
    if reduction == "sum":
        return SUM
    if reduction == "none":
        return NONE
    raise ValueError(f"{reduction} is not a valid value for reduction")


cdef inline bint _plain(Tensor a, Tensor b, Tensor c) noexcept:
    return is_plain(a) and is_plain(b) and (c is None or is_plain(c)) and not thread_state().modes


cdef inline int _loop_code(int code) noexcept:
    return FLOAT32 if code == FLOAT16 or code == BFLOAT16 else code


cdef inline int _slot(int code) noexcept:
    return 1 if code == FLOAT64 else 0


cdef Tensor _scalar(double value, int code):
    """A new 0-d tensor."""
    cdef Tensor t = empty_tensor(FLOAT64, 0, NULL, CPU)
    (<double*>data_of(t))[0] = value
    return converted(t, code)


cdef Tensor _reduced(Tensor terms, int reduction):
    """Recorded mean or sum of all elements, or the terms themselves."""
    if reduction == NONE:
        return terms
    total = sum_dims(terms, all_dims(terms.ndim_), False)
    return total if reduction == SUM else div(total, float(terms.numel_))


cdef int _check_floating(Tensor x, str op_name) except -1:
    if x.code < FLOAT16 or x.code > FLOAT64:
        raise error(DtypeError, f"{op_name}: not implemented for {dtype_object(x.code)._name}", fix="input.float()")
    return 0


# --- labels -----------------------------------------------------------------------------------------------------------

cdef class Labels:
    """What a class loss keeps beside scores: geometry, labels, class weights, reduction."""
    cdef nll_shape p
    cdef Tensor target            # int64, contiguous
    cdef Tensor weight            # in the loops' type, contiguous; or None
    cdef Tensor like              # a meta tensor of the scores' type and shape
    cdef int reduction
    cdef double share             # one over what the mean is divided by, else 1


cdef int _check_labels(Tensor x, Tensor target, str op_name) except -1:
    """Shapes as in torch: (C,) with one label, (N, C) with (N,), (N, C, d1, ...) with (N, d1, ...)."""
    cdef Py_ssize_t batch = target.shape_[0] if target.ndim_ else 0
    if x.ndim_ == 2 and target.ndim_ == 1 and batch == x.shape_[0]:
        return 0
    if x.ndim_ == 0:
        if op_name == "cross_entropy":
            raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got 1)")
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if x.ndim_ == 1 and target.ndim_ <= 1:
        if target.ndim_ == 1 and batch != 1:
            raise ValueError(f"{op_name}: For 1D input, 1D target must have size 1, but got target size: {batch}")
        return 0
    if x.ndim_ > 1 and x.shape_[0] != batch:
        raise ValueError(f"{op_name}: Expected input batch_size ({x.shape_[0]}) to match target batch_size ({batch}).")
    wrong = _label_shape_complaint(x, target)
    if wrong is not None:
        raise error(ShapeError, f"{op_name}: {wrong}", facts=[f"input {describe(x)}, target {describe(target)}"])
    return 0


cdef str _label_shape_complaint(Tensor x, Tensor target):
    """What is wrong with labels of any number of dimensions; None if nothing is."""
    cdef int i
    cdef bint fits = target.ndim_ == x.ndim_ - 1
    if x.ndim_ <= 2:
        return None if fits else "0D or 1D target tensor expected, multi-target not supported"
    if x.ndim_ == 4 and not fits:
        return f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {target.ndim_}"
    for i in range(2, x.ndim_):
        fits = fits and target.shape_[i - 1] == x.shape_[i]
    if fits:
        return None
    return f"Expected target size {[x.shape_[i] for i in range(x.ndim_) if i != 1]}, got {list(target.shape)}"


cdef int _check_weight(Tensor x, Tensor weight, Py_ssize_t classes, str op_name) except -1:
    if weight is None:
        return 0
    if weight.ndim_ != 1 or weight.shape_[0] != classes:
        raise error(
            ShapeError,
            f"{op_name}: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: "
            f"{[weight.shape_[i] for i in range(weight.ndim_)]}",
        )
    if weight.code != x.code:
        raise error(
            DtypeError, f"{op_name}: expected scalar type {dtype_object(x.code)._name} but found {dtype_object(weight.code)._name}",
            facts=[f"input {describe(x)}, weight {describe(weight)}"], fix=f"weight.to({dtype_object(x.code)!r})",
        )
    if requires_grad(weight) and thread_state().grad_enabled:
        raise RuntimeError(f"{op_name} is not differentiable with respect to argument 'weight'. This input cannot have requires_grad True.")
    return 0


cdef Labels labels_of(Tensor x, Tensor target, Tensor weight, object ignore_index, int reduction, str op_name):
    """Check everything about the labels and keep it; x is the scores."""
    cdef Labels l = Labels.__new__(Labels)
    cdef int64_t ignore = read_size(ignore_index, b"ignore_index")
    cdef int i
    _check_labels(x, target, op_name)
    if target.code != INT64 and target.code != UINT8:
        raise error(
            DtypeError, f"{op_name}: expected target dtype to be Long or Byte, but got {dtype_object(target.code)._name}",
            fix="target.long()",
        )
    l.p.ignore = ignore
    l.p.classes = x.shape_[0] if x.ndim_ == 1 else x.shape_[1]
    l.p.outer = 1 if x.ndim_ == 1 else x.shape_[0]
    l.p.inner = 1
    for i in range(2, x.ndim_):
        l.p.inner *= x.shape_[i]
    _check_floating(x, op_name)
    _check_weight(x, weight, l.p.classes, op_name)
    l.weight = widened(weight)
    l.like = empty_tensor(x.code, x.ndim_, x.shape_, META)
    l.reduction = reduction
    l.share = 1
    if is_meta(x) or is_meta(target):
        l.target = target
    else:
        l.target = contiguous(converted(target, INT64))
        _check_range(<const int64_t*>data_of(l.target), l.p.outer * l.p.inner, ignore, l.p.classes)
    return l


cdef int _check_range(const int64_t* target, Py_ssize_t n, int64_t ignore, int64_t classes) except -1:
    cdef Py_ssize_t i
    for i in range(n):
        if <uint64_t>target[i] >= <uint64_t>classes and target[i] != ignore:
            raise IndexError(
                f"Target {target[i]} is out of bounds.\n"
                f"  at position {i} of the target; there are {classes} classes, labels run from 0 to {classes - 1}"
            )
    return 0


cdef Py_ssize_t _counted(Labels l) noexcept:
    """How many labels are not ignored."""
    cdef const int64_t* target = <const int64_t*>data_of(l.target)
    cdef Py_ssize_t n = l.p.outer * l.p.inner, i, count = 0
    for i in range(n):
        count += target[i] != l.p.ignore
    return count


cdef Tensor _per_position(Labels l, int code, bint on_meta):
    """An uninitialised value for each label, in the shape of an unreduced loss."""
    cdef Py_ssize_t shape[64]
    cdef int i, ndim = l.like.ndim_ - 1
    if l.like.ndim_ > 1:
        shape[0] = l.like.shape_[0]
    for i in range(1, ndim):
        shape[i] = l.like.shape_[i + 1]
    return empty_tensor(code, 0 if l.like.ndim_ == 1 else ndim, shape, META if on_meta else CPU)


# --- class losses: running over positions -----------------------------------------------------------------------------

cdef struct Job:
    nll_shape p
    int slot
    const void* x
    const int64_t* target
    const void* weight
    void* out
    void* weights
    void* prob
    const void* g
    Py_ssize_t step
    double scale
    Py_ssize_t total, per_task    # positions or outer blocks
    int kind


cdef enum:
    PICK
    SPREAD
    ENTROPY
    ENTROPY_GRAD


cdef void _task(void* context, Py_ssize_t task, int worker) noexcept nogil:
    cdef Job* j = <Job*>context
    cdef Py_ssize_t first = task * j.per_task, last = first + j.per_task if first + j.per_task < j.total else j.total
    if j.kind == PICK:
        K.nll_pick[j.slot](&j.p, j.x, j.target, j.weight, j.out, j.weights, first, last)
    elif j.kind == SPREAD:
        K.nll_spread[j.slot](&j.p, j.g, j.step, j.scale, j.target, j.weight, j.out, first, last)
    elif j.kind == ENTROPY:
        K.cross_entropy[j.slot](&j.p, j.x, j.target, j.weight, j.out, j.weights, j.prob, first, last)
    else:
        K.cross_entropy_grad[j.slot](&j.p, j.prob, j.g, j.step, j.scale, j.target, j.weight, j.out, first, last)


cdef void _run(Job* j, int kind, Labels l, int code) noexcept:
    """Fill in what all kinds share, cut by shape, run."""
    cdef Py_ssize_t positions = l.p.outer * l.p.inner, cost = 4 if kind == PICK else l.p.classes * (l.p.inner if kind == SPREAD else 1)
    j.p = l.p
    j.kind = kind
    j.slot = _slot(code)
    j.target = <const int64_t*>data_of(l.target)
    j.weight = NULL if l.weight is None else data_of(l.weight)
    j.total = l.p.outer if kind == SPREAD else positions
    if positions == 0 or l.p.classes == 0:
        return
    if j.total * cost < SERIAL:
        j.per_task = j.total
        _task(j, 0, 0)
        return
    j.per_task = TASK // cost + 1
    run_unlocked((j.total + j.per_task - 1) // j.per_task, _task, j)


cdef Tensor _finish(Tensor terms, Tensor weights, Labels l, int code):
    """The terms, their sum, or their sum over the weights that were used (which settles `share`)."""
    cdef double total
    if l.reduction == NONE:
        return converted(terms, code)
    total = K.loss_sum[_slot(terms.code)](data_of(terms), terms.numel_)
    if l.reduction == MEAN:
        l.share = 1 / (<double>_counted(l) if weights is None else K.loss_sum[_slot(terms.code)](data_of(weights), weights.numel_))
        total *= l.share
    return _scalar(total, code)


cdef Tensor _each(Tensor g, Labels l):
    """The gradient of each position's term: of the reduced loss spread out, recorded."""
    cdef Tensor like
    if l.reduction == NONE:
        return g
    if l.share != 1:
        g = mul(g, l.share)
    like = _per_position(l, g.code, True)
    return expand_to(g, like.ndim_, like.shape_)


# --- nll --------------------------------------------------------------------------------------------------------------

cdef int nll_vjp(Node n, Tensor g, Run run) except -1:
    cdef Labels l = <Labels>n.extra
    cdef Tensor target = saved(n, 0)              # raises if it was changed
    cdef Tensor dx = nll_spread(_each(g, l), l, target) if recording(g) else _spread(g, l)
    return give(run, n, 0, tied(dx, n, b"NllLoss2DBackwardBackward0" if l.like.ndim_ > 2 else b"NllLossBackwardBackward0", 1, True))


cdef Tensor _spread(Tensor g, Labels l):
    """-weight * g at the labels, zeros elsewhere; a reduced g is one number."""
    cdef Tensor wide, dx
    cdef Job j
    if is_meta(g) or is_meta(l.target):
        return empty_tensor(l.like.code, l.like.ndim_, l.like.shape_, META)
    wide = widened(converted(g, l.like.code))
    dx = empty_tensor(wide.code, l.like.ndim_, l.like.shape_, CPU)
    j.g = data_of(wide)
    j.step = 1 if wide.ndim_ or l.like.ndim_ == 1 else 0
    j.scale = l.share
    j.out = data_of(dx)
    _run(&j, SPREAD, l, wide.code)
    return converted(dx, l.like.code)


cdef int nll_spread_vjp(Node n, Tensor gg, Run run) except -1:
    return give(run, n, 0, nll_terms(gg, <Labels>n.extra, saved(n, 0)))


cdef Labels _unreduced(Labels l):
    cdef Labels each = Labels.__new__(Labels)
    each.p = l.p
    each.target, each.weight, each.like = l.target, l.weight, l.like
    each.reduction = NONE
    each.share = 1
    return each


cdef Tensor nll_spread(Tensor each, Labels l, Tensor target):
    """Recorded `_spread` of one gradient a position."""
    cdef Labels plain = _unreduced(l)
    cdef Tensor dx = _spread(each, plain)
    cdef Node n
    if recording(each):
        n = new_node(nll_spread_vjp, b"NllLossBackwardBackward0", 1)
        connect(n, 0, each)
        save(n, 0, target)
        n.extra = plain
        set_history(n, dx, 0)
    return dx


cdef Tensor nll_terms(Tensor x, Labels l, Tensor target):
    """Recorded loss of checked operands."""
    cdef Tensor wide, terms, weights = None, y
    cdef Job j
    cdef Node n
    if is_meta(x) or is_meta(l.target):
        y = _per_position(l, x.code, True) if l.reduction == NONE else empty_tensor(x.code, 0, NULL, META)
    else:
        wide = widened(x)
        terms = _per_position(l, wide.code, False)
        if l.reduction == MEAN and l.weight is not None:
            weights = _per_position(l, wide.code, False)
        j.x = data_of(wide)
        j.out = data_of(terms)
        j.weights = NULL if weights is None else data_of(weights)
        _run(&j, PICK, l, wide.code)
        y = _finish(terms, weights, l, x.code)
    if recording(x):
        n = new_node(nll_vjp, b"NllLoss2DBackward0" if x.ndim_ > 2 else b"NllLossBackward0", 1)
        connect(n, 0, x)
        save(n, 0, target)
        n.extra = l
        set_history(n, y, 0)
    return y


# --- cross-entropy over rows ------------------------------------------------------------------------------------------

cdef int entropy_vjp(Node n, Tensor g, Run run) except -1:
    """Output 0 is the loss, output 1 the softmax, which only gradients of gradients see."""
    cdef Labels l = <Labels>n.extra
    cdef Tensor target = saved(n, 0), prob = saved(n, 1), to_prob = grad_of(run, n, 1), each, scaled
    if g is not None:
        if thread_state().grad_enabled:
            prob = _as_output(n, prob)
            each = _each(cast_to(g, prob.code), l)
            scaled = mul(each, _used_weights(l, prob.code))
            give(run, n, 0, add(mul(prob, unsqueeze_at(scaled, scaled.ndim_)), nll_spread(each, l, target)))
        else:
            give(run, n, 0, _entropy_gradient(g, prob, l))
    if to_prob is not None:
        if thread_state().grad_enabled:
            prob = _as_output(n, prob)
        inner = sum_dims(mul(to_prob, prob), <uint64_t>1 << (prob.ndim_ - 1), True)
        give(run, n, 0, mul(prob, sub(to_prob, inner)))
    return 0


cdef Tensor _as_output(Node n, Tensor prob):
    """The saved softmax with its place in the graph."""
    cdef Tensor t = alias(prob)
    t.node = n
    t.output_nr = 1
    t.flags |= 1
    return t


cdef Tensor _used_weights(Labels l, int code):
    """The weight of each position, 0 where the label is ignored: minus the nll of scores that are all 1."""
    cdef Tensor ones = filled(_loop_code(code), l.like.ndim_, l.like.shape_, 1.0), weights
    cdef Labels plain = _unreduced(l)
    cdef Job j
    if is_meta(l.target):
        return _per_position(l, code, True)
    weights = _per_position(l, ones.code, False)
    j.x = data_of(ones)
    j.out = data_of(weights)
    j.weights = NULL
    _run(&j, PICK, plain, ones.code)
    return neg(converted(weights, code))


cdef Tensor _entropy_gradient(Tensor g, Tensor prob, Labels l):
    cdef Tensor wide, dx
    cdef Job j
    if is_meta(g) or is_meta(prob):
        return empty_tensor(l.like.code, l.like.ndim_, l.like.shape_, META)
    wide = widened(converted(g, prob.code))
    dx = empty_tensor(prob.code, l.like.ndim_, l.like.shape_, CPU)
    j.prob = data_of(prob)
    j.g = data_of(wide)
    j.step = 1 if wide.ndim_ else 0
    j.scale = l.share
    j.out = data_of(dx)
    _run(&j, ENTROPY_GRAD, l, prob.code)
    return converted(dx, l.like.code)


cdef Tensor entropy_rows(Tensor x, Labels l, Tensor target):
    """Cross-entropy of (N, C) or (C,) scores and class labels."""
    cdef Tensor wide, terms, weights = None, prob = None, y
    cdef Job j
    cdef Node n
    if is_meta(x) or is_meta(l.target):
        y = _per_position(l, x.code, True) if l.reduction == NONE else empty_tensor(x.code, 0, NULL, META)
        prob = empty_tensor(_loop_code(x.code), x.ndim_, x.shape_, META)
    else:
        wide = widened(x)
        terms = _per_position(l, wide.code, False)
        if l.reduction == MEAN and l.weight is not None:
            weights = _per_position(l, wide.code, False)
        prob = empty_tensor(wide.code, x.ndim_, x.shape_, CPU)
        j.x = data_of(wide)
        j.out = data_of(terms)
        j.weights = NULL if weights is None else data_of(weights)
        j.prob = data_of(prob)
        _run(&j, ENTROPY, l, wide.code)
        y = _finish(terms, weights, l, x.code)
    if recording(x):
        n = new_node(entropy_vjp, b"NllLossBackward0", 1)
        connect(n, 0, x)
        save(n, 0, target)
        save(n, 1, prob)
        n.extra = l
        set_history(n, y, 0)
        set_history(n, alias(prob), 1)
    return y


# --- public: nll_loss, cross_entropy ----------------------------------------------------------------------------------

cdef object nll_loss_fn, cross_entropy_fn


def nll_loss(
    Tensor input not None, Tensor target not None, Tensor weight=None, size_average=None, ignore_index=-100, reduce=None,
    reduction="mean",
):
    """nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean') -> Tensor

    The negative of `input` (log-probabilities) at the target class, times the class's weight. "mean" divides the sum by the weights
    of the targets; targets equal to `ignore_index` count nothing. `size_average` and `reduce` are older names of the reduction and warn.

    Shape: input (N, C), (C,) or (N, C, d1, ...), target (N,), () or (N, d1, ...), weight (C,); a scalar unless reduction is "none".
    Dtype: input floating, target int64 or uint8.
    Raises: IndexError for a target outside 0 to C - 1, ValueError for another reduction or batch size, ShapeError, DtypeError.

    >>> import lucet, lucet.nn.functional as F
    >>> F.nll_loss(lucet.tensor([[-0.5, -2.0], [-1.0, -1.5]]), lucet.tensor([0, 1]))
    tensor(1.)
    """
    cdef int how
    if not _plain(input, target, weight):
        result = slow_call(nll_loss_fn, (input, target, weight, size_average, ignore_index, reduce, reduction), {})
        if result is not passed:
            return result
    how = reduction_of(reduction, size_average, reduce)
    return nll_terms(input, labels_of(input, target, weight, ignore_index, how, "nll_loss"), target)


def cross_entropy(
    Tensor input not None, Tensor target not None, Tensor weight=None, size_average=None, ignore_index=-100, reduce=None,
    reduction="mean", double label_smoothing=0.0,
):
    """cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0) -> Tensor

    The negative log of the softmax of scores at the target class, times the class's weight; or, for a floating target of the input's
    shape, summed over classes with the target as probabilities. `label_smoothing` mixes the target with the uniform distribution.
    The other arguments are those of `nll_loss`; with probabilities "mean" divides by the number of samples.

    Shape: input (N, C), (C,) or (N, C, d1, ...), target (N,), () or (N, d1, ...), or the input's; weight (C,).
    Raises: IndexError for a class outside 0 to C - 1, ValueError for another reduction or batch size, ShapeError, DtypeError.

    >>> import lucet, lucet.nn.functional as F
    >>> F.cross_entropy(lucet.zeros(3, 4), lucet.tensor([0, 1, 2]))
    tensor(1.3863)
    """
    cdef int how
    if not _plain(input, target, weight):
        result = slow_call(cross_entropy_fn, (input, target, weight, size_average, ignore_index, reduce, reduction, label_smoothing), {})
        if result is not passed:
            return result
    how = reduction_of(reduction, size_average, reduce)
    if input.ndim_ and same_shape(input, target):
        return _probabilities(input, target, weight, ignore_index, how, label_smoothing)
    if label_smoothing > 1:
        raise error(ShapeError, f"cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if input.ndim_ <= 2 and label_smoothing <= 0:
        return entropy_rows(input, labels_of(input, target, weight, ignore_index, how, "cross_entropy"), target)
    return _smoothed(input, target, weight, ignore_index, how, label_smoothing if label_smoothing > 0 else 0)


cdef Tensor _weights_by_class(Tensor weight, Tensor x):
    """(C,) so that it broadcasts over the classes of x."""
    cdef Py_ssize_t shape[64]
    cdef int i
    if x.ndim_ == 1:
        return weight
    for i in range(x.ndim_ - 1):
        shape[i] = 1
    shape[0] = weight.shape_[0]
    return reshape_to(weight, x.ndim_ - 1, shape)


cdef Tensor _probabilities(Tensor x, Tensor target, Tensor weight, object ignore, int reduction, double smoothing):
    """Targets that give a probability to every class."""
    cdef int dim = 0 if x.ndim_ == 1 else 1
    cdef Py_ssize_t classes = x.shape_[dim]
    if target.code < FLOAT16:
        raise error(
            DtypeError,
            f"cross_entropy: Expected floating point type for target with class probabilities, got {dtype_object(target.code)._name}",
            facts=[f"input {describe(x)}, target {describe(target)}"],
        )
    if read_size(ignore, b"ignore_index") >= 0:
        raise error(ShapeError, "cross_entropy: ignore_index is not supported for floating point target")
    if smoothing > 1:
        raise error(ShapeError, f"cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: {smoothing}")
    _check_floating(x, "cross_entropy")
    if weight is not None and (weight.ndim_ != 1 or weight.shape_[0] != classes):
        _check_weight(x, weight, classes, "cross_entropy")
    if smoothing > 0:
        target = add(mul(target, 1 - smoothing), smoothing / <double>classes if classes else 0.0)
    terms = mul(OPS["log_softmax"].function(x, dim), target)
    if weight is not None:
        terms = mul(terms, _weights_by_class(weight, x))
    if reduction == NONE:
        return neg(sum_dims(terms, <uint64_t>1 << dim, False))
    total = neg(sum_dims(terms, all_dims((<Tensor>terms).ndim_), False))
    return total if reduction == SUM else div(total, x.numel_ / <double>classes if classes else 0.0)


cdef Tensor _smoothed(Tensor x, Tensor target, Tensor weight, object ignore, int reduction, double smoothing):
    """Class labels of any number of dimensions, mixed with the uniform distribution over classes."""
    cdef int dim = 0 if x.ndim_ <= 1 else 1
    cdef Labels l = labels_of(x, target, weight, ignore, reduction, "cross_entropy")
    cdef Tensor logs = OPS["log_softmax"].function(x, dim), loss = nll_terms(logs, l, target), uniform
    if smoothing == 0:
        return loss
    uniform = logs if weight is None else mul(logs, _weights_by_class(weight, x))
    uniform = neg(sum_dims(uniform, <uint64_t>1 << dim, False))
    if not is_meta(x) and not is_meta(target):
        uniform = where(OPS["eq"].function(reshape_to(l.target, uniform.ndim_, uniform.shape_), ignore), 0.0, uniform)
    if reduction != NONE:
        uniform = sum_dims(uniform, all_dims(uniform.ndim_), False)
    if reduction == MEAN:
        uniform = mul(uniform, l.share)
    return add(mul(loss, 1 - smoothing), mul(uniform, smoothing / <double>l.p.classes))


# --- registration -----------------------------------------------------------------------------------------------------

def _classes(*labels, shape=None):
    """int64 labels for samples; made late, since samples are only asked for when everything is imported."""
    t = OPS["tensor"].function(labels if shape is None else list(labels), dtype=dtype_object(INT64))
    return t if shape is None else t.reshape(shape)


def _label_samples(r):
    yield r(4, 3), _classes(0, 2, 1, 1)
    yield r(4, 3), _classes(0, 2, -100, 1)
    yield r(3), _classes(1, shape=())
    yield r(2, 3, 2), _classes(0, 1, 2, 2, shape=(2, 2)), None, None, 1, None, "sum"
    yield r(2, 3), _classes(0, 2), None, None, -100, None, "none"


def _entropy_samples(r):
    yield from _label_samples(r)
    yield r(3, 4), _classes(0, 3, 1), None, None, 3, None, "mean", 0.2
    yield r(3, 4), r(3, 4)
    yield r(2, 3, 2), r(2, 3, 2), None, None, -100, None, "none", 0.1


nll_loss_fn = op(nll_loss, method=False, public=False, also="nn.functional", samples=_label_samples, family="loss", dtypes="floats")
cross_entropy_fn = op(
    cross_entropy, method=False, public=False, also="nn.functional", samples=_entropy_samples, family="loss", dtypes="floats"
)


include "loss_pairs.pxi"
include "loss_ctc.pxi"
