"""Random numbers: streams, states, threads and forks, what a failed call leaves behind, dropout and its gradient."""

import copy
import math
import os
import pickle
import signal
import threading
import warnings

import numpy as np
import pytest

import lucet
from lucet import _ops
from lucet._errors import DeviceError, DtypeError, LoadError, ShapeError
from lucet.random import fork_rng, item_stream, thread_safe_generator

FLOATS = [lucet.float32, lucet.float64, lucet.float16, lucet.bfloat16]
WHOLE = [lucet.int64, lucet.int32, lucet.int16, lucet.int8, lucet.uint8, lucet.bool]


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and bytes(a.contiguous().numpy()) == bytes(b.contiguous().numpy())


def position():
    return bytes(lucet.get_rng_state().numpy())


# --- streams: figures from torch 2.13 ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda: lucet.rand(4), [0.49625658988952637, 0.7682217955589294, 0.08847743272781372, 0.13203048706054688]),
        (lambda: lucet.rand(3, dtype=lucet.float64), [0.9700530018065531, 0.707819864399788, 0.45938294312745087]),
        (lambda: lucet.randn(3), [1.5409960746765137, -0.293428897857666, -2.1787893772125244]),
        (lambda: lucet.randn(17)[::8], [-1.1258398294448853, 0.46809640526771545, 0.9318265914916992]),
        (lambda: lucet.randint(10, (5,)), [4, 9, 3, 0, 3]),
        (lambda: lucet.randperm(6), [2, 5, 3, 0, 1, 4]),
        (lambda: lucet.empty(8).bernoulli_(0.3), [0, 0, 0, 0, 0, 0, 1, 0]),
        (lambda: _ops.dropout(lucet.ones(6), 0.5), [0, 0, 2, 0, 0, 0]),
        (lambda: lucet.empty(3, dtype=lucet.float64).exponential_(), [3.508326186707642, 1.2303847641796768, 0.6150440938940115]),
        (lambda: lucet.empty(4).geometric_(0.2), [1, 2, 4, 1]),
        (lambda: lucet.multinomial(lucet.tensor([1.0, 2.0, 3.0, 4.0]), 4), [2, 1, 3, 0]),
        (lambda: lucet.multinomial(lucet.tensor([1.0, 2.0, 3.0, 4.0]), 8, True), [3, 3, 2, 3, 3, 3, 1, 2]),
        (lambda: lucet.poisson(lucet.tensor([0.0, 4.0, 100.0])), [0, 7, 102]),
        (lambda: lucet.binomial(lucet.tensor([10.0, 10.0, 1000.0]), lucet.tensor([0.0, 0.5, 0.5])), [0, 7, 504]),
    ],
)
def test_seed_0_gives_torchs_numbers(draw, expected):
    lucet.manual_seed(0)
    assert draw().tolist() == pytest.approx(expected, rel=3e-7, abs=0)


@pytest.mark.parametrize("rate", [0.5, 8.0, 30.0, 1000.0])
def test_poisson_has_the_mean_and_variance_of_its_rate(rate):
    lucet.manual_seed(1)
    counts = lucet.poisson(lucet.full((20000,), rate, dtype=lucet.float64))
    assert counts.mean().item() == pytest.approx(rate, rel=0.03)
    assert counts.var().item() == pytest.approx(rate, rel=0.05)
    assert bool((counts == counts.floor()).all())


@pytest.mark.parametrize("trials,p", [(5, 0.3), (5, 0.9), (100, 0.4), (1000, 0.75), (float("inf"), 0.5)])
def test_binomial_has_the_mean_and_variance_of_its_trials(trials, p):
    lucet.manual_seed(1)
    counts = lucet.binomial(lucet.full((20000,), float(trials)), lucet.tensor(p))
    assert bool(((counts >= 0) & (counts <= trials)).all())
    if trials < float("inf"):
        assert counts.mean().item() == pytest.approx(trials * p, rel=0.03)
        assert counts.var().item() == pytest.approx(trials * p * (1 - p), rel=0.05)


def test_counts_that_no_draw_can_end():
    nan = float("nan")
    assert lucet.binomial(lucet.tensor([nan, 3.0]), lucet.tensor([0.5, nan])).isnan().all()
    assert lucet.poisson(lucet.tensor([float("inf")])).tolist() == [float("inf")]


