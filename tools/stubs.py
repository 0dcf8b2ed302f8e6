"""Writes core's type stubs from the registry and the compiled classes. `python tools/stubs.py --check` only compares.

Compiled functions carry names and defaults but no types; the types come from the tables here, by argument name. What a table cannot
say (results that depend on arguments) is spelled out in SPECIAL.
"""

import ast
import inspect
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import UnionType

import lucet
from lucet import return_types
from lucet._dtype import DTYPES
from lucet._legacy import TENSOR_TYPES
from lucet._registry import OPS, public_names
from lucet.storage import STORAGE_TYPES

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "packages" / "core" / "src" / "lucet"
NOTE = "# ruff: noqa\n# Made by tools/stubs.py: change that, or the op, and run it again."
BUILTINS = "bool complex float int range tuple type"  # names that ops and dtypes take away

# --- types of arguments ---------------------------------------------------------------------------------------------

TENSOR = """batch1 batch2 condition input mask mat mat1 mat2 other running_mean running_var self src target tensor tensor1 tensor2
the_template real imag abs angle values vec vec1 vec2 weight weights x bias pos_weight end_tensor""".split()
BY_NAME = dict.fromkeys(TENSOR, "Tensor") | {
    "alpha": "Number",
    "args": "Any",
    "atol": "_float",
    "axis0": "_int",
    "append": "Tensor",
    "aweights": "Tensor",
    "axis1": "_int",
    "boundaries": "Tensor",
    "beta": "Number",
    "bounds": "Number",
    "buffer": "Any",
    "chunks": "_int",
    "copy": "_bool",
    "correction": "Number",
    "data": "Any",
    "decimals": "_int",
    "destination": "_int | Sequence[_int]",
    "device": "Device",
    "dilation": "Sizes",
    "dim": "_int",
    "dims": "_int | Sequence[_int]",
    "divisor_override": "_int",
    "dx": "Number",
    "dtype": "dtype",
    "end": "Number",
    "exponent": "Tensor | Number",
    "fill_value": "Number",
    "fweights": "Tensor",
    "generator": "Generator",
    "high": "_int",
    "index": "Tensor",
    "indexing": "str",
    "indices": "Tensor | Sequence[Tensor]",
    "indices_or_sections": "_int | Sequence[_int]",
    "k": "_int",
    "kernel_size": "Sizes",
    "layout": "layout",
    "length": "_int",
    "low": "_int",
    "m": "_int",
    "max": "Tensor | Number",
    "max_norm": "_float",
    "memory_format": "memory_format",
    "min": "Tensor | Number",
    "momentum": "_float",
    "n": "_int",
    "ndarray": "NDArray[Any]",
    "normalized_shape": "Sizes",
    "num_groups": "_int",
    "num_samples": "_int",
    "obj": "Any",
    "ord": "Number | str",
    "out": "Tensor",
    "output_size": "Any",
    "p": "_float",
    "pad": "Sequence[_int]",
    "output_padding": "Sizes",
    "padding": "Sizes | str",
    "padding_idx": "_int",
    "prepend": "Tensor",
    "q": "Tensor | _float",
    "reduce": "Any",
    "repeats": "Any",
    "rounding_mode": "str",
    "s": "Number",
    "sections": "_int",
    "side": "str",
    "sorted_sequence": "Tensor",
    "sorter": "Tensor",
    "shape": "Sequence[_int]",
    "shapes": "Sequence[_int]",
    "shifts": "_int | Sequence[_int]",
    "size": "Sequence[_int]",
    "size_average": "_bool",
    "sizes": "Any",
    "source": "Any",
    "split_size_or_sections": "_int | Sequence[_int]",
    "split_sizes": "Sequence[_int]",
    "stable": "_bool",
    "start": "Number",
    "step": "Number",
    "storage_offset": "_int",
    "stride": "Sizes",
    "tensor_indices_or_sections": "Any",
    "tensors": "Sequence[Tensor]",
    "threshold": "_float",
    "train": "_bool",
    "training": "_bool",
    "unbiased": "_bool",
    "y": "Tensor",
    "value": "Tensor | Number",
}
BY_OP = {  # (op, argument): type, where the name means something else than usual
    ("narrow", "start"): "_int | Tensor",
    ("select", "index"): "_int",
    ("unfold", "size"): "_int",
    ("unfold", "step"): "_int",
    ("arange", "start"): "Number | None",
    ("arange", "end"): "Number | None",
    ("arange", "step"): "Number | None",
    ("norm", "p"): "Number | str | None",
    ("normal", "mean"): "Tensor | _float",
    ("normal", "std"): "Tensor | _float | None",
    ("lerp", "end"): "Tensor",
    ("lerp", "weight"): "Tensor | _float",
    ("bernoulli_", "p"): "Tensor | _float",
    ("bernoulli", "p"): "_float",
    ("linspace", "steps"): "_int",
    ("logspace", "steps"): "_int",
    ("softmax", "dtype"): "dtype | _int",
    ("repeat_interleave", "output_size"): "_int",
    ("movedim", "source"): "_int | Sequence[_int]",
    ("moveaxis", "source"): "_int | Sequence[_int]",
    ("index_add", "source"): "Tensor",
    ("index_reduce", "source"): "Tensor",
    ("index_reduce", "reduce"): "str",
    ("scatter_reduce", "reduce"): "str",
    ("put", "source"): "Tensor",
    ("select_scatter", "index"): "_int",
    ("slice_scatter", "start"): "_int | None",
    ("slice_scatter", "end"): "_int | None",
    ("slice_scatter", "step"): "_int",
    ("narrow_copy", "start"): "_int",
    ("unravel_index", "indices"): "Tensor",
    ("unravel_index", "shape"): "_int | Sequence[_int]",
    ("bucketize", "input"): "Tensor | Number",
    ("searchsorted", "input"): "Tensor | Number",
    ("isin", "elements"): "Tensor | Number",
    ("isin", "test_elements"): "Tensor | Number",
    ("renorm", "p"): "Number",
    ("renorm", "maxnorm"): "Number",
    ("dist", "p"): "Number",
    ("cov", "correction"): "_int",
    ("index_copy", "source"): "Tensor",
    ("masked_scatter", "source"): "Tensor",
    ("where", "input"): "Tensor | Number",
    ("where", "other"): "Tensor | Number",
    ("pow", "input"): "Tensor | Number",
    ("take_along_dim", "indices"): "Tensor",
    ("masked_fill", "value"): "Tensor | Number",
    ("as_strided", "stride"): "Sequence[_int]",
    ("empty_strided", "stride"): "Sequence[_int]",
    ("set_", "size"): "Any",
    ("set_", "stride"): "Any",
}
SEVERAL_DIMS = {"None", "()"}  # defaults of `dim` that allow several
STEPS = {f"{rule}_step" for rule in "sgd adam adadelta adamax nadam radam rmsprop adagrad asgd rprop adafactor".split()}

