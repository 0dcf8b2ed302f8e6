"""Rows of a table by their numbers, alone and summed up in bags: `embedding_bag`, torch's own `embedding`, `embedding_renorm_`; and
`gumbel_softmax`."""

import warnings
from itertools import pairwise
from operator import index
from typing import Any

from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import named
from lucet._ops.create import arange, empty, full, tensor, zeros
from lucet._ops.indexing import embedding as rows_of
from lucet._ops.join import cat
from lucet._tensor import Tensor

_INTS = (DTYPES["int64"], DTYPES["int32"])
_FLOATS = tuple(DTYPES[name] for name in ("float16", "bfloat16", "float32", "float64"))
_MODES = ("sum", "mean", "max")


def _kind(t: Tensor) -> str:
    name = str(t.dtype)[6:]
    return {
        "float32": "Float",
        "float64": "Double",
        "int64": "Long",
        "int32": "Int",
        "float16": "Half",
        "bfloat16": "BFloat16",
    }.get(name, name)


def _check_indices(t: Tensor, name: str, op: str) -> None:
    if t.dtype not in _INTS:
        raise error(
            DtypeError,
            f"Expected tensor for argument #1 '{name}' to have one of the following scalar types: Long, Int; but got {_kind(t)} instead "
            f"(while checking arguments for {op})",
        )


# --- one row each ----------------------------------------------------------------------------------------------------


def _rows(r: Any) -> list[Any]:
    return [(r(5, 4), tensor([[0, 4], [2, 2]])), (r(3, 2), tensor([1, 0, 1]))]


@composed(name="embedding", key="embedding of a table first", family="indexing", samples=_rows)
def embedding(
    weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Tensor:
    """embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False) -> Tensor

    Rows of `weight` (rows, width) by their numbers. `nn.functional.embedding` with the table first, where a negative `padding_idx` means none.

    >>> import lucet
    >>> lucet.embedding(lucet.tensor([[1., 2.], [3., 4.]]), lucet.tensor([1]))
    tensor([[3., 4.]])
    """
    padding = padding_idx if 0 <= padding_idx < (weight.shape[0] if weight.dim() else 0) else None
    return rows_of(indices, weight, padding, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)


@composed(
    name="embedding_renorm_",
    method=False,
    grad="no",
    family="indexing",
    samples=lambda r: [(r(4, 3), tensor([0, 2, 2]), 0.5, 2.0)],
)
def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """embedding_renorm_(input, indices, max_norm, norm_type) -> Tensor

    Scale the rows that `indices` name down to the norm `max_norm`, where theirs is larger, in place.
    Raises: RuntimeError for a table that is no matrix, IndexError for a row that is not there.

    >>> import lucet
    >>> lucet.embedding_renorm_(lucet.tensor([[3., 4.], [1., 0.]]), lucet.tensor([0, 1]), 2.5, 2.0)
    tensor([[1.5000, 2.0000],
            [1.0000, 0.0000]])
    """
    if input.dim() != 2:
        raise error(
            ShapeError,
            f"Expected 2-dimensional tensor, but got {input.dim()}-dimensional tensor for argument #1 'self' (while checking arguments for embedding_renorm_)",
        )
    if indices.dtype not in _INTS:
        raise error(
            DtypeError,
            "Expected tensor for argument #2 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{_kind(indices)} instead (while checking arguments for embedding_renorm_)",
        )
    if input.is_meta or indices.is_meta or not indices.numel():
        return input
    used = indices.reshape(-1).unique()
    picked = input[used]
    norms = picked.norm(norm_type, 1, keepdim=True)
    factors = (max_norm / (norms + 1e-7)).masked_fill(norms <= max_norm, 1)
    input[used] = picked * factors
    return input


# --- bags ------------------------------------------------------------------------------------------------------------


def _starts(offsets: Tensor, count: int, with_last: bool) -> list[int]:
    """Where each bag begins, and last where the last one ends."""
    found: list[int] = offsets.tolist()
    if with_last and not found:
        raise RuntimeError("include_last_offset: number of offset should be at least 1")
    if found and found[0] != 0:
        raise RuntimeError(
            f"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {found[0]}"
        )
    if found and found[-1] > count:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {count} but got offsets[-1] of {found[-1]}"
        )
    if any(a > b for a, b in pairwise(found)):
        raise error(ShapeError, "embedding_bag: offsets must not fall")
    if with_last:
        return found
    return [*found, count]


