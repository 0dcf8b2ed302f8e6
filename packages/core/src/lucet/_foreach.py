"""`_foreach_*`: an op on each tensor of a list, from one table over the ops. Each has torch's forms: a list, a number, numbers, a tensor.

There is no faster way here than one op after the other; the names are what optimizers of others and tools for weights call.
"""

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from lucet import _ops
from lucet._tensor import Tensor

_UNARY = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt sigmoid sign sin "
    "sinh sqrt tan tanh trunc"
).split()
# name -> the op, whether a tensor may stand for all second operands, whether `alpha` counts
_BINARY = {
    "add": ("add", True, True), "sub": ("sub", False, True), "mul": ("mul", True, False), "div": ("div", True, False),
    "clamp_min": ("maximum", False, False), "maximum": ("maximum", False, False), "clamp_max": ("minimum", False, False),
    "minimum": ("minimum", False, False), "pow": ("pow", False, False),
}  # fmt: skip


def _function(name: str) -> Callable[..., Any]:
    return getattr(_ops, name)  # type: ignore[no-any-return]


# --- arguments -------------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Number)


def _list(op: str, value: Any, argument: str, position: int) -> list[Tensor]:
    """A list or tuple of tensors, at least one."""
    if not isinstance(value, list | tuple):
        raise TypeError(f"{op}(): argument '{argument}' (position {position}) must be tuple of Tensors, not {type(value).__name__}")
    for i, part in enumerate(value):
        if not isinstance(part, Tensor):
            raise TypeError(f"{op}(): expected Tensor as element {i} in argument {position - 1}, but got {type(part).__name__}")
    if not value:
        raise RuntimeError(f"{op}(): Tensor list must have at least one tensor.")
    return list(value)


def _alike(op: str, first: list[Tensor], value: Any, argument: str, position: int) -> list[Tensor]:
    """A second list, of the same length."""
    if isinstance(value, list | tuple) and not value:
        raise RuntimeError(f"{op}(): Tensor lists must have the same number of tensors, got {len(first)} and 0")
    other = _list(op, value, argument, position)
    if len(other) != len(first):
        raise RuntimeError(f"{op}(): Tensor lists must have the same number of tensors, got {len(first)} and {len(other)}")
    return other


def _numbers(op: str, first: list[Tensor], value: Sequence[Any]) -> list[Any]:
    if len(value) != len(first):
        raise RuntimeError(f"{op}(): Tensor list must have same number of elements as scalar list.")
    return list(value)


def _refused(op: str, values: Sequence[Any], named: dict[str, Any]) -> TypeError:
    kinds = [type(value).__name__ for value in values] + [f"{name}={type(value).__name__}" for name, value in named.items()]
    return TypeError(f"{op}() received an invalid combination of arguments - got ({', '.join(kinds)})")


