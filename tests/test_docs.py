"""Documents that are made from the code say what the code says."""

import importlib.util
import re
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

import lucetvision.datasets
from lucet.errors import LucetError
from lucet.utils.data import Subset

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


READMES = [ROOT / "README.md", *sorted(ROOT.glob("packages/*/README.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def few_images(monkeypatch):
    """The embedded images cut short: the examples are to run, not to learn."""
    embedded = lucetvision.datasets.FashionMNISTMini
    monkeypatch.setattr(lucetvision.datasets, "FashionMNISTMini", lambda **options: Subset(embedded(**options), range(128)))


@pytest.mark.usefixtures("few_images")
@pytest.mark.parametrize("page", [page for page in READMES if "```python" in page.read_text()], ids=lambda page: str(page.relative_to(ROOT)))
def test_the_programs_of_a_readme_run_and_their_errors_read_as_it_says(page, tmp_path, monkeypatch):
    """The blocks of a page are one program; a block that raises is followed by what Python prints."""
    monkeypatch.chdir(tmp_path)
    names = {}
    said = None
    for language, text in BLOCK.findall(page.read_text()):
        if language == "python":
            assert said is None, f"the page does not show the error: {said}"
            try:
                exec(compile(text, str(page), "exec"), names)
            except LucetError as problem:
                said = "".join(traceback.format_exception_only(problem))
        elif "Error: " in text:
            assert text == said
            said = None
    assert said is None, f"the page does not show the error: {said}"


def test_a_readme_shows_no_error_but_in_a_block_that_is_compared():
    for page in READMES:
        assert not re.findall(r"^.*Error: .*", BLOCK.sub("", page.read_text()), re.MULTILINE), page
