"""Image files to tensors, PIL images to arrays and back: the only importer of PIL.

PIL is imported by the first function that needs it, so that training on idx files never pays for it.
"""

import os
import sys
import warnings
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

import lucet
from lucet import Tensor
from lucet._errors import LoadError, error

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["ImageReadMode", "open_image", "read_image"]

_FORMATS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
_MAX_PIXELS = 178_956_970  # above this Pillow itself refuses; 0.7 GB once decoded to RGB
_ORIENTATION_TAG = 0x0112
_ORIENTATIONS = {  # EXIF value: the name of the transpose that undoes it
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_ARRAY_TYPES = {"I": np.int32, "F": np.float32, "I;16": np.int16, "I;16B": np.int16}


class ImageReadMode(Enum):
    """What `read_image` makes of a file's colours; the names may be given as text too.

    UNCHANGED keeps the channels that are stored, GRAY gives 1, GRAY_ALPHA 2, RGB 3 and RGBA (RGB_ALPHA) 4.

    >>> from lucetvision.io import ImageReadMode
    >>> ImageReadMode["RGBA"]
    <ImageReadMode.RGB_ALPHA: 4>
    """

    UNCHANGED = 0
    GRAY = 1
    GRAY_ALPHA = 2
    RGB = 3
    RGB_ALPHA = 4
    RGBA = RGB_ALPHA


_PIL_MODES = {
    ImageReadMode.GRAY: "L",
    ImageReadMode.GRAY_ALPHA: "LA",
    ImageReadMode.RGB: "RGB",
    ImageReadMode.RGB_ALPHA: "RGBA",
}


def read_image(
    path: str | os.PathLike,
    mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
    apply_exif_orientation: bool = False,
) -> Tensor:
    """Decode the PNG or JPEG file at `path` into a uint8 tensor (channels, height, width).

    Alpha that `mode` does not ask for is dropped, alpha that is missing is opaque; the palette numbers of an UNCHANGED
    palette file are its one channel; 16 bits are scaled to 8. Raises LoadError, naming the file, when it cannot be
    opened or decoded; ValueError for another mode.

    >>> from lucetvision.io import read_image
    >>> read_image("no-such-file.png")
    Traceback (most recent call last):
        ...
    lucet.errors.LoadError: read_image: cannot read no-such-file.png: No such file or directory
    """
    wanted = ImageReadMode.__members__.get(mode.upper()) if isinstance(mode, str) else mode
    if not isinstance(wanted, ImageReadMode):
        raise ValueError(f"read_image: mode is {mode!r}, expected one of {', '.join(ImageReadMode.__members__)}")
    pixels = np.array(_in_colours(_read("read_image", path, apply_exif_orientation), _PIL_MODES.get(wanted)))
    return lucet.from_numpy(pixels.reshape(*pixels.shape[:2], -1)).permute(2, 0, 1)


def _in_colours(image: "Image", mode: str | None) -> "Image":
    """`image` in 8 bits and `mode`, or the mode nearest to its own."""
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode != "P":
        image.info.pop("transparency", None)  # one colour that stands for transparent is not an alpha channel
    if image.mode == "CMYK" and mode is not None:
        image = image.convert("RGB")
    wanted = mode or ("L" if image.mode == "1" else image.mode)
    return image if image.mode == wanted else image.convert(wanted)


def open_image(path: str | os.PathLike, mode: str = "RGB") -> "Image":
    """Decode the PNG or JPEG file at `path` into a PIL image of `mode` "RGB" or "L", upright and opaque.

    Any colour mode is taken: palette, CMYK, 16-bit (scaled to 8), transparency (laid over black); the EXIF orientation
    is applied. Raises LoadError, naming the file, when it cannot be opened or decoded; ValueError for another mode.

    >>> from lucetvision.io import open_image
    >>> open_image("no-such-file.png")
    Traceback (most recent call last):
        ...
    lucet.errors.LoadError: open_image: cannot read no-such-file.png: No such file or directory
    """
    if mode not in ("RGB", "L"):
        raise ValueError(f"open_image: mode is {mode!r}, expected 'RGB' or 'L'")
    return _flatten(_read("open_image", path, upright=True), mode)


def _read(caller: str, path: str | os.PathLike, upright: bool) -> "Image":
    name = os.fspath(path)
    shown = name or "''"
    try:
        with open(name, "rb") as file:
            return _decode(file, shown, upright)
    except OSError as cause:
        raise error(LoadError, f"{caller}: cannot read {shown}: {cause.strerror or cause}") from cause
    except _Unfit as cause:
        raise error(LoadError, f"{caller}: {cause}") from cause.__cause__


class _Unfit(Exception):
    """A file that is not an image read here; the message says why."""


def _decode(file: Any, name: str, upright: bool) -> "Image":
    kind = next((kind for magic, kind in _FORMATS.items() if _starts_with(file, magic)), None)
    if kind is None:
        raise _Unfit(f"{name} is neither a PNG nor a JPEG file")
    import importlib

    plugin = importlib.import_module(f"PIL.{kind.title() if kind == 'PNG' else 'Jpeg'}ImagePlugin")
    factory = plugin.PngImageFile if kind == "PNG" else plugin.jpeg_factory
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = factory(file)
            _check_pixels(image, name)
            image.load()
            return _upright(image) if upright else image
    except _Unfit:
        raise
    except Exception as cause:  # Pillow's decoders raise nearly anything on damaged files
        raise _Unfit(f"cannot decode {name}: {cause or type(cause).__name__}") from cause


def _starts_with(file: Any, magic: bytes) -> bool:
    file.seek(0)
    found = file.read(len(magic)) == magic
    file.seek(0)
    return found


def _check_pixels(image: "Image", name: str) -> None:
    width, height = image.size
    if width * height > _MAX_PIXELS:
        raise _Unfit(f"{name} has {width} x {height} pixels, expected at most {_MAX_PIXELS:,} in all")


def _upright(image: "Image") -> "Image":
    if not ("exif" in image.info or "Raw profile type exif" in image.info):
        return image
    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # a damaged EXIF block does not make the pixels unreadable
        return image
    method = _ORIENTATIONS.get(orientation)
    if method is None:
        return image
    from PIL import Image

    transparency = image.info.get("transparency")
    turned = image.transpose(getattr(Image.Transpose, method))
    if transparency is not None:
        turned.info["transparency"] = transparency
    return turned


def _flatten(image: "Image", mode: str) -> "Image":
    """`image` in 8 bits and `mode`, transparent parts over black."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        return _eight_bits(image).convert(mode)
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), image)
    if image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: "Image") -> "Image":
    values = np.asarray(image).astype(np.float64)
    return from_array(np.clip(np.rint(values / 257), 0, 255).astype(np.uint8))


def is_pil(image: object) -> bool:
    """Whether `image` is a PIL image, without importing PIL to find out."""
    pil = sys.modules.get("PIL.Image")
    return pil is not None and isinstance(image, pil.Image)


def to_array(image: "Image") -> np.ndarray:
    """A fresh array of a PIL image, (H, W) or (H, W, C), in the dtype of its mode (uint8 for all 8-bit ones).

    >>> from lucetvision.io import from_array, to_array
    >>> to_array(from_array(np.array([[0, 255]], np.uint8)))
    array([[  0, 255]], dtype=uint8)
    """
    return np.array(image, _ARRAY_TYPES.get(image.mode, np.uint8), copy=True)


def from_array(array: np.ndarray) -> "Image":
    """A PIL image of a uint8 array, (H, W) as "L" or (H, W, 3) as "RGB"."""
    from PIL import Image

    return Image.fromarray(array)


def pil_dimensions(image: "Image") -> list[int]:
    """[channels, height, width] of a PIL image."""
    width, height = image.size
    return [len(image.getbands()), height, width]


def pil_hflip(image: "Image") -> "Image":
    """A PIL image with left and right swapped."""
    from PIL import Image

    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def pil_crop(image: "Image", top: int, left: int, height: int, width: int) -> "Image":
    """The part of a PIL image at (`top`, `left`); what lies outside the image is black."""
    return image.crop((left, top, left + width, top + height))


def pil_resize(image: "Image", size: tuple[int, int], resample: int) -> "Image":
    """A PIL image resized to `size` = (height, width) with Pillow's filter number `resample`."""
    return image.resize((size[1], size[0]), resample)


def pil_grayscale(image: "Image", channels: int) -> "Image":
    """A PIL image of any mode as "L" (1 channel) or as "RGB" with three equal channels."""
    gray = image.convert("L")
    return gray if channels == 1 else gray.convert("RGB")
