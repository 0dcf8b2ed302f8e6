"""Hooks: forward, backward, on one module and on all, their order, results and removal."""

import copy
import pickle
from collections import OrderedDict

import pytest

import lucet
from lucet import nn
from lucet.nn.modules import module as room


def noting(log, name):
    return lambda *args: log.append(name)


def test_forward_hooks_run_in_order_and_prepended_ones_first():
    log, module = [], nn.Identity()
    for name in ("one", "two"):
        module.register_forward_pre_hook(noting(log, f"pre {name}"))
        module.register_forward_hook(noting(log, name))
    module.register_forward_pre_hook(noting(log, "pre first"), prepend=True)
    module.register_forward_hook(noting(log, "first"), prepend=True)
    module(0)
    assert log == ["pre first", "pre one", "pre two", "first", "one", "two"]


def test_pre_hooks_replace_arguments():
    module = nn.Identity()
    module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    module.register_forward_pre_hook(lambda m, args: (args[0] * 10,))
    module.register_forward_pre_hook(lambda m, args: None)
    assert module(1) == 20


def test_hooks_with_kwargs_see_and_replace_them():
    class Adds(nn.Module):
        def forward(self, x, *, extra=0):
            return x + extra

    seen, module = [], Adds()
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, {"extra": 5}), with_kwargs=True)
    module.register_forward_hook(lambda m, args, kwargs, out: seen.append((args, kwargs, out)), with_kwargs=True)
    assert module(1, extra=2) == 6
    assert seen == [((1,), {"extra": 5}, 6)]


def test_pre_hook_with_kwargs_must_return_a_pair():
    module = nn.Identity()
    module.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match="forward pre-hook must return None or a tuple of .new_args, new_kwargs."):
        module(1)


def test_forward_hooks_replace_the_output():
    module = nn.Identity()
    module.register_forward_hook(lambda m, args, out: out + 1)
    module.register_forward_hook(lambda m, args, out: None)
    module.register_forward_hook(lambda m, args, out: out * 10)
    assert module(1) == 20


def test_handles_remove_once_and_at_the_end_of_with():
    module = nn.Identity()
    handle = module.register_forward_hook(lambda m, args, out: 7, with_kwargs=False, always_call=True)
    assert module(1) == 7
    handle.remove()
    handle.remove()
    assert module(1) == 1 and not module._forward_hooks_always_called
    with module.register_forward_hook(lambda m, args, out: 8):
        assert module(1) == 8
    assert module(1) == 1


def test_handles_pickle():
    handle = nn.Identity().register_forward_hook(print)
    assert pickle.loads(pickle.dumps(handle)).id == handle.id


def test_hooks_written_into_the_dicts_are_called():
    module = nn.Identity()
    module._forward_hooks[100] = lambda m, args, out: 5
    assert module(1) == 5
    module._forward_hooks = OrderedDict()
    assert module(1) == 1
    module._forward_pre_hooks = OrderedDict({1: lambda m, args: (6,)})
    assert module(1) == 6
    module._forward_pre_hooks.clear()
    assert module(1) == 1
    module._forward_pre_hooks.update({2: lambda m, args: (9,)})
    assert module(1) == 9


def test_always_called_hooks_run_after_errors_and_cannot_hide_them():
    log = []

    class Fails(nn.Module):
        def forward(self, x):
            raise KeyError("forward")

    def bad(m, args, out):
        raise ValueError("hook")

    module = Fails()
    module.register_forward_hook(noting(log, "not called"))
    module.register_forward_hook(lambda m, args, out: log.append(out), always_call=True)
    module.register_forward_hook(bad, always_call=True)
    with pytest.warns(UserWarning, match="silenced as another error was raised in forward: hook"):
        with pytest.raises(KeyError, match="forward"):
            module(1)
    assert log == [None]


def test_always_called_hooks_are_not_called_twice():
    log, module = [], nn.Identity()
    module.register_forward_hook(noting(log, "one"), always_call=True)
    module.register_forward_hook(lambda m, args, out: 1 / 0)
    module.register_forward_hook(noting(log, "two"), always_call=True)
    with pytest.raises(ZeroDivisionError):
        module(1)
    assert log == ["one", "two"]


def leaf():
    return lucet.ones(2, requires_grad=True)


def test_full_backward_hook_sees_both_gradients_and_replaces_one():
    seen, x, module = [], leaf(), nn.LeakyReLU(0.5)

    def hook(m, grad_input, grad_output):
        seen.append((m, grad_input[0].tolist(), grad_output[0].tolist()))
        return (grad_input[0] * 4,)

    module.register_full_backward_hook(hook)
    (module(-x) * 3).sum().backward()
    assert seen == [(module, [1.5, 1.5], [3.0, 3.0])]
    assert x.grad.tolist() == [-6.0, -6.0]


