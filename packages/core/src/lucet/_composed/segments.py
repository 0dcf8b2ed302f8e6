"""Sums, means, products and extremes of runs that follow each other: segment_reduce."""

import math
from typing import Any

from lucet._composed._define import composed
from lucet._composed._matrices import named
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.create import arange, full
from lucet._ops.join import cat
from lucet._ops.pointwise import where_function as where
from lucet._ops.reduce import segments_folded
from lucet._registry import OPS
from lucet._tensor import Tensor

# What a segment of no elements has without `initial`; a mean has NaN.
_NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}


def _bounds(given: Tensor, drop: int, size: int, unsafe: bool) -> tuple[Tensor, Tensor]:
    """Where the segments, (..., segments), begin and end."""
    if drop:
        return given[..., :-1].long(), given[..., 1:].long().contiguous()
    if not unsafe and given.numel() and bool((given < 0).any()):
        raise error(ShapeError, "segment_reduce(): lengths contains negative value!")
    stops = given.long().cumsum(-1)
    if not unsafe and not bool((given.sum(-1) == size).all()):
        raise error(ShapeError, "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.")
    return stops - given.long(), stops


def _numbers(begins: Tensor, ends: Tensor, size: int) -> Tensor:
    """For each element of each row the number of its segment, (..., size); of those outside of all how many segments there are."""
    lead, count, device = ends.shape[:-1], ends.shape[-1], ends.device
    if not count:
        return full((*lead, size), 0, device=device)
    runs = cat([begins[..., :1], ends - begins, size - ends[..., -1:]], -1)  # what lies before the first segment, they, what lies behind
    if not bool((runs < 0).any()):
        names = cat([full((1,), count, device=device), arange(count, device=device), full((1,), count, device=device)]).expand(runs.shape).reshape(-1)
        return OPS["repeat_interleave"].function(names, runs.reshape(-1), output_size=math.prod(lead) * size).reshape(*lead, size)
    at = arange(size, device=device).expand(*lead, size).contiguous()
    return where(at < begins[..., :1], count, OPS["searchsorted"].function(ends.contiguous(), at, right=True))


def _rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> list[Tensor | None]:
    """The gradient of a segment in the place of each of its elements, times what the fold makes of it there."""
    (reduce, begins, ends, initial, axis), (g,), (data, made) = options, grads, kept
    numbers = _numbers(begins, ends, data.shape[axis])
    for _ in range(data.dim() - axis - 1):
        numbers = numbers.unsqueeze(-1)
    numbers = numbers.expand(data.shape)

    def spread(t: Tensor) -> Tensor:
        beyond = t.new_zeros((*t.shape[:axis], 1, *t.shape[axis + 1 :]))
        return cat([t, beyond], axis).gather(axis, numbers)

    if reduce == "sum":
        return [spread(g)]
    if reduce == "mean":
        lengths = (ends - begins).reshape(*ends.shape, *(1,) * (data.dim() - axis - 1))
        return [spread(g / lengths.clamp_min(1).to(g.dtype))]
    if reduce == "prod":
        return [_product_rule(spread(g), data, spread(made), numbers, ends.shape[-1], initial, axis)]
    hit = (data == spread(made)).to(g.dtype)
    count = segments_folded(hit.detach(), begins, ends, "sum", 0.0, None, axis)
    return [spread(g / count.clamp_min(1)) * hit]


def _product_rule(g: Tensor, data: Tensor, made: Tensor, numbers: Tensor, count: int, initial: Any, axis: int) -> Tensor:
    """The products of a segment without each of its elements: by division where none is zero, else with ones in the place of zeros."""
    zero = data == 0
    if not bool(zero.any()):
        return g * made / data
    shape = (*data.shape[:axis], count + 1, *data.shape[axis + 1 :])
    ones = data.masked_fill(zero, 1)
    rest = full(shape, 1.0 if initial is None else initial, dtype=data.dtype, device=data.device).scatter_reduce(axis, numbers, ones, "prod").gather(axis, numbers)
    zeros = full(shape, 0.0, dtype=data.dtype, device=data.device).scatter_add(axis, numbers, zero.to(data.dtype)).gather(axis, numbers)
    return g * where(zeros == 0, rest / ones, where((zeros == 1) & zero, rest, 0.0))


@composed(
    method=False, family="reduce",
    samples=lambda r: [
        (r(4, 2), "sum", {"lengths": full((2,), 2)}), (r(2, 4), "max", {"lengths": full((2, 2), 2), "axis": 1}),
        (r(4), "mean", {"lengths": full((2,), 2), "initial": 2.0}), (r(4), "prod", {"lengths": full((1,), 4)}), (r(4), "min", {"lengths": full((2,), 2)}),
    ],
)  # fmt: skip
def segment_reduce(
    data: Tensor, reduce: str, *, lengths: Tensor | None = None, indices: Tensor | None = None, offsets: Tensor | None = None, axis: int = 0,
    unsafe: bool = False, initial: Any = None, out: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """segment_reduce(data, reduce, *, lengths=None, indices=None, offsets=None, axis=0, unsafe=False, initial=None, out=None) -> Tensor

    The "sum", "mean", "max", "min" or "prod" of each run of elements along `axis`: runs follow each other, `lengths` says how long each is,
    or `offsets` where each begins, and the last one ends. Both may differ in each row of the dimensions before `axis`. `initial` takes part
    in each; a run of no elements has it, or what changes nothing, and for the mean NaN. With `unsafe` lengths are not checked: what they leave
    out takes no part.

    >>> import lucet
    >>> lucet.segment_reduce(lucet.tensor([1., 2., 3.]), "sum", lengths=lucet.tensor([2, 1]))
    tensor([3., 3.])
    """
    if reduce not in _NEUTRAL:
        raise RuntimeError(f"segment_reduce(): reduction {reduce!r} is not one of {', '.join(_NEUTRAL)}")
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet.")
    if not data.is_floating_point():
        raise error(DtypeError, f"segment_reduce: not implemented for {named(data.dtype)}", fix="data.float()")
    if not -data.dim() <= axis < data.dim():
        raise IndexError(f"Dimension out of range (expected to be in range of [{-max(data.dim(), 1)}, {max(data.dim(), 1) - 1}], but got {axis})")
    axis %= data.dim()
    given, name, drop = (offsets, "offsets", 1) if lengths is None else (lengths, "lengths", 0)
    if given is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    if not isinstance(given, Tensor):
        raise TypeError(f"segment_reduce(): argument '{name}' must be Tensor, not {type(given).__name__}")
    if named(given.dtype) not in ("int32", "int64"):
        raise error(DtypeError, f"segment_reduce: {name} of {named(given.dtype)}, expected int32 or int64")
    if axis != given.dim() - 1:
        raise error(ShapeError, f"segment_reduce(): Expected axis to be the last dimension of {name} but got {axis}.")
    if given.shape[:-1] != data.shape[:axis]:
        raise error(ShapeError, f"segment_reduce(): Expected {name} and data to have the same sizes before axis {axis}, but got {tuple(given.shape)} and {tuple(data.shape)}")
    if data.is_meta or given.is_meta:
        return data.new_empty((*data.shape[:axis], given.shape[-1] - drop, *data.shape[axis + 1 :]), device="meta")
    begins, ends = _bounds(given, drop, data.shape[axis], unsafe)
    made = segments_folded(data.detach(), begins, ends, reduce, _NEUTRAL[reduce], initial, axis)
    recorded("SegmentReduceBackward0", _rule, (data,), (made,), (data, made), (reduce, begins, ends, initial, axis))
    return made
