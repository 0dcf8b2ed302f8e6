"""Writes docs/api/ops.md, the table of all ops, from the registry. `python tools/optable.py --check` only compares."""

import inspect
import sys
import warnings
from pathlib import Path

import lucet
from lucet._registry import ALIASES, OPS, public_names

TARGET = Path(__file__).resolve().parent.parent / "docs" / "api" / "ops.md"
HEAD = """# Ops

Made from the registry by `python dev.py optable`. *Differentiable*: yes (any order), once (first order), no. The formula is in NumPy
names on the arguments; *NumPy* says that the op computes through NumPy. `_` after a name marks an in-place form. *In*: where the names are found, `lucet`, a method of `lucet.Tensor`,
`lucet.nn.functional`, `lucet.linalg` and `lucet.fft` (without their prefix), `lucet.special`; of names that are found elsewhere, each its own. What is internal serves other packages.
"""

# Where a program finds ops. The names of nn.functional are the registry's, for core is documented without lucet-nn.
HOMES = {
    "lucet": vars(lucet),
    "Tensor": vars(lucet.Tensor),
    "nn.functional": public_names("nn.functional"),
    "linalg": vars(lucet.linalg),
    "special": vars(lucet.special),
    "fft": vars(lucet.fft),
}


def signature(function) -> str:
    """The arguments, without annotations."""
    parameters = [p.replace(annotation=p.empty) for p in inspect.signature(function).parameters.values()]
    return str(inspect.Signature(parameters)).replace("|", "\\|")


def homes(name: str, *functions: object) -> str:
    """The places where `name` is one of the functions."""
    return ", ".join(home for home, names in HOMES.items() if names.get(name.removeprefix(f"{home}_")) in functions) or "internal"


def types(entry) -> str:
    """The element types that an op takes; of those that take all real ones, whether complex ones too is found out by a call."""
    if entry.dtypes != "all" or entry.samples is None:
        return entry.dtypes
    sample = next(iter(entry.samples(lambda *shape: lucet.ones(shape, dtype=lucet.float64))))
    options = sample[-1] if isinstance(sample[-1], dict) else {}
    with warnings.catch_warnings(action="ignore"):
        try:
            entry.function(*[as_complex(argument) for argument in (sample[:-1] if options else sample)], **options)
        except (RuntimeError, TypeError):
            return "all but complex"
    return "all"


def as_complex(argument):
    """A tensor of floats, or each in a list, as complex numbers; other arguments as they are."""
    if isinstance(argument, (list, tuple)):
        return type(argument)(as_complex(part) for part in argument)
    return argument.cdouble() if isinstance(argument, lucet.Tensor) and argument.is_floating_point() else argument


def row(key: str) -> str:
    entry = OPS[key]
    also = [new for new, old in ALIASES.items() if old == key]
    names = [entry.name, *also, *([name + "_" for name in (entry.name, *also)] if entry.inplace else [])]
    places = {name: homes(name, entry.function, entry.inplace) for name in names}
    told = places[entry.name]
    others = {place: [name for name in names if places[name] == place] for place in places.values() if place != told}
    told += "".join(f"; {', '.join(f'`{name}`' for name in elsewhere)}: {place}" for place, elsewhere in others.items())
    formula = f"`{entry.formula}`".replace("|", "\\|") if entry.formula else ""
    listed = ", ".join(f"`{name}`" for name in names)
    return f"| {listed} | `{signature(entry.function)}` | {told} | {formula} | {types(entry)} | {entry.grad} | {'NumPy' if entry.numpy else ''} |"


def table() -> str:
    """The whole page."""
    lines = [HEAD]
    for family in sorted({entry.family for entry in OPS.values()}):
        lines += [f"## {family}", "", "| names | arguments | in | formula | types | differentiable | NumPy |", "|---|---|---|---|---|---|---|"]
        lines += [row(key) for key in sorted(OPS) if OPS[key].family == family]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text() == table() else f"{TARGET} is not what the registry says: python tools/optable.py")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(table())
