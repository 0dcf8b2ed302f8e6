"""Reductions: hand-computed values, float64 references, rules for empty, NaN, ties, element types, threads, out=, errors, gradients."""

import math
import pickle
import random

import numpy as np
import pytest

import lucet
from lucet._registry import OPS

inf, nan = math.inf, math.nan


def random_tensor(*shape, seed=0, dtype=lucet.float32):
    draw = random.Random(seed)
    return (
        lucet.tensor([draw.gauss(0, 1) for _ in range(math.prod(shape))], dtype=lucet.float64).to(dtype).reshape(shape)
    )


def array(t):
    return np.array(t.tolist())


# --- sums ---------------------------------------------------------------------------------------------------------------


def test_integers_and_bools_add_up_to_int64():
    for dtype in (lucet.bool, lucet.uint8, lucet.int8, lucet.int16, lucet.int32, lucet.int64):
        total = lucet.ones(300, dtype=dtype).sum()
        assert total.dtype == lucet.int64 and total.item() == 300
    assert lucet.full((3,), 100, dtype=lucet.int8).prod().item() == 1_000_000


def test_dtype_converts_before_adding():
    x = lucet.tensor([0.6, 0.6])
    assert x.sum(dtype=lucet.int64).item() == 0
    assert lucet.tensor([200, 100], dtype=lucet.uint8).sum(dtype=lucet.uint8).item() == 44
    assert lucet.tensor([True, True]).sum(dtype=lucet.bool).item() is True


@pytest.mark.parametrize(
    "shape, dim",
    [
        ((1000, 300), None),
        ((300, 1000), 0),
        ((1000, 300), 1),
        ((100000, 2), 0),
        ((2, 100000), 1),
        ((7, 5, 40, 40), (0, 2, 3)),
    ],
)
def test_long_float32_sums_are_near_exact(shape, dim):
    x = random_tensor(*shape, seed=1)
    exact = array(x).astype(np.float64).sum(axis=dim)
    bound = 4e-7 * np.abs(array(x)).sum(axis=dim)
    assert (np.abs(array(x.sum(dim)) - exact) <= bound).all()


def test_results_do_not_depend_on_the_number_of_threads():
    before = lucet.get_num_threads()
    x = random_tensor(700, 500, seed=2)
    results = []
    try:
        for threads in (1, 2, 3):
            lucet.set_num_threads(threads)
            results.append(
                [
                    f(x).tolist()
                    for f in (
                        lambda x: x.sum(),
                        lambda x: x.sum(0),
                        lambda x: x.sum(1),
                        lambda x: x.var(0),
                        lambda x: x.var(),
                        lambda x: x.norm(),
                        lambda x: x.cumsum(0),
                        lambda x: x.softmax(0),
                        lambda x: x.softmax(1),
                        lambda x: x.reshape(-1, 2).sum(0),
                        lambda x: x.reshape(2, -1).std(1),
                        lambda x: x.max(0).indices,
                    )
                ]
            )
    finally:
        lucet.set_num_threads(before)
    assert results[0] == results[1] == results[2]


def test_a_sum_of_a_strided_tensor_is_the_sum_of_its_copy():
    x = random_tensor(60, 70, seed=3)
    for view in (x.t(), x.narrow(1, 3, 40), x.unsqueeze(1).expand(60, 3, 70)):
        for dim in (None, 0, 1):
            np.testing.assert_allclose(array(view.sum(dim)), array(view.contiguous().sum(dim)), rtol=1e-5, atol=1e-5)


def test_sums_over_nothing():
    assert lucet.zeros(2, 0).sum(1).tolist() == [0, 0]
    assert lucet.zeros(0, 2).sum(1).tolist() == []
    assert lucet.zeros(2, 0).prod(1).tolist() == [1, 1]
    assert math.isnan(lucet.zeros(0).mean().item())
    assert lucet.zeros(0).any().item() is False and lucet.zeros(0).all().item() is True


def test_mean_of_integers_names_the_way_out():
    with pytest.raises(RuntimeError, match="could not infer output dtype"):
        lucet.tensor([1, 2]).mean()
    assert lucet.tensor([1, 2]).mean(dtype=lucet.float32).item() == 1.5


