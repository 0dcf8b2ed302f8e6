"""DLPack as torch spells it: `from_dlpack`, `to_dlpack` and the numbers of devices. The conversion itself is in _ops/interop.pyx."""

import enum

from lucet._ops.interop import from_dlpack as from_dlpack
from lucet._ops.interop import to_dlpack as to_dlpack

__all__ = ["DLDeviceType", "from_dlpack"]


class DLDeviceType(enum.IntEnum):
    """How DLPack numbers devices; memory of lucet is kDLCPU, and memory of no other device is taken."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17
