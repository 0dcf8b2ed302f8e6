"""What tests of programs need: `assert_close` with torch's tolerances and messages, `make_tensor` with torch's numbers."""

from lucet.testing._comparison import assert_allclose, assert_close
from lucet.testing._creation import make_tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]
