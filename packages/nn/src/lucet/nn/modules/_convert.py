"""Arguments of Module.to and kin: which device, element type and memory format they ask for.

Moving the tensors is in module.py.
"""

from typing import Any

import lucet
from lucet import Tensor
from lucet._errors import DeviceError, LucetError, error

_FORMS = (
    ("tensor", "non_blocking", "copy"),
    ("dtype", "non_blocking", "copy"),
    ("device", "dtype", "non_blocking", "copy"),
)


def parse_to(args: tuple, kwargs: dict) -> tuple[Any, Any, bool, Any]:
    """(device, dtype, non_blocking, memory_format) that `Module.to(*args, **kwargs)` asks for, None else."""
    given = _bind(args, kwargs)
    if given.get("copy"):
        raise RuntimeError("Module.to: .to() does not accept copy argument, expected none for a module")
    device, dtype = given.get("device"), given.get("dtype")
    if given.get("tensor") is not None:
        device, dtype = given["tensor"].device, given["tensor"].dtype
    if isinstance(device, str | int):
        device = lucet.device(device)
    if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
        raise TypeError(
            f"Module.to: nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}"
        )
    return device, dtype, bool(given.get("non_blocking", False)), given.get("memory_format")


def _bind(args: tuple, kwargs: dict) -> dict[str, Any]:
    """Each given value under its name, from whichever of the three forms fits."""
    first = args[0] if args else None
    names = _FORMS[0 if isinstance(first, Tensor) or "tensor" in kwargs else 1 if isinstance(first, lucet.dtype) else 2]
    given = dict(zip(names, args, strict=False)) | kwargs
    unknown = set(kwargs) - {*names, "memory_format"}
    twice = set(names[: len(args)]) & set(kwargs)
    if len(args) > len(names) or unknown or twice or not all(_fits(name, value) for name, value in given.items()):
        raise _wrong_arguments(args, kwargs)
    return given


def _fits(name: str, value: Any) -> bool:
    kinds = {
        "tensor": Tensor,
        "dtype": lucet.dtype | None,
        "device": lucet.device | str | int | None,
        "memory_format": lucet.memory_format | None,
    }
    return isinstance(value, kinds.get(name, bool | int))


def _wrong_arguments(args: tuple, kwargs: dict) -> TypeError:
    kinds = [type(value).__name__ for value in args] + [f"{k}={type(v).__name__}" for k, v in kwargs.items()]
    return TypeError(
        f"Module.to: received an invalid combination of arguments - got ({', '.join(kinds)}), expected (device=None, "
        "dtype=None, non_blocking=False), (dtype, non_blocking=False) or (tensor, non_blocking=False), each with "
        "memory_format=None"
    )


def no_such_device(method: str, device: Any) -> LucetError:
    """The error of `Module.cuda()` and kin in a library that computes on the CPU."""
    asked = method if device is None else f"{method}, device {device}"
    return error(
        DeviceError,
        f"Module.{method}: {asked} is not available, expected cpu",
        facts=["lucet is not compiled with support for accelerators: it computes on the CPU"],
        fix='model.to("cpu"), or ask lucet.cuda.is_available() first',
    )
