"""Spatial functions and layers beside torch: sizes, grids, columns, pools of volumes; values, places, gradients, strides, errors."""

import itertools
import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import lucet
import lucet.nn.functional as F
from lucet import nn

CLOSE = {"float32": (2e-5, 2e-5), "float64": (1e-10, 1e-10), "float16": (1e-2, 1e-2), "bfloat16": (5e-2, 5e-2)}


def ours(t, requires_grad=False):
    """The same numbers in the same layout."""
    x = (
        lucet.as_tensor(t.detach().float().numpy()).to(getattr(lucet, str(t.dtype)[6:]))
        if t.dtype == torch.bfloat16
        else lucet.as_tensor(t.detach().numpy())
    )
    return x.clone(memory_format=lucet.preserve_format).requires_grad_(requires_grad)


def same(a, b, layout=True):
    assert tuple(a.shape) == tuple(b.shape)
    kind = str(b.dtype)[6:]
    assert str(a.dtype)[6:] == kind
    if layout:
        assert a.stride() == b.stride()
    if kind not in CLOSE:
        assert a.tolist() == b.tolist()
        return
    rtol, atol = CLOSE[kind]
    np.testing.assert_allclose(a.detach().double().numpy(), b.detach().double().numpy(), rtol=rtol, atol=atol)


def compare(name, x, *args, others=(), **kwargs):
    """A function of `x` (and of tensors `others`, behind it) in both libraries: result, and gradients where it is floating."""
    with_grad = x.is_floating_point()
    theirs = [
        t.clone(memory_format=torch.preserve_format).requires_grad_(with_grad and t.is_floating_point())
        for t in (x, *others)
    ]
    mine = [ours(t, with_grad and t.is_floating_point()) for t in (x, *others)]
    expected = getattr(TF, name)(*theirs, *args, **kwargs)
    got = getattr(F, name)(*mine, *args, **kwargs)
    if isinstance(expected, tuple):
        same(got[1], expected[1])
        expected, got = expected[0], got[0]
    same(got, expected)
    if not with_grad:
        return
    g = torch.from_numpy(np.random.default_rng(5).normal(size=tuple(expected.shape))).to(x.dtype)
    expected.backward(g)
    got.backward(ours(g))
    for a, b in zip(mine, theirs, strict=True):
        if b.grad is not None:
            assert tuple(a.grad.shape) == tuple(b.grad.shape)
            rtol, atol = CLOSE[str(x.dtype)[6:]]
            np.testing.assert_allclose(a.grad.double().numpy(), b.grad.double().numpy(), rtol=10 * rtol, atol=10 * atol)


def normal(*shape, dtype=torch.float32, seed=0, lying=None):
    x = torch.from_numpy(np.random.default_rng(seed).normal(size=shape)).to(dtype)
    return x if lying is None else x.to(memory_format=lying)


SIZES = [
    {"size": 14},
    {"size": 3},
    {"size": 13},
    {"scale_factor": 1.7},
    {"scale_factor": 0.6},
    {"scale_factor": 2.0},
    {"scale_factor": 1.7, "recompute_scale_factor": True},
]
MODES = {
    3: ("nearest", "nearest-exact", "linear", "area"),
    4: ("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
    5: ("nearest", "nearest-exact", "trilinear", "area"),
}
SHAPES = {3: (2, 3, 7), 4: (2, 3, 7, 9), 5: (2, 2, 5, 4, 6)}
CORNERS = {
    mode: (None,) if mode in ("nearest", "nearest-exact", "area") else (False, True)
    for modes in MODES.values()
    for mode in modes
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("rank,mode", [(rank, mode) for rank, modes in MODES.items() for mode in modes])
def test_interpolate_gives_torchs_values_gradients_and_strides(rank, mode, dtype):
    layouts = {4: (None, torch.channels_last), 5: (None, torch.channels_last_3d)}.get(rank, (None,))
    for lying, size, corners in itertools.product(layouts, SIZES, CORNERS[mode]):
        compare(
            "interpolate", normal(*SHAPES[rank], dtype=dtype, lying=lying), mode=mode, align_corners=corners, **size
        )


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_antialias_takes_in_all_that_an_output_covers(mode):
    for lying, size, corners in itertools.product((None, torch.channels_last), SIZES, (False, True)):
        if mode == "lanczos" and corners:
            continue
        compare(
            "interpolate",
            normal(2, 3, 19, 23, dtype=torch.float64, lying=lying),
            mode=mode,
            align_corners=corners,
            antialias=True,
            **size,
        )


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [False, True])
def test_bytes_of_images_come_out_to_the_bit(mode, antialias):
    if antialias and mode.startswith("nearest"):
        antialias = False
    for shape, lying in itertools.product([(2, 3, 17, 23), (2, 5, 8, 8), (1, 4, 30, 30)], (None, torch.channels_last)):
        x = torch.from_numpy(np.random.default_rng(1).integers(0, 256, shape, np.uint8))
        x = x if lying is None else x.to(memory_format=lying)
        for size, corners in itertools.product([(34, 11), (5, 7), (17, 40), (60, 23), (2, 2)], CORNERS[mode]):
            compare("interpolate", x, size, mode=mode, align_corners=corners, antialias=antialias)
        compare("interpolate", x, None, 0.45, mode=mode, antialias=antialias)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_bytes_of_sequences_and_volumes_take_the_nearest(mode):
    x = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 2, 5, 6, 7), np.uint8))
    for size in (3, 5, 8, (10, 3, 7)):
        compare("interpolate", x, size, mode=mode)
        compare("interpolate", x.to(memory_format=torch.channels_last_3d), size, mode=mode)
    compare("interpolate", x[:, :, 0, 0], 4, mode=mode)


