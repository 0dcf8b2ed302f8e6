"""Convolution, pooling and matrix products beside torch: values, gradients of both orders, error classes, over generated calls."""

import warnings

import numpy as np
import pytest
import torch
import torch.nn.functional as TF
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lucet
import lucet._ops as LF

settings.register_profile("parity", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("parity")

dtypes = st.sampled_from(["float32", "float64"])
seeds = st.integers(0, 1000)


def values(seed, shape, dtype):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def both(array, requires_grad=False):
    return lucet.from_numpy(array.copy()).requires_grad_(requires_grad), torch.from_numpy(array.copy()).requires_grad_(
        requires_grad
    )


def same(ours, theirs, float32=2e-5, float64=1e-10):
    assert tuple(ours.shape) == tuple(theirs.shape)
    name = str(theirs.dtype).split(".")[-1]
    assert str(ours.dtype).split(".")[-1] == name
    if name.startswith("int"):
        assert np.array_equal(ours.numpy(), theirs.numpy())
        return
    tol = {"float32": float32, "float64": float64, "float16": 1e-2, "bfloat16": 5e-2}[name]
    ours, theirs = ours.detach().double().numpy(), theirs.detach().double().numpy(force=True)
    np.testing.assert_allclose(
        ours,
        theirs,
        rtol=tol,
        atol=tol * max(1.0, abs(theirs).max() if theirs.size and np.isfinite(theirs).all() else 1.0),
    )


def same_gradients(ours, theirs, our_leaves, their_leaves, seed=7):
    g = np.asarray(values(seed, tuple(theirs.shape), str(theirs.dtype).split(".")[-1]))
    ours_g, theirs_g = both(g)
    first = lucet.autograd.grad(ours, our_leaves, ours_g, retain_graph=True)
    expected = torch.autograd.grad(theirs, their_leaves, theirs_g, create_graph=True)
    for a, b in zip(first, expected, strict=True):
        same(a, b, 2e-4)
    if theirs.dtype != torch.float64:
        return
    again = lucet.autograd.grad(ours, our_leaves, ours_g, create_graph=True)
    scalar, scalar_expected = sum((a * a).sum() for a in again), sum((b * b).sum() for b in expected)
    if not scalar_expected.requires_grad or not scalar.requires_grad:
        return
    second = lucet.autograd.grad(scalar, our_leaves, allow_unused=True)
    second_expected = torch.autograd.grad(scalar_expected, their_leaves, allow_unused=True)
    for a, b, leaf in zip(second, second_expected, their_leaves, strict=True):
        same(
            lucet.zeros(leaf.shape, dtype=lucet.float64) if a is None else a,
            torch.zeros_like(leaf) if b is None else b,
            float64=1e-9,
        )


def agree(name, ours, theirs, **tolerance):
    """Run both; either both fail with one class or both results are returned."""
    try:
        expected = theirs()
    except Exception as wanted:
        with pytest.raises(RuntimeError if isinstance(wanted, NotImplementedError) else type(wanted)):
            ours()
        return None
    return ours(), expected


# --- convolution ------------------------------------------------------------------------------------------------------

small = st.integers(1, 3)
sizes = st.integers(1, 9)


@st.composite
def convolutions(draw):
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    weight = (
        groups * draw(st.integers(1, 3)),
        draw(st.integers(1, 4)),
        draw(st.integers(1, 4)),
        draw(st.integers(1, 4)),
    )
    shape = (draw(st.integers(0, 3)), groups * weight[1], draw(sizes), draw(sizes))
    pair = st.one_of(small, st.tuples(small, small))
    padding = draw(
        st.one_of(
            st.integers(0, 3), st.tuples(st.integers(0, 3), st.integers(0, 3)), st.sampled_from(["same", "valid"])
        )
    )
    return shape, weight, draw(pair), padding, draw(pair), groups


@given(convolutions(), dtypes, st.booleans(), st.booleans(), st.booleans(), seeds)
def test_conv2d(case, dtype, with_bias, batched, strided, seed):
    shape, weight, *rest = case
    if not batched:
        shape = shape[1:]
    x, w = values(seed, shape, dtype), values(seed + 1, weight, dtype)
    if strided:
        x, w = np.asfortranarray(x), np.asfortranarray(w)
    x, w, b = both(x, True), both(w, True), both(values(seed + 2, weight[:1], dtype), True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pair = agree(
            "conv2d",
            *(
                lambda i=i, f=f: f.conv2d(x[i], w[i], b[i] if with_bias else None, *rest)
                for i, f in enumerate((LF, TF))
            ),
        )
    if pair is None:
        return
    same(*pair)
    leaves = [x, w, b] if with_bias else [x, w]
    same_gradients(*pair, [t[0] for t in leaves], [t[1] for t in leaves])


@given(convolutions(), dtypes, seeds)
def test_conv1d(case, dtype, seed):
    shape, weight, stride, padding, dilation, groups = case
    last = lambda v: v[-1] if isinstance(v, tuple) else v
    x, w = (
        both(values(seed, (*shape[:2], shape[3]), dtype), True),
        both(values(seed + 1, (*weight[:2], weight[3]), dtype), True),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pair = agree(
            "conv1d",
            *(
                lambda i=i, f=f: f.conv1d(x[i], w[i], None, last(stride), last(padding), last(dilation), groups)
                for i, f in enumerate((LF, TF))
            ),
        )
    if pair is None:
        return
    same(*pair)
    same_gradients(*pair, [x[0], w[0]], [x[1], w[1]])


@pytest.mark.parametrize(
    "shape, weight, kwargs",
    [
        ((64, 1, 28, 28), (32, 1, 3, 3), {}),
        ((16, 32, 26, 26), (64, 32, 3, 3), {}),
        ((8, 6, 14, 14), (16, 6, 5, 5), {}),
        ((4, 64, 14, 14), (64, 1, 3, 3), {"groups": 64, "padding": 1}),
        ((2, 64, 28, 28), (128, 64, 1, 1), {"stride": 2}),
        ((1, 3, 64, 64), (16, 3, 7, 7), {"stride": 2, "padding": 3}),
    ],
)
def test_convolutions_of_real_networks(shape, weight, kwargs):
    x, w, b = (
        both(values(0, shape, "float32"), True),
        both(values(1, weight, "float32"), True),
        both(values(2, weight[:1], "float32"), True),
    )
    found, expected = (f.conv2d(x[i], w[i], b[i], **kwargs) for i, f in enumerate((LF, TF)))
    same(found, expected)
    same_gradients(found, expected, [x[0], w[0], b[0]], [x[1], w[1], b[1]])


# --- pooling ----------------------------------------------------------------------------------------------------------


@st.composite
def pools(draw):
    pair = st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))
    kernel = draw(pair)
    half = min(kernel if isinstance(kernel, tuple) else (kernel,)) // 2
    return (
        (draw(st.integers(1, 2)), draw(small), draw(sizes), draw(sizes)),
        kernel,
        draw(st.one_of(st.none(), pair)),
        draw(st.integers(0, half + (1 if draw(st.integers(0, 9)) == 9 else 0))),
        draw(st.booleans()),
    )


def distinct(seed, shape, dtype):
    return np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape).astype(dtype) / 8 - 3


