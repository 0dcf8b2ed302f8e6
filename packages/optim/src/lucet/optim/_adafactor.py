"""Adafactor, and its functional form `adafactor`. The arithmetic is core's `adafactor_step`."""

from typing import Any

import lucet
from lucet import Tensor, _ops, zeros_like

from ._rules import _check_counters, _for_kernel, _repair_numbers
from .optimizer import Optimizer, ParamsT, _as_float, _new_step, _run_closure

__all__ = ["Adafactor", "adafactor"]


class Adafactor(Optimizer):
    """Adafactor: steps like Adam's without momentum, whose mean squares are kept as one row and one column a matrix.

    With gradient G, parameter P, the last two dimensions as matrices, T the step counting from 1, and RMS(X) the root of
    the mean of X * X:

    1. G = -G if `maximize`
    2. b = 1 - T^beta2_decay, r = min(lr, 1 / sqrt(T)), a = max(eps[1], RMS(P)) * r
    3. P = P * (1 - lr * weight_decay)
    4. R = b * R + (1 - b) * mean of G * G in each row; C the same in each column; V = R C / max(mean of R, eps[0])
    5. of vectors instead: V = b * V + (1 - b) * G * G
    6. U = G / max(sqrt(V), eps[0]); P = P - a * U / max(1, RMS(U) / d)

    `lr` is the largest relative step, and what weight decay is scaled with. With eps[0] None it is the precision of the
    dtype. `foreach` chooses between torch's implementations of these numbers; here one op serves both.

    State: `step` (0-dim float32), and `row_var` (..., rows, 1) and `col_var` (..., 1, columns) of a parameter with two
    or more dimensions, `variance` of another one.

    Raises:
        ValueError: a rate, eps or weight decay below 0, beta2_decay above 0, d below 1, a tensor lr of more than one element.
        RuntimeError: at `step`, a complex parameter.

    Source: Shazeer, Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018, algorithms 4 and
    5, with eps[0] at the divisions and not in the squares.

    Example:
        >>> import lucet
        >>> w = lucet.ones(2, 2, requires_grad=True)
        >>> opt = lucet.optim.Adafactor([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> [[round(x, 4) for x in row] for row in w.tolist()]
        [[0.5, 0.5], [0.5, 0.5]]
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError(f"Adafactor: Tensor lr must be 1-element, found {lr.numel()} elements")
        _check_least("Learning rate", lr, 0)
        _check_least("epsilon1", 0 if eps[0] is None else eps[0], 0)
        _check_least("epsilon2", eps[1], 0)
        _check_least("Clipping threshold d", d, 1)
        _check_least("weight_decay", weight_decay, 0)
        if not beta2_decay <= 0.0:
            raise ValueError(f"Adafactor: beta2_decay should be <= 0 but is: {beta2_decay}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("foreach", None)
            _repair_numbers(group["params"], self.state, "step")

    @lucet.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Update every parameter that has a gradient; return what `closure` returned, if it was given."""
        loss = _run_closure(closure)
        for group in self.param_groups:
            params = [p for p in group["params"] if p.grad is not None]
            if any(p.is_complex() for p in params):
                raise RuntimeError("Adafactor does not support complex parameters")
            states = [self.state[p] or self._new_state(p) for p in params]
            adafactor(
                params,
                [p.grad for p in params],
                [s.get("row_var") for s in states],
                [s.get("col_var") for s in states],
                [s.get("variance") for s in states],
                [s["step"] for s in states],
                foreach=group["foreach"],
                grad_scale=getattr(self, "grad_scale", None),
                found_inf=getattr(self, "found_inf", None),
                d=group["d"],
                lr=group["lr"],
                beta2_decay=group["beta2_decay"],
                weight_decay=group["weight_decay"],
                eps1=group["eps"][0],
                eps2=group["eps"][1],
                maximize=group["maximize"],
            )
        return loss

    def _new_state(self, p: Tensor) -> dict[str, Tensor]:
        state = self.state[p]
        state["step"] = _new_step()
        if p.dim() > 1:
            state["row_var"] = p.new_zeros((*p.shape[:-1], 1))
            state["col_var"] = p.new_zeros((*p.shape[:-2], 1, p.shape[-1]))
        else:
            state["variance"] = zeros_like(p)
        return state


def _check_least(name: str, value: Any, least: int) -> None:
    if not least <= value:
        raise ValueError(f"Adafactor: {name} should be >= {least} but is: {value}")


def adafactor(
    params: list[Tensor],
    grads: list[Tensor],
    row_vars: list[Tensor | None],
    col_vars: list[Tensor | None],
    variances: list[Tensor | None],
    state_steps: list[Tensor],
    foreach: bool | None = None,
    grad_scale: Tensor | None = None,
    found_inf: Tensor | None = None,
    has_complex: bool = False,
    *,
    d: float,
    lr: float | Tensor,
    beta2_decay: float,
    weight_decay: float,
    eps1: float | None,
    eps2: float,
    maximize: bool,
) -> None:
    """One Adafactor step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    Example:
        >>> import lucet
        >>> from lucet.optim._adafactor import adafactor
        >>> w, v, t = lucet.ones(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     adafactor([w], [lucet.ones(1)], [None], [None], [v], [t], d=1.0, lr=0.5, beta2_decay=-0.8, weight_decay=0,
        ...               eps1=None, eps2=1e-3, maximize=False)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("adafactor", "state_steps", state_steps)
    if not params:
        return
    if grad_scale is not None or found_inf is not None:
        raise AssertionError("Grad scaling should occur outside of optimizer.step(): grad_scale or found_inf is set")
    if _for_kernel(params) is not None:
        _ops.adafactor_step(
            params,
            grads,
            row_vars,
            col_vars,
            variances,
            state_steps,
            lr=_as_float(lr),
            beta2_decay=_as_float(beta2_decay),
            weight_decay=_as_float(weight_decay),
            d=_as_float(d),
            eps1=eps1,
            eps2=_as_float(eps2),
            maximize=bool(maximize),
        )
        return
    for p, grad, row, col, square, step in zip(
        params, grads, row_vars, col_vars, variances, state_steps, strict=True
    ):
        t = step.add_(1).item()
        least = lucet.finfo(p.dtype).eps if eps1 is None else eps1
        rate = max(eps2, _rms(p)) * min(_as_float(lr), t**-0.5)
        grad = -grad if maximize else grad
        p.mul_(1 - _as_float(lr) * weight_decay)
        update = _mean_squares(grad, row, col, square, t**beta2_decay, least).clamp_(min=least * least).rsqrt_() * grad
        p.sub_(update * (rate / max(1.0, _rms(update) / d)))


def _rms(x: Tensor) -> float:
    return float(x.norm(2).item()) / float(x.numel()) ** 0.5


def _mean_squares(
    grad: Tensor, row: Tensor | None, col: Tensor | None, square: Tensor | None, take: float, least: float
) -> Tensor:
    """The mean squares after `take` of the new ones was taken in, as a tensor of its own."""
    if grad.dim() < 2:
        assert square is not None
        return square.lerp_(grad * grad, take).clone()
    assert row is not None
    assert col is not None
    row.lerp_(grad.norm(dim=-1, keepdim=True).square() / grad.size(-1), take)
    col.lerp_(grad.norm(dim=-2, keepdim=True).square() / grad.size(-2), take)
    return row @ col / row.mean(dim=-2, keepdim=True).clamp_(min=least)
