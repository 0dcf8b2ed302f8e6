"""How a gamma variate moves with the shape of its distribution, while its place among all variates stays."""

import math

from lucet._composed._define import composed
from lucet._errors import DtypeError, error
from lucet._ops.pointwise import where_function as where
from lucet._tensor import Tensor

# The trapezoidal rule in t, for u = scale * exp(t - exp(-t)): a rule for integrals from 0 on of what falls off like exp(-u / scale).
_STEP = 0.1
_NODES = [(math.exp(t - math.exp(-t)), _STEP * (1 + math.exp(-t))) for t in (i * _STEP for i in range(-36, 65))]
_WIDE = 1e8  # from here on the distribution is a normal one


@composed(family="random", grad="no", dtypes="float32 float64", samples=lambda r: [(r(3, 4).abs() + 0.1, r(3, 4).abs() + 0.1), (r().abs() + 0.1, r().abs() + 0.1), (r(0, 2), r(0, 2))])
def _standard_gamma_grad(input: Tensor, output: Tensor) -> Tensor:
    """_standard_gamma_grad(input, output) -> Tensor

    The derivative of variates `output`, as `_standard_gamma` draws them, in the shapes `input`: -dF/da / f for the distribution function F
    and the density f, by quadrature in float64. Dtype: float32 or float64, the same for both.

    Source: Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients" (2018).

    >>> import lucet
    >>> lucet._standard_gamma_grad(lucet.tensor([1.]), lucet.tensor([1.]))
    tensor([1.1736])
    """
    if str(input.dtype)[6:] not in ("float32", "float64") or input.dtype is not output.dtype:
        raise error(DtypeError, f"_standard_gamma_grad: expected float32 or float64 twice, got {str(input.dtype)[6:]} and {str(output.dtype)[6:]}")
    alpha, z = input.detach().double(), output.detach().double()
    above = z > alpha  # integrate over the smaller side: from z up, else from z down to 0
    shift = z.log() - alpha.digamma()
    rate = where(above | (alpha > 1), (z - alpha).abs().maximum(where(above, z, alpha).sqrt()), alpha)
    scale = (1 / rate).minimum(where(above, (1 / z).log1p() + 1, math.inf))
    total = shift * 0
    for node, weight in _NODES:
        u = scale * node
        exponent = where(above, alpha * u - z * u.expm1(), z * -(-u).expm1() - alpha * u)
        total = total + where(exponent > -80, (shift + where(above, u, -u)) * exponent.exp() * (weight * u), 0)
    slope = where(above, total, -total) * z
    return where(alpha > _WIDE, (alpha + z) / (2 * alpha), slope).to(input.dtype)
