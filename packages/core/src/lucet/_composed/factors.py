"""LU and what it solves: triangular systems, equations, inverses, determinants. Computed by _ops/factor.pyx.

Gradients follow M. B. Giles, An extended collection of matrix derivative results for forward and reverse mode algorithmic
differentiation, 2008, where no other source is named.
"""

import math
from typing import Any

from lucet import return_types
from lucet._composed._define import composed
from lucet._composed._matrices import (
    INT32,
    adjoint_of,
    check_floats,
    check_matrices,
    check_solve,
    check_square,
    expanded,
    identity_like,
    named,
    positive,
    refuse,
    shaped,
    stacked,
    well,
)  # fmt: skip
from lucet._composed.singular import svd_of
from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._modes import is_grad_enabled
from lucet._ops.composing import recorded
from lucet._ops.create import arange, eye
from lucet._ops.factor import exchanged as factor_exchanged
from lucet._ops.factor import lu as factor_lu
from lucet._ops.factor import triangular as factor_triangular
from lucet._ops.join import cat, stack
from lucet._tensor import Tensor

Rule = list[Tensor | None]


# --- triangular systems ----------------------------------------------------------------------------------------------


def solve_triangular_of(A: Tensor, B: Tensor, upper: bool, left: bool, unit: bool) -> Tensor:
    """The recorded solution of AX = B, or XA = B, for matrices that fit."""
    if not left:
        return solve_triangular_of(A.mT, B.mT, not upper, True, unit).mT
    A, B = expanded(A, B)
    X = shaped(factor_triangular(stacked(A), stacked(B), upper, unit), B.shape)
    recorded("LinalgSolveTriangularBackward0", _solve_triangular_rule, (A, B), (X,), (A, X), (upper, unit))
    return X


def _solve_triangular_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> Rule:
    (g,), (A, X), (upper, unit) = grads, kept, options
    gB = solve_triangular_of(A.mH, g, not upper, True, unit)
    gA = None
    if wanted[0]:
        gA = -gB @ X.mH
        gA = gA.triu(1 if unit else 0) if upper else gA.tril(-1 if unit else 0)
    return [gA, gB]


@composed(
    name="linalg_solve_triangular", public=False, also="linalg", family="linalg",
    samples=lambda r: [
        (well(r, 3, 3), r(3, 2), {"upper": True}), (well(r, 2, 3, 3), r(3, 2), {"upper": False}),
        (well(r, 3, 3), r(2, 3), {"upper": True, "left": False}), (r(3, 3), r(3, 2), {"upper": False, "unitriangular": True}),
        (r(0, 0), r(0, 2), {"upper": True}),
    ],
)  # fmt: skip
def linalg_solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False, out: Tensor | None = None) -> Tensor:
    """linalg.solve_triangular(A, B, *, upper, left=True, unitriangular=False, out=None) -> Tensor

    The solution X of AX = B, or (left=False) XA = B, for upper or lower triangular (..., n, n) matrices; what stands in the other
    triangle is not read, nor the diagonal with unitriangular=True. Leading dimensions broadcast.
    Raises: ShapeError for sizes that do not fit, DtypeError for different element types.

    >>> import lucet
    >>> lucet.linalg.solve_triangular(lucet.tensor([[2., 0.], [1., 1.]]), lucet.tensor([[2.], [3.]]), upper=False)
    tensor([[1.],
            [2.]])
    """
    check_solve(A, B, "linalg.solve_triangular", left)
    check_floats(A, "linalg.solve_triangular")
    return solve_triangular_of(A, B, upper, left, unitriangular)


