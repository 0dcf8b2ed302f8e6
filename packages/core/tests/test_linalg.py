"""Linear algebra against NumPy and by hand: large and small matrices, batches, failures that name the element, gradients of edge cases."""

import numpy as np
import pytest

import lucet

EPS = {"float32": 2e-3, "float64": 1e-9}
SIZES = [1, 3, 16, 47, 48, 49, 65, 130, 200]


def random(seed, *shape, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def well(seed, n, *lead, dtype="float64"):
    return (random(seed, *lead, n, n) + n**0.5 * 2 * np.eye(n)).astype(dtype)


def close(found, expected, dtype="float64"):
    assert found.shape == lucet.Size(np.shape(expected))
    assert str(found.dtype) == f"lucet.{dtype}"
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=EPS[dtype], atol=EPS[dtype])


# --- blocked factorizations ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", SIZES)
def test_square_systems_of_all_sizes(n, dtype):
    a, b = well(0, n, 2, dtype=dtype), random(1, 2, n, 3, dtype=dtype)
    A, B = lucet.from_numpy(a), lucet.from_numpy(b)
    close(lucet.linalg.solve(A, B), np.linalg.solve(a.astype(float), b), dtype)
    close(lucet.linalg.inv(A), np.linalg.inv(a.astype(float)), dtype)
    sign, size = lucet.linalg.slogdet(A)
    expected = np.linalg.slogdet(a.astype(float))
    close(sign, expected[0], dtype)
    close(size, expected[1], dtype)
    s = a @ a.swapaxes(-1, -2)
    close(lucet.linalg.cholesky(lucet.from_numpy(s)), np.linalg.cholesky(s.astype(float)), dtype)


@pytest.mark.parametrize("shape", [(3, 3), (100, 100), (5, 120), (120, 5), (60, 130), (130, 60), (2, 17, 100), (0, 3, 3), (3, 0), (0, 4)])
def test_lu_is_the_matrix_with_rows_exchanged(shape):
    a = random(0, *shape)
    P, L, U = lucet.linalg.lu(lucet.from_numpy(a))
    np.testing.assert_allclose((P @ L @ U).numpy(), a, atol=1e-11)
    assert lucet.equal(L, L.tril()) and lucet.equal(U, U.triu())
    assert bool((L.abs() <= 1).all())
    LU, pivots = lucet.linalg.lu_factor_ex(lucet.from_numpy(a))[:2]
    assert pivots.dtype is lucet.int32
    for one, other in zip(lucet.lu_unpack(LU, pivots), (P, L, U), strict=True):
        assert lucet.equal(one, other)


def test_lu_by_hand():
    LU, pivots = lucet.linalg.lu_factor(lucet.tensor([[1.0, 2.0], [4.0, 4.0]]))
    assert LU.tolist() == [[4.0, 4.0], [0.25, 1.0]]
    assert pivots.tolist() == [2, 2]


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("n", [1, 5, 33, 100])
def test_triangles(n, upper, unit):
    t, x = well(0, n) / n, random(1, n, 4)
    kept = np.triu(t) if upper else np.tril(t)
    if unit:
        kept = kept - np.diag(np.diag(kept)) + np.eye(n)
    T = lucet.from_numpy(t)
    for layout in (T, T.mT.contiguous().mT):
        found = lucet.linalg.solve_triangular(layout, lucet.from_numpy(kept @ x), upper=upper, unitriangular=unit)
        np.testing.assert_allclose(found.numpy(), x, atol=1e-8)
    found = lucet.linalg.solve_triangular(T, lucet.from_numpy(x.T @ kept), upper=upper, left=False, unitriangular=unit)
    np.testing.assert_allclose(found.numpy(), x.T, atol=1e-8)


def test_results_do_not_depend_on_the_number_of_threads():
    a = lucet.from_numpy(well(0, 150, 3, dtype="float32"))
    before = lucet.get_num_threads()
    found = []
    try:
        for threads in (1, 2):
            lucet.set_num_threads(threads)
            found.append((lucet.linalg.inv(a), lucet.linalg.cholesky(a @ a.mT), lucet.linalg.det(a)))
    finally:
        lucet.set_num_threads(before)
    assert all(lucet.equal(x, y) for x, y in zip(*found, strict=True))


