"""Complex numbers beside torch: gradients of first and second order, promotion, views of parts, printing, random streams, errors."""

import warnings

import numpy as np
import pytest
import torch

import lucet

BOTH = (torch, lucet)
VALUES = [1 + 2j, -1.5 + 0.5j, 0.25 - 3j, -0.5 - 0.25j, 2j, 3 + 0j]
REAL = [0.5, -1.25, 2.0, 0.75, -0.3, 1.5]


def world(T, dtype="complex128", requires_grad=False):
    kind = getattr(T, dtype)
    real = T.float64 if dtype == "complex128" else T.float32
    names = {"z": T.tensor(VALUES, dtype=kind), "w": T.tensor(VALUES[::-1], dtype=kind) * (0.5 - 1j), "x": T.tensor(REAL, dtype=real)}
    names |= {"m": T.tensor(VALUES, dtype=kind).view(2, 3), "k": T.tensor(REAL, dtype=real).view(3, 2)}
    names = {name: t.detach().requires_grad_(requires_grad) for name, t in names.items()}
    return names | {"T": T, "F": torch.nn.functional if T is torch else __import__("lucet.nn.functional").nn.functional}


def outcome(text, names):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if ";" not in text:
                return eval(text, names)
            exec(text, names)
            return names["r"]
        except Exception as error:
            return error


def array(t):
    return np.array(t.detach().resolve_conj().tolist(), dtype=complex)


def alike(a, e, tolerance):
    assert str(a.dtype)[6:] == str(e.dtype)[6:]
    assert tuple(a.shape) == tuple(e.shape)
    np.testing.assert_allclose(array(a), array(e), rtol=tolerance, atol=tolerance)


# what is differentiable, as expressions of complex z, w, m and real x, k
FUNCTIONS = """
z + w; z - w * 2; T.sub(z, w, alpha=1 - 2j); z * w; x * z; z * x; z / w; x / z; z / x; z * (2 - 1j); (2 - 1j) / z; 3 - z; -z
z.abs(); z.angle(); z.conj(); z.sgn(); z.real; z.imag; z.real * z.imag; T.view_as_real(z); T.complex(x, x * x); T.polar(x * x, x)
T.view_as_complex(k); z ** 2; z ** 3; z ** -1; z ** 0.5; z ** (1 - 2j); (1 + 1j) ** z; 2 ** z; z ** w; z ** x; (x * x) ** z; z ** 0
z.exp(); z.expm1(); z.log(); z.log1p(); z.log2(); z.log10(); z.sqrt(); z.rsqrt(); z.reciprocal(); z.square(); z.sigmoid()
z.sin(); z.cos(); z.tan(); z.sinh(); z.cosh(); z.tanh(); T.asin(z / 9); T.acos(z / 9); T.atan(z / 9); z.asinh(); z.acosh(); T.atanh(z / 9)
T.where(x > 0, z, w); T.where(x > 0, z, x); T.lerp(z, w, 0.3); T.lerp(z, w, 0.7); T.addcmul(z, w, z, value=2 - 1j); T.addcdiv(z, w, z, value=2)
z.sum(); m.sum(0); m.sum(1, keepdim=True); m.mean(); m.mean(0); z.prod(); m.prod(1); z.cumsum(0); m.cumprod(1); z.var(); m.var(0); m.std(1)
T.var_mean(m, 1)[0]; T.var_mean(m, 1)[1]; z.norm(); T.linalg.vector_norm(m, 1, 0); T.linalg.vector_norm(m, 3); T.linalg.vector_norm(m, float('inf'))
m @ m.mT; m.mH @ m; m.H; T.adjoint(m); T.mv(m, z[:3]); T.dot(z, w); T.vdot(z, w); T.outer(z, w); T.addmm(w[:2], m, m.mT, beta=1j, alpha=2 - 1j)
T.bmm(m[None], m.mT[None]); F.linear(m, m); T.matmul(m, z[:3]); T.matmul(z[:2], m)
z[[0, 0, 1]]; z[x > 0]; T.cat([z, w]); T.stack([z, x]); m.flip(0); z.expand(2, 6); z.to(T.complex64); z.real.to(T.complex128); x.to(T.complex128) * 1j
y = z * 1; y.real.mul_(2); r = y * y; y = z * 1; y.imag = x; r = y * y; y = k * 1; T.view_as_complex(y)[1:].mul_(2j); r = y * y
T.ldexp(z, w); T.logaddexp(z, w); T.logsumexp(m, 1); T.nan_to_num(z); F.silu(z); T.float_power(z, 2); T.index_select(z, 0, T.tensor([0, 0, 2]))
T.view_as_real(z)[:, 1]; z.unsqueeze(0) * k[:, :1]; z.masked_fill(x > 0, 1j); T.sinc(z); T.exp2(z); z.abs().log(); (z * z.conj()).real
"""