def test_half_types_add_up_in_float32():
    x = lucet.ones(5000, dtype=lucet.float16)
    assert x.sum().item() == 5000.0 and x.sum().dtype == lucet.float16
    assert lucet.ones(3000, dtype=lucet.bfloat16).mean().item() == 1.0


# --- dimensions ---------------------------------------------------------------------------------------------------------


def test_dim_and_keepdim_in_both_spellings():
    x = lucet.ones(2, 3, 4)
    assert x.sum(axis=1, keepdims=True).shape == (2, 1, 4)
    assert x.sum((0, -1)).tolist() == [8, 8, 8]
    assert x.sum(()).shape == () and x.any(()).shape == (2, 3, 4)
    for wrong in ({"dim": 0, "axis": 1}, {"axis": 1, "nothing": 2}):
        with pytest.raises(TypeError, match="sum.. got an unexpected keyword argument"):
            x.sum(**wrong)
    with pytest.raises(TypeError, match="unexpected keyword argument 'axis'"):
        x.sum(0, axis=1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'axis'"):
        x.sin(axis=0)


@pytest.mark.parametrize(
    "dim, kind",
    [
        (3, IndexError),
        (-4, IndexError),
        ((0, 0), RuntimeError),
        ((0, -3), RuntimeError),
        ("a", TypeError),
        (1.5, TypeError),
        (True, TypeError),
        ((0, "a"), TypeError),
    ],
)
def test_bad_dimensions(dim, kind):
    with pytest.raises(kind):
        lucet.ones(2, 3, 4).sum(dim)


def test_keepdim_must_be_a_bool():
    with pytest.raises(TypeError, match="keepdim"):
        lucet.ones(2, 3).sum(0, 1)


def test_many_dimensions():
    x = lucet.ones((1,) * 62 + (2, 3))
    assert x.sum(63).shape == (1,) * 62 + (2,)
    assert x.sum(tuple(range(64))).item() == 6


# --- extremes -----------------------------------------------------------------------------------------------------------


def test_nan_wins_and_the_first_of_equals_is_named():
    x = lucet.tensor([[1.0, nan, 3.0, nan], [2.0, 5.0, 5.0, -1.0]])
    assert x.max(1).indices.tolist() == [1, 1] and x.min(1).indices.tolist() == [1, 3]
    assert x.argmax().item() == 1 and math.isnan(x.max().item())
    assert x.t().argmax().item() == 2  # counted in row-major order of the view


@pytest.mark.parametrize(
    "dtype",
    [lucet.uint8, lucet.int8, lucet.int16, lucet.int32, lucet.int64, lucet.float32, lucet.float64, lucet.float16],
)
def test_extremes_of_every_type_in_rows_and_columns(dtype):
    x = (random_tensor(50, 60, seed=4).abs() * 40).to(dtype)
    a = array(x)
    for dim in (0, 1):
        assert (
            x.max(dim).values.tolist() == a.max(dim).tolist() and x.max(dim).indices.tolist() == a.argmax(dim).tolist()
        )
        assert x.amin(dim).tolist() == a.min(dim).tolist() and x.argmin(dim).tolist() == a.argmin(dim).tolist()
        assert x.aminmax(dim=dim).min.tolist() == a.min(dim).tolist()


def test_int64_extremes_are_exact_beyond_float64():
    x = lucet.tensor([2**53, 2**53 + 1, -(2**63), 2**63 - 1])
    assert x.max().item() == 2**63 - 1 and x.min().item() == -(2**63)


def test_extremes_of_nothing():
    x = lucet.zeros(2, 0)
    for call in (lambda: x.max(), lambda: x.amax(), lambda: x.aminmax()):
        with pytest.raises(RuntimeError):
            call()
    for call in (lambda: x.max(1), lambda: x.amax(1), lambda: x.argmax(), lambda: x.argmin(1)):
        with pytest.raises(IndexError, match="Expected reduction dim"):
            call()
    assert x.max(0).values.shape == (0,)


def test_equal_extremes_share_the_gradient_of_amax_but_not_of_max_along_a_dimension():
    for call, want in (
        (lambda x: x.amax(0), [0, 0.5, 0.5]),
        (lambda x: x.max(), [0, 0.5, 0.5]),
        (lambda x: x.max(0).values, [0, 1, 0]),
    ):
        x = lucet.tensor([1.0, 2.0, 2.0], requires_grad=True)
        call(x).backward()
        assert x.grad.tolist() == want


def test_max_of_two_tensors_is_maximum():
    assert lucet.max(lucet.tensor([1, 5]), lucet.tensor([3, 2])).tolist() == [3, 5]
    assert lucet.tensor([1, 5]).min(lucet.tensor([3, 2])).tolist() == [1, 2]


def test_named_results():
    result = lucet.tensor([[1.0, 5.0]]).max(1)
    values, indices = result
    assert values is result.values and indices is result[1] and len(result) == 2 and isinstance(result, tuple)
    assert repr(result) == "lucet.return_types.max(\nvalues=tensor([5.]),\nindices=tensor([1]))"
    assert type(pickle.loads(pickle.dumps(type(result)((1, 2))))) is type(result)


# --- products, running sums ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values, want", [([2.0, 3.0, 4.0], [12, 8, 6]), ([2.0, 0.0, 4.0], [0, 8, 0]), ([0.0, 0.0, 4.0], [0, 0, 0])]
)
def test_gradient_of_a_product_with_zeros(values, want):
    for call in (lambda x: x.prod(), lambda x: x.prod(0), lambda x: x.reshape(1, 3).prod(1, keepdim=True).sum()):
        x = lucet.tensor(values, dtype=lucet.float64, requires_grad=True)
        call(x).backward()
        assert x.grad.tolist() == want


