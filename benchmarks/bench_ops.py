"""Every op of torch's op_db, float32, forward and forward with backward, at 1, 1,000 and 1,000,000 elements.

    python benchmarks/bench_ops.py                       torch time / lucet time by family and size, and what is slowest
    python benchmarks/bench_ops.py --only cumsum         entries whose name contains this, a line per case
    python benchmarks/bench_ops.py --family fft --sizes 1000,1000000

The ratios that --save keeps are lucet time / torch time, as those of the other benchmarks; what is printed is torch time / lucet time:
above 1 lucet is faster. Arguments come from _grown.py. Backward is the gradient of the results by all that require one. A case that the libraries do not compute alike, or that one of them does not compute, is told and not timed.
"""

import statistics
import sys
import warnings
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "parity"))
from _pair import (
    HELD_TO_AVX2,
    KEEPS_PAGES,
    Child,
    Refused,
    command_line,
    differ,
    geomean,
    keep,
    kept_file,
    need_torch,
    report_moves,
)

SIZES = (1, 1_000, 1_000_000)
SLICE_S = 0.01
COMPARED = 1_000  # elements of each tensor
LONG_S = 0.2
TOLERANCE = 1e-3  # sums of a million float32 in another order
NO_GRADIENT = "no gradient"


class Cases(Mapping):
    """The cases of a library, each made when it is asked for; the last one is kept."""

    def __init__(self, lib):
        import _grown
        import op_samples
        import torch
        from torch.testing._internal import common_methods_invocations

        self.lib, self.samples, self.grown = lib, op_samples, _grown
        warnings.simplefilter("ignore")  # of what is in beta or deprecated in torch
        # op_db seeds before some ops, which takes longer than they do.
        common_methods_invocations.wrapper_set_seed = lambda function, *args, **kwargs: function(*args, **kwargs)
        if lib is not torch:
            torch.set_num_threads(1)  # it only makes the arguments
        self.function = op_samples.torchs if lib is torch else op_samples.function_of
        self.arguments = op_samples.theirs if lib is torch else op_samples.ours
        self.entries, self.last, self.sample = {}, (None, None), (None, 0, None, [])
        for family, infos in op_samples.ENTRIES.items():
            for info in infos:
                if _grown.dtype_of(info) is not None and op_samples.function_of(info) is not None:
                    for n in SIZES:
                        for way in ("forward", "backward")[: 1 + info.supports_autograd]:
                            self.entries[f"{family}:{op_samples.label(info)} {n} {way}"] = info, n, way == "backward"

    def __iter__(self):
        return iter(self.entries)

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, name):
        return self.made(name)[0]

    def result(self, name):
        """What is compared: some elements of each tensor."""
        run, info, part = self.made(name)
        self.lib.manual_seed(1)
        found = part(run())
        tensors = self.samples.tensors_in(found, self.lib.Tensor)
        if not tensors:
            return found if isinstance(found, (bool, int, float)) else str(found).replace(self.lib.__name__, "")
        if info.name in self.samples.UNWRITTEN:
            return [list(t.shape) for t in tensors]
        skipped, _ = self.samples.UNORDERED.get(info.name, (None, None))
        return [some_of(self.lib, t) for k, t in enumerate(tensors) if k != skipped or t.is_floating_point()]

    def made(self, name):
        """The function of a case, its entry, and what of the result is compared."""
        if self.last[0] != name:
            self.last = None, None  # before the memory of the next one is taken
            self.last = name, self.make(*self.entries[name])
        return self.last[1]

    def make(self, info, n, backward):
        if self.sample[:2] != (info, n):
            self.sample = None, 0, None, []
            sample = self.grown.grown(info, n)
            tensors = self.samples.tensors_in(self.samples.arguments(sample), self.grown.torch.Tensor)
            self.sample = info, n, sample, [t for t in tensors if t.requires_grad]
        _, _, sample, leaves = self.sample
        for t in leaves:
            t.requires_grad_(backward)
        args, kwargs = self.arguments(sample)
        part = sample.output_process_fn_grad
        if self.lib.__name__ != "torch":
            part = self.samples.counterpart(part)
        forward = partial(self.function(info), *args, **kwargs)
        if backward:
            return self.with_gradient(forward, part, [args, kwargs]), info, self.in_order if info.name in self.samples.UNORDERED else present
        return forward, info, part

    def in_order(self, grads):
        """Gradients of an op that may choose among equal elements."""
        return [g.detach().reshape(-1).sort()[0] for g in present(grads)]

    def with_gradient(self, forward, part, arguments):
        kind, grad = self.lib.Tensor, self.lib.autograd.grad
        leaves = [t for t in self.samples.tensors_in(arguments, kind) if t.requires_grad]

        def those(found):
            return [t for t in self.samples.tensors_in(found, kind) if t.requires_grad]

        found = forward()
        shown = part(found)
        gradients = [rising(self.lib, t) for t in those(shown)]
        if not gradients:
            raise ValueError(NO_GRADIENT)
        if shown is found and isinstance(found, kind):
            return lambda: grad(forward(), leaves, gradients[0], allow_unused=True)
        return lambda: grad(those(part(forward())), leaves, gradients, allow_unused=True)


