"""What programs check and choose where torch traces them: `_assert`, `_check*`, numbers that may be symbols elsewhere, `cond`, `while_loop`.

Nothing is traced here, so a check is a check, a number a number, and a branch is run.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lucet import _modes
from lucet._dtype import DTYPES
from lucet._tensor import Tensor

__all__ = [
    "SymBool", "SymFloat", "SymInt", "cond", "sym_constrain_range", "sym_constrain_range_for_size", "sym_float", "sym_fresh_size", "sym_int",
    "sym_ite", "sym_max", "sym_min", "sym_not", "sym_sqrt", "sym_sum", "while_loop",
]  # fmt: skip


# --- checks ----------------------------------------------------------------------------------------------------------


def _offered(function: Callable[..., Any], relevant: Sequence[Any], *args: Any) -> tuple[bool, Any]:
    """Whether a mode or a `__torch_function__` takes the call, and what it answers."""
    return _modes._offered(function, tuple(relevant), args, {}) if _modes._is_overridden(tuple(relevant)) else (False, None)


def _assert(condition: Any, message: Any) -> None:
    """Python's assert as a function: AssertionError with `message` unless `condition` holds."""
    if type(condition) is not Tensor:
        taken, result = _offered(_assert, (condition,), condition, message)
        if taken:
            return result  # type: ignore[no-any-return]
    assert condition, message


def _check_with(error_type: type[BaseException], cond: Any, message: Callable[[], Any] | None) -> None:
    """Raise `error_type` with what `message()` returns unless the bool `cond` is True."""
    if not isinstance(cond, bool):
        advice = (
            "but got a Tensor. For tensor conditions, use lucet._check_tensor_all() to assert that all elements are true."
            if isinstance(cond, Tensor)
            else f"but got {type(cond)}"
        )
        raise TypeError(f"cond must be a bool, {advice}")
    if cond:
        return
    if not issubclass(error_type, Exception) or issubclass(error_type, Warning):
        raise AssertionError(f"error_type must be a subclass of Exception but not Warning, got {error_type}")
    if message is not None and not callable(message):
        raise TypeError("message must be a callable")
    raise error_type("Expected cond to be True, but got False." if message is None else str(message()))