def test_second_gradients_of_interpolate():
    for mode, shape in (
        ("bicubic", (1, 2, 4, 5)),
        ("linear", (1, 2, 5)),
        ("trilinear", (1, 1, 3, 2, 3)),
        ("nearest", (1, 2, 4, 5)),
    ):
        x = ours(normal(*shape, dtype=torch.float64), True)
        assert lucet.autograd.gradgradcheck(lambda t, mode=mode: F.interpolate(t, scale_factor=1.6, mode=mode), (x,))


@pytest.mark.parametrize(
    "shape,options",
    [
        ((1, 1, 4), {}),
        ((1, 1, 4), {"size": 3, "scale_factor": 2}),
        ((1, 1, 4), {"size": (3, 3)}),
        ((1, 1, 4), {"scale_factor": (1.0, 2.0)}),
        ((1, 1, 4), {"size": 3, "mode": "bilinear"}),
        ((1, 1, 4, 4), {"size": 3, "mode": "linear"}),
        ((1, 1, 4), {"size": 3, "mode": "bicubic"}),
        ((1, 4), {"size": 3}),
        ((1, 1, 4), {"size": 0}),
        ((1, 1, 0), {"size": 2}),
        ((1, 1, 4), {"size": -2}),
        ((1, 1, 4), {"size": 3, "align_corners": True}),
        ((1, 1, 4), {"size": 3, "recompute_scale_factor": True}),
        ((1, 1, 4), {"size": 3, "mode": "linear", "antialias": True}),
        ((1, 1, 4, 4), {"size": 3, "mode": "lanczos"}),
        ((1, 1, 4), {"size": 2.5}),
        ((1, 1, 4), {"size": 3, "mode": "nothing"}),
    ],
)
def test_interpolate_refuses_what_torch_refuses(shape, options):
    with pytest.raises(Exception) as theirs:
        TF.interpolate(torch.zeros(shape), **options)
    with pytest.raises(type(theirs.value)):
        F.interpolate(lucet.zeros(shape), **options)


@pytest.mark.parametrize("dtype", ["int32", "int64", "bool", "complex64"])
def test_interpolate_refuses_integers(dtype):
    with pytest.raises(RuntimeError):
        TF.interpolate(torch.ones(1, 1, 2, 2, dtype=getattr(torch, dtype)), 3)
    with pytest.raises(RuntimeError):
        F.interpolate(lucet.ones(1, 1, 2, 2, dtype=getattr(lucet, dtype)), 3)


# --- grids -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "mode,padding,corners",
    list(itertools.product(("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection"), (False, True))),
)
def test_grid_sample_gives_torchs_values_and_both_gradients(mode, padding, corners, dtype):
    for shape, places in (
        ((2, 3, 5, 7), (2, 6, 4, 2)),
        ((2, 40, 9, 8), (2, 20, 21, 2)),
        ((2, 3, 4, 5, 6), (2, 3, 4, 5, 3)),
        ((1, 2, 1, 1), (1, 3, 3, 2)),
    ):
        if mode == "bicubic" and len(shape) == 5:
            continue
        grid = normal(*places, dtype=dtype, seed=2) * 1.2
        compare("grid_sample", normal(*shape, dtype=dtype), mode, padding, corners, others=(grid,))


