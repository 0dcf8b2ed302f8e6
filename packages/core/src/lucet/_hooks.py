"""Tables of hooks and the handles that take hooks out of them again, for tensors, nodes, modules and optimizers."""

import warnings
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

# Of the process, empty unless someone watches: hooks around every step of every optimizer, and the optimizers that there are. They
# live here so that lucet.nn can watch training without knowing lucet.optim.
optimizer_step_pre_hooks: "OrderedDict[int, Any]" = OrderedDict()
optimizer_step_post_hooks: "OrderedDict[int, Any]" = OrderedDict()
optimizers: "weakref.WeakSet[Any]" = weakref.WeakSet()


class RemovableHandle:
    """What a `register_*hook` function returns: takes the hook away by `remove()`, or at the end of a `with` block.

    Example:
        >>> import lucet
        >>> x = lucet.ones(1, requires_grad=True)
        >>> with x.register_hook(lambda grad: grad * 2):
        ...     (x * 3).sum().backward()
        >>> (x * 3).sum().backward()
        >>> x.grad
        tensor([9.])
    """

    next_id: int = 0  # of the process: a hook's number is its key in every table that knows it

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        extras = extra_dict if isinstance(extra_dict, list) else [] if extra_dict is None else [extra_dict]
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.extra_dict_ref = tuple(weakref.ref(extra) for extra in extras)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1

    def remove(self) -> None:
        """Take the hook away; harmless when it is gone already."""
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None:
                hooks.pop(self.id, None)

    def _attach(self, tables: Sequence[Any]) -> None:
        """Take hooks out of these tables from now on: those of a copy of what the handle was made for."""
        own = [table for table in tables if self.id in table]
        if own:
            self.hooks_dict_ref = weakref.ref(own[0])
            self.extra_dict_ref = tuple(map(weakref.ref, own[1:]))

    def __getstate__(self) -> tuple:
        return self.hooks_dict_ref(), self.id, tuple(reference() for reference in self.extra_dict_ref)

    def __setstate__(self, state: tuple) -> None:
        hooks, self.id, extras = state
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        self.extra_dict_ref = tuple(weakref.ref(OrderedDict() if extra is None else extra) for extra in extras)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def unserializable_hook(f: Any) -> Any:
    """Mark a hook as one that need not be kept: pickling a tensor with it does not warn."""
    f.__torch_unserializable__ = True
    return f


def warn_if_has_hooks(tensor: Any) -> None:
    """A warning for each hook on the gradient of `tensor` that pickling will leave behind."""
    for hook in (tensor._backward_hooks or {}).values():
        if not hasattr(hook, "__torch_unserializable__"):
            warnings.warn(
                f"backward hook {hook!r} on tensor will not be serialized; @utils.hooks.unserializable_hook says that this is meant",
                stacklevel=2,
            )


RemovableHandle.__module__ = "lucet.utils.hooks"


def add_hook(hooks: OrderedDict, hook: Any, *, prepend: bool = False, marks: Sequence[Any] = ()) -> RemovableHandle:
    """Put `hook` into `hooks` and its number into each dict of `marks`; the handle removes it from all."""
    handle = RemovableHandle(hooks, extra_dict=list(marks))
    hooks[handle.id] = hook
    for mark in marks:
        mark[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
