"""Ctrl-C and SIGTERM as a wish that the training loop grants at the next whole step."""

import signal
from types import FrameType
from typing import Any


class Stopped(Exception):
    """The user asked to stop, and nothing is half done."""


class StopSignal:
    """Inside `with`, the first SIGINT or SIGTERM sets `number`; the second interrupts at once, as usual."""

    SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "StopSignal":
        self._before = {number: signal.signal(number, self._receive) for number in self.SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.number:
            raise KeyboardInterrupt
        self.number = number

    def check(self) -> None:
        """Raise Stopped if a signal came."""
        if self.number:
            raise Stopped
