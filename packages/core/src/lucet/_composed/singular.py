"""Singular values and what is made of them: svd, svdvals, pinv, rank, condition, matrix norms. _ops/spectral.pyx computes small real
matrices, NumPy's LAPACK the others."""

from typing import Any

from lucet import return_types
from lucet._composed._define import composed
from lucet._composed._matrices import (
    adjoint_of,
    check_floats,
    check_matrices,
    check_phase,
    identity_like,
    real_of,
    shaped,
    stacked,
    tried_numpy,
)
from lucet._composed.hermitian import SMALL, eigenvalues_of_hermitian, eigh_of
from lucet._dtype import promote_types
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.pointwise import where_function as where
from lucet._ops.reduce import vector_norm
from lucet._ops.spectral import svd as spectral_svd
from lucet._tensor import Tensor
from lucet._type_info import finfo

Rule = list[Tensor | None]


# --- svd -------------------------------------------------------------------------------------------------------------


_NO_CONVERGENCE = "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular values."


def _computed(A: Tensor, full: bool, vectors: bool, op: str) -> list[Tensor]:
    *lead, m, n = A.shape
    k = min(m, n)
    shapes = [((*lead, m, m if full else k), A.dtype), ((*lead, k), real_of(A)), ((*lead, n if full else k, n), A.dtype)]
    if A.numel() == 0 and not A.is_meta:  # nothing to compute, but for LAPACK the work of the sizes that are not 0
        S = A.new_zeros((*lead, k), dtype=real_of(A))
        squares = [identity_like(A, size).expand(*lead, size, size)[..., :rows, :columns].clone() for size, rows, columns in ((m, m, shapes[0][0][-1]), (n, shapes[2][0][-2], n))] if vectors else []
        return [squares[0], S, squares[1]] if vectors else [S]
    found = spectral_svd(stacked(A), full, vectors) if m * n <= SMALL else None
    if found is not None:
        return [shaped(t, shape) for t, (shape, _) in zip(found, shapes, strict=True) if t is not None]
    if vectors:
        return tried_numpy(op, lambda numpy, a: tuple(numpy.linalg.svd(a, full)), A, shapes, _NO_CONVERGENCE)
    return tried_numpy(op, lambda numpy, a: numpy.linalg.svd(a, full, False), A, shapes[1:2], _NO_CONVERGENCE)


def svd_of(A: Tensor, full: bool, op: str) -> tuple[Tensor, Tensor, Tensor]:
    """(U, S, Vh), recorded."""
    U, S, Vh = _computed(A, full, True, op)
    recorded("LinalgSvdBackward0", _svd_rule, (A,), (U, S, Vh), (U, S, Vh))
    return U, S, Vh


def singular_values(A: Tensor, op: str) -> Tensor:
    """S alone; with vectors where a gradient will need them."""
    if A._is_recorded():
        return svd_of(A, False, op)[1]
    return _computed(A, False, False, op)[0]


def _skew(X: Tensor) -> Tensor:
    return X - X.mH


def _svd_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """J. Townsend, Differentiating the singular value decomposition, 2016; of the full vectors only the first k have a gradient."""
    (gU, gS, gVh), (U, S, Vh) = grads, kept
    k = S.shape[-1]
    U, Vh = U[..., :k], Vh[..., :k, :]
    gU = None if gU is None else gU[..., :k]
    gVh = None if gVh is None else gVh[..., :k, :]
    if gU is None and gVh is None:
        return [None if gS is None else (U * gS.unsqueeze(-2).to(U.dtype)) @ Vh]
    m, n = U.shape[-2], Vh.shape[-1]
    squares = S.square()
    gap = squares.unsqueeze(-2) - squares.unsqueeze(-1)
    gap = gap + identity_like(S, k)
    rows, columns = S.unsqueeze(-1), S.unsqueeze(-2)
    turns = None if gU is None else U.mH @ gU
    turns_v = None if gVh is None else Vh @ gVh.mH
    if U.is_complex():
        along = sum(t.diagonal(0, -2, -1) for t in (turns, turns_v) if t is not None)
        check_phase(along, "svd_backward: The singular vectors", "this phase term, making it ill-defined")
    core = None
    if turns is not None:
        core = _skew(turns) / gap * columns
    if turns_v is not None:
        part = rows * (_skew(turns_v) / gap)
        core = part if core is None else core + part
    if U.is_complex() and turns is not None:  # the phase of a pair of vectors
        phase = _skew(turns).diagonal(0, -2, -1) / (2 * S)
        core = core + phase.diag_embed()
    if gS is not None:
        core = core + gS.diag_embed()
    assert core is not None  # one of the three has a gradient
    if m > k and gU is not None:
        left = U @ core + (gU - U @ (U.mH @ gU)) / columns
    else:
        left = U @ core
    gA = left @ Vh
    if n > k and gVh is not None:
        gA = gA + U @ ((gVh - (gVh @ Vh.mH) @ Vh) / rows)
    return [gA]


