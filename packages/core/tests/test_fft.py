"""Fourier transforms against NumPy: sizes, norms, types, and that each undoes or is the adjoint of another."""

import numpy as np
import pytest

import lucet

NORMS = [None, "backward", "ortho", "forward"]


def random(kind, *shape):
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    return (x + 1j * rng.normal(size=shape) if np.dtype(kind).kind == "c" else x).astype(kind)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("name, kind", [("fft", "c16"), ("fft", "f8"), ("ifft", "c16"), ("rfft", "f8"), ("irfft", "c16"), ("hfft", "c16"), ("ihfft", "f8")])
def test_one_dimension(name, kind, norm):
    x = random(kind, 4, 6)
    for n, dim in ((None, -1), (3, 0), (9, 1), (1, 0)):
        found = getattr(lucet.fft, name)(lucet.from_numpy(x), n, dim, norm)
        expected = getattr(np.fft, name)(x, n, dim, norm)
        assert tuple(found.shape) == expected.shape
        np.testing.assert_allclose(found.numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("name, kind", [("fft", "c16"), ("ifft", "f8"), ("rfft", "f8"), ("irfft", "c16")])
def test_several_dimensions(name, kind, norm):
    x = random(kind, 3, 4, 6)
    for s, dim in ((None, (-2, -1)), ((2, 7), (0, 2)), ((5, 5), (1, 0))):
        expected = getattr(np.fft, f"{name}n")(x, s, dim, norm)
        for form in ("2", "n"):
            np.testing.assert_allclose(getattr(lucet.fft, name + form)(lucet.from_numpy(x), s, dim, norm).numpy(), expected, atol=1e-12)
    expected = getattr(np.fft, f"{name}n")(x, None, None, norm)
    np.testing.assert_allclose(getattr(lucet.fft, f"{name}n")(lucet.from_numpy(x), norm=norm).numpy(), expected, atol=1e-12)


def test_types():
    assert lucet.fft.fft(lucet.ones(3)).dtype is lucet.complex64
    assert lucet.fft.fft(lucet.ones(3, dtype=lucet.float64)).dtype is lucet.complex128
    assert lucet.fft.rfft(lucet.ones(3, dtype=lucet.int32)).dtype is lucet.complex64
    assert lucet.fft.irfft(lucet.ones(3)).dtype is lucet.float32
    with pytest.raises(RuntimeError, match="Unsupported dtype float16"):
        lucet.fft.fft(lucet.ones(3).half())
    with pytest.raises(RuntimeError, match="rfft expects a real input tensor"):
        lucet.fft.rfft(lucet.ones(3, dtype=lucet.complex64))


def test_what_does_not_fit_is_told():
    x = lucet.ones(3, 4)
    for call, text in (
        (lambda: lucet.fft.fft(x, 0), r"Invalid number of data points \(0\) specified"),
        (lambda: lucet.fft.fft(x, norm="x"), 'Invalid normalization mode: "x"'),
        (lambda: lucet.fft.fftn(x, (2, 2), (0,)), "dim and shape arguments must have the same length"),
        (lambda: lucet.fft.fftn(x, dim=(0, 0)), "FFT dims must be unique"),
        (lambda: lucet.fft.fftn(x, (1, 1, 1)), "input tensor only has 2 dimensions"),
        (lambda: lucet.fft.irfft(lucet.ones(1)), r"Invalid number of data points \(0\) specified"),
    ):
        with pytest.raises(RuntimeError, match=text):
            call()
    with pytest.raises(IndexError):
        lucet.fft.fft(x, dim=2)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_frequencies_and_shifts(n):
    assert lucet.fft.fftfreq(n, 0.5, dtype=lucet.float64).tolist() == np.fft.fftfreq(n, 0.5).tolist()
    assert lucet.fft.rfftfreq(n, dtype=lucet.float64).tolist() == np.fft.rfftfreq(n).tolist()
    x = np.arange(n * 4).reshape(n, 4)
    for dim in (None, 0, (0, 1)):
        assert lucet.fft.fftshift(lucet.from_numpy(x), dim).tolist() == np.fft.fftshift(x, dim).tolist()
        assert lucet.fft.ifftshift(lucet.from_numpy(x), dim).tolist() == np.fft.ifftshift(x, dim).tolist()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: lucet.fft.irfft(lucet.fft.rfft(x, 7), 6),
        lambda x: lucet.fft.hfft(lucet.fft.ihfft(x), 5, norm="ortho"),
        lambda x: lucet.fft.irfftn(lucet.fft.rfftn(x, (3, 5)), (4, 4)),
        lambda x: lucet.fft.irfft(lucet.fft.ifft(lucet.fft.fft2(x)), 5),
    ],
)
def test_gradients_through_complex_numbers(function):
    x = lucet.from_numpy(random("f8", 3, 6)).requires_grad_()
    assert lucet.autograd.gradcheck(lambda x: function(x) ** 2, (x,))
    assert lucet.autograd.gradgradcheck(lambda x: function(x) ** 3, (x,), atol=1e-4)


