"""Process workers: starting them, handing tasks out, taking results, ending them. What they do lives in _worker.py."""

import os
import pickle
import queue
import random
import signal
import threading
import time
import traceback
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np

import lucet

from ._worker import Begin, Job, Result, Task, run

_LOOK_EVERY_S = 1.0  # how often a worker without work looks whether the loader lives


class WorkerDied(Exception):
    """A worker process that ended without being told to: its number, and a line that names it."""

    def __init__(self, worker: int, pid: int, code: int | None) -> None:
        end = f"killed by {_signal_name(-code)}" if code is not None and code < 0 else f"exit code {code}"
        super().__init__(worker, f"DataLoader worker (pid(s) {pid}) exited unexpectedly: worker {worker}, {end}")


class ProcessWorkers:
    """A set of worker processes. Tasks go out through a queue each; pickled results come back through a pipe each.

    A pipe whose other end only one process holds: if that process is killed in the middle of a batch, reading ends with
    an error instead of waiting for the rest.
    """

    Died = WorkerDied

    def __init__(self, job: Job, context: Any = None) -> None:
        context = context or get_context()
        job.method = "multiprocessing"
        self._queues = [context.Queue() for _ in range(job.num_workers)]
        self._processes: list[Any] = []
        self._pipes: list[Connection] = []
        try:
            self._start(job, context)
        except BaseException:  # not enough memory or processes: those that were started must not stay
            self.close()
            raise
        self._open = {pipe: worker for worker, pipe in enumerate(self._pipes)}
        self._turn = 0

    def _start(self, job: Job, context: Any) -> None:
        method = context.get_start_method()
        for worker, tasks in enumerate(self._queues):
            results, theirs = context.Pipe(duplex=False)
            self._pipes.append(results)
            # a forked worker has the ends that are read, too: while it has one open, writing to it never fails
            forked = list(self._pipes) if method == "fork" else []
            parent = None if method == "forkserver" else os.getpid()
            process = context.Process(target=_main, args=(job, worker, tasks, theirs, forked, parent), daemon=True)
            process.start()
            theirs.close()  # before the next one is forked, which would inherit it
            self._processes.append(process)

    def send(self, worker: int, message: Any) -> None:
        """Give a message to one worker."""
        self._queues[worker].put(message)

    def receive(self, timeout_s: float) -> Result:
        """Wait for the next result; a timeout of 0 waits as long as the workers live.

        Raises queue.Empty, and WorkerDied for one that ended without being told to.
        """
        ready: list[Any] = wait(list(self._open), timeout_s or None)
        if not ready:
            raise queue.Empty
        # the one that had to wait longest for its turn, so that a quick worker does not keep the others from being read
        pipe = min(ready, key=lambda pipe: (self._open[pipe] - self._turn) % len(self._pipes))
        self._turn = self._open[pipe] + 1
        try:
            packed = pipe.recv_bytes()
        except (EOFError, OSError):  # the latter in the middle of a batch
            worker = self._open[pipe]
            process = self._processes[worker]
            process.join(_LOOK_EVERY_S)
            raise WorkerDied(worker, process.pid, process.exitcode) from None
        return pickle.loads(packed)

    def close(self, wait_s: float = 0.5) -> None:
        """Tell the workers to end, wait a moment, and kill those that have not."""
        for tasks in self._queues:
            tasks.put(None)
        for pipe in self._pipes:  # a worker that is sending a batch that nobody will read gets an error
            pipe.close()
        deadline = time.monotonic() + wait_s
        for process in self._processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.terminate()
                process.join(max(0.1, deadline - time.monotonic()))
                if process.is_alive():
                    process.kill()
                    process.join()
        for tasks in self._queues:
            tasks.cancel_join_thread()
            tasks.close()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _main(job: Job, worker: int, tasks: Any, results: Connection, forked: list[Connection], parent: int | None) -> None:
    for pipe in forked:
        pipe.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the loader ends its workers itself
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler of the program's is not meant for its workers
    seed = job.base_seed + worker
    random.seed(seed)
    np.random.seed([worker, job.base_seed & 0xFFFFFFFF, job.base_seed >> 32 & 0xFFFFFFFF])
    lucet.manual_seed(seed)

    def orphaned() -> bool:
        """Whether the loader's process is gone. A fork server is the parent of its workers, and tells of the process that asked."""
        if parent is not None:
            return os.getppid() != parent
        asking = parent_process()
        return asking is None or not asking.is_alive()

    def take() -> Task | Begin | None:
        while True:
            try:
                return tasks.get(timeout=_LOOK_EVERY_S)
            except queue.Empty:
                if orphaned():
                    return None

    # Sent by a thread, so that the next batch is fetched while the loop does not read yet.
    outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    sender = threading.Thread(target=_send_all, args=(outgoing, results), daemon=True)
    sender.start()
    run(job, worker, job.dataset, take, lambda result: outgoing.put(_packed(result)))
    outgoing.put(None)
    while sender.is_alive() and not orphaned():
        sender.join(_LOOK_EVERY_S)


def _send_all(outgoing: "queue.SimpleQueue[bytes | None]", results: Connection) -> None:
    while (packed := outgoing.get()) is not None:
        try:
            results.send_bytes(packed)
        except OSError:  # the loader has closed its end, or is gone
            return
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
