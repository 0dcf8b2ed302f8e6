"""Distances of pairs and cross products beside their definitions."""

import math

import pytest

import lucet


@pytest.mark.parametrize("p", [0, 1, 2, 3.5, math.inf])
@pytest.mark.parametrize("kind", [lucet.float32, lucet.float64])
def test_pdist_is_the_triangle_of_cdist(p, kind):
    lucet.manual_seed(0)
    for n, m in ((2, 1), (7, 3), (300, 5), (3, 0)):
        x = lucet.randn(n, m, dtype=kind)
        rows, columns = lucet.triu_indices(n, n, 1)
        known = (x[rows] - x[columns]).abs()
        known = (known != 0).sum(-1).to(kind) if p == 0 else known.norm(p, -1) if m else known.sum(-1)
        assert (lucet.pdist(x, p) - known).abs().max() < 1e-5


def test_pdist_of_nan_and_equal_rows():
    assert lucet.pdist(lucet.tensor([[math.nan], [1.0]]), math.inf).isnan().all()
    x = lucet.tensor([[1.0, 2.0], [1.0, 2.0], [4.0, 6.0]], requires_grad=True)
    lucet.pdist(x).sum().backward()
    assert lucet.allclose(x.grad, lucet.tensor([[-0.6, -0.8], [-0.6, -0.8], [1.2, 1.6]]))


def test_pdist_can_be_differentiated_twice():
    x = lucet.tensor([[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]], dtype=lucet.float64, requires_grad=True)
    assert lucet.autograd.gradcheck(lucet.pdist, (x,))
    assert lucet.autograd.gradgradcheck(lucet.pdist, (x,))


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cross_along_each_dimension(dim):
    lucet.manual_seed(1)
    a, b = lucet.randn(3, 3, 3), lucet.randn(3, 3, 3)
    (a0, a1, a2), (b0, b1, b2) = a.unbind(dim), b.unbind(dim)
    known = lucet.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], dim)
    assert lucet.allclose(lucet.linalg.cross(a, b, dim=dim), known)
    assert lucet.allclose(lucet.linalg.cross(a.mT, b.mT, dim=0), lucet.linalg.cross(a.mT.contiguous(), b.mT.contiguous(), dim=0))


def test_gradients_of_broadcast_cross_products():
    a = lucet.randn(2, 3, dtype=lucet.float64, requires_grad=True)
    b = lucet.randn(1, 3, dtype=lucet.float64, requires_grad=True)
    assert lucet.autograd.gradcheck(lucet.linalg.cross, (a, b))
    assert lucet.autograd.gradgradcheck(lucet.linalg.cross, (a, b))
    assert lucet.linalg.cross(lucet.tensor([1, 0, 0]), lucet.tensor([0, 1, 0])).tolist() == [0, 0, 1]
