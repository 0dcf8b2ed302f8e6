"""Writes docs/api/parity.md: how many cases of torch's op_db come out equal, family by family, counted by the code that tests/parity runs.

Needs torch. `LUCET_PARITY=full` counts every sample.
"""

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "parity"))

from op_families import FAMILIES, LEFT_OUT  # noqa: E402
from op_samples import ENTRIES, FULL, KINDS, function_of, has, label, outcomes, torch  # noqa: E402

TARGET = ROOT / "docs" / "api" / "parity.md"
HEAD = """# Beside torch

Made by `python dev.py paritytable` with torch {version}, from {samples} of torch's own sample database (`op_db`). A case is one sample
of one element type in one form: the call (values, element types, shapes, shared memory, strides where torch promises them), its gradients
of both orders in float64 and complex128, the form with `out=`, the form in place, a call that torch refuses (the class of the error).
Values are compared by `torch.testing.assert_close` with its defaults, wider only where op_db's own tests are; a float16, bfloat16, float32
or complex64 result that is not torch's counts as equal where it is that of torch in float64. *Known to differ* are the differences
below; they count against the percentage.

| family | names | there | cases | equal | known to differ | not equal | equal, % |
|---|---|---|---|---|---|---|---|
"""


def main() -> None:
    lines, total, whys, weak = [], Counter(), Counter(), []
    for family, infos in ENTRIES.items():
        names = FAMILIES[family].split()
        there = {info.name for info in infos if function_of(info) is not None}
        count = Counter(names=len(names), there=len(there))
        for info in infos:
            mine = Counter()
            for kind in KINDS:
                if has(info, kind):
                    for case, problem, known in outcomes(info, kind):
                        mine["cases"] += 1
                        mine["known" if known else "failed" if problem else "equal"] += 1
                        if known:
                            whys[known] += 1
                        elif problem:
                            print(label(info), kind, case, problem, file=sys.stderr)
            if mine["cases"] and mine["equal"] < 0.95 * mine["cases"]:
                weak.append(f"`{label(info)}` {100 * mine['equal'] / mine['cases']:.0f} %")
            count += mine
        lines.append(row(family, count))
        total += count
    page = HEAD.format(version=torch.__version__.partition("+")[0], samples="all samples" if FULL else "some samples of each entry")
    page += "\n".join([*lines, row("**all**", total)])
    page += "\n\nKnown to differ (cases):\n\n" + "\n".join(f"- {why} ({n})" for why, n in whys.most_common())
    page += f"\n\nEntries with less than 95 % equal: {', '.join(weak) or 'none'}.\n"
    page += "\nNot compared:\n\n" + "\n".join(
        f"- {why}: " + ", ".join(f"`{name}`" for name in names.split()) for why, names in LEFT_OUT.items()
    )
    TARGET.write_text(page + "\n")
    print(page.partition("\n\nKnown")[0])


def row(family: str, c: Counter) -> str:
    share = 100 * c["equal"] / max(c["cases"], 1)
    return f"| {family} | {c['names']} | {c['there']} | {c['cases']} | {c['equal']} | {c['known']} | {c['failed']} | {share:.2f} |"


if __name__ == "__main__":
    main()