@composed(method="triangular_solve", family="linalg", samples=lambda r: [(r(3, 2), well(r, 3, 3)), (r(3, 2), well(r, 3, 3), False, True), (r(3, 2), r(3, 3), True, False, True)])
def triangular_solve(b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *, out: Any = None) -> Any:
    """triangular_solve(b, A, upper=True, transpose=False, unitriangular=False, *, out=None) -> (Tensor, Tensor)

    An older form of `lucet.linalg.solve_triangular`: the solution of Ax = b, or A^T x = b, and a copy of A.

    >>> import lucet
    >>> lucet.triangular_solve(lucet.tensor([[4.]]), lucet.tensor([[2.]])).solution
    tensor([[2.]])
    """
    warn_once("torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangular, which takes A first", stacklevel=3)
    check_legacy(b, A, "triangular_solve")
    A, b = expanded(A, b)
    X = solve_triangular_of(A.mT, b, not upper, True, unitriangular) if transpose else solve_triangular_of(A, b, upper, True, unitriangular)
    return return_types.triangular_solve((X, A.clone()))


def check_legacy(b: Tensor, A: Tensor, op: str) -> None:
    for name, t in (("b", b), ("A", A)):
        if t.dim() < 2:
            raise error(ShapeError, f"torch.{op}: Expected {name} to have at least 2 dimensions, but it has {t.dim()} dimensions instead")
    check_floats(A, op)
    if A.shape[-1] != A.shape[-2]:
        raise error(ShapeError, f"{op}: A must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices")
    if A.shape[-1] != b.shape[-2]:
        n, m = A.shape[-1], b.shape[-1]
        raise error(ShapeError, f"Incompatible matrix sizes for {op}: each A matrix is {n} by {n} but each b matrix is {b.shape[-2]} by {m}")
    if A.dtype is not b.dtype:
        raise error(DtypeError, f"{op}: Expected b and A to have the same dtype, but found b of type {named(b.dtype)} and A of type {named(A.dtype)} instead")


# --- LU --------------------------------------------------------------------------------------------------------------


def _factored(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(LU, pivots, info) of (..., m, n) matrices, without history."""
    LU, pivots, info = factor_lu(stacked(A))
    if A.dim() == 2:
        return shaped(LU, A.shape), shaped(pivots, pivots.shape[1:]), shaped(info, ())
    if A.dim() == 3:
        return LU, pivots, info
    lead = A.shape[:-2]
    return shaped(LU, A.shape), shaped(pivots, (*lead, pivots.shape[-1])), shaped(info, lead)


def _rows_exchanged(B: Tensor, pivots: Tensor, back: bool) -> Tensor:
    """The rows of B (..., m, n) in the order of pivots, or back in their own; recorded."""
    if B.dim() == 2 and pivots.dim() == 1:
        Y = shaped(factor_exchanged(stacked(B), pivots.unsqueeze(0), back), B.shape)
    else:
        lead, count = B.shape[:-2], pivots.size(-1)
        order = pivots.expand((*lead, count)).reshape(math.prod(lead), count)
        Y = shaped(factor_exchanged(stacked(B), order, back), B.shape)
    recorded("IndexBackward0", _rows_exchanged_rule, (B,), (Y,), (), (pivots, back))
    return Y


def _rows_exchanged_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> Rule:
    return [_rows_exchanged(grads[0], options[0], not options[1])]


def _lu(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(LU, pivots, info), LU recorded."""
    LU, pivots, info = _factored(A)
    recorded("LinalgLuFactorExBackward0", _lu_rule, (A,), (LU,), (LU,), pivots)
    return LU, pivots, info


def _lower(LU: Tensor) -> Tensor:
    k = min(LU.shape[-2:])
    return LU[..., :k].tril(-1) + _ones_on_diagonal(LU, LU.shape[-2], k)


def _ones_on_diagonal(like: Tensor, m: int, n: int) -> Tensor:
    return eye(m, n, dtype=like.dtype, device=like.device)


def _upper(LU: Tensor) -> Tensor:
    return LU[..., : min(LU.shape[-2:]), :].triu()


def _lu_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], pivots: Any) -> Rule:
    """F. de Hoog, R. Anderssen, M. Lukas, Differentiation of matrix functionals using triangular factorization, 2011; for wide and
    tall matrices the same with their square part solved for first."""
    (g,), (LU,) = grads, kept
    m, n = LU.shape[-2:]
    k = min(m, n)
    L, U = _lower(LU), _upper(LU)
    gL, gU = g[..., :k].tril(-1), g[..., :k, :].triu()
    L1, U1 = L[..., :k, :], U[..., :k]
    low, high = L1.mH @ gL[..., :k, :], gU[..., :k] @ U1.mH
    if m < n:
        low = low - gU[..., k:] @ U[..., k:].mH
    elif m > n:
        high = high - L[..., k:, :].mH @ gL[..., k:, :]
    middle = solve_triangular_of(U1.mH, low.tril(-1) + high.triu(), False, False, False)
    gA = solve_triangular_of(L1.mH, middle, True, True, True)
    if m < n:
        gA = cat([gA, solve_triangular_of(L1.mH, gU[..., k:], True, True, True)], -1)
    elif m > n:
        gA = cat([gA, solve_triangular_of(U1.mH, gL[..., k:, :], False, False, False)], -2)
    return [_rows_exchanged(gA, pivots, True)]


