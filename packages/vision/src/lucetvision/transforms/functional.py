"""The functional transforms: each takes a PIL image or a tensor and returns the same kind. Nothing is drawn here."""

import warnings
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

import numpy as np

import lucet
from lucet import Tensor

from .. import io
from ._resample import resample

__all__ = [
    "InterpolationMode",
    "center_crop",
    "convert_image_dtype",
    "crop",
    "get_dimensions",
    "get_image_num_channels",
    "get_image_size",
    "hflip",
    "normalize",
    "pil_to_tensor",
    "resize",
    "rgb_to_grayscale",
    "to_grayscale",
    "to_tensor",
]


class InterpolationMode(Enum):
    """How a resized pixel is computed from its neighbours; box, hamming and lanczos are for PIL images only.

    >>> from lucetvision.transforms import InterpolationMode
    >>> InterpolationMode.BILINEAR.value
    'bilinear'
    """

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


_PILLOW_FILTERS = {
    InterpolationMode.NEAREST: 0,
    InterpolationMode.LANCZOS: 1,
    InterpolationMode.BILINEAR: 2,
    InterpolationMode.BICUBIC: 3,
    InterpolationMode.BOX: 4,
    InterpolationMode.HAMMING: 5,
    InterpolationMode.NEAREST_EXACT: 0,
}
_MODES_BY_NUMBER = {number: mode for mode, number in reversed(_PILLOW_FILTERS.items())}
_MAX_VALUES = {"uint8": 255, "int8": 127, "int16": 32767, "int32": 2**31 - 1, "int64": 2**63 - 1}


def interpolation_mode(given: InterpolationMode | int) -> InterpolationMode:
    """`given`, or the mode of Pillow's filter number; TypeError for anything else."""
    if isinstance(given, InterpolationMode):
        return given
    if isinstance(given, int):
        return _MODES_BY_NUMBER[given]
    raise TypeError(f"resize: interpolation is {given!r}, expected an InterpolationMode or a Pillow filter number")


def _check_image(image: Tensor, op: str) -> None:
    if image.ndim < 2:
        raise TypeError(f"{op}: input has {image.ndim} dimensions, a tensor image has at least 2 (..., H, W)")


def _check_kind(image: object, op: str) -> None:
    if not io.is_pil(image):
        raise TypeError(f"{op}: input is {type(image)}, expected a PIL image or a tensor")


def get_dimensions(img: Any) -> list[int]:
    """[channels, height, width] of a PIL image or a tensor (..., H, W). TypeError for anything else.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.get_dimensions(lucet.zeros(3, 4, 5))
    [3, 4, 5]
    """
    if not isinstance(img, Tensor):
        _check_kind(img, "get_dimensions")
        return io.pil_dimensions(img)
    _check_image(img, "get_dimensions")
    return [1 if img.ndim == 2 else img.shape[-3], img.shape[-2], img.shape[-1]]


def get_image_size(img: Any) -> list[int]:
    """[width, height] of a PIL image or a tensor (..., H, W). TypeError for anything else.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.get_image_size(lucet.zeros(3, 4, 5))
    [5, 4]
    """
    _, height, width = get_dimensions(img)
    return [width, height]


def get_image_num_channels(img: Any) -> int:
    """The number of channels of a PIL image or a tensor (..., C, H, W). TypeError for anything else.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.get_image_num_channels(lucet.zeros(3, 4, 5))
    3
    """
    return get_dimensions(img)[0]


def _chw(array: np.ndarray) -> Tensor:
    """A tensor (C, H, W) over `array`, (H, W) or (H, W, C)."""
    image = lucet.from_numpy(array)
    return image.unsqueeze(0) if array.ndim == 2 else image.permute(2, 0, 1)


