"""Preprocessing that belongs to weights or a checkpoint: from any image to a network's input. Nothing random."""

from collections.abc import Sequence
from typing import Any

from lucet import Tensor
from lucet.nn import Module

from .. import io
from . import functional as F
from .functional import InterpolationMode

__all__ = ["GrayscaleClassification"]


class GrayscaleClassification(Module):
    """Gray, shorter side to `resize_size`, middle `crop_size` square, [0, 1], normalised.

    Shape: PIL image of any mode, ndarray (H, W) or (H, W, 3) uint8, or tensor (..., 1 or 3, H, W), to
    (..., 1, crop_size, crop_size) floating point.

    >>> import numpy as np
    >>> from lucetvision.transforms.presets import GrayscaleClassification
    >>> GrayscaleClassification(crop_size=28)(np.zeros((60, 40, 3), np.uint8)).shape
    lucet.Size([1, 28, 28])
    """

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int | None = None,
        mean: Sequence[float] = (0.5,),
        std: Sequence[float] = (0.5,),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.crop_size = [crop_size]
        self.resize_size = [crop_size if resize_size is None else resize_size]
        self.mean = list(mean)
        self.std = list(std)
        self.interpolation = interpolation
        self.antialias = antialias

    def forward(self, img: Any) -> Tensor:
        if not isinstance(img, Tensor):
            img = img if io.is_pil(img) else io.from_array(img)
        gray = F.rgb_to_grayscale(img)
        gray = F.resize(gray, self.resize_size, interpolation=self.interpolation, antialias=self.antialias)
        gray = F.center_crop(gray, self.crop_size)
        if not isinstance(gray, Tensor):
            gray = F.pil_to_tensor(gray)
        return F.normalize(F.convert_image_dtype(gray), self.mean, self.std)

    def __repr__(self) -> str:
        names = ("crop_size", "resize_size", "mean", "std", "interpolation")
        rows = "".join(f"\n    {name}={getattr(self, name)}" for name in names)
        return f"{type(self).__name__}({rows}\n)"

    def describe(self) -> str:
        """One paragraph for people on what is done to an image."""
        return (
            f"Images become gray, their shorter side {self.resize_size[0]} pixels ({self.interpolation.value}), the "
            f"middle {self.crop_size[0]} pixels square; values are scaled to [0, 1] and normalised with mean "
            f"{self.mean} and std {self.std}."
        )
