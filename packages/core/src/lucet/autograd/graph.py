"""The graph as an object: its nodes, ways to look at or keep them, and hooks on what it saves and on several gradients at once."""

import contextlib
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from lucet import _engine
from lucet._engine import Node
from lucet._hooks import RemovableHandle
from lucet._tensor import Tensor

__all__ = [
    "GradientEdge", "Node", "allow_mutation_on_saved_tensors", "disable_saved_tensors_hooks", "get_gradient_edge", "increment_version",
    "register_multi_grad_hook", "save_on_cpu", "saved_tensors_hooks",
]  # fmt: skip


class GradientEdge(NamedTuple):
    """A place in the graph: output `output_nr` of `node`. It stands for a tensor without keeping it alive."""

    node: Node
    output_nr: int
    ownership_token: Node | None = None


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge that gradients of `tensor` arrive through. RuntimeError for a tensor that does not require a gradient.

    >>> import lucet
    >>> y = lucet.ones(1, requires_grad=True) * 2
    >>> lucet.autograd.graph.get_gradient_edge(y).node.name()
    'MulBackward0'
    """
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node, output_nr = _engine._gradient_edge(tensor)
    return GradientEdge(_engine.shown(node), output_nr)


def increment_version(tensor: Tensor | Iterable[Tensor]) -> None:
    """Note that the elements of a tensor were changed by other means, so that saved uses of it are refused."""
    for each in (tensor,) if isinstance(tensor, Tensor) else tensor:
        _engine.bump_version(each)


# --- what the graph saves -------------------------------------------------------------------------------------------


class saved_tensors_hooks:
    """Inside this context each tensor that is saved for backward is kept as `pack_hook(tensor)`, and `unpack_hook` gives it back.

    The innermost pair counts. What `pack_hook` returns must not hold the tensor that it got, only a detached one: else the two
    keep each other alive. RuntimeError where `pack_hook` changes its tensor in place; TypeError where `unpack_hook` returns
    something else than a tensor.

    >>> import lucet
    >>> x = lucet.tensor([3.], requires_grad=True)
    >>> with lucet.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), lambda values: lucet.tensor(values) * 2):
    ...     y = x * x
    >>> y.backward(); x.grad
    tensor([12.])
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        _engine.push_packing(self.pack_hook, self.unpack_hook)

    def __exit__(self, *args: object) -> None:
        _engine.pop_packing()


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors in the memory of the CPU, where lucet's tensors are in any case."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: (tensor.device, tensor.cpu()), lambda packed: packed[1].to(packed[0]))


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Iterator[None]:
    """Let `saved_tensors_hooks` raise RuntimeError with this message inside the context.

    >>> import lucet
    >>> with lucet.autograd.graph.disable_saved_tensors_hooks("not here"):
    ...     with lucet.autograd.graph.save_on_cpu():
    ...         pass
    Traceback (most recent call last):
    RuntimeError: not here
    """
    before = _engine.refuse_packing(error_message)
    try:
        yield
    finally:
        _engine.refuse_packing(before)


class _Kept:
    """Stands in the graph for one saved tensor."""

    __slots__ = ("__weakref__", "tensor")

    def __init__(self, tensor: Tensor):
        self.tensor: Tensor | None = tensor  # holds its storage, so that the number in `_kept` stays its own


class _AllowMutationOnSavedContext:
    """Which saved tensors share elements with which storage, while `allow_mutation_on_saved_tensors` is in force."""

    def __init__(self) -> None:
        self._open = True
        self._kept: dict[int, weakref.WeakSet[_Kept]] = {}

    def clear(self) -> None:
        """Forget everything that was saved."""
        for saved in self._kept.values():
            for kept in saved:
                kept.tensor = None
        self._kept.clear()

    def _pack(self, tensor: Tensor) -> _Kept:
        kept = _Kept(tensor.detach())
        self._kept.setdefault(_engine.storage_number(tensor), weakref.WeakSet()).add(kept)
        return kept

    def _unpack(self, kept: _Kept) -> Tensor:
        if kept.tensor is None or not self._open:
            raise AssertionError(
                "Trying to backward outside of the 'allow_mutation_on_saved_tensors' contextin which the graph was originally recorded."
            )
        return kept.tensor

    def _before_write(self, tensor: Tensor) -> None:
        """Copy what was saved of these elements and is still wanted, before they change."""
        for kept in list(self._kept.pop(_engine.storage_number(tensor), ())):
            if kept.tensor is not None:
                kept.tensor = kept.tensor.clone()


