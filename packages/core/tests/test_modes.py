"""Interception: modes see every op of their thread, innermost first; while a mode's method runs it is itself inactive."""

import threading

import pytest

import lucet
from lucet import _modes
from lucet._modes import TorchFunctionMode


class Log(TorchFunctionMode):
    def __init__(self, name="log"):
        self.name, self.seen = name, []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.seen.append(func.__name__)
        return func(*args, **(kwargs or {}))


def test_a_mode_sees_ops_in_every_spelling():
    x = lucet.ones(2)
    with Log() as log:
        _ = x + 1, 1 + x, x.add(1), lucet.add(x, 1), x.exp(), -x, x == x, x.sum(), x[0], x.view(2, 1)
        x.add_(1)
        x += 1
        lucet.zeros(2)
        lucet.add(x, 1, out=lucet.empty(2))
    for name in ("add", "exp", "neg", "eq", "sum", "view", "zeros", "add_"):
        assert name in log.seen
    assert log.seen.count("add") >= 5
    count = len(log.seen)
    x + 1
    assert len(log.seen) == count


def test_the_innermost_mode_comes_first_and_outer_ones_follow():
    order = []

    class Named(TorchFunctionMode):
        def __init__(self, name):
            self.name = name

        def __torch_function__(self, func, types, args=(), kwargs=None):
            order.append(self.name)
            return func(*args, **(kwargs or {}))

    with Named("outer"), Named("inner"):
        lucet.ones(1).exp()
    assert order == ["inner", "outer"] * 2


