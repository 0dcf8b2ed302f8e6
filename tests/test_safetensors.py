"""Safetensors files: every type there and back, the layout of the format, and files that lie."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lucet
from lucet._errors import LoadError
from lucet.serialization import safetensors

DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64".split()


def file_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_every_type_comes_back(tmp_path):
    tensors = {name: lucet.tensor([[1, 0], [1, 1]]).to(getattr(lucet, name)) for name in DTYPES}
    tensors |= {"empty": lucet.zeros(0, 3), "none": lucet.tensor(2.5), "turned": lucet.arange(6.0).view(2, 3).t(), "part": lucet.arange(9.0)[3:5]}
    safetensors.save_file(tensors, tmp_path / "m.safetensors", {"by": "us"})
    for got in (safetensors.load_file(tmp_path / "m.safetensors"), safetensors.load(safetensors.save(tensors))):
        assert set(got) == set(tensors)
        for name, tensor in tensors.items():
            assert (got[name].dtype, got[name].shape, got[name].tolist()) == (tensor.dtype, tensor.shape, tensor.tolist())
        got["float32"].add_(1)  # the map is this process's own
    assert safetensors.load_file(tmp_path / "m.safetensors")["float32"].tolist() == [[1, 0], [1, 1]]
    assert safetensors.load_file(tmp_path / "m.safetensors", device="meta")["int8"].device.type == "meta"


def test_the_file_takes_the_place_and_the_mode_of_the_old_one(tmp_path):
    path, link = tmp_path / "m.safetensors", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    safetensors.save_file({"a": lucet.ones(1)}, link)
    assert link.is_symlink() and path.stat().st_mode & 0o777 == 0o640
    assert safetensors.load_file(path)["a"].tolist() == [1]
    with pytest.raises(RuntimeError, match="^save: the folder"):
        safetensors.save_file({}, tmp_path / "no" / "m.safetensors")
    with pytest.raises(FileNotFoundError):
        safetensors.load_file(tmp_path / "no.safetensors")


def test_an_open_file_gives_tensors_one_by_one(tmp_path):
    path = tmp_path / "m.safetensors"
    tensors = {"a": lucet.tensor(3, dtype=lucet.int8), "w": lucet.arange(6.0).view(2, 3)}
    safetensors.save_file(tensors, path, {"k": "v"})
    for backend in ("mmap", "pread"):
        with safetensors.safe_open(path, framework="pt", backend=backend) as file:
            assert (file.keys(), file.offset_keys(), file.metadata()) == (["a", "w"], ["w", "a"], {"k": "v"})
            part = file.get_slice("w")
            assert (part.get_shape(), part.get_dtype(), part[:, 1:].tolist()) == ([2, 3], "F32", [[1, 2], [4, 5]])
            kept, every = file.get_tensor("a"), file.get_tensors()
            with pytest.raises(LoadError, match="holds no tensor 'b'"):
                file.get_tensor("b")
        assert kept.item() == 3 and every["w"].tolist() == tensors["w"].tolist()  # what it gave stays
        for closed in (lambda file=file: file.get_tensor("a"), lambda part=part: part[0]):
            with pytest.raises(LoadError, match="is closed"):
                closed()
    assert safetensors.safe_open(path, device="meta").get_slice("w")[0].device.type == "meta"
    with pytest.raises(ValueError, match="framework is 'tf'"):
        safetensors.safe_open(path, framework="tf")
    with pytest.raises(LoadError, match="backend"):
        safetensors.load_file(path, backend="x")
    with pytest.raises(TypeError):
        safetensors.load_file(3)


def test_parts_of_one_tensor_may_lie_beside_each_other():
    x = lucet.arange(4.0)
    got = safetensors.load(safetensors.save({"a": x[:2], "b": x[2:], "none": x[:0]}))
    assert (got["a"].tolist(), got["b"].tolist(), got["none"].tolist()) == ([0, 1], [2, 3], [])


def test_the_layout_is_that_of_the_format():
    data = safetensors.save({"b": lucet.tensor([1, 2], dtype=lucet.int16), "a": lucet.tensor([0.5])}, {"k": "v"})
    length = int.from_bytes(data[:8], "little")
    assert length % 8 == 0
    assert json.loads(data[8 : 8 + length]) == {
        "__metadata__": {"k": "v"},
        "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]},
        "b": {"dtype": "I16", "shape": [2], "data_offsets": [4, 8]},
    }
    assert data[8 + length :] == np.array([0.5], "<f4").tobytes() + np.array([1, 2], "<i2").tobytes()


def test_what_the_format_cannot_hold_is_refused():
    x = lucet.ones(4)
    for bad in ({"a": x, "b": x[:2]}, {"a": lucet.ones(1, device="meta")}, {"a": x.to(lucet.complex128)}):
        with pytest.raises(RuntimeError, match="save: "):
            safetensors.save(bad)
    with pytest.raises(ValueError, match="save: 'a' is list, expected a lucet.Tensor"):
        safetensors.save({"a": [1.0]})
    with pytest.raises(ValueError, match="save: list, expected a dict"):
        safetensors.save([x])
    with pytest.raises(TypeError, match="metadata"):
        safetensors.save({"a": x}, {"k": 1})


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
LIES = [
    b"", b"\0" * 7, b"\xff" * 8, (100).to_bytes(8, "little") + b"{}", file_of(b"{"), file_of(b"[]"), file_of(b"\xff\xfe"), file_of(b"[" * 100_000), file_of({"a": 3}),
    file_of({"a": {}}), file_of({"a": ONE}), file_of({"a": ONE}, b"\0" * 9), file_of({"a": ONE | {"shape": [3]}}, b"\0" * 8), file_of({"a": ONE | {"shape": [-2]}}, b"\0" * 8),
    file_of({"a": ONE | {"shape": [2.0]}}, b"\0" * 8), file_of({"a": ONE | {"shape": [1 << 62, 1 << 62]}}, b"\0" * 8), file_of({"a": ONE | {"data_offsets": [8, 0]}}, b"\0" * 8),
    file_of({"a": ONE | {"data_offsets": [1, 9]}}, b"\0" * 9), file_of({"a": ONE | {"dtype": "F8_E4M3"}}, b"\0" * 8), file_of({"a": ONE | {"dtype": ["F32"]}} , b"\0" * 8),
    file_of({"a": ONE, "b": ONE}, b"\0" * 8), file_of(b'{"a":1,"a":2}'), file_of({"a": ONE | {"data_offsets": [0]}}, b"\0" * 8), file_of({"a": ONE | {"shape": [True, 2]}}, b"\0" * 8),
    file_of({"a": ONE | {"shape": [1] * 65 + [2]}}, b"\0" * 8), file_of({"a": ONE | {"shape": "ab"}}, b"\0" * 8),
]  # fmt: skip


@pytest.mark.parametrize("data", LIES)
def test_a_file_that_lies_is_a_load_error(data, tmp_path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(data)
    for attempt in (lambda: safetensors.load(data), lambda: safetensors.load_file(path)):
        with pytest.raises(LoadError, match="^load: "):
            attempt()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_changed_bytes_loads_or_says_so(data):
    content = bytearray(safetensors.save({"a": lucet.arange(6.0).view(2, 3), "b": lucet.tensor([True])}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        safetensors.load(bytes(content))
    except LoadError as problem:
        assert str(problem)


def test_sizes_whose_steps_cannot_be_counted_are_refused_with_the_file(tmp_path):
    head = b'{"w":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}'
    content = len(head).to_bytes(8, "little") + head
    (tmp_path / "vast.safetensors").write_bytes(content)
    with pytest.raises(lucet.errors.LoadError, match="vast.safetensors holds a tensor 'w'"):
        safetensors.load_file(tmp_path / "vast.safetensors")
    with pytest.raises(lucet.errors.LoadError, match="the data holds a tensor 'w'"):
        safetensors.load(content)
