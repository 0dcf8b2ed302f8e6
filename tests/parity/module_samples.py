"""Modules beside torch, case by case: the rows of module_cases.py, and the configurations of torch's own module_db.

Used by test_modules.py, which fails where a case differs, and by tools/paritytable.py, which counts. Of each row is compared: what the constructor
leaves (attributes, printed form, keys, shapes, values and metadata of the state dict, the place in the random stream), and what the module computes in
train and in eval mode, in float64 and in float32, from torch's own state: results, buffers, gradients of inputs and parameters of both orders.
"""

import copy
import inspect
import io
import types
import warnings
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import torch
from module_cases import FAMILIES, name_of
from op_samples import (
    FULL,
    as_torch,
    constant,
    copies,
    error_of,
    fresh,
    lucet_of,
    once,
    related,
    tensors_in,
    total_of,
    turned,
)
from torch.testing._internal.common_modules import module_db

import lucet
import lucet.nn.functional

OF_MODULE_DB = 40  # configurations of one class that are taken of module_db, spread over all of them

# --- what a row speaks of ----------------------------------------------------------------------------------------------------------


class Makers:
    """The makers of tensors: the same elements for both libraries, in the default type."""

    def __init__(self, library):
        self.library, self.draws = library, np.random.default_rng(0)

    def of(self, array):
        if array.dtype == np.float64:  # the same numbers in both types
            array = array.astype(np.float32).astype(str(self.library.get_default_dtype()).split(".")[1])
        return self.library.from_numpy(np.ascontiguousarray(array)).reshape(array.shape).clone()

    def x(self, *shape):
        return self.c(*shape).requires_grad_()

    def c(self, *shape):
        return self.of(np.asarray(self.draws.standard_normal(shape)))

    def p(self, *shape):
        return self.of(np.asarray(self.draws.uniform(0.05, 0.95, shape))).requires_grad_()

    def y(self, *shape):
        return self.of(np.asarray(np.sign(self.draws.standard_normal(shape))))

    def i(self, high, *shape):
        return self.of(np.asarray(self.draws.integers(0, high, shape)))

    def b(self, *shape):
        return self.of(np.asarray(self.draws.uniform(size=shape) < 0.3))


def world(library):
    makers = Makers(library)
    return {
        "nn": library.nn,
        "F": library.nn.functional,
        "T": library,
        "OrderedDict": OrderedDict,
        **{name: getattr(makers, name) for name in "xcpyib"},
    }


class Row:
    """A row of module_cases.py."""

    def __init__(self, text):
        self.text, self.name = text, name_of(text)
        constructor, _, inputs = text.partition(" | ")
        inputs, _, call = inputs.partition(" -> ")
        self.constructor = f"nn.{constructor}"
        self.inputs = f"note({', '.join(part.strip() for part in inputs.split(';'))})"
        self.call = call or "lambda m, *args, **kwargs: m(*args, **kwargs)"
        self.gradgrad = True

    def made(self, library, dtype, training):
        return eval(self.constructor, world(library))

    def run(self, library, module, dtype, training):
        names = world(library)
        args, kwargs = eval(self.inputs, names | {"note": lambda *args, **kwargs: (args, kwargs)})
        return eval(self.call, names)(module, *args, **kwargs), tensors_in([args, kwargs], library.Tensor)


# --- what module_db speaks of ------------------------------------------------------------------------------------------------------


def ours(x, made):
    """Arguments with lucet's tensors, types, functions and modules in place of torch's."""

    def other(x):
        if isinstance(x, torch.nn.Module):
            memory = io.BytesIO()
            torch.save(x, memory)
            memory.seek(0)
            return lucet.load(memory, weights_only=False)
        if isinstance(x, torch.nn.utils.rnn.PackedSequence):
            return lucet.nn.utils.rnn.PackedSequence(*ours(list(x), made))
        if isinstance(x, types.FunctionType) and x.__module__.startswith("torch.testing."):
            return turned(x)
        if callable(x) and not isinstance(x, type) and (getattr(x, "__module__", None) or "").startswith("torch"):
            return getattr(lucet.nn.functional, x.__name__, None) or getattr(lucet, x.__name__)
        return constant(x)

    return copies(x, once(lucet_of, made), other)


def widened(t, made):
    return fresh(t, made).double() if t.dtype is torch.float32 else fresh(t, made)


