"""The version, and the absence of what is not here, as programs ask for them.

>>> import lucet
>>> lucet.__version__ >= (1, 8), lucet.version.lucet in lucet.__version__
(True, True)
"""

from lucet import _rooms
from lucet.torch_version import TorchVersion

lucet: str = _rooms.VERSION
"""lucet's own version, as its distributions have it; `lucet.__version__` begins with torch's."""
__version__ = TorchVersion(f"2.13.0+lucet.{lucet}")
git_version: str = "unknown"  # a wheel does not know its commit
cuda: str | None = None
hip: str | None = None
rocm: str | None = None
xpu: str | None = None
debug = False
