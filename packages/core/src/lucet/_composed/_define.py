"""How an op written in Python is made public: `composed`. The front door itself is compiled (_ops/composing.pyx)."""

from collections.abc import Callable
from typing import Any, TypeVar

from lucet._ops.composing import front
from lucet._registry import Samples, op
from lucet._tensor import Tensor

_Body = TypeVar("_Body", bound=Callable[..., Any])


def composed(
    *,
    name: str | None = None,
    key: str | None = None,
    method: bool | str = False,
    inplace: Callable[..., Any] | None = None,
    also: str = "",
    public: bool = True,
    formula: str | None = None,
    grad: str = "yes",
    samples: Samples,
    dtypes: str = "floats",
    family: str,
    numpy: bool = False,
    views: bool = False,
    casts: bool = False,
) -> Callable[[_Body], _Body]:
    """Register the body below as a public op; the arguments are those of `_registry.op`.

    `views` is for ops that return views, or look at no element: lazy conjugates reach their bodies as they are. To all others they come
    resolved. `inplace` is the body of the in-place form. A body's arguments that are annotated `Tensor` must be tensors. An `out` among
    its parameters is the front door's business:
    the body returns its result and never sees one. With `casts` it may have another type, as in torch's ops that are sums of others.
    """

    def entered(body: Callable[..., Any], label: str) -> Any:
        positional = body.__code__.co_varnames[: body.__code__.co_argcount]
        required = tuple((i, p) for i, p in enumerate(positional) if body.__annotations__.get(p) is Tensor)
        body.__name__ = body.__qualname__ = label
        function: Any = front(body, label, required, grad != "no", views, casts)
        function.__doc__ = body.__doc__
        return function

    def make(body: _Body) -> _Body:
        label = name or body.__name__
        function = entered(body, label)
        twin = None if inplace is None else entered(inplace, label + "_")
        op(
            function, name=label, key=key, method=method, inplace=twin, also=also, public=public, formula=formula, grad=grad, samples=samples,
            dtypes=dtypes, family=family, numpy=numpy,
        )  # fmt: skip
        return function

    return make