def present(grads):
    return [g for g in grads if g is not None]


def rising(lib, t):
    """A gradient for a result: not the same everywhere, for of what is normalized that would leave nothing but rounding."""
    return lib.linspace(0.5, 1.5, t.numel()).reshape(t.shape).to(t.dtype)


def some_of(lib, t):
    """Elements from all over a tensor."""
    t = t.detach().reshape(-1)
    t = t[:: max(1, t.numel() // COMPARED)].clone()  # torch's zeros without memory become numbers
    return lib.view_as_real(t.resolve_conj()) if t.is_complex() else t


cases = Cases


class Pair:
    """A process for each library, begun again when one is gone."""

    def __init__(self, options):
        self.threads, self.environment = options.threads, HELD_TO_AVX2 if options.avx2 else {}
        self.theirs_too = KEEPS_PAGES if options.best else {}
        self.begin()

    def begin(self):
        self.ours = Child(__file__, "lucet", self.threads, self.environment)
        self.theirs = Child(__file__, "torch", self.threads, self.environment | self.theirs_too)

    def end(self):
        self.ours.leave()
        self.theirs.leave()

    def results(self, name):
        """Of both, made at the same time; the first that is refused is raised when both have answered."""
        self.ours.tell("result", name)
        self.theirs.tell("result", name)
        try:
            mine = self.ours.hear(name)
        finally:
            other = self.theirs.hear(name)
        return mine, other

    def ratio(self, name, rounds):
        """The median of the rounds; two will do where one takes long."""
        found = []
        for _ in range(rounds):
            a, b = self.ours.ask("time", name), self.theirs.ask("time", name)
            found.append(a / b)
            if a + b > LONG_S and len(found) == 2:
                break
        return statistics.median(found)

    def revive(self):
        if self.ours.process.poll() is not None or self.theirs.process.poll() is not None:
            self.end()
            self.begin()


def measure(options, wanted):
    """Ratios lucet time / torch time by case, why a case has none, and the level of instructions; what there is when interrupted."""
    ratios, unmeasured = defaultdict(list), {}
    for number in range(options.processes):
        pair = Pair(options)
        if number == 0:
            names = [name for name in pair.ours.ask("names") if wanted(name)]
            facts = pair.ours.ask("about")
            print(facts, pair.theirs.ask("about"), file=sys.stderr)
        try:
            for name in names:
                if name not in unmeasured:
                    measure_one(pair, name, options.rounds, ratios, unmeasured, check=number == 0)
        except KeyboardInterrupt:
            unmeasured |= {name: "interrupted" for name in names if name not in ratios}
            break
        finally:
            pair.end()
    return median_of(ratios), unmeasured, facts["level"]


def measure_one(pair, name, rounds, ratios, unmeasured, check):
    """Add to the ratios of a case, or say why not."""
    try:
        if check and differ(*pair.results(name), TOLERANCE):
            unmeasured[name] = "results differ"
        else:
            found = pair.ratio(name, rounds)
            ratios[name].append(found)
    except Refused as problem:
        unmeasured[name] = str(problem).removeprefix(f"{name}: ")
        pair.revive()


def median_of(ratios):
    return {name: statistics.median(found) for name, found in ratios.items()}


def told(name):
    """(family, op, size, way) of a case."""
    family, _, rest = name.partition(":")
    op, size, way = rest.rsplit(" ", 2)
    return family, op, int(size), way


WAYS = [(size, way) for size in SIZES for way in ("forward", "backward")]


def line(title, values):
    """Geomean, median, share at least 1, worst, count."""
    values = list(values)
    share = sum(value >= 1 for value in values) / len(values)
    return f"{title:<36}{geomean(values):8.2f}{statistics.median(values):8.2f}{100 * share:7.1f} %{min(values):8.2f}{len(values):7}"


def row(title, speeds):
    """`line`, and the geomean at each size forward and with backward."""
    parts = [[speed for name, speed in speeds.items() if told(name)[2:] == key] for key in WAYS]
    return line(title, speeds.values()) + "".join(f"{geomean(part):9.2f}" if part else f"{'':9}" for part in parts)


def report(speeds):
    """Torch time / lucet time by family, by size, of all, and the slowest."""
    by_op = defaultdict(list)
    for name, speed in speeds.items():
        by_op[name.rsplit(" ", 2)[0]].append(speed)
    ops = {op: geomean(found) for op, found in by_op.items()}
    heads = "".join(f"{size:>8,}{'f' if way == 'forward' else 'b'}" for size, way in WAYS)
    print(f"{'torch time / lucet time':<36}{'geomean':>8}{'median':>8}{'>= 1':>9}{'worst':>8}{'cases':>7}{heads}")
    for family in dict.fromkeys(told(name)[0] for name in speeds):
        print(row(family, {name: speed for name, speed in speeds.items() if told(name)[0] == family}))
    print(row("all cases", speeds))
    print(line("ops, each the geomean of its cases", ops.values()))
    print(line("ops, each the worst of its cases", map(min, by_op.values())))
    for title, found in (("ops", ops), ("cases", speeds)):
        print(f"\nslowest {title}:")
        for name in sorted(found, key=found.get)[:20]:
            print(f"{found[name]:8.2f}  {name}")


def report_unmeasured(unmeasured):
    """Every entry of op_db or case of it without a ratio, and why."""
    from op_families import LEFT_OUT, matches
    from op_samples import ENTRIES, function_of, label, op_db

    listed = {label(info) for infos in ENTRIES.values() for info in infos if function_of(info) is not None and info.dtypes}
    whys = defaultdict(list)
    for info in op_db:
        if label(info) not in listed:
            reason = next((why for why, names in LEFT_OUT.items() if matches(info.name, names)), "no element type on CPUs, or no such op")
            whys[reason].append(label(info))
    for name, why in unmeasured.items():
        whys["torch or lucet has no gradient" if NO_GRADIENT in why else why.partition("\n")[0][:150]].append(name.partition(":")[2])
    print("\nnot measured:")
    for why, names in whys.items():
        print(f"  {why} ({len(names)}): {', '.join(names)}")


def main():
    parser = command_line(rounds=3, processes=1)
    parser.add_argument("--family", default="", help="families whose name contains this")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of elements")
    options = parser.parse_args()
    need_torch()
    sizes = {int(size) for size in options.sizes.split(",")}

    def wanted(name):
        family, op, size, _ = told(name)
        return options.only in op and options.family in family and size in sizes

    ratios, unmeasured, level = measure(options, wanted)
    file = kept_file(__file__, level, options.best)
    if options.moved:
        return report_moves(ratios, file)
    speeds = {name: 1 / ratio for name, ratio in ratios.items()}
    if options.only or options.family:
        for name, speed in sorted(speeds.items(), key=lambda item: item[1]):
            print(f"{speed:8.2f}  {name}")
    if speeds:
        report(speeds)
    report_unmeasured(unmeasured)
    if options.save:
        keep(ratios, file)


if __name__ == "__main__":
    main()
