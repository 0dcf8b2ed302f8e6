"""Optimizers and schedules beside torch, case by case, over the inputs of torch's own optim_db and tables of schedules.

Used by test_optimizers.py, which fails where a case differs, and by whatever counts them: `outcomes()` yields (class, case, problem or None).
"""

import copy
import importlib.util
import inspect
import itertools
import re
import sys
import types
import unittest
import warnings
from functools import partial

import numpy as np
import torch

import lucet
from lucet import optim

if "expecttest" not in sys.modules and importlib.util.find_spec("expecttest") is None:  # a base class of torch's own tests; nothing of it is used here
    sys.modules["expecttest"] = types.ModuleType("expecttest")
    sys.modules["expecttest"].TestCase = unittest.TestCase
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db

STEPS = 20
# Steps of LBFGS, of 20 iterations each: when it has arrived, what it keeps is rounding; in single precision rounding decides sooner.
SEARCHES = 3
FEWER = {"max_iter": 5}
EPOCHS = 60
SHAPES = [(3, 4), (5,), (), (2, 3, 2, 2), (0, 2)]
MATRICES = [(3, 4), (6, 2), (4, 4)]
# Relative to the largest element: a step divides by roots of differences, so what rounds otherwise grows over the steps.
TOLERANCES = {"float32": 1e-5, "float64": 1e-12, "complex64": 1e-5, "complex128": 1e-12}
# Muon: products in bfloat16, of which one that rounds otherwise moves a step by a part in 256; ASGD: rates that are float32 numbers, which
# torch rounds at one place in a step by lists and at another in a step by tensors.
LOOSER = {"Muon": 2e-4, "ASGD": 1e-8}
# A recorded step of torch computes with its counter, a float32 number; LBFGS divides by changes of the gradient that become small.
RECORDED = 1e-6
KEPT_BY_LBFGS = {"float32": 0.05, "float64": 1e-5, "complex64": 0.05, "complex128": 1e-5}


class Differ(Exception):
    """How two results are apart."""


# --- values of both libraries ----------------------------------------------------------------------------------------------


