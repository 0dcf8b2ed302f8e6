"""Eigenvalues of any matrices, orthogonal factors, least squares: eig, qr, geqrf, lstsq and kin. _ops/orthogonal.pyx computes the factors of real
matrices, NumPy's LAPACK the others and eigenvalues."""

from typing import Any

from lucet import return_types
from lucet._composed._define import composed
from lucet._composed._matrices import (
    COMPLEX,
    adjoint_of,
    by_numpy,
    check_floats,
    check_matrices,
    check_phase,
    check_square,
    expanded,
    identity_like,
    named,
    real_of,
    shaped,
    stacked,
    tried_numpy,
)  # fmt: skip
from lucet._composed.factors import solve_triangular_of, solved
from lucet._composed.hermitian import NO_CONVERGENCE
from lucet._composed.singular import pseudoinverse, recorded_pseudoinverse, singular_values, tolerance
from lucet._device import contiguous_format
from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._ops.composing import is_recorded, recorded
from lucet._ops.create import eye
from lucet._ops.join import cat
from lucet._ops.orthogonal import geqrf as columns_geqrf
from lucet._ops.orthogonal import product as columns_product
from lucet._ops.orthogonal import qr as columns_qr
from lucet._tensor import Tensor
from lucet._type_info import finfo

Rule = list[Tensor | None]


# --- eigenvalues of any matrices -------------------------------------------------------------------------------------


def _check_eig(A: Tensor, op: str) -> None:
    check_square(A, op)
    check_floats(A, op)
    if not A.is_meta and not A.isfinite().all():
        raise RuntimeError(f"torch.{op}: input tensor should not contain infs or NaNs.")


def _eig(A: Tensor, op: str) -> tuple[Tensor, Tensor]:
    kind = COMPLEX.get(A.dtype, A.dtype)
    values, vectors = tried_numpy(op, lambda numpy, a: tuple(numpy.linalg.eig(a)), A, [(A.shape[:-1], kind), (A.shape, kind)], NO_CONVERGENCE)
    recorded("LinalgEigBackward0", _eig_rule, (A,), (values, vectors), (values, vectors), A.is_complex())
    return values, vectors


def _eig_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], of_complex: Any) -> Rule:
    """C. Boeddeker et al., On the computation of complex-valued gradients with application to statistically optimum beamforming, 2017,
    eq. 4.77, for vectors of unit length."""
    (g_values, g_vectors), (values, V) = grads, kept
    if g_values is None and g_vectors is None:
        return [None]
    Vh = adjoint_of(V)
    if g_vectors is None:
        core = g_values.unsqueeze(-1) * Vh
    else:
        turns = Vh @ g_vectors
        along = turns.diagonal(0, -2, -1)
        check_phase(along, "linalg_eig_backward: The eigenvectors")
        gap = (values.unsqueeze(-2) - values.unsqueeze(-1)).conj() + identity_like(values, values.shape[-1])
        core = (turns - (Vh @ V) * along.real.unsqueeze(-2)) / gap
        core = core - core.diagonal(0, -2, -1).diag_embed()
        if g_values is not None:
            core = core + g_values.diag_embed()
        core = core @ Vh
    gA: Any = solved(Vh, core)[0]
    return [gA if of_complex else gA.real]


@composed(name="linalg_eig", public=False, also="linalg", family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(2, 2, 2),), (r(0, 0),)])
def linalg_eig(A: Tensor, *, out: Any = None) -> Any:
    """linalg.eig(A, *, out=None) -> (eigenvalues, eigenvectors)

    The eigenvalues, in no order, and eigenvectors of unit length, as columns, of (..., n, n) matrices: complex numbers, also for real
    matrices. Computed by NumPy (LAPACK's geev). Vectors are known up to a factor exp(i phi): the gradient of a function that depends on
    it is a RuntimeError.

    >>> import lucet
    >>> lucet.linalg.eig(lucet.tensor([[0., 1.], [-1., 0.]])).eigenvalues.tolist()
    [1j, -1j]
    """
    _check_eig(A, "linalg.eig")
    return return_types.linalg_eig(_eig(A, "linalg.eig"))


