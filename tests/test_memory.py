"""A training loop with everything in it leaves memory as it found it."""

import gc
import resource

import lucet
from lucet import nn
from lucet.optim import Adam
from lucet.utils.data import DataLoader, TensorDataset

WARM, STEPS, BATCH = 300, 2_500, 4
SLACK = 4096  # bytes a few objects may differ by; one lost tensor a step would be megabytes


class Images(TensorDataset):
    """Items that are made when they are asked for, as a dataset of files makes them."""

    def __getitem__(self, index):
        image, label = super().__getitem__(index)
        return image * 1.0, label


def network():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(4 * 4 * 4, 10),
    )


def train(net, optimizer, loader, steps):
    loss_of = nn.CrossEntropyLoss()
    while steps:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_of(net(images), labels)
            loss.item()
            loss.backward()
            optimizer.step()
            steps -= 1
            if not steps:
                return


def held():
    """Bytes of live tensors, and the most the process has ever held (kB)."""
    gc.collect()
    return lucet.memory_stats()["live_bytes"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_thousands_of_training_steps_leave_memory_flat():
    lucet.manual_seed(0)
    data = Images(lucet.rand(64, 1, 8, 8), lucet.randint(0, 10, (64,)))
    net = network()
    optimizer = Adam(net.parameters())
    loader = DataLoader(data, batch_size=BATCH, shuffle=True)
    train(net, optimizer, loader, WARM)
    optimizer.zero_grad()
    live, resident = held()
    train(net, optimizer, loader, STEPS)
    optimizer.zero_grad()
    live_after, resident_after = held()
    assert live_after <= live + SLACK
    assert resident_after <= resident + 4096


def test_the_measure_sees_one_small_tensor_lost_a_step():
    lost = []
    live, _ = held()
    for _ in range(STEPS):
        lost.append(lucet.zeros(1))
    assert held()[0] > live + 10 * SLACK
