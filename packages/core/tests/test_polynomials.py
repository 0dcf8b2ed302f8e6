"""Orthogonal polynomials: against NumPy's, by their identities, at their edges and for degrees without end."""

import math

import numpy as np
import pytest
from numpy.polynomial import chebyshev, hermite, hermite_e, laguerre, legendre

import lucet
from lucet import special

NUMPYS = {
    "chebyshev_polynomial_t": chebyshev.chebval,
    "hermite_polynomial_h": hermite.hermval,
    "hermite_polynomial_he": hermite_e.hermeval,
    "laguerre_polynomial_l": laguerre.lagval,
    "legendre_polynomial_p": legendre.legval,
}
KINDS = "tuvw"


@pytest.mark.parametrize("name", NUMPYS)
def test_values_are_numpys(name):
    x = np.linspace(-1.5, 1.5, 61)
    for n in (*range(12), 40, 70, 150):
        ours = getattr(special, name)(lucet.from_numpy(x), n).numpy()
        theirs = NUMPYS[name](x, np.eye(n + 1)[n])
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11 * max(1, np.abs(theirs[np.abs(x) <= 1]).max()))


def in_angles(kind, theta, n):
    half = theta / 2
    return {
        "t": lambda: np.cos(n * theta),
        "u": lambda: np.sin((n + 1) * theta) / np.sin(theta),
        "v": lambda: np.cos((2 * n + 1) * half) / np.cos(half),
        "w": lambda: np.sin((2 * n + 1) * half) / np.sin(half),
    }[kind]()


@pytest.mark.parametrize("kind", KINDS)
def test_chebyshev_polynomials_by_angles(kind):
    theta = np.linspace(0.05, 3.1, 80)
    for n in (0, 1, 2, 7, 64, 65, 1000):
        exact = in_angles(kind, theta, n)
        close = {"rtol": 0, "atol": 1e-13 * (n + 1) * np.abs(exact).max()}
        x = lucet.from_numpy(np.cos(theta))
        np.testing.assert_allclose(getattr(special, f"chebyshev_polynomial_{kind}")(x, n).numpy(), exact, **close)
        shifted = getattr(special, f"shifted_chebyshev_polynomial_{kind}")(x * 0.5 + 0.5, n)
        np.testing.assert_allclose(shifted.numpy(), exact, rtol=0, atol=close["atol"] * 10)


@pytest.mark.parametrize("kind", KINDS)
def test_closed_forms_go_on_where_the_recurrence_ends(kind):
    p = getattr(special, f"chebyshev_polynomial_{kind}")
    x = lucet.tensor([-1.05, -1.0, -0.9999, -0.5, 0.0, 0.3, 0.9999, 1.0, 1.05], dtype=lucet.float64)
    for n in (63, 64, 65, 80):
        expected = 2 * x * p(x, n + 1) - p(x, n)
        assert p(x, n + 2).tolist() == pytest.approx(expected.tolist(), rel=1e-11, abs=1e-9)


@pytest.mark.parametrize("name", [n for n in special.__all__ if "polynomial" in n])
def test_degrees_of_every_kind(name):
    p = getattr(special, name)
    x = lucet.tensor([0.3, 1.2], dtype=lucet.float64)
    assert p(x, -1).tolist() == [0, 0] and p(x, 0).tolist() == [1, 1]
    assert lucet.equal(p(x, 3.7), p(x, 3))
    assert p(2, lucet.tensor([3, 4])).dtype is lucet.float32 and p(lucet.tensor([2]), 3).dtype is lucet.float32
    assert math.isnan(p(lucet.tensor([float("nan")]), 3).item())
    assert not p(x.requires_grad_(), 2).requires_grad
    for n in (2**40, 2**62):  # at once, whatever comes out
        p(x.detach(), n)
    with pytest.raises(TypeError, match="n"):
        p(x)
    with pytest.raises(TypeError, match="must be Tensor or Number, not str"):
        p(x.detach(), "3")
    with pytest.raises(TypeError, match="one of the arguments must be Tensor"):
        p(0.5, 3)
