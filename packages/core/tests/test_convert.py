"""Copies and conversions: to, clone, contiguous, copy_, fill_, resize_, set_, and their gradients."""

import numpy as np
import pytest

import lucet


def test_to_returns_the_tensor_itself_when_nothing_changes():
    x = lucet.ones(2)
    for same in (x.to(lucet.float32), x.to("cpu"), x.to(lucet.device("cpu")), x.to(x), x.float(), x.cpu(), x.contiguous(), x.type_as(x), x.to("cpu", lucet.float32)):
        assert same is x
    assert x.to(lucet.float32, copy=True) is not x
    assert x.double().dtype is lucet.float64
    assert x.to(dtype=lucet.int64, device="cpu").dtype is lucet.int64
    assert x.to(lucet.ones(1, dtype=lucet.float64)).dtype is lucet.float64


@pytest.mark.parametrize("name,dtype", [("float", lucet.float32), ("double", lucet.float64), ("half", lucet.float16), ("bfloat16", lucet.bfloat16), ("long", lucet.int64), ("int", lucet.int32), ("short", lucet.int16), ("char", lucet.int8), ("byte", lucet.uint8), ("bool", lucet.bool)])
def test_named_conversions(name, dtype):
    x = lucet.tensor([0.0, 1.0, 2.0])
    assert getattr(x, name)().dtype is dtype
    assert x.type(dtype).dtype is dtype


def test_legacy_type_names():
    x = lucet.ones(1)
    assert x.type() == "lucet.FloatTensor"
    assert x.type("lucet.DoubleTensor").dtype is lucet.float64
    with pytest.raises(ValueError):
        x.type("lucet.NoTensor")


def test_gradients_come_back_in_the_type_of_the_source():
    x = lucet.ones(2, requires_grad=True)
    (x.double() * 3).sum().backward()
    assert x.grad.dtype is lucet.float32
    assert x.grad.tolist() == [3, 3]
    assert not x.long().requires_grad


def test_clone_keeps_order_and_history():
    x = lucet.rand(2, 3).t().requires_grad_()
    y = x.clone()
    assert y.stride() == x.stride()
    assert x.clone(memory_format=lucet.contiguous_format).is_contiguous()
    (y * 2).sum().backward()
    assert x.grad.tolist() == [[2, 2]] * 3


def test_contiguous_and_memory_formats():
    x = lucet.rand(2, 3, 4, 5)
    y = x.contiguous(memory_format=lucet.channels_last)
    assert y.stride() == (60, 1, 15, 3)
    assert (y == x).all()
    assert y.contiguous().stride() == x.stride()
    assert x.to(memory_format=lucet.channels_last).is_contiguous(memory_format=lucet.channels_last)
    with pytest.raises(RuntimeError):
        lucet.rand(2, 3).contiguous(memory_format=lucet.channels_last)
    with pytest.raises(TypeError):
        x.contiguous(memory_format="channels_last")


def test_channels_last_is_told_by_strides_where_sizes_are_one():
    x = lucet.rand(2, 1, 5, 5)                              # contiguous in both formats, and its strides say row-major
    last = lucet.channels_last
    y = x.to(memory_format=last)
    assert y is not x
    assert y.stride() == (25, 1, 5, 1)
    assert y.to(memory_format=last) is y
    assert x.contiguous(memory_format=last) is x
    assert x.clone(memory_format=last).stride() == lucet.empty_like(x, memory_format=last).stride() == (25, 1, 5, 1)
    assert lucet.empty(2, 3, 1, 1, memory_format=last).stride() == (3, 1, 3, 3)
    assert lucet.empty(2, 0, 5, 5, memory_format=last).stride() == (0, 1, 0, 0)
    with pytest.raises(RuntimeError):
        lucet.empty(2, 3, memory_format=last)


