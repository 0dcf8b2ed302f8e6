"""The gradients of every registered op beside torch's: node names, which gradients are expanded views, which can be differentiated again.

Values of gradients are the business of core's gradcheck; second derivatives are compared here, for where torch has zeros and where nothing.
"""

import warnings

import numpy as np
import pytest
import torch
from test_core import attempt, to_torch, torchs
from test_every_op import calls

import lucet
from lucet._registry import OPS

# Nodes of another name: composed of other ops here, or there.
NAMED_OTHERWISE = """
    addcdiv addcmul addmv addr atleast_1d atleast_2d atleast_3d baddbmm binary_cross_entropy_with_logits clamp_max clamp_min cross_entropy
    block_diag cdist chain_matmul channel_shuffle combinations cross cumulative_trapezoid diag dist dropout1d einsum fill index_fill inner instance_norm kron lerp masked_scatter max_unpool1d nansum ndtr pad pairwise_distance
    pixel_shuffle pixel_unshuffle
    nanquantile quantile renorm rot90 scatter sum_to_size t tensordot trace trapezoid trapz vdot
    _pad_packed_sequence pad_sequence lstm lstm_cell gru rnn_tanh rnn_relu
    addbmm frobenius_norm norm_except_dim resize resize_as unsafe_chunk
    alias_copy as_strided_copy diagonal_copy expand_copy permute_copy select_copy slice_copy split_copy split_with_sizes_copy squeeze_copy t_copy
    transpose_copy unbind_copy unfold_copy unsqueeze_copy view_copy
""".split()
# Instance norm of several parts: the bias's gradient hangs on the output's alone.
BIAS_APART = {"instance_norm"}
COPIED = dict.fromkeys(("prod", "logcumsumexp"), "torch hands the gradient of a number through")
# torch's is not what finite differences of the first derivative are.
SECOND_IS_OFF = {"_weight_norm"}
# Gradients that one library takes from an expanded one as a view, and the other copies.
OWN_GRADIENT = {"channel_shuffle", "pixel_shuffle", "pixel_unshuffle", "select_scatter", "slice_scatter", "diagonal_scatter", "resize", "resize_as"}
# As documented in docs/differences.md.
WITHOUT_GRAPH = {"embedding"}

# Linear algebra has a file of its own: its nodes are cut otherwise, and torch's engine does not survive some
# empty samples, nor those of pdist; block_diag hands parts of an expanded gradient on, torch a copy of one.
APART = {"pdist", "block_diag"}
KEYS = [key for key, entry in OPS.items() if entry.family != "linalg" and key not in APART and entry.grad != "no" and entry.samples is not None and not entry.name.endswith("_")]


def tensors(L, value):
    if isinstance(value, L.Tensor):
        return [value]
    return [t for part in value for t in tensors(L, part)] if isinstance(value, (list, tuple)) else []


def second(L, gradients, leaves):
    """Derivatives of a function of the gradients, None where there is no path."""
    total = sum(((g * g).sum() for g in gradients if g is not None and g.requires_grad), L.zeros(()))
    if not total.requires_grad:
        return "nothing recorded"
    return [None if g is None else (g.detach() + 0).tolist() for g in L.autograd.grad(total, leaves, allow_unused=True)]


def told(L, function, arguments, keywords):
    """What is to be compared of one call."""
    L.manual_seed(0)
    leaves = [t for t in tensors(L, [*arguments, *keywords.values()]) if t.is_floating_point()]
    for leaf in leaves:
        leaf.requires_grad_()
    results = [t for t in tensors(L, function(*arguments, **keywords)) if t.requires_grad]
    if not results:
        return None
    total = sum(y.sum() for y in results)
    once = L.autograd.grad(total, leaves, allow_unused=True, retain_graph=True)
    again = L.autograd.grad(total, leaves, allow_unused=True, create_graph=True)
    return (
        [y.grad_fn.name() for y in results],
        [g is not None and g.numel() > 1 and 0 in [step for step, size in zip(g.stride(), g.shape) if size > 1] for g in once],
        [g is not None and g.requires_grad for g in again],
        second(L, again, leaves),
    )


def alike(actual, expected):
    return len(actual) == len(expected) and all(
        (a is None) == (e is None) and (a is None or np.allclose(a, e, rtol=1e-6, atol=1e-9, equal_nan=True)) for a, e in zip(actual, expected)
    )


@pytest.mark.parametrize("key", KEYS)
def test_gradients_hang_together_as_in_torch(key):
    entry, compared = OPS[key], 0
    for call in calls(key):
        theirs = [to_torch(a) for a in call.arguments], {k: to_torch(value) for k, value in call.keywords.items()}
        expected, refused = attempt(told, (torch, torchs(entry), *theirs), {})
        if refused is not None or expected is None:
            continue  # torch has no gradient for this sample
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            actual = told(lucet, entry.function, list(call.arguments), call.keywords)
        compared += 1
        assert actual is not None
        if entry.name not in NAMED_OTHERWISE:
            assert actual[0] == expected[0], call
        assert actual[1] == expected[1] or entry.name in OWN_GRADIENT, call
        if entry.name in BIAS_APART or entry.name in COPIED or any(0 in t.shape for t in call.tensors):
            continue
        assert actual[2] == expected[2], call
        if entry.name in SECOND_IS_OFF:
            continue
        if isinstance(expected[3], str):
            assert actual[3] == expected[3], call
        else:
            assert alike(actual[3], expected[3]), (call, actual[3], expected[3])