def expressions():
    found = []
    for line in FUNCTIONS.strip().split("\n"):
        parts = [part.strip() for part in line.split(";")]
        while parts:
            take = 1
            if parts[0].startswith("y ="):
                take = next(i for i, part in enumerate(parts) if part.startswith("r =")) + 1
            found.append("; ".join(parts[:take]))
            parts = parts[take:]
    return found


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("text", expressions())
def test_values_and_types(text, dtype):
    theirs, ours = (outcome(text, world(T, dtype)) for T in BOTH)
    assert not isinstance(theirs, Exception), theirs
    assert not isinstance(ours, Exception), ours
    alike(ours, theirs, 1e-5 if dtype == "complex64" or "complex64" in text else 1e-12)


def gradients(text, T):
    """Gradients of a real function of the result, and of a function of those."""
    names = world(T, requires_grad=True)
    leaves = [names[n] for n in "zwxmk"]
    r = outcome(text, names)
    assert not isinstance(r, Exception), r
    parts = T.view_as_real(r.resolve_conj()) if r.is_complex() else r
    parts = parts.double()
    total = (parts * parts * T.arange(1.0, parts.numel() + 1, dtype=T.float64).view(parts.shape)).sum()
    first = T.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
    again = sum((g.abs() ** 2).sum() for g in first if g is not None)
    second = T.autograd.grad(again, leaves, allow_unused=True) if again.requires_grad else [None] * 5
    return [[None if g is None else array(g) for g in gs] for gs in (first, second)], [None if g is None else str(g.dtype)[6:] for g in first]


# torch fails in backward, or does not offer a gradient
WITHOUT_GRADIENT = ("T.where(x > 0, z, x)", "T.nan_to_num(z)", "F.silu(z)")


@pytest.mark.parametrize("text", [text for text in expressions() if text not in WITHOUT_GRADIENT])
def test_gradients(text):
    (theirs, kinds), (ours, our_kinds) = (gradients(text, T) for T in BOTH)
    assert our_kinds == kinds
    tolerance = 1e-4 if "complex64" in text else 1e-8
    for a, e in zip(ours, theirs, strict=True):
        for p, q in zip(a, e, strict=True):
            q = np.zeros_like(p) if q is None and p is not None else q
            p = np.zeros_like(q) if p is None and q is not None else p
            if q is not None:
                np.testing.assert_allclose(p, q, rtol=tolerance, atol=tolerance * max(1, np.abs(q).max(initial=0)))


@pytest.mark.parametrize(
    "text",
    [
        "z < w", "z >= 1", "T.maximum(z, w)", "T.sign(z)", "T.floor(z)", "z % w", "z // w", "T.sort(z)", "z.max()", "T.argmax(z)", "z.median()",
        "T.nansum(z)", "T.erf(z)", "x.mul_(1j)", "x.add_(z)", "z.abs_()", "x.imag", "T.view_as_real(x)", "T.view_as_complex(x)", "T.complex(x, x.float())",
        "T.view_as_complex(T.ones(2, 4).t())", "T.complex(x.long(), x.long())", "T.dot(z, x)", "z @ x", "T.fmod(z, w)", "z.clamp(0, 1)", "T.isposinf(z)",
        "T.add(x, x, alpha=1j)", "float(z[0])", "int(z[0])", "z.requires_grad_().sum().backward()", "(z.requires_grad_() * 2).backward(T.ones(6))",
        "T.full((2,), 1j, dtype=T.float32)", "x.fill_(1j)", "T.linalg.vector_norm(z, dtype=T.float64)", "m.view(6).mH", "T.atan2(z, w)", "z & w", "~z",
        "T.isclose(z, x)", "T.frac(z)", "T.softmax(x.long(), 0)", "T.unique(z)", "T.cumprod(z, 5)", "T.copysign(z, z)", "T.logit(z)",
    ],
)  # fmt: skip
def test_errors_are_of_torchs_class(text):
    theirs, ours = (outcome(text, world(T)) for T in BOTH)
    assert isinstance(theirs, Exception)
    assert isinstance(ours, Exception), ours
    kind = RuntimeError if isinstance(theirs, NotImplementedError) else type(theirs)
    assert isinstance(ours, kind), (theirs, ours)


