"""Optimizers and schedules beside torch: trajectories, state dicts, their exchange, printing, errors, over the inputs of torch's optim_db.

What is compared and how stands in optim_samples.py; more about the base class and generated flags in test_optim.py.
"""

import inspect

import pytest
import torch
from optim_samples import CLASSES, OPTIMIZERS, SCHEDULES, outcomes
from torch.optim import swa_utils as theirs_swa

import lucet
from lucet import nn, optim
from lucet.optim import swa_utils as ours_swa


@pytest.fixture(autouse=True)
def one_thread():
    """Small tensors: threads of two libraries would only wait for each other."""
    before = torch.get_num_threads(), lucet.get_num_threads()
    torch.set_num_threads(1)
    lucet.set_num_threads(1)
    yield
    torch.set_num_threads(before[0])
    lucet.set_num_threads(before[1])


@pytest.mark.parametrize("name", CLASSES)
def test_cases(name):
    found = list(outcomes([name]))
    failed = [f"{case}\n    {problem}" for _, case, problem in found if problem is not None]
    assert failed == [], f"{len(failed)} of {len(found)}:\n" + "\n".join(failed[:5])


def test_every_optimizer_and_schedule_of_torch_has_cases():
    schedules = {n for n, c in vars(torch.optim.lr_scheduler).items() if inspect.isclass(c) and issubclass(c, torch.optim.lr_scheduler.LRScheduler)}
    assert set(SCHEDULES) == schedules - {"LRScheduler", "_LRScheduler"} | {"SWALR"}
    assert set(OPTIMIZERS) == {n for n in torch.optim.__all__ if inspect.isclass(getattr(torch.optim, n))} - {"Optimizer"}


def parameters_of(fn):
    return [(p.name, p.kind, p.default) for p in inspect.signature(fn).parameters.values()]


@pytest.mark.parametrize("name", [*OPTIMIZERS, *SCHEDULES, "AveragedModel"])
def test_signatures_of_classes(name):
    home = "swa_utils" if name in ("SWALR", "AveragedModel") else "lr_scheduler" if name in SCHEDULES else None
    ours, theirs = (getattr(getattr(lib.optim, home) if home else lib.optim, name) for lib in (lucet, torch))
    assert parameters_of(ours.__init__) == parameters_of(theirs.__init__)
    missing = [n for n in vars(theirs) if not n.startswith("_") and callable(getattr(theirs, n)) and not hasattr(ours, n)]
    assert missing == []


@pytest.mark.parametrize("name", ["adagrad", "adamax", "asgd", "nadam", "radam", "rmsprop", "rprop", "_adafactor", "_muon"])
def test_signatures_of_functional_forms(name):
    function = name.lstrip("_")
    ours, theirs = (getattr(__import__(f"{lib}.optim.{name}", fromlist=[name]), function) for lib in ("lucet", "torch"))
    assert parameters_of(ours) == parameters_of(inspect.unwrap(theirs))


@pytest.mark.parametrize("name", theirs_swa.__all__)
def test_signatures_of_averages(name):
    ours, theirs = getattr(ours_swa, name), getattr(theirs_swa, name)
    assert parameters_of(ours) == parameters_of(theirs)


# --- averages ---------------------------------------------------------------------------------------------------------


def averaged(lib, options, swa, steps=6):
    """The averaged copy of a small network whose parameters and buffers move."""
    net = lib.nn.Sequential(lib.nn.Linear(2, 3), lib.nn.BatchNorm1d(3))
    made = {k: getattr(swa, v[0])(*v[1:]) if isinstance(v, tuple) else v for k, v in options.items()}
    average = swa.AveragedModel(net, **made)
    for t in range(steps):
        with lib.no_grad():
            for i, p in enumerate((*net.parameters(), *net.buffers())):
                n = p.numel()
                p.copy_(((lib.arange(n) * 0.37 + i + t * 1.7).sin() * 5).reshape(p.shape))
        average.update_parameters(net)
    return average


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_buffers": True},
        {"avg_fn": ("get_ema_avg_fn", 0.7)},
        {"avg_fn": ("get_swa_avg_fn",), "use_buffers": True},
        {"multi_avg_fn": ("get_ema_multi_avg_fn", 0.9)},
        {"multi_avg_fn": ("get_swa_multi_avg_fn",)},
        {"multi_avg_fn": ("get_ema_multi_avg_fn",), "use_buffers": True},
    ],
)
def test_averaged_models(options):
    ours, theirs = averaged(lucet, options, ours_swa), averaged(torch, options, theirs_swa)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for key, value in b.items():
        assert a[key].dtype.__str__().split(".")[1] == str(value.dtype).split(".")[1]
        assert a[key].tolist() == pytest.approx(value.tolist(), rel=1e-5, abs=1e-6) if value.dim() < 2 else True
        assert lucet.from_numpy(value.numpy()).allclose(a[key], rtol=1e-5, atol=1e-6), key


