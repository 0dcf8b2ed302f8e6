"""What goes wrong with files: the error classes of save and load, each also the class that torch raises there."""

import pickle
from collections.abc import Iterable

from lucet._errors import LoadError, LucetError, error


class UnpicklingError(LoadError, pickle.UnpicklingError):
    """A pickle that asks for what `load` does not do, or that is not well formed."""


class TruncatedError(UnpicklingError, EOFError):
    """A file that ends before its content does."""


class SaveError(LucetError, RuntimeError):
    """Something that cannot be written, or a place it cannot be written to."""


def refused(headline: str, *, facts: Iterable[str] = (), at: str | None = None, fix: str | None = None) -> LoadError:
    """An error for content that is well formed but not allowed."""
    return error(UnpicklingError, headline, facts=facts, at=at, fix=fix)


def damaged(headline: str, *, facts: Iterable[str] = (), at: str | None = None) -> LoadError:
    """An error for content that contradicts itself."""
    return error(LoadError, headline, facts=facts, at=at, fix="copy or download the file again")


def cut_off(headline: str, *, facts: Iterable[str] = (), at: str | None = None) -> LoadError:
    """An error for content that ends too early."""
    return error(TruncatedError, headline, facts=facts, at=at, fix="copy or download the file again")
