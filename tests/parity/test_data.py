"""lucet.utils.data beside torch.utils.data: orders and streams over generated options, collating, errors, warnings."""

import collections
import inspect
import warnings

import numpy as np
import pytest
import torch
import torch.utils.data as theirs
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
import lucet.utils.data as ours

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")


def outcome(fn):
    """The result, or the built-in class of the error."""
    try:
        return fn(), None
    except Exception as problem:
        return None, next(c for c in type(problem).__mro__ if c.__module__ == "builtins")


def plain(value):
    """Tensors as (dtype, shape, list), containers as (class name, parts), everything else as it is."""
    if isinstance(value, (lucet.Tensor, torch.Tensor)):
        return str(value.dtype).split(".")[-1], tuple(value.shape), value.tolist()
    if isinstance(value, dict):
        return type(value).__name__, {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [plain(v) for v in value]
    return value


def make_noisy(lib, data):
    class Noisy(data.Dataset):
        def __init__(self, count):
            self.count = count

        def __len__(self):
            return self.count

        def __getitem__(self, index):
            return index, lib.rand(3), lib.randint(0, 100, (2,))

    return Noisy


OUR_NOISY, THEIR_NOISY = make_noisy(lucet, ours), make_noisy(torch, theirs)

loader_options = st.fixed_dictionaries(
    {"batch_size": st.sampled_from([None, 1, 2, 3, 7, 50])},
    optional={"shuffle": st.sampled_from([None, False, True]), "drop_last": st.booleans()},
)


def run(lib, loader, seed, epochs=2):
    lib.manual_seed(seed)
    found = [[plain(batch) for batch in loader] for _ in range(epochs)]
    return found, len(loader), lib.rand(2).tolist()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(options=loader_options, n=st.integers(1, 25), seed=st.integers(0, 2**40), explicit=st.booleans())
def test_an_epoch_without_workers_has_torchs_order_and_stream(options, n, seed, explicit):
    def make(lib, data, noisy, **more):
        options_here = {**options, "generator": lib.Generator().manual_seed(5)} if explicit else options
        return data.DataLoader(noisy(n), **options_here, **more)

    mine, error = outcome(lambda: make(lucet, ours, OUR_NOISY, rng="torch"))
    reference, expected = outcome(lambda: make(torch, theirs, THEIR_NOISY))
    assert error == expected
    if error is None:
        assert run(lucet, mine, seed) == run(torch, reference, seed)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("persistent", [False, True])
@pytest.mark.parametrize("rng", ["item", "torch"])
def test_item_streams_do_not_change_the_order_or_the_global_stream(workers, persistent, rng):
    if persistent and not workers:
        return
    options = {"batch_size": 4, "shuffle": True, "num_workers": workers, "persistent_workers": persistent}

    def story(lib, data, **more):
        x = lib.arange(21)
        return run(lib, data.DataLoader(data.TensorDataset(x, x * 2), **options, **more), 3, epochs=3)

    assert story(lucet, ours, rng=rng) == story(torch, theirs)


@pytest.mark.parametrize("workers", [1, 3])
def test_rng_torch_gives_the_streams_of_torchs_worker_processes(workers):
    options = {"batch_size": 2, "shuffle": True, "num_workers": workers}
    mine = ours.DataLoader(OUR_NOISY(13), rng="torch", **options)
    reference = theirs.DataLoader(THEIR_NOISY(13), **options)
    assert run(lucet, mine, 9) == run(torch, reference, 9)


SAMPLERS = [
    ("RandomSampler", (range(9),), {}),
    ("RandomSampler", (range(9), True), {}),
    ("RandomSampler", (range(5), False, 13), {}),
    ("RandomSampler", (range(5), True, 70), {}),
    ("RandomSampler", ([],), {}),
    ("SequentialSampler", (range(4),), {}),
    ("SubsetRandomSampler", ([4, 1, 7],), {}),
    ("WeightedRandomSampler", ([0.5, 0.0, 2.0, 1.0], 20), {}),
    ("WeightedRandomSampler", ([0.5, 0.1, 2.0, 1.0], 3, False), {}),
    ("WeightedRandomSampler", ([[0.5]], 3), {}),
    ("BatchSampler", (range(7), 3, False), {}),
    ("BatchSampler", (range(7), 3, True), {}),
    ("BatchSampler", (range(7), 0, True), {}),
    ("BatchSampler", (range(7), 3, 1), {}),
]


@pytest.mark.parametrize("name, args, options", SAMPLERS, ids=str)
@pytest.mark.parametrize("explicit", [False, True])
def test_samplers(name, args, options, explicit):
    if explicit and "Random" not in name:
        return

    def story(lib, data):
        more = {"generator": lib.Generator().manual_seed(3)} if explicit else {}
        lib.manual_seed(8)
        sampler = getattr(data, name)(*args, **options, **more)
        return list(sampler), list(sampler), len(sampler), lib.rand(1).item()

    assert outcome(lambda: story(lucet, ours)) == outcome(lambda: story(torch, theirs))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    n=st.integers(0, 30),
    lengths=st.one_of(
        st.lists(st.integers(0, 12), min_size=1, max_size=4),
        st.sampled_from([[0.5, 0.5], [0.3, 0.3, 0.4], [1.0], [0.1] * 10, [1.5, -0.5], [0.7, 0.2]]),
    ),
    exact=st.booleans(),
)
def test_random_split(n, lengths, exact):
    if exact and isinstance(lengths[0], int):
        n = sum(lengths)

    def story(lib, data):
        lib.manual_seed(4)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            parts = data.random_split(range(n), lengths)
        return [list(p.indices) for p in parts], [w.category for w in seen], lib.rand(1).item()

    assert outcome(lambda: story(lucet, ours)) == outcome(lambda: story(torch, theirs))


