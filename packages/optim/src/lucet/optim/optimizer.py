"""The optimizer base: parameter groups, state, state dicts, hooks. No update rule lives here."""

import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any, TypeAlias

import lucet
from lucet import Tensor
from lucet._hooks import RemovableHandle, add_hook, optimizer_step_post_hooks, optimizer_step_pre_hooks, optimizers

__all__ = ["Optimizer", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]

Args: TypeAlias = tuple[Any, ...]
Kwargs: TypeAlias = dict[str, Any]
StateDict: TypeAlias = dict[str, Any]
ParamsT: TypeAlias = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]
GlobalOptimizerPreHook: TypeAlias = Callable[["Optimizer", Args, Kwargs], tuple[Args, Kwargs] | None]
GlobalOptimizerPostHook: TypeAlias = Callable[["Optimizer", Args, Kwargs], None]
_HookTable: TypeAlias = OrderedDict[int, Callable[..., Any]]

# Hooks shared by every optimizer of the process, as torch has them; the tables are core's, where others can watch too.
_global_optimizer_pre_hooks: "OrderedDict[int, GlobalOptimizerPreHook]" = optimizer_step_pre_hooks
_global_optimizer_post_hooks: "OrderedDict[int, GlobalOptimizerPostHook]" = optimizer_step_post_hooks

_HOOK_TABLES = (
    "_optimizer_step_pre_hooks",
    "_optimizer_step_post_hooks",
    "_optimizer_state_dict_pre_hooks",
    "_optimizer_state_dict_post_hooks",
    "_optimizer_load_state_dict_pre_hooks",
    "_optimizer_load_state_dict_post_hooks",
)


