"""Pooling against plain loops in float64 NumPy; gradients of both orders, ties, NaN, indices, errors."""

import itertools

import numpy as np
import pytest

import lucet
import lucet._ops as F

WINDOWS = [
    # kernel, stride, padding, dilation, ceil_mode
    (2, None, 0, 1, False),
    (3, 2, 1, 1, False),
    ((3, 2), (2, 1), (1, 0), (1, 2), True),
    ((2, 3), 3, (1, 1), 1, True),
    (1, 1, 0, 1, False),
    (2, 2, 0, 1, True),
]


def random(seed, *shape, dtype="float64"):
    return lucet.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(dtype))


def pair(v):
    return v if isinstance(v, tuple) else (v, v)


def length(size, kernel, stride, pad, dilation, ceil):
    room = size + 2 * pad - dilation * (kernel - 1) - 1
    n = (-(-room // stride) if ceil else room // stride) + 1
    return n - 1 if ceil and (n - 1) * stride >= size + pad else n


def windows(shape, kernel, stride, padding, dilation, ceil):
    """(output position, [input positions], elements counting the padding) of every window of a plane."""
    k, s, p, d = pair(kernel), pair(stride if stride is not None else kernel), pair(padding), pair(dilation)
    out = [length(shape[i], k[i], s[i], p[i], d[i], ceil) for i in (0, 1)]
    for i, j in itertools.product(range(out[0]), range(out[1])):
        top, left = i * s[0] - p[0], j * s[1] - p[1]
        rows = [top + r * d[0] for r in range(k[0])]
        columns = [left + c * d[1] for c in range(k[1])]
        inside = [(r, c) for r in rows for c in columns if 0 <= r < shape[0] and 0 <= c < shape[1]]
        area = (min(top + k[0], shape[0] + p[0]) - top) * (min(left + k[1], shape[1] + p[1]) - left)
        yield (i, j), inside, area, out


def max_reference(x, *window):
    planes = x.reshape(-1, *x.shape[-2:])
    values, index = [], []
    for plane in planes:
        rows = [(at, max(inside, key=lambda q: plane[q]), out) for at, inside, _, out in windows(plane.shape, *window)]
        out = rows[0][2]
        values.append(np.array([plane[q] for _, q, _ in rows]).reshape(out))
        index.append(np.array([q[0] * plane.shape[1] + q[1] for _, q, _ in rows]).reshape(out))
    return np.array(values).reshape(*x.shape[:-2], *out), np.array(index).reshape(*x.shape[:-2], *out)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 3, 7, 6), (3, 5, 8), (1, 1, 4, 4)])
@pytest.mark.parametrize("window", WINDOWS)
def test_max_pool2d(window, shape, dtype):
    x = random(0, *shape, dtype=dtype)
    values, index = max_reference(x.numpy(), *window)
    y, at = F.max_pool2d(x, *window, return_indices=True)
    assert np.array_equal(y.numpy(), values)
    assert np.array_equal(at.numpy(), index)
    assert lucet.equal(F.max_pool2d(x, *window), y)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64"])
@pytest.mark.parametrize("window", WINDOWS)
def test_max_pool2d_of_integers(window, dtype):
    least, most = np.iinfo(dtype).min, np.iinfo(dtype).max
    x = np.random.default_rng(0).integers(least, most, (2, 3, 7, 6), dtype=dtype, endpoint=True)
    x[0] = least                                            # also where nothing is above the least number the first place wins
    x[1, 0, 2, 2:4] = most, most - 1                        # neighbours that float64 does not tell apart
    values, index = max_reference(x, *window)
    y, at = F.max_pool2d(lucet.from_numpy(x), *window, return_indices=True)
    assert np.array_equal(y.numpy(), values) and y.numpy().dtype == dtype
    assert np.array_equal(at.numpy(), index)
    assert lucet.equal(F.max_pool1d(lucet.from_numpy(x[0]), 3, 2, 1), F.max_pool2d(lucet.from_numpy(x[0]), (1, 3), (1, 2), (0, 1)))


