"""Losses that are sums of other ops: margins, embeddings, likelihoods. Those with kernels are in _ops/loss.pyx, ctc_loss in ctc.py.

Each takes its reduction by name in nn.functional; where torch has the inner function too, which takes a number, both have one body.
"""

import math
from collections.abc import Callable

from lucet._composed._define import composed
from lucet._composed._reductions import numbered, reduced, reduction_name
from lucet._composed.shuffles import pairwise_distance
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.pointwise import where_function as where
from lucet._registry import OPS, Samples
from lucet._tensor import Tensor


def _nearer(one: Tensor, other: Tensor) -> Tensor:
    smaller: Tensor = OPS["minimum"].function(one, other)
    return smaller


def _signs(x: Tensor) -> Tensor:
    """1 and -1 for samples."""
    return x.sign().detach()


# --- margins of one score, of two, of three --------------------------------------------------------------------------


def _hinge_embedding(input: Tensor, target: Tensor, margin: float, how: str) -> Tensor:
    margin = margin if input.is_floating_point() or input.is_complex() else int(margin)  # of whole numbers, in their type
    far = where(target != 1, (margin - input).clamp_min(0), 0)
    return reduced(far + where(target != -1, input, 0), how)


_HINGE: Samples = lambda r: [(r(3, 4), _signs(r(3, 4))), (r(5), _signs(r(5)), 0.5), (r(2, 3), _signs(r(3)))]


@composed(family="loss", dtypes="floats", samples=_HINGE)
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: int = 0) -> Tensor:
    """hinge_embedding_loss(input, target, margin=1.0, reduction=0) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.hinge_embedding_loss(lucet.tensor([0.5, 0.25]), lucet.tensor([1, -1]), 1.0, 2)
    tensor(1.2500)
    """
    return _hinge_embedding(input, target, margin, numbered("hinge_embedding_loss", reduction))


@composed(name="hinge_embedding_loss", key="nn.functional.hinge_embedding_loss", also="nn.functional", public=False, family="loss", dtypes="floats", samples=_HINGE)
def _functional_hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean") -> Tensor

    Distances `input` where the target is 1; where it is -1, what they lack to `margin`. The reduction is as in `mse_loss`.
    Shape: any two that broadcast.

    >>> import lucet, lucet.nn.functional as F
    >>> F.hinge_embedding_loss(lucet.tensor([0.5, 0.25]), lucet.tensor([1, -1]))
    tensor(0.6250)
    """
    return _hinge_embedding(input, target, margin, reduction_name(reduction, size_average, reduce))


def _margin_ranking(input1: Tensor, input2: Tensor, target: Tensor, margin: float, how: str) -> Tensor:
    return reduced((-target * (input1 - input2) + float(margin)).clamp_min(0), how)


_RANKING: Samples = lambda r: [(r(5), r(5), _signs(r(5)), 0.3), (r(2, 3), r(2, 3), _signs(r(2, 3)))]


@composed(family="loss", dtypes="floats", samples=_RANKING)
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = 0) -> Tensor:
    """margin_ranking_loss(input1, input2, target, margin=0.0, reduction=0) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.margin_ranking_loss(lucet.tensor([1.0]), lucet.tensor([3.0]), lucet.tensor([1.0]))
    tensor([2.])
    """
    return _margin_ranking(input1, input2, target, margin, numbered("margin_ranking_loss", reduction))


@composed(name="margin_ranking_loss", key="nn.functional.margin_ranking_loss", also="nn.functional", public=False, family="loss", dtypes="floats", samples=_RANKING)
def _functional_margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean") -> Tensor

    max(0, margin - target * (input1 - input2)): where the target is 1 the first score should be the larger, where it is -1 the second.
    The reduction is as in `mse_loss`.
    Shape: three that broadcast, of as many dimensions. Raises: ShapeError for another number of dimensions.

    >>> import lucet, lucet.nn.functional as F
    >>> F.margin_ranking_loss(lucet.tensor([1.0]), lucet.tensor([3.0]), lucet.tensor([1.0]))
    tensor(2.)
    """
    how = reduction_name(reduction, size_average, reduce)
    if not input1.dim() == input2.dim() == target.dim():
        raise error(
            ShapeError,
            f"margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.shape}, input2: {input2.shape}, target: {target.shape} ",
        )
    return _margin_ranking(input1, input2, target, margin, how)


def _check_triplet(anchor: Tensor, positive: Tensor, negative: Tensor) -> None:
    if not anchor.dim() == positive.dim() == negative.dim():
        raise error(
            ShapeError,
            f"The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs",
        )