@composed(name="linalg_eigvals", public=False, also="linalg", family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(2, 2, 2),), (r(0, 0),)])
def linalg_eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """linalg.eigvals(A, *, out=None) -> Tensor

    The eigenvalues of (..., n, n) matrices, in no order: complex numbers. Computed by NumPy.

    >>> import lucet
    >>> lucet.linalg.eigvals(lucet.tensor([[0., 1.], [-1., 0.]])).tolist()
    [1j, -1j]
    """
    _check_eig(A, "linalg.eigvals")
    if A._is_recorded():
        return _eig(A, "linalg.eigvals")[0]
    kind = COMPLEX.get(A.dtype, A.dtype)
    return tried_numpy("linalg.eigvals", lambda numpy, a: numpy.linalg.eigvals(a), A, [(A.shape[:-1], kind)], NO_CONVERGENCE)[0]


# --- QR --------------------------------------------------------------------------------------------------------------


def _columns(A: Tensor) -> Tensor:
    """The columns of each matrix as rows of a new tensor (batch, n, m)."""
    return stacked(A).mT.clone(memory_format=contiguous_format)


def _in_columns(t: Tensor) -> Tensor:
    """As LAPACK's results lie: each column in one piece."""
    return t.mT.contiguous().mT.detach()


def _qr(A: Tensor, mode: str, op: str) -> tuple[Tensor, Tensor]:
    check_matrices(A, op)
    check_floats(A, op)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    *lead, m, n = A.shape
    k = min(m, n)
    inner = m if mode == "complete" else k
    found = columns_qr(_columns(A), inner, mode != "r")
    Q = A.new_empty(0)
    if found is not None:
        Q = Q if mode == "r" else shaped(found[0].mT, (*lead, m, inner))
        R = shaped(found[1].mT, (*lead, inner, n))
    elif mode == "r":
        R = _in_columns(by_numpy(op, lambda numpy, a: numpy.linalg.qr(a, "r"), [A], [((*lead, k, n), A.dtype)])[0])
    else:
        shapes = [((*lead, m, inner), A.dtype), ((*lead, inner, n), A.dtype)]
        Q, R = map(_in_columns, by_numpy(op, lambda numpy, a: tuple(numpy.linalg.qr(a, mode)), [A], shapes))
    recorded("LinalgQrBackward0", _qr_rule, (A,), (Q, R), (Q, R), mode)
    return Q, R


def _qr_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], mode: Any) -> Rule:
    """D. A. O. Roberts, L. R. Roberts, QR and LQ decomposition matrix backpropagation algorithms for square, wide, and deep matrices
    and their software implementation, 2020."""
    (gQ, gR), (Q, R) = grads, kept
    if mode == "r":
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') "
            "if you are going to differentiate through linalg.qr."
        )
    m, n = Q.shape[-2], R.shape[-1]
    if mode == "complete" and m > n:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols")
    if gQ is None and gR is None:
        return [None]
    if gR is None:
        core = -(Q.mH @ gQ)
    else:
        core = gR @ R.mH
        if gQ is not None:
            core = core - Q.mH @ gQ
    if m >= n:
        core = core.triu()
        core = core + core.mH
        core = core - 0.5 * core.diagonal(0, -2, -1).diag_embed()
        gA = Q @ core
        if gQ is not None:
            gA = gA + gQ
        return [solve_triangular_of(R.mH, gA, False, False, False)]
    core = (core.mH - core).tril()
    core = core - 0.5 * core.diagonal(0, -2, -1).diag_embed()
    gA = solve_triangular_of(R[..., :m].mH, Q @ core, False, False, False)
    gA = cat([gA, gA.new_zeros(*gA.shape[:-1], n - m)], -1)
    return [gA if gR is None else gA + Q @ gR]


@composed(name="linalg_qr", public=False, also="linalg", family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(2, 4, 2),), (r(2, 4),), (r(2, 2), "complete"), (r(0, 2),)])
def linalg_qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> Any:
    """linalg.qr(A, mode="reduced", *, out=None) -> (Q, R)

    The decomposition A = QR of (..., m, n) matrices into Q with orthonormal columns and upper triangular R. `mode` is "reduced"
    (Q (m, k), R (k, n) with k = min(m, n)), "complete" (Q (m, m), R (m, n)) or "r" (an empty Q). Householder's reflections, with
    LAPACK's signs; of complex matrices computed by NumPy.
    Raises: RuntimeError for another mode, ShapeError for fewer than two dimensions.

    >>> import lucet
    >>> Q, R = lucet.linalg.qr(lucet.tensor([[3., 1.], [4., 2.]]))
    >>> lucet.allclose(Q @ R, lucet.tensor([[3., 1.], [4., 2.]]))
    True
    """
    return return_types.linalg_qr(_qr(A, mode, "linalg.qr"))


