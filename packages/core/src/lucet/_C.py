"""The few names of torch's compiled part that programs for tensor subclasses use."""

from lucet._modes import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass

__all__ = ["DisableTorchFunctionSubclass"]
