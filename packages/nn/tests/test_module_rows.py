"""One row a module: constructor, input, output, printed form. Each row buys the checks below."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import lucet
from lucet import nn


class Row:
    """A module, the shapes that go in and come out, its printed form, and an input that it must refuse."""

    def __init__(self, make, shape, out, text, *, random=False, smooth=True, refuses=None, error=RuntimeError):
        self.make, self.shape, self.out, self.text = make, shape, out, text
        self.random, self.smooth, self.refuses, self.error = random, smooth, refuses, error


def made(module, *shape):
    """A lazy module after its first input."""
    module(lucet.ones(shape))
    return module


ROWS = {
    "identity": Row(lambda: nn.Identity(1, x=2), (2, 3), (2, 3), "Identity()"),
    "linear": Row(
        lambda: nn.Linear(4, 3),
        (5, 2, 4),
        (5, 2, 3),
        "Linear(in_features=4, out_features=3, bias=True)",
        refuses=(2, 5),
    ),
    "linear without bias": Row(
        lambda: nn.Linear(4, 3, bias=False), (4,), (3,), "Linear(in_features=4, out_features=3, bias=False)"
    ),
    "flatten": Row(nn.Flatten, (2, 3, 4), (2, 12), "Flatten(start_dim=1, end_dim=-1)"),
    "flatten some": Row(
        lambda: nn.Flatten(0, 1), (2, 3, 4), (6, 4), "Flatten(start_dim=0, end_dim=1)", refuses=(2,), error=IndexError
    ),
    "prelu": Row(lambda: nn.PReLU(3), (2, 3, 4), (2, 3, 4), "PReLU(num_parameters=3)", refuses=(2, 4)),
    "prelu with one weight": Row(lambda: nn.PReLU(init=0.1), (5,), (5,), "PReLU(num_parameters=1)"),
    "rrelu": Row(
        lambda: nn.RReLU(0.1, 0.4), (2, 8), (2, 8), "RReLU(lower=0.1, upper=0.4)", random=True
    ),
    "celu": Row(lambda: nn.CELU(0.5), (2, 3), (2, 3), "CELU(alpha=0.5)"),
    "selu": Row(nn.SELU, (2, 3), (2, 3), "SELU()"),
    "glu": Row(lambda: nn.GLU(1), (2, 4, 3), (2, 2, 3), "GLU(dim=1)", refuses=(2, 3)),
    "mish": Row(nn.Mish, (2, 3), (2, 3), "Mish()"),
    "hardsigmoid": Row(nn.Hardsigmoid, (2, 3), (2, 3), "Hardsigmoid()"),
    "hardswish": Row(nn.Hardswish, (2, 3), (2, 3), "Hardswish()"),
    "hardshrink": Row(lambda: nn.Hardshrink(0.1), (2, 3), (2, 3), "Hardshrink(0.1)"),
    "softshrink": Row(lambda: nn.Softshrink(0.1), (2, 3), (2, 3), "Softshrink(0.1)"),
    "tanhshrink": Row(nn.Tanhshrink, (2, 3), (2, 3), "Tanhshrink()"),
    "softmin": Row(lambda: nn.Softmin(1), (2, 3), (2, 3), "Softmin(dim=1)", refuses=(3,), error=IndexError),
    "softsign": Row(nn.Softsign, (2, 3), (2, 3), "Softsign()"),
    "logsigmoid": Row(nn.LogSigmoid, (2, 3), (2, 3), "LogSigmoid()"),
    "threshold": Row(lambda: nn.Threshold(0.1, 2.0), (2, 3), (2, 3), "Threshold(threshold=0.1, value=2.0)"),
    "unflatten": Row(
        lambda: nn.Unflatten(1, (2, -1)),
        (3, 6),
        (3, 2, 3),
        "Unflatten(dim=1, unflattened_size=(2, -1))",
        refuses=(3, 5),
    ),
    "conv": Row(
        lambda: nn.Conv2d(2, 3, 3),
        (2, 2, 5, 6),
        (2, 3, 3, 4),
        "Conv2d(2, 3, kernel_size=(3, 3), stride=(1, 1))",
        refuses=(2, 3, 5, 6),
    ),
    "conv of one image": Row(
        lambda: nn.Conv2d(2, 3, (2, 3), (1, 2)),
        (2, 4, 5),
        (3, 3, 2),
        "Conv2d(2, 3, kernel_size=(2, 3), stride=(1, 2))",
        refuses=(4, 5),
    ),
    "conv with everything": Row(
        lambda: nn.Conv2d(4, 4, 3, stride=2, padding=1, dilation=2, groups=2, bias=False, padding_mode="reflect"),
        (1, 4, 7, 8),
        (1, 4, 3, 3),
        "Conv2d(4, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), groups=2, bias=False, "
        "padding_mode=reflect)",
        refuses=(1, 5, 7, 8),
    ),
    "conv same": Row(
        lambda: nn.Conv2d(1, 2, (3, 4), padding="same"),
        (1, 1, 5, 6),
        (1, 2, 5, 6),
        "Conv2d(1, 2, kernel_size=(3, 4), stride=(1, 1), padding=same)",
    ),
    "conv valid": Row(
        lambda: nn.Conv2d(1, 2, 3, padding="valid"),
        (1, 1, 5, 6),
        (1, 2, 3, 4),
        "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=valid)",
    ),
    "conv circular": Row(
        lambda: nn.Conv2d(1, 2, 3, padding=(1, 2), padding_mode="circular"),
        (1, 1, 5, 6),
        (1, 2, 5, 8),
        "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 2), padding_mode=circular)",
    ),
    "conv replicate": Row(
        lambda: nn.Conv2d(1, 2, 3, padding="same", padding_mode="replicate"),
        (1, 1, 5, 6),
        (1, 2, 5, 6),
        "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same, padding_mode=replicate)",
    ),
    "batch norm 1d": Row(
        lambda: nn.BatchNorm1d(3),
        (4, 3),
        (4, 3),
        "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        refuses=(3,),
        error=ValueError,
    ),
    "batch norm 1d of sequences": Row(
        lambda: nn.BatchNorm1d(3, affine=False),
        (4, 3, 2),
        (4, 3, 2),
        "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=True)",
        refuses=(4, 3, 2, 2),
        error=ValueError,
    ),
    "batch norm 2d": Row(
        lambda: nn.BatchNorm2d(3, eps=0.1, momentum=None, bias=False),
        (2, 3, 2, 2),
        (2, 3, 2, 2),
        "BatchNorm2d(3, eps=0.1, momentum=None, affine=True, bias=False, track_running_stats=True)",
        refuses=(2, 3),
        error=ValueError,
    ),
    "batch norm 3d": Row(
        lambda: nn.BatchNorm3d(3, track_running_stats=False),
        (2, 3, 2, 2, 2),
        (2, 3, 2, 2, 2),
        "BatchNorm3d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=False)",
        refuses=(2, 3, 2, 2),
        error=ValueError,
    ),
    "max pool": Row(
        lambda: nn.MaxPool2d(2),
        (1, 2, 4, 6),
        (1, 2, 2, 3),
        "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        refuses=(4,),
    ),
    "max pool with everything": Row(
        lambda: nn.MaxPool2d((2, 3), 2, (0, 1), 2, ceil_mode=True),
        (2, 6, 7),
        (2, 3, 3),
        "MaxPool2d(kernel_size=(2, 3), stride=2, padding=(0, 1), dilation=2, ceil_mode=True)",
    ),
    "avg pool": Row(
        lambda: nn.AvgPool2d(2, 1),
        (1, 2, 4, 6),
        (1, 2, 3, 5),
        "AvgPool2d(kernel_size=2, stride=1, padding=0)",
        refuses=(1, 2, 1, 1),
    ),
    "avg pool with everything": Row(
        lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
        (2, 6, 6),
        (2, 4, 4),
        "AvgPool2d(kernel_size=3, stride=2, padding=1)",
    ),
    "adaptive avg pool": Row(
        lambda: nn.AdaptiveAvgPool2d((2, None)), (1, 2, 5, 3), (1, 2, 2, 3), "AdaptiveAvgPool2d(output_size=(2, None))"
    ),
    "adaptive max pool": Row(
        lambda: nn.AdaptiveMaxPool2d(2), (1, 2, 5, 3), (1, 2, 2, 2), "AdaptiveMaxPool2d(output_size=2)"
    ),
    "dropout": Row(nn.Dropout, (4, 5), (4, 5), "Dropout(p=0.5, inplace=False)", random=True),
    "dropout 1d": Row(nn.Dropout1d, (4, 5, 2), (4, 5, 2), "Dropout1d(p=0.5, inplace=False)", random=True),
    "dropout 2d": Row(
        lambda: nn.Dropout2d(0.2), (4, 5, 2, 2), (4, 5, 2, 2), "Dropout2d(p=0.2, inplace=False)", random=True
    ),
    "dropout 3d": Row(nn.Dropout3d, (2, 5, 2, 2, 2), (2, 5, 2, 2, 2), "Dropout3d(p=0.5, inplace=False)", random=True),
    "alpha dropout": Row(nn.AlphaDropout, (4, 5), (4, 5), "AlphaDropout(p=0.5, inplace=False)", random=True),
    "relu": Row(nn.ReLU, (3, 4), (3, 4), "ReLU()"),
    "relu6": Row(nn.ReLU6, (3, 4), (3, 4), "ReLU6()"),
    "leaky relu": Row(lambda: nn.LeakyReLU(0.2), (3, 4), (3, 4), "LeakyReLU(negative_slope=0.2)"),
    "elu": Row(lambda: nn.ELU(2.0), (3, 4), (3, 4), "ELU(alpha=2.0)"),
    "sigmoid": Row(nn.Sigmoid, (3, 4), (3, 4), "Sigmoid()"),
    "tanh": Row(nn.Tanh, (3, 4), (3, 4), "Tanh()"),
    "softmax": Row(lambda: nn.Softmax(1), (3, 4), (3, 4), "Softmax(dim=1)", refuses=(3,), error=IndexError),
    "log softmax": Row(lambda: nn.LogSoftmax(-1), (3, 4), (3, 4), "LogSoftmax(dim=-1)"),
    "softmax 2d": Row(nn.Softmax2d, (2, 3, 2, 2), (2, 3, 2, 2), "Softmax2d()", refuses=(2, 3), error=ValueError),
    "hardtanh": Row(lambda: nn.Hardtanh(-0.5, 2.0), (3, 4), (3, 4), "Hardtanh(min_val=-0.5, max_val=2.0)"),
    "softplus": Row(lambda: nn.Softplus(2.0), (3, 4), (3, 4), "Softplus(beta=2.0, threshold=20.0)"),
    "silu": Row(nn.SiLU, (3, 4), (3, 4), "SiLU()"),
    "gelu": Row(nn.GELU, (3, 4), (3, 4), "GELU(approximate='none')"),
    "gelu by tanh": Row(lambda: nn.GELU("tanh"), (3, 4), (3, 4), "GELU(approximate='tanh')"),
    "conv 1d": Row(
        lambda: nn.Conv1d(2, 4, 3, padding=1, groups=2, padding_mode="circular"),
        (2, 2, 5),
        (2, 4, 5),
        "Conv1d(2, 4, kernel_size=(3,), stride=(1,), padding=(1,), groups=2, padding_mode=circular)",
        refuses=(2, 3, 5),
    ),
    "conv 1d same": Row(
        lambda: nn.Conv1d(1, 2, 4, padding="same"),
        (1, 1, 5),
        (1, 2, 5),
        "Conv1d(1, 2, kernel_size=(4,), stride=(1,), padding=same)",
    ),
    "conv 3d": Row(
        lambda: nn.Conv3d(1, 2, 2, stride=(1, 2, 1), padding_mode="reflect", padding=1),
        (1, 1, 3, 3, 2),
        (1, 2, 4, 2, 3),
        "Conv3d(1, 2, kernel_size=(2, 2, 2), stride=(1, 2, 1), padding=(1, 1, 1), padding_mode=reflect)",
        refuses=(1, 2, 3, 3, 3),
    ),
    "conv transpose 1d": Row(
        lambda: nn.ConvTranspose1d(2, 3, 3, stride=2, padding=1, output_padding=1),
        (2, 2, 4),
        (2, 3, 8),
        "ConvTranspose1d(2, 3, kernel_size=(3,), stride=(2,), padding=(1,), output_padding=(1,))",
        refuses=(2, 3, 4),
    ),
    "conv transpose 2d": Row(
        lambda: nn.ConvTranspose2d(2, 4, 2, groups=2, dilation=2, bias=False),
        (1, 2, 3, 3),
        (1, 4, 5, 5),
        "ConvTranspose2d(2, 4, kernel_size=(2, 2), stride=(1, 1), dilation=(2, 2), groups=2, bias=False)",
        refuses=(1, 3, 3, 3),
    ),
    "conv transpose 3d": Row(
        lambda: nn.ConvTranspose3d(1, 2, 2, stride=2),
        (1, 1, 2, 2, 2),
        (1, 2, 4, 4, 4),
        "ConvTranspose3d(1, 2, kernel_size=(2, 2, 2), stride=(2, 2, 2))",
        refuses=(1, 2, 2, 2, 2),
    ),
    "lazy linear": Row(
        lambda: made(nn.LazyLinear(3), 2, 4),
        (2, 4),
        (2, 3),
        "Linear(in_features=4, out_features=3, bias=True)",
        refuses=(2, 5),
    ),
    "lazy conv": Row(
        lambda: made(nn.LazyConv2d(3, 2), 1, 2, 3, 3),
        (1, 2, 3, 3),
        (1, 3, 2, 2),
        "Conv2d(2, 3, kernel_size=(2, 2), stride=(1, 1))",
        refuses=(1, 3, 3, 3),
    ),
    "lazy conv transpose": Row(
        lambda: made(nn.LazyConvTranspose1d(3, 2), 1, 2, 3),
        (1, 2, 3),
        (1, 3, 4),
        "ConvTranspose1d(2, 3, kernel_size=(2,), stride=(1,))",
        refuses=(1, 3, 3),
    ),
    "lazy batch norm": Row(
        lambda: made(nn.LazyBatchNorm1d(), 4, 3),
        (4, 3),
        (4, 3),
        "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        refuses=(3,),
        error=ValueError,
    ),
    "lazy instance norm": Row(
        lambda: made(nn.LazyInstanceNorm1d(affine=True), 2, 3, 4),
        (2, 3, 4),
        (2, 3, 4),
        "InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        refuses=(3,),
        error=ValueError,
    ),
    "sync batch norm": Row(
        lambda: nn.SyncBatchNorm(3),
        (4, 3),
        (4, 3),
        "SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        refuses=(3,),
        error=ValueError,
    ),
    "instance norm 1d": Row(
        lambda: nn.InstanceNorm1d(3),
        (3, 4),
        (3, 4),
        "InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)",
        refuses=(3,),
        error=ValueError,
    ),
    "instance norm 2d": Row(
        lambda: nn.InstanceNorm2d(3, affine=True, track_running_stats=True),
        (2, 3, 2, 2),
        (2, 3, 2, 2),
        "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        refuses=(2, 4, 2, 2),
        error=ValueError,
    ),
    "instance norm 3d": Row(
        lambda: nn.InstanceNorm3d(2, affine=True, bias=False),
        (2, 2, 2, 2, 2),
        (2, 2, 2, 2, 2),
        "InstanceNorm3d(2, eps=1e-05, momentum=0.1, affine=True, bias=False, track_running_stats=False)",
        refuses=(2, 3, 2, 2, 2),
        error=ValueError,
    ),
    "layer norm": Row(
        lambda: nn.LayerNorm((2, 3)),
        (4, 2, 3),
        (4, 2, 3),
        "LayerNorm((2, 3), eps=1e-05, elementwise_affine=True, bias=True)",
        refuses=(4, 3, 2),
    ),
    "layer norm without bias": Row(
        lambda: nn.LayerNorm(3, bias=False),
        (4, 3),
        (4, 3),
        "LayerNorm((3,), eps=1e-05, elementwise_affine=True, bias=False)",
    ),
    "group norm": Row(
        lambda: nn.GroupNorm(2, 4),
        (2, 4, 3),
        (2, 4, 3),
        "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)",
        refuses=(2, 5, 3),
    ),
    "rms norm": Row(
        lambda: nn.RMSNorm(3), (4, 3), (4, 3), "RMSNorm((3,), eps=None, elementwise_affine=True)", refuses=(4, 2)
    ),
    "local response norm": Row(
        lambda: nn.LocalResponseNorm(3, alpha=0.1),
        (2, 4, 3),
        (2, 4, 3),
        "3, alpha=0.1, beta=0.75, k=1.0".join(("LocalResponseNorm(", ")")),
        refuses=(2, 4),
        error=ValueError,
    ),
    "cross map lrn": Row(
        lambda: nn.CrossMapLRN2d(3, alpha=0.1),
        (2, 4, 2, 2),
        (2, 4, 2, 2),
        "CrossMapLRN2d(3, alpha=0.1, beta=0.75, k=1)",
        smooth=False,  # torch's gradient, which is not the derivative
        refuses=(2, 4, 2),
        error=ValueError,
    ),
    "max pool 1d": Row(
        lambda: nn.MaxPool1d(3, 2, 1),
        (1, 2, 7),
        (1, 2, 4),
        "MaxPool1d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)",
        refuses=(4,),
    ),
    "max pool 3d": Row(
        lambda: nn.MaxPool3d(2),
        (1, 2, 4, 2, 4),
        (1, 2, 2, 1, 2),
        "MaxPool3d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        refuses=(1, 2, 1, 2, 4),
    ),
    "avg pool 1d": Row(
        lambda: nn.AvgPool1d(2, 1),
        (1, 2, 4),
        (1, 2, 3),
        "AvgPool1d(kernel_size=(2,), stride=(1,), padding=(0,))",
        refuses=(1, 2, 1),
    ),
    "avg pool 3d": Row(
        lambda: nn.AvgPool3d(2, 1, 1, count_include_pad=False),
        (1, 2, 2, 3, 2),
        (1, 2, 3, 4, 3),
        "AvgPool3d(kernel_size=2, stride=1, padding=1)",
        refuses=(2, 2),
    ),
    "adaptive avg pool 1d": Row(
        lambda: nn.AdaptiveAvgPool1d(3), (1, 2, 5), (1, 2, 3), "AdaptiveAvgPool1d(output_size=3)"
    ),
    "adaptive avg pool 3d": Row(
        lambda: nn.AdaptiveAvgPool3d((2, None, 1)),
        (1, 2, 3, 2, 2),
        (1, 2, 2, 2, 1),
        "AdaptiveAvgPool3d(output_size=(2, None, 1))",
    ),
    "adaptive max pool 1d": Row(
        lambda: nn.AdaptiveMaxPool1d(3), (1, 2, 5), (1, 2, 3), "AdaptiveMaxPool1d(output_size=3)"
    ),
    "adaptive max pool 3d": Row(
        lambda: nn.AdaptiveMaxPool3d(2), (1, 2, 3, 2, 4), (1, 2, 2, 2, 2), "AdaptiveMaxPool3d(output_size=2)"
    ),
    "lp pool 1d": Row(
        lambda: nn.LPPool1d(2, 2),
        (1, 2, 6),
        (1, 2, 3),
        "LPPool1d(norm_type=2, kernel_size=2, stride=None, ceil_mode=False)",
    ),
    "lp pool 2d": Row(
        lambda: nn.LPPool2d(2, (2, 1), 1),
        (1, 2, 3, 2),
        (1, 2, 2, 2),
        "LPPool2d(norm_type=2, kernel_size=(2, 1), stride=1, ceil_mode=False)",
    ),
    "lp pool 3d": Row(
        lambda: nn.LPPool3d(2, 2),
        (1, 2, 2, 4, 2),
        (1, 2, 1, 2, 1),
        "LPPool3d(norm_type=2, kernel_size=2, stride=None, ceil_mode=False)",
    ),
    "fractional max pool 2d": Row(
        lambda: nn.FractionalMaxPool2d(2, 3, _random_samples=lucet.full((1, 2, 2), 0.3)),
        (1, 2, 6, 5),
        (1, 2, 3, 3),
        "FractionalMaxPool2d()",
    ),
    "fractional max pool 3d": Row(
        lambda: nn.FractionalMaxPool3d(2, output_ratio=0.5, _random_samples=lucet.full((1, 1, 3), 0.3)),
        (1, 1, 4, 4, 5),
        (1, 1, 2, 2, 2),
        "FractionalMaxPool3d()",
    ),
    "fold": Row(
        lambda: nn.Fold((3, 4), 2),
        (1, 8, 6),
        (1, 2, 3, 4),
        "Fold(output_size=(3, 4), kernel_size=2, dilation=1, padding=0, stride=1)",
        refuses=(1, 8, 5),
    ),
    "unfold": Row(
        lambda: nn.Unfold((2, 3), padding=1),
        (1, 2, 3, 3),
        (1, 12, 12),
        "Unfold(kernel_size=(2, 3), dilation=1, padding=1, stride=1)",
        refuses=(1, 2),
    ),
    "pixel shuffle": Row(
        lambda: nn.PixelShuffle(2), (1, 8, 2, 3), (1, 2, 4, 6), "PixelShuffle(upscale_factor=2)", refuses=(1, 3, 2, 2)
    ),
    "pixel unshuffle": Row(
        lambda: nn.PixelUnshuffle(2),
        (1, 2, 4, 6),
        (1, 8, 2, 3),
        "PixelUnshuffle(downscale_factor=2)",
        refuses=(1, 2, 3, 2),
    ),
    "channel shuffle": Row(
        lambda: nn.ChannelShuffle(2), (1, 4, 3), (1, 4, 3), "ChannelShuffle(groups=2)", refuses=(1, 3, 3)
    ),
    "upsample": Row(
        lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
        (1, 2, 2, 3),
        (1, 2, 4, 6),
        "Upsample(scale_factor=2.0, mode='bilinear')",
        refuses=(1, 2, 3),
        error=NotImplementedError,
    ),
    "upsampling nearest": Row(
        lambda: nn.UpsamplingNearest2d((3, 4)),
        (1, 2, 2, 3),
        (1, 2, 3, 4),
        "UpsamplingNearest2d(size=(3, 4), mode='nearest')",
    ),
    "upsampling bilinear": Row(
        lambda: nn.UpsamplingBilinear2d(scale_factor=2),
        (1, 2, 2, 3),
        (1, 2, 4, 6),
        "UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')",
    ),
    "feature alpha dropout": Row(
        nn.FeatureAlphaDropout, (4, 5, 2), (4, 5, 2), "FeatureAlphaDropout(p=0.5, inplace=False)", random=True
    ),
    "zero pad 1d": Row(lambda: nn.ZeroPad1d(1), (2, 3), (2, 5), "ZeroPad1d((1, 1))"),
    "zero pad 2d": Row(lambda: nn.ZeroPad2d((1, 0, -1, 2)), (1, 2, 3, 3), (1, 2, 4, 4), "ZeroPad2d((1, 0, -1, 2))"),
    "zero pad 3d": Row(lambda: nn.ZeroPad3d(1), (1, 1, 2, 2, 2), (1, 1, 4, 4, 4), "ZeroPad3d((1, 1, 1, 1, 1, 1))"),
    "constant pad 1d": Row(
        lambda: nn.ConstantPad1d(2, 0.5), (2, 3), (2, 7), "ConstantPad1d(padding=(2, 2), value=0.5)"
    ),
    "constant pad 2d": Row(
        lambda: nn.ConstantPad2d(1, 3), (1, 2, 2), (1, 4, 4), "ConstantPad2d(padding=(1, 1, 1, 1), value=3)"
    ),
    "constant pad 3d": Row(
        lambda: nn.ConstantPad3d((1, 0, 0, 0, 0, 1), 3),
        (1, 2, 2, 2),
        (1, 3, 2, 3),
        "ConstantPad3d(padding=(1, 0, 0, 0, 0, 1), value=3)",
    ),
    "reflection pad 1d": Row(
        lambda: nn.ReflectionPad1d(1),
        (1, 2, 3),
        (1, 2, 5),
        "ReflectionPad1d((1, 1))",
        refuses=(3,),
        error=NotImplementedError,
    ),
    "reflection pad 2d": Row(
        lambda: nn.ReflectionPad2d(1), (1, 2, 3, 3), (1, 2, 5, 5), "ReflectionPad2d((1, 1, 1, 1))"
    ),
    "reflection pad 3d": Row(
        lambda: nn.ReflectionPad3d(1), (1, 2, 3, 3, 3), (1, 2, 5, 5, 5), "ReflectionPad3d((1, 1, 1, 1, 1, 1))"
    ),
    "replication pad 1d": Row(
        lambda: nn.ReplicationPad1d(1),
        (1, 2, 3),
        (1, 2, 5),
        "ReplicationPad1d((1, 1))",
        refuses=(3,),
        error=NotImplementedError,
    ),
    "replication pad 2d": Row(
        lambda: nn.ReplicationPad2d(1), (1, 2, 3, 3), (1, 2, 5, 5), "ReplicationPad2d((1, 1, 1, 1))"
    ),
    "replication pad 3d": Row(
        lambda: nn.ReplicationPad3d(1), (1, 2, 3, 3, 3), (1, 2, 5, 5, 5), "ReplicationPad3d((1, 1, 1, 1, 1, 1))"
    ),
    "circular pad 1d": Row(
        lambda: nn.CircularPad1d(1), (1, 2, 3), (1, 2, 5), "CircularPad1d((1, 1))", refuses=(3,), error=ValueError
    ),
    "circular pad 2d": Row(lambda: nn.CircularPad2d(1), (1, 2, 3, 3), (1, 2, 5, 5), "CircularPad2d((1, 1, 1, 1))"),
    "circular pad 3d": Row(
        lambda: nn.CircularPad3d(1), (1, 2, 3, 3, 3), (1, 2, 5, 5, 5), "CircularPad3d((1, 1, 1, 1, 1, 1))"
    ),
    "sequential": Row(
        lambda: nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)),
        (5, 4),
        (5, 2),
        "Sequential(\n  (0): Linear(in_features=4, out_features=3, bias=True)\n  (1): Tanh()\n"
        "  (2): Linear(in_features=3, out_features=2, bias=True)\n)",
        refuses=(5, 3),
    ),
}


@pytest.fixture(params=ROWS.values(), ids=ROWS.keys())
def row(request):
    lucet.manual_seed(0)
    return request.param


@pytest.fixture(params=[row for row in ROWS.values() if row.smooth], ids=[name for name, row in ROWS.items() if row.smooth])
def smooth_row(request):
    """Those whose gradient is the derivative; that of CrossMapLRN2d is torch's, with which tests/parity compares it."""
    lucet.manual_seed(0)
    return request.param


