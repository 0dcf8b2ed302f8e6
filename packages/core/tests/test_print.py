"""How tensors print: the same text as torch's, recorded in goldens/print.json by tools/goldens_core.py."""

import json
from pathlib import Path

import pytest
from print_cases import CASES, text_of

import lucet

GOLDENS = json.loads((Path(__file__).parent / "goldens" / "print.json").read_text())


@pytest.mark.parametrize("name", CASES)
def test_prints_as_recorded_from_torch(name):
    assert text_of(CASES[name](lucet), "lucet") == GOLDENS[name]


def test_a_parameter_like_subclass_prints_its_class():
    class Sub(lucet.Tensor):
        pass

    assert repr(lucet.ones(2).as_subclass(Sub)) == "Sub([1., 1.])"


def test_options_are_checked():
    with pytest.raises(ValueError, match="profile"):
        lucet.set_printoptions(profile="none such")


def test_profiles_reset_all_options():
    lucet.set_printoptions(precision=2, linewidth=20, sci_mode=True)
    lucet.set_printoptions(profile="default")
    assert repr(lucet.tensor([0.123456])) == "tensor([0.1235])"


def test_summaries_read_only_what_they_show():
    x = lucet.zeros(1).expand(2**40)
    assert repr(x) == "tensor([0., 0., 0.,  ..., 0., 0., 0.])"


def test_printing_reads_no_graph_and_changes_nothing():
    x = lucet.ones(3, requires_grad=True)
    y = x * 2
    version = y._version
    repr(y)
    assert y._version == version
    y.sum().backward()


def test_large_storages_are_not_written_out():
    assert repr(lucet.zeros(1000).untyped_storage()) == "...\n[lucet.storage.UntypedStorage(device=cpu) of size 4000]"
