"""Resizing of tensors as two matrix products, one per axis; PIL images are resized in io.py.

A row of a resampling matrix holds the weights with which one output pixel sums the input pixels. Pixel centres lie at
half integers, so output i sits at (i + 0.5) * input / output - 0.5.
Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981, for the cubic kernel.
"""

from typing import Any

import numpy as np

import lucet
from lucet import Tensor

_RADIUS = {"bilinear": 1.0, "bicubic": 2.0}


def _triangle(distance: np.ndarray) -> np.ndarray:
    return np.maximum(1 - distance, 0)


def _cubic(distance: np.ndarray, a: float) -> np.ndarray:
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = ((distance - 5) * distance + 8) * distance * a - 4 * a
    return np.where(distance < 1, near, np.where(distance < 2, far, 0))


def matrix(inputs: int, outputs: int, mode: str, antialias: bool) -> np.ndarray:
    """The (outputs, inputs) float64 weights of a bilinear or bicubic filter; `antialias` widens it when it shrinks."""
    scale = inputs / outputs
    centres = (np.arange(outputs) + 0.5) * scale - 0.5
    if not antialias:
        return _interpolating(inputs, centres, mode)
    stretch = max(scale, 1.0)
    distance = np.abs(np.arange(inputs) - centres[:, None]) / stretch
    # antialiased bicubic uses Pillow's sharper -0.5, the plain one -0.75
    weights = _triangle(distance) if mode == "bilinear" else _cubic(distance, -0.5)
    return weights / weights.sum(axis=1, keepdims=True)


def _interpolating(inputs: int, centres: np.ndarray, mode: str) -> np.ndarray:
    """Weights of the nearest 2 or 4 pixels; those beyond the edge count for the edge pixel."""
    if mode == "bilinear":
        centres = np.maximum(centres, 0)
    reach = int(_RADIUS[mode])
    first = np.floor(centres).astype(int) - reach + 1
    weights = np.zeros((len(centres), inputs))
    for step in range(2 * reach):
        column = first + step
        distance = np.abs(column - centres)
        share = _triangle(distance) if mode == "bilinear" else _cubic(distance, -0.75)
        np.add.at(weights, (np.arange(len(centres)), np.clip(column, 0, inputs - 1)), share)
    return weights


def _nearest(inputs: int, outputs: int, exact: bool) -> np.ndarray:
    scale = np.float32(inputs / outputs)
    offset = np.float32(0.5 if exact else 0)
    return np.minimum(np.floor((np.arange(outputs, dtype=np.float32) + offset) * scale).astype(np.int64), inputs - 1)


def resample(image: Tensor, size: tuple[int, int], mode: str, antialias: bool) -> Tensor:
    """`image` (..., H, W) at `size` by "nearest", "nearest-exact", "bilinear" or "bicubic"; ValueError for another."""
    height, width = image.shape[-2:]
    if mode in ("nearest", "nearest-exact"):
        rows, columns = (_nearest(old, new, mode != "nearest") for old, new in zip((height, width), size, strict=True))
        return image[..., lucet.from_numpy(rows), :][..., lucet.from_numpy(columns)]
    if mode not in _RADIUS:
        raise ValueError(f"resize: interpolation is {mode!r}, tensors take nearest, nearest-exact, bilinear or bicubic")
    floating = image.dtype in (lucet.float32, lucet.float64)
    values = image if floating else image.to(lucet.float32)
    down, across = (
        lucet.from_numpy(matrix(old, new, mode, antialias)).to(values.dtype)
        for old, new in zip((height, width), size, strict=True)
    )
    values = down @ (values @ across.t())
    return values if floating else _rounded(values, image.dtype)


def _rounded(values: Tensor, dtype: Any) -> Tensor:
    if not dtype.is_floating_point:
        values = lucet.from_numpy(np.rint(values.detach().numpy()))
    if dtype == lucet.uint8:
        values = values.clamp(0, 255)
    return values.to(dtype)
