"""Peak memory of training steps: how much the largest resident size grows over the state before step 1, beside torch.

    python benchmarks/bench_memory.py               lucet growth / torch growth, a process for each library and network
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _pair import need_torch
from bench_steps import STEPS, training_step


def grown(library, name, batch, rule):
    """Kilobytes that the peak grew by over five steps, in this process."""
    lib = __import__(library)
    lib.set_num_threads(2)
    step = training_step(lib, name, batch, rule)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(5):
        step()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(grown(options.child[0], *STEPS[int(options.child[1])][1:]))
        return
    need_torch()
    for i, (_, name, batch, rule) in enumerate(STEPS):
        sizes = [
            int(subprocess.run([sys.executable, __file__, "--child", library, str(i)], capture_output=True, text=True, check=True).stdout)
            for library in ("lucet", "torch")
        ]
        print(f"{sizes[0] / sizes[1]:8.3f}  {name}, batch {batch}, {rule}")


if __name__ == "__main__":
    main()
