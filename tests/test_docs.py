"""Documents that are made from the code say what the code says."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_ops_is_fresh():
    spec = importlib.util.spec_from_file_location("optable", ROOT / "tools" / "optable.py")
    optable = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(optable)
    assert optable.TARGET.read_text() == optable.table(), "run python dev.py optable"


def sources() -> Iterator[Path]:
    """All code, but nothing that a build made."""
    endings = {".py", ".pyx", ".pxi", ".tp", ".h"}  # a .pxd only names what is in C
    for top in ("packages", "tests", "tools", "benchmarks", "examples", "dev.py"):
        for path in [ROOT / top, *(ROOT / top).rglob("*")]:
            if path.suffix in endings and "build" not in path.relative_to(ROOT).parts and path.is_file():
                yield path


def test_every_environment_variable_is_told_and_none_besides():
    page = (ROOT / "docs" / "environment.md").read_text()
    read = {name for path in sources() for name in re.findall(r"""["'](LUCET_[A-Z_]+)["']""", path.read_text())}
    assert read == set(re.findall(r"LUCET_[A-Z_]+[A-Z]", page))