def test_full_backward_pre_hook_replaces_the_output_gradient():
    x, module = leaf(), nn.Identity()
    module.register_full_backward_pre_hook(lambda m, grad_output: (grad_output[0] * 5,))
    module(x).sum().backward()
    assert x.grad.tolist() == [5.0, 5.0]


def test_backward_hooks_keep_their_order():
    log, module = [], nn.ReLU()
    module.register_full_backward_hook(noting(log, "one"))
    module.register_full_backward_hook(noting(log, "two"))
    module.register_full_backward_hook(noting(log, "first"), prepend=True)
    module.register_full_backward_pre_hook(noting(log, "pre"))
    module.register_full_backward_pre_hook(noting(log, "pre first"), prepend=True)
    module(leaf()).sum().backward()
    assert log == ["pre first", "pre", "first", "one", "two"]


class Two(nn.Module):
    def forward(self, a, b):
        return a * 2, b * 3 if isinstance(b, lucet.Tensor) else b


def test_positions_without_gradients():
    seen, module = [], Two()
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    module(leaf(), lucet.ones(2))[0].sum().backward()
    (gi, go) = seen[0]
    assert (gi[0].tolist(), gi[1].tolist(), go[0].tolist(), go[1]) == ([2.0, 2.0], [0.0, 0.0], [1.0, 1.0], None)
    module(leaf(), "text")[0].sum().backward()
    assert seen[1][0][1] is None and seen[1][1][1] is None


def test_without_input_gradients_the_hook_is_called_at_the_output():
    seen, layer = [], nn.Linear(2, 1)
    layer.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go[0].tolist())))
    with pytest.warns(UserWarning, match="no inputs require gradients"):
        layer(lucet.ones(1, 2)).sum().backward()
    assert seen == [((None,), [[1.0]])]
    assert layer.weight.grad.tolist() == [[1.0, 1.0]]


@pytest.mark.filterwarnings("ignore:full backward hook")
def test_wrong_answers_of_backward_hooks_are_told():
    def run(register, answer, x):
        layer = nn.Linear(2, 2)
        getattr(layer, register)(answer)
        layer(x).sum().backward()

    x = lucet.ones(1, 2, requires_grad=True)
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
        run("register_full_backward_hook", lambda m, gi, go: (gi[0], gi[0]), x)
    with pytest.raises(RuntimeError, match="invalid number of grad_output, got 2, but expected 1"):
        run("register_full_backward_pre_hook", lambda m, go: (go[0], go[0]), x)
    with pytest.raises(RuntimeError, match="should always return None or None for all gradients"):
        run("register_full_backward_hook", lambda m, gi, go: (go[0],), lucet.ones(1, 2))


def test_hooks_do_nothing_where_no_gradient_is_wanted():
    log, module = [], nn.ReLU()
    module.register_full_backward_hook(noting(log, "called"))
    assert not module(lucet.ones(2)).requires_grad
    with lucet.no_grad():
        assert not module(leaf()).requires_grad
    assert log == []


def test_outputs_that_are_no_tensors_warn():
    module = nn.Identity()
    module.register_full_backward_hook(noting([], ""))
    with pytest.warns(UserWarning, match="module output should be a Tensor or a tuple of Tensors"):
        module({"a": leaf()})


def test_second_derivatives_pass_through_hooks():
    class Cube(nn.Module):
        def forward(self, x):
            return x**3

    module, x = Cube(), lucet.tensor([2.0], requires_grad=True)
    module.register_full_backward_hook(lambda m, gi, go: None)
    (first,) = lucet.autograd.grad(module(x).sum(), x, create_graph=True)
    (second,) = lucet.autograd.grad(first.sum(), x)
    assert (first.item(), second.item()) == (12.0, 12.0)


def test_older_and_full_backward_hooks_do_not_mix():
    for one, other in (
        ("register_backward_hook", "register_full_backward_hook"),
        ("register_full_backward_hook", "register_backward_hook"),
    ):
        module = nn.ReLU()
        getattr(module, one)(noting([], ""))
        with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
            getattr(module, other)(noting([], ""))


def test_older_backward_hook_sees_the_operation_of_the_output():
    seen, module = [], nn.Tanh()
    module.register_backward_hook(lambda m, gi, go: seen.append((m, gi[0].tolist(), go[0].tolist())))
    module(lucet.zeros(2, requires_grad=True)).sum().backward()
    assert seen == [(module, [1.0, 1.0], [1.0, 1.0])]