def test_grid_sample_of_places_that_are_no_numbers():
    x = torch.arange(1.0, 7.0).view(1, 1, 2, 3)
    for mode, padding in itertools.product(("bilinear", "nearest", "bicubic"), ("zeros", "border")):
        grid = torch.tensor([float("nan"), 0, float("inf"), 0, -float("inf"), 0, 1e30, 0, -1e30, 0]).view(1, 1, 5, 2)
        expected = TF.grid_sample(x, grid, mode, padding, False)
        np.testing.assert_array_equal(
            F.grid_sample(ours(x), ours(grid), mode, padding, False).numpy(), expected.numpy()
        )


@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 3, 1, 5), (2, 1, 3, 4, 5)])
@pytest.mark.parametrize("corners", [False, True])
def test_affine_grid_gives_torchs_places(size, corners):
    axes = len(size) - 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compare("affine_grid", normal(2, axes, axes + 1), size, corners)


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 3, 4, 5), (1, 2, 2, 2)),
        ((2, 3, 4, 5), (2, 2, 2, 3)),
        ((2, 3, 4), (2, 2, 2)),
        ((2, 3, 0, 5), (2, 2, 2, 2)),
        ((2, 3, 4, 5), (2, 2, 2, 2, 3)),
    ],
)
def test_grid_sample_refuses_shapes_that_do_not_fit(shapes):
    with pytest.raises(RuntimeError):
        TF.grid_sample(torch.zeros(shapes[0]), torch.zeros(shapes[1]), align_corners=False)
    with pytest.raises(RuntimeError):
        F.grid_sample(lucet.zeros(shapes[0]), lucet.zeros(shapes[1]), align_corners=False)


@pytest.mark.parametrize(
    "mode,padding,corners",
    list(itertools.product(("bilinear", "nearest", "bicubic"), ("zeros", "border", "reflection"), (False, True))),
)
def test_second_gradients_of_grid_sample(mode, padding, corners):
    leaves = [normal(1, 2, 4, 5, dtype=torch.float64), normal(1, 3, 2, 2, dtype=torch.float64, seed=1) * 0.7]
    seconds = []
    for library, functional, tensors in (
        (torch, TF, [t.clone().requires_grad_() for t in leaves]),
        (lucet, F, [ours(t, True) for t in leaves]),
    ):
        y = functional.grid_sample(*tensors, mode, padding, corners)
        first = library.autograd.grad((y * y).sum(), tensors, create_graph=True)
        seconds.append(library.autograd.grad(sum((g * g).sum() for g in first), tensors))
    for b, a in zip(*seconds, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-8, atol=1e-8)


# --- columns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 3, 7, 8), (3, 7, 8)])
@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": 3},
        {"kernel_size": (2, 3), "dilation": 2, "padding": (1, 2), "stride": (2, 1)},
        {"kernel_size": 2, "stride": 2},
        {"kernel_size": 1},
    ],
)
def test_unfold_and_fold_give_torchs_columns_and_images(shape, options):
    compare("unfold", normal(*shape), **options)
    columns = TF.unfold(normal(*shape), **options)
    compare("fold", columns, (7, 8), **options)


@pytest.mark.parametrize(
    "call", [lambda f, x: f.unfold(x(1, 1, 3, 3), 4), lambda f, x: f.unfold(x(1, 1, 3, 3), 0), lambda f, x: f.unfold(x(1, 1, 3, 3), 2, stride=0),
             lambda f, x: f.unfold(x(1, 1, 3, 3), 2, padding=-1), lambda f, x: f.fold(x(1, 4, 5), (3, 3), 2), lambda f, x: f.fold(x(1, 3, 4), (3, 3), 2), lambda f, x: f.fold(x(1, 4, 4), (0, 3), 2)]
)  # fmt: skip
def test_windows_that_do_not_fit_are_refused(call):
    with pytest.raises(RuntimeError):
        call(TF, lambda *shape: torch.zeros(shape))
    with pytest.raises(RuntimeError):
        call(F, lambda *shape: lucet.zeros(shape))


