"""Identity and Linear. The product itself is the op `linear`."""

import math
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import bilinear, linear
from lucet.nn.modules.lazy import LazyModuleMixin
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter, UninitializedParameter

__all__ = ["Bilinear", "Identity", "LazyLinear", "Linear", "NonDynamicallyQuantizableLinear"]


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


class Bilinear(Module):
    """`input1 @ weight[k] @ input2 + bias[k]` for each output feature k.

    Shape: (*, in1_features) and (*, in2_features) to (*, out_features); weight (out_features, in1_features,
    in2_features), bias (out_features).
    Raises: ValueError where in1_features is not positive; ShapeError for inputs of other sizes.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Bilinear(20, 30, 40)(lucet.zeros(8, 20), lucet.zeros(8, 30)).shape)
    (8, 40)
    """

    __constants__ = ["in1_features", "in2_features", "out_features"]
    in1_features: int
    in2_features: int
    out_features: int
    weight: Tensor

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        kind = {"device": device, "dtype": dtype}
        self.weight = Parameter(lucet.empty((out_features, in1_features, in2_features), **kind))
        if bias:
            self.bias = Parameter(lucet.empty(out_features, **kind))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias uniformly within 1 / sqrt(in1_features)."""
        if self.in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={self.in1_features})")
        bound = 1 / math.sqrt(self.weight.size(1))
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """(*, in1_features) and (*, in2_features) to (*, out_features)."""
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class LazyLinear(LazyModuleMixin, Linear):
    """A Linear that learns `in_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyLinear(2)
    >>> tuple(m(lucet.zeros(5, 3)).shape), m
    ((5, 2), Linear(in_features=3, out_features=2, bias=True))
    """

    cls_to_become = Linear
    weight: UninitializedParameter
    bias: Any

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """As Linear's, once the parameters are there."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Make the parameters for inputs like this one."""
        if self.has_uninitialized_params():
            self.in_features = input.shape[-1]
            self._make("weight", (self.out_features, self.in_features))
            if self.bias is not None:
                self._make("bias", (self.out_features,))
            self.reset_parameters()
        if self.in_features == 0:  # the parameters came from a state dict
            if input.shape[-1] != self.weight.shape[-1]:
                raise AssertionError(
                    f"The in_features inferred from input: {input.shape[-1]} is not equal to in_features from self.weight: "
                    f"{self.weight.shape[-1]}"
                )
            self.in_features = input.shape[-1]


class NonDynamicallyQuantizableLinear(Linear):
    """The `Linear` that attention has for its results, of a class of its own so that it prints and pickles as torch's."""
