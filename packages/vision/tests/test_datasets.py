"""The datasets: what items and attributes are, where files are found, what is refused, the embedded subset."""

import gzip
import hashlib
import pickle
import threading

import numpy as np
import pytest
from idx_files import PACKERS, idx_bytes, images_and_labels, write_dataset

import lucet
from lucet._errors import LoadError
from lucet.utils.data import DataLoader, Subset
from lucetvision import transforms
from lucetvision.datasets import MNIST, FashionMNIST, FashionMNISTMini, VisionDataset, mnist


class Pictures(MNIST):
    """idx files of its own, so nothing is known about their content."""

    resources = [(name.removesuffix(".gz") + ".gz", "0" * 32) for name, _ in MNIST.resources]


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("inside", ["", "Pictures/raw"])
def test_files_are_found_in_both_places_and_every_packing(tmp_path, suffix, inside):
    write_dataset(tmp_path / inside, suffix=suffix)
    for train, count, seed in ((True, 40, 0), (False, 20, 1)):
        dataset = Pictures(tmp_path, train=train)
        images, labels = images_and_labels(count, seed)
        assert len(dataset) == count
        assert dataset.data.dtype == lucet.uint8 and dataset.targets.dtype == lucet.int64
        np.testing.assert_array_equal(dataset.data.numpy(), images)
        np.testing.assert_array_equal(dataset.targets.numpy(), labels)


def test_item_is_a_pil_image_and_an_int_before_the_transforms(tmp_path):
    write_dataset(tmp_path)
    image, target = Pictures(tmp_path)[3]
    assert (image.mode, image.size, target) == ("L", (28, 28), 3) and type(target) is int
    np.testing.assert_array_equal(np.array(image), images_and_labels(40)[0][3])
    dataset = Pictures(tmp_path, transform=transforms.ToTensor(), target_transform=str)
    image, target = dataset[-1]
    assert tuple(image.shape) == (1, 28, 28) and target == "9"


def test_attributes_and_repr(tmp_path):
    write_dataset(tmp_path)
    dataset = Pictures(str(tmp_path), train=False, transform=transforms.ToTensor())
    assert dataset.class_to_idx["3 - three"] == 3
    assert dataset.raw_folder == f"{tmp_path}/Pictures/raw"
    assert dataset.processed_folder == f"{tmp_path}/Pictures/processed"
    assert dataset.train is False
    with pytest.warns(UserWarning, match="test_data has been renamed data"):
        assert dataset.test_data is dataset.data
    with pytest.warns(UserWarning, match="train_labels has been renamed targets"):
        assert dataset.train_labels is dataset.targets
    lines = [
        "Dataset Pictures",
        "    Number of datapoints: 20",
        f"    Root location: {tmp_path}",
        "    Split: Test",
        "    StandardTransform",
        "Transform: ToTensor()",
    ]
    assert repr(dataset) == "\n".join(lines)


def test_home_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_dataset(tmp_path / "data")
    assert Pictures("~/data").root == f"{tmp_path}/data"


def test_missing_files_are_named(tmp_path):
    with pytest.raises(RuntimeError, match="MNIST: .* has no train-images-idx3-ubyte, plain, .gz or .xz"):
        MNIST(tmp_path)
    write_dataset(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert len(Pictures(tmp_path)) == 40
    with pytest.raises(RuntimeError, match="has no t10k-labels-idx1-ubyte"):
        Pictures(tmp_path, train=False)


def test_official_datasets_check_their_content(tmp_path):
    write_dataset(tmp_path, suffix=".gz")
    for kind in (MNIST, FashionMNIST):
        with pytest.raises(LoadError, match=rf"{kind.__name__}: .*train-images-idx3-ubyte.gz is not the file of {kind.__name__}: its"):
            kind(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(np.zeros((10000, 28, 28))), 1))
    with pytest.raises(LoadError, match="md5 of its content is .*, expected 8181f5470baa50b63fa0f6fddb340f0a"):
        FashionMNIST(tmp_path, train=False)


def test_counts_and_labels_must_fit(tmp_path):
    write_dataset(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.zeros(39)))
    with pytest.raises(LoadError, match="holds 40 images and 39 labels"):
        Pictures(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.array([0] * 7 + [10] + [0] * 32)))
    with pytest.raises(LoadError, match="has label 10 at item 7, expected less than 10"):
        Pictures(tmp_path)


def test_vision_dataset_takes_one_kind_of_transform():
    with pytest.raises(ValueError, match="transforms is given"):
        VisionDataset("root", transforms=lambda a, b: (a, b), transform=abs)
    with pytest.raises(NotImplementedError):
        VisionDataset("root")[0]
    assert VisionDataset("root", target_transform=abs).transforms(1, -2) == (1, 2)


# the embedded subset


def test_mini_is_whole_and_stratified():
    train, test = FashionMNISTMini(), FashionMNISTMini(train=False)
    for dataset, count in ((train, 1000), (test, 200)):
        assert tuple(dataset.data.shape) == (10 * count, 28, 28)
        assert np.bincount(dataset.targets.numpy()).tolist() == [count] * 10
    digest = hashlib.sha256()
    for array in (test.data, test.targets, train.data, train.targets):
        digest.update(idx_bytes(array.numpy()))
    assert digest.hexdigest() == "99250c5b95980dd7b11a575e3a3162e02f8cf60737cca59f0f3968d966f2c8a8"


def test_mini_instances_do_not_share_memory():
    first, second = FashionMNISTMini(train=False), FashionMNISTMini(train=False)
    before = second.data.clone()
    first.data.zero_()
    first.targets.zero_()
    assert bool((second.data == before).all()) and bool(second.targets.any())
    assert bool((FashionMNISTMini(train=False).data == before).all())


