"""What every composed op does first: offer the call to modes and to subclasses of Tensor."""

from collections.abc import Callable
from typing import Any

from lucet import _modes
from lucet._ops._loops import overridden as overridden


def handed_over(
    function: Callable[..., Any], tensors: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """What the mode, or the subclass among `tensors`, that wants the call makes of it."""
    given = {name: value for name, value in kwargs.items() if value is not None}
    return _modes._offered(function, tensors, args, given)[1]