def test_lu_solve_in_all_forms():
    a, b = well(0, 60, 2), random(1, 2, 60, 3)
    factors = lucet.linalg.lu_factor(lucet.from_numpy(a))
    at = a.swapaxes(-1, -2)
    close(lucet.linalg.lu_solve(*factors, lucet.from_numpy(b)), np.linalg.solve(a, b))
    close(lucet.linalg.lu_solve(*factors, lucet.from_numpy(b), adjoint=True), np.linalg.solve(at, b))
    bt = lucet.from_numpy(b).mT
    close(lucet.linalg.lu_solve(*factors, bt, left=False), np.linalg.solve(at, b).swapaxes(-1, -2))
    close(lucet.linalg.lu_solve(*factors, bt, left=False, adjoint=True), np.linalg.solve(a, b).swapaxes(-1, -2))


# --- failures --------------------------------------------------------------------------------------------------------


def batch_with_zeros():
    a = lucet.eye(3).repeat(4, 1, 1)
    a[2, 1] = 0
    return a


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda a: lucet.linalg.inv(a), r"linalg.inv: \(Batch element 2\): The diagonal element 2 is zero"),
        (lambda a: lucet.linalg.solve(a, lucet.ones(3, 1)), r"\(Batch element 2\): The solver failed because the input matrix is singular"),
        (lambda a: lucet.linalg.lu_factor(a), r"\(Batch element 2\): U\[2,2\] is zero"),
        (lambda a: lucet.linalg.cholesky(a), r"\(Batch element 2\): .*the leading minor of order 2 is not positive-definite"),
        (lambda a: lucet.linalg.inv(a[2]), "linalg.inv: The diagonal element 2 is zero"),
        (lambda a: lucet.linalg.inv_ex(a, check_errors=True), r"linalg.inv_ex: \(Batch element 2\)"),
        (lambda a: lucet.linalg.svdvals(a / a), r"linalg.svdvals: \(Batch element 0\): .*contained non-finite values"),
    ],
)
def test_the_first_matrix_that_fails_is_named(call, text):
    with pytest.raises(lucet.linalg.LinAlgError, match=text) as caught:
        call(batch_with_zeros())
    assert isinstance(caught.value, RuntimeError)


def test_forms_that_do_not_raise_tell_by_info():
    a = batch_with_zeros()
    for info in (lucet.linalg.inv_ex(a).info, lucet.linalg.lu_factor_ex(a).info, lucet.linalg.solve_ex(a, lucet.ones(3)).info):
        assert info.tolist() == [0, 0, 2, 0] and info.dtype is lucet.int32
    assert lucet.linalg.cholesky_ex(a).info.tolist() == [0, 0, 2, 0]
    large = lucet.eye(100)
    large[70, 70] = -1
    assert lucet.linalg.cholesky_ex(large).info.item() == 71
    large[70, 70] = 0
    assert lucet.linalg.lu_factor_ex(large).info.item() == 71


