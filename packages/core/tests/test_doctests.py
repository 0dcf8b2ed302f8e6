"""Every example in core's docstrings runs: those of the registered ops, of the classes' methods, of the public modules."""

import doctest
import importlib
import importlib.util
import inspect
import pkgutil
import sys
import types

import pytest

import lucet
from lucet._registry import OPS, names_of

OPTIONS = doctest.NORMALIZE_WHITESPACE
OF_OTHERS = ("lucet.nn", "lucet.optim", "lucet.utils.data")  # joined to the namespace by siblings
WITH_NN = importlib.util.find_spec("lucet.nn") is not None
CLASSES = [lucet.Tensor, lucet.UntypedStorage, lucet.Generator, lucet.dtype, lucet.device, lucet.Size]


def modules():
    yield lucet
    for found in pkgutil.walk_packages(lucet.__path__, "lucet."):
        if not found.name.startswith(OF_OTHERS) and "._kernels." not in found.name:
            try:
                yield importlib.import_module(found.name)
            except ModuleNotFoundError:  # the name of a sibling that is not installed
                continue


def documented():
    """{label: docstring} of everything with an example, each docstring once."""
    texts = {}
    for key, entry in OPS.items():
        texts[f"op {key}"] = entry.function.__doc__
    for kind in CLASSES:
        texts[kind.__name__] = kind.__doc__
        for name, member in vars(kind).items():
            texts[f"{kind.__name__}.{name}"] = getattr(member, "__doc__", None)
    for module in modules():
        texts[module.__name__] = module.__doc__
        for name, member in vars(module).items():
            if inspect.isroutine(member) or inspect.isclass(member):
                if str(getattr(member, "__module__", "")).startswith("lucet"):
                    texts[f"{module.__name__}.{name}"] = member.__doc__
                    if inspect.isclass(member):
                        texts |= {f"{module.__name__}.{name}.{n}": getattr(m, "__doc__", None) for n, m in vars(member).items()}
    once = {}
    for label, text in texts.items():
        if isinstance(text, str) and ">>>" in text:
            once.setdefault(text, label)
    return {label: text for text, label in once.items()}


DOCUMENTED = documented()


@pytest.fixture
def functional(monkeypatch):
    """`lucet.nn.functional`, under which some ops are documented, also where only core is installed."""
    if importlib.util.find_spec("lucet.nn") is None:
        nn, functional = types.ModuleType("lucet.nn"), types.ModuleType("lucet.nn.functional")
        vars(functional).update(names_of("nn.functional"))
        nn.functional = functional
        monkeypatch.setitem(sys.modules, "lucet.nn", nn)
        monkeypatch.setitem(sys.modules, "lucet.nn.functional", functional)
        monkeypatch.setattr(lucet, "nn", nn, raising=False)


@pytest.mark.usefixtures("functional")
@pytest.mark.parametrize("label", DOCUMENTED)
def test_example_runs(label):
    text = inspect.cleandoc(DOCUMENTED[label])
    if "from lucet import nn" in text and not WITH_NN:
        pytest.skip("an example on modules, which are in lucet-nn")
    example = doctest.DocTestParser().get_doctest(text, {}, label, None, 0)
    said = []
    doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(example, out=said.append)
    assert not said, "".join(said)


def test_no_example_is_skipped():
    assert not [label for label, text in DOCUMENTED.items() if "+SKIP" in text]


def test_every_public_function_and_class_is_documented():
    for name in dir(lucet):
        member = getattr(lucet, name)
        if not name.startswith("_") and (inspect.isroutine(member) or inspect.isclass(member)):
            assert (member.__doc__ or "").strip(), name
    for name, member in vars(lucet.Tensor).items():
        if not name.startswith("_") and callable(member):
            assert (member.__doc__ or "").strip(), f"Tensor.{name}"