@given(pools(), st.integers(1, 3), dtypes, st.booleans(), seeds)
def test_max_pool2d(case, dilation, dtype, batched, seed):
    shape, kernel, stride, padding, ceil = case
    x = both(distinct(seed, shape if batched else shape[1:], dtype), True)
    pair = agree(
        "max_pool2d",
        *(
            lambda i=i, f=f: f.max_pool2d(x[i], kernel, stride, padding, dilation, ceil, True)
            for i, f in enumerate((LF, TF))
        ),
    )
    if pair is None:
        return
    (y, at), (expected, at_expected) = pair
    same(y, expected)
    same(at, at_expected)
    same_gradients(y, expected, [x[0]], [x[1]])


@given(pools(), dtypes, st.booleans(), st.sampled_from([None, 1, 3, -2]), seeds)
def test_avg_pool2d(case, dtype, count_pad, divisor, seed):
    shape, kernel, stride, padding, ceil = case
    x = both(values(seed, shape, dtype), True)
    pair = agree(
        "avg_pool2d",
        *(
            lambda i=i, f=f: f.avg_pool2d(x[i], kernel, stride, padding, ceil, count_pad, divisor)
            for i, f in enumerate((LF, TF))
        ),
    )
    if pair is None:
        return
    same(*pair)
    same_gradients(*pair, [x[0]], [x[1]])