Point = collections.namedtuple("Point", "x y")


class Bag(dict):
    pass


class Row(list):
    pass


arrays = st.sampled_from(
    [
        np.zeros(3, np.float32),
        np.arange(4, dtype=np.int16).reshape(2, 2),
        np.array(1.5),
        np.array([True, False]),
        np.ones((0, 2), np.float64),
        np.array(["a"]),
        np.float32(2.5),
        np.float64(2.5),
        np.int8(-3),
        np.uint8(200),
        np.bool_(True),
    ]
)
leaves = st.one_of(
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False),
    st.booleans(),
    st.text(max_size=3),
    st.binary(max_size=3),
    arrays,
    st.none(),
)


def nested(fewest):
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=fewest, max_size=3),
            st.lists(inner, min_size=fewest, max_size=3).map(tuple),
            st.lists(inner, min_size=fewest, max_size=3).map(Row),
            st.dictionaries(st.sampled_from("abc"), inner),
            st.dictionaries(st.sampled_from("abc"), inner).map(Bag),
            st.tuples(inner, inner).map(lambda p: Point(*p)),
        ),
        max_leaves=6,
    )


items = nested(0)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(item=items, count=st.integers(1, 3))
def test_collate(item, count):
    mine, error = outcome(lambda: plain(ours.default_collate([item] * count)))
    reference, expected = outcome(lambda: plain(theirs.default_collate([item] * count)))
    assert error == expected and mine == reference


@settings(max_examples=200, deadline=None, derandomize=True)
@given(batch=st.lists(nested(1), min_size=2, max_size=3))
def test_collating_items_that_may_not_fit_together(batch):
    mine, error = outcome(lambda: plain(ours.default_collate(batch)))
    reference, expected = outcome(lambda: plain(theirs.default_collate(batch)))
    assert (error is None) == (expected is None) and mine == reference


@settings(max_examples=200, deadline=None, derandomize=True)
@given(item=items)
def test_convert(item):
    mine, error = outcome(lambda: plain(ours.default_convert(item)))
    reference, expected = outcome(lambda: plain(theirs.default_convert(item)))
    if isinstance(mine, np.ndarray):
        assert mine is reference
    else:
        assert error == expected and str(mine) == str(reference)


TENSOR_SHAPES = [(), (3,), (2, 3), (0,), (2, 0, 3)]


@pytest.mark.parametrize("shape", TENSOR_SHAPES)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8", "bool"])
@pytest.mark.parametrize("layout", ["plain", "turned"])
def test_collated_tensors_have_torchs_strides(shape, dtype, layout):
    def story(lib, data):
        made = [lib.zeros(shape, dtype=getattr(lib, dtype)) for _ in range(3)]
        if layout == "turned" and len(shape) > 1:
            made = [t.transpose(0, -1) for t in made]
        out = data.default_collate(made)
        return plain(out), out.stride()

    assert story(lucet, ours) == story(torch, theirs)


def make_stream(data):
    class Stream(data.IterableDataset):
        def __init__(self, counts):
            self.counts = counts

        def __iter__(self):
            info = data.get_worker_info()
            worker = info.id if info else 0
            return iter([worker * 100 + i for i in range(self.counts[worker])])

    return Stream


OUR_STREAM, THEIR_STREAM = make_stream(ours), make_stream(theirs)


@pytest.mark.parametrize("counts", [[7], [5, 5], [1, 6, 3], [0, 4]])
@pytest.mark.parametrize("options", [{"batch_size": 2}, {"batch_size": 3, "drop_last": True}, {"batch_size": None}])
def test_iterables_come_in_torchs_order(counts, options):
    for workers in {0, len(counts)}:
        mine = ours.DataLoader(OUR_STREAM(counts), num_workers=workers, **options)
        reference = theirs.DataLoader(THEIR_STREAM(counts), num_workers=workers, **options)
        assert [plain(b) for b in mine] == [plain(b) for b in reference]


