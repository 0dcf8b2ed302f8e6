"""A context that sets names of a module and puts them back."""

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
