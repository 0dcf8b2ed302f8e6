"""Places between pixels: grids made by affine maps, and images looked up at them. Looking up is `_ops/resample_grid.pxi`, and its gradients;
gradients that will be differentiated again are those of the formula in ops, `_looked_up`.
"""

import warnings
from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._engine import run_backward
from lucet._errors import ShapeError, error
from lucet._ops.composing import is_recorded, named, recorded
from lucet._ops.create import linspace
from lucet._ops.join import cat
from lucet._ops.pointwise import where_function as where
from lucet._ops.resample import grid_slope, grid_values
from lucet._tensor import Tensor

_SAMPLING = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_PADDING = {"zeros": 0, "border": 1, "reflection": 2}
_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior "
    "is desired."
)


# --- looking up ------------------------------------------------------------------------------------------------------

_BILINEAR, _NEAREST, _BICUBIC = 0, 1, 2
_ZEROS, _BORDER, _REFLECTION = 0, 1, 2


def _inside(at: Tensor, size: int, padding: int, align: bool) -> Tensor:
    """What lies beyond the ends as something within; at the ends themselves it no longer moves."""
    if padding == _REFLECTION:
        low, span = (0.0, float(size - 1)) if align else (-0.5, float(size))
        if span == 0:
            return at * 0
        far = where(at.detach() < low, -1.0, 1.0).to(at.dtype) * (at - low)
        flips = (far.detach() / span).floor()
        over = far - flips * span
        at = where(flips % 2 == 0, over, span - over) + low
    told = at.detach()
    return where((told > 0) & (told < size - 1), at, told.clamp(0, size - 1))


def _keys(x: Tensor) -> tuple[Tensor, Tensor]:
    """Keys's cubic with a = -0.75, for 0 <= x < 1 and 1 <= x < 2."""
    return (1.25 * x - 2.25) * x * x + 1, ((-0.75 * x + 3.75) * x - 6) * x + 3


def _axis(place: Tensor, size: int, mode: int, padding: int, align: bool) -> list[tuple[Tensor, Tensor]]:
    """(index, weight) of each tap along one axis."""
    at = (place + 1) / 2 * (size - 1) if align else ((place + 1) * size - 1) / 2
    if mode != _BICUBIC and padding != _ZEROS:
        at = _inside(at, size, padding, align)
    if mode == _NEAREST:
        return [(at.detach().round(), at * 0 + 1)]
    low = at.detach().floor()
    t = at - low
    if mode == _BILINEAR:
        return [(low, 1 - t), (low + 1, t)]
    weights = _keys(t + 1)[1], _keys(t)[0], _keys(1 - t)[0], _keys(2 - t)[1]
    places = [low - 1 + k for k in range(4)]
    return [(p if padding == _ZEROS else _inside(p, size, padding, align), w) for p, w in zip(places, weights, strict=True)]


def _looked_up(input: Tensor, grid: Tensor, options: tuple[int, int, bool]) -> Tensor:
    """`grid_sample` in other ops: the sum over taps of weights times elements."""
    n, c, *sizes = input.shape
    axes, flat, points = len(sizes), input.reshape(n, c, -1), grid.reshape(n, -1, grid.shape[-1])
    taps: list[tuple[Any, Any, Any]] = [(0, 1, True)]
    for axis, size in enumerate(sizes):
        line = [(at, w, (at >= 0) & (at <= size - 1)) for at, w in _axis(points[..., axes - 1 - axis], size, *options)]
        taps = [(index * size + at, weight * w, there & ok) for index, weight, there in taps for at, w, ok in line]
    total: Any = 0
    for index, weight, there in taps:
        at = where(there, index, 0.0).long().unsqueeze(1).expand(n, c, -1)
        total = total + where(there.unsqueeze(1), flat.gather(-1, at) * weight.unsqueeze(1), 0.0)
    return total.reshape(n, c, *grid.shape[1:-1])  # type: ignore[no-any-return]


def _grid_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: tuple[int, int, bool]) -> list[Tensor | None]:
    (input, grid), g = kept, grads[0]
    if not is_recorded(input, grid, g):
        return [grid_slope(input, grid, g, options, k == 1) if wanted[k] else None for k in range(2)]
    ends = (input.view_as(input), grid.view_as(grid))  # of these alone: the one may depend on the other
    asked = tuple(end if end.requires_grad else end.detach().requires_grad_() for end in ends)
    found = run_backward([_looked_up(asked[0], asked[1], options)], [g], True, True, asked, False, True)
    return [x if want else None for x, want in zip(found, wanted, strict=True)]


