"""The steps of the other optimizers: layouts, threads, versions, and what wrong lists do. What they compute is in the tests of optim."""

import numpy as np
import pytest

import lucet
from lucet import _ops
from lucet._errors import DtypeError, ShapeError

# rule -> (lists beside parameters and gradients, lists of numbers beside the step counters, options)
RULES = {
    "adamax": (2, 0, {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0.1, "maximize": False}),
    "nadam": (2, 1, {"lr": 0.1, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0.1, "momentum_decay": 0.004, "maximize": False, "decoupled_weight_decay": True}),
    "radam": (2, 0, {"lr": 0.1, "beta1": 0.9, "beta2": 0.5, "eps": 1e-8, "weight_decay": 0.1, "maximize": False, "decoupled_weight_decay": False}),
    "rmsprop": (3, 0, {"lr": 0.1, "alpha": 0.9, "eps": 1e-2, "weight_decay": 0.1, "momentum": 0.9, "centered": True, "maximize": False}),
    "adagrad": (1, 0, {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "eps": 1e-10, "maximize": False}),
    "asgd": (1, 2, {"lambd": 0.1, "lr": 0.1, "t0": 0.0, "alpha": 0.75, "weight_decay": 0.1, "maximize": False}),
    "rprop": (2, 0, {"step_size_min": 1e-6, "step_size_max": 50.0, "etaminus": 0.5, "etaplus": 1.2, "maximize": False}),
}
FACTORS = {"lr": 0.1, "beta2_decay": -0.8, "weight_decay": 0.1, "d": 1.0, "eps1": None, "eps2": 1e-3, "maximize": False}


def lists_of(rule, shapes, dtype="float32", seed=0):
    rng = np.random.default_rng(seed)
    kept, numbers, _ = RULES[rule]
    drawn = [[lucet.tensor(rng.random(shape) + 0.5, dtype=getattr(lucet, dtype)) for shape in shapes] for _ in range(2 + kept)]
    if rule == "rmsprop":  # a mean square is above the square of the mean
        drawn[2] = [t + 9 for t in drawn[2]]
    return drawn + [[lucet.tensor(0.5) for _ in shapes] for _ in range(numbers)] + [[lucet.tensor(3.0) for _ in shapes]]


def step(rule, lists):
    getattr(_ops, f"{rule}_step")(*lists, **RULES[rule][2])


def values(lists):
    return [[t.tolist() for t in tensors] for tensors in lists]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("layout", ["turned", "gaps"])
def test_layouts_give_the_same_numbers(rule, layout):
    plain = lists_of(rule, [(6, 8)])
    for which in range(2 + RULES[rule][0]):
        ours, other = lists_of(rule, [(6, 8)]), lists_of(rule, [(6, 8)])
        t = other[which][0]
        other[which][0] = t.t().contiguous().t() if layout == "turned" else lucet.zeros(12, 16)[::2, ::2].copy_(t)
        step(rule, ours)
        step(rule, other)
        assert values(ours) == values(other) != values(plain)


@pytest.mark.parametrize("rule", RULES)
def test_threads_parts_and_empty_ones_do_not_change_the_numbers(rule):
    before, found = lucet.get_num_threads(), []
    for count in (1, 2, 5):
        lucet.set_num_threads(count)
        lists = lists_of(rule, [(0, 3), (700, 301), (), (5,), (0,)])
        step(rule, lists)
        found.append([t.numpy().tobytes() for tensors in lists for t in tensors])
    lucet.set_num_threads(before)
    assert found[0] == found[1] == found[2]
    alone = lists_of(rule, [(700, 301)])
    for tensors in alone:
        tensors[0].copy_(lists_of(rule, [(0, 3), (700, 301), (), (5,), (0,)])[[id(a) for a in alone].index(id(tensors))][1])
    step(rule, alone)
    assert alone[0][0].tolist() == lists[0][1].tolist()


@pytest.mark.parametrize("rule", RULES)
def test_versions_move_once(rule):
    lists = lists_of(rule, [(3,)])
    step(rule, lists)
    assert [tensors[0]._version for tensors in lists] == [int(i != 1) for i in range(len(lists))]
    step(rule, [[] for _ in lists])


