"""Making modules without drawing their weights."""

import inspect
from typing import Any

from lucet.nn.modules.module import Module

__all__ = ["skip_init"]


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Module:
    """A module whose parameters and buffers are not initialised: made on the meta device, then given memory.

    `device` says where. For weights that are loaded right afterwards; nothing is drawn from the generator.
    Raises: RuntimeError for a class that is no Module, or does not take `device`.

    >>> from lucet import nn
    >>> nn.utils.skip_init(nn.Linear, 5, 1)
    Linear(in_features=5, out_features=1, bias=True)
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    device = kwargs.pop("device", "cpu")
    return module_cls(*args, **kwargs, device="meta").to_empty(device=device)
