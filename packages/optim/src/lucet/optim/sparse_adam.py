"""SparseAdam: there for programs that name it. Gradients are dense here, which it refuses as in torch."""

from typing import Any

import lucet
from lucet import Tensor

from ._rules import _check_beta_range
from .optimizer import Optimizer, ParamsT, _run_closure

__all__ = ["SparseAdam"]


class SparseAdam(Optimizer):
    """Adam for sparse gradients, of which there are none: `step` raises as soon as a parameter has a gradient.

    Options, defaults and their checks are torch's, so that a program that makes one and steps it only where gradients
    are sparse runs. `Adam` is what steps dense gradients.

    Raises:
        ValueError: a rate or eps not above 0, a beta outside [0, 1), a tensor lr of more than one element, a complex
            parameter.
        RuntimeError: at `step`, a parameter has a gradient.

    Source: Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SparseAdam([lucet.zeros(2, requires_grad=True)])
        >>> opt.step()
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError(f"SparseAdam: Tensor lr must be 1-element, found {lr.numel()} elements")
        for what, value in (("learning rate", lr), ("epsilon value", eps)):
            if not 0.0 < value:
                raise ValueError(f"SparseAdam: Invalid {what}: {value}, expected above 0")
        _check_beta_range("SparseAdam", betas)
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "maximize": maximize})
        complex_ones = [
            [i, j]
            for i, group in enumerate(self.param_groups)
            for j, p in enumerate(group["params"])
            if p.is_complex()
        ]
        if complex_ones:
            raise ValueError(
                f"Complex params at indices {complex_ones}: SparseAdam does not support complex parameters"
            )

    @lucet.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Return what `closure` returned, if it was given; refuse gradients."""
        loss = _run_closure(closure)
        if any(p.grad is not None for group in self.param_groups for p in group["params"]):
            raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
        return loss
