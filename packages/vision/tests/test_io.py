"""Image files of every mode to upright, opaque pixels; damaged ones to an error that names them."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import lucet
from lucet._errors import LoadError
from lucet.utils.data import DataLoader, Dataset
from lucetvision import io

VALUES = (np.arange(20, dtype=np.uint8).reshape(4, 5) * 12).copy()
GRAY = Image.fromarray(VALUES)
ALPHA = Image.fromarray(VALUES[:, ::-1].copy())
COLOUR = Image.merge("RGB", [GRAY, Image.fromarray(255 - VALUES), ALPHA])


def stored(tmp_path, image, name="image.png", **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def opened(path, mode):
    return np.asarray(io.open_image(path, mode))


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "RGBA", "LA"])
def test_every_png_mode_gives_the_same_pixels(tmp_path, mode):
    path = stored(tmp_path, GRAY.convert(mode))
    found = opened(path, "L")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, VALUES)
    assert opened(path, "RGB").shape == (4, 5, 3)


def test_one_bit_png(tmp_path):
    path = stored(tmp_path, Image.fromarray(VALUES > 100))
    np.testing.assert_array_equal(opened(path, "L"), np.where(VALUES > 100, 255, 0))


def test_sixteen_bits_become_eight_by_rounding(tmp_path):
    deep = np.array([[0, 128, 129, 257, 65535, 32768]], np.uint16)
    path = stored(tmp_path, Image.fromarray(deep))
    assert opened(path, "L").tolist() == [[0, 0, 1, 1, 255, 128]]


def test_transparent_parts_are_black(tmp_path):
    alpha = Image.fromarray(np.full((4, 5), 51, np.uint8))
    path = stored(tmp_path, Image.merge("LA", (Image.new("L", (5, 4), 255), alpha)))
    assert set(opened(path, "L").ravel()) == {51}
    paletted = Image.new("P", (2, 1))
    paletted.putpalette([255, 255, 255, 200, 200, 200])
    paletted.putpixel((1, 0), 1)
    path = stored(tmp_path, paletted, transparency=0)
    assert opened(path, "L").tolist() == [[0, 200]]
    assert opened(stored(tmp_path, GRAY, transparency=int(VALUES[2, 2])), "L")[2, 2] == 0


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_jpeg_mode_is_close(tmp_path, mode):
    smooth = Image.fromarray(np.linspace(0, 255, 64).astype(np.uint8).repeat(64).reshape(64, 64))
    path = stored(tmp_path, smooth.convert("RGB").convert(mode), "image.jpg", quality=95)
    assert np.abs(opened(path, "L").astype(int) - np.asarray(smooth)).max() <= 6


UNDO = {  # EXIF orientation: how an upright image is stored
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", UNDO)
@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_orientation_is_applied(tmp_path, orientation, kind):
    exif = Image.Exif()
    exif[0x0112] = orientation
    big = VALUES.repeat(16, 0).repeat(16, 1)
    turned = Image.fromarray(np.ascontiguousarray(UNDO[orientation](big)))
    path = stored(tmp_path, turned, f"image.{kind}", exif=exif, **({"quality": 100} if kind == "jpg" else {}))
    found = opened(path, "L")
    assert found.shape == big.shape
    assert np.abs(found.astype(int) - big).max() <= (40 if kind == "jpg" else 0)


def test_a_damaged_exif_block_is_ignored(tmp_path):
    path = stored(tmp_path, GRAY, exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    np.testing.assert_array_equal(opened(path, "L"), VALUES)


def test_the_name_does_not_decide_the_format(tmp_path):
    path = stored(tmp_path, GRAY)
    renamed = path.rename(tmp_path / "image.jpg")
    np.testing.assert_array_equal(opened(renamed, "L"), VALUES)
    np.testing.assert_array_equal(opened(renamed.rename(tmp_path / "noextension"), "L"), VALUES)


def planes(*images):
    return [np.asarray(image).tolist() for image in images]


OPAQUE = Image.new("L", GRAY.size, 255)
FROM_GRAY = {"UNCHANGED": [GRAY], "GRAY": [GRAY], "GRAY_ALPHA": [GRAY, OPAQUE], "RGB": [GRAY] * 3, "RGBA": [GRAY] * 3 + [OPAQUE]}
READ = {
    "gray": (GRAY, FROM_GRAY),
    "gray and alpha": (
        Image.merge("LA", [GRAY, ALPHA]),
        {**FROM_GRAY, "UNCHANGED": [GRAY, ALPHA], "GRAY_ALPHA": [GRAY, ALPHA], "RGBA": [GRAY] * 3 + [ALPHA]},
    ),
    "colour": (
        COLOUR,
        {
            "UNCHANGED": COLOUR.split(),
            "GRAY": [COLOUR.convert("L")],
            "GRAY_ALPHA": [COLOUR.convert("L"), OPAQUE],
            "RGB": COLOUR.split(),
            "RGB_ALPHA": [*COLOUR.split(), OPAQUE],
        },
    ),
    "colour and alpha": (
        Image.merge("RGBA", [*COLOUR.split(), ALPHA]),
        {
            "UNCHANGED": [*COLOUR.split(), ALPHA],
            "GRAY": [COLOUR.convert("L")],
            "GRAY_ALPHA": [COLOUR.convert("L"), ALPHA],
            "rgb": COLOUR.split(),
            "rgba": [*COLOUR.split(), ALPHA],
        },
    ),
    "palette": (GRAY.convert("P"), FROM_GRAY),
    "16 bits": (Image.fromarray(VALUES.astype(np.uint16) * 257), FROM_GRAY),
    "1 bit": (Image.fromarray(VALUES > 100), {"UNCHANGED": [np.where(VALUES > 100, 255, 0)]}),
}


@pytest.mark.parametrize(("case", "mode"), [(case, mode) for case, (_, modes) in READ.items() for mode in modes])
def test_read_image_gives_the_channels_that_the_mode_says(tmp_path, case, mode):
    image, modes = READ[case]
    path = stored(tmp_path, image)
    found = io.read_image(path, mode)
    assert type(found) is lucet.Tensor and found.dtype == lucet.uint8
    assert found.tolist() == planes(*modes[mode])
    assert found.tolist() == io.read_image(str(path), io.ImageReadMode[mode.upper()]).tolist()
    if mode == "UNCHANGED":
        assert found.tolist() == io.read_image(path).tolist()


def test_read_image_keeps_palette_numbers_and_leaves_colours_that_stand_for_transparent(tmp_path):
    paletted = Image.new("P", (2, 1))
    paletted.putpalette([255, 255, 255, 200, 100, 50])
    paletted.putpixel((1, 0), 1)
    path = stored(tmp_path, paletted, transparency=0)
    assert io.read_image(path).tolist() == [[[0, 1]]]
    assert io.read_image(path, "RGBA").tolist() == [[[255, 200]], [[255, 100]], [[255, 50]], [[0, 255]]]
    path = stored(tmp_path, GRAY, transparency=int(VALUES[2, 2]))
    assert io.read_image(path, "GRAY_ALPHA").tolist() == planes(GRAY, OPAQUE)


def test_read_image_turns_upright_only_when_told(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 3
    path = stored(tmp_path, GRAY, exif=exif)
    assert io.read_image(path).tolist() == [VALUES.tolist()]
    assert io.read_image(path, apply_exif_orientation=True).tolist() == [VALUES[::-1, ::-1].tolist()]


def test_read_image_refuses_by_its_own_name(tmp_path):
    with pytest.raises(LoadError, match="^read_image: cannot read .*nothing.png: No such file or directory"):
        io.read_image(tmp_path / "nothing.png")
    with pytest.raises(LoadError, match="^read_image: cannot read '': No such file or directory"):
        io.read_image("")
    for mode in ("CMYK", 3, None):
        with pytest.raises(ValueError, match="read_image: mode is .*, expected one of UNCHANGED, GRAY, "):
            io.read_image(tmp_path, mode)


def bad_files(tmp_path):
    png, jpeg = stored(tmp_path, GRAY).read_bytes(), stored(tmp_path, GRAY, "a.jpg").read_bytes()
    gif = stored(tmp_path, GRAY, "a.gif").read_bytes()
    return {
        "empty": (b"", "is neither a PNG nor a JPEG file"),
        "text": (b"hello", "is neither a PNG nor a JPEG file"),
        "gif": (gif, "is neither a PNG nor a JPEG file"),
        "only a signature": (png[:8], "cannot decode"),
        "cut png": (png[: len(png) - 20], "cannot decode"),
        "cut jpeg": (jpeg[: len(jpeg) // 2], "cannot decode"),
        "broken checksum": (png[:20] + b"\xff" + png[21:], "cannot decode"),
        "only a marker": (b"\xff\xd8\xff", "cannot decode"),
    }


BAD = ["empty", "text", "gif", "only a signature", "cut png", "cut jpeg", "broken checksum", "only a marker"]


@pytest.mark.parametrize("case", BAD)
def test_damaged_files_are_named(tmp_path, case):
    data, reason = bad_files(tmp_path)[case]
    path = tmp_path / "bad"
    path.write_bytes(data)
    with pytest.raises(LoadError) as caught:
        io.open_image(path)
    assert str(path) in caught.value.headline and reason in caught.value.headline


@pytest.mark.parametrize("workers", [0, 1])
def test_a_loader_names_the_file_that_pillow_cannot_decode(tmp_path, workers):
    path = stored(tmp_path, GRAY.resize((64, 64)), "cut.jpg")
    path.write_bytes(path.read_bytes()[:500])

    class Folder(Dataset):
        def __init__(self, by_path):
            self.by_path = by_path

        def __len__(self):
            return 1

        def __getitem__(self, index):
            if self.by_path:
                return np.array(Image.open(path).convert("RGB"))
            with open(path, "rb") as file:
                return np.array(Image.open(file).convert("RGB"))

    for by_path in (True, False):
        with pytest.raises(OSError, match="image file is truncated") as caught:
            list(DataLoader(Folder(by_path), num_workers=workers))
        assert f"Folder[0], file {path}" in caught.value.__notes__[0]


def test_giant_images_are_refused_before_memory_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(io, "_MAX_PIXELS", 19)
    with pytest.raises(LoadError, match=r"has 5 x 4 pixels, expected at most 19 in all"):
        io.open_image(stored(tmp_path, GRAY))


def test_missing_file_folder_and_mode(tmp_path):
    with pytest.raises(LoadError, match="cannot read .*nothing.png: No such file or directory"):
        io.open_image(tmp_path / "nothing.png")
    with pytest.raises(LoadError, match="Is a directory"):
        io.open_image(tmp_path)
    with pytest.raises(ValueError, match="mode is 'CMYK', expected 'RGB' or 'L'"):
        io.open_image(tmp_path, "CMYK")


def test_pil_is_not_imported_before_it_is_needed():
    code = (
        "import sys; import lucetvision.transforms, lucetvision.datasets; from lucetvision.datasets import *; "
        "d = FashionMNISTMini(False, lucetvision.transforms.ToTensor()); d.__getitems__([0, 1]); "
        "sys.exit('PIL.Image' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_pil_network_and_printing_stay_in_their_rooms():
    for path in Path(io.__file__).parent.rglob("*.py"):
        names = set(imported(path))
        assert "PIL" not in names or path.name == "io.py", path
        assert not names & {"urllib", "http", "socket", "ssl"} or path.name == "_download.py", path
        assert "print(" not in path.read_text(encoding="utf-8") or path.parent.name == "cli", path
