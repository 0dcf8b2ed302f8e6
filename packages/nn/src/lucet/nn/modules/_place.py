"""Where in a model something happened: the dotted path of a module, for errors and anomaly mode.

Messages are built in lucet._errors.
"""

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


def add_place(error: LucetError, module: Any) -> None:
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
