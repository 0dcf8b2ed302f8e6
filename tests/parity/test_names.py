"""Gates, old forms of calls and rarely used names beside torch's: what they return, raise and warn of."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from torch.utils import _pytree as torch_trees

import lucet
from lucet.utils import _pytree as lucet_trees


class Refused(tuple):
    """The classes of an error that code may catch."""


def told(library, text):
    """What an expression gives in one library: its shape, type and numbers, or the class of its error that code may catch; and the
    categories of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = eval(text, {"T": library})
        except (TypeError, ValueError, RuntimeError) as problem:
            kinds = [kind for kind in (TypeError, ValueError, RuntimeError) if isinstance(problem, kind)]
            return Refused(kinds), []
    parts = found if isinstance(found, tuple) else (found,)
    shown = [(str(p.dtype)[6:], tuple(p.shape), p.tolist()) if hasattr(p, "dtype") else p for p in parts]
    return shown, [one.category for one in caught]


@pytest.mark.parametrize(
    "text",
    [
        "T.linspace(0, 1j, 3)", "T.linspace(T.tensor(0j), T.tensor(1j), 3)", "T.linspace(0, 1 + 2j, 5, dtype=T.complex128)", "T.linspace(0, 1j, 3, dtype=T.float32)",
        "T.linspace(0, 1j, 1)", "T.linspace(0, 1j, 0)", "T.linspace(T.tensor([0., 1.]), 1, 3)", "T.linspace(0, 1j, 3, out=T.empty(3))",
        "T.linspace(0, 1j, 3, out=T.empty(3, dtype=T.complex128))", "T.logspace(0, 1j, 3, base=2j)", "T.logspace(0, 1, 3, base=1j)", "T.zeros(True)", "T.zeros(2, True)",
        "T.zeros((True,))", "T.ones(True)", "T.full(2, 1)", "T.full((True,), 1)", "T.ones(2).new_full(2, 1)", "T.eye(True)", "T.empty_strided(2, 1)", "T.Tensor(True)",
        "T.add(T.ones(2), 2, T.ones(2))", "T.ones(2).add(1, 2)", "T.ones(2).add_(2, T.ones(2))", "T.sub(T.ones(2), 2, T.ones(2))", "T.subtract(T.ones(2), 1, 2)",
        "T.rsub(T.ones(2), 1, 2)", "T.rsub(T.ones(2), 3, 0.5)", "T.rsub(T.ones(2), T.ones(2), 2)", "T.rsub(T.ones(2), 1, 2, 3)", "T.addcmul(T.ones(2), 2, T.ones(2), T.ones(2))", "T.ones(2).addcdiv_(2, T.ones(2), T.ones(2))", "T.add(T.ones(2), T.ones(2), 1)",
        "T.add(T.ones(2), 1, 2, 3)", "T.add(T.ones(2), 1, T.ones(2), alpha=2)", "T.addcmul(T.ones(2), T.ones(2), T.ones(2), 2)", "T.addcmul(T.ones(2), T.tensor(2.), T.ones(2), T.ones(2))",
        "T.arange(10.)[20:].storage_offset()", "T.arange(10.)[5:2].storage_offset()", "T.ones(3, 4)[5:, 1:].storage_offset()", "T.ones(0, 4)[2:, 1].storage_offset()",
        "T.lu(T.zeros(2, 2))", "T.lu(T.ones(2, 3))", "T.cholesky_inverse(T.zeros(2, 2))", "T.linalg.lstsq(T.eye(2), T.ones(2, 2, 1))",
        "T.ones(2).type('torch.cuda.FloatTensor')", "T.ones(2).type('FloatTensor')", "T.ones(3, 3)[[slice(0, 1), 0]]", "T.__version__ >= (1, 8)", "T.__version__ < '2.0'",
        "[int(x) for x in T.__version__.split('.')[:2]]", "T.__version__ == '2.13.0'", "T.Event().query()", "T.Event().record()", "T.Stream().wait_stream(T.Stream())",
    ],
)  # fmt: skip
def test_the_same_answers_errors_and_warnings(text):
    told(torch, text), told(lucet, text)  # what is said once has been said
    mine, its = told(lucet, text), told(torch, text)
    if isinstance(its[0], Refused):
        assert isinstance(mine[0], Refused) and set(its[0]) <= set(mine[0])
    else:
        assert mine == its


