"""`autocast` and what asks about it. The lists of ops and the casts are in `_casts`."""

import functools
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lucet._device import device as _device
from lucet._dtype import DTYPES, dtype
from lucet._tensor import Tensor
from lucet.amp import _casts

__all__ = ["autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


def _checked(device_type: str, asker: str) -> str:
    """A type of device that autocast knows, or RuntimeError."""
    if not isinstance(device_type, str):
        raise TypeError(f"{asker}(): argument 'device_type' (position 1) must be str, not {type(device_type).__name__}")
    kind = _device(device_type).type
    if kind not in _casts.state.dtypes:
        raise RuntimeError(f"{asker}: autocast knows no device type {device_type!r}")
    return kind


def is_autocast_available(device_type: str) -> bool:
    """Whether `autocast` takes the type of device; ops change on the CPU alone, for there are no others here.

    >>> import lucet
    >>> lucet.amp.is_autocast_available("cpu")
    True
    """
    return _device(device_type).type in _casts.state.dtypes


def is_autocast_enabled(device_type: str = "cuda", /) -> bool:
    """Whether autocast is on in this thread, for CUDA where no type of device is named.

    >>> import lucet
    >>> with lucet.autocast("cpu"):
    ...     lucet.is_autocast_enabled("cpu")
    True
    """
    return _casts.state.enabled.get(_checked(device_type, "is_autocast_enabled"), False)


def set_autocast_enabled(device_type: str | bool, enabled: bool | None = None, /) -> None:
    """Switch autocast on or off in this thread; `set_autocast_enabled(True)` means CUDA. `autocast` does it for a block."""
    if enabled is None:
        device_type, enabled = "cuda", device_type  # type: ignore[assignment]
    if not isinstance(enabled, bool):
        raise TypeError(
            f"set_autocast_enabled(): argument 'enabled' (position 2) must be bool, not {type(enabled).__name__}"
        )
    _casts.enable(_checked(device_type, "set_autocast_enabled"), enabled)  # type: ignore[arg-type]


def get_autocast_dtype(device_type: str, /) -> dtype:
    """The type that autocast casts to: bfloat16 on the CPU unless set.

    >>> import lucet
    >>> lucet.get_autocast_dtype("cpu")
    lucet.bfloat16
    """
    return _casts.state.dtypes[_checked(device_type, "get_autocast_dtype")]


def set_autocast_dtype(device_type: str, dtype: dtype, /) -> None:
    """Set the type that autocast casts to in this thread."""
    _casts.state.dtypes[_checked(device_type, "set_autocast_dtype")] = dtype


def is_autocast_cache_enabled() -> bool:
    """Whether weights are cast once in the outermost `autocast` and kept until its end."""
    return _casts.state.caching


def set_autocast_cache_enabled(enabled: bool, /) -> None:
    """Keep cast weights, or cast them at each use."""
    _casts.state.caching = bool(enabled)


def clear_autocast_cache() -> None:
    """Forget the weights that were cast."""
    _casts.state.cache.clear()


def autocast_increment_nesting() -> int:
    """Note one context more; returns how many there are."""
    _casts.state.nesting += 1
    return _casts.state.nesting


def autocast_decrement_nesting() -> int:
    """Note one context less; returns how many there are."""
    _casts.state.nesting -= 1
    return _casts.state.nesting


def _old(name: str, new: str) -> None:
    warnings.warn(f"lucet.{name} is deprecated. Please use lucet.{new} instead.", DeprecationWarning, stacklevel=3)


def is_autocast_cpu_enabled() -> bool:
    """`is_autocast_enabled("cpu")`; deprecated, as a warning says."""
    _old("is_autocast_cpu_enabled()", "is_autocast_enabled('cpu')")
    return is_autocast_enabled("cpu")


def set_autocast_cpu_enabled(enabled: bool, /) -> None:
    """`set_autocast_enabled("cpu", enabled)`; deprecated, as a warning says."""
    _old("set_autocast_cpu_enabled(enabled)", "set_autocast_enabled('cpu', enabled)")
    set_autocast_enabled("cpu", enabled)


def get_autocast_cpu_dtype() -> dtype:
    """`get_autocast_dtype("cpu")`; deprecated, as a warning says."""
    _old("get_autocast_cpu_dtype()", "get_autocast_dtype('cpu')")
    return get_autocast_dtype("cpu")


def set_autocast_cpu_dtype(dtype: dtype, /) -> None:
    """`set_autocast_dtype("cpu", dtype)`; deprecated, as a warning says."""
    _old("set_autocast_cpu_dtype(dtype)", "set_autocast_dtype('cpu', dtype)")
    set_autocast_dtype("cpu", dtype)


def get_autocast_gpu_dtype() -> dtype:
    """`get_autocast_dtype("cuda")`; deprecated, as a warning says."""
    _old("get_autocast_gpu_dtype()", "get_autocast_dtype('cuda')")
    return get_autocast_dtype("cuda")


def set_autocast_gpu_dtype(dtype: dtype, /) -> None:
    """`set_autocast_dtype("cuda", dtype)`; deprecated, as a warning says."""
    _old("set_autocast_gpu_dtype(dtype)", "set_autocast_dtype('cuda', dtype)")
    set_autocast_dtype("cuda", dtype)


class autocast:
    """A context or decorator in which ops choose their type: products and convolutions bfloat16, losses and others float32.

    The lists are torch's for the CPU: an op of neither runs in the type of its arguments, and `cat` and `stack` in the widest of theirs.
    float64 tensors stay as they are. With `cache_enabled` a weight is cast once. Without CUDA `autocast("cuda")` warns and is off, as
    in torch. A low type saves memory, not time: most CPUs compute float32 faster.

    >>> import lucet
    >>> with lucet.autocast("cpu"):
    ...     (lucet.ones(2, 2) @ lucet.ones(2, 2)).dtype
    lucet.bfloat16
    """

    def __init__(
        self,
        device_type: str,
        dtype: dtype | None = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ):
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if not is_autocast_available(device_type):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        self.device = device_type
        self.fast_dtype = get_autocast_dtype(device_type) if dtype is None else dtype
        self._cache_enabled = is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        if enabled and device_type == "cuda":
            warnings.warn("CUDA is not available or torch_xla is imported. Disabling autocast.", stacklevel=_level(self))
            enabled = False
        elif enabled and self.fast_dtype not in (DTYPES["bfloat16"], DTYPES["float16"]):
            warnings.warn(
                f"In {device_type.upper()} autocast, but the target dtype is not supported. Disabling autocast.\n"
                f"{device_type.upper()} Autocast only supports dtypes of lucet.bfloat16, lucet.float16 currently.",
                stacklevel=_level(self),
            )
            enabled = False
        self._enabled = enabled
        self._before: list[tuple[bool, Any, bool]] = []  # a stack: one instance may be entered again inside itself

    def __enter__(self) -> "autocast":
        self._before.append((is_autocast_enabled(self.device), get_autocast_dtype(self.device), is_autocast_cache_enabled()))
        set_autocast_dtype(self.device, self.fast_dtype)
        set_autocast_cache_enabled(self._cache_enabled)
        autocast_increment_nesting()
        _casts.enable(self.device, self._enabled)
        return self

    def __exit__(self, *exc: object) -> None:
        if autocast_decrement_nesting() == 0:
            clear_autocast_cache()
        enabled, kind, caching = self._before.pop()
        _casts.enable(self.device, enabled)
        set_autocast_dtype(self.device, kind)
        set_autocast_cache_enabled(caching)

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}; "
                "did you mean to use it as a context: with lucet.autocast(device_type=...)"
            )

        @functools.wraps(func)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)

        return decorated


