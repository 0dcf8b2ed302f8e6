"""softmax, log_softmax, softmin, logsumexp: extreme rows, short and long rows, columns, element types, gradients."""

import math

import numpy as np
import pytest

import lucet
from lucet._registry import OPS

inf, nan = math.inf, math.nan


def numbers(*shape):
    n = math.prod(shape)
    return lucet.tensor([math.sin(7 * k) * 3 for k in range(n)], dtype=lucet.float64).reshape(shape)


def reference(x, dim):
    a = np.array(x.tolist())
    e = np.exp(a - a.max(dim, keepdims=True))
    return e / e.sum(dim, keepdims=True)


@pytest.mark.parametrize(
    "shape", [(1, 1), (3, 2), (70, 10), (5, 256), (5, 257), (3, 1025), (2, 5000), (4, 3, 6), (2, 300, 70), (2, 3, 4, 5)]
)
@pytest.mark.parametrize("dtype, tol", [(lucet.float64, 1e-12), (lucet.float32, 1e-6), (lucet.float16, 2e-3)])
def test_rows_and_columns(shape, dtype, tol):
    x = numbers(*shape).to(dtype)
    for dim in range(len(shape)):
        want = reference(x, dim)
        np.testing.assert_allclose(np.array(x.softmax(dim).tolist()), want, rtol=tol * 10, atol=tol)
        np.testing.assert_allclose(np.array(x.log_softmax(dim).tolist()), np.log(want), rtol=tol * 10, atol=tol * 10)
        a = np.array(x.tolist())
        np.testing.assert_allclose(
            np.array(x.logsumexp(dim).tolist()),
            a.max(dim) + np.log(np.exp(a - a.max(dim, keepdims=True)).sum(dim)),
            rtol=tol * 10,
            atol=tol * 10,
        )


def test_nothing_overflows():
    x = lucet.tensor([[1000.0, 1000.0], [-1000.0, -1001.0]])
    assert x.softmax(1).tolist()[0] == [0.5, 0.5]
    np.testing.assert_allclose(
        x.logsumexp(1).tolist(), [1000 + math.log(2), -1000 + math.log(1 + math.exp(-1))], rtol=1e-6
    )


def test_infinite_rows():
    rows = lucet.tensor([[-inf, 0.0], [-inf, -inf], [inf, 0.0]])
    for dim, x in ((1, rows), (0, rows.t().contiguous())):
        y = x.softmax(dim)
        y = y if dim == 1 else y.t()
        assert (
            y.tolist()[0] == [0, 1]
            and all(math.isnan(v) for v in y.tolist()[1])
            and all(math.isnan(v) for v in y.tolist()[2])
        )
        assert x.logsumexp(dim).tolist() == [0, -inf, inf]
    assert math.isnan(lucet.tensor([nan, 1.0]).logsumexp(0).item())


def test_empty_and_0d():
    assert lucet.zeros(0, 3).softmax(1).shape == (0, 3) and lucet.zeros(3, 0).softmax(1).shape == (3, 0)
    assert lucet.tensor(5.0).softmax(0).item() == 1 and lucet.tensor(5.0).log_softmax(-1).item() == 0
    assert lucet.zeros(2, 0).logsumexp(1).tolist() == [-inf, -inf]


def test_arguments():
    x = lucet.tensor([1, 2])
    with pytest.raises(RuntimeError, match="not implemented"):
        x.softmax(0)
    assert (
        x.softmax(0, dtype=lucet.float64).dtype == lucet.float64
        and lucet.softmax(x, 0, lucet.float32).dtype == lucet.float32
    )
    assert x.logsumexp(0).dtype == lucet.float32
    with pytest.raises(IndexError):
        x.softmax(1)
    with pytest.raises(TypeError):
        lucet.logsumexp(x)
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax"):
        assert lucet.ones(2, 2).softmax().tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert OPS["softmin"].function(lucet.tensor([0.0, inf]), 0).tolist() == [1, 0]


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
@pytest.mark.parametrize("shape, dim", [((4, 5), 1), ((4, 5), 0), ((2, 3, 4), 1)])
def test_fused_gradients_equal_the_recorded_ones(name, shape, dim):
    x = numbers(*shape).requires_grad_()
    weight = numbers(*shape) + 0.5 if name != "logsumexp" else 1.0
    y = (getattr(x, name)(dim) * weight).sum() + (getattr(x, name)(dim) ** 2).sum()
    (fused,) = lucet.autograd.grad(y, x, retain_graph=True)
    (recorded,) = lucet.autograd.grad(y, x, create_graph=True)
    np.testing.assert_allclose(np.array(fused.tolist()), np.array(recorded.tolist()), rtol=1e-12, atol=1e-14)
    assert recorded.requires_grad and not fused.requires_grad
