"""Averages of parameters over training: functions that average, and the schedule that goes with them.

`AveragedModel` and `update_bn` are about modules. They live in _averaging.py, which imports lucet.nn and is loaded when one
of the two is asked for, so that optimizers go on working without lucet-nn.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import lucet
from lucet import Tensor

from .lr_scheduler._base import LRScheduler, _per_group
from .optimizer import Optimizer

if TYPE_CHECKING:
    from ._averaging import AveragedModel, update_bn

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

PARAM_LIST: TypeAlias = tuple[Tensor, ...] | list[Tensor]


def __getattr__(name: str) -> Any:
    if name not in ("AveragedModel", "update_bn"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _averaging

    globals()[name] = found = getattr(_averaging, name)
    return found


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def get_ema_avg_fn(decay: float = 0.999) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """A function (average, current, n) -> decay * average + (1 - decay) * current, for `AveragedModel`'s avg_fn.

    Raises:
        ValueError: decay outside [0, 1].

    Example:
        >>> import lucet
        >>> lucet.optim.swa_utils.get_ema_avg_fn(0.75)(lucet.tensor(1.0), lucet.tensor(2.0), 1)
        tensor(1.2500)
    """
    _check_decay(decay)

    @lucet.no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Tensor | int) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """A function (average of n, current, n) -> average of n + 1, for `AveragedModel`'s avg_fn.

    Example:
        >>> import lucet
        >>> lucet.optim.swa_utils.get_swa_avg_fn()(lucet.tensor(1.0), lucet.tensor(2.0), 3)
        tensor(1.2500)
    """

    @lucet.no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Tensor | int) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def _is_inexact(tensors: PARAM_LIST) -> bool:
    return tensors[0].is_floating_point() or tensors[0].is_complex()


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None]:
    """A function (averages, currents, n) that moves each average to decay * average + (1 - decay) * current.

    All tensors of one call have one dtype.

    Raises:
        ValueError: decay outside [0, 1].

    Example:
        >>> import lucet
        >>> average = lucet.tensor(1.0)
        >>> lucet.optim.swa_utils.get_ema_multi_avg_fn(0.75)([average], [lucet.tensor(2.0)], 1)
        >>> average
        tensor(1.2500)
    """
    _check_decay(decay)

    @lucet.no_grad()
    def ema_update(ema_param_list: PARAM_LIST, current_param_list: PARAM_LIST, _: Tensor | int) -> None:
        if _is_inexact(ema_param_list):
            lucet._foreach_lerp_(ema_param_list, current_param_list, 1 - decay)  # type: ignore[attr-defined]
            return
        for average, current in zip(ema_param_list, current_param_list, strict=True):
            average.copy_(average * decay + current * (1 - decay))

    return ema_update


def get_swa_multi_avg_fn() -> Callable[[PARAM_LIST, PARAM_LIST, Tensor | int], None]:
    """A function (averages of n, currents, n) that moves each average to that of n + 1.

    All tensors of one call have one dtype.

    Example:
        >>> import lucet
        >>> average = lucet.tensor(1.0)
        >>> lucet.optim.swa_utils.get_swa_multi_avg_fn()([average], [lucet.tensor(2.0)], 3)
        >>> average
        tensor(1.2500)
    """

    @lucet.no_grad()
    def swa_update(averaged_param_list: PARAM_LIST, current_param_list: PARAM_LIST, num_averaged: Tensor | int) -> None:
        share = 1 / (num_averaged + 1)
        if _is_inexact(averaged_param_list):
            lucet._foreach_lerp_(averaged_param_list, current_param_list, float(share))  # type: ignore[attr-defined]
            return
        for average, current in zip(averaged_param_list, current_param_list, strict=True):
            average.add_((current - average) * share)

    return swa_update


class SWALR(LRScheduler):
    """Bring the rate of each group to `swa_lr` over `anneal_epochs` epochs, along a cosine or a line, and hold it there.

    `swa_lr` is one rate, or a list of one a group.

    Raises:
        ValueError: a list of another length than the groups, an unknown anneal_strategy, anneal_epochs not an int of at
            least 0.

    Source: Izmailov, Podoprikhin, Garipov, Vetrov, Wilson, "Averaging weights leads to wider optima and better
    generalization", UAI 2018.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.swa_utils.SWALR(opt, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
        >>> for epoch in range(3):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.75
        0.5
        0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float,
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        for rate, group in zip(_per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"SWALR: anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"SWALR: anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def anneal_func(self, t: float) -> float:
        """How much of the way is gone after the share `t` of the epochs."""
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def _gone(self, step: int) -> float:
        return self.anneal_func(max(0, min(1, step / max(1, self.anneal_epochs))))

    def get_lr(self) -> list[float | Tensor]:
        """Compute the next rate from the present one, from which the rate at the start is worked out."""
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._gone(step - 1), self._gone(step)
        rates: list[float | Tensor] = []
        for group in self.optimizer.param_groups:
            target = group["swa_lr"]
            start = target if before == 1 else (group["lr"] - before * target) / (1 - before)
            rates.append(target * now + start * (1 - now))
        return rates
