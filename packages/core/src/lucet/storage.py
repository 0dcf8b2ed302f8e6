"""The memory of tensors as old programs see it: storages that know the type of their elements. `UntypedStorage` is what tensors have.

`FloatStorage(3)`, `LongStorage([1, 2])` and `Tensor.storage()` give a TypedStorage, a row of elements of one type; torch warns that they are
deprecated, and so does this module, once.
"""

from collections.abc import Iterator
from typing import Any

from lucet._device import device as _device
from lucet._dtype import DTYPES as _DTYPES
from lucet._dtype import dtype as _dtype
from lucet._errors import DeviceError, error, warn_once
from lucet._ops.create import as_tensor, empty
from lucet._storage import Storage as UntypedStorage
from lucet._tensor import Tensor, attach

__all__ = ["TypedStorage", "UntypedStorage"]


def _warn() -> None:
    warn_once(
        "TypedStorage is deprecated. It will be removed in the future: tensor.untyped_storage() is the memory of a tensor",
        stacklevel=4,
    )


class TypedStorage:
    """A row of elements of one type over the memory that tensors share: `TypedStorage(wrap_storage=tensor.untyped_storage(), dtype=...)`,
    or a size, or a sequence of numbers. Deprecated.

    Raises: TypeError for other arguments, IndexError for an index beyond the end.

    >>> import lucet, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     lucet.LongStorage([1, 2]).tolist()
    [1, 2]
    """

    def __init__(self, *args: Any, wrap_storage: UntypedStorage | None = None, dtype: _dtype | None = None, device: Any = None, _internal: bool = False):
        if not _internal:
            _warn()
        if wrap_storage is not None and (args or dtype is None or not isinstance(wrap_storage, UntypedStorage)):
            raise TypeError("TypedStorage: wrap_storage must be an UntypedStorage, given with its dtype and without other arguments")
        if device is not None and _device(device).type != "cpu":
            raise error(DeviceError, f"TypedStorage: device {device!r} is not available, lucet computes on the CPU")
        if len(args) > 1:
            raise TypeError(f"TypedStorage() takes a size or a sequence, got {len(args)} arguments")
        kind = dtype or empty(0).dtype
        if wrap_storage is not None:
            size = wrap_storage.nbytes() // kind.itemsize
            self._elements = empty(0, dtype=kind).set_(wrap_storage, 0, (size,), (1,))
        elif not args or isinstance(args[0], int):
            self._elements = empty(args[0] if args else 0, dtype=kind)
        else:
            self._elements = as_tensor(args[0], dtype=kind).clone().reshape(-1)

    @property
    def dtype(self) -> _dtype:
        """The type of the elements."""
        return self._elements.dtype

    @property
    def device(self) -> _device:
        """Where the memory is."""
        return self._elements.device

    is_cuda = is_sparse = False

    def untyped(self) -> UntypedStorage:
        """The memory itself."""
        return self._elements.untyped_storage()

    def __len__(self) -> int:
        return self._elements.numel()

    def size(self) -> int:
        """How many elements there are."""
        return len(self)

    def nbytes(self) -> int:
        """Bytes of all elements."""
        return len(self) * self.element_size()

    def element_size(self) -> int:
        """Bytes of an element."""
        return self.dtype.itemsize

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self.untyped().data_ptr()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        if not isinstance(index, int):
            raise TypeError(f"can't index a {type(self)} with {type(index)}")
        return self._elements[index].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, int | slice):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        self._elements[index] = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def tolist(self) -> list[Any]:
        """The elements as a list."""
        return self._elements.tolist()

    def fill_(self, value: Any) -> "TypedStorage":
        """Set each element."""
        self._elements.fill_(value)
        return self

    def copy_(self, source: "TypedStorage", non_blocking: bool = False) -> "TypedStorage":
        """Copy the elements of a storage of the same size, converted."""
        self._elements.copy_(source._elements)
        return self

    def resize_(self, size: int) -> None:
        """Change the number of elements in place; new ones are uninitialised."""
        storage = self.untyped()
        storage.resize_(size * self.element_size())
        self._elements = empty(0, dtype=self.dtype).set_(storage, 0, (size,), (1,))

    def clone(self) -> "TypedStorage":
        """A copy with memory of its own."""
        return _over(self._elements.clone())

    def cpu(self) -> "TypedStorage":
        """The storage itself."""
        return self

    def type(self, dtype: Any = None) -> Any:
        """The name of the type, or a storage of another type."""
        return f"lucet.{_NAMES[self.dtype]}" if dtype is None else _over(self._elements.to(dtype.dtype if isinstance(dtype, _Typed) else dtype))

    def is_shared(self) -> bool:
        """Whether other processes see the memory: never."""
        return False

    def is_pinned(self, device: Any = None) -> bool:
        """Whether the memory is pinned for a device: never."""
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypedStorage) and self.dtype is other.dtype and self.data_ptr() == other.data_ptr() and len(self) == len(other)

    __hash__ = object.__hash__

    def __copy__(self) -> "TypedStorage":
        return self.clone()

    def __deepcopy__(self, memo: Any) -> "TypedStorage":
        return memo.setdefault(id(self), self.clone())

    def __repr__(self) -> str:
        shown = "\n".join(f" {value}" for value in self.tolist())
        return f"{shown}\n[lucet.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}]"

    __str__ = __repr__


def _over(elements: Tensor) -> TypedStorage:
    """A storage of these elements, which nobody else has."""
    return TypedStorage(wrap_storage=elements.untyped_storage(), dtype=elements.dtype, _internal=True)


for _name in ("half", "float", "double", "bfloat16", "long", "int", "short", "char", "byte", "bool"):

    def _converted(self: TypedStorage, _method: str = _name) -> TypedStorage:
        return _over(getattr(self._elements, _method)())

    _converted.__name__, _converted.__doc__ = _name, f"A storage of {_name} elements."
    setattr(TypedStorage, _name, _converted)


class _Typed(type):
    """The type of the classes with a type's name: a storage is an instance of the one that its elements name."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, TypedStorage) and instance.dtype is cls.dtype

    def __call__(cls, *args: Any, wrap_storage: UntypedStorage | None = None, device: Any = None) -> TypedStorage:
        _warn()
        if wrap_storage is None and len(args) == 1 and isinstance(args[0], UntypedStorage):
            wrap_storage, args = args[0], ()
        return TypedStorage(*args, wrap_storage=wrap_storage, dtype=cls.dtype, device=device, _internal=True)

    dtype: _dtype


_KINDS = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
    "BoolStorage": "bool", "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
}  # fmt: skip
_NAMES = {_DTYPES[kind]: name for name, kind in _KINDS.items()}
STORAGE_TYPES = {
    name: _Typed(name, (), {"__module__": "lucet", "__doc__": f"Storages of {kind} elements. Deprecated.", "dtype": _DTYPES[kind]})
    for name, kind in _KINDS.items()
}
globals().update(STORAGE_TYPES)


def _storage(self: Tensor) -> TypedStorage:
    """storage() -> TypedStorage

    The tensor's memory as a row of elements of its type. Deprecated: see `untyped_storage`.

    >>> import lucet, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     len(lucet.zeros(2, 3)[0].storage())
    6
    """
    if not isinstance(self, Tensor):
        raise TypeError(f"storage(): argument 'self' must be Tensor, not {type(self).__name__}")
    _warn()
    return TypedStorage(wrap_storage=self.untyped_storage(), dtype=self.dtype, _internal=True)


_storage.__name__ = _storage.__qualname__ = "storage"
attach("storage", _storage)
