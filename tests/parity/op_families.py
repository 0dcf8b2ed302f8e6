"""Which entries of op_db are compared, by family, and what is known to differ, with the reason."""

import re

FAMILIES = {
    "pointwise": (
        "abs acos acosh add addcdiv addcmul angle asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_not bitwise_or "
        "bitwise_right_shift bitwise_xor ceil clamp clamp_max clamp_min complex conj conj_physical copysign cos cosh deg2rad digamma div "
        "eq erf erfc erfinv exp exp2 expm1 float_power floor floor_divide fmax fmin fmod frac frexp gcd ge gt heaviside hypot i0 igamma "
        "igammac imag isclose isfinite isin isinf isnan isneginf isposinf isreal lcm ldexp le lerp lgamma log log10 log1p log2 logaddexp "
        "logaddexp2 logical_and logical_not logical_or logical_xor logit lt max maximum min minimum mul mvlgamma nan_to_num ne neg "
        "nextafter polar polygamma positive pow rad2deg real reciprocal remainder round rsqrt rsub sgn sigmoid sign signbit sin sinc sinh "
        "sqrt square sub tan tanh true_divide trunc where xlogy __radd__ __rand__ __rdiv__ __rmod__ __rmul__ __ror__ __rpow__ __rsub__ __rxor__"
    ),
    "special functions": (
        "special.airy_ai special.bessel_j0 special.bessel_j1 special.bessel_y0 special.bessel_y1 special.chebyshev_polynomial_t "
        "special.chebyshev_polynomial_u special.chebyshev_polynomial_v special.chebyshev_polynomial_w special.entr special.erfcx "
        "special.hermite_polynomial_h special.hermite_polynomial_he special.i0e special.i1 special.i1e special.laguerre_polynomial_l "
        "special.legendre_polynomial_p special.log_ndtr special.modified_bessel_i0 special.modified_bessel_i1 special.modified_bessel_k0 "
        "special.modified_bessel_k1 special.ndtr special.ndtri special.polygamma special.scaled_modified_bessel_k0 "
        "special.scaled_modified_bessel_k1 special.shifted_chebyshev_polynomial_t special.shifted_chebyshev_polynomial_u "
        "special.shifted_chebyshev_polynomial_v special.shifted_chebyshev_polynomial_w special.spherical_bessel_j0 special.xlog1py special.zeta"
    ),
    "sums, orders, statistics": (
        "quantile nanquantile nanmean nanmedian mode cummax cummin logcumsumexp histc histogram histogramdd searchsorted bucketize "
        "unique unique_consecutive diff gradient trapezoid trapz cumulative_trapezoid cov corrcoef dist renorm "
        "median kthvalue topk sort argsort msort nansum _segment_reduce count_nonzero std_mean var_mean aminmax cumsum cumprod bincount "
        "all allclose amax amin any argmax argmin equal log_softmax logsumexp mean norm prod softmax std sum var"
    ),
    "indices": (
        "scatter_reduce index_reduce select_scatter slice_scatter diagonal_scatter as_strided_scatter narrow_copy unravel_index "
        "put take take_along_dim gather scatter scatter_add index_add index_copy index_fill index_select index_put "
        "masked_fill masked_scatter masked_select nonzero nonzero_static argwhere fill __getitem__"
    ),
    "shapes": (
        "H T as_strided atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors broadcast_to cartesian_prod cat chunk "
        "column_stack combinations diag diag_embed diagflat diagonal dsplit dstack expand expand_as flatten flip fliplr flipud hsplit hstack "
        "mH mT meshgrid movedim narrow permute ravel repeat repeat_interleave reshape reshape_as resize_ resize_as_ roll rot90 select split "
        "split_with_sizes squeeze stack sum_to_size t tensor_split tile transpose tril tril_indices triu triu_indices unbind unflatten unfold "
        "unsqueeze view view_as view_as_complex view_as_real vsplit vstack "
        "alias_copy as_strided_copy diagonal_copy expand_copy permute_copy split_with_sizes_copy squeeze_copy t_copy transpose_copy unbind_copy "
        "unfold_copy unsqueeze_copy view_copy unsafe_chunk unsafe_split"
    ),
    "creation and types": (
        "arange bfloat16 bool byte cdouble cfloat char clone contiguous double empty empty_like empty_permuted empty_strided eye float full full_like half "
        "int item linspace logspace long new_empty new_empty_strided new_full new_ones new_zeros ones ones_like resolve_conj resolve_neg "
        "scalar_tensor short to zero_ zeros zeros_like"
    ),
    "random numbers": (
        "bernoulli cauchy exponential geometric log_normal multinomial normal rand_like randint randint_like randn randn_like uniform"
    ),
    "products and matrices": (
        "addbmm addmm addmv addr baddbmm bmm cdist cholesky cholesky_inverse cholesky_solve cross dot einsum geqrf inner kron logdet lu lu_solve "
        "lu_unpack matmul matrix_exp mm mv ormqr outer pca_lowrank pinverse qr svd svd_lowrank tensordot trace triangular_solve vdot __rmatmul__"
    ),
    "linalg": (
        "linalg.cholesky linalg.cholesky_ex linalg.cond linalg.cross linalg.det linalg.diagonal linalg.eig linalg.eigh "
        "linalg.eigvals linalg.eigvalsh linalg.householder_product linalg.inv linalg.inv_ex linalg.ldl_factor linalg.ldl_factor_ex linalg.ldl_solve linalg.lstsq linalg.lu linalg.lu_factor linalg.lu_factor_ex "
        "linalg.lu_solve linalg.matrix_norm linalg.matrix_power linalg.matrix_rank linalg.multi_dot linalg.norm linalg.pinv linalg.qr "
        "linalg.slogdet linalg.solve linalg.solve_ex linalg.solve_triangular linalg.svd linalg.svdvals linalg.tensorinv linalg.tensorsolve "
        "linalg.vander linalg.vecdot linalg.vector_norm"
    ),
    "fft": (
        "fft.fft fft.fft2 fft.fftn fft.fftshift fft.hfft fft.hfft2 fft.hfftn fft.ifft fft.ifft2 fft.ifftn fft.ifftshift fft.ihfft "
        "fft.ihfft2 fft.ihfftn fft.irfft fft.irfft2 fft.irfftn fft.rfft fft.rfft2 fft.rfftn istft stft"
    ),
    "windows": (
        "signal.windows.bartlett signal.windows.blackman signal.windows.cosine signal.windows.exponential signal.windows.gaussian "
        "signal.windows.general_cosine signal.windows.general_hamming signal.windows.hamming signal.windows.hann signal.windows.kaiser "
        "signal.windows.nuttall"
    ),
    "nn.functional": (
        "nn.functional.adaptive_avg_pool3d nn.functional.adaptive_max_pool3d nn.functional.avg_pool3d nn.functional.fractional_max_pool2d "
        "nn.functional.fractional_max_pool3d nn.functional.grid_sample nn.functional.interpolate nn.functional.local_response_norm "
        "nn.functional.max_pool3d nn.functional.max_unpool1d nn.functional.max_unpool2d nn.functional.max_unpool3d nn.functional.unfold "
        "nn.functional.upsample_bilinear nn.functional.upsample_nearest "
        "nn.functional.adaptive_avg_pool1d nn.functional.adaptive_avg_pool2d nn.functional.adaptive_max_pool1d "
        "nn.functional.adaptive_max_pool2d nn.functional.alpha_dropout nn.functional.avg_pool1d nn.functional.avg_pool2d "
        "nn.functional.batch_norm nn.functional.bilinear nn.functional.binary_cross_entropy nn.functional.binary_cross_entropy_with_logits "
        "nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d nn.functional.conv_transpose1d nn.functional.conv_transpose2d "
        "nn.functional.conv_transpose3d nn.functional.cross_entropy nn.functional.dropout nn.functional.dropout2d nn.functional.dropout3d "
        "nn.functional.elu nn.functional.embedding nn.functional.feature_alpha_dropout nn.functional.gelu nn.functional.group_norm "
        "nn.functional.hardtanh nn.functional.huber_loss nn.functional.instance_norm nn.functional.kl_div nn.functional.l1_loss "
        "nn.functional.layer_norm nn.functional.leaky_relu nn.functional.linear nn.functional.max_pool1d nn.functional.max_pool2d "
        "nn.functional.mse_loss nn.functional.nll_loss nn.functional.normalize nn.functional.one_hot nn.functional.pad nn.functional.pdist "
        "nn.functional.relu nn.functional.relu6 nn.functional.rms_norm nn.functional.silu nn.functional.smooth_l1_loss nn.functional.softmin nn.functional.softplus "
        "nn.functional.threshold nn.functional.celu nn.functional.selu nn.functional.hardshrink nn.functional.prelu nn.functional.pixel_shuffle "
        "nn.functional.pixel_unshuffle nn.functional.channel_shuffle nn.functional.cosine_similarity nn.functional.pairwise_distance "
        "nn.functional.cosine_embedding_loss nn.functional.ctc_loss nn.functional.embedding_bag nn.functional.gaussian_nll_loss nn.functional.glu "
        "nn.functional.hardsigmoid nn.functional.hardswish nn.functional.hinge_embedding_loss nn.functional.linear_cross_entropy "
        "nn.functional.logsigmoid nn.functional.margin_ranking_loss nn.functional.mish nn.functional.multi_head_attention_forward "
        "nn.functional.multi_margin_loss nn.functional.multilabel_margin_loss nn.functional.multilabel_soft_margin_loss "
        "nn.functional.poisson_nll_loss nn.functional.rrelu nn.functional.scaled_dot_product_attention nn.functional.soft_margin_loss "
        "nn.functional.softshrink nn.functional.softsign nn.functional.tanhshrink nn.functional.triplet_margin_loss "
        "nn.functional.triplet_margin_with_distance_loss "
    ),
}

