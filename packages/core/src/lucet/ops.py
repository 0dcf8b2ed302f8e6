"""`lucet.ops.aten.<name>.<overload>`: the ops under the names that torch's dispatcher has for them. Each overload is the op itself.

For lists of ops (`create_selective_checkpoint_contexts`, `__torch_function__` handlers) and direct calls; nothing is dispatched here.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from lucet._registry import ALIASES, OPS
from lucet._tensor import Tensor

__all__ = ["aten"]

_OVERLOADS = frozenset(
    "default Tensor Scalar out Tensor_out Scalar_out int int_out dim dim_out dims dims_out IntList_out dim_IntList other self self_out correction "
    "names dtype float start start_step low low_out input src value reduce value_reduce using_ints Tensor_mode Scalar_mode Tensor_Scalar "
    "Tensor_Tensor Scalar_Tensor ScalarOpt_dim dim_max dim_min max min values list memory_format mode vec".split()
)


class OpPacket:
    """All forms of an op: a call of it is a call of the op, and so is one of `.default`, `.Tensor` and the other overloads."""

    def __init__(self, name: str, op: Callable[..., Any]):
        self._name, self.op = name, op

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.op(*args, **kwargs)

    def __getattr__(self, overload: str) -> Callable[..., Any]:
        if overload in _OVERLOADS:
            return self.op
        raise AttributeError(f"The underlying op of 'aten.{self._name}' has no overload name '{overload}'")

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='aten.{self._name}')>"


class _Aten:
    """The namespace of torch's own ops."""

    name = "aten"

    def __getattr__(self, name: str) -> OpPacket:
        op = _op_called(name)
        if op is None:
            raise AttributeError(f"'_OpNamespace' 'aten' object has no attribute '{name}'")
        packet = OpPacket(name, op)
        setattr(self, name, packet)
        return packet

    def __repr__(self) -> str:
        return "<lucet.ops.aten>"


def _op_called(name: str) -> Callable[..., Any] | None:
    inplace = name.endswith("_") and not name.endswith("__") and name not in OPS
    old = ALIASES.get(name.removesuffix("_") if inplace else name, name.removesuffix("_") if inplace else name)
    entry = OPS.get(old)
    if entry is None:
        found = None if name.startswith("__") else vars(Tensor).get(name)
        return found if callable(found) else None
    return entry.inplace if inplace else entry.function


aten = _Aten()


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"lucet.ops has no namespace {name!r}: operators are not registered from outside (docs/differences.md)")
