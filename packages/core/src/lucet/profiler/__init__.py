"""`profile` with torch's table, schedules and Chrome traces: op, sizes, time, memory. The recording is in `autograd.profiler`."""

import gzip
import json
import os
import socket
import time
import warnings
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from lucet import _rooms
from lucet.autograd import profiler as _profiler
from lucet.autograd._profile_events import DeviceType as DeviceType
from lucet.autograd._profile_events import EventList, trace_of
from lucet.autograd.profiler import record_function as record_function

__all__ = [
    "ProfilerAction",
    "ProfilerActivity",
    "kineto_available",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]


class ProfilerActivity(Enum):
    """What may be watched; here the CPU alone."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(Enum):
    """What the profiler does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


def supported_activities() -> set[ProfilerActivity]:
    """The CPU.

    >>> import lucet
    >>> [activity.name for activity in lucet.profiler.supported_activities()]
    ['CPU']
    """
    return {ProfilerActivity.CPU}


def kineto_available() -> bool:
    """False: ops are timed by lucet itself."""
    return False


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """What to do in each step: skip `skip_first`, then again and again, `repeat` times or for ever, wait, warm up, record.

    `skip_first_wait` other than 0 leaves out the first wait.

    >>> import lucet
    >>> plan = lucet.profiler.schedule(wait=1, warmup=1, active=2, repeat=1)
    >>> [plan(step).name for step in range(5)]
    ['NONE', 'WARMUP', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active <= 0:
        raise AssertionError(
            f"Invalid profiler schedule arguments. Got wait={wait} (need >= 0), warmup={warmup} (need >= 0), active={active} (need > 0), "
            f"repeat={repeat} (need >= 0), skip_first={skip_first} (need >= 0)."
        )
    if warmup == 0:
        warnings.warn("Profiler won't be using warmup, this can skew profiler results", stacklevel=2)
    length = wait + warmup + active

    def plan(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        step -= skip_first
        if step < 0:
            return ProfilerAction.NONE
        if skip_first_wait:
            step += wait
        if repeat > 0 and step // length >= repeat:
            return ProfilerAction.NONE
        at = step % length
        if at < wait:
            return ProfilerAction.NONE
        if at < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if at < length - 1 else ProfilerAction.RECORD_AND_SAVE

    return plan


def _always(step: int) -> ProfilerAction:
    return ProfilerAction.RECORD


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False, use_python_export: bool = False
) -> Callable[["profile"], None]:
    """For `on_trace_ready`: write each trace into `dir_name`, under the name that TensorBoard's profiler plugin looks for."""

    def write(prof: "profile") -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        prof.export_chrome_trace(
            os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json{'.gz' if use_gzip else ''}")
        )

    return write


