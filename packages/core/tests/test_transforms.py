"""Forward mode, functional derivatives and lucet.func, by hand; more beside torch in tests/parity/test_transforms.py."""

import math

import pytest

import lucet
from lucet import func
from lucet._registry import OPS
from lucet.autograd import forward_ad as fw
from lucet.autograd import functional
from lucet.utils.checkpoint import checkpoint

X = lucet.tensor([1.0, 3.0], dtype=lucet.float64)
T = lucet.tensor([1.0, 0.5], dtype=lucet.float64)


def test_a_tangent_goes_through_a_chain():
    with fw.dual_level():
        x = fw.make_dual(X, T)
        primal, tangent = fw.unpack_dual((x * x).sum())
    assert primal.item() == 10.0 and tangent.item() == 2 * 1 * 1 + 2 * 3 * 0.5


def test_what_carries_no_tangent_says_none():
    with fw.dual_level():
        fw.make_dual(X, T)
        assert fw.unpack_dual(X * 2).tangent is None
        assert fw.unpack_dual(X > 2).tangent is None


def test_results_of_forward_mode_have_no_history_of_their_own():
    with fw.dual_level():
        primal, tangent = fw.unpack_dual(fw.make_dual(X, T).exp())
    assert not primal.requires_grad and not tangent.requires_grad


def test_tangents_survive_writing_in_place_and_views():
    with fw.dual_level():
        x = fw.make_dual(X, T)
        y = lucet.zeros(3, dtype=lucet.float64)
        y[1:] = x
        y.mul_(2)
        assert fw.unpack_dual(y).tangent.tolist() == [0.0, 2.0, 1.0]


def test_no_grad_stops_gradients_but_not_tangents():
    with lucet.no_grad(), fw.dual_level():
        tangent = fw.unpack_dual(fw.make_dual(X, T) * 3).tangent
        assert not lucet.is_grad_enabled()
    assert tangent.tolist() == [3.0, 1.5] and lucet.is_grad_enabled()


def test_grad_mode_is_as_before_after_a_level():
    fw.enter_dual_level()
    lucet._modes._set_grad_enabled(False)
    fw.exit_dual_level()
    assert not lucet.is_grad_enabled()
    lucet._modes._set_grad_enabled(True)


def test_a_backward_inside_a_level_records_as_it_would_outside():
    seen, x = [], X.clone().requires_grad_()
    with fw.dual_level():
        tangent = fw.unpack_dual((fw.make_dual(X, T) * x).sum()).tangent
        x.register_hook(lambda g: seen.append(lucet.is_grad_enabled()))
        tangent.backward()
        assert lucet.is_grad_enabled()
    assert seen == [False] and x.grad.tolist() == T.tolist()


def test_checkpoints_have_tangents():
    plain = lambda x: (x.exp().sin() * x).sum()
    saved = lambda x: checkpoint(plain, x, use_reentrant=False)
    for transform in (func.grad, func.jacfwd, func.hessian, lambda f: lambda x: func.jvp(f, (x,), (T,))[1]):
        assert lucet.allclose(transform(saved)(X), transform(plain)(X))


def test_gradients_of_gradients():
    cube = lambda x: x**3
    two = lucet.tensor(2.0)
    assert func.grad(cube)(two).item() == 12.0
    assert func.grad(func.grad(cube))(two).item() == 12.0
    assert func.grad(func.grad(func.grad(cube)))(two).item() == 6.0


def test_forward_over_reverse_and_reverse_over_forward():
    cubes = lambda x: (x**3).sum()
    assert func.jvp(func.grad(cubes), (X,), (T,))[1].tolist() == [6.0, 9.0]
    assert func.grad(lambda x: func.jvp(cubes, (x,), (T,))[1])(X).tolist() == [6.0, 9.0]
    assert func.jvp(lambda x: func.jvp(cubes, (x,), (T,))[1], (X,), (T,))[1].item() == 6 * 1 + 6 * 3 * 0.25


def test_gradients_require_one_only_where_the_argument_did():
    assert not func.grad(lambda x: (x * x).sum())(X).requires_grad
    x = X.clone().requires_grad_()
    g = func.grad(lambda x: (x**3).sum())(x)
    assert lucet.autograd.grad(g.sum(), x)[0].tolist() == [6.0, 18.0]
    with lucet.no_grad():
        assert not func.grad(lambda x: (x**3).sum())(x).requires_grad


