"""Layers that turn channels into pixels and back. The arithmetic is in the ops of the same names."""

from lucet import Tensor
from lucet.nn.functional import pixel_shuffle, pixel_unshuffle
from lucet.nn.modules.module import Module

__all__ = ["PixelShuffle", "PixelUnshuffle"]


class PixelShuffle(Module):
    """Groups of r^2 channels become squares of r by r pixels, r being `upscale_factor`.

    Shape: (*, C r^2, H, W) to (*, C, H r, W r).
    Raises: ShapeError for channels that r^2 does not divide.
    Source: Shi et al., Real-Time Single Image and Video Super-Resolution (2016), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.PixelShuffle(3)(lucet.zeros(1, 9, 4, 4)).shape)
    (1, 1, 12, 12)
    """

    __constants__ = ["upscale_factor"]
    upscale_factor: int

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """(*, C r^2, H, W) to (*, C, H r, W r)."""
        return pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """The constructor argument."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Squares of r by r pixels become groups of r^2 channels, r being `downscale_factor`: what undoes PixelShuffle.

    Shape: (*, C, H r, W r) to (*, C r^2, H, W).
    Raises: ShapeError for heights and widths that r does not divide.
    Source: Shi et al., Real-Time Single Image and Video Super-Resolution (2016), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.PixelUnshuffle(3)(lucet.zeros(1, 1, 12, 12)).shape)
    (1, 9, 4, 4)
    """

    __constants__ = ["downscale_factor"]
    downscale_factor: int

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """(*, C, H r, W r) to (*, C r^2, H, W)."""
        return pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """The constructor argument."""
        return f"downscale_factor={self.downscale_factor}"
