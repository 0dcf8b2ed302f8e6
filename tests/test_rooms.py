"""Who may import whom: every import and cimport statement in the repository, against one table of allowed arrows."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ROOT / "packages"

# Distribution -> what its sources may import besides the standard library and itself.
MAY_IMPORT = {
    "core": {"numpy", "cython", "cpython", "libc", "libcpp", "safetensors", "tensorboard", "google", "PIL", "matplotlib"},
    "nn": {"core"},
    "optim": {"core", "nn", "matplotlib"},  # nn from one file, loaded when an averaged model is asked for; see ONLY_IN
    "data": {"core", "numpy"},  # batches of arrays; NumPy comes with core
    "vision": {"core", "nn", "optim", "data", "numpy", "PIL", "tqdm"},
}
# The files, or the folder, that alone may import a thing.
ONLY_IN = {
    "PIL": {"lucetvision/io.py", "lucet/utils/tensorboard/"},  # the others below are optional extras too, and what comes with them
    "google": {"lucet/utils/tensorboard/"},
    "matplotlib": {"lucet/utils/tensorboard/", "lucet/optim/_lr_find.py"},
    "safetensors": {"lucet/serialization/safetensors.py"},
    "tensorboard": {"lucet/utils/tensorboard/"},
    "urllib": {"lucetvision/datasets/_download.py", "lucetvision/models/_weights.py"},
}
# Rooms of core, lowest first: a room may import rooms before it, and its own.
CORE_ORDER = [
    {"errors"},
    {"_errors", "_hooks", "_rooms", "_registry", "return_types"},
    {"_size", "_device", "_dtype", "_modes"},
    {"_kernels", "_threads", "_type_info"},
    {"_storage"},
    {"_tensor"},
    {"_print"},
    {"_engine"},
    {"_ops", "random", "_random"},
    {"_composed", "_legacy", "_settings"},
]
# Beside each other at the top of core, each may import all rooms above.
CORE_TOP = {"autograd", "serialization", "testing", "utils", "linalg", "fft", "signal", "special", "func"}
CORE_TOP |= {"backends", "cuda", "amp", "accelerator", "overrides", "version", "__config__", "multiprocessing", "distributed", "profiler", "compiler", "cpu", "debug"}
CORE_TOP |= {"_C", "_checks", "_foreach", "_streams", "functional", "ops", "storage", "torch_version", "types"}
# Calls upwards that are made when they are needed, never at import: (from, to) -> why.
DEFERRED = {
    ("_tensor", "_ops"): "the legacy constructor Tensor(2, 3) is an op",
    ("_tensor", "_print"): "repr",
    ("_tensor", "serialization"): "pickling",
}


def room_of(module: str) -> str | None:
    """The distribution that `module` belongs to, or the top-level name of something else; None for standard library."""
    top = module.partition(".")[0]
    if top == "lucetvision":
        return "vision"
    if top != "lucet":
        return None if top in sys.stdlib_module_names else top
    for prefix, room in (("lucet.nn", "nn"), ("lucet.optim", "optim"), ("lucet.utils.data", "data")):
        if module == prefix or module.startswith(prefix + "."):
            return room
    return "core"


def module_name(path: Path, source: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def python_imports(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """(line, module) of each import statement, in functions too; `from a import b` gives a.b as well as a."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


CYTHON = re.compile(r"^\s*(?:from\s+([\w.]+)\s+c?import\s+(.+)|c?import\s+([\w.]+(?:\s*,\s*[\w.]+)*))")


def cython_imports(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """The same for Cython, line by line."""
    package = name.rpartition(".")[0]
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = CYTHON.match(line)
        if match is None:
            continue
        if match[3]:
            yield from ((number, part.strip()) for part in match[3].split(","))
            continue
        dots = len(match[1]) - len(match[1].lstrip("."))
        base = package.split(".")[: len(package.split(".")) - dots + 1] if dots else []
        module = ".".join([*base, match[1].lstrip(".")]).strip(".")
        yield number, module
        names = re.sub(r"#.*|[()]", "", match[2]).split(",")
        yield from ((number, f"{module}.{part.split()[0]}") for part in names if part.strip())


def imports(package: str) -> Iterator[tuple[Path, str, int, str]]:
    """(file, module of the file, line, imported module) for all sources of a distribution."""
    source = PACKAGES / package / "src"
    for path in sorted(source.rglob("*")):
        read = python_imports if path.suffix in (".py", ".pyi") else cython_imports
        if path.suffix in (".py", ".pyi", ".pyx", ".pxd", ".pxi"):
            name = module_name(path, source)
            yield from ((path, name, line, module) for line, module in read(path, name))


def exists(module: str, package: str) -> bool:
    base = PACKAGES / package / "src" / module.replace(".", "/")
    return base.is_dir() or any(base.with_suffix(suffix).exists() for suffix in (".py", ".pyx", ".pxd", ".pyi"))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_distributions_import_only_what_the_table_allows(package):
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path, _, line, module in imports(package)
        if (room := room_of(module)) not in {None, package} | MAY_IMPORT[package] and not _only_for_types(path, room)
    ]
    assert not wrong, "\n".join(wrong)


