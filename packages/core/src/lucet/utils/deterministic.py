"""`fill_uninitialized_memory`: whether memory that nobody has written is filled while deterministic algorithms are asked for.

>>> import lucet
>>> lucet.use_deterministic_algorithms(True)
>>> lucet.empty(2)
tensor([nan, nan])
>>> lucet.use_deterministic_algorithms(False)
"""

import sys
from types import ModuleType

from lucet import _settings


class _Deterministic(ModuleType):
    @property
    def fill_uninitialized_memory(self) -> bool:
        """True unless it was set."""
        return _settings._fill["uninitialized_memory"]

    @fill_uninitialized_memory.setter
    def fill_uninitialized_memory(self, wanted: bool) -> None:
        if not isinstance(wanted, bool):
            raise RuntimeError(f"fill_uninitialized_memory: expected a bool, but got {type(wanted).__name__}")
        _settings.set_fill(wanted)


sys.modules[__name__].__class__ = _Deterministic
