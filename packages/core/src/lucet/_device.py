"""Small value types that name places and layouts: device, layout, memory_format. Knows no tensor."""

import re
from typing import Any

from lucet._errors import DeviceError, error

# Names that torch accepts for a device; only cpu and meta hold tensors here.
_KNOWN = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, "
    "privateuseone"
).split(", ")
_PATTERN = re.compile(r"([a-z]+)(?::(0|[1-9]\d{0,3}))?")


class device:
    """A place for tensors: `device("cpu")`, `device("meta")`; other names can be named but hold no data here.

    As a context manager it becomes the default device of the factories called inside.
    Raises RuntimeError for a string that names no kind of device.

    >>> import lucet
    >>> lucet.device("cpu"), lucet.device("cuda", 1).index
    (device(type='cpu'), 1)
    """

    __slots__ = ("_mode", "index", "type")
    type: str
    index: int | None
    _mode: "list[device | None]"  # the default devices that open `with` blocks put aside

    def __new__(cls, device: Any = None, index: int | None = None, *, type: str | None = None):
        name: Any = type if device is None else device
        if isinstance(name, cls):
            return name
        if isinstance(name, int) and not isinstance(name, bool) and index is None:
            index, name = name, "cuda"      # torch: a bare number is an accelerator's index
        if not isinstance(name, str):
            raise TypeError(f"device: expected a string or device, got {name.__class__.__name__}")
        match = _PATTERN.fullmatch(name)
        if match is None:
            raise RuntimeError(f"Invalid device string: '{name}'")
        kind, number = match.groups()
        if kind not in _KNOWN:
            raise RuntimeError(
                f"Expected one of {', '.join(_KNOWN)} device type at start of device string: {kind}"
            )
        if number is not None:
            if index is not None:
                raise RuntimeError(f"type (string) must not include an index because index was passed explicitly: {name}")
            index = int(number)
        if index is not None and index < 0:
            raise RuntimeError(f"Device index must not be negative, got {index}")
        self = object.__new__(cls)
        object.__setattr__(self, "type", kind)
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "_mode", [])
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"device: attribute {name!r} is read-only")

    def __repr__(self) -> str:
        return f"device(type='{self.type}')" if self.index is None else f"device(type='{self.type}', index={self.index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, device):
            return NotImplemented
        return self.type == other.type and self.index == other.index

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self):
        return device, ((self.type,) if self.index is None else (self.type, self.index))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __enter__(self):
        self._mode.append(_default_device.current)
        _default_device.current = self
        return self

    def __exit__(self, *exc):
        _default_device.current = self._mode.pop()


class _Default:
    current: "device | None" = None


_default_device = _Default()
CPU_DEVICE = device("cpu")
META_DEVICE = device("meta")


def get_default_device() -> device:
    """The device of tensors made without a `device=`."""
    return _default_device.current or CPU_DEVICE


def set_default_device(place: device | str | None) -> None:
    """Set the device of tensors made without a `device=`; None is the CPU. Raises DeviceError for one that holds no data."""
    _default_device.current = None if place is None else usable(place, "set_default_device")


def usable(place: Any, op: str) -> device:
    """`place` as one of the two devices that hold tensors, or DeviceError."""
    if place is None:
        return _default_device.current or CPU_DEVICE
    if place is CPU_DEVICE or place is META_DEVICE:
        return place
    named = device(place)
    if named.type == "cpu":  # of any index: there is one
        return CPU_DEVICE
    if named.type == "meta":
        return META_DEVICE
    raise error(
        DeviceError,
        f"{op}: device '{named}' is not available, lucet computes on the CPU",
        fix='device="cpu", or choose by lucet.cuda.is_available(), which is False',
    )


class layout:
    """How elements lie in memory: `lucet.strided` is the one kind here."""

    __slots__ = ("_name",)

    def __init__(self, name: str):
        self._name = name

    def __repr__(self) -> str:
        return f"lucet.{self._name}"

    def __reduce__(self):
        return self._name


class memory_format:
    """An order of dimensions in memory: contiguous_format, preserve_format, channels_last, channels_last_3d."""

    __slots__ = ("_name",)

    def __init__(self, name: str):
        self._name = name

    def __repr__(self) -> str:
        return f"lucet.{self._name}"

    def __reduce__(self):
        return self._name


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
