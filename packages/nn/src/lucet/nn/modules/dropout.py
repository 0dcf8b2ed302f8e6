"""Dropout layers. Drawing and scaling are in the ops of the same names."""

from lucet import Tensor
from lucet.nn.functional import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from lucet.nn.modules.module import Module

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _DropoutNd(Module):
    __constants__ = ["p", "inplace"]
    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"{self._get_name()}: dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """In training mode set each element to zero with probability `p` and divide the others by `1 - p`; else nothing.

    Shape: any, returned unchanged.
    Raises: ValueError for a probability outside 0 to 1.
    Source: Hinton et al., Improving neural networks by preventing co-adaptation of feature detectors (2012).

    >>> import lucet
    >>> from lucet import nn
    >>> sorted(set(nn.Dropout(0.5)(lucet.ones(1000)).tolist()))
    [0.0, 2.0]
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with elements dropped."""
        return dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Dropout of whole channels.

    Shape: (N, C, L) or (C, L), returned unchanged.
    Raises: ValueError for a probability outside 0 to 1.
    Source: Tompson et al., Efficient Object Localization Using Convolutional Networks (2015), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Dropout1d(1.0)(lucet.ones(1, 2, 3)).sum()
    tensor(0.)
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with channels dropped."""
        return dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Dropout of whole channels.

    Shape: (N, C, H, W) or (N, C, L), returned unchanged.
    Raises: ValueError for a probability outside 0 to 1.
    Source: Tompson et al., Efficient Object Localization Using Convolutional Networks (2015), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Dropout2d(1.0)(lucet.ones(1, 2, 3, 3)).sum()
    tensor(0.)
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with channels dropped."""
        return dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Dropout of whole channels.

    Shape: (N, C, D, H, W) or (C, D, H, W), returned unchanged.
    Raises: ValueError for a probability outside 0 to 1.
    Source: Tompson et al., Efficient Object Localization Using Convolutional Networks (2015), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Dropout3d(1.0)(lucet.ones(1, 2, 3, 3, 3)).sum()
    tensor(0.)
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with channels dropped."""
        return dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Dropout that keeps mean 0 and variance 1 of its input: dropped elements take SELU's lower limit.

    Shape: any, returned unchanged.
    Raises: ValueError for a probability outside 0 to 1.
    Source: Klambauer et al., Self-Normalizing Neural Networks (2017), section 2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.AlphaDropout().eval()(lucet.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with elements dropped."""
        return alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """AlphaDropout of whole channels.

    Shape: (N, C, *), returned unchanged.
    Raises: ValueError for a probability outside 0 to 1.
    Source: Klambauer et al., Self-Normalizing Neural Networks (2017), section 2.

    >>> import lucet
    >>> from lucet import nn
    >>> len(set(nn.FeatureAlphaDropout()(lucet.ones(1, 2, 50))[0, 0].tolist()))
    1
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with channels dropped."""
        return feature_alpha_dropout(input, self.p, self.training)
