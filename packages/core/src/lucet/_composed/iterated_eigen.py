"""A few eigenvalues of a large symmetric matrix, by products with it: lobpcg."""

from collections.abc import Callable
from typing import Any

from lucet._composed._define import composed
from lucet._composed._matrices import shaped, stacked
from lucet._composed.hermitian import eigh_of, eigh_rule
from lucet._errors import ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.create import zeros
from lucet._ops.join import cat, stack
from lucet._ops.random import randn
from lucet._tensor import Tensor
from lucet._type_info import finfo

Rule = list[Tensor | None]


class Search:
    """One matrix's search, which `tracker` sees at each step: `E` and `X` as they are, the residuals `R`, the basis `S`; in `ivars` the
    step and how many have converged, in `tvars` the relative residuals; `bvars["force_stop"] = True` ends it.

    A. Knyazev, Toward the optimal preconditioned eigensolver: locally optimal block preconditioned conjugate gradient method, 2001. Each
    step takes the best vectors in the span of the last ones, their residuals, and the last steps. The basis is kept orthonormal, as in
    U. Hetmaniuk, R. Lehoucq, Basis selection in LOBPCG, 2006.
    """

    def __init__(self, A: Tensor, B: Tensor | None, X: Tensor, iK: Tensor | None, iparams: dict[str, int], fparams: dict[str, float], bparams: dict[str, bool], method: str) -> None:
        self.A, self.B, self.X, self.iK, self.method = A, B, X, iK, method
        self.iparams, self.fparams, self.bparams = iparams, fparams, bparams
        m, n = X.shape
        self.E, self.R, self.S = X.new_zeros(n), X.new_zeros(m, n), X.new_zeros(m, 0)
        self.P = X.new_zeros(m, 0)  # the last steps
        self.tvars: dict[str, Tensor] = {}
        self.fvars: dict[str, float] = {}
        self.ivars = {"istep": 0, "converged_count": 0}
        self.bvars = {"force_stop": False}

    def weighed(self, X: Tensor) -> Tensor:
        return X if self.B is None else self.B @ X

    def orthonormal(self, V: Tensor, against: Tensor | None = None) -> Tensor:
        """A basis, orthonormal by B, of what the columns of V span outside of another such basis. Twice is enough."""
        for _ in range(2):
            if against is not None:
                V = V - against @ (against.mT @ self.weighed(V))
            sizes = (V * self.weighed(V)).sum(0).clamp_min(0).sqrt()
            V = V[:, sizes > 0] / sizes[sizes > 0]
            squares, turn = eigh_of(V.mT @ self.weighed(V), "L", "lobpcg")
            kept = squares > squares.shape[0] * finfo(V.dtype).eps * squares.max() if squares.numel() else squares > 0
            V = (V @ turn)[:, kept] / squares[kept].sqrt()
        return V

    def improve(self, basis: Tensor) -> None:
        """The best vectors in the span of an orthonormal basis, which begins with X."""
        n = self.X.shape[-1]
        products = self.A @ basis
        small = basis.mT @ products
        values, turn = eigh_of((small + small.mT) / 2, "L", "lobpcg")
        order = values.argsort(descending=self.bparams["largest"])[:n]
        chosen = turn[:, order]
        self.P = basis[:, n:] @ chosen[n:]
        self.E, self.X, self.S = values[order], basis @ chosen, basis
        self.R = products @ chosen - self.weighed(self.X) * self.E

    def converged(self, A_size: Tensor, B_size: Tensor | float) -> int:
        """How many residuals, from the first, are small beside what rounding leaves."""
        errors = self.R.norm(2, 0) / (self.X.norm(2, 0) * (A_size + self.E.abs() * B_size))
        self.tvars["rerr"] = errors
        return int((errors < self.fparams["tol"]).long().cumprod(0).sum())

    def run(self, tracker: Callable[["Search"], object] | None) -> None:
        A_size, B_size = self.A.norm() / self.A.shape[-1] ** 0.5, 1.0 if self.B is None else self.B.norm() / self.A.shape[-1] ** 0.5
        start = self.orthonormal(self.X)
        while start.shape[-1] < self.X.shape[-1]:  # of vectors that depend on each other some are drawn anew
            more = randn(self.X.shape[0], self.X.shape[-1] - start.shape[-1], dtype=self.X.dtype, device=self.X.device)
            start = cat([start, self.orthonormal(more, start)], 1)
        self.improve(start)
        while True:
            self.ivars["converged_count"] = self.converged(A_size, B_size)
            if tracker is not None:
                tracker(self)
            done = self.ivars["converged_count"] >= self.iparams["k"] or 0 <= self.iparams["niter"] <= self.ivars["istep"]
            if done or self.bvars["force_stop"]:
                self.X = self.X * _signs(self.X)
                return
            self.ivars["istep"] += 1
            W = self.R if self.iK is None else self.iK @ self.R
            self.improve(cat([self.X, self.orthonormal(cat([W, self.P], 1), self.X)], 1))


def _signs(X: Tensor) -> Tensor:
    """By which the first of the large components of each vector becomes positive, as in `eigh`."""
    sizes = X.abs()
    large = sizes >= 0.618 * sizes.amax(0)
    return X.gather(0, large.long().argmax(0, keepdim=True)).sign()


