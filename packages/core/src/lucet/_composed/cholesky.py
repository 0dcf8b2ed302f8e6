"""Cholesky factors and what they solve. Computed by _ops/factor.pyx."""

from typing import Any

from lucet import return_types
from lucet._composed._define import composed
from lucet._composed._matrices import (
    adjoint_of,
    check_floats,
    check_square,
    expanded,
    identity_like,
    positive,
    refuse,
    shaped,
    stacked,
    well,
)
from lucet._composed.factors import check_legacy, solve_triangular_of
from lucet._errors import ShapeError, error, warn_once
from lucet._ops.composing import recorded
from lucet._ops.factor import cholesky as factor_cholesky
from lucet._tensor import Tensor

Rule = list[Tensor | None]


def _cholesky(A: Tensor, upper: bool, op: str) -> tuple[Tensor, Tensor]:
    check_square(A, op)
    check_floats(A, op)
    L, info = factor_cholesky(stacked(A.mH if upper else A))
    L = shaped((L.mH.triu() if upper else L.tril()).contiguous(), A.shape)
    recorded("LinalgCholeskyExBackward0", _cholesky_rule, (A,), (L,), (L,), upper)
    return L, shaped(info, A.shape[:-2])


def _cholesky_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], upper: Any) -> Rule:
    """I. Murray, Differentiation of the Cholesky decomposition, 2016, eq. 10."""
    (g,), (L,) = grads, kept
    if upper:
        L, g = adjoint_of(L), g.mH
    phi = (L.mH @ g).tril()
    phi = 0.5 * (phi + phi.tril(-1).mH)
    return [solve_triangular_of(L.mH, solve_triangular_of(L, phi, False, False, False), True, True, False)]


_CHOLESKY = lambda r: [(positive(r, 3, 3),), (positive(r, 2, 3, 3),), (positive(r, 3, 3), {"upper": True}), (r(0, 0),), (r(0, 2, 2),)]
_NOT_POSITIVE = "The factorization could not be completed because the input is not positive-definite (the leading minor of order {} is not positive-definite)."


@composed(name="linalg_cholesky_ex", public=False, also="linalg", family="linalg", samples=_CHOLESKY)
def linalg_cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """linalg.cholesky_ex(A, *, upper=False, check_errors=False, out=None) -> (L, info)

    `cholesky` that does not raise: info is 0, or the order of the first minor that is not positive-definite.

    >>> import lucet
    >>> lucet.linalg.cholesky_ex(-lucet.eye(2)).info
    tensor(1, dtype=lucet.int32)
    """
    L, info = _cholesky(A, upper, "linalg.cholesky_ex")
    if check_errors:
        refuse(info, "linalg.cholesky_ex", _NOT_POSITIVE)
    return return_types.linalg_cholesky_ex((L, info))


def _checked_cholesky(A: Tensor, upper: bool, op: str) -> Tensor:
    L, info = _cholesky(A, upper, op)
    refuse(info, op, _NOT_POSITIVE)
    return L


@composed(name="linalg_cholesky", public=False, also="linalg", family="linalg", samples=_CHOLESKY)
def linalg_cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """linalg.cholesky(A, *, upper=False, out=None) -> Tensor

    The lower triangles L of A = L L^H, for symmetric (Hermitian) positive-definite (..., n, n) matrices, of which only the lower
    triangle is read; upper=True: U of A = U^H U, from the upper. LinAlgError for a matrix that is not positive-definite.

    >>> import lucet
    >>> lucet.linalg.cholesky(lucet.tensor([[4., 2.], [2., 5.]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    return _checked_cholesky(A, upper, "linalg.cholesky")


@composed(method=True, family="linalg", samples=_CHOLESKY)
def cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """cholesky(input, upper=False, *, out=None) -> Tensor

    An older form of `lucet.linalg.cholesky`. Deprecated.

    >>> import lucet
    >>> lucet.cholesky(lucet.tensor([[4.]]))
    tensor([[2.]])
    """
    warn_once("torch.cholesky is deprecated in favor of torch.linalg.cholesky, whose `upper` is named", stacklevel=3)
    return _checked_cholesky(input, upper, "cholesky")


_NO_INVERSE = "The diagonal element {} is zero, the inversion could not be completed because the input matrix is singular."


def _solve_factored(B: Tensor, L: Tensor, upper: bool) -> Tensor:
    """Recorded. The gradient is torch's: that of a full matrix L, not of the triangle that is read."""
    L, B = expanded(L, B)
    l, b = L.detach(), B.detach()
    if upper:
        X = solve_triangular_of(l, solve_triangular_of(l.mH, b, False, True, False), True, True, False)
    else:
        X = solve_triangular_of(l.mH, solve_triangular_of(l, b, False, True, False), True, True, False)
    recorded("CholeskySolveBackward0", _solve_rule, (B, L), (X,), (L, X), upper)
    return X


def _solve_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], upper: Any) -> Rule:
    (g,), (L, X) = grads, kept
    gB = _solve_factored(g, L, upper)
    return [gB, _of_factor(gB @ X.mH, L, upper) if wanted[1] else None]


def _of_factor(C: Tensor, L: Tensor, upper: bool) -> Tensor:
    """The gradient of L where A = L L^H has -C."""
    C = C + C.mH
    return -(L @ C) if upper else -(C @ L)


def _inverse_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], upper: Any) -> Rule:
    (g,), (L, X) = grads, kept
    return [_of_factor(X @ g @ X, L, upper)]


@composed(method=True, family="linalg", samples=lambda r: [(r(3, 2), well(r, 3, 3)), (r(2, 3, 2), well(r, 3, 3), True), (r(0, 2), r(0, 0))])
def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """cholesky_solve(input, input2, upper=False, *, out=None) -> Tensor

    The solution X of AX = `input` from the factor `input2`: L of A = L L^H, or (upper=True) U of A = U^H U. Leading dimensions broadcast.

    >>> import lucet
    >>> lucet.cholesky_solve(lucet.tensor([[4.]]), lucet.tensor([[2.]]))
    tensor([[1.]])
    """
    for name, t in (("b", input), ("u", input2)):
        if t.dim() < 2:
            raise error(ShapeError, f"{name} should have at least 2 dimensions, but has {t.dim()} dimensions instead")
    check_floats(input2, "cholesky_solve")
    check_legacy(input, input2, "cholesky_solve")
    return _solve_factored(input, input2, upper)


@composed(method=True, family="linalg", samples=lambda r: [(well(r, 3, 3),), (well(r, 2, 3, 3), True), (r(0, 0),)])
def cholesky_inverse(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """cholesky_inverse(input, upper=False, *, out=None) -> Tensor

    The inverse of A from its factor: L of A = L L^H, or (upper=True) U of A = U^H U. LinAlgError for a 0 on the diagonal.

    >>> import lucet
    >>> lucet.cholesky_inverse(lucet.tensor([[2.]]))
    tensor([[0.2500]])
    """
    L = input
    check_square(L, "cholesky_inverse")
    check_floats(L, "cholesky_inverse")
    if L.numel() and not L.is_meta:
        zero = L.detach().diagonal(0, -2, -1) == 0
        refuse((zero.int().argmax(-1) + 1) * zero.any(-1), "cholesky_inverse", _NO_INVERSE)
    X = _solve_factored(identity_like(L, L.shape[-1]).expand(L.shape), L.detach(), upper)
    recorded("CholeskyInverseBackward0", _inverse_rule, (L,), (X,), (L, X), upper)
    return X
