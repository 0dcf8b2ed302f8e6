"""RAdam, and its functional form `radam`. The arithmetic is core's `radam_step`."""

from typing import Any

from lucet import Tensor, _ops, zeros_like

from ._rules import (
    _check_at_least_0,
    _check_beta_range,
    _check_counters,
    _check_lr,
    _check_on_cpu,
    _decayed,
    _follow_,
    _follow_squares_,
    _for_kernel,
    _pairs,
    _scale_,
)
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["RAdam", "radam"]


class RAdam(_GroupOptimizer):
    """RAdam: Adam that scales by the mean square only once enough steps have made its variance small.

    With gradient g, parameter p, moments m and v, and t counting from 1:

    1. g = -g if `maximize`
    2. g = g + weight_decay * p; with `decoupled_weight_decay` instead p = p * (1 - lr * weight_decay)
    3. m = beta1 * m + (1 - beta1) * g
    4. v = beta2 * v + (1 - beta2) * g * g
    5. R = 2 / (1 - beta2) - 1, and r = R - 2 * t * beta2^t / (1 - beta2^t)
    6. d = m / (1 - beta1^t)
    7. if r > 5: d = d * sqrt(1 - beta2^t) / (sqrt(v) + eps) * sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r))
    8. p = p - lr * d

    `foreach` chooses between torch's implementations of these numbers; here one op serves both.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` (0-dim float32), `exp_avg` and `exp_avg_sq` (the parameter's shape and dtype).

    Raises:
        ValueError: a rate, eps or weight decay below 0, a beta outside [0, 1), a tensor lr of more than one element.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Liu, Jiang, He, Chen, Liu, Gao, Han, "On the variance of the adaptive learning rate and beyond", ICLR 2020,
    algorithm 2.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0], requires_grad=True)
        >>> opt = lucet.optim.RAdam([w], lr=0.25)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> round(w.item(), 4)
        0.5
    """

    _added_later = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "capturable": False,
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        _check_lr("RAdam", lr)
        _check_at_least_0("RAdam", "epsilon value", eps)
        _check_beta_range("RAdam", betas)
        _check_at_least_0("RAdam", "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p) for p in params]
        beta1, beta2 = group["betas"]
        radam(
            params,
            [p.grad for p in params],
            [s["exp_avg"] for s in states],
            [s["exp_avg_sq"] for s in states],
            [s["step"] for s in states],
            decoupled_weight_decay=group["decoupled_weight_decay"],
            foreach=group["foreach"],
            differentiable=group["differentiable"],
            capturable=group["capturable"],
            maximize=group["maximize"],
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
        )

    def _new_state(self, p: Tensor) -> dict[str, Tensor]:
        state = self.state[p]
        state["step"] = _new_step()
        state["exp_avg"] = zeros_like(p)
        state["exp_avg_sq"] = zeros_like(p)
        return state


def radam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
) -> None:
    """One RAdam step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.radam import radam
        >>> w, m, v, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     radam([w], [lucet.ones(1)], [m], [v], [t], beta1=0.0, beta2=0.999, lr=0.5, weight_decay=0, eps=1e-8)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("radam", "state_steps", state_steps)
    _check_on_cpu("RAdam", params, foreach, differentiable, capturable)
    if not params:
        return
    lists = _for_kernel(params, grads, exp_avgs, exp_avg_sqs)
    if lists is not None:
        _ops.radam_step(
            *lists,
            state_steps,
            lr=_as_float(lr),
            beta1=_as_float(beta1),
            beta2=_as_float(beta2),
            eps=_as_float(eps),
            weight_decay=_as_float(weight_decay),
            maximize=bool(maximize),
            decoupled_weight_decay=bool(decoupled_weight_decay),
        )
        return
    rate = _to_scalar(lr)
    for p, grad, m, v, count in zip(params, grads, exp_avgs, exp_avg_sqs, state_steps, strict=True):
        t = count.add_(1).item()
        grad = -grad if maximize else grad
        p, grad, m, v = map(_pairs, (p, grad, m, v))
        if weight_decay != 0 and decoupled_weight_decay:
            _scale_(p, 1 - rate * weight_decay)
        elif weight_decay != 0:
            grad = _decayed(p, grad, weight_decay)
        _follow_(m, grad, beta1)
        _follow_squares_(v, grad, beta2)
        move = m / (1 - beta1**t) * rate
        rectification = _rectification(t, beta2)
        if rectification is not None:
            move = move * ((1 - beta2**t) ** 0.5 / (v.sqrt() + eps)) * rectification
        p.sub_(move)


def _rectification(t: float, beta2: float) -> float | None:
    """What makes up for the variance of the mean square at step t; None as long as it is too large."""
    limit = 2 / (1 - beta2) - 1
    length = limit - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 5:
        return None
    return float(((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)) ** 0.5)
