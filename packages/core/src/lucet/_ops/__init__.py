"""The ops: the only callers of kernels. Importing this package registers every op and attaches the methods of Tensor."""

from lucet import _engine, _modes, _registry, _tensor

_registry.set_attach(_tensor.attach)
_registry.set_name_in_errors(_modes.name_in_errors)

from lucet._ops import pointwise
from lucet._ops import elementary
from lucet._ops import polynomials
from lucet._ops import special
from lucet._ops import create
from lucet._ops import convert
from lucet._ops import interop
from lucet._ops import reduce
from lucet._ops import softmax
from lucet._ops import sorting
from lucet._ops import shape
from lucet._ops import complex_numbers
from lucet._ops import products
from lucet._ops import conv
from lucet._ops import join
from lucet._ops import random
from lucet._ops import update
from lucet._ops import pool
from lucet._ops import resample
from lucet._ops import indexing
from lucet._ops import pad
from lucet._ops import batch_norm
from lucet._ops import row_norms
from lucet._ops import recurrent
from lucet._ops import attention
from lucet._ops import loss
from lucet._ops import scans
from lucet._ops import searching
from lucet._ops import histograms