def _triplet_margin(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float, p: float, eps: float, swap: bool, how: str) -> Tensor:
    _check_triplet(anchor, positive, negative)
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = _nearer(far, pairwise_distance(positive, negative, p, eps))
    return reduced((margin + near - far).clamp_min(0), how)


_TRIPLETS: Samples = lambda r: [(r(3, 4), r(3, 4), r(3, 4)), (r(4), r(4), r(4), 0.5, 1.0), (r(2, 3), r(2, 3), r(2, 3), 2.0, 2.0, 1e-6, True)]


@composed(family="loss", dtypes="floats", samples=_TRIPLETS)
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, reduction: int = 0
) -> Tensor:
    """triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2.0, eps=1e-06, swap=False, reduction=0) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.triplet_margin_loss(lucet.zeros(1, 2), lucet.zeros(1, 2), lucet.tensor([[0.5, 0.0]]))
    tensor([0.5000])
    """
    return _triplet_margin(anchor, positive, negative, margin, p, eps, swap, numbered("triplet_margin_loss", reduction))


@composed(name="triplet_margin_loss", key="nn.functional.triplet_margin_loss", also="nn.functional", public=False, family="loss", dtypes="floats", samples=_TRIPLETS)
def _functional_triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, size_average=None, reduce=None, reduction="mean") -> Tensor

    max(0, margin + |anchor - positive| - |anchor - negative|) of p-norms along the last dimension; with `swap` the smaller of the
    negative's distances from the anchor and from the positive counts. The reduction is as in `mse_loss`.
    Raises: ValueError for a margin that is not above 0, ShapeError for other numbers of dimensions.
    Source: Balntas et al., Learning local feature descriptors with triplets and shallow convolutional neural networks, 2016.

    >>> import lucet, lucet.nn.functional as F
    >>> F.triplet_margin_loss(lucet.zeros(1, 2), lucet.zeros(1, 2), lucet.tensor([[0.5, 0.0]]))
    tensor(0.5000)
    """
    how = reduction_name(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return _triplet_margin(anchor, positive, negative, margin, p, eps, swap, how)


@composed(also="nn.functional", public=False, family="loss", dtypes="floats", samples=lambda r: [(r(3, 4), r(3, 4), r(3, 4)), (r(4), r(4), r(4), {"margin": 2.0, "swap": True})])
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction="mean") -> Tensor

    `triplet_margin_loss` with a distance of one's own, `pairwise_distance` unless given.
    Raises: ValueError for a margin that is not above 0 and for another reduction, ShapeError for other numbers of dimensions.

    >>> import lucet, lucet.nn.functional as F
    >>> city = lambda a, b: (a - b).abs().sum(-1)
    >>> F.triplet_margin_with_distance_loss(lucet.zeros(1, 2), lucet.zeros(1, 2), lucet.full((1, 2), 0.25), distance_function=city)
    tensor(0.5000)
    """
    reduction_name(reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    _check_triplet(anchor, positive, negative)
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = _nearer(far, distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction)


def _cosine_embedding(input1: Tensor, input2: Tensor, target: Tensor, margin: float, how: str) -> Tensor:
    rank = target.dim()
    if rank > 1:
        raise error(ShapeError, "0D or 1D target tensor expected, multi-target not supported", facts=[f"target {tuple(target.shape)}"])
    if input1.dim() != rank + 1 or input2.dim() != rank + 1:
        raise error(
            ShapeError, f"{rank}D target tensor expects {rank + 1}D input tensors, but found inputs with sizes {list(input1.shape)} and {list(input2.shape)}."
        )
    sizes = [(x * x).sum(rank) + 1e-12 for x in (input1, input2)]
    cosine = (input1 * input2).sum(rank) / (sizes[0] * sizes[1]).sqrt()
    return reduced(where(target == 1, 1 - cosine, 0.0) + where(target == -1, (cosine - margin).clamp_min(0), 0.0), how)


_COSINES: Samples = lambda r: [(r(3, 4), r(3, 4), _signs(r(3))), (r(4), r(4), _signs(r()), -0.5), (r(2, 3), r(1, 3), _signs(r(2)), 0.2)]


@composed(family="loss", dtypes="floats", samples=_COSINES)
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = 0) -> Tensor:
    """cosine_embedding_loss(input1, input2, target, margin=0.0, reduction=0) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, which is the default as torch's, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.cosine_embedding_loss(lucet.tensor([1.0, 0.0]), lucet.tensor([0.0, 1.0]), lucet.tensor(1))
    tensor(1.)
    """
    return _cosine_embedding(input1, input2, target, margin, numbered("cosine_embedding_loss", reduction))


