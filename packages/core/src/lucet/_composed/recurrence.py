"""Recurrent networks: `lstm`, `gru`, `rnn_tanh`, `rnn_relu` over layers and directions, and their cells.

A layer of float32 or float64 is one op (`_ops/recurrent.pyx`); here is how layers follow each other, what they refuse, and the steps in ops,
for other types, for tensors without elements, and for what differentiates twice.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Any

from lucet import _engine
from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import is_recorded, named
from lucet._ops.join import cat, stack
from lucet._ops.products import linear
from lucet._ops.random import dropout
from lucet._ops.recurrent import GRU, LSTM, RELU, TANH, Steps, layer, set_steps_in_ops
from lucet._registry import OPS
from lucet._tensor import Tensor

_NAMES = {LSTM: "lstm", GRU: "gru", TANH: "rnn_tanh", RELU: "rnn_relu"}
_GATES = {LSTM: 4, GRU: 3, TANH: 1, RELU: 1}
_HALVES = (DTYPES["float16"], DTYPES["bfloat16"])
_FUSED = (DTYPES["float32"], DTYPES["float64"])
relu, sigmoid, tanh = OPS["relu"].function, OPS["sigmoid"].function, OPS["tanh"].function


# --- one step, one layer, in ops -------------------------------------------------------------------------------------


def _step(kind: int, x: Tensor, h: Tensor, c: Any, weights: Sequence[Any]) -> tuple[Tensor, Any]:
    """The state after a step: `x` is the inputs' part of the gates, biases included; weights are w_ih, w_hh, b_ih, b_hh, w_hr."""
    _, w_hh, _, b_hh, w_hr = weights
    state = linear(h, w_hh, b_hh)
    if kind == LSTM:
        i, f, g, o = (x + state).chunk(4, -1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        return (h if w_hr is None else linear(h, w_hr)), c
    if kind == GRU:
        (r, z, n), (hr, hz, hn) = x.chunk(3, -1), state.chunk(3, -1)
        z = sigmoid(z + hz)
        n = tanh(n + sigmoid(r + hr) * hn)
        return n + z * (h - n), None
    return (tanh if kind == TANH else relu)(x + state), None


def _direction(
    kind: int, x: Tensor, sizes: Sequence[int], h: Tensor, c: Any, weights: Sequence[Any], backwards: bool
) -> tuple[Tensor, Tensor, Any]:
    """(y, hn, cn) of one direction; sequences that have ended wait with their last state, those that begin later with their first."""
    starts = [0, *accumulate(sizes)]
    gates = linear(x, weights[0], weights[2])
    h0, c0 = h, c
    found: dict[int, Tensor] = {}
    ended: list[tuple[Tensor, Any]] = []
    if backwards:
        h, c = h0[: sizes[-1]], None if c is None else c0[: sizes[-1]]
    for t in reversed(range(len(sizes))) if backwards else range(len(sizes)):
        n, have = sizes[t], h.shape[0]
        if n < have:
            ended.append((h[n:], None if c is None else c[n:]))
            h, c = h[:n], None if c is None else c[:n]
        elif n > have:
            h, c = cat([h, h0[have:n]]), None if c is None else cat([c, c0[have:n]])
        h, c = _step(kind, gates[starts[t] : starts[t] + n], h, c, weights)
        found[t] = h
    if ended:
        h, c = (
            cat([h, *(a for a, _ in reversed(ended))]),
            None if c is None else cat([c, *(b for _, b in reversed(ended))]),
        )
    return cat([found[t] for t in range(len(sizes))]), h, c


def _layer_in_ops(
    kind: int, x: Tensor, sizes: Sequence[int], h0: Tensor, c0: Any, weights: Sequence[Any]
) -> tuple[Tensor, Tensor, Any]:
    parts = [
        _direction(kind, x, sizes, h0[d], None if c0 is None else c0[d], weights[5 * d : 5 * d + 5], d == 1)
        for d in range(len(weights) // 5)
    ]
    y = parts[0][0] if len(parts) == 1 else cat([part[0] for part in parts], 1)
    return y, stack([part[1] for part in parts]), None if c0 is None else stack([part[2] for part in parts])


def _gradients_in_ops(
    kind: int, sizes: tuple[int, ...], operands: list[Any], wanted: list[bool], grads: list[Any]
) -> list[Any]:
    """The gradients of a layer's operands, with their own history: each operand is seen through a view, so that one that another was
    made from gets its own share only."""
    seen = [operand.view_as(operand) if want else operand for operand, want in zip(operands, wanted, strict=True)]
    results = _layer_in_ops(kind, seen[0], sizes, seen[1], seen[2], seen[3:])
    pairs = [(result, g) for result, g in zip(results, grads, strict=True) if g is not None and result.requires_grad]
    asked = [operand for operand, want in zip(seen, wanted, strict=True) if want]
    found = iter(_engine.run_backward([a for a, _ in pairs], [b for _, b in pairs], True, True, asked, False, True))
    return [next(found) if want else None for want in wanted]


set_steps_in_ops(_gradients_in_ops)


def _one_layer(kind: int, x: Tensor, steps: Any, h0: Tensor, c0: Any, weights: list[Any]) -> tuple[Tensor, Tensor, Any]:
    if (
        x.dtype in _FUSED
        and not x.is_meta
        and x.numel()
        and h0.numel()
        and all(w is None or w.numel() for w in weights)
    ):
        return layer(kind, x, steps, h0, c0, weights)
    return _layer_in_ops(kind, x, steps.sizes, h0, c0, weights)


# --- what fits ------------------------------------------------------------------------------------------------------


def _check_layer(kind: int, x: Tensor, batch: int, h0: Tensor, c0: Any, weights: Sequence[Any], op: str) -> None:
    """That a direction's weights (w_ih, w_hh, b_ih, b_hh, w_hr) fit inputs (.., features) and states."""
    w_ih, w_hh, b_ih, b_hh, w_hr = weights
    gates = _GATES[kind]
    for name, w in (("w_ih", w_ih), ("w_hh", w_hh), ("w_hr", w_hr)):
        if w is not None and w.dim() != 2:
            raise error(ShapeError, f"{op}: {name} must be a matrix, got {w.dim()} dimensions")
    rows, features = w_ih.shape
    hidden = rows // gates
    if x.shape[-1] != features:
        raise error(
            ShapeError,
            f"mat1 and mat2 shapes cannot be multiplied ({x.numel() // max(1, x.shape[-1])}x{x.shape[-1]} and {features}x{rows})",
            facts=[f"{op}: input has {x.shape[-1]} features, the weight of its layer expects {features}"],
        )
    out = hidden if w_hr is None else w_hr.shape[0]
    if (
        rows % gates
        or tuple(w_hh.shape) != (rows, out)
        or any(b is not None and tuple(b.shape) != (rows,) for b in (b_ih, b_hh))
        or w_hr is not None and (kind != LSTM or w_hr.shape[1] != hidden)
    ):  # fmt: skip
        found = ", ".join("None" if w is None else str(tuple(w.shape)) for w in weights)
        raise error(
            ShapeError,
            f"{op}: weights do not fit each other",
            facts=[f"w_ih, w_hh, b_ih, b_hh, w_hr: {found}; {gates} gates"],
        )
    for name, state, width in (("hidden state", h0, out), ("cell state", c0, hidden)):
        if state is not None and tuple(state.shape[-2:]) != (batch, width):
            raise error(
                ShapeError,
                f"{op}: {name} has shape {tuple(state.shape[-2:])} for each layer, expected {(batch, width)}",
            )
    for name, t in (
        ("weight", w_ih),
        ("weight", w_hh),
        ("bias", b_ih),
        ("bias", b_hh),
        ("weight", w_hr),
        ("state", h0),
        ("state", c0),
    ):
        if t is not None and t.dtype != x.dtype:
            raise error(
                DtypeError,
                f"mat1 and mat2 must have the same dtype, but got {_named(x)} and {_named(t)}",
                facts=[f"{op}: input is {_named(x)}, a {name} {_named(t)}"],
            )  # fmt: skip


def _named(t: Tensor) -> str:
    return str(t.dtype).removeprefix("lucet.")


def _sorted_weights(params: Sequence[Any], has_biases: bool, count: int, projected: bool, op: str) -> list[list[Any]]:
    """w_ih, w_hh, b_ih, b_hh, w_hr of each of `count` layers and directions; None for what there is not."""
    each = 2 + 2 * has_biases + projected
    if len(params) % each:
        raise RuntimeError("got an incorrect number of RNN parameters")
    if len(params) < each * count:
        raise RuntimeError("Expected more weights in stacked_rnn")
    if len(params) > each * count:
        raise RuntimeError(f"{op}: got {len(params)} weights, expected {each * count}")
    for w in params:
        if not isinstance(w, Tensor):
            raise TypeError(f"{op}(): argument 'params' must be tuple of Tensors, not {type(w).__name__}")
    found = []
    for i in range(count):
        part = list(params[i * each : (i + 1) * each])
        last = part.pop() if projected else None
        found.append([*part, None, None, last] if not has_biases else [*part, last])
    return found


def _stacked(
    kind: int, x: Tensor, steps: Any, hx: Sequence[Tensor], params: Sequence[Any], has_biases: bool, num_layers: int, rate: float, train: bool,
    bidirectional: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    """All layers over rows `x`: (y, hn) or (y, hn, cn)."""
    op = _NAMES[kind]
    directions = 2 if bidirectional else 1
    for state in hx:
        if state.dim() != 3:
            raise error(
                ShapeError, f"{op}: a state must have 3 dimensions (layers, batch, features), got {state.dim()}"
            )
        if state.shape[0] != num_layers * directions:
            raise error(
                ShapeError, "Expected more hidden states in stacked_rnn" if state.shape[0] < num_layers * directions else f"{op}: more states than layers",
                facts=[f"got {state.shape[0]}, expected {num_layers} layers times {directions} directions"],
            )  # fmt: skip
    h, c = hx[0], hx[1] if kind == LSTM else None
    projected = c is not None and c.shape[-1] != h.shape[-1]
    weights = _sorted_weights(params, has_biases, num_layers * directions, projected, op)
    dtype = x.dtype
    if dtype in _HALVES and all(t.dtype == dtype for t in (h, *(w for part in weights for w in part if w is not None))):
        x, h, c = x.float(), h.float(), None if c is None else c.float()
        weights = [[None if w is None else w.float() for w in part] for part in weights]
    states: list[Tensor] = []
    cells: list[Any] = []
    for i in range(num_layers):
        of_layer = weights[i * directions : (i + 1) * directions]
        h0, c0 = (
            (h, c)
            if num_layers == 1
            else (
                h[i * directions : (i + 1) * directions],
                None if c is None else c[i * directions : (i + 1) * directions],
            )
        )
        for part in of_layer:
            _check_layer(kind, x, steps.sizes[0], h0, c0, part, op)
        x, hn, cn = _one_layer(kind, x, steps, h0, c0, [w for part in of_layer for w in part])
        states.append(hn)
        cells.append(cn)
        if rate and train and i + 1 < num_layers:
            x = dropout(x, rate, True)
    results = [x, states[0] if num_layers == 1 else cat(states)]
    if kind == LSTM:
        results.append(cells[0] if num_layers == 1 else cat(cells))
    return tuple(results) if dtype == x.dtype else tuple(result.to(dtype) for result in results)


def _states_of(kind: int, hx: Any, op: str) -> Sequence[Tensor]:
    if kind != LSTM:
        if not isinstance(hx, Tensor):
            raise TypeError(f"{op}(): argument 'hx' must be Tensor, not {type(hx).__name__}")
        return (hx,)
    if not isinstance(hx, (tuple, list)) or not all(isinstance(t, Tensor) for t in hx):
        raise TypeError(f"{op}(): argument 'hx' must be tuple of Tensors, not {type(hx).__name__}")
    if len(hx) != 2:
        raise RuntimeError("lstm expects two hidden states")
    return hx


def _padded(
    kind: int, input: Tensor, hx: Any, params: Any, has_biases: bool, num_layers: int, dropout: float, train: bool, bidirectional: bool,
    batch_first: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    op = _NAMES[kind]
    if input.dim() != 3:
        raise error(ShapeError, f"{op}: input must have 3 dimensions, got {input.dim()}")
    x = input.transpose(0, 1) if batch_first else input
    length, batch, features = x.shape
    if length == 0:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    states = _states_of(kind, hx, op)
    y, *rest = _stacked(
        kind,
        x.reshape(length * batch, features),
        Steps((batch,) * length),
        states,
        params,
        has_biases,
        num_layers,
        dropout,
        train,
        bidirectional,
    )
    y = y.view(length, batch, y.shape[-1])
    return (y.transpose(0, 1) if batch_first else y, *rest)


def _packed(
    kind: int, data: Tensor, batch_sizes: Tensor, hx: Any, params: Any, has_biases: bool, num_layers: int, dropout: float, train: bool,
    bidirectional: bool,
) -> tuple[Tensor, ...]:  # fmt: skip
    op = _NAMES[kind]
    if data.dim() != 2:
        raise error(ShapeError, f"{op}: packed data must have 2 dimensions, got {data.dim()}")
    if batch_sizes.dim() != 1 or batch_sizes.is_floating_point() or batch_sizes.is_complex():
        raise error(ShapeError, f"{op}: batch_sizes must be a vector of integers")
    sizes = batch_sizes.tolist()
    if not sizes:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    if any(n <= 0 for n in sizes) or any(a < b for a, b in pairwise(sizes)) or sum(sizes) > data.shape[0]:
        raise error(
            ShapeError,
            f"{op}: batch_sizes must be positive, must not grow, and have as many elements as there are rows of data",
            facts=[f"{len(sizes)} sizes, {sum(sizes)} in all, {data.shape[0]} rows"],
        )
    x = data if sum(sizes) == data.shape[0] else data[: sum(sizes)]
    return _stacked(
        kind, x, Steps(sizes), _states_of(kind, hx, op), params, has_biases, num_layers, dropout, train, bidirectional
    )


_INPUT = ("input", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first")
_DATA = ("data", "batch_sizes", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional")


def _called(kind: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Tensor, ...]:
    """One of the two forms: that of packed data has its weights in the fourth place."""
    op = _NAMES[kind]
    packed = "batch_sizes" in kwargs or "data" in kwargs or len(args) > 3 and isinstance(args[3], (tuple, list))
    names = _DATA if packed else _INPUT
    given = dict(zip(names, args, strict=False))
    if len(args) > len(names) or given.keys() & kwargs.keys() or kwargs.keys() - set(names):
        raise TypeError(f"{op}() received an invalid combination of arguments: expected ({', '.join(names)})")
    given |= kwargs
    missing = [name for name in names if name not in given]
    if missing:
        raise TypeError(f"{op}() missing {len(missing)} required positional arguments: {', '.join(missing)}")
    for name in ("data", "batch_sizes") if packed else ("input",):
        if not isinstance(given[name], Tensor):
            raise TypeError(f"{op}(): argument '{name}' must be Tensor, not {type(given[name]).__name__}")
    if not isinstance(given["params"], (tuple, list)):
        raise TypeError(f"{op}(): argument 'params' must be tuple of Tensors, not {type(given['params']).__name__}")
    for name in ("has_biases", "train", "bidirectional", "batch_first"):
        if name in given:
            given[name] = bool(given[name])
    run: Callable[..., tuple[Tensor, ...]] = _packed if packed else _padded
    return run(kind, **given)


# --- the ops --------------------------------------------------------------------------------------------------------


def _weights(r: Any, gates: int, features: int, hidden: int, biases: bool = True, directions: int = 1) -> list[Tensor]:
    found = []
    for _ in range(directions):
        found += [r(gates * hidden, features), r(gates * hidden, hidden)]
        found += [r(gates * hidden), r(gates * hidden)] if biases else []
    return found


def _samples(gates: int) -> Any:
    def made(r: Any) -> list[Any]:
        def state(layers: int, batch: int) -> Any:
            return (r(layers, batch, 2), r(layers, batch, 2)) if gates == 4 else r(layers, batch, 2)

        return [
            (r(3, 2, 3), state(1, 2), _weights(r, gates, 3, 2), True, 1, 0.0, False, False, False),
            (r(2, 3, 3), state(2, 2), _weights(r, gates, 3, 2, False, 2), False, 1, 0.0, True, True, True),
            (
                r(3, 2, 3),
                state(2, 2),
                [*_weights(r, gates, 3, 2), *_weights(r, gates, 2, 2)],
                True,
                2,
                0.0,
                False,
                False,
                False,
            ),
        ]

    return made


@composed(samples=_samples(4), family="recurrent")
def lstm(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
    """lstm(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first) -> (Tensor, Tensor, Tensor)

    Long short-term memory over layers and directions: i, f, o = sigmoid and g = tanh of W_ih x + b_ih + W_hh h + b_hh, cut in the order
    i, f, g, o; c = f c + i g; h = o tanh(c), projected by W_hr where h is narrower than c.

    Shape: input (length, batch, features), or (batch, length, features) with `batch_first`; hx = (h, c), each (layers * directions, batch, ..);
    params: W_ih (4 hidden, features), W_hh, b_ih, b_hh with `has_biases`, W_hr, for each layer and direction. Returns the states of the last
    layer after each step, and h and c after the last. The second form, lstm(data, batch_sizes, hx, params, has_biases, num_layers, dropout,
    train, bidirectional), is that of packed sequences. `dropout` acts between layers where `train` says so.
    Raises: ShapeError and DtypeError (both RuntimeError) where sizes or types do not fit.
    Source: Hochreiter and Schmidhuber, Long short-term memory, 1997; projections: Sak, Senior and Beaufays, 2014.

    >>> import lucet
    >>> zeros = [lucet.zeros(8, 3), lucet.zeros(8, 2)]
    >>> y, h, c = lucet.lstm(lucet.ones(5, 1, 3), (lucet.zeros(1, 1, 2), lucet.ones(1, 1, 2)), zeros, False, 1, 0.0, False, False, False)
    >>> c
    tensor([[[0.0312, 0.0312]]])
    """
    return _called(LSTM, args, kwargs)


@composed(samples=_samples(3), family="recurrent")
def gru(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
    """gru(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first) -> (Tensor, Tensor)

    Gated recurrent units: r, z = sigmoid(W_i x + b_i + W_h h + b_h), n = tanh(W_i x + b_i + r (W_h h + b_h)), h = (1 - z) n + z h. Arguments
    as for `lstm`, except that hx is h alone; so is what is returned besides the states after each step.
    Source: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014, with the reset after the product.

    >>> import lucet
    >>> zeros = [lucet.zeros(6, 3), lucet.zeros(6, 2)]
    >>> y, h = lucet.gru(lucet.ones(2, 1, 3), lucet.ones(1, 1, 2), zeros, False, 1, 0.0, False, False, False)
    >>> h
    tensor([[[0.2500, 0.2500]]])
    """
    return _called(GRU, args, kwargs)


@composed(samples=_samples(1), family="recurrent")
def rnn_tanh(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
    """rnn_tanh(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first) -> (Tensor, Tensor)

    Plain recurrent layers, h = tanh(W_ih x + b_ih + W_hh h + b_hh). Arguments and results as for `gru`.
    Source: Elman, Finding structure in time, 1990.

    >>> import lucet
    >>> weights = [lucet.zeros(2, 3), lucet.eye(2)]
    >>> y, h = lucet.rnn_tanh(lucet.ones(1, 1, 3), lucet.ones(1, 1, 2), weights, False, 1, 0.0, False, False, False)
    >>> h
    tensor([[[0.7616, 0.7616]]])
    """
    return _called(TANH, args, kwargs)


@composed(samples=_samples(1), family="recurrent")
def rnn_relu(*args: Any, **kwargs: Any) -> tuple[Tensor, ...]:
    """rnn_relu(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first) -> (Tensor, Tensor)

    Plain recurrent layers, h = relu(W_ih x + b_ih + W_hh h + b_hh). Arguments and results as for `gru`.
    Source: Le, Jaitly and Hinton, A simple way to initialize recurrent networks of rectified linear units, 2015.

    >>> import lucet
    >>> weights = [lucet.zeros(2, 3), lucet.eye(2)]
    >>> y, h = lucet.rnn_relu(lucet.ones(1, 1, 3), lucet.ones(1, 1, 2), weights, False, 1, 0.0, False, False, False)
    >>> h
    tensor([[[1., 1.]]])
    """
    return _called(RELU, args, kwargs)


# --- cells ----------------------------------------------------------------------------------------------------------


def _cell(kind: int, input: Tensor, hx: Sequence[Tensor], weights: Sequence[Any], op: str, label: str = "") -> tuple[Tensor, Any]:
    """The state after one step of (batch, features); `label` names its node."""
    for name, t in (("input", input), *((f"hidden{i}", t) for i, t in enumerate(hx))):
        if t.dim() != 2:
            raise error(ShapeError, f"{op}: {name} must have 2 dimensions, got {t.dim()}")
    for i, t in enumerate(hx):
        if t.shape[0] != input.shape[0]:
            raise error(
                ShapeError,
                f"Input batch size {input.shape[0]} doesn't match hidden{i} batch size {t.shape[0]}",
                facts=[op],
            )
    w_ih, w_hh = weights[0], weights[1]
    hidden, gates = w_hh.shape[-1], _GATES[kind]
    if input.shape[1] != w_ih.shape[-1]:
        raise error(
            ShapeError, f"input has inconsistent input_size: got {input.shape[1]} expected {w_ih.shape[-1]}", facts=[op]
        )
    for i, t in enumerate(hx):
        if t.shape[1] != hidden:
            raise error(
                ShapeError, f"hidden{i} has inconsistent hidden_size: got {t.shape[1]}, expected {hidden}", facts=[op]
            )
    for name, w in (("weight_ih", w_ih), ("weight_hh", w_hh)):
        if w.shape[0] != gates * hidden:
            raise error(
                ShapeError,
                f"{name} first dim must be {gates} * hidden_size = {gates * hidden}, but got {w.shape[0]}",
                facts=[op],
            )
    dtype = input.dtype
    parts: list[Any] = [*weights, None]
    _check_layer(kind, input, input.shape[0], hx[0], hx[1] if kind == LSTM else None, parts, op)
    if kind in (LSTM, GRU) and not (dtype.is_floating_point or dtype.is_complex):
        raise error(DtypeError, f"result type Float can't be cast to the desired output type {_named(input)}", facts=[op], fix="floating operands")
    if dtype in _HALVES:
        input, hx, parts = input.float(), [t.float() for t in hx], [None if w is None else w.float() for w in parts]
    h0, c0 = hx[0].unsqueeze(0), hx[1].unsqueeze(0) if kind == LSTM else None
    y, _, c = _one_layer(kind, input, Steps((input.shape[0],)), h0, c0, parts)
    c = None if c is None else c[0]
    if label and is_recorded(input, *hx, *weights):
        y = named(y, label)
    return (y.to(dtype), None if c is None else c.to(dtype)) if dtype in _HALVES else (y, c)


def _cell_samples(gates: int) -> Any:
    def made(r: Any) -> list[Any]:
        state = (lambda: (r(2, 4), r(2, 4))) if gates == 4 else (lambda: r(2, 4))
        return [
            (r(2, 3), state(), r(4 * gates, 3), r(4 * gates, 4), r(4 * gates), r(4 * gates)),
            (r(2, 3), state(), r(4 * gates, 3), r(4 * gates, 4)),
        ]

    return made


@composed(samples=_cell_samples(4), family="recurrent")
def lstm_cell(
    input: Tensor, hx: Any, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """lstm_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None) -> (Tensor, Tensor)

    One step of `lstm`: input (batch, features), hx = (h, c), each (batch, hidden), which is the shape of both results.

    >>> import lucet
    >>> h, c = lucet.lstm_cell(lucet.ones(1, 3), (lucet.zeros(1, 2), lucet.ones(1, 2)), lucet.zeros(8, 3), lucet.zeros(8, 2))
    >>> c
    tensor([[0.5000, 0.5000]])
    """
    if not isinstance(hx, (tuple, list)) or not all(isinstance(t, Tensor) for t in hx):
        raise TypeError(f"lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not {type(hx).__name__}")
    if len(hx) != 2:
        raise RuntimeError("lstm_cell expects two hidden states")
    return _cell(LSTM, input, hx, (w_ih, w_hh, b_ih, b_hh), "lstm_cell")


@composed(samples=_cell_samples(3), family="recurrent")
def gru_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """gru_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None) -> Tensor

    One step of `gru`: input (batch, features), hx (batch, hidden), which is the shape of the result.

    >>> import lucet
    >>> lucet.gru_cell(lucet.ones(1, 3), lucet.ones(1, 2), lucet.zeros(6, 3), lucet.zeros(6, 2))
    tensor([[0.5000, 0.5000]])
    """
    return _cell(GRU, input, (hx,), (w_ih, w_hh, b_ih, b_hh), "gru_cell", "AddBackward0")[0]


@composed(samples=_cell_samples(1), family="recurrent")
def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """rnn_tanh_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None) -> Tensor

    One step of `rnn_tanh`: input (batch, features), hx (batch, hidden), which is the shape of the result.

    >>> import lucet
    >>> lucet.rnn_tanh_cell(lucet.ones(1, 3), lucet.ones(1, 2), lucet.zeros(2, 3), lucet.eye(2))
    tensor([[0.7616, 0.7616]])
    """
    return _cell(TANH, input, (hx,), (w_ih, w_hh, b_ih, b_hh), "rnn_tanh_cell", "TanhBackward0")[0]


@composed(samples=_cell_samples(1), family="recurrent")
def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """rnn_relu_cell(input, hx, w_ih, w_hh, b_ih=None, b_hh=None) -> Tensor

    One step of `rnn_relu`: input (batch, features), hx (batch, hidden), which is the shape of the result.

    >>> import lucet
    >>> lucet.rnn_relu_cell(lucet.ones(1, 3), lucet.ones(1, 2), lucet.zeros(2, 3), lucet.eye(2))
    tensor([[1., 1.]])
    """
    return _cell(RELU, input, (hx,), (w_ih, w_hh, b_ih, b_hh), "rnn_relu_cell", "ReluBackward0")[0]
