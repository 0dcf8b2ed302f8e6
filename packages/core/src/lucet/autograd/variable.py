"""`Variable`, the old name of a tensor that can require a gradient: its constructor and its answer to isinstance."""

import warnings
from typing import Any

from lucet._tensor import Tensor

__all__ = ["Variable"]


class VariableMeta(type):
    """Every tensor is a Variable."""

    def __instancecheck__(cls, other: object) -> bool:
        return isinstance(other, Tensor)


class Variable(metaclass=VariableMeta):
    """`Variable(data, requires_grad=False)`: a tensor outside the graph that shares the elements of `data`.

    Raises: TypeError for data that is no tensor; RuntimeError where elements that are not floating should require a gradient.

    >>> import lucet
    >>> from lucet.autograd import Variable
    >>> Variable(lucet.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        if volatile:
            warnings.warn(
                "volatile was removed and now has no effect. Use `with lucet.no_grad():` instead.", stacklevel=2
            )
        if data is None:
            data = Tensor()
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return data.detach().requires_grad_(requires_grad)
