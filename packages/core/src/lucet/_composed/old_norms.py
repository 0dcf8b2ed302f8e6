"""Norms under the names that linalg's replaced, and the norms of weight normalisation."""

import warnings
from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._composed.singular import linalg_matrix_norm
from lucet._ops.composing import named
from lucet._tensor import Tensor


def _told(name: str, instead: str) -> None:
    warnings.warn(
        f"at::{name} is deprecated and it is just left for JIT compatibility. It will be removed in a future release. Please use `{instead}` instead.",
        stacklevel=3,
    )


@composed(family="reduce", dtypes="floats and complex", samples=lambda r: [(r(3, 4), 1), (r(2, 3, 4), (0, 2), True), (r(3, 4), ()), (r(), ())])
def frobenius_norm(input: Tensor, dim: int | Sequence[int], keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """frobenius_norm(input, dim, keepdim=False, *, out=None) -> Tensor

    The root of the sum of squares over at most two dimensions, all for (). Deprecated: `linalg.vector_norm` is the same.

    >>> import lucet
    >>> lucet.frobenius_norm(lucet.tensor([[3., 4.]]), 1)
    tensor([5.])
    """
    _told("frobenius_norm", "linalg.vector_norm(dim=dim, keepdim=keepdim)")
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    if len(dims) > 2:
        raise RuntimeError(f"Expected at most 2 dimensions, but got {len(dims)} dimensions instead.")
    return input.norm(2, dims or None, keepdim)


@composed(family="linalg", numpy=True, samples=lambda r: [(r(3, 4),), (r(2, 3, 4), (0, 2)), (r(3, 2), (1, 0), True), (r(2, 3, 3), True)])
def nuclear_norm(input: Tensor, dim: Any = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """nuclear_norm(input, dim=(-2, -1), keepdim=False, *, out=None) -> Tensor

    The sums of the singular values of matrices over two dimensions. Deprecated: `linalg.matrix_norm` has it.

    >>> import lucet
    >>> lucet.nuclear_norm(lucet.tensor([[3., 0.], [0., -4.]]))
    tensor(7.)
    """
    _told("nuclear_norm", "linalg.matrix_norm('nuc', dim=dim, keepdim=keepdim)")
    if isinstance(dim, bool):
        dim, keepdim = None, dim
    dims = (-2, -1) if dim is None else (dim, dim) if isinstance(dim, int) else tuple(dim)
    return linalg_matrix_norm(input, "nuc", dims, keepdim)


@composed(family="reduce", samples=lambda r: [(r(3, 4),), (r(2, 3, 4), 2, 1), (r(2, 3), 1, -2), (r(2, 3), 2, -1), (r(3), 2, 0)])
def norm_except_dim(v: Tensor, pow: int = 2, dim: int = 0) -> Tensor:
    """norm_except_dim(v, pow=2, dim=0) -> Tensor

    The norms over all dimensions but one, which stay with one element each; for -1 the norm of all elements.

    >>> import lucet
    >>> lucet.norm_except_dim(lucet.tensor([[3., 4.], [0., 1.]]))
    tensor([[5.],
            [1.]])
    """
    if not hasattr(pow, "__index__"):
        raise TypeError(f"norm_except_dim(): argument 'pow' (position 2) must be int, not {type(pow).__name__}")
    if dim == -1:
        return v.norm(pow)
    if v.dim() == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    v.size(dim)  # IndexError for a dimension that is not there
    last = v.dim() - 1
    kept = dim % v.dim()
    # a further dimension of one element, so that there is always something to sum over
    norms = v.unsqueeze(-1).norm(pow, tuple(d for d in range(v.dim() + 1) if d != kept))
    if kept == last:
        return norms.view([1] * last + [-1])
    return norms.view([-1] + [1] * last).transpose(0, kept)


@composed(family="composed", samples=lambda r: [(r(3, 4), r(3, 1)), (r(3, 4), r(1, 4), 1), (r(2, 3), r(), -1), (r(2, 3, 2), r(1, 1, 2), 2)], dtypes="floats")
def _weight_norm(v: Tensor, g: Tensor, dim: int = 0) -> Tensor:
    """_weight_norm(v, g, dim=0) -> Tensor

    Vectors of direction v and length g: v * g / norm_except_dim(v, 2, dim).
    Source: Salimans and Kingma, Weight normalization, 2016, equation 2.

    >>> import lucet
    >>> lucet._weight_norm(lucet.tensor([[3., 4.]]), lucet.tensor([[10.]]))
    tensor([[6., 8.]])
    """
    y = v * (g / norm_except_dim(v, 2, dim))
    return named(y, "WeightNormInterfaceBackward0") if v.dim() and dim in (0, v.dim() - 1) else y  # as torch, which has a kernel for these
