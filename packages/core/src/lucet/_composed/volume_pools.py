"""Pools of volumes, slice by slice and then across the slices, and pools by p-norms. The windows themselves are in _ops/pool.pyx.

A window of a volume is the product of a window of slices and one within a slice, so its maximum is the maximum of maxima, its sum the sum of sums.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._device import channels_last_3d
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, RangeError, ShapeError, error
from lucet._ops.composing import is_recorded, named, recorded
from lucet._ops.create import tensor, zeros_like
from lucet._ops.pool import (
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from lucet._tensor import Tensor

Size = int | Sequence[int]
Triple = tuple[int, int, int]
HALVES = (DTYPES["float16"], DTYPES["bfloat16"])


def triple_of(op: str, name: str, value: Any, least: int = 1) -> Triple:
    """One number, or three, as three; none below `least`."""
    sizes = (value,) if isinstance(value, int) else value
    if not isinstance(sizes, (tuple, list)) or not all(isinstance(size, int) for size in sizes):
        raise TypeError(f"{op}(): argument '{name}' must be tuple of ints, not {type(value).__name__}")
    if len(sizes) not in (1, 3):
        raise error(ShapeError, f"{op}: {name} must either be a single int, or a tuple of three ints, got {tuple(sizes)}")
    if min(sizes) < least:
        told = "pad must be non-negative" if name == "padding" else f"{name} should be greater than zero" if sizes[0] or name != "stride" else "stride should not be zero"
        raise error(ShapeError, f"{op}: {told}, but got {name}={value}")
    if max(sizes) >= 1 << 31:
        raise error(ShapeError, f"{op}: {name} is too large, got {value}")
    one, two, three = sizes if len(sizes) == 3 else (*sizes, *sizes, *sizes)
    return one, two, three


def _after(size: int, kernel: int, stride: int, pad: int, dilation: int, ceil_mode: bool) -> int:
    """How many windows there are along one axis."""
    room = size + 2 * pad - dilation * (kernel - 1) - 1 + (stride - 1 if ceil_mode else 0)
    count = room // stride + 1
    return count - 1 if ceil_mode and (count - 1) * stride >= size + pad else count  # the last one starts inside, or in the left border


def _check(input: Tensor, op: str, *, batch: bool = True) -> None:
    if input.dim() not in (4, 5):
        raise error(ShapeError, f"{op}: Expected 4D or 5D tensor, but got {list(input.shape)}")
    if 0 in input.shape[1 if batch and input.dim() == 5 else 0 if batch else -3 :]:
        raise error(ShapeError, f"{op}: Expected 4D or 5D (batch mode) tensor with optional 0 dim batch size for input, but got: {list(input.shape)}")


class _Windows:
    """Kernel, stride, padding and dilation along three axes, and the sizes of the result."""

    def __init__(self, op: str, input: Tensor, kernel_size: Size, stride: Any, padding: Size, dilation: Size, ceil_mode: bool) -> None:
        self.ceil_mode = bool(ceil_mode)
        self.kernel = triple_of(op, "kernel_size", kernel_size)
        self.stride = self.kernel if stride is None or isinstance(stride, (tuple, list)) and not stride else triple_of(op, "stride", stride)
        self.padding = triple_of(op, "padding", padding, 0)
        self.dilation = triple_of(op, "dilation", dilation)
        for pad, size, by in zip(self.padding, self.kernel, self.dilation, strict=True):
            if 2 * pad > size:
                raise error(ShapeError, f"{op}: pad should be at most half of effective kernel size, but got pad={pad}, kernel_size={size} and dilation={by}")
        axes = zip(input.shape[-3:], self.kernel, self.stride, self.padding, self.dilation, strict=True)
        self.out = tuple(_after(*axis, self.ceil_mode) for axis in axes)
        if min(self.out) < 1:
            told, made = "x".join(map(str, input.shape[-4:])), "x".join(map(str, (input.shape[-4], *self.out)))
            raise error(ShapeError, f"{op}: Given input size: ({told}). Calculated output size: ({made}). Output size is too small")

    def within(self) -> tuple[tuple[int, ...], ...]:
        """Of slices."""
        return tuple(sizes[1:] for sizes in (self.kernel, self.stride, self.padding, self.dilation))

    def across(self) -> tuple[tuple[int, int], ...]:
        """Of columns of slices."""
        return tuple((sizes[0], rest) for sizes, rest in ((self.kernel, 1), (self.stride, 1), (self.padding, 0), (self.dilation, 1)))


def _slices(x: Tensor) -> Tensor:
    """(channels, D, H, W)."""
    return x.reshape(-1, *x.shape[-3:])


def _lies_last(input: Tensor) -> bool:
    return input.dim() == 5 and input.is_contiguous(memory_format=channels_last_3d) and not input.is_contiguous()


def _lying(y: Tensor, input: Tensor) -> Tensor:
    """A result in the memory format of the input."""
    return y.contiguous(memory_format=channels_last_3d) if _lies_last(input) else y


# --- maxima ----------------------------------------------------------------------------------------------------------


def picked_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> list[Tensor | None]:
    """The gradient of a maximum goes to the element that it was; `options` are the op's label and over how many axes places count."""
    (index, input), g = kept, grads[0]
    label, axes = options
    shape = tuple(input.shape)
    lead = shape[: len(shape) - axes]
    at = index.reshape(*lead, math.prod(index.shape[len(lead) :]))
    grad = g.new_zeros((*lead, math.prod(shape[len(lead) :]))).scatter_add(-1, at, g.reshape(at.shape)).reshape(shape)
    if not is_recorded(input):
        return [grad]
    result = grad.detach()
    recorded(label.replace("Backward0", "BackwardBackward0"), _picked_again_rule, (grad, input), (result,), (input,))
    return [result]


