"""What stands for what in a prefix of a tree: `in_dims` and `out_dims` of vmap."""

from typing import Any

from lucet.utils._pytree import _node_of, tree_leaves


def broadcast(prefix: Any, tree: Any) -> list[Any] | None:
    """For each leaf of `tree` the leaf of `prefix` that stands over it; None where `prefix` is no such tree.

    A leaf of `prefix` stands for everything below it; None is a leaf.
    """
    given, node = _node_of(prefix), _node_of(tree)
    if given is None:
        return [prefix] * len(tree_leaves(tree))
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