def _check_bags(
    weight: Tensor, indices: Tensor, offsets: Tensor, mode: int, weights: Tensor | None, padding: Any
) -> int | None:
    """The padding row counted from the first, where all fits."""
    _check_indices(indices, "indices", "embedding_bag")
    _check_indices(offsets, "offsets", "embedding_bag")
    if weight.dtype not in _FLOATS:
        raise error(
            DtypeError,
            "Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, Float, Double; but got "
            f"{_kind(weight)} instead (while checking arguments for embedding_bag)",
        )
    if weight.dim() != 2 or indices.dim() != 1 or offsets.dim() != 1:
        raise error(ShapeError, "embedding_bag: weight must be a matrix, indices and offsets vectors")
    if mode not in (0, 1, 2):
        raise RuntimeError("`mode` must be sum, mean, or max.")
    if weights is not None:
        if not isinstance(weights, Tensor):
            raise TypeError(f"embedding_bag(): argument 'per_sample_weights' must be Tensor, not {type(weights).__name__}")
        if mode != 0:
            raise RuntimeError("embedding_bag: per_sample_weights only supported with mode='sum'")
        if weights.dtype != weight.dtype:
            raise error(
                DtypeError,
                "Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but type "
                f"{_kind(weight)} does not equal {_kind(weights)} (while checking arguments for embedding_bag)",
            )
        if tuple(weights.shape) != tuple(indices.shape):
            raise error(
                ShapeError,
                f"embedding_bag: per_sample_weights has shape {tuple(weights.shape)}, expected that of the indices, {tuple(indices.shape)}",
            )
    if padding is None:
        return None
    padding, rows = index(padding), weight.shape[0]
    if not -rows <= padding < rows:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding}"
        )
    return padding + rows if padding < 0 else padding


