"""vmap against a loop over the samples: every op, gradients of samples, modules, and what cannot be batched."""

import threading
import warnings

import pytest

import lucet
from lucet import func
from lucet._registry import OPS
from lucet.func._rules import DYNAMIC, RANDOM, RULES

SIZE = 3


def samples_of(entry):
    """(arguments, keywords) of each sample, its tensors drawn anew by each call of the second."""

    def draw(*shape, low=-1.0, high=1.0):
        return lucet.rand(shape, dtype=lucet.float64) * (high - low) + low

    for sample in entry.samples(draw):
        *args, last = sample
        yield (args, last) if isinstance(last, dict) else ([*args, last], {})


def versions(entry):
    """For each sample of an op, SIZE versions of its arguments."""
    return zip(*(list(samples_of(entry)) for _ in range(SIZE)), strict=True)


def is_batch(x):
    return isinstance(x, lucet.Tensor)


def in_batches(made):
    """The tensors of all versions stacked where they differ, and which are."""
    args = [lucet.stack(column) if is_batch(column[0]) else column[0] for column in zip(*(args for args, _ in made), strict=True)]
    return args, tuple(0 if is_batch(x) else None for x in made[0][0])


def leaves(result):
    return [x for x in (result if isinstance(result, (tuple, list)) else (result,)) if isinstance(x, lucet.Tensor)]


def close(a, b):
    return a.shape == b.shape and a.dtype is b.dtype and lucet.allclose(a.to(lucet.float64), b.to(lucet.float64), rtol=1e-6, atol=1e-8, equal_nan=True)


INTERNAL = {"update", "random", "create", "interop"}
NAMES = [
    key for key, entry in OPS.items()
    if entry.samples is not None and entry.family not in INTERNAL and key not in DYNAMIC and entry.name not in RANDOM and key[-1] != "_"
]  # fmt: skip
# Their results are no tensors, or say something of one thing.
NAMES = [key for key in NAMES if key not in {"numpy", "equal", "allclose", "is_nonzero", "broadcast_shapes", "pin_memory", "resize_as_", "meshgrid"}]


def as_lists(x):
    return tuple(x) if isinstance(x, list) else x


@pytest.mark.parametrize("key", NAMES)
def test_a_batch_equals_its_samples(key):
    entry, tried = OPS[key], 0
    lucet.manual_seed(0)
    for made in versions(entry):
        keywords = made[0][1]
        if any(is_batch(value) for value in keywords.values()):
            continue
        args, dims = in_batches(made)
        lists = [isinstance(x, (list, tuple)) and any(map(is_batch, x)) for x in made[0][0]]
        if any(lists):
            args = [[lucet.stack(part) for part in zip(*(one[0][i] for one in made), strict=True)] if is_list else x for i, (x, is_list) in enumerate(zip(args, lists, strict=True))]
            dims = tuple([0] * len(x) if is_list else dim for x, dim, is_list in zip(args, dims, lists, strict=True))
        if all(dim is None for dim in dims):
            continue
        try:
            expected = [leaves(entry.function(*one, **keywords)) for one, _ in made]
        except RuntimeError:
            continue
        if not expected[0] or any(x.shape != y.shape for one in expected for x, y in zip(one, expected[0], strict=True)):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = leaves(func.vmap(lambda *a, k=keywords: entry.function(*a, **k), in_dims=dims)(*args))
        for number, one in enumerate(expected):
            for y, x in zip(found, one, strict=True):
                assert close(y[number], x), (key, args, keywords, y[number], x)
        tried += 1


RULED = {"add", "exp", "where", "sum", "softmax", "var", "max", "cumsum", "view", "reshape", "permute", "transpose", "cat", "stack", "matmul", "linear",
         "conv2d", "max_pool2d", "avg_pool2d", "batch_norm", "layer_norm", "cross_entropy", "nll_loss", "mse_loss", "embedding", "gather", "sort", "topk",
         "flatten", "unsqueeze", "squeeze", "expand", "select", "narrow", "split", "unbind", "pad", "masked_fill", "index_select"}  # fmt: skip


@pytest.mark.parametrize("key", sorted(RULED))
def test_ops_of_networks_have_rules(key):
    assert key in RULES


def loop(function, *tensors):
    return lucet.stack([function(*sample) for sample in zip(*tensors, strict=True)])


