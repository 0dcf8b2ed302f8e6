"""Public names of lucet.optim: the optimizers, `lr_scheduler`, `swa_utils`, `lr_find`. No logic."""

from lucet._rooms import require

__version__ = "0.1.0"
require("lucet-optim", __version__)

from . import lr_scheduler, swa_utils  # noqa: E402
from ._adafactor import Adafactor  # noqa: E402
from ._lr_find import LRFindResult, lr_find  # noqa: E402
from ._muon import Muon  # noqa: E402
from ._stateless import swap_in_optimizer_params_and_state  # noqa: E402
from .adadelta import Adadelta  # noqa: E402
from .adagrad import Adagrad  # noqa: E402
from .adam import Adam  # noqa: E402
from .adamax import Adamax  # noqa: E402
from .adamw import AdamW  # noqa: E402
from .asgd import ASGD  # noqa: E402
from .lbfgs import LBFGS  # noqa: E402
from .nadam import NAdam  # noqa: E402
from .optimizer import Optimizer  # noqa: E402
from .radam import RAdam  # noqa: E402
from .rmsprop import RMSprop  # noqa: E402
from .rprop import Rprop  # noqa: E402
from .sgd import SGD  # noqa: E402
from .sparse_adam import SparseAdam  # noqa: E402

__all__ = [
    "ASGD",
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LRFindResult",
    "Muon",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SparseAdam",
    "lr_find",
    "lr_scheduler",
    "swa_utils",
    "swap_in_optimizer_params_and_state",
]
