"""Switches for recording: no_grad, enable_grad, set_grad_enabled, inference_mode, as contexts and decorators."""

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

from lucet import _modes
from lucet._tensor import Tensor, _set_version


class _Switch:
    """A context that can also decorate functions and generators, and with a warning classes, whose instances are then made inside."""

    _grad = True  # whether operations are recorded inside

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(function, type):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or methods. "
                "To keep what it does, decorate the `__init__` method and nothing else",
                FutureWarning,
                stacklevel=2,
            )
        if inspect.isgeneratorfunction(function):
            return self._wrap_generator(function)

        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        return inside

    def _fresh(self) -> "_Switch":
        return type(self)()

    def _wrap_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        # The switch holds while the generator's own code runs, not while it is suspended in the caller's.
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            try:
                with self._fresh():
                    item = generator.send(None)
                while True:
                    try:
                        answer = yield item
                    except GeneratorExit:
                        with self._fresh():
                            generator.close()
                        raise
                    except BaseException as error:
                        with self._fresh():
                            item = generator.throw(error)
                    else:
                        with self._fresh():
                            item = generator.send(answer)
            except StopIteration as stop:
                return stop.value

        return inside

    def __enter__(self) -> None:
        self._before = _modes.is_grad_enabled()
        _modes._set_grad_enabled(self._grad)

    def _enter(self, grad: bool) -> None:
        self._before = _modes.is_grad_enabled()
        _modes._set_grad_enabled(grad)

    def __exit__(self, *exc: object) -> None:
        _modes._set_grad_enabled(self._before)


def _maybe_decorate(cls: type, function: Any) -> Any:
    """`@no_grad` without parentheses decorates, as `@no_grad()` does."""
    self: Any = object.__new__(cls)
    if function is None:
        return self
    self.__init__()
    return self(function)


class no_grad(_Switch):
    """Do not record operations in this thread, so results do not require a gradient.

    >>> import lucet
    >>> x = lucet.ones(1, requires_grad=True)
    >>> with lucet.no_grad():
    ...     (x * 2).requires_grad
    False
    """

    _grad = False

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        return _maybe_decorate(cls, orig_func)


class enable_grad(_Switch):
    """Record operations in this thread, inside a no_grad block too.

    >>> import lucet
    >>> x = lucet.ones(1, requires_grad=True)
    >>> with lucet.no_grad(), lucet.enable_grad():
    ...     (x * 2).requires_grad
    True
    """

    def __new__(cls, orig_func: Callable[..., Any] | None = None) -> Any:
        return _maybe_decorate(cls, orig_func)


class set_grad_enabled(_Switch):
    """Switch recording on or off at once; as a context it switches back at the end.

    >>> import lucet
    >>> with lucet.set_grad_enabled(False):
    ...     lucet.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool):
        self.mode = bool(mode)
        self._before = _modes.is_grad_enabled()
        _modes._set_grad_enabled(self.mode)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        _modes._set_grad_enabled(self._before)  # as a decorator it changes nothing until the call
        return super().__call__(function)

    def _fresh(self) -> "set_grad_enabled":
        return set_grad_enabled(self.mode)

    def __enter__(self) -> None:
        _modes._set_grad_enabled(self.mode)

    def __repr__(self) -> str:
        return f"lucet.autograd.grad_mode.set_grad_enabled(mode={self.mode})"


class inference_mode(_Switch):
    """As no_grad, and tensors made inside carry no version counter: they can never take part in a graph.

    >>> import lucet
    >>> with lucet.inference_mode():
    ...     lucet.ones(1).is_inference()
    True
    """

    def __new__(cls, mode: Any = True) -> Any:
        self: Any = object.__new__(cls)
        if isinstance(mode, bool):
            return self
        self.__init__()
        return self(mode)

    def __init__(self, mode: bool = True):
        self.mode = mode

    def _fresh(self) -> "inference_mode":
        return inference_mode(self.mode)

    def __enter__(self) -> None:
        self._before_inference = _modes.is_inference_mode_enabled()
        self._enter(not self.mode)
        _modes._set_inference(self.mode)

    def __exit__(self, *exc: object) -> None:
        _modes._set_inference(self._before_inference)
        super().__exit__(*exc)


class set_multithreading_enabled(_Switch):
    """Accepted for torch's programs: a backward runs in the thread that called it, whatever this says."""

    _enabled = True

    def __init__(self, mode: bool) -> None:
        self.mode = mode
        self._was, set_multithreading_enabled._enabled = set_multithreading_enabled._enabled, bool(mode)

    def _fresh(self) -> "set_multithreading_enabled":
        return set_multithreading_enabled(self.mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        set_multithreading_enabled._enabled = self._was


class enforce_grad_layout_policy(_Switch):
    """Accepted for torch's programs, as context and as decorator: how a gradient lies in memory does not depend on it.

    >>> import lucet
    >>> with lucet.autograd.enforce_grad_layout_policy(False):
    ...     lucet.ones(1, requires_grad=True).sum().backward()
    """

    def __init__(self, enable: bool = True) -> None:
        self.mode = bool(enable)

    def _fresh(self) -> "enforce_grad_layout_policy":
        return enforce_grad_layout_policy(self.mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        pass


def is_multithreading_enabled() -> bool:
    """What `set_multithreading_enabled` was told last."""
    return set_multithreading_enabled._enabled


def is_view_replay_enabled() -> bool:
    """False: a view that is written to keeps the one way of telling what it shows."""
    return False


class _unsafe_preserve_version_counter:
    """Inside, in-place changes of the given tensors leave no trace in their version counters: saved uses of them are not refused, and
    gradients are those of the new elements. A tensor that has another shape, type or device in the end keeps its new version: rules of
    gradients rely on what they saved.

    >>> import lucet
    >>> x = lucet.ones(1)
    >>> with lucet.autograd._unsafe_preserve_version_counter(x):
    ...     x += 1
    >>> x._version
    0
    """

    def __init__(self, tensors: Any):
        self.tensors = (tensors,) if isinstance(tensors, Tensor) else tuple(tensors)
        self._before = [(tensor._version, *_form(tensor)) for tensor in self.tensors]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        for tensor, (version, *form) in zip(self.tensors, self._before, strict=True):
            if form == [*_form(tensor)]:
                _set_version(tensor, version)


def _form(tensor: Tensor) -> tuple[Any, ...]:
    return tensor.shape, tensor.dtype, tensor.device
