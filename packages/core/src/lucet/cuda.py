"""What programs ask about CUDA before they train, answered honestly: there is none here."""

from typing import Any, NoReturn

from lucet._errors import DeviceError, error


def is_available() -> bool:
    """False: lucet computes on the CPU.

    >>> import lucet
    >>> lucet.cuda.is_available()
    False
    """
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def _absent(name: str) -> NoReturn:
    raise error(DeviceError, f"cuda.{name}: no CUDA device is available, lucet computes on the CPU", fix='device="cpu"')


def current_device() -> int:
    """Raises DeviceError: there is no device."""
    _absent("current_device")


def set_device(device: Any) -> None:
    """Raises DeviceError: there is no device."""
    _absent("set_device")


def get_device_name(device: Any = None) -> str:
    """Raises DeviceError: there is no device."""
    _absent("get_device_name")


def get_device_properties(device: Any = None) -> Any:
    """Raises DeviceError: there is no device."""
    _absent("get_device_properties")


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """Raises DeviceError: there is no device."""
    _absent("get_device_capability")


def manual_seed(seed: int) -> None:
    """No device, no generator to seed: as in a torch without CUDA, nothing happens."""


def manual_seed_all(seed: int) -> None:
    """No device, no generator to seed: as in a torch without CUDA, nothing happens."""


def empty_cache() -> None:
    """Nothing is cached on a device; `lucet.empty_cache()` is the CPU's."""


def synchronize(device: Any = None) -> None:
    """Raises DeviceError: there is no device to wait for."""
    _absent("synchronize")


def memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """0 bytes."""
    return 0


def memory_reserved(device: Any = None) -> int:
    """0 bytes."""
    return 0


def reset_peak_memory_stats(device: Any = None) -> None:
    """Nothing to reset."""
