"""Copies of views, parts that stand apart, and what tells a size or an order in memory: what is peculiar to them."""

import warnings

import pytest

import lucet
from lucet.autograd.function import BackwardCFunction, Function, FunctionMeta

X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


@pytest.mark.parametrize(
    "copy,arguments,shown",
    [
        ("alias_copy", (), X),
        ("t_copy", (), [[1, 4], [2, 5], [3, 6]]),
        ("transpose_copy", (0, 1), [[1, 4], [2, 5], [3, 6]]),
        ("permute_copy", ((1, 0),), [[1, 4], [2, 5], [3, 6]]),
        ("select_copy", (1, -1), [3, 6]),
        ("slice_copy", (1, 0, None, 2), [[1, 3], [4, 6]]),
        ("slice_copy", (-1, -2, -1), [[2], [5]]),
        ("diagonal_copy", (1,), [2, 6]),
        ("unfold_copy", (1, 2, 1), [[[1, 2], [2, 3]], [[4, 5], [5, 6]]]),
        ("as_strided_copy", ((2, 2), (1, 1), 2), [[3, 4], [4, 5]]),
        ("expand_copy", ((2, -1, 3),), [X, X]),
        ("view_copy", ((3, 2),), [[1, 2], [3, 4], [5, 6]]),
    ],
)
def test_copies_hold_what_the_view_shows_in_row_major_memory_of_their_own(copy, arguments, shown):
    x = lucet.tensor(X)
    y = getattr(lucet, copy)(x, *arguments)
    assert y.tolist() == shown
    assert y.is_contiguous()
    assert not y._is_view()
    y.zero_()
    assert x.tolist() == X


def test_view_copy_reshapes_where_view_cannot_and_reads_bytes_as_another_type():
    x = lucet.tensor(X).t()
    y = lucet.view_copy(x, (6,))
    assert y.tolist() == [1, 4, 2, 5, 3, 6]
    y.zero_()
    assert x.tolist() == [[1, 4], [2, 5], [3, 6]]
    assert lucet.view_copy(lucet.tensor([1.0]), lucet.int32).tolist() == [0x3F800000]


def test_split_copy_takes_one_size_and_fills_the_tensors_of_out():
    x = lucet.arange(3)
    outs = [lucet.empty(2, dtype=lucet.int64), lucet.empty(1, dtype=lucet.int64)]
    result = lucet.split_copy(x, 2, out=outs)
    assert result[0] is outs[0]
    assert [out.tolist() for out in outs] == [[0, 1], [2]]
    with pytest.raises(TypeError, match="argument 'split_size'"):
        lucet.split_copy(x, [1, 2])


def test_parts_of_unsafe_split_share_memory_and_count_changes_for_themselves():
    x = lucet.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    first, second = lucet.unsafe_split(y, 2)
    first.mul_(10)
    assert y.tolist() == [10, 20, 3]
    assert (first._version, second._version, y._version) == (1, 0, 0)
    (gradient,) = lucet.autograd.grad(first.sum(), x)  # nothing arrived from the second part
    assert gradient.tolist() == [10, 10, 0]


def test_slice_inverse_shares_the_gradient_between_the_slice_and_the_rest():
    x = lucet.tensor([1.0, 2.0, 3.0])
    part = x[1:].requires_grad_()
    whole = x.clone().requires_grad_()
    y = lucet.slice_inverse(part, whole, 0, 1)
    assert y.tolist() == [1, 2, 3]
    for_part, rest = lucet.autograd.grad(y, [part, whole], lucet.tensor([5.0, 6.0, 7.0]))
    assert (for_part.tolist(), rest.tolist()) == ([6, 7], [5, 0, 0])


def test_python_functions_of_elements_write_nothing_when_they_fail():
    x = lucet.tensor([1.0, 2.0])
    with pytest.raises(ZeroDivisionError):
        x.apply_(lambda v: 1 / (v - 2))
    with pytest.raises(TypeError, match="must be real number, not str"):
        x.apply_(lambda v: "a")
    assert x.tolist() == [1, 2]
    with pytest.raises(TypeError, match="map_: expected lucet.FloatTensor for 'other'"):
        x.map_(lucet.tensor([1, 2]), max)
    with pytest.raises(RuntimeError, match=r"Can't call map2_\(\) on Variable that requires grad"):
        x.map2_(x, lucet.ones(2, requires_grad=True), max)
    assert x.map2_(x, lucet.tensor(3.0), lambda a, b, c: a * b + c).tolist() == [4, 7]


@pytest.mark.parametrize(
    "strides,order",
    [((12, 4, 1), (0, 1, 2)), ((1, 2, 6), (2, 1, 0)), ((0, 1, 3), (0, 2, 1)), ((4, 4, 1), (1, 0, 2))],
)
def test_dim_order_is_that_of_the_strides(strides, order):
    assert lucet.empty_strided((2, 3, 4), strides).dim_order() == order


def test_dim_order_can_refuse_an_order_that_is_open():
    x = lucet.zeros(2, 1, 4, 5)
    assert x.dim_order() == (0, 1, 2, 3)
    for check in (True, [lucet.contiguous_format, lucet.channels_last]):
        with pytest.raises(RuntimeError, match="does not have unique dim order"):
            x.dim_order(ambiguity_check=check)
    assert lucet.zeros(2, 3, 4, 5).dim_order(ambiguity_check=[lucet.contiguous_format]) == (0, 1, 2, 3)


def test_sizes_that_are_told():
    assert lucet.nonzero_static(lucet.tensor([[0, 1], [2, 3]]), size=2).tolist() == [[0, 1], [1, 0]]
    assert lucet.nonzero_static(lucet.tensor([0, 1]), size=2, fill_value=9).tolist() == [[1], [9]]
    assert lucet.empty_permuted((2, 0, 4), (2, 0, 1)).stride() == (1, 1, 2)
    with pytest.raises(RuntimeError, match="Duplicate dim not allowed"):
        lucet.empty_permuted((2, 3), (1, 1))


def test_old_forms_warn_at_the_line_that_calls_them_and_answer():
    x = lucet.tensor([[3.0, 4.0], [0.0, 0.0]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert x.resize(4).tolist() == [3, 4, 0, 0]
        assert lucet.frobenius_norm(x, 1).tolist() == [5, 0]
        assert lucet.nuclear_norm(x, True).shape == (1, 1)
        assert lucet.nuclear_norm(x).item() == pytest.approx(5)
    assert [("deprecated" in str(warning.message), warning.filename) for warning in caught] == [(True, __file__)] * 4
    with pytest.raises(RuntimeError, match="requested resize to 5"):
        x.resize(5)


def test_functions_have_a_type_and_a_class_of_contexts():
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    assert type(Twice) is FunctionMeta
    assert issubclass(Twice._backward_cls, BackwardCFunction)
    x = lucet.ones(1, requires_grad=True)
    assert Twice.apply(x).grad_fn.name() == "TwiceBackward"
    assert not lucet.autograd.is_view_replay_enabled()
