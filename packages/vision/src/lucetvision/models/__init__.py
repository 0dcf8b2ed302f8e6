"""Public names of the networks, as in torchvision.models."""

from ._registry import get_model, get_model_builder, get_model_weights, get_weight, list_models, register_model
from ._weights import Weights, WeightsEnum
from .lenet import LeNet, LeNet_Weights, lenet
from .mnistnet import MNISTNet, MNISTNet_Weights, mnistnet

__all__ = [
    "LeNet",
    "LeNet_Weights",
    "MNISTNet",
    "MNISTNet_Weights",
    "Weights",
    "WeightsEnum",
    "get_model",
    "get_model_builder",
    "get_model_weights",
    "get_weight",
    "lenet",
    "list_models",
    "mnistnet",
    "register_model",
]
