"""Where results lie in memory, what may overlap, and what is left of a value that was written over, beside torch."""

import itertools
import warnings

import pytest
import torch

import lucet

SHAPE = (4, 2, 3)
# Operands that all broadcast to SHAPE, in layouts that ask for different orders of dimensions.
LAYOUTS = {
    "row-major": lambda T: T.zeros(4, 2, 3),
    "permuted": lambda T: T.zeros(3, 4, 2).permute(1, 2, 0),
    "permuted otherwise": lambda T: T.zeros(2, 4, 3).permute(1, 0, 2),
    "reversed": lambda T: T.zeros(3, 2, 4).permute(2, 1, 0),
    "with gaps": lambda T: T.zeros(8, 2, 6)[::2, :, ::2],
    "permuted with gaps": lambda T: T.zeros(3, 2, 8).permute(2, 1, 0)[::2],
    "expanded outside": lambda T: T.zeros(2, 3).expand(4, 2, 3),
    "expanded in the middle": lambda T: T.zeros(4, 1, 3).expand(4, 2, 3),
    "expanded inside": lambda T: T.zeros(4, 2, 1).expand(4, 2, 3),
    "expanded and permuted": lambda T: T.zeros(3, 4).t().unsqueeze(1).expand(4, 2, 3),
    "expanded twice": lambda T: T.zeros(1, 2, 1).expand(4, 2, 3),
    "one row": lambda T: T.zeros(3),
    "broadcast, permuted": lambda T: T.zeros(3, 4).t().unsqueeze(1),
    "number": lambda T: T.zeros(()),
}
WHOLE = [name for name in LAYOUTS if LAYOUTS[name](torch).shape == SHAPE]
COPIES = {
    "clone": lambda T, x: x.clone(),
    "empty_like": lambda T, x: T.empty_like(x),
    "zeros_like": lambda T, x: T.zeros_like(x),
    "ones_like": lambda T, x: T.ones_like(x, dtype=T.int64),
    "full_like": lambda T, x: T.full_like(x, 2),
    "rand_like": lambda T, x: T.rand_like(x),
    "randn_like": lambda T, x: T.randn_like(x),
    "randint_like": lambda T, x: T.randint_like(x, 4),
    "double": lambda T, x: x.double(),
    "to": lambda T, x: x.to(T.int64),
    "to copy": lambda T, x: x.to(T.float32, copy=True),
    "exp": lambda T, x: T.exp(x),
    "isnan": lambda T, x: T.isnan(x),
    "relu": lambda T, x: T.relu(x),
    "clamp": lambda T, x: x.clamp(0, 1),
    "add number": lambda T, x: x + 1,
    "gelu": lambda T, x: T.nn.functional.gelu(x),
    "dropout": lambda T, x: T.nn.functional.dropout(x, 0.5),
    "bernoulli": lambda T, x: T.bernoulli(x),
    "masked_fill": lambda T, x: x.masked_fill(T.zeros(4, 2, 3, dtype=T.bool), 1.0),
    "fill": lambda T, x: T.fill(x, 1.0),
    "contiguous": lambda T, x: x.contiguous(),
    "int division": lambda T, x: x // 2,
    "logical_not": lambda T, x: T.logical_not(x),
    "tensor": lambda T, x: T.tensor(x),
}
THIN = {
    "column": lambda T: T.zeros(1, 3).t(),
    "row of a view": lambda T: T.zeros(5, 4)[:1],
    "middle": lambda T: T.zeros(1, 2, 3).transpose(0, 1),
    "nothing": lambda T: T.zeros(0, 3).t(),
}


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("layout", WHOLE)
def test_results_of_one_operand_lie_as_torchs(name, layout):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, ours = (COPIES[name](T, LAYOUTS[layout](T)) for T in (torch, lucet))
    assert ours.stride() == theirs.stride()


@pytest.mark.parametrize("name", ["clone", "empty_like", "zeros_like", "rand_like", "double", "to copy", "exp"])
@pytest.mark.parametrize("layout", THIN)
def test_thin_tensors_lie_as_torchs(name, layout):
    theirs, ours = (COPIES[name](T, THIN[layout](T)) for T in (torch, lucet))
    assert ours.stride() == theirs.stride()


