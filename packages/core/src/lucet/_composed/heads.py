"""`multi_head_attention_forward`: attention over heads with its projections, masks joined. The attention itself is in attention.py."""

import math
import warnings
from typing import Any

from lucet._composed._define import composed
from lucet._composed.attention import added_mask, scaled_dot_product_attention
from lucet._dtype import DTYPES
from lucet._ops.create import zeros
from lucet._ops.join import cat
from lucet._ops.pad import pad_function as pad
from lucet._ops.products import baddbmm, bmm, linear
from lucet._registry import OPS
from lucet._tensor import Tensor

softmax, dropout = OPS["softmax"].function, OPS["dropout"].function


def _refuse(message: str) -> None:
    raise AssertionError(message)


def _check_shapes(query: Tensor, key: Tensor, value: Tensor, padding: Any, mask: Any, num_heads: int) -> bool:
    """Whether there is a batch; AssertionError, as in torch, for other numbers of dimensions."""
    dims = query.dim()
    if dims not in (2, 3):
        _refuse(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    kind = "batched (3-D)" if dims == 3 else "unbatched (2-D)"
    if key.dim() != dims or value.dim() != dims:
        _refuse(
            f"For {kind} `query`, expected `key` and `value` to be {dims}-D but found {key.dim()}-D and {value.dim()}-D tensors respectively"
        )
    if padding is not None and padding.dim() != dims - 1:
        _refuse(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found {padding.dim()}-D tensor instead"
        )
    if mask is not None and mask.dim() not in (2, 3):
        _refuse(
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D tensor instead"
        )
    if (
        mask is not None
        and dims == 2
        and mask.dim() == 3
        and tuple(mask.shape) != (wanted := (num_heads, query.shape[0], key.shape[0]))
    ):
        _refuse(f"Expected `attn_mask` shape to be {wanted} but got {mask.shape}")
    return dims == 3


def added(mask: Any, name: str, like: Tensor) -> Any:
    """A mask as what is added to scores: in torch's modules, True of a bool one hides."""
    if mask is None or mask.is_floating_point():
        return mask
    if mask.dtype != DTYPES["bool"]:
        _refuse(f"only bool and floating types of {name} are supported")
    return added_mask(~mask, like)


def _projected(x: Tensor, w: Tensor, b: Any) -> Tensor:
    """linear(x, w, b) for (length, batch, features), in the order in which x lies."""
    if x.is_contiguous() or not (turned := x.transpose(0, 1)).is_contiguous():
        return linear(x, w, b)
    return linear(turned, w, b).transpose(0, 1)


def _three(x: Any) -> tuple[Any, Any, Any]:
    return (None, None, None) if x is None else tuple(x.chunk(3))


def _in_projections(query: Tensor, key: Tensor, value: Tensor, w: Any, b: Any) -> tuple[Tensor, ...]:
    """q, k and v; the products of what is the same tensor in one."""
    width = query.shape[-1]
    if key is value and query is key:
        return tuple(_projected(query, w, b).chunk(3, -1))
    if key is value:
        w_q, w_kv = w.split([width, 2 * width])
        b_q, b_kv = (None, None) if b is None else b.split([width, 2 * width])
        return (_projected(query, w_q, b_q), *_projected(key, w_kv, b_kv).chunk(2, -1))
    return tuple(_projected(x, *part) for x, *part in zip((query, key, value), _three(w), _three(b), strict=True))


def _static(t: Tensor, name: str, count: int, width: int) -> Tensor:
    if t.shape[0] != count:
        _refuse(f"expecting {name}.size(0) of {count}, but got {t.shape[0]}")
    if t.shape[2] != width:
        _refuse(f"expecting {name}.size(2) of {width}, but got {t.shape[2]}")
    return t


def _samples(r: Any) -> list[Any]:
    x, w, b, out, out_b = r(3, 2, 4), r(12, 4), r(12), r(4, 4), r(4)
    rest = (4, 2, w, b, None, None, False, 0.0, out, out_b)
    return [
        (x, x, x, *rest),
        (x, r(5, 2, 4), r(5, 2, 4), *rest, False),
        (r(3, 4), r(3, 4), r(3, 4), *rest),
    ]


@composed(public=False, also="nn.functional", family="attention", samples=_samples)
def multi_head_attention_forward(
    query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: int, num_heads: int, in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float,
    out_proj_weight: Tensor, out_proj_bias: Tensor | None, training: bool = True, key_padding_mask: Tensor | None = None,
    need_weights: bool = True, attn_mask: Tensor | None = None, use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None, static_v: Tensor | None = None, average_attn_weights: bool = True, is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """multi_head_attention_forward(query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn,
    dropout_p, out_proj_weight, out_proj_bias, ...) -> (Tensor, Tensor or None)

    What `nn.MultiheadAttention` computes: query, key and value each projected, attention in `num_heads` parts of the features, the parts side
    by side projected again; and the weights, if `need_weights`, averaged over heads unless `average_attn_weights` is False.

    Shape: query (L, N, E), key and value (S, N, ..), or without N; in_proj_weight (3 E, E), or three weights of their own with
    `use_separate_proj_weight`; bias_k and bias_v (1, 1, E) are one key and value more, `add_zero_attn` one of zeros, `static_k` and `static_v`
    (N * num_heads, S, E / num_heads) stand for the projected ones. Masks: `attn_mask` (L, S) or (N * num_heads, L, S), `key_padding_mask`
    (N, S); True hides, numbers are added. `is_causal` says that `attn_mask`, which has to be there, is the causal one.
    Raises: AssertionError and RuntimeError, as in torch, where sizes do not fit.
    Source: Vaswani et al., Attention is all you need, 2017, section 3.2.2.

    >>> import lucet, lucet.nn.functional as F
    >>> x = lucet.ones(2, 1, 2)
    >>> y, weights = F.multi_head_attention_forward(
    ...     x, x, x, 2, 1, lucet.ones(6, 2), None, None, None, False, 0.0, lucet.eye(2), None)
    >>> weights
    tensor([[[0.5000, 0.5000],
             [0.5000, 0.5000]]])
    """
    if num_heads <= 0:
        _refuse(f"num_heads must be greater than 0, got {num_heads}")
    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        one = query.unsqueeze(1)
        two = one if key is query else key.unsqueeze(1)
        query, key, value = one, two, two if value is key else value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    if key_padding_mask is not None and attn_mask is not None and key_padding_mask.dtype != attn_mask.dtype:
        warnings.warn(
            "Support for mismatched key_padding_mask and attn_mask is deprecated. Use same type for both instead.",
            stacklevel=2,
        )
    key_padding_mask = added(key_padding_mask, "key_padding_mask", query)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method `generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    else:
        attn_mask = added(attn_mask, "attn_mask", query)
        is_causal = is_causal and key_padding_mask is None
    if width != embed_dim_to_check:
        _refuse(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    head = width // num_heads
    if head * num_heads != width:
        _refuse(f"embed_dim {width} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            _refuse(f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
        for name, weight in (("q", q_proj_weight), ("k", k_proj_weight), ("v", v_proj_weight)):
            if weight is None:
                _refuse(f"use_separate_proj_weight is True but {name}_proj_weight is None")
        weights: tuple[Any, ...] = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = (
            _projected(x, w, b) for x, w, b in zip((query, key, value), weights, _three(in_proj_bias), strict=True)
        )
    else:
        if key.shape != value.shape:
            _refuse(f"key shape {key.shape} does not match value shape {value.shape}")
        if in_proj_weight is None:
            _refuse("use_separate_proj_weight is False but in_proj_weight is None")
        q, k, v = _in_projections(query, key, value, in_proj_weight, in_proj_bias)

    if attn_mask is not None:
        wanted = (length, key.shape[0]) if attn_mask.dim() == 2 else (batch * num_heads, length, key.shape[0])
        if tuple(attn_mask.shape) != wanted:
            raise RuntimeError(
                f"The shape of the {attn_mask.dim()}D attn_mask is {attn_mask.shape}, but should be {wanted}."
            )
        attn_mask = attn_mask.unsqueeze(0) if attn_mask.dim() == 2 else attn_mask
    more = 0  # keys and values beyond those that are given
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            _refuse(f"bias cannot be added to static {'key' if static_k is not None else 'value'}.")
        k, v = cat([k, bias_k.repeat(1, batch, 1)]), cat([v, bias_v.repeat(1, batch, 1)])
        more += 1
    elif bias_k is not None or bias_v is not None:
        _refuse("bias_k is set but bias_v is None" if bias_v is None else "bias_v is set but bias_k is None")

    def heads(t: Tensor) -> Tensor:
        return t.unflatten(-1, (num_heads, head)).permute(1, 2, 0, 3)

    count = batch * num_heads
    q = heads(q)
    k = heads(k) if static_k is None else _static(static_k, "static_k", count, head).unflatten(0, (batch, num_heads))
    v = heads(v) if static_v is None else _static(static_v, "static_v", count, head).unflatten(0, (batch, num_heads))
    if add_zero_attn:
        nothing = zeros(batch, num_heads, 1, head, dtype=k.dtype, device=k.device)
        k, v = cat([k, nothing], 2), cat([v, nothing], 2)
        more += 1
    if more:
        attn_mask = None if attn_mask is None else pad(attn_mask, (0, more))
        key_padding_mask = None if key_padding_mask is None else pad(key_padding_mask, (0, more))
    keys = k.shape[2]
    mask = (
        None
        if attn_mask is None
        else attn_mask.unsqueeze(0)
        if attn_mask.shape[0] == 1
        else attn_mask.unflatten(0, (batch, num_heads))
    )
    if key_padding_mask is not None:
        if tuple(key_padding_mask.shape) != (batch, keys):
            which = 0 if key_padding_mask.shape[0] != batch else 1
            _refuse(
                f"Expected key_padded_mask.shape[{which}] to be {(batch, keys)[which]}, but got {key_padding_mask.shape[which]}"
            )
        padding = key_padding_mask.view(batch, 1, 1, keys)
        mask = padding if mask is None else mask + padding
    rate = dropout_p if training else 0.0

    found = None
    if need_weights:
        scaled, turned = (
            q.reshape(count, length, head) * math.sqrt(1.0 / head),
            k.reshape(count, keys, head).transpose(1, 2),
        )
        scores = (
            bmm(scaled, turned)
            if mask is None
            else baddbmm(mask.expand(batch, num_heads, length, keys).reshape(count, length, keys), scaled, turned)
        )
        found = softmax(scores, -1)
        if rate > 0.0:
            found = dropout(found, rate)
        y = bmm(found, v.reshape(count, keys, head)).view(batch, num_heads, length, head)
        found = found.view(batch, num_heads, length, keys)
        found = found.mean(1) if average_attn_weights else found
    else:
        y = scaled_dot_product_attention(q, k, v, mask, rate, is_causal)
    y = _projected(y.permute(2, 0, 1, 3).flatten(2).contiguous(), out_proj_weight, out_proj_bias)
    if batched:
        return y, found
    return y.squeeze(1), None if found is None else found.squeeze(0)