@pytest.mark.parametrize("window", [w[:3] + w[4:] for w in WINDOWS if w[3] == 1])
def test_avg_pool2d_of_integers_is_cut_off_towards_zero(window):
    x = np.random.default_rng(0).integers(-9, 9, (1, 1, 7, 6))
    for divisor, count_pad in itertools.product((None, 3, -2), (True, False)):
        y = F.avg_pool2d(lucet.from_numpy(x), *window, count_pad, divisor).numpy()
        for at, inside, area, _ in windows((7, 6), *window[:3], 1, window[3]):
            share = divisor if divisor else area if count_pad else len(inside)
            assert y[0, 0][at] == int(sum(int(x[0, 0][q]) for q in inside) / share)
    assert F.avg_pool1d(lucet.tensor([[-7, -2, 0, 5]]), 2).tolist() == [[-4, 2]]
    least = -(2**63)
    assert F.avg_pool2d(lucet.tensor([[[least]]]), 1, divisor_override=-1).tolist() == [[[least]]]       # its negative is one too large


def test_avg_pool2d_into_out():
    x, out = random(0, 1, 4, 4), lucet.empty(0, dtype=lucet.float64)
    assert F.avg_pool2d(x, 2, out=out) is out
    assert lucet.equal(out, F.avg_pool2d(x, 2))


@pytest.mark.parametrize("count_pad", [True, False])
@pytest.mark.parametrize("divisor", [None, 3, -2])
@pytest.mark.parametrize("window", [w[:3] + w[4:] for w in WINDOWS if w[3] == 1])
def test_avg_pool2d(window, count_pad, divisor):
    kernel, stride, padding, ceil = window
    x = random(0, 2, 3, 7, 6)
    y = F.avg_pool2d(x, kernel, stride, padding, ceil, count_pad, divisor).numpy()
    for n, c in itertools.product(range(2), range(3)):
        for at, inside, area, _ in windows((7, 6), kernel, stride, padding, 1, ceil):
            share = divisor if divisor else area if count_pad else len(inside)
            assert y[n, c][at] == pytest.approx(sum(x.numpy()[n, c][q] for q in inside) / share, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (7, 6), (9, 8), (None, 4)])
def test_adaptive_pools_cover_the_input_evenly(size):
    x = random(0, 2, 3, 7, 6)
    a, (oh, ow) = x.numpy(), (size[0] or 7, size[1])
    mean, (top, at) = F.adaptive_avg_pool2d(x, size).numpy(), F.adaptive_max_pool2d(x, size, True)
    for i, j in itertools.product(range(oh), range(ow)):
        rows, columns = slice(i * 7 // oh, -(-(i + 1) * 7 // oh)), slice(j * 6 // ow, -(-(j + 1) * 6 // ow))
        np.testing.assert_allclose(mean[..., i, j], a[..., rows, columns].mean((-1, -2)), rtol=1e-12)
        assert np.array_equal(top.numpy()[..., i, j], a[..., rows, columns].max((-1, -2)))
    assert np.array_equal(
        np.take_along_axis(a.reshape(2, 3, -1), at.numpy().reshape(2, 3, -1), 2), top.numpy().reshape(2, 3, -1)
    )


def test_one_dimension_is_a_plane_of_one_row():
    x = random(0, 2, 3, 9)
    assert lucet.equal(F.max_pool1d(x, 3, 2, 1), F.max_pool2d(x.unsqueeze(2), (1, 3), (1, 2), (0, 1)).squeeze(2))
    assert lucet.equal(F.avg_pool1d(x, 3, 2, 1), F.avg_pool2d(x.unsqueeze(2), (1, 3), (1, 2), (0, 1)).squeeze(2))
    assert lucet.equal(F.adaptive_avg_pool1d(x, 4), F.adaptive_avg_pool2d(x.unsqueeze(2), (1, 4)).squeeze(2))
    y, at = F.max_pool1d(x, 3, return_indices=True)
    assert lucet.equal(x.gather(2, at), y)
    y, at = F.adaptive_max_pool1d(x, 4, True)
    assert lucet.equal(x.gather(2, at), y)


POOLS = [
    lambda x: F.max_pool2d(x, 2),
    lambda x: F.max_pool2d(x, 3, 2, 1),
    lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 0), (1, 2), True),
    lambda x: F.avg_pool2d(x, 2),
    lambda x: F.avg_pool2d(x, 3, 2, 1, True, False),
    lambda x: F.avg_pool2d(x, 3, 1, 1, False, True, 5),
    lambda x: F.adaptive_avg_pool2d(x, (3, 4)),
    lambda x: F.adaptive_avg_pool2d(x, 1),
    lambda x: F.adaptive_max_pool2d(x, (3, 4)),
]


