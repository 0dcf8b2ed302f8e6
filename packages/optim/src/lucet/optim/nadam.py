"""NAdam, and its functional form `nadam`. The arithmetic is core's `nadam_step`."""

from typing import Any

from lucet import Tensor, _ops, ones, zeros_like

from ._rules import (
    _check_at_least_0,
    _check_beta_range,
    _check_counters,
    _check_lr,
    _check_on_cpu,
    _decayed,
    _follow_,
    _follow_squares_,
    _for_kernel,
    _pairs,
    _repair_numbers,
    _scale_,
)
from .optimizer import ParamsT, _as_float, _get_scalar_dtype, _GroupOptimizer, _new_step, _to_scalar

__all__ = ["NAdam", "nadam"]


class NAdam(_GroupOptimizer):
    """NAdam: Adam whose mean looks one step ahead, as Nesterov's momentum does, with a momentum that grows.

    With gradient g, parameter p, moments m and v, and t counting from 1:

    1. g = -g if `maximize`
    2. g = g + weight_decay * p; with `decoupled_weight_decay` instead p = p * (1 - lr * weight_decay)
    3. mu(t) = beta1 * (1 - 0.96^(t * momentum_decay) / 2), and M(t) = mu(1) * ... * mu(t)
    4. m = beta1 * m + (1 - beta1) * g
    5. v = beta2 * v + (1 - beta2) * g * g
    6. d = mu(t + 1) * m / (1 - M(t + 1)) + (1 - mu(t)) * g / (1 - M(t))
    7. p = p - lr * d / (sqrt(v / (1 - beta2^t)) + eps)

    `foreach` chooses between torch's implementations of these numbers; here one op serves both.
    `differentiable=True` records the step. `capturable=True` is for accelerators: `step` refuses it on the CPU.

    State: `step` and `mu_product` (0-dim float32), `exp_avg` and `exp_avg_sq` (the parameter's shape and dtype).

    Raises:
        ValueError: a rate, eps, weight decay or momentum decay below 0, a beta outside [0, 1), a tensor lr of more than
            one element.
        AssertionError: at `step`, capturable=True, or foreach=True together with differentiable=True.

    Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016, algorithm 2.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0], requires_grad=True)
        >>> opt = lucet.optim.NAdam([w], lr=0.5)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> round(w.item(), 4)
        0.4718
    """

    _added_later = {
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        _check_lr("NAdam", lr)
        _check_at_least_0("NAdam", "epsilon value", eps)
        _check_beta_range("NAdam", betas)
        _check_at_least_0("NAdam", "weight_decay value", weight_decay)
        _check_at_least_0("NAdam", "momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            _repair_numbers(group["params"], self.state, "mu_product")

    def _step_group(self, group: dict[str, Any]) -> None:
        params = [p for p in group["params"] if p.grad is not None]
        states = [self.state[p] or self._new_state(p) for p in params]
        beta1, beta2 = group["betas"]
        nadam(
            params,
            [p.grad for p in params],
            [s["exp_avg"] for s in states],
            [s["exp_avg_sq"] for s in states],
            [s["mu_product"] for s in states],
            [s["step"] for s in states],
            decoupled_weight_decay=group["decoupled_weight_decay"],
            foreach=group["foreach"],
            capturable=group["capturable"],
            differentiable=group["differentiable"],
            maximize=group["maximize"],
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            momentum_decay=group["momentum_decay"],
            eps=group["eps"],
        )

    def _new_state(self, p: Tensor) -> dict[str, Tensor]:
        state = self.state[p]
        state["step"] = _new_step()
        state["mu_product"] = ones((), dtype=_get_scalar_dtype())
        state["exp_avg"] = zeros_like(p)
        state["exp_avg_sq"] = zeros_like(p)
        return state


def nadam(
    params: list[Tensor],
    grads: list[Tensor],
    exp_avgs: list[Tensor],
    exp_avg_sqs: list[Tensor],
    mu_products: list[Tensor],
    state_steps: list[Tensor],
    decoupled_weight_decay: bool = False,
    foreach: bool | None = None,
    capturable: bool = False,
    differentiable: bool = False,
    has_complex: bool = False,
    maximize: bool = False,
    *,
    beta1: float,
    beta2: float,
    lr: float | Tensor,
    weight_decay: float,
    momentum_decay: float,
    eps: float,
) -> None:
    """One NAdam step on lists of tensors, in place; each step counter is a 0-dim tensor and grows by 1.

    `mu_products` are 0-dim tensors, 1 before the first step. Complex parameters are recognised by their dtype, whatever
    `has_complex` says.

    Example:
        >>> import lucet
        >>> from lucet.optim.nadam import nadam
        >>> w, m, v, mu, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(1.0), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     nadam([w], [lucet.ones(1)], [m], [v], [mu], [t], beta1=0.0, beta2=0.0, lr=0.5, weight_decay=0,
        ...           momentum_decay=0, eps=0.0)
        >>> w.item(), t.item()
        (0.5, 1.0)
    """
    _check_counters("nadam", "state_steps", state_steps)
    _check_counters("nadam", "mu_products", mu_products)
    _check_on_cpu("NAdam", params, foreach, differentiable, capturable)
    if not params:
        return
    lists = _for_kernel(params, grads, exp_avgs, exp_avg_sqs)
    if lists is not None:
        _ops.nadam_step(
            *lists,
            mu_products,
            state_steps,
            lr=_as_float(lr),
            beta1=_as_float(beta1),
            beta2=_as_float(beta2),
            eps=_as_float(eps),
            weight_decay=_as_float(weight_decay),
            momentum_decay=_as_float(momentum_decay),
            maximize=bool(maximize),
            decoupled_weight_decay=bool(decoupled_weight_decay),
        )
        return
    rate = _to_scalar(lr)
    for p, grad, m, v, product, count in zip(
        params, grads, exp_avgs, exp_avg_sqs, mu_products, state_steps, strict=True
    ):
        t = count.add_(1).item()
        grad = -grad if maximize else grad
        p, grad, m, v = map(_pairs, (p, grad, m, v))
        if weight_decay != 0 and decoupled_weight_decay:
            _scale_(p, 1 - rate * weight_decay)
        elif weight_decay != 0:
            grad = _decayed(p, grad, weight_decay)
        mu, ahead = (beta1 * (1 - 0.5 * 0.96 ** (n * momentum_decay)) for n in (t, t + 1))
        passed = product.mul_(mu).item()
        _follow_(m, grad, beta1)
        _follow_squares_(v, grad, beta2)
        root = (v / (1 - beta2**t)).sqrt() + eps
        move = grad * ((1 - mu) / (1 - passed)) + m * (ahead / (1 - passed * ahead))
        p.sub_(move / root * rate)
