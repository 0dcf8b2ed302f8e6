"""opt_einsum is not used: `einsum` multiplies first the two operands whose product takes the fewest multiplications."""

from contextlib import AbstractContextManager
from typing import Any

from lucet.backends._flags import setting

enabled = False
strategy: str | None = None


def is_available() -> bool:
    """False: no other package is asked for a path.

    >>> import lucet
    >>> lucet.backends.opt_einsum.is_available()
    False
    """
    return False


def get_opt_einsum() -> Any:
    """None."""
    return None


def set_flags(_enabled: bool | None = None, _strategy: str | None = None) -> tuple[bool | None, str | None]:
    """What the switches were; ValueError for `_enabled=True` and for a strategy, as in a torch without opt_einsum."""
    if _enabled:
        raise ValueError("opt_einsum is not used: `enabled` cannot be True")
    if _strategy is not None:
        raise ValueError("opt_einsum is not used: no `strategy` can be chosen")
    return enabled, strategy


def flags(enabled: bool | None = None, strategy: str | None = None) -> AbstractContextManager[None]:
    """A context inside which the switches have these values, which can only be those that they have."""
    set_flags(enabled, strategy)
    return setting(__name__)