@composed(method=True, family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(2, 4, 2),)])
def qr(input: Tensor, some: bool = True, *, out: Any = None) -> Any:
    """qr(input, some=True, *, out=None) -> (Q, R)

    An older form of `lucet.linalg.qr`: some=False is its mode "complete".

    >>> import lucet
    >>> lucet.qr(lucet.tensor([[2., 0.], [0., 3.]])).R.abs()
    tensor([[2., 0.],
            [0., 3.]])
    """
    warn_once("torch.qr is deprecated in favor of torch.linalg.qr and will be removed: its `mode` says what `some` said", stacklevel=3)
    return return_types.qr(_qr(input, "reduced" if some else "complete", "linalg.qr"))


@composed(method=True, family="linalg", grad="no", numpy=True, samples=lambda r: [(r(3, 3),), (r(2, 4, 2),)])
def geqrf(input: Tensor, *, out: Any = None) -> Any:
    """geqrf(input, *, out=None) -> (a, tau)

    The factors of `qr` as LAPACK keeps them: R in the upper triangle of a, below it the reflectors whose factors are tau, from which
    `orgqr` makes Q. Of complex matrices computed by NumPy.

    >>> import lucet
    >>> lucet.geqrf(lucet.tensor([[3.], [4.]])).a.shape
    lucet.Size([2, 1])
    """
    check_matrices(input, "torch.geqrf", "input")
    check_floats(input, "geqrf")
    *lead, m, n = input.shape
    columns = _columns(input)
    tau = columns_geqrf(columns)
    if tau is not None:
        return return_types.geqrf((shaped(columns.mT, input.shape), shaped(tau, (*lead, min(m, n)))))

    def call(numpy: Any, a: Any) -> Any:
        h, tau = numpy.linalg.qr(a, "raw")
        return numpy.swapaxes(h, -1, -2), tau

    packed, tau = by_numpy("geqrf", call, [input], [(input.shape, input.dtype), ((*lead, min(m, n)), input.dtype)])
    return return_types.geqrf((_in_columns(packed), tau))


# --- products of reflectors ------------------------------------------------------------------------------------------


def _reflectors(A: Tensor, tau: Tensor) -> tuple[Tensor, Tensor]:
    """V and T of H_1 .. H_k = I - V T V^H, from the reflectors below A's diagonal: with D = diag(tau) and S the upper triangle of V^H V,
    T = D (I + S D)^-1. See R. Schreiber, C. Van Loan, A storage-efficient WY representation for products of Householder
    transformations, 1989, and T. Joffrain et al., Accumulating Householder transformations, revisited, 2006."""
    m, k = A.shape[-2], tau.shape[-1]
    V = A[..., :k].tril(-1) + eye(m, k, dtype=A.dtype, device=A.device)
    scaled = (V.mH @ V).triu(1) * tau.unsqueeze(-2)
    inverse = solve_triangular_of(scaled, identity_like(A, k).expand(scaled.shape), True, True, True)
    return V, tau.unsqueeze(-1) * inverse


def _no_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> Rule:
    """Nothing moves the result."""
    return [None] * len(wanted)


