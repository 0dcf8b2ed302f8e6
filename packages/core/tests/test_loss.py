"""Losses against float64 NumPy; labels, weights, reductions, gradients of both orders, warnings, errors."""

import warnings

import numpy as np
import pytest

import lucet
import lucet._ops as F

TOL = {"float32": 3e-6, "float64": 1e-12}
CASES = [
    ((4, 3), (4,)),
    ((3,), ()),
    ((2, 5, 4), (2, 4)),
    ((2, 3, 4, 2), (2, 4, 2)),
    ((2, 3, 2, 1, 3), (2, 2, 1, 3)),
    ((700, 10), (700,)),
    ((5, 3000), (5,)),
    ((300, 300), (300,)),
]


def random(seed, *shape, dtype="float64"):
    return lucet.from_numpy(np.random.default_rng(seed).normal(size=shape).astype(dtype))


def labels(seed, classes, shape, ignored=0.2, ignore=-100):
    rng = np.random.default_rng(seed)
    drawn = np.where(rng.random(shape) < ignored, ignore, rng.integers(0, classes, shape))
    return lucet.tensor(drawn.tolist(), dtype=lucet.int64).reshape(shape)


def log_softmax(x, axis):
    x = x - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))


def nll(x, t, weight, ignore, reduction):
    """The definition, position by position."""
    x = x.astype(np.float64)
    if x.ndim == 1:
        x, t = x[None], t.reshape(1)
        shape = ()
    else:
        shape = t.shape
    rows, flat = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1]), t.reshape(-1)
    weight = np.ones(x.shape[1]) if weight is None else weight
    used = np.array([0.0 if k == ignore else weight[k] for k in flat])
    terms = np.array([0.0 if k == ignore else -rows[i, k] * weight[k] for i, k in enumerate(flat)])
    return {"none": terms.reshape(shape), "sum": terms.sum(), "mean": terms.sum() / used.sum()}[reduction]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape, target_shape", CASES)
def test_class_losses_follow_the_definition(shape, target_shape, weighted, reduction, dtype):
    classes = shape[0] if len(shape) == 1 else shape[1]
    x, t = random(0, *shape, dtype=dtype), labels(1, classes, target_shape, ignored=0.2 if target_shape else 0)
    w = random(2, classes, dtype=dtype).abs() if weighted else None
    a, axis = x.numpy().astype(np.float64), 0 if len(shape) == 1 else 1
    weight = None if w is None else w.numpy()
    near = dict(rtol=TOL[dtype], atol=TOL[dtype])
    np.testing.assert_allclose(
        F.nll_loss(x, t, w, reduction=reduction).numpy(), nll(a, t.numpy(), weight, -100, reduction), **near
    )
    expected = nll(log_softmax(a, axis), t.numpy(), weight, -100, reduction)
    found = F.cross_entropy(x, t, w, reduction=reduction)
    np.testing.assert_allclose(found.numpy(), expected, **near)
    assert found.dtype is getattr(lucet, dtype)


@pytest.mark.parametrize("loss", [F.nll_loss, F.cross_entropy])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "shape, target_shape", [((4, 3), (4,)), ((3,), ()), ((2, 3, 2), (2, 2)), ((2, 3, 2, 2), (2, 2, 2))]
)
def test_class_losses_have_gradients_of_both_orders(loss, shape, target_shape, weighted, reduction):
    x, t = random(0, *shape).requires_grad_(), labels(1, 3, target_shape, ignored=0.3 if target_shape else 0)
    w = random(2, 3).abs() if weighted else None

    def f(x):
        return loss(x, t, w, reduction=reduction)

    assert lucet.autograd.gradcheck(f, (x,))
    assert lucet.autograd.gradgradcheck(f, (x,), atol=1e-4)