def _level(made: autocast) -> int:
    """Where a warning of the constructor points: at its caller, behind the constructor of a subclass."""
    return 2 if type(made) is autocast else 3


def _cast(value: Any, device_type: str, dtype: dtype) -> Any:
    """Floating tensors, but float64, in another type, in containers too."""
    if isinstance(value, Tensor):
        eligible = value.is_floating_point() and value.device.type == device_type and value.dtype is not DTYPES["float64"]
        return value.to(dtype) if eligible else value
    if isinstance(value, (str, bytes)) or hasattr(value, "__array_interface__"):
        return value
    if isinstance(value, Mapping):
        return {_cast(key, device_type, dtype): _cast(item, device_type, dtype) for key, item in value.items()}
    if isinstance(value, Iterable):
        cast = (_cast(item, device_type, dtype) for item in value)
        return type(value)(cast) if isinstance(value, (list, tuple)) else cast  # type: ignore[call-arg]
    return value


def custom_fwd(
    fwd: Callable[..., Any] | None = None, *, device_type: str, cast_inputs: dtype | None = None
) -> Callable[..., Any]:
    """A decorator for the `forward` of an `autograd.Function`: it runs under autocast as it is, or off with `cast_inputs`.

    With `cast_inputs` floating arguments are cast to that type where autocast is on; elsewhere nothing changes.
    """
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        on = is_autocast_enabled(device_type)
        args[0]._dtype = get_autocast_dtype(device_type)
        args[0]._fwd_used_autocast = on and cast_inputs is None
        if not on or cast_inputs is None:
            return fwd(*args, **kwargs)
        with autocast(device_type=device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorated


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str) -> Callable[..., Any]:
    """A decorator for the `backward` of an `autograd.Function`: autocast is there what it was in the `forward` under `custom_fwd`."""
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        with autocast(device_type=device_type, enabled=args[0]._fwd_used_autocast, dtype=args[0]._dtype):
            return bwd(*args, **kwargs)

    return decorated
