"""Factors L D L' of symmetric and Hermitian matrices, and solutions from them. Computed by _ops/factor_ldl.pxi."""

import math
from typing import Any, NoReturn

from lucet import return_types
from lucet._composed._define import composed
from lucet._composed._matrices import (
    INT32,
    check_floats,
    check_square,
    expanded,
    named,
    refuse,
    shaped,
    stacked,
)
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.factor import exchanged as factor_exchanged
from lucet._ops.factor import ldl as factor_ldl
from lucet._ops.factor import ldl_parts as factor_ldl_parts
from lucet._ops.factor import triangular as factor_triangular
from lucet._ops.pointwise import where_function as where
from lucet._tensor import Tensor

_SINGULAR = "D[{},{}] is zero, so that ldl_solve would divide by zero"


def _no_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], op: Any) -> NoReturn:
    raise RuntimeError(f"derivative for {op} is not implemented")


def _factored(A: Tensor, hermitian: bool, op: str) -> tuple[Tensor, Tensor, Tensor]:
    check_square(A, f"torch.{op}")
    check_floats(A, f"torch.{op}")
    LD, pivots, info = factor_ldl(stacked(A), hermitian)
    LD, pivots, info = shaped(LD, A.shape), shaped(pivots, A.shape[:-1]), shaped(info, A.shape[:-2])
    recorded("LinalgLdlFactorExBackward0", _no_rule, (A,), (LD,), (), op.replace(".", "_"))
    return LD, pivots, info


def _symmetric(r: Any, *shape: int) -> Tensor:
    a = r(*shape)
    return a + a.mT


def _SAMPLES(r: Any) -> list[tuple[Any, ...]]:
    return [(_symmetric(r, 3, 3),), (_symmetric(r, 2, 4, 4), {"hermitian": True}), (r(0, 0),), (r(2, 0, 0),)]


@composed(name="linalg_ldl_factor_ex", public=False, also="linalg", grad="no", dtypes="floats and complex", family="linalg", samples=_SAMPLES)
def linalg_ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """linalg.ldl_factor_ex(A, *, hermitian=False, check_errors=False, out=None) -> (LD, pivots, info)

    `ldl_factor` that does not raise where D has a zero: info is 0, or which column's, from 1.

    >>> import lucet
    >>> lucet.linalg.ldl_factor_ex(lucet.zeros(2, 2)).info
    tensor(1, dtype=lucet.int32)
    """
    LD, pivots, info = _factored(A, hermitian, "linalg.ldl_factor_ex")
    if check_errors:
        refuse(info, "torch.linalg.ldl_factor_ex", _SINGULAR)
    return return_types.linalg_ldl_factor_ex((LD, pivots, info))


@composed(name="linalg_ldl_factor", public=False, also="linalg", grad="no", dtypes="floats and complex", family="linalg", samples=_SAMPLES)
def linalg_ldl_factor(A: Tensor, *, hermitian: bool = False, out: Any = None) -> Any:
    """linalg.ldl_factor(A, *, hermitian=False, out=None) -> (LD, pivots)

    The factors of a symmetric matrix, A = L D L^T, or of a Hermitian one, A = L D L^H, that need not be definite: L has a diagonal of ones,
    D blocks of one and two rows on the diagonal, and both are in one matrix. Of A the lower triangle is read. A positive pivot is the row,
    from 1, that was exchanged with this one; two equal negative ones belong to a block of two. As LAPACK's sytrf and hetrf.
    LinAlgError where D has a zero, ShapeError for matrices that are not square. No gradient.

    >>> import lucet
    >>> LD, pivots = lucet.linalg.ldl_factor(lucet.tensor([[2., 1.], [1., 2.]]))
    >>> LD
    tensor([[2.0000, 0.0000],
            [0.5000, 1.5000]])
    """
    LD, pivots, info = _factored(A, hermitian, "linalg.ldl_factor")
    refuse(info, "torch.linalg.ldl_factor", _SINGULAR)
    return return_types.linalg_ldl_factor((LD, pivots))


