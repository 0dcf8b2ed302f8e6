"""Optimizer steps: against the formulas in float64, layouts, versions, threads, and what wrong lists do."""

import numpy as np
import pytest

import lucet
from lucet._errors import DtypeError, ShapeError
from lucet._ops import adadelta_step, adam_step, sgd_step

SHAPES = [(3,), (5, 7), (), (0, 2), (16384,), (16385,), (2, 130, 70)]
TOL = {"float32": 3e-6, "float64": 1e-13}
SGD = {"lr": 0.1, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0, "maximize": False}
ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False, "maximize": False, "decoupled_weight_decay": False}
ADADELTA = {"lr": 1.0, "rho": 0.9, "eps": 1e-6, "weight_decay": 0.0, "maximize": False}


def arrays(seed):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in SHAPES]


def tensors(values, dtype):
    return [lucet.tensor(value, dtype=getattr(lucet, dtype)) for value in values]


def close(found, expected, dtype):
    for a, b in zip(found, expected, strict=True):
        a = a.double().numpy()
        assert a.shape == np.shape(b)
        assert a.size == 0 or (np.abs(a - b) <= TOL[dtype] * (1 + np.abs(b))).all()


def reference_gradient(p, g, o):
    g = -g if o["maximize"] else g
    return g + o["weight_decay"] * p


@pytest.mark.parametrize("dtype", TOL)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
        {"momentum": 0.5, "dampening": 0.25, "maximize": True},
        {"weight_decay": 0.5, "maximize": True},
    ],
)
def test_sgd_follows_its_formula(dtype, options):
    o = SGD | options
    expected, buffers = arrays(0), [None] * len(SHAPES)
    params = tensors(expected, dtype)
    kept = [lucet.full(shape, float("nan"), dtype=getattr(lucet, dtype)) for shape in SHAPES] if o["momentum"] else buffers
    for step in range(4):
        grads = arrays(step + 1)
        sgd_step(params, tensors(grads, dtype), kept, **o, first=[step == 0] * len(SHAPES))
        for i, grad in enumerate(grads):
            g = reference_gradient(expected[i], grad, o)
            if o["momentum"]:
                buffers[i] = g if step == 0 else o["momentum"] * buffers[i] + (1 - o["dampening"]) * g
                g = g + o["momentum"] * buffers[i] if o["nesterov"] else buffers[i]
            expected[i] = expected[i] - o["lr"] * g
    close(params, expected, dtype)


@pytest.mark.parametrize("dtype", TOL)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beta1": 0.3, "beta2": 0.6, "weight_decay": 0.1},
        {"amsgrad": True, "maximize": True},
        {"decoupled_weight_decay": True, "weight_decay": 0.3, "eps": 1e-3},
    ],
)
def test_adam_follows_its_formula(dtype, options):
    o = ADAM | options
    expected = arrays(0)
    params = tensors(expected, dtype)
    zeros = [np.zeros(shape) for shape in SHAPES]
    m, v, top = list(zeros), list(zeros), list(zeros)
    kept = [tensors(zeros, dtype) for _ in range(3)]
    steps = [lucet.tensor(0.0, dtype=lucet.float64 if i % 2 else lucet.float32) for i in range(len(SHAPES))]
    for step in range(1, 5):
        grads = arrays(step)
        adam_step(params, tensors(grads, dtype), kept[0], kept[1], kept[2] if o["amsgrad"] else [], steps, **o)
        for i, grad in enumerate(grads):
            if o["decoupled_weight_decay"]:
                expected[i] = expected[i] * (1 - o["lr"] * o["weight_decay"])
            g = reference_gradient(expected[i], grad, o if not o["decoupled_weight_decay"] else o | {"weight_decay": 0})
            m[i] = o["beta1"] * m[i] + (1 - o["beta1"]) * g
            v[i] = o["beta2"] * v[i] + (1 - o["beta2"]) * g * g
            top[i] = np.maximum(top[i], v[i])
            spread = np.sqrt(top[i] if o["amsgrad"] else v[i]) / np.sqrt(1 - o["beta2"] ** step)
            expected[i] = expected[i] - o["lr"] / (1 - o["beta1"] ** step) * m[i] / (spread + o["eps"])
    assert [float(t) for t in steps] == [4.0] * len(SHAPES)
    close(kept[0], m, dtype)
    close(kept[1], v, dtype)
    # where the root is tiny its relative error is divided by eps-sized numbers: compare steps, not digits of the quotient
    for a, b in zip(params, expected, strict=True):
        assert np.abs(a.double().numpy() - b).max(initial=0) < TOL[dtype] * 50


@pytest.mark.parametrize("dtype", TOL)
@pytest.mark.parametrize("options", [{}, {"rho": 0.5, "weight_decay": 0.2, "maximize": True, "eps": 1e-3}])
def test_adadelta_follows_its_formula(dtype, options):
    o = ADADELTA | options
    expected = arrays(0)
    params = tensors(expected, dtype)
    s, a = [np.zeros(shape) for shape in SHAPES], [np.zeros(shape) for shape in SHAPES]
    kept = [tensors(s, dtype), tensors(a, dtype)]
    steps = [lucet.tensor(0.0) for _ in SHAPES]
    for step in range(4):
        grads = arrays(step + 1)
        adadelta_step(params, tensors(grads, dtype), *kept, steps, **o)
        for i, grad in enumerate(grads):
            g = reference_gradient(expected[i], grad, o)
            s[i] = o["rho"] * s[i] + (1 - o["rho"]) * g * g
            d = np.sqrt(a[i] + o["eps"]) / np.sqrt(s[i] + o["eps"]) * g
            a[i] = o["rho"] * a[i] + (1 - o["rho"]) * d * d
            expected[i] = expected[i] - o["lr"] * d
    close(params, expected, dtype)
    close(kept[1], a, dtype)
    assert [float(t) for t in steps] == [4.0] * len(SHAPES)


