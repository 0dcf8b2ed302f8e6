"""Attention and transformers: what holds without a reference to compare with."""

import pytest

import lucet
from lucet import nn
from lucet.nn.attention import SDPBackend, sdpa_kernel
from lucet.nn.functional import scaled_dot_product_attention


def test_equal_keys_share_the_weight():
    q, v = lucet.randn(2, 3, 4), lucet.randn(2, 5, 6)
    y = scaled_dot_product_attention(q, lucet.ones(2, 5, 4), v)
    assert y.allclose(v.mean(1, keepdim=True).expand(2, 3, 6), atol=1e-6)


def test_a_query_that_sees_nothing_gets_zeros_and_gives_no_gradient():
    q = lucet.randn(1, 3, 4, requires_grad=True)
    seen = lucet.tensor([[True, True], [False, False], [True, False]])
    y = scaled_dot_product_attention(q, lucet.randn(1, 2, 4), lucet.randn(1, 2, 4), seen)
    y.sum().backward()
    assert not y[0, 1].any() and not q.grad[0, 1].any() and q.grad[0, 0].any()


def test_causal_attention_does_not_see_what_comes_later():
    x = lucet.randn(1, 70, 8)
    y = scaled_dot_product_attention(x, x, x, is_causal=True)
    for n in (1, 30, 57):
        part = x[:, :n]
        assert scaled_dot_product_attention(part, part, part, is_causal=True).allclose(y[:, :n], atol=1e-5)


def test_any_number_of_threads_gives_the_same_bits():
    q, k, v = (lucet.randn(2, 3, 130, 20, requires_grad=True) for _ in range(3))
    before, found = lucet.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            lucet.set_num_threads(threads)
            y = scaled_dot_product_attention(q, k, v)
            found.append([y.detach(), *lucet.autograd.grad(y.square().sum(), (q, k, v))])
    finally:
        lucet.set_num_threads(before)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            assert a.equal(b)


def test_weights_are_returned_or_not_with_the_same_result():
    layer, x = nn.MultiheadAttention(8, 2, batch_first=True), lucet.randn(3, 5, 8)
    y, weights = layer(x, x, x)
    alone, nothing = layer(x, x, x, need_weights=False)
    assert nothing is None and alone.allclose(y, atol=1e-6)
    assert weights.sum(-1).allclose(lucet.ones(3, 5), atol=1e-6)


def test_the_causal_mask_is_found_out():
    layer = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0), 2, enable_nested_tensor=False)
    x, mask = lucet.randn(5, 3, 8), nn.Transformer.generate_square_subsequent_mask(5)
    y = layer(x, mask=mask)
    assert y.allclose(layer(x, mask=mask, is_causal=False), atol=1e-5)
    assert layer(x[:3], mask=mask[:3, :3]).allclose(y[:3], atol=1e-5)


def test_layers_are_copies_with_parameters_of_their_own():
    first = nn.TransformerDecoderLayer(8, 2, 16)
    model = nn.TransformerDecoder(first, 2)
    assert len(list(model.parameters())) == 2 * len(list(first.parameters()))
    assert model.layers[0].linear1.weight is not model.layers[1].linear1.weight


def test_kernels_can_be_named_and_switches_come_back():
    with sdpa_kernel([SDPBackend.MATH]):
        assert not lucet.backends.cuda.flash_sdp_enabled() and lucet.backends.cuda.math_sdp_enabled()
    assert lucet.backends.cuda.flash_sdp_enabled()
    with pytest.raises(AssertionError), sdpa_kernel("math"):
        pass


def test_rows_of_tables_and_bags():
    table = nn.Embedding(4, 2, padding_idx=1)
    assert not table.weight[1].any()
    table(lucet.tensor([1, 2, 2])).sum().backward()
    assert table.weight.grad.tolist() == [[0, 0], [0, 0], [2, 2], [0, 0]]
    bag = nn.EmbeddingBag.from_pretrained(lucet.tensor([[1.0], [5.0], [3.0]]), mode="max")
    assert bag(lucet.tensor([0, 1, 2]), lucet.tensor([0, 2, 3])).tolist() == [[5], [3], [0]]
