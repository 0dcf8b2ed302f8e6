"""Identity and Linear. The product itself is the op `linear`."""

import math
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import linear
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["Identity", "Linear"]


class Identity(Module):
    """Return the input as it is; takes and forgets any constructor arguments, so it can stand for any layer.

    Shape: any, returned unchanged.

    >>> from lucet import nn
    >>> nn.Identity(54, unused=True)(3)
    3
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input."""
        return input


class Linear(Module):
    """`input @ weight.T + bias`.

    Shape: (*, in_features) to (*, out_features); weight (out_features, in_features), bias (out_features).
    Raises: ShapeError where the last dimension is not in_features; DtypeError for an input of another dtype.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Linear(20, 30)(lucet.zeros(128, 20)).shape)
    (128, 30)
    """

    __constants__ = ["in_features", "out_features"]
    in_features: int
    out_features: int
    weight: Tensor

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(lucet.empty((out_features, in_features), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(lucet.empty(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias uniformly within 1 / sqrt(in_features).

        Source: LeCun et al., Efficient BackProp (1998), section 4.6, in the form torch uses.
        """
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """(*, in_features) to (*, out_features)."""
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
