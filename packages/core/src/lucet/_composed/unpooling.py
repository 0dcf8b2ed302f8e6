"""Maxima put back where they came from, and maxima of windows at random places."""

import math
from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._composed.volume_pools import picked_rule
from lucet._device import channels_last
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.create import arange
from lucet._ops.random import rand
from lucet._tensor import Tensor

Size = int | Sequence[int]
INT64 = DTYPES["int64"]


def _several(value: Any, axes: int) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


# --- maxima put back -------------------------------------------------------------------------------------------------


def _unpooled_size(input: Tensor, kernel: Sequence[int], stride: Sequence[int], padding: Sequence[int], output_size: Any) -> tuple[int, ...]:
    axes = len(kernel)
    usual = [(size - 1) * s + k - 2 * p for size, k, s, p in zip(input.shape[-axes:], kernel, stride, padding, strict=True)]
    sizes = usual
    if output_size is not None:
        sizes = list(output_size)
        if len(sizes) == axes + 2:
            sizes = sizes[2:]
        if len(sizes) != axes:
            raise ValueError(f"output_size should be a sequence containing {axes} or {axes + 2} elements, but it has a length of '{len(sizes)}'")
        for d, (size, old, step) in enumerate(zip(sizes, usual, stride, strict=True)):
            if not old - step < size < old + step:
                raise ValueError(f'invalid output_size "{sizes}" (dim {d} must be between {old - step} and {old + step})')
    for d, size in enumerate(sizes):
        if size < 0:
            raise ValueError(f"max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[{d}]={size}")
    return tuple(sizes)


def _put_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], axes: int) -> list[Tensor | None]:
    (index,), g = kept, grads[0]
    lead = index.shape[: index.dim() - axes]
    at = index.reshape(*lead, math.prod(index.shape[len(lead) :]))
    return [g.reshape(*lead, math.prod(g.shape[len(lead) :])).gather(-1, at).reshape(index.shape)]


def _put(op: str, input: Tensor, indices: Tensor, sizes: Sequence[int]) -> Tensor:
    axes = len(sizes)
    if indices.dtype != INT64:
        raise error(DtypeError, f"elements in indices should be type int64 but got: {str(indices.dtype)[6:]}")
    if input.dim() not in (axes + 1, axes + 2):
        raise error(ShapeError, f"{op}: expected an input of {axes + 1} or {axes + 2} dimensions, but got a tensor with {input.dim()}")
    if input.shape != indices.shape:
        raise error(ShapeError, f"Expected shape of indices to be same as that of the input tensor ({list(input.shape)}) but got indices tensor with shape: {list(indices.shape)}")
    if 0 in input.shape[input.dim() - axes - 1 :]:
        raise error(ShapeError, f"{op}(): Expected input to have non-zero size for non-batch dimensions, but got {list(input.shape)}")
    if input.is_complex() or input.dtype == DTYPES["bool"]:
        raise error(DtypeError, f'"{op}" not implemented for {str(input.dtype)[6:]}', fix="input.float()")
    lead, room = input.shape[: input.dim() - axes], math.prod(sizes)
    at = indices.reshape(*lead, math.prod(input.shape[len(lead) :]))
    if at.numel() and not at.is_meta:
        low, high = at.aminmax()
        if int(low) < 0 or int(high) >= room:
            wrong = int(low) if int(low) < 0 else int(high)
            raise error(ShapeError, f"Found an invalid max index: {wrong} (output volumes are of size {'x'.join(map(str, sizes))}")
    flat = input.new_zeros((*lead, room))
    result = flat.scatter(-1, at, input.detach().reshape(at.shape)).reshape(*lead, *sizes)
    if axes == 2 and input.dim() == 4 and input.is_contiguous(memory_format=channels_last) and not input.is_contiguous():
        result = result.contiguous(memory_format=channels_last)
    recorded(f"MaxUnpool{max(axes, 2)}DBackward0", _put_rule, (input,), (result,), (indices,), axes)
    return result