def _sampled(input: Tensor, grid: Tensor, mode: int, padding: int, align: bool, name: str) -> Tensor:
    result = grid_values(input, grid, mode, padding, align, name)
    recorded(f"GridSampler{input.dim() - 2}DBackward0", _grid_rule, (input, grid), (result,), (input, grid), (int(mode), int(padding), bool(align)))
    return result


@composed(
    family="resample",
    samples=lambda r: [(r(2, 3, 4, 5), r(2, 3, 3, 2) * 0.4, 0, 0, False), (r(1, 2, 3, 4), r(1, 2, 2, 2) * 0.4, 2, 1, True)],
)  # fmt: skip
def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """grid_sampler(input, grid, interpolation_mode, padding_mode, align_corners) -> Tensor

    `nn.functional.grid_sample` with numbers for modes: 0 bilinear, 1 nearest, 2 bicubic; 0 zeros, 1 border, 2 reflection.

    >>> import lucet
    >>> lucet.grid_sampler(lucet.tensor([[[[1., 2.]]]]), lucet.zeros(1, 1, 1, 2), 0, 0, False)
    tensor([[[[1.5000]]]])
    """
    return _sampled(input, grid, interpolation_mode, padding_mode, align_corners, "grid_sampler")


@composed(family="resample", samples=lambda r: [(r(2, 3, 4, 5), r(2, 3, 3, 2) * 0.4, 0, 2, True)])
def grid_sampler_2d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """grid_sampler_2d(input, grid, interpolation_mode, padding_mode, align_corners) -> Tensor

    `grid_sampler` of images.

    >>> import lucet
    >>> lucet.grid_sampler_2d(lucet.tensor([[[[1., 2.]]]]), lucet.zeros(1, 1, 1, 2), 0, 0, False)
    tensor([[[[1.5000]]]])
    """
    if input.dim() != 4:
        raise error(ShapeError, f"grid_sampler_2d(): expected 4D input, but got input with sizes {list(input.shape)}")
    return _sampled(input, grid, interpolation_mode, padding_mode, align_corners, "grid_sampler_2d")


@composed(family="resample", samples=lambda r: [(r(1, 2, 3, 4, 5), r(1, 2, 2, 2, 3) * 0.4, 0, 0, False)])
def grid_sampler_3d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """grid_sampler_3d(input, grid, interpolation_mode, padding_mode, align_corners) -> Tensor

    `grid_sampler` of volumes.

    >>> import lucet
    >>> lucet.grid_sampler_3d(lucet.tensor([[[[[1., 2.]]]]]), lucet.zeros(1, 1, 1, 1, 3), 0, 0, False)
    tensor([[[[[1.5000]]]]])
    """
    if input.dim() != 5:
        raise error(ShapeError, f"grid_sampler_3d(): expected 5D input, but got input with sizes {list(input.shape)}")
    return _sampled(input, grid, interpolation_mode, padding_mode, align_corners, "grid_sampler_3d")


@composed(
    public=False, also="nn.functional", family="resample",
    samples=lambda r: [
        (r(2, 3, 4, 5), r(2, 3, 3, 2) * 0.4, "bilinear", "zeros", False), (r(1, 2, 3, 4), r(1, 2, 2, 2) * 0.6, "bicubic", "border", True),
        (r(1, 2, 3, 4, 3), r(1, 2, 2, 1, 3) * 0.4, "bilinear", "reflection", False),
    ],
)  # fmt: skip
def grid_sample(input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None) -> Tensor:
    """grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None) -> Tensor

    The elements of `input` at the places that `grid` names by coordinates from -1 to 1, the last axis first. Modes: "bilinear" (trilinear in
    volumes), "nearest", "bicubic" (images only). What lies outside is 0 ("zeros"), the nearest edge ("border") or mirrored ("reflection").
    -1 and 1 are the middles of corner pixels with `align_corners`, else their outer corners.

    Shape: (N, C, H, W) and (N, H', W', 2) to (N, C, H', W'); (N, C, D, H, W) and (N, D', H', W', 3) to (N, C, D', H', W').
    Dtype: floats, one for both.
    Raises: ValueError for unknown modes, ShapeError for shapes that do not fit.
    Source: M. Jaderberg et al., Spatial Transformer Networks (2015), section 3.3.

    >>> import lucet, lucet.nn.functional as F
    >>> F.grid_sample(lucet.tensor([[[[1., 2.]]]]), lucet.zeros(1, 1, 1, 2), align_corners=False)
    tensor([[[[1.5000]]]])
    """
    if mode not in _SAMPLING:
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'")
    if padding_mode not in _PADDING:
        raise ValueError(f"nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{padding_mode}'")
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
        align_corners = False
    return _sampled(input, grid, _SAMPLING[mode], _PADDING[padding_mode], align_corners, "grid_sampler")


