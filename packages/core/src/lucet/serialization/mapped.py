"""`from_file`: a tensor over a mapped file."""

import mmap
import os
from typing import Any

from lucet import _ops
from lucet._device import device as device_type
from lucet._device import get_default_device, strided
from lucet._device import layout as layout_type
from lucet._dtype import dtype as dtype_type
from lucet._dtype import get_default_dtype
from lucet._errors import DeviceError, LoadError, error
from lucet._tensor import Tensor


def from_file(
    filename: str | os.PathLike[str],
    shared: bool | None = None,
    size: int = 0,
    *,
    dtype: dtype_type | None = None,
    layout: layout_type | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A 1-d tensor of `size` elements over the bytes of a file, read as they are asked for.

    With `shared=True` what is written to the tensor is written to the file, which is made, or made longer, where it has to be;
    otherwise the file stays as it is, and must hold the elements. `dtype` is the default float type where it is None.
    LoadError for a file that is missing or too short.

    >>> import lucet, os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "numbers")
    >>> lucet.from_file(path, shared=True, size=3).copy_(lucet.tensor([1., 2., 3.]))
    tensor([1., 2., 3.])
    >>> lucet.from_file(path, size=2)
    tensor([1., 2.])
    """
    kind = get_default_dtype() if dtype is None else dtype
    place = get_default_device() if device is None else device_type(device)
    if place.type != "cpu":
        raise error(DeviceError, f"from_file: only a tensor on the CPU can be mapped, got device={str(place)!r}")
    if layout not in (None, strided):
        raise TypeError(f"from_file: layout must be lucet.strided, got {layout}")
    if pin_memory:
        raise RuntimeError("from_file: tensors constructed from a file cannot be pinned")
    if not isinstance(size, int) or size < 0:
        raise ValueError(f"from_file: size must be a number of elements, 0 or more, got {size!r}")
    path = os.fspath(filename)
    if size == 0:
        found = _ops.empty(0, dtype=kind)
    else:
        found = _ops.frombuffer(_map(path, size * kind.itemsize, bool(shared)), dtype=kind, count=size)
    return found.requires_grad_() if requires_grad else found


def _map(path: str, length: int, shared: bool) -> mmap.mmap:
    """The first `length` bytes of a file: its own where shared, else a copy of each page that is written to."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT if shared else os.O_RDONLY, 0o666)
    except OSError as problem:
        raise error(LoadError, f"from_file: cannot open {path!r}: {problem.strerror}") from problem
    try:
        there = os.fstat(handle).st_size
        if there < length and not shared:
            raise error(LoadError, f"from_file: {path!r} has {there} bytes, the tensor needs {length}", fix="a smaller size, or shared=True")
        if there < length:
            os.ftruncate(handle, length)
        return mmap.mmap(handle, length, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY)
    except (OSError, OverflowError) as problem:
        raise error(LoadError, f"from_file: cannot map {length} bytes of {path!r}: {problem}") from problem
    finally:
        os.close(handle)
