"""Places between pixels: grids made by affine maps, and images looked up at them. Looking up is `_ops/resample_grid.pxi`."""

import warnings
from collections.abc import Sequence

from lucet._composed._define import composed
from lucet._errors import ShapeError, error
from lucet._ops.create import linspace
from lucet._ops.join import cat
from lucet._ops.resample import grid_sampler
from lucet._tensor import Tensor

_SAMPLING = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_PADDING = {"zeros": 0, "border": 1, "reflection": 2}
_CHANGED = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior "
    "is desired."
)


@composed(
    public=False, also="nn.functional", family="resample", grad="once",
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
    Dtype: floats, one for both. Differentiable once in both.
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
    return grid_sampler(input, grid, _SAMPLING[mode], _PADDING[padding_mode], align_corners)


def _ends(theta: Tensor, size: int, align: bool) -> Tensor:
    """`size` places from -1 to 1; unless aligned, the middles of as many parts."""
    if size <= 1:
        return theta.new_zeros((size,))
    places = linspace(-1, 1, size, dtype=theta.dtype, device=theta.device)
    return places if align else places * ((size - 1) / size)


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
    return (base.unsqueeze(0).expand(n, *base.shape) @ theta.transpose(1, 2)).view(n, *sizes, axes)


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
