"""The small networks trained 200 steps beside torch, from the same seed on the same batches. Needs torch.

python examples/beside_torch.py [--steps N] [NETWORK ...]

Printed for each network: the largest difference of the initial weights; the last losses; the largest gap between torch with oneDNN
and without it, and between lucet and torch; and how near lucet's came to the bound, at each step the larger of three times torch's own
largest gap so far and a ten-thousandth of the loss. Above 100 % is too far, and the exit code says so.
"""

import argparse
import importlib.util
import math
import sys
import warnings
from pathlib import Path
from typing import Any

import lucet
import lucet.nn.functional
from lucetvision.datasets import FashionMNISTMini

sys.path.insert(0, str(Path(__file__).parent))  # which PYTHONSAFEPATH leaves out
from small_networks import networks

BATCH = 16
Losses = list[float]


def batches(library: Any, steps: int) -> Any:
    """The same images for both libraries, in order."""
    data = FashionMNISTMini()
    images = ((data.data.float() - 73) / 90).unsqueeze(1).numpy()
    labels = data.targets.numpy()
    for step in range(steps):
        at = step * BATCH % (len(labels) - BATCH)
        yield library.from_numpy(images[at : at + BATCH].copy()), library.from_numpy(labels[at : at + BATCH].copy())


def trained(library: Any, name: str, steps: int) -> tuple[Any, Losses]:
    """The initial weights, and the loss of every step."""
    make, loss_of, lr = networks(library)[name]
    library.manual_seed(0)
    net = make()
    weights = [p.detach().clone().numpy() for p in net.parameters()]
    optimizer = library.optim.SGD(net.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
    losses = []
    for x, y in batches(library, steps):
        optimizer.zero_grad()
        loss = loss_of(net, x, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return weights, losses


def compared(torch: Any, name: str, steps: int) -> float:
    """Print the row of one network; how near the differences come to the bound, 1 is on it."""
    weights, mine = trained(lucet, name, steps)
    torch_weights, theirs = trained(torch, name, steps)
    warnings.simplefilter("ignore", UserWarning)  # of what oneDNN could do on other machines
    with torch.backends.mkldnn.flags(enabled=False):
        _, without = trained(torch, name, steps)
    start = max(float(abs(a - b).max()) for a, b in zip(weights, torch_weights, strict=True))
    own = largest = nearest = 0.0
    for a, b, c in zip(mine, theirs, without, strict=True):
        own = max(own, abs(b - c))
        largest = max(largest, abs(a - b))
        if not all(map(math.isfinite, (a, b, c))):
            nearest = math.inf
            break
        nearest = max(nearest, abs(a - b) / max(3 * own, 1e-4 * abs(b)))
    print(
        f"{name:34} {start:8.1e} {mine[-1]:10.6f} {theirs[-1]:10.6f} {own:8.1e} {largest:8.1e} {nearest:7.1%}",
        flush=True,
    )
    return nearest


def main() -> int:
    parser = argparse.ArgumentParser(description="small networks beside torch")
    parser.add_argument("names", nargs="*", metavar="NETWORK", help="(default: all)")
    parser.add_argument("--steps", type=int, default=200, metavar="N")
    parser.add_argument("--smoke", action="store_true", help="two networks for three steps, and nothing without torch")
    args = parser.parse_args()
    if importlib.util.find_spec("torch") is None:
        print("torch is not there to be compared with: pip install torch==2.13.0")
        return 0 if args.smoke else 1
    import torch

    names = args.names or list(networks(lucet))
    if args.smoke:
        names, args.steps = ["LeNet", "GRU"], 3
    print(f"{'':34} {'weights':>8} {'lucet':>10} {'torch':>10} {'own gap':>8} {'gap':>8} {'of bound':>7}")
    found = [compared(torch, name, args.steps) for name in names]  # all of them, before it is said
    return int(max(found) > 1)


if __name__ == "__main__":
    sys.exit(main())
