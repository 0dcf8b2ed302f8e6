"""Ops beside torch over the samples of torch's own op_db, case by case: what an entry calls, its samples, and how the two are compared.

Used by test_op_db.py, which fails where a case differs, and by tools/paritytable.py, which counts.
"""

import dataclasses
import functools
import importlib.util
import itertools
import math
import os
import re
import sys
import types
import unittest
import warnings
from typing import NamedTuple

import mpmath
import torch
from op_families import (
    DIFFERENCES,
    FAMILIES,
    LOOSER,
    ONCE,
    PHASES,
    REFERENCES,
    TYPED,
    UNORDERED,
    UNPROMISED,
    UNWRITTEN,
    family_of,
    matches,
)

import lucet
import lucet.nn

if "expecttest" not in sys.modules and importlib.util.find_spec("expecttest") is None:  # a base class of torch's own tests; nothing of it is used here
    sys.modules["expecttest"] = types.ModuleType("expecttest")
    sys.modules["expecttest"].TestCase = unittest.TestCase
from torch.testing._internal.common_methods_invocations import op_db, wrapper_set_seed

FULL = os.environ.get("LUCET_PARITY") == "full"
# Samples of one element type that are taken of each kind of case, spread over all of them.
SAMPLES = {"values": 6, "gradients": 6, "out": 4, "in place": 3, "errors": 1000}
DTYPES = [
    torch.float32,
    torch.float64,
    torch.complex64,
    torch.complex128,
    torch.float16,
    torch.bfloat16,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
]

# --- what an entry calls -------------------------------------------------------------------------------------------------------


def seeded(function, *args, **kwargs):
    """op_db's wrapper_set_seed."""
    lucet.manual_seed(42)
    return function(*args, **kwargs)


def counterpart(thing):
    """What stands for it in lucet: op_db writes some entries as functions of its own that speak of torch."""
    if thing is torch:
        return lucet
    if thing is wrapper_set_seed:
        return seeded
    if isinstance(thing, types.FunctionType) and thing.__module__.startswith("torch.testing."):
        return turned(thing)
    return thing


def turned(function):
    """The function of op_db with lucet in place of torch."""
    names = function.__code__.co_names + tuple(
        name for const in function.__code__.co_consts if isinstance(const, types.CodeType) for name in const.co_names
    )
    world = {name: counterpart(function.__globals__[name]) for name in names if name in function.__globals__}
    cells = tuple(types.CellType(counterpart(cell.cell_contents)) for cell in function.__closure__ or ())
    made = types.FunctionType(function.__code__, world, function.__name__, function.__defaults__, cells)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def named(path, home):
    """home.path, or None."""
    for name in path.split("."):
        home = getattr(home, name, None)
    return home


def torchs(info):
    return info.op


def function_of(info):
    """The function of lucet that is called as op_db's entry calls torch's; None where there is none."""
    if isinstance(info.op, types.FunctionType) and info.op.__module__.startswith("torch.testing."):
        return turned(info.op)
    found = named(info.name.replace("_segment", "segment"), lucet)
    return found if callable(found) else named(info.name, lucet.Tensor)


def inplace_of(info):
    function = info.inplace_variant
    if isinstance(function, functools.partial):
        return functools.partial(named(info.name, lucet), *function.args, **function.keywords)
    if isinstance(function, types.FunctionType) and function.__module__.startswith("torch.testing."):
        return turned(function)
    return getattr(lucet.Tensor, function.__name__, None) or named(
        info.name.rpartition(".")[0] + "." + function.__name__, lucet
    )


# --- arguments ---------------------------------------------------------------------------------------------------------------


def once(turn, made):
    """`turn` for each tensor, a tensor that comes again is the same one again."""

    def turned(t):
        if id(t) not in made:
            made[id(t)] = turn(t.detach(), made)
        return made[id(t)]

    return turned


def fresh(t, made):
    """The same elements and strides in memory of their own; tensors that share memory share it again."""
    size = t.untyped_storage().nbytes() // t.element_size()
    if not t.numel() or not size:
        return torch.empty_strided(tuple(t.shape), t.stride(), dtype=t.dtype)
    memory = t.untyped_storage().data_ptr(), t.dtype
    if memory not in made:
        made[memory] = torch.as_strided(t, (size,), (1,), 0).clone()
    return torch.as_strided(made[memory], tuple(t.shape), t.stride(), t.storage_offset())


