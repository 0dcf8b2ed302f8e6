"""Norms and losses beside torch: values, gradients of both orders, running statistics, warnings, error classes, over generated calls."""

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lucet
import lucet._ops as LF

TOL = {
    "float32": dict(rtol=2e-5, atol=2e-5),
    "float64": dict(rtol=1e-11, atol=1e-11),
    "float16": dict(rtol=4e-3, atol=4e-3),
}
settings.register_profile("parity", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("parity")

dtypes = st.sampled_from(["float32", "float64"])
reductions = st.sampled_from(["none", "mean", "sum"])
seeds = st.integers(0, 1000)


def values(seed, shape, dtype, positive=False):
    drawn = np.random.default_rng(seed).normal(size=shape).astype(dtype)
    return np.abs(drawn) + np.asarray(0.1, dtype) if positive else drawn


def both(array, requires_grad=False):
    if array is None:
        return None, None
    return lucet.tensor(array.tolist(), dtype=getattr(lucet, array.dtype.name)).reshape(array.shape).requires_grad_(
        requires_grad
    ), torch.from_numpy(array.copy()).requires_grad_(requires_grad)


def same(ours, theirs, **tolerance):
    assert tuple(ours.shape) == tuple(theirs.shape)
    assert str(ours.dtype).split(".")[-1] == str(theirs.dtype).split(".")[-1]
    if not tolerance:
        tolerance = TOL[str(theirs.dtype).split(".")[-1]]
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(force=True), **tolerance)


def same_gradients(ours, theirs, our_leaves, their_leaves, seed=7):
    """First gradients against a random direction, then gradients of their squares."""
    g = values(seed, tuple(theirs.shape), theirs.detach().numpy().dtype)
    ours_g, theirs_g = both(np.asarray(g))
    first = lucet.autograd.grad(ours, our_leaves, ours_g, retain_graph=True)
    expected = torch.autograd.grad(theirs, their_leaves, theirs_g, create_graph=True)
    loose = dict(rtol=2e-4, atol=2e-4) if theirs.dtype == torch.float32 else dict(rtol=1e-9, atol=1e-9)
    for a, b in zip(first, expected, strict=True):
        same(a, b, **loose)
    if theirs.dtype != torch.float64:
        return
    again = lucet.autograd.grad(ours, our_leaves, ours_g, create_graph=True)
    scalar, scalar_expected = sum((a * a).sum() for a in again), sum((b * b).sum() for b in expected)
    if not scalar_expected.requires_grad:
        assert not scalar.requires_grad or not any(
            g.abs().sum() for g in lucet.autograd.grad(scalar, our_leaves, allow_unused=True) if g is not None
        )
        return
    try:
        second_expected = torch.autograd.grad(scalar_expected, their_leaves, allow_unused=True)
    except RuntimeError:  # some second gradients of norms without a weight are missing there
        return
    second = (
        lucet.autograd.grad(scalar, our_leaves, allow_unused=True) if scalar.requires_grad else [None] * len(our_leaves)
    )
    for a, b, leaf in zip(second, second_expected, their_leaves, strict=True):
        same(
            lucet.zeros(leaf.shape, dtype=lucet.float64) if a is None else a,
            torch.zeros_like(leaf) if b is None else b,
            rtol=1e-8,
            atol=1e-8,
        )


shapes = st.one_of(
    st.tuples(st.integers(2, 6), st.integers(1, 5)),
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(2, 6)),
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(2, 5)),
    st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(2, 3)),
)