@pytest.mark.parametrize(
    "call, text",
    [
        (lambda: lucet.linalg.inv(lucet.ones(3)), "linalg.inv: The input tensor A must have at least 2 dimensions."),
        (lambda: lucet.linalg.det(lucet.ones(2, 3)), "must be batches of square matrices, but they are 2 by 3 matrices"),
        (lambda: lucet.linalg.det(lucet.ones(2, 2, dtype=lucet.int32)), "Expected a floating point or complex tensor as input. Got int32"),
        (lambda: lucet.linalg.svd(lucet.ones(2, 2).half()), "Low precision dtypes not supported"),
        (lambda: lucet.linalg.solve(lucet.eye(3), lucet.ones(2, 2)), r"the equation AX = B \(3x3 and 2x2\)"),
        (lambda: lucet.linalg.matrix_norm(lucet.ones(2, 2), 3), "linalg.matrix_norm: Order 3 not supported"),
        (lambda: lucet.linalg.norm(lucet.ones(2, 2, 2), 2), "the input must be 1D or 2D. Got 3D"),
        (lambda: lucet.linalg.eigh(lucet.eye(2), "X"), "Expected UPLO argument to be 'L' or 'U', but got X"),
        (lambda: lucet.linalg.lu_factor(lucet.eye(2), pivot=False), "LU without pivoting is not implemented on the CPU"),
    ],
)
def test_what_does_not_fit_is_told(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()


def test_arguments_that_are_no_tensors_are_told():
    with pytest.raises(TypeError, match=r"linalg_inv\(\): argument 'A' \(position 1\) must be Tensor, not list"):
        lucet.linalg.inv([[1.0]])


# --- decompositions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 5, 3), (3, 5), (0, 2, 3), (2, 0, 3), (0, 0)])
def test_svd_and_qr_multiply_to_the_matrix(shape, dtype):
    A = lucet.from_numpy(random(0, *shape, dtype=dtype))
    for full in (False, True):
        U, S, Vh = lucet.linalg.svd(A, full)
        k = S.shape[-1]
        close((U[..., :k] * S.unsqueeze(-2)) @ Vh[..., :k, :], A.numpy(), dtype)
        close(U.mT @ U, np.broadcast_to(np.eye(U.shape[-1]), U.mT.shape[:-1] + U.shape[-1:]), dtype)
    close(lucet.linalg.svdvals(A), S.numpy(), dtype)
    for mode in ("reduced", "complete"):
        Q, R = lucet.linalg.qr(A, mode)
        close(Q @ R, A.numpy(), dtype)
        close(R, R.triu().numpy(), dtype)
    a, tau = lucet.geqrf(A)
    if A.shape[-2] >= A.shape[-1]:
        close(lucet.orgqr(a, tau), lucet.linalg.qr(A).Q.numpy(), dtype)
    close(lucet.ormqr(a, tau, lucet.eye(A.shape[-2], dtype=A.dtype).expand(*A.shape[:-2], -1, -1)), Q.numpy(), dtype)


def factored(a):
    """Q and R by Householder's reflections, one column after the other, in float64."""
    m, n = a.shape
    Q, R = np.eye(m), a.astype("float64")
    for k in range(min(m - 1, n)):
        v = R[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        H = np.eye(m)
        H[k:, k:] -= 2 * np.outer(v, v) / (v @ v)
        Q, R = Q @ H, H @ R
    return Q, R


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (5, 3), (3, 5), (17, 17), (16, 40), (40, 17), (61, 67), (67, 61)])
def test_qr_is_householders(shape, dtype):
    a = random(0, *shape, dtype=dtype)
    Q, R = factored(a)
    bound = 40 * np.finfo(dtype).eps * max(shape)
    for matrix in (lucet.from_numpy(a), lucet.from_numpy(np.asfortranarray(a)), lucet.from_numpy(np.tile(a, (2, 2)))[: shape[0], shape[1] :]):
        q, r = lucet.linalg.qr(matrix, "complete")
        np.testing.assert_allclose(q.numpy(), Q, rtol=0, atol=bound)
        np.testing.assert_allclose(r.numpy(), R, rtol=0, atol=bound * np.abs(R).max())
        k = min(shape)
        reduced = lucet.linalg.qr(matrix)
        np.testing.assert_allclose(reduced.Q.numpy(), Q[:, :k], rtol=0, atol=bound)
        assert lucet.equal(reduced.R, r[:k]) and lucet.equal(lucet.linalg.qr(matrix, "r").R, r[:k])
        packed, tau = lucet.geqrf(matrix)
        assert lucet.equal(packed.triu()[:k], r[:k])
        assert reduced.Q.stride() == (1, max(shape[0], 1)) or 1 in shape  # columns in one piece, as LAPACK returns them
        v = packed[:, :k].tril(-1).double() + lucet.eye(shape[0], k, dtype=lucet.float64)
        product = lucet.eye(shape[0], dtype=lucet.float64)
        for i in range(k):
            product = product - tau[i] * (product @ v[:, i : i + 1]) @ v[:, i : i + 1].mT
        np.testing.assert_allclose(product.numpy(), Q, rtol=0, atol=bound)


