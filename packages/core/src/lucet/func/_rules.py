"""What ops do with batches: one entry for each op, most of them one of a few kinds.

A rule gets the level of vmap, the op, and its arguments. A batched tensor's value has the batch dimension in front; ops of elements
broadcast over it, ops with dimensions count one further, matrix products and convolutions take it as theirs, and what is left is
written in other ops. A rule that cannot serve some argument raises Unruled, and the op runs once for every sample.
"""

import inspect
import math
import weakref
from collections.abc import Callable
from typing import Any

from lucet import _ops, random
from lucet._dtype import DTYPES
from lucet._ops import arange, empty, matmul, ones_like, where
from lucet._registry import ALIASES, OPS
from lucet._tensor import Tensor
from lucet.utils._tree import tree_map

Rule = Callable[[Any, Any, tuple[Any, ...], dict[str, Any]], Any]


class Unruled(Exception):
    """The op has to run once for every sample."""


RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    def enter(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, function))
        return function

    return enter


def in_ops(*names: str) -> Callable[[Rule], Rule]:
    """A rule that is written in ops of samples: the level answers them while it runs."""

    def enter(function: Rule) -> Rule:
        def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            with level.inside():
                return function(level, func, args, kwargs)

        return rule(*names)(run)

    return enter


# --- arguments ------------------------------------------------------------------------------------------------------

_signatures: weakref.WeakKeyDictionary[Any, inspect.Signature] = weakref.WeakKeyDictionary()


def bound(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
    """The arguments by name, with defaults."""
    if func not in _signatures:
        _signatures[func] = inspect.signature(func)
    found = _signatures[func].bind(*args, **kwargs)
    found.apply_defaults()
    return found


def again(func: Any, arguments: inspect.BoundArguments) -> Any:
    """The op with changed arguments; defaults that nobody changed are left out, for some are not meant to be given."""
    signature = arguments.signature
    args, kwargs = [], {}
    for name, parameter in signature.parameters.items():
        value = arguments.arguments.get(name, parameter.default)
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += value if isinstance(value, tuple) else ()
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs |= value if isinstance(value, dict) else {}
        elif parameter.kind is parameter.POSITIONAL_ONLY or not kwargs and parameter.kind is parameter.POSITIONAL_OR_KEYWORD and _counts(signature):
            args.append(value)
        elif value is not parameter.default:
            kwargs[name] = value
    return func(*args, **kwargs)


def _counts(signature: inspect.Signature) -> bool:
    """Whether arguments behind the positions are collected, so that those before have to be given by position."""
    return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in signature.parameters.values())


def lifted(level: Any, x: Any, rank: int) -> Any:
    """A value that broadcasts like its sample against others of up to `rank` dimensions."""
    if not level.batched(x):
        return x
    value = x._value
    for _ in range(rank - x.dim()):
        value = value.unsqueeze(1)
    return value


def rank_of(*values: Any) -> int:
    return max((value.dim() for value in values if isinstance(value, Tensor)), default=0)


def shifted(dim: Any, rank: int) -> Any:
    """A dimension of a sample, or several, as one of the value. Those from the end stay."""
    if isinstance(dim, (tuple, list)):
        return tuple(shifted(each, rank) for each in dim)
    if not isinstance(dim, int) or isinstance(dim, bool):
        return dim
    if not -rank <= dim < max(rank, 1):
        raise IndexError(f"Dimension out of range (expected to be in range of [{-max(rank, 1)}, {max(rank, 1) - 1}], but got {dim})")
    return dim + 1 if dim >= 0 else dim


# --- ops of elements ------------------------------------------------------------------------------------------------