@pytest.mark.parametrize("pool", POOLS)
def test_gradients_of_both_orders(pool):
    x = (
        lucet.tensor(np.random.default_rng(0).permutation(60).astype(float).tolist(), dtype=lucet.float64)
        .reshape(2, 1, 6, 5)
        .requires_grad_()
    )
    assert lucet.autograd.gradcheck(pool, (x,))
    assert lucet.autograd.gradgradcheck(pool, (x,), atol=1e-4)


@pytest.mark.parametrize("window", [(2,), (2, 2, 0), (3, 1, 1)])
def test_the_gradient_goes_to_the_first_of_equal_maxima(window):
    x = lucet.ones(1, 1, 4, 4, requires_grad=True)
    y, at = F.max_pool2d(x, *window, return_indices=True)
    y.sum().backward()
    expected = np.bincount(at.numpy().reshape(-1), minlength=16).reshape(4, 4)
    assert at.numpy()[0, 0, 0, 0] == 0
    assert np.array_equal(x.grad.numpy()[0, 0], expected)


@pytest.mark.parametrize("window", [(2,), (3, 1, 1)])
def test_nan_wins_and_infinity_is_a_value(window):
    x = lucet.full((1, 1, 4, 4), -float("inf"))
    y, at = F.max_pool2d(x, *window, return_indices=True)
    assert (y == -float("inf")).all()
    assert 0 <= at.min().item() <= at.max().item() < 16
    x[0, 0, 1, 1] = float("nan")
    y, at = F.max_pool2d(x, *window, return_indices=True)
    assert np.isnan(y.numpy()[0, 0, 0, 0])
    assert at[0, 0, 0, 0].item() == 5


def test_indices_changed_behind_the_version_counter_stay_in_bounds():
    x = random(0, 1, 2, 4, 4).requires_grad_()
    y, at = F.max_pool2d(x, 2, return_indices=True)
    at.numpy()[...] = 1 << 40
    (g,) = lucet.autograd.grad(y.sum(), x, create_graph=True)
    assert g.shape == x.shape


@pytest.mark.parametrize("half", [lucet.float16, lucet.bfloat16])
def test_half_types(half):
    x = random(0, 2, 3, 6, 6, dtype="float32").to(half).requires_grad_()
    for pool in POOLS:
        y = pool(x)
        assert y.dtype is half
        assert lucet.allclose(y.float(), pool(x.float()), rtol=1e-2, atol=1e-2)
        (g,) = lucet.autograd.grad(y.sum(), x)
        assert g.dtype is half


def test_strided_input_and_empty_batch():
    x = random(0, 4, 6, 3, 2).permute(3, 2, 0, 1)
    for pool in (lambda x: F.max_pool2d(x, 2), lambda x: F.avg_pool2d(x, 2), lambda x: F.adaptive_avg_pool2d(x, 2)):
        assert lucet.equal(pool(x), pool(x.contiguous()))
        assert pool(lucet.zeros(0, 3, 4, 4)).shape == lucet.Size([0, 3, 2, 2])
        g = lucet.zeros(0, 3, 4, 4, requires_grad=True)
        pool(g).sum().backward()
        assert g.grad.shape == g.shape


