"""Records what torch answers to the programs of packages/core/tests/engine_cases.py: `python tools/goldens_engine.py` (needs torch)."""

import json
import math
import sys
import warnings
from pathlib import Path

import torch

TESTS = Path(__file__).resolve().parent.parent / "packages" / "core" / "tests"


def plain(value):
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return "nan" if math.isnan(value) else float(f"{value:.9g}")
    return value


def main():
    sys.path.insert(0, str(TESTS))
    from engine_cases import CASES

    warnings.simplefilter("ignore")
    lines = [f"{json.dumps(name)}: {json.dumps(plain(run(torch)))}" for name, run in CASES.items()]
    (TESTS / "goldens" / "engine.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