@given(
    shapes,
    dtypes,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.floats(0, 1),
    st.sampled_from([1e-5, 1e-3, 0.5]),
    seeds,
)
def test_batch_norm(shape, dtype, training, with_stats, with_weight, with_bias, momentum, eps, seed):
    assume(training or with_stats)
    c = shape[1]
    leaves = [both(values(seed, shape, dtype), True)]
    weight = both(values(seed + 1, (c,), dtype) if with_weight else None, True) if with_weight else (None, None)
    bias = both(values(seed + 2, (c,), dtype), True) if with_bias else (None, None)
    mean = both(values(seed + 3, (c,), dtype)) if with_stats else (None, None)
    var = both(values(seed + 4, (c,), dtype, True)) if with_stats else (None, None)
    leaves += [p for p in (weight, bias) if p[0] is not None]
    found, expected = (
        f(leaves[0][i], mean[i], var[i], weight[i], bias[i], training, momentum, eps)
        for i, f in enumerate((LF.batch_norm, TF.batch_norm))
    )
    same(found, expected)
    if with_stats:
        same(mean[0], mean[1])
        same(var[0], var[1])
    assert found.grad_fn.name() == expected.grad_fn.name() or expected.dim() > 5
    same_gradients(found, expected, [p[0] for p in leaves], [p[1] for p in leaves])


@given(shapes, dtypes, st.integers(1, 3), st.booleans(), seeds)
def test_layer_norm(shape, dtype, k, affine, seed):
    over = shape[-k:]
    x = both(values(seed, shape, dtype), True)
    w, b = (both(values(seed + j, over, dtype), True) if affine else (None, None) for j in (1, 2))
    found, expected = (f(x[i], over, w[i], b[i], 1e-4) for i, f in enumerate((LF.layer_norm, TF.layer_norm)))
    same(found, expected)
    assert found.grad_fn.name() == expected.grad_fn.name()
    leaves = [p for p in (x, w, b) if p[0] is not None]
    same_gradients(found, expected, [p[0] for p in leaves], [p[1] for p in leaves])


@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.lists(st.integers(2, 4), max_size=2),
    dtypes,
    st.booleans(),
    seeds,
)
def test_group_norm(n, groups, per_group, rest, dtype, affine, seed):
    shape = (n, groups * per_group, *rest)
    assume(np.prod(shape) > n * groups)
    x = both(values(seed, shape, dtype), True)
    w, b = (both(values(seed + j, shape[1:2], dtype), True) if affine else (None, None) for j in (1, 2))
    found, expected = (f(x[i], groups, w[i], b[i]) for i, f in enumerate((LF.group_norm, TF.group_norm)))
    same(found, expected)
    leaves = [p for p in (x, w, b) if p[0] is not None]
    same_gradients(found, expected, [p[0] for p in leaves], [p[1] for p in leaves])


@given(shapes, dtypes, st.integers(1, 3), st.booleans(), st.sampled_from([None, 1e-3]), seeds)
def test_rms_norm(shape, dtype, k, affine, eps, seed):
    over = shape[-k:]
    x = both(values(seed, shape, dtype), True)
    w = both(values(seed + 1, over, dtype), True) if affine else (None, None)
    found, expected = (f(x[i], over, w[i], eps) for i, f in enumerate((LF.rms_norm, TF.rms_norm)))
    same(found, expected)
    leaves = [p for p in (x, w) if p[0] is not None]
    same_gradients(found, expected, [p[0] for p in leaves], [p[1] for p in leaves])


@pytest.mark.parametrize("affine", [(0, 0), (1, 0), (1, 1)], ids=str)
@pytest.mark.parametrize("shape", [(2, 4, 5, 3), (33, 8, 20, 21), (2, 4, 2, 3, 4)], ids=str)
def test_group_norm_keeps_the_order_of_images(shape, affine):
    format = "channels_last" if len(shape) == 4 else "channels_last_3d"
    told = []
    for L, F in ((lucet, LF), (torch, TF)):
        x, w, b = (L.tensor(values(i, s, "float64")) for i, s in enumerate((shape, shape[1:2], shape[1:2])))
        x = x.contiguous(memory_format=getattr(L, format)).requires_grad_()
        w, b = (t.requires_grad_() if given else None for t, given in zip((w, b), affine, strict=True))
        y = F.group_norm(x, 4, w, b)
        leaves = [t for t in (x, w, b) if t is not None]
        first = L.autograd.grad((y.sin() * y).sum(), leaves, create_graph=True)
        second = L.autograd.grad(sum((d * d).sum() for d in first), [x])
        told.append((y.grad_fn.name(), [t.stride() for t in (y, *first)], [t.detach().numpy() for t in (y, *first, *second)]))
    (name, strides, found), (expected_name, expected_strides, expected) = told
    assert (name, strides) == (expected_name, expected_strides)
    for a, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-9, atol=1e-9 * abs(e).max())


