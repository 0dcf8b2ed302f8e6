"""Containers: list and dict behaviour, names after changes, printed forms, errors."""

from collections import OrderedDict

import pytest

import lucet
from lucet import nn


def kinds(container):
    return [type(module).__name__ for module in container]


def names(container):
    return list(container._modules)


def three():
    return nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())


def test_sequential_calls_in_order():
    class Note(nn.Module):
        def __init__(self, word):
            super().__init__()
            self.word = word

        def forward(self, words):
            return [*words, self.word]

    assert nn.Sequential(Note("a"), Note("b"), Note("c"))([]) == ["a", "b", "c"]
    assert nn.Sequential()(3) == 3


def test_sequential_from_an_ordered_dict_keeps_names():
    named = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.Tanh()))
    assert names(named) == ["a", "b"] and isinstance(named.b, nn.Tanh)
    assert names(named[1:]) == ["b"]
    assert names(named.append(nn.ELU())) == ["a", "b", "2"]
    del named[0]
    assert names(named) == ["0", "1"] and not hasattr(named, "b")


def test_sequential_indexing():
    s = three()
    assert kinds([s[0], s[-1]]) == ["ReLU", "Sigmoid"]
    assert (kinds(s[::2]), names(s[::2])) == (["ReLU", "Sigmoid"], ["0", "2"])
    s[1] = nn.ELU()
    assert kinds(s) == ["ReLU", "ELU", "Sigmoid"]
    for run, kind in ((lambda: s[3], IndexError), (lambda: s[-4], IndexError), (lambda: s["a"], TypeError)):
        with pytest.raises(kind):
            run()
    with pytest.raises(IndexError, match="index 9 is out of range"):
        s[9] = nn.ReLU()


CHANGES = {
    "del first": (lambda s: s.__delitem__(0), ["Tanh", "Sigmoid"]),
    "del slice": (lambda s: s.__delitem__(slice(0, 2)), ["Sigmoid"]),
    "pop": (lambda s: s.pop(1), ["ReLU", "Sigmoid"]),
    "pop last": (lambda s: s.pop(-1), ["ReLU", "Tanh"]),
    "append": (lambda s: s.append(nn.ELU()), ["ReLU", "Tanh", "Sigmoid", "ELU"]),
    "insert": (lambda s: s.insert(1, nn.ELU()), ["ReLU", "ELU", "Tanh", "Sigmoid"]),
    "insert last but one": (lambda s: s.insert(-1, nn.ELU()), ["ReLU", "Tanh", "ELU", "Sigmoid"]),
    "insert at the end": (lambda s: s.insert(3, nn.ELU()), ["ReLU", "Tanh", "Sigmoid", "ELU"]),
    "extend": (lambda s: s.extend([nn.ELU(), nn.GELU()]), ["ReLU", "Tanh", "Sigmoid", "ELU", "GELU"]),
}