def same(value, lib):
    """A value of torch or lucet as one of `lib`."""
    if isinstance(value, (lucet.Tensor, torch.Tensor)):
        array = np.array(value.detach().numpy())
        return lib.from_numpy(array) if array.ndim else lib.tensor(array.item(), dtype=getattr(lib, array.dtype.name))
    if isinstance(value, dict):
        return {k: same(v, lib) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(same(v, lib) for v in value)
    return value


def compare(what, ours, theirs, tolerance, floor=1e-3):
    """Raise Differ unless both are alike: types, shapes, element types, keys and their order, numbers within the tolerance of the
    largest element, or of `floor` where all are less."""
    if isinstance(theirs, torch.Tensor) or isinstance(ours, lucet.Tensor):
        if not isinstance(theirs, torch.Tensor) or not isinstance(ours, lucet.Tensor):
            raise Differ(f"{what}: {type(ours).__name__}, torch has {type(theirs).__name__}")
        a, b = ours.detach().numpy(), theirs.detach().numpy()
        if a.dtype != b.dtype or a.shape != b.shape:
            raise Differ(f"{what}: {a.dtype} {a.shape}, torch has {b.dtype} {b.shape}")
        scale = np.abs(b[np.isfinite(b)]).max(initial=0.0)
        if not np.allclose(a, b, rtol=tolerance, atol=tolerance * max(scale, floor), equal_nan=True):
            raise Differ(f"{what}: off by {np.abs(a - b).max():.3g} of {scale:.3g}")
    elif isinstance(theirs, dict):
        if list(ours) != list(theirs):
            raise Differ(f"{what}: keys {list(ours)}, torch has {list(theirs)}")
        for key in theirs:
            compare(f"{what}[{key!r}]", ours[key], theirs[key], tolerance)
    elif isinstance(theirs, (list, tuple)):
        if type(ours) is not type(theirs) or len(ours) != len(theirs):
            raise Differ(f"{what}: {type(ours).__name__} of {len(ours)}, torch has {type(theirs).__name__} of {len(theirs)}")
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            compare(f"{what}[{i}]", a, b, tolerance)
    elif isinstance(theirs, float) and isinstance(ours, float):
        if not np.isclose(ours, theirs, rtol=tolerance, atol=tolerance * 1e-3, equal_nan=True):
            raise Differ(f"{what}: {ours}, torch has {theirs}")
    elif type(ours) is not type(theirs) or ours != theirs:
        raise Differ(f"{what}: {ours!r}, torch has {theirs!r}")


def outcome(function):
    """The result, and the built-in class and the text of what was raised."""
    try:
        return function(), None, ""
    except Exception as problem:
        return None, next(c for c in type(problem).__mro__ if c.__module__ == "builtins"), str(problem)


def judged(case):
    """None if the case passes, else what is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            case()
        except Differ as problem:
            return str(problem)
        except Exception as problem:
            return f"{type(problem).__name__}: {problem}"
    return None


# --- optimizers -----------------------------------------------------------------------------------------------------------


class Pair:
    """One optimizer of each library on the same parameters."""

    def __init__(self, info, options, dtype, named=False):
        self.name = info.optim_cls.__name__
        self.info = info
        self.rng = np.random.default_rng(7)
        if self.name == "LBFGS" and dtype in ("float32", "complex64"):
            options = FEWER | options
        self.shapes = MATRICES if self.name == "Muon" else SHAPES
        self.dtype = dtype
        self.tolerance = max(TOLERANCES[dtype], LOOSER.get(self.name, 0.0), RECORDED if options.get("differentiable") else 0.0)
        self.steps = SEARCHES if info.step_requires_closure else STEPS
        values = [self.draw(shape) for shape in self.shapes]
        self.start = values
        wanted = not options.get("differentiable")  # a leaf that wants a gradient cannot be stepped where steps are recorded
        self.ours, self.theirs = ([same(torch.from_numpy(v), lib).requires_grad_(wanted) for v in values] for lib in (lucet, torch))
        self.mine = self.make(optim, lucet, self.ours, options, named)
        self.reference = self.make(torch.optim, torch, self.theirs, options, named)

    def draw(self, shape):
        drawn = self.rng.standard_normal(shape)
        if self.dtype.startswith("complex"):
            drawn = drawn + 1j * self.rng.standard_normal(shape)
        return np.asarray(drawn, dtype=self.dtype)

    def make(self, module, lib, parameters, options, named):
        options = same(options, lib)
        if self.info.supports_param_groups and not named:  # the last parameters with a rate of their own
            last = {"params": parameters[2:], "lr": 0.007}
            return getattr(module, self.name)([{"params": parameters[:2]}, last], **options)
        given = [(f"p{i}", p) for i, p in enumerate(parameters)] if named else list(parameters)
        return getattr(module, self.name)(given, **options)

    def closure(self, lib, parameters):
        """A loss with narrow curved valleys, so that line searches have something to do."""
        targets = [same(torch.from_numpy(np.asarray(v * 0.5 + 0.25)), lib) for v in self.start]
        optimizer = self.mine if lib is lucet else self.reference

        def closure():
            optimizer.zero_grad()
            loss = 0
            for p, target in zip(parameters, targets, strict=True):
                d = lib.view_as_real(p - target) if p.is_complex() else p - target
                loss = loss + (d**2).sum() + (d**4).sum() * 3 + (d[..., :1] * d[..., -1:] if d.dim() else d).sum().sin()
            loss.backward()
            return loss

        return closure

    def step(self, t):
        if self.info.step_requires_closure:
            for optimizer, lib, parameters in ((self.mine, lucet, self.ours), (self.reference, torch, self.theirs)):
                optimizer.step(self.closure(lib, parameters))
            return
        for i, (p, q) in enumerate(zip(self.ours, self.theirs, strict=True)):
            grad = self.draw(self.shapes[i])
            p.grad, q.grad = same(torch.from_numpy(grad), lucet), same(torch.from_numpy(grad), torch)
            # fused SGD of torch fails when some buffers exist and others do not; Adagrad and Adafactor of torch fail on empty ones
            if (i == 1 and t % 4 == 3 and self.name != "SGD") or (grad.size == 0 and self.name == "Adafactor"):
                p.grad = q.grad = None
        for optimizer in (self.mine, self.reference):
            optimizer.step()

    def compare_parameters(self, t):
        for i, (p, q) in enumerate(zip(self.ours, self.theirs, strict=True)):
            compare(f"step {t + 1}, parameter {i}", p, q, self.tolerance, 1.0)

    def compare_states(self):
        a, b = self.mine.state_dict(), self.reference.state_dict()
        compare("state_dict", a, b, KEPT_BY_LBFGS[self.dtype] if self.name == "LBFGS" else self.tolerance * 10)
        if repr(self.mine) != repr(self.reference):
            raise Differ(f"repr: {self.mine!r}, torch has {self.reference!r}")

    def exchange(self):
        """Each goes on from the state dict of the other."""
        mine, theirs = copy.deepcopy(self.mine.state_dict()), copy.deepcopy(self.reference.state_dict())
        self.mine.load_state_dict(same(theirs, lucet))
        self.reference.load_state_dict(same(mine, torch))


def trajectory(info, options, dtype):
    pair = Pair(info, options, dtype)
    for t in range(pair.steps):
        pair.step(t)
        pair.compare_parameters(t)
    pair.compare_states()


def exchanged(info, options, dtype):
    pair = Pair(info, options, dtype, named=info.optim_cls.__name__ != "LBFGS")
    for t in range(pair.steps):
        if t in (pair.steps // 2, pair.steps - 3):
            pair.exchange()
        pair.step(t)
        pair.compare_parameters(t)
    pair.compare_states()


def refused(info, options, dtype):
    """Options that torch refuses, when it is made or at the step, or takes."""

    def run(module, lib):
        p = lib.ones(2, 2, dtype=getattr(lib, dtype), requires_grad=True)
        optimizer = getattr(module, info.optim_cls.__name__)([p], **same(options, lib))
        p.grad = lib.ones(2, 2, dtype=getattr(lib, dtype))
        optimizer.step(lambda: p.sum())

    ours, theirs = outcome(lambda: run(optim, lucet)), outcome(lambda: run(torch.optim, torch))
    if ours[1:2] != theirs[1:2]:
        raise Differ(f"{ours[1:]}, torch has {theirs[1:]}")


def error_case(info, case):
    """An error input of optim_db: the class, and that torch's words are there."""
    given = case.optimizer_error_input

    def run(module, lib):
        name = info.optim_cls.__name__
        params = given.params if given.params is not None else [torch.ones(2, 2, requires_grad=True)]
        swapped = {}

        def turned(value):
            if isinstance(value, torch.Tensor) and lib is lucet:
                if id(value) not in swapped:
                    swapped[id(value)] = same(value, lucet).requires_grad_(value.requires_grad)
                    if value.grad is not None:
                        swapped[id(value)].grad = same(value.grad, lucet)
                return swapped[id(value)]
            if isinstance(value, dict):
                return {k: turned(v) for k, v in value.items()}
            return type(value)(turned(v) for v in value) if isinstance(value, (list, tuple)) else value

        with warnings.catch_warnings():
            warnings.simplefilter("error" if case.error_type is UserWarning else "ignore", UserWarning)
            optimizer = getattr(module, name)(turned(params), **turned(given.kwargs))
        if case.error_on is OptimizerErrorEnum.STEP_ERROR:
            optimizer.step()

    ours, theirs = outcome(lambda: run(optim, lucet)), outcome(lambda: run(torch.optim, torch))
    if ours[1] is not theirs[1]:
        raise Differ(f"{ours[1:]}, torch has {theirs[1:]}")
    if theirs[1] is not None and re.search(case.error_regex, theirs[2]) and not re.search(case.error_regex, ours[2]):
        raise Differ(f"{ours[2]!r} says nothing of {case.error_regex!r}")


def flags_of(info):
    """The implementations of torch to compare with: what its optimizers do on the CPU when they are asked for them."""
    yield {}
    if "foreach" in info.supported_impls:
        yield {"foreach": True}
    if "fused" in info.supported_impls and "cpu" in info.supports_fused_on:
        yield {"fused": True}
    if "differentiable" in info.supported_impls:
        yield {"differentiable": True}


def more_options(info):
    """Options beside those of optim_db: pairs of flags of the rule."""
    taken = inspect.signature(info.optim_cls).parameters
    choices = {
        "maximize": [False, True],
        "weight_decay": [0, 0.1],
        "amsgrad": [False, True],
        "centered": [False, True],
        "momentum": [0, 0.8],
        "nesterov": [False, True],
        "decoupled_weight_decay": [False, True],
        "line_search_fn": [None, "strong_wolfe"],
        "history_size": [100, 3],
        "lr_decay": [0, 0.1],
        "initial_accumulator_value": [0, 0.3],
        "t0": [1e6, 5],
        "step_sizes": [(1e-6, 50), (0.01, 0.02)],
        "adjust_lr_fn": [None, "original", "match_rms_adamw"],
        "d": [1.0, 1.5],
    }
    names = [name for name in choices if name in taken]
    for values in itertools.product(*(choices[name] for name in names)):
        # the line search of LBFGS begins at lr: from far too short a step it extrapolates the rounding of single precision
        options = dict(zip(names, values, strict=True)) | {"lr": 0.5 if info.optim_cls.__name__ == "LBFGS" else 0.02}
        if options.get("nesterov") and not options.get("momentum") and info.optim_cls.__name__ == "SGD":
            continue
        yield options


def optimizer_cases(info):
    """(case id, function) of one entry of optim_db."""
    dtypes = ["float32", "float64"]
    given = [(one.desc, dict(one.kwargs)) for one in info.optim_inputs_func(device="cpu")]
    given += [(str(options), options) for options in more_options(info)]
    seen = set()
    for (desc, options), flags, dtype in itertools.product(given, flags_of(info), dtypes + ["complex64", "complex128"]):
        if dtype not in dtypes and (not info.supports_complex or "fused" in flags):
            continue
        label = f"{desc} {flags or ''} {dtype}"
        if info.only_supports_sparse_grads:
            flags = {}
        if label in seen:
            continue
        seen.add(label)
        asked = options | flags
        if "foreach" in flags and isinstance(options.get("lr"), torch.Tensor) or info.only_supports_sparse_grads:
            yield f"{label} taken or refused", partial(refused, info, asked, dtype)
            continue
        yield f"{label} steps", partial(trajectory, info, asked, dtype)
        if dtype in dtypes and not flags.get("differentiable"):
            yield f"{label} exchanged", partial(exchanged, info, asked, dtype)
    for flags in ({"capturable": True}, {"foreach": True, "differentiable": True}, {"fused": True, "foreach": True}, {"fused": True, "differentiable": True}):
        yield f"{flags} taken or refused", partial(refused, info, flags, "float32")
    for bad in (-1.0, float("nan"), "x"):
        for option in ("lr", "eps", "weight_decay", "momentum", "rho", "alpha", "lr_decay", "momentum_decay", "betas", "etas", "d", "beta2_decay", "wrong"):
            yield f"{option}={bad} taken or refused", partial(refused, info, {option: (bad, bad) if option in ("betas", "etas") else bad}, "float32")
    for dtype in dtypes:
        for case in info.optim_error_inputs_func(device="cpu", dtype=getattr(torch, dtype)):
            if "dense params required" in case.optimizer_error_input.desc:
                continue  # sparse parameters
            yield f"{case.optimizer_error_input.desc} {dtype} refused", partial(error_case, info, case)


# --- schedules ------------------------------------------------------------------------------------------------------------


class Halves:
    """A callable object, which state dicts keep."""

    def __init__(self, base=0.95):
        self.base = base

    def __call__(self, epoch):
        return self.base ** (epoch % 7)


SCHEDULES = {
    "LambdaLR": [{"lr_lambda": lambda t: 1 / (1 + t)}, {"lr_lambda": Halves()}, {"lr_lambda": [lambda t: 0.9**t, Halves()]}],
    "MultiplicativeLR": [{"lr_lambda": lambda t: 0.97}, {"lr_lambda": Halves()}, {"lr_lambda": [lambda t: 1 - 1 / (t + 2), Halves(0.9)]}],
    "StepLR": [{"step_size": 2}, {"step_size": 1, "gamma": 0.7}, {"step_size": 30, "gamma": 0.5}],
    "MultiStepLR": [{"milestones": [2, 3, 3, 8], "gamma": 0.3}, {"milestones": [30, 45]}, {"milestones": []}],
    "ExponentialLR": [{"gamma": 0.8}, {"gamma": 1.0}, {"gamma": 0.99}],
    "ConstantLR": [{}, {"factor": 0.0, "total_iters": 70}, {"factor": 0.5, "total_iters": 31}],
    "LinearLR": [{}, {"start_factor": 0.2, "end_factor": 0.4, "total_iters": 3}, {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 40}],
    "PolynomialLR": [{}, {"total_iters": 50, "power": 2.0}, {"total_iters": 7, "power": 0.5}],
    "CosineAnnealingLR": [{"T_max": 3}, {"T_max": 12, "eta_min": 0.01}, {"T_max": 60}],
    "CosineAnnealingWarmRestarts": [{"T_0": 5}, {"T_0": 3, "T_mult": 2, "eta_min": 0.01}, {"T_0": 1, "T_mult": 3}],
    "CyclicLR": [
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4},
        {"base_lr": [0.01, 0.02], "max_lr": [0.1, 0.2], "step_size_up": 5, "step_size_down": 9, "mode": "triangular2"},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 6, "mode": "exp_range", "gamma": 0.97, "cycle_momentum": False},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 6, "scale_fn": Halves(), "scale_mode": "iterations"},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 6, "scale_fn": lambda x: 1 / (5**x), "scale_mode": "cycle"},
    ],
    "OneCycleLR": [
        {"max_lr": 0.7, "total_steps": 65, "pct_start": pct, "anneal_strategy": strategy, "three_phase": three, "cycle_momentum": cycle}
        for pct, strategy, three, cycle in itertools.product((0.25, 0.4), ("cos", "linear"), (False, True), (False, True))
    ]
    + [{"max_lr": [0.7, 0.1], "epochs": 13, "steps_per_epoch": 5, "div_factor": 7.0, "final_div_factor": 50.0}],
    "SWALR": [{"swa_lr": 0.05}, {"swa_lr": [0.05, 0.9], "anneal_epochs": 25, "anneal_strategy": "linear"}, {"swa_lr": 0.05, "anneal_epochs": 0}],
    "ReduceLROnPlateau": [
        {"patience": 1, "factor": 0.5},
        {"mode": "max", "patience": 2, "cooldown": 3, "threshold": 0.1},
        {"threshold_mode": "abs", "threshold": 0.05, "min_lr": [0.01, 0.0], "patience": 0},
        {"mode": "max", "threshold_mode": "abs", "eps": 0.01, "factor": 0.3, "patience": 3},
    ],
    "SequentialLR": [
        {"parts": [("LinearLR", {"start_factor": 0.1, "total_iters": 3}), ("CosineAnnealingLR", {"T_max": 4}), ("ExponentialLR", {"gamma": 0.5})], "milestones": [3, 7]},
        {"parts": [("ConstantLR", {"factor": 0.1, "total_iters": 2}), ("ExponentialLR", {"gamma": 0.9})], "milestones": [20]},
        {"parts": [("StepLR", {"step_size": 4}), ("PolynomialLR", {"total_iters": 30})], "milestones": [0]},
    ],
    "ChainedScheduler": [
        {"parts": [("ConstantLR", {"factor": 0.1, "total_iters": 2}), ("ExponentialLR", {"gamma": 0.9})]},
        {"parts": [("StepLR", {"step_size": 10}), ("MultiplicativeLR", {"lr_lambda": Halves()}), ("CosineAnnealingLR", {"T_max": 20})]},
    ],
}
# A rate that is a tensor has a rounding of its own, and a state dict with tensors; these raise where the rate is one, in torch too.
NEEDS_ALL = 2


