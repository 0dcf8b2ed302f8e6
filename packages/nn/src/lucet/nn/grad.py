"""Gradients of convolutions as functions: of the input, and of the weight, for a gradient of the output.

They are those that backward computes, and can be differentiated again.
"""

from collections.abc import Callable, Sequence

import lucet
from lucet import Tensor
from lucet.nn.functional import conv1d, conv2d, conv3d

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def _slope(function: Callable[[Tensor], Tensor], size: Sequence[int], grad_output: Tensor) -> Tensor:
    """The gradient of `function`, which is linear, with respect to an argument of that size."""
    again = lucet.is_grad_enabled()
    with lucet.enable_grad():
        at = grad_output.detach().new_zeros(tuple(size)).requires_grad_()
        (gradient,) = lucet.autograd.grad(function(at), at, grad_output, create_graph=again)
    return gradient  # type: ignore[return-value]


def conv1d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of conv1d with respect to its input, of the given size, for the gradient `grad_output` of its output.

    >>> import lucet
    >>> from lucet.nn.grad import conv1d_input
    >>> tuple(conv1d_input((1, 1, 5), lucet.ones(1, 1, 3), lucet.ones(1, 1, 3)).shape)
    (1, 1, 5)
    """
    return _slope(lambda x: conv1d(x, weight, None, stride, padding, dilation, groups), input_size, grad_output)


def conv1d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of conv1d with respect to its weight, of the given size, for the gradient `grad_output` of its output.

    >>> import lucet
    >>> from lucet.nn.grad import conv1d_weight
    >>> tuple(conv1d_weight(lucet.ones(1, 1, 5), (1, 1, 3), lucet.ones(1, 1, 3)).shape)
    (1, 1, 3)
    """
    return _slope(lambda w: conv1d(input, w, None, stride, padding, dilation, groups), weight_size, grad_output)


def conv2d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of conv2d with respect to its input, of the given size, for the gradient `grad_output` of its output.

    >>> import lucet
    >>> from lucet.nn.grad import conv2d_input
    >>> tuple(conv2d_input((1, 1, 5, 5), lucet.ones(1, 1, 3, 3), lucet.ones(1, 1, 3, 3)).shape)
    (1, 1, 5, 5)
    """
    return _slope(lambda x: conv2d(x, weight, None, stride, padding, dilation, groups), input_size, grad_output)


def conv2d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of conv2d with respect to its weight, of the given size, for the gradient `grad_output` of its output.

    >>> import lucet
    >>> from lucet.nn.grad import conv2d_weight
    >>> tuple(conv2d_weight(lucet.ones(1, 1, 5, 5), (1, 1, 3, 3), lucet.ones(1, 1, 3, 3)).shape)
    (1, 1, 3, 3)
    """
    return _slope(lambda w: conv2d(input, w, None, stride, padding, dilation, groups), weight_size, grad_output)


def conv3d_input(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of conv3d with respect to its input, of the given size, for the gradient `grad_output` of its output.

    >>> import lucet
    >>> from lucet.nn.grad import conv3d_input
    >>> tuple(conv3d_input((1, 1, 5, 5, 5), lucet.ones(1, 1, 3, 3, 3), lucet.ones(1, 1, 3, 3, 3)).shape)
    (1, 1, 5, 5, 5)
    """
    return _slope(lambda x: conv3d(x, weight, None, stride, padding, dilation, groups), input_size, grad_output)


def conv3d_weight(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """The gradient of conv3d with respect to its weight, of the given size, for the gradient `grad_output` of its output.

    >>> import lucet
    >>> from lucet.nn.grad import conv3d_weight
    >>> tuple(conv3d_weight(lucet.ones(1, 1, 5, 5, 5), (1, 1, 3, 3, 3), lucet.ones(1, 1, 3, 3, 3)).shape)
    (1, 1, 3, 3, 3)
    """
    return _slope(lambda w: conv3d(input, w, None, stride, padding, dilation, groups), weight_size, grad_output)
