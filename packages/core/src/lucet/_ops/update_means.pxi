# Steps scaled by running means of the gradient and of its square: Adamax, NAdam, RAdam, RMSprop. Included by update.pyx.


def adamax_step(params, grads, exp_avgs, exp_infs, steps, *, double lr, double beta1, double beta2, double eps, double weight_decay, bint maximize):
    """adamax_step(params, grads, exp_avgs, exp_infs, steps, *, lr, beta1, beta2, eps, weight_decay, maximize) -> None

    One step of Adamax on lists of tensors, in place; each of `steps`, one number, grows by 1 first. Dtype: float32 or float64, the same in
    all tensors of one position. Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 2.

    >>> import lucet
    >>> from lucet._ops.update import adamax_step
    >>> w, m, u, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.)
    >>> adamax_step([w], [lucet.ones(1)], [m], [u], [t], lr=0.5, beta1=0.9, beta2=0.999, eps=0, weight_decay=0, maximize=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(adamax_step, (params, grads, exp_avgs, exp_infs, steps), {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay, "maximize": maximize}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef Group group = _grouped(
        "adamax_step", STEP_ADAMAX, _common_flags(weight_decay, maximize), ("params", "grads", "exp_avgs", "exp_infs"), (params, grads, exp_avgs, exp_infs), steps,
    )
    for i in range(group.all.count):
        s = &group.all.at[i]
        s.c[0] = -(lr / (1 - pow_c(beta1, _count_up(<Tensor>group.steps[i]))))
        s.c[1] = weight_decay
        s.c[2] = 1 - beta1
        s.c[3] = beta2
        s.c[4] = eps
    _finish(group)


cdef int _decoupled_flags(double weight_decay, bint decoupled, bint maximize) noexcept:
    """Weight decay that shrinks the parameter, or that is added to the gradient."""
    return _common_flags(0 if decoupled else weight_decay, maximize) | (STEP_SHRINK if decoupled else 0)


def nadam_step(
    params, grads, exp_avgs, exp_avg_sqs, mu_products, steps, *, double lr, double beta1, double beta2, double eps, double weight_decay,
    double momentum_decay, bint maximize, bint decoupled_weight_decay,
):
    """nadam_step(params, grads, exp_avgs, exp_avg_sqs, mu_products, steps, *, lr, beta1, beta2, eps, weight_decay, momentum_decay, maximize, decoupled_weight_decay) -> None

    One step of NAdam on lists of tensors, in place; each of `steps`, one number, grows by 1 first, and each of `mu_products`, one number, is
    multiplied by the momentum of the step. Dtype: float32 or float64, the same in all tensors of one position. Raises ShapeError, DtypeError
    or TypeError for lists that do not go together.

    Source: Dozat, "Incorporating Nesterov momentum into Adam" (2016), algorithm 2 with the momentum schedule of its section 2.

    >>> import lucet
    >>> from lucet._ops.update import nadam_step
    >>> w, m, v, mu, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.ones(1), lucet.tensor(0.)
    >>> nadam_step([w], [lucet.ones(1)], [m], [v], [mu], [t], lr=0.5, beta1=0., beta2=0., eps=0, weight_decay=0, momentum_decay=0, maximize=False, decoupled_weight_decay=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(nadam_step, (params, grads, exp_avgs, exp_avg_sqs, mu_products, steps), {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef double t, mu, ahead, product
    cdef Group group = _grouped(
        "nadam_step", STEP_NADAM, _decoupled_flags(weight_decay, decoupled_weight_decay, maximize), ("params", "grads", "exp_avgs", "exp_avg_sqs"),
        (params, grads, exp_avgs, exp_avg_sqs), steps,
    )
    cdef list products = _checked_numbers(mu_products, group.all.count, "nadam_step", "mu_products")
    for i in range(group.all.count):
        s = &group.all.at[i]
        t = _count_up(<Tensor>group.steps[i])
        mu = beta1 * (1 - 0.5 * pow_c(0.96, t * momentum_decay))
        ahead = beta1 * (1 - 0.5 * pow_c(0.96, (t + 1) * momentum_decay))
        product = _number(<Tensor>products[i])
        # in float32 the factor is rounded before the product is, as where the counter is a tensor among tensors
        product = _keep(<Tensor>products[i], product * <float>mu if (<Tensor>products[i]).code == FLOAT32 else product * mu)
        s.c[0] = -lr * (1 - mu) / (1 - product)
        s.c[1] = weight_decay
        s.c[2] = 1 - beta1
        s.c[3] = beta2
        s.c[4] = 1 - beta2
        s.c[5] = 1 - pow_c(beta2, t)
        s.c[6] = eps
        s.c[7] = 1 - lr * weight_decay
        s.c[8] = -lr * ahead / (1 - product * ahead)
    _finish(group)


def radam_step(
    params, grads, exp_avgs, exp_avg_sqs, steps, *, double lr, double beta1, double beta2, double eps, double weight_decay, bint maximize,
    bint decoupled_weight_decay,
):
    """radam_step(params, grads, exp_avgs, exp_avg_sqs, steps, *, lr, beta1, beta2, eps, weight_decay, maximize, decoupled_weight_decay) -> None

    One step of RAdam on lists of tensors, in place; each of `steps`, one number, grows by 1 first. Dtype: float32 or float64, the same in
    all tensors of one position. Raises ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Liu et al., "On the variance of the adaptive learning rate and beyond" (2020), algorithm 2.

    >>> import lucet
    >>> from lucet._ops.update import radam_step
    >>> w, m, v, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.)
    >>> radam_step([w], [lucet.ones(1)], [m], [v], [t], lr=0.5, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0, maximize=False, decoupled_weight_decay=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(radam_step, (params, grads, exp_avgs, exp_avg_sqs, steps), {"lr": lr, "beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef double t, left, limit = 2 / (1 - beta2) - 1, length
    cdef Group group = _grouped(
        "radam_step", STEP_RADAM, _decoupled_flags(weight_decay, decoupled_weight_decay, maximize), ("params", "grads", "exp_avgs", "exp_avg_sqs"),
        (params, grads, exp_avgs, exp_avg_sqs), steps,
    )
    for i in range(group.all.count):
        s = &group.all.at[i]
        t = _count_up(<Tensor>group.steps[i])
        left = 1 - pow_c(beta2, t)
        length = limit - 2 * t * pow_c(beta2, t) / left
        s.c[0] = lr
        s.c[1] = weight_decay
        s.c[2] = 1 - beta1
        s.c[3] = beta2
        s.c[4] = 1 - beta2
        s.c[5] = 1 - pow_c(beta1, t)
        s.c[6] = eps
        s.c[7] = 1 - lr * weight_decay
        if length > 5:
            s.flags |= STEP_RECTIFY
            s.c[8] = sqrt(left)
            s.c[9] = sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length))
    _finish(group)


def rmsprop_step(
    params, grads, square_avgs, grad_avgs, momentum_buffers, steps, *, double lr, double alpha, double eps, double weight_decay, double momentum,
    bint centered, bint maximize,
):
    """rmsprop_step(params, grads, square_avgs, grad_avgs, momentum_buffers, steps, *, lr, alpha, eps, weight_decay, momentum, centered, maximize) -> None

    One step of RMSprop on lists of tensors, in place; each of `steps`, one number, grows by 1. `grad_avgs` is not looked at unless `centered`,
    `momentum_buffers` not unless `momentum` is above 0. Dtype: float32 or float64, the same in all tensors of one position. Raises
    ShapeError, DtypeError or TypeError for lists that do not go together.

    Source: Hinton, "Neural networks for machine learning", lecture 6 (2012); centered: Graves, "Generating sequences with recurrent neural
    networks" (2013), equations 38 to 45.

    >>> import lucet
    >>> from lucet._ops.update import rmsprop_step
    >>> w, v, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(0.)
    >>> rmsprop_step([w], [lucet.ones(1)], [v], [], [], [t], lr=0.5, alpha=0., eps=0, weight_decay=0, momentum=0, centered=False, maximize=False)
    >>> w
    tensor([0.5000])
    """
    if thread_state().modes and _taken(rmsprop_step, (params, grads, square_avgs, grad_avgs, momentum_buffers, steps), {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay, "momentum": momentum, "centered": centered, "maximize": maximize}):
        return
    cdef Py_ssize_t i
    cdef Step* s
    cdef int flags = _common_flags(weight_decay, maximize) | (STEP_CENTER if centered else 0) | (STEP_MOMENTUM if momentum > 0 else 0)
    cdef Group group = _grouped(
        "rmsprop_step", STEP_RMSPROP, flags, ("params", "grads", "square_avgs", "grad_avgs", "momentum_buffers"),
        (params, grads, square_avgs, grad_avgs if centered else _WITHOUT, momentum_buffers if momentum > 0 else _WITHOUT), steps,
    )
    for i in range(group.all.count):
        s = &group.all.at[i]
        _count_up(<Tensor>group.steps[i])
        s.c[0] = -lr
        s.c[1] = weight_decay
        s.c[2] = alpha
        s.c[3] = 1 - alpha
        s.c[4] = eps
        s.c[5] = momentum
    _finish(group)


for _function, _samples in (
    (adamax_step, lambda r: [(_list(r), _list(r), _list(r), _squares(r), _steps(r), dict(lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8, weight_decay=0.1, maximize=False))]),
    (nadam_step, lambda r: [(_list(r), _list(r), _list(r), _squares(r), [r().abs() / 2, r().abs() / 4], _steps(r), dict(
        lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8, weight_decay=0.1, momentum_decay=0.004, maximize=True, decoupled_weight_decay=True,
    ))]),
    (radam_step, lambda r: [(_list(r), _list(r), _list(r), _squares(r), [r().abs() + 9, r().abs()], dict(
        lr=0.1, beta1=0.9, beta2=0.99, eps=1e-8, weight_decay=0.1, maximize=False, decoupled_weight_decay=False,
    ))]),
    (rmsprop_step, lambda r: [(_list(r), _list(r), [x + 9 for x in _squares(r)], _list(r), _list(r), _steps(r), dict(
        lr=0.1, alpha=0.9, eps=1e-8, weight_decay=0.1, momentum=0.9, centered=True, maximize=False,
    ))]),
):
    op(_function, public=False, method=False, grad="no", samples=_samples, dtypes="float32 float64", family="update")
