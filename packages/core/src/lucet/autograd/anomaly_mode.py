"""Anomaly mode: remember where each op was called, and stop at the first gradient that is NaN.

While it is on, the engine asks `_Watch` for a note on every node it makes and hands over what every gradient rule returns.
"""

import sys
import threading
import warnings
from types import FrameType
from typing import Any

import lucet._engine as _engine
from lucet import _errors
from lucet._tensor import Tensor
from lucet.autograd import _watch

_OWN = ("lucet", "lucetvision")


def _is_own(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _OWN


class _Note:
    """Where an op was called: the call stack, the user's line in it, the module of lucet.nn that was running."""

    def __init__(self, frame: FrameType | None, parent: Any):
        import traceback  # only for this, and slow to import

        self._stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
        self._stack.reverse()
        user, depth = frame, len(self._stack) - 1
        while user is not None and _is_own(user):
            user, depth = user.f_back, depth - 1
        self._user = self._stack[depth if user is not None else -1]
        modules = sys.modules.get("lucet.nn.modules.module")
        self.at = modules.running_place(frame) if modules is not None else None
        self.parent = parent  # the node whose gradient rule recorded this one

    @property
    def place(self) -> tuple[str, int | None]:
        """File and number of the innermost line outside lucet."""
        return self._user.filename, self._user.lineno

    @property
    def line(self) -> str:
        """The innermost line outside lucet, as `file:number, in function: source`."""
        found = self._user
        return f"{found.filename}:{found.lineno}, in {found.name}: {found.line}"

    def __str__(self) -> str:
        return "".join(self._stack.format())


class Noting(_watch.Watch):
    """A watch that keeps where each node was made."""

    def __init__(self) -> None:
        self._local = threading.local()

    def running(self) -> list[Any]:
        """The nodes whose rules this thread is in, innermost last."""
        if not hasattr(self._local, "nodes"):
            self._local.nodes = []
        nodes: list[Any] = self._local.nodes
        return nodes

    def note(self) -> _Note:
        nodes = self.running()
        return _Note(sys._getframe().f_back, nodes[-1] if nodes else None)

    def enter(self, node: Any) -> None:
        self.running().append(node)

    def leave(self) -> None:
        self.running().pop()


class _Watch(Noting):
    """What the engine calls while anomaly mode is on."""

    def __init__(self, check_nan: bool):
        super().__init__()
        self.check_nan = check_nan
        self._writes: dict[int, tuple[int, _Note]] = {}

    def written(self, counter: int, value: int) -> None:
        """Note who made a change in place; a version counter that dies leaves one entry, which its successor takes over."""
        self._writes[counter] = value, _Note(sys._getframe(), None)

    def line_of_write(self, counter: int, value: int) -> str | None:
        """Where the change was made that took a version counter to `value`."""
        noted, note = self._writes.get(counter, (None, None))
        return note.line if note is not None and noted == value else None

    def check(self, node: Any, gradients: tuple[Tensor | None, ...], arriving: tuple[Tensor | None, ...]) -> None:
        """Raise AnomalyError where a gradient rule returned NaN."""
        for number, gradient in enumerate(gradients if self.check_nan else ()):
            if gradient is not None and bool((gradient.detach() != gradient.detach()).any()):
                note = _engine.trace_of(node)
                raise _errors.error(
                    _errors.AnomalyError,
                    f"Function '{node.name()}' returned nan values in its {number}th output.",
                    facts=[f"called at {note.line}"] if note else [],
                )

    def explain(self, node: Any, exception: Exception) -> None:
        """Warn with the forward call stack of the node whose rule failed, and put its place on the error."""
        note = _engine.trace_of(node)
        _warn(f"Error detected in {node.name()}. ", "caused the error", note)
        if note is not None and note.at:
            _errors.place(exception, note.at)
        while note is not None and note.parent is not None:
            node, note = note.parent, _engine.trace_of(note.parent)
            _warn(f"\n\nPrevious calculation was induced by {node.name()}. ", "induced the previous calculation", note)


def _warn(start: str, what: str, note: _Note | None) -> None:
    """One of torch's warnings about a node, told as coming from the user's call of backward."""
    if note is None:
        text = "No forward pass information available. Enable detect anomaly during forward pass for more information."
    else:
        text = f"Traceback of forward call that {what}:\n{note}" + (f"  at    {note.at}\n" if note.at else "")
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and _is_own(frame):
        level, frame = level + 1, frame.f_back
    warnings.warn(start + text, stacklevel=level)


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """Switch anomaly mode on or off, for every thread."""
    before = _watch.watching(_Watch)
    if before is not None:
        _watch.remove(before)
    if mode:
        _watch.add(_Watch(check_nan))


class detect_anomaly:
    """Name the op, the line and the module behind a failing or NaN-producing backward; slow, for debugging.

    Inside the context, in every thread, each recorded op remembers the stack of its call. When its gradient rule fails, or with
    `check_nan` returns NaN, a warning shows that stack; the AnomalyError (a RuntimeError) for NaN names the op, the user's line
    and, inside a model, the dotted path of the module.

    >>> import lucet
    >>> with lucet.autograd.detect_anomaly():
    ...     lucet.ones(1, requires_grad=True).sum().backward()
    """

    def __init__(self, check_nan: bool = True):
        self.check_nan = check_nan
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exc: object) -> None:
        set_anomaly_enabled(*self._before)


class set_detect_anomaly:
    """Switch anomaly mode on or off at once; as a context it switches back at the end."""

    def __init__(self, mode: bool, check_nan: bool = True):
        self._before = is_anomaly_enabled(), is_anomaly_check_nan_enabled()
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        set_anomaly_enabled(*self._before)


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on."""
    return _watch.watching(_Watch) is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode, where it is on, looks for NaN."""
    watch = _watch.watching(_Watch)
    return not isinstance(watch, _Watch) or watch.check_nan