@pytest.mark.parametrize(("first", "second"), itertools.product(LAYOUTS, LAYOUTS))
def test_results_of_two_operands_lie_as_torchs(first, second):
    for op in (lambda T, a, b: a + b, lambda T, a, b: a < b, lambda T, a, b: T.maximum(a, b), lambda T, a, b: a / b, lambda T, a, b: T.pow(a, b)):
        theirs, ours = (op(T, LAYOUTS[first](T), LAYOUTS[second](T)) for T in (torch, lucet))
        assert ours.stride() == theirs.stride()


@pytest.mark.parametrize("third", ["row-major", "reversed", "number", "expanded and permuted"])
@pytest.mark.parametrize(("first", "second"), itertools.product(LAYOUTS, LAYOUTS))
def test_choices_between_two_operands_lie_as_torchs(first, second, third):
    theirs, ours = (T.where(LAYOUTS[first](T) == 0, LAYOUTS[second](T), LAYOUTS[third](T)) for T in (torch, lucet))
    assert ours.stride() == theirs.stride()


# --- overlap --------------------------------------------------------------------------------------------------------

OVERLAPS = {
    "copy_": lambda T, x: x[1:].copy_(x[:-1]),
    "setitem": lambda T, x: x.__setitem__(slice(1, None), x[:-1]),
    "add_": lambda T, x: x[1:].add_(x[:-1]),
    "mul_": lambda T, x: x[:-1].mul_(x[1:]),
    "exp out": lambda T, x: T.exp(x[1:], out=x[:-1]),
    "add out": lambda T, x: T.add(x[1:], 1, out=x[:-1]),
    "whole of itself": lambda T, x: x.copy_(x),
    "a view of the same elements": lambda T, x: x.copy_(x.view(16)),
    "the same with another rank": lambda T, x: x.view(1, 16).copy_(x),
    "transposed onto itself": lambda T, x: x.view(4, 4).copy_(x.view(4, 4).t()),
    "transposed added": lambda T, x: x.view(4, 4).add_(x.view(4, 4).t()),
    "steps": lambda T, x: x[::2].copy_(x[1::2]),
    "expanded target": lambda T, x: x[:1].expand(4).copy_(x[:4]),
    "apart": lambda T, x: x[:8].copy_(x[8:]),
    "nothing": lambda T, x: x[:0].copy_(x[:0]),
    "an element": lambda T, x: x.copy_(x[3]),
    "an element added": lambda T, x: x.add_(x[3]),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_overlap_is_refused_where_torch_refuses_it(name):
    outcomes = []
    for T in (torch, lucet):
        x = T.arange(16.0)
        try:
            OVERLAPS[name](T, x)
            outcomes.append(x.tolist())
        except RuntimeError:
            outcomes.append("refused")
            assert x.tolist() == list(range(16))
    assert outcomes[0] == outcomes[1]


SHIFTED = {  # f(T, into, out_of): ops that write into one run of eight elements and read another; the runs share seven
    "addcmul_": lambda T, a, b: a.addcmul_(T.ones(8), b),
    "addcdiv_": lambda T, a, b: a.addcdiv_(b, T.ones(8)),
    "lerp_": lambda T, a, b: a.lerp_(b, 0.5),
    "pow_": lambda T, a, b: a.pow_(b),
    "maximum": lambda T, a, b: T.maximum(b, T.ones(8), out=a),
    "where": lambda T, a, b: T.where(T.ones(8) > 0, b, b, out=a),
    "clamp": lambda T, a, b: T.clamp(b, 0, 1, out=a),
    "clamp by a tensor": lambda T, a, b: T.clamp(b, T.ones(8), out=a),
    "addcmul": lambda T, a, b: T.addcmul(b, T.ones(8), T.ones(8), out=a),
    "lerp": lambda T, a, b: T.lerp(b, T.ones(8), 0.5, out=a),
    "cumsum": lambda T, a, b: T.cumsum(b, 0, out=a),
    "cumprod": lambda T, a, b: T.cumprod(b, 0, out=a),
    "msort": lambda T, a, b: T.msort(b, out=a),
    "index_add_": lambda T, a, b: a.index_add_(0, T.arange(8), b),
    "index_copy_": lambda T, a, b: a.index_copy_(0, T.arange(8), b),
    "scatter_": lambda T, a, b: a.scatter_(0, T.arange(8), b),
    "scatter_add_": lambda T, a, b: a.scatter_add_(0, T.arange(8), b),
    "index_select": lambda T, a, b: T.index_select(b, 0, T.arange(8), out=a),
    "gather": lambda T, a, b: T.gather(b, 0, T.arange(8), out=a),
    "take": lambda T, a, b: T.take(b, T.arange(8), out=a),
    "masked_select": lambda T, a, b: T.masked_select(b, T.ones(8) > 0, out=a),
    "addr": lambda T, a, b: a.view(2, 4).addr_(b[:2], b[:4]),
    "outer": lambda T, a, b: T.outer(b[:2], b[2:6], out=a.view(2, 4)),
    "addmm": lambda T, a, b: T.addmm(b.view(2, 4), T.ones(2, 2), T.ones(2, 4), out=a.view(2, 4)),
    "addmv": lambda T, a, b: T.addmv(b, T.ones(8, 2), T.ones(2), out=a),
    "cat": lambda T, a, b: T.cat([b[:4], b[4:]], out=a),
    "sum": lambda T, a, b: T.sum(b.view(2, 4), 0, out=a[:4]),
}


@pytest.mark.parametrize("name", SHIFTED)
def test_a_result_is_not_written_onto_an_operand_where_torch_refuses_it(name):
    outcomes = []
    for T in (torch, lucet):
        x = T.linspace(0.1, 0.9, 9)
        try:
            SHIFTED[name](T, x[:8], x[1:])
            outcomes.append("done")
        except RuntimeError as error:
            outcomes.append("refused" if "single memory location" in str(error) else str(error))
    assert outcomes[0] == outcomes[1]


# --- what is left of a value that was written over ---------------------------------------------------------------------

OVERWRITES = {
    "fill_": lambda T, y: y.fill_(3.0),
    "fill_ by a tensor": lambda T, y: y.fill_(T.tensor(3.0)),
    "zero_": lambda T, y: y.zero_(),
    "copy_": lambda T, y: y.copy_(T.zeros(3)),
    "copy_ broadcast": lambda T, y: y.copy_(T.zeros(1)),
    "setitem": lambda T, y: y.__setitem__(slice(None), 2.0),
    "setitem of a part": lambda T, y: y.__setitem__(slice(1), 2.0),
    "view": lambda T, y: y[:2].fill_(3.0),
    "whole view": lambda T, y: y.view(3).zero_(),
    "view by a tensor": lambda T, y: y[:2].copy_(T.ones(2)),
    "normal_": lambda T, y: y.normal_(),
    "uniform_": lambda T, y: y.uniform_(),
    "exponential_": lambda T, y: y.exponential_(),
    "bernoulli_": lambda T, y: y.bernoulli_(),
    "random_": lambda T, y: y.random_(),
    "masked_fill_": lambda T, y: y.masked_fill_(T.tensor([True, True, True]), 1.0),
    "index_fill_": lambda T, y: y.index_fill_(0, T.tensor([0, 1, 2]), 1.0),
    "index_copy_": lambda T, y: y.index_copy_(0, T.tensor([0, 1, 2]), T.ones(3)),
    "scatter_": lambda T, y: y.scatter_(0, T.tensor([0, 1, 2]), 1.0),
    "mul_ by zero": lambda T, y: y.mul_(0),
    "eq_": lambda T, y: y.eq_(1.0),
    "ge_": lambda T, y: y.ge_(1.0),
    "logical_not_": lambda T, y: y.logical_not_(),
    "floor_": lambda T, y: y.floor_(),
    "sign_": lambda T, y: y.sign_(),
    "floor_divide_": lambda T, y: y.floor_divide_(2.0),
}


@pytest.mark.parametrize("name", OVERWRITES)
def test_gradient_of_what_was_written_over(name):
    outcomes = []
    for T in (torch, lucet):
        x = T.ones(3, requires_grad=True)
        y = x * 2
        try:
            OVERWRITES[name](T, y)
            (y * 3).sum().backward()
            outcomes.append(None if x.grad is None else x.grad.tolist())
        except RuntimeError:
            outcomes.append("refused")
    assert outcomes[0] == outcomes[1]


# Memory formats of images with dimensions of one element or none, where contiguous and channels-last strides mean the same.
IMAGES = [
    (2, 1, 5, 5), (2, 3, 1, 1), (1, 1, 1, 1), (1, 3, 5, 5), (2, 0, 5, 5), (0, 3, 5, 5), (2, 3, 0, 5), (2, 1, 1, 5), (2, 3, 5, 1), (2, 3, 4, 5),
    (2, 1, 3, 5, 5), (2, 3, 1, 1, 1), (1, 3, 2, 5, 5), (2, 3, 4, 5, 6), (2, 3),
]  # fmt: skip
FORMATS = ["channels_last", "channels_last_3d", "contiguous_format"]
FORMATTED = {
    "to": lambda x, f, T: x.to(memory_format=f),
    "to, then contiguous": lambda x, f, T: x.to(memory_format=f).contiguous(),
    "to, then back": lambda x, f, T: x.to(memory_format=f).to(memory_format=T.contiguous_format),
    "contiguous": lambda x, f, T: x.contiguous(memory_format=f),
    "clone": lambda x, f, T: x.clone(memory_format=f),
    "float": lambda x, f, T: x.float(memory_format=f),
    "double": lambda x, f, T: x.double(memory_format=f),
    "empty": lambda x, f, T: T.empty(x.shape, memory_format=f),
    "empty on meta": lambda x, f, T: T.empty(x.shape, memory_format=f, device="meta"),
    "empty_like": lambda x, f, T: T.empty_like(x, memory_format=f),
    "empty_like of it": lambda x, f, T: T.empty_like(x.to(memory_format=f)),
    "rand_like": lambda x, f, T: T.rand_like(x, memory_format=f),
    "resize_": lambda x, f, T: T.empty(0).resize_(x.shape, memory_format=f),
    "constant pad": lambda x, f, T: T.nn.functional.pad(x.to(memory_format=f), (1, 1)),
    "cat": lambda x, f, T: T.cat([x.to(memory_format=f)] * 2, 1),
    "cat with other": lambda x, f, T: T.cat([x.to(memory_format=f), x]),
    "cat with nothing": lambda x, f, T: T.cat([x.to(memory_format=f), T.ones(0)]),
}


@pytest.mark.parametrize("name", FORMATTED)
@pytest.mark.parametrize("form", FORMATS)
def test_memory_formats_where_sizes_are_one_or_none(name, form):
    for shape in IMAGES:
        outcomes = []
        for T in (torch, lucet):
            try:
                x = T.ones(shape)
                y = FORMATTED[name](x, getattr(T, form), T)
                outcomes.append((y.stride(), y is x))
            except RuntimeError:
                outcomes.append("refused")
        assert outcomes[0] == outcomes[1], shape


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 3, 4, 5), (2, 1, 4, 5), (2, 3, 1, 5), (2, 3, 4, 5, 6), (2, 1, 4, 5, 6)])
def test_stacks_of_channels_last(shape):
    for dim, count in itertools.product(range(len(shape)), (1, 3)):
        stacks = []
        for T in (torch, lucet):
            form = T.channels_last if len(shape) == 4 else T.channels_last_3d
            x = T.arange(float(T.empty(shape).numel())).reshape(shape).to(memory_format=form)
            stacks.append(T.stack([x + i for i in range(count)] if shape[1] > 1 else [x] * count, dim))
        assert stacks[0].stride() == stacks[1].stride(), (dim, count)
        assert stacks[0].tolist() == stacks[1].tolist(), (dim, count)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("mode", ["zeros", "circular", "reflect"])
def test_a_module_in_channels_last_draws_the_same_dropout_mask(channels, mode):
    seen = []
    for T in (torch, lucet):
        T.manual_seed(0)
        conv = T.nn.Conv2d(channels, 4, 3, padding=1, padding_mode=mode).to(memory_format=T.channels_last)
        x = T.ones(2, channels, 6, 6).to(memory_format=T.channels_last)
        y = conv(x)
        seen.append([conv.weight.stride(), y.stride(), (T.nn.functional.dropout(y) != 0).tolist()])
    assert seen[0] == seen[1]
    borders = [T.nn.functional.pad(T.ones(2, channels, 6, 6).to(memory_format=T.channels_last), (1,) * 4, "circular") for T in (torch, lucet)]
    assert borders[0].stride() == borders[1].stride()
