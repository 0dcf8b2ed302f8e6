"""Reductions, softmax and sorting beside torch: values, element types, shapes, strides, errors, gradients of first and second order."""

import itertools
import warnings

import numpy as np
import pytest
import torch

import lucet

FLOATS = [torch.float32, torch.float64]
ALL = [
    torch.float32,
    torch.float64,
    torch.int64,
    torch.int32,
    torch.int16,
    torch.int8,
    torch.uint8,
    torch.bool,
    torch.float16,
    torch.bfloat16,
]
TOL = {torch.float16: 2e-3, torch.bfloat16: 2e-2, torch.float32: 2e-5, torch.float64: 1e-11}
SHAPES = [(3, 4), (2, 3, 4, 5), (7,), (), (300, 5), (5, 300), (40, 1, 50), (4, 70, 9)]


def lucet_of(t):
    """The same elements and strides as a lucet tensor."""
    kind = getattr(lucet, str(t.dtype)[6:])
    if t.dtype in (torch.float16, torch.bfloat16):
        return lucet.as_strided(
            lucet.from_numpy(_whole(t.float()).numpy()).to(kind), t.size(), t.stride(), t.storage_offset()
        )
    return lucet.as_strided(lucet.from_numpy(_whole(t).numpy()), t.size(), t.stride(), t.storage_offset())


