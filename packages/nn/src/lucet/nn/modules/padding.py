"""Layers that put borders around their input. The arithmetic is the op `pad`."""

from lucet import Tensor
from lucet.nn.functional import pad
from lucet.nn.modules.module import Module
from lucet.nn.modules.utils import _ntuple

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]

_pair, _quadruple, _sextuple = _ntuple(2), _ntuple(4), _ntuple(6)


class _PadNd(Module):
    """Borders of one mode; `padding` is (before, after) for the last dimension, then for the one before it."""

    __constants__ = ["padding"]
    padding: tuple[int, ...]
    mode = "constant"

    def forward(self, input: Tensor) -> Tensor:
        """The input inside its borders."""
        return pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """The widths of the borders."""
        return f"{self.padding}"


class _CircularPadNd(_PadNd):
    mode = "circular"

    def _check_input_dim(self, input: Tensor) -> None:
        raise NotImplementedError(f"{self._get_name()}: the class does not say which inputs it takes")

    def forward(self, input: Tensor) -> Tensor:
        """The input inside its borders."""
        self._check_input_dim(input)
        return pad(input, self.padding, self.mode)


class _ReflectionPadNd(_PadNd):
    mode = "reflect"


class _ReplicationPadNd(_PadNd):
    mode = "replicate"


class _ConstantPadNd(_PadNd):
    __constants__ = ["padding", "value"]

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """The input inside its borders."""
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The widths of the borders and what they hold."""
        return f"padding={self.padding}, value={self.value}"


class CircularPad1d(_CircularPadNd):
    """Give sequences borders of the opposite edge, as if they went round; `padding` is one width for all or (left, right).

    Shape: (N, C, W) or (C, W) to that with W', each larger by its two borders. Negative widths cut.
    Raises: ValueError for another number of dimensions, ShapeError for borders wider than the input.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.CircularPad1d(1)(lucet.tensor([[1., 2., 3.]]))
    tensor([[3., 1., 2., 3., 1.]])
    """

    def __init__(self, padding: int | tuple[int, int]) -> None:
        super().__init__()
        self.padding = _pair(padding)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (2, 3):
            raise ValueError(f"CircularPad1d: expected 2D or 3D input (got {input.dim()}D input)")


class CircularPad2d(_CircularPadNd):
    """Give images borders of the opposite edge, as if they went round; `padding` is one width for all or (left, right, top, bottom).

    Shape: (N, C, H, W) or (C, H, W) to that with H', W', each larger by its two borders. Negative widths cut.
    Raises: ValueError for another number of dimensions, ShapeError for borders wider than the input.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.CircularPad2d(1)(lucet.zeros(1, 2, 3, 3)).shape)
    (1, 2, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__()
        self.padding = _quadruple(padding)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (3, 4):
            raise ValueError(f"CircularPad2d: expected 3D or 4D input (got {input.dim()}D input)")


class CircularPad3d(_CircularPadNd):
    """Give volumes borders of the opposite edge, as if they went round; `padding` is one width for all or (left, right, top, bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) to that with D', H', W', each larger by its two borders. Negative widths cut.
    Raises: ValueError for another number of dimensions, ShapeError for borders wider than the input.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.CircularPad3d(1)(lucet.zeros(1, 2, 3, 3, 3)).shape)
    (1, 2, 5, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        self.padding = _sextuple(padding)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (4, 5):
            raise ValueError(f"CircularPad3d: expected 4D or 5D input (got {input.dim()}D input)")


class ReflectionPad1d(_ReflectionPadNd):
    """Give sequences borders that mirror them without their edge; `padding` is one width for all or (left, right).

    Shape: (N, C, W) or (C, W) to that with W', each larger by its two borders. Negative widths cut.
    Raises: ShapeError for borders that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ReflectionPad1d(1)(lucet.tensor([[1., 2., 3.]]))
    tensor([[2., 1., 2., 3., 2.]])
    """

    def __init__(self, padding: int | tuple[int, int]) -> None:
        super().__init__()
        self.padding = _pair(padding)


class ReflectionPad2d(_ReflectionPadNd):
    """Give images borders that mirror them without their edge; `padding` is one width for all or (left, right, top, bottom).

    Shape: (N, C, H, W) or (C, H, W) to that with H', W', each larger by its two borders. Negative widths cut.
    Raises: ShapeError for borders that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ReflectionPad2d(1)(lucet.zeros(1, 2, 3, 3)).shape)
    (1, 2, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__()
        self.padding = _quadruple(padding)


class ReflectionPad3d(_ReflectionPadNd):
    """Give volumes borders that mirror them without their edge; `padding` is one width for all or (left, right, top, bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) to that with D', H', W', each larger by its two borders. Negative widths cut.
    Raises: ShapeError for borders that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ReflectionPad3d(1)(lucet.zeros(1, 2, 3, 3, 3)).shape)
    (1, 2, 5, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        self.padding = _sextuple(padding)


class ReplicationPad1d(_ReplicationPadNd):
    """Give sequences borders that repeat their edge; `padding` is one width for all or (left, right).

    Shape: (N, C, W) or (C, W) to that with W', each larger by its two borders. Negative widths cut.
    Raises: ShapeError for borders that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ReplicationPad1d((0, 2))(lucet.tensor([[1., 2., 3.]]))
    tensor([[1., 2., 3., 3., 3.]])
    """

    def __init__(self, padding: int | tuple[int, int]) -> None:
        super().__init__()
        self.padding = _pair(padding)


class ReplicationPad2d(_ReplicationPadNd):
    """Give images borders that repeat their edge; `padding` is one width for all or (left, right, top, bottom).

    Shape: (N, C, H, W) or (C, H, W) to that with H', W', each larger by its two borders. Negative widths cut.
    Raises: ShapeError for borders that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ReplicationPad2d(1)(lucet.zeros(1, 2, 3, 3)).shape)
    (1, 2, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__()
        self.padding = _quadruple(padding)


class ReplicationPad3d(_ReplicationPadNd):
    """Give volumes borders that repeat their edge; `padding` is one width for all or (left, right, top, bottom, front, back).

    Shape: (N, C, D, H, W) or (C, D, H, W) to that with D', H', W', each larger by its two borders. Negative widths cut.
    Raises: ShapeError for borders that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ReplicationPad3d(1)(lucet.zeros(1, 2, 3, 3, 3)).shape)
    (1, 2, 5, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        self.padding = _sextuple(padding)


class ConstantPad1d(_ConstantPadNd):
    """Give sequences borders of `value`; `padding` is one width for all or (left, right).

    Shape: (*, W) to (*, W'), each larger by its two borders. Negative widths cut.
    Raises: ShapeError where nothing would be left.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ConstantPad1d((1, 0), 5.0)(lucet.tensor([[1., 2.]]))
    tensor([[5., 1., 2.]])
    """

    def __init__(self, padding: int | tuple[int, int], value: float) -> None:
        super().__init__(value)
        self.padding = _pair(padding)


class ConstantPad2d(_ConstantPadNd):
    """Give images borders of `value`; `padding` is one width for all or (left, right, top, bottom).

    Shape: (*, H, W) to (*, H', W'), each larger by its two borders. Negative widths cut.
    Raises: ShapeError where nothing would be left.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ConstantPad2d(1, 0.5)(lucet.zeros(1, 2, 3, 3)).shape)
    (1, 2, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int], value: float) -> None:
        super().__init__(value)
        self.padding = _quadruple(padding)


