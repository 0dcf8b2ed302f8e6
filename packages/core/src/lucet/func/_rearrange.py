"""`rearrange`: dimensions by name, split, joined and reordered as a pattern says."""

import math
import re
from typing import Any

from lucet._ops import stack
from lucet._tensor import Tensor

_REST = "..."
Side = list[list[str]]  # names of each dimension; "1" is none of its own


def _parse(text: str) -> Side:
    """The dimensions of one side of a pattern."""
    side: Side = []
    group: list[str] | None = None
    for token in re.findall(r"\.\.\.|[()]|[^\s()]+", text.replace("…", _REST)):
        if token == "(":
            if group is not None:
                raise ValueError("Axis composition is one-level (brackets inside brackets not allowed)")
            group = []
        elif token == ")":
            if group is None:
                raise ValueError(f"Imbalanced parentheses in expression: '{text}'")
            side.append(group)
            group = None
        else:
            if token != _REST and not token.isdecimal() and not token.isidentifier():
                raise ValueError(f"Invalid axis identifier: {token}\nnot a valid python identifier")
            if token.isdecimal() and token != "1":
                raise ValueError("rearrange only supports unnamed axes of size 1")
            names = [] if token == "1" else [token]
            if group is None:
                side.append(names)
            else:
                group += names
    if group is not None:
        raise ValueError(f"Imbalanced parentheses in expression: '{text}'")
    named = [name for names in side for name in names]
    for name in named:
        if named.count(name) > 1:
            raise ValueError(f"Indexing expression contains duplicate dimension '{name}'")
    return side


def _names(side: Side) -> list[str]:
    return [name for names in side for name in names]


def _check(pattern: str, left: Side, right: Side, sizes: dict[str, int], rank: int) -> None:
    known = set(_names(left))
    if _REST in _names(right) and _REST not in known:
        raise ValueError(f"Ellipsis found in right side, but not left side of a pattern {pattern}")
    if [_REST] not in left and _REST in known:
        raise ValueError(f"Ellipsis inside parenthesis in the left side is not allowed: {pattern}")
    if known != set(_names(right)):
        raise ValueError(f"Identifiers only on one side of rearrange expression (should be on both): {known ^ set(_names(right))}")
    unknown = set(sizes) - known
    if unknown:
        raise ValueError(f"Identifiers not found in rearrange expression: {unknown}")
    count = len(left) - ([_REST] in left)
    if rank < count or rank != count and [_REST] not in left:
        raise ValueError(f"Number of dimensions in pattern ({len(left)}) must be equal to the number of dimensions in the tensor ({rank})")


def _lengths(names: list[str], size: int, given: dict[str, int]) -> list[int]:
    """The sizes of the dimensions that one is made of; at most one is found out."""
    unknown = [name for name in names if name not in given]
    known = math.prod(given[name] for name in names if name in given)
    if len(unknown) > 1:
        raise ValueError(f"rearrange: cannot infer the sizes of two dimensions at once: {' and '.join(unknown)}")
    if unknown and (known == 0 or size % known) or not unknown and known != size:
        raise ValueError(f"rearrange: a dimension of size {size} cannot be made of {names} with {known} elements known")
    return [given[name] if name in given else size // known for name in names]


def rearrange(tensor: Tensor | list[Tensor] | tuple[Tensor, ...], pattern: str, **axes_lengths: int) -> Tensor:
    """Name the dimensions on the left of `->`, and place them on the right: (a b) are two in one, `...` all others, 1 a new one.

    Where one dimension is split, `axes_lengths` gives the sizes of all parts but one. A list of tensors is stacked first. Raises:
    ValueError for patterns that do not fit.

    >>> import lucet
    >>> lucet.func.rearrange(lucet.arange(6), "(h w) -> w h", h=2)
    tensor([[0, 3],
            [1, 4],
            [2, 5]])
    """
    x: Any = tensor if isinstance(tensor, Tensor) else stack(tensor)
    if pattern.count("->") != 1:
        raise ValueError("Pattern must contain a single '->' separator")
    left, right = map(_parse, pattern.split("->"))
    _check(pattern, left, right, axes_lengths, x.dim())
    rest = x.dim() - (len(left) - ([_REST] in left))
    sizes: dict[str, list[int]] = {}
    place = 0
    for names in left:
        if names == [_REST]:
            sizes[_REST] = list(x.shape[place : place + rest])
            place += rest
            continue
        for name, length in zip(names, _lengths(names, x.shape[place], axes_lengths), strict=True):
            sizes[name] = [length]
        place += 1
    single = x.reshape([size for part in sizes.values() for size in part])
    starts, at = {}, 0
    for name, part in sizes.items():
        starts[name] = range(at, at + len(part))
        at += len(part)
    moved = single.permute([dim for name in _names(right) for dim in starts[name]])
    shape: list[int] = []
    for names in right:
        parts = [size for name in names for size in sizes[name]]
        shape += parts if names == [_REST] else [math.prod(parts)]
    return moved.reshape(shape)
