"""Activation layers; those that bend or cut a line are in _rectifiers.py. The functions themselves are the ops of the same names."""

import warnings

from lucet import Tensor
from lucet.nn.functional import (
    elu,
    gelu,
    glu,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    log_softmax,
    logsigmoid,
    mish,
    relu,
    relu_,
    sigmoid,
    silu,
    softmax,
    softmin,
    softplus,
    softsign,
    tanh,
)
from lucet.nn.modules._rectifiers import (
    CELU,
    SELU,
    Hardshrink,
    PReLU,
    RReLU,
    Softshrink,
    Tanhshrink,
    Threshold,
    _inplace,
)
from lucet.nn.modules.module import Module
from lucet.nn.modules.multihead import MultiheadAttention as MultiheadAttention

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class ReLU(Module):
    """`max(0, x)`; `inplace` overwrites the input.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ReLU()(lucet.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return relu_(input) if self.inplace else relu(input)

    def extra_repr(self) -> str:
        """The constructor arguments that differ from their defaults."""
        return "inplace=True" if self.inplace else ""


class Hardtanh(Module):
    """`x` cut off below `min_val` and above `max_val`; `inplace` overwrites the input.

    `min_value` and `max_value` are older names of the limits.
    Shape: any, returned unchanged.
    Raises: AssertionError where `max_val` is not above `min_val`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Hardtanh()(lucet.tensor([-3.0, 0.5, 3.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """

    __constants__ = ["min_val", "max_val", "inplace"]
    min_val: float
    max_val: float
    inplace: bool

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        self.min_val = _renamed("min", min_val, min_value)
        self.max_val = _renamed("max", max_val, max_value)
        self.inplace = inplace
        if not self.max_val > self.min_val:
            raise AssertionError(
                f"Hardtanh: max_val ({self.max_val}) must be greater than min_val ({self.min_val}), expected a range"
            )

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"min_val={self.min_val}, max_val={self.max_val}{_inplace(self)}"


def _renamed(which: str, value: float, older: float | None) -> float:
    if older is None:
        return value
    warnings.warn(
        f"Hardtanh: keyword argument `{which}_value` is deprecated and renamed to `{which}_val`",
        FutureWarning,
        stacklevel=3,
    )
    return older


class ReLU6(Hardtanh):
    """`min(max(0, x), 6)`; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10 (2010).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ReLU6()(lucet.tensor([-1.0, 2.0, 9.0]))
    tensor([0., 2., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """The constructor arguments that differ from their defaults."""
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """`x` where positive, `negative_slope * x` elsewhere; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LeakyReLU(0.5)(lucet.tensor([-2.0, 2.0]))
    tensor([-1.,  2.])
    """

    __constants__ = ["inplace", "negative_slope"]
    inplace: bool
    negative_slope: float

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"negative_slope={self.negative_slope}{_inplace(self)}"


class ELU(Module):
    """`x` where positive, `alpha * (exp(x) - 1)` elsewhere; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear Units (2016), equation 15.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ELU()(lucet.tensor([0.0, 2.0]))
    tensor([0., 2.])
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
        return elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"alpha={self.alpha}{_inplace(self)}"


class Sigmoid(Module):
    """`1 / (1 + exp(-x))`.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Sigmoid()(lucet.zeros(1))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Tanh()(lucet.zeros(1))
    tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return tanh(input)


class Softmax(Module):
    """`exp(x) / sum(exp(x))` along `dim`; without `dim` it is guessed, with a warning.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Softmax(dim=0)(lucet.zeros(4))
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    __constants__ = ["dim"]
    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The function along `dim`."""
        return softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """`x - log(sum(exp(x)))` along `dim`; without `dim` it is guessed, with a warning.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LogSoftmax(dim=0)(lucet.zeros(1))
    tensor([0.])
    """

    __constants__ = ["dim"]
    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The function along `dim`."""
        return log_softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"dim={self.dim}"


class Softmax2d(Module):
    """Softmax over the channels of each pixel.

    Shape: (N, C, H, W) or (C, H, W), returned unchanged.
    Raises: ValueError for another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Softmax2d()(lucet.zeros(2, 1, 1))
    tensor([[[0.5000]],
    <BLANKLINE>
            [[0.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The function along the channels."""
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return softmax(input, -3, _stacklevel=5)


class Softplus(Module):
    """`log(1 + exp(beta * x)) / beta`, and x itself where `beta * x` is above `threshold`.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Softplus()(lucet.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """

    __constants__ = ["beta", "threshold"]
    beta: float
    threshold: float

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"beta={self.beta}, threshold={self.threshold}"


class SiLU(Module):
    """`x * sigmoid(x)`; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), section 2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.SiLU()(lucet.zeros(1))
    tensor([0.])
    """

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return silu(input, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments that differ from their defaults."""
        return "inplace=True" if self.inplace else ""


class GELU(Module):
    """`x` times the standard normal distribution function of x; `approximate="tanh"` computes it by a tanh formula.

    Shape: any, returned unchanged.
    Raises: RuntimeError for another word than "none" and "tanh".
    Source: Hendrycks and Gimpel, Gaussian Error Linear Units (2016), section 2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.GELU()(lucet.tensor([0.0, 10.0]))
    tensor([ 0., 10.])
    """

    __constants__ = ["approximate"]
    approximate: str

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"approximate={self.approximate!r}"


class Mish(Module):
    """`x * tanh(log(1 + exp(x)))`; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Misra, Mish: A Self Regularized Non-Monotonic Activation Function (2019).

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Mish()(lucet.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return mish(input, self.inplace)

    def extra_repr(self) -> str:
        """The constructor arguments that differ from their defaults."""
        return "inplace=True" if self.inplace else ""


class Hardsigmoid(Module):
    """`min(max(x + 3, 0), 6) / 6`; `inplace` overwrites the input.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Hardsigmoid()(lucet.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return hardsigmoid(input, self.inplace)


class Hardswish(Module):
    """`x * min(max(x + 3, 0), 6) / 6`; `inplace` overwrites the input.

    Shape: any, returned unchanged.
    Source: Howard et al., Searching for MobileNetV3 (2019), section 5.2.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Hardswish()(lucet.tensor([1.5, 4.0]))
    tensor([1.1250, 4.0000])
    """

    __constants__ = ["inplace"]
    inplace: bool

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return hardswish(input, self.inplace)


class GLU(Module):
    """The first half along `dim` times the sigmoid of the second.

    Shape: any with an even size along `dim`, which is halved.
    Raises: RuntimeError from the call for an odd size.
    Source: Dauphin et al., Language Modeling with Gated Convolutional Networks (2017), equation 1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.GLU()(lucet.tensor([1.0, 2.0, 0.0, 0.0]))
    tensor([0.5000, 1.0000])
    """

    __constants__ = ["dim"]
    dim: int

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The gated half."""
        return glu(input, self.dim)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"dim={self.dim}"


class LogSigmoid(Module):
    """`-log(1 + exp(-x))`, without overflow.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LogSigmoid()(lucet.zeros(1))
    tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return logsigmoid(input)


class Softsign(Module):
    """`x / (1 + |x|)`.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Softsign()(lucet.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The function of each element."""
        return softsign(input)


class Softmin(Module):
    """The softmax of `-x` along `dim`; without `dim` it is guessed, with a warning.

    Shape: any, returned unchanged.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Softmin(dim=0)(lucet.zeros(4))
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    __constants__ = ["dim"]
    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """The function along `dim`."""
        return softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"dim={self.dim}"
