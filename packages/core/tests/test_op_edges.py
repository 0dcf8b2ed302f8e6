"""Edges of ops that samples of many shapes and element types bring up: what integers are counted in, when halves are rounded, what is refused."""

import math
import signal

import pytest

import lucet


@pytest.mark.parametrize("kind", [lucet.float16, lucet.bfloat16])
def test_half_types_are_rounded_once(kind):
    lucet.manual_seed(0)
    a, b, c = (lucet.randn(64, dtype=lucet.float32).to(kind) for _ in range(3))
    x, y, z = a.float(), b.float(), c.float()
    assert lucet.equal(lucet.addcmul(a, b, c, value=0.3), lucet.addcmul(x, y, z, value=0.3).to(kind))
    assert lucet.equal(lucet.addcdiv(a, b, c, value=0.3), lucet.addcdiv(x, y, z, value=0.3).to(kind))
    assert lucet.equal(lucet.lerp(a, b, 0.4), lucet.lerp(x, y, 0.4).to(kind))
    assert lucet.equal(a.clone().addcmul_(b, c, value=0.3), lucet.addcmul(a, b, c, value=0.3))
    m, n = a.view(8, 8), b.view(8, 8)
    assert lucet.equal(lucet.addmm(m, m, n, beta=0.3, alpha=0.7), lucet.addmm(m.float(), m.float(), n.float(), beta=0.3, alpha=0.7).to(kind))
    assert lucet.equal(lucet.addmv(c[:8], m, b[:8], alpha=0.7), lucet.addmv(z[:8], m.float(), y[:8], alpha=0.7).to(kind))
    assert lucet.equal(lucet.addr(m, a[:8], b[:8], beta=0.3), lucet.addr(m.float(), x[:8], y[:8], beta=0.3).to(kind))


@pytest.mark.parametrize("kind", [lucet.float16, lucet.bfloat16])
@pytest.mark.parametrize("name", ["addcmul", "addcdiv", "lerp"])
def test_results_of_half_types_are_cast_into_out(name, kind):
    h = lucet.tensor([0.3, 0.7], dtype=kind)
    function, last = getattr(lucet, name), 0.3 if name == "lerp" else h
    expected = function(h, h, last)
    for wide in (lucet.float32, lucet.float64, lucet.float16, lucet.bfloat16):
        out = lucet.empty(0, dtype=wide)
        assert function(h, h, last, out=out) is out
        assert out.dtype is wide and lucet.equal(out, expected.to(wide))
    with pytest.raises(RuntimeError, match="can't be cast"):
        function(h, h, last, out=lucet.empty(2, dtype=lucet.int64))
    if name == "lerp":
        with pytest.raises(RuntimeError, match="lerp: Found dtype float32 but expected"):
            lucet.lerp(h, h, h, out=lucet.empty(2))


@pytest.mark.parametrize("kind", [lucet.float16, lucet.bfloat16])
def test_norms_of_half_types_with_weights_are_rounded_once(kind):
    lucet.manual_seed(0)
    from lucet._ops import group_norm, instance_norm, layer_norm

    x, w, b = lucet.randn(2, 6, 5).to(kind), lucet.randn(6).to(kind), lucet.randn(6).to(kind)
    assert lucet.equal(group_norm(x, 2, w, b), group_norm(x.float(), 2, w.float(), b.float()).to(kind))
    assert lucet.equal(instance_norm(x, weight=w, bias=b), instance_norm(x.float(), weight=w.float(), bias=b.float()).to(kind))
    x = x.transpose(1, 2)
    assert lucet.equal(layer_norm(x, (6,), w, b), layer_norm(x.float(), (6,), w.float(), b.float()).to(kind))


def test_factors_of_integer_products_are_whole():
    m, v = lucet.ones(2, 2, dtype=lucet.int64), lucet.ones(2, dtype=lucet.int64)
    assert lucet.addmv(v, m, v, beta=1.5, alpha=2.9).tolist() == [5, 5]
    assert lucet.baddbmm(m, m[None], m[None], beta=0.5).tolist() == [[[2, 2], [2, 2]]]
    with pytest.raises(RuntimeError, match="alpha must not be a floating point number"):
        lucet.addr(m, v, v, alpha=1.5)
    assert lucet.addr(m > 0, v > 0, v > 0, beta=3, alpha=2).dtype is lucet.bool


def test_addbmm_sums_the_products_of_a_batch():
    a, b = lucet.arange(12.0).view(3, 2, 2), lucet.ones(3, 2, 1)
    assert lucet.addbmm(lucet.tensor([[1.0], [2.0]]), a, b, beta=10, alpha=2).tolist() == [[64.0], [98.0]]
    assert lucet.zeros(2, 1).addbmm_(a, b).tolist() == [[27.0], [39.0]]
    with pytest.raises(RuntimeError, match="same number of batches, got 3 and 2"):
        lucet.addbmm(lucet.zeros(1), a, b[:2])