def quiet(function, *args):
    """The result, where no op ran sample by sample."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(*args)


def net():
    from_core = lucet._ops
    lucet.manual_seed(0)
    shapes = {"c": (4, 2, 3, 3), "b": (4,), "w": (5, 36), "v": (5,)}
    params = {name: lucet.randn(shape, dtype=lucet.float64) * 0.3 for name, shape in shapes.items()}

    def loss(p, x, y):
        h = from_core.conv2d(x.unsqueeze(0), p["c"], p["b"]).relu()
        h = from_core.max_pool2d(h, 2).flatten(1)
        return from_core.cross_entropy(from_core.linear(h, p["w"], p["v"]), y.unsqueeze(0))

    return params, loss, lucet.randn(6, 2, 8, 8, dtype=lucet.float64), lucet.tensor([0, 1, 2, 3, 4, 0])


def test_gradients_of_each_sample_of_a_network():
    params, loss, x, y = net()
    found = quiet(func.vmap(func.grad(loss), (None, 0, 0)), params, x, y)
    for name in params:
        expected = lucet.stack([func.grad(loss)(params, x[i], y[i])[name] for i in range(6)])
        assert lucet.allclose(found[name], expected, rtol=1e-8, atol=1e-10)


def test_gradients_of_samples_sum_to_that_of_the_batch():
    params, loss, x, y = net()
    each = quiet(func.vmap(func.grad(loss), (None, 0, 0)), params, x, y)
    total = func.grad(lambda p: func.vmap(loss, (None, 0, 0))(p, x, y).sum())(params)
    for name in params:
        assert lucet.allclose(each[name].sum(0), total[name], rtol=1e-8, atol=1e-10)


SUMS = {"addcmul": ((4,), (4,), (4,)), "addcdiv": ((4,), (4,), (4,)), "lerp": ((4,), (4,), (4,)), "addmm": ((4,), (3, 2), (2, 4)), "addmv": ((3,), (3, 2), (2,)),
        "addr": ((3, 2), (3,), (2,)), "baddbmm": ((5, 3, 4), (5, 3, 2), (5, 2, 4)), "addbmm": ((3, 4), (5, 3, 2), (5, 2, 4))}  # fmt: skip


@pytest.mark.parametrize("kind", [lucet.float16, lucet.bfloat16, lucet.float32])
@pytest.mark.parametrize("name", SUMS)
def test_sums_of_products_have_rules(name, kind):
    lucet.manual_seed(0)
    tensors = [lucet.rand(SIZE, *shape).add(0.5).to(kind) for shape in SUMS[name]]
    factors = {} if name == "lerp" else {"value": 0.3} if name.startswith("addc") else {"beta": 0.3, "alpha": 0.7}
    function = lambda *sample: getattr(lucet, name)(*sample, **factors)
    same = lucet.equal if kind is not lucet.float32 else lucet.allclose  # halves are rounded once, at the end
    found = quiet(func.vmap(function), *tensors)
    assert found.dtype is kind and same(found, loop(function, *tensors))
    for shared in range(3):
        dims = tuple(None if place == shared else 0 for place in range(3))
        given = [t[0] if place == shared else t for place, t in enumerate(tensors)]
        expected = lucet.stack([function(*(t if place == shared else t[i] for place, t in enumerate(given))) for i in range(SIZE)])
        assert same(quiet(func.vmap(function, dims), *given), expected)
    if name != "addmm":
        inside = lambda *sample: getattr(sample[0].clone(), name + "_")(*sample[1:], **factors)
        assert lucet.equal(quiet(func.vmap(inside), *tensors), found)


@pytest.mark.filterwarnings("ignore:There is a performance drop")
def test_sums_of_products_refuse_in_vmap_what_they_refuse_of_a_sample():
    x = lucet.ones(2, 3, 3)
    with pytest.raises(RuntimeError, match="dimension"):
        func.vmap(lambda t: lucet.addmv(x, t, t[0]))(x)
    with pytest.raises(RuntimeError, match="3D"):
        func.vmap(lambda t: lucet.baddbmm(t, t, t))(x)
    with pytest.raises(lucet.errors.DtypeError):
        func.vmap(lambda t: lucet.addmv(t[0].double(), t, t[0]))(x)
    whole = lucet.ones(2, 3, 3, dtype=lucet.int64)
    assert lucet.equal(func.vmap(lambda t: lucet.addmm(t, t, t, beta=1.5, alpha=2.9))(whole), whole * 7)


@pytest.mark.parametrize("kind", [lucet.float16, lucet.bfloat16])
@pytest.mark.parametrize("own", [lucet.float32, None])
def test_norms_of_half_types_are_rounded_once(kind, own):
    from_core = lucet._ops
    lucet.manual_seed(0)
    x, w, b = lucet.randn(SIZE, 2, 6, 5).to(kind), *(lucet.randn(6).to(own or kind) for _ in range(2))
    for call in (
        lambda t: from_core.group_norm(t, 2, w, b),
        lambda t: from_core.instance_norm(t, weight=w, bias=b),
        lambda t: from_core.layer_norm(t.transpose(1, 2), (6,), w, b),
    ):
        found, expected = quiet(func.vmap(call), x), loop(call, x)
        assert found.dtype is expected.dtype and lucet.equal(found, expected)


def test_levels_nest():
    a, b = lucet.arange(6.0).view(2, 3), lucet.arange(8.0).view(4, 2)
    found = quiet(func.vmap(lambda row: func.vmap(lambda pair: row.sum() * pair)(b)), a)
    assert lucet.equal(found, a.sum(1).view(2, 1, 1) * b)


def test_gradients_inside_two_levels():
    x = lucet.arange(6.0, dtype=lucet.float64).view(2, 3)
    assert lucet.equal(quiet(func.vmap(func.vmap(func.grad(lambda t: t**3))), x), 3 * x * x)
    assert lucet.equal(quiet(func.vmap(func.grad(lambda r: func.vmap(lambda t: t**3)(r).sum())), x), 3 * x * x)


def test_jacobians_and_hessians_of_samples():
    x = lucet.rand(4, 3, dtype=lucet.float64)
    cube = lambda t: (t**3).sum() * t[0]
    for transform in (func.hessian, lambda f: func.jacrev(func.jacrev(f)), lambda f: func.jacfwd(func.jacfwd(f))):
        assert lucet.allclose(func.vmap(transform(cube))(x), loop(transform(cube), x))
    push = lambda t: func.jvp(cube, (t,), (t * 2,))[1]
    assert lucet.allclose(func.vmap(push)(x), loop(push, x))


def test_products_with_many_vectors_at_once():
    x = lucet.rand(3, dtype=lucet.float64)
    _, pull = func.vjp(lambda t: t * t.sum(), x)
    (rows,) = func.vmap(pull)(lucet.eye(3, dtype=lucet.float64))
    assert lucet.allclose(rows, func.jacrev(lambda t: t * t.sum())(x))
    columns = func.vmap(lambda t: func.jvp(lambda z: z * z.sum(), (x,), (t,))[1], out_dims=1)(lucet.eye(3, dtype=lucet.float64))
    assert lucet.allclose(columns, rows)


def test_gradients_flow_through_vmap():
    x = lucet.rand(4, 3, requires_grad=True)
    func.vmap(lambda row: (row * row).sum())(x).sum().backward()
    assert lucet.allclose(x.grad, 2 * x.detach())


def test_in_and_out_dims():
    x, y = lucet.arange(6.0).view(2, 3), lucet.arange(3.0)
    assert lucet.equal(func.vmap(lambda a, b: a + b, (1, 0))(x, y), (x + y).t())
    assert lucet.equal(func.vmap(lambda a: a * 2, -1, -1)(x), x * 2)
    found = func.vmap(lambda d: {"s": d["a"] + d["b"][0], "n": (d["a"],)}, ({"a": 0, "b": [None]},), {"s": 1, "n": (0,)})({"a": x, "b": [y]})
    assert lucet.equal(found["s"], (x + y).t()) and lucet.equal(found["n"][0], x)


def test_chunks_join():
    x = lucet.arange(10.0).view(5, 2)
    sizes = []
    found = func.vmap(lambda r: sizes.append(r._level.size) or r.sum(), chunk_size=2)(x)
    assert sizes == [2, 2, 1] and lucet.equal(found, x.sum(1))


def test_randomness():
    x = lucet.zeros(4, 100)
    noise = lambda r: r + lucet.rand(100)
    with pytest.raises(RuntimeError, match="randomness error mode"):
        func.vmap(noise)(x)
    same, other = func.vmap(noise, randomness="same")(x), func.vmap(noise, randomness="different")(x)
    assert lucet.equal(same[0], same[3]) and not lucet.equal(other[0], other[3])


def test_what_cannot_be_batched_says_so():
    x = lucet.arange(6.0).view(2, 3)
    for function, text in (
        (lambda r: r if r.sum() > 0 else -r, "data-dependent"),
        (lambda r: r.sum().item(), r"\.item\(\)"),
        (lambda r: r.nonzero(), "nonzero"),
        (lambda r: r[r > 0], "boolean mask"),
        (lambda r: lucet.zeros(3).add_(r), "add_"),
    ):
        with pytest.raises(RuntimeError, match=text):
            func.vmap(function)(x)


def test_an_op_without_a_rule_warns_and_runs_on_each_sample():
    x = lucet.rand(3, 4, 2, dtype=lucet.float64)
    assert "repeat_interleave" not in RULES
    with pytest.warns(UserWarning, match="repeat_interleave"):
        found = func.vmap(lambda t: t.repeat_interleave(2))(x)
    assert lucet.equal(found, loop(lambda t: t.repeat_interleave(2), x))


def test_a_batched_tensor_does_not_outlive_its_vmap():
    kept = []
    func.vmap(lambda r: kept.append(r) or r * 1)(lucet.ones(2, 3))
    with pytest.raises(RuntimeError, match="after the vmap"):
        kept[0] + 1
    assert not lucet.func._levels.active()


def test_threads_have_levels_of_their_own():
    found = []

    def other():
        found.append(func.grad(lambda t: t**2)(lucet.tensor(3.0)))

    def mapped(row):
        worker = threading.Thread(target=other)
        worker.start()
        worker.join()
        return row * 2

    func.vmap(mapped)(lucet.ones(2, 3))
    assert found[0].item() == 6.0


def test_functions_have_their_own_rule():
    class Twice(lucet.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, g):
            return g * 2

    class Ruled(Twice):
        @staticmethod
        def vmap(info, in_dims, x):
            assert (info.batch_size, info.randomness, in_dims) == (2, "error", (0,))
            return Ruled.apply(x), 0

    class Generated(Twice):
        generate_vmap_rule = True

    x = lucet.ones(2, 3)
    with pytest.raises(RuntimeError, match="vmap staticmethod"):
        func.vmap(Twice.apply)(x)
    for function in (Ruled, Generated):
        assert lucet.equal(func.vmap(function.apply)(x), x * 2)
        assert lucet.equal(func.vmap(func.grad(lambda r, f=function: f.apply(r).sum()))(x), x * 2)


def test_ops_that_draw_are_drawn_once_for_each_sample_or_refused():
    x = lucet.rand(3, 5, 4, dtype=lucet.float64)
    for call in (lambda t: lucet.binomial(t.ceil() * 9, t), lambda t: lucet.poisson(t), lambda t: lucet.svd_lowrank(t, 2), lambda t: lucet.pca_lowrank(t, 2)):
        lucet.manual_seed(0)
        found = lucet.func.vmap(call, randomness="different")(x)
        lucet.manual_seed(0)
        for sample, expected in enumerate(call(t) for t in x):
            for ours, theirs in zip(found, expected, strict=True) if isinstance(expected, tuple) else [(found, expected)]:
                assert ours[sample].equal(theirs)
        with pytest.raises(RuntimeError, match="random"):
            lucet.func.vmap(call)(x)


def test_draws_from_batched_arguments_cannot_be_the_same():
    x = lucet.rand(3, 5, 4)
    for call in (lambda t: lucet.binomial(t.ceil() * 9, t), lambda t: lucet.poisson(t)):
        with pytest.raises(RuntimeError, match="random"):
            lucet.func.vmap(call, randomness="same")(x)


def test_low_rank_factors_may_draw_the_same_for_each_sample():
    x = lucet.rand(3, 5, 4, dtype=lucet.float64)
    for function in (lucet.svd_lowrank, lucet.pca_lowrank):
        expected = []
        for sample in x:
            lucet.manual_seed(0)
            expected.append(function(sample, 2))
        after = lucet.get_rng_state()
        lucet.manual_seed(0)
        found = lucet.func.vmap(lambda t, f=function: f(t, 2), randomness="same")(x)
        assert lucet.get_rng_state().equal(after)
        for ours, theirs in zip(found, zip(*expected, strict=True), strict=True):
            assert ours.equal(lucet.stack(theirs))
        lucet.manual_seed(0)
        alone = lucet.func.vmap(lambda t, f=function: f(x[0], 2)[1] + t.sum(), randomness="same")(lucet.zeros(2, 1))
        assert alone.equal(lucet.stack([expected[0][1]] * 2))


@pytest.mark.parametrize("randomness", ["same", "different"])
@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("name", ["dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"])
def test_dropout_of_samples(name, inplace, randomness):
    function = getattr(lucet, name + "_" * inplace)

    def drop(x):
        x = x.clone()
        y = function(x, 0.5, True)
        return x if inplace else y

    lucet.manual_seed(0)
    got = lucet.vmap(drop, randomness=randomness)(lucet.ones(6, 4, 2, 5))
    assert got.shape == (6, 4, 2, 5) and not got.equal(lucet.ones(6, 4, 2, 5))
    assert all(got[0].equal(row) for row in got) == (randomness == "same")
    if name.startswith("feature"):  # whole channels of a sample
        assert got.equal(got[..., :1].expand(6, 4, 2, 5))


def test_dropout_that_drops_nothing_or_all_draws_nothing():
    x = lucet.ones(2, 3)
    for p, training, expected in ((0.0, True, 1.0), (1.0, True, 0.0), (0.5, False, 1.0)):
        assert lucet.vmap(lambda x: lucet.dropout(x, p, training))(x).equal(x * expected)


def test_draws_with_probabilities_of_each_sample():
    chances = lucet.tensor([[0.0, 1.0], [1.0, 0.0]])
    assert lucet.vmap(lambda p: lucet.zeros_like(p).bernoulli_(p), randomness="different")(chances).equal(chances)
    with pytest.raises(RuntimeError, match="randomness='same'"):
        lucet.vmap(lambda p: lucet.zeros_like(p).bernoulli_(p), randomness="same")(chances)
    with pytest.raises(RuntimeError, match="unbatched"):
        lucet.vmap(lambda p: lucet.dropout_(lucet.ones(2), 0.5, True) + p, randomness="different")(chances)


class Cube(lucet.autograd.Function):
    """x ** 3 * w, by one run of each rule for a whole batch."""

    generate_vmap_rule = True
    calls = []

    @staticmethod
    def forward(x, w):
        Cube.calls.append("forward")
        return x**3 * w

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g):
        Cube.calls.append("backward")
        x, w = ctx.saved_tensors
        return g * 3 * x**2 * w, g * x**3 if ctx.needs_input_grad[1] else None

    @staticmethod
    def jvp(ctx, x_tangent, w_tangent):
        Cube.calls.append("jvp")
        x, w = ctx.saved_tensors
        return 3 * x**2 * w * x_tangent + x**3 * w_tangent


def test_a_generated_rule_runs_once_for_a_batch():
    x, w = lucet.arange(6.0).reshape(3, 2), lucet.tensor([1.0, 2.0])
    plain = lambda x, w: (x**3 * w).sin().sum()
    ruled = lambda x, w: Cube.apply(x, w).sin().sum()
    F = lucet.func
    programs = {
        ("forward", "backward"): lambda f: lucet.vmap(F.grad(f, (0, 1)), in_dims=(0, None))(x, w),
        ("forward", "jvp"): lambda f: lucet.vmap(lambda a: F.jvp(lambda b: f(b, w), (a,), (w,)))(x),
        ("forward", "backward", "backward"): lambda f: F.grad(lambda a: F.grad(lambda b: lucet.vmap(f, (0, None))(b, w).sum())(a).sum())(x),
    }
    programs["forward", "backward", "outside"] = lambda f: F.grad(lambda a, b: lucet.vmap(f, (0, None))(a, b).sum(), (0, 1))(x, w)
    programs["forward", "backward", "nested"] = lambda f: lucet.vmap(lucet.vmap(F.grad(lambda a, b: f(a, b)), (0, None)), (None, 0))(x, lucet.stack([w, w + 1]))
    for calls, program in programs.items():
        Cube.calls.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            got, expected = program(ruled), program(plain)
        assert Cube.calls[:2] == list(calls[:2]) and len(Cube.calls) == len([c for c in calls if c not in ("outside", "nested")])
        for ours, theirs in zip(*((x if isinstance(x, tuple) else (x,)) for x in (got, expected)), strict=True):
            lucet.testing.assert_close(ours, theirs)


def test_what_is_mapped_cannot_be_made_to_require_a_gradient():
    x = lucet.ones(3)
    with pytest.raises(RuntimeError, match="attempting to call Tensor.requires_grad_"):
        lucet.func.vmap(lambda x: x.requires_grad_())(x)
    assert not x.requires_grad