def lucet_of(t, made):
    """`fresh` as a lucet tensor."""
    kind = getattr(lucet, str(t.dtype)[6:])
    size = t.untyped_storage().nbytes() // t.element_size()
    if not t.numel() or not size:
        return lucet.empty_strided(tuple(t.shape), t.stride(), dtype=kind)
    memory = t.untyped_storage().data_ptr(), kind
    if memory not in made:
        whole = torch.as_strided(t, (size,), (1,), 0).clone()
        made[memory] = (
            lucet.from_numpy(whole.view(torch.int16).numpy()).view(kind).clone()
            if kind is lucet.bfloat16
            else lucet.from_numpy(whole.numpy()).clone()
        )
    return lucet.as_strided(made[memory], tuple(t.shape), t.stride(), t.storage_offset())


def copies(x, tensor, scalar=lambda x: x):
    """The arguments with tensors and constants turned; tensors that require a gradient still do."""
    if isinstance(x, torch.Tensor):
        t = tensor(x)
        return t.requires_grad_() if x.requires_grad else t
    if isinstance(x, slice):
        return slice(*(copies(part, tensor, scalar) for part in (x.start, x.stop, x.step)))
    if type(x) in (list, tuple, torch.Size):
        kind = tuple if type(x) is torch.Size else type(x)
        return kind(copies(part, tensor, scalar) for part in x)
    if isinstance(x, dict):
        return {key: copies(value, tensor, scalar) for key, value in x.items()}
    return scalar(x)


def constant(x):
    """lucet's name for an element type, a device, a layout."""
    if isinstance(x, (torch.dtype, torch.memory_format, torch.layout)):
        return getattr(lucet, str(x)[6:])
    if isinstance(x, torch.nn.LinearCrossEntropyOptions):
        return lucet.nn.LinearCrossEntropyOptions(**{field.name: constant(getattr(x, field.name)) for field in dataclasses.fields(x)})
    if isinstance(x, torch.nn.PairwiseDistance):
        return lucet.nn.PairwiseDistance(x.norm, x.eps, x.keepdim)
    return lucet.device(str(x)) if isinstance(x, torch.device) else x


def arguments(sample):
    return [sample.input, *sample.args], sample.kwargs


def theirs(sample):
    """Copies of the arguments, so that what is written does not change the sample."""
    made = {}
    return [copies(part, once(fresh, made)) for part in arguments(sample)]


def ours(sample):
    made = {}
    return [copies(part, once(lucet_of, made), constant) for part in arguments(sample)]


def tensors_in(value, kind):
    if isinstance(value, kind):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [t for part in value for t in tensors_in(part, kind)]
    return []


def twice(info):
    """Whether torch has a second derivative."""
    return info.supports_gradgrad and label(info) not in ONCE


def as_torch(t):
    """lucet's result for torch's comparison."""
    t = t.detach().resolve_conj()
    kind = getattr(torch, str(t.dtype)[6:])
    if not t.numel():
        return torch.empty(tuple(t.shape), dtype=kind)
    if t.dtype is lucet.bfloat16:
        return torch.from_numpy(t.float().numpy().copy()).to(kind)
    return torch.from_numpy(t.numpy().copy())


def called(function, arguments):
    """The result, or the error; both libraries draw from the same place of their streams."""
    torch.default_generator.manual_seed(1)
    lucet.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*arguments[0], **arguments[1]), None
        except Exception as problem:
            return None, problem


# --- comparing ---------------------------------------------------------------------------------------------------------------


class Skipped(Exception):
    """There is nothing to compare."""


def tolerances(info, dtype):
    """assert_close's own, or LOOSER; what op_db widens them to is for the tests of other comparisons."""
    for names, kinds, wide, _ in LOOSER:
        if matches(info.name, names) and str(dtype)[6:] in kinds.split():
            return wide
    return {}