@given(shapes, dtypes, st.booleans(), st.booleans(), seeds)
def test_instance_norm(shape, dtype, with_stats, own, seed):
    assume(len(shape) > 2 and (own or with_stats))
    c = shape[1]
    x, w, b = (
        both(values(seed, shape, dtype), True),
        both(values(seed + 1, (c,), dtype), True),
        both(values(seed + 2, (c,), dtype), True),
    )
    mean = both(values(seed + 3, (c,), dtype)) if with_stats else (None, None)
    var = both(values(seed + 4, (c,), dtype, True)) if with_stats else (None, None)
    found, expected = (
        f(x[i], mean[i], var[i], w[i], b[i], own, 0.3) for i, f in enumerate((LF.instance_norm, TF.instance_norm))
    )
    same(found, expected)
    if with_stats:
        same(mean[0], mean[1])
        same(var[0], var[1])
    same_gradients(found, expected, [x[0], w[0], b[0]], [x[1], w[1], b[1]])


# --- class losses -----------------------------------------------------------------------------------------------------

score_shapes = st.one_of(
    st.tuples(st.integers(1, 5)),
    st.tuples(st.integers(1, 6), st.integers(1, 12)),
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(1, 2), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 2), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)),
)


def drawn_labels(seed, shape, ignore):
    classes = shape[0] if len(shape) == 1 else shape[1]
    target_shape = shape[2:] if len(shape) == 1 else (shape[0], *shape[2:])
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, target_shape)
    return np.asarray(np.where(rng.random(target_shape) < 0.2, ignore, labels), np.int64)


@given(
    st.sampled_from(["nll_loss", "cross_entropy"]),
    score_shapes,
    dtypes,
    st.booleans(),
    st.sampled_from([-100, -1, 0, 2]),
    reductions,
    st.sampled_from([0.0, 0.1, 1.0]),
    seeds,
)
def test_class_losses(name, shape, dtype, weighted, ignore, reduction, smoothing, seed):
    classes = shape[0] if len(shape) == 1 else shape[1]
    x, t = both(values(seed, shape, dtype), True), both(drawn_labels(seed, shape, ignore))
    w = both(values(seed + 1, (classes,), dtype, True)) if weighted else (None, None)
    kwargs = {"ignore_index": ignore, "reduction": reduction}
    if name == "cross_entropy":
        assume(len(shape) > 1 or not smoothing or reduction != "none")
        kwargs["label_smoothing"] = smoothing
    found, expected = (getattr(f, name)(x[i], t[i], w[i], **kwargs) for i, f in enumerate((LF, TF)))
    same(found, expected, **(dict(rtol=1e-6, atol=1e-6) if dtype == "float32" else {}))
    same_gradients(found, expected, [x[0]], [x[1]])


@given(score_shapes, dtypes, st.booleans(), reductions, st.sampled_from([0.0, 0.1, 1.0]), seeds)
def test_class_probabilities(shape, dtype, weighted, reduction, smoothing, seed):
    classes = shape[0] if len(shape) == 1 else shape[1]
    x, t = both(values(seed, shape, dtype), True), both(values(seed + 1, shape, dtype, True), True)
    w = both(values(seed + 2, (classes,), dtype, True)) if weighted else (None, None)
    found, expected = (
        f.cross_entropy(x[i], t[i], w[i], reduction=reduction, label_smoothing=smoothing)
        for i, f in enumerate((LF, TF))
    )
    same(found, expected)
    same_gradients(found, expected, [x[0], t[0]], [x[1], t[1]])


@pytest.mark.parametrize("rows, classes", [(64, 10), (128, 10), (32, 1000), (1000, 3), (7, 50000)])
def test_float32_cross_entropy_is_within_two_units_of_the_last_place(rows, classes):
    x, t = (
        both(values(0, (rows, classes), "float32") * np.float32(3)),
        both(np.random.default_rng(1).integers(0, classes, rows)),
    )
    exact = TF.cross_entropy(x[1].double(), t[1]).item()
    unit = np.spacing(np.float32(exact))
    assert abs(LF.cross_entropy(x[0], t[0]).item() - exact) <= 2 * unit
    assert abs(LF.cross_entropy(x[0], t[0]).item() - TF.cross_entropy(x[1], t[1]).item()) <= 2 * unit + abs(
        TF.cross_entropy(x[1], t[1]).item() - exact
    )


