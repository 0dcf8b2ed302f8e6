"""What the update rules share: checks of options and calls, lists as kernels take them, and pieces of formulas in tensor ops.

The ops of the core step float32, float64 and complex parameters; what a kernel cannot do (recorded steps, half types, tensor betas, parameters
without memory) is written in tensor ops beside the call, with the pieces at the end of this file. No state lives here.
"""

from typing import Any

import lucet
from lucet import Tensor

from .optimizer import _as_float, _get_scalar_dtype

__all__: list[str] = []

_REAL = frozenset((lucet.float32, lucet.float64))
_OF_KERNELS = _REAL | {lucet.complex64, lucet.complex128}


# --- options ----------------------------------------------------------------------------------------------------------


def _check_lr(owner: str, lr: Any) -> None:
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"{owner}: Tensor lr must be 1-element, found {lr.numel()} elements")
    _check_at_least_0(owner, "learning rate", lr)


def _check_at_least_0(owner: str, what: str, value: Any) -> None:
    if not 0.0 <= value:
        raise ValueError(f"{owner}: Invalid {what}: {value}, expected at least 0")


def _check_beta_range(owner: str, betas: Any) -> None:
    for i in (0, 1):
        if not 0.0 <= betas[i] < 1.0:
            raise ValueError(f"{owner}: Invalid beta parameter at index {i}: {betas[i]}, expected 0 <= beta < 1")


# --- one call of a functional form ------------------------------------------------------------------------------------


def _check_flags(owner: str, fused: bool | None, foreach: bool | None, differentiable: bool) -> None:
    if not fused:
        return
    if differentiable:
        raise RuntimeError(f"{owner}: `fused` does not support `differentiable`: fused=True and differentiable=True")
    if foreach:
        raise RuntimeError(f"{owner}: `fused` and `foreach` cannot be `True` together, expected at most one of them")


def _check_fused_dtype(p: Tensor) -> None:
    if not p.is_floating_point():
        raise RuntimeError(
            f"`fused=True` requires all the params to be floating point Tensors, but found one of {p.dtype}"
        )


def _check_counters(owner: str, name: str, counters: list[Tensor]) -> None:
    if not all(isinstance(counter, Tensor) for counter in counters):
        raise RuntimeError(f"{owner}: API has changed, `{name}` argument must contain a list of singleton tensors")


def _check_on_cpu(owner: str, params: list[Tensor], foreach: bool | None, differentiable: bool, capturable: bool) -> None:
    """Refuse what torch refuses on the CPU once there is something to step."""
    if params and foreach and differentiable:
        _refuse_gradients(owner)
    if params and capturable:
        _refuse_capturable(owner)


def _refuse_capturable(owner: str) -> None:
    raise AssertionError(
        f"{owner}: capturable=True, but the parameters are on the CPU, expected an accelerator that captures graphs\n"
        "  fix   leave capturable out"
    )


def _refuse_gradients(owner: str) -> None:
    raise AssertionError(f"{owner}: foreach=True with differentiable=True, expected foreach=False: no gradient is kept")


def _unscale(owner: str, grads: list[Tensor], fused: bool | None, grad_scale: Any, found_inf: Any) -> bool:
    """Apply a gradient scaler's leavings; False says that the step has to be skipped."""
    if grad_scale is None and found_inf is None:
        return True
    if not fused:
        raise AssertionError(f"{owner}: grad_scale or found_inf is set, expected both None unless fused=True")
    if found_inf is not None and _as_float(found_inf):
        return False
    if grad_scale is not None:
        for grad in grads:
            grad.div_(grad_scale)
    return True


def _for_kernel(params: list[Tensor], *others: list[Any]) -> tuple[list[Any], ...] | None:
    """The lists as an update op takes them, complex tensors as pairs of reals; None where the step is made of tensor ops."""
    if lucet.is_grad_enabled():
        return None
    kinds = {p.dtype for p in params}
    if not kinds <= _OF_KERNELS or any(p.is_meta for p in params):
        return None
    if kinds <= _REAL:
        return (params, *others)
    return tuple([None if t is None else _pairs(t) for t in tensors] for tensors in (params, *others))


# --- state ------------------------------------------------------------------------------------------------------------


def _repair_numbers(params: Any, state: dict[Any, Any], *names: str) -> None:
    """Turn plain numbers of the state, as old checkpoints have them, into tensors."""
    for p in params:
        own = state.get(p, {})
        for name in names:
            if name in own and not isinstance(own[name], Tensor):
                own[name] = lucet.tensor(float(own[name]), dtype=_get_scalar_dtype())


# --- pieces of formulas, so written that a recorded step keeps nothing that a later step overwrites -------------------------


def _pairs(x: Tensor) -> Tensor:
    """A complex tensor as pairs of reals; others pass."""
    return lucet.view_as_real(x) if x.is_complex() else x  # type: ignore[attr-defined]


def _decayed(p: Tensor, grad: Tensor, weight_decay: float | Tensor) -> Tensor:
    """The gradient with weight decay added; `p` is changed later, so a recorded product needs a copy."""
    if isinstance(weight_decay, Tensor):
        return grad + (p.clone() if weight_decay.requires_grad else p) * weight_decay
    return grad.add(p, alpha=weight_decay) if weight_decay != 0 else grad


def _scale_(x: Tensor, factor: float | Tensor) -> None:
    """x *= factor; a recorded product must not depend on the buffer that it overwrites."""
    if isinstance(factor, Tensor) and factor.requires_grad:
        x.copy_(x.clone() * factor)
    else:
        x.mul_(factor)


def _follow_(mean: Tensor, value: Tensor, beta: float | Tensor) -> None:
    """mean = beta * mean + (1 - beta) * value."""
    if isinstance(beta, Tensor):
        mean.add_((value - mean) * (1 - beta))
    else:
        mean.lerp_(value, 1 - beta)


def _follow_squares_(mean: Tensor, value: Tensor, beta: float) -> None:
    """mean = beta * mean + (1 - beta) * value * value."""
    mean.mul_(beta).addcmul_(value, value, value=1 - beta)
