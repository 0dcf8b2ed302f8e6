"""CUDA is not here: the switches of its products can be set and read, and nothing depends on them."""


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