def test_older_backward_hook_warns_where_it_misses_something():
    class Steps(nn.Module):
        def forward(self, x):
            return (x * 2).exp()

    module = Steps()
    module.register_backward_hook(noting([], ""))
    with pytest.warns(FutureWarning, match="contains multiple autograd Nodes"):
        module(leaf())


def test_hooks_on_all_modules_come_before_their_own():
    log = []
    net = nn.Sequential(nn.ReLU())
    net[0].register_forward_hook(noting(log, "own"))
    net[0].register_forward_pre_hook(noting(log, "own pre"))
    handles = [
        room.register_module_forward_pre_hook(lambda m, args: log.append(f"pre {type(m).__name__}")),
        room.register_module_forward_hook(lambda m, args, out: log.append(type(m).__name__)),
    ]
    net(leaf())
    for handle in handles:
        handle.remove()
    expected = ["pre Sequential", "pre ReLU", "own pre", "ReLU", "own", "Sequential"]
    assert log == expected
    net(leaf())
    assert log == [*expected, "own pre", "own"]


def test_global_forward_hooks_take_kwargs_and_are_always_called():
    seen = []

    class Fails(nn.Module):
        def forward(self, x, y=0):
            raise KeyError

    with room.register_module_forward_hook(lambda *args: seen.append(args[1:]), with_kwargs=True, always_call=True):
        with pytest.raises(KeyError):
            Fails()(1, y=2)
    assert seen == [((1,), {"y": 2}, None)]


def test_global_backward_hooks():
    log = []
    with (
        room.register_module_full_backward_hook(lambda m, gi, go: log.append(type(m).__name__)),
        room.register_module_full_backward_pre_hook(lambda m, go: log.append(f"pre {type(m).__name__}")),
    ):
        nn.Sequential(nn.ReLU(), nn.Tanh())(leaf()).sum().backward()
        with pytest.raises(RuntimeError, match="Cannot use both regular backward hooks and full backward hooks"):
            room.register_module_backward_hook(noting(log, ""))
    assert log == ["pre Sequential", "pre Tanh", "Tanh", "pre ReLU", "ReLU", "Sequential"]
    with room.register_module_backward_hook(lambda m, gi, go: log.append("older")):
        nn.ReLU()(leaf()).sum().backward()
    assert log[-1] == "older"


def test_registration_hooks_see_and_replace():
    log, half = [], nn.Parameter(lucet.zeros(2, 2))
    with (
        room.register_module_parameter_registration_hook(lambda m, n, p: log.append(n)),
        room.register_module_buffer_registration_hook(lambda m, n, b: log.append(n)),
        room.register_module_module_registration_hook(lambda m, n, c: log.append(n)),
    ):
        module = nn.Sequential(nn.BatchNorm1d(1))
        module.other = nn.ReLU()
    assert log == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked", "0", "other"]
    with room.register_module_parameter_registration_hook(lambda m, n, p: half):
        assert nn.Linear(2, 2, bias=False)._parameters["weight"] is half


def test_deep_copied_hooks_act_on_the_copy():
    seen, module = [], nn.Identity()
    module.register_forward_hook(lambda m, args, out: seen.append(m))
    twin = copy.deepcopy(module)
    twin(1)
    assert seen == [twin]


def test_one_class_of_handles_and_one_row_of_numbers():
    from lucet.utils.hooks import RemovableHandle

    parameter = nn.Parameter(lucet.ones(1))
    handles = [
        nn.Identity().register_forward_hook(print),
        parameter.register_hook(print),
        (parameter * 2).grad_fn.register_hook(print),
    ]
    assert {type(handle) for handle in handles} == {RemovableHandle}
    assert [handle.id for handle in handles] == list(range(handles[0].id, handles[0].id + 3))
    assert RemovableHandle.__module__ == "lucet.utils.hooks"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))])
def test_a_handle_that_a_module_keeps_takes_out_the_hooks_of_its_copy(copied):
    module = nn.LazyLinear(4)
    twin = copied(module)
    for _ in range(2):
        assert twin(lucet.zeros(2, 5)).shape == (2, 4)
    assert type(twin) is nn.Linear and not twin._forward_pre_hooks and not twin._load_state_dict_pre_hooks
    assert type(module) is nn.LazyLinear and module(lucet.zeros(2, 3)).shape == (2, 4) and not module._forward_pre_hooks