def to_tensor(pic: Any) -> Tensor:
    """A PIL image or ndarray as a tensor (C, H, W); 8-bit values become the default dtype in [0, 1].

    Shape: PIL image, or ndarray (H, W) or (H, W, C). Dtype: uint8 is divided by 255, the others are kept as they are.
    Raises TypeError for another type, ValueError for an ndarray of other dimensions.

    >>> import numpy as np
    >>> from lucetvision.transforms import functional as F
    >>> F.to_tensor(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    """
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"to_tensor: array has {pic.ndim} dimensions, expected 2 (H, W) or 3 (H, W, C)")
        array = pic
    elif io.is_pil(pic):
        array = io.to_array(pic)
        if pic.mode == "1":
            array *= 255
    else:
        raise TypeError(f"to_tensor: input is {type(pic)}, expected a PIL image or an ndarray")
    image = _chw(array).contiguous()
    return image.to(lucet.get_default_dtype()).div_(255) if image.dtype == lucet.uint8 else image


def pil_to_tensor(pic: Any) -> Tensor:
    """A PIL image as a tensor (C, H, W) of the same values: uint8, int32 for modes "I" and "I;16", float32 for "F".

    Raises TypeError for anything but a PIL image.

    >>> from PIL import Image
    >>> from lucetvision.transforms import functional as F
    >>> F.pil_to_tensor(Image.new("L", (2, 1), 7))
    tensor([[[7, 7]]], dtype=lucet.uint8)
    """
    if not io.is_pil(pic):
        raise TypeError(f"pil_to_tensor: input is {type(pic)}, expected a PIL image")
    array = np.array(pic, copy=True)
    return _chw(array.astype(np.int32) if array.dtype == np.uint16 else array)


def _max_value(dtype: Any) -> int:
    return _MAX_VALUES.get(str(dtype).rpartition(".")[2], 1)


def convert_image_dtype(image: Tensor, dtype: Any = lucet.float32) -> Tensor:
    """A tensor image in another dtype, its range scaled: 0..max for integers, 0..1 for floating point.

    Raises TypeError when `image` is no tensor, RuntimeError for float32 to int32 or int64 and float64 to int64, whose
    integers the float cannot hold.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.convert_image_dtype(lucet.tensor([0.0, 1.0]), lucet.uint8)
    tensor([  0, 255], dtype=lucet.uint8)
    """
    if not isinstance(image, Tensor):
        raise TypeError(f"convert_image_dtype: input is {type(image)}, expected a tensor")
    if image.dtype == dtype:
        return image
    if image.is_floating_point():
        return image.to(dtype) if dtype.is_floating_point else _float_to_int(image, dtype)
    if dtype.is_floating_point:
        return image.to(dtype) / float(_max_value(image.dtype))
    return _int_to_int(image, dtype)


def _float_to_int(image: Tensor, dtype: Any) -> Tensor:
    unsafe = {lucet.float32: (lucet.int32, lucet.int64), lucet.float64: (lucet.int64,)}
    if dtype in unsafe.get(image.dtype, ()):
        raise RuntimeError(f"convert_image_dtype: {image.dtype} cannot be converted safely to {dtype}")
    # scaling by almost max + 1 gives every integer an equal share of [0, 1]
    return image.mul(_max_value(dtype) + 1.0 - 1e-3).to(dtype)


