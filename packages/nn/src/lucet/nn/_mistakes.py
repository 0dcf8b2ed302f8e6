"""Mistakes that one call of a loss or a layer gives away: shapes that broadcast, probabilities for scores, labels, bytes."""

import inspect
from collections.abc import Iterator
from typing import Any

import lucet
from lucet import Tensor
from lucet._errors import MistakeError, error

# Losses of two operands that broadcast.
PAIRS = frozenset(
    "mse_loss l1_loss smooth_l1_loss huber_loss soft_margin_loss poisson_nll_loss hinge_embedding_loss kl_div gaussian_nll_loss".split()
)
OF_CLASSES = frozenset(("cross_entropy", "nll_loss"))
# What a validation does with scores.
READS_SCORES = PAIRS | OF_CLASSES | frozenset("binary_cross_entropy binary_cross_entropy_with_logits multi_margin_loss argmax topk max".split())
LAYERS = frozenset("conv1d conv2d conv3d linear".split())
# After these a gradient holds nothing of what it held.
RESETS = frozenset("zero_ fill_ copy_ _foreach_zero_ set_ resize_ __setitem__".split())
# These change a gradient and add nothing: clipping, unscaling.
SCALES = frozenset("mul_ div_ clamp_ _foreach_mul_ _foreach_div_ _foreach_clamp_min_ _foreach_clamp_max_".split())


def tensors_of(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from tensors_of(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from tensors_of(part)


def _bound(func: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments by name, {} where they do not fit, which the call will say."""
    try:
        bound = inspect.signature(func).bind(*args, **kwargs)
    except TypeError:
        return {}
    bound.apply_defaults()
    return bound.arguments


def check_loss(checks: frozenset[str], func: Any, name: str, args: Any, kwargs: Any) -> None:
    """Raise for what is wrong with the arguments of a loss; other functions are let through."""
    logits = name == "binary_cross_entropy_with_logits"
    if name not in PAIRS and name not in OF_CLASSES and not logits:
        return
    given = _bound(func, args, kwargs)
    input, target = given.get("input"), given.get("target")
    if not isinstance(input, Tensor) or not isinstance(target, Tensor):
        return
    if name in PAIRS and "broadcast" in checks:
        _check_shapes(name, input, target)
    if input.is_meta or target.is_meta or not input.numel() or not target.numel():
        return
    if name == "cross_entropy" and "softmax" in checks:
        _check_scores(input)
    if "labels" in checks and logits:
        _check_unit(name, target)
    if "labels" in checks and name in OF_CLASSES and not target.is_floating_point():
        _check_labels(name, input, target, given["ignore_index"], given.get("reduction"))


def _check_shapes(name: str, input: Tensor, target: Tensor) -> None:
    if input.shape == target.shape or not input.dim() or target.numel() == 1:
        return  # one number as a target is meant for all
    a, b = tuple(input.shape), tuple(target.shape)
    try:
        shape = tuple(lucet.broadcast_shapes(a, b))
    except RuntimeError:
        return
    fix = "give both one shape"
    if a[-1] == 1 and a[:-1] == b:
        fix = "input.squeeze(-1), or target.unsqueeze(-1)"
    elif b[-1] == 1 and b[:-1] == a:
        fix = "target.squeeze(-1), or input.unsqueeze(-1)"
    raise error(
        MistakeError,
        f"{name}: input {a} and target {b} broadcast to {shape}",
        facts=["each prediction is compared with the targets of others too"],
        fix=fix,
    )


def _check_scores(input: Tensor) -> None:
    dim = min(1, input.dim() - 1)
    if dim < 0 or input.shape[dim] < 2 or not input.is_floating_point():
        return
    x = input.detach()
    inside = bool((x >= 0).all()) and bool((x <= 1).all()) and bool(((x > 0) & (x < 1)).any())
    if not inside or not bool(((x.float().sum(dim) - 1).abs() < 1e-3).all()):
        return
    raise error(
        MistakeError,
        "cross_entropy: input holds probabilities, expected scores",
        facts=[f"input {tuple(input.shape)}: every row is between 0 and 1 and adds up to 1, as after softmax"],
        fix="leave the softmax out: cross_entropy has it; or nll_loss(p.log(), target)",
    )


def _check_unit(name: str, target: Tensor) -> None:
    if target.is_complex() or bool(((target >= -1e-6) & (target <= 1 + 1e-6)).all()):  # labels that were mixed are rounded
        return
    raise error(
        MistakeError,
        f"{name}: targets from {target.min().item():g} to {target.max().item():g}, expected 0 to 1",
        facts=[f"target {tuple(target.shape)}"],
        fix="cross_entropy for more than two classes; (target + 1) / 2 for labels -1 and 1",
    )


def _check_labels(name: str, input: Tensor, target: Tensor, ignored: int, reduction: Any) -> None:
    classes = input.shape[min(1, input.dim() - 1)] if input.dim() else 0
    counted = target != ignored
    wrong = counted & ((target < 0) | (target >= classes))
    if bool(wrong.any()):
        place = tuple(wrong.nonzero()[0].tolist())
        label = target[place].item()
        low, high = target[counted].min().item(), target[counted].max().item()
        where = f" at {place[0] if len(place) == 1 else place}" if place else ""
        if low >= 1 and high == classes:
            fix = "target - 1: labels count from 0"
        elif high >= classes:
            fix = f"a last layer with {high + 1} outputs, or labels below {classes}"
        else:
            fix = f"ignore_index={label} where that label means none"
        raise error(
            MistakeError,
            f"{name}: label {label}{where} is out of range for {classes} classes",
            facts=[f"labels from {low} to {high}, ignore_index {ignored}; input {tuple(input.shape)}, target {tuple(target.shape)}"],
            fix=fix,
        )
    if reduction == "mean" and not bool(counted.any()):
        raise error(
            MistakeError,
            f"{name}: every label is ignore_index {ignored}, so the mean loss is NaN",
            facts=[f"target {tuple(target.shape)}"],
            fix='leave such batches out, or reduction="sum"',
        )


def bytes_in_a_layer(func: Any, name: str, args: Any, kwargs: Any) -> bool:
    """Whether this is a convolution or linear layer at all. Raises where its input looks like bytes of images."""
    if name not in LAYERS:
        return False
    x = _bound(func, args, kwargs).get("input")
    if not isinstance(x, Tensor) or x.is_meta or x.requires_grad or not x.numel() or x.is_complex():
        return True
    features = x.shape[-1] if name == "linear" else x.numel() // max(1, x.shape[0])
    if x.dtype is lucet.uint8:
        told = "bytes"
    elif x.is_floating_point() and features >= 64 and _are_bytes(x.detach()):
        told = f"whole numbers up to {x.max().item():g}"
    else:
        return True
    raise error(
        MistakeError,
        f"{name}: input holds {told}, as images do before they are normalised",
        facts=[f"input {tuple(x.shape)} {str(x.dtype)[6:]}"],
        fix="x.float() / 255, or ToTensor() and Normalize() in the transform",
    )


def _are_bytes(x: Tensor) -> bool:
    first = x.reshape(-1)[:64]  # most inputs are let through by these
    if bool((first != first.trunc()).any()):
        return False
    return bool((x == x.trunc()).all()) and x.min().item() >= 0 and 127 < x.max().item() <= 255
