"""`__torch_function__` for functions of one's own, and questions about the protocol. The interception itself is in `_modes`."""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import lucet
from lucet import _modes
from lucet._registry import ALIASES, OPS, public_names

__all__ = [
    "get_ignored_functions",
    "get_overridable_functions",
    "get_testing_overrides",
    "handle_torch_function",
    "has_torch_function",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]

TorchFunctionMode = _modes.TorchFunctionMode


def is_tensor_like(inp: Any) -> bool:
    """Whether `inp` is a tensor or offers `__torch_function__`.

    >>> import lucet
    >>> lucet.overrides.is_tensor_like(lucet.ones(1)), lucet.overrides.is_tensor_like([1.0])
    (True, False)
    """
    return type(inp) is lucet.Tensor or hasattr(inp, "__torch_function__")


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether a mode is active or one of the arguments has a `__torch_function__` of its own.

    >>> import lucet
    >>> lucet.overrides.has_torch_function((lucet.ones(1),))
    False
    """
    return _modes._is_overridden(tuple(relevant_args))


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """Let the innermost mode, else the `__torch_function__` of `relevant_args`, subclasses first, carry out the call.

    Raises: TypeError where none does.

    >>> import lucet
    >>> class Loud(lucet.Tensor):
    ...     @classmethod
    ...     def __torch_function__(cls, func, types, args=(), kwargs=None):
    ...         return "taken"
    >>> def mine(x):
    ...     if lucet.overrides.has_torch_function((x,)):
    ...         return lucet.overrides.handle_torch_function(mine, (x,), x)
    ...     return x
    >>> mine(lucet.ones(1).as_subclass(Loud))
    'taken'
    """
    relevant = tuple(relevant_args)
    taken, result = _modes._offered(public_api, relevant, args, kwargs)
    if not taken:
        name = f"{public_api.__module__}.{public_api.__name__}"
        raise TypeError(f"no implementation found for '{name}' on types that implement __torch_function__: []")
    return result


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that does both: `dispatcher`, called with the arguments, names the ones that decide.

    >>> import lucet
    >>> @lucet.overrides.wrap_torch_function(lambda x: (x,))
    ... def twice(x):
    ...     return x + x
    >>> twice(lucet.ones(1))
    tensor([2.])
    """

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return around


def get_overridable_functions() -> dict[Any, list[Callable[..., Any]]]:
    """Who sees their calls through `__torch_function__`: the ops, by the place they are found in.

    >>> import lucet
    >>> lucet.add in lucet.overrides.get_overridable_functions()[lucet]
    True
    """
    methods = {name + end: vars(lucet.Tensor).get(name + end) for name in (*OPS, *ALIASES) for end in ("", "_")}
    found: dict[Any, list[Callable[..., Any]]] = {
        lucet: list(dict.fromkeys(public_names("lucet").values())),
        lucet.Tensor: list(dict.fromkeys(method for method in methods.values() if callable(method))),
    }
    functional = getattr(lucet.nn, "functional", None) if hasattr(lucet, "nn") else None
    if functional is not None:
        found[functional] = list(dict.fromkeys(public_names("nn.functional").values()))
    return found


def get_testing_overrides() -> dict[Callable[..., Any], Callable[..., int]]:
    """For each function that a `__torch_function__` may take, one with its arguments that returns -1: to write handlers for tests with.

    >>> import lucet
    >>> lucet.overrides.get_testing_overrides()[lucet.add](lucet.ones(1), 2)
    -1
    """
    return {function: _standing_in(function) for functions in get_overridable_functions().values() for function in functions}


def _standing_in(function: Callable[..., Any]) -> Callable[..., int]:
    def told(*args: Any, **kwargs: Any) -> int:
        if signature is not None:
            signature.bind(*args, **kwargs)
        return -1

    try:
        signature = inspect.signature(function)
        told.__signature__ = signature  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        signature = None
    return told


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether `func` is a method of Tensor, or reads a property of it.

    >>> import lucet
    >>> lucet.overrides.is_tensor_method_or_property(lucet.Tensor.add), lucet.overrides.is_tensor_method_or_property(lucet.zeros)
    (True, False)
    """
    return getattr(func, "__name__", None) == "__get__" or any(vars(kind).get(getattr(func, "__name__", "")) is func for kind in lucet.Tensor.__mro__)


def get_ignored_functions() -> set[Callable[..., Any]]:
    """Public functions of `lucet` whose calls no `__torch_function__` sees."""
    seen = set(public_names("lucet").values())
    return {
        thing
        for name, thing in vars(lucet).items()
        if callable(thing) and not isinstance(thing, type) and not name.startswith("_") and thing not in seen
    }


def resolve_name(f: Callable[..., Any]) -> str | None:
    """The dotted public name of an op, None for anything else.

    >>> import lucet
    >>> lucet.overrides.resolve_name(lucet.add)
    'lucet.add'
    """
    for place, name in (("lucet", "lucet"), ("nn.functional", "lucet.nn.functional")):
        for key, function in public_names(place).items():
            if function is f:
                return f"{name}.{key}"
    name = getattr(f, "__name__", "")
    return f"lucet.Tensor.{name}" if vars(lucet.Tensor).get(name) is f else None
