"""Connectionist temporal classification: what is checked and recorded. The passes are in _ops/loss_ctc.pxi."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from lucet._composed._define import composed
from lucet._composed._reductions import numbered, reduced, reduction_name
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, RangeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.create import empty, tensor
from lucet._ops.loss import ctc_backward, ctc_forward
from lucet._registry import Samples
from lucet._tensor import Tensor

_CHECKING = " (while checking arguments for ctc_loss_allocate_outputs)"
_WHOLE = tuple(DTYPES[name] for name in ("uint8", "int8", "int16", "int32", "int64"))
Lengths = Tensor | Sequence[int]


def _lengths(name: str, lengths: Any, count: int, most: int | None) -> list[int]:
    """Checked lengths as plain numbers."""
    if isinstance(lengths, Tensor):
        if lengths.dtype not in _WHOLE:
            raise error(DtypeError, f"{name} must be integral, got {str(lengths.dtype)[6:]}", fix=f"{name}.long()")
        lengths = lengths.reshape(-1).tolist()
    if not isinstance(lengths, (list, tuple)) or not all(isinstance(n, int) and not isinstance(n, bool) for n in lengths):
        raise TypeError(f"ctc_loss(): argument '{name}' must be tuple of ints or Tensor, not {type(lengths).__name__}")
    if len(lengths) != count:
        raise error(ShapeError, f"{name} must be of size batch_size", facts=[f"{len(lengths)} lengths, {count} sequences"])
    for n, length in enumerate(lengths):
        if length < 0:
            raise error(RangeError, f"Expected {name} to have value at least 0, but got value {length}{_CHECKING}", facts=[f"sequence {n}"])
        if most is not None and length > most:
            raise error(RangeError, f"Expected {name} to have value at most {most}, but got value {length}{_CHECKING}", facts=[f"sequence {n}"])
    return list(lengths)


def _starts(targets: Tensor, lengths: list[int]) -> list[int]:
    """Where the labels of each sequence begin among the elements of `targets`."""
    count = len(lengths)
    if targets.dim() == 1:
        if targets.numel() != sum(lengths):
            raise error(
                ShapeError,
                f"Expected tensor to have size {sum(lengths)} at dimension 0, but got size {targets.numel()} for argument #2 'targets'{_CHECKING}",
            )
        return [0, *accumulate(lengths)][:count]
    if targets.dim() != 2:
        raise error(ShapeError, f"Expected 1 to 2 dimensions, but got {targets.dim()}-dimensional tensor for argument #2 'targets'{_CHECKING}")
    if targets.shape[0] != count:
        raise error(
            ShapeError, f"Expected tensor to have size {count} at dimension 0, but got size {targets.shape[0]} for argument #2 'targets'{_CHECKING}"
        )
    longest, width = max(lengths, default=0), targets.shape[1]
    if width < longest:
        raise error(
            ShapeError,
            f"Expected tensor to have size at least {longest} at dimension 1, but got size {width} for argument #2 'targets'{_CHECKING}",
        )
    return [n * width for n in range(count)]


def _rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> list[Tensor | None]:
    (g,), (x, nll, alpha) = grads, kept
    gradient = ctc_backward(x, g, nll, alpha, *options)
    recorded("NotImplemented", _no_rule, (g, x), (gradient,), ())
    return [gradient]


def _no_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> list[Tensor | None]:
    raise RuntimeError("derivative for aten::_ctc_loss_backward is not implemented")


def _ctc(log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int, how: str, zero_infinity: bool) -> Tensor:
    if not isinstance(blank, int):
        raise TypeError(f"ctc_loss(): argument 'blank' must be int, not {type(blank).__name__}")
    if isinstance(input_lengths, Tensor) != isinstance(target_lengths, Tensor):
        raise TypeError("ctc_loss() received an invalid combination of arguments: both lengths are tensors, or both are tuples of ints")
    single = log_probs.dim() == 2
    x = log_probs.unsqueeze(1) if single else log_probs
    if x.dim() != 3:
        raise error(
            ShapeError, f"Expected 3-dimensional tensor, but got {log_probs.dim()}-dimensional tensor for argument #1 'log_probs'{_CHECKING}"
        )
    targets = targets.unsqueeze(0) if single and targets.dim() == 1 else targets
    times, count, classes = x.shape
    if x.numel() == 0:
        raise error(ShapeError, "log_probs tensor must not be empty", facts=[f"log_probs {tuple(log_probs.shape)}"])
    if x.dtype not in (DTYPES["float32"], DTYPES["float64"]):
        raise error(DtypeError, f'"ctc_loss_cpu" not implemented for {str(x.dtype)[6:]}', fix="log_probs.float()")
    if not 0 <= blank < classes:
        raise error(RangeError, "blank must be in label range", facts=[f"blank {blank}, classes 0 to {classes - 1}"])
    if x.is_meta or targets.is_meta:
        terms = empty(count, dtype=x.dtype, device="meta")
    else:
        of_input = _lengths("input_lengths", input_lengths, count, times)
        of_target = _lengths("target_lengths", target_lengths, count, None)
        starts = _starts(targets, of_target)
        labels = targets.detach().to(DTYPES["int64"]).reshape(-1).clone()  # the kernel checks each
        geometry = (labels, tensor(starts), tensor(of_input), tensor(of_target), max(of_target), blank)
        nll, alpha = ctc_forward(x, *geometry)
        terms = nll.to(x.dtype).clone()
        recorded("CtcLossBackward0", _rule, (x,), (terms,), (x, nll, alpha), (*geometry, zero_infinity))
        if zero_infinity:
            terms = terms.masked_fill(terms.detach() == float("inf"), 0)
        if how == "mean":
            return (terms / tensor(of_target, dtype=x.dtype).clamp_min(1)).mean()
    return reduced(terms.squeeze(0) if single and how == "none" else terms, how)


def _alignments(last: Any) -> Samples:
    def samples(r: Any) -> Any:
        scores = lambda *shape: r(*shape).log_softmax(-1).detach()
        yield scores(5, 2, 4), tensor([[1, 2], [3, 3]]), (5, 4), (2, 2), 0, last[0]
        yield scores(5, 2, 4), tensor([1, 2, 0]), (5, 3), (2, 1), 3, last[1], True
        yield scores(4, 3), tensor([2, 1]), tensor([4]), tensor([2]), 0, last[2]
        yield scores(3, 2, 3), tensor([[1, 2, 1], [2, 0, 0]]), (3, 0), (0, 0)

    return samples


@composed(family="loss", dtypes="floats", grad="once", samples=_alignments((1, 2, 0)))
def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Lengths, target_lengths: Lengths, blank: int = 0, reduction: int = 0, zero_infinity: bool = False
) -> Tensor:
    """ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction=0, zero_infinity=False) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.ctc_loss(lucet.zeros(3, 1, 4).log_softmax(-1), lucet.tensor([[1, 2]]), (3,), (2,), 0, 2)
    tensor(2.5494)
    """
    return _ctc(log_probs, targets, input_lengths, target_lengths, blank, numbered("ctc_loss", reduction), zero_infinity)


@composed(name="ctc_loss", key="nn.functional.ctc_loss", also="nn.functional", public=False, family="loss", dtypes="floats", grad="once", samples=_alignments(("mean", "sum", "none")))
def _functional_ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False) -> Tensor

    The negative logarithm of the probability of a sequence of labels, over all its alignments with the times: each label once or more,
    in order, with blanks between. "mean" divides each by the length of its target first. Sequences that no alignment fits are infinite;
    with `zero_infinity` they and their gradients are 0. The gradient is that of the scores whose `log_softmax` the log-probabilities are,
    as torch's; it has no derivative of its own.

    Shape: log_probs (T, N, C), or (T, C) of one sequence; targets (N, S), or all labels one after another; lengths (N), as tensors or tuples.
    Dtype: float32, float64.
    Raises: RangeError for labels, lengths and blanks out of range, ShapeError, DtypeError, ValueError for another reduction.
    Source: Graves et al., Connectionist temporal classification, 2006.

    >>> import lucet, lucet.nn.functional as F
    >>> F.ctc_loss(lucet.zeros(3, 1, 4).log_softmax(-1), lucet.tensor([[1, 2]]), (3,), (2,), reduction="sum")
    tensor(2.5494)
    """
    return _ctc(log_probs, targets, input_lengths, target_lengths, blank, reduction_name(reduction), zero_infinity)
