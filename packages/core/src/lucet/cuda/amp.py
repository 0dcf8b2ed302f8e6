"""torch's older names of mixed precision, each with its warning: `lucet.amp` has the new ones. Without CUDA they are all off."""

import functools
import warnings
from collections.abc import Callable
from typing import Any

from lucet import amp
from lucet._dtype import DTYPES, dtype
from lucet.amp import autocast_mode

__all__ = ["GradScaler", "amp_definitely_not_available", "autocast", "custom_bwd", "custom_fwd"]


def _old(name: str, new: str) -> None:
    message = f"`lucet.cuda.amp.{name}(args...)` is deprecated. Please use `lucet.amp.{new}` instead."
    warnings.warn(message, FutureWarning, stacklevel=3)


class autocast(autocast_mode.autocast):
    """`lucet.autocast("cuda", ...)`: warns, and is off."""

    def __init__(self, enabled: bool = True, dtype: dtype = DTYPES["float16"], cache_enabled: bool = True):
        _old("autocast", "autocast('cuda', args...)")
        super().__init__("cuda", enabled=enabled, dtype=dtype, cache_enabled=cache_enabled)


class GradScaler(amp.GradScaler):
    """`lucet.amp.GradScaler("cuda", ...)`: warns, and passes losses and steps through."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        _old("GradScaler", "GradScaler('cuda', args...)")
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)


def custom_fwd(fwd: Callable[..., Any] | None = None, *, cast_inputs: dtype | None = None) -> Callable[..., Any]:
    """`lucet.amp.custom_fwd(device_type="cuda", ...)`."""
    _old("custom_fwd", "custom_fwd(args..., device_type='cuda')")
    return functools.partial(amp.custom_fwd, device_type="cuda")(fwd=fwd, cast_inputs=cast_inputs)


def custom_bwd(bwd: Callable[..., Any]) -> Callable[..., Any]:
    """`lucet.amp.custom_bwd(device_type="cuda")`."""
    _old("custom_bwd", "custom_bwd(args..., device_type='cuda')")
    return functools.partial(amp.custom_bwd, device_type="cuda")(bwd)


def amp_definitely_not_available() -> bool:
    """True."""
    return True
