"""Convolution layers, transposed ones too. The convolutions are ops; padding other than zeros is the op `pad`.

Their lazy forms, which learn the number of input channels from the first input, stand at the end.
"""

import math
from collections.abc import Sequence
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    pad,
)
from lucet.nn.modules._sizes import pair, reversed_twice, single, triple
from lucet.nn.modules.lazy import LazyModuleMixin
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter, UninitializedParameter

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
]

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


class Conv1d(_ConvNd):
    """Cross-correlation of sequences with `out_channels` kernels, plus a bias; its arguments are those of Conv2d.

    Shape: (N, in_channels, L) or (in_channels, L) to (N, out_channels, L') with
    L' = floor((L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1); weight (out_channels,
    in_channels / groups, kernel_size), bias (out_channels).
    Raises: ValueError for arguments that do not go together; ShapeError for an input of another number of channels.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Conv1d(3, 8, 3, stride=2, padding=1)(lucet.zeros(1, 3, 32)).shape)
    (1, 8, 16)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: str | int | tuple[int] = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            single(kernel_size),
            single(stride),
            padding if isinstance(padding, str) else single(padding),
            single(dilation),
            False,
            (0,),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with another weight, for subclasses that compute theirs."""
        if self.padding_mode == "zeros":
            return conv1d(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)
        padded = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
        return conv1d(padded, weight, bias, self.stride, (0,), self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, L) to (N, out_channels, L')."""
        return self._conv_forward(input, self.weight, self.bias)


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


class Conv3d(_ConvNd):
    """Cross-correlation of volumes with `out_channels` kernels, plus a bias; its arguments are those of Conv2d.

    Shape: (N, in_channels, D, H, W) or (in_channels, D, H, W) to (N, out_channels, D', H', W') with
    H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1); weight (out_channels,
    in_channels / groups, kernel_size, kernel_size, kernel_size), bias (out_channels).
    Raises: ValueError for arguments that do not go together; ShapeError for an input of another number of channels.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.Conv3d(3, 8, 3, padding=1)(lucet.zeros(1, 3, 4, 8, 8)).shape)
    (1, 8, 4, 8, 8)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int, int],
        stride: int | tuple[int, int, int] = 1,
        padding: str | int | tuple[int, int, int] = 0,
        dilation: int | tuple[int, int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            triple(kernel_size),
            triple(stride),
            padding if isinstance(padding, str) else triple(padding),
            triple(dilation),
            False,
            (0, 0, 0),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with another weight, for subclasses that compute theirs."""
        if self.padding_mode == "zeros":
            return conv3d(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)
        padded = pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
        return conv3d(padded, weight, bias, self.stride, (0, 0, 0), self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        """(N, in_channels, D, H, W) to (N, out_channels, D', H', W')."""
        return self._conv_forward(input, self.weight, self.bias)


class _ConvTransposeNd(_ConvNd):
    """What transposed convolutions have in common: only zeros around, and a wished size of the output."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: tuple[int, ...],
        padding: tuple[int, ...],
        dilation: tuple[int, ...],
        transposed: bool,
        output_padding: tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}, got "{padding_mode}"')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            transposed,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _output_padding(
        self,
        input: Tensor,
        output_size: Sequence[int] | None,
        stride: Sequence[int],
        padding: Sequence[int],
        kernel_size: Sequence[int],
        num_spatial_dims: int,
        dilation: Sequence[int] | None = None,
    ) -> Sequence[int]:
        """The output padding that gives `output_size`, with or without batch and channels; None: the module's own."""
        if output_size is None:
            return single(self.output_padding)
        leading = 2 if input.dim() == num_spatial_dims + 2 else 1
        sizes = list(output_size)
        if len(sizes) == leading + num_spatial_dims:
            sizes = sizes[leading:]
        if len(sizes) != num_spatial_dims:
            raise ValueError(
                f"ConvTranspose{num_spatial_dims}D: for {input.dim()}D input, output_size must have {num_spatial_dims} "
                f"or {leading + num_spatial_dims} elements (got {len(sizes)})"
            )
        step = (1,) * num_spatial_dims if dilation is None else dilation
        least = [
            (input.size(d + leading) - 1) * stride[d] - 2 * padding[d] + step[d] * (kernel_size[d] - 1) + 1
            for d in range(num_spatial_dims)
        ]
        most = [size + by - 1 for size, by in zip(least, stride, strict=False)]
        if any(not low <= size <= high for size, low, high in zip(sizes, least, most, strict=True)):
            raise ValueError(
                f"requested an output size of {sizes}, but valid sizes range from {least} to {most} "
                f"(for an input of {input.size()[2:]})"
            )
        return [size - low for size, low in zip(sizes, least, strict=True)]

    def _wished(self, input: Tensor, output_size: Sequence[int] | None, spatial: int) -> tuple[int, ...]:
        if self.padding_mode != "zeros":
            raise ValueError(f"Only `zeros` padding mode is supported for {type(self).__name__}")
        if isinstance(self.padding, str):
            raise AssertionError("self.padding must be a tuple")
        wished = self._output_padding(
            input, output_size, self.stride, self.padding, self.kernel_size, spatial, self.dilation
        )
        return tuple(wished)


class ConvTranspose1d(_ConvTransposeNd):
    """The transpose of a convolution of sequences: what takes Conv1d's output back to its input's size.

    `padding` cuts that much off both ends, `output_padding` adds to one. `forward(input, output_size)` finds the
    `output_padding` that gives this size.

    Shape: (N, in_channels, L) or (in_channels, L) to (N, out_channels, L') with
    L' = (L - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1; weight (in_channels,
    out_channels / groups, kernel_size), bias (out_channels).
    Raises: ValueError for arguments that do not go together, or a size that is out of reach.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ConvTranspose1d(3, 8, 2, stride=2)(lucet.zeros(1, 3, 8)).shape)
    (1, 8, 16)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] = 0,
        output_padding: int | tuple[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            single(kernel_size),
            single(stride),
            single(padding),
            single(dilation),
            True,
            single(output_padding),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, in_channels, L) to (N, out_channels, L')."""
        extra = self._wished(input, output_size, 1)
        return conv_transpose1d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose2d(_ConvTransposeNd):
    """The transpose of a convolution of images; its arguments are those of ConvTranspose1d.

    Shape: (N, in_channels, H, W) or (in_channels, H, W) to (N, out_channels, H', W') with
    H' = (H - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1; weight (in_channels,
    out_channels / groups, kernel_size, kernel_size), bias (out_channels).
    Raises: ValueError for arguments that do not go together, or a size that is out of reach.
    Source: Zeiler et al., Deconvolutional Networks (2010).

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ConvTranspose2d(3, 8, 3, stride=2)(lucet.zeros(1, 3, 4, 4), output_size=(10, 9)).shape)
    (1, 8, 10, 9)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        output_padding: int | tuple[int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            pair(kernel_size),
            pair(stride),
            pair(padding),
            pair(dilation),
            True,
            pair(output_padding),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, in_channels, H, W) to (N, out_channels, H', W')."""
        extra = self._wished(input, output_size, 2)
        return conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose3d(_ConvTransposeNd):
    """The transpose of a convolution of volumes; its arguments are those of ConvTranspose1d.

    Shape: (N, in_channels, D, H, W) or (in_channels, D, H, W) to (N, out_channels, D', H', W') with
    H' = (H - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1; weight (in_channels,
    out_channels / groups, kernel_size, kernel_size, kernel_size), bias (out_channels).
    Raises: ValueError for arguments that do not go together, or a size that is out of reach.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.ConvTranspose3d(3, 8, 2, stride=2)(lucet.zeros(1, 3, 2, 4, 4)).shape)
    (1, 8, 4, 8, 8)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int, int],
        stride: int | tuple[int, int, int] = 1,
        padding: int | tuple[int, int, int] = 0,
        output_padding: int | tuple[int, int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int, int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            triple(kernel_size),
            triple(stride),
            triple(padding),
            triple(dilation),
            True,
            triple(output_padding),
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, in_channels, D, H, W) to (N, out_channels, D', H', W')."""
        extra = self._wished(input, output_size, 3)
        return conv_transpose3d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


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


class _LazyConvXdMixin(LazyModuleMixin):
    """Learns the number of input channels from the first input, then draws the parameters."""

    groups: int
    transposed: bool
    in_channels: int
    out_channels: int
    kernel_size: tuple[int, ...]
    weight: Any
    bias: Any

    def reset_parameters(self) -> None:
        """As the layer's own, once the parameters are there."""
        if not self.has_uninitialized_params() and self.in_channels != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Make the parameters for inputs like this one."""
        if not self.has_uninitialized_params():
            return
        self.in_channels = self._get_in_channels(input)
        if self.in_channels % self.groups:
            raise ValueError(
                f"in_channels must be divisible by groups, got {self.in_channels} and {self.groups} in "
                f"{type(self).__name__}"
            )
        first, second = self.out_channels, self.in_channels // self.groups
        if self.transposed:
            first, second = self.in_channels, self.out_channels // self.groups
        self._make("weight", (first, second, *self.kernel_size))
        if self.bias is not None:
            self._make("bias", (self.out_channels,))
        self.reset_parameters()

    def _get_in_channels(self, input: Tensor) -> int:
        spatial = self._get_num_spatial_dims()
        if input.dim() not in (spatial + 1, spatial + 2):
            raise RuntimeError(
                f"Expected {spatial + 1}D (unbatched) or {spatial + 2}D (batched) input to {type(self).__name__}, "
                f"but got input of size: {input.shape}"
            )
        return input.shape[1] if input.dim() == spatial + 2 else input.shape[0]

    def _get_num_spatial_dims(self) -> int:
        return len(self.kernel_size)

    def _leave_open(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_channels = out_channels
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)


class LazyConv1d(_LazyConvXdMixin, Conv1d):
    """A Conv1d that learns `in_channels` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyConv1d(8, 3)
    >>> tuple(m(lucet.zeros(1, 3, 8)).shape)[1], type(m).__name__, tuple(m.weight.shape)[:2]
    (8, 'Conv1d', (8, 3))
    """

    cls_to_become = Conv1d

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: str | int | tuple[int] = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        # no channels and no bias for now, so that nothing is drawn
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype)
        self._leave_open(out_channels, bias, device, dtype)


class LazyConv2d(_LazyConvXdMixin, Conv2d):
    """A Conv2d that learns `in_channels` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyConv2d(8, 3)
    >>> tuple(m(lucet.zeros(1, 3, 8, 8)).shape)[1], type(m).__name__, tuple(m.weight.shape)[:2]
    (8, 'Conv2d', (8, 3))
    """

    cls_to_become = Conv2d

    def __init__(
        self,
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
        # no channels and no bias for now, so that nothing is drawn
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype)
        self._leave_open(out_channels, bias, device, dtype)


class LazyConv3d(_LazyConvXdMixin, Conv3d):
    """A Conv3d that learns `in_channels` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyConv3d(8, 3)
    >>> tuple(m(lucet.zeros(1, 3, 8, 8, 8)).shape)[1], type(m).__name__, tuple(m.weight.shape)[:2]
    (8, 'Conv3d', (8, 3))
    """

    cls_to_become = Conv3d

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | tuple[int, int, int],
        stride: int | tuple[int, int, int] = 1,
        padding: str | int | tuple[int, int, int] = 0,
        dilation: int | tuple[int, int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        # no channels and no bias for now, so that nothing is drawn
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype)
        self._leave_open(out_channels, bias, device, dtype)


class LazyConvTranspose1d(_LazyConvXdMixin, ConvTranspose1d):
    """A ConvTranspose1d that learns `in_channels` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyConvTranspose1d(8, 3)
    >>> tuple(m(lucet.zeros(1, 3, 8)).shape)[1], type(m).__name__, tuple(m.weight.shape)[:2]
    (8, 'ConvTranspose1d', (3, 8))
    """

    cls_to_become = ConvTranspose1d

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | tuple[int],
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] = 0,
        output_padding: int | tuple[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        # no channels and no bias for now, so that nothing is drawn
        super().__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, device, dtype
        )
        self._leave_open(out_channels, bias, device, dtype)


class LazyConvTranspose2d(_LazyConvXdMixin, ConvTranspose2d):
    """A ConvTranspose2d that learns `in_channels` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyConvTranspose2d(8, 3)
    >>> tuple(m(lucet.zeros(1, 3, 8, 8)).shape)[1], type(m).__name__, tuple(m.weight.shape)[:2]
    (8, 'ConvTranspose2d', (3, 8))
    """

    cls_to_become = ConvTranspose2d

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        output_padding: int | tuple[int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        # no channels and no bias for now, so that nothing is drawn
        super().__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, device, dtype
        )
        self._leave_open(out_channels, bias, device, dtype)


class LazyConvTranspose3d(_LazyConvXdMixin, ConvTranspose3d):
    """A ConvTranspose3d that learns `in_channels` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyConvTranspose3d(8, 3)
    >>> tuple(m(lucet.zeros(1, 3, 8, 8, 8)).shape)[1], type(m).__name__, tuple(m.weight.shape)[:2]
    (8, 'ConvTranspose3d', (3, 8))
    """

    cls_to_become = ConvTranspose3d

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | tuple[int, int, int],
        stride: int | tuple[int, int, int] = 1,
        padding: int | tuple[int, int, int] = 0,
        output_padding: int | tuple[int, int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int, int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        # no channels and no bias for now, so that nothing is drawn
        super().__init__(
            0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, device, dtype
        )
        self._leave_open(out_channels, bias, device, dtype)
