"""Factories: shapes, types that values imply, ranges, nested sequences, what is refused."""

import array
import math

import numpy as np
import pytest

import lucet


@pytest.mark.parametrize("make,value", [(lucet.zeros, 0), (lucet.ones, 1)])
def test_sizes_in_every_spelling(make, value):
    for t in (make(2, 3), make((2, 3)), make([2, 3]), make(lucet.Size([2, 3])), make(np.int64(2), np.int32(3))):
        assert t.shape == (2, 3)
        assert t.dtype is lucet.float32
        assert t.unique().tolist() == [value]
    assert make(size=(2, 3)).shape == make(size=[2, 3]).shape == (2, 3)
    assert make(()).shape == ()
    assert make(0).shape == (0,)
    assert make(2, dtype=lucet.int64, requires_grad=False).dtype is lucet.int64


@pytest.mark.parametrize("size", [(-1,), (2, -3), (2.5,), ("a",), (None,), ([1], 2)])
def test_wrong_sizes(size):
    with pytest.raises((TypeError, RuntimeError)):
        lucet.zeros(*size)


def test_sizes_are_given_once():
    x = lucet.ones(1)
    for make in (lucet.zeros, lucet.ones, lucet.empty, lucet.rand, x.new_zeros, x.new_ones, x.new_empty):
        assert make(size=(2, 0)).shape == (2, 0)
        for arguments, named in (((2,), {"size": (3,)}), ((), {}), ((), {"size": "a"}), ((), {"size": 2}), (((2,), (3,)), {})):
            with pytest.raises(TypeError, match="size|1 positional"):
                make(*arguments, **named)


def test_full_takes_its_type_from_the_value():
    kinds = [(True, lucet.bool), (1, lucet.int64), (1.5, lucet.float32), (1j, lucet.complex64)]
    for value, dtype in kinds:
        t = lucet.full((2,), value)
        assert t.dtype is dtype
        assert t.tolist() == [value] * 2
    assert lucet.full((2,), 3, dtype=lucet.float64).dtype is lucet.float64
    assert lucet.full((), 2.5).item() == 2.5
    assert math.copysign(1, lucet.full((1,), -0.0).item()) == -1


@pytest.mark.parametrize(
    "arguments",
    [(5,), (2, 5), (0, 10, 3), (5, 0, -2), (0.0, 1.0, 0.25), (1, 2.5, 0.5), (0, 1, 0.1), (3, 3), (-3,), (0, 0.5)],
)
def test_arange_is_numpys(arguments):
    if arguments == (-3,):
        with pytest.raises(RuntimeError, match="inconsistent"):
            lucet.arange(*arguments)
        return
    expected = np.arange(*arguments)
    t = lucet.arange(*arguments)
    assert t.dtype is (lucet.int64 if expected.dtype.kind == "i" else lucet.float32)
    assert np.allclose(t.numpy(), expected, rtol=1e-6)


def test_arange_refuses():
    for arguments in ((0, 5, 0), (0, 5, -1), (0, math.inf), (math.nan,), (0, 2**62)):
        with pytest.raises((RuntimeError, OverflowError)):
            lucet.arange(*arguments)
    with pytest.raises(TypeError):
        lucet.arange("a")


def test_arange_of_integers_refuses_numbers_that_they_cannot_hold():
    for arguments in ((0.0, 5.0, math.inf), (0.0, 5.0, 1e30), (0.0, 1e30, 1e29), (0.0, 5.0, 9.25e18)):
        for dtype in (lucet.int64, lucet.int32, lucet.uint8):
            with pytest.raises(RuntimeError, match="without overflow"):
                lucet.arange(*arguments, dtype=dtype)
    with pytest.raises(RuntimeError, match="step must be nonzero"):
        lucet.arange(0.0, 5.0, math.nan, dtype=lucet.int64)
    assert lucet.arange(0.0, 5.0, math.inf).shape == (0,)
    assert lucet.arange(0.0, 5.9, 2.5, dtype=lucet.int64).tolist() == [0, 2, 4]


