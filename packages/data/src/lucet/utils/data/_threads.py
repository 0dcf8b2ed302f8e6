"""Thread workers: starting them, handing tasks out, taking results, ending them. What they do lives in _worker.py."""

import queue
import threading
import time
from typing import Any

from ._worker import Job, Result, own_copy, run

_LOOK_EVERY_S = 5.0  # how often a waiting loader looks whether its workers live


class ThreadWorkers:
    """A set of worker threads with one queue each, so that the loader decides who fetches what."""

    class Died(Exception):
        """Never raised: threads end with their process."""

    def __init__(self, job: Job) -> None:
        self._stop = threading.Event()
        job.stopped = self._stop.is_set
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._queues: list[queue.SimpleQueue[Any]] = [queue.SimpleQueue() for _ in range(job.num_workers)]
        copied = job.is_iterable or job.worker_init_fn is not None
        self._threads = []
        for worker, tasks in enumerate(self._queues):
            dataset = own_copy(job.dataset) if copied else job.dataset
            thread = threading.Thread(
                target=run,
                args=(job, worker, dataset, tasks.get, self._results.put),
                name=f"lucet-loader-{worker}",
                daemon=True,  # an item that never returns must not keep the process from ending
            )
            self._threads.append(thread)
        for thread in self._threads:
            thread.start()

    def send(self, worker: int, message: Any) -> None:
        """Give a message to one worker."""
        self._queues[worker].put(message)

    def receive(self, timeout_s: float) -> Result:
        """Wait for the next result; a timeout of 0 waits as long as the workers live. Raises queue.Empty."""
        while True:
            try:
                return self._results.get(timeout=timeout_s or _LOOK_EVERY_S)
            except queue.Empty:
                if timeout_s:
                    raise
                if not all(thread.is_alive() for thread in self._threads):
                    raise RuntimeError("DataLoader: a worker thread ended unexpectedly") from None

    def close(self, wait_s: float = 0.5) -> None:
        """Tell the workers to end after the item they are at, and wait for that a moment."""
        self._stop.set()
        for tasks in self._queues:
            tasks.put(None)
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
