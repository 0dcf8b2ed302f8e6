"""Datasets whose items draw from lucet; a module of its own so that spawned processes can import them."""

import os
import signal
import threading

import lucet
from lucet.utils.data import Dataset, IterableDataset, default_collate, get_worker_info


class Noisy(Dataset):
    """Items that draw."""

    def __init__(self, count=20):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index >= self.count:
            raise IndexError(index)
        return index, lucet.rand(3)


class NoisyStream(IterableDataset):
    """The same as a stream, shared out over the workers."""

    def __init__(self, count=20):
        self.count = count

    def __len__(self):
        return self.count

    def __iter__(self):
        info = get_worker_info()
        first, step = (info.id, info.num_workers) if info else (0, 1)
        for i in range(first, self.count, step):
            yield i, lucet.rand(2)


def mixed(batch):
    """A collate function that draws."""
    return default_collate(batch), lucet.rand(1)


class Deadly(Dataset):
    """Items that do not fit into a pipe; the worker that makes item 2 is killed while its batch is on the way."""

    def __len__(self):
        return 6

    def __getitem__(self, index):
        if index == 2:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return lucet.full((1 << 21,), float(index))


class Unopened:
    """A batch that cannot be made again where it arrives."""

    def __init__(self, batch):
        pass

    def __reduce__(self):
        return open, ("/no/such/file",)
