"""Shapes, strides and errors of view ops and reshapes. No torch: expectations are worked out or come from NumPy."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet._errors import ShapeError


def block():
    return lucet.arange(24).view(2, 3, 4)


@pytest.mark.parametrize("shape", [(24,), (6, 4), (2, 12), (2, 3, 2, 2), (1, 24, 1), (4, 6), (2, 1, 12), (24, 1)])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_reshape_of_any_layout_keeps_row_major_order(shape, order):
    x = block().permute(order)
    y = x.reshape(shape)
    np.testing.assert_array_equal(y.numpy(), np.arange(24).reshape(2, 3, 4).transpose(order).reshape(shape))
    try:
        z = x.view(shape)
    except ShapeError:
        assert y._base is None and y.untyped_storage().data_ptr() != x.untyped_storage().data_ptr()
    else:
        assert z._base is x._base and z.stride() == y.stride()


@given(st.lists(st.integers(0, 4), max_size=4), st.data())
@settings(deadline=None, max_examples=60)
def test_view_agrees_with_numpy_on_what_needs_no_copy(shape, data):
    n = int(np.prod(shape))
    base = np.arange(max(n * 2, 1))[: n * 2 : 2].reshape(shape) if n else np.zeros(shape, int)
    x = lucet.from_numpy(base.copy()) if n == 0 else lucet.arange(n * 2)[::2].reshape(shape)
    flat = data.draw(st.sampled_from([(-1,), (n, 1), (1, n)])) if n else (0,)
    np.testing.assert_array_equal(x.reshape(flat).numpy(), base.reshape(flat))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda x: x.view(5, 5), ShapeError, "invalid for input of size 24"),
        (lambda x: x.view(-1, -1), RuntimeError, "only one dimension"),
        (lambda x: x.view(-2, 12), RuntimeError, "invalid shape dimension -2"),
        (lambda x: x.view(2**40, 2**40), ShapeError, "invalid for input"),
        (lambda x: x.view(), TypeError, "missing"),
        (lambda x: x.view(2.0, 12), TypeError, "tuple of ints"),
        (lambda x: x.view(True, 24), TypeError, "tuple of ints"),
        (lambda x: x.permute(2, 1, 0).view(-1), ShapeError, "Use .reshape"),
        (lambda x: x[:0].view(-1, 0), RuntimeError, "ambiguous"),
        (lambda x: x.permute(0, 1), RuntimeError, "does not match the length"),
        (lambda x: x.permute(0, 1, 1), RuntimeError, "duplicate"),
        (lambda x: x.transpose(0, 3), IndexError, "out of range"),
        (lambda x: x.unsqueeze(5), IndexError, "out of range"),
        (lambda x: x.unsqueeze(1.0), TypeError, "int"),
        (lambda x: x.squeeze((0, 0)), RuntimeError, "multiple times"),
        (lambda x: x.select(0, 2), IndexError, "out of range"),
        (lambda x: x.narrow(0, 3, 0), IndexError, "start out of range"),
        (lambda x: x.narrow(0, 1, 2), RuntimeError, "exceeds dimension size"),
        (lambda x: x.narrow(0, 0, -1), RuntimeError, "non-negative"),
        (lambda x: x.diagonal(0, 1, 1), RuntimeError, "identical"),
        (lambda x: x.unfold(0, 3, 1), RuntimeError, "maximum size"),
        (lambda x: x.unfold(0, 1, 0), RuntimeError, "step"),
        (lambda x: x.unfold(0, -1, 1), RuntimeError, "size is -1"),
        (lambda x: x.expand(4), ShapeError, "greater or equal"),
        (lambda x: x.expand(5, 3, 4), ShapeError, "must match the existing size"),
        (lambda x: x.expand(-1, 2, 3, 4), ShapeError, "non-existing"),
        (lambda x: x.expand(2**62, 2, 3, 4), RuntimeError, "overflow"),
        (lambda x: x.t(), ShapeError, "<= 2 dimensions"),
        (lambda x: x[0, 0].mT, ShapeError, "matrices"),
        (lambda x: x.H, ShapeError, "matrices"),
        (lambda x: x.flatten(2, 1), RuntimeError, "start_dim"),
        (lambda x: x.unflatten(2, (3, 2)), RuntimeError, "multiply up"),
        (lambda x: x.unflatten(2, ()), RuntimeError, "non-empty"),
        (lambda x: x.movedim((0, 1), (0,)), RuntimeError, "same number"),
        (lambda x: x.movedim((0, 0), (0, 1)), RuntimeError, "repeated"),
    ],
)
def test_errors_name_what_was_found(call, kind, words):
    x = block()
    version = x._version
    with pytest.raises(kind, match=words):
        call(x)
    assert x._version == version and x.shape == (2, 3, 4)


def test_windows_and_diagonals():
    x = np.arange(10)
    np.testing.assert_array_equal(
        lucet.arange(10).unfold(0, 4, 3).numpy(), np.lib.stride_tricks.sliding_window_view(x, 4)[::3]
    )
    y = np.arange(24).reshape(2, 3, 4)
    for offset, d1, d2 in itertools.product((-3, -1, 0, 2, 9), (0, 1, 2), (0, 1, 2)):
        if d1 != d2:
            np.testing.assert_array_equal(block().diagonal(offset, d1, d2).numpy(), y.diagonal(offset, d1, d2))


def test_expand_keeps_strides_of_what_it_does_not_repeat():
    x = lucet.zeros(3, 1)
    assert x.expand(2, 3, 4).stride() == (0, 1, 0)
    assert x.expand(-1, 1).stride() == (1, 1)
    assert lucet.zeros(1).expand(0).shape == (0,)


def test_deprecated_transposes_warn():
    with pytest.warns(UserWarning, match="deprecated"):
        assert block().T.shape == (4, 3, 2)
    with pytest.warns(UserWarning, match="deprecated"):
        assert lucet.tensor(1.0).mT.shape == ()


def test_shapes_of_meta_tensors_follow_the_same_rules():
    x = lucet.empty(2, 3, 4, device="meta")
    assert x.view(6, 4).shape == (6, 4) and x.permute(2, 0, 1).stride() == (1, 12, 4)
    assert x.permute(2, 0, 1).reshape(-1).is_meta and x[:, None, 1].shape == (2, 1, 4)


def test_sizes_may_be_tensors_and_numpy_integers():
    x = block()
    assert x.view(lucet.tensor(6), np.int64(4)).shape == (6, 4)
    assert x.view(size=(4, 6)).shape == x.reshape(shape=[4, 6]).shape == (4, 6)


def test_ravel_is_row_major():
    x = lucet.tensor([1.0, 2.0, -1.0])
    y = x[::2].ravel()
    y += 1
    assert x.tolist() == [1, 2, -1]
    assert y.stride() == (1,)
    assert x.ravel().data_ptr() == x.data_ptr()
    m = lucet.arange(6.0).reshape(2, 3).requires_grad_()
    (m.t().ravel() * lucet.arange(6.0)).sum().backward()
    assert m.grad.tolist() == [[0, 2, 4], [1, 3, 5]]
