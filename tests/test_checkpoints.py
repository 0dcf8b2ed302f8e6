"""Checkpoints of models and optimizers: through files and processes, with the packages together and with core alone."""

import io
import subprocess
import sys
import textwrap
from collections import OrderedDict
from pathlib import Path

import pytest

import lucet
from lucet import nn, optim
from lucet._errors import LoadError

ROOT = Path(__file__).parent.parent
FILES = ROOT / "packages" / "core" / "tests" / "checkpoints"


def network() -> nn.Module:
    lucet.manual_seed(1)
    return nn.Sequential(
        OrderedDict(
            conv=nn.Conv2d(1, 4, 3),
            norm=nn.BatchNorm2d(4),
            act=nn.ReLU(),
            pool=nn.MaxPool2d(2),
            flat=nn.Flatten(),
            out=nn.Linear(36, 3),
        )
    )


def step(model: nn.Module, optimizer: optim.Optimizer) -> float:
    images, labels = lucet.rand(8, 1, 8, 8), lucet.randint(0, 3, (8,))
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def through_a_file(obj, **how):
    file = io.BytesIO()
    lucet.save(obj, file)
    file.seek(0)
    return lucet.load(file, **how)


OPTIMIZERS = {
    "SGD": lambda parameters: optim.SGD(parameters, lr=0.1, momentum=0.9),
    "Adam": lambda parameters: optim.Adam(parameters, lr=0.01),
    "Adadelta": lambda parameters: optim.Adadelta(parameters),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_to_the_same_bits_after_a_checkpoint(name, tmp_path):
    model = network()
    optimizer = OPTIMIZERS[name](model.parameters())
    for _ in range(3):
        step(model, optimizer)
    content = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "rng": lucet.get_rng_state()}
    lucet.save(content, tmp_path / "run.pt")
    unbroken = [step(model, optimizer) for _ in range(3)]

    got = lucet.load(tmp_path / "run.pt")
    again = network()
    again_optimizer = OPTIMIZERS[name](again.parameters())
    again.load_state_dict(got["model"])
    again_optimizer.load_state_dict(got["optimizer"])
    lucet.set_rng_state(got["rng"])
    assert [step(again, again_optimizer) for _ in range(3)] == unbroken
    for ours, theirs in zip(model.state_dict().values(), again.state_dict().values()):
        assert ours.tolist() == theirs.tolist()


def test_a_state_dict_comes_back_in_order_with_its_versions():
    state = network().state_dict()
    got = through_a_file(state)
    assert type(got) is OrderedDict
    assert list(got) == list(state)
    assert got._metadata == state._metadata
    assert got["norm.num_batches_tracked"].dtype is lucet.int64


def test_a_parameter_comes_back_as_one():
    for wants in (True, False):
        got = through_a_file(nn.Parameter(lucet.arange(3.0), requires_grad=wants))
        assert type(got) is nn.Parameter
        assert (got.requires_grad, got.is_leaf, got.tolist()) == (wants, True, [0, 1, 2])


def test_tied_parameters_stay_tied():
    weight = nn.Parameter(lucet.ones(2))
    first, second = through_a_file([weight, weight])
    assert first is second
    one, other = through_a_file([weight, weight.detach()])
    assert one.untyped_storage() is other.untyped_storage()


def test_a_whole_model_needs_trust_or_the_list_of_its_classes():
    model = network()
    with pytest.raises(LoadError, match=r"lucet\.nn\.modules\.container\.Sequential"):
        through_a_file(model)
    images = lucet.rand(2, 1, 8, 8)
    got = through_a_file(model, weights_only=False)
    assert got(images).tolist() == model(images).tolist()
    classes = {type(module) for module in model.modules()}
    with lucet.serialization.safe_globals([*classes, set]):
        got = through_a_file(model)
    assert got(images).tolist() == model(images).tolist()
    assert [name for name, _ in got.named_parameters()] == [name for name, _ in model.named_parameters()]


def test_torchs_parameter_is_a_parameter_here():
    got = lucet.load(FILES / "everything.pt")["param"]
    assert type(got) is nn.Parameter
    assert got.tolist() == [1.5, -2.0]


def test_with_core_alone_a_parameter_is_a_leaf(tmp_path):
    lucet.save({"p": nn.Parameter(lucet.arange(3.0))}, tmp_path / "m.pt")
    code = f"""
        import sys

        class Hidden:
            def find_spec(self, name, path=None, target=None):
                if name == "lucet.nn":
                    from lucet._rooms import MissingRoom
                    raise MissingRoom(name)

        import lucet
        sys.meta_path.insert(0, Hidden())
        p = lucet.load({str(tmp_path / "m.pt")!r})["p"]
        print(type(p).__name__, p.requires_grad, p.is_leaf, p.tolist(), "lucet.nn" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == "Tensor True True [0.0, 1.0, 2.0] False"


def test_plain_tensors_load_without_lucet_nn(tmp_path):
    lucet.save(lucet.arange(3.0), tmp_path / "m.pt")
    code = f"import lucet, sys; lucet.load({str(tmp_path / 'm.pt')!r}); print('lucet.nn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr


KILLED = """
import os, signal, sys, threading, time
import lucet

path, size = sys.argv[1], 200_000
lucet.save({"n": 0, "data": lucet.full((size,), 0.0)}, path)
print("ready", flush=True)
n = 0
while True:
    n += 1
    lucet.save({"n": n, "data": lucet.full((size,), float(n))}, path)
"""


def test_a_process_killed_while_it_saves_leaves_a_whole_file(tmp_path):
    path = tmp_path / "m.pt"
    for number in range(5):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout.readline() == "ready\n"
        before = path.stat().st_ino
        while path.stat().st_ino == before:  # until it is in the middle of its next files
            pass
        for _ in range(number * 1000):  # at a different moment each time
            path.stat()
        child.kill()
        child.wait()
        child.stdout.close()
        got = lucet.load(path)
        assert got["data"].tolist() == [float(got["n"])] * 200_000
