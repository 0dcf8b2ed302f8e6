"""cuDNN is not here: its switches can be set and read, as in a torch without CUDA, and nothing depends on them."""

from contextlib import AbstractContextManager
from typing import Any

from lucet.backends._flags import Precision as _Precision
from lucet.backends._flags import setting

enabled = True
benchmark = False
benchmark_limit: int | None = None
deterministic = False
allow_tf32 = True
fp32_precision = "none"
conv, rnn = _Precision(), _Precision()


def is_available() -> bool:
    """False.

    >>> import lucet
    >>> lucet.backends.cudnn.is_available()
    False
    """
    return False


def version() -> int | None:
    """None."""
    return None


def is_acceptable(tensor: Any) -> bool:
    """False: no tensor is on a device that cuDNN computes on."""
    return False


def set_flags(
    _enabled: bool | None = None,
    _benchmark: bool | None = None,
    _benchmark_limit: int | None = None,
    _deterministic: bool | None = None,
    _allow_tf32: bool | None = None,
    _fp32_precision: str = "none",
) -> tuple[Any, ...]:
    """Set the switches that are not None; returns what they were."""
    global enabled, benchmark, benchmark_limit, deterministic, allow_tf32, fp32_precision
    before = (enabled, benchmark, benchmark_limit, deterministic, allow_tf32, fp32_precision)
    enabled = enabled if _enabled is None else _enabled
    benchmark = benchmark if _benchmark is None else _benchmark
    benchmark_limit = benchmark_limit if _benchmark_limit is None else _benchmark_limit
    deterministic = deterministic if _deterministic is None else _deterministic
    allow_tf32 = allow_tf32 if _allow_tf32 is None else _allow_tf32
    fp32_precision = _fp32_precision
    return before


def flags(
    enabled: bool = False,
    benchmark: bool = False,
    benchmark_limit: int | None = 10,
    deterministic: bool = False,
    allow_tf32: bool = True,
    fp32_precision: str = "none",
) -> AbstractContextManager[None]:
    """A context inside which the switches have these values.

    >>> from lucet.backends import cudnn
    >>> with cudnn.flags(enabled=True, deterministic=True):
    ...     cudnn.deterministic
    True
    """
    return setting(
        __name__,
        enabled=enabled,
        benchmark=benchmark,
        benchmark_limit=benchmark_limit,
        deterministic=deterministic,
        allow_tf32=allow_tf32,
        fp32_precision=fp32_precision,
    )
