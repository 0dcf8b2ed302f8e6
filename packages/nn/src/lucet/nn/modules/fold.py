"""Layers that cut images into windows and add windows up to images. The arithmetic is in the ops of the same names."""

from lucet import Tensor
from lucet.nn.functional import fold, unfold
from lucet.nn.modules.module import Module

__all__ = ["Fold", "Unfold"]

Size = int | tuple[int, ...]


class Fold(Module):
    """Add windows up where they stood: each element of the image is the sum of what the windows have for it.

    Shape: (N, C k, L) or (C k, L) to (N, C, *output_size), k being the elements and L the number of windows.
    Raises: RuntimeError where L is not the number of windows that fit.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Fold((1, 3), (1, 2))(lucet.ones(1, 2, 2))
    tensor([[[[1., 2., 1.]]]])
    """

    __constants__ = ["output_size", "kernel_size", "dilation", "padding", "stride"]
    output_size: Size
    kernel_size: Size
    dilation: Size
    padding: Size
    stride: Size

    def __init__(
        self, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """(N, C k, L) to (N, C, *output_size)."""
        return fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )


class Unfold(Module):
    """The windows of an image as columns, as convolutions see them.

    Shape: (N, C, H, W) or (C, H, W) to (N, C k, L), k being the elements and L the number of windows.
    Raises: RuntimeError for windows that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Unfold((1, 2))(lucet.tensor([[[[1.0, 2.0, 3.0]]]]))
    tensor([[[1., 2.],
             [2., 3.]]])
    """

    __constants__ = ["kernel_size", "dilation", "padding", "stride"]
    kernel_size: Size
    dilation: Size
    padding: Size
    stride: Size

    def __init__(self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C k, L)."""
        return unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
