"""Build the wheels of this repository, each once, and install them with what they declare; publishes nothing.

    python tools/install_local.py nn           lucet-nn, the siblings it declares and their third-party dependencies
    python tools/install_local.py --build nn   only build; print the paths of the wheels

A wheel is kept under .tox/wheels (or $LUCET_WHEELS) by Python version and content, so environments share it and an
unchanged package is never compiled twice. What fits every Python (the C that Cython writes, the kernels) is made by the
first and taken over by the others. Standard library only.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "packages"
CACHE = Path(os.environ.get("LUCET_WHEELS") or ROOT / ".tox" / "wheels")
FLAGS = ("CC", "CXX", "CFLAGS", "CPPFLAGS", "LDFLAGS", "LUCET_BUILD_CHECKED", "LUCET_BUILD_SANITIZE")
SKIPPED_FOLDERS = {"build", "dist", "tests", "__pycache__", ".pytest_cache", ".hypothesis"}
SKIPPED_SUFFIXES = {".so", ".pyc", ".o", ".egg-info"}
KEPT_WHEELS = 3


def project(name: str) -> dict:
    """The `[project]` table of package `name`."""
    return tomllib.loads((PACKAGES / name / "pyproject.toml").read_text())["project"]


def closure(names: list[str]) -> list[str]:
    """`names` and every sibling they declare, siblings first."""
    found: list[str] = []
    for name in names:
        siblings = [dep for dep in project(name)["dependencies"] if dep.startswith("lucet-")]
        for sibling in closure([dep.split("==")[0].removeprefix("lucet-") for dep in siblings]):
            found += [sibling] if sibling not in found else []
        found += [name] if name not in found else []
    return found


def third_party(names: list[str]) -> list[str]:
    """What `names` declare from outside this repository."""
    return sorted({dep for name in names for dep in project(name)["dependencies"] if not dep.startswith("lucet-")})


def sources(folder: Path) -> Iterator[Path]:
    """The files of a package that its wheel is made from, relative to `folder`; products of a build left out."""
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(d for d in folders if d not in SKIPPED_FOLDERS and not d.endswith(".egg-info"))
        for file in sorted(files):
            path = Path(base, file)
            if path.suffix not in SKIPPED_SUFFIXES and not is_rendered(path):
                yield path.relative_to(folder)


def is_rendered(path: Path) -> bool:
    """Whether the build made `path` from a template, as its first line says."""
    if path.suffix not in {".pxd", ".pxi", ".pyx"}:
        return False
    with open(path, "rb") as file:
        return file.readline().startswith(b"# generated from ")


def digest(name: str) -> str:
    """Sixteen hex digits that change when a source of the package, or a setting of its build, changes."""
    content = hashlib.sha256(json.dumps(settings(name)).encode())
    for file in sources(PACKAGES / name):
        data = (PACKAGES / name / file).read_bytes()
        content.update(f"{file.as_posix()}\0{len(data)}\0".encode() + data)
    return content.hexdigest()[:16]


def settings(name: str) -> dict[str, str]:
    """The environment variables that reach the compiler; none for a package without one."""
    return {flag: os.environ[flag] for flag in FLAGS if flag in os.environ} if is_compiled(name) else {}


def is_compiled(name: str) -> bool:
    """Whether the package builds extensions, so that its wheel fits one Python only."""
    return (PACKAGES / name / "setup.py").exists()


def tag(name: str) -> str:
    """The folder of the cache that holds the package's wheels for this interpreter."""
    return f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}" if is_compiled(name) else "py3-none-any"


def wheel(name: str) -> Path:
    """The wheel of package `name` for this interpreter, built if its sources changed since it was last."""
    shelf = CACHE / tag(name)
    shelf.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = shelf / f"{name}-{digest(name)}"
        if not list(kept.glob("*.whl")):
            build(name, kept)
        os.utime(kept)
        drop_old(shelf, name)
        return next(kept.glob("*.whl"))


def build(name: str, target: Path) -> None:
    """Build from a mirror of the sources, so that the tree stays clean and compiled objects survive until next time."""
    variant = hashlib.sha256(json.dumps(settings(name)).encode()).hexdigest()[:8]
    mirror = CACHE / "mirror" / f"{name}-{variant}"
    update(mirror, PACKAGES / name)
    made = target.with_name(target.name + ".part")
    shutil.rmtree(made, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(made), str(mirror)]
    subprocess.run(command, check=True)
    made.rename(target)


def update(mirror: Path, source: Path) -> None:
    """Make `mirror` hold the sources alone (and compiled extensions), touching only files whose content differs."""
    wanted = set(sources(source))
    for file in wanted:
        data, copy = (source / file).read_bytes(), mirror / file
        if not copy.exists() or copy.read_bytes() != data:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(data)
    for path in [path for path in mirror.rglob("*") if path.is_file()]:
        file = path.relative_to(mirror)
        built = file.parts[0] == "build" and (path.suffix == ".so" or file.parts[1] == "cython")
        if file not in wanted and not built and not is_rendered(path):
            path.unlink()


def drop_old(shelf: Path, name: str) -> None:
    """Forget all but the wheels of `name` that were used last."""
    by_age = sorted(shelf.glob(f"{name}-????????????????"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-KEPT_WHEELS]:
        shutil.rmtree(path, ignore_errors=True)


def pip(*arguments: str) -> None:
    """Run this interpreter's pip."""
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True)


def install(names: list[str]) -> None:
    """Install the wheels of `names` into this environment, and nothing of this repository besides."""
    others = [f"lucet-{path.name}" for path in PACKAGES.iterdir() if path.name not in names]
    others = [dist for dist in others if list(metadata.distributions(name=dist))]
    if others:
        pip("uninstall", "--quiet", "--yes", *others)
    pip("install", "--quiet", *third_party(names))
    # the version stays equal while the content changes, so pip has to be told to replace what is there
    pip("install", "--quiet", "--no-deps", "--no-index", "--force-reinstall", *(str(wheel(name)) for name in names))
    pip("check")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=["core", "nn", "optim", "data", "vision"], metavar="package")
    parser.add_argument("--build", action="store_true", help="only build, and print the paths of the wheels")
    arguments = parser.parse_args()
    names = closure(arguments.names)
    if arguments.build:
        print(*(wheel(name) for name in names), sep="\n")
    else:
        install(names)


if __name__ == "__main__":
    main()
