"""Orders of samplers, splits and loaders against figures recorded from torch (tools/goldens_data.py)."""

import json
import pathlib

import pytest

import lucet
from lucet.utils.data import (
    DataLoader,
    RandomSampler,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)

GOLDENS = json.loads((pathlib.Path(__file__).parent / "goldens.json").read_text())


@pytest.mark.filterwarnings("ignore:This DataLoader will create")
@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("options, expected, after", GOLDENS["loaders"], ids=str)
def test_epochs_have_the_recorded_order_for_any_number_of_workers(options, expected, after, workers):
    lucet.manual_seed(42)
    options = dict(options)
    if (explicit := options.pop("explicit", None)) is not None:
        options["generator"] = lucet.Generator().manual_seed(explicit)
    loader = DataLoader(TensorDataset(lucet.arange(23)), num_workers=workers, **options)
    assert [[batch[0].tolist() for batch in loader] for _ in range(3)] == expected
    assert lucet.randint(0, 2**31, (1,)).item() == after


WEIGHTS = [0.1, 0.5, 0.0, 2.0, 1.0, 0.25]
SAMPLERS = {
    "random": lambda: RandomSampler(range(9)),
    "random, more than there are": lambda: RandomSampler(range(5), num_samples=12),
    "random, replacement": lambda: RandomSampler(range(7), True, 70),
    "subset": lambda: SubsetRandomSampler([5, 3, 8, 1]),
    "weighted": lambda: WeightedRandomSampler(WEIGHTS, 12),
    "weighted, no replacement": lambda: WeightedRandomSampler(WEIGHTS, 4, False),
}


@pytest.mark.parametrize("name", sorted(SAMPLERS))
def test_samplers_draw_the_recorded_indices(name):
    lucet.manual_seed(42)
    sampler = SAMPLERS[name]()
    *expected, after = GOLDENS["samplers"][name]
    assert [[int(i) for i in sampler] for _ in expected] == expected
    assert lucet.randint(0, 2**31, (1,)).item() == after
    assert len(sampler) == len(expected[0])


@pytest.mark.parametrize("lengths, explicit, expected", GOLDENS["splits"])
def test_random_split_cuts_as_recorded(lengths, explicit, expected):
    lucet.manual_seed(42)
    options = {} if explicit is None else {"generator": lucet.Generator().manual_seed(explicit)}
    assert [list(part.indices) for part in random_split(range(11), lengths, **options)] == expected
