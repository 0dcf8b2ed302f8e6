"""swap_tensors: two tensors exchange what they are, and keep who they are."""

import weakref

from lucet._engine import swap_contents
from lucet._tensor import Tensor


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Exchange elements, types, shapes, gradients and attributes of two leaves; whoever holds one of them then has the other's.

    RuntimeError for results of operations, views, tensors with weak references, and those whose elements other tensors show; a graph that
    was recorded with one of them refuses to go back. TypeError where their classes cannot be exchanged.

    >>> import lucet
    >>> a, b = lucet.zeros(2), lucet.ones(3)
    >>> lucet.utils.swap_tensors(a, b)
    >>> a
    tensor([1., 1., 1.])
    """
    for name, t in (("t1", t1), ("t2", t2)):
        if not isinstance(t, Tensor):
            raise TypeError(f"swap_tensors: {name} must be Tensor, not {type(t).__name__}")
        if weakref.getweakrefs(t):
            raise RuntimeError(f"Cannot swap {name} because it has weakref associated with it")
    first, second = type(t1), type(t2)
    try:
        if first is not second:
            t1.__class__, t2.__class__ = second, first
        swap_contents(t1, t2)
    except (RuntimeError, TypeError):  # refused: both are what they were
        for t, kind in ((t1, first), (t2, second)):
            if type(t) is not kind:
                t.__class__ = kind
        raise
