"""Element types: names, promotion, casts, limits of Python numbers."""

import itertools
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import lucet

NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()
ALIASES = {"half": "float16", "float": "float32", "double": "float64", "short": "int16", "int": "int32", "long": "int64", "cfloat": "complex64", "cdouble": "complex128"}
GOLDENS = json.loads((Path(__file__).parent / "goldens" / "dtypes.json").read_text())
D = {name: getattr(lucet, name) for name in NAMES}


def test_there_is_one_object_of_each():
    for alias, name in ALIASES.items():
        assert getattr(lucet, alias) is D[name]
    for dtype in D.values():
        assert pickle.loads(pickle.dumps(dtype)) is dtype
        assert lucet.zeros(1, dtype=dtype).dtype is dtype
    with pytest.raises(TypeError):
        type(lucet.float32)()


def test_properties():
    for name, dtype in D.items():
        assert repr(dtype) == f"lucet.{name}"
        assert dtype.is_floating_point == ("float" in name)
        assert dtype.is_complex == name.startswith("complex")
        assert dtype.is_signed == (name not in ("bool", "uint8"))
        assert dtype.itemsize == lucet.zeros(1, dtype=dtype).element_size()
    assert lucet.float32.to_complex() is lucet.complex64
    assert lucet.complex128.to_real() is lucet.float64


def test_pairs_promote_as_recorded_from_torch():
    for (a, b), expected in zip(itertools.product(NAMES, NAMES), GOLDENS["pairs"], strict=True):
        assert lucet.promote_types(D[a], D[b]) is D[expected], (a, b)


def test_three_tiers_promote_as_recorded_from_torch():
    for key, expected in GOLDENS["tiers"].items():
        first, second = key.split(" ")
        expected = expected.replace("complex32", "complex64")  # which is not offered
        assert str(lucet.result_type(operand(first), operand(second))) == f"lucet.{expected}", key


def operand(text):
    """'float32' a tensor with dimensions, 'float32()' one without, other text a Python number."""
    if text in D:
        return lucet.zeros(2).to(D[text])
    if text.endswith("()"):
        return lucet.zeros(()).to(D[text[:-2]])
    return {"True": True, "1": 1, "1.5": 1.5, "1j": 1j}[text]


def test_results_have_the_promoted_type():
    for a, b in itertools.product(NAMES[:10], NAMES[:10]):
        x, y = lucet.ones(2).to(D[a]), lucet.ones(2).to(D[b])
        assert (x * y).dtype is lucet.promote_types(D[a], D[b])
        assert (x < y).dtype is lucet.bool
        both_whole = "float" not in a + b
        assert (x / y).dtype is (lucet.float32 if both_whole else lucet.promote_types(D[a], D[b]))


def test_the_default_type_rules_where_numbers_decide():
    lucet.set_default_dtype(lucet.float64)
    try:
        assert lucet.zeros(1).dtype is lucet.float64
        assert lucet.tensor([1.5]).dtype is lucet.float64
        assert (lucet.tensor([1]) * 1.5).dtype is lucet.float64
        assert (lucet.tensor([1]) / 2).dtype is lucet.float64
        assert lucet.tensor([1j]).dtype is lucet.complex128
        assert lucet.get_default_dtype() is lucet.float64
        assert (lucet.ones(1, dtype=lucet.float32) * 1.5).dtype is lucet.float32
    finally:
        lucet.set_default_dtype(lucet.float32)
    for wrong in (lucet.int64, lucet.bool):
        with pytest.raises(TypeError):
            lucet.set_default_dtype(wrong)


def test_can_cast_is_torchs():
    for (a, b), expected in zip(itertools.product(NAMES, NAMES), GOLDENS["casts"], strict=True):
        assert lucet.can_cast(D[a], D[b]) is expected, (a, b)


def test_out_and_in_place_follow_can_cast():
    for a, b in itertools.product(NAMES[:10], NAMES[:10]):
        target, value = lucet.ones(2).to(D[a]), lucet.ones(2).to(D[b])
        if lucet.can_cast(lucet.promote_types(D[a], D[b]), D[a]):
            target.mul_(value)
        else:
            with pytest.raises(RuntimeError, match="can't be cast"):
                target.mul_(value)


@pytest.mark.parametrize("name", NAMES)
def test_python_numbers_are_checked_against_the_range(name):
    dtype = D[name]
    fits = {"uint8": (0, 255), "int8": (-128, 127), "int16": (-(2**15), 2**15 - 1), "int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
    if name not in fits:
        return
    low, high = fits[name]
    assert lucet.tensor([low, high], dtype=dtype).tolist() == [low, high]
    with pytest.raises((RuntimeError, OverflowError)):
        lucet.tensor([high + 1], dtype=dtype)
    with pytest.raises((RuntimeError, OverflowError)):
        lucet.full((1,), high + 1, dtype=dtype)


@pytest.mark.parametrize("source", NAMES)
def test_conversions_equal_numpys(source):
    values = [0, 1, 2, 100] if source != "bool" else [0, 1, 1, 0]
    if D[source].is_signed:
        values += [-1, -100]
    if D[source].is_floating_point or D[source].is_complex:
        values += [0.5, -2.75, 1e4]
    x = lucet.tensor(values, dtype=lucet.complex128 if D[source].is_complex else lucet.float64).to(D[source])
    for target in NAMES:
        if D[source].is_complex and not D[target].is_complex and target != "bool":
            continue
        if not D[target].is_signed and target != "bool" and min(values) < 0:
            continue
        if target == "int8":
            continue
        got = x.to(D[target])
        wide = np.array(x.tolist())
        if target == "bool":
            assert got.tolist() == (wide != 0).tolist()
        elif target == "bfloat16":
            assert np.allclose(got.tolist(), wide, rtol=2**-8)
        elif D[target].is_floating_point or D[target].is_complex:
            assert np.array_equal(np.array(got.tolist()), wide.astype(target))
        else:
            assert got.tolist() == np.trunc(wide).astype(target).tolist()


def test_bfloat16_rounds_to_nearest_even():
    x = lucet.tensor([1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-7, 3.389e38, 1e-40, float("nan"), float("inf")])
    y = x.to(lucet.bfloat16).to(lucet.float32).tolist()
    assert y[:3] == [1.0, 1 + 2**-6, 1 + 2**-7]
    assert y[5] != y[5]
    assert y[6] == float("inf")


def test_float16_equals_numpys():
    values = np.concatenate([np.arange(0, 65536, 7).astype(np.uint16).view(np.float16).astype(np.float32), np.float32([65519.9, 65520.0, 1e-8, 6e-8, 2**-25, 2**-24 * 1.5])])
    with np.errstate(all="ignore"):
        expected = values.astype(np.float16)
    got = lucet.from_numpy(values).half().numpy()
    assert np.array_equal(got.view(np.uint16)[~np.isnan(expected)], expected.view(np.uint16)[~np.isnan(expected)])
    assert np.isnan(got[np.isnan(expected)]).all()


def test_numpy_scalars_are_numbers():
    x = lucet.ones(2)
    for number in (np.float64(2), np.float32(2), np.int64(2), np.int8(2), np.longdouble(2), np.bool_(True)):
        y = x * number
        assert y.dtype is lucet.float32
        assert y.tolist() == [float(number)] * 2
