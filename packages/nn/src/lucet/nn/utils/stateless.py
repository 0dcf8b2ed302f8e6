"""Calling a module with tensors that are not its own; the public name is `lucet.func.functional_call`."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lucet import Tensor
from lucet.nn.modules.module import Module

__all__ = ["functional_call"]

_NOTHING: Any = object()


def functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """The old name of `lucet.func.functional_call`, for one dictionary."""
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future version of PyTorch. "
        "Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning,
        stacklevel=2,
    )
    return _functional_call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)


def _functional_call(
    module: Module,
    parameters_and_buffers: dict[str, Tensor],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _in_place_of_its_own(module, parameters_and_buffers, tie_weights, strict):
        return module(*arguments, **(kwargs or {}))


@contextmanager
def _in_place_of_its_own(module: Module, given: dict[str, Tensor], tie_weights: bool, strict: bool) -> Iterator[None]:
    values = _with_tied(module, given) if tie_weights else given
    if strict:
        _check_names(module, values)
    places = {name: _place(module, name) for name in values}  # a module with two names has each place once
    before = {}
    for name, value in values.items():
        if places[name] not in before:
            before[places[name]] = name, _swap(module, name, value)
    try:
        yield
    finally:
        after = {place: _swap(module, name, value) for place, (name, value) in before.items()}
        given.update({name: after[places[name]] for name in given})


def _place(module: Module, name: str) -> tuple[int, str]:
    path, _, last = name.rpartition(".")
    return id(module.get_submodule(path)), last


def _named(module: Module) -> dict[str, Tensor]:
    """Every parameter and buffer, one that has several names under each."""
    return dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))


def _with_tied(module: Module, given: dict[str, Tensor]) -> dict[str, Tensor]:
    """`given`, with the other names of the tensors that it names."""
    names: dict[int, list[str]] = {}
    for name, tensor in _named(module).items():
        names.setdefault(id(tensor), []).append(name)
    values = dict(given)
    for tied in names.values():
        found = [given[name] for name in tied if name in given]
        if any(value is not found[0] for value in found):
            raise ValueError(f"functional_call got multiple values for keys {sorted(tied)}, which are tied. Consider using tie_weights=False")
        if found:
            values.update(dict.fromkeys(tied, found[0]))
    return values


def _check_names(module: Module, values: dict[str, Tensor]) -> None:
    own = _named(module)
    unexpected = [name for name in values if name not in own]
    missing = [name for name in own if name not in values]
    problems = [f"Unexpected key(s): {', '.join(map(repr, unexpected))}."] if unexpected else []
    problems += [f"Missing key(s): {', '.join(map(repr, missing))}."] if missing else []
    if problems:
        raise RuntimeError("Error(s) in reparametrizing for {}:\n\t{}".format(module._get_name(), "\n\t".join(problems)))


def _swap(module: Module, name: str, value: Any) -> Any:
    """Put `value` where `module` holds a tensor of that name; returns what was there, _NOTHING for nothing."""
    path, _, last = name.rpartition(".")
    owner = module.get_submodule(path)
    if value is not _NOTHING and value is not None and not isinstance(value, Tensor):
        raise TypeError(f"{value} is not an instance of torch.Tensor")
    for registry in (owner._parameters, owner._buffers):
        if last in registry:
            before = registry[last]
            registry[last] = value
            return before
    before = getattr(owner, last, _NOTHING)
    if before is not _NOTHING and before is not None and not isinstance(before, Tensor):
        raise TypeError(f"attribute `{last}`: {before} is not an instance of torch.Tensor")
    if value is _NOTHING:
        delattr(owner, last)
    else:
        setattr(owner, last, value)
    return before