def _check(A: Tensor, op: str) -> None:
    check_matrices(A, op)
    check_floats(A, op)


_SAMPLES = lambda r: [(r(3, 3),), (r(2, 3, 2),), (r(2, 4),), (r(0, 3),), (r(0, 2, 2),)]
_THIN = lambda r: [(r(3, 3), False), (r(2, 3, 2), False), (r(2, 4), False), (r(2, 2),), (r(0, 3), False)]


@composed(name="linalg_svd", public=False, also="linalg", family="linalg", numpy=True, samples=_THIN)
def linalg_svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: Any = None) -> Any:
    """linalg.svd(A, full_matrices=True, *, driver=None, out=None) -> (U, S, Vh)

    The singular value decomposition A = U diag(S) Vh of (..., m, n) matrices, singular values falling. U is (m, m) and Vh (n, n), or
    with full_matrices=False (m, k) and (k, n), k the smaller size. Complex matrices, and real ones of more than 65,536 elements, are
    computed by NumPy (LAPACK's gesdd).
    Raises: LinAlgError where the algorithm does not converge, RuntimeError for a `driver`, which CPUs do not have.

    >>> import lucet
    >>> lucet.linalg.svd(lucet.tensor([[3., 0.], [0., 4.]])).S
    tensor([4., 3.])
    """
    _check(A, "linalg.svd")
    if driver is not None:
        raise RuntimeError("linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.")
    return return_types.linalg_svd(svd_of(A, full_matrices, "linalg.svd"))


@composed(name="linalg_svdvals", public=False, also="linalg", family="linalg", numpy=True, samples=_SAMPLES)
def linalg_svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """linalg.svdvals(A, *, driver=None, out=None) -> Tensor

    The singular values of (..., m, n) matrices, falling: see `svd`.

    >>> import lucet
    >>> lucet.linalg.svdvals(lucet.tensor([[3., 0.], [0., 4.]]))
    tensor([4., 3.])
    """
    _check(A, "linalg.svdvals")
    return singular_values(A, "linalg.svdvals")


@composed(method=True, family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(2, 3, 2),), (r(2, 4),), (r(0, 3),)])
def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """svd(input, some=True, compute_uv=True, *, out=None) -> (U, S, V)

    An older form of `lucet.linalg.svd`: V is not transposed, and `some` asks for the reduced form; zeros for U and V with
    compute_uv=False.

    >>> import lucet
    >>> lucet.svd(lucet.tensor([[3., 0.], [0., 4.]])).S
    tensor([4., 3.])
    """
    _check(input, "linalg.svd")
    if not compute_uv:
        *lead, m, n = input.shape
        S = singular_values(input, "linalg.svd")
        return return_types.svd((input.new_zeros(*lead, m, m), S, input.new_zeros(*lead, n, n)))
    U, S, Vh = svd_of(input, not some, "linalg.svd")
    return return_types.svd((U, S, Vh.mH))


# --- rank and pseudoinverse ------------------------------------------------------------------------------------------


def tolerance(A: Tensor, largest: Tensor, atol: Any, rtol: Any) -> Tensor:
    """Singular values up to this count as 0: max(atol, rtol * largest)."""
    if rtol is None:
        positive = bool((atol > 0).any()) if isinstance(atol, Tensor) and not atol.is_meta else not isinstance(atol, Tensor) and atol is not None and atol > 0
        rtol = 0.0 if positive and not isinstance(atol, Tensor) else finfo(A.dtype).eps * max(A.shape[-2:])
        if isinstance(atol, Tensor):
            rtol = where(atol > 0, 0.0, rtol)
    bound = largest * rtol
    if atol is None:
        return bound
    return bound.maximum(atol) if isinstance(atol, Tensor) else bound.clamp_min(atol)


def _values(A: Tensor, hermitian: bool, op: str) -> Tensor:
    return eigenvalues_of_hermitian(A, "L", op).abs() if hermitian else singular_values(A, op)


