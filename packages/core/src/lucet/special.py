"""Special functions under the names of `torch.special`: names only, the functions are ops of the core."""

from lucet._ops import digamma as digamma
from lucet._ops import digamma as psi
from lucet._ops import entr as entr
from lucet._ops import erf as erf
from lucet._ops import erfc as erfc
from lucet._ops import erfcx as erfcx
from lucet._ops import erfinv as erfinv
from lucet._ops import exp2 as exp2
from lucet._ops import expm1 as expm1
from lucet._ops import i0 as i0
from lucet._ops import i0e as i0e
from lucet._ops import i1 as i1
from lucet._ops import i1e as i1e
from lucet._ops import igamma as gammainc
from lucet._ops import igammac as gammaincc
from lucet._ops import lgamma as gammaln
from lucet._ops import log1p as log1p
from lucet._ops import log_ndtr as log_ndtr
from lucet._ops import log_softmax as log_softmax
from lucet._ops import logit as logit
from lucet._ops import logsumexp as logsumexp
from lucet._ops import mvlgamma as multigammaln
from lucet._ops import ndtr as ndtr
from lucet._ops import ndtri as ndtri
from lucet._ops import polygamma as polygamma
from lucet._ops import round as round
from lucet._ops import sigmoid as expit
from lucet._ops import sinc as sinc
from lucet._ops import softmax as softmax
from lucet._ops import xlog1py as xlog1py
from lucet._ops import xlogy as xlogy
from lucet._ops import zeta as zeta

__all__ = [
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc", "gammaln",
    "i0", "i0e", "i1", "i1e", "log1p", "log_ndtr", "log_softmax", "logit", "logsumexp", "multigammaln", "ndtr",
    "ndtri", "polygamma", "psi", "round", "sinc", "softmax", "xlog1py", "xlogy", "zeta",
]