def _whole(t):
    """A copy of the storage of `t` as a flat tensor (float copies keep the geometry by having one element an element)."""
    return (
        torch.as_strided(t, (t.storage_offset() + t.untyped_storage().nbytes() // t.element_size(),), (1,), 0).clone()
        if t.numel()
        else torch.zeros(1, dtype=t.dtype)
    )


def make(shape, dtype, seed=0, layout=0):
    """Numbers with ties, in row-major order (0), transposed (1) or with gaps (2)."""
    rng = np.random.default_rng(seed)
    wide = shape[:-1] + (shape[-1] * 2,) if layout == 2 and shape else shape
    if layout == 1:
        wide = shape[::-1]
    t = torch.from_numpy(np.asarray(rng.standard_normal(wide) * 3))
    t = (t.round() if not dtype.is_floating_point else t).to(dtype)
    if layout == 1:
        t = t.permute(tuple(range(t.dim() - 1, -1, -1)))
    if layout == 2 and shape:
        t = t[..., ::2]
    return t


def check(got, want, tol=None, strides=True):
    """Equal kind, element type, shape, strides and values."""
    if isinstance(want, (tuple, list)):
        assert len(got) == len(want)
        for g, w in zip(got, want, strict=True):
            check(g, w, tol, strides)
        return
    if not isinstance(want, torch.Tensor):
        assert got == want
        return
    assert str(got.dtype)[6:] == str(want.dtype)[6:]
    assert tuple(got.shape) == tuple(want.shape)
    if strides and want.numel():
        assert tuple(got.stride()) == want.stride()
    tol = TOL.get(want.dtype, 0) if tol is None else tol
    np.testing.assert_allclose(
        np.array(got.detach().double().tolist()), np.array(want.detach().double().tolist()), rtol=tol, atol=tol * 10
    )


def both(call, *tensors, tol=None, strides=True):
    """Run `call(module, *tensors)` in both; compare results or error classes and say what differed."""
    ours = [lucet_of(t) for t in tensors]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            want = call(torch, *tensors)
    except Exception as error:
        with pytest.raises(
            tuple(k for k in type(error).__mro__ if k in (RuntimeError, IndexError, TypeError, ValueError))
        ):
            call(lucet, *ours)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(call(lucet, *ours), want, tol, strides)


def gradients(call, *tensors, tol=1e-9):
    """First gradients, gradients of their squared sum, in float64."""
    results = []
    for module, convert in (
        (torch, lambda t: t.detach().clone(memory_format=torch.preserve_format)),
        (lucet, lucet_of),
    ):
        xs = [convert(t).requires_grad_() for t in tensors]
        y = call(module, *xs)
        parts = [p for p in (y if isinstance(y, (tuple, list)) else [y]) if p.requires_grad]
        total = sum((p * p).sum() + p.sum() for p in parts)
        firsts = module.autograd.grad(total, xs, create_graph=True)
        plain = module.autograd.grad(
            sum(
                (p * p).sum() + p.sum()
                for p in (lambda y: [q for q in (y if isinstance(y, (tuple, list)) else [y]) if q.requires_grad])(
                    call(module, *xs)
                )
            ),
            xs,
        )
        seconds = [None] * len(xs)
        if any(f.requires_grad for f in firsts):
            seconds = module.autograd.grad(sum((f * f).sum() for f in firsts), xs, allow_unused=True)
        results.append((firsts, plain, seconds))
    (f0, p0, s0), (f1, p1, s1) = results
    for want, got in zip(f0, f1, strict=True):
        check(got, want, tol, strides=False)
    for want, got in zip(p0, p1, strict=True):
        check(got, want, tol, strides=False)
    for want, got in zip(s0, s1, strict=True):
        if want is None:
            assert got is None or not got.any()
        else:
            check(got if got is not None else lucet.zeros(*want.shape, dtype=lucet.float64), want, tol, strides=False)


def dims_of(ndim):
    return [d for r in range(ndim + 1) for d in itertools.combinations(range(ndim), r)]


MANY = {
    "sum": lambda m, x, d, k: m.sum(x, d, k),
    "mean": lambda m, x, d, k: m.mean(x, d, k),
    "amax": lambda m, x, d, k: m.amax(x, d, k),
    "amin": lambda m, x, d, k: m.amin(x, d, keepdim=k),
    "any": lambda m, x, d, k: m.any(x, d, k),
    "all": lambda m, x, d, k: m.all(x, d, k),
    "var": lambda m, x, d, k: m.var(x, d, keepdim=k),
    "std": lambda m, x, d, k: m.std(x, d, correction=0, keepdim=k),
    "var_mean": lambda m, x, d, k: m.var_mean(x, d, correction=0.5, keepdim=k),
    "std_mean": lambda m, x, d, k: m.std_mean(x, d, keepdim=k),
    "norm": lambda m, x, d, k: m.norm(x, 2, d if d else None, k),
    "norm1": lambda m, x, d, k: x.norm(1, d if d else None, k),
    "norm3": lambda m, x, d, k: x.norm(3, d if d else None, k),
    "norm_inf": lambda m, x, d, k: x.norm(float("inf"), d if d else None, k),
    "norm_low": lambda m, x, d, k: x.norm(-float("inf"), d if d else None, k),
    "norm0": lambda m, x, d, k: x.norm(0, d if d else None, k),
    "logsumexp": lambda m, x, d, k: m.logsumexp(x, d, k),
    "nansum": lambda m, x, d, k: m.nansum(x, d, k),
    "count_nonzero": lambda m, x, d, k: m.count_nonzero(x, d),
}
ONE = {
    "max": lambda m, x, d, k: m.max(x, d, k),
    "min": lambda m, x, d, k: m.min(x, d, keepdim=k),
    "argmax": lambda m, x, d, k: m.argmax(x, d, k),
    "argmin": lambda m, x, d, k: x.argmin(d, k),
    "prod": lambda m, x, d, k: m.prod(x, d, k),
    "aminmax": lambda m, x, d, k: m.aminmax(x, dim=d, keepdim=k),
    "cumsum": lambda m, x, d, k: m.cumsum(x, d),
    "cumprod": lambda m, x, d, k: m.cumprod(x, d),
    "softmax": lambda m, x, d, k: m.softmax(x, d),
    "log_softmax": lambda m, x, d, k: x.log_softmax(d),
    "sort": lambda m, x, d, k: m.sort(x, dim=d, descending=k, stable=True),
    "argsort": lambda m, x, d, k: m.argsort(x, dim=d, descending=k, stable=True),
    "kthvalue": lambda m, x, d, k: m.kthvalue(x, 1, d, k)[0],
    "median": lambda m, x, d, k: m.median(x, d, k)[0],
    "topk": lambda m, x, d, k: m.topk(x, 1, d, largest=k)[0],
}


@pytest.mark.parametrize("dtype", ALL, ids=str)
@pytest.mark.parametrize("name", MANY)
def test_reductions_over_several_dimensions(name, dtype):
    for shape in SHAPES:
        for layout in (0, 1, 2) if dtype in (torch.float32, torch.int64) else (0, 1):
            x = make(shape, dtype, 1, layout)
            for d in dims_of(len(shape)):
                tol = TOL.get(dtype, 0) * (4 if name in ("norm3", "var_mean", "std_mean") else 1)
                both(
                    lambda m, x: MANY[name](m, x, d, len(d) % 2 == 0),
                    x,
                    tol=tol or (2e-5 if name == "logsumexp" else 0),
                )


@pytest.mark.parametrize("dtype", ALL, ids=str)
@pytest.mark.parametrize("name", ONE)
def test_ops_along_one_dimension(name, dtype):
    for shape in SHAPES:
        for layout in (0, 1, 2) if dtype in (torch.float32, torch.int64) else (0, 1):
            x = make(shape, dtype, 2, layout)
            if name in ("prod", "cumprod") and dtype.is_floating_point:
                x = x / 3
            for d in range(max(len(shape), 1)):
                both(
                    lambda m, x: ONE[name](m, x, d, d % 2 == 0),
                    x,
                    tol=TOL.get(dtype, 0) * (10 if "prod" in name else 1),
                    strides=name not in ("sort", "argsort"),
                )


@pytest.mark.parametrize(
    "name",
    [
        "sum",
        "mean",
        "prod",
        "max",
        "min",
        "argmax",
        "argmin",
        "any",
        "all",
        "var",
        "std",
        "norm",
        "amax",
        "amin",
        "median",
        "count_nonzero",
        "nansum",
        "aminmax",
    ],
)
@pytest.mark.parametrize("dtype", ALL, ids=str)
def test_full_reductions(name, dtype):
    for shape in [*SHAPES, (0, 2), (0,)]:
        for layout in (0, 1):
            x = make(shape, dtype, 3, layout)
            x = x / 3 if name == "prod" and dtype.is_floating_point else x
            if name == "median" and dtype == torch.bool:  # defined for none and one of them there, by accident
                continue
            both(lambda m, x: getattr(m, name)(x), x, tol=TOL.get(dtype, 0) * 20)
            both(lambda m, x: getattr(x, name)(), x, tol=TOL.get(dtype, 0) * 20)


@pytest.mark.parametrize("name", [*MANY, *ONE])
def test_nothing_to_reduce(name):
    for shape in [(0, 3), (3, 0), (2, 0, 4), (0,)]:
        x = torch.zeros(shape)
        for d in range(len(shape)):
            call = MANY.get(name, ONE.get(name))
            both(lambda m, x: call(m, x, (d,) if name in MANY else d, False), x)


@pytest.mark.parametrize("name", [*MANY, *ONE])
def test_dimensions_that_are_not_there(name):
    call = MANY.get(name, ONE.get(name))
    for d in (5, -3, 2):
        both(lambda m, x: call(m, x, (d,) if name in MANY else d, False), torch.ones(2, 3))


LARGE = [
    ((1000, 1000), None),
    ((1000, 1000), 0),
    ((1000, 1000), 1),
    ((100000, 3), 1),
    ((100000, 3), 0),
    ((3, 100000), 1),
    ((3, 100000), 0),
    ((16, 8, 60, 60), (0, 2, 3)),
    ((300000,), None),
    ((2, 3, 70000), (0, 2)),
]


@pytest.mark.parametrize(
    "name", ["sum", "mean", "amax", "amin", "var", "std_mean", "norm", "norm1", "norm_inf", "count_nonzero"]
)
@pytest.mark.parametrize("shape, dim", LARGE)
def test_long_work_cut_into_pieces(name, shape, dim):
    x = make(shape, torch.float32, 4)
    dims = tuple(range(len(shape))) if dim is None else (dim,) if isinstance(dim, int) else dim
    both(lambda m, x: MANY[name](m, x, dims, False), x, tol=1e-4)
    both(
        lambda m, x: MANY[name](m, x, dims, False),
        make(shape, torch.int32 if name in ("sum", "amax", "amin", "count_nonzero") else torch.float64, 4),
        tol=1e-9,
    )


@pytest.mark.parametrize("name", ["max", "min", "argmax", "argmin", "cumsum", "softmax", "log_softmax", "sort", "prod"])
@pytest.mark.parametrize("shape, dim", [row for row in LARGE if isinstance(row[1], int)])
def test_long_lines(name, shape, dim):
    both(
        lambda m, x: ONE[name](m, x, dim, False),
        make(shape, torch.float32, 5) * 0.3,
        tol=3e-4 if name == "cumsum" else 2e-5,
        strides=name != "sort",
    )


def test_full_argmax_and_max_of_long_tensors_with_nan():
    x = make((500000,), torch.float32, 6)
    both(lambda m, x: (m.argmax(x), m.argmin(x), m.max(x), m.min(x)), x)
    x[400001] = float("nan")
    x[400003] = float("nan")
    both(lambda m, x: (m.argmax(x), m.argmin(x), m.max(x), m.min(x), m.max(x, 0), m.amax(x, 0)), x)


@pytest.mark.parametrize(
    "name",
    [n for n in [*MANY, *ONE] if n not in ("any", "all", "count_nonzero", "argmax", "argmin", "argsort", "norm0")],
)
def test_gradients_twice(name):
    call = MANY.get(name, ONE.get(name))
    for shape, d in [((3, 4), 0), ((3, 4), 1), ((2, 3, 4), 1), ((5,), 0), ((2, 3, 4), (0, 2))]:
        if name in ONE and not isinstance(d, int):
            continue
        dims = (d,) if name in MANY and isinstance(d, int) else d
        for keep in (False, True):
            gradients(lambda m, x: call(m, x, dims, keep), make(shape, torch.float64, 7))
            gradients(lambda m, x: call(m, x, dims, keep), make(shape, torch.float64, 8, 1))


@pytest.mark.parametrize(
    "name", ["sum", "mean", "prod", "max", "min", "var", "std", "norm", "amax", "amin", "median", "nansum"]
)
def test_gradients_of_full_reductions(name):
    for shape in [(3, 4), (5,), ()] if name not in ("var", "std") else [(3, 4), (5,)]:
        gradients(lambda m, x: getattr(m, name)(x), make(shape, torch.float64, 9))


@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 2.5, 3, 4, float("inf"), -float("inf")])
def test_norm_gradients(p):
    gradients(
        lambda m, x: (
            m.linalg.vector_norm(x, p, 1) if m is torch else lucet._registry.OPS["vector_norm"].function(x, p, 1)
        ),
        make((3, 4), torch.float64, 10),
    )
    zeros = torch.zeros(2, 3, dtype=torch.float64)
    zeros[0, 1] = 2.0
    for module, x in ((torch, zeros.clone()), (lucet, lucet_of(zeros))):
        x.requires_grad_()
        x.norm(p, 1).sum().backward()
        zeros.ours = x.grad if module is lucet else getattr(zeros, "ours", None)
        zeros.theirs = x.grad if module is torch else zeros.theirs
    check(zeros.ours, zeros.theirs, 1e-12)


