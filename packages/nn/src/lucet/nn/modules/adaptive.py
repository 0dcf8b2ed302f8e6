"""Softmax over many classes in clusters: frequent ones at once, rare ones behind one class for each cluster."""

from collections import namedtuple
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn.functional import log_softmax
from lucet.nn.modules.container import ModuleList, Sequential
from lucet.nn.modules.linear import Linear
from lucet.nn.modules.module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]

_ASMoutput = namedtuple("_ASMoutput", ["output", "loss"])


class AdaptiveLogSoftmaxWithLoss(Module):
    """Logarithms of the probabilities of target classes, and the mean of their negatives, where classes are sorted by how frequent they are.

    Classes below `cutoffs[0]` and one for each cluster that follows are the head's; a cluster's own classes have a projection to
    in_features / div_value ** its number, and a linear layer. What no target asks for is not computed.
    Shape: input (N, in_features) and target (N), or (in_features) and (); output as target, loss ().
    Raises: ValueError for cutoffs that are not increasing and between 1 and n_classes - 1; RuntimeError for shapes that do not fit and for
    targets that are no classes.
    Source: Grave et al., Efficient softmax approximation for GPUs, 2017.

    >>> import lucet
    >>> from lucet import nn
    >>> loss = nn.AdaptiveLogSoftmaxWithLoss(8, 20, cutoffs=[4, 10])
    >>> tuple(loss(lucet.zeros(3, 8), lucet.tensor([0, 5, 19])).output.shape)
    (3,)
    """

    in_features: int
    n_classes: int
    cutoffs: list[int]
    div_value: float
    head_bias: bool
    head: Linear
    tail: ModuleList

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if (
            sorted(set(cutoffs)) != cutoffs
            or cutoffs[0] <= 0
            or cutoffs[-1] > n_classes - 1
            or any(int(c) != c for c in cutoffs)
        ):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 "
                "and n_classes-1"
            )
        kind = {"device": device, "dtype": dtype}
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **kind)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            width = int(in_features // div_value ** (i + 1))
            self.tail.append(
                Sequential(
                    Linear(in_features, width, bias=False, **kind), Linear(width, high - low, bias=False, **kind)
                )
            )

    def reset_parameters(self) -> None:
        """Draw all weights anew, each by the rule of `Linear`."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster.children():
                layer.reset_parameters()  # type: ignore[operator]

    def forward(self, input_: Tensor, target_: Tensor) -> Any:
        """(output, loss): log-probabilities of the targets, and the mean of their negatives."""
        dims = target_.dim()
        if dims > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if dims == 1 and input_.size(0) != target_.size(0):
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if input_.dim() != dims + 1:
            raise RuntimeError(
                f"{dims}D target tensor expects {dims + 1}D input tensors, but found inputs with size {input_.size()}"
            )
        input, target = (input_, target_) if dims else (input_.unsqueeze(0), target_.unsqueeze(0))
        low, high = (int(target.min()), int(target.max())) if target.numel() else (0, 0)
        if low < 0 or high >= self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{low}, {high}] were found. "
            )
        in_head = target.clone()
        output = input.new_zeros(target.size(0))
        for i, (begin, end) in enumerate(pairwise(self.cutoffs)):
            rows = ((target >= begin) & (target < end)).nonzero().squeeze(1)
            if rows.numel():
                in_head = in_head.index_fill(0, rows, self.shortlist_size + i)
                inside = log_softmax(self.tail[i](input.index_select(0, rows)), dim=1)
                wanted = target.index_select(0, rows).sub(begin).unsqueeze(1)
                output = output.index_copy(0, rows, inside.gather(1, wanted).squeeze(1))
        output = output + log_softmax(self.head(input), dim=1).gather(1, in_head.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output if dims else output.squeeze(0), loss)

    def _get_full_log_prob(self, input: Tensor, head_output: Tensor) -> Tensor:
        head = log_softmax(head_output, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for i in range(self.n_clusters):
            parts.append(log_softmax(self.tail[i](input), dim=1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return lucet.cat(parts, 1)

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities of all classes: (N, in_features) to (N, n_classes)."""
        return self._get_full_log_prob(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row, (N); clusters are looked into where the head says so.

        >>> import lucet
        >>> from lucet import nn
        >>> tuple(nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10]).predict(lucet.zeros(3, 8)).shape)
        (3,)
        """
        head_output = self.head(input)
        output = lucet.argmax(head_output, dim=1)
        outside = output >= self.shortlist_size
        if outside.any():
            inside = self._get_full_log_prob(input[outside], head_output[outside])
            output[outside] = lucet.argmax(inside, dim=1)
        return output
