"""Recurrent layers, attention, transformers and embeddings beside torch: values, gradients, state, printing, errors."""

import copy
import io
import warnings

import numpy as np
import pytest
import torch

import lucet
import lucet.nn.attention.bias
from lucet.autograd import gradcheck, gradgradcheck

TOL = {"float64": 1e-10, "float32": 5e-5}


def ours(value):
    """A value of torch as one of lucet."""
    if isinstance(value, torch.Tensor):
        return lucet.tensor(value.detach().numpy()).requires_grad_(value.requires_grad)
    return type(value)(ours(v) for v in value) if isinstance(value, (tuple, list)) else value


def tensors_in(value):
    if isinstance(value, (torch.Tensor, lucet.Tensor)):
        return [value]
    return [t for v in value for t in tensors_in(v)] if isinstance(value, (tuple, list)) else []


def close(a, b, dtype, what=""):
    a, b = a.detach().numpy(), b.detach().numpy()
    assert a.shape == b.shape, what
    scale = max(1.0, float(np.abs(b[np.isfinite(b)]).max(initial=0)))
    np.testing.assert_allclose(a, b, rtol=TOL[dtype], atol=TOL[dtype] * scale, err_msg=what)


def drawn(rng, *shape, dtype="float64", grad=True):
    return torch.tensor(rng.standard_normal(shape), dtype=getattr(torch, dtype)).requires_grad_(grad)


def backward(T, results, like):
    """From sums of results times fixed numbers."""
    rng = np.random.default_rng(5)
    total = 0
    for t, other in zip(results, like, strict=True):
        weight = rng.standard_normal(tuple(other.shape))
        if t.is_floating_point() and t.requires_grad:
            total = total + (t * T.tensor(weight).to(t.dtype)).sum()
    total.backward()


