"""Copies of views: what `permute`, `select`, `split` and their kin show, in memory of its own."""

from collections.abc import Sequence
from typing import Any

from lucet._composed._define import composed
from lucet._composed.partings import one_size
from lucet._device import contiguous_format
from lucet._dtype import DTYPES
from lucet._dtype import dtype as dtype_type
from lucet._ops.shape import view_as_complex, view_as_real
from lucet._tensor import Tensor


def _own(view: Tensor) -> Tensor:
    """What the view shows, in row-major order, for itself."""
    return view.clone(memory_format=contiguous_format)


def sliced(input: Tensor, dim: int, start: int | None, end: int | None, step: int) -> Tensor:
    """A slice along a dimension, whose bounds count as in a subscript, as a view."""
    if input.dim() == 0:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if step <= 0:
        raise RuntimeError("slice step must be positive")
    first, last, _ = slice(start, end).indices(input.size(dim))
    view = input.narrow(dim, first, max(last - first, 0))
    return view if step == 1 else view.movedim(dim, 0)[::step].movedim(0, dim)


def _each_own(views: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(_own(view) for view in views)


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3),), (r(),), (r(0, 2),)])
def alias_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """alias_copy(input, *, out=None) -> Tensor

    `input`, copied.

    >>> import lucet
    >>> lucet.alias_copy(lucet.tensor([1, 2]))
    tensor([1, 2])
    """
    return _own(input)


@composed(dtypes="all", family="shape", grad="no", samples=lambda r: [(r(2, 3),), (r(),), (r(0, 2),)])
def detach_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """detach_copy(input, *, out=None) -> Tensor

    `input`, copied, outside the graph.

    >>> import lucet
    >>> lucet.detach_copy(lucet.ones(1, requires_grad=True))
    tensor([1.])
    """
    return _own(input.detach())


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3), (2, 2), (3, 2)), (r(6), (3, 2), (1, 1), 1), (r(4), (0,), (1,))])
def as_strided_copy(
    input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """as_strided_copy(input, size, stride, storage_offset=None, *, out=None) -> Tensor

    The elements that `as_strided` shows, copied.

    >>> import lucet
    >>> lucet.as_strided_copy(lucet.tensor([1, 2, 3]), (2, 2), (1, 1))
    tensor([[1, 2],
            [2, 3]])
    """
    return _own(input.as_strided(size, stride, storage_offset))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(3, 4),), (r(2, 3, 4), 1, 0, 2), (r(2, 3), 5)])
def diagonal_copy(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1, *, out: Tensor | None = None) -> Tensor:
    """diagonal_copy(input, offset=0, dim1=0, dim2=1, *, out=None) -> Tensor

    `diagonal`, copied.

    >>> import lucet
    >>> lucet.diagonal_copy(lucet.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _own(input.diagonal(offset, dim1, dim2))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(3, 1), (2, 3, 4)), (r(2), (-1,)), (r(), (3,)), (r(1, 2), (0, 2))])
def expand_copy(input: Tensor, size: Sequence[int], *, implicit: bool = False, out: Tensor | None = None) -> Tensor:
    """expand_copy(input, size, *, implicit=False, out=None) -> Tensor

    `expand`, copied; `implicit` changes nothing.

    >>> import lucet
    >>> lucet.expand_copy(lucet.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return _own(input.expand(tuple(size)))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3, 4), (2, 0, 1)), (r(3), (-1,)), (r(), ()), (r(0, 2), (1, 0))])
def permute_copy(input: Tensor, dims: Sequence[int], *, out: Tensor | None = None) -> Tensor:
    """permute_copy(input, dims, *, out=None) -> Tensor

    `permute`, copied.

    >>> import lucet
    >>> lucet.permute_copy(lucet.tensor([[1, 2], [3, 4]]), (1, 0))
    tensor([[1, 3],
            [2, 4]])
    """
    return _own(input.permute(tuple(dims)))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3, 4), 1, -1), (r(3), 0, 2)])