@pytest.mark.parametrize("zeros", [(), (1,), (0, 2), (0, 1, 2, 3)])
def test_products_with_zeros(zeros):
    x = make((4,), torch.float64, 11)
    x[list(zeros)] = 0
    gradients(lambda m, x: m.prod(x), x)
    gradients(lambda m, x: m.prod(x, 0, keepdim=True), x)
    gradients(lambda m, x: m.cumprod(x, 0), x)
    gradients(lambda m, x: m.prod(x.reshape(2, 2)), x)
    gradients(lambda m, x: m.prod(x.reshape(2, 2), 1), x)


def test_ties_share_gradients_of_extremes():
    x = torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]], dtype=torch.float64)
    for call in (
        lambda m, x: m.amax(x, 1),
        lambda m, x: m.max(x),
        lambda m, x: m.amin(x, (0, 1)),
        lambda m, x: m.max(x, 1)[0],
        lambda m, x: m.sort(x, 1, stable=True)[0] if m is lucet else m.sort(x, dim=1, stable=True)[0],
    ):
        gradients(call, x)


def test_gradients_through_dtype():
    for call in (
        lambda m, x: m.sum(x, 0, dtype=m.float64),
        lambda m, x: m.mean(x, dtype=m.float64),
        lambda m, x: m.softmax(x, 1, dtype=m.float64),
        lambda m, x: m.cumsum(x, 0, dtype=m.float64),
        lambda m, x: m.prod(x, 0, dtype=m.float64),
        lambda m, x: m.norm(x, dtype=m.float64),
    ):
        gradients(call, make((3, 4), torch.float32, 12), tol=1e-5)