# --- results that depend on arguments: whole definitions, "{self}" stands for the first argument ----------------------

PAIR = "out: tuple[Tensor, Tensor] | None = None"
KEEP = "keepdim: _bool = False"


def extreme(name):
    return [
        f"@overload\ndef {name}({{self}}) -> Tensor: ...",
        f"@overload\ndef {name}({{self}}, dim: _int, {KEEP}, *, {PAIR}) -> return_types.{name}: ...",
        f"@overload\ndef {name}({{self}}, dim: Tensor, *, out: Tensor | None = None) -> Tensor: ...",
        f"@overload\ndef {name}({{self}}, *, other: Tensor, out: Tensor | None = None) -> Tensor: ...",
    ]


SPECIAL = {
    "max": extreme("max"),
    "min": extreme("min"),
    "median": [
        "@overload\ndef median({self}) -> Tensor: ...",
        f"@overload\ndef median({{self}}, dim: _int, {KEEP}, *, {PAIR}) -> return_types.median: ...",
    ],
    "nanmedian": [
        "@overload\ndef nanmedian({self}) -> Tensor: ...",
        f"@overload\ndef nanmedian({{self}}, dim: _int, {KEEP}, *, {PAIR}) -> return_types.nanmedian: ...",
    ],
    "mode": [f"def mode({{self}}, dim: _int = -1, {KEEP}, *, {PAIR}) -> return_types.mode: ..."],
    "cummax": [f"def cummax({{self}}, dim: _int, *, {PAIR}) -> return_types.cummax: ..."],
    "cummin": [f"def cummin({{self}}, dim: _int, *, {PAIR}) -> return_types.cummin: ..."],
    "histogram": [
        "def histogram({self}, bins: Tensor | _int = 100, *, range: Sequence[_float] | None = None, weight: Tensor | None = None, "
        f"density: _bool = False, {PAIR}) -> return_types.histogram: ..."
    ],
    "histogramdd": [
        "def histogramdd(input: Tensor, bins: _int | Sequence[_int] | Sequence[Tensor], range: Sequence[_float] | None = None, "
        "weight: Tensor | None = None, density: _bool = False) -> return_types.histogramdd: ..."
    ],
    "unique_consecutive": [
        "def unique_consecutive({self}, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any: ..."
    ],
    "sort": [
        f"def sort({{self}}, dim: _int = -1, descending: _bool = False, stable: _bool | None = None, *, {PAIR}) -> return_types.sort: ..."
    ],
    "topk": [
        f"def topk({{self}}, k: _int, dim: _int = -1, largest: _bool = True, sorted: _bool = True, *, {PAIR}) -> return_types.topk: ..."
    ],
    "kthvalue": [f"def kthvalue({{self}}, k: _int, dim: _int = -1, {KEEP}, *, {PAIR}) -> return_types.kthvalue: ..."],
    "aminmax": [f"def aminmax({{self}}, *, dim: _int | None = None, {KEEP}, {PAIR}) -> return_types.aminmax: ..."],
    "unique": [
        "def unique({self}, sorted: _bool = True, return_inverse: _bool = False, return_counts: _bool = False, dim: _int | None = None) -> Any: ..."
    ],
    "nonzero": [
        "@overload\ndef nonzero({self}, *, out: Tensor | None = None, as_tuple: Literal[False] = False) -> Tensor: ...",
        "@overload\ndef nonzero({self}, *, as_tuple: Literal[True]) -> _tuple[Tensor, ...]: ...",
    ],
    "where": [
        "@overload\ndef where(condition: Tensor) -> _tuple[Tensor, ...]: ...",
        "@overload\ndef where(condition: Tensor, input: Tensor | Number, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor: ...",
    ],
    "meshgrid": ["def meshgrid(*tensors: Tensor | Sequence[Tensor], indexing: str | None = None) -> _tuple[Tensor, ...]: ..."],
    "broadcast_tensors": ["def broadcast_tensors(*tensors: Tensor) -> _tuple[Tensor, ...]: ..."],
    "broadcast_shapes": ["def broadcast_shapes(*shapes: _int | Sequence[_int]) -> Size: ..."],
    "numpy": ["def numpy({self}, *, force: _bool = False) -> NDArray[Any]: ..."],
    "type": [
        "@overload\ndef type({self}, dtype: None = None) -> str: ...",
        "@overload\ndef type({self}, dtype: dtype | str, non_blocking: _bool = False) -> Tensor: ...",
    ],
    "from_numpy": ["def from_numpy(ndarray: NDArray[Any]) -> Tensor: ..."],
}
RESULT_BY_DOC = {
    "bool": "_bool",
    "int": "_int",
    "None": "None",
    "Tensor": "Tensor",
    "tuple of ints": "_tuple[_int, ...]",
    "tuple of Tensors": "_tuple[Tensor, ...]",
    "(Tensor, Tensor)": "_tuple[Tensor, Tensor]",
    "Tensor or tuple of Tensors": "Any",
}

