"""Adadelta, and its functional form `adadelta`. The arithmetic is core's `adadelta_step`."""

from typing import Any

from lucet import Tensor, _ops, zeros_like

from ._rules import (
    _check_at_least_0,
    _check_counters,
    _check_lr,
    _decayed,
    _follow_squares_,
    _for_kernel,
    _pairs,
    _refuse_capturable,
    _refuse_gradients,
)
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["Adadelta", "adadelta"]


class Adadelta(_GroupOptimizer):
    """Adadelta: steps whose size comes from a running mean of earlier steps.

    With gradient g, parameter p, running means s (of g * g) and a (of d * d), both 0 at first:

    1. g = -g if `maximize`; g = g + weight_decay * p
    2. s = rho * s + (1 - rho) * g * g
    3. d = sqrt(a + eps) / sqrt(s + eps) * g
    4. a = rho * a + (1 - rho) * d * d
    5. p = p - lr * d

    `foreach` chooses between torch's implementations of these numbers; here one op serves both.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` (0-dim float32), `square_avg` and `acc_delta` (the parameter's shape and dtype).

    Raises:
        ValueError: a rate, eps or weight decay below 0, rho outside [0, 1], a tensor lr of more than one element.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0], requires_grad=True)
        >>> opt = lucet.optim.Adadelta([w], lr=1.0, eps=1.0)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> round(w.item(), 4)
        -0.6903
    """

    _added_later = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        _check_lr("Adadelta", lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Adadelta: Invalid rho value: {rho}, expected 0 <= rho <= 1")
        _check_at_least_0("Adadelta", "epsilon value", eps)
        _check_at_least_0("Adadelta", "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p) for p in params]
        adadelta(
            params,
            [p.grad for p in params],
            [s["square_avg"] for s in states],
            [s["acc_delta"] for s in states],
            [s["step"] for s in states],
            capturable=group["capturable"],
            foreach=group["foreach"],
            differentiable=group["differentiable"],
            lr=group["lr"],
            rho=group["rho"],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
            maximize=group["maximize"],
        )

    def _new_state(self, p: Tensor) -> dict[str, Tensor]:
        state = self.state[p]
        state["step"] = _new_step()
        state["square_avg"] = zeros_like(p)
        state["acc_delta"] = zeros_like(p)
        return state


def adadelta(
    params: list[Tensor],
    grads: list[Tensor],
    square_avgs: list[Tensor],
    acc_deltas: list[Tensor],
    state_steps: list[Tensor],
    capturable: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    rho: float,
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> None:
    """One Adadelta step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.adadelta import adadelta
        >>> w, s, a, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     adadelta([w], [lucet.ones(1)], [s], [a], [t], lr=1.0, rho=0.0, eps=1.0, weight_decay=0, maximize=False)
        >>> round(w.item(), 4)
        0.2929
    """
    _check_counters("adadelta", "state_steps", state_steps)
    if foreach and differentiable:
        _refuse_gradients("Adadelta")
    if capturable and params:
        _refuse_capturable("Adadelta")
    if not params:
        return
    lists = _for_kernel(params, grads, square_avgs, acc_deltas)
    if lists is not None:
        _ops.adadelta_step(
            *lists,
            state_steps,
            lr=_as_float(lr),
            rho=_as_float(rho),
            eps=_as_float(eps),
            weight_decay=_as_float(weight_decay),
            maximize=bool(maximize),
        )
        return
    for p, grad, squares, deltas, step in zip(params, grads, square_avgs, acc_deltas, state_steps, strict=True):
        step.add_(1)
        grad = _decayed(p, -grad if maximize else grad, weight_decay)
        p, grad, squares, deltas = map(_pairs, (p, grad, squares, deltas))
        _follow_squares_(squares, grad, rho)
        delta = (deltas + eps).sqrt() / (squares + eps).sqrt() * grad
        _follow_squares_(deltas, delta, rho)
        p.sub_(delta * _to_scalar(lr))
