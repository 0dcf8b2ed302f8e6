"""Automatic differentiation: backward, grad, Function, recording switches, numerical checks. The walk itself is in `_engine`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lucet import _engine, _rooms
from lucet._errors import DtypeError, ShapeError, error
from lucet._tensor import Tensor, attach
from lucet.autograd import graph
from lucet.autograd.anomaly_mode import detect_anomaly, set_detect_anomaly
from lucet.autograd.function import Function
from lucet.autograd.grad_mode import (
    _unsafe_preserve_version_counter as _unsafe_preserve_version_counter,
)
from lucet.autograd.grad_mode import (
    enable_grad,
    enforce_grad_layout_policy,
    inference_mode,
    is_multithreading_enabled,
    is_view_replay_enabled,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from lucet.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck
from lucet.autograd.variable import Variable

if TYPE_CHECKING:
    from lucet.autograd import forward_ad as forward_ad
    from lucet.autograd import functional as functional

__all__ = [
    "Function", "GradcheckError", "Variable", "backward", "detect_anomaly", "enable_grad", "enforce_grad_layout_policy", "grad", "gradcheck", "gradgradcheck", "graph",
    "inference_mode", "is_multithreading_enabled", "is_view_replay_enabled", "no_grad", "set_detect_anomaly", "set_grad_enabled", "set_multithreading_enabled",
]  # fmt: skip


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, (Tensor, graph.GradientEdge)) or value is None else tuple(value)


def _start_gradients(outputs: Sequence[Tensor | graph.GradientEdge], given: Sequence[Tensor | None]) -> list[Tensor]:
    """The gradient each output starts with: the given one, checked, or 1 for an output of one element."""
    if len(given) < len(outputs):  # what is too much is left over, as in torch
        raise RuntimeError(f"got {len(outputs)} tensors and {len(given)} gradients")
    return [_start_gradient(output, gradient, number) for number, (output, gradient) in enumerate(zip(outputs, given, strict=False))]


def _start_gradient(output: Tensor | graph.GradientEdge, gradient: Tensor | None, number: int) -> Tensor:
    if isinstance(output, graph.GradientEdge):
        output = _zeros_at(output)
    if not isinstance(output, Tensor):
        raise TypeError(f"backward: expected tensors, got {type(output).__name__}")
    if gradient is None:
        if output.numel() != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        if not output.is_floating_point():
            raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {output.dtype}")
        return _ones_like(output)
    if not isinstance(gradient, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient.shape != output.shape:
        raise error(
            ShapeError,
            f"Mismatch in shape: grad_output[{number}] has a shape of {gradient.shape} and output[{number}] has a shape of {output.shape}.",
        )
    if gradient.is_complex() != output.is_complex():
        raise error(
            DtypeError,
            f"For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: grad_output[{number}] has a "
            f"dtype of {gradient.dtype} and output[{number}] has a dtype of {output.dtype}.",
        )
    return gradient


def _check_places(inputs: Sequence[Any], name: str) -> None:
    for place in inputs:
        if not isinstance(place, (Tensor, graph.GradientEdge)):
            raise RuntimeError(f"{name}: all inputs have to be Tensors or GradientEdges, but got {type(place).__name__}")


def _zeros_at(edge: graph.GradientEdge) -> Tensor:
    """Zeros with the shape and type of the tensor that the edge stands for."""
    from lucet._ops.create import zeros

    kind, shape = edge.node._input_metadata[edge.output_nr]
    return zeros(shape, dtype=kind)


def _ones_like(output: Tensor) -> Tensor:
    from lucet._ops.create import ones_like

    return ones_like(output)


def backward(
    tensors: Tensor | graph.GradientEdge | Sequence[Tensor | graph.GradientEdge],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradients of `tensors` to the `.grad` of the leaves they depend on, or of `inputs` only.

    `grad_tensors` weights each output (1 for outputs of one element). The graph is freed unless `retain_graph` (by default
    `create_graph`); with `create_graph` the gradients can be differentiated again. RuntimeError for outputs of more than one
    element without a gradient, for outputs that depend on no leaf that wants one, and for a graph that was freed.

    >>> import lucet
    >>> x = lucet.tensor([3.], requires_grad=True); lucet.autograd.backward(x * x); x.grad
    tensor([6.])
    """
    if grad_variables is not None:
        import warnings

        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError("`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`.")
        grad_tensors = grad_variables
    wanted = None if inputs is None else _as_tuple(inputs)
    if wanted is not None and not wanted:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    _check_places(wanted or (), "backward")
    outputs = _as_tuple(tensors)
    given = (None,) * len(outputs) if grad_tensors is None else _as_tuple(grad_tensors)
    start = _start_gradients(outputs, given)
    del given
    for tensor in wanted or ():
        if isinstance(tensor, Tensor) and not tensor.is_leaf:
            tensor.retain_grad()
    keep = create_graph if retain_graph is None else retain_graph
    _engine.run_backward(list(outputs), start, keep, create_graph, wanted, True, True)