WIDER = {
    torch.float16: torch.float64,
    torch.bfloat16: torch.float64,
    torch.float32: torch.float64,
    torch.complex64: torch.complex128,
}


def reference(info, sample):
    """What mpmath finds with more digits than any type has."""

    def at(x):
        try:
            found = mpmath.mpmathify(REFERENCES[info.name](mpmath, x, *sample.args))
            return math.nan if found.imag else float(found.real)
        except ZeroDivisionError:  # a pole
            return math.inf

    x = sample.input.detach()
    return torch.tensor([at(v) if math.isfinite(v) else math.nan for v in x.reshape(-1).tolist()], dtype=torch.float64).reshape(x.shape)


def exact(info, sample):
    """torch's result for the same arguments in the widest type, or nothing; of functions that it has wrong there the reference."""
    if info.name in REFERENCES:
        return [reference(info, sample)]
    if matches(info.name, TYPED) or family_of(info.name) == "random numbers":
        return []

    def wider(t):
        return t.detach().to(WIDER.get(t.dtype, t.dtype), copy=True)

    arguments_ = [copies(part, wider, lambda x: WIDER.get(x, x) if isinstance(x, torch.dtype) else x) for part in arguments(sample)]
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # of integers too
    try:
        result, problem = called(torchs(info), arguments_)
    finally:
        torch.set_default_dtype(before)
    return [] if problem else tensors_in(processed(info, sample, result), torch.Tensor)


def error_of(x, truth, kind):
    """The largest error of x, in units of what assert_close allows in its type."""
    rtol, atol = torch.testing._comparison.default_tolerances(kind)
    x, narrow = x.to(truth.dtype), truth.to(kind).to(truth.dtype)
    truth = torch.where(truth.isfinite() & ~narrow.isfinite(), narrow, truth)  # too large for the type
    off = (x - truth).abs() / (atol + rtol * truth.abs())
    return torch.where((x == truth) | x.isnan() & truth.isnan(), 0.0, off).nan_to_num(nan=torch.inf).max().item()


def check_indices(mine, theirs, info, sample):
    """Indices that may be chosen among equal elements: what stands at lucet's is what stands at torch's, and none comes twice."""
    place = UNORDERED[info.name][1]
    dim = sample.args[place] if len(sample.args) > place else sample.kwargs.get("dim", -1)
    whole = sample.input.detach().reshape(sample.input.shape or (1,))
    mine, theirs = (t.reshape(1) if not t.dim() else t.unsqueeze(dim) if t.dim() < whole.dim() else t for t in (mine, theirs))
    torch.testing.assert_close(whole.gather(dim, mine), whole.gather(dim, theirs), rtol=0, atol=0, equal_nan=True)
    assert not (mine.sort(dim).values.diff(dim=dim) == 0).any(), "an index comes twice"


def stable(info, sample):
    """Whether sort or argsort was asked to keep the order of equal elements."""
    return sample.kwargs.get("stable", False) or info.name in ("sort", "argsort") and len(sample.args) > 2 and sample.args[2]


def compare(got, want, info, values=True, sample=None):
    """Types, shapes and values; True where values are not torch's, but no farther from the exact ones than torch's are."""
    mine, theirs = tensors_in(got, lucet.Tensor), tensors_in(want, torch.Tensor)
    assert len(mine) == len(theirs), f"{len(mine)} tensors, {len(theirs)}"
    judged, truth = False, None
    for k, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        assert str(a.dtype)[6:] == str(b.dtype)[6:], f"dtype {a.dtype} {b.dtype}"
        assert tuple(a.shape) == tuple(b.shape), f"shape {tuple(a.shape)} {tuple(b.shape)}"
        if not values:
            continue
        a, b = as_torch(a), b.detach().resolve_conj().resolve_neg()
        if info.name in UNORDERED and k == UNORDERED[info.name][0] and sample is not None and not stable(info, sample):
            if b.numel():
                check_indices(a, b, info, sample)
            continue
        close = {"equal_nan": True} | tolerances(info, b.dtype)
        try:
            torch.testing.assert_close(a, b, **close)
        except AssertionError:
            if sample is None or b.dtype not in WIDER and info.name not in REFERENCES:
                raise
            truth = exact(info, sample) if truth is None else truth
            if k >= len(truth) or truth[k].shape != b.shape or truth[k].dtype != WIDER.get(b.dtype, b.dtype):
                raise
            if error_of(a, truth[k], b.dtype) > max(1, error_of(b, truth[k], b.dtype)):
                raise
            judged = True
    if not theirs and values:
        same(got, want)
    return judged


