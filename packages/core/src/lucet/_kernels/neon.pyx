"""The kernels built for one instruction set: the common element types for aarch64."""

include "common.pxi"
