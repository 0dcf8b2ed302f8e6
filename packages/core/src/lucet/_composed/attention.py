"""Scaled dot-product attention: what it takes, and the same in ops. Without dropout it is one op over heads (`_ops/attention.pyx`)."""

import math
from typing import Any

from lucet import _engine
from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.attention import attention, set_attention_in_ops
from lucet._ops.composing import is_recorded, named
from lucet._ops.create import ones, zeros
from lucet._ops.products import matmul
from lucet._registry import OPS
from lucet._tensor import Tensor

_HALVES = (DTYPES["float16"], DTYPES["bfloat16"])
_FUSED = (DTYPES["float32"], DTYPES["float64"])
softmax, dropout = OPS["softmax"].function, OPS["dropout"].function
_HIDDEN = float("-inf")


def added_mask(mask: Tensor, like: Tensor) -> Tensor:
    """A mask as what is added to scores: of a bool one, -inf where it says False."""
    if mask.dtype == DTYPES["bool"]:
        return zeros(mask.shape, dtype=like.dtype, device=mask.device).masked_fill(~mask, _HIDDEN)
    return mask if mask.dtype == like.dtype else mask.to(like.dtype)


def _in_ops(q: Tensor, k: Tensor, v: Tensor, mask: Any, causal: bool, scale: float, rate: float) -> Tensor:
    """Attention in ops: the scores are there as a whole. Queries that see no key get zeros."""
    root = math.sqrt(abs(scale))
    scores = matmul(q * root, (k * math.copysign(root, scale)).transpose(-2, -1))
    if causal:
        seen = ones(scores.shape[-2:], dtype=DTYPES["bool"], device=q.device).tril()
        scores = scores.masked_fill(~seen, _HIDDEN)
    if mask is not None:
        scores = scores + mask
    weights = softmax(scores, -1)
    if mask is not None:
        weights = weights.masked_fill((scores == _HIDDEN).all(-1, True), 0)
    return matmul(dropout(weights, rate, True) if rate else weights, v)


def _shared(t: Tensor, times: int) -> Tensor:
    return t if times == 1 else t.repeat_interleave(times, -3)


def _gradients_in_ops(
    q: Tensor, k: Tensor, v: Tensor, mask: Any, causal: bool, scale: float, wanted: list[bool], g: Tensor
) -> list[Any]:
    """The gradients of q, k and v with their own history; each is seen through a view, so that none gets another's share."""
    seen = [t.view_as(t) if want else t for t, want in zip((q, k, v), wanted, strict=True)]
    times = q.shape[1] // k.shape[1]
    y = _in_ops(seen[0], _shared(seen[1], times), _shared(seen[2], times), mask, causal, scale, 0.0)
    found = iter(
        _engine.run_backward(
            [y], [g], True, True, [t for t, want in zip(seen, wanted, strict=True) if want], False, True
        )
    )
    return [next(found) if want else None for want in wanted]


set_attention_in_ops(_gradients_in_ops)


def _check(query: Tensor, key: Tensor, value: Tensor, mask: Any, rate: float, grouped: bool) -> None:
    if not query.dtype == key.dtype == value.dtype:
        q, k, v = (_named(t) for t in (query, key, value))
        raise error(
            DtypeError,
            f"Expected query, key, and value to have the same dtype, but got query.dtype: {q} key.dtype: {k} and value.dtype: {v} instead.",
        )
    if query.dim() < 2 or key.dim() < 2 or value.dim() < 2:
        raise error(
            ShapeError,
            f"Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {query.dim()} key.dim: {key.dim()} and "
            f"value.dim: {value.dim()} instead.",
        )
    if not query.is_floating_point() and not query.is_complex():
        raise error(
            DtypeError,
            f"scaled_dot_product_attention: expected scalar type Float but found {_named(query)}",
            fix="query.float(), and so key and value",
        )
    if query.is_complex():
        raise error(DtypeError, f"scaled_dot_product_attention: not implemented for {_named(query)}")
    if mask is not None and mask.dtype not in (DTYPES["bool"], DTYPES["float32"], query.dtype):
        raise error(
            DtypeError,
            f"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {_named(mask)} and  "
            f"query.dtype: {_named(query)} instead.",
        )
    if not 0 <= rate <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {rate}")
    if grouped:
        if query.dim() < 3 or key.dim() < 3 or value.dim() < 3:
            raise error(
                ShapeError, "scaled_dot_product_attention: enable_gqa needs a dimension of heads: 3 dimensions at least"
            )
        q_heads, k_heads, v_heads = (t.shape[-3] for t in (query, key, value))
        if not k_heads or not v_heads or q_heads % k_heads or q_heads % v_heads:
            raise error(
                ShapeError, "Number of heads in key and value must divide the number of heads in query",
                facts=[f"query has {q_heads} heads, key {k_heads}, value {v_heads}"],
            )  # fmt: skip
    if query.shape[-1] != key.shape[-1]:
        raise error(
            ShapeError,
            f"scaled_dot_product_attention: query has {query.shape[-1]} features, key {key.shape[-1]}; they must be the same",
        )
    if key.shape[-2] != value.shape[-2]:
        raise error(
            ShapeError,
            f"scaled_dot_product_attention: there are {key.shape[-2]} keys and {value.shape[-2]} values; they must be as many",
        )