def test_the_arguments_of_arange_may_be_named():
    assert lucet.arange(end=3).tolist() == lucet.arange(3).tolist() == [0, 1, 2]
    assert lucet.arange(2, end=4).tolist() == lucet.arange(end=4, start=2).tolist() == [2, 3]
    assert lucet.arange(start=1, end=6, step=2).tolist() == lucet.arange(1, 6, step=2).tolist() == [1, 3, 5]
    for arguments, named in (((), {}), ((5,), {"step": 2}), ((), {"end": 5, "step": 2}), ((), {"start": 1, "step": 2}), ((), {"step": 2})):
        with pytest.raises(TypeError, match="invalid combination"):
            lucet.arange(*arguments, **named)


def test_linspace_and_logspace():
    assert lucet.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert lucet.linspace(3, 3, 1).tolist() == [3]
    assert lucet.linspace(0, 1, 0).shape == (0,)
    assert lucet.linspace(0, 10, 3, dtype=lucet.int64).tolist() == [0, 5, 10]
    assert lucet.linspace(-1, 1, 1001).tolist()[0::1000] == [-1, 1]
    assert np.allclose(lucet.logspace(0, 3, 4).numpy(), [1, 10, 100, 1000])
    assert np.allclose(lucet.logspace(0, 3, 4, base=2).numpy(), [1, 2, 4, 8])
    with pytest.raises(RuntimeError):
        lucet.linspace(0, 1, -1)


def test_eye():
    assert lucet.eye(2).tolist() == [[1, 0], [0, 1]]
    assert lucet.eye(2, 3, dtype=lucet.int64).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert lucet.eye(0).shape == (0, 0)
    with pytest.raises(RuntimeError):
        lucet.eye(-1)


def test_tensor_infers_shape_and_type():
    cases = [
        ([], (0,), lucet.float32),
        ([[]], (1, 0), lucet.float32),
        (3, (), lucet.int64),
        (True, (), lucet.bool),
        ([1, 2.5], (2,), lucet.float32),
        ([True, 2], (2,), lucet.int64),
        ([[1, 2], [3, 4]], (2, 2), lucet.int64),
        ([1j, 2], (2,), lucet.complex64),
        ((1.0, (2)), (2,), lucet.float32),
        (range(3), (3,), lucet.int64),
        ([lucet.tensor(1), lucet.tensor(2)], (2,), lucet.int64),
        ([np.float64(1), np.float64(2)], (2,), lucet.float64),
        ([np.int8(1)], (1,), lucet.int8),
        (np.float32(2), (), lucet.float32),
        (array.array("h", [1, 2]), (2,), lucet.int16),
        (memoryview(array.array("d", [1.5])), (1,), lucet.float64),
        (np.arange(6, dtype=np.uint8).reshape(2, 3), (2, 3), lucet.uint8),
    ]
    for data, shape, dtype in cases:
        t = lucet.tensor(data)
        assert (t.shape, t.dtype) == (shape, dtype), data


def test_tensor_refuses():
    ragged = [[[1, 2], [3]], [[1], 2], [1, [2]], [[1, 2], [3, 4], [5]]]
    for data in ragged:
        with pytest.raises((ValueError, TypeError)):
            lucet.tensor(data)
    for data in ("abc", ["a"], [None], {}, object(), [object()], {1: 2}):
        with pytest.raises((TypeError, RuntimeError, ValueError)):
            lucet.tensor(data)
    circular = [1]
    circular.append(circular)
    with pytest.raises((ValueError, TypeError, RecursionError)):
        lucet.tensor(circular)
    with pytest.raises((RuntimeError, OverflowError)):
        lucet.tensor(2**64)
    with pytest.raises((RuntimeError, OverflowError)):
        lucet.tensor([300], dtype=lucet.uint8)