@composed(
    name="linalg_matrix_rank", public=False, also="linalg", family="linalg", grad="no", numpy=True,
    samples=lambda r: [(r(3, 3),), (r(2, 3, 2),), (r(2, 1) @ r(1, 2), {"atol": 0.01}), (r(0, 3),)],
)  # fmt: skip
def linalg_matrix_rank(
    input: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None, out: Tensor | None = None
) -> Tensor:
    """linalg.matrix_rank(input, tol=None, hermitian=False, *, atol=None, rtol=None, out=None) -> Tensor

    How many singular values of (..., m, n) matrices are above max(atol, rtol * the largest); without tolerances rtol is the larger
    size times the type's epsilon. `tol` is an absolute one. hermitian=True: eigenvalues instead.

    >>> import lucet
    >>> lucet.linalg.matrix_rank(lucet.ones(3, 3))
    tensor(1)
    """
    check_matrices(input, "torch.linalg.matrix_rank", "input")
    check_floats(input, "linalg.matrix_rank")
    A = input.detach()
    if not min(A.shape[-2:]) or not A.numel():
        return A.new_zeros(A.shape[:-2]).long()
    S = _values(A, hermitian, "linalg.matrix_rank")
    if tol is not None:
        atol, rtol = tol, 0.0
    return (S > tolerance(A, S.amax(-1, keepdim=True), *(t.unsqueeze(-1) if isinstance(t, Tensor) else t for t in (atol, rtol)))).sum(-1)


def _pinv_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """G. H. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems, 1973."""
    (g,), (A, P) = grads, kept
    gh, Ph = adjoint_of(g), adjoint_of(P)
    if A.shape[-2] <= A.shape[-1]:
        K = gh @ P
        KPh = K @ Ph
        return [-(P @ K).mH + KPh - (A @ P) @ KPh + (Ph @ P) @ (gh - K @ A)]
    K = P @ gh
    PhK = Ph @ K
    return [-(K @ P).mH + (gh - A @ K) @ P @ Ph + PhK - (PhK @ P) @ A]


def pseudoinverse(A: Tensor, atol: Any, rtol: Any, hermitian: bool, op: str) -> Tensor:
    """Recorded."""
    check_floats(A, op)
    *lead, m, n = A.shape
    if not A.numel():
        return A.mH.reshape(*lead, n, m) * 1
    a = A.detach()
    atol, rtol = (t.unsqueeze(-1) if isinstance(t, Tensor) and t.dim() else t for t in (atol, rtol))
    if hermitian:
        S, V = eigh_of(a, "L", op)
        sizes = S.abs()
        left, right = V, V.mH
    else:
        U, S, Vh = svd_of(a, False, op)
        sizes = S
        left, right = Vh.mH, U.mH
    kept = sizes > tolerance(A, sizes.amax(-1, keepdim=True), atol, rtol)
    inverse = (1 / S).masked_fill(~kept, 0).to(A.dtype)
    return recorded_pseudoinverse(A, (left * inverse.unsqueeze(-2)) @ right)


def recorded_pseudoinverse(A: Tensor, P: Tensor) -> Tensor:
    """`P`, however it was computed."""
    recorded("LinalgPinvBackward0", _pinv_rule, (A,), (P,), (A, P))
    return P