@pytest.mark.parametrize(
    "text",
    [
        "z", "m", "z[0]", "z.conj_physical()", "z * 1e5", "z / 1e5", "T.zeros(2, dtype=T.complex64)", "T.tensor([float('nan') * 1j, complex(1, float('inf'))])",
        "T.complex(T.zeros(0), T.zeros(0))", "z.real", "T.tensor(1.5 - 2.25j)", "m.to(T.complex64)", "T.ones(2, 2, dtype=T.complex128) * 1000.5",
    ],
)  # fmt: skip
def test_printing(text):
    theirs, ours = (outcome(text, world(T)) for T in BOTH)
    assert repr(ours) == repr(theirs).replace("torch.", "lucet.")


@pytest.mark.parametrize("left", ["T.ones(2, dtype=T.{})", "T.tensor(1, dtype=T.{})"])
@pytest.mark.parametrize("right", ["1j", "T.tensor(1j, dtype=T.complex64)", "T.tensor(1j, dtype=T.complex128)", "T.ones(2, dtype=T.complex64)", "T.ones(2, dtype=T.complex128)"])
@pytest.mark.parametrize("dtype", "bool uint8 int64 bfloat16 float32 float64 complex64 complex128".split())
def test_promotion(dtype, left, right):
    theirs, ours = (eval(f"{left.format(dtype)} * {right}", {"T": T}) for T in BOTH)
    alike(ours, theirs, 1e-6)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("call", ["T.randn(5, dtype=kind)", "T.rand(5, dtype=kind)", "T.randn(40, dtype=kind)", "T.empty(7, dtype=kind).normal_(1, 2)", "T.randn_like(T.ones(4, dtype=kind))"])
def test_random_streams(call, dtype):
    results = []
    for T in BOTH:
        T.manual_seed(7)
        results.append(eval(call, {"T": T, "kind": getattr(T, dtype)}))
    alike(results[1], results[0], 1e-6)


SPECIAL = [complex(a, b) for a in (0.0, -0.0, 1.0, float("inf"), -float("inf"), float("nan")) for b in (0.0, -0.0, 2.0, float("inf"), float("nan"))]


@pytest.mark.parametrize("name", "abs angle sqrt log sin cos tanh asin acos atan isnan isinf isfinite conj_physical neg sinh cosh".split())
def test_special_values(name):
    theirs, ours = (getattr(T, name)(T.tensor(SPECIAL, dtype=T.complex128)) for T in BOTH)
    np.testing.assert_allclose(np.array(ours.tolist()), np.array(theirs.tolist()), rtol=1e-15)


def test_a_lost_imaginary_part_is_told_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lucet.tensor([1j]).float()
        lucet.tensor([1j]).float()
    told = [str(w.message) for w in caught]
    assert told == ["Casting complex values to real discards the imaginary part"] * len(told)
    assert len(told) < 2  # none where another test was told


