"""What programs set before they train and what holds here anyway: determinism, full float32 products, no compiler."""

import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lucet._device import device as _device
from lucet._errors import always as _always
from lucet._errors import deterministic as _deterministic
from lucet._ops import convert as _convert
from lucet._ops import create as _create

_fill = {"uninitialized_memory": True}  # lucet.utils.deterministic.fill_uninitialized_memory
_precision = {"float32": "highest"}
_DEBUG_MODES = ("default", "warn", "error")


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for deterministic algorithms: all of lucet's are.

    What it changes is what torch documents: `empty` and its kin hold NaN, the largest int or True where nobody has written, unless
    `lucet.utils.deterministic.fill_uninitialized_memory` is False; and `put_` without `accumulate` raises RuntimeError, or warns
    with `warn_only`.

    >>> import lucet
    >>> lucet.use_deterministic_algorithms(True); lucet.are_deterministic_algorithms_enabled()
    True
    >>> lucet.use_deterministic_algorithms(False)
    """
    for name, value in (("mode", mode), ("warn_only", warn_only)):
        if not isinstance(value, bool):
            raise TypeError(
                f"use_deterministic_algorithms(): argument '{name}' must be bool, not {type(value).__name__}"
            )
    _deterministic.update(mode=mode, warn_only=warn_only)
    set_fill(_fill["uninitialized_memory"])


def set_fill(wanted: bool) -> None:
    """Whether memory that nobody has written is filled, while deterministic algorithms are asked for."""
    _fill["uninitialized_memory"] = wanted
    factories: Any
    for factories in (_create, _convert):
        factories.set_filling(wanted and _deterministic["mode"])


def are_deterministic_algorithms_enabled() -> bool:
    """Whether `use_deterministic_algorithms` asked for them."""
    return _deterministic["mode"]


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What `use_deterministic_algorithms` was given as `warn_only`."""
    return _deterministic["warn_only"]


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """The same setting as a number or word: 0 "default", 1 "warn", 2 "error".

    >>> import lucet
    >>> lucet.set_deterministic_debug_mode("warn"); lucet.get_deterministic_debug_mode()
    1
    >>> lucet.set_deterministic_debug_mode(0)
    """
    if not isinstance(debug_mode, int | str):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _DEBUG_MODES:
            raise RuntimeError(
                f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
            )
        debug_mode = _DEBUG_MODES.index(debug_mode)
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    use_deterministic_algorithms(debug_mode > 0, warn_only=debug_mode == 1)


def get_deterministic_debug_mode() -> int:
    """0, 1 or 2, see `set_deterministic_debug_mode`."""
    return 0 if not _deterministic["mode"] else 1 if _deterministic["warn_only"] else 2


def set_float32_matmul_precision(precision: str) -> None:
    """Allow less exact float32 products: kept for those who ask; products here are always of full precision.

    A word other than "highest", "high" and "medium" is warned about and ignored.

    >>> import lucet
    >>> lucet.set_float32_matmul_precision("high"); lucet.get_float32_matmul_precision()
    'high'
    >>> lucet.set_float32_matmul_precision("highest")
    """
    if precision in ("highest", "high", "medium"):
        _precision["float32"] = precision
    else:
        warnings.warn(
            f"set_float32_matmul_precision: {precision} is not one of 'highest', 'high', or 'medium'; "
            "the call has no effect",
            stacklevel=2,
        )


def get_float32_matmul_precision() -> str:
    """The word that `set_float32_matmul_precision` was given, "highest" at first."""
    return _precision["float32"]


_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")
_compile_told = [False]  # once a process is enough


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str | Callable[..., Any] | None = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """Return `model` as it is (a decorator where none is given): lucet runs operations directly, and says so once.

    >>> import lucet, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     lucet.compile(abs) is abs
    True
    """
    if mode is not None and options:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and backend in (None, "inductor") and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    if model is not None and not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    if not _compile_told[0]:
        _compile_told[0] = True
        warnings.warn(
            "compile: there is no compiler in lucet; the model is returned as it is and runs directly", stacklevel=2
        )
    return (lambda function: function) if model is None else model


def set_warn_always(b: bool, /) -> None:
    """Give warnings that are given once each time they apply.

    >>> import lucet
    >>> lucet.set_warn_always(True); lucet.is_warn_always_enabled(); lucet.set_warn_always(False)
    True
    """
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _always["warn"] = b


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was given."""
    return _always["warn"]


def set_flush_denormal(mode: bool, /) -> bool:
    """False: denormal numbers are computed as they are, whatever `mode` asks; torch's answer on CPUs that cannot flush them."""
    return False


def get_device_module(device: Any = None) -> ModuleType:
    """`lucet.cpu`, or `lucet.cuda` for such a device. RuntimeError for a device without a module."""
    kind = "cpu" if device is None else _device(device).type
    if kind not in ("cpu", "cuda"):
        raise RuntimeError(f"get_device_module: there is no module for device {kind!r}")
    return getattr(sys.modules["lucet"], kind)  # type: ignore[no-any-return]
