"""Views: what they share, what history they get, and what writing through them does. No torch."""

import numpy as np
import pytest

import lucet
from lucet._errors import ShapeError, VersionError

F64 = lucet.float64


def matrix(rows=3, columns=4, requires_grad=False):
    return lucet.arange(float(rows * columns), dtype=F64).reshape(rows, columns).clone().requires_grad_(requires_grad)


VIEWS = [
    lambda x: x.view(4, 3),
    lambda x: x.t(),
    lambda x: x.T,
    lambda x: x.mT,
    lambda x: x.permute(1, 0),
    lambda x: x.transpose(0, 1),
    lambda x: x.unsqueeze(1),
    lambda x: x.unsqueeze(0).squeeze(0),
    lambda x: x.select(1, 2),
    lambda x: x.narrow(1, 1, 2),
    lambda x: x[1],
    lambda x: x[:, 1::2],
    lambda x: x[..., None, 0],
    lambda x: x[...],
    lambda x: x.expand(2, 3, 4),
    lambda x: x.diagonal(1),
    lambda x: x.unfold(1, 3, 1),
    lambda x: x.as_strided((2, 3), (1, 4), 1),
    lambda x: x.flatten(),
    lambda x: x.unflatten(1, (2, 2)),
    lambda x: x.movedim(0, 1),
    lambda x: x.split(1, 1)[1],
    lambda x: x.unbind()[2],
    lambda x: x.chunk(2)[0],
    lambda x: x.tensor_split(2)[1],
]


@pytest.mark.parametrize("view", VIEWS)
def test_views_share_memory_version_and_root(view):
    x = matrix()
    y = view(view(x)) if view(x).shape == x.shape else view(x)
    assert y._base is x
    before = y._version
    x.add_(1)
    assert y._version == x._version == before + 1
    assert y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()


@pytest.mark.parametrize("view", VIEWS)
def test_gradients_of_views_count_how_often_each_element_is_shown(view):
    x = matrix(requires_grad=True)
    weights = lucet.arange(1.0, view(x).numel() + 1, dtype=F64).reshape(view(x).shape)
    (view(x) * weights).sum().backward()
    shown = view(lucet.arange(12).reshape(3, 4)).numpy().ravel()
    expected = np.bincount(shown, np.arange(1.0, shown.size + 1), minlength=12).reshape(3, 4)
    np.testing.assert_allclose(x.grad.numpy(), expected)


@pytest.mark.parametrize("view", VIEWS)
def test_second_gradients_of_views(view):
    x = matrix(requires_grad=True)
    y = (view(x) ** 3).sum()
    (g,) = lucet.autograd.grad(y, x, create_graph=True)
    (g2,) = lucet.autograd.grad((g**2).sum(), x)
    count = lucet.autograd.grad(view(x).sum(), x)[0]
    np.testing.assert_allclose(g2.numpy(), (2 * (3 * count * x**2) * 6 * count * x).detach().numpy())


def test_names_of_the_nodes():
    x = matrix(requires_grad=True)
    names = {
        "ViewBackward0": x.view(-1),
        "TBackward0": x.t(),
        "PermuteBackward0": x.permute(1, 0),
        "SelectBackward0": x[0],
        "SliceBackward0": x[0:2],
        "UnsqueezeBackward0": x[None],
        "AliasBackward0": x[...],
        "ExpandBackward0": x.expand(2, 3, 4),
        "DiagonalBackward0": x.diagonal(),
        "UnfoldBackward0": x.unfold(0, 2, 1),
        "SplitBackward0": x.split(2)[0],
        "UnbindBackward0": x.unbind()[0],
        "AsStridedBackward0": x.as_strided((1,), (1,)),
        "SqueezeBackward1": x[:1].squeeze(0),
    }
    for name, y in names.items():
        assert y.grad_fn.name() == name


def test_writing_a_view_splits_the_gradient_of_its_base():
    x = matrix(requires_grad=True)
    w = lucet.ones(4, dtype=F64, requires_grad=True)
    y = x * 2
    y[1] = w * 3
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[2] * 4, [0] * 4, [2] * 4])
    np.testing.assert_array_equal(w.grad.numpy(), [3] * 4)
    assert y.grad_fn.name() == "torch::autograd::CopySlices"


def test_a_sibling_view_sees_what_was_written_and_its_gradient():
    x = matrix(requires_grad=True)
    y = x * 1
    row, column = y[0], y[:, 1]
    row.mul_(10)
    assert column[0].item() == 10
    column.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[0, 10, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]])


def test_views_of_a_transposed_base_are_written_in_the_base_own_layout():
    x = matrix(4, 3, requires_grad=True)
    y = x.t() * 1
    assert not y.is_contiguous()
    y[1].mul_(5)
    y[:, 2] = 0.0
    y.sum().backward()
    expected = np.ones((4, 3))
    expected[:, 1] = 5
    expected[2] = 0
    np.testing.assert_array_equal(x.grad.numpy(), expected)


