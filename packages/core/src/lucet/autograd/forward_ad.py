"""Forward mode: duals, tensors that carry a tangent through whatever is computed from them. How is in `_places`."""

import threading
from typing import Any, NamedTuple

from lucet._tensor import Tensor
from lucet.autograd._places import Level
from lucet.autograd.grad_mode import _Switch

__all__ = ["UnpackedDualTensor", "dual_level", "enter_dual_level", "exit_dual_level", "make_dual", "unpack_dual"]

class _Here(threading.local):
    level: Level | None = None  # the one that the thread's program opened; there is one at a time


_here = _Here()


class UnpackedDualTensor(NamedTuple):
    """What `unpack_dual` returns."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Begin a level: from here to `exit_dual_level`, duals can be made. Returns its number. RuntimeError where one is open."""
    if _here.level is not None:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    _here.level = Level().__enter__()
    return 0


def exit_dual_level(*, level: int | None = None) -> None:
    """End the level; tangents of its duals are gone. RuntimeError where it is not the one that is open."""
    if level not in (None, 0 if _here.level is not None else -1):
        raise RuntimeError("Trying to exit a forward AD level that was not the last one that was created. This is not supported.")
    if _here.level is None:
        raise RuntimeError("Dual level must be a positive number.")
    _here.level.__exit__()
    _here.level = None


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """`tensor` with `tangent` on it: what is computed from it carries J @ tangent, which `unpack_dual` tells.

    Raises: RuntimeError outside of a level, for a tangent of another shape, for a tensor that carries a tangent already;
    ValueError where either is not floating or complex.

    >>> import lucet
    >>> import lucet.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     x = fwAD.make_dual(lucet.tensor([1., 3.]), lucet.tensor([1., 0.5]))
    ...     fwAD.unpack_dual(x * x).tangent
    tensor([2., 3.])
    """
    if _here.level is None or level is not None and level < 0:
        raise RuntimeError("Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.")
    for name, given in (("primal", tensor), ("tangent", tangent)):
        if not (given.is_floating_point() or given.is_complex()):
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {given.dtype}")
    if tensor.shape != tangent.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. "
            f"Tensor is of size {list(tensor.shape)} while the given forward gradient is of size {list(tangent.shape)}."
        )
    if _here.level.carries(tensor):
        raise RuntimeError("Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.")
    return _here.level.dual(tensor, tangent)


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """A named tuple (primal, tangent) of a tensor; the tangent is None where it depends on no dual."""
    if _here.level is None or level is not None and level < 0:
        return UnpackedDualTensor(tensor, None)
    (tangent,) = _here.level.tangents([tensor])
    if tangent is None:
        return UnpackedDualTensor(tensor, None)
    return UnpackedDualTensor(_here.level.settled(tensor), _here.level.settled(tangent))


class dual_level(_Switch):
    """A level as a context (or decorator).

    >>> import lucet
    >>> import lucet.autograd.forward_ad as fwAD
    >>> with fwAD.dual_level():
    ...     fwAD.unpack_dual(fwAD.make_dual(lucet.ones(1), lucet.ones(1)).exp()).tangent
    tensor([2.7183])
    """

    def __enter__(self) -> Any:
        return enter_dual_level()

    def __exit__(self, *exception: object) -> None:
        exit_dual_level()
