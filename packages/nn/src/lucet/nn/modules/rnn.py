"""Recurrent layers, and cells that take one step. The arithmetic is in the ops `lstm`, `gru`, `rnn_tanh` and `rnn_relu`, and in their cells."""

import math
import numbers
import warnings
import weakref
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter
from lucet.nn.utils.rnn import PackedSequence

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase"]

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


def _apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    return tensor.index_select(dim, permutation)


def apply_permutation(tensor: Tensor, permutation: Tensor, dim: int = 1) -> Tensor:
    """`tensor.index_select(dim, permutation)`, with a FutureWarning: that is the way to write it."""
    warnings.warn(
        "`apply_permutation` is deprecated, please use `tensor.index_select(dim, permutation)` instead",
        FutureWarning,
        stacklevel=2,
    )
    return _apply_permutation(tensor, permutation, dim)


class RNNBase(Module):
    """What `RNN`, `LSTM` and `GRU` share: parameters of layers and directions, and what fits them.

    Parameters of layer k: weight_ih_l[k] (gates * hidden_size, inputs), weight_hh_l[k] (gates * hidden_size, hidden_size or proj_size),
    bias_ih_l[k], bias_hh_l[k], with a projection weight_hr_l[k] (proj_size, hidden_size); of the second direction with `_reverse` behind.

    >>> from lucet import nn
    >>> nn.GRU(3, 4).all_weights[0][0].shape
    lucet.Size([12, 3])
    """

    __constants__ = [
        "mode",
        "input_size",
        "hidden_size",
        "num_layers",
        "bias",
        "batch_first",
        "dropout",
        "bidirectional",
        "proj_size",
    ]
    mode: str
    input_size: int
    hidden_size: int
    num_layers: int
    bias: bool
    batch_first: bool
    dropout: float
    bidirectional: bool
    proj_size: int

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._flat_weight_refs: list[Any] = []
        self._check_arguments(dropout)
        rows = _GATES[mode] * hidden_size
        out = proj_size or hidden_size
        kind = {"device": device, "dtype": dtype}
        self._flat_weights_names: list[str] = []
        self._all_weights: list[list[str]] = []
        for layer in range(num_layers):
            inputs = input_size if layer == 0 else out * (2 if bidirectional else 1)
            for suffix in ("", "_reverse")[: 2 if bidirectional else 1]:
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, out)}
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
                shapes |= {"weight_hr": (proj_size, hidden_size)} if proj_size else {}
                names = [f"{name}_l{layer}{suffix}" for name in shapes]
                for name, shape in zip(names, shapes.values(), strict=True):
                    setattr(self, name, Parameter(lucet.empty(shape, **kind)))
                self._flat_weights_names.extend(names)
                self._all_weights.append(names)
        self._init_flat_weights()
        self.reset_parameters()

    def _check_arguments(self, dropout: Any) -> None:
        if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):  # type: ignore[operator]
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and self.num_layers == 1:  # type: ignore[operator]
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={self.num_layers}",
                stacklevel=4,
            )
        for name, kind in (("bias", bool), ("batch_first", bool), ("input_size", int), ("hidden_size", int)):
            value = getattr(self, name)
            if not isinstance(value, kind):
                raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
            if kind is int and value <= 0:
                raise ValueError(f"{name} must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if self.mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + self.mode)

    # --- the parameters in one list: what the ops take

    def _init_flat_weights(self) -> None:
        self._flat_weights: list[Any] = [getattr(self, name, None) for name in self._flat_weights_names]
        self._flat_weight_refs = [None if w is None else weakref.ref(w) for w in self._flat_weights]

    def __setattr__(self, attr: str, value: Any) -> None:
        names = self.__dict__.get("_flat_weights_names")
        if names is not None and attr in names and "_flat_weights" in self.__dict__:
            self._flat_weights[names.index(attr)] = value
        super().__setattr__(attr, value)

    def flatten_parameters(self) -> None:
        """Nothing: parameters need not lie in one block on a CPU."""

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        self._flat_weight_refs = []
        result = super()._apply(fn, recurse)
        self._init_flat_weights()
        return result

    def _weights_have_changed(self) -> bool:
        """Whether others stand for the parameters now, as in `functional_call` and under a parametrization."""
        for ref, name in zip(self._flat_weight_refs, self._flat_weights_names, strict=True):
            weight = getattr(self, name, None)
            if weight is not None and ref is not None and ref() is not weight:
                return True
        return False

    def _update_flat_weights(self) -> None:
        if self._weights_have_changed():
            self._init_flat_weights()

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly within 1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, weight) for weight in weights] for weights in self._all_weights]

    # --- what fits

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """ValueError for another type than the parameters have; RuntimeError for other dimensions or features."""
        dtype = self._flat_weights[0].dtype
        if input.dtype != dtype and not lucet.is_autocast_enabled("cpu"):
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). "
                f"Convert input: input.to({dtype}), or convert model: model.to({input.dtype})"
            )
        dims = 3 if batch_sizes is None else 2
        if input.dim() != dims:
            raise RuntimeError(f"input must have {dims} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )

    def _state_size(self, input: Tensor, batch_sizes: Tensor | None, width: int) -> tuple[int, int, int]:
        batch = input.size(0 if self.batch_first else 1) if batch_sizes is None else int(batch_sizes[0])
        return self.num_layers * (2 if self.bidirectional else 1), batch, width

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """(layers * directions, batch, features) of a state for this input."""
        return self._state_size(input, batch_sizes, self.proj_size if self.proj_size > 0 else self.hidden_size)

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple[int, int, int], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """RuntimeError for a state of another size."""
        if tuple(hx.size()) != expected_hidden_size:
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.size())))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """RuntimeError or ValueError where input or state do not fit."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """The state with its sequences in another order; as it is without one."""
        return hx if permutation is None else _apply_permutation(hx, permutation)

    # --- the pass itself, for one state or several

    def _zero_states(self, input: Tensor, batch: int) -> tuple[Tensor, ...]:
        layers = self.num_layers * (2 if self.bidirectional else 1)
        return (lucet.zeros(layers, batch, self.hidden_size, dtype=input.dtype, device=input.device),)

    def _wrong_states(self, states: tuple[Tensor, ...], batched: bool) -> str | None:
        dims = 3 if batched else 2
        if states[0].dim() == dims:
            return None
        kind = "batched" if batched else "unbatched"
        return f"For {kind} {dims}-D input, hx should also be {dims}-D but got {states[0].dim()}-D tensor"

    def _run(self, op: Any, name: str, input: Any, states: Any) -> tuple[Any, tuple[Tensor, ...]]:
        """(output, last states) by `op`, from `states` or from zeros; checks come in torch's order."""
        self._update_flat_weights()
        if isinstance(input, PackedSequence):
            data, batch_sizes, order, back = input
            if states is None:
                states = self._zero_states(data, int(batch_sizes[0]))
            else:
                states = tuple(RNNBase.permute_hidden(self, state, order) for state in states)
            self.check_forward_args(data, states if len(states) > 1 else states[0], batch_sizes)
            hx = states if len(states) > 1 else states[0]
            y, *last = op(
                data,
                batch_sizes,
                hx,
                self._flat_weights,
                self.bias,
                self.num_layers,
                self.dropout,
                self.training,
                self.bidirectional,
            )
            packed = PackedSequence(y, batch_sizes, order, back)
            return packed, tuple(RNNBase.permute_hidden(self, state, back) for state in last)
        if input.dim() not in (2, 3):
            raise ValueError(
                f"{name}: Expected input to be 2D or 3D, got {input.dim()}D{' tensor' if name == 'RNN' else ''} instead"
            )
        batched = input.dim() == 3
        batch_dim = 0 if self.batch_first else 1
        if not batched:
            input = input.unsqueeze(batch_dim)
        if states is None:
            states = self._zero_states(input, input.size(batch_dim))
        else:
            wrong = self._wrong_states(states, batched)
            if wrong is not None:
                raise RuntimeError(wrong)
            states = states if batched else tuple(state.unsqueeze(1) for state in states)
        hx = states if len(states) > 1 else states[0]
        self.check_forward_args(input, hx, None)
        y, *last = op(
            input,
            hx,
            self._flat_weights,
            self.bias,
            self.num_layers,
            self.dropout,
            self.training,
            self.bidirectional,
            self.batch_first,
        )
        if batched:
            return y, tuple(last)
        return y.squeeze(batch_dim), tuple(state.squeeze(1) for state in last)

    # --- printing and copies

    def extra_repr(self) -> str:
        """The constructor arguments that differ from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size != 0:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if self.batch_first is not False:
            text += f", batch_first={self.batch_first}"
        if self.dropout != 0:
            text += f", dropout={self.dropout}"
        if self.bidirectional is not False:
            text += f", bidirectional={self.bidirectional}"
        return text

    def __getstate__(self) -> dict[str, Any]:
        self._update_flat_weights()
        state = self.__dict__.copy()
        del state["_flat_weight_refs"]
        return state

    def __setstate__(self, d: dict[str, Any]) -> None:
        super().__setstate__(d)
        if "all_weights" in d:
            self._all_weights = d["all_weights"]
        if "proj_size" not in d:  # saved before there were projections
            self.proj_size = 0
        if not isinstance(self._all_weights[0][0], str):  # saved when the list held the parameters themselves
            parts = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if self.bias else [])]
            parts += ["weight_hr"] if self.proj_size > 0 else []
            self._all_weights = [
                [f"{part}_l{layer}{suffix}" for part in parts]
                for layer in range(self.num_layers)
                for suffix in ("", "_reverse")[: 2 if self.bidirectional else 1]
            ]
            self._flat_weights_names = [name for names in self._all_weights for name in names]
            self._flat_weights = [getattr(self, name, None) for name in self._flat_weights_names]
        self._flat_weight_refs = [None if w is None else weakref.ref(w) for w in self._flat_weights]


class RNN(RNNBase):
    """Plain recurrent layers: h = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu with `nonlinearity="relu"`.

    Constructor: input_size, hidden_size, num_layers=1, nonlinearity="tanh", bias=True, batch_first=False, dropout=0.0 (between layers),
    bidirectional=False, device=None, dtype=None.
    Shape: input (steps, batch, input_size), with `batch_first` (batch, steps, input_size), (steps, input_size) without a batch, or a
    PackedSequence; hx (layers * directions, batch, hidden_size), zeros unless given. Returns the states of the last layer after each step,
    (steps, batch, directions * hidden_size) or packed, and those of all layers after the last step.
    Raises: ValueError and RuntimeError for inputs and states that do not fit.
    Source: Elman, Finding structure in time, 1990.

    >>> import lucet
    >>> from lucet import nn
    >>> y, h = nn.RNN(3, 4)(lucet.zeros(5, 2, 3))
    >>> tuple(y.shape), tuple(h.shape)
    ((5, 2, 4), (1, 2, 4))
    """

    nonlinearity: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            nonlinearity, args = args[3], (*args[:3], *args[4:])
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        self.nonlinearity = nonlinearity
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__("RNN_" + nonlinearity.upper(), *args, **kwargs)

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """(states after each step, states after the last)."""
        if self.mode not in ("RNN_TANH", "RNN_RELU"):
            raise AssertionError(f"mode must be RNN_TANH or RNN_RELU, got {self.mode}")
        op = lucet.rnn_tanh if self.mode == "RNN_TANH" else lucet.rnn_relu
        y, (last,) = self._run(op, "RNN", input, None if hx is None else (hx,))
        return y, last


class LSTM(RNNBase):
    """Long short-term memory: gates i, f, o and new cells g of each step, c = f c + i g, h = o tanh(c), projected with `proj_size`.

    Constructor: input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0 (between layers), bidirectional=False,
    proj_size=0, device=None, dtype=None.
    Shape: input as of `RNN`; hx = (h, c), (layers * directions, batch, proj_size or hidden_size) and (.., hidden_size), zeros unless given.
    Returns the states of the last layer after each step, and (h, c) of all layers after the last.
    Raises: ValueError and RuntimeError for inputs and states that do not fit.
    Source: Hochreiter and Schmidhuber, Long short-term memory, 1997; projections: Sak, Senior and Beaufays, 2014.

    >>> import lucet
    >>> from lucet import nn
    >>> y, (h, c) = nn.LSTM(3, 4, num_layers=2, batch_first=True)(lucet.zeros(2, 5, 3))
    >>> tuple(y.shape), tuple(h.shape)
    ((2, 5, 4), (2, 2, 4))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """(layers * directions, batch, features) of the cells for this input."""
        return self._state_size(input, batch_sizes, self.hidden_size)

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """RuntimeError or ValueError where input, state or cells do not fit."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(
            hidden[0], self.get_expected_hidden_size(input, batch_sizes), "Expected hidden[0] size {}, got {}"
        )
        self.check_hidden_size(
            hidden[1], self.get_expected_cell_size(input, batch_sizes), "Expected hidden[1] size {}, got {}"
        )

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """State and cells with their sequences in another order; as they are without one."""
        return hx if permutation is None else tuple(_apply_permutation(state, permutation) for state in hx)

    def _zero_states(self, input: Tensor, batch: int) -> tuple[Tensor, ...]:
        layers = self.num_layers * (2 if self.bidirectional else 1)
        widths = (self.proj_size if self.proj_size > 0 else self.hidden_size, self.hidden_size)
        return tuple(lucet.zeros(layers, batch, width, dtype=input.dtype, device=input.device) for width in widths)

    def _wrong_states(self, states: tuple[Tensor, ...], batched: bool) -> str | None:
        dims = 3 if batched else 2
        if states[0].dim() == states[1].dim() == dims:
            return None
        kind, found = "batched" if batched else "unbatched", f"({states[0].dim()}-D, {states[1].dim()}-D)"
        return f"For {kind} {dims}-D input, hx and cx should also be {dims}-D but got {found} tensors"

    def forward(self, input: Any, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Any, tuple[Tensor, Tensor]]:
        """(states after each step, (states, cells) after the last)."""
        y, last = self._run(lucet.lstm, "LSTM", input, None if hx is None else tuple(hx))
        return y, last  # type: ignore[return-value]


class GRU(RNNBase):
    """Gated recurrent units: gates r and z, n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h = (1 - z) n + z h.

    Constructor: input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0 (between layers), bidirectional=False,
    device=None, dtype=None. Shapes and results as of `RNN`.
    Raises: ValueError and RuntimeError for inputs and states that do not fit.
    Source: Cho et al., Learning phrase representations using RNN encoder-decoder, 2014, with the reset after the product.

    >>> import lucet
    >>> from lucet import nn
    >>> y, h = nn.GRU(3, 4, bidirectional=True)(lucet.zeros(5, 2, 3))
    >>> tuple(y.shape), tuple(h.shape)
    ((5, 2, 8), (2, 2, 4))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """(states after each step, states after the last)."""
        y, (last,) = self._run(lucet.gru, "GRU", input, None if hx is None else (hx,))
        return y, last


