"""Parameter and Buffer: tensors that a Module registers when they are assigned to it, and their forms without a shape.

How it does so is in modules/module.py.
"""

from collections import OrderedDict
from typing import Any

import lucet
from lucet import Tensor

__all__ = ["Buffer", "Parameter", "UninitializedBuffer", "UninitializedParameter"]


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


class UninitializedTensorMixin:
    """What parameters and buffers without a shape share: they can be moved, converted, loaded and made."""

    cls_to_become: type
    data: Any
    requires_grad: Any

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Take uninitialised elements of that shape and become an ordinary parameter or buffer."""
        device = self.data.device if device is None else device
        dtype = self.data.dtype if dtype is None else dtype
        self.data = lucet.empty(shape, device=device, dtype=dtype)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]

    @property
    def shape(self) -> Any:
        """Refused: there is none yet."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. It has one after the first forward pass of "
            "its module; `load_state_dict` of an initialized module needs an initialized one."
        )

    def share_memory_(self) -> Any:
        """Refused: there is no memory yet."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. It has some after the first forward pass of its module."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return type(self), (self.requires_grad,)

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        if getattr(func, "__name__", "") in _ALLOWED:
            return super().__torch_function__(func, types, args, kwargs or {})  # type: ignore[misc]
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {getattr(func, '__name__', func)}. Call the lazy module with a first "
            "input, which tells its shape, before its parameters are used."
        )


# What may be done to a tensor whose shape is not known yet.
_ALLOWED = frozenset(
    "__hash__ size copy_ is_complex is_floating_point half float double bfloat16 char short int long cuda cpu to type get_device detach".split()
)


def is_lazy(param: Any) -> bool:
    """Whether `param` is a parameter or buffer without a shape."""
    return isinstance(param, UninitializedTensorMixin)


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape is not known yet; a lazy module makes it a Parameter at its first input.

    Raises: RuntimeError where its shape is asked for, ValueError where it is computed with.

    >>> from lucet import nn
    >>> p = nn.UninitializedParameter()
    >>> p.materialize((2, 3))
    >>> type(p).__name__, tuple(p.shape)
    ('Parameter', (2, 3))
    """

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:  # type: ignore[misc]
        return Tensor._make_subclass(cls, lucet.empty(0, device=device, dtype=dtype), requires_grad)

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        pass  # __new__ has done it

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return memo[id(self)]


class _MadeBuffer(Tensor):
    """What an UninitializedBuffer becomes: a tensor as any other (no object of Python can turn into a compiled type's)."""


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer whose shape is not known yet; a lazy module replaces it at its first input.

    >>> from lucet import nn
    >>> b = nn.UninitializedBuffer()
    >>> b
    <UninitializedBuffer>
    >>> b.materialize((2,))
    >>> tuple(b.shape)
    (2,)
    """

    cls_to_become = _MadeBuffer
    persistent = True

    def __new__(  # type: ignore[misc]
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> Any:
        buffer = Tensor._make_subclass(cls, lucet.empty(0, device=device, dtype=dtype), requires_grad)
        buffer.persistent = persistent
        buffer._is_buffer = True
        return buffer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass  # __new__ has done it

    def __deepcopy__(self, memo: dict) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype, self.persistent)
        return memo[id(self)]


def _treat_as_exact_tensors() -> None:
    """Let ops take a Parameter by their front door, as they take a Tensor, instead of as an intercepting subclass."""
    for room in ("_modes", "_C"):
        off = getattr(getattr(lucet, room, None), "_disabled_torch_function_impl", None)
        if off is not None:
            for kind in (Parameter, Buffer, _MadeBuffer):
                kind.__torch_function__ = staticmethod(off)  # type: ignore[method-assign]
            break
    register = getattr(getattr(lucet, "_tensor", None), "register_exact_type", None)
    if register is not None:
        register(Parameter)


_treat_as_exact_tensors()
