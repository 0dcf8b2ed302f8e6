"""Whole networks: training steps, predictions of one image, and a loader.

    python benchmarks/bench_steps.py                lucet time / torch time, alternating child processes
    python benchmarks/bench_steps.py --best         against torch at its best (see _pair.py)

A step is zero_grad, forward, loss.item(), backward, step. Losses are compared before times.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _networks import modules, networks
from _pair import at_its_best, main

STEPS = [
    ("mlp", "MLP 784-128-10", 64, "Adam"),
    ("step", "LeNet", 64, "Adam"),
    ("step", "MNIST network", 64, "Adam"),
    ("step", "ResNet-20", 32, "SGD"),
    ("step", "ResNet-20", 128, "SGD"),
    ("step", "small VGG", 64, "SGD"),
    ("large", "ResNet-18", 8, "SGD"),
    ("large", "MobileNetV2", 8, "SGD"),
]
PREDICTIONS = ["MNIST network", "ResNet-20", "ResNet-18", "MobileNetV2"]


def laid_out(lib, thing):
    """A model or batch in the layout that is best for the library."""
    images = not hasattr(thing, "dim") or thing.dim() == 4
    return thing.to(memory_format=lib.channels_last) if images and at_its_best(lib) else thing


def training_step(lib, name, batch, rule):
    nn, F, optim, _ = modules(lib)
    make, shape, classes = networks(lib)[name]
    lib.manual_seed(0)
    model = laid_out(lib, make())
    more = {"fused": True} if at_its_best(lib) else {}
    if rule == "Adam":
        optimizer = optim.Adam(model.parameters(), lr=1e-4, **more)
    else:
        optimizer = optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4, **more)
    x, y = laid_out(lib, lib.rand(batch, *shape)), lib.randint(0, classes, (batch,))

    def step():
        optimizer.zero_grad()
        loss = F.nll_loss(model(x), y)
        value = loss.item()
        loss.backward()
        optimizer.step()
        return value

    return step


def prediction(lib, name):
    make, shape, _ = networks(lib)[name]
    lib.manual_seed(0)
    model = laid_out(lib, make().eval())
    x = laid_out(lib, lib.rand(1, *shape))

    def predict():
        with lib.inference_mode():
            return model(x)

    return predict


def cases(lib):
    found = {f"{group}:{name}, batch {batch}, {rule}": training_step(lib, name, batch, rule) for group, name, batch, rule in STEPS}
    found |= {f"predict:{name}, batch 1": prediction(lib, name) for name in PREDICTIONS}
    data = modules(lib)[3]
    images, labels = lib.arange(60000 * 16).view(60000, 16).float(), lib.arange(60000)
    loader = data.DataLoader(data.TensorDataset(images, labels), batch_size=64)

    def epoch():
        total = 0
        for _, y in loader:
            total += len(y)
        return total

    found["loader:TensorDataset of 60,000, batch 64"] = epoch
    return found


if __name__ == "__main__":
    # in channels_last torch draws its dropout masks in another order
    main(__file__, tolerance=0.05 if "--best" in sys.argv else 1e-3, rounds=5)
