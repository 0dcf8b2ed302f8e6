"""Writes docs/api/ops.md, the table of all ops, and docs/api/vmap.md, what each does with batches, from the registry.

`python tools/optable.py --check` only compares.
"""

import inspect
import json
import math
import sys
import warnings
from pathlib import Path

import lucet
from lucet._registry import ALIASES, OPS, public_names
from lucet.func._rules import ASKS, DYNAMIC, RANDOM, RULES
from lucet.func._vmap import RESHAPING

TARGET = Path(__file__).resolve().parent.parent / "docs" / "api" / "ops.md"
RATIOS = TARGET.parent.parent.parent / "benchmarks" / "ratios"
VMAP_TARGET = TARGET.with_name("vmap.md")
VMAP_HEAD = """# Ops under vmap

Made by `python dev.py optable`. An op with a rule runs once for the whole batch; one without runs once for every sample, with a warning
that names it, and gives the same results. Random ops follow the argument `randomness`. Refused are ops whose result has another shape for
every sample, and whatever reads a value: `item()`, `tolist()`, `numpy()`, `if` on a tensor. Ops that are made of others (`relu6`,
`normalize`) go by the rules of those.
"""
HEAD = """# Ops

Made from the registry by `python dev.py optable`. *Differentiable*: yes (any order), once (first order), no. The formula is in NumPy
names on the arguments; *NumPy* says that the op computes through NumPy (some do so for complex or for large
matrices only: their descriptions say which), with torch time / lucet time (geometric mean over 1, 1,000 and
1,000,000 elements, forward and with backward, `python benchmarks/bench_ops.py`). `_` after a name marks an in-place form. *In*: where the names are found, `lucet`, a method of `lucet.Tensor`,
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
    there = {home: names.get(name.removeprefix(f"{home}_")) for home, names in HOMES.items()}
    return ", ".join(home for home, found in there.items() if found is not None and found in functions) or "internal"


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


def speed(entry) -> str:
    """Torch time / lucet time of an op, from the kept ratios, which are the other way round."""
    files = sorted(RATIOS.glob("bench_ops-*.json"))
    kept = json.loads(files[0].read_text()) if files else {}
    prefix = next((f"{home}." for home in ("linalg", "fft") if entry.name.startswith(f"{home}_")), "")
    name = prefix + entry.name.removeprefix(prefix.replace(".", "_"))
    found = [ratio for case, ratio in kept.items() if case.partition(":")[2].rsplit(" ", 2)[0] == name]
    return f" {math.exp(-sum(map(math.log, found)) / len(found)):.2f}" if found else ""


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
    return f"| {listed} | `{signature(entry.function)}` | {told} | {formula} | {types(entry)} | {entry.grad} | {'NumPy' + speed(entry) if entry.numpy else ''} |"


def table() -> str:
    """The whole page."""
    lines = [HEAD]
    for family in sorted({entry.family for entry in OPS.values()}):
        lines += [f"## {family}", "", "| names | arguments | in | formula | types | differentiable | NumPy |", "|---|---|---|---|---|---|---|"]
        lines += [row(key) for key in sorted(OPS) if OPS[key].family == family]
        lines.append("")
    return "\n".join(lines)


def by_sample(entry) -> bool:
    """Whether vmap runs the op once for every sample: found out by a call, for an op may be made of others that have rules."""
    if entry.name in RULES or entry.name in RANDOM or entry.samples is None:
        return not (entry.name in RULES or entry.name in RANDOM)
    sample = next(iter(entry.samples(lambda *shape: lucet.ones(shape, dtype=lucet.float64))))
    options = sample[-1] if isinstance(sample[-1], dict) else {}
    arguments = sample[:-1] if options else sample
    dims = tuple(0 if isinstance(x, lucet.Tensor) else None for x in arguments)
    pairs = [lucet.stack([x, x]) if isinstance(x, lucet.Tensor) else x for x in arguments]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            lucet.vmap(lambda *args: entry.function(*args, **options), dims, None)(*pairs)
        except (RuntimeError, TypeError, ValueError):
            pass
    return any(f"batching rule for {entry.name}:" in str(note.message) for note in told)


def batched() -> str:
    """The page on vmap."""
    refused = DYNAMIC | ASKS | {name + "_" for name in RESHAPING if name not in RULES}
    lines = [VMAP_HEAD, "| family | with a rule | by sample |", "|---|---|---|"]
    for family in sorted({entry.family for entry in OPS.values()} - {"update", "interop", "create"}):
        entries = {entry.name: entry for entry in OPS.values() if entry.family == family and entry.name not in refused}
        kinds = [[name for name in sorted(entries) if by_sample(entries[name]) is slow] for slow in (False, True)]
        lines.append(f"| {family} | {' | '.join(' '.join(f'`{name}`' for name in kind) for kind in kinds)} |")
    names = " ".join(f"`{name}`" for name in sorted(refused & {entry.name for entry in OPS.values()}))
    return "\n".join([*lines, "", f"Refused: {names}.", ""])


PAGES = {TARGET: table, VMAP_TARGET: batched}

if __name__ == "__main__":
    for target, page in PAGES.items():
        if "--check" not in sys.argv:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page())
        elif target.read_text() != page():
            sys.exit(f"{target} is not what the registry says: python tools/optable.py")