def some_input(row, seed=0):
    """Numbers a step apart, in random order: no two equal, none near a kink at 0, -0.5, 2 or 6."""
    count = int(np.prod(row.shape))
    values = (np.arange(count) - count / 2 + 0.25) * min(0.37, 6 / count)
    return lucet.tensor(
        np.random.default_rng(seed).permutation(values).reshape(row.shape).tolist(), dtype=lucet.float64
    )


def test_output_has_the_stated_shape_and_the_inputs_dtype(row):
    for dtype in (lucet.float32, lucet.float64):
        out = row.make().to(dtype)(some_input(row).to(dtype))
        assert tuple(out.shape) == row.out
        assert out.dtype == dtype


def test_prints_its_constructor(row):
    assert repr(row.make()) == row.text


def test_gradients_agree_with_finite_differences(smooth_row):
    module = smooth_row.make().double()
    module.train(not smooth_row.random)
    x = some_input(smooth_row).requires_grad_(True)
    weights = lucet.tensor(np.random.default_rng(1).standard_normal(smooth_row.out).tolist(), dtype=lucet.float64)

    def value():
        return (module(x) * weights).sum()

    value().backward()
    step = 1e-6
    for tensor in (x, *module.parameters()):
        flat = tensor.detach().view(-1)
        for place in range(0, flat.numel(), max(1, flat.numel() // 7)):
            before = flat[place].item()
            ends = []
            for sign in (1, -1):
                flat[place] = before + sign * step
                with lucet.no_grad():
                    ends.append(value().item())
            flat[place] = before
            assert tensor.grad.view(-1)[place].item() == pytest.approx(
                (ends[0] - ends[1]) / (2 * step), abs=2e-6, rel=1e-5
            )


def test_state_dict_round_trip_gives_the_same_outputs(row):
    first, second = row.make().double(), row.make().double()
    x = some_input(row)
    first(x)  # moves running statistics
    assert repr(second.load_state_dict(first.state_dict())) == "<All keys matched successfully>"
    assert lucet.equal(first.eval()(x), second.eval()(x))


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_and_pickles_compute_the_same(row, copied):
    module = row.make().double().eval()
    twin = copied(module)
    assert repr(twin) == repr(module)
    assert twin.training is False
    assert lucet.equal(twin(some_input(row)), module(some_input(row)))
    assert [name for name, _ in twin.named_parameters()] == [name for name, _ in module.named_parameters()]


def test_deep_copies_share_nothing(row):
    module = row.make()
    twin = copy.deepcopy(module)
    for ours, theirs in zip(module.state_dict().values(), twin.state_dict().values(), strict=True):
        assert ours.data_ptr() != theirs.data_ptr() or ours.numel() == 0


def test_eval_is_deterministic_and_train_is_back(row):
    module = row.make().double()
    x = some_input(row)
    assert module.training
    module.eval()
    assert lucet.equal(module(x), module(x))
    assert all(not m.training for m in module.modules())
    assert all(m.training for m in module.train().modules())
    if row.random:
        assert not lucet.equal(module(x), module.eval()(x))


def test_wrong_shapes_are_refused_and_placed(row):
    if row.refuses is None:
        return
    net = nn.Sequential(nn.Identity(), row.make().double())
    with pytest.raises(row.error) as caught:
        net(lucet.zeros(row.refuses, dtype=lucet.float64))
    at = getattr(caught.value, "at", None)
    assert at is None or at.startswith("1"), at


def test_meta_device_infers_the_shape(row):
    if not hasattr(lucet, "_registry"):
        return  # a fake core
    module = row.make().to("meta")
    assert tuple(module(lucet.zeros(row.shape, device="meta")).shape) == row.out


LOSSES = {
    "mse": (nn.MSELoss, [[1.0, 2.0]], [[3.0, 5.0]], [4.0, 9.0], 2),
    "l1": (nn.L1Loss, [[1.0, 2.0]], [[3.0, 5.0]], [2.0, 3.0], 2),
    "nll": (nn.NLLLoss, [[-0.5, -2.0], [-1.0, -3.0]], [0, 1], [0.5, 3.0], 2),
    "smooth l1": (nn.SmoothL1Loss, [[1.0, 2.0]], [[1.5, 5.0]], [0.125, 2.5], 2),
    "huber": (nn.HuberLoss, [[1.0, 2.0]], [[1.5, 5.0]], [0.125, 2.5], 2),
    "kl div": (nn.KLDivLoss, [[-1.0, -2.0]], [[1.0, 0.0]], [1.0, 0.0], 2),
    "bce": (nn.BCELoss, [[0.5, 0.25]], [[1.0, 0.0]], [np.log(2), np.log(4 / 3)], 2),
    "bce with logits": (nn.BCEWithLogitsLoss, [[0.0, np.log(3.0)]], [[1.0, 1.0]], [np.log(2), np.log(4 / 3)], 2),
    "cross entropy": (nn.CrossEntropyLoss, [[0.0, 0.0], [0.0, np.log(3.0)]], [0, 1], [np.log(2), np.log(4 / 3)], 2),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_losses_reduce_as_asked(name, reduction):
    kind, scores, target, each, count = LOSSES[name]
    target = lucet.tensor(target)
    scores = lucet.tensor(scores, dtype=lucet.float64)
    target = target.double() if target.is_floating_point() else target
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the mean of KLDivLoss warns
        got = kind(reduction=reduction)(scores, target)
    expected = {"mean": [sum(each) / count], "sum": [sum(each)], "none": each}[reduction]
    np.testing.assert_allclose(got.reshape(-1).tolist(), expected, rtol=1e-6)
    assert repr(kind()) == f"{kind.__name__}()"


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ({"size_average": True}, "mean"),
        ({"size_average": False}, "sum"),
        ({"reduce": False}, "none"),
        ({"reduce": True, "size_average": False}, "sum"),
    ],
)
@pytest.mark.parametrize("kind", [
    nn.MSELoss, nn.L1Loss, nn.NLLLoss, nn.CrossEntropyLoss, nn.SmoothL1Loss, nn.KLDivLoss, nn.BCELoss, nn.BCEWithLogitsLoss,
])  # fmt: skip
def test_older_reduction_arguments_warn_and_work(options, meant, kind):
    with pytest.warns(UserWarning, match=f"size_average and reduce args will be deprecated.*reduction='{meant}'"):
        assert kind(**options).reduction == meant


def test_class_weights_are_a_buffer_and_weigh_the_mean():
    weight = lucet.tensor([1.0, 3.0])
    for kind in (nn.NLLLoss, nn.CrossEntropyLoss):
        loss = kind(weight=weight)
        assert list(loss.state_dict()) == ["weight"]
    scores = lucet.tensor([[-1.0, -5.0], [-5.0, -2.0]])
    assert nn.NLLLoss(weight)(scores, lucet.tensor([0, 1])).item() == pytest.approx((1 * 1 + 3 * 2) / 4)
    assert nn.NLLLoss(ignore_index=0)(scores, lucet.tensor([0, 1])).item() == pytest.approx(2.0)


def test_settings_of_losses_reach_the_ops():
    a, b = lucet.tensor([0.0, 0.0]), lucet.tensor([1.0, 5.0])
    assert nn.SmoothL1Loss(beta=2.0, reduction="none")(a, b).tolist() == [0.25, 4.0]
    assert nn.HuberLoss(delta=2.0, reduction="none")(a, b).tolist() == [0.5, 8.0]
    assert nn.KLDivLoss(reduction="sum", log_target=True)(a, lucet.zeros(2)).item() == 0.0
    assert nn.KLDivLoss(reduction="batchmean")(lucet.tensor([[-1.0], [-3.0]]), lucet.ones(2, 1)).item() == 2.0
    weighted = nn.BCELoss(weight=lucet.tensor([1.0, 0.0]))
    assert weighted(lucet.tensor([0.5, 0.1]), lucet.ones(2)).item() == pytest.approx(np.log(2) / 2, rel=1e-6)
    logits = nn.BCEWithLogitsLoss(pos_weight=lucet.tensor([3.0]))
    assert logits(lucet.zeros(1), lucet.ones(1)).item() == pytest.approx(3 * np.log(2), rel=1e-6)
    assert list(logits.state_dict()) == ["pos_weight"]
    with pytest.raises(TypeError, match="delta must be a float or int"):
        nn.HuberLoss(delta="a")
    for loss in (nn.SmoothL1Loss(beta=-1), nn.HuberLoss(delta=0)):
        with pytest.raises(RuntimeError, match="does not support"):
            loss(a, b)
    with pytest.warns(UserWarning, match="'batchmean' divides only by the batch size"):
        nn.KLDivLoss()(a, b)


def test_label_smoothing_mixes_in_the_uniform_distribution():
    scores = np.array([[0.2, -1.0, 0.7]])
    logs = scores - np.log(np.exp(scores).sum())
    expected = -(0.7 * logs[0, 1] + 0.3 * logs.mean())
    loss = nn.CrossEntropyLoss(label_smoothing=0.3)
    assert loss(lucet.tensor(scores.tolist()), lucet.tensor([1])).item() == pytest.approx(expected, rel=1e-5)


def test_max_pool_returns_indices_on_request():
    x = lucet.arange(16.0).reshape(1, 1, 4, 4)
    values, indices = nn.MaxPool2d(2, return_indices=True)(x)
    assert values.tolist() == [[[[5.0, 7.0], [13.0, 15.0]]]]
    assert indices.tolist() == [[[[5, 7], [13, 15]]]]
    values, indices = nn.AdaptiveMaxPool2d(1, return_indices=True)(x)
    assert (values.item(), indices.item()) == (15.0, 15)


def test_avg_pool_divides_as_asked():
    x = lucet.ones(1, 1, 2, 2)
    assert nn.AvgPool2d(2, 1, 1)(x).flatten().tolist() == [0.25, 0.5, 0.25, 0.5, 1.0, 0.5, 0.25, 0.5, 0.25]
    assert nn.AvgPool2d(2, 1, 1, count_include_pad=False)(x).flatten().tolist() == [1.0] * 9
    assert nn.AvgPool2d(2, divisor_override=8)(x).item() == 0.5


@pytest.mark.parametrize("kind", [nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SiLU, nn.Hardtanh, nn.CELU, nn.SELU, nn.Mish])
def test_inplace_activations_overwrite_their_input(kind):
    x = lucet.tensor([-2.0, 3.0])
    expected = kind()(x).tolist()
    assert kind(inplace=True)(x) is x
    assert x.tolist() == expected
    assert repr(kind(inplace=True)).endswith("inplace=True)")


def test_inplace_dropout_overwrites_its_input():
    x = lucet.ones(100)
    assert nn.Dropout(0.5, inplace=True)(x) is x
    assert set(x.tolist()) == {0.0, 2.0}


def naive_conv(x, weight, bias, stride, padding, dilation, groups):
    x = np.pad(x, ((0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])))
    height = (x.shape[2] - dilation[0] * (weight.shape[2] - 1) - 1) // stride[0] + 1
    width = (x.shape[3] - dilation[1] * (weight.shape[3] - 1) - 1) // stride[1] + 1
    out = np.zeros((x.shape[0], weight.shape[0], height, width))
    per_group, inputs = weight.shape[0] // groups, weight.shape[1]
    for n, o, i, j in np.ndindex(*out.shape):
        first = o // per_group * inputs
        for c, u, v in np.ndindex(*weight.shape[1:]):
            row, column = i * stride[0] + u * dilation[0], j * stride[1] + v * dilation[1]
            out[n, o, i, j] += x[n, first + c, row, column] * weight[o, c, u, v]
        out[n, o, i, j] += bias[o]
    return out


