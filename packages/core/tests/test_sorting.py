"""Order: stability, NaN, signed zeros, every length regime of the sorts, selection, positions, counts, gradients."""

import math
import random

import numpy as np
import pytest

import lucet

inf, nan = math.inf, math.nan
DTYPES = [
    lucet.float32,
    lucet.float64,
    lucet.float16,
    lucet.int64,
    lucet.int32,
    lucet.int16,
    lucet.int8,
    lucet.uint8,
    lucet.bool,
]


def numbers(n, dtype, seed=0, spread=50):
    draw = random.Random(seed)
    return lucet.tensor([draw.randrange(spread) for _ in range(n)]).to(dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 16, 24, 25, 33, 300, 511, 512, 2000])
def test_sorts_are_stable(dtype, n):
    x = numbers(n, dtype, n)
    plain = x.tolist()
    for descending in (False, True):
        want = sorted(range(n), key=lambda i: -plain[i] if descending else plain[i])
        values, indices = x.sort(descending=descending)
        assert indices.tolist() == want and values.tolist() == [plain[i] for i in want] and values.dtype == dtype
        assert x.argsort(descending=descending).tolist() == want


def test_negative_integers_and_the_ends_of_the_range():
    x = lucet.tensor([0, -1, 2**63 - 1, -(2**63), 5])
    assert x.sort().values.tolist() == [-(2**63), -1, 0, 5, 2**63 - 1]
    assert lucet.tensor([0, -128, 127, -1], dtype=lucet.int8).sort(descending=True).values.tolist() == [
        127,
        0,
        -1,
        -128,
    ]


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
@pytest.mark.parametrize("n", [8, 100, 1000])
def test_nan_is_last_and_zeros_are_equal(dtype, n):
    x = lucet.tensor([nan, 0.0, -0.0, -inf, inf, -nan, 1.0, -1.0] + [2.0] * (n - 8), dtype=dtype)
    indices = x.sort().indices.tolist()
    assert indices[:5] == [3, 7, 1, 2, 6] and indices[-3:] == [4, 0, 5]
    assert x.sort(descending=True).indices.tolist()[:3] == [0, 5, 4]


def test_sort_along_other_dimensions():
    x = lucet.tensor([[3, 1], [2, 4], [1, 9]])
    assert x.sort(0).values.tolist() == [[1, 1], [2, 4], [3, 9]] and x.sort(
        dim=0, descending=True
    ).indices.tolist() == [[0, 2], [1, 1], [2, 0]]
    assert x.t().sort(1).values.tolist() == [[1, 2, 3], [1, 4, 9]] and lucet.msort(x).tolist() == [
        [1, 1],
        [2, 4],
        [3, 9],
    ]
    assert lucet.tensor(3.0).sort().indices.item() == 0


@pytest.mark.parametrize("dtype", [d for d in DTYPES if d != lucet.bool], ids=str)
@pytest.mark.parametrize("n, k", [(5, 5), (40, 3), (300, 20), (300, 200), (5000, 32), (5000, 33), (64, 0)])
def test_topk_is_the_front_of_a_sort(dtype, n, k):
    x = numbers(n, dtype, n + k)
    for largest in (True, False):
        want = x.sort(descending=largest)
        values, indices = x.topk(k, largest=largest)
        assert values.tolist() == want.values.tolist()[:k] and indices.tolist() == want.indices.tolist()[:k]