# Entries that are not compared: of the left-out list of docs/differences.md, or not there yet.
LEFT_OUT = {
    "sparse, masked and complex32 tensors, code for GPUs": "chalf jiterator_2inputs_2outputs jiterator_4inputs_with_extra_args jiterator_binary "
    "jiterator_binary_return_by_ref jiterator_unary masked.* sparse.* to_sparse torch._scaled_mm torch._scaled_mm_v2",
    "names that only torch's own parts use": "_batch_norm_with_update _chunk_cat _native_batch_norm_legit _softmax_backward_data "
    "_unsafe_masked_index _unsafe_masked_index_put_accumulate _upsample_bilinear2d_aa constant_pad_nd grid_sampler_2d "
    "grid_sampler_3d max_pool2d_with_indices_backward native_batch_norm native_dropout_backward native_group_norm native_layer_norm "
    "slice torch.ops.*",
    "results of a type that is not offered, uint64; tests/parity/test_reduce.py compares their bits": "hash_tensor",
}

# Results whose memory nobody has written.
UNWRITTEN = set("empty empty_like empty_permuted empty_strided new_empty new_empty_strided resize_ resize_as_".split())
# Which part of the result holds indices that may be chosen among equal elements, and where dim stands behind the input.
UNORDERED = {"topk": (1, 1), "kthvalue": (1, 1), "median": (1, 0), "nanmedian": (1, 0), "mode": (1, 0), "sort": (1, 0), "argsort": (0, 0)}
# Decompositions with vectors up to a sign or phase, of which op_db says what is compared, and eigenvalues in any order.
PHASES = {"linalg.eig", "linalg.eigh", "linalg.eigvals", "linalg.svd", "pca_lowrank", "svd", "svd_lowrank"}
# Families and entries whose results torch lays out in memory as its libraries do, which it does not promise.
UNPROMISED = {"products and matrices", "linalg", "fft", "sums, orders, statistics", "unravel_index"}
# Of which op_db says that they have a second derivative, and torch raises.
ONCE = {"nn.functional.ctc_loss", "nn.functional.linear_cross_entropy.chunked_none"}
# Whose meaning depends on the element type, or who draw: the result in float64 says nothing of one in another type.
TYPED = "nan_to_num nextafter linalg.pinv linalg.lstsq linalg.matrix_rank pinverse svd_lowrank pca_lowrank nn.functional.*dropout*"
# Functions of which torch has no right value in float64 either, by mpmath, which torch brings along: of mpmath, the input and the arguments.
REFERENCES = {
    "polygamma": lambda mpmath, x, n: mpmath.psi(n, x),
    "special.polygamma": lambda mpmath, x, n: mpmath.psi(n, x),
    "special.bessel_j0": lambda mpmath, x: mpmath.besselj(0, x),
    "special.bessel_j1": lambda mpmath, x: mpmath.besselj(1, x),
    "special.bessel_y0": lambda mpmath, x: mpmath.bessely(0, x),
    "special.bessel_y1": lambda mpmath, x: mpmath.bessely(1, x),
}
# (names, element types, tolerances, why)
LOOSER = [
    (
        "fft.hfft2", "float32", {"rtol": 1.3e-6, "atol": 1e-4},
        "sums of 420 numbers up to 9 that cancel, in another order; errors are 1.2 times those of torch",
    ),
    ("cov", "float64 complex128", {"rtol": 5e-7, "atol": 1e-7}, "torch adds weights of float32 up in float32 beside a float64 input"),
    ("addbmm", "float32", {"rtol": 1.3e-6, "atol": 5e-5}, "sums of 25 products that cancel, in another order"),
    ("linalg.pinv", "float32", {"rtol": 1e-5, "atol": 1e-5}, "the inverse of a matrix whose condition is large"),
    (
        "nn.functional.conv3d nn.functional.conv_transpose3d", "float32 complex64", {"rtol": 1.3e-6, "atol": 5e-4},
        "sums of 108 products, of complex numbers twice as many, that cancel, in another order",
    ),
]

# (names, kinds of case, what the comparison says, why): lines of docs/differences.md, and what torch itself does otherwise elsewhere.
DIFFERENCES = [
    (
        "atan2 copysign eq fmod ge gt le logical_and logical_or logical_xor lt maximum minimum ne",
        "errors",
        r"lucet accepts; torch: TypeError",
        "a number may stand first in every op of two operands",
    ),
    ("logsumexp", "gradients", r"complex128 .*order 2, by differences", "torch's complex second derivative loses the digits of large numbers"),
    ("linalg.norm", "gradients", r"order 2, only torch's is NaN", "torch's second derivative at zero is NaN"),
    (
        "nn.functional.scaled_dot_product_attention",
        "gradients",
        r"flash_attention_for_cpu_backward is not implemented",
        "torch's kernel has no second derivative",
    ),
]


def matches(name, names):
    """Whether `name` is among the names, of which some end in a star."""
    return any(re.fullmatch(re.escape(part).replace(r"\*", ".*"), name) for part in names.split())


def family_of(name):
    return next((family for family, names in FAMILIES.items() if name in names.split()), None)