def test_copy_broadcasts_and_converts():
    x = lucet.zeros(2, 3, dtype=lucet.int64)
    assert x.copy_(lucet.tensor([1.7, 2.2, -3.9])) is x
    assert x.tolist() == [[1, 2, -3]] * 2
    assert x._version == 1
    with pytest.raises(RuntimeError):
        x.copy_(lucet.ones(4))
    with pytest.raises(RuntimeError):
        x.expand(5, 2, 3).copy_(lucet.ones(1))


def test_copy_of_overlapping_views_reads_before_it_writes():
    x = lucet.arange(6.0)
    x[1:].copy_(x[:-1].clone())
    assert x.tolist() == [0, 0, 1, 2, 3, 4]


def test_copy_records():
    base = lucet.zeros(4, dtype=lucet.float64)
    x = lucet.ones(2, dtype=lucet.float64, requires_grad=True)
    base[1:3].copy_(x * 3)
    (base * base).sum().backward()
    assert x.grad.tolist() == [18, 18]


def test_fill_and_zero():
    x = lucet.zeros(2, 3)
    assert x.fill_(2) is x
    assert x.fill_(lucet.tensor(3.0)).tolist() == [[3.0] * 3] * 2
    assert x.zero_().tolist() == [[0.0] * 3] * 2
    x.t()[0].fill_(5)
    assert x.tolist() == [[5, 0, 0]] * 2
    with pytest.raises(RuntimeError):
        x.fill_(lucet.ones(2))
    with pytest.raises((RuntimeError, OverflowError)):
        lucet.zeros(1, dtype=lucet.uint8).fill_(300)
    v = lucet.tensor(2.0, requires_grad=True)
    y = lucet.zeros(3)
    y.fill_(v)
    y.sum().backward()
    assert v.grad.item() == 3


def test_resize_keeps_what_was_there():
    x = lucet.arange(4.0)
    assert x.resize_(2, 3) is x
    assert x.reshape(-1)[:4].tolist() == [0, 1, 2, 3]
    x.resize_((2,))
    assert x.tolist() == [0, 1]
    assert x.untyped_storage().nbytes() == 24
    x.resize_as_(lucet.zeros(1, 1))
    assert x.shape == (1, 1)
    with pytest.raises(RuntimeError):
        lucet.ones(1, requires_grad=True).resize_(2)
    with pytest.raises(RuntimeError):
        x.resize_(2**62)
    assert x.shape == (1, 1)


def test_resizing_a_view_keeps_its_place():
    x = lucet.arange(10.0)
    y = x[4:6]
    y.resize_(3)
    assert y.tolist() == [4, 5, 6]
    z = x[2:].resize_(1, 2, 1, 2, memory_format=lucet.channels_last)
    assert z.storage_offset() == 2


def test_set_shares_other_memory():
    x, y = lucet.zeros(2), lucet.arange(4.0)
    x.set_(y)
    assert x.data_ptr() == y.data_ptr()
    x.set_(y.untyped_storage(), 1, (2,), (2,))
    assert x.tolist() == [1, 3]
    assert x.set_().shape == (0,)
    for wrong in ((lucet.from_numpy(np.zeros(4, "f4")).untyped_storage(), 3, (2,), (1,)), (y.untyped_storage(), -1, (1,), (1,)), (y.untyped_storage(), 0, (2**62,), (2,))):
        with pytest.raises(RuntimeError):
            x.set_(*wrong)
    assert x.shape == (0,)
    with pytest.raises(RuntimeError):
        x.set_(lucet.zeros(1, dtype=lucet.int64))


def test_set_makes_room_in_a_storage_that_can_grow():
    x, y = lucet.ones(2), lucet.empty(0)
    y.set_(x.untyped_storage(), 0, (100,), (1,))
    y[2:] = 3
    assert y.shape == (100,) and x.tolist() == [1, 1] and y.untyped_storage().nbytes() == x.untyped_storage().nbytes() == 400
    y.set_(x, 3, (0,), (1,))
    with pytest.raises(RuntimeError):
        y.set_(x.untyped_storage(), 0, (200, -1), (1, 1))
    with pytest.raises(RuntimeError):
        y.set_(lucet.from_numpy(np.zeros(2, "f4")).untyped_storage(), 0, (100,), (1,))
    assert x.untyped_storage().nbytes() == 400 and y.shape == (0,)


