"""Records what torch answers to engine_cases.py and print_cases.py of core's tests: `python tools/goldens_core.py` (needs torch)."""

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
    import engine_cases
    import print_cases

    warnings.simplefilter("ignore")
    write("engine", {name: plain(run(torch)) for name, run in engine_cases.CASES.items()})
    write("print", {name: print_cases.text_of(make(torch), "torch") for name, make in print_cases.CASES.items()})


def write(name, answers):
    lines = [f"{json.dumps(key)}: {json.dumps(answer)}" for key, answer in answers.items()]
    (TESTS / "goldens" / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
