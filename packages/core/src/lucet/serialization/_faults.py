"""What goes wrong with files: the error classes of save and load, each also the class that torch raises there."""

import pickle
from collections.abc import Iterable

from lucet._errors import LoadError, LucetError

_AGAIN = "copy or download the file again"


class UnpicklingError(LoadError, pickle.UnpicklingError):
    """A pickle that asks for what `load` does not do, or that is not well formed."""


class TruncatedError(UnpicklingError, EOFError):
    """A file that ends before its content does."""


class SaveError(LucetError, RuntimeError):
    """Something that cannot be written, or a place it cannot be written to."""


def refused(headline: str, *, facts: Iterable[str] = (), at: str | None = None, fix: str | None = None) -> LoadError:
    """An error for content that is well formed but not allowed."""
    return UnpicklingError(headline, facts, at, fix)


def damaged(headline: str, *, facts: Iterable[str] = (), at: str | None = None) -> LoadError:
    """An error for content that contradicts itself."""
    return LoadError(headline, facts, at, _AGAIN)


def cut_off(headline: str, *, facts: Iterable[str] = (), at: str | None = None) -> LoadError:
    """An error for content that ends too early."""
    return TruncatedError(headline, facts, at, _AGAIN)
