"""Discrete Fourier transforms. NumPy's fft computes; three linear functions, each the adjoint of another, make all of them.

With e(k, i) = exp(s 2 pi i k / n): `_complex` sums over complex numbers; `_half` gives the first half of the sums of real numbers, times
weights; `_real` the real part of sums over such a half, times weights. Weights of 2 (or 1) apply to all but the first and, for even n,
the last, for which another element of the whole spectrum stands.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._composed._matrices import COMPLEX, HALVES, REAL, by_numpy
from lucet._dtype import dtype as dtype_type
from lucet._dtype import get_default_dtype
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.create import arange, zeros
from lucet._ops.join import cat, roll
from lucet._tensor import Tensor

Rule = list[Tensor | None]


# --- the three -------------------------------------------------------------------------------------------------------


def _complex(x: Tensor, dims: tuple[int, ...], sign: int, scale: float) -> Tensor:
    def call(numpy: Any, a: Any) -> Any:
        y = numpy.fft.fftn(a, axes=dims) if sign < 0 else numpy.fft.ifftn(a, axes=dims, norm="forward")
        return y if scale == 1 else y * scale

    if dims and x.numel():
        y = by_numpy("fft", call, [x], [(x.shape, x.dtype)])[0]
    else:
        y = x.detach().clone()
    recorded("FftC2CBackward0", _complex_rule, (x,), (y,), (), (dims, sign, scale))
    return y


def _complex_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> Rule:
    dims, sign, scale = options
    return [_complex(grads[0], dims, -sign, scale)]


def _weighted(numpy: Any, half: Any, dim: int, n: int, weight: float) -> Any:
    if weight == 1:
        return half
    weights = numpy.full(half.shape[dim], weight)
    weights[0] = 1
    if n % 2 == 0:
        weights[-1] = 1
    return half * weights.reshape([-1 if i == dim else 1 for i in range(half.ndim)])


def _half(x: Tensor, dim: int, sign: int, scale: float, weight: float) -> Tensor:
    n = x.shape[dim]

    def call(numpy: Any, a: Any) -> Any:
        y = numpy.fft.rfft(a, axis=dim)
        return _weighted(numpy, y if sign < 0 else y.conj(), dim, n, weight) * scale

    shape = [*x.shape]
    shape[dim] = n // 2 + 1
    y = by_numpy("fft", call, [x], [(shape, COMPLEX[x.dtype])])[0]
    recorded("FftR2CBackward0", _half_rule, (x,), (y,), (), (dim, n, sign, scale, weight))
    return y


def _half_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> Rule:
    dim, n, sign, scale, weight = options
    return [_real(grads[0], dim, n, -sign, scale, weight)]


def _real(x: Tensor, dim: int, n: int, sign: int, scale: float, weight: float) -> Tensor:
    def call(numpy: Any, a: Any) -> Any:
        return numpy.fft.irfft(_weighted(numpy, a if sign > 0 else a.conj(), dim, n, weight / 2), n, dim, norm="forward") * scale

    shape = [*x.shape]
    shape[dim] = n
    y = by_numpy("fft", call, [x], [(shape, REAL[x.dtype])])[0]
    recorded("FftC2RBackward0", _real_rule, (x,), (y,), (), (dim, n, sign, scale, weight))
    return y


def _real_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> Rule:
    dim, n, sign, scale, weight = options
    return [_half(grads[0], dim, -sign, scale, weight)]


# --- arguments -------------------------------------------------------------------------------------------------------


def _typed(input: Tensor, to_complex: bool) -> Tensor:
    """Floats of the types that are transformed; integers become the default type."""
    if input.dtype in HALVES:
        raise error(DtypeError, f"Unsupported dtype {input.dtype._name}")
    if not (input.is_floating_point() or input.is_complex()):
        input = input.to(get_default_dtype())
    return input.to(COMPLEX[input.dtype]) if to_complex and not input.is_complex() else input


def _real_input(input: Tensor, op: str) -> Tensor:
    if input.is_complex():
        raise error(DtypeError, f"{op} expects a real input tensor, but got {input.dtype._name}")
    return _typed(input, False)


def _scale(norm: str | None, sizes: Sequence[int], inverse: bool) -> float:
    n = math.prod(sizes)
    if norm not in (None, "backward", "ortho", "forward"):
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    if norm == "ortho":
        return 1 / math.sqrt(n)
    return 1 / n if (norm == "forward") != inverse else 1.0


def _dims(input: Tensor, s: Any, dim: Any) -> tuple[list[int], list[int]]:
    """Dimensions and the sizes they are brought to (-1: as they are)."""
    s = [s] if isinstance(s, int) else None if s is None else list(s)
    dims = [dim] if isinstance(dim, int) else None if dim is None else list(dim)
    if dims is None:
        if s is not None and len(s) > input.dim():
            raise error(ShapeError, f"Got shape with {len(s)} values but input tensor only has {input.dim()} dimensions.")
        dims = list(range(input.dim() if s is None else len(s)))
        dims = [d + input.dim() - len(dims) for d in dims]
    elif s is not None and len(s) != len(dims):
        raise error(ShapeError, "When given, dim and shape arguments must have the same length")
    for d in dims:
        if not -max(input.dim(), 1) <= d < max(input.dim(), 1):
            raise IndexError(f"Dimension out of range (expected to be in range of [{-max(input.dim(), 1)}, {max(input.dim(), 1) - 1}], but got {d})")
    dims = [d % max(input.dim(), 1) for d in dims]
    if len(set(dims)) != len(dims):
        raise RuntimeError("FFT dims must be unique")
    return dims, [-1] * len(dims) if s is None else s


def _sized(x: Tensor, dims: Sequence[int], sizes: Sequence[int]) -> Tensor:
    """`x` cut off or followed by zeros to the sizes."""
    for d, n in zip(dims, sizes, strict=True):
        n = x.shape[d] if n == -1 else n
        if n < 1:
            raise error(ShapeError, f"Invalid number of data points ({n}) specified")
        if n < x.shape[d]:
            x = x.narrow(d, 0, n)
        elif n > x.shape[d]:
            shape = [*x.shape]
            shape[d] = n - x.shape[d]
            x = cat([x, zeros(shape, dtype=x.dtype, device=x.device)], d)
    return x


def _c2c(input: Tensor, s: Any, dim: Any, norm: str | None, inverse: bool) -> Tensor:
    x = _typed(input, True)
    dims, sizes = _dims(x, s, dim)
    x = _sized(x, dims, sizes)
    return _complex(x, tuple(dims), 1 if inverse else -1, _scale(norm, [x.shape[d] for d in dims], inverse))


def _r2c(input: Tensor, s: Any, dim: Any, norm: str | None, inverse: bool, op: str) -> Tensor:
    x = _real_input(input, op)
    dims, sizes = _dims(x, s, dim)
    if not dims:
        raise RuntimeError(f"{op} must transform at least one axis")
    x = _sized(x, dims, sizes)
    scale = _scale(norm, [x.shape[d] for d in dims], inverse)
    y = _half(x, dims[-1], 1 if inverse else -1, scale, 1)
    return _complex(y, tuple(dims[:-1]), 1 if inverse else -1, 1.0) if dims[:-1] else y


def _c2r(input: Tensor, s: Any, dim: Any, norm: str | None, forward: bool, op: str) -> Tensor:
    x = _typed(input, True)
    dims, sizes = _dims(x, s, dim)
    if not dims:
        raise RuntimeError(f"{op} must transform at least one axis")
    last = dims[-1]
    n = sizes[-1] if sizes[-1] != -1 else 2 * (x.shape[last] - 1)
    if n < 1:
        raise error(ShapeError, f"Invalid number of data points ({n}) specified")
    x = _sized(x, dims, [*sizes[:-1], n // 2 + 1])
    scale = _scale(norm, [x.shape[d] for d in dims[:-1]] + [n], not forward)
    sign = -1 if forward else 1
    if dims[:-1]:
        x = _complex(x, tuple(dims[:-1]), sign, 1.0)
    return _real(x, last, n, sign, scale, 2)


# --- the public ops --------------------------------------------------------------------------------------------------


def _samples(kinds: str) -> Callable[..., Any]:
    def one(r: Any) -> list[Any]:
        x = (r(3, 4), r(2, 5))
        return [(x[0],), (x[1], 3, 0), (x[1], 7, -1, "ortho"), (x[0], None, 1, "forward")]

    def several(r: Any) -> list[Any]:
        return [(r(3, 4),), (r(2, 3, 4), (2, 5), (0, 2)), (r(3, 4), None, (1, 0), "ortho"), (r(2, 3), (4, 3), (-2, -1), "forward")]

    return one if kinds == "one" else several


def _public(name: str, body: Any, doc: str, result: str, kinds: str) -> Any:
    """An op whose signature, of one or several dimensions, is `body`'s."""
    arguments = {"one": "n=None, dim=-1", "two": "s=None, dim=(-2, -1)", "all": "s=None, dim=None"}[kinds]
    body.__name__ = f"fft_{name}"
    body.__doc__ = f"""fft.{name}(input, {arguments}, norm=None, *, out=None) -> Tensor

    {doc} `norm` is "backward" (the inverse divides by the number of elements), "ortho" (each by its root) or "forward". Integers
    become the default floating type. Computed by NumPy.

    >>> import lucet
    >>> lucet.fft.{name}(lucet.ones({"4" if kinds == "one" else "4, 4"})).dtype
    lucet.{result}
    """
    return composed(public=False, also="fft", family="fft", numpy=True, samples=_samples(kinds))(body)


