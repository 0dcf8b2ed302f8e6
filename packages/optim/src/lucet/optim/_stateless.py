"""An optimizer that works on other parameters and another state for a while."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lucet import Tensor

from .optimizer import Optimizer

__all__ = ["swap_in_optimizer_params_and_state"]

_NAME = "swap_in_optimizer_params_and_state"


@contextlib.contextmanager
def swap_in_optimizer_params_and_state(
    optimizer: Optimizer, swapin_parameters: dict[str, Tensor], swapin_optim_state: dict[str, Any]
) -> Iterator[None]:
    """Within the block, `optimizer` has these parameters, in the order of its groups, and the state and options of this
    state dict; then its own again.

    Raises:
        RuntimeError: the optimizer has no state yet, or what is given does not fit its groups.

    Example:
        >>> import lucet
        >>> w, other = lucet.ones(1, requires_grad=True), lucet.ones(1, requires_grad=True)
        >>> opt = lucet.optim.SGD([w], lr=0.5, momentum=0.9)
        >>> w.sum().backward(); opt.step()
        >>> with lucet.optim.swap_in_optimizer_params_and_state(opt, {"w": other}, opt.state_dict()):
        ...     other.grad = lucet.ones(1); opt.step()
        >>> w.item(), round(other.item(), 4)
        (0.5, 0.05)
    """
    state = _checked_state(optimizer, swapin_optim_state)
    groups = _checked_groups(optimizer, swapin_parameters, swapin_optim_state, state)
    own_state, own_groups = optimizer.state, [dict(group) for group in optimizer.param_groups]
    try:
        swapped: defaultdict[Any, Any] = defaultdict(dict)
        for group, other, params in zip(optimizer.param_groups, swapin_optim_state["param_groups"], groups, strict=True):
            group.update({**other, "params": params})
            for p, number in zip(params, other["params"], strict=True):
                swapped[p] = dict(state.get(number, {}))
        optimizer.state = swapped
        yield
    finally:
        for group, own in zip(optimizer.param_groups, own_groups, strict=True):
            group.clear()
            group.update(own)
        optimizer.state = own_state


def _checked_state(optimizer: Optimizer, saved: Any) -> dict[Any, Any]:
    if not optimizer.state:
        raise RuntimeError(f"{_NAME} requires initialized optimizer state: step the optimizer once before")
    if not isinstance(saved, dict):
        raise RuntimeError(f"{_NAME} requires a DCP-style optimizer state_dict, found {type(saved).__name__}")
    state = saved.get("state")
    if not isinstance(state, dict):
        raise RuntimeError(
            f"{_NAME} requires swapin_optim_state['state'] to be a dict by numbers of parameters, got {type(state).__name__}"
        )
    if any(isinstance(key, Tensor) for key in state):
        raise RuntimeError(f"{_NAME} requires optimizer.state_dict()-style state: it has tensors as keys")
    if any(isinstance(key, int) and not isinstance(value, dict) for key, value in state.items()):
        raise RuntimeError(f"{_NAME} requires per-parameter optimizer state entries to be dictionaries")
    return state


def _checked_groups(
    optimizer: Optimizer, parameters: dict[str, Tensor], saved: dict[str, Any], state: dict[Any, Any]
) -> list[list[Tensor]]:
    """The given parameters, one list a group."""
    others = saved.get("param_groups")
    if not isinstance(others, list):
        raise RuntimeError(
            f"{_NAME} requires swapin_optim_state['param_groups'] to be a list of dicts, got {type(others).__name__}"
        )
    if len(others) != len(optimizer.param_groups):
        raise RuntimeError(
            f"swapin_optim_state has a different number of parameter groups than the live optimizer: {len(others)}, "
            f"expected {len(optimizer.param_groups)}"
        )
    remaining, found, numbers = list(parameters.values()), [], set()
    for i, (group, other) in enumerate(zip(optimizer.param_groups, others, strict=True)):
        _check_group(i, group, other)
        numbers.update(other["params"])
        count = len(other["params"])
        if count > len(remaining):
            raise RuntimeError(
                f"{_NAME} requires the explicit parameter state to match optimizer.param_groups ordering: "
                f"{len(parameters)} parameters are too few"
            )
        found.append(remaining[:count])
        remaining = remaining[count:]
    extra = [key for key in state if key not in numbers]
    if extra:
        raise RuntimeError(f"{_NAME} requires swapin_optim_state['state'] to be keyed by the groups' numbers; got extra keys {extra!r}")
    return found


def _check_group(i: int, group: dict[str, Any], other: Any) -> None:
    if not isinstance(other, dict):
        raise RuntimeError(f"{_NAME} requires each optimizer param group to be a dictionary, found {type(other).__name__}")
    numbers = other.get("params")
    if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
        raise RuntimeError(f"{_NAME} requires optimizer.state_dict()-style param_groups: 'params' of group {i} holds no numbers")
    if len(group["params"]) != len(numbers):
        raise RuntimeError(
            f"swapin_optim_state param group {i} has a different number of params than the live optimizer param group: "
            f"{len(numbers)}, expected {len(group['params'])}"
        )
    if group.keys() != other.keys():
        raise RuntimeError(
            f"{_NAME} requires the keys of param group {i} to be those of the live one. Keys only in swap-in: "
            f"{[key for key in other if key not in group]}. Keys only in live: {[key for key in group if key not in other]}"
        )
