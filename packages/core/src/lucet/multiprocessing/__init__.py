"""`multiprocessing` with tensors: Python's module, and `spawn`. Tensors go to other processes by copy, inside what is pickled."""

import multiprocessing as _python
import sys as _sys
from multiprocessing import *  # noqa: F403
from typing import Any

from lucet.multiprocessing.spawn import (
    ProcessContext,
    ProcessException,
    ProcessExitedException,
    ProcessRaisedException,
    SpawnContext,
    spawn,
    start_processes,
)

__all__ = [*_python.__all__, "get_all_sharing_strategies", "get_sharing_strategy", "set_sharing_strategy"]  # type: ignore[attr-defined]

_STRATEGIES = {"file_system"} if _sys.platform in ("darwin", "win32") else {"file_descriptor", "file_system"}
_strategy = {"now": "file_system" if _sys.platform in ("darwin", "win32") else "file_descriptor"}


def get_all_sharing_strategies() -> set[str]:
    """What `set_sharing_strategy` takes."""
    return set(_STRATEGIES)


def get_sharing_strategy() -> str:
    """What `set_sharing_strategy` was given."""
    return _strategy["now"]


def set_sharing_strategy(new_strategy: str) -> None:
    """Kept and reported: tensors are copied, no memory is shared.

    >>> import lucet
    >>> lucet.multiprocessing.set_sharing_strategy("file_system"); lucet.multiprocessing.get_sharing_strategy()
    'file_system'
    """
    if new_strategy not in _STRATEGIES:
        raise AssertionError(f"set_sharing_strategy: {new_strategy!r} is not one of {sorted(_STRATEGIES)}")
    _strategy["now"] = new_strategy


def init_reductions() -> None:
    """Nothing to do: tensors pickle themselves."""


def __getattr__(name: str) -> Any:
    return getattr(_python, name)
