"""Fourier transforms beside torch: values, gradients of both orders through complex numbers to real ones, errors."""

import itertools

import numpy as np
import pytest
import torch

import lucet

NAMES = [stem + form for stem in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft") for form in ("", "2", "n")]
ARGUMENTS = {
    "": [(), (3, 0), (9, 1), (None, -2), (0,), (3, 5)],
    "2": [(), ((3, 6), (0, 1)), ((4,), (1,)), ((3, -1),), (None, (0, 0)), ((2,),)],
    "n": [(), ((5,),), ((2, 7), (1, 0)), (None, 0), (None, ()), ((1, 2, 3, 4),)],
}


@pytest.mark.parametrize("name", NAMES)
def test_transforms(name):
    form = name.lstrip("abcdefghijklmnopqrstuvwxyz")  # a final n is part of the stem's letters
    form = "n" if name.endswith("n") else form
    for arguments, norm, kind in itertools.product(ARGUMENTS[form], (None, "ortho", "forward"), ("f4", "c8", "f8", "i8")):
        rng = np.random.default_rng(0)
        x = rng.normal(size=(2, 4, 6)) * 9
        x = (x + 1j * rng.normal(size=x.shape) if kind == "c8" else x).astype(kind)
        found = []
        for L in (torch, lucet):
            try:
                found.append(getattr(L.fft, name)(L.from_numpy(x), *arguments, norm=norm))
            except (RuntimeError, IndexError) as problem:
                found.append(problem)
        theirs, ours = found
        if isinstance(theirs, Exception):
            assert isinstance(ours, IndexError if isinstance(theirs, IndexError) else RuntimeError), (arguments, norm, kind, theirs, ours)
            continue
        assert not isinstance(ours, Exception), (arguments, norm, kind, ours)
        assert tuple(ours.shape) == tuple(theirs.shape)
        assert str(ours.dtype)[6:] == str(theirs.dtype)[6:]
        np.testing.assert_allclose(ours.numpy(), theirs.resolve_conj().numpy(), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    "function",
    [
        lambda L, x: L.fft.irfft(L.fft.rfft(x, 7), 6),
        lambda L, x: L.fft.hfft(L.fft.ihfft(x)),
        lambda L, x: L.fft.irfftn(L.fft.rfftn(x, (3, 5)), (4, 4)),
        lambda L, x: L.fft.irfft2(L.fft.ifftshift(L.fft.fft2(x, norm="ortho"))),
        lambda L, x: L.fft.hfftn(L.fft.ihfftn(x, (5, 4)), (3, 6), norm="forward"),
    ],
)
def test_gradients(function):
    x = np.random.default_rng(0).normal(size=(4, 6))
    found = []
    for L in (torch, lucet):
        t = L.from_numpy(x).requires_grad_()
        y = function(L, t)
        w = L.arange(y.numel(), dtype=L.float64).reshape(y.shape)
        (g,) = L.autograd.grad((y * y * w).sum(), t, create_graph=True)
        (h,) = L.autograd.grad((g * g).sum(), t)
        found.append([v.detach().numpy() for v in (y, g, h)])
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


SHORT = {
    "reals": lambda L, x, w: L.stft(x, 9, 3, 6, w, return_complex=True),
    "normalized": lambda L, x, w: L.stft(x[0], 8, 3, 6, w, True, "constant", True, return_complex=True),
    "aligned": lambda L, x, w: L.stft(x, 8, 2, 6, w, False, align_to_window=True, return_complex=True),
    "not aligned": lambda L, x, w: L.stft(x, 9, 2, 6, w, False, onesided=False, align_to_window=False, return_complex=True),
    "complex": lambda L, x, w: L.stft(L.complex(x, x.flip(1)), 8, 3, 6, w),
    "no window": lambda L, x, w: L.stft(x, 8, 3, 6, pad_mode="replicate", return_complex=True),
    "back": lambda L, x, w: L.istft(L.complex(x, x.flip(1)).view(2, 5, 6), 9, 3, 6, w, length=12),
    "back again": lambda L, x, w: L.istft(L.complex(x, x.flip(1)).view(2, 6, 5), 6, 2, 6, w, normalized=True, center=False, return_complex=True),
    "one back": lambda L, x, w: L.istft(L.complex(x[0], x[1]).view(5, 6), 8, 2, 6, w),
    "all back": lambda L, x, w: L.istft(L.complex(x, x.flip(1)).view(2, 6, 5), 6, onesided=False),
}


@pytest.mark.filterwarnings("ignore:.*window was not provided")
@pytest.mark.parametrize("name", SHORT)
def test_short_time_transforms(name):
    x, window = np.random.default_rng(0).normal(size=(2, 30)), np.random.default_rng(1).random(6) + 0.5
    found = []
    for L in (torch, lucet):
        t, w = L.from_numpy(x).requires_grad_(), L.from_numpy(window).requires_grad_()
        y = SHORT[name](L, t, w)
        v = L.view_as_real(y) if y.is_complex() else y
        k = L.arange(v.numel(), dtype=L.float64).reshape(v.shape)
        grads = L.autograd.grad((v * v * k).sum(), (t, w), create_graph=True, allow_unused=True)
        (h,) = L.autograd.grad(sum((g * g).sum() for g in grads if g is not None), t)
        found.append([a.detach().numpy() for a in (y, *grads, h) if a is not None])
        assert len(found[0]) == len(found[-1])
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-7)
