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
    write("dtypes", dtypes())
    write("print", {name: print_cases.text_of(make(torch), "torch") for name, make in print_cases.CASES.items()})


DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()


def dtypes():
    """Promotion of pairs, of the three tiers (tensors, tensors without dimensions, numbers), and which casts are allowed."""
    of = {name: getattr(torch, name) for name in DTYPES}
    pairs = [(a, b) for a in DTYPES for b in DTYPES]
    operands = {name: torch.zeros(2, dtype=of[name]) for name in DTYPES}
    operands |= {f"{name}()": torch.zeros((), dtype=of[name]) for name in DTYPES}
    operands |= {"True": True, "1": 1, "1.5": 1.5, "1j": 1j}

    def plain_name(dtype):
        return str(dtype).removeprefix("torch.")

    return {
        "pairs": [plain_name(torch.promote_types(of[a], of[b])) for a, b in pairs],
        "casts": [torch.can_cast(of[a], of[b]) for a, b in pairs],
        "tiers": {f"{a} {b}": plain_name(torch.result_type(operands[a], operands[b])) for a in operands for b in operands},
    }


def write(name, answers):
    lines = [f"{json.dumps(key)}: {json.dumps(answer)}" for key, answer in answers.items()]
    (TESTS / "goldens" / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