_LU_SAMPLES = lambda r: [(well(r, 3, 3),), (well(r, 2, 3, 3),), (r(2, 4),), (r(4, 2),), (r(0, 0),), (r(2, 3, 0),)]


def _check_lu(A: Tensor, op: str, pivot: bool) -> None:
    check_matrices(A, op)
    check_floats(A, op)
    if not pivot:
        raise RuntimeError(f"{op}: LU without pivoting is not implemented on the CPU")


_SINGULAR_LU = (
    "U[{},{}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, "
    "consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)"
)


@composed(name="linalg_lu_factor_ex", public=False, also="linalg", family="linalg", samples=_LU_SAMPLES)
def linalg_lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """linalg.lu_factor_ex(A, *, pivot=True, check_errors=False, out=None) -> (LU, pivots, info)

    `lu_factor` that does not raise for singular matrices: info is 0, or which diagonal element of U is the first zero, from 1.

    >>> import lucet
    >>> lucet.linalg.lu_factor_ex(lucet.zeros(2, 2)).info
    tensor(1, dtype=lucet.int32)
    """
    _check_lu(A, "linalg.lu_factor_ex", pivot)
    LU, pivots, info = _lu(A)
    if check_errors:
        refuse(info, "torch.linalg.lu_factor_ex", _SINGULAR_LU)
    return return_types.linalg_lu_factor_ex((LU, pivots, info))


@composed(name="linalg_lu_factor", public=False, also="linalg", family="linalg", samples=_LU_SAMPLES)
def linalg_lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """linalg.lu_factor(A, *, pivot=True, out=None) -> (LU, pivots)

    The factors L and U of PA = LU in one matrix, without L's diagonal of ones, and the rows that were exchanged, from 1:
    row i with row pivots[i]. For (..., m, n) matrices, with partial pivoting. LinAlgError for a singular matrix.

    >>> import lucet
    >>> LU, pivots = lucet.linalg.lu_factor(lucet.tensor([[1., 2.], [2., 0.]]))
    >>> LU
    tensor([[2.0000, 0.0000],
            [0.5000, 2.0000]])
    """
    _check_lu(A, "linalg.lu_factor", pivot)
    LU, pivots, info = _lu(A)
    refuse(info, "torch.linalg.lu_factor", _SINGULAR_LU)
    return return_types.linalg_lu_factor((LU, pivots))


@composed(name="lu", method="lu", family="linalg", samples=_LU_SAMPLES)
def legacy_lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """lu(A, pivot=True, get_infos=False, out=None) -> (LU, pivots) or (LU, pivots, info)

    An older form of `lucet.linalg.lu_factor_ex`, with its `info` where `get_infos` asks for it. Deprecated.

    >>> import lucet
    >>> lucet.lu(lucet.tensor([[1., 2.], [2., 0.]]))[1]
    tensor([2, 2], dtype=lucet.int32)
    """
    warn_once("torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex", stacklevel=3)
    _check_lu(A, "lu", pivot)
    LU, pivots, info = _lu(A)
    return return_types._lu_with_info((LU, pivots, info)) if get_infos else (LU, pivots)