def test_ranges_of_integers_are_counted_in_integers():
    assert lucet.arange(3.1, dtype=lucet.int64).tolist() == [0, 1, 2]
    assert lucet.arange(3.1, dtype=lucet.int32).tolist() == [0, 1, 2, 3]
    assert lucet.arange(0.1, -7.9, -4.0, dtype=lucet.int16).tolist() == [0, -4]
    with pytest.raises(ValueError, match="step must be nonzero"):
        lucet.arange(0, 64, 0.5, out=lucet.empty(0, dtype=lucet.int64))
    assert lucet.linspace(2.9, 0, 3, dtype=lucet.int64).tolist() == [2, 1, 0]
    assert lucet.logspace(2.9, 1.2, 2, dtype=lucet.int32).tolist() == [100, 10]


def test_covariance_of_complex_numbers_is_hermitian():
    x = lucet.tensor([[1 + 2j, 3 - 2j], [1j, 1j]])
    assert lucet.cov(x).tolist() == [[10 + 0j, 0j], [0j, 0j]]
    assert lucet.cov(x[0]).item() == 10
    r = lucet.corrcoef(lucet.tensor([[1 + 0j, -1 + 0j], [1j, -1j]]))
    lucet.testing.assert_close(r, lucet.tensor([[1 + 0j, -1j], [1j, 1 + 0j]]))


def test_small_integers_stay_small_in_tensordot():
    a, b = lucet.ones(1, 1, 1, dtype=lucet.int16), lucet.ones(2, 1, 2, dtype=lucet.int16)
    assert lucet.tensordot(a, b, ((0, 1), (2, 0))).dtype is lucet.int16


def test_second_derivatives_of_modified_bessel_functions_at_zero():
    for function, value in ((lucet.special.i1, 0.0), (lucet.special.i1e, None)):
        x = lucet.zeros(1, dtype=lucet.float64, requires_grad=True)
        (g,) = lucet.autograd.grad(function(x).sum(), [x], create_graph=True)
        (second,) = lucet.autograd.grad(g.sum(), [x])
        assert second.isfinite().all() and (value is None or second.item() == value)


def test_what_is_refused():
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type int64"):
        lucet.tensor([3, 4]).mvlgamma_(1)
    for start in (lucet.tensor([0, 1]), lucet.tensor(True)):
        with pytest.raises(RuntimeError, match="start must be an 0-dim integral Tensor"):
            lucet.arange(4).narrow(0, start, 1)
    with pytest.raises(TypeError, match="Coefficients must be a list/tuple"):
        lucet.signal.windows.general_cosine(3, a=None)
    empty = lucet.empty(0)
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        lucet.cat([empty, lucet.ones(2)], out=empty)


def test_max_pool_with_indices_lies_as_its_input():
    from lucet._ops import max_pool2d

    x = lucet.randn(1, 2, 6, 6)
    y, index = max_pool2d(x.to(memory_format=lucet.channels_last), 2, dilation=2, return_indices=True)
    assert y.stride() == index.stride() == (8, 1, 4, 2)
    plain, places = max_pool2d(x, 2, dilation=2, return_indices=True)
    assert lucet.equal(y, plain) and lucet.equal(index, places)


def test_gradient_of_relu_lets_nan_through():
    x = lucet.tensor([math.nan, 2.0, -2.0, 0.0], requires_grad=True)
    lucet.relu(x).sum().backward()
    assert x.grad.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("op", ["addmm", "addmv", "baddbmm", "addr"])
def test_input_of_weight_zero_stays_in_the_graph(op):
    shapes = {"addmm": [(2, 2), (2, 2)], "addmv": [(2, 2), (2,)], "baddbmm": [(1, 2, 2), (1, 2, 2)], "addr": [(2,), (2,)]}[op]
    c = lucet.full((2,), math.nan, requires_grad=True)
    y = getattr(lucet, op)(c, *(lucet.ones(s) for s in shapes), beta=0)
    y.sum().backward()
    assert not y.isnan().any() and c.grad.tolist() == [0, 0]


def test_a_source_without_elements_is_not_read():
    for write in ("scatter", "scatter_add"):
        with pytest.raises(RuntimeError, match=r"Expected index \[\] to be no larger"):
            getattr(lucet.zeros(3), write)(0, lucet.tensor(0), lucet.zeros(0))
    assert lucet.zeros(3).scatter(0, lucet.tensor(1), lucet.tensor([4.0, 5.0])).tolist() == [0, 4, 0]


def test_clamp_in_place_keeps_integers_whole():
    x = lucet.tensor([1, 5])
    for bounds in ({"min": lucet.tensor([2.5, 2.5])}, {"max": lucet.tensor(2.5)}, {"max": 2.5}):
        with pytest.raises(RuntimeError, match="can't be cast"):
            x.clamp_(**bounds)
    assert x.tolist() == [1, 5] and x.clamp_(lucet.tensor([2, 2])).tolist() == [2, 5]


