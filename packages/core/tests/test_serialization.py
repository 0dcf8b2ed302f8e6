"""Checkpoints: torch's files read, the same bytes written, hostile and damaged files refused, files replaced whole."""

import copy
import io
import json
import os
import pickle
import stat
import struct
import subprocess
import sys
import textwrap
import threading
import warnings
import zipfile
import zlib
from collections import Counter, OrderedDict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet._errors import LoadError
from lucet.serialization import zipfile as container

FILES = Path(__file__).parent / "checkpoints"
DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()


def saved(obj, **how) -> bytes:
    file = io.BytesIO()
    lucet.save(obj, file, **how)
    return file.getvalue()


def loaded(data: bytes, **how):
    return lucet.load(io.BytesIO(data), **how)


def there_and_back(obj, **how):
    return loaded(saved(obj, **how))


def counting(n: int):
    """0, 1, 2, ... as float32."""
    return lucet.from_numpy(np.arange(n, dtype=np.float32))


def bits(tensor) -> bytes:
    return bytes(memoryview(tensor.untyped_storage()))


# --- torch's files ---


@pytest.mark.parametrize("name", ["everything.pt", "legacy.pt"])
def test_what_torch_wrote_is_read(name):
    got = lucet.load(FILES / name)
    state = got["state"]
    assert type(state) is OrderedDict
    assert state._metadata == OrderedDict({"": {"version": 1}})
    assert state["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert state["row"].tolist() == [3, 4, 5]
    assert state["turned"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert state["turned"].stride() == (1, 3)
    assert state["row"].untyped_storage() is state["weight"].untyped_storage() is state["turned"].untyped_storage()
    assert got["param"].tolist() == [1.5, -2.0]
    assert got["param"].requires_grad
    assert got["shape"] == (2, 3) and type(got["shape"]) is lucet.Size
    assert got["dtype"] is lucet.bfloat16
    assert got["device"] == lucet.device("cpu")
    assert got["layout"] is lucet.strided
    assert got["empty"].shape == (0, 3)
    assert (got["meta"].shape, got["meta"].device.type) == ((2, 3), "meta")
    rest = {key: got[key] for key in ("epoch", "lr", "big", "note", "raw", "bits", "pair", "flags", "z")}
    assert rest == {
        "epoch": 3,
        "lr": 0.1,
        "big": 2**70,
        "note": "été",
        "raw": b"\x00\xff",
        "bits": bytearray(b"ab"),
        "pair": (1, None),
        "flags": {True},
        "z": 1 - 2j,
    }


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_of_torchs_file_is_read(dtype):
    tensor = lucet.load(FILES / "dtypes.pt")[dtype]
    assert tensor.dtype is getattr(lucet, dtype)
    values = [0, 1, 1, 0, 1] if dtype == "bool" else [0, 1, 2, 0, 1]
    if dtype == "bfloat16":
        assert struct.unpack("<5H", bits(tensor)) == (0, 0x3F80, 0x4000, 0, 0x3F80)
    else:
        assert bits(tensor) == np.array(values, dtype).tobytes()


def without_id(data: bytes) -> bytes:
    # the one record whose content is free: forty digits, and its checksum in two places
    at = data.index(b"serialization_id")
    at = data.index(b"Z" * 8, at)
    digits = data.index(b"ZP", at) if b"ZP" in data[at : at + 64] else at
    start = digits + len(data[digits:]) - len(data[digits:].lstrip(b"Z"))
    number = struct.pack("<I", zlib.crc32(data[start : start + 40]))
    return data.replace(number, b"----").replace(data[start : start + 40], b"-" * 40)


def test_the_same_content_is_written_in_the_same_bytes_as_torch_writes():
    theirs = (FILES / "everything.pt").read_bytes()
    content = lucet.load(FILES / "everything.pt")
    for key in ("param",):  # its class depends on which packages are installed
        content.pop(key)
    ours = saved(content)
    reread = zipfile.ZipFile(io.BytesIO(ours))
    assert reread.testzip() is None
    original = zipfile.ZipFile(io.BytesIO(theirs))
    assert reread.namelist()[:5] == [name.replace("everything", "archive") for name in original.namelist()[:5]]
    for name in ("data/0", "byteorder", "version", ".format_version", ".storage_alignment"):
        assert reread.read(f"archive/{name}") == original.read(f"everything/{name}")


def test_dtypes_are_written_in_the_same_bytes_as_torch_writes(tmp_path):
    theirs = (FILES / "dtypes.pt").read_bytes()
    path = tmp_path / "dtypes.pt"
    lucet.save(lucet.load(FILES / "dtypes.pt"), path)
    assert without_id(path.read_bytes()) == without_id(theirs)


# --- what comes back ---


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("zipped", [True, False])
def test_values_come_back_equal_and_of_the_same_type(protocol, zipped):
    values = [
        None, True, False, 0, -1, 255, 256, 65536, -(2**31), 2**31, 2**63, -(2**2100), 0.0, -0.0, 1e300, float("inf"),
        "", "ü" * 300, b"", b"\xff" * 300, bytearray(b""), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [[1]], {},
        {"a": {"b": ()}}, set(), {1, "x"}, frozenset({2}), 1j, Counter("aab"), OrderedDict(b=1, a=2),
        lucet.Size([3, 0]), lucet.device("cuda", 1), lucet.int8, {1: "a", (2, 3): "b"}, list(range(2000)),
    ]  # fmt: skip
    for value in values:
        got = there_and_back(value, pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
        assert got == value and type(got) is type(value), value
        assert repr(got) == repr(value)


def test_an_object_that_is_met_twice_comes_back_as_one():
    shared = [1]
    a, b = there_and_back((shared, shared))
    assert a is b
    loop: list = []
    loop.append(loop)
    got = there_and_back(loop)
    assert got[0] is got


def test_shared_storages_stay_shared_and_others_apart():
    base = counting(6)
    other = counting(6)
    row, again, apart = there_and_back((base.view(2, 3)[1], base, other))
    assert row.untyped_storage() is again.untyped_storage()
    assert apart.untyped_storage() is not again.untyped_storage()
    again.fill_(7)
    assert row.tolist() == [7, 7, 7]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("zipped", [True, False])
def test_every_dtype_comes_back_bit_for_bit(dtype, zipped):
    tensor = lucet.load(FILES / "dtypes.pt")[dtype]
    got = there_and_back(tensor, _use_new_zipfile_serialization=zipped)
    assert got.dtype is tensor.dtype
    assert bits(got) == bits(tensor)


def test_special_floats_keep_their_bits():
    pattern = np.array([0x7FC00001, 0xFFC12345, 0x7F800000, 0x80000000, 1], np.uint32).view(np.float32)
    assert bits(there_and_back(lucet.from_numpy(pattern))) == pattern.tobytes()


def test_requires_grad_comes_back():
    wants, not_ = there_and_back((lucet.tensor([1.0], requires_grad=True), lucet.tensor([1.0])))
    assert (wants.requires_grad, not_.requires_grad) == (True, False)
    assert wants.is_leaf


def test_a_zero_dim_and_an_empty_tensor_come_back():
    zero, empty = there_and_back((lucet.tensor(3.5), lucet.empty(0, 4)))
    assert (zero.shape, zero.tolist()) == ((), 3.5)
    assert empty.shape == (0, 4)


def test_a_bare_storage_comes_back():
    storage = lucet.tensor([1.0, 2.0]).untyped_storage()
    assert bytes(memoryview(there_and_back(storage))) == struct.pack("<2f", 1, 2)


def test_each_storage_lies_at_a_multiple_of_64(tmp_path):
    path = tmp_path / "m.pt"
    lucet.save([counting(n) for n in range(1, 40)], path)
    data = path.read_bytes()
    for n in range(2, 40):
        at = data.index(np.arange(n, dtype="float32").tobytes() + b"PK")
        assert at % 64 == 0


def test_the_folder_is_named_after_the_file(tmp_path):
    for name, folder in [
        ("model.pt", "model"),
        ("a.b.pt", "a.b"),
        ("plain", "plain"),
        ("é.pt", "archive"),
        ("...", "archive"),
        ("run:1.pt", "run:1"),
    ]:
        lucet.save(1, tmp_path / name)
        assert zipfile.ZipFile(tmp_path / name).namelist()[0] == f"{folder}/data.pkl"


def test_the_byte_order_record_can_be_left_out():
    assert "archive/byteorder" not in zipfile.ZipFile(io.BytesIO(saved(1, _disable_byteorder_record=True))).namelist()


def test_a_file_of_the_other_byte_order_is_turned():
    numbers = {"<f4": "float32", "<i8": "int64", "<c8": "complex64", "<u1": "uint8"}
    for kind, dtype in numbers.items():
        array = np.array([1, 2, 3]).astype(kind)
        data = saved(lucet.from_numpy(array.copy()))
        swapped = repacked(data, {"byteorder": b"big", "data/0": array.astype(kind.replace("<", ">")).tobytes()})
        got = loaded(swapped)
        assert got.dtype is getattr(lucet, dtype)
        assert bits(got) == array.tobytes()


def test_plain_pickle_and_deepcopy_keep_sharing():
    base = counting(6)
    for a, b in (pickle.loads(pickle.dumps((base, base.view(2, 3)[1]))), copy.deepcopy((base, base.view(2, 3)[1]))):
        assert a.untyped_storage() is b.untyped_storage()
        assert (a.tolist(), b.tolist()) == ([0, 1, 2, 3, 4, 5], [3, 4, 5])
        assert a.untyped_storage() is not base.untyped_storage()


def test_large_sizes_are_written_as_64_bit_numbers(monkeypatch):
    # as for records beyond 4 GiB, with the limit brought down
    monkeypatch.setattr(container, "WIDE", 300)
    data = saved([counting(100), counting(3), counting(200)])
    got = loaded(data)
    assert [tensor.shape[0] for tensor in got] == [100, 3, 200]
    assert got[2].tolist() == list(range(200))


# --- where things go ---


def test_map_location_takes_a_string_a_device_a_dict_and_a_function():
    data = saved(counting(3))
    seen = []

    def where(storage, place):
        seen.append((type(storage).__name__, place))
        return storage

    for how in ("cpu", lucet.device("cpu"), {"cpu": "cpu"}, {"cuda:0": "nowhere"}, where, lambda storage, place: None):
        assert loaded(data, map_location=how).tolist() == [0, 1, 2]
    assert seen == [("UntypedStorage", "cpu")]


def test_map_location_meta_keeps_shapes_only():
    for how in ("meta", {"cpu": "meta"}, lucet.device("meta")):
        for zipped in (True, False):
            got = loaded(saved(counting(6).view(2, 3), _use_new_zipfile_serialization=zipped), map_location=how)
            assert (got.device.type, got.shape) == ("meta", (2, 3))


def test_a_function_can_replace_the_storage():
    other = lucet.tensor([5.0, 6.0]).untyped_storage()
    assert loaded(saved(counting(2)), map_location=lambda storage, place: other).tolist() == [5, 6]


def test_errors_of_the_callers_own_function_come_through():
    def fails(storage, place):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        loaded(saved(counting(2)), map_location=fails)
    with pytest.raises(TypeError):
        loaded(saved(counting(2)), map_location=3)


def from_gpu() -> bytes:
    data = saved(counting(2))
    content = zipfile.ZipFile(io.BytesIO(data)).read("archive/data.pkl")
    return repacked(data, {"data.pkl": content.replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0")})


def test_a_file_from_another_device_says_how_to_bring_it_here():
    with pytest.raises(RuntimeError, match='map_location="cpu"'):
        loaded(from_gpu())
    assert loaded(from_gpu(), map_location="cpu").tolist() == [0, 1]
    assert loaded(from_gpu(), map_location={"cuda:0": "cpu"}).tolist() == [0, 1]
    with pytest.raises(RuntimeError, match="nowhere"):
        loaded(from_gpu(), map_location="nowhere")


def test_mmap_shares_the_file_and_keeps_writes_to_itself(tmp_path):
    path = tmp_path / "m.pt"
    lucet.save({"a": counting(1000), "e": lucet.empty(0)}, path)
    before = path.read_bytes()
    got = lucet.load(path, mmap=True)
    assert got["a"].tolist() == list(range(1000))
    assert got["a"].data_ptr() % 64 == 0
    got["a"].fill_(3)
    assert path.read_bytes() == before
    assert lucet.load(path, mmap=True)["a"].tolist() == list(range(1000))
    lucet.save({"a": counting(2)}, path)  # the map keeps the file that was there
    assert got["a"].tolist() == [3] * 1000


def test_mmap_needs_a_path_to_a_zip_file(tmp_path):
    with pytest.raises(ValueError, match="path"):
        loaded(saved(1), mmap=True)
    lucet.save(counting(2), tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    with pytest.raises(RuntimeError, match="mmap"):
        lucet.load(tmp_path / "old.pt", mmap=True)


# --- files ---


class Unseekable(io.RawIOBase):
    def readable(self):
        return True

    def readinto(self, view):
        return 0


def test_what_is_not_a_file_is_refused_as_torch_does():
    for thing in (3, None, b"bytes"):
        with pytest.raises(AttributeError):
            lucet.load(thing)
        with pytest.raises(AttributeError, match="write"):
            lucet.save(1, thing)
    with pytest.raises(io.UnsupportedOperation, match="BytesIO"):
        lucet.load(Unseekable())
    with pytest.raises(FileNotFoundError):
        lucet.load("/no/such/file.pt")


def test_a_file_may_begin_in_the_middle_of_another():
    for zipped in (True, False):
        file = io.BytesIO(b"before")
        file.seek(6)
        lucet.save(counting(3), file, _use_new_zipfile_serialization=zipped)
        file.seek(6)
        assert lucet.load(file).tolist() == [0, 1, 2]


class OnlyRead:
    """A file with the few methods that torch asks for, and no readinto."""

    def __init__(self, data):
        self._file = io.BytesIO(data)
        self.read, self.readline = self._file.read, self._file.readline
        self.seek, self.tell = self._file.seek, self._file.tell


def test_a_file_without_readinto_is_enough():
    for zipped in (True, False):
        data = saved(counting(3), _use_new_zipfile_serialization=zipped)
        assert lucet.load(OnlyRead(data)).tolist() == [0, 1, 2]


def test_save_needs_nothing_but_write():
    chunks = []
    target = type("Sink", (), {"write": lambda self, data: chunks.append(bytes(data))})()
    lucet.save(counting(3), target)
    assert loaded(b"".join(chunks)).tolist() == [0, 1, 2]


def test_a_path_may_be_a_string_or_a_path_object(tmp_path):
    lucet.save(1, tmp_path / "a.pt")
    lucet.save(2, str(tmp_path / "b.pt"))
    assert (lucet.load(str(tmp_path / "a.pt")), lucet.load(tmp_path / "b.pt")) == (1, 2)


class Unpicklable:
    def __reduce__(self):
        raise ZeroDivisionError("not me")


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "m.pt"
    lucet.save({"epoch": 1}, path)
    with pytest.raises(ZeroDivisionError):
        lucet.save({"weights": counting(3), "bad": Unpicklable()}, path)
    assert lucet.load(path) == {"epoch": 1}
    assert os.listdir(tmp_path) == ["m.pt"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(RuntimeError, match="nowhere"):
        lucet.save(1, tmp_path / "nowhere" / "m.pt")


def test_the_mode_of_a_file_is_kept_and_a_new_one_follows_the_mask(tmp_path):
    path = tmp_path / "m.pt"
    (tmp_path / "ordinary").touch()
    lucet.save(1, path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "ordinary").stat().st_mode)
    path.chmod(0o640)
    lucet.save(2, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_followed_not_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real.pt", tmp_path / "link.pt"
    lucet.save(1, real)
    link.symlink_to(real)
    lucet.save(2, link)
    assert link.is_symlink()
    assert lucet.load(real) == 2


def test_a_device_is_written_to_directly():
    lucet.save(counting(3), "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_readers_see_the_old_file_or_the_new_one_at_every_moment(tmp_path):
    path = tmp_path / "m.pt"
    lucet.save([0, counting(5000)], path)
    problems = []

    def write():
        for n in range(30):
            lucet.save([n, counting(5000 + n)], path)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        try:
            n, tensor = lucet.load(path)
            assert tensor.shape[0] == 5000 + n
        except Exception as problem:
            problems.append(problem)
    writer.join()
    assert problems == []
    assert os.listdir(tmp_path) == ["m.pt"]


def test_file_and_folder_are_on_the_disk_before_save_returns(tmp_path, monkeypatch):
    order = []
    real_fsync, real_replace = os.fsync, os.replace

    def fsync(handle):
        order.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_fsync(handle)

    def replace(*paths):
        order.append("replace")
        real_replace(*paths)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    lucet.save(1, tmp_path / "m.pt")
    assert order == ["file", "replace", "folder"]


# --- what is allowed ---


class Settings:
    def __init__(self, lr):
        self.lr = lr


class Slotted:
    __slots__ = ("a",)


class Stateful:
    def __setstate__(self, state):
        self.got = state


def test_a_class_is_refused_by_name_and_can_be_allowed():
    data = saved(Settings(0.1))
    name = f"{Settings.__module__}.Settings"
    with pytest.raises(pickle.UnpicklingError) as caught:
        loaded(data)
    assert isinstance(caught.value, LoadError)
    assert name in str(caught.value) and "safe_globals([Settings])" in str(caught.value)
    assert lucet.serialization.get_unsafe_globals_in_checkpoint(io.BytesIO(data)) == [name]
    with lucet.serialization.safe_globals([Settings]):
        assert lucet.serialization.get_safe_globals() == [Settings]
        assert lucet.serialization.get_unsafe_globals_in_checkpoint(io.BytesIO(data)) == []
        assert loaded(data).lr == 0.1
    assert lucet.serialization.get_safe_globals() == []
    lucet.serialization.add_safe_globals([(Settings, name)])
    try:
        assert loaded(data).lr == 0.1
    finally:
        lucet.serialization.clear_safe_globals()
    with pytest.raises(LoadError):
        loaded(data)


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_states_of_allowed_classes_are_set_as_pickle_does(protocol):
    slotted, stateful = Slotted(), Stateful()
    slotted.a, stateful.b = 1, 2
    with lucet.serialization.safe_globals([Slotted, Stateful]):
        got, other = there_and_back((slotted, stateful), pickle_protocol=protocol)
    assert (got.a, other.got) == (1, {"b": 2})


def test_a_nested_context_takes_back_only_what_it_added():
    with lucet.serialization.safe_globals([Settings]):
        with lucet.serialization.safe_globals([Settings, Slotted]):
            assert set(lucet.serialization.get_safe_globals()) == {Settings, Slotted}
        assert lucet.serialization.get_safe_globals() == [Settings]


def test_a_bad_entry_of_the_safe_list_is_an_error():
    for entry, kind in [((Settings, "a", "b"), ValueError), ((Settings, 3), TypeError)]:
        with lucet.serialization.safe_globals([entry]), pytest.raises(kind):
            loaded(saved(1))


def test_numpy_scalars_need_their_names_as_in_torch():
    data = saved(np.float64(2.5))
    with pytest.raises(LoadError, match="multiarray"):
        loaded(data)
    multiarray = getattr(np, "_core", np.core if not hasattr(np, "_core") else None).multiarray
    with lucet.serialization.safe_globals([multiarray.scalar, np.dtype, type(np.dtype("f8"))]):
        got = loaded(data)
    assert (got, type(got)) == (2.5, np.float64)


def test_weights_only_false_builds_what_the_file_names():
    for zipped in (True, False):
        data = saved([Settings(0.5), counting(2)], _use_new_zipfile_serialization=zipped)
        settings_, tensor = loaded(data, weights_only=False)
        assert (settings_.lr, tensor.tolist()) == (0.5, [0, 1])
        assert loaded(data, pickle_module=pickle)[0].lr == 0.5


def test_pickle_arguments_are_used_or_warned_about():
    # a str of Python 2, not in ascii
    data = repacked(saved(1), {"data.pkl": b"\x80\x02U\x02\xc3\xa9."})
    assert loaded(data) == "é"
    assert loaded(data, weights_only=False, encoding="latin1") == "Ã©"
    assert loaded(data, weights_only=False, encoding="bytes") == b"\xc3\xa9"
    with pytest.warns(UserWarning, match="weights_only=False"):
        assert loaded(data, encoding="latin1") == "Ã©"
    with pytest.raises(RuntimeError, match="pickle_module"):
        loaded(data, weights_only=True, pickle_module=pickle)


class Recording:
    """A pickle module whose pickler is the C one and counts."""

    made = 0

    class Pickler(pickle.Pickler):
        def __init__(self, *args, **kwargs):
            Recording.made += 1
            super().__init__(*args, **kwargs)


def test_pickle_module_writes_the_structure():
    data = saved({"a": counting(3)}, pickle_module=Recording)
    assert Recording.made == 1
    assert loaded(data)["a"].tolist() == [0, 1, 2]


def test_one_storage_as_two_dtypes_is_an_error():
    base = counting(4)
    other = lucet._tensor.tensor_from_storage(base.untyped_storage(), lucet.int32, 0, (4,), (1,))
    with pytest.raises(RuntimeError, match="float32.*int32"):
        saved([base, other])


# --- hostile and damaged files ---


def repacked(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The archive `data` with some records replaced, added, or left out (None)."""
    source = zipfile.ZipFile(io.BytesIO(data))
    records = {name.partition("/")[2]: source.read(name) for name in source.namelist()} | changes
    file = io.BytesIO()
    writer = container.Writer(file, "archive")
    for name, content in records.items():
        if content is not None:
            writer.write(name, content)
    writer.close()
    return file.getvalue()


def with_pickle(content: bytes) -> bytes:
    return repacked(saved(counting(3)), {"data.pkl": content})


def call(module: str, name: str, arguments: bytes) -> bytes:
    return b"\x80\x02c" + f"{module}\n{name}\n".encode() + arguments + b"R."


STORAGE = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0000X\x03\0\0\0cpuK\x03tQ"
TENSOR = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + b"%s\x89ccollections\nOrderedDict\n)Rt" + b"R."


def tensor_at(geometry: bytes) -> bytes:
    return with_pickle(TENSOR.replace(b"%s", geometry))


def long(value: int) -> bytes:
    raw = value.to_bytes(16, "little", signed=True)
    return b"\x8a\x10" + raw


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def directory_of(data: bytes) -> int:
    return data.index(b"PK\1\2")


def legacy(*pickles: bytes, tail: bytes = b"") -> bytes:
    heads = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    return b"".join([*heads, *pickles]) + tail


def legacy_tensor(count: int, view: bytes = b"N") -> bytes:
    storage = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0000X\x03\0\0\0cpu" + long(count) + view + b"tQ"
    return TENSOR.replace(STORAGE, storage).replace(b"%s", b"K\0K\x03\x85K\x01\x85")


def touch(path: str) -> bytes:
    text = f"touch {path}".encode()
    return b"X" + struct.pack("<I", len(text)) + text + b"\x85"


def overlapping() -> bytes:
    """An archive where one record lies, header and all, inside the bytes of another."""
    inner = io.BytesIO()
    container.Writer(inner, "archive").write("data/0", b"inside")
    file = io.BytesIO()
    writer = container.Writer(file, "archive")
    writer.write("data.pkl", pickle.dumps(1, 2) + inner.getvalue())
    at = file.getvalue().index(b"PK\3\4", 4)
    name = b"archive/data/0"
    entry = (b"PK\1\2", 0, 0, 0x808, 0, 0, 0, zlib.crc32(b"inside"), 6, 6, len(name), 0, 0, 0, 0, 0, at)
    writer.directory.append(struct.pack("<4s6H3I5H2I", *entry) + name)
    writer.close()
    return file.getvalue()


def nested_tuples(depth: int) -> bytes:
    return b")" + b"q\0h\0\x86" * depth


def hostile_files(flag: str) -> dict[str, bytes]:
    """Files that must not load: what is wrong with each -> its bytes. Code that runs would make the file `flag`."""
    good = saved({"a": counting(3)})
    central = directory_of(good)
    entry2 = good.index(b"PK\1\2", central + 4)
    old = saved(counting(3), _use_new_zipfile_serialization=False)
    big = 1 << 62
    deflated, plain = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("archive/data.pkl", b"\0" * (1 << 26))
    with zipfile.ZipFile(plain, "w") as made:
        made.writestr("archive/data.pkl", pickle.dumps(1, 2))
        made.writestr("../../evil", b"x")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        twice = io.BytesIO()
        with zipfile.ZipFile(twice, "w") as made:
            for content in (1, 2):
                made.writestr("archive/data.pkl", pickle.dumps(content, 2))
    other_folder = io.BytesIO()
    with zipfile.ZipFile(other_folder, "w") as made:
        made.writestr("a/data.pkl", pickle.dumps(1, 2))
        made.writestr("b/data.pkl", pickle.dumps(1, 2))
    no_folder = io.BytesIO()
    with zipfile.ZipFile(no_folder, "w") as made:
        made.writestr("data.pkl", pickle.dumps(1, 2))
    one, size1 = b"K\0K\x03\x85K\x01\x85", b"K\0K\x03\x85"
    return {
        # calls
        "os.system": with_pickle(call("os", "system", touch(flag))),
        "posix.system": with_pickle(call("posix", "system", touch(flag))),
        "nt.system": with_pickle(call("nt", "system", touch(flag))),
        "subprocess": with_pickle(call("subprocess", "getoutput", touch(flag))),
        "builtins.eval": with_pickle(call("__builtin__", "eval", touch(flag))),
        "builtins.exec of protocol 4": with_pickle(
            b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93" + touch(flag) + b"R."
        ),
        "builtins.getattr": with_pickle(b"\x80\x02c__builtin__\ngetattr\n(ctorch\nSize\nX\x07\0\0\0__doc__tR."),
        "importlib": with_pickle(call("importlib", "import_module", b"X\x04\0\0\0this\x85")),
        "a module of ours": with_pickle(call("lucet.serialization.checkpoint", "load", b"X\x01\0\0\0x\x85")),
        "a dotted name": with_pickle(b"\x80\x02ctorch\nTensor.__init__.__globals__\n."),
        "call of a dtype": with_pickle(call("torch", "float32", b")")),
        "call of a number": with_pickle(b"\x80\x02K\x01)R."),
        "INST": with_pickle(b"\x80\x02(S'touch'\nios\nsystem\n."),
        "OBJ": with_pickle(b"\x80\x02(cos\nsystem\nX\x01\0\0\0xo."),
        "EXT1": with_pickle(b"\x80\x02\x82\x01."),
        "PERSID": with_pickle(b"\x80\x02Pstorage\n."),
        "NEXT_BUFFER": with_pickle(b"\x80\x05\x97."),
        "NEWOBJ of a refused class": with_pickle(b"\x80\x02csubprocess\nPopen\n" + touch(flag) + b"\x81."),
        "state of a list": with_pickle(b"\x80\x02]}X\x01\0\0\0aK\x01sb."),
        "state with __class__": with_pickle(b"\x80\x02ccollections\nOrderedDict\n)RK\x01b."),
        "legacy os.system": legacy(call("os", "system", touch(flag))),
        "legacy head that calls": call("os", "system", touch(flag)),
        # memory and time
        "bytearray of 2**62": with_pickle(call("__builtin__", "bytearray", long(big) + b"\x85")),
        "bytes of 2**62": with_pickle(call("__builtin__", "bytes", long(big) + b"\x85")),
        "text of 4 GB": with_pickle(b"\x80\x02X\xff\xff\xff\xffabc."),
        "text of 2**63": with_pickle(b"\x80\x04\x8d" + struct.pack("<Q", 1 << 63) + b"abc."),
        "bytes of 2**40": with_pickle(b"\x80\x04\x8e" + struct.pack("<Q", 1 << 40) + b"abc."),
        "byte array of 2**40": with_pickle(b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"abc."),
        "number of 2 GB": with_pickle(b"\x80\x02\x8b\xff\xff\xff\x7fabc."),
        "negative length of a number": with_pickle(b"\x80\x02\x8b\xff\xff\xff\xffabc."),
        "key that takes 2**60 steps to hash": with_pickle(b"\x80\x02}" + nested_tuples(60) + b"K\x01s."),
        "set of such keys": with_pickle(b"\x80\x04\x8f(" + nested_tuples(60) + b"\x90."),
        "key that is nested deeper than the stack": with_pickle(b"\x80\x02}" + b")" + b"\x85" * 300_000 + b"K\x01s."),
        "keys that all collide": with_pickle(
            b"\x80\x02}(" + b"".join(long(k * ((1 << 61) - 1)) + b"N" for k in range(1, 40_000)) + b"u."
        ),
        "deflated 64 MB of zeros": deflated.getvalue(),
        "storage of 2**62 elements": with_pickle(
            TENSOR.replace(b"K\x03tQ", long(big) + b"tQ").replace(b"%s", one)
        ),
        "storage of -1 elements": with_pickle(TENSOR.replace(b"K\x03tQ", long(-1) + b"tQ").replace(b"%s", one)),
        "legacy storage of 2**61 elements": legacy(legacy_tensor(1 << 61)),
        "legacy storage of -4 elements": legacy(legacy_tensor(-4)),
        # tensors
        "size beyond the storage": tensor_at(b"K\0K\x04\x85K\x01\x85"),
        "stride beyond the storage": tensor_at(b"K\0K\x02\x85K\x09\x85"),
        "offset beyond the storage": tensor_at(b"K\x09K\x01\x85K\x01\x85"),
        "negative offset": tensor_at(long(-1) + b"K\x01\x85K\x01\x85"),
        "negative stride": tensor_at(b"K\x02K\x02\x85" + long(-1) + b"\x85"),
        "negative size": tensor_at(b"K\0" + long(-3) + b"\x85K\x01\x85"),
        "size of 2**62": tensor_at(b"K\0" + long(big) + b"\x85K\x01\x85"),
        "product of sizes that overflows": tensor_at(b"K\0" + long(1 << 40) * 2 + b"\x86K\0K\0\x86"),
        "stride that overflows": tensor_at(b"K\0K\x03\x85" + long(big) + b"\x85"),
        "offset that overflows": tensor_at(long((1 << 63) - 1) + b"K\x03\x85K\x01\x85"),
        "number of 100 digits as size": tensor_at(b"K\0" + b"\x8a\x30" + b"\x7f" * 48 + b"\x85K\x01\x85"),
        "sizes and strides of different length": tensor_at(b"K\0K\x03\x85)"),
        "70 dimensions": tensor_at(b"K\0(" + b"K\x01" * 70 + b"t(" + b"K\0" * 70 + b"t"),
        "size that is text": tensor_at(b"K\0X\x01\0\0\0a\x85K\x01\x85"),
        "size that is a list": tensor_at(b"K\0]K\x03aK\x01\x85"),
        "too few arguments": with_pickle(call("torch._utils", "_rebuild_tensor_v2", b"(" + STORAGE + size1 + b"t")),
        "tensor without a storage": with_pickle(TENSOR.replace(STORAGE, b"N").replace(b"%s", one)),
        "storage key that is not there": with_pickle(TENSOR.replace(b"0X\x03", b"7X\x03").replace(b"%s", one)),
        "storage key with dots": with_pickle(
            TENSOR.replace(b"X\x01\0\0\0000", b"X\x0b\0\0\0../data.pkl").replace(b"%s", one)
        ),
        "integer tensor that requires a gradient": with_pickle(
            TENSOR.replace(b"FloatStorage", b"IntStorage").replace(b"%s\x89", one + b"\x88")
        ),
        "meta tensor of 2**62 squared": with_pickle(
            b"\x80\x02ctorch._utils\n_rebuild_meta_tensor_no_storage\n(ctorch\nfloat32\n"
            + long(big) * 2 + b"\x86" + long(big) + b"K\x01\x86\x89tR."
        ),
        "parameter of a number": with_pickle(
            b"\x80\x02ctorch._utils\n_rebuild_parameter\n(K\x01\x88ccollections\nOrderedDict\n)RtR."
        ),
        "attribute that hides a method": with_pickle(
            b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\nctorch\nTensor\n("
            + STORAGE + one + b"\x89ccollections\nOrderedDict\n)Rt}X\x05\0\0\0shapeK\x01stR."
        ),
        "tensor made by another function": with_pickle(
            b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(c_codecs\nencode\nctorch\nTensor\nX\x01\0\0\0a\x85}tR."
        ),
        "sparse tensor": with_pickle(call("torch._utils", "_rebuild_sparse_tensor", b")")),
        "dtype that is not here": with_pickle(b"\x80\x02ctorch\nuint16\n."),
        "device that is not a device": with_pickle(call("torch", "device", b"X\x03\0\0\0abc\x85")),
        "Size of text": with_pickle(call("torch", "Size", b"X\x03\0\0\0abc\x85")),
        # pickles that make no sense
        "empty pickle": with_pickle(b""),
        "pickle of nothing": with_pickle(b"\x80\x02."),
        "pickle without an end": with_pickle(b"\x80\x02K\x01"),
        "mark as the result": with_pickle(b"\x80\x02(."),
        "memo that was never set": with_pickle(b"\x80\x02h\x07."),
        "items without a mark": with_pickle(b"\x80\x02]K\x01e."),
        "key without a value": with_pickle(b"\x80\x02}(K\x01u."),
        "append to a dict": with_pickle(b"\x80\x02}K\x01a."),
        "unhashable key": with_pickle(b"\x80\x02}]K\x01s."),
        "text that is not utf-8": with_pickle(b"\x80\x02X\x02\0\0\0\xff\xfe."),
        "name without an end": with_pickle(b"\x80\x02c" + b"a" * 5000),
        "opcode that does not exist": with_pickle(b"\x80\x02\xff."),
        "protocol 9": with_pickle(b"\x80\x09K\x01."),
        "protocol 0": with_pickle(b"I1\n."),
        # archives
        "empty file": b"",
        "one byte": b"P",
        "four bytes": b"PK\3\4",
        "zip cut off in the middle": good[: len(good) // 2],
        "zip without its last bytes": good[:-5],
        "zip with bytes behind it": good + b"x",
        "empty zip": b"PK\5\6" + b"\0" * 18,
        "data that was changed": good.replace(struct.pack("<f", 2.0), struct.pack("<f", 3.0)),
        "no data.pkl": repacked(good, {"data.pkl": None}),
        "no storage": repacked(good, {"data/0": None}),
        "storage too short": repacked(good, {"data/0": b"\0" * 8}),
        "storage too long": repacked(good, {"data/0": b"\0" * 64}),
        "unknown byte order": repacked(good, {"byteorder": b"middle"}),
        "compiled program": repacked(good, {"constants.pkl": b"x"}),
        "record twice": twice.getvalue(),
        "record that climbs out": plain.getvalue(),
        "two folders": other_folder.getvalue(),
        "no folder": no_folder.getvalue(),
        "offset beyond the end": patched(good, central + 42, b"\xff\xff\xff\x7f"),
        "records that overlap": overlapping(),
        "two records at one place": patched(good, entry2 + 42, b"\0\0\0\0"),
        "size beyond the end": patched(good, central + 20, b"\xff\xff\xff\x7f" * 2),
        "size of 4 GB": patched(good, central + 20, b"\xff\xff\xff\xff" * 2),
        "encrypted": patched(good, central + 8, b"\x09\x08"),
        "compressed by a method that does not exist": patched(good, central + 10, b"\x63\0"),
        "name longer than the directory": patched(good, central + 28, b"\xff\xff"),
        "directory of another size": patched(good, good.rindex(b"PK\6\6") + 40, b"\x01\0\0\0"),
        "directory beyond the end": patched(good, good.rindex(b"PK\6\6") + 48, b"\xff" * 8),
        "count of 2**64 records": patched(good, good.rindex(b"PK\6\6") + 24, b"\xff" * 16),
        "another end": patched(good, good.rindex(b"PK\6\7") + 8, b"\xff" * 8),
        "local header of another record": patched(good, good.index(b"archive/data.pkl"), b"archive/data.pk_"),
        "comment as long as the file": good[:-2] + b"\xff\xff",
        # legacy
        "legacy cut off in the data": old[:-3],
        "legacy cut off in the pickles": old[:60],
        "legacy with another count": patched(old, len(old) - 20, struct.pack("<q", 4)),
        "legacy with an unknown storage": old.replace(b"]q\x00X\x01\0\0\0000", b"]q\x00X\x01\0\0\0009"),
        "legacy of another version": old.replace(b"M\xe9\x03", b"M\xea\x03"),
        "legacy view beyond its storage": legacy(
            legacy_tensor(3, b"X\x01\0\0\0vK\x02K\x07\x87"),
            pickle.dumps(["0"], 2),
            tail=struct.pack("<q3f", 3, 1, 2, 3),
        ),
        "legacy without the list of storages": legacy(legacy_tensor(3), pickle.dumps(3, 2)),
        "a plain pickle": pickle.dumps({"a": 1}, 2),
        # other files
        "text": b"hello, this is no checkpoint at all",
        "web page": b"<!DOCTYPE html><html><body>404</body></html>",
        "git lfs pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "gzip": b"\x1f\x8b\x08\0" + b"\0" * 40,
        "safetensors": struct.pack("<Q", 60) + b'{"a":{"dtype":"F32"}}' + b" " * 40,
        "NumPy array": b"\x93NUMPY\x01\0" + b"\0" * 60,
    }  # fmt: skip


# Callables that run code, open files or connections, or reach into the interpreter, in the places where pickles name things.
GADGETS = """
os.popen os.execv os.spawnl os.remove os.rename os.putenv posix.popen pty.spawn platform.popen subprocess.Popen subprocess.check_output
subprocess.run builtins.exec builtins.compile builtins.open builtins.__import__ builtins.globals builtins.setattr builtins.input builtins.print
operator.attrgetter operator.methodcaller operator.itemgetter functools.partial functools.reduce runpy.run_path runpy._run_code code.InteractiveInterpreter
importlib.import_module importlib.reload pkgutil.resolve_name webbrowser.open shutil.rmtree shutil.copyfile socket.create_connection http.client.HTTPConnection
ctypes.CDLL pickle.loads marshal.loads types.CodeType types.FunctionType inspect.getattr_static sys.setrecursionlit sys.exit threading.Thread
multiprocessing.Process asyncio.run pdb.run timeit.timeit trace.Trace doctest.debug_script site.addsitedir zipimport.zipimporter
_pickle.Unpickler io.open codecs.open tempfile.mkdtemp logging.config.fileConfig numpy.load numpy.fromfile torch.load torch.hub.load torch.jit.load
torch.save torch.classes.load_library lucet.load lucet.save lucet._tensor.attach lucet.serialization.unpickle.add_safe_globals
""".split()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """Hostile files whose code, were it run, nobody looks for."""
    return hostile_files(str(tmp_path_factory.mktemp("hostile") / "flag"))


def more_hostile_files(flag: str) -> dict[str, bytes]:
    """The same, made by rule: each gadget called, built with NEWOBJ, or given as a state."""
    made = {}
    for number, dotted in enumerate(GADGETS):
        module, _, name = dotted.rpartition(".")
        named = b"c" + f"{module}\n{name}\n".encode()
        if number % 4 == 0:
            content = b"\x80\x02" + named + touch(flag) + b"R."
        elif number % 4 == 1:
            content = b"\x80\x02" + named + touch(flag) + b"\x81."
        elif number % 4 == 2:  # reached by a name on the stack
            text = b"".join(b"\x8c" + bytes([len(part)]) + part for part in (module.encode(), name.encode()))
            content = b"\x80\x04" + text + b"\x93" + touch(flag) + b"R."
        else:  # as what sets the state of something harmless
            content = b"\x80\x02ccollections\nOrderedDict\n)R}X\x0c\0\0\0__setstate__" + named + b"sb."
        made[f"gadget {dotted}"] = with_pickle(content)
        if number % 8 == 0:
            made[f"legacy gadget {dotted}"] = legacy(content)
    return made


CHILD = """
import json, os, pickle, resource, sys, traceback
import lucet
from lucet._errors import LoadError

with open("/proc/self/statm") as statm:
    used = int(statm.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (200 << 20), resource.RLIM_INFINITY))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
for name in sorted(os.listdir(sys.argv[1])):
    path = os.path.join(sys.argv[1], name)
    for how in json.loads(sys.argv[2]):
        try:
            outcome = ["loaded", repr(lucet.load(path, **how))[:200]]
        except LoadError as error:
            outcome = ["LoadError", str(error), isinstance(error, pickle.UnpicklingError)]
        except BaseException as error:
            outcome = [type(error).__name__, "".join(traceback.format_exception(error))[-1500:]]
        print(json.dumps([name, how, outcome]), flush=True)
"""


def outcomes_in_a_child(folder: Path, *how: dict) -> list:
    """Load every file of `folder` in a process with little memory; a crash or hang there fails the test here."""
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(folder), json.dumps(how)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.returncode, done.stdout[-500:], done.stderr[-3000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and a memory limit that holds")
def test_hostile_and_damaged_files_are_refused_by_name_without_running_anything(tmp_path):
    flag, folder = tmp_path / "code-ran", tmp_path / "files"
    folder.mkdir()
    files = hostile_files(str(flag)) | more_hostile_files(str(flag))
    assert len(files) >= 200
    names = {f"{number:03d}.pt": what for number, what in enumerate(files)}
    for file, what in names.items():
        (folder / file).write_bytes(files[what])
    got = outcomes_in_a_child(folder, {}, {"mmap": True})
    assert len(got) == 2 * len(files)
    for file, how, outcome in got:
        # bytes that are mapped are not read, so their checksum is not either
        if how and names[file] == "data that was changed":
            continue
        assert outcome[0] == "LoadError", (names[file], how, outcome)
        first = outcome[1].splitlines()[0]
        assert first.startswith("load: ") and not first.endswith("."), (names[file], first)
        assert file in outcome[1], (names[file], outcome[1])
    assert not flag.exists()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("os.system", "os.system, which acts on the machine and is never allowed"),
        ("builtins.eval", "builtins.eval, which is not on the list of safe names"),
        ("data that was changed", "archive/data/0 do not have their checksum"),
        ("no storage", "no record archive/data/0"),
        ("storage too short", "archive/data/0 has 8 bytes, its tensors expect 12"),
        ("zip cut off in the middle", "cut off"),
        ("records that overlap", "overlaps"),
        ("record twice", "'archive/data.pkl' twice"),
        ("record that climbs out", "'../../evil'"),
        ("deflated 64 MB of zeros", "compressed"),
        ("sparse tensor", "a sparse tensor, which lucet does not have"),
        ("dtype that is not here", "uint16"),
        ("web page", "a web page"),
        ("git lfs pointer", "git lfs"),
        ("empty file", "is empty"),
        ("compiled program", "TorchScript"),
        ("size beyond the storage", "data.pkl, byte "),
        ("legacy storage of 2**61 elements", "bytes"),
    ],
)  # fmt: skip
def test_the_error_names_what_is_wrong(what, says, tmp_path, hostile):
    path = tmp_path / "model.pt"
    path.write_bytes(hostile[what])
    with pytest.raises(LoadError) as caught:
        lucet.load(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_error_classes_are_those_of_torch(hostile):
    for what, kind in [
        ("empty file", EOFError),
        ("os.system", pickle.UnpicklingError),
        ("text", pickle.UnpicklingError),
        ("zip cut off in the middle", RuntimeError),
        ("pickle without an end", EOFError),
    ]:
        with pytest.raises(kind):
            loaded(hostile[what])


def test_a_blocked_module_stays_blocked_when_the_user_allows_it(tmp_path):
    data = hostile_files(str(tmp_path / "flag"))["posix.system"]
    with (
        lucet.serialization.safe_globals([(os.system, "posix.system")]),
        pytest.raises(LoadError, match="never allowed"),
    ):
        loaded(data)
    assert not (tmp_path / "flag").exists()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_with_changed_bytes_loads_or_says_so(data):
    zipped = data.draw(st.booleans())
    content = bytearray((FILES / ("everything.pt" if zipped else "legacy.pt")).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    try:
        loaded(bytes(content))
    except (LoadError, RuntimeError) as problem:  # a changed place of a storage may name a device
        assert str(problem)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_as_a_pickle_load_or_say_so(content):
    try:
        loaded(with_pickle(b"\x80\x02" + content + b"."))
    except LoadError as problem:
        assert "data.pkl" in str(problem)


def test_a_million_nested_lists_load():
    depth = 1_000_000
    got = loaded(with_pickle(b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."))
    for _ in range(depth - 1):
        got = got.pop()
    assert got == []


def test_bytes_of_bools_become_truths(tmp_path):
    odd = b"\x00\x01\x02\xff"
    path = tmp_path / "bools.pt"
    lucet.save(lucet.tensor([False, True, True, True]), path)
    raw = path.read_bytes()
    at = raw.index(b"\x00\x01\x01\x01", raw.index(b"data/0"))
    with zipfile.ZipFile(path) as archive:
        info = next(i for i in archive.infolist() if i.filename.endswith("data/0"))
    old, new = (zlib.crc32(part).to_bytes(4, "little") for part in (b"\x00\x01\x01\x01", odd))
    path.write_bytes((raw[:at] + odd + raw[at + 4 :]).replace(old, new))
    assert info.file_size == 4
    for mmap in (False, True):
        loaded = lucet.load(path, mmap=mmap)
        assert (loaded.sum().item(), loaded.float().tolist()) == (3, [0, 1, 1, 1])
