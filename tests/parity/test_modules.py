"""Every module beside torch in every configuration of module_cases.py and of torch's module_db. `python dev.py paritytable` counts."""

import inspect

import pytest
import torch
from module_cases import FAMILIES, OLD, UNGIVEN, name_of
from module_samples import given_by

ROWS = {}
for rows in FAMILIES.values():
    for row in rows:
        ROWS.setdefault(name_of(row), []).append(row)
CLASSES = sorted(
    n
    for n in dir(torch.nn)
    if isinstance(getattr(torch.nn, n), type) and issubclass(getattr(torch.nn, n), torch.nn.Module)
)


def test_every_class_has_rows():
    assert sorted({*ROWS, "Module", "Container"}) == CLASSES


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_argument_is_given_somewhere(name):
    cls = getattr(torch.nn, name)
    parameters = inspect.signature(cls.__init__).parameters
    given = set().union(*(given_by(row, cls) for row in ROWS[name]))
    assert set(parameters) - OLD - given <= UNGIVEN.get(name, set())