def test_ints_of_64_bits_are_numbers_of_floating_tensors():
    assert (lucet.tensor([1.0], dtype=lucet.float64) * (2**64 - 1)).tolist() == [2.0**64]
    assert lucet.tensor([2**70, -(2**64)], dtype=lucet.float64).tolist() == [2.0**70, -(2.0**64)]
    x = lucet.tensor([1])
    for refused in (lambda: x + 2**63, lambda: x < 2**63, lambda: lucet.tensor(2**63), lambda: x.float() * 2**64, lambda: x.float() * (-(2**63) - 1)):
        with pytest.raises(RuntimeError):
            refused()


def test_gradients_of_extremes_are_zero_elsewhere():
    for name in ("max", "min", "median", "nanmedian", "amax", "amin"):
        x = lucet.tensor([1.0, 2.0, 3.0], requires_grad=True)
        (getattr(x, name)() * math.inf).backward()
        assert sorted(x.grad.tolist()) == [0, 0, math.inf], name


def test_the_dimension_of_mvlgamma_may_be_large():
    p, x = 50_000, 1e5
    expected = p * (p - 1) / 4 * math.log(math.pi) + math.fsum(math.lgamma(x - k / 2) for k in range(p))
    assert math.isclose(lucet.mvlgamma(lucet.tensor(x, dtype=lucet.float64), p).item(), expected, rel_tol=1e-12)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer")
def test_a_long_mvlgamma_can_be_interrupted():
    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(TimeoutError):
            lucet.mvlgamma(lucet.ones(4), 2**31 - 1)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_sorted_values_lie_as_the_input_does():
    x = lucet.arange(24.0).view(2, 3, 4).permute(2, 0, 1)
    values, indices = lucet.sort(x, 0, descending=True)
    assert values.stride() == indices.stride() == x.stride() == (1, 12, 4)
    assert lucet.equal(values, x.flip(0)) and indices[:, 1, 2].tolist() == [3, 2, 1, 0]


def test_deviations_are_found_where_their_squares_leave_single_precision():
    for scale in (1e20, 1e-30):
        x = lucet.tensor([[1.0, 3.0], [5.0, 3.0]]) * scale
        assert (lucet.std(x, 1, correction=0) / scale).tolist() == pytest.approx([1, 1], rel=1e-5)
        assert (lucet.std(x[0], correction=0) / scale).item() == pytest.approx(1, rel=1e-5)
        assert lucet.linalg.vector_norm(x[:, :1], 3, dim=1).tolist() == x[:, 0].tolist()
    hidden = lucet.tensor([[1e20, 3e20], [math.nan, 0.0]])
    assert lucet.std(hidden, 1, correction=0)[0].item() == pytest.approx(1e20, rel=1e-5)


def test_out_of_another_type_is_refused_before_anything_is_written():
    values, indices = lucet.full((1,), 7.0), lucet.full((1,), 7, dtype=lucet.int32)
    for call in (lambda out: lucet.topk(lucet.ones(3), 1, out=out), lambda out: lucet.max(lucet.ones(1, 3), 1, out=out), lambda out: lucet.cummax(lucet.ones(1), 0, out=out)):
        with pytest.raises(RuntimeError, match="Expected out tensor to have dtype int64, but got int32"):
            call((values, indices))
    for call in (lucet.abs, lucet.floor, lucet.neg, lambda x, out: lucet.clamp(x, 0, out=out), lambda x, out: lucet.softmax(x, 0, out=out)):
        wide = lucet.full((3,), 7.0, dtype=lucet.float64)
        with pytest.raises(RuntimeError, match="dtype"):
            call(lucet.ones(3), out=wide)
        assert wide.tolist() == [7, 7, 7]
    assert values.tolist() == [7] and indices.tolist() == [7]


@pytest.mark.parametrize("wide", [lucet.float32, lucet.float64])
@pytest.mark.parametrize("half", [lucet.float16, lucet.bfloat16])
def test_results_of_half_types_are_rounded_to_them_in_any_out(half, wide):
    x = lucet.tensor([0.3, 1.7], dtype=half)
    for call in (lucet.sin, lucet.digamma, lambda a, **out: lucet.logaddexp2(a, a, **out), lambda a, **out: lucet.pow(a, 1.3, **out), lambda a, **out: lucet.mul(a, a, **out)):
        out = lucet.empty(2, dtype=wide)
        assert call(x, out=out) is out and lucet.equal(out, call(x).to(wide))


def test_factors_of_integers_are_whole():
    x = lucet.tensor([2, -2])
    assert lucet.addcmul(x, x, x, value=1.9).tolist() == [6, 2]
    assert lucet.addcmul(x, x, x, value=-1.9).tolist() == [-2, -6]
    assert x.clone().addcmul_(x, x, value=True).tolist() == [6, 2]
    assert lucet.addcmul(x.float(), x, x, value=1.5).tolist() == [8, 4]


def test_ranges_of_integers_count_in_whole_numbers():
    with pytest.warns(UserWarning, match="deprecated"):
        assert lucet.range(1.5, 4.2, 1.5, dtype=lucet.int64).tolist() == [1, 2, 3, 4]
    assert lucet.logspace(1.5, 2, 1, dtype=lucet.int64).tolist() == [31]
