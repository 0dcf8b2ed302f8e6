"""Schedules made of schedules: one after the other, and all at a time."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ..optimizer import Optimizer
from ._base import LRScheduler, _set_group_value
from ._plateau import ReduceLROnPlateau

__all__ = ["ChainedScheduler", "SequentialLR"]


def _check_parts(name: str, optimizer: Any, schedulers: Sequence[Any]) -> None:
    if len(schedulers) < 1:
        raise ValueError(f"{name}: got no scheduler, expected at least one scheduler")
    for i, scheduler in enumerate(schedulers):
        if not hasattr(scheduler, "optimizer"):
            raise TypeError(f"{name} at index {i} should have `optimizer` as its attribute")
        if isinstance(scheduler, ReduceLROnPlateau):
            raise ValueError(
                f"{name} does not support `ReduceLROnPlateau` scheduler, whose `step` needs a metric, but got one at "
                f"index {i} in the given schedulers sequence"
            )
        if optimizer != scheduler.optimizer:
            raise ValueError(
                f"{name} expects all schedulers to belong to the same optimizer, but got scheduler "
                f"{type(scheduler).__name__} at index {i} with another one"
            )


class _OfParts(LRScheduler):
    """What both have: state dicts that hold those of the parts."""

    _schedulers: Sequence[LRScheduler]

    def state_dict(self) -> dict[str, Any]:
        """Return what this schedule and its parts remember."""
        state = {key: value for key, value in super().state_dict().items() if key != "_schedulers"}
        state["_schedulers"] = [scheduler.state_dict() for scheduler in self._schedulers]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` returned, parts included."""
        self.__dict__.update({key: value for key, value in state_dict.items() if key != "_schedulers"})
        for scheduler, saved in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(saved)


class SequentialLR(_OfParts):
    """Run one schedule after the other: the next takes over at each of the `milestones` (epochs).

    Raises:
        ValueError: no schedules, one of another optimizer, a ReduceLROnPlateau, or not one milestone fewer than
            schedules.
        TypeError: a schedule without an optimizer.

    Example:
        >>> import lucet
        >>> from lucet.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = SequentialLR(opt, [ConstantLR(opt, 0.5, 9), ExponentialLR(opt, 0.5)], milestones=[2])
        >>> for epoch in range(3):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.5
        1.0
        0.5
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        _check_parts("SequentialLR", optimizer, schedulers)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"SequentialLR: {len(milestones)} milestones for {len(schedulers)} schedulers, expected the number of "
                "schedulers to be one more than the number of milestone points"
            )
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        # Making the parts has stepped each of them once: take that back, then start the first alone.
        for group in optimizer.param_groups:
            _set_group_value(group, "lr", group["initial_lr"])
        self.recursive_undo()
        first = self._schedulers[bisect_right(self._milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched: Any = None) -> None:
        """Take one step back from the counters of all parts (not from the rates)."""
        sched = self if sched is None else sched
        if hasattr(sched, "_schedulers"):
            for part in sched._schedulers:
                self.recursive_undo(part)
        elif hasattr(sched, "last_epoch"):
            sched.last_epoch -= 1

    def step(self) -> None:  # type: ignore[override]
        """Go on by one epoch in the schedule whose turn it is."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_OfParts):
    """Step several schedules at a time: each changes the rates that the one before it has set.

    Raises:
        ValueError: no schedules, one of another optimizer, or a ReduceLROnPlateau.
        TypeError: a schedule without an optimizer.

    Example:
        >>> import lucet
        >>> from lucet.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
        >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=1.0)
        >>> sched = ChainedScheduler([ConstantLR(opt, 0.5, 2), ExponentialLR(opt, 0.5)])
        >>> for epoch in range(2):
        ...     opt.step(); sched.step(); print(sched.get_last_lr()[0])
        0.25
        0.25
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if optimizer is None and schedulers:
            optimizer = getattr(schedulers[0], "optimizer", None)
        _check_parts("ChainedScheduler", optimizer, schedulers)
        self._schedulers = schedulers
        self.optimizer: Any = optimizer
        self._last_lr = self._unchanged()

    def step(self) -> None:  # type: ignore[override]
        """Go on by one epoch in all schedules."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._unchanged()
