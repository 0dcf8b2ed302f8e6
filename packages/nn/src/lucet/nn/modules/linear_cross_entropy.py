"""A linear layer and the cross-entropy of its scores in one. The arithmetic is in the op of that name."""

import math
from typing import Any

from lucet import Tensor
from lucet.nn.functional import linear_cross_entropy
from lucet.nn.modules._loss_base import _WeightedLoss
from lucet.nn.modules.linear import Linear
from lucet.nn.modules.linear_cross_entropy_options import LinearCrossEntropyOptions

__all__ = ["LinearCrossEntropyLoss"]


class LinearCrossEntropyLoss(_WeightedLoss):
    """The cross-entropy of a linear layer's scores: a layer `linear` of its own, and CrossEntropyLoss behind it.

    With `options` (LinearCrossEntropyOptions) the scores of so many samples at a time are made.
    Shape: input (N, in_features) or (in_features), target as in CrossEntropyLoss, of (N, num_classes, *out_features).
    Raises: RuntimeError for a weight of another size, a `label_smoothing` outside 0 to 1, and shapes that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> loss = nn.LinearCrossEntropyLoss(3, 4)
    >>> loss(lucet.zeros(2, 3), lucet.tensor([0, 2]))
    tensor(1.3863, grad_fn=<NllLossBackward0>)
    """

    __constants__ = ["num_classes", "out_features", "reduction", "ignore_index", "label_smoothing"]
    num_classes: int
    out_features: tuple[int, ...]
    ignore_index: int | None
    label_smoothing: float
    options: LinearCrossEntropyOptions | None

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        if weight is not None and weight.shape != (num_classes,):
            raise RuntimeError(f"expected weight shape to be {(num_classes,)}, got {tuple(weight.shape)}")
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        super().__init__(weight, None, None, reduction)
        self.num_classes = num_classes
        self.out_features = out_features
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.linear = Linear(in_features, math.prod(out_features, start=num_classes), bias, device, dtype)
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss."""
        linear = self.linear
        shape = (self.num_classes, *self.out_features)
        return linear_cross_entropy(
            input,
            linear.weight.reshape(*shape, linear.in_features),
            target,
            linear_bias=None if linear.bias is None else linear.bias.reshape(shape),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, out_features={self.out_features}, "
            f"bias={self.linear.bias is not None}, reduction={self.reduction}, ignore_index={self.ignore_index}, "
            f"label_smoothing={self.label_smoothing}, options={self.options}"
        )

for _name in __all__:  # where torch's saved models have them
    globals()[_name].__module__ = "lucet.nn.modules.loss"
