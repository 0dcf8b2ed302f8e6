"""RMSprop, and its functional form `rmsprop`. The arithmetic is core's `rmsprop_step`."""

from typing import Any

from lucet import Tensor, _ops, zeros_like

from ._rules import (
    _check_at_least_0,
    _check_counters,
    _check_lr,
    _check_on_cpu,
    _decayed,
    _follow_,
    _follow_squares_,
    _for_kernel,
    _pairs,
)
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["RMSprop", "rmsprop"]


class RMSprop(_GroupOptimizer):
    """RMSprop: steps divided by the root of a running mean of squared gradients.

    With gradient g, parameter p, mean square v, mean a, buffer b:

    1. g = -g if `maximize`; g = g + weight_decay * p
    2. v = alpha * v + (1 - alpha) * g * g
    3. if `centered`: a = alpha * a + (1 - alpha) * g, and s = v - a * a; else s = v
    4. d = g / (sqrt(s) + eps)
    5. if momentum: b = momentum * b + d, and d = b
    6. p = p - lr * d

    `foreach` chooses between torch's implementations of these numbers; here one op serves both.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` (0-dim float32), `square_avg` and, as they are needed, `momentum_buffer` and `grad_avg` (the
    parameter's shape and dtype).

    Raises:
        ValueError: a rate, eps, momentum, weight decay or alpha below 0, a tensor lr of more than one element.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Hinton, "Neural networks for machine learning", lecture 6, 2012; centered: Graves, "Generating sequences with
    recurrent neural networks", 2013, equations 38 to 45, with eps outside the root.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.RMSprop([w], lr=0.05)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.5, -1.5]
    """

    _added_later = {
        "momentum": 0,
        "centered": False,
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        _check_lr("RMSprop", lr)
        for what, value in (
            ("epsilon", eps),
            ("momentum", momentum),
            ("weight_decay", weight_decay),
            ("alpha", alpha),
        ):
            _check_at_least_0("RMSprop", f"{what} value", value)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p, group) for p in params]
        rmsprop(
            params,
            [p.grad for p in params],
            [s["square_avg"] for s in states],
            [s["grad_avg"] for s in states] if group["centered"] else [],
            [s["momentum_buffer"] for s in states] if group["momentum"] > 0 else [],
            [s["step"] for s in states],
            foreach=group["foreach"],
            maximize=group["maximize"],
            differentiable=group["differentiable"],
            capturable=group["capturable"],
            lr=group["lr"],
            alpha=group["alpha"],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            centered=group["centered"],
        )

    def _new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        state = self.state[p]
        state["step"] = _new_step()
        state["square_avg"] = zeros_like(p)
        if group["momentum"] > 0:
            state["momentum_buffer"] = zeros_like(p)
        if group["centered"]:
            state["grad_avg"] = zeros_like(p)
        return state


def rmsprop(
    params: list[Tensor],
    grads: list[Tensor],
    square_avgs: list[Tensor],
    grad_avgs: list[Tensor],
    momentum_buffer_list: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    alpha: float,
    eps: float,
    weight_decay: float,
    momentum: float,
    centered: bool,
) -> None:
    """One RMSprop step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    `grad_avgs` is not looked at unless `centered`, `momentum_buffer_list` not unless momentum is above 0. Complex
    parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.rmsprop import rmsprop
        >>> w, v, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     rmsprop([w], [lucet.ones(1)], [v], [], [], [t], lr=0.5, alpha=0.0, eps=0.0, weight_decay=0, momentum=0,
        ...             centered=False)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("rmsprop", "state_steps", state_steps)
    _check_on_cpu("RMSprop", params, foreach, differentiable, capturable)
    if not params:
        return
    lists = _for_kernel(
        params, grads, square_avgs, grad_avgs if centered else [], momentum_buffer_list if momentum > 0 else []
    )
    if lists is not None:
        _ops.rmsprop_step(
            *lists,
            state_steps,
            lr=_as_float(lr),
            alpha=_as_float(alpha),
            eps=_as_float(eps),
            weight_decay=_as_float(weight_decay),
            momentum=_as_float(momentum),
            centered=bool(centered),
            maximize=bool(maximize),
        )
        return
    for i, (p, grad, squares, step) in enumerate(zip(params, grads, square_avgs, state_steps, strict=True)):
        step.add_(1)
        grad = _decayed(p, -grad if maximize else grad, weight_decay)
        p, grad, squares = map(_pairs, (p, grad, squares))
        _follow_squares_(squares, grad, alpha)
        variance = squares
        if centered:
            mean = _pairs(grad_avgs[i])
            _follow_(mean, grad, alpha)
            variance = squares - mean.clone().square()
        move = grad / (variance.sqrt() + eps)
        if momentum > 0:
            move = _pairs(momentum_buffer_list[i]).mul_(momentum).add_(move).clone()
        p.sub_(move * _to_scalar(lr))