@pytest.mark.parametrize("text", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_losses_of_tensors_without_dimensions_have_torchs_type(text):
    with warnings.catch_warnings(action="ignore"):
        for one, other in (((2,), ()), ((), (1,)), ((), ()), ((2,), (2,))):
            mine = getattr(lucet._ops, text)(lucet.ones(one).half(), lucet.ones(other))
            its = getattr(torch.nn.functional, text)(torch.ones(one).half(), torch.ones(other))
            assert str(mine.dtype)[6:] == str(its.dtype)[6:], (one, other)


def test_warnings_come_once_when_torchs_come_and_begin_with_its_words():
    program = """
import pickle, sys, warnings, numpy
if sys.argv[1] == "torch": import torch as T
else: import lucet as T
def hooked(T):
    x = T.ones(1, requires_grad=True)
    x.register_hook(print)
    return x
for text in ["T.cross(T.ones(2, 3), T.ones(2, 3))", "T.cholesky(T.eye(2))", "T.qr(T.eye(2))", "T.lu(T.eye(2))", "T.triangular_solve(T.ones(2, 1), T.eye(2))",
             "T.where(T.ones(2).byte(), T.ones(2), T.ones(2))", "T.searchsorted(T.arange(6).view(3, 2).t(), T.ones(2, 1))", "T.searchsorted(T.arange(6), T.ones(3, 2).t())",
             "T.add(T.ones(2), 1, T.ones(2))", "T.sub(T.ones(2), 1, T.ones(2))", "T.meshgrid(T.ones(2), T.ones(2))", "T.chain_matmul(T.eye(2), T.eye(2))",
             "T.ones(3).scatter_(0, T.tensor([0]), T.ones(1), reduce='add')", "T.ones(3).scatter_(0, T.tensor([0]), 2., reduce='add')",
             "T.ones(3).index_reduce_(0, T.tensor([0]), T.ones(1), 'prod')", "T.var(T.zeros(0, 3), [1])", "T.var(T.zeros(1, 0), [1])", "T.std(T.ones(3), correction=3)",
             "T.tensor([[numpy.ones(2)]])", "T.tensor([numpy.ones(0)])", "T.tensor([numpy.float32(1)])", "T.ones(3)[T.tensor(1, dtype=T.uint8)]",
             "T.ones(3)[T.tensor([1, 0, 1], dtype=T.uint8)]", "T.stft(T.ones(16), 4)", "T.stft(T.ones(16), 4, return_complex=True)",
             "T.stft(T.ones(16), 4, return_complex=False)", "T.istft(T.ones(3, 5, dtype=T.complex64), 4)", "T.ones(3).T", "T.ones(()).mT", "T.ones(()).mH", "T.range(0, 2)",
             "T.lu_solve(T.ones(2, 1), T.eye(2), T.ones(2, dtype=T.int32))", "T.set_default_tensor_type(T.FloatTensor)", "T._check_is_size(1)",
             "T.nn.functional.dropout2d(T.ones(2, 2))", "T.nn.functional.dropout2d(T.ones(2, 2, 2))", "T.nn.functional.dropout3d(T.ones(2, 2))", "T.autocast('cuda')",
             "pickle.dumps(hooked(T))", "T.FloatStorage(2)", "T.no_grad()(type('A', (), {}))", "T.ones(2).storage()"]:
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try: eval(text)
            except RuntimeError: pass
        print(text, [(one.category.__name__, str(one.message).partition(" (Triggered")[0][:56]) for one in caught])  # as a filter finds them
"""
    mine, its = (subprocess.run([sys.executable, "-c", program, name], capture_output=True, text=True, timeout=300, check=True).stdout for name in ("lucet", "torch"))
    assert mine == its


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gamma_and_dirichlet_draw_torchs_numbers(dtype):
    alpha = np.array([[0.5, 1, 3], [0.01, 20, 100]])
    mine, its = lucet.tensor(alpha, dtype=getattr(lucet, dtype)), torch.tensor(alpha, dtype=getattr(torch, dtype))
    lucet.manual_seed(3), torch.manual_seed(3)
    for _ in range(20):
        for name in ("_standard_gamma", "_sample_dirichlet"):
            for turn in (False, True):
                a, b = (getattr(library, name)(x.t() if turn else x) for library, x in ((lucet, mine), (torch, its)))
                np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-7 if dtype == "float32" else 1e-14)
                assert a.stride() == b.stride() and str(a.dtype)[6:] == dtype
        assert lucet.rand(1).item() == torch.rand(1).item()  # the streams stand at one place
    a, b = mine.requires_grad_(), its.requires_grad_()
    lucet.manual_seed(0), torch.manual_seed(0)
    lucet._standard_gamma(a).sum().backward(), torch._standard_gamma(b).sum().backward()
    np.testing.assert_allclose(a.grad.numpy()[:, 1:], b.grad.numpy()[:, 1:], rtol=2e-3)  # torch's is a fit
    assert type(lucet._sample_dirichlet(a).grad_fn).__name__ and lucet._standard_gamma(a).grad_fn.name() == torch._standard_gamma(b).grad_fn.name()


