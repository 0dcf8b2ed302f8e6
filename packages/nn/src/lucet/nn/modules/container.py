"""Modules that hold modules or parameters: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

import operator
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Self

from lucet import Tensor
from lucet.nn.modules.module import Module, _bracketed, _indented
from lucet.nn.parameter import Parameter

__all__ = ["Container", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


def _position(index: Any, length: int) -> int:
    """`index` counted from the front.

    Raises: TypeError for no integer, IndexError outside -length to length - 1.
    """
    place = operator.index(index)
    if not -length <= place < length:
        raise IndexError(f"index {place} is out of range for {length} entries")
    return place % length


def _renumber(modules: Any, entries: Iterable) -> None:
    """Make `entries` the values of a registry, named 0, 1, 2, ..."""
    entries = list(entries)
    modules.clear()
    modules.update({str(place): entry for place, entry in enumerate(entries)})


class Container(Module):
    """The older name of a module with children given by keyword; warns.

    >>> import warnings
    >>> from lucet import nn
    >>> with warnings.catch_warnings(record=True):
    ...     nn.Container(act=nn.ReLU())
    Container(
      (act): ReLU()
    )
    """

    def __init__(self, **kwargs: Module) -> None:
        super().__init__()
        warnings.warn(
            "`nn.Container` is deprecated. Its work is done by `nn.Module`: subclass that instead.",
            FutureWarning,
            stacklevel=2,
        )
        for name, module in kwargs.items():
            self.add_module(name, module)


class Sequential(Module):
    """Call modules one after another, each with the output of the one before.

    Made of modules, named 0, 1, 2, ..., or of one OrderedDict of names to modules. Indexing, slicing, `len`, iteration,
    `append`, `insert`, `extend`, `pop`, `del`, `+`, `*` work as on a list; what changes positions renames to numbers.

    Raises: TypeError for an entry that is no module; IndexError for a position that is not there.

    >>> import lucet
    >>> from lucet import nn
    >>> net = nn.Sequential(nn.Linear(4, 2), nn.ReLU())
    >>> tuple(net(lucet.zeros(3, 4)).shape)
    (3, 2)
    >>> net[1:]
    Sequential(
      (1): ReLU()
    )
    """

    _modules: dict[str, Module]

    def __init__(self, *args: Any) -> None:
        super().__init__()
        ordered = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if ordered else enumerate(args):
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        """The output of the last module; the input itself where there is none."""
        for module in self._modules.values():
            input = module(input)
        return input

    def _name_at(self, index: Any) -> str:
        return next(islice(self._modules, _position(index, len(self)), None))

    def _get_item_by_idx(self, iterator: Iterable, idx: Any) -> Any:
        """The entry of `iterator` at `idx`, negative ones from the end."""
        return next(islice(iterator, _position(idx, len(self)), None))

    def __getitem__(self, idx: int | slice) -> Any:
        if not isinstance(idx, slice):
            return self._modules[self._name_at(idx)]
        part = type(self)()
        for name, module in list(self._modules.items())[idx]:
            part.add_module(name, module)
        return part

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._name_at(idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        names = list(self._modules)[idx] if isinstance(idx, slice) else [self._name_at(idx)]
        for name in names:
            delattr(self, name)
        _renumber(self._modules, self._modules.values())

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __add__(self, other: "Sequential") -> "Sequential":
        _need_sequential(other)
        return Sequential(*self, *other)

    def __iadd__(self, other: "Sequential") -> Self:
        _need_sequential(other)
        return self.extend(list(other))

    def __mul__(self, other: int) -> "Sequential":
        return Sequential(*(list(self) * _repeats(self, other)))

    def __rmul__(self, other: int) -> "Sequential":
        return self * other

    def __imul__(self, other: int) -> Self:
        return self.extend(list(self) * (_repeats(self, other) - 1))

    def pop(self, key: int | slice) -> Module:
        """Take out the module at position `key` and return it; the later ones move up.

        >>> from lucet import nn
        >>> net = nn.Sequential(nn.ReLU(), nn.Tanh())
        >>> net.pop(0), len(net)
        (ReLU(), 1)
        """
        module = self[key]
        del self[key]
        return module

    def append(self, module: Module) -> Self:
        """Add a module at the end.

        >>> from lucet import nn
        >>> len(nn.Sequential(nn.ReLU()).append(nn.Tanh()))
        2
        """
        self.add_module(str(len(self)), module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before position `index`; every module is renamed to its number.

        Raises: IndexError outside -len to len; AssertionError for a value that is no module.

        >>> from lucet import nn
        >>> nn.Sequential(nn.ReLU()).insert(0, nn.Tanh())[0]
        Tanh()
        """
        if not isinstance(module, Module):
            raise AssertionError(f"insert: module should be of type: {Module}, got {type(module)}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index} for {len(self)} modules")
        entries = list(self)
        entries.insert(index, module)
        _renumber(self._modules, entries)
        return self

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Add modules at the end.

        >>> from lucet import nn
        >>> len(nn.Sequential(nn.ReLU()).extend([nn.Tanh(), nn.Sigmoid()]))
        3
        """
        for module in sequential:
            self.append(module)
        return self


def _need_sequential(other: Any) -> None:
    if not isinstance(other, Sequential):
        raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")


def _repeats(sequential: Sequential, times: Any) -> int:
    if not isinstance(times, int):
        raise TypeError(f"unsupported operand type(s) for *: {type(sequential)} and {type(times)}")
    if times <= 0:
        raise ValueError(f"Non-positive multiplication factor {times} for {type(sequential)}, expected 1 or more")
    return times


class ModuleList(Module):
    """A list of modules, named 0, 1, 2, ...; it is not called itself.

    Indexing, slicing, `len`, iteration, `+`, `+=`, `append`, `insert`, `extend`, `pop`, `del` work as on a list.

    Raises: TypeError for an entry that is no module; IndexError for a position that is not there.

    >>> from lucet import nn
    >>> nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    ModuleList(
      (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)
    )
    """

    _modules: dict[str, Module]

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def _get_abs_string_index(self, idx: Any) -> str:
        return str(_position(idx, len(self)))

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return type(self)(list(self._modules.values())[idx])
        return self._modules[self._get_abs_string_index(idx)]

    def __setitem__(self, idx: int, module: Module) -> None:
        setattr(self, self._get_abs_string_index(idx), module)

    def __delitem__(self, idx: int | slice) -> None:
        entries = list(self)
        if not isinstance(idx, slice):
            idx = _position(idx, len(self))
        del entries[idx]
        _renumber(self._modules, entries)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList(chain(self, other))

    def insert(self, index: int, module: Module) -> None:
        """Put a module before position `index`, as a list does.

        >>> from lucet import nn
        >>> layers = nn.ModuleList([nn.ReLU()])
        >>> layers.insert(0, nn.Tanh())
        >>> layers[0]
        Tanh()
        """
        entries = list(self)
        entries.insert(index, module)
        self.add_module(str(len(self)), module)  # checks that it is one
        _renumber(self._modules, entries)

    def append(self, module: Module) -> Self:
        """Add a module at the end.

        >>> from lucet import nn
        >>> len(nn.ModuleList().append(nn.ReLU()))
        1
        """
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key: int | slice) -> Module:
        """Take out the module at position `key` and return it; the later ones move up.

        >>> from lucet import nn
        >>> nn.ModuleList([nn.ReLU(), nn.Tanh()]).pop(-1)
        Tanh()
        """
        module = self[key]
        del self[key]
        return module

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end.

        Raises: TypeError for a value that cannot be iterated.

        >>> from lucet import nn
        >>> len(nn.ModuleList().extend([nn.ReLU(), nn.Tanh()]))
        2
        """
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self

    def __repr__(self) -> str:
        """As Module's, with a run of equal modules on one line."""
        runs: list[list] = []
        for place, text in enumerate(repr(module) for module in self):
            if runs and runs[-1][2] == text:
                runs[-1][1] = place
            else:
                runs.append([place, place, text])
        lines = [
            f"({first}): {_indented(text)}"
            if first == last
            else f"({first}-{last}): {last - first + 1} x {_indented(text)}"
            for first, last, text in runs
        ]
        return _bracketed(self._get_name(), lines)


