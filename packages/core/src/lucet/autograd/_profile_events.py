"""What the profiler found: events, their sums, torch's table of them, and a trace for Chrome. Times are microseconds."""

import json
import os
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any


def _time(us: float) -> str:
    """A time as the table shows it."""
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if us >= size:
            return f"{us / size:.3f}{unit}"
    return f"{us:.3f}us"


def _time_in(us: float, unit: str) -> str:
    return f"{us / {'s': 1e6, 'ms': 1e3, 'us': 1.0}[unit]:.3f}{unit}"


def _memory(count: int) -> str:
    """Bytes as the table shows them."""
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if abs(count) >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count} B"


def _share(part: float, whole: float) -> str:
    if whole == 0:
        return "NaN" if part == 0 else "inf"
    return f"{part * 100.0 / whole:.2f}%"


class DeviceType(Enum):
    """Where an event ran; here the CPU alone."""

    CPU = 0


FUNCTION, BACKWARD, USER = 0, 1, 7  # an event's scope: an op, a gradient rule, what `record_function` named


class Interval:
    """Start, end and length of an event, in microseconds since the profiler began."""

    def __init__(self, start: float, end: float):
        self.start, self.end = start, end

    def elapsed_us(self) -> float:
        """How long it took."""
        return self.end - self.start


class _Shown:
    """The times of an event or a sum, also as the table shows them."""

    count: int
    cpu_time_total: float
    self_cpu_time_total: float

    @property
    def cpu_time(self) -> float:
        """Microseconds a call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def cpu_time_str(self) -> str:
        """The time of a call as text."""
        return _time(self.cpu_time)

    @property
    def cpu_time_total_str(self) -> str:
        """The time of all calls as text."""
        return _time(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        """The time of all calls without the events inside, as text."""
        return _time(self.self_cpu_time_total)

    device_time = device_time_total = self_device_time_total = 0.0
    cuda_time = cuda_time_total = self_cuda_time_total = 0.0
    device_memory_usage = self_device_memory_usage = self_cuda_memory_usage = 0
    device_time_str = device_time_total_str = self_device_time_total_str = "0.000us"
    device_type = DeviceType.CPU
    flops = 0
    use_device = None
    is_async = is_remote = is_legacy = False
    node_id = -1
    overload_name = ""


class FunctionEvent(_Shown):
    """One call of an op, a gradient rule, or a stretch that `record_function` named."""

    def __init__(self, id: int, name: str, thread: int, kind: str, parent: "FunctionEvent | None", scope: int = FUNCTION):
        shown = "ProfilerStep*" if name.startswith("ProfilerStep#") else name  # steps are summed as one; the trace has their numbers
        self.id, self.name, self.key, self.trace_name, self.thread, self.kind = id, shown, shown, name, thread, kind
        self.scope, self.external_id, self.device_index = scope, id, os.getpid()
        self.cpu_parent = parent
        self.cpu_children: list[FunctionEvent] = []
        if parent is not None:
            parent.cpu_children.append(self)
        self.count = 1
        self.start_ns = self.end_ns = 0
        self.origin_ns = 0
        self.input_shapes: list[list[int]] = []
        self.stack: list[str] = []
        self.bytes_before = self.cpu_memory_usage = 0
        self.sequence_nr = -1
        self.is_user_annotation = kind == "user_annotation"

    @property
    def time_range(self) -> Interval:
        """When it ran."""
        return Interval((self.start_ns - self.origin_ns) / 1e3, (self.end_ns - self.origin_ns) / 1e3)

    @property
    def cpu_time_total(self) -> float:  # type: ignore[override]
        """Microseconds."""
        return (self.end_ns - self.start_ns) / 1e3

    @property
    def self_cpu_time_total(self) -> float:  # type: ignore[override]
        """Microseconds without the events inside."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:
        """Bytes it left allocated, without the events inside."""
        return self.cpu_memory_usage - sum(child.cpu_memory_usage for child in self.cpu_children)

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent id={self.id} name={self.name} cpu_time={self.cpu_time_str} start_us={self.time_range.start} "
            f"end_us={self.time_range.end} cpu_children={[child.id for child in self.cpu_children]} thread={self.thread} "
            f"input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage}>"
        )


