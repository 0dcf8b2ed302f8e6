"""Learning-rate schedules: what sets the rate of an optimizer's groups after each epoch or batch. Names alone.

`_base.py` has the base class, `_curves.py` schedules of one curve, `_cycles.py` those that go up and down, `_plateau.py` the
one that looks at a metric, `_joined.py` those made of others.
"""

from ._base import EPOCH_DEPRECATION_WARNING, LRScheduler, _enable_get_lr_call, _LRScheduler
from ._curves import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from ._cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from ._joined import ChainedScheduler, SequentialLR
from ._plateau import ReduceLROnPlateau

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
