"""Every module beside torch in every configuration of module_cases.py and of torch's module_db. `python dev.py paritytable` counts."""

import importlib
import inspect
import re

import pytest
import torch
from module_cases import FAMILIES, KNOWN, OLD, UNGIVEN, name_of
from module_samples import given_by, outcomes

import lucet
import lucet.nn

ROWS = {}
for rows in FAMILIES.values():
    for row in rows:
        ROWS.setdefault(name_of(row), []).append(row)
CLASSES = sorted(
    n
    for n in dir(torch.nn)
    if isinstance(getattr(torch.nn, n), type) and issubclass(getattr(torch.nn, n), torch.nn.Module)
)


def known(one):
    """The line of KNOWN that has the case, or None."""
    said = f"{one.case} {one.problem}"
    return next((line for line in KNOWN if one.name == line[0] and re.search(line[1], said, re.DOTALL)), None)


@pytest.mark.parametrize("family", list(FAMILIES))
def test_modules_compute_what_torchs_do(family):
    found = outcomes(family)
    failed = [f"{one.case}\n    {one.problem}" for one in found if one.problem and known(one) is None]
    assert failed == [], f"{len(failed)} of {len(found)}:\n" + "\n".join(failed[:20])


def test_what_is_known_to_differ_still_does():
    met = [known(one) for family in FAMILIES for one in outcomes(family) if one.problem]
    assert [line for line in KNOWN if line not in met] == []


def test_every_class_has_rows():
    assert sorted({*ROWS, "Module", "Container"}) == CLASSES


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_argument_is_given_somewhere(name):
    cls = getattr(torch.nn, name)
    parameters = inspect.signature(cls.__init__).parameters
    given = set().union(*(given_by(row, cls) for row in ROWS[name]))
    assert set(parameters) - OLD - given <= UNGIVEN.get(name, set())


def test_classes_are_where_torchs_saved_models_have_them():
    for name in CLASSES:
        home = getattr(torch.nn, name).__module__.replace("torch", "lucet", 1)
        assert getattr(lucet.nn, name).__module__ == home
        assert getattr(importlib.import_module(home), name) is getattr(lucet.nn, name)
