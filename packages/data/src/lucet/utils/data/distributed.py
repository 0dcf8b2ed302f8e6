"""`DistributedSampler`: the share of an epoch's order that one process of several takes."""

import math
from collections.abc import Iterator, Sized
from typing import Any, TypeVar

import lucet

from .sampler import Sampler

__all__ = ["DistributedSampler"]

T_co = TypeVar("T_co", covariant=True)


class DistributedSampler(Sampler[T_co]):
    """Every `num_replicas`-th index of a dataset, from `rank` on: what one process of several goes through in an epoch.

    All replicas have the same number of indices: the order is cut to a multiple of `num_replicas` (`drop_last`), or
    continued with its own beginning. With `shuffle`, the order is drawn from a generator of the sampler's own, seeded
    with `seed` plus the epoch that `set_epoch` told; without `set_epoch` each epoch has the same order. `num_replicas`
    and `rank` are asked of `lucet.distributed` where they are not given.

    Raises:
        ValueError: a rank outside [0, num_replicas), or neither numbers nor a process group.

    Example:
        >>> from lucet.utils.data.distributed import DistributedSampler
        >>> sampler = DistributedSampler(range(5), num_replicas=2, rank=1, shuffle=False)
        >>> list(sampler), len(sampler)
        ([1, 3, 0], 3)
    """

    def __init__(
        self,
        dataset: Sized,
        num_replicas: int | None = None,
        rank: int | None = None,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
    ) -> None:
        if num_replicas is None or rank is None:
            from lucet import distributed  # here, because few programs ask it

            num_replicas = distributed.get_world_size() if num_replicas is None else num_replicas
            rank = distributed.get_rank() if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.drop_last = drop_last
        count = len(dataset)
        self.num_samples = count // num_replicas if drop_last else math.ceil(count / num_replicas)
        self.total_size = self.num_samples * num_replicas
        self.shuffle = shuffle
        self.seed = seed

    def __iter__(self) -> Iterator[Any]:
        count = len(self.dataset)
        if self.shuffle:
            generator = lucet.Generator().manual_seed(self.seed + self.epoch)
            order = lucet.randperm(count, generator=generator).tolist()
        else:
            order = list(range(count))
        if order and self.total_size > count:
            order *= math.ceil(self.total_size / count)
        return iter(order[self.rank : self.total_size : self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Tell which epoch comes next, so that its order is another one.

        Example:
            >>> from lucet.utils.data.distributed import DistributedSampler
            >>> DistributedSampler(range(4), 1, 0).set_epoch(1)
        """
        self.epoch = epoch