def test_conv2d_passes_every_argument_on():
    lucet.manual_seed(0)
    conv = nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2, dtype=lucet.float64)
    x = np.random.default_rng(0).standard_normal((2, 4, 6, 5))
    expected = naive_conv(x, conv.weight.detach().numpy(), conv.bias.detach().numpy(), (2, 1), (1, 2), (1, 2), 2)
    np.testing.assert_allclose(conv(lucet.from_numpy(x)).detach().numpy(), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("mode", "numpy_mode"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_padding_modes_equal_a_padded_image(mode, numpy_mode):
    conv = nn.Conv2d(1, 2, 3, padding=(1, 2), padding_mode=mode, dtype=lucet.float64)
    plain = nn.Conv2d(1, 2, 3, dtype=lucet.float64)
    plain.load_state_dict(conv.state_dict())
    x = np.random.default_rng(0).standard_normal((1, 1, 5, 6))
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (2, 2)), mode=numpy_mode)
    np.testing.assert_allclose(
        conv(lucet.from_numpy(x)).detach().numpy(), plain(lucet.from_numpy(padded)).detach().numpy(), rtol=1e-12
    )


@pytest.mark.parametrize("momentum", [0.25, None])
def test_batch_norm_follows_its_formula(momentum):
    rng = np.random.default_rng(0)
    norm = nn.BatchNorm1d(2, eps=0.01, momentum=momentum, dtype=lucet.float64)
    with lucet.no_grad():
        norm.weight.copy_(lucet.tensor([2.0, 0.5]))
        norm.bias.copy_(lucet.tensor([1.0, -1.0]))
    mean, var = np.zeros(2), np.ones(2)
    for step in range(1, 4):
        x = rng.standard_normal((6, 2)) * 3 + 1
        factor = 1 / step if momentum is None else momentum
        expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 0.01) * [2.0, 0.5] + [1.0, -1.0]
        np.testing.assert_allclose(norm(lucet.from_numpy(x)).detach().numpy(), expected, rtol=1e-9)
        mean += factor * (x.mean(0) - mean)
        var += factor * (x.var(0, ddof=1) - var)
        assert norm.num_batches_tracked.item() == step
    np.testing.assert_allclose(norm.running_mean.numpy(), mean, rtol=1e-9)
    np.testing.assert_allclose(norm.running_var.numpy(), var, rtol=1e-9)
    x = rng.standard_normal((3, 2))
    expected = (x - mean) / np.sqrt(var + 0.01) * [2.0, 0.5] + [1.0, -1.0]
    np.testing.assert_allclose(norm.eval()(lucet.from_numpy(x)).detach().numpy(), expected, rtol=1e-9)


