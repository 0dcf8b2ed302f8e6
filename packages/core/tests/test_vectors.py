"""Distances of pairs and cross products beside their definitions."""

import math

import numpy as np
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


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("dtype", [lucet.float64, lucet.float32, lucet.bfloat16])
def test_distances_of_rows_of_two_matrices(p, dtype):
    lucet.manual_seed(0)
    x1, x2 = lucet.randn(2, 1, 5, 3).to(dtype), lucet.randn(4, 300, 3).to(dtype)
    size = np.abs(x1.double().numpy()[..., :, None, :] - x2.double().numpy()[..., None, :, :])
    exact = (size != 0).sum(-1) if p == 0 else size.max(-1) if p == float("inf") else (size**p).sum(-1) ** (1 / p)
    found = lucet.cdist(x1, x2, p=p, compute_mode="donot_use_mm_for_euclid_dist")
    assert found.dtype is dtype and found.shape == (2, 4, 5, 300)
    assert np.allclose(found.double().numpy(), exact, rtol=8 * lucet.finfo(dtype).eps, atol=8 * lucet.finfo(dtype).eps)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")])
def test_gradient_of_distances_row_by_row(p, monkeypatch):
    monkeypatch.setattr("lucet._composed.distances.ROWS_AT_ONCE", 1)
    lucet.manual_seed(0)
    x1, x2 = lucet.randn(2, 4, 3, dtype=lucet.float64).requires_grad_(), lucet.randn(5, 3, dtype=lucet.float64).requires_grad_()
    function = lambda x1, x2: lucet.cdist(x1, x2, p=p, compute_mode="donot_use_mm_for_euclid_dist")
    assert lucet.autograd.gradcheck(function, (x1, x2)) and lucet.autograd.gradgradcheck(function, (x1, x2))
    (same,) = lucet.autograd.grad(lucet.cdist(x1[0], x1[0].detach(), p=p).sum(), x1)
    assert same.isfinite().all()  # rows of equal places have no direction
