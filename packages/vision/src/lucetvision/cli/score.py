"""How good a network is on a dataset: loss and confusion matrix. Prints nothing."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import lucet
from lucet import Tensor
from lucet.nn import Module
from lucet.nn.functional import cross_entropy, nll_loss
from lucet.utils.data import DataLoader, Dataset

from ..models import MNISTNet

_BATCH = 64  # larger ones only raise the peak of memory


class Score(NamedTuple):
    """Mean loss and `confusion[true class, predicted class]`."""

    loss: float
    confusion: np.ndarray

    @property
    def correct(self) -> int:
        """How many images are classified right."""
        return int(np.trace(self.confusion))

    @property
    def images(self) -> int:
        """How many images there are."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Share of images classified right."""
        return self.correct / self.images


def loss_function(model: Module) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss that fits what `model` returns: log-probabilities or logits."""
    return nll_loss if isinstance(model, MNISTNet) else cross_entropy


def score(model: Module, dataset: Dataset, classes: int, after_batch: Callable[[], None] = lambda: None) -> Score:
    """Run `model`, in eval mode, over `dataset`; draws no random numbers. `after_batch` may raise to stop."""
    loss_of, total = loss_function(model), 0.0
    confusion = np.zeros((classes, classes), np.int64)
    model.eval()
    with lucet.no_grad():
        for images, targets in DataLoader(dataset, batch_size=_BATCH, generator=lucet.Generator()):
            output = model(images)
            total += loss_of(output, targets).item() * len(targets)
            np.add.at(confusion, (targets.numpy(), output.argmax(1).numpy()), 1)
            after_batch()
    return Score(total / max(int(confusion.sum()), 1), confusion)
