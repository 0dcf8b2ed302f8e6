"""Edges of arguments beside torch: sizes that do not fit, mixed types, large numbers. Equal results, or errors of one class."""

import pytest
import torch

import lucet

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

RANGE = """
T.linalg.vector_norm(tt([1e20]))
T.linalg.vector_norm(tt([[1e20], [-1e-30]]), 3, dim=1)
T.linalg.vector_norm(tt([[3 + 4j]]), 2, dim=1)
T.linalg.vector_norm(tt([float('nan')]))
T.norm(tt([-1e20]))
T.dist(tt([1e20]), tt([2e20]))
T.std(tt([[1e20, 2e20], [1., 2.]]), 1)
T.std(tt([float('inf'), 1.]))
T.std(tt([2., 2., 2.]))
T.std_mean(tt([1e20, 3e20]), correction=0)
r=tt([1e20, 3e20]).requires_grad_();r.std(correction=0).backward();r=r.grad
"""

OUT = """
T.argmax(T.ones(3),out=T.empty((),dtype=T.int32))
T.argmin(T.ones(3),out=T.empty((),dtype=T.float32))
T.nonzero(T.ones(3),out=T.empty(0,dtype=T.int32))
T.sort(T.ones(3),out=(T.empty(0),T.empty(0,dtype=T.int32)))
T.sort(T.ones(3),out=(T.empty(0,dtype=T.float64),T.empty(0,dtype=T.int64)))
T.topk(T.ones(3),1,out=(T.empty(0),T.empty(0,dtype=T.int32)))
T.topk(T.ones(3),1,out=(T.empty(0,dtype=T.float64),T.empty(0,dtype=T.int64)))
T.max(T.ones(3),0,out=(T.empty(()),T.empty((),dtype=T.int32)))
T.max(T.ones(3),0,out=(T.empty((),dtype=T.float64),T.empty((),dtype=T.int64)))
T.max(T.ones(3),out=T.empty((),dtype=T.float64))
T.max(T.ones(3),T.ones(3),out=T.empty((3),dtype=T.float64))
T.min(T.ones(3),0,out=(T.empty((),dtype=T.float64),T.empty((),dtype=T.int64)))
T.median(T.ones(3),0,out=(T.empty((),dtype=T.float64),T.empty((),dtype=T.int64)))
T.median(T.ones(3),0,out=(T.empty(()),T.empty((),dtype=T.int32)))
T.nanmedian(T.ones(3),0,out=(T.empty(()),T.empty((),dtype=T.int32)))
T.mode(T.ones(3),0,out=(T.empty((),dtype=T.float64),T.empty((),dtype=T.int64)))
T.mode(T.ones(3),0,out=(T.empty(()),T.empty((),dtype=T.int32)))
T.kthvalue(T.ones(3),1,out=(T.empty((),dtype=T.float64),T.empty((),dtype=T.int64)))
T.kthvalue(T.ones(3),1,out=(T.empty(()),T.empty((),dtype=T.int32)))
T.cummax(T.ones(3),0,out=(T.empty(3,dtype=T.float64),T.empty(3,dtype=T.int64)))
T.cummax(T.ones(3),0,out=(T.empty(3),T.empty(3,dtype=T.int32)))
T.msort(T.ones(3),out=T.empty(3,dtype=T.float64))
T.amax(T.ones(3),out=T.empty((),dtype=T.float64))
T.any(T.ones(3),out=T.empty((),dtype=T.int64))
T.any(T.ones(3),out=T.empty((),dtype=T.uint8))
T.all(T.ones(3),out=T.empty((),dtype=T.float32))
T.any(T.ones(3),0,out=T.empty((),dtype=T.float32))
T.all(T.ones(3),0,out=T.empty((),dtype=T.int64))
T.all(T.ones(3,dtype=T.uint8),0,out=T.empty((),dtype=T.uint8))
T.all(T.ones(3,dtype=T.uint8),0,out=T.empty((),dtype=T.bool))
T.all(T.ones(3,dtype=T.uint8),out=T.empty((),dtype=T.bool))
T.isin(T.ones(3),T.ones(2),out=T.empty(3,dtype=T.int64))
T.isposinf(T.ones(3),out=T.empty(3,dtype=T.int64))
T.isneginf(T.ones(3),out=T.empty(3,dtype=T.float32))
T.signbit(T.ones(3),out=T.empty(3,dtype=T.float32))
T.isposinf(T.ones(3,dtype=T.int64),out=T.empty(3,dtype=T.int64))
T.signbit(T.ones(3,dtype=T.int64),out=T.empty(3,dtype=T.int64))
T.abs(T.ones(3),out=T.empty(3,dtype=T.float64))
T.abs(T.ones(3,dtype=T.int64),out=T.empty(3,dtype=T.float64))
T.clamp(T.ones(3),0,out=T.empty(3,dtype=T.float64))
T.clamp(T.ones(3),T.zeros(3),out=T.empty(3,dtype=T.float64))
T.clamp_min(T.ones(3),0,out=T.empty(3,dtype=T.float64))
T.clamp_max(T.ones(3),0,out=T.empty(3,dtype=T.float64))
T.clamp_max(T.ones(3),T.ones(3),out=T.empty(3,dtype=T.float64))
T.floor(T.ones(3),out=T.empty(3,dtype=T.float64))
T.ceil(T.ones(3),out=T.empty(3,dtype=T.float64))
T.round(T.ones(3),out=T.empty(3,dtype=T.float64))
T.round(T.ones(3),decimals=2,out=T.empty(3,dtype=T.float64))
T.trunc(T.ones(3),out=T.empty(3,dtype=T.float64))
T.frac(T.ones(3),out=T.empty(3,dtype=T.float64))
T.neg(T.ones(3),out=T.empty(3,dtype=T.float64))
T.sign(T.ones(3),out=T.empty(3,dtype=T.float64))
T.sgn(T.ones(3),out=T.empty(3,dtype=T.float64))
T.square(T.ones(3),out=T.empty(3,dtype=T.float64))
T.bitwise_not(T.ones(3,dtype=T.int32),out=T.empty(3,dtype=T.int64))
T.exp(T.ones(3),out=T.empty(3,dtype=T.float64))
T.exp2(T.ones(3),out=T.empty(3,dtype=T.float64))
T.sin(T.ones(3),out=T.empty(3,dtype=T.float64))
T.sin(T.ones(3).half(),out=T.empty(3,dtype=T.float64))
T.sin(T.ones(3).half(),out=T.empty(3,dtype=T.float32))
T.sin(T.ones(3),out=T.empty(3,dtype=T.float16))
T.sigmoid(T.ones(3),out=T.empty(3,dtype=T.float64))
T.logit(T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.lgamma(T.ones(3)*5,out=T.empty(3,dtype=T.float64))
T.digamma(T.ones(3)*5,out=T.empty(3,dtype=T.float64))
T.digamma(T.ones(3).half()*5,out=T.empty(3,dtype=T.float64))
T.erfc(T.ones(3),out=T.empty(3,dtype=T.float64))
T.erfinv(T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.reciprocal(T.ones(3)*3,out=T.empty(3,dtype=T.float64))
T.angle(T.ones(3)*3,out=T.empty(3,dtype=T.float64))
T.rad2deg(T.ones(3)*3,out=T.empty(3,dtype=T.float64))
T.deg2rad(T.ones(3)*3,out=T.empty(3,dtype=T.float64))
T.nan_to_num(T.ones(3)*3,out=T.empty(3,dtype=T.float64))
T.sinc(T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.special.entr(T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.special.ndtri(T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.special.log_ndtr(T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.logaddexp2(T.ones(3).half(),T.ones(3).half(),out=T.empty(3,dtype=T.float64))
T.logaddexp(T.ones(3).half(),T.ones(3).half(),out=T.empty(3,dtype=T.float64))
T.logaddexp(T.ones(3),T.ones(3),out=T.empty(3,dtype=T.float64))
T.pow(T.ones(3)*1.1,T.ones(3)*1.3,out=T.empty(3,dtype=T.float64))
T.pow(T.ones(3)*1.1,1.3,out=T.empty(3,dtype=T.float64))
T.atan2(T.ones(3)*1.1,T.ones(3),out=T.empty(3,dtype=T.float64))
T.hypot(T.ones(3)*1.1,T.ones(3),out=T.empty(3,dtype=T.float64))
T.div(T.ones(3),T.ones(3)*3,out=T.empty(3,dtype=T.float64))
T.mul(T.ones(3)*1.1,T.ones(3)*1.1,out=T.empty(3,dtype=T.float64))
T.mul(T.ones(3).half()*1.1,T.ones(3).half()*1.1,out=T.empty(3,dtype=T.float32))
T.mul(T.ones(3).half()*1.1,T.ones(3).half()*1.1,out=T.empty(3,dtype=T.float64))
T.add(T.ones(3)/3,T.ones(3)*1.1,out=T.empty(3,dtype=T.float64))
T.fmod(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.remainder(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.xlogy(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.maximum(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.fmax(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.copysign(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.ldexp(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.nextafter(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.heaviside(T.ones(3)*1.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.special.zeta(T.ones(3)*2.1,T.ones(3)/3,out=T.empty(3,dtype=T.float64))
T.float_power(T.ones(3)*2.1,2,out=T.empty(3,dtype=T.float64))
T.logical_and(T.ones(3),T.ones(3),out=T.empty(3,dtype=T.float64))
T.logical_not(T.ones(3),out=T.empty(3,dtype=T.float64))
T.softmax(T.ones(3),0,out=T.empty(3,dtype=T.float64))
T.log_softmax(T.ones(3),0,out=T.empty(3,dtype=T.float64))
T.softmax(T.ones(3),0,dtype=T.float64,out=T.empty(3,dtype=T.float64))
T.softmax(T.ones(3),0,out=T.empty(3,dtype=T.float16))
T.mean(T.ones(3,dtype=T.complex64),out=T.empty(()))
T.sum(T.ones(3,dtype=T.complex64),0,out=T.empty(()))
T.prod(T.ones(3,dtype=T.complex64),0,out=T.empty(()))
T.sum(T.ones(3),0,out=T.empty((),dtype=T.float64))
T.sum(T.ones(3)/3,0,out=T.empty((),dtype=T.int64))
T.mean(T.ones(3)/3,0,out=T.empty((),dtype=T.float64))
T.mean(T.ones(3)/3,0,out=T.empty((),dtype=T.float16))
T.cumsum(T.ones(3)/3,0,out=T.empty(3,dtype=T.float64))
T.cumsum(T.ones(3)/3,0,out=T.empty(3,dtype=T.int64))
T.std(T.arange(3.),0,out=T.empty((),dtype=T.float64))
T.norm(T.arange(3.),out=T.empty((),dtype=T.float64))
T.linalg.vector_norm(T.arange(3.),out=T.empty((),dtype=T.float64))
T.mvlgamma(T.ones(2,dtype=T.int16)*3,2,out=T.empty(2,dtype=T.float64))
T.kron(T.ones(2,dtype=T.int64),T.ones(2,dtype=T.int16),out=T.empty(4,dtype=T.int16))
T.kron(T.ones(2),T.ones(2),out=T.empty(4,dtype=T.int16))
T.kron(T.ones(2),T.ones(2),out=T.empty(4,dtype=T.float64))
T.linalg.pinv(T.eye(2),out=T.empty(2,2,dtype=T.float64))
T.fft.fftfreq(3,out=T.empty(3,dtype=T.float64))
T.fft.rfftfreq(3,out=T.empty(2,dtype=T.float64))
T.fft.fftfreq(3,out=T.empty(3,dtype=T.float16))
T.diff(T.arange(3.),out=T.empty(2,dtype=T.float16))
T.diff(T.arange(3.),out=T.empty(2,dtype=T.float64))
T.diff(T.arange(3.),out=T.empty(2,dtype=T.int64))
T.nanmean(T.ones(3),out=T.empty((),dtype=T.float64))
T.nansum(T.ones(3),out=T.empty((),dtype=T.float64))
T.matmul(T.eye(2),T.eye(2),out=T.empty(2,2,dtype=T.float64))
T.where(T.ones(3)>0,T.ones(3),T.ones(3),out=T.empty(3,dtype=T.float64))
T.linalg.matrix_norm(T.eye(2),out=T.empty((),dtype=T.float64))
T.hypot(T.ones(2),T.ones(2),out=T.empty(2,dtype=T.float64))
T.addcmul(T.ones(3)/3,T.ones(3),T.ones(3),out=T.empty(3,dtype=T.float64))
"""