class Sample:
    """A configuration of module_db, of which the sample of each type and mode is made anew."""

    def __init__(self, info, k):
        self.info, self.k = info, k
        self.name = info.module_cls.__name__
        self.gradgrad = info.supports_gradgrad
        self.text = f"{self.name} of module_db, {k}"
        self.samples = {}

    def sample(self, dtype, training):
        if (dtype, training) not in self.samples:  # drawn once: drawing moves torch's stream
            torch.default_generator.manual_seed(0)
            self.samples[dtype, training] = self.info.module_inputs_func(self.info, "cpu", dtype, True, training)[
                self.k
            ]
        return self.samples[dtype, training]

    def arguments(self, library, given, made):
        args, kwargs = list(given.args), dict(given.kwargs)
        if library is lucet:
            return ours(args, made), ours(kwargs, made)
        turn = widened if torch.get_default_dtype() is torch.float64 else fresh
        return copies(args, once(turn, made)), copies(kwargs, once(turn, made))

    def made(self, library, dtype, training):
        args, kwargs = self.arguments(library, self.sample(dtype, training).constructor_input, {})
        (torch.manual_seed if library is torch else lucet.manual_seed)(0)
        return getattr(library.nn, self.name)(*args, **kwargs)

    def run(self, library, module, dtype, training):
        args, kwargs = self.arguments(library, self.sample(dtype, training).forward_input, {})
        (torch.manual_seed if library is torch else lucet.manual_seed)(1)
        return module(*args, **kwargs), tensors_in([args, kwargs], library.Tensor)


# --- comparing ---------------------------------------------------------------------------------------------------------------------


def quietly(function, library, *args):
    """The result or the error of function(library, ...), the library's stream at its start."""
    library.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(library, *args), None
        except Exception as problem:
            return None, problem


def both(function, *args):
    """What lucet and torch give; None where both refuse; an AssertionError where one does."""
    want, problem = quietly(function, torch, *args)
    got, failure = quietly(function, lucet, *args)
    if problem is None:
        if failure is not None:
            raise AssertionError(f"lucet refuses: {type(failure).__name__}: {failure}") from failure
        return got, want
    assert failure is not None, f"lucet accepts; torch: {type(problem).__name__}: {problem}"
    assert related(failure, problem), (
        f"lucet: {type(failure).__name__}: {failure}; torch: {type(problem).__name__}: {problem}"
    )
    return None


def close(mine, theirs, what, exact=None, **loose):
    """Types, shapes and values. Float32 values that are not torch's may be at most twice as far as torch's from those that it computes in float64,
    in units of what is allowed or by the largest difference: both are rounding errors of sums in some order."""
    assert (mine is None) == (theirs is None), f"{what}: {mine}, torch {theirs}"
    if mine is None:
        return
    assert str(mine.dtype)[6:] == str(theirs.dtype)[6:], f"{what}: {mine.dtype}, torch {theirs.dtype}"
    assert tuple(mine.shape) == tuple(theirs.shape), f"{what}: {tuple(mine.shape)}, torch {tuple(theirs.shape)}"
    mine, theirs = as_torch(mine), theirs.detach()
    try:
        torch.testing.assert_close(mine, theirs, equal_nan=True, msg=lambda text: f"{what}: {text}", **loose)
    except AssertionError:
        truth = exact() if exact is not None and theirs.dtype is torch.float32 else None
        if truth is None or truth.shape != theirs.shape or truth.dtype is not torch.float64:
            raise
        apart, torchs = [(x.to(truth.dtype) - truth).abs().max() for x in (mine, theirs)]
        if error_of(mine, truth, theirs.dtype) > max(1, 2 * error_of(theirs, truth, theirs.dtype)) and not apart <= 2 * torchs:
            raise


class Exact:
    """torch's module and its results in float64, computed when asked for."""

    def __init__(self, case, module, dtype, training):
        self.case, self.module, self.dtype, self.training, self.found = (
            case,
            copy.deepcopy(module),
            dtype,
            training,
            None,
        )

    def all(self):
        if self.found is None:
            torch.set_default_dtype(torch.float64)
            try:
                (result, inputs), _ = quietly(
                    lambda library: self.case.run(library, self.module.double(), self.dtype, self.training), torch
                )
                leaves = [t for t in (*inputs, *self.module.parameters()) if t.requires_grad]
                self.found = tensors_in(result, torch.Tensor), gradients(torch, result, leaves, False)[0]
            finally:
                torch.set_default_dtype(torch.float32)
        return self.found

    def result(self, k):
        return lambda: self.all()[0][k].detach()

    def gradient(self, k):
        return lambda: self.all()[1][k]


def plain(x):
    """A value that two libraries can have in common, or its class."""
    if isinstance(x, (bool, int, float, str, type(None))):
        return x
    if isinstance(x, (list, tuple, set)):
        return sorted(map(repr, map(plain, x))) if isinstance(x, set) else [plain(part) for part in x]
    return type(x).__name__


def is_there(t):
    return type(t).__name__ not in ("UninitializedParameter", "UninitializedBuffer")


