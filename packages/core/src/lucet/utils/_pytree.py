"""Trees of containers, under torch's names: taken apart into leaves and put together again, with classes of one's own as nodes.

>>> from lucet.utils import _pytree
>>> _pytree.tree_map(lambda x: x + 1, {"a": [1, (2,)]})
{'a': [2, (3,)]}
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from lucet._size import Size

__all__ = [
    "GetAttrKey", "MappingKey", "PyTree", "SequenceKey", "TreeSpec", "keystr", "register_pytree_node", "tree_all", "tree_all_only", "tree_any",
    "tree_any_only", "tree_flatten", "tree_flatten_with_path", "tree_iter", "tree_leaves", "tree_leaves_with_path", "tree_map", "tree_map_",
    "tree_map_only", "tree_map_only_", "tree_map_with_path", "tree_structure", "tree_unflatten",
]  # fmt: skip

PyTree = Any
Context = Any
IsLeaf = Callable[[Any], bool] | None


class SequenceKey(NamedTuple):
    """A place in a sequence."""

    idx: int

    def __str__(self) -> str:
        return f"[{self.idx!r}]"

    def get(self, sequence: Any) -> Any:
        """What is there."""
        return sequence[self.idx]


class MappingKey(NamedTuple):
    """A place in a mapping."""

    key: Any

    def __str__(self) -> str:
        return f"[{self.key!r}]"

    def get(self, mapping: Any) -> Any:
        """What is there."""
        return mapping[self.key]


class GetAttrKey(NamedTuple):
    """An attribute."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"

    def get(self, obj: Any) -> Any:
        """What is there."""
        return getattr(obj, self.name)


class NodeDef(NamedTuple):
    """How nodes of a class are taken apart and made again."""

    type: type[Any]
    flatten_fn: Callable[[Any], tuple[Iterable[Any], Context]]
    unflatten_fn: Callable[[Iterable[Any], Context], Any]
    flatten_with_keys_fn: Callable[[Any], tuple[Iterable[tuple[Any, Any]], Context]] | None


SUPPORTED_NODES: dict[type[Any], NodeDef] = {}  # of the process, as in torch
BUILTIN_TYPES: frozenset[type[Any]]


def register_pytree_node(
    cls: type[Any],
    flatten_fn: Callable[[Any], tuple[Iterable[Any], Context]],
    unflatten_fn: Callable[[Iterable[Any], Context], Any],
    *,
    serialized_type_name: str | None = None,
    to_dumpable_context: Any = None,
    from_dumpable_context: Any = None,
    flatten_with_keys_fn: Callable[[Any], tuple[Iterable[tuple[Any, Any]], Context]] | None = None,
) -> None:
    """Let instances of `cls` be nodes: `flatten_fn(obj)` gives its parts and what else it is made of, `unflatten_fn(parts, rest)` makes it.

    What names the type in files is accepted; trees are not written to files here. Raises ValueError for a class that is registered.
    """
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node.")
    SUPPORTED_NODES[cls] = NodeDef(cls, flatten_fn, unflatten_fn, flatten_with_keys_fn)


def _keyed(keys: Iterable[Any], parts: Iterable[Any]) -> list[tuple[Any, Any]]:
    return list(zip(keys, parts, strict=True))


def _indexed(parts: Any) -> list[tuple[Any, Any]]:
    return [(SequenceKey(i), part) for i, part in enumerate(parts)]


def _mapping_keys(mapping: Any) -> Any:
    return _keyed(map(MappingKey, mapping), mapping.values())


for _kind in (list, tuple, Size):
    register_pytree_node(_kind, lambda x: (list(x), None), lambda parts, _, kind=_kind: kind(parts), flatten_with_keys_fn=lambda x: (_indexed(x), None))  # type: ignore[misc]
for _mapping in (dict, OrderedDict):
    register_pytree_node(
        _mapping, lambda x: (list(x.values()), list(x)), lambda parts, keys, kind=_mapping: kind(zip(keys, parts, strict=True)),  # type: ignore[misc]
        flatten_with_keys_fn=lambda x: (_mapping_keys(x), list(x)),
    )  # fmt: skip
register_pytree_node(
    defaultdict,
    lambda x: (list(x.values()), [x.default_factory, list(x)]),
    lambda parts, context: defaultdict(context[0], zip(context[1], parts, strict=True)),
    flatten_with_keys_fn=lambda x: (_mapping_keys(x), [x.default_factory, list(x)]),
)
register_pytree_node(
    deque, lambda x: (list(x), x.maxlen), lambda parts, length: deque(parts, maxlen=length), flatten_with_keys_fn=lambda x: (_indexed(x), x.maxlen)
)
BUILTIN_TYPES = frozenset(SUPPORTED_NODES)


