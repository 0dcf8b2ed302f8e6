"""`prelu`, whose weight is lined up with the channels. The other activations are in _ops/pointwise_functions.pxi."""

from lucet._composed._define import composed
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.pointwise import prelu_of
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
