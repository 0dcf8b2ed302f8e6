"""Transforms that change the type or range of an image, not its geometry, each by one function of functional.py."""

from collections.abc import Sequence
from typing import Any

from lucet import Tensor
from lucet.nn import Module

from . import functional as F

__all__ = ["ConvertImageDtype", "Normalize", "PILToTensor", "ToTensor"]


class ToTensor:
    """PIL image or ndarray to a tensor (C, H, W); see `functional.to_tensor`.

    >>> import numpy as np
    >>> from lucetvision import transforms
    >>> transforms.ToTensor()(np.array([[0, 255]], np.uint8))
    tensor([[[0., 1.]]])
    """

    def __call__(self, pic: Any) -> Tensor:
        return F.to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PILToTensor:
    """PIL image to a tensor (C, H, W) of the same values; see `functional.pil_to_tensor`.

    >>> from PIL import Image
    >>> from lucetvision import transforms
    >>> transforms.PILToTensor()(Image.new("RGB", (4, 2))).shape
    lucet.Size([3, 2, 4])
    """

    def __call__(self, pic: Any) -> Tensor:
        return F.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ConvertImageDtype(Module):
    """Tensor image to `dtype` with its range scaled; see `functional.convert_image_dtype`.

    >>> import lucet
    >>> from lucetvision import transforms
    >>> transforms.ConvertImageDtype(lucet.float32)(lucet.tensor([255], dtype=lucet.uint8))
    tensor([1.])
    """

    def __init__(self, dtype: Any) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        return F.convert_image_dtype(image, self.dtype)


class Normalize(Module):
    """(image - mean) / std, channel by channel; see `functional.normalize`.

    >>> import lucet
    >>> from lucetvision import transforms
    >>> transforms.Normalize([0.5], [0.5])(lucet.tensor([[[0.0, 1.0]]]))
    tensor([[[-1.,  1.]]])
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Tensor) -> Tensor:
        return F.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"