@composed(name="linalg_pinv", casts=True, public=False, also="linalg", family="linalg", numpy=True, formula="linalg.pinv(A)", samples=lambda r: [(r(3, 3),), (r(2, 3, 2),), (r(2, 4),), (r(0, 3),), (r(2, 2, 0),)])
def linalg_pinv(A: Tensor, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None, out: Tensor | None = None) -> Tensor:
    """linalg.pinv(A, rcond=None, hermitian=False, *, atol=None, rtol=None, out=None) -> Tensor

    The pseudoinverses (Moore-Penrose) of (..., m, n) matrices, (..., n, m), by their singular values, of which those up to
    max(atol, rtol * the largest) count as 0; `rcond` is an older name of rtol. hermitian=True: by eigenvalues. See `svd`.

    >>> import lucet
    >>> lucet.linalg.pinv(lucet.tensor([[2., 0.], [0., 0.]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    if A.dim() < 2:
        raise error(ShapeError, f"linalg.pinv({A.dtype._name}{list(A.shape)}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types")
    if rcond is not None:
        atol, rtol = 0.0, rcond
    return pseudoinverse(A, atol, rtol, hermitian, "linalg.pinv")


@composed(method=True, family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(3, 2),)])
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """pinverse(input, rcond=1e-15) -> Tensor

    An older form of `lucet.linalg.pinv`.

    >>> import lucet
    >>> lucet.pinverse(lucet.tensor([[2.]]))
    tensor([[0.5000]])
    """
    if input.dim() < 2:
        raise error(ShapeError, f"linalg.pinv({input.dtype._name}{list(input.shape)}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types")
    return pseudoinverse(input, 0.0, rcond, False, "linalg.pinv")


# --- norms -----------------------------------------------------------------------------------------------------------


def matrix_norm_of(A: Tensor, ord: Any, dim: Any, keepdim: bool, dtype: Any, op: str) -> Tensor:
    """Recorded."""
    check_matrices(A, op)
    if not (A.is_floating_point() or A.is_complex()):
        check_floats(A, op)
    if len(dim) != 2:
        raise RuntimeError(f"{op}: dim must be a 2-tuple. Got {' '.join(str(d) for d in dim)}")
    for d in dim:
        if not -A.dim() <= d < A.dim():
            raise IndexError(f"Dimension out of range (expected to be in range of [{-A.dim()}, {A.dim() - 1}], but got {d})")
    first, second = (d % A.dim() for d in dim)
    if first == second:
        raise RuntimeError(f"{op}: dims must be different. Got ({dim[0]}, {dim[1]})")
    if dtype is not None:
        if dtype.is_complex != A.is_complex():
            raise error(DtypeError, f"{op}: dtype should be {'complex' if A.is_complex() else 'real'} for such inputs, but got {str(dtype)[6:]}")
        if promote_types(A.dtype, dtype) is not dtype:
            raise error(DtypeError, f"{op}: the dtype of the input ({str(A.dtype)[6:]}) should be convertible without narrowing to the specified dtype ({str(dtype)[6:]})")
        A = A.to(dtype)
    if isinstance(ord, str):
        if ord not in ("fro", "nuc"):
            raise RuntimeError(f"{op}: Order {ord} not supported.")
        if ord == "fro":
            return vector_norm(A, 2, (first, second), keepdim)
    elif abs(ord) not in (1, 2, float("inf")):
        raise RuntimeError(f"{op}: Order {ord:g} not supported.")
    of_values = ord == "nuc" or abs(ord) == 2
    reduced = min(A.shape[first], A.shape[second]) if of_values else A.shape[second if abs(ord) == 1 else first]
    if not reduced and ord != "nuc" and ord > 0:  # nothing is large
        return A.abs().sum((first, second), keepdim)
    if of_values:
        check_floats(A, op)
        moved = A.movedim((first, second), (-2, -1))
        if not reduced and ord != "nuc":
            raise IndexError("amin(): Expected reduction dim -1 to have non-zero size.")
        S = singular_values(moved, op)
        y = S.sum(-1) if ord == "nuc" else S.amax(-1) if ord > 0 else S.amin(-1)
        return y.unsqueeze(min(first, second)).unsqueeze(max(first, second)) if keepdim else y
    if abs(ord) == float("inf"):
        first, second = second, first
    sums = A.abs().sum(first, keepdim=True)
    y = sums.amax(second, keepdim=True) if ord > 0 else sums.amin(second, keepdim=True)
    return y if keepdim else y.squeeze(max(first, second)).squeeze(min(first, second))


@composed(
    name="linalg_matrix_norm", public=False, also="linalg", family="linalg", numpy=True,
    samples=lambda r: [
        (r(3, 4),), (r(2, 3, 4), "nuc"), (r(3, 4), 1), (r(3, 4), -1), (r(3, 4), 2), (r(3, 3), -2), (r(3, 4, 2), float("inf"), (0, 1)),
        (r(3, 4), -float("inf"), (0, 1), True),
    ],
)  # fmt: skip
def linalg_matrix_norm(A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None, out: Tensor | None = None) -> Tensor:
    """linalg.matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None) -> Tensor

    The norms of matrices over two dimensions: "fro" the root of the sum of squares, "nuc" the sum of singular values, 2 and -2 the
    largest and smallest of them (see `svd`), 1 and -1 the largest and smallest sum of magnitudes of a column, inf and -inf of a row.

    >>> import lucet
    >>> lucet.linalg.matrix_norm(lucet.tensor([[3., 0.], [0., 4.]]))
    tensor(5.)
    """
    return matrix_norm_of(A, ord, tuple(dim), keepdim, dtype, "linalg.matrix_norm")


@composed(
    name="linalg_norm", public=False, also="linalg", family="linalg", numpy=True,
    samples=lambda r: [(r(3, 4),), (r(4), 3), (r(3, 4), "nuc"), (r(2, 3, 4), None, 1), (r(2, 3, 4), 1, (0, 2)), (r(3, 4), 2, None, True)],
)  # fmt: skip
def linalg_norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, out: Tensor | None = None, dtype: Any = None) -> Tensor:
    """linalg.norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None) -> Tensor

    A vector norm over one dimension, a matrix norm over two; without `ord` the root of the sum of squares over any, without both of
    the whole tensor. See `vector_norm` and `matrix_norm`.

    >>> import lucet
    >>> lucet.linalg.norm(lucet.tensor([3., 4.]))
    tensor(5.)
    """
    dims = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if ord is not None:
        if dims is not None and len(dims) not in (1, 2):
            raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
        if dims is None and A.dim() not in (1, 2):
            raise error(ShapeError, f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.dim()}D.")
        if isinstance(ord, str) or (len(dims) if dims is not None else A.dim()) == 2:
            return matrix_norm_of(A, ord, (0, 1) if dims is None else dims, keepdim, dtype, "linalg.matrix_norm" if isinstance(ord, str) else "linalg.matrix_norm")
    return vector_norm(A, 2 if ord is None else ord, dims, keepdim, dtype=dtype)
