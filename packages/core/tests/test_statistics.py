"""Quantiles, modes, running extremes, histograms, places in sorted rows: edges by hand, generated inputs against NumPy."""

import math
import random
import warnings

import numpy as np
import pytest

import lucet

inf, nan = math.inf, math.nan
INTEGERS = [lucet.int64, lucet.int32, lucet.int16, lucet.int8, lucet.uint8]
FLOATS = [lucet.float32, lucet.float64, lucet.float16, lucet.bfloat16]


def numbers(n, seed=0, spread=20):
    draw = random.Random(seed)
    return [draw.randrange(spread) for _ in range(n)]


# --- running extremes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, lucet.bool], ids=str)
def test_running_extremes_name_the_last_of_equal_elements(dtype):
    x = lucet.tensor([1, 0, 1, 1, 0]).to(dtype)
    values, indices = x.cummax(0)
    assert (values.tolist(), indices.tolist(), values.dtype) == ([1, 1, 1, 1, 1], [0, 0, 2, 3, 3], dtype)
    values, indices = x.cummin(0)
    assert (values.tolist(), indices.tolist()) == ([1, 0, 0, 0, 0], [0, 1, 1, 1, 4])


@pytest.mark.parametrize("dim", [0, 1])
def test_nan_stays_the_running_extreme(dim):
    x = lucet.tensor([[1.0, nan, 3.0, nan]])
    x = x if dim else x.t()
    for op in (lucet.cummax, lucet.cummin):
        values, indices = op(x, dim)
        assert np.array_equal(values.reshape(-1).numpy(), [1.0, nan, nan, nan], equal_nan=True)
        assert indices.reshape(-1).tolist() == [0, 1, 1, 3]


@pytest.mark.parametrize("shape, dim", [((500,), 0), ((7, 300), 1), ((300, 7), 0), ((3, 50, 70), 1)])
def test_running_extremes_equal_numpys(shape, dim):
    x = lucet.tensor(numbers(math.prod(shape), 1)).reshape(shape)
    assert np.array_equal(x.cummax(dim).values.numpy(), np.maximum.accumulate(x.numpy(), dim))
    assert np.array_equal(x.cummin(dim).values.numpy(), np.minimum.accumulate(x.numpy(), dim))
    assert x.gather(dim, x.cummax(dim).indices).equal(x.cummax(dim).values)


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
@pytest.mark.parametrize("shape, dim", [((3000,), 0), ((4, 700), 1), ((700, 4), 0)])
@pytest.mark.parametrize("scale", [1, 40, 400])
def test_running_logarithms_of_sums_equal_numpys(dtype, shape, dim, scale):
    x = lucet.tensor(np.random.default_rng(0).standard_normal(shape) * scale).to(dtype)
    want = np.logaddexp.accumulate(x.double().numpy(), dim)
    tolerance = 1e-12 if dtype is lucet.float64 else 2e-6
    np.testing.assert_allclose(x.logcumsumexp(dim).numpy(), want, rtol=tolerance, atol=tolerance)


def test_running_logarithms_of_infinities():
    for x in (lucet.tensor([-inf, -inf, 0.0, inf, 1.0]), lucet.tensor([[-inf, -inf, 0.0, inf, 1.0]] * 3).t()):
        y = x.logcumsumexp(0)
        assert (y if y.dim() == 1 else y[:, 1]).tolist() == [-inf, -inf, 0.0, inf, inf]
    assert lucet.tensor([1.0, nan, 2.0]).logcumsumexp(0).isnan().tolist() == [False, True, True]
    assert lucet.tensor([1000.0, 0.0, -1000.0]).logcumsumexp(0).tolist() == [1000.0] * 3


# --- modes and medians --------------------------------------------------------------------------------------------------