class Schedule:
    """One optimizer and one schedule on it."""

    def __init__(self, lib, module, name, options, kind, tensor_lr, groups=None, last_epoch=-1):
        self.lib = lib
        params = [{"params": [lib.zeros(1, requires_grad=True)]} for _ in range(NEEDS_ALL)]
        params[1]["lr"] = lib.tensor(0.05) if tensor_lr else 0.05
        more = {"momentum": 0.9} if kind == "SGD" else {}
        self.optimizer = getattr(module, kind)(params, lr=lib.tensor(0.3) if tensor_lr else 0.3, **more)
        for group, saved in zip(self.optimizer.param_groups, groups or (), strict=False):
            group.update({k: v for k, v in copy.deepcopy(saved).items() if k != "params"})
        self.made = self.build(module, name, copy.deepcopy(options), last_epoch)

    def build(self, module, name, options, last_epoch):
        home = module.swa_utils if name == "SWALR" else module.lr_scheduler
        if "parts" in options:
            parts = [getattr(home, part)(self.optimizer, **more) for part, more in options["parts"]]
            return home.SequentialLR(self.optimizer, parts, options["milestones"]) if name == "SequentialLR" else home.ChainedScheduler(parts)
        more = {} if last_epoch == -1 else {"last_epoch": last_epoch}
        return getattr(home, name)(self.optimizer, **options, **more)

    def step(self, t):
        self.optimizer.step()
        if type(self.made).__name__ == "ReduceLROnPlateau":
            self.made.step(np.cos(t * 0.35).item() / (1 + t * 0.05))
        else:
            self.made.step()

    def facts(self):
        """Everything that one sees."""
        groups = [{k: v for k, v in g.items() if k in ("lr", "momentum", "betas", "initial_lr", "max_lr", "min_lr", "swa_lr", "base_momentum", "max_momentum")} for g in self.optimizer.param_groups]
        return {"last": list(self.made.get_last_lr()), "groups": groups, "epoch": getattr(self.made, "last_epoch", None)}

    def state(self):
        """The state dict without bound functions, which torch keeps in some."""
        return {k: v for k, v in self.made.state_dict().items() if not callable(v)}


