"""Gradient clipping, and parameters to one vector and back."""

import math

import pytest

import lucet
from lucet import nn


def with_gradients(*gradients):
    parameters = []
    for gradient in gradients:
        parameter = nn.Parameter(lucet.zeros(len(gradient)))
        parameter.grad = lucet.tensor(gradient)
        parameters.append(parameter)
    return parameters


def test_clipping_scales_all_gradients_by_one_factor():
    parameters = with_gradients([3.0], [0.0, 4.0])
    assert nn.utils.clip_grad_norm_(parameters, max_norm=1.0).item() == 5.0
    assert parameters[0].grad.tolist() == pytest.approx([0.6], rel=1e-5)
    assert parameters[1].grad.tolist() == pytest.approx([0.0, 0.8], rel=1e-5)


def test_clipping_leaves_small_gradients_alone():
    parameters = with_gradients([3.0, 4.0])
    assert nn.utils.clip_grad_norm_(iter(parameters), 100, foreach=False).item() == 5.0
    assert parameters[0].grad.tolist() == [3.0, 4.0]


def test_clipping_takes_one_tensor_and_skips_those_without_gradient():
    (parameter,) = with_gradients([3.0, 4.0])
    nn.utils.clip_grad_norm_(parameter, 1.0)
    assert parameter.grad.tolist() == pytest.approx([0.6, 0.8], rel=1e-5)
    assert nn.utils.clip_grad_norm_([nn.Parameter(lucet.ones(1))], 1.0).item() == 0.0
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0


@pytest.mark.parametrize(
    ("order", "norm"),
    [
        (1, 7.0),
        (2.0, 5.0),
        (3, 91 ** (1 / 3)),
        (math.inf, 4.0),
        ("inf", 4.0),
        (-math.inf, 3.0),
    ],
)
def test_total_norm_of_any_order(order, norm):
    total = nn.utils.get_total_norm([lucet.tensor([3.0]), lucet.tensor([-4.0])], norm_type=order)
    assert total.shape == () and total.item() == pytest.approx(norm)


def test_total_norm_of_nothing_one_tensor_and_mixed_dtypes():
    assert nn.utils.get_total_norm([]).item() == 0.0
    assert nn.utils.get_total_norm(lucet.tensor([3.0, 4.0])).item() == 5.0
    mixed = nn.utils.get_total_norm([lucet.tensor([3.0]), lucet.tensor([4.0], dtype=lucet.float64)])
    assert (mixed.item(), mixed.dtype) == (5.0, lucet.float64)


def test_non_finite_norms_raise_only_when_asked():
    parameters = with_gradients([math.inf, 1.0])
    with pytest.raises(RuntimeError, match="total norm of order 2.0 .* is non-finite, so it cannot be clipped"):
        nn.utils.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)
    assert parameters[0].grad.tolist() == [math.inf, 1.0]
    assert nn.utils.clip_grad_norm_(parameters, 1.0).item() == math.inf


def test_clipping_with_a_known_norm():
    parameters = with_gradients([3.0])
    nn.utils.clip_grads_with_norm_(parameters, 1.0, lucet.tensor(10.0))
    assert parameters[0].grad.tolist() == pytest.approx([0.3], rel=1e-5)


def test_clipping_by_value():
    parameters = with_gradients([-3.0, 0.5, 2.0])
    nn.utils.clip_grad_value_([*parameters, nn.Parameter(lucet.ones(1))], 1)
    assert parameters[0].grad.tolist() == [-1.0, 0.5, 1.0]


def test_older_name_warns():
    with pytest.warns(FutureWarning, match="clip_grad_norm` is now deprecated"):
        assert nn.utils.clip_grad_norm(with_gradients([3.0]), 1.0).item() == 3.0


def test_parameters_to_vector_and_back():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.shape == (9,)
    vector.sum().backward()
    assert net[0].bias.grad.tolist() == [1.0, 1.0]
    nn.utils.vector_to_parameters(lucet.arange(9.0), net.parameters())
    assert net[0].weight.tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert net[1].bias.tolist() == [8.0]
    assert isinstance(net[0].weight, nn.Parameter) and net[0].weight.requires_grad


def test_vectors_of_the_wrong_kind_are_refused():
    with pytest.raises(TypeError, match="expected lucet.Tensor, but got: list"):
        nn.utils.vector_to_parameters([1.0], [nn.Parameter(lucet.ones(1))])
    with pytest.raises(RuntimeError):
        nn.utils.vector_to_parameters(lucet.ones(1), [nn.Parameter(lucet.ones(2))])
    with pytest.raises(ValueError):
        nn.utils.parameters_to_vector([])
    with pytest.raises(RuntimeError, match="different devices"):
        nn.utils.parameters_to_vector([lucet.ones(1), lucet.ones(1, device="meta")])


def test_functional_call_puts_back_what_two_names_of_one_module_hold():
    net = nn.Module()
    net.first = nn.Linear(2, 2)
    net.again = net.first
    net.forward = lambda x: net.again(x)
    weight = net.first.weight
    for name in ("first.weight", "again.weight"):
        given = {name: lucet.zeros(2, 2)}
        assert lucet.equal(lucet.func.functional_call(net, given, lucet.ones(1, 2)), net.first.bias.unsqueeze(0))
        assert net.first.weight is weight and net.again.weight is weight and not given[name].any()