def test_jacobians_by_both_modes():
    outer = lambda x: lucet.stack([x[0] * x[1], x[1] ** 2, x[0]])
    expected = [[3.0, 1.0], [0.0, 6.0], [1.0, 0.0]]
    assert func.jacrev(outer)(X).tolist() == expected
    assert func.jacfwd(outer)(X).tolist() == expected
    assert functional.jacobian(outer, X).tolist() == expected


def test_hessians():
    saddle = lambda x: x[0] * x[1] ** 2
    expected = [[0.0, 6.0], [6.0, 2.0]]
    assert func.hessian(saddle)(X).tolist() == expected
    assert functional.hessian(saddle, X).tolist() == expected
    assert functional.hvp(saddle, X, T)[1].tolist() == [3.0, 7.0]
    assert functional.vhp(saddle, X, T)[1].tolist() == [3.0, 7.0]


def test_a_linearized_function_runs_once():
    runs = []
    _, push = func.linearize(lambda x: runs.append(1) or x * x, X)
    assert push(T).tolist() == [2.0, 3.0] and push(2 * T).tolist() == [4.0, 6.0] and runs == [1]


def test_empty_inputs_have_empty_jacobians():
    empty = lucet.zeros(0, dtype=lucet.float64)
    assert func.jacrev(lambda x: x * 2)(empty).shape == (0, 0)
    assert func.jacfwd(lambda x: x * 2)(empty).shape == (0, 0)


def test_gradcheck_covers_forward_mode():
    x = X.clone().requires_grad_()
    assert lucet.autograd.gradcheck(lambda x: x.exp() * x, (x,), check_forward_ad=True, check_batched_grad=True)
    assert lucet.autograd.gradgradcheck(lambda x: x.exp() * x, (x,), check_fwd_over_rev=True)


