"""scatter_reduce, index_reduce, put, and copies with one part replaced: every way to join, each type, what is refused."""

import math

import numpy as np
import pytest

import lucet

nan = math.nan
TYPES = [
    lucet.float32,
    lucet.float64,
    lucet.float16,
    lucet.bfloat16,
    lucet.int64,
    lucet.int32,
    lucet.int16,
    lucet.int8,
    lucet.uint8,
]
WAYS = {"sum": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}


def joined(x, index, source, reduce, include_self):
    """By hand, along dimension 0 of vectors."""
    out = list(x)
    for place in set(index):
        come = [s for i, s in zip(index, source, strict=True) if i == place]
        parts = [x[place], *come] if include_self else come
        if reduce == "mean":
            total = sum(parts)
            out[place] = total // len(parts) if all(isinstance(p, int) for p in parts) else total / len(parts)
        else:
            out[place] = WAYS[reduce].reduce(parts).item()
    return out


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("include_self", [True, False])
@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
def test_every_join_of_every_type(dtype, reduce, include_self):
    x, index, source = [3, 1, 2, 5], [2, 0, 2, 2, 0], [1, 4, 7, 2, 2]
    if dtype.is_floating_point:
        x, source = [float(v) for v in x], [float(v) for v in source]
    want = lucet.tensor(joined(x, index, source, reduce, include_self), dtype=lucet.float64).to(dtype)
    a, b = lucet.tensor(x, dtype=dtype), lucet.tensor(source, dtype=dtype)
    got = a.scatter_reduce(0, lucet.tensor(index), b, reduce, include_self=include_self)
    assert got.tolist() == want.tolist() and got.dtype is dtype and a.tolist() == x
    if reduce != "sum":
        rows = (
            a.view(-1, 1)
            .expand(4, 3)
            .index_reduce(0, lucet.tensor(index), b.view(-1, 1).expand(5, 3), reduce, include_self=include_self)
        )
        assert rows.tolist() == [[v] * 3 for v in want.tolist()]
        assert a.index_reduce_(0, lucet.tensor(index), b, reduce, include_self=include_self).tolist() == want.tolist()


def test_nan_wins_among_extremes():
    x, i, s = lucet.tensor([1.0, nan, 2.0]), lucet.tensor([0, 1, 2]), lucet.tensor([nan, 1.0, 3.0])
    for reduce, last in (("amax", 3.0), ("amin", 2.0)):
        for got in (x.scatter_reduce(0, i, s, reduce), x.index_reduce(0, i, s, reduce)):
            assert np.array_equal(got.numpy(), [nan, nan, last], equal_nan=True)


def test_joins_of_bools_and_complex_numbers():
    i = lucet.tensor([0, 0])
    yes = lucet.tensor([True, False])
    assert lucet.tensor([False]).scatter_reduce(0, i, yes, "amax").item() is True
    assert lucet.tensor([True]).scatter_reduce(0, i, yes, "amin").item() is False
    with pytest.raises(RuntimeError):
        lucet.tensor([True]).scatter_reduce(0, i, yes, "mean")
    z = lucet.tensor([1 + 1j, 2j])
    assert lucet.tensor([1j]).scatter_reduce(0, i, z, "sum").item() == 1 + 4j
    with pytest.raises(RuntimeError):
        lucet.tensor([1j]).scatter_reduce(0, i, z, "amax")


@pytest.mark.parametrize(
    "call, kind",
    [
        (lambda x, i: x.scatter_reduce(0, i, lucet.ones(3), "max2"), RuntimeError),
        (lambda x, i: x.scatter_reduce(0, i, lucet.ones(3), 3), TypeError),
        (lambda x, i: x.scatter_reduce(0, i, lucet.ones(3).double(), "sum"), RuntimeError),
        (lambda x, i: x.scatter_reduce(0, i, lucet.ones(2), "sum"), RuntimeError),
        (lambda x, i: x.scatter_reduce(0, i - 1, lucet.ones(3), "sum"), RuntimeError),
        (lambda x, i: x.scatter_reduce(0, i + 9, lucet.ones(3), "sum"), RuntimeError),
        (lambda x, i: x.scatter_reduce(1, i, lucet.ones(3), "sum"), IndexError),
        (lambda x, i: x.index_reduce(0, i, lucet.ones(3), "sum"), RuntimeError),
        (lambda x, i: x.index_reduce(0, i, lucet.ones(4), "prod"), RuntimeError),
        (lambda x, i: x.index_reduce(0, i - 1, lucet.ones(3), "prod"), IndexError),
        (lambda x, i: x.index_reduce(0, i, lucet.ones(3, 1), "prod"), RuntimeError),
        (lambda x, i: x.put_(i, lucet.ones(2)), IndexError),
        (lambda x, i: x.put_(i + 9, lucet.ones(3)), IndexError),
        (lambda x, i: x.put_(i.int(), lucet.ones(3)), RuntimeError),
        (lambda x, i: x.put_(i, lucet.ones(3).double()), RuntimeError),
        (lambda x, i: lucet.zeros(0).put_(i, lucet.ones(3)), IndexError),
        (lambda x, i: x.select_scatter(lucet.ones(1), 0, 0), RuntimeError),
        (lambda x, i: x.select_scatter(lucet.tensor(1.0), 0, 9), IndexError),
        (lambda x, i: x.slice_scatter(lucet.ones(2), 0, 0, 3), RuntimeError),
        (lambda x, i: x.slice_scatter(lucet.ones(2), 0, 0, 2, 0), RuntimeError),
        (lambda x, i: x.diagonal_scatter(lucet.ones(2)), IndexError),
        (lambda x, i: x.as_strided_scatter(lucet.ones(9), (9,), (1,)), RuntimeError),
        (lambda x, i: x.narrow_copy(0, 2, 5), RuntimeError),
    ],
)
def test_refusals_change_nothing(call, kind):
    x, i = lucet.arange(4.0), lucet.tensor([0, 0, 1])
    with pytest.raises(kind):
        call(x, i)
    assert x.tolist() == [0, 1, 2, 3] and x._version == 0


