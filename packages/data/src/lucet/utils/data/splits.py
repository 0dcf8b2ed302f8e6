"""Parts of a dataset, and how often its classes occur: `random_split`, `class_counts`, `class_weights`, `sample_weights`."""

import itertools
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

import lucet
from lucet import Generator, Tensor
from lucet.errors import DtypeError, ShapeError

from .dataset import Dataset, StackDataset, Subset, TensorDataset

__all__ = ["TransformedSubset", "class_counts", "class_weights", "random_split", "sample_weights"]

T = TypeVar("T")


class TransformedSubset(Subset[T]):
    """The items of a dataset at the given indices, with `transform` applied to what is learned from.

    Of an item that is a tuple or a list, `transform` gets the first part and the others stay; any other item whole.

    Example:
        >>> from lucet.utils.data import TransformedSubset
        >>> TransformedSubset([(1, "a"), (2, "b")], [1], lambda x: -x)[0]
        (-2, 'b')
    """

    def __init__(self, dataset: Dataset[T], indices: Sequence[int], transform: Callable[[Any], Any]) -> None:
        super().__init__(dataset, indices)
        self.transform = transform

    def _transformed(self, item: Any) -> Any:
        if not isinstance(item, (tuple, list)) or not item:
            return self.transform(item)
        parts = [self.transform(item[0]), *item[1:]]
        if isinstance(item, tuple) and hasattr(item, "_fields"):
            return type(item)(*parts)
        return tuple(parts) if isinstance(item, tuple) else parts

    def __getitem__(self, idx: Any) -> Any:
        item = super().__getitem__(idx)
        return [self._transformed(one) for one in item] if isinstance(idx, list) else self._transformed(item)

    def __getitems__(self, indices: list[int]) -> list[T]:
        """Fetch many items, in one call where the dataset can, and transform each."""
        return [self._transformed(item) for item in super().__getitems__(indices)]


def random_split(
    dataset: Dataset[T],
    lengths: Sequence[int | float],
    generator: Generator | None = None,
    *,
    stratify: Sequence[int] | Tensor | bool | None = None,
    transforms: Sequence[Callable[[Any], Any] | None] | None = None,
) -> list[Subset[T]]:
    """Split a dataset at random into parts of the given lengths, or of the given fractions if these sum to 1.

    What rounding down fractions leaves over goes to the parts in turn. Draws one `randperm` from `generator`, or from
    the global one, with and without `stratify`.

    `stratify` gives each part its share of every class, to within two items: a class for each item, or True for the
    dataset's own (`targets` or `labels`, the last tensor of a `TensorDataset`). `transforms` gives each part a
    transform of its own (see `TransformedSubset`), or None: augmentation for the first part, none for the others.

    Raises:
        ValueError: lengths that do not sum to the dataset's, a fraction outside [0, 1], another number of classes than
            of items, or of transforms than of parts.
        TypeError: `stratify=True` and a dataset that does not tell its classes.

    Example:
        >>> import lucet
        >>> from lucet.utils.data import random_split
        >>> parts = random_split(range(10), [0.7, 0.3], generator=lucet.Generator().manual_seed(0))
        >>> [len(part) for part in parts]
        [7, 3]
        >>> labels = [0] * 8 + [1] * 4
        >>> [[labels[i] for i in part.indices].count(1) for part in random_split(labels, [0.5, 0.5], stratify=labels)]
        [2, 2]
    """
    total = len(dataset)  # type: ignore[arg-type]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        lengths = _lengths_of_fractions(total, lengths)
        for i, length in enumerate(lengths):
            if length == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.", stacklevel=2
                )
    if sum(lengths) != total:
        raise ValueError(
            f"random_split: Sum of input lengths does not equal the length of the input dataset: {sum(lengths)} and "
            f"{total}"
        )
    if transforms is not None and len(transforms) != len(lengths):
        raise ValueError(
            f"random_split: {len(transforms)} transforms for {len(lengths)} parts\n  fix   one for each part, or None"
        )
    classes = None if stratify is None or stratify is False else _classes(dataset, stratify, total)
    indices = lucet.randperm(total, generator=generator).tolist()
    counts = [int(length) for length in lengths]
    ends = itertools.accumulate(counts)
    order = list(range(total)) if classes is None else _interleaved([classes[i] for i in indices])
    parts = []
    for k, (end, length) in enumerate(zip(ends, counts, strict=True)):
        chosen = [indices[at] for at in sorted(order[end - length : end])]
        transform = transforms[k] if transforms is not None else None
        parts.append(Subset(dataset, chosen) if transform is None else TransformedSubset(dataset, chosen, transform))
    return parts


def _lengths_of_fractions(total: int, fractions: Sequence[float]) -> list[int]:
    for i, fraction in enumerate(fractions):
        if fraction < 0 or fraction > 1:
            raise ValueError(f"random_split: Fraction at index {i} is not between 0 and 1: {fraction}")
    lengths = [math.floor(total * fraction) for fraction in fractions]
    for i in range(total - sum(lengths)):
        lengths[i % len(lengths)] += 1
    return lengths


