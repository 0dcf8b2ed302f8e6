"""Questions to a tensor that others answer in part."""

from lucet import _modes
from lucet._registry import op
from lucet._tensor import Tensor


def is_nonzero(input: Tensor) -> bool:
    """is_nonzero(input) -> bool

    Whether the one element of `input` is not zero. RuntimeError for another number of elements.

    >>> import lucet
    >>> lucet.is_nonzero(lucet.tensor([0.5]))
    True
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"is_nonzero(): argument 'input' must be Tensor, not {type(input).__name__}")
    if _modes._is_overridden((input,)):
        return _modes._offered(is_nonzero, (input,), (input,), {})[1]
    return bool(input)


def pin_memory(input: Tensor, device: object = None) -> Tensor:
    """Raises RuntimeError, as torch does without an accelerator."""
    raise RuntimeError("pin_memory: Cannot access accelerator device when none is available.")


op(is_nonzero, grad="no", family="composed", samples=lambda r: [(r(),), (r(1, 1),)])
op(pin_memory, public=False, grad="no", family="composed")
