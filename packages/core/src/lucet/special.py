"""Special functions under the names of `torch.special`: names only, the functions are ops of the core."""

from lucet._ops import airy_ai as airy_ai
from lucet._ops import bessel_j0 as bessel_j0
from lucet._ops import bessel_j1 as bessel_j1
from lucet._ops import bessel_y0 as bessel_y0
from lucet._ops import bessel_y1 as bessel_y1
from lucet._ops import chebyshev_polynomial_t as chebyshev_polynomial_t
from lucet._ops import chebyshev_polynomial_u as chebyshev_polynomial_u
from lucet._ops import chebyshev_polynomial_v as chebyshev_polynomial_v
from lucet._ops import chebyshev_polynomial_w as chebyshev_polynomial_w
from lucet._ops import digamma as digamma
from lucet._ops import digamma as psi
from lucet._ops import entr as entr
from lucet._ops import erf as erf
from lucet._ops import erfc as erfc
from lucet._ops import erfcx as erfcx
from lucet._ops import erfinv as erfinv
from lucet._ops import exp2 as exp2
from lucet._ops import expm1 as expm1
from lucet._ops import hermite_polynomial_h as hermite_polynomial_h
from lucet._ops import hermite_polynomial_he as hermite_polynomial_he
from lucet._ops import i0 as i0
from lucet._ops import i0e as i0e
from lucet._ops import i1 as i1
from lucet._ops import i1e as i1e
from lucet._ops import igamma as gammainc
from lucet._ops import igammac as gammaincc
from lucet._ops import laguerre_polynomial_l as laguerre_polynomial_l
from lucet._ops import legendre_polynomial_p as legendre_polynomial_p
from lucet._ops import lgamma as gammaln
from lucet._ops import log1p as log1p
from lucet._ops import log_ndtr as log_ndtr
from lucet._ops import log_softmax as log_softmax
from lucet._ops import logit as logit
from lucet._ops import logsumexp as logsumexp
from lucet._ops import modified_bessel_i0 as modified_bessel_i0
from lucet._ops import modified_bessel_i1 as modified_bessel_i1
from lucet._ops import modified_bessel_k0 as modified_bessel_k0
from lucet._ops import modified_bessel_k1 as modified_bessel_k1
from lucet._ops import mvlgamma as multigammaln
from lucet._ops import ndtr as ndtr
from lucet._ops import ndtri as ndtri
from lucet._ops import polygamma as polygamma
from lucet._ops import round as round
from lucet._ops import scaled_modified_bessel_k0 as scaled_modified_bessel_k0
from lucet._ops import scaled_modified_bessel_k1 as scaled_modified_bessel_k1
from lucet._ops import shifted_chebyshev_polynomial_t as shifted_chebyshev_polynomial_t
from lucet._ops import shifted_chebyshev_polynomial_u as shifted_chebyshev_polynomial_u
from lucet._ops import shifted_chebyshev_polynomial_v as shifted_chebyshev_polynomial_v
from lucet._ops import shifted_chebyshev_polynomial_w as shifted_chebyshev_polynomial_w
from lucet._ops import sigmoid as expit
from lucet._ops import sinc as sinc
from lucet._ops import softmax as softmax
from lucet._ops import spherical_bessel_j0 as spherical_bessel_j0
from lucet._ops import xlog1py as xlog1py
from lucet._ops import xlogy as xlogy
from lucet._ops import zeta as zeta

__all__ = [
    "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "chebyshev_polynomial_t", "chebyshev_polynomial_u",
    "chebyshev_polynomial_v", "chebyshev_polynomial_w", "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2",
    "expit", "expm1", "gammainc", "gammaincc", "gammaln", "hermite_polynomial_h", "hermite_polynomial_he", "i0",
    "i0e", "i1", "i1e", "laguerre_polynomial_l", "legendre_polynomial_p", "log1p", "log_ndtr", "log_softmax", "logit",
    "logsumexp", "modified_bessel_i0", "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1",
    "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w", "sinc", "softmax", "spherical_bessel_j0",
    "xlog1py", "xlogy", "zeta",
]