def test_put_counts_elements_as_one_row():
    x = lucet.zeros(2, 3).t()  # a transposed one too
    x.put_(lucet.tensor([0, -1, 1]), lucet.tensor([1.0, 2.0, 3.0]))
    assert x.tolist() == [[1, 3], [0, 0], [0, 2]]
    assert x.put(lucet.tensor([[0, 0]]), lucet.tensor([[1.0, 5.0]]), accumulate=True).tolist() == [
        [7, 3],
        [0, 0],
        [0, 2],
    ]


def test_parts_are_replaced_in_copies():
    x = lucet.arange(6).reshape(2, 3)
    assert x.select_scatter(lucet.tensor([9, 9]), 1, -1).tolist() == [[0, 1, 9], [3, 4, 9]]
    assert x.slice_scatter(lucet.tensor([[9], [9]]), 1, start=1, step=5).tolist() == [[0, 9, 2], [3, 9, 5]]
    assert x.slice_scatter(lucet.zeros(2, 2, dtype=lucet.int64), 1, -2, 99).tolist() == [[0, 0, 0], [3, 0, 0]]
    assert x.diagonal_scatter(lucet.tensor([1.7, 2.7]), 1).tolist() == [[0, 1, 2], [3, 4, 2]]
    assert x.as_strided_scatter(lucet.tensor([7, 8]), (2,), (2,), 1).tolist() == [[0, 7, 2], [8, 4, 5]]
    wide = lucet.zeros(2, 6)[:, ::2]
    assert wide.select_scatter(lucet.ones(3), 0, 0).stride() == (6, 2)
    assert wide.expand(2, 3)[:1].expand(2, 3).select_scatter(lucet.ones(3), 0, 0).tolist() == [[1, 1, 1], [0, 0, 0]]


def test_gradients_of_products_with_zeros():
    x = lucet.tensor([2.0, 0.0], dtype=lucet.float64, requires_grad=True)
    s = lucet.tensor([0.0, 3.0, 5.0, 0.0, 0.0], dtype=lucet.float64, requires_grad=True)
    i = lucet.tensor([0, 0, 1, 1, 1])
    y = x.scatter_reduce(0, i, s, "prod")
    gx, gs = lucet.autograd.grad(y.sum(), (x, s), create_graph=True)
    assert gx.tolist() == [0.0, 0.0] and gs.tolist() == [6.0, 0.0, 0.0, 0.0, 0.0]
    with pytest.raises(RuntimeError, match="Double backward is unsupported"):
        gs.sum().backward()


def test_coordinates_of_positions():
    found = lucet.unravel_index(lucet.tensor([[1, 5], [11, -1]], dtype=lucet.int32), (3, 4))
    assert [f.tolist() for f in found] == [[[0, 1], [2, 2]], [[1, 1], [3, 3]]]
    assert lucet.unravel_index(lucet.tensor(3), ()) == ()
    for wrong, kind in ((1.5, TypeError), ((2, -1), ValueError), ("a", TypeError), ((2, "a"), TypeError)):
        with pytest.raises(kind):
            lucet.unravel_index(lucet.tensor([1]), wrong)


def test_diagonals_are_filled_and_wrap():
    assert lucet.zeros(5, 2).fill_diagonal_(1, wrap=True).tolist() == [[1, 0], [0, 1], [0, 0], [1, 0], [0, 1]]
    assert lucet.zeros(2, 3).fill_diagonal_(1).tolist() == [[1, 0, 0], [0, 1, 0]]
    for wrong in (lucet.zeros(3), lucet.zeros(2, 2, 3)):
        with pytest.raises(RuntimeError):
            wrong.fill_diagonal_(1)
