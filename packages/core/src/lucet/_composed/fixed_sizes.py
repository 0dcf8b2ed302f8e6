"""Results whose size or layout is told: nonzero_static, empty_permuted, slice_inverse, dim_order, the forms of resize that change nothing."""

import math
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lucet._composed._define import composed
from lucet._composed.copies import sliced
from lucet._device import channels_last, memory_format
from lucet._dtype import DTYPES
from lucet._dtype import dtype as dtype_type
from lucet._ops.composing import recorded
from lucet._ops.create import empty_strided, full, zeros_like
from lucet._ops.shape import slice_scatter
from lucet._tensor import Tensor


@composed(
    method=True, dtypes="all", grad="no", family="indexing",
    samples=lambda r: [(r(2, 3), {"size": 4}), (r(2), {"size": 3, "fill_value": 7}), (r(), {"size": 2}), (r(0, 2), {"size": 1}), (r(3), {"size": 0})],
)  # fmt: skip
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1, out: Tensor | None = None) -> Tensor:
    """nonzero_static(input, *, size, fill_value=-1, out=None) -> Tensor

    The first `size` rows of `nonzero`, and rows of `fill_value` where it has fewer. RuntimeError for a negative size.

    >>> import lucet
    >>> lucet.nonzero_static(lucet.tensor([0, 5, 0, 6]), size=3)
    tensor([[ 1],
            [ 3],
            [-1]])
    """
    for name, value in (("size", size), ("fill_value", fill_value)):
        if not hasattr(value, "__index__"):
            raise TypeError(f"nonzero_static(): argument '{name}' must be int, not {type(value).__name__}")
    if size < 0:
        raise RuntimeError("nonzero_static: 'size' must be an non-negative integer")
    result = full((size, input.dim()), fill_value, dtype=DTYPES["int64"], device=input.device)
    if input.is_meta:
        return result
    found = input.detach().nonzero()
    n = min(size, len(found))
    result.narrow(0, 0, n).copy_(found.narrow(0, 0, n))
    return result


@lru_cache(256)
def _strides_in_order(size: tuple[int, ...], physical_layout: tuple[int, ...]) -> list[int]:
    strides, step = [0] * len(size), 1
    for place, dim in reversed([*enumerate(physical_layout)]):
        if not 0 <= dim < len(size):
            raise RuntimeError(f"Dimension out of range (expected to be between 0 and {len(size) - 1}, but got {dim} at index {place}).")
        if strides[dim]:
            raise RuntimeError("Duplicate dim not allowed")
        strides[dim] = step
        step *= max(size[dim], 1)
    return strides


@composed(dtypes="all", grad="no", family="create", samples=lambda r: [((2, 3, 4), (0, 2, 1)), ((2, 0), (1, 0)), ((), ())])
def empty_permuted(
    size: Sequence[int], physical_layout: Sequence[int], *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    """empty_permuted(size, physical_layout, *, dtype=None, layout=lucet.strided, device=None, requires_grad=False, pin_memory=False) -> Tensor

    A tensor whose elements nobody has written, its dimensions in memory in the order of `physical_layout`, without gaps.
    RuntimeError for what is no order of the dimensions.

    >>> import lucet
    >>> lucet.empty_permuted((2, 3, 4), (0, 2, 1)).stride()
    (12, 1, 3)
    """
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"empty_permuted(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}")
    if len(size) != len(physical_layout):
        raise RuntimeError(
            "Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = "
            f"{len(size)} is not equal to len(physical_layout) = {len(physical_layout)}"
        )
    shape = tuple(size)
    return empty_strided(shape, _strides_in_order(shape, tuple(physical_layout)), dtype=dtype, layout=layout, device=device, requires_grad=requires_grad, pin_memory=pin_memory)


@composed(method=True, dtypes="all", family="shape", samples=lambda r: [(r(2, 3), r(2, 3)), (r(4), r(4), 0, None, 4), (r(0, 2), r(0, 2))])
def slice_inverse(input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """slice_inverse(input, src, dim=0, start=None, end=None, step=1) -> Tensor

    The tensor of which `input` is a slice: a view of its memory with the shape and strides of `src`. Gradients go to `input` within the
    slice, to `src` outside.
    RuntimeError where the memory is too small.

    >>> import lucet
    >>> x = lucet.arange(4)
    >>> lucet.slice_inverse(x[1:3], x, 0, 1, 3)
    tensor([0, 1, 2, 3])
    """
    y = input.detach().as_strided(src.shape, src.stride(), src.storage_offset())
    recorded("SliceInverseBackward0", _slice_inverse_rule, (input, src), (y,), (), (dim, start, end, step))
    return y


def _slice_inverse_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], bounds: Any) -> list[Tensor | None]:
    part = sliced(grads[0], *bounds)
    return [part, slice_scatter(grads[0], zeros_like(part), *bounds) if wanted[1] else None]


