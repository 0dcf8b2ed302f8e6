"""Batch normalisation layers with their running statistics. The arithmetic is the op `batch_norm`."""

from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import batch_norm
from lucet.nn.modules.lazy import LazyModuleMixin
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter, UninitializedBuffer, UninitializedParameter

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "SyncBatchNorm",
]


class _NormBase(Module):
    """Scale, shift and running statistics per channel, as batch norm keeps them."""

    _version = 2
    __constants__ = ["track_running_stats", "momentum", "eps", "num_features", "affine"]
    num_features: int
    eps: float
    momentum: float | None
    affine: bool
    track_running_stats: bool

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        kind = {"device": device, "dtype": dtype}
        self.register_parameter("weight", Parameter(lucet.empty(num_features, **kind)) if affine else None)
        self.register_parameter("bias", Parameter(lucet.empty(num_features, **kind)) if affine and bias else None)
        tracked = track_running_stats
        self.register_buffer("running_mean", lucet.zeros(num_features, **kind) if tracked else None)
        self.register_buffer("running_var", lucet.ones(num_features, **kind) if tracked else None)
        batches = lucet.tensor(0, dtype=lucet.int64, device=device) if tracked else None
        self.register_buffer("num_batches_tracked", batches)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Start the running statistics anew: mean 0, variance 1, no batches."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Start anew: statistics as above, weight 1, bias 0."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        raise NotImplementedError(f"{self._get_name()}: the class does not say which inputs it takes")

    def extra_repr(self) -> str:
        """The constructor arguments."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        version = local_metadata.get("version")
        key = prefix + "num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            # Version 1 did not count batches; a count on the meta device could not be copied later.
            count = self.num_batches_tracked
            state_dict[key] = lucet.tensor(0, dtype=lucet.int64) if count is None or count.is_meta else count
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )


class _BatchNorm(_NormBase):
    """The forward pass that batch norms of every dimension share."""

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised per channel; in training mode the running statistics move."""
        self._check_input_dim(input)
        mean, var = self.running_mean, self.running_var
        training = self.training
        momentum = 0.0 if self.momentum is None else self.momentum
        if not training:
            return batch_norm(
                input, mean, var, self.weight, self.bias, mean is None and var is None, momentum, self.eps
            )
        if not self.track_running_stats:
            mean = var = None
        elif self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:
                momentum = _share_of_newest(self.num_batches_tracked)
        return batch_norm(input, mean, var, self.weight, self.bias, True, momentum, self.eps)


def _share_of_newest(batches: Tensor) -> float:
    """The weight of the newest batch in the plain average of all; a count without a value, on meta, gives none."""
    return 0.0 if batches.is_meta else 1.0 / float(batches)


class BatchNorm1d(_BatchNorm):
    """Normalise each channel over the batch: `(x - mean) / sqrt(var + eps) * weight + bias`.

    In training mode mean and (biased) variance are the batch's, and `running_mean`, `running_var` (unbiased) follow
    with weight `momentum`; None for it gives the plain average of all batches. In evaluation
    mode the running ones are used.

    Shape: (N, C) or (N, C, L), returned unchanged; C = num_features.
    Raises: ValueError for another number of dimensions, or one value per channel in training mode.
    Source: Ioffe and Szegedy, Batch Normalization (2015), algorithm 1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.BatchNorm1d(1)(lucet.tensor([[1.0], [3.0]])).round()
    tensor([[-1.],
            [ 1.]], grad_fn=<RoundBackward0>)
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() != 2 and input.dim() != 3:
            raise ValueError(f"BatchNorm1d: expected 2D or 3D input (got {input.dim()}D input)")


class BatchNorm2d(_BatchNorm):
    """Normalise each channel over batch, height and width; otherwise as BatchNorm1d.

    Shape: (N, C, H, W), returned unchanged; C = num_features.
    Raises: ValueError for another number of dimensions, or one value per channel in training mode.
    Source: Ioffe and Szegedy, Batch Normalization (2015), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.BatchNorm2d(3)
    >>> tuple(m(lucet.zeros(2, 3, 4, 4)).shape), int(m.num_batches_tracked)
    ((2, 3, 4, 4), 1)
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() != 4:
            raise ValueError(f"BatchNorm2d: expected 4D input (got {input.dim()}D input)")


