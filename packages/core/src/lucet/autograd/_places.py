"""Where derivatives begin and what happens to them at the end: shared by forward mode and `lucet.func`.

A transform turns each tensor that it differentiates with respect to into a *place*: the same elements, as the output of a node of
its own, open until the transform ends. What it hands out afterwards keeps its history only where that history leads to a leaf or
to a place of an outer transform.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lucet import _engine, _modes
from lucet._ops.create import zeros_like
from lucet._tensor import Tensor
from lucet.autograd.graph import GradientEdge, Node


def settled(tensor: Tensor) -> Tensor:
    """`tensor`, without its history where nobody can ask for a gradient through it."""
    if not tensor.requires_grad or _modes.is_grad_enabled() and _engine.leads_out(tensor):
        return tensor
    return tensor.detach()


def gradients(
    outputs: Sequence[Tensor], places: Sequence[Any], weights: Sequence[Tensor], create_graph: bool, retain_graph: bool = True
) -> list[Tensor | None]:
    """Gradients of the outputs that have a history with respect to `places` (tensors or edges); None where there is no path."""
    pairs = [(y, w) for y, w in zip(outputs, weights, strict=True) if y.requires_grad]
    if not pairs:
        return [None] * len(places)
    ys, ws = map(list, zip(*pairs, strict=True))
    found: list[Tensor | None] = _engine.run_backward(ys, ws, retain_graph, create_graph, tuple(places), False, True)
    return found


Push = Callable[[Sequence[Tensor | None], bool], list[Tensor]]  # (tangents, whether it is recorded) -> tangents


def _transposed_twice(outputs: Sequence[Tensor], places: Sequence[Any]) -> Push:
    """The map from tangents of `places` to tangents of `outputs`."""
    weights = [zeros_like(output).requires_grad_() for output in outputs]
    pulled = gradients(outputs, places, weights, True)

    def push(tangents: Sequence[Tensor | None], recorded: bool) -> list[Tensor]:
        pairs = [(g, t) for g, t in zip(pulled, tangents, strict=True) if g is not None and g.requires_grad and t is not None]
        starts = [t.to(g.dtype).expand(g.shape) for g, t in pairs]
        found = gradients([g for g, _ in pairs], weights, starts, recorded) if pairs else [None] * len(outputs)
        return [zeros_like(y) if tangent is None else tangent for y, tangent in zip(outputs, found, strict=True)]

    return push


class Level:
    """A forward-mode level: which places carry which tangents. While one is open everything is recorded.

    The tangent of any tensor is found by going back twice: the gradient with respect to the places is linear in the weight v that
    it starts from, so its own gradient with respect to v, in the direction of the tangents, is the Jacobian times the tangents.
    """

    def __init__(self) -> None:
        self._tangents: dict[Node, Tensor] = {}
        self._free: list[Tensor] = []

    def __enter__(self) -> "Level":
        _engine.record_always(1)
        open_levels().append(self)
        return self

    def __exit__(self, *exception: object) -> None:
        open_levels().remove(self)
        _engine.record_always(-1)
        for node in self._tangents:
            _engine.set_open(node, False)
        self._tangents.clear()

    def free(self, primal: Tensor) -> Tensor:
        """The elements of `primal`, as a place whose tangent is still open: see `linear`."""
        self._free.append(zeros_like(primal.detach()).requires_grad_())
        return self.dual(primal, self._free[-1])

    def dual(self, primal: Tensor, tangent: Tensor) -> Tensor:
        """The elements of `primal`, as a place that carries `tangent`."""
        made, node = _engine.place(primal, True)
        self._tangents[node] = tangent
        return made

    def carries(self, tensor: Tensor) -> bool:
        """Whether `tensor` depends on a place of this level."""
        return bool(self._tangents) and _engine.leads_to(tensor, set(self._tangents))

    def tangents(self, outputs: Sequence[Tensor]) -> list[Tensor | None]:
        """The tangents of `outputs`; None for one that depends on no place of this level."""
        found = [self._tangent_of_place(output) for output in outputs]
        rest = [number for number, output in enumerate(outputs) if found[number] is None and self.carries(output)]
        if rest:
            given = list(self._tangents.values())
            asked = [outputs[number] for number in rest]
            with self._closed():
                recorded = any(_engine.leads_out(tensor) for tensor in (*asked, *given))
            for number, tangent in zip(rest, self._push(asked)(given, recorded), strict=True):
                found[number] = tangent
        return found

    def _tangent_of_place(self, tensor: Tensor) -> Tensor | None:
        node = _engine.place_of(tensor)
        return None if node is None else self._tangents.get(node)

    def linear(self, outputs: Sequence[Tensor]) -> Push:
        """The map from tangents of the free places, in the order they were made, to tangents of `outputs`."""
        if len(self._tangents) == len(self._free):
            return self._push(outputs)
        # a Function's own rule put places in between: their tangents are functions of those of the free places
        tangents = [zeros_like(y) if t is None else t for y, t in zip(outputs, self.tangents(outputs), strict=True)]
        return _transposed_twice(tangents, self._free)

    def _push(self, outputs: Sequence[Tensor]) -> Push:
        """The same for all places of the level."""
        return _transposed_twice(outputs, [GradientEdge(node, 0) for node in self._tangents])

    def settled(self, tensor: Tensor) -> Tensor:
        """`tensor` without what it has from this level's places alone."""
        with self._closed():
            return settled(tensor)

    @contextmanager
    def _closed(self) -> Iterator[None]:
        for node in self._tangents:
            _engine.set_open(node, False)
        try:
            yield
        finally:
            for node in self._tangents:
                _engine.set_open(node, True)


_here = threading.local()


def open_levels() -> list[Level]:
    """The levels that are open in this thread, innermost last."""
    if not hasattr(_here, "levels"):
        _here.levels = []
    return _here.levels
