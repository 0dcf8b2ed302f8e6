"""Rprop, and its functional form `rprop`. The arithmetic is core's `rprop_step`."""

from typing import Any

import lucet
from lucet import Tensor, _ops, zeros_like

from ._rules import _check_counters, _check_lr, _check_on_cpu, _for_kernel, _pairs
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step

__all__ = ["Rprop", "rprop"]


class Rprop(_GroupOptimizer):
    """Rprop: each element has a step size of its own, which grows while the gradient keeps its sign. For full batches.

    With gradient g, the gradient before h, parameter p and step size s (lr at first):

    1. g = -g if `maximize`
    2. s = s * etaplus where g * h > 0, s * etaminus where g * h < 0, then held between the two `step_sizes`
    3. g = 0 where g * h < 0
    4. p = p - s * sign(g), and h = g

    `etas` is (etaminus, etaplus). `foreach` chooses between torch's implementations of these numbers; here one op serves
    both. `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` (0-dim float32), `prev` and `step_size` (the parameter's shape and dtype).

    Raises:
        ValueError: a negative rate, a tensor lr of more than one element, etas that are not 0 < etaminus < 1 < etaplus.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.Rprop([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> w.tolist()
        [0.5, -1.5]
    """

    _added_later = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        _check_lr("Rprop", lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Rprop: Invalid eta values: {etas[0]}, {etas[1]}, expected 0 < etas[0] < 1 < etas[1]")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p, group) for p in params]
        etaminus, etaplus = group["etas"]
        least, largest = group["step_sizes"]
        rprop(
            params,
            [p.grad for p in params],
            [s["prev"] for s in states],
            [s["step_size"] for s in states],
            [s["step"] for s in states],
            foreach=group["foreach"],
            capturable=group["capturable"],
            maximize=group["maximize"],
            differentiable=group["differentiable"],
            step_size_min=least,
            step_size_max=largest,
            etaminus=etaminus,
            etaplus=etaplus,
        )

    def _new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        state = self.state[p]
        lr = _as_float(group["lr"])
        state["step"] = _new_step()
        state["prev"] = zeros_like(p)
        state["step_size"] = lucet.full_like(p, complex(lr, lr) if p.is_complex() else lr)
        return state


def rprop(
    params: list[Tensor],
    grads: list[Tensor],
    prevs: list[Tensor],
    step_sizes: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    capturable: bool = False,
    maximize: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    step_size_min: float,
    step_size_max: float,
    etaminus: float,
    etaplus: float,
) -> None:
    """One Rprop step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.rprop import rprop
        >>> w, h, s, t = lucet.ones(1), lucet.zeros(1), lucet.full((1,), 0.5), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     rprop([w], [lucet.ones(1)], [h], [s], [t], step_size_min=1e-6, step_size_max=50, etaminus=0.5, etaplus=1.2)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("rprop", "state_steps", state_steps)
    _check_on_cpu("Rprop", params, foreach, differentiable, capturable)
    if not params:
        return
    lists = _for_kernel(params, grads, prevs, step_sizes)
    if lists is not None:
        _ops.rprop_step(
            *lists,
            state_steps,
            step_size_min=_as_float(step_size_min),
            step_size_max=_as_float(step_size_max),
            etaminus=_as_float(etaminus),
            etaplus=_as_float(etaplus),
            maximize=bool(maximize),
        )
        return
    for p, grad, before, size, step in zip(params, grads, prevs, step_sizes, state_steps, strict=True):
        step.add_(1)
        p, grad, before, size = map(_pairs, (p, -grad if maximize else grad, before, size))
        turn = (grad * before.clone()).sign()
        factor = lucet.ones_like(size).masked_fill(turn > 0, etaplus).masked_fill(turn < 0, etaminus)
        size.mul_(factor).clamp_(step_size_min, step_size_max)
        grad = grad.masked_fill(turn < 0, 0)
        p.sub_(grad.sign() * size.clone())
        before.copy_(grad)
