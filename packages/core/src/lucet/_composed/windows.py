"""Window functions: raised cosines and their kin, of `lucet` and `lucet.signal.windows`. Factories: nothing here has a gradient."""

import math
from collections.abc import Iterable
from typing import Any

from lucet._composed._define import composed
from lucet._dtype import dtype as dtype_type
from lucet._dtype import get_default_dtype
from lucet._errors import DtypeError, error
from lucet._ops.create import arange, empty, full, linspace, ones
from lucet._tensor import Tensor


def _dtype(name: str, dtype: dtype_type | None) -> dtype_type:
    dtype = get_default_dtype() if dtype is None else dtype
    if not dtype.is_floating_point:
        raise error(DtypeError, f"{name} expects floating point dtypes, got: {dtype._name}")
    return dtype


def _finished(window: Tensor, options: dict[str, Any]) -> Tensor:
    return window.requires_grad_() if options.get("requires_grad") else window


def _check(name: str, window_length: int, dtype: dtype_type | None) -> dtype_type:
    kind = _dtype(name, dtype)
    if window_length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={window_length}")
    return kind


def _cosines(name: str, n: int, periodic: bool, weights: tuple[float, ...], dtype: dtype_type | None, options: dict[str, Any]) -> Tensor:
    """The sum of (-1)^k w_k cos(2 pi k i / size) for i below n."""
    kind = _check(name, n, dtype)
    device = options.get("device")
    if n == 0:
        return _finished(empty(0, dtype=kind, device=device), options)
    if n == 1:
        return _finished(ones(1, dtype=kind, device=device), options)
    return _finished(_general_cosine(n, weights, not periodic, kind, device), options)


def _general_cosine(n: int, weights: tuple[float, ...], sym: bool, kind: dtype_type, device: Any) -> Tensor:
    work = kind if kind.itemsize > 2 else get_default_dtype()
    angle = arange(n, dtype=work, device=device) * (2 * math.pi / (n - 1 if sym else n))
    window = full((n,), weights[0], dtype=work, device=device)
    for k, w in enumerate(weights[1:], 1):
        window += (angle * k).cos() * (w if k % 2 == 0 else -w)
    return window.to(kind)


_SAMPLES = lambda r: [(5,), (6, False), (1,), (0,)]


