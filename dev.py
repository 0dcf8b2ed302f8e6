"""The developer's one command: environment, builds, tests, checks. Standard library only; real work lives elsewhere.

python dev.py setup          an environment in .venv with the five packages editable and the tools to check them
python dev.py build          compile core in place (--check turns on bounds and None checks)
python dev.py test [...]     pytest on everything but the comparison with torch; arguments go to pytest
python dev.py lint [--fix]   ruff and cython-lint
python dev.py types          mypy over the five source trees, seen as the one package that users see
python dev.py stubs          write core's type stubs from its registry
python dev.py optable        write docs/api/ops.md from core's registry of ops
python dev.py paritytable    write docs/api/parity.md, how much comes out equal to torch (needs torch)
python dev.py moduletable    write docs/api/parity_modules.md, the same of modules, optimizers and loaders (needs torch)
python dev.py bench [...]    run benchmarks/<name>.py for the names given, or all; `--moved`: what moved by more than 10 %
python dev.py docs           run every example in the docstrings
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
NAMES = ["core", "nn", "optim", "data", "vision"]
SOURCES = {name: ROOT / "packages" / name / "src" for name in NAMES}
BUILD_TOOLS = ["setuptools>=77", "wheel", "cython>=3.1"]
CHECK_TOOLS = ["pytest>=8", "hypothesis>=6.100", "ruff>=0.6", "cython-lint>=0.16", "mypy>=1.11", "numpy"]
OPTIONAL = ["matplotlib>=3.8", "safetensors>=0.8", "tensorboard>=2.18"]  # what core's extras bring, for their tests


def run(*command: object, **environment: str) -> None:
    """Run a command from the root of the repository; stop with its exit code when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=os.environ | environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def setup() -> None:
    """Make .venv, put the tools there, and install the five packages editable."""
    venv = ROOT / ".venv"
    run(sys.executable, "-m", "venv", venv)
    python = venv / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--upgrade")
    run(*pip, "pip", *BUILD_TOOLS, *CHECK_TOOLS, *OPTIONAL)
    for name in NAMES:
        run(*pip, "--no-build-isolation", "--editable", ROOT / "packages" / name)
    print(f"ready: source {(venv / 'bin' / 'activate').relative_to(ROOT)}")


def build(*arguments: str) -> None:
    """Compile core in place; only what changed is compiled again."""
    checked = {"LUCET_BUILD_CHECKED": "1"} if "--check" in arguments else {}
    force = ["--force"] if checked else []
    run(sys.executable, "packages/core/setup.py", "--quiet", "build_ext", "--inplace", *force, **checked)


def test(*arguments: str) -> None:
    """Run the tests of every package and those that cross packages."""
    run(sys.executable, "-m", "pytest", *(arguments or ("-q", "packages", "tests")))


def lint(*arguments: str) -> None:
    """Check style, imports and unused names in Python and Cython."""
    run(sys.executable, "-m", "ruff", "check", *arguments, ".")
    lint_cython([path for path in sorted(SOURCES["core"].rglob("*.py[xd]")) if not is_rendered(path)])


def is_rendered(path: Path) -> bool:
    """Whether the build made the file from a template."""
    return path.read_text().startswith("# generated from ")


def lint_cython(paths: list[Path]) -> None:
    """cython-lint, without two complaints that are not meant for us.

    Arguments carry torch's names, so `dtype` and `device` hide the classes; and it does not look into included files,
    where the names of a `.pyx` with includes are used.
    """
    here = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )  # it calls pycodestyle by name
    command = [sys.executable, "-m", "cython_lint.cython_lint", *map(str, paths)]
    done = subprocess.run(command, env=os.environ | {"PATH": here}, capture_output=True, text=True, check=False)
    if done.stderr:
        sys.exit(done.stderr)
    includes = {str(path) for path in paths if "\ninclude " in path.read_text()}
    complaints = [
        line
        for line in done.stdout.splitlines()
        if "shadows global import" not in line
        and not ("imported but unused" in line and line.split(":")[0] in includes)
    ]
    if complaints:
        sys.exit("\n".join(complaints))


def types() -> None:
    """Type-check the namespace as users see it: one folder of links to the five source trees."""
    farm = ROOT / "build" / "types"
    shutil.rmtree(farm, ignore_errors=True)
    for source in SOURCES.values():
        link_tree(source, farm)
    packages = [f"--package={path.name}" for path in sorted(farm.iterdir()) if path.is_dir()]
    # Incremental runs lose the submodules that a package in an import cycle names by `from . import`.
    run(sys.executable, "-m", "mypy", "--no-incremental", *packages, MYPYPATH=str(farm))
    users = ["tests/typed_program.py", *sorted(path.relative_to(ROOT) for path in (ROOT / "examples").glob("*.py"))]
    strictly = ["--strict", "--follow-imports=silent", "--no-incremental"]
    run(sys.executable, "-m", "mypy", *strictly, *users, MYPYPATH=str(farm))


def link_tree(source: Path, target: Path) -> None:
    """Mirror the folders under `source` in `target`, with links for the Python files and stubs."""
    for path in sorted(source.rglob("*.py*")):
        if path.suffix in {".py", ".pyi"} or path.name == "py.typed":
            link = target / path.relative_to(source)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)


def stubs() -> None:
    """Write core's type stubs from the registry of ops and the compiled classes."""
    run(sys.executable, "tools/stubs.py")


def optable() -> None:
    """Write docs/api/ops.md from the registry of ops."""
    run(sys.executable, "tools/optable.py")


def paritytable() -> None:
    """Write docs/api/parity.md from the comparison with torch's sample database."""
    run(sys.executable, "tools/paritytable.py")


def moduletable() -> None:
    """Write docs/api/parity_modules.md from the comparison of modules, optimizers and loaders with torch's."""
    run(sys.executable, "tools/moduletable.py")


def bench(*arguments: str) -> None:
    """Run benchmarks one after another: those named, or all that compare with torch case by case; options go to each.

    Every op of torch's sample database takes ten minutes and runs by name: `python dev.py bench bench_ops`.
    `python dev.py bench --moved` prints what moved by more than 10 % against the ratios in benchmarks/ratios.
    """
    options = [argument for argument in arguments if argument.startswith("-")]
    names = [argument for argument in arguments if argument not in options] or ["bench_small_ops", "bench_steps", "bench_kernels"]
    for name in names:
        run(sys.executable, ROOT / "benchmarks" / f"{name}.py", *options)


def docs() -> None:
    """Run the examples in docstrings and in the pages under docs."""
    guide = sorted((ROOT / "docs").rglob("*.md"))
    # Core's own test runs its examples as a program would: among the names of `lucet` itself, `float` and `bool` are element types.
    core = ROOT / "packages" / "core" / "tests" / "test_doctests.py"
    others = [source for name, source in SOURCES.items() if name != "core"]
    run(sys.executable, "-m", "pytest", "-q", "--doctest-glob=*.md", "--doctest-modules", core, *others, *guide)


COMMANDS = {function.__name__: function for function in (setup, build, test, lint, types, stubs, optable, paritytable, moduletable, bench, docs)}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else None
    if command in ("-h", "--help"):
        print(__doc__)
    elif command not in COMMANDS:
        sys.exit(__doc__ if command is None else f"dev.py has no command {command!r}, only: {' | '.join(COMMANDS)}")
    else:
        COMMANDS[command](*sys.argv[2:])


if __name__ == "__main__":
    main()
