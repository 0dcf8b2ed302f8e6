"""Matrix products, convolutions, pools, norms and losses."""

import math
from typing import Any

from lucet._composed._matrices import HALVES
from lucet._ops import matmul, where
from lucet._registry import OPS
from lucet._tensor import Tensor
from lucet.func._rules.kinds import (
    Unruled,
    again,
    bound,
    folded,
    in_ops,
    lifted,
    rank_of,
    rule,
    with_dims,
)

# --- matrix products --------------------------------------------------------------------------------------------------


def _product(level: Any, a: Any, b: Any) -> Tensor:
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


_ADDED = {"addmm": (2, 2), "addmv": (2, 1), "addr": (1, 1), "baddbmm": (3, 3), "addbmm": (3, 3)}


@in_ops(*_ADDED, *(f"{name}_" for name in _ADDED))
def _added(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    base, a, b = list(arguments.values())[:3]
    beta, alpha = arguments["beta"], arguments["alpha"]
    name, dtype = func.__name__.rstrip("_"), base.dtype
    if (a.dim(), b.dim()) != _ADDED[name] or not dtype == a.dtype == b.dtype or not (base.is_floating_point() or base.is_complex()):
        raise Unruled  # what is refused, and whole factors of integers, are as for one sample
    if dtype in HALVES:  # rounded once, at the end
        base, a, b = base.float(), a.float(), b.float()
    product = a.unsqueeze(1) * b if name == "addr" else a @ b
    product = product.sum(0) if name == "addbmm" else product
    product = product if alpha == 1 else product * alpha
    result = product if beta == 0 else product + (base if beta == 1 else base * beta)
    if result.shape != product.shape:
        raise Unruled
    return (args[0].copy_(result) if func.__name__ != name else result).to(dtype)


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


# --- images -----------------------------------------------------------------------------------------------------------


for _kept in (1, 2, 3):
    _kinds = (f"max_pool{_kept}d", f"avg_pool{_kept}d", f"adaptive_avg_pool{_kept}d", f"adaptive_max_pool{_kept}d", f"lp_pool{_kept}d")
    folded((*_kinds, f"max_pool{_kept}d_with_indices", f"adaptive_max_pool{_kept}d_with_indices"), _kept + 1)
folded(("pixel_shuffle", "pixel_unshuffle"), 3)


@rule("interpolate", "upsample", "upsample_nearest", "upsample_bilinear", "local_response_norm")
def _by_channel(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if args[0].dim() < 3:
        raise Unruled
    return folded((), args[0].dim() - 1)(level, func, args, kwargs)


@rule("fold")
def _fold(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return folded((), 2)(level, func, args, kwargs)


_along_one_dimension = with_dims("dimension")


def unfold(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Two ops have this name: windows along one dimension of a tensor, and those of images as columns."""
    if func is not OPS["nn.functional.unfold"].function:
        return _along_one_dimension(level, func, args, kwargs)
    return folded((), 3)(level, func, args, kwargs)


@rule("grid_sample", "grid_sampler", "grid_sampler_2d", "grid_sampler_3d")
def _grid(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    x, grid, *rest = args
    if any(level.batched(y) for y in (*rest, *kwargs.values())) or x.dim() not in (4, 5) or x.dim() != grid.dim():
        raise Unruled
    value, places = level.value(x), level.value(grid)
    y = func(value.reshape(-1, *value.shape[2:]), places.reshape(-1, *places.shape[2:]), *rest, **kwargs)
    return level.wrap(y.reshape(level.size, -1, *y.shape[1:]))


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
    later: Any = None
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


# --- norms and losses -------------------------------------------------------------------------------------------------


def _wide(x: Tensor, *parameters: Tensor | None) -> Tensor:
    """Half types in float32 where a weight or bias comes after the norm: the result is rounded once."""
    return x.float() if x.dtype in HALVES and any(p is not None for p in parameters) else x


def _affine(y: Tensor, weight: Tensor | None, bias: Tensor | None, shape: tuple[int, ...], dtype: Any) -> Tensor:
    y = y if weight is None else y * weight.reshape(shape)
    return (y if bias is None else y + bias.reshape(shape)).to(dtype)


@in_ops("layer_norm")
def _layer_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, shape = arguments["input"], arguments["normalized_shape"]
    weight, bias = arguments["weight"], arguments["bias"]
    y = level.wrap(func(level.value(_wide(x, weight, bias)), shape, None, None, arguments["eps"]))
    return _affine(y, weight, bias, tuple(shape) if isinstance(shape, (tuple, list)) else (shape,), x.dtype)


@in_ops("rms_norm")
def _rms_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, shape, weight = arguments["input"], arguments["normalized_shape"], arguments["weight"]
    y = level.wrap(func(level.value(_wide(x, weight)), shape, None, arguments["eps"]))
    return _affine(y, weight, None, tuple(shape), x.dtype)


@in_ops("group_norm")
def _group_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs).arguments
    x, weight, bias = arguments["input"], arguments["weight"], arguments["bias"]
    value = level.value(_wide(x, weight, bias))
    y = func(value.reshape(-1, *value.shape[2:]), arguments["num_groups"], None, None, arguments["eps"]).reshape(value.shape)
    return _affine(level.wrap(y), weight, bias, (-1, *[1] * (value.dim() - 3)), x.dtype)


@in_ops("instance_norm")
def _instance_norm(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    given = arguments.arguments
    if given["running_mean"] is not None or given["running_var"] is not None:
        raise Unruled
    x, weight, bias = given["input"], given["weight"], given["bias"]
    value = level.value(_wide(x, weight, bias))
    given["input"], given["weight"], given["bias"] = value.reshape(-1, *value.shape[2:]), None, None
    return _affine(level.wrap(again(func, arguments).reshape(value.shape)), weight, bias, (-1, *[1] * (value.dim() - 3)), x.dtype)


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
    return _affine(level.wrap(y), weight, bias, (-1, *[1] * (value.dim() - 3)), y.dtype)


def _reduced(y: Any, reduction: str) -> Any:
    return y.mean() if reduction == "mean" else y.sum() if reduction == "sum" else y


@in_ops("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
def _loss(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    arguments = bound(func, args, kwargs)
    given = arguments.arguments
    if given.get("size_average") is not None or given.get("reduce") is not None or func.__name__ == "mse_loss" and given.get("weight") is not None:
        raise Unruled
    reduction, given["reduction"] = given["reduction"], "none"
    if isinstance(reduction, int):  # the forms of `lucet` itself number it
        reduction, given["reduction"] = {1: "mean", 2: "sum"}.get(reduction, "none"), 0
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


@in_ops(
    "hinge_embedding_loss", "margin_ranking_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss", "cosine_embedding_loss",
    "poisson_nll_loss", "soft_margin_loss", "multilabel_soft_margin_loss", "glu", "softsign", "tanhshrink",
)  # fmt: skip
def _by_its_body(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What is a sum of other ops, each of which has a rule."""
    return func.__wrapped__(*args, **kwargs)