def beside(make, inputs, dtype="float64", train=True, unpack=lambda nn, x: x, **keywords):
    """Two modules from one seed, the same inputs: initial weights, state, printing, results, gradients."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(3)
        lucet.manual_seed(3)
        theirs, mine = make(torch.nn), make(lucet.nn)
    assert repr(mine) == repr(theirs)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    for (name, a), b in zip(theirs.named_parameters(), mine.parameters(), strict=True):
        assert np.array_equal(a.detach().numpy(), b.detach().numpy()), name
    theirs, mine = theirs.to(getattr(torch, dtype)).train(train), mine.to(getattr(lucet, dtype)).train(train)
    found = {}
    given = [ours(x) for x in inputs]
    if len(inputs) > 1 and all(x is inputs[0] for x in inputs):
        given = [given[0]] * len(inputs)
    torch.manual_seed(11)
    lucet.manual_seed(11)
    expected = theirs(*[unpack(torch.nn, x) for x in inputs], **keywords)
    found = mine(*[unpack(lucet.nn, x) for x in given], **{name: ours(value) for name, value in keywords.items()})
    a, b = tensors_in(found), tensors_in(expected)
    assert len(a) == len(b)
    for i, (x, y) in enumerate(zip(a, b, strict=True)):
        close(x, y, dtype, f"result {i}")
    backward(torch, b, b)
    backward(lucet, a, b)
    for i, (x, y) in enumerate(zip(tensors_in(given), tensors_in(inputs), strict=True)):
        if y.grad is not None:
            close(x.grad, y.grad, dtype, f"gradient of input {i}")
    for t in tensors_in(inputs) + tensors_in(given):
        t.grad = None
    for (name, p), q in zip(theirs.named_parameters(), mine.parameters(), strict=True):
        assert (p.grad is None) == (q.grad is None), name
        if p.grad is not None:
            close(q.grad, p.grad, dtype, name)
    return mine, theirs


# --- recurrent layers -------------------------------------------------------------------------------------------------

KINDS = ["LSTM", "GRU", "RNN"]
LAYERS = {
    "one": {},
    "no bias": {"bias": False},
    "two directions": {"bidirectional": True},
    "batch first": {"batch_first": True, "bidirectional": True},
    "layers": {"num_layers": 3, "batch_first": True},
    "layers of two directions": {"num_layers": 2, "bidirectional": True},
    "dropout": {"num_layers": 2, "dropout": 0.4, "bidirectional": True},
}


def state_of(rng, kind, layers, batch, hidden, proj=0, dtype="float64"):
    h = drawn(rng, layers, batch, proj or hidden, dtype=dtype)
    return (h, drawn(rng, layers, batch, hidden, dtype=dtype)) if kind == "LSTM" else h


def count_of(keywords):
    return keywords.get("num_layers", 1) * (2 if keywords.get("bidirectional") else 1)


@pytest.mark.parametrize("dtype", TOL)
@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize("kind", KINDS)
def test_recurrent_layers_equal_torch(kind, case, dtype):
    keywords = LAYERS[case]
    for batch, steps, features, hidden in ((3, 5, 4, 6), (17, 4, 3, 33), (1, 7, 2, 5)):
        rng = np.random.default_rng(batch)
        shape = (batch, steps, features) if keywords.get("batch_first") else (steps, batch, features)
        x = drawn(rng, *shape, dtype=dtype)
        hx = state_of(rng, kind, count_of(keywords), batch, hidden, dtype=dtype)
        beside(lambda nn: getattr(nn, kind)(features, hidden, **keywords), [x, hx], dtype)
        beside(lambda nn: getattr(nn, kind)(features, hidden, **keywords), [x], dtype, train=False)


@pytest.mark.parametrize("keywords", [{}, {"num_layers": 2, "bidirectional": True}, {"batch_first": True, "bias": False}])
def test_projections_equal_torch(keywords):
    rng = np.random.default_rng(0)
    x = drawn(rng, 4, 5, 3)
    batch = 4 if keywords.get("batch_first") else 5
    hx = state_of(rng, "LSTM", count_of(keywords), batch, 9, 4)
    beside(lambda nn: nn.LSTM(3, 9, proj_size=4, **keywords), [x, hx])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_inputs_without_a_batch_equal_torch(kind, nonlinearity):
    more = {"nonlinearity": nonlinearity} if kind == "RNN" else {}
    rng = np.random.default_rng(0)
    for batch_first in (False, True):
        h = drawn(rng, 2, 6)
        hx = (h, drawn(rng, 2, 6)) if kind == "LSTM" else h
        beside(lambda nn: getattr(nn, kind)(4, 6, bidirectional=True, batch_first=batch_first, **more), [drawn(rng, 5, 4), hx])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keywords", [{}, {"num_layers": 2, "bidirectional": True, "dropout": 0.3}, {"batch_first": True}])
def test_packed_sequences_equal_torch(kind, keywords):
    rng = np.random.default_rng(1)
    lengths = [3, 7, 1, 5, 2, 6]
    x = drawn(rng, *((6, 7, 4) if keywords.get("batch_first") else (7, 6, 4)))
    hx = state_of(rng, kind, count_of(keywords), 6, 9)

    def unpack(nn, value):
        is_input = value is x or isinstance(value, lucet.Tensor) and value.dim() == 3 and value.shape[-1] == 4
        if not is_input:
            return value
        return nn.utils.rnn.pack_padded_sequence(value, lengths, keywords.get("batch_first", False), enforce_sorted=False)

    beside(lambda nn: getattr(nn, kind)(4, 9, **keywords), [x, hx], unpack=unpack)


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize("bias", [True, False])
def test_cells_equal_torch(kind, bias):
    rng = np.random.default_rng(2)
    for shape in ((3, 4), (4,)):
        state = shape[:-1] + (6,)
        hx = (drawn(rng, *state), drawn(rng, *state)) if kind == "LSTMCell" else drawn(rng, *state)
        beside(lambda nn: getattr(nn, kind)(4, 6, bias), [drawn(rng, *shape), hx])
        beside(lambda nn: getattr(nn, kind)(4, 6, bias), [drawn(rng, *shape)])
    beside(lambda nn: nn.RNNCell(4, 6, nonlinearity="relu"), [drawn(rng, 3, 4)])


def test_half_types_and_complex_numbers_equal_torch():
    rng = np.random.default_rng(0)
    x, h = drawn(rng, 5, 2, 3, grad=False), drawn(rng, 1, 2, 4, grad=False)
    weights = [drawn(rng, 12, 3, grad=False), drawn(rng, 12, 4, grad=False), drawn(rng, 12, grad=False), drawn(rng, 12, grad=False)]
    for name, tolerance in (("float16", 1e-2), ("bfloat16", 6e-2), ("complex64", 1e-5), ("complex128", 1e-10)):
        dtype = getattr(torch, name)
        args = (True, 1, 0.0, False, False, False)
        expected = torch.gru(x.to(dtype), h.to(dtype), [w.to(dtype) for w in weights], *args)
        kind = getattr(lucet, name)
        found = lucet.gru(ours(x).to(kind), ours(h).to(kind), [ours(w).to(kind) for w in weights], *args)
        for a, b in zip(found, expected, strict=True):
            assert a.dtype is kind
            wide = lucet.complex128 if a.is_complex() else lucet.float64
            np.testing.assert_allclose(a.to(wide).numpy(), b.to(getattr(torch, str(wide)[6:])).numpy(), rtol=tolerance, atol=tolerance)


def test_recurrent_layers_differentiate_twice():
    lucet.manual_seed(0)
    d = {"dtype": lucet.float64, "requires_grad": True}

    def weights(gates):
        return [lucet.randn(shape, **d) for _ in range(2) for shape in ((gates * 2, 3), (gates * 2, 2), (gates * 2,), (gates * 2,))]

    x, packed, h, c = lucet.randn(3, 2, 3, **d), lucet.randn(4, 3, **d), lucet.randn(2, 2, 2, **d), lucet.randn(2, 2, 2, **d)
    sizes = lucet.tensor([2, 1, 1])
    for function, inputs in (
        (lambda x, h, c, *w: lucet.lstm(x, (h, c), w, True, 1, 0.0, False, True, False), (x, h, c, *weights(4))),
        (lambda x, h, *w: lucet.gru(x, h, w, True, 1, 0.0, False, True, False), (x, h, *weights(3))),
        (lambda x, h, *w: lucet.rnn_tanh(x, sizes, h, w, True, 1, 0.0, False, True), (packed, h, *weights(1))),
        (lambda x, h, c, *w: lucet.lstm(x, sizes, (h, c), w, True, 1, 0.0, False, True), (packed, h, c, *weights(4))),
    ):
        assert gradcheck(function, inputs)
        assert gradgradcheck(function, inputs)


def test_whole_modules_of_torch_load():
    for make in (lambda nn: nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True), lambda nn: nn.GRUCell(3, 4), lambda nn: nn.MultiheadAttention(4, 2)):
        theirs, mine = make(torch.nn), make(lucet.nn)
        file = io.BytesIO()
        torch.save(theirs.state_dict(), file)
        file.seek(0)
        mine.load_state_dict(lucet.load(file))
        for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
            assert np.array_equal(a.detach().numpy(), b.detach().numpy())


# --- sequences of different lengths -----------------------------------------------------------------------------------

PACKING = {
    "pad": lambda T, u: u.pad_sequence([T.tensor([1.0, 2.0]), T.tensor([3.0])], True, -1.0),
    "pad left": lambda T, u: u.pad_sequence([T.ones(2, 3), T.ones(4, 3)], padding_side="left"),
    "unpad": lambda T, u: u.unpad_sequence(T.arange(6).view(2, 3), T.tensor([3, 1]), True),
    "pack": lambda T, u: tuple(u.pack_sequence([T.tensor([1, 2, 3]), T.tensor([4])]))[:2],
    "pack unsorted": lambda T, u: tuple(u.pack_sequence([T.tensor([4]), T.tensor([1, 2, 3])], False)),
    "unpack": lambda T, u: u.unpack_sequence(u.pack_sequence([T.tensor([4]), T.tensor([1, 2, 3])], False)),
    "total length": lambda T, u: u.pad_packed_sequence(u.pack_sequence([T.tensor([1, 2]), T.tensor([4])]), True, 7, 4),
    "invert": lambda T, u: u.invert_permutation(T.tensor([2, 0, 1])),
    "double": lambda T, u: u.pack_sequence([T.tensor([1, 2])]).double().data,
    "not sorted": lambda T, u: u.pack_padded_sequence(T.ones(3, 2), [1, 3]),
    "zero": lambda T, u: u.pack_padded_sequence(T.ones(3, 2), [1, 0]),
    "too few": lambda T, u: u.pack_padded_sequence(T.ones(3, 2), [1]),
    "empty": lambda T, u: u.pack_padded_sequence(T.ones(0, 2), [1, 1]),
    "short total": lambda T, u: u.pad_packed_sequence(u.pack_sequence([T.tensor([1, 2])]), total_length=1),
    "no sequences": lambda T, u: u.pad_sequence([]),
    "a side": lambda T, u: u.pad_sequence([T.ones(1)], padding_side="top"),
    "a number": lambda T, u: u.pad_sequence(3),
    "not packed": lambda T, u: u.PackedSequence(T.ones(1)),
}


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as problem:
        return problem


def agree(found, expected):
    if isinstance(expected, Exception):
        assert isinstance(found, Exception) and isinstance(found, type(expected)), found
        first = str(found).splitlines()[0].replace("lucet", "torch")
        assert first[:25] in str(expected) or str(expected)[:25] in first, (first, expected)
        return
    a, b = tensors_in(list(found) if not isinstance(found, lucet.Tensor) else found), tensors_in(list(expected) if not isinstance(expected, torch.Tensor) else expected)
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        assert str(x.dtype)[6:] == str(y.dtype)[6:]
        np.testing.assert_allclose(x.detach().numpy(), y.detach().numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("case", PACKING)
def test_packing_equals_torch(case):
    agree(outcome(PACKING[case], lucet, lucet.nn.utils.rnn), outcome(PACKING[case], torch, torch.nn.utils.rnn))


REFUSED = {
    "proj of a gru": lambda T: T.nn.GRU(2, 3, proj_size=1),
    "large projection": lambda T: T.nn.LSTM(2, 3, proj_size=3),
    "no features": lambda T: T.nn.LSTM(0, 3),
    "floats": lambda T: T.nn.LSTM(2.0, 3),
    "dropout": lambda T: T.nn.LSTM(2, 3, dropout=1.5),
    "nonlinearity": lambda T: T.nn.RNN(2, 3, nonlinearity="sin"),
    "bias": lambda T: T.nn.LSTM(2, 3, bias=1),
    "dimensions": lambda T: T.nn.LSTM(2, 3)(T.ones(1, 1, 1, 2)),
    "features": lambda T: T.nn.GRU(2, 3)(T.ones(1, 1, 3)),
    "type": lambda T: T.nn.GRU(2, 3)(T.ones(1, 1, 2, dtype=T.float64)),
    "state": lambda T: T.nn.GRU(2, 3)(T.ones(1, 4, 2), T.ones(1, 3, 3)),
    "cells": lambda T: T.nn.LSTM(2, 3)(T.ones(1, 4, 2), (T.ones(1, 4, 3), T.ones(1, 4, 2))),
    "flat state": lambda T: T.nn.RNN(2, 3)(T.ones(1, 4, 2), T.ones(4, 3)),
    "state of a cell": lambda T: T.nn.LSTMCell(2, 3)(T.ones(4, 2), (T.ones(4, 3), T.ones(3, 3))),
    "features of a cell": lambda T: T.nn.GRUCell(2, 3)(T.ones(4, 3)),
    "steps": lambda T: T.nn.GRU(2, 3)(T.ones(0, 4, 2)),
    "heads": lambda T: T.nn.MultiheadAttention(5, 2),
    "no heads": lambda T: T.nn.MultiheadAttention(4, 0),
    "flat query": lambda T: T.nn.MultiheadAttention(4, 2)(T.ones(4), T.ones(4), T.ones(4)),
    "width": lambda T: T.nn.MultiheadAttention(4, 2)(T.ones(2, 6), T.ones(2, 6), T.ones(2, 6)),
    "mask": lambda T: T.nn.MultiheadAttention(4, 2)(T.ones(2, 4), T.ones(2, 4), T.ones(2, 4), attn_mask=T.ones(3, 2)),
    "integer mask": lambda T: T.nn.MultiheadAttention(4, 2)(T.ones(2, 4), T.ones(2, 4), T.ones(2, 4), attn_mask=T.ones(2, 2, dtype=T.int64)),
    "causal without mask": lambda T: T.nn.MultiheadAttention(4, 2)(T.ones(2, 4), T.ones(2, 4), T.ones(2, 4), is_causal=True),
    "activation": lambda T: T.nn.TransformerEncoderLayer(4, 2, activation="tan"),
    "batches": lambda T: T.nn.Transformer(4, 2, 1, 1, 4)(T.ones(2, 3, 4), T.ones(2, 2, 4)),
    "model width": lambda T: T.nn.Transformer(4, 2, 1, 1, 4)(T.ones(2, 3, 4), T.ones(2, 3, 5)),
    "padding row": lambda T: T.nn.Embedding(3, 2, padding_idx=3),
    "weight": lambda T: T.nn.Embedding(3, 2, _weight=T.ones(2, 2)),
    "row": lambda T: T.nn.Embedding(3, 2)(T.tensor([3])),
    "bag mode": lambda T: T.nn.EmbeddingBag(3, 2, mode="min")(T.tensor([[0]])),
    "bag offsets": lambda T: T.nn.EmbeddingBag(3, 2)(T.tensor([[0]]), T.tensor([0])),
    "bag without offsets": lambda T: T.nn.EmbeddingBag(3, 2)(T.tensor([0])),
    "bag begins late": lambda T: T.nn.EmbeddingBag(3, 2)(T.tensor([0, 1]), T.tensor([1])),
    "bag weights": lambda T: T.nn.EmbeddingBag(3, 2)(T.tensor([[0]]), None, T.ones(1, 1)),
    "cutoffs": lambda T: T.nn.AdaptiveLogSoftmaxWithLoss(4, 5, [5]),
    "no cutoffs": lambda T: T.nn.AdaptiveLogSoftmaxWithLoss(4, 5, []),
    "class": lambda T: T.nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2])(T.ones(1, 4), T.tensor([5])),
    "target": lambda T: T.nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2])(T.ones(1, 4), T.tensor([1, 2])),
    "attention types": lambda T: T.nn.functional.scaled_dot_product_attention(T.ones(2, 2), T.ones(2, 2).double(), T.ones(2, 2)),
    "attention dimensions": lambda T: T.nn.functional.scaled_dot_product_attention(T.ones(2), T.ones(2, 2), T.ones(2, 2)),
    "attention heads": lambda T: T.nn.functional.scaled_dot_product_attention(*[T.ones(1, n, 2, 2) for n in (3, 2, 2)], enable_gqa=True),
    "attention mask": lambda T: T.nn.functional.scaled_dot_product_attention(*[T.ones(1, 1, 2, 2)] * 3, T.ones(2, 2, dtype=T.int32)),
    "attention dropout": lambda T: T.nn.functional.scaled_dot_product_attention(*[T.ones(1, 1, 2, 2)] * 3, dropout_p=2.0),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_torch_refuses_is_refused_with_its_words(case):
    expected, found = outcome(REFUSED[case], torch), outcome(REFUSED[case], lucet)
    assert isinstance(expected, Exception)
    agree(found, expected)


# --- attention --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", TOL)
@pytest.mark.parametrize("mask", [None, "bool", "float", "row", "column", "causal"])
@pytest.mark.parametrize("heads", [4, 2])
def test_attention_equals_torch(mask, heads, dtype):
    for batch, length, keys, width, values in ((2, 5, 7, 3, 2), (1, 70, 70, 16, 16), (2, 130, 90, 33, 20), (1, 1, 2, 1, 1), (1, 17, 300, 64, 64)):
        rng = np.random.default_rng(length)
        shapes = ((batch, 4, length, width), (batch, heads, keys, width), (batch, heads, keys, values))
        q, k, v = (drawn(rng, *shape, dtype=dtype) for shape in shapes)
        masks = {
            "bool": lambda: torch.tensor(rng.random((length, keys)) > 0.5) & (torch.arange(length) > 0)[:, None],
            "float": lambda: drawn(rng, batch, 1, length, keys, dtype=dtype, grad=False),
            "row": lambda: drawn(rng, batch, 1, 1, keys, dtype=dtype, grad=False),
            "column": lambda: drawn(rng, length, 1, dtype=dtype, grad=False),
        }
        m = masks[mask]() if mask in masks else None
        keywords = {"is_causal": mask == "causal", "enable_gqa": heads != 4, "scale": 0.3 if mask == "row" else None}
        expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, m, **keywords)
        given = [ours(t) for t in (q, k, v)]
        found = lucet.nn.functional.scaled_dot_product_attention(*given, ours(m), **keywords)
        close(found, expected, dtype)
        backward(torch, [expected], [expected])
        backward(lucet, [found], [expected])
        for name, a, b in zip("qkv", given, (q, k, v), strict=True):
            close(a.grad, b.grad, dtype, name)


def test_attention_in_any_layout_is_the_same():
    rng = np.random.default_rng(0)
    q, k, v = (drawn(rng, 2, 3, 9, 5, grad=False) for _ in range(3))
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v)
    for order in ((0, 2, 1, 3), (2, 0, 1, 3), (1, 2, 0, 3), (0, 1, 3, 2)):
        back = tuple(np.argsort(order))
        given = [ours(t).permute(order).contiguous().permute(back) for t in (q, k, v)]
        close(lucet.nn.functional.scaled_dot_product_attention(*given), expected, "float64")
    one = ours(k)[:1, :1].expand(2, 3, 9, 5)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k[:1, :1].expand(2, 3, 9, 5), v)
    close(lucet.nn.functional.scaled_dot_product_attention(ours(q), one, ours(v)), expected, "float64")


def test_attention_differentiates_twice():
    lucet.manual_seed(0)
    d = {"dtype": lucet.float64, "requires_grad": True}
    q, k, v = lucet.randn(1, 4, 3, 2, **d), lucet.randn(1, 2, 5, 2, **d), lucet.randn(1, 2, 5, 3, **d)
    mask = lucet.randn(3, 5, **d)
    F = lucet.nn.functional
    for function, inputs in (
        (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, mask.detach(), 0.0, True, enable_gqa=True), (q, k, v)),
        (lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, m, enable_gqa=True), (q, k, v, mask)),
    ):
        assert gradcheck(function, inputs)
        assert gradgradcheck(function, inputs)


def masks():
    padding = torch.zeros(3, 5, dtype=torch.bool)
    padding[0, 3:] = padding[2, 4:] = True
    causal = torch.nn.Transformer.generate_square_subsequent_mask(5).double()
    return padding, causal


@pytest.mark.parametrize("weights", [True, False])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_attention_over_heads_equals_torch(weights, dropout):
    rng = np.random.default_rng(0)
    x, y = drawn(rng, 5, 3, 8), drawn(rng, 4, 3, 8)
    turned = x.detach().transpose(0, 1).contiguous().requires_grad_()
    padding, causal = masks()
    needs = {"need_weights": weights}
    beside(lambda nn: nn.MultiheadAttention(8, 2, dropout), [x, x, x], **needs)
    beside(lambda nn: nn.MultiheadAttention(8, 2, dropout, batch_first=True), [turned] * 3, key_padding_mask=padding, **needs)
    beside(
        lambda nn: nn.MultiheadAttention(8, 2, dropout, add_bias_kv=True, add_zero_attn=True), [y, x, x.detach().clone().requires_grad_()],
        key_padding_mask=padding, attn_mask=torch.tensor(rng.random((4, 5)) > 0.8), **needs,
    )
    beside(
        lambda nn: nn.MultiheadAttention(8, 2, dropout, kdim=3, vdim=4, bias=False), [y, drawn(rng, 5, 3, 3), drawn(rng, 5, 3, 4)],
        average_attn_weights=False, **needs,
    )
    beside(lambda nn: nn.MultiheadAttention(8, 2), [x[:, 0].detach().requires_grad_()] * 3, attn_mask=drawn(rng, 2, 5, 5, grad=False), **needs)
    beside(lambda nn: nn.MultiheadAttention(8, 2), [x, x, x], attn_mask=causal, is_causal=True, **needs)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu", "silu"])
def test_transformers_equal_torch(norm_first, activation):
    rng = np.random.default_rng(0)
    x, y = drawn(rng, 5, 3, 8), drawn(rng, 4, 3, 8)
    padding, causal = masks()
    more = {"norm_first": norm_first, "dim_feedforward": 16}

    def function(nn):
        return activation if activation != "silu" else nn.functional.silu

    for batch_first in (False, True):
        beside(lambda nn: nn.TransformerEncoderLayer(8, 2, activation=function(nn), batch_first=batch_first, **more), [x])
    beside(
        lambda nn: nn.TransformerDecoderLayer(8, 2, activation=function(nn), **more), [y, x], tgt_mask=causal[:4, :4], memory_key_padding_mask=padding,
    )
    beside(
        lambda nn: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, activation=function(nn), **more), 2, nn.LayerNorm(8)), [x],
        src_key_padding_mask=padding.double().masked_fill(padding, -float("inf")), mask=causal,
    )
    beside(
        lambda nn: nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, activation=function(nn), batch_first=True, **more), 2),
        [y.detach().transpose(0, 1).contiguous().requires_grad_(), x.detach().transpose(0, 1).contiguous()], tgt_mask=causal[:4, :4],
    )
    for train in (True, False):
        beside(lambda nn: nn.Transformer(8, 2, 2, 2, activation=function(nn), bias=train, **more), [x, y], train=train, tgt_mask=causal[:4, :4])


def test_causal_biases_equal_torch():
    rng = np.random.default_rng(0)
    q, k, v = drawn(rng, 1, 2, 3, 4, grad=False), drawn(rng, 1, 2, 5, 4, grad=False), drawn(rng, 1, 2, 5, 4, grad=False)
    import torch.nn.attention.bias

    for name in ("causal_upper_left", "causal_lower_right"):
        expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, getattr(torch.nn.attention.bias, name)(3, 5))
        found = lucet.nn.functional.scaled_dot_product_attention(ours(q), ours(k), ours(v), getattr(lucet.nn.attention.bias, name)(3, 5))
        close(found, expected, "float64")
    assert str(lucet.nn.attention.SDPBackend.MATH) == str(torch.nn.attention.SDPBackend.MATH)


# --- tables -----------------------------------------------------------------------------------------------------------

TABLES = {
    "plain": lambda nn, T: (nn.Embedding(6, 3), [T.tensor([[1, 5], [1, 0]])]),
    "padding": lambda nn, T: (nn.Embedding(6, 3, padding_idx=-2), [T.tensor([4, 1, 4])]),
    "norm": lambda nn, T: (nn.Embedding(6, 3, max_norm=0.5, norm_type=1), [T.tensor([4, 1, 4])]),
    "frequency": lambda nn, T: (nn.Embedding(6, 3, scale_grad_by_freq=True), [T.tensor([4, 1, 4])]),
    "int32": lambda nn, T: (nn.Embedding(6, 3), [T.tensor([4, 1], dtype=T.int32)]),
    "bag sum": lambda nn, T: (nn.EmbeddingBag(6, 3, mode="sum"), [T.tensor([1, 2, 4, 5, 4]), T.tensor([0, 2, 2])]),
    "bag mean": lambda nn, T: (nn.EmbeddingBag(6, 3, padding_idx=4), [T.tensor([1, 2, 4, 5, 4]), T.tensor([0, 2, 2])]),
    "bag max": lambda nn, T: (nn.EmbeddingBag(6, 3, mode="max", padding_idx=1), [T.tensor([[1, 2, 4], [5, 4, 4]])]),
    "bag last": lambda nn, T: (nn.EmbeddingBag(6, 3, mode="max", include_last_offset=True), [T.tensor([1, 2, 4, 5]), T.tensor([0, 2, 4])]),
    "bag weights": lambda nn, T: (nn.EmbeddingBag(6, 3, mode="sum"), [T.tensor([[1, 2], [2, 2]]), None, T.tensor([[0.5, 2.0], [1.0, 3.0]])]),
    "bag norm": lambda nn, T: (nn.EmbeddingBag(6, 3, max_norm=0.7, scale_grad_by_freq=True), [T.tensor([[1, 2], [2, 2]])]),
    "pretrained": lambda nn, T: (nn.Embedding.from_pretrained(T.ones(4, 2), freeze=False), [T.tensor([1, 1])]),
}


@pytest.mark.parametrize("case", TABLES)
def test_tables_equal_torch(case):
    torch.manual_seed(2)
    lucet.manual_seed(2)
    theirs, inputs = TABLES[case](torch.nn, torch)
    mine, given = TABLES[case](lucet.nn, lucet)
    assert repr(mine) == repr(theirs)
    expected, found = theirs(*inputs), mine(*given)
    close(found, expected, "float32")
    close(mine.weight, theirs.weight, "float32")
    backward(torch, [expected], [expected])
    backward(lucet, [found], [expected])
    close(mine.weight.grad, theirs.weight.grad, "float32")


def test_adaptive_softmax_equals_torch():
    rng = np.random.default_rng(0)
    x, targets = drawn(rng, 7, 8), torch.tensor([0, 19, 5, 9, 10, 3, 4])
    mine, theirs = beside(lambda nn: nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], 2.0, head_bias=True), [x, targets])
    close(mine.log_prob(ours(x)), theirs.log_prob(x), "float64")
    assert mine.predict(ours(x)).tolist() == theirs.predict(x).tolist()
    beside(lambda nn: nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10]), [x[0].detach().requires_grad_(), targets[0]])


def test_gumbel_softmax_equals_torch():
    x = torch.arange(12.0, dtype=torch.float64).view(3, 4).requires_grad_()
    for keywords in ({}, {"tau": 0.5, "hard": True}, {"dim": 0}):
        torch.manual_seed(1)
        lucet.manual_seed(1)
        y = ours(x)
        expected, found = torch.nn.functional.gumbel_softmax(x, **keywords), lucet.nn.functional.gumbel_softmax(y, **keywords)
        close(found, expected, "float64")
        x.grad = None
        backward(torch, [expected], [expected])
        backward(lucet, [found], [expected])
        close(y.grad, x.grad, "float64")


def test_copies_of_recurrent_layers_have_weights_of_their_own():
    for T in (torch, lucet):
        layer = T.nn.LSTM(2, 3)
        twin = copy.deepcopy(layer)
        with T.no_grad():
            layer.weight_ih_l0.zero_()
        assert twin._flat_weights[0] is twin.weight_ih_l0 and bool((twin.weight_ih_l0 != 0).any())
