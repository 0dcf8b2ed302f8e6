"""The older form of weight normalisation, a hook before forward; parametrizations.weight_norm is the newer one."""

import warnings
from typing import Any, TypeVar

import lucet
from lucet import Tensor
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["WeightNorm", "remove_weight_norm", "weight_norm"]

_Module = TypeVar("_Module", bound=Module)


class WeightNorm:
    """The hook that computes `name` from `name_g` and `name_v` before each call; `weight_norm` puts it there."""

    name: str
    dim: int

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """The weight, with gradients to length and direction."""
        return lucet._weight_norm(getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim)

    @staticmethod
    def apply(module: Module, name: str, dim: int | None) -> "WeightNorm":
        """Split the parameter and register the hook. Warns: FutureWarning. Raises: RuntimeError where it is there already."""
        warnings.warn(
            "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
            FutureWarning,
            stacklevel=3,
        )
        for hook in module._forward_pre_hooks.values():
            if isinstance(hook, WeightNorm) and hook.name == name:
                raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
        hook = WeightNorm(name, dim)
        weight = getattr(module, name)
        if hasattr(weight, "materialize"):
            raise ValueError(
                "The module passed to `WeightNorm` can't have uninitialized parameters. "
                "Make sure to run the dummy forward before applying weight normalization"
            )
        del module._parameters[name]
        module.register_parameter(name + "_g", Parameter(lucet.norm_except_dim(weight, 2, hook.dim).data))
        module.register_parameter(name + "_v", Parameter(weight.data))
        setattr(module, name, hook.compute_weight(module))
        module.register_forward_pre_hook(hook)
        return hook

    def remove(self, module: Module) -> None:
        """Put the weight back as one parameter; the hook itself stays."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        del module._parameters[self.name + "_g"]
        del module._parameters[self.name + "_v"]
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: _Module, name: str = "weight", dim: int | None = 0) -> _Module:
    """Learn the lengths (`name_g`) and directions (`name_v`) of a weight apart; returns the module.

    Deprecated, with torch's warning: `nn.utils.parametrizations.weight_norm` is the newer form.
    Source: Salimans and Kingma, Weight Normalization (2016), equation 2.

    >>> import warnings
    >>> from lucet import nn
    >>> with warnings.catch_warnings(record=True):
    ...     sorted(nn.utils.weight_norm(nn.Linear(4, 3)).state_dict())
    ['bias', 'weight_g', 'weight_v']
    """
    WeightNorm.apply(module, name, dim)
    return module


def remove_weight_norm(module: _Module, name: str = "weight") -> _Module:
    """Make the weight one parameter again; returns the module. Raises: ValueError where it is not normalised.

    >>> import warnings
    >>> from lucet import nn
    >>> with warnings.catch_warnings(record=True):
    ...     sorted(nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(4, 3))).state_dict())
    ['bias', 'weight']
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, WeightNorm) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
