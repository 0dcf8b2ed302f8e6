"""Subscripts, index ops and masks against NumPy; errors; gradients. No torch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet._errors import DtypeError, ShapeError
from lucet._registry import OPS

one_hot = OPS["one_hot"].function
embedding = OPS["embedding"].function
DATA = np.arange(60).reshape(3, 4, 5)


def tensor():
    return lucet.arange(60).view(3, 4, 5)


def as_ours(index):
    """NumPy arrays in a subscript as tensors."""
    return tuple(lucet.from_numpy(i.copy()) if isinstance(i, np.ndarray) else i for i in index)


@st.composite
def subscripts(draw, shape=(3, 4, 5)):
    """A subscript that is legal for NumPy and torch alike."""
    items, block = [], draw(st.sampled_from([(), (2,), (1, 3)]))
    for size in shape[: draw(st.integers(0, len(shape)))]:
        kind = draw(st.sampled_from(["int", "slice", "slice", "array", "mask"]))
        if kind == "int":
            items.append(draw(st.integers(-size, size - 1)))
        elif kind == "slice":
            items.append(
                slice(
                    draw(st.none() | st.integers(-6, 6)),
                    draw(st.none() | st.integers(-6, 6)),
                    draw(st.none() | st.integers(1, 3)),
                )
            )
        elif kind == "array":
            n = int(np.prod(block))
            items.append(
                np.array(draw(st.lists(st.integers(-size, size - 1), min_size=n, max_size=n)), dtype=np.int64).reshape(
                    block
                )
            )
        else:
            chosen = draw(
                st.sets(
                    st.integers(0, size - 1), min_size=block[-1] if block else 1, max_size=block[-1] if block else 1
                )
            )
            items.append(np.isin(np.arange(size), list(chosen)))
        if draw(st.integers(0, 5)) == 0:
            items.append(None)
    if draw(st.booleans()) and not any(i is Ellipsis for i in items):
        items.append(Ellipsis)
    return tuple(items)


def neighbours(index):
    """torch takes ints as selections before arrays are looked at, NumPy as arrays: only where both agree can they be compared."""
    arrays = [k for k, i in enumerate(index) if isinstance(i, np.ndarray) and i.ndim]
    return not arrays or not any(isinstance(i, int) or isinstance(i, np.ndarray) and not i.ndim for i in index)


@given(subscripts())
@settings(deadline=None, max_examples=400)
def test_reading_agrees_with_numpy(index):
    if neighbours(index):
        np.testing.assert_array_equal(tensor()[as_ours(index)].numpy(), DATA[index])


@given(subscripts())
@settings(deadline=None, max_examples=300)
def test_reading_a_permuted_tensor_agrees_with_numpy(index):
    if neighbours(index):
        x = tensor().permute(2, 0, 1).contiguous().permute(1, 2, 0)
        np.testing.assert_array_equal(x[as_ours(index)].numpy(), DATA[index])


@given(subscripts(), st.booleans())
@settings(deadline=None, max_examples=300)
def test_writing_agrees_with_numpy(index, number):
    if not neighbours(index) or any(
        isinstance(i, np.ndarray) and i.dtype != bool and len(np.unique(i % 60)) < i.size for i in index
    ):
        return
    x, expected = tensor(), DATA.copy()
    value = -7 if number else -np.arange(1, 1 + expected[index].size).reshape(expected[index].shape)
    if not number and len(np.unique(np.arange(60).reshape(DATA.shape)[index])) < np.size(value):
        return
    expected[index] = value
    x[as_ours(index)] = value if number else lucet.from_numpy(np.array(value))
    np.testing.assert_array_equal(x.numpy(), expected)
    assert x._version == 1


def test_ints_select_before_tensors_index():
    x = tensor()
    at = lucet.tensor([0, 2])
    assert x[1, :, at].shape == (4, 2) and x[at, :, 1].shape == (2, 4) and x[at, :, at].shape == (2, 4)
    assert x[at, None, at].shape == (2, 1, 5)
    assert x[lucet.tensor(1), at].shape == (2, 5)


def test_flags_lists_arrays_and_ranges_index():
    x = tensor()
    assert x[True].shape == (1, 3, 4, 5) and x[False].shape == (0, 3, 4, 5)
    assert x[[0, 2]].shape == x[range(2)].shape == x[np.array([0, 1])].shape == (2, 4, 5)
    assert x[[True, False, True]].shape == (2, 4, 5) and x[np.int64(1)].shape == (4, 5)
    assert x[[]].shape == (0, 4, 5)
    with pytest.warns(UserWarning, match="deprecated"):
        assert x[[[0, 1], [1, 2]]].shape == (2, 5)
    with pytest.warns(UserWarning, match="deprecated"):
        assert x[lucet.ones(3, dtype=lucet.uint8)].shape == (3, 4, 5)


@pytest.mark.parametrize(
    ("index", "kind", "words"),
    [
        (3, IndexError, "index 3 is out of bounds for dimension 0 with size 3"),
        ((0, -5), IndexError, "index -5 is out of bounds for dimension 1 with size 4"),
        ((0, 0, 0, 0), IndexError, "too many indices"),
        (1.0, IndexError, "only integers"),
        ("a", TypeError, "str"),
        (slice(None, None, -1), ValueError, "greater than zero"),
        (slice(None, None, 0), ValueError, "zero"),
        (slice(1.0, None), TypeError, "slice indices"),
        (10**30, ValueError, "Overflow"),
        (lucet.tensor([0, 3]), IndexError, "index 3 is out of bounds for dimension 0 with size 3"),
        ((slice(None), lucet.tensor([0, -5])), IndexError, "index -5 is out of bounds for dimension 1 with size 4"),
        (lucet.tensor([0.0]), IndexError, "long, int, byte or bool"),
        (lucet.ones(2, dtype=lucet.bool), IndexError, "shape of the mask"),
        (lucet.ones(3, 4, 5, 1, dtype=lucet.bool), IndexError, "too many indices"),
        ((lucet.tensor([0, 1]), lucet.tensor([0, 1, 2])), IndexError, "could not be broadcast"),
        (object(), IndexError, "only integers"),
    ],
)
def test_errors_of_reading_and_writing(index, kind, words):
    x = tensor()
    with pytest.raises(kind, match=words):
        x[index]
    with pytest.raises(kind, match=words):
        x[index] = 0
    assert x._version == 0 and (x == tensor()).all()


def test_errors_of_values():
    x = lucet.zeros(3, 4)
    at = lucet.tensor([0, 1])
    for value, kind, words in (
        ("a", TypeError, "can't assign"),
        ([1, 2], TypeError, "can't assign"),
        (1j, RuntimeError, "complex|overflow"),
    ):
        with pytest.raises(kind, match=words):
            x[0] = value
    with pytest.raises(ShapeError, match="shape mismatch"):
        x[at] = lucet.ones(3, 4)
    with pytest.raises(DtypeError, match="dtypes match"):
        x[at] = lucet.ones(4, dtype=lucet.float64)
    with pytest.raises(RuntimeError):
        x[0] = lucet.ones(3, 4)
    with pytest.raises(RuntimeError, match="overflow"):
        x.to(lucet.uint8)[0] = 300
    with pytest.raises(TypeError, match="deleting"):
        del x[0]
    with pytest.raises(IndexError, match="0-dim"):
        lucet.tensor(1.0)[0]
    assert x._version == 0


def test_scalars_and_conversions_on_writing():
    x = lucet.zeros(3, dtype=lucet.int64)
    x[0] = 1.7
    x[lucet.tensor([1])] = 2.9
    x[x == 0] = lucet.tensor(5.5)
    assert x.tolist() == [1, 2, 5]
    y = lucet.zeros(2, 3)
    y[:, 1] = lucet.tensor([1, 2])
    y[None] += 1
    assert y.tolist() == [[1, 2, 1], [1, 3, 1]]
    y[0] = lucet.ones(1, 1, 3)
    s = lucet.tensor(1.0)
    s[()] = 2
    s[lucet.tensor(True)] = 3
    assert s.item() == 3


def test_a_value_that_overlaps_what_it_is_written_to_raises():
    x = lucet.arange(4.0)
    with pytest.raises(RuntimeError, match="single memory location"):
        x[lucet.tensor([1, 2, 3])] = x[:3]
    assert x.tolist() == [0, 1, 2, 3]


def test_one_number_of_another_type_is_put_where_a_mask_is_true():
    for value in (lucet.tensor([2]), lucet.tensor([[2.0]], dtype=lucet.float64), lucet.tensor(2)):
        x = lucet.tensor([1.0, 3.0, -1.0])
        x[x > 0] = value
        assert x.tolist() == [2, 2, -1]
        x = lucet.zeros(2, 2)
        x[:, lucet.tensor([True, False])] = value
        assert x.tolist() == [[2, 0], [2, 0]]
        assert lucet.zeros(2).index_put_((lucet.tensor([True, False]),), value).tolist() == [2, 0]
    x = lucet.tensor([1, 2, -1])
    x[x > 0] = lucet.tensor([2.5])
    assert x.tolist() == [2, 2, -1]
    for index, value in ((x > 0, lucet.tensor([2.5, 3.5])), (lucet.tensor([0]), lucet.tensor([2.5]))):
        with pytest.raises(DtypeError, match="dtypes match"):
            x[index] = value
    with pytest.raises(RuntimeError, match="without overflow"):
        x.to(lucet.uint8)[x > 0] = lucet.tensor([300])


def test_an_expanded_tensor_is_written_with_a_warning_or_not_at_all():
    def wide():
        return lucet.zeros(1, 3).expand(2, 3)

    mask = lucet.tensor([[True, False, True], [False, False, True]])
    for write in (
        lambda x: x.__setitem__(mask, 2),
        lambda x: x.__setitem__(mask, lucet.tensor([2.0])),
        lambda x: x.masked_fill_(mask, 2),
        lambda x: x.masked_fill_(mask, lucet.tensor(2.0)),
        lambda x: x.index_put_((mask,), lucet.tensor(2.0)),
    ):
        x = wide()
        with pytest.warns(UserWarning, match="on expanded tensors is deprecated"):
            write(x)
        assert x.tolist() == [[2, 0, 2]] * 2
    x = wide()
    with pytest.warns(UserWarning, match="index_fill_ on expanded tensors"):
        x.index_fill_(1, lucet.tensor([0]), 2)
    assert x.tolist() == [[2, 0, 0]] * 2
    assert wide().fill_(2).tolist() == [[2] * 3] * 2
    assert wide().zero_().tolist() == [[0] * 3] * 2
    x = wide()
    x[0, 1] = 5
    assert x.tolist() == [[0, 5, 0]] * 2
    for write in (
        lambda x: x.__setitem__(slice(None), 2),
        lambda x: x.__setitem__((slice(None), 0), 2),
        lambda x: x.__setitem__(..., lucet.tensor(2.0)),
        lambda x: x.fill_(lucet.tensor(2.0)),
        lambda x: x.masked_scatter_(mask, lucet.ones(6)),
        lambda x: x.index_add_(0, lucet.tensor([0]), lucet.ones(1, 3)),
    ):
        x = wide()
        with pytest.raises(ShapeError, match="single memory location"):
            write(x)
        assert x.tolist() == [[0] * 3] * 2


def test_gradients_add_up_where_indices_repeat():
    x = lucet.zeros(3, 2, dtype=lucet.float64, requires_grad=True)
    at = lucet.tensor([0, 2, 0])
    (x[at] * lucet.arange(6.0, dtype=lucet.float64).view(3, 2)).sum().backward()
    assert x.grad.tolist() == [[4, 6], [0, 0], [2, 3]]
    with pytest.raises(RuntimeError, match="changed in place"):
        y = x[at].sum()
        at.zero_()
        y.backward()


@pytest.mark.parametrize("n", [5, 1000, 300_000])
def test_rows_taken_do_not_depend_on_the_thread_count(n):
    rng = np.random.default_rng(0)
    table, at = rng.standard_normal((1000, 7)), rng.integers(-1000, 1000, n)
    before = lucet.get_num_threads()
    for threads in (1, 3):
        lucet.set_num_threads(threads)
        np.testing.assert_array_equal(lucet.from_numpy(table)[lucet.from_numpy(at)].numpy(), table[at])
        np.testing.assert_array_equal(
            lucet.from_numpy(table)[:, lucet.from_numpy(at[:50] % 7)].numpy(), table[:, at[:50] % 7]
        )
    lucet.set_num_threads(before)


def test_gather_and_scatter_agree_with_numpy():
    rng = np.random.default_rng(1)
    for dim in range(3):
        at = rng.integers(0, DATA.shape[dim], (3, 4, 5))
        x, index = tensor(), lucet.from_numpy(at)
        np.testing.assert_array_equal(x.gather(dim, index).numpy(), np.take_along_axis(DATA, at, dim))
        expected = np.zeros_like(DATA)
        for place in np.ndindex(at.shape):
            to = list(place)
            to[dim] = at[place]
            expected[tuple(to)] += DATA[place]
        np.testing.assert_array_equal(lucet.zeros_like(x).scatter_add(dim, index, x).numpy(), expected)
        order = rng.permuted(
            np.broadcast_to(np.arange(DATA.shape[dim]).reshape([-1 if k == dim else 1 for k in range(3)]), DATA.shape),
            axis=dim,
        )
        np.testing.assert_array_equal(
            lucet.zeros_like(x)
            .scatter(dim, lucet.from_numpy(order.copy()), x.gather(dim, lucet.from_numpy(order.copy())))
            .numpy(),
            DATA,
        )
    assert lucet.ones(3).scatter(0, lucet.tensor([0, 0]), 2.0, reduce="multiply").tolist() == [4, 1, 1]


def test_index_ops():
    x = lucet.zeros(3, 2)
    rows = lucet.tensor([2, 0])
    assert x.index_add(0, rows, lucet.ones(2, 2), alpha=3).tolist() == [[3, 3], [0, 0], [3, 3]]
    assert x.index_copy(0, rows, lucet.tensor([[1.0, 2], [3, 4]])).tolist() == [[3, 4], [0, 0], [1, 2]]
    assert x.index_fill(1, lucet.tensor([-1]), 5).tolist() == [[0, 5]] * 3
    assert x.index_put((rows, lucet.tensor([1, 1])), lucet.tensor([7.0, 8.0])).tolist() == [[0, 8], [0, 0], [0, 7]]
    assert lucet.arange(6).view(2, 3).take(lucet.tensor([[0, -1]])).tolist() == [[0, 5]]
    assert lucet.arange(6).view(2, 3).index_select(1, lucet.tensor([2, 2])).tolist() == [[2, 2], [5, 5]]
    assert x.index_add_(0, lucet.tensor([0, 0]), lucet.ones(2, 2)) is x and x[0].tolist() == [2, 2]


def test_masks():
    x = lucet.arange(6.0).view(2, 3)
    assert x.masked_fill(x > 2, -1).tolist() == [[0, 1, 2], [-1, -1, -1]]
    assert x.masked_select(x[0] > 0).tolist() == [1, 2, 4, 5]
    assert x.masked_scatter(x > 3, lucet.tensor([8.0, 9.0, 10.0])).tolist() == [[0, 1, 2], [3, 8, 9]]
    x[x > 3] = 0
    x[lucet.tensor([True, False])] = 4
    assert x.tolist() == [[4, 4, 4], [3, 0, 0]]
    with pytest.raises(DtypeError, match="boolean masks"):
        x.masked_fill(x, 1)
    with pytest.raises(ShapeError, match="fewer|Number of elements"):
        x.masked_scatter(x > -1, lucet.ones(2))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda x: x.gather(0, lucet.tensor([[3]])),
            RuntimeError,
            "index 3 is out of bounds for dimension 0 with size 3",
        ),
        (lambda x: x.gather(0, lucet.tensor([[-1]])), RuntimeError, "out of bounds"),
        (lambda x: x.gather(0, lucet.tensor([0])), RuntimeError, "same number of dimensions"),
        (lambda x: x.gather(0, lucet.zeros(1, 3, dtype=lucet.int64)), RuntimeError, "no larger than self"),
        (lambda x: x.gather(0, lucet.zeros(1, 1)), RuntimeError, "int32/int64"),
        (lambda x: x.scatter(0, lucet.tensor([[0, 0]]), lucet.ones(1, 1)), RuntimeError, "no larger size than src"),
        (lambda x: x.scatter(0, lucet.tensor([[0]]), lucet.ones(1, 1, dtype=lucet.float64)), RuntimeError, "dtype"),
        (lambda x: x.scatter(0, lucet.tensor([[0]]), 1.0, reduce="x"), RuntimeError, "add or multiply"),
        (lambda x: x.index_select(0, lucet.tensor([3])), IndexError, "out of range"),
        (lambda x: x.index_select(0, lucet.tensor([-1])), IndexError, "out of range"),
        (lambda x: x.index_select(0, lucet.tensor([[0]])), IndexError, "vector"),
        (lambda x: x.index_add(0, lucet.tensor([0]), lucet.ones(2, 2)), RuntimeError, "Number of indices"),
        (lambda x: x.index_add(0, lucet.tensor([0]), lucet.ones(1, 3)), RuntimeError, "slice shapes"),
        (lambda x: x.index_copy(0, lucet.tensor([3]), lucet.ones(1, 2)), IndexError, "out of bounds"),
        (lambda x: x.index_fill(0, lucet.tensor([3]), 1), IndexError, "out of bounds"),
        (lambda x: x.index_put(lucet.tensor([0]), lucet.tensor(1.0)), TypeError, "tuple of Tensors"),
        (lambda x: x.take(lucet.tensor([6])), IndexError, "out of bounds"),
        (lambda x: one_hot(lucet.tensor([-1])), RuntimeError, "non-negative"),
        (lambda x: one_hot(lucet.tensor([2]), 2), RuntimeError, "smaller than num_classes"),
        (lambda x: one_hot(lucet.tensor([2.0])), RuntimeError, "LongTensor"),
        (lambda x: embedding(lucet.tensor([3]), x), IndexError, "out of range"),
        (lambda x: embedding(lucet.tensor([0.0]), x), RuntimeError, "Long, Int"),
    ],
)
def test_errors_of_index_ops(call, kind, words):
    x = lucet.zeros(3, 2)
    with pytest.raises(kind, match=words):
        call(x)
    assert x._version == 0


def test_one_hot_and_embedding():
    assert one_hot(lucet.tensor([[0], [2]])).tolist() == [[[1, 0, 0]], [[0, 0, 1]]]
    table = lucet.arange(6.0).view(3, 2).requires_grad_()
    at = lucet.tensor([[1, 1], [2, 0]])
    y = embedding(at, table, padding_idx=-1, scale_grad_by_freq=True)
    assert y.tolist() == [[[2, 3], [2, 3]], [[4, 5], [0, 1]]]
    y.sum().backward()
    assert table.grad.tolist() == [[1, 1], [1, 1], [0, 0]]
    long = lucet.tensor([[3.0, 4.0], [0.3, 0.4]])
    assert embedding(lucet.tensor([0, 1]), long, max_norm=1.0).norm(dim=1).tolist() == pytest.approx([1.0, 0.5])


def test_subclasses_and_modes_see_subscripts():
    seen = []

    class Mine(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func.__name__)
            return super().__torch_function__(func, types, args, kwargs or {})

    x = lucet.zeros(3).as_subclass(Mine)
    assert type(x[0]) is Mine
    x[1] = 5
    assert seen == ["__getitem__", "__setitem__"]


def test_true_and_false_alone_are_no_masks():
    """x[True] = v copies to all of x, whatever the type of v; x[False] = v does nothing at all."""
    x = lucet.zeros(3)
    x[True] = lucet.ones(3, dtype=lucet.int64)
    assert x.tolist() == [1, 1, 1] and x._version == 1
    x[True] = 2
    assert x.tolist() == [2, 2, 2] and x._version == 2
    for value in (lucet.ones(7), lucet.ones(3), 5, lucet.ones(3, dtype=lucet.int64)):
        x[False] = value
    assert x.tolist() == [2, 2, 2] and x._version == 2
    with pytest.raises(RuntimeError):
        x[True] = lucet.ones(7)
    with pytest.raises(RuntimeError):
        x[True, True] = lucet.ones(3, dtype=lucet.int64)


def test_complex_numbers_are_written_where_nothing_is_lost():
    mask = lucet.tensor([True, False])
    for dtype, value in [(lucet.float32, 2 + 0j), (lucet.int64, 2 + 0j), (lucet.bool, 1j), (lucet.float16, 2 + 0j)]:
        expected = True if dtype is lucet.bool else 2
        for index in (0, [0], lucet.tensor([0]), mask, slice(0, 1)):
            x = lucet.zeros(2, dtype=dtype)
            x[index] = value
            assert x.tolist() == [expected, 0], (dtype, index)
        x = lucet.zeros(2, dtype=dtype)
        for number in (value, lucet.tensor(value)):
            assert x.masked_fill(mask, number).tolist() == [expected, 0]
            assert x.clone().masked_fill_(mask, number).tolist() == [expected, 0]
        assert x.scatter(0, lucet.tensor([0]), value).tolist() == [expected, 0]
        assert lucet.full((1,), value, dtype=dtype).tolist() == x.clone().fill_(value)[:1].tolist() == [expected]
        with pytest.raises(RuntimeError):
            x.index_fill(0, lucet.tensor([0]), value)
    x = lucet.zeros(2)
    for refused in (lambda: x.masked_fill(mask, 1j), lambda: x.masked_fill(mask, lucet.tensor(1j)), lambda: x.fill_(1j), lambda: x.__setitem__(0, 1j)):
        with pytest.raises(RuntimeError):
            refused()
    assert x.tolist() == [0, 0] and x._version == 0
