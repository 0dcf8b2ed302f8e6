"""LeNet for 28 x 28 gray images, and its weights.

Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, with ReLU and maximum pooling.
"""

from functools import partial
from typing import Any

from lucet import Tensor, flatten
from lucet.nn import Conv2d, Linear, Module
from lucet.nn.functional import max_pool2d, relu

from .. import _categories
from ..transforms.presets import GrayscaleClassification
from ._registry import register_model
from ._weights import Weights, WeightsEnum

__all__ = ["LeNet", "LeNet_Weights", "lenet"]


class LeNet(Module):
    """Two 5 x 5 convolutions and three linear layers; 61,706 parameters for 10 classes.

    Shape: (N, 1, 28, 28) floating point to logits (N, num_classes).

    >>> import lucet
    >>> from lucetvision.models import LeNet
    >>> LeNet()(lucet.zeros(2, 1, 28, 28)).shape
    lucet.Size([2, 10])
    """

    def __init__(self, num_classes: int = 10) -> None:
        super().__init__()
        self.conv1 = Conv2d(1, 6, 5, padding=2)
        self.conv2 = Conv2d(6, 16, 5)
        self.fc1 = Linear(400, 120)
        self.fc2 = Linear(120, 84)
        self.fc3 = Linear(84, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = max_pool2d(relu(self.conv1(x)), 2)
        x = max_pool2d(relu(self.conv2(x)), 2)
        x = relu(self.fc1(flatten(x, 1)))
        return self.fc3(relu(self.fc2(x)))


class LeNet_Weights(WeightsEnum):
    """Weights of LeNet; the recipe is in references/README.md."""

    FASHION_MNIST_MINI_V1 = Weights(
        url="embedded:lenet_fashion_mnist_mini_v1.pt",
        sha256="5df02ef32744c8661b6de950813dc99b8068c7dacd22750e82610197e88ca465",
        transforms=partial(GrayscaleClassification, crop_size=28, mean=(0.2860,), std=(0.3530,)),
        meta={
            "num_params": 61706,
            "min_size": (28, 28),
            "categories": list(_categories.FASHION_MNIST),
            "_metrics": {"FashionMNISTMini": {"acc@1": 87.65}},
            "_docs": "Trained from random weights on the 9,000 training images of FashionMNISTMini.",
        },
    )
    DEFAULT = FASHION_MNIST_MINI_V1


@register_model()
def lenet(*, weights: LeNet_Weights | None = None, progress: bool = True, **kwargs: Any) -> LeNet:
    """A LeNet, with random or trained `weights` (a member of LeNet_Weights or its name); `kwargs` go to LeNet.

    >>> from lucetvision.models import lenet
    >>> lenet(weights="DEFAULT").training
    True
    """
    weights = LeNet_Weights.verify(weights)
    if weights is None:
        return LeNet(**kwargs)
    classes = len(weights.meta["categories"])
    if kwargs.setdefault("num_classes", classes) != classes:
        raise ValueError(f"lenet: num_classes is {kwargs['num_classes']}, {weights} has {classes}")
    model = LeNet(**kwargs)
    model.load_state_dict(weights.get_state_dict(progress=progress, check_hash=True))
    return model
