"""Singular value decompositions of low rank, by random projection: `svd_lowrank`, `pca_lowrank`."""

from operator import index
from typing import Any

from lucet._composed._define import composed
from lucet._composed._matrices import HALVES, adjoint_of, check_floats, check_matrices
from lucet._composed.singular import linalg_svd
from lucet._composed.spectra import linalg_qr
from lucet._dtype import get_default_dtype
from lucet._errors import DeviceError, DtypeError, error
from lucet._ops.random import randn
from lucet._tensor import Tensor

_MOST_ROUNDS = 10_000  # some seconds for a small matrix; more is a slip


def _floats(A: Tensor) -> Any:
    return A.dtype if A.is_floating_point() or A.is_complex() else get_default_dtype()


def _basis(A: Tensor, q: int, niter: int, M: Tensor | None) -> Tensor:
    """q orthonormal columns whose span nearly holds that of A - M: algorithm 4.4."""

    def product(left: Tensor, mean: Tensor | None, right: Tensor) -> Tensor:
        y = left.to(right.dtype) @ right
        return y if mean is None else y - mean.to(right.dtype) @ right

    Q = linalg_qr(product(A, M, randn(A.shape[-1], q, dtype=_floats(A), device=A.device))).Q
    for _ in range(niter):
        Q = linalg_qr(product(A.mH, None if M is None else M.mH, Q)).Q
        Q = linalg_qr(product(A, M, Q)).Q
    return Q


def _decomposed(A: Tensor, q: int, niter: int, M: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Algorithm 5.1. What does not fit is refused before anything is drawn."""
    check_matrices(A, "svd_lowrank")
    if A.dtype in HALVES:
        check_floats(A, "svd_lowrank")
    q, niter = index(q), index(niter)
    if niter > _MOST_ROUNDS:
        raise ValueError(f"svd_lowrank: niter is {niter}, expected at most {_MOST_ROUNDS}: the basis hardly moves after a few rounds")
    if M is not None and M.device != A.device:
        raise error(DeviceError, f"svd_lowrank: Expected all tensors to be on the same device, but found at least two devices, {A.device} and {M.device}!")
    if M is not None and M.is_complex() and not A.is_complex():
        raise error(DtypeError, f"svd_lowrank: expected M to be {A.dtype._name} as A, got {M.dtype._name}")
    wide = A.shape[-2] < A.shape[-1]
    if M is not None:
        M = M.broadcast_to(A.shape)
    if wide:
        A, M = adjoint_of(A), None if M is None else adjoint_of(M)
    Q = _basis(A, q, niter, M)
    B = Q.mH @ A.to(Q.dtype)
    if M is not None:
        B = B - Q.mH @ M.to(Q.dtype)
    U, S, Vh = linalg_svd(B, False)
    U, V = Q @ U, Vh.mH
    return (V, S, U) if wide else (U, S, V)


@composed(
    family="linalg", numpy=True,
    samples=lambda r: [(r(5, 4), 2), (r(2, 4, 5), 3, 1), (r(5, 4), 2, 2, r(1, 4))],
)  # fmt: skip
def svd_lowrank(A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """svd_lowrank(A, q=6, niter=2, M=None) -> (U, S, V)

    The `q` largest singular values, nearly, of (..., m, n) matrices A, or of A - M, and their vectors: A is near U diag(S) V^H. `niter`
    rounds of iteration sharpen what random numbers began.

    Source: N. Halko, P.-G. Martinsson, J. Tropp, Finding structure with randomness, 2009, algorithms 4.4 and 5.1.

    >>> import lucet
    >>> lucet.svd_lowrank(lucet.diag(lucet.tensor([3., 2., 0., 0.])), 2)[1].round(decimals=3)
    tensor([3., 2.])
    """
    return _decomposed(A, 6 if q is None else q, 2 if niter is None else niter, M)


@composed(
    family="linalg", numpy=True, samples=lambda r: [(r(5, 4),), (r(2, 4, 5), 3, False, 1), (r(5, 4), 2)],
)  # fmt: skip
def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """pca_lowrank(A, q=None, center=True, niter=2) -> (U, S, V)

    The `q` (at most 6) principal components of (..., m, n) matrices of m samples: `svd_lowrank` of A less the mean of each column
    (center=True). V holds the directions; S squared over m - 1 are the variances along them.
    Raises: ValueError for `q` above m or n, or a negative one.

    >>> import lucet
    >>> lucet.pca_lowrank(lucet.tensor([[1., 0.], [-1., 0.]]), 1)[1]
    tensor([1.4142])
    """
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not 0 <= q <= min(m, n):
        raise ValueError(f"pca_lowrank: q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"pca_lowrank: niter(={niter}) must be non-negative integer")
    return _decomposed(A - A.mean((-2,), keepdim=True) if center else A, q, niter, None)
