"""Activations written in other ops: celu, selu, hardshrink, prelu. The others are in _ops/pointwise_functions.pxi."""

from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.composing import named
from lucet._ops.pointwise import elu
from lucet._ops.pointwise import where_function as where
from lucet._tensor import Tensor

# G. Klambauer et al., Self-normalizing neural networks, 2017: what keeps mean 0 and variance 1.
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
_HALVES = (DTYPES["float16"], DTYPES["bfloat16"])


def _floating(input: Tensor, op: str) -> None:
    if not input.is_floating_point():
        raise error(DtypeError, f"{op}: not implemented for {str(input.dtype)[6:]}", fix="input.float()")


def _celu(input: Tensor, alpha: float) -> Tensor:
    _floating(input, "celu")
    if alpha == 0:
        raise RuntimeError("celu: ZeroDivisionError: alpha cannot be 0 for CELU")
    if alpha == 1:
        return named(elu(input), "CeluBackward0")
    if input.dtype in _HALVES:
        return named(_celu(input.float(), alpha).to(input.dtype), "CeluBackward0")
    # max(x, 0) + min(0, alpha (exp(x / alpha) - 1)), elementwise
    return named(elu(input * (1 / alpha)) * alpha, "CeluBackward0")


def _celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    return input.copy_(_celu(input.clone(), alpha))


@composed(
    also="nn.functional", inplace=_celu_, formula="where(input > 0, input, alpha * expm1(minimum(input, 0) / alpha))", family="activations",
    samples=lambda r: [(r(3, 4), 1.0), (r(3, 4), 0.5), (r(), 1.0), (r(0, 2), 1.0)],
)  # fmt: skip
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """celu(input, alpha=1.0, inplace=False) -> Tensor

    Above 0 the input, below alpha * (exp(input / alpha) - 1): a curve without a corner.

    >>> import lucet
    >>> lucet.celu(lucet.tensor([-1., 2.]), 0.5)
    tensor([-0.4323,  2.0000])
    """
    return _celu_(input, alpha) if inplace else _celu(input, alpha)


def _selu(input: Tensor) -> Tensor:
    _floating(input, "selu")
    if input.dtype in _HALVES:
        return named(_selu(input.float()).to(input.dtype), "EluBackward0")
    return named(elu(input, _SELU_ALPHA) * _SELU_SCALE, "EluBackward0")


def _selu_(input: Tensor) -> Tensor:
    return input.copy_(_selu(input.clone()))


@composed(
    also="nn.functional", inplace=_selu_, formula="1.0507009873554805 * where(input > 0, input, 1.6732632423543772 * expm1(minimum(input, 0)))",
    family="activations", samples=lambda r: [(r(3, 4),), (r(),), (r(0, 2),)],
)  # fmt: skip
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """selu(input, inplace=False) -> Tensor

    scale * elu(input, alpha), with the two numbers that keep mean 0 and variance 1 from layer to layer.

    >>> import lucet
    >>> lucet.selu(lucet.tensor([-1., 2.]))
    tensor([-1.1113,  2.1014])
    """
    return _selu_(input) if inplace else _selu(input)


@composed(
    also="nn.functional", method=True, formula="where(abs(input) <= lambd, 0, input)", family="activations",
    samples=lambda r: [(r(3, 4), 0.5), (r(3, 4), 0.1), (r(), 0.5), (r(0, 2), 0.5)],
)  # fmt: skip
def hardshrink(input: Tensor, lambd: float = 0.5, *, out: Tensor | None = None) -> Tensor:
    """hardshrink(input, lambd=0.5, *, out=None) -> Tensor

    The input where it is outside of [-lambd, lambd], 0 inside.

    >>> import lucet
    >>> lucet.hardshrink(lucet.tensor([-1., 0.3, 2.]))
    tensor([-1.,  0.,  2.])
    """
    _floating(input, "hardshrink")
    found: Tensor = input.masked_fill(input.detach().abs() <= lambd, 0)
    return named(found, "HardshrinkBackward0")


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
    _floating(input, "prelu")
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
    return named(where(input > 0, input, input.clamp_max(0) * lined), "PreluKernelBackward0")
