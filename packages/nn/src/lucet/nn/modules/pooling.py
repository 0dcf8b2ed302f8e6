"""Pooling layers for images. The arithmetic is in the ops of the same names."""

from lucet import Tensor
from lucet.nn.functional import adaptive_avg_pool2d, adaptive_max_pool2d, avg_pool2d, max_pool2d
from lucet.nn.modules.module import Module

__all__ = ["AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "AvgPool2d", "MaxPool2d"]

Size = int | tuple[int, ...]
OutputSize = int | None | tuple[int | None, ...]


class _MaxPoolNd(Module):
    __constants__ = ["kernel_size", "stride", "padding", "dilation", "return_indices", "ceil_mode"]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        """The constructor arguments."""
        names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)


class MaxPool2d(_MaxPoolNd):
    """The largest value of each window; padding counts as minus infinity.

    With `return_indices` also where it stands in the flattened image. `ceil_mode` lets the last window reach over
    the edge.

    Shape: (N, C, H, W) or (C, H, W) to (N, C, H', W') with
    H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1), stride being kernel_size unless given.
    Raises: RuntimeError for a window larger than the padded image or padding above half of it.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MaxPool2d(2)(lucet.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, H, W) to (N, C, H', W'), and its indices (int64) if asked for."""
        return max_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


class _AvgPoolNd(Module):
    __constants__ = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"]

    def extra_repr(self) -> str:
        """The first constructor arguments."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPoolNd):
    """The mean of each window.

    `count_include_pad=False` leaves padding out of the count; `divisor_override` divides by that number instead.

    Shape: (N, C, H, W) or (C, H, W) to (N, C, H', W') with H' = floor((H + 2 padding - kernel_size) / stride + 1),
    stride being kernel_size unless given.
    Raises: RuntimeError for a window larger than the padded image or padding above half of it.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.AvgPool2d(2)(lucet.arange(16.0).reshape(1, 4, 4))
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """

    __constants__ = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, H', W')."""
        return avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class _AdaptiveAvgPoolNd(Module):
    __constants__ = ["output_size"]

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """The size of the output."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """The mean of windows chosen so that the output has the given size, whatever the input's.

    Shape: (N, C, H, W) or (C, H, W) to (N, C, *output_size); None keeps that dimension's size.
    Raises: RuntimeError for an input of another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.AdaptiveAvgPool2d(1)(lucet.arange(16.0).reshape(1, 4, 4))
    tensor([[[7.5000]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, *output_size)."""
        return adaptive_avg_pool2d(input, self.output_size)


class _AdaptiveMaxPoolNd(Module):
    __constants__ = ["output_size", "return_indices"]

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        """The size of the output."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """The largest value of windows chosen so that the output has the given size, whatever the input's.

    Shape: (N, C, H, W) or (C, H, W) to (N, C, *output_size); None keeps that dimension's size.
    Raises: RuntimeError for an input of another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.AdaptiveMaxPool2d((1, 2))(lucet.arange(16.0).reshape(1, 4, 4))
    tensor([[[13., 15.]]])
    """

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, H, W) to (N, C, *output_size), and its indices (int64) if asked for."""
        return adaptive_max_pool2d(input, self.output_size, self.return_indices)