def test_mode_is_the_smallest_of_the_most_frequent_and_its_last_place():
    values, indices = lucet.tensor([[3, 1, 3, 1, 2], [5, 5, 5, 0, 0]]).mode()
    assert (values.tolist(), indices.tolist()) == ([1, 5], [3, 2])
    assert lucet.tensor([nan, nan, 2.0]).mode().values.item() == 2.0
    assert lucet.tensor(7).mode() == (lucet.tensor(7), lucet.tensor(0))
    assert lucet.zeros(3, 0).mode(0).values.shape == (0,)
    with pytest.raises(IndexError, match="non-zero size"):
        lucet.zeros(3, 0).mode(1)


@pytest.mark.parametrize("n", [1, 2, 20, 100, 700])
@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, lucet.bool], ids=str)
def test_mode_counts(n, dtype):
    x = lucet.tensor(numbers(n, n, 2 if dtype is lucet.bool else 9)).to(dtype)
    plain = x.tolist()
    best = min(set(plain), key=lambda v: (-plain.count(v), v))
    values, index = x.mode()
    assert (values.item(), index.item()) == (best, n - 1 - plain[::-1].index(best))


def test_medians_of_lines_with_nan():
    x = lucet.tensor([[nan, 4.0, nan, 1.0, 3.0], [nan, nan, nan, nan, nan], [5.0, 1.0, 2.0, 4.0, 3.0]])
    values, indices = x.nanmedian(1)
    assert np.array_equal(values.numpy(), [3.0, nan, 3.0], equal_nan=True) and indices.tolist() == [4, 0, 4]
    values, indices = x.median(1)
    assert np.array_equal(values.numpy(), [nan, nan, 3.0], equal_nan=True) and indices.tolist() == [0, 0, 4]
    assert (
        x.nanmedian().item() == 3.0 and math.isnan(x.median().item()) and math.isnan(lucet.zeros(0).nanmedian().item())
    )


