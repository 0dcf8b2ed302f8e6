"""Initialisers: fill a tensor in place, drawing the same random stream as torch.

Nothing here is recorded by autograd.
"""

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import lucet
from lucet import Tensor

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

_UNIT_GAIN = (
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "sigmoid",
)


def calculate_gain(nonlinearity: str, param: int | float | None = None) -> float:
    """The factor by which to widen initial weights before the given nonlinearity; `param` is leaky_relu's slope.

    Raises: ValueError for an unknown name or a slope that is no number.
    Source: Glorot and Bengio (2010); He et al. (2015), equation 15 for leaky_relu.

    >>> from lucet import nn
    >>> nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in _UNIT_GAIN:
        return 1
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1 + _slope(param) ** 2))
    gains = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
    if nonlinearity not in gains:
        raise ValueError(f"calculate_gain: Unsupported nonlinearity {nonlinearity}, expected a name from its docs")
    return gains[nonlinearity]


def _slope(param: Any) -> float:
    if param is None:
        return 0.01
    if isinstance(param, bool) or not isinstance(param, int | float):
        raise ValueError(f"calculate_gain: negative_slope {param} not a valid number")
    return param


@lucet.no_grad()
def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Draw from the uniform distribution between `a` and `b`; the same tensor is returned.

    Raises: RuntimeError where `a` is above `b`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.uniform_(lucet.empty(2, 3), 5.0, 5.0)
    tensor([[5., 5., 5.],
            [5., 5., 5.]])
    """
    return tensor.uniform_(a, b, generator=generator)


@lucet.no_grad()
def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Draw from the normal distribution; the same tensor is returned.

    Raises: RuntimeError for a negative `std`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.normal_(lucet.empty(2), mean=3.0, std=0.0)
    tensor([3., 3.])
    """
    return tensor.normal_(mean, std, generator=generator)


@lucet.no_grad()
def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Draw from the normal distribution, of which only values from `a` to `b` are kept; the tensor is returned.

    Warns where `mean` is more than two `std` outside `a` to `b`.
    Raises: ZeroDivisionError for a `std` of 0; RuntimeError for `a` above `b`.
    Source: rejection sampling, from the normal distribution itself where `a` to `b` holds more than three tenths of it,
    else from the uniform one (Robert, Simulation of truncated normal variables, 1995).

    >>> import lucet
    >>> from lucet import nn
    >>> bool((nn.init.trunc_normal_(lucet.empty(100), a=-1.0, b=1.0).abs() <= 1).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=3,
        )
    share = (math.erf((b - mean) / std / math.sqrt(2.0)) - math.erf((a - mean) / std / math.sqrt(2.0))) / 2
    draw = _from_normal if share > 0.3 else _from_uniform
    return tensor.copy_(draw(tensor, mean, std, a, b, generator))


def _from_normal(tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Any) -> Tensor:
    """Normal numbers, drawn again where they fall outside."""
    a, b = (lucet.tensor(bound, dtype=tensor.dtype).item() for bound in (a, b))
    x = lucet.empty_like(tensor).normal_(mean, std, generator=generator)
    outside = (x < a) | (x > b)
    while outside.any():
        x = lucet.where(outside, lucet.empty_like(x).normal_(mean, std, generator=generator), x)
        outside = (x < a) | (x > b)
    return x


def _from_uniform(tensor: Tensor, mean: float, std: float, a: float, b: float, generator: Any) -> Tensor:
    """Uniform numbers, each kept with the probability of its density over the largest one between the bounds."""
    peak = -0.5 * ((min(max(mean, a), b) - mean) / std) ** 2

    def refused(x: Tensor) -> Tensor:
        log_density = x.clone().sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak)
        return lucet.empty_like(x).uniform_(generator=generator).log_() > log_density

    x = lucet.empty_like(tensor).uniform_(a, b, generator=generator)
    again = refused(x)
    while again.any():
        x = lucet.where(again, lucet.empty_like(x).uniform_(a, b, generator=generator), x)
        again = lucet.where(again, refused(x), again)
    return x


@lucet.no_grad()
def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with `val`; the same tensor is returned.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.constant_(lucet.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    return tensor.fill_(val)


@lucet.no_grad()
def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones; the same tensor is returned.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.ones_(lucet.empty(2))
    tensor([1., 1.])
    """
    return tensor.fill_(1.0)


