"""Lazy conjugates: what `conj` of a complex tensor shares and says, and that every op takes one for the elements it stands for."""

import copy
import inspect
import io
import pickle
import warnings

import numpy as np
import pytest
from test_every_op import UNINITIALISED, WITH_SAMPLES, Call, maker, tensors_in

import lucet
from lucet._registry import OPS

Z = [1 + 2j, 3 - 1j, 0.5j]


def tensor(values=Z, **options):
    return lucet.tensor(values, dtype=lucet.complex128, **options)


# --- every op ---------------------------------------------------------------------------------------------------------

# A tensor with another kind of elements over the same memory, an array of it, a view taken off its base: lazy conjugates are refused, as in torch.
REFUSED = {"view_as_real", "numpy", "detach_"}
# What is asked is the conjugation itself, or the memory.
ABOUT_MEMORY = {"is_conj", "set_", "as_strided", "as_strided_copy", "as_strided_scatter", "slice_inverse", "view_as_real_copy"}


def complex_maker(seed):
    real, imaginary = maker(seed), maker(seed + 1)

    def r(*shape):
        return lucet.complex(real(*shape), imaginary(*shape))

    return r


def complex_calls(key):
    """The samples that hold complex numbers, those of the registry and the real ones made complex."""
    entry = OPS[key]
    for make in (maker, complex_maker):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                samples = list(entry.samples(make(0)))
            except (RuntimeError, TypeError, ValueError, IndexError):
                continue
            for sample in samples:
                keywords = sample[-1] if sample and isinstance(sample[-1], dict) else {}
                call = Call(entry, tuple(sample[: len(sample) - bool(keywords)]), keywords)
                if any(t.is_complex() for t in call.tensors):
                    yield call


def lazy_twin(t, requires_grad=False):
    """(leaf, a lazy conjugate with the elements of `t`)."""
    leaf = t.detach().conj_physical().requires_grad_(requires_grad)
    return leaf, leaf.conj()


def outcome(call, function=None, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call.run(function, **more)
        except Exception as failure:  # compared by its class
            return type(failure)


def check_same(found, wanted, what):
    if isinstance(wanted, (list, tuple)):
        assert len(found) == len(wanted), what
        for one, other in zip(found, wanted, strict=True):
            check_same(one, other, what)
    elif isinstance(wanted, lucet.Tensor) and wanted.dtype is lucet.bfloat16:
        check_same(found.double(), wanted.double(), what)
    elif isinstance(wanted, lucet.Tensor):
        assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype), what
        a, b = found.detach().resolve_conj().numpy(), wanted.detach().resolve_conj().numpy()
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12, err_msg=what)
    elif isinstance(wanted, np.ndarray):
        np.testing.assert_allclose(found, wanted)
    else:
        assert found == wanted or wanted != wanted, what


def replaced(call, chosen):
    """The call with the complex tensors whose numbers are in `chosen` (None: all) as lazy conjugates."""
    count = iter(range(10**6))

    def change(t):
        if not t.is_complex():
            return t.detach().clone()
        return lazy_twin(t)[1] if chosen is None or next(count) in chosen else t.detach().clone()

    return call.with_tensors(change)


def choices(call):
    count = sum(t.is_complex() for t in call.tensors)
    return [None] + ([{k} for k in range(count)] if 1 < count < 4 else [])


def copied(call):
    return call.with_tensors(lambda t: t.detach().clone())


OPS_OF_VALUES = [key for key in WITH_SAMPLES if key not in REFUSED | ABOUT_MEMORY]


@pytest.mark.parametrize("key", OPS_OF_VALUES)
def test_ops_see_the_elements_of_lazy_conjugates(key):
    for call in complex_calls(key):
        wanted = outcome(copied(call))
        for chosen in choices(call):
            lazy = replaced(call, chosen)
            found = outcome(lazy)
            if isinstance(wanted, type) or isinstance(found, type):
                assert found is wanted, f"{call}: {found} for {wanted}"
            elif key not in UNINITIALISED:
                check_same(found, wanted, f"{call}, lazy {chosen}")


