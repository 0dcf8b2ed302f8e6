"""Functions of square matrices and equations of tensors: powers, the exponential, condition numbers, tensorinv, tensorsolve."""

import math
from typing import Any

from lucet._composed._define import composed
from lucet._composed._matrices import adjoint_of, check_floats, check_square, identity_like, real_of, refuse, well
from lucet._composed.factors import inverse_of, inverted, solve_of, solved
from lucet._composed.singular import matrix_norm_of, singular_values
from lucet._dtype import DTYPES, promote_types
from lucet._errors import ShapeError, error
from lucet._ops.composing import recorded
from lucet._ops.join import cat
from lucet._ops.pointwise import where_function as where
from lucet._tensor import Tensor

# --- powers ----------------------------------------------------------------------------------------------------------


def _power(A: Tensor, n: int, op: str) -> Tensor:
    check_square(A, op)
    if n < 0:
        return _power(inverse_of(A), -n, op)
    if n == 0:
        unit = identity_like(A, A.shape[-1])
        return A.masked_fill(unit == unit, 0) + unit  # whatever A holds; it keeps its place in the graph
    result = None
    while True:  # binary digits of n, lowest first
        if n & 1:
            result = A if result is None else result @ A
        n >>= 1
        if not n:
            return result.clone() if result is A else result  # type: ignore[union-attr, return-value]
        A = A @ A


_POWERS = lambda r: [(well(r, 3, 3), 3), (r(2, 2, 2), 2), (well(r, 2, 2), -2), (r(2, 2), 0), (r(2, 2), 1), (r(0, 0), 2)]


@composed(name="linalg_matrix_power", public=False, also="linalg", family="linalg", dtypes="no bool", samples=_POWERS)
def linalg_matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """linalg.matrix_power(A, n, *, out=None) -> Tensor

    The n-th powers of (..., m, m) matrices by repeated squaring; of the inverses for a negative n.

    >>> import lucet
    >>> lucet.linalg.matrix_power(lucet.tensor([[1., 1.], [0., 1.]]), 5)
    tensor([[1., 5.],
            [0., 1.]])
    """
    return _power(A, n, "linalg.matrix_power")


@composed(method=True, family="linalg", dtypes="no bool", samples=_POWERS)
def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """matrix_power(input, n, *, out=None) -> Tensor

    The same as `lucet.linalg.matrix_power`.

    >>> import lucet
    >>> lucet.matrix_power(lucet.tensor([[2.]]), 3)
    tensor([[8.]])
    """
    return _power(input, n, "linalg.matrix_power")


# --- exponential -----------------------------------------------------------------------------------------------------

# Coefficients of the diagonal Pade approximant of degree 13, and the norm up to which it is exact to the unit roundoff of float64:
# N. J. Higham, The scaling and squaring method for the matrix exponential revisited, 2005, table 2.3.
_PADE = (
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
    33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
)  # fmt: skip
_REACH = 5.371920351148152


def _pade(A: Tensor) -> Tensor:
    c, unit = _PADE, identity_like(A, A.shape[-1])
    A2 = A @ A
    A4 = A2 @ A2
    A6 = A4 @ A2
    odd = A @ (A6 @ (A6 * c[13] + A4 * c[11] + A2 * c[9]) + A6 * c[7] + A4 * c[5] + A2 * c[3] + unit * c[1])
    even = A6 @ (A6 * c[12] + A4 * c[10] + A2 * c[8]) + A6 * c[6] + A4 * c[4] + A2 * c[2] + unit * c[0]
    return solved(even - odd, even + odd)[0]


def _exponential(A: Tensor) -> Tensor:
    """Without history: each matrix scaled below the reach of its approximant, and squared as often afterwards."""
    if A.is_meta or not A.numel():
        return A.new_empty(A.shape)
    if A.shape[-1] == 1:
        return A.exp()
    if real_of(A) is DTYPES["float32"]:  # small elements beside large ones keep their digits
        return _exponential(A.to(promote_types(A.dtype, DTYPES["float64"]))).to(A.dtype)
    norm = A.abs().sum(-2).amax(-1)
    norm = norm.masked_fill(~norm.isfinite(), 0)
    times = (norm / _REACH).log2().ceil().clamp_min(0)
    X = _pade(A / times.exp2()[..., None, None])
    most = int(times.max())
    for k in range(most):
        square = X @ X
        X = square if bool((times > k).all()) else where((times > k)[..., None, None], square, X)
    return X


def _matrix_exp(A: Tensor, op: str) -> Tensor:
    check_square(A, op)
    check_floats_or_half(A, op)
    if real_of(A) not in (DTYPES["float32"], DTYPES["float64"]):
        return _matrix_exp(A.float(), op).to(A.dtype)
    X = _exponential(A.detach())
    recorded("LinalgMatrixExpBackward0", _exp_rule, (A,), (X,), (A,))
    return X


def check_floats_or_half(A: Tensor, op: str) -> None:
    if not A.is_floating_point():
        check_floats(A, op)


def _exp_rule(wanted: list[bool], grads: list[Any], kept: list[Tensor], options: object) -> list[Tensor | None]:
    """The upper right block of exp([[A^H, g], [0, A^H]]): I. Najfeld, T. F. Havel, Derivatives of the matrix exponential and their
    computation, 1995, theorem 4.13. It is linear in g, which is brought to the size of 1 first: a large one would be squared away."""
    (g,), (A,) = grads, kept
    n = A.shape[-1]
    Ah = adjoint_of(A)
    size = g.detach().abs().amax((-2, -1), keepdim=True) if g.numel() else g.detach().real
    size = where((size > 0) & size.isfinite(), size.log2().ceil().exp2(), 1)
    block = cat([cat([Ah, g / size], -1), cat([Ah * 0, Ah], -1)], -2)
    return [_matrix_exp(block, "linalg.matrix_exp")[..., :n, n:] * size]