# --- pools -----------------------------------------------------------------------------------------------------------

WINDOWS = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": (2, 3, 2), "stride": (1, 2, 3), "padding": (1, 1, 0), "ceil_mode": True},
]
VOLUMES = [((2, 3, 7, 8, 6), None), ((2, 3, 7, 8, 6), torch.channels_last_3d), ((3, 7, 8, 6), None)]


@pytest.mark.parametrize("shape,lying", VOLUMES)
@pytest.mark.parametrize("options", WINDOWS)
def test_pools_of_volumes_give_torchs_values_and_places(shape, lying, options):
    x = normal(*shape, lying=lying)
    ties = (x * 2).round()
    for volume in (x, ties):
        compare("max_pool3d", volume, **options)
        compare("max_pool3d", volume, return_indices=True, **options)
    compare("max_pool3d", x, dilation=2, **{**options, "padding": 0})
    compare("avg_pool3d", x, **options)
    compare("avg_pool3d", x, count_include_pad=False, **options)
    compare("avg_pool3d", x, divisor_override=3, **options)
    compare("lp_pool3d", x.abs() + 0.1, 3.0, **{name: value for name, value in options.items() if name != "padding"})


@pytest.mark.parametrize("shape,lying", VOLUMES)
@pytest.mark.parametrize("size", [1, (2, 3, 4), (None, 5, 1), (9, 10, 7)])
def test_adaptive_pools_of_volumes(shape, lying, size):
    x = normal(*shape, lying=lying)
    compare("adaptive_avg_pool3d", x, size)
    compare("adaptive_max_pool3d", x, size)
    compare("adaptive_max_pool3d", x, size, return_indices=True)


def test_maxima_of_numbers_that_are_none():
    x = normal(1, 2, 4, 4, 4)
    x[0, 0, 1, 1, 1] = x[0, 1, 0, 0, 1] = x[0, 1, 1, 0, 0] = float("nan")
    y, index = TF.max_pool3d(x, 2, return_indices=True)
    got, places = F.max_pool3d(ours(x), 2, return_indices=True)
    np.testing.assert_array_equal(got.numpy(), y.numpy())
    np.testing.assert_array_equal(places.numpy(), index.numpy())


@pytest.mark.parametrize("seed", range(4))
def test_fractional_pools_stand_where_torchs_do(seed):
    generator = torch.Generator().manual_seed(seed)
    for dtype in (torch.float32, torch.float64):
        samples = torch.rand(2, 3, 2, generator=generator, dtype=dtype)
        for name, x, size, taken in (
            ("fractional_max_pool2d", normal(2, 3, 9, 10, dtype=dtype), (4, 5), samples),
            (
                "fractional_max_pool3d",
                normal(2, 3, 7, 8, 9, dtype=dtype),
                (3, 4, 1),
                torch.rand(2, 3, 3, generator=generator, dtype=dtype),
            ),
        ):
            expected, index = getattr(TF, name)(x, 2, size, return_indices=True, _random_samples=taken)
            got, places = getattr(F, name)(ours(x), 2, size, return_indices=True, _random_samples=ours(taken))
            same(got, expected)
            same(places, index)


def test_fractional_pools_draw_as_torch_does():
    x = normal(1, 2, 9, 9)
    torch.manual_seed(3)
    expected = TF.fractional_max_pool2d(x, 2, output_ratio=(0.5, 0.5))
    lucet.manual_seed(3)
    same(F.fractional_max_pool2d(ours(x), 2, output_ratio=0.5), expected)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpooling_puts_maxima_back(dims):
    x = normal(2, 3, *(7,) * dims)
    y, index = getattr(TF, f"max_pool{dims}d")(x, 2, return_indices=True)
    even, places = getattr(TF, f"max_pool{dims}d")(x[(..., *[slice(6)] * dims)], 2, return_indices=True)
    compare(f"max_unpool{dims}d", even, 2, others=(places,))
    compare(f"max_unpool{dims}d", y, 2, None, 0, (7,) * dims, others=(index,))
    with pytest.raises(ValueError):
        getattr(F, f"max_unpool{dims}d")(ours(y), ours(index), 2, output_size=(70,) * dims)
    with pytest.raises(RuntimeError):
        getattr(F, f"max_unpool{dims}d")(ours(y), ours(index) + 7**dims, 2)


