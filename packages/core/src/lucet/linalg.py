"""Linear algebra under the names of `torch.linalg`: names only, the functions are ops of the core."""

from lucet._composed.arrangements import linalg_diagonal as diagonal
from lucet._composed.arrangements import linalg_vander as vander
from lucet._composed.cholesky import linalg_cholesky as cholesky
from lucet._composed.cholesky import linalg_cholesky_ex as cholesky_ex
from lucet._composed.factors import linalg_det as det
from lucet._composed.factors import linalg_inv as inv
from lucet._composed.factors import linalg_inv_ex as inv_ex
from lucet._composed.factors import linalg_lu as lu
from lucet._composed.factors import linalg_lu_factor as lu_factor
from lucet._composed.factors import linalg_lu_factor_ex as lu_factor_ex
from lucet._composed.factors import linalg_lu_solve as lu_solve
from lucet._composed.factors import linalg_slogdet as slogdet
from lucet._composed.factors import linalg_solve as solve
from lucet._composed.factors import linalg_solve_ex as solve_ex
from lucet._composed.factors import linalg_solve_triangular as solve_triangular
from lucet._composed.functions import linalg_cond as cond
from lucet._composed.functions import linalg_matrix_exp as matrix_exp
from lucet._composed.functions import linalg_matrix_power as matrix_power
from lucet._composed.functions import linalg_tensorinv as tensorinv
from lucet._composed.functions import linalg_tensorsolve as tensorsolve
from lucet._composed.hermitian import linalg_eigh as eigh
from lucet._composed.hermitian import linalg_eigvalsh as eigvalsh
from lucet._composed.products import linalg_cross as cross
from lucet._composed.products import linalg_multi_dot as multi_dot
from lucet._composed.products import linalg_vecdot as vecdot
from lucet._composed.singular import linalg_matrix_norm as matrix_norm
from lucet._composed.singular import linalg_matrix_rank as matrix_rank
from lucet._composed.singular import linalg_norm as norm
from lucet._composed.singular import linalg_pinv as pinv
from lucet._composed.singular import linalg_svd as svd
from lucet._composed.singular import linalg_svdvals as svdvals
from lucet._composed.spectra import linalg_eig as eig
from lucet._composed.spectra import linalg_eigvals as eigvals
from lucet._composed.spectra import linalg_householder_product as householder_product
from lucet._composed.spectra import linalg_lstsq as lstsq
from lucet._composed.spectra import linalg_qr as qr
from lucet._composed.symmetric_factors import linalg_ldl_factor as ldl_factor
from lucet._composed.symmetric_factors import linalg_ldl_factor_ex as ldl_factor_ex
from lucet._composed.symmetric_factors import linalg_ldl_solve as ldl_solve
from lucet._errors import LinAlgError as LinAlgError
from lucet._ops import matmul as matmul
from lucet._ops import vector_norm as vector_norm

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals",
    "eigvalsh", "householder_product", "inv", "inv_ex", "ldl_factor", "ldl_factor_ex", "ldl_solve", "lstsq", "lu", "lu_factor", "lu_factor_ex", "lu_solve",
    "matmul", "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet",
    "solve", "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot",
    "vector_norm",
]  # fmt: skip
