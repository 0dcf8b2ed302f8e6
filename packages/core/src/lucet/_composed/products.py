"""Products of several tensors, all of which end in matrix products or multiplications: einsum, tensordot, kron, cross and kin."""

import math
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from lucet._composed._define import composed
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error, warn_once
from lucet._ops.composing import named, recorded
from lucet._ops.join import broadcast_tensors, stack
from lucet._ops.products import addmm, bmm, dot, mm
from lucet._ops.shape import permute
from lucet._ops.vectors import cross_products
from lucet._registry import alias
from lucet._tensor import Tensor

Labels = tuple[Any, ...]  # one a dimension: a letter, or an int for those that an ellipsis covers, counted from the last


# --- einsum ----------------------------------------------------------------------------------------------------------


def _letter(i: object, operand: int) -> str:
    if i is Ellipsis:
        return "..."
    if not isinstance(i, int) or not 0 <= i < 52:
        raise RuntimeError(f"einsum(): not within the valid range [0, 52): {i!r} in the sublist of operand {operand}")
    return chr(ord("A") + i) if i < 26 else chr(ord("a") + i - 26)


def _from_sublists(args: Sequence[Any]) -> tuple[str, list[Any]]:
    """The equation and operands of einsum(operand, [0, 1], operand, [1, ...], [0])."""
    operands, terms = list(args[: len(args) // 2 * 2 : 2]), args[1::2]
    terms = ["".join(_letter(i, k) for i in term) for k, term in enumerate(terms)]
    equation = ",".join(terms)
    if len(args) % 2:
        equation += "->" + "".join(_letter(i, len(operands)) for i in args[-1])
    return equation, operands


def _term(text: str, operand: int) -> list[str]:
    """The letters of one term, with "..." for an ellipsis."""
    found: list[str] = []
    i = 0
    while i < len(text):
        c = text[i]
        if c == ".":
            where = "the output" if operand < 0 else f"operand {operand}"
            if "..." in found:
                raise RuntimeError(f"einsum(): found '.' for {where} for which an ellipsis was already found")
            if text[i : i + 3] != "...":
                raise RuntimeError(f"einsum(): found '.' for {where} that is not part of any ellipsis")
            found.append("...")
            i += 3
            continue
        if not (c.isascii() and c.isalpha()):
            raise RuntimeError(f"einsum(): invalid subscript given at index {i} in the equation string, subscripts must be in [a-zA-Z]")
        found.append(c)
        i += 1
    return found


def _spread(term: list[str], ndim: int, operand: int) -> Labels:
    """A term with a label for every dimension."""
    named = len(term) - ("..." in term)
    if "..." not in term and named != ndim:
        raise error(
            ShapeError,
            f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions ({ndim}) for operand "
            f"{operand} and no ellipsis was given",
        )
    if named > ndim:
        raise error(
            ShapeError,
            f"einsum(): the number of subscripts in the equation ({named}) is more than the number of dimensions ({ndim}) for operand {operand}",
        )
    labels: list[Any] = []
    for label in term:
        labels += range(ndim - named, 0, -1) if label == "..." else [label]
    return tuple(labels)


@lru_cache(maxsize=1000)
def _read(equation: str, ndims: tuple[int, ...]) -> tuple[tuple[Labels, ...], Labels]:
    """The labels of each operand, of so many dimensions, and of the result."""
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    texts = inputs.split(",")
    if len(texts) != len(ndims):
        side = "more" if len(ndims) > len(texts) else "fewer"
        raise RuntimeError(f"einsum(): {side} operands were provided than specified in the equation")
    terms = tuple(_spread(_term(text, k), ndim, k) for k, (text, ndim) in enumerate(zip(texts, ndims, strict=True)))
    known = set().union(*terms)
    covered = sorted((label for label in known if isinstance(label, int)), reverse=True)
    if not arrow:
        letters = "".join(texts).replace(".", "")
        return terms, (*covered, *sorted(label for label in set(letters) if letters.count(label) == 1))
    wanted: list[Any] = []
    for label in _term(output, -1):
        if label == "...":
            wanted += covered
        elif label in wanted:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
        elif label not in known:
            raise RuntimeError(f"einsum(): output subscript {label} does not appear in the equation for any input operand")
        else:
            wanted.append(label)
    return terms, tuple(wanted)


def _without_repeats(x: Tensor, labels: Labels) -> tuple[Tensor, Labels]:
    """Diagonals in place of labels that stand twice in one operand."""
    for label in list(dict.fromkeys(labels)):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            if x.shape[first] != x.shape[second]:
                raise error(
                    ShapeError,
                    f"einsum(): subscript {label} is repeated for operand 0 but the sizes don't match, {x.shape[second]} != {x.shape[first]}",
                )
            x = x.diagonal(0, first, second)
            labels = (*(k for i, k in enumerate(labels) if i not in (first, second)), label)
    return x, labels


def _arranged(x: Tensor, labels: Labels, order: Labels) -> Tensor:
    """`x` with its dimensions in the order of the labels."""
    return x if labels == order else permute(x, [labels.index(label) for label in order])


def _summed(x: Tensor, labels: Labels, keep: Collection[Any]) -> tuple[Tensor, Labels]:
    """`x` summed over dimensions that nobody asks for any more."""
    gone = [i for i, label in enumerate(labels) if label not in keep]
    if not gone:
        return x, labels
    return x.sum(gone), tuple(label for label in labels if label in keep)


@lru_cache(maxsize=1000)
def _roles(la: Labels, lb: Labels, keep: frozenset[Any]) -> tuple[Labels, Labels, Labels, Labels]:
    """The labels of a pair: shared and kept, summed over, of the left alone, of the right alone."""
    shared = tuple(k for k in la if k in lb and k in keep)
    inner = tuple(k for k in la if k in lb and k not in keep)
    return shared, inner, tuple(k for k in la if k not in lb), tuple(k for k in lb if k not in la)


def _pair(a: Tensor, la: Labels, b: Tensor, lb: Labels, keep: frozenset[Any]) -> tuple[Tensor, Labels]:
    """The product of two operands, summed over what neither `keep` nor the other wants: one (batched) matrix product."""
    for label in [k for k in la if k in lb]:  # what is broadcast takes no part
        i, j = la.index(label), lb.index(label)
        if a.size(i) == 1 != b.size(j):
            a, la = a.squeeze(i), la[:i] + la[i + 1 :]
        elif b.size(j) == 1 != a.size(i):
            b, lb = b.squeeze(j), lb[:j] + lb[j + 1 :]
    a, la = _summed(a, la, (*keep, *lb))
    b, lb = _summed(b, lb, (*keep, *la))
    shared, inner, left, right = _roles(la, lb, keep)
    a, b = _arranged(a, la, shared + left + inner), _arranged(b, lb, shared + inner + right)
    labels = shared + left + right
    if len(inner) == len(left) == len(right) == 1 and len(shared) < 2:
        return (bmm(a, b) if shared else mm(a, b)), labels
    s, x, y = len(shared), tuple(a.shape), tuple(b.shape)
    if not inner:
        return a.reshape(x + (1,) * len(right)) * b.reshape(y[:s] + (1,) * len(left) + y[s:]), labels
    middle = len(shared) + len(left)
    rows, k, columns = math.prod(x[s:middle]), math.prod(x[middle:]), math.prod(y[s + len(inner) :])
    if shared:
        batch = math.prod(x[:s])
        found = bmm(a.reshape(batch, rows, k), b.reshape(batch, k, columns))
    elif not left and not right:
        found = dot(a.reshape(k), b.reshape(k))
    else:
        found = mm(a.reshape(rows, k), b.reshape(k, columns))
    return found.reshape(x[:middle] + y[s + len(inner) :]), labels


def _cheapest(terms: list[tuple[Tensor, Labels]], sizes: dict[Any, int]) -> tuple[int, int]:
    """The pair of operands whose product takes the fewest multiplications; of equal ones the first."""
    best, chosen = math.inf, (0, 1)
    for i in range(len(terms)):
        for j in range(i + 1, len(terms)):
            cost = math.prod(sizes[label] for label in {*terms[i][1], *terms[j][1]})
            if cost < best:
                best, chosen = cost, (i, j)
    return chosen


@composed(
    dtypes="no bool",
    family="products",
    samples=lambda r: [
        ("ij,jk->ik", r(3, 4), r(4, 2)),
        ("bij,bjk->bik", r(2, 3, 4), r(2, 4, 2)),
        ("ii", r(3, 3)),
        ("ii->i", r(3, 3)),
        ("...i,i", r(2, 3, 4), r(4)),
        ("ij,jk,kl->il", r(2, 3), r(3, 4), r(4, 2)),
        ("i,j->ij", r(3), r(2)),
        ("ij->", r(3, 2)),
        ("bn,anm,bm->ba", r(2, 3), r(4, 3, 2), r(2, 2)),
        (r(2, 3), [0, 1], r(3, 2), [1, 2], [0, 2]),
        ("ij,ij->j", r(3, 2), r(1, 2)),
    ],
)
def einsum(*args: Any) -> Tensor:
    """einsum(equation, *operands) -> Tensor

    The sum of products that the equation names: a letter for each dimension of each operand, and after `->` those of the result.
    Letters that are not in the result are summed over; a letter that stands twice in an operand takes the diagonal; `...` stands
    for any number of further dimensions, which broadcast. Without `->` the result has the dimensions of the ellipsis and then, in
    alphabetical order, the letters that stand once. Also einsum(operand, [0, 1], operand, [1, 2], [0, 2]), with numbers for letters.
    Operands are multiplied in pairs, those first whose product takes the fewest multiplications, each as one matrix product.
    Raises: RuntimeError for an equation that cannot be read, ShapeError for operands that do not fit it.

    >>> import lucet
    >>> lucet.einsum("ij,j->i", lucet.tensor([[1., 2.], [3., 4.]]), lucet.tensor([1., 1.]))
    tensor([3., 7.])
    """
    if not args:
        raise ValueError("einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list")
    if isinstance(args[0], Tensor):
        equation, operands = _from_sublists(args)
    else:
        equation, operands = args[0], list(args[1:])
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = list(operands[0])
    if not operands:
        raise RuntimeError("einsum(): must provide at least one operand")
    for operand in operands:
        if not isinstance(operand, Tensor):
            raise TypeError(f"einsum(): argument 'operands' must be tuple of Tensors, not {type(operand).__name__}")
    read, wanted = _read(equation, tuple([x.dim() for x in operands]))
    terms: list[tuple[Tensor, Labels]] = []
    sizes: dict[Any, int] = {}
    for k, (labels, x) in enumerate(zip(read, operands, strict=True)):
        if len(set(labels)) < len(labels):
            x, labels = _without_repeats(x, labels)
        for label, size in zip(labels, x.shape, strict=True):
            seen = sizes.get(label, 1)
            if seen != size and seen != 1 != size:
                raise error(
                    ShapeError, f"einsum(): subscript {label} has size {size} for operand {k} which does not broadcast with previously seen size {seen}"
                )
            sizes[label] = size if seen == 1 else seen
        terms.append((x, labels))
    while len(terms) > 1:
        i, j = _cheapest(terms, sizes) if len(terms) > 2 else (0, 1)
        others = [term for n, term in enumerate(terms) if n not in (i, j)]
        keep = frozenset(wanted).union(*(labels for _, labels in others))
        terms = [_pair(*terms[i], *terms[j], keep), *others]
    x, labels = _summed(*terms[0], wanted)
    x = _arranged(x, labels, wanted)
    return x.view_as(x) if x is operands[0] else x


# --- products of two -------------------------------------------------------------------------------------------------


def _pairs_of_dims(dims: Any, a: Tensor, b: Tensor) -> tuple[list[int], list[int]]:
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        return list(range(a.dim() - dims, a.dim())), list(range(dims))
    left, right = dims
    return ([left] if isinstance(left, int) else list(left)), ([right] if isinstance(right, int) else list(right))


@composed(
    dtypes="no bool",
    family="products",
    samples=lambda r: [(r(2, 3, 4), r(3, 4, 2)), (r(2, 3), r(3, 2), 1), (r(2, 3, 4), r(4, 2, 5), ([0, 2], [1, 0])), (r(2), r(3), 0)],
)
def tensordot(a: Tensor, b: Tensor, dims: Any = 2, out: Tensor | None = None) -> Tensor:
    """tensordot(a, b, dims=2, out=None) -> Tensor

    Products summed over pairs of dimensions: the last `dims` of `a` with the first of `b`, or those of two lists.
    Raises: ShapeError where the sizes of a pair differ, RuntimeError for dimensions that are not there.

    >>> import lucet
    >>> lucet.tensordot(lucet.ones(2, 3), lucet.ones(3, 2), dims=1)
    tensor([[3., 3.],
            [3., 3.]])
    """
    left, right = _pairs_of_dims(dims, a, b)
    if len(left) != len(right):
        raise RuntimeError("both dimension lists should have same length")
    for side, t in ((left, a), (right, b)):
        for i, dim in enumerate(side):
            if not -t.dim() <= dim < t.dim():
                raise IndexError(f"Dimension out of range (expected to be in range of [{-t.dim()}, {t.dim() - 1}], but got {dim})")
            side[i] = dim % t.dim()
        if len(set(side)) != len(side):
            raise RuntimeError(f"dim {max(side, key=side.count)} appears multiple times in the list of dims")
    for i, j in zip(left, right, strict=True):
        if a.shape[i] != b.shape[j] and 1 not in (a.shape[i], b.shape[j]):
            raise error(
                ShapeError,
                f"contracted dimensions need to match, but first has size {a.shape[i]} in dim {i} and second has size {b.shape[j]} in dim {j}",
            )
    la = tuple([("a", i) for i in range(a.dim())])
    lb = [("b", i) for i in range(b.dim())]
    for i, j in zip(left, right, strict=True):
        lb[j] = la[i]
    return _pair(a, la, b, tuple(lb), frozenset(la).symmetric_difference(lb))[0].to(a.dtype)  # sums of small integers stay small


def addbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    result = addbmm(input, batch1, batch2, beta=beta, alpha=alpha)
    if input.shape != result.shape and input.dim() <= 2 and input.device == result.device and not input._is_recorded():  # torch makes room
        input.copy_(input)  # refuses what may not be written, before its shape changes
        input.resize_(result.shape)
    return input.copy_(result)


@composed(
    method=True,
    inplace=addbmm_,
    family="products",
    dtypes="no bool",
    formula="input + (batch1 @ batch2).sum(0)",
    samples=lambda r: [(r(2, 3), r(4, 2, 5), r(4, 5, 3)), (r(3), r(2, 1, 2), r(2, 2, 3)), (r(2, 3), r(0, 2, 5), r(0, 5, 3))],
)
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1, out: Tensor | None = None) -> Tensor:
    """addbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None) -> Tensor

    beta * input + alpha * the sum of the matrix products of a batch: (b, n, m) and (b, m, p) give (n, p). With beta=0 `input` is not
    read. ShapeError where the sizes do not fit.

    >>> import lucet
    >>> lucet.addbmm(lucet.zeros(1), lucet.ones(2, 1, 3), lucet.ones(2, 3, 1))
    tensor([[6.]])
    """
    for name, t in (("batch1", batch1), ("batch2", batch2)):
        if t.dim() != 3:
            raise error(ShapeError, f"addbmm: {name} must be a 3D tensor, got {t.dim()} dimensions")
    if batch1.shape[0] != batch2.shape[0]:
        raise error(ShapeError, f"addbmm: batch1 and batch2 must have same number of batches, got {batch1.shape[0]} and {batch2.shape[0]}")
    if batch1.shape[2] != batch2.shape[1]:
        raise error(
            ShapeError, f"addbmm: Incompatible matrix sizes for bmm ({batch1.shape[1]}x{batch1.shape[2]} and {batch2.shape[1]}x{batch2.shape[2]})"
        )
    b, n, m = batch1.shape
    rows, columns = batch1.transpose(0, 1).reshape(n, b * m), batch2.reshape(b * m, batch2.shape[2])
    return named(addmm(input, rows, columns, beta=beta, alpha=alpha), "AddbmmBackward0")


@composed(method=True, dtypes="no bool", family="products", formula="inner(input, other)", samples=lambda r: [(r(3), r(3)), (r(2, 3), r(4, 3)), (r(), r(2, 3)), (r(2, 0), r(3, 0))])
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """inner(input, other, *, out=None) -> Tensor

    Products summed over the last dimension of both; a tensor without dimensions multiplies the other.
    ShapeError where the last sizes differ.

    >>> import lucet
    >>> lucet.inner(lucet.tensor([1, 2]), lucet.tensor([[1, 0], [3, 4]]))
    tensor([ 1, 11])
    """
    if input.dim() == 0 or other.dim() == 0:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise error(
            ShapeError,
            f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} and {list(other.shape)}",
        )
    la, lb = (*range(input.dim() - 1), "k"), (*range(-1, -other.dim(), -1), "k")
    return _pair(input, la, other, lb, frozenset(la[:-1] + lb[:-1]))[0]


