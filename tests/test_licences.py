"""Every distribution carries the same licence and version, and pins its siblings to that version."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))


def project(folder: Path) -> dict:
    return tomllib.loads((folder / "pyproject.toml").read_text())["project"]


def test_there_are_five_distributions():
    assert [path.name for path in PACKAGES] == ["core", "data", "nn", "optim", "vision"]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda path: path.name)
def test_the_licence_is_a_copy_and_is_declared(folder):
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert project(folder)["license"] == "BSD-3-Clause"
    assert "LICENSE" in project(folder)["license-files"]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda path: path.name)
def test_versions_are_one_and_siblings_are_pinned_to_it(folder):
    version = project(ROOT)["version"]
    assert project(folder)["version"] == version
    assert project(folder)["name"] == f"lucet-{folder.name}"
    siblings = [dep for dep in project(folder)["dependencies"] if dep.startswith("lucet")]
    assert all(re.fullmatch(rf"lucet-[a-z]+=={re.escape(version)}", dep) for dep in siblings), siblings


def test_the_running_version_is_the_declared_one():
    import lucet
    from lucet import _rooms

    assert project(ROOT)["version"] == _rooms.VERSION == lucet.version.lucet == lucet.__version__.partition("+lucet.")[2]


def test_the_changelog_has_an_entry_for_this_version():
    assert f"## {project(ROOT)['version']}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda path: path.name)
def test_python_and_readme_are_declared(folder):
    assert project(folder)["requires-python"] == ">=3.11"
    assert (folder / project(folder)["readme"]).stat().st_size > 200
