"""Mixed precision on the CPU: which ops change their type, weights cast once, and a scale that follows overflows."""

import pickle
import threading
import warnings

import pytest

import lucet
from lucet import _modes


@pytest.fixture
def x():
    return lucet.ones(2, 2)


def test_products_run_low_losses_in_float32_and_others_as_they_are(x):
    with lucet.autocast("cpu"):
        low = x @ x
        assert low.dtype is lucet.bfloat16
        assert low.prod().dtype is lucet.float32
        assert low.exp().dtype is lucet.bfloat16
        assert x.exp().dtype is lucet.float32
        assert lucet.cat([x, low]).dtype is lucet.float32
        assert lucet.stack([low, low]).dtype is lucet.bfloat16
        assert (x.double() @ x.double()).dtype is lucet.float64
        assert lucet.mm(x, x, out=lucet.empty(2, 2)).dtype is lucet.float32
        assert x.addmm_(x, x).dtype is lucet.float32
    assert (x @ x).dtype is lucet.float32


@pytest.mark.parametrize("kind", [lucet.float16, lucet.bfloat16, lucet.float32])
def test_sums_of_products_of_matrices_run_low_and_others_as_they_are(x, kind):
    x = x.to(kind)
    batch, row = x[None], x[0]
    low = {"addmm": (x, x, x), "baddbmm": (batch, batch, batch), "addbmm": (x, batch, batch)}
    kept = {"addmv": (row, x, row), "addr": (x, row, row), "addcmul": (x, x, x), "addcdiv": (x, x, x), "lerp": (x, x, x)}
    with lucet.autocast("cpu"):
        for name, (first, *others) in (low | kept).items():
            y = getattr(lucet, name)(first, *others)
            assert y.dtype is (lucet.bfloat16 if name in low else kind), name
            assert getattr(first.clone(), name + "_")(*others).dtype is kind, name
        for name, (first, *others) in low.items():
            assert getattr(lucet, name)(first.float(), *(t.bfloat16() for t in others)).dtype is lucet.bfloat16
        # in place nothing is cast, nor rounded on the way
        third = lucet.full((2, 2), 1 / 3)
        assert lucet.equal(lucet.zeros(2, 2).addmm_(third, lucet.eye(2)), third)
        assert lucet.equal(lucet.zeros(1, 2, 2).baddbmm_(third[None], lucet.eye(2)[None])[0], third)


def test_contexts_nest_and_decorate(x):
    with lucet.autocast("cpu"):
        with lucet.autocast("cpu", enabled=False):
            assert (x @ x).dtype is lucet.float32
            with lucet.autocast("cpu", dtype=lucet.float16):
                assert (x @ x).dtype is lucet.float16
        assert (x @ x).dtype is lucet.bfloat16
    product = lucet.autocast("cpu")(lucet.mm)
    assert product(x, x).dtype is lucet.bfloat16
    assert _modes._modes_in_force()[3] == ()
    once = lucet.autocast("cpu")
    with once, once:
        assert (x @ x).dtype is lucet.bfloat16
    assert (x @ x).dtype is lucet.float32
    with pytest.raises(KeyError), lucet.autocast("cpu"):
        raise KeyError
    assert not lucet.is_autocast_enabled("cpu")


def test_the_switches_are_those_of_the_thread(x):
    seen = []
    lucet.set_autocast_enabled("cpu", True)
    try:
        thread = threading.Thread(target=lambda: seen.append((x @ x).dtype))
        thread.start()
        thread.join()
        assert (x @ x).dtype is lucet.bfloat16
        with _modes.TorchFunctionMode():
            lucet.set_autocast_enabled("cpu", False)
            assert (x @ x).dtype is lucet.float32
            assert len(_modes._modes_in_force()[3]) == 1
    finally:
        lucet.set_autocast_enabled("cpu", False)
    assert seen == [lucet.float32]


