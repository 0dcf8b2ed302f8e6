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
