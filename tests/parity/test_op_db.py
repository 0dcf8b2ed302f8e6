"""Ops beside torch over the samples of torch's own op_db: values, element types, shapes, gradients of both orders, forms, errors.

A family is a list of names of op_db; whoever adds ops adds their names. A name that lucet lacks fails, as does a sample that it refuses.
"""

import importlib.util
import sys
import types
import unittest
import warnings

import pytest
import torch

import lucet

if importlib.util.find_spec("expecttest") is None:  # a base class of torch's own tests; nothing of it is used here
    sys.modules["expecttest"] = types.ModuleType("expecttest")
    sys.modules["expecttest"].TestCase = unittest.TestCase
from torch.testing._internal.common_methods_invocations import op_db

FAMILIES = {
    "sums, orders, statistics": (
        "quantile nanquantile nanmean nanmedian mode cummax cummin logcumsumexp histc histogram histogramdd searchsorted bucketize "
        "unique unique_consecutive diff gradient trapezoid trapz cumulative_trapezoid cov corrcoef dist renorm isin "
        "median kthvalue topk sort argsort msort nansum count_nonzero std_mean var_mean aminmax cumsum cumprod bincount"
    ),
    "indices and shapes": (
        "scatter_reduce index_reduce select_scatter slice_scatter diagonal_scatter as_strided_scatter narrow_copy unravel_index "
        "put take take_along_dim gather scatter scatter_add index_add index_copy index_fill index_select index_put "
        "masked_fill masked_scatter masked_select nonzero argwhere fill_diagonal_ sum_to_size"
    ),
}
NAMES = [name for names in FAMILIES.values() for name in names.split()]
DTYPES = [
    torch.float32,
    torch.float64,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
]

# Names of op_db that differ from the function's.
ENTRIES = {name: [] for name in NAMES}
for _info in op_db:
    _name = _info.name
    if _name in ENTRIES:
        ENTRIES[_name].append(_info)
CASES = [
    pytest.param(info, id=info.name + ("." + info.variant_test_name if info.variant_test_name else ""))
    for infos in ENTRIES.values()
    for info in infos
]

# Which part of the result holds indices that torch may choose among equal elements: it is not compared.
UNORDERED = {"topk": 1, "kthvalue": 1, "median": 1, "nanmedian": 1, "mode": 1, "sort": 1, "argsort": 0}
# Looser than assert_close: torch adds float32 up one by one, lucet in double (cov has weights of float32 beside its float64).
LOOSER = {
    "histogram": {"rtol": 1e-5, "atol": 1e-4},
    "histogramdd": {"rtol": 1e-5, "atol": 1e-4},
    "gradient of cov": {"rtol": 1e-5, "atol": 1e-5},
}
# torch hands the gradient on to elements that were written over; finite differences in core's tests agree with lucet.
NOT_THE_DERIVATIVE = {"as_strided_scatter"}


def lucet_of(t, made=None):
    """The same elements and strides as a lucet tensor."""
    kind = getattr(lucet, str(t.dtype)[6:])
    size = t.untyped_storage().nbytes() // t.element_size()
    if not t.numel() or not size:
        return lucet.empty_strided(tuple(t.shape), t.stride(), dtype=kind)
    memory = t.untyped_storage().data_ptr(), kind
    if made is not None and memory in made:
        return lucet.as_strided(made[memory], tuple(t.shape), t.stride(), t.storage_offset())
    whole = torch.as_strided(t, (size,), (1,), 0).clone()
    flat = (
        lucet.from_numpy(whole.view(torch.int16).numpy()).view(kind)
        if kind is lucet.bfloat16
        else lucet.from_numpy(whole.numpy())
    )
    if made is not None:
        made[memory] = flat
    return lucet.as_strided(flat, tuple(t.shape), t.stride(), t.storage_offset())


def ours(x, leaves=None, made=None):
    """lucet's counterpart of an argument of a torch call; tensors that require a gradient are kept as leaves, and with `made`
    tensors that share memory share it again."""
    if isinstance(x, torch.Tensor):
        t = lucet_of(x.detach(), made)
        if x.requires_grad:
            t.requires_grad_()
            if leaves is not None:
                leaves.append(t)
        return t
    if isinstance(x, torch.dtype):
        return getattr(lucet, str(x)[6:])
    if isinstance(x, torch.device):
        return lucet.device(str(x))
    if isinstance(x, torch.memory_format):
        return getattr(lucet, str(x)[6:])
    if isinstance(x, slice):
        return slice(*(ours(part, leaves, made) for part in (x.start, x.stop, x.step)))
    if type(x) in (list, tuple):
        return type(x)(ours(part, leaves, made) for part in x)
    if isinstance(x, dict):
        return {key: ours(value, leaves, made) for key, value in x.items()}
    return x


