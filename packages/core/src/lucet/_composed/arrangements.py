"""Tensors arranged from others or from sizes: block_diag, cartesian_prod, combinations, vander, indices of triangles."""

from typing import Any

from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._dtype import dtype as dtype_type
from lucet._errors import DtypeError, ShapeError, error
from lucet._ops.create import arange, empty, ones_like, triangle_places, zeros
from lucet._ops.join import cat, meshgrid, stack
from lucet._tensor import Tensor


@composed(dtypes="all", family="join", samples=lambda r: [(r(2, 3), r(1, 2)), (r(2), r(), r(2, 2)), (r(0, 2), r(1, 1))])
def block_diag(*tensors: Tensor) -> Tensor:
    """block_diag(*tensors) -> Tensor

    A matrix with the given matrices along its diagonal; vectors count as rows, tensors without dimensions as 1x1.
    ShapeError for more than two dimensions.

    >>> import lucet
    >>> lucet.block_diag(lucet.tensor([[1, 2]]), lucet.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    if not tensors:
        return zeros(1, 0)
    for i, t in enumerate(tensors):
        if not isinstance(t, Tensor):
            raise TypeError(f"block_diag(): expected Tensor as element {i} in argument 0, but got {type(t).__name__}")
        if t.dim() > 2:
            raise error(ShapeError, f"block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {t.dim()} dimensions")
    blocks = [t.reshape(1, -1) if t.dim() < 2 else t for t in tensors]
    width = sum(b.shape[1] for b in blocks)
    rows, left = [], 0
    for b in blocks:
        n, m = b.shape
        rows.append(cat([b.new_zeros(n, left), b, b.new_zeros(n, width - left - m)], 1))
        left += m
    return cat(rows, 0)


@composed(dtypes="all", family="join", views=True, samples=lambda r: [(r(2), r(3)), (r(2),), (r(2), r(0))])
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """cartesian_prod(*tensors) -> Tensor

    Every choice of an element from each of the given vectors, a row each, in the order of nested loops.

    >>> import lucet
    >>> lucet.cartesian_prod(lucet.tensor([1, 2]), lucet.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    for t in tensors:
        if t.dim() != 1:
            raise error(ShapeError, f"Expect a 1D vector, but got shape {list(t.shape)}")
    if len(tensors) == 1:
        return tensors[0].view_as(tensors[0])
    return stack([t.flatten() for t in meshgrid(*tensors, indexing="ij")], 1)


@composed(dtypes="all", family="join", samples=lambda r: [(r(4),), (r(4), 3), (r(3), 2, True), (r(3), 0), (r(2), 3)])
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """combinations(input, r=2, with_replacement=False) -> Tensor

    Every choice of `r` elements of a vector, a row each, as itertools.combinations.

    >>> import lucet
    >>> lucet.combinations(lucet.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if input.dim() != 1:
        raise error(ShapeError, f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return input.new_empty(0)
    n = len(input)
    chosen = empty(_num_choices(n + r - 1 if with_replacement and n else n, r), r, dtype=DTYPES["int64"], device=input.device)
    if not chosen.numel():
        return input[chosen] if n else input.new_empty(0, r)
    if input.is_meta:
        return input.new_empty(chosen.shape)
    if len(chosen) == 1:  # also where there are as many steps as elements
        return input.expand(1, r).clone() if with_replacement else input.unsqueeze(0).clone()
    # One place of the rows after the other: what begins them is repeated for each element that can follow.
    columns: list[Tensor] = []
    for place in range(r):
        first = columns[-1] + (0 if with_replacement else 1) if columns else arange(1)
        followers = n - (0 if with_replacement else r - 1 - place) - first
        starts = followers.cumsum(0) - followers
        columns = [column.repeat_interleave(followers) for column in columns]
        columns.append(arange(int(followers.sum())) + (first - starts).repeat_interleave(followers))
    for place, column in enumerate(columns):
        chosen.select(1, place).copy_(column)
    return input[chosen]


def _num_choices(n: int, r: int) -> int:
    """n over r; no further than what does not fit 64 bits."""
    if r > n:
        return 0
    count = 1
    for i in range(1, min(r, n - r) + 1):
        count = count * (max(r, n - r) + i) // i
        if count >= 1 << 63:
            break
    return count


def _vander(x: Tensor, N: int, increasing: bool) -> Tensor:
    if N < 0:
        raise RuntimeError("N must be non-negative.")
    if not x.is_floating_point() and not x.is_complex():
        x = x.long()
    if N == 0:
        return x.new_empty((*x.shape, 0))
    columns = [ones_like(x)] + ([x] if N > 1 else [])
    if N > 2:
        columns = [ones_like(x).unsqueeze(-1), x.unsqueeze(-1).expand((*x.shape, N - 1)).cumprod(-1)]
        y = cat(columns, -1)
    else:
        y = stack(columns, -1)
    return y if increasing else y.flip(-1)


@composed(dtypes="all", family="join", formula="vander(x, N, increasing)", samples=lambda r: [(r(3),), (r(3), 2), (r(3), 4, True), (r(3), 0), (r(0),)])
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """vander(x, N=None, increasing=False) -> Tensor

    The Vandermonde matrix of a vector: its powers as columns, falling from N - 1 to 0, or rising.

    >>> import lucet
    >>> lucet.vander(lucet.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    if x.dim() != 1:
        raise error(ShapeError, "x must be a one-dimensional tensor.")
    return _vander(x, len(x) if N is None else N, increasing)


@composed(name="linalg_vander", public=False, also="linalg", dtypes="all", family="linalg", samples=lambda r: [(r(3),), (r(2, 3), {"N": 4})])
def linalg_vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """linalg.vander(x, *, N=None) -> Tensor

    The Vandermonde matrices of the vectors in the last dimension: their powers from 0 to N - 1 as columns.

    >>> import lucet
    >>> lucet.linalg.vander(lucet.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    if x.dtype is DTYPES["bool"]:
        raise error(DtypeError, "linalg.vander supports floating point, complex, and integer tensors, but got bool")
    if N is None and x.dim() == 0:
        raise error(ShapeError, "linalg.vander: The input tensor must have at least one dimension.")
    x = x.reshape(1) if x.dim() == 0 else x
    n = x.shape[-1] if N is None else N
    if n <= 1:
        raise RuntimeError("N must be greater than 1.")
    return _vander(x, n, True)


def _triangle(row: int, col: int, offset: int, upper: bool, dtype: dtype_type | None, *options: Any) -> Tensor:
    if row < 0:
        raise RuntimeError(f"row must be non-negative, got{row}")
    if col < 0:
        raise RuntimeError(f"col must be non-negative, got{col}")
    if dtype is not None and dtype not in (DTYPES["int32"], DTYPES["int64"]):
        raise RuntimeError(f"\"tril_indices\" not implemented for '{dtype._name}'")
    return triangle_places(row, col, offset, upper, dtype, *options)


@composed(dtypes="int", grad="no", family="create", samples=lambda r: [(3, 3), (3, 4, 1), (4, 3, -1), (0, 2)])
def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False
) -> Tensor:
    """tril_indices(row, col, offset=0, *, dtype=lucet.int64, layout=lucet.strided, device=None, pin_memory=False) -> Tensor

    The places of the lower triangle of a (row, col) matrix, from row to row: the rows, and below them the columns.

    >>> import lucet
    >>> lucet.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle(row, col, offset, False, dtype, layout, device, pin_memory)


@composed(dtypes="int", grad="no", family="create", samples=lambda r: [(3, 3), (3, 4, 1), (4, 3, -1), (0, 2)])
def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: dtype_type | None = None, layout: Any = None, device: Any = None, pin_memory: bool = False
) -> Tensor:
    """triu_indices(row, col, offset=0, *, dtype=lucet.int64, layout=lucet.strided, device=None, pin_memory=False) -> Tensor

    The places of the upper triangle of a (row, col) matrix, from row to row: the rows, and below them the columns.

    >>> import lucet
    >>> lucet.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle(row, col, offset, True, dtype, layout, device, pin_memory)


@composed(name="linalg_diagonal", public=False, also="linalg", dtypes="all", family="linalg", views=True, samples=lambda r: [(r(3, 3),), (r(2, 3, 4), {"offset": 1}), (r(2, 3, 4), {"dim1": 0, "dim2": 1})])
def linalg_diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """linalg.diagonal(A, *, offset=0, dim1=-2, dim2=-1) -> Tensor

    The diagonals of matrices over two dimensions, the last by default, as a view.

    >>> import lucet
    >>> lucet.linalg.diagonal(lucet.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return A.diagonal(offset, dim1, dim2)