KEYWORDS = """
T.ones(3, 2)[[range(2)]].shape
T.ones(3, 2)[[range(2), range(2)]].shape
T.ones(3, 2)[[range(2), 0]]
T.ones(3, 2)[[(0, 1)]].shape
T.zeros(2).copy_(other=T.ones(2))
T.zeros(2).copy_(src=T.ones(2))
T.hsplit(T.ones(4), sections=2)
T.hsplit(T.ones(4), indices=(1, 2))
T.vsplit(T.ones(4, 2), sections=2)
T.ones(1, 1, 4).dsplit(indices=[1])
T.ones(4).hsplit()
T.isin(element=1, test_elements=T.ones(2))
T.isin(elements=T.ones(1), test_element=1)
T.threshold(T.ones(2), 2, 1.5, out=T.empty(2, dtype=T.float64))
T.addcmul(T.ones(1), T.ones(1), T.ones(1), value=True)
T.addcmul(tt([2]), tt([3]), tt([3]), value=1.9)
T.addcmul(tt([2.]), tt([3]), tt([3]), value=1.5)
tt([1]).addcmul_(tt([3]), tt([3]), value=1.9)
T.addcdiv(T.ones(1), T.ones(1), T.ones(1), value=True)
T.ones(2, device='cpu:1') + T.ones(2).to('cpu:3')
"""

