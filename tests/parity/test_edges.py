"""Edges of arguments beside torch: sizes that do not fit, mixed types, large numbers. Equal results, or errors of one class."""

import pytest

SIZES = """
T.zeros(3).scatter(0, tt(0), T.zeros(0))
T.zeros(3).scatter_(0, tt(0), T.zeros(0))
T.zeros(3).scatter(0, tt(0), T.zeros(0), reduce='add')
T.zeros(3).scatter_add(0, tt(0), T.zeros(0))
T.zeros(3).scatter_add_(0, tt(0), T.zeros(0))
T.zeros(3).scatter_reduce(0, tt(0), T.zeros(0), 'sum')
T.zeros(()).scatter(0, tt(0), T.zeros(0))
T.zeros(3).scatter(0, tt(0), T.ones(2))
T.zeros(3).scatter(0, tt([0]), T.ones(()))
T.zeros(3).scatter(0, tt([0, 1]), T.ones(()))
T.zeros(()).scatter(0, tt([0]), T.ones(1))
T.zeros(0).scatter(0, tt(0), T.ones(1))
T.multinomial(T.ones(0), 1, True)
T.multinomial(T.ones(2, 0), 1, True)
T.multinomial(T.ones(0, 2), 1, True)
"""

TYPES = """
r=tt([1, 5]);r.clamp_(tt([2.5, 2.5]))
r=tt([1, 5]);r.clamp_(max=tt([2.5, 2.5]))
r=tt([1, 5]);r.clamp_(tt(1), tt(2.5))
r=tt([1, 5]);r.clamp_min_(tt([2.5, 2.5]))
r=tt([1, 5]);r.clamp_max_(tt(2.5))
r=tt([1, 5], dtype=T.int32);r.clamp_(tt([3, 3]))
r=tt([1., 5.], dtype=T.float16);r.clamp_(tt([3., 3.]))
"""

NUMBERS = """
tt([1.]) * 2**63
2**63 - tt([1.])
tt([1.]) < 2**63
tt([1]) / 2**63
tt([1.]) * 2**64
T.full((2,), 2**63, dtype=T.float32)
T.full((2,), 2**63, dtype=T.bool)
T.full((2,), 2**63)
T.full((2,), 2**64 - 1, dtype=T.float64)
tt(2**63, dtype=T.float64)
tt([2**63, -2**64], dtype=T.float32)
tt([1.5, 2**64])
tt([1.5, 2**1030])
T.ones(2).fill_(2**63)
T.ones(2, dtype=T.int64).fill_(2**63)
T.ones(2).clamp(max=2**63)
T.ones(2, dtype=T.int64).clamp(max=2**63)
T.add(T.ones(1), T.ones(1), alpha=2**63)
T.where(tt([False]), T.ones(1), 2**63)
T.masked_fill(T.ones(2), tt([True, False]), 2**63)
T.result_type(tt([1]), 2**63) == T.int64
T.round(tt([1.5, 2.25, 1e4], dtype=T.float16), decimals=5)
T.round(tt([1.5, 0.3333], dtype=T.bfloat16), decimals=2)
"""

ORDER = """
T.sort(q.permute(2, 0, 1), 0)
T.sort(-q.permute(2, 0, 1), 1)
T.sort((q * 7 % 11).permute(1, 2, 0)[1:3], dim=2, stable=True)
T.argsort(q.permute(2, 0, 1), 0, descending=True)
T.sort((T.arange(120.) * 37 % 121).view(2, 3, 4, 5).to(memory_format=T.channels_last), 1)
T.sort(T.arange(3.).expand(2, 3), dim=0, stable=True)
T.sort(tt([[True, False], [False, True]]).t(), dim=0, stable=True)
T.msort(q.permute(2, 0, 1))
T.argsort(tt([3, 1, 2]), stable=True, out=T.empty(0, dtype=T.int64))
T.topk(q.permute(2, 0, 1), 2, 0)
"""

GRADIENTS = """
r=tt([1., 5.]).requires_grad_();T.fmax(r, tt([1, 7])).sum().backward();r=r.grad
r=tt([1., 5.]).requires_grad_();T.fmin(r, tt([True, False])).sum().backward();r=r.grad
r=tt([1., float('nan'), 2.]).requires_grad_();T.fmin(tt([2, 3, 1]), r).sum().backward();r=r.grad
r=tt([1., 2., 3., 3.]).requires_grad_();(r.max() * float('inf')).backward();r=r.grad
r=tt([1., 2., 3.]).requires_grad_();(r.min() * float('inf')).backward();r=r.grad
r=tt([1., 2., 3.]).requires_grad_();(r.median() * float('inf')).backward();r=r.grad
r=tt([1., 2., float('nan')]).requires_grad_();(r.max() * float('inf')).backward();r=r.grad
"""


def lines(*blocks):
    return [line for block in blocks for line in block.strip().splitlines()]


@pytest.mark.parametrize("text", lines(SIZES, TYPES, NUMBERS, ORDER, GRADIENTS))
def test_results_are_torchs(text, same):
    same(text)
