"""Twenty steps of each optimizer and schedule against figures recorded from torch (tools/goldens_optim.py)."""

import json
import pathlib

import pytest
import update_ops

import lucet
from lucet import _ops, optim

GOLDENS = json.loads((pathlib.Path(__file__).parent / "goldens.json").read_text())
TOL = {"float32": 2e-6, "float64": 1e-13}


def label(run):
    return "-".join([run.get("optimizer") or run["scheduler"], run.get("dtype", ""), *map(str, run["options"].items())])


def tensors(values, dtype):
    return [lucet.tensor(v, dtype=dtype) for v in values]


def assert_near(found, expected, tol):
    found, expected = lucet.tensor(found, dtype=lucet.float64), lucet.tensor(expected, dtype=lucet.float64)
    assert found.shape == expected.shape
    gap = (found - expected).abs() / (expected.abs() + 1)
    assert gap.numel() == 0 or gap.max().item() <= tol


def make(run, **more):
    dtype = getattr(lucet, run["dtype"])
    params = [p.requires_grad_() for p in tensors(GOLDENS["start"], dtype)]
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in run["options"].items()}
    return getattr(optim, run["optimizer"])(params, **options, **more), params


def walk(opt, params, steps, before=lambda t: None):
    centre, scale = (tensors(GOLDENS[key], params[0].dtype) for key in ("centre", "scale"))
    for t in range(1, steps + 1):
        before(t)
        for p, c, a in zip(params, centre, scale, strict=True):
            p.grad = a * (p.detach() - c)
        opt.step()
        yield t, params


@pytest.mark.parametrize("run", GOLDENS["runs"], ids=label)
def test_twenty_steps_follow_the_recorded_ones(run):
    opt, params = make(run)
    tol = TOL[run["dtype"]]
    for t, now in walk(opt, params, GOLDENS["steps"]):
        for p, expected in zip(now, run["params"].get(str(t), []), strict=False):
            assert_near(p.tolist(), expected, tol)
    state = opt.state_dict()["state"]
    for number, expected in run["state"].items():
        found = {k: v for k, v in state[int(number)].items() if v is not None}
        assert sorted(found) == sorted(expected)
        for key, value in expected.items():
            assert_near(found[key].tolist(), value, tol)


RECORDED = [r for r in GOLDENS["runs"] if r["dtype"] == "float64" and r["optimizer"] != "Adafactor"]


@pytest.mark.parametrize("run", RECORDED, ids=label)
def test_differentiable_gives_the_same_numbers(run):
    opt, params = make(run, differentiable=True)
    with pytest.raises(RuntimeError):
        for _ in walk(opt, params, 1):  # a leaf that requires grad may not be written to while recording
            pass
    leaves = [p.detach().clone() for p in tensors(GOLDENS["start"], lucet.float64)]
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in run["options"].items()}
    opt = getattr(optim, run["optimizer"])(leaves, **options, differentiable=True)
    for t, now in walk(opt, leaves, GOLDENS["steps"]):
        for p, expected in zip(now, run["params"].get(str(t), []), strict=False):
            assert_near(p.tolist(), expected, 1e-12)


@pytest.mark.parametrize("run", GOLDENS["runs"][::2], ids=label)
@pytest.mark.parametrize("flags", [{"foreach": True}, {"foreach": False}, {"fused": True}], ids=str)
def test_foreach_and_fused_give_the_same_bits(run, flags):
    if "fused" in flags and run["optimizer"] not in ("SGD", "Adam", "AdamW", "Adagrad"):
        with pytest.raises(TypeError):
            make(run, **flags)
        return
    plain, chosen = make(run), make(run, **flags)
    for (_, a), (_, b) in zip(walk(*plain, 5), walk(*chosen, 5), strict=True):
        assert [p.tolist() for p in a] == [p.tolist() for p in b]


