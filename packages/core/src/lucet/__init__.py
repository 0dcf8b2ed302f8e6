"""lucet: tensors, autograd and kernels on the CPU, with torch's names. No logic here: names only."""

__path__ = __import__("pkgutil").extend_path(__path__, __name__)

from typing import TYPE_CHECKING

from lucet import _rooms

_rooms.install()

from lucet import _ops  # registers the ops and attaches the methods of Tensor; everything below may use them
from lucet import _composed  # registers those that are written in others
from lucet import _registry
from lucet.version import __version__ as __version__

_registry.export(vars(_ops))

from lucet import accelerator as accelerator
from lucet import autograd as autograd
from lucet import cuda as cuda
from lucet import errors as errors
from lucet import return_types as return_types
from lucet import fft as fft
from lucet import linalg as linalg
from lucet import signal as signal
from lucet import special as special
from lucet import storage as storage
from lucet import random as random
from lucet import utils as utils
from lucet import torch_version as torch_version
from lucet import version as version
from lucet._device import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    device,
    get_default_device,
    layout,
    memory_format,
    preserve_format,
    set_default_device,
    strided,
)
from lucet._dtype import DTYPES as _DTYPES
from lucet._dtype import dtype, get_default_dtype, promote_types, set_default_dtype
from lucet._legacy import TENSOR_TYPES as _TENSOR_TYPES
from lucet._legacy import set_default_tensor_type
from lucet._modes import is_grad_enabled, is_inference_mode_enabled
from lucet._ops.interop import from_dlpack, to_dlpack
from lucet._print import set_printoptions
from lucet._registry import public_names as _public_names
from lucet._settings import (
    are_deterministic_algorithms_enabled,
    compile,
    get_deterministic_debug_mode,
    get_float32_matmul_precision,
    get_device_module,
    is_deterministic_algorithms_warn_only_enabled,
    is_warn_always_enabled,
    set_deterministic_debug_mode,
    set_flush_denormal,
    set_float32_matmul_precision,
    set_warn_always,
    use_deterministic_algorithms,
)
from lucet._size import Size
from lucet._storage import Storage as UntypedStorage
from lucet._storage import empty_cache, memory_stats
from lucet._tensor import Tensor
from lucet._tensor import show_as as _show_as
from lucet._type_info import finfo, iinfo
from lucet._threads import get_num_interop_threads, get_num_threads, set_num_interop_threads, set_num_threads
from lucet.cuda import AcceleratorError, OutOfMemoryError
from lucet.storage import STORAGE_TYPES as _STORAGE_TYPES
from lucet.storage import TypedStorage
from lucet.autograd import enable_grad, inference_mode, no_grad, set_grad_enabled
from lucet.autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled, set_anomaly_enabled
from lucet.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
    thread_safe_generator,
)

if TYPE_CHECKING:  # what `_rooms` imports when it is asked for
    from lucet import amp as amp
    from lucet import backends as backends
    from lucet import compiler as compiler
    from lucet import cpu as cpu
    from lucet import debug as debug
    from lucet import distributed as distributed
    from lucet import func as func
    from lucet import functional as functional
    from lucet import multiprocessing as multiprocessing
    from lucet import nn as nn
    from lucet import optim as optim
    from lucet import ops as ops
    from lucet import overrides as overrides
    from lucet import profiler as profiler
    from lucet import serialization as serialization
    from lucet import testing as testing
    from lucet import types as types
    from lucet._C import DisableTorchFunction as DisableTorchFunction
    from lucet._C import DisableTorchFunctionSubclass as DisableTorchFunctionSubclass
    from lucet._checks import SymBool as SymBool
    from lucet._checks import SymFloat as SymFloat
    from lucet._checks import SymInt as SymInt
    from lucet._checks import cond as cond
    from lucet._checks import sym_constrain_range as sym_constrain_range
    from lucet._checks import sym_constrain_range_for_size as sym_constrain_range_for_size
    from lucet._checks import sym_float as sym_float
    from lucet._checks import sym_fresh_size as sym_fresh_size
    from lucet._checks import sym_int as sym_int
    from lucet._checks import sym_ite as sym_ite
    from lucet._checks import sym_max as sym_max
    from lucet._checks import sym_min as sym_min
    from lucet._checks import sym_not as sym_not
    from lucet._checks import sym_sqrt as sym_sqrt
    from lucet._checks import sym_sum as sym_sum
    from lucet._checks import while_loop as while_loop
    from lucet._streams import Event as Event
    from lucet._streams import Stream as Stream
    from lucet.amp import GradScaler as GradScaler
    from lucet.amp import autocast as autocast
    from lucet.amp.autocast_mode import autocast_decrement_nesting as autocast_decrement_nesting
    from lucet.amp.autocast_mode import autocast_increment_nesting as autocast_increment_nesting
    from lucet.amp.autocast_mode import clear_autocast_cache as clear_autocast_cache
    from lucet.amp.autocast_mode import get_autocast_cpu_dtype as get_autocast_cpu_dtype
    from lucet.amp.autocast_mode import get_autocast_dtype as get_autocast_dtype
    from lucet.amp.autocast_mode import get_autocast_gpu_dtype as get_autocast_gpu_dtype
    from lucet.amp.autocast_mode import is_autocast_cache_enabled as is_autocast_cache_enabled
    from lucet.amp.autocast_mode import is_autocast_cpu_enabled as is_autocast_cpu_enabled
    from lucet.amp.autocast_mode import is_autocast_enabled as is_autocast_enabled
    from lucet.amp.autocast_mode import set_autocast_cache_enabled as set_autocast_cache_enabled
    from lucet.amp.autocast_mode import set_autocast_cpu_dtype as set_autocast_cpu_dtype
    from lucet.amp.autocast_mode import set_autocast_cpu_enabled as set_autocast_cpu_enabled
    from lucet.amp.autocast_mode import set_autocast_dtype as set_autocast_dtype
    from lucet.amp.autocast_mode import set_autocast_enabled as set_autocast_enabled
    from lucet.amp.autocast_mode import set_autocast_gpu_dtype as set_autocast_gpu_dtype
    from lucet.func import vmap as vmap
    from lucet.serialization import from_file as from_file
    from lucet.serialization import load as load
    from lucet.serialization import save as save

