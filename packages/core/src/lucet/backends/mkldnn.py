"""oneDNN is not used: its switches can be set and read, and nothing depends on them."""

from contextlib import AbstractContextManager

from lucet.backends._flags import Precision as _Precision
from lucet.backends._flags import setting

enabled = True
deterministic = False
allow_tf32: bool | None = None
fp32_precision = "none"
matmul, conv, rnn = _Precision(), _Precision(), _Precision()


def is_available() -> bool:
    """False: convolutions and products are lucet's own.

    >>> import lucet
    >>> lucet.backends.mkldnn.is_available()
    False
    """
    return False


def flags(
    enabled: bool = False, deterministic: bool = False, allow_tf32: bool | None = True, fp32_precision: str = "none"
) -> AbstractContextManager[None]:
    """A context inside which the switches have these values."""
    return setting(
        __name__,
        enabled=enabled,
        deterministic=deterministic,
        allow_tf32=allow_tf32,
        fp32_precision=fp32_precision,
    )


VERBOSE_OFF, VERBOSE_ON, VERBOSE_ON_CREATION = 0, 1, 2


class verbose:
    """A context in which oneDNN would say what it does; it is not used, so nothing is said."""

    def __init__(self, level: int):
        self.level = level

    def __enter__(self) -> "verbose":
        return self

    def __exit__(self, *exception: object) -> None:
        pass
