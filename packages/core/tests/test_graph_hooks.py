"""Hooks on what the graph saves, on several gradients, and checkpoints: what they promise, by hand."""

import gc
import threading
import weakref

import pytest

import lucet
from lucet.autograd import graph
from lucet.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential


def leaf(*values):
    return lucet.tensor(values, dtype=lucet.float64, requires_grad=True)


def test_hooks_replace_what_backward_sees():
    x = leaf(3.0)
    with graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t * 10):
        y = x * x
    y.backward()
    assert x.grad.item() == 60.0  # 3 * 10 for each factor


def test_hooks_of_one_thread_leave_others_alone():
    seen, x = [], leaf(2.0)

    def other():
        (x * x).backward()

    with graph.saved_tensors_hooks(lambda t: seen.append(t) or t.detach(), lambda t: t):
        worker = threading.Thread(target=other)
        worker.start()
        worker.join()
    assert seen == [] and x.grad.item() == 4.0


def test_outputs_are_packed_without_their_history():
    seen, x = [], leaf(0.0)
    with graph.saved_tensors_hooks(lambda t: seen.append(t) or 1, lambda _: lucet.tensor([5.0], dtype=lucet.float64)):
        y = x.exp()
    assert [t.grad_fn for t in seen] == [None]
    y.backward()
    assert x.grad.item() == 5.0


def test_a_hook_that_fails_leaves_the_next_op_alone():
    x = leaf(2.0)
    with pytest.raises(ZeroDivisionError), graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t):
        x * x
    (x * x).backward()
    assert x.grad.item() == 4.0


def test_saved_values_are_kept_only_while_someone_wants_them():
    x = leaf(2.0)
    with graph.allow_mutation_on_saved_tensors() as context:
        y = x * 1
        z = y * y
        del z
        gc.collect()
        assert not any(context._kept[key] for key in context._kept)
        y.zero_()


def test_views_of_a_saved_tensor_may_be_changed_too():
    x = leaf(2.0, 3.0)
    with graph.allow_mutation_on_saved_tensors():
        y = x * 1
        z = (y * y).sum()
        y[0:1].detach().zero_()
        z.backward()
    assert x.grad.tolist() == [4.0, 6.0]


def test_multi_hooks_get_none_for_what_a_run_leaves_out():
    a, b, seen = leaf(1.0), leaf(2.0), []
    handle = graph.register_multi_grad_hook((a, b), seen.append)
    (a * 3).backward()
    assert [None if g is None else g.item() for g in seen[0]] == [3.0, None]
    handle.remove()
    (a * b).backward()
    assert len(seen) == 1


def test_a_checkpoint_keeps_no_intermediate_results():
    kept = []

    def function(x):
        y = x.exp()
        kept.append(weakref.ref(y))
        return y.sin() * 2

    x = leaf(0.5)
    y = checkpoint(function, x, use_reentrant=False)
    gc.collect()
    assert kept[0]() is None
    y.backward()
    assert len(kept) == 2


def test_a_checkpoint_runs_once_for_each_backward():
    runs, x = [], leaf(0.5, 1.0)
    y = checkpoint(lambda x: runs.append(1) or (x.exp() * x.sin()).exp(), x, use_reentrant=False)
    y.sum().backward(retain_graph=True)
    y.sum().backward()
    assert len(runs) == 3


def test_both_kinds_draw_the_same_numbers_again():
    for reentrant in (False, True):
        lucet.manual_seed(0)
        x = lucet.ones(100, requires_grad=True)
        y = checkpoint(lambda x: x * (lucet.rand(100) > 0.5), x, use_reentrant=reentrant)
        y.sum().backward()
        assert lucet.equal(x.grad, y.detach())


def test_a_function_that_changes_is_found():
    runs = []
    y = checkpoint(lambda x: runs.append(1) or (x.exp().sin() if len(runs) == 1 else x.exp()), leaf(1.0), use_reentrant=False)
    with pytest.raises(CheckpointError, match="A different number of tensors"):
        y.backward()


def test_debug_names_the_ops_of_both_runs():
    runs = []
    y = checkpoint(lambda x: runs.append(1) or (x.exp().sin() if len(runs) == 1 else x.cos()), leaf(1.0), use_reentrant=False, debug=True)
    with pytest.raises(CheckpointError, match=r"forward:\n  exp\n  sin\n.*recomputation:\n  cos"):
        y.backward()


def test_sequential_checkpoints_equal_the_plain_chain():
    steps = [lucet.exp, lucet.sin, lucet.cos, lucet.tanh]
    x, y = leaf(0.3), leaf(0.3)
    checkpoint_sequential(steps, 3, x, use_reentrant=False).backward()
    y.exp().sin().cos().tanh().backward()
    assert x.grad.item() == y.grad.item()


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_a_checkpoint_runs_again_under_the_same_autocast(use_reentrant):
    from lucet.utils.checkpoint import checkpoint

    seen = []

    def product(w):
        y = w @ w
        seen.append((y.dtype, lucet.is_autocast_enabled("cpu")))
        return y.exp()                  # saves something, or the second run would end before

    w = lucet.ones(2, 2, requires_grad=True)
    with lucet.autocast("cpu", dtype=lucet.bfloat16):
        y = checkpoint(product, w, use_reentrant=use_reentrant)
    y.sum().backward()
    assert seen == [(lucet.bfloat16, True)] * 2
    del seen[:]
    y = checkpoint(product, w, use_reentrant=use_reentrant)
    with lucet.autocast("cpu", dtype=lucet.bfloat16):
        y.sum().backward()
    assert seen == [(lucet.float32, False)] * 2


def test_the_edges_of_a_linear_layer():
    x, w, b = (lucet.ones(2, 2, requires_grad=True) for _ in range(3))
    node = lucet._ops.linear(x * 2, w, b[0]).grad_fn
    assert [type(n).__name__ for n, _ in node.next_functions] == ["SelectBackward0", "MulBackward0", "AccumulateGrad"]
    node = lucet._ops.linear(x * 2, w).grad_fn
    assert [type(n).__name__ for n, _ in node.next_functions] == ["MulBackward0", "AccumulateGrad"]
