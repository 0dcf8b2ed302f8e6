"""Functions written in Python, as far as lucet promises more than torch does; the rest is in engine_cases.py."""

import gc
import weakref

import pytest
from engine_cases import leaf, v

import lucet
from lucet._errors import VersionError
from lucet.autograd import Function
from lucet.autograd.function import once_differentiable


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x**2


def test_gradcheck_holds_for_functions():
    x = leaf(lucet, 0.5, -1.5)
    assert lucet.autograd.gradcheck(Cube.apply, (x,))
    assert lucet.autograd.gradgradcheck(Cube.apply, (x,))


def test_gradcheck_finds_a_wrong_rule():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 3

    x = leaf(lucet, 0.5)
    with pytest.raises(lucet.autograd.GradcheckError, match="Jacobian mismatch"):
        lucet.autograd.gradcheck(Wrong.apply, (x,))
    assert not lucet.autograd.gradcheck(Wrong.apply, (x,), raise_exception=False)
    with pytest.raises(lucet.autograd.GradcheckError):
        lucet.autograd.gradcheck(Wrong.apply, (x,), fast_mode=True)


def test_gradcheck_sums_up_large_jacobians():
    x = lucet.ones(30, 30, dtype=lucet.float64, requires_grad=True)
    with pytest.raises(lucet.autograd.GradcheckError) as caught:
        lucet.autograd.gradcheck(lambda x: x.detach()[0] * x[0], (x,))
    summary = str(caught.value).splitlines()[1]
    assert summary.startswith("  30 of 27000 entries (900 x 30) differ, most at (") and len(str(caught.value)) < 400


