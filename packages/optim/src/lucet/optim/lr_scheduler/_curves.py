"""Schedules that follow one curve of the epoch: functions, steps, lines, powers, half a cosine."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from lucet import Tensor

from ..optimizer import Optimizer
from ._base import LRScheduler, _function_per_group, _saved_functions

__all__ = [
    "ConstantLR",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "PolynomialLR",
    "StepLR",
]


class LambdaLR(LRScheduler):
    """The initial rate times a function of the epoch: lr = initial_lr * lr_lambda(last_epoch).

    `lr_lambda` is one function, or a list of one a group. Functions and lambdas are not saved in the state dict;
    callable objects are, by their `__dict__`.

    Raises:
        ValueError: another number of functions than of groups.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.LambdaLR(opt, lambda epoch: 0.5 ** epoch)
        >>> opt.step(); sched.step(); sched.get_last_lr()
        [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = optimizer
        self.lr_lambdas = _function_per_group("LambdaLR", optimizer, lr_lambda)
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return what the schedule remembers; of functions only None, of callable objects their `__dict__`."""
        state = {key: value for key, value in super().state_dict().items() if key != "lr_lambdas"}
        state["lr_lambdas"] = _saved_functions(self.lr_lambdas)
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; callable objects get their `__dict__` back."""
        self.__dict__.update({key: value for key, value in state_dict.items() if key != "lr_lambdas"})
        for fn, saved in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if saved is not None:
                fn.__dict__.update(saved)

    def get_lr(self) -> list[float | Tensor]:
        """Compute initial_lr * lr_lambda(last_epoch) for each group."""
        self._warn_outside_step()
        return [lr * fn(self.last_epoch) for fn, lr in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(LambdaLR):
    """The present rate times a function of the epoch: lr = lr * lr_lambda(last_epoch), from the first epoch on.

    `lr_lambda` is one function, or a list of one a group. Functions and lambdas are not saved in the state dict;
    callable objects are, by their `__dict__`.

    Raises:
        ValueError: another number of functions than of groups.
        TypeError: something that cannot be called.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.MultiplicativeLR(opt, lambda epoch: 0.5)
        >>> for epoch in range(2):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.5
        0.25
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        for fn in _function_per_group("MultiplicativeLR", optimizer, lr_lambda):
            if not callable(fn):
                raise TypeError(f"MultiplicativeLR: lr_lambda should be a function, but got {type(fn).__name__}")
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute lr * lr_lambda(last_epoch) for each group."""
        self._warn_outside_step()
        if self._is_initial:
            return self._unchanged()
        groups = self.optimizer.param_groups
        return [group["lr"] * fn(self.last_epoch) for fn, group in zip(self.lr_lambdas, groups, strict=True)]


class StepLR(LRScheduler):
    """Multiply the rate by `gamma` every `step_size` epochs.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
        >>> for epoch in range(4):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        1.0
        0.5
        0.5
        0.25
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute lr * gamma at each multiple of step_size, else lr."""
        self._warn_outside_step()
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._unchanged()
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        return [lr * self.gamma ** (self.last_epoch // self.step_size) for lr in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Multiply the rate by `gamma` at each of the `milestones` (epochs; a repeated one counts as often).

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.MultiStepLR(opt, [1, 3], gamma=0.5)
        >>> for epoch in range(3):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.5
        0.5
        0.25
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute lr * gamma at a milestone, else lr."""
        self._warn_outside_step()
        if self.last_epoch not in self.milestones:
            return self._unchanged()
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [lr * self.gamma**passed for lr in self.base_lrs]


class ConstantLR(LRScheduler):
    """Hold the rate at `factor` of itself for `total_iters` epochs, then give it back whole.

    Raises:
        ValueError: factor outside [0, 1].

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.ConstantLR(opt, factor=0.5, total_iters=2)
        >>> for epoch in range(2):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.5
        1.0
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if factor > 1.0 or factor < 0:
            raise ValueError(f"ConstantLR: factor is {factor}, expected to be between 0 and 1")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute lr * factor at the start, lr / factor at total_iters, else lr."""
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch != self.total_iters:
            return self._unchanged()
        return self._scaled(1.0 / self.factor)

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        share = self.factor + (self.last_epoch >= self.total_iters) * (1 - self.factor)
        return [lr * share for lr in self.base_lrs]


class LinearLR(LRScheduler):
    """Bring the rate from `start_factor` to `end_factor` of itself, in a line over `total_iters` epochs.

    Raises:
        ValueError: start_factor outside (0, 1], end_factor outside [0, 1].

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.LinearLR(opt, start_factor=0.5, total_iters=2)
        >>> for epoch in range(2):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.75
        1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError(f"LinearLR: start_factor is {start_factor}, expected 0 < start_factor <= 1")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError(f"LinearLR: end_factor is {end_factor}, expected to be between 0 and 1")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute the next rate from the present one."""
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._unchanged()
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return self._scaled(1.0 + rise / before)

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        rise = self.end_factor - self.start_factor
        share = self.start_factor + rise * min(self.total_iters, self.last_epoch) / self.total_iters
        return [lr * share for lr in self.base_lrs]


class ExponentialLR(LRScheduler):
    """Multiply the rate by `gamma` every epoch.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.ExponentialLR(opt, gamma=0.5)
        >>> opt.step(); sched.step(); sched.get_last_lr()
        [0.5]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute lr * gamma."""
        self._warn_outside_step()
        return self._unchanged() if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        return [lr * self.gamma**self.last_epoch for lr in self.base_lrs]


class PolynomialLR(LRScheduler):
    """Lower the rate to 0 over `total_iters` epochs, as initial_lr * (1 - last_epoch / total_iters)^power.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.PolynomialLR(opt, total_iters=2)
        >>> for epoch in range(2):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.5
        0.0
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute the next rate from the present one."""
        self._warn_outside_step()
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._unchanged()
        left, before = (1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1))
        return self._scaled((left / before) ** self.power)

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [lr * left**self.power for lr in self.base_lrs]


class CosineAnnealingLR(LRScheduler):
    """Lower the rate to `eta_min` along half a cosine over `T_max` epochs (and up again after them).

    Source: Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5, without
    the restarts.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=2)
        >>> for epoch in range(2):
        ...     opt.step(); sched.step(); print(round(sched.get_last_lr()[0], 6))
        0.5
        0.0
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute the next rate from the present one, so that changes made by hand last."""
        self._warn_outside_step()
        if self._is_initial:
            return self._unchanged()
        if self._step_count == 1 and self.last_epoch > 0:
            return self._get_closed_form_lr()
        groups = self.optimizer.param_groups
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # at the bottom the ratio below is 0 / 0
            rise = (1 - math.cos(math.pi / self.T_max)) / 2
            return [group["lr"] + (lr - self.eta_min) * rise for lr, group in zip(self.base_lrs, groups, strict=True)]
        now = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        before = 1 + math.cos(math.pi * (self.last_epoch - 1) / self.T_max)
        return [now / before * (group["lr"] - self.eta_min) + self.eta_min for group in groups]

    def _get_closed_form_lr(self) -> list[float | Tensor]:
        height = 1 + math.cos(math.pi * self.last_epoch / self.T_max)
        return [self.eta_min + (lr - self.eta_min) * height / 2 for lr in self.base_lrs]
