"""Datasets, samplers and collating: what they return, and what they refuse."""

import collections
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    class_counts,
    class_weights,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
    sample_weights,
)
from lucet.utils.data.collate import collate, default_collate_fn_map
from lucet.utils.data.dataloader import default_collate as from_dataloader


class Letters(IterableDataset):
    def __init__(self, text="abc"):
        self.text = text

    def __iter__(self):
        return iter(self.text)

    def __len__(self):
        return len(self.text)


def test_tensor_dataset():
    data = TensorDataset(lucet.arange(6).reshape(3, 2), lucet.tensor([1, 2, 3]))
    assert len(data) == 3 and data[-1][0].tolist() == [4, 5] and data[2][1].item() == 3
    assert data[1:][0].shape == (2, 2)
    with pytest.raises(AssertionError, match="Size mismatch"):
        TensorDataset(lucet.zeros(3), lucet.zeros(4))
    with pytest.raises(IndexError):
        data[3]


def test_subset_and_its_batches():
    data = Subset(["a", "b", "c", "d"], [3, 1, 0])
    assert list(data) == ["d", "b", "a"] and len(data) == 3 and data.__getitems__([2, 0]) == ["a", "d"]
    assert Subset(TensorDataset(lucet.arange(4) * 10), [3, 1])[[1, 0]][0].tolist() == [10, 30]

    class Half(Subset):
        def __getitem__(self, idx):
            return super().__getitem__(idx)

    with pytest.raises(NotImplementedError, match="__getitems__"):
        Half("ab", [0])


def test_concat_dataset():
    data = ConcatDataset(["ab", "", "cde"])
    assert [data[i] for i in range(-5, 5)] == list("abcde") * 2 and len(data) == 5
    assert data.cumulative_sizes == [2, 2, 5]
    with pytest.warns(FutureWarning):
        assert data.cummulative_sizes == [2, 2, 5]
    with pytest.raises(ValueError, match="absolute value"):
        data[-6]
    with pytest.raises(IndexError):
        data[5]
    with pytest.raises(AssertionError, match="empty"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="ChainDataset"):
        ConcatDataset([Letters()])
    assert isinstance(TensorDataset(lucet.zeros(1)) + TensorDataset(lucet.zeros(2)), ConcatDataset)


def test_chain_dataset():
    data = Letters("ab") + Letters("c")
    assert list(data) == ["a", "b", "c"] and len(data) == 3
    with pytest.raises(AssertionError, match="only supports"):
        list(ChainDataset([[1]]))


def test_stack_dataset():
    pairs, named = StackDataset("ab", [1, 2]), StackDataset(x="ab", y=[1, 2])
    assert pairs[1] == ("b", 2) and named[0] == {"x": "a", "y": 1} and len(pairs) == 2
    assert pairs.__getitems__([1, 0]) == [("b", 2), ("a", 1)]
    assert named.__getitems__([1]) == [{"x": "b", "y": 2}]
    for args, kwargs, text in [
        ([], {}, "At least one"),
        (["a"], {"x": "a"}, "both"),
        (["a", "bc"], {}, "Size mismatch"),
    ]:
        with pytest.raises(ValueError, match=text):
            StackDataset(*args, **kwargs)

    class Short(Dataset):
        def __len__(self):
            return 2

        def __getitems__(self, indices):
            return [0]

    with pytest.raises(ValueError, match="Expected 2, got 1"):
        StackDataset(Short()).__getitems__([0, 1])


def test_a_dataset_without_methods_says_what_it_needs():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Dataset()[0]
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(Sampler())
    with pytest.raises(TypeError):
        len(Dataset())


def test_random_split_lengths():
    assert [len(p) for p in random_split(range(10), [0.34, 0.33, 0.33])] == [4, 3, 3]
    assert sorted(i for p in random_split(range(10), [1, 2, 7]) for i in p) == list(range(10))
    with pytest.warns(UserWarning, match="index 1 is 0"):
        random_split(range(1), [0.5, 0.5])
    with pytest.raises(ValueError, match="Sum of input lengths"):
        random_split(range(10), [3, 3])
    with pytest.raises(ValueError, match="index 0 is not between"):
        random_split(range(10), [-0.5, 1.5])


def shares(parts, labels):
    return [[[labels[i] for i in part.indices].count(c) for c in sorted(set(labels))] for part in parts]