class FunctionEventAvg(_Shown):
    """Calls summed."""

    def __init__(self) -> None:
        self.key: str | None = None
        self.count = 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.input_shapes: Any = None
        self.stack: list[str] = []
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []  # calls have them, a sum has none
        self.scope = FUNCTION
        self.is_user_annotation = False

    def add(self, other: "FunctionEvent | FunctionEventAvg") -> "FunctionEventAvg":
        """Count another call, or sum, in."""
        if self.key is None:
            self.key, self.input_shapes, self.stack = other.key, other.input_shapes, other.stack
            self.cpu_parent, self.is_user_annotation, self.scope = other.cpu_parent, other.is_user_annotation, other.scope
        self.count += other.count
        self.cpu_time_total += other.cpu_time_total
        self.self_cpu_time_total += other.self_cpu_time_total
        self.cpu_memory_usage += other.cpu_memory_usage
        self.self_cpu_memory_usage += other.self_cpu_memory_usage
        return self

    __iadd__ = add

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} cpu_time={self.cpu_time_str} "
            f"input_shapes={self.input_shapes} cpu_memory_usage={self.cpu_memory_usage}>"
        )


class EventList(list[Any]):
    """Events, or sums of them, in the order in which they began."""

    def __init__(self, events: Iterable[Any] = (), *, profile_memory: bool = False, origin: int = 0, cpu_time: float | None = None):
        super().__init__(events)
        self._profile_memory = profile_memory
        self._cpu_time = cpu_time
        for event in self:
            if isinstance(event, FunctionEvent):
                event.origin_ns = origin

    def __str__(self) -> str:
        return self.table()

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds in all events."""
        return float(sum(event.self_cpu_time_total for event in self))

    def total_average(self) -> FunctionEventAvg:
        """All events summed."""
        total = FunctionEventAvg()
        for event in self:
            total.add(event)
        total.key = None
        return total

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0, group_by_overload_name: bool = False
    ) -> "EventList":
        """The events summed by name, and by sizes of arguments or the innermost `group_by_stack_n` lines of the call stack."""
        sums: dict[Any, FunctionEventAvg] = {}
        for event in self:
            key: list[Any] = [event.key]
            if group_by_input_shapes:
                key.append(str(event.input_shapes))
            if group_by_stack_n > 0:
                key.append(tuple(event.stack[:group_by_stack_n]))
            sums.setdefault(tuple(key), FunctionEventAvg()).add(event)
        for each in sums.values():
            each.stack = each.stack[:group_by_stack_n]
            each.input_shapes = each.input_shapes if group_by_input_shapes else ""
        return EventList(sums.values(), profile_memory=self._profile_memory)

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
        """A table of at most `row_limit` rows (-1: all), by falling `sort_by`: `cpu_time_total`, `self_cpu_time_total`, `count` and others."""
        if not self:
            return ""
        events = list(self)
        if sort_by is not None:
            events.sort(key=lambda event: getattr(event, sort_by), reverse=True)
        if top_level_events_only:
            events = [event for event in events if event.cpu_parent is None]
        shown = events[:row_limit] if row_limit >= 0 else events
        columns = _columns(self, events, max_src_column_width, max_name_column_width, max_shapes_column_width, time_unit)
        rule = "  ".join("-" * width for _, width, _ in columns) + "  "
        lines = [rule, _row([name for name, _, _ in columns], columns), rule]
        lines += [_row([cell(event) for _, _, cell in columns], columns) for event in shown]
        lines += [rule, f"Self CPU time total: {(_time_in(self.self_cpu_time_total, time_unit) if time_unit else _time(self.self_cpu_time_total))}", ""]
        if header is not None:
            lines = ["=" * len(rule), header, *lines]
        if top_level_events_only:
            lines = [*([] if header is not None else ["=" * len(rule)]), "This report only display top-level ops statistics", *lines]
        return "\n".join(lines)

    def export_chrome_trace(self, path: str) -> None:
        """Write the events for chrome://tracing or ui.perfetto.dev."""
        with open(path, "w", encoding="utf-8") as file:
            json.dump(trace_of(self), file)

    def supported_export_stacks_metrics(self) -> list[str]:
        """What `export_stacks` can weigh lines by."""
        return ["self_cpu_time_total", "self_cuda_time_total", "self_xpu_time_total", "self_privateuse1_time_total"]

    def export_stacks(self, path: str, metric: str) -> None:
        """Write each call stack and its time, as flame graph tools read them."""
        if metric not in self.supported_export_stacks_metrics():
            raise ValueError("metric should be one of: " + str(self.supported_export_stacks_metrics()))
        with open(path, "w", encoding="utf-8") as file:
            for event in self:
                weight = int(getattr(event, metric, 0))
                if event.stack and weight > 0:
                    line = ";".join(entry.translate(str.maketrans(" ;\t\n", "____")) for entry in reversed(event.stack))
                    file.write(f"{line} {weight}\n")


