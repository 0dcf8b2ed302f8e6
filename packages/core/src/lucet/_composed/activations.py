"""Activations that are sums of other ops, `prelu` and `rrelu`. The others are in _ops/pointwise_functions.pxi and _activations.pxi."""

from typing import Any

from lucet import _modes
from lucet._composed._define import composed
from lucet._composed._matrices import HALVES
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, RangeError, ShapeError, error
from lucet._modes import is_grad_enabled
from lucet._ops.composing import check_written, is_recorded, named, recorded
from lucet._ops.create import empty, ones, tensor
from lucet._ops.pointwise import leaky_relu, prelu_of
from lucet._ops.random import Generator
from lucet._registry import Samples
from lucet._tensor import Tensor


@composed(
    also="nn.functional", method=True, family="activations", formula="where(input > 0, input, weight * input)",
    samples=lambda r: [(r(3, 4), r(1)), (r(2, 4), r(4)), (r(2, 1, 2), r(1)), (r(0, 2), r(2)), (r(), r())],
)  # fmt: skip
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """prelu(input, weight) -> Tensor

    The input above 0, `weight` times it below; `weight` is one number or one for each channel, the second dimension.

    >>> import lucet
    >>> lucet.prelu(lucet.tensor([-2., 3.]), lucet.tensor([0.25]))
    tensor([-0.5000,  3.0000])
    """
    if not input.is_floating_point():
        raise error(DtypeError, f"prelu: not implemented for {str(input.dtype)[6:]}", fix="input.float()")
    if weight.dtype is not input.dtype:
        raise error(DtypeError, f"prelu: Type promoting not supported. Got {str(input.dtype)[6:]} and {str(weight.dtype)[6:]}", fix="weight.to(input.dtype)")
    if weight.dim() > 1:
        raise error(ShapeError, f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.dim()}")
    if weight.numel() != 1:
        if input.dim() == 0:
            raise error(ShapeError, "prelu: Not allow zero-dim input tensor.")
        channels = input.shape[1] if input.dim() > 1 else 1
        if channels != weight.numel():
            raise error(
                ShapeError, f"prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.numel()} and channel size = {channels}."
            )
    lined = weight.reshape([1] * input.dim() if weight.numel() == 1 else [1, -1] + [1] * (input.dim() - 2))
    return prelu_of(input, lined)

@composed(also="nn.functional", public=False, family="activations", formula="input - tanh(input)", samples=lambda r: [(r(3, 4),), (r(),), (r(0, 2),)])
def tanhshrink(input: Tensor) -> Tensor:
    """tanhshrink(input) -> Tensor

    input - tanh(input), elementwise.

    >>> import lucet.nn.functional as F, lucet
    >>> F.tanhshrink(lucet.tensor([0., 1.]))
    tensor([0.0000, 0.2384])
    """
    return input - input.tanh()


@composed(also="nn.functional", public=False, family="activations", formula="input / (1 + abs(input))", samples=lambda r: [(r(3, 4),), (r(),), (r(0, 2),)])
def softsign(input: Tensor) -> Tensor:
    """softsign(input) -> Tensor

    input / (1 + |input|), elementwise.

    >>> import lucet.nn.functional as F, lucet
    >>> F.softsign(lucet.tensor([-1., 3.]))
    tensor([-0.5000,  0.7500])
    """
    return input / (input.abs() + 1)


