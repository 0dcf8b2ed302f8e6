"""Layers that change the size of images. The arithmetic is the op `interpolate`."""

from typing import Any

from lucet import Tensor
from lucet.nn.functional import interpolate
from lucet.nn.modules.module import Module

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]

Size = int | tuple[int, ...]
Ratio = float | tuple[float, ...]


class Upsample(Module):
    """Sequences, images or volumes of another size; give `size`, or `scale_factor` of the input's.

    `mode` is "nearest", "linear" (of sequences), "bilinear", "bicubic" (of images) or "trilinear" (of volumes).
    `align_corners` makes the middles of corner pixels meet, otherwise their outer corners.
    `recompute_scale_factor` computes with the ratio of the sizes, not with the given factor.

    Shape: (N, C, *) to (N, C, *size), or each size times its factor, rounded down.
    Raises: ValueError unless one of the two is given; NotImplementedError where the mode does not fit the input.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Upsample(scale_factor=2)(lucet.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    __constants__ = ["size", "scale_factor", "mode", "align_corners", "name", "recompute_scale_factor"]
    name: str
    size: Size | None
    scale_factor: Ratio | None
    mode: str
    align_corners: bool | None
    recompute_scale_factor: bool | None

    def __init__(
        self,
        size: Size | None = None,
        scale_factor: Ratio | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple(float(factor) for factor in scale_factor)
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The input, of the new size."""
        return interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        state.setdefault("recompute_scale_factor", True)
        super().__setstate__(state)

    def extra_repr(self) -> str:
        """The size or factor, and the mode."""
        if self.scale_factor is not None:
            return f"scale_factor={self.scale_factor!r}, mode={self.mode!r}"
        return f"size={self.size!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images of another size whose pixels are the nearest of the input's. Deprecated: `interpolate` does it.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.UpsamplingNearest2d(scale_factor=2)(lucet.zeros(1, 1, 2, 3)).shape)
    (1, 1, 4, 6)
    """

    def __init__(self, size: Size | None = None, scale_factor: Ratio | None = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Images of another size, bilinear between pixels, with corners that meet. Deprecated: `interpolate` does it.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.UpsamplingBilinear2d((1, 3))(lucet.tensor([[[[0.0, 1.0]]]]))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """

    def __init__(self, size: Size | None = None, scale_factor: Ratio | None = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
