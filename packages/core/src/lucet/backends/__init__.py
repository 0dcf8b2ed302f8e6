"""Which libraries could compute here: none but lucet's own kernels. Settings of absent ones are kept, and change nothing.

`lucet.backends.winograd` is lucet's own: False computes 3x3 convolutions of stride 1 without Winograd's algorithm, for those who
compare bits with sums taken one by one. It counts for the process.

>>> import lucet
>>> lucet.backends.winograd
True
"""

import sys
from types import ModuleType
from typing import Any

from lucet import _rooms
from lucet._ops.conv import get_winograd as _get_winograd
from lucet._ops.conv import set_winograd as _set_winograd
from lucet.backends import cpu as cpu
from lucet.backends import cuda as cuda
from lucet.backends import cudnn as cudnn
from lucet.backends import cusparselt as cusparselt
from lucet.backends import kleidiai as kleidiai
from lucet.backends import mha as mha
from lucet.backends import miopen as miopen
from lucet.backends import mkl as mkl
from lucet.backends import mkldnn as mkldnn
from lucet.backends import mps as mps
from lucet.backends import nnpack as nnpack
from lucet.backends import openmp as openmp
from lucet.backends import opt_einsum as opt_einsum
from lucet.backends._flags import Precision as _Precision


class _Backends(ModuleType):
    """A module with a switch that the convolutions read, and one that nothing depends on: products are of full precision."""

    _precision = _Precision()

    @property
    def fp32_precision(self) -> str:
        return self._precision.fp32_precision

    @fp32_precision.setter
    def fp32_precision(self, value: str) -> None:
        self._precision.fp32_precision = value

    @property
    def winograd(self) -> bool:
        return bool(_get_winograd())

    @winograd.setter
    def winograd(self, allowed: bool) -> None:
        if not isinstance(allowed, bool):
            raise TypeError(f"lucet.backends.winograd must be a bool, got {type(allowed).__name__}")
        _set_winograd(allowed)


sys.modules[__name__].__class__ = _Backends


def __getattr__(name: str) -> Any:
    return _rooms.missing_attribute(name, __name__)
