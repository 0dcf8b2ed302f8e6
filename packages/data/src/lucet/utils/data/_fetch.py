"""Fetching: an index batch becomes a collated batch, in whatever thread calls. No queues, no order of batches."""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import lucet
from lucet import Tensor
from lucet import random as _random
from lucet.errors import LucetError

from . import _seed
from .collate import collate_tensor_fn, default_collate, default_collate_fn_map, default_convert
from .dataset import StackDataset, Subset, TensorDataset


class Streams:
    """Where the draws inside a loader come from: a stream an item, or (`per_item=False`) whatever is in force."""

    def __init__(self, base_seed: int, epoch: int, worker: int = 0, per_item: bool = True) -> None:
        self.per_item = per_item
        kinds = (_seed.ITEM, _seed.BATCH, _seed.COLLATE)
        self._keys = [_seed.stream_key(base_seed, epoch, kind, worker) for kind in kinds]

    def at(self, kind: int, position: int) -> AbstractContextManager:
        """Let this thread draw from the stream at `position`."""
        if not self.per_item:
            return nullcontext()
        return _random.item_stream(_seed.stream_seed(self._keys[kind], position))


class SkippedItem(NamedTuple):
    """An item that was left out of its batch: where it was, and the error as text."""

    where: str
    error: str


class NothingLeft(Exception):
    """Every item of a batch was skipped."""


_LEFT_OUT = object()  # in place of an item that was skipped
_FAILURES_IN_A_ROW = 1000  # of an iterator, before its error is raised although errors are skipped


class Stopped(Exception):
    """The loader wants no more items; ends a worker between two of them."""


def origin(error: BaseException, dataset: Any, index: Any, worker: int | None, doing: str = "") -> str:
    """The item that an error comes from, its file where that is known, and the worker."""
    where = doing + (f"{type(dataset).__name__}[{index!r}]" if index is not None else type(dataset).__name__)
    file = getattr(error, "filename", None) or getattr(error, "path", None) or _file_of_image(error)
    return where + (f", file {file}" if file else "") + (f", loader worker {worker}" if worker is not None else "")


def name_origin(error: BaseException, dataset: Any, index: Any, worker: int | None, doing: str = "") -> None:
    """Say on the exception which item it comes from; its class and message stay."""
    where = origin(error, dataset, index, worker, doing)
    if isinstance(error, LucetError) and error.at is None:
        error.at = where
    elif (note := f"at {where}") not in getattr(error, "__notes__", ()):
        error.add_note(note)


def _file_of_image(error: BaseException) -> Any:
    """The file that Pillow was decoding: its errors do not tell, its image object in the failed call does."""
    file, trace = None, error.__traceback__
    while trace is not None:
        reader = trace.tb_frame.f_locals.get("self") if trace.tb_frame.f_globals.get("__package__") == "PIL" else None
        if reader is not None:
            file = getattr(reader, "filename", None) or getattr(getattr(reader, "fp", None), "name", None) or file
        trace = trace.tb_next
    return file


class Fetcher:
    """What fetching from both kinds of datasets has in common."""

    def __init__(
        self,
        dataset: Any,
        auto_collation: bool,
        collate_fn: Callable,
        streams: Streams,
        worker: int | None = None,
        stopped: Callable[[], bool] = bool,
        skips_errors: bool = False,
    ) -> None:
        self.dataset = dataset
        self.auto_collation = auto_collation
        self.collate_fn = collate_fn
        self.streams = streams
        self.worker = worker
        self.stopped = stopped
        self.skips_errors = skips_errors
        self._skipped: list[SkippedItem] = []

    def take_skipped(self) -> tuple[SkippedItem, ...]:
        """What was skipped since this was asked last."""
        skipped, self._skipped = tuple(self._skipped), []
        return skipped

    def _skip(self, error: BaseException, index: Any, more: str = "") -> None:
        where = origin(error, self.dataset, index, self.worker)
        self._skipped.append(SkippedItem(where, f"{type(error).__name__}: {error}{more}"))


class MapFetcher(Fetcher):
    """Fetches from a dataset with indices."""

    def __init__(self, dataset: Any, auto_collation: bool, collate_fn: Callable, streams: Streams, **more: Any) -> None:
        super().__init__(dataset, auto_collation, collate_fn, streams, **more)
        self._gather = _gatherer(dataset) if auto_collation and _stacks_only(collate_fn) else None
        self._fetch_all = _batch_getter(dataset) if auto_collation else None

    def fetch(self, index: Any, position: int, skip: bool = False) -> Any:
        """The batch at `index`, whose first item has number `position` in the epoch; nothing to do for `skip`."""
        if self._gather is not None:
            try:
                return self._gather(index)
            except Exception:  # go through the items below, so that the error names the one to blame
                pass
        if not self.auto_collation:
            data = self._item(index, position)
            if data is _LEFT_OUT:
                raise NothingLeft
        elif self._fetch_all is not None:
            data = self._all_items(index, position)
        else:
            data = self._items(index, position)
        return _collated(self, data, position, index)

    def _items(self, indices: Any, position: int) -> list[Any]:
        data = [self._item(i, position + k) for k, i in enumerate(indices)]
        if self._skipped:
            data = [item for item in data if item is not _LEFT_OUT]
            if not data:
                raise NothingLeft
        return data

    def _item(self, index: Any, position: int) -> Any:
        if self.stopped():
            raise Stopped
        try:
            with self.streams.at(_seed.ITEM, position):
                return self.dataset[index]
        except Exception as error:
            if self.skips_errors:
                self._skip(error, index)
                return _LEFT_OUT
            name_origin(error, self.dataset, index, self.worker)
            raise

    def _all_items(self, indices: Any, position: int) -> Any:
        try:
            with self.streams.at(_seed.BATCH, position):
                return self._fetch_all(indices)  # type: ignore[misc]
        except Exception as error:
            if self.skips_errors:  # one by one, to leave out those that fail
                return self._items(indices, position)
            name_origin(error, self.dataset, indices, self.worker)
            raise


