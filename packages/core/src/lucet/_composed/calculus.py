"""Differences, slopes and integrals of sampled functions: sums of other ops."""

from collections.abc import Sequence
from typing import Any

from lucet import _ops
from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._registry import alias
from lucet._tensor import Tensor

_BOOL = DTYPES["bool"]


def _dim_in(name: str, dim: int, ndim: int) -> int:
    """`dim` counted from the front."""
    room = max(ndim, 1)
    if not -room <= dim < room:
        raise IndexError(
            f"{name}: Dimension out of range (expected to be in range of [{-room}, {room - 1}], but got {dim})"
        )
    return dim % room


@composed(
    method=True,
    casts=True,
    family="composed",
    dtypes="all",
    samples=lambda r: [(r(3, 4),), (r(3, 4), 2, 0), (r(3, 4), 1, 1, r(3, 1), r(3, 2)), (r(5), 3, {"append": r(2)}), (r(3), 9)],
)
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None, *, out: Tensor | None = None
) -> Tensor:
    """diff(input, n=1, dim=-1, prepend=None, append=None, *, out=None) -> Tensor

    The n-th differences of neighbours along `dim`, whose length shrinks by n; of bools, whether they differ. What is in `prepend` and
    `append` is put before and behind first. ShapeError for no dimension, RuntimeError for a negative n.

    >>> import lucet
    >>> lucet.diff(lucet.tensor([1, 4, 9]))
    tensor([3, 5])
    """
    ndim = input.dim()
    if ndim == 0:
        raise error(ShapeError, "diff expects input to be at least one-dimensional")
    d = _dim_in("diff", dim, ndim)
    if n < 0:
        raise RuntimeError(f"diff: order must be non-negative but got {n}")
    x = input
    if n and (prepend is not None or append is not None):
        for other in (prepend, append):
            if other is None:
                continue
            if other.dim() != ndim:
                raise error(ShapeError, "diff expects prepend or append to be the same dimension as input")
            if any(other.shape[k] != input.shape[k] for k in range(ndim) if k != d):
                raise error(
                    ShapeError,
                    "diff expects the shape of tensor to prepend or append to match that of input except along the "
                    "differencing dimension",
                    facts=[f"input {tuple(input.shape)}, other {tuple(other.shape)}, dim {d}"],
                )
        x = _ops.cat([part for part in (prepend, input, append) if part is not None], d)
    size = x.shape[d]
    if n == 0 or size == 0:
        return x.clone()
    for left in range(size - 1, size - 1 - min(n, size), -1):
        if x.dtype == _BOOL:
            x = x.narrow(d, 1, left).logical_xor(x.narrow(d, 0, left))
        else:
            x = x.narrow(d, 1, left) - x.narrow(d, 0, left)
    return x


# gradient -------------------------------------------------------------------------------------------------------------


def _dims_and_spacing(x: Tensor, spacing: Any, dim: Any, edge_order: int) -> tuple[list[int], list[Any]]:
    """The dimensions to go along, and for each the distance of its samples or their places."""
    ndim = x.dim()
    if x.dtype == DTYPES["uint8"]:
        raise error(DtypeError, "torch.gradient does not support uint8 input.")
    listed = isinstance(spacing, (list, tuple)) or isinstance(spacing, Tensor)
    if dim is None:
        dims = list(range(ndim))
        if listed and len(spacing) != ndim:
            raise RuntimeError(
                "gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
                f"{ndim}', since dim argument was not given, but got a list of length {len(spacing)}"
            )
    else:
        given = list(dim) if isinstance(dim, (list, tuple)) else [dim]
        dims = [_dim_in("gradient", d, ndim) for d in given]
        if len(set(dims)) != len(dims):
            raise RuntimeError("gradient: a dim appears multiple times in the list of dims")
        if listed and len(spacing) != len(dims):
            raise RuntimeError(
                "gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same "
                f"length, but got a spacing argument of length {len(spacing)} and a dim argument of length {len(dims)}."
            )
    if edge_order not in (1, 2):
        raise RuntimeError("gradient only supports edge_order=1 and edge_order=2.")
    for d in dims:
        if (x.shape[d] if ndim else 1) < edge_order + 1:
            raise RuntimeError("gradient expected each dimension size to be at least edge_order+1")
    steps = list(spacing) if listed else [1 if spacing is None else spacing] * len(dims)
    for d, step in zip(dims, steps, strict=True):
        if isinstance(step, Tensor) and not (
            isinstance(spacing, Tensor) or step.dim() == 1 and len(step) == x.shape[d]
        ):
            raise RuntimeError(
                f"gradient expected each element of spacing to have one dimension and as many entries as the input has along it, "
                f"but got {tuple(step.shape)} for dimension {d} of {tuple(x.shape)}"
            )
    return dims, steps


