"""Batch normalisation layers with their running statistics. The arithmetic is the op `batch_norm`."""

from typing import Any

import lucet
from lucet import Tensor
from lucet.nn import init
from lucet.nn.functional import batch_norm
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"]


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
