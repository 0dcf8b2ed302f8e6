"""The error family and the one message builder; no other module formats multi-line errors.

    LucetError
    ├── ShapeError      (RuntimeError)              sizes that do not fit together
    ├── DtypeError      (NotImplementedError, which is a RuntimeError, and TypeError)   an element type that an op does not take
    ├── ArgumentError   (TypeError)                 an argument of another kind than the operation takes
    ├── VersionError    (RuntimeError)              a saved tensor changed before backward used it
    ├── AnomalyError    (RuntimeError)              a gradient that became NaN, found by anomaly mode
    ├── LoadError       (RuntimeError)              a file, archive or state that cannot be read
    ├── RangeError      (OverflowError, ValueError, RuntimeError)  a number that an element type cannot hold
    ├── OutOfMemory     (RuntimeError, MemoryError) a request above what the machine has left
    └── DeviceError     (RuntimeError, AssertionError)  a device this build does not have

The classes derive from the ones that torch raises, so code that catches those still works.
"""

import re
import warnings
from collections.abc import Iterable
from typing import Any, TypeVar


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
        return type(self), (self.headline, self.facts, self.at, self.fix)


class ShapeError(LucetError, RuntimeError):
    """Sizes, strides or dimensions that do not fit together."""


class DtypeError(LucetError, NotImplementedError, TypeError):
    """An element type that the operation does not take, or a mix it does not allow."""


class ArgumentError(LucetError, TypeError):
    """An argument of another kind than the operation takes: an array or a list for a tensor."""


class VersionError(LucetError, RuntimeError):
    """A tensor saved for backward was changed in place before it was used."""


class AnomalyError(LucetError, RuntimeError):
    """A gradient that became NaN, found by `lucet.autograd.detect_anomaly`."""


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


_Kind = TypeVar("_Kind", bound=LucetError)


def error(
    kind: type[_Kind],
    headline: str,
    *,
    facts: Iterable[str] = (),
    at: str | None = None,
    fix: str | None = None,
) -> _Kind:
    """Build (not raise) an error of `kind`; the caller writes `raise error(...)`."""
    return kind(headline, facts, at, fix)


_said: set[str] = set()  # process-wide, as in torch: each of these is said once


def warn_once(message: str, stacklevel: int = 2) -> None:
    """A UserWarning the first time in the process; `stacklevel` counts from the nearest Python caller at 2."""
    if message not in _said:
        _said.add(message)
        warnings.warn(message, UserWarning, stacklevel)


def place(exception: BaseException, where: str) -> None:
    """Give `exception` the place it comes from, unless an inner layer has named one already."""
    if isinstance(exception, LucetError) and exception.at is None:
        exception.at = where


_WRONG_KIND = re.compile(r"Argument '(\w+)' (?:has incorrect type \(expected (?:\w+\.)*(\w+), got ([\w.]+)\)|must not be None)$")
_NAMED = re.compile(r"(backward of )?[\w.]+(\(\))?: |\w+\(\)")
_MAKES_A_TENSOR = {"numpy.ndarray": "lucet.from_numpy(array)"} | dict.fromkeys(
    ("list", "tuple", "int", "float", "bool", "complex"), "lucet.tensor(...)"
)


def explained(problem: BaseException, op: str, compiled_name: str) -> BaseException:
    """An error that leaves `op`, in its own words: the public name in front, the kind of a wrong argument in plain words.

    `compiled_name` is what the argument parser calls the function. Errors of Python code that the op called stay as they are.
    """
    if isinstance(problem, LucetError):
        if not _NAMED.match(problem.headline):
            problem.headline = f"{op}: {problem.headline}"
            problem.args = (problem.headline,)
        return problem
    if type(problem) not in (TypeError, ValueError, IndexError, RuntimeError) or len(problem.args) != 1:
        return problem
    text = problem.args[0]
    if not isinstance(text, str) or not _raised_by_compiled_code(problem):
        return problem
    wrong = _WRONG_KIND.match(text) if type(problem) is TypeError else None
    if wrong:
        argument, wanted, given = wrong[1], wrong[2] or "Tensor", wrong[3] or "NoneType"
        fix = _MAKES_A_TENSOR.get(given) if wanted == "Tensor" else None
        told = error(ArgumentError, f"{op}: argument '{argument}' must be {wanted}, not {given}", fix=fix)
        return told.with_traceback(problem.__traceback__)
    if text.startswith(f"{compiled_name}() "):
        problem.args = (op + text[len(compiled_name) :],)
    elif not _NAMED.match(text):
        problem.args = (f"{op}: {text}",)
    return problem


def _raised_by_compiled_code(problem: BaseException) -> bool:
    """Whether the innermost frame is a line of Cython, not of a Python function that it called."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is None or not trace.tb_frame.f_code.co_filename.endswith(".py")
