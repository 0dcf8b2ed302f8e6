"""Recurrent layers and packed sequences: what holds without a reference to compare with."""

import copy
import pickle

import pytest

import lucet
from lucet import nn
from lucet.nn.utils.rnn import pack_sequence, pad_packed_sequence, pad_sequence, unpack_sequence


@pytest.fixture(params=["LSTM", "GRU", "RNN"])
def kind(request):
    lucet.manual_seed(0)
    return getattr(nn, request.param)


def states_of(last):
    return last if isinstance(last, tuple) else (last,)


def test_steps_one_by_one_give_what_all_at_once_do(kind):
    layer, x = kind(3, 5), lucet.randn(6, 2, 3)
    y, last = layer(x)
    hx, found = None, []
    for step in x:
        out, hx = layer(step.unsqueeze(0), hx)
        found.append(out)
    assert lucet.cat(found).allclose(y, atol=1e-6)
    for a, b in zip(states_of(hx), states_of(last), strict=True):
        assert a.allclose(b, atol=1e-6)


def test_a_cell_takes_the_steps_of_its_layer(kind):
    layer, x = kind(3, 5), lucet.randn(4, 2, 3)
    cell = getattr(nn, kind.__name__ + "Cell")(3, 5)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    hx = None
    for step in x:
        hx = cell(step, hx)
    for a, b in zip(states_of(hx), states_of(layer(x)[1]), strict=True):
        assert a.allclose(b[0], atol=1e-6)


def test_packed_sequences_give_what_each_alone_does(kind):
    layer = kind(3, 5, num_layers=2, bidirectional=True)
    sequences = [lucet.randn(n, 3) for n in (2, 5, 1, 4)]
    packed, last = layer(pack_sequence(sequences, enforce_sorted=False))
    outputs, lengths = pad_packed_sequence(packed)
    assert lengths.tolist() == [2, 5, 1, 4]
    for i, sequence in enumerate(sequences):
        y, alone = layer(sequence)
        assert outputs[: len(sequence), i].allclose(y, atol=1e-6)
        assert not outputs[len(sequence) :, i].any()
        for a, b in zip(states_of(last), states_of(alone), strict=True):
            assert a[:, i].allclose(b, atol=1e-6)


def test_any_number_of_threads_gives_the_same_bits(kind):
    layer, x = kind(20, 40, bidirectional=True), lucet.randn(9, 33, 20)
    before, found = lucet.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            lucet.set_num_threads(threads)
            layer.zero_grad()
            layer(x)[0].square().sum().backward()
            found.append([layer(x)[0].detach(), *(p.grad for p in layer.parameters())])
    finally:
        lucet.set_num_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            assert a.equal(b)


def test_weights_stay_the_modules_own(kind):
    layer, x = kind(3, 5), lucet.randn(4, 2, 3)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert twin(x)[0].equal(layer(x)[0])
        assert all(a is b for a, b in zip(twin._flat_weights, twin.parameters(), strict=True))
    wide = copy.deepcopy(layer).double()
    assert wide(x.double())[0].dtype is lucet.float64
    layer.weight_hh_l0 = nn.Parameter(lucet.zeros(layer.weight_hh_l0.shape))
    assert layer._flat_weights[1] is layer.weight_hh_l0
    changed = lucet.func.functional_call(layer, {"weight_ih_l0": lucet.zeros(layer.weight_ih_l0.shape)}, (x,))[0]
    assert not changed.equal(layer(x)[0])
    assert [len(weights) for weights in layer.all_weights] == [4]


def test_an_output_that_was_changed_in_place_is_refused_by_backward():
    layer = nn.LSTM(3, 5)
    y, _ = layer(lucet.randn(4, 2, 3))
    y.mul_(2)
    with pytest.raises(RuntimeError, match="changed in place"):
        y.sum().backward()


def test_dropout_acts_between_layers_in_training_only():
    with pytest.warns(UserWarning, match="dropout option adds dropout"):
        nn.GRU(2, 3, dropout=0.5)
    layer, x = nn.GRU(2, 3, num_layers=2, dropout=0.5), lucet.randn(4, 2, 2)
    assert not layer(x)[0].equal(layer(x)[0])
    layer.eval()
    assert layer(x)[0].equal(layer(x)[0])


def test_sequences_come_back_from_padding_and_packing():
    sequences = [lucet.arange(n) for n in (3, 1, 2)]
    for a, b in zip(unpack_sequence(pack_sequence(sequences, enforce_sorted=False)), sequences, strict=True):
        assert a.equal(b)
    assert pad_sequence(sequences, True, -1, "left").tolist() == [[0, 1, 2], [-1, -1, 0], [-1, 0, 1]]
    packed = pack_sequence([lucet.ones(2), lucet.ones(1)])
    assert packed.to(lucet.float32) is packed and packed.double().data.dtype is lucet.float64
