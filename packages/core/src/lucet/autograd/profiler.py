"""`autograd.profiler`: times and memory of ops. `profile` here is the plain context; `lucet.profiler` adds schedules and traces.

Forward is watched by a mode at the interception point, backward by the engine's watch; while no context is active nothing is asked.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any

from lucet import _modes
from lucet._storage import memory_stats
from lucet._tensor import Tensor
from lucet.autograd import _watch
from lucet.autograd._profile_events import BACKWARD, FUNCTION, USER
from lucet.autograd._profile_events import EventList as EventList
from lucet.autograd._profile_events import FunctionEvent as FunctionEvent
from lucet.autograd._profile_events import FunctionEventAvg as FunctionEventAvg

__all__ = ["EventList", "FunctionEvent", "emit_itt", "emit_nvtx", "profile", "record_function"]


def _live_bytes() -> int:
    return memory_stats()["live_bytes"]


class Recorder:
    """Events of one run of the profiler, as they begin and end in each thread."""

    def __init__(self, record_shapes: bool, profile_memory: bool, with_stack: bool):
        self.record_shapes, self.profile_memory, self.with_stack = record_shapes, profile_memory, with_stack
        self.events: list[FunctionEvent] = []
        self.origin = time.perf_counter_ns()
        self._open = threading.local()

    def begin(self, name: str, inputs: Any = (), kind: str = "cpu_op", scope: int = FUNCTION) -> FunctionEvent:
        """An event that starts now, inside the one that this thread is in."""
        stack = self._open.__dict__.setdefault("events", [])
        event = FunctionEvent(len(self.events), name, threading.get_native_id(), kind, stack[-1] if stack else None, scope)
        if self.record_shapes:
            event.input_shapes = [list(x.shape) if isinstance(x, Tensor) else [] for x in inputs]
        if self.with_stack:
            event.stack = _user_stack()
        self.events.append(event)
        stack.append(event)
        if self.profile_memory:
            event.bytes_before = _live_bytes()
        event.start_ns = time.perf_counter_ns()  # the last thing here, and the first in end
        return event

    def end(self, event: FunctionEvent) -> None:
        """The event is over, and those inside it."""
        event.end_ns = time.perf_counter_ns()
        if self.profile_memory:
            event.cpu_memory_usage = _live_bytes() - event.bytes_before
        stack = self._open.events
        while stack and stack.pop() is not event:
            pass


def _user_stack() -> list[str]:
    frames = traceback.extract_stack(sys._getframe(2))
    own = os.path.dirname(os.path.dirname(__file__)) + os.sep
    shown = [f"{frame.filename}({frame.lineno}): {frame.name}" for frame in reversed(frames) if not frame.filename.startswith(own)]
    return shown


class _Mode(_modes.TorchFunctionMode):
    """Times the ops of a thread."""

    def __init__(self, recorder: Recorder):
        self.recorder = recorder

    def __torch_function__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        event = self.recorder.begin(f"aten::{func.__name__}", args)
        try:
            return func(*args, **(kwargs or {}))
        finally:
            self.recorder.end(event)


class _Backward(_watch.Watch):
    """Times gradient rules, in whichever thread they run."""

    def __init__(self, recorder: Recorder):
        self.recorder = recorder
        self._local = threading.local()

    def enter(self, node: Any) -> None:
        outer = self.recorder.begin(f"autograd::engine::evaluate_function: {node.name()}")
        rule = self.recorder.begin(node.name(), scope=BACKWARD)
        if self.recorder.record_shapes:
            rule.input_shapes = [list(shape) for _, shape in node._input_metadata]
        self._local.__dict__.setdefault("events", []).append((outer, rule))

    def leave(self) -> None:
        events = getattr(self._local, "events", None)
        if events:  # a rule that was running when the profiler began is not ours
            outer, rule = events.pop()
            self.recorder.end(rule)
            self.recorder.end(outer)


_running: list[Recorder] = []  # of the process: record_function asks the last


def start(recorder: Recorder) -> Callable[[], None]:
    """Record this thread's ops and every backward from now on; the result ends it."""
    mode, backward = _Mode(recorder), _Backward(recorder)
    _modes._push_mode(mode)
    _watch.add(backward)
    _running.append(recorder)

    def stop() -> None:
        _running.remove(recorder)
        _watch.remove(backward)
        grad, inference, no_subclass, stack = _modes._modes_in_force()
        _modes._adopt_modes(grad, inference, no_subclass, tuple(each for each in stack if each is not mode))

    return stop