@composed(method=True, casts=True, dtypes="all", family="products", formula="kron(input, other)", samples=lambda r: [(r(2, 3), r(3, 2)), (r(2), r(2, 3)), (r(), r(2)), (r(0, 2), r(3, 1))])
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """kron(input, other, *, out=None) -> Tensor

    The Kronecker product: every element of `input` times all of `other`, as blocks. The tensor of fewer dimensions gains some in front.

    >>> import lucet
    >>> lucet.kron(lucet.tensor([1, 2]), lucet.tensor([1, 10]))
    tensor([ 1, 10,  2, 20])
    """
    n = max(input.dim(), other.dim())
    a, b = (1,) * (n - input.dim()) + tuple(input.shape), (1,) * (n - other.dim()) + tuple(other.shape)
    blocks = input.reshape([s for size in a for s in (size, 1)]) * other.reshape([s for size in b for s in (1, size)])
    return blocks.reshape([x * y for x, y in zip(a, b)])


_CROSSED = (DTYPES["float32"], DTYPES["float64"])


def _cross(input: Tensor, other: Tensor, dim: int) -> Tensor:
    if input.shape[dim] != 3 or other.shape[dim] != 3:
        raise error(ShapeError, f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[dim]} and {other.shape[dim]}")
    at = _wrapped(dim, input, other)
    if input.dtype is other.dtype and input.dtype in _CROSSED and not (input.is_meta or other.is_meta):
        a, b = (input, other) if input.shape == other.shape else broadcast_tensors(input, other)
        result: Tensor = cross_products(a, b, at + a.dim() if at < 0 else at)
        recorded("LinalgCrossBackward0", _cross_rule, (a, b), (result,), (a, b), at)
        return result
    a, b = input.unbind(dim), other.unbind(dim)
    return stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], at)