@pytest.mark.parametrize("kind", [nn.Sequential, lambda *m: nn.ModuleList(m)])
@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_lists_change_like_lists(kind, change, expected):
    s = kind(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    change(s)
    assert kinds(s) == expected
    assert names(s) == [str(i) for i in range(len(expected))]
    assert all(getattr(s, str(i)) is module for i, module in enumerate(s))
    assert not hasattr(s, str(len(expected)))


def test_sequential_arithmetic():
    s = three()
    assert kinds(s + nn.Sequential(nn.ELU())) == [*kinds(s), "ELU"]
    doubled = nn.Sequential(nn.ReLU()) * 2
    assert kinds(doubled) == ["ReLU", "ReLU"] and doubled[0] is doubled[1]
    assert len(3 * nn.Sequential(nn.ReLU())) == 3
    kept = s
    s += nn.Sequential(nn.ELU())
    s *= 2
    assert s is kept and len(s) == 8
    with pytest.raises(ValueError, match="add operator supports only objects of Sequential class"):
        s + [nn.ReLU()]
    with pytest.raises(TypeError, match="unsupported operand"):
        s * 1.5
    with pytest.raises(ValueError, match="Non-positive multiplication factor 0"):
        s * 0


def test_sequential_refuses_what_is_no_module():
    for run in (lambda: nn.Sequential(3), lambda: nn.Sequential({"a": nn.ReLU()}), lambda: three().append(3)):
        with pytest.raises(TypeError, match="is not a Module subclass"):
            run()
    with pytest.raises(AssertionError, match="module should be of type"):
        three().insert(0, 3)
    with pytest.raises(IndexError, match="Index out of range: 7"):
        three().insert(7, nn.ReLU())


def test_slices_share_modules():
    s = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    assert s[:1][0] is s[0]


def test_module_list():
    m = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    assert kinds(m[0:1]) == ["ReLU"] and isinstance(m[0:1], nn.ModuleList)
    m += [nn.ELU()]
    assert kinds(m + [nn.GELU()]) == ["ReLU", "Tanh", "ELU", "GELU"]
    m.insert(-1, nn.SiLU())
    m.insert(9, nn.GELU())
    assert kinds(m) == ["ReLU", "Tanh", "SiLU", "ELU", "GELU"]
    with pytest.raises(NotImplementedError, match='missing the required "forward"'):
        m(1)
    with pytest.raises(TypeError, match="should be called with an iterable, but got int"):
        m.extend(3)
    with pytest.raises(TypeError, match="int is not a Module subclass"):
        m.insert(0, 3)
    assert kinds(m) == ["ReLU", "Tanh", "SiLU", "ELU", "GELU"]


def test_module_list_extends_by_itself():
    m = nn.ModuleList([nn.ReLU()])
    m.extend(m)
    assert len(m) == 2


def test_module_list_prints_runs_on_one_line():
    m = nn.ModuleList([*(nn.Linear(1, 1) for _ in range(3)), nn.ReLU(), nn.Linear(1, 1)])
    line = "Linear(in_features=1, out_features=1, bias=True)"
    assert repr(m) == f"ModuleList(\n  (0-2): 3 x {line}\n  (3): ReLU()\n  (4): {line}\n)"
    assert repr(nn.ModuleList()) == "ModuleList()"
    nested = nn.ModuleList([nn.Sequential(nn.ReLU()), nn.Sequential(nn.ReLU())])
    assert repr(nested) == "ModuleList(\n  (0-1): 2 x Sequential(\n    (0): ReLU()\n  )\n)"


def test_module_dict():
    d = nn.ModuleDict({"z": nn.ReLU(), "a": nn.Tanh()})
    assert list(d) == list(d.keys()) == ["z", "a"]
    assert "a" in d and "b" not in d and len(d) == 2
    assert d["a"] is d.a is list(d.values())[1] is dict(d.items())["a"]
    d["b"] = nn.ELU()
    assert isinstance(d.pop("z"), nn.ReLU)
    d.update([("c", nn.ReLU()), ["a", nn.GELU()]])
    d.update(nn.ModuleDict({"e": nn.SiLU()}))
    assert list(d) == ["a", "b", "c", "e"] and isinstance(d["a"], nn.GELU)
    del d["a"]
    d.clear()
    assert len(d) == 0 and not hasattr(d, "b")


@pytest.mark.parametrize(
    ("run", "kind", "words"),
    [
        (lambda: nn.ModuleDict()["q"], KeyError, "q"),
        (lambda: nn.ModuleDict().pop("q"), KeyError, "q"),
        (lambda: nn.ModuleDict({"a": 3}), TypeError, "int is not a Module subclass"),
        (lambda: nn.ModuleDict({3: nn.ReLU()}), TypeError, "module name should be a string"),
        (lambda: nn.ModuleDict({"keys": nn.ReLU()}), KeyError, "attribute 'keys' already exists"),
        (lambda: nn.ModuleDict(3), TypeError, "iterable of key/value pairs, but got int"),
        (lambda: nn.ModuleDict([3]), TypeError, "element #0 should be Iterable"),
        (lambda: nn.ModuleDict([(1, 2, 3)]), ValueError, "element #0 has length 3; 2 is required"),
        (lambda: nn.ParameterDict(3), TypeError, "iterable of key/value pairs, but got int"),
        (lambda: nn.ParameterDict([(1, 2, 3)]), ValueError, "element #0 has length 3; 2 is required"),
        (lambda: nn.ParameterDict({"keys": 1}), KeyError, "attribute 'keys' already exists"),
        (lambda: nn.ParameterDict([(3, 1)]), TypeError, "not a string"),
        (lambda: nn.ParameterDict()["z"], AttributeError, "no attribute 'z'"),
        (lambda: nn.ParameterDict().popitem(), KeyError, "dictionary is empty"),
        (lambda: nn.ParameterDict()(1), RuntimeError, "ParameterDict should not be called"),
        (lambda: nn.ParameterList()(1), RuntimeError, "ParameterList should not be called"),
        (lambda: nn.ParameterList()[0], IndexError, "out of range"),
        (lambda: nn.ParameterList(3), TypeError, "iterable, but got int"),
        (lambda: nn.ParameterList(lucet.ones(2)), TypeError, "iterable, but got Tensor"),
    ],
)
def test_wrong_use_is_told(run, kind, words):
    with pytest.raises(kind, match=words):
        run()


def test_parameter_list():
    p = nn.ParameterList([lucet.ones(2), nn.Parameter(lucet.zeros(1)), 3])
    assert isinstance(p[0], nn.Parameter) and p[2] == 3 and len(p) == 3
    assert [n for n, _ in p.named_parameters()] == ["0", "1"]
    assert p[-2] is p[1] and len(p[:2]) == 2 and p[:2][1] is p[1]
    p[0] = lucet.zeros(4)
    assert isinstance(p[0], nn.Parameter) and p[0].shape == (4,)
    p += [lucet.ones(1)]
    assert len(list(p)) == 4
    assert list(p.state_dict()) == ["0", "1", "3"]


def test_parameter_list_prints_size_and_dtype():
    text = repr(nn.ParameterList([lucet.ones(2, 3), 3]))
    assert text == (
        f"ParameterList(\n    (0): Parameter containing: [{lucet.float32} of size 2x3]\n    (1): Object of type: int\n)"
    )


def test_parameter_dict():
    q = nn.ParameterDict({"b": lucet.ones(1), "a": 2})
    assert list(q) == ["a", "b"] and list(reversed(q)) == ["b", "a"]  # a plain dict comes sorted
    assert list(nn.ParameterDict(OrderedDict(b=1, a=2))) == ["b", "a"]
    assert isinstance(q["b"], nn.Parameter) and q.b is q["b"]
    assert q.get("z") is None and q.get("z", 4) == 4 and q.setdefault("c", 5) == 5
    assert list((q | {"d": 1}).keys()) == ["a", "b", "c", "d"] and "d" not in q
    assert {"x": 1} | nn.ParameterDict({"y": 2}) == {"x": 1, "y": 2}
    q |= {"d": 6}
    assert q.pop("d") == 6 and q.popitem() == ("c", 5) and len(q) == 2
    assert q.copy()["b"] is q["b"]
    assert list(q.fromkeys(["x", "y"], 0).items()) == [("x", 0), ("y", 0)]
    del q["a"]
    assert list(q.values())[0] is q.b
    q.clear()
    assert len(q) == 0 and list(q.parameters()) == []


def test_container_is_the_older_name():
    with pytest.warns(FutureWarning, match="`nn.Container` is deprecated"):
        assert names(nn.Container(a=nn.ReLU())) == ["a"]