def _householder_product(A: Tensor, tau: Tensor) -> Tensor:
    op = "torch.linalg.householder_product"
    if A.dim() < 2:
        raise error(ShapeError, f"{op}: input must have at least 2 dimensions.")
    if A.shape[-2] < A.shape[-1]:
        raise error(ShapeError, f"{op}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if A.shape[-1] < tau.shape[-1]:
        raise error(ShapeError, f"{op}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if A.dim() - 1 != tau.dim():
        raise error(ShapeError, f"{op}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.dim()} and input.ndim is equal to {A.dim()}")
    if tuple(tau.shape[:-1]) != tuple(A.shape[:-2]):
        raise error(ShapeError, f"{op}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {list(tau.shape[:-1])}")
    check_floats(A, "linalg.householder_product")
    if tau.dtype is not A.dtype:
        raise error(DtypeError, f"{op}: tau dtype {named(tau.dtype)} does not match input dtype {named(A.dtype)}")
    m, n = A.shape[-2:]
    if not A.numel() or not tau.shape[-1]:
        Q = eye(m, n, dtype=A.dtype, device=A.device).expand(A.shape).contiguous()
        recorded("LinalgHouseholderProductBackward0", _no_rule, (A, tau), (Q,), ())
        return Q
    history = is_recorded(A, tau)
    if not history:
        found = columns_product(_columns(A), tau.detach().reshape(-1, tau.shape[-1]))
        if found is not None:
            return shaped(found.mT, A.shape)
    V, T = _reflectors(A, tau)
    Q = eye(m, n, dtype=A.dtype, device=A.device) - V @ (T @ V[..., :n, :].mH)
    return Q if history else _in_columns(Q)


_REFLECTORS = lambda r: [(r(3, 2), r(2)), (r(2, 3, 3), r(2, 2)), (r(3, 0), r(0))]


@composed(name="linalg_householder_product", public=False, also="linalg", family="linalg", samples=_REFLECTORS)
def linalg_householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """linalg.householder_product(input, tau, *, out=None) -> Tensor

    The first n columns of the product of reflectors I - tau_i v_i v_i^H, whose vectors stand below the diagonal of (..., m, n) matrices:
    Q of what `lucet.geqrf` returns.

    >>> import lucet
    >>> a, tau = lucet.geqrf(lucet.tensor([[3., 1.], [4., 2.]]))
    >>> lucet.allclose(lucet.linalg.householder_product(a, tau), lucet.linalg.qr(lucet.tensor([[3., 1.], [4., 2.]])).Q)
    True
    """
    return _householder_product(input, tau)


@composed(method=True, family="linalg", samples=_REFLECTORS)
def orgqr(input: Tensor, input2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """orgqr(input, input2, *, out=None) -> Tensor

    The same as `lucet.linalg.householder_product`.

    >>> import lucet
    >>> lucet.orgqr(lucet.ones(2, 1), lucet.tensor([1.]))
    tensor([[ 0.],
            [-1.]])
    """
    return _householder_product(input, input2)


@composed(method=True, family="linalg", samples=lambda r: [(r(3, 2), r(2), r(3, 2)), (r(3, 2), r(2), r(2, 3), False), (r(2, 3, 2), r(2, 2), r(2, 3, 2), True, True)])
def ormqr(input: Tensor, input2: Tensor, input3: Tensor, left: bool = True, transpose: bool = False, *, out: Tensor | None = None) -> Tensor:
    """ormqr(input, input2, input3, left=True, transpose=False, *, out=None) -> Tensor

    The product of the whole (m, m) matrix Q that `geqrf` returned in short form (`input` and `input2`) with C, `input3`: QC, CQ,
    Q^H C or C Q^H.

    >>> import lucet
    >>> lucet.ormqr(lucet.ones(2, 1), lucet.tensor([1.]), lucet.eye(2))
    tensor([[ 0., -1.],
            [-1.,  0.]])
    """
    tau, other = input2, input3
    if input.dim() < 2:
        raise error(ShapeError, "torch.ormqr: input must have at least 2 dimensions.")
    if other.dim() < 2:
        raise error(ShapeError, "torch.ormqr: other must have at least 2 dimensions.")
    side = -2 if left else -1
    if other.shape[side] < tau.shape[-1]:
        raise error(ShapeError, f"torch.ormqr: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if other.shape[side] != input.shape[-2]:
        raise error(ShapeError, f"torch.ormqr: other.shape[{side}] must be equal to input.shape[-2]")
    if tau.shape[-1] != min(other.shape[side], input.shape[-1]):
        raise error(ShapeError, f"torch.ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1])")
    if tau.dim() != input.dim() - 1:
        raise error(ShapeError, f"torch.ormqr: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.dim()} and input.ndim is equal to {input.dim()}")
    check_floats(input, "ormqr")
    if not tau.shape[-1] or not other.numel():
        return other.clone()
    V, T = _reflectors(input, tau)
    T = T.mH if transpose else T
    return other - V @ (T @ (V.mH @ other)) if left else other - ((other @ V) @ T) @ V.mH


# --- least squares ---------------------------------------------------------------------------------------------------


def _full_rank_inverse(A: Tensor) -> Tensor | None:
    """The pseudoinverses by orthogonal factors, recorded; None where a matrix looks as if its rank were not full."""
    a = A.detach()
    wide = a.shape[-2] < a.shape[-1]
    Q, R = _qr(a.mH if wide else a, "reduced", "linalg.lstsq")
    sizes = R.diagonal(0, -2, -1).abs()
    if not bool((sizes.amin(-1) > max(a.shape[-2:]) * finfo(A.dtype).eps * sizes.amax(-1)).all()):
        return None
    P = solve_triangular_of(R, Q.mH, True, True, False)
    return recorded_pseudoinverse(A, P.mH if wide else P)


@composed(
    name="linalg_lstsq", public=False, also="linalg", family="linalg", numpy=True,
    samples=lambda r: [(r(4, 2), r(4, 3)), (r(3, 3), r(3, 1)), (r(2, 4, 2), r(2, 4, 1)), (r(2, 4), r(2, 1)), (r(4, 2), r(4, 1), None, {"driver": "gels"})],
)  # fmt: skip
def linalg_lstsq(input: Tensor, b: Tensor, rcond: Any = None, *, driver: str | None = None) -> Any:
    """linalg.lstsq(input, b, rcond=None, *, driver=None) -> (solution, residuals, rank, singular_values)

    The X of least norm that makes |AX - B| least, for (..., m, n) and (..., m, k) matrices A and B, by the pseudoinverse, in which singular
    values up to rcond (the type's epsilon times the larger size) times the largest count as 0. `residuals` are the sums of squares
    where m > n and every rank is n, else, and with driver="gelsy" (the default), empty; `rank` is empty with driver="gels", `singular_values`
    with "gels" and "gelsy". driver="gels" takes the faster way by `qr` where the ranks are full. See `svd`.

    >>> import lucet
    >>> lucet.linalg.lstsq(lucet.tensor([[1.], [1.]]), lucet.tensor([[1.], [3.]])).solution.round(decimals=4)
    tensor([[2.]])
    """
    A, B = input, b
    if A.dim() < 2:
        raise error(ShapeError, "torch.linalg.lstsq: input must have at least 2 dimensions.")
    if B.dim() < 1:
        raise error(ShapeError, "torch.linalg.lstsq: other must have at least 1 dimension.")
    if not 0 <= A.dim() - B.dim() <= 1:
        raise error(ShapeError, "torch.linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1")
    check_floats(A, "linalg.lstsq")
    if A.dtype is not B.dtype:
        raise error(DtypeError, f"torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype {named(A.dtype)} and other's dtype {named(B.dtype)}")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver}")
    is_vector = B.dim() == 1 or A.dim() - 1 == B.dim() and tuple(B.shape) == tuple(A.shape[:-1])
    columns = B.unsqueeze(-1) if is_vector else B
    if A.shape[-2] != columns.shape[-2]:
        raise error(ShapeError, "torch.linalg.lstsq: input.size(-2) should match other.size(-" + ("1)" if is_vector else "2)"))
    A, columns = expanded(A, columns)
    m, n = A.shape[-2:]
    P = _full_rank_inverse(A) if driver == "gels" and A.numel() and not A.is_meta else None
    X = (pseudoinverse(A, None if rcond is None else 0.0, rcond, False, "linalg.lstsq") if P is None else P) @ columns
    a = A.detach()
    rank = a.new_empty(0).long()
    S = a.new_empty(0).to(real_of(a))
    if driver != "gels":
        values = singular_values(a, "linalg.lstsq")
        if values.numel():
            rank = (values > tolerance(a, values.amax(-1, keepdim=True), None if rcond is None else 0.0, rcond)).sum(-1)
        else:
            rank = a.new_zeros(a.shape[:-2]).long()
        S = values if driver in ("gelsd", "gelss") else S
    residuals = X.reshape(-1)[:0].abs()
    if m > n and driver not in (None, "gelsy") and (a.is_meta or driver == "gels" or bool((rank == n).all())):
        residuals = (A @ X - columns).abs().square().sum(-2)
    return return_types.linalg_lstsq((X.squeeze(-1) if is_vector else X, residuals, rank, S))


