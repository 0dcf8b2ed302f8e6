"""Linear algebra beside torch: what cannot be computed and in which words, einsum of many equations, gradients of both orders of functions that
do not depend on the choice of vectors."""

import numpy as np
import pytest
import torch

import lucet


def run(text, L):
    """The value of an expression over `L`, torch or lucet, or the error it raises."""
    A = L.ones(2, 3, 3)
    nan = L.full((2, 2), float("nan"))
    turn = L.tensor([[1.0, 2.0], [-3.0, 4.0]], requires_grad=True)
    hermitian = L.tensor([[1, 2 + 1j], [2 - 1j, 4]], requires_grad=True)
    try:
        return eval(text, {"L": L, "A": A, "nan": nan, "inf": float("inf"), "turn": turn, "hermitian": hermitian})
    except Exception as problem:
        return problem


# Those that raise say the same, but for the names of types and what stands in front.
REFUSED = """
linalg.inv(A) | linalg.solve(A,A) | linalg.cholesky(-A) | linalg.lu_factor(A) | linalg.inv(L.ones(3)) | linalg.inv(L.ones(2,3)) | linalg.solve(A,L.ones(4,2))
linalg.solve(L.eye(3),L.ones(2,2)) | linalg.svd(L.ones(3)) | linalg.qr(L.ones(3)) | linalg.eigh(L.ones(2,3)) | linalg.solve_triangular(A,L.ones(2,2),upper=True)
linalg.matrix_norm(L.ones(3)) | linalg.norm(A,2) | linalg.matrix_norm(A,"x") | linalg.matrix_norm(A,3) | linalg.svd(nan) | linalg.eig(nan)
linalg.matrix_power(L.ones(2,3),2) | linalg.lstsq(L.ones(3),L.ones(3)) | linalg.lu_factor(A,pivot=False) | linalg.eigvalsh(A,"X")
linalg.lu_solve(A,L.ones(2,3,dtype=L.int32),L.ones(2,4,1)) | linalg.householder_product(A,L.ones(2,4)) | linalg.tensorinv(A,ind=1) | linalg.cond(L.ones(3))
cholesky_solve(A,L.ones(2,2)) | linalg.matrix_exp(L.ones(2,3)) | linalg.multi_dot([A]) | linalg.cross(L.ones(2),L.ones(2)) | linalg.vander(L.ones(2),N=1)
linalg.qr(A,mode="x") | linalg.tensorsolve(L.ones(2,3),L.ones(2)) | linalg.matrix_rank(L.ones(3)) | linalg.eigvals(L.ones(2,3)) | linalg.inv_ex(A,check_errors=True)
linalg.solve_ex(A,A,check_errors=True) | linalg.cholesky_ex(-A,check_errors=True) | inverse(A[0]) | logdet(L.ones(2,3)) | triangular_solve(A,L.ones(2,2))
cholesky_inverse(L.ones(2,3)) | ormqr(A,L.ones(2,2),L.ones(2,2,2)) | det(3) | linalg.inv([1]) | trace(A) | kron(3,A) | cdist(L.ones(2,3),L.ones(2,2))
cdist(L.ones(2,3),L.ones(2,3),-1.0) | pdist(A) | block_diag(A) | cartesian_prod(A) | combinations(A) | vander(A) | tril_indices(-1,2) | inner(L.ones(2),L.ones(3))
tensordot(A,A,[[0],[1]]) | hann_window(-1) | hann_window(3,dtype=L.int32) | einsum("i,j",A) | einsum("ij",A) | einsum("ij->j",L.ones(2)) | einsum("i->ii",L.ones(2))
linalg.eig(turn)[1].real.sum().backward() | linalg.eigh(hermitian)[1].real.sum().backward() | linalg.svd(hermitian)[0].real.sum().backward()
linalg.svd(hermitian)[2].real.sum().backward() | linalg.eig(hermitian)[1].real.sum().backward()
"""
REFUSED += """| linalg.ldl_factor_ex(L.ones(2,3)) | linalg.ldl_factor_ex(L.ones(3)) | linalg.ldl_factor_ex(L.ones(3,3,dtype=L.int64))
linalg.ldl_solve(L.eye(3),L.ones(3).int(),L.ones(3)) | linalg.ldl_solve(L.eye(3),L.ones(3),L.ones(3,1)) | linalg.ldl_solve(L.eye(3),L.ones(2).int(),L.ones(3,1))
linalg.ldl_solve(L.eye(3),L.ones(3).int(),L.ones(2,1)) | linalg.ldl_solve(L.eye(3),L.ones(3).int(),L.ones(3,1).double()) | lobpcg(L.eye(5),2) | lobpcg(L.ones(6,7))
lu(L.ones(3)) | norm(L.ones(3),"nuc") | norm(A,"nuc",dim=1) | norm(L.ones(3,3),"x")"""
REFUSED = [call.strip() for call in REFUSED.replace("\n", "|").split("|") if call.strip()]
OTHER_WORDS = {"lu(L.ones(3))", "lobpcg(L.ones(6,7))", "pdist(A)", "hann_window(-1)", "hann_window(3,dtype=L.int32)", "tensordot(A,A,[[0],[1]])"}  # the class alone is compared


