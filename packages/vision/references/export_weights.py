"""Turns a run's checkpoint into a weights file of the package; prints what the Weights entry needs.

python references/export_weights.py runs/lenet-1/checkpoint.pt lenet_fashion_mnist_mini_v1.pt
"""

import hashlib
import sys
from pathlib import Path

import lucet
from lucetvision.cli.checkpoint import classifier
from lucetvision.cli.data import load_test
from lucetvision.cli.score import score

FOLDER = Path(__file__).parents[1] / "src/lucetvision/models/weights"


def main() -> None:
    net = classifier(sys.argv[1])
    target = FOLDER / sys.argv[2]
    lucet.save(net.model.state_dict(), str(target))
    result = score(net.model, load_test(net.settings["data"]), len(net.classes))
    print(f"sha256      {hashlib.sha256(target.read_bytes()).hexdigest()}")
    print(f"num_params  {sum(parameter.numel() for parameter in net.model.parameters())}")
    print(f"acc@1       {100 * result.accuracy:.2f}")


if __name__ == "__main__":
    main()