class ConstantPad3d(_ConstantPadNd):
    """Give volumes borders of `value`; `padding` is one width for all or (left, right, top, bottom, front, back).

    Shape: (*, D, H, W) to (*, D', H', W'), each larger by its two borders. Negative widths cut.
    Raises: ShapeError where nothing would be left.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ConstantPad3d(1, 0.5)(lucet.zeros(1, 2, 3, 3, 3)).shape)
    (1, 2, 5, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int, int, int], value: float) -> None:
        super().__init__(value)
        self.padding = _sextuple(padding)


class ZeroPad1d(ConstantPad1d):
    """Give sequences borders of zeros; `padding` is one width for all or (left, right).

    Shape: (*, W) to (*, W'), each larger by its two borders. Negative widths cut.
    Raises: ShapeError where nothing would be left.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ZeroPad1d((1, 0))(lucet.tensor([[1., 2.]]))
    tensor([[0., 1., 2.]])
    """

    def __init__(self, padding: int | tuple[int, int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths of the borders."""
        return f"{self.padding}"


class ZeroPad2d(ConstantPad2d):
    """Give images borders of zeros; `padding` is one width for all or (left, right, top, bottom).

    Shape: (*, H, W) to (*, H', W'), each larger by its two borders. Negative widths cut.
    Raises: ShapeError where nothing would be left.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ZeroPad2d(1)(lucet.zeros(1, 2, 3, 3)).shape)
    (1, 2, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths of the borders."""
        return f"{self.padding}"


class ZeroPad3d(ConstantPad3d):
    """Give volumes borders of zeros; `padding` is one width for all or (left, right, top, bottom, front, back).

    Shape: (*, D, H, W) to (*, D', H', W'), each larger by its two borders. Negative widths cut.
    Raises: ShapeError where nothing would be left.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ZeroPad3d(1)(lucet.zeros(1, 2, 3, 3, 3)).shape)
    (1, 2, 5, 5, 5)
    """

    def __init__(self, padding: int | tuple[int, int, int, int, int, int]) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths of the borders."""
        return f"{self.padding}"