class _RequiredParameter:
    """Marks a default that every group has to give itself."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _RequiredParameter()


def register_optimizer_step_pre_hook(hook: GlobalOptimizerPreHook) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before every `step` of every optimizer.

    The hook may return a new `(args, kwargs)` pair for `step`, or None.

    Example:
        >>> from lucet.optim.optimizer import register_optimizer_step_pre_hook
        >>> handle = register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: None)
        >>> handle.remove()
    """
    return add_hook(_global_optimizer_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: GlobalOptimizerPostHook) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after every `step` of every optimizer.

    Example:
        >>> from lucet.optim.optimizer import register_optimizer_step_post_hook
        >>> handle = register_optimizer_step_post_hook(lambda optimizer, args, kwargs: None)
        >>> handle.remove()
    """
    return add_hook(_global_optimizer_post_hooks, hook)


def _use_grad_for_differentiable(step: Callable) -> Callable:
    """Run `step` with gradients recorded only if the optimizer was made with differentiable=True."""

    @functools.wraps(step)
    def guarded(self: "Optimizer", *args: Any, **kwargs: Any) -> Any:
        before = lucet.is_grad_enabled()
        lucet.set_grad_enabled(self.defaults["differentiable"])
        try:
            return step(self, *args, **kwargs)
        finally:
            lucet.set_grad_enabled(before)

    return guarded


def _run_closure(closure: Callable[[], Any] | None) -> Any:
    if closure is None:
        return None
    with lucet.enable_grad():
        return closure()


def _to_scalar(x: Any) -> Any:
    """Make a one-element tensor 0-dimensional; numbers pass."""
    return x.squeeze() if isinstance(x, Tensor) and x.dim() != 0 else x


def _as_float(x: Any) -> float:
    return x.item() if isinstance(x, Tensor) else float(x * 1.0)  # a text is a TypeError


def _get_scalar_dtype(is_fused: bool | None = None) -> "lucet.dtype":
    """The dtype of step counters: float64 where that is the default dtype, else float32."""
    wide = not is_fused and lucet.get_default_dtype() == lucet.float64
    return lucet.float64 if wide else lucet.float32


def _new_step(fused: bool | None = None) -> Tensor:
    return lucet.zeros((), dtype=_get_scalar_dtype(fused))


def _repair_steps(groups: list[dict[str, Any]], state: dict[Any, Any]) -> None:
    """Turn plain-number step counters, as old checkpoints have them, into tensors."""
    for group in groups:
        for p in group["params"]:
            own = state.get(p, {})
            if "step" in own and not isinstance(own["step"], Tensor):
                own["step"] = lucet.tensor(float(own["step"]), dtype=_get_scalar_dtype(group.get("fused")))


class Optimizer:
    """What every optimizer has: parameter groups, per-parameter state, state dicts and hooks.

    `params` is an iterable of tensors, of `(name, tensor)` pairs (all or none named), or of dicts that hold `"params"`
    and options of their own; `defaults` are the options of groups that leave them out. A subclass writes `step`.

    Raises:
        TypeError: `params` is a tensor, a set, or holds something that is not a tensor.
        ValueError: no parameters, a non-leaf tensor, a parameter in two groups, or names for only some.

    Example:
        >>> import lucet
        >>> class Sign(lucet.optim.Optimizer):
        ...     def step(self, closure=None):
        ...         with lucet.no_grad():
        ...             for group in self.param_groups:
        ...                 for p in group["params"]:
        ...                     p -= group["lr"] * p.grad.sign()
        >>> w = lucet.ones(2, requires_grad=True)
        >>> opt = Sign([w], {"lr": 0.5})
        >>> (w * w).sum().backward()
        >>> opt.step()
        >>> w.tolist()
        [0.5, 0.5]
    """

    OptimizerPreHook: TypeAlias = GlobalOptimizerPreHook
    OptimizerPostHook: TypeAlias = GlobalOptimizerPostHook

    _optimizer_step_pre_hooks: _HookTable
    _optimizer_step_post_hooks: _HookTable
    _optimizer_state_dict_pre_hooks: _HookTable
    _optimizer_state_dict_post_hooks: _HookTable
    _optimizer_load_state_dict_pre_hooks: _HookTable
    _optimizer_load_state_dict_post_hooks: _HookTable

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self._add_hook_tables()
        self._patch_step_function()
        if isinstance(params, Tensor):
            raise TypeError(
                f"{type(self).__name__}: params argument given to the optimizer should be an iterable of Tensors or "
                f"dicts, but got {type(params).__name__}\n  fix   put the tensor into a list"
            )
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups: list[Any] = list(params)
        if not groups:
            raise ValueError(f"{type(self).__name__}: optimizer got an empty parameter list, expected at least one")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def _add_hook_tables(self) -> None:
        optimizers.add(self)
        for name in _HOOK_TABLES:
            if name not in self.__dict__:
                setattr(self, name, OrderedDict())

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._add_hook_tables()
        self._patch_step_function()
        self.defaults.setdefault("differentiable", False)

    def __repr__(self) -> str:
        groups = []
        for i, group in enumerate(self.param_groups):
            lines = [f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params"]
            groups.append(f"\nParameter Group {i}\n{''.join(lines)}")
        return f"{type(self).__name__} ({''.join(groups)})"

    @staticmethod
    def profile_hook_step(func: Callable) -> Callable:
        """Wrap a `step` function so that the hooks of the optimizer and of the process run around it."""

        @functools.wraps(func)
        def hooked_step(*args: Any, **kwargs: Any) -> Any:
            self = args[0]
            for hook in chain(_global_optimizer_pre_hooks.values(), self._optimizer_step_pre_hooks.values()):
                changed = hook(self, args, kwargs)
                if changed is not None:
                    args, kwargs = _new_arguments(func, changed)
            result = func(*args, **kwargs)
            for hook in chain(self._optimizer_step_post_hooks.values(), _global_optimizer_post_hooks.values()):
                hook(self, args, kwargs)
            return result

        return hooked_step

    def _patch_step_function(self) -> None:
        cls = type(self)
        if not getattr(cls.step, "hooked", False):
            cls.step = self.profile_hook_step(cls.step)  # type: ignore[method-assign]
            cls.step.hooked = True  # type: ignore[attr-defined]

    def register_step_pre_hook(self, hook: GlobalOptimizerPreHook) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before `step`; it may return a new `(args, kwargs)`.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)])
            >>> handle = opt.register_step_pre_hook(lambda optimizer, args, kwargs: print("before"))
            >>> opt.step()
            before
        """
        return add_hook(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: GlobalOptimizerPostHook) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after `step`.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)])
            >>> handle = opt.register_step_post_hook(lambda optimizer, args, kwargs: print("after"))
            >>> opt.step()
            after
        """
        return add_hook(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(
        self, hook: Callable[["Optimizer"], None], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer)` before `state_dict` collects anything; `prepend` puts it before the others.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)])
            >>> handle = opt.register_state_dict_pre_hook(lambda optimizer: print("saving"))
            >>> saved = opt.state_dict()
            saving
        """
        return add_hook(self._optimizer_state_dict_pre_hooks, hook, prepend=prepend)

    def register_state_dict_post_hook(
        self, hook: Callable[["Optimizer", StateDict], StateDict | None], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` on the finished dict; a dict that it returns replaces that.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)])
            >>> handle = opt.register_state_dict_post_hook(lambda optimizer, saved: {**saved, "note": 1})
            >>> opt.state_dict()["note"]
            1
        """
        return add_hook(self._optimizer_state_dict_post_hooks, hook, prepend=prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable[["Optimizer", StateDict], StateDict | None], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` on a shallow copy of what is loaded; a returned dict is loaded instead.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)])
            >>> handle = opt.register_load_state_dict_pre_hook(lambda optimizer, saved: print(sorted(saved)))
            >>> opt.load_state_dict(opt.state_dict())
            ['param_groups', 'state']
        """
        return add_hook(self._optimizer_load_state_dict_pre_hooks, hook, prepend=prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable[["Optimizer"], None], prepend: bool = False
    ) -> RemovableHandle:
        """Call `hook(optimizer)` after a state dict was loaded; `prepend` puts it before the others.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)])
            >>> handle = opt.register_load_state_dict_post_hook(lambda optimizer: print("loaded"))
            >>> opt.load_state_dict(opt.state_dict())
            loaded
        """
        return add_hook(self._optimizer_load_state_dict_post_hooks, hook, prepend=prepend)

    def state_dict(self) -> StateDict:
        """Return `{"state": {number: {...}}, "param_groups": [{..., "params": [number, ...]}, ...]}`.

        Parameters are numbered in the order of the groups. State tensors are not copied: save or deepcopy the dict
        before the next step. Keys of `state` that are not parameters are kept as they are.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=0.5)
            >>> opt.state_dict()["param_groups"][0]["params"]
            [0]
        """
        for pre_hook in self._optimizer_state_dict_pre_hooks.values():
            pre_hook(self)
        number: dict[int, int] = {}
        packed_groups, start = [], 0
        for group in self.param_groups:
            for i, p in enumerate(group["params"], start):
                number.setdefault(id(p), i)
            packed = {key: value for key, value in group.items() if key != "params"}
            packed["params"] = [number[id(p)] for p in group["params"]]
            packed_groups.append(packed)
            start += len(group["params"])
        state = {(number[id(k)] if isinstance(k, Tensor) else k): v for k, v in self.state.items()}
        result: StateDict = {"state": state, "param_groups": packed_groups}
        for post_hook in self._optimizer_state_dict_post_hooks.values():
            result = _unless_none(post_hook(self, result), result)
        return result

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Take over the state and the options of a dict that `state_dict` returned.

        Parameters are matched by position. Floating-point state is cast to the dtype of its parameter, `step` is not.
        Names of parameters in the dict replace the present ones and have no other effect.

        Raises:
            ValueError: another number of groups, or of parameters in a group.

        Example:
            >>> import lucet
            >>> one = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=0.5)
            >>> two = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=0.1)
            >>> two.load_state_dict(one.state_dict())
            >>> two.param_groups[0]["lr"]
            0.5
        """
        state_dict = state_dict.copy()
        for pre_hook in self._optimizer_load_state_dict_pre_hooks.values():
            state_dict = _unless_none(pre_hook(self, state_dict), state_dict)
        saved_groups = deepcopy(state_dict["param_groups"])
        self._check_saved_groups(saved_groups)
        state = self._state_for_params(state_dict["state"], saved_groups)
        for group, saved in zip(self.param_groups, saved_groups, strict=True):
            saved["params"] = group["params"]
            if "param_names" in group:
                saved.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": state, "param_groups": saved_groups})
        for post_hook in self._optimizer_load_state_dict_post_hooks.values():
            post_hook(self)

    def _check_saved_groups(self, saved_groups: list[dict[str, Any]]) -> None:
        name = type(self).__name__
        if len(saved_groups) != len(self.param_groups):
            raise ValueError(
                f"load_state_dict: loaded state dict has a different number of parameter groups: {len(saved_groups)}, "
                f"{name} has {len(self.param_groups)}"
            )
        for i, (group, saved) in enumerate(zip(self.param_groups, saved_groups, strict=True)):
            if len(group["params"]) != len(saved["params"]):
                raise ValueError(
                    f"load_state_dict: loaded state dict contains a parameter group that doesn't match the size of "
                    f"optimizer's group: {len(saved['params'])} parameters in group {i}, {name} has "
                    f"{len(group['params'])}"
                )

    def _state_for_params(self, saved_state: dict[Any, Any], saved_groups: list[dict[str, Any]]) -> defaultdict:
        """Key the saved state by this optimizer's parameters; entries that belong to none are kept as they are."""
        owner = {
            number: (p, saved)
            for group, saved in zip(self.param_groups, saved_groups, strict=True)
            for number, p in zip(saved["params"], group["params"], strict=True)
        }
        state: defaultdict[Any, Any] = defaultdict(dict)
        for key, value in saved_state.items():
            if key in owner:
                p, group = owner[key]
                state[p] = _cast_state(p, value, group)
            else:
                state[key] = value
        return state

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients of all parameters, or fill them with zeros when `set_to_none` is False.

        Example:
            >>> import lucet
            >>> w = lucet.ones(1, requires_grad=True)
            >>> opt = lucet.optim.SGD([w])
            >>> (w * 2).sum().backward()
            >>> opt.zero_grad()
            >>> w.grad is None
            True
        """
        for group in self.param_groups:
            for p in group["params"]:
                grad = p.grad
                if grad is None:
                    continue
                if set_to_none:
                    p.grad = None
                    continue
                if grad.grad_fn is not None:
                    grad.detach_()
                else:
                    grad.requires_grad_(False)
                grad.zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once; `closure` computes the loss again and returns it. Subclasses write this."""
        raise NotImplementedError

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a dict with `"params"` and options; the optimizer's defaults fill what it leaves out.

        Example:
            >>> import lucet
            >>> opt = lucet.optim.SGD([lucet.zeros(1, requires_grad=True)], lr=0.5)
            >>> opt.add_param_group({"params": lucet.zeros(2, requires_grad=True), "lr": 0.1})
            >>> [group["lr"] for group in opt.param_groups]
            [0.5, 0.1]
        """
        if not isinstance(param_group, dict):
            raise TypeError(f"add_param_group: param_group is a {type(param_group).__name__}, expected a dict")
        param_group["params"] = _listed(param_group["params"])
        _split_names(param_group)
        for p in param_group["params"]:
            self._check_param(p)
        self._fill_defaults(param_group)
        params = set(param_group["params"])
        if len(params) != len(param_group["params"]):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; this will become an error",
                stacklevel=3,
            )
        self._check_other_groups(param_group, params)
        self.param_groups.append(param_group)

    def _check_param(self, p: Any) -> None:
        if not isinstance(p, Tensor):
            raise TypeError(
                f"{type(self).__name__}: optimizer can only optimize Tensors, but one of the params is "
                f"{type(p).__name__}"
            )
        if not self.defaults.get("differentiable", None) and not (p.is_leaf or p.retains_grad):
            raise ValueError(
                f"{type(self).__name__}: can't optimize a non-leaf Tensor: one of shape {tuple(p.shape)} comes from "
                f"{p.grad_fn!r}"
            )

    def _fill_defaults(self, param_group: dict[str, Any]) -> None:
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(
                    f"{type(self).__name__}: parameter group didn't specify a value of required optimization "
                    f"parameter {name}"
                )
            param_group.setdefault(name, default)

    def _check_other_groups(self, param_group: dict[str, Any], params: set[Tensor]) -> None:
        named = "param_names" in param_group
        for group in self.param_groups:
            if named != ("param_names" in group):
                raise ValueError(
                    "add_param_group: all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with' if named else 'without'} names to the optimizer"
                )
        if any(not params.isdisjoint(group["params"]) for group in self.param_groups):
            raise ValueError("add_param_group: some parameters appear in more than one parameter group")


def _new_arguments(func: Callable, changed: Any) -> tuple[Args, Kwargs]:
    if isinstance(changed, tuple) and len(changed) == 2:
        return changed
    raise RuntimeError(
        f"step pre hook: a hook of {func.__qualname__} returned {changed!r}, expected None or a tuple of "
        "(new_args, new_kwargs)"
    )


def _unless_none(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _listed(params: Any) -> list[Any]:
    if isinstance(params, Tensor):
        return [params]
    if isinstance(params, set):
        raise TypeError(
            "add_param_group: params is a set, whose order changes between runs, expected an ordered collection\n"
            "  fix   pass a list"
        )
    return list(params)


def _split_names(param_group: dict[str, Any]) -> None:
    """Move the names of `(name, tensor)` pairs into "param_names"."""
    items = param_group["params"]
    names = [item[0] for item in items if isinstance(item, tuple)]
    param_group["params"] = [item[1] if isinstance(item, tuple) else item for item in items]
    if not names:
        return
    if len(names) != len(items):
        raise ValueError(
            "add_param_group: all optimizer params should be with/without names. Some param names are missing: "
            f"{len(names)} of {len(items)} have one"
        )
    param_group["param_names"] = names


def _cast_state(p: Tensor, value: Any, group: dict[str, Any], key: Hashable = None) -> Any:
    """Bring loaded state to the parameter's dtype; step counters keep theirs unless the group is fused."""
    if isinstance(value, Tensor):
        if key == "step":
            return value.to(dtype=lucet.float32) if group.get("capturable") or group.get("fused") else value
        return value.to(dtype=p.dtype) if p.is_floating_point() else value
    if isinstance(value, dict):
        return {k: _cast_state(p, v, group, k) for k, v in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return type(value)(_cast_state(p, v, group) for v in value)  # type: ignore[call-arg]
    return value


class _GroupOptimizer(Optimizer):
    """An optimizer that steps group by group: a subclass writes `_step_group`."""

    _added_later: dict[str, Any]  # options that state dicts of older versions lack

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            for name, value in self._added_later.items():
                group.setdefault(name, value)
        _repair_steps(self.param_groups, self.state)

    @_use_grad_for_differentiable
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; return what `closure` returned, if it was given."""
        loss = _run_closure(closure)
        for group in self.param_groups:
            self._step_group(group)
        return loss

    def _step_group(self, group: dict[str, Any]) -> None:
        raise NotImplementedError
