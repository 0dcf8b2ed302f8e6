"""Parameter and Buffer: what they share, how they print, copy and pickle."""

import copy
import io
import pickle

import pytest

import lucet
from lucet import nn


def test_parameter_shares_memory_and_is_a_leaf():
    data = lucet.ones(2)
    parameter = nn.Parameter(data * 2)
    assert parameter.is_leaf and parameter.requires_grad
    shared = nn.Parameter(data)
    assert shared.data_ptr() == data.data_ptr()
    data.add_(1)
    assert shared.tolist() == [2.0, 2.0]


def test_defaults():
    assert nn.Parameter().shape == (0,)
    assert nn.Parameter(None).requires_grad
    assert not nn.Parameter(lucet.ones(1), requires_grad=False).requires_grad


def test_integers_need_requires_grad_off():
    with pytest.raises(RuntimeError, match="floating point and complex dtype can require gradients"):
        nn.Parameter(lucet.ones(2, dtype=lucet.int64))
    assert nn.Parameter(lucet.ones(2, dtype=lucet.int64), False).tolist() == [1, 1]


def test_printed_form():
    assert repr(nn.Parameter(lucet.ones(2))) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
    assert repr(nn.Parameter(lucet.ones(2), False)) == "Parameter containing:\ntensor([1., 1.])"


def test_operations_give_plain_tensors():
    parameter = nn.Parameter(lucet.ones(2))
    made = [parameter * 2, parameter + parameter, parameter.data, parameter.detach(), parameter[0], parameter.clone()]
    assert {type(t) for t in made} == {lucet.Tensor}
    assert isinstance(parameter, lucet.Tensor)
    assert not isinstance(lucet.ones(1), nn.Parameter)


def test_gradients_accumulate_in_it():
    parameter = nn.Parameter(lucet.ones(2))
    (parameter * 3).sum().backward()
    (parameter * 3).sum().backward()
    assert parameter.grad.tolist() == [6.0, 6.0]


def test_deepcopy_keeps_sharing_and_the_flag():
    parameter = nn.Parameter(lucet.ones(2), requires_grad=False)
    one, two = copy.deepcopy([parameter, parameter])
    assert one is two and type(one) is nn.Parameter
    assert not one.requires_grad
    assert one.data_ptr() != parameter.data_ptr()


def test_pickle_keeps_class_flag_and_attributes():
    parameter = nn.Parameter(lucet.arange(3.0), requires_grad=False)
    parameter.note = "kept"
    back = pickle.loads(pickle.dumps(parameter))
    assert type(back) is nn.Parameter
    assert (back.tolist(), back.requires_grad, back.note) == ([0.0, 1.0, 2.0], False, "kept")


def test_saves_and_loads_as_a_parameter():
    file = io.BytesIO()
    lucet.save({"w": nn.Parameter(lucet.ones(2))}, file)
    file.seek(0)
    back = lucet.load(file)["w"]
    assert isinstance(back, nn.Parameter) and back.requires_grad
    assert back.tolist() == [1.0, 1.0]


def test_other_tensor_classes_stay_themselves():
    class Metres(lucet.Tensor):
        pass

    lengths = lucet.ones(2).as_subclass(Metres)
    parameter = nn.Parameter(lengths)
    assert type(parameter) is Metres
    assert isinstance(parameter, nn.Parameter) and parameter.requires_grad
    module = nn.Module()
    module.lengths = parameter
    assert [name for name, _ in module.named_parameters()] == ["lengths"]


def test_buffer_is_a_marked_plain_tensor():
    buffer = nn.Buffer(lucet.ones(2), persistent=False)
    assert type(buffer) is lucet.Tensor
    assert isinstance(buffer, nn.Buffer) and not buffer.persistent
    assert not isinstance(lucet.ones(1), nn.Buffer)
    assert not isinstance(nn.Parameter(lucet.ones(1)), nn.Buffer)
    assert nn.Buffer().shape == (0,)
