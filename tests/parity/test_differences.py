"""The lists of names in docs/differences.md: each is in torch and not in lucet, and no public name of torch is missing and in none of them."""

import importlib
import inspect
import pkgutil
import re
import sys
import types
from pathlib import Path

import pytest
import torch

import lucet
import lucetvision

# torchvision's compiled operators need not match this torch; nothing compared here calls them
sys.modules.setdefault("torchvision._meta_registrations", types.ModuleType("torchvision._meta_registrations"))
import torchvision  # noqa: E402

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "differences.md").read_text()
ROWS = re.findall(r"^\| `(torch[\w.]*)`([^|]*)\| ([^|]*) \|", PAGE.partition("## Left out of core")[2], re.MULTILINE)
LISTED = {}
for _home, _, _names in ROWS:
    LISTED.setdefault(_home, set()).update(re.findall(r"`(\w+)`", _names.rpartition(":")[2]))


def member(home, name):
    """The attribute or submodule (of an attribute that is None or False: True), or None."""
    try:
        if hasattr(home, name):
            return getattr(home, name) or True
        return importlib.import_module(f"{home.__name__}.{name}") if inspect.ismodule(home) else None
    except ImportError:
        return None


def both(path):
    """The module of that path in torch or torchvision, and the one in lucet or lucetvision."""
    try:  # where a function has the name of the module that it comes from
        return importlib.import_module(path), importlib.import_module(path.replace("torch", "lucet", 1))
    except ImportError:
        pass
    top, *names = path.split(".")
    found = [torch, lucet] if top == "torch" else [torchvision, lucetvision]
    for name in names:
        found = [member(home, name) for home in found]
    return found


@pytest.mark.parametrize("path,about,missing", ROWS, ids=[path + about for path, about, _ in ROWS])
def test_what_is_listed_is_in_torch_and_not_in_lucet(path, about, missing):
    theirs, ours = both(path)
    names = re.findall(r"`(\w+)`", missing.rpartition(":")[2])
    assert names
    assert [name for name in names if member(theirs, name) is None] == [], "not in torch"
    assert [name for name in names if member(ours, name) is not None] == [], "lucet has it"


@pytest.mark.parametrize("path", ["torch.nn", "torch.optim", "torch.optim.lr_scheduler", "torchvision.transforms"])
def test_no_class_is_left_out(path):
    theirs, ours = both(path)
    classes = [name for name, kind in vars(theirs).items() if isinstance(kind, type) and kind.__module__.startswith(path)]
    listed = {name for home, _, missing in ROWS if home == path for name in re.findall(r"`(\w+)`", missing)}
    assert [name for name in classes if name[0] != "_" and not hasattr(ours, name) and name not in listed] == []


# --- every name of torch ---------------------------------------------------------------------------------------------


def is_listed(path, name):
    """Whether a name of a module of torch is in a list: of the module, or of a package around it, which says it for all inside."""
    parts = path.split(".")
    around = [".".join(parts[:n]) for n in range(2, len(parts) + 1)] or [path]
    return any(name in LISTED.get(home, ()) for home in around)


def is_left_out(path):
    """Whether a module of torch, or a package that it is in, is a room that is left out, or is listed in the package around it."""
    parts = path.split(".")
    for n in range(2, len(parts) + 1):
        inner = ".".join(parts[1:n])
        if f"lucet.{inner}" in lucet._rooms.LEFT_OUT or is_listed(".".join(parts[: n - 1]), parts[n - 1]):
            return True
    return False


def public_names(module):
    """`__all__`, or what a module defines without an underscore, and its public submodules that are imported."""
    named = getattr(module, "__all__", None)
    if named is not None and module is not torch:
        return [name for name in named if isinstance(name, str) and hasattr(module, name)]
    found = []
    for name, thing in vars(module).items():
        if name[0] == "_":
            continue
        if inspect.ismodule(thing):
            mine = thing.__name__.startswith(module.__name__ + ".") and not thing.__name__.rpartition(".")[2].startswith("_")
        else:
            mine = module is torch or getattr(thing, "__module__", None) == module.__name__
        if mine:
            found.append(name)
    return found


def modules_of_torch(package=torch):
    """The public modules that are not left out, by path; what does not import without another library is no module."""
    for found in pkgutil.iter_modules(package.__path__):
        path = f"{package.__name__}.{found.name}"
        # `torch.testing` beyond its public functions, and programs, are torch's own
        if found.name[0] == "_" or is_left_out(path) or path in ("torch.bin", "torch.lib", "torch.contrib"):
            continue
        try:
            module = importlib.import_module(path)
        except ImportError:
            continue
        yield path
        if found.ispkg and hasattr(module, "__path__"):
            yield from modules_of_torch(module)


MODULES = ["torch", *modules_of_torch()]


@pytest.mark.parametrize("path", MODULES)
def test_every_public_name_of_torch_is_there_or_listed(path):
    try:
        ours = importlib.import_module(path.replace("torch", "lucet", 1))
    except ImportError:
        home, _, name = path.rpartition(".")
        assert member(importlib.import_module(home.replace("torch", "lucet", 1)), name) is not None, "not there and not listed"
        return
    theirs = importlib.import_module(path)
    missing = [name for name in public_names(theirs) if member(ours, name) is None]
    assert [name for name in missing if not is_listed(path, name) and not is_left_out(f"{path}.{name}")] == []


@pytest.mark.parametrize("kind", ["Tensor", "Generator", "Size", "device", "dtype", "finfo", "iinfo", "UntypedStorage", "autograd.graph.Node"])
def test_every_public_attribute_is_there_or_listed(kind):
    theirs, ours = both(f"torch.{kind}")
    missing = [name for name in dir(theirs) if name[0] != "_" and not hasattr(ours, name)]
    assert [name for name in missing if name not in LISTED.get(f"torch.{kind}", ())] == []


@pytest.mark.parametrize("path", sorted(lucet._rooms.LEFT_OUT))
def test_whoever_imports_what_is_left_out_hears_why(path):
    with pytest.raises(ImportError, match=r"is not in lucet: .*docs/differences.md"):
        importlib.import_module(path)
    home, _, name = path.rpartition(".")
    with pytest.raises(AttributeError, match="is not in lucet: "):
        getattr(importlib.import_module(home), name)


# What the core leaves out on purpose, row by row. The page says it, and so does whoever asks for such a module.
LEFT_OUT = """sparse quantized nested named GPU TorchScript compile distributed complex32 distributions fx onnx hub library masked package futures
quasirandom monitor""".split()
IN_THEIR_ROWS = "ao export mtia xpu".split()


def rows_of(section):
    """The first cells of the table of two columns under a heading."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE)[1:]


def test_the_list_of_what_is_left_out_is_that_and_no_more():
    rows = rows_of("Left out of core")
    assert len(rows) == len(LEFT_OUT)
    assert [name for name, row in zip(LEFT_OUT, rows, strict=True) if name not in re.findall(r"\w+", row)] == []
    assert [name for name in IN_THEIR_ROWS if not any(f"`{name}`" in row for row in rows)] == []


def test_every_room_that_is_left_out_says_so():
    rows = rows_of("Left out of core") + rows_of("Left out with them")
    named = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)} - {"cuda", "accelerator", "distributed", "compile"}
    assert {f"lucet.{name}" for name in named} == set(lucet._rooms.LEFT_OUT)
    assert [name for name in named if name != "quasirandom" and member(torch, name) is None] == []
