"""Parametrizations: a parameter that is computed from others each time it is read. Ready ones are in parametrizations.py."""

import copyreg
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import lucet
from lucet import Tensor
from lucet.__future__ import get_swap_module_params_on_conversion
from lucet.nn.modules.container import ModuleDict, ModuleList
from lucet.nn.modules.module import Module
from lucet.nn.parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

# What was computed inside `cached`, by the module's id and the name; of the process, as torch's.
_cache: dict[tuple[int, str], Tensor] = {}
_depth = [0]


@contextmanager
def cached() -> Iterator[None]:
    """Inside, each parametrized tensor is computed once, when it is first read; at the end all are forgotten.

    For models that read a parameter several times, as recurrent ones do.

    >>> from lucet import nn
    >>> from lucet.nn.utils import parametrizations, parametrize
    >>> layer = parametrizations.weight_norm(nn.Linear(2, 2))
    >>> with parametrize.cached():
    ...     layer.weight is layer.weight
    True
    """
    _depth[0] += 1
    try:
        yield
    finally:
        _depth[0] -= 1
        if not _depth[0]:
            _cache.clear()


def _enter(module: Module, name: str, tensor: Tensor) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _put(target: Tensor, source: Tensor) -> None:
    """Make `target` hold what `source` does; other references to it stay good."""
    if get_swap_module_params_on_conversion():
        if isinstance(target, Parameter) and not isinstance(source, Parameter):
            source = Parameter(source, requires_grad=target.requires_grad)
        lucet.utils.swap_tensors(target, source)
    else:
        target.set_(source)


def _same_kind(what: str, before: Tensor, after: Any, shown: tuple[str, str]) -> None:
    """ValueError where a parametrization changes what the tensor is."""
    for attribute in ("dtype", "shape"):
        old, new = getattr(before, attribute), getattr(after, attribute)
        if old != new:
            raise ValueError(
                f"{what} may not change the {attribute} of the tensor, unless the `unsafe` flag is enabled.\n"
                f"{shown[0]} {attribute}: {old}\n{shown[1]} {attribute}: {new}"
            )