@lucet.no_grad()
def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros; the same tensor is returned.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.zeros_(lucet.empty(2))
    tensor([0., 0.])
    """
    return tensor.zero_()


@lucet.no_grad()
def eye_(tensor: Tensor) -> Tensor:
    """Make the matrix an identity: ones on the diagonal, zeros elsewhere; the same tensor is returned.

    Raises: ValueError for a tensor that is no matrix.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.eye_(lucet.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.dim() != 2:
        raise ValueError(f"eye_: Only tensors with 2 dimensions are supported, got {tensor.dim()}")
    tensor.zero_().diagonal().fill_(1)
    return tensor


@lucet.no_grad()
def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution pass its input through: the kernel of channel i is one in its middle for input i of the group.

    Shape: (out_channels, in_channels / groups, *kernel_size) with one to three kernel dimensions.
    Raises: ValueError for another number of dimensions, or out_channels that `groups` does not divide.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.init.dirac_(lucet.empty(2, 2, 3))
    tensor([[[0., 1., 0.],
             [0., 0., 0.]],
    <BLANKLINE>
            [[0., 0., 0.],
             [0., 1., 0.]]])
    """
    if tensor.dim() not in (3, 4, 5):
        raise ValueError(f"dirac_: Only tensors with 3, 4, or 5 dimensions are supported, got {tensor.dim()}")
    out_channels, in_channels, *kernel = tensor.shape
    if out_channels % groups:
        raise ValueError(f"dirac_: dim 0 must be divisible by groups, got {out_channels} and {groups}")
    per_group = out_channels // groups
    middle = tuple(size // 2 for size in kernel)
    tensor.zero_()
    for group in range(groups):
        for channel in range(min(per_group, in_channels)):
            tensor[(group * per_group + channel, channel, *middle)] = 1
    return tensor


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """Numbers of inputs that one output of the layer with this weight has, and of outputs that one input has."""
    if tensor.dim() < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Draw uniformly within `gain * sqrt(6 / (fan_in + fan_out))`; the same tensor is returned.

    Raises: ValueError for a tensor with fewer than 2 dimensions.
    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq. 16.

    >>> import lucet
    >>> from lucet import nn
    >>> bool((nn.init.xavier_uniform_(lucet.empty(3, 3)).abs() <= 1).all())
    True
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    std = gain * math.sqrt(2.0 / float(fan_in + fan_out))
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Draw normally with deviation `gain * sqrt(2 / (fan_in + fan_out))`; the same tensor is returned.

    Raises: ValueError for a tensor with fewer than 2 dimensions.
    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq. 16.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.init.xavier_normal_(lucet.empty(3, 5)).shape)
    (3, 5)
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(fan_in + fan_out)), generator)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    """Fan in or fan out, as `mode` says."""
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float | None:
    """The standard deviation of He et al., None for an empty tensor."""
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return None
    fan = _calculate_correct_fan(tensor, mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Draw uniformly within `gain * sqrt(3 / fan)`, `a` being leaky_relu's slope; the same tensor is returned.

    `mode="fan_in"` keeps the variance in the forward pass, "fan_out" in the backward pass. An empty tensor warns.
    Raises: ValueError for a tensor with fewer than 2 dimensions, another mode or an unknown nonlinearity.
    Source: He et al., Delving Deep into Rectifiers (2015), equations 10 and 14.

    >>> import lucet
    >>> from lucet import nn
    >>> bool((nn.init.kaiming_uniform_(lucet.empty(3, 6)).abs() <= 1).all())
    True
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    if std is None:
        return tensor
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Draw normally with deviation `gain / sqrt(fan)`, `a` being leaky_relu's slope; the same tensor is returned.

    `mode="fan_in"` keeps the variance in the forward pass, "fan_out" in the backward pass. An empty tensor warns.
    Raises: ValueError for a tensor with fewer than 2 dimensions, another mode or an unknown nonlinearity.
    Source: He et al., Delving Deep into Rectifiers (2015), equations 10 and 14.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.init.kaiming_normal_(lucet.empty(3, 5), mode="fan_out", nonlinearity="relu").shape)
    (3, 5)
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0, std, generator)


@lucet.no_grad()
def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """Fill with a (semi-)orthogonal matrix times `gain`; further dimensions are flattened into the second.

    Raises: ValueError for a tensor with fewer than 2 dimensions.
    Source: Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks (2014).

    >>> import lucet
    >>> from lucet import nn
    >>> w = nn.init.orthogonal_(lucet.empty(3, 5))
    >>> bool(((w @ w.T - lucet.eye(3)).abs() < 1e-5).all())
    True
    """
    if tensor.dim() < 2:
        raise ValueError(f"orthogonal_: Only tensors with 2 or more dimensions are supported, got {tensor.dim()}")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    drawn = tensor.new_empty((rows, columns)).normal_(0, 1, generator=generator)
    q, r = lucet.linalg.qr(drawn.t() if rows < columns else drawn)
    q = q * r.diagonal().sign()  # makes the distribution uniform
    tensor.view_as(drawn).copy_(q.t() if rows < columns else q)
    return tensor.mul_(gain)


@lucet.no_grad()
def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Draw normally with deviation `std`, then set a share `sparsity` of each column to zero; the tensor is returned.

    Raises: ValueError for a tensor that is no matrix.
    Source: Martens, Deep learning via Hessian-free optimization (2010), section 5.

    >>> import lucet
    >>> from lucet import nn
    >>> (nn.init.sparse_(lucet.empty(10, 3), sparsity=0.4) == 0).sum(0)
    tensor([4, 4, 4])
    """
    if tensor.dim() != 2:
        raise ValueError(f"sparse_: Only tensors with 2 dimensions are supported, got {tensor.dim()}")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    tensor.normal_(0, std, generator=generator)
    for column in range(columns):
        tensor[lucet.randperm(rows)[:zeros], column] = 0
    return tensor


def _older_name(function: Callable) -> Callable:
    """The name without underscore, which warns."""
    new = function.__name__
    old = new[:-1]

    @functools.wraps(function)
    def older(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    older.__name__ = older.__qualname__ = old
    older.__doc__ = f"The older name of `{new}`; warns."
    del older.__wrapped__
    return older


uniform = _older_name(uniform_)
normal = _older_name(normal_)
constant = _older_name(constant_)
eye = _older_name(eye_)
dirac = _older_name(dirac_)
xavier_uniform = _older_name(xavier_uniform_)
xavier_normal = _older_name(xavier_normal_)
kaiming_uniform = _older_name(kaiming_uniform_)
kaiming_normal = _older_name(kaiming_normal_)
orthogonal = _older_name(orthogonal_)
sparse = _older_name(sparse_)
