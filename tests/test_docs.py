"""Documents that are made from the code say what the code says."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_ops_is_fresh():
    spec = importlib.util.spec_from_file_location("optable", ROOT / "tools" / "optable.py")
    optable = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(optable)
    assert optable.TARGET.read_text() == optable.table(), "run python dev.py optable"
