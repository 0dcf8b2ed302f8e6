"""Builds the embedded Fashion-MNIST subset from the four original idx files; nothing at run time uses this.

    python tools/build_fashion_mini.py [FOLDER] [OUTPUT]

FOLDER holds the idx files, plain or gzip (default: where Debian's `dataset-fashion-mnist` puts them). The output is one
xz stream: test images, test labels, training images, training labels, each an idx file, the first 200 and 1,000 images
of every class in file order. Test images come first so that an evaluation need not unpack the training images.
"""

import gzip
import hashlib
import lzma
import sys
from pathlib import Path

import numpy as np

SOURCE = Path("/usr/share/datasets/fashion-mnist")
OUTPUT = Path(__file__).parents[1] / "packages/vision/src/lucetvision/datasets/data/fashion_mnist_mini.xz"
MD5 = {
    "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}
PER_CLASS = {"t10k": 200, "train": 1000}


def read(folder: Path, name: str) -> bytes:
    plain = folder / name
    content = plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != MD5[name]:
        sys.exit(f"{folder / name}: md5 {found}, expected {MD5[name]}")
    return content


def idx(array: np.ndarray) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def subset(folder: Path, split: str) -> bytes:
    images = np.frombuffer(read(folder, f"{split}-images-idx3-ubyte"), np.uint8, offset=16).reshape(-1, 28, 28)
    labels = np.frombuffer(read(folder, f"{split}-labels-idx1-ubyte"), np.uint8, offset=8)
    keep = np.zeros(len(labels), bool)
    for label in range(10):
        keep[np.flatnonzero(labels == label)[: PER_CLASS[split]]] = True
    return idx(images[keep]) + idx(labels[keep])


def main() -> None:
    folder, output = [Path(given) for given in sys.argv[1:]] + [SOURCE, OUTPUT][len(sys.argv) - 1 :]
    content = subset(folder, "t10k") + subset(folder, "train")
    output.write_bytes(lzma.compress(content, check=lzma.CHECK_CRC32, preset=9 | lzma.PRESET_EXTREME))
    print(f"{output.name}: {output.stat().st_size} bytes, unpacked {len(content)}")
    print(f"sha256 of the unpacked bytes: {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
