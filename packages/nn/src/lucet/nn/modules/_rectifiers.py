"""Activation layers that bend or cut a line, with numbers of their own; activation.py has their names."""

from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import celu, hardshrink, prelu, rrelu, selu, softshrink, tanhshrink, threshold
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter


def _inplace(module: Module) -> str:
    """How printed forms end when the layer overwrites its input."""
    return ", inplace=True" if module.inplace else ""

__all__ = [
    "CELU",
    "Hardshrink",
    "PReLU",
    "RReLU",
    "SELU",
    "Softshrink",
    "Tanhshrink",
    "Threshold",
]


class Threshold(Module):
    """`x` where it is above `threshold`, else `value`; `inplace` overwrites the input.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Threshold(2.0, -1.0)(lucet.tensor([1.0, 3.0]))
    tensor([-1.,  3.])
    """

    __constants__ = ["threshold", "value", "inplace"]
    threshold: float
    value: float
    inplace: bool

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"threshold={self.threshold}, value={self.value}{_inplace(self)}"


class RReLU(Module):
    """`x` where positive, elsewhere `x` times a slope drawn between `lower` and `upper`; in eval mode their middle.

    `inplace` overwrites the input.
    Shape: any, returned unchanged.
    Raises: RuntimeError from the call where `lower` is above `upper`.
    Source: Xu et al., Empirical Evaluation of Rectified Activations in Convolutional Network (2015).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.RReLU(0.2, 0.3).eval()(lucet.tensor([-2.0, 3.0]))
    tensor([-0.5000,  3.0000])
    """

    __constants__ = ["lower", "upper", "inplace"]
    lower: float
    upper: float
    inplace: bool

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"lower={self.lower}, upper={self.upper}{_inplace(self)}"


class CELU(Module):
    """`x` where positive, `alpha * (exp(x / alpha) - 1)` elsewhere; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Raises: RuntimeError from the call for an `alpha` of 0.
    Source: Barron, Continuously Differentiable Exponential Linear Units (2017).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.CELU(0.5)(lucet.tensor([-1.0, 2.0]))
    tensor([-0.4323,  2.0000])
    """

    __constants__ = ["alpha", "inplace"]
    alpha: float
    inplace: bool

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"alpha={self.alpha}{_inplace(self)}"


class SELU(Module):
    """ELU with the scale and alpha that keep mean 0 and variance 1 from layer to layer; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Klambauer et al., Self-Normalizing Neural Networks (2017).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.SELU()(lucet.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return selu(input, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments that differ from their defaults."""
        return "inplace=True" if self.inplace else ""


class Hardshrink(Module):
    """`x` where it is outside of `[-lambd, lambd]`, 0 inside.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Hardshrink()(lucet.tensor([-1.0, 0.3, 2.0]))
    tensor([-1.,  0.,  2.])
    """

    __constants__ = ["lambd"]
    lambd: float

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"{self.lambd}"


class Softshrink(Module):
    """`x` brought nearer to 0 by `lambd`, and 0 where it is within.

    Shape: any, returned unchanged.
    Raises: RuntimeError from the call for a negative `lambd`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Softshrink()(lucet.tensor([-1.0, 0.3, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """

    __constants__ = ["lambd"]
    lambd: float

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return str(self.lambd)


class Tanhshrink(Module):
    """`x - tanh(x)`.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Tanhshrink()(lucet.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return tanhshrink(input)


class PReLU(Module):
    """`x` where positive, elsewhere `x` times a learned weight: one, or one for each channel, the second dimension.

    Weights start at `init`.
    Shape: any, returned unchanged; weight (num_parameters).
    Raises: RuntimeError from the call where there are neither one weight nor as many as channels.
    Source: He et al., Delving Deep into Rectifiers (2015).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.PReLU()(lucet.tensor([-2.0, 3.0]))
    tensor([-0.5000,  3.0000], grad_fn=<PreluKernelBackward0>)
    """

    __constants__ = ["num_parameters"]
    num_parameters: int

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(lucet.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """All weights `init`."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"num_parameters={self.num_parameters}"

for _name in __all__:  # where torch's saved models have them
    globals()[_name].__module__ = "lucet.nn.modules.activation"
