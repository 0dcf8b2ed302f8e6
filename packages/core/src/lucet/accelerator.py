"""torch's device-neutral questions about an accelerator: there is none."""

from typing import Any, NoReturn

from lucet._device import device as _device


def is_available() -> bool:
    """False: lucet computes on the CPU.

    >>> import lucet
    >>> lucet.accelerator.is_available()
    False
    """
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> _device | None:
    """None: programs go on with the CPU."""
    return None


def _absent() -> NoReturn:
    raise RuntimeError("Cannot access accelerator device when none is available.")


def synchronize(device: Any = None, /) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def current_device_index() -> int:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def set_device_index(device: Any, /) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


current_device_idx, set_device_idx = current_device_index, set_device_index


class device_index:
    """A context that chooses a device: None changes nothing, an index raises RuntimeError."""

    def __init__(self, device: int | None, /) -> None:
        self.idx = device

    def __enter__(self) -> None:
        if self.idx is not None:
            _absent()

    def __exit__(self, *exc: object) -> None:
        pass


def current_stream(device: Any = None, /) -> Any:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def set_stream(stream: Any) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def get_device_capability(device: Any = None, /) -> dict[str, Any]:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def empty_cache() -> None:
    """Raises RuntimeError, as torch does without an accelerator; `lucet.empty_cache()` is the CPU's."""
    _absent()


def empty_host_cache() -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def get_memory_info(device_index: Any = None, /) -> tuple[int, int]:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def memory_stats(device_index: Any = None, /) -> dict[str, Any]:
    """Raises RuntimeError, as torch does without an accelerator; `lucet.memory_stats()` is the CPU's."""
    _absent()


def memory_allocated(device_index: Any = None, /) -> int:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def max_memory_allocated(device_index: Any = None, /) -> int:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def memory_reserved(device_index: Any = None, /) -> int:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def max_memory_reserved(device_index: Any = None, /) -> int:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def reset_accumulated_memory_stats(device_index: Any = None, /) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()


def reset_peak_memory_stats(device_index: Any = None, /) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    _absent()