def test_counts_on_the_meta_device():
    on_meta, here = lucet.ones(3, device="meta"), lucet.ones(3)
    for arguments in ((here, on_meta), (on_meta, here)):
        with pytest.raises(DeviceError, match="on the same device"):
            lucet.binomial(*arguments)
    assert lucet.binomial(on_meta, on_meta).is_meta
    assert lucet.poisson(on_meta).is_meta


def test_poisson_has_a_zero_gradient_and_binomial_none():
    x = lucet.ones(3, requires_grad=True)
    lucet.poisson(x).sum().backward()
    assert x.grad.tolist() == [0, 0, 0]
    with pytest.raises(RuntimeError, match="derivative for binomial is not implemented"):
        lucet.binomial(lucet.ones(3), x).sum().backward()


def test_a_bad_rate_draws_nothing():
    lucet.manual_seed(0)
    before = lucet.get_rng_state()
    with pytest.raises(RuntimeError, match="expected rate to be non-negative"):
        lucet.poisson(lucet.tensor([1.0, -1.0]))
    assert bool((lucet.get_rng_state() == before).all())


def test_small_normals_share_pairs_over_calls():
    lucet.manual_seed(0)
    one = lucet.randn(5)
    lucet.manual_seed(0)
    parts = [lucet.randn(1), lucet.rand(0), lucet.randn(1)]
    assert [x for part in parts for x in part.tolist()] == one.tolist()[:2]


def test_normals_of_16_or_more_do_not_touch_the_kept_one():
    lucet.manual_seed(3)
    lucet.randn(1)
    kept = lucet.random.default_generator.clone_state()
    lucet.randn(64)
    assert lucet.randn(1).item() == lucet.randn(1, generator=kept).item()


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 311, 312, 313, 624, 1000])
@pytest.mark.parametrize("dtype", FLOATS)
def test_uniforms_lie_in_the_half_open_interval(count, dtype):
    x = lucet.empty(count, dtype=dtype).uniform_(-3, 5)
    assert bool((x >= -3).all())
    assert bool((x < 5).all())


@pytest.mark.parametrize("dtype", WHOLE + FLOATS)
def test_integers_lie_in_their_range(dtype):
    high = 2 if dtype == lucet.bool else 100
    x = lucet.empty(5000, dtype=dtype).random_(0, high).double()
    assert x.numpy().min() == 0
    assert x.numpy().max() == high - 1


def test_moments_of_the_distributions():
    lucet.manual_seed(11)
    n = 200_000
    draws = {
        "uniform": (lucet.rand(n), 0.5, 1 / 12),
        "normal": (lucet.randn(n), 0, 1),
        "exponential": (lucet.empty(n).exponential_(2), 0.5, 0.25),
        "geometric": (lucet.empty(n).geometric_(0.25), 4, 12),
        "bernoulli": (lucet.empty(n).bernoulli_(0.3), 0.3, 0.21),
        "log normal": (lucet.empty(n).log_normal_(0, 0.5).log(), 0, 0.25),
    }
    for name, (x, mean, variance) in draws.items():
        x = x.double().numpy()
        assert abs(x.mean() - mean) < 5 * math.sqrt(variance / n), name
        assert abs(x.var() - variance) < 0.03 * variance + 1e-3, name


def test_median_of_cauchy_numbers():
    lucet.manual_seed(1)
    assert abs(float(np.median(lucet.empty(100_001).cauchy_(3, 0.5).numpy())) - 3) < 0.02


def test_draws_follow_memory_not_index_order():
    lucet.manual_seed(5)
    plain = lucet.rand(4, 3)
    lucet.manual_seed(5)
    turned = lucet.empty(4, 3).t().uniform_()
    assert same(turned.t(), plain)
    lucet.manual_seed(5)
    gaps = lucet.empty(8, 6)[::2, ::2].uniform_()
    assert same(gaps.contiguous(), plain)


def test_like_forms_keep_the_order_of_dimensions():
    turned = lucet.empty(2, 3, 4).permute(2, 0, 1)
    for made in (lucet.rand_like(turned), lucet.randn_like(turned), lucet.randint_like(turned, 5)):
        assert made.stride() == turned.stride()


