"""cuSPARSELt is not used."""


def is_available() -> bool:
    """False: there is no GPU."""
    return False


def version() -> int | None:
    """None."""
    return None


def get_max_alg_id() -> int | None:
    """None."""
    return None
