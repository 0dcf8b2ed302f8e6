"""Limits of the element types: `finfo` for floating types, `iinfo` for integers."""

from typing import Any, ClassVar

from lucet._dtype import DTYPES, dtype, get_default_dtype

# name -> (bits, eps, largest, smallest normal, resolution); a complex type has the limits of its parts
_FLOATS = {
    "float16": (16, 2.0**-10, 65504.0, 2.0**-14, 1e-3),
    "bfloat16": (16, 2.0**-7, (2 - 2.0**-7) * 2.0**127, 2.0**-126, 1e-2),
    "float32": (32, 2.0**-23, (2 - 2.0**-23) * 2.0**127, 2.0**-126, 1e-6),
    "float64": (64, 2.0**-52, (2 - 2.0**-52) * 2.0**1023, 2.0**-1022, 1e-15),
}
_DEFAULT = object()  # None is no type
_PYTHON = {float: "float64", int: "int64", bool: "bool", complex: "complex128"}


def _asked(type: Any, who: str) -> dtype:
    """The dtype that `type`, a dtype or a Python number type, stands for."""
    found = DTYPES[_PYTHON[type]] if type in (float, int, bool, complex) else type
    if not isinstance(found, dtype):
        raise TypeError(f"{who}(): argument 'type' (position 1) must be lucet.dtype, not {type.__class__.__name__}")
    return found


class _Info:
    """What the two have in common: equal where the type is, printed as torch prints them."""

    bits: int
    dtype: str
    _shown: ClassVar[tuple[str, ...]]
    __hash__: ClassVar[None]  # type: ignore[assignment]
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.dtype == self.dtype  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name):g}" for name in self._shown)
        return f"{type(self).__name__}({shown}, dtype={self.dtype})"


class finfo(_Info):
    """Limits of a floating type: `bits`, `eps`, `max`, `min`, `smallest_normal` (`tiny`), `resolution`, `dtype`.

    Without an argument the default type's; of a complex type those of its parts. TypeError for other types.

    >>> import lucet
    >>> lucet.finfo(lucet.float16).max
    65504.0
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny")
    _shown = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")

    def __init__(self, type: Any = _DEFAULT) -> None:
        kind = get_default_dtype() if type is _DEFAULT else _asked(type, "finfo")
        if not (kind.is_floating_point or kind.is_complex):
            raise TypeError(
                "lucet.finfo() requires a floating point input type. Use lucet.iinfo to handle 'lucet.finfo'"
            )
        self.dtype = repr(kind.to_real()).removeprefix("lucet.")
        self.bits, self.eps, self.max, self.smallest_normal, self.resolution = _FLOATS[self.dtype]
        self.min, self.tiny = -self.max, self.smallest_normal


class iinfo(_Info):
    """Limits of an integer type: `bits`, `max`, `min`, `dtype`. TypeError for other types.

    >>> import lucet
    >>> lucet.iinfo(lucet.uint8)
    iinfo(min=0, max=255, dtype=uint8)
    """

    __slots__ = ("bits", "dtype", "max", "min")
    _shown = ("min", "max")

    def __init__(self, type: Any) -> None:
        kind = _asked(type, "iinfo")
        if kind.is_floating_point or kind.is_complex:
            raise TypeError("lucet.iinfo() requires an integer input type. Use lucet.finfo to handle 'lucet.iinfo'")
        self.dtype = repr(kind).removeprefix("lucet.")
        if self.dtype == "bool":
            raise TypeError("lucet.bool is not supported by lucet.iinfo")
        self.bits = 8 * kind.itemsize
        self.max = 2 ** (self.bits - kind.is_signed) - 1
        self.min = -self.max - 1 if kind.is_signed else 0
