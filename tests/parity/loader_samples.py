"""Loaders and samplers beside torch, case by case: the order of an epoch, the batches, and the place in the random stream behind it.

Used by test_loaders.py, which fails where a case differs, and by tools/paritytable.py, which counts.
"""

import itertools
import warnings
from typing import NamedTuple

import torch
import torch.utils.data as theirs

import lucet
import lucet.utils.data as ours

# Text, to be read with each library as T and its data package as D; `g` is a generator of the library.
SAMPLERS = {
    "SequentialSampler": ["range(4)", "[]", "[5, 6, 7]"],
    "RandomSampler": [
        "range(9)",
        "range(1)",
        "range(9), True",
        "range(9), generator=g",
        "range(5), False, 13",
        "range(5), True, 70",
        "range(5), replacement=True, num_samples=3, generator=g",
        "range(100), num_samples=250, generator=g",
        "[]",
        "range(3), num_samples=0",
        "range(3), 1",
    ],
    "SubsetRandomSampler": ["[4, 1, 7]", "[]", "[4, 1, 7], generator=g", "range(40), g"],
    "WeightedRandomSampler": [
        "[0.5, 0.0, 2.0, 1.0], 20",
        "[0.5, 0.1, 2.0, 1.0], 3, False",
        "T.tensor([1.0, 3.0]), 50, generator=g",
        "[1, 2, 3], num_samples=2, replacement=False, generator=g",
        "[[0.5]], 3",
        "[0.5], 0",
        "[0.5], 2, False",
    ],
    "BatchSampler": [
        "range(7), 3, False",
        "range(7), 3, True",
        "D.RandomSampler(range(10)), 4, False",
        "D.SubsetRandomSampler([3, 4, 5]), 2, drop_last=True",
        "[[1], [2], [3]], 2, False",
        "range(7), 0, True",
        "range(7), 3, 1",
        "range(2), 5, True",
    ],
    "DistributedSampler": [
        f"range({count}), {replicas}, {rank}{more}"
        for count, replicas, rank in [(10, 3, 0), (10, 3, 2), (2, 5, 4), (0, 2, 1), (12, 4, 1), (7, 1, 0)]
        for more in ("", ", shuffle=False", ", seed=3", ", drop_last=True", ", shuffle=False, drop_last=True")
    ]
    + ["range(4), 2, 2", "range(4), 2, -1", "range(4)"],
}


def _loaders():
    """Options of loaders, over datasets of some lengths."""
    for length, batch, shuffle, drop_last, generator in itertools.product(
        (0, 1, 5, 12), (1, 4, 12), (False, True), (False, True), ("", "g")
    ):
        if shuffle or not generator:
            more = ", generator=g" if generator else ""
            yield f"Numbers({length}), {batch}, shuffle={shuffle and length > 0}, drop_last={drop_last}{more}"
    for more in (
        "batch_size=None",
        "batch_size=None, shuffle=True",
        "batch_size=3, sampler=[4, 4, 0, 1]",
        "sampler=D.WeightedRandomSampler([1.0] * 6, 8), batch_size=3",
        "batch_sampler=[[3, 1], [1, 1, 1], [5]]",
        "batch_sampler=D.BatchSampler(D.RandomSampler(range(6)), 4, True)",
        "batch_size=4, collate_fn=lambda batch: (len(batch), batch[0])",
        "batch_size=2, sampler=D.DistributedSampler(range(6), 2, 1)",
        "batch_size=2, shuffle=True, collate_fn=lambda batch: T.rand(len(batch))",
        "batch_size=0",
        "batch_size=2, sampler=[1], shuffle=True",
        "batch_sampler=[[1]], batch_size=2",
        "batch_size=None, drop_last=True",
        "prefetch_factor=2",
        "persistent_workers=True",
        "num_workers=-1",
        "timeout=-1",
        "multiprocessing_context='fork'",
    ):
        yield f"Numbers(6), {more}"
    for data in (
        "Pairs(7)",
        "Named(7)",
        "D.TensorDataset(T.arange(14).view(7, 2), T.arange(7))",
        "D.Subset(Pairs(9), [8, 1, 2, 4, 5, 0, 3])",
    ):
        for more in ("3", "3, shuffle=True", "2, drop_last=True, shuffle=True, generator=g"):
            yield f"{data}, {more}"
    for data in (
        "Pairs(2) + Pairs(5)",
        "D.ConcatDataset([Numbers(3), Numbers(4)])",
        "D.StackDataset(Numbers(7), Pairs(7))",
        "D.StackDataset(a=Numbers(7), b=Named(7))",
    ):
        yield f"{data}, 3, shuffle=True"
    for data in ("Stream(7)", "D.ChainDataset([Stream(3), Stream(4)])", "Stream(0)"):
        for more in ("3", "3, drop_last=True", "None", "3, shuffle=True", "3, sampler=[1]", "batch_sampler=[[1]]"):
            yield f"{data}, {more}"


