"""Named results of ops that return several tensors (`lucet.return_types`): tuples whose parts also have names. No ops here."""

from operator import itemgetter
from typing import Any


class _Named(tuple):
    """Base of the named results: a tuple that prints its fields by name."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    with_out: Any = None  # the type of the same parts where they were written into `out=`

    def __repr__(self) -> str:
        parts = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"lucet.return_types.{type(self).__name__}(\n{parts})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (tuple(self),)


def _named(name: str, *fields: str) -> type[_Named]:
    """A tuple type with the given field names."""
    body: dict[str, Any] = {field: property(itemgetter(i), doc=f"Part {i}.") for i, field in enumerate(fields)}
    body |= {
        "__slots__": (),
        "__module__": __name__,
        "__doc__": f"What `{name}` returns: ({', '.join(fields)}).",
        "_fields": fields,
        "n_fields": len(fields),
        "n_sequence_fields": len(fields),
        "n_unnamed_fields": 0,
        "__match_args__": fields,
    }
    made = type(name, (_Named,), body)
    if name not in ("histogramdd", "_lu_with_info"):
        body["__doc__"] = f"What `{name}` returns with `out=`: ({', '.join(fields)})."
        made.with_out = globals()[f"{name}_out"] = type(f"{name}_out", (_Named,), body)
    return made


max = _named("max", "values", "indices")
min = _named("min", "values", "indices")
sort = _named("sort", "values", "indices")
topk = _named("topk", "values", "indices")
kthvalue = _named("kthvalue", "values", "indices")
median = _named("median", "values", "indices")
mode = _named("mode", "values", "indices")
nanmedian = _named("nanmedian", "values", "indices")
cummax = _named("cummax", "values", "indices")
cummin = _named("cummin", "values", "indices")
histogram = _named("histogram", "hist", "bin_edges")
histogramdd = _named("histogramdd", "hist", "bin_edges")
aminmax = _named("aminmax", "min", "max")
frexp = _named("frexp", "mantissa", "exponent")
svd = _named("svd", "U", "S", "V")
qr = _named("qr", "Q", "R")
slogdet = _named("slogdet", "sign", "logabsdet")
geqrf = _named("geqrf", "a", "tau")
triangular_solve = _named("triangular_solve", "solution", "cloned_coefficient")
lu_unpack = _named("lu_unpack", "P", "L", "U")
_lu_with_info = _named("_lu_with_info", "LU", "pivots", "info")
linalg_svd = _named("linalg_svd", "U", "S", "Vh")
linalg_eigh = _named("linalg_eigh", "eigenvalues", "eigenvectors")
linalg_eig = _named("linalg_eig", "eigenvalues", "eigenvectors")
linalg_qr = _named("linalg_qr", "Q", "R")
linalg_inv_ex = _named("linalg_inv_ex", "inverse", "info")
linalg_solve_ex = _named("linalg_solve_ex", "result", "info")
linalg_lstsq = _named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
linalg_slogdet = _named("linalg_slogdet", "sign", "logabsdet")
linalg_cholesky_ex = _named("linalg_cholesky_ex", "L", "info")
linalg_lu = _named("linalg_lu", "P", "L", "U")
linalg_ldl_factor = _named("linalg_ldl_factor", "LD", "pivots")
linalg_ldl_factor_ex = _named("linalg_ldl_factor_ex", "LD", "pivots", "info")
linalg_lu_factor = _named("linalg_lu_factor", "LU", "pivots")
linalg_lu_factor_ex = _named("linalg_lu_factor_ex", "LU", "pivots", "info")