@pytest.mark.parametrize("key", [key for key in OPS_OF_VALUES if OPS[key].grad == "yes" and OPS[key].family != "update" and not key.endswith("_")])
def test_gradients_go_through_lazy_conjugates(key):
    def grads(call, lazy):
        leaves = []

        def change(t):
            if not (t.is_complex() or t.is_floating_point()):
                return t
            if lazy and t.is_complex():
                leaf, t = lazy_twin(t, True)
            else:
                leaf = t = t.detach().clone().requires_grad_()
            leaves.append(leaf)
            return t

        result = outcome(call.with_tensors(change))
        if isinstance(result, type):
            return result
        total = sum((t * lucet.arange(1, t.numel() + 1).reshape(t.shape) * (1 + 0.5j)).real.sum() for t in tensors_in(result) if t.requires_grad and (t.is_complex() or t.is_floating_point()))
        if not isinstance(total, lucet.Tensor):
            return None
        try:
            found = lucet.autograd.grad(total, leaves, allow_unused=True)
        except (RuntimeError, NotImplementedError) as failure:
            return type(failure)
        return [g.conj() if g is not None and lazy and leaf.is_complex() else g for g, leaf in zip(found, leaves, strict=True)]

    for call in complex_calls(key):
        wanted = grads(call, False)
        found = grads(call, True)
        if isinstance(wanted, type) or wanted is None:
            assert found is wanted, f"{call}: {found} for {wanted}"
        else:
            assert isinstance(found, list), f"{call}: {found}"
            for one, other in zip(found, wanted, strict=True):
                assert (one is None) == (other is None), f"{call}"
                if one is not None:
                    check_same(one, other, f"gradient of {call}")


@pytest.mark.parametrize("key", [key for key in OPS_OF_VALUES if OPS[key].inplace is not None or key.endswith("_")])
def test_ops_in_place_write_through_lazy_conjugates(key):
    function = OPS[key].inplace or OPS[key].function
    for call in complex_calls(key):
        if not call.arguments or not isinstance(call.arguments[0], lucet.Tensor) or not call.arguments[0].is_complex():
            continue
        plain = copied(call)
        wanted = outcome(plain, function)
        for chosen in (None, {0}):
            lazy = replaced(call, chosen)
            target = lazy.arguments[0]
            found = outcome(lazy, function)
            if isinstance(wanted, type) or isinstance(found, type):
                assert found is wanted, f"{call}: {found} for {wanted}"
                continue
            assert found is target and target.is_conj(), f"{call}"
            if key not in UNINITIALISED:
                check_same(target, plain.arguments[0], f"{call} in place")
                check_same(target.conj(), plain.arguments[0].conj_physical(), f"{call} in place, the other way")


def takes_out(key):
    try:
        return "out" in inspect.signature(OPS[key].function).parameters
    except ValueError:
        return False


@pytest.mark.parametrize("key", [key for key in OPS_OF_VALUES if takes_out(key)])
def test_results_are_written_through_lazy_conjugates(key):
    for call in complex_calls(key):
        wanted = outcome(copied(call))
        if isinstance(wanted, type) or not tensors_in(wanted) or not any(t.is_complex() for t in tensors_in(wanted)):
            continue
        for shaped in (False, True):
            outs = [lucet.zeros(t.shape if shaped else (0,), dtype=t.dtype) for t in tensors_in(wanted)]
            given = [t.conj() for t in outs]
            plain = outcome(copied(call), out=outs[0].clone() if isinstance(wanted, lucet.Tensor) else tuple(t.clone() for t in outs))
            found = outcome(copied(call), out=given[0] if isinstance(wanted, lucet.Tensor) else tuple(given))
            if isinstance(plain, type):
                assert found is plain, f"{call}: {found} for {plain}"
                continue
            assert not isinstance(found, type), f"{call} into {given}: {found}"
            for one, result, other in zip(given, tensors_in(found), tensors_in(wanted), strict=True):
                assert one is result, f"{call}"
                if key not in UNINITIALISED:
                    check_same(one, other, f"{call} into a lazy conjugate")


# --- the view ---------------------------------------------------------------------------------------------------------