@pytest.mark.parametrize(("dtype", "scale"), [("float32", 1e-42), ("float32", 3e37), ("float64", 1e-310), ("float64", 1e-200), ("float64", 1e200), ("float64", 1e307)])
def test_qr_of_very_large_and_very_small_numbers(dtype, scale):
    whole = np.array([[3.0, 1.0, 2.0], [4.0, 2.0, -1.0], [0.0, 5.0, 1.0], [0.0, 0.0, 1.0]])
    a = (whole * scale).astype(dtype)
    Q, R = lucet.linalg.qr(lucet.from_numpy(a))
    q, r = factored(whole)
    tolerance = max(4 * np.finfo(dtype).eps, np.finfo(dtype).smallest_subnormal / scale)
    np.testing.assert_allclose(Q.numpy(), q[:, :3], rtol=0, atol=4 * tolerance)
    np.testing.assert_allclose(R.numpy().astype("float64") / scale, r[:3], rtol=0, atol=40 * tolerance)


def test_qr_of_zeros_and_of_what_is_no_number():
    Q, R = lucet.linalg.qr(lucet.zeros(3, 2), "complete")
    assert lucet.equal(Q, lucet.eye(3)) and lucet.equal(R, lucet.zeros(3, 2))
    Q, R = lucet.linalg.qr(lucet.tensor([[float("nan"), 1.0], [2.0, 3.0]]))
    assert Q.isnan().all() and R.triu().isnan().sum() == 3 and R[1, 0] == 0
    batch = lucet.eye(2).repeat(3, 1, 1)
    batch[1, 0, 0] = float("inf")
    Q, R = lucet.linalg.qr(batch)
    assert lucet.equal(Q[0], lucet.eye(2)) and lucet.equal(R[2], lucet.eye(2))


def test_eigenvalues():
    a = random(0, 2, 4, 4)
    A = lucet.from_numpy(a)
    S = A + A.mT
    w, V = lucet.linalg.eigh(S)
    close((V * w.unsqueeze(-2)) @ V.mT, S.numpy())
    close(lucet.linalg.eigvalsh(S), w.numpy())
    w, V = lucet.linalg.eig(A)
    assert w.dtype is lucet.complex128
    np.testing.assert_allclose(a @ V.numpy(), V.numpy() * w.numpy()[:, None, :], atol=1e-10)
    rotation = lucet.tensor([[0.0, 1.0], [-1.0, 0.0]])
    assert sorted(lucet.linalg.eigvals(rotation).tolist(), key=lambda z: z.imag) == [-1j, 1j]
    assert lucet.linalg.eig(lucet.eye(2)).eigenvalues.dtype is lucet.complex64


def symmetric(n):
    """Matrices that are hard: none, equal, close, graded, missing values; whole numbers, zeros beside the diagonal."""
    g = random(0, n, n)
    s, (q, _) = g + g.T, np.linalg.qr(g)
    of_values = lambda d: (lambda x: (x + x.T) / 2)((q * d) @ q.T)
    falling = 10.0 ** -(12 * np.arange(n) / n)
    half = np.zeros((n, n))
    half[: n // 2, : n // 2] = s[: n // 2, : n // 2]
    return {
        "any": s, "zero": np.zeros((n, n)), "identity": np.eye(n), "diagonal": np.diag(g[0]), "ones": np.ones((n, n)), "half": half,
        "rank 2": of_values(np.arange(n) < 2), "close": of_values(1 + 1e-9 * g[0]), "two values": of_values(1.0 - np.arange(n) % 2 * 2),
        "falling": s * falling[:, None] * falling, "rising": (s * falling[:, None] * falling)[::-1, ::-1].copy(), "whole": np.round(s),
        "beside": np.eye(n, k=1) + np.eye(n, k=-1), "hilbert": 1 / (1.0 + np.arange(n)[:, None] + np.arange(n)),
    }  # fmt: skip


def anything(n):
    g = random(0, n, n)
    return symmetric(n) | {"upper": np.triu(g), "shift": np.eye(n, k=1), "bidiagonal zeros": np.diag(np.arange(n) % 3.0) + np.eye(n, k=1)}


SCALES = {"float32": (1.0, 1e-30, 1e33), "float64": (1.0, 1e-250, 1e250)}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 17, 33, 70])
def test_eigenvalues_and_vectors_of_symmetric_matrices_are_exact_to_the_last_digits(n, dtype, monkeypatch):
    monkeypatch.setenv("LUCET_FORBID_NUMPY", "1")  # which would answer where the own way does not end
    bound = (4 * n + 20) * np.finfo(dtype).eps
    for name, matrix in symmetric(n).items():
        for scale in SCALES[dtype]:
            a = matrix.astype(dtype) * np.asarray(scale, dtype)
            exact = a.astype("float64") / scale
            size = max(np.linalg.norm(exact), 1e-3)
            w, V = (t.numpy().astype("float64") for t in lucet.linalg.eigh(lucet.from_numpy(a)))
            assert (np.diff(w) >= 0).all()
            np.testing.assert_allclose((V * (w / scale)) @ V.T, exact, rtol=0, atol=bound * size, err_msg=name)
            np.testing.assert_allclose(V.T @ V, np.eye(n), rtol=0, atol=bound, err_msg=name)
            alone = lucet.linalg.eigvalsh(lucet.from_numpy(a)).numpy().astype("float64")
            np.testing.assert_allclose(alone / scale, w / scale, rtol=0, atol=bound * size, err_msg=name)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 17, 33, 70])
