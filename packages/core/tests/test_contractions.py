"""einsum and its kin, distances, arrangements and windows against NumPy and by hand."""

import itertools

import numpy as np
import pytest

import lucet


def random(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


EQUATIONS = [
    ("i,i", (3,), (3,)), ("i,j", (3,), (2,)), ("ij,jk", (2, 3), (3, 4)), ("ij,kj->ik", (2, 3), (4, 3)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("bij,bjk->ik", (2, 3, 4), (2, 4, 5)), ("ij->ji", (2, 3)), ("ij->", (2, 3)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->j", (3, 3, 2)),
    ("...ij,...jk->...ik", (2, 1, 3, 4), (5, 4, 2)), ("...,...", (2, 3), (2, 3)), ("i...->...", (2, 3, 4)), ("ab,bc,cd", (2, 3), (3, 4), (4, 5)),
    ("a,b,c->abc", (2,), (3,), (4,)), ("ab,ab,ab->b", (2, 3), (2, 3), (2, 3)), ("abc,cd->abd", (2, 3, 4), (4, 5)), ("ijk,k->ij", (2, 3, 0), (0,)),
    ("bn,anm,bm->ba", (2, 3), (5, 3, 4), (2, 4)), (" i j , j k -> i k ", (2, 3), (3, 2)), ("Aa,aB->AB", (2, 3), (3, 2)), ("ij,j->i", (0, 3), (3,)),
    ("ab,bc,cd,de,ea->", (2, 3), (3, 4), (4, 2), (2, 3), (3, 2)), ("...i->...", (2, 3)), ("ij,ij->ij", (2, 3), (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize("case", EQUATIONS, ids=[case[0] for case in EQUATIONS])
def test_einsum_is_numpys(case):
    equation, *shapes = case
    arrays = [random(k, *shape) for k, shape in enumerate(shapes)]
    found = lucet.einsum(equation, *map(lucet.from_numpy, arrays))
    expected = np.einsum(equation.replace(" ", ""), *arrays)
    assert tuple(found.shape) == np.shape(expected)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-10, atol=1e-12)
    assert lucet.equal(found, lucet.einsum(equation, [lucet.from_numpy(a) for a in arrays]))


def test_einsum_of_random_equations():
    rng = np.random.default_rng(0)
    sizes = dict(zip("abcde", (1, 2, 3, 2, 4), strict=True))
    for _ in range(150):
        terms = ["".join(rng.choice(list("abcde"), rng.integers(0, 4))) for _ in range(rng.integers(1, 4))]
        letters = sorted(set("".join(terms)))
        output = "".join(rng.permutation([c for c in letters if rng.random() < 0.5]))
        equation = ",".join(terms) + ("->" + output if rng.random() < 0.8 else "")
        arrays = [rng.normal(size=[sizes[c] for c in term]) for term in terms]
        found = lucet.einsum(equation, *(lucet.tensor(a.tolist(), dtype=lucet.float64).reshape(a.shape) for a in arrays))
        np.testing.assert_allclose(found.numpy(), np.einsum(equation, *arrays), rtol=1e-9, atol=1e-10, err_msg=equation)


def test_einsum_of_sublists():
    a, b = lucet.from_numpy(random(0, 2, 3)), lucet.from_numpy(random(1, 3, 4))
    assert lucet.equal(lucet.einsum(a, [0, 1], b, [1, 2], [2, 0]), lucet.einsum("ij,jk->ki", a, b))
    assert lucet.equal(lucet.einsum(a, [..., 0]), a)
    assert lucet.equal(lucet.einsum(a, [0, ...], [..., 0]), a.T)


def test_einsum_broadcasts_dimensions_of_one():
    a, b = lucet.ones(3, 1), lucet.full((3, 4), 2.0)
    assert lucet.einsum("ij,ij->i", a, b).tolist() == [8.0, 8.0, 8.0]


@pytest.mark.parametrize(
    "equation, shapes, text",
    [
        ("i", [(2,), (2,)], "more operands were provided than specified in the equation"),
        ("i,j", [(2,)], "fewer operands were provided"),
        ("ij", [(2,)], r"the number of subscripts in the equation \(2\) does not match the number of dimensions \(1\) for operand 0"),
        ("ij...", [(2,)], r"\(2\) is more than the number of dimensions \(1\)"),
        ("i->ii", [(2,)], "output subscript i appears more than once in the output"),
        ("i->j", [(2,)], "output subscript j does not appear in the equation for any input operand"),
        ("i,i", [(2,), (3,)], "does not broadcast with previously seen size 2"),
        ("i.", [(2,)], "found '.' for operand 0 that is not part of any ellipsis"),
        ("......", [(2,)], "found '.' for operand 0 for which an ellipsis was already found"),
        ("i1", [(2, 2)], "invalid subscript given at index 1"),
    ],
)
def test_equations_that_do_not_fit_are_told(equation, shapes, text):
    with pytest.raises(RuntimeError, match=text):
        lucet.einsum(equation, *(lucet.ones(*shape) for shape in shapes))


def test_products_of_two():
    a, b = random(0, 2, 3, 4), random(1, 3, 4, 2)
    np.testing.assert_allclose(lucet.tensordot(lucet.from_numpy(a), lucet.from_numpy(b)).numpy(), np.tensordot(a, b))
    np.testing.assert_allclose(lucet.kron(lucet.from_numpy(a), lucet.from_numpy(b[0])).numpy(), np.kron(a, b[0]))
    np.testing.assert_allclose(lucet.inner(lucet.from_numpy(a), lucet.from_numpy(a[0])).numpy(), np.inner(a, a[0]))
    assert lucet.cross(lucet.tensor([[1, 0, 0]]), lucet.tensor([[0, 1, 0]])).tolist() == [[0, 0, 1]]
    assert lucet.trace(lucet.arange(9).view(3, 3)).item() == 12
    assert lucet.trace(lucet.ones(2, 3, dtype=lucet.uint8)).dtype is lucet.int64


def test_chains_of_matrices_and_vectors():
    a, b, c = lucet.ones(100, 2), lucet.ones(2, 100), lucet.ones(100, 1)
    assert lucet.chain_matmul(a, b, c).shape == (100, 1)
    assert lucet.linalg.multi_dot([a, b, c[:, 0]]).shape == (100,)
    assert lucet.linalg.multi_dot([b[0], a, b[:, :1]]).tolist() == [200.0]


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("rows", [(3, 4), (40, 30)])
def test_distances(rows, p):
    x, y = random(0, rows[0], 5), random(1, rows[1], 5)
    expected = np.linalg.norm(x[:, None] - y[None], p, axis=-1)
    np.testing.assert_allclose(lucet.cdist(lucet.from_numpy(x), lucet.from_numpy(y), p).numpy(), expected, rtol=1e-7, atol=1e-7)
    pairs = [np.linalg.norm(x[i] - x[j], p) for i, j in itertools.combinations(range(len(x)), 2)]
    np.testing.assert_allclose(lucet.pdist(lucet.from_numpy(x), p).numpy(), pairs, rtol=1e-7)


def test_gradient_of_distances_between_equal_rows_is_zero():
    x = lucet.ones(30, 4, dtype=lucet.float64, requires_grad=True)
    for mode in ("use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"):
        (g,) = lucet.autograd.grad(lucet.cdist(x, x.detach(), 2.0, mode).sum(), x)
        assert not g.any()
    y = lucet.from_numpy(random(0, 28, 4)).requires_grad_()
    z = lucet.from_numpy(random(1, 3, 4)).requires_grad_()
    assert lucet.autograd.gradcheck(lucet.cdist, (y, z))
    assert lucet.autograd.gradgradcheck(lambda y, z: lucet.cdist(y[:3], z, 2.0, "use_mm_for_euclid_dist"), (y, z), atol=1e-4)


def test_arrangements():
    assert lucet.block_diag(lucet.tensor(1), lucet.tensor([2, 3])).tolist() == [[1, 0, 0], [0, 2, 3]]
    assert lucet.block_diag().shape == (1, 0)
    assert lucet.cartesian_prod(lucet.arange(2), lucet.arange(3)).tolist() == [list(c) for c in itertools.product(range(2), range(3))]
    for row, col, offset in itertools.product((0, 1, 4), (0, 3), (-2, 0, 1, 5)):
        assert lucet.tril_indices(row, col, offset).tolist() == [list(i) for i in np.tril_indices(row, offset, col)]
        assert lucet.triu_indices(row, col, offset).tolist() == [list(i) for i in np.triu_indices(row, offset, col)]
    x = random(0, 4)
    np.testing.assert_allclose(lucet.vander(lucet.from_numpy(x)).numpy(), np.vander(x))
    assert lucet.tril_indices(2, 2, dtype=lucet.int32).dtype is lucet.int32


def test_combinations():
    for n, r in itertools.product(range(7), range(1, 6)):
        x = lucet.arange(n)
        assert lucet.combinations(x, r).tolist() == [list(c) for c in itertools.combinations(range(n), r)]
        assert lucet.combinations(x, r, True).tolist() == [list(c) for c in itertools.combinations_with_replacement(range(n), r)]
    assert lucet.combinations(lucet.arange(2), 3).shape == (0, 3)
    assert lucet.combinations(lucet.arange(3000), 3000).tolist() == [list(range(3000))]
    # what cannot be had is refused before any work
    for r in (3, 35_000, 69_998):
        with pytest.raises(RuntimeError):
            lucet.combinations(lucet.ones(70_000), r)
    with pytest.raises(RuntimeError):
        lucet.combinations(lucet.ones(70_000), 10**18, True)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 16])
def test_windows_are_numpys(n):
    for name in ("hanning", "hamming", "blackman", "bartlett"):
        ours = {"hanning": "hann"}.get(name, name)
        expected = getattr(np, name)(n)
        np.testing.assert_allclose(getattr(lucet, f"{ours}_window")(n, False, dtype=lucet.float64).numpy(), expected, atol=1e-12)
        np.testing.assert_allclose(getattr(lucet.signal.windows, ours)(n, dtype=lucet.float64).numpy(), expected, atol=1e-12)
        longer = getattr(np, name)(n + 1)[:n] if n > 1 else expected
        np.testing.assert_allclose(getattr(lucet, f"{ours}_window")(n, dtype=lucet.float64).numpy(), longer, atol=1e-12)
    np.testing.assert_allclose(lucet.kaiser_window(n, False, 8.0, dtype=lucet.float64).numpy(), np.kaiser(n, 8.0), rtol=1e-10)