def test_a_conjugate_is_a_view_with_a_bit():
    z = tensor()
    c = z.conj()
    assert (c.is_conj(), c._is_view(), c._base is z, c.data_ptr() == z.data_ptr()) == (True, True, True, True)
    assert c.tolist() == [1 - 2j, 3 + 1j, -0.5j]
    assert lucet.is_conj(c)
    assert not c.conj().is_conj()
    assert c.conj()._base is z
    assert not c.is_set_to(z)
    assert c.is_set_to(z.conj())
    assert repr(c) == "tensor([1.-2.0000j, 3.+1.0000j, 0.-0.5000j], dtype=lucet.complex128)"


def test_real_tensors_are_their_own_conjugates():
    x = lucet.ones(2, 3)
    assert x.conj() is x
    assert x.resolve_conj() is x
    assert not x.mH.is_conj()


def test_resolving_copies_what_is_lazy():
    z = tensor()
    assert z.resolve_conj() is z
    resolved = z.conj().resolve_conj()
    assert not resolved.is_conj()
    assert not resolved._is_view()
    assert resolved.tolist() == z.conj().tolist()
    assert not z.conj().clone().is_conj()


VIEWS = (
    "t() T mT reshape(-1) contiguous() detach() data to(c.dtype) flatten() ravel() [0] [None] [...,1:] unbind()[0] split(1)[0] expand(2,2,3) "
    "view(6) view_as(z) as_strided((2,),(1,)) diagonal() unfold(1,2,1) movedim(0,1) squeeze() unsqueeze(0) chunk(2)[0] tensor_split(2)[0] "
    "narrow(0,0,1) select(0,1) permute(1,0) unflatten(1,(3,1)) cpu() type_as(z) resolve_neg() broadcast_to((2,2,3)) positive()"
).split()


@pytest.mark.parametrize("form", VIEWS)
def test_views_of_a_lazy_conjugate_are_lazy(form):
    z = tensor([[1 + 2j, 3 - 1j, 0.5j], [2, 1j, 4 + 1j]])
    c = z.conj()
    code = form if form.startswith("[") else f".{form}"
    names = {"c": c, "z": z}
    found, wanted = eval(f"c{code}", names), eval(f"z{code}", names)
    assert found.is_conj()
    assert found.untyped_storage() is z.untyped_storage()
    assert found.tolist() == wanted.conj_physical().tolist()


@pytest.mark.parametrize("form", ["mH", "H", "adjoint()", "conj()"])
def test_conjugates_of_a_lazy_conjugate_are_what_is_stored(form):
    z = tensor([[1 + 2j, 3 - 1j], [2, 1j]])
    found = eval(f"z.conj().{form}")
    assert not found.is_conj()
    assert found.data_ptr() == z.data_ptr()


def test_writing_reaches_the_base():
    z = tensor()
    c = z.conj()
    assert c.mul_(2j) is c
    assert z.tolist() == [4 - 2j, -2 - 6j, 1 + 0j]
    c += 1j
    assert c.is_conj()
    assert z.tolist() == [4 - 3j, -2 - 7j, 1 - 1j]
    c[0] = 5j
    c[lucet.tensor([1])] = tensor([1 + 1j])
    c[lucet.tensor([False, False, True])] = 3 - 1j
    assert z.tolist() == [-5j, 1 - 1j, 3 + 1j]
    c.copy_(tensor([1j, 2, 3]).conj())
    assert z.tolist() == [1j, 2, 3]
    c.real, c.imag = lucet.ones(3), lucet.tensor([1.0, 2, 3])
    assert z.tolist() == [1 - 1j, 1 - 2j, 1 - 3j]
    lucet.add(z, 1, out=c)
    assert z.tolist() == [2 + 1j, 2 + 2j, 2 + 3j]
    with lucet.inference_mode():
        c.zero_()
    assert not z.any()


