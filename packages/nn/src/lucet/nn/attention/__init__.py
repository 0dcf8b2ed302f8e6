"""What chooses between kernels of attention in torch. On a CPU there is one way, which these switches do not change."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from lucet.backends import cuda as _switches
from lucet.nn.attention import bias as bias

__all__ = ["WARN_FOR_UNFUSED_KERNELS", "SDPBackend", "bias", "sdpa_kernel"]

WARN_FOR_UNFUSED_KERNELS = False


class SDPBackend(IntEnum):
    """The kernels that torch knows.

    >>> from lucet.nn.attention import SDPBackend
    >>> SDPBackend.MATH
    <SDPBackend.MATH: 0>
    """

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4

    def __str__(self) -> str:
        return f"SDPBackend.{self.name}"


_KEPT = {
    SDPBackend.CUDNN_ATTENTION: (_switches.cudnn_sdp_enabled, _switches.enable_cudnn_sdp),
    SDPBackend.FLASH_ATTENTION: (_switches.flash_sdp_enabled, _switches.enable_flash_sdp),
    SDPBackend.EFFICIENT_ATTENTION: (_switches.mem_efficient_sdp_enabled, _switches.enable_mem_efficient_sdp),
    SDPBackend.MATH: (_switches.math_sdp_enabled, _switches.enable_math_sdp),
}


@contextmanager
def sdpa_kernel(backends: list[SDPBackend] | SDPBackend, set_priority: bool = False) -> Iterator[dict[str, Any]]:
    """Inside, the switches of `lucet.backends.cuda` say that these kernels are wanted. `scaled_dot_product_attention` computes as ever.

    Raises: AssertionError for something else than an SDPBackend or a list of them.

    >>> import lucet
    >>> from lucet.nn.attention import SDPBackend, sdpa_kernel
    >>> with sdpa_kernel(SDPBackend.MATH):
    ...     lucet.backends.cuda.flash_sdp_enabled()
    False
    """
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            f"Backend must be an instance of SDPBackend or a list of SDPBackend instances, got {type(backends).__name__}"
        )
    wanted = [backends] if isinstance(backends, SDPBackend) else backends
    before = {backend: asked() for backend, (asked, _) in _KEPT.items()}
    try:
        for backend, (_, set_to) in _KEPT.items():
            set_to(backend in wanted)
        yield {}
    finally:
        for backend, (_, set_to) in _KEPT.items():
            set_to(before[backend])