def _picked_again_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: Any) -> list[Tensor | None]:
    """The second derivative by the input is zeros, not nothing: which element is largest depends on it."""
    return [grads[0], zeros_like(kept[0]) if wanted[1] else None]


def _maxima(input: Tensor, label: str, pool: Callable[[Tensor, int, bool], Any], with_index: bool, keeps_format: bool) -> tuple[Tensor, Tensor | None]:
    """`pool(x, 0, told)` is the maxima of slices, `pool(x, 1, told)` those of columns of them; `told`: with their places."""
    depth, height, width = input.shape[-3:]
    plain = _slices(input.detach())
    told = with_index or input._is_recorded()
    inner = pool(plain, 0, told)
    places: Any
    slices: Any
    inner, places = inner if told else (inner, None)
    rows, columns = inner.shape[-2:]
    outer = pool(inner.reshape(-1, depth, rows * columns), 1, told)
    outer, slices = outer if told else (outer, None)
    shape = (*input.shape[:-3], outer.shape[-2], rows, columns)
    result = outer.reshape(shape)
    if keeps_format:
        result = _lying(result, input)
    if not told:
        return result, None
    size = rows * columns
    within = places.reshape(-1, depth * size).gather(-1, slices.reshape(slices.shape[0], -1))
    index = slices.reshape(within.shape).div(max(size, 1), rounding_mode="floor") * (height * width) + within
    index = index.reshape(shape)
    if keeps_format:
        index = _lying(index, input)
    recorded(label, picked_rule, (input,), (result,), (index, input), (label, 3))
    return result, index


def _check_kind(input: Tensor, op: str, least: str = "") -> None:
    if input.is_complex() or input.dtype == DTYPES["bool"] or least and not input.is_floating_point() and str(input.dtype)[6:] != least:
        raise error(DtypeError, f'"{op}" not implemented for {str(input.dtype)[6:]}', fix="input.float()")


def _max_pool3d(op: str, input: Tensor, kernel_size: Size, stride: Any, padding: Size, dilation: Size, ceil_mode: bool, with_index: bool) -> Any:
    _check(input, op)
    _check_kind(input, op)
    at = _Windows(op, input, kernel_size, stride, padding, dilation, ceil_mode)

    def pool(x: Tensor, step: int, told: bool) -> Any:
        kernel, by, pad, spread = at.across() if step else at.within()
        return max_pool2d(x, kernel, by, pad, spread, at.ceil_mode, told)

    return _maxima(input, "MaxPool3DWithIndicesBackward0", pool, with_index, True)