def test_results_do_not_depend_on_the_thread_count():
    before = lucet.get_num_threads()
    found = []
    for count in (1, 4):
        lucet.set_num_threads(count)
        lucet.manual_seed(2)
        x = lucet.randn(300_000, requires_grad=True)
        y = lucet.dropout(x, 0.4, True)
        y.backward(lucet.rand(300_000))
        found.append((x.detach(), y.detach(), x.grad))
    lucet.set_num_threads(before)
    assert all(same(a, b) for a, b in zip(*found, strict=True))


# --- shapes, types, places ----------------------------------------------------------------------------------------------


def test_factories_take_sizes_in_every_spelling():
    for make in (lucet.rand, lucet.randn):
        assert make(2, 3).shape == make((2, 3)).shape == make([2, 3]).shape == make(size=(2, 3)).shape == (2, 3)
        assert make(()).shape == ()
    for x in (lucet.randint(5, (2,)), lucet.randint(1, 5, (2,)), lucet.randint(high=5, size=(2,)), lucet.randint(1, high=5, size=(2,))):
        assert x.shape == (2,)
        assert x.dtype == lucet.int64


def test_dtype_device_and_requires_grad_are_honoured():
    x = lucet.rand(2, dtype=lucet.float64, requires_grad=True)
    assert (x.dtype, x.requires_grad, x.is_leaf) == (lucet.float64, True, True)
    before = position()
    meta = [lucet.rand(2, device="meta"), lucet.randperm(3, device="meta"), lucet.empty(4, device="meta").normal_()]
    assert all(x.is_meta for x in meta)
    assert position() == before


def test_out_is_filled_and_resized():
    out = lucet.empty(0)
    assert lucet.rand(2, 3, out=out) is out
    assert out.shape == (2, 3)
    assert lucet.randint(3, (4,), out=lucet.empty(2, dtype=lucet.int64)).shape == (4,)
    part = lucet.zeros(6)[::2]
    lucet.manual_seed(0)
    lucet.rand(3, out=part)
    lucet.manual_seed(0)
    assert same(part.contiguous(), lucet.rand(3))


def test_normal_with_tensors_broadcasts_and_has_zero_gradient():
    mean, std = lucet.zeros(2, 1, requires_grad=True), lucet.ones(3, requires_grad=True)
    x = lucet.normal(mean, std)
    assert x.shape == (2, 3)
    x.sum().backward()
    assert mean.grad.tolist() == [[0.0], [0.0]]
    assert std.grad.tolist() == [0.0, 0.0, 0.0]


def test_in_place_fills_move_the_version_and_cut_the_gradient():
    x = lucet.ones(3, requires_grad=True)
    y = x * 2
    before = y._version
    y.uniform_()
    assert y._version == before + 1
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


def test_modes_see_random_calls():
    class Seen(lucet._modes.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            names.append(func.__name__)
            return func(*args, **(kwargs or {}))

    names = []
    with Seen():
        lucet.rand(2, dtype=lucet.float64)
        lucet.empty(2).normal_(1, 2).random_(3)
        _ops.dropout(lucet.ones(2), 0.5)
    assert [name for name in names if name != "empty" and name != "ones"] == ["rand", "normal_", "random_", "dropout"]


# --- generators ---------------------------------------------------------------------------------------------------------


def test_a_seeded_generator_has_its_state_before_anything_is_drawn():
    seeded = lucet.Generator().manual_seed(5)
    twin, copied = seeded.clone_state(), pickle.loads(pickle.dumps(seeded))
    drawn = lucet.rand(3, generator=seeded)
    assert lucet.equal(lucet.rand(3, generator=twin), drawn) and lucet.equal(lucet.rand(3, generator=copied), drawn)
    untouched = lucet.Generator().manual_seed(5).get_state()
    lucet.rand(700, generator=seeded)
    assert lucet.equal(seeded.manual_seed(5).get_state(), untouched)
    assert lucet.equal(lucet.Generator().set_state(untouched).get_state(), untouched)


def test_states_go_out_and_in():
    generator = lucet.Generator().manual_seed(7)
    generator_state = generator.get_state()
    assert (generator_state.shape, generator_state.dtype) == ((5056,), lucet.uint8)
    first = lucet.randn(5, generator=generator)
    assert generator.set_state(generator_state) is generator
    assert same(lucet.randn(5, generator=generator), first)


@pytest.mark.parametrize("twin", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g)), lambda g: g.clone_state()])
def test_copies_go_on_from_the_same_place(twin):
    generator = lucet.Generator().manual_seed(7)
    lucet.randn(3, generator=generator)
    other = twin(generator)
    assert other is not generator
    assert other.initial_seed() == 7
    assert same(lucet.randn(5, generator=other), lucet.randn(5, generator=generator))


