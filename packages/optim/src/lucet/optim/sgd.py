"""SGD with momentum, and its functional form `sgd`. The arithmetic is core's `sgd_step`."""

from typing import Any

from lucet import Tensor, _ops, empty_like

from ._rules import _check_flags, _check_fused_dtype, _decayed, _for_kernel, _unscale
from .optimizer import ParamsT, _as_float, _GroupOptimizer, _to_scalar

__all__ = ["SGD", "sgd"]


class SGD(_GroupOptimizer):
    """Stochastic gradient descent, optionally with momentum.

    With gradient g, parameter p, buffer b, and t counting from 1:

    1. g = -g if `maximize`
    2. g = g + weight_decay * p
    3. if momentum: b = g at t = 1, else b = momentum * b + (1 - dampening) * g
    4. if momentum: g = g + momentum * b if `nesterov`, else g = b
    5. p = p - lr * g

    `foreach` and `fused` choose between torch's implementations of these numbers; here one op serves them all.
    `differentiable=True` records the step, so that gradients flow through it.

    State: `momentum_buffer`, of the parameter's shape and dtype, when momentum is not 0.

    Raises:
        ValueError: a negative rate, momentum or weight decay; a tensor lr of more than one element; nesterov without
            momentum or with dampening.
        RuntimeError: fused together with foreach or differentiable.

    Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning",
    ICML 2013 (with lr outside the buffer).

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0, 2.0], requires_grad=True)
        >>> opt = lucet.optim.SGD([w], lr=0.25, momentum=0.9)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> w.tolist()
        [0.5, 1.0]
    """

    _added_later = {"nesterov": False, "maximize": False, "foreach": None, "differentiable": False, "fused": False}

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError(f"SGD: Tensor lr must be 1-element, found {lr.numel()} elements")
        for what, value in (("learning rate", lr), ("momentum value", momentum), ("weight_decay value", weight_decay)):
            if value < 0.0:
                raise ValueError(f"SGD: Invalid {what}: {value}, expected at least 0")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError(
                "SGD: Nesterov momentum requires a momentum and zero dampening, found "
                f"momentum {momentum}, dampening {dampening}"
            )
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        _check_flags("SGD", fused, foreach, differentiable)
        if fused:
            self._step_supports_amp_scaling = True

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        grads = [p.grad for p in params]
        if group["fused"]:
            for p in params:
                _check_fused_dtype(p)
        buffers: list[Tensor | None] = []
        if group["momentum"] != 0:
            buffers = [self.state[p].get("momentum_buffer") for p in params]
        sgd(
            params,
            grads,
            buffers,
            foreach=group["foreach"],
            fused=group["fused"],
            grad_scale=getattr(self, "grad_scale", None),
            found_inf=getattr(self, "found_inf", None),
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            lr=group["lr"],
            dampening=group["dampening"],
            nesterov=group["nesterov"],
            maximize=group["maximize"],
        )
        for p, buffer in zip(params, buffers, strict=bool(buffers)):
            self.state[p]["momentum_buffer"] = buffer


def sgd(
    params: list[Tensor],
    d_p_list: list[Tensor],
    momentum_buffer_list: list[Tensor | None],
    has_sparse_grad: bool = False,
    foreach: bool | None = None,
    fused: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    *,
    weight_decay: float | Tensor,
    momentum: float,
    lr: float | Tensor,
    dampening: float,
    nesterov: bool,
    maximize: bool,
) -> None:
    """One SGD step on lists of tensors, in place; new momentum buffers are put where the list holds None.

    Raises:
        ValueError: `has_sparse_grad` is True: there are no sparse tensors here.

    Example:
        >>> import lucet
        >>> from lucet.optim.sgd import sgd
        >>> w = lucet.ones(2)
        >>> with lucet.no_grad():
        ...     sgd([w], [lucet.ones(2)], [], lr=0.5, momentum=0, dampening=0, weight_decay=0, nesterov=False,
        ...         maximize=False)
        >>> w.tolist()
        [0.5, 0.5]
    """
    if has_sparse_grad:
        raise ValueError("sgd: has_sparse_grad is True, expected False: gradients are always dense")
    if not params or not _unscale("sgd", d_p_list, fused, grad_scale, found_inf):
        return
    if _for_kernel(params) is not None:
        buffers, first = momentum_buffer_list, [False] * len(params)
        if momentum == 0:
            buffers = [None] * len(params)
        for i, buffer in enumerate(buffers if momentum != 0 else ()):
            if buffer is None:
                buffers[i], first[i] = empty_like(d_p_list[i]), True
        _ops.sgd_step(
            *_for_kernel(params, d_p_list, buffers),  # type: ignore[misc]
            lr=_as_float(lr),
            momentum=_as_float(momentum),
            dampening=_as_float(dampening),
            nesterov=bool(nesterov),
            weight_decay=_as_float(weight_decay),
            maximize=bool(maximize),
            first=first,
        )
        return
    for i, (p, grad) in enumerate(zip(params, d_p_list, strict=True)):
        grad = _decayed(p, -grad if maximize else grad, weight_decay)
        if momentum != 0:
            grad = _with_momentum(grad, momentum_buffer_list, i, momentum, dampening, nesterov)
        p.sub_(grad * _to_scalar(lr))


def _with_momentum(
    grad: Tensor, buffers: list[Tensor | None], i: int, momentum: float, dampening: float, nesterov: bool
) -> Tensor:
    buffer = buffers[i]
    if buffer is None:
        buffer = buffers[i] = grad.detach().clone()
    else:
        buffer.mul_(momentum).add_(grad * (1 - dampening))
    # a copy, because a recorded product keeps its factor and the next step changes the buffer
    return grad + buffer * momentum if nesterov else buffer.clone()
