"""`lucet.signal`: windows. Names only."""

from lucet.signal import windows as windows

__all__ = ["windows"]
