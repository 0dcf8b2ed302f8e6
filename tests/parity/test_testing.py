"""`testing` beside torch: what passes, what is said where it does not, and the numbers of make_tensor."""

import inspect
import itertools
import warnings

import numpy as np
import pytest
import torch

import lucet

DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()
NAN, INF = float("nan"), float("inf")

PAIRS = """
t([1., 2.]), t([1., 2.1])
t([1., 2.]), t([1., 2.])
t([1, 2]), t([1, 3])
t([1., 2.]), t([1., 2.]).double()
t([1., 2.]), t([1., 2., 3.])
[t(1.), 2], [t(1.), 3]
{"a": 1.0}, {"a": 2.0}
{"a": 1}, {"b": 1}
{"a": [1, t([2.])]}, {"a": [1, t([3.])]}
1, 2
1.0, 1.00001
1.0, 1.0 + 1e-9
1, 1.0
True, False
[1, [1]], [2, [1, 2]]
1.0, 1j
"a", "b"
t([True]), t([False])
t([1., NAN]), t([1., NAN])
t(1.), t(2.)
t(1), t(2)
t([1.]), 1.0
[1], [1, 2]
t([[1., 2.], [3., 4.]]), t([[1., 2.5], [3., 5.]])
None, None
None, 1
t([1 + 1j]), t([1 + 2j])
t([1 + 1j, 2]), t([1 + 1j, 2])
t([1.]), t([1.]).to("meta")
t([1., 2.]).bfloat16(), t([1., 2.1]).bfloat16()
t([1., 2.]).half(), t([1., 2.001]).half()
[t(1.), [t(2.), t(4.)]], [t(1.), [t(2.), t(5.)]]
T.ones(2, 2), T.ones(2, 2).t()
3, "a"
[1, t(2.)], (1, t(2.))
t([1]).char(), t([2]).char()
t([0., 0.]), t([0., 1.])
t([1., 0.]), t([0., 0.])
np.ones(2), np.zeros(2)
np.ones(2), np.ones(2)
np.float64(1), np.float64(2)
t([]), t([])
t([INF]), t([1.])
t([INF]), t([INF])
t([INF]), t([-INF])
t([1., 5., 3.]), t([1., 2., NAN])
""".strip().splitlines()
OPTIONS = [{}, {"equal_nan": True}, {"check_dtype": False, "check_device": False}, {"check_stride": True}, {"rtol": 0.1, "atol": 0.2}, {"rtol": 0.0, "atol": 0.0}, {"rtol": 0.1}, {"msg": "mine"}, {"allow_subclasses": False}]


def told(T, text, options):
    names = {"T": T, "t": T.tensor, "np": np, "NAN": NAN, "INF": INF}
    try:
        T.testing.assert_close(*eval(text, names), **options)
    except Exception as problem:
        return type(problem), str(problem).replace("lucet", "torch")
    return None


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("text", PAIRS)
def test_assert_close_says_what_torchs_says(text, options):
    if "meta" in text and options.get("check_device") is False:
        return  # elements that are nowhere are not compared
    assert told(lucet, text, options) == told(torch, text, options)


def test_the_message_may_be_made_of_the_message():
    for T in (torch, lucet):
        with pytest.raises(AssertionError, match="^X Scalars are not equal!"):
            T.testing.assert_close(1, 2, msg=lambda text: f"X {text}")


@pytest.mark.parametrize("name", ["assert_close", "make_tensor", "assert_allclose"])
def test_arguments_are_torchs(name):
    ours, theirs = (inspect.signature(getattr(T.testing, name)).parameters.values() for T in (lucet, torch))
    assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


@pytest.mark.parametrize("dtype", DTYPES)
def test_make_tensor_draws_torchs_numbers(dtype):
    choices = [
        {}, {"low": 0, "high": 2}, {"low": -100.5, "high": 200.25}, {"noncontiguous": True}, {"exclude_zero": True, "low": -2, "high": 2}, {"requires_grad": True},
        {"low": 3, "high": 1}, {"low": NAN}, {"low": 1000, "high": 2000}, {"noncontiguous": True, "memory_format": "channels_last"}, {"low": -INF, "high": INF}, {"low": 1, "high": 1},
    ]  # fmt: skip
    for shape, how in itertools.product([(3, 4), (0, 2), (), (2, 3, 4, 5)], choices):
        results = []
        for T in (torch, lucet):
            T.manual_seed(5)
            asked = how | ({"memory_format": T.channels_last} if "memory_format" in how else {})
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    made = T.testing.make_tensor(shape, dtype=getattr(T, dtype), device="cpu", **asked)
                results.append((repr(made.detach().tolist()), tuple(made.shape), made.stride(), made.requires_grad))
            except Exception as problem:
                results.append((type(problem), str(problem).replace("lucet", "torch")))
        assert results[1] == results[0], (shape, how)
