"""Every registered op beside torch's function of the same name, over the registry's samples in every element type.

Compared: whether it fails and with which class, the results' types, shapes, strides, values. What is known to differ is in DIFFERENT.
"""

import warnings

import numpy as np
import pytest
import torch
from test_bad_input import base_calls, called_with, tensors_in

import lucet
from lucet._registry import OPS

NAMES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()
TOLERANCE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-5, "complex64": 2e-5}
INTEGERS = "uint8 int8 int16 int32 int64"
HALVES = "float16 bfloat16"
COMPLEX = "complex64 complex128"

# op: (element types, why)
DIFFERENT = {
    "adaptive_avg_pool2d": (COMPLEX, "refused"),
    "softmax": (f"bool {INTEGERS} {COMPLEX}", "torch answers for no elements and for one"),
    "log_softmax": (f"bool {INTEGERS} {COMPLEX}", "torch answers for no elements and for one"),
    "softmin": (f"{INTEGERS} {COMPLEX}", "torch answers for no elements and for one"),
    "sort": (f"bool {INTEGERS} {HALVES}", "torch promises no order of equal elements"),
    "argsort": (f"bool {INTEGERS} {HALVES}", "torch promises no order of equal elements"),
    "topk": (f"bool {INTEGERS} {HALVES}", "torch promises no order of equal elements"),
    "kthvalue": (f"bool {INTEGERS} {HALVES}", "torch promises no order of equal elements"),
    "median": (f"bool {INTEGERS} {HALVES}", "torch promises no order of equal elements"),
    "tensordot": ("bool", "refused, as products are"),
    "inner": ("bool", "refused, as products are"),
    "bilinear": ("bool", "refused, as products are"),
    "trace": ("bool", "torch has it for numbers only"),
    "cdist": (HALVES, "torch has it for float32 and float64 only"),
    "pdist": (HALVES, "torch has it for float32 and float64 only"),
    "chain_matmul": ("bool", "torch answers for one matrix"),
    "linalg_vander": (HALVES, "products of powers are rounded once"),
    "matrix_power": ("bool", "refused"),
    "linalg_matrix_power": ("bool", "refused"),
    "mm": ("bool", "refused"),
    "bmm": ("bool", "refused"),
    "linear": ("bool", "refused"),
    "matmul": ("bool", "refused"),
    "conv2d": ("bool uint8 int8 int16 int32", "lucet answers with dilation too"),
    "conv3d": ("bool", "refused"),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), ("uint8 int8 int16 int32", "lucet answers")),
    "max_pool1d": (INTEGERS, "lucet answers"),
    **dict.fromkeys(("max_unpool1d", "max_unpool2d", "max_unpool3d"), ("int64", "lucet answers")),
    **dict.fromkeys(("avg_pool3d", "lp_pool3d", "local_response_norm", "interpolate"), (HALVES, "lucet answers")),
    "convolution": (f"uint8 int8 int16 int32 {COMPLEX}", "lucet answers, as conv2d and conv_transpose2d do"),
    **dict.fromkeys(("grid_sampler", "grid_sample"), (HALVES, "places and weights are rounded once")),
    "threshold": ("uint8", "a negative number is below all elements"),
    "gather": (f"bool uint8 int8 int16 float16 bfloat16 float32 float64 {COMPLEX}", "torch takes any type for an index without elements"),
    "take_along_dim": ("int32", "refused, as torch documents"),
    "index_copy": ("int32", "lucet answers"),
    "pad": ("bool", "lucet answers"),
    "zeta": (HALVES, "lucet answers"),
    "erfcx": (HALVES, "lucet answers"),
    "log_ndtr": (HALVES, "lucet answers"),
    "ndtri": (HALVES, "lucet answers"),
    "mode": (COMPLEX, "torch answers for no elements and for one"),
    "cummax": (COMPLEX, "torch answers for no elements and for one"),
    "cummin": (COMPLEX, "torch answers for no elements and for one"),
    "searchsorted": (f"bool {COMPLEX}", "torch answers for no elements"),
    "histogram": (HALVES, "torch wants a range or borders"),
    "histogramdd": (HALVES, "torch wants a range or borders"),
    **dict.fromkeys((key for key in OPS if "bessel" in key or "polynomial" in key or key == "airy_ai"), (HALVES, "lucet answers")),
    "mvlgamma": ("bool", "lucet answers"),
    "_weight_norm": (COMPLEX, "lucet answers for every dimension"),
    "conv1d": ("bool uint8 int8 int16 int32", "lucet answers with dilation too"),
    "mul": ("float16", "there is no complex32"),
    "div": ("float16", "there is no complex32"),
    "pow": ("float16", "there is no complex32"),
    "complex": ("float16", "there is no complex32"),
    "view_as_complex": ("float16", "there is no complex32"),
    "view_as_complex_copy": ("float16", "there is no complex32"),
}
# Composed in torch of other parts, whose strides show.
OTHER_STRIDES = {"unravel_index", "quantile", "nanquantile"}
# How many of the results are compared: torch leaves the sizes of bags 0 for sums.
COMPARED = {"embedding_bag of a table first": 2}
UNINITIALISED = ("empty", "new_empty", "resize", "set_")
# Arguments that are not tensors; results that are uint64 in torch (test_reduce.py has their bits); torch's fails on stacks of matrices
# (test_symmetric.py compares with NumPy); torch has it for sparse tensors only.
SKIPPED = {"from_numpy", "frombuffer", "hash_tensor", "lobpcg", "native_norm"}
KEYS = [
    key
    for key, entry in OPS.items()
    if entry.family not in ("random", "update") and not entry.name.startswith(UNINITIALISED) and entry.name not in SKIPPED
]


