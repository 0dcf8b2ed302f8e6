"""NNPACK is not used: its switch can be set and read, and nothing depends on it."""

from contextlib import AbstractContextManager

from lucet.backends._flags import setting

enabled = True


def is_available() -> bool:
    """False: convolutions are lucet's own.

    >>> import lucet
    >>> lucet.backends.nnpack.is_available()
    False
    """
    return False


def set_flags(_enabled: bool) -> tuple[bool]:
    """Set the switch; returns what it was."""
    global enabled
    before, enabled = enabled, _enabled
    return (before,)


def flags(enabled: bool = False) -> AbstractContextManager[None]:
    """A context inside which the switch has this value."""
    return setting(__name__, enabled=enabled)
