"""One number of many bits: hash_tensor."""

from collections.abc import Sequence

from lucet._composed._define import composed
from lucet._composed._matrices import named
from lucet._dtype import DTYPES
from lucet._errors import DtypeError, ShapeError, error
from lucet._tensor import Tensor

_BITS = DTYPES["int64"]


@composed(method=True, grad="no", family="reduce", dtypes="all but complex", samples=lambda r: [(r(3, 4),), (r(3, 5), 1), (r(2, 3, 4), (0, 2), {"keepdim": True}), (r(),)])
def hash_tensor(input: Tensor, dim: int | Sequence[int] = (), *, keepdim: bool = False, mode: int = 0, out: Tensor | None = None) -> Tensor:
    """hash_tensor(input, dim=(), *, keepdim=False, mode=0, out=None) -> Tensor

    The exclusive or of the bits of all elements, as float64 or int64, over `dim` (an int or several; all for ()): int64, where torch has the
    same bits as uint64. `mode` is 0. DtypeError for complex numbers, ShapeError for nothing at all, IndexError for an empty dimension.

    >>> import lucet
    >>> lucet.hash_tensor(lucet.tensor([1, 2, 4]))
    tensor(7)
    """
    if mode != 0:
        raise RuntimeError(f"Unknown hash_tensor mode: {mode}")
    if input.is_complex():
        raise error(DtypeError, f"hash_tensor: not implemented for {named(input.dtype)}")
    given = (dim,) if isinstance(dim, int) else tuple(dim or ())
    if input.numel() == 0 and not given:
        raise error(ShapeError, "hash_tensor: Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.")
    bits = input.detach().double().contiguous().view(_BITS) if input.is_floating_point() else input.to(_BITS)
    if not input.dim():
        return bits.clone()
    axes = {d % input.dim() for d in given if input.size(d) >= 0} or set(range(input.dim()))  # IndexError for one that is not there
    for d in axes:
        if input.shape[d] == 0:
            raise IndexError(f"hash_tensor: Expected reduction dim {d} to have non-zero size.")
    kept = [d for d in range(input.dim()) if d not in axes]
    lines = bits.permute(*kept, *sorted(axes)).flatten(len(kept))
    while lines.shape[-1] > 1:
        half = (lines.shape[-1] + 1) // 2
        first, second = lines[..., :half].clone(), lines[..., half:]
        first[..., : second.shape[-1]] ^= second
        lines = first
    return lines.reshape([1 if d in axes else n for d, n in enumerate(input.shape) if keepdim or d not in axes]).clone()
