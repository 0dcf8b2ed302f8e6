"""Modules that learn the shapes of their parameters from the first input. The layers themselves stand in their families' files."""

import itertools
from collections.abc import Iterator
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn.parameter import UninitializedBuffer, UninitializedTensorMixin, is_lazy

__all__ = ["LazyModuleMixin"]


class LazyModuleMixin:
    """Base of modules whose parameters are made when the first input, or a state dict, tells their shapes.

    A subclass stands before the module's class, creates UninitializedParameter and UninitializedBuffer, and says in
    `initialize_parameters` how they are made. After the first call the module is of the class `cls_to_become`. Move the
    network and convert it before that call, and make the optimizer after it; parameters are drawn when they are made,
    which may change the order of the draws.

    Raises: RuntimeError where something is still unknown after `initialize_parameters`.

    >>> import lucet
    >>> from lucet import nn
    >>> m = nn.LazyLinear(2)
    >>> m.weight
    <UninitializedParameter>
    >>> m(lucet.zeros(1, 3)).shape, m
    (lucet.Size([1, 2]), Linear(in_features=3, out_features=2, bias=True))
    """

    cls_to_become: type[Any] | None = None
    _parameters: Any
    _buffers: Any
    _non_persistent_buffers_set: Any
    _register_load_state_dict_pre_hook: Any
    register_forward_pre_hook: Any
    _get_name: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._load_hook = self._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def _members(self) -> Iterator[tuple[str, Any]]:
        return itertools.chain(self._parameters.items(), self._buffers.items())

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """As Module's; what has no shape yet is entered as it is."""
        for name, value in self._members():
            if value is not None and name not in self._non_persistent_buffers_set:
                destination[prefix + name] = value if keep_vars or is_lazy(value) else value.detach()

    def _lazy_load_hook(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """Give parameters the shapes that a state dict has for them."""
        for name, value in list(self._members()):
            loaded = state_dict.get(prefix + name)
            if is_lazy(value) and isinstance(loaded, Tensor) and not is_lazy(loaded):
                self._make(name, loaded.shape)

    def _make(self, name: str, shape: Any) -> None:
        """The parameter or buffer of that name, with elements; a buffer is a plain tensor from then on."""
        value = self._parameters[name] if name in self._parameters else self._buffers[name]
        if isinstance(value, UninitializedBuffer):
            self._buffers[name] = lucet.empty(shape, device=value.device, dtype=value.dtype)
        else:
            with lucet.no_grad():
                value.materialize(shape)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Make the parameters for inputs like these; each lazy module has its own."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer has no shape yet."""
        return any(isinstance(value, UninitializedTensorMixin) for _, value in self._members())

    def _infer_parameters(self, module: Any, args: tuple, kwargs: dict | None = None) -> None:
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        module._initialize_hook.remove()
        module._load_hook.remove()
        del module._initialize_hook, module._load_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become

    def _replicate_for_data_parallel(self) -> Any:
        raise RuntimeError(
            "Modules with uninitialized parameters can't be used with `DataParallel`. Run a dummy forward pass to correctly initialize the modules"
        )
