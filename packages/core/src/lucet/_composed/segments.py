"""Sums, means, products and extremes of runs that follow each other: segment_reduce."""

import math
from typing import Any

from lucet._composed._define import composed
from lucet._composed._matrices import named
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.create import arange, full
from lucet._ops.pointwise import where_function as where
from lucet._registry import OPS
from lucet._tensor import Tensor

_REDUCTIONS = {"sum": ("sum", 0.0), "mean": ("sum", 0.0), "prod": ("prod", 1.0), "max": ("amax", -math.inf), "min": ("amin", math.inf)}


def _bounds(given: Tensor, ends: int, size: int, unsafe: bool) -> tuple[Tensor, Tensor]:
    """Where the segments, (..., segments), begin and end."""
    if ends:
        return given[..., :-1].long(), given[..., 1:].long().contiguous()
    if not unsafe and given.numel() and bool((given < 0).any()):
        raise error(ShapeError, "segment_reduce(): lengths contains negative value!")
    stops = given.long().cumsum(-1)
    if not unsafe and not bool((given.sum(-1) == size).all()):
        raise error(ShapeError, "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.")
    return stops - given.long(), stops


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
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"segment_reduce(): reduction {reduce!r} is not one of {', '.join(_REDUCTIONS)}")
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet.")
    if not data.is_floating_point():
        raise error(DtypeError, f"segment_reduce: not implemented for {named(data.dtype)}", fix="data.float()")
    if not -data.dim() <= axis < data.dim():
        raise IndexError(f"Dimension out of range (expected to be in range of [{-max(data.dim(), 1)}, {max(data.dim(), 1) - 1}], but got {axis})")
    axis %= data.dim()
    given, name, ends = (offsets, "offsets", 1) if lengths is None else (lengths, "lengths", 0)
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
        return data.new_empty((*data.shape[:axis], given.shape[-1] - ends, *data.shape[axis + 1 :]), device="meta")
    size = data.shape[axis]
    begins, stops = _bounds(given, ends, size, unsafe)
    lead, count, tail = data.shape[:axis], stops.shape[-1], data.shape[axis + 1 :]
    rows, flat = math.prod(lead), (1,) * len(tail)
    # What lies outside of all segments goes to a last one, which is cut off.
    at = arange(size, device=data.device).expand(*lead, size)
    segment = OPS["searchsorted"].function(stops, at.contiguous(), right=True)
    segment = where(at < begins[..., :1], count, segment) if count else segment
    segment = segment.reshape(rows, size) + (count + 1) * arange(rows, device=data.device).unsqueeze(1)
    how, neutral = _REDUCTIONS[reduce]
    start = full((rows * (count + 1), *tail), neutral if initial is None else initial, dtype=data.dtype, device=data.device)
    index = segment.reshape(-1, *flat).expand(rows * size, *tail)
    made = OPS["scatter_reduce"].function(start, 0, index, data.reshape(rows * size, *tail), how, include_self=True)
    made = made.reshape(*lead, count + 1, *tail).narrow(axis, 0, count)
    if reduce == "mean":
        divisor = (stops - begins).reshape(*stops.shape, *flat).to(data.dtype)
        made = where(divisor == 0, made if initial is not None else math.nan, made / divisor.clamp_min(1))
    return made.contiguous()