# --- losses of two operands -------------------------------------------------------------------------------------------

any_shape = st.lists(st.integers(0, 4), max_size=3).map(tuple)


@given(
    st.sampled_from(["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"]),
    any_shape,
    dtypes,
    dtypes,
    reductions,
    st.sampled_from([0.3, 1.0, 2.5]),
    seeds,
)
def test_losses_of_two_operands(name, shape, dtype, other, reduction, limit, seed):
    assume(name != "huber_loss" or dtype == other)
    a, b = both(values(seed, shape, dtype), True), both(values(seed + 1, shape, other), True)
    kwargs = {"reduction": reduction} | (
        {"beta": limit} if name == "smooth_l1_loss" else {"delta": limit} if name == "huber_loss" else {}
    )
    found, expected = (getattr(f, name)(a[i], b[i], **kwargs) for i, f in enumerate((LF, TF)))
    same(found, expected, **(dict(rtol=1e-6, atol=1e-6) if "float32" in (dtype, other) else {}))
    assert found.grad_fn.name() == expected.grad_fn.name()
    if expected.numel() and not np.isnan(expected.detach().numpy()).any() and dtype == other:
        same_gradients(found, expected, [a[0], b[0]], [a[1], b[1]])


@given(
    st.sampled_from(["binary_cross_entropy", "binary_cross_entropy_with_logits"]),
    any_shape,
    dtypes,
    st.booleans(),
    st.booleans(),
    reductions,
    seeds,
)
def test_binary_losses(name, shape, dtype, weighted, positive, reduction, seed):
    x, t = values(seed, shape, dtype), 1 / (1 + np.exp(-values(seed + 1, shape, dtype)))
    if name == "binary_cross_entropy":
        x = 1 / (1 + np.exp(-x))
    x, t = both(np.asarray(x, dtype), True), both(np.asarray(t, dtype), True)
    kwargs = [{"reduction": reduction}, {"reduction": reduction}]
    if weighted:
        w = both(np.asarray(values(seed + 2, shape[-1:], dtype, True)))
        kwargs = [k | {"weight": w[i]} for i, k in enumerate(kwargs)]
    if positive and name.endswith("logits"):
        p = both(np.asarray(values(seed + 3, shape[-1:], dtype, True)))
        kwargs = [k | {"pos_weight": p[i]} for i, k in enumerate(kwargs)]
    found, expected = (getattr(f, name)(x[i], t[i], **kwargs[i]) for i, f in enumerate((LF, TF)))
    same(found, expected)
    if expected.numel() and not np.isnan(expected.detach().numpy()).any():
        same_gradients(found, expected, [x[0], t[0]], [x[1], t[1]])


# --- calls that warn or fail ------------------------------------------------------------------------------------------