def _interleaved(classes: list[Any]) -> list[int]:
    """Places in `classes` in an order of which every stretch has its share of every class: each class spread evenly."""
    places: dict[Any, list[int]] = {}
    for place, one in enumerate(classes):
        places.setdefault(one, []).append(place)
    # each class begins at another part of its first step, or the rare ones would all lie in the same stretch
    starts = [(j + 0.5) / len(places) for j in range(len(places))]
    spread = [
        ((k + start) / len(own), place)
        for start, own in zip(starts, places.values(), strict=True)
        for k, place in enumerate(own)
    ]
    return [place for _, place in sorted(spread)]


def _classes(dataset: Any, given: Any, total: int) -> list[Any]:
    classes = _targets_of(dataset) if given is True else given
    if classes is None:
        raise TypeError(
            f"random_split: stratify is True, but {type(dataset).__name__} does not tell its classes\n"
            "  fix   stratify=[label of each item], or a dataset with an attribute `targets`"
        )
    classes = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    if len(classes) != total:
        raise ValueError(f"random_split: stratify has {len(classes)} classes, expected one for each of {total} items")
    return classes


def _targets_of(dataset: Any) -> Any:
    """The class of each item without making the items, or None."""
    if isinstance(dataset, Subset):
        inner = _targets_of(dataset.dataset)
        inner = inner.tolist() if hasattr(inner, "tolist") else inner
        return None if inner is None else [inner[i] for i in dataset.indices]
    if isinstance(dataset, TensorDataset):
        return dataset.tensors[-1] if dataset.tensors else None
    if isinstance(dataset, StackDataset):
        members = dataset.datasets
        last = next(reversed(members.values())) if isinstance(members, dict) else members[-1]
        return last if isinstance(last, Tensor) else _targets_of(last)
    for name in ("targets", "labels"):
        found = getattr(dataset, name, None)
        if found is not None:
            return found
    return None


def _labels(targets: Any, num_classes: int | None, caller: str) -> tuple[Tensor, int]:
    """One whole number an item, and the number of classes."""
    found = _targets_of(targets)
    labels = lucet.as_tensor(targets if found is None else found)
    if labels.dim() != 1:
        raise ShapeError(f"{caller}: targets have shape {tuple(labels.shape)}, expected (N,): one class for each item")
    if labels.numel() and (labels.is_floating_point() or labels.is_complex()):
        raise DtypeError(f"{caller}: targets are {str(labels.dtype)[6:]}, expected whole numbers from 0")
    labels = labels.long()
    low, high = (int(labels.min()), int(labels.max())) if labels.numel() else (0, -1)
    count = high + 1 if num_classes is None else num_classes
    if low < 0 or high >= count:
        raise ValueError(f"{caller}: targets go from {low} to {high}, expected 0 to {count - 1}")
    return labels, count


def class_counts(targets: Any, num_classes: int | None = None) -> Tensor:
    """How many items each class has.

    Args:
        targets: a class from 0 for each item, as a tensor or a sequence; or a dataset that tells them as `targets` or
            `labels`, a `TensorDataset` whose last tensor they are, a `Subset` of such.
        num_classes: the number of classes; by default one more than the largest that occurs.

    Returns:
        int64 (num_classes,).

    Raises:
        ShapeError, DtypeError, ValueError: targets that are not one whole number of [0, num_classes) for each item.

    Example:
        >>> from lucet.utils.data import class_counts
        >>> class_counts([0, 2, 2, 0, 0], num_classes=4)
        tensor([3, 0, 2, 0])
    """
    labels, count = _labels(targets, num_classes, "class_counts")
    return lucet.bincount(labels, minlength=count)


def class_weights(
    targets: Any, num_classes: int | None = None, *, scheme: Literal["balanced", "sqrt"] = "balanced"
) -> Tensor:
    """A weight for each class that makes up for how often it occurs, for `CrossEntropyLoss(weight=)`.

    `"balanced"`: N / (classes that occur * count), with which every class has the same part in the loss; `"sqrt"`: its
    square root, which evens out half of it. A class that does not occur has weight 0. The mean over the items is 1 with
    `"balanced"`.

    Returns:
        float32 (num_classes,). The arguments and errors are those of `class_counts`.

    Example:
        >>> from lucet.utils.data import class_weights
        >>> class_weights([0, 0, 0, 1])
        tensor([0.6667, 2.0000])
    """
    if scheme not in ("balanced", "sqrt"):
        raise ValueError(f"class_weights: scheme is {scheme!r}, expected 'balanced' or 'sqrt'")
    labels, count = _labels(targets, num_classes, "class_weights")
    counts = lucet.bincount(labels, minlength=count).double()
    there = counts > 0
    share = labels.numel() / (counts.clamp(min=1) * there.sum().clamp(min=1))
    share = share.sqrt() if scheme == "sqrt" else share
    return (share * there).float()


def sample_weights(targets: Any, num_classes: int | None = None) -> Tensor:
    """A weight for each item, for a `WeightedRandomSampler` that draws every class equally often.

    Returns:
        float64 (N,), the inverse of how often the item's class occurs. The arguments and errors are those of
        `class_counts`.

    Example:
        >>> from lucet.utils.data import WeightedRandomSampler, sample_weights
        >>> weights = sample_weights([0, 0, 0, 1])
        >>> weights.tolist()[2:]
        [0.3333333333333333, 1.0]
        >>> sampler = WeightedRandomSampler(weights, num_samples=4)
    """
    labels, count = _labels(targets, num_classes, "sample_weights")
    return (1 / lucet.bincount(labels, minlength=count).double())[labels]
