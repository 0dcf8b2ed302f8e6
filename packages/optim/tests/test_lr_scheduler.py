"""Schedules: state, resuming, call order, groups, tensor rates, errors. Values are in test_trajectories.py."""

import warnings

import pytest

import lucet
from lucet.optim import SGD, Adadelta, Adam
from lucet.optim import lr_scheduler as lrs


def make(lr=1.0, groups=1, cls=SGD, **options):
    params = [{"params": [lucet.zeros(1, requires_grad=True)]} for _ in range(groups)]
    return cls(params, lr=lr, **options)


def run(opt, sched, steps):
    found = []
    for _ in range(steps):
        opt.step()
        sched.step()
        found.append(sched.get_last_lr()[0])
    return found


MAKERS = [
    lambda o: lrs.LambdaLR(o, lambda t: 0.9**t),
    lambda o: lrs.StepLR(o, 2, 0.5),
    lambda o: lrs.MultiStepLR(o, [1, 4], 0.5),
    lambda o: lrs.ExponentialLR(o, 0.9),
    lambda o: lrs.ConstantLR(o, 0.5, 3),
    lambda o: lrs.LinearLR(o, 0.5, 1.0, 4),
    lambda o: lrs.CosineAnnealingLR(o, 5),
    lambda o: lrs.OneCycleLR(o, 1.0, 12, cycle_momentum=False),
    lambda o: lrs.SequentialLR(o, [lrs.ConstantLR(o, 0.5, 2), lrs.ExponentialLR(o, 0.5)], [3]),
]


@pytest.mark.parametrize("maker", MAKERS)
def test_state_dict_resumes_any_schedule(maker):
    opt = make()
    sched = maker(opt)
    run(opt, sched, 3)
    twin_opt = make()
    twin = maker(twin_opt)
    twin_opt.load_state_dict(opt.state_dict())
    twin.load_state_dict(sched.state_dict())
    assert run(opt, sched, 6) == run(twin_opt, twin, 6)


@pytest.mark.parametrize("maker", MAKERS[1:7])
def test_last_epoch_resumes_from_the_groups(maker):
    opt = make()
    sched = maker(opt)
    run(opt, sched, 3)
    with pytest.raises(KeyError, match="initial_lr"):
        lrs.ExponentialLR(make(), 0.9, last_epoch=2)
    assert "initial_lr" in opt.param_groups[0]


def test_plateau_state_resumes():
    metrics = [3.0, 2.0, 2.0, 2.5, 2.5, 1.0, 1.0, 1.0, 1.0]

    def build():
        opt = make()
        return opt, lrs.ReduceLROnPlateau(opt, factor=0.5, patience=1, cooldown=1)

    opt, sched = build()
    rates = []
    for m in metrics:
        sched.step(m)
        rates.append(sched.get_last_lr()[0])
    opt2, half = build()
    for m in metrics[:4]:
        half.step(m)
    opt3, rest = build()
    opt3.load_state_dict(opt2.state_dict())
    rest.load_state_dict(half.state_dict())
    tail = []
    for m in metrics[4:]:
        rest.step(m)
        tail.append(rest.get_last_lr()[0])
    assert rates[4:] == tail and rates[0] == 1.0 and rates[-1] < 1.0


@pytest.mark.parametrize(
    "options, metrics, expected",
    [
        ({"patience": 1, "factor": 0.5}, [1.0, 1.0, 1.0, 1.0, 1.0], 0.25),
        ({"patience": 0, "factor": 0.5, "mode": "max"}, [1.0, 2.0, 3.0], 1.0),
        ({"patience": 0, "factor": 0.5, "mode": "max"}, [3.0, 2.0, 1.0], 0.25),
        ({"patience": 0, "factor": 0.5, "threshold": 1.0, "threshold_mode": "abs"}, [3.0, 2.5, 1.0], 0.5),
        ({"patience": 0, "factor": 0.5, "mode": "max", "threshold": 1.0, "threshold_mode": "abs"}, [1.0, 1.5], 0.5),
        ({"patience": 0, "factor": 0.5, "min_lr": 0.4}, [1.0, 1.0, 1.0], 0.4),
        ({"patience": 0, "factor": 0.5, "eps": 0.9}, [1.0, 1.0, 1.0], 1.0),
        ({"patience": 0, "factor": 0.5, "cooldown": 2}, [1.0, 1.0, 1.0, 1.0], 0.5),
    ],
)
def test_plateau_rules(options, metrics, expected):
    opt = make()
    sched = lrs.ReduceLROnPlateau(opt, **options)
    for m in metrics:
        sched.step(lucet.tensor(m))
    assert sched.get_last_lr() == [expected]


