"""The base class: groups, names, state dicts, hooks, flags, errors, printing, copies."""

import copy
import pickle
import warnings

import pytest

import lucet
from lucet.optim import SGD, Adadelta, Adam, AdamW, Optimizer, optimizer


def leaf(*shape):
    return lucet.zeros(*(shape or (2,)), requires_grad=True)


def stepped(cls=Adam, **options):
    w = lucet.tensor([1.0, 2.0], requires_grad=True)
    opt = cls([w], **options)
    w.grad = lucet.tensor([0.5, -0.5])
    opt.step()
    return opt, w


def test_repr_lists_the_options_of_each_group_in_order():
    opt = SGD([{"params": [leaf()]}, {"params": [leaf()], "lr": 0.5, "note": "head"}], lr=0.1)
    assert repr(opt) == (
        "SGD (\n"
        "Parameter Group 0\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n"
        "    lr: 0.1\n    maximize: False\n    momentum: 0\n    nesterov: False\n    weight_decay: 0\n"
        "\nParameter Group 1\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n"
        "    lr: 0.5\n    maximize: False\n    momentum: 0\n    nesterov: False\n    note: head\n    weight_decay: 0\n)"
    )


def test_defaults_are_those_of_the_papers_names():
    assert Adam([leaf()]).defaults == {
        "lr": 0.001,
        "betas": (0.9, 0.999),
        "eps": 1e-8,
        "weight_decay": 0,
        "amsgrad": False,
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "fused": None,
        "decoupled_weight_decay": False,
    }
    assert AdamW([leaf()]).defaults["weight_decay"] == 0.01
    assert Adadelta([leaf()]).defaults["lr"] == 1.0


@pytest.mark.parametrize(
    "params, error, text",
    [
        (lambda: leaf(), TypeError, "should be an iterable of Tensors"),
        (list, ValueError, "empty parameter list"),
        (lambda: [1], TypeError, "can only optimize Tensors.*int"),
        (lambda: [{"params": {leaf()}}], TypeError, "ordered collection"),
        (lambda: [leaf() * 2], ValueError, "non-leaf"),
        (lambda: [("a", leaf()), leaf()], ValueError, "names are missing"),
        (lambda: [{"params": [("a", leaf())]}, {"params": [leaf()]}], ValueError, "without names"),
        (lambda: [{"lr": 1.0}], KeyError, "params"),
    ],
)
def test_unusable_parameters_are_refused(params, error, text):
    with pytest.raises(error, match=text):
        SGD(params())


def test_a_parameter_may_not_be_in_two_groups():
    w = leaf()
    opt = SGD([w])
    with pytest.raises(ValueError, match="more than one parameter group"):
        opt.add_param_group({"params": w})
    with pytest.raises(TypeError, match="expected a dict"):
        opt.add_param_group([w])
    with pytest.warns(UserWarning, match="duplicate parameters"):
        SGD([w, w])


def test_a_retained_or_differentiable_non_leaf_is_accepted():
    x = leaf() * 2
    SGD([x], differentiable=True)
    x.retain_grad()
    SGD([x])


def test_a_required_option_has_to_be_given():
    class Needs(Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": optimizer.required})

    with pytest.raises(ValueError, match="required optimization parameter lr"):
        Needs([leaf()])
    Needs([{"params": leaf(), "lr": 1.0}])


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda p: SGD(p, lr=-1.0), ValueError, "learning rate: -1.0"),
        (lambda p: SGD(p, momentum=-1.0), ValueError, "momentum value"),
        (lambda p: SGD(p, weight_decay=-1.0), ValueError, "weight_decay"),
        (lambda p: SGD(p, nesterov=True), ValueError, "Nesterov"),
        (lambda p: SGD(p, nesterov=True, momentum=0.9, dampening=0.1), ValueError, "Nesterov"),
        (lambda p: SGD(p, lr=lucet.ones(2)), ValueError, "1-element"),
        (lambda p: SGD(p, fused=True, differentiable=True), RuntimeError, "differentiable"),
        (lambda p: SGD(p, fused=True, foreach=True), RuntimeError, "foreach"),
        (lambda p: Adam(p, lr=float("nan")), ValueError, "learning rate"),
        (lambda p: Adam(p, eps=-1.0), ValueError, "epsilon"),
        (lambda p: Adam(p, betas=(1.0, 0.9)), ValueError, "index 0"),
        (lambda p: Adam(p, betas=(0.9, -0.1)), ValueError, "index 1"),
        (lambda p: Adam(p, betas=(0, 0.9)), ValueError, "both floats or both Tensors"),
        (lambda p: Adam(p, betas=(0.9, lucet.tensor(0.9))), ValueError, "both floats or both Tensors"),
        (lambda p: Adam(p, weight_decay=-1.0), ValueError, "weight_decay"),
        (lambda p: Adam(p, lr=lucet.tensor(0.1), foreach=True), ValueError, "foreach=True"),
        (lambda p: Adam(p, betas=(lucet.tensor(0.1), lucet.tensor(0.1)), foreach=True), ValueError, "foreach=True"),
        (lambda p: Adam(p, fused=True, differentiable=True), RuntimeError, "differentiable"),
        (lambda p: AdamW(p, fused=True, foreach=True), RuntimeError, "AdamW.*foreach"),
        (lambda p: Adadelta(p, rho=1.5), ValueError, "rho"),
        (lambda p: Adadelta(p, lr=-1.0), ValueError, "learning rate"),
        (lambda p: Adadelta(p, eps=-1.0), ValueError, "epsilon"),
        (lambda p: Adadelta(p, weight_decay=-1.0), ValueError, "weight_decay"),
    ],
)
def test_options_out_of_range_are_refused(make, error, text):
    with pytest.raises(error, match=text):
        make([leaf()])


