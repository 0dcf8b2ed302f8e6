"""Record the orders of torch's samplers and loaders into packages/data/tests/goldens.json.

Run with torch installed: `python tools/goldens_data.py`. The tests read the file and need no torch.
"""

import json
import pathlib

import torch
from torch.utils import data


def epochs(count: int = 3, *, explicit: int | None = None, **options) -> list:
    """The batches of some epochs after manual_seed(42), then the global generator's next draw."""
    torch.manual_seed(42)
    if explicit is not None:
        options["generator"] = torch.Generator().manual_seed(explicit)
    loader = data.DataLoader(data.TensorDataset(torch.arange(23)), **options)
    found = [[batch[0].tolist() for batch in loader] for _ in range(count)]
    return [found, torch.randint(0, 2**31, (1,)).item()]


def passes(make, count: int = 2) -> list:
    torch.manual_seed(42)
    sampler = make()
    return [[int(i) for i in sampler] for _ in range(count)] + [torch.randint(0, 2**31, (1,)).item()]


def split(lengths: list, explicit: int | None = None) -> list:
    torch.manual_seed(42)
    options = {} if explicit is None else {"generator": torch.Generator().manual_seed(explicit)}
    return [list(part.indices) for part in data.random_split(range(11), lengths, **options)]


def main() -> None:
    weights = [0.1, 0.5, 0.0, 2.0, 1.0, 0.25]
    goldens = {
        "torch": torch.__version__.split("+")[0],
        "loaders": [
            [options, *epochs(**options)]
            for options in (
                {"batch_size": 5},
                {"batch_size": 5, "shuffle": True},
                {"batch_size": 5, "shuffle": True, "drop_last": True},
                {"batch_size": 1, "shuffle": True},
                {"batch_size": None, "shuffle": True},
                {"batch_size": 4, "shuffle": True, "explicit": 7},
            )
        ],
        "samplers": {
            "random": passes(lambda: data.RandomSampler(range(9))),
            "random, more than there are": passes(lambda: data.RandomSampler(range(5), num_samples=12)),
            "random, replacement": passes(lambda: data.RandomSampler(range(7), True, 70)),
            "subset": passes(lambda: data.SubsetRandomSampler([5, 3, 8, 1])),
            "weighted": passes(lambda: data.WeightedRandomSampler(weights, 12)),
            "weighted, no replacement": passes(lambda: data.WeightedRandomSampler(weights, 4, False)),
        },
        "splits": [
            [[6, 5], None, split([6, 5])],
            [[0.5, 0.3, 0.2], None, split([0.5, 0.3, 0.2])],
            [[3, 4, 4], 7, split([3, 4, 4], 7)],
        ],
    }
    target = pathlib.Path(__file__).resolve().parents[1] / "packages/data/tests/goldens.json"
    target.write_text(json.dumps(goldens, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
