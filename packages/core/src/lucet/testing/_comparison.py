"""`assert_close`: pairs of tensors, arrays, numbers and containers of them, compared by torch's rules; what differs, where, by how much."""

import cmath
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from lucet import _ops
from lucet._dtype import DTYPES, dtype, promote_types
from lucet._ops.interop import from_numpy
from lucet._tensor import Tensor

# dtype -> (rtol, atol); other types are to be equal
_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
_TOLERANCES_OF = {DTYPES[name]: pair for name, pair in _TOLERANCES.items()}
_OF_NUMBERS = {float: _TOLERANCES["float64"], complex: _TOLERANCES["complex128"]}


class _Options:
    """What a comparison asks for."""

    def __init__(self, rtol: float | None, atol: float | None, **asked: Any):
        self.rtol, self.atol = rtol, atol
        self.equal_nan: bool = asked["equal_nan"]
        self.allow_subclasses: bool = asked["allow_subclasses"]
        self.check_device: bool = asked["check_device"]
        self.check_dtype: bool = asked["check_dtype"]
        self.check_layout: bool = asked["check_layout"]
        self.check_stride: bool = asked["check_stride"]
        self.msg: str | Callable[[str], str] | None = asked["msg"]

    def tolerances(self, *kinds: Any) -> tuple[float, float]:
        """rtol and atol: the given ones, else the largest of the types."""
        if self.rtol is not None and self.atol is not None:
            return self.rtol, self.atol
        pairs = [_OF_NUMBERS.get(kind) or _TOLERANCES_OF.get(kind, (0.0, 0.0)) for kind in kinds]
        return max(rtol for rtol, _ in pairs), max(atol for _, atol in pairs)

    def check(self, path: tuple[Any, ...]) -> None:
        """Raise ValueError where one tolerance is given and not the other."""
        if (self.rtol is None) is not (self.atol is None):
            missing = "atol" if self.atol is None else "rtol"
            text = f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}."
            raise ValueError(text + _where(path))

    def fail(self, text: str, path: tuple[Any, ...]) -> NoReturn:
        """Raise AssertionError with the message, or with what `msg` makes of it."""
        text += _where(path)
        if self.msg is not None:
            text = self.msg(text) if callable(self.msg) else self.msg
        raise AssertionError(text)


def _where(path: tuple[Any, ...]) -> str:
    return f"\n\nThe failure occurred for item {''.join(f'[{key!r}]' for key in path)}" if path else ""


def _is_array(x: Any) -> bool:
    return hasattr(x, "__array_interface__") and hasattr(x, "shape") and type(x).__name__ == "ndarray"


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float, complex)) or hasattr(x, "dtype") and hasattr(x, "item") and _is_numpy_scalar(x)


def _is_numpy_scalar(x: Any) -> bool:
    return type(x).__module__ == "numpy" and not _is_array(x)


def _plain(x: Any) -> Any:
    """A NumPy scalar as Python's number."""
    return x.item() if _is_numpy_scalar(x) and hasattr(x, "item") else x


_Comparison = Callable[[Any, Any, _Options, tuple[Any, ...]], None]