def _unpack(parts: Iterable[Any], kind: Any) -> Any:
    return kind._make(parts) if hasattr(kind, "_make") else kind(tuple(parts))  # a named result of an op takes a tuple


_NAMED = NodeDef(
    tuple, lambda x: (list(x), type(x)), _unpack, lambda x: (_keyed(map(GetAttrKey, type(x)._fields), x), type(x))
)


def _node_of(tree: Any) -> NodeDef | None:
    """How the tree is taken apart; None for a leaf."""
    node = SUPPORTED_NODES.get(type(tree))
    return _NAMED if node is None and isinstance(tree, tuple) and hasattr(type(tree), "_fields") else node


class TreeSpec:
    """The shape of a tree: the type of its root, what the root is made of besides its parts, and their shapes. A leaf has no type."""

    num_leaves: int
    num_nodes: int
    __slots__ = ("_children", "_node", "context", "num_children", "num_leaves", "num_nodes", "type")

    def __init__(self, type: Any = None, context: Context = None, children: Iterable["TreeSpec"] = (), node: NodeDef | None = None):
        self.type, self.context, self._children = type, context, tuple(children)
        self._node = SUPPORTED_NODES.get(type) if node is None else node
        self.num_children = len(self._children)
        self.num_nodes = 1 + sum(child.num_nodes for child in self._children)
        self.num_leaves = 1 if type is None else sum(child.num_leaves for child in self._children)

    def is_leaf(self) -> bool:
        """Whether it is that of a leaf."""
        return self.type is None

    def children(self) -> list["TreeSpec"]:
        """The shapes of the parts."""
        return list(self._children)

    def child(self, index: int) -> "TreeSpec":
        """The shape of a part."""
        return self._children[index]

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree of that shape with these leaves. ValueError for another number of leaves."""
        given = list(leaves)
        if len(given) != self.num_leaves:
            raise ValueError(f"treespec.unflatten(leaves): `leaves` has length {len(given)} but the spec refers to a pytree that holds {self.num_leaves} items ({self}).")
        return self._made(iter(given))

    def _made(self, leaves: Any) -> Any:
        if self._node is None:
            return next(leaves)
        return self._node.unflatten_fn([child._made(leaves) for child in self._children], self.context)

    def flatten_up_to(self, tree: Any) -> list[Any]:
        """What stands in another tree where this one has leaves. ValueError where it is of another shape above them."""
        if self._node is None:
            return [tree]
        if _node_of(tree) is not self._node:
            raise ValueError(f"Node type mismatch; expected {self.type!r}, but got {type(tree)!r}.")
        parts, context = self._node.flatten_fn(tree)
        given = list(parts)
        if len(given) != self.num_children:
            raise ValueError(f"Node arity mismatch; expected {self.num_children}, but got {len(given)}.")
        if issubclass(self.type, dict):
            keys, others = (self.context[1], context[1]) if self.type is defaultdict else (self.context, context)
            if set(keys) != set(others):
                raise ValueError(f"Node keys mismatch; expected {keys}, but got {others}.")
            given = [tree[key] for key in keys]
        elif context != self.context and self.type is not deque:
            raise ValueError(f"Node context mismatch for type {self.type!r}: expected {self.context!r}, but got {context!r}.")
        return [leaf for child, part in zip(self._children, given, strict=True) for leaf in child.flatten_up_to(part)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TreeSpec) and (self.type, self.context, self._children) == (other.type, other.context, other._children)

    def __hash__(self) -> int:
        return hash((self.type, str(self.context), self._children))

    def __repr__(self) -> str:
        return self._shown(0)

    def _shown(self, indent: int) -> str:
        if self._node is None:
            return "*"
        name = "namedtuple" if self._node is _NAMED and hasattr(self.type, "_make") else self.type.__name__
        context = self.context if self._node is not _NAMED or hasattr(self.type, "_make") else None
        inside = ""
        if self._children:
            indent += 2
            inside = self._children[0]._shown(indent) + "".join(f",\n{' ' * indent}{child._shown(indent)}" for child in self._children[1:])
        return f"TreeSpec({name}, {context}, [{inside}])"


_LEAF = TreeSpec()


def LeafSpec() -> TreeSpec:
    """The shape of a leaf."""
    return _LEAF


def tree_flatten(tree: PyTree, is_leaf: IsLeaf = None) -> tuple[list[Any], TreeSpec]:
    """The leaves from left to right, and the shape; `is_leaf(node)` may stop at a node. None is a leaf."""
    leaves: list[Any] = []
    return leaves, _collect(tree, leaves, is_leaf)


def _collect(tree: Any, leaves: list[Any], is_leaf: IsLeaf) -> TreeSpec:
    node = None if is_leaf is not None and is_leaf(tree) else _node_of(tree)
    if node is None:
        leaves.append(tree)
        return _LEAF
    parts, context = node.flatten_fn(tree)
    return TreeSpec(type(tree), context, [_collect(part, leaves, is_leaf) for part in parts], node)


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> PyTree:
    """The tree of that shape with these leaves. TypeError for what is no shape, ValueError for another number of leaves."""
    if not isinstance(treespec, TreeSpec):
        raise TypeError(f"tree_unflatten(leaves, treespec): Expected `treespec` to be instance of TreeSpec but got item of type {type(treespec)}.")
    return treespec.unflatten(leaves)


def tree_iter(tree: PyTree, is_leaf: IsLeaf = None) -> Iterable[Any]:
    """The leaves, one after the other."""
    yield from tree_leaves(tree, is_leaf)


def tree_leaves(tree: PyTree, is_leaf: IsLeaf = None) -> list[Any]:
    """The leaves from left to right."""
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: PyTree, is_leaf: IsLeaf = None) -> TreeSpec:
    """The shape."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """The same tree of what `func` makes of each leaf, and of what stands in its place in the other trees."""
    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten(list(map(func, leaves, *[spec.flatten_up_to(rest) for rest in rests])))


def tree_map_(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """Call `func` on each leaf; returns the tree itself."""
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def _chosen(which: Any) -> Callable[[Any], bool]:
    if callable(which) and not isinstance(which, type):
        return which  # type: ignore[no-any-return]
    return lambda leaf: isinstance(leaf, which)


def tree_map_only(type_or_types_or_pred: Any, /, func: Callable[[Any], Any], tree: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """`tree_map` of the leaves of some types, or for which a function says so; the others stay."""
    wanted = _chosen(type_or_types_or_pred)
    return tree_map(lambda leaf: func(leaf) if wanted(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_map_only_(type_or_types_or_pred: Any, /, func: Callable[[Any], Any], tree: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """`tree_map_` of the leaves of some types, or for which a function says so."""
    tree_map_only(type_or_types_or_pred, func, tree, is_leaf)
    return tree


def tree_all(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether it holds for each leaf."""
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether it holds for some leaf."""
    return any(map(pred, tree_leaves(tree, is_leaf)))


def tree_all_only(type_or_types: Any, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether it holds for each leaf of some types."""
    return all(pred(leaf) for leaf in tree_leaves(tree, is_leaf) if isinstance(leaf, type_or_types))


