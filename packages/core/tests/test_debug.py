"""first_nonfinite without models: what it finds, what it leaves alone, and that nothing is left behind."""

import math

import pytest

import lucet
from lucet import _modes
from lucet._errors import AnomalyError


def test_the_first_op_is_named_with_its_line_and_the_numbers():
    x = lucet.tensor([4.0, -1.0, 0.5])
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        y = x * 2
        z = y.sqrt()  # here
        z.exp()
    problem = caught.value
    assert problem.op == "sqrt"
    assert problem.filename == __file__
    line = open(__file__).read().splitlines()[problem.lineno - 1]
    assert line.endswith("# here")
    text = str(problem)
    assert "sqrt: its result holds nan, its inputs are finite" in text
    assert "input 0: (3,) float32: all finite, -2 to 8, mean 2.33333" in text
    assert "result: (3,) float32: 1 nan of 3, else 1 to 2.82843" in text


def test_backward_is_named_too():
    x = lucet.tensor([0.0, 1.0], requires_grad=True)
    with pytest.raises(AnomalyError) as caught, lucet.debug.first_nonfinite():
        y = x.sqrt()  # recorded here
        (y * 3).sum().backward()
    assert caught.value.op == "SqrtBackward0"
    assert open(__file__).read().splitlines()[caught.value.lineno - 1].endswith("# recorded here")
    assert "arriving gradient 0: (2,) float32: all finite, 3 to 3" in str(caught.value)


def test_data_that_hold_nan_are_named_where_they_are_read():
    x = lucet.tensor([1.0, math.nan])
    with pytest.raises(AnomalyError, match="mul: one of its inputs holds nan already"), lucet.debug.first_nonfinite():
        x * 2


def test_infinities_that_are_asked_for_are_no_finding():
    with lucet.debug.first_nonfinite():
        scores = lucet.zeros(2, 2).masked_fill(lucet.tensor([[True, False], [False, False]]), -math.inf)
        assert scores.softmax(1).tolist() == [[0, 1], [0.5, 0.5]]
        lucet.full((2,), math.inf) + 1
        lucet.empty(100).normal_()
    with lucet.debug.first_nonfinite(infinities=False):
        lucet.zeros(1).log()
    with pytest.raises(AnomalyError), lucet.debug.first_nonfinite():
        lucet.zeros(1).log()


def test_results_and_gradients_are_the_same_inside():
    def run():
        x = lucet.arange(6.0).view(2, 3).requires_grad_()
        y = (x.exp() @ lucet.ones(3, 2)).log().sum()
        y.backward()
        return y.tolist(), x.grad.tolist()

    plain = run()
    with lucet.debug.first_nonfinite():
        assert run() == plain


def test_nothing_is_left_behind():
    with pytest.raises(AnomalyError), lucet.debug.first_nonfinite():
        lucet.zeros(1).log()
    assert _modes._modes_in_force() == (True, False, 0, ())
    assert not lucet.is_anomaly_enabled()
    assert lucet.zeros(1).log().tolist() == [-math.inf]
    x = lucet.zeros(1, requires_grad=True)
    x.sqrt().backward()
    assert x.grad.tolist() == [math.inf]


def test_anomaly_mode_works_beside_it():
    x = lucet.zeros(1, requires_grad=True)
    with lucet.debug.first_nonfinite(), lucet.autograd.set_detect_anomaly(True):
        assert lucet.is_anomaly_enabled()
        (x * 2).sum().backward()
    assert not lucet.is_anomaly_enabled()
    with pytest.raises(AnomalyError, match="its gradient is infinite"):
        with lucet.debug.first_nonfinite():
            with lucet.autograd.set_detect_anomaly(True):
                pass
            x.sqrt().sum().backward()
