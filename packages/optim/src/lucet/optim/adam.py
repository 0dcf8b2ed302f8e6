"""Adam, and its functional form `adam`. The arithmetic is core's `adam_step`; AdamW lives in adamw.py."""

from typing import Any

import lucet
from lucet import Tensor, _ops, zeros_like

from ._rules import (
    _check_at_least_0,
    _check_beta_range,
    _check_counters,
    _check_flags,
    _check_fused_dtype,
    _decayed,
    _follow_,
    _follow_squares_,
    _for_kernel,
    _pairs,
    _refuse_capturable,
    _refuse_gradients,
    _scale_,
    _unscale,
)
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["Adam", "adam"]


class Adam(_GroupOptimizer):
    """Adam: steps scaled by running means of the gradient and of its square.

    With gradient g, parameter p, moments m and v, and t counting from 1:

    1. g = -g if `maximize`
    2. g = g + weight_decay * p; with `decoupled_weight_decay` instead p = p * (1 - lr * weight_decay)
    3. m = beta1 * m + (1 - beta1) * g
    4. v = beta2 * v + (1 - beta2) * g * g; if `amsgrad`, step 5 uses the largest v so far
    5. p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)

    `foreach` and `fused` choose between torch's implementations of these numbers; here one op serves them all.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` (0-dim float32), `exp_avg`, `exp_avg_sq` and, with amsgrad, `max_exp_avg_sq` (the parameter's shape).

    Raises:
        ValueError: a rate, eps or weight decay below 0, a beta outside [0, 1), betas of mixed kinds, tensor options of
            more than one element, or tensor options with foreach=True.
        RuntimeError: fused together with foreach or differentiable.
        AssertionError: at `step`, capturable=True without fused=True.

    Source: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1; amsgrad: Reddi, Kale,
    Kumar, "On the convergence of Adam and beyond", ICLR 2018, algorithm 2.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, -2.0], requires_grad=True)
        >>> opt = lucet.optim.Adam([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> [round(x, 4) for x in w.tolist()]
        [0.5, -1.5]
    """

    _added_later = {
        "amsgrad": False,
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "fused": None,
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        owner = type(self).__name__
        _check_tensor_option(owner, "lr", lr, foreach and not capturable)
        _check_ranges(owner, lr, betas, eps, weight_decay)
        _check_betas(owner, betas, foreach and not capturable)
        defaults = {
            "lr": lr,
            "betas": tuple(_to_scalar(beta) for beta in betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)
        _check_flags(owner, fused, foreach, differentiable)
        if fused:
            self._step_supports_amp_scaling = True

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p, group) for p in params]
        if params:
            self._check_group(group, states)
        beta1, beta2 = group["betas"]
        adam(
            params,
            [p.grad for p in params],
            [s["exp_avg"] for s in states],
            [s["exp_avg_sq"] for s in states],
            [s["max_exp_avg_sq"] for s in states] if group["amsgrad"] else [],
            [s["step"] for s in states],
            foreach=group["foreach"],
            capturable=group["capturable"],
            differentiable=group["differentiable"],
            fused=group["fused"],
            grad_scale=getattr(self, "grad_scale", None),
            found_inf=getattr(self, "found_inf", None),
            decoupled_weight_decay=group["decoupled_weight_decay"],
            amsgrad=group["amsgrad"],
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            maximize=group["maximize"],
        )

    def _new_state(self, p: Tensor, group: dict[str, Any]) -> dict[str, Tensor]:
        if group["fused"]:
            _check_fused_dtype(p)
        state = self.state[p]
        state["step"] = _new_step(group["fused"])
        state["exp_avg"] = zeros_like(p)
        state["exp_avg_sq"] = zeros_like(p)
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = zeros_like(p)
        return state

    def _check_group(self, group: dict[str, Any], states: list[dict[str, Tensor]]) -> None:
        if group["differentiable"] and any(s["step"].requires_grad for s in states):
            raise RuntimeError("`requires_grad` is not supported for `step` in differentiable mode")
        if group["foreach"] and isinstance(group["lr"], Tensor) and not group["capturable"]:
            raise RuntimeError("lr as a Tensor is not supported for capturable=False and foreach=True")


def _check_tensor_option(owner: str, name: str, value: Any, refused: bool | None) -> None:
    if not isinstance(value, Tensor):
        return
    if refused:
        raise ValueError(f"{owner}: {name} as a Tensor is not supported for capturable=False and foreach=True")
    if value.numel() != 1:
        raise ValueError(f"{owner}: Tensor {name} must be 1-element, found {value.numel()} elements")