def tree_any_only(type_or_types: Any, /, pred: Callable[[Any], bool], tree: PyTree, is_leaf: IsLeaf = None) -> bool:
    """Whether it holds for some leaf of some types."""
    return any(pred(leaf) for leaf in tree_leaves(tree, is_leaf) if isinstance(leaf, type_or_types))


def tree_flatten_with_path(tree: PyTree, is_leaf: IsLeaf = None) -> tuple[list[tuple[tuple[Any, ...], Any]], TreeSpec]:
    """`tree_flatten`, each leaf with its place: a tuple of keys. ValueError for a node whose class names none."""
    return list(_with_path((), tree, is_leaf)), tree_structure(tree, is_leaf)


def _with_path(path: tuple[Any, ...], tree: Any, is_leaf: IsLeaf) -> Iterable[tuple[tuple[Any, ...], Any]]:
    node = None if is_leaf is not None and is_leaf(tree) else _node_of(tree)
    if node is None:
        yield path, tree
        return
    if node.flatten_with_keys_fn is None:
        raise ValueError(f"Did not find a flatten_with_keys_fn for type: {node.type}. Please pass a flatten_with_keys_fn argument to register_pytree_node.")
    for key, part in node.flatten_with_keys_fn(tree)[0]:
        yield from _with_path((*path, key), part, is_leaf)


def tree_leaves_with_path(tree: PyTree, is_leaf: IsLeaf = None) -> list[tuple[tuple[Any, ...], Any]]:
    """Each leaf with its place."""
    return tree_flatten_with_path(tree, is_leaf)[0]


def tree_map_with_path(func: Callable[..., Any], tree: PyTree, *rests: PyTree, is_leaf: IsLeaf = None) -> PyTree:
    """`tree_map`, whose function gets the place of the leaf first."""
    found, spec = tree_flatten_with_path(tree, is_leaf)
    rows = [spec.flatten_up_to(rest) for rest in rests]
    return spec.unflatten([func(path, leaf, *others) for (path, leaf), *others in zip(found, *rows, strict=True)])


def keystr(kp: tuple[Any, ...]) -> str:
    """A place as Python writes it: `['a'][0].x`."""
    return "".join(map(str, kp))
