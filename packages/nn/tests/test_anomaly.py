"""Anomaly mode inside models: the dotted path of the module and the user's line, in the error and in the warning."""

import warnings

import pytest

import lucet
from lucet import nn
from lucet._errors import AnomalyError, VersionError


@pytest.fixture(autouse=True)
def anomaly():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = lucet.autograd.detect_anomaly()
    with context:
        yield


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("conv1", nn.Conv2d(1, 2, 3))
        self.features.add_module("root", Root())

    def forward(self, x):
        return self.features(x).sum()  # the user's call


class Root(nn.Module):
    def forward(self, x):
        return (x - x.detach()).sqrt()  # infinite slope at zero


def test_the_error_names_op_line_and_module():
    net = Net()
    with lucet.no_grad():
        net.features.conv1.weight.fill_(float("nan"))
        net.features.conv1.bias.fill_(float("nan"))
    with pytest.warns(UserWarning, match="Error detected in SqrtBackward0") as warned, pytest.raises(AnomalyError) as caught:
        net(lucet.ones(1, 1, 4, 4)).backward()
    assert caught.value.headline == "Function 'SqrtBackward0' returned nan values in its 0th output."
    assert caught.value.at == "features.root: Root()"
    assert f"called at {__file__}:" in str(caught.value)
    assert "in forward: return (x - x.detach()).sqrt()  # infinite slope at zero" in str(caught.value)
    assert "\n  at    features.root: Root()" in str(caught.value)
    stack = str(warned[0].message)
    assert "return self.features(x).sum()  # the user's call" in stack
    assert "at    features.root: Root()" in stack


def test_an_op_inside_a_layer_names_the_layer_and_the_line_that_called_the_model():
    net = Net()
    x = lucet.ones(1, 1, 4, 4)
    y = net.features.conv1(x)
    with pytest.warns(UserWarning, match="ConvolutionBackward0"), pytest.raises(AnomalyError) as caught:
        y.backward(lucet.full_like(y, float("nan")))
    assert caught.value.at == "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))"
    assert "y = net.features.conv1(x)" in caught.value.facts[0]
    with pytest.warns(UserWarning), pytest.raises(AnomalyError) as caught:
        net.features[:1](x).mul(1).backward(lucet.full_like(y, float("nan")))
    assert caught.value.at is None  # mul is called outside the model
    with pytest.warns(UserWarning), pytest.raises(AnomalyError) as caught:
        net.features[:1](x).backward(lucet.full_like(y, float("nan")))
    assert caught.value.at == "conv1: Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))"


def test_other_errors_of_gradient_rules_get_the_module_too():
    class Spoil(nn.Module):
        def forward(self, x):
            y = x.exp()
            y.add_(1)
            return y

    model = nn.Sequential(nn.Linear(2, 2), Spoil())
    with pytest.warns(UserWarning, match="Error detected in ExpBackward0"), pytest.raises(VersionError) as caught:
        model(lucet.ones(1, 2)).sum().backward()
    assert caught.value.at == "1: Spoil()"
    assert "in forward: y = x.exp()" in str(caught.value)
