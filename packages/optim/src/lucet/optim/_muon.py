"""Muon, and its functional form `muon`: momentum made orthogonal by products of matrices."""

import math
from typing import Any

import lucet
from lucet import Tensor, zeros_like

from .optimizer import Optimizer, ParamsT, _run_closure, _to_scalar

__all__ = ["Muon"]

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)  # of Jordan's post
_MOST_STEPS = 100


class Muon(Optimizer):
    """Muon: steps along the orthogonal matrix nearest to the momentum, all of whose singular values are about 1.

    For the hidden layers of a network, whose parameters are matrices; others belong to another optimizer. With gradient
    G, parameter P (A, B) and buffer M:

    1. M = momentum * M + (1 - momentum) * G
    2. U = (1 - momentum) * G + momentum * M if `nesterov`, else M
    3. X = U / max(norm of U, eps), in bfloat16; `ns_steps` times X = a * X + (b * S + c * S S) X with S = X X^T
    4. P = P * (1 - lr * weight_decay) - lr * f * X

    (a, b, c) are `ns_coefficients`. f is sqrt(max(1, A / B)), with adjust_lr_fn="match_rms_adamw" 0.2 * sqrt(max(A, B)),
    so that the rates of AdamW serve here too.

    State: `momentum_buffer` (the parameter's shape and dtype).

    Raises:
        ValueError: a rate, momentum or weight decay below 0, a tensor lr of more than one element, an unknown
            adjust_lr_fn, a parameter that is not a matrix; at `step`, 100 or more ns_steps or not 3 coefficients.
        RuntimeError: at `step`, a complex parameter.

    Source: Jordan and others, "Muon: an optimizer for hidden layers in neural networks", 2024; Liu and others, "Muon is
    scalable for LLM training", 2025.

    Example:
        >>> import lucet
        >>> w = lucet.eye(2).requires_grad_()
        >>> opt = lucet.optim.Muon([w], lr=0.5, weight_decay=0.0)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> 0.3 < w[0, 0].item() < 0.7 and w[0, 1].item() == 0.0
        True
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = _COEFFICIENTS,
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError(f"Muon: Tensor lr must be 1-element, found {lr.numel()} elements")
        for name, value in (("Learning rate", lr), ("momentum", momentum), ("weight decay", weight_decay)):
            if not 0.0 <= value:
                raise ValueError(f"Muon: {name} should be >= 0 but is: {value}")
        if adjust_lr_fn is not None and adjust_lr_fn not in ("original", "match_rms_adamw"):
            raise ValueError(
                f"Muon: Adjust learning rate function {adjust_lr_fn} is not supported, expected original or match_rms_adamw"
            )
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {tuple(p.shape)}\n"
                        "  fix   give it to another optimizer, such as AdamW"
                    )

    @lucet.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Update every parameter that has a gradient; return what `closure` returned, if it was given."""
        loss = _run_closure(closure)
        for group in self.param_groups:
            params = [p for p in group["params"] if p.grad is not None]
            if any(p.is_complex() for p in params):
                raise RuntimeError("Muon does not support complex parameters")
            for p in params:
                if "momentum_buffer" not in self.state[p]:
                    self.state[p]["momentum_buffer"] = zeros_like(p.grad)
            muon(
                params,
                [p.grad for p in params],
                [self.state[p]["momentum_buffer"] for p in params],
                lr=group["lr"],
                weight_decay=group["weight_decay"],
                momentum=group["momentum"],
                nesterov=group["nesterov"],
                ns_coefficients=group["ns_coefficients"],
                ns_steps=group["ns_steps"],
                eps=group["eps"],
                adjust_lr_fn=group["adjust_lr_fn"],
                has_complex=False,
            )
        return loss


def muon(
    params: list[Tensor],
    grads: list[Tensor],
    muon_momentum_bufs: list[Tensor],
    *,
    foreach: bool | None = None,
    lr: float | Tensor,
    weight_decay: float,
    momentum: float,
    nesterov: bool,
    ns_coefficients: tuple[float, float, float],
    ns_steps: int,
    eps: float,
    adjust_lr_fn: str | None,
    has_complex: bool,
) -> None:
    """One Muon step on lists of matrices, in place.

    Raises:
        RuntimeError: foreach=True, which torch does not support either.
        ValueError: `has_complex`, a gradient that is not a matrix, 100 or more ns_steps, not 3 coefficients.

    Example:
        >>> import lucet
        >>> from lucet.optim._muon import muon
        >>> w, m = lucet.eye(2), lucet.zeros(2, 2)
        >>> with lucet.no_grad():
        ...     muon([w], [lucet.eye(2)], [m], lr=0.5, weight_decay=0.0, momentum=0.95, nesterov=True, eps=1e-7, ns_steps=5,
        ...          ns_coefficients=(3.4445, -4.775, 2.0315), adjust_lr_fn=None, has_complex=False)
        >>> 0.3 < w[0, 0].item() < 0.7
        True
    """
    if foreach:
        raise RuntimeError("Foreach is not supported for Muon yet: foreach=True")
    if has_complex:
        raise ValueError("Complex parameters are not supported: has_complex=True")
    rate = _to_scalar(lr)
    for p, grad, buffer in zip(params, grads, muon_momentum_bufs, strict=True):
        if grad.dim() != 2:
            raise ValueError(f"Param gradient must be a 2D matrix, found {grad.dim()} dimensions")
        buffer.lerp_(grad, 1 - momentum)
        direction = grad.lerp(buffer, momentum) if nesterov else buffer
        direction = _orthogonal(direction, ns_coefficients, ns_steps, eps)
        p.mul_(1 - rate * weight_decay)
        p.add_(direction, alpha=-rate * _rate_factor(adjust_lr_fn, p))


def _orthogonal(matrix: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """About the orthogonal matrix nearest to `matrix`, in bfloat16: singular values between 0.7 and 1.2 do."""
    if steps >= _MOST_STEPS:
        raise ValueError(
            f"Number of steps must be less than {_MOST_STEPS} for computational efficiency, found ns_steps={steps}"
        )
    if len(coefficients) != 3:
        raise ValueError(f"Coefficients must be a tuple of exactly 3 values, found {len(coefficients)}")
    a, b, c = coefficients
    tall = matrix.size(0) > matrix.size(1)
    x = matrix.bfloat16()
    x = x.T if tall else x  # the smaller of the two products with its transpose
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = lucet.addmm(x, lucet.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x


def _rate_factor(rule: str | None, p: Tensor) -> float:
    rows, columns = p.shape
    if rule == "match_rms_adamw":
        return 0.2 * math.sqrt(max(rows, columns))
    return math.sqrt(max(1, rows / columns))
