"""Reductions, orders, and views: what counts dimensions; new tensors like a sample."""

import math
from typing import Any

from lucet._ops import where
from lucet._registry import OPS
from lucet._tensor import Tensor
from lucet.func._rules.kinds import (
    RULES,
    Rule,
    Unruled,
    bound,
    elementwise,
    flat,
    in_ops,
    lifted,
    rank_of,
    rule,
    shifted,
    with_dims,
)
from lucet.func._rules.network import unfold

RULES.update(dict.fromkeys(["sum", "mean", "nansum", "amax", "amin", "logsumexp", "var", "std", "var_mean", "std_mean", "norm", "vector_norm", "count_nonzero"], with_dims("dim", whole="all")))
RULES.update(dict.fromkeys(["all", "any", "prod", "argmax", "argmin", "aminmax"], with_dims("dim", whole="flat")))
RULES.update(dict.fromkeys(["nanmean", "quantile", "nanquantile"], with_dims("dim", whole="flat")))
RULES.update(dict.fromkeys(["cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "softmax", "log_softmax", "softmin", "sort", "argsort", "topk", "kthvalue", "mode"], with_dims("dim")))
RULES.update(dict.fromkeys(["select", "narrow", "unbind", "split", "chunk", "split_with_sizes", "unsafe_split", "unsafe_split_with_sizes", "unsafe_chunk", "tensor_split", "unflatten", "index_fill"], with_dims("dim")))
RULES.update(dict.fromkeys(["unsqueeze"], with_dims("dim", insert=True)))
RULES.update(dict.fromkeys(["transpose", "swapaxes", "swapdims"], with_dims("dim0", "dim1", "axis0", "axis1")))
RULES["flatten"] = with_dims("start_dim", "end_dim")
RULES["diagonal"] = with_dims("dim1", "dim2")
RULES["diag_embed"] = with_dims("dim1", "dim2", insert=True)
RULES["unfold"] = unfold  # of two ops
RULES["movedim"] = RULES["moveaxis"] = with_dims("source", "destination")


def _extreme(whole: str, pair: str) -> Rule:
    """max and min: of all elements, along a dimension, or of two tensors."""
    along = with_dims("dim")

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        second = args[1] if len(args) > 1 else kwargs.get("other", kwargs.get("dim"))
        if isinstance(second, Tensor):
            return elementwise(level, OPS[pair].function, (args[0], second), {})
        if second is None:
            return level.wrap(OPS[whole].function(flat(level, args[0]), 1))
        return along(level, func, args, kwargs)

    return run


RULES["max"], RULES["min"] = _extreme("amax", "maximum"), _extreme("amin", "minimum")


@rule("median", "nanmedian")
def _median(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if len(args) > 1 or kwargs:
        return with_dims("dim")(level, func, args, kwargs)
    return level.wrap(func(flat(level, args[0]), 1).values)


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


@in_ops(
    "alias_copy", "as_strided_copy", "detach_copy", "diagonal_copy", "expand_copy", "permute_copy", "select_copy", "slice_copy", "split_copy",
    "split_with_sizes_copy", "squeeze_copy", "t_copy", "transpose_copy", "unbind_copy", "unfold_copy", "unsqueeze_copy", "view_copy",
    "frobenius_norm", "norm_except_dim", "to_dense", "is_conj", "is_neg", "is_signed", "is_distributed", "get_device", "is_same_size",
)  # fmt: skip
def _as_written(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Composed ops whose parts have rules."""
    return func.__wrapped__(*args, **kwargs)


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


@rule("as_strided_scatter")
def _as_strided_scatter(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, src = arguments["input"], arguments["src"]
    if level.size == 0:
        raise Unruled
    value = lifted(level, x, x.dim()).expand(level.size, *x.shape).contiguous()
    place = value.storage_offset() + (arguments.get("storage_offset") or 0)
    put = lifted(level, src, src.dim()).expand(level.size, *src.shape)
    return level.wrap(func(value, put, (level.size, *arguments["size"]), (max(x.numel(), 1), *arguments["stride"]), place))


@rule("t", "adjoint")
def _t(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x = args[0]
    if func.__name__ == "t" and x.dim() > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.dim()}D")
    return level.wrap(x._value.transpose(-2, -1) if x.dim() > 1 else x._value)


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
