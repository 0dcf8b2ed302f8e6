"""The one message builder: no other module formats multi-line errors. The classes are in errors.py."""

import re
import warnings
from collections.abc import Iterable
from typing import TypeVar

from lucet.errors import AnomalyError as AnomalyError
from lucet.errors import ArgumentError as ArgumentError
from lucet.errors import DeviceError as DeviceError
from lucet.errors import DtypeError as DtypeError
from lucet.errors import LinAlgError as LinAlgError
from lucet.errors import LoadError as LoadError
from lucet.errors import LucetError as LucetError
from lucet.errors import MistakeError as MistakeError
from lucet.errors import OutOfMemory as OutOfMemory
from lucet.errors import RangeError as RangeError
from lucet.errors import ShapeError as ShapeError
from lucet.errors import VersionError as VersionError

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
always = {"warn": False}  # or each time, as set_warn_always wants it


def warn_once(message: str, stacklevel: int = 2, *, key: str | None = None) -> None:
    """A UserWarning the first time in the process; `stacklevel` counts from the nearest Python caller at 2.

    Messages with one `key` count as one. They begin with torch's own words, also where those name torch: filters look for them.
    """
    if (key or message) not in _said or always["warn"]:
        _said.add(key or message)
        warnings.warn(message, UserWarning, stacklevel)


deterministic = {"mode": False, "warn_only": False}  # of the process, as torch's: see use_deterministic_algorithms


def need_deterministic(op: str) -> None:
    """Raise, or warn, where deterministic algorithms are asked for: what `op` does is not said to be deterministic."""
    if not deterministic["mode"]:
        return
    asked = "lucet.use_deterministic_algorithms(True" + (", warn_only=True)" if deterministic["warn_only"] else ")")
    message = f"{op} does not have a deterministic implementation, but you set '{asked}'"
    if not deterministic["warn_only"]:
        raise RuntimeError(f"{message}. You can turn off determinism just for this operation")
    warnings.warn(message, UserWarning, stacklevel=2)


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
        if not _says_itself(problem.headline, op):
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
    elif not _says_itself(text, op):
        problem.args = (f"{op}: {text}",)
    return problem


def _says_itself(text: str, op: str) -> bool:
    """Whether the message names an op already; some of torch's begin with the name as a word: `stack expects each`."""
    return _NAMED.match(text) is not None or text.startswith(f"{op} ")


def _raised_by_compiled_code(problem: BaseException) -> bool:
    """Whether the innermost frame is a line of Cython, not of a Python function that it called."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is None or not trace.tb_frame.f_code.co_filename.endswith(".py")