def test_deterministic_algorithms_do_what_torchs_do():
    calls = [
        "T.empty(2)", "T.empty(2, dtype=T.uint8)", "T.empty(2, dtype=T.int64)", "T.empty(2, dtype=T.bool)", "T.empty_like(T.ones(2))", "T.ones(1).new_empty(2)", "T.Tensor(2)",
        "T.ones(2).resize_(2, 3)", "T.ones(4).resize_(2)", "T.ones(1).resize_as_(T.ones(3))", "T.empty_strided((2,), (2,))", "T.empty(2, out=T.ones(2))",
        "T.ones(2).put_(T.tensor([0, 1]), T.ones(2))", "T.ones(2).put_(T.tensor([0, 1]), T.ones(2), True)", "T.ones(2).put(T.tensor([0, 1]), T.ones(2))",
        "T.ones(2).index_add_(0, T.tensor([0, 1]), T.ones(2))", "T.ones(2).scatter_(0, T.tensor([0, 1]), T.ones(2))", "T.median(T.ones(2), 0)",
    ]  # fmt: skip
    for options in ({}, {"warn_only": True}):
        for library in (lucet, torch):
            library.use_deterministic_algorithms(True, **options)
        try:
            for text in calls:
                assert str(told(lucet, text)) == str(told(torch, text)), text
        finally:
            for library in (lucet, torch):
                library.use_deterministic_algorithms(False)


@pytest.mark.parametrize("tree", [{"a": [1, (2, None)], "b": 3}, [], (1, [2, {"x": 3}]), 5])
def test_trees_are_taken_apart_as_torchs(tree):
    (mine, spec), (its, other) = lucet_trees.tree_flatten(tree), torch_trees.tree_flatten(tree)
    assert mine == its and repr(spec) == repr(other) and (spec.num_leaves, spec.num_nodes, spec.num_children) == (other.num_leaves, other.num_nodes, other.num_children)
    paths = [(lucet_trees.keystr(path), leaf) for path, leaf in lucet_trees.tree_flatten_with_path(tree)[0]]
    assert paths == [(torch_trees.keystr(path), leaf) for path, leaf in torch_trees.tree_flatten_with_path(tree)[0]]