@pytest.mark.filterwarnings("ignore:.*window was not provided")
def test_a_short_time_transform_is_the_transform_of_frames():
    x, w = random("f8", 2, 20), random("f8", 4)
    found = lucet.stft(lucet.from_numpy(x), 6, 2, 4, lucet.from_numpy(w), False, return_complex=True)
    frames = np.lib.stride_tricks.sliding_window_view(x, 6, -1)[:, ::2] * np.array([0, *w, 0])
    np.testing.assert_allclose(found.numpy(), np.fft.rfft(frames).transpose(0, 2, 1), atol=1e-12)
    padded = np.pad(x, ((0, 0), (3, 3)), "reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, 6, -1)[:, ::3]
    found = lucet.stft(lucet.from_numpy(x), 6, 3, normalized=True, onesided=False, return_complex=True)
    np.testing.assert_allclose(found.numpy(), np.fft.fft(frames, norm="ortho").transpose(0, 2, 1), atol=1e-12)


@pytest.mark.parametrize("kind", ["f8", "c16"])
def test_a_signal_comes_back_from_its_short_time_transform(kind):
    x, w = lucet.from_numpy(random(kind, 2, 24)), lucet.hann_window(8, dtype=lucet.float64)
    y = lucet.stft(x, 8, 2, window=w, normalized=True, return_complex=True)
    back = y.istft(8, 2, window=w, normalized=True, return_complex=kind == "c16")
    np.testing.assert_allclose(back.numpy(), x.numpy(), atol=1e-12)
    with pytest.warns(UserWarning, match="padded with zeros"):
        assert y.istft(8, 2, window=w, length=30, return_complex=kind == "c16").shape == (2, 30)


@pytest.mark.filterwarnings("ignore:.*window was not provided")
def test_what_does_not_fit_a_short_time_transform_is_told():
    x = lucet.ones(20)
    y = lucet.stft(x, 8, return_complex=True)
    for call, text in (
        (lambda: lucet.stft(x, 8), "return_complex parameter"),
        (lambda: lucet.stft(x, 8, align_to_window=True, return_complex=True), "center = false"),
        (lambda: lucet.stft(x, 30, center=False, return_complex=True), "expected 0 < n_fft <= 20"),
        (lambda: lucet.stft(x, 8, 0, return_complex=True), "expected hop_length > 0"),
        (lambda: lucet.stft(x, 8, 2, 9, return_complex=True), "expected 0 < win_length <= n_fft"),
        (lambda: lucet.stft(x, 8, window=lucet.ones(7), return_complex=True), "window tensor of size"),
        (lambda: lucet.istft(y.real, 8), "complex-valued input"),
        (lambda: lucet.istft(y[:4], 8), "frequency dimension"),
        (lambda: lucet.istft(y, 8, 9), "hop_length <= win_length"),
        (lambda: lucet.istft(y, 8, return_complex=True), "Cannot have onesided output"),
        (lambda: lucet.istft(y, 8, window=lucet.zeros(8)), "window overlap add"),
    ):
        with pytest.raises(RuntimeError, match=text):
            call()


@pytest.mark.parametrize("name", ["rfft", "irfft", "hfft", "ihfft"])
def test_errors_name_the_function_that_was_called(name):
    with pytest.raises(RuntimeError, match=f"{name}n must transform at least one axis"):
        getattr(lucet.fft, f"{name}n")(lucet.tensor(1.0))
    for function in (getattr(lucet.fft, name), getattr(lucet.fft, f"{name}2")):
        with pytest.raises(IndexError, match="but tensor has no dimensions"):
            function(lucet.tensor(1.0))


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_a_size_of_minus_one_is_refused_along_one_dimension(name):
    with pytest.raises(RuntimeError, match="Invalid number of data points .-1. specified"):
        getattr(lucet.fft, name)(lucet.ones(4), n=-1)
    assert getattr(lucet.fft, f"{name}n")(lucet.ones(4), s=(-1,)).shape == getattr(lucet.fft, name)(lucet.ones(4)).shape