def _one(transform: Callable[..., Tensor], *more: Any) -> Any:
    def body(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None) -> Tensor:
        return transform(input, n, dim, norm, *more)

    return body


def _two(transform: Callable[..., Tensor], *more: Any) -> Any:
    def body(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: str | None = None, *, out: Tensor | None = None) -> Tensor:
        return transform(input, s, dim, norm, *more)

    return body


def _all(transform: Callable[..., Tensor], *more: Any) -> Any:
    def body(input: Tensor, s: Any = None, dim: Any = None, norm: str | None = None, *, out: Tensor | None = None) -> Tensor:
        return transform(input, s, dim, norm, *more)

    return body


def _family(stem: str, transform: Callable[..., Tensor], doc: str, result: str, *more: Any) -> tuple[Any, Any, Any]:
    several = doc.replace("along `dim`", "over dimensions, by default the last two,")
    every = doc.replace("along `dim`", "over dimensions, by default all,")
    return (
        _public(stem, _one(transform, *more), doc, result, "one"),
        _public(f"{stem}2", _two(transform, *more), several, result, "two"),
        _public(f"{stem}n", _all(transform, *more), every, result, "all"),
    )


C64, F32 = "complex64", "float32"
fft, fft2, fftn = _family("fft", _c2c, "The discrete Fourier transform along `dim`, of the given size.", C64, False)
ifft, ifft2, ifftn = _family("ifft", _c2c, "The inverse discrete Fourier transform along `dim`, of the given size.", C64, True)
rfft, rfft2, rfftn = _family("rfft", _r2c, "The first half of the discrete Fourier transform of real numbers along `dim` (the last of them).", C64, False, "rfft")
irfft, irfft2, irfftn = _family("irfft", _c2r, "The real numbers whose transform along `dim` begins with the given half (the last of them).", F32, False, "irfft")
hfft, hfft2, hfftn = _family("hfft", _c2r, "The real transform along `dim` of numbers that are the conjugates of the other half (the last of them).", F32, True, "hfft")
ihfft, ihfft2, ihfftn = _family("ihfft", _r2c, "The first half along `dim` (the last of them) of the inverse transform of real numbers.", C64, True, "ihfft")