def _unpool(op: str, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any, axes: int) -> Tensor:
    kernel = _several(kernel_size, axes)
    steps = kernel if stride is None else _several(stride, axes)
    return _put(op, input, indices, _unpooled_size(input, kernel, steps, _several(padding, axes), output_size))


def _maxima_of(r: Any, *shape: int) -> tuple[Tensor, Tensor]:
    """Maxima and their places for samples: one element of each window of two."""
    x = r(*shape)
    at = arange(math.prod(shape[2:])).view(shape[2:]).expand(shape)
    return x, at * 2


@composed(public=False, also="nn.functional", family="pool", dtypes="no bool, no complex", samples=lambda r: [(*_maxima_of(r, 2, 3, 4), 2), (*_maxima_of(r, 1, 2, 3), 2, 2, 0, (7,))])
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: Size, stride: Any = None, padding: Size = 0, output_size: Any = None) -> Tensor:
    """max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None) -> Tensor

    The maxima that `max_pool1d` returned with their places, back at those places among zeros: (N, C, L') or (C, L') to (N, C, L), of the size
    that was pooled if windows covered it, else of `output_size`. ValueError for sizes out of reach, ShapeError for places outside.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_unpool1d(lucet.tensor([[2., 4.]]), lucet.tensor([[1, 2]]), 2)
    tensor([[0., 2., 4., 0.]])
    """
    return _unpool("max_unpool1d", input, indices, kernel_size, stride, padding, output_size, 1)


@composed(public=False, also="nn.functional", family="pool", dtypes="no bool, no complex", samples=lambda r: [(*_maxima_of(r, 2, 3, 2, 3), 2), (*_maxima_of(r, 1, 2, 2, 2), 2, 2, 0, (5, 4))])
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Size, stride: Any = None, padding: Size = 0, output_size: Any = None) -> Tensor:
    """max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None) -> Tensor

    The maxima of `max_pool2d` back at their places among zeros; see `max_unpool1d`.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_unpool2d(lucet.tensor([[[4.]]]), lucet.tensor([[[3]]]), 2)
    tensor([[[0., 0.],
             [0., 4.]]])
    """
    return _unpool("max_unpool2d", input, indices, kernel_size, stride, padding, output_size, 2)


@composed(public=False, also="nn.functional", family="pool", dtypes="no bool, no complex", samples=lambda r: [(*_maxima_of(r, 1, 2, 2, 2, 2), 2), (*_maxima_of(r, 1, 1, 1, 2, 2), 2, 2, 0, (3, 4, 5))])
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: Size, stride: Any = None, padding: Size = 0, output_size: Any = None) -> Tensor:
    """max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None) -> Tensor

    The maxima of `max_pool3d` back at their places among zeros; see `max_unpool1d`.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_unpool3d(lucet.tensor([[[[4.]]]]), lucet.tensor([[[[7]]]]), 2).flatten()
    tensor([0., 0., 0., 0., 0., 0., 0., 4.])
    """
    return _unpool("max_unpool3d", input, indices, kernel_size, stride, padding, output_size, 3)


# --- windows at random places ----------------------------------------------------------------------------------------


def _starts(sample: Tensor, size: int, count: int, kernel: int) -> Tensor:
    """Where the `count` windows of each channel start, (N, C, count) of int64: Graham (2014), section 2, with `sample` as u."""
    if count > 1:
        alpha = (sample * 0 + (size - kernel)) / (count - 1)
        places = arange(count, dtype=sample.dtype, device=sample.device)
        sample, alpha = sample.unsqueeze(-1), alpha.unsqueeze(-1)
        found = ((places + sample) * alpha).long() - (sample * alpha).long()
    else:
        found = sample.new_zeros((*sample.shape, count), dtype=INT64)
    found[..., count - 1 :] = size - kernel
    return found


