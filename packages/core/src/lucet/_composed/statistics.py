"""Quantiles, means without NaN, covariances, distances: sums of other ops."""

import warnings
from typing import Any

from lucet import _ops
from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import named
from lucet._tensor import Tensor

_ROUNDINGS = {"lower": "floor", "higher": "ceil", "nearest": "round", "linear": None, "midpoint": None}


def _checked_quantile(name: str, x: Tensor, q: Any, interpolation: str) -> Tensor:
    """`q` as a tensor of the type of `x`, once all is found to fit."""
    if x.numel() == 0:
        raise error(ShapeError, f"{name}() input tensor must be non-empty")
    if not x.is_floating_point() or x.element_size() < 4:
        raise error(DtypeError, f"{name}() input tensor must be either float or double dtype", fix="input.float()")
    if interpolation not in _ROUNDINGS:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if not isinstance(q, Tensor):
        if isinstance(q, bool) or not isinstance(q, (int, float)):
            raise TypeError(f"{name}(): argument 'q' must be float or Tensor, not {type(q).__name__}")
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
        return _ops.full((), q, dtype=x.dtype, device=x.device)
    if q.dim() > 1:
        raise error(ShapeError, f"{name}() q must be a scalar or 1D tensor")
    if q.dtype != x.dtype:
        raise error(DtypeError, f"{name}() q tensor must be same dtype as the input tensor", fix="q.to(input.dtype)")
    if not q.is_meta and not bool(((q >= 0) & (q <= 1)).all()):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    return q


def _quantile(
    name: str, x: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> Tensor:
    q = _checked_quantile(name, x, q, interpolation)
    ndim = x.dim()
    lines = x.reshape(-1) if dim is None else x.movedim(dim, -1) if ndim else x.reshape(1)
    ordered = lines.sort(-1)[0]
    n = ordered.shape[-1]
    last = ordered.detach().narrow(-1, n - 1, 1).isnan()  # NaN stands at the end
    if skip_nan:
        count = ordered.detach().isnan().logical_not().sum(-1, keepdim=True)
        ranks = (q * (count - 1)).clamp_min(0)
    else:
        ranks = (q * (n - 1)).masked_fill(last, n - 1)
    rounding = _ROUNDINGS[interpolation]
    if rounding is not None:
        ranks = getattr(ranks, rounding)()
    below = ranks.detach().floor()
    result = ordered.gather(-1, below.long())
    if rounding is None:
        weight = ranks - below if interpolation == "linear" else _ops.full_like(ranks, 0.5)
        result = result.lerp(ordered.gather(-1, ranks.detach().ceil().long()), weight)
    if q.dim():
        result = result.movedim(-1, 0)
    else:
        result = result.squeeze(-1)
    if keepdim and ndim:
        kept = [1] * ndim if dim is None else [1 if d == dim % ndim else s for d, s in enumerate(x.shape)]
        result = result.reshape(([q.numel()] if q.dim() else []) + kept)
    return result


def _quantiles(r: Any) -> list[Any]:
    some = r(3).abs() / 2
    return [
        (r(3, 4), 0.4),
        (r(3, 4), some, 1),
        (r(3, 4), 0.3, 0, True, {"interpolation": "midpoint"}),
        (r(5), some, None, True, {"interpolation": "nearest"}),
        (r(5), 0.6, {"interpolation": "lower"}),
        (r(2, 5), 0.6, 1, {"interpolation": "higher"}),
        (r(), 0.5),
    ]


@composed(method=True, family="composed", samples=_quantiles)
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear", out: Tensor | None = None
) -> Tensor:
    """quantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None) -> Tensor

    The q-th quantiles of all elements or along `dim`, for one number q in [0, 1] or a row of them, which gives the result a first
    dimension. Between two elements: "linear", "lower", "higher", "midpoint" or "nearest". NaN where there is one.
    Dtype: float32 and float64. Raises: ShapeError for nothing, RuntimeError for a q outside.

    >>> import lucet
    >>> lucet.quantile(lucet.tensor([1., 2., 4.]), 0.75)
    tensor(3.)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


@composed(method=True, family="composed", samples=_quantiles)
def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear", out: Tensor | None = None
) -> Tensor:
    """nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None) -> Tensor

    `quantile` of the elements that are not NaN; NaN where there are none.

    >>> import lucet
    >>> lucet.nanquantile(lucet.tensor([1., float("nan"), 4.]), 0.5)
    tensor(2.5000)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, True)