def same_state(mine, theirs, **loose):
    a, b = mine.state_dict(), theirs.state_dict()
    assert list(a) == list(b), f"keys {list(a)}, torch {list(b)}"
    for key in b:
        assert is_there(a[key]) == is_there(b[key]), key
        if is_there(b[key]):
            if isinstance(b[key], torch.Tensor):
                close(a[key], b[key], key, **loose)
            else:
                assert plain(a[key]) == plain(b[key]), key
    assert dict(a._metadata) == dict(b._metadata), f"metadata {dict(a._metadata)}, torch {dict(b._metadata)}"


def check_state(case, dtype, training):
    """What the constructor leaves."""
    made = both(case.made, dtype, training)
    if made is None:
        return
    mine, theirs = made
    text = repr(theirs).replace("torch.", "lucet.")
    assert repr(mine) == text, f"printed {mine!r}, torch {theirs!r}"
    # 1e-6 is what normal numbers may be apart; uniform ones are the same bits
    same_state(mine, theirs, rtol=1e-6, atol=1e-6)
    for kind in ("named_parameters", "named_buffers"):
        a, b = [{name: t.requires_grad for name, t in getattr(m, kind)()} for m in made]
        assert a == b, f"{kind} {a}, torch {b}"
    for (name, a), (_, b) in zip(mine.named_modules(), theirs.named_modules(), strict=True):
        assert type(a).__name__ == type(b).__name__
        missing = {key for key in vars(b) if not key.startswith("_")} - set(vars(a))
        assert not missing, f"{name}: no attributes {missing}"
        different = [
            k
            for k in vars(b)
            if not k.startswith("_") and plain(getattr(a, k)) != plain(getattr(b, k)) and not callable(getattr(b, k))
        ]
        assert not different, f"{name}: " + ", ".join(
            f"{k} {getattr(a, k)!r}, torch {getattr(b, k)!r}" for k in different
        )
    close(lucet.rand(3), torch.rand(3), "the place in the random stream", rtol=0, atol=0)


def loaded(mine, theirs):
    """torch's state in lucet's module."""
    state = theirs.state_dict()
    if all(isinstance(t, torch.Tensor) and is_there(t) for t in state.values()):
        converted = OrderedDict((key, lucet_of(t.detach(), {})) for key, t in state.items())
        converted._metadata = state._metadata
        mine.load_state_dict(converted)


def gradients(library, result, leaves, second):
    """The gradients of both orders; the second only where asked for."""
    parts = [
        t for t in tensors_in(result, library.Tensor) if t.requires_grad and (t.is_floating_point() or t.is_complex())
    ]
    if not parts or not leaves:
        return [], []
    first = library.autograd.grad(total_of(parts, library), leaves, create_graph=second, allow_unused=True)
    parts = [g for g in first if g is not None and g.requires_grad] if second else []
    return first, library.autograd.grad(total_of(parts, library), leaves, allow_unused=True) if parts else []


def check_computed(case, dtype, training):
    """What the module computes: results, gradients, buffers."""
    made = both(case.made, dtype, training)
    if made is None:
        return
    loaded(*made)
    for module in made:
        module.train(training)
    ready = all(map(is_there, (*made[1].parameters(), *made[1].buffers())))  # lazy modules can be copied when they have run
    exact = Exact(case, made[1], dtype, training) if ready else None
    if case.gradgrad and dtype is torch.float64 and check_run(case, dtype, training, made, True, exact):
        return
    check_run(case, dtype, training, made, False, exact)


def check_run(case, dtype, training, made, second, exact):
    """One call and its gradients; False where torch has no second ones."""
    found = both(lambda library: case.run(library, made[library is torch], dtype, training))
    if found is None:
        return True
    (got, inputs), (want, others) = found
    exact = exact or Exact(case, made[1], dtype, training)
    a, b = tensors_in(got, lucet.Tensor), tensors_in(want, torch.Tensor)
    assert len(a) == len(b), f"{len(a)} results, torch {len(b)}"
    for k, (x, y) in enumerate(zip(a, b, strict=True)):
        close(x, y, f"result {k}", exact.result(k))
        assert x.requires_grad == y.requires_grad, (
            f"result {k} requires_grad {x.requires_grad}, torch {y.requires_grad}"
        )
    if not b:
        assert plain(got) == plain(want), f"{got}, torch {want}"
    same_state(*made)
    leaves, other = [
        [t for t in (*given, *module.parameters()) if t.requires_grad]
        for given, module in ((inputs, made[0]), (others, made[1]))
    ]
    theirs, problem = quietly(gradients, torch, want, other, second)
    if problem is not None and second:
        return False
    mine, failure = quietly(gradients, lucet, got, leaves, second)
    assert (failure is None) == (problem is None), f"gradients: lucet {failure!r}, torch {problem!r}"
    if problem is None:
        names = [f"input {k}" for k, t in enumerate(others) if t.requires_grad] + [
            n for n, p in made[1].named_parameters() if p.requires_grad
        ]
        compare_gradients(mine, theirs, names, exact)
    return True


