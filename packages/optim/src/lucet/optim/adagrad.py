"""Adagrad, and its functional form `adagrad`. The arithmetic is core's `adagrad_step`."""

from typing import Any

import lucet
from lucet import Tensor, _ops

from ._rules import (
    _check_at_least_0,
    _check_counters,
    _check_flags,
    _check_fused_dtype,
    _check_lr,
    _decayed,
    _for_kernel,
    _pairs,
    _refuse_gradients,
    _unscale,
)
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["Adagrad", "adagrad"]


class Adagrad(_GroupOptimizer):
    """Adagrad: steps divided by the root of the sum of all squared gradients so far.

    With gradient g, parameter p, sum s (initial_accumulator_value at first), and t counting from 1:

    1. g = -g if `maximize`; g = g + weight_decay * p
    2. s = s + g * g
    3. p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)

    `foreach` and `fused` choose between torch's implementations of these numbers; here one op serves them all.
    `differentiable=True` records the step.

    State, from the start on: `step` (0-dim float32) and `sum` (the parameter's shape and dtype).

    Raises:
        ValueError: a rate, decay, first sum or eps below 0, a tensor lr of more than one element.
        RuntimeError: fused together with foreach or differentiable.
        AssertionError: at `step`, foreach=True together with differentiable=True.

    Source: Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.Adagrad([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> w.tolist()
        [0.5, -1.5]
    """

    _added_later = {"foreach": None, "maximize": False, "differentiable": False, "fused": None}

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        _check_lr("Adagrad", lr)
        for what, value in (
            ("lr_decay", lr_decay),
            ("weight_decay", weight_decay),
            ("initial_accumulator_value", initial_accumulator_value),
            ("epsilon", eps),
        ):
            _check_at_least_0("Adagrad", f"{what} value", value)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        _check_flags("Adagrad", fused, foreach, differentiable)
        if fused:
            self._step_supports_amp_scaling = True
        for group in self.param_groups:
            for p in group["params"]:
                self._new_state(p, group)

    def share_memory(self) -> None:
        """Call `share_memory_` of the sums, so that processes would update them together."""
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["sum"].share_memory_()

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        if group["fused"]:
            for p in params:
                _check_fused_dtype(p)
        states = [self.state[p] or self._new_state(p, group) for p in params]
        adagrad(
            params,
            [p.grad for p in params],
            [s["sum"] for s in states],
            [s["step"] for s in states],
            fused=group["fused"],
            grad_scale=getattr(self, "grad_scale", None),
            found_inf=getattr(self, "found_inf", None),
            foreach=group["foreach"],
            differentiable=group["differentiable"],
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            lr_decay=group["lr_decay"],
            eps=group["eps"],
            maximize=group["maximize"],
        )

    def _new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        state = self.state[p]
        first = self.defaults["initial_accumulator_value"]
        state["step"] = _new_step(group["fused"])
        state["sum"] = lucet.full_like(p, complex(first, first) if p.is_complex() else first)
        return state


def adagrad(
    params: list[Tensor],
    grads: list[Tensor],
    state_sums: list[Tensor],
    state_steps: list[Tensor],
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    differentiable: bool = False,
    has_complex: bool = False,
    *,
    lr: float | Tensor,
    weight_decay: float,
    lr_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One Adagrad step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Raises:
        ValueError: `has_sparse_grad` is True: there are no sparse tensors here.

    Example:
        >>> import lucet
        >>> from lucet.optim.adagrad import adagrad
        >>> w, s, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     adagrad([w], [lucet.ones(1)], [s], [t], lr=0.5, weight_decay=0, lr_decay=0, eps=0.0, maximize=False)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("adagrad", "state_steps", state_steps)
    if has_sparse_grad:
        raise ValueError("adagrad: has_sparse_grad is True, expected False: gradients are always dense")
    if fused:
        _check_flags("adagrad", fused, None, differentiable)
    elif foreach and differentiable:
        _refuse_gradients("Adagrad")
    if not params or not _unscale("adagrad", grads, fused, grad_scale, found_inf):
        return
    lists = _for_kernel(params, grads, state_sums)
    if lists is not None:
        _ops.adagrad_step(
            *lists,
            state_steps,
            lr=_as_float(lr),
            lr_decay=_as_float(lr_decay),
            weight_decay=_as_float(weight_decay),
            eps=_as_float(eps),
            maximize=bool(maximize),
        )
        return
    for p, grad, total, step in zip(params, grads, state_sums, state_steps, strict=True):
        rate = _to_scalar(lr) / (1 + (step.add_(1).item() - 1) * lr_decay)
        grad = _decayed(p, -grad if maximize else grad, weight_decay)
        p, grad, total = map(_pairs, (p, grad, total))
        total.addcmul_(grad, grad)
        p.sub_(grad / (total.sqrt() + eps) * rate)