CALLS = [
    # x (4, 3), y labels, z (4, 3), m and v (3,): statistics, f the functions, lib the package
    "f.batch_norm(x[:1], m, v, training=True)", "f.batch_norm(x[:0], m, v, training=True)", "f.batch_norm(x[:0], m, v)", "f.batch_norm(x, None, None)", "f.batch_norm(x, None, v)",
    "f.batch_norm(x, m, None)", "f.batch_norm(x, m, None, training=True)", "f.batch_norm(x[:, :2], m, v)", "f.batch_norm(x, m, v, weight=m[:2])",
    "f.batch_norm(x, m, v, bias=m[:2])", "f.batch_norm(x, m, v, weight=m.double())", "f.batch_norm(x.double(), m, v)", "f.batch_norm(x.half(), m, v)", "f.batch_norm(x.half(), m, v).dtype",
    "f.batch_norm(x.long(), m, v)", "f.batch_norm(x, m, v, eps=-1.0)", "f.batch_norm(x, m, v, training=True, eps=0.0)", "f.batch_norm(x, m, v, momentum=None, training=True)",
    "f.batch_norm(x, m.clone().requires_grad_(), v)", "f.batch_norm(x[0], m, v)", "f.batch_norm(lib.zeros(2, 3, 0), m, v, training=True)",
    "lib.batch_norm(x, None, None, m, v, True, 0.1, 1e-5, False)", "lib.batch_norm(x[:1], None, None, m, v, True, 0.1, 1e-5, False).shape",
    "lib.batch_norm(x, None, None, None, None, False, 0.1, 1e-5, False)", "lib.batch_norm(x, None, None, m, v)",
    "lib.layer_norm(x, (3,), m)", "lib.group_norm(x, 3)", "f.layer_norm(x, 3)", "f.layer_norm(x, [4])", "f.layer_norm(x, ())", "f.layer_norm(x, (3,), lib.ones(4))", "f.layer_norm(x[:0], (3,))",
    "f.group_norm(x, 2)", "f.group_norm(x[0], 2)", "f.group_norm(x, -2)", "f.group_norm(x, 3, lib.ones(2))", "f.instance_norm(x)", "f.instance_norm(x[None], use_input_stats=False)",
    "f.nll_loss(x, y)", "f.nll_loss(x, y + 1)", "f.nll_loss(x, y - 1)", "f.nll_loss(x, y[:2])", "f.nll_loss(x, y.int())", "f.nll_loss(x, y.to(lib.uint8))", "f.nll_loss(x, y.float())", "f.nll_loss(x, y == 1)",
    "f.nll_loss(x[0], y[0])", "f.nll_loss(x[0], y[:1], reduction='none')", "f.nll_loss(x[0], y)", "f.nll_loss(x, y[0])", "f.nll_loss(x, y, reduction='foo')", "f.nll_loss(x, y, reduction=None)",
    "f.nll_loss(x, y, weight=m[:2])", "f.nll_loss(x, y, weight=m.double())", "f.nll_loss(x, y, weight=m[None])", "f.nll_loss(x, y[:, None])", "f.nll_loss(x[0, 0], y)", "f.nll_loss(x[:0], y[:0])",
    "f.nll_loss(x[:0], y[:0], reduction='sum')", "f.nll_loss(x, y, size_average=False)", "f.nll_loss(x, y, reduce=False)", "f.nll_loss(x, y, size_average=True, reduce=True)", "f.nll_loss(x.long(), y)",
    "f.nll_loss(x.half(), y)", "f.nll_loss(x[:, :0], y)", "f.nll_loss(x, y, ignore_index=1.5)", "f.nll_loss(x, y * 0 - 100)", "f.nll_loss(x, y * 0 - 100, reduction='sum')",
    "f.nll_loss(x.reshape(2, 2, 3), y.reshape(2, 2))", "f.nll_loss(x.reshape(2, 2, 3), lib.zeros(2, 3).long())", "f.nll_loss(x.reshape(2, 2, 3, 1), lib.zeros(2, 3).long())",
    "f.cross_entropy(x, y)", "f.cross_entropy(x, y + 1)", "f.cross_entropy(x, y[:2])", "f.cross_entropy(x, y.int())", "f.cross_entropy(x, y.float())", "f.cross_entropy(x, z.abs())",
    "f.cross_entropy(x, z, ignore_index=1)", "f.cross_entropy(x, z.double())", "f.cross_entropy(x, z.long())", "f.cross_entropy(x, y, label_smoothing=1.5)", "f.cross_entropy(x, y, label_smoothing=-0.5)",
    "f.cross_entropy(x, y, weight=m[:2])", "f.cross_entropy(x, y, weight=m.double())", "f.cross_entropy(x, z, weight=m[:2])", "f.cross_entropy(x[0], y[0])", "f.cross_entropy(x[0], z[0])",
    "f.cross_entropy(x[0], y[:1], reduction='none')", "f.cross_entropy(x[0], y)", "f.cross_entropy(x[0, 0], y)", "f.cross_entropy(x.long(), y)", "f.cross_entropy(x[:0], y[:0])", "f.cross_entropy(x[:, :0], y)",
    "f.cross_entropy(x[:, :0], z[:, :0])", "f.cross_entropy(x, y[:, None])", "f.cross_entropy(x, z[:, :1])", "f.cross_entropy(x, y, weight=m.clone().requires_grad_())", "f.cross_entropy(x.half(), y).dtype",
    "f.cross_entropy(x, y, size_average=False)", "f.cross_entropy(x, y, reduction='foo')", "f.cross_entropy(x, y * 0 - 100)", "f.cross_entropy(x, y * 0 - 100, label_smoothing=0.1)",
    *[f"f.{name}({call})" for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss") for call in (
        "x, z", "x, z[0]", "x, z[:, :2]", "x, z, reduction='foo'", "x, z, reduction=None", "z.long(), z.long()", "z.long(), z.long(), reduction='sum'", "z.half(), z.half()", "x[:0], z[:0]", "x, z > 0", "x, z.long()", "x, 1.0", "x, z.double()",
    )],
    *[f"f.{name}(x, z, {call})" for name in ("mse_loss", "l1_loss", "huber_loss") for call in ("weight=z", "weight=m", "weight=z, reduction='sum'", "weight=z, reduction='none'")],
    "f.mse_loss(x, z, size_average=False)", "f.mse_loss(x, z, reduce=False)", "f.smooth_l1_loss(x, z, beta=0.0)", "f.smooth_l1_loss(x, z, beta=-1.0)", "f.huber_loss(x, z, delta=0.0)",
    "f.binary_cross_entropy(x, z)", "f.binary_cross_entropy(x.sigmoid(), z[0])", "f.binary_cross_entropy(x.sigmoid(), z.double())", "f.binary_cross_entropy(x.sigmoid(), z, weight=m[:2])", "f.binary_cross_entropy(x.sigmoid(), z, weight=m)",
    "f.binary_cross_entropy(z.long(), z.long())", "f.binary_cross_entropy(x[:0], z[:0])", "f.binary_cross_entropy(x.sigmoid(), z.sigmoid(), reduction='foo')",
    "f.binary_cross_entropy_with_logits(x, z)", "f.binary_cross_entropy_with_logits(x, z[0])", "f.binary_cross_entropy_with_logits(x, z, weight=m[:2])", "f.binary_cross_entropy_with_logits(x, z, pos_weight=m[:2])",
    "f.binary_cross_entropy_with_logits(x, z.long())", "f.binary_cross_entropy_with_logits(z.long(), z.long())",
]  # fmt: skip


