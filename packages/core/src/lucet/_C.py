"""The few names of torch's compiled part that programs for tensor subclasses use."""

from typing import Any

from lucet import _modes
from lucet._modes import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass
from lucet._modes import _disabled_torch_function_impl as _disabled_torch_function_impl

__all__ = ["DisableTorchFunction", "DisableTorchFunctionSubclass"]


class DisableTorchFunction:
    """Inside this context neither modes nor subclasses see ops.

    >>> import lucet
    >>> class Loud(lucet.overrides.TorchFunctionMode):
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         return "taken"
    >>> with Loud(), lucet._C.DisableTorchFunction():
    ...     lucet.ones(1) + 1
    tensor([2.])
    """

    def __enter__(self) -> None:
        self._modes: list[Any] = []
        while _modes._modes_in_force()[3]:
            self._modes.append(_modes._pop_mode())
        _modes._no_subclass(1)

    def __exit__(self, *exception: object) -> None:
        _modes._no_subclass(-1)
        while self._modes:
            _modes._push_mode(self._modes.pop())
