"""Watches whether worker threads keep the interpreter lock from the loop that uses their batches. Warns; changes nothing."""

import time
import warnings

_LEAST_S = 1.0  # time of the loop that is looked at before anything is said,
_LEAST_BATCHES = 10  # and batches
_MOST_GROWTH = 0.3  # of the time between a batch and the next, over its own processor time
_LEAST_WORK = 0.1  # of that time the workers must have computed
_PROBES = 8
_NAP_S = 1e-4  # enough for a worker that has work to take the lock
_HELD_S = 1e-3  # waiting longer than this for the lock means that the one who had it did not let go by himself


class LockWatch:
    """Compares, between a batch and the asking for the next one, the loop's time with its processor time.

    What is missing may be the lock, or a busy machine. So before it warns it naps a few times, right after a worker
    was given work, and looks how long it takes to get the lock back: decoders and kernels let go of it, Python code
    only when it is made to, after `sys.getswitchinterval()`.
    """

    def __init__(self, described: str, workers: int) -> None:
        self._described, self._workers = described, workers
        self._since: tuple[float, float] | None = None
        self._wall = self._cpu = self._work = 0.0
        self._batches = 0
        self._probes: list[float] | None = None
        self.done = False

    def handed_out(self) -> None:
        """The loop has its batch."""
        self._since = time.perf_counter(), time.thread_time()

    def asked(self) -> None:
        """The loop asks for the next."""
        if self._since is not None:
            self._wall += time.perf_counter() - self._since[0]
            self._cpu += time.thread_time() - self._since[1]
            self._batches += 1
            self._since = None

    def worked(self, processor_s: float) -> None:
        """A worker needed so much processor time for a batch."""
        self._work += processor_s

    def look(self) -> None:
        """Called right after a worker was given a task."""
        if self._probes is not None:
            self._probe()
        elif self._wall > _LEAST_S and self._batches >= _LEAST_BATCHES:
            suspect = self._wall > (1 + _MOST_GROWTH) * self._cpu and self._work > _LEAST_WORK * self._wall
            if suspect:
                self._probes = []
            else:  # look again at the next second
                self._wall = self._cpu = self._work = 0.0
                self._batches = 0

    def _probe(self) -> None:
        assert self._probes is not None
        start = time.perf_counter()
        time.sleep(_NAP_S)
        self._probes.append(time.perf_counter() - start)
        if len(self._probes) == _PROBES:
            self.done = True
            if sorted(self._probes)[_PROBES // 2] > _HELD_S:
                warnings.warn(
                    f"DataLoader: the items of {self._described} keep Python's interpreter lock, and the loop waits for it: "
                    f"{self._wall / max(self._cpu, 1e-9):.1f} times as long between batches as it computes. "
                    f'worker_type="process" lets the {self._workers} workers run beside it',
                    stacklevel=5,
                )
