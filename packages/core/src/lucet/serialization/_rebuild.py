"""How tensors are taken apart for pickles and put together again; the names of the functions are part of the format.

`Tensor.__reduce_ex__` returns what `reduce_tensor` gives. Checkpoints write these functions under torch's names, see
`_names.py`; a plain pickle or `copy.deepcopy` uses them as they are.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from lucet import _rooms
from lucet._errors import LoadError, error
from lucet._hooks import warn_if_has_hooks
from lucet.serialization import _tensors
from lucet.serialization._tensors import Storage, Tensor, dtype


class TypedStorage:
    """A storage read as elements of one dtype, from element `start` on: what a checkpoint's tensors refer to."""

    __slots__ = ("dtype", "start", "storage")

    def __init__(self, storage: Storage, dtype: dtype, start: int = 0):
        self.storage = storage
        self.dtype = dtype
        self.start = start

    def __len__(self) -> int:
        return self.storage.nbytes() // self.dtype.itemsize - self.start

    def untyped(self) -> Storage:
        """The bytes without their type."""
        return self.storage

    def __reduce__(self) -> tuple:
        return TypedStorage, (self.storage, self.dtype, self.start)

    def __repr__(self) -> str:
        return f"TypedStorage(dtype={self.dtype}, size={len(self)})"


def reduce_tensor(tensor: Tensor, protocol: int) -> tuple[Callable, tuple]:
    """The function and arguments that make `tensor` again, the same for every pickle `protocol`."""
    function, arguments = _reduce_plain(tensor)
    state = _state_of(tensor)
    if type(tensor) is Tensor and not state:
        return function, arguments
    return _rebuild_from_type_v2, (function, type(tensor), arguments, state)


def _reduce_plain(tensor: Tensor) -> tuple[Callable, tuple]:
    size, stride = tuple(tensor.shape), tuple(tensor.stride())
    if _tensors.is_meta(tensor):
        return _rebuild_meta_tensor_no_storage, (tensor.dtype, size, stride, tensor.requires_grad)
    storage = TypedStorage(tensor.untyped_storage(), tensor.dtype)
    warn_if_has_hooks(tensor)
    hooks: OrderedDict = OrderedDict()  # hooks do not travel; the place for them is part of the format
    arguments = (storage, tensor.storage_offset(), size, stride, tensor.requires_grad, hooks)
    return _rebuild_tensor_v2, (*arguments, {"conj": True}) if tensor.is_conj() else arguments


def _state_of(tensor: Tensor) -> Any:
    if type(tensor).__getstate__ is not object.__getstate__:
        return tensor.__getstate__()
    return dict(tensor.__dict__)


def _rebuild_tensor(storage: TypedStorage, storage_offset: int, size: tuple, stride: tuple) -> Tensor:
    return _rebuild_tensor_v2(storage, storage_offset, size, stride, False, None)


def _rebuild_tensor_v2(
    storage: TypedStorage,
    storage_offset: int,
    size: tuple,
    stride: tuple,
    requires_grad: bool,
    backward_hooks: Any,
    metadata: dict | None = None,
) -> Tensor:
    if not isinstance(storage, TypedStorage):
        raise error(LoadError, f"load: a tensor refers to {type(storage).__name__}, expected a storage")
    return _build(storage.storage, storage.dtype, storage.start + storage_offset, size, stride, requires_grad, metadata)


def _rebuild_tensor_v3(
    storage: Storage | TypedStorage,
    storage_offset: int,
    size: tuple,
    stride: tuple,
    requires_grad: bool,
    backward_hooks: Any,
    dtype: dtype,
    metadata: dict | None = None,
) -> Tensor:
    bare = storage.storage if isinstance(storage, TypedStorage) else storage
    return _build(bare, dtype, storage_offset, size, stride, requires_grad, metadata)


def _build(
    storage: Any, item: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, metadata: dict | None
) -> Tensor:
    # every argument may come from a file, so nothing is taken for granted
    wants_grad = requires_grad is True
    if not (isinstance(storage, Storage) and isinstance(item, dtype) and isinstance(offset, int)):
        raise error(LoadError, "load: a tensor's storage, dtype or offset is of the wrong kind")
    if not all(isinstance(sizes, tuple) and all(type(n) is int for n in sizes) for sizes in (size, stride)):
        raise error(LoadError, "load: a tensor's size or stride is not a tuple of integers")
    if wants_grad and not (item.is_floating_point or item.is_complex):
        raise error(LoadError, f"load: a tensor of {item} requires a gradient, expected a floating or complex dtype")
    tensor = _tensors.tensor_over(storage, item, offset, size, stride, wants_grad)
    return _resolve(tensor, metadata) if metadata else tensor


def _resolve(tensor: Tensor, metadata: Any) -> Tensor:
    # torch keeps conjugation and negation as bits beside the elements; negation is carried out here
    if not isinstance(metadata, dict):
        raise error(LoadError, f"load: a tensor's metadata is {type(metadata).__name__}, expected a dict")
    if metadata.get("neg") is True:
        tensor = _tensors.negated(tensor)
    return _tensors.conjugate(tensor) if metadata.get("conj") is True and tensor.is_complex() else tensor


def _rebuild_meta_tensor_no_storage(dtype: dtype, size: tuple, stride: tuple, requires_grad: bool) -> Tensor:
    try:
        reach = 1 + sum((n - 1) * step for n, step in zip(size, stride)) if all(size) else 0
        storage = _tensors.new_storage(reach * dtype.itemsize, meta=True)
    except (TypeError, AttributeError, OverflowError, ValueError):
        raise error(LoadError, "load: a meta tensor's dtype, size or stride makes no sense") from None
    return _build(storage, dtype, 0, size, stride, requires_grad, None)


def _rebuild_parameter(data: Tensor, requires_grad: bool, backward_hooks: Any) -> Tensor:
    # without lucet-nn a parameter is what it is to autograd: a leaf
    room = _rooms.find("lucet.nn.parameter")
    if not isinstance(data, Tensor):
        raise error(LoadError, f"load: a parameter holds {type(data).__name__}, expected a tensor")
    if room is not None:
        return room.Parameter(data, requires_grad is True)
    return data.requires_grad_(requires_grad is True)


def _rebuild_parameter_with_state(data: Tensor, requires_grad: bool, backward_hooks: Any, state: Any) -> Tensor:
    return set_state(_rebuild_parameter(data, requires_grad, backward_hooks), state)


def _rebuild_from_type_v2(function: Callable, kind: type, arguments: tuple, state: Any) -> Any:
    tensor = function(*arguments)
    if type(tensor) is not kind:
        tensor = tensor.as_subclass(kind)
    if getattr(kind, "__setstate__", None) is not getattr(Tensor, "__setstate__", None):
        tensor.__setstate__(state)
        return tensor
    return set_state(tensor, state)


def set_state(tensor: Any, state: Any) -> Any:
    """Give `tensor` the attributes in `state`: a dict, or a pair of dicts where the second holds slots."""
    parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
    for part in parts:
        for name, value in (part or {}).items():
            if not isinstance(name, str) or hasattr(Tensor, name):
                raise error(LoadError, f"load: a tensor's attribute {name!r} would hide one that every tensor has")
            setattr(tensor, name, value)
    return tensor


def _get_layout(name: str) -> Any:
    if name != "torch.strided":
        raise error(LoadError, f"load: layout {name!r}, expected torch.strided")
    return _tensors.strided