class IterableFetcher(Fetcher):
    """Fetches from an iterable dataset: an index batch only says how many items it wants."""

    def __init__(
        self,
        dataset: Any,
        auto_collation: bool,
        collate_fn: Callable,
        drop_last: bool,
        streams: Streams,
        **more: Any,
    ) -> None:
        super().__init__(dataset, auto_collation, collate_fn, streams, **more)
        self.drop_last = drop_last
        self.ended = False
        self._taken = 0
        with streams.at(_seed.BATCH, 0):
            self._items = iter(dataset)

    def fetch(self, index: Any, position: int, skip: bool = False) -> Any:
        """The next batch; None instead of collating it when `skip` is true. StopIteration ends the epoch."""
        if self.ended:
            raise StopIteration
        first = self._taken
        if not self.auto_collation:
            data = self._next_item()
        else:
            data = self._next_items(len(index))
            if not data or (self.drop_last and len(data) < len(index)):
                raise StopIteration
        if skip:
            return None
        return _collated(self, data, first, [*range(first, self._taken)] if self.auto_collation else first)

    def _next_items(self, count: int) -> list[Any]:
        data: list[Any] = []
        while len(data) < count:
            try:
                data.append(self._next_item())
            except StopIteration:
                break
        return data

    def _next_item(self) -> Any:
        for _ in range(_FAILURES_IN_A_ROW - 1 if self.skips_errors else 0):
            try:
                return self._one_item()
            except StopIteration:
                raise
            except Exception as error:
                lost = (
                    "; a generator ends at an error, so the rest of it is lost"
                    if inspect.isgenerator(self._items)
                    else ""
                )
                self._skip(error, self._taken, lost)
                self._taken += 1
        return self._one_item()

    def _one_item(self) -> Any:
        if self.stopped():
            raise Stopped
        try:
            with self.streams.at(_seed.ITEM, self._taken):
                item = next(self._items)
        except StopIteration:
            self.ended = True
            raise
        except Exception as error:
            name_origin(error, self.dataset, self._taken, self.worker)
            raise
        self._taken += 1
        return item


def _collated(fetcher: MapFetcher | IterableFetcher, data: Any, position: int, index: Any) -> Any:
    """The batch of `data`, which lay at `index`."""
    draws = fetcher.collate_fn is not default_collate and fetcher.collate_fn is not default_convert
    try:
        with fetcher.streams.at(_seed.COLLATE, position) if draws else nullcontext():
            return fetcher.collate_fn(data)
    except Exception as error:
        name_origin(error, fetcher.dataset, index, fetcher.worker, "the collation of ")
        raise


def _stacks_only(collate_fn: Callable) -> bool:
    """Whether tensors are collated by stacking and nothing else."""
    return collate_fn is default_collate and default_collate_fn_map.get(Tensor) is collate_tensor_fn


def _gatherer(dataset: Any) -> Callable[[Any], Any] | None:
    """A function from indices to the collated batch in one read a tensor, for datasets that are tensors in memory.

    What it returns equals stacking the items one by one, strides included; None where that is not certain.
    """
    cls = type(dataset)
    own = getattr(cls, "__getitem__", None)
    if own is TensorDataset.__getitem__ and not hasattr(cls, "__getitems__"):
        return _tensor_gatherer(dataset.tensors)
    if cls is Subset:
        inner = _gatherer(dataset.dataset)
        return None if inner is None else lambda indices: inner([dataset.indices[i] for i in indices])
    if cls is StackDataset:
        return _stack_gatherer(dataset)
    return None


def _tensor_gatherer(tensors: tuple[Tensor, ...]) -> Callable[[Any], Any] | None:
    if not tensors or any(type(t) is not Tensor or t.dim() == 0 or not t.is_contiguous() for t in tensors):
        return None

    def gather(indices: Any) -> list[Tensor]:
        where = lucet.tensor(indices)
        if where.dtype != lucet.int64 or where.dim() != 1:
            raise TypeError("indices that are not plain numbers")
        return [t[where] for t in tensors]

    return gather


def _stack_gatherer(dataset: StackDataset) -> Callable[[Any], Any] | None:
    gathers = [_gatherer(member) for member in dataset._members()]
    if any(gather is None for gather in gathers):
        return None

    def gather_all(indices: Any) -> Any:
        parts = [gather(indices) for gather in gathers]  # type: ignore[misc]
        return dict(zip(dataset.datasets, parts, strict=True)) if isinstance(dataset.datasets, dict) else parts

    return gather_all


def _batch_getter(dataset: Any) -> Callable[[Any], Any] | None:
    """The dataset's `__getitems__`, unless it would only loop over the items: then each keeps a stream of its own."""
    if type(dataset) is Subset and _batch_getter(dataset.dataset) is None:
        return None
    if type(dataset) is StackDataset and all(_batch_getter(member) is None for member in dataset._members()):
        return None
    fetch_all = getattr(dataset, "__getitems__", None)
    return fetch_all if callable(fetch_all) else None
