"""Which names in a checkpoint stand for what: torch's names for our objects, the closed list, what users add to it."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lucet import _rooms
from lucet.serialization import _rebuild, _tensors

# Storage classes of the format, by the dtype of their elements.
_STORAGE_DTYPES = {
    "BFloat16Storage": "bfloat16",
    "BoolStorage": "bool",
    "ByteStorage": "uint8",
    "CharStorage": "int8",
    "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64",
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "IntStorage": "int32",
    "LongStorage": "int64",
    "ShortStorage": "int16",
    "UntypedStorage": "uint8",
}


class StorageType:
    """A storage class of the format, such as torch.FloatStorage: a name, and the dtype it stands for."""

    __slots__ = ("dtype", "name")

    def __init__(self, name: str, dtype: Any):
        self.name = name
        self.dtype = dtype

    @property
    def is_untyped(self) -> bool:
        return self.name == "UntypedStorage"

    def __reduce__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return f"StorageType({self.name})"


STORAGE_TYPES = {name: StorageType(name, _tensors.DTYPES[item]) for name, item in _STORAGE_DTYPES.items()}
UNTYPED = STORAGE_TYPES["UntypedStorage"]
TYPE_OF_DTYPE = {kind.dtype: kind for kind in STORAGE_TYPES.values() if not kind.is_untyped}
globals().update(STORAGE_TYPES)  # so that a pickler that looks names up finds them here

_REBUILDERS = [
    "_rebuild_tensor",
    "_rebuild_tensor_v2",
    "_rebuild_tensor_v3",
    "_rebuild_parameter",
    "_rebuild_parameter_with_state",
    "_rebuild_meta_tensor_no_storage",
]
PARAMETER = "torch.nn.parameter.Parameter"
_DTYPE_NAMES = sorted(set(_STORAGE_DTYPES.values()))

# What is written: (module, name) here -> (module, name) in the file.
WRITTEN: dict[tuple[str, str], tuple[str, str]] = {
    **{("lucet.serialization._rebuild", name): ("torch._utils", name) for name in _REBUILDERS},
    **{("lucet.nn.parameter", name): ("torch._utils", name) for name in _REBUILDERS if "parameter" in name},
    **{("lucet", name): ("torch", name) for name in _DTYPE_NAMES},
    **{("lucet.serialization._names", name): ("torch", name) for name in STORAGE_TYPES},
    ("lucet.serialization._names", "UntypedStorage"): ("torch.storage", "UntypedStorage"),
    ("lucet.serialization._rebuild", "_rebuild_from_type_v2"): ("torch._tensor", "_rebuild_from_type_v2"),
    ("lucet.serialization._rebuild", "_get_layout"): ("torch.serialization", "_get_layout"),
    **{("lucet", name): ("torch", name) for name in ("Size", "device", "Tensor")},
    ("lucet.nn.parameter", "Parameter"): ("torch.nn.parameter", "Parameter"),
}

# Modules nobody can add to the list, not even by hand: their functions act on the machine.
BLOCKED_MODULES = {"os", "posix", "nt", "sys", "subprocess"}

# Names that torch writes for things that lucet does not have; the value completes "holds ...".
UNSUPPORTED = {
    "torch._utils._rebuild_sparse_tensor": "a sparse tensor",
    "torch._utils._rebuild_qtensor": "a quantized tensor",
    "torch._utils._rebuild_nested_tensor": "a nested tensor",
    **{f"torch.uint{bits}": f"elements of type uint{bits}" for bits in (16, 32, 64)},
    **{f"torch.{name}": f"elements of type {name}" for name in ("complex32", "quint8", "qint8", "qint32")},
    **{
        f"torch.float8_{kind}": f"elements of type float8_{kind}"
        for kind in ("e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e8m0fnu")
    },
    "torch.ComplexHalfStorage": "elements of type complex32",
    **{f"torch.{name}Storage": "quantized elements" for name in ("QInt8", "QUInt8", "QInt32", "QUInt4x2", "QUInt2x4")},
}

_RENAMED_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg", "torch.tensor": "torch._tensor"}


def canonical(module: str, name: str) -> str:
    """The full name as this table has it: Python 3's modules, NumPy 2's, torch's own names for lucet's objects."""
    module, name = WRITTEN.get((module, name), (module, name))
    module = _RENAMED_MODULES.get(module, module)
    if module.startswith("numpy.core."):
        module = "numpy._core." + module.removeprefix("numpy.core.")
    if module == "torch.cuda" and name in STORAGE_TYPES:
        module = "torch"
    return f"{module}.{name}"


def ours(full: str) -> str:
    """The name under which lucet has what torch calls `full`."""
    for theirs, mine in (("torch._C._nn.", "lucet.nn.functional."), ("torch.", "lucet."), ("torchvision.", "lucetvision.")):
        if full.startswith(theirs):
            return mine + full.removeprefix(theirs)
    return full


def parameter_class() -> type:
    """Parameter, or Tensor where lucet-nn is not installed."""
    room: ModuleType | None = _rooms.find("lucet.nn.parameter")
    return room.Parameter if room is not None else _tensors.Tensor


def closed_list() -> dict[str, Any]:
    """What a file may name without being asked about: full name -> object. Made once, at the first load.

    Parameter stands there as the function that finds it, so that loading plain tensors does not import lucet-nn.
    """
    if not _closed:
        for name in _REBUILDERS:
            _closed[f"torch._utils.{name}"] = getattr(_rebuild, name)
        _closed.update({f"torch.{name}": _tensors.DTYPES[name] for name in _DTYPE_NAMES})
        _closed.update({canonical(*at): kind for name, kind in STORAGE_TYPES.items() for at in [(__name__, name)]})
        _closed.update(_OTHERS)
    return _closed


def known(full: str) -> Any:
    """What `full` stands for on the closed list, or None."""
    thing = closed_list().get(full)
    return thing() if thing is parameter_class else thing


_closed: dict[str, Any] = {}
_OTHERS: dict[str, Any] = {
    "_codecs.encode": __import__("_codecs").encode,
    "builtins.bytearray": bytearray,
    "builtins.bytes": bytes,
    "builtins.complex": complex,
    "builtins.frozenset": frozenset,
    "builtins.set": set,
    "collections.Counter": Counter,
    "collections.OrderedDict": OrderedDict,
    "torch.Size": _tensors.Size,
    "torch.Tensor": _tensors.Tensor,
    "torch._tensor._rebuild_from_type_v2": _rebuild._rebuild_from_type_v2,
    "torch.device": _tensors.device,
    PARAMETER: parameter_class,
    "torch.serialization._get_layout": _rebuild._get_layout,
}

# --- what users add -------------------------------------------------------------------------------------------------

# Process-wide on purpose, as in torch: a library says once that its classes are safe, and every thread may load them.
_added: set[Any] = set()


def add_safe_globals(safe_globals: list[Callable | tuple[Callable, str]]) -> None:
    """Let `load(weights_only=True)` build these classes and call these functions when a file names them.

    A pair (object, "module.name") adds the object under another name. Add only what is harmless with any arguments.

    >>> import lucet
    >>> class Settings: ...
    >>> lucet.serialization.add_safe_globals([Settings])
    >>> lucet.serialization.get_safe_globals() == [Settings]
    True
    >>> lucet.serialization.clear_safe_globals()
    """
    _added.update(safe_globals)


def get_safe_globals() -> list[Callable | tuple[Callable, str]]:
    """What `add_safe_globals` has added so far.

    >>> import lucet
    >>> lucet.serialization.get_safe_globals()
    []
    """
    return list(_added)


def clear_safe_globals() -> None:
    """Take back all that `add_safe_globals` has added.

    >>> import lucet
    >>> lucet.serialization.clear_safe_globals()
    """
    _added.clear()


class safe_globals:
    """A context in which `load(weights_only=True)` also builds the given classes and calls the given functions.

    >>> import lucet
    >>> class Settings: ...
    >>> with lucet.serialization.safe_globals([Settings]):
    ...     len(lucet.serialization.get_safe_globals())
    1
    """

    def __init__(self, safe_globals: list[Callable | tuple[Callable, str]]):
        self.safe_globals = safe_globals

    def __enter__(self) -> None:
        self._new = set(self.safe_globals) - _added
        add_safe_globals(self.safe_globals)

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        _added.difference_update(self._new)


def users_list() -> dict[str, Any]:
    """What users have added: full name -> object."""
    named = {}
    for entry in _added:
        if isinstance(entry, tuple):
            thing, full = _checked_pair(entry)
        else:
            thing, full = entry, f"{entry.__module__}.{entry.__qualname__}"
        module, _, name = full.rpartition(".")
        named[full] = named[canonical(module, name)] = thing
    return named


def _checked_pair(entry: tuple) -> tuple[Any, str]:
    if len(entry) != 2:
        raise ValueError(f"add_safe_globals: a tuple of {len(entry)} items, expected (object, full name)")
    if type(entry[1]) is not str:
        raise TypeError(f"add_safe_globals: the second item is {type(entry[1]).__name__}, expected a full name as str")
    return entry
