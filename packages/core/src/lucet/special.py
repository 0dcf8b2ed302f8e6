"""Special functions under the names of `torch.special`: names only, the functions are ops of the core."""

from lucet._ops import erf as erf
from lucet._ops import erfc as erfc
from lucet._ops import erfinv as erfinv
from lucet._ops import exp2 as exp2
from lucet._ops import expm1 as expm1
from lucet._ops import log1p as log1p
from lucet._ops import log_softmax as log_softmax
from lucet._ops import logit as logit
from lucet._ops import logsumexp as logsumexp
from lucet._ops import round as round
from lucet._ops import sigmoid as expit
from lucet._ops import sinc as sinc
from lucet._ops import softmax as softmax
from lucet._ops import xlog1py as xlog1py
from lucet._ops import xlogy as xlogy

__all__ = [
    "erf", "erfc", "erfinv", "exp2", "expit", "expm1", "log1p", "log_softmax", "logit", "logsumexp", "round", "sinc", "softmax",
    "xlog1py", "xlogy",
]
