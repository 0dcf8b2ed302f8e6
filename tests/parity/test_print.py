"""Printing beside torch: core's print_cases.py in both libraries, and random tensors of every type and shape under random options."""

import random

import numpy as np
import pytest
import torch
from print_cases import CASES, text_of

import lucet

NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()


@pytest.mark.parametrize("name", CASES)
def test_both_print_alike(name):
    assert text_of(CASES[name](lucet), "lucet") == text_of(CASES[name](torch), "torch")


def numbers(draw, shape):
    """Values of one of several kinds: whole, fractions, wide, with infinities, tiny, large."""
    n = int(np.prod(shape))
    rng = np.random.default_rng(draw.randrange(2**32))
    kind = draw.choice(["whole", "unit", "wide", "special", "tiny", "large", "mixed"])
    values = rng.standard_normal(n)
    if kind == "whole":
        values = np.round(values * 100)
    elif kind == "wide":
        values = values * 10.0 ** rng.integers(-8, 9, n)
    elif kind == "special":
        values = np.where(rng.random(n) < 0.4, rng.choice([np.inf, -np.inf, np.nan, 0.0, -0.0], n), values)
    elif kind == "tiny":
        values = values * 1e-9
    elif kind == "large":
        values = values * 1e9
    elif kind == "mixed":
        values = np.where(rng.random(n) < 0.5, np.round(values * 10), values)
    return values.reshape(shape).tolist()


@pytest.mark.parametrize("seed", range(400))
def test_random_tensors_print_alike(seed):
    draw = random.Random(seed)
    shape = tuple(draw.choice([0, 1, 2, 3, 5, 8, 13, 40]) if draw.random() < 0.9 else 70 for _ in range(draw.randrange(4)))
    values, name = numbers(draw, shape), draw.choice(NAMES)
    if "int" in name:  # what does not fit is converted by the processor's whim
        values = np.clip(np.nan_to_num(values), 0 if name == "uint8" else -100, 100).tolist()
    options = {}
    for option, choices in {"precision": (0, 1, 2, 6), "threshold": (0, 5, 50), "edgeitems": (0, 1, 2, 4), "linewidth": (20, 40, 120), "sci_mode": (True, False)}.items():
        if draw.random() < 0.2:
            options[option] = draw.choice(choices)
    texts = []
    for L in (torch, lucet):
        t = L.tensor(values, dtype=L.float64).reshape(shape).to(getattr(L, name))
        if t.is_floating_point() and seed % 7 == 0:
            t.requires_grad_()
        L.set_printoptions(profile="default")
        L.set_printoptions(**options)
        try:
            texts.append(repr(t).replace(L.__name__ + ".", "L."))
        finally:
            L.set_printoptions(profile="default")
    assert texts[1] == texts[0]
