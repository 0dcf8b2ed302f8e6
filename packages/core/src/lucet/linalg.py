"""Linear algebra: names and docs. Norms are ops of the core; decompositions go through NumPy's LAPACK."""

from typing import NamedTuple

from lucet._errors import ShapeError, error
from lucet._ops import vector_norm as vector_norm
from lucet._ops.interop import from_numpy, numpy_path
from lucet._tensor import Tensor


class QR(NamedTuple):
    """The two factors of `qr`."""

    Q: Tensor
    R: Tensor


def qr(A: Tensor, mode: str = "reduced") -> QR:
    """qr(A, mode="reduced") -> (Q, R)

    The decomposition A = QR of (..., m, n) matrices into Q with orthonormal columns and upper triangular R. `mode` is "reduced"
    (Q (m, k), R (k, n) with k = min(m, n)), "complete" (Q (m, m), R (m, n)) or "r" (an empty Q).

    Raises: RuntimeError for another mode and for a tensor that would have to be recorded (no gradient is offered), ShapeError for
    fewer than two dimensions. Computed by NumPy (LAPACK's geqrf and orgqr).

    >>> import lucet
    >>> Q, R = lucet.linalg.qr(lucet.tensor([[3., 1.], [4., 2.]]))
    >>> lucet.allclose(Q @ R, lucet.tensor([[3., 1.], [4., 2.]]))
    True
    """
    from lucet._modes import is_grad_enabled

    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    if A.dim() < 2:
        raise error(ShapeError, f"linalg.qr: The input tensor A must have at least 2 dimensions, got {A.dim()}.")
    if not A.is_floating_point():
        raise RuntimeError(f"linalg.qr: Expected a floating point tensor as input. Got {A.dtype}")
    if A.requires_grad and is_grad_enabled():
        raise RuntimeError("linalg.qr: no gradient is offered; call it under no_grad() or on a detached tensor")
    numpy = numpy_path("linalg.qr")
    found = numpy.linalg.qr(A.detach().numpy(), mode)
    if mode == "r":
        return QR(A.new_empty(0), from_numpy(numpy.ascontiguousarray(found)))
    return QR(*(from_numpy(numpy.ascontiguousarray(factor)) for factor in found))