@pytest.mark.parametrize("name", ["max", "min", "sort", "topk", "kthvalue", "median", "mode", "cummax", "aminmax", "frexp"])
def test_results_with_out_are_of_torchs_types(name):
    arguments = {"topk": (1, 0), "kthvalue": (1, 0), "aminmax": (), "frexp": ()}.get(name, (0,))
    kinds = []
    for library in (lucet, torch):
        x = library.ones(2, 2)
        options = {"dim": 0} if name == "aminmax" else {}
        plain = getattr(library, name)(x, *arguments, **options)
        kinds.append((type(plain).__name__, type(getattr(library, name)(x, *arguments, **options, out=tuple(part.clone() for part in plain))).__name__))
    assert kinds[0] == kinds[1] == (name, f"{name}_out")


LISTS = [
    "T._foreach_add(a, 1)", "T._foreach_add(a, [1, 2])", "T._foreach_add(a, b, alpha=2)", "T._foreach_add(a, T.tensor(2.), alpha=3)", "T._foreach_add(a, T.ones(2))", "T._foreach_add(a, [1])",
    "T._foreach_add(a, [])", "T._foreach_add([], 1)", "T._foreach_add(a, b[:1])", "T._foreach_add(a, 1, alpha=2)", "T._foreach_add(a, 'x')", "T._foreach_add(3, a)", "T._foreach_add(a, 1j)",
    "T._foreach_add(self=a, other=b)", "T._foreach_add(a, [T.ones(2), 2])", "T._foreach_sub(a, b, alpha=2)", "T._foreach_sub(a, T.tensor(1.))", "T._foreach_sub([T.ones(2) > 0], 1)",
    "T._foreach_mul(a, T.tensor(2.))", "T._foreach_mul([T.ones(2, dtype=T.int64)], 2.5)", "T._foreach_div(a, b)", "T._foreach_div([T.ones(2, dtype=T.int64)], 2)", "T._foreach_pow(2, a)",
    "T._foreach_pow(a, [1, 2])", "T._foreach_pow(a, b)", "T._foreach_clamp_min(a, 2)", "T._foreach_clamp_max(a, b)", "T._foreach_maximum(a, [1., 5.])", "T._foreach_minimum(a, 2)",
    "T._foreach_addcmul(a, b, b)", "T._foreach_addcmul(a, b, b, 2)", "T._foreach_addcmul(a, b, b, [1, 2])", "T._foreach_addcmul(a, b, b, T.tensor([1., 2.]))", "T._foreach_addcmul(a, b, b, T.tensor(1.))",
    "T._foreach_addcmul(a, b, b, T.tensor([1.]))", "T._foreach_addcdiv(a, b, b, scalars=[1, 2])", "T._foreach_addcdiv(a, b, b[:1])", "T._foreach_lerp(a, b, 0.5)", "T._foreach_lerp(a, b, b)",
    "T._foreach_lerp(a, b, [0.5, 0.25])", "T._foreach_norm(a)", "T._foreach_norm(a, 1, T.float64)", "T._foreach_norm(a, float('inf'))", "T._foreach_powsum(a, 3)", "T._foreach_max(a)",
    "T._foreach_max([T.ones(0)])", "T._foreach_clone(a)", "T._foreach_mm([T.eye(2)], [T.ones(2, 2)])", "T._foreach_mm(a, b)", "T._foreach_abs(T.ones(2))", "T._foreach_abs([1])", "T._foreach_abs()",
    "T._foreach_copy_(a, b)", "T._foreach_zero_(a)", "T._foreach_add_([T.ones(2, dtype=T.int64)], 1.5)", "T._foreach_copy_(a, b[:1])", "T._foreach_round(a, 1)",
]  # fmt: skip