def _check(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """RuntimeError unless `cond`; `message` is called for its text."""
    _check_with(RuntimeError, cond, message)


def _check_index(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """IndexError unless `cond`."""
    _check_with(IndexError, cond, message)


def _check_value(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """ValueError unless `cond`."""
    _check_with(ValueError, cond, message)


def _check_type(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """TypeError unless `cond`."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """NotImplementedError unless `cond`."""
    _check_with(NotImplementedError, cond, message)


def _check_is_size(i: Any, message: Callable[[], Any] | None = None, *, max: Any = None) -> None:
    """RuntimeError unless 0 <= i, and i <= max where that is given. Deprecated, as torch's."""
    warnings.warn("_check_is_size will be removed in a future PyTorch release: _check(i >= 0) says the same", FutureWarning, stacklevel=2)
    _check(i >= 0, message)
    if max is not None:
        _check(i <= max, message)


def _check_tensor_all_with(error_type: type[BaseException], cond: Any, message: Callable[[], Any] | None = None) -> None:
    """Raise `error_type` unless all elements of the bool tensor `cond` are True."""
    if not isinstance(cond, Tensor):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if cond.dtype is not DTYPES["bool"]:
        raise TypeError(f"cond tensor must have dtype lucet.bool, but got {cond.dtype}")
    _check_with(error_type, cond.all().item(), message)


def _check_tensor_all(cond: Any, message: Callable[[], Any] | None = None) -> None:
    """RuntimeError unless all elements of the bool tensor `cond` are True."""
    _check_tensor_all_with(RuntimeError, cond, message)


# --- numbers ---------------------------------------------------------------------------------------------------------


class _Symbol:
    """The types of torch's symbolic numbers, for isinstance: no number here is one, and none can be made."""

    def __init__(self, node: Any):
        raise TypeError(f"{type(self).__name__}: there are no symbolic numbers in lucet, shapes are plain ints")


class SymInt(_Symbol):
    """The type of sizes that are not known yet; a size of lucet always is, so nothing is an instance."""


class SymFloat(_Symbol):
    """The same of floats."""


class SymBool(_Symbol):
    """The same of bools."""


def sym_not(a: Any) -> Any:
    """`not a`."""
    taken, result = _offered(sym_not, (a,), a)
    return result if taken else not a


def sym_float(a: Any) -> Any:
    """`float(a)`.

    >>> import lucet
    >>> lucet.sym_float(3)
    3.0
    """
    taken, result = _offered(sym_float, (a,), a)
    return result if taken else float(a)


def sym_int(a: Any) -> Any:
    """`int(a)`."""
    taken, result = _offered(sym_int, (a,), a)
    return result if taken else int(a)


def _larger_or_smaller(function: Callable[..., Any], choose: Callable[..., Any], a: Any, b: Any) -> Any:
    taken, result = _offered(function, (a, b), a, b)
    if taken:
        return result
    kinds = (np.integer, np.floating, int, float)
    for number in (a, b):
        if not isinstance(number, kinds):
            raise AssertionError(f"expected {kinds}, got {type(number)}")
    chosen = choose(a, b)
    return float(chosen) if isinstance(a, np.floating | float) or isinstance(b, np.floating | float) else chosen


def sym_max(a: Any, b: Any) -> Any:
    """The larger of two numbers, a float where one of them is.

    >>> import lucet
    >>> lucet.sym_max(3, 1.5)
    3.0
    """
    return _larger_or_smaller(sym_max, max, a, b)


def sym_min(a: Any, b: Any) -> Any:
    """The smaller of two numbers, a float where one of them is."""
    return _larger_or_smaller(sym_min, min, a, b)


def sym_sum(*args: Any) -> Any:
    """The sum of numbers, given one by one or as a list.

    >>> import lucet
    >>> lucet.sym_sum([1, 2, 3]), lucet.sym_sum(1, 2)
    (6, 3)
    """
    numbers = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    taken, result = _offered(sym_sum, numbers, numbers)
    return result if taken else sum(numbers)


def sym_sqrt(a: Any) -> Any:
    """`math.sqrt(a)`."""
    taken, result = _offered(sym_sqrt, (a,), a)
    return result if taken else math.sqrt(a)


def sym_ite(b: Any, t: Any, f: Any) -> Any:
    """`t if b else f`, of one type."""
    taken, result = _offered(sym_ite, (b, t, f), b, t, f)
    if taken:
        return result
    if not isinstance(b, bool):
        raise AssertionError(f"expected SymBool or bool, got {type(b)}")
    if type(t) is not type(f):
        raise AssertionError(f"type mismatch: {type(t)} vs {type(f)}")
    return t if b else f


def sym_fresh_size(expr: Any) -> Any:
    """The number itself."""
    return expr.item() if isinstance(expr, Tensor) else expr


def sym_constrain_range(size: Any, *, min: int | None = None, max: int | None = None) -> None:
    """RuntimeError unless min <= size <= max."""
    low, high = -(2**63) if min is None else min, 2**63 - 1 if max is None else max
    if not low <= size <= high:
        raise RuntimeError(f"Invalid value range for {size} between [{low}, {high}].")


def sym_constrain_range_for_size(size: Any, *, min: int | None = None, max: int | None = None) -> None:
    """The same of a size; a `max` below 3 is refused, as by torch."""
    if max is not None and max <= 2:
        raise RuntimeError(f"Max value to constrain_range_for_size must be greater than 2. got: {max}")
    sym_constrain_range(size, min=0 if min is None else min, max=max)


# --- branches and loops ----------------------------------------------------------------------------------------------


def _leaves(tree: Any) -> list[Any]:
    from lucet.utils._pytree import tree_leaves

    return tree_leaves(tree)


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    """Run `true_fn(*operands)` if `pred`, a bool or a tensor of one element, is true, else `false_fn(*operands)`.

    >>> import lucet
    >>> x = lucet.ones(2)
    >>> lucet.cond(x.sum() > 1, lambda x: x + 1, lambda x: x - 1, (x,))
    tensor([2., 2.])
    """
    if not isinstance(pred, bool | int | float):
        if not isinstance(pred, Tensor):
            raise RuntimeError(f"Expected pred to be bool or tensor, but got {pred}.")
        if pred.numel() != 1:
            raise RuntimeError(f"Expected pred to be bool or single-element tensor, but got {pred}.")
        if not callable(true_fn) or not callable(false_fn):
            raise RuntimeError("Expect both branches to be callable.")
        if not isinstance(operands, tuple | list) or not all(isinstance(leaf, Tensor) for leaf in _leaves(operands)):
            raise RuntimeError(f"cond: operands must be a tuple of tensors, which may stand in nested dicts, lists and tuples, got {operands}")
    return true_fn(*operands) if pred else false_fn(*operands)


def _goes_on(pred: Any) -> bool:
    if isinstance(pred, bool) or isinstance(pred, Tensor) and pred.dim() == 0 and pred.dtype is DTYPES["bool"]:
        return bool(pred)
    raise RuntimeError(f"cond_fn must return a boolean scalar tensor or a boolean but got {pred}")


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]) -> tuple[Any, ...]:
    """`carried_inputs`, replaced by the tuple `body_fn(*carried)` as long as `cond_fn(*carried)`, a bool, holds.

    >>> import lucet
    >>> lucet.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2), (lucet.tensor(0), lucet.ones(1)))
    (tensor(3), tensor([8.]))
    """
    if not callable(cond_fn) or not callable(body_fn):
        raise RuntimeError("Expect cond_fn and body_fn to be callable.")
    if not isinstance(carried_inputs, tuple | list):
        raise RuntimeError(f"carried_inputs must be a tuple or list but got {type(carried_inputs)}")
    if not all(isinstance(leaf, Tensor | int) for leaf in _leaves(list(carried_inputs))):
        raise RuntimeError(
            f"while_loop: carried_inputs must be a tuple of tensors and ints, which may stand in nested dicts, lists and tuples, got {carried_inputs}"
        )
    carried = tuple(carried_inputs)
    if not _goes_on(cond_fn(*carried)):
        return tuple(value.clone() if isinstance(value, Tensor) else value for value in carried)
    while True:
        found = body_fn(*carried)
        if not isinstance(found, tuple):
            raise AssertionError(f"body_fn should return a tuple but got {type(found)}")
        if len(found) != len(carried):
            raise AssertionError(f"body_fn should return the same number of elements as carried_inputs, got {len(found)} vs {len(carried)}")
        carried = found
        if not _goes_on(cond_fn(*carried)):
            return carried