def compare_gradients(mine, theirs, names, exact):
    for order, (a, b) in enumerate(zip(mine, theirs, strict=True), 1):
        if not a or not b:
            assert not any(t is not None and t.any() for t in (*a, *b)), f"order {order}: gradients on one side"
            continue
        for k, (name, x, y) in enumerate(zip(names, a, b, strict=True)):
            if x is None or y is None:
                assert (x is None or not x.any()) and (y is None or not y.any()), (
                    f"order {order} {name}: {x}, torch {y}"
                )
            else:
                close(x, y, f"order {order} {name}", exact.gradient(k) if order == 1 else None)


KINDS = {
    "state": lambda case: check_state(case, torch.float32, True),
    "train": lambda case: check_computed(case, torch.float64, True),
    "eval": lambda case: check_computed(case, torch.float64, False),
    "train in float32": lambda case: check_computed(case, torch.float32, True),
    "eval in float32": lambda case: check_computed(case, torch.float32, False),
}


class Outcome(NamedTuple):
    """One case: the class, what was compared, what is wrong with it if anything."""

    name: str
    case: str
    problem: str


def with_types(case, kind):
    """Rows make tensors of the default type; samples are of a type of their own."""
    wide = isinstance(case, Row) and kind in ("train", "eval")
    torch.set_default_dtype(torch.float64 if wide else torch.float32)
    lucet.set_default_dtype(lucet.float64 if wide else lucet.float32)
    try:
        KINDS[kind](case)
    finally:
        torch.set_default_dtype(torch.float32)
        lucet.set_default_dtype(lucet.float32)


def configurations(info):
    """How many module_db has; the same for every type and mode."""
    torch.default_generator.manual_seed(0)
    return len(info.module_inputs_func(info, "cpu", torch.float32, True, True))


def samples_of(info):
    every = configurations(info)
    count = every if FULL else min(every, OF_MODULE_DB)
    return [Sample(info, k * every // count) for k in range(count)]


def cases(family):
    """The rows of a family, and the samples of its classes."""
    names = {name_of(row) for row in FAMILIES[family]}
    yield from map(Row, FAMILIES[family])
    for info in module_db:
        if info.module_cls.__name__ in names:
            yield from samples_of(info)


def error_outcomes(info):
    """What torch's own samples of mistakes do."""
    for training in (True, False):
        for dtype in (torch.float32,):
            for k, error in enumerate(info.module_error_inputs_func(info, "cpu", dtype, False, training)):
                case = f"{info.module_cls.__name__} of module_db, mistake {k}"
                yield Outcome(
                    info.module_cls.__name__, case, problem_of(lambda e=error: check_mistake(info, e, dtype, training))
                )


def check_mistake(info, error, dtype, training):
    sample = Sample(info, 0)
    sample.sample = lambda dtype, training: error.module_error_input

    def everything(library):
        module = sample.made(library, dtype, training)
        module.train(training)
        return sample.run(library, module, dtype, training) if error.module_error_input.forward_input else module

    both(everything)


def problem_of(check):
    try:
        check()
    except AssertionError as error:
        return str(error) or "differs"
    except Exception as error:
        return repr(error)
    return ""


FOUND = {}


def outcomes(family):
    """The outcome of each case of a family."""
    if family not in FOUND:
        FOUND[family] = list(compared(family))
    return FOUND[family]


def compared(family):
    for case in cases(family):
        for kind in KINDS:
            if kind == "state" and isinstance(case, Sample) and case.k:
                continue
            yield Outcome(
                case.name, f"{case.text} ({kind})", problem_of(lambda case=case, kind=kind: with_types(case, kind))
            )
    names = {name_of(row) for row in FAMILIES[family]}
    for info in module_db:
        if info.module_cls.__name__ in names and info.module_error_inputs_func is not None:
            yield from error_outcomes(info)


def arguments_of(cls):
    return [name for name in inspect.signature(cls.__init__).parameters if name not in ("self", "args", "kwargs")]


def given_by(row, cls):
    """The constructor's arguments that a row gives."""
    found = set()

    def noting(self, *args, **kwargs):
        found.update(inspect.signature(cls.__init__).bind(self, *args, **kwargs).arguments)
        cls.__init__(self, *args, **kwargs)

    home = types.SimpleNamespace(**vars(torch.nn) | {cls.__name__: type(cls.__name__, (cls,), {"__init__": noting})})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        eval("nn." + row.partition(" | ")[0], world(torch) | {"nn": home})
    return found
