"""Loaders, samplers and splits beside torch in every case of loader_samples.py. `python dev.py paritytable` counts."""

from loader_samples import outcomes


def test_epochs_are_torchs():
    found = list(outcomes())
    failed = [f"{one.case}\n    {one.problem}" for one in found if one.problem]
    assert failed == [], f"{len(failed)} of {len(found)}:\n" + "\n".join(failed[:20])
