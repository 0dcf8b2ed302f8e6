"""Loss layers. The arithmetic is in the ops of the same names."""

import warnings
from collections.abc import Sequence

from lucet import Tensor
from lucet.nn.functional import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    ctc_loss,
    gaussian_nll_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)
from lucet.nn.modules._loss_base import _Loss, _WeightedLoss
from lucet.nn.modules._margin_losses import (
    CosineEmbeddingLoss,
    HingeEmbeddingLoss,
    MarginRankingLoss,
    MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss,
    MultiMarginLoss,
    SoftMarginLoss,
    TripletMarginLoss,
    TripletMarginWithDistanceLoss,
)
from lucet.nn.modules.linear_cross_entropy import LinearCrossEntropyLoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CTCLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "LinearCrossEntropyLoss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "NLLLoss2d",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class L1Loss(_Loss):
    """`|input - target|`, its mean, its sum (`reduction="sum"`) or each element's ("none").

    `size_average` and `reduce` are older names for the reduction, and warn.
    Shape: input and target any, the same; a scalar unless "none".

    >>> import lucet
    >>> from lucet import nn
    >>> nn.L1Loss()(lucet.tensor([1.0, 2.0]), lucet.tensor([1.0, 4.0]))
    tensor(1.)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """`(input - target) ** 2`, its mean, its sum (`reduction="sum"`) or each element's ("none").

    `size_average` and `reduce` are older names for the reduction, and warn.
    Shape: input and target any, the same; a scalar unless "none".

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MSELoss()(lucet.tensor([1.0, 2.0]), lucet.tensor([1.0, 4.0]))
    tensor(2.)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """`(input - target) ** 2 / (2 beta)` where they are closer than `beta`, else `|input - target| - beta / 2`.

    `reduction`, `size_average` and `reduce` are as in MSELoss; with `beta` 0 it is the L1Loss.
    Shape: input and target any, the same; a scalar unless "none".
    Raises: RuntimeError from the call for a negative `beta`.
    Source: Girshick, Fast R-CNN (2015), equation 3.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.SmoothL1Loss()(lucet.tensor([0.0, 2.0]), lucet.tensor([1.0, 4.0]))
    tensor(1.)
    """

    __constants__ = ["reduction"]

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """`(input - target) ** 2 / 2` where they are closer than `delta`, else `delta * (|input - target| - delta / 2)`.

    Shape: input and target any, the same; a scalar unless `reduction="none"`.
    Raises: TypeError for a `delta` that is no number; RuntimeError from the call for one that is not positive.
    Source: Huber, Robust Estimation of a Location Parameter (1964).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.HuberLoss(delta=2.0)(lucet.tensor([0.0, 2.0]), lucet.tensor([1.0, 7.0]))
    tensor(4.2500)
    """

    __constants__ = ["reduction", "delta"]

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, float | int):
            raise TypeError(f"HuberLoss: delta must be a float or int, got: {type(delta)}")
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class KLDivLoss(_Loss):
    """The divergence `target * (log(target) - input)` of log-probabilities `input` from probabilities `target`.

    With `log_target` the target holds logarithms too. `reduction` is "batchmean" (the divergence proper), "sum", "none"
    or "mean", which divides by the number of elements and warns. `size_average` and `reduce` are as in MSELoss.
    Shape: input and target any, the same; a scalar unless "none".

    >>> import lucet
    >>> from lucet import nn
    >>> loss = nn.KLDivLoss(reduction="batchmean")
    >>> loss(lucet.tensor([[0.5, 0.5]]).log(), lucet.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class BCELoss(_WeightedLoss):
    """`-(target * log(input) + (1 - target) * log(1 - input))` of probabilities `input`, the logarithms at least -100.

    `weight` multiplies each element's loss; `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: input and target any, the same; weight broadcasts to them; a scalar unless "none".
    Raises: ValueError for other shapes; RuntimeError for an input outside [0, 1].

    >>> import lucet
    >>> from lucet import nn
    >>> nn.BCELoss()(lucet.tensor([0.5, 0.5]), lucet.tensor([0.0, 1.0]))
    tensor(0.6931)
    """

    __constants__ = ["reduction"]

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """BCELoss of `sigmoid(input)`, computed from the scores without overflow.

    `pos_weight` multiplies the loss of positive targets, `weight` each element's.
    Shape: input and target any, the same; weight and pos_weight broadcast to them; a scalar unless `reduction="none"`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.BCEWithLogitsLoss()(lucet.tensor([0.0, 1000.0]), lucet.tensor([0.0, 1.0]))
    tensor(0.3466)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class NLLLoss(_WeightedLoss):
    """The negative of the log-probability at the target class, times the class's weight.

    The mean is divided by the weights of the targets; targets equal to `ignore_index` count nothing. `size_average` and
    `reduce` are older names for the reduction, and warn.

    Shape: input (N, C) or (C) or (N, C, d1, ...), target (N) or () or (N, d1, ...), weight (C); a scalar unless
    `reduction="none"`.
    Dtype: input floating, target int64.
    Raises: RuntimeError for shapes that do not fit; IndexError for a target outside 0 to C - 1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.NLLLoss()(lucet.tensor([[-0.5, -2.0], [-1.0, -1.5]]), lucet.tensor([0, 1]))
    tensor(1.)
    """

    __constants__ = ["ignore_index", "reduction"]
    ignore_index: int

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class CrossEntropyLoss(_WeightedLoss):
    """The negative log of the softmax of scores at the target class; targets may be probabilities of each class too.

    `label_smoothing` mixes the target with the uniform distribution. `weight`, `ignore_index` and the older names of
    the reduction are as in NLLLoss.

    Shape: input (N, C) or (C) or (N, C, d1, ...), target (N) or () or (N, d1, ...) for classes, the input's for
    probabilities, weight (C); a scalar unless `reduction="none"`.
    Dtype: input floating; target int64 for classes, floating for probabilities.
    Raises: RuntimeError for shapes that do not fit; IndexError for a class outside 0 to C - 1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.CrossEntropyLoss()(lucet.zeros(3, 4), lucet.tensor([0, 1, 2]))
    tensor(1.3863)
    """

    __constants__ = ["ignore_index", "reduction", "label_smoothing"]
    ignore_index: int
    label_smoothing: float

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss2d(NLLLoss):
    """The older name of NLLLoss; warns.

    >>> import warnings
    >>> from lucet import nn
    >>> with warnings.catch_warnings(record=True):
    ...     nn.NLLLoss2d()
    NLLLoss2d()
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        warnings.warn(
            "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class PoissonNLLLoss(_Loss):
    """`exp(input) - target * input`, the negative log-likelihood of counts whose rate is `exp(input)`.

    Without `log_input` the input is the rate itself, and `eps` keeps its logarithm off 0. `full` adds Stirling's
    formula for the part that depends on the target alone. `reduction`, `size_average` and `reduce` are as in MSELoss.
    Shape: input and target any that broadcast; a scalar unless "none".

    >>> import lucet
    >>> from lucet import nn
    >>> nn.PoissonNLLLoss()(lucet.zeros(2), lucet.tensor([1.0, 3.0]))
    tensor(1.)
    """

    __constants__ = ["log_input", "full", "eps", "reduction"]
    log_input: bool
    full: bool
    eps: float

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        return poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(_Loss):
    """`(log(var) + (input - target) ** 2 / var) / 2`: targets from normal distributions whose mean and variance are given.

    A variance counts at least `eps`; `full` adds `log(2 pi) / 2`.
    Shape: input and target any, the same; var alike, or without its last dimension, or with one size 1; or a float.
    Raises: ValueError from the call for a negative variance or one of another shape.
    Source: Nix and Weigend, Estimating the mean and variance of the target probability distribution (1994).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.GaussianNLLLoss()(lucet.zeros(2), lucet.tensor([1.0, 3.0]), lucet.ones(2))
    tensor(2.5000)
    """

    __constants__ = ["full", "eps", "reduction"]
    full: bool
    eps: float

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """The loss."""
        return gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


class CTCLoss(_Loss):
    """The negative logarithm of the probability of a label sequence over all its alignments with the times of the input.

    `blank` is the class between labels. "mean" divides each loss by the length of its target first. Sequences that no
    alignment fits have an infinite loss, or with `zero_infinity` none.

    Shape: log_probs (T, N, C) or (T, C); targets (N, S) or all labels in one row; lengths (N), tensors or tuples; a
    scalar unless `reduction="none"`.
    Dtype: float32 and float64; targets and lengths integers.
    Raises: RuntimeError for shapes, lengths and labels that do not fit.
    Source: Graves et al., Connectionist Temporal Classification (2006).

    >>> import lucet
    >>> from lucet import nn
    >>> scores = lucet.zeros(3, 1, 4).log_softmax(-1)
    >>> nn.CTCLoss(reduction="sum")(scores, lucet.tensor([[1, 2]]), (3,), (2,))
    tensor(2.5494)
    """

    __constants__ = ["blank", "reduction"]
    blank: int
    zero_infinity: bool

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(None, None, reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(
        self,
        log_probs: Tensor,
        targets: Tensor,
        input_lengths: Tensor | Sequence[int],
        target_lengths: Tensor | Sequence[int],
    ) -> Tensor:
        """The loss."""
        return ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )
