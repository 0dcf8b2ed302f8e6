"""Transforms against values computed by hand or in float64 NumPy: results, reprs, errors, draws, gradients."""

import copy
import pickle

import numpy as np
import pytest
from PIL import Image

import lucet
from lucet import nn
from lucetvision import io, transforms
from lucetvision.transforms import InterpolationMode
from lucetvision.transforms import functional as F
from lucetvision.transforms.presets import GrayscaleClassification


def pil(values, mode=None):
    image = Image.fromarray(np.array(values, np.uint8))
    return image.convert(mode) if mode else image


RGB = np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10


def test_to_tensor_moves_channels_first_and_scales():
    for image in (RGB, pil(RGB)):
        found = F.to_tensor(image)
        assert found.dtype == lucet.float32 and found.is_contiguous()
        np.testing.assert_array_equal(found.numpy(), RGB.transpose(2, 0, 1).astype(np.float32) / np.float32(255))


def test_to_tensor_takes_every_mode():
    assert F.to_tensor(pil([[0, 255]]).convert("1")).tolist() == [[[0.0, 1.0]]]
    assert F.to_tensor(Image.new("I", (2, 1), 70000)).tolist() == [[[70000, 70000]]]
    assert F.to_tensor(Image.new("F", (1, 1), 0.25)).tolist() == [[[0.25]]]
    deep = F.to_tensor(Image.fromarray(np.array([[300, 2]], np.uint16)))
    assert deep.dtype == lucet.int16 and deep.tolist() == [[[300, 2]]]
    for mode, channels in {"LA": 2, "RGBA": 4, "CMYK": 4, "YCbCr": 3, "P": 1}.items():
        found = F.to_tensor(Image.new(mode, (3, 2)))
        assert tuple(found.shape) == (channels, 2, 3) and found.dtype == lucet.float32


def test_to_tensor_keeps_other_array_types_and_reads_strided_arrays():
    assert F.to_tensor(np.array([[300]], np.int32)).tolist() == [[[300]]]
    assert F.to_tensor(np.array([[0.5]])).dtype == lucet.float64
    np.testing.assert_array_equal(F.to_tensor(RGB[:, ::2]).numpy() * 255, RGB[:, ::2].transpose(2, 0, 1))


def test_to_tensor_follows_the_default_dtype():
    lucet.set_default_dtype(lucet.float64)
    try:
        assert F.to_tensor(RGB).dtype == lucet.float64
    finally:
        lucet.set_default_dtype(lucet.float32)


def test_pil_to_tensor_keeps_values():
    found = F.pil_to_tensor(pil(RGB))
    assert found.dtype == lucet.uint8
    np.testing.assert_array_equal(found.numpy(), RGB.transpose(2, 0, 1))
    assert F.pil_to_tensor(pil([[0, 255]]).convert("1")).tolist() == [[[False, True]]]
    deep = F.pil_to_tensor(Image.fromarray(np.array([[65535, 2]], np.uint16)))
    assert deep.dtype == lucet.int32 and deep.tolist() == [[[65535, 2]]]


CONVERSIONS = [
    (lucet.uint8, lucet.float32, [0, 51, 255], [0.0, 0.2, 1.0]),
    (lucet.float32, lucet.uint8, [0.0, 0.5, 1.0], [0, 127, 255]),
    (lucet.uint8, lucet.int32, [0, 1, 255], [0, 1 << 23, 255 << 23]),
    (lucet.int32, lucet.uint8, [0, 1 << 23, 2**31 - 1], [0, 1, 255]),
    (lucet.float32, lucet.float64, [0.25], [0.25]),
    (lucet.uint8, lucet.uint8, [7], [7]),
]


@pytest.mark.parametrize("source, target, values, expected", CONVERSIONS)
def test_convert_image_dtype(source, target, values, expected):
    found = F.convert_image_dtype(lucet.tensor(values, dtype=source), target)
    assert found.dtype == target
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def test_normalize_by_hand_and_in_place():
    image = lucet.tensor([[[1.0, 2.0]], [[3.0, 5.0]]])
    found = F.normalize(image, [1.0, 3.0], [2.0, 4.0])
    assert found.tolist() == [[[0.0, 0.5]], [[0.0, 0.5]]] and image[0, 0, 0].item() == 1.0
    assert F.normalize(image, (1.0, 3.0), (2.0, 4.0), inplace=True) is image
    assert image.tolist() == found.tolist()
    stacked = lucet.ones(4, 2, 3, 3, dtype=lucet.float64)
    assert F.normalize(stacked, [0.5, 1.0], [0.5, 1.0])[3, 0].tolist() == [[1.0] * 3] * 3
    found = F.normalize(lucet.ones(2, 1, 1), lucet.tensor([1.0, 0.0]), lucet.tensor([1.0, 0.5]))
    assert found.flatten().tolist() == [0, 2]


def test_normalize_has_a_gradient():
    image = lucet.ones(1, 2, 2, requires_grad=True)
    F.normalize(image, [0.5], [0.25]).sum().backward()
    assert image.grad.tolist() == [[[4.0, 4.0], [4.0, 4.0]]]


def test_flip_and_crop_agree_between_kinds():
    tensor = lucet.from_numpy(RGB.transpose(2, 0, 1).copy())
    crops = (lambda x: F.crop(x, 0, 1, 2, 2), lambda x: F.crop(x, -1, -1, 4, 7), lambda x: F.center_crop(x, 1))
    for op in (F.hflip, *crops):
        np.testing.assert_array_equal(F.pil_to_tensor(op(pil(RGB))).numpy(), op(tensor).numpy())


@pytest.mark.parametrize("size", [1, 2, 3, (1, 4), (5, 2), (2, 7), [6], (8, 8)])
def test_center_crop_pads_small_images_alike(size):
    tensor = lucet.from_numpy(RGB.transpose(2, 0, 1).copy())
    left, right = F.center_crop(pil(RGB), size), F.center_crop(tensor, size)
    height, width = (size, size) if isinstance(size, int) else (*size, *size)[:2]
    assert tuple(right.shape) == (3, height, width)
    np.testing.assert_array_equal(F.pil_to_tensor(left).numpy(), right.numpy())


def test_crop_of_a_tensor_has_a_gradient():
    image = lucet.ones(1, 2, 2, requires_grad=True)
    (F.crop(image, -1, 0, 2, 3) * 3).sum().backward()
    assert image.grad.tolist() == [[[3.0, 3.0], [0.0, 0.0]]]


def test_grayscale_by_hand():
    image = lucet.tensor([100, 200, 50], dtype=lucet.uint8).view(3, 1, 1)
    assert F.rgb_to_grayscale(image).flatten().tolist() == [int(0.2989 * 100 + 0.587 * 200 + 0.114 * 50)]
    assert tuple(F.rgb_to_grayscale(image, 3).shape) == (3, 1, 1)
    assert F.rgb_to_grayscale(image[:1]).tolist() == image[:1].tolist()
    for mode in ("RGBA", "CMYK", "L", "P", "1"):
        assert F.to_grayscale(Image.new(mode, (2, 2)), 3).mode == "RGB"


# resize

SIZES = [((4, 6), 2, (2, 3)), ((6, 4), 2, (3, 2)), ((4, 6), [5], (5, 7)), ((4, 6), (3, 3), (3, 3)), ((4, 6), 4, (4, 6))]


@pytest.mark.parametrize("before, size, after", SIZES)
def test_resize_output_sizes(before, size, after):
    assert tuple(F.resize(lucet.zeros(1, *before), size).shape) == (1, *after)
    assert F.resize(Image.new("L", before[::-1]), size).size == after[::-1]


def test_resize_max_size_limits_the_longer_side():
    assert tuple(F.resize(lucet.zeros(1, 10, 40), 8, max_size=20).shape) == (1, 5, 20)
    assert F.resize(Image.new("L", (10, 40)), 8, max_size=20).size == (5, 20)


@pytest.mark.parametrize("mode", [InterpolationMode.BILINEAR, InterpolationMode.BICUBIC])
@pytest.mark.parametrize("size", [(7, 5), (13, 40), (16, 16), (3, 31), (20, 12)])
def test_resize_of_tensors_is_pillows_within_rounding(mode, size):
    # Pillow rounds and clips between its two passes, so stay away from where a cubic overshoots
    values = np.random.default_rng(0).integers(60, 190, (16, 23), dtype=np.uint8)
    left = np.asarray(F.resize(Image.fromarray(values), size, mode)).astype(int)
    right = F.resize(lucet.from_numpy(values)[None], size, mode)
    assert right.dtype == lucet.uint8
    assert np.abs(left - right[0].numpy().astype(int)).max() <= 1


def test_resize_weights_by_hand():
    line = lucet.tensor([[[0.0, 1.0, 4.0, 5.0]]])
    assert F.resize(line, (1, 2), antialias=False).tolist() == [[[0.5, 4.5]]]
    # the triangle spans four inputs, three of them inside: weights 3, 3, 1 of 7
    np.testing.assert_allclose(F.resize(line, (1, 2)).numpy(), [[[1.0, 4.0]]], rtol=1e-6)
    np.testing.assert_allclose(F.resize(line, (1, 8))[0, 0, :3].numpy(), [0, 0.25, 0.75], rtol=1e-6)


def test_resize_nearest():
    line = lucet.tensor([[[0, 1, 2, 3, 4]]])
    assert F.resize(line, (1, 3), InterpolationMode.NEAREST).tolist() == [[[0, 1, 3]]]
    assert F.resize(line, (1, 3), InterpolationMode.NEAREST_EXACT).tolist() == [[[0, 2, 4]]]


def test_resize_has_a_gradient():
    image = lucet.ones(1, 4, 4, dtype=lucet.float64, requires_grad=True)
    F.resize(image, 2).sum().backward()
    np.testing.assert_allclose(image.grad.sum().item(), 4)


def test_resize_keeps_batches_and_extremes():
    assert tuple(F.resize(lucet.zeros(2, 5, 3, 8, 8), 4).shape) == (2, 5, 3, 4, 4)
    sharp = lucet.tensor([[[0, 0, 255, 255, 0, 0]]], dtype=lucet.uint8)
    found = F.resize(sharp, (1, 30), InterpolationMode.BICUBIC)
    assert int(found.max()) == 255 and int(found.min()) == 0


def test_antialias_false_warns_for_pil_images():
    with pytest.warns(UserWarning, match="antialias=False has no effect on PIL images"):
        F.resize(Image.new("L", (4, 4)), 2, antialias=False)


# random flip


def test_flip_draws_one_number_a_call():
    image, flip = lucet.tensor([[1, 2]]), transforms.RandomHorizontalFlip(0.5)
    lucet.manual_seed(5)
    numbers = lucet.rand(20)
    lucet.manual_seed(5)
    flipped = [flip(image).tolist() == [[2, 1]] for _ in range(20)]
    assert flipped == (numbers < 0.5).tolist() and 0 < sum(flipped) < 20


def test_drawing_and_applying_are_apart():
    flip = transforms.RandomHorizontalFlip(1.0)
    assert flip.make_params([]) == {"flip": True}
    assert flip.transform(lucet.tensor([[1, 2]]), {"flip": False}).tolist() == [[1, 2]]
    assert transforms.RandomHorizontalFlip(0.0)(pil([[1, 2]])).getpixel((0, 0)) == 1


# objects

REPRS = {
    "ToTensor()": transforms.ToTensor(),
    "PILToTensor()": transforms.PILToTensor(),
    "Normalize(mean=(0.5,), std=[0.25])": transforms.Normalize((0.5,), [0.25]),
    "RandomHorizontalFlip(p=0.5)": transforms.RandomHorizontalFlip(),
    "Resize(size=[3], interpolation=bilinear, max_size=None, antialias=True)": transforms.Resize([3]),
    "Resize(size=3, interpolation=bicubic, max_size=9, antialias=None)": transforms.Resize(3, 3, 9, None),
    "CenterCrop(size=(4, 4))": transforms.CenterCrop(4),
    "CenterCrop(size=[4, 5])": transforms.CenterCrop([4, 5]),
    "Grayscale(num_output_channels=3)": transforms.Grayscale(3),
    "ConvertImageDtype()": transforms.ConvertImageDtype(lucet.float64),
    "Compose(\n    ToTensor()\n    CenterCrop(size=(1, 1))\n)": transforms.Compose(
        [transforms.ToTensor(), transforms.CenterCrop([1])]
    ),
    "Compose(\n)": transforms.Compose([]),
}


@pytest.mark.parametrize("text", REPRS)
def test_repr_pickle_and_copy(text):
    transform = REPRS[text]
    assert repr(transform) == text
    assert repr(pickle.loads(pickle.dumps(transform))) == text and repr(copy.deepcopy(transform)) == text


def test_lambda():
    transform = transforms.Lambda(lambda image: image + 1)
    assert repr(transform) == "Lambda()" and transform(1) == 2


def test_transforms_are_modules_and_work_in_sequential():
    steps = nn.Sequential(transforms.CenterCrop(2), transforms.ConvertImageDtype(lucet.float32), transforms.Grayscale())
    assert tuple(steps(lucet.zeros(3, 4, 4, dtype=lucet.uint8)).shape) == (1, 2, 2)
    for kind in (transforms.ToTensor, transforms.PILToTensor, transforms.Compose, transforms.Lambda):
        assert not issubclass(kind, nn.Module)


def test_interpolation_modes_from_pillow_numbers():
    numbers = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}
    for number, name in numbers.items():
        assert transforms.Resize(4, number).interpolation.value == name


# errors

BLANK = lucet.zeros(1, 4, 4)
ERRORS = [
    (TypeError, lambda: F.to_tensor([1]), "to_tensor: input is <class 'list'>"),
    (TypeError, lambda: F.to_tensor(BLANK), "expected a PIL image or an ndarray"),
    (ValueError, lambda: F.to_tensor(np.zeros(3)), "to_tensor: array has 1 dimensions"),
    (ValueError, lambda: F.to_tensor(np.zeros((1, 1, 1, 1))), "to_tensor: array has 4 dimensions"),
    (TypeError, lambda: F.pil_to_tensor(RGB), "expected a PIL image"),
    (TypeError, lambda: F.convert_image_dtype(RGB), "expected a tensor"),
    (RuntimeError, lambda: F.convert_image_dtype(BLANK, lucet.int32), "cannot be converted safely"),
    (RuntimeError, lambda: F.convert_image_dtype(BLANK.double(), lucet.int64), "cannot be converted safely"),
    (TypeError, lambda: F.normalize(RGB, [0.5], [0.5]), "normalize: input is <class 'numpy.ndarray'>"),
    (TypeError, lambda: F.normalize(lucet.zeros(1, 2, 2, dtype=lucet.uint8), [0.5], [0.5]), "expected floating point"),
    (TypeError, lambda: F.normalize(lucet.zeros(3), [0.5], [0.5]), "at least 2"),
    (ValueError, lambda: F.normalize(lucet.zeros(3, 3), [0.5], [0.5]), r"expected \(..., C, H, W\)"),
    (ValueError, lambda: F.normalize(BLANK, [0.5], [0.0]), "std has a zero"),
    (ValueError, lambda: F.normalize(BLANK, [0.5], [1e-60]), "std has a zero"),
    (TypeError, lambda: F.hflip(3), "hflip: input is <class 'int'>"),
    (TypeError, lambda: F.hflip(lucet.zeros(3)), "at least 2"),
    (TypeError, lambda: F.crop("x", 0, 0, 1, 1), "crop: input is <class 'str'>"),
    (TypeError, lambda: F.get_dimensions(RGB), "get_dimensions: input is"),
    (TypeError, lambda: F.resize(BLANK, 2, "bilinear"), "interpolation is 'bilinear'"),
    (ValueError, lambda: F.resize(BLANK, (1, 2, 3)), "size has 3 values"),
    (ValueError, lambda: F.resize(BLANK, (1, 2), max_size=4), "max_size is given with two sizes"),
    (ValueError, lambda: F.resize(BLANK, 4, max_size=4), "max_size is 4, expected more"),
    (ValueError, lambda: F.resize(BLANK, 2, InterpolationMode.LANCZOS), "tensors take nearest"),
    (TypeError, lambda: F.to_grayscale(BLANK), "expected a PIL image"),
    (ValueError, lambda: F.to_grayscale(pil(RGB), 2), "num_output_channels is 2, expected 1 or 3"),
    (TypeError, lambda: F.rgb_to_grayscale(lucet.zeros(2, 2)), r"expected \(..., 1 or 3, H, W\)"),
    (TypeError, lambda: F.rgb_to_grayscale(lucet.zeros(2, 2, 2)), r"expected \(..., 1 or 3, H, W\)"),
    (ValueError, lambda: F.rgb_to_grayscale(lucet.zeros(3, 2, 2), 2), "expected 1 or 3"),
    (TypeError, lambda: transforms.Resize(None), "Resize: size is"),
    (ValueError, lambda: transforms.Resize([1, 2, 3]), "Resize: size has 3 values"),
    (ValueError, lambda: transforms.CenterCrop([1, 2, 3]), "CenterCrop: size has 3 values"),
    (TypeError, lambda: transforms.Lambda(3), "Lambda: lambd is 'int'"),
]


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_errors_say_what_was_found_and_expected(number):
    kind, call, message = ERRORS[number]
    with pytest.raises(kind, match=message):
        call()


# preset


def test_preset_takes_every_kind_and_agrees():
    preset = GrayscaleClassification(crop_size=8, mean=(0.5,), std=(0.25,))
    values = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    tensor = lucet.from_numpy(values.transpose(2, 0, 1).copy())
    results = [preset(image).numpy() for image in (values, pil(values), tensor)]
    assert results[0].shape == (1, 8, 8)
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_allclose(results[0], results[2], atol=3 / 255 / 0.25)


def test_preset_leaves_an_image_of_the_right_size_alone():
    values = np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)
    found = GrayscaleClassification(crop_size=28, mean=(0.2,), std=(0.4,))(io.from_array(values))
    np.testing.assert_array_equal(found.numpy(), F.normalize(F.to_tensor(values), [0.2], [0.4]).numpy())


def test_preset_prints_itself():
    preset = GrayscaleClassification(crop_size=28)
    assert repr(preset).splitlines()[:3] == ["GrayscaleClassification(", "    crop_size=[28]", "    resize_size=[28]"]
    assert "28 pixels" in preset.describe()