@pytest.mark.parametrize("call", REFUSED)
def test_what_is_refused_is_refused_in_the_same_words(call):
    path = f"L.{call}" if not call.startswith("pdist") else f"L.nn.functional.{call}"
    theirs, ours = run(path, torch), run(path, lucet)
    assert isinstance(theirs, Exception), "torch computes it"
    assert isinstance(ours, Exception)
    family = next(kind for kind in (torch.linalg.LinAlgError, IndexError, TypeError, ValueError, AssertionError, RuntimeError) if isinstance(theirs, kind))
    assert isinstance(ours, lucet.linalg.LinAlgError if family is torch.linalg.LinAlgError else family)
    if call not in OTHER_WORDS:
        text = str(theirs).splitlines()[0].rstrip(".")
        assert text[-40:] in str(ours).replace("\n", " ") or text[:40] in str(ours), (text, str(ours))


def both(function, *arrays, order=1):
    """The value of `function(L, *tensors)`, and the gradients of its sum, or those of the sum of the squares of these, in both."""
    found = []
    for L in (torch, lucet):
        leaves = [L.from_numpy(a.copy()).requires_grad_() for a in arrays]
        y = function(L, *leaves)
        grads = L.autograd.grad(y.sum(), leaves, create_graph=order == 2)
        if order == 2:
            grads = L.autograd.grad(sum((g * g).sum() for g in grads), leaves)
        found.append([y.detach().numpy(), *(g.detach().numpy() for g in grads)])
    return found


def well(*shape):
    return np.random.default_rng(0).normal(size=shape) + 3 * np.eye(shape[-1])


def times_values(values, vectors):
    """In no order, and without phases."""
    return ((vectors * values.unsqueeze(-2)) @ vectors.mH).abs()