# What a lazy conjugate `c` of `z` (2, 3) goes through as it is, and what computes.
OF_A_CONJUGATE = (
    "c; c.conj(); c.t(); c.T; c.mT; c.mH; c.H; c.adjoint(); c.reshape(-1); c.t().reshape(-1); c.contiguous(); c.t().contiguous(); c.clone(); c.detach(); "
    "c.data; c.to(T.complex128); c.to(T.complex64); c.to(T.complex64, copy=True); c.cfloat(); c.flatten(); c.ravel(); c.t().flatten(); c[0]; c[:, T.tensor([0])]; "
    "c[None]; c[c.real > 0]; c.unbind()[0]; c.split(1)[0]; c.expand(2, 2, 3); c.expand_as(z); c.view(6); c.view(T.float32); c.view_as(z); c.real; c.as_strided((2,), (1,)); "
    "c.diagonal(); c.unfold(1, 2, 1); c.movedim(0, 1); c.squeeze(); c.unsqueeze(0); c.conj_physical(); c.resolve_conj(); z.resolve_conj(); c.resolve_neg(); c.chunk(2)[0]; "
    "c.tensor_split(2)[0]; c.narrow(0, 0, 1); c.select(0, 1); c.permute(1, 0); c.swapaxes(0, 1); c.unflatten(1, (3, 1)); c.zero_(); c.requires_grad_(); c.cpu(); "
    "c.to('meta'); c.type(T.complex64); c.type_as(z); T.atleast_3d(c); T.atleast_1d(c); T.view_as_real(c); T.real(c); T.zeros_like(c); "
    "T.meshgrid(c[0], c[0], indexing='ij')[0]; T.nn.Parameter(c); c.repeat(1, 1); T.as_tensor(c); T.asarray(c); T.tensor(c); T.square(c); c.sum(); c[0, 0].item(); "
    "c.tolist(); c.numpy(); c.__array__(); c.__dlpack__(); c.is_set_to(z); c.squeeze_(); c.t_(); c.transpose_(0, 1); c.unsqueeze_(0); T.view_copy(c, (6,)); "
    "T.conj_physical_(c); c.neg(); c.mul(2); T.positive(c); c + 1; c.new_zeros(2); T.hsplit(c, 3)[0]; T.take(c, T.tensor([0])); c.resize_(2); "
    "c.as_strided_((2,), (1,)); c.broadcast_to((2, 2, 3)); c.unsafe_chunk(2)[0]; T.cartesian_prod(c[0]); T.combinations(c[0]); T.stack([c]); T.cat([c]); "
    "T.linalg.diagonal(c); T.rot90(c, 0); T.fill(c, 2); T.tile(c, (1,)); F.dropout(c, 0.5, False); c.__deepcopy__({}); T.diag(c); c.fill_diagonal_(2); c.sum_to_size(2, 3); "
    "c.mul_(2j); c.mul_(c); c.mul_(z); z.mul_(c); c.copy_(z); z.copy_(c); T.add(z, 1, out=c); T.add(c, z, out=c); T.mul(z, 2, out=T.zeros(0, dtype=T.complex64).conj()); "
    "T.equal(c, z); T.equal(c, z.conj()); T.linalg.svd(c)[1]; c.mH @ c; c.is_conj(); T.is_conj(z)"
)


@pytest.mark.parametrize("text", OF_A_CONJUGATE.split("; "))
def test_lazy_conjugates(text):
    def told(T, lib):
        z = T.tensor([[1 + 2j, 3 - 1j, 0.5j], [2, 1j, 4 + 1j]])
        c = z.conj()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                r = eval(text, {"T": T, "F": lib, "z": z, "c": c})
            except (RuntimeError, BufferError, TypeError) as failure:
                return next(kind for kind in (RuntimeError, BufferError, TypeError) if isinstance(failure, kind))
        if not isinstance(r, T.Tensor):
            return r
        at_home = not r.is_meta and r.untyped_storage().data_ptr() == z.untyped_storage().data_ptr()
        values = None if r.is_meta else np.array(r.detach().resolve_conj().tolist())
        return r.is_conj(), at_home, at_home and r._is_view(), r is c, tuple(r.shape), r.stride(), values, np.array(z.tolist()), np.array(c.tolist())

    (ours, theirs) = told(lucet, lucet.nn.functional), told(torch, torch.nn.functional)
    if not isinstance(theirs, tuple):
        ours, theirs = (ours,), (theirs,)
    assert len(ours) == len(theirs)
    for a, e in zip(ours, theirs, strict=True):
        if isinstance(e, np.ndarray):
            np.testing.assert_allclose(a, e, rtol=1e-5, atol=1e-6)
        else:
            assert a == e
