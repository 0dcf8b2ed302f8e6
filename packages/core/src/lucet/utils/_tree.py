"""Trees as `lucet.func` takes them apart: those of `_pytree`, and what stands for what in a prefix of one."""

from typing import Any

from lucet.utils._pytree import TreeSpec as Spec
from lucet.utils._pytree import _node_of, tree_map
from lucet.utils._pytree import tree_flatten as flatten
from lucet.utils._pytree import tree_leaves as leaves_of
from lucet.utils._pytree import tree_unflatten as unflatten

__all__ = ["Spec", "broadcast", "flatten", "leaves_of", "tree_map", "unflatten"]


def broadcast(prefix: Any, tree: Any) -> list[Any] | None:
    """For each leaf of `tree` the leaf of `prefix` that stands over it; None where `prefix` is no such tree.

    A leaf of `prefix` stands for everything below it; None is a leaf.
    """
    given, node = _node_of(prefix), _node_of(tree)
    if given is None:
        return [prefix] * len(leaves_of(tree))
    if node is not given or type(prefix) is not type(tree):
        return None
    (ones, context), (others, wanted) = node.flatten_fn(prefix), node.flatten_fn(tree)
    ones, others = list(ones), list(others)
    if context != wanted or len(ones) != len(others):
        return None
    found: list[Any] = []
    for one, other in zip(ones, others, strict=True):
        inside = broadcast(one, other)
        if inside is None:
            return None
        found += inside
    return found