def _int_to_int(image: Tensor, dtype: Any) -> Tensor:
    have, want = _max_value(image.dtype) + 1, _max_value(dtype) + 1
    if have > want:
        return (image // (have // want)).to(dtype)
    return image.to(dtype) * (want // have)


# Pure of its arguments; shared by threads as lru_cache allows. The tensors never leave this file.
@lru_cache(maxsize=64)
def _cached_stats(mean: tuple, std: tuple, dtype: Any) -> tuple[Tensor, Tensor]:
    return _channel_stats(mean, std, dtype)


def _channel_stats(mean: Any, std: Any, dtype: Any) -> tuple[Tensor, Tensor]:
    mean, std = lucet.as_tensor(mean, dtype=dtype), lucet.as_tensor(std, dtype=dtype)
    if bool((std == 0).any()):
        raise ValueError(f"normalize: std has a zero as {dtype}, expected every channel's to be positive")
    return tuple(stat.view(-1, 1, 1) if stat.ndim == 1 else stat for stat in (mean, std))


def _stats(mean: Any, std: Any, dtype: Any) -> tuple[Tensor, Tensor]:
    if isinstance(mean, (tuple, list)) and isinstance(std, (tuple, list)):
        try:
            return _cached_stats(tuple(mean), tuple(std), dtype)
        except TypeError:  # nested lists do not hash
            pass
    return _channel_stats(mean, std, dtype)


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """(tensor - mean) / std, channel by channel.

    Shape: (..., C, H, W), with one mean and std per channel. Dtype: floating point, kept. Raises TypeError for
    anything but a floating-point tensor, ValueError for fewer than 3 dimensions or a zero std.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.normalize(lucet.tensor([[[0.5, 1.0]]]), [0.5], [0.25])
    tensor([[[0., 2.]]])
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"normalize: input is {type(tensor)}, expected a tensor")
    _check_image(tensor, "normalize")
    if not tensor.is_floating_point():
        raise TypeError(f"normalize: input is {tensor.dtype}, expected floating point")
    if tensor.ndim < 3:
        raise ValueError(f"normalize: input has shape {tuple(tensor.shape)}, expected (..., C, H, W)")
    means, stds = _stats(mean, std, tensor.dtype)
    return (tensor.sub_(means) if inplace else tensor.sub(means)).div_(stds)


def hflip(img: Any) -> Any:
    """Left and right swapped, of a PIL image or a tensor (..., H, W).

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.hflip(lucet.tensor([[1, 2, 3]]))
    tensor([[3, 2, 1]])
    """
    if not isinstance(img, Tensor):
        _check_kind(img, "hflip")
        return io.pil_hflip(img)
    _check_image(img, "hflip")
    return img.flip(-1)


def _output_size(height: int, width: int, size: Any, max_size: int | None) -> tuple[int, int]:
    sizes = [size] if isinstance(size, int) else list(size)
    if len(sizes) not in (1, 2):
        raise ValueError(f"resize: size has {len(sizes)} values, expected 1 or 2")
    if len(sizes) == 2:
        if max_size is not None:
            raise ValueError("resize: max_size is given with two sizes, expected size to be the shorter side alone")
        return sizes[0], sizes[1]
    short, long = sizes[0], int(sizes[0] * max(height, width) / min(height, width))
    if max_size is not None:
        if max_size <= short:
            raise ValueError(f"resize: max_size is {max_size}, expected more than the shorter side's size {size}")
        if long > max_size:
            short, long = int(max_size * short / long), max_size
    return (long, short) if width <= height else (short, long)


def resize(
    img: Any,
    size: Sequence[int] | int,
    interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
    max_size: int | None = None,
    antialias: bool | None = True,
) -> Any:
    """A PIL image or tensor (..., H, W) resized to `size` = (height, width), or its shorter side to one number.

    A longer side above `max_size` shrinks both. Filters widen when an image shrinks: always for PIL images, with
    `antialias` for bilinear and bicubic tensors. Dtype kept (integers are rounded). Raises TypeError for another
    kind of image or interpolation, ValueError for sizes that do not fit together or a filter that tensors lack.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.resize(lucet.tensor([[[0.0, 1.0, 4.0, 5.0]]]), [1, 2])
    tensor([[[1., 4.]]])
    """
    mode = interpolation_mode(interpolation)
    _, height, width = get_dimensions(img)
    output = _output_size(height, width, size, max_size)
    if output == (height, width):
        return img
    if isinstance(img, Tensor):
        return resample(img, output, mode.value, bool(antialias))
    if antialias is False:
        warnings.warn("resize: antialias=False has no effect on PIL images, they are always antialiased", stacklevel=2)
    return io.pil_resize(img, output, _PILLOW_FILTERS[mode])


def _zero_border(img: Any, left: int, top: int, right: int, bottom: int) -> Any:
    _, height, width = get_dimensions(img)
    return crop(img, -top, -left, height + top + bottom, width + left + right)


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """The part of a PIL image or tensor (..., H, W) at (`top`, `left`); what lies outside the image is zero.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.crop(lucet.tensor([[1, 2], [3, 4]]), 1, 1, 2, 2)
    tensor([[4, 0],
            [0, 0]])
    """
    if not isinstance(img, Tensor):
        _check_kind(img, "crop")
        return io.pil_crop(img, top, left, height, width)
    _, rows, columns = get_dimensions(img)
    first_row, last_row = max(top, 0), min(top + height, rows)
    first_column, last_column = max(left, 0), min(left + width, columns)
    inside = img[..., first_row : max(last_row, first_row), first_column : max(last_column, first_column)]
    if tuple(inside.shape[-2:]) == (height, width):
        return inside
    result = img.new_zeros((*img.shape[:-2], height, width))
    row, column = first_row - top, first_column - left
    result[..., row : row + inside.shape[-2], column : column + inside.shape[-1]] = inside
    return result


def center_crop(img: Any, output_size: Sequence[int] | int) -> Any:
    """The middle (height, width) of a PIL image or tensor (..., H, W); a smaller image is padded with zeros first.

    One number is used for both sides.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.center_crop(lucet.arange(9).view(3, 3), 1)
    tensor([[4]])
    """
    sides = [output_size] if isinstance(output_size, (int, float)) else list(output_size)
    crop_height, crop_width = (int(side) for side in (sides * 2)[:2])
    _, height, width = get_dimensions(img)
    if crop_height > height or crop_width > width:
        missing = max(crop_width - width, 0), max(crop_height - height, 0)
        img = _zero_border(img, *(total // 2 for total in missing), *((total + 1) // 2 for total in missing))
        _, height, width = get_dimensions(img)
        if (height, width) == (crop_height, crop_width):
            return img
    top, left = round((height - crop_height) / 2), round((width - crop_width) / 2)
    return crop(img, top, left, crop_height, crop_width)


def _check_gray_channels(num_output_channels: int) -> None:
    if num_output_channels not in (1, 3):
        raise ValueError(f"to_grayscale: num_output_channels is {num_output_channels}, expected 1 or 3")


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """A PIL image of any mode in gray, mode "L" or "RGB" for 1 or 3 channels. TypeError for anything else.

    >>> from PIL import Image
    >>> from lucetvision.transforms import functional as F
    >>> F.to_grayscale(Image.new("RGB", (1, 1), (255, 0, 0))).getpixel((0, 0))
    76
    """
    if not io.is_pil(img):
        raise TypeError(f"to_grayscale: input is {type(img)}, expected a PIL image")
    _check_gray_channels(num_output_channels)
    return io.pil_grayscale(img, num_output_channels)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """A PIL image or tensor (..., 1 or 3, H, W) in gray: 0.2989 R + 0.587 G + 0.114 B, with 1 or 3 channels.

    Raises TypeError for other kinds, dimensions or channel counts, ValueError for another `num_output_channels`.
    Source: ITU-R BT.601 luma weights.

    >>> import lucet
    >>> from lucetvision.transforms import functional as F
    >>> F.rgb_to_grayscale(lucet.ones(3, 1, 1))
    tensor([[[0.9999]]])
    """
    if not isinstance(img, Tensor):
        return to_grayscale(img, num_output_channels)
    if img.ndim < 3 or img.shape[-3] not in (1, 3):
        raise TypeError(f"rgb_to_grayscale: input has shape {tuple(img.shape)}, expected (..., 1 or 3, H, W)")
    _check_gray_channels(num_output_channels)
    if img.shape[-3] == 3:
        red, green, blue = img.unbind(dim=-3)
        gray = (0.2989 * red + 0.587 * green + 0.114 * blue).to(img.dtype).unsqueeze(dim=-3)
    else:
        gray = img.clone()
    return gray.expand(*img.shape[:-3], 3, *img.shape[-2:]) if num_output_channels == 3 else gray