def _evenly(x: Tensor, d: int, step: Any, edge_order: int) -> Tensor:
    def at(k: int) -> Tensor:
        return x.narrow(d, k, 1)

    n = x.shape[d]
    middle = (x.narrow(d, 2, n - 2) - x.narrow(d, 0, n - 2)) / (2 * step) if n > 2 else None
    if edge_order == 1:
        first, last = (at(1) - at(0)) / step, (at(n - 1) - at(n - 2)) / step
    else:
        first = (at(0) * -1.5 + at(1) * 2 - at(2) * 0.5) / step
        last = (at(n - 3) * 0.5 - at(n - 2) * 2 + at(n - 1) * 1.5) / step
    return _ops.cat([first, last] if middle is None else [first, middle, last], d)


def _unevenly(x: Tensor, d: int, places: Tensor, edge_order: int) -> Tensor:
    def at(k: int) -> Tensor:
        return x.narrow(d, k, 1)

    n = x.shape[d]
    shape = [1] * x.dim()
    shape[d] = -1
    h = places.diff()
    parts = []
    if n > 2:
        h1, h2 = h.narrow(0, 0, n - 2), h.narrow(0, 1, n - 2)
        a = (-h2 / (h1 * (h1 + h2))).reshape(shape)
        b = ((h2 - h1) / (h1 * h2)).reshape(shape)
        c = (h1 / (h2 * (h1 + h2))).reshape(shape)
        parts = [a * x.narrow(d, 0, n - 2) + b * x.narrow(d, 1, n - 2) + c * x.narrow(d, 2, n - 2)]
    if edge_order == 1:
        first, last = (at(1) - at(0)) / h[0], (at(n - 1) - at(n - 2)) / h[-1]
    else:
        p, q = h[0], h[1]
        first = -(2 * p + q) / (p * (p + q)) * at(0) + (p + q) / (p * q) * at(1) - p / (q * (p + q)) * at(2)
        p, q = h[-1], h[-2]
        last = p / (q * (p + q)) * at(n - 3) - (p + q) / (p * q) * at(n - 2) + (2 * p + q) / (p * (p + q)) * at(n - 1)
    return _ops.cat([first, *parts, last], d)


