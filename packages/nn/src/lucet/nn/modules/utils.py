"""Helpers that scripts import from here: on state dicts, and numbers or tuples as arguments of layers."""

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["consume_prefix_in_state_dict_if_present"]


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Cut `prefix` off the keys of `state_dict` that start with it, in place; so too in its `_metadata`.

    A wrapped model saves its keys with the name of the wrapper's attribute in front, such as "module.".

    >>> from lucet.nn.modules.utils import consume_prefix_in_state_dict_if_present
    >>> state = {"module.weight": 1, "bias": 2}
    >>> consume_prefix_in_state_dict_if_present(state, "module.")
    >>> state
    {'bias': 2, 'weight': 1}
    """
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[key.removeprefix(prefix)] = state_dict.pop(key)
    metadata = getattr(state_dict, "_metadata", None)
    if metadata is None:
        return
    for key in list(metadata):
        # a module's entry has no dot at its end; the wrapper's own entry is "" and stays that of the model
        if key == prefix.removesuffix(".") or key.startswith(prefix):
            metadata[key.removeprefix(prefix.removesuffix(".")).removeprefix(".")] = metadata.pop(key)


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple]:
    """A function that gives `n` equal entries, or the tuple of an iterable as it is."""

    def parse(x: Any) -> tuple:
        return tuple(x) if isinstance(x, Iterable) else (x,) * n

    parse.__name__ = name
    return parse


_single = _ntuple(1, "_single")
_pair = _ntuple(2, "_pair")
_triple = _ntuple(3, "_triple")
_quadruple = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: Iterable[int], n: int) -> tuple[int, ...]:
    """The entries of `t` in reverse order, each `n` times: a layer's padding as `pad` takes it."""
    return tuple(x for x in reversed(tuple(t)) for _ in range(n))
