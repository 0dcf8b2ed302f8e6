"""Parametrizations that are ready: orthogonal matrices, weights by direction and length, weights of spectral norm 1."""

from enum import Enum, auto
from typing import Any

import lucet
from lucet import Tensor
from lucet.nn.functional import normalize
from lucet.nn.modules.module import Module
from lucet.nn.utils import parametrize
from lucet.nn.utils._transposed import output_dim

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


# --- orthogonal matrices ---------------------------------------------------------------------------------------------


def _is_orthogonal(Q: Tensor) -> bool:
    n, k = Q.shape[-2:]
    slack = 10.0 * n * lucet.finfo(Q.dtype).eps
    return lucet.allclose(Q.mH @ Q, lucet.eye(k, dtype=Q.dtype, device=Q.device), atol=slack)


def _made_orthogonal(A: Tensor) -> Tensor:
    """The factor Q of A = QR for which R has a positive diagonal."""
    X, tau = lucet.geqrf(A)
    return lucet.linalg.householder_product(X, tau) * X.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


class _OrthMaps(Enum):
    matrix_exp = auto()
    cayley = auto()
    householder = auto()


class _Orthogonal(Module):
    base: Any

    def __init__(self, weight: Tensor, orthogonal_map: _OrthMaps, *, use_trivialization: bool = True) -> None:
        super().__init__()
        if weight.is_complex() and orthogonal_map is _OrthMaps.householder:
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        n, k = X.shape[-2:]
        turned = n < k
        if turned:
            X = X.mT
            n, k = k, n
        Q = self._reflected(X) if self.orthogonal_map is _OrthMaps.householder else self._from_skew(X, n, k)
        if hasattr(self, "base"):
            Q = self.base @ Q
        return Q.mT if turned else Q

    def _from_skew(self, X: Tensor, n: int, k: int) -> Tensor:
        """The exponential, or Cayley's transform, of the skew part of the lower triangle."""
        X = X.tril()
        if n != k:
            X = lucet.cat([X, X.new_zeros(n, n - k).expand(*X.shape[:-2], -1, -1)], dim=-1)
        A = X - X.mH
        if self.orthogonal_map is _OrthMaps.matrix_exp:
            Q = lucet.matrix_exp(A)
        else:
            unit = lucet.eye(n, dtype=A.dtype, device=A.device)
            Q = lucet.linalg.solve(lucet.add(unit, A, alpha=-0.5), lucet.add(unit, A, alpha=0.5))
        return Q[..., :k] if n != k else Q

    def _reflected(self, X: Tensor) -> Tensor:
        """The product of reflections by the columns below the diagonal, which itself holds signs."""
        A = X.tril(diagonal=-1)
        tau = 2.0 / (1.0 + (A * A).sum(dim=-2))
        return lucet.linalg.householder_product(A, tau) * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    @lucet.no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {Q.shape}.")
        given = Q
        n, k = Q.shape[-2:]
        turned = n < k
        if turned:
            Q = Q.mT
            n, k = k, n
        if not hasattr(self, "base"):
            if self.orthogonal_map is not _OrthMaps.householder:
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False."
                )
            A, tau = lucet.geqrf(Q)
            A.diagonal(dim1=-2, dim2=-1).sign_()
            A.diagonal(dim1=-2, dim2=-1)[tau == 0.0] *= -1
            return A.mT if turned else A
        if n != k:  # completed to a square matrix
            rest = lucet.randn(*Q.shape[:-2], n, n - k, dtype=Q.dtype, device=Q.device)
            self.base = _made_orthogonal(lucet.cat([Q, rest], dim=-1))
        else:
            self.base = Q.clone() if _is_orthogonal(Q) else _made_orthogonal(Q)
        # of all maps the value at this matrix is the unit matrix, or its columns up to k
        start = lucet.zeros_like(given)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start