def _cross_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], at: Any) -> list[Tensor | None]:
    (g,), (a, b) = grads, kept
    return [_cross(b, g, at) if wanted[0] else None, _cross(g, a, at) if wanted[1] else None]


def _wrapped(dim: int, input: Tensor, other: Tensor) -> int:
    """A dimension of the broadcast result, counted from the end."""
    return dim if dim < 0 else dim - input.dim() + max(input.dim(), other.dim())


def _cross_at(input: Tensor, other: Tensor, dim: int) -> Tensor:
    if input.dim() != other.dim():
        raise error(ShapeError, f"linalg.cross: inputs must have the same number of dimensions. Got {input.dim()} and {other.dim()}")
    if not -input.dim() <= dim < input.dim():
        raise IndexError(f"Dimension out of range (expected to be in range of [{-input.dim()}, {input.dim() - 1}], but got {dim})")
    if input.dtype is not other.dtype:
        raise error(DtypeError, f"linalg.cross: expected scalar type {str(input.dtype)[6:]} but found {str(other.dtype)[6:]}")
    return _cross(input, other, dim)


@composed(
    method=True, dtypes="all", family="products",
    samples=lambda r: [(r(2, 3), r(2, 3)), (r(3, 2), r(3, 2)), (r(2, 3), r(2, 3), 1), (r(2, 3), r(1, 3), -1), (r(0, 3), r(0, 3))],
)  # fmt: skip
def cross(input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """cross(input, other, dim=None, *, out=None) -> Tensor

    The cross products of vectors of three elements along `dim`, by default the first dimension of that size.

    >>> import lucet
    >>> lucet.cross(lucet.tensor([[1., 0., 0.]]), lucet.tensor([[0., 1., 0.]]), 1)
    tensor([[0., 0., 1.]])
    """
    if dim is None:
        if input.dim() == other.dim() and 3 not in input.shape:
            raise RuntimeError("no dimension of size 3 in input")
        warn_once("Using torch.cross without specifying the dim arg is deprecated: pass it, or use linalg.cross, where it is -1", stacklevel=3)
        dim = list(input.shape).index(3) if 3 in input.shape else -1
    return _cross_at(input, other, dim)


@composed(
    name="linalg_cross", public=False, also="linalg", dtypes="all", family="linalg",
    samples=lambda r: [(r(2, 3), r(2, 3)), (r(3, 2), r(3, 2), {"dim": 0}), (r(2, 3), r(1, 3))],
)  # fmt: skip
def linalg_cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """linalg.cross(input, other, *, dim=-1, out=None) -> Tensor

    The cross products of vectors of three elements along `dim`. ShapeError for another size.

    >>> import lucet
    >>> lucet.linalg.cross(lucet.tensor([1., 0., 0.]), lucet.tensor([0., 1., 0.]))
    tensor([0., 0., 1.])
    """
    return _cross_at(input, other, dim)


@composed(
    name="linalg_vecdot", public=False, also="linalg", dtypes="floats", family="linalg",
    samples=lambda r: [(r(2, 3), r(2, 3)), (r(3, 2), r(3, 2), {"dim": 0}), (r(2, 3), r(3)), (r(2, 0), r(2, 0))],
)  # fmt: skip
def linalg_vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """linalg.vecdot(x, y, *, dim=-1, out=None) -> Tensor

    The products of two stacks of vectors along `dim`, the first conjugated, summed.

    >>> import lucet
    >>> lucet.linalg.vecdot(lucet.ones(2, 3), lucet.ones(3))
    tensor([3., 3.])
    """
    for t in (x, y):
        if not (t.is_floating_point() or t.is_complex()):
            raise error(DtypeError, f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {str(t.dtype)[6:]}")
    if x.dtype is not y.dtype:
        raise error(DtypeError, f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {str(x.dtype)[6:]} and y of type {str(y.dtype)[6:]} instead")
    return ((x.conj() if x.is_complex() else x) * y).sum(dim)


@composed(method=True, dtypes="all", family="products", formula="trace(input)", samples=lambda r: [(r(3, 3),), (r(2, 4),), (r(0, 3),)])
def trace(input: Tensor) -> Tensor:
    """trace(input) -> Tensor

    The sum of the diagonal of a matrix. ShapeError for another number of dimensions.

    >>> import lucet
    >>> lucet.trace(lucet.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    if input.dim() != 2:
        raise error(ShapeError, f"trace: expected a matrix, but got tensor with dim {input.dim()}")
    return named(input.diagonal().sum(), "TraceBackward0")


# --- chains ----------------------------------------------------------------------------------------------------------


@lru_cache(256)
def _order(sizes: tuple[int, ...]) -> list[list[int]]:
    """Where to split a chain of matrices (sizes[i], sizes[i + 1]): Cormen et al., Introduction to Algorithms, 15.2."""
    n = len(sizes) - 1
    cost = [[0] * n for _ in range(n)]
    split = [[0] * n for _ in range(n)]
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i][j], split[i][j] = min(
                (cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    return split


def _chain(matrices: Sequence[Tensor], split: list[list[int]], i: int, j: int) -> Tensor:
    if i == j:
        return matrices[i]
    k = split[i][j]
    return mm(_chain(matrices, split, i, k), _chain(matrices, split, k + 1, j))


def _multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    if len(tensors) < 2:
        raise RuntimeError("multi_dot(): expected at least 2 tensors but got " + str(len(tensors)))
    first, last = tensors[0], tensors[-1]
    for name, t in (("first", first), ("last", last)):
        if t.dim() not in (1, 2):
            raise error(ShapeError, f"multi_dot(): the {name} tensor must be 1D or 2D but got {t.dim()}D")
    for i, t in enumerate(tensors):
        if 0 < i < len(tensors) - 1 and t.dim() != 2:
            raise error(ShapeError, f"multi_dot(): tensor {i} must be 2D but got {t.dim()}D")
        if t.dtype is not first.dtype:
            raise error(DtypeError, f"multi_dot(): all tensors must have be the same dtype but tensor 0 is {str(first.dtype)[6:]} and tensor {i} {str(t.dtype)[6:]}")
    matrices = list(tensors)
    if first.dim() == 1:
        matrices[0] = first.unsqueeze(0)
    if last.dim() == 1:
        matrices[-1] = last.unsqueeze(1)
    for i in range(len(matrices) - 1):
        if matrices[i].shape[1] != matrices[i + 1].shape[0]:
            raise error(
                ShapeError,
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(tensors[i].shape)} and {list(tensors[i + 1].shape)} cannot be multiplied",
            )
    sizes = (*[t.shape[0] for t in matrices], matrices[-1].shape[1])
    y = _chain(matrices, _order(sizes), 0, len(matrices) - 1)
    return y if first.dim() == last.dim() == 2 else y.reshape(tuple(first.shape[:-1]) + tuple(last.shape[1:]))


@composed(name="linalg_multi_dot", public=False, also="linalg", dtypes="no bool", family="linalg", samples=lambda r: [([r(2, 3), r(3, 4), r(4, 2)],), ([r(3), r(3, 2), r(2)],)])
def linalg_multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """linalg.multi_dot(tensors, *, out=None) -> Tensor

    The product of two or more matrices in the order that takes the fewest multiplications; the first and last may be vectors.

    >>> import lucet
    >>> lucet.linalg.multi_dot([lucet.ones(1, 2), lucet.ones(2, 3), lucet.ones(3)])
    tensor([6.])
    """
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(f"linalg_multi_dot(): argument 'tensors' (position 1) must be tuple of Tensors, not {type(tensors).__name__}")
    for i, t in enumerate(tensors):
        if not isinstance(t, Tensor):
            raise TypeError(f"linalg_multi_dot(): argument 'tensors' (position 1) must be tuple of Tensors, but element {i} is {type(t).__name__}")
    return _multi_dot(tensors)


@composed(dtypes="no bool", family="products", samples=lambda r: [(r(2, 3), r(3, 4), r(4, 2)), (r(2, 3),)])
def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor:
    """chain_matmul(*matrices, out=None) -> Tensor

    An older name of `lucet.linalg.multi_dot`, for matrices given one by one.

    >>> import lucet
    >>> lucet.chain_matmul(lucet.ones(1, 2), lucet.ones(2, 3)).shape
    lucet.Size([1, 3])
    """
    warn_once(
        "torch.chain_matmul is deprecated and will be removed in a future release: torch.linalg.multi_dot takes the matrices as a list", stacklevel=3
    )
    if len(matrices) == 0:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for i, t in enumerate(matrices):
        if t.dim() != 2:
            raise error(ShapeError, f"Tensor in argument {i} should be 2-dimensional, but got {t.dim()}-dimensional tensor.")
    return matrices[0].clone() if len(matrices) == 1 else _multi_dot(matrices)


@composed(
    also="nn.functional", dtypes="floats", family="products",
    samples=lambda r: [(r(2, 3), r(2, 4), r(5, 3, 4), r(5)), (r(2, 2, 3), r(2, 2, 4), r(2, 3, 4)), (r(0, 3), r(0, 2), r(2, 3, 2))],
)  # fmt: skip
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """bilinear(input1, input2, weight, bias=None) -> Tensor

    x1^T W_o x2 + b_o for each feature o: (..., i) and (..., j) inputs with an (o, i, j) weight give (..., o).

    >>> import lucet
    >>> lucet.bilinear(lucet.ones(1, 2), lucet.ones(1, 3), lucet.ones(1, 2, 3))
    tensor([[6.]])
    """
    if input1.dim() != input2.dim():
        raise error(ShapeError, f"bilinear(): input dimensions do not match: got {input1.dim()} and {input2.dim()}")
    for i in range(input1.dim() - 1):
        if input1.shape[i] != input2.shape[i]:
            raise error(ShapeError, f"bilinear(): input batch dimensions do not match at dim {i}: got {input1.shape[i]} and {input2.shape[i]}")
    for which, t in ((1, input1), (2, input2)):
        if t.shape[-1] != weight.shape[which]:
            raise error(ShapeError, f"bilinear(): input{which} size does not match weight size: got {t.shape[-1]} but expected {weight.shape[which]}")
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise error(ShapeError, f"bilinear(): bias size does not match weight size: got {bias.shape[0]} but expected {weight.shape[0]}")
    o, i, j = weight.shape
    lead = tuple(input1.shape[:-1])
    rows = math.prod(lead)
    mixed = mm(input1.reshape(rows, i), weight.permute(1, 0, 2).reshape(i, o * j)).reshape(rows, o, j)
    y = bmm(mixed, input2.reshape(rows, j, 1)).reshape((*lead, o))
    return y if bias is None else y + bias


alias("ger", "outer")
