"""Batch, layer, group and instance norm against float64 NumPy; running statistics, gradients of both orders, errors."""

import math

import numpy as np
import pytest

import lucet
import lucet._ops as F

TOL = {"float32": 2e-6, "float64": 1e-12}
SHAPES = [(4, 3), (2, 3, 5), (3, 2, 4, 5), (2, 3, 2, 3, 2), (1, 4, 6), (70, 300), (9, 5, 13, 11), (130, 3), (3, 260)]


def random(seed, *shape, dtype="float64"):
    return lucet.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(dtype))


def axes_of(x):
    return tuple(i for i in range(x.ndim) if i != 1)


def per_channel(v, x):
    return np.asarray(v, np.float64).reshape(-1, *[1] * (x.ndim - 2))


def reference(x, weight=None, bias=None, mean=None, var=None, eps=1e-5):
    x = x.astype(np.float64)
    mean = x.mean(axes_of(x)) if mean is None else mean
    var = x.var(axes_of(x)) if var is None else var
    y = (x - per_channel(mean, x)) / np.sqrt(per_channel(var, x) + eps)
    return y * (1 if weight is None else per_channel(weight, x)) + (0 if bias is None else per_channel(bias, x))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES)
def test_training_normalises_by_the_batch_and_moves_the_statistics(shape, dtype):
    c = shape[1]
    x, w, b = random(0, *shape, dtype=dtype), random(1, c, dtype=dtype), random(2, c, dtype=dtype)
    mean, var = random(3, c, dtype=dtype), random(4, c, dtype=dtype).abs()
    before, n = (mean.numpy().astype(float), var.numpy().astype(float)), x.numel() // c
    y = F.batch_norm(x, mean, var, w, b, True, 0.3, 1e-4)
    a = x.numpy()
    np.testing.assert_allclose(
        y.numpy(), reference(a, w.numpy(), b.numpy(), eps=1e-4), rtol=TOL[dtype], atol=TOL[dtype] * 4
    )
    a = a.astype(float)
    np.testing.assert_allclose(
        mean.numpy(), 0.7 * before[0] + 0.3 * a.mean(axes_of(a)), rtol=TOL[dtype], atol=TOL[dtype]
    )
    np.testing.assert_allclose(
        var.numpy(), 0.7 * before[1] + 0.3 * a.var(axes_of(a)) * n / (n - 1), rtol=TOL[dtype], atol=TOL[dtype]
    )
    assert mean._version == 1
    assert var._version == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_evaluation_uses_the_running_statistics(shape):
    c = shape[1]
    x, mean, var = random(0, *shape), random(1, c), random(2, c).abs() + 0.1
    np.testing.assert_allclose(
        F.batch_norm(x, mean, var).numpy(),
        reference(x.numpy(), mean=mean.numpy(), var=var.numpy()),
        rtol=1e-12,
        atol=1e-12,
    )
    assert mean._version == 0


def test_both_homes_are_one_op():
    x, w, b = random(0, 4, 3), random(1, 3), random(2, 3)
    for training in (True, False):
        mean, var, mean2, var2 = random(3, 3), random(4, 3).abs(), random(3, 3), random(4, 3).abs()
        ours = lucet.batch_norm(x, w, b, mean, var, training, 0.1, 1e-5, True)
        assert lucet.equal(ours, F.batch_norm(x, mean2, var2, w, b, training, 0.1, 1e-5))
        assert lucet.equal(mean, mean2)
        assert lucet.equal(var, var2)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4), (2, 2, 2, 2)])
