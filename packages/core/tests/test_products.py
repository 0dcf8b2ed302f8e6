"""Matrix products and linear against float64 NumPy: every shape and layout, types, gradients, out=, errors."""

import numpy as np
import pytest

import lucet
import lucet._ops as F

TOL = {"float32": 2e-5, "float64": 1e-12}


def random(seed, *shape, dtype="float64"):
    return lucet.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(dtype))


def near(found, expected, dtype="float64"):
    assert found.shape == lucet.Size(np.shape(expected))
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=TOL[dtype], atol=TOL[dtype] * 10)


MATMUL = [
    ((3, 4), (4, 2)), ((4,), (4,)), ((3, 4), (4,)), ((4,), (4, 3)), ((2, 3, 4), (4,)), ((4,), (2, 4, 3)), ((2, 3, 4), (4, 5)),
    ((2, 3, 4), (2, 4, 5)), ((3, 1, 2, 4), (2, 4, 3)), ((2, 1, 3, 4), (1, 5, 4, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((2, 0, 3), (3, 4)),
    ((0,), (0,)), ((0, 2, 3), (0, 3, 2)), ((1, 1), (1, 1)), ((70, 33), (33, 65)), ((130, 300), (300, 17)), ((3, 129), (129, 200)),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("a, b", MATMUL)
def test_matmul(a, b, dtype):
    x, y = random(0, *a, dtype=dtype), random(1, *b, dtype=dtype)
    expected = x.numpy().astype(float) @ y.numpy().astype(float)
    near(lucet.matmul(x, y), expected, dtype)
    near(x @ y, expected, dtype)
    near(x.matmul(y), expected, dtype)


@pytest.mark.parametrize("a, b", [m for m in MATMUL if 0 < np.prod(m[0]) < 100])
def test_matmul_gradients(a, b):
    x, y = random(0, *a).requires_grad_(), random(1, *b).requires_grad_()
    assert lucet.autograd.gradcheck(lucet.matmul, (x, y))
    assert lucet.autograd.gradgradcheck(lucet.matmul, (x, y), atol=1e-4)


LAYOUTS = {
    "as is": lambda t: t,
    "transposed": lambda t: t.mT.contiguous().mT,
    "every second": lambda t: t.repeat_interleave(2, -1)[..., ::2],
    "rows apart": lambda t: lucet.cat([t, t], -1)[..., : t.shape[-1]],
    "expanded": lambda t: t[..., :1, :].expand(t.shape),
    "columns expanded": lambda t: t[..., :, :1].expand(t.shape),
}


@pytest.mark.parametrize("left", LAYOUTS)
@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("shape", [((3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((1, 4), (4, 1)), ((40, 50), (50, 60))])
def test_any_layout(shape, left, right):
    x, y = LAYOUTS[left](random(0, *shape[0])), LAYOUTS[right](random(1, *shape[1]))
    near(x @ y, x.numpy() @ y.numpy())


@pytest.mark.parametrize("dtype", [lucet.int64, lucet.int32, lucet.int16, lucet.int8, lucet.uint8])
def test_integers_wrap(dtype):
    rng = np.random.default_rng(0)
    x, y = rng.integers(-100, 100, (3, 40)), rng.integers(-100, 100, (40, 5))
    a, b = lucet.tensor(x.tolist()).to(dtype), lucet.tensor(y.tolist()).to(dtype)
    assert np.array_equal((a @ b).numpy(), a.numpy() @ b.numpy())


@pytest.mark.parametrize("half", [lucet.float16, lucet.bfloat16])
def test_half_types_compute_in_float32(half):
    x, y = random(0, 5, 30, dtype="float32").to(half), random(1, 30, 4, dtype="float32").to(half)
    assert lucet.equal(x @ y, (x.float() @ y.float()).to(half))


def test_vectors_and_batches():
    m, v, b, c = random(0, 3, 4), random(1, 4), random(2, 2, 3, 4), random(3, 2, 4, 5)
    near(lucet.mv(m, v), m.numpy() @ v.numpy())
    near(lucet.dot(v, v), v.numpy() @ v.numpy())
    near(lucet.outer(m[:, 0], v), np.outer(m.numpy()[:, 0], v.numpy()))
    near(lucet.bmm(b, c), b.numpy() @ c.numpy())
    near(lucet.mm(m, c[0]), m.numpy() @ c[0].numpy())


@pytest.mark.parametrize("beta, alpha", [(1, 1), (0.5, 2), (0, 3), (1, 0)])
def test_sums_with_products(beta, alpha):
    m, n, v, b, c = random(0, 3, 4), random(1, 4, 5), random(2, 4), random(3, 2, 3, 4), random(4, 2, 4, 5)
    for t in (random(5, 3, 5), random(6, 5), random(7, 1, 5), random(8, 3, 1)):
        near(lucet.addmm(t, m, n, beta=beta, alpha=alpha), beta * t.numpy() + alpha * (m.numpy() @ n.numpy()))
        near(lucet.baddbmm(t, b, c, beta=beta, alpha=alpha), beta * t.numpy() + alpha * (b.numpy() @ c.numpy()))
    t = random(9, 3)
    near(lucet.addmv(t, m, v, beta=beta, alpha=alpha), beta * t.numpy() + alpha * (m.numpy() @ v.numpy()))
    t = random(10, 3, 4)
    near(
        lucet.addr(t, m[:, 0], v, beta=beta, alpha=alpha),
        beta * t.numpy() + alpha * np.outer(m.numpy()[:, 0], v.numpy()),
    )
    kept = t.clone()
    assert kept.addmm_(m, m.T @ m, beta=beta, alpha=alpha) is kept
    near(kept, beta * t.numpy() + alpha * (m.numpy() @ (m.numpy().T @ m.numpy())))


def test_a_beta_of_zero_ignores_the_input():
    bad = lucet.full((3, 5), float("nan"))
    assert not lucet.addmm(bad, lucet.ones(3, 4), lucet.ones(4, 5), beta=0).isnan().any()


def test_gradients_of_sums_with_products():
    leaves = [random(k, *s).requires_grad_() for k, s in enumerate(((5,), (3, 4), (4, 5)))]
    assert lucet.autograd.gradcheck(lambda t, m, n: lucet.addmm(t, m, n, beta=0.5, alpha=2), leaves)
    assert lucet.autograd.gradgradcheck(lambda t, m, n: lucet.addmm(t, m, n), leaves, atol=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "x, w, bias",
    [
        ((3, 4), (2, 4), 2),
        ((4,), (2, 4), 2),
        ((2, 3, 4), (5, 4), None),
        ((0, 4), (2, 4), 2),
        ((3, 0), (2, 0), 2),
        ((3, 4), (2, 4), 1),
        ((64, 784), (128, 784), 128),
    ],
)
def test_linear(x, w, bias, dtype):
    x, w = random(0, *x, dtype=dtype), random(1, *w, dtype=dtype)
    b = None if bias is None else random(2, bias, dtype=dtype)
    expected = x.numpy().astype(float) @ w.numpy().astype(float).T + (0 if b is None else b.numpy())
    near(F.linear(x, w, b), expected, dtype)
    near(F.linear(x, w.T.contiguous().T, b), expected, dtype)


@pytest.mark.parametrize("x", [(3, 4), (4,), (2, 3, 4)])
def test_linear_gradients(x):
    leaves = [random(k, *s).requires_grad_() for k, s in enumerate((x, (2, 4), (2,)))]
    assert lucet.autograd.gradcheck(F.linear, leaves)
    assert lucet.autograd.gradgradcheck(F.linear, leaves, atol=1e-4)
    vector = random(5, 4).requires_grad_()
    assert lucet.autograd.gradcheck(F.linear, (leaves[0], vector))


def test_out():
    x, y = random(0, 3, 4), random(1, 4, 2)
    out = lucet.zeros(3, 2, dtype=lucet.float64)
    assert lucet.matmul(x, y, out=out) is out
    near(out, x.numpy() @ y.numpy())
    assert out._version == 1
    square = random(2, 4, 4)
    expected = square.numpy() @ square.numpy()
    near(lucet.mm(square, square, out=square), expected)  # the operand itself
    with pytest.warns(UserWarning, match="was resized"):
        lucet.mm(x, y, out=lucet.zeros(1, 3, dtype=lucet.float64))
    with pytest.raises(RuntimeError, match="Expected out tensor to have dtype float64, but got int64 instead"):
        lucet.mm(x, y, out=lucet.zeros(3, 2, dtype=lucet.int64))
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        lucet.mm(x.requires_grad_(), y, out=out)


def test_infinity_and_nan_go_through():
    x = lucet.tensor([[float("inf"), 1.0], [float("nan"), 1.0], [0.0, 1.0]])
    y = x @ lucet.tensor([[1.0], [0.0]])
    assert y[0].item() == float("inf")
    assert np.isnan(y[1].item())
    assert y[2].item() == 0


def test_results_do_not_depend_on_threads():
    x, y = random(0, 300, 500, dtype="float32"), random(1, 500, 400, dtype="float32")
    deep, wide = random(2, 130, 1300, dtype="float64"), random(3, 1300, 333, dtype="float64")
    square, large = random(4, 128, 128, dtype="float32"), random(5, 256, 256, dtype="float32")
    found = []
    threads = lucet.get_num_threads()
    try:
        for count in (1, 2, 3, 4):
            lucet.set_num_threads(count)
            found.append((
                x @ y, F.linear(x, y.T), x.expand(3, 300, 500) @ y, x.T.contiguous().T @ y,
                deep @ wide, deep.T.contiguous().T @ wide, deep @ wide.T.contiguous().T, square @ square, square.T @ square, large.T @ large,
            ))
    finally:
        lucet.set_num_threads(threads)
    assert all(lucet.equal(a, b) for other in found[1:] for a, b in zip(found[0], other, strict=True))


# around the kernels' tiles, panels and blocks: 6 and 14 rows, 16 to 512 columns, k of 64, 128 and several blocks; 512 rows of A turned fall on few cache sets
@pytest.mark.parametrize("m, n, k", [
    (7, 65, 65), (14, 64, 129), (15, 63, 64), (16, 70, 128), (29, 129, 130), (95, 513, 100), (97, 96, 600),
    (193, 1030, 70), (100, 260, 1200), (300, 33, 577), (49, 515, 129), (512, 72, 40),
])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_of_every_layout(m, n, k, dtype):
    a, b, bias = random(0, m, k, dtype=dtype), random(1, k, n, dtype=dtype), random(2, n, dtype=dtype)
    expected = a.numpy().astype("float64") @ b.numpy().astype("float64")
    bound = (2e-6 if dtype == "float32" else 4e-15) * k**0.5 * 4
    for x in (a, a.T.contiguous().T):
        for y in (b, b.T.contiguous().T):
            assert np.abs((x @ y).numpy() - expected).max() <= bound
            assert np.abs(lucet.addmm(bias, x, y).numpy() - (expected + bias.numpy())).max() <= bound


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m: lucet.mm(m, m), "mat1 and mat2 shapes cannot be multiplied (3x4 and 3x4)"),
        (lambda m: m @ m, "mat1 and mat2 shapes cannot be multiplied (3x4 and 3x4)"),
        (lambda m: lucet.mm(m[0], m), "must be a matrix"),
        (lambda m: lucet.mm(m, m.T.double()), "expected m1 and m2 to have the same dtype"),
        (lambda m: lucet.mv(m, m[:, 0]), "size mismatch"),
        (lambda m: lucet.dot(m[0], m[:, 0]), "size"),
        (lambda m: lucet.dot(m, m), "1D tensors expected"),
        (lambda m: lucet.outer(m, m[0]), "1-D"),
        (lambda m: lucet.bmm(m, m), "batch1 and batch2 must be 3D tensors"),
        (lambda m: lucet.bmm(m[None], m[None]), "Expected size for first two dimensions of batch2 tensor to be: [1, 4] but got: [1, 3]"),
        (lambda m: m.expand(2, 3, 4) @ m.T.expand(3, 4, 3), "must match the size of tensor b (3) at non-singleton dimension 0"),
        (lambda m: m @ lucet.tensor(1.0), "both arguments to matmul need to be at least 1D"),
        (lambda m: lucet.addmm(lucet.ones(2), m, m.T), "must match the existing size (2)"),
        (lambda m: F.linear(m, m[:, :3]), "linear: input has 4 features, weight expects 3"),
        (lambda m: F.linear(m, m, lucet.ones(2)), "bias has shape [2]"),
        (lambda m: F.linear(m, m.double()), "same dtype"),
        (lambda m: F.linear(m, m[None]), "weight must have 1 or 2 dimensions"),
    ],
)  # fmt: skip
def test_errors(call, words):
    with pytest.raises(RuntimeError) as caught:
        call(lucet.ones(3, 4))
    assert words in str(caught.value)


def test_factors_of_integers_that_their_type_cannot_hold_are_refused():
    for dtype, wrong in ((lucet.int64, (np.inf, -np.inf, np.nan, 1e30)), (lucet.int32, (np.inf, 1e12)), (lucet.uint8, (300.0,))):
        m = lucet.ones(2, 2, dtype=dtype)
        for factor in wrong:
            for factors in ({"beta": factor}, {"alpha": factor}):
                with pytest.raises(RuntimeError, match="without overflow"):
                    lucet.addmm(m, m, m, **factors)
                with pytest.raises(RuntimeError, match="without overflow"):
                    lucet.baddbmm(m[None], m[None], m[None], **factors)
    assert lucet.addmm(m, m, m, beta=2.9, alpha=True).tolist() == [[4, 4], [4, 4]]


def test_operator_with_other_things():
    for other in (2, [1.0], "x", None):
        with pytest.raises(TypeError):
            lucet.ones(2, 2) @ other


def test_meta():
    x = lucet.empty(2, 3, 4, device="meta")
    assert (x @ lucet.empty(4, 5, device="meta")).shape == lucet.Size([2, 3, 5])
    assert F.linear(x, lucet.empty(6, 4, device="meta"), lucet.empty(6, device="meta")).shape == lucet.Size([2, 3, 6])