def followed(name, options, kind, tensor_lr, resume):
    """Both schedules over all epochs; `resume`: how they are made anew in the middle."""
    pair = [Schedule(lib, module, name, options, kind, tensor_lr) for lib, module in ((lucet, optim), (torch, torch.optim))]
    tolerance = 1e-6 if tensor_lr else 0.0
    for t in range(EPOCHS):
        compare(f"epoch {t}", pair[0].facts(), pair[1].facts(), tolerance)
        if t % 10 == 0:
            compare(f"epoch {t}, state_dict", pair[0].state(), pair[1].state(), tolerance)
        if t == EPOCHS // 2 and resume:
            pair = [resumed(one, name, options, kind, tensor_lr, resume) for one in pair]
            compare("resumed", pair[0].facts(), pair[1].facts(), tolerance)
        for one in pair:
            one.step(t)


def resumed(one, name, options, kind, tensor_lr, resume):
    module = optim if one.lib is lucet else torch.optim
    if resume == "last_epoch":
        return Schedule(one.lib, module, name, options, kind, tensor_lr, one.optimizer.param_groups, one.made.last_epoch)
    made = Schedule(one.lib, module, name, options, kind, tensor_lr)
    made.optimizer.load_state_dict(copy.deepcopy(one.optimizer.state_dict()))
    made.made.load_state_dict(copy.deepcopy(one.made.state_dict()))
    return made


