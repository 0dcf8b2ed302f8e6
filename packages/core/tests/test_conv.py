"""Convolution against plain loops in float64 NumPy; gradients of any order, padding words, groups, errors."""

import itertools

import numpy as np
import pytest

import lucet
import lucet._ops as F

TOL = {"float32": 2e-5, "float64": 1e-11}
CASES = [
    # input, weight, stride, padding, dilation, groups
    ((2, 3, 6, 5), (4, 3, 3, 2), 1, 0, 1, 1),
    ((1, 4, 7, 7), (6, 2, 3, 3), 2, 1, 1, 2),
    ((2, 6, 7, 8), (6, 1, 2, 3), (2, 1), (1, 0), (2, 1), 6),
    ((2, 3, 5, 5), (2, 3, 1, 1), 1, 0, 1, 1),
    ((1, 3, 5, 5), (2, 3, 1, 1), 2, 1, 1, 1),
    ((3, 5, 9), (4, 5, 3, 3), 1, (2, 1), 1, 1),
    ((1, 2, 12, 12), (3, 2, 5, 5), 3, 2, 1, 1),
    ((1, 2, 9, 9), (3, 2, 3, 3), 1, 4, 3, 1),
    ((2, 20, 9, 9), (33, 20, 3, 3), 1, 1, 1, 1),
    ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0, 1, 1),
    ((0, 2, 4, 4), (3, 2, 2, 2), 1, 0, 1, 1),
]


def random(seed, *shape, dtype="float64"):
    return lucet.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(dtype))


def pair(v):
    return v if isinstance(v, tuple) else (v, v)