class ModuleDict(Module):
    """A dictionary of modules by name, in the order of insertion; it is not called itself.

    Raises: TypeError for a value that is no module or a key that is no string; KeyError for a name that is not there,
    is empty, has a dot or is that of a method.

    >>> from lucet import nn
    >>> choices = nn.ModuleDict({"relu": nn.ReLU(), "tanh": nn.Tanh()})
    >>> choices["tanh"], list(choices)
    (Tanh(), ['relu', 'tanh'])
    """

    _modules: dict[str, Module]

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take all modules out.

        >>> from lucet import nn
        >>> d = nn.ModuleDict({"a": nn.ReLU()})
        >>> d.clear()
        >>> len(d)
        0
        """
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Take out the module called `key` and return it.

        >>> from lucet import nn
        >>> nn.ModuleDict({"a": nn.ReLU()}).pop("a")
        ReLU()
        """
        module = self[key]
        del self[key]
        return module

    def keys(self) -> Any:
        """The names.

        >>> from lucet import nn
        >>> list(nn.ModuleDict({"a": nn.ReLU()}).keys())
        ['a']
        """
        return self._modules.keys()

    def items(self) -> Any:
        """(name, module) pairs.

        >>> from lucet import nn
        >>> list(nn.ModuleDict({"a": nn.ReLU()}).items())
        [('a', ReLU())]
        """
        return self._modules.items()

    def values(self) -> Any:
        """The modules.

        >>> from lucet import nn
        >>> list(nn.ModuleDict({"a": nn.ReLU()}).values())
        [ReLU()]
        """
        return self._modules.values()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules from a mapping or from pairs, replacing those of the same name.

        Raises: TypeError or ValueError for entries that are no pairs.

        >>> from lucet import nn
        >>> d = nn.ModuleDict({"a": nn.ReLU()})
        >>> d.update([("b", nn.Tanh())])
        >>> list(d)
        ['a', 'b']
        """
        for key, module in _pairs(modules, "ModuleDict", (Mapping, ModuleDict)):
            self[key] = module


def _pairs(entries: Any, name: str, mappings: tuple[type, ...]) -> Iterator[tuple[Any, Any]]:
    """(key, value) pairs of a mapping or a sequence of pairs, which is checked."""
    if not isinstance(entries, Iterable):
        raise TypeError(
            f"{name}.update should be called with an iterable of key/value pairs, but got {type(entries).__name__}"
        )
    if isinstance(entries, mappings):
        yield from entries.items()  # type: ignore[attr-defined]
        return
    for place, entry in enumerate(entries):
        if not isinstance(entry, Iterable):
            raise TypeError(f"{name} update sequence element #{place} should be Iterable; is {type(entry).__name__}")
        entry = tuple(entry)
        if len(entry) != 2:
            raise ValueError(f"{name} update sequence element #{place} has length {len(entry)}; 2 is required")
        yield entry


def _as_parameter(value: Any) -> Any:
    """Tensors become parameters, everything else stays."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _described(name: Any, value: Any, tensor_kind: str) -> str:
    """One line of the printed form of a parameter container."""
    if not isinstance(value, Tensor):
        return f"  ({name}): Object of type: {type(value).__name__}"
    what = "Parameter" if isinstance(value, Parameter) else "Tensor"
    size = "x".join(map(str, value.shape))
    return f"  ({name}): {what} containing: [{tensor_kind} of size {size}]"


