"""Public names of the datasets, as in torchvision.datasets."""

from .mnist import MNIST, FashionMNIST, FashionMNISTMini
from .vision import VisionDataset

__all__ = ["MNIST", "FashionMNIST", "FashionMNISTMini", "VisionDataset"]