def grad(
    outputs: Tensor | graph.GradientEdge | Sequence[Tensor | graph.GradientEdge],
    inputs: Tensor | graph.GradientEdge | Sequence[Tensor | graph.GradientEdge],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of `outputs` with respect to `inputs`, as a tuple; no `.grad` changes.

    RuntimeError for an input that the outputs do not depend on, unless `allow_unused` (then None) or `materialize_grads` (then
    zeros). `is_grads_batched` runs once for every entry of the first dimension of `grad_outputs` and stacks the results.

    >>> import lucet
    >>> x = lucet.tensor([3.], requires_grad=True); lucet.autograd.grad(x ** 2, x)
    (tensor([6.]),)
    """
    if not only_inputs:
        import warnings

        warnings.warn("only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the graph, please use lucet.autograd.backward.", FutureWarning, stacklevel=2)
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.")
    allow_unused = materialize_grads if allow_unused is None else allow_unused
    results, wanted = _as_tuple(outputs), _as_tuple(inputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    _check_places(wanted, "grad")
    for tensor in wanted:
        if isinstance(tensor, Tensor) and not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    given = (None,) * len(results) if grad_outputs is None else _as_tuple(grad_outputs)
    if is_grads_batched:
        return _batched(results, wanted, given, create_graph, allow_unused, materialize_grads)
    keep = create_graph if retain_graph is None else retain_graph
    start = _start_gradients(results, given)
    found = _engine.run_backward(list(results), start, keep, create_graph, wanted, False, allow_unused)
    return _finish(found, wanted, allow_unused, materialize_grads, create_graph)


def _finish(
    found: list[Tensor | None], wanted: tuple[Tensor | graph.GradientEdge, ...], allow_unused: bool, materialize: bool, create_graph: bool
) -> tuple[Tensor | None, ...]:
    for number, gradient in enumerate(() if allow_unused else found):
        if gradient is None:
            raise RuntimeError(
                f"The differentiated Tensor at index {number} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."
            )
    if materialize:
        from lucet._ops.create import zeros_like

        if any(g is None and not isinstance(x, Tensor) for x, g in zip(wanted, found, strict=True)):
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
        return tuple(zeros_like(x).requires_grad_(create_graph) if g is None else g for x, g in zip(wanted, found, strict=True))
    return tuple(found)


def _batched(results, wanted, given, create_graph, allow_unused, materialize) -> tuple[Tensor | None, ...]:
    from lucet._ops import stack

    if len(given) < len(results):
        raise RuntimeError(f"got {len(results)} tensors and {len(given)} gradients")
    given = given[: len(results)]
    for number, (output, gradient) in enumerate(zip(results, given, strict=True)):
        if gradient is None:
            _start_gradient(output, None, number)
            raise ValueError("grad: is_grads_batched runs over the first dimension of grad_outputs, but an output has none")
    sizes = [gradient.size(0) for gradient in given]
    if len(set(sizes)) > 1:
        raise ValueError(f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension")
    for number, (output, gradient) in enumerate(zip(results, given, strict=True)):
        if isinstance(output, Tensor) and gradient.shape[1:] != output.shape:
            raise error(
                ShapeError,
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the "
                "remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{number}] has a shape of {gradient.shape} and output[{number}] has a shape of {output.shape}. If you only want "
                "some tensors in `grad_output` to be considered batched, consider using vmap.",
            )
    rows = []
    for index in range(sizes[0]):
        start = [None if g is None else g[index] for g in given]
        rows.append(grad(results, wanted, start, True, create_graph, True, allow_unused))
    columns = zip(*rows, strict=True)
    found = [None if column[0] is None else stack(list(column)) for column in columns]
    return _finish(found, wanted, allow_unused, materialize, create_graph)  # an input without a gradient has no batch, as in torch


def _backward_method(self: Tensor, gradient: Tensor | None = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None) -> None:
    """Add the gradients of this tensor to the `.grad` of the leaves it depends on (see `lucet.autograd.backward`)."""
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def _module_load(self: Tensor, other: Tensor, assign: bool = False) -> Tensor:
    """module_load(other, assign=False) -> Tensor

    What a module's `load_state_dict` makes of a parameter and the entry for it: this tensor with the elements of `other`, or with `assign`
    `other` itself, outside the graph. Subclasses may override it.

    >>> import lucet
    >>> lucet.zeros(2).module_load(lucet.ones(2))
    tensor([1., 1.])
    """
    for name, tensor in (("self", self), ("other", other)):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"module_load(): argument '{name}' must be Tensor, not {type(tensor).__name__}")
    return other.detach() if assign else self.copy_(other).detach()


def _grad_dtype(self: Tensor) -> Any:
    if not self.is_leaf:
        raise RuntimeError("grad_dtype can only be accessed on leaf tensors.")
    return self.dtype


def _set_grad_dtype(self: Tensor, kind: Any) -> None:
    if kind is not _grad_dtype(self):
        raise NotImplementedError(f"grad_dtype: a gradient has the dtype of its tensor, {self.dtype}; got {kind}")


attach("module_load", _module_load)
attach("grad_dtype", property(_grad_dtype, _set_grad_dtype, doc="The dtype of a leaf's gradient: its own. NotImplementedError for another."))
_backward_method.__name__ = _backward_method.__qualname__ = "backward"
attach("backward", _backward_method)


def __getattr__(name: str) -> Any:
    return _rooms.missing_attribute(name, __name__)
