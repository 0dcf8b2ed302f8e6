"""Orthogonal polynomials of `lucet.special`: an argument and a degree, either of which may be a number; kernels in `_kernels/micro/bessel.h`."""

from lucet._kernels.kernels cimport *
from lucet._ops._loops cimport DEAR
from lucet._ops.pointwise cimport Rule, REAL, SAVE_NOTHING, binary, rule, without_tensor
from lucet._tensor cimport Tensor

from lucet._registry import dress, op


def _degrees(r):
    """Arguments and degrees: equal shapes, broadcasting, no dimensions, nothing, a number."""
    shapes = [((3, 4), (3, 4)), ((3, 1), (4,)), ((), (2,)), ((0, 2), (2,))]
    return [(r(*a), (r(*b).abs() * 3).floor()) for a, b in shapes] + [(r(2, 3), 3)]


def polynomial_op(Rule r, str doc):
    """The function of one family of polynomials, registered."""
    def function(input, n, *, Tensor out=None):
        result = binary(r, input, n, out, False)
        if result is NotImplemented:
            return without_tensor(r.name.decode(), input, n, {"out": out}, "n")
        return result

    name = r.name.decode()
    r.fn = dress(function, name, f"{name}(input, n, *, out=None) -> Tensor\n\n{doc}")
    op(function, name=name, also="special", public=False, method=False, grad="no", samples=_degrees, family="pointwise")


for _name, _kernel, _text, _more, _result in (
    ("chebyshev_polynomial_t", CHEBYSHEV_T, "Chebyshev's polynomial of the first kind T", "", "-0.5000"),
    ("chebyshev_polynomial_u", CHEBYSHEV_U, "Chebyshev's polynomial of the second kind U", "", "0."),
    ("chebyshev_polynomial_v", CHEBYSHEV_V, "Chebyshev's polynomial of the third kind V", "", "-1."),
    ("chebyshev_polynomial_w", CHEBYSHEV_W, "Chebyshev's polynomial of the fourth kind W", "", "1."),
    ("shifted_chebyshev_polynomial_t", SHIFTED_CHEBYSHEV_T, "T at 2 input - 1", "", "-1."),
    ("shifted_chebyshev_polynomial_u", SHIFTED_CHEBYSHEV_U, "U at 2 input - 1", "", "-1."),
    ("shifted_chebyshev_polynomial_v", SHIFTED_CHEBYSHEV_V, "V at 2 input - 1", "", "-1."),
    ("shifted_chebyshev_polynomial_w", SHIFTED_CHEBYSHEV_W, "W at 2 input - 1", "", "-1."),
    ("hermite_polynomial_h", HERMITE_H, "Hermite's polynomial of the physicists", " NaN above degree 512.", "-1."),
    ("hermite_polynomial_he", HERMITE_HE, "Hermite's polynomial of probability theory", " NaN above degree 512.", "-0.7500"),
    ("laguerre_polynomial_l", LAGUERRE_L, "Laguerre's polynomial", " NaN above degree 100,000.", "0.1250"),
    ("legendre_polynomial_p", LEGENDRE_P, "Legendre's polynomial", " NaN above degree 100,000.", "-0.1250"),
):
    polynomial_op(rule(_name, _kernel, REAL, b"", NULL, SAVE_NOTHING, DEAR), f"""{_text} of degree `n` (cut to a whole number; 0 below 0), elementwise.{_more}
    Shapes broadcast; integers and bools are promoted to the default floating type. No gradient.

    >>> import lucet
    >>> lucet.special.{_name}(lucet.tensor([0.5]), 2)
    tensor([{_result}])
    """)
