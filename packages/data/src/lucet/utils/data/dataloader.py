"""DataLoader: its arguments, what it is made of, its place in an epoch. Its passes live in _iterators.py."""

import itertools
import math
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, TypeVar

from ._fetch import SkippedItem
from ._iterators import LoaderIter, LocalIter, Skips, WorkerIter
from ._order import Order, generators
from ._place import FORMAT, checked, traits
from ._worker import get_worker_info
from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T_co = TypeVar("T_co", covariant=True)

_FIXED = frozenset({"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"})


class _InfiniteConstantSampler(Sampler):
    """Asks an iterable dataset for items without end."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


class DataLoader(Generic[T_co]):
    """Batches of a dataset, in torch's order, fetched here or by workers.

    The first thirteen arguments and `prefetch_factor`, `persistent_workers`, `in_order` are torch's. `num_workers=n`
    fetches ahead in n threads (`worker_type="process"`: processes, also chosen by giving a `multiprocessing_context`),
    `prefetch_factor` batches each. Threads share the dataset; each gets its own shallow copy of an iterable one, and of
    any when `worker_init_fn` is given, which finds it as `get_worker_info().dataset`. They also share Python's and
    NumPy's global random states, so draw from lucet in a dataset: inside the loader each item draws from a stream of
    its own, derived from (seed, epoch, position in the epoch), and a collate function from one a batch, so an epoch has
    the same bits for every number and kind of workers. `rng="torch"` draws as torch does instead: from the global
    generator without workers, from one stream a worker with them. `pin_memory` has no effect on a CPU and warns as
    torch does.

    `on_error="skip"` leaves items that raise out of their batches (which are smaller then, and not given when nothing is
    left of them), counts them in `num_skipped`, lists them in `skipped`, and warns at the end of the epoch; a generator ends where it
    raises, so of an iterable dataset that is one the rest is lost, which the warning says. Where thread
    workers keep Python's interpreter lock so long that the loop waits for it, the loader says so once and names
    `worker_type="process"`. Processes send their batches through pipes: no shared memory is used, so no limit on it is hit.

    `state_dict()` in the middle of an epoch and `load_state_dict()` on an equal loader continue with the next batch, to
    the same bits. An exception keeps its class and names the dataset and index in a note.

    Raises:
        ValueError: arguments that are out of range or exclude each other.
        TypeError: a `multiprocessing_context` that is neither a name nor a context.
        RuntimeError: while iterating, no batch within `timeout` seconds, a worker that died, or nothing but skipped items.

    Example:
        >>> import lucet
        >>> from lucet.utils.data import DataLoader, TensorDataset
        >>> data = TensorDataset(lucet.arange(5), lucet.arange(5) * 10)
        >>> for x, y in DataLoader(data, batch_size=2):
        ...     print(x.tolist(), y.tolist())
        [0, 1] [0, 10]
        [2, 3] [20, 30]
        [4] [40]
    """

    _initialized = False

    def __init__(
        self,
        dataset: Dataset[T_co],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler | Iterable | None = None,
        batch_sampler: Sampler[list] | Iterable[list] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
        worker_type: Literal["thread", "process"] | None = None,
        rng: Literal["item", "torch"] = "item",
        on_error: Literal["raise", "skip"] = "raise",
    ) -> None:
        self.num_workers = num_workers
        self.prefetch_factor = _checked_prefetch(num_workers, timeout, prefetch_factor, persistent_workers)
        if worker_type not in (None, "thread", "process"):
            raise ValueError(f"DataLoader: worker_type is {worker_type!r}, expected 'thread' or 'process'")
        if rng not in ("item", "torch"):
            raise ValueError(f"DataLoader: rng is {rng!r}, expected 'item' or 'torch'")
        if on_error not in ("raise", "skip"):
            raise ValueError(f"DataLoader: on_error is {on_error!r}, expected 'raise' or 'skip'")
        self.dataset = dataset
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.worker_type = worker_type or ("thread" if multiprocessing_context is None else "process")
        self.in_order = in_order
        self.rng = rng
        self.on_error = on_error
        self._is_iterable = isinstance(dataset, IterableDataset)
        if self._is_iterable:
            _check_iterable(shuffle, sampler, batch_sampler)
        shuffle = bool(shuffle)
        _check_batching(batch_size, shuffle, sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size = None
        if sampler is None:
            sampler = _default_sampler(dataset, self._is_iterable, shuffle, generator)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        self.collate_fn = collate_fn or (default_collate if self._auto_collation else default_convert)
        self.persistent_workers = persistent_workers
        self._IterableDataset_len_called: int | None = None
        self._iterator: WorkerIter | None = None  # the one that persistent workers belong to
        self._skips: Skips | None = None  # of the last iterator
        self._order: Order | None = None  # of the last iterator: the place that state_dict tells
        self._resume: dict[str, Any] | None = None  # where the next iterator starts
        self._initialized = True
        self.check_worker_number_rationality()

    @property
    def multiprocessing_context(self) -> Any:
        """The multiprocessing context of process workers, or None for the default one."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None:
            context = _checked_context(context, self.num_workers)
        self._context = context

    def __setattr__(self, attr: str, val: Any) -> None:
        if self._initialized and attr in _FIXED:
            raise ValueError(
                f"DataLoader: {attr} attribute should not be set after {type(self).__name__} is initialized\n"
                "  fix   make a new loader"
            )
        super().__setattr__(attr, val)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_iterator": None, "_order": None, "_skips": None}

    @property
    def num_skipped(self) -> int:
        """How many items the running or last pass left out (`on_error="skip"`)."""
        return self._skips.count if self._skips is not None else 0

    @property
    def skipped(self) -> list[SkippedItem]:
        """The first hundred items that the running or last pass left out: where each was, and its error as text."""
        return list(self._skips.items) if self._skips is not None else []

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        return self.batch_sampler if self._auto_collation else self.sampler

    def __iter__(self) -> "LoaderIter":
        iterator: LoaderIter
        if self.num_workers == 0:
            iterator = LocalIter(self)
        elif not self.persistent_workers:
            self.check_worker_number_rationality()
            iterator = WorkerIter(self)
        elif self._iterator is None:
            self.check_worker_number_rationality()
            iterator = self._iterator = WorkerIter(self)
        else:
            iterator = self._iterator
            iterator._restart(self)
        return iterator

    def __len__(self) -> int:
        if not self._is_iterable:
            return len(self._index_sampler)
        length = self._IterableDataset_len_called = len(self.dataset)  # type: ignore[arg-type]
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else math.ceil(length / self.batch_size)

    def check_worker_number_rationality(self) -> None:
        """Warn when there are more workers than processors.

        Example:
            >>> from lucet.utils.data import DataLoader
            >>> DataLoader([1, 2, 3]).check_worker_number_rationality()
        """
        processors = _processors()
        if self.num_workers and (processors is None or self.num_workers > processors):
            kind = "threads" if self.worker_type == "thread" else "processes"
            found = f"This system has {processors}" if processors is not None else "How many this system has is unknown"
            warnings.warn(
                f"This DataLoader will create {self.num_workers} worker {kind} in total, more than there are "
                f"processors. {found}. Excessive workers make a loader slow: lower num_workers if it is",
                stacklevel=3,
            )

    def state_dict(self) -> dict[str, Any]:
        """Return the place in the running epoch: what was handed out, and the generators' states of its beginning.

        Prefetched batches that were not handed out do not count; after a loop that was left early the place is where it
        was left. The global generator's present state is not part of
        it: save that with `lucet.get_rng_state()`. Between epochs the dict says so, and a loader that loads it begins a
        new one. Samplers that draw from elsewhere than lucet's generators cannot be replayed.

        Raises:
            RuntimeError: `rng="torch"` with workers, or an iterable dataset with in_order=False, inside an epoch.

        Example:
            >>> import lucet
            >>> from lucet.utils.data import DataLoader
            >>> loader = DataLoader(range(6), batch_size=2, shuffle=True)
            >>> batches = iter(loader)
            >>> first, place = next(batches), loader.state_dict()
            >>> twin = DataLoader(range(6), batch_size=2, shuffle=True)
            >>> twin.load_state_dict(place)
            >>> [x.tolist() for x in twin] == [x.tolist() for x in batches]
            True
        """
        if self._resume is not None:
            return dict(self._resume)
        order = self._order
        if order is None or order.finished:
            state: dict[str, Any] = {"format": FORMAT, "running": False}
            if order is not None and self.persistent_workers:  # their next epoch draws no base seed
                state.update(epoch=order.epoch, base_seed=order.base_seed)
            return state
        self._check_resumable("state_dict")
        return {"format": FORMAT, "running": True, **traits(self), **order.state()}

    def _check_resumable(self, asked: str) -> None:
        if self.num_workers and self.rng == "torch":
            raise RuntimeError(
                f'DataLoader.{asked}: rng="torch" with workers cannot be resumed inside an epoch\n  fix   rng="item"'
            )
        if self.num_workers and self._is_iterable and not self.in_order:
            raise RuntimeError(
                f"DataLoader.{asked}: an iterable dataset with in_order=False cannot be resumed inside an epoch\n"
                "  fix   in_order=True"
            )

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Let the next iterator continue at the place that `state_dict` of an equal loader returned.

        Equal: the dataset's length, the batches, the kinds of samplers, their generators; the number and kind of
        workers only over an iterable dataset. All of it is checked before anything changes.

        Raises:
            ValueError: names the field that is missing, damaged, or not as in this loader.
            RuntimeError: as `state_dict`, for a place inside an epoch.

        Example:
            >>> from lucet.utils.data import DataLoader
            >>> loader = DataLoader(range(4))
            >>> loader.load_state_dict(loader.state_dict())
        """
        state = checked(state_dict, self, len(generators(self)))
        if state["running"]:
            self._check_resumable("load_state_dict")
        self._resume = state

    def _take_resume(self) -> dict[str, Any] | None:
        resume, self._resume = self._resume, None
        return resume


def _processors() -> int | None:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _checked_prefetch(
    num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool
) -> int | None:
    """Check what depends on the number of workers; return the prefetch factor with its default."""
    if num_workers < 0:
        raise ValueError(
            f"DataLoader: num_workers option should be non-negative, found {num_workers}; num_workers=0 fetches "
            "without workers"
        )
    if timeout < 0:
        raise ValueError(f"DataLoader: timeout option should be non-negative, found {timeout}")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError("DataLoader: prefetch_factor option could only be specified with workers: let num_workers > 0")
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError(f"DataLoader: prefetch_factor option should be non-negative, found {prefetch_factor}")
    if persistent_workers and num_workers == 0:
        raise ValueError("DataLoader: persistent_workers option needs num_workers > 0")
    return 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor


def _checked_context(context: Any, num_workers: int) -> Any:
    if num_workers <= 0:
        raise ValueError(
            "DataLoader: multiprocessing_context can only be used with multi-process loading (num_workers > 0), but "
            f"got num_workers={num_workers}"
        )
    import multiprocessing  # here, because importing it takes longer than importing this package

    if isinstance(context, str):
        methods = multiprocessing.get_all_start_methods()
        if context not in methods:
            raise ValueError(
                f"DataLoader: multiprocessing_context option should specify a valid start method in {methods}, but got "
                f"multiprocessing_context={context!r}"
            )
        context = multiprocessing.get_context(context)
    if not isinstance(context, multiprocessing.context.BaseContext):
        raise TypeError(
            "DataLoader: multiprocessing_context option should be a valid context object or a string specifying the "
            f"start method, but got multiprocessing_context={context}"
        )
    return context


def _check_iterable(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    if shuffle not in {False, None}:
        raise ValueError(
            f"DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle={shuffle}"
        )
    for name, value in (("sampler", sampler), ("batch_sampler", batch_sampler)):
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
            )


def _check_batching(batch_size: Any, shuffle: bool, sampler: Any, batch_sampler: Any, drop_last: bool) -> None:
    if sampler is not None and shuffle:
        raise ValueError("DataLoader: sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError(
            "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
        )
    if batch_sampler is None and batch_size is None and drop_last:
        raise ValueError(
            "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
        )


def _default_sampler(dataset: Any, is_iterable: bool, shuffle: bool, generator: Any) -> Sampler:
    if is_iterable:
        return _InfiniteConstantSampler()
    return RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
