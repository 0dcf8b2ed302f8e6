"""Losses of margins, of embeddings and of several labels; loss.py has their names. The arithmetic is in the ops of the same names."""

from collections.abc import Callable

from lucet import Tensor
from lucet.nn.functional import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from lucet.nn.modules._loss_base import _Loss, _WeightedLoss
from lucet.nn.modules.distance import PairwiseDistance

__all__ = [
    "CosineEmbeddingLoss",
    "HingeEmbeddingLoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class HingeEmbeddingLoss(_Loss):
    """Distances `input` where the target is 1; where it is -1, what they lack to `margin`.

    `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: input and target any that broadcast; a scalar unless "none".

    >>> import lucet
    >>> from lucet import nn
    >>> nn.HingeEmbeddingLoss()(lucet.tensor([0.5, 0.25]), lucet.tensor([1, -1]))
    tensor(0.6250)
    """

    __constants__ = ["margin", "reduction"]
    margin: float

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """`max(0, margin - target * (input1 - input2))`: which of two scores should be the larger, the target 1 or -1 says.

    `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: three of as many dimensions that broadcast; a scalar unless "none".
    Raises: RuntimeError from the call for other numbers of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MarginRankingLoss()(lucet.tensor([1.0]), lucet.tensor([3.0]), lucet.tensor([1.0]))
    tensor(2.)
    """

    __constants__ = ["margin", "reduction"]
    margin: float

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """`1 - cosine` of the angle between two vectors where the target is 1, `max(0, cosine - margin)` where it is -1.

    `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: inputs (N, D) with target (N), or (D) with (); a scalar unless "none".
    Raises: RuntimeError from the call for other numbers of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.CosineEmbeddingLoss()(lucet.tensor([[1.0, 0.0]]), lucet.tensor([[0.0, 1.0]]), lucet.tensor([1]))
    tensor(1.)
    """

    __constants__ = ["margin", "reduction"]
    margin: float

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """`log(1 + exp(-target * input))` for targets 1 and -1.

    `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: input any, target broadcasts to it; a scalar unless "none".

    >>> import lucet
    >>> from lucet import nn
    >>> nn.SoftMarginLoss()(lucet.zeros(2), lucet.tensor([1.0, -1.0]))
    tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return soft_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """By how much the scores of other classes come nearer than `margin` to that of the target, to the power `p` (1 or 2).

    The sum over the classes, by their number; `weight` multiplies the loss of each target class. `reduction`,
    `size_average` and `reduce` are as in MSELoss.
    Shape: input (N, C) with target (N), or (C) with (); weight (C); a scalar unless "none".
    Dtype: float32 and float64; target int64.
    Raises: ValueError for another `p` or a weight that is no vector; RuntimeError from the call for a label out of range.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MultiMarginLoss()(lucet.tensor([[0.5, 0.25, 2.0]]), lucet.tensor([0]))
    tensor(1.0833)
    """

    __constants__ = ["p", "margin", "reduction"]
    margin: float
    p: int

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if weight is not None and weight.dim() != 1:
            raise ValueError(f"MultiMarginLoss: expected weight to be None or 1D tensor, got {weight.dim()}D instead")
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return multi_margin_loss(
            input, target, p=self.p, margin=self.margin, weight=self.weight, reduction=self.reduction
        )


class MultiLabelMarginLoss(_Loss):
    """`max(0, 1 - (input[j] - input[i]))` over a sample's labels j and the classes i that are none, by the number of classes.

    A row of the target lists the labels, and ends at the first -1. `reduction`, `size_average` and `reduce` are as in
    MSELoss.
    Shape: input and target (N, C) or (C); a scalar unless "none".
    Dtype: float32 and float64; target int64.
    Raises: RuntimeError from the call for other shapes and for a label out of range.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MultiLabelMarginLoss()(lucet.tensor([[0.1, 0.2, 0.4, 0.8]]), lucet.tensor([[3, 0, -1, 1]]))
    tensor(0.8500)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """The binary cross-entropy of `sigmoid(input)` and targets 0 or 1, times `weight`, its mean over the classes.

    `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: input and target (N, C); weight (C); a scalar, or (N) with "none".

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MultiLabelSoftMarginLoss()(lucet.zeros(2, 3), lucet.ones(2, 3))
    tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """`max(0, margin + |anchor - positive| - |anchor - negative|)` of `p`-norms along the last dimension.

    With `swap` the smaller of the negative's distances from the anchor and from the positive counts; `eps` keeps the
    differences off 0. `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: three (N, D) or (D); a scalar, or (N) with "none".
    Raises: ValueError for a margin that is not above 0.
    Source: Balntas et al., Learning Local Feature Descriptors with Triplets and Shallow Convolutional Networks (2016).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.TripletMarginLoss()(lucet.zeros(1, 2), lucet.zeros(1, 2), lucet.tensor([[0.5, 0.0]]))
    tensor(0.5000)
    """

    __constants__ = ["margin", "p", "eps", "swap", "reduction"]
    margin: float
    p: float
    eps: float
    swap: bool

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss."""
        return triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(_Loss):
    """TripletMarginLoss with a distance of one's own, PairwiseDistance unless given.

    Raises: ValueError for a margin that is not above 0.

    >>> import lucet
    >>> from lucet import nn
    >>> loss = nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).abs().sum(-1))
    >>> loss(lucet.zeros(1, 2), lucet.zeros(1, 2), lucet.full((1, 2), 0.25))
    tensor(0.5000)
    """

    __constants__ = ["margin", "swap", "reduction"]
    margin: float
    swap: bool

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(None, None, reduction)
        if margin <= 0:
            raise ValueError(
                f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead"
            )
        self.distance_function: Callable[[Tensor, Tensor], Tensor] | None = (
            PairwiseDistance() if distance_function is None else distance_function
        )
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss."""
        return triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )

for _name in __all__:  # where torch's saved models have them
    globals()[_name].__module__ = "lucet.nn.modules.loss"
