"""lucet.nn: public names of modules, parameters, functional, init and utils; no logic lives here."""

from lucet._rooms import missing_attribute, require

__version__ = "0.1.0"
require("lucet-nn", __version__)

from lucet.nn import attention, common_types, functional, grad, init, modules, parallel, utils  # noqa: E402
from lucet.nn._factory import factory_kwargs  # noqa: E402
from lucet.nn._strict import strict  # noqa: E402
from lucet.nn._summary import summary  # noqa: E402
from lucet.nn.modules import *  # noqa: E402, F403
from lucet.nn.modules import __all__ as _module_names  # noqa: E402
from lucet.nn.parallel import DataParallel  # noqa: E402
from lucet.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter  # noqa: E402

__all__ = [
    "Buffer",
    "DataParallel",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "attention",
    "common_types",
    "factory_kwargs",
    "functional",
    "grad",
    "init",
    "modules",
    "parallel",
    "strict",
    "summary",
    "utils",
    *_module_names,
]


def __getattr__(name: str) -> object:
    return missing_attribute(name, __name__)
