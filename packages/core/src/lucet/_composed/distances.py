"""Norms and distances of vectors, as sums of other ops."""

from typing import Any

from lucet import _modes
from lucet._composed._define import composed
from lucet._composed._matrices import shaped
from lucet._composed.arrangements import triu_indices
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import is_recorded, recorded
from lucet._ops.join import broadcast_shapes, cat
from lucet._ops.vectors import pair_distances, pair_distances_gradient, row_distances
from lucet._registry import op
from lucet._tensor import Tensor

ROWS_AT_ONCE = 1 << 20  # differences that the gradient of cdist holds


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


def _plain_distances(x1: Tensor, x2: Tensor, p: float) -> Tensor:
    """p-norms of all differences of rows, by the definition."""
    if x1.dtype not in (DTYPES["float32"], DTYPES["float64"]):
        return _plain_distances(x1.float(), x2.float(), p).to(x1.dtype)
    shape = (*x1.shape[:-1], x2.shape[-2])
    if x1.is_meta or x2.is_meta:
        return x1.new_empty(shape, device="meta")
    distance: Tensor = shaped(row_distances(*(x.detach().reshape(-1, *x.shape[-2:]) for x in (x1, x2)), p), shape)
    recorded("CdistBackward0", _plain_rule, (x1, x2), (distance,), (x1, x2, distance), p)
    return distance