@pytest.mark.parametrize(
    "cls, options",
    [
        (Adam, {"capturable": True}),
        (Adadelta, {"capturable": True}),
        (Adam, {"foreach": True, "differentiable": True}),
    ],
)
def test_flags_that_the_cpu_cannot_honour_are_refused_at_the_step(cls, options):
    w = leaf()
    opt = cls([w], **options)
    opt.step()  # nothing to update yet
    w.grad = lucet.ones(2)
    with pytest.raises(AssertionError):
        opt.step()


def test_adadelta_refuses_foreach_with_differentiable_at_any_step():
    with pytest.raises(AssertionError, match="foreach"):
        Adadelta([leaf()], foreach=True, differentiable=True).step()


def test_tensor_options_give_the_same_step_as_numbers():
    for cls, number in ((SGD, 0.25), (Adam, 0.25), (Adadelta, 0.25)):
        a, wa = stepped(cls, lr=number)
        b, wb = stepped(cls, lr=lucet.tensor(number))
        c, wc = stepped(cls, lr=lucet.tensor([number]))
        assert wa.tolist() == wb.tolist() == wc.tolist()
    a, wa = stepped(Adam, betas=(0.5, 0.75))
    b, wb = stepped(Adam, betas=(lucet.tensor(0.5), lucet.tensor(0.75)))
    assert wa.tolist() == pytest.approx(wb.tolist(), rel=1e-6)


def test_parameters_without_gradient_are_left_alone():
    a, b = leaf(), leaf()
    opt = Adam([a, b], lr=0.1)
    a.grad = lucet.ones(2)
    opt.step()
    assert b.tolist() == [0.0, 0.0] and b not in opt.state and a.tolist() != [0.0, 0.0]


def test_a_late_gradient_starts_its_own_momentum():
    a, b = leaf(), leaf()
    opt = SGD([a, b], lr=1.0, momentum=0.5)
    a.grad = lucet.ones(2)
    opt.step()
    b.grad = lucet.ones(2)
    opt.step()
    assert a.tolist() == [-2.5, -2.5] and b.tolist() == [-1.0, -1.0]


def test_zero_grad_drops_or_clears():
    w = leaf()
    opt = SGD([w])
    w.grad = lucet.ones(2)
    opt.zero_grad(set_to_none=False)
    assert w.grad.tolist() == [0.0, 0.0]
    opt.zero_grad()
    assert w.grad is None
    (w * w).sum().backward(create_graph=True)
    opt.zero_grad(set_to_none=False)
    assert w.grad.grad_fn is None and not w.grad.requires_grad


def test_closure_runs_with_gradients_on_and_its_value_is_returned():
    w = leaf()
    opt = SGD([w], lr=1.0)

    def closure():
        assert lucet.is_grad_enabled()
        opt.zero_grad()
        loss = ((w - 1) ** 2).sum()
        loss.backward()
        return loss

    with lucet.no_grad():
        assert opt.step(closure).item() == 2.0
        assert not lucet.is_grad_enabled()
    assert w.tolist() == [2.0, 2.0] and opt.step() is None


def test_state_layout():
    opt, _ = stepped(Adam, amsgrad=True)
    saved = opt.state_dict()
    assert list(saved) == ["state", "param_groups"]
    assert list(saved["state"][0]) == ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
    step = saved["state"][0]["step"]
    assert step.dtype == lucet.float32 and step.dim() == 0 and step.item() == 1.0
    assert saved["param_groups"][0]["params"] == [0]
    assert list(stepped(SGD, momentum=0.9)[0].state_dict()["state"][0]) == ["momentum_buffer"]
    assert stepped(SGD)[0].state_dict()["state"] == {}
    assert list(stepped(Adadelta)[0].state_dict()["state"][0]) == ["step", "square_avg", "acc_delta"]


