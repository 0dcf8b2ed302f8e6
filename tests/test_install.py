"""Installing: subsets of the packages in environments of their own, mixed versions, source distributions, the root."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from test_wheels import wheels

ROOT = Path(__file__).parent.parent
NAMES = ["core", "nn", "optim", "data", "vision"]
MISSING = "lucet.nn is not installed: pip install lucet-nn, or from a clone pip install ./packages/nn"


def run(*command: object, **how) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, env=environment, **how
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def pip(environment: Path, *arguments: object, check: bool = True) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pip", "--python", environment / "bin" / "python", *arguments]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, done.stdout + done.stderr
    return done


@pytest.fixture
def environment(tmp_path) -> Path:
    """A new virtual environment that sees nothing but the third-party packages of this one."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    link(tmp_path / "venv", "numpy", "PIL", "tqdm")
    return tmp_path / "venv"


def link(environment: Path, *names: str) -> None:
    """Let an environment see packages of this one."""
    site = next((environment / "lib").glob("python3*")) / "site-packages"
    for name in names:
        here = Path(__import__(name).__file__).parent
        for entry in [
            here,
            *here.parent.glob(f"{name}*"),
            *here.parent.glob("pillow*"),
            here.parent / "_distutils_hack",
        ]:
            if entry.exists() and not (site / entry.name).exists():
                (site / entry.name).symlink_to(entry)


def python(environment: Path, code: str, cwd: Path) -> str:
    return run(environment / "bin" / "python", "-c", code, cwd=cwd)


@pytest.mark.parametrize("chosen", [["core"], ["core", "nn"], ["core", "optim"], ["core", "data"], NAMES])
def test_each_package_works_with_what_it_declares(chosen, environment, tmp_path):
    pip(environment, "install", "--quiet", "--no-index", "--no-deps", *(wheels()[name] for name in chosen))
    pip(environment, "check")
    code = "import importlib.util as u; print([m for m in ('lucet', 'lucet.nn', 'lucet.optim', 'lucet.utils.data',"
    code += " 'lucetvision') if u.find_spec(m) is not None and __import__(m)])"
    modules = {"core": "lucet", "nn": "lucet.nn", "optim": "lucet.optim", "data": "lucet.utils.data"}
    modules["vision"] = "lucetvision"
    assert python(environment, code, tmp_path) == str([modules[name] for name in chosen])
    assert python(environment, "import lucet; print(len(lucet.__path__))", tmp_path) == "1"


def test_the_command_is_installed(environment, tmp_path):
    pip(environment, "install", "--quiet", "--no-index", "--no-deps", *wheels().values())
    assert "train" in run(environment / "bin" / "lucetvision", "--help", cwd=tmp_path)


def test_editable_packages_stand_beside_a_wheel(environment, tmp_path):
    link(environment, "setuptools")
    names = ["nn", "optim", "data"]
    editable = []
    for name in names:
        run(sys.executable, "-c", COPY, ROOT / "packages" / name, tmp_path / name)
        editable += ["--editable", tmp_path / name]
    pip(environment, "install", "--quiet", "--no-index", "--no-deps", wheels()["core"])
    pip(environment, "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", *editable)
    code = "import lucet.nn, lucet.optim, lucet.utils.data as data; print(lucet.nn.__file__, lucet.optim.__file__, data.__file__)"
    found = python(environment, code, tmp_path).split()
    assert [tmp_path / name in Path(file).parents for name, file in zip(names, found, strict=True)] == [True] * 3
    pip(environment, "uninstall", "--quiet", "--yes", "lucet-nn")
    code = "import lucet.optim\ntry:\n    import lucet.nn\nexcept ImportError as error:\n    print(error)"
    assert python(environment, code, tmp_path) == MISSING


