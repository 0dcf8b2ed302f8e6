"""MKL is not used."""


def is_available() -> bool:
    """False: products are lucet's own."""
    return False


VERBOSE_OFF, VERBOSE_ON = 0, 1


class verbose:
    """A context in which MKL would say what it does; it is not used, so nothing is said."""

    def __init__(self, enable: int):
        self.enable = enable

    def __enter__(self) -> "verbose":
        return self

    def __exit__(self, *exception: object) -> None:
        pass