def crossed(name, options, kind):
    """lucet's schedule goes on from the state dict of torch's."""
    theirs = Schedule(torch, torch.optim, name, options, kind, False)
    for t in range(EPOCHS // 2):
        theirs.step(t)
    ours = Schedule(lucet, optim, name, options, kind, False)
    ours.optimizer.load_state_dict(same(copy.deepcopy(theirs.optimizer.state_dict()), lucet))
    ours.made.load_state_dict({k: v for k, v in copy.deepcopy(theirs.made.state_dict()).items() if not callable(v)})
    for t in range(EPOCHS // 2, EPOCHS):
        compare(f"epoch {t}", ours.facts(), theirs.facts(), 0.0)
        ours.step(t)
        theirs.step(t)


def at_epochs(name, options, kind):
    """Steps to given epochs, back and forth."""
    pair = [Schedule(lib, module, name, options, kind, False) for lib, module in ((lucet, optim), (torch, torch.optim))]
    for epoch in (3, 7, 2, 40, 0, 11):
        found = []
        for one in pair:
            one.optimizer.step()
            found.append(outcome(partial(one.made.step, 0.5, epoch) if name == "ReduceLROnPlateau" else partial(one.made.step, epoch))[1])
        if found[0] is not found[1]:
            raise Differ(f"epoch {epoch}: {found[0]}, torch has {found[1]}")
        compare(f"epoch {epoch}", pair[0].facts(), pair[1].facts(), 1e-15)


WRONG = {
    "LambdaLR": [{"lr_lambda": [abs]}, {}],
    "MultiplicativeLR": [{"lr_lambda": [abs]}, {"lr_lambda": 3}, {"lr_lambda": [abs, 3]}],
    "ConstantLR": [{"factor": 1.5}, {"factor": -0.1}],
    "LinearLR": [{"start_factor": 0.0}, {"end_factor": 1.5}],
    "CosineAnnealingWarmRestarts": [{"T_0": 0}, {"T_0": 2.5}, {"T_0": 3, "T_mult": 0}, {"T_0": 3, "T_mult": 1.5}, {"T_0": 3, "eta_min": "x"}],
    "CyclicLR": [
        {"base_lr": 0.1, "max_lr": 1.0, "mode": "round"},
        {"base_lr": [0.1], "max_lr": 1.0},
        {"base_lr": 0.1, "max_lr": [1.0]},
        {"base_lr": 0.1, "max_lr": 1.0, "base_momentum": [0.1]},
    ],
    "OneCycleLR": [
        {"max_lr": 1.0},
        {"max_lr": 1.0, "total_steps": 0},
        {"max_lr": 1.0, "total_steps": 2.5},
        {"max_lr": 1.0, "epochs": 0, "steps_per_epoch": 3},
        {"max_lr": 1.0, "epochs": 3, "steps_per_epoch": -3},
        {"max_lr": 1.0, "total_steps": 9, "pct_start": 2.0},
        {"max_lr": 1.0, "total_steps": 9, "pct_start": 1},
        {"max_lr": 1.0, "total_steps": 9, "anneal_strategy": "x"},
        {"max_lr": [1.0], "total_steps": 9},
    ],
    "SWALR": [{"swa_lr": [0.1]}, {"swa_lr": 0.1, "anneal_strategy": "x"}, {"swa_lr": 0.1, "anneal_epochs": -1}, {"swa_lr": 0.1, "anneal_epochs": 2.5}],
    "ReduceLROnPlateau": [{"factor": 1.0}, {"mode": "x"}, {"threshold_mode": "x"}, {"min_lr": [0.1]}],
    "SequentialLR": [{"parts": [], "milestones": []}, {"parts": [("StepLR", {"step_size": 1})], "milestones": [3]}, {"parts": [("ReduceLROnPlateau", {})], "milestones": []}],
    "ChainedScheduler": [{"parts": []}, {"parts": [("ReduceLROnPlateau", {})]}],
}


def refused_schedule(name, options, kind, last_epoch=-1):
    ours, theirs = (
        outcome(lambda lib=lib, module=module: Schedule(lib, module, name, options, kind, False, last_epoch=last_epoch))
        for lib, module in ((lucet, optim), (torch, torch.optim))
    )
    if ours[1] is not theirs[1]:
        raise Differ(f"{ours[1:]}, torch has {theirs[1:]}")


def plain(options):
    return {k: "function" if callable(v) else v for k, v in options.items()}


def schedule_cases(name):
    """(case id, function) of one schedule."""
    joined = name in ("SequentialLR", "ChainedScheduler")
    for n, options in enumerate(SCHEDULES[name]):
        for kind in ("SGD", "Adam"):
            label = f"{n} {plain(options)} {kind}"
            for tensor_lr in (False, True):
                yield f"{label} {'tensor ' if tensor_lr else ''}lr", partial(followed, name, options, kind, tensor_lr, None)
            yield f"{label} resumed by state_dict", partial(followed, name, options, kind, False, "state_dict")
            if not joined and name != "ReduceLROnPlateau":
                yield f"{label} resumed by last_epoch", partial(followed, name, options, kind, False, "last_epoch")
            yield f"{label} from torch's state_dict", partial(crossed, name, options, kind)
            if not joined and name != "OneCycleLR":
                yield f"{label} at epochs", partial(at_epochs, name, options, kind)
    for options in WRONG.get(name, ()):
        yield f"{plain(options)} refused", partial(refused_schedule, name, options, "SGD")
    yield "momentum of Adadelta", partial(refused_schedule, name, SCHEDULES[name][0], "Adadelta")
    if not joined and name != "ReduceLROnPlateau":
        yield "resumed from nothing", partial(refused_schedule, name, SCHEDULES[name][0], "SGD", 3)


# --- all of them ----------------------------------------------------------------------------------------------------------

OPTIMIZERS = {info.optim_cls.__name__: info for info in optim_db}
CLASSES = [*OPTIMIZERS, *SCHEDULES]


def cases(name):
    """(case id, function that raises if the case differs) of a class."""
    return optimizer_cases(OPTIMIZERS[name]) if name in OPTIMIZERS else schedule_cases(name)


def outcomes(names=CLASSES):
    """(class, case id, problem or None) of all cases of these classes."""
    for name in names:
        for case, function in cases(name):
            yield name, case, judged(function)
