"""The convolutional network of the well-known MNIST training script, for 28 x 28 gray images."""

from typing import Any

from lucet import Tensor, flatten
from lucet.nn import Conv2d, Dropout, Linear, Module
from lucet.nn.functional import log_softmax, max_pool2d, relu

from ._registry import register_model
from ._weights import WeightsEnum

__all__ = ["MNISTNet", "MNISTNet_Weights", "mnistnet"]


class MNISTNet(Module):
    """Two 3 x 3 convolutions, pooling, dropout and two linear layers; 1,199,882 parameters for 10 classes.

    Shape: (N, 1, 28, 28) floating point to log-probabilities (N, num_classes), which `nll_loss` takes.

    >>> import lucet
    >>> from lucetvision.models import MNISTNet
    >>> MNISTNet()(lucet.zeros(2, 1, 28, 28)).shape
    lucet.Size([2, 10])
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = Conv2d(1, 32, 3, 1)
        self.conv2 = Conv2d(32, 64, 3, 1)
        self.dropout1 = Dropout(0.25)
        self.dropout2 = Dropout(0.5)
        self.fc1 = Linear(9216, 128)
        self.fc2 = Linear(128, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = relu(self.conv2(relu(self.conv1(x))))
        x = flatten(self.dropout1(max_pool2d(x, 2)), 1)
        x = self.dropout2(relu(self.fc1(x)))
        return log_softmax(self.fc2(x), dim=1)


class MNISTNet_Weights(WeightsEnum):
    """Weights of MNISTNet: none are shipped, it trains in a minute."""


@register_model()
def mnistnet(*, weights: MNISTNet_Weights | None = None, progress: bool = True, **kwargs: Any) -> MNISTNet:
    """An MNISTNet with random weights; there are no others, so `weights` must be None and `progress` shows nothing.

    >>> from lucetvision.models import mnistnet
    >>> mnistnet(num_classes=3).fc2
    Linear(in_features=128, out_features=3, bias=True)
    """
    if MNISTNet_Weights.verify(weights) is not None:
        raise ValueError(f"mnistnet: weights is {weights!r}, expected None")
    return MNISTNet(**kwargs)