def torchs(entry):
    """torch's function of that name: in the first home that has it, else the method."""
    for home in entry.also:
        place = torch
        for part in [] if home == "lucet" else home.split("."):
            place = getattr(place, part, None)
        name = entry.name.removeprefix(f"{home}_")  # torch.linalg.inv calls itself linalg_inv, and so does lucet's
        if hasattr(place, name):
            return getattr(place, name)
    return getattr(torch.Tensor, entry.name, getattr(torch._C._nn, entry.name, None))


def to_torch(value):
    if isinstance(value, lucet.Tensor):
        kind = getattr(torch, str(value.dtype)[6:])
        copy = torch.empty_strided(tuple(value.shape), value.stride(), dtype=kind)
        return copy.copy_(torch.tensor(value.tolist(), dtype=kind).reshape(tuple(value.shape)))
    if isinstance(value, (list, tuple)):
        return type(value)(to_torch(part) for part in value)
    return getattr(torch, str(value)[6:]) if isinstance(value, lucet.dtype) else value


def cast(value, dtype):
    if isinstance(value, lucet.Tensor):
        return value.to(dtype)
    return type(value)(cast(part, dtype) for part in value) if isinstance(value, (list, tuple)) else value


# Vectors of which the negative would do as well.
UP_TO_SIGN = {"linalg_eigh", "linalg_svd", "pca_lowrank", "svd", "svd_lowrank"}
# LAPACK knows two precisions; torch notices other types where it would call it, so not for matrices without elements.
for _key, _entry in OPS.items():
    if _entry.family == "linalg":
        DIFFERENT.setdefault(_entry.name, (f"bool {INTEGERS} {HALVES}", "torch answers for no elements"))


def attempt(function, arguments, keywords):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*arguments, **keywords), None
    except Exception as exception:
        return None, exception


def class_of(exception):
    return next(c for c in (IndexError, ValueError, TypeError, NotImplementedError, RuntimeError, Exception) if isinstance(exception, c))


def parts(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


def compare(actual, expected, strides=True, of=np.asarray):
    assert len(parts(actual)) == len(parts(expected))
    for a, e in zip(parts(actual), parts(expected)):
        if not isinstance(e, torch.Tensor):
            assert str(a) == str(e).replace("torch", "lucet")
            continue
        name = str(e.dtype)[6:]
        assert str(a.dtype)[6:] == name
        assert tuple(a.shape) == tuple(e.shape)
        if strides and e.numel():
            assert a.stride() == e.stride()
        tolerance = TOLERANCE.get(name, 1e-9)
        np.testing.assert_allclose(
            of(np.array(a.tolist(), dtype=complex)), of(np.array(e.tolist(), dtype=complex)), rtol=tolerance, atol=tolerance, equal_nan=True
        )


@pytest.mark.parametrize("name", ["as registered", *NAMES])
@pytest.mark.parametrize("key", KEYS)
def test_op(key, name):
    entry = OPS[key]
    theirs = torchs(entry)
    assert theirs is not None
    if name in DIFFERENT.get(entry.name, ("", ""))[0].split():
        return
    for base in base_calls(key, entry):
        arguments, keywords = called_with(base)
        if name in NAMES:
            if not tensors_in(arguments):
                continue
            arguments = [cast(argument, getattr(lucet, name)) for argument in arguments]
            keywords = {word: cast(value, getattr(lucet, name)) for word, value in keywords.items()}
        copies = [to_torch(argument) for argument in arguments]
        torch.manual_seed(0)  # low-rank factors draw
        lucet.manual_seed(0)
        expected, expected_error = attempt(theirs, copies, {word: to_torch(value) for word, value in keywords.items()})
        actual, error = attempt(entry.function, arguments, keywords)
        if expected_error is not None:
            assert isinstance(error, class_of(expected_error)), (expected_error, error)
            continue
        assert error is None, error
        if key in COMPARED:
            actual, expected = actual[: COMPARED[key]], expected[: COMPARED[key]]
        strides = entry.family not in ("linalg", "fft") and entry.name not in OTHER_STRIDES  # LAPACK's lie by columns, in torch
        compare(actual, expected, strides, np.abs if entry.name in UP_TO_SIGN else np.asarray)