def test_local_response_norm_gives_torchs_values():
    for shape, size in itertools.product([(2, 5, 4), (2, 5, 4, 3), (2, 5, 2, 3, 3)], (1, 2, 3, 5)):
        compare("local_response_norm", normal(*shape), size, 0.5, 0.7, 2.0)


# --- layers ----------------------------------------------------------------------------------------------------------

LAYERS = [
    ("Conv1d", (4, 6, 3), {"padding": 1, "groups": 2}, (2, 4, 9)),
    ("Conv1d", (2, 3, 4), {"padding": "same", "padding_mode": "replicate"}, (2, 2, 9)),
    ("Conv3d", (2, 3, (1, 2, 3)), {"stride": 2, "padding": (0, 1, 1), "padding_mode": "circular"}, (2, 2, 3, 4, 5)),
    ("ConvTranspose1d", (2, 4, 3), {"stride": 2, "output_padding": 1, "groups": 2}, (2, 2, 5)),
    ("ConvTranspose2d", (2, 4, 3), {"stride": (2, 1), "padding": 1, "dilation": 2}, (2, 2, 5, 4)),
    ("ConvTranspose3d", (2, 3, 2), {"stride": 2, "bias": False}, (2, 2, 3, 2, 3)),
    ("LayerNorm", ((3, 4),), {}, (2, 3, 4)),
    ("LayerNorm", (4,), {"bias": False, "elementwise_affine": True}, (2, 3, 4)),
    ("GroupNorm", (2, 4), {"bias": False}, (2, 4, 3)),
    ("RMSNorm", (4,), {"eps": 0.1}, (2, 4)),
    ("InstanceNorm1d", (3,), {"affine": True, "track_running_stats": True}, (2, 3, 5)),
    ("InstanceNorm2d", (3,), {}, (3, 4, 5)),
    ("InstanceNorm3d", (3,), {"affine": True, "bias": False}, (2, 3, 2, 2, 2)),
    ("LocalResponseNorm", (3,), {"alpha": 0.1, "k": 2.0}, (2, 5, 3, 3)),
    ("CrossMapLRN2d", (3,), {"alpha": 0.5}, (2, 2, 3, 3)),
    ("Bilinear", (3, 4, 2), {}, [(5, 3), (5, 4)]),
    ("LazyLinear", (3,), {}, (2, 4)),
    ("LazyConv1d", (3, 2), {}, (2, 4, 5)),
    ("LazyConv2d", (4, 2), {"groups": 2, "bias": False}, (2, 4, 5, 5)),
    ("LazyConv3d", (3, 2), {}, (2, 2, 3, 3, 3)),
    ("LazyConvTranspose1d", (3, 2), {}, (2, 4, 5)),
    ("LazyConvTranspose2d", (3, 2), {"stride": 2}, (4, 5, 5)),
    ("LazyConvTranspose3d", (3, 2), {}, (1, 2, 3, 3, 3)),
    ("LazyBatchNorm1d", (), {}, (4, 3)),
    ("LazyBatchNorm2d", (), {"affine": False}, (4, 3, 2, 2)),
    ("LazyBatchNorm3d", (), {"track_running_stats": False, "bias": False}, (4, 3, 2, 2, 2)),
    ("LazyInstanceNorm1d", (), {}, (4, 3, 5)),
    ("LazyInstanceNorm2d", (), {"affine": False}, (4, 3, 2, 2)),
    ("LazyInstanceNorm3d", (), {}, (4, 3, 2, 2, 2)),
    ("SyncBatchNorm", (3,), {}, (4, 3, 2)),
    ("PixelShuffle", (2,), {}, (1, 8, 2, 3)),
    ("PixelUnshuffle", (2,), {}, (1, 2, 4, 6)),
    ("ChannelShuffle", (2,), {}, (1, 4, 3)),
    ("MaxPool1d", (2,), {"stride": 1}, (2, 3, 6)),
    ("MaxPool3d", (2,), {}, (2, 3, 4, 4, 4)),
    ("AvgPool1d", (2,), {"ceil_mode": True}, (2, 3, 5)),
    ("AvgPool3d", (2,), {"divisor_override": 3}, (2, 3, 4, 4, 4)),
    ("AdaptiveAvgPool1d", (3,), {}, (2, 3, 5)),
    ("AdaptiveAvgPool3d", ((2, None, 1),), {}, (2, 3, 5, 4, 3)),
    ("AdaptiveMaxPool1d", (3,), {}, (2, 3, 5)),
    ("AdaptiveMaxPool3d", (2,), {}, (2, 3, 5, 4, 3)),
    ("LPPool1d", (2, 3), {}, (2, 3, 6)),
    ("LPPool2d", (2, 3), {"stride": 2}, (2, 3, 6, 6)),
    ("LPPool3d", (float("inf"), 2), {}, (2, 3, 4, 4, 4)),
    ("FractionalMaxPool2d", (2,), {"output_size": 3}, (2, 3, 6, 6)),
    ("FractionalMaxPool3d", (2,), {"output_ratio": 0.5}, (2, 3, 6, 6, 6)),
    ("Fold", ((4, 5), 2), {"stride": 1}, (2, 8, 12)),
    ("Unfold", (2,), {"padding": 1}, (2, 3, 4, 5)),
    ("Upsample", (), {"scale_factor": (1.5, 2), "mode": "bicubic"}, (2, 3, 4, 5)),
    ("Upsample", ((3,),), {"mode": "linear", "align_corners": True}, (2, 3, 4)),
    ("UpsamplingNearest2d", (), {"scale_factor": 2}, (2, 3, 4, 5)),
    ("UpsamplingBilinear2d", ((5, 7),), {}, (2, 3, 4, 5)),
    *(
        (f"{kind}Pad{n}d", (1,), {}, (2, 3, *(4,) * n))
        for kind in ("Zero", "Reflection", "Replication", "Circular")
        for n in (1, 2, 3)
    ),
    *((f"ConstantPad{n}d", (tuple(range(-1, 2 * n - 1)), 0.5), {}, (2, *(4,) * n)) for n in (1, 2, 3)),
]


