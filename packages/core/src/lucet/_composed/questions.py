"""Questions to a tensor that its methods answer, as functions; those that subclasses and modes may answer otherwise."""

from collections.abc import Callable
from typing import Any

from lucet._composed._define import composed
from lucet._registry import op
from lucet._tensor import Tensor


@composed(method=True, dtypes="all", grad="no", family="composed", samples=lambda r: [(r(),), (r(1, 1),)])
def is_nonzero(input: Tensor) -> bool:
    """is_nonzero(input) -> bool

    Whether the one element of `input` is not zero. RuntimeError for another number of elements.

    >>> import lucet
    >>> lucet.is_nonzero(lucet.tensor([0.5]))
    True
    """
    return bool(input)


def pin_memory(input: Tensor, device: object = None) -> Tensor:
    """Raises RuntimeError, as torch does without an accelerator."""
    raise RuntimeError("pin_memory: Cannot access accelerator device when none is available.")


op(pin_memory, public=False, grad="no", family="composed")


def _asked(method: Callable[[Tensor], Any], result: str, text: str, answer: object) -> None:
    """The function of one tensor that its method of the same name answers."""
    name = method.__name__

    def asks(input: Tensor) -> Any:
        return method(input)

    asks.__doc__ = f"{name}(input) -> {result}\n\n{text}\n\n>>> import lucet\n>>> lucet.{name}(lucet.ones(2))\n{answer}\n"
    composed(name=name, dtypes="all", grad="no", family="question", views=True, samples=lambda r: [(r(2, 3),), (r(),)])(asks)


_asked(Tensor.is_conj, "bool", "Whether the elements are the conjugates of what the storage holds: of `conj` and its views.", False)
_asked(Tensor.is_neg, "bool", "Whether a tensor's negation is still to be carried out: never.", False)
_asked(Tensor.is_signed, "bool", "Whether the element type has negative numbers.", True)
_asked(Tensor.is_distributed, "bool", "Whether a tensor's elements lie in several processes: never.", False)
_asked(Tensor.get_device, "int", "The number of a tensor's device, which is -1 where devices are not numbered.", -1)


@composed(dtypes="all", grad="no", family="question", views=True, samples=lambda r: [(r(2, 3), r(2, 3)), (r(2), r())])
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """is_same_size(input, other) -> bool

    Whether two tensors have the same shape.

    >>> import lucet
    >>> lucet.is_same_size(lucet.ones(2), lucet.zeros(2))
    True
    """
    return input.is_same_size(other)


@composed(dtypes="all", grad="no", family="question", views=True, samples=lambda r: [(r(2, 3),), (r(),), (r(0, 2),)])
def detach(input: Tensor) -> Tensor:
    """detach(input) -> Tensor

    The same elements in a tensor outside the graph; in-place changes are seen by both.

    >>> import lucet
    >>> lucet.detach(lucet.ones(1, requires_grad=True))
    tensor([1.])
    """
    return input.detach()


@composed(dtypes="all", grad="no", family="question", views=True, samples=lambda r: [(r(2, 3),), (r(),), (r(0, 2),)])
def detach_(input: Tensor) -> Tensor:
    """detach_(input) -> Tensor

    Take the tensor out of the graph, in place; returns it. RuntimeError for a view.

    >>> import lucet
    >>> lucet.detach_(lucet.ones(1, requires_grad=True))
    tensor([1.])
    """
    return input.detach_()