@composed(
    family="composed",
    dtypes="all",
    samples=lambda r: [
        (r(3, 4),),
        (r(5), {"spacing": 0.5, "edge_order": 2}),
        (r(3, 4), {"spacing": [2.0, 0.5]}),
        (r(4, 5), {"spacing": [r(4).sort()[0], r(5).sort()[0]], "edge_order": 2}),
        (r(4, 5), {"spacing": [r(5).sort()[0]], "dim": 1}),
        (r(2, 3), {"dim": (-1,)}),
    ],
)
def gradient(input: Tensor, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """gradient(input, *, spacing=None, dim=None, edge_order=1) -> tuple of Tensors

    The slopes of a function sampled in `input` along each dimension of `dim` (all, if None): central differences, at the borders those
    of one side, of first or second order. `spacing` is the distance of neighbours (1), a list of one a dimension, or a list of vectors
    of their places. RuntimeError for fewer than edge_order + 1 samples, DtypeError for uint8.

    >>> import lucet
    >>> lucet.gradient(lucet.tensor([1., 4., 9.]))
    (tensor([3., 4., 5.]),)
    """
    dims, steps = _dims_and_spacing(input, spacing, dim, edge_order)
    found = []
    for d, step in zip(dims, steps, strict=True):
        uneven = isinstance(step, Tensor) and not isinstance(spacing, Tensor)
        found.append((_unevenly if uneven else _evenly)(input, d, step, edge_order))
    return tuple(found)


# trapezoid ------------------------------------------------------------------------------------------------------------


def _steps_of(name: str, y: Tensor, x: Tensor, d: int) -> Tensor:
    """The distances of neighbours in `x`, fit to broadcast against `y`."""
    if _BOOL in (x.dtype, y.dtype):
        raise error(DtypeError, f"{name}: received a bool input for `x` or `y`, but bool is not supported")
    if x.dim() == 1:
        if x.shape[0] != y.shape[d]:
            raise error(ShapeError, f"{name}: There must be one `x` value for each sample point")
        shape = [1] * y.dim()
        shape[d] = -1
        x = x.view(shape)
    elif x.dim() < y.dim():
        x = x.reshape([1] * (y.dim() - x.dim()) + list(x.shape))
    n = x.shape[d]
    return x.narrow(d, 1, n - 1) - x.narrow(d, 0, n - 1) if n else x


def _checked_step(name: str, y: Tensor, dx: Any) -> Any:
    if y.dtype == _BOOL:
        raise error(DtypeError, f"{name}: received a bool input for `y`, but bool is not supported")
    if isinstance(dx, (complex, bool)):
        raise RuntimeError(f"{name}: Currently, we only support dx as a real number.")
    return 1 if dx is None else dx


def _neighbours(y: Tensor, d: int) -> Tensor:
    """Sums of neighbours."""
    fewer = max(y.shape[d] - 1, 0)
    return y.narrow(d, 0, fewer) + y.narrow(d, y.shape[d] - fewer, fewer)


def _sampled(r: Any) -> Sequence[Any]:
    return [
        (r(3, 4),),
        (r(3, 4), r(4)),
        (r(3, 4), r(3, 4), {"dim": 0}),
        (r(2, 3, 4), {"dx": 0.5, "dim": 1}),
        (r(5), {"dx": 2}),
    ]


@composed(family="composed", dtypes="no bool", samples=_sampled)
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """trapezoid(y, x=None, *, dx=None, dim=-1) -> Tensor

    The integral along `dim` by the trapezoidal rule, of samples `y` at places `x`, or `dx` (1) apart. Nothing integrates to 0.
    DtypeError for bool.

    >>> import lucet
    >>> lucet.trapezoid(lucet.tensor([1., 5., 10.]), lucet.tensor([0., 1., 3.]))
    tensor(18.)
    """
    d = _dim_in("trapezoid", dim, y.dim())
    if x is not None and dx is not None:
        raise TypeError("trapezoid() takes x or dx, not both")
    if y.dim() and y.shape[d] == 0:
        return _ops.zeros([s for k, s in enumerate(y.shape) if k != d], dtype=y.dtype, device=y.device)
    if x is not None:
        return (_neighbours(y, d) * _steps_of("trapezoid", y, x, d)).sum(d) / 2
    step = _checked_step("trapezoid", y, dx)
    return (y.sum(d) - (y.select(d, 0) + y.select(d, -1)) * 0.5) * step


@composed(family="composed", dtypes="no bool", samples=_sampled)
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """cumulative_trapezoid(y, x=None, *, dx=None, dim=-1) -> Tensor

    Running integrals along `dim` by the trapezoidal rule, one fewer than there are samples. DtypeError for bool.

    >>> import lucet
    >>> lucet.cumulative_trapezoid(lucet.tensor([1., 5., 10.]))
    tensor([ 3.0000, 10.5000])
    """
    d = _dim_in("cumulative_trapezoid", dim, y.dim())
    if x is not None and dx is not None:
        raise TypeError("cumulative_trapezoid() takes x or dx, not both")
    if x is not None:
        return (_steps_of("cumulative_trapezoid", y, x, d) * _neighbours(y, d)).cumsum(d) / 2
    step = _checked_step("cumulative_trapezoid", y, dx)
    return (_neighbours(y, d) * (step / 2)).cumsum(d)


alias("trapz", "trapezoid", method=False)
