"""Who watches the engine: anomaly mode, the search for the first NaN, the profiler. The engine asks one object; here it stands for all.

While nobody watches, the engine has none and asks nothing.
"""

from typing import Any

import lucet._engine as _engine
from lucet._tensor import Tensor


class Watch:
    """What the engine calls while somebody watches; a watch overrides what it wants to know."""

    def note(self) -> Any:
        """What to keep with a node that is being made, or None."""

    def written(self, counter: int, value: int) -> None:
        """A change in place took a version counter to `value`."""

    def line_of_write(self, counter: int, value: int) -> str | None:
        """Where the change was made that took a version counter to `value`, for an error."""
        return None

    def enter(self, node: Any) -> None:
        """The gradient rule of `node` is about to run in this thread."""

    def leave(self) -> None:
        """The rule that this thread entered last is done."""

    def check(self, node: Any, gradients: tuple[Tensor | None, ...], arriving: tuple[Tensor | None, ...]) -> None:
        """What the rule of `node` returned for the gradients that arrived."""

    def explain(self, node: Any, exception: Exception) -> None:
        """The rule of `node` failed."""


class _All(Watch):
    """Several watches as one."""

    def __init__(self, watches: tuple[Watch, ...]):
        self.watches = watches

    def note(self) -> Any:
        # a note tells where the node was made, the same for all who keep one
        return next((note for watch in self.watches if (note := watch.note()) is not None), None)

    def written(self, counter: int, value: int) -> None:
        for watch in self.watches:
            watch.written(counter, value)

    def line_of_write(self, counter: int, value: int) -> str | None:
        return next((line for watch in self.watches if (line := watch.line_of_write(counter, value))), None)

    def enter(self, node: Any) -> None:
        for watch in self.watches:
            watch.enter(node)

    def leave(self) -> None:
        for watch in self.watches:
            watch.leave()

    def check(self, node: Any, gradients: tuple[Tensor | None, ...], arriving: tuple[Tensor | None, ...]) -> None:
        for watch in self.watches:
            watch.check(node, gradients, arriving)

    def explain(self, node: Any, exception: Exception) -> None:
        for watch in self.watches:
            watch.explain(node, exception)


_watches: tuple[Watch, ...] = ()  # of the process, as the engine's is


def _set(watches: tuple[Watch, ...]) -> None:
    global _watches
    _watches = watches
    _engine.set_anomaly(None if not watches else watches[0] if len(watches) == 1 else _All(watches))


def add(watch: Watch) -> None:
    """Let the engine ask `watch` too."""
    _set((*_watches, watch))


def remove(watch: Watch) -> None:
    """Let the engine ask `watch` no more."""
    _set(tuple(each for each in _watches if each is not watch))


def watching(kind: type[Watch]) -> Watch | None:
    """The watch of that very class that the engine asks, or None."""
    return next((watch for watch in _watches if type(watch) is kind), None)
