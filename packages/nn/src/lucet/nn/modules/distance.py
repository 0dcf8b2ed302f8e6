"""Distances of pairs of vectors as layers."""

from lucet import Tensor
from lucet.nn.functional import cosine_similarity, pairwise_distance
from lucet.nn.modules.module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class PairwiseDistance(Module):
    """The `p`-norm of `x1 - x2 + eps` along the last dimension, which stays with size 1 with `keepdim`.

    Shape: two (N, D) or (D) that broadcast; (N) or ().

    >>> import lucet
    >>> from lucet import nn
    >>> nn.PairwiseDistance()(lucet.tensor([[0.0, 0.0]]), lucet.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """

    __constants__ = ["norm", "eps", "keepdim"]
    norm: float
    eps: float
    keepdim: bool

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The distances."""
        return pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along `dim`; a norm below `eps` counts as `eps`.

    Shape: two that broadcast; the same without `dim`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.CosineSimilarity()(lucet.tensor([[1.0, 0.0]]), lucet.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """

    __constants__ = ["dim", "eps"]
    dim: int
    eps: float

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The cosines."""
        return cosine_similarity(x1, x2, self.dim, self.eps)