def select_copy(input: Tensor, dim: int, index: int, *, out: Tensor | None = None) -> Tensor:
    """select_copy(input, dim, index, *, out=None) -> Tensor

    `select`, copied.

    >>> import lucet
    >>> lucet.select_copy(lucet.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    return _own(input.select(dim, index))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(3, 4),), (r(3, 5), 1, 1, 5, 2), (r(4), 0, -2), (r(3), 0, 3)])
def slice_copy(
    input: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1, *, out: Tensor | None = None
) -> Tensor:
    """slice_copy(input, dim=0, start=None, end=None, step=1, *, out=None) -> Tensor

    A slice along a dimension, whose bounds count as in a subscript, copied. RuntimeError for a step that is not positive.

    >>> import lucet
    >>> lucet.slice_copy(lucet.arange(6), 0, 1, 5, 2)
    tensor([1, 3])
    """
    return _own(sliced(input, dim, start, end, step))


@composed(dtypes="all", family="join", samples=lambda r: [(r(5, 2), 2), (r(2, 5), 3, 1), (r(0, 2), 3)])
def split_copy(input: Tensor, split_size: int, dim: int = 0, *, out: Sequence[Tensor] | None = None) -> Any:
    """split_copy(input, split_size, dim=0, *, out=None) -> tuple of Tensors

    `split` into parts of one size, copied.

    >>> import lucet
    >>> lucet.split_copy(lucet.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    return _each_own(input.split(one_size("split_copy", split_size), dim))


@composed(dtypes="all", family="join", samples=lambda r: [(r(5, 2), [2, 3]), (r(2, 5), [1, 0, 4], 1)])
def split_with_sizes_copy(input: Tensor, split_sizes: Sequence[int], dim: int = 0, *, out: Sequence[Tensor] | None = None) -> Any:
    """split_with_sizes_copy(input, split_sizes, dim=0, *, out=None) -> tuple of Tensors

    `split_with_sizes`, copied.

    >>> import lucet
    >>> lucet.split_with_sizes_copy(lucet.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return _each_own(input.split_with_sizes(split_sizes, dim))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(1, 3, 1),), (r(1, 3, 1), 0), (r(1, 3, 1), (0, 2)), (r(2, 1), 0), (r(),)])
def squeeze_copy(input: Tensor, dim: int | Sequence[int] | None = None, *, out: Tensor | None = None) -> Tensor:
    """squeeze_copy(input, dim=None, *, out=None) -> Tensor

    `squeeze`, copied.

    >>> import lucet
    >>> lucet.squeeze_copy(lucet.zeros(1, 2)).shape
    lucet.Size([2])
    """
    return _own(input.squeeze() if dim is None else input.squeeze(dim))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3),), (r(3),), (r(),), (r(0, 2),)])
def t_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """t_copy(input, *, out=None) -> Tensor

    `t`, copied.

    >>> import lucet
    >>> lucet.t_copy(lucet.tensor([[1, 2], [3, 4]]))
    tensor([[1, 3],
            [2, 4]])
    """
    return _own(input.t())


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3, 4), 0, 2), (r(2, 3), -1, 0), (r(), 0, -1)])
def transpose_copy(input: Tensor, dim0: int, dim1: int, *, out: Tensor | None = None) -> Tensor:
    """transpose_copy(input, dim0, dim1, *, out=None) -> Tensor

    `transpose`, copied.

    >>> import lucet
    >>> lucet.transpose_copy(lucet.tensor([[1, 2], [3, 4]]), 0, 1)
    tensor([[1, 3],
            [2, 4]])
    """
    return _own(input.transpose(dim0, dim1))


@composed(dtypes="all", family="join", samples=lambda r: [(r(2, 3),), (r(2, 3), -1), (r(2, 0),)])
def unbind_copy(input: Tensor, dim: int = 0, *, out: Sequence[Tensor] | None = None) -> Any:
    """unbind_copy(input, dim=0, *, out=None) -> tuple of Tensors

    `unbind`, copied.

    >>> import lucet
    >>> lucet.unbind_copy(lucet.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    return _each_own(input.unbind(dim))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(5), 0, 2, 1), (r(2, 5), 1, 3, 2), (r(), 0, 1, 1)])
def unfold_copy(input: Tensor, dimension: int, size: int, step: int, *, out: Tensor | None = None) -> Tensor:
    """unfold_copy(input, dimension, size, step, *, out=None) -> Tensor

    The windows that `unfold` shows, copied.

    >>> import lucet
    >>> lucet.unfold_copy(lucet.tensor([1, 2, 3]), 0, 2, 1)
    tensor([[1, 2],
            [2, 3]])
    """
    return _own(input.unfold(dimension, size, step))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 3), 1), (r(2), -1), (r(), 0)])
def unsqueeze_copy(input: Tensor, dim: int, *, out: Tensor | None = None) -> Tensor:
    """unsqueeze_copy(input, dim, *, out=None) -> Tensor

    `unsqueeze`, copied.

    >>> import lucet
    >>> lucet.unsqueeze_copy(lucet.tensor([1, 2]), 1)
    tensor([[1],
            [2]])
    """
    return _own(input.unsqueeze(dim))


@composed(dtypes="complex", family="shape", samples=lambda r: [(r(2, 2),), (r(3, 2, 2),), (r(0, 2),)])
def view_as_complex_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """view_as_complex_copy(input, *, out=None) -> Tensor

    `view_as_complex`, copied.

    >>> import lucet
    >>> lucet.view_as_complex_copy(lucet.tensor([[1., 2.]]))
    tensor([1.+2.j])
    """
    return _own(view_as_complex(input))


@composed(dtypes="floats", family="shape", samples=lambda r: [(r(2, 2).to(DTYPES["complex128"]),), (r().to(DTYPES["complex128"]),)])
def view_as_real_copy(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """view_as_real_copy(input, *, out=None) -> Tensor

    `view_as_real`, copied.

    >>> import lucet
    >>> lucet.view_as_real_copy(lucet.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    return _own(view_as_real(input))


@composed(dtypes="all", family="shape", samples=lambda r: [(r(2, 6), (3, -1)), (r(3, 2).t(), (6,)), (r(), (1, 1)), (r(0, 2), (2, 0))])
def view_copy(input: Tensor, size: Any = None, *, dtype: dtype_type | None = None, out: Tensor | None = None) -> Tensor:
    """view_copy(input, size, *, out=None) -> Tensor, view_copy(input, dtype, *, out=None) -> Tensor

    The elements in another shape, or the bytes as another element type, copied; also where `view` could not show them.

    >>> import lucet
    >>> lucet.view_copy(lucet.tensor([[1, 2], [3, 4]]).t(), (4,))
    tensor([1, 3, 2, 4])
    """
    kind = size if isinstance(size, dtype_type) else dtype
    if kind is not None:
        return _own(input.view(kind))
    view = input.reshape(tuple(size))
    return _own(view) if view.data_ptr() == input.data_ptr() else view