def test_parameters_are_numbered_through_the_groups():
    opt = SGD([{"params": [("a", leaf()), ("b", leaf())]}, {"params": [("c", leaf())], "lr": 0.5}])
    groups = opt.state_dict()["param_groups"]
    assert [g["params"] for g in groups] == [[0, 1], [2]]
    assert [g["param_names"] for g in groups] == [["a", "b"], ["c"]]


def test_loading_casts_state_to_the_parameter_but_not_the_step():
    opt, _ = stepped(Adam)
    wide = lucet.zeros(2, dtype=lucet.float64, requires_grad=True)
    other = Adam([wide])
    other.load_state_dict(opt.state_dict())
    assert other.state[wide]["exp_avg"].dtype == lucet.float64
    assert other.state[wide]["step"].dtype == lucet.float32


def test_loading_keeps_foreign_state_and_repairs_number_steps():
    opt, w = stepped(Adam)
    saved = opt.state_dict()
    saved["state"]["extra"] = {"note": 1}
    saved["state"][0] = {**saved["state"][0], "step": 5}
    del saved["param_groups"][0]["amsgrad"]
    opt.load_state_dict(saved)
    assert opt.state["extra"] == {"note": 1}
    assert opt.state[w]["step"].item() == 5.0 and opt.state[w]["step"].dtype == lucet.float32
    assert opt.param_groups[0]["amsgrad"] is False
    adamw = AdamW([leaf()])
    adamw.load_state_dict(saved)
    assert adamw.param_groups[0]["decoupled_weight_decay"] is True


def test_loading_another_shape_of_groups_is_refused():
    saved = SGD([leaf()]).state_dict()
    with pytest.raises(ValueError, match="different number of parameter groups"):
        SGD([{"params": leaf()}, {"params": leaf()}]).load_state_dict(saved)
    with pytest.raises(ValueError, match="doesn't match the size"):
        SGD([leaf(), leaf()]).load_state_dict(saved)


def test_loading_does_not_change_what_was_given():
    opt = SGD([leaf()], lr=0.5)
    saved = opt.state_dict()
    twin = SGD([leaf()], lr=0.1)
    twin.load_state_dict(saved)
    twin.param_groups[0]["lr"] = 9.0
    assert saved["param_groups"][0]["lr"] == 0.5 and saved["param_groups"][0]["params"] == [0]


def test_names_survive_loading_and_are_replaced_by_saved_ones():
    named, other = SGD([("a", leaf())]), SGD([("b", leaf())])
    other.load_state_dict(named.state_dict())
    assert other.param_groups[0]["param_names"] == ["a"]
    plain = SGD([leaf()]).state_dict()
    other.load_state_dict(plain)
    assert other.param_groups[0]["param_names"] == ["a"]


def test_pickle_and_deepcopy_keep_state_groups_and_ties():
    opt, w = stepped(Adam, lr=0.1)
    opt.register_step_pre_hook(lambda *a: None)
    for twin in (copy.deepcopy(opt), pickle.loads(pickle.dumps(copy.deepcopy(opt)))):
        p = twin.param_groups[0]["params"][0]
        assert p is not w and p.tolist() == w.tolist()
        assert twin.state[p]["exp_avg"].tolist() == opt.state[w]["exp_avg"].tolist()
        assert repr(twin) == repr(opt)
        p.grad = lucet.ones(2)
        twin.step()


def test_state_goes_through_a_file(tmp_path):
    opt, w = stepped(Adam, lr=0.1, amsgrad=True)
    sched = lucet.optim.lr_scheduler.OneCycleLR(opt, 1.0, 10)
    lucet.save({"opt": opt.state_dict(), "sched": sched.state_dict()}, tmp_path / "run.pt")
    saved = lucet.load(tmp_path / "run.pt")
    assert saved["sched"] == sched.state_dict() and saved["opt"]["param_groups"] == opt.state_dict()["param_groups"]
    twin = Adam([lucet.zeros(2, requires_grad=True)])
    twin.load_state_dict(saved["opt"])
    (p,) = twin.param_groups[0]["params"]
    assert repr(twin) == repr(opt) and twin.state[p]["exp_avg"].tolist() == opt.state[w]["exp_avg"].tolist()


