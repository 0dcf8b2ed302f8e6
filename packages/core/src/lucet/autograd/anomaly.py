"""Anomaly mode: remember where each op was called, and stop at the first gradient that is NaN."""

import traceback
import warnings
from typing import Any

import lucet._engine as _engine
import lucet._modes as _modes
from lucet._tensor import Tensor

_active: list["_AnomalyMode"] = []


def _place() -> str:
    """The user's line that called the op: the innermost frame outside this package."""
    own = __name__.partition(".")[0] + "/"
    for frame in reversed(traceback.extract_stack()[:-2]):
        if f"/{own}" not in frame.filename.replace("\\", "/"):
            return f"{frame.filename}:{frame.lineno}, in {frame.name}: {frame.line}"
    return "an unknown place"


class _AnomalyMode(_modes.TorchFunctionMode):
    """Sees every op of its thread and notes the caller on the node that the op recorded."""

    def __init__(self, check_nan: bool = True):
        self.check_nan = check_nan

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for output in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(output, Tensor) and output.grad_fn is not None:
                self._watch(output.grad_fn)
        return result

    def _watch(self, node: Any) -> None:
        if node.metadata.get("anomaly"):
            return
        node.metadata["anomaly"] = True
        place = _place()
        _engine.set_trace(node, place)
        if self.check_nan:
            node.register_hook(_Guard(node.name(), place))


class _Guard:
    """A hook that raises when a node returns NaN."""

    def __init__(self, name: str, place: str):
        self.name, self.place = name, place

    def __call__(self, grad_inputs: tuple[Any, ...], grad_outputs: tuple[Any, ...]) -> None:
        for number, gradient in enumerate(grad_inputs):
            if isinstance(gradient, Tensor) and bool((gradient != gradient).any()):
                raise RuntimeError(
                    f"Function '{self.name}' returned nan values in its {number}th output.\n  the op was called at {self.place}"
                )


class detect_anomaly:
    """Name the op and the line behind a failing or NaN-producing backward; slow, for debugging.

    Inside the context every recorded op remembers its caller. An error in its gradient rule carries that place as a note, and with
    `check_nan` a gradient that contains NaN raises RuntimeError.

    >>> import lucet
    >>> with lucet.autograd.detect_anomaly():
    ...     lucet.ones(1, requires_grad=True).sum().backward()
    """

    def __init__(self, check_nan: bool = True):
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self._mode = _AnomalyMode(self.check_nan)
        self._mode.__enter__()
        _active.append(self._mode)

    def __exit__(self, *exc: object) -> None:
        _active.remove(self._mode)
        self._mode.__exit__(*exc)


class set_detect_anomaly:
    """Switch anomaly mode on or off at once; as a context it switches back at the end."""

    def __init__(self, mode: bool, check_nan: bool = True):
        self._change = None
        if mode and not _active:
            self._change = _AnomalyMode(check_nan)
            self._change.__enter__()
            _active.append(self._change)
        elif not mode and _active:
            _active.pop().__exit__()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        if self._change is not None and self._change in _active:
            _active.remove(self._change)
            self._change.__exit__()


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on."""
    return bool(_active)