# --- what Tensor has besides ops ----------------------------------------------------------------------------------------

PROPERTIES = {
    "_backward_hooks": "Any",
    "_base": "Tensor | None",
    "_post_accumulate_grad_hooks": "Any",
    "_version": "_int",
    "device": "device",
    "dtype": "dtype",
    "grad_fn": "Node | None",
    "itemsize": "_int",
    "layout": "layout",
    "name": "None",
    "names": "_tuple[None, ...]",
    "nbytes": "_int",
    "ndim": "_int",
    "output_nr": "_int",
    "shape": "Size",
} | dict.fromkeys(("H", "T", "mH", "mT"), "Tensor")
SETTABLE = {"data": ("Tensor", "Tensor"), "requires_grad": ("_bool", "_bool"), "grad": ("Any", "Tensor | None"), "grad_dtype": ("Any", "Any"), "real": ("Tensor", "Tensor | Number"), "imag": ("Tensor", "Tensor | Number")}
METHODS = """
def _is_view(self) -> _bool: ...
def _is_recorded(self) -> _bool: ...
@staticmethod
def _make_subclass(cls: _type[_T], data: Tensor, require_grad: _bool = False) -> _T: ...
def as_subclass(self, cls: _type[_T]) -> _T: ...
def module_load(self, other: Tensor, assign: _bool = False) -> Tensor: ...
def storage(self) -> Any: ...
def backward(self, gradient: Tensor | None = None, retain_graph: _bool | None = None, create_graph: _bool = False, inputs: Any = None) -> None: ...
def broadcast_to(self, *args: Any, size: Sequence[_int] | None = None) -> Tensor: ...
def const_data_ptr(self) -> _int: ...
def data_ptr(self) -> _int: ...
def detach(self) -> Tensor: ...
def detach_(self) -> Tensor: ...
def dim(self) -> _int: ...
def element_size(self) -> _int: ...
def get_device(self) -> _int: ...
def is_complex(self) -> _bool: ...
def is_conj(self) -> _bool: ...
def is_contiguous(self, *, memory_format: memory_format | None = None) -> _bool: ...
def is_floating_point(self) -> _bool: ...
def is_inference(self) -> _bool: ...
def is_neg(self) -> _bool: ...
def is_pinned(self, device: Device | None = None) -> _bool: ...
def is_shared(self) -> _bool: ...
def share_memory_(self) -> Self: ...
def is_distributed(self) -> _bool: ...
def is_same_size(self, other: Tensor) -> _bool: ...
def is_set_to(self, tensor: Tensor) -> _bool: ...
def is_signed(self) -> _bool: ...
def item(self) -> Any: ...
def ndimension(self) -> _int: ...
def nelement(self) -> _int: ...
def numel(self) -> _int: ...
def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle: ...
def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle: ...
def requires_grad_(self, requires_grad: _bool = True) -> Self: ...
def retain_grad(self) -> None: ...
@overload
def size(self, dim: None = None) -> Size: ...
@overload
def size(self, dim: _int) -> _int: ...
def split(self, split_size: _int | Sequence[_int], dim: _int = 0) -> _tuple[Tensor, ...]: ...
def storage_offset(self) -> _int: ...
@overload
def stride(self, dim: None = None) -> _tuple[_int, ...]: ...
@overload
def stride(self, dim: _int) -> _int: ...
def swapaxes_(self, axis0: _int, axis1: _int) -> Tensor: ...
def swapdims_(self, dim0: _int, dim1: _int) -> Tensor: ...
def t_(self) -> Tensor: ...
def tolist(self) -> Any: ...
def transpose_(self, dim0: _int, dim1: _int) -> Tensor: ...
def unflatten(self, dim: _int, *args: Any, sizes: Sequence[_int] | None = None) -> Tensor: ...
def untyped_storage(self) -> Storage: ...
def polygamma(self, n: _int) -> Tensor: ...
def polygamma_(self, n: _int) -> Self: ...
def where(self, condition: Tensor, other: Tensor | Number, *, out: Tensor | None = None) -> Tensor: ...
""".strip()
DUNDERS = """
def __init__(self, *args: Any, dtype: dtype | None = None, device: Device | None = None, size: Sequence[_int] | None = None) -> None: ...
def __array__(self, dtype: Any = None, copy: _bool | None = None) -> NDArray[Any]: ...
def __array_wrap__(self, array: Any, context: Any = None, return_scalar: _bool = False) -> Tensor: ...
def __bool__(self) -> _bool: ...
def __dlpack__(self, *, stream: _int | None = -1, max_version: _tuple[_int, _int] | None = None, dl_device: _tuple[_int, _int] | None = None, copy: _bool | None = None) -> Any: ...
def __dlpack_device__(self) -> _tuple[_int, _int]: ...
def __complex__(self) -> _complex: ...
def __contains__(self, element: Any) -> _bool: ...
def __copy__(self) -> Self: ...
def __deepcopy__(self, memo: dict[_int, Any]) -> Self: ...
def __float__(self) -> _float: ...
def __format__(self, spec: str) -> str: ...
def __getitem__(self, index: Any) -> Tensor: ...
def __hash__(self) -> _int: ...
def __index__(self) -> _int: ...
def __int__(self) -> _int: ...
def __iter__(self) -> Iterator[Tensor]: ...
def __len__(self) -> _int: ...
def __reduce_ex__(self, protocol: Any) -> Any: ...
def __repr__(self) -> str: ...
def __setattr__(self, name: str, value: Any) -> None: ...
def __setitem__(self, index: Any, value: Any) -> None: ...
@classmethod
def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any: ...
def __eq__(self, other: Any) -> Tensor: ...  # type: ignore[override]
def __ne__(self, other: Any) -> Tensor: ...  # type: ignore[override]
""".strip()
OTHERS = {  # modules whose few Python-visible names are told here
    "_dtype": """
from typing import Final

DTYPES: Final[dict[str, dtype]]

class dtype:
    code: int
    itemsize: int
    _name: str
    @property
    def is_floating_point(self) -> bool: ...
    @property
    def is_complex(self) -> bool: ...
    @property
    def is_signed(self) -> bool: ...
    def to_real(self) -> dtype: ...
    def to_complex(self) -> dtype: ...

def get_default_dtype() -> dtype: ...
def set_default_dtype(d: dtype, /) -> None: ...
def promote_types(type1: dtype, type2: dtype) -> dtype: ...
def _can_cast(from_: dtype, to: dtype) -> bool: ...
""",
    "_storage": """
from typing import Any, Self

from lucet._device import device as device_type

class Storage:
    def __init__(self, nbytes: int = 0, *, device: str = "cpu") -> None: ...
    @staticmethod
    def from_buffer(source: Any, *, readonly: bool | None = None) -> Storage: ...
    def nbytes(self) -> int: ...
    def size(self) -> int: ...
    def element_size(self) -> int: ...
    def data_ptr(self) -> int: ...
    @property
    def device(self) -> device_type: ...
    @property
    def is_readonly(self) -> bool: ...
    def resizable(self) -> bool: ...
    def resize_(self, nbytes: int) -> Self: ...
    def tolist(self) -> list[int]: ...
    def clone(self) -> Storage: ...
    def copy_(self, source: Storage) -> Self: ...
    def fill_(self, value: int) -> Self: ...
    def is_shared(self) -> bool: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> int: ...
    def __setitem__(self, index: int, value: int) -> None: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...

def memory_stats() -> dict[str, int]: ...
def empty_cache() -> None: ...
""",
    "_engine": """
from collections.abc import Callable, Sequence
from typing import Any, Self

from lucet._dtype import dtype
from lucet._hooks import RemovableHandle
from lucet._tensor import Tensor

class Node:
    def name(self) -> str: ...
    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]: ...
    @property
    def variable(self) -> Tensor: ...
    @property
    def metadata(self) -> dict[Any, Any]: ...
    @property
    def saved_tensors(self) -> tuple[Any, ...]: ...
    @property
    def _input_metadata(self) -> list[tuple[dtype, tuple[int, ...]]]: ...
    def _sequence_nr(self) -> int: ...
    def register_hook(self, fn: Callable[..., Any]) -> RemovableHandle: ...
    def register_prehook(self, fn: Callable[..., Any]) -> RemovableHandle: ...
    def __getattr__(self, name: str) -> Any: ...

def run_backward(
    roots: list[Tensor], grads: list[Tensor], keep_graph: bool, create_graph: bool, inputs: Any, accumulate: bool, allow_unused: bool
) -> list[Tensor | None]: ...
def _gradient_edge(t: Tensor) -> tuple[Node, int]: ...
def shown(n: Node) -> Node: ...
def record_function(ctx: Any, inputs: Sequence[Any]) -> Node: ...
def set_function_output(n: Node, out: Tensor, nr: int) -> None: ...
def set_function_output_inplace(n: Node, out: Tensor, nr: int) -> None: ...
def mark_function_view(out: Tensor, one_of_many: bool) -> None: ...
def note_untracked_output(n: Node, out: Tensor, nr: int) -> None: ...
def check_function_inplace(t: Tensor) -> None: ...
def bump_version(t: Tensor) -> None: ...
def version(t: Tensor) -> int: ...
def set_anomaly(watch: Any) -> None: ...
def swap_contents(a: Tensor, b: Tensor) -> None: ...
def trace_of(n: Node) -> Any: ...
def last_change(t: Tensor) -> str: ...
def pack_saved(t: Tensor) -> Any: ...
def unpack_saved(packed: Any) -> Tensor: ...
def is_packed(value: Any) -> bool: ...
def push_packing(pack: Callable[[Tensor], Any], unpack: Callable[[Any], Tensor]) -> None: ...
def pop_packing() -> None: ...
def refuse_packing(message: str | None) -> str | None: ...
def set_before_write(hook: Callable[[Tensor], None]) -> None: ...
def storage_number(t: Tensor) -> int: ...
def current_run() -> int: ...
def record_always(step: int) -> None: ...
def run_is_whole() -> bool: ...
def run_reaches(n: Node) -> bool: ...
def place(t: Tensor, dual: bool = False) -> tuple[Tensor, Node]: ...
def place_of(t: Tensor) -> Node | None: ...
def set_open(n: Node, value: bool) -> None: ...
def leads_out(t: Tensor) -> bool: ...
def leads_to(t: Tensor, nodes: set[Node]) -> bool: ...
def forget_recorded() -> None: ...
def is_recording() -> bool: ...
""",
    "_modes": """
from typing import Any, Self

plain_types: set[type]

def is_grad_enabled() -> bool: ...
def is_inference_mode_enabled() -> bool: ...
def _set_grad_enabled(mode: bool) -> None: ...
def _set_inference(mode: bool) -> None: ...
def _record_always(step: int) -> None: ...
def _set_generator(generator: Any) -> Any: ...
def _push_mode(mode: Any) -> None: ...
def _pop_mode() -> Any: ...
def _no_subclass(step: int) -> None: ...
def _modes_in_force() -> tuple[bool, bool, int, tuple[Any, ...]]: ...
def _adopt_modes(grad: bool = True, inference: bool = False, no_subclass: int = 0, stack: tuple[Any, ...] | None = ()) -> None: ...
def _is_overridden(relevant: tuple[Any, ...]) -> bool: ...
def _offered(op: Any, relevant: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[bool, Any]: ...
def name_in_errors(op: Any) -> bool: ...
def _disabled_torch_function_impl(func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any: ...

class DisableTorchFunctionSubclass:
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...

class TorchFunctionMode:
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
""",
    "_threads": """
MAX_THREADS: int

def get_num_threads() -> int: ...
def set_num_threads(num: int, /) -> None: ...
def get_num_interop_threads() -> int: ...
def set_num_interop_threads(num: int, /) -> None: ...
""",
    "_ops/random": """
from typing import Any, Self

from lucet._device import device as device_type
from lucet._tensor import Tensor

class Generator:
    def __init__(self, device: Any = None) -> None: ...
    @property
    def device(self) -> device_type: ...
    def manual_seed(self, seed: int) -> Self: ...
    def seed(self) -> int: ...
    def initial_seed(self) -> int: ...
    def get_state(self) -> Tensor: ...
    def set_state(self, new_state: Tensor) -> Self: ...
    def clone_state(self) -> Generator: ...

class item_stream:
    def __init__(self, seed: int) -> None: ...
    def __enter__(self) -> Generator: ...
    def __exit__(self, *exc: object) -> None: ...

default_generator: Generator

def manual_seed(seed: int) -> Generator: ...
def seed() -> int: ...
def initial_seed() -> int: ...
def get_rng_state() -> Tensor: ...
def set_rng_state(new_state: Tensor) -> None: ...
def thread_generator() -> Generator | None: ...
def __getattr__(name: str) -> Any: ...
""",
}

