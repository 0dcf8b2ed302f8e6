"""nn.strict over whole training loops: resets, optimizers and modes that are forgotten, and programs that are right."""

import pytest

import lucet
import lucet.nn.functional as F
from lucet import nn, optim
from lucet.errors import MistakeError

X, Y = lucet.rand(8, 4), lucet.tensor([0, 1, 2, 0, 1, 2, 0, 1])


def network():
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 3))


def backward(net):
    F.cross_entropy(net(X), Y).backward()


def step(net, optimizer, reset=True):
    if reset:
        optimizer.zero_grad()
    backward(net)
    optimizer.step()


def validate(net):
    net.eval()
    with lucet.no_grad():
        return F.cross_entropy(net(X), Y), net(X).argmax(1)


@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam, optim.AdamW])
def test_a_training_loop_passes(kind):
    net = network()
    optimizer = kind(net.parameters(), lr=0.01)
    with nn.strict():
        for _ in range(3):
            net.train()
            for _ in range(3):
                step(net, optimizer)
            validate(net)


def test_the_ways_to_reset_pass():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    resets = [
        lambda: optimizer.zero_grad(),
        lambda: optimizer.zero_grad(set_to_none=False),
        lambda: net.zero_grad(),
        lambda: net.zero_grad(set_to_none=False),
        lambda: [p.grad.zero_() for p in net.parameters()],
        lambda: [setattr(p, "grad", None) for p in net.parameters()],
    ]
    with nn.strict():
        step(net, optimizer)
        for reset in resets:
            reset()
            backward(net)
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()


def test_accumulating_over_batches_passes():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    with nn.strict():
        for _ in range(3):
            optimizer.zero_grad()
            for _ in range(4):
                backward(net)
            optimizer.step()


def test_a_missing_reset():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    with nn.strict():
        step(net, optimizer)
        with pytest.raises(MistakeError, match="SGD.step: gradients were added to those of the step before") as caught:
            step(net, optimizer, reset=False)
    assert caught.value.facts == ("6 of 6 parameters; none was reset in between",)
    assert "optimizer.zero_grad() before backward" in caught.value.fix
    with nn.strict(accumulate=True):
        step(net, optimizer)
        step(net, optimizer, reset=False)


def test_steps_without_new_gradients_pass():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    with nn.strict():
        step(net, optimizer)
        optimizer.step()


def test_a_layer_that_came_after_the_optimizer():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    net[4] = nn.Linear(8, 3)
    with nn.strict(), pytest.raises(MistakeError, match="2 parameters of Sequential have gradients and are in no optimizer") as caught:
        step(net, optimizer)
    assert caught.value.facts == ("not in an optimizer: 4.weight, 4.bias",)
    optimizer.add_param_group({"params": net[4].parameters()})
    with nn.strict():
        step(net, optimizer)


def test_an_optimizer_of_another_model():
    old, net = network(), network()
    optimizer = optim.Adam(old.parameters())
    with nn.strict(), pytest.raises(MistakeError, match="Adam.step: holds no parameter with a gradient, Sequential has 6") as caught:
        step(net, optimizer)
    assert "and 3 more" in caught.value.facts[0] and "make the optimizer from" in caught.value.fix


def test_several_optimizers_and_frozen_layers_pass():
    net, other = network(), network()
    net[0].requires_grad_(False)
    ours, rest = optim.SGD(net[4].parameters(), lr=0.01), optim.SGD(net[1].parameters(), lr=0.01)
    theirs = optim.SGD(other.parameters(), lr=0.01)
    with nn.strict():
        for _ in range(2):
            for optimizer in (ours, rest, theirs):
                optimizer.zero_grad()
            backward(net)
            ours.step()
            rest.step()
            backward(other)
            theirs.step()


def test_an_adversarial_pair_passes():
    maker, judge = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4)), nn.Sequential(nn.Linear(4, 1))
    of_maker, of_judge = optim.Adam(maker.parameters()), optim.Adam(judge.parameters())
    with nn.strict():
        for _ in range(3):
            with lucet.no_grad():
                fake = maker(lucet.randn(8, 2))
            of_judge.zero_grad()
            loss = F.binary_cross_entropy_with_logits(judge(X), lucet.ones(8, 1))
            (loss + F.binary_cross_entropy_with_logits(judge(fake), lucet.zeros(8, 1))).backward()
            of_judge.step()
            of_maker.zero_grad()
            F.binary_cross_entropy_with_logits(judge(maker(lucet.randn(8, 2))), lucet.ones(8, 1)).backward()
            of_maker.step()


def test_inputs_that_are_optimised_pass():
    net, image = network().eval(), lucet.rand(1, 4, requires_grad=True)
    optimizer = optim.SGD([image], lr=0.1)
    with nn.strict():
        for _ in range(2):
            optimizer.zero_grad()
            net(image).sum().backward()
            optimizer.step()


def test_train_forgotten_after_validation():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    with nn.strict():
        step(net, optimizer)
        validate(net)
        with pytest.raises(MistakeError, match="SGD.step: Sequential is in eval mode since it was validated") as caught:
            step(net, optimizer)
    assert caught.value.facts[0].startswith("it has BatchNorm1d 1") and "model.train() after validation" in caught.value.fix
    with nn.strict(skip=["train"]):
        step(net.train(), optimizer)
        validate(net)
        step(net, optimizer)


def test_tuning_in_eval_mode_from_the_start_passes():
    net = network().eval()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    with nn.strict():
        for _ in range(2):
            step(net, optimizer)
            validate(net)


def test_frozen_statistics_inside_a_model_that_trains_pass():
    net = network()
    optimizer = optim.SGD(net.parameters(), lr=0.01)
    with nn.strict():
        for _ in range(2):
            net.train()
            net[1].eval()
            step(net, optimizer)
            validate(net)
