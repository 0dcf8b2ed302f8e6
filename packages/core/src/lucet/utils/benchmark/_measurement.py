"""What was timed, and the times."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_UNITS = ((1e-9, "ns", "nanoseconds"), (1e-6, "us", "microseconds"), (1e-3, "ms", "milliseconds"), (1.0, "s", "seconds"))


def select_unit(t: float) -> tuple[str, float]:
    """The unit in which a time in seconds has one to three digits before the point, and how many seconds it is.

    >>> from lucet.utils.benchmark import select_unit
    >>> select_unit(0.002)
    ('ms', 0.001)
    """
    fits = [(name, scale) for scale, name, _ in _UNITS if t >= scale]
    return fits[-1] if fits else ("ns", 1e-9)


def unit_to_english(unit: str) -> str:
    """The unit's whole name."""
    return next(long for _, name, long in _UNITS if name == unit)


def trim_sigfig(x: float, n: int) -> float:
    """`x` with `n` significant digits.

    >>> from lucet.utils.benchmark import trim_sigfig
    >>> trim_sigfig(0.1234, 2)
    0.12
    """
    return float(f"{x:.{max(n, 1)}g}")


@dataclass(frozen=True)
class TaskSpec:
    """What is timed: statement, set-up, and the words under which `Compare` shows it."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label, or the statement."""
        if self.label is not None:
            return self.label + (f": {self.sub_label}" if self.sub_label else "")
        return "stmt:" + "\n".join(f" {line}" if "\n" not in self.stmt else f"\n  {line}" for line in self.stmt.splitlines())

    def setup_str(self) -> str:
        """The set-up for people."""
        return "" if self.setup in ("", "pass") else f"setup: {self.setup}" if "\n" not in self.setup else "setup:\n" + "\n".join(f"  {line}" for line in self.setup.splitlines())


@dataclass(repr=False)
class Measurement:
    """Times of a statement: `raw_times` of runs of `number_per_run` each, and what was run.

    >>> from lucet.utils.benchmark import Measurement, TaskSpec
    >>> Measurement(10, [0.1, 0.2, 0.3], TaskSpec("x + 1", "pass")).median
    0.02
    """

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = field(default=None)

    @property
    def times(self) -> list[float]:
        """Seconds of one statement, for each run."""
        return [t / self.number_per_run for t in self.raw_times]

    def _known(self) -> list[float]:
        if not self.raw_times:
            raise ValueError("Measurement: there are no times")
        return sorted(self.times)

    @property
    def median(self) -> float:
        """The median of `times`."""
        return statistics.median(self._known())

    @property
    def mean(self) -> float:
        """The mean of `times`."""
        return statistics.fmean(self._known())

    def _quartile(self, part: float) -> float:
        at = part * (len(self.raw_times) - 1)
        low = self._known()[math.floor(at)]
        return low + (self._known()[math.ceil(at)] - low) * (at - math.floor(at))

    @property
    def iqr(self) -> float:
        """The width of the middle half of `times`."""
        return self._quartile(0.75) - self._quartile(0.25)

    @property
    def significant_figures(self) -> int:
        """How many digits of the median mean something, as the spread of the runs says."""
        width = max(self.iqr / math.sqrt(len(self.raw_times)) * 1.645 / 1.35, self._known()[0] * 1e-9)
        return max(0, min(3, math.floor(math.log10(self.median / width)) + 1)) or 1

    @property
    def has_warnings(self) -> bool:
        """Whether the middle half of the times is wider than a tenth of the median."""
        return not self.meets_confidence()

    def meets_confidence(self, threshold: float = 0.1) -> bool:
        """Whether the middle half of the times is narrower than this part of the median."""
        return self.iqr / self.median < threshold

    @property
    def title(self) -> str:
        """What is shown above the times."""
        return self.task_spec.title

    @property
    def env(self) -> str:
        """In which environment it ran, a word that the caller gave."""
        return self.task_spec.env or "Unspecified env"

    @property
    def as_row_name(self) -> str:
        """What names the row in a table."""
        return self.task_spec.sub_label or self.task_spec.stmt or "[Unknown]"

    @staticmethod
    def merge(measurements: Iterable["Measurement"]) -> list["Measurement"]:
        """Those of one task and number of runs as one."""
        groups: dict[Any, list[Measurement]] = {}
        for each in measurements:
            groups.setdefault((each.task_spec, each.number_per_run), []).append(each)
        return [Measurement(number, [t for each in group for t in each.raw_times], spec) for (spec, number), group in groups.items()]

    def __repr__(self) -> str:
        unit, scale = select_unit(self.median)
        several = len(self.raw_times) > 1
        lines = [f"<lucet.utils.benchmark.Measurement object at {hex(id(self))}>", self.title]
        lines += [text for text in (self.task_spec.description, self.task_spec.setup_str()) if text]
        lines.append(f"  {'Median: ' if several else ''}{self.median / scale:.2f} {unit}")
        if len(self.raw_times) > 3:
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({self._quartile(0.25) / scale:.2f} to {self._quartile(0.75) / scale:.2f})")
        count, threads = len(self.raw_times), self.task_spec.num_threads
        lines.append(
            f"  {count} measurement{'s' if several else ''}, {self.number_per_run} runs {'per measurement, ' if several else ', '}"
            f"{threads} thread{'s' if threads > 1 else ''}"
        )
        if several and self.has_warnings:
            lines.append(f"  WARNING: Interquartile range is {self.iqr / self.median * 100:.1f}% of the median measurement.")
        return "\n".join(lines)