def test_running_sums_and_products():
    x = lucet.tensor([[1, 2, 3], [4, 5, 6]])
    assert x.cumsum(1).tolist() == [[1, 3, 6], [4, 9, 15]] and x.cumsum(0).tolist() == [[1, 2, 3], [5, 7, 9]]
    assert x.cumprod(1).tolist() == [[1, 2, 6], [4, 20, 120]]
    assert lucet.tensor([True, True]).cumsum(0).tolist() == [1, 2]
    assert lucet.tensor(3.0).cumsum(0).item() == 3.0
    y = x.clone()
    assert y.cumsum_(0) is y and y.tolist() == [[1, 2, 3], [5, 7, 9]]


def test_gradient_of_running_products_with_a_zero():
    x = lucet.tensor([2.0, 0.0, 3.0], dtype=lucet.float64, requires_grad=True)
    x.cumprod(0).sum().backward()
    assert x.grad.tolist() == [1 + 0 + 0, 2 + 6, 0]


# --- variances and norms --------------------------------------------------------------------------------------------------


def test_variance_far_from_zero():
    x = lucet.tensor([10000.0 + k % 3 for k in range(3000)])
    assert abs(x.var(correction=0).item() - 2 / 3) < 1e-5
    assert abs(x.reshape(1000, 3).var(0, correction=0).sum().item()) < 1e-6


def test_variance_arguments():
    x = lucet.tensor([1.0, 2.0, 4.0])
    for call, want in (
        (lambda: x.var(), 7 / 3),
        (lambda: x.var(False), 14 / 9),
        (lambda: x.var(unbiased=False), 14 / 9),
        (lambda: x.var(correction=0), 14 / 9),
        (lambda: x.var(0, correction=2), 14 / 3),
    ):
        assert abs(call().item() - want) < 1e-6
    with pytest.raises(TypeError):
        x.var(0, correction=1, unbiased=True)
    with pytest.raises(RuntimeError, match="only support floating point"):
        lucet.tensor([1, 2]).var()
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert math.isnan(lucet.tensor([1.0]).var().item())


def test_std_of_equal_elements_has_a_zero_gradient():
    x = lucet.ones(3, requires_grad=True)
    x.std().backward()
    assert x.grad.tolist() == [0, 0, 0]


