"""lucetvision beside torchvision: signatures, printed forms, values, errors, random streams, datasets, networks."""

import gzip
import inspect
import sys
import types
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import lucet
import lucetvision.datasets
import lucetvision.io
import lucetvision.models
import lucetvision.transforms
from lucetvision.datasets import FashionMNISTMini
from lucetvision.datasets.vision import VisionDataset

# torchvision's compiled operators need not match this torch; nothing compared here calls them
sys.modules.setdefault("torchvision._meta_registrations", types.ModuleType("torchvision._meta_registrations"))
import torchvision  # noqa: E402
import torchvision.datasets  # noqa: E402
import torchvision.io  # noqa: E402
import torchvision.models  # noqa: E402
import torchvision.transforms  # noqa: E402

OURS, THEIRS = lucetvision.transforms, torchvision.transforms
F, G = OURS.functional, THEIRS.functional
CLASSES = [
    "CenterCrop",
    "Compose",
    "ConvertImageDtype",
    "Grayscale",
    "Lambda",
    "Normalize",
    "PILToTensor",
    "RandomHorizontalFlip",
    "Resize",
    "ToTensor",
]
FUNCTIONS = [name for name in F.__all__ if name != "InterpolationMode"]


def plain(value):
    """A default in a form that both libraries share."""
    return str(value).rpartition(".")[2] if type(value).__name__ in ("dtype", "InterpolationMode") else value


def parameters_of(function):
    return [(p.name, p.kind, plain(p.default)) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("name", CLASSES)
def test_class_signatures(name):
    assert parameters_of(getattr(OURS, name)) == parameters_of(getattr(THEIRS, name))
    assert issubclass(getattr(OURS, name), lucet.nn.Module) == issubclass(getattr(THEIRS, name), torch.nn.Module)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_signatures(name):
    assert parameters_of(getattr(F, name)) == parameters_of(getattr(G, name))


def test_interpolation_modes():
    ours, theirs = OURS.InterpolationMode, THEIRS.InterpolationMode
    assert {mode.name: mode.value for mode in ours} == {mode.name: mode.value for mode in theirs}


def test_read_image_has_the_same_arguments_and_modes():
    ours, theirs = lucetvision.io, torchvision.io
    assert {name: mode.value for name, mode in ours.ImageReadMode.__members__.items()} == {
        name: mode.value for name, mode in theirs.ImageReadMode.__members__.items()
    }
    found, wanted = (parameters_of(lib.read_image) for lib in (ours, theirs))
    assert [p[:2] for p in found] == [p[:2] for p in wanted]
    assert [getattr(p[2], "value", p[2]) for p in found] == [getattr(p[2], "value", p[2]) for p in wanted]


CALLS = {
    "CenterCrop": [(3,), ((3, 4),), ([5],), ((1, 2, 3),), (2.0,)],
    "Compose": [([],), ([abs, len],)],
    "Grayscale": [(), (3,)],
    "Lambda": [(abs,), (3,)],
    "Normalize": [((0.5,), (0.5,)), ([0.1, 0.2], [1, 2], True)],
    "PILToTensor": [()],
    "RandomHorizontalFlip": [(), (0.25,)],
    "Resize": [(3,), ((3, 4),), ([3], 3, 9, None), ("abc",), ([1, 2, 3],), (2.5,), (3, 0)],
    "ToTensor": [()],
}


@pytest.mark.parametrize("name, arguments", [(name, arguments) for name in CALLS for arguments in CALLS[name]])
def test_printed_forms_and_constructor_errors(name, arguments):
    outcomes = []
    for library in (OURS, THEIRS):
        try:
            outcomes.append(repr(getattr(library, name)(*arguments)))
        except Exception as caught:
            outcomes.append(type(caught))
    assert outcomes[0] == outcomes[1]


# values


def both(array):
    return lucet.from_numpy(array.copy()), torch.from_numpy(array.copy())


def assert_equal(ours, theirs, **tolerance):
    if isinstance(ours, Image.Image):
        assert ours.mode == theirs.mode
        return np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    assert str(ours.dtype).rpartition(".")[2] == str(theirs.dtype).rpartition(".")[2]
    assert tuple(ours.shape) == tuple(theirs.shape)
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), **{"rtol": 0, "atol": 0, **tolerance})


