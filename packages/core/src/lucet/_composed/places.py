"""Places and shapes told by numbers: coordinates of positions, diagonals to be filled, sums to a shape."""

from typing import Any

from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import ShapeError, error
from lucet._tensor import Tensor


@composed(
    grad="no",
    family="composed",
    dtypes="integers",
    samples=lambda r: [((r(2, 3).abs() * 20).long() % 12, (3, 4)), ((r(4).abs() * 9).long() % 5, 5), ((r().abs() * 9).long(), (30,))],
)
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """unravel_index(indices, shape) -> tuple of Tensors

    The coordinates, one tensor (int64) a dimension, of positions in row-major order in a tensor of that shape, taken modulo its size.
    TypeError for indices that are no integers, ValueError for negative sizes.

    >>> import lucet
    >>> lucet.unravel_index(lucet.tensor([1, 5]), (2, 3))
    (tensor([0, 1]), tensor([1, 2]))
    """
    if indices.is_floating_point() or indices.is_complex() or indices.dtype == DTYPES["bool"]:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if not isinstance(shape, (int, list, tuple)):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {sizes}")
    rest, found = indices.long(), []
    for size in reversed(sizes):
        found.append(rest % size)
        rest = rest.div(size, rounding_mode="floor")
    return tuple(reversed(found))


@composed(method=True, public=False, family="composed", dtypes="all", samples=lambda r: [(r(3, 4), 1.5), (r(7, 3), 2.0, True), (r(2, 2, 2), 1)])
def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """fill_diagonal_(input, fill_value, wrap=False) -> Tensor

    Write a number to the main diagonal in place; with `wrap`, go on below the square part of a tall matrix, one row after it.
    More than two dimensions must be of one length.

    >>> import lucet
    >>> lucet.zeros(2, 2).fill_diagonal_(5)
    tensor([[5., 0.],
            [0., 5.]])
    """
    around = bool(wrap)
    ndim = input.dim()
    if ndim < 2:
        raise error(ShapeError, "fill_diagonal_: dimensions must larger than 1", facts=[f"input {tuple(input.shape)}"])
    if ndim > 2 and len(set(input.shape)) > 1:
        raise error(
            ShapeError,
            "fill_diagonal_: all dimensions of input must be of equal length",
            facts=[f"input {tuple(input.shape)}"],
        )
    height, width = input.shape[:2]
    step = sum(input.stride())
    start = input.storage_offset()
    input.as_strided((min(height, width),), (step,), start).fill_(fill_value)
    if around and ndim == 2 and height > width + 1:
        left = (input.numel() + width) // (width + 1) - min(height, width)
        input.as_strided((left,), (step,), start + input.stride(0) * (width + 1)).fill_(fill_value)
    return input


@composed(method=True, public=False, family="composed", dtypes="all", samples=lambda r: [(r(3, 4), 1, 4), (r(2, 3, 4), (3, 1)), (r(3), (3,))])
def sum_to_size(input: Tensor, *args: Any, size: Any = None) -> Tensor:
    """sum_to_size(input, *size) -> Tensor

    The sum over the dimensions that broadcasting `size` to the shape of `input` would add or stretch. ShapeError where it would not.

    >>> import lucet
    >>> lucet.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    given = args if size is None else (size,)
    sizes = tuple(given[0]) if len(given) == 1 and not isinstance(given[0], int) else given
    if not sizes:
        return input.sum()
    shape = tuple(input.shape)
    lead = len(shape) - len(sizes)
    if lead < 0 or any(s not in (1, shape[lead + k]) for k, s in enumerate(sizes)):
        raise error(ShapeError, f"sum_to_size: size {list(sizes)} is not expandable to size {list(shape)}.")
    dims = [*range(lead), *(lead + k for k, s in enumerate(sizes) if s == 1 != shape[lead + k])]
    return input.sum(dims, keepdim=True).view(sizes) if dims else input
