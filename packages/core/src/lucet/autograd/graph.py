"""The graph as an object: its nodes, and ways to look at or keep them."""

from collections.abc import Iterable
from typing import NamedTuple

from lucet import _engine
from lucet._engine import Node
from lucet._tensor import Tensor

__all__ = ["GradientEdge", "Node", "get_gradient_edge", "increment_version"]


class GradientEdge(NamedTuple):
    """A place in the graph: output `output_nr` of `node`. It stands for a tensor without keeping it alive."""

    node: Node
    output_nr: int


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge that gradients of `tensor` arrive through. RuntimeError for a tensor that does not require a gradient."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node, output_nr = _engine._gradient_edge(tensor)
    return GradientEdge(_engine.shown(node), output_nr)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Note that the elements of a tensor were changed by other means, so that saved uses of it are refused."""
    for each in (tensor,) if isinstance(tensor, Tensor) else tensor:
        _engine.bump_version(each)


