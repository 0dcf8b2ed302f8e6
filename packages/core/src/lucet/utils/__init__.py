"""lucet.utils: lucet.utils.data joins here when lucet-data is installed."""

__path__ = __import__("pkgutil").extend_path(__path__, __name__)

from typing import Any

from lucet import _rooms
from lucet.utils._swap import swap_tensors as swap_tensors


def set_module(obj: Any, mod: str) -> None:
    """Let a class or function say that it is of the module `mod`."""
    if not isinstance(mod, str):
        raise TypeError("The mod argument should be a string")
    obj.__module__ = mod


def __getattr__(name: str) -> Any:
    return _rooms.missing_attribute(name, __name__)