def test_meta():
    x = lucet.ones(2, 3)
    m = x.to("meta")
    assert (m.shape, m.stride(), m.is_meta) == (x.shape, x.stride(), True)
    with pytest.raises((RuntimeError, NotImplementedError)):
        m.to("cpu")
    with pytest.raises((RuntimeError, NotImplementedError)):
        x.copy_(m)


# --- copies that turn planes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [lucet.float32, lucet.int64, lucet.complex64, lucet.float16], ids=str)
@pytest.mark.parametrize(
    "shape, order",
    [
        ((67, 45), (1, 0)),
        ((8, 300), (1, 0)),
        ((3, 33, 70), (0, 2, 1)),
        ((33, 3, 70), (2, 1, 0)),
        ((4, 17, 9, 11), (0, 2, 3, 1)),
        ((4, 17, 9, 11), (3, 0, 2, 1)),
        ((2, 64, 5, 1, 13), (4, 0, 1, 2, 3)),
        ((600, 700), (1, 0)),
    ],
)
def test_permuted_tensors_are_copied_in_every_order(shape, order, dtype):
    values = np.arange(np.prod(shape)).reshape(shape) % 2000
    x = lucet.from_numpy(values).to(dtype)
    for steps in (1, 2):  # with gaps between the rows too
        view = x.permute(*order)[..., ::steps]
        copy = view.contiguous()
        assert copy.is_contiguous()
        assert copy.to(lucet.int64).tolist() == values.transpose(order)[..., ::steps].tolist()


def test_a_broadcast_plane_is_copied_turned():
    x = lucet.arange(40 * 50).view(40, 1, 50).expand(40, 3, 50).permute(2, 1, 0)
    expected = np.broadcast_to(np.arange(2000).reshape(40, 1, 50), (40, 3, 50)).transpose(2, 1, 0)
    assert x.contiguous().tolist() == expected.tolist()


@pytest.mark.parametrize("dtype", [lucet.bool, lucet.uint8, lucet.int16, lucet.bfloat16, lucet.float32, lucet.float64, lucet.complex64, lucet.complex128])
@pytest.mark.parametrize("n", [1, 7, 32, 67, 1000])
def test_rows_are_copied_as_they_are_backwards_and_repeated(n, dtype):
    values = np.arange(3 * n).reshape(3, n) % 2
    x = lucet.from_numpy(values).to(dtype)
    for copy, expected in [
        (x.clone(), values),
        (x.flip(1), values[:, ::-1]),
        (x.flip((0, 1)), values[::-1, ::-1]),
        (x[:, :1].expand(3, n).contiguous(), np.broadcast_to(values[:, :1], (3, n))),
        (x[:, ::2].contiguous(), values[:, ::2]),
    ]:
        assert copy.to(lucet.int64).tolist() == expected.tolist()


@pytest.mark.parametrize("shape", [(2, 3, 50_000), (40, 50, 123), (30, 9, 7, 201), (300_001, 1), (90_000, 2, 3)])
def test_long_strided_loops_may_be_cut_within_a_row(shape):
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    for cut in (np.s_[..., 1:], np.s_[1:], np.s_[..., ::-1]) if shape[-1] > 1 else (np.s_[1:],):
        t = lucet.from_numpy(x).flip(-1) if cut == np.s_[..., ::-1] else lucet.from_numpy(x)[cut]
        np.testing.assert_array_equal(t.contiguous().numpy(), x[cut])
        np.testing.assert_array_equal((t + 1).numpy(), x[cut] + 1)
        np.testing.assert_array_equal(t.double().numpy(), x[cut])
        np.testing.assert_array_equal((t + t[:1]).numpy(), x[cut] + x[cut][:1])
