"""What the profiler has seen, under the name of that module: see `lucet.autograd.profiler`."""

from lucet.autograd._profile_events import EventList, FunctionEvent, FunctionEventAvg, Interval

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "Interval"]