def _splits():
    for length, parts in itertools.product(
        (0, 1, 9, 10), ("[0.5, 0.5]", "[0.7, 0.2, 0.1]", "[3, 6]", "[0.34, 0.33, 0.33]", "[-0.5, 1.5]", "[10]")
    ):
        for generator in ("", ", generator=g", ", g"):
            yield f"range({length}), {parts}{generator}"


CASES = {
    **SAMPLERS,
    "DataLoader": list(_loaders()),
    "random_split": list(_splits()),
}


def world(T, D):
    """Datasets of each library, of which some items draw."""

    class Numbers(D.Dataset):
        def __init__(self, count):
            self.count = count

        def __len__(self):
            return self.count

        def __getitem__(self, index):
            return index * 10

    class Pairs(Numbers):
        def __getitem__(self, index):
            return T.rand(2) + index, index

    class Named(Numbers):
        def __getitem__(self, index):
            return {"x": T.full((2, 2), float(index)), "name": str(index), "draw": T.randint(0, 99, (1,))}

    class Stream(D.IterableDataset):
        def __init__(self, count):
            self.count = count

        def __iter__(self):
            return iter([T.rand(1) + k for k in range(self.count)])

    return {
        "T": T,
        "D": D,
        "g": T.Generator().manual_seed(3),
        "Numbers": Numbers,
        "Pairs": Pairs,
        "Named": Named,
        "Stream": Stream,
    }


def flat(x):
    if hasattr(x, "tolist"):
        return str(x.dtype).split(".")[1], tuple(x.shape), x.tolist()
    if isinstance(x, dict):
        return {key: flat(value) for key, value in x.items()}
    return type(x).__name__, [flat(part) for part in x] if isinstance(x, (list, tuple)) else x


def story(T, D, name, arguments):
    """Two epochs, the length, and what the library and the generator draw next; or the class of the error."""
    names = world(T, D)
    T.manual_seed(8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if name == "DistributedSampler":
                from importlib import import_module

                D = import_module(f"{D.__name__}.distributed")
            make = getattr(D, name)
            # items draw as torch's do only with rng="torch"
            more = ', rng="torch"' if name == "DataLoader" and T is lucet else ""
            thing = eval(f"make({arguments}{more})", names | {"make": make})
            if name == "random_split":
                epochs = [list(part.indices) for part in thing]
            else:
                epochs = [flat(list(thing))]
                if hasattr(thing, "set_epoch"):
                    thing.set_epoch(1)
                epochs.append(flat(list(thing)))
            try:
                length = len(thing)
            except TypeError as problem:
                length = type(problem)
            return epochs, length, T.rand(1).item(), T.rand(1, generator=names["g"]).item()
        except Exception as problem:
            return next(kind for kind in type(problem).__mro__ if kind.__module__ == "builtins")


class Outcome(NamedTuple):
    """One case: the class, what was compared, what is wrong with it if anything."""

    name: str
    case: str
    problem: str


def outcomes():
    """The outcome of each case."""
    for name, rows in CASES.items():
        for arguments in rows:
            mine, reference = story(lucet, ours, name, arguments), story(torch, theirs, name, arguments)
            yield Outcome(name, f"{name}({arguments})", "" if mine == reference else f"{mine}\n    torch {reference}")
