"""Arguments for the entries of op_db whose largest tensor has about as many elements as wanted.

Most are a sample of the entry grown: all sizes above 1 of its tensors become larger (or smaller) by one factor, values lie between two
neighbours of the sample, integers beside floats are places and grow with the sizes. What that does not fit, because sizes stand in arguments
that are no tensors or because the sample is a corner case, has its arguments made in OWN.
"""

import random

import torch
from op_samples import arguments, by_eigenvalue, copies, label, tensors_in
from torch.testing._internal.opinfo.core import SampleInput

# Float32 where the entry has it.
DTYPES = (torch.float32, torch.complex64, torch.int64, torch.bool)
# Entries that take torch longer than 0.3 s at 1,000,000 elements: the elements that they are given instead.
MOST = {
    "svd linalg.svd linalg.svdvals linalg.cond norm.nuc pinverse linalg.pinv linalg.matrix_rank linalg.eigh linalg.eigvalsh linalg.lstsq": 250_000,
    "matrix_exp cholesky_inverse qr linalg.qr": 250_000,
    "ormqr linalg.householder_product linalg.eig linalg.eigvals": 62_500,
}
MOST = {name: most for names, most in MOST.items() for name in names.split()}


def dtype_of(info):
    """The type an entry is measured in, or None where it has none on CPUs."""
    return next((dtype for dtype in DTYPES if dtype in info.dtypes), None)


def grown(info, n):
    """A SampleInput of about `n` elements; always the same values."""
    torch.manual_seed(0)
    random.seed(0)
    n = min(n, MOST.get(label(info)) or MOST.get(info.name, n))
    make = OWN.get(label(info)) or OWN.get(info.name)
    if make is not None:
        args, kwargs = make(n)
        return SampleInput(args[0], args=args[1:], kwargs=kwargs, output_process_fn_grad=COMPARED.get(info.name, lambda result: result))
    sample = fullest(info)
    args, kwargs = arguments(sample)
    largest = max(tensors_in([args, kwargs], torch.Tensor), key=torch.Tensor.numel)
    dims = sum(size > 1 for size in largest.shape)
    factor = 0 if n == 1 else (n / largest.numel()) ** (1 / max(dims, 1))
    places = dtype_of(info).is_floating_point or dtype_of(info).is_complex
    args, kwargs = copies([args, kwargs], lambda t: more_of(t, factor, places))
    return SampleInput(args[0], args=tuple(args[1:]), kwargs=kwargs, output_process_fn_grad=sample.output_process_fn_grad)


def fullest(info):
    """The sample with the most tensors, of those the largest, not broadcast, with the fewest arguments; none is empty."""
    dtype = dtype_of(info)
    grad = info.supports_autograd and (dtype.is_floating_point or dtype.is_complex)
    with torch.no_grad():
        samples = list(info.sample_inputs_func(info, "cpu", dtype, grad))

    def fullness(sample):
        args, kwargs = arguments(sample)
        numels = [t.numel() for t in tensors_in([args, kwargs], torch.Tensor)]
        return all(numels), len(numels), max(numels, default=0), sum(numels), -len(args) - len(kwargs)

    return max(samples, key=fullness)


