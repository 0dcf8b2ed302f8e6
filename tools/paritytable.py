"""Writes docs/api/parity.md: how many cases of torch's op_db come out equal, family by family, counted by the code that tests/parity runs.

Needs torch. `LUCET_PARITY=full` counts every sample.
"""

import sys
from collections import Counter, defaultdict
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
Values are compared by `torch.testing.assert_close` with its defaults, wider only where `LOOSER` of
tests/parity/op_families.py says why. A float16, bfloat16, float32 or complex64 result that is not torch's is *as exact* where
its largest error against torch's result in float64 is within those defaults or no larger than torch's, and so is one of the functions in
`REFERENCES`, which torch has wrong in float64 too, against mpmath's; a gradient that is not torch's where central differences of what it is
the gradient of are a hundred times nearer to it than to torch's. *Known to differ* are the differences below; they count against the percentage. Samples
that a form does not apply to are not counted, nor those whose result is of complex32, which is left out: lucet has to refuse them by type.

| family | names | there | cases | equal | as exact | known to differ | not equal | equal or as exact, % |
|---|---|---|---|---|---|---|---|---|
"""


def main() -> None:
    lines, total, whys, ops = [], Counter(), Counter(), defaultdict(Counter)
    for family, infos in ENTRIES.items():
        names = FAMILIES[family].split()
        there = {info.name for info in infos if function_of(info) is not None}
        count = Counter(names=len(names), there=len(there))
        for info in infos:
            mine = Counter()
            for kind in KINDS:
                if has(info, kind):
                    for one in outcomes(info, kind):
                        mine["cases"] += 1
                        mine["known" if one.known else "failed" if one.problem else "judged" if one.judged else "equal"] += 1
                        if one.known:
                            whys[one.known[3]] += 1
                        elif one.problem:
                            print(label(info), kind, one.case, one.problem, file=sys.stderr)
            ops[info.name] += mine
            count += mine
        lines.append(row(family, count))
        total += count
    page = HEAD.format(version=torch.__version__.partition("+")[0], samples="all samples" if FULL else "some samples of each entry")
    page += "\n".join([*lines, row("**all**", total)])
    page += "\n\nKnown to differ (cases):\n\n" + "\n".join(f"- {why} ({n})" for why, n in whys.most_common())
    weak = [f"`{name}` {right(mine):.0f} %" for name, mine in ops.items() if right(mine) < 95]
    page += f"\n\nOps with less than 95 % of their cases equal, all entries of an op together: {', '.join(weak) or 'none'}.\n"
    page += "\nNot compared:\n\n" + "\n".join(
        f"- {why}: " + ", ".join(f"`{name}`" for name in names.split()) for why, names in LEFT_OUT.items()
    )
    TARGET.write_text(page + "\n")
    print(page.partition("\n\nKnown")[0])


def row(family: str, c: Counter) -> str:
    return (
        f"| {family} | {c['names']} | {c['there']} | {c['cases']} | {c['equal']} | {c['judged']} | {c['known']} | {c['failed']} | {right(c):.2f} |"
    )


def right(c: Counter) -> float:
    """The percentage that is equal to torch's result or at least as exact."""
    return 100 * (c["equal"] + c["judged"]) / c["cases"] if c["cases"] else 100.0


if __name__ == "__main__":
    main()