def _frequencies(values: Tensor, n: int, d: float, dtype: dtype_type | None, requires_grad: bool) -> Tensor:
    found = values.to(get_default_dtype() if dtype is None else dtype)
    found = found * (1.0 / (n * d)) if n * d else found / 0.0
    return found.requires_grad_() if requires_grad else found


@composed(name="fft_fftfreq", public=False, also="fft", family="fft", grad="no", samples=lambda r: [(5,), (4, 0.5), (1,)])
def fftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """fft.fftfreq(n, d=1.0, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    The frequencies of the elements of a transform of `n` samples, `d` apart: 0, 1, .., -2, -1, divided by n d.

    >>> import lucet
    >>> lucet.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    k = arange(n, device=device)
    return _frequencies((k + n // 2) % n - n // 2 if n else k, n, d, dtype, requires_grad)


@composed(name="fft_rfftfreq", public=False, also="fft", family="fft", grad="no", samples=lambda r: [(5,), (4, 0.5), (1,)])
def rfftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """fft.rfftfreq(n, d=1.0, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    The frequencies of the elements of `rfft` of `n` samples, `d` apart.

    >>> import lucet
    >>> lucet.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    return _frequencies(arange(n // 2 + 1, device=device), n, d, dtype, requires_grad)


def _shifted(input: Tensor, dim: Any, back: bool) -> Tensor:
    dims = list(range(input.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    shifts = [(input.shape[d] + 1) // 2 if back else input.shape[d] // 2 for d in dims]
    return roll(input, shifts, dims) if dims else input.clone()


@composed(name="fft_fftshift", public=False, also="fft", family="fft", dtypes="all", samples=lambda r: [(r(5),), (r(3, 4),), (r(3, 4), 1)])
def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """fft.fftshift(input, dim=None) -> Tensor

    The elements turned by half the size, so that frequency 0 stands in the middle.

    >>> import lucet
    >>> lucet.fft.fftshift(lucet.tensor([0, 1, -2, -1]))
    tensor([-2, -1,  0,  1])
    """
    return _shifted(input, dim, False)


@composed(name="fft_ifftshift", public=False, also="fft", family="fft", dtypes="all", samples=lambda r: [(r(5),), (r(3, 4),), (r(3, 4), 1)])
def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """fft.ifftshift(input, dim=None) -> Tensor

    Undoes `fftshift`.

    >>> import lucet
    >>> lucet.fft.ifftshift(lucet.tensor([-2, -1, 0, 1]))
    tensor([ 0,  1, -2, -1])
    """
    return _shifted(input, dim, True)
