"""The kinds of rules that most ops have, and what rules share."""

import inspect
import math
import weakref
from collections.abc import Callable
from typing import Any

from lucet._registry import OPS
from lucet._tensor import Tensor
from lucet.utils._pytree import tree_map

Rule = Callable[[Any, Any, tuple[Any, ...], dict[str, Any]], Any]


class Unruled(Exception):
    """The op has to run once for every sample."""


RULES: dict[str, Rule] = {}


def rule(*names: str) -> Callable[[Rule], Rule]:
    def enter(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(names, function))
        return function

    return enter


def in_ops(*names: str) -> Callable[[Rule], Rule]:
    """A rule that is written in ops of samples: the level answers them while it runs."""

    def enter(function: Rule) -> Rule:
        def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            with level.inside():
                return function(level, func, args, kwargs)

        return rule(*names)(run)

    return enter


# --- arguments --------------------------------------------------------------------------------------------------------

_signatures: weakref.WeakKeyDictionary[Any, inspect.Signature] = weakref.WeakKeyDictionary()


def bound(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
    """The arguments by name, with defaults."""
    if func not in _signatures:
        _signatures[func] = inspect.signature(func)
    found = _signatures[func].bind(*args, **kwargs)
    found.apply_defaults()
    return found


def again(func: Any, arguments: inspect.BoundArguments) -> Any:
    """The op with changed arguments; defaults that nobody changed are left out, for some are not meant to be given."""
    signature = arguments.signature
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in signature.parameters.items():
        value = arguments.arguments.get(name, parameter.default)
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += value if isinstance(value, tuple) else ()
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs |= value if isinstance(value, dict) else {}
        elif parameter.kind is parameter.POSITIONAL_ONLY or not kwargs and parameter.kind is parameter.POSITIONAL_OR_KEYWORD and _counts(signature):
            args.append(value)
        elif value is not parameter.default:
            kwargs[name] = value
    return func(*args, **kwargs)


def _counts(signature: inspect.Signature) -> bool:
    """Whether arguments behind the positions are collected, so that those before have to be given by position."""
    return any(parameter.kind is parameter.VAR_POSITIONAL for parameter in signature.parameters.values())


def lifted(level: Any, x: Any, rank: int) -> Any:
    """A value that broadcasts like its sample against others of up to `rank` dimensions."""
    if not level.batched(x):
        return x
    value = x._value
    for _ in range(rank - x.dim()):
        value = value.unsqueeze(1)
    return value


def rank_of(*values: Any) -> int:
    return max((value.dim() for value in values if isinstance(value, Tensor)), default=0)


def shifted(dim: Any, rank: int) -> Any:
    """A dimension of a sample, or several, as one of the value. Those from the end stay."""
    if isinstance(dim, (tuple, list)):
        return tuple(shifted(each, rank) for each in dim)
    if not isinstance(dim, int) or isinstance(dim, bool):
        return dim
    if not -rank <= dim < max(rank, 1):
        raise IndexError(f"Dimension out of range (expected to be in range of [{-max(rank, 1)}, {max(rank, 1) - 1}], but got {dim})")
    return dim + 1 if dim >= 0 else dim


# --- the kinds --------------------------------------------------------------------------------------------------------
def elementwise(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    rank = rank_of(*args, *kwargs.values())
    values = tuple([lifted(level, x, rank) for x in args])
    named = {name: lifted(level, x, rank) for name, x in kwargs.items()}
    tensors = [x for x in (*args, *kwargs.values()) if isinstance(x, Tensor)]
    if len(tensors) > 1 and any(x.dim() == 0 for x in tensors) and rank > 0 and func.__name__ not in _KEEPS_TYPE:
        values = tuple(_as_scalar_counts(x, value, tensors) for x, value in zip(args, values, strict=True))
    return level.wrap(func(*values, **named))


_KEEPS_TYPE = {"copy_", "where", "clamp", "clamp_", "lerp", "lerp_"}


def _as_scalar_counts(x: Any, value: Any, tensors: list[Tensor]) -> Any:
    """A tensor without dimensions does not widen others of its kind; with a batch dimension it would."""
    if not isinstance(x, Tensor) or x.dim() > 0:
        return value
    for other in tensors:
        if other.dim() > 0 and other.is_floating_point() >= x.is_floating_point() and not x.is_complex() and other.dtype != x.dtype:
            return value.to(other.dtype)
    return value


ELEMENTWISE = {entry.name for entry in OPS.values() if entry.family == "pointwise"}
# conversions, copies, and others that only look at each element, or at the last two dimensions
ELEMENTWISE |= {
    "detach", "angle", "bfloat16", "bool", "byte", "cdouble", "cfloat", "char", "clone", "conj", "contiguous", "copy_", "cpu", "double", "empty_like",
    "float", "full_like", "half", "imag", "int", "isclose", "isreal", "long", "one_hot", "ones_like", "real", "short", "to", "tril",
    "triu", "type", "type_as", "zero_", "zeros_like",
}  # fmt: skip
RULES.update(dict.fromkeys(ELEMENTWISE, elementwise))


def flat(level: Any, x: Any) -> Tensor:
    """The value with one dimension for each sample."""
    return level.value(x).reshape(level.size, x.numel())


def with_dims(*names: str, whole: str = "", insert: bool = False) -> Rule:
    """A rule for ops of one tensor whose arguments `names` are dimensions of it.

    `whole` says what stands for all dimensions where none is given: "all" of them, the one of a "flat" sample, or "no" such case.
    `insert` marks ops that make a dimension, so that one more can be named.
    """

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = bound(func, args, kwargs)
        first, *rest = arguments.arguments
        x = arguments.arguments[first]
        if not level.batched(x) or any(level.batched(arguments.arguments[name]) for name in rest):
            raise Unruled
        value, rank = x._value, x.dim()
        alone = rank == 0 and not insert
        if alone and func.__name__ in ("flatten", "unfold", "unflatten"):
            raise Unruled
        if alone:  # a sample of one element, taken as one of one dimension
            value, rank = value.unsqueeze(1), 1
        given = {name: arguments.arguments.get(name) for name in names if name in arguments.arguments}
        for name, dim in given.items():
            if dim is None and whole == "all":
                arguments.arguments[name] = tuple(range(1, rank + 1))
            elif dim is None and whole == "flat":
                if arguments.arguments.get("keepdim"):
                    raise Unruled
                value, arguments.arguments[name] = flat(level, x), 1
            elif dim == () and whole == "all":
                arguments.arguments[name] = tuple(range(1, rank + 1))
            elif dim is not None:
                arguments.arguments[name] = shifted(dim, rank + insert)
        arguments.arguments[first] = value
        result = again(func, arguments)
        if alone:
            result = tree_map(lambda y: y.squeeze(1) if isinstance(y, Tensor) and y.dim() == 2 else y, result)
        return level.wrap(result)

    return run


def folded(names: tuple[str, ...], kept: int) -> Rule:
    """A rule for ops that treat the first dimensions alike: those before the last `kept` become one."""

    def run(level: Any, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        x, *rest = args
        if not level.batched(x) or any(level.batched(y) for y in (*rest, *kwargs.values())):
            raise Unruled
        if x.dim() < kept:
            raise Unruled
        value = x._value
        front = value.shape[: value.dim() - kept]
        result = func(value.reshape(math.prod(front), *value.shape[value.dim() - kept :]), *rest, **kwargs)
        return level.wrap(tree_map(lambda y: y.reshape(*front, *y.shape[1:]), result))

    RULES.update(dict.fromkeys(names, run))
    return run
