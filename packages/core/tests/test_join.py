"""Joining, splitting, repeating and rearranging. No torch."""

import numpy as np
import pytest

import lucet
from lucet._errors import DtypeError, ShapeError
from lucet._registry import OPS

pad = OPS["pad"].function


def numbers(*shape, start=0):
    return np.arange(start, start + int(np.prod(shape)), dtype=float).reshape(shape)


def both(*shape, start=0):
    x = numbers(*shape, start=start)
    return x, lucet.from_numpy(x.copy())


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
@pytest.mark.parametrize("layout", ["rows", "turned", "mixed"])
def test_cat_along_each_dimension_and_layout(dim, layout):
    pieces = []
    for k in range(3):
        shape = [2, 3, 4]
        shape[dim] += k
        pieces.append(both(*shape, start=100 * k))
    given = [t for _, t in pieces]
    if layout != "rows":
        given = [
            t.permute(2, 0, 1).contiguous().permute(1, 2, 0) if k or layout == "turned" else t
            for k, t in enumerate(given)
        ]
    np.testing.assert_array_equal(lucet.cat(given, dim).numpy(), np.concatenate([x for x, _ in pieces], dim))


def test_cat_long_enough_to_be_split_is_the_same_for_any_number_of_threads():
    a, b = lucet.arange(300_000), lucet.arange(200_000)
    before = lucet.get_num_threads()
    for threads in (1, 2, 5):
        lucet.set_num_threads(threads)
        y = lucet.cat([a, b])
        z = lucet.cat([a.view(-1, 100), b.view(-1, 100).repeat(2, 1)[:3000]], 1)
        assert (y[:300_000] == a).all() and (y[300_000:] == b).all()
        assert (z[:, :100] == a.view(-1, 100)).all()
    lucet.set_num_threads(before)


def test_cat_promotes_and_skips_what_has_shape_zero():
    assert lucet.cat([lucet.tensor([1]), lucet.tensor([2.5])]).tolist() == [1, 2.5]
    y = lucet.cat([lucet.zeros(0, dtype=lucet.float64), lucet.ones(2, 3)])
    assert y.shape == (2, 3) and y.dtype == lucet.float64
    assert lucet.concat is lucet.cat and lucet.concatenate is lucet.cat


def test_a_stack_of_channels_last_is_a_view_of_what_cat_makes():
    x = lucet.arange(120.0).reshape(2, 3, 4, 5)
    y = x.to(memory_format=lucet.channels_last)
    for dim, strides in [(0, (120, 60, 1, 15, 3)), (1, (120, 3, 1, 30, 6)), (2, (120, 1, 60, 15, 3)), (4, (120, 40, 10, 2, 1))]:
        made = lucet.stack([y, y + 1], dim)
        assert made.stride() == strides
        assert (made == lucet.stack([x, x + 1], dim)).all()


def test_cat_gives_each_input_its_part_of_the_gradient():
    a = lucet.zeros(2, 2, dtype=lucet.float64, requires_grad=True)
    b = lucet.zeros(3, 2, requires_grad=True)
    empty = lucet.zeros(0, requires_grad=True)
    (lucet.cat([a, empty, b]) * lucet.arange(10.0).view(5, 2)).sum().backward()
    assert a.grad.tolist() == [[0, 1], [2, 3]] and b.grad.tolist() == [[4, 5], [6, 7], [8, 9]]
    assert b.grad.dtype == lucet.float32 and empty.grad.shape == (0,)


