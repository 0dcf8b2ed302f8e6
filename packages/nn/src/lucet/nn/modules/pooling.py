"""Pooling layers. The arithmetic is in the ops of the same names."""

from typing import Any

from lucet import Tensor
from lucet.nn.functional import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    fractional_max_pool2d,
    fractional_max_pool3d,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
)
from lucet.nn.modules._sizes import pair, single, triple
from lucet.nn.modules.module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
]

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


class MaxPool1d(_MaxPoolNd):
    """The largest value of each window of sequences; its arguments are those of MaxPool2d.

    Shape: (N, C, L) or (C, L) to (N, C, L'), computed as MaxPool2d's.
    Raises: RuntimeError for a window larger than the padded input or padding above half of it.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.MaxPool1d(2)(lucet.tensor([[1.0, 2.0, 4.0, 3.0]]))
    tensor([[2., 4.]])
    """

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, L) to (N, C, L'), and its indices (int64) if asked for."""
        return max_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


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


class MaxPool3d(_MaxPoolNd):
    """The largest value of each window of volumes; its arguments are those of MaxPool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) to (N, C, D', H', W'), computed as MaxPool2d's.
    Raises: RuntimeError for a window larger than the padded input or padding above half of it.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.MaxPool3d(2)(lucet.zeros(1, 3, 4, 8, 8)).shape)
    (1, 3, 2, 4, 4)
    """

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, D, H, W) to (N, C, D', H', W'), and its indices (int64) if asked for."""
        return max_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )


class _MaxUnpoolNd(Module):
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpoolNd):
    """Put the maxima of MaxPool1d back where its indices say, among zeros.

    `forward(input, indices, output_size)` takes the size of what was pooled, where windows did not cover it.

    Shape: (N, C, L') or (C, L'), the indices too, to (N, C, L) with
    L = (L' - 1) stride - 2 padding + kernel_size, unless `output_size` says another within one stride of it.
    Raises: ValueError for other output sizes; RuntimeError for indices outside.

    >>> import lucet
    >>> from lucet import nn
    >>> y, at = nn.MaxPool1d(2, return_indices=True)(lucet.ones(1, 2, 6))
    >>> tuple(nn.MaxUnpool1d(2)(y, at).shape)
    (1, 2, 6)
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        super().__init__()
        self.kernel_size = single(kernel_size)
        self.stride = single(kernel_size if stride is None else stride)
        self.padding = single(padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, C, L') to (N, C, L)."""
        return max_unpool1d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool2d(_MaxUnpoolNd):
    """Put the maxima of MaxPool2d back where its indices say, among zeros.

    `forward(input, indices, output_size)` takes the size of what was pooled, where windows did not cover it.

    Shape: (N, C, H', W') or (C, H', W'), the indices too, to (N, C, H, W) with
    H = (H' - 1) stride - 2 padding + kernel_size, unless `output_size` says another within one stride of it.
    Raises: ValueError for other output sizes; RuntimeError for indices outside.

    >>> import lucet
    >>> from lucet import nn
    >>> y, at = nn.MaxPool2d(2, return_indices=True)(lucet.ones(1, 2, 6, 6))
    >>> tuple(nn.MaxUnpool2d(2)(y, at).shape)
    (1, 2, 6, 6)
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size)
        self.stride = pair(kernel_size if stride is None else stride)
        self.padding = pair(padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, C, H', W') to (N, C, H, W)."""
        return max_unpool2d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool3d(_MaxUnpoolNd):
    """Put the maxima of MaxPool3d back where its indices say, among zeros.

    `forward(input, indices, output_size)` takes the size of what was pooled, where windows did not cover it.

    Shape: (N, C, D', H', W') or (C, D', H', W'), the indices too, to (N, C, D, H, W) with
    H = (H' - 1) stride - 2 padding + kernel_size, unless `output_size` says another within one stride of it.
    Raises: ValueError for other output sizes; RuntimeError for indices outside.

    >>> import lucet
    >>> from lucet import nn
    >>> y, at = nn.MaxPool3d(2, return_indices=True)(lucet.ones(1, 2, 6, 6, 6))
    >>> tuple(nn.MaxUnpool3d(2)(y, at).shape)
    (1, 2, 6, 6, 6)
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        super().__init__()
        self.kernel_size = triple(kernel_size)
        self.stride = triple(kernel_size if stride is None else stride)
        self.padding = triple(padding)

    def forward(self, input: Tensor, indices: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(N, C, D', H', W') to (N, C, D, H, W)."""
        return max_unpool3d(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class _AvgPoolNd(Module):
    __constants__ = ["kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"]

    def extra_repr(self) -> str:
        """The first constructor arguments."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPoolNd):
    """The mean of each window of sequences; its arguments are those of AvgPool2d.

    Shape: (N, C, L) or (C, L) to (N, C, L'), computed as AvgPool2d's.
    Raises: RuntimeError for a window larger than the padded input or padding above half of it.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.AvgPool1d(2)(lucet.tensor([[1.0, 2.0, 4.0, 3.0]]))
    tensor([[1.5000, 3.5000]])
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = single(kernel_size)
        self.stride = single(kernel_size if stride is None else stride)
        self.padding = single(padding)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, L) to (N, C, L')."""
        return avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


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


class AvgPool3d(_AvgPoolNd):
    """The mean of each window of volumes; its arguments are those of AvgPool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) to (N, C, D', H', W'), computed as AvgPool2d's.
    Raises: RuntimeError for a window larger than the padded input or padding above half of it.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.AvgPool3d(2)(lucet.zeros(1, 3, 4, 8, 8)).shape)
    (1, 3, 2, 4, 4)
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
        """(N, C, D, H, W) to (N, C, D', H', W')."""
        return avg_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for name, value in (("padding", 0), ("ceil_mode", False), ("count_include_pad", True)):
            self.__dict__.setdefault(name, value)


class FractionalMaxPool2d(Module):
    """The largest value of windows at random places, so spaced that the output has a size that need not divide the input's.

    Give `output_size`, or `output_ratio` of the input's size. The places of a channel of a sample follow from two random
    numbers, drawn anew in each call unless `_random_samples` (N, C, 2) holds them.

    Shape: (N, C, H, W) or (C, H, W) to (N, C, *output_size).
    Raises: ValueError unless one of the two is given, and for ratios outside 0 to 1; RuntimeError for windows too large.
    Source: Graham, Fractional Max-Pooling (2014), section 2.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.FractionalMaxPool2d(2, output_ratio=0.7)(lucet.zeros(1, 3, 10, 10)).shape)
    (1, 3, 7, 7)
    """

    __constants__ = ["kernel_size", "return_indices", "output_size", "output_ratio"]

    def __init__(
        self,
        kernel_size: Size,
        output_size: Size | None = None,
        output_ratio: float | tuple[float, ...] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else pair(output_size)
        self.output_ratio = None if output_ratio is None else pair(output_ratio)
        if output_size is None and output_ratio is None:
            raise ValueError("FractionalMaxPool2d requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, H, W) to (N, C, *output_size), and its indices (int64) if asked for."""
        return fractional_max_pool2d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool3d(Module):
    """FractionalMaxPool2d for volumes; `_random_samples` is (N, C, 3).

    Shape: (N, C, D, H, W) or (C, D, H, W) to (N, C, *output_size).
    Raises: ValueError unless one of the two is given, and for ratios outside 0 to 1; RuntimeError for windows too large.
    Source: Graham, Fractional Max-Pooling (2014), section 2.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.FractionalMaxPool3d(2, output_ratio=0.7)(lucet.zeros(1, 3, 10, 10, 10)).shape)
    (1, 3, 7, 7, 7)
    """

    __constants__ = ["kernel_size", "return_indices", "output_size", "output_ratio"]

    def __init__(
        self,
        kernel_size: Size,
        output_size: Size | None = None,
        output_ratio: float | tuple[float, ...] | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        if min(triple(kernel_size)) <= 0:
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.kernel_size = triple(kernel_size)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else triple(output_size)
        self.output_ratio = None if output_ratio is None else triple(output_ratio)
        if output_size is None and output_ratio is None:
            raise ValueError("FractionalMaxPool3d requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, D, H, W) to (N, C, *output_size), and its indices (int64) if asked for."""
        return fractional_max_pool3d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class _LPPoolNd(Module):
    __constants__ = ["norm_type", "kernel_size", "stride", "ceil_mode"]
    norm_type: float
    ceil_mode: bool

    def __init__(
        self, norm_type: float, kernel_size: Size, stride: Size | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPoolNd):
    """The p-norm of each window, `sum(x ** norm_type) ** (1 / norm_type)`; 1 gives the sum, infinity the largest magnitude.

    Shape: (N, C, L) or (C, L) to (N, C, L') with L' = floor((L - kernel_size) / stride + 1).
    Raises: RuntimeError for a window larger than the input.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LPPool1d(2, 2)(lucet.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, L) to (N, C, L')."""
        return lp_pool1d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool2d(_LPPoolNd):
    """The p-norm of each window, `sum(x ** norm_type) ** (1 / norm_type)`; 1 gives the sum, infinity the largest magnitude.

    Shape: (N, C, H, W) or (C, H, W) to (N, C, H', W') with H' = floor((H - kernel_size) / stride + 1).
    Raises: RuntimeError for a window larger than the input.
    Source: Sermanet et al., Convolutional Neural Networks Applied to House Numbers Digit Classification (2012), section 2.1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LPPool2d(1, 2)(lucet.ones(1, 1, 2, 2))
    tensor([[[[4.]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C, H', W')."""
        return lp_pool2d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool3d(_LPPoolNd):
    """The p-norm of each window, `sum(x ** norm_type) ** (1 / norm_type)`; 1 gives the sum, infinity the largest magnitude.

    Shape: (N, C, D, H, W) or (C, D, H, W) to (N, C, D', H', W') with H' = floor((H - kernel_size) / stride + 1).
    Raises: RuntimeError for a window larger than the input.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.LPPool3d(1, 2)(lucet.ones(1, 1, 2, 2, 2))
    tensor([[[[[8.]]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, D, H, W) to (N, C, D', H', W')."""
        return lp_pool3d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class _AdaptiveMaxPoolNd(Module):
    __constants__ = ["output_size", "return_indices"]

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        """The size of the output."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """The largest value of windows of sequences, chosen so that the output has the given size, whatever the input's.

    Shape: (N, C, L) or (C, L) to (N, C, output_size).
    Raises: RuntimeError for an input of another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.AdaptiveMaxPool1d(2)(lucet.zeros(1, 4, 7)).shape)
    (1, 4, 2)
    """

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, L) to (N, C, output_size), and its indices (int64) if asked for."""
        return adaptive_max_pool1d(input, self.output_size, self.return_indices)


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


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """The largest value of windows of volumes, chosen so that the output has the given size, whatever the input's.

    Shape: (N, C, D, H, W) or (C, D, H, W) to (N, C, *output_size); None keeps that dimension's size.
    Raises: RuntimeError for an input of another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.AdaptiveMaxPool3d((1, 2, None))(lucet.zeros(1, 4, 4, 5, 3)).shape)
    (1, 4, 1, 2, 3)
    """

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, C, D, H, W) to (N, C, *output_size), and its indices (int64) if asked for."""
        return adaptive_max_pool3d(input, self.output_size, self.return_indices)


class _AdaptiveAvgPoolNd(Module):
    __constants__ = ["output_size"]

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """The size of the output."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """The mean of windows of sequences, chosen so that the output has the given size, whatever the input's.

    Shape: (N, C, L) or (C, L) to (N, C, output_size).
    Raises: RuntimeError for an input of another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.AdaptiveAvgPool1d(2)(lucet.zeros(1, 4, 7)).shape)
    (1, 4, 2)
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, L) to (N, C, output_size)."""
        return adaptive_avg_pool1d(input, self.output_size)


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


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """The mean of windows of volumes, chosen so that the output has the given size, whatever the input's.

    Shape: (N, C, D, H, W) or (C, D, H, W) to (N, C, *output_size); None keeps that dimension's size.
    Raises: RuntimeError for an input of another number of dimensions.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.AdaptiveAvgPool3d((1, 2, None))(lucet.zeros(1, 4, 4, 5, 3)).shape)
    (1, 4, 1, 2, 3)
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, D, H, W) to (N, C, *output_size)."""
        return adaptive_avg_pool3d(input, self.output_size)