@composed(grad="no", family="create", samples=_SAMPLES)
def hann_window(
    window_length: int, periodic: bool = True, *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """hann_window(window_length, periodic=True, *, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    0.5 - 0.5 cos(2 pi i / n), where n is the length, or the length less one where the window is not to be periodic.

    >>> import lucet
    >>> lucet.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _cosines("hann_window", window_length, periodic, (0.5, 0.5), dtype, {"device": device, "requires_grad": requires_grad})


@composed(grad="no", family="create", samples=lambda r: [(5,), (6, False), (1,), (0,), (5, True, 0.6, 0.4)])
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: dtype_type | None = None, layout: Any = None,
    device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """hamming_window(window_length, periodic=True, alpha=0.54, beta=0.46, *, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    alpha - beta cos(2 pi i / n), where n is the length, or the length less one where the window is not to be periodic.

    >>> import lucet
    >>> lucet.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    return _cosines("hamming_window", window_length, periodic, (alpha, beta), dtype, {"device": device, "requires_grad": requires_grad})


@composed(grad="no", family="create", samples=_SAMPLES)
def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """blackman_window(window_length, periodic=True, *, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n), where n is the length, or the length less one where it is not to be periodic.

    >>> import lucet
    >>> lucet.blackman_window(4)[1:]
    tensor([0.3400, 1.0000, 0.3400])
    """
    return _cosines("blackman_window", window_length, periodic, (0.42, 0.5, 0.08), dtype, {"device": device, "requires_grad": requires_grad})


@composed(grad="no", family="create", samples=_SAMPLES)
def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """bartlett_window(window_length, periodic=True, *, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    A triangle from 0 to 1 and back: 1 - |2 i / n - 1|, where n is the length, or the length less one where it is not to be periodic.

    >>> import lucet
    >>> lucet.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    kind = _check("bartlett_window", window_length, dtype)
    if window_length < 2:
        return _cosines("bartlett_window", window_length, periodic, (1.0,), dtype, {"device": device, "requires_grad": requires_grad})
    n = window_length if periodic else window_length - 1
    window = 1 - (arange(window_length, dtype=kind, device=device) * (2 / n) - 1).abs()
    return _finished(window, {"requires_grad": requires_grad})


@composed(grad="no", family="create", samples=lambda r: [(5,), (6, False), (1,), (0,), (5, True, 3.0)])
def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None,
    pin_memory: bool = False, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """kaiser_window(window_length, periodic=True, beta=12.0, *, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    I0(beta sqrt(1 - (2 i / n - 1)^2)) / I0(beta), where n is the length, or the length less one where it is not to be periodic.

    >>> import lucet
    >>> lucet.kaiser_window(4, beta=2.0)
    tensor([0.4387, 0.8348, 1.0000, 0.8348])
    """
    kind = _check("kaiser_window", window_length, dtype)
    if window_length < 2:
        return _cosines("kaiser_window", window_length, periodic, (1.0,), dtype, {"device": device, "requires_grad": requires_grad})
    n = window_length if periodic else window_length - 1
    place = arange(window_length, dtype=kind, device=device) * (2 / n) - 1
    top = full((), beta, dtype=kind, device=device)
    window = ((1 - place.square()).clamp_min(0).sqrt() * beta).i0() / top.i0()
    return _finished(window, {"requires_grad": requires_grad})


# --- lucet.signal.windows: symmetric unless asked otherwise -----------------------------------------------------------


def _window(name: str, M: int, dtype: dtype_type | None, requires_grad: bool, device: Any, values: Any) -> Tensor:
    kind = get_default_dtype() if dtype is None else dtype
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if kind not in _float_types():
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {kind}")
    if M == 0:
        window = empty(0, dtype=kind, device=device)
    elif M == 1 and name != "exponential":
        window = ones(1, dtype=kind, device=device)
    else:
        window = values(kind)
    return window.requires_grad_() if requires_grad else window


def _float_types() -> tuple[dtype_type, ...]:
    from lucet._dtype import DTYPES

    return DTYPES["float32"], DTYPES["float64"]


def general_cosine(M: int, *, a: Any, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The sum of (-1)^k a_k cos(2 pi k i / n) for i below M, with n = M - 1, or M where `sym` is False."""
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    return _window("general_cosine", M, dtype, requires_grad, device, lambda kind: _general_cosine(M, tuple(a), sym, kind, device))


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """alpha - (1 - alpha) cos(2 pi i / n) for i below M."""
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def hamming(M: int, *, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """0.54 - 0.46 cos(2 pi i / n) for i below M."""
    return general_hamming(M, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def hann(M: int, *, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """0.5 - 0.5 cos(2 pi i / n) for i below M."""
    return general_hamming(M, alpha=0.5, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def blackman(M: int, *, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n) for i below M."""
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def nuttall(M: int, *, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The minimum four-term cosine window of A. H. Nuttall, Some windows with very good sidelobe behavior, 1981."""
    weights = [0.3635819, 0.4891775, 0.1365995, 0.0106411]
    return general_cosine(M, a=weights, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def bartlett(M: int, *, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A triangle from 0 to 1 and back: 1 - |2 i / n - 1| for i below M."""

    def values(kind: dtype_type) -> Tensor:
        step = 2 / (M if not sym else M - 1)
        return 1 - linspace(-1, -1 + (M - 1) * step, M, dtype=kind, device=device).abs()

    return _window("bartlett", M, dtype, requires_grad, device, values)


def cosine(M: int, *, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """sin(pi (i + 0.5) / n) for i below M, with n = M, or M + 1 where `sym` is False."""

    def values(kind: dtype_type) -> Tensor:
        step = math.pi / (M if sym else M + 1)
        return linspace(0.5 * step, (0.5 + M - 1) * step, M, dtype=kind, device=device).sin()

    return _window("cosine", M, dtype, requires_grad, device, values)


def exponential(
    M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    """exp(-|i - center| / tau) for i below M; the centre of a symmetric window is its middle."""
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")

    def values(kind: dtype_type) -> Tensor:
        middle = ((M if not sym and M > 1 else M - 1) / 2.0) if center is None else center
        return (arange(M, dtype=kind, device=device) - middle).abs().mul(-1 / tau).exp()

    return _window("exponential", M, dtype, requires_grad, device, values)


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """exp(-((i - middle) / std)^2 / 2) for i below M."""
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")

    def values(kind: dtype_type) -> Tensor:
        middle = (M if not sym and M > 1 else M - 1) / 2.0
        return ((arange(M, dtype=kind, device=device) - middle) / (std * 2**0.5)).square().neg().exp()

    return _window("gaussian", M, dtype, requires_grad, device, values)


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """I0(beta sqrt(1 - (2 i / n - 1)^2)) / I0(beta) for i below M."""
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")

    def values(kind: dtype_type) -> Tensor:
        step = 2 / (M if not sym else M - 1)
        place = linspace(-1, -1 + (M - 1) * step, M, dtype=kind, device=device)
        return ((1 - place.square()).clamp_min(0).sqrt() * beta).i0() / full((), beta, dtype=kind, device=device).i0()

    return _window("kaiser", M, dtype, requires_grad, device, values)