def test_singular_values_and_vectors_are_exact_to_the_last_digits(n, dtype, monkeypatch):
    monkeypatch.setenv("LUCET_FORBID_NUMPY", "1")  # which would answer where the own way does not end
    bound = (4 * n + 20) * np.finfo(dtype).eps
    for name, matrix in anything(n).items():
        tall = matrix[:, : n // 2 + 1].copy()
        for given, full, scale in [(matrix, False, s) for s in SCALES[dtype]] + [(tall, False, 1.0), (tall, True, 1.0), (tall.T, False, 1.0), (tall.T, True, 1.0)]:
            a = given.astype(dtype) * np.asarray(scale, dtype)
            exact = a.astype("float64") / scale
            size = max(np.linalg.norm(exact), 1e-3)
            U, S, Vh = (t.numpy().astype("float64") for t in lucet.linalg.svd(lucet.from_numpy(a), full))
            k = len(S)
            assert (np.diff(S) <= 0).all() and (S >= 0).all()
            np.testing.assert_allclose((U[:, :k] * (S / scale)) @ Vh[:k], exact, rtol=0, atol=bound * size, err_msg=name)
            np.testing.assert_allclose(U.T @ U, np.eye(U.shape[1]), rtol=0, atol=bound, err_msg=name)
            np.testing.assert_allclose(Vh @ Vh.T, np.eye(len(Vh)), rtol=0, atol=bound, err_msg=name)
            alone = lucet.linalg.svdvals(lucet.from_numpy(a)).numpy().astype("float64")
            np.testing.assert_allclose(alone / scale, S / scale, rtol=0, atol=bound * size, err_msg=name)


@pytest.mark.parametrize("shape", [(200, 200), (70, 70), (9, 5, 5), (3, 60, 60)])
def test_decompositions_do_not_depend_on_threads(shape):
    A = lucet.from_numpy(random(0, *shape))
    before, found = lucet.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            lucet.set_num_threads(threads)
            found.append([t.numpy() for t in (*lucet.linalg.eigh(A), *lucet.linalg.svd(A), *lucet.linalg.qr(A), *lucet.geqrf(A))])
    finally:
        lucet.set_num_threads(before)
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))