def _check_ranges(owner: str, lr: Any, betas: tuple[Any, Any], eps: float, weight_decay: float) -> None:
    for what, value in (("learning rate", lr), ("epsilon value", eps), ("weight_decay value", weight_decay)):
        _check_at_least_0(owner, what, value)
    _check_beta_range(owner, betas)


def _check_betas(owner: str, betas: tuple[Any, Any], refused: bool | None) -> None:
    if not any(isinstance(betas[0], kind) and isinstance(betas[1], kind) for kind in (float, Tensor)):
        kinds = f"{type(betas[0]).__name__} and {type(betas[1]).__name__}"
        raise ValueError(f"{owner}: betas must be either both floats or both Tensors, found {kinds}")
    for i in (0, 1):
        _check_tensor_option(owner, f"betas[{i}]", betas[i], refused)


def adam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    max_exp_avg_sqs: list[Tensor],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    decoupled_weight_decay: bool = False,
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One Adam step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Complex parameters are recognised by their dtype, whatever `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.adam import adam
        >>> w, m, v, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     adam([w], [lucet.ones(1)], [m], [v], [], [t], amsgrad=False, beta1=0.9, beta2=0.999, lr=0.5,
        ...          weight_decay=0, eps=1e-8, maximize=False)
        >>> round(w.item(), 4), t.item()
        (0.5, 1.0)
    """
    _check_counters("adam", "state_steps", state_steps)
    _check_call(params, foreach, capturable, differentiable, fused, lr, beta1, beta2)
    if not params or not _unscale("adam", grads, fused, grad_scale, found_inf):
        return
    lists = _for_kernel(params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs if amsgrad else [])
    if lists is not None and not isinstance(beta1, Tensor) and not isinstance(beta2, Tensor):
        _ops.adam_step(
            *lists,
            state_steps,
            lr=_as_float(lr),
            beta1=float(beta1),
            beta2=float(beta2),
            eps=_as_float(eps),
            weight_decay=_as_float(weight_decay),
            amsgrad=bool(amsgrad),
            maximize=bool(maximize),
            decoupled_weight_decay=bool(decoupled_weight_decay),
        )
        return
    lr, beta1, beta2 = _to_scalar(lr), _to_scalar(beta1), _to_scalar(beta2)
    largest: list[Any] = max_exp_avg_sqs if amsgrad else [None] * len(params)
    for p, grad, m, v, top, step in zip(params, grads, exp_avgs, exp_avg_sqs, largest, state_steps, strict=True):
        step.add_(1)
        grad = -grad if maximize else grad
        if decoupled_weight_decay:
            _scale_(p, 1 - lr * weight_decay)
        else:
            grad = _decayed(p, grad, weight_decay)
        p, grad, m, v = map(_pairs, (p, grad, m, v))
        top = _pairs(top) if amsgrad else None
        _follow_(m, grad, beta1)
        if isinstance(beta2, Tensor):
            _follow_(v, grad * grad, beta2)
        else:
            _follow_squares_(v, grad, beta2)
        p.sub_(_adam_move(m, v, top, step.item(), lr, beta1, beta2, eps))


def _check_call(
    params: list[Tensor],
    foreach: bool | None,
    capturable: bool,
    differentiable: bool,
    fused: bool | None,
    lr: Any,
    beta1: Any,
    beta2: Any,
) -> None:
    if fused:
        _check_flags("adam", fused, None, differentiable)
        return
    if not params:
        return
    if foreach and not capturable and isinstance(lr, Tensor):
        raise RuntimeError("adam: lr as a Tensor is not supported for capturable=False and foreach=True")
    for name, beta in (("beta1", beta1), ("beta2", beta2)):
        if foreach:
            _check_tensor_option("adam", name, beta, not capturable)
    if capturable:
        _refuse_capturable("Adam")
    if foreach and differentiable:
        _refuse_gradients("Adam")


def _adam_move(
    m: Tensor, v: Tensor, largest: Tensor | None, step: float, lr: Any, beta1: Any, beta2: Any, eps: float
) -> Tensor:
    if largest is not None:
        largest.copy_(lucet.maximum(largest.clone(), v.clone()))
        v = largest
    correction1, correction2 = 1 - beta1**step, 1 - beta2**step
    return m.clone() / (v.sqrt() / correction2**0.5 + eps) * (lr / correction1)