class BatchNorm3d(_BatchNorm):
    """Normalise each channel over batch, depth, height and width; otherwise as BatchNorm1d.

    Shape: (N, C, D, H, W), returned unchanged; C = num_features.
    Raises: ValueError for another number of dimensions, or one value per channel in training mode.
    Source: Ioffe and Szegedy, Batch Normalization (2015), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.BatchNorm3d(3)(lucet.zeros(2, 3, 4, 4, 4)).shape)
    (2, 3, 4, 4, 4)
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() != 5:
            raise ValueError(f"BatchNorm3d: expected 5D input (got {input.dim()}D input)")


class _LazyNormBase(LazyModuleMixin, _NormBase):
    """Learns the number of channels from the first input."""

    weight: Any
    bias: Any

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        # no parameters and no statistics for now
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=False)
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = lucet.tensor(0, dtype=lucet.int64, device=device)

    def reset_parameters(self) -> None:
        """As the layer's own, once the parameters are there."""
        if not self.has_uninitialized_params() and self.num_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Make parameters and statistics for inputs like this one."""
        if not self.has_uninitialized_params():
            return
        self.num_features = input.shape[1]
        for name, value in list(self._members()):
            if value is not None and name != "num_batches_tracked":
                self._make(name, (self.num_features,))
        self.reset_parameters()


class LazyBatchNorm1d(_LazyNormBase, _BatchNorm):
    """A BatchNorm1d that learns `num_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyBatchNorm1d()
    >>> tuple(m(lucet.zeros(2, 3, 4)).shape), type(m).__name__, m.num_features
    ((2, 3, 4), 'BatchNorm1d', 3)
    """

    cls_to_become = BatchNorm1d
    _check_input_dim = BatchNorm1d._check_input_dim


class LazyBatchNorm2d(_LazyNormBase, _BatchNorm):
    """A BatchNorm2d that learns `num_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyBatchNorm2d()
    >>> tuple(m(lucet.zeros(2, 3, 4, 4)).shape), type(m).__name__, m.num_features
    ((2, 3, 4, 4), 'BatchNorm2d', 3)
    """

    cls_to_become = BatchNorm2d
    _check_input_dim = BatchNorm2d._check_input_dim


class LazyBatchNorm3d(_LazyNormBase, _BatchNorm):
    """A BatchNorm3d that learns `num_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyBatchNorm3d()
    >>> tuple(m(lucet.zeros(2, 3, 4, 4, 4)).shape), type(m).__name__, m.num_features
    ((2, 3, 4, 4, 4), 'BatchNorm3d', 3)
    """

    cls_to_become = BatchNorm3d
    _check_input_dim = BatchNorm3d._check_input_dim


class SyncBatchNorm(_BatchNorm):
    """Batch norm over the batches of all processes; there is one process, so it normalises its batch as BatchNorm does.

    `convert_sync_batchnorm` puts it in the place of the batch norms of a network. `process_group` is kept.

    Shape: (N, C, *), returned unchanged; C = num_features.
    Raises: ValueError for fewer than two dimensions or no channels.
    Source: Ioffe and Szegedy, Batch Normalization (2015), algorithm 1.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.BatchNorm1d(2)))
    Sequential(
      (0): SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
    )
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any | None = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() < 2:
            raise ValueError(f"SyncBatchNorm: expected at least 2D input (got {input.dim()}D input)")
        if input.size(1) == 0:
            raise ValueError("SyncBatchNorm number of input channels should be non-zero")

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any | None = None) -> Module:
        """`module` with a SyncBatchNorm, of the same parameters and statistics, for each of its batch norms."""
        converted = module
        if isinstance(module, _BatchNorm):
            converted = SyncBatchNorm(
                module.num_features,
                module.eps,
                module.momentum,
                module.affine,
                module.track_running_stats,
                process_group,
                bias=module.bias is not None,
            )
            if module.affine:
                converted.weight = module.weight
                converted.bias = module.bias
            converted.running_mean = module.running_mean
            converted.running_var = module.running_var
            converted.num_batches_tracked = module.num_batches_tracked
            converted.training = module.training
        for name, child in module.named_children():
            converted.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return converted
