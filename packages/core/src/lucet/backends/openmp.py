"""OpenMP is not used."""


def is_available() -> bool:
    """False: threads are lucet's own pool."""
    return False
