"""A table of a model's layers: shapes, parameters, multiply-adds, memory. How the model is run for it is here too; operations are counted in _counting.py."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import lucet
from lucet import Tensor
from lucet.nn._counting import Counting
from lucet.nn.modules.module import Module
from lucet.nn.parameter import is_lazy
from lucet.nn.utils.stateless import _in_place_of_its_own

__all__ = ["Layer", "Summary", "summary"]

# What a model does not compute on the meta device, where tensors have no elements, it may compute on zeros.
_NO_ELEMENTS = (RuntimeError, NotImplementedError, TypeError, ValueError, IndexError)


class Layer(NamedTuple):
    """A row of a Summary: one module.

    `parameters` and `trainable` count what the module holds itself and no row above it does; `multiply_adds`, of all
    `calls` together, what its own forward computes, not what modules inside it do. Shapes are those of the first call,
    None for a module that was not called. `activation_bytes` is the memory of the results of all calls, 0 for a module
    with others in it.
    """

    name: str
    type: str
    depth: int
    input_shape: Any
    output_shape: Any
    parameters: int
    trainable: int
    multiply_adds: int
    calls: int
    activation_bytes: int


class Summary:
    """What `nn.summary` returns: `layers`, totals, a table as `str()`, and all of it as `to_dict()`.

    `total_parameters`, `trainable_parameters`, `multiply_adds`, `flops` (twice the multiply-adds), `parameter_bytes`,
    `buffer_bytes`, `input_bytes` and `activation_bytes` are plain numbers.
    """

    layers: list[Layer]

    def __init__(self, layers: list[Layer], sizes: dict[str, int], depth: int | None) -> None:
        self.layers = layers
        self.depth = depth
        self.total_parameters = sum(layer.parameters for layer in layers)
        self.trainable_parameters = sum(layer.trainable for layer in layers)
        self.multiply_adds = sum(layer.multiply_adds for layer in layers)
        self.flops = 2 * self.multiply_adds
        self.activation_bytes = sum(layer.activation_bytes for layer in layers)
        self.parameter_bytes = sizes["parameters"]
        self.buffer_bytes = sizes["buffers"]
        self.input_bytes = sizes["input"]

    def to_dict(self) -> dict[str, Any]:
        """`layers`, a list with a dictionary for each, and the totals by their names."""
        totals = {name: value for name, value in vars(self).items() if name not in ("layers", "depth")}
        return {"layers": [layer._asdict() for layer in self.layers]} | totals

    def __str__(self) -> str:
        head = ("Layer (type)", "Input", "Output", "Parameters", "Multiply-adds")
        shown = [layer for layer in self.layers if self.depth is None or layer.depth <= self.depth]
        rows = [head, *(_cells(layer) for layer in shown)]
        widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
        lines = [
            "  ".join(
                cell.rjust(w) if k > 2 else cell.ljust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        frozen = self.total_parameters - self.trainable_parameters
        totals = [
            f"Parameters     {self.total_parameters:,}"
            + (f" ({self.trainable_parameters:,} trainable)" if frozen else ""),
            f"Multiply-adds  {_short(self.multiply_adds)} ({_short(self.flops)} FLOPs), of convolutions and matrix products",
            f"Memory         parameters {_bytes(self.parameter_bytes)}, buffers {_bytes(self.buffer_bytes)}, "
            f"input {_bytes(self.input_bytes)}, activations {_bytes(self.activation_bytes)}",
        ]
        return "\n".join([lines[0], rule, *lines[1:], rule, *totals])

    __repr__ = __str__


# --- text ------------------------------------------------------------------------------------------------------------


def _cells(layer: Layer) -> tuple[str, ...]:
    label = layer.name.rpartition(".")[2]
    label = f"{label} ({layer.type})" if label else layer.type
    times = f" x{layer.calls}" if layer.calls > 1 else ""
    frozen = " frozen" if layer.parameters and not layer.trainable else ""
    return (
        "  " * layer.depth + label + times,
        _shape(layer.input_shape),
        _shape(layer.output_shape),
        f"{layer.parameters:,}{frozen}" if layer.parameters else "-",
        f"{layer.multiply_adds:,}" if layer.multiply_adds else "-",
    )


def _shape(shape: Any) -> str:
    if shape is None:
        return "-"
    if isinstance(shape, dict):
        return "{" + ", ".join(f"{key}: {_shape(part)}" for key, part in shape.items()) + "}"
    return str(shape) if isinstance(shape, tuple) else f"[{', '.join(map(_shape, shape))}]"


def _short(number: float) -> str:
    for unit in ("", " thousand", " million", " billion"):
        if number < 1000:
            return f"{number:.4g}{unit}"
        number /= 1000
    return f"{number:.4g} trillion"


def _bytes(number: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if number < 1024:
            return f"{number:.4g} {unit}"
        number /= 1024
    return f"{number:.4g} GiB"


# --- shapes and sizes ------------------------------------------------------------------------------------------------


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _tensors(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)


def _size(value: Any) -> int:
    return sum(t.numel() * t.element_size() for t in _tensors(value))


def _shapes(value: Any) -> Any:
    """The shape of a tensor; a list or dictionary of those of several; None for what holds no tensor."""
    if isinstance(value, Tensor):
        return tuple(value.shape)
    if isinstance(value, dict):
        return {key: shape for key, part in value.items() if (shape := _shapes(part)) is not None} or None
    if isinstance(value, tuple | list):
        found = [shape for part in value if (shape := _shapes(part)) is not None]
        return found[0] if len(found) == 1 and len(value) == 1 else found or None
    return None


# --- running ---------------------------------------------------------------------------------------------------------


class _Calls:
    """What hooks see of one module."""

    def __init__(self) -> None:
        self.count, self.activation_bytes, self.shapes = 0, 0, (None, None)

    def see(self, module: Module, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        if not self.count:
            inputs = [*args, *kwargs.values()]
            self.shapes = _shapes(inputs), _shapes(result)
        self.count += 1
        if next(module.children(), None) is None:
            self.activation_bytes += _size(result)


@contextmanager
def _as_before(model: Module, training: bool) -> Iterator[None]:
    """Inside, all modules are in one mode; afterwards modes and the generator are what they were."""
    modes = [(module, module.training) for module in model.modules()]
    state = lucet.get_rng_state()
    try:
        model.train(training)
        yield
    finally:
        for module, mode in modes:
            module.training = mode
        lucet.set_rng_state(state)


@contextmanager
def _attributes_kept(model: Module) -> Iterator[None]:
    """Afterwards each module has the attributes it had: hooks of `prune` and `weight_norm` write some, networks count their calls."""
    kept = [
        (module, {k: list(v) if type(v) is list else v for k, v in vars(module).items()}) for module in model.modules()
    ]
    try:
        yield
    finally:
        for module, attributes in kept:
            vars(module).clear()
            vars(module).update(attributes)


def _initialized(model: Module, inputs: tuple[tuple[Any, ...], dict[str, Any]], training: bool) -> Module:
    """The model, or of one with lazy modules a copy that has met its input."""
    if not any(is_lazy(t) for t in (*model.parameters(), *model.buffers())):
        return model
    model = copy.deepcopy(model)
    with _as_before(model, training), lucet.no_grad():
        model(*inputs[0], **inputs[1])
    return model


def _run(
    model: Module, args: tuple[Any, ...], kwargs: dict[str, Any], meta: bool, training: bool
) -> tuple[dict[int, _Calls], Counting]:
    """One forward pass; tensors of the model are on the meta device for it, or its buffers copies that may change."""
    parameters = dict(model.named_parameters())
    buffers = dict(model.named_buffers())
    if meta:
        given = {name: t.detach().to("meta") for name, t in (parameters | buffers).items()}
    else:
        given = {name: t.clone() for name, t in buffers.items()}
    calls = {id(module): _Calls() for module in model.modules()}
    counting = Counting()
    with _attributes_kept(model), ExitStack() as stack:
        stack.enter_context(_as_before(model, training))
        stack.enter_context(_in_place_of_its_own(model, given, True, False))
        stack.enter_context(lucet.no_grad())
        for module in model.modules():
            stack.enter_context(counting.watched(module))
            stack.enter_context(module.register_forward_hook(calls[id(module)].see, with_kwargs=True))
        stack.enter_context(counting)
        model(*args, **kwargs)
    return calls, counting


def _made(model: Module, sizes: Any, dtypes: Any, device: str) -> tuple[Tensor, ...]:
    """Zeros of one size, or of several, of the model's type where none is told."""
    if isinstance(sizes, int):
        sizes = (sizes,)
    if dtypes is None:
        dtypes = next((p.dtype for p in model.parameters() if p.is_floating_point()), None)
    several = [sizes] if all(isinstance(n, int) for n in sizes) else list(sizes)
    kinds = list(dtypes) if isinstance(dtypes, tuple | list) else [dtypes] * len(several)
    if len(kinds) != len(several):
        raise ValueError(f"summary: {len(kinds)} dtypes for {len(several)} inputs, expected one for each")
    return tuple(lucet.zeros(*size, dtype=kind, device=device) for size, kind in zip(several, kinds, strict=True))