def _only_for_types(path: Path, room: str | None) -> bool:
    # lucet/__init__ names its rooms for type checkers; at run time they are found when they are asked for
    return (
        path.name in ("__init__.py", "__init__.pyi") and path.parent.name in ("lucet", "utils") and room in MAY_IMPORT
    )


def test_files_networks_and_extras_are_reached_from_one_place_each():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for package in MAY_IMPORT
        for path, _, line, module in imports(package)
        for thing, places in ONLY_IN.items()
        if module.partition(".")[0] == thing
        and not any(place in path.as_posix() for place in places)
        and not _asks_for_a_type(path, line)
    ]
    assert not wrong, "\n".join(wrong)


def test_optimizers_reach_modules_from_one_file_that_is_loaded_when_it_is_asked_for():
    found = {path.name for path, _, _, module in imports("optim") if room_of(module) == "nn"}
    assert found == {"_averaging.py"}
    loading = [
        (path.name, path.read_text().splitlines()[line - 1])
        for path, _, line, module in imports("optim")
        if module.endswith("._averaging") and not _asks_for_a_type(path, line)
    ]
    assert loading == [("swa_utils.py", "    from . import _averaging")]


def _asks_for_a_type(path: Path, line: int) -> bool:
    """Whether the statement stands under `if TYPE_CHECKING:`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return node.lineno < line <= (node.end_lineno or node.lineno)
    return False


def core_room(module: str) -> str | None:
    """The room inside core that holds `module`: its second name; None for lucet itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "lucet" and len(parts) > 1 else None


def level(room: str) -> int:
    for number, rooms in enumerate(CORE_ORDER):
        if room in rooms:
            return number
    return len(CORE_ORDER) if room in CORE_TOP else -1


def test_every_room_of_core_is_on_the_list():
    source = PACKAGES / "core" / "src" / "lucet"
    rooms = {path.name.partition(".")[0] for path in source.iterdir() if not path.name.startswith("__")}
    rooms = {room for room in rooms if exists(f"lucet.{room}", "core")}
    assert not {room for room in rooms if level(room) < 0}


def test_arrows_inside_core_never_turn_round():
    wrong = []
    for path, name, line, module in imports("core"):
        here, there = core_room(name), core_room(module)
        if path.suffix == ".pyi":  # read by type checkers only: nothing is imported when the program runs
            continue
        if here is None or there is None or here == there or not exists(f"lucet.{there}", "core"):
            continue
        deferred = (here, there) in DEFERRED and path.read_text().splitlines()[line - 1].startswith(" ")
        if level(there) > level(here) and not deferred:
            wrong.append(f"{path.relative_to(ROOT)}:{line} ({here}) imports {module}")
    assert not wrong, "\n".join(wrong)


def test_the_registry_and_the_errors_need_the_standard_library_alone():
    for name in ("_registry", "errors", "_errors", "_rooms"):
        path = PACKAGES / "core" / "src" / "lucet" / f"{name}.py"
        outside = {room_of(module) for _, module in python_imports(path, f"lucet.{name}")} - {None, "core"}
        assert not outside, name


def test_nothing_shipped_imports_the_tools_or_the_tests():
    for package in MAY_IMPORT:
        for path, _, line, module in imports(package):
            assert module.partition(".")[0] not in ("tools", "tests"), f"{path}:{line}"


def test_a_turned_arrow_is_found(tmp_path):
    file = tmp_path / "_tensor.pyx"
    file.write_text("from lucet._ops cimport add\ncimport lucet._engine\nfrom .nn import Module  # no\n")
    assert [module for _, module in cython_imports(file, "lucet._tensor")] == [
        "lucet._ops", "lucet._ops.add", "lucet._engine", "lucet.nn", "lucet.nn.Module",
    ]  # fmt: skip
    assert room_of("lucet.nn.Module") == "nn"
    assert level("_ops") > level("_tensor")
