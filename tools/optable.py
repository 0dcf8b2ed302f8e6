"""Writes docs/api/ops.md, the table of all ops, from the registry. `python tools/optable.py --check` only compares."""

import inspect
import sys
from pathlib import Path

import lucet  # noqa: F401  (importing it registers the ops)
from lucet._registry import ALIASES, OPS

TARGET = Path(__file__).resolve().parent.parent / "docs" / "api" / "ops.md"
HEAD = """# Ops

Made from the registry by `python dev.py optable`. *Differentiable*: yes (any order), once (first order), no. The formula is in NumPy
names on the arguments; `_` after a name marks an in-place form.
"""


def signature(function) -> str:
    """The arguments, without annotations."""
    parameters = [p.replace(annotation=p.empty) for p in inspect.signature(function).parameters.values()]
    return str(inspect.Signature(parameters)).replace("|", "\\|")


def row(key: str) -> str:
    entry = OPS[key]
    also = [new for new, old in ALIASES.items() if old == key]
    names = ", ".join(f"`{name}`" for name in [entry.name, *also, *([entry.name + "_"] if entry.inplace else [])])
    homes = ", ".join(entry.also) or ("Tensor" if entry.method else "internal")
    formula = f"`{entry.formula}`".replace("|", "\\|") if entry.formula else ""
    return f"| {names} | `{signature(entry.function)}` | {homes} | {formula} | {entry.dtypes} | {entry.grad} |"


def table() -> str:
    """The whole page."""
    lines = [HEAD]
    for family in sorted({entry.family for entry in OPS.values()}):
        lines += [f"## {family}", "", "| names | arguments | in | formula | types | differentiable |", "|---|---|---|---|---|---|"]
        lines += [row(key) for key in sorted(OPS) if OPS[key].family == family]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text() == table() else f"{TARGET} is not what the registry says: python tools/optable.py")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(table())
