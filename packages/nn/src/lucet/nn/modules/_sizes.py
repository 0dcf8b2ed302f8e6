"""Numbers or tuples as layers take them: a size for each spatial dimension."""

from collections.abc import Iterable
from typing import Any


def pair(value: Any) -> tuple:
    """Two equal numbers, or the tuple of an iterable as it is."""
    return tuple(value) if isinstance(value, Iterable) else (value, value)


def single(value: Any) -> tuple:
    """One number, or the tuple of an iterable as it is."""
    return tuple(value) if isinstance(value, Iterable) else (value,)


def triple(value: Any) -> tuple:
    """Three equal numbers, or the tuple of an iterable as it is."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * 3


def reversed_twice(sizes: Iterable[int]) -> tuple[int, ...]:
    """Padding per dimension as `pad` takes it: last dimension first, before and after."""
    return tuple(size for size in reversed(tuple(sizes)) for _ in range(2))