_mutation_allowed = threading.local()


@contextlib.contextmanager
def allow_mutation_on_saved_tensors() -> Iterator[_AllowMutationOnSavedContext]:
    """Let tensors that were saved for backward be changed in place: the graph keeps a copy of what they were.

    Forward and backward both belong inside the context. Contexts do not nest.

    >>> import lucet
    >>> x = lucet.tensor([3.], requires_grad=True)
    >>> with lucet.autograd.graph.allow_mutation_on_saved_tensors():
    ...     y = x * 1
    ...     z = y * y
    ...     y = y.zero_()
    ...     z.backward()
    >>> x.grad
    tensor([6.])
    """
    if getattr(_mutation_allowed, "context", None) is not None:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    context = _AllowMutationOnSavedContext()
    with saved_tensors_hooks(context._pack, context._unpack):
        _mutation_allowed.context = context
        _engine.set_before_write(_before_write)
        try:
            yield context
        finally:
            _mutation_allowed.context = None
            context._open = False
            context.clear()


def _before_write(tensor: Tensor) -> None:
    context = getattr(_mutation_allowed, "context", None)
    if context is not None:
        context._before_write(tensor)


# --- hooks on several gradients -------------------------------------------------------------------------------------


class _MultiHandle(RemovableHandle):
    """Removes the hooks of all tensors."""

    def __init__(self, handles: tuple[RemovableHandle, ...]) -> None:
        self.handles = handles

    def remove(self) -> None:
        for handle in self.handles:
            handle.remove()

    def __getstate__(self) -> tuple[RemovableHandle, ...]:
        return self.handles

    def __setstate__(self, state: tuple[RemovableHandle, ...]) -> None:
        self.handles = state


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: Literal["all", "any"] = "all",
) -> RemovableHandle:
    """Call `fn` once in each backward run: with the list of gradients of `tensors` when all that the run computes are there.

    None stands for a tensor whose gradient the run does not compute. With mode="any", `fn` is called with the first gradient that
    arrives. Returns a handle. ValueError for another mode.

    >>> import lucet
    >>> a, b = lucet.ones(1, requires_grad=True), lucet.ones(1, requires_grad=True)
    >>> hook = lucet.autograd.graph.register_multi_grad_hook((a, b), lambda grads: print(*grads))
    >>> (a * 2 + b * 3).backward()
    tensor([2.]) tensor([3.])
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    if mode == "any":
        return _MultiHandle(_on_any(tensors, fn))
    return _MultiHandle(_on_all(tensors, fn))


def _on_any(tensors: Sequence[Tensor], fn: Callable[..., None]) -> tuple[RemovableHandle, ...]:
    last = -1

    def hook(grad: Tensor) -> None:
        nonlocal last
        run = _engine.current_run()
        if run != last:
            last = run
            fn(grad)

    return tuple(tensor.register_hook(hook) for tensor in tensors if tensor.requires_grad)


def _on_all(tensors: Sequence[Tensor], fn: Callable[..., None]) -> tuple[RemovableHandle, ...]:
    lock = threading.Lock()
    if not all(tensor.requires_grad for tensor in tensors):
        raise AssertionError("Expected gradient function to be set: one of the tensors does not require a gradient")
    nodes = [get_gradient_edge(tensor).node for tensor in tensors]
    arrived: dict[int, tuple[list[Tensor | None], list[int]]] = {}  # run -> (gradients, [how many are still to come])

    def hook_of(place: int) -> Callable[[Tensor], None]:
        def hook(grad: Tensor) -> None:
            run = _engine.current_run()
            with lock:
                if run not in arrived:
                    arrived[run] = [None] * len(nodes), [sum(map(_engine.run_reaches, nodes))]
                grads, waiting = arrived[run]
                grads[place] = grad
                waiting[0] -= 1
                done = waiting[0] == 0
                if done:
                    del arrived[run]
            if done:
                fn(grads)

        return hook

    return tuple(tensor.register_hook(hook_of(place)) for place, tensor in enumerate(tensors))