def test_plateau_min_lr_and_added_groups():
    opt = make(groups=2)
    sched = lrs.ReduceLROnPlateau(opt, factor=0.1, patience=0, min_lr=[0.5, 0.0])
    sched.step(1.0)
    sched.step(1.0)
    assert sched.get_last_lr() == [0.5, 0.1]
    opt.add_param_group({"params": lucet.zeros(1, requires_grad=True)})
    with pytest.raises(RuntimeError, match="param groups"):
        sched.step(1.0)
    opt = make()
    sched = lrs.ReduceLROnPlateau(opt, factor=0.5, patience=0)
    opt.add_param_group({"params": lucet.zeros(1, requires_grad=True)})
    sched.step(1.0)
    sched.step(1.0)
    assert sched.get_last_lr() == [0.5, 0.5]


def test_a_step_before_the_optimizers_warns_once():
    opt = make()
    sched = lrs.ExponentialLR(opt, 0.5)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        sched.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sched.step()
        opt = make()
        sched = lrs.ExponentialLR(opt, 0.5)
        run(opt, sched, 3)


def test_a_replaced_step_warns():
    opt = make()
    sched = lrs.ExponentialLR(opt, 0.5)
    opt.step = lambda: None
    with pytest.warns(UserWarning, match="overridden"):
        sched.step()


def test_epoch_argument_warns_and_uses_the_closed_form():
    opt = make()
    sched = lrs.StepLR(opt, 3, 0.5)
    opt.step()
    with pytest.warns(UserWarning, match="epoch parameter"):
        sched.step(7)
    assert sched.get_last_lr() == [0.25]
    sched = lrs.LambdaLR(make(), lambda t: 0.5**t)
    sched.optimizer.step()
    with pytest.warns(UserWarning, match="epoch parameter"):
        sched.step(2)
    assert sched.get_last_lr() == [0.25]
    with pytest.warns(UserWarning, match="get_last_lr"):
        sched.get_lr()


def test_tensor_rates_are_written_in_place():
    rate = lucet.tensor(1.0)
    opt = make(lr=rate)
    sched = lrs.ExponentialLR(opt, 0.5)
    opt.step()
    sched.step()
    assert opt.param_groups[0]["lr"] is rate and rate.item() == 0.5
    assert sched.base_lrs[0].item() == 1.0
    last = sched.get_last_lr()[0]
    opt.step()
    sched.step()
    assert last.item() == 0.5


def test_groups_keep_their_own_rates():
    opt = make(groups=2)
    opt.param_groups[1]["lr"] = 0.1
    sched = lrs.StepLR(opt, 1, 0.5)
    opt.step()
    sched.step()
    assert sched.get_last_lr() == [0.5, 0.05]
    opt = make(groups=2)
    sched = lrs.LambdaLR(opt, [lambda t: 0.5**t, lambda t: 0.1**t])
    opt.step()
    sched.step()
    assert sched.get_last_lr() == [0.5, 0.1]
    opt = make(groups=2, momentum=0.9)
    sched = lrs.OneCycleLR(opt, [1.0, 0.1], 10, max_momentum=[0.9, 0.8])
    assert sched.get_last_lr() == pytest.approx([0.04, 0.004])
    assert [g["momentum"] for g in opt.param_groups] == [0.9, 0.8]


def test_one_cycle_moves_beta1_of_adam():
    opt = make(cls=Adam)
    sched = lrs.OneCycleLR(opt, 1.0, 10, pct_start=0.4)
    assert opt.param_groups[0]["betas"] == (0.95, 0.999)
    run(opt, sched, 3)
    assert opt.param_groups[0]["betas"][0] == pytest.approx(0.85)
    assert sched.get_last_lr()[0] == pytest.approx(1.0)


