"""Images of another size: `interpolate` and its older names. What is computed is `_ops/resample.pyx`; area means are adaptive pools."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._composed.volume_pools import adaptive_avg_pool3d
from lucet._ops.pool import adaptive_avg_pool1d, adaptive_avg_pool2d
from lucet._ops.resample import resample
from lucet._tensor import Tensor

_AXES = {"linear": (3, "linear"), "bilinear": (4, "linear"), "trilinear": (5, "linear"), "bicubic": (4, "cubic"), "lanczos": (4, "lanczos")}
_MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"


def _sizes(input: Tensor, size: Any) -> tuple[int, ...]:
    spatial = input.dim() - 2
    if not isinstance(size, (list, tuple)):
        size = (size,) * spatial
    if len(size) != spatial:
        raise ValueError(
            f"Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of {list(input.shape[2:])} and output size "
            f"of {size}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format."
        )
    if not all(hasattr(one, "__index__") for one in size):
        raise TypeError(f"expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with types {[type(one) for one in size]}")
    return tuple(one.__index__() for one in size)


def _factors(input: Tensor, scale_factor: Any) -> tuple[float, ...]:
    spatial = input.dim() - 2
    if not isinstance(scale_factor, (list, tuple)):
        scale_factor = (scale_factor,) * spatial
    if len(scale_factor) != spatial:
        raise ValueError(
            f"Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of {list(input.shape[2:])} and "
            f"scale_factor of shape {scale_factor}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    return tuple(float(factor) for factor in scale_factor)


def _area(input: Tensor, sizes: tuple[int, ...]) -> Tensor:
    return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[input.dim() - 3](input, sizes)


@composed(
    public=False, also="nn.functional", family="resample",
    samples=lambda r: [
        (r(1, 2, 4), 7), (r(2, 3, 4, 5), None, 1.7), (r(1, 2, 4, 5), (7, 3), None, "bilinear"), (r(1, 1, 3, 4), (5, 6), None, "bilinear", True),
        (r(1, 2, 4, 5), None, (1.6, 0.7), "bicubic"), (r(1, 2, 5, 6), (3, 4), None, "bilinear", False, None, True), (r(1, 2, 3), 5, None, "linear"),
        (r(1, 2, 3, 2, 3), (4, 3, 2), None, "trilinear"), (r(1, 2, 5, 4), (3, 2), None, "area"), (r(1, 2, 4, 5), (3, 9), None, "nearest-exact"),
    ],
)  # fmt: skip
def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """interpolate(input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None, antialias=False) -> Tensor

    Sequences (N, C, L), images (N, C, H, W) or volumes (N, C, D, H, W) of another size: give `size`, or `scale_factor`, times which each size
    is rounded down. Modes: "nearest" (the pixel at the place rounded down), "nearest-exact" (whose middle is nearest), "linear" of sequences,
    "bilinear", "bicubic" and "lanczos" of images, "trilinear" of volumes, "area" (means, `adaptive_avg_pool2d`). `align_corners` lets the
    middles of corner pixels meet, otherwise their outer corners do. `antialias` takes in all pixels that an output covers (bilinear, bicubic;
    always for lanczos). With `recompute_scale_factor` the ratio of the sizes counts, not the given factor.

    Dtype: floats; uint8 for nearest pixels, and for filters of images, which are computed in whole numbers as Pillow does.
    Raises: ValueError unless one of size and factor is given, ShapeError for empty sizes, NotImplementedError for a mode of other inputs.
    Source: R. Keys, Cubic convolution interpolation for digital image processing (1981); C. Duchon, Lanczos filtering (1979).

    >>> import lucet, lucet.nn.functional as F
    >>> F.interpolate(lucet.tensor([[[[0., 1.]]]]), (1, 4), mode="bilinear")
    tensor([[[[0.0000, 0.2500, 0.7500, 1.0000]]]])
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
    aligned = bool(align_corners)
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    factors: tuple[float | None, ...] = (None,) * (input.dim() - 2)
    if size is not None:
        sizes = _sizes(input, size)
    else:
        factors = _factors(input, scale_factor)
        products = [n * factor for n, factor in zip(input.shape[2:], factors, strict=True)]
        if not all(math.isfinite(product) for product in products):
            raise ValueError(f"interpolate: scale_factor must be finite, got {scale_factor}")
        sizes = tuple(int(product) for product in products)
        if recompute_scale_factor or mode == "area":
            factors = (None,) * len(sizes)
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and input.dim() == 4):
        raise ValueError("Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input")
    if input.dim() in (3, 4, 5):
        if mode in ("nearest", "nearest-exact"):
            return resample(input, sizes, mode, False, factors, False)
        if mode == "area":
            return _area(input, sizes)
        dims, kind = _AXES.get(mode, (0, ""))
        if dims == input.dim():
            if mode == "lanczos" and aligned:
                raise ValueError("Lanczos mode does not support align_corners=True")
            if mode == "lanczos" and not antialias:
                raise ValueError("Lanczos mode requires antialias=True")
            return resample(input, sizes, kind, aligned, factors, antialias)
        if mode in ("linear", "bilinear", "trilinear"):
            raise NotImplementedError(f"Got {input.dim()}D input, but {mode} mode needs {dims}D input")
    raise NotImplementedError(f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.dim()}D) for the modes: {_MODES} (got {mode})")


def _told(name: str) -> None:
    warnings.warn(f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3)


@composed(public=False, also="nn.functional", family="resample", samples=lambda r: [(r(1, 2, 3, 4), (5, 6)), (r(1, 2, 3, 4), None, 2.0, "bilinear", True)])
def upsample(input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None) -> Tensor:
    """upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None) -> Tensor

    `interpolate` by its older name. Deprecated.

    >>> import lucet, lucet.nn.functional as F
    >>> F.upsample(lucet.tensor([[[1., 2.]]]), 4)
    tensor([[[1., 1., 2., 2.]]])
    """
    _told("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


@composed(public=False, also="nn.functional", family="resample", samples=lambda r: [(r(1, 2, 3, 4), (5, 6)), (r(1, 2, 3, 4), None, 2.0)])
def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """upsample_nearest(input, size=None, scale_factor=None) -> Tensor

    `interpolate` to nearest pixels. Deprecated.

    >>> import lucet, lucet.nn.functional as F
    >>> F.upsample_nearest(lucet.tensor([[[1., 2.]]]), 4)
    tensor([[[1., 1., 2., 2.]]])
    """
    _told("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


@composed(public=False, also="nn.functional", family="resample", samples=lambda r: [(r(1, 2, 3, 4), (5, 6)), (r(1, 2, 3, 4), None, 2.0)])
def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """upsample_bilinear(input, size=None, scale_factor=None) -> Tensor

    `interpolate` with mode "bilinear" and aligned corners. Deprecated.

    >>> import lucet, lucet.nn.functional as F
    >>> F.upsample_bilinear(lucet.tensor([[[[0., 1.]]]]), (1, 3))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """
    _told("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
