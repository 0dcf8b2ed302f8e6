"""Networks' functions as torch calls them inside: what its traces and ports of its own code name. Each is another op under another signature."""

from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._composed.shuffles import channel_shuffle
from lucet._dtype import DTYPES, dtype
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.batch_norm import batch_norm_plain
from lucet._ops.composing import named
from lucet._ops.conv import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from lucet._ops.pad import pad_function as pad
from lucet._ops.pool import adaptive_max_pool1d as pooled
from lucet._ops.row_norms import group_norm, layer_norm
from lucet._tensor import Tensor

_CONV = {3: (conv1d, conv_transpose1d), 4: (conv2d, conv_transpose2d), 5: (conv3d, conv_transpose3d)}


@composed(
    name="adaptive_max_pool1d", key="lucet.adaptive_max_pool1d", family="pool", samples=lambda r: [(r(2, 3, 6), 4)],
)  # fmt: skip
def _adaptive_max_pool1d(input: Tensor, output_size: Any) -> tuple[Tensor, Tensor]:
    """adaptive_max_pool1d(input, output_size) -> (Tensor, Tensor)

    `nn.functional.adaptive_max_pool1d` with the places of the maxima.

    >>> import lucet
    >>> lucet.adaptive_max_pool1d(lucet.tensor([[1., 2., 3., 5.]]), 2)
    (tensor([[2., 5.]]), tensor([[1, 3]]))
    """
    return pooled(input, output_size, True)  # type: ignore[no-any-return]


@composed(family="pad", dtypes="all", samples=lambda r: [(r(2, 3), (1, 2)), (r(2, 3), (-1, 1, 0, 2), 1.5)])
def constant_pad_nd(input: Tensor, pad: Sequence[int], value: Any = 0) -> Tensor:
    """constant_pad_nd(input, pad, value=0) -> Tensor

    `nn.functional.pad` with borders of one value.

    >>> import lucet
    >>> lucet.constant_pad_nd(lucet.tensor([1, 2]), (1, 0))
    tensor([0, 1, 2])
    """
    return _bordered(input, pad, value)


def _bordered(input: Tensor, widths: Sequence[int], value: Any) -> Tensor:
    return pad(input, tuple(widths), "constant", value)  # type: ignore[no-any-return]


@composed(family="conv", samples=lambda r: [(r(2, 3, 6), r(4, 3, 2), None, (1,), (0,), (1,), False, (0,), 1), (r(1, 2, 3, 3), r(2, 1, 2, 2), r(2), (2, 2), (0, 0), (1, 1), True, (1, 0), 2)])
def convolution(
    input: Tensor, weight: Tensor, bias: Tensor | None, stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int], transposed: bool,
    output_padding: Sequence[int], groups: int,
) -> Tensor:  # fmt: skip
    """convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups) -> Tensor

    The convolution, or transposed convolution, of as many dimensions as `weight` has.

    >>> import lucet
    >>> lucet.convolution(lucet.ones(1, 1, 3), lucet.ones(1, 1, 2), None, (1,), (0,), (1,), False, (0,), 1)
    tensor([[[2., 2.]]])
    """
    if weight.dim() not in _CONV:
        raise error(ShapeError, f"convolution: weight should have 3 to 5 dimensions, got {weight.dim()}")
    forward, backward = _CONV[weight.dim()]
    if transposed:
        return backward(input, weight, bias, tuple(stride), tuple(padding), tuple(output_padding), groups, tuple(dilation))  # type: ignore[no-any-return]
    return forward(input, weight, bias, tuple(stride), tuple(padding), tuple(dilation), groups)  # type: ignore[no-any-return]


@composed(family="conv", samples=lambda r: [(r(5, 2, 3), r(2, 3, 4), r(4)), (r(4, 1, 2), r(3, 2, 2), r(2), 1)])
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """conv_tbc(input, weight, bias, pad=0) -> Tensor

    The convolution of sequences that lie (time, batch, channels) with weights (kernel size, channels in, channels out).

    >>> import lucet
    >>> lucet.conv_tbc(lucet.ones(3, 1, 1), lucet.ones(2, 1, 1), lucet.zeros(1)).flatten()
    tensor([2., 2.])
    """
    for name, x, rank in (("Input", input, 3), ("Weight", weight, 3), ("Bias", bias, 1)):
        if x.dim() != rank:
            raise error(ShapeError, f"{name} must have {rank} dims{': time, batch, in_channel' if name == 'Input' else ''}.", facts=[f"{name.lower()} {tuple(x.shape)}"])
    if input.shape[2] != weight.shape[1]:
        raise error(ShapeError, "Input dim 2 (input channels) is not == dim 1 in the weight tensor", facts=[f"input {tuple(input.shape)}, weight {tuple(weight.shape)}"])
    if weight.shape[2] != bias.shape[0]:
        raise error(ShapeError, f"Bias size must equal dim 2 in the weight tensor (output channels), got {bias.shape[0]} and {weight.shape[2]}")
    plain = conv1d(input.permute(1, 2, 0), weight.permute(2, 1, 0), None, 1, pad).permute(2, 0, 1)
    return named((plain + bias.to(plain.dtype)).contiguous(), "ConvTbcBackward0")