DTYPES = {
    "sum": [lambda m, x, t: m.sum(x, dtype=t), lambda m, x, t: x.sum(0, dtype=t)],
    "mean": [lambda m, x, t: m.mean(x, dtype=t)],
    "prod": [lambda m, x, t: m.prod(x, dtype=t), lambda m, x, t: m.prod(x, 0, dtype=t)],
    "cumsum": [lambda m, x, t: m.cumsum(x, 0, dtype=t)],
    "softmax": [
        lambda m, x, t: m.softmax(x, 0, dtype=t),
        lambda m, x, t: m.softmax(x, 0, t),
        lambda m, x, t: m.log_softmax(x, 0, dtype=t),
    ],
}


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("source", ["float32", "int64", "uint8", "bool"])
@pytest.mark.parametrize("target", ["float32", "float64", "int64", "int32", "uint8", "bool", "float16"])
def test_dtype_argument(name, source, target):
    x = make((3, 4), getattr(torch, source), 13)
    if target == "uint8" and source == "float32":
        x = x.abs()  # conversion of negative numbers is not defined
    for call in DTYPES[name]:
        both(lambda m, x: call(m, x, getattr(m, target)), x)


OUTS = {
    "sum": lambda m, x, o: m.sum(x, 0, out=o("float32")),
    "sum double": lambda m, x, o: m.sum(x, 0, out=o("float64")),
    "sum int": lambda m, x, o: m.sum(x, 0, out=o("int32")),
    "sum both": lambda m, x, o: m.sum(x, 0, dtype=m.float64, out=o("float32")),
    "mean": lambda m, x, o: m.mean(x, 0, out=o("float32")),
    "prod": lambda m, x, o: m.prod(x, 0, out=o("float32")),
    "amax": lambda m, x, o: m.amax(x, 0, out=o("float32")),
    "max": lambda m, x, o: m.max(x, 0, out=(o("float32"), o("int64"))),
    "max all": lambda m, x, o: m.max(x, out=o("float32")),
    "max pair": lambda m, x, o: m.max(x, x, out=o("float32")),
    "argmax": lambda m, x, o: m.argmax(x, 0, out=o("int64")),
    "any": lambda m, x, o: m.any(x, 0, out=o("bool")),
    "var": lambda m, x, o: m.var(x, 0, out=o("float32")),
    "norm": lambda m, x, o: m.norm(x, 2, 0, out=o("float32")),
    "cumsum": lambda m, x, o: m.cumsum(x, 0, out=o("float32")),
    "softmax": lambda m, x, o: m.softmax(x, 0, out=o("float32")),
    "logsumexp": lambda m, x, o: m.logsumexp(x, 0, out=o("float32")),
    "topk": lambda m, x, o: m.topk(x, 2, out=(o("float32"), o("int64"))),
    "sort": lambda m, x, o: m.sort(x, out=(o("float32"), o("int64"))),
    "kthvalue": lambda m, x, o: m.kthvalue(x, 2, out=(o("float32"), o("int64"))),
    "nonzero": lambda m, x, o: m.nonzero(x, out=o("int64")),
}


