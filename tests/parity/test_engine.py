"""Recording and backward beside torch: the programs of core's engine_cases.py in both libraries, now, not from recorded values."""

import math
import warnings

import pytest
import torch
from engine_cases import CASES

import lucet


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return "nan" if math.isnan(value) else float(f"{value:.9g}")
    return value


@pytest.mark.parametrize("name", CASES)
def test_both_answer_alike(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert plain(CASES[name](lucet)) == plain(CASES[name](torch))


def leaf(m, *shape):
    return (m.arange(float(math.prod(shape))).reshape(shape) + 1).requires_grad_()


def written(x, index, value):
    x[index] = value
    return x


NAMED = {
    "clamp_min": lambda m: leaf(m, 3).clamp_min(2),
    "clamp_max": lambda m: leaf(m, 3).clamp_max(2),
    "clamp_min by a tensor": lambda m: leaf(m, 3).clamp_min(m.ones(3)),
    "clamp_max by a tensor": lambda m: leaf(m, 3).clamp_max(m.ones(3)),
    "clamp by tensors": lambda m: leaf(m, 3).clamp(m.ones(3), m.ones(3)),
    "clamp with one bound": lambda m: leaf(m, 3).clamp(min=2),
    "addmv": lambda m: m.addmv(leaf(m, 3), leaf(m, 3, 3), leaf(m, 3)),
    "addr": lambda m: m.addr(leaf(m, 3, 3), leaf(m, 3), leaf(m, 3)),
    "baddbmm": lambda m: m.baddbmm(leaf(m, 2, 3, 3), leaf(m, 2, 3, 3), leaf(m, 2, 3, 3)),
    "addbmm": lambda m: m.addbmm(leaf(m, 3, 3), leaf(m, 2, 3, 3), leaf(m, 2, 3, 3)),
    "trace": lambda m: leaf(m, 3, 3).trace(),
    "dist": lambda m: m.dist(leaf(m, 3), leaf(m, 3)),
    "cdist": lambda m: m.cdist(leaf(m, 3, 3), leaf(m, 3, 3)),
    "renorm": lambda m: leaf(m, 3, 3).renorm(2, 0, 1.0),
    "rot90": lambda m: leaf(m, 3, 3).rot90(),
    "rot90 twice": lambda m: leaf(m, 3, 3).rot90(2),
    "rot90 not at all": lambda m: leaf(m, 3, 3).rot90(4),
    "with logits": lambda m: m.nn.functional.binary_cross_entropy_with_logits(leaf(m, 3), m.ones(3)),
    "fill_": lambda m: leaf(m, 3).mul(1).fill_(2),
    "fill_ by a tensor": lambda m: leaf(m, 3).mul(1).fill_(m.tensor(2.0)),
    "fill": lambda m: m.fill(leaf(m, 3), 2),
    "zero_": lambda m: leaf(m, 3).mul(1).zero_(),
    "all written": lambda m: written(leaf(m, 3).mul(1), slice(None), 2),
    "scatter of a number": lambda m: leaf(m, 3).scatter(0, m.tensor([0]), 2.0),
    "scatter": lambda m: leaf(m, 3).scatter(0, m.tensor([0]), leaf(m, 3)),
    "index_fill by a tensor": lambda m: leaf(m, 3).index_fill(0, m.tensor([0]), m.tensor(1.0)),
    "copy_": lambda m: leaf(m, 3).mul(1).copy_(leaf(m, 3)),
    "div to whole numbers": lambda m: leaf(m, 3).div(2, rounding_mode="floor"),
    "floor_divide": lambda m: leaf(m, 3) // 2,
}


@pytest.mark.parametrize("what", NAMED)
def test_nodes_are_called_as_torchs(what):
    assert NAMED[what](lucet).grad_fn.name() == NAMED[what](torch).grad_fn.name()


def edges(y):
    return [None if node is None else node.name() for node, _ in y.grad_fn.next_functions]


def function_of_many(m):
    class Scaled(m.autograd.Function):
        @staticmethod
        def forward(ctx, factor, x, word, y, nothing):
            return x * y * factor

        @staticmethod
        def backward(ctx, g):
            return None, g, None, None, None

    return Scaled.apply(2, leaf(m, 3), "word", m.ones(3), None)


@pytest.mark.parametrize("make", [lambda m: m.where(m.ones(3) > 0, leaf(m, 3), 0), lambda m: m.where(m.ones(3) > 0, 0, leaf(m, 3)), function_of_many])
def test_edges_are_those_of_tensors_that_may_want_a_gradient(make):
    assert edges(make(lucet)) == edges(make(torch))
