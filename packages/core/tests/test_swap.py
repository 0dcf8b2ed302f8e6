"""utils.swap_tensors: what is exchanged, and who refuses."""

import weakref

import pytest

import lucet
from lucet.utils import swap_tensors


def test_two_tensors_exchange_all_that_they_are():
    a, b = lucet.zeros(2, requires_grad=True), lucet.arange(64.0, dtype=lucet.float64).reshape(2, 2, 2, 2, 2, 2).clone()
    a.grad, b.tag = lucet.ones(2), "b"
    first, second = id(a), id(b)
    swap_tensors(a, b)
    assert (id(a), id(b)) == (first, second)
    assert a.shape == (2,) * 6 and a.dtype is lucet.float64 and a.tag == "b" and not a.requires_grad and a.grad is None
    assert a.flatten().tolist() == list(range(64))
    assert b.tolist() == [0, 0] and b.requires_grad and b.grad.tolist() == [1, 1] and not hasattr(b, "tag")
    (b * 3).sum().backward()
    assert b.grad.tolist() == [4, 4]


def test_a_graph_that_holds_one_refuses_to_go_back():
    x = lucet.ones(2, requires_grad=True)
    saved, linear = (x * x).sum(), (x + 1).sum()
    swap_tensors(x, lucet.zeros(3))
    with pytest.raises(RuntimeError, match="last changed by swap_tensors"):
        saved.backward()
    with pytest.raises(RuntimeError, match="backward reached a tensor that swap_tensors has exchanged"):
        linear.backward()


def test_views_results_and_what_weak_references_lead_to_are_refused():
    base, leaf = lucet.ones(4), lucet.ones(2, requires_grad=True)
    view = base[1:]
    for t in (base, view, leaf * 2):
        with pytest.raises(RuntimeError, match="is the result of an operation or a view"):
            swap_tensors(lucet.ones(1), t)
    marked = lucet.ones(2).as_subclass(type("Marked", (lucet.Tensor,), {}))
    other = lucet.ones(2).as_subclass(type("Other", (lucet.Tensor,), {}))
    kinds, shown = (type(marked), type(other)), marked[:1]
    with pytest.raises(RuntimeError, match="t1 is the result of an operation or a view, or other tensors show its elements"):
        swap_tensors(marked, other)
    assert (type(marked), type(other)) == kinds and shown.tolist() == [1]
    reference = weakref.ref(leaf)
    with pytest.raises(RuntimeError, match="Cannot swap t1 because it has weakref"):
        swap_tensors(leaf, lucet.ones(1))
    assert reference() is leaf
    with pytest.raises(TypeError, match="t2 must be Tensor, not int"):
        swap_tensors(lucet.ones(1), 3)


def test_hooks_and_classes_go_along():
    class Marked(lucet.Tensor):
        pass

    seen = []
    a, b = lucet.ones(2, requires_grad=True), lucet.zeros(2, requires_grad=True)
    a.register_hook(lambda g: seen.append("a"))
    swap_tensors(a, b)
    (a * 2).sum().backward()
    assert seen == []
    (b * 2).sum().backward()
    assert seen == ["a"]
    one, other = lucet.ones(1).as_subclass(Marked), lucet.zeros(1).as_subclass(Marked)
    swap_tensors(one, other)
    assert type(one) is Marked and one.item() == 0