def test_tensors_in_a_sequence_are_numbers():
    one, two = lucet.ones(1), lucet.ones(2)
    assert lucet.tensor([one, lucet.tensor(2.0)]).tolist() == [1, 2]
    assert lucet.tensor([one.reshape(1, 1), 2.0]).shape == (2,)
    assert lucet.tensor([[1, 2], two]).tolist() == [[1, 2], [1, 1]]
    for data in ([two, two], [two], [two, [1, 2]], [2.0, two], [lucet.ones(0)], [lucet.ones(1, 2)]):
        with pytest.raises(ValueError, match="only one element tensors"):
            lucet.tensor(data)


def test_an_object_that_only_says_it_is_an_array_is_refused():
    class Image:
        __array_interface__ = {"shape": (1,), "typestr": "|u1", "data": b"a", "version": 3}

    for make in (lucet.tensor, lucet.as_tensor, lucet.asarray):
        with pytest.raises(RuntimeError, match="infer dtype of Image"):
            make(Image())


def test_a_sequence_that_grows_while_it_is_read_is_stopped():
    made = [1.5]

    class Grows:
        def __index__(self):
            made.extend([1.5] * 10000)
            return 1

    made.append(Grows())
    with pytest.raises(ValueError, match="longer"):
        lucet.tensor(made)


def test_tensor_copies_and_as_tensor_shares():
    array = np.zeros(3)
    t, u, w = lucet.tensor(array), lucet.as_tensor(array), lucet.asarray(array)
    array[0] = 7
    assert (t[0].item(), u[0].item(), w[0].item()) == (0, 7, 7)
    assert lucet.as_tensor(t) is t
    assert lucet.as_tensor(array, dtype=lucet.float32).dtype is lucet.float32
    with pytest.raises(ValueError):
        lucet.asarray([1, 2], copy=False)
    assert lucet.asarray(array, copy=True).data_ptr() != array.ctypes.data


def test_tensor_of_a_tensor_warns():
    x = lucet.ones(2)
    with pytest.warns(UserWarning, match="clone"):
        y = lucet.tensor(x)
    assert y.data_ptr() != x.data_ptr()


def test_like_factories_keep_type_and_order():
    x = lucet.zeros(2, 3, 4, dtype=lucet.float64).permute(2, 0, 1)
    for make in (lucet.empty_like, lucet.zeros_like, lucet.ones_like, lambda t: lucet.full_like(t, 2)):
        y = make(x)
        assert (y.shape, y.stride(), y.dtype) == (x.shape, x.stride(), x.dtype)
    assert lucet.zeros_like(x, dtype=lucet.int32).dtype is lucet.int32
    assert lucet.zeros_like(x, memory_format=lucet.contiguous_format).is_contiguous()
    assert lucet.ones_like(x, device="meta").is_meta
    assert lucet.ones_like(lucet.ones(2), requires_grad=True).requires_grad


def test_new_factories_keep_type_and_place():
    x = lucet.ones(1, dtype=lucet.int32)
    assert x.new_zeros(2, 3).dtype is lucet.int32
    assert x.new_ones((2,)).tolist() == [1, 1]
    assert x.new_full((2,), 7).tolist() == [7, 7]
    assert x.new_empty(0).dtype is lucet.int32
    assert x.new_tensor([1.7]).tolist() == [1]
    assert x.new_zeros(1, dtype=lucet.float32).dtype is lucet.float32
    assert lucet.empty(1, device="meta").new_zeros(3).is_meta


def test_out():
    out = lucet.empty(0)
    assert lucet.zeros(3, out=out) is out
    assert out.tolist() == [0, 0, 0]
    assert lucet.arange(3, out=lucet.empty(3, dtype=lucet.int64)).tolist() == [0, 1, 2]
    with pytest.raises(RuntimeError):
        lucet.zeros(3, out=lucet.empty(3), dtype=lucet.int64)
    gaps = lucet.ones(6)[::2]
    lucet.full((3,), 5.0, out=gaps)
    assert gaps.tolist() == [5, 5, 5]


