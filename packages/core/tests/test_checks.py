"""Ops on lists, checks, numbers that are symbols elsewhere, branches and loops: values of lucet's own."""

import pytest

import lucet


def test_ops_on_lists_have_gradients():
    x, y = lucet.tensor([1.0, 2.0], requires_grad=True), lucet.tensor(3.0, requires_grad=True)
    one, two = lucet._foreach_mul([x, y], [2.0, 3.0])
    (one.sum() + two).backward()
    assert x.grad.tolist() == [2, 2] and y.grad.item() == 3


def test_ops_on_lists_in_place_return_the_list():
    xs = [lucet.ones(2), lucet.zeros(1)]
    assert lucet._foreach_add_(xs, 1) is xs and [x.tolist() for x in xs] == [[2, 2], [1]]
    lucet._foreach_copy_(xs, [lucet.zeros(2), lucet.ones(1)])
    assert [x.tolist() for x in xs] == [[0, 0], [1]]


def test_ops_on_lists_refuse_what_is_no_list_of_one_length():
    for call in (lambda: lucet._foreach_abs(lucet.ones(1)), lambda: lucet._foreach_abs([1]), lambda: lucet._foreach_add([lucet.ones(1)], "x")):
        with pytest.raises(TypeError, match="_foreach_"):
            call()
    for call in (lambda: lucet._foreach_abs([]), lambda: lucet._foreach_add([lucet.ones(1)], [1, 2])):
        with pytest.raises(RuntimeError, match="list"):
            call()
    assert not hasattr(lucet, "_foreach_nothing")


def test_checks_raise_the_error_that_they_are_named_for():
    for check, kind in ((lucet._check, RuntimeError), (lucet._check_index, IndexError), (lucet._check_value, ValueError), (lucet._check_type, TypeError)):
        check(True)
        with pytest.raises(kind, match="told"):
            check(False, lambda: "told")
    with pytest.raises(AssertionError, match="told"):
        lucet._assert(False, "told")
    with pytest.raises(TypeError, match="_check_tensor_all"):
        lucet._check(lucet.ones(1) > 0)


def test_a_branch_and_a_loop_have_gradients():
    x = lucet.tensor(2.0, requires_grad=True)
    lucet.cond(x > 1, lambda x: x * 3, lambda x: x * 5, (x,)).backward()
    assert x.grad.item() == 3
    x.grad = None
    count, y = lucet.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), (lucet.tensor(0), lucet.tensor(1.0)))
    y.backward()
    assert count.item() == 3 and x.grad.item() == 12
    with pytest.raises(RuntimeError, match="boolean"):
        lucet.while_loop(lambda x: 1, lambda x: (x,), (x,))


def test_symbols_cannot_be_made():
    assert not isinstance(3, lucet.SymInt)
    with pytest.raises(TypeError, match="no symbolic numbers"):
        lucet.SymInt(3)


def test_activations_keep_their_values_at_and_beyond_zero():
    x = lucet.tensor([-200.0, 0.0, 200.0, float("inf"), float("nan")], requires_grad=True)
    for function, above in ((lucet.celu, 1.0), (lucet.selu, 1.0507009873554805), (lambda x: lucet.prelu(x, lucet.tensor([0.5])), 1.0)):
        (grad,) = lucet.autograd.grad(function(x)[:4].sum(), x)
        assert grad[2:4].tolist() == pytest.approx([above, above])
    weight = lucet.tensor([0.5], requires_grad=True)
    (grad,) = lucet.autograd.grad(lucet.prelu(x[:4], weight).sum(), weight)
    assert grad.item() == -200  # infinity above 0 does not reach the weight
    assert lucet.hardshrink(x).isnan().tolist() == [False] * 4 + [True]


def test_activations_in_place_record_what_they_replace():
    for function in (lucet.celu_, lucet.selu_):
        x = lucet.tensor([-1.0, 2.0], requires_grad=True)
        y = x * 1
        function(y)
        (grad,) = lucet.autograd.grad(y.sum(), x)
        z = x * 1
        (expected,) = lucet.autograd.grad(getattr(lucet, function.__name__[:-1])(z).sum(), x)
        assert grad.equal(expected)
        with pytest.raises(RuntimeError):
            function(x)


def test_shuffles_undo_each_other():
    x = lucet.arange(2 * 9 * 4 * 5).reshape(2, 9, 4, 5)
    y = lucet.pixel_shuffle(x, 3)
    assert y.shape == (2, 1, 12, 15) and y[0, 0, 0, :4].tolist() == [0, 20, 40, 1] and lucet.pixel_unshuffle(y, 3).equal(x)
    assert lucet.channel_shuffle(lucet.channel_shuffle(x, 3), 3).equal(x)
    assert lucet.pixel_shuffle(x, 1).data_ptr() != x.data_ptr()


def test_a_zero_vector_is_like_nothing():
    x = lucet.zeros(1, 3, requires_grad=True)
    found = lucet.cosine_similarity(x, lucet.ones(1, 3))
    found.sum().backward()
    assert found.tolist() == [0] and not x.grad.isnan().any()
