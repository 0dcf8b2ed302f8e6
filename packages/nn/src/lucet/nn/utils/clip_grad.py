"""Clipping gradients by norm and by value."""

import warnings
from collections.abc import Iterable
from typing import TypeAlias

import lucet
from lucet import Tensor

__all__ = ["clip_grad_norm", "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm"]

Tensors: TypeAlias = Tensor | Iterable[Tensor]


def _gradients(parameters: Tensors) -> list[Tensor]:
    """The gradients that there are."""
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p.grad for p in parameters if p.grad is not None]


@lucet.no_grad()
def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of all tensors as one vector, a 0-dim tensor; 0 for no tensors.

    `norm_type` is any order that `linalg.vector_norm` takes, infinity too. `foreach` chooses between two ways of
    computing the same in torch; there is one here.

    Raises: RuntimeError with `error_if_nonfinite` where the norm is infinite or NaN, and for integer tensors.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.utils.get_total_norm([lucet.tensor([3.0]), lucet.tensor([4.0])])
    tensor(5.)
    """
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not tensors:
        return lucet.tensor(0.0)
    norm_type = float(norm_type)
    norms = [lucet.linalg.vector_norm(tensor, norm_type) for tensor in tensors]
    total = lucet.linalg.vector_norm(lucet.stack([norm.to(norms[0].device) for norm in norms]), norm_type)
    if error_if_nonfinite and not bool(total.isfinite()):
        raise RuntimeError(
            f"clip_grad_norm_: The total norm of order {norm_type} for gradients from `parameters` is non-finite, so "
            "it cannot be clipped; error_if_nonfinite=False scales the gradients by it anyway"
        )
    return total


@lucet.no_grad()
def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale gradients in place by `max_norm / (total_norm + 1e-6)` where that is below 1.

    >>> import lucet
    >>> from lucet import nn
    >>> w = lucet.zeros(2, requires_grad=True)
    >>> w.grad = lucet.tensor([3.0, 4.0])
    >>> nn.utils.clip_grads_with_norm_(w, 2.5, lucet.tensor(5.0))
    >>> w.grad
    tensor([1.5000, 2.0000])
    """
    factor = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    for gradient in _gradients(parameters):
        gradient.mul_(factor.to(gradient.device))


@lucet.no_grad()
def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale gradients in place so that the norm of all together is at most `max_norm`; the norm before is returned.

    Parameters without a gradient are left out.
    Raises: RuntimeError with `error_if_nonfinite` where the norm is infinite or NaN.
    Source: Pascanu et al., On the difficulty of training recurrent neural networks (2013), section 3.2.

    >>> import lucet
    >>> from lucet import nn
    >>> w = lucet.zeros(2, requires_grad=True)
    >>> w.grad = lucet.tensor([3.0, 4.0])
    >>> nn.utils.clip_grad_norm_([w], max_norm=1.0)
    tensor(5.)
    """
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    total = get_total_norm(_gradients(parameters), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(parameters, max_norm, total, foreach)
    return total


def clip_grad_norm(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The older name of `clip_grad_norm_`; warns.

    >>> import warnings
    >>> from lucet import nn
    >>> with warnings.catch_warnings(record=True):
    ...     nn.utils.clip_grad_norm([], 1.0)
    tensor(0.)
    """
    warnings.warn(
        "`lucet.nn.utils.clip_grad_norm` is now deprecated in favor of `lucet.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


@lucet.no_grad()
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Cut each element of the gradients off at plus and minus `clip_value`, in place.

    >>> import lucet
    >>> from lucet import nn
    >>> w = lucet.zeros(2, requires_grad=True)
    >>> w.grad = lucet.tensor([-3.0, 0.5])
    >>> nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([-1.0000,  0.5000])
    """
    clip_value = float(clip_value)
    for gradient in _gradients(parameters):
        gradient.clamp_(min=-clip_value, max=clip_value)
