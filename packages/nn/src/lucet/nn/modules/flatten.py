"""Flatten and Unflatten: layers that only change the shape."""

from collections.abc import Sequence

from lucet import Tensor
from lucet.nn.modules.module import Module

__all__ = ["Flatten", "Unflatten"]


class Flatten(Module):
    """Make one dimension of the dimensions from `start_dim` to `end_dim`, both included.

    Shape: (N, *) to (N, product) with the defaults.
    Raises: IndexError for a dimension the input does not have.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Flatten()(lucet.zeros(4, 3, 2, 2)).shape)
    (4, 12)
    """

    __constants__ = ["start_dim", "end_dim"]
    start_dim: int
    end_dim: int

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The input with those dimensions in one."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Give dimension `dim` the shape `unflattened_size`, of which one size may be -1.

    Shape: (*, S, *) to (*, *unflattened_size, *), S the product of the sizes.
    Raises: TypeError for sizes that are no integers; RuntimeError where the product is not S.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Unflatten(1, (3, 2, 2))(lucet.zeros(4, 12)).shape)
    (4, 3, 2, 2)
    """

    __constants__ = ["dim", "unflattened_size"]
    dim: int
    unflattened_size: Sequence[int]

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(unflattened_size, tuple | list):
            raise TypeError(
                f"Unflatten: unflattened_size must be a tuple of ints, but found type {type(unflattened_size).__name__}"
            )
        for place, size in enumerate(unflattened_size):
            if not isinstance(size, int):
                raise TypeError(
                    "Unflatten: unflattened_size must be tuple of ints, "
                    f"but found element of type {type(size).__name__} at pos {place}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """The input with that dimension in several."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
