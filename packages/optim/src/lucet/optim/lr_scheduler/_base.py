"""The base of the schedules, and what several of them need: values of groups, functions, momentum. No schedule lives here."""

import types
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from lucet import Tensor

from ..optimizer import Optimizer, _to_scalar

__all__ = ["EPOCH_DEPRECATION_WARNING", "LRScheduler"]

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible: call "
    "`scheduler.step()` alone. With an epoch, the closed form of the schedule is used where there is one."
)


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def _group_values(optimizer: Optimizer, key: str) -> list[Any]:
    return [_copied(group[key]) for group in optimizer.param_groups]


def _set_group_value(group: dict[str, Any], key: str, value: Any) -> None:
    """Store a number, or write it into the tensor that is there (others may hold that tensor)."""
    if isinstance(group[key], Tensor):
        group[key].fill_(_to_scalar(value))
    else:
        group[key] = value


def _per_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value a group: a list is checked for its length, anything else repeated."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [_copied(value) for _ in range(groups)]
    if len(value) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
            f"param_groups has {groups}"
        )
    return [_copied(v) for v in value]


def _check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _note_step_calls(optimizer: Optimizer) -> None:
    """Make `optimizer.step` remember that it ran, so that a wrong call order can be told; once an optimizer."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    func = optimizer.step.__func__  # type: ignore[attr-defined]
    owner = weakref.ref(optimizer)

    @wraps(func)
    def noted(*args: Any, **kwargs: Any) -> Any:
        self = owner()
        self._opt_called = True  # type: ignore[union-attr]
        return func.__get__(self, type(self))(*args, **kwargs)

    noted._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    optimizer.step = noted  # type: ignore[method-assign]


@contextmanager
def _enable_get_lr_call(scheduler: "LRScheduler") -> Iterator[None]:
    """While `step` computes the rates, `get_lr` may be called without a warning."""
    scheduler._get_lr_called_within_step = True
    try:
        yield
    finally:
        scheduler._get_lr_called_within_step = False


class LRScheduler:
    """Base of the schedules: counts epochs and writes the rates that `get_lr` computes into the groups.

    `last_epoch` is the number of the last epoch that is done: -1 starts anew from the groups' `lr`, else the groups
    must hold `initial_lr`. Call `step` after the optimizer's `step`.

    Raises:
        TypeError: `optimizer` is not an Optimizer.
        KeyError: resuming, and a group lacks `initial_lr`.

    Example:
        >>> import lucet
        >>> class Halved(lucet.optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [lr * 0.5 ** self.last_epoch for lr in self.base_lrs]
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = Halved(opt)
        >>> opt.step(); sched.step(); sched.get_last_lr()
        [0.5]
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                    "last_epoch >= 0: load the optimizer's state first, or leave last_epoch out to start anew"
                )
        self.base_lrs: list[float | Tensor] = _group_values(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _note_step_calls(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """Return everything the schedule remembers except the optimizer.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
            >>> lucet.optim.lr_scheduler.StepLR(opt, 2).state_dict()["last_epoch"]
            0
        """
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned. The groups' rates are the optimizer's to load.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
            >>> sched = lucet.optim.lr_scheduler.StepLR(opt, 2)
            >>> sched.load_state_dict({**sched.state_dict(), "last_epoch": 7})
            >>> sched.last_epoch
            7
        """
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[float | Tensor]:
        """Return the rates that the last `step` set, one a group.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
            >>> lucet.optim.lr_scheduler.ExponentialLR(opt, 0.5).get_last_lr()
            [1.0]
        """
        return self._last_lr

    def get_lr(self) -> list[float | Tensor]:
        """Compute the next rates, one a group. Subclasses write this; others call `get_last_lr`."""
        raise NotImplementedError

    def step(self, epoch: int | None = None) -> None:
        """Go on by one epoch (or to `epoch`, deprecated) and set the rates.

        Warns:
            UserWarning: the first call comes before the optimizer's first step.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
            >>> sched = lucet.optim.lr_scheduler.ExponentialLR(opt, 0.5)
            >>> opt.step(); sched.step(); opt.param_groups[0]["lr"]
            0.5
        """
        if self._step_count == 1:
            self._warn_about_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _warn_about_order(self) -> None:
        if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. "
                "Call `optimizer.step()` before `lr_scheduler.step()`",
                UserWarning,
                stacklevel=3,
            )
        elif not getattr(self.optimizer, "_opt_called", False):
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order, or "
                "the first value of the learning rate schedule is skipped",
                UserWarning,
                stacklevel=3,
            )

    def _update_lr(self, epoch: int | None = None) -> None:
        with _enable_get_lr_call(self):
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            closed_form = None if epoch is None else getattr(self, "_get_closed_form_lr", None)
            rates = closed_form() if closed_form is not None else self.get_lr()
        self._set_rates(rates)

    def _set_rates(self, rates: list[Any]) -> None:
        for group, lr in zip(self.optimizer.param_groups, rates, strict=True):
            _set_group_value(group, "lr", lr)
        self._last_lr: list[float | Tensor] = _group_values(self.optimizer, "lr")

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def _unchanged(self) -> list[Any]:
        return _group_values(self.optimizer, "lr")

    def _scaled(self, factor: float) -> list[Any]:
        return [group["lr"] * factor for group in self.optimizer.param_groups]


class _LRScheduler(LRScheduler):
    """The old name of `LRScheduler`, kept for isinstance checks in older programs."""


def _saved_functions(functions: list[Any]) -> list[Any]:
    """What a state dict keeps of functions: nothing of plain ones, the `__dict__` of callable objects."""
    return [None if isinstance(fn, types.FunctionType) else fn.__dict__.copy() for fn in functions]


def _function_per_group(owner: str, optimizer: Optimizer, lr_lambda: Any) -> list[Callable[[int], float]]:
    """One function a group, from one for all or a list."""
    groups = len(optimizer.param_groups)
    if not isinstance(lr_lambda, (list, tuple)):
        return [lr_lambda] * groups
    if len(lr_lambda) != groups:
        raise ValueError(f"{owner}: Expected {groups} lr_lambdas, but got {len(lr_lambda)}")
    return list(lr_lambda)


def _check_momentum(owner: str, optimizer: Optimizer) -> bool:
    """Whether momentum is the first of betas; an error where the optimizer has neither."""
    defaults = optimizer.defaults
    if "momentum" not in defaults and "betas" not in defaults:
        raise ValueError(
            f"{owner}: optimizer must support momentum or beta1 with `cycle_momentum` option enabled, "
            f"{type(optimizer).__name__} has neither\n  fix   cycle_momentum=False"
        )
    return "betas" in defaults


def _set_momentum(group: dict[str, Any], use_beta1: bool, value: float) -> None:
    if use_beta1:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value