class ParameterList(Module):
    """A list of parameters, named 0, 1, 2, ...; tensors become parameters, other values are kept as they are.

    Raises: IndexError for a position that is not there; RuntimeError when it is called.

    >>> import lucet
    >>> from lucet import nn
    >>> weights = nn.ParameterList([lucet.ones(2), lucet.zeros(3)])
    >>> weights[1], len(list(weights.parameters()))
    (Parameter containing:
    tensor([0., 0., 0.], requires_grad=True), 2)
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def _get_abs_string_index(self, idx: Any) -> str:
        return str(_position(idx, len(self)))

    def __getitem__(self, idx: int | slice) -> Any:
        if isinstance(idx, slice):
            return type(self)(getattr(self, str(place)) for place in range(len(self))[idx])
        return getattr(self, self._get_abs_string_index(idx))

    def __setitem__(self, idx: int, param: Any) -> None:
        setattr(self, self._get_abs_string_index(idx), _as_parameter(param))

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter(self[place] for place in range(len(self)))

    def __iadd__(self, parameters: Iterable[Any]) -> Self:
        return self.extend(parameters)

    def append(self, value: Any) -> Self:
        """Add a value at the end.

        >>> import lucet
        >>> from lucet import nn
        >>> len(nn.ParameterList().append(lucet.ones(1)))
        1
        """
        self._size += 1
        self[-1] = value
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add values at the end.

        Raises: TypeError for a value that cannot be iterated, or a tensor.

        >>> import lucet
        >>> from lucet import nn
        >>> len(nn.ParameterList().extend([lucet.ones(1), lucet.ones(2)]))
        2
        """
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self) -> str:
        """One line an entry: what it is, its dtype and size."""
        lines = (_described(place, value, str(getattr(value, "dtype", ""))) for place, value in enumerate(self))
        return "\n".join(lines)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(Module):
    """A dictionary of parameters by name, in the order of insertion; tensors become parameters, other values stay.

    A plain dict is taken in sorted order, as torch does; an OrderedDict, pairs and a ParameterDict in theirs.

    Raises: TypeError for a key that is no string; KeyError for a name that is empty, has a dot or is that of a method;
    RuntimeError when it is called.

    >>> import lucet
    >>> from lucet import nn
    >>> d = nn.ParameterDict({"left": lucet.ones(1), "right": lucet.zeros(1)})
    >>> list(d), [name for name, _ in d.named_parameters()]
    (['left', 'right'], ['left', 'right'])
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def _key_to_attr(self, key: Any) -> str:
        if not isinstance(key, str):
            raise TypeError(
                "ParameterDict: Index given to ParameterDict cannot be used as a key as it is not a string "
                f"(type is '{type(key).__name__}')"
            )
        return key

    def __getitem__(self, key: str) -> Any:
        return getattr(self, self._key_to_attr(key))

    def __setitem__(self, key: str, value: Any) -> None:
        name = self._key_to_attr(key)
        if name not in self._keys and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")
        setattr(self, name, _as_parameter(value))
        self._keys[name] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __or__(self, other: Any) -> "ParameterDict":
        both = self.copy()
        both.update(other)
        return both

    def __ror__(self, other: Any) -> Any:
        both = other.copy()
        both.update(dict(self.items()))
        return both

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def copy(self) -> "ParameterDict":
        """Another dictionary of the same parameters.

        >>> import lucet
        >>> from lucet import nn
        >>> d = nn.ParameterDict({"a": lucet.ones(1)})
        >>> d.copy()["a"] is d["a"]
        True
        """
        return ParameterDict([(key, self[key]) for key in self._keys])

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The value called `key`; `default` is put there first if there is none.

        >>> from lucet import nn
        >>> nn.ParameterDict().setdefault("a", 3)
        3
        """
        if key not in self:
            self[key] = default
        return self[key]

    def clear(self) -> None:
        """Take all values out.

        >>> from lucet import nn
        >>> d = nn.ParameterDict({"a": 1})
        >>> d.clear()
        >>> len(d)
        0
        """
        for key in list(self._keys):
            del self[key]

    def pop(self, key: str) -> Any:
        """Take out the value called `key` and return it.

        >>> from lucet import nn
        >>> nn.ParameterDict({"a": 1}).pop("a")
        1
        """
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[str, Any]:
        """Take out the last (name, value) and return it.

        Raises: KeyError where there is none.

        >>> from lucet import nn
        >>> nn.ParameterDict({"a": 1}).popitem()
        ('a', 1)
        """
        if not self._keys:
            raise KeyError("popitem(): dictionary is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value called `key`, or `default`.

        >>> from lucet import nn
        >>> nn.ParameterDict({"a": 1}).get("b", 2)
        2
        """
        return self[key] if key in self else default

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> "ParameterDict":
        """Another dictionary with these names, all with the value `default`.

        >>> from lucet import nn
        >>> list(nn.ParameterDict().fromkeys(["a", "b"], 0).items())
        [('a', 0), ('b', 0)]
        """
        return ParameterDict([(key, default) for key in keys])

    def keys(self) -> Any:
        """The names.

        >>> from lucet import nn
        >>> list(nn.ParameterDict({"a": 1}).keys())
        ['a']
        """
        return self._keys.keys()

    def items(self) -> Iterator[tuple[str, Any]]:
        """(name, value) pairs.

        >>> from lucet import nn
        >>> list(nn.ParameterDict({"a": 1}).items())
        [('a', 1)]
        """
        return ((key, self[key]) for key in self._keys)

    def values(self) -> Iterator[Any]:
        """The values.

        >>> from lucet import nn
        >>> list(nn.ParameterDict({"a": 1}).values())
        [1]
        """
        return (self[key] for key in self._keys)

    def update(self, parameters: Any) -> None:
        """Add values from a mapping or from pairs, replacing those of the same name.

        Raises: TypeError or ValueError for entries that are no pairs.

        >>> from lucet import nn
        >>> d = nn.ParameterDict({"a": 1})
        >>> d.update({"b": 2})
        >>> list(d)
        ['a', 'b']
        """
        pairs = _pairs(parameters, "ParameterDict", (Mapping, ParameterDict))
        in_order = not isinstance(parameters, Mapping) or isinstance(parameters, OrderedDict)
        for key, value in pairs if in_order else sorted(pairs):
            self[key] = value

    def extra_repr(self) -> str:
        """One line an entry: what it is, its type and size."""
        return "\n".join(
            _described(key, value, value.type() if isinstance(value, Tensor) else "") for key, value in self.items()
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("ParameterDict should not be called.")