@pytest.mark.parametrize("run", GOLDENS["runs"][::2], ids=label)
def test_state_dict_in_mid_run_resumes_to_the_same_bits(run):
    opt, params = make(run)
    for _ in walk(opt, params, 7):
        pass
    import copy

    saved = copy.deepcopy(opt.state_dict())
    twin_params = [p.detach().clone().requires_grad_() for p in params]
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in run["options"].items()}
    twin = getattr(optim, run["optimizer"])(twin_params, **options)
    twin.load_state_dict(saved)
    for (_, a), (_, b) in zip(walk(opt, params, 6), walk(twin, twin_params, 6), strict=True):
        assert [p.tolist() for p in a] == [p.tolist() for p in b]


@pytest.mark.parametrize("run", GOLDENS["schedules"], ids=label)
def test_schedules_follow_the_recorded_ones(run):
    weight = lucet.zeros(1, requires_grad=True)
    opt = optim.SGD([weight], lr=0.2, momentum=0.9)
    schedule = getattr(optim.lr_scheduler, run["scheduler"])(opt, **run["options"])
    for lr, momentum in zip(run["lr"], run["momentum"], strict=True):
        assert opt.param_groups[0]["lr"] == pytest.approx(lr, rel=1e-14, abs=1e-15)
        assert schedule.get_last_lr() == [opt.param_groups[0]["lr"]]
        assert opt.param_groups[0]["momentum"] == pytest.approx(momentum, rel=1e-14)
        opt.step()
        if opt.param_groups[0]["lr"] != run["lr"][-1] or schedule.last_epoch + 1 < len(run["lr"]):
            schedule.step()


MIXED = [(7,), (3, 4), (), (2, 1, 3), (0,)]


def filled(shape, dtype, salt):
    count = 1
    for n in shape:
        count *= n
    values = [((i * 37 + salt * 11) % 23 - 11) / 7 for i in range(count)]
    return lucet.tensor(values, dtype=dtype).reshape(shape)


def lists(names, wide_step=False):
    dtypes = [lucet.float32, lucet.float64, lucet.float32, lucet.float64, lucet.float32]
    made = {name: [filled(s, d, salt) for s, d in zip(MIXED, dtypes, strict=True)] for salt, name in enumerate(names)}
    step_dtype = lucet.float64 if wide_step else lucet.float32
    return made, [lucet.tensor(float(i), dtype=step_dtype) for i in range(len(MIXED))]


def assert_same_lists(a, b):
    for x, y in zip(a, b, strict=True):
        assert x.dtype == y.dtype
        assert_near(x.tolist(), y.tolist(), 1e-6 if x.dtype == lucet.float32 else 1e-14)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("weight_decay", [0.0, 0.13])  # no multiple of which cancels a gradient
@pytest.mark.parametrize("maximize", [False, True])
def test_sgd_op_on_mixed_lists(momentum, nesterov, weight_decay, maximize):
    results = []
    for op in (_ops.sgd_step, update_ops.sgd_step):
        made, _ = lists(["p", "g", "b"])
        buffers = made["b"] if momentum else [None] * len(MIXED)
        first = [bool(momentum) and i % 2 == 0 for i in range(len(MIXED))]
        with lucet.no_grad():
            op(
                made["p"],
                made["g"],
                buffers,
                lr=0.3,
                momentum=momentum,
                dampening=0.0 if nesterov else 0.25,
                nesterov=nesterov,
                weight_decay=weight_decay,
                maximize=maximize,
                first=first,
            )
        results.append(made)
    for name in ("p", "g", "b"):
        assert_same_lists(results[0][name], results[1][name])


@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("weight_decay", [0.0, 0.13])  # no multiple of which cancels a gradient
@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("decoupled", [False, True])
@pytest.mark.parametrize("beta1", [0.9, 0.25])
@pytest.mark.parametrize("wide_step", [False, True])
def test_adam_op_on_mixed_lists(amsgrad, weight_decay, maximize, decoupled, beta1, wide_step):
    results = []
    for op in (_ops.adam_step, update_ops.adam_step):
        made, steps = lists(["p", "g", "m", "v", "top"], wide_step)
        made["v"], made["top"] = [v * v for v in made["v"]], [v * v for v in made["top"]]
        with lucet.no_grad():
            op(
                made["p"],
                made["g"],
                made["m"],
                made["v"],
                made["top"] if amsgrad else [],
                steps,
                lr=0.3,
                beta1=beta1,
                beta2=0.99,
                eps=1e-8,
                weight_decay=weight_decay,
                amsgrad=amsgrad,
                maximize=maximize,
                decoupled_weight_decay=decoupled,
            )
        made["steps"] = steps
        results.append(made)
    for name in results[0]:
        assert_same_lists(results[0][name], results[1][name])