MIXED = """
T.linalg.vecdot(T.ones(3), T.ones(3, dtype=T.float64))
T.linalg.cross(T.ones(3), T.ones(3, dtype=T.float64))
T.cross(tt([1, 2, 3]), T.ones(3), dim=0)
T.cdist(T.ones(3, 2), T.ones(3, 2, dtype=T.float64))
T.lerp(T.ones(3), T.ones(3), tt([1, 1, 1]))
T.ones(3).lerp_(T.ones(3), T.ones(3, dtype=T.float64))
T.lerp(T.ones(3), T.ones(3), tt(0.5, dtype=T.float64))
T.nanmean(T.ones(3), dtype=T.int64)
T.nanmean(tt([1., float('nan')]), dtype=T.float64)
T.nanmean(tt([0.1, 0.2]), out=T.empty((), dtype=T.float64))
T.fft.fftfreq(3, dtype=T.int64)
T.fft.rfftfreq(3, dtype=T.int64)
T.norm(T.ones(3, dtype=T.float64), dtype=T.float16)
T.norm(T.ones(3, dtype=T.float16), dtype=T.bfloat16)
T.norm(T.ones(3), dtype=T.float64)
T.linalg.vector_norm(T.ones(3, dtype=T.float64), dtype=T.float32)
T.linalg.matrix_norm(T.ones(3, 3), dtype=T.complex64)
T.linalg.matrix_norm(T.ones(3, 3, dtype=T.float64), dtype=T.float32)
T.linalg.matrix_norm(T.ones(3, 3), 1, dtype=T.float64)
T.mvlgamma(T.ones(3, dtype=T.bool), 1)
T.ormqr(T.ones(3, 2), T.ones(1), T.ones(3, 2))
T.ormqr(T.ones(3, 2), T.ones(2, 2), T.ones(3, 2))
tt(3).repeat_interleave(2, 0)
tt(3).repeat_interleave(tt([2]), 0)
tt(3).repeat_interleave(2)
tt(3).stride(0)
tt(3).size(-1)
T.as_strided_scatter(T.zeros(3), T.ones(2), (2,), (0,))
T.as_strided_scatter(T.zeros(4), T.ones(2, 2), (2, 2), (2, 1))
T.logspace(1.5, 2, 1, dtype=T.int64)
T.logspace(0.5, 2.5, 4, dtype=T.int32)
T.range(1.5, 3, dtype=T.int64)
T.range(1.5, 4.2, 1.5, dtype=T.int32)
T.range(0.5, 3)
T.empty(0, device='meta').median().device.type
T.unique(T.ones(3).requires_grad_()).requires_grad
T.unique(T.ones(3).requires_grad_(), return_counts=True)[1].requires_grad
T.unique_consecutive(T.ones(3).requires_grad_()).sum().backward()
T.unique(T.ones(3).requires_grad_()).sum().backward()
T.unique(T.ones(3, 2).requires_grad_(), dim=0).sum().backward()
T.unique(T.ones(3).requires_grad_(), dim=0).grad_fn.name()
"""


