"""Instance normalisation layers. The arithmetic is the op `instance_norm`."""

import warnings
from typing import Any

from lucet import Tensor
from lucet.nn.functional import instance_norm
from lucet.nn.modules.batchnorm import _LazyNormBase, _NormBase

__all__ = [
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
]


class _InstanceNorm(_NormBase):
    """What instance norms of every dimension share; `_get_no_batch_dim` is the rank of one sample."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _get_no_batch_dim(self) -> int:
        raise NotImplementedError(f"{self._get_name()}: the class does not say which inputs it takes")

    def _handle_no_batch_input(self, input: Tensor) -> Tensor:
        return self._apply_instance_norm(input.unsqueeze(0)).squeeze(0)

    def _apply_instance_norm(self, input: Tensor) -> Tensor:
        return instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            self.momentum if self.momentum is not None else 0.0,
            self.eps,
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
        if local_metadata.get("version") is None and not self.track_running_stats:
            # before versions were written, statistics were kept whether they were asked for or not
            found = [name for name in ("running_mean", "running_var") if prefix + name in state_dict]
            if found:
                kind, names = type(self).__name__, " and ".join(f'"{prefix}{name}"' for name in found)
                error_msgs.append(
                    f"Unexpected running stats buffer(s) {names} for {kind} with "
                    f"track_running_stats=False; {kind}(..., track_running_stats=True) takes them, or remove them from the state dict."
                )
                for name in found:
                    state_dict.pop(prefix + name)
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )

    def forward(self, input: Tensor) -> Tensor:
        """The input, normalised for each sample and channel."""
        self._check_input_dim(input)
        dim = input.dim() - self._get_no_batch_dim()
        if input.size(dim) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features ({self.num_features}), but got: {input.size(dim)}."
                )
            warnings.warn(
                f"input's size at dim={dim} does not match num_features, which is not used because affine=False",
                stacklevel=2,
            )
        if dim == 0:
            return self._handle_no_batch_input(input)
        return self._apply_instance_norm(input)


class InstanceNorm1d(_InstanceNorm):
    """Normalise each channel of each sample: `(x - mean) / sqrt(var + eps) * weight + bias`.

    Mean and (biased) variance are those of the sample's channel, unless `track_running_stats` kept others and the module
    evaluates. There are `weight` and `bias` only with `affine`.

    Shape: (N, C, L) or (C, L), returned unchanged; C = num_features.
    Raises: ValueError for another number of dimensions, one value per channel, or with `affine` other channels.
    Source: Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization (2016), equation 3.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.InstanceNorm1d(3)(lucet.zeros(2, 3, 4)).shape)
    (2, 3, 4)
    """

    def _get_no_batch_dim(self) -> int:
        return 2

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (2, 3):
            raise ValueError(f"{type(self).__name__}: expected 2D or 3D input (got {input.dim()}D input)")


class InstanceNorm2d(_InstanceNorm):
    """Normalise each channel of each image; otherwise as InstanceNorm1d.

    Shape: (N, C, H, W) or (C, H, W), returned unchanged; C = num_features.
    Raises: ValueError for another number of dimensions, one value per channel, or with `affine` other channels.
    Source: Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization (2016), equation 3.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.InstanceNorm2d(3)(lucet.zeros(2, 3, 4, 4)).shape)
    (2, 3, 4, 4)
    """

    def _get_no_batch_dim(self) -> int:
        return 3

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (3, 4):
            raise ValueError(f"{type(self).__name__}: expected 3D or 4D input (got {input.dim()}D input)")


class InstanceNorm3d(_InstanceNorm):
    """Normalise each channel of each volume; otherwise as InstanceNorm1d.

    Shape: (N, C, D, H, W) or (C, D, H, W), returned unchanged; C = num_features.
    Raises: ValueError for another number of dimensions, one value per channel, or with `affine` other channels.
    Source: Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization (2016), equation 3.

    >>> import lucet
    >>> from lucet import nn
    >>> tuple(nn.InstanceNorm3d(3)(lucet.zeros(2, 3, 4, 4, 4)).shape)
    (2, 3, 4, 4, 4)
    """

    def _get_no_batch_dim(self) -> int:
        return 4

    def _check_input_dim(self, input: Tensor) -> None:
        if input.dim() not in (4, 5):
            raise ValueError(f"{type(self).__name__}: expected 4D or 5D input (got {input.dim()}D input)")


class LazyInstanceNorm1d(_LazyNormBase, _InstanceNorm):
    """An InstanceNorm1d that learns `num_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyInstanceNorm1d()
    >>> tuple(m(lucet.zeros(2, 3, 4)).shape), type(m).__name__, m.num_features
    ((2, 3, 4), 'InstanceNorm1d', 3)
    """

    cls_to_become = InstanceNorm1d
    _get_no_batch_dim = InstanceNorm1d._get_no_batch_dim
    _check_input_dim = InstanceNorm1d._check_input_dim


class LazyInstanceNorm2d(_LazyNormBase, _InstanceNorm):
    """An InstanceNorm2d that learns `num_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyInstanceNorm2d()
    >>> tuple(m(lucet.zeros(2, 3, 4, 4)).shape), type(m).__name__, m.num_features
    ((2, 3, 4, 4), 'InstanceNorm2d', 3)
    """

    cls_to_become = InstanceNorm2d
    _get_no_batch_dim = InstanceNorm2d._get_no_batch_dim
    _check_input_dim = InstanceNorm2d._check_input_dim


class LazyInstanceNorm3d(_LazyNormBase, _InstanceNorm):
    """An InstanceNorm3d that learns `num_features` from its first input, and becomes one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyInstanceNorm3d()
    >>> tuple(m(lucet.zeros(2, 3, 4, 4, 4)).shape), type(m).__name__, m.num_features
    ((2, 3, 4, 4, 4), 'InstanceNorm3d', 3)
    """

    cls_to_become = InstanceNorm3d
    _get_no_batch_dim = InstanceNorm3d._get_no_batch_dim
    _check_input_dim = InstanceNorm3d._check_input_dim
