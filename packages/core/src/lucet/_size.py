"""Size: the shape of a tensor, a tuple of ints."""

import operator
from collections.abc import Iterable
from typing import Any, Self, SupportsIndex, overload


class Size(tuple[int, ...]):
    """The sizes of a tensor's dimensions; a tuple with `numel()`.

    >>> import lucet
    >>> lucet.zeros(2, 3).shape
    lucet.Size([2, 3])
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[SupportsIndex] = (), /) -> Self:
        sizes = tuple(sizes)
        for at, size in enumerate(sizes):
            if not hasattr(type(size), "__index__"):
                raise TypeError(f"lucet.Size() takes an iterable of 'int' (item {at} is '{type(size).__name__}')")
        return tuple.__new__(cls, map(operator.index, sizes))

    def numel(self) -> int:
        """The product of the sizes."""
        n = 1
        for size in self:
            n *= size
        return n

    def __repr__(self) -> str:
        return f"lucet.Size([{', '.join(map(str, self))}])"

    @overload
    def __getitem__(self, index: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: Any) -> Any:
        part = tuple.__getitem__(self, index)
        return tuple.__new__(type(self), part) if isinstance(index, slice) else part

    def __add__(self, other: tuple[Any, ...]) -> Self:
        return type(self)(tuple.__add__(self, other))

    def __radd__(self, other: tuple[int, ...]) -> Self:
        return type(self)(tuple(other) + tuple(self))

    def __mul__(self, count: SupportsIndex) -> Self:
        return tuple.__new__(type(self), tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __reduce__(self):
        return Size, (tuple(self),)
