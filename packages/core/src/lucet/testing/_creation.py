"""`make_tensor`: random tensors of any type within bounds, the numbers torch makes of the same seed."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

from lucet import _ops
from lucet._device import memory_format as _memory_format
from lucet._dtype import DTYPES, dtype
from lucet._tensor import Tensor, tensor_from_storage
from lucet._type_info import finfo, iinfo


def make_tensor(
    *shape: int | Sequence[int],
    dtype: dtype,
    device: Any,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: _memory_format | None = None,
) -> Tensor:
    """A tensor of uniform random numbers from `low` (-9) up to `high` (9 for floats, 10 for integers, 2 for bools), exclusive.

    `noncontiguous` takes every other element of a wider one, `exclude_zero` writes the smallest normal number, or 1, for zeros.
    Raises: ValueError for an empty interval or one that the type does not reach, and for arguments that exclude each other.

    >>> import lucet
    >>> lucet.testing.make_tensor((2, 3), dtype=lucet.int8, device="cpu", low=0, high=1)
    tensor([[0, 0, 0],
            [0, 0, 0]], dtype=lucet.int8)
    """
    sizes: tuple[Any, ...] = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    floating = dtype.is_floating_point or dtype.is_complex
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, "
            f"but got noncontiguous={noncontiguous} and memory_format={memory_format}"
        )
    if requires_grad and not floating:
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype}"
        )
    apart = noncontiguous and math.prod(sizes) > 1
    if apart:
        sizes = (*sizes[:-1], 2 * sizes[-1])
    lowest, highest, first, last = _bounds(dtype)
    start, end = _interval(dtype, first if low is None else low, last if high is None else high, lowest, highest)
    if floating:
        made = _ops.empty(sizes, device=device, dtype=dtype)
        _uniform(made, start, end)
    else:
        made = _ops.randint(math.ceil(start), math.ceil(end), sizes, device=device, dtype=dtype)
    if apart:
        made = made[..., 1::2]
    elif memory_format is not None:
        made = made.clone(memory_format=memory_format)
    if exclude_zero:
        _without_zeros(made)
    return made.requires_grad_(requires_grad) if floating else made


def _bounds(kind: dtype) -> tuple[float, float, float, float]:
    """What the type can hold, and what is asked for where nothing is said."""
    if kind is DTYPES["bool"]:
        return 0, 2, 0, 2
    if kind.is_floating_point or kind.is_complex:
        return finfo(kind).min, finfo(kind).max, -9, 9
    # the draw takes its end as an int64, so the largest of those is never drawn
    return iinfo(kind).min, iinfo(kind).max + (kind is not DTYPES["int64"]), -9, 10


def _interval(kind: dtype, low: float, high: float, lowest: float, highest: float) -> tuple[float, float]:
    if any(isinstance(value, float) and math.isnan(value) for value in (low, high)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low} and high={high}")
    if low == high and (kind.is_floating_point or kind.is_complex):
        warnings.warn(
            "Passing `low==high` to `lucet.testing.make_tensor` for floating or complex types "
            "is deprecated since 2.1 and will be removed in 2.3. Use `lucet.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < lowest or low >= highest:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), but {kind} only supports [{lowest}, {highest})"
        )
    return min(max(low, lowest), highest), min(max(high, lowest), highest)


def _uniform(made: Tensor, low: float, high: float) -> None:
    """Fill with uniform numbers; intervals wider than the type's largest number in halves."""
    parts = _real_parts(made)
    if high - low >= finfo(made.dtype).max:
        parts.uniform_(low / 2, high / 2)
        parts.mul_(2)
    else:
        parts.uniform_(low, high)


def _real_parts(made: Tensor) -> Tensor:
    """`made`, or a real view of the parts of its complex numbers."""
    if not made.is_complex():
        return made
    strides = (*(2 * step for step in made.stride()), 1)
    offset = 2 * made.storage_offset()
    return tensor_from_storage(made.untyped_storage(), made.dtype.to_real(), offset, (*made.shape, 2), strides)


def _without_zeros(made: Tensor) -> None:
    """Write the smallest normal number, or 1, where there are zeros."""
    if made.is_complex():
        parts = _real_parts(made)
        parts[..., 0].masked_fill_((parts == 0).all(-1), finfo(made.dtype).tiny)
    else:
        made.masked_fill_(made == 0, finfo(made.dtype).tiny if made.is_floating_point() else 1)