@pytest.mark.parametrize("n", [1, 2, 9, 100, 4001])
def test_nanmedian_is_the_lower_middle_of_the_numbers(n):
    x = lucet.tensor([nan if v % 3 == 0 else float(v) for v in numbers(n, 5, 1000)] + [7.0])
    real = sorted(v for v in x.tolist() if v == v)
    assert x.nanmedian().item() == real[(len(real) - 1) // 2]


# --- quantiles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["linear", "lower", "higher", "midpoint", "nearest"])
@pytest.mark.parametrize("dim", [None, 0, 1, -1])
def test_quantiles_equal_numpys(how, dim):
    x = lucet.tensor(np.random.default_rng(1).standard_normal((9, 31)))
    q = lucet.tensor([0.0, 0.1, 0.5, 0.77, 1.0], dtype=lucet.float64)
    for keep in (False, True):
        got = x.quantile(q, dim, keep, interpolation=how).numpy()
        np.testing.assert_allclose(got, np.quantile(x.numpy(), q.numpy(), dim, method=how, keepdims=keep), rtol=1e-12)
        assert np.array_equal(x.quantile(0.77, dim, keep, interpolation=how).numpy(), got[3])
    x[2, 3] = x[5, 7] = nan
    got = x.nanquantile(q, dim, interpolation=how).numpy()
    np.testing.assert_allclose(got, np.nanquantile(x.numpy(), q.numpy(), dim, method=how), rtol=1e-12)


def test_quantiles_of_lines_with_nan():
    x = lucet.tensor([[1.0, nan, 3.0], [4.0, 6.0, 5.0], [nan, nan, nan]])
    assert np.array_equal(x.quantile(0.5, 1).numpy(), [nan, 5.0, nan], equal_nan=True)
    assert np.array_equal(x.nanquantile(0.5, 1).numpy(), [2.0, 5.0, nan], equal_nan=True)


@pytest.mark.parametrize(
    "call, kind",
    [
        (lambda x: x.quantile(1.5), RuntimeError),
        (lambda x: x.quantile(lucet.tensor([0.5, -1.0])), RuntimeError),
        (lambda x: x.quantile(lucet.tensor([[0.5]])), RuntimeError),
        (lambda x: x.quantile(lucet.tensor(0.5, dtype=lucet.float64)), RuntimeError),
        (lambda x: x.quantile("a"), TypeError),
        (lambda x: x.half().quantile(0.5), RuntimeError),
        (lambda x: x.quantile(0.5, interpolation="cubic"), RuntimeError),
        (lambda x: x[:0].quantile(0.5), RuntimeError),
        (lambda x: x.quantile(0.5, 4), IndexError),
        (lambda x: x.quantile(0.5, out=lucet.zeros((), dtype=lucet.float64)), RuntimeError),
    ],
)
def test_quantiles_refuse(call, kind):
    with pytest.raises(kind):
        call(lucet.ones(3))


def test_nanmean_leaves_nan_out():
    x = lucet.tensor([[1.0, nan, 3.0], [nan, nan, nan]], dtype=lucet.float16)
    assert np.array_equal(x.nanmean(1).numpy(), np.array([2.0, nan], np.float16), equal_nan=True)
    assert x.nanmean().item() == 2.0 and x.nanmean(0, True, dtype=lucet.float64).dtype is lucet.float64
    with pytest.raises(RuntimeError, match="floating point"):
        lucet.ones(3, dtype=lucet.int64).nanmean()


# --- histograms ---------------------------------------------------------------------------------------------------------


def test_histograms_count_both_borders_of_the_last_bin():
    x = lucet.tensor([0.0, 1.0, 1.0, 2.0, 2.5, 3.0, nan, -0.1, 3.1])
    assert lucet.histc(x, 3, 0, 3).tolist() == [1, 2, 3]
    hist, edges = lucet.histogram(x, lucet.tensor([0.0, 1.0, 2.0, 3.0]))
    assert (hist.tolist(), edges.tolist()) == ([1, 2, 3], [0, 1, 2, 3])
    hist, edges = lucet.histogram(x[:6], 3)
    assert (hist.tolist(), edges.tolist()) == ([1, 2, 3], [0, 1, 2, 3])
    assert lucet.histogram(x[:6], 3, density=True).hist.tolist() == pytest.approx([1 / 6, 2 / 6, 3 / 6])


def test_histograms_of_one_value_and_of_nothing():
    assert lucet.histc(lucet.zeros(3), 3).tolist() == [0, 3, 0]
    assert lucet.histogram(lucet.zeros(3), 2).bin_edges.tolist() == [-0.5, 0.0, 0.5]
    assert lucet.histc(lucet.zeros(0), 2).tolist() == [0, 0]
    assert lucet.histogram(lucet.zeros(0), 2).bin_edges.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("n", [10, 513, 100_000])
def test_histograms_equal_numpys(n):
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal(n), rng.random(n)
    edges = np.sort(rng.standard_normal(12))
    for bins, span in ((7, None), (100, (-1.0, 2.0))):
        want, borders = np.histogram(x, bins, span, weights=w)
        hist, got = lucet.histogram(lucet.tensor(x), bins, range=span, weight=lucet.tensor(w))
        np.testing.assert_allclose(hist.numpy(), want, rtol=1e-9)
        np.testing.assert_allclose(got.numpy(), borders, rtol=1e-12)
    assert np.array_equal(lucet.histogram(lucet.tensor(x), lucet.tensor(edges)).hist.numpy(), np.histogram(x, edges)[0])
    points = rng.standard_normal((n, 2))
    want = np.histogramdd(points, [5, 3])[0]
    assert np.array_equal(lucet.histogramdd(lucet.tensor(points), [5, 3]).hist.numpy(), want)


@pytest.mark.parametrize("dtype", [lucet.float16, lucet.bfloat16], ids=str)
def test_histograms_of_half_types(dtype):
    x = lucet.tensor([0.5, 1.25, 3.0, 2.0]).to(dtype)
    hist, edges = lucet.histogram(x, 4, range=(0.0, 4.0), weight=x)
    assert hist.dtype is edges.dtype is dtype
    assert (hist.tolist(), edges.tolist()) == ([0.5, 1.25, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0, 4.0])
    assert lucet.histogram(x, lucet.tensor([0.0, 1.0, 4.0]).to(dtype)).hist.tolist() == [1, 3]
    many = lucet.full((3,), 60000.0).to(dtype)                # times the number of bins is beyond float16
    assert lucet.histogram(many, 200, range=(0.0, 65000.0)).hist.sum().item() == 3
    assert lucet.histogram(many, 200, range=(0.0, 65000.0)).hist[-1].item() == 0


def test_histograms_of_points_without_and_of_many_coordinates():
    hist, edges = lucet.histogramdd(lucet.zeros(3, 0), [])
    assert (hist.item(), hist.shape, edges) == (0, (), ())
    with pytest.raises(RuntimeError, match="up to 64 dimensions"):
        lucet.histogramdd(lucet.zeros(2, 65), 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: lucet.histc(x.long()),
        lambda x: lucet.histc(x, 0),
        lambda x: lucet.histc(x, 3, 5, 1),
        lambda x: lucet.histc(x * nan),
        lambda x: lucet.histc(x, 3, -inf, inf),
        lambda x: lucet.histogram(x.long(), 3),
        lambda x: lucet.histogram(x, 3, range=(3.0, 1.0)),
        lambda x: lucet.histogram(x, 3, range=(3.0,)),
        lambda x: lucet.histogram(x, lucet.ones(2, 2)),
        lambda x: lucet.histogram(x, lucet.ones(1)),
        lambda x: lucet.histogram(x, 3, weight=lucet.ones(2)),
        lambda x: lucet.histogram(x, 3, weight=x.double()),
        lambda x: lucet.histogramdd(x, 3),
        lambda x: lucet.histogramdd(x.view(3, 2), [3]),
    ],
)
def test_histograms_refuse(call):
    with pytest.raises(RuntimeError):
        call(lucet.arange(6.0))