def test_eigh_reads_one_triangle_of_matrices_that_lie_anyhow():
    a = random(0, 4, 4, 2)
    A = lucet.from_numpy(a).permute(2, 0, 1)
    for half, triangle in (("L", np.tril), ("U", np.triu)):
        part = np.stack([triangle(m) for m in A.numpy()])
        whole = part + np.swapaxes(part, -1, -2) - np.stack([np.diag(np.diag(m)) for m in part])
        w, V = lucet.linalg.eigh(A, half)
        close((V * w.unsqueeze(-2)) @ V.mT, whole)
        close(lucet.linalg.eigvalsh(A, half), w.numpy())
    U, S, Vh = lucet.linalg.svd(A.mT)
    close((U * S.unsqueeze(-2)) @ Vh, A.mT.numpy())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_has_no_eigenvalues_nor_singular_values(value):
    A = lucet.eye(3).repeat(3, 1, 1)
    A[1, 2, 0] = value
    for call in (lucet.linalg.svd, lucet.linalg.svdvals, lucet.linalg.eigh, lucet.linalg.eigvalsh):
        with pytest.raises(lucet.linalg.LinAlgError, match=r"\(Batch element 1\): The algorithm failed to converge because the input matrix contained non-finite"):
            call(A)
    assert lucet.linalg.eigvalsh(A, "U").tolist() == [[1.0] * 3] * 3  # not read


@pytest.mark.parametrize("dtype", [lucet.float64, lucet.complex128])
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (2, 3, 3), (0, 2, 2), (0, 0)])
def test_eigenvalues_and_vectors_of_any_matrix_have_gradients_of_both_orders(shape, dtype):
    A = (lucet.from_numpy(random(0, *shape)) + 1j * lucet.from_numpy(random(1, *shape)) if dtype.is_complex else lucet.from_numpy(random(0, *shape))).requires_grad_()
    for function in (
        lambda a: lucet.linalg.eigvals(a).exp().abs(),
        lambda a: lucet.linalg.eig(a).eigenvectors.abs(),
        lambda a: (lambda w, V: (V * w.exp().unsqueeze(-2)).abs())(*lucet.linalg.eig(a)),
    ):
        assert lucet.autograd.gradcheck(function, (A,))
        assert lucet.autograd.gradgradcheck(function, (A,))


def test_gradients_of_complex_vectors_may_not_depend_on_their_phase():
    turn = lucet.tensor([[1.0, 2.0], [-3.0, 4.0]], dtype=lucet.float64)
    hermitian = lucet.tensor([[1, 2 + 1j], [2 - 1j, 4]], dtype=lucet.complex128)
    for function, A in (
        (lambda a: lucet.linalg.eig(a)[1], turn), (lambda a: lucet.linalg.eigh(a)[1], hermitian), (lambda a: lucet.linalg.svd(a)[0], hermitian),
        (lambda a: lucet.linalg.svd(a)[2], hermitian),
    ):  # fmt: skip
        A = A.clone().requires_grad_()
        function(A).abs().sum().backward()
        with pytest.raises(RuntimeError, match=r"specified up to multiplication by e\^\{i phi\}"):
            function(A).real.sum().backward()


def test_least_squares():
    a, b = random(0, 6, 3), random(1, 6, 2)
    expected = np.linalg.lstsq(a, b, rcond=None)
    solution, residuals, rank, values = lucet.linalg.lstsq(lucet.from_numpy(a), lucet.from_numpy(b), driver="gelsd")
    close(solution, expected[0])
    close(residuals, expected[1])
    close(values, expected[3])
    assert rank.item() == 3
    assert lucet.linalg.lstsq(lucet.from_numpy(a), lucet.from_numpy(b)).residuals.shape == (0,)
    deficient = lucet.ones(4, 2, dtype=lucet.float64)
    found = lucet.linalg.lstsq(deficient, lucet.full((4, 1), 2.0, dtype=lucet.float64))
    close(found.solution, [[1.0], [1.0]])
    assert found.rank.item() == 1


def test_rank_and_pseudoinverse_leave_small_values_out():
    A = lucet.diag(lucet.tensor([2.0, 1e-3, 0.0]))
    assert lucet.linalg.matrix_rank(A).item() == 2
    assert lucet.linalg.matrix_rank(A, 0.01).item() == lucet.linalg.matrix_rank(A, atol=0.01).item() == 1
    assert lucet.linalg.matrix_rank(A, rtol=0.01).item() == 1
    close(lucet.linalg.pinv(A, rtol=0.01), np.diag([0.5, 0, 0]), "float32")
    close(lucet.linalg.pinv(A, hermitian=True), np.diag([0.5, 1000, 0]), "float32")
    assert lucet.linalg.matrix_rank(lucet.zeros(2, 0, 3)).tolist() == [0, 0]