def same(got, want):
    if isinstance(want, (list, tuple)):
        assert len(got) == len(want)
        for a, b in zip(got, want, strict=True):
            same(a, b)
    elif isinstance(want, (int, float, complex)):
        assert type(got) is type(want), f"{type(got)} {type(want)}"
        torch.testing.assert_close(got, want, equal_nan=True)
    else:
        assert str(got) == str(want).replace("torch.", "lucet."), f"{got} {want}"


def sharing(result, arguments, kind):
    """For each tensor of the result: which argument's memory it shows, if any, and where."""
    homes = {t.untyped_storage().data_ptr(): k for k, t in reversed(list(enumerate(tensors_in(arguments, kind)))) if t.numel()}
    return [
        (homes[t.untyped_storage().data_ptr()], t.storage_offset(), tuple(t.stride())) if t.numel() and t.untyped_storage().data_ptr() in homes else None
        for t in tensors_in(result, kind)
    ]


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


def errors_agree(mine, theirs):
    """True where both refused, False where neither did."""
    if theirs is None:
        if mine is not None:
            raise AssertionError(f"lucet refuses: {type(mine).__name__}: {mine}") from mine
        return False
    assert mine is not None, f"lucet accepts; torch: {type(theirs).__name__}: {theirs}"
    assert related(mine, theirs), f"lucet: {type(mine).__name__}: {mine}; torch: {type(theirs).__name__}: {theirs}"
    return True


# --- one case of each kind: AssertionError, Skipped, or what compare says ------------------------------------------------------


def by_eigenvalue(values, vectors=None):
    """Eigenvalues in one order, and the vectors in theirs."""
    order = (values.real + 3 * values.imag).argsort(-1)
    values = values.gather(-1, order)
    return values if vectors is None else (values, vectors.gather(-1, order.unsqueeze(-2).expand(vectors.shape)))


def processed(info, sample, result):
    """What op_db compares of a result that is known up to signs, phases or an order."""
    if info.name not in PHASES:
        return result
    if info.name in ("linalg.eig", "linalg.eigvals"):
        result = by_eigenvalue(*(result if isinstance(result, tuple) else [result]))
    process = sample.output_process_fn_grad
    return (process if tensors_in(result, torch.Tensor) else counterpart(process))(result)


def check_values(info, dtype, sample):
    mine, other = ours(sample), theirs(sample)
    want, problem = called(torchs(info), other)
    got, failure = called(function_of(info), mine)
    if any(t.dtype is torch.complex32 for t in tensors_in(want, torch.Tensor)):  # left out: refused by its type
        assert isinstance(failure, lucet.errors.DtypeError), f"complex32, but {failure!r}"
        raise Skipped
    if errors_agree(failure, problem):
        return False
    judged = compare(processed(info, sample, got), processed(info, sample, want), info, info.name not in UNWRITTEN, sample)
    a, b = sharing(got, mine, lucet.Tensor), sharing(want, other, torch.Tensor)
    assert a == b, f"aliasing {a} {b}"
    if family_of(info.name) not in UNPROMISED and info.name not in UNPROMISED:
        mine, other = [
            [tuple(t.stride()) for t in tensors_in(result, kind) if t.numel()]
            for result, kind in ((got, lucet.Tensor), (want, torch.Tensor))
        ]
        assert mine == other, f"strides {mine} {other}"
    return judged


def total_of(parts, module):
    """A real number that depends on every part, of second order."""
    parts = [module.view_as_real(p.resolve_conj()) if p.is_complex() else p for p in parts]
    return sum((part * part).sum() + part.sum() for part in parts)


