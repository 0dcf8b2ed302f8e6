"""Norms across neighbouring channels."""

from lucet._composed._define import composed
from lucet._composed.volume_pools import avg_pool3d
from lucet._ops.pad import pad_function as pad
from lucet._ops.pool import avg_pool2d
from lucet._tensor import Tensor


@composed(
    public=False, also="nn.functional", family="norm",
    samples=lambda r: [(r(2, 5, 3), 3), (r(2, 4, 3, 2), 2, 1.0, 0.75, 2.0), (r(1, 4, 2, 2, 3), 3, 0.5)],
)  # fmt: skip
def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0) -> Tensor

    `input / (k + alpha * m) ** beta`, m being the mean of the squares of `size` neighbouring channels: (N, C, *), at least three dimensions, else
    a ValueError. Channels beyond the first and last one count as zeros.

    Source: A. Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks (2012), section 3.3.

    >>> import lucet, lucet.nn.functional as F
    >>> F.local_response_norm(lucet.ones(1, 2, 1), 2, alpha=1.0, beta=1.0).flatten()
    tensor([0.6667, 0.5000])
    """
    if input.dim() < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.dim()} dimensions)")
    if not input.numel():
        return input
    squares = input * input
    if input.dim() == 3:
        around = pad(squares.unsqueeze(1), (0, 0, size // 2, (size - 1) // 2))
        means = avg_pool2d(around, (size, 1), 1).squeeze(1)
    else:
        n, c, first = input.shape[:3]
        around = pad(squares.reshape(n, 1, c, first, -1), (0, 0, 0, 0, size // 2, (size - 1) // 2))
        means = avg_pool3d(around, (size, 1, 1), 1).squeeze(1).reshape(input.shape)
    return input / (means * alpha + k).pow(beta)
