"""Transforms that move, cut or merge pixels. A random one draws in `make_params` and applies in `transform`."""

from collections.abc import Sequence
from typing import Any

import lucet
from lucet.nn import Module

from . import functional as F
from .functional import InterpolationMode

__all__ = ["CenterCrop", "Grayscale", "RandomHorizontalFlip", "Resize"]


class RandomHorizontalFlip(Module):
    """Swap left and right with probability `p`; one `lucet.rand(1)` a call.

    >>> import lucet
    >>> from lucetvision import transforms
    >>> transforms.RandomHorizontalFlip(p=1.0)(lucet.tensor([[1, 2]]))
    tensor([[2, 1]])
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def make_params(self, flat_inputs: Sequence[Any]) -> dict[str, bool]:
        """Draw whether the inputs are flipped: {"flip": bool}."""
        return {"flip": bool(lucet.rand(1) < self.p)}

    def transform(self, inpt: Any, params: dict[str, bool]) -> Any:
        """`inpt`, flipped if `params` say so."""
        return F.hflip(inpt) if params["flip"] else inpt

    def forward(self, img: Any) -> Any:
        return self.transform(img, self.make_params([img]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class Resize(Module):
    """Resize to (height, width), or the shorter side to one number; see `functional.resize`.

    Raises TypeError if `size` is neither int nor sequence, ValueError if it has not 1 or 2 values.

    >>> import lucet
    >>> from lucetvision import transforms
    >>> transforms.Resize(2)(lucet.zeros(1, 4, 6)).shape
    lucet.Size([1, 2, 3])
    """

    def __init__(
        self,
        size: Sequence[int] | int,
        interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
        max_size: int | None = None,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        if not isinstance(size, (int, Sequence)):
            raise TypeError(f"Resize: size is {type(size)}, expected an int or a sequence")
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ValueError(f"Resize: size has {len(size)} values, expected 1 or 2")
        self.size = size
        self.max_size = max_size
        self.interpolation = F.interpolation_mode(interpolation) if isinstance(interpolation, int) else interpolation
        self.antialias = antialias

    def forward(self, img: Any) -> Any:
        return F.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        filters = f"interpolation={self.interpolation.value}, max_size={self.max_size}, antialias={self.antialias}"
        return f"{type(self).__name__}(size={self.size}, {filters})"


class CenterCrop(Module):
    """Cut the middle (height, width) out; see `functional.center_crop`. ValueError for more than two sizes.

    >>> import lucet
    >>> from lucetvision import transforms
    >>> transforms.CenterCrop(2)(lucet.arange(16).view(4, 4))
    tensor([[ 5,  6],
            [ 9, 10]])
    """

    def __init__(self, size: Sequence[int] | int) -> None:
        super().__init__()
        sides = (int(size),) if isinstance(size, (int, float)) else size
        if len(sides) not in (1, 2):
            raise ValueError(f"CenterCrop: size has {len(sides)} values, expected 1 or 2")
        self.size = (sides[0], sides[0]) if len(sides) == 1 else sides

    def forward(self, img: Any) -> Any:
        return F.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class Grayscale(Module):
    """Gray image of 1 or 3 equal channels; see `functional.rgb_to_grayscale`.

    >>> import lucet
    >>> from lucetvision import transforms
    >>> transforms.Grayscale(3)(lucet.zeros(1, 2, 2)).shape
    lucet.Size([3, 2, 2])
    """

    def __init__(self, num_output_channels: int = 1) -> None:
        super().__init__()
        self.num_output_channels = num_output_channels

    def forward(self, img: Any) -> Any:
        return F.rgb_to_grayscale(img, num_output_channels=self.num_output_channels)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(num_output_channels={self.num_output_channels})"
