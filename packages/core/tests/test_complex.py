"""Complex numbers: what the generic tests do not ask. Special values, views of parts, gradients between real and complex tensors."""

import cmath
import math

import numpy as np
import pytest

import lucet

nan, inf = math.nan, math.inf
Z = [1 + 2j, -1.5 + 0.5j, 0.25 - 3j]


def tensor(values=Z, dtype=lucet.complex128):
    return lucet.tensor(values, dtype=dtype)


@pytest.mark.parametrize("dtype", [lucet.complex64, lucet.complex128])
@pytest.mark.parametrize("lies", [lambda z: z, lambda z: z[::3], lambda z: z.view(50, 20).T, lambda z: z[:1]])
def test_a_number_times_its_conjugate_is_real_to_the_last_bit(dtype, lies):
    z = lies(lucet.randn(1000, dtype=dtype))
    assert not (z * z.conj()).imag.any()
    assert not z.clone().mul_(z.conj()).imag.any()


@pytest.mark.parametrize("n", [1, 3, 4, 7, 8, 9, 33])
def test_products_that_repeat_a_number(n):
    z, w = lucet.randn(n, dtype=lucet.complex64), lucet.tensor(0.5 - 2j)
    expected = np.array(z.tolist()) * (0.5 - 2j)
    np.testing.assert_allclose(np.array((z * w).tolist()), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.array((w * z).tolist()), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [lucet.complex64, lucet.complex128])
