"""Where in a model something happened: the dotted path of a module, for errors and anomaly mode.

Messages are built in lucet._errors.
"""

from contextlib import suppress
from types import FrameType
from typing import Any

from lucet._errors import LucetError, place


def dotted_path(root: Any, module: Any) -> str | None:
    """The name `root.named_modules()` gives `module`, "" for the root itself, None where it is not below it."""
    return next((path for path, child in root.named_modules() if child is module), None)


def one_line(module: Any) -> str:
    """The module's own line of its repr, without its children."""
    extra = " ".join(module.extra_repr().split())
    return f"{module._get_name()}({extra})" if extra or not module._modules else module._get_name()


PLAIN_ERRORS = (TypeError, ValueError, IndexError, KeyError, RuntimeError, NotImplementedError, ZeroDivisionError)


class _Note(str):
    """The note on a Python error, with the innermost module and its line; pickled as the text that it is."""

    __slots__ = ("line", "module")
    module: Any
    line: str

    def __reduce__(self) -> Any:
        return str, (str(self),)


def add_place(error: Exception, module: Any) -> None:
    """Say on `error`, which is passing outwards through `module`, where in the model it was raised.

    lucet's own errors say it as `at`, Python's as a note below their traceback; exceptions of other classes, which may
    be signals of the program, stay as they are.
    """
    with suppress(Exception):  # a module that can't be printed must not hide the error
        if isinstance(error, LucetError):
            _place_own(error, module)
        elif type(error) in PLAIN_ERRORS:
            _place_note(error, module)


def _place_note(error: Exception, module: Any) -> None:
    """Keep one note that names the innermost module, seen from the outermost one so far."""
    notes = getattr(error, "__notes__", [])
    number = next((i for i, note in enumerate(notes) if isinstance(note, _Note)), None)
    if number is None:
        error.add_note(_noted(module, one_line(module), None))
        return
    innermost, line = notes[number].module, notes[number].line
    path = dotted_path(module, innermost)
    if path:
        notes[number] = _noted(innermost, line, path)


def _noted(module: Any, line: str, path: str | None) -> _Note:
    note = _Note(f"  at    {path}: {line}" if path else f"  at    {line}")
    note.module, note.line = module, line
    return note


def _place_own(error: LucetError, module: Any) -> None:
    """Note on `error` that it is passing outwards through `module`.

    The innermost module gives its own line, each outer one replaces the path in front of it, so the outermost decides:
    `classifier.fc1: Linear(...)`. The path starts below the outermost module, whose name nobody knows.
    """
    if error.at is None:
        place(error, one_line(module))
        error._raised_in = module, error.at
    elif hasattr(error, "_raised_in"):
        innermost, line = error._raised_in
        path = dotted_path(module, innermost)
        if path:
            error.at = f"{path}: {line}"


def place_of_frame(frame: FrameType | None, call: Any) -> str | None:
    """The place of the innermost module whose `call` is among `frame` and its callers, told from the outermost one.

    Anomaly mode asks this when it notes where an operation was recorded; nothing is kept while it does not.
    """
    running = []
    while frame is not None:
        if frame.f_code is call.__code__:
            running.append(frame.f_locals["self"])
        frame = frame.f_back
    if not running:
        return None
    path = next(filter(None, (dotted_path(outer, running[0]) for outer in reversed(running))), "")
    return f"{path}: {one_line(running[0])}" if path else one_line(running[0])