@pytest.mark.parametrize("rule", RULES)
def test_lists_that_do_not_go_together_change_nothing(rule):
    kept, numbers, _ = RULES[rule]
    for at in range(2 + kept + numbers + 1):
        is_number = at >= 2 + kept
        for bad, kind in (
            ([lucet.ones(3)], ShapeError),
            ([lucet.ones(3), None], TypeError),
            ([lucet.ones(3), lucet.ones(4)], ShapeError),
            ([lucet.ones(3), lucet.ones(3, dtype=lucet.int64)], (DtypeError, ShapeError)),
            ([lucet.ones(3), lucet.ones(3, device="meta")], (RuntimeError, TypeError)),
            (3, TypeError),
        ):
            lists = lists_of(rule, [(3,), (3,)])
            before = values(lists)
            if is_number and isinstance(bad, list):
                bad = [lists[at][0], *bad[1:]]
            lists[at], good = bad, lists[at]
            if at == 0 and isinstance(bad, list) and len(bad) == 2 and bad[1] is not None and bad[1].shape == (3,):
                kind = (RuntimeError, TypeError)
            with pytest.raises(kind):
                step(rule, lists)
            lists[at] = good
            assert values(lists) == before


def factor_lists(shapes, dtype=lucet.float32):
    rng = np.random.default_rng(0)

    def drawn(shape):
        return lucet.tensor(rng.random(shape) + 0.5, dtype=dtype)

    matrices = list(shapes)
    return [
        [drawn(s) for s in matrices],
        [drawn(s) for s in matrices],
        [drawn((*s[:-1], 1)) if len(s) > 1 else None for s in matrices],
        [drawn((*s[:-2], 1, s[-1])) if len(s) > 1 else None for s in matrices],
        [None if len(s) > 1 else drawn(s) for s in matrices],
        [lucet.tensor(2.0) for _ in matrices],
    ]


def test_adafactor_layouts_threads_and_empty_parameters():
    shapes = [(40, 60), (3, 4, 30, 70), (5,), (), (0, 3), (3, 0), (300, 300)]
    before, found = lucet.get_num_threads(), []
    for count in (1, 2, 5):
        lucet.set_num_threads(count)
        lists = factor_lists(shapes)
        _ops.adafactor_step(*lists, **FACTORS)
        found.append([t.numpy().tobytes() for tensors in lists for t in tensors if t is not None])
    lucet.set_num_threads(before)
    assert found[0] == found[1] == found[2]
    plain, turned = factor_lists([(6, 8)]), factor_lists([(6, 8)])
    for which in range(4):
        turned[which][0] = turned[which][0].t().contiguous().t()
    _ops.adafactor_step(*plain, **FACTORS)
    _ops.adafactor_step(*turned, **FACTORS)
    assert [t[0].tolist() for t in plain[:4]] == [t[0].tolist() for t in turned[:4]]


@pytest.mark.parametrize(
    ("at", "bad", "kind"),
    [
        (0, [lucet.ones(3)], ShapeError),
        (1, [lucet.ones(2, 3), lucet.ones(3)], ShapeError),
        (2, [lucet.ones(2, 2), None], ShapeError),
        (2, [None, None], TypeError),
        (3, [lucet.ones(2, 1), None], ShapeError),
        (3, [lucet.ones(1, 2, dtype=lucet.float64), None], DtypeError),
        (3, [lucet.ones(1, 2, device="meta"), None], RuntimeError),
        (4, [None, None], TypeError),
        (4, [None, lucet.ones(4)], ShapeError),
        (5, [lucet.tensor(0.0), lucet.ones(2)], ShapeError),
    ],
)
def test_adafactor_lists_that_do_not_go_together_change_nothing(at, bad, kind):
    lists = factor_lists([(2, 2), (3,)])
    before = lists[0][0].tolist()
    first = lists[0][0]
    lists[at] = bad
    with pytest.raises(kind):
        _ops.adafactor_step(*lists, **FACTORS)
    assert first.tolist() == before