# --- writing ------------------------------------------------------------------------------------------------------------


def default_text(value) -> str:
    if isinstance(value, (bool, int, float, str, type(None), tuple)):
        return repr(value)
    return "..."


def argument_type(name: str, parameter: inspect.Parameter, op_name: str, family: str) -> str:
    """By op and argument, by argument, else by the default."""
    default = parameter.default
    found = BY_OP.get((op_name.rstrip("_"), name)) or BY_OP.get((op_name, name))
    if found is None and name == "dim" and repr(default) in SEVERAL_DIMS:
        found = "Dims"
    if found is None and name == "other" and family in ("pointwise",):
        found = "Tensor | Number"
    if family != "composed" and parameter.annotation is not parameter.empty and not isinstance(parameter.annotation, str):
        return annotation_text(parameter.annotation)
    if found is None:
        found = BY_NAME.get(name)
    if found is None and default is not parameter.empty and default is not None:
        found = {bool: "_bool", int: "_int", float: "_float", str: "str"}.get(type(default))
    found = found or "Any"
    optional = default is None and "None" not in found and found not in ("Any", "Dims")
    return f"{found} | None" if optional else found


def arguments(function, op_name: str, family: str, method: bool) -> str:
    """The parameter list, the first one as `self` for a method."""
    parts, star = [], False
    for number, parameter in enumerate(inspect.signature(function).parameters.values()):
        if method and number == 0:
            parts.append("self")
            continue
        if parameter.kind == parameter.VAR_POSITIONAL and parameter.annotation is not parameter.empty:
            parts.append(f"*{parameter.name}: {annotation_text(parameter.annotation)}")
            star = True
            continue
        if parameter.kind == parameter.VAR_POSITIONAL:
            kind = "_int | Sequence[_int]" if parameter.name in ("size", "sizes", "shapes") else BY_NAME.get(parameter.name, "Any")
            if parameter.name == "tensors":
                kind = "Tensor | Sequence[Tensor]"
            parts.append(f"*{parameter.name}: {kind}")
            star = True
            continue
        if parameter.kind == parameter.VAR_KEYWORD:
            parts.append(f"**{parameter.name}: {BY_NAME.get(parameter.name, 'Any')}")
            continue
        if parameter.kind == parameter.KEYWORD_ONLY and not star:
            parts.append("*")
            star = True
        text = f"{parameter.name}: {argument_type(parameter.name, parameter, op_name, family)}"
        parts.append(text if parameter.default is parameter.empty else f"{text} = {default_text(parameter.default)}")
    return ", ".join(parts)