@pytest.mark.parametrize("affine", [(0, 0), (1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("training", [True, False])
def test_gradients_of_both_orders(shape, affine, training):
    c = shape[1]
    x = random(0, *shape).requires_grad_()
    w = random(1, c).requires_grad_() if affine[0] else None
    b = random(2, c).requires_grad_() if affine[1] else None
    mean, var = (None, None) if training else (random(3, c), random(4, c).abs() + 0.5)

    def f(x, w, b):
        return F.batch_norm(x, mean, var, w, b, training)

    assert lucet.autograd.gradcheck(f, (x, w, b))
    assert lucet.autograd.gradgradcheck(f, (x, w, b), atol=1e-4)


def test_gradient_of_the_parameters_alone():
    x, w, b = random(0, 5, 3, 4), random(1, 3).requires_grad_(), random(2, 3).requires_grad_()
    g = random(3, 5, 3, 4)
    F.batch_norm(x, None, None, w, b, True).backward(g)
    xhat = reference(x.numpy())
    np.testing.assert_allclose(w.grad.numpy(), (g.numpy() * xhat).sum((0, 2)), rtol=1e-11)
    np.testing.assert_allclose(b.grad.numpy(), g.numpy().sum((0, 2)), rtol=1e-11)


def test_fused_and_composed_gradients_agree():
    x, w = random(0, 40, 6, 9).requires_grad_(), random(1, 6).requires_grad_()
    g = random(2, 40, 6, 9)
    y = F.batch_norm(x, None, None, w, None, True)
    fused = lucet.autograd.grad(y, (x, w), g, retain_graph=True)
    composed = lucet.autograd.grad(y, (x, w), g, create_graph=True)
    for a, b in zip(fused, composed, strict=True):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 70, 33, 11), (90, 800, 2), (1, 3, 40_000), (2, 1, 50_000)])
def test_what_is_split_over_threads_is_the_same(shape):
    c = shape[1]
    x, g, w, b = random(0, *shape), random(1, *shape), random(2, c), random(3, c)
    mean, var = random(4, c), random(5, c).abs() + 0.1
    training = F.batch_norm(x.requires_grad_(), None, None, w, b, True)
    given = F.batch_norm(x, mean, var, w, b)
    a, v = x.detach().numpy(), per_channel(w.numpy(), x)
    np.testing.assert_allclose(training.detach().numpy(), reference(a, w.numpy(), b.numpy()), rtol=1e-10, atol=1e-10)
    expected = reference(a, w.numpy(), b.numpy(), mean.numpy(), var.numpy())
    np.testing.assert_allclose(given.detach().numpy(), expected, rtol=1e-10, atol=1e-10)
    xhat, scaled, over = reference(a), g.numpy() * v, axes_of(x)
    scaled = scaled - scaled.mean(over, keepdims=True) - xhat * (scaled * xhat).mean(over, keepdims=True)
    expected = scaled / np.sqrt(a.var(over, keepdims=True) + 1e-5)
    np.testing.assert_allclose(lucet.autograd.grad(training, x, g)[0].numpy(), expected, rtol=1e-9, atol=1e-9)


def test_a_large_mean_does_not_drown_the_deviation():
    x = (1e4 + 0.01 * np.random.default_rng(0).normal(size=(64, 3, 8))).astype(np.float32)
    y = F.batch_norm(lucet.from_numpy(x), None, None, training=True, eps=1e-12).numpy()
    np.testing.assert_allclose(y, reference(x, eps=1e-12), atol=1e-3)
    y = F.batch_norm(lucet.from_numpy(np.ascontiguousarray(x[:, :, 0])), None, None, training=True, eps=1e-12).numpy()
    np.testing.assert_allclose(y, reference(x[:, :, 0], eps=1e-12), atol=1e-3)


@pytest.mark.parametrize("half", [lucet.float16, lucet.bfloat16])
def test_half_types_take_float32_parameters(half):
    x = random(0, 6, 3, 4, dtype="float32").to(half).requires_grad_()
    w, mean, var = random(1, 3, dtype="float32").requires_grad_(), lucet.zeros(3), lucet.ones(3)
    y = F.batch_norm(x, mean, var, w, None, True)
    assert y.dtype is half
    assert mean.dtype is lucet.float32
    np.testing.assert_allclose(
        y.float().detach().numpy(), reference(x.detach().float().numpy(), w.detach().numpy()), atol=2e-2
    )
    y.sum().backward()
    assert x.grad.dtype is half
    assert w.grad.dtype is lucet.float32