@pytest.mark.parametrize("text", LISTS + [f"T._foreach_{name}(a)" for name in ("abs", "sqrt", "sigmoid", "lgamma", "frac", "reciprocal", "trunc")])
def test_ops_on_lists_are_torchs(text):
    found = []
    for library in (lucet, torch):
        a, b = ([library.tensor([1.5, 3.0]) + k, library.tensor([-2.0, 4.0, 6.0]) * (k + 1)] for k in (0, 1))
        try:
            result = eval(text, {"T": library, "a": a, "b": b})
        except Exception as problem:
            found.append([kind for kind in (TypeError, ValueError, RuntimeError) if isinstance(problem, kind)])
        else:
            found.append((type(result), result is a, [str(x.dtype).rpartition(".")[2] for x in result], [x.numpy() for x in result]))
    if isinstance(found[1], list):
        assert isinstance(found[0], list) and set(found[1]) <= set(found[0])
    else:
        assert found[0][:3] == found[1][:3]
        for mine, its in zip(found[0][3], found[1][3], strict=True):
            np.testing.assert_allclose(mine, its, rtol=1e-6)


def test_every_op_on_lists_is_there_in_place_too():
    names = [name for name in dir(torch) if name.startswith("_foreach_")]
    assert len(names) > 90 and [name for name in names if not hasattr(lucet, name)] == []
    x = [lucet.tensor([0.25, 0.5])]
    for name in names:
        if name.endswith("_") and name not in ("_foreach_copy_", "_foreach_zero_") and hasattr(torch, name[:-1]):
            plain = name[:-1]
            extra = {"lerp": (x, 0.5), "addcmul": (x, x), "addcdiv": (x, x)}.get(plain[9:], ())
            try:
                expected = getattr(lucet, plain)(x, *extra)
            except TypeError:  # of two operands
                extra = (2,)
                expected = getattr(lucet, plain)(x, *extra)
            written = [x[0].clone()]
            assert getattr(lucet, name)(written, *extra) is written and written[0].equal(expected[0]), name


@pytest.mark.parametrize(
    "text",
    [
        "T._assert(True, 'no')", "T._assert(T.ones(1) > 0, 'no')", "T._check(True)", "T._check(False, lambda: 'text')", "T._check(T.ones(1) > 0)", "T._check(1)", "T._check(False, 'text')",
        "T._check_index(False)", "T._check_value(False)", "T._check_type(False)", "T._check_not_implemented(False)", "T._check_with(KeyError, False, None)", "T._check_with(int, False, None)",
        "T._check_tensor_all(T.ones(2) > 0)", "T._check_tensor_all(T.ones(2) < 0)", "T._check_tensor_all(True)", "T._check_tensor_all(T.ones(2))", "T.sym_int(2.7)", "T.sym_float(2)", "T.sym_not(1)",
        "T.sym_max(1, 2.)", "T.sym_min(3, 2)", "T.sym_max('a', 1)", "T.sym_sum([1, 2.5])", "T.sym_sum(1, 2)", "T.sym_ite(True, 1, 2)", "T.sym_ite(1, 1, 2)", "T.sym_ite(True, 1, 2.)", "T.sym_sqrt(4)",
        "T.sym_sqrt(-1)", "T.sym_fresh_size(3)", "T.sym_constrain_range(3, min=4)", "T.sym_constrain_range_for_size(3, min=1, max=2)", "isinstance(3, T.SymInt)", "T.cond(True, lambda x: x + 1, lambda x: x, (T.ones(1),))",
        "T.cond(T.ones(2), abs, abs)", "T.cond('x', abs, abs)", "T.cond(T.ones(1) > 0, 1, 2)", "T.while_loop(1, 2, (T.ones(1),))", "T.is_storage(T.ones(2).storage())", "T.is_storage(T.ones(2).untyped_storage())",
        "T.ones(2).set_(T.arange(4.).storage(), 1, (2,), (1,))", "T.ones(2).set_(T.arange(4.).storage())", "T.ones(2).set_(T.ones(4).double().storage())", "T.Tensor(T.ones(3).storage())",
        "T.Tensor(T.ones(3).double().storage())", "T.bfloat16.to_complex() is T.complex64", "T.int64.to_complex()", "T.compile(abs, mode='zz')", "T.compile(abs, mode='default', options={'trace.enabled': True})",
        "T.compile(5)", "isinstance(T.cuda.Event, type)", "isinstance(3, T.cuda.Event)", "T.cuda.Event()", "T.set_default_tensor_type('torch.cuda.FloatTensor')",
        "T.autograd.backward((T.ones(2, requires_grad=True) * 2,), (T.ones(2), T.ones(2)))", "T.autograd.backward((T.ones(2, requires_grad=True) * 2,) * 2, (T.ones(2),))",
        "T.autograd.graph.register_multi_grad_hook((T.ones(2),), print)", "[g.shape for g in (lambda x, y: T.autograd.grad(x * 2, (x, y), T.ones(3, 2), is_grads_batched=True, materialize_grads=True))(T.ones(2, requires_grad=True), T.ones(2, requires_grad=True))]",
        "T.has_lapack", "T.has_spectral",
    ],
)  # fmt: skip
def test_checks_numbers_and_old_storages_are_torchs(text):
    found = []
    for library in (lucet, torch):
        try:
            with warnings.catch_warnings(action="ignore"):
                result = eval(text, {"T": library})
        except Exception as problem:
            found.append([kind for kind in (AssertionError, TypeError, ValueError, RuntimeError, IndexError, KeyError, NotImplementedError) if isinstance(problem, kind)])
        else:
            found.append((result.tolist() if hasattr(result, "tolist") else result,))
    if isinstance(found[1], list):
        assert isinstance(found[0], list) and set(found[1]) <= set(found[0])
    else:
        assert found[0] == found[1]


