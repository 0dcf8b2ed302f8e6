"""One pass over a loader: batches fetched here or by workers, handed out in order. What is fetched is _fetch.py's business."""

import queue
import warnings
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any

from lucet import _modes

from ._fetch import IterableFetcher, MapFetcher, NothingLeft, SkippedItem, Streams
from ._lock import LockWatch
from ._order import Order
from ._threads import ThreadWorkers
from ._worker import Begin, Job, Result, Task

if TYPE_CHECKING:
    from .dataloader import DataLoader

_LISTED = 100  # skipped items that are kept by name


class Skips:
    """What one pass left out: how many items, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.items: list[SkippedItem] = []
        self.told = False

    def add(self, skipped: tuple[SkippedItem, ...]) -> None:
        """Count what a batch left out."""
        self.count += len(skipped)
        self.items.extend(skipped[: _LISTED - len(self.items)])

    def tell(self, batches: int) -> None:
        """Warn at the end of the pass; an error where nothing was left of it."""
        if not self.count or self.told:
            return
        self.told = True
        first = f"first {self.items[0].where}: {self.items[0].error}"
        if not batches:
            raise RuntimeError(f"DataLoader: every item was skipped, {self.count} of them; {first}")
        warnings.warn(
            f"DataLoader skipped {self.count} items that could not be read, {first}; loader.skipped lists them",
            stacklevel=5,
        )


class LoaderIter:
    """One pass over a loader; keeps no reference to the loader, so that dropping that drops the dataset."""

    def __init__(self, loader: "DataLoader") -> None:
        self._dataset = loader.dataset
        self._is_iterable = loader._is_iterable
        self._index_sampler = loader._index_sampler
        self._num_workers = loader.num_workers
        if loader.pin_memory:
            _warn_about_pinning(loader)

    def _begin(self, loader: "DataLoader", epoch: int = 0, base_seed: int | None = None) -> None:
        """Set up the order of an epoch, from its beginning or from where a state dict was taken."""
        resume = loader._take_resume()
        if resume is not None and not resume["running"]:
            if "base_seed" in resume and loader.persistent_workers:
                epoch, base_seed = resume["epoch"] + 1, resume["base_seed"]
            resume = None
        self._order = loader._order = Order(loader, epoch, base_seed, resume)
        self._skips = loader._skips = Skips()
        self._to_skip = self._order.done if self._is_iterable else 0
        self._num_yielded = 0
        self._len_called = loader._IterableDataset_len_called

    def __iter__(self) -> "LoaderIter":
        return self

    def __len__(self) -> int:
        return len(self._index_sampler)

    def __next__(self) -> Any:
        while self._to_skip:
            self._to_skip -= 1
            self._next_data(skip=True)
        data = self._next_data()
        self._num_yielded += 1
        if self._len_called is not None and self._num_yielded > self._len_called:
            self._warn_about_length()
        return data

    def _next_data(self, skip: bool = False) -> Any:
        raise NotImplementedError

    def _mark(self, number: int, skip: bool) -> None:
        """Count a batch as handed out; those of iterable datasets have no numbers of their own."""
        if not skip:
            self._order.mark(self._order.done if self._is_iterable else number)

    def _end(self) -> None:
        """Nothing is left of the epoch."""
        self._order.finished = True
        self._skips.tell(self._num_yielded)

    def _warn_about_length(self) -> None:
        advice = "; with workers, share the items out with get_worker_info()" if self._num_workers else ""
        warnings.warn(
            f"Length of IterableDataset {self._dataset} was reported to be {self._len_called} (when accessing "
            f"len(dataloader)), but {self._num_yielded} samples have been fetched{advice}",
            stacklevel=3,
        )

    def __getstate__(self) -> dict[str, Any]:
        raise NotImplementedError(f"{type(self).__name__} cannot be pickled\n  fix   loader.state_dict()")


def _warn_about_pinning(loader: "DataLoader") -> None:
    if loader.pin_memory_device:
        warnings.warn(f"pin_memory_device is deprecated, ignoring {loader.pin_memory_device!r}", stacklevel=5)
    warnings.warn(
        "'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't be used.",
        stacklevel=5,
    )


class LocalIter(LoaderIter):
    """Fetches each batch when it is asked for, in the thread that asks."""

    def __init__(self, loader: "DataLoader") -> None:
        super().__init__(loader)
        if loader.timeout != 0:
            raise AssertionError(f"DataLoader: timeout is {loader.timeout} without workers, expected 0")
        self._begin(loader)
        streams = Streams(self._order.base_seed, self._order.epoch, per_item=loader.rng == "item")
        collation = (loader._auto_collation, loader.collate_fn)
        self._fetcher: MapFetcher | IterableFetcher
        more: dict[str, Any] = {"skips_errors": loader.on_error == "skip"}
        if self._is_iterable:
            self._fetcher = IterableFetcher(self._dataset, *collation, loader.drop_last, streams, **more)
        else:
            self._fetcher = MapFetcher(self._dataset, *collation, streams, **more)

    def _next_data(self, skip: bool = False) -> Any:
        while True:
            try:
                number, position, index = next(self._order)
                data = self._fetcher.fetch(index, position, skip)
            except StopIteration:
                self._skips.add(self._fetcher.take_skipped())
                self._end()
                raise
            except NothingLeft:
                self._skips.add(self._fetcher.take_skipped())
                self._mark(self._order.last, skip)
                continue
            except Exception:
                self._mark(self._order.last, skip)
                raise
            self._skips.add(self._fetcher.take_skipped())
            self._mark(number, skip)
            return data


class WorkerIter(LoaderIter):
    """Lets workers fetch ahead, and hands the batches out in order."""

    def __init__(self, loader: "DataLoader") -> None:
        super().__init__(loader)
        if not loader.prefetch_factor:
            raise AssertionError(f"DataLoader: prefetch_factor is {loader.prefetch_factor}, expected > 0 with workers")
        self._ahead = loader.prefetch_factor * loader.num_workers
        self._in_order = loader.in_order
        self._timeout = loader.timeout
        self._persistent = loader.persistent_workers
        self._context = loader.multiprocessing_context
        self._pass = 0
        self._close: weakref.finalize | None = None
        self._begin(loader)
        self._job = Job(
            loader.dataset,
            loader._is_iterable,
            loader._auto_collation,
            loader.collate_fn,
            loader.drop_last,
            loader.worker_init_fn,
            loader.num_workers,
            self._order.base_seed,
            per_item=loader.rng == "item",
            skips_errors=loader.on_error == "skip",
            method=loader.worker_type,
        )
        self._watch = None
        if loader.worker_type == "thread":
            self._watch = LockWatch(type(loader.dataset).__name__, loader.num_workers)
        self._start_pass()

    def _restart(self, loader: "DataLoader") -> None:
        """Begin the next epoch with the same workers; what they still have of the last one is dropped."""
        self._pass += 1
        self._begin(loader, self._order.epoch + 1, self._order.base_seed)
        self._start_pass()

    def _start_pass(self) -> None:
        if self._close is None or not self._close.alive:
            self._pool = self._start_workers()
            self._close = weakref.finalize(self, self._pool.close)
        self._alive = [True] * self._num_workers
        self._load = [0] * self._num_workers
        self._turn = 0
        self._sent: deque[tuple[int, int]] = deque()  # (batch number, worker) of the tasks under way, oldest first
        self._ready: dict[int, Result] = {}
        self._job.current_pass = self._pass
        modes: tuple[Any, ...] = _modes._modes_in_force()
        if self._job.method != "thread":
            modes = *modes[:3], None  # interception modes are objects: a process has those that it was forked with
        for worker in range(self._num_workers):
            self._pool.send(worker, Begin(self._pass, self._order.epoch, self._order.base_seed, modes))
        for _ in range(self._ahead):
            self._send_next()

    def _start_workers(self) -> Any:
        if self._job.method == "thread":
            return ThreadWorkers(self._job)
        from ._processes import ProcessWorkers  # imports multiprocessing's queues, which threads do without

        return ProcessWorkers(self._job, self._context)

    def _send_next(self) -> None:
        if not any(self._alive):
            return
        try:
            number, position, index = next(self._order)
        except StopIteration:
            return
        worker = self._next_worker()
        self._pool.send(worker, Task(self._pass, number, position, index, number < self._to_skip))
        self._sent.append((number, worker))
        self._load[worker] += 1

    def _next_worker(self) -> int:
        """The next in turn; when order does not matter, the next of those with the fewest tasks."""
        turns = [(self._turn + k) % self._num_workers for k in range(self._num_workers)]
        candidates = [worker for worker in turns if self._alive[worker]]
        worker = candidates[0] if self._in_order else min(candidates, key=self._load.__getitem__)
        self._turn = worker + 1
        return worker

    def _next_data(self, skip: bool = False) -> Any:
        if self._watch is not None:
            self._watch.asked()
        if self._sent and (self._close is None or not self._close.alive):
            raise RuntimeError(
                "DataLoader: the workers of this pass have ended, after an error or an interruption\n  fix   a new pass: iter(loader)"
            )
        try:
            while self._sent:
                result, worker = self._next_result()
                self._load[worker] -= 1
                if result.kind == "end":
                    self._alive[worker] = False
                self._send_next()
                self._skips.add(result.skipped)
                if result.kind == "end":
                    continue
                self._mark(result.number, skip)
                if result.kind == "nothing":
                    continue
                if result.kind == "data":
                    if self._watch is not None:
                        self._watched(result)
                    return result.value
                try:
                    raise result.value
                finally:
                    del result  # else the error's traceback holds the error, and so this iterator, in a circle
        except Exception:
            raise
        except BaseException:  # Ctrl-C: leave nothing running behind
            self._end_workers()
            raise
        if not self._persistent:
            self._end_workers()
        self._end()
        raise StopIteration

    def _watched(self, result: Result) -> None:
        """Look whether the workers keep the lock; once it has been told, no more."""
        assert self._watch is not None
        self._watch.worked(result.processor_s)
        self._watch.look()
        self._watch.handed_out()
        if self._watch.done:
            self._watch = None

    def _next_result(self) -> tuple[Result, int]:
        if not self._in_order:
            result = self._receive()
            worker = dict(self._sent)[result.number]
            self._sent.remove((result.number, worker))
            return result, worker
        number, worker = self._sent[0]
        while number not in self._ready:
            result = self._receive()
            self._ready[result.number] = result
        self._sent.popleft()
        return self._ready.pop(number), worker

    def _receive(self) -> Result:
        while True:
            try:
                result = self._pool.receive(self._timeout)
            except queue.Empty:
                raise RuntimeError(f"DataLoader timed out after {self._timeout} seconds") from None
            except self._pool.Died as died:
                raise self._died(*died.args) from None
            if result.epoch == self._pass:
                return result

    def _died(self, worker: int, text: str) -> RuntimeError:
        """What a dead worker was at, and that the others end too."""
        self._end_workers()
        batch = next((number for number, other in self._sent if other == worker and number not in self._ready), None)
        at = f"\n  at    batch {batch} of {type(self._dataset).__name__}" if batch is not None else ""
        return RuntimeError(f"{text}{at}\n  fix   num_workers=0 to see an error, or look whether memory ran out")

    def _end_workers(self) -> None:
        if self._close is not None:
            self._close()
