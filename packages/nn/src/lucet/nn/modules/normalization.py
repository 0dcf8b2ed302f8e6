"""Normalisation over a layer, over groups of channels, or over neighbouring channels. The arithmetic is in the ops."""

from collections.abc import Sequence
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import group_norm, layer_norm, local_response_norm, rms_norm
from lucet.nn.modules import _functions
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["CrossMapLRN2d", "GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LocalResponseNorm(Module):
    """Divide by `(k + alpha * mean of the squares of size neighbouring channels) ** beta`.

    Shape: (N, C, *), returned unchanged. Raises: ValueError for fewer than three dimensions.
    Source: Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks (2012), section 3.3.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LocalResponseNorm(2, alpha=1.0, beta=1.0)(lucet.ones(1, 2, 1, 1)).flatten()
    tensor([0.6667, 0.5000])
    """

    __constants__ = ["size", "alpha", "beta", "k"]
    size: int
    alpha: float
    beta: float
    k: float

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised across channels."""
        return local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(Module):
    """LocalResponseNorm of images whose window stands around its channel, with torch's sums, which the first channel never leaves.

    Shape: (N, C, H, W), returned unchanged. Raises: ValueError for another number of dimensions.
    Source: Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks (2012), section 3.3.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.CrossMapLRN2d(1, alpha=1.0, beta=1.0)(lucet.ones(1, 2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    size: int
    alpha: float
    beta: float
    k: float

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised across channels."""
        return _functions.CrossMapLRN2d.apply(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class LayerNorm(Module):
    """Normalise each sample over its last dimensions: `(x - mean) / sqrt(var + eps) * weight + bias`.

    `normalized_shape` is the shape of those dimensions, one number for the last one; the variance is the biased one.

    Shape: (*, *normalized_shape), returned unchanged; weight and bias are of `normalized_shape`.
    Raises: ShapeError for inputs that end in other sizes.
    Source: Ba et al., Layer Normalization (2016), equations 3 and 4.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LayerNorm(2, eps=0)(lucet.tensor([[1.0, 3.0]])).detach()
    tensor([[-1.,  1.]])
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]
    normalized_shape: tuple[int, ...]
    eps: float
    elementwise_affine: bool

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        kind = {"device": device, "dtype": dtype}
        affine = elementwise_affine
        self.register_parameter("weight", Parameter(lucet.empty(self.normalized_shape, **kind)) if affine else None)
        self.register_parameter(
            "bias", Parameter(lucet.empty(self.normalized_shape, **kind)) if affine and bias else None
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew: weight 1, bias 0."""
        _start(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised over its last dimensions."""
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(Module):
    """Normalise each of `num_groups` groups of channels of each sample; weight and bias are per channel.

    Shape: (N, C, *), returned unchanged; C = num_channels.
    Raises: ValueError for channels that the groups do not divide; ShapeError for other channels.
    Source: Wu and He, Group Normalization (2018), equations 1 to 4.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.GroupNorm(1, 2, eps=0)(lucet.tensor([[[1.0], [3.0]]])).flatten().detach()
    tensor([-1.,  1.])
    """

    __constants__ = ["num_groups", "num_channels", "eps", "affine"]
    num_groups: int
    num_channels: int
    eps: float
    affine: bool

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        kind = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(lucet.empty(num_channels, **kind)) if affine else None)
        self.register_parameter("bias", Parameter(lucet.empty(num_channels, **kind)) if affine and bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew: weight 1, bias 0."""
        _start(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised in groups of channels."""
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """Divide each sample by the root of the mean square over its last dimensions: `x / sqrt(mean(x^2) + eps) * weight`.

    `eps` is the spacing of the input's dtype at 1 unless given.

    Shape: (*, *normalized_shape), returned unchanged; weight is of `normalized_shape`.
    Raises: ShapeError for inputs that end in other sizes.
    Source: Zhang and Sennrich, Root Mean Square Layer Normalization (2019), equation 4.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.RMSNorm(2)(lucet.tensor([[1.0, 7.0]])).detach()
    tensor([[0.2000, 1.4000]])
    """

    __constants__ = ["normalized_shape", "eps", "elementwise_affine"]
    normalized_shape: tuple[int, ...]
    eps: float | None
    elementwise_affine: bool

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _sizes(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        weight = (
            Parameter(lucet.empty(self.normalized_shape, device=device, dtype=dtype)) if elementwise_affine else None
        )
        self.register_parameter("weight", weight)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start anew: weight 1."""
        _start(self.weight, None)

    def forward(self, x: Tensor) -> Tensor:
        """The input, normalised over its last dimensions."""
        return rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


def _sizes(shape: int | Sequence[int]) -> tuple[int, ...]:
    return tuple(shape) if isinstance(shape, Sequence) else (shape,)


def _start(weight: Tensor | None, bias: Tensor | None) -> None:
    if weight is not None:
        init.ones_(weight)
    if bias is not None:
        init.zeros_(bias)
