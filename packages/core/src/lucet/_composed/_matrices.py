"""What the ops of linear algebra share: checks in torch's words, stacks of matrices, the way through NumPy. No public ops."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lucet._dtype import DTYPES, dtype
from lucet._errors import DtypeError, LinAlgError, ShapeError, error
from lucet._ops.create import empty, eye
from lucet._ops.interop import from_numpy, numpy_path
from lucet._ops.join import broadcast_shapes
from lucet._tensor import Tensor

INT32 = DTYPES["int32"]
REAL = {DTYPES["complex64"]: DTYPES["float32"], DTYPES["complex128"]: DTYPES["float64"]}
COMPLEX = {DTYPES["float32"]: DTYPES["complex64"], DTYPES["float64"]: DTYPES["complex128"]}
HALVES = (DTYPES["float16"], DTYPES["bfloat16"])


def named(kind: dtype) -> str:
    return kind._name


def real_of(t: Tensor) -> dtype:
    """The element type of magnitudes."""
    return REAL.get(t.dtype, t.dtype)


def check_floats(A: Tensor, op: str) -> None:
    if not (A.is_floating_point() or A.is_complex()):
        raise error(DtypeError, f"{op}: Expected a floating point or complex tensor as input. Got {named(A.dtype)}")
    if A.dtype in HALVES:
        raise error(DtypeError, f"{op}: Low precision dtypes not supported. Got {named(A.dtype)}")


def check_matrices(A: Tensor, op: str, name: str = "A") -> None:
    if A.dim() < 2:
        raise error(ShapeError, f"{op}: The input tensor {name} must have at least 2 dimensions.")


def check_square(A: Tensor, op: str, name: str = "A") -> None:
    check_matrices(A, op, name)
    if A.size(-1) != A.size(-2):
        raise error(ShapeError, f"{op}: {name} must be batches of square matrices, but they are {A.shape[-2]} by {A.shape[-1]} matrices")


def check_solve(A: Tensor, B: Tensor, op: str, left: bool) -> None:
    """The shapes and types of the two sides of AX = B, or XA = B."""
    check_square(A, op)
    check_matrices(B, op, "B")
    if A.dtype is not B.dtype:
        raise error(
            DtypeError, f"{op}: Expected A and B to have the same dtype, but found A of type {named(A.dtype)} and B of type {named(B.dtype)} instead"
        )
    if A.size(-2) != B.size(-2 if left else -1):
        sizes = f"{A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]}"
        raise error(ShapeError, f"{op}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} ({sizes})")


def check_phase(along: Tensor, what: str, end: str = "this quantity, so it is ill-defined") -> None:
    """Refuse gradients of complex vectors, `along` the vectors, that change with their phases: nothing fixes those."""
    if along.is_complex() and not along.is_meta and not bool(((along - along.conj()).abs() <= 0.02).all()):
        raise RuntimeError(
            f"{what} in the complex case are specified up to multiplication by e^{{i phi}}. The specified loss function depends on {end}."
        )


def element(info: Tensor) -> tuple[str, int] | None:
    """The first element of a batch that failed, as torch words it, and what its info says; None where all went well."""
    if info.is_meta or not info.any():
        return None
    codes = info.reshape(-1).tolist()
    at = next(i for i, code in enumerate(codes) if code)
    return (f"(Batch element {at}): " if info.dim() else ""), codes[at]


def refuse(info: Tensor, op: str, text: str) -> None:
    """LinAlgError where `info` tells of a failure; `{}` in the text stands for what it says."""
    found = element(info)
    if found is not None:
        raise error(LinAlgError, f"{op}: {found[0]}{text.replace('{}', str(found[1]))}")


def stacked(A: Tensor) -> Tensor:
    """(..., m, n) as (batch, m, n), without history."""
    if A.dim() == 2:
        return A.detach().unsqueeze(0)
    return A.detach() if A.dim() == 3 else A.detach().reshape(math.prod(A.shape[:-2]), *A.shape[-2:])


def adjoint_of(A: Tensor) -> Tensor:
    """The adjoint, computed where it is complex: for who reads it more than once, or hands it out. `mH` leaves that to each reader."""
    return A.mT.conj_physical()


def shaped(t: Tensor, shape: Sequence[int]) -> Tensor:
    """A result in its final shape, no view of anything the user sees."""
    return t.reshape(shape).detach()


def expanded(A: Tensor, B: Tensor) -> tuple[Tensor, Tensor]:
    """Matrices with their leading dimensions broadcast."""
    if A.dim() == B.dim() == 2:
        return A, B
    a, b = tuple(A.shape), tuple(B.shape)
    if a[:-2] == b[:-2]:
        return A, B
    lead = tuple(broadcast_shapes(a[:-2], b[:-2]))
    return A.expand(lead + a[-2:]), B.expand(lead + b[-2:])


def identity_like(A: Tensor, n: int) -> Tensor:
    return eye(n, dtype=A.dtype, device=A.device)


def well(r: Any, *shape: int) -> Tensor:
    """A sample that can be inverted."""
    return r(*shape) + 3 * identity_like(r(1), shape[-1])


def positive(r: Any, *shape: int) -> Tensor:
    """A sample that is symmetric and positive definite."""
    a = r(*shape)
    return a @ a.mT + 0.5 * identity_like(a, shape[-1])


def by_numpy(op: str, call: Callable[..., Any], inputs: Sequence[Tensor], results: Sequence[tuple[Sequence[int], dtype]]) -> list[Tensor]:
    """What `call(numpy, *arrays)` returns, an array or a tuple, as tensors of the given shapes and types; on meta only these."""
    if any(t.is_meta for t in inputs):
        return [empty(tuple(shape), dtype=kind, device="meta") for shape, kind in results]
    numpy = numpy_path(op)
    arrays = [t.detach().resolve_conj().numpy() for t in inputs]
    found = call(numpy, *arrays)
    found = found if isinstance(found, tuple) else (found,)
    return [
        from_numpy(numpy.ascontiguousarray(array, named(kind)).reshape(tuple(shape)))
        for array, (shape, kind) in zip(found, results, strict=True)
    ]


def tried_numpy(
    op: str, call: Callable[..., Any], A: Tensor, results: Sequence[tuple[Sequence[int], dtype]], text: str
) -> list[Tensor]:
    """`by_numpy` of one stack of matrices; where NumPy gives up, LinAlgError with `text` for the first matrix that it gives up on. NaN and
    infinity are not shown to it: some of LAPACK's iterations never end on them."""
    if not A.is_meta:
        refuse(~A.isfinite().all(-1).all(-1), op, "The algorithm failed to converge because the input matrix contained non-finite values.")
    try:
        return by_numpy(op, call, [A], results)
    except ValueError as problem:  # NumPy's LinAlgError is one
        if type(problem).__name__ != "LinAlgError":
            raise
    numpy = numpy_path(op)

    def gives_up(matrix: Tensor) -> bool:
        try:
            call(numpy, matrix.resolve_conj().numpy())
        except numpy.linalg.LinAlgError:
            return True
        return False

    batch = stacked(A)
    at = next((i for i, matrix in enumerate(batch) if gives_up(matrix)), 0)
    raise error(LinAlgError, f"{op}: {f'(Batch element {at}): ' if A.dim() > 2 else ''}{text}")