# --- places -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS], ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 17, 1000])
def test_places_in_sorted_rows_equal_numpys(dtype, n):
    row, values = lucet.tensor(sorted(numbers(n, 3, 120)), dtype=lucet.int64), lucet.tensor(numbers(333, 4, 125))
    for side in ("left", "right"):
        got = lucet.searchsorted(row.to(dtype), values.to(dtype), side=side)
        as_held = row.to(dtype).double().numpy(), values.to(dtype).double().numpy()
        assert got.dtype is lucet.int64 and np.array_equal(got.numpy(), np.searchsorted(*as_held, side))
        assert np.array_equal(
            lucet.bucketize(values.to(dtype), row.to(dtype), right=side == "right").numpy(), got.numpy()
        )


def test_places_row_by_row_and_by_a_sorter():
    rows = lucet.tensor([[3, 1, 2], [30, 20, 10]])
    order = rows.argsort(1)
    values = lucet.tensor([[0, 2], [25, 99]])
    assert lucet.searchsorted(rows.sort(1).values, values).tolist() == [[0, 1], [2, 3]]
    assert lucet.searchsorted(rows, values, sorter=order, out_int32=True).tolist() == [[0, 1], [2, 3]]
    assert lucet.searchsorted(lucet.tensor([1.0, 2.0]), nan).item() == 2
    assert lucet.bucketize(lucet.tensor([True, False]), lucet.tensor([0.5])).tolist() == [1, 0]


@pytest.mark.parametrize("m", [0, 1, 8, 9, 500])
def test_membership_equals_numpys(m):
    x, tests = lucet.tensor(numbers(2000, 6, 900)), lucet.tensor(numbers(m, 7, 900), dtype=lucet.int64)
    assert np.array_equal(lucet.isin(x, tests).numpy(), np.isin(x.numpy(), tests.numpy()))
    assert np.array_equal(lucet.isin(x, tests.float(), invert=True).numpy(), ~np.isin(x.numpy(), tests.numpy()))
    assert not lucet.isin(lucet.tensor([nan]), lucet.tensor([nan] * (m + 1))).item()


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, lucet.bool], ids=str)
def test_unique_slices_equal_numpys(dtype):
    x = lucet.tensor(numbers(300, 8, 2)).reshape(50, 6).to(dtype)
    for dim in (0, 1):
        values, inverse, counts = x.unique(return_inverse=True, return_counts=True, dim=dim)
        want = np.unique(x.double().numpy(), axis=dim, return_counts=True)
        assert np.array_equal(values.double().numpy(), want[0]) and np.array_equal(counts.numpy(), want[1])
        assert values.index_select(dim, inverse).equal(x)


