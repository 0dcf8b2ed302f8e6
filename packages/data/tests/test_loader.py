"""The loader: same bits for any workers, resuming, errors, ending. Orders are in test_order.py."""

import gc
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import warnings
import weakref

import pytest
from noisy import Deadly, Noisy, NoisyStream, Unopened, mixed

import lucet
from lucet import _modes
from lucet.overrides import TorchFunctionMode
from lucet.utils.data import (
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    _lock,
    _processes,
    default_collate,
    get_worker_info,
)

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create", "ignore:.pin_memory. argument")


def flat(batch):
    if isinstance(batch, lucet.Tensor):
        return batch.tolist()
    if isinstance(batch, dict):
        return {k: flat(v) for k, v in batch.items()}
    return [flat(part) for part in batch] if isinstance(batch, (list, tuple)) else batch


def epoch(loader):
    return [flat(batch) for batch in loader]


def our_threads():
    return [t for t in threading.enumerate() if t.name.startswith("lucet-loader")]


def seeded(seed=0):
    lucet.manual_seed(seed)


@pytest.fixture(autouse=True)
def no_thread_survives():
    before = set(our_threads())
    yield
    gc.collect()
    for thread in set(our_threads()) - before:
        thread.join(5)
    assert not set(our_threads()) - before


OPTIONS = [
    {"batch_size": 4, "shuffle": True},
    {"batch_size": 3, "drop_last": True},
    {"batch_size": 4, "shuffle": True, "collate_fn": mixed},
    {"batch_size": None, "shuffle": True},
    {"batch_sampler": [[3, 1], [1, 1, 1], [7]]},
    {"batch_size": 5, "sampler": [4, 4, 4, 2, 0, 1]},
]
SPELLED = [", ".join(f"{key}={getattr(value, '__name__', value)}" for key, value in each.items()) for each in OPTIONS]


@pytest.mark.parametrize("options", OPTIONS, ids=SPELLED)
@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_number_of_threads_gives_the_same_bits(options, workers):
    seeded()
    expected = [epoch(DataLoader(Noisy(), **options)) for _ in range(2)]
    after = lucet.rand(1).item()
    seeded()
    assert [epoch(DataLoader(Noisy(), num_workers=workers, **options)) for _ in range(2)] == expected
    assert lucet.rand(1).item() == after
    assert expected[0] != expected[1]


@pytest.mark.parametrize("options", [OPTIONS[0], OPTIONS[2]], ids=[SPELLED[0], SPELLED[2]])
@pytest.mark.parametrize("context", [None, "spawn"])
def test_processes_give_the_same_bits(options, context):
    seeded()
    expected = epoch(DataLoader(Noisy(9), **options))
    seeded()
    more = {"worker_type": "process"} if context is None else {"multiprocessing_context": context}
    loader = DataLoader(Noisy(9), num_workers=2, **more, **options)
    assert loader.worker_type == "process"
    assert epoch(loader) == expected


def test_items_of_one_epoch_draw_differently_even_when_an_index_repeats():
    seeded()
    (batch,) = epoch(DataLoader(Noisy(), batch_size=6, sampler=[2] * 6))
    assert len({tuple(row) for row in batch[1]}) == 6


def test_loading_leaves_the_global_stream_alone():
    seeded()
    for _ in DataLoader(Noisy(), batch_size=4):
        pass
    after = lucet.rand(1).item()
    seeded()
    for _ in DataLoader(TensorDataset(lucet.zeros(20)), batch_size=4):
        pass
    assert lucet.rand(1).item() == after


def test_rng_torch_draws_items_from_the_global_stream():
    seeded()
    loader = DataLoader(Noisy(4), batch_size=2, rng="torch")
    found = epoch(loader)
    seeded()
    lucet.empty((), dtype=lucet.int64).random_()
    assert found == [
        [[0, 1], [lucet.rand(3).tolist(), lucet.rand(3).tolist()]],
        [[2, 3], [lucet.rand(3).tolist(), lucet.rand(3).tolist()]],
    ]


def test_rng_torch_with_workers_gives_each_worker_one_stream():
    seeded()
    loader = DataLoader(Noisy(4), batch_size=1, num_workers=1, rng="torch")
    found = [batch[1][0] for batch in epoch(loader)]
    seeded()
    base = lucet.empty((), dtype=lucet.int64).random_().item()
    generator = lucet.Generator().manual_seed(base)
    assert found == [lucet.rand(3, generator=generator).tolist() for _ in range(4)]


def gathered():
    x, y = lucet.arange(60).reshape(20, 3).float(), lucet.arange(20)
    data = TensorDataset(x, y)
    return [
        data,
        Subset(data, list(range(19, -1, -1))),
        Subset(Subset(data, range(3, 15)), [5, 0, 7]),
        StackDataset(data, TensorDataset(y * 2)),
        StackDataset(a=data, b=Subset(data, list(range(20)))),
        TensorDataset(x.t().contiguous().t(), y),
        TensorDataset(x.reshape(20, 3, 1, 1), y > 3),
        TensorDataset(x[::2], y[::2]),
        TensorDataset(lucet.zeros(20, 0)),
        ConcatDataset([data, data]),
    ]