def _factors(r: Any, *shape: int, **options: bool) -> tuple[Tensor, Tensor]:
    return linalg_ldl_factor_ex(_symmetric(r, *shape).detach(), **options)[:2]


def _by_blocks(D: Tensor, low: Tensor, Y: Tensor, hermitian: bool) -> Tensor:
    """The solution of DX = Y, for what stands on D's diagonal and below it."""
    first = (low != 0).unsqueeze(-1)
    alone = Y / D.unsqueeze(-1)
    if low.is_meta or not first.any():
        return alone
    below = where(first, low.unsqueeze(-1), 1)
    above = below.conj_physical() if hermitian else below
    a, c = D.unsqueeze(-1) / above, D.roll(-1, -1).unsqueeze(-1) / below
    u, v = Y / above, Y.roll(-1, -2) / below
    rest = a * c - 1
    return where(first, (c * u - v) / rest, where(first.roll(1, -2), ((a * v - u) / rest).roll(1, -2), alone))


def _solved(LD: Tensor, pivots: Tensor, B: Tensor, hermitian: bool) -> Tensor:
    """Without history, for stacks."""
    L, low, order = factor_ldl_parts(LD, pivots)
    Y = factor_triangular(L, factor_exchanged(B, order, False), False, True)
    Y = _by_blocks(L.diagonal(0, -2, -1), low, Y, hermitian)
    return factor_exchanged(factor_triangular(L.mH if hermitian else L.mT, Y, True, True), order, True)


@composed(
    name="linalg_ldl_solve", public=False, also="linalg", grad="no", dtypes="floats and complex", family="linalg",
    samples=lambda r: [(*_factors(r, 3, 3), r(3, 2)), (*_factors(r, 2, 4, 4, hermitian=True), r(4, 1), {"hermitian": True})],
)  # fmt: skip
def linalg_ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """linalg.ldl_solve(LD, pivots, B, *, hermitian=False, out=None) -> Tensor

    The solution X of AX = B, from what `ldl_factor(A, hermitian=hermitian)` returned. Leading dimensions broadcast. ShapeError for sizes and
    pivots that do not fit, DtypeError for different element types. No gradient.

    >>> import lucet
    >>> LD, pivots = lucet.linalg.ldl_factor(lucet.tensor([[0., 1.], [1., 0.]]))
    >>> lucet.linalg.ldl_solve(LD, pivots, lucet.tensor([[2.], [3.]]))
    tensor([[3.],
            [2.]])
    """
    op = "torch.linalg.ldl_solve"
    check_square(LD, op)
    if B.dim() < 2:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-max(B.dim(), 1)}, {max(B.dim(), 1) - 1}], but got -2)")
    if LD.shape[-1] != B.shape[-2]:
        n, m = LD.shape[-1], B.shape[-1]
        raise error(ShapeError, f"Incompatible matrix sizes for {op}: each A matrix is {n} by {n} but each b matrix is {B.shape[-2]} by {m}")
    if LD.dtype is not B.dtype:
        raise error(DtypeError, f"{op}: Expected b and A to have the same dtype, but found b of type {named(B.dtype)} and A of type {named(LD.dtype)} instead")
    check_floats(LD, op)
    if pivots.shape != LD.shape[:-1]:
        raise error(ShapeError, f"{op}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape {list(pivots.shape)} instead")
    if pivots.is_floating_point() or pivots.is_complex() or str(pivots.dtype).endswith("bool"):
        raise error(DtypeError, f"{op}: Expected pivots to be integers. Got {named(pivots.dtype)}")
    factors, right = expanded(LD, B)
    rows = pivots.expand(factors.shape[:-1]).reshape(math.prod(factors.shape[:-2]), factors.shape[-1])
    X = shaped(_solved(stacked(factors), rows.to(INT32), stacked(right), hermitian), right.shape)
    recorded("LinalgLdlSolveBackward0", _no_rule, (LD, B), (X,), (), "linalg_ldl_solve")
    return X