def _permutation(A: Tensor, pivots: Tensor) -> Tensor:
    """P of A = P L U, for pivots that belong to matrices like A."""
    m = A.shape[-2]
    if tuple(pivots.shape) != (*A.shape[:-2], min(A.shape[-2:])):
        raise error(ShapeError, f"lu: the pivots of matrices of shape {list(A.shape)} have shape {[*A.shape[:-2], min(A.shape[-2:])]}, but got {list(pivots.shape)}")
    P = identity_like(A, m).expand((*A.shape[:-2], m, m))
    return _rows_exchanged(P, pivots, False).mT.contiguous()


@composed(name="linalg_lu", public=False, also="linalg", family="linalg", samples=_LU_SAMPLES)
def linalg_lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:
    """linalg.lu(A, *, pivot=True, out=None) -> (P, L, U)

    The decomposition A = PLU of (..., m, n) matrices: a permutation, a lower triangle with ones on the diagonal, an upper triangle.

    >>> import lucet
    >>> P, L, U = lucet.linalg.lu(lucet.tensor([[1., 2.], [2., 0.]]))
    >>> lucet.equal(P @ L @ U, lucet.tensor([[1., 2.], [2., 0.]]))
    True
    """
    _check_lu(A, "linalg.lu", pivot)
    LU, pivots, _ = _lu(A)
    return return_types.linalg_lu((_permutation(A, pivots), _lower(LU), _upper(LU)))


def _lu_sample(r: Any, *shape: int) -> tuple[Tensor, Tensor]:
    return _factored(well(r, *shape))[:2]


@composed(family="linalg", samples=lambda r: [_lu_sample(r, 3, 3), _lu_sample(r, 2, 2, 2), (*_lu_sample(r, 3, 3), True, False)])
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None) -> Any:
    """lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True, *, out=None) -> (P, L, U)

    The matrices P, L and U that `lucet.linalg.lu_factor` returns in short form; empty tensors for those not asked for.

    >>> import lucet
    >>> P, L, U = lucet.lu_unpack(*lucet.linalg.lu_factor(lucet.tensor([[1., 2.], [2., 0.]])))
    >>> L
    tensor([[1.0000, 0.0000],
            [0.5000, 1.0000]])
    """
    check_matrices(LU_data, "lu_unpack", "LU_data")
    if unpack_pivots and LU_pivots.dtype is not INT32:
        raise error(
            DtypeError,
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
            "Note: this function is intended to be used with the output produced by torch.linalg.lu_factor",
        )
    P = _permutation(LU_data, LU_pivots) if unpack_pivots else LU_data.new_empty(0)
    L, U = (_lower(LU_data), _upper(LU_data)) if unpack_data else (LU_data.new_empty(0), LU_data.new_empty(0))
    return return_types.lu_unpack((P, L, U))


def _solve_by(LU: Tensor, pivots: Tensor, B: Tensor, adjoint: bool) -> Tensor:
    """X of AX = B, or A^H X = B, from the factors of A; recorded."""
    LU, B = expanded(LU, B)
    if adjoint:
        LUh = adjoint_of(LU)
        Y = solve_triangular_of(LUh, B, False, True, False)
        return _rows_exchanged(solve_triangular_of(LUh, Y, True, True, True), pivots, True)
    return solve_triangular_of(LU, solve_triangular_of(LU, _rows_exchanged(B, pivots, False), False, True, True), True, True, False)


def _solved_by(LU: Tensor, pivots: Tensor, B: Tensor, left: bool, adjoint: bool) -> Tensor:
    if left:
        return _solve_by(LU, pivots, B, adjoint)
    return adjoint_of(_solve_by(LU, pivots, B.mH, not adjoint))  # XA = B is A^H X^H = B^H