def renumbered(wheel: Path, version: str, folder: Path) -> Path:
    """A wheel of the same name and contents, as if it were of another version."""
    old = wheel.name.split("-")[1]
    target = folder / wheel.name.replace(f"-{old}-", f"-{version}-")
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(target, "w") as made:
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith("METADATA"):
                data = data.replace(f"\nVersion: {old}\n".encode(), f"\nVersion: {version}\n".encode())
            if info.filename.endswith("_rooms.py"):
                data = data.replace(f'VERSION = "{old}"'.encode(), f'VERSION = "{version}"'.encode())
            if not info.filename.endswith("RECORD"):
                made.writestr(info.filename.replace(f"-{old}.dist-info", f"-{version}.dist-info"), data)
        made.writestr(f"lucet_core-{version}.dist-info/RECORD", "")
    return target


def test_mixed_versions_do_not_install_together(environment, tmp_path):
    newer = renumbered(wheels()["core"], "99.0.0", tmp_path)
    done = pip(environment, "install", "--no-index", newer, wheels()["nn"], check=False)
    assert done.returncode != 0
    assert "lucet-core" in done.stdout + done.stderr


def test_mixed_versions_that_were_forced_say_what_to_upgrade(environment, tmp_path):
    newer = renumbered(wheels()["core"], "99.0.0", tmp_path)
    others = [wheels()[name] for name in NAMES[1:]]
    pip(environment, "install", "--quiet", "--no-index", "--no-deps", newer, *others)
    code = """
for module in ('lucet.nn', 'lucet.optim', 'lucet.utils.data', 'lucetvision'):
    try:
        __import__(module)
    except ImportError as error:
        print(error)
"""
    lines = python(environment, code, tmp_path).splitlines()
    dists = ["lucet-nn", "lucet-optim", "lucet-data", "lucet-vision"]
    assert len(lines) == 4
    for line, dist in zip(lines, dists):
        assert "lucet-core is 99.0.0: pip install --upgrade lucet-" in line, line
        assert dist in line or dist == "lucet-vision", line


def test_a_missing_package_is_named(environment, tmp_path):
    pip(environment, "install", "--quiet", "--no-index", "--no-deps", wheels()["core"])
    code = "try:\n    from lucet import nn\nexcept ImportError as error:\n    print(error)"
    assert python(environment, code, tmp_path) == MISSING


# --- sources ---


@pytest.mark.parametrize("name", NAMES)
def test_a_source_distribution_holds_all_that_a_build_needs(name, tmp_path):
    copy = tmp_path / name
    run(sys.executable, "-c", COPY, ROOT / "packages" / name, copy)
    before = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    code = "import setuptools.build_meta as b, sys; print(b.build_sdist(sys.argv[1]))"
    made = run(sys.executable, "-c", code, tmp_path, cwd=copy).splitlines()[-1]
    with tarfile.open(tmp_path / made) as archive:
        inside = {member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()}
    needed = {file for file in before if file.startswith("src/")} | {"LICENSE", "README.md", "pyproject.toml"}
    needed |= {"setup.py"} & before
    assert needed <= inside, sorted(needed - inside)
    assert not [file for file in inside if file.endswith((".so", ".pyc", ".o"))]


COPY = """
import shutil, sys
skip = shutil.ignore_patterns("build", "dist", "tests", "__pycache__", "*.egg-info", "*.so", "*.pyc", ".*")
shutil.copytree(sys.argv[1], sys.argv[2], ignore=skip)
"""


def test_the_root_project_installs_the_five_and_is_never_published():
    root = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {f"lucet-{name} @ {{root:uri}}/packages/{name}" for name in NAMES}
    assert set(root["project"]["dependencies"]) == wanted  # an index refuses such dependencies


def test_every_build_names_what_it_needs():
    for name in NAMES:
        build = tomllib.loads((ROOT / "packages" / name / "pyproject.toml").read_text())["build-system"]
        assert build["build-backend"] == "setuptools.build_meta"
        assert any(need.startswith("setuptools") for need in build["requires"])
        assert any(need.startswith("cython") for need in build["requires"]) == (name == "core")
