"""Public names of lucet.optim: the optimizers and `lr_scheduler`. No logic."""

from lucet._rooms import require

__version__ = "0.1.0"
require("lucet-optim", __version__)

from . import lr_scheduler  # noqa: E402
from .adadelta import Adadelta  # noqa: E402
from .adam import Adam  # noqa: E402
from .adamw import AdamW  # noqa: E402
from .optimizer import Optimizer  # noqa: E402
from .sgd import SGD  # noqa: E402

__all__ = ["SGD", "Adadelta", "Adam", "AdamW", "Optimizer", "lr_scheduler"]