class profile:
    """A context that times ops, in forward and backward; `key_averages().table(sort_by="cpu_time_total")` shows where the time went.

    `schedule` says by step (`step()`) when to record; at the end of each recording `on_trace_ready(prof)` is called. `record_shapes` keeps
    sizes of arguments, `profile_memory` the bytes an op left allocated, `with_stack` where it was called. An op that is written in others
    counts as one; a gradient rule is a row of its own. Activities other than the CPU's record nothing.

    >>> import lucet
    >>> with lucet.profiler.profile(record_shapes=True) as prof:
    ...     y = lucet.ones(2, 3) @ lucet.ones(3, 4)
    >>> [(event.key, event.count) for event in prof.key_averages()]
    [('aten::ones', 2), ('aten::matmul', 1)]
    """

    def __init__(
        self,
        *,
        activities: Iterable[Any] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[..., Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        execution_trace_observer: Any = None,
        acc_events: bool = False,
        use_cuda: bool | None = None,
        custom_trace_id_callback: Callable[[], str] | None = None,
        post_processing_timeout_s: float | None = None,
    ) -> None:
        self.activities = set(activities) if activities is not None else supported_activities()
        self.schedule = schedule if schedule is not None else _always
        self.on_trace_ready = on_trace_ready
        self.record_shapes, self.profile_memory, self.with_stack = record_shapes, profile_memory, with_stack
        self.acc_events = acc_events
        self.step_num = 0
        self.current_action = self.schedule(0)
        self._recorder: _profiler.Recorder | None = None
        self._stop: Callable[[], None] | None = None
        self._paused = False
        self._mark: Any = None
        self._metadata: dict[str, Any] = {}
        self._steps = schedule is not None

    def __enter__(self) -> "profile":
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin, with what the schedule says of step 0."""
        self._begin(self.current_action)

    def stop(self) -> None:
        """End, and call `on_trace_ready` if something was recorded."""
        recorded = self._stop is not None or self._paused
        self._end()
        if recorded and self.on_trace_ready is not None and self.current_action in _RECORDING:
            self.on_trace_ready(self)

    def prepare_trace(self) -> None:
        """Nothing has to be prepared."""

    def start_trace(self) -> None:
        """Begin to record, whatever the schedule says."""
        self._begin(ProfilerAction.RECORD)

    def stop_trace(self) -> None:
        """End the recording."""
        self._end()

    def step(self) -> None:
        """The next step of the program begins."""
        before = self.current_action
        self.step_num += 1
        self.current_action = self.schedule(self.step_num)
        self._close_mark()
        if before is ProfilerAction.RECORD_AND_SAVE or (before in _RECORDING and self.current_action not in _RECORDING):
            self._end()
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)
        self._begin(self.current_action)

    def _begin(self, action: ProfilerAction) -> None:
        if action not in _RECORDING:
            return
        if self._stop is None and not self._paused:
            if self._recorder is None or not self.acc_events:
                self._recorder = _profiler.Recorder(self.record_shapes, self.profile_memory, self.with_stack)
            self._stop = _profiler.start(self._recorder)
        if self._steps:
            self._mark = record_function(f"ProfilerStep#{self.step_num}")
            self._mark.__enter__()

    def _close_mark(self) -> None:
        if self._mark is not None:
            self._mark.__exit__(None, None, None)
            self._mark = None

    def _end(self) -> None:
        self._close_mark()
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._paused = False

    def toggle_collection_dynamic(self, enable: bool, activities: Iterable[Any]) -> None:
        """Stop recording here and there in between, or go on, where the CPU is among the activities."""
        if ProfilerActivity.CPU not in set(activities):
            return
        if enable and self._paused and self._recorder is not None:
            self._stop, self._paused = _profiler.start(self._recorder), False
        elif not enable and self._stop is not None:
            self._stop()
            self._stop, self._paused = None, True

    def export_memory_timeline(self, path: str, device: str | None = None) -> None:
        """Raises NotImplementedError: tensors are not sorted into kinds; `profile_memory=True` says what each op left allocated."""
        raise NotImplementedError("export_memory_timeline: lucet keeps no memory timeline; profile(profile_memory=True) says what each op left allocated")

    def events(self) -> EventList:
        """The events of the last recording. Raises AssertionError where there is none."""
        if self._recorder is None:
            raise AssertionError("Profiler must be initialized before accessing events")
        return EventList(self._recorder.events, profile_memory=self.profile_memory, origin=self._recorder.origin)

    def key_averages(
        self, group_by_input_shape: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> EventList:
        """The events summed by name, and by sizes of arguments or the innermost lines of the call stack."""
        if self._recorder is None:
            raise AssertionError("Profiler must be initialized before getting key averages")
        return self.events().key_averages(group_by_input_shape, group_by_stack_n, group_by_overload_name)

    def export_chrome_trace(self, path: str, use_python_export: bool = False) -> None:
        """Write the last recording for chrome://tracing or ui.perfetto.dev; a name that ends in .gz is compressed."""
        opened: Any = gzip.open(path, "wt") if path.endswith(".gz") else open(path, "w", encoding="utf-8")
        with opened as file:
            json.dump(trace_of(self.events(), self._metadata), file)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write each call stack and its time, as flame graph tools read them; needs `with_stack=True`."""
        self.events().export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """A text that goes into the trace."""
        self._metadata[key] = value

    def add_metadata_json(self, key: str, value: str) -> None:
        """JSON that goes into the trace."""
        self._metadata[key] = json.loads(value)

    def preset_metadata_json(self, key: str, value: str) -> None:
        """The same, before the profiler begins."""
        self.add_metadata_json(key, value)


_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def __getattr__(name: str) -> Any:
    return _rooms.missing_attribute(name, __name__)