def _named(t: Tensor) -> str:
    return {"float32": "float", "float64": "double"}.get(name := str(t.dtype).removeprefix("lucet."), name)


def _common(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape that all of these spread to."""
    count = max(map(len, shapes))
    found = []
    for i in range(-count, 0):
        sizes = [shape[i] for shape in shapes if len(shape) >= -i]
        most = next((size for size in sizes if size != 1), 1)
        for size in sizes:
            if size not in (1, most):
                raise error(
                    ShapeError, f"The size of tensor a ({most}) must match the size of tensor b ({size}) at non-singleton dimension {count + i}",
                    facts=["scaled_dot_product_attention: the leading dimensions of query, key and value"],
                )  # fmt: skip
        found.append(most)
    return tuple(found)


def _spread(t: Tensor, lead: tuple[int, ...]) -> Tensor:
    return t if tuple(t.shape[:-2]) == lead else t.expand(*lead, *t.shape[-2:])


def _as_heads(t: Tensor) -> Tensor:
    """(batch, heads, rows, width) whatever leads."""
    if t.dim() == 4:
        return t
    if t.dim() < 4:
        return t.unsqueeze(0) if t.dim() == 3 else t.unsqueeze(0).unsqueeze(0)
    return t.flatten(0, -4)


def _samples(r: Any) -> list[Any]:
    mask = r(4, 5)
    return [
        (r(2, 3, 4, 5), r(2, 3, 5, 5), r(2, 3, 5, 2)),
        (r(2, 3, 4, 5), r(2, 3, 5, 5), r(2, 3, 5, 2), mask),
        (r(2, 3, 4, 5), r(2, 3, 5, 5), r(2, 3, 5, 2), mask > 0, 0.0, False, {"scale": 0.5}),
        (r(3, 4, 2), r(3, 4, 2), r(3, 4, 3), None, 0.0, True),
        (r(4, 2), r(3, 2), r(3, 3)),
        (r(1, 4, 3, 2), r(1, 2, 3, 2), r(1, 2, 3, 2), None, 0.0, True, {"enable_gqa": True}),
    ]


@composed(public=False, also="nn.functional", family="attention", samples=_samples)
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, dropout_p: float = 0.0, is_causal: bool = False, *,
    scale: float | None = None, enable_gqa: bool = False,
) -> Tensor:  # fmt: skip
    """scaled_dot_product_attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None, enable_gqa=False) -> Tensor

    softmax(query key^T scale + attn_mask) value, scores of one query summing to 1; `scale` is 1 / sqrt(features) unless given.

    Shape: query (..., L, E), key (..., S, E), value (..., S, V), leading dimensions spread; the result is (..., L, V). `attn_mask` spreads to
    (..., L, S): added to the scores, or where it is bool, False hides a key. `is_causal` hides from query i the keys behind i. With
    `enable_gqa` key and value may have fewer heads (dimension -3), each of which serves as many of query's. A query that sees no key gets
    zeros. `dropout_p` drops weights; it acts whenever it is not 0. Dtype: floating; half types are computed in float32.
    Raises: ShapeError and DtypeError (both RuntimeError) where they do not fit.
    Source: Vaswani et al., Attention is all you need, 2017, equation 1; blocks as in Dao et al., FlashAttention, 2022.

    >>> import lucet, lucet.nn.functional as F
    >>> q = lucet.zeros(1, 2, 3)
    >>> F.scaled_dot_product_attention(q, q, lucet.tensor([[[1.], [3.]]]), is_causal=True)
    tensor([[[1.],
             [2.]]])
    """
    dropout_p = float(dropout_p)
    if attn_mask is not None and not isinstance(attn_mask, Tensor):
        raise TypeError(
            f"scaled_dot_product_attention(): argument 'attn_mask' must be Tensor, not {type(attn_mask).__name__}"
        )
    _check(query, key, value, attn_mask, dropout_p, enable_gqa)
    q, k, v = query, key, value
    if enable_gqa and not q.shape[-3] == k.shape[-3] == v.shape[-3] and k.shape[-3] != v.shape[-3]:
        k, v = _shared(k, q.shape[-3] // k.shape[-3]), _shared(v, q.shape[-3] // v.shape[-3])
    times = q.shape[-3] // k.shape[-3] if enable_gqa else 1
    if times > 1:
        lead = _common([tuple(t.shape[:-3]) for t in (q, k, v)])
        q, k, v = _spread(q, (*lead, q.shape[-3])), _spread(k, (*lead, k.shape[-3])), _spread(v, (*lead, v.shape[-3]))
    else:
        lead = _common([tuple(t.shape[:-2]) for t in (q, k, v)])
        q, k, v = _spread(q, lead), _spread(k, lead), _spread(v, lead)
    shape = (*q.shape[:-1], k.shape[-2])
    if attn_mask is not None:
        _check_mask(attn_mask, shape)
    if q.shape[-1] == 0 and scale is None:
        scale = 0.0  # of scores that are all 0
    factor = 1 / math.sqrt(q.shape[-1]) if scale is None else float(scale)
    dtype = q.dtype
    if dtype in _HALVES:
        q, k, v = q.float(), k.float(), v.float()
    mask = None if attn_mask is None else added_mask(attn_mask, q)
    fused = (
        q.dtype in _FUSED
        and not dropout_p
        and not is_recorded(mask)
        and all(t.numel() and not t.is_meta for t in (q, k, v))
    )
    label = "MmBackward0" if q.dim() == 2 else "UnsafeViewBackward0"
    if fused and (mask is None or not mask.is_meta):
        rows = None if mask is None else _as_heads(mask.expand(shape))
        y = attention(_as_heads(q), _as_heads(k), _as_heads(v), rows, is_causal, factor)
        y = y if q.dim() == 4 else y.reshape(*q.shape[:-1], v.shape[-1])
        if query.dim() == 4 and query.shape[0] == key.shape[0] == value.shape[0] and q.shape[-1] == v.shape[-1]:
            label = "ScaledDotProductFlashAttentionForCpuBackward0"  # where torch has one node for it too
    else:
        y = _in_ops(q, _shared(k, times), _shared(v, times), mask, is_causal, factor, dropout_p)
    if is_recorded(q, k, v, mask):
        y = named(y, label)
    return y if dtype == y.dtype else y.to(dtype)


def _check_mask(mask: Tensor, shape: tuple[int, ...]) -> None:
    for i in range(1, max(mask.dim(), len(shape)) + 1):
        have, want = mask.shape[-i] if i <= mask.dim() else 1, shape[-i] if i <= len(shape) else 1
        if have not in (1, want):
            raise error(
                ShapeError, f"The size of tensor a ({want}) must match the size of tensor b ({have}) at non-singleton dimension {len(shape) - i}",
                facts=[f"scaled_dot_product_attention: scores {shape}, attn_mask {tuple(mask.shape)}"],
            )  # fmt: skip
    if mask.dim() > len(shape) and any(size != 1 for size in mask.shape[: mask.dim() - len(shape)]):
        raise error(
            ShapeError,
            f"scaled_dot_product_attention: attn_mask has {mask.dim()} dimensions, the scores have {len(shape)}",
        )