def _operand(op: str, given: tuple[Any, ...], named: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The second operand, by position or by one of its names."""
    found = [*given, *(named.pop(name) for name in names if name in named)]
    if len(found) != 1 or named:
        raise _refused(op, given, named)
    return found[0]


def _seconds(op: str, first: list[Tensor], value: Any, whole: bool) -> list[Any]:
    """For each tensor of `first` what it meets: a tensor, a number, or the one for all."""
    if _is_number(value):
        return [value] * len(first)
    if isinstance(value, Tensor) and not whole and not value.dim() and not value.requires_grad:  # counts as a number
        return [value.item()] * len(first)
    if isinstance(value, Tensor):
        if not whole:
            raise _refused(op, (first, value), {})
        if value.dim():
            raise RuntimeError(f"{op}(): scalar tensor expected to be 0 dim but it has {value.dim()} dimensions and {value.numel()} elements.")
        return [value] * len(first)
    if not isinstance(value, list | tuple):
        raise _refused(op, (first, value), {})
    if not value or _is_number(value[0]):
        if not all(_is_number(part) for part in value):
            raise _refused(op, (first, value), {})
        return _numbers(op, first, value)
    return _alike(op, first, value, "other", 2)


# --- forms -----------------------------------------------------------------------------------------------------------


def _done(op: str, first: list[Tensor], given: Any, calls: Callable[[Tensor, int], Tensor]) -> Any:
    """A tuple of results, or the very list that was changed in place."""
    made = tuple(calls(tensor, i) for i, tensor in enumerate(first))
    return given if op.endswith("_") else made


def _unary(name: str, op: str) -> Callable[..., Any]:
    function = _function(name)

    def call(self: Sequence[Tensor]) -> Any:
        return _done(op, _list(op, self, "self", 1), self, lambda tensor, i: function(tensor))

    return call


def _binary(name: str, op: str, whole: bool, scaled: bool) -> Callable[..., Any]:
    function, inplace = _function(name), op.endswith("_")

    def apply(tensor: Tensor, other: Any, options: dict[str, Any]) -> Tensor:
        if not isinstance(other, Tensor) and name in ("maximum", "minimum"):  # they meet tensors only; a number does not change the type
            bound = {"min" if name == "maximum" else "max": other}
            return tensor.clamp_(**bound) if inplace else tensor.clamp(**bound)
        if inplace and name in ("maximum", "minimum"):
            return tensor.clamp_(min=other) if name == "maximum" else tensor.clamp_(max=other)
        if inplace:
            return getattr(tensor, name + "_")(other, **options)  # type: ignore[no-any-return]
        return function(tensor, other, **options)  # type: ignore[no-any-return]

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        names = ("other", "scalar", "scalars", "exponent")
        options = {"alpha": kwargs.pop("alpha")} if scaled and "alpha" in kwargs else {}
        value = _operand(op, args, kwargs, names)
        if name == "pow" and _is_number(self) and not inplace:
            return tuple(function(self, tensor) for tensor in _list(op, value, "exponent", 2))
        if options and not (isinstance(value, Tensor) or isinstance(value, list | tuple) and value and isinstance(value[0], Tensor)):
            raise _refused(op, (self, value), options)
        if _is_number(self):
            raise _refused(op, (self, value), options)
        first = _list(op, self, "self", 1)
        others = _seconds(op, first, value, whole)
        return _done(op, first, self, lambda tensor, i: apply(tensor, others[i], options))

    return call


def _ternary(name: str, op: str) -> Callable[..., Any]:
    """addcmul, addcdiv: `value` one for all, numbers, or a tensor of numbers."""
    function = _function(op.removeprefix("_foreach_"))

    def call(self: Sequence[Tensor], tensor1: Sequence[Tensor], tensor2: Sequence[Tensor], value: Any = 1, **kwargs: Any) -> Any:
        value = kwargs.pop("scalars", value)
        if kwargs:
            raise _refused(op, (self, tensor1, tensor2), kwargs)
        first = _list(op, self, "self", 1)
        ones, twos = (_alike(op, first, given, argument, at) for given, argument, at in ((tensor1, "tensor1", 2), (tensor2, "tensor2", 3)))
        if isinstance(value, Tensor):
            if value.dim() != 1:
                raise RuntimeError(f"{op}(): Expected packed scalar Tensor to be of dimension 1. Got {value.dim()} instead.")
            if value.numel() != len(first):
                raise RuntimeError(f"{op}(): Expected length of scalars to match input of length {len(first)} but got {value.numel()} instead.")
            value = value.tolist()
        values = [value] * len(first) if _is_number(value) else _numbers(op, first, value)
        return _done(op, first, self, lambda tensor, i: function(tensor, ones[i], twos[i], value=values[i]))

    return call


def _lerp(name: str, op: str) -> Callable[..., Any]:
    function = _function(op.removeprefix("_foreach_"))

    def call(self: Sequence[Tensor], tensors1: Sequence[Tensor], *args: Any, **kwargs: Any) -> Any:
        weight = _operand(op, args, kwargs, ("weight", "weights"))
        first = _list(op, self, "self", 1)
        ends = _alike(op, first, tensors1, "tensors1", 2)
        weights = _seconds(op, first, weight, False)
        return _done(op, first, self, lambda tensor, i: function(tensor, ends[i], weights[i]))

    return call


def _of_norms(power: bool) -> Callable[..., Any]:
    op = "_foreach_powsum" if power else "_foreach_norm"

    def call(self: Sequence[Tensor], ord: Any = 2, dtype: Any = None) -> Any:
        def one(tensor: Tensor, i: int) -> Tensor:
            if power:
                found: Tensor = tensor.abs().pow(ord).sum(dtype=dtype)
                return found
            return _function("vector_norm")(tensor, ord, dtype=dtype)  # type: ignore[no-any-return]

        return _done(op, _list(op, self, "self", 1), self, one)

    return call


def _max(self: Sequence[Tensor]) -> Any:
    tensors = _list("_foreach_max", self, "self", 1)
    for tensor in tensors:
        if not tensor.numel():
            raise RuntimeError("_foreach_max cannot compute the maximum of an empty tensor; max over zero elements is undefined.")
    return tuple(tensor.max() for tensor in tensors)


def _clone(self: Sequence[Tensor], *, memory_format: Any = None) -> Any:
    options = {} if memory_format is None else {"memory_format": memory_format}
    return tuple(tensor.clone(**options) for tensor in _list("_foreach_clone", self, "self", 1))


def _copy_(self: Sequence[Tensor], src: Sequence[Tensor], non_blocking: bool = False) -> Any:
    first = _list("_foreach_copy_", self, "self", 1)
    sources = _alike("_foreach_copy_", first, src, "src", 2)
    return _done("_foreach_copy_", first, self, lambda tensor, i: tensor.copy_(sources[i], non_blocking))


def _zero_(self: Sequence[Tensor]) -> Any:
    return _done("_foreach_zero_", _list("_foreach_zero_", self, "self", 1), self, lambda tensor, i: tensor.zero_())


def _mm(self: Sequence[Tensor], mat2: Sequence[Tensor]) -> Any:
    first = _list("_foreach_mm", self, "self", 1)
    others = _alike("_foreach_mm", first, mat2, "mat2", 2)
    return tuple(tensor.mm(other) for tensor, other in zip(first, others, strict=True))


# --- the table -------------------------------------------------------------------------------------------------------


def _table() -> dict[str, Callable[..., Any]]:
    made: dict[str, Callable[..., Any]] = {}
    for end in ("", "_"):
        for name in _UNARY:
            made[f"_foreach_{name}{end}"] = _unary(name + end, f"_foreach_{name}{end}")
        for name, (op, whole, scaled) in _BINARY.items():
            made[f"_foreach_{name}{end}"] = _binary(op, f"_foreach_{name}{end}", whole, scaled)
        for name in ("addcmul", "addcdiv"):
            made[f"_foreach_{name}{end}"] = _ternary(name, f"_foreach_{name}{end}")
        made[f"_foreach_lerp{end}"] = _lerp("lerp", f"_foreach_lerp{end}")
    made |= {"_foreach_norm": _of_norms(False), "_foreach_powsum": _of_norms(True), "_foreach_max": _max, "_foreach_mm": _mm}
    made |= {"_foreach_clone": _clone, "_foreach_copy_": _copy_, "_foreach_zero_": _zero_}
    for name, function in made.items():
        function.__name__ = function.__qualname__ = name
        function.__module__ = "lucet"
        function.__doc__ = f"`{name.removeprefix('_foreach_')}` on each tensor of a list" + (", in place." if name.endswith("_") else ": a tuple of results.")
    return made


FOREACH = _table()
globals().update(FOREACH)
