"""Attention over heads, with its parameters. The arithmetic is the op `multi_head_attention_forward`."""

import warnings
from typing import Any

import lucet
from lucet import Tensor
from lucet._composed.heads import added
from lucet.nn.functional import multi_head_attention_forward
from lucet.nn.init import constant_, xavier_normal_, xavier_uniform_
from lucet.nn.modules.linear import NonDynamicallyQuantizableLinear
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Attention of queries over keys and values in `num_heads` parts of the features, each projected first, their results together again.

    Shape: query (L, N, embed_dim), key (S, N, kdim), value (S, N, vdim), with `batch_first` (N, L, ..), or without N; the same for the
    result. Masks: `attn_mask` (L, S) or (N * num_heads, L, S) and `key_padding_mask` (N, S): True hides, numbers are added to the scores.
    Returns the result and the weights, (N, L, S) averaged over heads, (N, num_heads, L, S) with `average_attn_weights=False`, or None with
    `need_weights=False`, which spares their memory. `add_bias_kv` learns one more key and value, `add_zero_attn` adds one of zeros.
    `is_causal` says that `attn_mask` is the causal one.
    Raises: ValueError and AssertionError for sizes that do not divide; AssertionError and RuntimeError for inputs that do not fit.
    Source: Vaswani et al., Attention is all you need, 2017, section 3.2.2.

    >>> import lucet
    >>> from lucet import nn
    >>> x = lucet.zeros(2, 5, 8)
    >>> y, weights = nn.MultiheadAttention(8, 2, batch_first=True)(x, x, x)
    >>> tuple(y.shape), tuple(weights.shape)
    ((2, 5, 8), (2, 5, 5))
    """

    __constants__ = ["batch_first"]
    bias_k: Tensor | None
    bias_v: Tensor | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != self.embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")
        kind = {"device": device, "dtype": dtype}
        same = self._qkv_same_embed_dim
        shapes: dict[str, tuple[int, int] | None] = {
            "q_proj_weight": None if same else (embed_dim, embed_dim),
            "k_proj_weight": None if same else (embed_dim, self.kdim),
            "v_proj_weight": None if same else (embed_dim, self.vdim),
        }
        packed = {"in_proj_weight": (3 * embed_dim, embed_dim) if same else None}
        for name, shape in ({**packed, **shapes} if same else {**shapes, **packed}).items():
            self.register_parameter(name, None if shape is None else Parameter(lucet.empty(shape, **kind)))
        self.register_parameter("in_proj_bias", Parameter(lucet.empty(3 * embed_dim, **kind)) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, **kind)
        if add_bias_kv:
            self.bias_k = Parameter(lucet.empty((1, 1, embed_dim), **kind))
            self.bias_v = Parameter(lucet.empty((1, 1, embed_dim), **kind))
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Glorot and Bengio's uniform rule for projections, zeros for their biases, the normal rule for a learned key and value."""
        if self._qkv_same_embed_dim:
            xavier_uniform_(self.in_proj_weight)
        else:
            xavier_uniform_(self.q_proj_weight)
            xavier_uniform_(self.k_proj_weight)
            xavier_uniform_(self.v_proj_weight)
        if self.in_proj_bias is not None:
            constant_(self.in_proj_bias, 0.0)
            constant_(self.out_proj.bias, 0.0)
        if self.bias_k is not None:
            xavier_normal_(self.bias_k)
        if self.bias_v is not None:
            xavier_normal_(self.bias_v)

    def __setstate__(self, state: dict[str, Any]) -> None:
        state.setdefault("_qkv_same_embed_dim", True)  # saved before there were other sizes
        super().__setstate__(state)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """(result, weights or None)."""
        turned = self.batch_first and query.dim() == 3
        if turned:  # what is one tensor stays one: it is projected at once
            first = query.transpose(1, 0)
            second = first if key is query else key.transpose(1, 0)
            query, key, value = first, second, second if value is key else value.transpose(1, 0)
        separate = (
            {}
            if self._qkv_same_embed_dim
            else {
                "use_separate_proj_weight": True,
                "q_proj_weight": self.q_proj_weight,
                "k_proj_weight": self.k_proj_weight,
                "v_proj_weight": self.v_proj_weight,
            }
        )
        y, weights = multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
            **separate,
        )
        return (y.transpose(1, 0) if turned else y), weights

    def merge_masks(
        self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor
    ) -> tuple[Tensor | None, int | None]:
        """One mask of both, (N, num_heads, L, S), and its kind: 1 for that of keys alone, as it is, 2 for another; None for none.

        `query` is (N, L, E), and keys are as many as queries.
        """
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        batch, length, _ = query.shape
        if attn_mask.dim() == 3:
            merged = attn_mask.view(batch, -1, length, length)
        else:
            merged = attn_mask.view(1, 1, length, length).expand(batch, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            merged = merged + key_padding_mask.view(batch, 1, 1, length).expand(-1, self.num_heads, -1, -1)
        return merged, 2


def canonical_mask(
    mask: Tensor | None, name: str, other: Tensor | None, other_name: str, like: Tensor
) -> Tensor | None:
    """A mask as numbers that are added to scores, with torch's warning where another one has another type."""
    if mask is not None and other is not None and mask.dtype != other.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    return added(mask, name, like)

for _name in __all__:  # where torch's saved models have them
    globals()[_name].__module__ = "lucet.nn.modules.activation"
