"""What a missing or mismatched sibling says, in every spelling; each case in a process that sees core alone."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy
import pytest

import lucet

ROOMS = [("lucet.nn", "nn"), ("lucet.optim", "optim"), ("lucet.utils.data", "data")]


def says(module: str, part: str) -> str:
    return f"{module} is not installed: pip install lucet-{part}, or from a clone pip install ./packages/{part}"


def run_with_core_only(code: str, tmp_path: Path, rooms: dict[str, str] | None = None) -> str:
    """Run `code` where one folder holds core, NumPy and `rooms` (file: text, for siblings), as wheels would."""
    site = tmp_path / "site"
    _link_tree(Path(lucet.__file__).parent, site / "lucet", skip={"nn", "optim", "data"})
    for entry in Path(numpy.__file__).parent.parent.glob("numpy*"):
        (site / entry.name).symlink_to(entry)
    for file, text in (rooms or {}).items():
        path = site / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    # -S: no site-packages and none of the .pth files of the environment that runs the tests
    program = f"import sys; sys.path.insert(0, {str(site)!r})\n" + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False, env=_env()
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _env() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _link_tree(source: Path, target: Path, skip: set[str]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.name in skip or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            _link_tree(entry, target / entry.name, skip)
        else:
            (target / entry.name).symlink_to(entry)


@pytest.mark.parametrize(("module", "part"), ROOMS)
def test_import_names_the_package_to_install(module, part, tmp_path):
    said = run_with_core_only(
        f"""
        import lucet
        try:
            import {module}
        except ModuleNotFoundError as error:
            print(error)
        """,
        tmp_path,
    )
    assert said == says(module, part)


@pytest.mark.parametrize(("module", "part"), ROOMS)
def test_import_without_importing_lucet_first_says_the_same(module, part, tmp_path):
    said = run_with_core_only(
        f"""
        try:
            import {module}.anything
        except ModuleNotFoundError as error:
            print(error)
        """,
        tmp_path,
    )
    assert said == says(module, part)


@pytest.mark.parametrize(("module", "part"), ROOMS)
def test_from_import_names_the_package_to_install(module, part, tmp_path):
    parent, _, name = module.rpartition(".")
    said = run_with_core_only(
        f"""
        try:
            from {parent} import {name}
        except ModuleNotFoundError as error:
            print(error)
        """,
        tmp_path,
    )
    assert said == says(module, part)


@pytest.mark.parametrize(("module", "part"), ROOMS)
def test_no_other_name_is_suggested_for_a_missing_room(module, part, tmp_path):
    said = run_with_core_only(
        f"""
        import sys
        import {module.rpartition(".")[0]}
        sys.stderr = sys.stdout
        try:
            {module}
        except AttributeError:
            sys.excepthook(*sys.exc_info())
        """,
        tmp_path,
    )
    assert said.splitlines()[-1] == f"AttributeError: {says(module, part)}"


@pytest.mark.parametrize(("module", "part"), ROOMS)
def test_attribute_names_the_package_and_hasattr_stays_false(module, part, tmp_path):
    parent, _, name = module.rpartition(".")
    said = run_with_core_only(
        f"""
        import {parent}
        try:
            {module}
        except AttributeError as error:
            print(error)
        print(hasattr({parent}, {name!r}), getattr({parent}, {name!r}, "default"))
        """,
        tmp_path,
    )
    assert said.splitlines() == [says(module, part), "False default"]


@pytest.mark.parametrize(("module", "part"), ROOMS)
def test_find_spec_hears_none(module, part, tmp_path):
    assert run_with_core_only(f"import importlib.util as u; print(u.find_spec({module!r}))", tmp_path) == "None"


@pytest.mark.parametrize(
    "spelling",
    ["import lucet.nn", "from lucet import nn", "import lucet.nn.functional as F", "from lucet.nn import Linear"],
)
def test_optional_import_idiom(spelling, tmp_path):
    said = run_with_core_only(
        f"""
        try:
            {spelling}
        except ImportError:
            print("without")
        try:
            {spelling}
        except ImportError:
            print("twice")
        """,
        tmp_path,
    )
    assert said.splitlines() == ["without", "twice"]


def test_the_error_is_not_left_half_imported(tmp_path):
    said = run_with_core_only(
        """
        import sys, lucet
        for _ in range(2):
            try:
                import lucet.nn
            except ImportError as error:
                print(error.name)
        print("lucet.nn" in sys.modules, sum("MissingRooms" in type(f).__name__ for f in sys.meta_path))
        """,
        tmp_path,
    )
    assert said.splitlines() == ["lucet-nn", "lucet-nn", "False 1"]


def test_an_unknown_attribute_stays_an_ordinary_attribute_error(tmp_path):
    said = run_with_core_only(
        """
        import lucet
        try:
            lucet.no_such_thing
        except AttributeError as error:
            print(error)
        print(hasattr(lucet, "no_such_thing"))
        """,
        tmp_path,
    )
    assert said.splitlines() == ["module 'lucet' has no attribute 'no_such_thing'", "False"]


def test_an_installed_room_is_imported_by_attribute(tmp_path):
    rooms = {
        "lucet/nn/__init__.py": "class Linear: pass\n",
        "lucet/optim/__init__.py": "SGD = 1\n",
        "lucet/utils/data/__init__.py": "DataLoader = 2\n",
    }
    code = "import lucet; print(lucet.nn.Linear.__name__, lucet.optim.SGD, lucet.utils.data.DataLoader)"
    assert run_with_core_only(code, tmp_path, rooms) == "Linear 1 2"
    assert run_with_core_only("import lucet; print(hasattr(lucet, 'nn'))", tmp_path / "again", rooms) == "True"


def test_a_room_is_not_imported_before_it_is_asked_for(tmp_path):
    rooms = {"lucet/nn/__init__.py": "print('imported')\n"}
    assert run_with_core_only("import lucet; print('ready')", tmp_path, rooms) == "ready"


def test_a_failing_import_inside_a_room_is_not_called_a_missing_room(tmp_path):
    rooms = {"lucet/nn/__init__.py": "import no_such_dependency\n"}
    said = run_with_core_only(
        """
        import lucet
        for attempt in ("lucet.nn", "__import__('lucet.nn')"):
            try:
                eval(attempt)
            except ModuleNotFoundError as error:
                print(error.name)
        """,
        tmp_path,
        rooms,
    )
    assert said.splitlines() == ["no_such_dependency"] * 2


def test_mixed_versions_are_told_in_one_line_at_import(tmp_path):
    rooms = {"lucet/nn/__init__.py": "from lucet._rooms import require\nrequire('lucet-nn', '99.0.0')\n"}
    said = run_with_core_only(
        """
        try:
            import lucet.nn
        except ImportError as error:
            print(error)
        """,
        tmp_path,
        rooms,
    )
    assert said.startswith("lucet-nn is 99.0.0 but lucet-core is ")
    assert said.endswith(": pip install --upgrade lucet-core==99.0.0")
    assert "\n" not in said


@pytest.mark.parametrize("older", ["0.0.1", "0.0.9rc1", "0.1.0.dev3", "0.1.0a2"])
def test_the_older_side_is_the_one_to_upgrade(older, monkeypatch):
    from lucet import _rooms

    monkeypatch.setattr(_rooms, "VERSION", "0.1.0")
    with pytest.raises(ImportError, match=r"pip install --upgrade lucet-nn==0\.1\.0$"):
        _rooms.require("lucet-nn", older)
    monkeypatch.setattr(_rooms, "VERSION", older)
    with pytest.raises(ImportError, match=r"pip install --upgrade lucet-core==0\.1\.0$"):
        _rooms.require("lucet-nn", "0.1.0")


def test_equal_versions_agree():
    from lucet import _rooms

    assert _rooms.require("lucet-nn", _rooms.VERSION) is None


def test_what_is_left_out_says_so_in_every_spelling(tmp_path):
    printed = run_with_core_only(
        """
        import importlib.util, lucet
        from lucet._rooms import LEFT_OUT
        for module in LEFT_OUT:
            if module.startswith(("lucet.nn.", "lucet.utils.data.")):  # whose package is not here
                continue
            parent, _, name = module.rpartition(".")
            assert not hasattr(eval(parent), name) and importlib.util.find_spec(module) is None, module
            for attempt in (f"import {module}", f"from {parent} import {name}", f"from {module} import x", module):
                try:
                    exec(attempt)
                except (ImportError, AttributeError) as problem:
                    assert str(problem).startswith(f"{module} is not in lucet: "), (attempt, problem)
                else:
                    raise AssertionError(attempt)
        print(len(LEFT_OUT))
        """,
        tmp_path,
    )
    assert int(printed) >= 60


@pytest.mark.parametrize(("module", "library"), [("lucet.utils.tensorboard", "tensorboard"), ("lucet.serialization.safetensors", "safetensors")])
def test_a_room_whose_extra_is_not_installed_names_the_extra_in_every_spelling(module, library, tmp_path):
    parent, _, name = module.rpartition(".")
    printed = run_with_core_only(
        f"""
        import lucet
        for attempt in ("import {module}", "from {parent} import {name}", "from {module} import x", "import {module}"):
            try:
                exec(attempt)
            except ImportError as problem:
                print(problem)
        print(hasattr({parent}, {name!r}))
        """,
        tmp_path,
    )
    said = f"{module} needs {library}, which is not installed: pip install 'lucet-core[{library}]', or pip install {library}"
    assert printed.splitlines() == [said] * 4 + ["False"]


def test_a_library_that_is_there_but_lacks_something_is_not_called_missing(tmp_path):
    printed = run_with_core_only(
        """
        try:
            import lucet.utils.tensorboard
        except ImportError as problem:
            print(problem)
        """,
        tmp_path,
        {"tensorboard/__init__.py": "import no_such_module"},
    )
    assert printed == "No module named 'no_such_module'"