@composed(
    method=True,
    casts=True,
    family="composed",
    formula="nanmean(input, axis=dim, keepdims=keepdim)",
    samples=lambda r: [(r(3, 4),), (r(3, 4), 0), (r(2, 3, 4), (0, 2)), (r(2, 3, 4), -1, True), (r(),)],
)
def nanmean(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Tensor | None = None
) -> Tensor:
    """nanmean(input, dim=None, keepdim=False, *, dtype=None, out=None) -> Tensor

    The mean of the elements that are not NaN, over `dim` (an int, a tuple, or None for all). DtypeError for integers.

    >>> import lucet
    >>> lucet.nanmean(lucet.tensor([1., float("nan"), 4.]))
    tensor(2.5000)
    """
    if not (input.is_floating_point() or input.is_complex()):
        raise error(
            DtypeError,
            f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype}",
            fix="input.float()",
        )
    if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
        raise error(DtypeError, f"nanmean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. Got: {str(dtype)[6:]}")
    known = input.detach()
    count = (known == known).sum(dim, keepdim)
    return input.nansum(dim, keepdim, dtype=dtype) / count


def _weights(which: str, w: Tensor, n: int, whole: bool) -> Tensor:
    if w.dim() > 1:
        raise error(
            ShapeError,
            f"cov(): expected {which} to have one or fewer dimensions but got {which} with {w.dim()} dimensions",
        )
    if whole == w.is_floating_point() or w.is_complex() or w.dtype == DTYPES["bool"]:
        kind = "integral" if whole else "floating point"
        raise error(DtypeError, f"cov(): expected {which} to have {kind} dtype but got {which} with {w.dtype} dtype")
    if w.numel() != n:
        raise error(
            ShapeError,
            f"cov(): expected {which} to have the same numel as there are observations in the input but got {w.numel()} != {n}",
        )
    if n and not w.is_meta and bool((w < 0).any()):
        raise RuntimeError(f"cov(): {which} cannot be negative")
    return w