@given(pools(), dtypes, st.booleans(), seeds)
def test_pools_of_sequences(case, dtype, average, seed):
    shape, kernel, stride, padding, ceil = case
    last = lambda v: v[-1] if isinstance(v, tuple) else v
    x = both(distinct(seed, (shape[0], shape[1], shape[3]), dtype), True)
    pair = agree(
        "pool1d",
        *(
            lambda i=i, f=f: (
                f.avg_pool1d(x[i], last(kernel), last(stride), padding, ceil)
                if average
                else f.max_pool1d(x[i], last(kernel), last(stride), padding, 1, ceil)
            )
            for i, f in enumerate((LF, TF))
        ),
    )
    if pair is None:
        return
    same(*pair)
    same_gradients(*pair, [x[0]], [x[1]])


@given(
    st.sampled_from(["adaptive_avg_pool2d", "adaptive_max_pool2d"]),
    st.tuples(small, small, sizes, sizes),
    st.tuples(st.one_of(st.none(), st.integers(0, 7)), st.integers(1, 11)),
    dtypes,
    seeds,
)
def test_adaptive_pools(name, shape, size, dtype, seed):
    x = both(distinct(seed, shape, dtype), True)
    found, expected = (getattr(f, name)(x[i], size) for i, f in enumerate((LF, TF)))
    same(found, expected)
    if expected.numel():
        same_gradients(found, expected, [x[0]], [x[1]])


# --- products ---------------------------------------------------------------------------------------------------------


@st.composite
def operands(draw):
    inner = draw(st.integers(0, 5))
    batch = draw(st.lists(st.integers(1, 3), max_size=2))
    broken = lambda: [draw(st.sampled_from([n, 1])) for n in batch[draw(st.integers(0, len(batch))) :]]
    left = draw(st.sampled_from([[inner], [*broken(), draw(st.integers(0, 4)), inner]]))
    other = inner if draw(st.integers(0, 9)) else inner + 1
    right = draw(st.sampled_from([[other], [*broken(), other, draw(st.integers(0, 4))]]))
    return tuple(left), tuple(right)


@given(operands(), dtypes, st.booleans(), st.booleans(), seeds)
def test_matmul(shapes, dtype, turned, turned_too, seed):
    a, b = values(seed, shapes[0], dtype), values(seed + 1, shapes[1], dtype)
    a, b = (np.asfortranarray(t) if flag else t for t, flag in ((a, turned), (b, turned_too)))
    a, b = both(np.asarray(a), True), both(np.asarray(b), True)
    pair = agree("matmul", *(lambda i=i, lib=lib: lib.matmul(a[i], b[i]) for i, lib in enumerate((lucet, torch))))
    if pair is None:
        return
    same(*pair)
    assert pair[0].stride() == pair[1].stride() or pair[1].numel() < 2 or 1 in pair[1].shape
    if pair[1].numel():
        same_gradients(*pair, [a[0], b[0]], [a[1], b[1]])


@given(
    st.sampled_from(["int64", "int32", "int16", "int8", "uint8", "float16", "bfloat16"]),
    st.integers(1, 6),
    st.integers(1, 9),
    st.integers(1, 6),
    seeds,
)
def test_matmul_of_other_types(name, m, k, n, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-9, 9, (m, k)), rng.integers(-9, 9, (k, n))
    found = lucet.from_numpy(a).to(getattr(lucet, name)) @ lucet.from_numpy(b).to(getattr(lucet, name))
    expected = torch.from_numpy(a).to(getattr(torch, name)) @ torch.from_numpy(b).to(getattr(torch, name))
    assert str(found.dtype).split(".")[-1] == name
    np.testing.assert_array_equal(found.double().numpy(), expected.double().numpy())


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=3),
    st.integers(0, 5),
    st.sampled_from([None, "n", "1", "wrong"]),
    dtypes,
    seeds,
)
def test_linear(lead, n, bias, dtype, seed):
    x, w = both(values(seed, tuple(lead), dtype), True), both(values(seed + 1, (n, lead[-1]), dtype), True)
    size = {"n": n, "1": 1, "wrong": n + 2}.get(bias)
    b = (None, None) if bias is None else both(values(seed + 2, (size,), dtype), True)
    assume(bias != "1" or n != 0)
    pair = agree("linear", *(lambda i=i, f=f: f.linear(x[i], w[i], b[i]) for i, f in enumerate((LF, TF))))
    if pair is None:
        return
    same(*pair)
    leaves = [t for t in (x, w, b) if t[0] is not None]
    if pair[1].numel():
        same_gradients(*pair, [t[0] for t in leaves], [t[1] for t in leaves])