def test_runs_of_equal_elements_become_one():
    x = lucet.tensor([[1, 1, 2], [1, 1, 2], [3, 3, 2], [1, 1, 2]])
    values, inverse, counts = x.unique_consecutive(return_inverse=True, return_counts=True)
    assert values.tolist() == [1, 2, 1, 2, 3, 2, 1, 2] and counts.tolist() == [2, 1, 2, 1, 2, 1, 2, 1]
    assert values[inverse].equal(x)
    values, inverse, counts = x.unique_consecutive(True, True, dim=0)
    assert (values.tolist(), inverse.tolist(), counts.tolist()) == (
        [[1, 1, 2], [3, 3, 2], [1, 1, 2]],
        [0, 0, 1, 2],
        [2, 1, 1],
    )
    assert x.unique_consecutive(dim=1).tolist() == [[1, 2], [1, 2], [3, 2], [1, 2]]
    assert lucet.tensor([nan, nan]).unique_consecutive().numel() == 2


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, lucet.bool], ids=str)
@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_runs_of_every_type(n, dtype):
    x = lucet.tensor(numbers(n, 3, 2)).to(dtype)
    want = [v for k, v in enumerate(x.tolist()) if k == 0 or v != x[k - 1].item()]
    values, inverse, counts = x.unique_consecutive(True, True)
    assert values.tolist() == x.unique_consecutive().tolist() == want and values.dtype is dtype
    assert values[inverse].equal(x) and values.repeat_interleave(counts).equal(x)


# --- sums without NaN ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dim", [None, 0, 1, 2, (0, 2), (1, 2)])
@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_sums_without_nan_equal_numpys(dtype, dim):
    rng = np.random.default_rng(6)
    x = np.where(rng.random((5, 70, 90)) < 0.2, nan, rng.integers(-4, 5, (5, 70, 90)))
    x[0] = 1                                                  # NumPy warns of a mean of nothing
    t = lucet.tensor(x).to(dtype)
    for laid in (t, t.transpose(0, 2).contiguous().transpose(0, 2)):
        y = laid.nansum(dim)
        assert y.dtype is dtype and y.equal(lucet.tensor(np.nansum(x, dim)).to(dtype))
        np.testing.assert_allclose(laid.nanmean(dim).double().numpy(), np.nanmean(x, dim), rtol=1e-2, atol=1e-2)
    assert lucet.tensor([nan, inf]).nansum().item() == inf and math.isnan(lucet.tensor([inf, -inf]).nansum().item())


def test_gradient_of_a_sum_without_nan_leaves_nan_out():
    x = lucet.tensor([[1.0, nan], [3.0, 4.0]], requires_grad=True)
    y = x.nansum(1, keepdim=True)
    assert y.grad_fn.name() == "NansumBackward0"
    (y * y).sum().backward()
    assert x.grad.tolist() == [[2.0, 0.0], [14.0, 14.0]]
    assert x.nansum(dtype=lucet.float64).dtype is lucet.float64 and x.nansum(dtype=lucet.int64).item() == 8


# --- differences, integrals, covariances ---------------------------------------------------------------------------------


