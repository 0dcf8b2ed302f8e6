"""`lucet.compiler`: the names around `compile`, which returns its argument; nothing is compiled, and each says so by what it returns."""

from collections.abc import Callable
from typing import Any

from lucet._settings import compile as compile

__all__ = [
    "allow_in_graph", "assume_constant_result", "compile", "cudagraph_mark_step_begin", "disable", "is_compiling", "is_dynamo_compiling",
    "get_default_backend", "is_exporting", "list_backends", "nested_compile_region", "reset", "set_default_backend", "set_stance", "substitute_in_graph",
]  # fmt: skip


def is_compiling() -> bool:
    """False: functions run directly.

    >>> import lucet
    >>> lucet.compiler.is_compiling()
    False
    """
    return False


def is_dynamo_compiling() -> bool:
    """False."""
    return False


def is_exporting() -> bool:
    """False."""
    return False


def disable(fn: Callable[..., Any] | None = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Return `fn` as it is (a decorator where none is given): it would not be compiled anyway."""
    return (lambda function: function) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """Return `fn` as it is."""
    return fn


def assume_constant_result(fn: Any) -> Any:
    """Return `fn` as it is."""
    return fn


def reset() -> None:
    """Nothing is kept that could be forgotten."""


def nested_compile_region(fn: Any = None, **options: Any) -> Any:
    """Return `fn` as it is (a decorator where none is given)."""
    return (lambda function: function) if fn is None else fn


def substitute_in_graph(original_fn: Any, *, can_constant_fold_through: bool = False, skip_signature_check: bool = False, is_embedded_type: bool = False) -> Any:
    """A decorator that returns what it is given: nothing is traced that could call it instead of `original_fn`."""
    return lambda function: function


_backend: list[Any] = ["inductor"]


def set_default_backend(backend: Any) -> None:
    """Set the word that `get_default_backend` answers; nothing depends on it."""
    _backend[0] = "inductor" if backend is None else backend


def get_default_backend() -> Any:
    """The word that was set."""
    return _backend[0]


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """No compilers."""
    return []


def cudagraph_mark_step_begin() -> None:
    """There are no graphs: nothing happens."""


class set_stance:
    """A context or call that says how to compile; nothing depends on it."""

    def __init__(self, stance: str = "default", *, skip_guard_eval_unsafe: bool = False, force_backend: Any = None):
        pass

    def __call__(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        return fn

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass
