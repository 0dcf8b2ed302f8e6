"""Public names of lucet.utils.data: datasets, samplers, collating, the loader. No logic."""

from lucet._rooms import missing_attribute, require

__version__ = "0.1.0"
require("lucet-data", __version__)

from ._worker import WorkerInfo, get_worker_info  # noqa: E402
from .collate import default_collate, default_convert  # noqa: E402
from .dataloader import DataLoader  # noqa: E402
from .dataset import (  # noqa: E402
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
)
from .distributed import DistributedSampler  # noqa: E402
from .sampler import (  # noqa: E402
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from .splits import TransformedSubset, class_counts, class_weights, random_split, sample_weights  # noqa: E402

__all__ = [
    "BatchSampler",
    "ChainDataset",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "DistributedSampler",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "StackDataset",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "TransformedSubset",
    "WeightedRandomSampler",
    "WorkerInfo",
    "class_counts",
    "class_weights",
    "default_collate",
    "default_convert",
    "get_worker_info",
    "random_split",
    "sample_weights",
]


def __getattr__(name: str) -> object:
    return missing_attribute(name, __name__)
