"""The layout of convolutions' weights in memory."""

from typing import Any, TypeVar

from lucet.nn.modules.module import Module

__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]

_Module = TypeVar("_Module", bound=Module)


def _converted(module: _Module, names: tuple[str, ...], memory_format: Any) -> _Module:
    for layer in module.modules():
        if any(cls.__name__ in names and cls.__module__.startswith("lucet.nn.") for cls in type(layer).__mro__):
            weight = layer.weight.detach().clone(memory_format=memory_format)
            layer.weight.data = weight.resize_(weight.size(), memory_format=memory_format)
    return module


def convert_conv2d_weight_memory_format(module: _Module, memory_format: Any) -> _Module:
    """Lay the weights of all Conv2d and ConvTranspose2d in `module` out as `memory_format` says; returns it.

    Inputs follow the weights' layout in torch; here it only changes what `stride` reports.

    >>> import lucet
    >>> from lucet import nn
    >>> conv = nn.utils.convert_conv2d_weight_memory_format(nn.Conv2d(8, 4, 3), lucet.channels_last)
    >>> conv.weight.is_contiguous(memory_format=lucet.channels_last)
    True
    """
    return _converted(module, ("Conv2d", "ConvTranspose2d"), memory_format)


def convert_conv3d_weight_memory_format(module: _Module, memory_format: Any) -> _Module:
    """As `convert_conv2d_weight_memory_format`, of Conv3d and ConvTranspose3d, with `lucet.channels_last_3d`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.utils.convert_conv3d_weight_memory_format(nn.Linear(2, 2), lucet.channels_last_3d)
    Linear(in_features=2, out_features=2, bias=True)
    """
    return _converted(module, ("Conv3d", "ConvTranspose3d"), memory_format)