def elementwise(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    rank = rank_of(*args, *kwargs.values())
    values, named = tree_map(lambda x: lifted(level, x, rank), (args, kwargs))
    tensors = [x for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
    if len(tensors) > 1 and any(x.dim() == 0 for x in tensors) and rank > 0 and func.__name__ not in _KEEPS_TYPE:
        values = tuple(_as_scalar_counts(x, value, tensors) for x, value in zip(args, values, strict=True))
    return level.wrap(func(*values, **named))


_KEEPS_TYPE = {"copy_", "where", "clamp", "clamp_", "lerp", "lerp_", "addcmul", "addcdiv"}


def _as_scalar_counts(x: Any, value: Any, tensors: list[Tensor]) -> Any:
    """A tensor without dimensions does not widen others of its kind; with a batch dimension it would."""
    if not isinstance(x, Tensor) or x.dim() > 0:
        return value
    for other in tensors:
        if other.dim() > 0 and other.is_floating_point() >= x.is_floating_point() and not x.is_complex() and other.dtype != x.dtype:
            return value.to(other.dtype)
    return value


ELEMENTWISE = {entry.name for entry in OPS.values() if entry.family == "pointwise"}
# conversions, copies, and others that only look at each element, or at the last two dimensions
ELEMENTWISE |= {
    "_detach", "angle", "bfloat16", "bool", "byte", "cdouble", "cfloat", "char", "clone", "conj", "contiguous", "copy_", "cpu", "double", "empty_like",
    "float", "full_like", "half", "imag", "int", "isclose", "isreal", "long", "one_hot", "ones_like", "real", "short", "to", "tril",
    "triu", "type", "type_as", "zero_", "zeros_like",
}  # fmt: skip
RULES.update(dict.fromkeys(ELEMENTWISE, elementwise))


@rule("fill", "fill_")
def _fill(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, new = (*args, *kwargs.values())
    if not level.batched(new):
        return level.wrap(func(x._value, new))
    filled = lifted(level, new, x.dim()).expand(level.size, *x.shape).to(x.dtype)
    return level.wrap(x._value.copy_(filled) if func.__name__ == "fill_" else filled.clone())


@rule("masked_fill", "masked_fill_")
def _masked_fill(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, mask, new = (*args, *kwargs.values())
    rank = rank_of(x, mask)
    value, chosen = lifted(level, x, rank), lifted(level, mask, rank)
    if not level.batched(new):
        return level.wrap(func(value, chosen, new))
    filled = where(chosen, lifted(level, new, rank).to(x.dtype), value)
    return level.wrap(value.copy_(filled) if func.__name__ == "masked_fill_" else filled)


# --- ops with dimensions --------------------------------------------------------------------------------------------


def with_dims(*names: str, whole: str = "", insert: bool = False) -> Rule:
    """A rule for ops of one tensor whose arguments `names` are dimensions of it.

    `whole` says what stands for all dimensions where none is given: "all" of them, the one of a "flat" sample, or "no" such case.
    `insert` marks ops that make a dimension, so that one more can be named.
    """

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = bound(func, args, kwargs)
        first, *rest = arguments.arguments
        x = arguments.arguments[first]
        if not level.batched(x) or any(level.batched(arguments.arguments[name]) for name in rest):
            raise Unruled
        value, rank = x._value, x.dim()
        alone = rank == 0 and not insert
        if alone and func.__name__ in ("flatten", "unfold", "unflatten"):
            raise Unruled
        if alone:  # a sample of one element, taken as one of one dimension
            value, rank = value.unsqueeze(1), 1
        given = {name: arguments.arguments.get(name) for name in names if name in arguments.arguments}
        for name, dim in given.items():
            if dim is None and whole == "all":
                arguments.arguments[name] = tuple(range(1, rank + 1))
            elif dim is None and whole == "flat":
                if arguments.arguments.get("keepdim"):
                    raise Unruled
                value, arguments.arguments[name] = _flat(level, x), 1
            elif dim == () and whole == "all":
                arguments.arguments[name] = tuple(range(1, rank + 1))
            elif dim is not None:
                arguments.arguments[name] = shifted(dim, rank + insert)
        arguments.arguments[first] = value
        result = again(func, arguments)
        if alone:
            result = tree_map(lambda y: y.squeeze(1) if isinstance(y, Tensor) and y.dim() == 2 else y, result)
        return level.wrap(result)

    return run


RULES.update(dict.fromkeys(["sum", "mean", "nansum", "amax", "amin", "logsumexp", "var", "std", "var_mean", "std_mean", "norm", "vector_norm", "count_nonzero"], with_dims("dim", whole="all")))
RULES.update(dict.fromkeys(["all", "any", "prod", "argmax", "argmin", "aminmax"], with_dims("dim", whole="flat")))
RULES.update(dict.fromkeys(["nanmean", "quantile", "nanquantile"], with_dims("dim", whole="flat")))
RULES.update(dict.fromkeys(["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "softmax", "log_softmax", "softmin", "sort", "argsort", "topk", "kthvalue", "mode"], with_dims("dim")))
RULES.update(dict.fromkeys(["select", "narrow", "unbind", "split", "chunk", "split_with_sizes", "tensor_split", "unflatten", "index_fill"], with_dims("dim")))
RULES.update(dict.fromkeys(["unsqueeze"], with_dims("dim", insert=True)))
RULES.update(dict.fromkeys(["transpose", "swapaxes", "swapdims"], with_dims("dim0", "dim1", "axis0", "axis1")))
RULES["flatten"] = with_dims("start_dim", "end_dim")
RULES["diagonal"] = with_dims("dim1", "dim2")
RULES["diag_embed"] = with_dims("dim1", "dim2", insert=True)
RULES["unfold"] = with_dims("dimension")
RULES["movedim"] = RULES["moveaxis"] = with_dims("source", "destination")


def _flat(level: Any, x: Tensor) -> Tensor:
    return x._value.reshape(level.size, x.numel())


def _extreme(whole: str, pair: str) -> Rule:
    """max and min: of all elements, along a dimension, or of two tensors."""
    along = with_dims("dim")

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        second = args[1] if len(args) > 1 else kwargs.get("other", kwargs.get("dim"))
        if isinstance(second, Tensor):
            return elementwise(level, OPS[pair].function, (args[0], second), {})
        if second is None:
            return level.wrap(OPS[whole].function(_flat(level, args[0]), 1))
        return along(level, func, args, kwargs)

    return run


RULES["max"], RULES["min"] = _extreme("amax", "maximum"), _extreme("amin", "minimum")


@rule("median", "nanmedian")
def _median(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if len(args) > 1 or kwargs:
        return with_dims("dim")(level, func, args, kwargs)
    return level.wrap(func(_flat(level, args[0]), 1).values)


@rule("squeeze")
def _squeeze(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    dims = args[1] if len(args) > 1 else kwargs.get("dim")
    if dims is None:
        dims = tuple(d for d in range(x.dim()) if x.size(d) == 1)
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    if x.dim() == 0:
        return level.wrap(x._value)
    return level.wrap(func(x._value, tuple(shifted(dim % x.dim() if -x.dim() <= dim < 0 else dim, x.dim()) for dim in dims)))


def _ints(args: tuple[Any, ...], kwargs: dict[str, Any], *names: str) -> tuple[Any, ...]:
    """Sizes or dimensions that come one by one, in a tuple, or by name."""
    rest = args[1:] or tuple(kwargs[name] for name in names if name in kwargs)
    found = tuple(rest[0]) if len(rest) == 1 and isinstance(rest[0], (tuple, list)) else rest
    if not all(isinstance(each, int) for each in found):
        raise Unruled
    return found


@rule("view", "reshape")
def _view(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    sizes = _ints(args, kwargs, "size", "shape")
    x = args[0]
    if -1 in sizes and (level.size == 0 or x.numel() == 0):
        known = math.prod(size for size in sizes if size != -1)
        sizes = tuple(x.numel() // max(known, 1) if size == -1 else size for size in sizes)
    return level.wrap(func(x._value, (level.size, *sizes)))


@in_ops("view_as", "reshape_as")
def _view_as(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if not level.batched(args[0]):
        return args[0].reshape(args[1].shape)
    return level.wrap(args[0]._value.reshape(level.size, *args[1].shape))


@rule("ravel")
def _ravel(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return level.wrap(args[0]._value.reshape(level.size, args[0].numel()))


def _expanded(level: Any, x: Tensor, sizes: tuple[int, ...]) -> Any:
    if not level.batched(x):
        return x.expand(*sizes)
    return level.wrap(lifted(level, x, len(sizes)).expand(level.size, *sizes))


@in_ops("expand", "broadcast_to")
def _expand(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _expanded(level, args[0], _ints(args, kwargs, "size"))


@rule("expand_as")
def _expand_as(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _expanded(level, args[0], tuple(args[1].shape))


@rule("repeat", "tile")
def _repeat(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    counts = _ints(args, kwargs, "repeats", "dims")
    if func.__name__ == "tile":
        counts = (1,) * (args[0].dim() - len(counts)) + counts
    return level.wrap(lifted(level, args[0], len(counts)).repeat(1, *counts))


@rule("permute")
def _permute(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    rank = args[0].dim()
    return level.wrap(func(args[0]._value, (0, *(shifted(dim, rank) % (rank + 1) for dim in _ints(args, kwargs, "dims")))))


@in_ops("atleast_1d", "atleast_2d", "atleast_3d")
def _at_least(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if len(args) != 1 or not isinstance(args[0], Tensor):
        raise Unruled
    x, least = args[0], int(func.__name__[-2])
    while x.dim() < least:
        x = x.unsqueeze(-1 if x.dim() == 2 else 0)
    return x


@in_ops("diag")
def _diag(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x = args[0]
    if x.dim() not in (1, 2):
        raise Unruled
    return x.diag_embed(arguments["diagonal"]) if x.dim() == 1 else x.diagonal(arguments["diagonal"])


@in_ops("msort")
def _msort(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[0].sort(0).values


@rule("flip")
def _flip(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    dims = tuple(shifted(dim, x.dim()) for dim in _ints(args, kwargs, "dims"))
    return level.wrap(func(x._value, dims) if x.dim() else x._value.clone())


@rule("roll")
def _roll(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, shifts, dims = args[0], arguments["shifts"], arguments["dims"]
    if x.dim() == 0:
        return level.wrap(x._value.clone())
    if dims is None or dims == ():
        return level.wrap(func(x._value.reshape(level.size, x.numel()), shifts, 1).reshape(x._value.shape))
    return level.wrap(func(x._value, shifts, shifted(dims, x.dim())))


@rule("as_strided")
def _as_strided(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    if level.size == 0:
        raise Unruled
    # a sample's elements lie as if it were alone
    value = args[0]._value.contiguous()
    place = value.storage_offset() + (arguments.get("storage_offset") or 0)
    return level.wrap(func(value, (level.size, *arguments["size"]), (max(args[0].numel(), 1), *arguments["stride"]), place))


@rule("t", "adjoint")
def _t(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    if func.__name__ == "t" and x.dim() > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.dim()}D")
    return level.wrap(x._value.transpose(-2, -1) if x.dim() > 1 else x._value)


# --- several tensors ------------------------------------------------------------------------------------------------


def _values(level: Any, tensors: Any) -> list[Tensor]:
    return [level.value(x) for x in tensors]


@rule("cat", "stack")
def _joined(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    tensors = list(arguments["tensors"])
    joins = func.__name__ == "cat"
    if joins and rank_of(*tensors) > 1:  # an empty vector may stand among others
        tensors = [x for x in tensors if x.shape != (0,)]
    dim = shifted(arguments["dim"], rank_of(*tensors) + (not joins))
    return level.wrap(func(_values(level, tensors), dim))


@rule("hstack", "vstack", "dstack", "column_stack")
def _stacked(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    tensors = [level.wrap(value) for value in _values(level, args[0] if args else kwargs["tensors"])]
    name, rank = func.__name__, tensors[0].dim()
    least = {"hstack": 1, "vstack": 2, "dstack": 3, "column_stack": 2}[name]
    dim = 0 if name == "vstack" or name == "hstack" and rank < 2 else 2 if name == "dstack" else 1
    values = []
    for x in tensors:
        value = x._value
        for count in range(x.dim(), least):
            in_front = name == "vstack" and count == 1 or name == "dstack" and count == 1
            value = value.unsqueeze(1 if in_front else -1)
        values.append(value)
    return level.wrap(_ops.cat(values, dim + 1))


@rule("broadcast_tensors")
def _broadcast_tensors(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    tensors = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args
    rank = rank_of(*tensors)
    return level.wrap(tuple(func(*(lifted(level, level.wrap(level.value(x)), rank) for x in tensors))))


@rule("gather", "take_along_dim")
def _gather(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    index = next(arguments[name] for name in ("index", "indices") if name in arguments)
    x, dim = args[0], arguments["dim"]
    if dim is None or x.dim() == 0 or index.dim() != x.dim():
        raise Unruled
    value, places, dim = level.value(x), level.value(index), shifted(dim, x.dim())
    return level.wrap(func(value, places, dim) if func.__name__ == "take_along_dim" else func(value, dim, places))


@rule("scatter", "scatter_add", "scatter_", "scatter_add_")
def _scatter(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if len(args) != 4 or kwargs or args[0].dim() == 0:
        raise Unruled
    x, dim, index, source = args
    value = x._value if level.batched(x) else level.value(x).clone()
    return level.wrap(func(value, shifted(dim, x.dim()), level.value(index), level.value(source) if isinstance(source, Tensor) else source))


@rule("index_add", "index_copy", "index_add_", "index_copy_")
def _index_add(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if len(args) != 4 or args[0].dim() == 0 or level.batched(args[2]):
        raise Unruled
    x, dim, index, source = args
    value = x._value if level.batched(x) else level.value(x).clone()
    return level.wrap(func(value, shifted(dim, x.dim()), index, level.value(source), **kwargs))


@rule("index_select")
def _index_select(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, dim, index = args[0], arguments["dim"], arguments["index"]
    if x.dim() == 0 or index.dim() == 0:
        raise Unruled
    if not level.batched(index):
        return level.wrap(func(x._value, shifted(dim, x.dim()), index))
    dim %= x.dim()
    shape = [1] * x.dim()
    shape[dim] = -1
    places = index._value.reshape(level.size, *shape)
    full = [level.size, *x.shape]
    full[dim + 1] = index.numel()
    return level.wrap(level.value(x).gather(dim + 1, places.expand(*full)))


_BOOLS = (DTYPES["bool"], DTYPES["uint8"])


def _subscripts(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _subscript(level: Any, x: Tensor, key: Any) -> Any:
    """The subscript of the value that does with every sample what `key` does with one."""
    parts = _subscripts(key)
    tensors = [part for part in parts if isinstance(part, (Tensor, list))]
    if not tensors:
        if not level.batched(x):
            raise Unruled
        return (slice(None), *parts)
    if len(tensors) != 1 or any(isinstance(part, Tensor) and part.dtype in _BOOLS for part in parts) or isinstance(tensors[0], list):
        raise Unruled
    if any(isinstance(part, int) for part in parts) or (None in [part for part in parts if not isinstance(part, Tensor)]):
        raise Unruled
    index = tensors[0]
    if not level.batched(index):
        return (slice(None), *parts)
    if parts[0] is not index:
        raise Unruled
    if not level.batched(x):
        if len(parts) > 1:
            raise Unruled
        return index._value
    return (arange(level.size).reshape(level.size, *[1] * index.dim()), index._value, *parts[1:])


@rule("__getitem__", "getitem")
def _getitem(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, key = args
    if any(isinstance(part, Tensor) and part.dtype in _BOOLS for part in _subscripts(key)):
        raise RuntimeError(
            "vmap: We do not support batching operators that can support dynamic shape. Attempting to batch over indexing with a boolean mask. "
            "Use where instead."
        )
    value = x._value if level.batched(x) else x
    return level.wrap(value[_subscript(level, x, key)])


@rule("__setitem__", "setitem")
def _setitem(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, key, new = args
    if not level.batched(x):
        raise RuntimeError("vmap: x[...] = y is not possible where y is batched and x is not: make x of a batched tensor, as by zeros_like or new_zeros")
    parts = _subscript(level, x, key)
    if isinstance(new, Tensor) and level.batched(new):
        with_shape = x._value[parts]
        new = lifted(level, new, with_shape.dim() - 1)
    x._value[parts] = new
    return None


@rule("embedding")
def _embedding(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    index, weight = arguments.arguments["input"], arguments.arguments["weight"]
    if not level.batched(weight):
        arguments.arguments["input"] = index._value
        return level.wrap(again(func, arguments))
    if any(arguments.arguments.get(name) for name in ("max_norm", "scale_grad_by_freq", "sparse")) or arguments.arguments.get("padding_idx") is not None:
        raise Unruled
    rows = weight.size(0)
    offset = (arange(level.size) * rows).reshape(level.size, *[1] * index.dim())
    return level.wrap(func(level.value(index) + offset, weight._value.reshape(level.size * rows, weight.size(1))))


# --- matrix products ------------------------------------------------------------------------------------------------


def _product(level: Any, a: Tensor, b: Tensor) -> Tensor:
    """The value of matmul."""
    if a.dim() == 0 or b.dim() == 0:
        raise RuntimeError("both arguments to matmul need to be at least 1D, but they are 0D and 0D" if a.dim() == b.dim() else "both arguments to matmul need to be at least 1D")
    if not level.batched(b) and b.dim() <= 2:
        return matmul(a._value, b) if a.dim() > 1 or b.dim() == 2 else (a._value * b).sum(-1)
    if not level.batched(a) and a.dim() == 1 and b.dim() == 2:
        return matmul(a, b._value)
    rank = max(a.dim(), b.dim(), 2)
    left, right = (x._value if level.batched(x) else x for x in (a, b))
    left = left.unsqueeze(-2) if a.dim() == 1 else left
    right = right.unsqueeze(-1) if b.dim() == 1 else right
    for _ in range(rank - max(a.dim(), 2)):
        left = left.unsqueeze(1) if level.batched(a) else left
    for _ in range(rank - max(b.dim(), 2)):
        right = right.unsqueeze(1) if level.batched(b) else right
    product = matmul(left, right)
    product = product.squeeze(-2) if a.dim() == 1 else product
    return product.squeeze(-1) if b.dim() == 1 else product


@in_ops("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner")
def _matmul(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    a, b = (*args, *kwargs.values())[:2]
    ranks = {"mm": (2, 2), "bmm": (3, 3), "mv": (2, 1), "dot": (1, 1), "vdot": (1, 1)}.get(func.__name__)
    if ranks is not None and (a.dim(), b.dim()) != ranks or a.is_complex() or b.is_complex():
        raise Unruled
    if func.__name__ == "inner":
        if b.dim() == 0 or a.dim() == 0:
            raise Unruled
        b = b.transpose(-2, -1) if b.dim() == 2 else b
        if b.dim() > 2:
            raise Unruled
    return level.wrap(_product(level, a, b))


@in_ops("outer")
def _outer(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    a, b = (*args, *kwargs.values())[:2]
    return a.unsqueeze(1) * b


@in_ops("linear")
def _linear(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, weight, bias = arguments["input"], arguments["weight"], arguments["bias"]
    if not level.batched(weight) and not level.batched(bias):
        return level.wrap(func(x._value, weight, bias))
    if weight.dim() == 1:
        raise Unruled
    y = x @ weight.t()
    return y if bias is None else y + bias


@in_ops("addmm", "baddbmm", "addmv", "addr")
def _added(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    base, a, b = list(arguments.values())[:3]
    beta, alpha = arguments.get("beta", 1), arguments.get("alpha", 1)
    product = (a.unsqueeze(1) * b) if func.__name__ == "addr" else a @ b
    product = product if alpha == 1 else product * alpha
    return product if beta == 0 else product + (base if beta == 1 else base * beta)


@rule("einsum")
def _einsum(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    equation, *operands = args
    if not isinstance(equation, str) or "..." in equation:
        raise Unruled
    operands = list(operands[0]) if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    left, arrow, right = equation.replace(" ", "").partition("->")
    letter = next(c for c in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in equation)
    terms = left.split(",")
    right = right if arrow else "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    terms = [letter + term if level.batched(x) else term for term, x in zip(terms, operands, strict=True)]
    return level.wrap(func(f"{','.join(terms)}->{letter}{right}", *(x._value if level.batched(x) else x for x in operands)))


# --- images ---------------------------------------------------------------------------------------------------------


def folded(names: tuple[str, ...], kept: int) -> Rule:
    """A rule for ops that treat the first dimensions alike: those before the last `kept` become one."""

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        x, *rest = args
        if not level.batched(x) or any(level.batched(y) for y in (*rest, *kwargs.values())):
            raise Unruled
        if x.dim() < kept:
            raise Unruled
        value = x._value
        front = value.shape[: value.dim() - kept]
        result = func(value.reshape(math.prod(front), *value.shape[value.dim() - kept :]), *rest, **kwargs)
        return level.wrap(tree_map(lambda y: y.reshape(*front, *y.shape[1:]), result))

    RULES.update(dict.fromkeys(names, run))
    return run


for _kept in (1, 2, 3):
    _kinds = (f"max_pool{_kept}d", f"avg_pool{_kept}d", f"adaptive_avg_pool{_kept}d", f"adaptive_max_pool{_kept}d", f"lp_pool{_kept}d")
    folded((*_kinds, f"max_pool{_kept}d_with_indices", f"adaptive_max_pool{_kept}d_with_indices"), _kept + 1)
folded(("pixel_shuffle", "pixel_unshuffle"), 3)


@rule("pad")
def _pad(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    if arguments["mode"] == "constant":
        return level.wrap(func(arguments["input"]._value, arguments["pad"], "constant", arguments["value"]))
    kept = len(arguments["pad"]) // 2 + 1
    return folded((), kept)(level, func, args, kwargs)


@in_ops("conv1d", "conv2d", "conv3d")
def _conv(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, weight, bias = arguments["input"], arguments["weight"], arguments["bias"]
    space = int(func.__name__[4])
    rest = {name: arguments[name] for name in ("stride", "padding", "dilation")}
    groups, size = arguments["groups"], level.size
    single = x.dim() == space + 1
    later = None
    if not level.batched(weight):
        value = x._value if level.batched(x) else x
        if bias is not None and level.batched(bias):
            bias, later = None, bias
        if not level.batched(x):  # only the bias differs
            return func(x, weight, None, groups=groups, **rest) + later.reshape(-1, *[1] * space)
        merged = value if single else value.reshape(size * x.size(0), *value.shape[2:])
        y = func(merged, weight, bias, groups=groups, **rest)
        y = y if single else y.reshape(size, x.size(0), *y.shape[1:])
        return level.wrap(y) if later is None else level.wrap(y) + later.reshape(-1, *[1] * space)
    value = level.value(x)
    value = value.unsqueeze(1) if single else value  # (batch, n, channels, ...)
    images = value.transpose(0, 1).reshape(value.size(1), size * value.size(2), *value.shape[3:])
    filters = weight._value.reshape(size * weight.size(0), *weight.shape[1:])
    offsets = None if bias is None else level.value(bias).reshape(-1)
    y = func(images, filters, offsets, groups=groups * size, **rest)
    y = y.reshape(y.size(0), size, weight.size(0), *y.shape[2:]).transpose(0, 1)
    return level.wrap(y.squeeze(1) if single else y)


@rule("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def _conv_transpose(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    space = int(func.__name__[-2])
    if args[0].dim() != space + 2:
        raise Unruled
    return folded((), space + 1)(level, func, args, kwargs)


# --- norms and losses -----------------------------------------------------------------------------------------------


def _affine(y: Tensor, weight: Tensor | None, bias: Tensor | None, shape: tuple[int, ...]) -> Tensor:
    y = y if weight is None else y * weight.reshape(shape)
    return y if bias is None else y + bias.reshape(shape)


@in_ops("layer_norm")
def _layer_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, shape = arguments["input"], arguments["normalized_shape"]
    y = level.wrap(func(level.value(x), shape, None, None, arguments["eps"]))
    return _affine(y, arguments["weight"], arguments["bias"], tuple(shape) if isinstance(shape, (tuple, list)) else (shape,))


@in_ops("group_norm")
def _group_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    value = level.value(arguments["input"])
    y = func(value.reshape(-1, *value.shape[2:]), arguments["num_groups"], None, None, arguments["eps"]).reshape(value.shape)
    return _affine(level.wrap(y), arguments["weight"], arguments["bias"], (-1, *[1] * (value.dim() - 3)))


@in_ops("instance_norm")
def _instance_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    given = arguments.arguments
    if given["running_mean"] is not None or given["running_var"] is not None:
        raise Unruled
    value, weight, bias = level.value(given["input"]), given["weight"], given["bias"]
    given["input"], given["weight"], given["bias"] = value.reshape(-1, *value.shape[2:]), None, None
    return _affine(level.wrap(again(func, arguments).reshape(value.shape)), weight, bias, (-1, *[1] * (value.dim() - 3)))


@in_ops("batch_norm")
def _batch_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    given = arguments.arguments
    mean, var, training = given["running_mean"], given["running_var"], given["training"]
    if training and any(t is not None and not level.batched(t) for t in (mean, var)):
        raise RuntimeError(
            "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, were not batched.\n"
            "If you are using modules and do not need eval mode, please set `track_running_stats` to be False.If you are using a prebuilt "
            "module and do not need eval mode, please see the functorch website for resources on how to patch your module to work with vmap"
        )
    if training and mean is not None:
        raise Unruled
    value = level.value(given["input"])  # (batch, n, channels, ...)
    size, count = level.size, value.size(1)
    merged = value.transpose(0, 1).reshape(count, size * value.size(2), *value.shape[3:])
    given["input"] = merged
    for name in ("running_mean", "running_var"):
        given[name] = None if given[name] is None else level.value(given[name]).reshape(-1)
    weight, bias = given["weight"], given["bias"]
    given["weight"] = given["bias"] = None
    y = again(func, arguments)
    y = y.reshape(count, size, *value.shape[2:]).transpose(0, 1)
    return _affine(level.wrap(y), weight, bias, (-1, *[1] * (value.dim() - 3)))


def _reduced(y: Any, reduction: str) -> Any:
    return y.mean() if reduction == "mean" else y.sum() if reduction == "sum" else y


@in_ops("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
def _loss(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    given = arguments.arguments
    if given.get("size_average") is not None or given.get("reduce") is not None or func.__name__ == "mse_loss" and given.get("weight") is not None:
        raise Unruled
    reduction, given["reduction"] = given["reduction"], "none"
    rank = rank_of(*given.values())
    if given["input"].shape != given["target"].shape:
        raise Unruled
    for name, value in given.items():
        given[name] = lifted(level, value, rank) if isinstance(value, Tensor) else value
    for name in ("input", "target"):
        given[name] = given[name] if given[name].dim() > rank else given[name].expand(level.size, *given[name].shape)
    return _reduced(level.wrap(again(func, arguments)), reduction)


@in_ops("cross_entropy", "nll_loss")
def _class_loss(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    given = arguments.arguments
    x, target, weight, reduction = given["input"], given["target"], given["weight"], given["reduction"]
    if given.get("size_average") is not None or given.get("reduce") is not None or level.batched(weight) or x.dim() < 1:
        raise Unruled
    single = x.dim() == 1
    values = [level.value(t) for t in (x, target)]
    if not single:
        values = [value.reshape(-1, *value.shape[2:]) for value in values]
    given["input"], given["target"], given["reduction"] = (*values, "none")
    y = again(func, arguments)
    y = level.wrap(y if single else y.reshape(level.size, -1, *y.shape[1:]))
    if reduction != "mean":
        return _reduced(y, reduction)
    if target.is_floating_point():
        return y.sum() / (y.numel() or math.nan)
    counted = target != given["ignore_index"]
    if weight is None:
        return y.sum() / counted.sum()
    return y.sum() / where(counted, weight[where(counted, target, 0)], 0.0).sum()


# --- new tensors, random numbers, what has no shape of its own ------------------------------------------------------


@rule("new_zeros", "new_ones", "new_empty", "new_full")
def _new(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    rest, named = list(args[1:]), dict(kwargs)
    if "size" in named:
        size, tail = named.pop("size"), rest
    elif func.__name__ == "new_full" or isinstance(rest[0], (tuple, list)):
        size, tail = rest[0], rest[1:]
    else:
        size, tail = tuple(rest), []
    return level.wrap(func(args[0]._value, (level.size, *size), *tail, **named))


ASKS = {"is_nonzero", "equal", "allclose"}  # say something of the values
DYNAMIC = {"nonzero", "argwhere", "masked_select", "unique", "unique_consecutive", "bincount"}

RANDOM: dict[str, Rule] = {}
_RANDOM_ERROR = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or "
    "perform the randomness operation out of vmap"
)


def _draws(*names: str) -> Callable[[Rule], Rule]:
    def enter(function: Rule) -> Rule:
        def checked(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            if level.randomness == "error":
                raise RuntimeError(_RANDOM_ERROR)
            return function(level, func, args, kwargs)

        RANDOM.update(dict.fromkeys(names, checked))
        return checked

    return enter


@_draws("rand", "randn", "randint", "randperm", "normal")
def _made(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Drawn once for all samples, or stacked over them."""
    if level.randomness == "same":
        if any(level.batched(x) for x in (*args, *kwargs.values())):
            raise RuntimeError(f"vmap: {func.__name__}: randomness='same' is not possible where an argument is batched")
        return func(*args, **kwargs)
    return _each(level, func, args, kwargs)


def _each(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    samples = []
    for index in range(level.size):
        some, named = tree_map(lambda x, i=index: x._value[i] if level.batched(x) else x, (args, kwargs))
        samples.append(func(*some, **named))
    return level.wrap(_ops.stack(samples))


@_draws("rand_like", "randn_like", "randint_like", "bernoulli", "multinomial", "poisson")
def _like(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    if level.randomness == "different":
        return _each(level, func, args, kwargs) if func.__name__ == "multinomial" else level.wrap(func(level.value(x), *args[1:], **kwargs))
    if level.batched(x):
        if func.__name__ in ("bernoulli", "multinomial", "poisson"):
            raise RuntimeError(f"vmap: {func.__name__}: randomness='same' is not possible where an argument is batched")
        return func(empty(x.shape, dtype=x.dtype), *args[1:], **kwargs)
    return func(*args, **kwargs)


@_draws("uniform_", "normal_", "bernoulli_", "random_", "exponential_", "geometric_", "cauchy_", "log_normal_")
def _drawn_into(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    if not level.batched(x):
        if level.randomness == "different":
            raise RuntimeError(
                f"vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same randomness. If this is "
                f"necessary for your usage, please file an issue with functorch. ({func.__name__})"
            )
        return func(*args, **kwargs)
    if level.randomness == "different":
        func(x._value, *args[1:], **kwargs)
    else:
        x._value.copy_(func(empty(x.shape, dtype=x.dtype), *args[1:], **kwargs))
    return x


@_draws("dropout", "alpha_dropout", "feature_alpha_dropout", "feature_dropout", "dropout1d", "dropout2d", "dropout3d")
def _dropped(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, rest = args[0], args[1:]
    if level.randomness == "different":
        if func.__name__ == "dropout":
            return level.wrap(func(level.value(x), *rest, **kwargs))
        return _each(level, func, args, kwargs)
    if not level.batched(x):
        return func(*args, **kwargs)
    if func.__name__ != "dropout":
        state = random.get_rng_state()
        samples = []
        for sample in x._value.unbind():
            random.set_rng_state(state)
            samples.append(func(sample, *rest, **kwargs))
        return level.wrap(_ops.stack(samples))
    return x * func(ones_like(x._value[0]), *rest, **kwargs)


_dropout_checked = {name: RANDOM[name] for name in ("dropout", "alpha_dropout", "feature_alpha_dropout", "feature_dropout", "dropout1d", "dropout2d", "dropout3d")}


def _unless_idle(checked: Rule) -> Rule:
    """Dropout that drops nothing draws nothing."""

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = bound(func, args, kwargs).arguments
        training = arguments.get("training", arguments.get("train", True))
        if training and arguments.get("p", 0.5) != 0:
            return checked(level, func, args, kwargs)
        return level.wrap(args[0]._value.clone()) if level.batched(args[0]) else func(*args, **kwargs)

    return run


RANDOM.update({name: _unless_idle(checked) for name, checked in _dropout_checked.items()})

for _name in list(RULES):
    if _name in OPS and OPS[_name].inplace is not None:
        RULES.setdefault(_name + "_", RULES[_name])
for _new_name, _old in ALIASES.items():
    if _old in RULES:
        RULES.setdefault(_new_name, RULES[_old])