@composed(
    method=True,
    family="composed",
    dtypes="no bool",
    formula="cov(input, ddof=correction, fweights=fweights, aweights=aweights)",
    samples=lambda r: [
        (r(3, 5),),
        (r(5),),
        (r(2, 5), {"correction": 0, "fweights": (r(5).abs() * 9).long() + 1}),
        (r(2, 5), {"aweights": r(5).abs() + 0.1}),
    ],
)
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """cov(input, *, correction=1, fweights=None, aweights=None) -> Tensor

    The covariances of the variables that the rows of `input` hold, one observation a column: divided by their number less
    `correction`. `fweights` counts each observation as often, `aweights` as much. DtypeError for bool.

    >>> import lucet
    >>> lucet.cov(lucet.tensor([[0., 1., 2.], [2., 1., 0.]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.dim() > 2:
        raise error(
            ShapeError,
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.dim()} dimensions",
        )
    if input.dtype == DTYPES["bool"]:
        raise error(DtypeError, "cov(): bool dtype is not supported for input", fix="input.float()")
    x = input.reshape(1, -1) if input.dim() < 2 else input
    n = x.shape[1]
    w: Any = None
    total: Any = n
    if fweights is not None:
        w = _weights("fweights", fweights, n, True)
    if aweights is not None:
        a = _weights("aweights", aweights, n, False)
        w = a if w is None else w * a
    if w is not None:
        total = w.sum()
        if not total.is_meta and not bool(total != 0):
            raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    weighted = x if w is None else x * w
    mean = weighted.sum(1) / total if w is not None or n else weighted.sum(1) / _ops.zeros(())
    if aweights is not None and correction != 0:
        size = total - correction * (w * aweights).sum() / total
    else:
        size = total - correction
    if not (isinstance(size, Tensor) and size.is_meta) and bool(size <= 0):
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            stacklevel=2,
        )
        size = size * 0
    x = x - mean.unsqueeze(1)
    product = x.mm((x if w is None else x * w).t().conj())
    if product.is_complex():
        product = (product + product.t().conj()) / 2  # rounding leaves the diagonal small imaginary parts
    return (product / (_ops.full((), size) if not isinstance(size, Tensor) else size)).squeeze()


@composed(method=True, family="composed", dtypes="no bool", formula="corrcoef(input)", samples=lambda r: [(r(3, 5),), (r(2, 6) * 3,)])
def corrcoef(input: Tensor) -> Tensor:
    """corrcoef(input) -> Tensor

    Pearson's correlations of the variables that the rows of `input` hold, one observation a column.

    >>> import lucet
    >>> lucet.corrcoef(lucet.tensor([[0., 1., 2.], [2., 1., 0.]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.dim() > 2:
        raise error(
            ShapeError,
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.dim()} dimensions",
        )
    c = cov(input)
    if c.dim() == 0:
        return c / c
    deviation: Tensor = (c.diagonal().real if c.is_complex() else c.diagonal()).sqrt()
    found: Tensor = c / deviation.view(-1, 1) / deviation.view(1, -1)
    return _ops.complex(found.real.clamp(-1, 1), found.imag.clamp(-1, 1)) if c.is_complex() else found.clamp(-1, 1)


@composed(
    method=True,
    family="composed",
    formula="(abs(input - other) ** p).sum() ** (1 / p)",
    samples=lambda r: [(r(3, 4), r(3, 4)), (r(3, 4), r(4), 3), (r(3, 1), r(4), 1)],
)
def dist(input: Tensor, other: Tensor, p: Any = 2) -> Tensor:
    """dist(input, other, p=2) -> Tensor

    The p-norm of input - other. Shape: any two that broadcast. DtypeError for integers.

    >>> import lucet
    >>> lucet.dist(lucet.tensor([0., 3.]), lucet.tensor([4., 0.]))
    tensor(5.)
    """
    return named((input - other).norm(p), "DistBackward0")


def _scaled_down(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    if isinstance(p, complex) or isinstance(maxnorm, complex):
        raise RuntimeError("renorm: p and maxnorm must be real-valued")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm:g}")
    ndim = input.dim()
    if ndim < 2:
        raise error(ShapeError, f"renorm: input needs at least 2 dimensions, got {ndim} dimensions")
    if not -ndim <= dim < ndim:
        raise IndexError(
            f"renorm: Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {dim})"
        )
    x = input if input.element_size() > 2 or not input.is_floating_point() else input.float()
    size = x.norm(p, [d for d in range(ndim) if d != dim % ndim], keepdim=True)
    return input * _ops.where(size > maxnorm, maxnorm / (size + 1e-7), 1.0).to(input.dtype)


def renorm_(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    return input.copy_(_scaled_down(input.clone(), p, dim, maxnorm))


@composed(
    method=True,
    inplace=renorm_,
    family="composed",
    samples=lambda r: [(r(3, 4), 2, 0, 1.0), (r(2, 3, 4), 1, 1, 3.0), (r(2, 3), 3, -1, 0.5)],
)
def renorm(input: Tensor, p: float, dim: int, maxnorm: float, *, out: Tensor | None = None) -> Tensor:
    """renorm(input, p, dim, maxnorm, *, out=None) -> Tensor

    The slices along `dim` whose p-norm is above `maxnorm`, scaled down to it, and the others as they are.

    >>> import lucet
    >>> lucet.renorm(lucet.tensor([[3., 4.], [0., 1.]]), 2, 0, 1)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    return named(_scaled_down(input, p, dim, maxnorm), "RenormBackward0")