def grads_of(module, info, parts, inputs):
    """The gradients of both orders; a part without history has a second one of zeros."""
    first = module.autograd.grad(
        total_of([p for p in parts if p.requires_grad], module), inputs, create_graph=twice(info), allow_unused=True
    )
    parts = [g for g in first if g is not None and g.requires_grad] if twice(info) else []
    return first, module.autograd.grad(total_of(parts, module), inputs, allow_unused=True) if parts else [None] * len(inputs)


def differences(info, arguments, process, order):
    """The gradients of that order by central differences of what lucet computes before; None where there are too many, or no way."""
    leaves = [t for t in tensors_in(arguments, lucet.Tensor) if t.requires_grad]
    if sum(t.numel() for t in leaves) > 400:
        return None

    def total():
        result, problem = called(function_of(info), arguments)
        if problem:
            raise problem
        parts = [t for t in tensors_in(process(result), lucet.Tensor) if t.requires_grad]
        if order == 2:
            parts = [g for g in lucet.autograd.grad(total_of(parts, lucet), leaves, allow_unused=True) if g is not None]
        return total_of(parts, lucet).item()

    def slope(place, at, direction):
        kept = place[at].item()
        step = 1e-4 * max(1, abs(kept))
        sides = {}
        for steps in (-2, -1, 1, 2):
            place[at] = kept + steps * step * direction
            sides[steps] = total()
        place[at] = kept
        return (8 * (sides[1] - sides[-1]) - (sides[2] - sides[-2])) / (12 * step)

    found = []
    for leaf in leaves:
        place, made = leaf.detach(), torch.zeros(tuple(leaf.shape), dtype=getattr(torch, str(leaf.dtype)[6:]))
        for at in itertools.product(*map(range, leaf.shape)):
            made[at] = slope(place, at, 1) + (1j * slope(place, at, 1j) if leaf.is_complex() else 0)
        found.append(made)
    return found


def nearer(mine, theirs, exact):
    """Whether lucet's gradient is a hundred times as near as torch's, and near enough."""
    mine, theirs = [torch.zeros_like(exact) if t is None else t for t in (None if mine is None else as_torch(mine), theirs)]
    off, other = ((t - exact).abs().nan_to_num(nan=torch.inf).max().item() for t in (mine, theirs))
    return off <= 1e-4 * max(1, exact.abs().max().item()) and off * 100 < other


def check_gradients(info, dtype, sample):
    mine, other = ours(sample), theirs(sample)
    leaves = [t for t in tensors_in(mine, lucet.Tensor) if t.requires_grad]
    others = [t for t in tensors_in(other, torch.Tensor) if t.requires_grad]
    want, problem = called(torchs(info), other)
    got, failure = called(function_of(info), mine)
    if errors_agree(failure, problem):
        return False
    whole = sample.output_process_fn_grad
    got, want = tensors_in(counterpart(whole)(got), lucet.Tensor), tensors_in(whole(want), torch.Tensor)
    a, b = [t.requires_grad for t in got], [t.requires_grad for t in want]
    assert a == b, f"requires_grad {a} {b}"
    if not any(b):
        raise Skipped
    found = [grads_of(lucet, info, got, leaves), grads_of(torch, info, want, others)]
    judged = False
    for order, (a, b) in enumerate(zip(*found, strict=True), 1):
        exact = None
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            try:
                if x is None or y is None:
                    assert (x is None or not x.any()) and (y is None or not y.any()), f"{x} {y}"
                else:
                    compare(x, y, info)
            except AssertionError as problem:
                exact = exact or differences(info, mine, counterpart(whole), order)
                if exact is not None and nearer(x, y, exact[k]):
                    judged = True
                    continue
                only_nan = y is not None and y.isnan().any() and not (x is not None and x.isnan().any())
                said = "only torch's is NaN" if only_nan else "by differences lucet's is no nearer"
                raise AssertionError(f"order {order}, {said}: {problem}") from problem
    return judged