def _check_pivots(LU: Tensor, pivots: Tensor, op: str) -> None:
    if pivots.dtype is not INT32:
        raise error(DtypeError, f"{op}: pivots should be a Tensor of scalar type torch.int32")
    if pivots.dim() == 0 or pivots.shape[-1] != LU.shape[-1]:
        raise error(ShapeError, f"{op}: Number of pivots per batch should be same as the dimension of the matrix")
    if tuple(pivots.shape[:-1]) != tuple(LU.shape[:-2]):
        raise error(ShapeError, f"{op}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape {list(pivots.shape)} instead")


@composed(
    name="linalg_lu_solve", public=False, also="linalg", family="linalg",
    samples=lambda r: [
        (*_lu_sample(r, 3, 3), r(3, 2)), (*_lu_sample(r, 2, 3, 3), r(2, 3, 2), {"adjoint": True}), (*_lu_sample(r, 3, 3), r(2, 3), {"left": False}),
    ],
)  # fmt: skip
def linalg_lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Tensor | None = None) -> Tensor:
    """linalg.lu_solve(LU, pivots, B, *, left=True, adjoint=False, out=None) -> Tensor

    The solution X of AX = B, or (left=False) XA = B, with A^H for A where `adjoint`, from what `lu_factor(A)` returned.

    >>> import lucet
    >>> LU, pivots = lucet.linalg.lu_factor(lucet.tensor([[2., 0.], [0., 4.]]))
    >>> lucet.linalg.lu_solve(LU, pivots, lucet.tensor([[2.], [4.]]))
    tensor([[1.],
            [1.]])
    """
    check_floats(LU, "linalg.lu_solve")
    check_solve(LU, B, "linalg.lu_solve", left)
    _check_pivots(LU, pivots, "linalg.lu_solve")
    return _solved_by(LU, pivots, B, left, adjoint)


@composed(method="lu_solve", family="linalg", samples=lambda r: [(r(3, 2), *_lu_sample(r, 3, 3)), (r(2, 3, 2), *_lu_sample(r, 2, 3, 3))])
def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """lu_solve(b, LU_data, LU_pivots, *, out=None) -> Tensor

    An older form of `lucet.linalg.lu_solve`, with b first.

    >>> import lucet
    >>> lucet.lu_solve(lucet.tensor([[4.]]), *lucet.linalg.lu_factor(lucet.tensor([[2.]])))
    tensor([[2.]])
    """
    warn_once("torch.lu_solve is deprecated in favor of torch.linalg.lu_solve, which takes b last", stacklevel=3)
    check_floats(LU_data, "lu_solve")
    check_solve(LU_data, b, "linalg.lu_solve", True)
    _check_pivots(LU_data, LU_pivots, "linalg.lu_solve")
    return _solved_by(LU_data, LU_pivots, b, True, False)


# --- solve and inverse -----------------------------------------------------------------------------------------------


def solved(A: Tensor, B: Tensor) -> tuple[Tensor, Tensor]:
    """X of AX = B for broadcast matrices, recorded, and info of the matrices A."""
    LU, pivots, info = _factored(A)
    A, B = expanded(A, B)
    if LU.shape != A.shape:
        LU, pivots = LU.expand(A.shape), pivots.expand(A.shape[:-1])
    X = _solve_by(LU, pivots, B.detach(), False)
    recorded("LinalgSolveExBackward0", _solve_rule, (A, B), (X,), (A, X), (LU, pivots))
    return X, info


def _solve_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], factors: Any) -> Rule:
    (g,), (A, X), (LU, pivots) = grads, kept, factors
    gB = solved(A.mH, g)[0] if is_grad_enabled() else _solve_by(LU, pivots, g, True)
    return [-gB @ X.mH if wanted[0] else None, gB]