def test_norms():
    x = lucet.tensor([[3.0, -4.0], [0.0, 0.0]])
    assert (
        x.norm().item() == 5
        and x.norm(1).item() == 7
        and x.norm(inf).item() == 4
        and x.norm(-inf).item() == 0
        and x.norm(0).item() == 2
    )
    assert x.norm(dim=1).tolist() == [5, 0] and x.norm(3, 1, keepdim=True).shape == (2, 1)
    assert abs(x.norm(3).item() - 91 ** (1 / 3)) < 1e-5
    vector_norm = OPS["vector_norm"].function
    assert vector_norm(x, 1, (0, 1)).item() == 7
    with pytest.raises(RuntimeError, match="Expected a floating point"):
        lucet.tensor([1, 2]).norm()
    with pytest.raises(RuntimeError, match="no. have an identity|not have an identity"):
        lucet.zeros(2, 0).norm(inf, 1)


def test_norm_of_zeros_has_a_zero_gradient():
    for p in (1, 2, 3, 0.5):
        x = lucet.zeros(3, requires_grad=True)
        x.norm(p).backward()
        assert x.grad.tolist() == [0, 0, 0]


# --- comparing whole tensors ---------------------------------------------------------------------------------------------


def test_equal_and_close():
    x = lucet.tensor([1.0, nan, inf])
    assert not lucet.equal(x, x) and lucet.equal(x.narrow(0, 0, 1), lucet.tensor([1.0]))
    assert not lucet.equal(lucet.ones(2), lucet.ones(3))
    assert lucet.isclose(x, x).tolist() == [True, False, True] and lucet.allclose(x, x, equal_nan=True)
    assert lucet.allclose(lucet.tensor([1.0]), lucet.tensor([1.05]), rtol=0, atol=0.1)
    with pytest.raises(RuntimeError, match="did not match"):
        lucet.isclose(lucet.ones(1), lucet.ones(1, dtype=lucet.float64))
    with pytest.raises(RuntimeError, match="greater than or equal to zero"):
        lucet.allclose(x, x, rtol=-1)


@pytest.mark.parametrize("name", ["float32", "float64", "int64", "int32", "uint8", "bool"])
@pytest.mark.parametrize("at", [0, 4095, 4096, 9999])
def test_equal_sees_one_different_element_wherever_it_is(name, at):
    x = lucet.zeros(10000, dtype=getattr(lucet, name))
    y = x.clone()
    assert lucet.equal(x, y) and lucet.equal(x[:4096], y[:4096]) and lucet.equal(x[::2], y[1::2])
    y[at] = 1
    assert not lucet.equal(x, y) and not lucet.equal(y, x)
    assert lucet.equal(x[:at], y[:at]) and lucet.equal(x[at + 1 :], y[at + 1 :])


# --- out=, meta, history -------------------------------------------------------------------------------------------------


def test_out_takes_the_shape_and_may_widen():
    x = lucet.ones(2, 3)
    for dtype, want in ((lucet.float32, [2, 2, 2]), (lucet.float64, [2, 2, 2]), (lucet.int32, [2, 2, 2])):
        out = lucet.empty(0, dtype=dtype)
        assert lucet.sum(x, 0, out=out) is out and out.tolist() == want
    with pytest.raises(RuntimeError, match="Expected out tensor to have dtype"):
        lucet.sum(x, 0, dtype=lucet.float64, out=lucet.empty(0))
    with pytest.warns(UserWarning, match="resized"):
        lucet.sum(x, 0, out=lucet.empty(5))
    with pytest.raises(RuntimeError, match="automatic differentiation"):
        lucet.sum(lucet.ones(2, requires_grad=True), out=lucet.empty(()), dim=0)


def test_out_may_be_a_view_with_gaps():
    whole = lucet.zeros(3, 2)
    lucet.sum(lucet.ones(4, 3), 0, out=whole.select(1, 1))
    assert whole.tolist() == [[0, 4], [0, 4], [0, 4]]