def tensors_in(value, kind):
    if isinstance(value, kind):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for part in value for t in tensors_in(part, kind)]
    return []


def as_torch(t):
    """lucet's result for torch's comparison."""
    t = t.detach()
    kind = getattr(torch, str(t.dtype)[6:])
    if not t.numel():
        return torch.empty(tuple(t.shape), dtype=kind)
    if t.dtype is lucet.bfloat16:
        return torch.from_numpy(t.float().numpy().copy()).to(kind)
    return torch.from_numpy(t.numpy().copy())


def function_of(info):
    """The function of lucet that is called as op_db's entry calls torch's."""
    name = info.name
    for home in (lucet, lucet.Tensor):
        if hasattr(home, name):
            return getattr(home, name)
    return getattr(lucet, name)


def samples_of(info, dtype, requires_grad=False):
    torch.manual_seed(0)
    return list(info.sample_inputs("cpu", dtype, requires_grad=requires_grad))


def called(function, args, kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def torchs(info):
    """Torch's function itself, not op_db's wrapping of it."""
    for home in (torch, torch.Tensor):
        if hasattr(home, info.name):
            return getattr(home, info.name)
    return info.op


def compare(got, want, name):
    theirs, mine = tensors_in(want, torch.Tensor), tensors_in(got, lucet.Tensor)
    assert len(mine) == len(theirs)
    for k, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        assert str(a.dtype)[6:] == str(b.dtype)[6:]
        assert tuple(a.shape) == tuple(b.shape)
        if UNORDERED.get(name) == k and b.dtype == torch.int64:
            continue
        torch.testing.assert_close(as_torch(a), b.detach(), equal_nan=True, **LOOSER.get(name, {}))
    if not theirs:
        assert got == want


def dtypes_of(info):
    return [d for d in DTYPES if d in info.dtypes]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_in_lucet(name):
    assert hasattr(lucet, name) or hasattr(lucet.Tensor, name)


@pytest.mark.parametrize("info", CASES)
def test_values_types_and_shapes(info):
    for dtype in dtypes_of(info):
        for sample in samples_of(info, dtype):
            arguments = [sample.input, *sample.args]
            mine = ours(arguments), ours(sample.kwargs)
            try:
                want = called(torchs(info), *torch_copy(arguments, sample.kwargs))
            except Exception as problem:
                with pytest.raises(Exception) as caught:
                    called(function_of(info), *mine)
                assert related(caught.value, problem), (sample, problem, caught.value)
                continue
            try:
                got = called(function_of(info), *mine)
            except Exception as problem:
                raise AssertionError(f"lucet refuses {dtype} {sample}") from problem
            try:
                compare(got, want, info.name)
            except AssertionError as problem:
                raise AssertionError(f"{dtype} {sample.summary()}") from problem


def torch_copy(arguments, kwargs):
    """Clones, so that ops that write do not change the sample."""

    def copy(x):
        if isinstance(x, torch.Tensor):
            return x.detach().clone() if x.is_contiguous() else x.detach()
        return type(x)(copy(part) for part in x) if type(x) in (list, tuple) else x

    return copy(list(arguments)), {key: copy(value) for key, value in kwargs.items()}


def related(mine, theirs):
    """Whether who catches torch's error catches lucet's; any will do for a failed assertion inside torch."""
    if "Could this error message be improved?" in str(theirs):
        return True
    kinds = [
        kind
        for kind in (TypeError, IndexError, ValueError, NotImplementedError, RuntimeError)
        if isinstance(theirs, kind)
    ]
    return (
        isinstance(mine, tuple(kinds) or Exception)
        or isinstance(theirs, NotImplementedError)
        and isinstance(mine, RuntimeError)
    )


@pytest.mark.parametrize(
    "info",
    [case for case in CASES if case.values[0].supports_autograd and case.values[0].name not in NOT_THE_DERIVATIVE],
)
def test_gradients_of_both_orders(info):
    for sample in samples_of(info, torch.float64, requires_grad=True):
        arguments = [sample.input, *sample.args]
        leaves = []
        mine = ours(arguments, leaves), ours(sample.kwargs, leaves)
        theirs = [t for t in tensors_in([arguments, list(sample.kwargs.values())], torch.Tensor) if t.requires_grad]
        try:
            want, got = called(torchs(info), arguments, sample.kwargs), called(function_of(info), *mine)
        except Exception:  # compared above
            continue
        assert [t.requires_grad for t in tensors_in(got, lucet.Tensor)] == [
            t.requires_grad for t in tensors_in(want, torch.Tensor)
        ], sample
        outputs = [
            (a, b)
            for a, b in zip(tensors_in(got, lucet.Tensor), tensors_in(want, torch.Tensor), strict=True)
            if b.requires_grad
        ]
        if not outputs:
            continue
        first = []
        for module, parts, inputs in (
            (lucet, [a for a, _ in outputs], leaves),
            (torch, [b for _, b in outputs], theirs),
        ):
            total = sum((part * part).sum() + part.sum() for part in parts)
            grads = module.autograd.grad(total, inputs, create_graph=info.supports_gradgrad, allow_unused=True)
            second = [None]
            if info.supports_gradgrad and any(g is not None and g.requires_grad for g in grads):
                again = sum((g * g).sum() for g in grads if g is not None and g.requires_grad)
                second = list(module.autograd.grad(again, inputs, allow_unused=True))
            first.append((list(grads), second))
        for order, (a, b) in enumerate(zip(*first, strict=True)):
            if len(a) == 1 and len(b) > 1 or len(b) == 1 and len(a) > 1:  # zeros in one, nothing in the other
                continue
            for x, y in zip(a, b, strict=True):
                try:
                    if x is None or y is None:
                        assert (x is None or not x.any()) and (y is None or not y.any())
                    else:
                        compare(x, y, f"gradient of {info.name}")
                except AssertionError as problem:
                    raise AssertionError(f"order {order + 1}: {sample.summary()}") from problem


@pytest.mark.parametrize("info", [case for case in CASES if case.values[0].supports_out])
def test_out_receives_the_result(info):
    for sample in samples_of(info, torch.float32 if torch.float32 in info.dtypes else torch.int64)[:6]:
        arguments = [sample.input, *sample.args]
        try:
            want = called(torchs(info), *torch_copy(arguments, sample.kwargs))
            outs = [torch.empty_like(t) for t in tensors_in(want, torch.Tensor)]
            called(
                torchs(info),
                *[
                    torch_copy(arguments, sample.kwargs)[0],
                    sample.kwargs | {"out": outs[0] if isinstance(want, torch.Tensor) else tuple(outs)},
                ],
            )
        except Exception:  # no out= for these arguments
            continue
        mine = [lucet.empty(tuple(t.shape), dtype=ours(t.dtype)) for t in outs]
        keywords = ours(sample.kwargs) | {"out": mine[0] if isinstance(want, torch.Tensor) else tuple(mine)}
        called(function_of(info), ours(arguments), keywords)
        compare(mine, outs, info.name)


@pytest.mark.parametrize("info", [case for case in CASES if case.values[0].inplace_variant is not None])
def test_in_place_form_writes_the_result(info):
    name = info.inplace_variant.__name__
    for dtype in dtypes_of(info):
        for sample in samples_of(info, dtype)[:8]:
            if not isinstance(sample.input, torch.Tensor):
                continue
            mine = ours([sample.input, *sample.args]), ours(sample.kwargs)
            theirs, keywords = torch_copy([sample.input.contiguous(), *sample.args], sample.kwargs)
            try:
                called(getattr(torch.Tensor, name), theirs, keywords)
            except Exception as problem:
                with pytest.raises(Exception) as caught:
                    called(getattr(lucet.Tensor, name), *mine)
                assert related(caught.value, problem), (sample, problem, caught.value)
                continue
            called(getattr(lucet.Tensor, name), *mine)
            compare(mine[0][0], theirs[0], info.name)


@pytest.mark.parametrize("info", [case for case in CASES if case.values[0].error_inputs_func is not None])
def test_errors_are_of_torchs_classes(info):
    for error in info.error_inputs("cpu"):
        sample = error.sample_input
        arguments = [sample.input, *sample.args]
        made = {}
        try:
            mine = ours(arguments, None, made), ours(sample.kwargs, None, made)
        except Exception:  # tensors on other devices, or of types that lucet does not have
            continue
        with pytest.raises(Exception) as theirs:
            called(torchs(info), arguments, sample.kwargs)
        with pytest.raises(Exception) as caught:
            called(function_of(info), *mine)
        assert related(caught.value, theirs.value), (sample, theirs.value, caught.value)
