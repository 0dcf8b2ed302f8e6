"""The shorter way through attention in evaluation: the switch can be set and read, and nothing depends on it."""

_allowed = True


def get_fastpath_enabled() -> bool:
    """What `set_fastpath_enabled` set.

    >>> import lucet
    >>> lucet.backends.mha.get_fastpath_enabled()
    True
    """
    return _allowed


def set_fastpath_enabled(value: bool) -> None:
    """Kept for `get_fastpath_enabled`."""
    global _allowed
    _allowed = value
