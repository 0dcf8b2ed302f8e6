"""Writes docs/api/parity_modules.md: how many cases of modules, optimizers, schedules, loaders and samplers come out as torch's, counted by the
code that tests/parity runs.

Needs torch. `LUCET_PARITY=full` counts every configuration of torch's module_db.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "parity"))

import loader_samples  # noqa: E402
import module_samples  # noqa: E402
import optim_samples  # noqa: E402
import torch  # noqa: E402

TARGET = ROOT / "docs" / "api" / "parity_modules.md"
HEAD = """# Modules, optimizers and loaders beside torch

Made by `python dev.py moduletable` with torch {version}; tests/parity runs the same cases. A case is

- of a **module**: one configuration (a row of tests/parity/module_cases.py, or {samples} of torch's own `module_db`) and one of: what the
  constructor leaves (attributes, printed form, keys, shapes, values and metadata of the state dict, the place in the random stream); what it
  computes in train and in eval mode, in float64 and float32, from torch's state (results, buffers, gradients of inputs and parameters, of both
  orders in float64); a mistake that torch refuses. By `torch.testing.assert_close` with its defaults; float32 values that are not torch's may
  be twice as far from those of float64 as torch's are.
- of an **optimizer**: the trajectory of 20 steps with one combination of flags of torch's `optim_db` in one element type; its state dict,
  exchanged both ways in the middle; its printed form; an argument that torch refuses.
- of a **schedule**: the rates of 60 steps, its state dict, and going on from it in the middle.
- of a **loader, sampler or split**: two epochs, the length, and the place of both random streams behind them; or the class of the error.

A case in which lucet lacks something counts as not equal, and nothing is skipped.

| family | classes | cases | equal | not equal | equal, % | classes below 95 % |
|---|---|---|---|---|---|---|
"""


def counted(family: str, outcomes: Iterable[tuple[str, str, str | None]]) -> tuple[str, Counter[str]]:
    """The row of a family, and its counts; what differs goes to stderr."""
    cases: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for name, case, problem in outcomes:
        cases[name] += 1
        if problem:
            wrong[name] += 1
            print(f"{case}\n    {problem}", file=sys.stderr)
    weak = [f"`{name}` {share(cases[name], wrong[name]):.0f} %" for name in cases if share(cases[name], wrong[name]) < 95]
    total = Counter(classes=len(cases), cases=cases.total(), wrong=wrong.total())
    return row(family, total, ", ".join(weak) or "none"), total


def share(cases: int, wrong: int) -> float:
    return 100 * (cases - wrong) / cases


def row(family: str, c: Counter[str], weak: str) -> str:
    equal = c["cases"] - c["wrong"]
    return f"| {family} | {c['classes']} | {c['cases']} | {equal} | {c['wrong']} | {share(c['cases'], c['wrong']):.2f} | {weak} |"


def main() -> None:
    families = [(f"modules: {family}", module_samples.outcomes(family)) for family in module_samples.FAMILIES]
    families += [("optimizers and schedules", optim_samples.outcomes()), ("loaders, samplers, splits", loader_samples.outcomes())]
    lines, total = [], Counter[str]()
    for family, outcomes in families:
        line, count = counted(family, outcomes)
        lines.append(line)
        total += count
    page = HEAD.format(version=torch.__version__.partition("+")[0], samples="all" if module_samples.FULL else "some")
    page += "\n".join([*lines, row("**all**", total, "")])
    TARGET.write_text(page + "\n")
    print(page)


if __name__ == "__main__":
    main()
