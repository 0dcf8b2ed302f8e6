"""The CPU by the names that accelerators have: one device, and streams that do nothing, since work is done when a call returns."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from lucet import _rooms
from lucet.backends.cpu import get_cpu_capability


class Stream:
    """A stream: everything on it is done already."""

    def __init__(self, priority: int = -1) -> None:
        pass

    def wait_stream(self, stream: Any) -> None:
        """Returns at once."""

    def record_event(self) -> None:
        """Returns at once."""

    def wait_event(self, event: Any) -> None:
        """Returns at once."""


class Event:
    """An event: it has happened."""

    def query(self) -> bool:
        """True."""
        return True

    def record(self, stream: Any = None) -> None:
        """Returns at once."""

    def synchronize(self) -> None:
        """Returns at once."""

    def wait(self, stream: Any = None) -> None:
        """Returns at once."""


_current = Stream()


class StreamContext(AbstractContextManager[None]):
    """A context that chooses a stream; nothing depends on it."""

    def __init__(self, stream: Any):
        self.stream = stream

    def __exit__(self, *exc: object) -> None:
        pass


def stream(stream: Stream) -> StreamContext:
    """`StreamContext(stream)`."""
    return StreamContext(stream)


def current_stream(device: Any = None) -> Stream:
    """The stream."""
    return _current


def current_device() -> str:
    """ "cpu".

    >>> import lucet
    >>> lucet.cpu.current_device()
    'cpu'
    """
    return "cpu"


def device_count() -> int:
    """1."""
    return 1


def set_device(device: Any) -> None:
    """There is one device: nothing changes."""


def synchronize(device: Any = None) -> None:
    """Returns at once: work is done when a call returns."""


def is_available() -> bool:
    """True."""
    return True


def is_initialized() -> bool:
    """True."""
    return True


def get_capabilities() -> Mapping[str, Any]:
    """What the kernels use of this CPU: the instruction set that was chosen."""
    return {"capability": get_cpu_capability()}


def __getattr__(name: str) -> Any:
    return _rooms.missing_attribute(name, __name__)
