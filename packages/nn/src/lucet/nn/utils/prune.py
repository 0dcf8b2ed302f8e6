"""Pruning: parameters times a mask of zeros and ones, which a hook applies before each call. What is masked is in _prune_methods.py."""

from collections.abc import Iterable
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn.modules.module import Module
from lucet.nn.utils._prune_methods import (
    BasePruningMethod,
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    PruningContainer,
    RandomStructured,
    RandomUnstructured,
)
from lucet.nn.utils.convert_parameters import parameters_to_vector

__all__ = [
    "BasePruningMethod",
    "CustomFromMask",
    "Identity",
    "L1Unstructured",
    "LnStructured",
    "PruningContainer",
    "RandomStructured",
    "RandomUnstructured",
    "custom_from_mask",
    "global_unstructured",
    "identity",
    "is_pruned",
    "l1_unstructured",
    "ln_structured",
    "random_structured",
    "random_unstructured",
    "remove",
]


def identity(module: Module, name: str) -> Module:
    """Register a mask of ones for parameter `name`, so that it is pruned in form only; returns the module.

    The parameter moves to `name_orig`, the mask is the buffer `name_mask`, and `name` is their product.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> sorted(prune.identity(nn.Linear(2, 3), "bias").state_dict())
    ['bias_mask', 'bias_orig', 'weight']
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Mask elements of parameter `name` at random; returns the module.

    `amount` is their number, or as a float from 0 to 1 their share, of those that are not masked yet.
    Raises: TypeError, ValueError for an amount that is no such number or more than there are.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> int(prune.random_unstructured(nn.Linear(2, 3), "weight", amount=1).weight_mask.sum())
    5
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Mask the elements of parameter `name` that are nearest to 0; returns the module.

    `importance_scores`, of the parameter's shape, say what counts in place of the elements. `amount` is as in `random_unstructured`.

    >>> import lucet
    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> layer = nn.Linear(3, 1)
    >>> _ = layer.weight.data.copy_(lucet.tensor([[3.0, 0.1, -2.0]]))
    >>> prune.l1_unstructured(layer, "weight", amount=1).weight_mask
    tensor([[1., 0., 1.]])
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Mask whole channels along `dim` of parameter `name` at random; returns the module.

    `amount` counts channels. Raises: as `random_unstructured`; ValueError for a parameter of one dimension.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> int(prune.random_structured(nn.Linear(2, 3), "weight", amount=1, dim=0).weight_mask.sum())
    4
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Mask the channels along `dim` of parameter `name` whose n-norm is smallest; returns the module.

    `n` is any order that `lucet.norm` takes; the other arguments are as in `random_structured` and `l1_unstructured`.

    >>> import lucet
    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> layer = nn.Linear(1, 3)
    >>> _ = layer.weight.data.copy_(lucet.tensor([[3.0], [0.1], [-2.0]]))
    >>> prune.ln_structured(layer, "weight", amount=1, n=2, dim=0).weight_mask.flatten()
    tensor([1., 0., 1.])
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Mask parameter `name` where `mask`, of its shape, is 0; returns the module.

    >>> import lucet
    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> prune.custom_from_mask(nn.Linear(2, 2), "bias", lucet.tensor([1, 0])).bias_mask
    tensor([1., 0.])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: type[BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None,
    **kwargs: Any,
) -> None:
    """Mask elements of several parameters, (module, name) each, as if they were one long vector.

    `pruning_method` is an unstructured method, which gets `kwargs`; `importance_scores` go by (module, name).
    Raises: TypeError for another method, for parameters that are no list of pairs, or scores that are no dictionary.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
    >>> prune.global_unstructured([(net[0], "weight"), (net[1], "weight")], prune.L1Unstructured, amount=6)
    >>> int(net[0].weight_mask.sum() + net[1].weight_mask.sum())
    18
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    scores = {} if importance_scores is None else importance_scores
    if not isinstance(scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    parameters = list(parameters)
    importance = parameters_to_vector([scores.get((module, name), getattr(module, name)) for module, name in parameters])
    masks = parameters_to_vector(
        [getattr(module, name + "_mask", lucet.ones_like(getattr(module, name))) for module, name in parameters]
    )
    method = pruning_method(**kwargs)
    method._tensor_name = "temp"
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. '
            f"Found method {pruning_method} of type {method.PRUNING_TYPE}"
        )
    container = PruningContainer()
    container._tensor_name = "temp"
    container.add_pruning_method(method)
    mask = container.compute_mask(importance, masks)
    start = 0
    for module, name in parameters:
        parameter = getattr(module, name)
        end = start + parameter.numel()
        custom_from_mask(module, name, mask[start:end].view_as(parameter))
        start = end


def remove(module: Module, name: str) -> Module:
    """Make the masked parameter permanent, and the mask and the hook go; returns the module.

    Raises: ValueError for a parameter that is not pruned.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> sorted(prune.remove(prune.identity(nn.Linear(2, 3), "bias"), "bias").state_dict())
    ['bias', 'weight']
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether the module, or one in it, has a pruned parameter.

    >>> from lucet import nn
    >>> from lucet.nn.utils import prune
    >>> prune.is_pruned(nn.Linear(2, 3))
    False
    """
    return any(
        isinstance(hook, BasePruningMethod) for each in module.modules() for hook in each._forward_pre_hooks.values()
    )
