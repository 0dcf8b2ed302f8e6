"""Whole training steps and a loader: an MLP, LeNet, the MNIST network; a DataLoader over tensors.

    python benchmarks/bench_steps.py                lucet time / torch time, alternating child processes

A step is zero_grad, forward, loss.item(), backward, step. Losses are compared before times.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _pair import main


def modules(lib):
    """nn, functional, optim and data of a library."""
    name = lib.__name__
    __import__(f"{name}.nn.functional")
    __import__(f"{name}.optim")
    __import__(f"{name}.utils.data")
    return lib.nn, lib.nn.functional, lib.optim, lib.utils.data


def networks(lib):
    nn, F, _, _ = modules(lib)

    class MNISTNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 32, 3, 1)
            self.conv2 = nn.Conv2d(32, 64, 3, 1)
            self.dropout1 = nn.Dropout(0.25)
            self.dropout2 = nn.Dropout(0.5)
            self.fc1 = nn.Linear(9216, 128)
            self.fc2 = nn.Linear(128, 10)

        def forward(self, x):
            x = F.relu(self.conv2(F.relu(self.conv1(x))))
            x = lib.flatten(self.dropout1(F.max_pool2d(x, 2)), 1)
            x = self.dropout2(F.relu(self.fc1(x)))
            return F.log_softmax(self.fc2(x), dim=1)

    def mlp():
        return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10), nn.LogSoftmax(dim=1))

    def lenet():
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10), nn.LogSoftmax(dim=1),
        )  # fmt: skip

    return {"MLP 784-128-10": (mlp, (784,)), "LeNet": (lenet, (1, 28, 28)), "MNIST network": (MNISTNet, (1, 28, 28))}


def training_step(lib, make, shape, batch):
    _, F, optim, _ = modules(lib)
    lib.manual_seed(0)
    model = make()
    optimizer = optim.Adam(model.parameters(), lr=1e-4)
    x, y = lib.rand(batch, *shape), lib.randint(0, 10, (batch,))

    def step():
        optimizer.zero_grad()
        loss = F.nll_loss(model(x), y)
        value = loss.item()
        loss.backward()
        optimizer.step()
        return value

    return step


def cases(lib):
    found = {}
    for name, (make, shape) in networks(lib).items():
        found[f"step:{name}, batch 64, Adam"] = training_step(lib, make, shape, 64)
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
    main(__file__, tolerance=1e-3, rounds=5)