def _several_orders(input: Tensor, formats: Sequence[Any]) -> bool:
    """Whether dimensions of one element or of equal strides leave the order open, and the formats do not decide it."""
    strides = input.stride()
    is_open = 1 in input.shape or any(a == b for a, b in zip(strides, strides[1:], strict=False))
    return is_open and sum(input.is_contiguous(memory_format=each) for each in formats) != 1


def _stands_outside(input: Tensor, a: int, b: int) -> int:
    """1 where dimension a has to stand outside b, which is behind it; -1 where inside; 0 where the strides do not say."""
    here, there = input.stride(a), input.stride(b)
    if here == 0 or there == 0 or here == there and input.size(b) >= input.size(a):
        return 0
    return 1 if here >= there else -1


@composed(method=True, public=False, dtypes="all", grad="no", family="question", samples=lambda r: [(r(2, 3, 4),), (r(2, 3),), (r(),)])
def dim_order(input: Tensor, *, ambiguity_check: Any = False) -> tuple[int, ...]:
    """dim_order(input, *, ambiguity_check=False) -> tuple of ints

    The dimensions in the order in which they lie in memory, the outermost first. RuntimeError, if `ambiguity_check` is True, where
    several orders do; if it is a list of memory formats, where not exactly one of them fits either.

    >>> import lucet
    >>> lucet.zeros(2, 3, 4).transpose(0, 1).dim_order()
    (1, 0, 2)
    """
    if not isinstance(ambiguity_check, bool) and not (
        isinstance(ambiguity_check, list) and all(isinstance(each, memory_format) for each in ambiguity_check)
    ):
        raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
    formats = ambiguity_check if isinstance(ambiguity_check, list) else []
    if (formats or ambiguity_check is not False) and _several_orders(input, formats):
        raise RuntimeError("The tensor does not have unique dim order, or cannot map to exact one of the given memory formats.")
    ndim = input.dim()
    plain = input.is_contiguous()
    pixels = ndim == 4 and input.is_contiguous(memory_format=channels_last)
    if ndim < 2 or plain and not pixels:
        return tuple(range(ndim))
    if pixels and not plain:
        return (0, 2, 3, 1)
    order = list(reversed(range(ndim)))  # the innermost first
    for i in range(1, ndim):
        moving = i
        for j in reversed(range(i)):
            outside = _stands_outside(input, order[j], order[moving])
            if outside < 0:
                break
            if outside > 0:
                order[j], order[moving] = order[moving], order[j]
                moving = j
    if ambiguity_check and any(_stands_outside(input, a, b) != -1 for a, b in zip(order, order[1:], strict=False)):
        raise RuntimeError("The tensor does not have unique dim order.")
    return tuple(reversed(order))


def _same_number(input: Tensor, sizes: tuple[Any, ...]) -> Tensor:
    count = math.prod(sizes)
    if input.numel() != count:
        raise RuntimeError(
            f"requested resize to {'x'.join(map(str, sizes))} ({count} elements in total), but the given tensor has a size of "
            f"{'x'.join(map(str, input.shape))} ({input.numel()} elements). autograd's resize can only change the shape of a given tensor, "
            "while preserving the number of elements. "
        )
    return input.contiguous().view(sizes)


@composed(method=True, public=False, dtypes="all", family="shape", samples=lambda r: [(r(2, 3), 3, 2), (r(3, 2).t(), 6), (r(),)])
def resize(input: Tensor, *sizes: int) -> Tensor:
    """resize(input, *sizes) -> Tensor

    The elements in another shape of as many. Deprecated: `reshape` is the same, `resize_` makes room for more.

    >>> import lucet
    >>> import warnings; warnings.simplefilter("ignore")
    >>> lucet.arange(4).resize(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    warnings.warn("non-inplace resize is deprecated", stacklevel=2)
    return _same_number(input, sizes)


@composed(method=True, public=False, dtypes="all", family="shape", samples=lambda r: [(r(2, 3), r(3, 2)), (r(), r(1))])
def resize_as(input: Tensor, tensor: Tensor) -> Tensor:
    """resize_as(input, tensor) -> Tensor

    The elements in the shape of another tensor that has as many. Deprecated: `reshape_as` is the same.

    >>> import lucet
    >>> import warnings; warnings.simplefilter("ignore")
    >>> lucet.arange(4).resize_as(lucet.zeros(2, 2)).shape
    lucet.Size([2, 2])
    """
    warnings.warn("non-inplace resize_as is deprecated", stacklevel=2)
    return _same_number(input, tuple(tensor.shape))


@composed(method=True, public=False, dtypes="all", family="convert", samples=lambda r: [(r(2, 3),), (r(2, 3), DTYPES["float64"]), (r(),)])
def to_dense(input: Tensor, dtype: dtype_type | None = None, *, masked_grad: bool = True) -> Tensor:
    """to_dense(input, dtype=None, *, masked_grad=True) -> Tensor

    `input` itself, as tensors are dense; of another element type, if one is given. `masked_grad` is about sparse tensors and changes nothing.

    >>> import lucet
    >>> lucet.ones(2).to_dense()
    tensor([1., 1.])
    """
    return input if dtype is None else input.to(dtype)