@pytest.mark.parametrize("counts", [(50, 30, 20), (97, 2, 1), (10,), (7, 7, 7, 7)])
@pytest.mark.parametrize("lengths", [[0.5, 0.5], [0.8, 0.1, 0.1], [0.7, 0.3]])
def test_stratified_parts_have_their_share_of_every_class(counts, lengths):
    labels = [c for c, n in enumerate(counts) for _ in range(n)]
    lucet.manual_seed(3)
    parts = random_split(labels, lengths, stratify=labels)
    plain = random_split(labels, lengths, generator=lucet.Generator().manual_seed(0))
    assert [len(p) for p in parts] == [len(p) for p in plain]
    assert sorted(i for p in parts for i in p.indices) == list(range(len(labels)))
    for part, found in zip(parts, shares(parts, labels), strict=True):
        for n, m in zip(counts, found, strict=True):
            assert abs(m - n * len(part) / len(labels)) < 2


def test_rare_classes_reach_small_parts():
    labels = [0] * 100 + [c for c in range(1, 11) for _ in range(2)]
    _, test = random_split(labels, [108, 12], stratify=labels)
    assert sum(labels[i] > 0 for i in test.indices) == 2


def test_stratifying_draws_what_splitting_draws_and_mixes_the_classes():
    labels = [0, 1] * 50
    lucet.manual_seed(1)
    random_split(labels, [0.5, 0.5])
    after = lucet.rand(1)
    lucet.manual_seed(1)
    first, second = random_split(labels, [0.5, 0.5], stratify=labels)
    assert lucet.rand(1) == after
    drawn = [labels[i] for i in first.indices]
    assert drawn != sorted(drawn) and drawn != [0, 1] * 25 and list(first.indices) != sorted(first.indices)
    again = random_split(labels, [0.5, 0.5], generator=lucet.Generator().manual_seed(1), stratify=lucet.tensor(labels))
    assert [p.indices for p in again] == [first.indices, second.indices]


class Pictures(Dataset):
    def __init__(self, targets):
        self.targets = targets

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        return index, self.targets[index]


def test_a_dataset_tells_its_classes():
    labels = [0] * 6 + [1] * 2
    data = Pictures(labels)
    tensors = TensorDataset(lucet.zeros(8, 2), lucet.tensor(labels))
    for whole in (
        data,
        Subset(data, range(8)),
        tensors,
        StackDataset(lucet.zeros(8), data),
        StackDataset(x=data, y=lucet.tensor(labels)),
    ):
        assert shares(random_split(whole, [4, 4], stratify=True), labels) == [[3, 1], [3, 1]]
        assert class_counts(whole).tolist() == [6, 2]
    with pytest.raises(TypeError, match="does not tell its classes\n  fix   stratify="):
        random_split(range(4), [2, 2], stratify=True)
    with pytest.raises(ValueError, match="3 classes, expected one for each of 4 items"):
        random_split(range(4), [2, 2], stratify=[0, 1, 0])


def test_each_part_has_a_transform_of_its_own():
    train, rest = random_split(Pictures([7, 8, 9, 7]), [2, 2], transforms=[lambda x: -x - 1, None])
    assert sorted(x < 0 for x, _ in train) == [True, True] and all(x >= 0 for x, _ in rest)
    assert {y for part in (train, rest) for _, y in part} == {7, 8, 9}
    assert type(rest) is Subset and train.__getitems__([0, 1]) == [train[0], train[1]]
    batches = list(DataLoader(train, batch_size=2))
    assert batches[0][0].max() < 0
    assert random_split([3, 4], [1, 1], transforms=[str, str])[0][0] in "34"
    Item = collections.namedtuple("Item", "x y")
    assert random_split([Item(1, 2)], [1], transforms=[str])[0][0] == Item("1", 2)
    with pytest.raises(ValueError, match="1 transforms for 2 parts"):
        random_split(range(4), [2, 2], transforms=[str])


def test_counts_and_weights_of_classes():
    labels = [0, 2, 2, 2, 0, 3]
    assert class_counts(labels).tolist() == [2, 0, 3, 1]
    assert class_counts(lucet.tensor(labels, dtype=lucet.uint8), 6).tolist() == [2, 0, 3, 1, 0, 0]
    assert class_counts([], 2).tolist() == [0, 0]
    weights = class_weights(labels)
    assert weights.dtype == lucet.float32
    assert weights.tolist() == pytest.approx([6 / 3 / 2, 0, 6 / 3 / 3, 6 / 3 / 1])
    assert weights[labels].mean() == pytest.approx(1)
    assert class_weights(labels, scheme="sqrt").tolist() == pytest.approx([w**0.5 for w in weights.tolist()])
    each = sample_weights(labels)
    assert each.tolist() == [1 / 2, 1 / 3, 1 / 3, 1 / 3, 1 / 2, 1]
    for function in (class_counts, class_weights, sample_weights):
        with pytest.raises(ValueError, match=f"{function.__name__}: targets go from 0 to 3, expected 0 to 2"):
            function(labels, 3)
        with pytest.raises(ValueError, match="from -1"):
            function([-1, 0])
        with pytest.raises(lucet.errors.ShapeError, match=r"shape \(1, 2\), expected \(N,\)"):
            function([[1, 2]])
        with pytest.raises(lucet.errors.DtypeError, match="float32, expected whole numbers"):
            function([0.5])
    with pytest.raises(ValueError, match="'balanced' or 'sqrt'"):
        class_weights(labels, scheme="log")


