"""Module, the base of every layer and network.

What it leans on: _members (registries), _hooks, _convert (to), _load, _place.
"""

import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

import lucet
from lucet import Tensor, no_grad
from lucet._hooks import RemovableHandle, add_hook
from lucet.nn.modules._convert import no_such_device, parse_to
from lucet.nn.modules._hooks import (
    BackwardHook,
    _global_backward_hooks,
    _global_backward_kind,
    _global_backward_pre_hooks,
    _global_buffer_registration_hooks,
    _global_forward_hooks,
    _global_forward_hooks_always_called,
    _global_forward_hooks_with_kwargs,
    _global_forward_pre_hooks,
    _global_module_registration_hooks,
    _global_parameter_registration_hooks,
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from lucet.nn.modules._legacy_hooks import add_legacy_hooks
from lucet.nn.modules._load import EXTRA_STATE, _IncompatibleKeys, does_not_fit, load_entries
from lucet.nn.modules._members import CallHooks, Members, bind
from lucet.nn.modules._place import add_place, place_of_frame
from lucet.nn.parameter import Buffer, Parameter

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]

_second = itemgetter(1)

_REGISTRIES = ("_parameters", "_buffers", "_modules")
_CALL_HOOKS = ("_backward_pre_hooks", "_backward_hooks", "_forward_hooks", "_forward_pre_hooks")
_OTHER_HOOKS = (
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks_with_kwargs",
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)
_HOOKS = (*_CALL_HOOKS, *_OTHER_HOOKS)
_NO_HOOKS: Mapping = {}