def test_results_do_not_depend_on_threads():
    x = random(0, 8, 16, 40, 40, dtype="float32").requires_grad_()
    found = []
    threads = lucet.get_num_threads()
    try:
        for count in (1, 3):
            lucet.set_num_threads(count)
            for pool in POOLS:
                y = pool(x)
                found.append((y.detach(), *lucet.autograd.grad(y.sum(), x)))
    finally:
        lucet.set_num_threads(threads)
    for one, three in zip(found[: len(POOLS)], found[len(POOLS) :], strict=True):
        assert all(lucet.equal(a, b) for a, b in zip(one, three, strict=True))


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda x: F.max_pool2d(x[0, 0], 2), RuntimeError, "Expected 3D or 4D (batch mode) tensor"),
        (lambda x: F.max_pool2d(x, 9), RuntimeError, "Output size is too small"),
        (lambda x: F.max_pool2d(x, 2, 2, 2), RuntimeError, "pad should be at most half of effective kernel size"),
        (lambda x: F.max_pool2d(x, 0), RuntimeError, "kernel_size should be greater than zero"),
        (lambda x: F.max_pool2d(x, 2, 0), RuntimeError, "stride should not be zero"),
        (lambda x: F.max_pool2d(x, 2, 2, 0, 0), RuntimeError, "dilation should be greater than zero"),
        (lambda x: F.max_pool2d(x, 2, 2, -1), RuntimeError, "pad must be non-negative"),
        (lambda x: F.max_pool2d(x, (2, 2, 2)), RuntimeError, "kernel_size"),
        (lambda x: F.max_pool2d(x.bool(), 2), RuntimeError, "not implemented for bool"),
        (lambda x: F.avg_pool2d(x.int(), 2), RuntimeError, "not implemented for int32"),
        (lambda x: F.adaptive_max_pool2d(x.long(), 2), RuntimeError, "not implemented for int64"),
        (lambda x: F.avg_pool2d(x, 2, divisor_override=0), RuntimeError, "divisor must be not zero"),
        (lambda x: F.adaptive_avg_pool2d(x, (-1, 2)), RuntimeError, "greater than or equal to 0"),
        (lambda x: F.adaptive_avg_pool2d(x, (1, 2, 3)), (RuntimeError, TypeError), "output_size"),
        (lambda x: F.max_pool2d(x, 1 << 62), RuntimeError, ""),
        (lambda x: F.max_pool2d(x, 2, 1 << 62), RuntimeError, ""),
        (lambda x: F.max_pool2d(x, 2, 1, 0, 1 << 62), RuntimeError, ""),
        (lambda x: F.adaptive_avg_pool2d(x, (1 << 40, 1 << 40)), RuntimeError, ""),
    ],
)
def test_errors(call, kind, words):
    with pytest.raises(kind) as caught:
        call(lucet.ones(1, 2, 4, 4))
    assert words in str(caught.value)


def test_meta():
    x = lucet.empty(2, 3, 6, 5, device="meta", requires_grad=True)
    for pool in POOLS:
        y = pool(x)
        assert y.is_meta
        assert y.shape == pool(lucet.zeros(2, 3, 6, 5)).shape
        assert lucet.autograd.grad(y, x, lucet.empty_like(y))[0].shape == x.shape


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float16])
def test_meta_has_the_strides_of_channels_last_images(dtype):
    x = lucet.zeros(2, 3, 6, 5, dtype=dtype).to(memory_format=lucet.channels_last)
    for pool in POOLS:
        assert pool(x).stride() == pool(x.to("meta")).stride()
        assert pool(x).is_contiguous(memory_format=lucet.channels_last)
    y, index = F.max_pool2d(x.to("meta"), 2, return_indices=True)
    assert y.stride() == index.stride() == (18, 1, 6, 3)
    y, index = F.max_pool2d(x, (6, 5), return_indices=True)
    assert y.stride() == index.stride() == (3, 1, 3, 3)


def test_an_output_without_elements_gives_a_gradient_of_zeros():
    for pool in (F.adaptive_avg_pool2d, F.adaptive_max_pool2d):
        x = lucet.ones(1, 2, 4, 4, requires_grad=True)
        y = pool(x, (0, 2))
        assert y.shape == lucet.Size([1, 2, 0, 2])
        (g,) = lucet.autograd.grad(y.sum(), x)
        assert g.tolist() == lucet.zeros(1, 2, 4, 4).tolist()
    assert F.adaptive_avg_pool2d(lucet.ones(2, 0, 4, 4), 2).shape == lucet.Size([2, 0, 2, 2])


def test_windows_that_are_almost_all_padding():
    x, reach = random(0, 1, 1, 3, 3), 0x7FFFFFFE
    y = F.max_pool2d(x, reach, 1, reach // 2)
    assert (y == x.max()).all()
    assert y.shape == lucet.Size([1, 1, 4, 4])
    assert F.avg_pool2d(x, reach, 1, reach // 2, divisor_override=9).sub(x.mean()).abs().max() < 1e-12