_EXPONENTS = lambda r: [(r(3, 3),), (r(2, 2, 2) * 3,), (r(1, 1),), (r(0, 0),), (r(0, 2, 2),)]


@composed(name="linalg_matrix_exp", public=False, also="linalg", family="linalg", samples=_EXPONENTS)
def linalg_matrix_exp(A: Tensor) -> Tensor:
    """linalg.matrix_exp(A) -> Tensor

    The exponentials of (..., n, n) matrices: the sum of A^k / k!, by scaling, Pade approximants and squaring.

    >>> import lucet
    >>> lucet.linalg.matrix_exp(lucet.tensor([[0., 1.], [0., 0.]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    return _matrix_exp(A, "linalg.matrix_exp")


@composed(method=True, family="linalg", samples=_EXPONENTS)
def matrix_exp(input: Tensor) -> Tensor:
    """matrix_exp(input) -> Tensor

    The same as `lucet.linalg.matrix_exp`.

    >>> import lucet
    >>> lucet.matrix_exp(lucet.zeros(1, 1))
    tensor([[1.]])
    """
    return _matrix_exp(input, "linalg.matrix_exp")


# --- tensors as matrices ---------------------------------------------------------------------------------------------


@composed(name="linalg_tensorinv", public=False, also="linalg", family="linalg", samples=lambda r: [(well(r, 4, 4).reshape(2, 2, 4), 2), (well(r, 4, 4).reshape(4, 2, 2), 1)])
def linalg_tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """linalg.tensorinv(A, ind=2, *, out=None) -> Tensor

    The inverse of A as a matrix from its last dimensions to its first `ind`, which come last in the result.

    >>> import lucet
    >>> lucet.linalg.tensorinv(lucet.eye(4).reshape(2, 2, 4)).shape
    lucet.Size([4, 2, 2])
    """
    check_floats(A, "linalg.tensorinv")
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    first, last = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    n, m = math.prod(last), math.prod(first)
    if n != m:
        raise error(ShapeError, f"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {n} != {m}")
    return inverse_of(A.reshape(n, n)).reshape(last + first)


@composed(name="linalg_tensorsolve", public=False, also="linalg", family="linalg", samples=lambda r: [(well(r, 4, 4).reshape(2, 2, 4), r(2, 2)), (well(r, 4, 4).reshape(2, 4, 2), r(2, 2), (1,))])
def linalg_tensorsolve(input: Tensor, other: Tensor, dims: Any = None, *, out: Tensor | None = None) -> Tensor:
    """linalg.tensorsolve(input, other, dims=None, *, out=None) -> Tensor

    The X with tensordot(input, X, X.dim()) equal to `other`; `dims` of `input` are moved to its end first.

    >>> import lucet
    >>> lucet.linalg.tensorsolve(lucet.eye(4).reshape(2, 2, 4), lucet.ones(2, 2))
    tensor([1., 1., 1., 1.])
    """
    A, B = input, other
    check_floats(A, "linalg.tensorsolve")
    if dims is not None:
        dims = (dims,) if isinstance(dims, int) else tuple(dims)
        A = A.movedim(dims, tuple(range(A.dim() - len(dims), A.dim())))
    shape = tuple(A.shape[B.dim() :])
    n, m = math.prod(shape), math.prod(A.shape[: B.dim()])
    if n != m:
        raise error(
            ShapeError, f"Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {n} != {m}"
        )
    X, info = solve_of(A.reshape(n, n), B.reshape(n), True, "linalg.solve")
    refuse(info, "torch.linalg.solve", "The solver failed because the input matrix is singular.")
    return X.reshape(shape)


# --- condition -------------------------------------------------------------------------------------------------------


@composed(name="linalg_cond", public=False, also="linalg", family="linalg", numpy=True, samples=lambda r: [(r(3, 3),), (r(3, 2), 2), (r(2, 3, 3), "fro"), (r(3, 3), 1), (r(3, 3), -2), (r(0, 0),)])
def linalg_cond(A: Tensor, p: Any = None, *, out: Tensor | None = None) -> Tensor:
    """linalg.cond(A, p=None, *, out=None) -> Tensor

    The condition numbers of matrices for inversion: norm(A, p) * norm(inv(A), p), with p one of `matrix_norm`'s; None and 2 the
    quotient of the largest and the smallest singular value, of matrices of any sizes. Infinite for singular ones.

    >>> import lucet
    >>> lucet.linalg.cond(lucet.tensor([[3., 0.], [0., 4.]]))
    tensor(1.3333)
    """
    if A.dim() < 2:
        raise error(ShapeError, "linalg.cond: The input tensor must have at least 2 dimensions.")
    check_floats(A, "linalg.cond")
    if not A.numel():
        return A.new_zeros(A.shape[:-2]).to(real_of(A))
    if p is None or not isinstance(p, str) and abs(p) == 2:
        S = singular_values(A, "linalg.cond")
        return S[..., -1] / S[..., 0] if p == -2 else S[..., 0] / S[..., -1]
    if isinstance(p, str) and p not in ("fro", "nuc") or not isinstance(p, str) and abs(p) not in (1, float("inf")):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p == "nuc":
        S = singular_values(A, "linalg.cond")
        return S.sum(-1) * (1 / S).sum(-1)
    X, info = inverted(A, "linalg.cond")
    if not info.is_meta and info.any():
        X = X.masked_fill((info != 0)[..., None, None], float("inf"))
    return matrix_norm_of(A, p, (-2, -1), False, None, "linalg.matrix_norm") * matrix_norm_of(X, p, (-2, -1), False, None, "linalg.matrix_norm")
