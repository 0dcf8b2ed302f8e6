"""lucet.nn.functional holds what core's registry shows there, and tells type checkers so."""

import ast
from pathlib import Path

import lucet
import lucet.nn.functional as F


def test_the_stub_tells_all_names_and_no_others():
    tree = ast.parse(Path(F.__file__).with_suffix(".pyi").read_text())
    told = [alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert told == F.__all__
    assert {name for name in vars(F) if not name.startswith("_")} == set(told)


def test_functions_are_the_ops_themselves():
    assert F.linear is lucet._ops.linear
    assert F.softmax is lucet.softmax


def test_in_place_activations_are_functions_only():
    for name in ("elu_", "hardtanh_", "leaky_relu_", "relu_", "threshold_"):
        x = lucet.tensor([-2.0, 3.0])
        more = (0.0, 1.0) if name == "threshold_" else ()
        expected = getattr(F, name[:-1])(x, *more)
        assert getattr(F, name)(x, *more) is x
        assert x.tolist() == expected.tolist(), name
    assert not hasattr(F, "tanh_")
    assert not hasattr(F, "sigmoid_")