IN_STUBS = {int: "_int", float: "_float", bool: "_bool", str: "str", type(None): "None", lucet.Tensor: "Tensor", lucet.dtype: "dtype"}


def annotation_text(annotation) -> str:
    """The type that an op written in Python says itself."""
    if isinstance(annotation, UnionType):
        return " | ".join(annotation_text(part) for part in annotation.__args__)
    if annotation == Sequence[lucet.Tensor]:
        return "Sequence[Tensor]"
    return IN_STUBS.get(annotation, "Any")


def result_type(function, inplace: bool) -> str:
    if hasattr(return_types, function.__name__) and hasattr(function, "__wrapped__"):
        return f"return_types.{function.__name__}"
    first = ((function.__doc__ or "").strip().splitlines() or [""])[0]
    if inplace or "->" not in first:
        return "Tensor"
    return RESULT_BY_DOC.get(first.rpartition("->")[2].strip().rstrip("."), "Tensor")


def definitions(name: str, entry, *, inplace: bool, method: bool) -> list[str]:
    """The stub of one op under one name."""
    base = entry.name
    if base in SPECIAL and not inplace:
        return [text.replace(f"def {base}(", f"def {name}(").replace("{self}", "self" if method else "input: Tensor") for text in SPECIAL[base]]
    function = entry.inplace if inplace else entry.function
    if base in STEPS:
        return [f"def {name}(*args: Any, **kwargs: Any) -> None: ..."]
    return [f"def {name}({arguments(function, base, entry.family, method)}) -> {result_type(function, inplace)}: ..."]