def check_out(info, dtype, sample):
    want, problem = called(torchs(info), theirs(sample))
    if problem is not None:
        raise Skipped
    parts = tensors_in(want, torch.Tensor)
    outs = [torch.empty_like(t) for t in parts]
    other, mine = theirs(sample), ours(sample)
    mine_outs = [lucet.empty(tuple(t.shape), dtype=constant(t.dtype)) for t in parts]
    single = isinstance(want, torch.Tensor)
    other[1]["out"] = outs[0] if single else tuple(outs)
    mine[1]["out"] = mine_outs[0] if single else tuple(mine_outs)
    _, problem = called(torchs(info), other)
    if isinstance(problem, TypeError):  # no out= for these arguments
        raise Skipped
    _, failure = called(function_of(info), mine)
    if errors_agree(failure, problem):
        return False
    return compare(processed(info, sample, tuple(mine_outs)), processed(info, sample, tuple(outs)), info, info.name not in UNWRITTEN, sample)


def check_in_place(info, dtype, sample):
    if not isinstance(sample.input, torch.Tensor):
        raise Skipped
    mine, other = ours(sample), theirs(sample)
    want, problem = called(info.inplace_variant, other)
    got, failure = called(inplace_of(info), mine)
    if errors_agree(failure, problem):
        return False
    judged = compare(mine[0][0], other[0][0], info, True, sample)
    compare(mine[0][1:], other[0][1:], info)
    assert (got is mine[0][0]) == (want is other[0][0]), "returns its argument"
    return judged


def check_error(info, dtype, error):
    sample = error.sample_input
    try:
        mine = ours(sample)
    except Exception:  # tensors on other devices, or of types that lucet does not have
        raise Skipped from None
    _, problem = called(torchs(info), arguments(sample))
    if problem is None:
        raise Skipped
    _, failure = called(function_of(info), mine)
    errors_agree(failure, problem)


KINDS = {
    "values": check_values,
    "gradients": check_gradients,
    "out": check_out,
    "in place": check_in_place,
    "errors": check_error,
}


def has(info, kind):
    return {
        "values": True,
        "gradients": info.supports_autograd,
        "out": info.supports_out,
        "in place": info.inplace_variant is not None,
        "errors": info.error_inputs_func is not None,
    }[kind]


def cases(info, kind):
    """(element type, sample) for each case of a kind."""
    if kind == "errors":
        yield from ((None, error) for error in info.error_inputs_func(info, "cpu"))
        return
    wanted = {"gradients": [torch.float64, torch.complex128], "out": [torch.float32, torch.int64]}.get(kind, DTYPES)
    for dtype in wanted:
        if dtype in info.dtypes:
            torch.default_generator.manual_seed(0)
            with torch.no_grad():
                samples = list(info.sample_inputs_func(info, "cpu", dtype, kind == "gradients"))
            count = len(samples) if FULL else min(len(samples), SAMPLES[kind])
            for k in range(count):
                yield dtype, samples[k * len(samples) // count]


def label(info):
    return info.name + ("." + info.variant_test_name if info.variant_test_name else "")


ENTRIES = {family: [info for info in op_db if info.name in names.split()] for family, names in FAMILIES.items()}


class Outcome(NamedTuple):
    """One case: what was compared, what is wrong with it if anything, which line of DIFFERENCES knows of it, what `compare` says."""

    case: str
    problem: str
    known: tuple | None
    judged: bool


FOUND = {}


def outcomes(info, kind):
    """The outcome of each case that there is something to compare in."""
    if (label(info), kind) not in FOUND:
        FOUND[label(info), kind] = list(compared(info, kind))
    return FOUND[label(info), kind]


def compared(info, kind):
    for dtype, sample in cases(info, kind):
        problem, judged = "", False
        try:
            judged = bool(KINDS[kind](info, dtype, sample))
        except Skipped:
            continue
        except AssertionError as error:
            problem = str(error) or "differs"
        except Exception as error:
            problem = repr(error)
        known = line_of(info.name, kind, f"{dtype} {problem}") if problem else None
        said = (sample.sample_input if kind == "errors" else sample).summary() if problem else ""
        yield Outcome(f"{dtype} {said}", problem, known, judged)


def line_of(name, kind, problem):
    """The line of DIFFERENCES that knows of it, or None."""
    for line in DIFFERENCES:
        names, kinds, said, _ = line
        if kind in kinds and matches(name, names) and re.search(said, problem, re.DOTALL):
            return line
    return None