@pytest.mark.parametrize("name", OUTS)
def test_out_argument(name):
    both(
        lambda m, x: OUTS[name](m, x, lambda t: m.empty(0, dtype=getattr(m, t))),
        make((3, 4), torch.float32, 14),
        strides=name != "nonzero",
    )


def test_other_spellings():
    x = make((2, 3, 4), torch.float32, 15)
    for call in (
        lambda m, x: x.sum(axis=1),
        lambda m, x: x.sum(axis=(0, 1), keepdims=True),
        lambda m, x: x.mean(axis=1, keepdims=True),
        lambda m, x: x.max(axis=1, keepdims=True),
        lambda m, x: x.argmax(axis=0),
        lambda m, x: m.var(x, axis=1),
        lambda m, x: m.amax(x, axis=0),
        lambda m, x: m.prod(x, axis=0),
        lambda m, x: m.cumsum(x, axis=0),
        lambda m, x: m.sum(x, []),
        lambda m, x: m.sum(x, [0, 1]),
        lambda m, x: m.var(x, 1, False),
        lambda m, x: m.var(x, False),
        lambda m, x: m.std(x, unbiased=False),
        lambda m, x: x.std(0, True, True),
        lambda m, x: m.var(x, correction=0),
        lambda m, x: m.var(x, (0, 1), correction=2),
        lambda m, x: x.max(x * 0),
        lambda m, x: m.min(x, other=x * 0),
        lambda m, x: x.norm(),
        lambda m, x: x.norm("fro"),
        lambda m, x: x.norm(p=1, dim=(0, 1)),
        lambda m, x: x.norm(None),
        lambda m, x: x.sum(None, True),
        lambda m, x: x.argmax(None, True),
        lambda m, x: x.sum(0, 1),
        lambda m, x: x.sum("a"),
        lambda m, x: x.sum(1.0),
        lambda m, x: x.sum(True),
        lambda m, x: x.sum((0, 0)),
        lambda m, x: x.argmax((0, 1)),
        lambda m, x: m.sum(1),
        lambda m, x: m.var(x, 0, correction=1, unbiased=True),
        lambda m, x: x.topk(9),
        lambda m, x: x.topk(-1),
        lambda m, x: x.kthvalue(9),
        lambda m, x: m.argmax(x > 0),
        lambda m, x: m.topk(x > 0, 1),
        lambda m, x: m.norm(x.long()),
        lambda m, x: m.var(x.long()),
        lambda m, x: m.mean(x.long()),
        lambda m, x: m.softmax(x.long(), 0),
        lambda m, x: m.max(x, 0, 1),
    ):
        both(call, x)