def test_differences_of_bools_and_with_ends():
    assert lucet.tensor([True, True, False]).diff().tolist() == [False, True]
    x = lucet.tensor([1, 4, 9])
    assert x.diff(prepend=lucet.tensor([0]), append=lucet.tensor([16])).tolist() == [1, 3, 5, 7]
    assert x.diff(2).tolist() == [2] and x.diff(0).tolist() == [1, 4, 9] and x.diff(9).numel() == 0
    for wrong in (lambda: lucet.tensor(1).diff(), lambda: x.diff(-1), lambda: x.diff(prepend=lucet.ones(1, 1))):
        with pytest.raises(RuntimeError):
            wrong()


@pytest.mark.parametrize("edge_order", [1, 2])
def test_slopes_equal_numpys(edge_order):
    rng = np.random.default_rng(3)
    x, places = rng.standard_normal((5, 6)), [np.sort(rng.random(5)), np.sort(rng.random(6))]
    for spacing in ([2.0, 0.5], places):
        want = np.gradient(x, *spacing, edge_order=edge_order)
        ours = [lucet.tensor(s) if isinstance(s, np.ndarray) else s for s in spacing]
        for got, expected in zip(
            lucet.gradient(lucet.tensor(x), spacing=ours, edge_order=edge_order), want, strict=True
        ):
            np.testing.assert_allclose(got.numpy(), expected, rtol=1e-9)
    assert [g.tolist() for g in lucet.gradient(lucet.tensor([1, 4, 9]), spacing=2)] == [[1.5, 2.0, 2.5]]
    with pytest.raises(RuntimeError):
        lucet.gradient(lucet.ones(edge_order), edge_order=edge_order)


def test_integrals():
    y = lucet.tensor([[1, 5, 10], [2, 2, 2]])
    assert lucet.trapezoid(y).tolist() == [10.5, 4.0] and lucet.trapz(y, dx=2).tolist() == [21.0, 8.0]
    assert lucet.trapezoid(y, lucet.tensor([0, 1, 3])).tolist() == [18.0, 6.0]
    assert lucet.trapezoid(y, lucet.tensor([0, 2]), dim=0).tolist() == [3.0, 7.0, 12.0]
    assert lucet.cumulative_trapezoid(y, lucet.tensor([0, 1, 3])).tolist() == [[3.0, 18.0], [2.0, 6.0]]
    assert lucet.trapezoid(lucet.zeros(2, 0)).tolist() == [0.0, 0.0]
    nothing = lucet.zeros(2, 0)
    assert lucet.cumulative_trapezoid(nothing).shape == lucet.cumulative_trapezoid(nothing, nothing).shape == (2, 0)
    assert lucet.cumulative_trapezoid(y[:, :1], y[:, :1]).shape == (2, 0)
    with pytest.raises(RuntimeError, match="bool"):
        lucet.trapezoid(y > 2)


