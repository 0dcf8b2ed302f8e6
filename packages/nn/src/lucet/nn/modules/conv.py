"""Convolution layers. The convolution itself is the op `conv2d`; padding other than zeros is the op `pad`."""

import math
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import conv2d, pad
from lucet.nn.modules._sizes import pair, reversed_twice
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["Conv2d"]

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What convolutions of every dimension have in common: arguments, parameters, initial values, printed form."""

    __constants__ = [
        "stride",
        "padding",
        "dilation",
        "groups",
        "padding_mode",
        "output_padding",
        "in_channels",
        "out_channels",
        "kernel_size",
    ]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: str | tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_arguments(type(self).__name__, in_channels, out_channels, stride, padding, groups, padding_mode)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = _explicit_padding(padding, kernel_size, dilation)
        channels = (in_channels, out_channels // groups) if transposed else (out_channels, in_channels // groups)
        self.weight = Parameter(lucet.empty((*channels, *kernel_size), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(lucet.empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias uniformly within 1 / sqrt(in_channels / groups * kernel size).

        Source: LeCun et al., Efficient BackProp (1998), section 4.6, in the form torch uses.
        """
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._calculate_fan_in_and_fan_out(self.weight)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """The constructor arguments that differ from their defaults."""
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        usual: dict[str, Any] = {
            "padding": (0,) * len(self.padding),
            "dilation": (1,) * len(self.dilation),
            "output_padding": (0,) * len(self.output_padding),
            "groups": 1,
        }
        parts += [f"{k}={getattr(self, k)}" for k, value in usual.items() if getattr(self, k) != value]
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("padding_mode", "zeros")


class Conv2d(_ConvNd):
    """Cross-correlation of images with `out_channels` kernels, plus a bias.

    `padding` is a number for both sides, a pair, "valid" (none) or "same" (the output has the input's size; stride 1
    only). `padding_mode` is "zeros", "reflect", "replicate" or "circular". `groups` cuts input and output channels into
    that many independent convolutions.

    Shape: (N, in_channels, H, W) or (in_channels, H, W) to (N, out_channels, H', W') with
    H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1); weight (out_channels,
    in_channels / groups, kernel_size, kernel_size), bias (out_channels).
    Raises: ValueError for arguments that do not go together; ShapeError for an input of another number of channels.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Conv2d(3, 8, 3, stride=2, padding=1)(lucet.zeros(1, 3, 32, 32)).shape)
    (1, 8, 16, 16)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: str | int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            pair(kernel_size),
            pair(stride),
            padding if isinstance(padding, str) else pair(padding),
            pair(dilation),
            False,
            (0, 0),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with another weight, for subclasses that compute theirs."""
        if self.padding_mode == "zeros":
            return conv2d(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)
        padded = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
        return conv2d(padded, weight, bias, self.stride, (0, 0), self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H', W')."""
        return self._conv_forward(input, self.weight, self.bias)


def _check_arguments(
    name: str, in_channels: int, out_channels: int, stride: tuple, padding: str | tuple, groups: int, padding_mode: str
) -> None:
    if groups <= 0:
        raise ValueError(f"{name}: groups must be a positive integer, got {groups}")
    if in_channels % groups:
        raise ValueError(f"{name}: in_channels must be divisible by groups, got {in_channels} and {groups}")
    if out_channels % groups:
        raise ValueError(f"{name}: out_channels must be divisible by groups, got {out_channels} and {groups}")
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ValueError(f"{name}: Invalid padding string '{padding}', should be one of 'valid', 'same'")
        if padding == "same" and any(step != 1 for step in stride):
            raise ValueError(f"{name}: padding='same' is not supported for strided convolutions, got stride {stride}")
    if padding_mode not in _PADDING_MODES:
        raise ValueError(
            f"{name}: padding_mode must be one of {', '.join(map(repr, _PADDING_MODES))}, "
            f"but got padding_mode='{padding_mode}'"
        )


def _explicit_padding(padding: str | tuple, kernel_size: tuple, dilation: tuple) -> Any:
    """The padding as `pad` takes it; "same" puts the odd one behind."""
    if not isinstance(padding, str):
        return reversed_twice(padding)
    explicit = []
    for size, step in zip(reversed(kernel_size), reversed(dilation), strict=False):
        total = step * (size - 1) if padding == "same" else 0
        explicit += [total // 2, total - total // 2]
    return explicit