def test_gradients_arrive_in_the_type_of_the_weights():
    w = lucet.ones(3, 3, requires_grad=True)
    with lucet.autocast("cpu"):
        loss = (lucet.ones(2, 3) @ w @ w).float().sum()
    loss.backward()
    assert w.grad.dtype is lucet.float32
    assert w.grad.tolist() == [[12.0] * 3] * 3


def test_a_weight_is_cast_once_and_again_after_a_change():
    w = lucet.ones(2, 2, requires_grad=True)
    x = lucet.ones(2, 2)
    casts = []

    class Count(_modes.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            casts.extend([func.__name__] if func.__name__ == "to" and args[0] is w else [])
            return func(*args, **(kwargs or {}))

    with Count(), lucet.autocast("cpu"):
        x @ w, x @ w
        assert casts == ["to"]
        with lucet.no_grad():
            w.add_(1)
            assert (x @ w).tolist() == [[4, 4], [4, 4]]
        assert (x @ w).requires_grad
    casts.clear()
    with Count(), lucet.autocast("cpu", cache_enabled=False):
        x @ w, x @ w
    assert casts == ["to", "to"]


def test_what_autocast_does_not_know_is_refused():
    with pytest.raises(ValueError, match="device_type"):
        lucet.autocast(3)
    with pytest.raises(RuntimeError, match="unsupported autocast device_type"):
        lucet.autocast("meta")
    with pytest.warns(UserWarning, match="Disabling autocast"):
        assert not lucet.autocast("cuda")._enabled
    with pytest.warns(UserWarning, match="only supports dtypes of"):
        assert not lucet.autocast("cpu", lucet.float32)._enabled


def test_functions_of_ones_own_choose(x):
    class Product(lucet.autograd.Function):
        @staticmethod
        @lucet.amp.custom_fwd(device_type="cpu", cast_inputs=lucet.float32)
        def forward(ctx, a):
            seen.append((a.dtype, lucet.is_autocast_enabled("cpu")))
            return a * 2

        @staticmethod
        @lucet.amp.custom_bwd(device_type="cpu")
        def backward(ctx, g):
            seen.append(lucet.is_autocast_enabled("cpu"))
            return g * 2

    class Plain(Product):
        forward = staticmethod(lucet.amp.custom_fwd(lambda ctx, a: a @ a, device_type="cpu"))

    seen = []
    a = x.bfloat16().requires_grad_()
    with lucet.autocast("cpu"):
        y = Product.apply(a)
        z = Plain.apply(x.clone().requires_grad_())
    assert z.dtype is lucet.bfloat16
    y.sum().backward()
    z.float().sum().backward()
    assert seen == [(lucet.float32, False), False, True]


class Step:
    """An optimizer of one weight that counts its steps."""

    def __init__(self, w):
        self.param_groups = [{"params": [w]}]
        self.steps = 0

    def step(self):
        self.steps += 1


def test_the_scale_follows_overflows():
    w = lucet.ones(2, requires_grad=True)
    optimizer = Step(w)
    scaler = lucet.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    for factor, scale, steps in ((1.0, 8.0, 1), (1.0, 16.0, 2), (float("inf"), 8.0, 2), (1.0, 8.0, 3), (1.0, 16.0, 4)):
        w.grad = None
        scaler.scale((w * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        assert (scaler.get_scale(), optimizer.steps) == (scale, steps)
        if factor == 1.0:
            assert w.grad.tolist() == [1, 1]


def test_the_scaler_keeps_its_order():
    w = lucet.ones(1, requires_grad=True)
    scaler, optimizer = lucet.amp.GradScaler("cpu"), Step(w)
    with pytest.raises(AssertionError, match="scale"):
        scaler.step(optimizer)
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    assert w.grad.tolist() == [1]
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="after step"):
        scaler.unscale_(optimizer)
    with pytest.raises(AssertionError):
        pickle.dumps(scaler)
    scaler.update()
    again = pickle.loads(pickle.dumps(scaler))
    assert again.state_dict() == scaler.state_dict()
    scaler.update(4.0) if scaler._per_optimizer_states else None
    other = lucet.amp.GradScaler("cpu")
    other.load_state_dict(scaler.state_dict() | {"scale": 2.0})
    assert other.get_scale() == 2.0
    assert other.scale([lucet.ones(1), (lucet.ones(1),)])[1][0].item() == 2.0


def test_without_cuda_its_scaler_and_context_are_off():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        scaler, context = lucet.cuda.amp.GradScaler(), lucet.cuda.amp.autocast()
        assert not lucet.amp.GradScaler().is_enabled()
    assert [w.category for w in told] == [FutureWarning, UserWarning] * 2 + [UserWarning]
    assert all(w.filename == __file__ for w in told)
    w = lucet.ones(1, requires_grad=True)
    with context:
        loss = (w @ w).sum()
    assert scaler.scale(loss) is loss
    optimizer = Step(w)
    scaler.step(optimizer)
    scaler.update()
    assert (optimizer.steps, scaler.state_dict(), loss.dtype) == (1, {}, lucet.float32)


def test_nothing_is_asked_while_autocast_is_off(x):
    with lucet.autocast("cpu", enabled=False):
        assert _modes._modes_in_force()[3] == ()


@pytest.mark.parametrize("name", "fft fft2 fftn ifft ifft2 ifftn rfft rfft2 rfftn irfft irfft2 irfftn hfft ihfft".split())
def test_transforms_run_in_float32(name):
    transform, low = getattr(lucet.fft, name), lucet.eye(4).bfloat16()
    with lucet.autocast("cpu"):
        got = transform(low)
    expected = transform(low.float())
    assert got.dtype is expected.dtype and got.equal(expected)


@pytest.mark.parametrize("name", "cholesky inv svdvals eigvals eigvalsh cond matrix_rank qr svd eigh eig inv_ex cholesky_ex pinv".split())
def test_decompositions_run_in_float32(name):
    function, low = getattr(lucet.linalg, name), (lucet.eye(3) * 2).bfloat16()
    with lucet.autocast("cpu"):
        got = function(low)
    expected = function(low.float())
    for ours, theirs in zip(*(x if isinstance(x, tuple) else (x,) for x in (got, expected)), strict=True):
        assert ours.dtype is theirs.dtype and ours.equal(theirs)


def test_solvers_and_complex_numbers_run_in_float32_and_products_low(x):
    low, system = x.bfloat16(), lucet.eye(2).bfloat16()
    with lucet.autocast("cpu"):
        assert lucet.linalg.solve(system, low).dtype is lucet.float32
        assert lucet.linalg.lstsq(system, low).solution.dtype is lucet.float32
        assert lucet.linalg.tensorsolve(system, low[0]).dtype is lucet.float32
        assert lucet.linalg.householder_product(system, low[0]).dtype is lucet.float32
        assert lucet.polar(low, low).dtype is lucet.complex64
        assert lucet.linalg.multi_dot([x, x, x]).dtype is lucet.bfloat16
        assert lucet.linalg.vecdot(x, x).dtype is lucet.bfloat16
        assert lucet.inner(x, x).dtype is lucet.bfloat16
        assert lucet.inner(x[0], x[0]).dtype is lucet.float32  # torch's dot
        assert lucet.matrix_power(lucet.eye(2), -1).dtype is lucet.float32
        assert lucet.matrix_power(lucet.eye(2), -2).dtype is lucet.bfloat16
        assert lucet.linalg.matrix_power(system, 3).dtype is lucet.bfloat16


@pytest.mark.parametrize("name,value", [("growth_factor", 3.0), ("backoff_factor", 0.25), ("growth_interval", 7)])
def test_what_a_scaler_is_set_to_it_tells_and_keeps(name, value):
    scaler = lucet.amp.GradScaler("cpu")
    assert getattr(scaler, "get_" + name)() == {"growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": 2000}[name]
    assert getattr(scaler, "set_" + name)(value) is None
    assert getattr(scaler, "get_" + name)() == value == scaler.state_dict()[name]
