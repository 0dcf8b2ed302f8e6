"""What the wheels hold: the files that they should, none twice, none astray, and no more bytes than were promised."""

import os
import re
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
NAMES = ["core", "nn", "optim", "data", "vision"]
MB = 1_000_000
# Bytes of a wheel, and of all five unpacked.
LARGEST = {"core": 6 * MB, "nn": 0.3 * MB, "optim": 0.3 * MB, "data": 0.3 * MB, "vision": 9 * MB}
LARGEST_UNPACKED = 25 * MB
FOLDERS = {
    "core": "lucet/",
    "nn": "lucet/nn/",
    "optim": "lucet/optim/",
    "data": "lucet/utils/data/",
    "vision": "lucetvision/",
}
SUFFIXES = {"core": {".py", ".pyi", ".so"}, "vision": {".py", ".pyi", ".xz", ".pt", ".json", ".fashion-mnist"}}


@cache
def wheels() -> dict[str, Path]:
    """The wheels of this checkout for this Python, built now unless they are from before."""
    command = [sys.executable, str(ROOT / "tools" / "install_local.py"), "--build", *NAMES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    paths = [Path(line) for line in done.stdout.split("\n") if line.endswith(".whl")]
    return {path.name.split("-")[0].removeprefix("lucet_"): path for path in paths}


def files(name: str) -> list[str]:
    """What the wheel installs, without its metadata."""
    return [entry for entry in zipfile.ZipFile(wheels()[name]).namelist() if ".dist-info/" not in entry]


def test_there_is_one_wheel_of_each():
    assert sorted(wheels()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_keeps_to_its_folder_and_to_known_kinds_of_files(name):
    for entry in files(name):
        path = PurePosixPath(entry)
        assert entry.startswith(FOLDERS[name]), entry
        known = path.suffix in SUFFIXES.get(name, {".py", ".pyi"}) or path.name == "py.typed"
        assert known or path.name.startswith("LICENSE"), entry
        assert not re.search(r"(^|/)(tests?|build|__pycache__|references)/", entry), entry
        assert not path.name.startswith(("test_", "conftest")), entry


@pytest.mark.parametrize("name", NAMES)
def test_every_python_source_of_a_package_is_in_its_wheel(name):
    source = ROOT / "packages" / name / "src"
    there = {path.relative_to(source).as_posix() for path in source.rglob("*.py")}
    build_time = {entry for entry in there if entry.startswith("lucet/_kernels/")}
    assert there - build_time <= set(files(name))


def test_only_core_owns_the_shared_folders():
    for name in NAMES:
        owned = {"lucet/__init__.py", "lucet/utils/__init__.py"} & set(files(name))
        assert len(owned) == (2 if name == "core" else 0), (name, owned)


def test_no_two_wheels_share_a_file():
    owners: dict[str, str] = {}
    for name in NAMES:
        for entry in files(name):
            assert entry not in owners, (entry, name, owners[entry])
            owners[entry] = name


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_is_typed(name):
    assert f"{FOLDERS[name]}py.typed" in files(name)


@pytest.mark.parametrize("name", NAMES)
def test_only_core_is_compiled(name):
    compiled = [entry for entry in files(name) if entry.endswith(".so")]
    assert bool(compiled) == (name == "core")
    assert wheels()[name].name.endswith("-py3-none-any.whl") == (name != "core")


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_carries_its_licence(name):
    archive = zipfile.ZipFile(wheels()[name])
    found = [entry for entry in archive.namelist() if entry.endswith(".dist-info/licenses/LICENSE")]
    assert len(found) == 1
    assert archive.read(found[0]) == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_is_small(name):
    if name == "core" and os.environ.get("LUCET_BUILD_SANITIZE"):
        pytest.skip("a sanitized build is large")
    assert wheels()[name].stat().st_size <= LARGEST[name]


def test_all_five_unpacked_are_small():
    sizes = [info.file_size for name in NAMES for info in zipfile.ZipFile(wheels()[name]).infolist()]
    assert sum(sizes) <= LARGEST_UNPACKED


def test_no_path_of_the_building_machine_is_inside():
    inside = str(ROOT).encode()
    for name in NAMES:
        archive = zipfile.ZipFile(wheels()[name])
        for entry in archive.namelist():
            assert inside not in archive.read(entry), (name, entry)