@composed(
    also="nn.functional", public=False, family="activations", samples=lambda r: [(r(3, 4),), (r(4, 3), 0), (r(2, 6, 2), -2), (r(0, 2),)],
    formula="split(input, 2, dim)[0] / (1 + exp(-split(input, 2, dim)[1]))",
)  # fmt: skip
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """glu(input, dim=-1) -> Tensor

    The first half along `dim` times the sigmoid of the second, a gate. RuntimeError for an odd size.
    Source: Dauphin et al., Language modeling with gated convolutional networks, 2017, equation 1.

    >>> import lucet.nn.functional as F, lucet
    >>> F.glu(lucet.tensor([1., 2., 0., 0.]))
    tensor([0.5000, 1.0000])
    """
    if input.dim() == 0:
        raise error(ShapeError, "glu does not support scalars because halving size must be even")
    if not input.is_floating_point():
        raise error(DtypeError, f"glu: not implemented for {str(input.dtype)[6:]}", fix="input.float()")
    size = input.size(dim)
    if size % 2:
        raise error(ShapeError, f"Halving dimension must be even, but dimension {dim % input.dim()} is size {size}", facts=[f"input {tuple(input.shape)}"])
    wide = input.float() if input.dtype in HALVES else input  # rounded once, at the end
    value, gate = (wide.narrow(dim, start, size // 2) for start in (0, size // 2))
    return named((value * gate.sigmoid()).to(input.dtype), "GluBackward0")


# --- rrelu: slopes that are drawn -------------------------------------------------------------------------------------


def _drawn_slopes(input: Tensor, lower: float, upper: float, generator: Generator | None) -> tuple[Tensor, Tensor]:
    """The result and the slope of each element: 1 above 0; elsewhere a number from `lower` to `upper`, drawn in the order of elements."""
    before = is_grad_enabled()
    _modes._set_grad_enabled(False)
    try:
        x = input.detach().contiguous()
        if x.is_meta:
            return x, x
        low = x <= 0
        drawn = empty(int(low.sum()), dtype=DTYPES["float64"]).uniform_(0, 1, generator=generator)
        kind = DTYPES["float32" if x.dtype in HALVES else str(x.dtype)[6:]]  # what is computed in, which rounds the limits too
        lower, upper = tensor([lower, upper], dtype=kind).tolist()
        drawn.mul_(upper - lower).add_(lower)  # rounded twice, as torch's
        slopes = ones(x.shape, dtype=kind).masked_scatter_(low, drawn.to(kind))
        return (x.to(kind) * slopes).to(x.dtype), slopes.to(x.dtype)
    finally:
        _modes._set_grad_enabled(before)


def _slopes_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> list[Tensor | None]:
    slopes = kept[0]
    if len(kept) > 1 and is_recorded(kept[1]):
        slopes = slopes + kept[1].masked_fill(tensor(True), 0)  # the second derivative by the input: 0 everywhere, as torch's
    return [grads[0] * slopes]


def _rrelu(input: Tensor, lower: float, upper: float, training: bool, generator: Generator | None, inplace: bool = False) -> Tensor:
    if not lower <= upper:
        raise error(RangeError, f"Lower bound should be less than or equal to the upper bound, got {lower:g} and {upper:g}")
    if not input.is_floating_point():
        raise error(DtypeError, f"rrelu: not implemented for {str(input.dtype)[6:]}", fix="input.float()")
    if inplace:
        check_written(input, "rrelu_")
    if training:
        result, slopes = _drawn_slopes(input, lower, upper, generator)
        recorded("RreluWithNoiseBackward0", _slopes_rule, (input,), (result,), (slopes,) if inplace else (slopes, input))
        return input.copy_(result) if inplace else result
    result = leaky_relu(input, (lower + upper) / 2, inplace)
    return named(result, "RreluWithNoiseBackward0") if is_recorded(input) else result


def _rrelu_(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Generator | None = None) -> Tensor:
    return _rrelu(input, lower, upper, training, generator, True)


_RRELU_SAMPLES: Samples = lambda r: [(r(3, 4),), (r(3, 4), 0.1, 0.2, True), (r(), 0.1, 0.4, True), (r(0, 2), 0.1, 0.4, True)]


@composed(family="random", inplace=_rrelu_, samples=_RRELU_SAMPLES)
def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Generator | None = None) -> Tensor:
    """rrelu(input, lower=1/8, upper=1/3, training=False, generator=None) -> Tensor

    input above 0, elsewhere input times a slope: the middle of `lower` and `upper`, or while training a number between them that is
    drawn for each element. RuntimeError where `lower` is above `upper`.
    Source: Xu et al., Empirical evaluation of rectified activations in convolutional network, 2015.

    >>> import lucet
    >>> lucet.rrelu(lucet.tensor([-2., 3.]), 0.2, 0.3)
    tensor([-0.5000,  3.0000])
    """
    return _rrelu(input, lower, upper, training, generator)


@composed(name="rrelu", key="nn.functional.rrelu", also="nn.functional", public=False, family="random", inplace=_rrelu_, samples=_RRELU_SAMPLES)
def _functional_rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False) -> Tensor:
    """rrelu(input, lower=1/8, upper=1/3, training=False, inplace=False) -> Tensor

    As `lucet.rrelu`; written into `input` with `inplace`.

    >>> import lucet.nn.functional as F, lucet
    >>> F.rrelu(lucet.tensor([-2., 3.]), 0.2, 0.3)
    tensor([-0.5000,  3.0000])
    """
    return _rrelu(input, lower, upper, training, None, inplace)