def test_batch_norm_without_statistics_uses_the_batch_in_evaluation_too():
    norm = nn.BatchNorm1d(1, track_running_stats=False).eval()
    assert norm(lucet.tensor([[1.0], [3.0]])).flatten().tolist() == pytest.approx([-1, 1], abs=1e-4)
    assert list(norm.state_dict()) == ["weight", "bias"]


def test_batch_norm_needs_more_than_one_value_a_channel():
    with pytest.raises(ValueError, match="[Ee]xpected more than 1 value per channel"):
        nn.BatchNorm1d(2)(lucet.ones(1, 2))


BAD_ARGUMENTS = [
    (lambda: nn.Conv2d(4, 4, 3, groups=0), ValueError, "groups must be a positive integer"),
    (lambda: nn.Conv2d(4, 4, 3, groups=3), ValueError, "in_channels must be divisible by groups"),
    (lambda: nn.Conv2d(4, 3, 3, groups=2), ValueError, "out_channels must be divisible by groups"),
    (lambda: nn.Conv2d(4, 4, 3, padding="full"), ValueError, "Invalid padding string 'full'"),
    (lambda: nn.Conv2d(4, 4, 3, 2, padding="same"), ValueError, "not supported for strided convolutions"),
    (lambda: nn.Conv2d(4, 4, 3, padding_mode="mirror"), ValueError, "padding_mode must be one of"),
    (lambda: nn.Dropout(1.5), ValueError, "between 0 and 1, but got 1.5"),
    (lambda: nn.Dropout2d(-0.1), ValueError, "between 0 and 1"),
    (lambda: nn.Hardtanh(2, 1), AssertionError, "must be greater than"),
    (lambda: nn.Unflatten(1, 3), TypeError, "must be a tuple of ints, but found type int"),
    (lambda: nn.Unflatten(1, (2, "a")), TypeError, "element of type str at pos 1"),
    (lambda: nn.Linear(-1, 2), RuntimeError, "negative"),
    (lambda: nn.Linear("a", 2), TypeError, None),
]


@pytest.mark.parametrize(("make", "kind", "words"), BAD_ARGUMENTS)
def test_constructors_refuse_what_makes_no_sense(make, kind, words):
    with pytest.raises(kind, match=words):
        make()


def test_hardtanh_takes_its_older_names():
    with pytest.warns(FutureWarning, match="`min_value` is deprecated"):
        assert nn.Hardtanh(min_value=-2).min_val == -2
    with pytest.warns(FutureWarning, match="`max_value` is deprecated"):
        assert nn.Hardtanh(max_value=2).max_val == 2


def test_implicit_softmax_dimension_warns():
    for kind in (nn.Softmax, nn.LogSoftmax):
        with pytest.warns(UserWarning, match="[Ii]mplicit dimension choice"):
            kind()(lucet.zeros(2, 2))


def test_subclass_may_override_the_convolution():
    class Doubled(nn.Conv2d):
        def forward(self, input):
            return self._conv_forward(input, self.weight * 2, None)

    conv = Doubled(1, 1, 1, bias=False)
    assert conv(lucet.ones(1, 1, 1, 1)).item() == pytest.approx(2 * conv.weight.item())