def test_a_leaf_and_its_views_may_not_be_written_while_recording():
    x = matrix(requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        x[0] = 1
    with pytest.raises(RuntimeError, match="leaf"):
        x[0].mul_(2)
    with lucet.no_grad():
        x[0] = 7
    assert x[0, 0].item() == 7


def test_outputs_of_split_and_unbind_may_not_be_written_while_recording():
    x = matrix(requires_grad=True) * 1
    for part in (x.unbind()[0], x.split(1)[0], x.chunk(2)[0]):
        with pytest.raises(RuntimeError, match="multiple views"):
            part.mul_(2)
    x.tensor_split(3)[0].mul_(2)
    x.detach().unbind()[0].mul_(2)


def test_a_view_made_without_recording_may_not_be_written_with_it():
    x = matrix(requires_grad=True) * 1
    with lucet.no_grad():
        y = x[0]
    with pytest.raises(RuntimeError, match="no_grad mode"):
        y.mul_(lucet.ones(4, dtype=F64, requires_grad=True))
    with lucet.no_grad():
        y.mul_(2)
    assert x[0, 1].item() == 2


def test_a_saved_view_that_changes_is_noticed():
    x = matrix(requires_grad=True) * 1
    row = x[0]
    y = row * row
    x[0, 0] = 5.0
    with pytest.raises(VersionError):
        y.sum().backward()


def test_some_outputs_of_unbind_without_a_gradient_count_as_zero():
    x = matrix(requires_grad=True)
    x.unbind(1)[2].sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[0, 0, 1, 0]] * 3)


def test_in_place_shape_changes_keep_history():
    x = matrix(requires_grad=True)
    y = x * 1
    assert y.t_() is y and y.shape == (4, 3) and y.grad_fn.name() == "TBackward1"
    y.unsqueeze_(0).squeeze_(0).transpose_(0, 1)
    (y * lucet.arange(12.0, dtype=F64).reshape(3, 4)).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.arange(12.0).reshape(3, 4))


def test_views_as_another_type_stay_outside_the_graph():
    x = lucet.tensor([1.0, 2.0], requires_grad=True)
    y = x.view(lucet.int32)
    assert not y.requires_grad and y.tolist() == [1065353216, 1073741824]
    assert x.view(lucet.float32) is x
    y.zero_()
    assert x.tolist() == [0, 0]
    with pytest.raises(ShapeError, match="divisible by 2"):
        lucet.zeros(3).view(F64)
    assert lucet.zeros(2, 4).view(F64).shape == (2, 2)
    assert lucet.zeros(2, 4).view(lucet.uint8).shape == (2, 16)


def test_as_strided_of_an_overlapping_input_shares_the_gradient():
    x = lucet.ones(3, dtype=F64).detach().expand(2, 3).detach().requires_grad_()
    x.as_strided((3,), (1,)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.full((2, 3), 0.5))


def test_as_strided_stays_inside_the_storage():
    x = lucet.zeros(6)
    for size, stride, offset in (
        ((7,), (1,), 0),
        ((2, 2), (5, 1), 0),
        ((1,), (1,), 6),
        ((2**40, 2**40), (2**40, 1), 0),
        ((2,), (-1,), 3),
        ((2,), (1,), -1),
    ):
        with pytest.raises(RuntimeError):
            x.as_strided(size, stride, offset)
    assert x.as_strided((0,), (1,), 0).shape == (0,)


def test_views_of_more_dimensions_than_fit_inline():
    x = lucet.arange(64).view(2, 2, 2, 2, 2, 2)
    y = x.permute(5, 4, 3, 2, 1, 0)
    np.testing.assert_array_equal(y.numpy(), np.arange(64).reshape([2] * 6).transpose())
    assert y.reshape(-1)[1].item() == 32
    with pytest.raises(RuntimeError, match="dimensions"):
        lucet.zeros([1] * 64).unsqueeze(0)


def test_a_view_is_never_detached_in_place():
    for view in (lucet.ones(3)[0], lucet.ones(3).view(3), lucet.ones(3).unbind()[1], lucet.ones(3, requires_grad=True)[0]):
        with pytest.raises(RuntimeError, match="Can't detach views in-place"):
            view.detach_()
    assert not (lucet.ones(3, requires_grad=True) * 2).detach_().requires_grad


def test_reversed_turns_the_first_dimension():
    assert lucet.stack(list(reversed(lucet.arange(6).view(2, 3)))).tolist() == [[3, 4, 5], [0, 1, 2]]
    assert reversed(lucet.tensor(3)).item() == 3
