"""Fixtures of the parity tests: evaluate one expression with torch and with lucet, and compare what comes out."""

import warnings

import numpy as np
import pytest
import torch

import lucet
from lucet._registry import OPS


class Functional:
    """The ops of `nn.functional` that live in the core."""

    pad = staticmethod(OPS["pad"].function)
    one_hot = staticmethod(OPS["one_hot"].function)
    embedding = staticmethod(OPS["embedding"].function)


def world(T, requires_grad=False):
    """The tensors that the expressions speak of."""
    d = {"dtype": T.float64}

    def wave(*shape, rate=0.7):
        n = int(np.prod(shape))
        return T.tensor(np.sin(np.arange(n) * rate).tolist(), **d).reshape(shape).requires_grad_(requires_grad)

    names = {
        "x": wave(2, 3, 4),
        "m": wave(3, 4, rate=0.3),
        "p": wave(3, 4, rate=1.1),
        "s": wave(1).detach().reshape(()).requires_grad_(requires_grad),
        "v": wave(5),
    }
    names |= {
        "T": T,
        "F": torch.nn.functional if T is torch else Functional,
        "np": np,
        "tt": T.tensor,
        "e": T.zeros(0, 3),
        "l": T.arange(12).view(3, 4),
    }
    names |= {
        "i": T.tensor([0, 2, 1, 1]),
        "j": T.tensor([1, 0]),
        "b": T.tensor([True, False, True]),
        "q": T.arange(60.0).view(3, 4, 5),
    }
    names |= {
        "mask": T.tensor([[True, False, True, False], [False, True, True, True], [False, False, True, False]]),
        "k": T.tensor([[0, 1, 2, 0], [2, 2, 1, 0]]),
    }
    return names


def run(text, names):
    """The value of an expression, or of `r` after statements; an exception is a value too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if ";" not in text:
                return eval(text, names)
            exec(text, names)
            return names["r"]
        except Exception as error:
            return error


def told(r):
    """What must be equal of a result; strides mean nothing where there are no elements."""
    if hasattr(r, "tolist"):
        return tuple(r.shape), r.stride() if r.numel() else (), str(r.dtype).split(".")[1], r.tolist()
    if isinstance(r, (tuple, list)):
        return [told(q) for q in r]
    return r


@pytest.fixture(scope="session", name="same")
def _same():
    """same(text): the expression gives equal results, or errors of one class."""
    return same


def same(text):
    theirs, ours = run(text, world(torch)), run(text, world(lucet))
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)), f"{text}: torch raises {theirs!r}, lucet gives {ours!r}"
    else:
        assert repr(told(ours)) == repr(told(theirs)), text


def derivatives(text, T):
    """First gradients of a cubic of the result, and the gradients of their squares."""
    names = world(T, requires_grad=True)
    leaves = [names[n] for n in "xmpsv"]
    r = run(text, names)
    if isinstance(r, Exception):
        return r
    parts = list(r) if isinstance(r, (tuple, list)) else [r]
    total = sum(
        (y * y * y * T.arange(1.0, y.numel() + 1, dtype=T.float64).view(y.shape)).sum() for y in parts[:1] + parts[2:]
    )
    first = T.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
    second = T.autograd.grad(sum((g * g).sum() for g in first if g is not None), leaves, allow_unused=True)
    return [
        np.zeros(leaf.shape) if g is None else np.array(g.tolist())
        for gs in (first, second)
        for g, leaf in zip(gs, leaves, strict=True)
    ]


@pytest.fixture(scope="session", name="same_gradients")
def _same_gradients():
    """same_gradients(text): equal first and second gradients with respect to the leaves x, m, p, s, v."""
    return same_gradients


def same_gradients(text):
    theirs, ours = derivatives(text, torch), derivatives(text, lucet)
    if isinstance(theirs, Exception) or isinstance(ours, Exception):
        assert isinstance(ours, type(theirs)), f"{text}: torch {theirs!r}, lucet {ours!r}"
        return
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9, err_msg=text)