# --- cells


class RNNCellBase(Module):
    """What the cells share: weight_ih (gates * hidden_size, input_size), weight_hh (gates * hidden_size, hidden_size), two biases.

    >>> from lucet import nn
    >>> nn.GRUCell(3, 4).weight_hh.shape
    lucet.Size([12, 4])
    """

    __constants__ = ["input_size", "hidden_size", "bias"]
    input_size: int
    hidden_size: int
    bias: bool
    weight_ih: Tensor
    weight_hh: Tensor

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows, kind = num_chunks * hidden_size, {"device": device, "dtype": dtype}
        self.weight_ih = Parameter(lucet.empty((rows, input_size), **kind))
        self.weight_hh = Parameter(lucet.empty((rows, hidden_size), **kind))
        self.register_parameter("bias_ih", Parameter(lucet.empty(rows, **kind)) if bias else None)
        self.register_parameter("bias_hh", Parameter(lucet.empty(rows, **kind)) if bias else None)
        self.reset_parameters()

    def extra_repr(self) -> str:
        """The constructor arguments that differ from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        if "bias" in self.__dict__ and self.bias is not True:
            text += f", bias={self.bias}"
        if "nonlinearity" in self.__dict__ and self.nonlinearity != "tanh":
            text += f", nonlinearity={self.nonlinearity}"
        return text

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly within 1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def _step(self, op: Any, input: Tensor, hx: Tensor | None) -> Tensor:
        """One step of a cell with one state."""
        name = self._get_name()
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        if hx is not None and hx.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected hidden to be 1D or 2D, got {hx.dim()}D instead")
        batched = input.dim() == 2
        if not batched:
            input, hx = input.unsqueeze(0), None if hx is None else hx.unsqueeze(0)
        if hx is None:
            hx = lucet.zeros(input.size(0), self.hidden_size, dtype=input.dtype, device=input.device)
        h = op(input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return h if batched else h.squeeze(0)


class RNNCell(RNNCellBase):
    """One step of `RNN`: h = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu.

    Shape: input (batch, input_size) or (input_size); hx and the result (batch, hidden_size) or (hidden_size).
    Raises: ValueError for other dimensions, RuntimeError for sizes that do not fit and for an unknown nonlinearity.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.RNNCell(3, 4)(lucet.zeros(2, 3)).shape)
    (2, 4)
    """

    __constants__ = ["input_size", "hidden_size", "bias", "nonlinearity"]
    nonlinearity: str

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=1, device=device, dtype=dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The state after one step."""
        ops = {"tanh": lucet.rnn_tanh_cell, "relu": lucet.rnn_relu_cell}
        if self.nonlinearity not in ops:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(ops[self.nonlinearity], input, hx)