def ops_of(home: str):
    """(name, entry, inplace) of everything the registry shows in `home`, second names included."""
    by_function = {}
    for entry in OPS.values():
        if home in entry.also:
            by_function[id(entry.function)] = (entry, False)
            if entry.inplace is not None:
                by_function[id(entry.inplace)] = (entry, True)
    for name, function in sorted(public_names(home).items()):
        yield name, *by_function[id(function)]


def head(*lines: str) -> list[str]:
    renamed = ", ".join(f"{name} as _{name}" for name in BUILTINS.split())
    return [NOTE, f"from builtins import {renamed}", "from collections.abc import Callable, Iterator, Sequence", *lines, ""]


TYPES = [
    "Number = _int | _float | _complex | _bool",
    "Sizes = _int | Sequence[_int]",
    "Dims = _int | Sequence[_int] | None",
    "Device = device | str | _int",
    "",
]


def tensor_stub() -> str:
    lines = head(
        "from typing import Any, Literal, Self, TypeVar, overload",
        "",
        "from numpy.typing import NDArray",
        "",
        "from lucet import return_types as return_types",
        "from lucet._device import device, layout, memory_format",
        "from lucet._dtype import dtype",
        "from lucet._engine import Node",
        "from lucet._hooks import RemovableHandle",
        "from lucet._ops.random import Generator",
        "from lucet._size import Size",
        "from lucet._storage import Storage",
        "",
        '_T = TypeVar("_T", bound=Tensor)',
    )
    lines += [
        *TYPES,
        # inside the class `dtype`, `device`, `layout` and some builtins are its own members
        "_dtype = dtype",
        "_device = device",
        "_layout = layout",
        "_memory_format = memory_format",
        "",
        "class Tensor:",
    ]
    lines += ["    " + line for line in class_body()]
    lines += [
        "",
        "def attach(name: str, thing: Any) -> None: ...",
        "def register_exact_type(kind: _type[Tensor]) -> None: ...",
        "def tensor_from_storage(",
        "    storage: Storage, dtype: _dtype, offset: _int, size: Sequence[_int], stride: Sequence[_int], requires_grad: _bool = False",
        ") -> Tensor: ...",
        "def set_conj(t: Tensor, lazy: _bool) -> Tensor: ...",
        "def _fresh_version(t: Tensor) -> None: ...",
        "def _bump_version(t: Tensor) -> None: ...",
        "def _set_version(t: Tensor, value: _int) -> None: ...",
        "def _last_writer(t: Tensor) -> _tuple[str, _int, _int] | None: ...",
        "def _watch_writes(watch: Callable[[_int, _int], None] | None) -> None: ...",
    ]
    return "\n".join(lines) + "\n"