def test_old_constructors_do_not_follow_the_default_device():
    for library in (lucet, torch):
        library.set_default_device("meta")
        try:
            assert [str(library.Tensor(2).device), str(library.FloatTensor(2).device), str(library.ones(2).device)] == ["cpu", "cpu", "meta"]
        finally:
            library.set_default_device(None)


def test_subclasses_and_modes_step_aside():
    for library in (lucet, torch):

        class Plain(library.Tensor):
            __torch_function__ = library._C._disabled_torch_function_impl

        class Loud(library.overrides.TorchFunctionMode):
            def __torch_function__(self, func, types, args=(), kwargs=None):
                return "taken"

        x = library.ones(2).as_subclass(Plain)
        assert type(x + 1) is library.Tensor
        with Loud():
            assert library.add(x, 1) == "taken"
            with library._C.DisableTorchFunctionSubclass():
                assert library.add(x, 1) == "taken"
            with library._C.DisableTorchFunction():
                assert library.add(x, 1).tolist() == [2, 2]
            assert library.add(x, 1) == "taken"


def test_ops_are_found_under_the_names_of_the_dispatcher():
    for name in ("mm", "add", "relu_", "convolution", "softmax", "nothing_of_the_kind"):
        if hasattr(lucet.ops.aten, name):
            assert hasattr(torch.ops.aten, name)
    assert lucet.ops.aten.mm.default is lucet.mm and lucet.ops.aten.add_.Tensor is lucet.Tensor.add_ and not hasattr(lucet.ops.aten, "nothing_of_the_kind")
    for library in (lucet, torch):
        assert library.ops.aten.add.Tensor(library.ones(1), 2).tolist() == [3]
        with pytest.raises(AttributeError):
            library.ops.aten.add.nothing
        contexts = library.utils.checkpoint.create_selective_checkpoint_contexts([library.ops.aten.mm.default])
        assert len(contexts) == 2


@pytest.mark.parametrize("name", ["has_cuda", "has_cudnn", "has_mps"])
def test_old_questions_are_answered_with_a_warning(name):
    found = []
    for library in (lucet, torch):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found.append((getattr(library, name), [(one.category, str(one.message)) for one in caught]))
    assert found[0] == found[1]