def test_operands_that_share_memory_are_read_first():
    for write, wanted in (("z.mul_(c)", [5, 10, 0.25]), ("c.mul_(z)", [5, 10, 0.25]), ("c.copy_(z)", [1 - 2j, 3 + 1j, -0.5j]), ("z.copy_(c)", [1 - 2j, 3 + 1j, -0.5j])):
        z = tensor()
        eval(write, {"z": z, "c": z.conj()})
        assert z.tolist() == wanted, write


def test_geometry_changes_in_place_keep_the_bit():
    z = tensor([[1 + 2j, 3, 4j]])
    c = z.conj()
    c.t_()
    c.unsqueeze_(0)
    assert (c.is_conj(), c.shape, c.tolist()) == (True, (1, 3, 1), [[[1 - 2j], [3], [-4j]]])
    c.set_(tensor([1j]))
    assert c.tolist() == [-1j]
    c = tensor().conj()
    assert c.resize_(2).is_conj()


def test_what_is_data_takes_the_bit_over():
    z = tensor()
    z.data = tensor([1j]).conj()
    assert (z.is_conj(), z.tolist()) == (True, [-1j])
    z.data = lucet.ones(2)
    assert not z.is_conj()


def test_other_kinds_of_elements_are_refused():
    c = tensor().conj()
    with pytest.raises(RuntimeError, match="view_as_real doesn't work on unresolved conjugated tensors"):
        lucet.view_as_real(c)
    for dtype in (lucet.float64, lucet.complex128):
        with pytest.raises(RuntimeError, match="view is not supported for conjugate view tensors when converting to a different dtype"):
            c.view(dtype)
    for refused in (c.numpy, lambda: np.asarray(c)):
        with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that has conjugate bit set. Use tensor.resolve_conj\(\).numpy\(\) instead."):
            refused()
    assert c.numpy(force=True).tolist() == c.tolist()
    for refused in (c.__dlpack__, lambda: lucet.to_dlpack(c), lambda: np.from_dlpack(c)):
        with pytest.raises(BufferError, match="Can't export tensors with the conjugate bit set"):
            refused()


def test_parts_of_a_lazy_conjugate():
    z = tensor()
    c = z.conj()
    assert c.real.data_ptr() == z.data_ptr()
    assert not c.real.is_conj()
    assert c.imag.tolist() == [-2, 1, -0.5]
    assert complex(c[0]) == c[0].item() == 1 - 2j
    assert f"{c[0]:.1f}" == "1.0-2.0j"


def test_copies_and_files_keep_the_bit():
    c = tensor().conj()
    file = io.BytesIO()
    lucet.save({"lazy": c, "plain": c.conj()}, file)
    file.seek(0)
    read = lucet.load(file)
    assert (read["lazy"].is_conj(), read["plain"].is_conj()) == (True, False)
    for same in (read["lazy"], pickle.loads(pickle.dumps(c)), copy.copy(c)):
        assert (same.is_conj(), same.tolist()) == (True, c.tolist())
    assert read["lazy"].untyped_storage().data_ptr() == read["plain"].untyped_storage().data_ptr()
    copied = copy.deepcopy(c)
    assert (copied.is_conj(), copied.tolist()) == (False, c.tolist())


def test_meta_tensors_have_the_bit():
    c = lucet.zeros(3, dtype=lucet.complex64, device="meta").conj()
    assert c.is_conj()
    assert not (c * 2).is_conj()