def test_third_gradients_of_cross_entropy():
    x, t = random(0, 2, 3).requires_grad_(), lucet.tensor([2, 0])

    def first(x):
        (g,) = lucet.autograd.grad(F.cross_entropy(x, t), x, create_graph=True)
        return g.pow(2).sum()

    assert lucet.autograd.gradgradcheck(first, (x,), atol=1e-4)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 3, 4)])
def test_smoothing_mixes_the_target_with_the_uniform_distribution(shape, weighted, reduction):
    axis, s = (0 if len(shape) == 1 else 1), 0.3
    x, p = random(0, *shape).requires_grad_(), random(1, *shape).abs().requires_grad_()
    w = random(2, 3).abs() if weighted else None
    a = log_softmax(x.detach().numpy(), axis)
    by_class = np.moveaxis(a * (1 if w is None else w.numpy().reshape(-1, *[1] * (len(shape) - axis - 1))), axis, -1)
    mixed = np.moveaxis(p.detach().numpy(), axis, -1) * (1 - s) + s / 3
    terms = -(by_class * mixed).sum(-1)
    expected = {"none": terms, "sum": terms.sum(), "mean": terms.mean()}[reduction]
    np.testing.assert_allclose(
        F.cross_entropy(x, p, w, reduction=reduction, label_smoothing=s).detach().numpy(), expected, rtol=1e-11
    )
    assert lucet.autograd.gradcheck(
        lambda x, p: F.cross_entropy(x, p, w, reduction=reduction, label_smoothing=s), (x, p)
    )

    t = labels(3, 3, shape[:axis] + shape[axis + 1 :], ignored=0.3 if len(shape) > 1 else 0)
    used = t.numpy() != -100
    weights = np.ones(3) if w is None else w.numpy()
    of_label = nll(a, t.numpy(), weights, -100, reduction)
    uniform = np.where(used, -by_class.sum(-1), 0.0)
    if reduction == "sum":
        uniform = uniform.sum()
    elif reduction == "mean":
        uniform = uniform.sum() / weights[t.numpy()[used]].sum()
    found = F.cross_entropy(x, t, w, reduction=reduction, label_smoothing=s)
    np.testing.assert_allclose(found.detach().numpy(), (1 - s) * of_label + s / 3 * uniform, rtol=1e-11)
    assert lucet.autograd.gradcheck(lambda x: F.cross_entropy(x, t, w, reduction=reduction, label_smoothing=s), (x,))


def test_extreme_scores_neither_overflow_nor_vanish():
    x = lucet.tensor([[1000.0, -1000.0], [-1e30, 1e30], [0.0, 0.0]], requires_grad=True)
    loss = F.cross_entropy(x, lucet.tensor([1, 1, 0]), reduction="none")
    assert loss.tolist() == [2000.0, 0.0, pytest.approx(np.log(2))]
    loss.sum().backward()
    assert x.grad.tolist() == [[1, -1], [0, 0], [-0.5, 0.5]]


def test_everything_ignored():
    x, t = random(0, 3, 4).requires_grad_(), lucet.tensor([7, 7, 7])
    assert F.cross_entropy(x, t, ignore_index=7, reduction="sum").item() == 0
    assert F.cross_entropy(x, t, ignore_index=7, reduction="none").tolist() == [0, 0, 0]
    assert np.isnan(F.cross_entropy(x, t, ignore_index=7).item())
    assert np.isnan(F.nll_loss(x, t, ignore_index=7).item())


def test_empty_batches():
    x, t = lucet.zeros(0, 3, requires_grad=True), lucet.zeros(0, dtype=lucet.int64)
    for loss in (F.nll_loss, F.cross_entropy):
        assert np.isnan(loss(x, t).item())
        assert loss(x, t, reduction="sum").item() == 0
        assert loss(x, t, reduction="none").shape == lucet.Size([0])
        loss(x, t, reduction="sum").backward()
    assert x.grad.shape == x.shape