@composed(name="cosine_embedding_loss", key="nn.functional.cosine_embedding_loss", also="nn.functional", public=False, family="loss", dtypes="floats", samples=_COSINES)
def _functional_cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean") -> Tensor

    1 - cosine of the angle between two vectors where the target is 1, max(0, cosine - margin) where it is -1. The reduction is as in `mse_loss`.
    Shape: inputs (N, D) with target (N), or (D) with (). Raises: ShapeError for other numbers of dimensions.

    >>> import lucet, lucet.nn.functional as F
    >>> F.cosine_embedding_loss(lucet.tensor([[1.0, 0.0]]), lucet.tensor([[0.0, 1.0]]), lucet.tensor([1]))
    tensor(1.)
    """
    return _cosine_embedding(input1, input2, target, margin, reduction_name(reduction, size_average, reduce))


# --- likelihoods -----------------------------------------------------------------------------------------------------


def _poisson_nll(input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, how: str) -> Tensor:
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return reduced(loss, how)


_COUNTS: Samples = lambda r: [(r(3, 4), r(3, 4).abs() * 3, True, False, 1e-8, 1), (r(5).abs() + 0.2, r(5).abs() * 3 + 0.2, False, True, 1e-6, 2)]


@composed(family="loss", dtypes="floats", samples=_COUNTS)
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, reduction: int) -> Tensor:
    """poisson_nll_loss(input, target, log_input, full, eps, reduction) -> Tensor

    As the function of `nn.functional`, with the number of the reduction: 0 none, 1 mean, 2 sum.

    >>> import lucet
    >>> lucet.poisson_nll_loss(lucet.zeros(2), lucet.ones(2), True, False, 1e-8, 2)
    tensor(2.)
    """
    return _poisson_nll(input, target, log_input, full, eps, numbered("poisson_nll_loss", reduction))


@composed(
    name="poisson_nll_loss", key="nn.functional.poisson_nll_loss", also="nn.functional", public=False, family="loss", dtypes="floats",
    samples=lambda r: [(r(3, 4), r(3, 4).abs() * 3), (r(5).abs() + 0.2, r(5).abs() * 3 + 0.2, False, True, {"eps": 1e-6, "reduction": "sum"})],
)  # fmt: skip
def _functional_poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction="mean") -> Tensor

    The negative log-likelihood of counts under Poisson's distribution, whose rate is `exp(input)`, or `input` without `log_input`
    (`eps` then keeps the logarithm off 0). With `full` the part that depends on the target alone is added by Stirling's formula.
    The reduction is as in `mse_loss`. Shape: any two that broadcast.

    >>> import lucet, lucet.nn.functional as F
    >>> F.poisson_nll_loss(lucet.zeros(2), lucet.ones(2))
    tensor(1.)
    """
    return _poisson_nll(input, target, log_input, full, eps, reduction_name(reduction, size_average, reduce))


@composed(
    also="nn.functional", public=False, family="loss", dtypes="floats",
    samples=lambda r: [(r(3, 4), r(3, 4), r(3, 4).abs() + 0.1), (r(3, 4), r(3, 4), r(3).abs() + 0.1, True), (r(3, 4), r(3, 4), 0.5, {"reduction": "sum"})],
)  # fmt: skip
def gaussian_nll_loss(input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> Tensor:
    """gaussian_nll_loss(input, target, var, full=False, eps=1e-06, reduction="mean") -> Tensor

    (log(var) + (input - target)**2 / var) / 2, the negative log-likelihood of targets under normal distributions of mean `input` and
    variance `var`, which counts at least `eps` (its gradient goes through unchanged); `full` adds log(2 pi) / 2.
    Shape: var as input, without its last dimension, with one size of 1, or a float.
    Raises: ValueError for a negative variance, another shape of it, another reduction.
    Source: Nix and Weigend, Estimating the mean and variance of the target probability distribution, 1994.

    >>> import lucet, lucet.nn.functional as F
    >>> F.gaussian_nll_loss(lucet.zeros(2), lucet.ones(2), lucet.ones(2))
    tensor(0.5000)
    """
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = input.new_ones(input.shape) * var  # a fraction beside whole numbers too
    elif not isinstance(var, Tensor):
        raise TypeError(f"gaussian_nll_loss(): argument 'var' must be Tensor or float, not {type(var).__name__}")
    elif not var.is_meta and bool((var < 0).any()):
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif input.dim() != var.dim() or sum(b for a, b in zip(input.shape, var.shape, strict=True) if a != b) != 1:
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not valid")
    if not var.is_floating_point():
        raise error(DtypeError, f"result type Float can't be cast to the desired output type {str(var.dtype)[6:]}", fix="var.float()")
    held = var.detach().clamp(min=eps)
    var = var + (held - var.detach())  # at least eps, with the gradient of var
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)