def test_modes_and_subclasses_see_the_calls():
    class Watch(lucet.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(func.__name__)
            return func(*args, **(kwargs or {}))

    class Sub(lucet.Tensor):
        pass

    seen = []
    z = tensor()
    with Watch():
        result = z.conj() * 2
    assert seen == ["conj", "mul"]
    assert result.tolist() == [2 - 4j, 6 + 2j, -1j]
    sub = z.as_subclass(Sub).conj()
    assert (type(sub), sub.is_conj(), type(sub * 2)) == (Sub, True, Sub)
    for view in (sub.detach(), sub.t(), sub[1:], sub.conj().conj(), sub.contiguous()):
        assert (type(view), view.is_conj(), view.untyped_storage() is z.untyped_storage()) == (Sub, True, True)
    assert lucet.add(z, 1, out=sub) is sub
    assert z.conj().tolist() == [2 + 2j, 4 - 1j, 1 + 0.5j]
    z.copy_(tensor())
    assert (sub * 2).tolist() == result.tolist()


# --- gradients --------------------------------------------------------------------------------------------------------


def test_the_history_of_a_conjugate():
    z = tensor(requires_grad=True)
    c = z.conj()
    assert c.grad_fn.name() == "ConjBackward0"
    assert c[:2].grad_fn.name() == "SliceBackward0"
    assert c.resolve_conj().grad_fn.name() == "CloneBackward0"
    c.backward(tensor())
    assert z.grad.tolist() == [1 - 2j, 3 + 1j, -0.5j]
    assert not z.grad.is_conj()


# (what is written, gradient of z, as torch has them) for b = z * 1, y = b.conj() and the loss below
IN_PLACE = [
    ("y.mul_(2j)", [2 + 0j, 0 + 6j, 6 + 0j]),
    ("b.mul_(2j)", [0 - 4j, 4 - 2j, 0 - 8j]),
    ("b.mul_(2j); y.mul_(1j)", [2 + 2j, 0 + 6j, 6 + 2j]),
    ("y[0:2].mul_(2j)", [-2 + 2j, -6 + 0j, 3 + 1j]),
]


@pytest.mark.parametrize("write", [write for write, _ in IN_PLACE])
def test_gradients_after_writing_are_those_of_computed_conjugates(write):
    def grad(lazy):
        z = tensor(requires_grad=True)
        b = z * 1
        y = b.conj()
        if not lazy:  # the same without a view: what is written to one of the two is written to the other by hand
            steps = {"y.mul_(2j)": "y = y * 2j; b = y.conj_physical()", "b.mul_(2j)": "b = b * 2j; y = b.conj_physical()"}
            steps["b.mul_(2j); y.mul_(1j)"] = "b = b * 2j; y = b.conj_physical() * 1j; b = y.conj_physical()"
            steps["y[0:2].mul_(2j)"] = "y = y.clone(); y = lucet.cat([y[0:2] * 2j, y[2:]]); b = y.conj_physical()"
            names = {"b": b, "y": y, "lucet": lucet}
            exec(steps[write], names)
            b, y = names["b"], names["y"]
        else:
            exec(write, {"b": b, "y": y})
        ((y * tensor([1, 2j, 3])).real.sum() + b.imag.sum()).backward()
        return b.tolist(), y.tolist(), z.grad.tolist()

    assert grad(True) == grad(False)


@pytest.mark.parametrize(("write", "wanted"), [IN_PLACE[2], IN_PLACE[3]])
def test_gradients_after_writing_are_those_of_torch(write, wanted):
    z = tensor(requires_grad=True)
    b = z * 1
    y = b.conj()
    exec(write, {"b": b, "y": y})
    ((y * tensor([1, 2j, 3])).real.sum() + b.imag.sum()).backward()
    assert z.grad.tolist() == wanted
    assert y.grad_fn.name() == "ConjBackward0"
    assert b.grad_fn.name() == "torch::autograd::CopySlices"


def test_a_view_of_a_lazy_conjugate_that_changes_its_shape_and_is_written():
    z = tensor(requires_grad=True)
    b = z * 1
    y = b.conj()
    y.unsqueeze_(0)
    y.mul_(2j)
    (y.real.sum() + b.imag.sum()).backward()
    assert z.grad.tolist() == [-2 + 2j] * 3
    assert b.tolist() == [4 - 2j, -2 - 6j, 1 + 0j]


def test_writing_is_refused_as_through_other_views():
    z = tensor(requires_grad=True)
    with pytest.raises(RuntimeError, match="a view of a leaf"):
        z.conj().mul_(2)
    with pytest.raises(RuntimeError, match="returns multiple views"):
        (z * 1).conj().unbind()[0].mul_(2)
    with pytest.raises(RuntimeError, match="more than one element"):
        tensor([1j]).expand(3).conj().mul_(2)
    assert z.tolist() == Z


def test_what_the_engine_is_given_is_resolved():
    z = tensor(requires_grad=True)
    assert lucet.autograd.grad(z * 1, z, tensor().conj())[0].tolist() == [1 - 2j, 3 + 1j, -0.5j]
    y = z * 1
    y.register_hook(lambda g: g.conj())
    y.backward(tensor(), retain_graph=True)
    assert (z.grad.is_conj(), z.grad.tolist()) == (False, [1 - 2j, 3 + 1j, -0.5j])
    z.grad = tensor().conj()
    assert z.grad.is_conj()
    (z * 1).real.sum().backward()
    assert z.grad.tolist() == [2 - 2j, 4 + 1j, 1 - 0.5j]
    y = z * 1
    z.grad = None
    y.grad_fn.register_prehook(lambda grads: (grads[0].conj(),))
    y.backward(tensor())
    assert z.grad.tolist() == [1 - 2j, 3 + 1j, -0.5j]
    y = z * 1
    z.grad = None
    y.grad_fn.register_hook(lambda grads, outputs: tuple(g if g is None else g.conj() for g in grads))
    y.backward(tensor())
    assert z.grad.tolist() == [1 - 2j, 3 + 1j, -0.5j]


def test_functions_may_take_and_return_lazy_conjugates():
    class Conjugate(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x.conj())
            return x.conj()

        @staticmethod
        def backward(ctx, g):
            assert ctx.saved_tensors[0].tolist() == [1 - 2j, 3 + 1j, -0.5j]
            return g.conj()

    z = tensor(requires_grad=True)
    y = Conjugate.apply(z)
    assert y.is_conj()
    y.backward(tensor())
    assert z.grad.tolist() == [1 - 2j, 3 + 1j, -0.5j]


def test_functions_may_change_lazy_conjugates():
    class Double(lucet.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2j)

        @staticmethod
        def backward(ctx, g):
            return g * -2j

    z = tensor(requires_grad=True)
    b = z * 1
    y = b.conj()
    assert Double.apply(y) is y
    (y.real.sum() + b.imag.sum()).backward()
    assert b.tolist() == [4 - 2j, -2 - 6j, 1 + 0j]
    assert z.grad.tolist() == [-2 + 2j] * 3


def test_saved_tensors_may_come_back_lazy():
    with lucet.autograd.graph.saved_tensors_hooks(lambda t: t.conj_physical(), lambda t: t.conj()):
        z = tensor(requires_grad=True)
        (z * z).real.sum().backward()
    assert z.grad.tolist() == [2 - 4j, 6 + 2j, -1j]


def test_second_derivatives_go_through():
    z = tensor(requires_grad=True)
    assert lucet.autograd.gradcheck(lambda z: z.conj() * z, (z,))
    assert lucet.autograd.gradgradcheck(lambda z: z.conj()[:2] * z[:2] * z[1:].conj(), (z,))


def test_transforms_take_lazy_conjugates():
    z = tensor([[1 + 2j, 3], [4j, 5 - 1j]])
    c = z.conj()
    asked = []
    assert lucet.vmap(lambda x: (asked.append(x.is_conj()), x * 2)[1])(c).tolist() == (c * 2).tolist()
    assert lucet.vmap(lambda x: (x.conj().conj(), asked.append(x.conj().is_conj()))[0])(z).tolist() == z.tolist()
    assert asked == [True, True]
    assert lucet.vmap(lambda x: x.conj())(z).is_conj()
    assert lucet.vmap(lambda x: x.mul_(2j))(c.clone().conj_physical_().conj()).tolist() == (c * 2j).tolist()
    primal, tangent = lucet.func.jvp(lambda x: x * x, (c,), (c,))
    assert (primal.tolist(), tangent.tolist()) == ((c * c).tolist(), (2 * c * c).tolist())
    primal, tangent = lucet.func.jvp(lambda x: x.conj(), (z,), (1j * z,))
    assert tangent.tolist() == (1j * z).conj().tolist()
    assert lucet.func.grad(lambda x: (x.conj() * x).real.sum())(c).tolist() == (2 * c).tolist()
    _, pull = lucet.func.vjp(lambda x: x * 2j, z)
    assert pull(c)[0].tolist() == (c * -2j).tolist()
