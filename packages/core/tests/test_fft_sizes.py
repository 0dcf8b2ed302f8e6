"""Fourier transforms of every kind of length, type and layout against NumPy's in double precision; their bits on any number of threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet

EPS = {"f4": 2.0**-24, "c8": 2.0**-24, "f8": 2.0**-53, "c16": 2.0**-53}
REALS, COMPLEXES = ("f4", "f8"), ("c8", "c16")
SMALL = [*range(1, 131)]
LARGE = [169, 211, 243, 251, 256, 289, 343, 360, 511, 512, 625, 729, 961, 1000, 1009, 1013, 1024, 1331, 2018, 2048, 2187, 2197, 3721, 4096, 5041, 6561]
LONG = [8191, 10000, 16384, 19683, 50021, 65536, 100000, 100003, 131072]


def random(kind, *shape):
    rng = np.random.default_rng(len(shape) + sum(shape))
    x = rng.normal(size=shape)
    return (x + 1j * rng.normal(size=shape) if np.dtype(kind).kind == "c" else x).astype(kind)


def wide(x):
    return x.astype("c16" if x.dtype.kind == "c" else "f8")


def check(found, expected, kind, n):
    """The root of the mean square of the errors grows as the root of the logarithm of n."""
    found = found.numpy() if isinstance(found, lucet.Tensor) else found
    assert found.shape == expected.shape
    scale = np.linalg.norm(expected)
    assert np.linalg.norm(found - expected) <= (1.5 + np.log2(n)) * 1.2 * EPS[kind] * scale + 1e-300, (kind, n)


def every_transform(n, kind, *lead):
    x = random(kind, *lead, n)
    t, y = lucet.from_numpy(x), wide(x)
    m = max(1, 2 * (n - 1))
    for name in ("fft", "ifft") if kind in COMPLEXES else ("fft", "ifft", "rfft", "ihfft"):
        check(getattr(lucet.fft, name)(t), getattr(np.fft, name)(y), kind, n)
    for points in () if kind in REALS else (m, m + 1) if n < 8000 else (m,):
        check(lucet.fft.irfft(t, points), np.fft.irfft(y, points), kind, points)
        check(lucet.fft.hfft(t, points), np.fft.hfft(y, points), kind, points)


@pytest.mark.parametrize("kind", EPS)
def test_short_lengths(kind):
    for n in SMALL:
        every_transform(n, kind)
        every_transform(n, kind, 3)
        every_transform(n, kind, 9)


@pytest.mark.parametrize("kind", EPS)
def test_longer_lengths(kind):
    for n in LARGE:
        every_transform(n, kind)
        every_transform(n, kind, 5)


@pytest.mark.parametrize("kind", EPS)
def test_long_lengths(kind):
    for n in LONG:
        every_transform(n, kind)


@pytest.mark.parametrize("kind", EPS)
def test_columns(kind):
    """Along a dimension that is not the last: lines side by side, whose number need not be one of whole vectors."""
    for n in (1, 2, 3, 4, 5, 7, 8, 11, 30, 31, 64, 67, 100, 1000, 8190):
        for columns in (1, 2, 3, 8, 13):
            x = random(kind, 2, n, columns) if n < 8000 else random(kind, 1, n, columns)
            t, y = lucet.from_numpy(x), wide(x)
            check(lucet.fft.fft(t, dim=1), np.fft.fft(y, axis=1), kind, n)
            check(lucet.fft.ifft(t, dim=1), np.fft.ifft(y, axis=1), kind, n)
            if kind in REALS:
                check(lucet.fft.rfft(t, dim=1), np.fft.rfft(y, axis=1), kind, n)
            else:
                check(lucet.fft.irfft(t, dim=1, n=2 * n), np.fft.irfft(y, axis=1, n=2 * n), kind, n)
                check(lucet.fft.irfft(t, dim=1, n=2 * n - 1), np.fft.irfft(y, axis=1, n=2 * n - 1), kind, n)


@pytest.mark.parametrize("kind", EPS)
def test_strides(kind):
    base = random(kind, 12, 10, 34)
    for view in (
        lambda x: x[::2], lambda x: x[:, ::3], lambda x: x[..., ::2], lambda x: x[..., 1:33:4], lambda x: x.swapaxes(0, 2), lambda x: x.swapaxes(1, 2),
        lambda x: x[3:4, :, ::5].swapaxes(0, 1), lambda x: x[:, 2],
    ):  # fmt: skip
        x = view(base)
        t = view(lucet.from_numpy(base)) if x is not base else lucet.from_numpy(base)
        y = wide(np.ascontiguousarray(x))
        for dim in range(x.ndim):
            n = x.shape[dim]
            check(lucet.fft.fft(t, dim=dim), np.fft.fft(y, axis=dim), kind, n)
            if kind in REALS:
                check(lucet.fft.rfft(t, dim=dim), np.fft.rfft(y, axis=dim), kind, n)
            elif n > 1:
                check(lucet.fft.hfft(t, dim=dim), np.fft.hfft(y, axis=dim), kind, n)
    x = lucet.from_numpy(random(kind, 6)).expand(5, 6)  # strides of 0
    check(lucet.fft.fft(x), np.fft.fft(wide(x.numpy())), kind, 6)
    check(lucet.fft.fft(x, dim=0), np.fft.fft(wide(x.numpy()), axis=0), kind, 5)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=3), st.integers(0, 2), st.integers(1, 90), st.sampled_from(sorted(EPS)), st.booleans())
def test_any_shape(shape, dim, n, kind, inverse):
    dim %= len(shape)
    x = random(kind, *shape)
    t, y = lucet.from_numpy(x), wide(x)
    for name in ("ifft", "irfft" if kind in COMPLEXES else "ihfft") if inverse else ("fft", "hfft" if kind in COMPLEXES else "rfft"):
        check(getattr(lucet.fft, name)(t, n, dim), getattr(np.fft, name)(y, n, dim), kind, n)
    stem = "ifftn" if inverse else "fftn"
    check(getattr(lucet.fft, stem)(t), getattr(np.fft, stem)(y, axes=range(len(shape))), kind, x.size)


def on_threads(count, call):
    before = lucet.get_num_threads()
    lucet.set_num_threads(count)
    try:
        return call()
    finally:
        lucet.set_num_threads(before)


@pytest.mark.parametrize("kind", EPS)
@pytest.mark.parametrize("shape", [(65536,), (16384,), (50021,), (3, 20000), (300, 100), (1000, 31), (64, 2048), (7, 9, 130)])
def test_bits_do_not_depend_on_threads(kind, shape):
    t = lucet.from_numpy(random(kind, *shape))

    def all_of_them():
        if kind in COMPLEXES:
            found = [lucet.fft.fft(t), lucet.fft.ifft(t, dim=0), lucet.fft.irfft(t), lucet.fft.fftn(t), lucet.fft.hfft(t, 2 * shape[-1] - 1)]
        else:
            found = [lucet.fft.fft(t), lucet.fft.rfft(t), lucet.fft.rfft(t, dim=0), lucet.fft.rfftn(t)]
        return [y.numpy().tobytes() for y in found]

    one = on_threads(1, all_of_them)
    for count in (2, 3, 5):
        assert on_threads(count, all_of_them) == one


def test_a_number_that_is_none_stays_in_its_line():
    x = random("c8", 9, 31)
    x[4, 7] = np.nan
    assert np.isnan(lucet.fft.fft(lucet.from_numpy(x)).numpy()).any(1).tolist() == [i == 4 for i in range(9)]
    x = random("f4", 9, 45)
    x[4, 7] = np.inf
    assert np.isfinite(lucet.fft.rfft(lucet.from_numpy(x)).numpy()).all(1).tolist() == [i != 4 for i in range(9)]


def test_input_is_left_alone_and_out_is_written():
    x = random("c8", 40, 24)
    t = lucet.from_numpy(x.copy())
    expected = np.fft.fft2(x)
    for dims in ((0, 1), (1, 0)):
        check(lucet.fft.fftn(t, dim=dims), expected, "c8", 960)
    out = lucet.empty(40, 24, dtype=lucet.complex64)
    assert lucet.fft.fft2(t, out=out) is out
    check(out, expected, "c8", 960)
    assert (t.numpy() == x).all()


def test_nothing_to_transform():
    assert lucet.fft.fft(lucet.ones(0, 4)).shape == (0, 4)
    assert lucet.fft.rfft(lucet.ones(0, 5)).shape == (0, 3)
    assert lucet.fft.irfftn(lucet.ones(3, 0, 5), dim=(0, 2)).shape == (3, 0, 8)
    assert lucet.fft.rfft2(lucet.ones(3, 6, device="meta")).shape == (3, 4)