def solve_of(A: Tensor, B: Tensor, left: bool, op: str) -> tuple[Tensor, Tensor]:
    check_square(A, op)
    check_floats(A, op)
    is_vector = B.dim() == 1 or A.dim() - 1 == B.dim() and tuple(B.shape) == tuple(A.shape[:-1])
    columns = B.unsqueeze(-1) if is_vector else B
    check_solve(A, columns, op, left)
    if is_vector and not left:
        raise RuntimeError(f"{op}: Vector broadcasting of the left hand side is not supported for left=False")
    X, info = solved(A, columns) if left else solved(A.mT, columns.mT)
    X = X if left else X.mT
    return (X.squeeze(-1) if is_vector else X), info


_SOLVE_SAMPLES = lambda r: [
    (well(r, 3, 3), r(3, 2)), (well(r, 3, 3), r(3)), (well(r, 2, 3, 3), r(3, 2)), (well(r, 2, 3, 3), r(2, 3)),
    (well(r, 3, 3), r(2, 3), {"left": False}), (well(r, 3, 3), r(2, 3, 1)), (r(0, 0), r(0, 2)), (r(0, 2, 2), r(0, 2, 1)),
]  # fmt: skip


@composed(name="linalg_solve", public=False, also="linalg", family="linalg", samples=_SOLVE_SAMPLES)
def linalg_solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """linalg.solve(A, B, *, left=True, out=None) -> Tensor

    The solution X of AX = B, or (left=False) XA = B, for (..., n, n) matrices A, by LU with partial pivoting. B is (..., n, k), or a
    vector: (n,), or of A's shape without the last dimension. Leading dimensions broadcast.
    Raises: LinAlgError for a singular matrix, ShapeError for sizes that do not fit.

    >>> import lucet
    >>> lucet.linalg.solve(lucet.tensor([[2., 0.], [0., 4.]]), lucet.tensor([2., 4.]))
    tensor([1., 1.])
    """
    X, info = solve_of(A, B, left, "linalg.solve")
    refuse(info, "torch.linalg.solve", "The solver failed because the input matrix is singular.")
    return X


@composed(name="linalg_solve_ex", public=False, also="linalg", family="linalg", samples=_SOLVE_SAMPLES)
def linalg_solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """linalg.solve_ex(A, B, *, left=True, check_errors=False, out=None) -> (result, info)

    `solve` that does not raise for singular matrices: info is 0, or which diagonal element of U is the first zero, from 1.

    >>> import lucet
    >>> lucet.linalg.solve_ex(lucet.zeros(2, 2), lucet.ones(2)).info
    tensor(1, dtype=lucet.int32)
    """
    X, info = solve_of(A, B, left, "linalg.solve_ex")
    if check_errors:
        refuse(info, "torch.linalg.solve_ex", "The solver failed because the input matrix is singular.")
    return return_types.linalg_solve_ex((X, info))


def inverted(A: Tensor, op: str) -> tuple[Tensor, Tensor]:
    check_square(A, op)
    check_floats(A, op)
    LU, pivots, info = _factored(A)
    X = _solve_by(LU, pivots, identity_like(A, A.shape[-1]).expand(A.shape), False)
    recorded("LinalgInvExBackward0", _inverse_rule, (A,), (X,), (X,))
    return X, info


def _inverse_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    (g,), (X,) = grads, kept
    return [-(X.mH @ g @ X.mH)]


def inverse_of(A: Tensor, op: str = "linalg.inv") -> Tensor:
    X, info = inverted(A, op)
    refuse(info, op, _SINGULAR)
    return X


_SINGULAR = "The diagonal element {} is zero, the inversion could not be completed because the input matrix is singular."
_SQUARE = lambda r: [(well(r, 3, 3),), (well(r, 2, 3, 3),), (r(1, 1),), (r(0, 0),), (r(0, 2, 2),)]