BAD = [
    {"num_workers": -1},
    {"timeout": -1},
    {"prefetch_factor": 2},
    {"num_workers": 1, "prefetch_factor": -1},
    {"persistent_workers": True},
    {"sampler": [1], "shuffle": True},
    {"batch_sampler": [[1]], "batch_size": 2},
    {"batch_size": None, "drop_last": True},
    {"batch_size": 0},
    {"batch_size": "2"},
    {"multiprocessing_context": "fork"},
    {"multiprocessing_context": "wrong", "num_workers": 1},
    {"multiprocessing_context": 3, "num_workers": 1},
    {"timeout": 1},
    {"sampler": [9]},
    {"sampler": ["a"]},
    {"wrong": 1},
]


@pytest.mark.parametrize("options", BAD, ids=str)
def test_errors(options):
    def story(data, lib):
        return [plain(b) for b in data.DataLoader(data.TensorDataset(lib.arange(3)), **options)]

    assert outcome(lambda: story(ours, lucet)) == outcome(lambda: story(theirs, torch))


DATASET_ERRORS = [
    lambda d, lib: d.TensorDataset(lib.zeros(2), lib.zeros(3)),
    lambda d, lib: d.StackDataset(),
    lambda d, lib: d.StackDataset([1], a=[1]),
    lambda d, lib: d.StackDataset([1], [1, 2]),
    lambda d, lib: d.ConcatDataset([]),
    lambda d, lib: d.ConcatDataset([[1]])[-2],
    lambda d, lib: d.ConcatDataset([[1]])[1],
    lambda d, lib: d.Dataset()[0],
    lambda d, lib: len(d.Dataset()),
    lambda d, lib: list(d.ChainDataset([[1]])),
    lambda d, lib: d.Subset([1], [2])[0],
    lambda d, lib: type("S", (d.Subset,), {"__getitem__": lambda s, i: 0})([1], [0]),
    lambda d, lib: len(d.DataLoader(type("I", (d.IterableDataset,), {"__iter__": lambda s: iter([])})())),
    lambda d, lib: d.DataLoader(d.IterableDataset(), shuffle=True),
    lambda d, lib: setattr(d.DataLoader([1]), "batch_size", 2),
]


@pytest.mark.parametrize("number", range(len(DATASET_ERRORS)))
def test_dataset_errors(number):
    make = DATASET_ERRORS[number]
    mine, error = outcome(lambda: make(ours, lucet))
    reference, expected = outcome(lambda: make(theirs, torch))
    assert error == expected and error is not None


def parameters_of(fn):
    return [(p.name, p.kind, p.default) for p in inspect.signature(fn).parameters.values()]


# DataLoader, WorkerInfo and random_split take more than torch's; the others torch does not have.
OURS = {
    *("DataLoader", "WorkerInfo", "random_split"),
    *("TransformedSubset", "class_counts", "class_weights", "sample_weights"),
}


@pytest.mark.parametrize("name", [n for n in ours.__all__ if n not in OURS])
def test_signatures(name):
    mine, reference = getattr(ours, name), getattr(theirs, name)
    if not inspect.isclass(mine):
        assert parameters_of(mine) == parameters_of(reference)
        return
    assert parameters_of(mine.__init__) == parameters_of(reference.__init__)
    assert {n for n in vars(reference) if not n.startswith("_")} <= set(dir(mine))


def test_loader_signature_is_torchs_and_then_ours():
    mine, reference = parameters_of(ours.DataLoader.__init__), parameters_of(theirs.DataLoader.__init__)
    assert mine[: len(reference)] == reference
    assert [p[0] for p in mine[len(reference) :]] == ["worker_type", "rng", "on_error"]
    mine, reference = parameters_of(ours.random_split), parameters_of(theirs.random_split)
    assert [p[0] for p in mine] == [p[0] for p in reference] + ["stratify", "transforms"]


def test_warnings():
    def story(lib, data):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            list(data.DataLoader([1, 2], pin_memory=True))
            list(data.DataLoader([1, 2], pin_memory=True, pin_memory_device="cuda"))
            data.DataLoader([1], num_workers=5000)
            liar = type("L", (data.IterableDataset,), {"__iter__": lambda s: iter([1, 2]), "__len__": lambda s: 1})()
            loader = data.DataLoader(liar)
            len(loader)
            list(loader)
            _ = data.ConcatDataset([[1]]).cummulative_sizes
            return [(w.category, w.filename) for w in seen]

    mine, reference = story(lucet, ours), story(torch, theirs)
    assert [m[0] for m in mine] == [r[0] for r in reference]
    assert all(filename == __file__ for _, filename in mine)
