"""Pruning: what each method masks, how masks follow one another, hooks, removal, and what is refused."""

import copy

import pytest

import lucet
from lucet import nn
from lucet.nn.utils import prune


def layer_of(rows):
    layer = nn.Linear(len(rows[0]), len(rows))
    layer.weight.data.copy_(lucet.tensor(rows))
    return layer


def test_the_parameter_is_the_original_times_the_mask():
    layer = layer_of([[3.0, -0.5], [1.0, -2.0]])
    assert prune.l1_unstructured(layer, "weight", amount=1) is layer
    assert layer.weight_mask.tolist() == [[1, 0], [1, 1]]
    assert layer.weight.tolist() == [[3, 0], [1, -2]]
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight_orig"]
    assert [name for name, _ in layer.named_buffers()] == ["weight_mask"]
    layer(lucet.ones(1, 2)).sum().backward()
    assert layer.weight_orig.grad.tolist() == [[1, 0], [1, 1]]
    with lucet.no_grad():
        layer.weight_orig.mul_(2)
    layer(lucet.ones(1, 2))
    assert layer.weight.tolist() == [[6, 0], [2, -4]]


@pytest.mark.parametrize("amount,left", [(0, 6), (0.0, 6), (2, 4), (0.5, 3), (1.0, 0), (6, 0)])
@pytest.mark.parametrize("method", [prune.random_unstructured, prune.l1_unstructured])
def test_amounts_are_numbers_or_shares(method, amount, left):
    assert method(nn.Linear(3, 2), "weight", amount=amount).weight_mask.sum().item() == left


def test_scores_stand_in_for_the_elements():
    layer = layer_of([[1.0, 2.0, 3.0]])
    prune.l1_unstructured(layer, "weight", 1, importance_scores=lucet.tensor([[5.0, 9.0, 1.0]]))
    assert layer.weight_mask.tolist() == [[1, 1, 0]]
    with pytest.raises(AssertionError, match="importance_scores should have the same shape as parameter weight"):
        prune.l1_unstructured(layer, "weight", 1, importance_scores=lucet.ones(2))


@pytest.mark.parametrize("n,expected", [(1, [1, 0, 1]), (2, [1, 0, 1]), (float("inf"), [1, 1, 0])])
def test_channels_go_by_their_norms(n, expected):
    layer = layer_of([[3.0, 3.0], [2.5, 0.0], [2.0, 2.0]])
    prune.ln_structured(layer, "weight", amount=1, n=n, dim=0)
    assert layer.weight_mask[:, 0].tolist() == expected and lucet.equal(layer.weight_mask[:, 0], layer.weight_mask[:, 1])


def test_random_channels_go_whole():
    layer = prune.random_structured(nn.Conv2d(4, 6, 3), "weight", amount=0.5, dim=1)
    sums = layer.weight_mask.sum((0, 2, 3))
    assert sorted(sums.tolist()) == [0, 0, 54, 54]


def test_a_further_method_sees_what_is_left():
    layer = layer_of([[1.0, 2.0, 3.0, 4.0]])
    prune.l1_unstructured(layer, "weight", amount=0.5)
    prune.l1_unstructured(layer, "weight", amount=0.5)
    assert layer.weight_mask.tolist() == [[0, 0, 0, 1]]
    (hook,) = layer._forward_pre_hooks.values()
    assert isinstance(hook, prune.PruningContainer) and len(hook) == 2 and isinstance(hook[0], prune.L1Unstructured)
    prune.custom_from_mask(layer, "weight", lucet.zeros(1, 4))
    assert len(hook) == 3 and not layer.weight.any()


def test_structured_after_unstructured_counts_whole_channels():
    layer = layer_of([[0.1, 0.2], [3.0, 4.0], [5.0, 6.0]])
    prune.l1_unstructured(layer, "weight", amount=2)
    prune.ln_structured(layer, "weight", amount=1, n=2, dim=0)
    assert layer.weight_mask.tolist() == [[0, 0], [0, 0], [1, 1]]