def test_meta_tensors_have_shapes():
    x = lucet.empty(2, 3, device="meta")
    assert (
        x.sum(0).shape == (3,)
        and x.max(1).indices.shape == (2,)
        and x.var().is_meta
        and x.softmax(1).is_meta
        and x.sort().values.shape == (2, 3)
    )
    assert x.topk(2).values.shape == (2, 2) and x.cumsum(0).is_meta and x.norm().is_meta


def test_gradients_of_gradients():
    x = lucet.tensor([1.0, 2.0], dtype=lucet.float64, requires_grad=True)
    (g,) = lucet.autograd.grad((x * x * x).sum(), x, create_graph=True)
    g.mean().backward()
    assert x.grad.tolist() == [3, 6]


def test_broadcast_gradients_are_summed():
    a = lucet.ones(3, 1, requires_grad=True)
    b = lucet.ones(4, requires_grad=True)
    (a * b * lucet.ones(2, 1, 1)).sum().backward()
    assert a.grad.tolist() == [[8], [8], [8]] and b.grad.tolist() == [6, 6, 6, 6]


# --- runs and bits -----------------------------------------------------------------------------------------------------


def test_segments_are_reduced_by_lengths_and_by_offsets():
    x = lucet.tensor([1.0, 2.0, -4.0, 3.0, 5.0])
    lengths, offsets = lucet.tensor([2, 0, 3]), lucet.tensor([0, 2, 2, 5])
    inf, nan = float("inf"), float("nan")
    for reduce, expected in (("sum", [3, 0, 4]), ("prod", [2, 1, -60]), ("max", [2, -inf, 5]), ("min", [1, inf, -4]), ("mean", [1.5, nan, 4 / 3])):
        for found in (lucet.segment_reduce(x, reduce, lengths=lengths), lucet.segment_reduce(x, reduce, offsets=offsets)):
            np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)
    assert lucet.segment_reduce(x, "mean", lengths=lengths, initial=3.0).tolist() == [3.0, 3.0, pytest.approx(7 / 3)]
    rows = lucet.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert lucet.segment_reduce(rows, "sum", lengths=lucet.tensor([[1, 2], [3, 0]]), axis=1).tolist() == [[1, 5], [15, 0]]
    assert lucet.segment_reduce(x, "sum", lengths=lucet.tensor([1, 2]), unsafe=True).tolist() == [1, -2]
    assert lucet.segment_reduce(x, "max", offsets=lucet.tensor([1, 3])).tolist() == [2]


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "prod"])
def test_gradients_of_segments(reduce):
    x = lucet.tensor([[1.0, 2.0], [-4.0, 3.0], [5.0, 0.5], [2.0, 7.0]], dtype=lucet.float64, requires_grad=True)
    f = lambda x: lucet.segment_reduce(x, reduce, lengths=lucet.tensor([1, 3]), initial=2.5)
    assert lucet.autograd.gradcheck(f, (x,))
    assert lucet.autograd.gradgradcheck(f, (x,))


@pytest.mark.parametrize(
    "lengths,kwargs,said",
    [
        ([1, 2], {}, "to sum to data.size"),
        ([6, -1], {}, "contains negative value"),
        ([5], {"axis": 1}, "Dimension out of range"),
        ([[5]], {}, "to be the last dimension of lengths"),
        (None, {}, "Either lengths or offsets must be defined"),
    ],
)
def test_segments_that_do_not_fit_are_refused(lengths, kwargs, said):
    with pytest.raises((RuntimeError, IndexError), match=said):
        lucet.segment_reduce(lucet.ones(5), "sum", lengths=None if lengths is None else lucet.tensor(lengths), **kwargs)


