"""Marks for NVIDIA's profilers: without CUDA each raises, as in torch; `lucet.profiler` is here."""

from typing import Any, NoReturn

_TEXT = "NVTX functions not installed. Are you sure you have a CUDA build?"


def mark(msg: str) -> NoReturn:
    """Raises RuntimeError."""
    raise RuntimeError(_TEXT)


def range_push(msg: str) -> NoReturn:
    """Raises RuntimeError."""
    raise RuntimeError(_TEXT)


def range_pop() -> NoReturn:
    """Raises RuntimeError."""
    raise RuntimeError(_TEXT)


def range(msg: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Raises RuntimeError."""
    raise RuntimeError(_TEXT)


def range_start(msg: str) -> int:
    """The number of a range that nobody sees."""
    return 0


def range_end(range_id: int) -> None:
    """Nothing."""