@composed(name="linalg_inv", public=False, also="linalg", family="linalg", formula="linalg.inv(A)", samples=_SQUARE)
def linalg_inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """linalg.inv(A, *, out=None) -> Tensor

    The inverses of (..., n, n) matrices, by LU with partial pivoting. LinAlgError for a singular one.

    >>> import lucet
    >>> lucet.linalg.inv(lucet.tensor([[2., 0.], [0., 4.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return inverse_of(A)


@composed(name="linalg_inv_ex", public=False, also="linalg", family="linalg", samples=_SQUARE)
def linalg_inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> Any:
    """linalg.inv_ex(A, *, check_errors=False, out=None) -> (inverse, info)

    `inv` that does not raise for singular matrices: info is 0, or which diagonal element of U is the first zero, from 1.

    >>> import lucet
    >>> lucet.linalg.inv_ex(lucet.zeros(2, 2)).info
    tensor(1, dtype=lucet.int32)
    """
    X, info = inverted(A, "linalg.inv_ex")
    if check_errors:
        refuse(info, "linalg.inv_ex", _SINGULAR)
    return return_types.linalg_inv_ex((X, info))


@composed(method=True, family="linalg", formula="linalg.inv(input)", samples=_SQUARE)
def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """inverse(input, *, out=None) -> Tensor

    The same as `lucet.linalg.inv`.

    >>> import lucet
    >>> lucet.inverse(lucet.tensor([[2.]]))
    tensor([[0.5000]])
    """
    return inverse_of(input)


# --- determinants ----------------------------------------------------------------------------------------------------


def _parity(pivots: Tensor, like: Tensor) -> Tensor:
    """The sign of the permutation that pivots describe."""
    n = pivots.shape[-1]
    odd = (pivots != arange(1, n + 1, dtype=pivots.dtype, device=pivots.device)).sum(-1) % 2
    return (1 - 2 * odd).to(like.dtype)


def _det(A: Tensor, op: str) -> Tensor:
    check_square(A, op)
    check_floats(A, op)
    LU, pivots, _ = _factored(A)
    d = LU.diagonal(0, -2, -1).prod(-1) * _parity(pivots, A)
    recorded("LinalgDetBackward0", _det_rule, (A,), (d,), (A, d))
    return d


def _det_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """Giles 2.2.4, det(A) A^-H; where a determinant is 0 the cofactors, from the singular values."""
    (g,), (A, d) = grads, kept
    if not d.is_meta and bool((d == 0).any()):
        return [g[..., None, None] * _cofactors(A)]
    if d.is_complex():
        d = d.conj()
    return [(g * d)[..., None, None] * inverted(A, "linalg.det")[0].mH]


def _singular_parts(A: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """U, S and Vh, and the conjugate of det U det Vh, for each matrix."""
    U, S, Vh = svd_of(A, False, "linalg.det")
    turn = (_det(U, "linalg.det") * _det(Vh, "linalg.det"))[..., None, None]
    return U, S, Vh, turn.conj() if turn.is_complex() else turn


def _cofactors(A: Tensor) -> Tensor:
    """The conjugate of d det / dA, a polynomial of the elements: where no inverse is, from the singular values, without divisions."""
    U, S, Vh, turn = _singular_parts(A.detach())
    others = S.unsqueeze(-2).expand(A.shape).masked_fill(identity_like(S, A.shape[-1]) == 1, 1).prod(-1)
    y = turn * ((U * others.unsqueeze(-2).to(A.dtype)) @ Vh)
    recorded("LinalgDetBackward0", _cofactors_rule, (A,), (y,), (A,))
    return y


def _cofactors_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """Of the matrix of singular values: cofactor (i, i) changes with (k, k) by the product of all but those two, (i, j) with (j, i) by minus that."""
    (g,), (A,) = grads, kept
    U, S, Vh, turn = _singular_parts(A)
    n = A.shape[-1]
    W = U.mH @ g @ Vh.mH
    alone = identity_like(S, n) == 1
    rest = stack([S.masked_fill(alone[i], 1).unsqueeze(-2).expand(A.shape).masked_fill(alone, 1).prod(-1) for i in range(n)], -2)
    rest = rest.masked_fill(alone, 0).to(A.dtype)
    N = (rest @ W.diagonal(0, -2, -1).unsqueeze(-1)).squeeze(-1).diag_embed() - rest * W.transpose(-2, -1)
    return [turn * (U @ (N.conj() if N.is_complex() else N) @ Vh)]


def _slogdet(A: Tensor, op: str) -> tuple[Tensor, Tensor]:
    check_square(A, op)
    check_floats(A, op)
    LU, pivots, _ = _factored(A)
    d = LU.diagonal(0, -2, -1)
    sign = (d.sgn() if A.is_complex() else d.sign()).prod(-1) * _parity(pivots, A)
    size = d.abs().log().sum(-1)
    recorded("LinalgSlogdetBackward0", _slogdet_rule, (A,), (sign, size), (A, sign))
    return sign, size


def _slogdet_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """d log|det A| = tr(A^-1 dA); of complex numbers also the phase, which turns with the imaginary part of the trace."""
    (g_sign, g), (A, sign) = grads, kept
    if g is None and g_sign is None:
        return [None]
    if A.is_complex():
        total: Any = 0 if g is None else g.to(A.dtype)
        if g_sign is not None:
            total = total - (g_sign.conj() * sign).imag * 1j
    elif g is None:
        return [A * 0]
    else:
        total = g
    return [total[..., None, None] * inverted(A, "linalg.slogdet")[0].mH]


@composed(name="linalg_det", public=False, also="linalg", family="linalg", formula="linalg.det(A)", samples=_SQUARE)
def linalg_det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """linalg.det(A, *, out=None) -> Tensor

    The determinants of (..., n, n) matrices, by LU with partial pivoting.

    >>> import lucet
    >>> lucet.linalg.det(lucet.tensor([[1., 2.], [3., 4.]]))
    tensor(-2.0000)
    """
    return _det(A, "linalg.det")


@composed(method=True, family="linalg", formula="linalg.det(input)", samples=_SQUARE)
def det(input: Tensor) -> Tensor:
    """det(input) -> Tensor

    The same as `lucet.linalg.det`.

    >>> import lucet
    >>> lucet.det(lucet.tensor([[2., 0.], [0., 4.]]))
    tensor(8.)
    """
    return _det(input, "linalg.det")


@composed(name="linalg_slogdet", public=False, also="linalg", family="linalg", samples=_SQUARE)
def linalg_slogdet(A: Tensor, *, out: Any = None) -> Any:
    """linalg.slogdet(A, *, out=None) -> (sign, logabsdet)

    The signs of the determinants of (..., n, n) matrices (complex: their phases) and the logarithms of their magnitudes.

    >>> import lucet
    >>> lucet.linalg.slogdet(lucet.tensor([[1., 2.], [3., 4.]])).logabsdet
    tensor(0.6931)
    """
    return return_types.linalg_slogdet(_slogdet(A, "linalg.slogdet"))


@composed(method=True, family="linalg", samples=_SQUARE)
def slogdet(input: Tensor) -> Any:
    """slogdet(input) -> (Tensor, Tensor)

    The same as `lucet.linalg.slogdet`.

    >>> import lucet
    >>> lucet.slogdet(lucet.tensor([[-1.]])).sign
    tensor(-1.)
    """
    return return_types.slogdet(_slogdet(input, "linalg.slogdet"))


@composed(method=True, family="linalg", samples=lambda r: [(positive(r, 3, 3),), (positive(r, 2, 3, 3),), (r(0, 0),)])
def logdet(input: Tensor) -> Tensor:
    """logdet(input) -> Tensor

    The logarithms of determinants: -inf for a singular matrix, NaN for a negative determinant.

    >>> import lucet
    >>> lucet.logdet(lucet.tensor([[1.]]))
    tensor(0.)
    """
    sign, size = _slogdet(input, "logdet")
    if input.is_complex():
        return size + sign.log()
    return size.masked_fill(sign == -1, float("nan"))
