"""The order of an epoch: which index batch comes when, what was handed out, and how to replay that. Fetches nothing."""

from collections.abc import Iterator
from typing import Any

import lucet


class Order:
    """Yields `(number, position, index)`: the batch's number, its first item's number in the epoch, and what to fetch.

    torch's order of draws: the sampler's `__iter__`, the loader's base seed, and whatever the sampler draws when it is
    asked for its first index.
    """

    def __init__(self, loader: Any, epoch: int, base_seed: int | None, resume: dict[str, Any] | None) -> None:
        self._batched = loader._auto_collation
        self._generators = generators(loader)
        self._begun = False  # whether the sampler was asked for an index
        self._pending: list[Any] = []
        self._count = 0
        self._position = 0
        self.done = 0  # batches 0 .. done-1 were handed out
        self.ahead: set[int] = set()  # and these beyond, when the loader need not keep the order
        self.finished = False
        if resume is not None:
            self._replay(loader, resume)
            return
        self.epoch = epoch
        self._before_iter = self._states()
        self._sampler_epoch = getattr(epoch_sampler(loader), "epoch", None)
        self._indices: Iterator[Any] = iter(loader._index_sampler)
        self.base_seed = _draw_base_seed(loader) if base_seed is None else base_seed
        self._before_first = self._states()

    @property
    def last(self) -> int:
        """The number of the batch that was asked for last."""
        return self._count - 1

    def __next__(self) -> tuple[int, int, Any]:
        while True:
            item = self._advance()
            if item[0] >= self.done and item[0] not in self.ahead:  # else a resumed epoch has had it
                return item

    def _advance(self) -> tuple[int, int, Any]:
        if self._pending:
            index = self._pending.pop()
        else:
            if not self._begun:
                self._begun, self._before_first = True, self._states()
            index = next(self._indices)
        if self._batched and not hasattr(index, "__len__"):
            index = list(index)
        number, position = self._count, self._position
        self._count += 1
        self._position += len(index) if self._batched else 1
        return number, position, index

    def mark(self, number: int) -> None:
        """Note that batch `number` has been handed out."""
        self.ahead.add(number)
        while self.done in self.ahead:
            self.ahead.remove(self.done)
            self.done += 1

    def state(self) -> dict[str, Any]:
        """What `_replay` needs, in plain types and tensors."""
        return {
            "epoch": self.epoch,
            "base_seed": self.base_seed,
            "done": self.done,
            "ahead": sorted(self.ahead),
            "begun": self._begun,
            "sampler_epoch": self._sampler_epoch,
            "before_iter": self._before_iter,
            "before_first": self._before_first,
        }

    def _replay(self, loader: Any, saved: dict[str, Any]) -> None:
        """Draw the order again from the generators' states of then; the global one gets its present state back."""
        self.epoch, self.base_seed = saved["epoch"], saved["base_seed"]
        self._before_iter, self._before_first = saved["before_iter"], saved["before_first"]
        self._sampler_epoch = saved["sampler_epoch"]
        if self._sampler_epoch is not None:
            epoch_sampler(loader).set_epoch(self._sampler_epoch)
        self.done, self.ahead, self._begun = saved["done"], set(saved["ahead"]), saved["begun"]
        now = lucet.get_rng_state()
        try:
            self._set_states(self._before_iter)
            self._indices = iter(loader._index_sampler)
            self._set_states(self._before_first)
            if self._begun and not loader._is_iterable:
                self._skip(self.done)
        finally:
            lucet.set_rng_state(now)

    def _skip(self, count: int) -> None:
        for _ in range(count):
            self._advance()
        # The first index may be what makes the sampler draw, so it is taken while the old states are in force.
        self._pending = [index for index in (next(self._indices, self),) if index is not self]

    def _states(self) -> list[Any]:
        return [lucet.get_rng_state(), *(generator.get_state() for generator in self._generators)]

    def _set_states(self, states: list[Any]) -> None:
        lucet.set_rng_state(states[0])
        for generator, state in zip(self._generators, states[1:], strict=True):
            generator.set_state(state)


def epoch_sampler(loader: Any) -> Any:
    """The sampler whose order depends on an epoch that it is told, as DistributedSampler's does, or None."""
    for sampler in (loader.sampler, loader.batch_sampler, getattr(loader.batch_sampler, "sampler", None)):
        if callable(getattr(sampler, "set_epoch", None)) and type(getattr(sampler, "epoch", None)) is int:
            return sampler
    return None


def generators(loader: Any) -> list[Any]:
    """The generators besides the global one that the loader or its samplers may draw from, each once."""
    found: list[Any] = []
    batches = loader.batch_sampler
    for owner in (loader, loader.sampler, batches, getattr(batches, "sampler", None)):
        generator = getattr(owner, "generator", None)
        if isinstance(generator, lucet.Generator) and all(generator is not other for other in found):
            found.append(generator)
    return found


def _draw_base_seed(loader: Any) -> int:
    return int(lucet.empty((), dtype=lucet.int64).random_(generator=loader.generator).item())
