"""Ops beside torch over the samples of torch's own op_db: values, element types, shapes, memory, gradients of both orders, forms, errors.

What is compared, and what is known to differ, stands in op_families.py; how, in op_samples.py. `python dev.py paritytable` counts.
"""

import pytest
from op_families import DIFFERENCES, FAMILIES, LEFT_OUT, matches
from op_samples import ENTRIES, KINDS, function_of, has, label, op_db, outcomes

INFOS = [info for infos in ENTRIES.values() for info in infos]


@pytest.mark.parametrize("info", [pytest.param(info, id=label(info)) for info in INFOS])
def test_name_is_in_lucet(info):
    assert function_of(info) is not None


@pytest.mark.parametrize(
    "info,kind",
    [pytest.param(info, kind, id=f"{label(info)}-{kind.replace(' ', '_')}") for info in INFOS for kind in KINDS if has(info, kind)],
)
def test_cases_of_op_db(info, kind):
    found = outcomes(info, kind)
    failed = [f"{one.case}\n    {one.problem}" for one in found if one.problem and not one.known]
    assert failed == [], f"{len(failed)} of {len(found)}:\n" + "\n".join(failed[:5])


def test_every_entry_is_in_a_family_or_left_out():
    compared = {name for names in FAMILIES.values() for name in names.split()}
    assert [
        info.name for info in op_db if info.name not in compared and not any(matches(info.name, names) for names in LEFT_OUT.values())
    ] == []
    assert compared <= {info.name for info in op_db} | {"renorm"}


@pytest.mark.parametrize("line", [pytest.param(line, id=line[3]) for line in DIFFERENCES])
def test_every_known_difference_is_still_there(line):
    """Each name and each kind of a line of DIFFERENCES has a case that it is needed for."""
    names, kinds, _, _ = line
    of = {kind: names.split() for kind in KINDS if kind in kinds}
    met = {
        (name, kind)
        for kind in of
        for name in of[kind]
        for info in INFOS
        if matches(info.name, name) and has(info, kind) and any(one.known is line for one in outcomes(info, kind))
    }
    assert {name for name, _ in met} == set(names.split())
    assert {kind for _, kind in met} == set(of)