def _rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> Rule:
    """The rule of all vectors, those that were not asked for having no gradient."""
    (gE, gX), (A, E, X) = grads, kept
    if options["B"] is not None:
        raise ValueError("lobpcg.backward does not support backward with B != I yet.")
    values, vectors = eigh_of(A, "L", "lobpcg")
    k = E.shape[-1]
    rest = slice(None, -k) if options["largest"] else slice(k, None)
    none, room = values[..., rest], vectors[..., rest]
    values, vectors = cat([none, E], -1), cat([room, X], -1)
    gE = None if gE is None else cat([none * 0, gE], -1)
    gX = None if gX is None else cat([room * 0, gX], -1)
    return eigh_rule([True], [gE, gX], [values, vectors], None)


def _symmetric(r: Any, *shape: int) -> Tensor:
    a = r(*shape)
    return a @ a.mT


def _samples(r: Any) -> list[tuple[Any, ...]]:
    # from given vectors, which settle the signs
    return [(_symmetric(r, 7, 7), {"X": r(7, 2), "tol": 1e-13}), (_symmetric(r, 2, 4, 4), {"X": r(4, 1), "tol": 1e-13, "largest": False})]


@composed(family="linalg", samples=_samples)
def lobpcg(
    A: Tensor,
    k: int | None = None,
    B: Tensor | None = None,
    X: Tensor | None = None,
    n: int | None = None,
    iK: Tensor | None = None,
    niter: int | None = None,
    tol: float | None = None,
    largest: bool | None = None,
    method: str | None = None,
    tracker: Any = None,
    ortho_iparams: dict[str, int] | None = None,
    ortho_fparams: dict[str, float] | None = None,
    ortho_bparams: dict[str, bool] | None = None,
) -> tuple[Tensor, Tensor]:
    """lobpcg(A, k=None, B=None, X=None, n=None, iK=None, niter=None, tol=None, largest=None, method=None, tracker=None,
    ortho_iparams=None, ortho_fparams=None, ortho_bparams=None) -> (Tensor, Tensor)

    The k largest (or, with largest=False, smallest) eigenvalues of symmetric (..., m, m) matrices and their vectors, in columns: AX = BXE
    with a positive definite B, the identity where it is None. Nothing is done with A but products of it. The search starts at X, or at n
    random vectors (k of them unless more are wanted), and ends when residuals are below `tol`, the root of the type's precision, or after
    `niter` steps: 1000; -1 for no limit. iK is about the inverse of A (of A - sB for an eigenvalue s), which speeds it up. `tracker` is
    called with the search at each step. `method` and what its parts take are accepted: there is one way.
    ValueError for less than 3n rows. The gradient is that of all of A's vectors, and not there for B.

    >>> import lucet
    >>> E, X = lucet.lobpcg(lucet.diag(lucet.tensor([1., 2., 3., 9.])), 1)
    >>> E.round(decimals=3)
    tensor([9.])
    """
    if A.dim() < 2 or A.shape[-2] != A.shape[-1]:
        raise AssertionError(f"A must be square, got shape {tuple(A.shape)}")
    if B is not None and A.shape != B.shape:
        raise AssertionError(f"A and B must have same shape, got {tuple(A.shape)} vs {tuple(B.shape)}")
    if not A.is_floating_point():
        A = A.float()
    if method not in (None, "basic", "ortho"):
        raise ValueError(f"lobpcg: method is 'basic' or 'ortho', got {method!r}")
    m = A.shape[-1]
    k = (1 if X is None else X.shape[-1]) if k is None else k
    n = (k if n is None else n) if X is None else X.shape[-1]
    if m < 3 * n:
        raise ValueError(f"LOBPCG algorithm is not applicable when the number of A rows (={m}) is smaller than 3 x the number of requested eigenpairs (={n})")
    if not 0 < k <= n:
        raise error(ShapeError, f"lobpcg: k eigenpairs of n vectors, 0 < k <= n, but k is {k} and n is {n}")
    if A._is_recorded() or B is not None and B._is_recorded():
        A, B = (A + A.mT) / 2, None if B is None else (B + B.mT) / 2  # so that the gradient is symmetric
    iparams = {"m": m, "n": n, "k": k, "niter": 1000 if niter is None else niter} | (ortho_iparams or {})
    fparams = {"tol": finfo(A.dtype).eps ** 0.5 if tol is None else tol} | (ortho_fparams or {})
    bparams = {"largest": True if largest is None else largest} | (ortho_bparams or {})
    if A.is_meta:
        return A.new_empty((*A.shape[:-2], k)), A.new_empty((*A.shape[:-2], m, k))
    matrices, weights = stacked(A), None if B is None else stacked(B)
    if X is not None and tuple(X.shape) not in ((m, n), (*A.shape[:-2], m, n)):
        raise AssertionError(f"X shape mismatch: got {tuple(X.shape)}, expected {(*A.shape[:-2], m, n)}")
    starts = None if X is None else stacked(X.expand(*A.shape[:-2], m, n))
    found = []
    for i in range(matrices.shape[0]):
        start = randn(m, n, dtype=A.dtype, device=A.device) if starts is None else starts[i]
        search = Search(matrices[i], None if weights is None else weights[i], start, iK, iparams | {"batch_index": i}, fparams, bparams, method or "ortho")
        search.run(tracker)
        found.append((search.E[:k], search.X[:, :k]))
    E, V = (stack(list(parts)) for parts in zip(*found, strict=True)) if found else (zeros(0, k, dtype=A.dtype), zeros(0, m, k, dtype=A.dtype))
    E, V = shaped(E, (*A.shape[:-2], k)), shaped(V, (*A.shape[:-2], m, k))
    recorded("LobpcgBackward0", _rule, (A,) if B is None else (A, B), (E, V), (A, E, V), {"B": B, "largest": bparams["largest"]})
    return E, V