class Module:
    """The base of layers and networks: names parameters, buffers and child modules, and calls `forward`.

    A subclass calls `super().__init__()` first, assigns parameters and modules as attributes, and defines `forward`.
    Calling the module runs `forward` and the hooks. An error raised inside gets the dotted path of the innermost module, as
    `named_modules()` of the outermost called module spells it: lucet's own as `at`, Python's as a note.

    How attributes are kept: a parameter, buffer or child stands both in `_parameters`, `_buffers` or `_modules` (the
    ordered truth) and in the instance's `__dict__`, so that `self.weight` is a plain attribute read. The registries are
    dicts that carry every change over to the attributes, however it is made: `m.weight = p`, `del m.weight`,
    `m._parameters["weight"] = p`, `m._buffers.clear()`. Pickles hold the registries only.

    >>> import lucet
    >>> from lucet import nn
    >>> class Net(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden = nn.Linear(4, 8)
    ...         self.out = nn.Linear(8, 2)
    ...     def forward(self, x):
    ...         return self.out(self.hidden(x).relu())
    >>> net = Net()
    >>> net(lucet.zeros(3, 4)).shape == (3, 2)
    True
    >>> [name for name, _ in net.named_parameters()]
    ['hidden.weight', 'hidden.bias', 'out.weight', 'out.bias']
    >>> net
    Net(
      (hidden): Linear(in_features=4, out_features=8, bias=True)
      (out): Linear(in_features=8, out_features=2, bias=True)
    )
    """

    dump_patches: bool = False
    call_super_init: bool = False
    _version: int = 1
    _is_full_backward_hook: bool | None = None
    _compiled_call_impl: Callable | None = None
    # Until __init__ or __setstate__ has run: look at the hooks, do not trust a flag.
    _hooked = True

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not self.call_super_init and (args or kwargs):
            raise _unexpected_arguments(type(self), args, kwargs)
        attributes = self.__dict__
        attributes["training"] = True
        for key in _REGISTRIES:
            attributes[key] = Members(self)
        attributes["_non_persistent_buffers_set"] = set()
        attributes["_hooked"] = False
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    # Calling

    if TYPE_CHECKING:
        forward: Callable[..., Any]  # subclasses take what they like
    else:

        def forward(self, *input: Any) -> None:
            """Compute the output; every subclass defines its own.

            Raises: NotImplementedError where a subclass has none.

            >>> from lucet import nn
            >>> nn.Identity().forward(3)
            3
            """
            raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if (
                self._hooked
                or _global_forward_hooks
                or _global_forward_pre_hooks
                or _global_backward_hooks
                or _global_backward_pre_hooks
            ):
                return self._call_with_hooks(args, kwargs)
            return self.forward(*args, **kwargs) if kwargs else self.forward(*args)
        except Exception as problem:
            add_place(problem, self)
            raise

    _call_impl = __call__

    def _call_with_hooks(self, args: tuple, kwargs: dict) -> Any:
        self.__dict__["_hooked"] = any(self.__dict__.get(name) for name in _CALL_HOOKS)
        called: set[int] = set()
        try:
            return self._hooked_forward(args, kwargs, called)
        except Exception:
            self._call_remaining_always(args, kwargs, called)
            raise

    def _hooked_forward(self, args: tuple, kwargs: dict, called: set[int]) -> Any:
        args, kwargs = self._run_pre_hooks(args, kwargs)
        full, legacy = self._get_backward_hooks()
        pre = self._get_backward_pre_hooks()
        boundary = BackwardHook(self, full, pre) if full or pre else None
        if boundary:
            args = boundary.around_inputs(args)
        result = self.forward(*args, **kwargs)
        for number, hook, with_kwargs, always in self._all_forward_hooks():
            if always:
                called.add(number)
            answer = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
            result = result if answer is None else answer
        if boundary:
            if not isinstance(result, Tensor | tuple):
                warnings.warn(
                    "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                    f"received {type(result)}",
                    stacklevel=4,
                )
            result = boundary.around_outputs(result)
        if legacy:
            add_legacy_hooks(self, legacy, args, result)
        return result

    def _run_pre_hooks(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        takes_kwargs = self._hooks("_forward_pre_hooks_with_kwargs")
        for number, hook in (*_global_forward_pre_hooks.items(), *self._hooks("_forward_pre_hooks").items()):
            if number in takes_kwargs:
                answer = hook(self, args, kwargs)
                if answer is None:
                    continue
                if not isinstance(answer, tuple) or len(answer) != 2:
                    raise RuntimeError(
                        "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {answer}, of class {type(answer).__name__}"
                    )
                args, kwargs = answer
            else:
                answer = hook(self, args)
                args = args if answer is None else answer if isinstance(answer, tuple) else (answer,)
        return args, kwargs

    def _all_forward_hooks(self) -> list[tuple[int, Callable, bool, bool]]:
        """(number, hook, takes kwargs, always called) of the hooks of all modules, then of this one."""
        everywhere = [
            (n, hook, n in _global_forward_hooks_with_kwargs, n in _global_forward_hooks_always_called)
            for n, hook in _global_forward_hooks.items()
        ]
        with_kwargs, always = self._hooks("_forward_hooks_with_kwargs"), self._hooks("_forward_hooks_always_called")
        return everywhere + [(n, h, n in with_kwargs, n in always) for n, h in self._hooks("_forward_hooks").items()]

    def _call_remaining_always(self, args: tuple, kwargs: dict, called: set[int]) -> None:
        """After an error: the hooks that are to be called in any case and were not yet, with no result."""
        for number, hook, with_kwargs, always in self._all_forward_hooks():
            if not always or number in called:
                continue
            try:
                hook(self, args, kwargs, None) if with_kwargs else hook(self, args, None)
            except Exception as second:
                warnings.warn(
                    "module forward hook with ``always_call=True`` raised an exception that was silenced as another "
                    f"error was raised in forward: {second}",
                    stacklevel=4,
                )

    def _hooks(self, name: str) -> Mapping:
        """The hooks of one kind, without making the dict that holds them."""
        return self.__dict__.get(name, _NO_HOOKS)

    def _get_backward_hooks(self) -> tuple[list[Callable], list[Callable]]:
        """Full and older backward hooks, those of all modules first."""
        full: list[Callable] = []
        legacy: list[Callable] = []
        (full if _global_backward_kind[0] else legacy).extend(_global_backward_hooks.values())
        (full if self._is_full_backward_hook else legacy).extend(self._hooks("_backward_hooks").values())
        return full, legacy

    def _get_backward_pre_hooks(self) -> list[Callable]:
        return [*_global_backward_pre_hooks.values(), *self._hooks("_backward_pre_hooks").values()]

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: lucet runs every operation directly; scripts that ask for compilation still run.

        >>> from lucet import nn
        >>> nn.Linear(2, 3).compile()
        """

    # Attributes

    def __getattr__(self, name: str) -> Any:
        attributes = self.__dict__
        if name in _HOOKS:  # made when first asked for: most modules never have a hook
            attributes[name] = hooks = CallHooks(self) if name in _CALL_HOOKS else OrderedDict()
            return hooks
        for key in _REGISTRIES:
            members = attributes.get(key, ())
            if name in members:
                if type(members) is not Members:  # put there past __setattr__ and __setstate__
                    members = bind(self, key, members)
                return members[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        attributes = self.__dict__
        is_tensor = isinstance(value, Tensor)
        if is_tensor and isinstance(value, Parameter):
            self._assign_parameter(name, value)
        elif name in attributes.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_kind(value)}' as parameter '{name}' (lucet.nn.Parameter or None expected)"
                )
            self.register_parameter(name, None)
        elif isinstance(value, Module) or name in attributes.get("_modules", ()):
            self._assign_module(name, value)
        elif name in attributes.get("_buffers", ()) or (is_tensor and isinstance(value, Buffer)):
            self._assign_buffer(name, value)
        elif name in _REGISTRIES:
            bind(self, name, value)
        elif name in _CALL_HOOKS:
            attributes[name] = CallHooks(self, value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        for key in _REGISTRIES:
            members = getattr(self, key)
            if name in members:
                del members[name]
                if key == "_buffers":
                    self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def _assign_parameter(self, name: str, value: Parameter) -> None:
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameters before Module.__init__() call")
        self._forget(name, "_buffers", "_modules")
        self.register_parameter(name, value)

    def _assign_module(self, name: str, value: "Module | None") -> None:
        if "_modules" not in self.__dict__:
            raise AttributeError("cannot assign module before Module.__init__() call")
        if isinstance(value, Module):
            self._forget(name, "_parameters", "_buffers")
        elif value is not None:
            raise TypeError(
                f"cannot assign '{_kind(value)}' as child module '{name}' (lucet.nn.Module or None expected)"
            )
        self._modules[name] = _asked(_global_module_registration_hooks, self, name, value)

    def _assign_buffer(self, name: str, value: Tensor | None) -> None:
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        if value is not None and not isinstance(value, Tensor):
            raise TypeError(
                f"cannot assign '{_kind(value)}' as buffer '{name}' (lucet.nn.Buffer, lucet.Tensor or None expected)"
            )
        if isinstance(value, Buffer):
            self._forget(name)
            self.register_buffer(name, value, value.persistent)
        else:
            self._buffers[name] = _asked(_global_buffer_registration_hooks, self, name, value)

    def _forget(self, name: str, *registries: str) -> None:
        """Make room for another kind of attribute of this name."""
        self.__dict__.pop(name, None)
        for key in registries:
            if name in self.__dict__[key]:
                del getattr(self, key)[name]
        self._non_persistent_buffers_set.discard(name)

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *_HOOKS, *self._parameters, *self._modules, *self._buffers}
        return sorted(name for name in names if not name[:1].isdigit())

    # Registering

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but no parameter; `persistent=False` leaves it out of `state_dict`.

        Raises: TypeError for a name that is no string or a value that is no tensor; KeyError for a name that is empty,
        has a dot or is taken.

        >>> import lucet
        >>> from lucet import nn
        >>> m = nn.Module()
        >>> m.register_buffer("mean", lucet.zeros(3))
        >>> m.mean
        tensor([0., 0., 0.])
        """
        self._check_name("buffer", "_buffers", name)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{_kind(tensor)}' object to buffer '{name}' (lucet Tensor or None required)"
            )
        self._buffers[name] = _asked(_global_buffer_registration_hooks, self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter; None keeps the name without a value, as `bias=False` does.

        Raises: TypeError, KeyError as `register_buffer`; ValueError for a tensor that an operation made.

        >>> import lucet
        >>> from lucet import nn
        >>> m = nn.Module()
        >>> m.register_parameter("scale", nn.Parameter(lucet.ones(1)))
        >>> [name for name, _ in m.named_parameters()]
        ['scale']
        """
        self._check_name("parameter", "_parameters", name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_kind(param)}' object to parameter '{name}' (lucet.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}', expected a leaf; a value that depends on "
                "another tensor is computed in forward"
            )
        self._parameters[name] = _asked(_global_parameter_registration_hooks, self, name, param)

    def register_module(self, name: str, module: "Module | None") -> None:
        """The same as `add_module`.

        >>> from lucet import nn
        >>> m = nn.Module()
        >>> m.register_module("act", nn.ReLU())
        >>> m.act
        ReLU()
        """
        self.add_module(name, module)

    def add_module(self, name: str, module: "Module | None") -> None:
        """Add a child module under `name`.

        Raises: TypeError for a value that is no module or a name that is no string; KeyError for a name that is empty,
        has a dot or is taken.

        >>> from lucet import nn
        >>> m = nn.Module()
        >>> m.add_module("act", nn.ReLU())
        >>> list(m.children())
        [ReLU()]
        """
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{_kind(module)} is not a Module subclass")
        self._check_name("module", "_modules", name)
        self._modules[name] = _asked(_global_module_registration_hooks, self, name, module)

    def _check_name(self, what: str, key: str, name: Any) -> None:
        if key not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {_kind(name)}")
        if hasattr(self, name) and name not in self.__dict__[key]:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')

    # Finding members

    def get_submodule(self, target: str) -> "Module":
        """The module at the dotted path `target`, the module itself for "".

        Raises: AttributeError where a part of the path is missing or no module.

        >>> from lucet import nn
        >>> nn.Sequential(nn.Sequential(nn.ReLU())).get_submodule("0.0")
        ReLU()
        """
        module = self
        for part in target.split(".") if target else ():
            if not hasattr(module, part):
                raise AttributeError(f"{module._get_name()} has no attribute `{part}`")
            module = getattr(module, part)
            if not isinstance(module, Module):
                raise AttributeError(f"`{part}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: "Module", strict: bool = False) -> None:
        """Put `module` at the dotted path `target`; with `strict` only in the place of a module that is there.

        Raises: ValueError for an empty path or a value that is no module; AttributeError where the path does not lead
        to a place for a module.

        >>> from lucet import nn
        >>> net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        >>> net.set_submodule("1", nn.Tanh())
        >>> net[1]
        Tanh()
        """
        if not target:
            raise ValueError("set_submodule: Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"set_submodule: `module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at the dotted path `target`.

        Raises: AttributeError where there is none.

        >>> from lucet import nn
        >>> tuple(nn.Sequential(nn.Linear(2, 3)).get_parameter("0.weight").shape)
        (3, 2)
        """
        module, name = self._owner_of(target)
        found = getattr(module, name)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at the dotted path `target`.

        Raises: AttributeError where there is none.

        >>> from lucet import nn
        >>> nn.BatchNorm1d(2).get_buffer("running_mean")
        tensor([0., 0.])
        """
        module, name = self._owner_of(target)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return module._buffers[name]  # type: ignore[return-value]

    def _owner_of(self, target: str) -> tuple["Module", str]:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        return module, name

    def get_extra_state(self) -> Any:
        """What else belongs into the module's `state_dict`; a subclass defines it together with `set_extra_state`.

        Raises: RuntimeError here, where nothing is defined.

        >>> from lucet import nn
        >>> "_extra_state" in nn.Linear(1, 1).state_dict()
        False
        """
        raise RuntimeError("get_extra_state: called on a module that does not define it, expected a subclass to")

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` gave; a subclass defines it.

        Raises: RuntimeError here, where nothing is defined.

        >>> from lucet import nn
        >>> class Counted(nn.Identity):
        ...     def get_extra_state(self): return {"calls": 3}
        ...     def set_extra_state(self, state): self.calls = state["calls"]
        >>> m = Counted()
        >>> m.load_state_dict({"_extra_state": {"calls": 5}}), m.calls
        (<All keys matched successfully>, 5)
        """
        raise RuntimeError("set_extra_state: called on a module that does not define it, expected a subclass to")

    set_extra_state._undefined = True  # type: ignore[attr-defined]

    # Walking

    def _named_members(
        self,
        get_members_fn: Callable[["Module"], Iterable[tuple[str, Any]]],
        prefix: str = "",
        recurse: bool = True,
        remove_duplicate: bool = True,
    ) -> Iterator[tuple[str, Any]]:
        seen: set[Any] = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in get_members_fn(module):
                if value is None or value in seen:
                    continue
                if remove_duplicate:
                    seen.add(value)
                yield (f"{path}.{name}" if path else name), value

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Each parameter once, those of child modules too unless `recurse` is False.

        >>> from lucet import nn
        >>> sum(p.numel() for p in nn.Linear(3, 2).parameters())
        8
        """
        return map(_second, self.named_parameters(recurse=recurse))

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """(dotted name, parameter) of each parameter; `remove_duplicate=False` gives a shared one under every name.

        >>> from lucet import nn
        >>> [name for name, _ in nn.Sequential(nn.Linear(3, 2)).named_parameters(prefix="net")]
        ['net.0.weight', 'net.0.bias']
        """
        return self._named_members(
            lambda module: module._parameters.items(), prefix, recurse, remove_duplicate=remove_duplicate
        )

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Each buffer once, those of child modules too unless `recurse` is False.

        >>> from lucet import nn
        >>> len(list(nn.BatchNorm2d(4).buffers()))
        3
        """
        return map(_second, self.named_buffers(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """(dotted name, buffer) of each buffer; `remove_duplicate=False` gives a shared one under every name.

        >>> from lucet import nn
        >>> [name for name, _ in nn.BatchNorm2d(4).named_buffers()]
        ['running_mean', 'running_var', 'num_batches_tracked']
        """
        return self._named_members(
            lambda module: module._buffers.items(), prefix, recurse, remove_duplicate=remove_duplicate
        )

    def children(self) -> Iterator["Module"]:
        """The direct child modules, each once.

        >>> from lucet import nn
        >>> list(nn.Sequential(nn.ReLU(), nn.Tanh()).children())
        [ReLU(), Tanh()]
        """
        for _, module in self.named_children():
            yield module

    def named_children(self) -> Iterator[tuple[str, "Module"]]:
        """(name, module) of the direct child modules, each once.

        >>> from lucet import nn
        >>> list(nn.Sequential(nn.ReLU(), nn.Tanh()).named_children())
        [('0', ReLU()), ('1', Tanh())]
        """
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self, remove_duplicate: bool = True) -> Iterator["Module"]:
        """This module and all below it, each once unless `remove_duplicate` is False.

        >>> from lucet import nn
        >>> act = nn.ReLU()
        >>> net = nn.Sequential(act, act)
        >>> len(list(net.modules())), len(list(net.modules(remove_duplicate=False)))
        (2, 3)
        """
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_modules(
        self, memo: set["Module"] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, "Module"]]:
        """(dotted name, module) of this module and all below it; `memo` holds modules to leave out.

        >>> from lucet import nn
        >>> [name for name, _ in nn.Sequential(nn.Sequential(nn.ReLU())).named_modules()]
        ['', '0', '0.0']
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is None:
                continue
            path = f"{prefix}.{name}" if prefix else name
            if module._modules or type(module).named_modules is not Module.named_modules:
                yield from module.named_modules(memo, path, remove_duplicate)
            elif module not in memo:                # a leaf: no generator of its own
                if remove_duplicate:
                    memo.add(module)
                yield path, module

    # Changing the whole tree

    def apply(self, fn: Callable[["Module"], None]) -> Self:
        """Call `fn` on every module below and then on this one, as for initialising weights.

        >>> from lucet import nn
        >>> net = nn.Sequential(nn.Linear(2, 2), nn.ReLU()).apply(lambda m: print(type(m).__name__))
        Linear
        ReLU
        Sequential
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the contents of every parameter, gradient and buffer by `fn` of it."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for name, parameter in self._parameters.items():
            if parameter is not None:
                self._parameters[name] = _converted(parameter, fn)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Move and convert in place: `to(device, dtype)`, `to(dtype)`, `to(tensor)`, each with `memory_format=`.

        It acts on all parameters and buffers, here and below.

        Dtype: only floating and complex tensors change theirs.
        Raises: TypeError for arguments of another form or a dtype that is not floating; DeviceError for a device that
        is not here; NotImplementedError for moving data off the meta device, see `to_empty`.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Linear(2, 1).to(lucet.float64).weight.dtype == lucet.float64
        True
        """
        device, dtype, non_blocking, memory_format = parse_to(args, kwargs)

        def move(tensor: Tensor) -> Tensor:
            if tensor.is_meta and device is not None and device.type != "meta":
                raise NotImplementedError(
                    "Module.to: Cannot copy out of meta tensor; no data! Please use lucet.nn.Module.to_empty() instead "
                    "of lucet.nn.Module.to() when moving module from meta to a different device."
                )
            wanted: dict[str, Any] = {} if device is None else {"device": device}
            if dtype is not None and (tensor.is_floating_point() or tensor.is_complex()):
                wanted["dtype"] = dtype
            if memory_format is not None and tensor.dim() in (4, 5):
                wanted["memory_format"] = memory_format
            return tensor.to(non_blocking=non_blocking, **wanted) if wanted else tensor

        return self._apply(move)

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """Move to `device` without copying: every parameter and buffer becomes uninitialised memory there.

        >>> from lucet import nn
        >>> nn.Linear(2, 1, device="meta").to_empty(device="cpu").weight.device.type
        'cpu'
        """
        return self._apply(lambda tensor: lucet.empty_like(tensor, device=device), recurse=recurse)

    def cpu(self) -> Self:
        """Move parameters and buffers to the CPU, where they are already.

        >>> from lucet import nn
        >>> nn.Linear(2, 1).cpu()
        Linear(in_features=2, out_features=1, bias=True)
        """
        return self._apply(lambda tensor: tensor.cpu())

    def cuda(self, device: Any = None) -> Self:
        """Say that there is no such device; a module without tensors has nothing to move and is returned.

        Raises: DeviceError.

        >>> from lucet import nn
        >>> nn.CrossEntropyLoss().cuda()
        CrossEntropyLoss()
        """
        return self._apply(_refuse("cuda", device))

    def xpu(self, device: Any = None) -> Self:
        """As `cuda`, for this device.

        >>> from lucet import nn
        >>> nn.ReLU().xpu()
        ReLU()
        """
        return self._apply(_refuse("xpu", device))

    def ipu(self, device: Any = None) -> Self:
        """As `cuda`, for this device.

        >>> from lucet import nn
        >>> nn.ReLU().ipu()
        ReLU()
        """
        return self._apply(_refuse("ipu", device))

    def mtia(self, device: Any = None) -> Self:
        """As `cuda`, for this device.

        >>> from lucet import nn
        >>> nn.ReLU().mtia()
        ReLU()
        """
        return self._apply(_refuse("mtia", device))

    def type(self, dst_type: Any) -> Self:
        """Convert every parameter and buffer to `dst_type`, a dtype or its name.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Linear(2, 1).type(lucet.float64).bias.dtype == lucet.float64
        True
        """
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self) -> Self:
        """Convert floating parameters and buffers to float32.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Linear(2, 1).double().float().weight.dtype == lucet.float32
        True
        """
        return self._apply(_to_floating(lucet.float32))

    def double(self) -> Self:
        """Convert floating parameters and buffers to float64.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Linear(2, 1).double().weight.dtype == lucet.float64
        True
        """
        return self._apply(_to_floating(lucet.float64))

    def half(self) -> Self:
        """Convert floating parameters and buffers to float16.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Linear(2, 1).half().weight.dtype == lucet.float16
        True
        """
        return self._apply(_to_floating(lucet.float16))

    def bfloat16(self) -> Self:
        """Convert floating parameters and buffers to bfloat16.

        >>> import lucet
        >>> from lucet import nn
        >>> nn.Linear(2, 1).bfloat16().weight.dtype == lucet.bfloat16
        True
        """
        return self._apply(_to_floating(lucet.bfloat16))

    def share_memory(self) -> Self:
        """Not offered yet where there are parameters or buffers: `Tensor.share_memory_` raises NotImplementedError.

        >>> from lucet import nn
        >>> nn.Linear(2, 1).share_memory()
        Traceback (most recent call last):
            ...
        NotImplementedError: share_memory_: tensors cannot be shared between processes yet; pickled, or put in a queue, they are copied
        """
        return self._apply(lambda tensor: tensor.share_memory_())

    def train(self, mode: bool = True) -> Self:
        """Set training mode here and below: dropout drops, batch norm uses the batch's statistics.

        Raises: ValueError for a mode that is no bool.

        >>> from lucet import nn
        >>> nn.Sequential(nn.Dropout()).train(False)[0].training
        False
        """
        if not isinstance(mode, bool):
            raise ValueError(f"train: training mode is expected to be boolean, got {mode!r}")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Set evaluation mode, `train(False)`.

        >>> from lucet import nn
        >>> nn.Dropout().eval().training
        False
        """
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether autograd computes gradients for the parameters here and below.

        >>> from lucet import nn
        >>> nn.Linear(2, 1).requires_grad_(False).weight.requires_grad
        False
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters, or with `set_to_none=False` fill them with zeros.

        >>> import lucet
        >>> from lucet import nn
        >>> layer = nn.Linear(2, 1)
        >>> layer(lucet.ones(1, 2)).sum().backward()
        >>> layer.zero_grad()
        >>> layer.weight.grad is None
        True
        """
        for parameter in self.parameters():
            grad = parameter.grad
            if grad is None:
                continue
            if set_to_none:
                parameter.grad = None
            else:
                (grad.requires_grad_(False) if grad.grad_fn is None else grad.detach_()).zero_()

    # State

    def state_dict(self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """An ordered dict of dotted names to parameters and persistent buffers, detached but sharing memory.

        `keep_vars` leaves parameters as they are; `destination` is filled and returned; `prefix` goes before each name.
        The `_metadata` attribute holds each module's `_version`.

        >>> from lucet import nn
        >>> list(nn.Sequential(nn.Linear(2, 1)).state_dict())
        ['0.weight', '0.bias']
        """
        if args:
            warnings.warn(
                "state_dict: Positional args are being deprecated, use kwargs instead", FutureWarning, stacklevel=2
            )
            given = dict(zip(("destination", "prefix", "keep_vars"), args, strict=False))
            destination = given.get("destination") if destination is None else destination
            prefix, keep_vars = given.get("prefix", prefix), given.get("keep_vars", keep_vars)
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in self.__dict__.get("_state_dict_pre_hooks", _NO_HOOKS).values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        if self.__dict__.get("_state_dict_hooks"):
            return self._run_state_dict_hooks(destination, prefix, metadata)
        return destination

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Enter this module's own parameters, buffers and extra state, without its children's."""
        passing = self._non_persistent_buffers_set
        for name, value in self._parameters.items():
            if value is not None:
                destination[prefix + name] = value if keep_vars else value.detach()
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in passing:
                destination[prefix + name] = buffer if keep_vars else buffer.detach()
        if type(self).get_extra_state is not Module.get_extra_state:
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def _run_state_dict_hooks(self, destination: Any, prefix: str, metadata: dict) -> Any:
        for hook in self._hooks("_state_dict_hooks").values():
            answer = hook(self, destination, prefix, metadata)
            if getattr(hook, "_from_public_api", False):
                if answer is not None:
                    raise RuntimeError(f"state_dict post-hook must return None, got {type(answer).__name__}")
            elif answer is not None:
                destination = answer
        return destination

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy the tensors of `state_dict` into the parameters and buffers of the same names.

        With `strict=False` missing and unexpected names are only returned. `assign` puts the tensors themselves in
        place, with their dtype and device; each parameter keeps its `requires_grad`.

        Raises: LoadError naming what is missing, unexpected, of another shape or not a tensor (what fits has been
        copied by then); TypeError for a `state_dict` that is no mapping.

        >>> from lucet import nn
        >>> nn.Linear(2, 1).load_state_dict(nn.Linear(2, 1).state_dict())
        <All keys matched successfully>
        >>> nn.Linear(2, 1).load_state_dict({}, strict=False)
        _IncompatibleKeys(missing_keys=['weight', 'bias'], unexpected_keys=[])
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"load_state_dict: Expected state_dict to be dict-like, got {type(state_dict)}.")
        entries: Any = OrderedDict(state_dict)
        entries._metadata = metadata = getattr(state_dict, "_metadata", None)
        missing: list[str] = []
        unexpected: list[str] = []
        problems: list[str] = []

        def walk(module: Module, own: dict[str, Any], prefix: str) -> None:
            local = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
            if assign:
                local["assign_to_params_buffers"] = True
            module._load_from_state_dict(own, prefix, local, True, missing, unexpected, problems)
            for name, child in module._modules.items():
                if child is not None:
                    path = f"{prefix}{name}."
                    walk(child, {k: v for k, v in own.items() if k.startswith(path)}, path)
            for hook in module._hooks("_load_state_dict_post_hooks").values():
                _expect_none(hook(module, _IncompatibleKeys(missing, unexpected)))

        walk(self, entries, "")
        if problems or (strict and (missing or unexpected)):
            raise does_not_fit(self, entries, missing if strict else [], unexpected if strict else [], problems)
        return _IncompatibleKeys(missing, unexpected)

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
        """Load this module's own entries; a subclass overrides it to read the layout of an older `_version`."""
        rest = (state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        for hook, with_module in self._hooks("_load_state_dict_pre_hooks").values():
            hook(self, *rest) if with_module else hook(*rest)
        assign = local_metadata.get("assign_to_params_buffers", False)
        load_entries(self, state_dict, prefix, assign, strict, missing_keys, unexpected_keys, error_msgs)

    # Hooks

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; a result that is not None replaces the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`, which returns None or (args, kwargs). `prepend` puts it
        before the module's other hooks.

        >>> from lucet import nn
        >>> m = nn.Identity()
        >>> with m.register_forward_pre_hook(lambda module, args: (args[0] + 1,)):
        ...     m(1)
        2
        """
        marks = [self._forward_pre_hooks_with_kwargs] * bool(with_kwargs)
        return add_hook(self._forward_pre_hooks, hook, prepend=prepend, marks=marks)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; a result that is not None replaces the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it is called also when
        `forward` raised, with None as output; `prepend` puts it before the module's other hooks.

        >>> from lucet import nn
        >>> m = nn.Identity()
        >>> with m.register_forward_hook(lambda module, args, output: output * 10):
        ...     m(1)
        10
        """
        marks = [self._forward_hooks_with_kwargs] * bool(with_kwargs)
        marks += [self._forward_hooks_always_called] * bool(always_call)
        return add_hook(self._forward_hooks, hook, prepend=prepend, marks=marks)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` in backward before the module's gradients; a result replaces `grad_output`.

        >>> import lucet
        >>> from lucet import nn
        >>> m, x = nn.Identity(), lucet.ones(1, requires_grad=True)
        >>> with m.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 3,)):
        ...     m(x).backward()
        >>> x.grad
        tensor([3.])
        """
        return add_hook(self._backward_pre_hooks, hook, prepend=prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` in backward once both are known; a result replaces `grad_input`.

        Both are tuples, one entry a positional input or output, None where that is no tensor.
        Raises: RuntimeError where the module has a hook of the older kind.

        >>> import lucet
        >>> from lucet import nn
        >>> m, x = nn.ReLU(), lucet.ones(1, requires_grad=True)
        >>> handle = m.register_full_backward_hook(lambda module, grad_in, grad_out: print(grad_in, grad_out))
        >>> m(x).backward()
        (tensor([1.]),) (tensor([1.]),)
        """
        self._agree_on_backward_kind(full=True)
        return add_hook(self._backward_hooks, hook, prepend=prepend)

    def register_backward_hook(self, hook: Callable) -> RemovableHandle:
        """The older kind of backward hook: it sees the gradients of the operation that made the output, no more.

        Raises: RuntimeError where the module has a full backward hook; prefer that one.

        >>> from lucet import nn
        >>> nn.ReLU().register_backward_hook(lambda module, grad_input, grad_output: None).remove()
        """
        self._agree_on_backward_kind(full=False)
        return add_hook(self._backward_hooks, hook)

    def _agree_on_backward_kind(self, *, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                f"{self._get_name()}: Cannot use both regular backward hooks and full backward hooks on a single "
                "Module, expected one kind only"
            )
        self._is_full_backward_hook = full

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, prefix, keep_vars)` before `state_dict` reads the module.

        >>> from lucet import nn
        >>> m = nn.Linear(1, 1)
        >>> handle = m.register_state_dict_pre_hook(lambda module, prefix, keep_vars: print("saving"))
        >>> sorted(m.state_dict())
        saving
        ['bias', 'weight']
        """
        return add_hook(self._state_dict_pre_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, local_metadata)` after `state_dict`; it may change the dict in place.

        Raises: RuntimeError from `state_dict` where the hook returns something.

        >>> from lucet import nn
        >>> m = nn.Linear(1, 1)
        >>> handle = m.register_state_dict_post_hook(lambda module, sd, prefix, meta: sd.pop(prefix + "bias") and None)
        >>> list(m.state_dict())
        ['weight']
        """
        hook._from_public_api = True  # type: ignore[attr-defined]
        return add_hook(self._state_dict_hooks, hook)

    def _register_state_dict_hook(self, hook: Callable) -> RemovableHandle:
        """As `register_state_dict_post_hook`, but the hook may return another dict."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously registered via "
                "register_state_dict_post_hook"
            )
        return add_hook(self._state_dict_hooks, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, state_dict, prefix, metadata, strict, missing, unexpected, errors)` before loading.

        >>> from lucet import nn
        >>> def rename(module, sd, prefix, *rest):
        ...     sd[prefix + "weight"] = sd.pop(prefix + "w")
        >>> m = nn.Linear(1, 1, bias=False)
        >>> handle = m.register_load_state_dict_pre_hook(rename)
        >>> m.load_state_dict({"w": m.weight})
        <All keys matched successfully>
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook: Callable, with_module: bool = False) -> RemovableHandle:
        """The same, without the module as first argument unless `with_module`."""
        return add_hook(self._load_state_dict_pre_hooks, (hook, with_module))

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call `hook(module, incompatible_keys)` after loading; it may change the two lists in place.

        Raises: AssertionError from `load_state_dict` where the hook returns something.

        >>> from lucet import nn
        >>> m = nn.Linear(1, 1)
        >>> handle = m.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
        >>> m.load_state_dict({})
        <All keys matched successfully>
        """
        return add_hook(self._load_state_dict_post_hooks, hook)

    # Copying and showing

    def __getstate__(self) -> dict[str, Any]:
        """torch's layout: registries and hooks as plain dicts, no second copy of a member as an attribute."""
        members = {name for key in _REGISTRIES for name in self.__dict__.get(key, ())}
        state = {k: v for k, v in self.__dict__.items() if k not in members and k != "_hooked"}
        for key in _REGISTRIES:
            state[key] = dict(self.__dict__.get(key, {}))
        for name in _HOOKS:
            state[name] = OrderedDict(self.__dict__.get(name, {}))
        state["_is_full_backward_hook"] = self._is_full_backward_hook
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        attributes = self.__dict__
        attributes.update(state)
        for key in _REGISTRIES:
            bind(self, key, attributes.get(key, {}))
        attributes.setdefault("_non_persistent_buffers_set", set())
        attributes["_hooked"] = False
        for name in _HOOKS:
            hooks = attributes.pop(name, None)
            if hooks:
                attributes[name] = CallHooks(self, hooks) if name in _CALL_HOOKS else OrderedDict(hooks)
        handles = [value for value in attributes.values() if isinstance(value, RemovableHandle)]
        if handles:  # that the module keeps, as lazy ones do: they are to take the copy's hooks out
            tables = [attributes[name] for name in _HOOKS if name in attributes]
            for handle in handles:
                handle._attach(tables)

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What stands between the brackets of the printed form; a subclass gives its constructor arguments.

        >>> from lucet import nn
        >>> nn.Linear(2, 3).extra_repr()
        'in_features=2, out_features=3, bias=True'
        """
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {_indented(repr(module))}" for name, module in self._modules.items()]
        if len(lines) == 1 and not children:
            return f"{self._get_name()}({lines[0]})"
        return _bracketed(self._get_name(), lines + children)


def _bracketed(name: str, lines: list[str]) -> str:
    """`name(...)` with each of `lines` on its own line, two spaces in."""
    return f"{name}(\n  " + "\n  ".join(lines) + "\n)" if lines else f"{name}()"


def _indented(text: str, spaces: int = 2) -> str:
    """All lines of `text` but the first moved to the right."""
    return text.replace("\n", "\n" + " " * spaces)


def _kind(value: Any) -> str:
    """The class in an error message, with its module where it is not a builtin."""
    cls = value if isinstance(value, type) else type(value)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _unexpected_arguments(cls: type, args: tuple, kwargs: dict) -> TypeError:
    if kwargs:
        return TypeError(f"{cls.__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
    return TypeError(f"{cls.__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given")


def _asked(hooks: Mapping, module: Module, name: str, value: Any) -> Any:
    """`value`, or what the registration hooks of all modules put in its place."""
    for hook in hooks.values():
        answer = hook(module, name, value)
        value = value if answer is None else answer
    return value


def _converted(parameter: Parameter, fn: Callable[[Tensor], Tensor]) -> Parameter:
    """The same parameter with its contents replaced, or a new one where it moves to another kind of device."""
    with no_grad():
        moved = fn(parameter)
        grad = parameter.grad
        moved_grad = None if grad is None else fn(grad)
    if moved is parameter and moved_grad is grad:
        return parameter
    if moved.device.type == parameter.device.type:
        parameter.data = moved
        if grad is not None:
            grad.data = moved_grad
        return parameter
    fresh = Parameter(moved, parameter.requires_grad)
    if grad is not None and moved_grad is not None:
        fresh.grad = moved_grad.requires_grad_(grad.requires_grad)
    return fresh


def _to_floating(dtype: Any) -> Callable[[Tensor], Tensor]:
    return lambda tensor: tensor.to(dtype) if tensor.is_floating_point() else tensor


def _refuse(method: str, device: Any) -> Callable[[Tensor], Tensor]:
    """A conversion that raises at the first tensor."""

    def refuse(tensor: Tensor) -> Tensor:
        raise no_such_device(method, device)

    return refuse


def _expect_none(answer: Any) -> None:
    if answer is not None:
        raise AssertionError(
            "load_state_dict: Hooks registered with register_load_state_dict_post_hook are not expected to return new "
            "values, change incompatible_keys in place"
        )


def running_place(frame: Any) -> str | None:
    """`path: Layer(...)` of the innermost module being called in `frame` or a caller of it, None outside modules.

    Anomaly mode asks it where an operation was recorded.

    >>> import sys
    >>> from lucet import nn
    >>> from lucet.nn.modules.module import running_place
    >>> class Probe(nn.Module):
    ...     def forward(self, x):
    ...         return running_place(sys._getframe())
    >>> nn.Sequential(nn.Sequential(Probe()))(0)
    '0.0: Probe()'
    """
    return place_of_frame(frame, Module.__call__)
