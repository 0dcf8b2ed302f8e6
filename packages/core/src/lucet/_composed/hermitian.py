"""Eigenvalues and eigenvectors of symmetric (Hermitian) matrices. _ops/spectral.pyx computes small real ones, NumPy's LAPACK the others."""

from typing import Any

from lucet import return_types
from lucet._composed._define import composed
from lucet._composed._matrices import (
    check_floats,
    check_phase,
    check_square,
    identity_like,
    real_of,
    shaped,
    stacked,
    tried_numpy,
)
from lucet._ops.composing import recorded
from lucet._ops.spectral import eigh as spectral_eigh
from lucet._tensor import Tensor

Rule = list[Tensor | None]
SMALL = 256 * 256  # elements of a matrix up to which our own code is at least as fast as LAPACK
NO_CONVERGENCE = "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues."


def _symmetric(r: Any, *shape: int) -> Tensor:
    a = r(*shape)
    return a + a.mT


def _half(UPLO: str) -> str:
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return UPLO.upper()


def _read(A: Tensor, half: str) -> Tensor:
    """What is read of A: whatever else stands there does not matter."""
    return A.tril() if half == "L" else A.triu()


def _small(A: Tensor, half: str, vectors: bool) -> list[Tensor] | None:
    """The results for matrices that our own code is for, where it finds any."""
    if A.shape[-1] ** 2 > SMALL:
        return None
    found = spectral_eigh(stacked(A), half == "U", vectors)
    return found and [shaped(t, shape) for t, shape in zip(found, (A.shape[:-1], A.shape), strict=True) if t is not None]


def eigh_of(A: Tensor, UPLO: str, op: str) -> tuple[Tensor, Tensor]:
    """(eigenvalues, eigenvectors), recorded."""
    half = _half(UPLO)
    shapes = [(A.shape[:-1], real_of(A)), (A.shape, A.dtype)]
    values, vectors = _small(A, half, True) or tried_numpy(op, lambda numpy, a: tuple(numpy.linalg.eigh(a, half)), _read(A, half), shapes, NO_CONVERGENCE)
    recorded("LinalgEighBackward0", eigh_rule, (A,), (values, vectors), (values, vectors))
    return values, vectors


def eigenvalues_of_hermitian(A: Tensor, UPLO: str, op: str) -> Tensor:
    """Recorded; with vectors where a gradient will need them."""
    if A._is_recorded():
        return eigh_of(A, UPLO, op)[0]
    half = _half(UPLO)
    shapes = [(A.shape[:-1], real_of(A))]
    return (_small(A, half, False) or tried_numpy(op, lambda numpy, a: numpy.linalg.eigvalsh(a, half), _read(A, half), shapes, NO_CONVERGENCE))[0]


def eigh_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """Giles 3.1, for orthonormal vectors."""
    (g_values, g_vectors), (values, V) = grads, kept
    if g_vectors is None:
        return [None if g_values is None else (V * g_values.unsqueeze(-2).to(V.dtype)) @ V.mH]
    gap = values.unsqueeze(-2) - values.unsqueeze(-1)
    gap = gap + identity_like(values, values.shape[-1])
    core = V.mH @ g_vectors
    check_phase(core.diagonal(0, -2, -1), "linalg_eigh_backward: The eigenvectors")
    core = 0.5 * (core - core.mH) / gap  # what is not skew-symmetric does not turn the vectors
    if g_values is not None:
        core = core + g_values.diag_embed()
    return [V @ core @ V.mH]


_SYMMETRIC = lambda r: [(_symmetric(r, 3, 3),), (_symmetric(r, 2, 2, 2),), (_symmetric(r, 3, 3), "U"), (r(0, 0),), (r(0, 2, 2),)]


@composed(name="linalg_eigh", public=False, also="linalg", family="linalg", numpy=True, samples=_SYMMETRIC)
def linalg_eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> Any:
    """linalg.eigh(A, UPLO="L", *, out=None) -> (eigenvalues, eigenvectors)

    The eigenvalues, rising, and eigenvectors, as columns, of symmetric (Hermitian) (..., n, n) matrices, of which only the lower (or
    upper) triangle is read. Complex matrices, and real ones of more than 256 columns, are computed by NumPy (LAPACK's syevd).

    >>> import lucet
    >>> lucet.linalg.eigh(lucet.tensor([[2., 0.], [0., 1.]])).eigenvalues
    tensor([1., 2.])
    """
    check_square(A, "linalg.eigh")
    check_floats(A, "linalg.eigh")
    return return_types.linalg_eigh(eigh_of(A, UPLO, "linalg.eigh"))


@composed(name="linalg_eigvalsh", public=False, also="linalg", family="linalg", numpy=True, samples=_SYMMETRIC)
def linalg_eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """linalg.eigvalsh(A, UPLO="L", *, out=None) -> Tensor

    The eigenvalues, rising, of symmetric (Hermitian) matrices: see `eigh`.

    >>> import lucet
    >>> lucet.linalg.eigvalsh(lucet.tensor([[2., 0.], [0., 1.]]))
    tensor([1., 2.])
    """
    check_square(A, "linalg.eigvalsh")
    check_floats(A, "linalg.eigvalsh")
    return eigenvalues_of_hermitian(A, UPLO, "linalg.eigvalsh")
