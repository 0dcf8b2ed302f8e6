"""Channels to pixels and back, and channels in another order; likeness and distance of vectors."""

from lucet._composed._define import composed
from lucet._device import contiguous_format
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.join import broadcast_shapes
from lucet._ops.pointwise import result_dtype
from lucet._ops.reduce import vector_norm
from lucet._tensor import Tensor


def _image(input: Tensor, op: str) -> None:
    if input.dim() < 3:
        raise error(ShapeError, f"{op} expects input to have at least 3 dimensions, but got input with {input.dim()} dimension(s)")


@composed(
    also="nn.functional", family="shuffles", dtypes="all",
    samples=lambda r: [(r(1, 4, 2, 3), 2), (r(9, 2, 2), 3), (r(2, 3, 2, 2), 1), (r(0, 4, 1, 1), 2)],
)  # fmt: skip
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """pixel_shuffle(input, upscale_factor) -> Tensor

    (..., C r^2, H, W) becomes (..., C, H r, W r): each group of r^2 channels becomes squares of r by r pixels.

    >>> import lucet
    >>> lucet.pixel_shuffle(lucet.arange(4.).view(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    _image(input, "pixel_shuffle")
    r = upscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *lead, c, h, w = input.shape
    if c % (r * r):
        raise error(
            ShapeError, f"pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={c} is not divisible by {r * r}"
        )
    n = len(lead)
    parts = input.reshape(*lead, c // (r * r), r, r, h, w)
    return parts.permute(*range(n), n, n + 3, n + 1, n + 4, n + 2).clone(memory_format=contiguous_format).reshape(*lead, c // (r * r), h * r, w * r)


@composed(
    also="nn.functional", family="shuffles", dtypes="all",
    samples=lambda r: [(r(1, 2, 4, 6), 2), (r(1, 3, 3), 3), (r(2, 3, 2, 2), 1), (r(0, 1, 2, 2), 2)],
)  # fmt: skip
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """pixel_unshuffle(input, downscale_factor) -> Tensor

    (..., C, H r, W r) becomes (..., C r^2, H, W): what undoes `pixel_shuffle`.

    >>> import lucet
    >>> lucet.pixel_unshuffle(lucet.arange(4.).view(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    _image(input, "pixel_unshuffle")
    r = downscale_factor
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *lead, c, h, w = input.shape
    for name, at, size in (("height", -2, h), ("width", -1, w)):
        if size % r:
            raise error(ShapeError, f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but input.size({at})={size} is not divisible by {r}")
    if not input.numel():
        return input.clone()  # of the input's shape, as torch's
    n = len(lead)
    parts = input.reshape(*lead, c, h // r, r, w // r, r)
    return parts.permute(*range(n), n, n + 2, n + 4, n + 1, n + 3).clone(memory_format=contiguous_format).reshape(*lead, c * r * r, h // r, w // r)


@composed(
    also="nn.functional", family="shuffles", dtypes="all",
    samples=lambda r: [(r(1, 4, 2, 3), 2), (r(2, 6, 2), 3), (r(2, 3, 2, 2), 1)],
)  # fmt: skip
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """channel_shuffle(input, groups) -> Tensor

    (N, C, ...) with the channels of `groups` groups taken in turn.

    >>> import lucet
    >>> lucet.channel_shuffle(lucet.arange(4.).view(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    if input.dim() <= 2:
        raise error(ShapeError, f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0:
        raise RuntimeError(f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    n, c, *size = input.shape
    if c % groups:
        raise error(ShapeError, f"Number of channels must be divisible by groups. Got {c} channels and {groups} groups.")
    return input.reshape(n, groups, c // groups, *size).transpose(1, 2).reshape(n, c, *size).contiguous()


# --- vectors ---------------------------------------------------------------------------------------------------------


def _at_least(norm: Tensor, eps: float) -> Tensor:
    """`norm`, or `eps` where it is smaller; the gradient is that of `norm`, as torch's."""
    told = norm.detach()
    return norm + (told.clamp_min(eps) - told)


@composed(
    also="nn.functional", family="composed",
    formula="(x1 * x2).sum(dim) / (maximum((x1**2).sum(dim)**0.5, eps) * maximum((x2**2).sum(dim)**0.5, eps))",
    samples=lambda r: [(r(3, 4), r(3, 4), 1, 1e-8), (r(3, 4), r(3, 4), 0, 1e-8), (r(2, 3, 4), r(3, 4), -1, 1e-8), (r(3, 0), r(3, 0), 1, 1e-8)],
)  # fmt: skip
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """cosine_similarity(x1, x2, dim=1, eps=1e-8) -> Tensor

    The cosine of the angle between vectors along `dim`: their product over their norms, of which neither counts less than `eps`.

    >>> import lucet
    >>> lucet.cosine_similarity(lucet.tensor([[1., 0.]]), lucet.tensor([[1., 1.]]))
    tensor([0.7071])
    """
    kind = result_dtype(x1, x2)
    if not kind.is_floating_point:
        raise error(DtypeError, f"cosine_similarity: expected common dtype to be floating point, yet common dtype is {str(kind)[6:]}", fix="x1.float()")
    one, two = x1.to(kind), x2.to(kind)
    if one.shape != two.shape:
        one, two = (x.expand(broadcast_shapes(one.shape, two.shape)) for x in (one, two))
    norms = [_at_least(vector_norm(x, 2, dim, True), eps) for x in (one, two)]
    return ((one / norms[0]) * (two / norms[1])).sum(dim)


@composed(
    also="nn.functional", family="composed",
    samples=lambda r: [(r(3, 4), r(3, 4)), (r(3, 4), r(3, 4), 1.0), (r(3, 4), r(4), 3.0, 1e-6, True), (r(4), r(4), 2.0)],
)  # fmt: skip
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False) -> Tensor

    The p-norms of x1 - x2 + eps along the last dimension.

    >>> import lucet
    >>> lucet.pairwise_distance(lucet.tensor([[0., 0.]]), lucet.tensor([[3., 4.]]))
    tensor([5.0000])
    """
    return (x1 - x2 + eps).norm(p, -1, keepdim)
