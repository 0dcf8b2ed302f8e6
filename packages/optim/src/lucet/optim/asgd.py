"""ASGD, averaged stochastic gradient descent, and its functional form `asgd`. The arithmetic is core's `asgd_step`."""

from typing import Any

import lucet
from lucet import Tensor, _ops, zeros_like

from ._rules import _check_at_least_0, _check_lr, _check_on_cpu, _decayed, _for_kernel, _pairs, _repair_numbers, _scale_
from .optimizer import ParamsT, _as_float, _get_scalar_dtype, _GroupOptimizer, _to_scalar

__all__ = ["ASGD", "asgd"]


class ASGD(_GroupOptimizer):
    """Stochastic gradient descent with a falling rate, which keeps the mean of the parameters after step `t0`.

    With gradient g, parameter p, average a, rate e (lr at first), weight u (1 at first), and t counting from 1:

    1. g = -g if `maximize`; g = g + weight_decay * p
    2. p = p * (1 - lambd * e) - e * g
    3. a = p if u = 1, else a + u * (p - a)
    4. e = lr / (1 + lambd * lr * t)^alpha, and u = 1 / max(1, t - t0)

    `foreach` chooses between torch's implementations of these numbers; here one op serves both.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step`, `eta` and `mu` (0-dim float32) and `ax`, the average (the parameter's shape and dtype).

    Raises:
        ValueError: a rate or weight decay below 0, a tensor lr of more than one element.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", 1992.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.ASGD([w], lr=0.25, lambd=0.0)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> w.tolist(), opt.state[w]["ax"].tolist()
        ([0.5, -1.0], [0.5, -1.0])
    """

    _added_later = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        _check_lr("ASGD", lr)
        _check_at_least_0("ASGD", "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            _repair_numbers(group["params"], self.state, "eta", "mu")

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p, group) for p in params]
        asgd(
            params,
            [p.grad for p in params],
            [s["ax"] for s in states],
            [s["mu"] for s in states],
            [s["eta"] for s in states],
            [s["step"] for s in states],
            foreach=group["foreach"],
            maximize=group["maximize"],
            differentiable=group["differentiable"],
            capturable=group["capturable"],
            lambd=group["lambd"],
            lr=group["lr"],
            t0=group["t0"],
            alpha=group["alpha"],
            weight_decay=group["weight_decay"],
        )

    def _new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        state = self.state[p]
        for name, first in (("step", 0.0), ("eta", _as_float(group["lr"])), ("mu", 1.0)):
            state[name] = lucet.full((), first, dtype=_get_scalar_dtype(), device=p.device)
        state["ax"] = zeros_like(p)
        return state


def asgd(
    params: list[Tensor],
    grads: list[Tensor],
    axs: list[Tensor],
    mus: list[Tensor],
    etas: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    maximize: bool = False,
    differentiable: bool = False,
    capturable: bool = False,
    has_complex: bool = False,
    *,
    lambd: float,
    lr: float | Tensor,
    t0: float,
    alpha: float,
    weight_decay: float,
) -> None:
    """One ASGD step on lists of tensors, in place; `mus`, `etas` and the step counters are 0-dim tensors and move too.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.asgd import asgd
        >>> w, a, u, e, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(1.0), lucet.tensor(0.5), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     asgd([w], [lucet.ones(1)], [a], [u], [e], [t], lambd=0.0, lr=0.5, t0=1e6, alpha=0.75, weight_decay=0)
        >>> w.item(), a.item(), t.item()
        (0.5, 0.5, 1.0)
    """
    _check_on_cpu("ASGD", params, foreach, differentiable, capturable)
    if not params:
        return
    lists = _for_kernel(params, grads, axs)
    if lists is not None:
        _ops.asgd_step(
            *lists,
            mus,
            etas,
            state_steps,
            lambd=_as_float(lambd),
            lr=_as_float(lr),
            t0=_as_float(t0),
            alpha=_as_float(alpha),
            weight_decay=_as_float(weight_decay),
            maximize=bool(maximize),
        )
        return
    rate = _to_scalar(lr)
    for p, grad, average, mu, eta, step in zip(params, grads, axs, mus, etas, state_steps, strict=True):
        p, grad, average = map(_pairs, (p, -grad if maximize else grad, average))
        t, now, share = step.add_(1).item(), eta.item(), mu.item()
        grad = _decayed(p, grad, weight_decay)
        _scale_(p, 1 - lambd * now)
        p.add_(grad, alpha=-now)
        if share == 1:
            average.copy_(p)
        else:
            average.add_((p - average) * share)
        eta.copy_(lucet.as_tensor(rate / (1 + lambd * rate * t) ** alpha))
        mu.fill_(1 / max(1, t - t0))