@pytest.mark.parametrize("number", range(10))
def test_gathering_equals_collating_item_by_item(number):
    data = gathered()[number]
    seeded()
    fast = list(DataLoader(data, batch_size=7, shuffle=True))
    seeded()
    slow = list(DataLoader(data, batch_size=7, shuffle=True, collate_fn=lambda items: default_collate(items)))

    def leaves(x):
        if isinstance(x, lucet.Tensor):
            yield x
        else:
            for part in x.values() if isinstance(x, dict) else x:
                yield from leaves(part)

    assert flat(fast) == flat(slow)
    for a, b in zip(leaves(fast), leaves(slow), strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape and a.stride() == b.stride()


def test_gathering_copies():
    x = lucet.zeros(4, 2)
    (batch,) = next(iter(DataLoader(TensorDataset(x), batch_size=4)))
    batch += 1
    assert x.sum().item() == 0


def test_gathering_leaves_datasets_with_methods_of_their_own_alone():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return tuple(t * 2 for t in super().__getitem__(index))

    class InOneGo(TensorDataset):
        def __getitems__(self, indices):
            return [("all", i) for i in indices]

    assert epoch(DataLoader(Doubled(lucet.arange(3)), batch_size=3)) == [[[0, 2, 4]]]
    assert epoch(DataLoader(InOneGo(lucet.arange(2)), batch_size=2)) == [[["all", "all"], [0, 1]]]


def test_getitems_gets_the_whole_batch():
    class Table(Dataset):
        def __len__(self):
            return 4

        def __getitems__(self, indices):
            return [i * 10 for i in indices]

    for workers in (0, 2):
        assert epoch(DataLoader(Table(), batch_size=3, num_workers=workers)) == [[0, 10, 20], [30]]
        assert epoch(DataLoader(Subset(Table(), [3, 0]), batch_size=2, num_workers=workers)) == [[30, 0]]


RESUMABLE = [
    (lambda: Noisy(), {"batch_size": 3, "shuffle": True}),
    (lambda: Noisy(), {"batch_size": 3, "shuffle": True, "drop_last": True, "collate_fn": mixed}),
    (lambda: Noisy(), {"batch_size": None, "shuffle": True}),
    (lambda: TensorDataset(lucet.arange(20)), {"batch_size": 3, "shuffle": True}),
    (lambda: Noisy(), {"batch_size": 3, "shuffle": True, "explicit": 5}),
    (lambda: Noisy(), {"batch_size": 3, "sampler": lambda g: RandomSampler(range(20), True, 40, generator=g)}),
    (lambda: Noisy(), {"batch_size": 3, "sampler": lambda g: RandomSampler(range(20), True, 40)}),
    (lambda: Noisy(), {"batch_size": 3, "sampler": lambda g: SubsetRandomSampler(range(4, 18))}),
    (lambda: Noisy(), {"batch_size": 3, "sampler": lambda g: WeightedRandomSampler([1.0] * 20, 25)}),
    (lambda: NoisyStream(), {"batch_size": 3}),
    (lambda: NoisyStream(), {"batch_size": None}),
    (lambda: NoisyStream(), {"batch_size": 3, "drop_last": True}),
    (lambda: ChainDataset([NoisyStream(5), NoisyStream(6)]), {"batch_size": 2}),
]


def make_loader(data, options, **more):
    options = dict(options)
    explicit = options.pop("explicit", None)
    generator = lucet.Generator().manual_seed(11)
    if explicit is not None:
        options["generator"] = generator
    if "sampler" in options:
        options["sampler"] = options["sampler"](generator)
    return DataLoader(data(), **options, **more)


@pytest.mark.parametrize("data, options", RESUMABLE)
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("taken", [0, 1, 4])
def test_resuming_in_mid_epoch_continues_to_the_same_bits(data, options, workers, taken):
    seeded()
    loader = make_loader(data, options, num_workers=workers)
    lucet.rand(2)
    batches = iter(loader)
    for _ in range(taken):
        next(batches)
        lucet.rand(1)  # training draws too
    place = pickle.loads(pickle.dumps(loader.state_dict()))
    drawn = lucet.get_rng_state()
    expected = [epoch(batches), epoch(loader), lucet.rand(1).item()]

    seeded(99)
    twin = make_loader(data, options, num_workers=workers)
    twin.load_state_dict(place)
    assert str(twin.state_dict()) == str(place)
    lucet.set_rng_state(drawn)
    assert [epoch(twin), epoch(twin), lucet.rand(1).item()] == expected


def test_resuming_with_another_number_and_kind_of_workers():
    def start(workers, **more):
        return DataLoader(Noisy(), batch_size=3, shuffle=True, num_workers=workers, **more)

    seeded()
    loader = start(3)
    batches = iter(loader)
    for _ in range(2):
        next(batches)
    place = loader.state_dict()
    rest = epoch(batches)
    for workers, more in ((0, {}), (1, {}), (2, {"worker_type": "process"}), (2, {"in_order": True})):
        twin = start(workers, **more)
        twin.load_state_dict(place)
        assert epoch(twin) == rest


def test_resuming_twice_and_after_an_early_end_of_the_loop():
    seeded()
    loader = DataLoader(Noisy(), batch_size=3, shuffle=True, num_workers=2)
    whole = epoch(loader)
    seeded()
    seen = []
    for batch in loader:
        seen.append(flat(batch))
        if len(seen) == 2:
            break
    for _ in range(2):
        twin = DataLoader(Noisy(), batch_size=3, shuffle=True, num_workers=1)
        twin.load_state_dict(loader.state_dict())
        seen.append(flat(next(iter(twin))))
        loader = twin
    assert seen == whole[:4]


def test_a_place_goes_through_a_file(tmp_path):
    seeded()
    loader = DataLoader(Noisy(), batch_size=3, shuffle=True, generator=lucet.Generator().manual_seed(1))
    batches = iter(loader)
    next(batches)
    lucet.save({"loader": loader.state_dict()}, tmp_path / "place.pt")
    twin = DataLoader(Noisy(), batch_size=3, shuffle=True, generator=lucet.Generator())
    twin.load_state_dict(lucet.load(tmp_path / "place.pt")["loader"])
    assert epoch(twin) == epoch(batches)


def test_the_last_batch_and_the_end_of_an_epoch_are_different_places():
    seeded()
    loader = DataLoader(range(4), batch_size=2, shuffle=True)
    batches = iter(loader)
    next(batches), next(batches)
    twin = DataLoader(range(4), batch_size=2, shuffle=True)
    twin.load_state_dict(loader.state_dict())
    assert epoch(twin) == [] and len(epoch(twin)) == 2
    assert list(batches) == []
    assert loader.state_dict()["running"] is False
    twin.load_state_dict(loader.state_dict())
    assert len(epoch(twin)) == 2
    assert DataLoader(range(4)).state_dict()["running"] is False


def test_unordered_batches_resume_without_loss():
    held = threading.Event()

    class Held(Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, index):
            if index == 0:
                held.wait()
            return index

    loader = DataLoader(Held(), batch_size=1, num_workers=2, in_order=False, prefetch_factor=2)
    batches = iter(loader)
    first = [next(batches).item() for _ in range(2)]
    assert 0 not in first
    place = loader.state_dict()
    held.set()
    rest = sorted(b.item() for b in batches)
    twin = DataLoader(Held(), batch_size=1)
    twin.load_state_dict(place)
    assert sorted(b.item() for b in twin) == rest and sorted(first + rest) == list(range(6))


def test_persistent_workers_resume_between_and_inside_epochs():
    def start():
        return DataLoader(Noisy(), batch_size=6, shuffle=True, num_workers=2, persistent_workers=True)

    seeded()
    loader = start()
    epochs = [epoch(loader) for _ in range(2)]
    assert epochs[0] != epochs[1]
    between, drawn = loader.state_dict(), lucet.get_rng_state()
    third = iter(loader)
    first = flat(next(third))
    inside = loader.state_dict()
    rest = epoch(third)
    fourth = epoch(loader)
    twin = start()
    twin.load_state_dict(between)
    lucet.set_rng_state(drawn)
    assert epoch(twin) == [first, *rest] and epoch(twin) == fourth
    lucet.set_rng_state(drawn)
    twin.load_state_dict(inside)  # while its workers live
    assert epoch(twin) == rest


def test_a_sampler_that_is_told_epochs_goes_on_in_its_own():
    def start():
        return DataLoader(range(20), batch_size=2, sampler=DistributedSampler(range(20), 2, 1))

    loader = start()
    loader.sampler.set_epoch(5)
    batches = iter(loader)
    next(batches)
    place = loader.state_dict()
    rest = epoch(batches)
    assert resumed(start(), place).sampler.epoch == 0  # until the loop begins
    twin = resumed(start(), place)
    assert epoch(twin) == rest and twin.sampler.epoch == 5
    for value in (None, -1, "5"):
        with pytest.raises(ValueError, match="load_state_dict: sampler_epoch is "):
            start().load_state_dict(place | {"sampler_epoch": value})


@pytest.mark.parametrize("state, text", [({"a": 1}, "format 1.*'a'"), (3, "found a int"), ({"format": 2}, "format 1")])
def test_states_of_other_kinds_are_refused(state, text):
    with pytest.raises(ValueError, match=text):
        DataLoader(range(3)).load_state_dict(state)


def shuffled(length=6, **more):
    return DataLoader(range(length), **({"batch_size": 2, "shuffle": True, "generator": lucet.Generator()} | more))


def middle(loader):
    """The place behind the loader's first batch."""
    next(iter(loader))
    return loader.state_dict()


DAMAGE = {
    "running": [None, 1, "no"],
    "epoch": [None, -1, 1.0, True, "0", 2**63],
    "base_seed": [None, -1, "7", 2**64],
    "done": [None, -1, 1.0, True, 4],
    "ahead": [None, 3, [0], [1], [3], [2, 2], ["2"], [True]],
    "begun": [None, 0, 1, False],
    "sampler_epoch": [0, "1", -1, True],
    "before_iter": [None, [], [lucet.get_rng_state()], [1, 2], [lucet.get_rng_state()[:-1]] * 2],
    "before_first": [None, (), [lucet.zeros(5056, dtype=lucet.uint8)] * 2, [lucet.get_rng_state().long()] * 2],
    "dataset_length": [None, 5, 6.0, "6"],
    "batches": [None, 2],
    "batch_size": [None, 3, True],
    "drop_last": [None, True, 0],
    "sampler": [None, "SequentialSampler", 1],
    "batch_sampler": [None, "Other"],
    "rng": [None, "torch", 1],
}


def test_every_field_is_damaged_here():
    assert set(DAMAGE) | {"format"} == set(middle(shuffled()))


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_field_is_named_and_nothing_changes(name):
    seeded()
    good = middle(shuffled())
    expected = epoch(resumed(shuffled(), good))
    for value in DAMAGE[name]:
        loader = resumed(shuffled(), good)
        before, drawn = str(loader.state_dict()), lucet.get_rng_state()
        with pytest.raises(ValueError, match=rf"load_state_dict: {name}(\[\d\])? is "):
            loader.load_state_dict(good | {name: value})
        assert str(loader.state_dict()) == before and lucet.equal(lucet.get_rng_state(), drawn)
        assert epoch(loader) == expected
    with pytest.raises(ValueError, match=f"load_state_dict: {name} is missing"):
        shuffled().load_state_dict({key: value for key, value in good.items() if key != name})


def resumed(loader, state):
    loader.load_state_dict(state)
    return loader


def test_a_field_too_many_is_named():
    for state in (middle(shuffled()), shuffled().state_dict()):
        with pytest.raises(ValueError, match="load_state_dict: extra is there"):
            shuffled().load_state_dict(state | {"extra": 1})
    for name in ("epoch", "base_seed"):  # which persistent workers keep both of
        with pytest.raises(ValueError, match="is missing"):
            shuffled().load_state_dict(shuffled().state_dict() | {name: 1})


@pytest.mark.parametrize(
    "other, name",
    [
        (lambda: shuffled(length=5), "dataset_length is 6, expected 5"),
        (lambda: shuffled(batch_size=3), "batches is 3, expected 2"),
        (lambda: shuffled(length=6, batch_size=None), "batches is 3, expected 6"),
        (lambda: shuffled(drop_last=True), "drop_last is False, expected True"),
        (lambda: shuffled(shuffle=False), "sampler is 'RandomSampler', expected 'SequentialSampler'"),
        (lambda: shuffled(rng="torch"), "rng is 'item', expected 'torch'"),
        (lambda: shuffled(generator=None), "before_iter is of 1 generators besides the global one, expected 0"),
        (lambda: DataLoader(NoisyStream(), batch_size=2), "iterable_workers is missing"),
    ],
)
def test_a_place_in_another_loader_is_refused(other, name):
    seeded()
    place = middle(shuffled())
    with pytest.raises(ValueError, match=name):
        other().load_state_dict(place)


def test_a_place_in_an_iterable_dataset_belongs_to_its_workers():
    seeded()
    place = middle(DataLoader(NoisyStream(), num_workers=1))
    with pytest.raises(ValueError, match="iterable_workers is 1, expected 2"):
        DataLoader(NoisyStream(), num_workers=2).load_state_dict(place)
    with pytest.raises(ValueError, match="iterable_workers is 1, expected none"):
        DataLoader(range(3)).load_state_dict(place)


def test_a_loaded_place_is_the_loaders_own():
    seeded()
    place = middle(shuffled())
    loader = resumed(shuffled(), place)
    expected = epoch(resumed(shuffled(), place))
    place["ahead"].append(2)
    place["before_iter"].clear()
    assert epoch(loader) == expected


def test_places_that_cannot_be_told():
    for loader in (
        DataLoader(Noisy(), num_workers=1, rng="torch"),
        DataLoader(NoisyStream(), num_workers=1, in_order=False),
    ):
        batches = iter(loader)
        next(batches)
        with pytest.raises(RuntimeError, match="cannot be resumed"):
            loader.state_dict()


class Modes(Dataset):
    """What an item sees of the caller's switches, and where it is made."""

    def __init__(self, length=2):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return lucet.is_grad_enabled(), lucet.is_inference_mode_enabled(), get_worker_info() is not None


@pytest.mark.parametrize("workers, kind", [(0, None), (2, "thread"), (2, "process")])
@pytest.mark.parametrize("persistent", [False, True])
def test_items_are_made_in_the_grad_modes_of_the_loop(workers, kind, persistent):
    options = {"persistent_workers": persistent and workers > 0, "num_workers": workers, "worker_type": kind}
    loader = DataLoader(Modes(), batch_size=None, **options)
    inside = workers > 0
    assert list(loader) == [[True, False, inside]] * 2
    with lucet.no_grad():
        assert list(loader) == [[False, False, inside]] * 2
    with lucet.inference_mode():
        assert list(loader) == [[False, True, inside]] * 2
    assert list(loader) == [[True, False, inside]] * 2


@pytest.mark.parametrize("workers", [0, 2])
def test_items_are_seen_by_the_interception_modes_of_the_loop(workers):
    class Log(TorchFunctionMode):
        def __init__(self):
            self.seen = []

        def __torch_function__(self, func, types, args=(), kwargs=None):
            self.seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    class Cosines(Modes):
        def __getitem__(self, index):
            return lucet.zeros(1).cos()

    loader = DataLoader(Cosines(4), batch_size=None, num_workers=workers, persistent_workers=workers > 0)
    with Log() as outer, Log() as inner:
        list(loader)
    assert outer.seen.count("cos") == inner.seen.count("cos") == 4
    list(loader)
    assert outer.seen.count("cos") == 4
    assert _modes._modes_in_force() == (True, False, 0, ())


def test_forked_processes_keep_the_interception_modes_they_began_with():
    class Twice(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            result = func(*args, **(kwargs or {}))
            return result * 2 if func.__name__ == "cos" else result

    class Cosines(Modes):
        def __getitem__(self, index):
            return lucet.zeros(1).cos()

    for kind in ("thread", "process"):
        context = "fork" if kind == "process" else None
        loader = DataLoader(Cosines(), num_workers=1, worker_type=kind, multiprocessing_context=context)
        with Twice():
            batches = list(loader)
        assert [batch.item() for batch in batches] == [2.0, 2.0]


class Broken(Dataset):
    def __init__(self, error, at=5):
        self.error, self.at = error, at

    def __len__(self):
        return 8

    def __getitem__(self, index):
        if index == self.at:
            raise self.error
        return index


class Unreadable(Exception):
    def __init__(self, path, more):
        super().__init__(path, more)
        self.path = path


@pytest.mark.parametrize("workers, kind", [(0, None), (2, "thread"), (2, "process")])
@pytest.mark.parametrize(
    "make",
    [
        lambda: KeyError("k"),
        lambda: Unreadable("a/b.png", 1),
        lambda: FileNotFoundError(2, "gone", "c.png"),
        lambda: StopAsyncIteration(),
    ],
)
def test_errors_keep_their_class_and_name_the_item(workers, kind, make):
    error = make()
    loader = DataLoader(Broken(error), batch_size=2, num_workers=workers, worker_type=kind)
    batches = iter(loader)
    assert [next(batches).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(type(error)) as caught:
        next(batches)
    assert caught.value.args == error.args
    note = caught.value.__notes__[0]
    assert "Broken[5]" in note and ("worker" in note) == bool(workers)
    if isinstance(error, (Unreadable, OSError)):
        assert ("b.png" in note) or ("c.png" in note)
    assert next(batches).tolist() == [6, 7]
    assert list(batches) == []


RAGGED = [lucet.zeros(2), lucet.zeros(2), lucet.zeros(3), lucet.zeros(2)]


@pytest.mark.parametrize("workers, kind", [(0, None), (2, "thread"), (2, "process")])
def test_items_that_do_not_collate_are_named(workers, kind):
    with pytest.raises(RuntimeError, match="stack expects each tensor to be equal size") as caught:
        epoch(DataLoader(RAGGED, batch_size=2, num_workers=workers, worker_type=kind))
    place = "the collation of list[[2, 3]]" + (", loader worker 1" if workers else "")
    assert str(caught.value).startswith("stack expects") and str(caught.value).endswith(f"\n  at    {place}")
    assert not any(note.startswith("at ") for note in getattr(caught.value, "__notes__", ()))  # said once

    class Stream(IterableDataset):
        def __iter__(self):
            return iter(RAGGED)

    with pytest.raises(RuntimeError) as caught:
        epoch(DataLoader(Stream(), batch_size=2, num_workers=min(workers, 1), worker_type=kind))
    assert "the collation of Stream[[2, 3]]" in caught.value.at
    with pytest.raises(TypeError, match="cannot") as caught:
        epoch(DataLoader([1, 2], num_workers=workers, worker_type=kind, collate_fn=refuse))
    assert "at the collation of list[[0]]" in caught.value.__notes__[0]


def refuse(items):
    raise TypeError("cannot")


def test_lucet_errors_get_a_place():
    from lucet._errors import ShapeError, error

    with pytest.raises(ShapeError, match=r"at    Broken\[5\]"):
        epoch(DataLoader(Broken(error(ShapeError, "resize: no")), batch_size=8))


def test_the_failing_item_of_a_gathered_batch_is_named():
    with pytest.raises(IndexError) as caught:
        epoch(DataLoader(TensorDataset(lucet.arange(3)), batch_size=2, sampler=[0, 7]))
    assert "TensorDataset[7]" in caught.value.__notes__[0]


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_errors_of_iterables_of_collating_and_of_starting(kind):
    class Bad(IterableDataset):
        def __iter__(self):
            yield 1
            raise OSError(5, "bad", "x.bin")

    batches = iter(DataLoader(Bad(), batch_size=1, num_workers=1, worker_type=kind))
    assert next(batches).item() == 1
    with pytest.raises(OSError, match="bad") as caught:
        next(batches)
    assert "Bad[1], file x.bin, loader worker 0" in caught.value.__notes__[0]

    with pytest.raises(TypeError, match="batch must contain"):
        epoch(DataLoader([object()], num_workers=1, worker_type=kind))

    class NoStart(IterableDataset):
        def __iter__(self):
            raise ValueError("no start")

    with pytest.raises(ValueError, match="no start"):
        epoch(DataLoader(NoStart(), num_workers=1, worker_type=kind))

    def fail(worker):
        raise ValueError(f"worker {worker} cannot")

    batches = iter(DataLoader(Noisy(), num_workers=1, worker_type=kind, worker_init_fn=fail))
    with pytest.raises(ValueError, match="worker 0 cannot"):
        next(batches)
    with pytest.raises(RuntimeError, match="could not start: ValueError: worker 0 cannot"):
        next(batches)


def test_a_batch_that_cannot_be_sent_is_an_error_and_no_hang():
    loader = DataLoader([1, 2], num_workers=1, worker_type="process", collate_fn=lambda b: lambda: b)
    with pytest.raises(Exception, match="pickle|local"):
        epoch(loader)


def test_a_process_that_dies_is_told():
    class Leaving(Noisy):
        def __getitem__(self, index):
            os._exit(3)

    with pytest.raises(
        RuntimeError, match=r"^DataLoader worker \(pid\(s\) \d+\) exited unexpectedly: worker 0, exit code 3"
    ) as caught:
        epoch(DataLoader(Leaving(), num_workers=1, worker_type="process"))
    assert "batch 0 of Leaving" in str(caught.value)


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_a_process_killed_while_it_sends_is_told_and_nothing_hangs(context):
    batches = iter(DataLoader(Deadly(), num_workers=2, multiprocessing_context=context))
    first = next(batches)
    assert first.shape == (1, 1 << 21) and first[0, 0] == 0
    workers = batches._pool._processes
    workers[0].join(20)  # it was killed, its batch half in the pipe
    with pytest.raises(RuntimeError, match="worker 0, killed by SIGKILL"):
        for _ in batches:
            pass
    assert not any(process.is_alive() for process in workers)


class Patchy(Dataset):
    """Every third item cannot be read."""

    def __len__(self):
        return 10

    def __getitem__(self, index):
        if index % 3 == 1:
            raise OSError(5, "no such picture", f"{index}.png")
        return lucet.tensor([index]), lucet.rand(1)


LEFT = [0, 2, 3, 5, 6, 8, 9]


@pytest.mark.parametrize("workers, kind", [(0, "thread"), (1, "thread"), (2, "thread"), (2, "process")])
def test_items_that_raise_are_skipped_and_counted(workers, kind):
    loader = DataLoader(Patchy(), batch_size=2, num_workers=workers, worker_type=kind, on_error="skip")
    for _ in range(2):
        with pytest.warns(
            UserWarning, match=r"skipped 3 items that could not be read, first Patchy\[1\], file 1.png.*OSError"
        ):
            found = [x.flatten().tolist() for x, _ in loader]
        assert sum(found, []) == LEFT and found[0] == [0]
        assert loader.num_skipped == 3 and len(loader.skipped) == 3
        assert sorted(item.where.partition("]")[0] for item in loader.skipped) == ["Patchy[1", "Patchy[4", "Patchy[7"]
    with pytest.raises(OSError):
        epoch(DataLoader(Patchy(), num_workers=workers, worker_type=kind))


@pytest.mark.filterwarnings("ignore:DataLoader skipped")
def test_what_is_skipped_does_not_change_the_draws_of_the_rest():
    class Whole(Patchy):
        def __getitem__(self, index):
            return lucet.tensor([index]), lucet.rand(1)

    seeded()
    some = dict(epoch_of_pairs(DataLoader(Patchy(), batch_size=3, on_error="skip")))
    seeded()
    every = dict(epoch_of_pairs(DataLoader(Whole(), batch_size=3)))
    assert some == {index: every[index] for index in LEFT}


def epoch_of_pairs(loader):
    return [(i, r) for x, y in loader for i, r in zip(x.flatten().tolist(), y.flatten().tolist(), strict=True)]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_batch_of_which_nothing_is_left_is_not_given(workers):
    class Bad(Patchy):
        def __getitem__(self, index):
            if index in (2, 3):
                raise ValueError("no")
            return index

    with pytest.warns(UserWarning, match="skipped 2 items"):
        assert epoch(DataLoader(Bad(), batch_size=2, num_workers=workers, on_error="skip")) == [
            [0, 1],
            [4, 5],
            [6, 7],
            [8, 9],
        ]
    with pytest.warns(UserWarning, match="skipped 2 items"):
        loader = DataLoader(Bad(), batch_size=None, num_workers=workers, on_error="skip")
        assert epoch(loader) == [0, 1, 4, 5, 6, 7, 8, 9]

    class Hopeless(Patchy):
        def __getitem__(self, index):
            raise ValueError("none")

    with pytest.raises(
        RuntimeError, match=r"every item was skipped, 10 of them; first Hopeless\[0\].*ValueError: none"
    ):
        epoch(DataLoader(Hopeless(), batch_size=5, num_workers=workers, on_error="skip"))


@pytest.mark.filterwarnings("ignore:DataLoader skipped")
@pytest.mark.parametrize("workers", [0, 1])
def test_an_iterator_goes_on_behind_an_error_and_gives_up_after_many(workers):
    class Stream(IterableDataset):
        def __init__(self, bad):
            self.bad = bad

        def __iter__(self):
            self.at = -1
            return self

        def __next__(self):
            self.at += 1
            if self.at == 8:
                raise StopIteration
            if self.at in self.bad:
                self.at -= self.bad == range(8)  # never gets on
                raise ValueError(self.at)
            return self.at

    loader = DataLoader(Stream([1, 2, 5]), batch_size=3, num_workers=workers, on_error="skip")
    assert epoch(loader) == [[0, 3, 4], [6, 7]]
    assert loader.num_skipped == 3
    with pytest.raises(ValueError, match="-1|0"):
        epoch(DataLoader(Stream(range(8)), num_workers=workers, on_error="skip"))


@pytest.mark.filterwarnings("ignore:DataLoader skipped")
def test_batches_fetched_in_one_call_are_skipped_item_by_item():
    class Many(Patchy):
        def __getitems__(self, indices):
            return [self[i] for i in indices]

    assert [x.flatten().tolist() for x, _ in DataLoader(Many(), batch_size=5, on_error="skip")] == [
        [0, 2, 3],
        [5, 6, 8, 9],
    ]


class Clocks:
    """Time as a test tells it, in place of the time module."""

    def __init__(self):
        self.wall = self.cpu = self.nap = 0.0

    def perf_counter(self):
        return self.wall

    def thread_time(self):
        return self.cpu

    def sleep(self, seconds):
        self.wall += self.nap


@pytest.mark.parametrize(
    "lost, work, nap, warns",
    [
        (0.5, 0.25, 5e-3, True),
        (0.1, 0.25, 5e-3, False),  # the loop is hardly slowed
        (0.5, 0.01, 5e-3, False),  # the workers hardly work: the machine is busy
        (0.5, 0.25, 2e-4, False),  # they let go of the lock
    ],
)
def test_the_lock_is_watched(monkeypatch, lost, work, nap, warns):
    clocks = Clocks()
    monkeypatch.setattr(_lock, "time", clocks)
    clocks.nap = nap
    watch = _lock.LockWatch("Letters", 2)

    def pass_through():
        for _ in range(60):
            watch.asked()
            watch.worked(0.1 * work)
            watch.look()
            watch.handed_out()
            clocks.cpu += 0.1
            clocks.wall += 0.1 * (1 + lost)

    if warns:
        with pytest.warns(UserWarning, match='items of Letters keep Python\'s interpreter lock.*worker_type="process"'):
            pass_through()
        assert watch.done
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            pass_through()


def test_memory_is_flat_over_ten_epochs():
    class Pictures(Dataset):
        def __len__(self):
            return 64

        def __getitem__(self, index):
            return lucet.rand(64, 64), index

    for options in ({}, {"num_workers": 2}, {"num_workers": 2, "persistent_workers": True}):
        loader = DataLoader(Pictures(), batch_size=8, shuffle=True, **options)
        seen = []
        for _ in range(12):
            for _batch in loader:
                pass
            del _batch
            gc.collect()
            seen.append(lucet.memory_stats()["live_bytes"])
        assert max(seen[2:]) <= seen[1] + 8 * 64 * 64 * 4, seen
        del loader


@pytest.mark.parametrize("context", multiprocessing.get_all_start_methods())
def test_processes_live_through_a_pause_of_the_loop(context, monkeypatch):
    """Longer than they wait for a task: then they look whether the loader is still there."""
    loader = DataLoader(Noisy(4), num_workers=1, prefetch_factor=1, multiprocessing_context=context)
    batches = iter(loader)
    found = [next(batches)[0].item()]
    threading.Event().wait(2.5 * _processes._LOOK_EVERY_S)
    assert found + [x.item() for x, _ in batches] == [0, 1, 2, 3]


def test_a_pass_whose_workers_have_ended_says_so():
    class Leaving(Noisy):
        def __getitem__(self, index):
            os._exit(3)

    batches = iter(DataLoader(Leaving(), num_workers=1, worker_type="process"))
    with pytest.raises(RuntimeError, match="exit code 3"):
        next(batches)
    with pytest.raises(RuntimeError, match=r"workers of this pass have ended.*\n  fix   a new pass"):
        next(batches)


def test_a_value_that_does_not_come_back_is_its_own_error():
    loader = DataLoader([0], num_workers=1, worker_type="process", collate_fn=Unopened)
    with pytest.raises(FileNotFoundError):
        next(iter(loader))


def test_a_generator_that_ends_at_an_error_is_told():
    class Stream(IterableDataset):
        def __iter__(self):
            yield from (0, 1)
            raise OSError("gone")

    loader = DataLoader(Stream(), batch_size=4, on_error="skip")
    with pytest.warns(UserWarning, match="gone; a generator ends at an error, so the rest of it is lost"):
        assert epoch(loader) == [[0, 1]]


def test_worker_info_and_own_copies():
    class Known(Dataset):
        def __init__(self):
            self.offset = 0

        def __len__(self):
            return 4

        def __getitem__(self, index):
            info = get_worker_info()
            assert info.dataset is self and info.num_workers == 2 and info.seed >= info.id
            return self.offset

    def init(worker):
        info = get_worker_info()
        assert info.id == worker
        info.dataset.offset = 10 + worker

    data = Known()
    loader = DataLoader(data, num_workers=2, worker_init_fn=init)
    assert epoch(loader) == [[10], [11], [10], [11]] and data.offset == 0 and get_worker_info() is None


def test_wrapped_datasets_are_copied_inwards():
    class Part(Dataset):
        value = 0

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return self.value

    class Flow(IterableDataset):
        value = 0

        def __iter__(self):
            yield self.value

    part, flow = Part(), Flow()

    def set_all(worker):
        info = get_worker_info()
        top = info.dataset
        for inner in (
            [top.datasets[0].dataset, top.datasets[1].datasets[0], top.datasets[1].datasets[1].datasets["a"]]
            if isinstance(top, ConcatDataset)
            else top.datasets
        ):
            inner.value = 7

    data = ConcatDataset([Subset(part, [0]), ConcatDataset([part, StackDataset(a=part)])])
    assert epoch(DataLoader(data, batch_size=1, num_workers=1, worker_init_fn=set_all))[0] == [7]
    assert epoch(DataLoader(ChainDataset([flow, flow]), num_workers=1, worker_init_fn=set_all)) == [[7], [7]]
    assert part.value == 0 and flow.value == 0


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("persistent", [False, True])
def test_iterable_datasets_share_out_and_end(workers, persistent):
    loader = DataLoader(NoisyStream(7), batch_size=2, num_workers=workers, persistent_workers=persistent)
    for _ in range(2):
        assert sorted(i for batch in loader for i in batch[0].tolist()) == list(range(7))


def test_iterables_of_unequal_length_keep_turning():
    class Uneven(IterableDataset):
        def __iter__(self):
            info = get_worker_info()
            return iter([info.id] * (1 + 3 * info.id))

    loader = DataLoader(Uneven(), batch_size=None, num_workers=3)
    assert list(loader) == [0, 1, 2, 1, 2, 1, 2, 1, 2, 2, 2, 2]


def test_a_wrong_length_of_an_iterable_warns():
    class Liar(IterableDataset):
        def __len__(self):
            return 1

        def __iter__(self):
            return iter([1, 2])

    loader = DataLoader(Liar(), batch_size=None)
    assert len(loader) == 1
    with pytest.warns(UserWarning, match="reported to be 1"):
        assert list(loader) == [1, 2]


def test_tasks_under_way_are_bounded_and_batches_are_let_go():
    started = []
    lock = threading.Lock()

    class Counting(Dataset):
        def __len__(self):
            return 100

        def __getitem__(self, index):
            with lock:
                started.append(index)
            return lucet.zeros(2)

    loader = DataLoader(Counting(), batch_size=1, num_workers=2, prefetch_factor=3)
    batches = iter(loader)
    kept = weakref.ref(next(batches))
    for i in range(20):
        next(batches)
        with lock:
            assert len(started) <= i + 2 + 6 + 1
    assert kept() is None
    del batches
    gc.collect()
    assert len(started) < 60


def test_dropping_the_iterator_ends_its_threads():
    batches = iter(DataLoader(Noisy(1000), num_workers=2))
    next(batches)
    assert len(our_threads()) == 2
    del batches
    gc.collect()
    for thread in our_threads():
        thread.join(5)
    assert not our_threads()


def test_an_error_leaves_no_circle_that_keeps_the_threads():
    gc.disable()
    try:
        for _ in range(2):
            try:
                for _ in DataLoader({0: 0, 2: 2}, sampler=range(3), num_workers=2):
                    pass
            except KeyError:
                pass
        for thread in our_threads():
            thread.join(5)
        assert not our_threads()
    finally:
        gc.enable()


def test_dropping_a_persistent_loader_ends_its_threads_and_frees_the_dataset():
    data = Noisy()
    alive = weakref.ref(data)
    loader = DataLoader(data, num_workers=2, persistent_workers=True)
    epoch(loader)
    names = {t.ident for t in our_threads()}
    assert len(names) == 2
    epoch(loader)
    assert {t.ident for t in our_threads()} == names
    del loader, data
    gc.collect()
    for thread in our_threads():
        thread.join(5)
    assert not our_threads() and alive() is None


def test_an_abandoned_epoch_of_persistent_workers_leaves_nothing_behind():
    loader = DataLoader(range(12), batch_size=2, num_workers=2, persistent_workers=True)
    for _ in range(3):
        assert next(iter(loader)).tolist() == [0, 1]
    assert epoch(loader) == [[i, i + 1] for i in range(0, 12, 2)]


def test_timeout():
    release = threading.Event()

    class Stuck(Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            release.wait()
            return index

    batches = iter(DataLoader(Stuck(), num_workers=1, timeout=0.05))
    with pytest.raises(RuntimeError, match="timed out after 0.05 seconds"):
        next(batches)
    release.set()
    assert [b.item() for b in batches] == [0, 1]


SCRIPT = """
    import signal, sys, threading
    from lucet.utils.data import DataLoader
    signal.signal(signal.SIGINT, signal.default_int_handler)  # programs started in the background may find it ignored
    class Slow:
        def __len__(self): return 100
        def __getitem__(self, i):
            if i == 2:
                print("ready", flush=True)
            if i >= 2:
                threading.Event().wait({wait})
            return i
    if __name__ == "__main__":
        try:
            for batch in DataLoader(Slow(), num_workers={workers}, worker_type={kind!r}):
                pass
        except KeyboardInterrupt:
            alive = [t for t in threading.enumerate() if t.name.startswith("lucet-loader")]
            print("stopped", len(alive), flush=True)
            sys.exit(7)
"""


@pytest.mark.parametrize(
    "workers, kind, wait, left", [(2, "thread", 0.05, 0), (2, "process", 0.05, 0), (2, "thread", 3600, None)]
)
def test_ctrl_c_ends_the_loop_and_the_process(workers, kind, wait, left):
    code = textwrap.dedent(SCRIPT).format(workers=workers, kind=kind, wait=wait)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**env, "PYTHONPATH": os.path.dirname(__file__) + os.pathsep + env["PYTHONPATH"]},
        start_new_session=True,
    )
    assert child.stdout.readline() == "ready\n"
    os.killpg(child.pid, signal.SIGINT)
    out, _ = child.communicate(timeout=20)
    assert child.returncode == 7 and out.startswith("stopped")
    if left is not None:
        assert out == f"stopped {left}\n"


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"num_workers": -1}, ValueError, "num_workers"),
        ({"timeout": -1}, ValueError, "timeout"),
        ({"prefetch_factor": 2}, ValueError, "prefetch_factor"),
        ({"num_workers": 1, "prefetch_factor": -2}, ValueError, "prefetch_factor"),
        ({"persistent_workers": True}, ValueError, "persistent_workers"),
        ({"sampler": [1], "shuffle": True}, ValueError, "mutually exclusive with shuffle"),
        ({"batch_sampler": [[1]], "batch_size": 2}, ValueError, "batch_sampler"),
        ({"batch_sampler": [[1]], "shuffle": True}, ValueError, "batch_sampler"),
        ({"batch_sampler": [[1]], "drop_last": True}, ValueError, "batch_sampler"),
        ({"batch_size": None, "drop_last": True}, ValueError, "batch_size=None"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"multiprocessing_context": "fork"}, ValueError, "num_workers > 0"),
        ({"multiprocessing_context": "wrong", "num_workers": 1}, ValueError, "valid start method"),
        ({"multiprocessing_context": 3, "num_workers": 1}, TypeError, "context object"),
        ({"worker_type": "fibre"}, ValueError, "'thread' or 'process'"),
        ({"rng": "numpy"}, ValueError, "'item' or 'torch'"),
        ({"on_error": "ignore"}, ValueError, "'raise' or 'skip'"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(options, error, text):
    with pytest.raises(error, match=text):
        DataLoader(range(3), **options)


def test_iterables_take_no_order():
    for options in ({"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}):
        with pytest.raises(ValueError, match="with IterableDataset"):
            DataLoader(NoisyStream(), **options)
    DataLoader(NoisyStream(), shuffle=False)
    with pytest.raises(ValueError, match="num_samples"):
        DataLoader([], shuffle=True)


def test_arguments_refused_when_iteration_begins():
    with pytest.raises(AssertionError, match="timeout"):
        iter(DataLoader(range(3), timeout=1))
    with pytest.raises(AssertionError, match="prefetch_factor"):
        iter(DataLoader(range(3), num_workers=1, prefetch_factor=0))


def test_what_a_loader_is_made_of_stays():
    loader = DataLoader(range(5), batch_size=2, drop_last=True)
    assert len(loader) == 2 and loader.batch_size == 2 and loader.num_workers == 0
    for name in ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"):
        with pytest.raises(ValueError, match=name):
            setattr(loader, name, None)
    loader.collate_fn = len
    assert list(loader) == [2, 2]


def test_lengths():
    assert len(DataLoader(range(5), batch_size=2)) == 3
    assert len(DataLoader(range(5), batch_size=None)) == 5
    assert len(DataLoader(NoisyStream(5), batch_size=2)) == 3
    assert len(DataLoader(NoisyStream(5), batch_size=2, drop_last=True)) == 2
    assert len(DataLoader(NoisyStream(5), batch_size=None)) == 5
    assert len(DataLoader(range(5), batch_sampler=[[1], [2]])) == 2
    assert len(iter(DataLoader(range(5), batch_size=2))) == 3


def test_warnings_of_pinning_and_of_too_many_workers():
    with pytest.warns(UserWarning, match="pin_memory"):
        epoch(DataLoader(range(2), pin_memory=True))
    with pytest.warns(UserWarning, match="pin_memory_device"):
        epoch(DataLoader(range(2), pin_memory=True, pin_memory_device="cuda"))  # two warnings, one of them checked
    with pytest.warns(UserWarning, match="will create 5000 worker threads"):
        DataLoader(range(2), num_workers=5000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        epoch(DataLoader(range(2), num_workers=1))


def test_loaders_pickle_and_iterators_do_not():
    loader = DataLoader(Noisy(), batch_size=4, shuffle=True)
    batches = iter(loader)
    next(batches)
    twin = pickle.loads(pickle.dumps(loader))
    seeded()
    expected = epoch(loader)
    seeded()
    assert epoch(twin) == expected
    with pytest.raises(NotImplementedError, match="cannot be pickled"):
        pickle.dumps(batches)


def test_an_unused_context_object_is_accepted():
    context = multiprocessing.get_context("fork")
    loader = DataLoader(range(3), num_workers=1, multiprocessing_context=context)
    assert loader.multiprocessing_context is context and epoch(loader) == [[0], [1], [2]]


def test_generators_of_batches_and_keys_that_are_not_numbers():
    data = {"a": 1, "b": 2}
    assert epoch(DataLoader(data, sampler=["b", "a"], batch_size=2)) == [[2, 1]]
    assert epoch(DataLoader(data, batch_sampler=[(k for k in "ab")])) == [[1, 2]]
    for workers in (0, 1):
        assert epoch(DataLoader(data, batch_sampler=[["b"], ["a", "b"]], num_workers=workers)) == [[2], [1, 2]]


def test_two_iterators_at_once():
    loader = DataLoader(range(4), batch_size=2, num_workers=1)
    assert [(a.tolist(), b.tolist()) for a, b in zip(loader, loader, strict=True)] == [
        ([0, 1], [0, 1]),
        ([2, 3], [2, 3]),
    ]