def test_small_integers_and_half_types():
    x, t = random(0, 4, 3), lucet.tensor([0, 2, 1, 1])
    assert F.cross_entropy(x, t.to(lucet.uint8)).item() == F.cross_entropy(x, t).item()
    for half in (lucet.float16, lucet.bfloat16):
        h = x.to(half).requires_grad_()
        loss = F.cross_entropy(h, t)
        assert loss.dtype is half
        loss.backward()
        assert h.grad.dtype is half
        assert loss.item() == pytest.approx(F.cross_entropy(x, t).item(), rel=2e-2)


def test_strided_scores_give_the_same_loss():
    x, t = random(0, 3, 5), labels(1, 3, (5,), 0)
    assert F.cross_entropy(x.t(), t).item() == F.cross_entropy(x.t().contiguous(), t).item()
    assert F.nll_loss(x.t(), t).item() == F.nll_loss(x.t().contiguous(), t).item()


def test_changing_the_target_between_forward_and_backward_is_told():
    for loss in (F.nll_loss, F.cross_entropy):
        x, t = random(0, 4, 3).requires_grad_(), lucet.tensor([0, 1, 2, 0])
        y = loss(x, t)
        t.fill_(1)
        with pytest.raises(RuntimeError, match="changed in place"):
            y.backward()


def test_a_target_changed_behind_the_version_counter_stays_in_bounds():
    for loss in (F.nll_loss, F.cross_entropy):
        x, t = random(0, 4, 3).requires_grad_(), lucet.tensor([0, 1, 2, 0])
        y = loss(x, t)
        t.numpy()[1] = 1 << 40
        y.backward()
        assert x.grad[1].tolist() == [0, 0, 0]


def test_the_scores_may_change_after_cross_entropy():
    x = random(0, 4, 3).requires_grad_()
    scores = x * 1
    loss = F.cross_entropy(scores, lucet.tensor([0, 1, 2, 0]))
    scores.zero_()
    loss.backward()
    assert x.grad.abs().sum() > 0


@pytest.mark.parametrize("loss", [F.nll_loss, F.cross_entropy])
@pytest.mark.parametrize(
    "shape, target, kwargs, kind, words",
    [
        ((4, 3), [0, 1, 3, 0], {}, IndexError, "Target 3 is out of bounds."),
        ((4, 3), [0, 1, -1, 0], {}, IndexError, "Target -1 is out of bounds."),
        ((2, 10), [0, 10], {}, IndexError, "there are 10 classes"),
        ((4, 0), [0, 0, 0, 0], {}, IndexError, "Target 0 is out of bounds."),
        ((4, 3), [0, 1], {}, ValueError, "Expected input batch_size (4) to match target batch_size (2)."),
        ((4, 3), 0, {}, ValueError, "Expected input batch_size (4) to match target batch_size (0)."),
        ((3,), [0, 1], {}, ValueError, "For 1D input, 1D target must have size 1, but got target size: 2"),
        ((4, 3), [[0], [1], [2], [0]], {}, RuntimeError, "0D or 1D target tensor expected, multi-target not supported"),
        ((2, 3, 4), [[0] * 5] * 2, {}, RuntimeError, "Expected target size [2, 4], got [2, 5]"),
        (
            (2, 3, 4, 1),
            [[0] * 4] * 2,
            {},
            RuntimeError,
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: 2",
        ),
        ((2, 3), [0, 1], {"reduction": "average"}, ValueError, "average is not a valid value for reduction"),
        ((2, 3), [0, 1], {"reduction": None}, ValueError, "None is not a valid value for reduction"),
        (
            (2, 3),
            [0, 1],
            {"weight": lucet.ones(2)},
            RuntimeError,
            "weight tensor should be defined either for all 3 classes",
        ),
        ((2, 3), [0, 1], {"weight": lucet.ones(1, 3)}, RuntimeError, "but got weight tensor of shape: [1, 3]"),
        (
            (2, 3),
            [0, 1],
            {"weight": lucet.ones(3).double()},
            RuntimeError,
            "expected scalar type float32 but found float64",
        ),
        (
            (2, 3),
            [0, 1],
            {"weight": lucet.ones(3, requires_grad=True)},
            RuntimeError,
            "not differentiable with respect to argument 'weight'",
        ),
        ((2, 3), [0.5, 1.0], {}, RuntimeError, "expected target dtype to be Long or Byte"),
        ((2, 3), [0, 1], {"ignore_index": 1.5}, TypeError, ""),
    ],
)
def test_errors_of_class_losses(loss, shape, target, kwargs, kind, words):
    with pytest.raises(kind) as caught:
        loss(random(0, *shape, dtype="float32"), lucet.tensor(target), **kwargs)
    assert words in str(caught.value)


