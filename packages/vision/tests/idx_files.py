"""Small idx datasets on disk for the tests; asserts nothing."""

import gzip
import lzma
from pathlib import Path

import numpy as np

PACKERS = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}


def idx_bytes(array: np.ndarray) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


def images_and_labels(count: int, seed: int = 0, side: int = 28) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.integers(0, 256, (count, side, side), dtype=np.uint8), np.arange(count, dtype=np.uint8) % 10


def write_dataset(folder: Path, train: int = 40, test: int = 20, suffix: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (split, count) in enumerate({"train": train, "t10k": test}.items()):
        images, labels = images_and_labels(count, seed)
        for name, array in ((f"{split}-images-idx3-ubyte", images), (f"{split}-labels-idx1-ubyte", labels)):
            (folder / (name + suffix)).write_bytes(PACKERS[suffix](idx_bytes(array)))
