"""How the cost of a training step grows with batch, width, depth and image area; every figure is relative to another of lucet.

    python benchmarks/bench_scaling.py                      prints a table
    python benchmarks/bench_scaling.py --plot docs/scaling.svg

A network of 3x3 convolutions with batch norm and ReLU, trained with SGD. The cost is the time of a step for one image and one unit
of work: batch norm and ReLU grow with the width alone, so the cost of one unit falls with the width until convolutions outweigh
them. Sizes run upwards and downwards in turn, and the best of all rounds counts.
"""

import argparse
import math
import time

import lucet
import lucet.nn.functional as F
from lucet import nn, optim

BASE = {"batch": 32, "width": 64, "depth": 4, "side": 32}
AXES = {
    "batch": ([1, 2, 4, 8, 16, 32, 64, 128, 256], lambda v: v),
    "width": ([32, 64, 96, 128, 192], lambda v: v * v),
    "depth": ([2, 4, 8, 16], lambda v: v),
    "side": ([16, 24, 32, 48, 64], lambda v: v * v),
}


def step_of(batch, width, depth, side):
    """A training step of the network as a function."""
    lucet.manual_seed(0)
    parts = []
    for _ in range(depth):
        parts += [nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
    model = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
    optimizer = optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    x, y = lucet.rand(batch, width, side, side), lucet.randint(0, 10, (batch,))

    def step():
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def seconds(step, at_least=0.15):
    """The best of the steps that fit into a slice."""
    best, begin = math.inf, time.perf_counter()
    while time.perf_counter() - begin < at_least:
        start = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - start)
    return best


def measure(rounds):
    """{axis: {value: cost of one unit of work, relative to the first value}}"""
    found = {}
    for axis, (values, work) in AXES.items():
        best = dict.fromkeys(values, math.inf)
        steps = {value: step_of(**(BASE | {axis: value})) for value in values}
        for step in steps.values():
            step()
        for turn in range(rounds):
            for value in values if turn % 2 == 0 else reversed(values):
                best[value] = min(best[value], seconds(steps[value]))
        unit = {value: best[value] / work(value) for value in values}
        found[axis] = {value: unit[value] / unit[values[0]] for value in values}
    return found


def plot(found, target):
    """One curve for each axis: relative cost of a unit of work."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, areas = pyplot.subplots(1, len(found), figsize=(13, 3), sharey=True)
    for area, (axis, costs) in zip(areas, found.items(), strict=True):
        area.plot(range(len(costs)), list(costs.values()), marker="o")
        area.set_xticks(range(len(costs)), [str(value) for value in costs])
        area.set_xlabel(axis)
        area.set_ylim(0, 1.3)
        area.axhline(1, color="0.8", zorder=0)
    areas[0].set_ylabel("cost of one unit, first = 1")
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--plot")
    options = parser.parse_args()
    found = measure(options.rounds)
    for axis, costs in found.items():
        print(f"{axis:6}", "  ".join(f"{value}: {cost:.2f}" for value, cost in costs.items()))
    if options.plot:
        plot(found, options.plot)


if __name__ == "__main__":
    main()
