"""Levels of `vmap`: what a tensor is that has hidden batch dimensions, and how it is laid out for the engine.

Inside `vmap` a batched tensor is an outline (shape and type of one sample, on the meta device) that holds its value: the tensor with
the batch dimension in front, which for a level inside another is batched itself. The engine knows nothing of this: a transform that
differentiates takes tensors down to plain ones, with the batch dimensions of all levels in front, outermost first, and wraps the
results again. No sample's result depends on another's, so the gradients of the plain tensors are those of the samples.
"""

import threading
from typing import Any

from lucet import _modes
from lucet._ops.create import empty
from lucet._tensor import Tensor

DATA_DEPENDENT = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file "
    "an issue at https://github.com/pytorch/pytorch/issues ."
)
_ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite "
    "what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report."
)


class Batched(Tensor):
    """A tensor with a hidden batch dimension of one level: it looks like one sample."""

    _value: Tensor
    _level: Any

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise RuntimeError(f"{func.__name__}: a batched tensor was used after the vmap that made it had ended")

    @property
    def device(self) -> Any:
        return self._value.device

    @property
    def requires_grad(self) -> bool:
        return self._value.requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._value.requires_grad = value

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        raise RuntimeError(
            "You are attempting to call Tensor.requires_grad_() inside of a function being transformed by vmap, which would reach the tensor "
            "outside. This is unsupported: use the transforms (grad, vjp, jacrev, jacfwd, hessian), or call requires_grad_ outside of the function"
        )

    def _is_recorded(self) -> bool:
        return self._value._is_recorded()

    @property
    def grad_fn(self) -> Any:
        return self._value.grad_fn

    @property
    def is_meta(self) -> bool:
        return self._value.is_meta

    def is_conj(self) -> bool:
        return self._value.is_conj()

    @property
    def T(self) -> Tensor:
        return self.permute(*range(self.dim() - 1, -1, -1))

    @property
    def mT(self) -> Tensor:
        return self.transpose(-2, -1)

    @property
    def H(self) -> Tensor:
        return self.adjoint()

    @property
    def data(self) -> Tensor:
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        raise RuntimeError("vmap: the data of a batched tensor cannot be replaced")

    def __bool__(self) -> bool:
        raise RuntimeError(DATA_DEPENDENT)

    def item(self) -> Any:
        raise RuntimeError(_ITEM)

    __float__ = __int__ = __index__ = __complex__ = tolist = item

    def numpy(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("vmap: a batched tensor has no NumPy array")

    __array__ = numpy

    def __repr__(self, *args: Any, **kwargs: Any) -> str:
        return f"Batched(value={self._value!r})"

    def __format__(self, spec: str) -> str:
        return repr(self)


def wrap(value: Tensor, level: Any) -> Tensor:
    """`value`, whose first dimension is the batch, as a tensor of one sample."""
    with _Unseen():
        outline = empty(value.shape[1:], dtype=value.dtype, device="meta").as_subclass(Batched)
    outline._value, outline._level = value, level
    return outline


def become(x: Any, other: Any) -> None:
    """Let a batched tensor have the value and the shape of another."""
    with _Unseen():
        vars(Tensor)["data"].__set__(x, other)
    x._value = other._value


class _Unseen:
    """Ops inside reach no mode and no subclass."""

    def __enter__(self) -> None:
        self._before = _modes._modes_in_force()
        grad, inference, depth, _ = self._before
        _modes._adopt_modes(grad, inference, depth + 1)

    def __exit__(self, *exception: object) -> None:
        _modes._adopt_modes(*self._before)


def batched_at(x: Any, level: Any) -> bool:
    return type(x) is Batched and x._level is level


def value_at(x: Tensor, level: Any) -> Tensor:
    """The value of `x` at `level`, with the batch dimension in front: expanded where `x` is the same for all samples."""
    if isinstance(x, Batched) and x._level is level:
        return x._value
    return x.expand(level.size, *x.shape)


_here = threading.local()


def active() -> list[Any]:
    """The levels that are open in this thread, outermost first."""
    if not hasattr(_here, "levels"):
        _here.levels = []
    return _here.levels


class Layout:
    """How tensors look to the engine: plain, with the batch dimensions of `levels` in front."""

    def __init__(self) -> None:
        self.levels = tuple(active())

    def plain(self, x: Tensor) -> Tensor:
        """`x` with a dimension for each level."""
        for level in reversed(self.levels):
            x = value_at(x, level)
        return x

    def batched(self, x: Tensor) -> Tensor:
        """A plain tensor as one of the innermost level."""
        for level in self.levels:
            x = wrap(x, level)
        return x