def outcome(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            return call(), [warning.category for warning in caught]
        except Exception as error:
            return type(error), [warning.category for warning in caught]


def compare(ours, theirs, **tolerance):
    """Run both calls; their values, or their error classes, and their warnings' classes agree."""
    (left, left_warnings), (right, right_warnings) = outcome(ours), outcome(theirs)
    assert left_warnings == right_warnings
    if isinstance(right, type):  # lucet's own error classes derive from torch's
        assert isinstance(left, type) and issubclass(left, right), f"gave {left}, torchvision raises {right}"
        return
    assert not isinstance(left, type), f"raised {left}, torchvision returns"
    assert_equal(left, right, **tolerance)


MODES = ["1", "L", "P", "I", "F", "RGB", "YCbCr", "RGBA", "CMYK", "LA", "I;16"]


def image_of(mode, height=5, width=7, seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    if mode == "I;16":
        return Image.fromarray(values[..., 0].astype(np.uint16) * 100)
    return Image.fromarray(values, "RGBA").convert("RGB").convert(mode) if mode != "RGBA" else Image.fromarray(values)


@pytest.mark.parametrize("mode", MODES)
def test_conversions_of_every_mode(mode):
    image = image_of(mode)
    compare(lambda: F.to_tensor(image), lambda: G.to_tensor(image))
    if mode != "I;16":  # torchvision gives uint16, which lucet does not have
        compare(lambda: F.pil_to_tensor(image), lambda: G.pil_to_tensor(image))
    for channels in (1, 3, 2):
        compare(lambda: F.to_grayscale(image, channels), lambda: G.to_grayscale(image, channels))
    for name in ("get_dimensions", "get_image_size", "get_image_num_channels"):
        assert getattr(F, name)(image) == getattr(G, name)(image)


ARRAYS = [
    np.zeros((2, 3), np.uint8),
    np.arange(24, dtype=np.uint8).reshape(2, 4, 3)[:, ::2],
    np.ones((2, 3), np.float64),
    np.ones((2, 3, 2), np.int32),
    np.zeros((1, 2, 3, 4), np.uint8),
    np.zeros(3, np.uint8),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.shape}{a.dtype}")
def test_arrays_to_tensors(array):
    compare(lambda: F.to_tensor(array), lambda: G.to_tensor(array))


DTYPES = ["uint8", "int8", "int16", "int32", "int64", "float32", "float64"]


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", DTYPES)
def test_dtype_conversions(source, target):
    kind = np.dtype(source)
    values = np.array([0, 1, 2, 3], kind) if kind.kind != "f" else np.array([0, 0.25, 0.5, 0.999, 1], kind)
    if kind.kind != "f":
        values = np.append(values, np.iinfo(kind).max).astype(kind)
    left, right = both(values)
    compare(
        lambda: F.convert_image_dtype(left, getattr(lucet, target)),
        lambda: G.convert_image_dtype(right, getattr(torch, target)),
        rtol=1e-7,
    )


NORMALISED = [
    ((3, 4, 5), [0.1, 0.2, 0.3], [0.5, 0.6, 0.7], "float32"),
    ((2, 3, 4, 5), (0.1, 0.2, 0.3), (0.5, 0.6, 0.7), "float64"),
    ((3, 4, 5), [0.1], [0.5], "float32"),
    ((3, 4, 5), 0.1, 0.5, "float32"),
    ((3, 4, 5), [0.1, 0.2], [0.5, 0.5], "float32"),
    ((4, 5), [0.1], [0.5], "float32"),
    ((5,), [0.1], [0.5], "float32"),
    ((3, 4, 5), [0.1], [0.0], "float32"),
    ((3, 4, 5), [0.1], [0.5], "uint8"),
    ((0, 3, 4, 5), [0.1] * 3, [0.5] * 3, "float32"),
]


@pytest.mark.parametrize("shape, mean, std, dtype", NORMALISED)
@pytest.mark.parametrize("inplace", [False, True])
def test_normalize(shape, mean, std, dtype, inplace):
    left, right = both(np.random.default_rng(0).random(shape).astype(dtype))
    compare(lambda: F.normalize(left, mean, std, inplace), lambda: G.normalize(right, mean, std, inplace))
    assert_equal(left, right)


SIZES = [1, 3, 8, 20, [4], (3, 11), (11, 3), (5, 7), (1, 1)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("mode", list(OURS.InterpolationMode), ids=lambda mode: mode.value)
def test_resize_of_pil_images_is_exact(size, mode):
    for kind in ("L", "RGB"):
        image, theirs = image_of(kind), THEIRS.InterpolationMode(mode.value)
        compare(lambda: F.resize(image, size, mode), lambda: G.resize(image, size, theirs))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("antialias", [True, False, None])
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int32"])
def test_resize_of_tensors(size, antialias, mode, dtype):
    values = np.random.default_rng(0).random((2, 3, 5, 7)) * 255
    left, right = both(values.astype(dtype))
    atol = {"float32": 2e-4, "float64": 1e-10}.get(dtype, 1 if mode.startswith("bi") else 0)
    compare(
        lambda: F.resize(left, size, OURS.InterpolationMode(mode), antialias=antialias),
        lambda: G.resize(right, size, THEIRS.InterpolationMode(mode), antialias=antialias),
        atol=atol,
    )


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    mode=st.sampled_from(["nearest", "nearest-exact", "bilinear", "bicubic"]),
    antialias=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_resize_of_any_tensor(height, width, size, mode, antialias):
    left, right = both(np.random.default_rng(0).random((1, height, width)))
    compare(
        lambda: F.resize(left, size, OURS.InterpolationMode(mode), antialias=antialias),
        lambda: G.resize(right, size, THEIRS.InterpolationMode(mode), antialias=antialias),
        atol=1e-9,
    )


@given(
    top=st.integers(-6, 9),
    left=st.integers(-6, 9),
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    tensor=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_crops(top, left, height, width, tensor):
    image = image_of("L")
    ours, theirs = both(np.asarray(image)[None]) if tensor else (image, image)
    compare(lambda: F.center_crop(ours, (height, width)), lambda: G.center_crop(theirs, (height, width)))
    inside = top < 5 and left < 7 and top + height > 0 and left + width > 0
    if inside or not tensor:  # beyond the image torchvision's tensor crop fails on its padding, ours is all zeros
        compare(lambda: F.crop(ours, top, left, height, width), lambda: G.crop(theirs, top, left, height, width))


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 3, 4, 5), (1, 4, 5), (2, 4, 5), (4, 5), (3, 0, 5)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 3, 2])
def test_grayscale_and_flip_of_tensors(shape, dtype, channels):
    left, right = both((np.random.default_rng(0).random(shape) * 255).astype(dtype))
    if shape[0] == 1 and channels == 3:  # torchvision's docs promise three channels, its code returns one
        assert tuple(F.rgb_to_grayscale(left, 3).shape) == (3, *shape[1:])
    else:
        compare(lambda: F.rgb_to_grayscale(left, channels), lambda: G.rgb_to_grayscale(right, channels), rtol=1e-6)
    compare(lambda: F.hflip(left), lambda: G.hflip(right))


WRONG = {
    "to_tensor": ([1],),
    "pil_to_tensor": (np.zeros((2, 2)),),
    "convert_image_dtype": (np.zeros((2, 2)),),
    "normalize": (np.zeros((2, 2)), [0.5], [0.5]),
    "hflip": (3,),
    "crop": (3, 0, 0, 1, 1),
    "center_crop": (3, 1),
    "resize": (3, 1),
    "get_dimensions": ("x",),
    "get_image_size": ("x",),
    "get_image_num_channels": ("x",),
    "to_grayscale": (np.zeros((2, 2)),),
    "rgb_to_grayscale": (3,),
}


@pytest.mark.parametrize("name", WRONG)
def test_error_classes_for_other_types(name):
    compare(lambda: getattr(F, name)(*WRONG[name]), lambda: getattr(G, name)(*WRONG[name]))


def test_flips_draw_the_same_numbers():
    image = image_of("L")
    ours = OURS.Compose([OURS.RandomHorizontalFlip(0.3), OURS.ToTensor(), OURS.Normalize((0.5,), (0.25,))])
    theirs = THEIRS.Compose([THEIRS.RandomHorizontalFlip(0.3), THEIRS.ToTensor(), THEIRS.Normalize((0.5,), (0.25,))])
    lucet.manual_seed(11)
    torch.manual_seed(11)
    for _ in range(200):
        assert_equal(ours(image), theirs(image))
    assert lucet.rand(1).item() == torch.rand(1).item()


# datasets


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The embedded images as idx files where both libraries look for them."""
    root = tmp_path_factory.mktemp("data")
    for library in ("MNIST", "Tiny"):
        (root / library / "raw").mkdir(parents=True)
        for split, train in (("train", True), ("t10k", False)):
            data = FashionMNISTMini(train=train)
            for name, array in (("images-idx3", data.data), ("labels-idx1", data.targets)):
                array = array.numpy().astype(np.uint8)
                sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
                path = root / library / "raw" / f"{split}-{name}-ubyte"
                path.write_bytes(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())
    return root


class _OursTiny(lucetvision.datasets.MNIST):
    resources = [(name, "unknown") for name, _ in lucetvision.datasets.MNIST.resources]


class _TheirsTiny(torchvision.datasets.MNIST):
    pass


_OursTiny.__name__ = _TheirsTiny.__name__ = "Tiny"


@pytest.mark.parametrize("train", [True, False])
def test_dataset_items_attributes_and_printed_form(folder, train):
    ours = _OursTiny(str(folder), train, OURS.ToTensor(), lambda target: target + 1)
    theirs = _TheirsTiny(str(folder), train, THEIRS.ToTensor(), lambda target: target + 1)
    assert len(ours) == len(theirs)
    assert_equal(ours.data, theirs.data)
    assert_equal(ours.targets, theirs.targets)
    for index in (0, 7, -1):
        assert_equal(ours[index][0], theirs[index][0])
        assert ours[index][1] == theirs[index][1]
    for name in ("classes", "class_to_idx", "raw_folder", "processed_folder", "root", "train"):
        assert getattr(ours, name) == getattr(theirs, name)
    lines = [repr(dataset).split("Target transform")[0] for dataset in (ours, theirs)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST"])
def test_dataset_signatures_and_class_attributes(name):
    ours, theirs = getattr(lucetvision.datasets, name), getattr(torchvision.datasets, name)
    assert parameters_of(ours) == parameters_of(theirs)
    assert ours.classes == theirs.classes and ours.resources == theirs.resources
    for mirror in theirs.mirrors:
        assert mirror in ours.mirrors


def test_vision_dataset():
    assert parameters_of(VisionDataset) == parameters_of(torchvision.datasets.VisionDataset)


def test_missing_files_raise_the_same_class(tmp_path):
    for library in (lucetvision, torchvision):
        with pytest.raises(RuntimeError):
            library.datasets.MNIST(tmp_path)


# networks


class _TorchMNISTNet(torch.nn.Module):
    """The network of the public MNIST script, in torch."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 32, 3, 1)
        self.conv2 = torch.nn.Conv2d(32, 64, 3, 1)
        self.dropout1 = torch.nn.Dropout(0.25)
        self.dropout2 = torch.nn.Dropout(0.5)
        self.fc1 = torch.nn.Linear(9216, 128)
        self.fc2 = torch.nn.Linear(128, 10)

    def forward(self, x):
        relu = torch.nn.functional.relu
        x = self.dropout1(torch.nn.functional.max_pool2d(relu(self.conv2(relu(self.conv1(x)))), 2))
        x = self.dropout2(relu(self.fc1(torch.flatten(x, 1))))
        return torch.nn.functional.log_softmax(self.fc2(x), dim=1)


def test_the_mnist_network_starts_and_drops_as_in_torch():
    lucet.manual_seed(3)
    torch.manual_seed(3)
    ours, theirs = lucetvision.models.MNISTNet(), _TorchMNISTNet()
    left, right = ours.state_dict(), theirs.state_dict()
    assert list(left) == list(right)
    for name in left:
        assert_equal(left[name], right[name])
    images = np.random.default_rng(0).random((8, 1, 28, 28)).astype(np.float32)
    mine, torchs = both(images)
    assert_equal(ours(mine), theirs(torchs), rtol=1e-4, atol=1e-5)
    assert_equal(lucet.get_rng_state(), torch.get_rng_state())


REGISTRY = ["get_model", "get_model_builder", "get_model_weights", "get_weight", "list_models", "register_model"]


@pytest.mark.parametrize("name", REGISTRY)
def test_registry_signatures(name):
    assert parameters_of(getattr(lucetvision.models, name)) == parameters_of(getattr(torchvision.models._api, name))


def test_the_weights_file_opens_in_torch():
    weights = lucetvision.models.LeNet_Weights.DEFAULT
    path = lucetvision.models._weights._FOLDER + "/" + weights.url.partition(":")[2]
    theirs, ours = torch.load(path, weights_only=True), weights.get_state_dict()
    assert list(theirs) == list(ours)
    for name in ours:
        assert_equal(ours[name], theirs[name])


def test_idx_reading_agrees_with_torchvision(folder, tmp_path):
    raw = folder / "Tiny" / "raw" / "t10k-images-idx3-ubyte"
    packed = tmp_path / "file.gz"
    packed.write_bytes(gzip.compress(raw.read_bytes(), 1))
    ours = lucetvision.datasets._idx.read(str(packed), 3, None, "Tiny")
    np.testing.assert_array_equal(ours, torchvision.datasets.mnist.read_image_file(str(raw)).numpy())
