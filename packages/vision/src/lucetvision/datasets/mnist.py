"""MNIST, Fashion-MNIST and the Fashion-MNIST subset inside the package; files are read by _idx.py."""

import lzma
import os
import warnings
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Never

import numpy as np

import lucet
from lucet import Tensor
from lucet._errors import ArgumentError, LoadError, error

from .. import _categories, io
from . import _idx
from ._batch import batch_transform
from ._idx import Content
from .vision import VisionDataset

__all__ = ["MNIST", "FashionMNIST", "FashionMNISTMini"]

# md5 of the .gz file that a mirror serves: what must come out of it, however it is packed
_CONTENTS = {
    "f68b3c2dcbeaaa9fbdd348bbdeb94873": Content("6bbc9ace898e44ae57da46a324031adb", (60000, 28, 28)),
    "d53e105ee54ea40749a09fcbcd1e9432": Content("a25bea736e30d166cdddb491f175f624", (60000,)),
    "9fb629c4189551a2d022fa330f9573f3": Content("2646ac647ad5339dbf082846283269ea", (10000, 28, 28)),
    "ec29112dd5afa0611ce80d1b7f02629c": Content("27ae3e4e09519cfbb04c329615203637", (10000,)),
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d": Content("f4a8712d7a061bf5bd6d2ca38dc4d50a", (60000, 28, 28)),
    "25c81989df183df01b3e8a0aad5dffbe": Content("9018921c3c673c538a1fc5bad174d6f9", (60000,)),
    "bef4ecab320f06d8554ea6380940ec79": Content("8181f5470baa50b63fa0f6fddb340f0a", (10000, 28, 28)),
    "bb300cfdad3c16e7a12a480ee83cd310": Content("15d484375f8d13e6eb1aabb0c3f46965", (10000,)),
}
_MINI_FILE = os.path.join(os.path.dirname(__file__), "data", "fashion_mnist_mini.xz")


class _GrayImages(VisionDataset):
    """Gray images and labels in memory: `data` (N, H, W) uint8 and `targets` (N,) int64."""

    classes: Sequence[str] = ()
    data: Tensor
    targets: Tensor
    train: bool

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """The image at `index` (a PIL image before `transform`) and its class number."""
        img, target = io.from_array(self.data[index].numpy()), int(self.targets[index])
        if self.transform is not None:
            img = self.transform(img)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return img, target

    @property
    def __getitems__(self) -> Callable[[Sequence[int]], list[tuple[Any, Any]]]:
        """The items at many indices, made in one go, to the same bits and with the same draws as one by one.

        AttributeError for transforms that do not run over a batch, so that a loader then asks for single items and
        gives each of them a random stream of its own.
        """
        over_batch = batch_transform(self.transform) if type(self).__getitem__ is _GrayImages.__getitem__ else None
        if over_batch is None:
            raise AttributeError(
                f"{type(self).__name__}: its transform runs on single images only",
            )
        return partial(self._items, over_batch)

    def _items(self, over_batch: Callable[[Tensor], Tensor], indices: Sequence[int]) -> list[tuple[Any, Any]]:
        wanted = lucet.tensor(indices, dtype=lucet.int64)
        images, targets = over_batch(self.data[wanted].unsqueeze(1)), self.targets[wanted].tolist()
        if self.target_transform is not None:
            targets = [self.target_transform(target) for target in targets]
        return list(zip(images.unbind(0), targets, strict=True))

    def __len__(self) -> int:
        return len(self.data)

    @property
    def class_to_idx(self) -> dict[str, int]:
        """Class name to class number."""
        return {name: number for number, name in enumerate(self.classes)}

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"

    def _set(self, images: np.ndarray, labels: np.ndarray, source: str) -> None:
        if len(images) != len(labels):
            headline = f"{type(self).__name__}: {source} holds {len(images):,} images and {len(labels):,} labels"
            raise error(LoadError, headline)
        wrong = np.flatnonzero(labels >= len(self.classes))
        if self.classes and len(wrong):
            first = f"label {labels[wrong[0]]} at item {wrong[0]}, expected less than {len(self.classes)}"
            raise error(LoadError, f"{type(self).__name__}: {source} has {first}")
        self.data = lucet.from_numpy(images)
        self.targets = lucet.from_numpy(labels.astype(np.int64))


class MNIST(_GrayImages):
    """Handwritten digits: 60,000 training and 10,000 test images of 28 x 28 pixels in 10 classes.

    The four idx files are read from `root/MNIST/raw` or from `root` itself, plain, .gz or .xz; with `download` they
    are fetched into the former when missing or damaged. Items are (PIL image "L", int), passed through `transform`
    and `target_transform`. `data` is (N, 28, 28) uint8, `targets` (N,) int64.

    Raises LoadError (a RuntimeError) when files are missing or damaged, or not those of this dataset, naming the first.
    Source: Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    >>> from lucetvision.datasets import MNIST
    >>> MNIST("no-such-folder")
    Traceback (most recent call last):
        ...
    lucet.errors.LoadError: MNIST: no-such-folder has no train-images-idx3-ubyte, plain, .gz or .xz
      fix   download=True fetches it
    """

    mirrors = [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ]
    resources = [
        ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]
    classes = list(_categories.MNIST)

    def __init__(
        self,
        root: str | os.PathLike,
        train: bool = True,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        download: bool = False,
    ) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        split = "train" if train else "t10k"
        images = self._read(f"{split}-images-idx3-ubyte", ndim=3)
        self._set(images, self._read(f"{split}-labels-idx1-ubyte", ndim=1), os.fspath(self.root))

    @property
    def raw_folder(self) -> str:
        """Where `download` puts the files."""
        return os.path.join(self.root, type(self).__name__, "raw")

    @property
    def processed_folder(self) -> str:
        """Where early versions of other libraries kept converted files; never read or written here."""
        return os.path.join(self.root, type(self).__name__, "processed")

    def download(self) -> None:
        """Fetch the files that are missing or damaged into `raw_folder`, packed as served."""
        from ._download import fetch

        for file, md5 in self.resources:
            if self._is_good(file):
                continue
            os.makedirs(self.raw_folder, exist_ok=True)
            name, content = file.removesuffix(".gz"), _CONTENTS.get(md5)
            urls = [mirror + file for mirror in self.mirrors]
            limit = content.size if content else _idx.MAX_BYTES
            fetch(urls, os.path.join(self.raw_folder, file), md5=md5, max_bytes=limit)
            self._drop_others(file, name)

    def _is_good(self, file: str) -> bool:
        name = file.removesuffix(".gz")
        try:
            self._read(name, ndim=3 if "idx3" in name else 1)
        except RuntimeError:
            return False
        return True

    def _drop_others(self, file: str, name: str) -> None:
        """Delete damaged copies, which would be found before the fetched file."""
        for suffix in _idx.SUFFIXES:
            other = os.path.join(self.raw_folder, name + suffix)
            if name + suffix != file and os.path.exists(other):
                os.unlink(other)

    def _read(self, name: str, ndim: int) -> np.ndarray:
        path = _idx.find((self.raw_folder, os.fspath(self.root)), name)
        if path is None:
            headline = f"{type(self).__name__}: {self.root} has no {name}, plain, .gz or .xz"
            raise error(LoadError, headline, fix="download=True fetches it")
        return _idx.read(path, ndim, self._content(name), type(self).__name__)

    def _content(self, name: str) -> Content | None:
        """What the file must hold; None for the files of a subclass with resources of its own."""
        return next((_CONTENTS.get(md5) for file, md5 in self.resources if file.removesuffix(".gz") == name), None)

    @property
    def train_labels(self) -> Tensor:
        """Old name of `targets`."""
        return self._renamed("train_labels", "targets")

    @property
    def test_labels(self) -> Tensor:
        """Old name of `targets`."""
        return self._renamed("test_labels", "targets")

    @property
    def train_data(self) -> Tensor:
        """Old name of `data`."""
        return self._renamed("train_data", "data")

    @property
    def test_data(self) -> Tensor:
        """Old name of `data`."""
        return self._renamed("test_data", "data")

    def _renamed(self, old: str, new: str) -> Tensor:
        warnings.warn(f"{old} has been renamed {new}", stacklevel=3)
        return getattr(self, new)


class FashionMNIST(MNIST):
    """Articles of clothing: 60,000 training and 10,000 test images of 28 x 28 pixels in 10 classes.

    Files, arguments and errors are those of `MNIST`, the folder is `root/FashionMNIST/raw` or `root` itself.
    Source: H. Xiao et al., "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", 2017.

    >>> from lucetvision.datasets import FashionMNIST
    >>> FashionMNIST.classes[9]
    'Ankle boot'
    """

    mirrors = [
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ]
    resources = [
        ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]
    classes = list(_categories.FASHION_MNIST)


class FashionMNISTMini(_GrayImages):
    """The first 1,000 training and 200 test images of each class of Fashion-MNIST, inside the package.

    Items and attributes are those of `FashionMNIST`; there is no folder and nothing to download, so `root` and
    `download` are a TypeError.
    Source: as FashionMNIST; the images are under the MIT licence, copyright 2017 Zalando SE.

    >>> from lucetvision.datasets import FashionMNISTMini
    >>> FashionMNISTMini(train=False)
    Dataset FashionMNISTMini
        Number of datapoints: 2000
        Split: Test
    """

    classes = list(_categories.FASHION_MNIST)

    def __init__(
        self,
        train: bool = True,
        transform: Callable | None = None,
        target_transform: Callable | None = None,
        **elsewhere: Never,
    ) -> None:
        if elsewhere or isinstance(train, (str, os.PathLike)):
            given = next(iter(elsewhere), "root")
            told = f"FashionMNISTMini: takes no {given!r}: its images are inside the package"
            raise error(ArgumentError, told, fix="FashionMNISTMini(train=True, transform=None, target_transform=None)")
        super().__init__(transform=transform, target_transform=target_transform)
        self.train = train
        images, labels = _mini(train)
        self._set(images.copy(), labels, "the embedded file")


# Pure of its argument and never written to: every instance of the process copies from the same unpacked arrays.
@lru_cache(maxsize=2)
def _mini(train: bool) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of the embedded test or training set, in the order of tools/build_fashion_mini.py."""
    try:
        with lzma.open(_MINI_FILE) as stream:
            pair = _idx.parse(stream.read, 3), _idx.parse(stream.read, 1)
            return (_idx.parse(stream.read, 3), _idx.parse(stream.read, 1)) if train else pair
    except (_idx.Damaged, EOFError, OSError, lzma.LZMAError) as cause:
        headline = f"FashionMNISTMini: the embedded file is damaged: {cause}"
        raise error(LoadError, headline, fix="install lucet-vision again") from cause