@pytest.mark.parametrize("name,args,kwargs,shape", LAYERS, ids=[f"{i}-{layer[0]}" for i, layer in enumerate(LAYERS)])
def test_layers_start_compute_and_print_as_torchs(name, args, kwargs, shape):
    shapes = shape if isinstance(shape, list) else [shape]
    xs = [normal(*one, seed=k) for k, one in enumerate(shapes)]
    torch.manual_seed(11)
    theirs = getattr(torch.nn, name)(*args, **kwargs)
    lucet.manual_seed(11)
    mine = getattr(nn, name)(*args, **kwargs)
    assert repr(mine) == repr(theirs)
    for _ in range(2):
        inputs, expected_inputs = [ours(x, True) for x in xs], [x.clone().requires_grad_() for x in xs]
        expected, got = theirs(*expected_inputs), mine(*inputs)
        same(got, expected)
        expected.square().sum().backward()
        got.square().sum().backward()
        for a, b in zip(inputs, expected_inputs, strict=True):
            if name != "CrossMapLRN2d":  # torch's is of other windows: finite differences in lucet-nn's own tests
                np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-4, atol=1e-4)
    assert repr(mine) == repr(theirs)
    assert type(mine).__name__ == type(theirs).__name__
    state, expected_state = mine.state_dict(), theirs.state_dict()
    assert list(state) == list(expected_state)
    assert state._metadata == expected_state._metadata
    for key in state:
        same(state[key], expected_state[key])
    for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-3, atol=1e-3)
    theirs.eval()
    mine.eval()
    same(mine(*[ours(x) for x in xs]), theirs(*xs))


WRONG = [
    lambda nn: nn.Conv1d(3, 4, 2, groups=2),
    lambda nn: nn.Conv1d(2, 4, 2, padding="sane"),
    lambda nn: nn.Conv3d(2, 4, 2, padding="same", stride=2),
    lambda nn: nn.ConvTranspose1d(2, 4, 2, padding_mode="reflect"),
    lambda nn: nn.ConvTranspose2d(2, 4, 2, groups=0),
    lambda nn: nn.GroupNorm(3, 4),
    lambda nn: nn.Bilinear(0, 2, 3),
    lambda nn: nn.FractionalMaxPool2d(2),
    lambda nn: nn.FractionalMaxPool2d(2, 2, 0.5),
    lambda nn: nn.FractionalMaxPool2d(2, output_ratio=1.5),
    lambda nn: nn.FractionalMaxPool3d(0, 2),
]


@pytest.mark.parametrize("make", WRONG)
def test_arguments_that_do_not_go_together_are_refused(make):
    with pytest.raises(Exception) as theirs:
        make(torch.nn)
    with pytest.raises(type(theirs.value)):
        make(nn)


