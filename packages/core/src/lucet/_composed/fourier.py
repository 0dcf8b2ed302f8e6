"""Discrete Fourier transforms: the public ops. The three functions that compute, their arguments and gradients are in _ops/fourier.pyx."""

from collections.abc import Callable
from typing import Any

from lucet._composed._define import composed
from lucet._dtype import dtype as dtype_type
from lucet._dtype import get_default_dtype
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.create import arange
from lucet._ops.fourier import complex_to_complex, complex_to_real, real_to_complex
from lucet._ops.join import roll
from lucet._tensor import Tensor

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
    become the default floating type.

    >>> import lucet
    >>> lucet.fft.{name}(lucet.ones({"4" if kinds == "one" else "4, 4"})).dtype
    lucet.{result}
    """
    return composed(public=False, also="fft", family="fft", samples=_samples(kinds))(body)


def _one(transform: Callable[..., Tensor], *more: Any) -> Any:
    def body(input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None) -> Tensor:
        if n == -1:  # which among the sizes of several dimensions says: as it is
            raise error(ShapeError, "Invalid number of data points (-1) specified")
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
    one, many = ((*more, stem), (*more, f"{stem}n")) if transform is not complex_to_complex else (more, more)  # whom errors name
    return (
        _public(stem, _one(transform, *one), doc, result, "one"),
        _public(f"{stem}2", _two(transform, *many), several, result, "two"),
        _public(f"{stem}n", _all(transform, *many), every, result, "all"),
    )


C64, F32 = "complex64", "float32"
fft, fft2, fftn = _family("fft", complex_to_complex, "The discrete Fourier transform along `dim`, of the given size.", C64, False)
ifft, ifft2, ifftn = _family("ifft", complex_to_complex, "The inverse discrete Fourier transform along `dim`, of the given size.", C64, True)
rfft, rfft2, rfftn = _family("rfft", real_to_complex, "The first half of the discrete Fourier transform of real numbers along `dim` (the last of them).", C64, False)
irfft, irfft2, irfftn = _family("irfft", complex_to_real, "The real numbers whose transform along `dim` begins with the given half (the last of them).", F32, True)
hfft, hfft2, hfftn = _family("hfft", complex_to_real, "The real transform along `dim` of numbers that are the conjugates of the other half (the last of them).", F32, False)
ihfft, ihfft2, ihfftn = _family("ihfft", real_to_complex, "The first half along `dim` (the last of them) of the inverse transform of real numbers.", C64, True)


def _frequencies(values: Tensor, n: int, d: float, dtype: dtype_type | None, requires_grad: bool) -> Tensor:
    if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
        raise error(DtypeError, f"fftfreq requires a floating point or complex dtype, got {str(dtype)[6:]}")
    found = values.to(get_default_dtype() if dtype is None else dtype)
    found = found * (1.0 / (n * d)) if n * d else found / 0.0
    return found.requires_grad_() if requires_grad else found


@composed(name="fft_fftfreq", casts=True, public=False, also="fft", family="fft", grad="no", samples=lambda r: [(5,), (4, 0.5), (1,)])
def fftfreq(n: int, d: float = 1.0, *, out: Tensor | None = None, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """fft.fftfreq(n, d=1.0, *, out=None, dtype=None, layout=lucet.strided, device=None, pin_memory=False, requires_grad=False) -> Tensor

    The frequencies of the elements of a transform of `n` samples, `d` apart: 0, 1, .., -2, -1, divided by n d.

    >>> import lucet
    >>> lucet.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    k = arange(n, device=device)
    return _frequencies((k + n // 2) % n - n // 2 if n else k, n, d, dtype, requires_grad)


@composed(name="fft_rfftfreq", casts=True, public=False, also="fft", family="fft", grad="no", samples=lambda r: [(5,), (4, 0.5), (1,)])
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
