"""Wrappers that scripts for several devices put around a model. There is one device and one process here: they pass everything on."""

from lucet.nn.parallel.data_parallel import DataParallel, data_parallel
from lucet.nn.parallel.distributed import DistributedDataParallel

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel"]
