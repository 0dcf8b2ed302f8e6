"""The ops: the only callers of kernels. Importing this package registers every op and attaches the methods of Tensor."""

from lucet import _engine, _registry, _tensor

_registry.set_attach(_tensor.attach)

from lucet._ops import pointwise  # noqa: E402
from lucet._ops import create  # noqa: E402
from lucet._ops import convert  # noqa: E402
from lucet._ops import interop  # noqa: E402
from lucet._ops import reduce  # noqa: E402
from lucet._ops import softmax  # noqa: E402
from lucet._ops import sorting  # noqa: E402
from lucet._ops import shape  # noqa: E402
from lucet._ops import products  # noqa: E402
from lucet._ops import conv  # noqa: E402
from lucet._ops import join  # noqa: E402
from lucet._ops import random  # noqa: E402
from lucet._ops import update  # noqa: E402
from lucet._ops import pool  # noqa: E402

_registry.export(globals())