def test_several_parameters_are_pruned_as_one():
    net = nn.Sequential(layer_of([[1.0, 8.0]]), layer_of([[2.0], [3.0]]))
    prune.global_unstructured([(net[0], "weight"), (net[1], "weight")], prune.L1Unstructured, amount=2)
    assert net[0].weight_mask.tolist() == [[0, 1]] and net[1].weight_mask.tolist() == [[0], [1]]
    prune.global_unstructured(
        [(net[0], "weight"), (net[1], "weight")], prune.L1Unstructured, {(net[0], "weight"): lucet.tensor([[0.0, 0.5]])}, amount=1
    )
    assert net[0].weight_mask.tolist() == [[0, 0]]
    with pytest.raises(TypeError, match='Only "unstructured" PRUNING_TYPE supported'):
        prune.global_unstructured([(net[0], "weight")], prune.LnStructured, amount=1, n=2)
    with pytest.raises(TypeError, match="parameters is not an Iterable"):
        prune.global_unstructured(3, prune.L1Unstructured, amount=1)
    with pytest.raises(TypeError, match="importance_scores must be of type dict"):
        prune.global_unstructured([(net[0], "weight")], prune.L1Unstructured, [], amount=1)


def test_removal_makes_it_permanent():
    layer = layer_of([[3.0, -0.5]])
    original = layer.weight
    assert not prune.is_pruned(nn.Sequential(layer))
    prune.l1_unstructured(layer, "weight", amount=1)
    assert prune.is_pruned(nn.Sequential(layer))
    assert prune.remove(layer, "weight") is layer
    assert layer.weight is original and layer.weight.tolist() == [[3, 0]]
    assert sorted(layer.state_dict()) == ["bias", "weight"] and not layer._forward_pre_hooks
    with pytest.raises(ValueError, match="has to be pruned before pruning can be removed"):
        prune.remove(layer, "weight")


def test_copies_prune_on_their_own():
    layer = prune.l1_unstructured(layer_of([[3.0, -0.5]]), "weight", amount=1)
    with lucet.no_grad():
        layer(lucet.ones(1, 2))
        twin = copy.deepcopy(layer)
        twin.weight_orig.mul_(2)
        twin(lucet.ones(1, 2))
    assert twin.weight.tolist() == [[6, 0]] and layer.weight.tolist() == [[3, 0]]


def test_masks_for_tensors_that_are_no_parameters():
    t = lucet.tensor([3.0, -0.5, 1.0])
    assert prune.L1Unstructured(1).prune(t).tolist() == [3, 0, 1]
    assert prune.L1Unstructured(1).prune(t, lucet.tensor([0.0, 1.0, 1.0])).tolist() == [0, 0, 1]
    assert prune.L1Unstructured(1).prune(t, importance_scores=lucet.tensor([0.0, 1.0, 1.0])).tolist() == [0, -0.5, 1]


@pytest.mark.parametrize(
    "call,kind,told",
    [
        (lambda: prune.L1Unstructured("a"), TypeError, "Invalid type for amount: a"),
        (lambda: prune.L1Unstructured(-1), ValueError, "amount=-1 should either be a float"),
        (lambda: prune.L1Unstructured(1.5), ValueError, r"a float in the range \[0, 1\]"),
        (lambda: prune.l1_unstructured(nn.Linear(2, 2), "weight", 5), ValueError, "amount=5 should be smaller than the number"),
        (lambda: prune.ln_structured(nn.Linear(2, 2), "bias", 1, 2, 0), ValueError, "only be applied to multidimensional tensors"),
        (lambda: prune.ln_structured(nn.Linear(2, 2), "weight", 1, 2, 2), IndexError, "Invalid index 2 for tensor of size"),
        (lambda: prune.custom_from_mask(nn.Linear(2, 2), "weight", lucet.ones(2)), AssertionError, "must match self.mask shape"),
        (lambda: prune.PruningContainer().add_pruning_method(3), TypeError, "is not a BasePruningMethod subclass"),
    ],
)
def test_what_makes_no_sense_is_refused(call, kind, told):
    with pytest.raises(kind, match=told):
        call()


def test_a_refused_method_leaves_the_module_as_it_was():
    layer = nn.Linear(2, 2)
    with pytest.raises(ValueError):
        prune.l1_unstructured(layer, "weight", 5)
    assert [name for name, _ in layer.named_parameters()] == ["bias", "weight"] and not prune.is_pruned(layer)
