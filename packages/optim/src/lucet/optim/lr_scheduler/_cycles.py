"""Schedules that go up and down: cycles of Smith's papers, and cosines with restarts."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

from lucet import Tensor

from ..optimizer import Optimizer
from ._base import (
    LRScheduler,
    _check_momentum,
    _check_optimizer,
    _enable_get_lr_call,
    _per_group,
    _saved_functions,
    _set_group_value,
    _set_momentum,
)

__all__ = ["CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR"]


class CyclicLR(LRScheduler):
    """Swing the rate between `base_lr` and `max_lr` in triangles; call `step` after every batch.

    A cycle rises for `step_size_up` batches and falls for `step_size_down` (None: as many). `mode` scales its height:
    "triangular" not at all, "triangular2" by half each cycle, "exp_range" by gamma^batch; or `scale_fn` does, of the
    cycle's number or the batch's (`scale_mode` "cycle" or "iterations"). `cycle_momentum` swings momentum (or beta1)
    the other way between `max_momentum` and `base_momentum`. Rates and momenta may be lists, one a group.

    Raises:
        ValueError: an unknown mode without scale_fn, lists of another length than the groups, cycle_momentum with an
            optimizer that has no momentum.
        TypeError: `optimizer` is not an Optimizer.

    Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017, section 3.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> sched = lucet.optim.lr_scheduler.CyclicLR(opt, base_lr=0.5, max_lr=1.5, step_size_up=2)
        >>> for batch in range(4):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        1.0
        1.5
        1.0
        0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = _per_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for lr, group in zip(base_lrs, optimizer.param_groups, strict=True):
                _set_group_value(group, "lr", lr)
        self.max_lrs = _per_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"CyclicLR: mode is invalid and scale_fn is None: mode {mode}")
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = _check_momentum("CyclicLR", optimizer)
            self.base_momentums = _per_group("base_momentum", optimizer, base_momentum)
            self.max_momentums = _per_group("max_momentum", optimizer, max_momentum)
            if last_epoch == -1:
                self._start_momentum()
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _start_momentum(self) -> None:
        for high, low, group in zip(
            self.max_momentums, self.base_momentums, self.optimizer.param_groups, strict=True
        ):
            _set_momentum(group, self.use_beta1, high)
            group["max_momentum"] = high
            group["base_momentum"] = low

    def scale_fn(self, x: float) -> float:
        """The height of cycle x, or at batch x, as `scale_mode` says, beside that of the first."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (x - 1)
        return self.gamma**x if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list[float | Tensor]:
        """Compute the rates of the present batch and set the momenta."""
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        passed = 1.0 + self.last_epoch / self.total_size - cycle
        up = self.step_ratio
        share = passed / up if passed <= up else (passed - 1) / (up - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for low, high, group in zip(
                self.base_momentums, self.max_momentums, self.optimizer.param_groups, strict=True
            ):
                _set_momentum(group, self.use_beta1, high - (high - low) * share * scale)
        return [low + (high - low) * share * scale for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """Return what the schedule remembers; of a plain `scale_fn` only None, of a callable object its `__dict__`."""
        state = {key: value for key, value in super().state_dict().items() if key != "_scale_fn_custom"}
        custom = self._scale_fn_custom
        state["_scale_fn_custom"] = None if custom is None else _saved_functions([custom])[0]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned; a callable object gets its `__dict__` back."""
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "_scale_fn_custom"})
        saved = state_dict["_scale_fn_custom"]
        if saved is not None and self._scale_fn_custom is not None:
            self._scale_fn_custom.__dict__.update(saved)


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine from the initial rate down to `eta_min`, again and again, each `T_mult` times as long as the last.

    The first takes `T_0` epochs. `step` takes fractions of epochs too: `step(epoch + batch / batches)`.

    Raises:
        ValueError: T_0 not a positive int, T_mult not an int of at least 1, eta_min not a number; at `step`, a negative
            epoch.

    Source: Loshchilov, Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = lucet.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, T_0=2)
        >>> for epoch in range(3):
        ...     opt.step(); sched.step(); print(round(sched.get_last_lr()[0], 6))
        0.5
        1.0
        0.5
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"CosineAnnealingWarmRestarts: Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"CosineAnnealingWarmRestarts: Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(
                f"CosineAnnealingWarmRestarts: Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float | Tensor]:
        """Compute the rate at T_cur epochs after the last restart."""
        self._warn_outside_step()
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (lr - self.eta_min) * height / 2 for lr in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:  # type: ignore[override]
        """Go on by one epoch, or to `epoch`, which may lie between two."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur = self.T_cur + 1
            if self.T_cur >= self.T_i:
                self.T_cur = self.T_cur % self.T_i
                self.T_i = self.T_i * self.T_mult
        elif epoch < 0:
            raise ValueError(f"CosineAnnealingWarmRestarts: Expected non-negative epoch, but got {epoch}")
        else:
            self._find_restart(epoch)
        self.last_epoch = math.floor(epoch)
        with _enable_get_lr_call(self):
            rates = self.get_lr()
        self._set_rates(rates)

    def _find_restart(self, epoch: float) -> None:
        """Set T_cur and T_i for an epoch that did not follow from the last: the lengths are a geometric series."""
        if epoch < self.T_0:
            self.T_i, self.T_cur = self.T_0, epoch
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            restarts = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_cur = epoch - self.T_0 * (self.T_mult**restarts - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**restarts


class OneCycleLR(LRScheduler):
    """One cycle: the rate rises to `max_lr`, then falls far below where it began; call `step` after every batch.

    `total_steps`, or `epochs * steps_per_epoch`, batches make the cycle, `pct_start` (a float) of it rising. The rate
    starts at max_lr / `div_factor` and ends at that / `final_div_factor`, along a cosine or a line
    (`anneal_strategy`). With `three_phase` it first falls back to its start as fast as it rose. `cycle_momentum` moves
    momentum (or beta1) the other way between `max_momentum` and `base_momentum`. Rates and momenta may be lists, one a
    group.

    Raises:
        ValueError: no or invalid number of steps, pct_start not a float in [0, 1], an unknown anneal_strategy, lists of
            another length than the groups, cycle_momentum with an optimizer that has no momentum, or more steps taken
            than total_steps.
        TypeError: `optimizer` is not an Optimizer.

    Source: Smith, Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2017.

    Example:
        >>> import lucet
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0, momentum=0.9)
        >>> sched = lucet.optim.lr_scheduler.OneCycleLR(opt, max_lr=1.0, total_steps=5, pct_start=0.6)
        >>> for batch in range(4):
        ...     opt.step(); sched.step(); print(round(sched.get_last_lr()[0], 4))
        0.52
        1.0
        0.5
        0.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        _check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = _cycle_length(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = _cycle_phases(self.total_steps, pct_start, three_phase)
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"OneCycleLR: Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"OneCycleLR: anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._anneal_func_type = anneal_strategy
        max_lrs = _per_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, top in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = top / div_factor
                group["max_lr"] = top
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._prepare_momentum(base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)

    def _prepare_momentum(self, base_momentum: Any, max_momentum: Any, fresh: bool) -> None:
        self.use_beta1 = _check_momentum("OneCycleLR", self.optimizer)
        highest = _per_group("max_momentum", self.optimizer, max_momentum)
        lowest = _per_group("base_momentum", self.optimizer, base_momentum)
        if not fresh:
            return
        for group, high, low in zip(self.optimizer.param_groups, highest, lowest, strict=True):
            _set_momentum(group, self.use_beta1, high)
            group["max_momentum"] = high
            group["base_momentum"] = low

    def _anneal(self, start: float, end: float, share: float) -> float:
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
        return (end - start) * share + start

    def get_lr(self) -> list[float | Tensor]:
        """Compute the rates of the present step and set the momenta."""
        self._warn_outside_step()
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"OneCycleLR: Tried to step {self.last_epoch} times. The specified number of total steps is "
                f"{self.total_steps}"
            )
        phase, share = self._present_phase()
        rates: list[float | Tensor] = []
        for group in self.optimizer.param_groups:
            rates.append(self._anneal(group[phase["start_lr"]], group[phase["end_lr"]], share))
            if self.cycle_momentum:
                start, end = group[phase["start_momentum"]], group[phase["end_momentum"]]
                _set_momentum(group, self.use_beta1, self._anneal(start, end, share))
        return rates

    def _present_phase(self) -> tuple[dict[str, Any], float]:
        """The phase of the present step and which part of it has passed."""
        start = 0.0
        for phase in self._schedule_phases[:-1]:
            if self.last_epoch <= phase["end_step"]:
                break
            start = phase["end_step"]
        else:
            phase = self._schedule_phases[-1]
        return phase, (self.last_epoch - start) / (phase["end_step"] - start)


def _cycle_length(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        return _positive("total_steps", total_steps)
    if epochs is None or steps_per_epoch is None:
        raise ValueError("OneCycleLR: You must define either total_steps OR (epochs AND steps_per_epoch)")
    return _positive("epochs", epochs) * _positive("steps_per_epoch", steps_per_epoch)


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"OneCycleLR: Expected positive integer {name}, but got {value}")
    return value


def _cycle_phases(total_steps: int, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
    def phase(end_step: float, lrs: Sequence[str], momenta: Sequence[str]) -> dict[str, Any]:
        return {
            "end_step": end_step,
            "start_lr": lrs[0],
            "end_lr": lrs[1],
            "start_momentum": momenta[0],
            "end_momentum": momenta[1],
        }

    high, low = "max_momentum", "base_momentum"
    top = float(pct_start * total_steps) - 1
    last = total_steps - 1
    rise = phase(top, ("initial_lr", "max_lr"), (high, low))
    if not three_phase:
        return [rise, phase(last, ("max_lr", "min_lr"), (low, high))]
    back = float(2 * pct_start * total_steps) - 2
    return [
        rise,
        phase(back, ("max_lr", "initial_lr"), (low, high)),
        phase(last, ("initial_lr", "min_lr"), (high, high)),
    ]