SMOOTH = {
    "inv": lambda L, a: L.linalg.inv(a),
    "det": lambda L, a: L.linalg.det(a),
    "slogdet": lambda L, a: L.linalg.slogdet(a)[1],
    "solve": lambda L, a: L.linalg.solve(a, L.ones(3, 2, dtype=L.float64)),
    "cholesky": lambda L, a: L.linalg.cholesky(a @ a.mT),
    "eigh values": lambda L, a: L.linalg.eigh(a + a.mT)[0].exp(),
    "eigh vectors": lambda L, a: L.linalg.eigh(a + a.mT)[1].abs(),
    "eig values": lambda L, a: L.linalg.eigvals(a).exp().sum(-1).abs(),
    "eig vectors": lambda L, a: (L.linalg.eig(a)[1].abs() ** 3).sum(-1),
    "eig both": lambda L, a: times_values(*L.linalg.eig(a)),
    "eig of complex": lambda L, a: times_values(*L.linalg.eig(L.complex(a, a.mT.contiguous()))),
    "svd values": lambda L, a: L.linalg.svdvals(a).exp(),
    "svd vectors": lambda L, a: L.linalg.svd(a, full_matrices=False)[0].abs() + L.linalg.svd(a, full_matrices=False)[2].abs(),
    "qr": lambda L, a: L.linalg.qr(a)[1].abs() + L.linalg.qr(a)[0].abs(),
    "lu": lambda L, a: L.linalg.lu(a)[1] + L.linalg.lu(a)[2],
    "pinv": lambda L, a: L.linalg.pinv(a[..., :2]),
    "exp": lambda L, a: L.linalg.matrix_exp(a),
    "power": lambda L, a: L.linalg.matrix_power(a, -3),
    "lstsq": lambda L, a: L.linalg.lstsq(a[..., :2], a[..., 2:])[0],
    "nuclear": lambda L, a: L.linalg.matrix_norm(a, "nuc"),
    "condition": lambda L, a: L.linalg.cond(a),
    "triangular": lambda L, a: L.linalg.solve_triangular(a, a, upper=True),
    "householder": lambda L, a: L.linalg.householder_product(a / 4, a[..., 0] / 4),
    "cdist": lambda L, a: L.cdist(a, a.mT, 2.0, "use_mm_for_euclid_dist"),
    "einsum": lambda L, a: L.einsum("...ij,...kj,...ii->...ki", a, a, a),
    "bilinear": lambda L, a: L.nn.functional.bilinear(a, a.mT, a if a.dim() == 3 else a[None]) if a.dim() == 2 else L.kron(a, a),
}


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
@pytest.mark.parametrize("name", SMOOTH)
def test_values_and_gradients(name, shape, order):
    theirs, ours = both(SMOOTH[name], well(*shape), order=order)
    for a, b in zip(theirs, ours, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(b, a, rtol=1e-6, atol=1e-8)


def test_einsum_of_random_equations():
    rng = np.random.default_rng(1)
    sizes = dict(zip("abcde", (1, 2, 3, 2, 4), strict=True))
    for _ in range(200):
        terms = ["".join(rng.choice(list("abcde"), rng.integers(0, 4))) for _ in range(rng.integers(1, 4))]
        lead = [tuple(rng.integers(1, 2, rng.integers(0, 3))) + (2,) * int(rng.integers(0, 2)) if rng.random() < 0.4 else None for _ in terms]
        letters = sorted(set("".join(terms)))
        output = "".join(rng.permutation([c for c in letters if rng.random() < 0.5]))
        equation = ",".join(("..." if more is not None else "") + term for term, more in zip(terms, lead, strict=True))
        if rng.random() < 0.8:
            equation += "->" + ("..." if any(more is not None for more in lead) else "") + output
        arrays = [rng.normal(size=(*(more or ()), *(sizes[c] for c in term))) for term, more in zip(terms, lead, strict=True)]
        theirs, ours = both(lambda L, *x, equation=equation: L.einsum(equation, *x), *(np.asarray(a) for a in arrays))
        for a, b in zip(theirs, ours, strict=True):
            assert a.shape == b.shape, equation
            np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-9, err_msg=equation)


@pytest.mark.parametrize("name,arguments", [("svd_lowrank", (3,)), ("svd_lowrank", (2, 1)), ("pca_lowrank", (3,)), ("pca_lowrank", (2, False, 1))])
@pytest.mark.parametrize("shape", [(7, 5), (5, 7), (2, 6, 4)])
def test_low_rank_draws_and_decomposes_alike(name, arguments, shape):
    x = np.random.default_rng(0).normal(size=shape)
    found = []
    for L in (torch, lucet):
        L.manual_seed(3)
        t = L.from_numpy(x).requires_grad_()
        U, S, V = getattr(L, name)(t, *arguments)
        (g,) = L.autograd.grad((S * L.arange(S.numel(), dtype=L.float64).reshape(S.shape)).sum(), t)
        found.append([a.detach().numpy() for a in (abs(U), S, abs(V), g)] + [L.rand(1).numpy()])
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-7)