def test_results_do_not_depend_on_threads():
    x, g = random(0, 16, 20, 30, 30, dtype="float32").requires_grad_(), random(1, 16, 20, 30, 30, dtype="float32")
    found = []
    threads = lucet.get_num_threads()
    try:
        for count in (1, 3):
            lucet.set_num_threads(count)
            y = F.batch_norm(x, None, None, training=True)
            found.append((y.detach(), *lucet.autograd.grad(y, x, g)))
    finally:
        lucet.set_num_threads(threads)
    assert all(lucet.equal(a, b) for a, b in zip(*found, strict=True))


def test_empty_batches_leave_the_statistics():
    mean, var = lucet.zeros(3), lucet.ones(3)
    w = lucet.ones(3, requires_grad=True)
    for shape in ((0, 3), (2, 3, 0)):
        x = lucet.zeros(*shape, requires_grad=True)
        y = F.batch_norm(x, mean, var, w, w, True)
        assert y.shape == lucet.Size(shape)
        y.sum().backward()
        assert x.grad.shape == lucet.Size(shape)
    assert mean._version == 0
    assert w.grad.tolist() == [0, 0, 0]


def test_meta_input_infers_only():
    x = lucet.empty(4, 3, device="meta")
    mean = lucet.zeros(3, device="meta")
    y = F.batch_norm(x, mean, mean, training=True)
    assert y.is_meta
    assert y.shape == x.shape


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (
            lambda x, m, v: F.batch_norm(x[:1], m, v, training=True),
            ValueError,
            "Expected more than 1 value per channel when training, got input size",
        ),
        (lambda x, m, v: F.batch_norm(x, None, v), RuntimeError, "running_mean must be defined in evaluation mode"),
        (lambda x, m, v: F.batch_norm(x, m, None), RuntimeError, "running_var must be defined in evaluation mode"),
        (
            lambda x, m, v: F.batch_norm(x, m, None, training=True),
            ValueError,
            "must either both be None or neither be None",
        ),
        (lambda x, m, v: F.batch_norm(x, m[:2], v), RuntimeError, "running_mean should contain 3 elements not 2"),
        (lambda x, m, v: F.batch_norm(x, m, v, weight=m[:2]), RuntimeError, "weight should contain 3 elements not 2"),
        (lambda x, m, v: F.batch_norm(x, m, v, bias=m[:2]), RuntimeError, "bias should contain 3 elements not 2"),
        (lambda x, m, v: F.batch_norm(x, m, v, weight=m.double()), RuntimeError, "mixed dtype"),
        (lambda x, m, v: F.batch_norm(x.double(), m, v), RuntimeError, "mixed dtype"),
        (lambda x, m, v: F.batch_norm(x.long(), m, v), RuntimeError, "not implemented for int64"),
        (lambda x, m, v: F.batch_norm(x, m, v, eps=-1.0), ValueError, "eps must be non-negative"),
        (
            lambda x, m, v: F.batch_norm(x, m, v, training=True, eps=0.0),
            ValueError,
            "eps must be positive during training",
        ),
        (
            lambda x, m, v: F.batch_norm(x, m.clone().requires_grad_(), v),
            RuntimeError,
            "not differentiable with respect to argument 'running_mean'",
        ),
        (lambda x, m, v: F.batch_norm(x, m, v, momentum=None), TypeError, ""),
        (lambda x, m, v: F.batch_norm(x, m[:1].expand(3), v, training=True), RuntimeError, "single memory location"),
        (lambda x, m, v: F.batch_norm(x[0], None, None, training=True), RuntimeError, "expected (N, C, ...)"),
    ],
)
def test_errors_leave_the_statistics(call, kind, words):
    x, mean, var = random(0, 4, 3, dtype="float32"), lucet.zeros(3), lucet.ones(3)
    with pytest.raises(kind) as caught:
        call(x, mean, var)
    assert words in str(caught.value)
    assert mean.tolist() == [0, 0, 0]
    assert mean._version == 0
    assert var._version == 0


