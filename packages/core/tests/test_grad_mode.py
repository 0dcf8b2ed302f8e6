"""Switches for recording: nesting, decorators of every kind, generators, errors, inference mode."""

import pytest

import lucet


def recorded():
    return (lucet.ones(1, requires_grad=True) * 1).requires_grad


@pytest.mark.parametrize("switch", [lucet.no_grad, lucet.enable_grad, lucet.inference_mode])
def test_decorators_with_and_without_parentheses(switch):
    expected = switch is lucet.enable_grad

    @switch
    def plain():
        return recorded()

    @switch()
    def called():
        return recorded()

    with lucet.set_grad_enabled(not expected):
        assert plain() is expected
        assert called() is expected
        assert lucet.is_grad_enabled() is not expected


def test_decorated_functions_keep_name_and_doc():
    @lucet.no_grad()
    def named():
        """Its doc."""

    assert named.__name__ == "named"
    assert named.__doc__ == "Its doc."


def test_decorated_methods():
    class Model:
        @lucet.no_grad()
        def run(self):
            return self, recorded()

    model = Model()
    assert model.run() == (model, False)


def test_generators_hold_the_switch_only_while_they_run():
    seen = []

    @lucet.no_grad()
    def stream():
        try:
            while True:
                seen.append(recorded())
                try:
                    sent = yield "item"
                except KeyError:
                    seen.append(("thrown", recorded()))
                else:
                    seen.append(("sent", sent))
        finally:
            seen.append(("closed", recorded()))

    items = stream()
    assert next(items) == "item"
    assert recorded()
    items.send(5)
    items.throw(KeyError)
    items.close()
    assert seen == [False, ("sent", 5), False, ("thrown", False), False, ("closed", False)]
    assert recorded()


def test_generators_return_their_value():
    @lucet.no_grad()
    def stream():
        yield 1
        return 7

    items = stream()
    next(items)
    with pytest.raises(StopIteration) as stop:
        next(items)
    assert stop.value.value == 7


def test_set_grad_enabled_acts_at_once_and_as_a_context():
    switch = lucet.set_grad_enabled(False)
    assert not lucet.is_grad_enabled()
    with switch:
        assert not lucet.is_grad_enabled()
    assert lucet.is_grad_enabled()


def test_set_grad_enabled_as_a_decorator_changes_nothing_until_the_call():
    @lucet.set_grad_enabled(False)
    def run():
        return recorded()

    assert lucet.is_grad_enabled()
    assert not run()


def test_contexts_can_be_nested_and_reentered():
    switch = lucet.no_grad()
    with switch:
        with lucet.enable_grad():
            assert recorded()
            with lucet.no_grad():
                assert not recorded()
            assert recorded()
        assert not recorded()
    with switch:
        assert not recorded()
    assert recorded()


@pytest.mark.parametrize("switch", [lucet.no_grad, lucet.inference_mode])
def test_errors_restore_the_state(switch):
    with pytest.raises(ZeroDivisionError), switch():
        raise ZeroDivisionError
    assert lucet.is_grad_enabled()
    assert not lucet.is_inference_mode_enabled()


def test_inference_mode_false_is_an_ordinary_place():
    with lucet.inference_mode():
        with lucet.inference_mode(False):
            x = lucet.ones(1, requires_grad=True)
            assert not x.is_inference()
            assert (x * 1).requires_grad
        assert lucet.ones(1).is_inference()


def test_inference_tensors_have_no_version_and_no_history():
    with lucet.inference_mode():
        x = lucet.ones(2)
        y = x * 2
    with pytest.raises(RuntimeError, match="version"):
        _ = y._version
    assert (y + 1).is_inference() is False
    with pytest.raises(RuntimeError, match="clone"):
        (y * lucet.ones(2, requires_grad=True)).sum()
    y.clone().requires_grad_()


def test_parameters_made_outside_can_be_read_and_written_inside():
    w = lucet.ones(2, requires_grad=True)
    with lucet.inference_mode():
        w.add_(1)
        assert not (w * 2).requires_grad
    assert w.tolist() == [2.0, 2.0]
    (w * 2).sum().backward()
    assert w.grad.tolist() == [2.0, 2.0]


def test_the_layout_policy_of_gradients_is_accepted_in_every_form():
    policy = lucet.autograd.enforce_grad_layout_policy
    p = lucet.ones(2, 3).t().requires_grad_()
    with policy(False):
        (p * 2).sum().backward()
    policy()(lambda: (p * 2).sum().backward())()
    assert p.grad.tolist() == [[4.0, 4.0]] * 3


def test_nothing_is_recorded_in_inference_mode():
    x = lucet.ones(2, requires_grad=True)
    with lucet.inference_mode():
        with lucet.enable_grad():
            assert lucet.is_grad_enabled()
            assert not (x * 2).requires_grad
            with lucet.inference_mode(False):
                assert (x * 2).requires_grad
            assert lucet.is_grad_enabled()
            assert not (x * 2).requires_grad
        lucet.set_grad_enabled(True)
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad
    with lucet.no_grad():
        with lucet.inference_mode():
            lucet.set_grad_enabled(True)
        assert not lucet.is_grad_enabled()
        assert not (x * 2).requires_grad
