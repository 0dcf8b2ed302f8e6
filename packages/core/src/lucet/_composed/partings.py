"""Parts of a tensor that share its memory and stand apart from each other: unsafe_split and its kin."""

from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._ops.composing import recorded
from lucet._ops.join import cat
from lucet._tensor import Tensor


def one_size(name: str, size: Any) -> int:
    """The size of parts, which for these functions is no list of sizes."""
    if not hasattr(size, "__index__"):
        raise TypeError(f"{name}(): argument 'split_size' (position 2) must be int, not {type(size).__name__}")
    return size


def _apart(label: str, input: Tensor, views: tuple[Tensor, ...], dim: int) -> tuple[Tensor, ...]:
    """The views as tensors that count their changes for themselves; one node joins their gradients."""
    parts = tuple(view.data for view in views)
    recorded(label, _joined_rule, (input,), parts, (), (dim, [part.shape for part in parts]))
    return parts


def _joined_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> list[Tensor | None]:
    dim, shapes = options
    given = next(g for g in grads if g is not None)
    return [cat([given.new_zeros(shape) if g is None else g for g, shape in zip(grads, shapes, strict=True)], dim)]


@composed(method=True, dtypes="all", family="join", samples=lambda r: [(r(5, 2), 2), (r(2, 5), 3, 1), (r(0, 2), 3)])
def unsafe_split(input: Tensor, split_size: int, dim: int = 0) -> Any:
    """unsafe_split(input, split_size, dim=0) -> tuple of Tensors

    `split`, into parts of which each may be changed in place though others are needed for gradients: nobody checks.

    >>> import lucet
    >>> lucet.unsafe_split(lucet.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return _apart("UnsafeSplitBackward0", input, input.detach().split(one_size("unsafe_split", split_size), dim), dim)


@composed(method=True, dtypes="all", family="join", samples=lambda r: [(r(5, 2), [2, 3]), (r(2, 5), [1, 0, 4], 1)])
def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> Any:
    """unsafe_split_with_sizes(input, split_sizes, dim=0) -> tuple of Tensors

    `split_with_sizes`, into parts of which each may be changed in place though others are needed for gradients: nobody checks.

    >>> import lucet
    >>> lucet.unsafe_split_with_sizes(lucet.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return _apart("UnsafeSplitWithSizesBackward0", input, input.detach().split_with_sizes(split_sizes, dim), dim)


@composed(method=True, dtypes="all", family="join", samples=lambda r: [(r(5, 2), 3), (r(2, 5), 2, 1), (r(0, 2), 2)])
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> Any:
    """unsafe_chunk(input, chunks, dim=0) -> tuple of Tensors

    `chunk`, into parts of which each may be changed in place though others are needed for gradients: nobody checks.

    >>> import lucet
    >>> lucet.unsafe_chunk(lucet.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return _apart("UnsafeSplitBackward0", input, input.detach().chunk(chunks, dim), dim)
