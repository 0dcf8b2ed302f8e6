"""Networks, their registry, and the weights in the package."""

import copy
import pickle
from types import ModuleType

import numpy as np
import pytest

import lucet
from lucet._errors import LoadError
from lucetvision import models
from lucetvision.datasets import FashionMNISTMini
from lucetvision.models import LeNet_Weights, Weights, WeightsEnum, _registry, _weights

ROWS = [("lenet", models.LeNet, 61_706), ("mnistnet", models.MNISTNet, 1_199_882)]


@pytest.mark.parametrize("name, kind, parameters", ROWS)
def test_parameter_count_shape_and_gradient(name, kind, parameters):
    model = models.get_model(name)
    assert type(model) is kind and sum(parameter.numel() for parameter in model.parameters()) == parameters
    output = model(lucet.zeros(3, 1, 28, 28))
    assert tuple(output.shape) == (3, 10)
    output.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    assert tuple(models.get_model(name, num_classes=4)(lucet.zeros(1, 1, 28, 28)).shape) == (1, 4)


def test_layer_names_of_the_mnist_network():
    names = [name for name, _ in models.MNISTNet().named_children()]
    assert names == ["conv1", "conv2", "dropout1", "dropout2", "fc1", "fc2"]


def test_mnist_network_returns_log_probabilities():
    output = models.MNISTNet().eval()(lucet.zeros(2, 1, 28, 28))
    np.testing.assert_allclose(output.exp().sum(1).detach().numpy(), 1, rtol=1e-6)


def test_registry(monkeypatch):
    assert models.list_models() == ["lenet", "mnistnet"]
    assert models.list_models(models) == ["lenet", "mnistnet"] and models.list_models(ModuleType("other")) == []
    assert models.list_models(include=["*net"], exclude="le*") == ["mnistnet"]
    assert models.get_model_builder("LENET") is models.lenet
    with pytest.raises(ValueError, match="no model is called 'resnet', expected one of lenet, mnistnet"):
        models.get_model("resnet")
    monkeypatch.setattr(_registry, "_BUILDERS", {})

    @models.register_model("tiny")
    def builder():
        return 1

    assert models.get_model("tiny") == 1
    with pytest.raises(ValueError, match="'tiny' is registered already"):
        models.register_model("tiny")(builder)


def test_weights_by_name():
    assert models.get_weight("LeNet_Weights.DEFAULT") is LeNet_Weights.FASHION_MNIST_MINI_V1
    assert models.get_model_weights("lenet") is models.get_model_weights(models.lenet) is LeNet_Weights
    assert repr(LeNet_Weights.DEFAULT) == "LeNet_Weights.FASHION_MNIST_MINI_V1"
    wrong = {"x": ValueError, "a.b.c": ValueError, "No_Weights.X": ValueError, "LeNet_Weights.X": KeyError}
    for name, kind in wrong.items():
        with pytest.raises(kind):
            models.get_weight(name)
    with pytest.raises(TypeError, match="got int, expected LeNet_Weights"):
        models.lenet(weights=3)
    with pytest.raises(KeyError):
        models.mnistnet(weights="DEFAULT")
    with pytest.raises(ValueError, match="no argument `weights`"):
        models.get_model_weights(lambda: None)


def test_weights_copy_and_pickle():
    assert pickle.loads(pickle.dumps(LeNet_Weights.DEFAULT)) is LeNet_Weights.DEFAULT
    assert copy.deepcopy(LeNet_Weights.DEFAULT) is LeNet_Weights.DEFAULT
    value = LeNet_Weights.DEFAULT.value
    assert copy.deepcopy(value) == value and value != 3
    assert value != Weights("other", value.transforms, value.meta, value.sha256)


def test_embedded_weights_are_the_ones_described():
    weights = LeNet_Weights.DEFAULT
    state = weights.get_state_dict(check_hash=True)
    assert list(state) == list(models.LeNet().state_dict())
    assert sum(tensor.numel() for tensor in state.values()) == weights.meta["num_params"]


def test_embedded_weights_reach_the_stated_accuracy():
    model, preset = models.lenet(weights="DEFAULT").eval(), LeNet_Weights.DEFAULT.transforms()
    test = FashionMNISTMini(train=False)
    with lucet.no_grad():
        found = model(preset(test.data.unsqueeze(1))).argmax(1)
    accuracy = 100 * (found == test.targets).float().mean().item()
    stated = LeNet_Weights.DEFAULT.meta["_metrics"]["FashionMNISTMini"]["acc@1"]
    assert abs(accuracy - stated) <= 0.11, accuracy  # two images may tip over on another instruction set


def test_wrong_number_of_classes_for_the_weights():
    with pytest.raises(ValueError, match="num_classes is 3, .* has 10"):
        models.lenet(weights="DEFAULT", num_classes=3)
    assert models.lenet(weights="DEFAULT", num_classes=10).fc3.out_features == 10


def test_changed_file_is_noticed(tmp_path, monkeypatch):
    class Own(WeightsEnum):
        DEFAULT = Weights("embedded:a.pt", abs, {}, "0" * 64)

    (tmp_path / "a.pt").write_bytes(b"x")
    monkeypatch.setattr(_weights, "_FOLDER", str(tmp_path))
    with pytest.raises(LoadError, match="sha256 of .*a.pt is .*, expected 0000"):
        Own.DEFAULT.get_state_dict(check_hash=True)
