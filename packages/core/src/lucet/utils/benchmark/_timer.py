"""Runs a statement many times."""

import time
import timeit
from collections.abc import Callable
from typing import Any, NoReturn

import lucet
from lucet.utils.benchmark._measurement import Measurement, TaskSpec

timer = time.perf_counter


class Timer:
    """Times a statement, with the given number of threads: `timeit(number)`, or as often as it takes with `blocked_autorange()`.

    `setup` runs before each measurement, `globals` are the names that both see (`lucet` is always there); `label`, `sub_label`,
    `description` and `env` name the result. RuntimeError for a language other than Python.

    >>> from lucet.utils.benchmark import Timer
    >>> Timer("x + 1", "x = lucet.ones(3)").timeit(10).number_per_run
    10
    """

    def __init__(
        self, stmt: str = "pass", setup: str = "pass", global_setup: str = "", timer: Callable[[], float] = timer, globals: dict[str, Any] | None = None,
        label: str | None = None, sub_label: str | None = None, description: str | None = None, env: str | None = None, num_threads: int = 1, language: Any = "py",
    ):  # fmt: skip
        if str(language).lower() not in ("py", "python"):
            raise RuntimeError(f"Timer: statements are Python, got language {language!r}")
        if global_setup:
            raise RuntimeError(f"global_setup is C++ only, got `{global_setup}`. Most likely this code can simply be moved to `setup`.")
        stmt, setup = (text.strip("\n") for text in (stmt, setup))
        self._task_spec = TaskSpec(stmt, setup, "", label, sub_label, description, env, num_threads)
        self._timer = timeit.Timer(stmt, setup, timer, {"lucet": lucet} | (globals or {}))

    def _seconds(self, number: int) -> float:
        before = lucet.get_num_threads()
        lucet.set_num_threads(self._task_spec.num_threads)
        try:
            return max(self._timer.timeit(number), 1e-9)
        finally:
            lucet.set_num_threads(before)

    def timeit(self, number: int = 1000000) -> Measurement:
        """One measurement of `number` runs, after a few that do not count."""
        self._seconds(max(number // 100, 2))
        return Measurement(number, [self._seconds(number)], self._task_spec)

    def repeat(self, repeat: int = -1, number: int = -1) -> NoReturn:
        """Raises NotImplementedError, as torch's: `blocked_autorange` and `adaptive_autorange` repeat."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback: Any = None) -> NoReturn:
        """Raises NotImplementedError, as torch's: see `blocked_autorange`."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def _block(self, min_run_time: float) -> int:
        """How many runs take a thousandth of the time, so that the clock itself does not count."""
        number = 1
        while self._seconds(number) < min_run_time / 1000 and number < 10**9:
            number *= 10
        return number

    def blocked_autorange(self, callback: Callable[[int, float], Any] | None = None, min_run_time: float = 0.2) -> Measurement:
        """Measurements of equal numbers of runs, until they took `min_run_time` seconds."""
        number = self._block(min_run_time)
        times: list[float] = []
        while sum(times) < min_run_time:
            times.append(self._seconds(number))
            if callback is not None:
                callback(number, times[-1])
        return Measurement(number, times, self._task_spec)

    def adaptive_autorange(
        self, threshold: float = 0.1, *, min_run_time: float = 0.01, max_run_time: float = 10.0, callback: Callable[[int, float], Any] | None = None
    ) -> Measurement:
        """Measurements until the middle half of them is narrower than `threshold` times the median, or took `max_run_time` seconds."""
        number = self._block(0.05)
        times: list[float] = []
        while True:
            times.append(self._seconds(number))
            if callback is not None:
                callback(number, times[-1])
            found = Measurement(number, times, self._task_spec)
            if sum(times) >= max_run_time or len(times) > 3 and sum(times) >= min_run_time and found.meets_confidence(threshold):
                return found

    def collect_callgrind(self, number: int = 100, *, repeats: int | None = None, collect_baseline: bool = True, retain_out_file: bool = False) -> NoReturn:
        """Raises NotImplementedError: instructions are not counted."""
        raise NotImplementedError("Timer.collect_callgrind: instructions are not counted; timeit and blocked_autorange measure time")
