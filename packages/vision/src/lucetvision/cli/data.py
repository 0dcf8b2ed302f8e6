"""Which images a run trains on, validates on and is tested on. Files are read by the datasets."""

import copy
import os
from typing import Any, NamedTuple

import numpy as np

from lucet._errors import LoadError
from lucet.utils.data import Subset

from ..datasets import FashionMNIST, FashionMNISTMini
from ..datasets._idx import find
from ..transforms import Compose, Normalize, RandomHorizontalFlip, ToTensor
from .refusal import Refused, one_line

EMBEDDED = "embedded"
MEAN, STD = 0.2860, 0.3530  # of the 60,000 training images
_TAKEN = "--data takes a folder with the four idx files of Fashion-MNIST, see --help"
_VALIDATION_SHARE = 10  # every class gives a tenth of its training images


class TrainingData(NamedTuple):
    """The two parts of the training images, and the names of their classes."""

    train: Subset
    validation: Subset
    classes: list[str]


def transform(mean: float, std: float, flip: bool = False) -> Compose:
    """From a PIL image to a network's input."""
    first = [RandomHorizontalFlip()] if flip else []
    return Compose([*first, ToTensor(), Normalize((mean,), (std,))])


def load_training(data: str, flip: bool, limit: int | None) -> TrainingData:
    """The training images of `data`, "embedded" or a folder, cut in two; Refused when they cannot be read."""
    dataset = _read(data, train=True)
    _check_test_files(data)
    train, validation = split(dataset.targets.numpy(), len(dataset.classes), limit)
    plain, augmented = copy.copy(dataset), copy.copy(dataset)
    plain.transform, augmented.transform = transform(MEAN, STD), transform(MEAN, STD, flip)
    return TrainingData(Subset(augmented, train), Subset(plain, validation), list(dataset.classes))


def load_test(data: str, mean: float = MEAN, std: float = STD) -> FashionMNIST | FashionMNISTMini:
    """The test images of `data`; Refused when they cannot be read."""
    dataset = _read(data, train=False)
    dataset.transform = transform(mean, std)
    return dataset


def _read(data: str, train: bool) -> Any:
    try:
        return FashionMNISTMini(train) if data == EMBEDDED else FashionMNIST(_folder(data), train)
    except LoadError as cause:
        raise Refused(one_line(cause) if data == EMBEDDED else f"{cause.headline}: {_TAKEN}") from cause
    except OSError as cause:
        raise Refused(one_line(cause)) from cause


def _folder(data: str) -> str:
    if not os.path.isdir(data):
        raise Refused(f"--data {data} {'is not a folder' if os.path.exists(data) else 'does not exist'}: {_TAKEN}")
    return data


def _check_test_files(data: str) -> None:
    """Notice now, not after hours of training, that the test files are missing."""
    if data == EMBEDDED:
        return
    folders = (os.path.join(data, "FashionMNIST", "raw"), data)
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        if find(folders, name) is None:
            raise Refused(f"{data} has no {name}, plain, .gz or .xz: {_TAKEN}")


def split(targets: np.ndarray, classes: int, limit: int | None = None) -> tuple[list[int], list[int]]:
    """Indices of training and validation images: of every class the last tenth in file order is for validation.

    With `limit` only that many images are used, the first of each class. Refused when a class would get less than two,
    and when there are not that many.
    """
    if limit is not None and limit > len(targets):
        raise Refused(f"--limit is {limit}, there are {len(targets):,} training images")
    train, validation = [], []
    for number in range(classes):
        members = np.flatnonzero(targets == number)
        if limit is not None:
            members = members[: limit // classes]
        if len(members) < 2:
            raise Refused(f"class {number} has {len(members)} training images, expected at least 2 (raise --limit)")
        kept = len(members) - max(len(members) // _VALIDATION_SHARE, 1)
        train.append(members[:kept])
        validation.append(members[kept:])
    return np.sort(np.concatenate(train)).tolist(), np.sort(np.concatenate(validation)).tolist()