class record_function(ContextDecorator):
    """A context or decorator that gives a stretch of the program a name in the profiler's table and trace.

    >>> import lucet
    >>> with lucet.profiler.profile() as prof, lucet.profiler.record_function("mine"):
    ...     y = lucet.ones(2) + 1
    >>> [event.key for event in prof.key_averages()]
    ['mine', 'aten::ones', 'aten::add']
    """

    def __init__(self, name: str, args: str | None = None):
        self.name, self.args = name, args
        self._events: list[tuple[Recorder, FunctionEvent]] = []

    def __enter__(self) -> "record_function":
        if _running:
            recorder = _running[-1]
            self._events.append((recorder, recorder.begin(self.name, kind="user_annotation", scope=USER)))
        return self

    def __exit__(self, *exc: object) -> None:
        if self._events:
            recorder, event = self._events.pop()
            recorder.end(event)


class profile:
    """A context that times the ops of this thread and the gradient rules they lead to; then `key_averages().table()` shows them.

    An op that is written in others counts as one. `record_shapes` keeps the sizes of tensor arguments, `profile_memory` the bytes that each
    op left allocated, `with_stack` where it was called. There are no devices but the CPU, so `use_cuda` and `use_device` change nothing, and
    no operations are counted for `with_flops`.

    >>> import lucet
    >>> with lucet.autograd.profiler.profile() as prof:
    ...     y = lucet.ones(2) + 1
    >>> [event.name for event in prof.function_events]
    ['aten::ones', 'aten::add']
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
        experimental_config: Any = None,
        acc_events: bool = False,
        custom_trace_id_callback: Callable[[], str] | None = None,
        post_processing_timeout_s: float | None = None,
        activity_filters: Any = None,
    ):
        self.enabled = enabled
        self.recorder = Recorder(record_shapes, profile_memory, with_stack)
        self.profile_memory = profile_memory
        self.function_events: EventList | None = None
        self._stop: Callable[[], None] | None = None

    def __enter__(self) -> "profile":
        if self.enabled:
            if self._stop is not None or self.function_events is not None:
                raise RuntimeError("Profiler context manager is not reentrant")
            self._stop = start(self.recorder)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None
            self.function_events = EventList(self.recorder.events, profile_memory=self.profile_memory, origin=self.recorder.origin)

    def _finished(self) -> EventList:
        if self.function_events is None:
            raise RuntimeError("Profiler didn't finish running")
        return self.function_events

    def __repr__(self) -> str:
        return "<unfinished lucet.autograd.profile>" if self.function_events is None else repr(self.function_events)

    def __str__(self) -> str:
        return repr(self) if self.function_events is None else str(self.function_events)

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """The events as a table, one a row (`key_averages().table()` sums them by name)."""
        return self._finished().table(
            sort_by,
            row_limit,
            max_src_column_width,
            max_name_column_width,
            max_shapes_column_width,
            header,
            top_level_events_only,
            time_unit,
        )

    def export_chrome_trace(self, path: str) -> None:
        """Write a trace for chrome://tracing or ui.perfetto.dev."""
        self._finished().export_chrome_trace(path)

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:
        """The events summed by name, and by sizes of arguments or the innermost lines of the call stack."""
        return self._finished().key_averages(group_by_input_shape, group_by_stack_n, group_by_overload_name)

    def total_average(self) -> FunctionEventAvg:
        """All events summed."""
        return self._finished().total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds in all events."""
        return self._finished().self_cpu_time_total


class _Emit:
    """A context for another profiler's marks; there is none here, so it only passes."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False):
        self.enabled = enabled

    def __enter__(self) -> "_Emit":
        if self.enabled:
            raise RuntimeError(f"{type(self).__name__}: no such profiler is part of lucet; lucet.profiler is here")
        return self

    def __exit__(self, *exc: object) -> None:
        pass


class emit_itt(_Emit):
    """RuntimeError unless `enabled=False`: Intel's profiler is not asked."""


class emit_nvtx(_Emit):
    """RuntimeError unless `enabled=False`: NVIDIA's profiler is not asked."""