@pytest.mark.parametrize("count, replicas", [(10, 3), (2, 5), (0, 2), (12, 4)])
@pytest.mark.parametrize("drop_last", [False, True])
def test_replicas_share_an_epoch_out(count, replicas, drop_last):
    samplers = [DistributedSampler(range(count), replicas, rank, drop_last=drop_last) for rank in range(replicas)]
    shared = [list(sampler) for sampler in samplers]
    assert [len(indices) for indices in shared] == [len(samplers[0])] * replicas
    every = [i for indices in shared for i in indices]
    assert set(every) <= set(range(count)) and (drop_last or set(every) == set(range(count)))
    assert not drop_last or len(set(every)) == len(every)
    if count == 12:
        samplers[0].set_epoch(1)
        assert list(samplers[0]) != shared[0]


def test_a_sampler_without_a_group_says_so():
    with pytest.raises(ValueError, match=r"Invalid rank 2, rank should be in the interval \[0, 1\]"):
        DistributedSampler(range(4), 2, 2)
    with pytest.raises(ValueError, match="process group"):
        DistributedSampler(range(4))


@pytest.mark.parametrize(
    "make, error",
    [
        (lambda: RandomSampler([], False), ValueError),
        (lambda: RandomSampler([1], 1), TypeError),
        (lambda: RandomSampler([1], num_samples=0), ValueError),
        (lambda: RandomSampler([1], num_samples=1.5), ValueError),
        (lambda: WeightedRandomSampler([1.0], 0), ValueError),
        (lambda: WeightedRandomSampler([1.0], True), ValueError),
        (lambda: WeightedRandomSampler([1.0], 1, 0), ValueError),
        (lambda: WeightedRandomSampler([[1.0]], 1), ValueError),
        (lambda: BatchSampler([1], 0, False), ValueError),
        (lambda: BatchSampler([1], 1.0, False), ValueError),
        (lambda: BatchSampler([1], True, False), ValueError),
        (lambda: BatchSampler([1], 1, None), ValueError),
    ],
)
def test_samplers_refuse_wrong_arguments(make, error):
    with pytest.raises(error):
        make()


