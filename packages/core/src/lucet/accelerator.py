"""torch's device-neutral questions about an accelerator: there is none."""

from lucet._device import device


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


def current_accelerator(check_available: bool = False) -> device | None:
    """None: programs go on with the CPU."""
    return None


def synchronize(device: object = None) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


def current_device_index() -> int:
    """Raises RuntimeError, as torch does without an accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


def set_device_index(device: object, /) -> None:
    """Raises RuntimeError, as torch does without an accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")