def _pairs(actual: Any, expected: Any, how: _Options, path: tuple[Any, ...]) -> Iterator[tuple[_Comparison, Any, Any, tuple[Any, ...]]]:
    """What is to be compared, how, and where it stands in the containers; these must be alike."""
    if isinstance(actual, Sequence) and isinstance(expected, Sequence) and not isinstance(actual, str):
        if len(actual) != len(expected):
            raise AssertionError(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{_where(path)}")
        for i, (one, other) in enumerate(zip(actual, expected, strict=True)):
            yield from _pairs(one, other, how, (*path, i))
    elif isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, extra = expected.keys() - actual.keys(), actual.keys() - expected.keys()
        if missing or extra:
            raise AssertionError(
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {sorted(missing)}\n"
                f"Additional keys in the actual mapping: {sorted(extra)}{_where(path)}"
            )
        keys = list(expected)
        for key in sorted(keys) if all(isinstance(key, str) for key in keys) else keys:
            yield from _pairs(actual[key], expected[key], how, (*path, key))
    elif actual is None or expected is None:
        yield _compare_none, actual, expected, path
    else:
        yield from _leaves(actual, expected, how, path)


def _leaves(actual: Any, expected: Any, how: _Options, path: tuple[Any, ...]) -> Iterator[tuple[_Comparison, Any, Any, tuple[Any, ...]]]:
    one, other = _plain(actual), _plain(expected)
    if isinstance(one, bool) and isinstance(other, bool):
        yield _compare_bools, one, other, path
        return
    if _is_number(actual) and _is_number(expected) and not (isinstance(one, bool) or isinstance(other, bool)):
        how.check(path)
        yield _compare_numbers, one, other, path
        return
    arrays = _is_array(actual) and _is_array(expected)
    tensors = isinstance(actual, Tensor) and isinstance(expected, Tensor)
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    if not (arrays or tensors) or not (type(actual) is type(expected) or how.allow_subclasses and related):
        raise TypeError(f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.{_where(path)}")
    how.check(path)
    pair = [from_numpy(x.copy()) if arrays else x.detach() for x in (actual, expected)]
    yield _compare_tensors, pair[0], pair[1], path


def _compare_none(actual: Any, expected: Any, how: _Options, path: tuple[Any, ...]) -> None:
    if actual is not expected:
        how.fail(f"None mismatch: {actual} is not {expected}", path)


def _compare_bools(actual: bool, expected: bool, how: _Options, path: tuple[Any, ...]) -> None:
    if actual is not expected:
        how.fail(f"Booleans mismatch: {actual} is not {expected}", path)


def _compare_numbers(actual: Any, expected: Any, how: _Options, path: tuple[Any, ...]) -> None:
    tolerances = how.tolerances(type(actual), type(expected))
    if how.check_dtype and type(actual) is not type(expected):
        how.fail(f"The (d)types do not match: {type(actual)} != {type(expected)}.", path)
    _compare_values(actual, expected, tolerances, how, path)


def _differ(name: str, one: Any, other: Any, how: _Options, path: tuple[Any, ...]) -> NoReturn:
    how.fail(f"The values for attribute '{name}' do not match: {one} != {other}.", path)


def _compare_tensors(actual: Tensor, expected: Tensor, how: _Options, path: tuple[Any, ...]) -> None:
    rtol, atol = how.tolerances(actual.dtype, expected.dtype)
    if actual.shape != expected.shape:
        _differ("shape", actual.shape, expected.shape, how, path)
    if how.check_device and actual.device != expected.device:
        _differ("device", actual.device, expected.device, how, path)
    if how.check_dtype and actual.dtype is not expected.dtype:
        _differ("dtype", actual.dtype, expected.dtype, how, path)
    if how.check_layout and actual.layout != expected.layout:
        _differ("layout", actual.layout, expected.layout, how, path)
    if how.check_stride and actual.stride() != expected.stride():
        _differ("stride()", actual.stride(), expected.stride(), how, path)
    if actual.device.type == "meta" or expected.device.type == "meta":
        return
    if actual.dtype is not expected.dtype:
        common = promote_types(actual.dtype, expected.dtype)
        actual, expected = actual.to(common), expected.to(common)
    if actual.ndim == 0 and actual.dtype is not DTYPES["bool"]:
        _compare_values(actual.item(), expected.item(), (rtol, atol), how, path)
        return
    close = _close(actual, expected, rtol, atol, how.equal_nan)
    if not all(close):
        how.fail(_told(actual, expected, close, rtol, atol), path)


def _close(actual: Tensor, expected: Tensor, rtol: float, atol: float, equal_nan: bool) -> list[bool]:
    """Whether each element is close, in order."""
    if actual.is_complex():
        pairs = zip(actual.flatten().tolist(), expected.flatten().tolist(), strict=True)
        return [_is_close(one, other, rtol, atol, equal_nan) for one, other in pairs]
    if rtol == 0 and atol == 0 and not actual.is_floating_point():
        matches = actual == expected
    else:
        matches = _ops.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if bool(matches.all()):
        return [True]
    found: list[bool] = matches.flatten().tolist()
    return found


def _is_close(one: Any, other: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
    if one == other:
        return True
    if cmath.isnan(one) or cmath.isnan(other):
        return equal_nan and cmath.isnan(one) and cmath.isnan(other)
    if cmath.isinf(one) or cmath.isinf(other):
        return False
    return bool(abs(one - other) <= atol + rtol * abs(other))


def _told(actual: Tensor, expected: Tensor, close: list[bool], rtol: float, atol: float) -> str:
    """How many elements differ, and where the most."""
    wrong = close.count(False)
    pairs = list(zip(actual.flatten().tolist(), expected.flatten().tolist(), strict=True))
    equal = rtol == 0 and atol == 0
    lines = [
        f"Tensor-likes are not {'equal' if equal else 'close'}!",
        "",
        f"Mismatched elements: {wrong} / {len(close)} ({wrong / len(close):.1%})",
    ]
    off = [_difference(one, other) for one, other in pairs]
    relative = [_ratio(by, other) for by, (_, other) in zip(off, pairs, strict=True)]
    off = [0 if fine else by for fine, by in zip(close, off, strict=True)]
    relative = [0 if fine else by for fine, by in zip(close, relative, strict=True)]
    integers = not (actual.is_floating_point() or actual.is_complex())
    for name, values, allowed, exact in (("absolute", off, atol, integers), ("relative", relative, rtol, False)):
        at = _greatest(values)
        shown = values[at] if exact else _rounded(values[at], DTYPES["float32"] if integers else actual.dtype)
        index = tuple(_unravel(at, actual.shape))
        lines.append(f"Greatest {name} difference: {shown} at index {index}" + ("" if equal else f" (up to {allowed} allowed)"))
    return "\n".join(lines)


def _difference(one: Any, other: Any) -> Any:
    if isinstance(one, bool):
        one, other = int(one), int(other)
    return abs(one - other)


def _ratio(by: Any, other: Any) -> float:
    other = abs(other)
    return by / other if other else float("nan") if by == 0 or by != by else float("inf")


def _greatest(values: list[Any]) -> int:
    """Where the greatest value stands; NaN counts as greater than all."""
    return max(range(len(values)), key=lambda i: (values[i] != values[i], values[i]))


def _rounded(value: Any, kind: dtype) -> float:
    """A number as an element of that type holds it."""
    return _ops.tensor(float(value), dtype=kind.to_real()).item()  # type: ignore[no-any-return]


def _unravel(at: int, shape: Sequence[int]) -> list[int]:
    index = []
    for size in reversed(shape):
        index.append(at % size)
        at //= size
    return index[::-1]


def _compare_values(one: Any, other: Any, tolerances: tuple[float, float], how: _Options, path: tuple[Any, ...]) -> None:
    rtol, atol = tolerances
    if _is_close(one, other, rtol, atol, how.equal_nan):
        return
    equal = rtol == 0 and atol == 0
    by = abs(one - other)
    ratio = by / abs(other) if other else float("inf")
    told = f"Scalars are not {'equal' if equal else 'close'}!\n\nExpected {other} but got {one}.\n"
    told += f"Absolute difference: {by}" + ("\n" if equal else f" (up to {atol} allowed)\n")
    told += f"Relative difference: {ratio}" + ("" if equal else f" (up to {rtol} allowed)")
    how.fail(told, path)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise AssertionError, which tells where and by how much, unless `actual` is close to `expected`.

    Close is `|actual - expected| <= atol + rtol * |expected|`, by default with tolerances of the type (1.3e-6 and 1e-5 for float32; integers
    and bools are to be equal). Tensors, NumPy arrays, numbers, None, and sequences and mappings of them are compared, with device, type
    and layout, and strides with `check_stride`. `msg` replaces the message, or makes a new one of it.

    Raises: TypeError for objects of other or unlike types; ValueError for one tolerance without the other.

    >>> import lucet
    >>> lucet.testing.assert_close(lucet.tensor([1.0, 2.0]), lucet.tensor([1.0, 2.0 + 1e-6]))
    """
    options = _Options(
        rtol,
        atol,
        equal_nan=equal_nan,
        allow_subclasses=allow_subclasses,
        check_device=check_device,
        check_dtype=check_dtype,
        check_layout=check_layout,
        check_stride=check_stride,
        msg=msg,
    )
    for compare, one, other, path in list(_pairs(actual, expected, options, ())):
        compare(one, other, options, path)


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """`assert_close` as it was called once; it warns. Types and devices may differ."""
    warnings.warn(
        "`lucet.testing.assert_allclose()` is deprecated, please use `lucet.testing.assert_close()` instead.",
        FutureWarning,
        stacklevel=2,
    )
    actual = actual if isinstance(actual, Tensor) else _ops.tensor(actual)
    expected = expected if isinstance(expected, Tensor) else _ops.tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        rtol, atol = _Options(None, None, **dict.fromkeys(_NAMES)).tolerances(actual.dtype, expected.dtype)
    assert_close(
        actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_device=True, check_dtype=False, msg=msg or None
    )


_NAMES = ("equal_nan", "allow_subclasses", "check_device", "check_dtype", "check_layout", "check_stride", "msg")
