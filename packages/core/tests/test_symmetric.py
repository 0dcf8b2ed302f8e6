"""Factors of symmetric matrices, and a few of their eigenvalues, against NumPy and by hand."""

import numpy as np
import pytest

import lucet


def random(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


# --- symmetric factors -----------------------------------------------------------------------------------------------


def symmetric(seed, n, *lead, dtype="float64", hermitian=False):
    a = random(seed, *lead, n, n)
    if dtype.startswith("complex"):
        a = a + 1j * random(seed + 1, *lead, n, n)
    a = a + (a.swapaxes(-1, -2).conj() if hermitian else a.swapaxes(-1, -2))
    return np.ascontiguousarray(a.astype(dtype))


def made_of(LD, pivots, hermitian):
    """The matrix of which these are the factors, as LAPACK says: A = P1 L1 P2 L2 .. D .. L2' P2' L1' P1'."""
    n = len(pivots)
    D, left = np.zeros_like(LD), np.eye(n, dtype=LD.dtype)
    k = 0
    while k < n:
        size = 1 if pivots[k] > 0 else 2
        last = k + size - 1
        swap, L = np.eye(n, dtype=LD.dtype), np.eye(n, dtype=LD.dtype)
        swap[[last, abs(pivots[k]) - 1]] = swap[[abs(pivots[k]) - 1, last]]
        L[last + 1 :, k : last + 1] = LD[last + 1 :, k : last + 1]
        D[k, k], D[last, last] = LD[k, k], LD[last, last]
        if size == 2:
            D[last, k] = LD[last, k]
            D[k, last] = LD[last, k].conj() if hermitian else LD[last, k]
        left = left @ swap @ L
        k += size
    return left @ D @ (left.conj().T if hermitian else left.T)


@pytest.mark.parametrize("dtype,hermitian", [("float32", False), ("float64", True), ("complex64", False), ("complex128", False), ("complex128", True)])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 17, 60])
def test_ldl_factors_make_the_matrix_and_solve_by_it(n, dtype, hermitian):
    a, b = symmetric(0, n, 3, dtype=dtype, hermitian=hermitian), random(2, 3, n, 70).astype(dtype)
    a[1] -= np.eye(n) * np.diagonal(a[1])                   # only blocks of two
    if n % 2:
        a[1, 0, 0] = 1
    LD, pivots = lucet.linalg.ldl_factor(lucet.from_numpy(a + np.triu(np.ones_like(a), 1)), hermitian=hermitian)     # the upper triangle is not read
    assert str(LD.dtype) == f"lucet.{dtype}" and pivots.dtype is lucet.int32 and lucet.equal(LD, LD.tril())
    tol = 1e-3 if dtype in ("float32", "complex64") else 1e-9
    for one, factors, rows in zip(a, LD.numpy(), pivots.tolist(), strict=True):
        np.testing.assert_allclose(made_of(factors, rows, hermitian), one, rtol=tol, atol=tol)
    x = lucet.linalg.ldl_solve(LD, pivots, lucet.from_numpy(b), hermitian=hermitian)
    np.testing.assert_allclose(a @ x.numpy(), b, rtol=tol, atol=tol * 30)


def test_ldl_by_hand():
    LD, pivots = lucet.linalg.ldl_factor(lucet.tensor([[0.0, 2.0, 4.0], [2.0, 0.0, 6.0], [4.0, 6.0, 0.0]]))
    # the largest below the first zero is 4 of row 3, whose other elements are larger than its diagonal: a block of two, rows 2 and 3 exchanged
    assert pivots.tolist() == [-3, -3, 3]
    assert LD.tolist() == [[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [1.5, 0.5, -6.0]]


def test_ldl_of_a_singular_matrix_says_where():
    LD, pivots, info = lucet.linalg.ldl_factor_ex(lucet.tensor([[[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 2.0]]]))
    assert info.tolist() == [2, 0] and pivots.tolist() == [[1, 2], [1, 2]]
    with pytest.raises(lucet.linalg.LinAlgError, match=r"\(Batch element 0\): D\[2,2\] is zero"):
        lucet.linalg.ldl_factor(lucet.tensor([[[1.0, 0.0], [0.0, 0.0]]]))
    assert lucet.linalg.ldl_factor_ex(lucet.full((2, 2), float("nan"))).info == 1


@pytest.mark.parametrize("pivots", [[0, 2], [3, 1], [1, -3], [-2, -1], [1, -2], [-3, -3]])
def test_ldl_solve_refuses_pivots_that_are_none(pivots):
    with pytest.raises(RuntimeError, match="pivots must be from 1 to 2, or equal pairs"):
        lucet.linalg.ldl_solve(lucet.eye(2), lucet.tensor(pivots, dtype=lucet.int32), lucet.ones(2, 1))


def test_ldl_has_no_gradient_and_says_so():
    A = lucet.eye(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="derivative for linalg_ldl_factor is not implemented"):
        lucet.linalg.ldl_factor(A)[0].sum().backward()


# --- a few eigenvalues ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_lobpcg_finds_the_ends_of_the_spectrum(dtype, largest):
    lucet.manual_seed(0)
    a = random(0, 2, 40, 40)
    a = (a @ a.swapaxes(-1, -2) / 40 + np.diag(np.arange(40.0))).astype(dtype)
    E, X = lucet.lobpcg(lucet.from_numpy(a), 3, largest=largest, niter=-1)
    expected = np.linalg.eigvalsh(a)
    expected = expected[:, :-4:-1] if largest else expected[:, :3]
    np.testing.assert_allclose(E.numpy(), expected, rtol=1e-3 if dtype == "float32" else 1e-9)
    assert X.shape == (2, 40, 3)
    np.testing.assert_allclose(a @ X.numpy(), X.numpy() * E.numpy()[:, None], atol=0.1 if dtype == "float32" else 1e-5)


def test_lobpcg_of_two_matrices_with_a_start_and_a_preconditioner():
    a, b = np.diag(np.arange(1.0, 31)), random(1, 30, 30) + 6 * np.eye(30)
    b = b @ b.T / 30
    steps = []
    E, X = lucet.lobpcg(
        *(lucet.from_numpy(a), None, lucet.from_numpy(b), lucet.from_numpy(random(2, 30, 2))),
        iK=lucet.from_numpy(np.diag(1 / np.arange(1.0, 31))), largest=False, tracker=lambda s: steps.append(s.ivars["istep"]),
    )  # fmt: skip
    expected = np.sort(np.linalg.eigvals(np.linalg.solve(b, a)).real)[:2]
    np.testing.assert_allclose(E.numpy(), expected, rtol=1e-9)
    np.testing.assert_allclose(X.numpy().T @ b @ X.numpy(), np.eye(2), atol=1e-12)
    assert steps == list(range(len(steps))) and len(steps) > 1
    with pytest.raises(ValueError, match="smaller than 3 x the number of requested eigenpairs"):
        lucet.lobpcg(lucet.eye(5), 2)


def test_gradients_of_lobpcg_are_those_of_all_vectors():
    a = random(0, 7, 7)
    start = lucet.from_numpy(np.linalg.eigh(a @ a.T)[1][:, :4:-1].copy())       # so that signs do not change
    A = lucet.from_numpy(a @ a.T).requires_grad_()

    def f(A):
        E, X = lucet.lobpcg(A, X=start, tol=1e-13)
        return E, X * (X * start).sum(0).sign()

    assert lucet.autograd.gradcheck(f, (A,), atol=1e-4)
    assert lucet.autograd.gradgradcheck(f, (A,), atol=1e-3, rtol=1e-2)
