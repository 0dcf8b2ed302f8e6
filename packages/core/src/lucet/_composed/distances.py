"""Norms and distances of vectors, as sums of other ops."""

from lucet._registry import op
from lucet._tensor import Tensor


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """normalize(input, p=2.0, dim=1, eps=1e-12, out=None) -> Tensor

    Divide each vector along `dim` by its p-norm, or by `eps` where the norm is smaller.

    >>> import lucet, lucet.nn.functional as F
    >>> F.normalize(lucet.tensor([[3., 4.]]))
    tensor([[0.6000, 0.8000]])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"normalize(): argument 'input' must be Tensor, not {type(input).__name__}")
    scale = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input.div(scale) if out is None else _div(input, scale, out=out)


def _div(input: Tensor, other: Tensor, *, out: Tensor) -> Tensor:
    from lucet._ops.pointwise import div_function

    return div_function(input, other, out=out)


op(
    normalize,
    method=False,
    public=False,
    also="nn.functional",
    formula="input / maximum((abs(input)**p).sum(dim, keepdims=True)**(1/p), eps)",
    samples=lambda r: [(r(3, 4),), (r(3, 4), 1.0, 0), (r(2, 0, 3), 2.0, 0)],
    family="composed",
    dtypes="floats",
)
