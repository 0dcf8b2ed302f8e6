"""Finding where numbers went wrong: the first operation whose result is NaN or infinite, in forward and backward.

Nothing here runs while no context is active: forward is watched by a mode at the interception point, backward by the engine's watch.
"""

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lucet._engine as _engine
from lucet import _modes, _ops, _registry
from lucet._errors import AnomalyError, error
from lucet._tensor import Tensor
from lucet.autograd import _watch
from lucet.autograd.anomaly_mode import Noting, _Note

__all__ = ["first_nonfinite"]

# Memory nobody has written yet may hold anything; views of it too, and ops that write all of it.
_UNWRITTEN = frozenset("empty empty_like empty_strided empty_permuted new_empty new_empty_strided resize_ set_".split())
_OVERWRITES = frozenset(
    "copy_ fill_ zero_ normal_ uniform_ random_ bernoulli_ exponential_ geometric_ log_normal_ cauchy_".split()
)
_ITEMS = frozenset(("setitem", "__setitem__"))  # write a part: the rest may hold anything


@contextmanager
def _alone() -> Iterator[None]:
    """Inside, this thread has no modes and records nothing."""
    grad, inference, no_subclass, stack = _modes._modes_in_force()
    _modes._adopt_modes(False, inference, no_subclass, ())
    try:
        yield
    finally:
        _modes._adopt_modes(grad, inference, no_subclass, stack)


def _tensors(*things: Any) -> list[Tensor]:
    """The floating and complex tensors among arguments or results, also in lists and tuples."""
    found: list[Tensor] = []
    for thing in things:
        if isinstance(thing, Tensor):
            if (thing.is_floating_point() or thing.is_complex()) and thing.device.type == "cpu":
                found.append(thing.detach() if thing.requires_grad else thing)
        elif isinstance(thing, (list, tuple)):
            found += _tensors(*thing)
    return found


def _faults(tensors: list[Tensor]) -> tuple[bool, bool]:
    """Whether there is NaN, and whether there are infinities."""
    wrong = [x for x in tensors if not bool(_ops.isfinite(x).all())]
    return any(bool(_ops.isnan(x).any()) for x in wrong), any(bool(_ops.isinf(x).any()) for x in wrong)


def _statistics(x: Tensor) -> str:
    """`(2, 3) float32: 1 nan, 2 inf of 6, else -1.5 to 3.25, mean 0.5`."""
    x = x.detach()
    what = f"{tuple(x.shape)} {str(x.dtype).removeprefix('lucet.')}"
    if x.numel() == 0:
        return f"{what}: empty"
    if not (x.is_floating_point() or x.is_complex()):
        return what
    finite = x[_ops.isfinite(x)]
    nan, inf = int(_ops.isnan(x).sum()), int(_ops.isinf(x).sum())
    wrong = ", ".join(f"{count} {name}" for count, name in ((nan, "nan"), (inf, "inf")) if count)
    wrong = f"{wrong} of {x.numel()}" if wrong else "all finite"
    if finite.numel() == 0 or x.is_complex():
        return f"{what}: {wrong}"
    finite = finite.double()
    low, high, mean = (value.item() for value in (finite.min(), finite.max(), finite.mean()))
    return f"{what}: {wrong}, {'else ' if nan or inf else ''}{low:.6g} to {high:.6g}, mean {mean:.6g}"


def _numbers(things: Any) -> Iterator[float]:
    """The floats among arguments, also in lists and tuples."""
    for thing in things:
        if isinstance(thing, (list, tuple)):
            yield from _numbers(thing)
        elif isinstance(thing, float):
            yield thing


def _written(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Tensor]:
    """The tensors that an op writes in place."""
    name = func.__name__
    if name in _ITEMS or name.endswith("_") and not name.endswith("__"):
        return _tensors(args[0])
    entry = _registry.OPS.get(name)
    if entry is not None and entry.family == "update":  # a step of an optimizer: parameters, gradients and what it remembers
        return _tensors(*args)
    return _tensors(kwargs.get("out"))


def _found(op: str, told: str, facts: list[str], note: _Note | None) -> AnomalyError:
    """The error, with its parts as attributes."""
    if note is not None:
        facts = [*facts, f"called at {note.line}"]
    problem = error(AnomalyError, f"{op}: {told}", facts=facts, at=note.at if note is not None else None)
    problem.op, problem.module = op, note.at if note is not None else None
    problem.filename, problem.lineno = note.place if note is not None else (None, None)
    return problem


