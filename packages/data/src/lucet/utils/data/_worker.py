"""What one worker does, whether it is a thread or a process: take tasks, fetch, give results. No start, no stop."""

import copy
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lucet import _modes
from lucet import random as _random

from ._fetch import IterableFetcher, MapFetcher, NothingLeft, SkippedItem, Stopped, Streams
from .dataset import ChainDataset, ConcatDataset, StackDataset, Subset


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """What a worker knows about itself: `id`, `num_workers`, `seed` and its copy of the `dataset`.

    Example:
        >>> from lucet.utils.data import WorkerInfo
        >>> WorkerInfo(id=0, num_workers=2, seed=7, dataset=[]).id
        0
    """

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: Any = None
    worker_method: str | None = "thread"


_this_thread = threading.local()


def get_worker_info() -> WorkerInfo | None:
    """Return the `WorkerInfo` of the loader worker that calls, or None outside of one.

    Example:
        >>> from lucet.utils.data import get_worker_info
        >>> get_worker_info() is None
        True
    """
    return getattr(_this_thread, "info", None)


class Task(NamedTuple):
    """One batch to fetch. `epoch` counts the passes of one iterator, so that results of an abandoned pass are known."""

    epoch: int
    number: int
    position: int
    index: Any
    skip: bool


class Begin(NamedTuple):
    """A new pass begins: iterable datasets start over, streams take the new epoch, ops run in the caller's modes."""

    epoch: int
    stream_epoch: int
    base_seed: int
    modes: tuple[Any, ...]


class Result(NamedTuple):
    """What became of a task: data, nothing because every item was skipped, the end of an iterable dataset, or an error."""

    epoch: int
    number: int
    kind: str  # "data", "nothing", "end" or "error"
    value: Any
    skipped: tuple[SkippedItem, ...] = ()
    processor_s: float = 0.0  # what a thread computed for it


@dataclass
class Job:
    """What all workers of a loader have in common."""

    dataset: Any
    is_iterable: bool
    auto_collation: bool
    collate_fn: Callable
    drop_last: bool
    worker_init_fn: Callable[[int], None] | None
    num_workers: int
    base_seed: int
    per_item: bool
    skips_errors: bool = False
    method: str = "thread"
    stopped: Callable[[], bool] = field(default=bool)
    current_pass: int = 0  # threads see it change, and leave tasks of abandoned passes undone

    def fetcher(self, dataset: Any, begin: Begin, worker: int) -> MapFetcher | IterableFetcher:
        """A fetcher for one pass of one worker; only iterable datasets are counted worker by worker."""
        own = worker if self.is_iterable else 0
        streams = Streams(begin.base_seed, begin.stream_epoch, own, self.per_item)
        collation = (self.auto_collation, self.collate_fn)
        more: dict[str, Any] = {"worker": worker, "stopped": self.stopped, "skips_errors": self.skips_errors}
        if self.is_iterable:
            return IterableFetcher(dataset, *collation, self.drop_last, streams, **more)
        return MapFetcher(dataset, *collation, streams, **more)


def own_copy(dataset: Any) -> Any:
    """A shallow copy that shares no dataset object with the original: wrappers of datasets are copied inwards."""
    twin = copy.copy(dataset)
    if isinstance(dataset, Subset):
        twin.dataset = own_copy(dataset.dataset)
    elif isinstance(dataset, (ConcatDataset, ChainDataset)) and isinstance(dataset.datasets, (list, tuple)):
        twin.datasets = [own_copy(part) for part in dataset.datasets]
    elif isinstance(dataset, StackDataset):
        parts = dataset.datasets
        if isinstance(parts, dict):
            twin.datasets = {key: own_copy(part) for key, part in parts.items()}
        else:
            twin.datasets = tuple(own_copy(part) for part in parts)
    return twin


def run(job: Job, worker: int, dataset: Any, take: Callable[[], Any], give: Callable[[Result], None]) -> None:
    """Work until `take` returns None. Errors become results; nothing is raised."""
    seed = job.base_seed + worker
    _this_thread.info = WorkerInfo(worker, job.num_workers, seed, dataset, worker_method=job.method)
    # rng="torch": torch gives each worker one stream that all its items share.
    stream: AbstractContextManager = nullcontext() if job.per_item else _random.item_stream(seed)
    try:
        with stream:
            _run_tasks(job, worker, dataset, take, give)
    finally:
        _this_thread.info = None
        _modes._adopt_modes()


def _run_tasks(job: Job, worker: int, dataset: Any, take: Callable[[], Any], give: Callable[[Result], None]) -> None:
    unready: _Unready | None = None
    fetcher: Any = None
    try:
        if job.worker_init_fn is not None:
            job.worker_init_fn(worker)
    except BaseException as error:
        unready = _Unready(error, worker)
    while (message := take()) is not None:
        try:
            if isinstance(message, Begin):
                _modes._adopt_modes(*message.modes)
                fetcher = None  # let go of the last pass before the next one begins
                fetcher = unready or job.fetcher(dataset, message, worker)
            elif message.epoch >= job.current_pass:
                began = time.thread_time()
                kind, value = _outcome(fetcher, message)
                give(
                    Result(
                        message.epoch, message.number, kind, value, fetcher.take_skipped(), time.thread_time() - began
                    )
                )
        except Stopped:
            return
        except BaseException as error:
            if isinstance(message, Begin):
                fetcher = _Unready(error, worker)
            else:
                give(Result(message.epoch, message.number, "error", error))


class _Unready:
    """In place of a fetcher that could not be made: raises the error once, later only its text.

    The error is let go of, because its traceback will hold the loader, which must be free to end.
    """

    def __init__(self, error: BaseException, worker: int) -> None:
        self._error: BaseException | None = error
        self._text = f"DataLoader: worker {worker} could not start: {type(error).__name__}: {error}"

    def fetch(self, index: Any, position: int, skip: bool) -> Any:
        error, self._error = self._error, None
        try:
            raise error or RuntimeError(self._text)
        finally:
            del error

    def take_skipped(self) -> tuple[SkippedItem, ...]:
        return ()


def _outcome(fetcher: Any, task: Task) -> tuple[str, Any]:
    try:
        return "data", fetcher.fetch(task.index, task.position, task.skip)
    except NothingLeft:
        return "nothing", None
    except StopIteration as error:
        return ("end", None) if isinstance(fetcher, IterableFetcher) else ("error", error)