_Column = tuple[str, int, Any]


def _columns(found: EventList, events: list[Any], src: int, name: int, shapes: int, unit: str | None) -> list[_Column]:
    """Title, width and text of each column, as torch has them."""
    total = found.self_cpu_time_total
    show = (lambda us: _time_in(us, unit)) if unit else _time
    columns: list[_Column] = [
        ("Name", _width([event.key or "" for event in events], name), lambda event: _cut(event.key or "", name)),
        ("Self CPU %", 12, lambda event: _share(event.self_cpu_time_total, total)),
        ("Self CPU", 12, lambda event: show(event.self_cpu_time_total)),
        ("CPU total %", 12, lambda event: _share(event.cpu_time_total, total)),
        ("CPU total", 12, lambda event: show(event.cpu_time_total)),
        ("CPU time avg", 12, lambda event: show(event.cpu_time)),
    ]
    if found._profile_memory:
        columns += [
            ("CPU Mem", 12, lambda event: _memory(event.cpu_memory_usage)),
            ("Self CPU Mem", 12, lambda event: _memory(event.self_cpu_memory_usage)),
        ]
    columns.append(("# of Calls", 12, lambda event: str(event.count)))
    if any(event.input_shapes for event in events):
        texts = [str(event.input_shapes) for event in events]
        columns.append(("Input Shapes", _width(texts, shapes), lambda event: str(event.input_shapes)[:shapes]))
    if any(event.stack for event in events):
        lines = [line for event in events for line in event.stack[:1]]
        columns.append(("Source Location", _width(lines, src), lambda event: "".join(event.stack[:1])[-src:]))
    return columns


def _width(texts: list[str], limit: int) -> int:
    return min(max(len(text) for text in texts) + 4, limit)


def _cut(text: str, limit: int) -> str:
    return text if len(text) < limit else text[: limit - 3] + "..."


def _row(cells: list[str], columns: list[_Column]) -> str:
    return "".join(f"{cell:>{width}}  " for cell, (_, width, _) in zip(cells, columns, strict=True))


def trace_of(events: Iterable[FunctionEvent], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    """The events as Chrome reads them."""
    return {
        "schemaVersion": 1,
        "displayTimeUnit": "ms",
        "traceName": "lucet",
        "traceEvents": list(_trace_events(events)),
        **(metadata or {}),
    }


def _trace_events(events: Iterable[FunctionEvent]) -> Iterator[dict[str, Any]]:
    pid, threads = os.getpid(), set()
    yield {"ph": "M", "name": "process_name", "ts": 0, "pid": pid, "tid": 0, "args": {"name": "lucet"}}
    for event in events:
        if event.thread not in threads:
            threads.add(event.thread)
            yield {"ph": "M", "name": "thread_name", "ts": 0, "pid": pid, "tid": event.thread, "args": {"name": f"thread {event.thread}"}}
        when = event.time_range
        args: dict[str, Any] = {"External id": event.id}
        if event.input_shapes:
            args["Input Dims"] = event.input_shapes
        if event.cpu_memory_usage:
            args["Bytes"] = event.cpu_memory_usage
        if event.stack:
            args["Call stack"] = ";".join(event.stack)
        yield {"ph": "X", "cat": event.kind, "name": event.trace_name, "pid": pid, "tid": event.thread, "ts": when.start, "dur": when.elapsed_us(), "args": args}
