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


def test_warnings_come_once_and_when_torchs_come():
    program = """
import sys, warnings
if sys.argv[1] == "torch": import torch as T
else: import lucet as T
for text in ["T.cross(T.ones(2, 3), T.ones(2, 3))", "T.cholesky(T.eye(2))", "T.qr(T.eye(2))", "T.lu(T.eye(2))", "T.triangular_solve(T.ones(2, 1), T.eye(2))",
             "T.where(T.ones(2).byte(), T.ones(2), T.ones(2))", "T.searchsorted(T.arange(6).view(3, 2).t(), T.ones(2, 1))", "T.searchsorted(T.arange(6), T.ones(3, 2).t())",
             "T.add(T.ones(2), 1, T.ones(2))", "T.sub(T.ones(2), 1, T.ones(2))", "T.FloatStorage(2)", "T.no_grad()(type('A', (), {}))", "T.ones(2).storage()"]:
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            eval(text)
        print(text, [one.category.__name__ for one in caught])
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
