"""The tensor types of old programs: `FloatTensor(2, 3)`, `isinstance(x, LongTensor)`, `x.type(HalfTensor)`."""

from typing import Any

from lucet._device import device as _device
from lucet._device import strided
from lucet._dtype import DTYPES, set_default_dtype
from lucet._dtype import dtype as _dtype
from lucet._errors import DeviceError, error, warn_once
from lucet._tensor import Tensor

_TYPES = {
    "FloatTensor": "float32", "DoubleTensor": "float64", "HalfTensor": "float16", "BFloat16Tensor": "bfloat16",
    "LongTensor": "int64", "IntTensor": "int32", "ShortTensor": "int16", "CharTensor": "int8", "ByteTensor": "uint8",
    "BoolTensor": "bool",
}  # fmt: skip


class tensortype(type):
    """The type of the types: a tensor is an instance of the one that its element type names."""

    dtype: _dtype
    _legacy_dtype: _dtype
    layout = strided
    is_cuda = False
    is_sparse = False

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *args: Any, device: Any = None, **size: Any) -> Tensor:
        """A tensor of that element type, as `Tensor(...)` makes one: sizes, a sequence, or a tensor of the same type."""
        if size.keys() == {"size"} and not args:
            args = tuple(size.pop("size"))
        if size:
            raise TypeError(f"{cls.__name__}() got an unexpected keyword argument '{next(iter(size))}'")
        kind = "cpu" if device is None else _device(device).type
        if kind != "cpu":
            raise error(
                DeviceError, f"legacy constructor expects device type: cpu but device type: {kind} was passed"
            )
        if len(args) == 1 and isinstance(args[0], float | complex):
            raise TypeError(f"{cls.__name__}(): data must be a sequence (got {type(args[0]).__name__})")
        return Tensor(*args, dtype=cls.dtype)


def _made(name: str, kind: _dtype) -> tensortype:
    """The type called `name`."""
    doc = f"Tensors of {kind!r}: a constructor, and a type for isinstance and `Tensor.type`."
    return tensortype(name, (), {"__module__": "lucet", "__doc__": doc, "dtype": kind, "_legacy_dtype": kind})


TENSOR_TYPES = {name: _made(name, DTYPES[kind]) for name, kind in _TYPES.items()}


def set_default_tensor_type(t: Any, /) -> None:
    """Set the default element type by the name of a tensor type; `set_default_dtype` is the newer way, as a warning says.

    Raises: TypeError for a type that is unknown or not of floating elements.

    >>> import lucet, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     lucet.set_default_tensor_type(lucet.FloatTensor)
    >>> lucet.get_default_dtype()
    lucet.float32
    """
    if isinstance(t, str) and t.startswith(("torch.cuda.", "lucet.cuda.")) or getattr(t, "is_cuda", False):
        raise TypeError(f"type {t if isinstance(t, str) else f'lucet.cuda.{t.__name__}'} not available: lucet computes on the CPU")
    kind = TENSOR_TYPES.get(t.rpartition(".")[2]) if isinstance(t, str) else t
    if not isinstance(kind, tensortype):
        raise TypeError(f"set_default_tensor_type: invalid type object {t!r}")
    if not kind.dtype.is_floating_point:
        raise TypeError("set_default_tensor_type: only floating-point types are supported as the default type")
    warn_once(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, set_default_dtype() and set_default_device() say the same",
        stacklevel=3,
    )
    set_default_dtype(kind.dtype)