@composed(
    also="nn.functional", family="pool", dtypes="no bool, no complex",
    samples=lambda r: [(r(2, 2, 4, 5, 4), 2), (r(2, 4, 3, 5), (2, 1, 3), 1, (1, 0, 1)), (r(1, 1, 5, 5, 5), 2, 2, 0, 2, True)],
)  # fmt: skip
def max_pool3d(
    input: Tensor, kernel_size: Size, stride: Any = None, padding: Size = 0, dilation: Size = 1, ceil_mode: bool = False, return_indices: bool = False
) -> Any:
    """max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> Tensor

    The largest element of each window of volumes (N, C, D, H, W) or (C, D, H, W); see `max_pool2d`.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_pool3d(lucet.arange(8.).view(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    y, index = _max_pool3d("max_pool3d", input, kernel_size, stride, padding, dilation, ceil_mode, bool(return_indices))
    return (y, index) if return_indices else y


@composed(
    public=False, also="nn.functional", family="pool", dtypes="no bool, no complex",
    samples=lambda r: [(r(2, 2, 4, 5, 4), 2), (r(2, 4, 3, 5), (2, 1, 3), 1, (1, 0, 1))],
)  # fmt: skip
def max_pool3d_with_indices(
    input: Tensor, kernel_size: Size, stride: Any = None, padding: Size = 0, dilation: Size = 1, ceil_mode: bool = False, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """max_pool3d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> (Tensor, Tensor)

    `max_pool3d` that always returns the positions of the maxima in their volumes too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.max_pool3d_with_indices(lucet.arange(8.).view(1, 2, 2, 2), 2)[1]
    tensor([[[[7]]]])
    """
    return _max_pool3d("max_pool3d", input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]


@composed(
    also="nn.functional", family="pool", dtypes="no bool, no complex", samples=lambda r: [(r(2, 3, 6), 2), (r(3, 5), 3, 2, 1)],
)  # fmt: skip
def max_pool1d_with_indices(
    input: Tensor, kernel_size: Size, stride: Any = None, padding: Size = 0, dilation: Size = 1, ceil_mode: bool = False, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """max_pool1d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False) -> (Tensor, Tensor)

    `max_pool1d` that always returns the positions of the maxima too.

    >>> import lucet
    >>> lucet.max_pool1d_with_indices(lucet.tensor([[1., 2., 3., 0.]]), 2)[1]
    tensor([[1, 2]])
    """
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, True)  # type: ignore[no-any-return]


def _wished(op: str, input: Tensor, output_size: Any) -> Triple:
    sizes = (output_size,) * 3 if isinstance(output_size, int) or output_size is None else tuple(output_size)
    if len(sizes) == 1:
        sizes = sizes * 3
    if len(sizes) != 3:
        raise error(ShapeError, f"{op}: output_size must be 3, got {sizes}")
    depth, height, width = (old if new is None else new for new, old in zip(sizes, input.shape[-3:], strict=True))
    if min(depth, height, width) < 0:
        raise error(ShapeError, f"{op}: elements of output_size must be greater than or equal to 0, got {sizes}")
    return depth, height, width


def _adaptive_max(op: str, input: Tensor, output_size: Any, with_index: bool) -> Any:
    if isinstance(output_size, (tuple, list)) and input.dim() <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}, got {input.dim()}")
    _check(input, op, batch=input.dim() == 5)
    if not input.is_floating_point():
        _check_kind(input, op, "float")
    depth, height, width = _wished(op, input, output_size)

    def pool(x: Tensor, step: int, told: bool) -> Any:
        return adaptive_max_pool2d(x, (depth, height * width) if step else (height, width), told)

    return _maxima(input, "AdaptiveMaxPool3DBackward0", pool, with_index, False)


@composed(public=False, also="nn.functional", family="pool", samples=lambda r: [(r(2, 2, 4, 5, 4), (2, 3, 2)), (r(2, 4, 3, 5), 2)])
def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """adaptive_max_pool3d(input, output_size, return_indices=False) -> Tensor

    Maxima over windows of volumes chosen so that the output has `output_size`; see `adaptive_max_pool2d`.

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_max_pool3d(lucet.arange(8.).view(1, 2, 2, 2), 1)
    tensor([[[[7.]]]])
    """
    y, index = _adaptive_max("adaptive_max_pool3d", input, output_size, bool(return_indices))
    return (y, index) if return_indices else y


@composed(public=False, also="nn.functional", family="pool", samples=lambda r: [(r(2, 2, 4, 5, 4), (2, 3, 2)), (r(2, 4, 3, 5), 2)])
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> tuple[Tensor, Tensor]:
    """adaptive_max_pool3d_with_indices(input, output_size, return_indices=False) -> (Tensor, Tensor)

    `adaptive_max_pool3d` that always returns the positions too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_max_pool3d_with_indices(lucet.arange(8.).view(1, 2, 2, 2), 1)[1]
    tensor([[[[7]]]])
    """
    return _adaptive_max("adaptive_max_pool3d", input, output_size, True)  # type: ignore[no-any-return]


@composed(public=False, also="nn.functional", family="pool", samples=lambda r: [(r(2, 3, 6), 4)])
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> tuple[Tensor, Tensor]:
    """adaptive_max_pool1d_with_indices(input, output_size, return_indices=False) -> (Tensor, Tensor)

    `adaptive_max_pool1d` that always returns the positions too.

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_max_pool1d_with_indices(lucet.tensor([[1., 2., 3., 5.]]), 2)[1]
    tensor([[1, 3]])
    """
    return adaptive_max_pool1d(input, output_size, True)  # type: ignore[no-any-return]


# --- means -----------------------------------------------------------------------------------------------------------


def _counts(at: _Windows, input: Tensor, padded: bool) -> Tensor | int:
    """How many elements each window has; one number where all have as many."""
    axes = []
    for size, kernel, stride, pad, out in zip(input.shape[-3:], at.kernel, at.stride, at.padding, at.out, strict=True):
        starts = [i * stride - pad for i in range(out)]
        ends = [min(start + kernel, size + pad) for start in starts]
        axes.append([end - start if padded else min(end, size) - max(start, 0) for start, end in zip(starts, ends, strict=True)])
    if all(min(axis) == max(axis) for axis in axes):
        return math.prod(axis[0] for axis in axes)
    depth, height, width = (tensor(axis, device=input.device) for axis in axes)
    return depth.view(-1, 1, 1) * height.view(-1, 1) * width


@composed(
    public=False, also="nn.functional", family="pool", dtypes="floats and int64",
    samples=lambda r: [(r(2, 2, 4, 5, 4), 2), (r(2, 4, 3, 5), (2, 1, 3), 1, (1, 0, 1), False, False), (r(1, 1, 5, 5, 5), 2, 2, 0, True, True, 3)],
)  # fmt: skip
def avg_pool3d(
    input: Tensor,
    kernel_size: Size,
    stride: Any = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """avg_pool3d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None, *, out=None) -> Tensor

    The mean of each window of volumes (N, C, D, H, W) or (C, D, H, W); see `avg_pool2d`.

    >>> import lucet, lucet.nn.functional as F
    >>> F.avg_pool3d(lucet.arange(8.).view(1, 2, 2, 2), 2)
    tensor([[[[3.5000]]]])
    """
    _check(input, "avg_pool3d")
    _check_kind(input, "avg_pool3d", "int64")
    at = _Windows("avg_pool3d", input, kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    share = _counts(at, input, bool(count_include_pad)) if divisor_override is None else divisor_override
    x = input.float() if input.dtype in HALVES else input
    sums = _slices(x)
    for sizes, shape in ((at.within(), (-1, *sums.shape[1:])), (at.across(), (-1, input.shape[-3], at.out[1] * at.out[2]))):
        kernel, by, pad, _ = sizes
        if kernel != (1, 1) or by != (1, 1):  # windows of one element are their sums
            sums = avg_pool2d(sums.reshape(shape), kernel, by, pad, at.ceil_mode, True, 1)
    sums = sums.reshape(*input.shape[:-3], *at.out)
    means = sums / share if input.is_floating_point() else sums.div(share, rounding_mode="trunc")
    return named(means.to(input.dtype), "AvgPool3DBackward0")


@composed(
    public=False, also="nn.functional", family="pool",
    samples=lambda r: [(r(2, 2, 4, 5, 4), (2, 3, 2)), (r(2, 4, 3, 5), 2), (r(1, 2, 3, 3, 3), (None, 5, 1))],
)  # fmt: skip
def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """adaptive_avg_pool3d(input, output_size) -> Tensor

    Means over windows of volumes chosen so that the output has `output_size`; see `adaptive_avg_pool2d`.

    >>> import lucet, lucet.nn.functional as F
    >>> F.adaptive_avg_pool3d(lucet.arange(8.).view(1, 2, 2, 2), 1)
    tensor([[[[3.5000]]]])
    """
    op = "adaptive_avg_pool3d"
    if isinstance(output_size, (tuple, list)) and input.dim() <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}, got {input.dim()}")
    if input.dim() not in (4, 5):
        raise error(ShapeError, f"{op}(): Expected 4D or 5D tensor, but got {list(input.shape)}")
    if 0 in input.shape[-3:]:
        raise error(ShapeError, f"{op}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {list(input.shape)}")
    if not input.is_floating_point():
        raise error(DtypeError, f'"{op}" not implemented for {str(input.dtype)[6:]}', fix="input.float()")
    depth, height, width = _wished(op, input, output_size)
    if depth == height == width == 1:
        means = input.mean((-1, -2, -3), True)
        c = input.shape[1]
        return means.as_strided(means.shape, (c, 1, c, c, c)) if _lies_last(input) else means
    x = input.float() if input.dtype in HALVES else input
    means = adaptive_avg_pool2d(_slices(x), (height, width)).reshape(-1, input.shape[-3], height * width)
    means = adaptive_avg_pool2d(means, (depth, height * width)).reshape(*input.shape[:-3], depth, height, width)
    return named(means.to(input.dtype), "AdaptiveAvgPool3DBackward0")


# --- p-norms ---------------------------------------------------------------------------------------------------------


def _norms(input: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool, elements: int, maximum: Any, average: Any) -> Tensor:
    if norm_type == 0:
        raise error(RangeError, "lp_pool: norm_type is 0, of which there is no root", fix="norm_type=2.0")
    if norm_type == math.inf:
        return maximum(input.abs(), kernel_size, stride, 0, 1, ceil_mode)  # type: ignore[no-any-return]
    if norm_type == -math.inf:
        return -maximum(-input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    means = average(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return (means.sign() * means.abs().relu() * elements).pow(1.0 / norm_type)  # the gradient is 0 where the sum is


def _elements(kernel_size: Any, axes: int) -> int:
    if not isinstance(kernel_size, (int, tuple, list)) or kernel_size == []:
        raise TypeError(f"lp_pool{axes}d(): argument 'kernel_size' must be tuple of ints, not {type(kernel_size).__name__}")
    return kernel_size**axes if isinstance(kernel_size, int) else math.prod(kernel_size) if len(kernel_size) == axes else kernel_size[0] ** axes


@composed(public=False, also="nn.functional", family="pool", samples=lambda r: [(r(2, 3, 6).abs() + 0.1, 2.0, 2), (r(3, 6).abs() + 0.1, 3, 3, 2)])
def lp_pool1d(input: Tensor, norm_type: int | float, kernel_size: Size, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False) -> Tensor

    The p-norm of each window of (N, C, L) or (C, L); infinity gives the largest magnitude.

    >>> import lucet, lucet.nn.functional as F
    >>> F.lp_pool1d(lucet.tensor([[3., 4.]]), 2, 2)
    tensor([[5.]])
    """
    return _norms(input, norm_type, kernel_size, stride, ceil_mode, _elements(kernel_size, 1), max_pool1d, avg_pool1d)