def _tensor_of(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """Keep the matrix `name`, or each of a batch, orthogonal (unitary if complex); returns the module.

    Wide matrices have orthonormal rows, tall ones orthonormal columns. The map is "matrix_exp" (of square and complex
    ones, unless said otherwise), "cayley" or "householder". With `use_trivialization` the tensor is a fixed matrix times
    the map's, so any value can be assigned, at the cost of one more matrix of that size.

    Shape: (..., n, k). Raises: ValueError for fewer dimensions, another map, and "householder" with complex numbers.
    Source: Lezcano-Casado, Trivializations for Gradient-Based Optimization on Manifolds (2019).

    >>> import lucet
    >>> from lucet import nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(4, 3))
    >>> lucet.allclose(layer.weight @ layer.weight.mT, lucet.eye(3), atol=1e-6)
    True
    """
    weight = _tensor_of(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.size(-2) == weight.size(-1) or weight.is_complex() else "householder"
    chosen = getattr(_OrthMaps, orthogonal_map, None)
    if chosen is None:
        raise ValueError(f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}')
    part = _Orthogonal(weight, chosen, use_trivialization=use_trivialization)
    return parametrize.register_parametrization(module, name, part, unsafe=True)


# --- weight normalisation --------------------------------------------------------------------------------------------


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return lucet._weight_norm(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return lucet.norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Learn the lengths (`original0`) and directions (`original1`) of a weight apart; returns the module.

    There is a length for each index of `dim`, one for all with None. Checkpoints of the older form, with `weight_g` and
    `weight_v`, load as they are.

    Source: Salimans and Kingma, Weight Normalization (2016), equation 2.

    >>> from lucet import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))
    >>> layer.parametrizations.weight.original0.shape, layer.parametrizations.weight.original1.shape
    (lucet.Size([3, 1]), lucet.Size([3, 4]))
    """
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def rename(state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
        length, direction = f"{prefix}{name}_g", f"{prefix}{name}_v"
        if length in state_dict and direction in state_dict:
            state_dict[f"{prefix}parametrizations.{name}.original0"] = state_dict.pop(length)
            state_dict[f"{prefix}parametrizations.{name}.original1"] = state_dict.pop(direction)

    module._register_load_state_dict_pre_hook(rename)
    return module


# --- spectral normalisation ------------------------------------------------------------------------------------------


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        rank = weight.ndim
        if not -rank <= dim < rank:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{rank}, {rank - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim % rank
        self.eps = eps
        if rank > 1:
            self.n_power_iterations = n_power_iterations
            matrix = self._matrix(weight)
            u = matrix.new_empty(matrix.shape[0]).normal_(0, 1)
            v = matrix.new_empty(matrix.shape[1]).normal_(0, 1)
            self.register_buffer("_u", normalize(u, dim=0, eps=eps))
            self.register_buffer("_v", normalize(v, dim=0, eps=eps))
            self._iterate(matrix, 15)

    def _matrix(self, weight: Tensor) -> Tensor:
        """(outputs, all else)"""
        return (weight.movedim(self.dim, 0) if self.dim else weight).flatten(1)

    @lucet.no_grad()
    def _iterate(self, matrix: Tensor, times: int) -> None:
        """Power iteration, written into the two buffers, so that whoever shares them sees it."""
        for _ in range(times):
            self._u = normalize(lucet.mv(matrix, self._v), dim=0, eps=self.eps, out=self._u)
            self._v = normalize(lucet.mv(matrix.H, self._u), dim=0, eps=self.eps, out=self._v)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = self._matrix(weight)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        # copies, since the buffers change before backward reads them where a weight is used twice
        u, v = (x.clone(memory_format=lucet.contiguous_format) for x in (self._u, self._v))
        return weight / lucet.vdot(u, lucet.mv(matrix, v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a weight by its largest singular value, which a power iteration follows while training; returns the module.

    The weight is taken as a matrix whose rows go by `dim`: 1 for transposed convolutions, else 0.

    Raises: ValueError for a number of iterations that is not positive, IndexError for a `dim` that is not there.
    Source: Miyato et al., Spectral Normalization for Generative Adversarial Networks (2018), algorithm 1.

    >>> import lucet
    >>> from lucet import nn
    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3))
    >>> round(lucet.linalg.matrix_norm(layer.weight, 2).item(), 2)
    1.0
    """
    weight = _tensor_of(module, name)
    part = _SpectralNorm(weight, n_power_iterations, output_dim(module) if dim is None else dim, eps)
    return parametrize.register_parametrization(module, name, part)
