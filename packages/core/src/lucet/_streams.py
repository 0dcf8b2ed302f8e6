"""Streams and events of the CPU, which has one queue: what a call does is done when it returns. As in torch, it records no events."""

from typing import Any, NoReturn

from lucet._device import device as _device
from lucet._errors import DeviceError, error


def _place(device: Any, what: str) -> _device:
    place = _device("cpu" if device is None else device)
    if place.type != "cpu":
        raise error(DeviceError, f"{what}: device {str(place)!r} is not available, lucet computes on the CPU", fix='device="cpu"')
    return place


def _no_events() -> NoReturn:
    raise RuntimeError("cpu backend doesn't support events.")


class Stream:
    """Stream(device="cpu", *, priority=0): the CPU's one stream of work. RuntimeError for other devices and for events.

    >>> import lucet
    >>> with lucet.Stream() as stream:
    ...     stream.query()
    True
    """

    stream_id, device_index, device_type = 0, -1, 0

    def __init__(self, device: Any = None, *, priority: int = 0):
        self.device = _place(device, "Stream")

    def query(self) -> bool:
        """True: all work is done."""
        return True

    def synchronize(self) -> None:
        """Nothing is to be waited for."""

    def record_event(self, event: Any = None) -> Any:
        """Raises RuntimeError: the CPU has no events."""
        _no_events()

    def wait_event(self, event: Any) -> None:
        """Raises RuntimeError: the CPU has no events."""
        _no_events()

    def wait_stream(self, stream: Any) -> None:
        """Raises RuntimeError: the CPU has no events."""
        _no_events()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "lucet.Stream device_type=cpu, device_index=-1, stream_id=0"


class Event:
    """Event(device="cpu", *, enable_timing=False, blocking=False, interprocess=False): nothing to wait for; it cannot be recorded.

    >>> import lucet
    >>> lucet.Event().query()
    True
    """

    event_id = 0

    def __init__(self, device: Any = None, *, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False):
        self.device = _place(device, "Event")
        self._timing = bool(enable_timing)

    def record(self, stream: Any = None) -> None:
        """Raises RuntimeError: the CPU has no events."""
        _no_events()

    def query(self) -> bool:
        """True: nothing was recorded that could be open."""
        return True

    def synchronize(self) -> None:
        """Nothing is to be waited for."""

    def wait(self, stream: Any = None) -> None:
        """Nothing is to be waited for."""

    def elapsed_time(self, end_event: Any) -> float:
        """Raises ValueError: no event was recorded."""
        if not (self._timing and end_event._timing):
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        raise ValueError("Both events must be recorded before calculating elapsed time.")

    def __repr__(self) -> str:
        return f"lucet.Event device_type=cpu, device_index=-1, event_flag={int(self._timing)}, event_id=0"
