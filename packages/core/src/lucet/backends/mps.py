"""Apple's GPUs are not used."""


def is_built() -> bool:
    """False."""
    return False


def is_available() -> bool:
    """False: lucet computes on the CPU."""
    return False


def is_macos13_or_newer() -> bool:
    """False."""
    return False


def is_macos_or_newer(major: int, minor: int) -> bool:
    """False: asked only about what the GPU could do."""
    return False