def _plain_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], p: float) -> list[Tensor | None]:
    """So many rows of x1 at a time that their differences from all of x2 stay small."""
    (g,), (x1, x2, distance) = grads, kept
    if p == 0:
        return [x.new_zeros(x.shape) for x in (x1, x2)]
    n, k, m = x1.shape[-2], *x2.shape[-2:]
    step = max(1, ROWS_AT_ONCE // max(1, x1.numel() // (n * m) * k * m))
    of_x1, of_x2 = [], None
    for first in range(0, n, step):
        rows = slice(first, first + step)
        difference = x1[..., rows, :].unsqueeze(-2) - x2.unsqueeze(-3)
        far, weight = distance[..., rows, :].unsqueeze(-1), g[..., rows, :].unsqueeze(-1)
        if p == float("inf"):
            slope = difference.sign() * (difference.abs() == far) * weight
        elif p == 1:
            slope = difference.sign() * weight
        else:
            weight = (weight / far.pow(p - 1)).masked_fill(far == 0, 0)
            slope = (
                difference * weight
                if p == 2
                else (difference.sign() * difference.abs().pow(p - 1)).masked_fill(difference == 0, 0) * weight
            )
        of_x1.append(slope.sum(-2))
        of_x2 = slope.sum(-3) if of_x2 is None else of_x2 + slope.sum(-3)
    return [cat(of_x1, -2) if wanted[0] else None, -of_x2 if wanted[1] and of_x2 is not None else None]


def _euclidean_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> list[Tensor | None]:
    """d |x - y| / dx = (x - y) / |x - y|, taken as 0 where x is y."""
    (g,), (x1, x2, distance) = grads, kept
    ratio = (g / distance).masked_fill(distance == 0, 0)
    return [
        x1 * ratio.sum(-1, keepdim=True) - ratio @ x2 if wanted[0] else None,
        x2 * ratio.sum(-2).unsqueeze(-1) - ratio.mT @ x1 if wanted[1] else None,
    ]


def _euclidean_distances(x1: Tensor, x2: Tensor) -> Tensor:
    """|x|^2 - 2 x y + |y|^2 as one matrix product of rows that carry the squares and ones."""
    before = _modes.is_grad_enabled()
    _modes._set_grad_enabled(False)
    try:
        norms = [x.square().sum(-1, keepdim=True) for x in (x1, x2)]
        ones = [n.new_ones(n.shape) for n in norms]
        left = cat([x1 * -2, norms[0], ones[0]], -1)
        right = cat([x2, ones[1], norms[1]], -1)
        distance = (left @ right.mT).clamp_min_(0).sqrt_()
    finally:
        _modes._set_grad_enabled(before)
    recorded("EuclideanDistBackward0", _euclidean_rule, (x1, x2), (distance,), (x1, x2, distance))
    return distance


@composed(
    dtypes="floats", family="composed",
    samples=lambda r: [
        (r(3, 2), r(4, 2)), (r(2, 3, 2), r(1, 4, 2), 1.0), (r(3, 2), r(4, 2), 3.0), (r(3, 2), r(4, 2), float("inf")),
        (r(3, 2), r(4, 2), 2.0, "use_mm_for_euclid_dist"), (r(0, 2), r(3, 2)), (r(2, 0), r(3, 0)),
    ],
)  # fmt: skip
def cdist(
    x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary"
) -> Tensor:
    """cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary") -> Tensor

    The p-norm of the difference of each row of x1 (..., n, m) and each of x2 (..., k, m): (..., n, k). Leading dimensions broadcast.
    With p=2 and more than 25 rows on a side the squares go through a matrix product, which is faster and rounds more coarsely
    for close rows; compute_mode "use_mm_for_euclid_dist" and "donot_use_mm_for_euclid_dist" say so always, or never.

    >>> import lucet
    >>> lucet.cdist(lucet.tensor([[0., 0.]]), lucet.tensor([[3., 4.], [0., 1.]]))
    tensor([[5., 1.]])
    """
    modes = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")
    if compute_mode is not None and compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    for name, x in (("X1", x1), ("X2", x2)):
        if not x.is_floating_point():
            raise error(DtypeError, f"cdist only supports floating-point dtypes, {name} got: {str(x.dtype)[6:]}")
        if x.dim() < 2:
            raise error(ShapeError, f"cdist only supports at least 2D tensors, {name} got: {x.dim()}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise error(
            ShapeError, f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    if x1.dtype is not x2.dtype:
        raise error(DtypeError, f"cdist: expected scalar type {str(x1.dtype)[6:]} but found {str(x2.dtype)[6:]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    n, k, m = x1.shape[-2], x2.shape[-2], x1.shape[-1]
    lead = tuple(broadcast_shapes(x1.shape[:-2], x2.shape[:-2]))
    x1, x2 = x1.expand((*lead, n, m)), x2.expand((*lead, k, m))
    if n == 0 or k == 0 or m == 0:
        return (
            x1.new_zeros((*lead, n, k)) + (x1.sum() + x2.sum()) * 0
            if x1._is_recorded() or x2._is_recorded()
            else x1.new_zeros((*lead, n, k))
        )
    if p == 2 and (compute_mode == modes[1] or compute_mode != modes[2] and (n > 25 or k > 25)):
        return _euclidean_distances(x1, x2)
    return _plain_distances(x1, x2, p)


@composed(
    also="nn.functional",
    dtypes="floats",
    family="composed",
    samples=lambda r: [(r(4, 2),), (r(4, 3), 1.0), (r(3, 2), 3.0), (r(3, 2), float("inf")), (r(1, 2),), (r(0, 2),)],
)
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """pdist(input, p=2.0) -> Tensor

    The p-norm of the difference of each pair of rows of an (n, m) matrix, as the part of `cdist(input, input)` above the diagonal:
    n (n - 1) / 2 distances.

    >>> import lucet
    >>> lucet.pdist(lucet.tensor([[0., 0.], [3., 4.], [0., 1.]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    if input.dim() != 2:
        raise error(ShapeError, f"pdist only supports 2D tensors, got: {input.dim()}D")
    if not input.is_floating_point():
        raise error(DtypeError, f"pdist only supports floating-point dtypes, got: {str(input.dtype)[6:]}")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    if input.is_meta:
        return input.new_empty(len(input) * (len(input) - 1) // 2)
    if input.dtype in (DTYPES["float32"], DTYPES["float64"]) and (p == 2 or not is_recorded(input)):
        distance: Tensor = pair_distances(input, p)
        recorded("PdistBackward0", _pdist_rule, (input,), (distance,), (input, distance))
        return distance
    return _pair_differences(input).norm(p, -1)


def _pair_differences(x: Tensor) -> Tensor:
    rows, columns = triu_indices(len(x), len(x), 1).unbind(0)
    return x.index_select(0, rows) - x.index_select(0, columns)


def _pdist_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> list[Tensor | None]:
    """As `_euclidean_rule`, of pairs."""
    (g,), (x, distance) = grads, kept
    if not is_recorded(g, x):
        return [pair_distances_gradient(x, g, distance)]
    rows, columns = triu_indices(len(x), len(x), 1).unbind(0)
    part = _pair_differences(x) * (g / distance).masked_fill(distance == 0, 0).unsqueeze(-1)
    return [x.new_zeros(x.shape).index_add(0, rows, part).index_add(0, columns, -part)]
