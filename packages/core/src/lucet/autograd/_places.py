"""Where derivatives begin and what happens to them at the end: shared by forward mode and `lucet.func`.

A transform turns each tensor that it differentiates with respect to into a *place*: the same elements, as the output of a node of
its own, open until the transform ends. What it hands out afterwards keeps its history only where that history leads to a leaf or
to a place of an outer transform.
"""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lucet import _engine, _modes
from lucet._ops import stack
from lucet._ops.create import zeros, zeros_like
from lucet._tensor import Tensor
from lucet.autograd.graph import GradientEdge, Node


def settled(tensor: Tensor) -> Tensor:
    """`tensor`, without its history where nobody can ask for a gradient through it."""
    if not tensor._is_recorded() or _modes.is_grad_enabled() and _engine.leads_out(tensor):
        return tensor
    return tensor.detach()


def gradients(
    outputs: Sequence[Tensor], places: Sequence[Any], weights: Sequence[Tensor], create_graph: bool, retain_graph: bool = True
) -> list[Tensor | None]:
    """Gradients of the outputs that have a history with respect to `places` (tensors or edges); None where there is no path."""
    pairs = [(y, w) for y, w in zip(outputs, weights, strict=True) if y._is_recorded()]
    if not pairs:
        return [None] * len(places)
    ys, ws = map(list, zip(*pairs, strict=True))
    found: list[Tensor | None] = _engine.run_backward(ys, ws, retain_graph, create_graph, tuple(places), False, True)
    return found


_BLOCK = 1 << 18  # elements that units take at a time


def units(like: Tensor, chunk: int | None = None) -> Iterator[Tensor]:
    """For each element of `like` in turn, zeros of its shape and type with a 1 there. They are made `chunk` at a time."""
    count = like.numel()
    step = chunk or max(1, _BLOCK // max(count, 1))
    for start in range(0, count, step):
        rows = min(step, count - start)
        block = zeros((rows, count), dtype=like.dtype, device=like.device)
        block.view(-1)[start :: count + 1].fill_(1)
        yield from block.view(rows, *like.shape).unbind(0)


def swept(
    output: Tensor, places: Sequence[Any], create_graph: bool, shape: Sequence[int] | None = None, chunk: int | None = None
) -> Iterator[list[Tensor | None]]:
    """The gradients of each element of `output` in turn, with respect to `places`; None where there is no path.

    With `shape`, `output` has batch dimensions in front of a sample of that shape, and the elements are those of a sample.
    """
    wanted = tuple(places)
    sample = output if shape is None else output.detach()[(0,) * (output.dim() - len(shape))] if output.numel() else output.new_empty(shape)
    if not output._is_recorded():
        for _ in range(sample.numel()):
            yield [None] * len(wanted)
        return
    for unit in units(sample, chunk):
        weight = unit if shape is None else unit.expand(output.shape)
        yield _engine.run_backward([output], [weight], True, create_graph, wanted, False, True)


Push = Callable[[Sequence[Tensor | None], bool], list[Tensor]]  # (tangents, whether it is recorded) -> tangents


def _transposed_twice(outputs: Sequence[Tensor], places: Sequence[Any]) -> Push:
    """The map from tangents of `places` to tangents of `outputs`."""
    weights = [zeros_like(output).requires_grad_() for output in outputs]
    pulled = gradients(outputs, places, weights, True)

    def push(tangents: Sequence[Tensor | None], recorded: bool) -> list[Tensor]:
        pairs = [(g, t) for g, t in zip(pulled, tangents, strict=True) if g is not None and t is not None and g._is_recorded()]
        starts = [t if t.shape == g.shape and t.dtype is g.dtype else t.to(g.dtype).expand(g.shape) for g, t in pairs]
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
        _engine.forget_recorded()

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
            recorded = self.leads_out((*asked, *given))
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
        return _transposed_twice(outputs, self._edges())

    def _edges(self) -> list[GradientEdge]:
        return [GradientEdge(node, 0) for node in self._tangents]

    def free_edges(self) -> list[GradientEdge] | None:
        """The free places as a backward finds them; None where a Function's own rule put others in between."""
        return self._edges() if len(self._tangents) == len(self._free) else None

    def leads_out(self, tensors: Sequence[Tensor]) -> bool:
        """Whether somebody but this level can ask for gradients of `tensors`."""
        with self._closed():
            return any(_engine.leads_out(tensor) for tensor in tensors)

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


def jacobians(
    level: Level, outputs: Sequence[Tensor], inputs: Sequence[Tensor], recorded: bool, depth: int = 0, pushing: bool = False
) -> tuple[tuple[Tensor, ...], ...]:
    """[output][input]: the Jacobians with respect to the free places of `level`, which stand for `inputs`.

    The outputs have `depth` batch dimensions in front of those of a sample, and so have the results; `inputs` are samples. One
    backward for each element of the inputs, which goes back twice, or, unless `pushing`, for each of the outputs where those are fewer.
    """
    recorded = recorded and level.leads_out(outputs)
    columns: list[list[list[Tensor]]] = [[[] for _ in inputs] for _ in outputs]
    edges = level.free_edges()
    sizes = [math.prod(y.shape[depth:]) for y in outputs], [x.numel() for x in inputs]
    by_rows = not pushing and edges is not None and sum(sizes[0]) <= sum(sizes[1]) and not any(x.is_complex() for x in (*outputs, *inputs))
    if by_rows:
        for y, row in zip(outputs, columns, strict=True):
            for found in swept(y, edges or (), recorded, y.shape[depth:] if depth else None):
                for x, column, gradient in zip(inputs, row, found, strict=True):
                    column.append(y.new_zeros((*y.shape[:depth], *x.shape)) if gradient is None else gradient)
    else:
        push = level.linear(outputs)
        for place, x in enumerate(inputs):
            tangents: list[Tensor | None] = [None] * len(inputs)
            for tangents[place] in units(x):
                for row, pushed in zip(columns, push(tangents, recorded), strict=True):
                    row[place].append(pushed)
    return tuple(
        tuple(
            stack(column, depth if by_rows else -1).to(y.dtype).reshape(y.shape + x.shape) if column else y.new_zeros(y.shape + x.shape)
            for column, x in zip(row, inputs, strict=True)
        )
        for row, y in zip(columns, outputs, strict=True)
    )
