"""How losses that are sums of other ops fold their terms: reductions by name or by number, with the warnings of the older arguments."""

import warnings

from lucet._tensor import Tensor

NAMES = ("none", "mean", "sum")  # the number of each in torch's inner functions


def reduction_name(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """"none", "sum" or "mean"; warns of the older arguments, two frames up. ValueError for another word."""
    if size_average is not None or reduce is not None:
        how = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{how}' instead.", stacklevel=3)
        return how
    if reduction not in NAMES:
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def numbered(name: str, reduction: int) -> str:
    """The name of a reduction that is given by its number; numbers that mean none leave the terms as they are, as torch does."""
    if not isinstance(reduction, int) or isinstance(reduction, bool):
        raise TypeError(f"{name}(): argument 'reduction' must be int, not {type(reduction).__name__}")
    return NAMES[reduction] if reduction in (1, 2) else "none"


def reduced(terms: Tensor, how: str) -> Tensor:
    return terms if how == "none" else terms.mean() if how == "mean" else terms.sum()