def test_update_bn():
    found = []
    for lib, swa in ((lucet, ours_swa), (torch, theirs_swa)):
        net = lib.nn.Sequential(lib.nn.BatchNorm1d(2), lib.nn.Tanh(), lib.nn.BatchNorm1d(2, momentum=0.3)).eval()
        batches = [(lib.arange(6.0).reshape(3, 2).sin() * (k + 1), None) for k in range(3)]
        swa.update_bn(batches, net)
        assert not net.training and net[0].momentum == 0.1 and net[2].momentum == 0.3
        found.append([b.tolist() for b in net.buffers()])
    for a, b in zip(*found, strict=True):
        assert a == pytest.approx(b, rel=1e-5)


def test_an_average_of_both_kinds_is_refused():
    for lib, swa in ((lucet, ours_swa), (torch, theirs_swa)):
        with pytest.raises(AssertionError, match="Only one of"):
            swa.AveragedModel(lib.nn.Linear(1, 1), avg_fn=swa.get_swa_avg_fn(), multi_avg_fn=swa.get_swa_multi_avg_fn())
        for make in (swa.get_ema_avg_fn, swa.get_ema_multi_avg_fn):
            for decay in (-0.1, 1.1):
                with pytest.raises(ValueError, match="Invalid decay value"):
                    make(decay)


# --- parameters without memory, and an optimizer on others ----------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in OPTIMIZERS if n not in ("LBFGS", "SparseAdam")])
def test_steps_on_meta(name):
    raised = []
    for lib in (lucet, torch):
        p = lib.zeros(2, 2, device="meta", requires_grad=True)
        opt = getattr(lib.optim, name)([p])
        p.grad = lib.zeros(2, 2, device="meta")
        try:
            opt.step()
            raised.append(sorted(opt.state_dict()["state"].get(0, ())))
        except Exception as problem:
            raised.append(next(c for c in type(problem).__mro__ if c.__module__ == "builtins"))
    assert raised[0] == raised[1]


def test_swapped_parameters_and_state():
    def story(lib):
        w, other = lib.ones(2, requires_grad=True), lib.full((2,), 3.0, requires_grad=True)
        opt = lib.optim.Adam([w], lr=0.5)
        w.grad = lib.ones(2)
        opt.step()
        saved = opt.state_dict()
        saved["param_groups"][0]["lr"] = 0.25
        with lib.optim.swap_in_optimizer_params_and_state(opt, {"w": other}, saved):
            other.grad = lib.ones(2)
            opt.step()
        opt.step()
        problems = []
        for bad in ({}, 3, {"state": 1, "param_groups": []}, {"state": {}, "param_groups": []}, {"state": {5: {}}, "param_groups": saved["param_groups"]}):
            try:
                with lib.optim.swap_in_optimizer_params_and_state(opt, {"w": other}, bad):
                    problems.append("none")
            except RuntimeError:
                problems.append("RuntimeError")
        return w.tolist(), other.tolist(), opt.param_groups[0]["lr"], problems

    ours, theirs = story(lucet), story(torch)
    assert ours[0] == pytest.approx(theirs[0]) and ours[1] == pytest.approx(theirs[1]) and ours[2:] == theirs[2:]


def test_rates_of_a_swa_schedule_reach_the_optimizer():
    net = nn.Linear(1, 1)
    opt = optim.SGD(net.parameters(), lr=0.4)
    sched = ours_swa.SWALR(opt, 0.1, anneal_epochs=3)
    for _ in range(5):
        opt.step()
        sched.step()
    assert opt.param_groups[0]["lr"] == pytest.approx(0.1)
