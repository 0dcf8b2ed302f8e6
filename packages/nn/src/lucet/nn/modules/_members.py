"""The registries behind Module: a dict that also shows each entry as an attribute of its module.

Rules for assignment are in module.py.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from weakref import ref

_ABSENT = object()


class Members(dict):
    """`_parameters`, `_buffers` or `_modules` of one module, in order of registration.

    Each entry also stands in the module's `__dict__`, so `module.weight` is a plain attribute read, and every way of
    writing into this dict keeps it so. Where the class itself has an attribute of that name, the class's one shows, as
    it does in torch. The module is held weakly: a strong reference would be a cycle, and big tensors would wait for the
    garbage collector.
    """

    __slots__ = ("owner",)

    def __init__(self, module: Any, entries: Any = ()):
        self.owner = ref(module)
        for name, value in dict(entries).items():
            self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        dict.__setitem__(self, name, value)
        module = self.owner()
        if module is not None and not hasattr(type(module), name):
            module.__dict__[name] = value

    def __delitem__(self, name: str) -> None:
        self._hide(name, self[name])
        dict.__delitem__(self, name)

    def _hide(self, name: str, value: Any) -> None:
        module = self.owner()
        if module is not None and module.__dict__.get(name, _ABSENT) is value:
            del module.__dict__[name]

    def pop(self, name: str, *default: Any) -> Any:
        if name not in self:
            return dict.pop(self, name, *default)
        value = self[name]
        del self[name]
        return value

    def popitem(self) -> tuple[str, Any]:
        name, value = dict.popitem(self)
        self._hide(name, value)
        return name, value

    def clear(self) -> None:
        for name in list(self):
            del self[name]

    def setdefault(self, name: str, default: Any = None) -> Any:
        if name not in self:
            self[name] = default
        return self[name]

    def update(self, *others: Any, **named: Any) -> None:
        for name, value in dict(*others, **named).items():
            self[name] = value

    def __ior__(self, other: Any) -> "Members":  # type: ignore[misc]
        self.update(other)
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple:
        # Pickles and copies hold a plain dict; the module that takes it in binds it to itself.
        return dict, (), None, None, iter(self.items())


def bind(module: Any, key: str, entries: Any) -> Members:
    """Make `entries` the module's registry `key`, in place of the one it had."""
    attributes = module.__dict__
    old = attributes.get(key)
    if type(old) is Members and old.owner() is module and old is not entries:
        entries = dict(entries)
        old.clear()
    attributes[key] = members = Members(module, entries)
    return members


class CallHooks(OrderedDict):
    """Hooks that `Module.__call__` must look at; putting one in raises the module's `_hooked` flag.

    The flag stays up when hooks go; the slower path finds the dicts empty and lowers it.
    """

    def __init__(self, module: Any, entries: Iterable = ()):
        super().__init__()
        self.owner = ref(module)
        self.update(entries)

    def __setitem__(self, key: int, hook: Any) -> None:
        super().__setitem__(key, hook)
        module = self.owner()
        if module is not None:
            module.__dict__["_hooked"] = True

    def __reduce_ex__(self, protocol: Any) -> tuple:
        return OrderedDict, (), None, None, iter(self.items())
