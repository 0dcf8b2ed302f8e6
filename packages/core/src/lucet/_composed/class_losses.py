"""Losses over classes that are sums of other ops: margins of one label or several, logistic terms, and the cross-entropy of a linear layer."""

import warnings
from typing import Any

from lucet import _modes
from lucet._composed._define import composed
from lucet._composed._reductions import reduced, reduction_name
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, RangeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.create import arange, tensor, zeros
from lucet._ops.join import cat
from lucet._ops.loss import cross_entropy
from lucet._ops.pointwise import logsigmoid
from lucet._ops.pointwise import where_function as where
from lucet._ops.products import linear
from lucet._tensor import Tensor

_WIDE = (DTYPES["float32"], DTYPES["float64"])


def _rows(name: str, input: Tensor) -> Tensor:
    """`input` as (samples, classes); one vector, or one score, is one sample."""
    if input.dim() > 2 or input.dim() and input.shape[-1] == 0:
        raise error(ShapeError, f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}")
    if input.dtype not in _WIDE:
        raise error(DtypeError, f'"{name}" not implemented for {str(input.dtype)[6:]}', fix="input.float()")
    return input.reshape(1, -1) if input.dim() < 2 else input


def _check_long(target: Tensor) -> None:
    if target.dtype is not DTYPES["int64"]:
        raise error(DtypeError, f"expected scalar type Long but found {str(target.dtype)[6:]}", fix="target.long()")


def _labels(*labels: int) -> Tensor:
    return tensor(list(labels))