def test_gradients_are_for_floats():
    assert lucet.zeros(1, requires_grad=True).requires_grad
    for make in (lambda: lucet.zeros(1, dtype=lucet.int64, requires_grad=True), lambda: lucet.tensor([1], requires_grad=True), lambda: lucet.arange(3, requires_grad=True)):
        with pytest.raises(RuntimeError, match="floating point"):
            make()


def test_what_does_not_exist_is_refused():
    with pytest.raises(RuntimeError):
        lucet.zeros(1, pin_memory=True)
    with pytest.raises(RuntimeError):
        lucet.zeros(1, device="cuda")
    with pytest.raises((RuntimeError, TypeError)):
        lucet.zeros(1, layout="sparse")


def test_the_old_constructor():
    assert lucet.Tensor(2, 3).shape == (2, 3)
    assert lucet.Tensor([1, 2]).tolist() == [1.0, 2.0]
    assert lucet.Tensor().shape == (0,)
    assert lucet.Tensor(lucet.Size([2])).shape == (2,)
    with pytest.raises(TypeError):
        lucet.Tensor("abc", 1)


@pytest.mark.parametrize("kind", [lucet.float32, lucet.float64, lucet.float16, lucet.int32, lucet.int64, lucet.uint8])
def test_long_ranges_are_the_same_everywhere(kind):
    most = 200 if kind is lucet.uint8 else 2000 if kind is lucet.float16 else 100_000
    assert lucet.arange(most, dtype=kind).tolist() == list(range(most))
    assert lucet.arange(3, 3 + 2 * 50, 2, dtype=kind).tolist() == list(range(3, 103, 2))
    apart = lucet.zeros(2 * most, dtype=kind)[::2]
    lucet.arange(most, out=apart)
    assert apart.tolist() == list(range(most))


def test_linspace_of_many_steps_is_even_and_ends_exactly():
    for kind in (lucet.float32, lucet.float64):
        x = lucet.linspace(-1, 0.7, 100_001, dtype=kind)
        assert x[0] == -1 and x[-1] == lucet.tensor(0.7, dtype=kind)
        assert ((x.double() + 1) / 1.7 - lucet.arange(100_001).double() / 100_000).abs().max() < 2e-7
    assert lucet.linspace(5, 9, 1).tolist() == [5]


def test_triangles_of_all_offsets():
    for row, col in ((0, 3), (3, 0), (4, 3), (3, 5)):
        for offset in range(-6, 7):
            below = [(i, j) for i in range(row) for j in range(col) if j - i <= offset]
            above = [(i, j) for i in range(row) for j in range(col) if j - i >= offset]
            for kind in (lucet.int32, lucet.int64):
                for found, known in ((lucet.tril_indices(row, col, offset, dtype=kind), below), (lucet.triu_indices(row, col, offset, dtype=kind), above)):
                    assert found.dtype is kind and found.shape == (2, len(known))
                    assert found.t().tolist() == [list(pair) for pair in known]


@pytest.mark.parametrize("call", [lucet.tril_indices, lucet.triu_indices])
def test_triangles_are_where_they_are_asked_for_or_refused(call):
    assert call(2, 3, device="meta").is_meta and call(2, 3, device="meta").shape == call(2, 3).shape
    with lucet.device("meta"):
        assert call(2, 3, dtype=lucet.int32).is_meta
    with pytest.raises(lucet.errors.DeviceError):
        call(2, 2, device="cuda")
    with pytest.raises(RuntimeError, match="pin_memory"):
        call(2, 2, pin_memory=True)
    with pytest.raises(TypeError, match="row"):
        call(2.5, 2)


def test_triangles_of_many_empty_rows_are_not_walked_through():
    assert lucet.tril_indices(2**40, 3, -(2**62)).shape == (2, 0)
    assert lucet.triu_indices(2**62, 3).tolist() == [[0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2]]
    with pytest.raises(lucet.errors.ShapeError, match="too large"):
        lucet.triu_indices(2**62, 2**62)
