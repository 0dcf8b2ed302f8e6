"""Process workers: starting them, handing tasks out, taking results, ending them. What they do lives in _worker.py."""

import os
import pickle
import queue
import random
import signal
import time
import traceback
from multiprocessing import get_context
from typing import Any

import numpy as np

import lucet

from ._worker import Begin, Job, Result, Task, run

_LOOK_EVERY_S = 1.0  # how often loader and workers look whether the other side lives


class ProcessWorkers:
    """A set of worker processes with one queue each. Datasets and results are pickled (inherited with fork)."""

    def __init__(self, job: Job, context: Any = None) -> None:
        context = context or get_context()
        job.method = "multiprocessing"
        self._results = context.Queue()
        self._queues = [context.Queue() for _ in range(job.num_workers)]
        self._processes = [
            context.Process(target=_main, args=(job, worker, tasks, self._results, os.getpid()), daemon=True)
            for worker, tasks in enumerate(self._queues)
        ]
        for process in self._processes:
            process.start()

    def send(self, worker: int, message: Any) -> None:
        """Give a message to one worker."""
        self._queues[worker].put(message)

    def receive(self, timeout_s: float) -> Result:
        """Wait for the next result; a timeout of 0 waits as long as the workers live. Raises queue.Empty."""
        deadline = time.monotonic() + timeout_s if timeout_s else None
        while True:
            left = _LOOK_EVERY_S if deadline is None else min(_LOOK_EVERY_S, max(0.0, deadline - time.monotonic()))
            try:
                return pickle.loads(self._results.get(timeout=left))
            except queue.Empty:
                self._check_alive()
                if deadline is not None and time.monotonic() >= deadline:
                    raise

    def _check_alive(self) -> None:
        dead = [process for process in self._processes if not process.is_alive()]
        if dead:
            ends = ", ".join(f"pid {process.pid}, exit code {process.exitcode}" for process in dead)
            raise RuntimeError(f"DataLoader: worker process exited unexpectedly ({ends})")

    def close(self, wait_s: float = 0.5) -> None:
        """Tell the workers to end, wait a moment, and terminate those that have not."""
        for tasks in self._queues:
            tasks.put(None)
        deadline = time.monotonic() + wait_s
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.terminate()
                process.join()
        for channel in [*self._queues, self._results]:
            channel.cancel_join_thread()
            channel.close()


def _main(job: Job, worker: int, tasks: Any, results: Any, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the loader ends its workers itself
    results.cancel_join_thread()
    seed = job.base_seed + worker
    random.seed(seed)
    np.random.seed([worker, job.base_seed & 0xFFFFFFFF, job.base_seed >> 32 & 0xFFFFFFFF])
    lucet.manual_seed(seed)

    def take() -> Task | Begin | None:
        while True:
            try:
                return tasks.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                if os.getppid() != parent:
                    return None

    def give(result: Result) -> None:
        results.put(_packed(result))

    run(job, worker, job.dataset, take, give)
    results.close()


def _packed(result: Result) -> bytes:
    """Pickle here and not in the queue's thread, which drops what it cannot pickle and leaves the loader waiting."""
    if result.kind != "error":
        try:
            return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            result = result._replace(kind="error", value=error)
    failure = result.value
    lines = "".join(traceback.format_exception(failure)).rstrip()
    failure.add_note(f"in the worker process:\n{lines}")
    try:
        packed = pickle.dumps(result)
        pickle.loads(packed)
        return packed
    except Exception:
        plain = RuntimeError(f"DataLoader: {type(failure).__name__} in a worker process:\n{lines}")
        return pickle.dumps(result._replace(value=plain))
