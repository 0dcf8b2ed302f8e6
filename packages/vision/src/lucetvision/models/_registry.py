"""Networks by name: register, list, build, and the weights that belong to them. Holds no network itself."""

import fnmatch
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, TypeVar, get_args

from lucet.nn import Module

from ._weights import WeightsEnum

__all__ = ["get_model", "get_model_builder", "get_model_weights", "get_weight", "list_models", "register_model"]

_Builder = TypeVar("_Builder", bound=Callable[..., Module])
_BUILDERS: dict[str, Callable[..., Module]] = {}  # filled while modules are imported, read afterwards


def register_model(name: str | None = None) -> Callable[[_Builder], _Builder]:
    """A decorator that makes a builder known under `name`, or its own name. ValueError if the name is taken.

    >>> from lucetvision.models import register_model
    >>> @register_model("lenet")
    ... def mine(**config):
    ...     return None
    Traceback (most recent call last):
        ...
    ValueError: register_model: 'lenet' is registered already
    """

    def register(builder: _Builder) -> _Builder:
        key = builder.__name__ if name is None else name
        if key in _BUILDERS:
            raise ValueError(f"register_model: {key!r} is registered already")
        _BUILDERS[key] = builder
        return builder

    return register


def _matching(names: set[str], patterns: Iterable[str] | str) -> set[str]:
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return {name for pattern in patterns for name in fnmatch.filter(names, pattern)}


def list_models(
    module: ModuleType | None = None,
    include: Iterable[str] | str | None = None,
    exclude: Iterable[str] | str | None = None,
) -> list[str]:
    """Names of the registered networks, sorted; of one `module`, matching `include` and not `exclude` wildcards.

    >>> from lucetvision.models import list_models
    >>> list_models(include="le*")
    ['lenet']
    """
    names = {
        name
        for name, builder in _BUILDERS.items()
        if module is None or builder.__module__.rpartition(".")[0] == module.__name__
    }
    if include:
        names = _matching(names, include)
    if exclude:
        names -= _matching(names, exclude)
    return sorted(names)


def get_model_builder(name: str) -> Callable[..., Module]:
    """The function that builds the network `name`, in any case. ValueError, listing the names, if there is none.

    >>> from lucetvision.models import get_model_builder
    >>> get_model_builder("LeNet").__name__
    'lenet'
    """
    try:
        return _BUILDERS[name.lower()]
    except KeyError:
        known = ", ".join(list_models())
        raise ValueError(f"get_model: no model is called {name!r}, expected one of {known}") from None


def get_model(name: str, **config: Any) -> Module:
    """Build the network `name` with the keyword arguments of its builder. ValueError if there is none.

    >>> from lucetvision.models import get_model
    >>> get_model("lenet", num_classes=4).fc3
    Linear(in_features=84, out_features=4, bias=True)
    """
    return get_model_builder(name)(**config)


def get_model_weights(name: Callable | str) -> type[WeightsEnum]:
    """The weights class of a network, given by name or builder. ValueError if it has none.

    >>> from lucetvision.models import get_model_weights
    >>> list(get_model_weights("lenet"))
    [LeNet_Weights.FASHION_MNIST_MINI_V1]
    """
    import inspect

    builder = get_model_builder(name) if isinstance(name, str) else name
    parameter = inspect.signature(builder).parameters.get("weights")
    annotation = None if parameter is None else parameter.annotation
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, WeightsEnum):
            return kind
    raise ValueError(f"get_model_weights: {builder.__name__} has no argument `weights` annotated with its class")


def get_weight(name: str) -> WeightsEnum:
    """The weights called `name`, such as "LeNet_Weights.DEFAULT". ValueError for an unknown class.

    >>> from lucetvision.models import get_weight
    >>> get_weight("LeNet_Weights.DEFAULT")
    LeNet_Weights.FASHION_MNIST_MINI_V1
    """
    parts = name.split(".")
    if len(parts) != 2:
        raise ValueError(f"get_weight: got {name!r}, expected a class and a member, Class.MEMBER")
    kind = vars(sys.modules[__package__]).get(parts[0])
    if not (isinstance(kind, type) and issubclass(kind, WeightsEnum)):
        raise ValueError(f"get_weight: no weights class is called {parts[0]!r}")
    return kind[parts[1]]