def outcome(code, lib, functions):
    x, z = values(0, (4, 3), "float32"), values(1, (4, 3), "float32")
    names = {
        "x": x,
        "z": z,
        "y": np.array([0, 1, 2, 0]),
        "m": np.zeros(3, np.float32) + 0.5,
        "v": np.ones(3, np.float32),
    }
    names = {k: lib.from_numpy(a.copy()) for k, a in names.items()} | {"f": functions, "lib": lib}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = eval(code, names)
            result = result.detach() if hasattr(result, "detach") else str(result).split(".")[-1]
        except Exception as raised:
            result = raised
    return result, [w.category for w in caught if "TF32" not in str(w.message)]


@pytest.mark.parametrize("code", CALLS)
def test_calls_that_warn_or_fail(code):
    (found, our_warnings), (expected, their_warnings) = outcome(code, lucet, LF), outcome(code, torch, TF)
    assert our_warnings == their_warnings
    if isinstance(expected, Exception):
        kind = (
            RuntimeError
            if isinstance(expected, NotImplementedError)
            else TypeError
            if isinstance(expected, AttributeError)
            else type(expected)
        )
        assert isinstance(found, kind), f"{found!r} for {expected!r}"
    elif isinstance(expected, str):
        assert found == expected
    else:
        assert not isinstance(found, Exception), repr(found)
        same(
            found,
            expected,
            rtol=2e-3 if expected.dtype == torch.float16 else 2e-6,
            atol=2e-3 if expected.dtype == torch.float16 else 2e-6,
        )