def one_sgd(p, g, b, **options):
    sgd_step([p], [g], [b], **(SGD | {"momentum": 0.5} | options), first=[False])


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("layout", ["turned", "gaps"])
def test_layouts_give_the_same_numbers(which, layout):
    plain = [lucet.rand(6, 8) for _ in range(3)]
    other = [x.clone() for x in plain]
    if layout == "turned":
        other[which] = other[which].t().contiguous().t()
    else:
        other[which] = lucet.zeros(12, 16)[::2, ::2].copy_(other[which])
    one_sgd(*plain)
    one_sgd(*other)
    for a, b in zip(plain, other, strict=True):
        assert a.tolist() == b.tolist()


def test_expanded_gradients_are_read():
    p, b = lucet.zeros(3, 4), lucet.zeros(3, 4)
    one_sgd(p, lucet.tensor(2.0).expand(3, 4), b, lr=1.0)
    assert p.tolist() == [[-2.0] * 4] * 3


def test_versions_move_once_and_no_graph_is_made():
    p, g = lucet.ones(3, requires_grad=True), lucet.ones(3)
    kept = [lucet.zeros(3), lucet.zeros(3)]
    t = lucet.tensor(0.0)
    with lucet.no_grad():
        adam_step([p], [g], [kept[0]], [kept[1]], [], [t], **ADAM)
    assert [x._version for x in (p, g, *kept, t)] == [1, 0, 1, 1, 1]
    assert p.is_leaf


def test_threads_do_not_change_the_numbers():
    before = lucet.get_num_threads()
    found = []
    for count in (1, 2, 5):
        lucet.set_num_threads(count)
        rng = np.random.default_rng(0)
        p, g, b = (lucet.tensor(rng.standard_normal((700, 900)), dtype=lucet.float32) for _ in range(3))
        one_sgd(p, g, b, weight_decay=0.1)
        found.append(p.numpy().tobytes())
    lucet.set_num_threads(before)
    assert found[0] == found[1] == found[2]


def test_a_parameter_given_twice_is_updated_twice():
    p = lucet.zeros(60_000)
    sgd_step([p, p], [lucet.ones(60_000)] * 2, [None, None], **(SGD | {"lr": 1.0}), first=[False, False])
    assert set(p.tolist()) == {-2.0}


def test_empty_lists_do_nothing():
    sgd_step([], [], [], **SGD, first=[])
    adam_step([], [], [], [], [], [], **ADAM)
    adadelta_step([], [], [], [], [], **ADADELTA)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({1: [lucet.ones(3)]}, ShapeError, "grads has 1 tensors, params has 2"),
        ({1: [lucet.ones(3), lucet.ones(4)]}, ShapeError, r"grads\[1\] has shape \[4\]"),
        ({2: [lucet.ones(3), lucet.ones(3, dtype=lucet.float64)]}, DtypeError, r"exp_avgs\[1\] is float64"),
        ({3: [lucet.ones(3), None]}, TypeError, r"exp_avg_sqs\[1\] is NoneType"),
        ({5: [lucet.ones(1), lucet.ones(2)]}, ShapeError, r"steps\[1\]"),
        ({5: [lucet.tensor(0.0), 1.0]}, TypeError, r"steps\[1\] is float"),
        ({1: [lucet.ones(3), lucet.ones(3, device="meta")]}, RuntimeError, "meta tensor"),
        ({2: [lucet.ones(3), lucet.ones(1).expand(3)]}, ShapeError, "single memory location"),
        ({0: [lucet.ones(3), lucet.ones(3, dtype=lucet.int64)]}, DtypeError, "int64"),
        ({0: (lucet.ones(3) for _ in range(2))}, TypeError, "generator"),
    ],
)
def test_lists_that_do_not_go_together_change_nothing(change, kind, words):
    lists = [[lucet.ones(3), lucet.ones(3)] for _ in range(5)] + [[lucet.tensor(0.0), lucet.tensor(0.0)]]
    for at, value in change.items():
        lists[at] = value
    with pytest.raises(kind, match=words):
        adam_step(*lists, **(ADAM | {"amsgrad": True}))
    first = lists[0][0] if isinstance(lists[0], list) else lucet.ones(3)
    assert first.tolist() == [1.0, 1.0, 1.0]
    assert float(lists[5][0].reshape(-1)[0]) in (0.0, 1.0)


def test_read_only_memory_is_refused():
    with pytest.warns(UserWarning, match="not writable"):
        fixed = lucet.frombuffer(bytes(12), dtype=lucet.float32)
    with pytest.raises(RuntimeError, match="read-only"):
        one_sgd(fixed, lucet.ones(3), lucet.ones(3))
    assert fixed.tolist() == [0.0, 0.0, 0.0]