inf = float("inf")
nan = float("nan")
newaxis = None
has_lapack = has_spectral = True  # decompositions and transforms work
has_mkl = has_openmp = False
legacy_contiguous_format = contiguous_format
e = 2.718281828459045
pi = 3.141592653589793

globals().update(_DTYPES)
globals().update(_TENSOR_TYPES)
globals().update(_STORAGE_TYPES)
globals().update(_public_names("lucet"))  # bool, int and float are element types from here on

for _name in ("Generator", "Size", "Tensor", "device", "dtype", "layout", "memory_format"):
    _show_as(globals()[_name], f"lucet.{_name}")
for _name in ("AcceleratorError", "OutOfMemoryError"):
    globals()[_name].__module__ = "lucet"
_show_as(UntypedStorage, "lucet.UntypedStorage")
_show_as(autograd.graph.Node, "lucet.autograd.graph.Node")


def is_tensor(obj: object) -> bool:
    """Whether `obj` is a tensor."""
    return isinstance(obj, Tensor)


def is_storage(obj: object, /) -> bool:
    """Whether `obj` is the memory of tensors, as `Tensor.untyped_storage()` or `Tensor.storage()` gives it."""
    return isinstance(obj, UntypedStorage | TypedStorage)


def typename(obj: object, /) -> str:
    """The type of a tensor as `Tensor.type()` says it, of other things their class with its module.

    >>> import lucet
    >>> lucet.typename(lucet.ones(1)), lucet.typename(1)
    ('lucet.FloatTensor', 'int')
    """
    if isinstance(obj, Tensor):
        return obj.type()
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(kind, "__module__", None) or ""
    return kind.__qualname__ if module in ("", "builtins") else f"{module}.{kind.__qualname__}"


def compiled_with_cxx11_abi() -> bool:
    """True, as of torch's wheels."""
    return True


def is_floating_point(input: Tensor) -> bool:
    """Whether the elements of `input` are float16, bfloat16, float32 or float64."""
    return input.is_floating_point()


def is_complex(input: Tensor) -> bool:
    """Whether the elements of `input` are complex."""
    return input.is_complex()


def is_inference(input: Tensor) -> bool:
    """Whether `input` was made in inference mode."""
    return input.is_inference()


def numel(input: Tensor) -> int:
    """The number of elements of `input`."""
    return Tensor.numel(input)


def result_type(tensor1: object, tensor2: object) -> dtype:
    """The element type of an operation on two tensors or numbers.

    >>> import lucet
    >>> lucet.result_type(lucet.tensor([1]), 1.5)
    lucet.float32
    """
    from lucet._ops.pointwise import result_dtype

    return result_dtype(tensor1, tensor2)


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether a result of one type may be stored as another by `out=` and in-place operations.

    >>> import lucet
    >>> lucet.can_cast(lucet.float32, lucet.int64)
    False
    """
    from lucet._dtype import _can_cast

    return _can_cast(from_, to)


__getattr__ = _rooms.missing_attribute
# what `_rooms` imports when it is asked for is there for `import *`, and for who completes names
__all__ = [name for name in globals() if not name.startswith("_") and name != "TYPE_CHECKING"] + [*_rooms.NAMES_LATER]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