@pytest.mark.parametrize("weight_decay", [0.0, 0.13])  # no multiple of which cancels a gradient
@pytest.mark.parametrize("maximize", [False, True])
def test_adadelta_op_on_mixed_lists(weight_decay, maximize):
    results = []
    for op in (_ops.adadelta_step, update_ops.adadelta_step):
        made, steps = lists(["p", "g", "s", "d"])
        made["s"], made["d"] = [v * v for v in made["s"]], [v * v for v in made["d"]]
        with lucet.no_grad():
            op(
                made["p"],
                made["g"],
                made["s"],
                made["d"],
                steps,
                lr=0.3,
                rho=0.9,
                eps=1e-6,
                weight_decay=weight_decay,
                maximize=maximize,
            )
        made["steps"] = steps
        results.append(made)
    for name in results[0]:
        assert_same_lists(results[0][name], results[1][name])


@pytest.mark.parametrize("name", ["SGD", "Adam", "Adadelta"])
def test_strided_parameters_and_gradients_step_as_dense_ones(name):
    options = {"momentum": 0.9} if name == "SGD" else {}
    dense = filled((4, 3), lucet.float32, 1).requires_grad_()
    turned = filled((4, 3), lucet.float32, 1).t().contiguous().t().requires_grad_()
    assert not turned.is_contiguous()
    grad = filled((4, 3), lucet.float32, 5)
    opts = [getattr(optim, name)([p], lr=0.1, **options) for p in (dense, turned)]
    for _ in range(3):
        dense.grad = grad
        turned.grad = lucet.stack([grad, grad], 2)[:, :, 0]
        for opt in opts:
            opt.step()
    assert dense.tolist() == turned.tolist()


@pytest.mark.parametrize(
    "name, options",
    [
        ("SGD", {}),
        ("SGD", {"momentum": 0.9}),  # the first buffer is a detached copy, so g's own gradient is not exact here
        ("Adam", {}),
        ("Adam", {"amsgrad": True}),
        ("AdamW", {"maximize": True}),
        ("Adadelta", {}),
        ("Adagrad", {}),
        ("Adamax", {}),
        ("NAdam", {"decoupled_weight_decay": True}),
        ("RAdam", {"betas": (0.5, 0.9)}),
        ("RMSprop", {"centered": True}),
        ("RMSprop", {}),
    ],
)
def test_gradients_flow_through_a_differentiable_step(name, options):
    def after(start, grad, lr):
        w = lucet.tensor(start, dtype=lucet.float64, requires_grad=True)
        g = lucet.tensor(grad, dtype=lucet.float64, requires_grad=True)
        rate = lucet.tensor(lr, dtype=lucet.float64, requires_grad=True)
        p = w.clone()
        opt = getattr(optim, name)([p], lr=rate, differentiable=True, weight_decay=0.1, **options)
        for factor in (1.0, -2.0, 0.5):
            p.grad = g * factor
            opt.step()
        return (p * p).sum(), w, g, rate

    start, grad, lr = [1.0, -2.0, 0.5], [0.5, 0.25, -1.0], 0.3
    loss, w, g, rate = after(start, grad, lr)
    loss.backward()
    h = 1e-6
    up, down = after(start, grad, lr + h)[0].item(), after(start, grad, lr - h)[0].item()
    assert rate.grad.item() == pytest.approx((up - down) / (2 * h), rel=1e-6)
    assert w.grad is not None
    for i in range(3 if "momentum" not in options else 0):
        moved = [[x + s * h * (j == i) for j, x in enumerate(grad)] for s in (1, -1)]
        up, down = (after(start, m, lr)[0].item() for m in moved)
        assert g.grad[i].item() == pytest.approx((up - down) / (2 * h), rel=1e-4, abs=1e-8)