def test_errors_of_probabilities_and_smoothing():
    x, p = random(0, 4, 3), random(1, 4, 3).abs()
    for call, words in (
        (lambda: F.cross_entropy(x, p.long()), "Expected floating point type for target with class probabilities"),
        (lambda: F.cross_entropy(x, p, ignore_index=1), "ignore_index is not supported for floating point target"),
        (lambda: F.cross_entropy(x, p, label_smoothing=1.5), "label_smoothing must be between 0.0 and 1.0. Got: 1.5"),
        (
            lambda: F.cross_entropy(x, lucet.tensor([0, 1, 2, 0]), label_smoothing=1.5),
            "label_smoothing must be between 0.0 and 1.0",
        ),
        (
            lambda: F.cross_entropy(x, p, lucet.ones(2).double()),
            "weight tensor should be defined either for all 3 classes",
        ),
        (lambda: F.cross_entropy(x.long(), lucet.tensor([0, 1, 2, 0])), "not implemented for int64"),
    ):
        with pytest.raises(RuntimeError) as caught:
            call()
        assert words in str(caught.value)


def test_older_names_of_the_reduction_warn():
    x, t = random(0, 4, 3), lucet.tensor([0, 1, 2, 0])
    for kwargs, meant in (
        ({"size_average": False}, "sum"),
        ({"reduce": False}, "none"),
        ({"size_average": True, "reduce": True}, "mean"),
    ):
        for call, plain in (
            (lambda k: F.cross_entropy(x, t, **k), lambda r: F.cross_entropy(x, t, reduction=r)),
            (lambda k: F.nll_loss(x, t, **k), lambda r: F.nll_loss(x, t, reduction=r)),
            (lambda k: F.mse_loss(x, x + 1, **k), lambda r: F.mse_loss(x, x + 1, reduction=r)),
        ):
            with pytest.warns(UserWarning, match=f"please use reduction='{meant}' instead") as caught:
                found = call(kwargs)
            assert caught[0].filename == __file__
            assert lucet.equal(found, plain(meant))


# --- losses of two operands -------------------------------------------------------------------------------------------

