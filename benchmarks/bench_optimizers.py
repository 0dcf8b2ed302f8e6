"""step() of every optimizer, on the parameters of a network like ResNet-18 and of a small one, beside torch's.

torch's time is the best of what it offers on the CPU: step by step (its default there), `foreach` and, where there is one, `fused`; what
was best stands in the line. A line is torch's time over lucet's: above 1 lucet is quicker.

    python benchmarks/bench_optimizers.py [--threads 2] [--only Adam] [--rounds 3]
"""

import argparse
import inspect
import math
import statistics
import time

import torch
from _pair import geomean, need_torch

RULES = "SGD Adam AdamW Adadelta Adafactor Adagrad Adamax ASGD Muon NAdam RAdam RMSprop Rprop LBFGS".split()
OPTIONS = {"SGD": {"momentum": 0.9}, "LBFGS": {"max_iter": 4}}


def shapes_of(name):
    """The shapes of a list of parameters."""
    if name == "small":
        return [(64, 32), (64,), (64, 64), (64,), (10, 64), (10,)]
    found = [(64, 3, 7, 7), (64,), (64,)]
    width = 64
    for out in (64, 128, 256, 512):
        for block in range(2):
            first = width if block == 0 else out
            found += [(out, first, 3, 3), (out,), (out,), (out, out, 3, 3), (out,), (out,)]
            if block == 0 and out != width:
                found += [(out, width, 1, 1), (out,), (out,)]
        width = out
    return [*found, (1000, 512), (1000,)]


def stepping(lib, rule, name, **flags):
    """A function that makes one step."""
    lib.manual_seed(0)
    shapes = shapes_of(name)
    if rule == "Muon":
        shapes = [(s[0], math.prod(s[1:])) for s in shapes if len(s) > 1]
    params = [lib.randn(*s).requires_grad_() for s in shapes]
    for p in params:
        p.grad = lib.randn(*p.shape) * 1e-2
    optimizer = getattr(lib.optim, rule)(params, lr=1e-6, **OPTIONS.get(rule, {}), **flags)
    if rule != "LBFGS":
        return optimizer.step
    turn = iter(range(10**9))

    def closure():  # gradients that differ, at no cost to speak of
        params[0].grad.mul_(1.0 + 0.01 * (next(turn) % 7))
        return 1.0 / (1 + next(turn))

    return lambda: optimizer.step(closure)


def seconds(step, least=0.15):
    """The best of several runs, each a few steps long."""
    step()
    start = time.perf_counter()
    step()
    loops = max(1, int(least / 5 / max(time.perf_counter() - start, 1e-7)))
    best = math.inf
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(loops):
            step()
        best = min(best, (time.perf_counter() - start) / loops)
    return best


def ways(rule):
    """The implementations torch has of a rule."""
    taken = inspect.signature(getattr(torch.optim, rule)).parameters
    return [{}] + [{flag: True} for flag in ("foreach", "fused") if flag in taken]


def main():
    """Print a line for each rule and list, and the geometric mean."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    need_torch()
    import lucet
    import lucet.optim

    for lib in (torch, lucet):
        lib.set_num_threads(options.threads)
    ratios = {}
    for name in ("ResNet-18", "small"):
        for rule in RULES:
            if options.only not in f"{rule}, {name}":
                continue
            ours = stepping(lucet, rule, name)
            theirs = {str(*way) or "step by step": stepping(torch, rule, name, **way) for way in ways(rule)}
            found = []
            for _ in range(options.rounds):
                times = {way: seconds(step) for way, step in theirs.items()}
                best = min(times, key=times.get)
                found.append((times[best] / seconds(ours), best))
            ratios[rule, name] = statistics.median(ratio for ratio, _ in found)
            print(f"{ratios[rule, name]:8.2f}  {rule}, {name} (torch: {statistics.mode(way for _, way in found)})", flush=True)
        members = [ratio for (_, where), ratio in ratios.items() if where == name]
        if members:
            print(f"{name}: geomean {geomean(members):.2f} of {len(members)}, least {min(members):.2f} (torch time / lucet time)", flush=True)
    if ratios:
        print(f"all: geomean {geomean(ratios.values()):.2f}")


if __name__ == "__main__":
    main()
