"""AdamW: Adam with decoupled weight decay. All else lives in adam.py."""

from typing import Any

from lucet import Tensor

from .adam import Adam, adam
from .optimizer import ParamsT

__all__ = ["AdamW", "adamw"]


class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters directly: p = p * (1 - lr * weight_decay), then Adam's step.

    The decay does not pass through the moments. Options, state and errors are those of `Adam`.

    Source: Loshchilov, Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2.

    Example:
        >>> import lucet
        >>> w = lucet.tensor([1.0], requires_grad=True)
        >>> opt = lucet.optim.AdamW([w], lr=0.5, weight_decay=1.0)
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> round(w.item(), 4)
        0.0
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:  # a dict saved by Adam turns into AdamW's
            group["decoupled_weight_decay"] = True


def adamw(
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
    *,
    amsgrad: bool,
    beta1: float | Tensor,
    beta2: float | Tensor,
    lr: float | Tensor,
    weight_decay: float,
    eps: float,
    maximize: bool,
) -> None:
    """One AdamW step on lists of tensors, in place: `adam` with decoupled_weight_decay=True.

    Example:
        >>> import lucet
        >>> from lucet.optim.adamw import adamw
        >>> w, m, v, t = lucet.ones(1), lucet.zeros(1), lucet.zeros(1), lucet.tensor(0.0)
        >>> with lucet.no_grad():
        ...     adamw([w], [lucet.ones(1)], [m], [v], [], [t], amsgrad=False, beta1=0.9, beta2=0.999, lr=0.5,
        ...           weight_decay=1.0, eps=1e-8, maximize=False)
        >>> round(w.item(), 4)
        0.0
    """
    adam(
        params,
        grads,
        exp_avgs,
        exp_avg_sqs,
        max_exp_avg_sqs,
        state_steps,
        foreach=foreach,
        capturable=capturable,
        differentiable=differentiable,
        fused=fused,
        grad_scale=grad_scale,
        found_inf=found_inf,
        has_complex=has_complex,
        decoupled_weight_decay=True,
        amsgrad=amsgrad,
        beta1=beta1,
        beta2=beta2,
        lr=lr,
        weight_decay=weight_decay,
        eps=eps,
        maximize=maximize,
    )
