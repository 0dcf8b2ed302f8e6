"""Trees of tuples, lists and dicts: taken apart into leaves and put together again. Knows no tensor."""

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any


class Spec:
    """The shape of a tree: its kind, what its kind needs to be made again, and the shapes of its branches. A leaf has no kind."""

    __slots__ = ("branches", "context", "kind")

    def __init__(self, kind: Any = None, context: Any = None, branches: tuple["Spec", ...] = ()):
        self.kind, self.context, self.branches = kind, context, branches

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and (self.kind, self.context, self.branches) == (other.kind, other.context, other.branches)

    __hash__ = None  # type: ignore[assignment]

    @property
    def num_leaves(self) -> int:
        return 1 if self.kind is None else sum(branch.num_leaves for branch in self.branches)

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        inside = [repr(branch) for branch in self.branches]
        if self.kind in (dict, OrderedDict, defaultdict):
            return "{" + ", ".join(f"{key!r}: {text}" for key, text in zip(self.context, inside, strict=True)) + "}"
        return f"[{', '.join(inside)}]" if self.kind is list else f"({', '.join(inside)}{',' if len(inside) == 1 else ''})"


LEAF = Spec()


def _parts(tree: Any) -> tuple[Any, Any, list[Any]] | None:
    kind = type(tree)
    if kind in (tuple, list):
        return kind, None, list(tree)
    if kind in (dict, OrderedDict, defaultdict):
        return kind, tuple(tree), list(tree.values())
    if isinstance(tree, tuple) and hasattr(kind, "_fields"):
        return kind, None, list(tree)
    return None


def flatten(tree: Any) -> tuple[list[Any], Spec]:
    """The leaves from left to right, and the shape."""
    leaves: list[Any] = []
    return leaves, _collect(tree, leaves)


def _collect(tree: Any, leaves: list[Any]) -> Spec:
    parts = _parts(tree) if isinstance(tree, (tuple, list, dict)) else None
    if parts is None:
        leaves.append(tree)
        return LEAF
    kind, context, inside = parts
    return Spec(kind, context, tuple(_collect(part, leaves) for part in inside))


def unflatten(leaves: Any, spec: Spec) -> Any:
    """The tree of that shape with these leaves."""
    return _build(iter(leaves), spec)


def _build(leaves: Any, spec: Spec) -> Any:
    if spec.kind is None:
        return next(leaves)
    inside = [_build(leaves, branch) for branch in spec.branches]
    if spec.kind in (tuple, list):
        return spec.kind(inside)
    if spec.context is None:
        return getattr(spec.kind, "_make", spec.kind)(inside)  # a named tuple, or a named result of ours
    pairs = zip(spec.context, inside, strict=True)
    return OrderedDict(pairs) if spec.kind is OrderedDict else dict(pairs)


def leaves_of(tree: Any) -> list[Any]:
    """The leaves from left to right."""
    return flatten(tree)[0]


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """The same tree of what `function` makes of each leaf."""
    leaves, spec = flatten(tree)
    return unflatten([function(leaf) for leaf in leaves], spec)


def broadcast(prefix: Any, tree: Any) -> list[Any] | None:
    """For each leaf of `tree` the leaf of `prefix` that stands over it; None where `prefix` is no such tree.

    A leaf of `prefix` stands for everything below it; None is a leaf.
    """
    parts, given = _parts(tree), _parts(prefix)
    if given is None:
        return [prefix] * len(leaves_of(tree))
    if parts is None or parts[:2] != given[:2] or len(parts[2]) != len(given[2]):
        return None
    found: list[Any] = []
    for one, other in zip(given[2], parts[2], strict=True):
        inside = broadcast(one, other)
        if inside is None:
            return None
        found += inside
    return found