def test_out_of_cat_and_stack():
    a, b = lucet.ones(2), lucet.zeros(2)
    out = lucet.empty(0)
    assert lucet.cat([a, b], out=out) is out and out.tolist() == [1, 1, 0, 0]
    out = lucet.empty(2, 2)
    lucet.stack([a, b], 1, out=out)
    assert out.tolist() == [[1, 0], [1, 0]] and out._version == 1
    room = lucet.arange(6.0)
    lucet.cat([room[:1], room[1:2]], out=room[4:])
    assert room.tolist() == [0, 1, 2, 3, 0, 1]
    with pytest.raises(RuntimeError, match="single memory location"):
        lucet.cat([room[:3], room[3:]], out=room)
    with pytest.raises(TypeError, match="cast"):
        lucet.cat([a, b], out=lucet.zeros(4, dtype=lucet.int64))
    with pytest.raises(RuntimeError, match="out="):
        lucet.cat([a.requires_grad_(), b], out=lucet.empty(4))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: lucet.cat([]), ValueError, "non-empty"),
        (lambda: lucet.cat([lucet.tensor(1.0)]), RuntimeError, "zero-dimensional"),
        (lambda: lucet.cat([lucet.zeros(2, 3), lucet.zeros(2, 4)]), ShapeError, "must match except in dimension 0"),
        (lambda: lucet.cat([lucet.zeros(2), lucet.zeros(2, 4)]), ShapeError, "same number of dimensions"),
        (lambda: lucet.cat([lucet.zeros(2), 1]), TypeError, "element 1"),
        (lambda: lucet.cat(lucet.zeros(2)), TypeError, "tuple of Tensors"),
        (lambda: lucet.cat([lucet.zeros(2)], 1), IndexError, "out of range"),
        (lambda: lucet.stack([]), RuntimeError, "non-empty"),
        (lambda: lucet.stack([lucet.zeros(2), lucet.zeros(3)]), ShapeError, "equal size"),
        (lambda: lucet.zeros(2).split(0), RuntimeError, "can only be 0"),
        (lambda: lucet.zeros(2).split([1, 2]), RuntimeError, "sum exactly"),
        (lambda: lucet.zeros(2).split([3, -1]), RuntimeError, "non-negative"),
        (lambda: lucet.tensor(1.0).split(1), RuntimeError, "1-dimensional"),
        (lambda: lucet.zeros(2).chunk(0), RuntimeError, "greater than 0"),
        (lambda: lucet.zeros(0).chunk(2**60), ShapeError, "more than"),
        (lambda: lucet.zeros(2).tensor_split(0), RuntimeError, "larger than 0"),
        (lambda: lucet.tensor(1.0).unbind(), IndexError, "no dimensions"),
        (lambda: lucet.zeros(2, 2).repeat(2), RuntimeError, "can not be smaller"),
        (lambda: lucet.zeros(2).repeat(-1), RuntimeError, "negative dimension"),
        (lambda: lucet.zeros(2).repeat(2**62), RuntimeError, "overflow|negative"),
        (lambda: lucet.zeros(2).flip(0, 0), RuntimeError, "multiple times"),
        (lambda: lucet.zeros(2, 2).roll((1, 2), 0), RuntimeError, "must align"),
        (lambda: lucet.zeros(2).rot90(), RuntimeError, "total dims"),
        (lambda: lucet.zeros(2).repeat_interleave(-1), RuntimeError, "non-negative"),
        (lambda: lucet.zeros(2).repeat_interleave(lucet.tensor([1, 2, 3]), 0), RuntimeError, "same size"),
        (lambda: lucet.zeros(2).tril(), ShapeError, "at least 2"),
        (lambda: lucet.zeros(2, 2, 2).diag(), ShapeError, "1D or 2D"),
        (lambda: lucet.zeros(2, 3).hsplit(2), RuntimeError, "not divisible"),
        (lambda: lucet.meshgrid(lucet.zeros(2), indexing="zz"), RuntimeError, "indexing"),
        (lambda: lucet.broadcast_tensors(lucet.zeros(2), lucet.zeros(3)), RuntimeError, "must match"),
        (lambda: pad(lucet.zeros(2), (1,)), RuntimeError, "divisible by 2"),
        (lambda: pad(lucet.zeros(2), (1, 1, 1, 1)), ShapeError, "two times"),
        (lambda: pad(lucet.zeros(2), (-3, 0)), ShapeError, "negative output size"),
        (lambda: pad(lucet.zeros(1, 2), (2, 0), "reflect"), ShapeError, "less than"),
        (lambda: pad(lucet.zeros(1, 2), (3, 0), "circular"), ShapeError, "wrapping"),
        (lambda: pad(lucet.zeros(1, 2), (-2, 1), "circular"), ShapeError, "no elements"),
        (lambda: pad(lucet.zeros(1, 2), (1, 0), "mirror"), NotImplementedError, "Unrecognised"),
        (lambda: pad(lucet.zeros(1, 2), (2**61, 0)), ShapeError, "overflow"),
    ],
)
def test_errors_name_what_was_found(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_parts_of_a_dimension():
    x = lucet.arange(7)
    assert [p.tolist() for p in x.split(3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [p.numel() for p in x.chunk(4)] == [2, 2, 2, 1]
    assert [p.numel() for p in x.tensor_split(3)] == [3, 2, 2]
    assert [p.tolist() for p in x.tensor_split((5, 2, -1, 100))] == [[0, 1, 2, 3, 4], [], [2, 3, 4, 5], [6], []]
    assert type(x.split(3)) is type(x.unbind()) is type(x.tensor_split(2)) is tuple
    assert [p.shape for p in lucet.zeros(0, 2).chunk(3)] == [(0, 2)] * 3
    assert [int(v) for v in x] == list(range(7)) and 3 in x and 9 not in x


@pytest.mark.parametrize("layout", [lambda t: t, lambda t: t.t().contiguous().t(), lambda t: t.repeat(1, 2)[:, :4]])
def test_rearranged_copies_of_any_layout(layout):
    x, t = both(3, 4)
    t = layout(t)
    np.testing.assert_array_equal(t.flip(0, 1).numpy(), x[::-1, ::-1])
    np.testing.assert_array_equal(t.repeat(2, 3).numpy(), np.tile(x, (2, 3)))
    np.testing.assert_array_equal(t.tile(2).numpy(), np.tile(x, 2))
    np.testing.assert_array_equal(t.roll(5).numpy(), np.roll(x, 5))
    np.testing.assert_array_equal(t.roll((1, -6), (0, 1)).numpy(), np.roll(x, (1, -6), (0, 1)))
    np.testing.assert_array_equal(t.repeat_interleave(2, 1).numpy(), x.repeat(2, 1))
    np.testing.assert_array_equal(t.repeat_interleave(lucet.tensor([2, 0, 1]), 0).numpy(), x.repeat([2, 0, 1], 0))
    for k in range(-1, 5):
        np.testing.assert_array_equal(t.rot90(k).numpy(), np.rot90(x, k))
    for k in (-9, -1, 0, 2, 9):
        np.testing.assert_array_equal(t.tril(k).numpy(), np.tril(x, k))
        np.testing.assert_array_equal(t.triu(k).numpy(), np.triu(x, k))
        np.testing.assert_array_equal(t.diag(k).numpy(), np.diag(x, k))
        np.testing.assert_array_equal(t[0].diag(k).numpy(), np.diag(x[0], k))
    y = t.clone()
    assert y.tril_() is y
    np.testing.assert_array_equal(y.numpy(), np.tril(x))


def test_flip_keeps_the_order_of_dimensions_in_memory():
    x = lucet.zeros(3, 4).t()
    assert x.flip(0).stride() == x.stride() and x.roll(1, 0).stride() == (3, 1)


@pytest.mark.parametrize(
    "dtype",
    [
        lucet.bool,
        lucet.uint8,
        lucet.int16,
        lucet.int32,
        lucet.int64,
        lucet.float16,
        lucet.bfloat16,
        lucet.float64,
        lucet.complex64,
        lucet.complex128,
    ],
)
def test_every_element_type_moves(dtype):
    x = lucet.tensor([[1, 0, 1], [0, 1, 1]]).to(dtype)
    expected = np.array([[1, 0, 1], [0, 1, 1]])

    def values(t):
        assert t.dtype == dtype
        return t.to(lucet.complex128 if dtype.is_complex else lucet.float64).numpy().real

    np.testing.assert_array_equal(values(lucet.cat([x, x], 1)), np.concatenate([expected] * 2, 1))
    np.testing.assert_array_equal(values(lucet.stack([x, x.flip(1)])), np.stack([expected, expected[:, ::-1]]))
    np.testing.assert_array_equal(values(x.tril()), np.tril(expected))
    np.testing.assert_array_equal(values(x.roll(1)), np.roll(expected, 1))
    np.testing.assert_array_equal(
        values(pad(x, (1, 2), value=1)), np.pad(expected, ((0, 0), (1, 2)), constant_values=1)
    )


@pytest.mark.parametrize(("mode", "name"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
def test_borders_agree_with_numpy(mode, name):
    x, t = both(2, 3, 4, 5)
    np.testing.assert_array_equal(pad(t, (2, 1, 1, 2), mode).numpy(), np.pad(x, ((0, 0), (0, 0), (1, 2), (2, 1)), name))
    np.testing.assert_array_equal(pad(t[0], (4, 3), mode).numpy(), np.pad(x[0], ((0, 0), (0, 0), (4, 3)), name))
    np.testing.assert_array_equal(
        pad(t[0], (-1, 2), mode).numpy(),
        np.pad(x[0][..., 1:], ((0, 0), (0, 0), (0, 2)), name)
        if mode != "reflect"
        else np.pad(x[0], ((0, 0), (0, 0), (0, 2)), name)[..., 1:],
    )


def test_constant_borders_grow_and_cut():
    x, t = both(2, 3)
    np.testing.assert_array_equal(
        pad(t, (1, -1, 0, 2), value=9).numpy(), np.pad(x[:, :-1], ((0, 2), (1, 0)), constant_values=9)
    )
    y = t.requires_grad_()
    pad(y, (1, -1, 0, 2)).sum().backward()
    assert y.grad.tolist() == [[1, 1, 0], [1, 1, 0]]


def test_grids_and_broadcasting():
    x, y = lucet.arange(2), lucet.arange(3)
    for indexing in ("ij", "xy"):
        for a, b in zip(
            lucet.meshgrid(x, y, indexing=indexing),
            np.meshgrid(np.arange(2), np.arange(3), indexing=indexing),
            strict=True,
        ):
            np.testing.assert_array_equal(a.numpy(), b)
    with pytest.warns(UserWarning, match="indexing"):
        lucet.meshgrid(x, y)
    with pytest.raises(DtypeError, match="same dtype"):
        lucet.meshgrid(x, y.float(), indexing="ij")
    assert lucet.broadcast_shapes((2, 1), (3,), ()) == (2, 3)
