"""Ops of several tensors: joined, indexed."""

from typing import Any

from lucet import _ops
from lucet._dtype import DTYPES
from lucet._ops import arange
from lucet._tensor import Tensor
from lucet.func._rules.kinds import Unruled, again, bound, lifted, rank_of, rule, shifted


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
    if "indices" in arguments.arguments:  # torch's own form, with the table first
        raise Unruled
    index, weight = arguments.arguments["input"], arguments.arguments["weight"]
    if not level.batched(weight):
        arguments.arguments["input"] = index._value
        return level.wrap(again(func, arguments))
    if any(arguments.arguments.get(name) for name in ("max_norm", "scale_grad_by_freq", "sparse")) or arguments.arguments.get("padding_idx") is not None:
        raise Unruled
    rows = weight.size(0)
    offset = (arange(level.size) * rows).reshape(level.size, *[1] * index.dim())
    return level.wrap(func(level.value(index) + offset, weight._value.reshape(level.size * rows, weight.size(1))))