def test_batch_sampler():
    assert list(BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]]
    assert list(BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    for n in range(7):
        for drop in (False, True):
            sampler = BatchSampler(SequentialSampler(range(n)), 3, drop)
            assert len(sampler) == len(list(sampler))
    empty = iter(BatchSampler(iter([]), 3, False))
    assert list(empty) == []


Point = collections.namedtuple("Point", "x y")


class Bag(dict):
    """A dict with something besides its items."""


class Fixed(collections.abc.Sequence):
    """A sequence that cannot be made from a list."""

    def __init__(self, a, b):
        self.parts = (a, b)

    def __getitem__(self, i):
        return self.parts[i]

    def __len__(self):
        return 2


def test_default_collate_of_each_kind():
    def dtype_and_list(x):
        return x.dtype, x.tolist()

    assert dtype_and_list(default_collate([1, 2])) == (lucet.int64, [1, 2])
    assert dtype_and_list(default_collate([True, False])) == (lucet.bool, [True, False])
    assert dtype_and_list(default_collate([0.5, 2.0])) == (lucet.float64, [0.5, 2.0])
    assert dtype_and_list(default_collate([np.float32(1), np.float32(2)])) == (lucet.float32, [1.0, 2.0])
    assert dtype_and_list(default_collate([np.float64(1), np.float64(2)])) == (lucet.float64, [1.0, 2.0])
    assert dtype_and_list(default_collate([np.uint8(1), np.uint8(2)])) == (lucet.uint8, [1, 2])
    assert dtype_and_list(default_collate([np.bool_(True)])) == (lucet.bool, [True])
    assert dtype_and_list(default_collate([np.array([1, 2], dtype=np.int32)] * 2)) == (lucet.int32, [[1, 2], [1, 2]])
    assert dtype_and_list(default_collate([np.array(3)] * 2)) == (lucet.int64, [3, 3])
    assert default_collate([lucet.zeros(2, 3)] * 4).shape == (4, 2, 3)
    assert default_collate(["a", "b"]) == ["a", "b"] and default_collate([b"a"]) == [b"a"]


def test_default_collate_of_containers():
    assert [x.tolist() for x in default_collate([(1, 2.0), (3, 4.0)])] == [[1, 3], [2.0, 4.0]]
    assert isinstance(default_collate([(1,), (2,)]), list)
    point = default_collate([Point(1, 2), Point(3, 4)])
    assert isinstance(point, Point) and point.y.tolist() == [2, 4]
    bag = Bag(a=1)
    bag.note = "kept"
    joined = default_collate([bag, Bag(a=2)])
    assert type(joined) is Bag and joined.note == "kept" and joined["a"].tolist() == [1, 2] and bag == {"a": 1}
    assert [x.tolist() for x in default_collate([Fixed(1, 2), Fixed(3, 4)])] == [[1, 3], [2, 4]]
    assert [x.tolist() for x in default_collate([range(2), range(2)])] == [[0, 0], [1, 1]]
    ordered = default_collate([collections.OrderedDict(b=1, a=2)])
    assert list(ordered) == ["b", "a"] and type(ordered) is collections.OrderedDict
    items = [[1, 2], [3, 4]]
    assert [x.tolist() for x in default_collate(items)] == [[1, 3], [2, 4]] and items == [[1, 2], [3, 4]]


def test_default_collate_refuses():
    for batch in ([object()], [None], [np.array(["a"])], [np.array([object()])], [{1}]):
        with pytest.raises(TypeError, match="batch must contain"):
            default_collate(batch)
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([[1, 2], [1]])
    with pytest.raises(RuntimeError):
        default_collate([lucet.zeros(2), lucet.zeros(3)])
    with pytest.raises(KeyError):
        default_collate([{"a": 1}, {"b": 1}])


def test_rules_for_own_types():
    class Word(str):
        pass

    assert collate([Word("a"), Word("b")], collate_fn_map={str: lambda b, collate_fn_map: "".join(b)}) == "ab"
    default_collate_fn_map[Word] = lambda batch, collate_fn_map: len(batch)
    try:
        assert default_collate([(Word("a"), 1), (Word("b"), 2)])[0] == 2
    finally:
        del default_collate_fn_map[Word]
    assert from_dataloader is default_collate


def test_default_convert():
    assert default_convert(np.array([1, 2])).tolist() == [1, 2]
    assert default_convert(np.float32(2)).dtype == lucet.float32
    strings = np.array(["a"])
    assert default_convert(strings) is strings and default_convert("ab") == "ab" and default_convert(3) == 3
    assert default_convert((np.array([1]), "a"))[1] == "a" and isinstance(default_convert((1,)), list)
    assert default_convert(Point(np.array(1), 2)).x.item() == 1
    bag = Bag(a=np.array([1]))
    assert type(default_convert(bag)) is Bag and isinstance(bag["a"], np.ndarray)
    assert default_convert([np.array([5])])[0].tolist() == [5]
    assert list(default_convert(Fixed(1, 2))) == [1, 2]
    t = lucet.zeros(1)
    assert default_convert(t) is t


leaves = st.one_of(st.integers(-5, 5), st.floats(-1, 1, width=32), st.booleans(), st.text(max_size=3))
shapes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
        st.tuples(inner, inner).map(lambda p: Point(*p)),
    ),
    max_leaves=8,
)


def picked(collated, i):
    """Item `i` of a collated batch, to compare with what went in."""
    if isinstance(collated, lucet.Tensor):
        return collated[i].item()
    if isinstance(collated, dict):
        return {k: picked(v, i) for k, v in collated.items()}
    if isinstance(collated, (list, tuple)) and collated and all(isinstance(x, str) for x in collated):
        return collated[i]
    return [picked(x, i) for x in collated]


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


@settings(max_examples=150, deadline=None, derandomize=True)
@given(item=shapes, count=st.integers(1, 4))
def test_collating_equal_items_and_taking_one_out_again_gives_it_back(item, count):
    assert plain(picked(default_collate([item] * count), count - 1)) == plain(item)


def test_no_worker_here_and_no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert get_worker_info() is None


def test_collate_is_found_where_programs_look_for_it():
    from lucet.utils.data._utils.collate import default_collate as other_path

    assert other_path is default_collate