def test_covariances_warn_and_refuse():
    x = lucet.tensor([[1.0, 2.0, 4.0]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert lucet.cov(x, correction=3).item() == inf
    assert "degrees of freedom" in str(caught[0].message)
    assert math.isnan(lucet.corrcoef(lucet.ones(1, 3)).item())
    for wrong in (
        lambda: lucet.cov(x > 1),
        lambda: lucet.cov(lucet.ones(2, 2, 2)),
        lambda: lucet.cov(x, fweights=lucet.ones(3)),
        lambda: lucet.cov(x, fweights=lucet.tensor([1, -1, 1])),
        lambda: lucet.cov(x, aweights=lucet.zeros(3)),
        lambda: lucet.cov(x, aweights=lucet.ones(2)),
    ):
        with pytest.raises(RuntimeError):
            wrong()


def test_covariances_of_complex_numbers_equal_numpys():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((3, 6)) + 1j * rng.standard_normal((3, 6))
    np.testing.assert_allclose(lucet.cov(lucet.tensor(x)).numpy(), np.cov(x), rtol=1e-12)
    np.testing.assert_allclose(lucet.corrcoef(lucet.tensor(x)).numpy(), np.corrcoef(x), rtol=1e-12)
    counts = [1, 2, 0, 1, 3, 1]
    np.testing.assert_allclose(
        lucet.cov(lucet.tensor(x), fweights=lucet.tensor(counts)).numpy(), np.cov(x, fweights=counts), rtol=1e-12
    )


def test_variances_of_complex_numbers_are_real():
    rng = np.random.default_rng(6)
    x = lucet.tensor((rng.standard_normal((5, 40)) + 1j * rng.standard_normal((5, 40))).astype("complex64") * 1.7, requires_grad=True)
    for options in ({}, {"fweights": lucet.arange(40)}, {"aweights": lucet.linspace(0.1, 1, 40)}):
        found = lucet.cov(x, **options)
        assert (found.diagonal().imag == 0).all()
        assert found.equal(found.t().conj())
    assert (lucet.cov(x[0]).imag == 0).all()
    assert lucet.autograd.gradcheck(lambda t: lucet.cov(t), (x[:2, :4].detach().to(lucet.complex128).requires_grad_(),))


def test_norms_are_brought_down_and_no_further():
    x = lucet.tensor([[3.0, 4.0], [0.3, 0.4]], dtype=lucet.float16)
    y = x.renorm(2, 0, 1)
    assert y.dtype is lucet.float16 and y[1].equal(x[1])
    np.testing.assert_allclose(y[0].float().numpy(), [0.6, 0.8], rtol=1e-3)
    for wrong in (lambda: x.renorm(0, 0, 1), lambda: x.renorm(2, 0, -1), lambda: x[0].renorm(2, 0, 1)):
        with pytest.raises(RuntimeError):
            wrong()


def test_results_do_not_depend_on_the_number_of_threads():
    rng = np.random.default_rng(4)
    x = lucet.tensor(rng.standard_normal(300_000), dtype=lucet.float32)
    w = lucet.tensor(rng.random(300_000), dtype=lucet.float32)
    before = lucet.get_num_threads()
    found = []
    try:
        for threads in (1, 3):
            lucet.set_num_threads(threads)
            found.append(
                [
                    lucet.histogram(x, 50, weight=w).hist,
                    x.view(300, 1000).logcumsumexp(1),
                    x.view(1000, 300).cummax(0).values,
                    lucet.searchsorted(x[:999].sort().values, x),
                    x.quantile(0.3),
                    lucet.zeros(100).scatter_reduce(0, (w * 100).long(), x, "mean"),
                ]
            )
    finally:
        lucet.set_num_threads(before)
    assert all(a.equal(b) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize("dtype", INTEGERS, ids=str)
@pytest.mark.parametrize("spread, n", [(5, 2000), (100, 511), (100, 512), (3000, 2000), (120, 5000)])
def test_unique_integers_close_together_and_apart(dtype, spread, n):
    if spread > 127 and dtype in (lucet.int8, lucet.uint8):
        spread = 120
    low = 0 if dtype is lucet.uint8 else -3
    x = lucet.tensor([v + low for v in numbers(n, spread, spread)], dtype=dtype).reshape(1, -1)
    values, inverse, counts = x.unique(return_inverse=True, return_counts=True)
    want, places, many = np.unique(x.numpy(), return_inverse=True, return_counts=True)
    assert values.dtype is dtype and values.equal(x.unique()) and np.array_equal(values.numpy(), want)
    assert np.array_equal(inverse.numpy(), places.reshape(1, -1)) and np.array_equal(counts.numpy(), many)


@pytest.mark.parametrize("n", [15, 16, 17, 100, 1000])
def test_running_extremes_of_lines_that_rarely_change(n):
    plain = [5 - k % 7 for k in range(n)]
    x = lucet.tensor(plain, dtype=lucet.float32)
    values, indices = x.cummax(0)
    assert values.tolist() == [5] * n and indices.tolist() == [k - k % 7 for k in range(n)]
    values, indices = lucet.tensor([float(-k) for k in range(n)]).cummax(0)
    assert values.tolist() == [0] * n and indices.tolist() == [0] * n
    values, indices = lucet.tensor([float(k) for k in range(n)]).cummax(0)
    assert values.tolist() == indices.tolist() == list(range(n))
