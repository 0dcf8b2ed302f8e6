"""The graph: recording, backward, hooks, history of writes, and how graphs of any size and shape are walked and released.

What torch does too is in engine_cases.py, compared here with values recorded from torch; below is what lucet promises besides.
"""

import contextlib
import gc
import json
import math
import threading
import warnings
import weakref
from pathlib import Path

import pytest
from engine_cases import CASES, leaf, v

import lucet
from lucet import _ops
from lucet._errors import AnomalyError, ShapeError, VersionError

GOLDENS = json.loads((Path(__file__).parent / "goldens" / "engine.json").read_text())
MILLION = 1_000_000


def plain(value):
    """As JSON gives it back, NaN as text and floats to nine digits."""
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return "nan" if math.isnan(value) else float(f"{value:.9g}")
    return value


@pytest.mark.parametrize("name", CASES)
def test_behaves_as_recorded_from_torch(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert plain(CASES[name](lucet)) == GOLDENS[name]


# --- graphs of any size ---------------------------------------------------------------------------------------------


def chain(x, n):
    y = x
    for _ in range(n):
        y = y + 1
    return y


def in_small_thread(function):
    """Run in a thread with a stack of 256 kB; what it raises is raised here."""
    before = threading.stack_size(256 * 1024)
    found = []

    def run():
        try:
            found.append(function())
        except BaseException as e:
            found.append(e)

    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def test_a_million_ops_run_backward_and_are_freed():
    x = lucet.zeros(1, requires_grad=True)
    y = chain(x, MILLION)
    assert y.item() == MILLION
    y.backward()
    assert x.grad.item() == 1
    del y


def test_a_million_ops_are_freed_without_backward():
    x = lucet.zeros(1, requires_grad=True)
    gone = weakref.ref(chain(x, MILLION).grad_fn)
    assert gone() is None


def test_a_million_saved_tensors_are_freed():
    x = lucet.ones(1, requires_grad=True)
    y = x
    for _ in range(300_000):
        y = y * x
    y.backward()
    assert x.grad.item() == 300_001


def test_a_long_chain_in_a_thread_with_a_small_stack():
    def run():
        x = lucet.zeros(1, requires_grad=True)
        y = chain(x, 200_000)
        y.backward()
        del y
        z = chain(x, 200_000)
        del z
        return x.grad.item()

    assert in_small_thread(run) == 1


def test_a_chain_built_here_dies_in_a_small_thread():
    x = lucet.zeros(1, requires_grad=True)
    held = [chain(x, 200_000)]
    in_small_thread(held.clear)
    assert not held


def test_twenty_thousand_branches():
    x = lucet.ones(1, requires_grad=True)
    total = lucet.zeros(1)
    for k in range(20_000):
        total = total + x * (k % 3)
    total.backward()
    assert x.grad.item() == sum(k % 3 for k in range(20_000))


def test_twenty_thousand_branches_joined_by_one_function():
    class Sum(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, *xs):
            ctx.n = len(xs)
            return lucet.tensor(float(sum(x.item() for x in xs)))

        @staticmethod
        def backward(ctx, g):
            return (g.reshape(1),) * ctx.n

    x = lucet.ones(1, requires_grad=True)
    Sum.apply(*[x * 1 for _ in range(20_000)]).backward()
    assert x.grad.item() == 20_000


def test_a_deep_chain_of_views_and_writes():
    x = lucet.ones(4, dtype=lucet.float64, requires_grad=True)
    base = x * 1
    for k in range(2000):
        base[k % 4 :].add_(base[: 4 - k % 4].clone() * 0.001)
    base.sum().backward()
    assert all(math.isfinite(g) and g > 1 for g in x.grad.tolist())


def test_create_graph_on_a_long_chain():
    x = lucet.full((1,), 1.0, dtype=lucet.float64, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y * 1.0001 + x * 0
    (g,) = lucet.autograd.grad((y * y).sum(), x, create_graph=True)
    (h,) = lucet.autograd.grad(g, x)
    assert h.item() == pytest.approx(2 * 1.0001**10000, rel=1e-9)


# --- several runs at once -------------------------------------------------------------------------------------------


def test_two_threads_walk_graphs_that_share_a_part():
    x = lucet.ones(3, dtype=lucet.float64, requires_grad=True)
    shared = x
    for _ in range(200):
        shared = shared * 1.0 + 0.0
    heads = [(shared * k).sum() for k in (1, 2)]
    found = [None, None]

    def run(k):
        for _ in range(30):
            (found[k],) = lucet.autograd.grad(heads[k], x, retain_graph=True)

    threads = [threading.Thread(target=run, args=(k,)) for k in (0, 1)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert [g.tolist() for g in found] == [[1.0] * 3, [2.0] * 3]


def test_threads_accumulate_into_one_leaf():
    x = lucet.zeros(2, requires_grad=True)

    def run():
        for _ in range(200):
            (x * 1).sum().backward()

    threads = [threading.Thread(target=run) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert x.grad.tolist() == [800.0, 800.0]


def test_recording_is_a_matter_of_each_thread():
    seen = []
    with lucet.no_grad():
        thread = threading.Thread(target=lambda: seen.append(lucet.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_runs_nested_in_hooks_ten_deep():
    x = leaf(lucet, 2)
    depth = []

    def hook(g):
        if len(depth) < 10:
            depth.append(1)
            with lucet.enable_grad():
                y = x * len(depth)
            y.register_hook(hook)
            y.backward()

    y = x * 100
    y.register_hook(hook)
    y.backward()
    assert x.grad.item() == 100 + sum(range(1, 11))


# --- memory ---------------------------------------------------------------------------------------------------------


def live_after(function):
    """Bytes that a function leaves alive, without help from the cycle collector."""
    function()
    gc.collect()
    gc.disable()
    try:
        before = lucet.memory_stats()["live_bytes"]
        for _ in range(5):
            function()
        return lucet.memory_stats()["live_bytes"] - before
    finally:
        gc.enable()


def test_materialized_gradients_require_grad_only_where_a_graph_is_made():
    x, z = lucet.ones(2, requires_grad=True), lucet.ones(2, requires_grad=True)
    for create_graph in (False, True):
        found = lucet.autograd.grad((x * x).sum(), (x, z), create_graph=create_graph, materialize_grads=True)
        assert [g.requires_grad for g in found] == [create_graph] * 2
        assert found[1].tolist() == [0, 0]


def test_graphs_die_without_the_cycle_collector():
    x = lucet.rand(1000, requires_grad=True)

    def run():
        y = x.exp()  # saves its own output
        z = (y * y.tanh()).sum()
        (g,) = lucet.autograd.grad(z, x, create_graph=True)
        g.sum().backward()
        x.grad = None

    assert live_after(run) == 0


def test_views_and_writes_die_without_the_cycle_collector():
    x = lucet.rand(1000, requires_grad=True)

    def run():
        y = x * 1
        y[10:20].mul_(2)
        y[::2].add_(1)
        y.sum().backward()
        x.grad = None

    assert live_after(run) == 0


def test_functions_die_without_the_cycle_collector():
    class Exp(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            y = a.exp()
            ctx.save_for_backward(a, y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[1]

    x = lucet.rand(1000, requires_grad=True)

    def run():
        Exp.apply(x).sum().backward()
        Exp.apply(x)
        x.grad = None

    assert live_after(run) == 0


def test_cycles_through_hooks_are_collected():
    class Payload:
        pass

    def make(kind):
        x = lucet.ones(3, requires_grad=True)
        y = x * 2
        payload = Payload()
        gone = weakref.ref(payload)
        if kind == "leaf":
            x.register_hook(lambda g: (payload, x))
        elif kind == "tensor":
            y.register_hook(lambda g: (payload, y))
        elif kind == "node":
            y.grad_fn.register_hook(lambda i, o: (payload, y))
        elif kind == "post accumulate":
            x.register_post_accumulate_grad_hook(lambda p: (payload, x))
        elif kind == "attribute":
            y.payload, y.me = payload, y
        elif kind == "grad":
            payload.x = x
            x.grad = lucet.ones(3)
            x.grad.payload = payload
        return gone

    for kind in ("leaf", "tensor", "node", "post accumulate", "attribute", "grad"):
        gone = make(kind)
        gc.collect()
        assert gone() is None, kind


def test_backward_frees_what_was_saved():
    x = lucet.rand(1000, requires_grad=True)
    y = x * 1
    before = lucet.memory_stats()["live_bytes"]
    z = y.exp().exp().exp().sum()
    assert lucet.memory_stats()["live_bytes"] >= before + 3 * 4000
    z.backward()
    x.grad = None
    assert lucet.memory_stats()["live_bytes"] <= before + 4096


def test_saved_inputs_are_not_copied():
    x = lucet.rand(100_000, requires_grad=True)
    before = lucet.memory_stats()["live_bytes"]
    y = x * 2  # noqa: F841
    assert lucet.memory_stats()["live_bytes"] - before < 500_000


# --- accumulation ---------------------------------------------------------------------------------------------------


def test_grad_is_never_memory_that_the_user_holds_through_views_either():
    for make in (lambda x: x.view(2), lambda x: x.reshape(2, 1).squeeze(1), lambda x: x.expand(2), lambda x: x[:]):
        x = leaf(lucet, 1, 2)
        g = lucet.ones(2, dtype=lucet.float64)
        make(x).backward(g)
        g.add_(100)
        assert v(x.grad) == [1.0, 1.0]


def test_a_gradient_made_for_one_leaf_is_handed_over_not_copied():
    x = lucet.rand(100_000, requires_grad=True)
    y = (x * 2).sum()
    before = lucet.memory_stats()["allocations"]
    y.backward()
    assert x.grad.untyped_storage().nbytes() == 400_000
    assert lucet.memory_stats()["allocations"] - before <= 4


def test_start_gradient_may_be_wider_than_the_output():
    x = leaf(lucet, 1, 2)
    with pytest.raises(RuntimeError, match="shape"):
        (x * 2).backward(lucet.ones(3, 2, dtype=lucet.float64))


# --- errors ---------------------------------------------------------------------------------------------------------


def test_a_version_error_names_the_op_and_the_shape():
    x = leaf(lucet, 1, 2)
    y = x * 2
    z = y * y
    y.add_(1)
    with pytest.raises(VersionError) as caught:
        z.sum().backward()
    text = str(caught.value)
    assert text.splitlines()[0] == "backward of MulBackward0: its saved input was changed in place afterwards"
    assert "modified by an inplace operation" in text
    assert "(2,) float64 is at version 1; expected version 0" in text
    assert "last changed by add_" in text
    assert "fix" in text


def spoil_by_writing(y):
    y[0] = 1


def spoil_through_a_view(y):
    y.view(2).mul_(2)


def spoil_by_filling(y):
    y.detach().fill_(0)


def spoil_by_out(y):
    lucet.exp(lucet.ones(2, dtype=lucet.float64), out=y.detach())


def spoil_by_random_numbers(y):
    y.detach().uniform_()


@pytest.mark.parametrize(
    "spoil, op",
    [
        (spoil_by_writing, "__setitem__"),
        (spoil_through_a_view, "mul_"),
        (spoil_by_filling, "fill_"),
        (spoil_by_out, "exp"),
        (spoil_by_random_numbers, "uniform_"),
    ],
)
def test_a_version_error_names_the_change_and_in_anomaly_mode_its_line(spoil, op):
    for mode in (contextlib.nullcontext(), lucet.autograd.set_detect_anomaly(True)):
        with mode, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            y = leaf(lucet, 1, 2) * 2
            z = y * y
            spoil(y)
            with pytest.raises(VersionError) as caught:
                z.sum().backward()
        facts = [line.strip().partition(", called at")[0] for line in str(caught.value).splitlines()]
        assert f"last changed by {op}" in facts
    assert f"in {spoil.__name__}: " in str(caught.value)


def test_a_wrong_shape_of_a_gradient_names_the_op():
    class Wrong(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 1

        @staticmethod
        def backward(ctx, g):
            return lucet.ones(7, dtype=lucet.float64)

    x = leaf(lucet, 1, 2)
    with pytest.raises(ShapeError, match="gradient of shape"):
        Wrong.apply(x * 2).sum().backward()


def test_an_error_leaves_graph_and_mode_as_they_were():
    x = leaf(lucet, 1, 2)
    y = x * x
    handle = y.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        y.sum().backward()
    assert lucet.is_grad_enabled()
    handle.remove()
    y.sum().backward()
    assert v(x.grad) == [2.0, 4.0]


@pytest.fixture
def anomaly():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = lucet.autograd.detect_anomaly()
    with context:
        yield


def test_anomaly_mode_names_op_and_line(anomaly):
    x = leaf(lucet, -1)
    y = x.sqrt()  # the line that is named
    with pytest.warns(UserWarning, match="Error detected in SqrtBackward0. Traceback of forward call that caused the error:") as warned:
        with pytest.raises(AnomalyError) as caught:
            y.sum().backward()
    assert caught.value.headline == "Function 'SqrtBackward0' returned nan values in its 0th output."
    (fact,) = caught.value.facts
    assert fact.startswith(f"called at {__file__}:")
    assert fact.endswith("in test_anomaly_mode_names_op_and_line: y = x.sqrt()  # the line that is named")
    assert caught.value.at is None
    assert str(warned[0].message).endswith("    y = x.sqrt()  # the line that is named\n")
    assert warned[0].filename == __file__


def test_anomaly_mode_adds_the_place_to_errors_of_gradient_rules(anomaly):
    x = leaf(lucet, 1, 2)
    y = x * 2
    z = y.exp()
    z.add_(1)
    with pytest.warns(UserWarning, match="Error detected in ExpBackward0"), pytest.raises(VersionError) as caught:
        z.sum().backward()
    assert "z = y.exp()" in str(caught.value)


def test_anomaly_mode_explains_errors_of_functions_and_hooks(anomaly):
    class Bad(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            raise KeyError("own")

    x = leaf(lucet, 1)
    with pytest.warns(UserWarning, match="Error detected in BadBackward") as warned, pytest.raises(KeyError, match="own"):
        Bad.apply(x).sum().backward()
    assert "Bad.apply(x)" in str(warned[0].message)
    y = x.exp()
    y.register_hook(lambda g: g / 0 * 0)
    with pytest.warns(UserWarning, match="ExpBackward0"), pytest.raises(AnomalyError):
        y.sum().backward()


def test_anomaly_mode_only_in_backward_has_no_forward_line():
    y = leaf(lucet, -1).sqrt()
    with pytest.warns(UserWarning, match="Anomaly Detection"), lucet.autograd.detect_anomaly():
        with pytest.warns(UserWarning, match="SqrtBackward0. No forward pass information available"), pytest.raises(AnomalyError):
            y.sum().backward()


def test_anomaly_mode_only_in_forward_checks_nothing(anomaly):
    x = leaf(lucet, -1)
    y = x.sqrt()
    with lucet.autograd.set_detect_anomaly(False):
        y.sum().backward()
    assert lucet.is_anomaly_enabled()
    assert math.isnan(x.grad.item())


def test_anomaly_mode_tells_which_gradient_a_node_came_from(anomaly):
    x = leaf(lucet, 0)
    y = (x * x).sum()  # the outer line
    (g,) = lucet.autograd.grad(y, x, create_graph=True)
    node = g.grad_fn
    from lucet import _engine

    assert _engine.trace_of(node).parent.name() == "MulBackward0"
    node.register_prehook(lambda grads: 1 / 0)
    with pytest.warns(UserWarning) as warned, pytest.raises(ZeroDivisionError):
        g.sum().backward()
    assert len(warned) == 2
    assert "induced the previous calculation" in str(warned[1].message)
    assert "# the outer line" in str(warned[1].message)


def test_anomaly_mode_holds_in_every_thread(anomaly):
    found = []

    def work():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                leaf(lucet, -1).sqrt().sum().backward()
            except RuntimeError as problem:
                found.append(str(problem))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert "in work: leaf(lucet, -1).sqrt()" in found[0]


def test_anomaly_mode_nests():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outer, inner = lucet.autograd.detect_anomaly(check_nan=False), lucet.autograd.set_detect_anomaly(False)
        with outer:
            with inner:
                assert lucet.is_anomaly_enabled()  # it switched off when made; `outer` was entered after
            assert not lucet.is_anomaly_enabled()
        assert not lucet.is_anomaly_enabled()
    with lucet.autograd.set_detect_anomaly(True, check_nan=False):
        assert not lucet.is_anomaly_check_nan_enabled()
        with lucet.autograd.set_detect_anomaly(True):
            assert lucet.is_anomaly_check_nan_enabled()
        assert not lucet.is_anomaly_check_nan_enabled()
    assert not lucet.is_anomaly_enabled()


def test_anomaly_mode_warns_and_ends():
    from lucet.autograd.anomaly_mode import is_anomaly_enabled

    with pytest.warns(UserWarning, match="Anomaly"):
        context = lucet.autograd.detect_anomaly()
    with context:
        assert is_anomaly_enabled()
    assert not is_anomaly_enabled()


def test_nodes_cannot_be_made():
    node = leaf(lucet, 1).exp().grad_fn
    with pytest.raises(TypeError):
        type(node)()
    with pytest.raises(AttributeError):
        node.no_such_thing


def test_saved_tensors_can_be_looked_at():
    x = leaf(lucet, 1, 2)
    y = x * x
    assert any(t is x for t in y.grad_fn.saved_tensors)
    y.sum().backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.sum().backward()


def test_gradient_edges_stand_for_tensors():
    x = leaf(lucet, 2)
    y = x * 3
    edge = lucet.autograd.graph.get_gradient_edge(y)
    assert edge.node is y.grad_fn
    assert edge.output_nr == 0
    with pytest.raises(RuntimeError):
        lucet.autograd.graph.get_gradient_edge(lucet.ones(1))


def test_increment_version_spoils_saved_uses():
    x = leaf(lucet, 2)
    y = x * 1
    z = y * y
    lucet.autograd.graph.increment_version(y)
    with pytest.raises(VersionError):
        z.backward()


def test_views_of_a_base_read_after_many_writes_are_right():
    x = leaf(lucet, *range(1, 13))
    base = x * 1
    views = [base.view(3, 4), base.view(4, 3).t(), base.view(2, 6)[1], base[3:9]]
    views[0][1].mul_(3)
    views[1][0].add_(views[2][:4].clone())
    views[3].neg_()
    total = sum((view * (k + 1)).sum() for k, view in enumerate(views))
    (g,) = lucet.autograd.grad(total, x)

    def loss(values):
        import numpy as np

        b = np.array(values, dtype=float)
        b.reshape(3, 4)[1] *= 3
        b.reshape(4, 3).T[0] += b.reshape(2, 6)[1][:4].copy()
        b[3:9] *= -1
        parts = [b, b, b.reshape(2, 6)[1], b[3:9]]
        return sum((part * (k + 1)).sum() for k, part in enumerate(parts))

    at = list(range(1, 13))
    for k in range(12):
        up, down = at.copy(), at.copy()
        up[k] += 0.5
        down[k] -= 0.5
        assert g[k].item() == pytest.approx(loss(up) - loss(down), abs=1e-9)


# --- a run that wants some gradients only ---------------------------------------------------------------------------------


def asked(inputs):
    """Which inputs of `a * b` the rule of a product computes a gradient for, when only `inputs` are wanted."""
    a, b = leaf(lucet, 1, 2), leaf(lucet, 3, 4)
    y = a * 1 * (b * 1)
    seen = []
    y.grad_fn.register_hook(lambda grads, _: seen.append([g is not None for g in grads]))
    found = lucet.autograd.grad(y.sum(), [{"a": a, "b": b}[name] for name in inputs])
    assert [g.tolist() for g in found] == [{"a": [3, 4], "b": [1, 2]}[name] for name in inputs]
    return seen[0]


@pytest.mark.parametrize("inputs, computed", [("a", [True, False]), ("b", [False, True]), ("ba", [True, True])])
def test_rules_compute_what_was_asked_for_and_no_more(inputs, computed):
    assert asked(inputs) == computed


def test_a_run_inside_a_rule_that_wants_less_is_not_cut_short():
    class Inner(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 1

        @staticmethod
        def backward(ctx, g):
            with lucet.enable_grad():
                p, q = leaf(lucet, 2, 3), leaf(lucet, 5, 7)
                (p * q).sum().backward()
            assert (p.grad.tolist(), q.grad.tolist()) == ([5, 7], [2, 3])
            return g

    a, b = leaf(lucet, 1, 2), leaf(lucet, 3, 4)
    assert lucet.autograd.grad((Inner.apply(a) * b).sum(), a)[0].tolist() == [3, 4]


def test_what_a_selective_run_records_can_be_differentiated_in_every_input():
    a, b = leaf(lucet, 1, 2), leaf(lucet, 3, 4)
    (g,) = lucet.autograd.grad((a * a * b).sum(), a, create_graph=True)
    g.sum().backward()
    assert a.grad.tolist() == [6, 8]
    assert b.grad.tolist() == [2, 4]


# --- gradients that do not change with the inputs ---------------------------------------------------------------------

IMAGE = [[[[1.0, -2.0, 3.0], [0.5, 4.0, -1.0], [2.5, -3.0, 0.25]]]]
LINEAR_PIECES = {
    "leaky_relu": lambda x: _ops.leaky_relu(x, 0.1),
    "hardtanh": lambda x: _ops.hardtanh(x),
    "relu6": lambda x: _ops.relu6(x),
    "relu, in place": lambda x: (x * 1).relu_(),
    "max_pool2d": lambda x: _ops.max_pool2d(x, 2),
    "max_pool2d, positions": lambda x: _ops.max_pool2d(x, 2, return_indices=True)[0],
    "adaptive_max_pool2d": lambda x: _ops.adaptive_max_pool2d(x, 2),
    "avg_pool2d": lambda x: _ops.avg_pool2d(x, 2),
    "adaptive_avg_pool2d": lambda x: _ops.adaptive_avg_pool2d(x, 2),
    "nll_loss": lambda x: _ops.nll_loss(x[0, 0], lucet.tensor([0, 2, 1])),
    "pad, reflect": lambda x: _ops.pad(x, (1, 1, 2, 0), "reflect"),
    "pad, replicate": lambda x: _ops.pad(x, (1, 2, 0, 1), "replicate"),
}


@pytest.mark.parametrize("name", LINEAR_PIECES)
@pytest.mark.parametrize("dtype", [lucet.float64, lucet.float32])
def test_second_derivatives_of_linear_pieces_are_zeros(name, dtype):
    x = lucet.tensor(IMAGE, dtype=dtype, requires_grad=True)
    (first,) = lucet.autograd.grad(LINEAR_PIECES[name](x).sum(), x, create_graph=True)
    assert first.requires_grad
    (second,) = lucet.autograd.grad(first.sum(), x)
    assert second.shape == x.shape and second.dtype is dtype and not second.any()


def test_zeros_for_a_meta_tensor_are_on_meta():
    x = lucet.ones(3, device="meta", requires_grad=True)
    (g,) = lucet.autograd.grad(lucet.relu(x * x).sum(), x, create_graph=True)
    assert lucet.autograd.grad(g.sum(), x)[0].is_meta


@pytest.mark.parametrize("name", LINEAR_PIECES)
def test_what_comes_before_linear_pieces_is_differentiated_twice(name):
    x = lucet.tensor(IMAGE, dtype=lucet.float64, requires_grad=True)
    assert lucet.autograd.gradgradcheck(lambda x: LINEAR_PIECES[name](x.sin()), (x,), atol=1e-4)


@pytest.mark.parametrize(
    "f, at, second",
    [
        (lambda x: _ops.elu(x), (-1.0, 0.0, 1.0), (math.exp(-1), 0, 0)),
        (lambda x: _ops.elu(x, 2.0), (0.0, 2.0), (0, 0)),
        (lambda x: _ops.smooth_l1_loss(x, x.detach() * 0, reduction="sum", beta=0.5), (-0.5, 0.25, 0.5, 1.0), (0, 2, 0, 0)),
        (lambda x: _ops.huber_loss(x, x.detach() * 0, reduction="sum", delta=0.5), (-0.5, 0.25, 0.5, 1.0), (0, 1, 0, 0)),
        (lambda x: _ops.softplus(x, 1.0, 1.0), (0.0, 1.0, 2.0), (0.25, 0, 0)),
    ],
)
def test_second_derivatives_at_kinks(f, at, second):
    x = leaf(lucet, *at)
    (first,) = lucet.autograd.grad(f(x).sum(), x, create_graph=True)
    assert v(lucet.autograd.grad(first.sum(), x)[0]) == pytest.approx(list(second))


def test_a_node_that_was_looked_at_is_released_like_any_other():
    x = leaf(lucet, 1)
    y = chain(x, 1000)
    seen = weakref.ref(y.grad_fn)
    kind = type(y.grad_fn)
    assert kind.__name__ == "AddBackward0" and isinstance(y.grad_fn, lucet.autograd.graph.Node)
    del y
    gc.collect()
    assert seen() is None
    z = x + 1
    assert type(z.grad_fn) is kind
    z.backward()
    assert v(x.grad) == [1]
    with pytest.raises(TypeError):
        kind()