@pytest.mark.parametrize(("seed", "kept"), [(0, 0), (-1, 2**64 - 1), (2**64 - 1, 2**64 - 1), (-(2**63), 2**63)])
def test_seeds_wrap_below_zero(seed, kept):
    assert lucet.Generator().manual_seed(seed).initial_seed() == kept


@pytest.mark.parametrize(("seed", "kind"), [(2**64, ValueError), (-(2**63) - 1, ValueError), (1.5, RuntimeError), (True, RuntimeError), ("1", RuntimeError)])
def test_bad_seeds_are_named(seed, kind):
    with pytest.raises(kind, match="long"):
        lucet.Generator().manual_seed(seed)


def test_module_seed_takes_what_int_takes():
    assert lucet.manual_seed(1.7) is lucet.default_generator
    assert lucet.initial_seed() == 1
    assert lucet.seed() == lucet.initial_seed()


def test_devices_other_than_the_cpu_are_refused():
    for place in ("cuda", "meta"):
        with pytest.raises(RuntimeError):
            lucet.Generator(place)
    assert lucet.Generator("cpu").device == lucet.device("cpu")


def damaged(at, value):
    state = lucet.Generator().manual_seed(1).get_state()
    state[at] = value
    return state


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (lambda: lucet.zeros(5056), TypeError),
        (lambda: [1], TypeError),
        (lambda: lucet.zeros(505, dtype=lucet.uint8), LoadError),
        (lambda: lucet.zeros(5056, dtype=lucet.uint8), LoadError),
        (lambda: damaged(8, 0), LoadError),
        (lambda: damaged(17, 40), LoadError),
        (lambda: damaged(28, 1), LoadError),
        (lambda: damaged(5041, 1), LoadError),
    ],
)
def test_what_is_no_state_is_refused_and_changes_nothing(state, kind):
    before = position()
    with pytest.raises(kind):
        lucet.set_rng_state(state())
    assert position() == before


def test_fork_rng_puts_the_generator_back():
    before = position()
    with fork_rng():
        lucet.rand(3)
        assert position() != before
    assert position() == before
    with fork_rng(enabled=False):
        lucet.rand(3)
    assert position() != before
    with pytest.raises(RuntimeError, match="accelerators"), fork_rng(devices=[0]):
        pass


def test_item_stream_replaces_the_default_generator_in_its_thread_alone():
    lucet.manual_seed(0)
    before = position()
    elsewhere = []
    with item_stream(9) as generator:
        assert thread_safe_generator() is generator
        first = lucet.rand(3)
        thread = threading.Thread(target=lambda: elsewhere.append((position(), thread_safe_generator())))
        thread.start()
        thread.join()
        with item_stream(10):
            inner = lucet.rand(3)
        lucet.manual_seed(9)
        again = lucet.rand(3)
    assert elsewhere == [(before, None)]
    assert position() == before
    assert thread_safe_generator() is None
    assert same(first, again)
    assert not same(first, inner)
    assert same(first, lucet.rand(3, generator=lucet.Generator().manual_seed(9)))


def test_item_stream_ends_with_an_exception():
    with pytest.raises(KeyError), item_stream(1):
        raise KeyError
    assert thread_safe_generator() is None


