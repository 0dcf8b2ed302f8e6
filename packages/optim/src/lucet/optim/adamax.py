"""Adamax, and its functional form `adamax`. The arithmetic is core's `adamax_step`."""

from typing import Any

import lucet
from lucet import Tensor, _ops, zeros_like

from ._rules import (
    _check_at_least_0,
    _check_beta_range,
    _check_counters,
    _check_lr,
    _check_on_cpu,
    _decayed,
    _follow_,
    _for_kernel,
    _pairs,
    _refuse_gradients,
)
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["Adamax", "adamax"]


class Adamax(_GroupOptimizer):
    """Adamax: Adam with the largest gradient of late in place of the root of their mean square.

    With gradient g, parameter p, mean m, norm u, and t counting from 1:

    1. g = -g if `maximize`; g = g + weight_decay * p
    2. m = beta1 * m + (1 - beta1) * g
    3. u = max(beta2 * u, abs(g) + eps)
    4. p = p - lr / (1 - beta1^t) * m / u

    `foreach` chooses between torch's implementations of these numbers; here one op serves both.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` (0-dim float32), `exp_avg` and `exp_inf` (the parameter's shape and dtype).

    Raises:
        ValueError: a rate, eps or weight decay below 0, a beta outside [0, 1), a tensor lr of more than one element.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.Adamax([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.5, -1.5]
    """

    _added_later = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        _check_lr("Adamax", lr)
        _check_at_least_0("Adamax", "epsilon value", eps)
        _check_beta_range("Adamax", betas)
        _check_at_least_0("Adamax", "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p) for p in params]
        beta1, beta2 = group["betas"]
        adamax(
            params,
            [p.grad for p in params],
            [s["exp_avg"] for s in states],
            [s["exp_inf"] for s in states],
            [s["step"] for s in states],
            foreach=group["foreach"],
            maximize=group["maximize"],
            differentiable=group["differentiable"],
            capturable=group["capturable"],
            eps=group["eps"],
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
        )

    def _new_state(self, p: Tensor) -> dict[str, Tensor]:
        state = self.state[p]
        state["step"] = _new_step()
        state["exp_avg"] = zeros_like(p)
        state["exp_inf"] = zeros_like(p)
        return state


def adamax(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_infs: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    eps: float,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
) -> None:
    """One Adamax step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.adamax import adamax
        >>> w, m, u, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     adamax([w], [lucet.ones(1)], [m], [u], [t], eps=0.0, beta1=0.9, beta2=0.999, lr=0.5, weight_decay=0)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("adamax", "state_steps", state_steps)
    if foreach and differentiable:
        _refuse_gradients("Adamax")
    _check_on_cpu("Adamax", params, foreach, differentiable, capturable)
    if not params:
        return
    lists = _for_kernel(params, grads, exp_avgs, exp_infs)
    if lists is not None:
        _ops.adamax_step(
            *lists,
            state_steps,
            lr=_as_float(lr),
            beta1=_as_float(beta1),
            beta2=_as_float(beta2),
            eps=_as_float(eps),
            weight_decay=_as_float(weight_decay),
            maximize=bool(maximize),
        )
        return
    for p, grad, mean, largest, step in zip(params, grads, exp_avgs, exp_infs, state_steps, strict=True):
        step.add_(1)
        grad = _decayed(p, -grad if maximize else grad, weight_decay)
        p, grad, mean, largest = map(_pairs, (p, grad, mean, largest))
        _follow_(mean, grad, beta1)
        largest.copy_(lucet.maximum(largest * beta2, grad.abs() + eps))
        p.sub_(mean.clone() / largest.clone() * (_to_scalar(lr) / (1 - beta1 ** step.item())))