class LSTMCell(RNNCellBase):
    """One step of `LSTM`.

    Shape: input (batch, input_size) or (input_size); hx = (h, c) and the result (h, c), (batch, hidden_size) or (hidden_size) each.
    Raises: ValueError for other dimensions, RuntimeError for sizes that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> h, c = nn.LSTMCell(3, 4)(lucet.zeros(2, 3))
    >>> tuple(h.shape)
    (2, 4)
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=4, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """(state, cells) after one step."""
        if input.dim() not in (1, 2):
            raise ValueError(f"LSTMCell: Expected input to be 1D or 2D, got {input.dim()}D instead")
        for i, value in enumerate(hx or ()):
            if value.dim() not in (1, 2):
                raise ValueError(f"LSTMCell: Expected hx[{i}] to be 1D or 2D, got {value.dim()}D instead")
        batched = input.dim() == 2
        if not batched:
            input, hx = input.unsqueeze(0), None if hx is None else (hx[0].unsqueeze(0), hx[1].unsqueeze(0))
        if hx is None:
            zeros = lucet.zeros(input.size(0), self.hidden_size, dtype=input.dtype, device=input.device)
            hx = (zeros, zeros)
        h, c = lucet.lstm_cell(input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return (h, c) if batched else (h.squeeze(0), c.squeeze(0))


class GRUCell(RNNCellBase):
    """One step of `GRU`.

    Shape: input (batch, input_size) or (input_size); hx and the result (batch, hidden_size) or (hidden_size).
    Raises: ValueError for other dimensions, RuntimeError for sizes that do not fit.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.GRUCell(3, 4)(lucet.zeros(2, 3)).shape)
    (2, 4)
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, num_chunks=3, device=device, dtype=dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The state after one step."""
        return self._step(lucet.gru_cell, input, hx)