def test_a_hash_is_the_exclusive_or_of_the_bits():
    bits = np.array([1.5, -2.25, 7.0]).view(np.int64)
    for dtype in (lucet.float16, lucet.bfloat16, lucet.float32, lucet.float64):
        assert lucet.hash_tensor(lucet.tensor([1.5, -2.25, 7.0], dtype=dtype)).item() == bits[0] ^ bits[1] ^ bits[2]
    x = lucet.tensor([[1, 2, 3], [4, 5, 6]], dtype=lucet.int8)
    assert lucet.hash_tensor(x, 0).tolist() == [5, 7, 5]
    assert lucet.hash_tensor(x, (0, 1), keepdim=True).tolist() == [[7]]
    assert x.hash_tensor(-1).tolist() == [0, 7]


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8, 31, 32, 33])
def test_sums_of_few_rows_are_those_of_any_rows(rows, dtype):
    """Few rows of many columns are summed in one pass, with the same bits as a few columns at a time."""
    x = random_tensor(2, rows, 3, 71, seed=rows, dtype=dtype)
    x[0, :, 0, 0] = -0.0
    total, mean = x.sum(1), x.mean(1)
    for columns in (slice(0, 71), slice(5, 15), slice(61, 71)):
        assert lucet.equal(x[:, :, :, columns].contiguous().sum(1), total[:, :, columns])
        assert lucet.equal(x[:, :, :, columns].contiguous().mean(1), mean[:, :, columns])
    exact = array(x).astype(np.float64).sum(axis=1)
    bound = 4 * lucet.finfo(dtype).eps * np.abs(array(x)).sum(axis=1)
    assert (np.abs(array(total) - exact) <= bound).all() and (np.abs(array(mean) * rows - exact) <= 2 * bound).all()
    assert math.copysign(1, total[0, 0, 0].item()) == 1


@pytest.mark.parametrize("shape, dim", [((1000,), 0), ((7, 30, 5), 1), ((3, 4, 200), 2), ((5, 1, 3), 1), ((), 0)])
def test_gradient_of_a_running_sum_is_the_sum_of_what_comes_after(shape, dim):
    x = random_tensor(*shape, seed=2, dtype=lucet.float64).requires_grad_()
    g = random_tensor(*shape, seed=3, dtype=lucet.float64)
    (found,) = lucet.autograd.grad(x.cumsum(dim), x, g)
    exact = np.flip(np.cumsum(np.flip(array(g), dim), dim), dim) if shape else array(g)
    assert np.allclose(array(found), exact, rtol=1e-12)


@pytest.mark.parametrize("reduce", ["sum", "mean", "prod", "max", "min"])
@pytest.mark.parametrize("dtype", [lucet.float64, lucet.float32, lucet.float16])
def test_segments_of_rows_of_slices(reduce, dtype):
    """Against a loop: runs of different lengths in each row, slices longer than an accumulator's block, gaps before and behind."""
    x = random_tensor(2, 9, 300, seed=7, dtype=lucet.float64).to(dtype).requires_grad_()
    offsets = lucet.tensor([[1, 4, 4, 8], [0, 2, 5, 9]])
    found = lucet.segment_reduce(x, reduce, offsets=offsets, axis=1)
    assert found.dtype is dtype and found.shape == (2, 3, 300)
    fold = {"sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min}[reduce]
    empty = {"sum": 0.0, "mean": nan, "prod": 1.0, "max": -inf, "min": inf}[reduce]
    values, near = x.detach().double().numpy(), {"rtol": 4 * lucet.finfo(dtype).eps, "atol": 4 * lucet.finfo(dtype).eps}
    for row in range(2):
        for k in range(3):
            a, b = offsets[row, k].item(), offsets[row, k + 1].item()
            expected = fold(values[row, a:b], 0) if b > a else np.full(300, empty)
            assert np.allclose(found[row, k].detach().double().numpy(), expected, equal_nan=True, **near)
    if dtype is lucet.float64:
        small = x.detach()[:, :, :2].requires_grad_()
        f = lambda x: lucet.segment_reduce(x, reduce, offsets=offsets, axis=1).nan_to_num(0, 0, 0)
        assert lucet.autograd.gradcheck(f, small) and lucet.autograd.gradgradcheck(f, small)


def test_lengths_that_are_not_checked_lead_nowhere():
    x = lucet.ones(5)
    for lengths in ([9, 9], [-3, 2], [2**62, 2**62], [5, -2**63]):
        assert lucet.segment_reduce(x, "sum", lengths=lucet.tensor(lengths), unsafe=True).shape == (2,)
