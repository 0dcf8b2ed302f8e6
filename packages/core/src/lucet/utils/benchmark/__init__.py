"""Times of short pieces of code: `Timer` runs them, `Measurement` holds what it saw, `Compare` prints several side by side."""

from lucet.utils.benchmark._compare import Compare as Compare
from lucet.utils.benchmark._measurement import Measurement as Measurement
from lucet.utils.benchmark._measurement import TaskSpec as TaskSpec
from lucet.utils.benchmark._measurement import select_unit as select_unit
from lucet.utils.benchmark._measurement import trim_sigfig as trim_sigfig
from lucet.utils.benchmark._timer import Timer as Timer
from lucet.utils.benchmark._timer import timer as timer

__all__ = ["Compare", "Measurement", "TaskSpec", "Timer", "select_unit", "timer", "trim_sigfig"]
