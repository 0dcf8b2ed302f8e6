"""What the CPU offers to the kernels."""

from lucet._kernels import dispatch  # type: ignore[attr-defined]  # compiled

_NAMES = {"avx2": "AVX2", "avx512": "AVX512", "neon": "NEON"}


def get_cpu_capability() -> str:
    """The instruction set that the kernels use: "DEFAULT", "AVX2", "AVX512" or "NEON".

    >>> import lucet
    >>> lucet.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2", "AVX512", "NEON")
    True
    """
    return _NAMES.get(dispatch.level, "DEFAULT")
