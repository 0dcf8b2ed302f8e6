"""The layer that takes the channels of groups in turn. The arithmetic is the op `channel_shuffle`."""

from lucet import Tensor
from lucet.nn.functional import channel_shuffle
from lucet.nn.modules.module import Module

__all__ = ["ChannelShuffle"]


class ChannelShuffle(Module):
    """Put the channels of `groups` groups in turn: the first of each group, then the second of each, and so on.

    Shape: (N, C, *), returned unchanged.
    Raises: ShapeError for channels that `groups` does not divide.
    Source: Zhang et al., ShuffleNet (2017), section 3.1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.ChannelShuffle(2)(lucet.arange(4.0).view(1, 4, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    __constants__ = ["groups"]
    groups: int

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *), its channels in another order."""
        return channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """The constructor argument."""
        return f"groups={self.groups}"
