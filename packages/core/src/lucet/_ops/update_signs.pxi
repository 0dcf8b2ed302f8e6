# Steps without running means of gradients: Adagrad's sums, ASGD's averages of the parameters, Rprop's signs. Included by update.pyx.


def adagrad_step(params, grads, state_sums, steps, *, double lr, double lr_decay, double weight_decay, double eps, bint maximize):
    """adagrad_step(params, grads, state_sums, steps, *, lr, lr_decay, weight_decay, eps, maximize) -> None

    One step of Adagrad on lists of tensors, in place; each of `steps`, one number, grows by 1 first. Dtype: float32 or float64, the same in
    all tensors of one position. Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization" (2011).

    >>> import lucet
    >>> from lucet._ops.update import adagrad_step
    >>> w, s, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(0.)
    >>> adagrad_step([w], [lucet.ones(1)], [s], [t], lr=0.5, lr_decay=0, weight_decay=0, eps=0, maximize=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(adagrad_step, (params, grads, state_sums, steps), {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps, "maximize": maximize}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef Group group = _grouped("adagrad_step", STEP_ADAGRAD, _common_flags(weight_decay, maximize), ("params", "grads", "state_sums"), (params, grads, state_sums), steps)
    for i in range(group.all.count):
        s = &group.all.at[i]
        s.c[0] = -lr / (1 + (_count_up(<Tensor>group.steps[i]) - 1) * lr_decay)
        s.c[1] = weight_decay
        s.c[2] = eps
    _finish(group)


def asgd_step(params, grads, axs, mus, etas, steps, *, double lambd, double lr, double t0, double alpha, double weight_decay, bint maximize):
    """asgd_step(params, grads, axs, mus, etas, steps, *, lambd, lr, t0, alpha, weight_decay, maximize) -> None

    One step of averaged stochastic gradient descent on lists of tensors, in place. `axs` follow the parameters; `mus` and `etas`, one number
    each, are used and then set for the next step, and each of `steps` grows by 1. Dtype: float32 or float64, the same in all tensors of one
    position. Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging" (1992).

    >>> import lucet
    >>> from lucet._ops.update import asgd_step
    >>> w, a, mu, eta, t = lucet.ones(1), lucet.zeros(1), lucet.ones(1), lucet.full((1,), 0.5), lucet.tensor(0.)
    >>> asgd_step([w], [lucet.ones(1)], [a], [mu], [eta], [t], lambd=0, lr=0.5, t0=9, alpha=0.75, weight_decay=0, maximize=False)
    >>> w, a
    (tensor([0.5000]), tensor([0.5000]))
    """
    if thread_state().modes and _taken(asgd_step, (params, grads, axs, mus, etas, steps), {"lambd": lambd, "lr": lr, "t0": t0, "alpha": alpha, "weight_decay": weight_decay, "maximize": maximize}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef double t, eta, mu
    cdef Group group = _grouped("asgd_step", STEP_ASGD, _common_flags(weight_decay, maximize), ("params", "grads", "axs"), (params, grads, axs), steps)
    cdef list shares = _checked_numbers(mus, group.all.count, "asgd_step", "mus"), rates = _checked_numbers(etas, group.all.count, "asgd_step", "etas")
    for i in range(group.all.count):
        s = &group.all.at[i]
        t = _count_up(<Tensor>group.steps[i])
        eta = _number(<Tensor>rates[i])
        mu = _number(<Tensor>shares[i])
        s.c[0] = -eta
        s.c[1] = weight_decay
        s.c[2] = 1 - lambd * eta
        s.c[3] = mu
        if mu == 1:
            s.flags |= STEP_FIRST
        _keep(<Tensor>rates[i], lr / pow_c(1 + lambd * lr * t, alpha))
        _keep(<Tensor>shares[i], 1 / (t - t0 if t - t0 > 1 else 1))
    _finish(group)


def rprop_step(params, grads, prevs, step_sizes, steps, *, double step_size_min, double step_size_max, double etaminus, double etaplus, bint maximize):
    """rprop_step(params, grads, prevs, step_sizes, steps, *, step_size_min, step_size_max, etaminus, etaplus, maximize) -> None

    One step of resilient backpropagation on lists of tensors, in place; each of `steps`, one number, grows by 1. Dtype: float32 or float64,
    the same in all tensors of one position. Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm" (1993).

    >>> import lucet
    >>> from lucet._ops.update import rprop_step
    >>> w, g, size, t = lucet.ones(1), lucet.zeros(1), lucet.full((1,), 0.5), lucet.tensor(0.)
    >>> rprop_step([w], [lucet.ones(1)], [g], [size], [t], step_size_min=0, step_size_max=9, etaminus=0.5, etaplus=1.2, maximize=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(rprop_step, (params, grads, prevs, step_sizes, steps), {"step_size_min": step_size_min, "step_size_max": step_size_max, "etaminus": etaminus, "etaplus": etaplus, "maximize": maximize}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef Group group = _grouped("rprop_step", STEP_RPROP, _common_flags(0, maximize), ("params", "grads", "prevs", "step_sizes"), (params, grads, prevs, step_sizes), steps)
    for i in range(group.all.count):
        s = &group.all.at[i]
        _count_up(<Tensor>group.steps[i])
        s.c[0] = etaminus
        s.c[1] = etaplus
        s.c[2] = step_size_min
        s.c[3] = step_size_max
    _finish(group)


for _function, _samples in (
    (adagrad_step, lambda r: [(_list(r), _list(r), _squares(r), _steps(r), dict(lr=0.1, lr_decay=0.1, weight_decay=0.1, eps=1e-10, maximize=False))]),
    (asgd_step, lambda r: [(_list(r), _list(r), _list(r), [r().abs() / 4, r().abs() * 0 + 1], _steps(r), _steps(r), dict(
        lambd=1e-4, lr=0.1, t0=0.5, alpha=0.75, weight_decay=0.1, maximize=False,
    ))]),
    (rprop_step, lambda r: [(_list(r), _list(r), _list(r), _squares(r), _steps(r), dict(
        step_size_min=1e-6, step_size_max=50.0, etaminus=0.5, etaplus=1.2, maximize=False,
    ))]),
):
    op(_function, public=False, method=False, grad="no", samples=_samples, dtypes="float32 float64", family="update")