class Wrong(lucet.autograd.Function):
    """x ** 2 with a wrong rule for forward mode."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0]

    @staticmethod
    def jvp(ctx, t):
        return t * 7


def test_a_rule_of_forward_mode_counts_in_every_transform():
    assert func.jvp(Wrong.apply, (X,), (T,))[1].tolist() == [7.0, 3.5]
    assert func.jacfwd(lambda x: Wrong.apply(x).exp().log())(X).tolist() == [[7.0, 0.0], [0.0, 7.0]]
    assert func.linearize(Wrong.apply, X)[1](T).tolist() == [7.0, 3.5]


def test_gradcheck_finds_a_wrong_rule_of_forward_mode():
    x = X.clone().requires_grad_()
    assert lucet.autograd.gradcheck(Wrong.apply, (x,))
    with pytest.raises(lucet.autograd.GradcheckError, match="computed with forward mode"):
        lucet.autograd.gradcheck(Wrong.apply, (x,), check_forward_ad=True)


# In half precision the numbers are not the same; igamma and its kin have no derivative by their order; others write their argument.
LEFT_OUT = {"half", "bfloat16", "igamma", "igammac", "zeta"}
DIFFERENTIABLE = [
    key for key, entry in OPS.items() if entry.grad == "yes" and entry.samples is not None and key not in LEFT_OUT and key[-1] != "_"
]


@pytest.mark.parametrize("key", DIFFERENTIABLE)
def test_forward_mode_agrees_with_backward_for_every_op(key):
    """<w, J t> is the same number by forward mode and by backward, for tangents of all floating arguments at once."""
    lucet.manual_seed(0)
    entry = OPS[key]

    def random(*shape, low=-1.0, high=1.0):
        return lucet.rand(shape, dtype=lucet.float64) * (high - low) + low

    for sample in entry.samples(random):
        *args, last = sample
        keywords = last if isinstance(last, dict) else {}
        args = args if isinstance(last, dict) else [*args, last]
        places = [i for i, a in enumerate(args) if isinstance(a, lucet.Tensor) and a.is_floating_point()]
        if not places:
            continue

        def call(*values, args=args, places=places, keywords=keywords):
            full = list(args)
            for place, value in zip(places, values, strict=True):
                full[place] = value
            lucet.manual_seed(1)
            found = entry.function(*full, **keywords)
            found = found if isinstance(found, (tuple, list)) else (found,)
            return tuple(y for y in found if isinstance(y, lucet.Tensor) and y.is_floating_point() and y._is_recorded())

        values = tuple(args[place].detach() for place in places)
        if not call(*(v.clone().requires_grad_() for v in values)):
            continue
        tangents = tuple(lucet.rand(v.shape, dtype=lucet.float64).to(v.dtype) for v in values)
        ys, pushed = func.jvp(call, values, tangents)
        weights = tuple(lucet.rand(y.shape, dtype=lucet.float64).to(y.dtype) for y in ys)
        pulled = func.vjp(call, *values)[1](weights)
        forward = sum((w * p).sum().item() for w, p in zip(weights, pushed, strict=True))
        backward = sum((t * p).sum().item() for t, p in zip(tangents, pulled, strict=True))
        assert forward == pytest.approx(backward, rel=1e-6, abs=1e-8, nan_ok=True) or math.isinf(backward), (sample, forward, backward)


def test_a_dual_requires_a_gradient_only_where_its_primal_does():
    a, w, written = lucet.ones(3), lucet.ones(3, requires_grad=True), lucet.zeros(3)
    with fw.dual_level():
        x = fw.make_dual(a, lucet.ones(3))
        y, z = x.sin(), x * w
        row, joined, copied = y[0], lucet.stack([x, y]), x.clone()
        copied[0] = 0
        view = copied.view(-1)
        view.mul_(2)
        written.add_(x)
        for t in (x, y, row, joined, copied, view, written):
            assert not t.requires_grad and t.grad_fn is None and t.is_leaf
            assert t.numpy().shape == tuple(t.shape)
        assert z.requires_grad and z.grad_fn is not None
        assert fw.unpack_dual(view).tangent.tolist() == [0.0, 2.0, 2.0]
        assert fw.unpack_dual(written).tangent.tolist() == [1.0, 1.0, 1.0]
        # ops that compute more where a derivative will be asked for
        values = lucet.linalg.svdvals(lucet.diag(x * lucet.tensor([3.0, 2.0, 1.0])))
        assert fw.unpack_dual(values).tangent.tolist() == [3.0, 2.0, 1.0]
    for t in (x, y, row, joined, copied, view, written, values, y * 2):
        assert not t.requires_grad and t.grad_fn is None and t.is_leaf
        t.numpy()
    x.requires_grad_()
    assert z.requires_grad
    z.sum().backward()
    assert w.grad.tolist() == [1.0, 1.0, 1.0]


def test_what_a_transform_keeps_outlives_a_level_around_it():
    with fw.dual_level():
        x = fw.make_dual(lucet.tensor([1.0, 2.0]), lucet.ones(2))
        _, pull = func.vjp(lambda k: k * k, x)
        _, push = func.linearize(lambda k: k * k, lucet.tensor([1.0, 2.0]))
    assert pull(lucet.ones(2))[0].tolist() == [2.0, 4.0]
    assert push(lucet.ones(2)).tolist() == [2.0, 4.0]


@pytest.mark.parametrize("chunk", [None, 1, 2, 7])
def test_rows_of_jacobians_do_not_share_what_they_start_from(chunk):
    """Gradients that are what a backward was started with, or a sum of such, row by row."""
    x = lucet.arange(6.0).reshape(2, 3)
    functions = {
        "same": lambda x: x,
        "sum of itself": lambda x: x + x * 2,
        "turned": lambda x: x.t() + 1,
        "joined": lambda x: lucet.cat([x, x * 3]),
        "reduced": lambda x: x.sum(0) + x[0],
        "none": lambda x: lucet.ones(2) + 0 * x.detach().sum(),
    }
    for f in functions.values():
        expected = func.jacfwd(lambda x: lucet.cat([f(x).reshape(-1)] * 7))(x)[: f(x).numel()].reshape(*f(x).shape, 2, 3)
        for got in (func.jacrev(f, chunk_size=chunk)(x), func.jacfwd(f)(x), lucet.autograd.functional.jacobian(f, x)):
            assert got.equal(expected)
        batch = lucet.stack([x, x + 1])
        for transform in (func.jacrev, func.jacfwd):
            assert lucet.vmap(transform(f))(batch).equal(lucet.stack([expected, expected]))