def reference(x, w, b, stride, padding, dilation, groups):
    if x.ndim == 3:
        return reference(x[None], w, b, stride, padding, dilation, groups)[0]
    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    x = np.pad(x.astype(float), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    (k, cg, r, s), (n, _, h, width) = w.shape, x.shape
    oh, ow = (h - dh * (r - 1) - 1) // sh + 1, (width - dw * (s - 1) - 1) // sw + 1
    y = np.zeros((n, k, oh, ow))
    for g, i, j in itertools.product(range(groups), range(r), range(s)):
        window = x[
            :, g * cg : (g + 1) * cg, i * dh : i * dh + sh * (oh - 1) + 1 : sh, j * dw : j * dw + sw * (ow - 1) + 1 : sw
        ]
        part = slice(g * (k // groups), (g + 1) * (k // groups))
        y[:, part] += np.einsum("nchw,kc->nkhw", window, w[part, :, i, j].astype(float))
    return y if b is None else y + b.astype(float)[:, None, None]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("with_bias", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_conv2d_follows_the_definition(case, with_bias, dtype):
    shape, weight, *rest = case
    if len(shape) == 3:
        shape = (5, 3, 9)
    x, w, b = (
        random(0, *shape, dtype=dtype),
        random(1, *weight, dtype=dtype),
        random(2, weight[0], dtype=dtype) if with_bias else None,
    )
    y = F.conv2d(x, w, b, *rest)
    expected = reference(x.numpy(), w.numpy(), None if b is None else b.numpy(), *rest)
    assert y.shape == lucet.Size(expected.shape)
    largest = np.abs(expected).max(initial=0)               # rounding errors go with the sums, not with what is left of them
    np.testing.assert_allclose(y.numpy(), expected, rtol=0, atol=largest * {"float32": 2.5e-6, "float64": 1e-14}[dtype])


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64"])
@pytest.mark.parametrize("case", CASES)
def test_whole_numbers_are_convolved_exactly(case, dtype):
    shape, weight, *rest = case
    if len(shape) == 3:
        shape = (5, 3, 9)
    rng = np.random.default_rng(3)
    x, w, b = (rng.integers(0, 9, size).astype(dtype) for size in (shape, weight, (weight[0],)))
    y = F.conv2d(lucet.from_numpy(x), lucet.from_numpy(w), lucet.from_numpy(b), *rest)
    np.testing.assert_array_equal(y.numpy(), reference(x, w, b, *rest).astype(np.int64).astype(dtype))


def complex_numbers(seed, *shape, dtype="complex128"):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("case", CASES)
def test_complex_convolution_is_made_of_four_real_ones(case, dtype):
    shape, weight, *rest = case
    if len(shape) == 3:
        shape = (5, 3, 9)
    x, w, b = (complex_numbers(k, *size, dtype=dtype) for k, size in enumerate((shape, weight, weight[:1])))
    y = F.conv2d(*map(lucet.from_numpy, (x, w, b)), *rest)
    real = [reference(p, q, None, *rest) for p, q in itertools.product((x.real, x.imag), (w.real, w.imag))]
    expected = real[0] - real[3] + 1j * (real[1] + real[2]) + b[:, None, None]
    assert str(y.dtype) == f"lucet.{dtype}" and y.is_contiguous()
    np.testing.assert_allclose(y.numpy(), expected, rtol=0, atol=np.abs(expected).max(initial=0) * {"complex64": 3e-6, "complex128": 1e-14}[dtype])


SPREADS = [
    # stride, padding, output_padding, groups, dilation
    (1, 0, 0, 1, 1), (2, 1, 1, 2, 1), ((1, 3), (2, 0), (0, 2), 2, (3, 1)), (2, 2, 0, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("dtype", ["int64", "uint8", "complex128"])
def test_transposed_convolution_of_other_numbers_is_that_of_floats(dtype, spread):
    groups = spread[3]
    rng = np.random.default_rng(5)
    shapes = ((2, 4, 5, 3), (4, 6 // groups, 3, 2), (6,))
    x, w, b = (rng.integers(0, 9, size).astype(dtype) for size in shapes)
    if dtype == "complex128":
        x, w, b = (1j * x, w, b * (1 + 2j))               # of known parts
    y = F.conv_transpose2d(*map(lucet.from_numpy, (x, w, b)), *spread)
    real = [lucet.from_numpy(part.astype(float)) for part in (x.imag if dtype == "complex128" else x, w.real)]
    expected = F.conv_transpose2d(*real, None, *spread).numpy()
    expected = expected * 1j if dtype == "complex128" else expected
    assert str(y.dtype) == f"lucet.{dtype}"
    np.testing.assert_allclose(y.numpy(), (expected + b[:, None, None]).astype(dtype), rtol=1e-12, atol=1e-12)


def test_transposed_convolution_of_large_integers_is_exact():
    x = lucet.tensor([[[2**60, 3]]])
    assert F.conv_transpose1d(x, lucet.tensor([[[3, 1]]]), stride=2).tolist() == [[[3 * 2**60, 2**60, 9, 3]]]
    assert F.conv_transpose1d(x, lucet.tensor([[[3, 1]]]), padding=1).tolist() == [[[2**60 + 9]]]


@pytest.mark.parametrize("groups", [1, 2])
def test_complex_gradients_of_both_orders(groups):
    x, w, b = (lucet.from_numpy(complex_numbers(k, *size)).requires_grad_() for k, size in enumerate(((2, 2, 4), (4, 2 // groups, 2), (4,))))
    assert lucet.autograd.gradcheck(lambda *a: F.conv1d(*a, 1, 1, 2, groups), (x, w, b))
    assert lucet.autograd.gradgradcheck(lambda *a: F.conv1d(*a, 1, 1, 2, groups), (x, w, b))
    w, b = w.detach()[:2].reshape(2, 2 // groups, 2).requires_grad_(), b.detach()[:2].requires_grad_()
    assert lucet.autograd.gradcheck(lambda *a: F.conv_transpose1d(*a, 2, 1, 1, groups), (x, w, b))
    assert lucet.autograd.gradgradcheck(lambda *a: F.conv_transpose1d(*a, 2, 1, 1, groups), (x, w, b))


def test_volumes_of_complex_numbers():
    x, w = (lucet.from_numpy(complex_numbers(k, *size)) for k, size in enumerate(((1, 2, 3, 4, 3), (3, 2, 2, 2, 3))))
    y = F.conv3d(x, w, padding=1)
    real = F.conv3d(x.real.contiguous(), w.real.contiguous(), padding=1) - F.conv3d(x.imag.contiguous(), w.imag.contiguous(), padding=1)
    assert lucet.allclose(y.real, real) and y.shape == real.shape


@pytest.mark.parametrize("case", [c for c in CASES if np.prod(c[0]) * np.prod(c[1]) < 60000])
def test_gradients_of_both_orders(case):
    shape, weight, *rest = case
    if len(shape) == 3:
        shape = (5, 3, 9)
    x, w, b = (random(k, *s).requires_grad_() for k, s in enumerate((shape, weight, weight[:1])))

    def f(x, w, b):
        return F.conv2d(x, w, b, *rest)

    assert lucet.autograd.gradcheck(f, (x, w, b), fast_mode=x.numel() > 200)
    if x.numel():
        assert lucet.autograd.gradgradcheck(f, (x, w, b), atol=1e-4, fast_mode=True)


@pytest.mark.parametrize("wanted", list(itertools.product([False, True], repeat=3))[1:])
def test_only_the_gradients_that_are_wanted(wanted):
    x, w, b = random(0, 2, 3, 5, 5), random(1, 4, 3, 3, 3), random(2, 4)
    g = random(3, 2, 4, 3, 3)
    leaves = [t.clone().requires_grad_() for t in (x, w, b)]
    full = lucet.autograd.grad(F.conv2d(*leaves), leaves, g)
    some = [t.clone().requires_grad_(flag) for t, flag in zip((x, w, b), wanted, strict=True)]
    F.conv2d(*some).backward(g)
    for t, expected, flag in zip(some, full, wanted, strict=True):
        assert lucet.allclose(t.grad, expected, rtol=1e-11) if flag else t.grad is None


def test_one_dimension_is_an_image_of_one_row():
    x, w, b = random(0, 2, 4, 9), random(1, 6, 2, 3), random(2, 6)
    y = F.conv1d(x, w, b, 2, 1, 1, 2)
    assert lucet.allclose(y, F.conv2d(x.unsqueeze(2), w.unsqueeze(2), b, (1, 2), (0, 1), 1, 2).squeeze(2))
    assert F.conv1d(x[0], w, b, groups=2).shape == lucet.Size([6, 7])
    assert lucet.autograd.gradcheck(
        lambda x, w: F.conv1d(x, w, None, 2, 1, 1, 2), (x.requires_grad_(), w.requires_grad_())
    )


@pytest.mark.parametrize("kernel", [(3, 3), (2, 3), (4, 1), (5, 2)])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_keeps_the_size_with_the_odd_zero_behind(kernel, dilation):
    x, w = random(0, 2, 3, 9, 8), random(1, 2, 3, *kernel)
    y = F.conv2d(x, w, padding="same", dilation=dilation)
    total = [dilation * (k - 1) for k in kernel]
    padded = np.pad(x.numpy(), ((0, 0), (0, 0), *[(t // 2, t - t // 2) for t in total]))
    np.testing.assert_allclose(y.numpy(), reference(padded, w.numpy(), None, 1, 0, dilation, 1), rtol=1e-11, atol=1e-11)
    assert y.shape[2:] == x.shape[2:]
    assert lucet.equal(F.conv2d(x, w, padding="valid", dilation=dilation), F.conv2d(x, w, dilation=dilation))
    leaves = x[:1, :, :4, :4].clone().requires_grad_(), w.requires_grad_()
    assert lucet.autograd.gradcheck(
        lambda x, w: F.conv2d(x, w, padding="same", dilation=dilation), leaves, fast_mode=True
    )


def test_strided_operands():
    x, w = random(0, 5, 6, 3, 2).permute(3, 2, 0, 1), random(1, 3, 3, 3, 4).permute(3, 2, 0, 1)
    assert lucet.equal(F.conv2d(x, w), F.conv2d(x.contiguous(), w.contiguous()))
    y = F.conv2d(x[:1].expand(4, 3, 5, 6), w)
    assert lucet.equal(y[0], y[3])


@pytest.mark.parametrize("half", [lucet.float16, lucet.bfloat16])
def test_half_types(half):
    x, w, b = (
        random(k, *s, dtype="float32").to(half).requires_grad_()
        for k, s in enumerate(((2, 3, 5, 5), (4, 3, 3, 3), (4,)))
    )
    y = F.conv2d(x, w, b)
    assert y.dtype is half
    assert lucet.allclose(y.float(), F.conv2d(x.float(), w.float(), b.float()), rtol=2e-2, atol=5e-2)
    assert [g.dtype for g in lucet.autograd.grad(y.sum(), (x, w, b))] == [half] * 3


def test_results_do_not_depend_on_threads():
    leaves = [
        random(k, *s, dtype="float32").requires_grad_() for k, s in enumerate(((8, 16, 30, 30), (32, 16, 3, 3), (32,)))
    ]
    found = []
    threads = lucet.get_num_threads()
    try:
        for count in (1, 3):
            lucet.set_num_threads(count)
            y = F.conv2d(*leaves, padding=1)
            found.append((y.detach(), *lucet.autograd.grad(y.square().sum(), leaves)))
    finally:
        lucet.set_num_threads(threads)
    assert all(lucet.equal(a, b) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (
            lambda x, w: F.conv2d(x[0, 0], w),
            RuntimeError,
            "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size",
        ),
        (lambda x, w: F.conv2d(x, w[0]), RuntimeError, "weight must have 4 dimensions"),
        (lambda x, w: F.conv2d(x[:, :1], w), RuntimeError, "to have 2 channels, but got 1 channels instead"),
        (lambda x, w: F.conv2d(x, w, groups=2), RuntimeError, "Given groups=2"),
        (lambda x, w: F.conv2d(x, w[:, :1], groups=4), RuntimeError, "Given groups=4"),
        (lambda x, w: F.conv2d(x, w, groups=0), RuntimeError, "non-positive groups"),
        (lambda x, w: F.conv2d(x, w, lucet.ones(2)), RuntimeError, "expected bias to be 1-dimensional with 3 elements"),
        (lambda x, w: F.conv2d(x, w, stride=0), RuntimeError, "non-positive stride is not supported"),
        (lambda x, w: F.conv2d(x, w, padding=-1), RuntimeError, "negative padding is not supported"),
        (lambda x, w: F.conv2d(x, w, dilation=0), RuntimeError, "dilation"),
        (
            lambda x, w: F.conv2d(x, w, stride=(1, 1, 1)),
            RuntimeError,
            "expected stride to be a single integer value or a list of 2 values",
        ),
        (lambda x, w: F.conv2d(x, w, dilation=3), RuntimeError, "Kernel size can't be greater than actual input size"),
        (lambda x, w: F.conv2d(x, w, padding="full"), RuntimeError, "Invalid padding string"),
        (
            lambda x, w: F.conv2d(x, w, stride=2, padding="same"),
            RuntimeError,
            "padding='same' is not supported for strided convolutions",
        ),
        (lambda x, w: F.conv2d(x.double(), w), RuntimeError, "should be the same"),
        (lambda x, w: F.conv2d(x.byte(), w), RuntimeError, "should be the same"),
        (lambda x, w: F.conv2d(x.bool(), w.bool()), RuntimeError, "not implemented for bool"),
        (lambda x, w: F.conv2d(x, w, padding=1 << 62), RuntimeError, ""),
        (lambda x, w: F.conv2d(x, w, dilation=1 << 62), RuntimeError, ""),
        (lambda x, w: F.conv2d(x, w, padding=1 << 36), RuntimeError, ""),
        (lambda x, w: F.conv2d(x, w, stride="2"), TypeError, ""),
        (lambda x, w: F.conv2d(x, w, stride=1.5), TypeError, ""),
    ],
)
def test_errors(call, kind, words):
    with pytest.raises(kind) as caught:
        call(lucet.ones(1, 2, 4, 4), lucet.ones(3, 2, 3, 3))
    assert words in str(caught.value)


def test_meta():
    x, w = (
        lucet.empty(2, 3, 6, 5, device="meta", requires_grad=True),
        lucet.empty(4, 3, 3, 3, device="meta", requires_grad=True),
    )
    y = F.conv2d(x, w, padding=1)
    assert y.is_meta
    assert y.shape == lucet.Size([2, 4, 6, 5])
    assert [g.shape for g in lucet.autograd.grad(y, (x, w), lucet.empty_like(y))] == [x.shape, w.shape]


def test_winograd_can_be_switched_off():
    import lucet.backends

    x, w = random(4, 2, 32, 16, 16, dtype="float32"), random(5, 32, 32, 3, 3, dtype="float32")
    assert lucet.backends.winograd is True
    quick = F.conv2d(x, w, None, 1, 1)
    try:
        lucet.backends.winograd = False
        plain = F.conv2d(x, w, None, 1, 1)
        with pytest.raises(TypeError, match="must be a bool"):
            lucet.backends.winograd = 1
    finally:
        lucet.backends.winograd = True
    assert not lucet.equal(quick, plain)
    expected = reference(x.numpy(), w.numpy(), None, 1, 1, 1, 1)
    for y in (quick, plain):
        assert np.abs(y.numpy() - expected).max() < 2.5e-6 * np.abs(expected).max()


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_bits_do_not_depend_on_the_number_of_threads(threads):
    x, w, b = random(6, 8, 20, 15, 13, dtype="float32"), random(7, 24, 20, 3, 3, dtype="float32"), random(8, 24, dtype="float32")
    before = lucet.get_num_threads()
    results = []
    try:
        for count in (1, threads):
            lucet.set_num_threads(count)
            leaves = [t.clone().requires_grad_() for t in (x, w, b)]
            y = F.max_pool2d(F.batch_norm(F.conv2d(*leaves, 1, 1), None, None, training=True).relu(), 2)
            results.append([y.detach(), *lucet.autograd.grad((y * y).sum(), leaves)])
    finally:
        lucet.set_num_threads(before)
    assert all(lucet.equal(a, b) for a, b in zip(*results, strict=True))


@pytest.mark.parametrize("op", ["conv", "max_pool", "avg_pool", "adaptive", "batch_norm", "relu"])
def test_channels_last_input_gives_channels_last_results(op):
    x = random(9, 2, 4, 6, 6, dtype="float32").contiguous(memory_format=lucet.channels_last)
    w = random(10, 6, 4, 3, 3, dtype="float32")
    call = {
        "conv": lambda x: F.conv2d(x, w),
        "max_pool": lambda x: F.max_pool2d(x, 2),
        "avg_pool": lambda x: F.avg_pool2d(x, 2),
        "adaptive": lambda x: F.adaptive_avg_pool2d(x, 3),
        "batch_norm": lambda x: F.batch_norm(x, None, None, training=True),
        "relu": F.relu,
    }[op]
    y, plain = call(x), call(x.contiguous())
    assert y.is_contiguous(memory_format=lucet.channels_last)
    assert plain.is_contiguous()
    np.testing.assert_allclose(y.numpy(), plain.numpy(), rtol=0, atol=1e-6)


def test_readers_of_hidden_results_see_the_plain_layout():
    x, w = random(11, 2, 3, 7, 5), random(12, 4, 3, 3, 3)
    expected = reference(x.numpy(), w.numpy(), None, 1, 0, 1, 1)
    for read in (
        lambda y: y.numpy(),
        lambda y: np.frombuffer(y.untyped_storage(), np.float64).reshape(expected.shape),
        lambda y: np.array(y.tolist()),
        lambda y: y.flatten(1).numpy().reshape(expected.shape),
        lambda y: y.detach().clone().numpy(),
        lambda y: np.stack([y[:, k].numpy() for k in range(4)], 1),
        lambda y: y.permute(0, 2, 3, 1).contiguous().numpy().transpose(0, 3, 1, 2),
        lambda y: (y.add_(1) - 1).numpy(),
        lambda y: lucet.as_strided(y, y.shape, y.stride()).numpy(),
        lambda y: lucet.cat([y[:1], y[1:]]).numpy(),
    ):
        y = F.conv2d(x, w)
        version = y._version
        assert y.stride() == (60, 15, 3, 1) and y.is_contiguous()
        np.testing.assert_allclose(read(y), expected, atol=1e-12)
        assert y._version in (version, version + 1)


def hidden(dtype):
    lucet.manual_seed(0)
    return F.conv2d(lucet.randn(4, 3, 6, 6, dtype=dtype), lucet.randn(4, 3, 1, 1, dtype=dtype))


def first(y, leaf, weight):
    return lucet.autograd.grad(y, leaf, weight)[0]


SHARING = {
    "weight": lambda x, of: F.conv2d(x, of(x), padding=2),
    "bias": lambda x, of: F.conv2d(x, lucet.ones(4, 4, 3, 3, dtype=x.dtype), of(x.flatten()[:4])),
    "norm": lambda x, of: F.batch_norm(x, of(x.flatten()[4:8]), of(x.flatten()[:4].abs()), of(x.flatten()[:4]), of(x.flatten()[8:12])),
    "conv gradient": lambda x, of: first(F.conv2d(x, w := lucet.ones(4, 4, 1, 1, dtype=x.dtype, requires_grad=True)), w, of(x.transpose(2, 3))),
    "norm gradient": lambda x, of: first(F.batch_norm(x := x.detach().requires_grad_(), None, None, training=True), x, of(x.detach().transpose(2, 3))),
    "in place": lambda x, of: x.add_(of(x[:, :1])) if of is not same else x.add_(x[:, :1].clone()),
}  # fmt: skip


def same(t):
    return t


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.float64])
@pytest.mark.parametrize("case", SHARING)
def test_operands_that_view_one_hidden_storage(case, dtype):
    """One operand settles the storage of the other: the result must be that of operands which share nothing."""
    expected = SHARING[case](hidden(dtype).clone(), lucet.clone)
    largest = expected.abs().max().item()
    for _ in range(3):
        y = SHARING[case](hidden(dtype), same)
        assert (y - expected).abs().max().item() <= largest * (1e-5 if dtype is lucet.float32 else 1e-13)


@pytest.mark.parametrize("spatial", [1, 3])
def test_norms_and_pools_of_sequences_and_volumes_read_the_plain_layout(spatial):
    x, w = random(13, 3, 2, *[5] * spatial), random(14, 4, 2, *[2] * spatial)
    conv = F.conv1d if spatial == 1 else F.conv3d
    results = []
    for prepare in (same, lucet.clone):
        leaf = x.clone().requires_grad_()
        y = F.batch_norm(prepare(conv(leaf, w)), None, None, training=True)
        y = F.max_pool1d(y, 2) if spatial == 1 else y.relu()
        results.append([y.detach(), *lucet.autograd.grad((y * y * y).sum(), leaf)])
    for ours, plain in zip(*results, strict=True):
        np.testing.assert_allclose(ours.numpy(), plain.numpy(), rtol=1e-12, atol=1e-12)
    mean = conv(x, w).numpy().mean(axis=(0, *range(2, spatial + 2)))
    assert np.abs(mean).max() > 0


@pytest.mark.parametrize(
    "channels, filters, groups, size, stride",
    [(1, 6, 1, 5, 1), (6, 4, 1, 5, 1), (16, 16, 4, 3, 1), (32, 32, 8, 3, 1), (64, 64, 32, 3, 2), (12, 12, 12, 3, 1), (96, 160, 1, 3, 2)],
)
def test_nan_reaches_the_windows_that_hold_it_and_no_others(channels, filters, groups, size, stride):
    x = lucet.ones(2, channels, 14, 14)
    x[1, 0, 7, 7] = float("nan")
    got = F.conv2d(x, lucet.ones(filters, channels // groups, size, size), stride=stride, padding=1, groups=groups).isnan()
    expected = lucet.zeros_like(got)
    reach = [i for i in range(got.shape[2]) if i * stride - 1 <= 7 < i * stride - 1 + size]
    expected[1, : filters // groups, reach[0] : reach[-1] + 1, reach[0] : reach[-1] + 1] = True
    assert got.equal(expected)


def _near(a, b):
    return all(lucet.allclose(p, q, rtol=1e-4, atol=1e-4) for p, q in zip(a, b, strict=True))


@pytest.mark.parametrize("channels, filters, groups", [(2, 3, 1), (4, 4, 4)])
@pytest.mark.parametrize("stride", [1, 2])
def test_taps_far_apart_cost_no_more_than_near_ones(channels, filters, groups, stride):
    """Each tap alone says what to expect. Did every block of pixels copy what lies between the taps, this would take minutes."""
    far = 1_000_000
    x = random(1, 1, channels, 5, dtype="float32").requires_grad_()
    w = random(2, channels, filters // groups, 2, dtype="float32").requires_grad_()
    y = F.conv_transpose1d(x, w, stride=stride, dilation=far, groups=groups)
    first, last = (F.conv_transpose1d(x, w[:, :, i : i + 1], stride=stride, groups=groups) for i in range(2))
    size = first.shape[2]
    assert y.shape[2] == far + size and not y[:, :, size:far].any()
    assert _near((y[:, :, :size], y[:, :, far:]), (first, last))
    g = random(3, *first.shape, dtype="float32")
    grads = lucet.autograd.grad(y, (x, w), lucet.cat([g, lucet.zeros(1, filters, far - size), g], 2))
    assert _near(grads, lucet.autograd.grad(first + last, (x, w), g))

    # of three taps over as many elements the middle one sees them all, the others only the padding's zeros
    x = random(4, 1, channels, far, dtype="float32").requires_grad_()
    w = random(5, filters, channels // groups, 3, dtype="float32").requires_grad_()
    y = F.conv1d(x, w, stride=stride, padding=far, dilation=far, groups=groups)
    middle = F.conv1d(x, w[:, :, 1:2], stride=stride, groups=groups)
    g = random(6, *y.shape, dtype="float32") / far
    assert _near((y,), (middle,))
    assert _near(lucet.autograd.grad(y, (x, w), g), lucet.autograd.grad(middle, (x, w), g))
