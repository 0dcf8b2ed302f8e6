"""The version, and the absence of what is not here, as programs ask for them."""

from lucet import _rooms

__version__ = _rooms.VERSION
cuda: str | None = None
hip: str | None = None
xpu: str | None = None
debug = False