def test_a_mode_may_change_arguments_and_results():
    class Double(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            result = func(*args, **(kwargs or {}))
            return result * 2 if func.__name__ == "exp" else result

    with Double():
        assert lucet.zeros(1).exp().item() == 2.0


def test_an_error_in_a_mode_restores_the_stack():
    class Fails(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            raise KeyError("no")

    x = lucet.ones(1)
    with Log() as log, pytest.raises(KeyError), Fails():
        x + 1
    x + 1
    assert log.seen == []
    with Log() as log:
        with pytest.raises(KeyError), Fails():
            x + 1
        x + 1
    assert log.seen == ["add"]


def test_modes_belong_to_their_thread():
    seen = []
    with Log() as log:
        thread = threading.Thread(target=lambda: seen.append((lucet.ones(1) + 1).item()))
        thread.start()
        thread.join()
    assert seen == [2.0]
    assert log.seen == []


def test_modes_come_before_subclasses():
    order = []

    class Sub(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            order.append("subclass")
            return super().__torch_function__(func, types, args, kwargs)

    class Mode(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            order.append("mode")
            assert Sub in types
            return func(*args, **(kwargs or {}))

    x = lucet.ones(1).as_subclass(Sub)
    with Mode():
        x.exp()
    assert order == ["mode", "subclass"]


SUMS = {"addcmul": ((2,), (2,), (2,)), "addcdiv": ((2,), (2,), (2,)), "lerp": ((2,), (2,), (2,)), "addmm": ((2, 2), (2, 2), (2, 2)), "addmv": ((2,), (2, 2), (2,)),
        "addr": ((2, 2), (2,), (2,)), "baddbmm": ((1, 2, 2), (1, 2, 2), (1, 2, 2)), "addbmm": ((2, 2), (1, 2, 2), (1, 2, 2))}  # fmt: skip


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", SUMS)
def test_sums_of_products_show_themselves_before_their_parts(name, kind):
    seen = []

    class Sub(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append((func.__name__, len(args), kwargs or {}))
            return super().__torch_function__(func, types, args, kwargs)

    def operands(special):
        return [lucet.ones(shape, dtype=getattr(lucet, kind)).as_subclass(Sub if place == special else lucet.Tensor) for place, shape in enumerate(SUMS[name])]

    function = getattr(lucet, name)
    for special in range(3):
        seen.clear()
        assert type(function(*operands(special))) is Sub
        assert [(called, count) for called, count, _ in seen if called != "as_subclass"] == [(name, 3)]
    seen.clear()
    x, a, b = operands(0)
    assert getattr(x, name + "_")(a, b) is x
    assert [called for called, _, _ in seen if called != "as_subclass"] == [name + "_"]
    with Log() as log:
        function(*operands(None))
    assert [called for called in log.seen if called not in ("ones", "as_subclass")] == [name]
    if name not in ("lerp", "addbmm"):
        seen.clear()
        factors = {"value": 2} if name.startswith("addc") else {"beta": 2, "alpha": 3}
        function(*operands(1), **factors)
        assert (name, 3, factors) in seen


def test_subclasses_can_be_switched_off():
    class Sub(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            raise AssertionError("asked")

    x = lucet.ones(1).as_subclass(Sub)
    with _modes.DisableTorchFunctionSubclass():
        assert (x + 1).tolist() == [2.0]
        assert type(x + 1) is lucet.Tensor
    with pytest.raises(AssertionError, match="asked"):
        x + 1


def test_keyword_arguments_reach_the_mode():
    class Keep(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            self.call = (func.__name__, len(args), dict(kwargs or {}))
            return func(*args, **(kwargs or {}))

    with Keep() as keep:
        lucet.sum(lucet.ones(2, 3), dim=1, keepdim=True)
    name, count, kwargs = keep.call
    assert name == "sum"
    assert count + len(kwargs) >= 3


def test_backward_under_a_mode_gives_the_same_gradients():
    x = lucet.ones(3, requires_grad=True)
    with Log():
        (x.exp() * x).sum().backward()
    y = lucet.ones(3, requires_grad=True)
    (y.exp() * y).sum().backward()
    assert x.grad.tolist() == y.grad.tolist()


def test_a_thread_may_adopt_the_modes_of_another():
    def work(modes):
        _modes._adopt_modes(*modes)
        lucet.zeros(1).cos()
        found.append(_modes._modes_in_force())
        _modes._adopt_modes()
        found.append(_modes._modes_in_force())
        lucet.zeros(1).sin()

    found = []
    with Log() as outer, Log() as inner, lucet.inference_mode(), _modes.DisableTorchFunctionSubclass():
        modes = _modes._modes_in_force()
        assert modes == (False, True, 1, (outer, inner))
        thread = threading.Thread(target=work, args=(modes,))
        thread.start()
        thread.join()
        assert _modes._modes_in_force() == modes
    assert found == [modes, (True, False, 0, ())]
    assert "cos" in outer.seen and "cos" in inner.seen and "sin" not in outer.seen


def test_numpys_names_of_arguments_are_the_ops_own_for_every_op():
    x = lucet.tensor([[1.0, 4.0], [3.0, 2.0]])
    one = lucet.tensor([[0], [1]])
    for own, numpys in [
        (lambda: x.softmax(dim=1), lambda: x.softmax(axis=1)),  # compiled
        (lambda: x.unsqueeze(dim=0), lambda: lucet.unsqueeze(x, axis=0)),
        (lambda: x.gather(1, one), lambda: lucet.gather(a=x, axis=1, index=one)),
        (lambda: x.unbind(dim=1), lambda: x.unbind(axis=1)),
        (lambda: x.quantile(0.5, dim=1, keepdim=True), lambda: x.quantile(0.5, axis=1, keepdims=True)),  # written in Python
        (lambda: x.diff(dim=0), lambda: x.diff(axis=0)),
        (lambda: lucet.trapezoid(x, dim=0), lambda: lucet.trapezoid(x, axis=0)),
        (lambda: lucet.fft.fft(x, dim=0), lambda: lucet.fft.fft(x=x, axis=0)),
        (lambda: lucet.cat([x, x], dim=1), lambda: lucet.cat([x, x], axis=1)),
        (lambda: lucet.add(x, x), lambda: lucet.add(x1=x, x2=x)),
        (lambda: lucet.sin(x), lambda: lucet.sin(**{"".join("x"): x})),
        (lambda: x.clone().add_(x), lambda: x.clone().add_(x2=x)),
        (lambda: x.amax(dim=0), lambda: x.amax(axis=0)),
        (lambda: x.amax(), lambda: x.amax(axis=None)),
        (lambda: x.std(0, keepdim=True), lambda: x.std(axis=0, keepdims=True)),
    ]:
        expected, found = own(), numpys()
        for a, b in zip(expected, found, strict=True) if isinstance(expected, tuple) else [(expected, found)]:
            assert lucet.equal(a, b)
    assert lucet.trapezoid(x[0], x=lucet.tensor([0.0, 2.0])) == 5  # an argument of the op's own that is called so
    for wrong in (lambda: x.softmax(0, axis=0), lambda: lucet.sin(x=x, input=x), lambda: lucet.sin(x=x, x1=x), lambda: lucet.sin(x2=x)):
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            wrong()


def test_modes_and_subclasses_are_offered_the_ops_own_names():
    seen = []

    class Watch(lucet.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append((func, kwargs))
            return func(*args, **(kwargs or {}))

    x = lucet.ones(2, 3)
    with Watch():
        assert x.diff(axis=0).shape == (1, 3)
    assert seen == [(lucet.diff, {"dim": 0})]


def test_subscripts_are_offered_as_the_methods():
    seen = []

    class Sub(lucet.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            return super().__torch_function__(func, types, args, kwargs)

    x = lucet.arange(3.0).as_subclass(Sub)
    x[0] = 5.0
    assert isinstance(x[0], Sub)
    assert seen[0] is lucet.Tensor.__setitem__ and seen[1] is lucet.Tensor.__getitem__