def _bagged(
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    scale_grad_by_freq: bool,
    mode: int,
    weights: Tensor | None,
    with_last: bool,
    padding: int | None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(bags, the bag of each index, how many indices each bag has, where the largest came from), of what was checked."""
    count = indices.numel()
    if weight.is_meta or indices.is_meta or offsets.is_meta:
        bags = max(offsets.numel() - with_last, 0)
        sizes = empty(bags, dtype=DTYPES["int64"], device="meta")
        y = empty(bags, weight.shape[1], dtype=weight.dtype, device="meta")
        return (
            y,
            empty(count, dtype=DTYPES["int64"], device="meta"),
            sizes,
            empty(y.shape, dtype=sizes.dtype, device="meta") if mode == 2 else sizes,
        )
    starts = _starts(offsets, count, with_last)
    sizes = tensor([b - a for a, b in pairwise(starts)], dtype=DTYPES["int64"])
    bags = len(starts) - 1
    end = starts[-1]
    bag_of = of_each = arange(bags).repeat_interleave(sizes)
    if end < count:
        of_each = cat([bag_of, full((count - end,), bags, dtype=bag_of.dtype)])
    used = indices[:end] if end < count else indices
    chosen = weights if weights is None or end == count else weights[:end]
    if padding is not None:
        kept = used != padding
        used, bag_of, chosen = used[kept], bag_of[kept], None if chosen is None else chosen[kept]
        sizes = zeros(bags, dtype=DTYPES["int64"]).index_add(0, bag_of, bag_of.new_ones(bag_of.shape))
    values = rows_of(used, weight, None, scale_grad_by_freq=scale_grad_by_freq)
    if mode == 2:
        y, largest = _largest(values, used, bag_of, bags)
        return y, of_each, sizes, largest
    wide = values.float() if values.dtype in _FLOATS[:2] else values
    if chosen is not None:
        wide = wide * chosen.unsqueeze(1).to(wide.dtype)
    y = wide.new_zeros(bags, weight.shape[1]).index_add(0, bag_of, wide)
    if mode == 1:
        y = y / sizes.clamp(min=1).unsqueeze(1).to(y.dtype)
    return y.to(weight.dtype), of_each, sizes, sizes


def _largest(values: Tensor, used: Tensor, bag_of: Tensor, bags: int) -> tuple[Tensor, Tensor]:
    """The largest of each bag, each from the first place that has it; zeros for empty bags."""
    width, count = values.shape[1], values.shape[0]
    if count == 0:
        return values.new_zeros(bags, width) + values.sum(), full((bags, width), 0, dtype=DTYPES["int64"])
    places = bag_of.unsqueeze(1).expand(count, width)
    plain = values.detach()
    most = plain.new_full((bags, width), -float("inf")).scatter_reduce(0, places, plain, "amax")
    here = (plain == most.gather(0, places)) | plain.isnan()
    order = arange(count).unsqueeze(1).expand(count, width).masked_fill(~here, count)
    first = order.new_full((bags, width), count).scatter_reduce(0, places, order, "amin")
    nothing = first == count
    first = first.masked_fill(nothing, 0)
    y = values.gather(0, first).masked_fill(nothing, 0)
    return y, used.to(DTYPES["int64"]).unsqueeze(1).expand(count, width).gather(0, first).masked_fill(nothing, 0)


def _bag_samples(r: Any) -> list[Any]:
    at, offsets = tensor([1, 2, 4, 5, 4]), tensor([0, 2, 2])
    return [
        (r(6, 3), at, offsets),
        (r(6, 3), at, offsets, True, 1, False, None, False, 4),
        (r(6, 3), at, offsets, False, 2),
        (r(6, 3), at, tensor([0, 3, 5]), False, 0, False, r(5), True),
    ]


@composed(name="embedding_bag", key="embedding_bag of a table first", family="indexing", samples=_bag_samples)
def embedding_bag(
    weight: Tensor, indices: Tensor, offsets: Tensor, scale_grad_by_freq: bool = False, mode: int = 0, sparse: bool = False,
    per_sample_weights: Tensor | None = None, include_last_offset: bool = False, padding_idx: int | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """embedding_bag(weight, indices, offsets, scale_grad_by_freq=False, mode=0, sparse=False, per_sample_weights=None, include_last_offset=False,
    padding_idx=None) -> (Tensor, Tensor, Tensor, Tensor)

    Sums (mode 0), means (1) or largest elements (2) of the rows in each bag of `indices`; bag i begins at `offsets[i]`. Beside them the bag of
    each index, the sizes of bags, and of the largest elements their rows. Arguments as of `nn.functional.embedding_bag`.

    >>> import lucet
    >>> lucet.embedding_bag(lucet.tensor([[1.], [3.]]), lucet.tensor([0, 1, 1]), lucet.tensor([0, 2]))[0]
    tensor([[4.],
            [3.]])
    """
    padding = _check_bags(weight, indices, offsets, mode, per_sample_weights, padding_idx)
    y, *rest = _bagged(weight, indices, offsets, bool(scale_grad_by_freq), mode, per_sample_weights, include_last_offset, padding)
    return (named(y, "EmbeddingBagBackward0"), *rest)


def _functional_samples(r: Any) -> list[Any]:
    at = tensor([[1, 2], [4, 4]])
    return [
        (at, r(6, 3)),
        (at.flatten(), r(6, 3), tensor([0, 3]), None, 2, False, "sum", False, r(4)),
        (at, r(6, 3), None, None, 2, False, "max"),
        (tensor([1, 2, 4]), r(6, 3), tensor([0, 1, 1, 3]), None, 2, True, "mean", False, None, True, 1),
    ]


@composed(
    name="embedding_bag",
    key="embedding_bag",
    public=False,
    also="nn.functional",
    family="indexing",
    samples=_functional_samples,
)
def functional_embedding_bag(
    input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None, norm_type: float = 2,
    scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False, per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False, padding_idx: int | None = None,
) -> Tensor:  # fmt: skip
    """embedding_bag(input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode="mean", sparse=False,
    per_sample_weights=None, include_last_offset=False, padding_idx=None) -> Tensor

    Rows of `weight` (rows, width) looked up by `input` and folded bag by bag: their sum, mean or largest elements; zeros of an empty bag.

    Shape: input (bags, size), or (n,) with `offsets` where each bag begins, and the end of the last with `include_last_offset`; the result is
    (bags, width). `per_sample_weights`, as input, multiply rows (sum only). Row `padding_idx` counts for nothing. Rows longer than `max_norm`
    are shortened in place first. The gradient is dense whatever `sparse` says; `scale_grad_by_freq` divides it by how often a row is used.
    Raises: ValueError for other shapes and modes, NotImplementedError for weights of samples in another mode than sum, RuntimeError for
    offsets that do not fit, IndexError for a row that is not there.

    >>> import lucet, lucet.nn.functional as F
    >>> F.embedding_bag(lucet.tensor([[0, 1]]), lucet.tensor([[1., 2.], [3., 4.]]))
    tensor([[2., 3.]])
    """
    if weight.dtype == DTYPES["int64"] and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is deprecated, and should "
            "now be `embedding_bag(input, weight, ...)`.", stacklevel=2,
        )  # fmt: skip
        weight, input = input, weight
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same shape as the input ({input.shape})"
        )
    if weight.dim() != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}")
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found "
                f"offsets of type {type(offsets)}"
            )
        if input.shape[1]:
            offsets = arange(0, input.numel(), input.shape[1], dtype=input.dtype, device=input.device)
        else:
            offsets = zeros(input.shape[0], dtype=input.dtype, device=input.device)
        include_last_offset = False
        input = input.reshape(-1)
        per_sample_weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    elif input.dim() != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    elif offsets is None or offsets.dim() != 1:
        raise ValueError("offsets has to be a 1D Tensor" + (" but got None" if offsets is None else ""))
    if mode not in _MODES:
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            f"embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='{mode}')."
        )
    kind, with_last, by_count = _MODES.index(mode), bool(include_last_offset), bool(scale_grad_by_freq)
    padding = _check_bags(weight, input, offsets, kind, per_sample_weights, padding_idx)
    if max_norm is not None:
        embedding_renorm_(weight.detach(), input, max_norm, norm_type)
    y = _bagged(weight, input, offsets, by_count, kind, per_sample_weights, with_last, padding)[0]
    return named(y, "EmbeddingBagBackward0")


# --- draws -----------------------------------------------------------------------------------------------------------


@composed(
    public=False, also="nn.functional", family="random", samples=lambda r: [(r(3, 4),), (r(3, 4), 0.5, False, 1e-10, 0)]
)
def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1) -> Tensor

    A draw from classes that can be differentiated: softmax((logits + g) / tau) along `dim`, g by Gumbel's distribution; with `hard` the class of
    the largest as one-hot numbers, whose gradient is that of the soft ones. `eps` has no effect, of which another one warns.
    Source: Jang, Gu and Poole, Categorical reparameterization with Gumbel-softmax, 2017; Maddison, Mnih and Teh, The concrete distribution, 2017.

    >>> import lucet, lucet.nn.functional as F
    >>> F.gumbel_softmax(lucet.zeros(2, 3), hard=True).sum(-1)
    tensor([1., 1.])
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    tau, hard = float(tau), bool(hard)
    if logits.dtype not in _FLOATS:
        raise error(DtypeError, f"gumbel_softmax: not implemented for {_kind(logits)}")
    if isinstance(dim, bool):
        raise TypeError("gumbel_softmax(): argument 'dim' must be int, not bool")
    if not -max(logits.dim(), 1) <= index(dim) < max(logits.dim(), 1):  # before anything is drawn
        most = max(logits.dim(), 1)
        raise IndexError(
            f"gumbel_softmax: Dimension out of range (expected to be in range of [{-most}, {most - 1}], but got {dim})"
        )
    noise = -empty(logits.shape, dtype=logits.dtype, device=logits.device).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    largest = soft.max(dim, keepdim=True)[1]
    return (
        zeros(logits.shape, dtype=logits.dtype, device=logits.device).scatter_(dim, largest, 1.0) - soft.detach() + soft
    )
