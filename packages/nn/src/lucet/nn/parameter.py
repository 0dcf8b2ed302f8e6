"""Parameter and Buffer: tensors that a Module registers when they are assigned to it.

How it does so is in modules/module.py.
"""

from collections import OrderedDict
from typing import Any

import lucet
from lucet import Tensor

__all__ = ["Buffer", "Parameter"]


class _ParameterType(type(Tensor)):  # type: ignore[misc]
    """isinstance(t, Parameter) also holds for a tensor of another class that was wrapped as a parameter."""

    def __instancecheck__(cls, instance: object) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        return cls is Parameter and isinstance(instance, Tensor) and getattr(instance, "_is_param", False)


class Parameter(Tensor, metaclass=_ParameterType):
    """A tensor that becomes one of a module's parameters when it is assigned as an attribute.

    It shares `data`'s memory and is a leaf, also when `data` came from an operation. `data` of another tensor class
    stays of that class and counts as a Parameter in `isinstance`. Operations on a parameter give plain tensors.

    Shape: that of `data`; None gives an empty one.
    Dtype: floating or complex if `requires_grad`, else any.
    Raises: RuntimeError for another dtype with `requires_grad=True`.

    >>> import lucet
    >>> from lucet import nn
    >>> nn.Parameter(lucet.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> "Parameter":
        if data is None:
            data = lucet.empty(0)
        if type(data) is Tensor or type(data) is Parameter:
            return Tensor._make_subclass(cls, data, requires_grad)
        return _wrap_other_class(cls, data, requires_grad)

    def __init__(self, data: Tensor | None = None, requires_grad: bool = True) -> None:
        pass  # __new__ has done it; Tensor's takes other arguments

    def __deepcopy__(self, memo: dict) -> "Parameter":
        if id(self) in memo:
            return memo[id(self)]
        copied = type(self)(self.data.clone(memory_format=lucet.preserve_format), self.requires_grad)
        memo[id(self)] = copied
        return copied

    def __repr__(self) -> str:
        return f"Parameter containing:\n{self.detach().requires_grad_(self.requires_grad)!r}"

    def __reduce_ex__(self, protocol: Any) -> tuple:
        state = dict(self.__dict__)
        if state:
            return _rebuild_parameter_with_state, (self.data, self.requires_grad, OrderedDict(), state)
        return _rebuild_parameter, (self.data, self.requires_grad, OrderedDict())


class _BufferType(type(Tensor)):  # type: ignore[misc]
    """isinstance(t, Buffer) is true for tensors that Buffer marked."""

    def __instancecheck__(cls, instance: object) -> bool:
        if type.__instancecheck__(cls, instance):
            return True
        return cls is Buffer and isinstance(instance, Tensor) and getattr(instance, "_is_buffer", False)


class Buffer(Tensor, metaclass=_BufferType):
    """A tensor that becomes one of a module's buffers when it is assigned as an attribute.

    The result is a plain tensor that carries a mark; it shares `data`'s memory. A persistent buffer is part of the
    module's `state_dict`. None for `data` gives an empty one.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.Module()
    >>> m.steps = nn.Buffer(lucet.zeros(1), persistent=False)
    >>> list(m.named_buffers()), list(m.state_dict())
    ([('steps', tensor([0.]))], [])
    """

    persistent: bool

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Tensor:  # type: ignore[misc]
        if data is None:
            data = lucet.empty(0)
        buffer = data.detach().requires_grad_(data.requires_grad)
        buffer.persistent = persistent
        buffer._is_buffer = True
        return buffer


def _wrap_other_class(cls: type, data: Any, requires_grad: bool) -> Any:
    """Mark a detached `data` of another tensor class as a parameter."""
    wrapped = data.detach().requires_grad_(requires_grad)
    if type(wrapped) is not type(data):
        raise RuntimeError(
            f"{cls.__name__}: detach() of {type(data).__name__} gave {type(wrapped).__name__}, expected the same class"
        )
    wrapped._is_param = True
    return wrapped


def _rebuild_parameter(data: Tensor, requires_grad: bool, backward_hooks: OrderedDict) -> Parameter:
    """What a pickled Parameter calls to come back; hooks do not travel."""
    return Parameter(data, requires_grad)


def _rebuild_parameter_with_state(data: Tensor, requires_grad: bool, backward_hooks: OrderedDict, state: dict) -> Any:
    """The same for a parameter with attributes of its own."""
    parameter = Parameter(data, requires_grad)
    parameter.__dict__.update(state)
    return parameter


def _treat_as_exact_tensors() -> None:
    """Let ops take a Parameter by their front door, as they take a Tensor, instead of as an intercepting subclass."""
    for room in ("_modes", "_C"):
        off = getattr(getattr(lucet, room, None), "_disabled_torch_function_impl", None)
        if off is not None:
            Parameter.__torch_function__ = Buffer.__torch_function__ = staticmethod(off)  # type: ignore[method-assign]
            break
    register = getattr(getattr(lucet, "_tensor", None), "register_exact_type", None)
    if register is not None:
        register(Parameter)


_treat_as_exact_tensors()