# --- functions and norms ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.0, 1e-8, 0.3, 3.0, 40.0])
def test_exponential_of_a_rotation(scale):
    A = lucet.tensor([[0.0, -scale], [scale, 0.0]], dtype=lucet.float64)
    close(lucet.linalg.matrix_exp(A), [[np.cos(scale), -np.sin(scale)], [np.sin(scale), np.cos(scale)]])


def test_exponentials_of_a_batch_are_scaled_each_by_itself():
    A = lucet.stack([lucet.eye(2, dtype=lucet.float64) * s for s in (1e-3, 1.0, 50.0)])
    found = lucet.matrix_exp(A)
    np.testing.assert_allclose(found.diagonal(0, -2, -1).numpy(), np.exp([[1e-3] * 2, [1.0] * 2, [50.0] * 2]), rtol=1e-13)


def test_powers():
    a = well(0, 3)
    for n in (0, 1, 2, 7, -3):
        close(lucet.linalg.matrix_power(lucet.from_numpy(a), n), np.linalg.matrix_power(a, n))
    assert lucet.matrix_power(lucet.tensor([[1, 1], [1, 0]]), 10).tolist() == [[89, 55], [55, 34]]


@pytest.mark.parametrize("ord", ["fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")])
def test_matrix_norms_are_numpys(ord):
    a = random(0, 4, 3)
    close(lucet.linalg.matrix_norm(lucet.from_numpy(a), ord), np.linalg.norm(a, ord))
    close(lucet.linalg.norm(lucet.from_numpy(a), ord), np.linalg.norm(a, ord))
    square = well(0, 3)
    close(lucet.linalg.cond(lucet.from_numpy(square), ord), np.linalg.cond(square, ord))
    assert lucet.linalg.matrix_norm(lucet.zeros(2, 3, 4), ord, (0, 2), True).shape == (1, 3, 1)


def test_norms_of_nothing_are_zero():
    for ord in ("fro", "nuc", 1, 2, float("inf")):
        assert lucet.linalg.matrix_norm(lucet.zeros(0, 0), ord).item() == 0


def test_singular_matrices_have_infinite_condition():
    for p in (None, 1, "fro", float("inf")):
        assert lucet.linalg.cond(lucet.zeros(2, 2) + lucet.diag(lucet.tensor([1.0, 0.0])), p).item() == float("inf")


# --- gradients of edge cases -----------------------------------------------------------------------------------------


def test_gradient_of_a_determinant_that_is_zero_are_the_cofactors():
    A = lucet.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=lucet.float64, requires_grad=True)
    (g,) = lucet.autograd.grad(lucet.linalg.det(A), A)
    close(g, [[4.0, -2.0], [-2.0, 1.0]])


def test_gradient_of_qr_of_wide_matrices_and_what_has_none():
    A = lucet.from_numpy(random(0, 4, 2)).requires_grad_()
    with pytest.raises(RuntimeError, match="not differentiable when mode='complete' and nrows > ncols"):
        lucet.linalg.qr(A, "complete").Q.sum().backward()
    with pytest.raises(RuntimeError, match="Please use linalg.qr"):
        lucet.linalg.qr(A, "r").R.sum().backward()


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (2, 1, 3, 3)])
def test_results_are_no_views(shape):
    A = (lucet.eye(3, dtype=lucet.float64).expand(shape) * 2).clone().requires_grad_()
    B = lucet.ones(3, 2, dtype=lucet.float64)
    for op in (
        lucet.linalg.inv, lucet.linalg.cholesky, lucet.linalg.matrix_exp, lucet.linalg.pinv, lucet.linalg.svdvals, lucet.linalg.det,
        lambda a: lucet.linalg.lu_factor(a)[0], lambda a: lucet.linalg.solve(a, B), lambda a: lucet.linalg.qr(a)[1],
        lambda a: lucet.linalg.solve_triangular(a, B, upper=True), lambda a: lucet.cdist(a, a + 1), lambda a: lucet.linalg.matrix_power(a, -2),
    ):  # fmt: skip
        assert not op(A)._is_view()
        with lucet.no_grad():
            assert not op(A)._is_view()