@composed(public=False, also="nn.functional", family="pool", samples=lambda r: [(r(2, 3, 6, 5).abs() + 0.1, 2.0, 2), (r(3, 6, 5).abs() + 0.1, 3, (3, 2), 2)])
def lp_pool2d(input: Tensor, norm_type: int | float, kernel_size: Size, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False) -> Tensor

    The p-norm of each window of (N, C, H, W) or (C, H, W); infinity gives the largest magnitude.

    >>> import lucet, lucet.nn.functional as F
    >>> F.lp_pool2d(lucet.tensor([[[3., 4.]]]), 2, (1, 2))
    tensor([[[5.]]])
    """
    return _norms(input, norm_type, kernel_size, stride, ceil_mode, _elements(kernel_size, 2), max_pool2d, avg_pool2d)


@composed(public=False, also="nn.functional", family="pool", samples=lambda r: [(r(1, 2, 4, 3, 4).abs() + 0.1, 2.0, 2), (r(2, 3, 3, 4).abs() + 0.1, 3, (1, 3, 2), 1)])
def lp_pool3d(input: Tensor, norm_type: int | float, kernel_size: Size, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False) -> Tensor

    The p-norm of each window of (N, C, D, H, W) or (C, D, H, W); infinity gives the largest magnitude.

    >>> import lucet, lucet.nn.functional as F
    >>> F.lp_pool3d(lucet.tensor([[[[3., 4.]]]]), 2, (1, 1, 2))
    tensor([[[[5.]]]])
    """
    return _norms(input, norm_type, kernel_size, stride, ceil_mode, _elements(kernel_size, 3), max_pool3d, avg_pool3d)


