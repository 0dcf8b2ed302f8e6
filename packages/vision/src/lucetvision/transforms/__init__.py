"""Public names of the transforms, as in torchvision.transforms; their code is in the modules beside."""

from . import functional
from .compose import Compose, Lambda
from .convert import ConvertImageDtype, Normalize, PILToTensor, ToTensor
from .functional import InterpolationMode
from .geometry import CenterCrop, Grayscale, RandomHorizontalFlip, Resize

__all__ = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "Grayscale",
    "InterpolationMode",
    "Lambda",
    "Normalize",
    "PILToTensor",
    "RandomHorizontalFlip",
    "Resize",
    "ToTensor",
    "functional",
]