class _Backward(Noting):
    """Watches gradient rules."""

    def __init__(self, infinities: bool):
        super().__init__()
        self.infinities = infinities

    def check(self, node: Any, gradients: tuple[Tensor | None, ...], arriving: tuple[Tensor | None, ...]) -> None:
        with _alone():
            nan, inf = _faults(_tensors(*gradients))
            came_nan, came_inf = _faults(_tensors(*arriving))
            told = _verdict("its gradient", nan, inf and self.infinities, came_nan, came_inf, "the gradient that arrives at it", "the gradient that arrives at it is")
            if told is None:
                return
            facts = [f"gradient for input {i}: {_statistics(g)}" for i, g in enumerate(gradients) if g is not None]
            facts += [f"arriving gradient {i}: {_statistics(g)}" for i, g in enumerate(arriving) if g is not None]
            try:
                kept = node.saved_tensors
            except RuntimeError:
                kept = ()
            facts += [f"saved {i}: {_statistics(x)}" for i, x in enumerate(kept) if isinstance(x, Tensor)]
        raise _found(node.name(), told, facts, _engine.trace_of(node))


def _verdict(result: str, nan: bool, inf: bool, came_nan: bool, came_inf: bool, one: str, inputs_are: str) -> str | None:
    """What is wrong, None where nothing is or it was so before."""
    if nan and came_nan:
        return f"{one} holds nan already"
    if nan:
        return f"{result} holds nan, {inputs_are} {'infinite' if came_inf else 'finite'}"
    if inf and not came_inf and not came_nan:
        return f"{result} is infinite, {inputs_are} finite"
    return None


class first_nonfinite(_modes.TorchFunctionMode):
    """A context that stops at the first operation whose result, or gradient, is NaN or infinite though what it was given is not.

    Raises AnomalyError (a RuntimeError) that names the op, the line of the program and, inside a model, the dotted path of the module,
    with statistics of result and inputs; `op`, `module`, `filename` and `lineno` are attributes of it too. Data that hold NaN from the
    start are named at the first op that reads them. `infinities=False` looks for NaN alone. Infinities that a program asks for, such as
    `masked_fill(mask, -inf)`, are no finding. Forward is watched in the thread of the context, backward in all. Slow: for debugging.

    >>> import lucet
    >>> try:
    ...     with lucet.debug.first_nonfinite():
    ...         lucet.tensor([1.0, 0.0]).log()
    ... except lucet.errors.AnomalyError as problem:
    ...     print(problem.headline)
    log: its result is infinite, its inputs are finite
    """

    def __init__(self, *, infinities: bool = True):
        self.infinities = infinities
        self._backward = _Backward(infinities)

    def __torch_function__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        kwargs = kwargs or {}
        name = func.__name__
        if self._backward.running() or name in _UNWRITTEN:
            return func(*args, **kwargs)
        given = args[1:] if name in _OVERWRITES or name in _ITEMS else args
        inputs = _tensors(*given, *(value for key, value in kwargs.items() if key != "out"))
        written = _written(func, args, kwargs)
        with _alone():
            came_nan, came_inf = _faults(inputs)
            was_nan, was_inf = _faults(written) if name in _ITEMS else (False, False)
            # what is written in place is not there to be looked at afterwards
            before = [_statistics(x) for x in inputs] if written else None
        result = func(*args, **kwargs)
        with _alone():
            results = written or _tensors(result)
            nan, inf = _faults(results)
            numbers = [x for x in _numbers((*args, *kwargs.values())) if not math.isfinite(x)]
            wanted = inf and not nan and bool(numbers)
            nan, inf = nan and (came_nan or not was_nan), inf and self.infinities and not wanted and not was_inf
            if nan and not came_nan and any(map(math.isnan, numbers)):
                told: str | None = "its result holds nan, a number that it was given"
            else:
                told = _verdict("its result", nan, inf, came_nan, came_inf, "one of its inputs", "its inputs are")
            if told is None:
                return result
            facts = [f"result: {_statistics(x)}" for x in results if len(results) == 1 or any(_faults([x]))]
            seen = before if before is not None else [_statistics(x) for x in inputs]
            facts += [f"input {i}: {text}" for i, text in enumerate(seen)]
        raise _found(name, told, facts, _Note(sys._getframe(), None))

    def __enter__(self) -> "first_nonfinite":
        _watch.add(self._backward)
        super().__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        _watch.remove(self._backward)