def test_mini_is_made_once_by_many_threads():
    mnist._mini.cache_clear()
    found = []
    threads = [threading.Thread(target=lambda: found.append(FashionMNISTMini(train=False))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and all(bool((dataset.data == found[0].data).all()) for dataset in found)


def test_mini_takes_no_folder_and_says_so():
    for call in (
        lambda: FashionMNISTMini(root="data", train=True),
        lambda: FashionMNISTMini("data"),
        lambda: FashionMNISTMini(download=True),
    ):
        with pytest.raises(TypeError, match="FashionMNISTMini: takes no '(root|download)': its images are inside"):
            call()


def test_mini_damage_is_told(tmp_path, monkeypatch):
    broken = tmp_path / "mini.xz"
    with open(mnist._MINI_FILE, "rb") as file:
        broken.write_bytes(file.read()[:100_000])
    monkeypatch.setattr(mnist, "_MINI_FILE", str(broken))
    mnist._mini.cache_clear()
    try:
        with pytest.raises(LoadError, match="FashionMNISTMini: the embedded file is damaged"):
            FashionMNISTMini()
    finally:
        mnist._mini.cache_clear()


def test_licence_of_the_images_lies_beside_them():
    folder = mnist._MINI_FILE.rpartition("/")[0]
    with open(f"{folder}/LICENSE.fashion-mnist", encoding="utf-8") as file:
        text = file.read()
    assert text.startswith("The MIT License (MIT)") and "Zalando SE" in text


def test_dataset_pickles():
    dataset = FashionMNISTMini(train=False, transform=transforms.ToTensor())
    again = pickle.loads(pickle.dumps(dataset))
    assert repr(again) == repr(dataset) and bool((again.data == dataset.data).all())


# whole batches at once

MEAN_STD = ((0.2860,), (0.3530,))
BATCHABLE = {
    "ToTensor": transforms.ToTensor(),
    "usual": transforms.Compose([transforms.ToTensor(), transforms.Normalize(*MEAN_STD)]),
    "flip first": transforms.Compose(
        [transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize(*MEAN_STD)]
    ),
    "flip last": transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize(*MEAN_STD), transforms.RandomHorizontalFlip(0.3)]
    ),
}


class Twice(transforms.Normalize):
    """A subclass may do anything, so it must be called for each item."""

    def forward(self, tensor):
        return super().forward(tensor) * 2


SINGLE = {
    "two flips": transforms.Compose(
        [transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.RandomHorizontalFlip()]
    ),
    "subclass": transforms.Compose([transforms.ToTensor(), Twice(*MEAN_STD)]),
    "lambda": transforms.Compose([transforms.ToTensor(), transforms.Lambda(lambda x: x + 1)]),
    "PILToTensor": transforms.PILToTensor(),
}


@pytest.mark.parametrize("name", BATCHABLE)
def test_getitems_equals_getitem_bit_for_bit(name):
    dataset = FashionMNISTMini(train=False, transform=BATCHABLE[name], target_transform=lambda target: target + 1)
    indices = [5, 0, 1999, -1, 5, *range(100, 140)]
    lucet.manual_seed(3)
    batch = dataset.__getitems__(indices)
    after_batch = lucet.rand(1).item()
    lucet.manual_seed(3)
    single = [dataset[index] for index in indices]
    assert after_batch == lucet.rand(1).item()
    assert type(batch) is list and [target for _, target in batch] == [target for _, target in single]
    for (left, _), (right, _) in zip(batch, single, strict=True):
        assert left.dtype == right.dtype and left.shape == right.shape and bool((left == right).all())
    assert dataset.__getitems__([]) == []


@pytest.mark.parametrize("name", SINGLE)
def test_other_transforms_have_no_getitems(name):
    dataset = FashionMNISTMini(train=False, transform=SINGLE[name])
    assert not hasattr(dataset, "__getitems__")
    items = Subset(dataset, [3, 1]).__getitems__([0, 1])
    assert [target for _, target in items] == [dataset[3][1], dataset[1][1]]


def test_own_getitem_hooks_and_no_transform_have_no_getitems():
    class Own(FashionMNISTMini):
        def __getitem__(self, index):
            return "own", index

    assert not hasattr(Own(train=False, transform=transforms.ToTensor()), "__getitems__")
    assert not hasattr(FashionMNISTMini(train=False), "__getitems__")
    hooked = transforms.Normalize(*MEAN_STD)
    hooked.register_forward_hook(lambda module, inputs, output: output + 1)
    assert mnist.batch_transform(transforms.Compose([transforms.ToTensor(), hooked])) is None
    assert mnist.batch_transform(transforms.Compose([transforms.Normalize(*MEAN_STD), transforms.ToTensor()])) is None


def test_a_loader_gives_the_same_batches_with_threads():
    dataset = Subset(FashionMNISTMini(train=False, transform=BATCHABLE["flip first"]), list(range(0, 2000, 7)))

    def epoch(workers):
        generator = lucet.Generator()
        generator.manual_seed(1)
        loader = DataLoader(dataset, batch_size=32, shuffle=True, num_workers=workers, generator=generator)
        return [(images, targets) for images, targets in loader]

    plain, threaded = epoch(0), epoch(2)
    assert tuple(plain[0][0].shape) == (32, 1, 28, 28)
    for (images, targets), (images2, targets2) in zip(plain, threaded, strict=True):
        assert bool((images == images2).all()) and bool((targets == targets2).all())
