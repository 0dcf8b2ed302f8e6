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