def lines(*blocks):
    return [line for block in blocks for line in block.strip().splitlines()]


@pytest.mark.parametrize("text", lines(SIZES, TYPES, NUMBERS, ORDER, GRADIENTS, RANGE, OUT, KEYWORDS, MIXED))
def test_results_are_torchs(text, same):
    same(text)


@pytest.mark.parametrize("low", [None, [0.0] * 6, [1.0, 2.0, 1.0, 0.0, 1.0, 5.0], [1.0]], ids=str)
@pytest.mark.parametrize("high", [None, [0.0] * 6, [1.0, 2.0, 1.0, 0.0, 1.0, 5.0], [1.0]], ids=str)
@pytest.mark.parametrize("inplace", [False, True])
def test_gradients_of_clamp_by_tensors(low, high, inplace):
    if low is high is None:
        return
    told = []
    for L in (torch, lucet):
        x = L.tensor([-1.0, 0.0, 1.0, 2.0, float("nan"), 3.0], requires_grad=True)
        a, b = (L.tensor(v, requires_grad=True) if isinstance(v, list) else v for v in (low, high))
        y = x * 1
        y = y.clamp_(a, b) if inplace else y.clamp(a, b)
        y.backward(L.arange(1.0, 7.0))
        told.append(repr([y.tolist(), x.grad.tolist(), *(t.grad.tolist() for t in (a, b) if t is not None)]))
    assert told[0] == told[1]