PAIRS = {
    "mse_loss": (lambda a, b: (a - b) ** 2, {}),
    "l1_loss": (lambda a, b: abs(a - b), {}),
    "smooth_l1_loss": (lambda a, b: np.where(abs(a - b) < 0.5, (a - b) ** 2, abs(a - b) - 0.25), {"beta": 0.5}),
    "huber_loss": (
        lambda a, b: np.where(abs(a - b) <= 0.5, (a - b) ** 2 / 2, 0.5 * (abs(a - b) - 0.25)),
        {"delta": 0.5},
    ),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("shape", [(3, 4), (), (5, 0), (150000,)])
def test_losses_of_two_operands(name, shape, reduction, dtype):
    terms, kwargs = PAIRS[name]
    a, b = random(0, *shape, dtype=dtype), random(1, *shape, dtype=dtype)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = np.asarray(terms(a.numpy().astype(float), b.numpy().astype(float)))
        expected = {"none": expected, "mean": expected.mean(), "sum": expected.sum()}[reduction]
    found = getattr(F, name)(a, b, reduction=reduction, **kwargs)
    np.testing.assert_allclose(found.numpy(), expected, rtol=TOL[dtype], atol=TOL[dtype])
    assert found.dtype is a.dtype


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("name", [*PAIRS, "binary_cross_entropy", "binary_cross_entropy_with_logits"])
def test_gradients_of_two_operands(name, reduction):
    kwargs = PAIRS.get(name, (None, {}))[1]
    a, b = random(0, 3, 4), random(1, 3, 4)
    if name == "binary_cross_entropy":
        a, b = a.sigmoid(), b.sigmoid()
    a, b = a.detach().requires_grad_(), b.detach().requires_grad_()

    def f(a, b):
        return getattr(F, name)(a, b, reduction=reduction, **kwargs)

    assert lucet.autograd.gradcheck(f, (a, b))
    assert lucet.autograd.gradgradcheck(f, (a, b), atol=1e-4)


@pytest.mark.parametrize("name", PAIRS)
def test_broadcast_operands_warn_and_get_gradients_of_their_own_shape(name):
    a, b = random(0, 4, 3).requires_grad_(), random(1, 3).requires_grad_()
    with pytest.warns(
        UserWarning, match=r"Using a target size \(.*Size\(\[3\]\)\) that is different to the input size"
    ) as caught:
        loss = getattr(F, name)(a, b)
    assert caught[0].filename == __file__
    loss.backward()
    assert a.grad.shape == a.shape
    assert b.grad.shape == b.shape
    assert lucet.allclose(a.grad.sum(0), -b.grad)
    with (
        pytest.warns(UserWarning),
        pytest.raises(RuntimeError, match=r"The size of tensor a \(3\) must match|size of tensor a \(3\) must match"),
    ):
        getattr(F, name)(a, random(1, 4, 2))


def test_weights_of_mse_l1_and_huber():
    a, b, w = random(0, 3, 4), random(1, 3, 4), random(2, 3, 4).abs()
    squares, distances, n = (a - b) ** 2 * w, (a - b).abs() * w, w.sum()
    assert lucet.allclose(F.mse_loss(a, b, weight=w), squares.sum() / n)
    assert lucet.allclose(F.mse_loss(a, b, weight=w, reduction="sum"), squares.sum())
    assert lucet.allclose(F.mse_loss(a, b, weight=w, reduction="none"), squares)
    assert lucet.allclose(F.l1_loss(a, b, weight=w), distances.sum() / n)
    assert lucet.allclose(F.huber_loss(a, b, weight=w), (F.huber_loss(a, b, "none") * w).mean())
    for loss in (F.mse_loss, F.l1_loss, F.huber_loss):
        with pytest.raises(ValueError, match="Weights and input must have the same size"):
            loss(a, b, weight=w[0])


def test_mixed_types_are_promoted_and_integers_refused():
    a, b = random(0, 3, dtype="float32"), random(1, 3)
    assert F.mse_loss(a, b).dtype is lucet.float64
    assert F.mse_loss(a, lucet.tensor([1, 2, 3])).dtype is lucet.float32
    assert F.l1_loss(lucet.tensor([1, 2]), lucet.tensor([3, 7]), reduction="sum").item() == 7
    for loss in (F.mse_loss, F.smooth_l1_loss, F.huber_loss, F.binary_cross_entropy):
        with pytest.raises(RuntimeError, match="not implemented for int64"):
            loss(lucet.tensor([1, 2]), lucet.tensor([3, 7]))


def test_limits_of_parameters():
    a, b = random(0, 3), random(1, 3)
    assert lucet.equal(F.smooth_l1_loss(a, b, beta=0.0), F.l1_loss(a, b))
    with pytest.raises(RuntimeError, match="negative values for beta"):
        F.smooth_l1_loss(a, b, beta=-1.0)
    with pytest.raises(RuntimeError, match="non-positive values for delta"):
        F.huber_loss(a, b, delta=0.0)
    with pytest.raises(ValueError, match="foo is not a valid value for reduction"):
        F.mse_loss(a, b, reduction="foo")


def test_binary_cross_entropy():
    p, t, w = random(0, 3, 4).sigmoid(), random(1, 3, 4).sigmoid(), random(2, 4).abs()
    a, b = p.numpy(), t.numpy()
    terms = -(b * np.log(a) + (1 - b) * np.log(1 - a)) * w.numpy()
    np.testing.assert_allclose(F.binary_cross_entropy(p, t, w).item(), terms.mean(), rtol=1e-12)
    x = (p / (1 - p)).log()
    np.testing.assert_allclose(F.binary_cross_entropy_with_logits(x, t, w).item(), terms.mean(), rtol=1e-10)
    heavy = -(3 * b * np.log(a) + (1 - b) * np.log(1 - a))
    found = F.binary_cross_entropy_with_logits(
        x, t, reduction="none", pos_weight=lucet.tensor(3.0, dtype=lucet.float64)
    )
    np.testing.assert_allclose(found.numpy(), heavy, rtol=1e-10)


def test_binary_cross_entropy_at_its_ends():
    p = lucet.tensor([0.0, 1.0, 0.5], requires_grad=True)
    loss = F.binary_cross_entropy(p, lucet.tensor([1.0, 1.0, 0.0]), reduction="none")
    assert loss.tolist() == [100.0, 0.0, pytest.approx(np.log(2))]
    loss.sum().backward()
    assert p.grad.tolist() == [pytest.approx(-1e12), 0.0, 2.0]
    x = lucet.tensor([200.0, -200.0, 0.0], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x, lucet.tensor([0.0, 1.0, 1.0]), reduction="none")
    assert loss.tolist() == [200.0, 200.0, pytest.approx(np.log(2))]
    loss.sum().backward()
    assert x.grad.tolist() == [1.0, -1.0, -0.5]
    for bad in (-0.1, 1.1, float("nan")):
        with pytest.raises(RuntimeError, match="all elements of input should be between 0 and 1"):
            F.binary_cross_entropy(lucet.tensor([bad]), lucet.tensor([1.0]))
        with pytest.raises(RuntimeError, match="all elements of target should be between 0 and 1"):
            F.binary_cross_entropy(lucet.tensor([1.0]), lucet.tensor([bad]))
    with pytest.raises(ValueError, match="is deprecated. Please ensure they have the same size"):
        F.binary_cross_entropy(p, lucet.tensor([1.0]))
    with pytest.raises(ValueError, match="must be the same as input size"):
        F.binary_cross_entropy_with_logits(p, lucet.tensor([1.0]))


def test_losses_do_not_depend_on_threads():
    x, t = random(0, 500, 300, dtype="float32").requires_grad_(), labels(1, 300, (500,))
    found = []
    threads = lucet.get_num_threads()
    try:
        for count in (1, 3):
            lucet.set_num_threads(count)
            for loss in (F.cross_entropy(x, t), F.nll_loss(x, t), F.mse_loss(x, x.detach() + 1)):
                found.append((loss.detach(), *lucet.autograd.grad(loss, x)))
    finally:
        lucet.set_num_threads(threads)
    for one, three in zip(found[:3], found[3:], strict=True):
        assert all(lucet.equal(a, b) for a, b in zip(one, three, strict=True))


def test_meta_scores_infer_only():
    x, t = lucet.empty(4, 3, device="meta", requires_grad=True), lucet.empty(4, dtype=lucet.int64, device="meta")
    for loss in (F.nll_loss, F.cross_entropy):
        assert loss(x, t).shape == lucet.Size([])
        assert loss(x, t, reduction="none").shape == lucet.Size([4])
        (g,) = lucet.autograd.grad(loss(x, t), x)
        assert g.is_meta
        assert g.shape == x.shape
    assert F.mse_loss(x, x, reduction="none").shape == x.shape