def _fractional(op: str, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Tensor | None, axes: int) -> tuple[Tensor, Tensor]:
    if output_size is None and output_ratio is None:
        raise ValueError(f"{op} requires specifying either an output_size or an output_ratio")
    if output_size is None:
        if isinstance(output_ratio, (tuple, list)) and len(output_ratio) > axes:
            raise ValueError(f"{op} requires output_ratio to either be a single Int or tuple of Ints.")
        output_size = [int(size * ratio) for size, ratio in zip(input.shape[input.dim() - axes :], _several(output_ratio, axes), strict=True)]
    if input.dim() not in (axes + 1, axes + 2):
        raise error(ShapeError, f"{op}(): Expected {axes + 1}D or {axes + 2}D tensor, but got: {list(input.shape)}")
    single = input.dim() == axes + 1
    x = input.detach().unsqueeze(0) if single else input.detach()
    if 0 in x.shape[1:]:
        raise error(ShapeError, f"{op}(): Expected input to have non-zero size for non-batch dimensions, but got {list(input.shape)}")
    if not input.is_floating_point():
        raise error(DtypeError, f'"{op}" not implemented for {str(input.dtype)[6:]}', fix="input.float()")
    kernel, sizes = _several(kernel_size, axes), tuple(_several(output_size, axes))
    if len(kernel) != axes or len(sizes) != axes:
        raise error(ShapeError, f"{op}: kernel_size and output_size must either be a single int or tuple of {axes} ints, got {kernel} and {sizes}")
    if min(kernel) <= 0 or min(sizes) <= 0:
        raise error(ShapeError, f"{op}: kernel_size and output_size must be greater than zero, got {kernel} and {sizes}")
    for name, size, window, count in zip(("time", "height", "width")[3 - axes :], x.shape[2:], kernel, sizes, strict=True):
        if count + window - 1 > size:
            raise error(ShapeError, f"{op}(): pool {name} {window} too large relative to input {name} {size}")
    if samples is None:
        samples = rand(x.shape[0], x.shape[1], axes, dtype=input.dtype, device=input.device)
    if samples.dtype != input.dtype:
        raise error(DtypeError, f"{op}: Expect _random_samples to have the same dtype as input")
    if samples.dim() != 3 or samples.shape[0] < x.shape[0] or samples.shape[1] < x.shape[1] or samples.shape[2] != axes:
        raise error(ShapeError, f"{op}: Expect _random_samples of shape {(x.shape[0], x.shape[1], axes)}, got {tuple(samples.shape)}")
    samples = samples[: x.shape[0], : x.shape[1]]
    at: Any = 0
    for axis in range(axes):  # (N, C, out, ..., kernel, ...): where each element of each window stands
        which = axes - 1 - axis if axes == 2 else axis  # torch's numbers for planes are those of the width first
        places = _starts(samples[..., which], x.shape[2 + axis], sizes[axis], kernel[axis]).unsqueeze(-1) + arange(kernel[axis], device=x.device)
        shape = [1] * (2 * axes)
        shape[axis], shape[axes + axis] = sizes[axis], kernel[axis]
        at = at * x.shape[2 + axis] + places.view(*x.shape[:2], *shape)
    at = at.reshape(*x.shape[:2], math.prod(sizes), math.prod(kernel))
    flat = x.reshape(*x.shape[:2], -1)
    values, best = flat.gather(-1, at.reshape(*x.shape[:2], -1)).reshape(at.shape).max(-1)
    index = at.gather(-1, best.unsqueeze(-1)).reshape(*x.shape[:2], *sizes)
    result = values.reshape(index.shape)
    if single:
        result, index = result.squeeze(0), index.squeeze(0)
    label = f"FractionalMaxPool{axes}DBackward0"
    recorded(label, picked_rule, (input,), (result,), (index, input), (label, axes))
    return result, index


def _drawn(r: Any, *shape: int) -> Tensor:
    """Random numbers from 0 to 1 for samples."""
    return r(*shape).abs() % 1