def test_softmax_without_dim_warns_and_chooses():
    import torch.nn.functional as F

    for shape in [(3,), (3, 4), (2, 3, 4), (2, 3, 4, 5)]:
        x = make(shape, torch.float32, 16)
        for name in ("softmax", "log_softmax", "softmin"):
            with pytest.warns(UserWarning, match="Implicit dimension choice"):
                got = lucet._registry.OPS[name].function(lucet_of(x))
            with pytest.warns(UserWarning, match="Implicit dimension choice"):
                check(got, getattr(F, name)(x))


def test_softmax_of_extreme_rows():
    inf = float("inf")
    x = torch.tensor(
        [[1000.0, 1001.0, -inf], [-inf, -inf, -inf], [inf, 1.0, 2.0], [0.0, -200.0, 1e-30], [float("nan"), 0.0, 1.0]]
    )
    for call in (
        lambda m, x: m.softmax(x, 1),
        lambda m, x: m.log_softmax(x, 1),
        lambda m, x: m.softmax(x, 0),
        lambda m, x: m.logsumexp(x, 1),
        lambda m, x: m.logsumexp(x, (0, 1)),
    ):
        both(call, x)


@pytest.mark.parametrize("dtype", ALL, ids=str)
def test_order_with_ties_nan_and_zeros(dtype):
    for n in (1, 5, 24, 25, 100, 511, 512, 3000):
        x = make((n,), dtype, n)
        if dtype.is_floating_point and n > 20:
            x[3] = float("nan")
            x[7] = -float("nan")
            x[9] = 0.0
            x[10] = -0.0
            x[11] = float("inf")
            x[12] = -float("inf")
        for down in (False, True):
            both(lambda m, x: m.sort(x, dim=0, descending=down, stable=True), x)
            both(lambda m, x: m.argsort(x, dim=0, descending=down, stable=True), x)
        for k in {1, n // 2, n}:
            if dtype != torch.bool:
                both(lambda m, x: (m.topk(x, k)[0], m.topk(x, k, largest=False)[0]), x)
            if k and dtype not in (torch.bool,):
                both(lambda m, x: m.kthvalue(x, k)[0], x)
        both(lambda m, x: m.median(x, 0)[0], x)


def test_topk_values_point_into_the_input():
    x = make((7, 300), torch.float32, 17)
    for dim, k, largest in itertools.product((0, 1), (1, 5), (True, False)):
        values, indices = lucet.topk(lucet_of(x), k, dim, largest)
        want = torch.topk(x, k, dim, largest)
        check(values, want.values)
        check(indices, want.indices)  # no ties in this input
        both(lambda m, x: m.topk(x, k, dim, largest, True), x)


def test_nonzero():
    for dtype in ALL:
        for shape in [(3, 4), (2, 3, 4), (), (0, 2), (50,)]:
            x = make(shape, dtype, 18) * (make(shape, torch.float64, 19) > 0).to(dtype)
            both(lambda m, x: m.nonzero(x), x, strides=False)
            both(lambda m, x: m.nonzero(x, as_tuple=True), x)
            both(lambda m, x: m.argwhere(x), x, strides=False)


def test_comparing_whole_tensors():
    x = make((3, 4), torch.float32, 20)
    nan = torch.tensor([1.0, float("nan"), float("inf"), -float("inf")])
    for call in (
        lambda m, x, n: m.equal(x, x),
        lambda m, x, n: m.equal(x, x.double()),
        lambda m, x, n: m.equal(x, n),
        lambda m, x, n: m.equal(n, n),
        lambda m, x, n: m.allclose(x, x + 1e-9),
        lambda m, x, n: m.allclose(x, x + 1),
        lambda m, x, n: m.allclose(n, n, equal_nan=True),
        lambda m, x, n: m.isclose(n, n),
        lambda m, x, n: m.isclose(n, n, equal_nan=True),
        lambda m, x, n: m.isclose(x, x + 0.1, 0, 0.2),
        lambda m, x, n: m.isclose(n, -n, 1.0, 5.0),
        lambda m, x, n: m.allclose(x, x.double()),
        lambda m, x, n: m.isclose(x, x, rtol=-1),
        lambda m, x, n: m.isclose(x.long(), x.long() + 1, 0, 1),
        lambda m, x, n: m.allclose(x, n[:3]),
        lambda m, x, n: m.isclose(x > 0, x > 0),
        lambda m, x, n: m.isclose(n, n, 0, 0, True),
    ):
        both(call, x, nan)


def test_bincount():
    x = torch.tensor([1, 1, 3, 0])
    w = torch.tensor([1.0, 2.0, 3.0, 4.0])
    for call in (
        lambda m, x, w: m.bincount(x),
        lambda m, x, w: m.bincount(x, w),
        lambda m, x, w: m.bincount(x, w.double()),
        lambda m, x, w: m.bincount(x, minlength=6),
        lambda m, x, w: m.bincount(-x),
        lambda m, x, w: m.bincount(w),
        lambda m, x, w: m.bincount(x[:0]),
        lambda m, x, w: m.bincount(x.reshape(2, 2)),
        lambda m, x, w: m.bincount(x, x),
        lambda m, x, w: m.bincount(x, w[:2]),
        lambda m, x, w: m.bincount(x, minlength=-1),
        lambda m, x, w: m.bincount(x.to(m.uint8)),
    ):
        both(call, x, w)


def test_unique():
    for dtype in (torch.int64, torch.float32, torch.bool):
        x = make((5, 6), dtype, 21)
        x = x.round() if dtype.is_floating_point else x
        for inverse, counts in itertools.product((False, True), repeat=2):
            both(lambda m, x: m.unique(x, return_inverse=inverse, return_counts=counts), x)
            small = (x.long() % 2).to(dtype)[:, :2]
            both(lambda m, x: m.unique(x, return_inverse=inverse, return_counts=counts, dim=0), small)
            both(lambda m, x: m.unique(x, return_inverse=inverse, return_counts=counts, dim=1), small, strides=False)


def test_in_place_running_sums():
    for name in ("cumsum_", "cumprod_"):
        both(lambda m, x: getattr(x.clone(), name)(1), make((3, 4), torch.float32, 22))
        both(lambda m, x: getattr(x.clone(), name)(0), make((3, 4), torch.int32, 22))
        gradients(lambda m, x: getattr(x * 2, name)(1), make((3, 4), torch.float64, 23))


def test_in_place_change_of_saved_tensors_is_seen():
    for call in (lambda x: x.prod(), lambda x: x.var(), lambda x: x.norm(), lambda x: x.amax()):
        x = lucet.ones(3, requires_grad=True)
        y = x * 2
        z = call(y)
        y.mul_(2)
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.backward()


def test_named_results_print_alike():
    x = torch.tensor([[3.0, 1.0], [2.0, 4.0]])
    for call in (
        lambda m, x: m.max(x, 1),
        lambda m, x: m.sort(x),
        lambda m, x: m.topk(x, 1),
        lambda m, x: m.aminmax(x),
        lambda m, x: m.kthvalue(x, 1),
        lambda m, x: m.median(x, 0),
    ):
        assert repr(call(lucet, lucet_of(x))) == repr(call(torch, x)).replace("torch.", "lucet.")


@pytest.mark.parametrize("dim", [(), 0, (0, 2), -1])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "int8", "uint8", "int64", "bool"])
def test_hash_tensor_has_the_bits_of_torchs_uint64(dtype, dim):
    x = np.random.default_rng(0).integers(-9, 9, (3, 5, 7))
    ours, theirs = (L.from_numpy(x / 4).to(getattr(L, dtype)) for L in (lucet, torch))
    for keepdim in (False, True):
        got, want = lucet.hash_tensor(ours, dim, keepdim=keepdim), torch.hash_tensor(theirs, dim, keepdim=keepdim).view(torch.int64)
        assert got.tolist() == want.tolist() and tuple(got.shape) == tuple(want.shape)


