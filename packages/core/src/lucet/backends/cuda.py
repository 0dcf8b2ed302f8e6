"""CUDA is not here: the switches of its products can be set and read, and nothing depends on them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, NoReturn


class _Products:
    """The switches of matrix products; a name that is none of them is an AttributeError."""

    allow_tf32: bool
    allow_fp16_reduced_precision_reduction: bool
    allow_bf16_reduced_precision_reduction: bool
    allow_fp16_accumulation: bool
    fp32_precision: str
    __slots__ = tuple(__annotations__)

    def __init__(self) -> None:
        self.allow_tf32 = self.allow_fp16_accumulation = False
        self.allow_fp16_reduced_precision_reduction = self.allow_bf16_reduced_precision_reduction = True
        self.fp32_precision = "none"


matmul = _Products()
_attention = {"flash": True, "mem_efficient": True, "math": True, "cudnn": True}


def is_built() -> bool:
    """False.

    >>> import lucet
    >>> lucet.backends.cuda.is_built()
    False
    """
    return False


def flash_sdp_enabled() -> bool:
    """What `enable_flash_sdp` set; there is no such kernel."""
    return _attention["flash"]


def enable_flash_sdp(enabled: bool) -> None:
    """Kept for `flash_sdp_enabled`."""
    _attention["flash"] = bool(enabled)


def mem_efficient_sdp_enabled() -> bool:
    """What `enable_mem_efficient_sdp` set; there is no such kernel."""
    return _attention["mem_efficient"]


def enable_mem_efficient_sdp(enabled: bool) -> None:
    """Kept for `mem_efficient_sdp_enabled`."""
    _attention["mem_efficient"] = bool(enabled)


def math_sdp_enabled() -> bool:
    """What `enable_math_sdp` set."""
    return _attention["math"]


def enable_math_sdp(enabled: bool) -> None:
    """Kept for `math_sdp_enabled`."""
    _attention["math"] = bool(enabled)


def cudnn_sdp_enabled() -> bool:
    """What `enable_cudnn_sdp` set; there is no such kernel."""
    return _attention["cudnn"]


def enable_cudnn_sdp(enabled: bool) -> None:
    """Kept for `cudnn_sdp_enabled`."""
    _attention["cudnn"] = bool(enabled)


def is_flash_attention_available() -> bool:
    """False: there is no such kernel."""
    return False


@contextmanager
def sdp_kernel(enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True) -> Iterator[None]:
    """Inside, the four switches have these values. Deprecated, as a FutureWarning says."""
    warnings.warn("lucet.backends.cuda.sdp_kernel() is deprecated, as torch's is: attention has one kernel here", FutureWarning, stacklevel=3)
    before = dict(_attention)
    _attention.update(flash=bool(enable_flash), math=bool(enable_math), mem_efficient=bool(enable_mem_efficient), cudnn=bool(enable_cudnn))
    try:
        yield
    finally:
        _attention.update(before)


class _LinalgBackend(Enum):
    Default = 0


class _BlasBackend(Enum):
    Default = 0


def _preferred(kinds: Any, backend: Any, known: tuple[str, ...]) -> Any:
    word = backend.lower() if isinstance(backend, str) else backend
    if word in (None, "default", kinds.Default):
        return kinds.Default
    if not isinstance(word, str):
        raise RuntimeError("Unknown input value type.")
    if word not in known:
        raise RuntimeError(f"Unknown input value. Choose from: default, {', '.join(known)}.")
    raise RuntimeError(f"Cannot set preferred backend to {backend}: there is no CUDA, lucet computes on the CPU")


def preferred_linalg_library(backend: Any = None) -> Any:
    """The default. RuntimeError for a library of CUDA ("cusolver", "magma"), which is not here.

    >>> import lucet
    >>> lucet.backends.cuda.preferred_linalg_library("default")
    <_LinalgBackend.Default: 0>
    """
    return _preferred(_LinalgBackend, backend, ("cusolver", "magma"))


def preferred_blas_library(backend: Any = None) -> Any:
    """The default. RuntimeError for a library of CUDA, which is not here."""
    return _preferred(_BlasBackend, backend, ("cublas", "cublaslt", "hipblaslt", "ck"))


class _PlanCache:
    """The plans of a GPU's Fourier transforms: there is no GPU, and every question is an AssertionError as in a torch without CUDA."""

    def _absent(self) -> NoReturn:
        raise AssertionError("cufft_plan_cache: no CUDA device is available, lucet computes on the CPU")

    size = property(_absent, doc="Raises AssertionError: there is no device.")
    max_size = property(_absent, lambda self, size: self._absent(), doc="Raises AssertionError: there is no device.")

    def clear(self) -> None:
        """Raises AssertionError: there is no device."""
        self._absent()

    def __getitem__(self, device: Any) -> NoReturn:
        raise RuntimeError(f"cufft_plan_cache: expected 0 <= device index < 0, but got device with index {device}")


cufft_plan_cache = _PlanCache()


class SDPAParams:
    """What a scaled dot product attention is called with, for the questions below."""

    def __init__(self, query: Any, key: Any, value: Any, attn_mask: Any, dropout: float, is_causal: bool, enable_gqa: bool):
        self.query, self.key, self.value, self.attn_mask = query, key, value, attn_mask
        self.dropout, self.is_causal, self.enable_gqa = dropout, is_causal, enable_gqa


def can_use_flash_attention(params: SDPAParams, debug: bool = False) -> bool:
    """False: there is no GPU."""
    return False


def can_use_efficient_attention(params: SDPAParams, debug: bool = False) -> bool:
    """False: there is no GPU."""
    return False


def can_use_cudnn_attention(params: SDPAParams, debug: bool = False) -> bool:
    """False: there is no GPU."""
    return False


def is_ck_sdpa_available() -> bool:
    """False: there is no GPU."""
    return False


_reduced_math = [False]


def allow_fp16_bf16_reduction_math_sdp(enabled: bool) -> None:
    """Set a switch that nothing depends on."""
    _reduced_math[0] = enabled


def fp16_bf16_reduction_math_sdp_allowed() -> bool:
    """What the switch was set to."""
    return _reduced_math[0]
