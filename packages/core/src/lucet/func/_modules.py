"""Modules called with other parameters than their own, and many of one kind at once. A module is known by its methods alone."""

from collections.abc import Sequence
from typing import Any

import lucet
from lucet._ops import stack
from lucet._tensor import Tensor

State = dict[str, Tensor]


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: State | Sequence[State],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """`module(*args, **kwargs)` with the tensors of a dictionary (or several) in place of its parameters and buffers.

    `args` that is no tuple is the only argument. Buffers that the module replaces are replaced in the dictionary. `tie_weights`
    gives a tensor that the module holds under several names the value given for one of them; `strict` asks for exactly the names
    that the module has. Raises: ValueError for names in two dictionaries, for two values of tied names; RuntimeError with `strict`.

    >>> import lucet
    >>> from lucet import nn
    >>> model = nn.Linear(2, 1, bias=False)
    >>> lucet.func.functional_call(model, {"weight": lucet.tensor([[1., 2.]])}, lucet.tensor([3., 4.]))
    tensor([11.])
    """
    if isinstance(parameter_and_buffer_dicts, dict):
        state = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, Sequence):
        if not all(isinstance(each, dict) for each in parameter_and_buffer_dicts):
            raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
        names = [name for each in parameter_and_buffer_dicts for name in each]
        repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if repeated:
            raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
        state = {name: value for each in parameter_and_buffer_dicts for name, value in each.items()}
    else:
        raise ValueError(f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(parameter_and_buffer_dicts)}")
    return lucet.nn.utils.stateless._functional_call(module, state, args, kwargs, tie_weights=tie_weights, strict=strict)


def stack_module_state(models: Any) -> tuple[State, State]:
    """(parameters, buffers) of several modules of one class, each stacked over the modules: for `vmap` over `functional_call`.

    The stacked parameters are new leaves. RuntimeError for no module, for modules of several classes or modes, for parameters
    that require a gradient in some modules only.

    >>> import lucet
    >>> from lucet import nn
    >>> params, buffers = lucet.func.stack_module_state([nn.Linear(3, 2), nn.Linear(3, 2)])
    >>> params["weight"].shape
    lucet.Size([2, 2, 3])
    """
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if any(model.training != models[0].training for model in models):
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(model) is not type(models[0]) for model in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    return _stacked([dict(model.named_parameters()) for model in models]), _stacked([dict(model.named_buffers()) for model in models])


def _stacked(states: list[State]) -> State:
    return {name: _stacked_leaf([state[name] for state in states], name) for name in states[0]}


def _stacked_leaf(tensors: list[Tensor], name: str) -> Tensor:
    wanted = {tensor.requires_grad for tensor in tensors}
    if len(wanted) > 1:
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    result = stack(tensors)
    return result.detach().requires_grad_() if wanted == {True} else result


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Let every batch norm in `root` go by the statistics of its batch, in place, without keeping any; returns `root`.

    Batch norms that keep running statistics write them, which `vmap` over samples cannot allow.

    >>> import lucet
    >>> from lucet import nn
    >>> lucet.func.replace_all_batch_norm_modules_(nn.BatchNorm2d(3)).running_mean is None
    True
    """
    for module in root.modules():
        if isinstance(module, lucet.nn.modules.batchnorm._BatchNorm):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