def _inverted(module: Module, value: Any) -> Any:
    """`right_inverse` of the value; the value itself where there is none, or it cannot be told."""
    if not hasattr(module, "right_inverse"):
        return value
    try:
        return module.right_inverse(value)
    except NotImplementedError:
        return value


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor in order, and what they compute it from: `original`, or `original0`, `original1`, ...

    `module.parametrizations.weight` is one. `original` is what the `right_inverse` of the last up to the first make of
    the tensor that was there; where they make several, there are as many originals, and the first parametrization takes
    them all. Calling it gives the tensor.

    Raises: ValueError for no modules; where `right_inverse` gives something else than tensors or changes the type of a
    single one; and, unless `unsafe`, where the tensor that comes out has another shape or type than before.

    >>> import lucet
    >>> from lucet import nn
    >>> class Half(nn.Module):
    ...     def forward(self, x):
    ...         return x / 2
    ...     def right_inverse(self, x):
    ...         return x * 2
    >>> parts = nn.utils.parametrize.ParametrizationList([Half()], nn.Parameter(lucet.ones(2)))
    >>> parts.original.detach(), parts().detach()
    (tensor([2., 2.]), tensor([1., 1.]))
    """

    original: Tensor
    unsafe: bool

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        before = original.detach().clone()
        with lucet.no_grad():
            value: Any = original
            for module in reversed(self):
                value = _inverted(module, value)
        if not isinstance(value, Tensor | Sequence):
            raise ValueError(
                f"'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got {type(value).__name__}"
            )
        self.is_tensor = isinstance(value, Tensor)
        self.ntensors = 1 if isinstance(value, Tensor) else len(value)
        if isinstance(value, Tensor):
            self._keep_one(original, value)
        else:
            self._keep_several(original, value)
        if not unsafe:
            result = self()
            if not isinstance(result, Tensor):
                raise ValueError(f"A parametrization must return a tensor. Got {type(result).__name__}.")
            _same_kind("Registering a parametrization", before, result, ("unparametrized", "parametrized"))

    def _keep_one(self, original: Tensor, value: Tensor) -> None:
        for attribute in ("dtype", "device"):
            old, new = getattr(original, attribute), getattr(value, attribute)
            if old != new:
                raise ValueError(
                    f"When `right_inverse` outputs one tensor, it may not change the {attribute}.\n"
                    f"original.{attribute}: {old}\nright_inverse(original).{attribute}: {new}"
                )
        with lucet.no_grad():  # the tensor itself stays, so that optimizers which hold it go on
            _put(original, value)
        _enter(self, "original", original)

    def _keep_several(self, original: Tensor, values: Sequence[Any]) -> None:
        for i, value in enumerate(values):
            if not isinstance(value, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                    f"Got element {i} of the sequence with type {type(value).__name__}."
                )
            if isinstance(original, Parameter):
                value = Parameter(value, original.requires_grad)
            value.requires_grad_(original.requires_grad)
            _enter(self, f"original{i}", value)

    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the tensor becomes `value`; assigning to the parametrized attribute does this.

        Raises: RuntimeError for a parametrization without `right_inverse`; ValueError where one gives something that
        the originals cannot hold.
        """
        with lucet.no_grad():
            for module in reversed(self):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if self.is_tensor:
                self._set_one(value)
            else:
                self._set_several(value)

    def _set_one(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
        if value.dtype != self.original.dtype:
            raise ValueError(
                f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` has dtype {self.original.dtype}"
            )
        _put(self.original, value)

    def _set_several(self, values: Any) -> None:
        if not isinstance(values, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(values).__name__}.")
        if len(values) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence of length {len(values)}."
            )
        for i, value in enumerate(values):
            if not isinstance(value, Tensor):
                raise ValueError(f"'right_inverse' must return a sequence of tensors. Got element {i} of type {type(value).__name__}.")
            original = getattr(self, f"original{i}")
            if original.dtype != value.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {value.dtype} while `original{i}` has dtype {original.dtype}"
                )
            _put(original, value)

    def forward(self) -> Tensor:
        """The tensor, computed from the originals."""
        first, *others = self
        if self.is_tensor:
            value = first(self.original)
        else:
            value = first(*(getattr(self, f"original{i}") for i in range(self.ntensors)))
        for module in others:
            value = module(value)
        return value


def _copied(self: Any, memo: dict[int, Any]) -> Any:
    """A deep copy, which the pickling that is refused below would stand in the way of."""
    if id(self) in memo:
        return memo[id(self)]
    copy = memo[id(self)] = self.__new__(self.__class__)
    state = deepcopy(Module.__getstate__(self), memo)
    copy.__setstate__(state)
    for slot in copyreg._slotnames(self.__class__):  # type: ignore[attr-defined]
        if hasattr(self, slot):
            setattr(copy, slot, deepcopy(getattr(self, slot), memo))
    return copy


def _not_pickled(self: Any) -> Any:
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(): the class of "
        f"{type(self).__name__} exists in this process only"
    )


def _give_own_class(module: Module) -> None:
    """A class of its own, which can have properties that others of its kind do not have."""
    cls = type(module)
    members: dict[str, Any] = {"__getstate__": _not_pickled}
    if not hasattr(cls, "__deepcopy__"):
        members["__deepcopy__"] = _copied
    module.__class__ = type(f"Parametrized{cls.__name__}", (cls,), members)


def _give_property(module: Module, name: str) -> None:
    assert not hasattr(module, name), f"Module already has an attribute named '{name}'"

    def read(self: Any) -> Tensor:
        parts = self.parametrizations[name]
        if not _depth[0]:
            return parts()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = parts()
        return _cache[key]

    def write(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, write))


def _check_next(module: Module, name: str, parametrization: Module) -> None:
    """That a further parametrization keeps what the tensor is, both ways."""
    before = getattr(module, name)
    after = parametrization(before)
    if not isinstance(after, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(after).__name__}.")
    _same_kind("Registering a parametrization", before, after, (f"module.{name}", f"parametrization(module.{name})"))
    if hasattr(parametrization, "right_inverse"):
        try:
            back = parametrization.right_inverse(after)
        except NotImplementedError:
            return
        if not isinstance(back, Tensor):
            raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
        for attribute in ("dtype", "shape"):
            old, new = getattr(before, attribute), getattr(back, attribute)
            if old != new:
                raise ValueError(
                    f"The tensor returned by parametrization.right_inverse must have the same {attribute} as module.{name}, "
                    f"unless the `unsafe` flag is enabled.\nmodule.{name}.{attribute}: {old}\nreturned {attribute}: {new}"
                )


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Compute the parameter or buffer `tensor_name` of `module` by `parametrization` from now on; returns the module.

    What it is computed from moves to `module.parametrizations.<tensor_name>.original`, which optimizers and state dicts
    see; the attribute is what `parametrization` makes of it each time it is read. Assigning to the attribute sets the
    original through `right_inverse`, where the parametrization has that method. Another one registered on the same
    tensor takes what the one before gives. `unsafe` leaves out the checks of shape and type.

    Raises: ValueError for a name that is no tensor of the module, and, unless `unsafe`, where shape or type change.

    >>> import lucet
    >>> from lucet import nn
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).mT
    >>> layer = nn.utils.parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.mT).all())
    True
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'parametrizations.weight.original']
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_next(module, tensor_name, parametrization)
        parts = module.parametrizations[tensor_name]
        parts.append(parametrization)
        parts.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        parts = ParametrizationList([parametrization], original, unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_own_class(module)
            module.parametrizations = ModuleDict()
        _give_property(module, tensor_name)
        module.parametrizations[tensor_name] = parts
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name '{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether the module has a parametrization, of `tensor_name` if given.

    >>> from lucet import nn
    >>> nn.utils.parametrize.is_parametrized(nn.Linear(2, 2))
    False
    """
    parts = getattr(module, "parametrizations", None)
    if not isinstance(parts, ModuleDict):
        return False
    return len(parts) > 0 if tensor_name is None else tensor_name in parts


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make `tensor_name` a plain parameter or buffer again; returns the module.

    It holds what it was computed as, or with `leave_parametrized=False` the original.
    Raises: ValueError where there is no such parametrization, or several originals are to be left.

    >>> from lucet import nn
    >>> from lucet.nn.utils import parametrizations, parametrize
    >>> layer = parametrizations.weight_norm(nn.Linear(2, 2))
    >>> parametrize.remove_parametrizations(layer, "weight")
    Linear(in_features=2, out_features=2, bias=True)
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parts = module.parametrizations[tensor_name]
    if parts.is_tensor:
        original = parts.original
        if leave_parametrized:
            with lucet.no_grad():
                _put(original, getattr(module, tensor_name))
    elif leave_parametrized:
        value = getattr(module, tensor_name)
        original = Parameter(value) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _enter(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that the module had before its first parametrization, its class where it has none.

    >>> from lucet import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    >>> type(layer).__name__, nn.utils.parametrize.type_before_parametrizations(layer).__name__
    ('ParametrizedLinear', 'Linear')
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Register on `to_module` the parametrizations that `from_module` has, and share their originals; returns `to_module`.

    `tensor_name` restricts it to one tensor. A tensor that `to_module` does not have is made.

    >>> from lucet import nn
    >>> from lucet.nn.utils import parametrizations, parametrize
    >>> one, other = parametrizations.weight_norm(nn.Linear(2, 2)), nn.Linear(2, 2)
    >>> other = parametrize.transfer_parametrizations_and_params(one, other)
    >>> other.parametrizations.weight.original0 is one.parametrizations.weight.original0
    True
    """
    if is_parametrized(from_module):
        for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
            if not hasattr(to_module, name):
                setattr(to_module, name, Parameter(getattr(from_module, name)))
            source = from_module.parametrizations[name]
            for part in source:
                register_parametrization(to_module, name, part)
            target = to_module.parametrizations[name]
            names = ["original"] if source.is_tensor else [f"original{i}" for i in range(source.ntensors)]
            for original in names:
                setattr(target, original, getattr(source, original))
    return to_module