def test_gradcheck_finds_a_wrong_second_derivative():
    class Detached(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            return g * 3 * ctx.saved_tensors[0].detach() ** 2

    x = leaf(lucet, 0.5)
    assert lucet.autograd.gradcheck(Detached.apply, (x,))
    with pytest.raises(RuntimeError):
        lucet.autograd.gradgradcheck(Detached.apply, (x,))


def test_gradcheck_wants_something_to_check():
    with pytest.raises(ValueError, match="at least one input"):
        lucet.autograd.gradcheck(Cube.apply, (lucet.ones(1),))
    with pytest.raises(ValueError, match="sparse"):
        lucet.autograd.gradcheck(Cube.apply, (leaf(lucet, 1),), masked=True)


def test_a_saved_tensor_changed_in_place_is_named():
    x = leaf(lucet, 1, 2) * 1
    y = Cube.apply(x)
    x.add_(1)
    with pytest.raises(VersionError) as caught:
        y.sum().backward()
    assert "CubeBackward" in str(caught.value).splitlines()[0]
    assert "modified by an inplace operation" in str(caught.value)


def test_saved_tensors_end_with_backward():
    x = leaf(lucet, 1, 2)
    y = Cube.apply(x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    z = Cube.apply(x).sum()
    z.backward(retain_graph=True)
    z.backward()


def test_a_wrong_count_says_both_numbers():
    class Pair(Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match=r"PairBackward returned an incorrect number of gradients \(expected 2, got 1\)"):
        Pair.apply(leaf(lucet, 1), leaf(lucet, 2)).backward()


def test_once_differentiable_says_so():
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    x = leaf(lucet, 3)
    weight = leaf(lucet, 1)
    (g,) = lucet.autograd.grad(Once.apply(x), x, weight, create_graph=True)
    assert v(g) == [6.0]
    with pytest.raises(RuntimeError, match="once_differentiable"):
        g.backward()


def test_attributes_of_the_context_are_kept_and_die_with_it():
    class Payload:
        pass

    gone = []

    class Keeps(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.payload = Payload()
            gone.append(weakref.ref(ctx.payload))
            return x * 2

        @staticmethod
        def backward(ctx, g):
            assert ctx.payload is gone[0]()
            return g * 2

    y = Keeps.apply(leaf(lucet, 1))
    y.backward()
    assert gone[0]() is not None
    del y
    gc.collect()
    assert gone[0]() is None


def test_the_node_answers_for_the_context():
    class Named(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.scale = 7
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = leaf(lucet, 1)
    y = Named.apply(x)
    assert y.grad_fn.name() == "NamedBackward"
    assert y.grad_fn.scale == 7
    assert y.grad_fn.saved_tensors[0] is x
    assert y.grad_fn.next_functions[0][0].variable is x


def test_functions_see_subclasses_of_tensor():
    class Sub(lucet.Tensor):
        pass

    x = lucet.ones(2).as_subclass(Sub).requires_grad_()
    y = Cube.apply(x)
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_mark_dirty_on_a_plain_tensor_gives_it_history():
    class Fill(Function):
        @staticmethod
        def forward(ctx, target, x):
            ctx.mark_dirty(target)
            return target.copy_(x)

        @staticmethod
        def backward(ctx, g):
            return None, g

    target, x = lucet.zeros(2, dtype=lucet.float64), leaf(lucet, 1, 2)
    out = Fill.apply(target, x)
    (out * out).sum().backward()
    assert out is target
    assert target._version == 2  # by copy_ and by mark_dirty, as in torch
    assert v(x.grad) == [2.0, 4.0]


def test_functions_inside_functions():
    class Outer(Function):
        @staticmethod
        def forward(ctx, x):
            with lucet.enable_grad():
                inner = x.detach().requires_grad_()
                y = Cube.apply(inner)
            ctx.save_for_backward(inner)
            ctx.y = y
            return y.detach()

        @staticmethod
        def backward(ctx, g):
            (inner,) = ctx.saved_tensors
            (found,) = lucet.autograd.grad(ctx.y, inner, g)
            return found

    x = leaf(lucet, 2)
    Outer.apply(x).backward()
    assert v(x.grad) == [12.0]


class Passes(Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, g):
        return g


class PassesWithDouble(Function):
    @staticmethod
    def forward(ctx, x):
        return x, x * 2

    @staticmethod
    def backward(ctx, g, h):
        return g + 2 * h


def test_an_input_handed_through_is_a_view_of_it():
    x = lucet.ones(3, requires_grad=True)
    y = Passes.apply(x)
    assert y is not x and y._is_view() and y._base is x and y.requires_grad
    with pytest.raises(RuntimeError, match="Output 0 of Passes is a view and is being modified inplace"):
        y.mul_(2)
    y, double = PassesWithDouble.apply(x)
    assert y._base is x and not double._is_view()
    with pytest.raises(RuntimeError, match="Output 0 of PassesWithDouble is a view .* returns multiple views"):
        y.mul_(2)
    (y.sum() + double.sum()).backward()
    assert x.grad.tolist() == [3.0, 3.0, 3.0]
    plain = lucet.ones(3)
    seen = Passes.apply(plain)
    seen.mul_(2)
    assert seen._base is plain and plain.tolist() == [2.0, 2.0, 2.0]
    with lucet.no_grad():
        assert not Passes.apply(x)._is_view()


def test_the_node_of_a_function_says_where_it_comes_from():
    node = Passes.apply(lucet.ones(1, requires_grad=True)).grad_fn
    assert type(node).__name__ == "PassesBackward" and type(node).__module__ == "lucet.autograd.function"
    assert repr(node).startswith("<lucet.autograd.function.PassesBackward object at 0x")
    assert Passes._backward_cls.__module__ == "lucet.autograd.function"
    assert not hasattr(node, "_sequence_nr_") and node._sequence_nr() >= 0


def test_a_forward_rule_gets_zeros_unless_it_asked_for_none():
    import lucet.autograd.forward_ad as forward_ad

    def told(materialize):
        class Double(Function):
            @staticmethod
            def forward(ctx, *args):
                ctx.set_materialize_grads(materialize)
                return args[0] * 2

            @staticmethod
            def backward(ctx, g):
                return g

            @staticmethod
            def jvp(ctx, *tangents):
                given.extend(tangents)
                return tangents[0] * 2

        given = []
        with forward_ad.dual_level():
            x = forward_ad.make_dual(lucet.ones(2), lucet.ones(2))
            Double.apply(x, lucet.ones(3), lucet.tensor([1, 2]), "text", lucet.ones(1, dtype=lucet.complex64))
        return [None if t is None else (t.dtype, t.tolist()) for t in given]

    one = (lucet.float32, [1.0, 1.0])
    assert told(True) == [one, (lucet.float32, [0.0, 0.0, 0.0]), None, None, (lucet.complex64, [0j])]
    assert told(False) == [one, None, None, None, None]
