"""Loading a state dict: copying entries into one module, and the error that sums up what did not fit.

The walk is in module.py.
"""

import warnings
from collections import namedtuple
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from lucet import Tensor, no_grad
from lucet._errors import LoadError, error
from lucet.nn.parameter import Parameter, is_lazy

EXTRA_STATE = "_extra_state"
_SHOWN = 20


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What `load_state_dict` returns: names the model has and the file lacks, and the other way round."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"

    __str__ = __repr__


def load_entries(
    module: Any,
    state_dict: Mapping[str, Any],
    prefix: str,
    assign: bool,
    strict: bool,
    missing_keys: list[str],
    unexpected_keys: list[str],
    error_msgs: list[str],
) -> None:
    """Copy (with `assign` put) the entries of this one module under `prefix`; note in the lists what does not fit."""
    kept = {k: b for k, b in module._buffers.items() if k not in module._non_persistent_buffers_set}
    own = {k: v for k, v in chain(module._parameters.items(), kept.items()) if v is not None}
    for name, value in own.items():
        key = prefix + name
        if key in state_dict:
            problem = _load_one(module, name, value, state_dict[key], key, assign)
            if problem:
                error_msgs.append(problem)
        elif strict:
            missing_keys.append(key)
    _load_extra_state(module, state_dict, prefix + EXTRA_STATE, strict, missing_keys, unexpected_keys)
    if strict:
        unexpected_keys.extend(_unexpected(module, state_dict, prefix, own))


def _load_one(module: Any, name: str, own: Tensor, loaded: Any, key: str, assign: bool) -> str | None:
    """Take one entry in; the text of the problem if it does not fit."""
    if not isinstance(loaded, Tensor) and not hasattr(type(loaded), "__torch_function__"):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint '
            f"but received {type(loaded)}"
        )
    if is_lazy(own):
        return None  # the loaded one has no elements either, else the module's hook had made this one
    if own.dim() == 0 and loaded.dim() == 1 and len(loaded):
        loaded = loaded[0]  # scalars were saved with one dimension once
    if own.shape != loaded.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {loaded.shape} from checkpoint, "
            f"the shape in current model is {own.shape}."
        )
    if own.is_meta and not loaded.is_meta and not assign:
        warnings.warn(
            f"for {key}: copying from a non-meta parameter in the checkpoint to a meta parameter in the current model, "
            "which is a no-op; assign=True puts the loaded tensor in its place",
            stacklevel=6,
        )
    try:
        with no_grad():
            _put(module, name, own, loaded) if assign else own.copy_(loaded)
    except Exception as problem:
        return (
            f'While copying the parameter named "{key}", whose dimensions in the model are {own.shape} and whose '
            f"dimensions in the checkpoint are {loaded.shape}, an exception occurred : {problem.args}."
        )
    return None


def _put(module: Any, name: str, own: Tensor, loaded: Tensor) -> None:
    """Make the loaded tensor itself the module's parameter or buffer."""
    if isinstance(own, Parameter):
        if isinstance(loaded, Parameter):
            loaded.requires_grad_(own.requires_grad)
        else:
            loaded = Parameter(loaded, requires_grad=own.requires_grad)
    setattr(module, name, loaded)


def _load_extra_state(
    module: Any, state_dict: Mapping, key: str, strict: bool, missing_keys: list, unexpected_keys: list
) -> None:
    if not getattr(type(module).set_extra_state, "_undefined", False):
        if key in state_dict:
            module.set_extra_state(state_dict[key])
        elif strict:
            missing_keys.append(key)
    elif strict and key in state_dict:
        unexpected_keys.append(key)


def _unexpected(module: Any, state_dict: Mapping, prefix: str, own: Mapping) -> list[str]:
    found = []
    for key in state_dict:
        if not key.startswith(prefix) or key == prefix + EXTRA_STATE:
            continue
        first, *rest = key[len(prefix) :].split(".", 1)
        if first not in (module._modules if rest else own):
            found.append(key)
    return found


def does_not_fit(
    module: Any, state_dict: Mapping, missing: Sequence[str], unexpected: Sequence[str], problems: Sequence[str]
) -> LoadError:
    """The LoadError of `load_state_dict`, with what differs as facts and, where it is plain, the edit that mends it."""
    name = type(module).__name__
    counts = [(len(missing), "missing"), (len(unexpected), "unexpected"), (len(problems), "not copied")]
    headline = f"load_state_dict: {', '.join(f'{n} {what}' for n, what in counts if n)}, {name} expects none"
    facts: list[str] = []
    fix: str | None = None
    prefix = _common_prefix(module, state_dict)
    if prefix is not None:
        headline, facts, fix = _prefix_advice(name, state_dict, prefix)
    facts.append(f"Error(s) in loading state_dict for {name}:")
    if missing:
        facts.append(f"Missing key(s) in state_dict: {_listed(missing)}")
    if unexpected:
        facts.append(f"Unexpected key(s) in state_dict: {_listed(unexpected)}")
    failure = error(LoadError, headline, facts=[*facts, *problems], fix=fix)
    failure.missing_keys, failure.unexpected_keys, failure.problems = list(missing), list(unexpected), list(problems)
    return failure


def _common_prefix(module: Any, state_dict: Mapping) -> str | None:
    """What every key of the file starts with and no key of the model does, if each rest is a key of the model."""
    keys, own = list(state_dict), set(module.state_dict())
    prefix = f"{keys[0].split('.', 1)[0]}." if keys and "." in keys[0] else ""
    fits = prefix and all(k.startswith(prefix) and k.removeprefix(prefix) in own for k in keys)
    return prefix if fits and not any(k.startswith(prefix) for k in own) else None


def _prefix_advice(name: str, state_dict: Mapping, prefix: str) -> tuple[str, list[str], str]:
    count, first = len(state_dict), next(iter(state_dict))
    return (
        f'load_state_dict: {count} of {count} keys start with "{prefix}", the model has none of them',
        [f'first "{first}" in the file, "{first.removeprefix(prefix)}" in {name}'],
        f'load_state_dict({{k.removeprefix("{prefix}"): v for k, v in sd.items()}})',
    )


def _listed(keys: Sequence[str]) -> str:
    shown = ", ".join(f'"{key}"' for key in keys[:_SHOWN])
    return f"{shown}, and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else shown