def class_body() -> list[str]:
    lines = [*DUNDERS.splitlines()]
    for sign in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
        for prefix in ("", "r", "i"):
            if hasattr(lucet.Tensor, f"__{prefix}{sign}__"):
                other = "Tensor" if sign == "matmul" else "Any"
                lines.append(f"def __{prefix}{sign}__(self, other: {other}) -> {'Self' if prefix == 'i' else 'Tensor'}: ...")
    lines += [f"def __{name}__(self, other: Any) -> Tensor: ..." for name in ("lt", "le", "gt", "ge")]
    lines += [f"def __{name}__(self) -> Tensor: ..." for name in ("neg", "pos", "abs", "invert")]
    for name, member in sorted(vars(lucet.Tensor).items()):
        if name in SETTABLE:
            got, given = SETTABLE[name]
            lines += ["@property", f"def {name}(self) -> {got}: ...", f"@{name}.setter", f"def {name}(self, value: {given}) -> None: ..."]
            if name == "grad":
                lines += ["@grad.deleter", "def grad(self) -> None: ..."]
        elif name in PROPERTIES or isinstance(member, property) or type(member).__name__ == "getset_descriptor":
            if not name.startswith("__"):
                lines += ["@property", f"def {name}(self) -> {PROPERTIES.get(name, '_bool')}: ..."]
    lines += METHODS.splitlines()
    lines += op_methods(set(re.findall(r"def (\w+)\(", METHODS)))
    return [qualified(line) for part in lines for line in part.split("\n")]


def op_methods(told: set[str]) -> list[str]:
    """The methods that are ops, by the function that stands in the class."""
    found = {}
    for entry in OPS.values():
        found[id(entry.function)] = (entry, False)
        if entry.inplace is not None:
            found[id(entry.inplace)] = (entry, True)
    lines = []
    for name, member in sorted(vars(lucet.Tensor).items()):
        if id(member) in found and name not in told:
            entry, inplace = found[id(member)]
            lines += definitions(name, entry, inplace=inplace, method=True)
    return lines


def qualified(line: str) -> str:
    """Inside the class, module names that its members hide get their underscored spelling."""
    if " -> " not in line:
        return line
    at = line.index("(")
    rest = re.sub(r"(?<=[:|>\[] )(dtype|device|layout|memory_format)\b(?! *:)", r"_\1", line[at:])
    return line[:at] + rest