@composed(
    public=False, also="nn.functional", family="pool",
    samples=lambda r: [(r(2, 3, 6, 5), 2, (3, 2), None, False, _drawn(r, 2, 3, 2)), (r(2, 5, 6), (2, 1), None, (0.5, 0.5), False, _drawn(r, 1, 2, 2))],
)  # fmt: skip
def fractional_max_pool2d_with_indices(
    input: Tensor, kernel_size: Size, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """fractional_max_pool2d_with_indices(input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None) -> (Tensor, Tensor)

    `fractional_max_pool2d` that always returns the positions of the maxima too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.fractional_max_pool2d_with_indices(lucet.arange(4.).view(1, 2, 2), 2, 1)[1]
    tensor([[[3]]])
    """
    return _fractional("fractional_max_pool2d", input, kernel_size, output_size, output_ratio, _random_samples, 2)


@composed(
    public=False, also="nn.functional", family="pool",
    samples=lambda r: [(r(2, 3, 6, 5), 2, (3, 2), None, False, _drawn(r, 2, 3, 2)), (r(2, 5, 6), (2, 1), None, (0.5, 0.5), False, _drawn(r, 1, 2, 2))],
)  # fmt: skip
def fractional_max_pool2d(
    input: Tensor, kernel_size: Size, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None
) -> Any:
    """fractional_max_pool2d(input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None) -> Tensor

    Maxima of windows of images (N, C, H, W) or (C, H, W) at random places, so spaced that the output has `output_size`, or `output_ratio` times
    the input's. `_random_samples` (N, C, 2), numbers from 0 to 1, are drawn unless given. ValueError unless size or ratio is given.

    Source: B. Graham, Fractional Max-Pooling (2014), section 2.

    >>> import lucet, lucet.nn.functional as F
    >>> F.fractional_max_pool2d(lucet.arange(4.).view(1, 2, 2), 2, 1)
    tensor([[[3.]]])
    """
    y, index = _fractional("fractional_max_pool2d", input, kernel_size, output_size, output_ratio, _random_samples, 2)
    return (y, index) if return_indices else y


@composed(
    public=False, also="nn.functional", family="pool",
    samples=lambda r: [(r(1, 2, 4, 6, 5), 2, (2, 3, 2), None, False, _drawn(r, 1, 2, 3)), (r(2, 4, 5, 6), (2, 1, 2), None, 0.5, False, _drawn(r, 1, 2, 3))],
)  # fmt: skip
def fractional_max_pool3d_with_indices(
    input: Tensor, kernel_size: Size, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """fractional_max_pool3d_with_indices(input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None) -> (Tensor, Tensor)

    `fractional_max_pool3d` that always returns the positions of the maxima too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.fractional_max_pool3d_with_indices(lucet.arange(8.).view(1, 2, 2, 2), 2, 1)[1]
    tensor([[[[7]]]])
    """
    return _fractional("fractional_max_pool3d", input, kernel_size, output_size, output_ratio, _random_samples, 3)


@composed(
    public=False, also="nn.functional", family="pool",
    samples=lambda r: [(r(1, 2, 4, 6, 5), 2, (2, 3, 2), None, False, _drawn(r, 1, 2, 3)), (r(2, 4, 5, 6), (2, 1, 2), None, 0.5, False, _drawn(r, 1, 2, 3))],
)  # fmt: skip
def fractional_max_pool3d(
    input: Tensor, kernel_size: Size, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None
) -> Any:
    """fractional_max_pool3d(input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None) -> Tensor

    `fractional_max_pool2d` of volumes (N, C, D, H, W) or (C, D, H, W); `_random_samples` is (N, C, 3).

    >>> import lucet, lucet.nn.functional as F
    >>> F.fractional_max_pool3d(lucet.arange(8.).view(1, 2, 2, 2), 2, 1)
    tensor([[[[7.]]]])
    """
    y, index = _fractional("fractional_max_pool3d", input, kernel_size, output_size, output_ratio, _random_samples, 3)
    return (y, index) if return_indices else y