def more_of(t, factor, places):
    """A tensor with all sizes above 1 times `factor`, and values like those of `t`."""
    shape = [max(1, round(size * factor)) if size > 1 else size for size in t.shape]
    old, count = t.detach().resolve_conj().reshape(-1), torch.Size(shape).numel()
    if t.is_floating_point() or t.is_complex():
        lines = -(-count // len(old))
        new = torch.lerp(old, old.roll(1), torch.rand(lines, len(old), dtype=t.real.dtype).to(t.dtype))
        return new.reshape(-1)[:count].reshape(shape)
    if t.dtype == torch.bool or not places or not t.dim():
        return old[torch.randint(len(old), shape)]
    low, high = int(old.min() * factor), max(int((old.max() + 1) * factor), 1)
    if t.dim() == 1 and len(old) > 1 and len(old.unique()) == len(old) and low >= 0 and high - low >= count:
        return (torch.randperm(high - low)[:count] + low).to(t.dtype)
    return torch.randint(low, high, shape, dtype=t.dtype)


# --- what is made here ---------------------------------------------------------------------------------------------------------


def call(*args, **kwargs):
    return args, kwargs


def side(n, dims):
    """The sizes of a cube of `n` elements."""
    return max(1, round(n ** (1 / dims)))


def x(*shape, low=-1.0, high=1.0):
    """Numbers for which there is a gradient."""
    return (torch.rand(shape) * (high - low) + low).requires_grad_()


def fixed(*shape, low=-1.0, high=1.0):
    return x(*shape, low=low, high=high).detach()


def whole(high, *shape):
    """Integers from 0 up."""
    return torch.randint(max(high, 1), shape)


def line(n):
    return x(n)


def square(n):
    return x(side(n, 2), side(n, 2))


def cube(n):
    return x(side(n, 3), side(n, 3), side(n, 3))


def regular(n):
    """A square matrix that is far from singular."""
    k = side(n, 2)
    return (torch.randn(k, k) / k**0.5 / 2 + torch.eye(k)).requires_grad_()


def definite(n):
    """A symmetric matrix with positive eigenvalues, of which no two are close where it is small."""
    k = side(n, 2)
    q = torch.linalg.qr(torch.randn(k, k)).Q
    return symmetric((q * torch.linspace(1, 3, k)) @ q.mT).requires_grad_()


def folded(n, shape):
    """A regular matrix as a tensor of more dimensions."""
    return regular(side(n, 4) ** 4).detach().reshape(shape).requires_grad_()


def symmetric(a):
    return (a + a.mT) / 2


def triangle(n):
    return torch.tril(regular(n).detach()).requires_grad_()


def spread(n):
    """A square matrix with singular values from 1 to 3, no two of them close where it is small."""
    k = side(n, 2)
    return (torch.linalg.qr(torch.randn(k, k)).Q * torch.linspace(1, 3, k) @ torch.linalg.qr(torch.randn(k, k)).Q).requires_grad_()


def factors(n):
    """LU and pivots of a regular matrix."""
    lu, pivots = torch.linalg.lu_factor(regular(n).detach())
    return lu.requires_grad_(), pivots


def reflectors(n):
    a, tau = torch.geqrf(spread(n).detach())
    return a.requires_grad_(), tau.requires_grad_()


def images(n, dims=2):
    """(batch, channels, size, ...): a size of 64 and 16 channels for a million in two dimensions."""
    size = 2 ** round(n.bit_length() * {1: 0.5, 2: 0.3, 3: 0.2}[dims]) if n > 1 else 1
    rest = max(n / size**dims, 1)
    channels = side(rest, 2)
    return x(max(1, round(rest / channels)), channels, *[size] * dims)


def convolution(n, dims, across=False):
    """Arguments of a convolution that keeps the size, 3 wide, with as many channels as before."""
    image = images(n, dims)
    channels, width = image.shape[1], min(3, image.shape[2])
    return call(image, x(channels, channels, *[width] * dims), x(channels), padding=width // 2)


def pool(n, dims):
    image = images(n, dims)
    return call(image, min(2, image.shape[2]))


def adaptive(n, dims):
    image = images(n, dims)
    return call(image, max(1, image.shape[2] // 2))


def normalized(n):
    """Images with something to average in each channel."""
    image = images(max(n, 4))
    return image, [fixed(image.shape[1]), fixed(image.shape[1], low=0.5)], [x(image.shape[1]), x(image.shape[1])]


def parts(n):
    """Sizes of three parts."""
    k = side(n, 3)
    return k // 3, k // 3, k - 2 * (k // 3)


def cuts(n):
    return [side(n, 3) // 3, 2 * side(n, 3) // 3]


def batch_norm(n):
    image, running, affine = normalized(n)
    return call(image, *running, *affine, training=True)


def instance_norm(n):
    image, (mean, var), (weight, bias) = normalized(n)
    return call(image, running_mean=mean, running_var=var, weight=weight, bias=bias)


def group_norm(n):
    image, _, (weight, bias) = normalized(n)
    channels = image.shape[1]
    return call(image, next(k for k in (4, 2, 1) if channels % k == 0), weight=weight, bias=bias)


def layer_norm(n):
    k = side(n, 2)
    return call(x(k, k), (k,), x(k), x(k))


def padded(mode, *widths):
    return lambda n: call(images(max(n, 4)), widths, mode)


def pairs(n):
    """A tensor, and one of the same values."""
    a = cube(n).detach()
    return call(a, a.clone())


def spectrum(n):
    """What irfft and hfft take of one half of a spectrum."""
    return x(side(n, 2), max(2, side(n, 2) // 2 + 1))


def frame(n):
    """The length of a Fourier transform of a part of a signal."""
    return min(512, max(16, 2 ** (n.bit_length() // 2 + 1)))


def frames(n):
    """What stft makes of a signal."""
    half = frame(n) // 2 + 1
    return torch.randn(half, max(4, n // half), dtype=torch.complex64).requires_grad_()


def two_parts(n):
    return x(max(1, n // 2), 2)


def points(n, count=2):
    """Vectors of 16 numbers with `n` distances between them."""
    return [x(side(n, 2), 16) for _ in range(count)]


def scores(n):
    k = side(n, 2)
    return call(x(k, k), whole(k, k))


def permutations(n):
    k = side(n, 2)
    return torch.rand(k, k).argsort(0)


def coordinates(n):
    k = max(2, side(n, 3))
    along = torch.linspace(0, 1, k)
    return call(x(k, k, k), spacing=[along, along], dim=(0, -1))


def in_half(n):
    k = max(1, side(n, 3) // 2)
    return call(cube(n), 1, 0, k)


def in_quarters(n):
    k = side(n, 2)
    return call(fixed(k, k, low=0, high=1), max(1, k // 4))


def product(n):
    """Numbers so close to 1 that their product is one."""
    return call(x(n, low=0.999, high=1.001))


def beginning(n):
    k = side(n, 3)
    return call(cube(n), x(k, k, k), 0, 0, k, 1)


def window(n):
    return call(n)


def segments(n, **how):
    """Runs of the same length, about as many as each is long."""
    count = side(n, 2)
    given = {"lengths": torch.full((count,), count), "offsets": torch.arange(count + 1) * count}
    return call(x(count * count), "sum", **{name: given[name] for name in how if how[name]})


def symmetric_factors(n):
    k = side(n, 2)
    return call(*torch.linalg.ldl_factor(definite(n).detach()), x(k, k))


OWN = {
    # shapes
    "broadcast_to expand expand_copy": lambda n: call(x(side(n, 3), 1, side(n, 3)), (side(n, 3),) * 3),
    "expand_as": lambda n: call(x(side(n, 3), 1, 1), cube(n).detach()),
    "broadcast_tensors": lambda n: call(x(side(n, 3)), x(1, side(n, 3), 1), x(side(n, 3), 1, 1)),
    "broadcast_shapes": lambda n: call((side(n, 2), 1), (1, side(n, 2))),
    "block_diag": lambda n: call(*[x(max(1, side(n, 2) // 3), max(1, side(n, 2) // 3)) for _ in range(3)]),
    "combinations": lambda n: call(x(side(n, 2) + 1)),
    "cartesian_prod": lambda n: call(x(side(n / 2, 2)), x(side(n / 2, 2))),
    "chunk unsafe_chunk": lambda n: call(cube(n), 2),
    "sum_to_size": lambda n: call(cube(n), (side(n, 3), 1, side(n, 3))),
    "view_as_complex": lambda n: call(two_parts(n)),
    "diag t t_copy": lambda n: call(square(n)),
    "diagflat": lambda n: call(x(side(n, 2))),
    "diag_embed": lambda n: call(x(side(n, 3), side(n, 3))),
    "diagonal diagonal_copy linalg.diagonal": lambda n: call(cube(n), dim1=1, dim2=2),
    "diagonal_scatter": lambda n: call(square(n), x(side(n, 2))),
    "roll": lambda n: call(cube(n), (3, 1), (0, 2)),
    "rot90": lambda n: call(cube(n), 1, (0, 1)),
    "split unsafe_split": lambda n: call(cube(n), (side(n, 3) + 1) // 2),
    "split.list_args split_with_sizes split_with_sizes_copy": lambda n: call(cube(n), parts(n)),
    "hsplit vsplit dsplit tensor_split": lambda n: call(cube(n), cuts(n)),
    "reshape view view_copy": lambda n: call(cube(n), (side(n, 3) ** 2, -1)),
    "reshape_as view_as": lambda n: call(cube(n), fixed(side(n, 3) ** 2, side(n, 3))),
    "unflatten": lambda n: call(x(side(n, 3), side(n, 3) ** 2), 1, (side(n, 3), side(n, 3))),
    "permute permute_copy": lambda n: call(x(*[side(n, 4)] * 4), (0, 2, 3, 1)),
    "movedim": lambda n: call(cube(n), [0, 1, 2], [2, 1, 0]),
    "unsqueeze unsqueeze_copy": lambda n: call(cube(n), 0),
    "select": lambda n: call(cube(n), 1, 0),
    "narrow narrow_copy": in_half,
    "_segment_reduce.lengths": lambda n: segments(n, lengths=True),
    "_segment_reduce.offsets": lambda n: segments(n, offsets=True),
    "linalg.ldl_solve": symmetric_factors,
    "repeat tile": lambda n: call(square(n / 4), (2, 2)),
    "repeat_interleave": lambda n: call(square(n / 2), repeats=1 + whole(3, side(n / 2, 2)), dim=1),
    "stack": lambda n: call([square(n), square(n), square(n)], -1),
    "tril_indices triu_indices": lambda n: call(side(n, 2), side(n, 2)),
    "unfold unfold_copy": lambda n: call(x(max(n, 3)), 0, 3, 2),
    "as_strided as_strided_copy": lambda n: call(square(n), (side(n, 2),) * 2, (1, side(n, 2))),
    "as_strided.partial_views": lambda n: call(x(n), (max(1, n // 2), min(n, 2)), (1, 1)),
    "as_strided_scatter": lambda n: call(square(n), square(n), (side(n, 2),) * 2, (side(n, 2), 1)),
    "meshgrid.variadic_tensors": lambda n: call(x(side(n, 2)), x(side(n, 2)), indexing="ij"),
    "meshgrid.list_of_tensors": lambda n: call([x(side(n, 2)), x(side(n, 2))], indexing="ij"),
    "resize_": lambda n: call(cube(n).detach(), (side(n, 3) ** 2, side(n, 3))),
    # creation and types
    "arange ones zeros empty randn " + " ".join(
        "signal.windows." + name for name in "bartlett blackman cosine exponential gaussian general_hamming hamming hann kaiser nuttall".split()
    ): window,
    "signal.windows.general_cosine": lambda n: call(n, a=[0.54, 0.46]),
    "linspace logspace": lambda n: call(0.0, 1.0, n),
    "linspace.tensor_overload logspace.tensor_overload": lambda n: call(torch.tensor(0.0), torch.tensor(1.0), n),
    "eye": lambda n: call(side(n, 2)),
    "empty_permuted": lambda n: call((side(n, 3),) * 3, (0, 2, 1)),
    "empty_strided": lambda n: call((side(n, 2),) * 2, (side(n, 2), 1)),
    "scalar_tensor": lambda n: call(2.0),
    "full": lambda n: call((n,), 2.0),
    "new_empty new_ones new_zeros": lambda n: call(fixed(1), (n,)),
    "new_empty_strided": lambda n: call(fixed(1), (side(n, 2),) * 2, (side(n, 2), 1)),
    "new_full": lambda n: call(fixed(1), (n,), 2.0),
    # random numbers
    "multinomial": in_quarters,
    "randint": lambda n: call(10, (n,)),
    # products and matrices
    "cdist": lambda n: call(*points(n)),
    "nn.functional.pdist": lambda n: call(*points(2 * n + 2, 1)),
    "cross linalg.cross": lambda n: call(x(max(1, n // 3), 3), x(max(1, n // 3), 3)),
    "inner": lambda n: call(square(n), square(n)),
    "kron": lambda n: call(x(side(n, 4), side(n, 4)), x(side(n, 4), side(n, 4))),
    "bmm.triton_optimized": lambda n: call(x(min(n, 8), side(n / 8, 2), side(n / 8, 2)), x(min(n, 8), side(n / 8, 2), side(n / 8, 2))),
    "einsum": lambda n: call([cube(n), x(side(n, 3), side(n, 3))], "aij,jk->aik"),
    "outer": lambda n: call(x(side(n, 2)), x(side(n, 2))),
    "cholesky linalg.cholesky linalg.cholesky_ex": lambda n: call(definite(n)),
    "cholesky_inverse": lambda n: call(triangle(n)),
    "cholesky_solve": lambda n: call(square(n), triangle(n)),
    "geqrf": lambda n: call(spread(n)),
    "qr svd linalg.qr linalg.svd linalg.svdvals linalg.cond linalg.pinv pinverse": lambda n: call(spread(n)),
    "norm.nuc": lambda n: call(spread(n), "nuc"),
    "linalg.pinv.hermitian": lambda n: call(definite(n), hermitian=True),
    "linalg.pinv.singular": lambda n: call(x(side(n, 2), max(1, side(n, 2) // 10)), x(side(n, 2), max(1, side(n, 2) // 10))),
    "linalg.matrix_rank": lambda n: call(spread(n)),
    "linalg.matrix_rank.hermitian": lambda n: call(definite(n), hermitian=True),
    "linalg.eig linalg.eigvals": lambda n: call(x(side(n, 2), side(n, 2))),
    "svd_lowrank pca_lowrank": lambda n: call(x(side(n, 2), min(6, side(n, 2))), x(side(n, 2), min(6, side(n, 2))), q=min(6, side(n, 2))),
    "linalg.eigh linalg.eigvalsh": lambda n: call(definite(n)),
    "logdet linalg.det linalg.slogdet linalg.inv linalg.inv_ex linalg.lu linalg.lu_factor linalg.lu_factor_ex matrix_exp": lambda n: call(regular(n)),
    "linalg.matrix_power": lambda n: call(regular(n), 3),
    "linalg.solve linalg.solve_ex": lambda n: call(regular(n), square(n)),
    "linalg.lstsq linalg.lstsq.grad_oriented": lambda n: call(x(side(2 * n, 2), side(n / 2, 2)), x(side(2 * n, 2), side(n / 2, 2)), driver="gels"),
    "linalg.solve_triangular": lambda n: call(triangle(n), square(n), upper=False),
    "triangular_solve": lambda n: call(square(n), triangle(n), upper=False),
    "lu_solve": lambda n: call(square(n), *factors(n)),
    "linalg.lu_solve": lambda n: call(*factors(n), square(n)),
    "lu_unpack": lambda n: call(*factors(n)),
    "ormqr": lambda n: call(*reflectors(n), square(n)),
    "linalg.householder_product": lambda n: call(*reflectors(n)),
    "linalg.tensorinv": lambda n: call(folded(n, [side(n, 4)] * 2 + [side(n, 4) ** 2]), ind=2),
    "linalg.tensorsolve": lambda n: call(folded(n, [side(n, 4)] * 4), x(side(n, 4), side(n, 4))),
    "linalg.vander": lambda n: call(x(max(2, side(n, 2)))),
    # sums, orders, statistics
    "allclose equal": pairs,
    "cov": lambda n: call(square(n)),
    "diff": lambda n: call(cube(n), 1, -1, cube(n), cube(n)),
    "gradient": coordinates,
    "histogram": lambda n: call(x(n), torch.linspace(-1, 1, 17), weight=fixed(n)),
    "histogramdd": lambda n: call(two_parts(n), [8, 8]),
    "histc": lambda n: call(fixed(n), 10, -1, 1),
    "bincount": lambda n: call(whole(n // 10, n), weights=fixed(n)),
    "bucketize": lambda n: call(fixed(n), torch.linspace(-1, 1, 100)),
    "searchsorted": lambda n: call(square(n).detach().sort().values, square(n).detach()),
    "quantile nanquantile": lambda n: call(square(n), torch.tensor([0.25, 0.75]), dim=1),
    "mode": lambda n: call(whole(100, side(n, 2), side(n, 2)).float().requires_grad_()),
    "unique unique_consecutive": lambda n: call(whole(n // 4, n).float()),
    "topk": lambda n: call(cube(n), min(3, side(n, 3))),
    "kthvalue": lambda n: call(cube(n), (side(n, 3) + 1) // 2),
    "prod": product,
    "cumprod": lambda n: call(*product(n)[0], 0),
    # indices
    "take": lambda n: call(line(n), whole(n, n)),
    "put": lambda n: call(line(n), torch.randperm(n), line(n)),
    "__getitem__": lambda n: call(square(n), whole(side(n, 2), side(n, 2))),
    "scatter": lambda n: call(square(n), 0, permutations(n), square(n)),
    "nonzero argwhere": lambda n: call((square(n).detach() > 0).float()),
    "nonzero_static": lambda n: call((square(n).detach() > 0).float(), size=max(1, n // 2)),
    "select_scatter": lambda n: call(cube(n), x(side(n, 3), side(n, 3)), 1, 0),
    "slice_scatter": beginning,
    "unravel_index": lambda n: call(whole(side(n, 3) ** 3, n), (side(n, 3),) * 3),
    # fft
    "fft.fft fft.ifft fft.rfft fft.ihfft fft.fft2 fft.ifft2 fft.rfft2 fft.ihfft2 fft.fftn fft.ifftn fft.rfftn fft.ihfftn": lambda n: call(square(n)),
    "stft": lambda n: call(x(max(n, 16)), frame(n), window=torch.hann_window(frame(n)), return_complex=True),
    "istft": lambda n: call(frames(n), frame(n), window=torch.hann_window(frame(n))),
    "fft.hfft fft.irfft fft.hfft2 fft.irfft2 fft.hfftn fft.irfftn": lambda n: call(spectrum(n)),
    # nn.functional
    "nn.functional.avg_pool1d nn.functional.max_pool1d": lambda n: pool(n, 1),
    "nn.functional.avg_pool2d nn.functional.max_pool2d": lambda n: pool(n, 2),
    "nn.functional.avg_pool3d nn.functional.max_pool3d": lambda n: pool(n, 3),
    "nn.functional.adaptive_avg_pool1d nn.functional.adaptive_max_pool1d": lambda n: adaptive(n, 1),
    "nn.functional.adaptive_avg_pool2d nn.functional.adaptive_max_pool2d": lambda n: adaptive(n, 2),
    "nn.functional.adaptive_avg_pool3d nn.functional.adaptive_max_pool3d": lambda n: adaptive(n, 3),
    "nn.functional.conv1d nn.functional.conv_transpose1d": lambda n: convolution(n, 1),
    "nn.functional.conv2d nn.functional.conv_transpose2d": lambda n: convolution(n, 2),
    "nn.functional.conv3d nn.functional.conv_transpose3d": lambda n: convolution(n, 3),
    "nn.functional.batch_norm": batch_norm,
    "nn.functional.instance_norm": instance_norm,
    "nn.functional.group_norm": group_norm,
    "nn.functional.layer_norm": layer_norm,
    "nn.functional.pad.constant": padded("constant", 1, 1, 1, 1),
    "nn.functional.pad.reflect": padded("reflect", 1, 1, 1, 1),
    "nn.functional.pad.replicate": padded("replicate", 1, 1, 1, 1),
    "nn.functional.pad.replicate_negative": padded("replicate", 1, -1, -1, 1),
    "nn.functional.pad.circular": padded("circular", 1, 1, 1, 1),
    "nn.functional.embedding": lambda n: call(square(n), whole(side(n, 2), side(n, 2))),
    "nn.functional.one_hot": lambda n: call(whole(16, max(1, n // 16)), 16),
    "nn.functional.cross_entropy nn.functional.nll_loss": scores,
    "nn.functional.dropout nn.functional.alpha_dropout": lambda n: call(square(n), p=0.5, training=True),
    "nn.functional.dropout2d nn.functional.feature_alpha_dropout.with_train": lambda n: call(images(n), p=0.5, training=True),
    "nn.functional.dropout3d": lambda n: call(images(n, 3), p=0.5, training=True),
    "nn.functional.feature_alpha_dropout.without_train": lambda n: call(images(n), p=0.5, training=False),
}
OWN = {name: make for names, make in OWN.items() for name in names.split()}


def sizes_of_parts(values, vectors):
    return values, vectors.abs()


# What is compared and differentiated of results that are known up to signs or an order.
COMPARED = {
    "svd linalg.svd": lambda result: (result[0] ** 2, result[1], result[2] ** 2),
    "linalg.eigh": lambda result: (result[0], result[1] ** 2),
    "linalg.eig": lambda result: sizes_of_parts(*by_eigenvalue(*result)),
    "linalg.eigvals": by_eigenvalue,
    "svd_lowrank pca_lowrank": lambda result: (result[0] @ result[2].mT, result[1]),
}
COMPARED = {name: part for names, part in COMPARED.items() for name in names.split()}
