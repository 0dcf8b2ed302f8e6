"""Python functions called with each element (apply_, map_, map2_), and the constructor that tensors carry (new)."""

from collections.abc import Callable
from typing import Any

from lucet._composed._define import composed
from lucet._ops.create import tensor as tensor_of
from lucet._tensor import Tensor


def _written(name: str, input: Tensor, others: tuple[tuple[str, Tensor], ...], function: Callable[..., Any]) -> Tensor:
    """Write what `function` makes of the elements that stand at the same place; nothing if it fails for one."""
    for each in (input, *(other for _, other in others)):
        if each.requires_grad:
            raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    for label, other in others:
        if other.dtype != input.dtype:
            raise TypeError(f"{name}: expected {input.type()} for {label} (got {other.type()})")
    lines = [each.expand(input.shape).reshape(-1) for each in (input, *(other for _, other in others))]
    if not callable(function):
        raise TypeError(f"'{type(function).__name__}' object is not callable")
    if input.is_meta:
        return input
    found = [function(*values) for values in zip(*(line.tolist() for line in lines), strict=True)]
    for value in found:
        if not hasattr(value, "__float__") and not hasattr(value, "__complex__"):
            raise TypeError(f"must be real number, not {type(value).__name__}")
    return input.copy_(tensor_of(found, dtype=input.dtype).view(input.shape))


@composed(method=True, public=False, dtypes="all", grad="no", family="by element", samples=lambda r: [(r(2, 3), abs), (r(), abs), (r(0, 2), abs)])
def apply_(input: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """apply_(input, callable) -> Tensor

    Replace each element by what a Python function makes of it; slow. RuntimeError for a tensor that requires a gradient.

    >>> import lucet
    >>> lucet.tensor([1, 2]).apply_(lambda x: x * x)
    tensor([1, 4])
    """
    return _written("apply_", input, (), callable)


@composed(method=True, public=False, dtypes="all", grad="no", family="by element", samples=lambda r: [(r(2, 3), r(2, 3), max), (r(2, 3), r(3), min), (r(), r(), max)])
def map_(input: Tensor, other: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """map_(input, other, callable) -> Tensor

    Replace each element by what a Python function makes of it and of the one at its place in `other`, which may be broadcast; slow.
    TypeError for other element types, RuntimeError for tensors that require a gradient.

    >>> import lucet
    >>> lucet.tensor([1, 2]).map_(lucet.tensor(3), lambda x, y: x + y)
    tensor([4, 5])
    """
    return _written("map_", input, (("'other'", other),), callable)


@composed(method=True, public=False, dtypes="all", grad="no", family="by element", samples=lambda r: [(r(2, 3), r(2, 3), r(3), max), (r(2), r(), r(2), min)])
def map2_(input: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """map2_(input, x, y, callable) -> Tensor

    `map_` of three elements.

    >>> import lucet
    >>> lucet.tensor([1, 2]).map2_(lucet.tensor(3), lucet.tensor(4), lambda a, b, c: a * b + c)
    tensor([ 7, 10])
    """
    return _written("map2_", input, (("argument 'x'", x), ("argument 'y'", y)), callable)


@composed(method=True, public=False, dtypes="all", grad="no", family="create", samples=lambda r: [(r(2), [1.0, 2.0]), (r(2), r(3)), (r(2),)])
def new(input: Tensor, *args: Any, size: Any = None, device: Any = None) -> Tensor:
    """new(input, *args, device=None) -> Tensor

    What the constructor of `input`'s type makes of sizes, of a sequence, or of a tensor. Deprecated: `new_empty` and `new_tensor` say it.

    >>> import lucet
    >>> lucet.tensor([1.]).new([2, 3])
    tensor([2., 3.])
    """
    more = {} if size is None else {"size": size}
    return Tensor(*args, dtype=input.dtype, device=input.device if device is None else device, **more)