# --- affine maps -----------------------------------------------------------------------------------------------------


def _ends(theta: Tensor, size: int, align: bool) -> Tensor:
    """`size` places from -1 to 1; unless aligned, the middles of as many parts."""
    if size <= 1:
        return theta.new_zeros((size,))
    places = linspace(-1, 1, size, dtype=theta.dtype, device=theta.device)
    return places if align else (places * (size - 1) / size).to(theta.dtype)  # of whole numbers too


@composed(
    family="resample", samples=lambda r: [(r(2, 2, 3), (2, 3, 4, 5), False), (r(1, 2, 3), (1, 1, 2, 3), True), (r(2, 3, 4), (2, 1, 2, 3, 2), False)],
)  # fmt: skip
def affine_grid_generator(theta: Tensor, size: Sequence[int], align_corners: bool) -> Tensor:
    """affine_grid_generator(theta, size, align_corners) -> Tensor

    `nn.functional.affine_grid`: the places of an affine map `theta` for images of a size.

    >>> import lucet
    >>> lucet.affine_grid_generator(lucet.tensor([[[1., 0., 0.], [0., 1., 0.]]]), (1, 1, 1, 2), False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    if len(size) not in (4, 5):
        raise error(ShapeError, "AffineGridGenerator needs 4d (spatial) or 5d (volumetric) size as input.")
    n, _, *sizes = size
    axes = len(sizes)
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (axes, axes + 1) or theta.shape[0] != n:
        raise error(ShapeError, f"Expected a batch of {axes}D affine matrices of shape Nx{axes}x{axes + 1} for size {list(size)}. Got {list(theta.shape)}.")
    columns = []
    for axis in reversed(range(axes)):
        places = _ends(theta, sizes[axis], bool(align_corners)).view([-1 if k == axis else 1 for k in range(axes)])
        columns.append(places.expand(sizes).reshape(-1, 1))
    columns.append(theta.new_ones((columns[0].shape[0], 1)))
    base = cat(columns, 1)
    return named((base.unsqueeze(0).expand(n, *base.shape) @ theta.transpose(1, 2)).view(n, *sizes, axes), "AffineGridGeneratorBackward0")


@composed(
    public=False, also="nn.functional", family="resample",
    samples=lambda r: [(r(2, 2, 3), (2, 3, 4, 5), False), (r(1, 2, 3), (1, 1, 2, 3), True), (r(2, 3, 4), (2, 1, 2, 3, 2), False)],
)  # fmt: skip
def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """affine_grid(theta, size, align_corners=None) -> Tensor

    The places that the affine maps `theta` (N, 2, 3) give to the pixels of images of `size` (N, C, H, W), for `grid_sample`: (N, H, W, 2); with
    (N, 3, 4) and (N, C, D, H, W) those of volumes, (N, D, H, W, 3).

    Raises: ValueError for matrices of other shapes or types and for empty sizes, NotImplementedError for other sizes.
    Source: M. Jaderberg et al., Spatial Transformer Networks (2015), equation 1.

    >>> import lucet, lucet.nn.functional as F
    >>> F.affine_grid(lucet.tensor([[[1., 0., 0.], [0., 1., 0.]]]), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    if align_corners is None:
        warnings.warn(_CHANGED, stacklevel=2)
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(f"affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size {size}.")
    axes = len(size) - 2
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (axes, axes + 1):
        raise ValueError(f"Expected a batch of {axes}D affine matrices of shape Nx{axes}x{axes + 1} for size {size}. Got {theta.shape}.")
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended use case of affine_grid.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return affine_grid_generator(theta, size, align_corners)
