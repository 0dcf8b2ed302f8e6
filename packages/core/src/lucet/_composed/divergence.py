"""Divergences of distributions, as sums of other ops."""

import warnings

from lucet import _modes
from lucet._errors import DtypeError, error
from lucet._registry import op
from lucet._tensor import Tensor


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False) -> Tensor

    The Kullback-Leibler divergence `target * (log(target) - input)` of log-probabilities `input` from probabilities `target`,
    or, with `log_target`, from their logarithms; a target of 0 counts 0.
    `reduction` is "none", "sum", "batchmean" (the sum by the size of the first dimension; the divergence proper) or "mean" (by
    the number of elements, with torch's warning). `size_average` and `reduce` are older names for it, and warn.
    Shape: any two that broadcast. Dtype: floating.
    Raises: ValueError for another reduction; DtypeError for integers.

    >>> import lucet, lucet.nn.functional as F
    >>> F.kl_div(lucet.tensor([[0.5, 0.5]]).log(), lucet.tensor([[1.0, 0.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    for name, tensor in (("input", input), ("target", target)):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"kl_div(): argument '{name}' must be Tensor, not {type(tensor).__name__}")
    if _modes._is_overridden((input, target)):
        taken, result = _modes._offered(kl_div, (input, target), (input, target, size_average, reduce, reduction, log_target), {})
        if taken:
            return result
    how = _reduction(size_average, reduce, reduction)
    if not (input.is_floating_point() and target.is_floating_point()):
        raise error(
            DtypeError, f"kl_div: Integral inputs not supported, got input {input.dtype} and target {target.dtype}"
        )
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = (target * target.log()).masked_fill(target == 0, 0) - target * input
    loss = loss if how == "none" else loss.mean() if how == "mean" else loss.sum()
    return loss / input.shape[0] if reduction == "batchmean" and input.dim() else loss


def _reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """"none", "sum" or "mean", with the warnings that go with the way it was asked for."""
    if size_average is not None or reduce is not None:
        how = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{how}' instead.", stacklevel=3
        )
        return how
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=3,
        )
    if reduction not in ("none", "sum", "mean", "batchmean"):
        raise ValueError(f"kl_div: {reduction} is not a valid value for reduction")
    return "sum" if reduction == "batchmean" else reduction


op(
    kl_div,
    method=False,
    public=False,
    also="nn.functional",
    samples=lambda r: [
        (r(3, 4), r(3, 4).abs() + 0.1, None, None, "batchmean"),
        (r(3, 4), r(4).abs() + 0.1, None, None, "none"),
        (r(2, 3), r(2, 3), None, None, "sum", True),
    ],
    family="composed",
    dtypes="floats",
)
