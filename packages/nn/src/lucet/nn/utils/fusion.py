"""Batch norms in eval mode folded into the layer before them."""

import copy
from typing import TypeVar

import lucet
from lucet import Tensor
from lucet.nn.modules.batchnorm import _BatchNorm
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["fuse_conv_bn_eval", "fuse_conv_bn_weights", "fuse_linear_bn_eval", "fuse_linear_bn_weights"]

_Layer = TypeVar("_Layer", bound=Module)


def _check_eval(layer: Module, bn: _BatchNorm) -> None:
    if layer.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")


def fuse_conv_bn_eval(conv: _Layer, bn: _BatchNorm, transpose: bool = False) -> _Layer:
    """A convolution that does what `conv` and then `bn` do; both stay as they are.

    `transpose` says that it is a transposed one. Raises: AssertionError in training mode, and without running statistics.

    >>> from lucet import nn
    >>> conv, bn = nn.Conv2d(3, 8, 3).eval(), nn.BatchNorm2d(8).eval()
    >>> nn.utils.fuse_conv_bn_eval(conv, bn)
    Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))
    """
    _check_eval(conv, bn)
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a convolution with the batch norm behind it: statistics `bn_rm` and `bn_rv`, weight `bn_w`, bias `bn_b`.

    >>> import lucet
    >>> from lucet import nn
    >>> ones = lucet.ones(1)
    >>> weight, bias = nn.utils.fuse_conv_bn_weights(lucet.ones(1, 1, 1), None, ones, ones * 4, 0.0, ones, ones)
    >>> weight.item(), bias.item()
    (0.5, 0.5)
    """
    bias = lucet.zeros_like(bn_rm) if conv_b is None else conv_b
    scale = lucet.rsqrt(bn_rv + bn_eps)
    gain = scale if bn_w is None else bn_w * scale
    shape = [1] * conv_w.dim()
    shape[1 if transpose else 0] = -1
    moved = (bias - bn_rm) * scale if bn_w is None else (bias - bn_rm) * scale * bn_w
    moved = moved if bn_b is None else moved + bn_b
    kind = conv_w.dtype if conv_b is None else conv_b.dtype
    return (
        Parameter((conv_w * gain.reshape(shape)).to(conv_w.dtype), conv_w.requires_grad),
        Parameter(moved.to(kind), bias.requires_grad),
    )


def fuse_linear_bn_eval(linear: _Layer, bn: _BatchNorm) -> _Layer:
    """A linear layer that does what `linear` and then `bn` do; both stay as they are.

    Raises: AssertionError in training mode, without running statistics, and where `bn` has neither one feature nor as
    many as `linear` has outputs.

    >>> from lucet import nn
    >>> nn.utils.fuse_linear_bn_eval(nn.Linear(3, 8).eval(), nn.BatchNorm1d(8).eval())
    Linear(in_features=3, out_features=8, bias=True)
    """
    if linear.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if bn.num_features not in (1, linear.out_features):
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, "
            f"got linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    _check_eval(linear, bn)
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias
    )
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor,
    linear_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor,
    bn_b: Tensor,
) -> tuple[Parameter, Parameter]:
    """As `fuse_conv_bn_weights`, of a linear layer.

    >>> import lucet
    >>> from lucet import nn
    >>> ones = lucet.ones(1)
    >>> weight, bias = nn.utils.fuse_linear_bn_weights(lucet.ones(1, 1), None, ones, ones * 4, 0.0, ones, ones)
    >>> weight.item(), bias.item()
    (0.5, 0.5)
    """
    bias = lucet.zeros_like(bn_rm) if linear_b is None else linear_b
    kind = linear_w.dtype if linear_b is None else linear_b.dtype
    scale = bn_w * lucet.rsqrt(bn_rv + bn_eps)
    return (
        Parameter(linear_w * scale.unsqueeze(-1).to(linear_w.dtype), linear_w.requires_grad),
        Parameter(((bias - bn_rm) * scale + bn_b).to(kind), bias.requires_grad),
    )
