"""torch's older names of mixed precision on the CPU, each with its warning: `lucet.amp` has the new ones."""

import warnings

from lucet import amp
from lucet._dtype import DTYPES, dtype
from lucet.amp import autocast_mode

__all__ = ["GradScaler", "autocast"]


def _old(name: str) -> None:
    message = f"`lucet.cpu.amp.{name}(args...)` is deprecated. Please use `lucet.amp.{name}('cpu', args...)` instead."
    warnings.warn(message, FutureWarning, stacklevel=3)


class autocast(autocast_mode.autocast):
    """`lucet.autocast("cpu", ...)`."""

    def __init__(self, enabled: bool = True, dtype: dtype = DTYPES["bfloat16"], cache_enabled: bool = True):
        _old("autocast")
        super().__init__("cpu", enabled=enabled, dtype=dtype, cache_enabled=cache_enabled)


class GradScaler(amp.GradScaler):
    """`lucet.amp.GradScaler("cpu", ...)`."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _old("GradScaler")
        super().__init__("cpu", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
