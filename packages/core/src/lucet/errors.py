"""The error family: the classes that lucet raises, for programs that catch them.

    LucetError
    ├── ShapeError      (RuntimeError)              sizes that do not fit together
    ├── DtypeError      (NotImplementedError, which is a RuntimeError, and TypeError)   an element type that an op does not take
    ├── ArgumentError   (TypeError)                 an argument of another kind than the operation takes
    ├── VersionError    (RuntimeError)              a saved tensor changed before backward used it
    ├── AnomalyError    (RuntimeError)              a value or gradient that became NaN, found by anomaly mode or lucet.debug
    ├── MistakeError    (RuntimeError)              what lucet.nn.strict takes for a mistake in a training program
    ├── LinAlgError     (RuntimeError)              a matrix that a factorization cannot deal with: singular, not positive-definite
    ├── LoadError       (RuntimeError)              a file, archive or state that cannot be read
    ├── RangeError      (OverflowError, ValueError, RuntimeError)  a number that an element type cannot hold
    ├── OutOfMemory     (RuntimeError, MemoryError) a request above what the machine has left
    └── DeviceError     (RuntimeError, AssertionError)  a device this build does not have

The classes derive from the ones that torch raises, so code that catches those still works. What they say is written in _errors.py.

>>> import lucet
>>> try:
...     lucet.ones(2, 3) @ lucet.ones(2, 3)
... except lucet.errors.ShapeError as problem:
...     print(problem.headline)
matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)
"""

from collections.abc import Iterable
from typing import Any


class LucetError(Exception):
    """Base of lucet's own errors: a first line that stands alone, then facts, place and advice.

    The parts stay readable on the exception (`headline`, `facts`, `at`, `fix`); text is built only when it is shown.
    """

    _raised_in: tuple[Any, str | None]  # the innermost module passed on the way out and its line; lucet.nn sets it

    def __init__(self, headline: str, facts: Iterable[str] = (), at: str | None = None, fix: str | None = None):
        super().__init__(headline)
        self.headline = headline
        self.facts = tuple(facts)
        self.at = at
        self.fix = fix

    def __str__(self) -> str:
        lines = [self.headline, *(f"  {fact}" for fact in self.facts)]
        if self.at:
            lines.append(f"  at    {self.at}")
        if self.fix:
            lines.append(f"  fix   {self.fix}")
        return "\n".join(lines)

    def __reduce__(self):
        notes = {"__notes__": self.__notes__} if hasattr(self, "__notes__") else None
        return type(self), (self.headline, self.facts, self.at, self.fix), notes


class ShapeError(LucetError, RuntimeError):
    """Sizes, strides or dimensions that do not fit together."""


class DtypeError(LucetError, NotImplementedError, TypeError):
    """An element type that the operation does not take, or a mix it does not allow."""


class ArgumentError(LucetError, TypeError):
    """An argument of another kind than the operation takes: an array or a list for a tensor."""


class VersionError(LucetError, RuntimeError):
    """A tensor saved for backward was changed in place before it was used."""


class MistakeError(LucetError, RuntimeError):
    """What `lucet.nn.strict` takes for a mistake: the program would run, and learn or measure something else."""


class AnomalyError(LucetError, RuntimeError):
    """A gradient that became NaN, found by `lucet.autograd.detect_anomaly`, or a value, found by `lucet.debug.first_nonfinite`.

    The latter tells `op`, `module` (dotted path and layer), `filename` and `lineno` as attributes.
    """

    op: str | None = None
    module: str | None = None
    filename: str | None = None
    lineno: int | None = None


class LinAlgError(LucetError, RuntimeError):
    """A matrix that a factorization or solve cannot deal with; also `lucet.linalg.LinAlgError`."""


class LoadError(LucetError, RuntimeError):
    """A file, archive or state dict that cannot be read or does not fit.

    `load_state_dict` adds the names on either side as `missing_keys` and `unexpected_keys`, and `problems`, a text for each
    entry that was not copied.
    """

    missing_keys: list[str]
    unexpected_keys: list[str]
    problems: list[str]


class RangeError(LucetError, OverflowError, ValueError, RuntimeError):
    """A number that the element type cannot hold."""


class OutOfMemory(LucetError, RuntimeError, MemoryError):
    """A request above what the machine or the cgroup has left."""


class DeviceError(LucetError, RuntimeError, AssertionError):
    """A device that does not exist here."""