@pytest.mark.parametrize(
    "call", [lambda L: L.hash_tensor(L.ones(2), mode=1), lambda L: L.hash_tensor(L.ones(0)), lambda L: L.hash_tensor(L.ones(2, 0), 1), lambda L: L.hash_tensor(L.tensor([1j])), lambda L: L.hash_tensor(L.ones(2), 1)]
)  # fmt: skip
def test_hash_tensor_refuses_what_torch_refuses(call):
    raised = []
    for L in (torch, lucet):
        with pytest.raises(Exception) as caught:
            call(L)
        raised.append(caught.value)
    assert isinstance(raised[1], IndexError if isinstance(raised[0], IndexError) else RuntimeError)


@pytest.mark.parametrize("reduce", ["sum", "mean", "max", "min", "prod"])
@pytest.mark.parametrize("initial", [None, 2.0, 0])
@pytest.mark.parametrize(
    "shape,name,at,axis",
    [((4, 2), "lengths", [2, 0, 2], 0), ((2, 5, 2), "lengths", [[1, 0, 4], [2, 2, 1]], 1), ((2, 5), "offsets", [[0, 1, 1, 5], [0, 2, 4, 5]], 1), ((0, 2), "lengths", [0, 0], 0)],
)
def test_segment_reduce(shape, name, at, axis, initial, reduce):
    x = np.random.default_rng(0).standard_normal(shape)
    if x.size:
        x.flat[3] = x.flat[2]
    found = []
    for L in (lucet, torch):
        t = L.from_numpy(x.copy()).requires_grad_()
        y = L.segment_reduce(t, reduce, initial=initial, axis=axis, **{name: L.tensor(at)})
        part = y[L.isfinite(y)]
        found.append((y.detach().numpy(), L.autograd.grad((part * part).sum(), t)[0].numpy()))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b)