@pytest.mark.parametrize("pattern", ["rising", "falling", "equal", "organ", "saw"])
def test_selection_survives_awkward_orders(pattern):
    n = 20000
    values = {
        "rising": range(n),
        "falling": range(n, 0, -1),
        "equal": [1] * n,
        "organ": [min(i, n - i) for i in range(n)],
        "saw": [i % 7 for i in range(n)],
    }[pattern]
    x = lucet.tensor(list(values))
    ordered = sorted(values)
    for k in (1, 2, n // 2, n):
        assert x.kthvalue(k).values.item() == ordered[k - 1]
    assert x.topk(5000, largest=False).values.tolist() == ordered[:5000]


def test_median_is_the_lower_middle_and_nan_takes_over():
    assert lucet.tensor([4.0, 1.0, 3.0, 2.0]).median().item() == 2.0
    values, indices = lucet.tensor([[1.0, nan, 3.0], [3.0, 1.0, 2.0]]).median(1)
    assert math.isnan(values.tolist()[0]) and values.tolist()[1] == 2.0 and indices.tolist() == [1, 2]


def test_errors():
    x = lucet.ones(3, 4)
    for call in (
        lambda: x.topk(5),
        lambda: x.topk(-1),
        lambda: x.kthvalue(0),
        lambda: x.kthvalue(5),
        lambda: (x > 0).topk(1),
    ):
        with pytest.raises(RuntimeError):
            call()
    for call in (lambda: x.sort(2), lambda: x.topk(1, 2), lambda: lucet.zeros(0).kthvalue(1)):
        with pytest.raises(IndexError):
            call()
    with pytest.raises(TypeError):
        x.sort(0, 1)
    with pytest.raises(TypeError):
        x.topk(1.5)


def test_gradients_go_where_the_indices_point():
    x = lucet.tensor([[3.0, 1.0, 2.0]], requires_grad=True)
    weight = lucet.tensor([[1.0, 10.0, 100.0]])
    (x.sort(1).values * weight).sum().backward()
    assert x.grad.tolist() == [[100, 1, 10]]
    x.grad = None
    (x.topk(2).values * weight.narrow(1, 0, 2)).sum().backward()
    assert x.grad.tolist() == [[1, 0, 10]]
    x.grad = None
    x.kthvalue(2).values.sum().backward()
    assert x.grad.tolist() == [[0, 0, 1]]


def test_out():
    values, indices = lucet.empty(0), lucet.empty(0, dtype=lucet.int64)
    lucet.sort(lucet.tensor([2.0, 1.0]), out=(values, indices))
    assert values.tolist() == [1, 2] and indices.tolist() == [1, 0]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (7,), (3, 4), (2, 3, 4), (5, 1, 1, 6), (0, 3), (3, 0)])
def test_nonzero(dtype, shape):
    x = numbers(math.prod(shape), lucet.int64, 3, 3).reshape(shape).to(dtype)
    want = np.argwhere(np.array(x.tolist()).reshape(shape))
    got = x.nonzero()
    assert got.dtype == lucet.int64 and tuple(got.shape) == want.shape and got.tolist() == want.tolist()
    if shape:
        assert [column.tolist() for column in x.nonzero(as_tuple=True)] == want.T.tolist()
    assert lucet.argwhere(x).tolist() == want.tolist()


def test_nonzero_of_0d_and_of_views():
    assert (
        lucet.tensor(1).nonzero(as_tuple=True)[0].tolist() == [0]
        and lucet.tensor(0).nonzero(as_tuple=True)[0].tolist() == []
    )
    assert lucet.tensor([[1, 0], [2, 0]]).t().nonzero().tolist() == [[0, 0], [0, 1]]
    assert lucet.tensor([-0.0, nan]).nonzero().tolist() == [[1]]


def test_bincount():
    x = lucet.tensor([1, 1, 3])
    assert x.bincount().tolist() == [0, 2, 0, 1] and x.bincount(minlength=6).tolist() == [0, 2, 0, 1, 0, 0]
    assert x.bincount(lucet.tensor([1.0, 2.0, 3.0])).tolist() == [0, 3, 0, 3] and x.bincount(x).dtype == lucet.float64
    assert lucet.zeros(0, dtype=lucet.int64).bincount().tolist() == []
    for call in (
        lambda: (-x).bincount(),
        lambda: x.reshape(1, 3).bincount(),
        lambda: x.bincount(lucet.ones(2)),
        lambda: x.bincount(minlength=-1),
        lambda: x.float().bincount(),
    ):
        with pytest.raises(RuntimeError):
            call()


def test_unique():
    x = lucet.tensor([[3, 1], [1, 2]])
    values, inverse, counts = x.unique(return_inverse=True, return_counts=True)
    assert values.tolist() == [1, 2, 3] and inverse.tolist() == [[2, 0], [0, 1]] and counts.tolist() == [2, 1, 1]
    rows = lucet.tensor([[1, 2], [0, 5], [1, 2]])
    values, inverse, counts = lucet.unique(rows, dim=0, return_inverse=True, return_counts=True)
    assert values.tolist() == [[0, 5], [1, 2]] and inverse.tolist() == [1, 0, 1] and counts.tolist() == [1, 2]
    assert lucet.unique(lucet.zeros(0)).shape == (0,)
    with pytest.raises(NotImplementedError):
        lucet.unique(lucet.zeros(2, device="meta"))


@pytest.mark.parametrize("name", ["float32", "float64", "float16", "bfloat16", "int64", "int8", "uint8", "bool"])
def test_unique_in_every_kind_of_type(name):
    x = lucet.tensor([1, 0, 1, 1, 0], dtype=getattr(lucet, name))
    values, inverse, counts = lucet.unique(x, return_inverse=True, return_counts=True)
    assert values.dtype == x.dtype and values.tolist() == [0, 1] == lucet.unique(x).tolist()
    assert inverse.tolist() == [1, 0, 1, 1, 0] and counts.tolist() == [2, 3]
