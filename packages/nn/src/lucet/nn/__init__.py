"""lucet.nn: public names of modules, parameters, functional, init and utils; no logic lives here."""

from lucet._rooms import missing_attribute, require

__version__ = "0.1.0"
require("lucet-nn", __version__)

from lucet.nn import functional, grad, init, modules, utils  # noqa: E402
from lucet.nn.modules import *  # noqa: E402, F403
from lucet.nn.modules import __all__ as _module_names  # noqa: E402
from lucet.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter  # noqa: E402

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "functional",
    "grad",
    "init",
    "modules",
    "utils",
    *_module_names,
]


def __getattr__(name: str) -> object:
    return missing_attribute(name, __name__)