def test_lambda_objects_are_saved_and_functions_are_not():
    class Fall:
        def __init__(self, base):
            self.base = base

        def __call__(self, epoch):
            return self.base**epoch

    opt = make(groups=2)
    sched = lrs.LambdaLR(opt, [Fall(0.5), lambda t: 1.0])
    saved = sched.state_dict()
    assert saved["lr_lambdas"] == [{"base": 0.5}, None] and "optimizer" not in saved
    twin = lrs.LambdaLR(make(groups=2), [Fall(0.9), lambda t: 1.0])
    twin.load_state_dict(saved)
    assert twin.lr_lambdas[0].base == 0.5 and saved["lr_lambdas"] == [{"base": 0.5}, None]


@pytest.mark.parametrize(
    "make_one, error, text",
    [
        (lambda o: lrs.StepLR(3, 1), TypeError, "int is not an Optimizer"),
        (lambda o: lrs.OneCycleLR(3, 1.0, 5), TypeError, "int is not an Optimizer"),
        (lambda o: lrs.ReduceLROnPlateau(3), TypeError, "int is not an Optimizer"),
        (lambda o: lrs.LambdaLR(o, [abs, abs]), ValueError, "lr_lambdas"),
        (lambda o: lrs.ConstantLR(o, 1.5), ValueError, "between 0 and 1"),
        (lambda o: lrs.LinearLR(o, 0.0), ValueError, "start_factor"),
        (lambda o: lrs.LinearLR(o, 0.5, 1.5), ValueError, "end_factor"),
        (lambda o: lrs.OneCycleLR(o, 1.0), ValueError, "total_steps OR"),
        (lambda o: lrs.OneCycleLR(o, 1.0, 0), ValueError, "positive integer total_steps"),
        (lambda o: lrs.OneCycleLR(o, 1.0, 2.5), ValueError, "positive integer total_steps"),
        (lambda o: lrs.OneCycleLR(o, 1.0, epochs=0, steps_per_epoch=2), ValueError, "positive integer epochs"),
        (lambda o: lrs.OneCycleLR(o, 1.0, epochs=2, steps_per_epoch=-2), ValueError, "steps_per_epoch"),
        (lambda o: lrs.OneCycleLR(o, 1.0, 5, pct_start=2.0), ValueError, "pct_start"),
        (lambda o: lrs.OneCycleLR(o, 1.0, 5, pct_start=1), ValueError, "pct_start"),
        (lambda o: lrs.OneCycleLR(o, 1.0, 5, anneal_strategy="step"), ValueError, "anneal_strategy"),
        (lambda o: lrs.OneCycleLR(o, [1.0, 2.0], 5), ValueError, "same length"),
        (lambda o: lrs.OneCycleLR(make(cls=Adadelta), 1.0, 5), ValueError, "momentum or beta1"),
        (lambda o: lrs.ReduceLROnPlateau(o, factor=1.0), ValueError, "factor"),
        (lambda o: lrs.ReduceLROnPlateau(o, "mid"), ValueError, "mode mid"),
        (lambda o: lrs.ReduceLROnPlateau(o, threshold_mode="x"), ValueError, "threshold mode"),
        (lambda o: lrs.ReduceLROnPlateau(o, min_lr=[0, 0]), ValueError, "min_lrs"),
        (lambda o: lrs.SequentialLR(o, [], []), ValueError, "at least one"),
        (lambda o: lrs.SequentialLR(o, [3], []), TypeError, "`optimizer`"),
        (lambda o: lrs.SequentialLR(o, [lrs.ReduceLROnPlateau(o)], []), ValueError, "ReduceLROnPlateau"),
        (lambda o: lrs.SequentialLR(o, [lrs.StepLR(make(), 1)], []), ValueError, "same optimizer"),
        (lambda o: lrs.SequentialLR(o, [lrs.StepLR(o, 1)], [3]), ValueError, "milestone"),
    ],
)
def test_wrong_arguments_are_refused(make_one, error, text):
    with pytest.raises(error, match=text):
        make_one(make())


def test_one_cycle_ends_after_its_steps():
    opt = make(momentum=0.9)
    sched = lrs.OneCycleLR(opt, 1.0, 3, pct_start=0.5)
    run(opt, sched, 3)
    with pytest.raises(ValueError, match="Tried to step 4 times"):
        sched.step()


def test_the_base_class_has_no_rule():
    with pytest.raises(NotImplementedError):
        lrs.LRScheduler(make())
    assert issubclass(lrs._LRScheduler, lrs.LRScheduler)
