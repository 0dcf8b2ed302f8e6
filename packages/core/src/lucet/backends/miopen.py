"""MIOpen is not used."""

from contextlib import AbstractContextManager

from lucet.backends._flags import setting

immediate = False


def set_flags(_immediate: bool) -> tuple[bool]:
    """Set the switch, which nothing depends on; returns what it was."""
    global immediate
    before, immediate = immediate, _immediate
    return (before,)


def flags(immediate: bool = False) -> AbstractContextManager[None]:
    """A context inside which the switch has this value."""
    return setting(__name__, immediate=immediate)