def test_two_threads_draw_one_stream_without_tearing_it():
    n, rounds = 300_000, 6
    generator = lucet.Generator().manual_seed(4)
    parts = []

    def draw():
        for _ in range(rounds):
            parts.append(lucet.rand(n, generator=generator))
            parts.append(lucet.rand(2 * (n // 2), generator=generator))

    threads = [threading.Thread(target=draw) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = lucet.rand(3 * rounds * 2, n, generator=lucet.Generator().manual_seed(4))
    assert sorted(float(part[0]) for part in parts) == sorted(whole[:, 0].tolist())
    assert sorted(float(part[-1]) for part in parts) == sorted(whole[:, -1].tolist())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_during_a_fill_draws():
    stop = threading.Event()

    def draw():
        while not stop.is_set():
            lucet.rand(2_000_000)

    thread = threading.Thread(target=draw)
    thread.start()
    codes = []
    for _ in range(10):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            signal.alarm(30)
            ok = bool((lucet.rand(500_000) < 1).all()) and lucet.randn(3).shape == (3,)
            os._exit(0 if ok else 1)
        codes.append(os.waitpid(child, 0)[1])
    stop.set()
    thread.join()
    assert codes == [0] * 10


# --- refusals -----------------------------------------------------------------------------------------------------------

ones = lucet.ones
BAD = {
    "uniform order": (lambda: ones(2).uniform_(1, 0), RuntimeError, r"range, but found from=1 > to=0"),
    "uniform nan": (lambda: ones(2).uniform_(0, math.nan), RuntimeError, "out of bounds"),
    "uniform width": (lambda: ones(2).uniform_(-3e38, 3e38), RuntimeError, "exceed the limit"),
    "uniform int": (lambda: ones(2, dtype=lucet.int64).uniform_(), DtypeError, "int64"),
    "uniform leaf": (lambda: ones(2, requires_grad=True).uniform_(), RuntimeError, "leaf tensor"),
    "uniform expanded": (lambda: ones(1).expand(3).uniform_(), RuntimeError, "single memory location"),
    "uniform words": (lambda: ones(2).uniform_(1, **{"from": 0}), TypeError, "repeated"),
    "normal std": (lambda: ones(2).normal_(0, -1), RuntimeError, r"normal expects std >= 0.0"),
    "normal nan": (lambda: ones(2).normal_(0, math.nan), RuntimeError, r"normal expects std >= 0.0"),
    "normal stds": (lambda: lucet.normal(ones(2), -ones(2)), RuntimeError, "all elements of std"),
    "normal shapes": (lambda: lucet.normal(ones(2), ones(3)), RuntimeError, "must match the size"),
    "normal no size": (lambda: lucet.normal(0.0, 1.0), TypeError, "size"),
    "random order": (lambda: ones(2).random_(5, 1), RuntimeError, "random_ expects 'from' to be less than 'to'"),
    "random float": (lambda: ones(2).random_(2.5), TypeError, "int"),
    "random from": (lambda: ones(2).random_(**{"from": 1}), TypeError, "without 'to'"),
    "random uint8": (lambda: ones(2, dtype=lucet.uint8).random_(257), RuntimeError, "to - 1 is out of bounds"),
    "random negative": (lambda: ones(2, dtype=lucet.uint8).random_(-1, 5), RuntimeError, "from is out of bounds"),
    "random long": (lambda: lucet.randint(2**63, (2,)), ValueError, "Overflow"),
    "randint size": (lambda: lucet.randint(5, 2), TypeError, "tuple of ints"),
    "randperm negative": (lambda: lucet.randperm(-1), RuntimeError, "negative dimension"),
    "randperm uint8": (lambda: lucet.randperm(300, dtype=lucet.uint8), RuntimeError, "300"),
    "randperm float16": (lambda: lucet.randperm(3000, dtype=lucet.float16), RuntimeError, "3000"),
    "randperm bool": (lambda: lucet.randperm(2, dtype=lucet.bool), DtypeError, "bool"),
    "rand int": (lambda: lucet.rand(2, dtype=lucet.int64), DtypeError, "int64"),
    "rand nothing": (lambda: lucet.rand(), TypeError, "missing 1 required positional"),
    "rand huge": (lambda: lucet.rand(2**40, 2**40), RuntimeError, "overflow"),
    "rand generator": (lambda: lucet.rand(2, generator=5), TypeError, "generator"),
    "rand out": (lambda: lucet.rand(2, out=ones(2, requires_grad=True)), RuntimeError, "automatic differentiation"),
    "rand out dtype": (lambda: lucet.rand(2, out=ones(2), dtype=lucet.float64), RuntimeError, "does not match"),
    "randint grad": (lambda: lucet.randint(3, (2,), requires_grad=True), RuntimeError, "require gradients"),
    "bernoulli p": (lambda: ones(2).bernoulli_(1.5), RuntimeError, r"p to be in \[0, 1\]"),
    "bernoulli nan": (lambda: ones(2).bernoulli_(math.nan), RuntimeError, r"p to be in \[0, 1\]"),
    "bernoulli tensor": (lambda: ones(2).bernoulli_(lucet.tensor([0.5, 1.5])), RuntimeError, "p_in"),
    "bernoulli shape": (lambda: ones(2).bernoulli_(ones(2, 2)), ShapeError, "expand"),
    "bernoulli int p": (lambda: lucet.bernoulli(ones(2, dtype=lucet.int64)), DtypeError, "int64"),
    "exponential": (lambda: ones(2).exponential_(0), RuntimeError, "lambda > 0.0"),
    "geometric": (lambda: ones(2).geometric_(1), RuntimeError, r"\(0, 1\)"),
    "log normal": (lambda: ones(2).log_normal_(0, 0), RuntimeError, "std > 0.0"),
    "cauchy": (lambda: ones(2).cauchy_(0, -1), RuntimeError, "sigma > 0.0"),
    "multinomial count": (lambda: lucet.multinomial(ones(2), 3), RuntimeError, "without replacement"),
    "multinomial none": (lambda: lucet.multinomial(ones(2), 0), RuntimeError, "n_sample <= 0"),
    "multinomial negative": (lambda: lucet.multinomial(lucet.tensor([1.0, -1.0]), 1), RuntimeError, "element < 0"),
    "multinomial inf": (lambda: lucet.multinomial(lucet.tensor([1.0, math.inf]), 2, True), RuntimeError, "infinity or NaN"),
    "multinomial zeros": (lambda: lucet.multinomial(lucet.zeros(2, 3), 2), RuntimeError, "sum of probabilities <= 0"),
    "multinomial shape": (lambda: lucet.multinomial(ones(1, 1, 1), 1), RuntimeError, "1 or 2 dim"),
    "multinomial int": (lambda: lucet.multinomial(ones(2, dtype=lucet.int64), 1), RuntimeError, "floating-point"),
    "multinomial empty": (lambda: lucet.multinomial(ones(2, 0), 2, True), RuntimeError, "sum of probabilities"),
    "multinomial out": (lambda: lucet.multinomial(ones(2), 1, out=ones(1)), RuntimeError, "Long"),
    "dropout p": (lambda: _ops.dropout(ones(2), 1.5), ValueError, "between 0 and 1"),
    "plain dropout p": (lambda: lucet.dropout(ones(2), 1.5, True), RuntimeError, "between 0 and 1"),
    "dropout int": (lambda: _ops.dropout(ones(2, dtype=lucet.int64), 0.5), DtypeError, "can't be cast"),
    "dropout leaf": (lambda: _ops.dropout(ones(2, requires_grad=True), 0.5, True, True), RuntimeError, "leaf tensor"),
    "dropout1d shape": (lambda: _ops.dropout1d(ones(2), 0.5), RuntimeError, "2D or 3D"),
    "feature shape": (lambda: lucet.feature_dropout(ones(2), 0.5, True), RuntimeError, "at least 2 dimensions"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused_calls_leave_the_generator_alone(case):
    call, kind, words = BAD[case]
    before = position()
    with pytest.raises(kind, match=words):
        call()
    assert position() == before


def test_ranges_beyond_a_float_warn():
    with pytest.warns(UserWarning, match=r"\[-\(2\^24\), 2\^24\]"):
        lucet.randint(2**25, (2,), dtype=lucet.float32)


# --- dropout ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("p", [0.1, 0.5, 0.75])
def test_dropout_zeroes_or_scales(dtype, p):
    lucet.manual_seed(1)
    x = lucet.rand(4000, dtype=lucet.float64).add(1).to(dtype)
    y = _ops.dropout(x, p)
    scale = lucet.tensor(1 / (1 - p), dtype=dtype)
    dropped = y == 0
    assert abs(float(dropped.double().sum()) / 4000 - p) < 0.05
    assert bool((dropped | (y == x * scale)).all())


def test_dropout_gradient_is_the_forward_mask():
    x = lucet.rand(50, 40).add(1).requires_grad_()
    y = _ops.dropout(x, 0.3)
    y.backward(lucet.full((50, 40), 2.0))
    assert same(x.grad, lucet.where(y == 0, 0.0, 2 * (1 / lucet.tensor(0.7))).expand(50, 40).contiguous())


def test_dropout_gradient_can_be_differentiated_again():
    x = lucet.ones(64, requires_grad=True)
    lucet.manual_seed(2)
    y = _ops.dropout(x, 0.5)
    g = lucet.ones(64, requires_grad=True)
    (first,) = lucet.autograd.grad(y, x, g, create_graph=True)
    (first * 3).sum().backward()
    assert same(g.grad, 3 * y.detach())


def test_dropout_lets_nan_and_infinity_through_the_mask():
    x = lucet.tensor([math.nan, math.inf] * 20, requires_grad=True)
    y = _ops.dropout(x, 0.5)
    assert not bool((y == 0).any())
    assert bool(lucet.isnan(_ops.dropout(lucet.tensor([math.inf]), 1.0)).all())
    y.backward(lucet.full((40,), math.nan))
    assert bool(lucet.isnan(x.grad).all())


def test_dropout_that_does_nothing_returns_its_input():
    x = lucet.ones(3)
    before = position()
    for y in (_ops.dropout(x, 0.0), _ops.dropout(x, 0.5, False), lucet.feature_dropout(x, 0.5, False), _ops.alpha_dropout(x)):
        assert y is x
    assert _ops.dropout(lucet.ones(0), 0.5).shape == (0,)
    assert position() == before


def test_dropout_in_place_writes_and_records():
    x = lucet.ones(100, requires_grad=True)
    y = x * 1
    z = _ops.dropout(y, 0.5, True, True)
    assert z is y
    assert y._version == 1
    y.sum().backward()
    assert same(x.grad, y.detach())


@pytest.mark.parametrize("make", [lambda: lucet.ones(6, 5, 4).permute(2, 0, 1), lambda: lucet.ones(8, 8)[::2, ::2], lambda: lucet.ones(4).expand(3, 4)])
def test_dropout_of_any_layout(make):
    x = make().requires_grad_()
    lucet.manual_seed(8)
    y = _ops.dropout(x, 0.5)
    y.sum().backward()
    assert same(x.grad.contiguous(), y.detach().contiguous())


@pytest.mark.parametrize(
    ("call", "shape", "lead"), [("dropout1d", (4, 6, 5), 2), ("dropout1d", (6, 5), 1), ("dropout2d", (4, 6, 3, 3), 2), ("dropout3d", (6, 2, 3, 3), 1)]
)
def test_channels_are_dropped_whole(call, shape, lead):
    lucet.manual_seed(0)
    y = getattr(_ops, call)(lucet.ones(shape), 0.5).numpy().reshape(*shape[:lead], -1)
    assert (y == y[..., :1]).all()
    assert set(y.ravel().tolist()) == {0.0, 2.0}


def test_other_ranks_of_dropout2d_warn():
    with pytest.warns(UserWarning, match="3D input"):
        _ops.dropout2d(lucet.ones(2, 3, 4))
    with pytest.warns(UserWarning, match="2-D input"):
        _ops.dropout2d(lucet.ones(2, 3))


def test_alpha_dropout_keeps_mean_and_variance():
    lucet.manual_seed(3)
    y = _ops.alpha_dropout(lucet.randn(100_000), 0.3, True).double().numpy()
    assert abs(y.mean()) < 0.02
    assert abs(y.var() - 1) < 0.02


# --- bernoulli and multinomial ------------------------------------------------------------------------------------------


def test_bernoulli_takes_a_probability_an_element():
    lucet.manual_seed(0)
    p = lucet.arange(5).float() / 4
    hits = lucet.empty(4000, 5).bernoulli_(p).double().numpy().mean(0)
    assert np.abs(hits - p.numpy()).max() < 0.03
    assert lucet.bernoulli(lucet.tensor([0.0, 1.0])).tolist() == [0.0, 1.0]
    assert lucet.zeros(3, dtype=lucet.int64).bernoulli(1.0).tolist() == [1, 1, 1]


def test_multinomial_without_replacement_draws_each_once():
    lucet.manual_seed(0)
    x = lucet.multinomial(lucet.rand(20, 30) + 0.1, 30)
    assert (np.sort(x.numpy(), 1) == np.arange(30)).all()


def test_multinomial_frequencies_follow_the_weights():
    lucet.manual_seed(0)
    weights = np.array([0.0, 1.0, 5.0, 2.0, 0.0])
    picked = lucet.multinomial(lucet.tensor(weights, dtype=lucet.float32), 20_000, True).numpy()
    assert np.abs(np.bincount(picked, minlength=5) / 20_000 - weights / 8).max() < 0.02
    firsts = lucet.multinomial(lucet.tensor(np.tile(weights, (4000, 1))), 3).numpy()[:, 0]
    assert np.abs(np.bincount(firsts, minlength=5) / 4000 - weights / 8).max() < 0.03