def test_step_hooks_run_in_order_and_may_change_arguments():
    w = leaf()
    opt = SGD([w])
    seen = []
    handles = [
        opt.register_step_pre_hook(lambda o, args, kwargs: seen.append(("pre", o is opt, len(args), dict(kwargs)))),
        opt.register_step_post_hook(lambda o, args, kwargs: seen.append(("post", len(args)))),
        optimizer.register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append("global pre")),
        optimizer.register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append("global post")),
    ]
    opt.step()
    assert seen == ["global pre", ("pre", True, 1, {}), ("post", 1), "global post"]
    for handle in handles:
        handle.remove()
        handle.remove()
    opt.step()
    assert len(seen) == 4
    with opt.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 7), {})):
        assert opt.step() == 7
    assert opt.step() is None
    opt.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match="expected None or a tuple"):
        opt.step()


def test_hooks_run_for_steps_of_user_classes():
    class Mine(Optimizer):
        def step(self, closure=None):
            return "mine"

    class Child(Mine):
        pass

    calls = []
    opt = Child([leaf()], {})
    opt.register_step_post_hook(lambda *a: calls.append(1))
    assert opt.step() == "mine" and calls == [1]
    with pytest.raises(NotImplementedError):
        Optimizer([leaf()], {}).step()


def test_state_dict_hooks():
    opt = SGD([leaf()], lr=0.5)
    order = []
    opt.register_state_dict_pre_hook(lambda o: order.append("second"))
    opt.register_state_dict_pre_hook(lambda o: order.append("first"), prepend=True)
    opt.register_state_dict_post_hook(lambda o, saved: {**saved, "a": 1})
    opt.register_state_dict_post_hook(lambda o, saved: saved.update(b=2))
    saved = opt.state_dict()
    assert order == ["first", "second"] and saved["a"] == 1 and saved["b"] == 2

    def halve(o, saved):
        groups = [{**g, "lr": g["lr"] / 2} for g in saved["param_groups"]]
        return {**saved, "param_groups": groups}

    opt.register_load_state_dict_pre_hook(halve)
    opt.register_load_state_dict_post_hook(lambda o: order.append("loaded"))
    opt.register_load_state_dict_post_hook(lambda o: order.append("early"), prepend=True)
    opt.load_state_dict(saved)
    assert opt.param_groups[0]["lr"] == 0.25 and saved["param_groups"][0]["lr"] == 0.5
    assert order[2:] == ["early", "loaded"]


def test_scaler_attributes_need_fused():
    for cls in (SGD, Adam):
        w = leaf()
        opt = cls([w], lr=1.0, fused=True)
        opt.grad_scale, opt.found_inf = lucet.tensor(4.0), lucet.tensor(1.0)
        w.grad = lucet.full((2,), 4.0)
        opt.step()
        assert w.tolist() == [0.0, 0.0]
        opt.found_inf = lucet.tensor(0.0)
        opt.step()
        assert w.tolist() == pytest.approx([-1.0, -1.0])
        plain = cls([w])
        plain.grad_scale = lucet.tensor(4.0)
        with pytest.raises(AssertionError, match="fused"):
            plain.step()


def test_fused_refuses_parameters_without_fractions():
    for cls in (SGD, Adam):
        w = lucet.ones(2, dtype=lucet.int64)
        opt = cls([w], fused=True)
        w.grad = lucet.ones(2, dtype=lucet.int64)
        with pytest.raises(RuntimeError, match="floating point"):
            opt.step()


def test_step_counters_follow_the_default_dtype():
    before = lucet.get_default_dtype()
    lucet.set_default_dtype(lucet.float64)
    try:
        opt, w = stepped(Adam)
        assert opt.state[w]["step"].dtype == lucet.float64
        opt, w = stepped(Adam, fused=True)
        assert opt.state[w]["step"].dtype == lucet.float32
    finally:
        lucet.set_default_dtype(before)


def test_nothing_warns_in_an_ordinary_loop():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opt, _ = stepped(Adam)
        opt.zero_grad()
        opt.load_state_dict(opt.state_dict())


@pytest.mark.parametrize("kind,op", [(SGD, "sgd_step"), (AdamW, "adam_step"), (Adadelta, "adadelta_step")])
def test_a_step_that_makes_nan_is_named_with_its_line(kind, op):
    p = lucet.ones(3, requires_grad=True)
    p.grad = lucet.zeros(3)
    chosen = kind([p], lr=float("inf"))
    with pytest.raises(lucet.errors.AnomalyError) as caught, lucet.debug.first_nonfinite():
        chosen.step()  # here
    problem = caught.value
    assert problem.op == op and problem.filename == __file__
    assert open(__file__).read().splitlines()[problem.lineno - 1].endswith("# here")
