"""Times cases in two child processes, one library each, in alternating slices of one run; only ratios come out.

A benchmark is a module with `cases(lib)`: a dict from name to a function without arguments that does one unit of work and returns
something comparable (a tensor, number, list or None). Results are compared before anything is timed. A mapping that makes its cases when
they are asked for may have `result(name)` too, what is compared where that is less than what is timed, and the module its own SLICE_S.

Options of every benchmark:

    --avx2     holds both libraries to AVX2
    --best     torch with a malloc that keeps its pages, channels_last and fused optimizers
    --save     keep the ratios beside the benchmark, in `ratios/`, one file for each level of instructions
    --moved    compare with the ratios kept there, and print only what moved by more than 10 %
"""

import argparse
import contextlib
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SLICE_S = 0.02
MOST_COMPARED = 10_000  # elements of a result, evenly spread
MOVED = 1.10
HELD_TO_AVX2 = {"LUCET_ISA": "avx2", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
KEEPS_PAGES = {
    "GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=4294967295:glibc.malloc.trim_threshold=4294967295:glibc.malloc.top_pad=67108864",
    "BENCH_TORCH_BEST": "1",
}


def need_torch():
    """Leave in one line where there is nothing to compare with."""
    if importlib.util.find_spec("torch") is None:
        sys.exit(f"{Path(sys.argv[0]).name} compares lucet with torch, which is not installed: pip install torch==2.13.0")


def load(path):
    """The benchmark module at `path`."""
    spec = importlib.util.spec_from_file_location("bench", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def at_its_best(lib):
    """Whether the library is torch and this run gives it its best settings."""
    return lib.__name__ == "torch" and "BENCH_TORCH_BEST" in os.environ


def plain(value):
    """A result as nested lists of numbers; of a large one, elements from all over it."""
    if hasattr(value, "detach"):
        value = value.detach()
        if value.numel() > MOST_COMPARED:
            value = value.reshape(-1)[:: value.numel() // MOST_COMPARED]
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def differ(a, b, tolerance, scale=1.0):
    """Whether two plain results are further apart than rounding allows: sums of many products cancel, so a list counts by its largest."""
    if isinstance(a, list) and isinstance(b, list):
        scale = max([scale, *(abs(x) for x in [*a, *b] if isinstance(x, (int, float)) and math.isfinite(x))])
        return len(a) != len(b) or any(differ(x, y, tolerance, scale) for x, y in zip(a, b, strict=True))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return not (a == b or abs(a - b) <= tolerance * max(scale, abs(a), abs(b)) or (a != a and b != b))
    return a != b


def serve(path, library, threads):
    """The child: answers commands on stdin, one JSON line each."""
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    lib = __import__(library)
    lib.set_num_threads(threads)
    module = load(path)
    cases = module.cases(lib)
    answers = {
        "names": lambda name: list(cases),
        "result": lambda name: plain(cases.result(name) if hasattr(cases, "result") else cases[name]()),
        "about": lambda name: about(library, lib),
        "time": lambda name: slice_of(cases[name], getattr(module, "SLICE_S", SLICE_S)),
    }
    for line in sys.stdin:
        command, name = json.loads(line)
        try:
            answer = answers[command](name)
        except Exception as problem:
            answer = {"refused": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)


def about(library, lib):
    """What the figures depend on."""
    facts = {"library": library, "version": lib.__version__, "threads": lib.get_num_threads()}
    if library == "torch":
        facts["capability"] = lib.backends.cpu.get_cpu_capability()
        facts["mkldnn"] = lib.backends.mkldnn.is_available() and lib.backends.mkldnn.enabled
    else:
        from lucet._kernels.dispatch import level

        facts["level"] = level
    return facts


def slice_of(case, length):
    """Seconds per call, the best of a few loops that fill one slice of `length` seconds."""
    start = time.perf_counter()
    case()
    once = time.perf_counter() - start
    loops = max(1, min(10000, int(length / 5 / max(once, 1e-7))))
    best = math.inf
    for _ in range(5 if once < length else 1):
        start = time.perf_counter()
        for _ in range(loops):
            case()
        best = min(best, (time.perf_counter() - start) / loops)
    return best


class Refused(Exception):
    """What a case raised in its process, or that the process is gone."""


class Child:
    """One library in a process of its own."""

    def __init__(self, path, library, threads, environment):
        command = [sys.executable, __file__, "--serve", str(path), library, str(threads)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | environment
        )

    def ask(self, command, name=None):
        self.tell(command, name)
        return self.hear(name)

    def tell(self, command, name=None):
        """Ask without waiting for the answer, so that two may work at a time."""
        with contextlib.suppress(BrokenPipeError):  # the answer says so
            self.process.stdin.write(json.dumps([command, name]) + "\n")
            self.process.stdin.flush()

    def hear(self, name=None):
        line = self.process.stdout.readline()
        if not line:
            raise Refused(f"{name}: the process ended with {self.process.wait()}")
        answer = json.loads(line)
        if isinstance(answer, dict) and "refused" in answer:
            raise Refused(f"{name}: {answer['refused']}")
        return answer

    def leave(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


def compare(path, *, threads=2, rounds=3, processes=3, tolerance=1e-4, only="", environment=None, best=False):
    """Ratios lucet time / torch time per case, {name: ratio}, and the level of instructions. Raises where results differ.

    What reads much memory is fast or slow for as long as its process lives, by where its pages lie. So a ratio is the median over
    `processes` pairs of processes, one pair after the other, of the median over `rounds` slices in each.
    """
    found = {}
    for number in range(processes):
        ours = Child(path, "lucet", threads, environment or {})
        theirs = Child(path, "torch", threads, (environment or {}) | (KEEPS_PAGES if best else {}))
        names = [name for name in ours.ask("names") if only in name]
        theirs.ask("names")  # both have imported and made their inputs before anything is timed
        if number == 0:
            facts = ours.ask("about")
            print(facts, theirs.ask("about"), file=sys.stderr)
            refuse_other_results(names, ours, theirs, tolerance)
        for child in (ours, theirs) if names else ():
            child.ask("time", names[0])  # the first slice of a process is slow
        for name in names:
            pairs = [(ours.ask("time", name), theirs.ask("time", name)) for _ in range(rounds)]
            found.setdefault(name, []).append(statistics.median(a / b for a, b in pairs))
        for child in (ours, theirs):
            child.leave()
    return {name: statistics.median(ratios) for name, ratios in found.items()}, facts["level"]


def refuse_other_results(names, ours, theirs, tolerance):
    """Leave where the libraries do not compute the same."""
    for name in names:
        a, b = ours.ask("result", name), theirs.ask("result", name)
        if differ(a, b, tolerance):
            raise SystemExit(f"{name}: results differ, {str(a)[:200]} and {str(b)[:200]}")


def geomean(values):
    """The geometric mean."""
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values))


def kept_file(path, level, best):
    """Where the ratios of a benchmark are kept."""
    return Path(path).parent / "ratios" / f"{Path(path).stem}-{level}{'-best' if best else ''}.json"


def report_moves(ratios, file):
    """Print what is slower or faster, beside torch, than the kept ratios say, and what is new or gone."""
    if not file.exists():
        raise SystemExit(f"no ratios are kept in {file}: make them with --save")
    kept = json.loads(file.read_text())
    for name in sorted(kept.keys() & ratios.keys(), key=lambda name: kept[name] / ratios[name]):
        moved = ratios[name] / kept[name]
        if not 1 / MOVED <= moved <= MOVED:
            print(f"{kept[name]:8.3f} -> {ratios[name]:.3f}  {'slower' if moved > 1 else 'faster'}  {name}")
    for name in sorted(ratios.keys() - kept.keys()):
        print(f"     new -> {ratios[name]:.3f}  {name}")


def command_line(rounds=3, processes=3):
    """The options of every benchmark, to which one may add."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=rounds, help="slices of each library in a pair of processes")
    parser.add_argument("--processes", type=int, default=processes, help="pairs of processes, one after the other")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--avx2", action="store_true", help="hold both libraries to AVX2")
    parser.add_argument("--best", action="store_true", help="torch at its best")
    parser.add_argument("--save", action="store_true", help="keep the ratios")
    parser.add_argument("--moved", action="store_true", help="print what moved against the kept ratios")
    return parser


def keep(ratios, file):
    """Put the ratios among those that are kept."""
    before = json.loads(file.read_text()) if file.exists() else {}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({name: float(f"{ratio:.3g}") for name, ratio in sorted((before | ratios).items())}, indent=1) + "\n")


def main(path, rounds=3, processes=3, **defaults):
    """The command line of a benchmark: prints a line per case and a geomean per group."""
    options = command_line(rounds, processes).parse_args()
    need_torch()
    environment = HELD_TO_AVX2 if options.avx2 else {}
    ratios, level = compare(
        path, threads=options.threads, rounds=options.rounds, processes=options.processes, only=options.only,
        environment=environment, best=options.best, **defaults,
    )
    file = kept_file(path, level, options.best)
    if options.moved:
        return report_moves(ratios, file)
    for name, ratio in sorted(ratios.items(), key=lambda item: item[1]):
        print(f"{ratio:8.3f}  {name}")
    for group in sorted({name.split(":")[0] for name in ratios}):
        members = [ratio for name, ratio in ratios.items() if name.split(":")[0] == group]
        print(f"{group}: geomean {geomean(members):.3f}, worst {max(members):.3f} of {len(members)} (lucet time / torch time)")
    if options.save:
        keep(ratios, file)


if __name__ == "__main__" and len(sys.argv) > 1 and sys.argv[1] == "--serve":
    serve(sys.argv[2], sys.argv[3], int(sys.argv[4]))