def test_named_results():
    assert lucet.linalg.svd(lucet.eye(2))._fields == ("U", "S", "Vh")
    assert lucet.svd(lucet.eye(2))._fields == ("U", "S", "V")
    out = (lucet.empty(0), lucet.empty(0))
    found = lucet.linalg.eigh(lucet.eye(2), out=out)
    assert found.eigenvalues is out[0] and found.eigenvectors is out[1]


def test_ops_that_go_through_numpy_say_so(monkeypatch):
    monkeypatch.setenv("LUCET_FORBID_NUMPY", "1")
    A = lucet.eye(3)
    of_values = (lucet.linalg.svd, lucet.linalg.eigh, lucet.linalg.pinv)
    for call in (lucet.linalg.inv, lucet.linalg.det, lucet.linalg.cholesky, lucet.matrix_exp, lucet.linalg.qr, lucet.geqrf, lambda a: lucet.linalg.solve(a, a), *of_values):
        call(A)
    for call, given in [(lucet.linalg.qr, A.to(lucet.complex64))] + [(call, a) for call in of_values for a in (A.to(lucet.complex64), lucet.eye(257))]:
        with pytest.raises(RuntimeError, match="takes the way through NumPy"):
            call(given)


@pytest.mark.parametrize("shape", [(9, 6), (6, 9), (2, 8, 5)])
def test_singular_values_of_low_rank_are_the_largest(shape):
    lucet.manual_seed(0)
    A = lucet.randn(*shape[:-1], 3, dtype=lucet.float64) @ lucet.randn(*shape[:-2], 3, shape[-1], dtype=lucet.float64)
    mean = A.mean((-2,), keepdim=True)
    for U, S, V, whole in ((*lucet.svd_lowrank(A, 3), A), (*lucet.pca_lowrank(A, 3), A - mean), (*lucet.svd_lowrank(A, 4, M=mean), A - mean)):
        assert bool(((U * S.unsqueeze(-2)) @ V.mH).allclose(whole))
        assert bool(S[..., :3].allclose(lucet.linalg.svdvals(whole)[..., :3]))
    for q, niter in ((7, 2), (-1, 2), (2, -1)):
        with pytest.raises(ValueError, match="must be non-negative integer"):
            lucet.pca_lowrank(A, q, niter=niter)


@pytest.mark.parametrize(
    "matrix", [np.ones((3, 3)), np.diag([1.0, 1, 0]), np.diag([1.0, 0, 0]), np.zeros((3, 3)), np.diag([3.0, 2, 1, 0]), np.zeros((1, 1)), np.diag([1j, 2, 0])]
)  # fmt: skip
def test_second_gradients_of_a_determinant_that_is_zero(matrix):
    n = len(matrix)
    kept = [[k for k in range(n) if k != i] for i in range(n)]

    def cofactors(a):
        return np.array([[(-1) ** (i + j) * np.linalg.det(a[np.ix_(kept[i], kept[j])]) for j in range(n)] for i in range(n)])

    weights, step = random(0, n, n), 1e-5
    expected = np.zeros_like(matrix)
    for at in np.ndindex(n, n):  # the cofactors are at most quadratic in an element: central differences are exact but for rounding
        up, down = matrix.copy(), matrix.copy()
        up[at] += step
        down[at] -= step
        expected[at] = (weights * (cofactors(up) - cofactors(down))).sum() / (2 * step)
    x = lucet.tensor(matrix.tolist(), requires_grad=True, dtype=lucet.complex128 if np.iscomplexobj(matrix) else lucet.float64)
    d = x.det()
    (g,) = lucet.autograd.grad(d.real if x.is_complex() else d, x, create_graph=True)
    np.testing.assert_allclose(g.detach().resolve_conj().numpy(), cofactors(matrix).conj(), atol=1e-12)
    total = (g * lucet.tensor(weights.tolist(), dtype=lucet.float64)).sum()
    (total.real if x.is_complex() else total).backward()
    np.testing.assert_allclose(x.grad.resolve_conj().numpy(), expected.conj(), atol=1e-9)