@composed(family="shuffles", dtypes="all", samples=lambda r: [(r(1, 4, 2, 3), 2)])
def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """native_channel_shuffle(input, groups) -> Tensor

    `channel_shuffle`.

    >>> import lucet
    >>> lucet.native_channel_shuffle(lucet.arange(4.).view(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    return channel_shuffle(input, groups)


@composed(family="dropout", samples=lambda r: [(r(3, 4), 0.0, True), (r(3, 4), 0.5, False)])
def native_dropout(input: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """native_dropout(input, p, train) -> (Tensor, Tensor)

    Dropout that also tells which elements it kept, as bool. DtypeError for training with whole numbers, which no scale fits.

    >>> import lucet
    >>> lucet.native_dropout(lucet.ones(2), 0.5, False)
    (tensor([1., 1.]), tensor([True, True]))
    """
    mask = input.new_ones(input.shape, dtype=DTYPES["bool"])
    if train is not None and not train:
        return named(input * mask, "NativeDropoutBackward0"), mask
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not (input.is_floating_point() or input.is_complex()):
        raise error(DtypeError, f"result type Float can't be cast to the desired output type {str(input.dtype)[6:]}", fix="input.float()")
    mask.bernoulli_(1 - p)
    return named(input * mask * (0.0 if p == 1 else 1 / (1 - p)), "NativeDropoutBackward0"), mask


def _moments(x: Tensor, dims: Sequence[int], eps: float, kind: dtype) -> tuple[Tensor, Tensor]:
    """Mean and one over the deviation."""
    wide = x.float() if x.dtype in (DTYPES["float16"], DTYPES["bfloat16"]) else x
    return wide.mean(dims, True).to(kind), (wide.var(dims, correction=0, keepdim=True) + eps).rsqrt().to(kind)


def _kind(input: Tensor, *beside: Tensor | None) -> dtype:
    """The type of the moments: that of the parameters where there are any."""
    return next((x.dtype for x in beside if x is not None), input.dtype)


@composed(family="normalization", samples=lambda r: [(r(3, 4), (4,), r(4), r(4), 1e-5), (r(2, 3, 4), (3, 4), None, None, 1e-5)])
def native_layer_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None, bias: Tensor | None, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """native_layer_norm(input, normalized_shape, weight, bias, eps) -> (Tensor, Tensor, Tensor)

    `layer_norm` with the means and one over the deviations that it used.

    >>> import lucet
    >>> lucet.native_layer_norm(lucet.tensor([1., 3.]), (2,), None, None, 0.0)
    (tensor([-1.,  1.]), tensor([2.]), tensor([1.]))
    """
    result = layer_norm(input, tuple(normalized_shape), weight, bias, eps)
    dims = tuple(range(input.dim() - len(normalized_shape), input.dim()))
    return result, *_moments(input.detach(), dims, eps, _kind(input, weight, bias))


@composed(family="normalization", samples=lambda r: [(r(2, 4, 3), r(4), r(4), 2, 4, 3, 2, 1e-5), (r(1, 2, 2, 2), None, None, 1, 2, 4, 1, 1e-5)])
def native_group_norm(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """native_group_norm(input, weight, bias, N, C, HxW, group, eps) -> (Tensor, Tensor, Tensor)

    `group_norm` with the means and one over the deviations that it used, (N, group).

    >>> import lucet
    >>> lucet.native_group_norm(lucet.tensor([[[1.], [3.]]]), None, None, 1, 2, 1, 1, 0.0)[1:]
    (tensor([[2.]]), tensor([[1.]]))
    """
    if input.numel() != N * C * HxW:
        raise error(ShapeError, f"native_group_norm: input has {input.numel()} elements, N * C * HxW is {N * C * HxW}", facts=[f"input {tuple(input.shape)}"])
    result = group_norm(input, group, weight, bias, eps)
    mean, rstd = _moments(input.reshape(N, group, -1), (2,), eps, _kind(input, weight, bias))
    return result, named(mean.squeeze(2), "NativeGroupNormBackward0"), named(rstd.squeeze(2), "NativeGroupNormBackward0")


@composed(family="normalization", samples=lambda r: [(r(4, 3), r(3), r(3), None, None, True, 0.1, 1e-5)])
def native_batch_norm(
    input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None, running_var: Tensor | None, training: bool, momentum: float, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps) -> (Tensor, Tensor, Tensor)

    `batch_norm` with the means and one over the deviations of the batch, which are empty unless it trains.

    >>> import lucet
    >>> lucet.native_batch_norm(lucet.tensor([[1.], [3.]]), None, None, None, None, True, 0.1, 1e-12)[1:]
    (tensor([2.]), tensor([1.]))
    """
    result = batch_norm_plain(input, weight, bias, running_mean, running_var, training, momentum, eps, False)
    kind = _kind(input, weight, bias, running_mean, running_var)
    if not training:
        return result, input.new_empty((0,), dtype=kind), input.new_empty((0,), dtype=kind)
    mean, rstd = _moments(input.detach(), (0, *range(2, input.dim())), eps, kind)
    return result, mean.flatten(), rstd.flatten()


@composed(family="reduce", dtypes="floats and complex", samples=lambda r: [(r(3, 4),), (r(3, 4), 1), (r(2, 3), 2, 1, True, None)])
def native_norm(input: Tensor, p: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """native_norm(input, p=2, dim=None, keepdim=False, dtype=None) -> Tensor

    `norm`, of all elements unless dimensions are given.

    >>> import lucet
    >>> lucet.native_norm(lucet.tensor([3., 4.]))
    tensor(5.)
    """
    return input.norm(p, dim, keepdim, dtype)
