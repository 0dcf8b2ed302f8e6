"""Datasets: where items come from and how they are joined. Splitting lives in splits.py, batching in collate.py and _fetch.py."""

import itertools
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from lucet import Tensor

__all__ = [
    "ChainDataset",
    "ConcatDataset",
    "Dataset",
    "IterableDataset",
    "StackDataset",
    "Subset",
    "TensorDataset",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Dataset(Generic[T_co]):
    """Items by index. A subclass writes `__getitem__`, and `__len__` for samplers to know the number of items.

    `__getitems__(indices)`, if it is there, fetches the items of a batch in one call and returns them as a list.
    `a + b` joins two datasets.

    Example:
        >>> from lucet.utils.data import Dataset
        >>> class Squares(Dataset):
        ...     def __getitem__(self, index): return index * index
        ...     def __len__(self): return 4
        >>> (Squares() + Squares())[5]
        1
    """

    def __getitem__(self, index: Any) -> T_co:
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__, which a Dataset needs")

    def __add__(self, other: "Dataset[T_co]") -> "ConcatDataset[T_co]":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T_co], Iterable[T_co]):
    """Items one after the other. A subclass writes `__iter__`, and `__len__` if the number of items is known.

    With several workers each iterates over a copy of its own: use `get_worker_info` to share the items out.

    Example:
        >>> from lucet.utils.data import IterableDataset
        >>> class Letters(IterableDataset):
        ...     def __iter__(self): return iter("ab")
        >>> list(Letters() + Letters())
        ['a', 'b', 'a', 'b']
    """

    def __add__(self, other: Dataset[T_co]) -> "ChainDataset":  # type: ignore[override]
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors indexed together along their first dimension.

    Shape: each tensor (N, ...); item i is the tuple of their i-th entries.

    Raises:
        AssertionError: first dimensions of different sizes.

    Example:
        >>> import lucet
        >>> from lucet.utils.data import TensorDataset
        >>> data = TensorDataset(lucet.arange(6).reshape(3, 2), lucet.tensor([7, 8, 9]))
        >>> x, y = data[1]
        >>> x.tolist(), y.item()
        ([2, 3], 8)
    """

    tensors: tuple[Tensor, ...]

    def __init__(self, *tensors: Tensor) -> None:
        sizes = [tensor.size(0) for tensor in tensors]
        if any(size != sizes[0] for size in sizes[1:]):
            raise AssertionError(f"TensorDataset: Size mismatch between tensors: first dimensions {sizes}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return self.tensors[0].size(0)


class StackDataset(Dataset[Any]):
    """Datasets indexed together: items are tuples (positional datasets) or dicts (named ones).

    Raises:
        ValueError: no datasets, both kinds, or different lengths.

    Example:
        >>> from lucet.utils.data import StackDataset
        >>> StackDataset(image=["a", "b"], label=[0, 1])[1]
        {'image': 'b', 'label': 1}
    """

    datasets: tuple | dict

    def __init__(self, *args: Dataset[Any], **kwargs: Dataset[Any]) -> None:
        if args and kwargs:
            raise ValueError("StackDataset: both positional and named datasets were given, expected one kind")
        if not args and not kwargs:
            raise ValueError("StackDataset: At least one dataset should be passed")
        self.datasets = args or kwargs
        lengths = [len(dataset) for dataset in self._members()]  # type: ignore[arg-type]
        if len(set(lengths)) != 1:
            raise ValueError(f"StackDataset: Size mismatch between datasets: lengths {lengths}")
        self._length = lengths[0]

    def _members(self) -> Iterable[Dataset[Any]]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def _joined(self, parts: Sequence[Any]) -> Any:
        if isinstance(self.datasets, dict):
            return dict(zip(self.datasets, parts, strict=True))
        return tuple(parts)

    def __getitem__(self, index: Any) -> Any:
        return self._joined([dataset[index] for dataset in self._members()])

    def __getitems__(self, indices: list) -> list[Any]:
        """Fetch many items, each member in one call where it can."""
        columns = []
        for dataset in self._members():
            column = _items(dataset, indices)
            if len(column) != len(indices):
                raise ValueError(
                    f"StackDataset: Nested dataset's output size mismatch. Expected {len(indices)}, got {len(column)}"
                )
            columns.append(column)
        return [self._joined(parts) for parts in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T_co]):
    """Datasets one after the other, under one index.

    Raises:
        AssertionError: no datasets, or an iterable one.
        ValueError: at indexing, an index below -len.

    Example:
        >>> from lucet.utils.data import ConcatDataset
        >>> data = ConcatDataset(["ab", "cde"])
        >>> data[3], data[-1], len(data)
        ('d', 'e', 5)
    """

    datasets: list[Dataset[T_co]]
    cumulative_sizes: list[int]

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """Return the running sums of the lengths."""
        return list(itertools.accumulate(len(part) for part in sequence))

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset: datasets should not be an empty iterable")
        for dataset in self.datasets:
            if isinstance(dataset, IterableDataset):
                raise AssertionError(
                    f"ConcatDataset does not support IterableDataset, found {type(dataset).__name__}\n"
                    "  fix   ChainDataset"
                )
        self.cumulative_sizes = self.cumsum(self.datasets)

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: int) -> T_co:
        if idx < 0:
            if -idx > len(self):
                raise ValueError(
                    f"ConcatDataset: index {idx}, but absolute value of index should not exceed dataset length "
                    f"{len(self)}"
                )
            idx += len(self)
        part = bisect_right(self.cumulative_sizes, idx)
        start = self.cumulative_sizes[part - 1] if part else 0
        return self.datasets[part][idx - start]

    @property
    def cummulative_sizes(self) -> list[int]:
        """The old spelling of `cumulative_sizes`."""
        warnings.warn("`cummulative_sizes` attribute is renamed to `cumulative_sizes`", FutureWarning, stacklevel=2)
        return self.cumulative_sizes


class ChainDataset(IterableDataset):
    """Iterable datasets one after the other.

    Raises:
        AssertionError: while iterating, a dataset that is not iterable.

    Example:
        >>> from lucet.utils.data import ChainDataset, IterableDataset
        >>> class Letters(IterableDataset):
        ...     def __iter__(self): return iter("ab")
        >>> list(ChainDataset([Letters(), Letters()]))
        ['a', 'b', 'a', 'b']
    """

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = datasets

    def __iter__(self) -> Iterator[Any]:
        for dataset in self._checked():
            yield from dataset

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self._checked())

    def _checked(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError(f"ChainDataset only supports IterableDataset, found {type(dataset).__name__}")
            yield dataset


class Subset(Dataset[T_co]):
    """The items of a dataset at the given indices.

    Raises:
        NotImplementedError: a subclass with `__getitem__` but without `__getitems__`, which loaders would bypass.

    Example:
        >>> from lucet.utils.data import Subset
        >>> list(Subset("abcd", [3, 0]))
        ['d', 'a']
    """

    dataset: Dataset[T_co]
    indices: Sequence[int]

    def __init__(self, dataset: Dataset[T_co], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices
        cls = type(self)
        if cls.__getitem__ is not Subset.__getitem__ and cls.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{cls.__name__} overrides __getitem__ but not __getitems__, which loaders call\n"
                "  fix   def __getitems__(self, indices): return [self[i] for i in indices]"
            )

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: list[int]) -> list[T_co]:
        """Fetch many items, in one call where the dataset can."""
        return _items(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def _items(dataset: Any, indices: list[Any]) -> list[Any]:
    fetch_all: Callable | None = getattr(dataset, "__getitems__", None)
    return fetch_all(indices) if callable(fetch_all) else [dataset[i] for i in indices]


def __getattr__(name: str) -> Any:
    if name == "random_split":  # found here too, as in torch; splits.py needs this module
        from .splits import random_split

        return random_split
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
