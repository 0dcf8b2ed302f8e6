"""A context that sets names of a module and puts them back, and switches for a precision that nothing depends on."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def setting(module: str, **values: Any) -> Iterator[None]:
    """Inside, the globals of `module` have these values."""
    names = vars(sys.modules[module])
    before = {name: names[name] for name in values}
    names.update(values)
    try:
        yield
    finally:
        names.update(before)


class Precision:
    """`fp32_precision`: "none", "ieee", "tf32" or "bf16". RuntimeError for another word."""

    def __init__(self) -> None:
        self._word = "none"

    @property
    def fp32_precision(self) -> str:
        """What was set; products are of full precision whatever it is."""
        return self._word

    @fp32_precision.setter
    def fp32_precision(self, value: str) -> None:
        if value not in ("none", "ieee", "tf32", "bf16"):
            raise RuntimeError(f"Unknown precision: {value}")
        self._word = value
