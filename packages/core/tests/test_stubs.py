"""Type stubs: they are what tools/stubs.py makes of the registry, they parse, and they name what is really there."""

import ast
import importlib
import importlib.util
from pathlib import Path

import pytest

import lucet

TOOL = Path(__file__).resolve().parents[3] / "tools" / "stubs.py"


def made():
    spec = importlib.util.spec_from_file_location("lucet_stubs_tool", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool.stubs()


STUBS = made()


@pytest.mark.parametrize("path", STUBS, ids=lambda path: "/".join(path.parts[-2:]))
def test_stub_is_fresh(path):
    assert path.read_text() == STUBS[path], "run python tools/stubs.py"


def names_told(tree):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id


@pytest.mark.parametrize("path", [p for p in STUBS if "nn" not in p.parts], ids=lambda path: "/".join(path.parts[-2:]))
def test_stub_names_exist(path):
    inside = path.with_suffix("").parts
    dotted = ".".join(inside[len(inside) - inside[::-1].index("lucet") - 1 :]).removesuffix(".__init__")
    module = importlib.import_module(dotted)
    for name in names_told(ast.parse(STUBS[path])):
        assert hasattr(module, name) or name == "__getattr__", name


def test_every_public_name_is_told():
    path = next(path for path in STUBS if path.parts[-2:] == ("lucet", "__init__.pyi"))
    tree = ast.parse(STUBS[path])
    told = set(names_told(tree)) | {a.asname for node in tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
    public = {name for name in dir(lucet) if not name.startswith("_")} - {"TYPE_CHECKING"}
    assert public <= told, sorted(public - told)


def test_every_member_of_tensor_is_told():
    path = next(path for path in STUBS if path.name == "_tensor.pyi")
    kind = next(node for node in ast.parse(STUBS[path]).body if isinstance(node, ast.ClassDef) and node.name == "Tensor")
    told = {node.name for node in kind.body if isinstance(node, ast.FunctionDef)}
    missing = {name for name in vars(lucet.Tensor) if not name.startswith("_")} - told
    assert not missing, sorted(missing)
    assert all(hasattr(lucet.Tensor, name) for name in told)
