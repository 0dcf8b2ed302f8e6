"""The function of CrossMapLRN2d with the gradient that torch's has, which is not its derivative: programs that have the layer expect its numbers."""

from typing import Any

import lucet
from lucet import Tensor
from lucet.autograd import Function


def _windows(channels: int, size: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Which channels the running sums of torch's layer hold for each channel, forward and backward: two matrices of ones and zeros.

    Forward they begin with `pad` channels, take in one at a time, and give one up only from the channel behind the `pad`th on, so that the first
    channel stays in them for good; backward they hold `size` channels, from `back` before the own one on.
    """
    pad, back = int((size - 1) / 2 + 1), int(size - (size - 1) / 2)
    own, other = lucet.arange(channels, device=like.device)[:, None], lucet.arange(channels, device=like.device)
    forward = (other < own + pad) & ((other == 0) | (other > own - pad))
    backward = (other >= own - back) & (other < own - back + size)
    return forward.to(like.dtype), backward.to(like.dtype)


def _summed(window: Tensor, planes: Tensor) -> Tensor:
    return lucet.matmul(window, planes.flatten(2)).view(planes.shape)


class CrossMapLRN2d(Function):
    """(N, C, H, W) over `(k + alpha / size * sums of squares of neighbouring channels) ** beta`."""

    @staticmethod
    def forward(ctx: Any, input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> Tensor:
        """The input, divided."""
        if input.dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead.")
        ctx.size, ctx.alpha, ctx.beta, ctx.k = size, alpha, beta, k
        ctx.save_for_backward(input)
        window, _ = _windows(input.shape[1], size, input)
        return input * (_summed(window, input * input) * (alpha / size) + k).pow(-beta)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        """torch's gradient."""
        (input,) = ctx.saved_tensors
        forward, backward = _windows(input.shape[1], ctx.size, input)
        scale = _summed(forward, input * input) * (ctx.alpha / ctx.size) + ctx.k
        ratio = _summed(backward, grad_output * input * scale.pow(-ctx.beta - 1))
        grad = grad_output * scale.pow(-ctx.beta) - input * ratio * (2 * ctx.alpha * ctx.beta / ctx.size)
        return grad, None, None, None, None