@pytest.mark.parametrize("size", [1, 2, 3, 8, 37])
def test_arithmetic_equals_python(dtype, size):
    a = [complex(math.sin(k + 1), math.cos(3 * k)) for k in range(size)]
    b = [complex(math.cos(k * 2), math.sin(k + 0.5)) for k in range(size)]
    x, y = tensor(a, dtype), tensor(b, dtype)
    tolerance = 1e-6 if dtype is lucet.complex64 else 1e-14
    for result, expected in (
        (x + y, [p + q for p, q in zip(a, b)]),
        (x - y, [p - q for p, q in zip(a, b)]),
        (x * y, [p * q for p, q in zip(a, b)]),
        (x / y, [p / q for p, q in zip(a, b)]),
        (x * (2 - 1j), [p * (2 - 1j) for p in a]),
        ((2 - 1j) / x, [(2 - 1j) / p for p in a]),
        (x.abs(), [abs(p) for p in a]),
        (x.angle(), [cmath.phase(p) for p in a]),
    ):
        np.testing.assert_allclose(result.tolist(), expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("a", [1e300 + 1e300j, 1e-300 + 1e-300j, 1e200 - 3e-200j])
def test_quotients_and_lengths_of_extreme_numbers_do_not_overflow(a):
    z = tensor([a])
    assert (z / z).item() == pytest.approx(1, rel=1e-15)
    assert z.abs().item() == pytest.approx(abs(a), rel=1e-15)
    small = tensor([complex(*(math.copysign(min(abs(p), 3e37), p) for p in (a.real, a.imag)))], lucet.complex64)
    assert math.isfinite(small.abs().item())


def test_division_by_zero_gives_infinities_and_nan():
    q = (tensor([1 + 2j, -1 - 1j, 0j]) / 0).tolist()
    assert q[:2] == [complex(inf, inf), complex(-inf, -inf)]
    assert math.isnan(q[2].real) and math.isnan(q[2].imag)


@pytest.mark.parametrize("z", [complex(inf, nan), complex(nan, inf), complex(-inf, 3), complex(2, -inf)])
def test_a_number_with_an_infinite_part_is_infinite(z):
    t = tensor([z, 1])
    assert t.isinf().tolist() == [True, False]
    assert t.isfinite().tolist() == [False, True]
    assert t.isnan().tolist() == [z != z, False]


def test_powers_of_zero():
    z = tensor([0j, 2j])
    assert (z**0).tolist() == [1, 1]
    assert (z**2).tolist() == [0, -4]
    assert (z ** tensor([0j, 1 + 0j])).tolist() == [1, 2j]


def test_types_of_results():
    c, d = lucet.complex64, lucet.complex128
    assert (lucet.ones(2) * 1j).dtype is c
    assert (lucet.ones(2, dtype=lucet.float64) * 1j).dtype is d
    assert (lucet.ones(2, dtype=lucet.int64) * 1j).dtype is c
    assert (lucet.ones(2) * lucet.tensor(1j, dtype=d)).dtype is c
    assert (lucet.ones(2, dtype=lucet.float64) * lucet.ones(2, dtype=c)).dtype is d
    assert tensor(dtype=c).abs().dtype is lucet.float32
    assert tensor().var().dtype is lucet.float64
    assert lucet.complex(lucet.ones(2), lucet.ones(2)).dtype is c


@pytest.mark.parametrize("name", ["lt", "ge", "maximum", "fmod", "atan2", "bitwise_and", "floor_divide"])
def test_what_has_no_complex_form_is_refused_by_name(name):
    with pytest.raises(lucet.errors.DtypeError, match=f"{name}: not implemented for complex128\n.*ComplexDouble"):
        getattr(lucet, name)(tensor(), tensor())


@pytest.mark.parametrize("name", ["sign", "floor", "sort", "max", "amax", "argmax", "median", "softmax", "erf", "lgamma", "nansum", "unique", "relu"])
def test_functions_without_a_complex_form_are_refused(name):
    arguments = (tensor(), 0) if name == "softmax" else (tensor(),)
    with pytest.raises(lucet.errors.DtypeError):
        getattr(lucet, name)(*arguments)


def test_a_real_tensor_cannot_take_a_complex_result():
    x = lucet.ones(2)
    with pytest.raises(RuntimeError, match="can't be cast"):
        x.mul_(1j)
    with pytest.raises(RuntimeError, match="In-place abs is not supported for complex tensors"):
        tensor().abs_()
    assert x.tolist() == [1, 1]


def test_parts_are_views_that_can_be_assigned():
    z = tensor()
    z.real = lucet.tensor([7.0, 8.0, 9.0], dtype=lucet.float64)
    z.imag = 1
    assert z.tolist() == [7 + 1j, 8 + 1j, 9 + 1j]
    z.imag.mul_(3)
    assert z.tolist() == [7 + 3j, 8 + 3j, 9 + 3j]
    assert z._version == 3
    assert z.real.data_ptr() == z.data_ptr() and z.imag.data_ptr() == z.data_ptr() + 8
    x = lucet.ones(2)
    assert x.real is x
    with pytest.raises(RuntimeError, match="imag is not implemented for tensors with non-complex dtypes"):
        x.imag


def test_views_of_parts_share_memory_both_ways():
    z = lucet.zeros(2, 3, dtype=lucet.complex64)[:, 1:]
    pairs = lucet.view_as_real(z)
    assert pairs.shape == (2, 2, 2)
    assert pairs.stride() == (6, 2, 1)
    pairs[1, 0, 1] = 5
    assert z[1, 0].item() == 5j
    again = lucet.view_as_complex(pairs)
    assert again.stride() == z.stride() and again.data_ptr() == z.data_ptr()


@pytest.mark.parametrize(
    "make,problem",
    [
        (lambda: lucet.ones(3), "last dimension of size 2"),
        (lambda: lucet.tensor(1.0), "one or more dimensions"),
        (lambda: lucet.ones(2, 4).t(), "last dimension with stride 1"),
        (lambda: lucet.ones(3, 3)[:, :2], "stride divisible by 2"),
        (lambda: lucet.ones(5)[1:].view(2, 2), "storage_offset divisible by 2"),
    ],
)
def test_pairs_that_do_not_lie_side_by_side_are_refused(make, problem):
    with pytest.raises(lucet.errors.ShapeError, match=problem):
        lucet.view_as_complex(make())


def gradients(function, *inputs):
    leaves = [x.detach().clone().requires_grad_() for x in inputs]
    y = function(*leaves)
    y.backward(lucet.ones_like(y))
    return [x.grad.tolist() for x in leaves]


def test_the_gradient_is_the_conjugate_of_the_derivative():
    z = tensor([1 + 2j])
    assert gradients(lambda z: z * z, z) == [[2 - 4j]]
    assert gradients(lambda z: z.conj(), z) == [[1]]
    assert gradients(lambda z: z.abs() ** 2, z) == [[pytest.approx(2 + 4j)]]  # 2 z, downhill is against it
    assert gradients(lambda z: z.real, z) == [[1]]
    assert gradients(lambda z: z.imag, z) == [[1j]]


def test_a_real_input_gets_the_real_part():
    x, z = lucet.tensor([3.0, 4.0, 5.0], dtype=lucet.float64), tensor()
    dx, dz = gradients(lambda x, z: x * z, x, z)
    assert dx == [1, -1.5, 0.25]
    assert dz == [3, 4, 5]
    assert gradients(lambda x: x * 1j, x) == [[0, 0, 0]]


def test_a_loss_has_to_be_real():
    z = tensor().requires_grad_()
    with pytest.raises(RuntimeError, match="only for real scalar outputs but got lucet.complex128"):
        (z * 2).sum().backward()
    with pytest.raises(RuntimeError, match="both grad_output and output are required to have the same dtype"):
        (z * 2).backward(lucet.ones(3))


def test_parts_written_in_place_have_their_history():
    def through_real(z):
        y = z * 1
        y.real.mul_(3)
        return y * y

    def through_pairs(x):
        y = x * 1
        lucet.view_as_complex(y)[1:].mul_(2j)
        return y * y

    z = tensor()
    assert lucet.autograd.gradcheck(through_real, (z.requires_grad_(),))
    assert lucet.autograd.gradgradcheck(through_real, (z,))
    x = lucet.tensor([[1.0, 2], [3, 4], [5, 6]], dtype=lucet.float64, requires_grad=True)
    assert lucet.autograd.gradcheck(through_pairs, (x,))
    assert lucet.autograd.gradgradcheck(through_pairs, (x,))


def test_gradcheck_finds_a_wrong_complex_gradient():
    class Wrong(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z * z

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]  # not conjugated

    z = tensor([1 + 2j]).requires_grad_()
    for fast in (False, True):
        assert lucet.autograd.gradcheck(lambda z: z * z, (z,), fast_mode=fast)
        assert not lucet.autograd.gradcheck(Wrong.apply, (z,), raise_exception=False, fast_mode=fast)


@pytest.mark.parametrize("m,k,n", [(1, 1, 1), (3, 5, 2), (1, 70, 1), (33, 17, 65), (5, 0, 3)])
@pytest.mark.parametrize("dtype", [lucet.complex64, lucet.complex128])
def test_matrix_products_equal_numpy(m, k, n, dtype):
    lucet.manual_seed(0)
    a, b = lucet.randn(m, k, dtype=dtype), lucet.randn(k, n, dtype=dtype)
    tolerance = 1e-4 if dtype is lucet.complex64 else 1e-12
    expected = a.numpy() @ b.numpy()
    for x in (a, a.t().contiguous().t()):
        for y in (b, b.t().contiguous().t()):
            np.testing.assert_allclose((x @ y).numpy(), expected, rtol=tolerance, atol=tolerance)
    row = lucet.randn(n, dtype=dtype)
    np.testing.assert_allclose(lucet.addmm(row, a, b).numpy(), row.numpy() + expected, rtol=tolerance, atol=tolerance)
    many = lucet.matmul(a.expand(2, m, k), b)
    np.testing.assert_allclose(many.numpy(), np.stack([expected] * 2), rtol=tolerance, atol=tolerance)


def test_long_sums_and_products():
    z = lucet.polar(lucet.ones(100_000, dtype=lucet.float64), lucet.linspace(0, 1, 100_000, dtype=lucet.float64))
    assert z.sum().item() == pytest.approx(complex(z.numpy().sum()), rel=1e-12)
    assert z.view(10, -1).mean(0).sum().item() == pytest.approx(complex(z.numpy().sum()) / 10, rel=1e-12)
    assert z.prod().item() == pytest.approx(complex(np.prod(z.numpy())), rel=1e-9)
    assert z.norm().item() == pytest.approx(100_000**0.5)
    assert lucet.linalg.vector_norm(z, 1).item() == pytest.approx(100_000)


def test_a_number_without_dimensions_may_be_reduced_over_dimension_zero():
    z = tensor(3 - 4j)
    assert z.sum(0).item() == z.mean(0).item() == z.prod(0).item() == z.cumsum(0).item() == 3 - 4j
    assert z.norm(dim=0).item() == lucet.linalg.vector_norm(z, 1, 0).item() == 5
    assert z.var(0, correction=0).item() == z.std((0,), correction=0).item() == 0
    assert lucet.var_mean(z, 0, correction=0)[1].item() == 3 - 4j
    assert lucet.logsumexp(z, 0).item() == pytest.approx(cmath.log(cmath.exp(3 - 4j)), rel=1e-12)


def test_nan_to_num_replaces_in_each_part():
    z = tensor([complex(nan, 2), complex(1, inf)])
    assert lucet.nan_to_num(z, posinf=9.0).tolist() == [2j, 1 + 9j]
    assert z.nan_to_num_(posinf=9.0) is z
    assert z.tolist() == [2j, 1 + 9j]


def test_adjoint_is_transposed_and_conjugated():
    z = tensor([[1 + 2j, 3], [4j, 5]])
    assert z.mH.tolist() == z.H.tolist() == lucet.adjoint(z).tolist() == [[1 - 2j, -4j], [3, 5]]
    assert z.mH.is_conj()
    assert z.mH.data_ptr() == z.data_ptr()
