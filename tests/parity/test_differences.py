"""The list of what is not there yet in docs/differences.md: each name is in torch and not in lucet, and no class is left out."""

import importlib
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
ROWS = re.findall(r"^\| `(torch[\w.]*)`([^|]*)\| ([^|]*) \|", PAGE.partition("## Not there yet")[2], re.MULTILINE)


def member(home, name):
    """The attribute or submodule, or None."""
    try:
        return getattr(home, name, None) or importlib.import_module(f"{home.__name__}.{name}")
    except ImportError:
        return None


def both(path):
    """The module of that path in torch or torchvision, and the one in lucet or lucetvision."""
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


# Issue by issue: what the core leaves out on purpose. The page says it, and so does whoever asks for such a module.
LEFT_OUT = """sparse quantized nested named GPU TorchScript compile distributed complex32 distributions fx export onnx hub library masked package
futures quasirandom ao monitor mtia xpu""".split()


def test_the_list_of_what_is_left_out_is_whole():
    section = PAGE.partition("## Left out of core")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)[1:]
    words = set(re.findall(r"\w+", " ".join(rows)))
    assert [name for name in LEFT_OUT if name not in words] == []
    named = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)} - {"cuda", "accelerator", "distributed", "compile"}
    assert {f"lucet.{name}" for name in named} == set(lucet._rooms.LEFT_OUT)
    assert [name for name in named if name != "quasirandom" and member(torch, name) is None] == []
