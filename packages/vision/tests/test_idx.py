"""Reading idx files: right ones of every packing, and every way in which one can be wrong."""

import gzip
import hashlib
import lzma
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from idx_files import PACKERS, idx_bytes

from lucet._errors import LoadError
from lucetvision.datasets import _idx
from lucetvision.datasets._idx import Content

ARRAY = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def content_of(data):
    return Content(hashlib.md5(data, usedforsecurity=False).hexdigest(), ARRAY.shape)


def save(folder, data, suffix=""):
    path = folder / f"file{suffix}"
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("known", [True, False])
def test_every_packing_gives_the_same_writable_array(tmp_path, suffix, known):
    data = idx_bytes(ARRAY)
    found = _idx.read(save(tmp_path, PACKERS[suffix](data), suffix), 3, content_of(data) if known else None, "D")
    assert found.dtype == np.uint8 and found.flags.writeable
    np.testing.assert_array_equal(found, ARRAY)


@pytest.mark.parametrize("suffix", PACKERS)
def test_empty_array(tmp_path, suffix):
    path = save(tmp_path, PACKERS[suffix](idx_bytes(np.zeros((0, 28, 28)))), suffix)
    assert _idx.read(path, 3, None, "D").shape == (0, 28, 28)


def test_concatenated_streams_and_padding_are_one_file(tmp_path):
    data = idx_bytes(ARRAY)
    for suffix, pack in ((".gz", gzip.compress), (".xz", lzma.compress)):
        path = save(tmp_path, pack(data[:20]) + pack(data[20:]) + b"\0" * 8, suffix)
        np.testing.assert_array_equal(_idx.read(path, 3, None, "D"), ARRAY)


def header(*sizes, kind=8, magic=0):
    return bytes([magic, 0, kind, len(sizes)]) + b"".join(size.to_bytes(4, "big") for size in sizes)


DAMAGE = {
    "empty": (b"", "it ends after 0 of 16 bytes"),
    "short header": (idx_bytes(ARRAY)[:10], "it ends after 10 of 16 bytes"),
    "not idx": (b"P5 28 28 255 xxxxxxxx", "not an idx file"),
    "floats": (header(2, 3, 4, kind=13) + bytes(24), "idx type 0x0d, expected 0x08"),
    "labels": (header(24) + bytes(24), "it has 1 dimensions, expected 3"),
}


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_header_is_named(tmp_path, suffix, damage):
    data, reason = DAMAGE[damage]
    path = save(tmp_path, PACKERS[suffix](data), suffix)
    with pytest.raises(LoadError) as caught:
        _idx.read(path, 3, None, "Pictures")
    assert caught.value.headline.startswith(f"Pictures: {path} is damaged: ")
    assert reason in caught.value.headline


@pytest.mark.parametrize("suffix", PACKERS)
def test_missing_and_surplus_bytes_are_damage(tmp_path, suffix):
    data = idx_bytes(ARRAY)
    for wrong in (data[:-1], data + b"\0"):
        with pytest.raises(LoadError, match="is damaged"):
            _idx.read(save(tmp_path, PACKERS[suffix](wrong), suffix), 3, None, "D")


@pytest.mark.parametrize("suffix", PACKERS)
def test_one_wrong_bit_is_told_by_the_checksum(tmp_path, suffix):
    data = bytearray(idx_bytes(ARRAY))
    content = content_of(data)
    data[-1] ^= 1
    with pytest.raises(LoadError, match=f"md5 of its content is .*, expected {content.md5}"):
        _idx.read(save(tmp_path, PACKERS[suffix](bytes(data)), suffix), 3, content, "D")


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_cut_archive_is_damage(tmp_path, suffix):
    packed = PACKERS[suffix](idx_bytes(np.random.default_rng(0).integers(0, 256, (9, 28, 28))))
    for size in (0, 1, 5, 30, len(packed) // 2, len(packed) - 3):
        with pytest.raises(LoadError, match="is damaged"):
            _idx.read(save(tmp_path, packed[:size], suffix), 3, None, "D")


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_noise_is_damage(tmp_path, suffix):
    with pytest.raises(LoadError, match="is damaged"):
        _idx.read(save(tmp_path, bytes(range(256)) * 20, suffix), 3, None, "D")


HUGE = {"2 GB": (2500, 1000, 1000), "overflowing 64 bits": (2**32 - 1, 2**32 - 1, 2**32 - 1)}


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("sizes", HUGE.values(), ids=HUGE)
def test_lying_sizes_ask_for_no_memory(tmp_path, suffix, sizes):
    path = save(tmp_path, PACKERS[suffix](header(*sizes) + bytes(100)), suffix)
    tracemalloc.start()
    with pytest.raises(LoadError, match="its header promises"):
        _idx.read(path, 3, None, "D")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20  # the dictionary of xz alone takes 8 MB


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_sizes_below_the_limit_cost_only_what_is_there(tmp_path, suffix):
    path = save(tmp_path, PACKERS[suffix](header(1000, 1000, 1000) + bytes(100)), suffix)
    tracemalloc.start()
    with pytest.raises(LoadError, match="it ends after 100 of 1,000,000,000 bytes"):
        _idx.read(path, 3, None, "D")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.parametrize("suffix", [".gz", ".xz"])
def test_bomb_is_unpacked_no_further_than_its_header_says(tmp_path, suffix):
    path = save(tmp_path, PACKERS[suffix](header(2, 3, 4) + bytes(200 << 20)), suffix)
    tracemalloc.start()
    with pytest.raises(LoadError, match="goes on after its last element"):
        _idx.read(path, 3, None, "D")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_xz_that_wants_a_giant_dictionary_is_refused(tmp_path):
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 192 << 20}]
    path = save(tmp_path, lzma.compress(idx_bytes(ARRAY), filters=filters), ".xz")
    with pytest.raises(LoadError, match="is damaged: Memory usage limit"):
        _idx.read(path, 3, None, "D")


def test_known_size_is_checked_before_unpacking(tmp_path):
    path = save(tmp_path, gzip.compress(header(5, 3, 4)), ".gz")
    with pytest.raises(LoadError, match="is not the file of D: its header promises 5 x 3 x 4 bytes, expected 2 x 3 x 4"):
        _idx.read(path, 3, content_of(idx_bytes(ARRAY)), "D")


def test_unreadable_file_is_not_called_damaged(tmp_path):
    with pytest.raises(LoadError, match=r"D: cannot read .*file: No such file or directory"):
        _idx.read(str(tmp_path / "file"), 3, None, "D")


def test_find_prefers_plain_and_the_first_folder(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    folders = (str(first), str(second))
    assert _idx.find(folders, "file") is None
    for path in (second / "file.xz", second / "file", first / "file.gz"):
        path.touch()
        assert _idx.find(folders, "file") == str(path)


@given(st.binary(max_size=60), st.sampled_from([1, 3]))
def test_any_bytes_give_an_array_or_damage(data, ndim):
    remaining = bytearray(data)

    def read(size):
        taken, remaining[:] = bytes(remaining[:size]), remaining[size:]
        return taken

    try:
        array = _idx.parse(read, ndim)
    except _idx.Damaged:
        return
    assert array.ndim == ndim and idx_bytes(array) == data[: len(data) - len(remaining)]