def init_stub() -> str:
    """The public names: what __init__.py imports or defines, the dtypes, and the ops."""
    tree = ast.parse((SOURCE / "__init__.py").read_text())
    imports, functions = [], []
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.If) else [node]:
            if isinstance(inner, ast.ImportFrom) and inner.module != "typing":
                imports += [f"from {inner.module} import {a.name} as {a.asname or a.name}" for a in inner.names if not (a.asname or a.name).startswith("_")]
            if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                functions.append(ast.unparse(ast.FunctionDef(inner.name, inner.args, [], [], inner.returns, lineno=0)).rstrip() + " ...")
    imports = [line for line in imports if "_registry" not in line]
    known = {line.rpartition(" ")[2] for line in imports} | {re.search(r"def (\w+)", text)[1] for text in functions}
    names = [name for name in vars(lucet) if not name.startswith("_") and name not in known]
    lines = head("from typing import Any, Literal, overload", "", "from numpy.typing import NDArray", "", *sorted(set(imports)))
    lines += ["__version__: str", *TYPES, "inf: _float", "nan: _float", "e: _float", "pi: _float", "newaxis: None", *(f"{name}: _bool" for name in ("has_lapack", "has_mkl", "has_openmp", "has_spectral")), "legacy_contiguous_format: memory_format", ""]
    for text in functions:
        lines.append(re.sub(r"\b(bool|int|float|complex|type|tuple)\b", r"_\1", text))
    for name, entry, inplace in ops_of("lucet"):
        if name not in known:
            lines += definitions(name, entry, inplace=inplace, method=False)
    lines += [f"{name}: dtype" for name in DTYPES]
    lines += [f"{name}: _type[Tensor]" for name in TENSOR_TYPES]
    lines += [f"{name}: _type[TypedStorage]" for name in STORAGE_TYPES]
    told = "\n".join(lines)
    missing = [name for name in names if not re.search(rf"\b{name}\b", told) and name not in ("TYPE_CHECKING", "public_names")]
    if missing:
        raise SystemExit(f"stubs: nothing says what lucet.{missing[0]} is ({len(missing)} names)")
    return told + "\n"


def ops_stub() -> str:
    """All ops by name, as siblings import them."""
    lines = head(
        "from typing import Any, Literal, overload",
        "",
        "from numpy.typing import NDArray",
        "",
        "from lucet import return_types as return_types",
        "from lucet._device import device, layout, memory_format",
        "from lucet._dtype import dtype",
        "from lucet._ops.random import Generator",
        "from lucet._size import Size",
        "from lucet._tensor import Tensor",
        "",
    )
    lines += TYPES
    done = {}
    for entry in sorted(OPS.values(), key=lambda entry: "nn.functional" in entry.also):  # as the registry exports them
        done[entry.name] = definitions(entry.name, entry, inplace=False, method=False)
        if entry.inplace is not None:
            done[entry.name + "_"] = definitions(entry.name + "_", entry, inplace=True, method=False)
    for name in sorted(done):
        if name not in ("dtype", "device", "layout"):
            lines += done[name]
    lines += ["def __getattr__(name: str) -> Any: ...  # the modules of the families"]
    return "\n".join(lines) + "\n"


def functional_stub() -> str:
    """The names that lucet.nn.functional takes from the registry."""
    names = sorted(public_names("nn.functional"))
    lines = [NOTE, *(f"from lucet._ops import {name} as {name}" for name in names)]
    return "\n".join([*lines, "", "__all__: list[str]"]) + "\n"


def returns_stub() -> str:
    lines = [NOTE, "from collections.abc import Iterable", "from typing import Any, Self", "", "from lucet._tensor import Tensor", ""]
    for name, kind in vars(return_types).items():
        if isinstance(kind, type) and getattr(kind, "_fields", None):
            lines += [f"class {name}(tuple[{', '.join(['Tensor'] * len(kind._fields))}]):", "    def __new__(cls, sequence: Iterable[Any], /) -> Self: ..."]
            for field in kind._fields:
                lines += ["    @property", f"    def {field}(self) -> Tensor: ..."]
            lines.append("")
    return "\n".join(lines)


def stubs() -> dict[Path, str]:
    """Every stub by its place."""
    made = {
        "__init__": init_stub(),
        "_tensor": tensor_stub(),
        "return_types": returns_stub(),
        "_ops/__init__": ops_stub(),
    } | {name: f"{NOTE}\n{text.lstrip()}" for name, text in OTHERS.items()}
    functional = ROOT / "packages" / "nn" / "src" / "lucet" / "nn" / "functional.pyi"
    return {SOURCE / f"{name}.pyi": text for name, text in made.items()} | {functional: functional_stub()}


if __name__ == "__main__":
    stale = []
    for path, text in stubs().items():
        if not path.exists() or path.read_text() != text:
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(text)
    if stale and "--check" in sys.argv:
        sys.exit(f"{', '.join(stale)}: not what the registry says, run python tools/stubs.py")
    print(*(stale or ["up to date"]), sep="\n")