@pytest.mark.parametrize("size", [(10, 10), (2, 4, 9, 10), (8, 9), (12, 9), (9,), (3, 4, 9, 9, 9)])
def test_a_transposed_convolution_reaches_the_sizes_that_torchs_does(size):
    x = normal(2, 2, 4, 4)
    theirs, mine = torch.nn.ConvTranspose2d(2, 4, 3, 2), nn.ConvTranspose2d(2, 4, 3, 2)
    try:
        expected = theirs(x, output_size=size)
    except ValueError:
        with pytest.raises(ValueError):
            mine(ours(x), output_size=size)
    else:
        assert tuple(mine(ours(x), output_size=size).shape) == tuple(expected.shape)


# --- lazy modules ----------------------------------------------------------------------------------------------------


def test_a_lazy_state_loads_into_lazy_and_made_modules_as_in_torch():
    for library, empty in ((torch.nn, torch.zeros), (nn, lucet.zeros)):
        lazy, made = library.LazyLinear(3), library.LazyLinear(3)
        made(empty(2, 4))
        assert repr(lazy.state_dict()["weight"]) == "<UninitializedParameter>"
        assert lazy.has_uninitialized_params()
        lazy.load_state_dict(library.LazyLinear(3).state_dict())
        assert lazy.has_uninitialized_params()
        lazy.load_state_dict(made.state_dict())
        assert not lazy.has_uninitialized_params()
        assert type(lazy).__name__ == "LazyLinear"
        lazy(empty(2, 4))
        assert repr(lazy) == "Linear(in_features=4, out_features=3, bias=True)"
        with pytest.raises(RuntimeError):
            made.load_state_dict(library.LazyLinear(3).state_dict())


def test_lazy_parameters_can_be_moved_and_not_computed_with():
    lazy = nn.LazyConv2d(3, 2).double()
    assert lazy.weight.dtype == lucet.float64
    with pytest.raises(RuntimeError):
        lazy.weight.shape
    with pytest.raises(ValueError):
        lazy.weight + 1
    assert lazy(lucet.zeros(1, 2, 4, 4, dtype=lucet.float64)).dtype == lucet.float64
    assert type(lazy.weight) is nn.Parameter
    assert list(lazy._forward_pre_hooks) == []


def test_buffers_of_lazy_norms_become_plain_tensors():
    lazy = nn.LazyBatchNorm2d()
    lazy(lucet.ones(2, 3, 2, 2))
    assert type(lazy.running_mean) is lucet.Tensor
    assert lazy.running_var.shape == (3,)


# --- gradients of convolutions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_nn_grad_gives_torchs_gradients(dims):
    x, w = normal(2, 4, *(6,) * dims), normal(6, 2, *(3,) * dims, seed=1)
    options = {"stride": 2, "padding": 1, "dilation": 1, "groups": 2}
    g = normal(*getattr(TF, f"conv{dims}d")(x, w, None, **options).shape, seed=2)
    for what, theirs, mine in (
        ("input", (x.shape, w, g), (tuple(x.shape), ours(w), ours(g))),
        ("weight", (x, w.shape, g), (ours(x), tuple(w.shape), ours(g))),
    ):
        expected = getattr(torch.nn.grad, f"conv{dims}d_{what}")(*theirs, **options)
        same(getattr(nn.grad, f"conv{dims}d_{what}")(*mine, **options), expected, layout=False)


@pytest.mark.parametrize("factors", [(1.01, 1.05), (0.35, 1.05), (2.0, 1.1)])
@pytest.mark.parametrize("options", [{}, {"mode": "bilinear", "antialias": True}, {"mode": "bicubic", "antialias": True}, {"mode": "bilinear"}, {"mode": "bicubic"}])
def test_an_axis_that_keeps_its_size_beside_a_factor(factors, options):
    for kind in ("float32", "uint8"):
        x = torch.randint(0, 256, (1, 2, 10, 7)).to(getattr(torch, kind))
        mine = lucet.from_numpy(x.numpy())
        expected = torch.nn.functional.interpolate(x, scale_factor=factors, **options)
        found = lucet.nn.functional.interpolate(mine, scale_factor=factors, **options)
        assert found.shape == tuple(expected.shape)
        np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-5, atol=1e-3)