def summary(
    model: Module,
    input_size: Sequence[Any] | None = None,
    *,
    input_data: Any = None,
    dtypes: Any = None,
    mode: str = "eval",
    depth: int | None = None,
    **kwargs: Any,
) -> Summary:
    """The layers of a model with shapes, parameters and multiply-adds, and its memory, from one forward pass.

    `input_size` is the shape of the input, with the batch, or a list of shapes; `dtypes` one type, or a list (None: the type
    of the model's first parameter). The pass
    runs on the meta device, which computes shapes alone, and on zeros where the model needs elements. `input_data` gives
    the input itself: a tensor, a tuple of arguments, or a dictionary of named ones. `kwargs` are passed to the model.
    `mode` is "eval" or "train"; `depth` limits how deep the printed table goes.

    The model stays as it is, also after an error: modes, parameters, buffers, attributes, hooks and the generator; lazy
    modules are initialised in a copy. A module that has several
    names or calls is one row (`x2` for two calls), and parameters that several share count once. A multiply-add is one
    multiplication and one addition, so two FLOPs; those of convolutions, matrix products, recurrent layers and attention are counted, those of `einsum` are not. Activations are
    the results of modules that have none inside.

    Raises: ValueError without an input or with both; what the model raises.

    >>> from lucet import nn
    >>> report = nn.summary(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)), (3, 4))
    >>> print(report)
    Layer (type)  Input   Output  Parameters  Multiply-adds
    -------------------------------------------------------
    Sequential    (3, 4)  (3, 2)           -              -
      0 (Linear)  (3, 4)  (3, 8)          40             96
      1 (ReLU)    (3, 8)  (3, 8)           -              -
      2 (Linear)  (3, 8)  (3, 2)          18             48
    -------------------------------------------------------
    Parameters     58
    Multiply-adds  144 (288 FLOPs), of convolutions and matrix products
    Memory         parameters 232 B, buffers 0 B, input 48 B, activations 216 B
    >>> report.to_dict()["total_parameters"]
    58
    """
    if (input_size is None) == (input_data is None):
        raise ValueError(
            "summary: give input_size, the shape of the input with its batch, or input_data, the input itself"
        )
    if mode not in ("eval", "train"):
        raise ValueError(f'summary: mode must be "eval" or "train", got {mode!r}')
    training = mode == "train"
    args: tuple[Any, ...]
    if input_data is not None:
        if isinstance(input_data, dict):
            args, kwargs = (), {**input_data, **kwargs}
        else:
            args = tuple(input_data) if isinstance(input_data, tuple | list) else (input_data,)
        model = _initialized(model, (args, kwargs), training)
        calls, counting = _run(model, args, kwargs, False, training)
    else:
        assert input_size is not None
        model = _initialized(model, (_made(model, input_size, dtypes, "cpu"), kwargs), training)
        args = _made(model, input_size, dtypes, "meta")
        try:
            calls, counting = _run(model, args, kwargs, True, training)
        except _NO_ELEMENTS:
            args = _made(model, input_size, dtypes, "cpu")
            calls, counting = _run(model, args, kwargs, False, training)
    return Summary(_rows(model, calls, counting.found), _sizes(model, (args, kwargs)), depth)


def _sizes(model: Module, inputs: Any) -> dict[str, int]:
    return {
        "parameters": _size(list(model.parameters())),
        "buffers": _size(list(model.buffers())),
        "input": _size(inputs),
    }


def _rows(model: Module, calls: dict[int, _Calls], counted: dict[int, int]) -> list[Layer]:
    rows: list[Layer] = []
    seen: set[int] = set()
    for name, module in model.named_modules():
        own = [p for p in module.parameters(recurse=False) if id(p) not in seen]
        seen.update(map(id, own))
        call = calls[id(module)]
        rows.append(
            Layer(
                name,
                type(module).__name__,
                name.count(".") + 1 if name else 0,
                *call.shapes,
                sum(p.numel() for p in own),
                sum(p.numel() for p in own if p.requires_grad),
                counted.get(id(module), 0),
                call.count,
                call.activation_bytes,
            )
        )
    return rows
