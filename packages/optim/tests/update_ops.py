"""The three update ops written in plain tensor arithmetic: what the tests compare the kernels with."""

import lucet


def _decayed(p, g, weight_decay, maximize):
    g = -g if maximize else g
    return g + p * weight_decay if weight_decay != 0 else g


def sgd_step(params, grads, momentum_buffers, *, lr, momentum, dampening, nesterov, weight_decay, maximize, first):
    for p, g, buf, fresh in zip(params, grads, momentum_buffers, first, strict=True):
        g = _decayed(p, g, weight_decay, maximize)
        if momentum != 0:
            if fresh:
                buf.copy_(g)
            else:
                buf.mul_(momentum).add_(g * (1 - dampening))
            g = g + buf * momentum if nesterov else buf
        p.sub_(g * lr)


def adam_step(
    params,
    grads,
    exp_avgs,
    exp_avg_sqs,
    max_exp_avg_sqs,
    steps,
    *,
    lr,
    beta1,
    beta2,
    eps,
    weight_decay,
    amsgrad,
    maximize,
    decoupled_weight_decay,
):
    assert len(max_exp_avg_sqs) == (len(params) if amsgrad else 0)
    tops = max_exp_avg_sqs or [None] * len(params)
    for p, g, m, v, top, step in zip(params, grads, exp_avgs, exp_avg_sqs, tops, steps, strict=True):
        step.add_(1)
        t = step.item()
        if decoupled_weight_decay:
            g = -g if maximize else g
            p.mul_(1 - lr * weight_decay)
        else:
            g = _decayed(p, g, weight_decay, maximize)
        m.add_((g - m) * (1 - beta1))
        v.mul_(beta2).add_(g * g * (1 - beta2))
        if amsgrad:
            top.copy_(lucet.maximum(top, v))
        denom = (top if amsgrad else v).sqrt() / (1 - beta2**t) ** 0.5 + eps
        p.sub_(m / denom * (lr / (1 - beta1**t)))


def adadelta_step(params, grads, square_avgs, acc_deltas, steps, *, lr, rho, eps, weight_decay, maximize):
    for p, g, squares, deltas, step in zip(params, grads, square_avgs, acc_deltas, steps, strict=True):
        step.add_(1)
        g = _decayed(p, g, weight_decay, maximize)
        squares.mul_(rho).add_(g * g * (1 - rho))
        delta = (deltas + eps).sqrt() / (squares + eps).sqrt() * g
        deltas.mul_(rho).add_(delta * delta * (1 - rho))
        p.sub_(delta * lr)