@composed(
    also="nn.functional", public=False, family="loss", dtypes="floats",
    samples=lambda r: [
        (r(3, 4), _labels(0, 3, 1)), (r(4), _labels(2)), (r(3, 4), _labels(0, 3, 1), 2, 0.5, r(4).abs().detach()),
        (r(3, 4), _labels(1, 1, 2), 1, 1.0, None, None, None, "none"),
    ],
)  # fmt: skip
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean") -> Tensor

    By how much scores of other classes come nearer than `margin` to the target's: max(0, margin - input[y] + input[i])**p over i != y,
    times the target's weight, by the number of classes. The reduction is as in `mse_loss`.
    Shape: input (N, C), target (N) of labels; or (C) and one label. weight (C). Dtype: float32, float64; target int64.
    Raises: ValueError for a p that is neither 1 nor 2, RangeError for a label out of range, ShapeError, DtypeError.

    >>> import lucet, lucet.nn.functional as F
    >>> F.multi_margin_loss(lucet.tensor([[0.5, 0.25, 2.0]]), lucet.tensor([0]))
    tensor(1.0833)
    """
    how = reduction_name(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    scores = _rows("multi_margin_loss", input)
    count, classes = scores.shape
    if target.dim() > 1 or target.numel() != count:
        raise error(
            ShapeError,
            f"multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
            f"Expected target size [{count}], but got {list(target.shape)}. Input has shape {list(input.shape)}.",
        )
    _check_long(target)
    if weight is not None and weight.numel() != classes:
        raise error(ShapeError, f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    if weight is not None and weight.dtype is not input.dtype:
        raise error(DtypeError, f"expected scalar type {str(input.dtype)[6:]} but found {str(weight.dtype)[6:]}", fix="weight.to(input.dtype)")
    labels = target.reshape(-1, 1)
    if not labels.is_meta and not scores.is_meta and bool(((labels < 0) | (labels >= classes)).any()):
        raise error(RangeError, "target out of range", facts=[f"labels from {int(labels.min())} to {int(labels.max())}, classes 0 to {classes - 1}"])
    gaps = (margin - scores.gather(1, labels) + scores).clamp_min(0)
    gaps = gaps if p == 1 else gaps * gaps
    gaps = gaps if weight is None else gaps * weight[labels]
    others = arange(classes, device=scores.device) != labels
    loss = where(others, gaps, 0.0).sum(1) / classes
    return reduced(loss.reshape(target.shape if input.dim() < 2 else (count,)), how)


@composed(
    also="nn.functional", public=False, family="loss", dtypes="floats",
    samples=lambda r: [(r(2, 3), _labels(0, -1, 2, 1, 2, -1).reshape(2, 3)), (r(4), _labels(3, 0, -1, 1)), (r(3), _labels(-1, 1, 2), None, None, "none")],
)  # fmt: skip
def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean") -> Tensor

    max(0, 1 - (input[j] - input[i])) over the labels j of a sample and the classes i that are none, by the number of classes.
    A row of the target lists the labels; from the first -1 on it is not read. The reduction is as in `mse_loss`.
    Shape: input and target (N, C) or (C). Dtype: float32, float64; target int64.
    Raises: RangeError for a label out of range, ShapeError, DtypeError.

    >>> import lucet, lucet.nn.functional as F
    >>> F.multilabel_margin_loss(lucet.tensor([0.1, 0.2, 0.4, 0.8]), lucet.tensor([3, 0, -1, 1]))
    tensor(0.8500)
    """
    how = reduction_name(reduction, size_average, reduce)
    scores = _rows("multilabel_margin_loss_forward_out_frame", input)
    if target.dim() > 2 or target.numel() != scores.numel() or input.dim() == 2 and target.shape != input.shape:
        raise error(ShapeError, f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    _check_long(target)
    count, classes = scores.shape
    labels = target.reshape(count, classes)
    elements = not labels.is_meta and not scores.is_meta
    if elements and bool(((labels < -1) | (labels >= classes)).any()):
        raise error(
            RangeError, "argument #2 'target' is out of range", facts=[f"labels from {int(labels.min())} to {int(labels.max())}, classes 0 to {classes - 1}"]
        )
    told = (labels < 0).long().cumsum(1) == 0
    if elements and count:  # as many columns as the longest list, for the pairs below are many
        longest = max(1, int(told.sum(1).max()))
        labels, told = labels[:, :longest], told[:, :longest]
    places = where(told, labels, classes)
    is_label = zeros((count, classes + 1), dtype=DTYPES["bool"], device=scores.device).scatter(1, places, True)[:, :classes]
    of_labels = scores.gather(1, where(told, labels, 0))
    gaps = (1 - (of_labels.unsqueeze(2) - scores.unsqueeze(1))).clamp_min(0)
    loss = where(told.unsqueeze(2) & ~is_label.unsqueeze(1), gaps, 0.0).sum((1, 2)) / classes
    return reduced(loss.reshape(()) if input.dim() < 2 else loss, how)


@composed(
    also="nn.functional", public=False, family="loss", dtypes="floats and complex",
    samples=lambda r: [(r(3, 4), r(3, 4).sign().detach()), (r(5), r(5).sign().detach(), None, None, "sum"), (r(3), r(2, 3).sign().detach()[0], None, None, "none")],
)  # fmt: skip
def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean") -> Tensor

    log(1 + exp(-target * input)) for targets 1 and -1, the logistic loss. The reduction is as in `mse_loss`.
    Shape: target broadcasts to input.

    >>> import lucet, lucet.nn.functional as F
    >>> F.soft_margin_loss(lucet.zeros(2), lucet.tensor([1.0, -1.0]))
    tensor(0.6931)
    """
    how = reduction_name(reduction, size_average, reduce)
    exponents = -target * input
    if exponents.shape != input.shape:
        raise error(ShapeError, f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(exponents.shape)}")
    if not (input.is_floating_point() or input.is_complex()):
        raise error(DtypeError, f"result type {str(exponents.dtype)[6:]} can't be cast to the desired output type {str(input.dtype)[6:]}", fix="input.float()")
    return reduced(exponents.exp().log1p().to(input.dtype), how)


@composed(
    also="nn.functional", public=False, family="loss", dtypes="floats",
    samples=lambda r: [(r(3, 4), r(3, 4).sign().detach()), (r(3, 4), r(3, 4).sign().detach(), r(4), None, None, "none"), (r(4), r(4))],
)  # fmt: skip
def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean") -> Tensor

    The binary cross-entropy of sigmoid(input) and targets in 0..1, times `weight`, its mean over classes, the last dimension.
    The reduction is as in `mse_loss`, over what is left.

    >>> import lucet, lucet.nn.functional as F
    >>> F.multilabel_soft_margin_loss(lucet.zeros(2, 3), lucet.ones(2, 3))
    tensor(0.6931)
    """
    how = reduction_name(reduction, size_average, reduce)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    loss = loss if weight is None else loss * weight
    return reduced(loss.sum(-1) / input.shape[-1], how)


# --- the cross-entropy of a linear layer -----------------------------------------------------------------------------


@composed(
    also="nn.functional", public=False, family="loss", dtypes="floats",
    samples=lambda r: [
        (r(3, 4), r(5, 4), _labels(0, 3, 1)), (r(4), r(5, 4), _labels(2)[0]), (r(3, 4), r(5, 4), _labels(0, 3, 1), {"linear_bias": r(5), "label_smoothing": 0.1}),
        (r(2, 3), r(4, 2, 3), _labels(0, 3, 1, 2).reshape(2, 2), {"reduction": "sum"}),
    ],
)  # fmt: skip
def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """linear_cross_entropy(input, linear_weight, target, *, linear_bias=None, weight=None, reduction="mean", ignore_index=None, label_smoothing=0.0, options=None) -> Tensor

    `cross_entropy` of the scores `linear(input, linear_weight, linear_bias)`. With `options` (LinearCrossEntropyOptions) and labels the
    scores of so many samples at a time are made, and again in backward, so that those of all never exist together.
    Shape: input (N, in) or (in), linear_weight (C, d1, ..., in), linear_bias (C, d1, ...), target as in `cross_entropy`.
    Raises: ShapeError, and what `cross_entropy` raises.

    >>> import lucet, lucet.nn.functional as F
    >>> F.linear_cross_entropy(lucet.ones(2, 3), lucet.ones(4, 3), lucet.tensor([0, 2]))
    tensor(1.3863)
    """
    if not 1 <= input.dim() <= 2:
        raise error(ShapeError, f"expected input with dimensionality 1 or 2, got {input.dim()}")
    if linear_weight.dim() < 2:
        raise error(ShapeError, f"expected linear_weight with dimensionality at least 2, got {linear_weight.dim()}")
    batch, features = input.shape[:-1], input.shape[-1]
    classes, *out = linear_weight.shape[:-1]
    if features != linear_weight.shape[-1]:
        raise error(
            ShapeError, f"expected equal input and linear_weight last dimensions (in_features), got {features} and {linear_weight.shape[-1]}, respectively"
        )
    if linear_bias is not None and tuple(linear_bias.shape) != (classes, *out):
        raise error(ShapeError, f"expected linear_bias shape {(classes, *out)}, got {tuple(linear_bias.shape)}")
    if out and not batch:
        raise error(
            ShapeError,
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, (N, {features}), "
            f"got unbatched input with shape {tuple(input.shape)}",
        )
    shape = (*batch, classes, *out)
    if tuple(target.shape) == shape and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    ignored = -100 if ignore_index is None else ignore_index
    if options is not None:
        if not out and reduction in ("mean", "sum", "none") and label_smoothing == 0 and target.dtype is DTYPES["int64"]:
            return _by_pieces(input, linear_weight, target, linear_bias, weight, reduction, ignored, options)
        warnings.warn(
            f"linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {{'mean','sum','none'}}, label_smoothing == 0, "
            f"target.dtype == int64, out_features == (). Got reduction={reduction!r}, label_smoothing={label_smoothing}, "
            f"target.dtype={target.dtype}, out_features={tuple(out)}",
            stacklevel=2,
        )
    flat = linear_weight.reshape(-1, features) if out else linear_weight
    bias = linear_bias.reshape(-1) if out and linear_bias is not None else linear_bias
    scores = linear(input, flat, bias).reshape(shape)
    return cross_entropy(scores, target, weight, ignore_index=ignored, reduction=reduction, label_smoothing=label_smoothing)


def _piece(rows: Tensor, labels: Tensor, matrix: Tensor, offset: Tensor | None, weight: Tensor | None, ignored: int) -> Tensor:
    return cross_entropy(linear(rows, matrix, offset), labels, weight, ignore_index=ignored, reduction="none")


def _pieces_rule(wanted: list[bool], grads: list[Any], kept: list[Any], options: Any) -> list[Tensor | None]:
    """By the scores: the class's weight times softmax minus one at the label, a piece at a time."""
    (g,), (x, matrix), (offset, labels, weight, ignored, size) = grads, kept[:2], options
    offset = kept[2] if offset else None
    of_x, of_matrix, of_offset = [], None, None
    for first in range(0, len(x), size):
        rows = slice(first, first + size)
        counted = labels[rows] != ignored
        told = where(counted, labels[rows], 0)
        factor = g[rows] * counted if weight is None else g[rows] * counted * weight[told]
        at_label = arange(len(matrix), device=x.device) == told.unsqueeze(1)
        slope = (linear(x[rows], matrix, offset).softmax(1) - at_label.to(x.dtype)) * factor.unsqueeze(1)
        if wanted[0]:
            of_x.append(slope @ matrix)
        if wanted[1]:
            part = slope.mT @ x[rows]
            of_matrix = part if of_matrix is None else of_matrix + part
        if offset is not None and wanted[2]:
            of_offset = slope.sum(0) if of_offset is None else of_offset + slope.sum(0)
    found = [cat(of_x) if wanted[0] else None, of_matrix, of_offset]
    return found if offset is not None else found[:2]


def _by_pieces(
    input: Tensor, linear_weight: Tensor, target: Tensor, bias: Tensor | None, weight: Tensor | None, reduction: str, ignored: int, options: Any
) -> Tensor:
    """The loss over so many samples at a time; backward computes their scores anew."""
    rows, labels = (input, target) if input.dim() == 2 else (input.unsqueeze(0), target.reshape(1))
    count, size = len(rows), options._adjust(len(rows), rows.shape[1], linear_weight.shape[0], input.dtype, input.device).batch_chunk_size
    if size >= count:
        return cross_entropy(linear(input, linear_weight, bias), target, weight, ignore_index=ignored, reduction=reduction)
    if labels.shape != rows.shape[:1]:
        raise error(ShapeError, f"linear_cross_entropy: expected a label for each of {count} samples, got target {tuple(target.shape)}")
    before = _modes.is_grad_enabled()
    _modes._set_grad_enabled(False)
    try:
        losses = cat([_piece(rows[k : k + size], labels[k : k + size], linear_weight, bias, weight, ignored) for k in range(0, count, size)])
    finally:
        _modes._set_grad_enabled(before)
    learned = (rows, linear_weight) if bias is None else (rows, linear_weight, bias)
    settings = (bias is not None, labels.clone(), None if weight is None else weight.detach().clone(), ignored, size)
    recorded("LinearCrossEntropyBackward0", _pieces_rule, learned, (losses,), learned, settings)
    if reduction != "mean":
        return reduced(losses, reduction)
    counted = labels != ignored
    if weight is None:
        return losses.sum() / counted.sum()
    return losses.sum() / where(counted, weight.detach()[where(counted, labels, 0)], 0.0).sum()