CALLS = [
    # p (1, 2, 4, 4), w (3, 2, 3, 3), m (3, 4), t (2, 3, 4), b (3,); f the functions, lib the package
    "f.conv2d(p, w)", "f.conv2d(p, w, b)", "f.conv2d(p[0, 0], w)", "f.conv2d(p, w[0])", "f.conv2d(p[:, :1], w)", "f.conv2d(p, w, groups=2)", "f.conv2d(p, w, groups=0)", "f.conv2d(p, w, b[:2])", "f.conv2d(p, w, stride=0)",
    "f.conv2d(p, w, padding=-1)", "f.conv2d(p, w, dilation=0)", "f.conv2d(p, w, stride=(1, 1, 1))", "f.conv2d(p, w, stride=[2])", "f.conv2d(p, w, dilation=3)", "f.conv2d(p, w, padding='full')", "f.conv2d(p, w, stride=2, padding='same')",
    "f.conv2d(p.double(), w)", "f.conv2d(p, w, b.double())", "f.conv2d(p, w, stride=1.5)", "f.conv2d(p, w, stride='2')", "f.conv2d(p[:0], w)", "f.conv2d(p, w[:0])", "f.conv2d(p.half(), w.half()).dtype",
    "f.conv1d(p[0], w[:, :, 0])", "f.conv1d(p, w)", "f.conv1d(p[0], w)", "lib.conv2d(input=p, weight=w, bias=b, stride=1, padding=1, dilation=1, groups=1)",
    "f.max_pool2d(p, 0)", "f.max_pool2d(p, 2, 0)", "f.max_pool2d(p, 2, -1)", "f.max_pool2d(p, 2, 2, 0, 0)", "f.max_pool2d(p, 2, 2, -1)", "f.max_pool2d(p, 2, 2, 2)", "f.max_pool2d(p, (2, 2, 2))", "f.max_pool2d(p, 2, (1, 1, 1))",
    "f.max_pool2d(p, 9)", "f.max_pool2d(p, 1.5)", "f.max_pool2d(p, [])", "f.max_pool2d(p, 2, [])", "f.max_pool2d(p[:0], 2)", "f.max_pool2d(p[:, :0], 2)", "f.max_pool2d(p[0, 0], 2)", "f.max_pool2d(p, 2, 1, 1, 3)", "f.max_pool2d(p[0], 2)",
    "f.max_pool2d(p.half(), 2).dtype", "f.max_pool2d(p.bfloat16(), 2).dtype", "f.max_pool1d(p[0], 0)", "f.max_pool1d(p[0], 9)", "f.max_pool1d(p, 2)", "f.max_pool1d(p[0, 0, 0], 2)", "f.max_pool1d(p[0], 2, 2, 2)",
    "f.avg_pool2d(p, 0)", "f.avg_pool2d(p, 2, 0)", "f.avg_pool2d(p, 2, 2, -1)", "f.avg_pool2d(p, 2, 2, 2)", "f.avg_pool2d(p, 2, divisor_override=0)", "f.avg_pool2d(p[:, :0], 2)", "f.avg_pool2d(p[:0], 2)", "f.avg_pool2d(p.half(), 2).dtype",
    "f.adaptive_avg_pool2d(p, (1, 2, 3))", "f.adaptive_avg_pool2d(p, (-1, 2))", "f.adaptive_avg_pool2d(p, (0, 2))", "f.adaptive_avg_pool2d(p[:, :0], 2)", "f.adaptive_max_pool2d(p[:, :0], 2)", "f.adaptive_avg_pool2d(p[:, :, :0], 2)", "f.adaptive_max_pool2d(p, (0, 2))", "f.adaptive_max_pool2d(p, (-1, 2))",
    "f.adaptive_avg_pool2d(p, (None, 3))", "f.adaptive_avg_pool2d(p[0], 1)", "f.adaptive_avg_pool2d(p[0, 0], 2)", "f.adaptive_avg_pool2d(p.long(), 1)", "f.adaptive_max_pool2d(p.long(), 1)", "f.adaptive_avg_pool1d(p[0], 2)",
    "lib.mm(m, m)", "m @ m", "lib.mm(m[0], m)", "lib.mm(m, m.T.double())", "m @ m.T.double()", "lib.mv(m, m[:, 0])", "lib.dot(m[0], m[:, 0])", "lib.dot(m, m)", "lib.dot(m[0], m[0].double())", "lib.outer(m, m[0])", "lib.bmm(m, m)", "lib.bmm(t, t)",
    "t @ t.mT", "t @ m.T", "m @ t.mT", "m.T @ t", "m @ lib.tensor(1.0)", "m @ 2", "m @ None", "lib.matmul(m, 2)", "lib.addmm(b[:2], m, m.T)", "lib.addmm(b, m, m.T)", "lib.addmm(m, m, m.T)", "lib.addmm(b, m, m.T, beta=0.5, alpha=2)",
    "lib.addmm(b.double(), m, m.T)", "lib.addmm(t, m, m.T)", "lib.addmv(b, m, m[0])", "lib.baddbmm(b, t, t.mT)", "lib.addr(b, b, b)", "f.linear(m, m[:, :3])", "f.linear(m, m, b[:2])", "f.linear(m, m.double())", "f.linear(m, m[None])", "f.linear(m, m[0])",
    "f.linear(b[0], m)", "f.linear(m[:0], m)", "(m > 0) @ (m.T > 0)", "m.long() @ m.T.long()", "lib.mm(m, m.T, out=lib.empty(0))", "lib.mm(m, m.T, out=lib.empty(0).double())", "lib.bmm(t, t.mT, out=lib.empty(0).double())", "lib.mv(m, m[0], out=lib.empty(0).double())", "lib.dot(b, b, out=lib.empty(0).double())", "lib.outer(b, b, out=lib.empty(0).double())", "lib.matmul(t, t.mT, out=lib.empty(0).double())", "lib.addmm(b, m, m.T, out=lib.empty(0).double())", "lib.addr(b, b, b, out=lib.empty(0).double())", "lib.mm(m, m.T, out=lib.empty(2))", "lib.mm(m, m.T, out=lib.empty(3, 3).long())",
    "m.addmm(m, m.T @ m)", "m.clone().addmm_(m, m.T @ m)", "m.clone().addmm_(m, m.T)", "m.mm(m.T)", "m.mv(m[0])", "m[0].dot(m[0])", "t.bmm(t.mT)", "m.matmul(m.T)", "m.__matmul__(m.T)",
]  # fmt: skip


def outcome(code, lib, functions):
    shapes = {"p": (1, 2, 4, 4), "w": (3, 2, 3, 3), "m": (3, 4), "t": (2, 3, 4), "b": (3,)}
    names = {k: lib.from_numpy(values(i, s, "float32")) for i, (k, s) in enumerate(shapes.items())} | {
        "f": functions,
        "lib": lib,
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = eval(code, names)
            result = result.detach() if hasattr(result, "detach") else str(result).split(".")[-1]
        except Exception as raised:
            result = raised
    return result, [w.category for w in caught]


@pytest.mark.parametrize("code", CALLS)
def test_calls_that_warn_or_fail(code):
    (found, our_warnings), (expected, their_warnings) = outcome(code, lucet, LF), outcome(code, torch, TF)
    if isinstance(expected, Exception):
        kind = RuntimeError if isinstance(expected, NotImplementedError) else type(expected)
        assert isinstance(found, kind), f"{found!r} for {expected!r}"
    elif isinstance(expected, str):
        assert found == expected
    else:
        assert not isinstance(found, Exception), repr(found)
        same(found, expected)
    assert our_warnings == their_warnings