def test_one_value_per_channel_is_normalised_to_the_bias_by_the_long_form():
    y = lucet.batch_norm(lucet.ones(1, 2), None, lucet.tensor([3.0, 4.0]), None, None, True, 0.1, 1e-5, False)
    assert y.tolist() == [[3, 4]]


# --- the others -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape, over", [((3, 4), (4,)), ((2, 3, 4), (3, 4)), ((5,), (5,)), ((2, 1, 6), (6,))])
def test_layer_norm(shape, over):
    x, w, b = random(0, *shape), random(1, *over), random(2, *over)
    axes = tuple(range(len(shape) - len(over), len(shape)))
    a = x.numpy()
    expected = (a - a.mean(axes, keepdims=True)) / np.sqrt(a.var(axes, keepdims=True) + 1e-3) * w.numpy() + b.numpy()
    np.testing.assert_allclose(F.layer_norm(x, over, w, b, 1e-3).numpy(), expected, rtol=1e-11, atol=1e-12)
    assert lucet.autograd.gradcheck(
        lambda *t: F.layer_norm(t[0], over, t[1], t[2]), [t.requires_grad_() for t in (x, w, b)]
    )


@pytest.mark.parametrize("shape, over", [((3, 4), (4,)), ((2, 3, 4), (3, 4)), ((5,), (5,))])
def test_rms_norm(shape, over):
    x, w = random(0, *shape), random(1, *over)
    a, axes = x.numpy(), tuple(range(len(shape) - len(over), len(shape)))
    expected = a / np.sqrt((a * a).mean(axes, keepdims=True) + 1e-3) * w.numpy()
    np.testing.assert_allclose(F.rms_norm(x, over, w, 1e-3).numpy(), expected, rtol=1e-11, atol=1e-12)
    assert lucet.autograd.gradcheck(lambda *t: F.rms_norm(t[0], over, t[1]), [t.requires_grad_() for t in (x, w)])
    assert lucet.autograd.gradgradcheck(lambda *t: F.rms_norm(t[0], over, t[1]), [t.requires_grad_() for t in (x, w)])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shape, rows, weights, call",
    [
        ((300, 700), 300, (1, 1, 700, 1), lambda x, w, b: F.layer_norm(x, (700,), w, b)),
        ((1, 70_001), 1, (1, 1, 70_001, 1), lambda x, w, b: F.layer_norm(x, (70_001,), w, b)),
        ((33, 24, 11, 13), 33 * 6, (1, 6, 4, 1), lambda x, w, b: F.group_norm(x, 6, w, b)),
        ((700, 120), 700 * 5, (1, 5, 24, 1), lambda x, w, b: F.group_norm(x, 5, w, b)),
        ((17, 8, 900), 17 * 8, (1, 8, 1, 1), lambda x, w, b: F.instance_norm(x, None, None, w, b)),
    ],
)
def test_rows_of_several_tasks_and_their_gradients(shape, rows, weights, call, dtype):
    count = math.prod(weights)
    x, w, b, g = (random(i, *s, dtype=dtype) for i, s in enumerate((shape, (count,), (count,), shape)))
    a, dy = (t.numpy().astype(float).reshape(-1, *weights[1:3], x.numel() // rows // weights[2]) for t in (x, g))
    wide = w.numpy().astype(float).reshape(weights)
    inverse = 1 / np.sqrt(a.var((2, 3), keepdims=True) + 1e-5)
    xhat = (a - a.mean((2, 3), keepdims=True)) * inverse
    gw = dy * wide
    dx = (gw - gw.mean((2, 3), keepdims=True) - xhat * (gw * xhat).mean((2, 3), keepdims=True)) * inverse
    tol = {"float32": 2e-6, "float64": 1e-13}[dtype]
    y = call(*(t.requires_grad_() for t in (x, w, b)))
    np.testing.assert_allclose(
        y.detach().numpy(), (xhat * wide + b.detach().numpy().reshape(weights)).reshape(shape), rtol=tol, atol=tol * 8
    )
    for found, expected in zip(lucet.autograd.grad(y, (x, w, b), g), (dx, (dy * xhat).sum((0, 3)), dy.sum((0, 3))), strict=True):
        np.testing.assert_allclose(found.numpy().ravel(), expected.ravel(), rtol=tol, atol=tol * max(1, abs(expected).max()) * 4)


def test_group_norm():
    x, w, b = random(0, 2, 6, 3, 2), random(1, 6), random(2, 6)
    a = x.numpy().reshape(2, 3, -1)
    expected = ((a - a.mean(2, keepdims=True)) / np.sqrt(a.var(2, keepdims=True) + 1e-5)).reshape(2, 6, 3, 2)
    expected = expected * w.numpy()[:, None, None] + b.numpy()[:, None, None]
    np.testing.assert_allclose(F.group_norm(x, 3, w, b).numpy(), expected, rtol=1e-11, atol=1e-12)


def test_instance_norm_moves_the_statistics_by_the_mean_over_samples():
    x, mean, var = random(0, 4, 3, 5), lucet.zeros(3, dtype=lucet.float64), lucet.ones(3, dtype=lucet.float64)
    a = x.numpy()
    y = F.instance_norm(x, mean, var)
    np.testing.assert_allclose(
        y.numpy(), (a - a.mean(2, keepdims=True)) / np.sqrt(a.var(2, keepdims=True) + 1e-5), rtol=1e-11, atol=1e-12
    )
    np.testing.assert_allclose(mean.numpy(), 0.1 * a.mean((0, 2)), rtol=1e-11)
    np.testing.assert_allclose(var.numpy(), 0.9 + 0.1 * a.var(2, ddof=1).mean(0), rtol=1e-11)
    fixed = F.instance_norm(x, mean, var, use_input_stats=False)
    assert lucet.equal(fixed, F.batch_norm(x, mean, var))


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (
            lambda x: F.layer_norm(x, (4,)),
            RuntimeError,
            "Given normalized_shape=[4], expected input with shape [*, 4], but got input of size[2, 6]",
        ),
        (lambda x: F.layer_norm(x, ()), RuntimeError, "Expected normalized_shape to be at least 1-dimensional"),
        (lambda x: F.layer_norm(x, 6), TypeError, "must be tuple of ints, not int"),
        (
            lambda x: F.layer_norm(x, (6,), lucet.ones(5)),
            RuntimeError,
            "Expected weight to be of same shape as normalized_shape",
        ),
        (lambda x: F.group_norm(x, 4), RuntimeError, "divisible by num_groups"),
        (lambda x: F.group_norm(x[0], 4), RuntimeError, "Expected at least 2 dimensions"),
        (lambda x: F.group_norm(x, -2), RuntimeError, "Expected num groups to be greater than 0, got -2"),
        (
            lambda x: F.group_norm(x, 3, lucet.ones(5)),
            RuntimeError,
            "Expected weight to be a vector of size equal to the number of channels",
        ),
        (lambda x: F.group_norm(x[:1], 6), ValueError, "Expected more than 1 value per channel"),
        (lambda x: F.instance_norm(x), ValueError, "Expected more than 1 spatial element when training"),
        (
            lambda x: F.instance_norm(x, use_input_stats=False),
            RuntimeError,
            "Expected running_mean and running_var to be defined",
        ),
    ],
)
def test_errors_of_the_others(call, kind, words):
    with pytest.raises(kind) as caught:
        call(random(0, 2, 6, dtype="float32"))
    assert words in str(caught.value)


@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (4, 1)])
def test_gradient_with_given_statistics_does_not_ask_for_the_input(shape):
    x = lucet.tensor([1.0, 2.0, math.inf, math.nan]).reshape(shape).requires_grad_()
    F.batch_norm(x, lucet.zeros(1), lucet.tensor([3.0]), eps=1.0).sum().backward()
    assert x.grad.flatten().tolist() == [0.5] * 4
